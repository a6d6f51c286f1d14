"""The law as packs: who is bound, from which midnight on, what only asks, and what no pack may say."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import worlds
from plateglass import catalogue, check
from plateglass.catalogue import Catalogue, Citation, Rule
from plateglass.check.clock import Clock
from plateglass.check.columns import DEFAULTS, PURPOSES
from plateglass.check.compiled import OUTCOMES, TIMED, compiled
from plateglass.check.scan import at_home, judge
from plateglass.model import Column, Outcome
from plateglass.store import Step, Store, values

ROOT = Path(__file__).parents[1]
RULES = Catalogue().rules
LAW = {id_: rule for id_, rule in RULES.items() if rule.basis in ("law", "policy", "promise")}
PACIFIC = ZoneInfo("America/Los_Angeles")
STATED = tomllib.loads((catalogue.SHIPPED / "zones" / "us.toml").read_text())["states"]
ZONES: dict[str, list[ZoneInfo]] = {state: [ZoneInfo(name) for name in names] for state, names in STATED.items()}
EVERYWHERE = [zone for zones in ZONES.values() for zone in zones]
HOMES = [None, *(ZoneInfo(f"America/{city}") for city in ("New_York", "Chicago", "Los_Angeles", "Anchorage"))]
"""What a case may say of the zone of its home agency, which is not the one that is bound here."""


def ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


@cache
def db() -> Store:
    return Store(threads=1)


def outcomes(rule: Rule, rows: Sequence[Mapping[str, Any]], here: Clock = Clock(PACIFIC)) -> list[Outcome]:  # noqa: B008
    """The verdict of each of some made-up units, in order."""
    types = check.VIEWS[rule.view].types(PURPOSES)
    units = [[{**DEFAULTS, "record": n, "log_no": 1, **row}.get(column) for column in types]
             for n, row in enumerate(rows, 1)]  # fmt: skip
    db().run(Step("units", values(units, types)))
    judged = judge(db(), "units", [compiled(rule, types, {}, here)])[0]
    return [OUTCOMES[digit] for (digit,) in db().rows(f"SELECT {judged.digit} FROM judged_units ORDER BY place")]


def faulty(rule: Rule) -> dict[str, Any]:
    """A unit that the rule finds at fault, apart from its time."""
    row = next(e.row for e in rule.examples if e.verdict == Outcome.FAIL)
    element = {"element": rule.id} if rule.words else {}
    return element | {key: _told(value) for key, value in row.items() if key != "unit_at"}


def _told(value: Any) -> Any:
    """A cell of an example as the view has it: a day is the midnight with which it begins."""
    if isinstance(value, datetime):
        return ms(value)
    return ms(datetime.combine(value, time(), UTC)) if isinstance(value, date) else value


# --- one log, two laws -------------------------------------------------------------------------------------------


def test_a_search_before_and_one_after_washingtons_act_fall_under_different_law() -> None:
    """29 and 31 March 2026 in one log; and the day itself begins at midnight in Washington, not in Greenwich."""
    row = faulty(RULES["us-wa/in-state-sharing"])
    at = [
        datetime(2026, 3, 29, 12, tzinfo=PACIFIC), datetime(2026, 3, 31, 12, tzinfo=PACIFIC),
        datetime(2026, 3, 30, 6, 59, 59, tzinfo=UTC), datetime(2026, 3, 30, 7, tzinfo=UTC),
    ]  # fmt: skip
    units = [{**row, "unit_at": ms(t)} for t in at]
    before, after = Outcome.NOT_APPLICABLE, Outcome.FAIL
    assert outcomes(RULES["us-wa/in-state-sharing"], units) == [before, after, before, after]


def test_two_laws_of_one_state_meet_without_a_gap_and_without_an_overlap() -> None:
    """One that ends on the eve of another: every instant has exactly one of them."""
    rule = RULES["us-wa/in-state-sharing"]
    old = rule.model_copy(update={"cites": (Citation(text="before", end=date(2026, 3, 29)),)})
    start = datetime(2026, 3, 27, tzinfo=UTC)
    units = [{**faulty(rule), "unit_at": ms(start + timedelta(minutes=17 * n))} for n in range(500)]
    for before, after in zip(outcomes(old, units), outcomes(rule, units), strict=True):
        assert {before, after} == {Outcome.NOT_APPLICABLE, Outcome.FAIL}


DATED = sorted(id_ for id_, rule in LAW.items() if any(c.start or c.end for c in rule.cites))


def in_force(cites: Iterable[Citation], at: datetime, zone: tzinfo) -> bool:
    """Whether a citation was in force on the day that it was there."""
    day = at.astimezone(zone).date()
    return any((not c.start or c.start <= day) and (not c.end or day <= c.end) for c in cites)


def zones_of(rule: Rule) -> Sequence[ZoneInfo]:
    """Where the agency may be that a rule binds: in its state, which the id of an agency tells too; else anywhere."""
    bound = rule.states or [each.removeprefix("us-")[:2] for each in rule.agencies]
    return [zone for state in bound for zone in ZONES.get(state, EVERYWHERE)] or EVERYWHERE


def expected(rule: Rule, at: datetime, home: ZoneInfo | None) -> Outcome:
    """What a unit at fault gets: it depends on the day where the bound agency is, or may be; a paper's on its day."""
    said = {in_force(rule.cites, at, zone) for zone in zones_of(rule)}
    if rule.view not in TIMED and at.astimezone(home or UTC).time() == time():
        said = {in_force(rule.cites, at, home or UTC)}
    if len(said) > 1:
        return Outcome.CANNOT_TELL
    return Outcome.FAIL if True in said else Outcome.NOT_APPLICABLE


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(DATED), st.sampled_from(HOMES),
    st.lists(st.integers(-3 * 86_400, 3 * 86_400), min_size=20, max_size=40),
)  # fmt: skip
def test_a_verdict_changes_exactly_at_midnight_in_the_zone_of_the_agency_that_is_bound(
    id_: str, home: ZoneInfo | None, seconds: list[int]
) -> None:
    """Whatever the zone of the home agency is; between the midnights of a state's two zones nobody can tell."""
    rule = RULES[id_]
    edges = [edge for c in rule.cites for edge in (c.start, c.end and c.end + timedelta(days=1)) if edge]
    zones = (zones_of(rule), [home or UTC])
    middles = {datetime.combine(edge, time(), zone).astimezone(UTC) for edge in edges for z in zones for zone in z}
    times = [t + timedelta(seconds=s) for t in sorted(middles) for s in (-1, 0, *seconds)]
    found = outcomes(rule, [{**faulty(rule), "unit_at": ms(t)} for t in times], Clock(home))
    assert found == [expected(rule, t, home) for t in times]


