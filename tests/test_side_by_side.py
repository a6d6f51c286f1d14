"""Views that lay two records side by side: policies' elements, stated lengths, papers and searches, lists, audits."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import worlds
from plateglass import check, pipeline
from plateglass.case import Case, Settings, name_id
from plateglass.catalogue import Catalogue
from plateglass.model import Finding, Outcome
from plateglass.publish import pages
from plateglass.store import Store

DAY = 86_400_000
RULES = Catalogue().rules
NETWORK, OWN, PAPER, LIST, NEXT = (letter * 12 for letter in "bacde")
TEXAS, ILLINOIS, IOWA = "Madeup Falls TX PD", "Exampleton IL PD", "Sampleton IA PD"
OLYMPIC, PACIFIC = "Pretendton WA PD", ZoneInfo("America/Los_Angeles")
SHARED = Path(__file__).parents[1].parent / "shared/data"


def at(day: date, hour: int = 12) -> int:
    return int(datetime(day.year, day.month, day.day, hour, tzinfo=UTC).timestamp() * 1000)


@pytest.fixture
def db() -> Iterator[Store]:
    with Store(threads=1) as opened:
        yield opened


def found(
    db: Store, folder: Path, rules: Iterable[str], tables: Mapping[str, list[worlds.Row]], **more: Any
) -> dict[str, Finding]:
    """What some of our rules say of made-up tables."""
    sightings = tables.get("sightings", [])
    worlds.fill(db, {
        "organisations": [worlds.organisation(n, n.split()[-2].lower()) for n in (worlds.HOME, TEXAS, ILLINOIS, IOWA)],
        "distinct_searches": worlds.distinct(sightings), **tables,
    })  # fmt: skip
    findings = check.verdicts(db, worlds.case(folder, **more), {rule: RULES[rule] for rule in rules})
    return {finding.rule: finding for finding in findings}


def text(field: str, words: str) -> worlds.Row:
    return {"id": worlds.token(words), "field": field, "text": words, "scrubs": ""}


def policy(record: int, words: str, **more: Any) -> worlds.Row:
    states = {f"{field}_state": "value" for field in ("section", "page", "line", "effective_at", "wording")}
    row = {"source": PAPER, "part": 0, "record": record, "wording": worlds.token(words), "section": None}
    return {**row, **states, **more}


# --- policies ----------------------------------------------------------------------------------------------------


def test_an_element_is_found_with_its_page_and_line_or_not_at_all(db: Store, tmp_path: Path) -> None:
    """Words that run over the end of a line count; a person reads what was found."""
    lines = ["The official", "custodian of the system is the chief.", "Nothing else."]
    tables = {
        "sources": [worlds.log(PAPER, "policies", captured_on=at(date(2026, 4, 1), 0))],
        "policies": [policy(n, words, page=3, line=10 + n) for n, words in enumerate(lines, 1)],
        "texts": [text("policies.wording", words) for words in lines],
    }
    said = found(db, tmp_path, ["us-ca/policy-custodian", "us-ca/policy-accuracy"], tables)
    assert said["us-ca/policy-custodian"].counts[Outcome.NEEDS_PERSON] == 1
    assert said["us-ca/policy-accuracy"].over == 1
    assert said["us-ca/policy-accuracy"].counts[Outcome.FAIL] == 0, "the absence of words is a question"
    shown = db.rows("SELECT record, measure FROM evidence WHERE verdict = 'needs_person'")
    assert shown == [(1, 3.011)]


def test_a_hidden_line_leaves_an_absent_element_untold_and_a_portals_words_are_no_policy(
    db: Store, tmp_path: Path
) -> None:
    for more, outcome in (
        ({"wording_state": "masked"}, Outcome.CANNOT_TELL),
        ({"section": "access"}, Outcome.NOT_APPLICABLE),
    ):
        tables = {
            "sources": [worlds.log(PAPER, "policies", captured_on=at(date(2026, 4, 1), 0))],
            "policies": [policy(1, "Words.", page=1, line=1, **more)], "texts": [text("policies.wording", "Words.")],
        }  # fmt: skip
        said = found(db, tmp_path, ["us-ca/policy-accuracy"], tables)["us-ca/policy-accuracy"]
        assert said.counts[outcome] == 1, more


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("Data are retained for thirty (30) days.", [30.0]), ("Detections shall be deleted after 12 months.", [360.0]),
        ("Stored for 1 year; audits take 5 days.", [365.0]), ("Officers have 10 days to answer.", []),
        ("Records are destroyed", []),
    ],
)  # fmt: skip
def test_a_length_is_read_where_a_sentence_speaks_of_keeping(
    db: Store, tmp_path: Path, words: str, days: list[float]
) -> None:
    tables = {
        "sources": [worlds.log(PAPER, "policies", captured_on=at(date(2026, 4, 1), 0))],
        "policies": [policy(1, words, page=1, line=1)], "texts": [text("policies.wording", words)],
    }  # fmt: skip
    found(db, tmp_path, ["promises/retention-differs"], tables)
    assert db.rows("SELECT days FROM retention_stated") == [(n,) for n in days]


# --- sharing -----------------------------------------------------------------------------------------------------


def outside(org: str, day: date, record: int) -> worlds.Row:
    return worlds.search(NETWORK, record, at(day), org=name_id(org))


def test_a_declaration_that_came_after_the_first_search_is_no_declaration_before_it(db: Store, tmp_path: Path) -> None:
    """Illinois: Texas declared in time, Iowa late; without any paper in the case nobody can tell."""
    late, early = date(2026, 3, 1), date(2026, 1, 1)
    tables: dict[str, list[worlds.Row]] = {
        "sources": [worlds.log(NETWORK, "network_audit", ILLINOIS), worlds.log(PAPER, "declarations")],
        "sightings": [outside(TEXAS, date(2026, 2, 1), 1), outside(IOWA, date(2026, 2, 1), 2)],
    }
    papers: list[worlds.Row] = [
        {
            "source": PAPER,
            "part": 0,
            "record": n,
            "org": name_id(org),
            "kind": "declaration",
            "declared_at": at(day, 0),
            "subject": "immigration",
        }
        for n, (org, day) in enumerate(((TEXAS, early), (IOWA, late)), 1)
    ]
    rule = "us-il/declaration"
    said = found(db, tmp_path, [rule], tables | {"declarations": papers})[rule]
    assert (said.over, said.counts[Outcome.PASS], said.counts[Outcome.FAIL]) == (1, 1, 0)
    assert dict(said.margin) == {"without any": 0, "whose last such search was before it": 1}
    assert found(db, tmp_path, [rule], tables)[rule].counts[Outcome.CANNOT_TELL] == 2


@pytest.mark.parametrize(
    ("subject", "until", "days", "outcome"),
    [
        ("training", None, ["2024-06-01"], Outcome.FAIL), ("sharing", None, ["2024-06-01"], Outcome.PASS),
        ("other", None, ["2024-06-01"], Outcome.NEEDS_PERSON), (None, None, ["2024-06-01"], Outcome.NEEDS_PERSON),
        ("immigration", None, ["2023-05-01", "2024-06-01"], Outcome.PASS),  # the law began between the two
        ("immigration", None, ["2024-01-15", "2024-06-01"], Outcome.FAIL),
        ("immigration", "2024-05-31", ["2024-06-01"], Outcome.FAIL),
        ("immigration", "2024-06-01", ["2024-02-01", "2024-06-01"], Outcome.PASS),
    ],
)  # fmt: skip
def test_a_declaration_is_one_about_use_and_only_searches_since_the_law_count(
    tmp_path: Path, subject: str | None, until: str | None, days: list[str], outcome: Outcome
) -> None:
    """Illinois, from 1 January 2024; the paper is of 1 February."""
    paper = {
        "source": PAPER, "part": 0, "record": 1, "org": name_id(TEXAS), "kind": "declaration", "subject": subject,
        "declared_at": at(date(2024, 2, 1), 0), "expires_at": until and at(date.fromisoformat(until), 0),
    }  # fmt: skip
    tables: dict[str, list[worlds.Row]] = {
        "sources": [worlds.log(NETWORK, "network_audit", ILLINOIS), worlds.log(PAPER, "declarations")],
        "sightings": [outside(TEXAS, date.fromisoformat(day), n) for n, day in enumerate(days, 1)],
        "declarations": [paper],
    }
    with Store(threads=1) as db:
        said = found(db, tmp_path, ["us-il/declaration"], tables)["us-il/declaration"]
    counts = {**said.counts, Outcome.FAIL: said.question}
    assert [o for o, n in counts.items() if n] == [outcome]


def test_an_agreement_counts_while_it_is_in_force(db: Store, tmp_path: Path) -> None:
    tables: dict[str, list[worlds.Row]] = {
        "sources": [worlds.log(NETWORK, "network_audit"), worlds.log(PAPER, "agreements")],
        "sightings": [outside(TEXAS, date(2026, 2, 1), 1), outside(IOWA, date(2026, 2, 1), 2)],
        "agreements": [
            {"source": PAPER, "part": 0, "record": 1, "org": name_id(TEXAS), "signed_at": at(date(2025, 6, 1), 0)},
            {"source": PAPER, "part": 0, "record": 2, "org": name_id(IOWA), "signed_at": at(date(2025, 6, 1), 0),
             "ended_at": at(date(2025, 12, 1), 0)},
        ],
    }  # fmt: skip
    said = found(db, tmp_path, ["ways-round/searcher-287g"], tables)["ways-round/searcher-287g"]
    assert (said.over, said.counts[Outcome.PASS]) == (1, 1)
    assert said.groups[0][0] == TEXAS


def weeks(numbers: Iterable[int]) -> list[worlds.Row]:
    """For each week from Monday 5 January 2026 on, searches by so many different agencies."""
    monday = at(date(2026, 1, 5))
    return [
        worlds.search(NETWORK, 100 * week + n, monday + 7 * week * DAY + n, org=name_id(f"Town {n} TX PD"))
        for week, number in enumerate(numbers) for n in range(number)
    ]  # fmt: skip


def test_the_week_in_which_outside_agencies_jump_is_found_once(db: Store, tmp_path: Path) -> None:
    """Five times the most of the four weeks before; the weeks after it have it among those before them."""
    towns = [worlds.organisation(f"Town {n} TX PD", "tx") for n in range(40)]
    tables: dict[str, list[worlds.Row]] = {
        "sources": [worlds.log(NETWORK, "network_audit")], "sightings": weeks((5, 6, 4, 6, 29, 30, 29)),
        "organisations": [worlds.organisation(worlds.HOME, "ca"), *towns],
    }  # fmt: skip
    rule = "ways-round/switch-turned-on"
    said = found(db, tmp_path, [rule], tables)[rule]
    assert (said.over, said.counts[Outcome.PASS], said.counts[Outcome.CANNOT_TELL]) == (0, 3, 4)
    said = found(db, tmp_path, [rule], tables | {"sightings": weeks((5, 6, 4, 6, 30, 30, 29))})[rule]
    assert (said.over, said.extremes["largest"]) == (1, 30)
    assert pages.days(db, PACIFIC) == {at(date(2026, 2, 2), 8): "2026-02-02"}, "Monday, where the agency is"
    signed = {"source": PAPER, "part": 0, "record": 1, "org": name_id(TEXAS), "signed_at": at(date(2026, 2, 3), 0)}
    tables |= {"sightings": weeks((5, 6, 4, 6, 30)), "agreements": [signed]}
    said = found(db, tmp_path, [rule], tables)[rule]
    assert (said.over, said.counts[Outcome.NEEDS_PERSON]) == (0, 1), "a paper of that week: for a person"


def test_a_log_whose_columns_change_that_week_leaves_a_jump_untold(db: Store, tmp_path: Path) -> None:
    towns = [worlds.organisation(f"Town {n} TX PD", "tx") for n in range(40)]
    rows = [{**row, "source": NEXT} if row["record"] >= 400 else row for row in weeks((5, 6, 4, 6, 30))]
    rule = "ways-round/switch-turned-on"
    for columns, outcome in (("reason,case_no", Outcome.PASS), ("reason", Outcome.CANNOT_TELL)):
        tables: dict[str, list[worlds.Row]] = {
            "sources": [worlds.log(NETWORK, "network_audit"), worlds.log(NEXT, "network_audit", columns=columns)],
            "sightings": rows, "organisations": [worlds.organisation(worlds.HOME, "ca"), *towns],
        }  # fmt: skip
        said = found(db, tmp_path, [rule], tables)[rule]
        assert said.over == (outcome is Outcome.PASS)
        assert said.counts[Outcome.CANNOT_TELL] == (4 if outcome is Outcome.PASS else 5)


def test_a_list_is_laid_beside_the_one_before_it(db: Store, tmp_path: Path) -> None:
    lists = [
        worlds.log(s, "shared_networks", captured_on=at(d, 0))
        for s, d in ((LIST, date(2026, 1, 1)), (NEXT, date(2026, 3, 2)))
    ]
    rows = [(LIST, 1, TEXAS), (LIST, 2, ILLINOIS), (NEXT, 1, ILLINOIS), (NEXT, 2, IOWA)]
    tables: dict[str, list[worlds.Row]] = {
        "sources": lists,
        "shares": [
            {"source": s, "part": 0, "record": n, "org": name_id(org), "outbound": 1, "outbound_state": "value"}
            for s, n, org in rows
        ],
    }
    said = found(db, tmp_path, ["screens/list-newcomers"], tables)["screens/list-newcomers"]
    assert db.rows("SELECT DISTINCT unit_at, month FROM list_changes") == [(at(date(2026, 3, 2), 8), 2026 * 12 + 2)]
    assert (said.over, said.counts[Outcome.PASS], said.counts[Outcome.NOT_APPLICABLE]) == (1, 1, 1)
    assert db.rows("SELECT fate, days_between FROM list_changes ORDER BY fate") == [
        ("appeared", 60), ("kept", 60), ("vanished", 60),
    ]  # fmt: skip


@pytest.mark.parametrize(("day", "bound"), [(29, 0), (30, 1)])
def test_a_list_of_the_first_day_in_force_is_bound(db: Store, tmp_path: Path, day: int, bound: int) -> None:
    """A day begins at midnight in Washington, where it is still the evening before in Greenwich's reckoning."""
    listed = {"source": LIST, "part": 0, "record": 1, "org": name_id(TEXAS), "outbound": 1, "outbound_state": "value"}
    tables: dict[str, list[worlds.Row]] = {
        "sources": [worlds.log(LIST, "shared_networks", captured_on=at(date(2026, 3, day), 0))],
        "shares": [listed], "organisations": [worlds.organisation(n, n.split()[-2].lower()) for n in (OLYMPIC, TEXAS)],
    }  # fmt: skip
    tables["sources"] = [{**tables["sources"][0], "owner": OLYMPIC, "owner_org": name_id(OLYMPIC)}]
    said = found(db, tmp_path, ["us-wa/sharing-list"], tables, agency=OLYMPIC)["us-wa/sharing-list"]
    assert (said.over, said.counts[Outcome.NOT_APPLICABLE]) == (bound, 1 - bound)
    assert db.rows("SELECT month FROM share_units") == [(2026 * 12 + 2,)], "no search is needed"


