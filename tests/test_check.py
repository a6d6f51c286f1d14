"""The stage check: verdicts and their order, counts, margins, the clock, the views, and evidence without tokens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import worlds
from plateglass import check, store
from plateglass.case import name_id
from plateglass.catalogue import Bucket, Catalogue, Citation, Measure, Parameter, Rule, RuleExample
from plateglass.check import clock
from plateglass.check.clock import Home
from plateglass.check.columns import PURPOSES
from plateglass.check.compiled import compiled
from plateglass.check.scan import PACK, judge
from plateglass.check.searches import ground
from plateglass.check.views import prepare
from plateglass.check.world import world
from plateglass.errors import CaseUnusable, RuleRefused
from plateglass.model import Finding, Kind, Level, Outcome
from plateglass.publish import pages
from plateglass.store import Step, Store
from worlds import distinct, log, organisation, search

HOUR, DAY = 3_600_000, 86_400_000
ZONE = ZoneInfo("America/Chicago")
NOON = int(datetime(2025, 11, 10, 18, tzinfo=UTC).timestamp() * 1000)
OWN, NETWORK, LIST = "aaaaaaaaaaaa", "bbbbbbbbbbbb", "cccccccccccc"
TEXAS = "Madeup Falls TX PD"


def rule(id_: str = "screens/made-up", **changes: Any) -> Rule:
    """A made-up rule that finds searches of more than 10 networks."""
    given: dict[str, Any] = {
        "title": "Made up", "basis": "law", "review": "verified", "cites": (Citation(text="made up"),),
        "view": "searches", "unit": "searches", "fails": "networks > 10", "says": "{over} of {tested}",
        "limits": ("none",), "readings": ("one", "two"),
        "examples": (RuleExample(verdict=Outcome.PASS, row={"networks": 1}),),
    }  # fmt: skip
    made = Rule.model_validate(given | changes)
    made._id = id_
    return made


@pytest.fixture
def db() -> Iterator[Store]:
    with Store(threads=1) as opened:
        yield opened


def found(
    db: Store, tmp_path: Path, rules: Iterable[Rule], tables: Mapping[str, Iterable[worlds.Row]], **more: Any
) -> list[Finding]:
    """The findings of some rules over some rows; `distinct_searches` follows from `sightings`."""
    sightings = list(tables.get("sightings", ()))
    base: dict[str, Iterable[worlds.Row]] = {
        "sources": [log(OWN), log(NETWORK, "network_audit")],
        "organisations": [organisation(worlds.HOME, "ca"), organisation(TEXAS, "tx")],
        "distinct_searches": distinct(sightings),
    }
    worlds.fill(db, base | dict(tables))
    return check.verdicts(db, worlds.case(tmp_path, **more), {r.id: r for r in rules})


# --- verdicts ----------------------------------------------------------------------------------------------------


def test_the_five_verdicts_have_an_order() -> None:
    """Who isn't bound isn't asked; what isn't told isn't judged; what a person decides isn't decided here."""
    everything = rule(
        states=("ca",), needs=("reason",), unknown="networks = 99", person="networks = 98", fails="networks > 10",
        cites=(Citation(text="in force in 2025", start=date(2025, 1, 1), end=date(2025, 12, 31)),),
    )  # fmt: skip
    at = datetime(2025, 6, 1, tzinfo=UTC)
    bound = {"owner_state": "ca", "unit_at": at, "networks": 98, "reason_state": "value"}
    expected = {
        Outcome.NEEDS_PERSON: bound,
        Outcome.FAIL: bound | {"networks": 11},
        Outcome.PASS: bound | {"networks": 10},
    }
    not_told = [
        bound | {"networks": 99}, bound | {"networks": None}, bound | {"reason_state": "masked"},
        bound | {"owner_state": None}, bound | {"unit_at": None},
    ]  # fmt: skip
    not_bound = [
        bound | {"owner_state": "tx", "reason_state": "masked"},
        bound | {"unit_at": datetime(2024, 12, 31, tzinfo=UTC), "networks": 99},
        bound | {"unit_at": datetime(2026, 1, 2, tzinfo=UTC), "reason_state": "masked"},
    ]
    rows = [*expected.items(), *((Outcome.CANNOT_TELL, row) for row in not_told)]
    rows += [(Outcome.NOT_APPLICABLE, row) for row in not_bound]
    made = everything.model_copy(update={"examples": tuple(RuleExample(verdict=v, row=r) for v, r in rows)})
    assert check.examples(made, Catalogue()) == []