def test_at_home_the_stated_zone_decides_and_elsewhere_in_the_state_nobody_can_tell() -> None:
    """Half past midnight in New York, half past eleven in Chicago; Florida has both, and so may any agency there."""
    rule = RULES["us-wa/in-state-sharing"].model_copy(update={"states": ("fl",)})
    row = {**faulty(RULES["us-wa/in-state-sharing"]), "owner_state": "fl"}
    at = ms(datetime(2026, 3, 30, 4, 30, tzinfo=UTC))
    units = [{**row, "unit_at": at, "log_no": log} for log in (1, 2)]
    for zone, here in (("America/New_York", Outcome.FAIL), ("America/Chicago", Outcome.NOT_APPLICABLE)):
        assert outcomes(rule, units, Clock(ZoneInfo(zone), (1,))) == [here, Outcome.CANNOT_TELL]
    assert outcomes(rule, units, Clock(None, (1,))) == [Outcome.CANNOT_TELL] * 2, "no zone is stated"
    anybody = rule.model_copy(update={"states": ()})
    assert outcomes(anybody, units, Clock()) == [Outcome.CANNOT_TELL] * 2
    both = rule.model_copy(update={"binds": ("owner", "searcher")})
    units = [{**row, "unit_at": at, "log_no": 1, "agency_no": n} for n in (7, 8)]
    found = outcomes(both, units, Clock(ZoneInfo("America/New_York"), (1,), 7))
    assert found == [Outcome.FAIL, Outcome.CANNOT_TELL], "who searched is bound too, and may be elsewhere in the state"


