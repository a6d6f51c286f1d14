"""What is owed and what was asked: duties beside the one before, registrations and searches, other bodies' requests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import worlds
from plateglass import check
from plateglass.case import name_id
from plateglass.catalogue import Catalogue
from plateglass.model import Finding, Outcome
from plateglass.record_views import OTHER_VIEWS
from plateglass.store import Store

DAY = 86_400_000
RULES = Catalogue().rules
PAPER, NETWORK, OWN = (letter * 12 for letter in "abc")
OLYMPIC, TEXAS, FEDERAL = "Pretendton WA PD", "Madeup Falls TX PD", "Samplewood Field Office"
STATES = {view.table: [f"{field.name}_state" for field in view.fields] for view in OTHER_VIEWS.values()}


def at(day: date, hour: int = 0) -> int:
    return int(datetime(day.year, day.month, day.day, hour, tzinfo=UTC).timestamp() * 1000)


@pytest.fixture
def db() -> Iterator[Store]:
    with Store(threads=1) as opened:
        yield opened


def record(view: str, number: int, **more: Any) -> worlds.Row:
    """A record of a view: a field that is not given is blank."""
    states = {state: "value" if more.get(state.removesuffix("_state")) is not None else "empty"
              for state in STATES[view]}  # fmt: skip
    return {"source": PAPER, "part": 0, "record": number, **states, **more}


def duties(rows: Sequence[Mapping[str, Any]]) -> list[worlds.Row]:
    return [
        record("duties", n, **{k: at(v) if isinstance(v, date) else v for k, v in row.items()})
        for n, row in enumerate(rows, 1)
    ]


def found(
    db: Store, folder: Path, rules: Iterable[str], tables: Mapping[str, list[worlds.Row]], listed: date | None = None
) -> dict[str, Finding]:
    """What some of our rules say; the paper is a list of the day `listed`."""
    sightings = tables.get("sightings", [])
    federal = worlds.organisation(FEDERAL, None, agency="us-ice-samplewood", level="federal", kind="federal")
    view = next((name for name in tables if name in STATES), "duties")
    worlds.fill(db, {
        "organisations": [*(worlds.organisation(n, n.split()[-2].lower()) for n in (worlds.HOME, OLYMPIC, TEXAS)),
                          federal],
        "sources": [worlds.log(PAPER, view, captured_on=listed and at(listed)), worlds.log(NETWORK, "network_audit"),
                    worlds.log(OWN, first_at=at(date(2026, 5, 1), 20))],
        "distinct_searches": worlds.distinct(sightings), **tables,
    })  # fmt: skip
    said = check.verdicts(db, worlds.case(folder), {rule: RULES[rule] for rule in rules})
    return {finding.rule: finding for finding in said}


def series(db: Store, columns: str) -> list[Any]:
    return db.rows(f"SELECT {columns} FROM duty_series ORDER BY record")


# --- duties ------------------------------------------------------------------------------------------------------


def test_each_duty_stands_beside_the_one_before_of_its_kind_and_agency(db: Store, tmp_path: Path) -> None:
    """What was not done counts to the day of the list, and is no one before another."""
    rows = duties([
        {"duty": "use_report", "done_at": date(2025, 3, 1)}, {"duty": "use_report", "done_at": date(2026, 3, 31)},
        {"duty": "statistics", "done_at": date(2026, 4, 1)}, {"duty": "use_report"}, {"duty": "use_report"},
        {"duty": "use_report", "done_at": date(2026, 4, 30), "org": name_id(OLYMPIC)},
    ])  # fmt: skip
    found(db, tmp_path, ["guidance/surveillance-report"], {"duties": rows}, date(2026, 11, 2))
    last = (date(2026, 11, 2) - date(2026, 3, 31)).days
    assert series(db, "gap_days") == [(None,), (395,), (None,), (last,), (last,), (None,)]
    assert series(db, "owner_state, agency_state") == [("ca", "ca")] * 5 + [("wa", "wa")], "whose duty it is, is bound"


@settings(max_examples=40, deadline=None)
@given(ends=st.dates(date(2020, 1, 1), date(2030, 12, 31)), after=st.integers(-40, 800))
def test_a_mark_is_the_day_in_years_after_the_period(
    tmp_path_factory: pytest.TempPathFactory, ends: date, after: int
) -> None:
    done = ends + timedelta(after)
    with Store(threads=1) as db:
        rows = duties([{"duty": "use_report", "to_at": ends, "done_at": done}])
        found(db, tmp_path_factory.mktemp("case"), ["guidance/surveillance-report"], {"duties": rows})
        assert series(db, "mark") == [((done.year - ends.year) * 10_000 + done.month * 100 + done.day,)]


@pytest.mark.parametrize(("done", "late"), [(date(2026, 4, 1), 0), (date(2026, 4, 2), 1), (date(2028, 4, 1), 1)])
def test_a_report_is_late_from_the_day_after_its_day_on(db: Store, tmp_path: Path, done: date, late: int) -> None:
    rows = duties(
        [{"duty": "use_report", "to_at": date(2025, 12, 31), "done_at": done, "org": name_id("Sampleton VA PD")}]
    )
    virginia = worlds.organisation("Sampleton VA PD", "va")
    said = found(db, tmp_path, ["us-va/use-report"], {"duties": rows, "organisations": [virginia]})["us-va/use-report"]
    assert (said.over, said.counts[Outcome.PASS]) == (late, 1 - late)
    assert said.counts[Outcome.FAIL] == 0, "the section was not read"


def test_what_nobody_knows_is_no_fault_and_what_is_blank_is_one_on_a_list_with_a_day(db: Store, tmp_path: Path) -> None:
    """Blank on a list of a day: not done by then. Blank on a list without one, or not to be read: nobody can tell."""
    period = {"duty": "misuse_report", "to_at": date(2025, 12, 31)}
    rows = duties([period, {**period, "done_at_state": "damaged"}])
    for listed, over in ((date(2026, 3, 1), 1), (date(2026, 1, 15), 0), (None, 0)):
        said = found(db, tmp_path, ["us-ca/misuse-report"], {"duties": rows}, listed)["us-ca/misuse-report"]
        assert said.over == over, listed
        assert said.counts[Outcome.CANNOT_TELL] == (1 if listed else 2), listed


def test_where_a_list_does_not_say_when_use_began_the_first_search_stands_for_it(db: Store, tmp_path: Path) -> None:
    """The home agency's log begins on 1 May 2026."""
    for held, late in ((date(2026, 4, 30), 0), (date(2026, 5, 1), 0), (date(2026, 5, 3), 1)):
        rows = duties([{"duty": "hearing", "done_at": held}])
        said = found(db, tmp_path, ["us-ca/public-comment"], {"duties": rows})["us-ca/public-comment"]
        assert (said.over, said.counts[Outcome.PASS]) == (late, 1 - late), held
    nowhere = duties([{"duty": "hearing", "done_at": date(2026, 4, 30), "org": name_id(TEXAS)}])
    found(db, tmp_path, ["us-ca/public-comment"], {"duties": nowhere})
    assert series(db, "first_search_at") == [(None,)], "another agency's searches are not this one's"