def test_an_example_that_gets_another_verdict_is_reported() -> None:
    wrong = rule(examples=(RuleExample(verdict=Outcome.FAIL, row={"networks": 3}),))
    assert check.examples(wrong, Catalogue()) == ["example 1 gets pass, not fail"]


@pytest.mark.parametrize("state", ["not_exported", "masked", "withheld", "damaged"])
def test_a_needed_field_that_is_hidden_can_not_be_told(state: str) -> None:
    hidden = RuleExample(verdict=Outcome.CANNOT_TELL, row={"networks": 50, "reason_state": state})
    assert check.examples(rule(needs=("reason",), examples=(hidden,)), Catalogue()) == []


@pytest.mark.parametrize("state", ["value", "partial", "empty", "placeholder"])
def test_a_needed_field_that_is_empty_is_told(state: str) -> None:
    told = RuleExample(verdict=Outcome.FAIL, row={"networks": 50, "reason_state": state})
    assert check.examples(rule(needs=("reason",), examples=(told,)), Catalogue()) == []


@pytest.mark.parametrize(
    ("reason", "offence", "verdict"),
    [
        ("empty", "value", "fail"), ("masked", "value", "fail"), ("value", "not_exported", "fail"),
        ("empty", "not_exported", "cannot_tell"), ("masked", "empty", "cannot_tell"), ("empty", "empty", "fail"),
    ],
)  # fmt: skip
def test_of_two_fields_one_is_enough(reason: str, offence: str, verdict: str) -> None:
    """`a | b`: told where one holds something; not told where none does and one is hidden."""
    row = {"networks": 50, "reason_state": reason, "offence_state": offence}
    made = rule(needs=("reason | offence",), examples=(RuleExample(verdict=Outcome(verdict), row=row),))
    assert check.examples(made, Catalogue()) == []


def test_only_a_verified_rule_says_fail(db: Store, tmp_path: Path) -> None:
    rows = [search(OWN, n, NOON + n, networks=n) for n in range(1, 21)]
    sure, unsure = rule("a/sure"), rule("a/unsure", review="memory")
    first, second = found(db, tmp_path, [sure, unsure], {"sightings": rows})
    assert (first.counts[Outcome.FAIL], first.question, first.over) == (10, 0, 10)
    assert (second.counts[Outcome.FAIL], second.question, second.over) == (0, 10, 10)
    verdicts = {row[0]: row[1] for row in db.rows("SELECT DISTINCT rule, verdict FROM evidence")}
    assert verdicts == {"a/sure": "fail", "a/unsure": "question"}


def test_an_unset_parameter_can_not_be_told_and_says_which(db: Store, tmp_path: Path) -> None:
    asking = rule(fails="networks > $most", parameters={"most": Parameter(about="the most")}, applies="networks > 1")
    rows = [search(OWN, n, NOON + n, networks=n) for n in range(1, 4)]
    finding = found(db, tmp_path, [asking], {"sightings": rows})[0]
    assert finding.counts[Outcome.CANNOT_TELL] == 2
    assert finding.counts[Outcome.NOT_APPLICABLE] == 1
    assert finding.missing == {"most:unset": 2}
    assert "the setting most is not stated" in finding.sentence
    finding = found(db, tmp_path, [asking], {"sightings": rows}, parameters={"most": "2"})[0]
    assert (finding.over, finding.parameters) == (1, {"most": 2})


def test_why_units_can_not_be_told_adds_up(db: Store, tmp_path: Path) -> None:
    rows = [
        search(OWN, 1, NOON, reason_state="masked", case_no_state="not_exported"),
        search(OWN, 2, NOON, case_no_state="not_exported"),
        search(OWN, 3, NOON, networks=None),
        search(OWN, 4, NOON),
    ]
    finding = found(db, tmp_path, [rule(needs=("reason", "case_no"))], {"sightings": rows})[0]
    assert finding.missing == {"reason:masked": 1, "case_no:not_exported": 1, "record:undecided": 1}
    assert sum(finding.missing.values()) == finding.counts[Outcome.CANNOT_TELL]


# --- what a finding says -----------------------------------------------------------------------------------------