def test_every_state_that_names_can_tell_has_its_zones() -> None:
    assert set(ZONES) == set(Catalogue().names["us"].states)
    assert set(check.VIEWS) >= TIMED


CHANGES = (date(2026, 3, 8), date(2026, 11, 1), date(2025, 11, 2))
"""Days of 23 or 25 hours in the zones of the United States that change their clocks."""


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(CHANGES), st.sampled_from(["start", "end"]), st.sampled_from(sorted(ZONES)),
    st.lists(st.integers(-40 * 3600, 40 * 3600), min_size=20, max_size=40),
)  # fmt: skip
def test_a_day_on_which_the_clock_changes_is_wholly_in_force_or_not_at_all(
    day: date, edge: str, state: str, seconds: list[int]
) -> None:
    rule = RULES["us-wa/in-state-sharing"].model_copy(
        update={"cites": (Citation.model_validate({"text": "a law", edge: day}),), "states": (state,)}
    )
    hours = [timedelta(hours=h, seconds=s) for h in (-13, -12, -11, 11, 12, 13) for s in (-1, 0)]
    hours += [timedelta(seconds=s) for s in seconds]
    times = [datetime.combine(day, time(12), z).astimezone(UTC) + h for z in ZONES[state] for h in hours]
    row = {**faulty(RULES["us-wa/in-state-sharing"]), "owner_state": state}
    found = outcomes(rule, [{**row, "unit_at": ms(t)} for t in times])
    assert found == [expected(rule, t, None) for t in times]


def test_a_law_of_a_state_that_nobody_is_from_costs_nothing_and_binds_nothing() -> None:
    """A log, or a searcher, of which nobody can say the state keeps it awake: there, nobody can tell."""
    types = check.VIEWS["searches"].types(PURPOSES)
    chosen = ("us-wa/in-state-sharing", "us-wa/immigration-purpose", "screens/reason-missing")
    ready = [compiled(RULES[id_], types, {}, Clock(PACIFIC)) for id_ in chosen]
    for owners, searchers, awake in (
        (("ca", "or"), ("ca",), (False, False, True)), (("ca", "wa"), ("ca",), (True, True, True)),
        (("ca", None), ("ca",), (True, True, True)), (("ca",), ("ca", "wa"), (False, True, True)),
    ):  # fmt: skip
        db().run(Step("logs", values([[state] for state in owners], {"owner_state": "VARCHAR"})))
        db().run(Step("who", values([[state] for state in searchers], {"state": "VARCHAR"})))
        found = at_home(db(), ready)
        assert tuple(not rule.free for rule in found) == awake
        assert [replace(rule, free=False) for rule in found] == ready


def test_a_duty_may_be_of_an_agency_that_has_no_log_in_the_case() -> None:
    chosen = next(rule for rule in RULES.values() if rule.view == "duty_series" and len(rule.states) == 1)
    ready = compiled(chosen, check.VIEWS["duty_series"].types(), {}, Clock(PACIFIC))
    for other, awake in ((chosen.states[0], True), ("zz", False)):
        db().run(Step("logs", values([["zz"]], {"owner_state": "VARCHAR"})))
        db().run(Step("who", values([[other]], {"state": "VARCHAR"})))
        assert [not rule.free for rule in at_home(db(), [ready])] == [awake]


# --- what each law turns on --------------------------------------------------------------------------------------

NOW = ms(datetime(2026, 6, 15, 18, tzinfo=UTC))
HERE = {"unit_at": NOW, "exposed": True, "owner": "us-zz-owner", "agency": "us-tx-other", "quality": "q3"}
TEXAN = {**HERE, "agency_state": "tx", "p12": "explicit"}