@pytest.mark.parametrize("day", [date(2026, 3, 1), date(2026, 3, 8), date(2026, 7, 1)])
def test_a_paper_of_the_first_of_a_month_is_of_that_month(db: Store, tmp_path: Path, day: date) -> None:
    """A portal's log, a policy, a length and an audit, each told by its day alone; the clock changes on the 8th."""
    retained = {"source": NEXT, "part": 0, "record": 1, "records_of": "images", "retention_days": 30}
    held = {"source": LIST, "part": 0, "record": 1, "performed_at": at(day, 0), "performed_at_state": "value"}
    tables: dict[str, list[worlds.Row]] = {
        "sources": [
            worlds.log(source, view, captured_on=at(day, 0))
            for source, view in (
                (OWN, "portal_audit"), (PAPER, "policies"), (NEXT, "retention"), (LIST, "audits"))
        ],
        "policies": [policy(1, "Words.", page=1, line=1)], "texts": [text("policies.wording", "Words.")],
        "retention": [retained], "audits": [held], "sightings": [worlds.search(NETWORK, 1, at(day) - 40 * DAY)],
    }  # fmt: skip
    rules = ["us-ca/policy-accuracy", "promises/retention-differs", "guidance/audit-yearly", "promises/portal-count"]
    found(db, tmp_path, [*rules, "screens/columns-lost"], tables)
    begins = int(datetime(day.year, day.month, day.day, tzinfo=PACIFIC).timestamp() * 1000)
    for view in ("policy_elements", "retention_stated", "audit_series", "portal_claims", "source_units"):
        assert db.rows(f"SELECT DISTINCT unit_at, month FROM {view}") == [(begins, 2026 * 12 + day.month - 1)], view