def test_a_finding_counts_by_month_in_the_agencys_zone_and_by_agency(db: Store, tmp_path: Path) -> None:
    last_evening = int(datetime(2025, 12, 1, 3, tzinfo=UTC).timestamp() * 1000)
    rows = [
        search(OWN, 1, NOON, networks=50), search(OWN, 2, last_evening, networks=1),
        search(OWN, 3, last_evening + DAY, networks=50, org=name_id(TEXAS)),
        search(OWN, 4, NOON, networks=50, org=name_id("Nobody Knows")),
    ]  # fmt: skip
    finding = found(db, tmp_path, [rule()], {"sightings": rows}, timezone="America/Chicago")[0]
    assert finding.months == (("2025-11", 3, 2), ("2025-12", 1, 1))
    assert finding.groups == ((worlds.HOME, 2, 1), (check.UNRESOLVED, 1, 1), (TEXAS, 1, 1))
    assert finding.period == (NOON, last_evening + DAY)
    assert finding.sources == (OWN,)


def test_an_agency_whose_name_may_not_be_shown_is_not_named(db: Store, tmp_path: Path) -> None:
    private = organisation("Placeholder Oaks HOA", "ca", kind=Kind.PRIVATE, public=False)
    rows = [search(OWN, 1, NOON, networks=50, org=private["org"])]
    finding = found(db, tmp_path, [rule()], {"sightings": rows, "organisations": [private]})[0]
    assert finding.groups == ((check.UNRESOLVED, 1, 1),)


def test_a_margin_counts_each_class_and_the_extremes(db: Store, tmp_path: Path) -> None:
    buckets = (Bucket(label="over 15", sql="networks > 15"), Bucket(label="even", sql="networks % 2 = 0"))
    fault = rule("a/fault", measure=Measure(sql="networks", unit="networks", buckets=buckets))
    tested = rule("a/tested", measure=Measure(sql="networks", unit="networks", buckets=buckets, of="tested"))
    rows = [search(OWN, n, NOON, networks=n) for n in range(1, 21)]
    first, second = found(db, tmp_path, [fault, tested], {"sightings": rows})
    assert first.margin == (("over 15", 5), ("even", 5))
    assert first.extremes == {"smallest": 11, "median": 15, "largest": 20}
    assert second.margin == (("over 15", 5), ("even", 10))
    assert second.extremes == {"smallest": 1, "median": 10, "largest": 20}


def test_evidence_is_capped_in_a_fixed_order_and_the_total_is_not(db: Store, tmp_path: Path) -> None:
    rows = [search(OWN, n, NOON - n, networks=50) for n in range(30, 0, -1)]
    finding = found(db, tmp_path, [rule()], {"sightings": rows}, parameters={"evidence_limit": 5})[0]
    assert finding.over == 30
    assert db.rows("SELECT source, part, record FROM evidence") == [(OWN, 0, n) for n in range(1, 6)]


def test_what_a_rule_counts_is_listed_however_much_is_left_to_a_person(db: Store, tmp_path: Path) -> None:
    rows = [search(OWN, n, NOON + n, networks=50 if n > 27 else 5) for n in range(1, 31)]
    made = rule(person="networks = 5", measure=Measure(sql="networks", unit="networks", buckets=()))
    found(db, tmp_path, [made], {"sightings": rows}, parameters={"evidence_limit": 4})
    assert db.rows("SELECT record, verdict, measure FROM evidence ORDER BY record") == [
        *((n, "needs_person", None) for n in range(1, 5)), *((n, "fail", 50.0) for n in range(28, 31)),
    ]  # fmt: skip


def test_evidence_holds_no_token(db: Store, tmp_path: Path) -> None:
    found(db, tmp_path, [rule()], {"sightings": [search(OWN, 1, NOON, networks=50)]})
    types = worlds.columns_of(db, "evidence")
    assert set(types) == {"rule", "verdict", "source", "part", "record", "measure", "unit_at"}
    assert "UUID" not in types.values()


def test_a_rule_without_units_says_so(db: Store, tmp_path: Path) -> None:
    finding = found(db, tmp_path, [rule(view="portal_claims", unit="portal logs", fails="records > 1")], {})[0]
    assert sum(finding.counts.values()) == 0
    assert finding.sentence == "Does not apply: the case has no portal logs."


# --- rules that can't be run -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"fails": "(SELECT true)"}, "fails"),
        ({"view": "texts"}, "no view is called texts"),
        ({"needs": ("colour",)}, "no field colour"),
        ({"fails": "networks > $most"}, "not declared"),
        ({"fails": "networks > reason_state"}, "can't be computed"),
        ({"fails": "searched_at * 9000000000 > 1"}, "can't be computed"),
        ({"fails": "regexp_matches(agency, '(')"}, "can't be computed"),
        ({"says": "{over} of {tested}; {class_1}"}, "asks for .class_1.*first of the measure's buckets"),
        ({"says": "{over} of {tested"}, "braces"),
    ],
)
def test_a_rule_that_can_not_be_run_is_refused_by_name(
    db: Store, tmp_path: Path, changes: dict[str, Any], words: str
) -> None:
    """And no value of a record stands in the message."""
    with pytest.raises(RuleRefused, match=words) as refusal:
        found(db, tmp_path, [rule(**changes), rule("a/good")], {"sightings": [search(OWN, 1, NOON)]})
    assert "screens/made-up" in str(refusal.value)
    assert str(NOON) not in str(refusal.value)