def test_californias_sharing_turns_on_the_recipient_whatever_the_purpose_is() -> None:
    rule = RULES["us-ca/in-state-sharing"]
    mine = {"owner_state": "ca"}
    crime, status = {**TEXAN, **mine}, {**TEXAN, **mine, "p12": None, "p01": "explicit"}
    assert outcomes(rule, [crime, status, {**status, "agency_state": "ca"}]) == [
        Outcome.FAIL, Outcome.FAIL, Outcome.PASS,
    ]  # fmt: skip


def test_illinois_turns_on_the_purpose_whoever_of_a_state_or_town_searches() -> None:
    rule = RULES["us-il/immigration-purpose"]
    mine = {"owner_state": "il"}
    status = {**TEXAN, **mine, "p12": None, "p01": "explicit"}
    federal = {**status, "agency_state": None, "agency_level": "federal", "agency_kind": "federal"}
    units = [{**TEXAN, **mine}, status, {**status, "agency_state": "il"}, federal]
    assert outcomes(rule, units) == [Outcome.PASS, Outcome.FAIL, Outcome.FAIL, Outcome.NEEDS_PERSON]


def test_virginia_turns_on_both_and_may_only_ask() -> None:
    who, what = RULES["us-va/in-state-sharing"], RULES["us-va/immigration-purpose"]
    crime = {**TEXAN, "owner_state": "va"}
    status = {**crime, "agency_state": "va", "p12": None, "p01": "explicit"}
    assert outcomes(who, [crime, status]) == [Outcome.FAIL, Outcome.PASS]
    assert outcomes(what, [crime, status]) == [Outcome.PASS, Outcome.FAIL]
    assert who.only_asks
    assert what.only_asks


def test_connecticut_lets_three_neighbours_in() -> None:
    late = {**HERE, "unit_at": ms(datetime(2026, 11, 1, 18, tzinfo=UTC)), "owner_state": "ct"}
    found = outcomes(RULES["us-ct/in-state-sharing"], [{**late, "agency_state": s} for s in ("ma", "ny", "ri", "nh")])
    assert found == [Outcome.PASS, Outcome.PASS, Outcome.PASS, Outcome.FAIL]


def test_a_crime_beside_the_purpose_leaves_it_to_a_person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether the reason or the offence type names it; the view tells it once, in `crime`."""
    crimes = (Column("p11", "VARCHAR", "tier"), Column("p15", "VARCHAR", "tier"))
    monkeypatch.setitem(worlds.TABLES, "reasons", (*worlds.REASONS, *crimes))
    words = {"status": {"p01": "explicit"}, "both": {"p01": "explicit", "p15": "probable"}}
    codes = [{"id": worlds.token(w), "field": "reason", "quality": "q3", **tiers} for w, tiers in words.items()]
    codes.append({"id": worlds.token("assault"), "field": "offence", "p11": "explicit"})
    said = [("status", None), ("both", None), ("status", "assault")]
    rows = [
        worlds.search("aaaaaaaaaaaa", n, NOW + n, reason=worlds.token(r), offence=o and worlds.token(o))
        for n, (r, o) in enumerate(said, 1)
    ]
    with Store(threads=1) as store:
        worlds.fill(store, {
            "sources": [worlds.log("aaaaaaaaaaaa")], "organisations": [worlds.organisation(worlds.HOME, "ca")],
            "sightings": rows, "distinct_searches": worlds.distinct(rows), "reasons": codes,
        })  # fmt: skip
        rule = RULES["us-ca/immigration-purpose"]
        finding = check.verdicts(store, worlds.case(tmp_path), {rule.id: rule})[0]
    assert (finding.counts[Outcome.FAIL], finding.question, finding.counts[Outcome.NEEDS_PERSON]) == (0, 1, 2)


# --- what only asks ----------------------------------------------------------------------------------------------


def test_no_look_back_is_ever_a_breach() -> None:
    """A window asked for is not data returned."""
    rules = [rule for rule in RULES.values() if "lookback_ms" in rule.fails + rule.applies]
    assert len(rules) > 20
    for rule in rules:
        assert rule.only_asks, rule.id
        assert any("asked for, not data returned" in text for text in rule.limits), rule.id


TEXT_READ = {
    "CA-1", "CA-2", "CA-6", "CA-7", "CA-10", "CA-12", "IL-1", "WA-1", "WA-2", "WA-3", "WA-4", "WA-7", "MN-3", "MN-6",
    "OR-4", "NH-1", "NH-2", "IA-1", "NEW-IA-a", "AR-1", "NE-1", "NEW-NE-a", "MT-1", "UT-1", "NEW-UT-a", "NC-1",
    "NEW-NC-a", "GA-1", "CO-1", "MD-1", "DH-7", "GD-1", "GD-6", "CA-4", "IL-2", "NEW-WA-a", "NEW-WA-b", "NEW-WA-e",
    "CA-3", "CA-5", "CA-8", "CA-13", "NEW-CA-b", "NEW-CA-c", "WA-5", "WA-6", "WA-8", "NEW-WA-c", "NEW-WA-f",
    "NEW-WA-g", "MN-2", "MN-4", "MN-9", "NH-3", "NEW-OR-a", "LO-1", "LO-2", "NEW-SF-a", "FB-10", "NEW-FB-d",
    "FB-1", "FB-3", "FB-5", "NEW-AR-a", "NJ-1",
}  # fmt: skip
"""The requirements of which the second reading (or, where it did not come by, the first) had the text itself."""


ALABAMA = "us-al/audit-three-years"
"""Of Alabama's chapter its section alone was read."""