# --- lists of accounts ---------------------------------------------------------------------------------------------


def account(record: int, who: str, **more: Any) -> worlds.Row:
    fields = ("granted_at", "authorised_at", "left_at", "approvals")
    states = {f"{field}_state": "value" if more.get(field) is not None else "empty" for field in fields}
    return {"source": PAPER, "part": 0, "record": record, "account": worlds.token(who), **states, **more}


def by_accounts(
    db: Store, folder: Path, searched: Iterable[tuple[str, int]], listed: Sequence[worlds.Row]
) -> list[Any]:
    """What accounts did after their users left, and how soon each went to somebody else; Los Angeles' clock."""
    rows = [worlds.search(OWN, n, moment, account=worlds.token(who)) for n, (who, moment) in enumerate(searched, 1)]
    tables: dict[str, list[worlds.Row]] = {
        "sources": [
            worlds.log(OWN), worlds.log(PAPER, "accounts"), worlds.log(NEXT, "accounts", captured_on=at(LATER))],
        "sightings": rows, "accounts": list(listed),
    }  # fmt: skip
    found(db, folder, ["custodian/after-leaving"], tables)
    return db.rows(
        "SELECT first_at, listed, left_at IS NULL, after_left, idle_days FROM account_uses ORDER BY first_at"
    )