@pytest.mark.parametrize("value", ["soon", "2025-13-01"])
def test_a_parameter_of_the_wrong_kind_is_refused(db: Store, tmp_path: Path, value: str) -> None:
    for unit in ("instant", "days"):
        wants = rule(fails="searched_at > $when", parameters={"when": Parameter(about="when", unit=unit)})
        with pytest.raises(RuleRefused, match="when"):
            found(db, tmp_path, [wants], {"sightings": [search(OWN, 1, NOON)]}, parameters={"when": value})


def test_an_example_may_name_no_token_and_no_column_that_is_not_there() -> None:
    for row in ({"target": "x"}, {"nothing": 1}):
        with pytest.raises(RuleRefused):
            check.examples(rule(examples=(RuleExample(verdict=Outcome.PASS, row=row),)), Catalogue())


# --- the clock ---------------------------------------------------------------------------------------------------


@given(
    at=st.integers(min_value=1_400_000_000, max_value=1_800_000_000),
    zone=st.sampled_from(["America/Chicago", "America/Los_Angeles", "America/Phoenix", "Europe/London", "UTC"]),
)
@settings(max_examples=100, deadline=None)
def test_the_clocks_distance_is_that_of_the_zone_at_every_second(at: int, zone: str) -> None:
    where = ZoneInfo(zone)
    changes = clock.transitions(where, 1_390_000_000_000, 1_810_000_000_000)
    ahead = [ms for when, ms in changes if when <= at * 1000][-1]
    wanted = datetime.fromtimestamp(at, UTC).astimezone(where).utcoffset()
    assert wanted is not None
    assert ahead == wanted.total_seconds() * 1000


def test_the_clock_changes_at_the_exact_second(db: Store) -> None:
    sql = clock.offset("t", ZONE, NOON - 400 * DAY, NOON)
    change = int(datetime(2025, 11, 2, 7, tzinfo=UTC).timestamp() * 1000)
    got = db.rows(f"SELECT {sql} FROM (VALUES ({change - 1}), ({change}), (NULL)) AS v(t)")
    assert got == [(-5 * HOUR,), (-6 * HOUR,), (None,)]
    assert db.one(f"SELECT {clock.offset('t', None, 0, 1)} FROM (SELECT 1 AS t) AS v") is None


def test_a_window_over_the_clock_change_is_an_hour_longer_than_on_the_clock(db: Store, tmp_path: Path) -> None:
    """Thirty days on the clock, across 2 November 2025, are thirty days and an hour of time."""
    look_back = Catalogue().rules["promises/look-back"]
    at = int(datetime(2025, 11, 15, 18, tzinfo=UTC).timestamp() * 1000)
    month = 30 * DAY
    windows = [
        (month + HOUR, at),
        (month + 3000, at - 3000),
        (month, at),
        (month + DAY + 1, at),
        (month + 2 * HOUR, at),
    ]
    rows = [search(OWN, n, at, from_at=at - back, to_at=end, networks=n) for n, (back, end) in enumerate(windows, 1)]
    more: dict[str, Any] = {"timezone": "America/Chicago", "parameters": {"retention_days": 30}}
    finding = found(db, tmp_path, [look_back], {"sightings": rows}, **more)[0]
    assert finding.over == 4
    assert [units for _, units in finding.margin] == [2, 1, 1, 1, 1]
    assert "exactly 30 days" in finding.margin[2][0]
    assert "2 of them by under 72 minutes (of these 1 by the hour of a clock change alone), 1 by" in finding.sentence
    assert "4 of 5 searches (80.00 %)" in finding.sentence
    local, elapsed = db.rows("SELECT lookback_local_ms, lookback_ms FROM searches WHERE networks = 1")[0]
    assert (local, elapsed) == (month, month + HOUR)


def test_without_a_zone_nothing_is_said_about_the_clock(db: Store, tmp_path: Path) -> None:
    found(db, tmp_path, [rule()], {"sightings": [search(OWN, 1, NOON)]}, timezone="")
    assert db.rows("SELECT hour, weekday, searched_local, lookback_local_ms FROM searches") == [(None,) * 4]