def test_a_change_of_policy_that_was_sent_in_late_fails_and_one_that_was_not_is_for_a_person(
    db: Store, tmp_path: Path
) -> None:
    changed = date(2026, 12, 1)
    sent = [changed + timedelta(60), changed + timedelta(61), None]
    rows = duties([{"duty": "policy_notice", "since_at": changed, "done_at": day} for day in sent])
    sources = [worlds.log(PAPER, "duties", OLYMPIC, captured_on=at(date(2027, 3, 1)))]
    said = found(db, tmp_path, ["us-wa/policy-notice"], {"duties": rows, "sources": sources})["us-wa/policy-notice"]
    assert [said.counts[o] for o in (Outcome.PASS, Outcome.FAIL, Outcome.NEEDS_PERSON)] == [1, 1, 1]
    assert (said.question, said.extremes["largest"]) == (0, 61)


def test_an_agency_of_washington_that_searches_is_looked_up_on_the_list_of_registrations(
    db: Store, tmp_path: Path
) -> None:
    rows = [worlds.search(NETWORK, 1, at(date(2026, 10, 5)), org=name_id(OLYMPIC)),
            worlds.search(NETWORK, 2, at(date(2026, 10, 5)), org=name_id(TEXAS))]  # fmt: skip
    rule = "us-wa/searcher-registered"
    owner = [worlds.log(NETWORK, "network_audit", OLYMPIC), worlds.log(PAPER, "duties")]
    other = "Mockton WA PD"
    mock = worlds.search(NETWORK, 3, at(date(2026, 10, 5)), org=name_id(other))
    named = [worlds.organisation(n, n.split()[-2].lower()) for n in (worlds.HOME, OLYMPIC, TEXAS, other)]
    tables = {"sightings": [*rows, mock], "sources": owner, "organisations": named}
    for listed, expected in (([], (0, 0, 1)), ([TEXAS], (1, 0, 0)), ([other], (0, 1, 0))):
        papers = duties([{"duty": "registration", "done_at": date(2026, 8, 1), "org": name_id(n)} for n in listed])
        said = found(db, tmp_path, [rule], {**tables, "duties": papers})[rule]
        counts = (said.over, said.counts[Outcome.PASS], said.counts[Outcome.CANNOT_TELL])
        assert counts == expected, listed