LATER = date(2026, 6, 1)


def test_searches_after_leaving_begin_with_the_midnight_after_that_day_where_the_agency_is(
    db: Store, tmp_path: Path
) -> None:
    """1 May ends at seven in the morning of the 2nd, UTC."""
    midnight = at(date(2026, 5, 2), 7)
    left = account(1, "one", left_at=at(date(2026, 5, 1), 0))
    before, after = ("one", midnight - 1), ("one", midnight)
    assert by_accounts(db, tmp_path, [before], [left])[0][3] == 0
    assert by_accounts(db, tmp_path, [before, after, ("one", midnight + DAY)], [left])[0][3] == 2
    assert by_accounts(db, tmp_path, [after], [account(1, "one")])[0] == (midnight, True, True, None, None)
    assert by_accounts(db, tmp_path, [after], [account(1, "two")])[0][1] is False


def test_the_newest_list_has_the_last_word_on_an_account(db: Store, tmp_path: Path) -> None:
    """Who left on an older list and is there again on a newer one has not left."""
    old, new = account(1, "one", left_at=at(date(2026, 1, 1), 0)), account(2, "one", source=NEXT)
    searched = [("one", at(date(2026, 5, 1)))]
    assert by_accounts(db, tmp_path, searched, [old, new])[0][2:4] == (True, None)
    turned = [{**old, "source": NEXT}, {**new, "source": PAPER}]
    assert by_accounts(db, tmp_path, searched, turned)[0][2:4] == (False, 1)