def test_verified_means_that_the_second_reading_had_the_text() -> None:
    for rule in LAW.values():
        if rule.review == "verified":
            assert set(rule.requirements) <= TEXT_READ or rule.id == ALABAMA, rule.id


def test_what_the_second_reading_confirmed_is_not_claimed_for_less() -> None:
    for id_ in (
        "us-mn/audit-two-years", ALABAMA, "us-ar/hot-list-refresh", "us-nh/hot-list-refresh",
        "us-nc/audit-yearly", "us-nc/policy-audit", "us-nc/policy-retention", "us-nj/audit-yearly",
        "us-nj/audit-survey", "us-nj/certified-yearly", "cjis/log-review", "cjis/log-kept", "cjis/accounts-reviewed",
    ):  # fmt: skip
        assert RULES[id_].review == "verified", id_
        assert RULES[id_].only_asks, f"{id_}: a list may leave out what was done, and words may be others"


def test_two_rules_about_one_text_rest_on_the_same() -> None:
    """How far a window goes back and how old the oldest record is: one law, one order, one promise."""
    for id_, rule in LAW.items():
        twin = RULES.get(id_.replace("/look-back", "/oldest-record"), rule)
        assert (twin.basis, twin.review) == (rule.basis, rule.review), id_


def test_an_order_of_one_police_department_binds_that_department() -> None:
    orders = [rule for id_, rule in RULES.items() if id_.startswith("us-dc/")]
    assert {rule.basis for rule in orders} == {"policy"}
    assert {rule.agencies for rule in orders} == {("us-dc-metropolitan-pd",)}


def test_what_was_not_read_asks() -> None:
    for pack in ("us-va", "us-nm", "us-ct", "us-id", "us-ky", "us-me", "us-tn", "us-fl"):
        assert {rule.review for id_, rule in RULES.items() if id_.startswith(f"{pack}/")} <= {"secondary", "memory"}


# --- what no pack may say ----------------------------------------------------------------------------------------


def said(pack: str) -> str:
    """Everything that the rules of some packs say, as one text."""
    rules = [rule for id_, rule in RULES.items() if id_.startswith(pack)]
    return "\n".join(
        "\n".join((r.title, r.says, r.fails, *r.limits, *(c.text for c in r.cites), str(r.parameters))) for r in rules
    )