def test_hour_and_weekday_are_those_of_the_agencys_clock(db: Store, tmp_path: Path) -> None:
    monday_early = int(datetime(2025, 11, 10, 3, tzinfo=UTC).timestamp() * 1000)
    found(db, tmp_path, [rule()], {"sightings": [search(OWN, 1, monday_early)]}, timezone="America/Chicago")
    assert db.rows("SELECT hour, weekday FROM searches") == [(21, 7)]


# --- the views ---------------------------------------------------------------------------------------------------


def test_each_view_has_the_columns_that_are_documented(db: Store, tmp_path: Path) -> None:
    """And each step of each is in the portable subset."""
    lists = [log(OWN), log(NETWORK, "network_audit"), log(LIST, "shared_networks", captured_on=NOON // DAY * DAY)]
    rows = [search(OWN, 1, NOON), search(NETWORK, 1, NOON + HOUR)]
    share = {"source": LIST, "part": 0, "record": 1, "org": name_id(TEXAS)}
    asking = [rule(f"a/{name}", view=name, fails="record > 1") for name in check.VIEWS]
    found(db, tmp_path, asking, {"sources": lists, "sightings": rows, "shares": [share]})
    for view in check.VIEWS.values():
        types = view.types(PURPOSES)
        assert worlds.columns_of(db, view.table).keys() == types.keys(), view.table
        assert {c: t for c, t in worlds.columns_of(db, view.table).items() if types[c] != t} == {}, view.table
    whose = check.home(db, worlds.case(tmp_path).settings)
    for step in [*ground(whose), *prepare(world(db, whose), check.VIEWS)]:
        assert store.unportable(step.sql) == [], step.name


def test_rules_with_many_classes_tell_each_of_them(db: Store, tmp_path: Path) -> None:
    """More classes than one number has bits for; some are asked by several rules, some behind a guard."""

    def asking(at: int) -> Rule:
        edges = (f"networks > {11 + at}", "networks % 2 = 0", f"networks = {at}")
        buckets = tuple(Bucket(label=sql, sql=sql) for sql in edges)
        states = {0: (), 1: ("ca",), 2: ("tx",)}[at % 3]
        return rule(f"a/{at:03}", states=states, measure=Measure(sql="networks", unit="networks", buckets=buckets))

    sightings = [search(OWN, n, NOON, networks=n) for n in range(1, 61)]
    told = found(db, tmp_path, [asking(at) for at in range(90)], {"sightings": sightings})
    for at, finding in enumerate(told):
        over = [n for n in range(11, 61) if at % 3 != 2]
        counts = [sum(n > 11 + at for n in over), sum(n % 2 == 0 for n in over), sum(n == at for n in over)]
        assert [units for _, units in finding.margin] == counts, finding.rule


def test_the_scan_itself_is_in_the_portable_subset(db: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    types = check.VIEWS["searches"].types(PURPOSES)
    over = [*(r for r in Catalogue().rules.values() if r.view == "searches"), rule(needs=("reason",))]
    ready = [compiled(r, types, {"retention_days": 30}, clock.Clock(ZONE)) for r in over]
    db.run(Step("searches", store.values([], types)))
    run = db.run

    def watched(*steps: Step) -> None:
        seen.extend(step.sql for step in steps)
        run(*steps)

    monkeypatch.setattr(db, "run", watched)
    judge(db, "searches", ready)
    packs = -(-len(over) // PACK)
    assert len(seen) == 1 + 3 * packs
    assert {fault for sql in seen for fault in store.unportable(sql)} == set()


def test_a_log_of_own_searches_without_names_is_its_owners(db: Store, tmp_path: Path) -> None:
    """And a network audit without names is nobody's."""
    hidden = {"org": None, "org_state": "not_exported"}
    found(db, tmp_path, [rule()], {"sightings": [search(OWN, 1, NOON, **hidden), search(NETWORK, 1, NOON, **hidden)]})
    assert db.rows("SELECT view, agency_state FROM searches ORDER BY view") == [
        ("network_audit", None), ("organisation_audit", "ca"),
    ]  # fmt: skip


def test_a_search_that_several_logs_show_is_exposed_where_one_is_a_network_audit(db: Store, tmp_path: Path) -> None:
    both = [search(source, 1, NOON, fingerprint=worlds.token("same")) for source in (OWN, NETWORK)]
    found(db, tmp_path, [rule()], {"sightings": [*both, search(OWN, 2, NOON)]})
    assert db.rows("SELECT record, view, exposed FROM searches ORDER BY record") == [
        (1, "organisation_audit", True), (2, "organisation_audit", False),
    ]  # fmt: skip


def test_federal_and_other_states_searchers_are_told_apart(db: Store, tmp_path: Path) -> None:
    federal = organisation("Samplewood Field Office", None, agency="us-samplewood", level=Level.FEDERAL)
    unknown = organisation(
        "Exampler", None, agency=None, name=None, kind=Kind.UNKNOWN, level=Level.UNKNOWN, public=False
    )
    orgs = [organisation(worlds.HOME, "ca"), organisation(TEXAS, "tx"), federal, unknown]
    rows = [search(NETWORK, n, NOON, org=org["org"]) for n, org in enumerate(orgs, 1)]
    rules = Catalogue().rules
    wanted = [
        rules["screens/searcher-out-of-state"],
        rules["screens/searcher-federal"],
        rules["us-ca/in-state-sharing"],
    ]
    tables: dict[str, Any] = {"sightings": rows, "organisations": orgs}
    by = {f.rule.split("/")[1]: f for f in found(db, tmp_path, wanted, tables)}
    assert (by["searcher-out-of-state"].over, by["searcher-federal"].over, by["in-state-sharing"].over) == (1, 1, 2)
    assert {f.counts[Outcome.CANNOT_TELL] for f in by.values()} == {1}


@pytest.mark.parametrize(("day", "listed"), [(0, True), (20, False), (40, True)])
def test_a_searcher_is_looked_up_in_the_list_of_its_day(db: Store, tmp_path: Path, day: int, *, listed: bool) -> None:
    """The last list on or before the day: the Texan is on the first and the third list, not on the second."""
    first = NOON // DAY * DAY
    dates = {"dddddddddddd": first - 5 * DAY, "eeeeeeeeeeee": first + 15 * DAY, "ffffffffffff": first + 35 * DAY}
    lists = [log(source, "shared_networks", captured_on=on) for source, on in dates.items()]
    shares = [{"source": source, "part": 0, "record": 1, "org": name_id(TEXAS)} for source in dates if source[0] != "e"]
    rows = [search(NETWORK, 1, NOON + day * DAY, org=name_id(TEXAS))]
    tables: dict[str, Any] = {"sources": [log(NETWORK, "network_audit"), *lists], "sightings": rows, "shares": shares}
    finding = found(db, tmp_path, [Catalogue().rules["promises/not-on-sharing-list"]], tables)[0]
    assert finding.over == (0 if listed else 1)
    assert finding.counts[Outcome.PASS] == (1 if listed else 0)


def test_without_a_dated_list_nobody_is_called_unlisted(db: Store, tmp_path: Path) -> None:
    rows = [search(NETWORK, 1, NOON, org=name_id(TEXAS))]
    unlisted = Catalogue().rules["promises/not-on-sharing-list"]
    for lists in ([], [log(LIST, "shared_networks")]):
        shares = [{"source": LIST, "part": 0, "record": 1, "org": name_id(worlds.HOME)}] if lists else []
        tables: dict[str, Any] = {
            "sources": [log(NETWORK, "network_audit"), *lists],
            "sightings": rows,
            "shares": shares,
        }
        assert found(db, tmp_path, [unlisted], tables)[0].counts[Outcome.CANNOT_TELL] == 1


def test_accounts_overlap_only_in_one_second_and_for_another_target(db: Store, tmp_path: Path) -> None:
    def by(account: str, n: int, at: int, target: str) -> worlds.Row:
        return search(OWN, n, at, account=worlds.token(account), target=worlds.token(target))

    rows = [
        by("Ada Example", 1, NOON, "ZZT0001"), by("Ada Example", 2, NOON + 400, "ZZT0001"),
        by("Ada Example", 3, NOON, "ZZT0002"), by("Bo Sample", 4, NOON, "ZZT0003"),
        by("Ada Example", 5, NOON + 3000, "ZZT0003"), by("Ada Example", 6, NOON + 60_000, "ZZT0004"),
    ]  # fmt: skip
    finding = found(db, tmp_path, [Catalogue().rules["custodian/account-overlap"]], {"sightings": rows})[0]
    assert finding.over == 3
    assert db.rows("SELECT record FROM evidence ORDER BY record") == [(1,), (2,), (3,)]


def _days(counts: Mapping[int, int], source: str = OWN) -> list[worlds.Row]:
    """Searches at noon of some days, so many each."""
    return [
        search(source, 1000 * day + n, NOON + day * DAY + n, fingerprint=worlds.token(f"{source}{day}{n}"))
        for day, number in counts.items()
        for n in range(number)
    ]


def test_days_without_records_are_found_within_a_log_and_not_in_a_quiet_one(db: Store, tmp_path: Path) -> None:
    empty = Catalogue().rules["screens/days-without-records"]
    busy = {day: 12 for day in range(30) if day not in (10, 11)}
    finding = found(db, tmp_path, [empty], {"sightings": _days(busy)})[0]
    assert (finding.over, finding.counts[Outcome.PASS]) == (2, 28)
    assert sorted(pages.days(db, ZoneInfo("America/Los_Angeles")).values()) == ["2025-11-20", "2025-11-21"]
    finding = found(db, tmp_path, [empty], {"sightings": _days({0: 1, 9: 1, 20: 1})})[0]
    assert finding.counts[Outcome.NOT_APPLICABLE] == 21


def test_overlapping_sources_of_one_log_are_not_counted_twice(db: Store, tmp_path: Path) -> None:
    sources = [log(OWN), log("dddddddddddd")]
    rows = [*_days(dict.fromkeys(range(20), 5)), *_days(dict.fromkeys(range(10, 30), 5), "dddddddddddd")]
    found(db, tmp_path, [Catalogue().rules["screens/level-shift"]], {"sources": sources, "sightings": rows})
    assert db.rows("SELECT DISTINCT records FROM days") == [(5,)]


@pytest.mark.parametrize(("after", "over"), [(5, 1), (25, 1), (28, 1), (60, 0), (90, 0)])
def test_a_level_shift_is_one_day_however_long_it_lasts(db: Store, tmp_path: Path, after: int, over: int) -> None:
    counts = {day: 90 if day < 20 else after for day in range(40)}
    finding = found(db, tmp_path, [Catalogue().rules["screens/level-shift"]], {"sightings": _days(counts)})[0]
    assert finding.over == over
    if over:
        assert db.one("SELECT day FROM days WHERE turn AND ratio > 3") == NOON // DAY + 20


def test_one_odd_day_and_the_weekends_are_no_shift(db: Store, tmp_path: Path) -> None:
    counts = {day: 300 if day == 15 else 4 if day % 7 in (5, 6) else 60 for day in range(40)}
    finding = found(db, tmp_path, [Catalogue().rules["screens/level-shift"]], {"sightings": _days(counts)})[0]
    assert finding.over == 0


def test_columns_lost_are_those_of_the_source_before_in_the_same_log(db: Store, tmp_path: Path) -> None:
    def month(source: str, n: int, columns: str, **more: Any) -> worlds.Row:
        return log(source, first_at=NOON + n * DAY, last_at=NOON + (n + 1) * DAY, columns=columns, **more)

    sources = [
        month("dddddddddddd", 0, "account,reason,case_no,target"), month("eeeeeeeeeeee", 1, "reason,case_no,filters"),
        month("ffffffffffff", 2, "reason,case_no,filters"), month(NETWORK, 2, "reason", view="network_audit"),
    ]  # fmt: skip
    finding = found(db, tmp_path, [Catalogue().rules["screens/columns-lost"]], {"sources": sources})[0]
    assert (finding.over, finding.counts[Outcome.PASS], finding.counts[Outcome.NOT_APPLICABLE]) == (1, 1, 2)
    assert db.rows("SELECT source, measure FROM evidence") == [("eeeeeeeeeeee", 2.0)]


def test_a_portals_figure_is_compared_with_the_log_of_the_same_day(db: Store, tmp_path: Path) -> None:
    today, slug = NOON // DAY * DAY, "exampleville-ca-pd"

    def portal(source: str, on: int, records: int) -> worlds.Row:
        return log(source, "portal_audit", slug, captured_on=on, records=records)

    def figure(record: int, on: int, searches: int | None) -> worlds.Row:
        base = {"source": LIST, "part": 0, "record": record, "owner": slug.upper()}
        return {**base, "captured_on": on, "searches_30d": searches}

    sources = [portal(s * 12, today + n * DAY, 98) for n, s in enumerate("abcde")]
    figures = [figure(1, today, 98), figure(2, today + DAY, 101), figure(3, today + 2 * DAY, None)]
    figures += [figure(4, today + 3 * DAY, 98), figure(5, today + 3 * DAY, 99)]
    tables: dict[str, Any] = {"sources": sources, "statistics": figures}
    finding = found(db, tmp_path, [Catalogue().rules["promises/portal-count"]], tables)[0]
    assert (finding.counts[Outcome.PASS], finding.over, finding.counts[Outcome.CANNOT_TELL]) == (1, 1, 3)


def test_reach_is_compared_with_all_searches_of_the_case(db: Store, tmp_path: Path) -> None:
    rows = [search(OWN, n, NOON, networks=n, devices=n) for n in range(1, 201)]
    finding = found(db, tmp_path, [Catalogue().rules["screens/reach-networks"]], {"sightings": rows})[0]
    assert finding.over == 2
    assert finding.margin[0] == ("more than one network", 199)
    assert "199 (99.50 %) reach more than one network" in finding.sentence
    assert finding.extremes["largest"] == 200


def test_the_surer_tier_of_reason_and_offence_counts(db: Store, tmp_path: Path) -> None:
    reason, offence = worlds.token("words"), worlds.token("list")
    codes = [
        {"id": reason, "field": "reason", "quality": "q3", "p02": "ambiguous"},
        {"id": offence, "field": "offence", "quality": "q3", "p02": "explicit"},
    ]
    rows = [
        search(OWN, 1, NOON, reason=reason, offence=offence), search(OWN, 2, NOON, reason=reason),
        search(OWN, 3, NOON, offence=offence), search(OWN, 4, NOON),
    ]  # fmt: skip
    finding = found(db, tmp_path, [Catalogue().rules["screens/purpose-p02"]], {"sightings": rows, "reasons": codes})[0]
    assert finding.margin == (("explicit", 2), ("probable", 0), ("ambiguous", 1))
    assert finding.over == 3


def test_every_rule_runs_over_a_case_without_anything(db: Store, tmp_path: Path) -> None:
    findings = found(db, tmp_path, Catalogue().rules.values(), {"sources": [], "organisations": []}, agency="")
    assert all(sum(f.counts.values()) == 0 and f.sentence.startswith("Does not apply: ") for f in findings)


def test_twice_the_same_case_gives_twice_the_same_answer(tmp_path: Path) -> None:
    rows = [search(OWN, n, NOON + n * HOUR, networks=n % 17, account=worlds.token(str(n % 3))) for n in range(1, 300)]
    answers = []
    for order in (rows, rows[::-1]):
        with Store(threads=2) as db:
            findings = found(db, tmp_path, [*Catalogue().rules.values(), rule()], {"sightings": order})
            answers.append((findings, db.rows("SELECT * FROM evidence")))
    assert answers[0] == answers[1]


# --- which rules -------------------------------------------------------------------------------------------------


def test_without_a_choice_the_general_packs_and_the_home_states_law_are_checked() -> None:
    rules = Catalogue().rules
    at_home = set(check.choose(rules, (), "ca"))
    assert {"screens/row-cap", "promises/look-back", "us-ca/access-record"} <= at_home
    assert not any(rules[key].audience == "custodian" for key in at_home), "leads only for the custodian who asks"
    assert not any(key.startswith("us-") for key in check.choose(rules, (), "zz"))
    assert not any(key.startswith("us-") for key in check.choose(rules, (), ""))


def test_packs_and_single_rules_can_be_chosen_and_unknown_ones_are_refused() -> None:
    rules = Catalogue().rules
    chosen = set(check.choose(rules, ("us-ca", "screens/row-cap"), "fl"))
    assert chosen == {key for key in rules if key.startswith("us-ca/")} | {"screens/row-cap"}
    with pytest.raises(CaseUnusable, match="us-zz"):
        check.choose(rules, ("us-zz",), "ca")


def test_the_home_is_found_by_its_name_as_written(db: Store, tmp_path: Path) -> None:
    worlds.fill(db, {"organisations": [organisation(worlds.HOME, "ca")]})
    assert check.home(db, worlds.case(tmp_path).settings).state == "ca"
    assert check.home(db, worlds.case(tmp_path, agency="Nobody Knows").settings).state == ""
    assert check.home(db, worlds.case(tmp_path, agency="").settings) == Home(zone=ZoneInfo("America/Los_Angeles"))


# --- twenty and more ---------------------------------------------------------------------------------------------


def test_more_rules_than_fit_one_number_are_each_judged_right(db: Store, tmp_path: Path) -> None:
    rules = [rule(f"a/{n:02}", fails=f"networks > {n}", needs=("reason",) if n % 2 else ()) for n in range(45)]
    rows = [search(OWN, n, NOON, networks=n) for n in range(1, 51)]
    assert [f.over for f in found(db, tmp_path, rules, {"sightings": rows})] == [50 - n for n in range(45)]