def test_an_account_is_handed_over_where_a_second_user_gets_it(db: Store, tmp_path: Path) -> None:
    first = account(1, "one", granted_at=at(date(2025, 1, 1), 0), left_at=at(date(2025, 6, 1), 0))
    again, second = {**first, "source": NEXT}, account(2, "one", granted_at=at(date(2025, 8, 2), 0))
    searched = [("one", at(date(2026, 5, 1)))]
    assert by_accounts(db, tmp_path, searched, [first, again])[0][4] is None, "two lists with one line are one user"
    assert by_accounts(db, tmp_path, searched, [first, again, second])[0][4] == 62


def test_an_entry_of_an_event_log_says_of_no_approver(db: Store, tmp_path: Path) -> None:
    states = {f"{field}_state": "value" for field in ("entry_reason", "target", "account", "case_no")}
    event = {"source": PAPER, "part": 0, "record": 1, "entity": "hot_list_entry", "action": "create", **states}
    entry = {
        "source": NEXT,
        "part": 0,
        "record": 1,
        **states,
        "account": worlds.token("one"),
        "approver_state": "value",
    }
    vermont = "Pretend VT PD"
    papers = ((PAPER, "events"), (NEXT, "hot_list_entries"))
    tables: dict[str, list[worlds.Row]] = {
        "sources": [worlds.log(source, view, vermont, captured_on=at(LATER)) for source, view in papers],
        "organisations": [worlds.organisation(vermont, "vt")], "events": [event],
        "hot_list_entries": [
            {**entry, "approver": worlds.token("two")}, {**entry, "record": 2, "approver": worlds.token("one")},
            {**entry, "record": 3, "approver_state": "empty"},
        ],
    }  # fmt: skip
    said = found(db, tmp_path, ["us-vt/entry-approved"], tables, agency=vermont)["us-vt/entry-approved"]
    assert (said.over, said.counts[Outcome.PASS], said.counts[Outcome.CANNOT_TELL]) == (2, 1, 1)