# --- requests and disseminations ---------------------------------------------------------------------------------


def test_a_request_without_a_body_is_not_the_owners_own(db: Store, tmp_path: Path) -> None:
    rows = [record("requests", 1, asked_at=at(date(2026, 6, 1)), wanted="data"),
            record("requests", 2, asked_at=at(date(2026, 6, 1)), wanted="data", org=name_id(TEXAS))]  # fmt: skip
    found(db, tmp_path, ["us-vt/request-items"], {"requests": rows})
    assert db.rows("SELECT agency_state, owner_state FROM requests_units ORDER BY record") == [
        (None, "ca"), ("tx", "ca"),
    ]  # fmt: skip


def test_oregon_declines_a_federal_request_about_immigration_without_a_judges_process(
    db: Store, tmp_path: Path
) -> None:
    oregon = "Pretend OR PD"
    asked = {"asked_at": at(date(2026, 6, 1)), "subject": "immigration", "org": name_id(FEDERAL)}
    rows = [
        record("requests", n, **asked, **more)
        for n, more in enumerate((
            {"outcome": "granted", "process": "administrative"}, {"outcome": "granted", "process": "warrant"},
            {"outcome": "declined", "process": "none"}, {"process": "none"},
        ), 1)
    ]  # fmt: skip
    rows.append(record("requests", 5, **{**asked, "org": name_id(TEXAS)}, outcome="granted", process="none"))
    federal = worlds.organisation(FEDERAL, None, agency="us-ice-samplewood", level="federal", kind="federal")
    named = [worlds.organisation(oregon, "or"), worlds.organisation(TEXAS, "tx"), federal]
    tables = {"requests": rows, "sources": [worlds.log(PAPER, "requests", oregon)], "organisations": named}
    rule = "us-or/immigration-request-declined"
    said = found(db, tmp_path, [rule], tables)[rule]
    assert [said.counts[o] for o in (Outcome.FAIL, Outcome.PASS, Outcome.CANNOT_TELL, Outcome.NOT_APPLICABLE)] == [
        1, 2, 1, 1,
    ]  # fmt: skip


def test_a_private_body_without_an_agency_is_outside_the_state_and_an_unknown_one_is_untold(
    db: Store, tmp_path: Path
) -> None:
    private = worlds.organisation("Example Homeowners", None, agency=None, kind="private", level="private")
    unknown = worlds.organisation("Exampleton", None, agency=None, kind="unknown", level="unknown")
    orgs = ("Example Homeowners", "Exampleton", OLYMPIC, TEXAS)
    rows = [record("disseminations", n, given_at=at(date(2026, 6, 1)), org=name_id(who), process="none")
            for n, who in enumerate(orgs, 1)]  # fmt: skip
    tables = {"disseminations": rows, "sources": [worlds.log(PAPER, "disseminations", OLYMPIC)],
              "organisations": [private, unknown, *(worlds.organisation(n, n.split()[-2].lower())
                                                    for n in (OLYMPIC, TEXAS))]}  # fmt: skip
    said = found(db, tmp_path, ["us-wa/disclosure"], tables)["us-wa/disclosure"]
    assert [said.counts[o] for o in (Outcome.FAIL, Outcome.PASS, Outcome.CANNOT_TELL)] == [2, 1, 1]