def test_the_highway_patrols_60_days_bind_no_local_agency() -> None:
    assert not re.search(r"\b60\b|2413", said("us-ca/"))
    patrol = RULES["us-ca-highway-patrol/look-back"]
    old = {"unit_at": NOW, "owner_state": "ca", "lookback_ms": 10**11, "lookback_local_ms": 10**11}
    owners = ("us-ca-highway-patrol", "us-ca-exampleville-pd", None)
    assert outcomes(patrol, [{**old, "owner": owner} for owner in owners]) == [
        Outcome.FAIL, Outcome.NOT_APPLICABLE, Outcome.NOT_APPLICABLE,
    ]  # fmt: skip
    assert patrol.only_asks


@pytest.mark.parametrize(
    ("pack", "wrong"),
    [
        ("us-ca/", r"1798\.90\.53"),  # said to hold 60 days or a yearly report: it is the end-users' policy
        ("us-ca/", r"1798\.90\.54"),  # said to ban sharing for immigration: it is the civil action
        ("us-ca/", r"1798\.90\.52[^:]*: [^.]*policy"),  # said to be the policy's section: it is the access record
        ("us-ca/", r"(?i)yearly|annual"),
        ("us-ct/", r"HB 5449|SB 397"),
        ("us-wa/", r"HB 2332|(?i:five years)|SB 6002"),
        ("us-ut/", r"HB 468|(?i:30 days)"),
        ("us-ia/", r"HF 2701"),
        ("us-mn/", r"SF 4850"),
        ("us-il/", r"SB 3257|HB 5151|HB 5231|(?i:days)"),
        ("us-ca/", r"SB 274|SB 1013"),
    ],
)
def test_a_wrong_summary_stands_in_no_pack(pack: str, wrong: str) -> None:
    assert said(pack)
    assert not re.search(wrong, said(pack))


def test_utahs_pack_ends_where_nobody_knows_how_it_goes_on() -> None:
    assert {c.end for id_, r in RULES.items() if id_.startswith("us-ut/") for c in r.cites} == {date(2026, 5, 5)}


def test_hosting_and_towing_are_not_sharing_in_california() -> None:
    """A vendor on a list is left to a person."""
    unit = {"unit_at": NOW, "owner_state": "ca", "outbound": 1, "agency_state": "tx", "agency_kind": "vendor"}
    assert outcomes(RULES["us-ca/sharing-list"], [unit]) == [Outcome.NEEDS_PERSON]


# --- the table of requirements -----------------------------------------------------------------------------------

ASKED: dict[str, dict[str, Any]] = tomllib.loads((ROOT / "docs" / "requirements.toml").read_text())


def test_every_requirement_has_a_rule_or_a_reason() -> None:
    tested = {id_ for rule in RULES.values() for id_ in rule.requirements}
    assert tested <= set(ASKED)
    for id_, asked in ASKED.items():
        assert id_ in tested or asked.get("missing") or asked.get("also"), f"{id_} has neither a rule nor a reason"
        assert set(asked.get("also", ())) <= set(RULES), id_
        assert set(asked) <= {"about", "missing", "also"}, id_


def test_every_law_rule_names_its_requirement_and_there_are_a_hundred_rules() -> None:
    assert len(RULES) >= 100
    for id_, rule in RULES.items():
        if id_.startswith(("us-", "cities/", "guidance/", "ways-round/")):
            assert rule.requirements, id_


@pytest.mark.real
def test_the_table_holds_every_row_of_the_research() -> None:
    notes = [ROOT.parent / "shared" / "research" / name for name in ("law.md", "law_verified.md")]
    if not all(note.exists() for note in notes):
        pytest.skip("the research notes are not beside this folder")
    row = re.compile(r"^\| \*{0,2}((?:[A-Z]{2}|B|D|NEW-[A-Z]{2})-[0-9a-z]+)\b", re.MULTILINE)
    ids = {id_ for note in notes for id_ in row.findall(note.read_text(encoding="utf-8"))}
    assert len(ids) > 150
    assert ids <= set(ASKED)