def test_a_target_that_is_entered_again_is_a_lead_and_a_copy_of_an_entry_is_none(db: Store, tmp_path: Path) -> None:
    """Three entries over two months; the same list released twice adds none, and one case number makes it a case."""
    states = {f"{field}_state": "value" for field in ("target", "account", "case_no", "expires_at")}

    def entries(target: str, days: Iterable[int], **more: Any) -> list[worlds.Row]:
        return [
            {"source": source, "part": 0, "record": 10 * n + len(target), "target": worlds.token(target), **states,
             "account": worlds.token("one"), "added_at": at(date(2026, 1, 1)) + day * DAY, **more}
            for source in (PAPER, NEXT) for n, day in enumerate(days)
        ]  # fmt: skip

    none = {"case_no_state": "empty"}
    tables: dict[str, list[worlds.Row]] = {
        "sources": [worlds.log(PAPER, "hot_list_entries"), worlds.log(NEXT, "hot_list_entries")],
        "hot_list_entries": [
            *entries("a", (0, 20, 60), **none), *entries("bb", (0, 20, 60), case_no=worlds.token("26-900001")),
            *entries("ccc", (0, 20), **none), *entries("dddd", (0,), **none),
        ],
    }  # fmt: skip
    said = found(db, tmp_path, ["custodian/entry-renewed"], tables)["custodian/entry-renewed"]
    assert (said.over, said.question, said.counts[Outcome.PASS]) == (1, 1, 3)
    assert db.rows("SELECT source, record FROM evidence") == [(PAPER, 1)]
    assert [units for _, units in said.margin] == [1, 0]


def test_a_repeated_target_is_located_where_its_first_record_stands(db: Store, tmp_path: Path) -> None:
    """Not at the first log's name with a record's number of another log."""
    moment, same = at(date(2026, 2, 1)), {"account": worlds.token("one"), "target": worlds.token("a")}
    rows = [
        worlds.search(OWN, 50, moment, **same), worlds.search(NEXT, 7, moment + DAY, **same),
        worlds.search(NEXT, 8, moment + 2 * DAY, **same),
    ]  # fmt: skip
    tables: dict[str, list[worlds.Row]] = {"sources": [worlds.log(OWN), worlds.log(NEXT)], "sightings": rows}
    found(db, tmp_path, ["custodian/repeat-target"], tables)
    assert db.rows("SELECT source, record, searches FROM repeat_targets") == [(OWN, 50, 3)]


# --- audits, look-backs ------------------------------------------------------------------------------------------


def test_audits_are_told_by_the_days_between_them(db: Store, tmp_path: Path) -> None:
    days = (date(2025, 1, 1), date(2025, 2, 1), date(2025, 3, 5))
    rows: list[worlds.Row] = [
        {"source": PAPER, "part": 0, "record": n, "performed_at": at(day, 0), "performed_at_state": "value"}
        for n, day in enumerate(days, 1)
    ]
    tables: dict[str, list[worlds.Row]] = {"sources": [worlds.log(PAPER, "audits")], "audits": rows}
    said = found(db, tmp_path, ["cjis/log-review", "guidance/audit-yearly"], tables)
    assert said["cjis/log-review"].extremes == {"smallest": 31, "median": 31, "largest": 32}
    yearly = said["guidance/audit-yearly"]
    assert (yearly.over, yearly.counts[Outcome.PASS], yearly.counts[Outcome.CANNOT_TELL]) == (0, 2, 1)


def test_how_far_back_searches_look_is_laid_beside_the_longest_stated_length(db: Store, tmp_path: Path) -> None:
    moment = at(date(2026, 2, 1))
    rows = [worlds.search(OWN, n, moment + n, from_at=moment + n - min(n, 98) * DAY // 10) for n in range(1, 201)]
    rows[-1] = {**rows[-1], "from_at": rows[-1]["searched_at"] - 300 * DAY}
    kept = {"source": PAPER, "part": 0, "record": 1, "records_of": "detections", "retention_days": 365}
    tables: dict[str, list[worlds.Row]] = {
        "sources": [worlds.log(OWN), worlds.log(PAPER, "retention", captured_on=moment)], "sightings": rows,
        "retention": [kept],
    }  # fmt: skip
    said = found(db, tmp_path, ["guidance/retention-by-use"], tables)["guidance/retention-by-use"]
    assert said.over == 1
    assert db.rows("SELECT searches, p99_days, longest_days, stated_days FROM look_backs") == [(200, 9.8, 300.0, 365.0)]


# --- the real files ----------------------------------------------------------------------------------------------


def audited(folder: Path, paths: list[Path], rules: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    outcome = pipeline.audit(Case.make(folder / "case", Settings(rules=rules)), paths, folder / "out")
    lines = (outcome.report.parent / "findings.jsonl").read_text(encoding="utf-8").splitlines()
    return {line["rule"]: line for line in map(json.loads, lines)}


@pytest.mark.real
def test_three_portals_prohibit_traffic_enforcement_and_their_logs_list_traffic_infractions(tmp_path: Path) -> None:
    """Albany 3 of 242 distinct searches, Lincoln 3 of 295, San Bruno 6 of 481: a screen, with two readings."""
    if not SHARED.exists():
        pytest.skip("the released files are not beside this folder")
    for slug, over, tested in (("albany", 3, 242), ("lincoln", 3, 295), ("san-bruno", 6, 481)):
        logs = sorted((SHARED / "portal-search-audits").glob(f"{slug}-ca-pd__*.csv"))
        pages = sorted((SHARED / "portal-pages").glob(f"{slug}-ca-pd__*.html"))
        rule = "screens/prohibited-traffic"
        said = audited(tmp_path / slug, [*logs, *pages], (rule,))[rule]
        assert (said["over"], said["tested"]) == (over, tested), slug
        assert said["verdicts"]["fail"] == 0
        assert len(said["readings"]) == 2


@pytest.mark.real
def test_recipients_of_californian_agencies_in_other_states_are_counted_resolved_and_unresolved_apart(
    tmp_path: Path,
) -> None:
    """Edges of 224 agencies, April 2024, as released: 73 are Californian; of one nobody can tell where it is."""
    edges = SHARED / "private-eyes/agency_access20240426.csv"
    if not edges.exists():
        pytest.skip("the released files are not beside this folder")
    rule = "us-ca/sharing-list"
    said = audited(tmp_path, [edges], (rule,))[rule]
    with pipeline.agencies(Case(tmp_path / "case")) as store:
        owners = store.rows("""
            SELECT count(*), CAST(sum(s.accepted) AS BIGINT) FROM sources AS s JOIN organisations AS o
            ON o.org = s.owner_org WHERE o.state = 'ca' OR o.state IS NULL GROUP BY o.state ORDER BY o.state NULLS LAST
        """)
    assert owners == [(73, 10_950), (1, 50)]
    untold, whose = 50, 50
    assert said["verdicts"] == {
        "pass": 10_950 - 273 - 123 - untold, "fail": 273, "needs_person": 123, "cannot_tell": untold + whose,
        "not_applicable": 37_099 - 10_950 - whose, "question": 0,
    }  # fmt: skip
    assert [bucket["units"] for bucket in said["margin"]] == [244, 29]
