"""The numbers of single questions on made-up cases that can be counted by hand: whose log, which day, which count."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import worlds
from plateglass import demo, pipeline, questions
from plateglass.case import name_id
from plateglass.publish import charts, drawings, words
from plateglass.publish import questions as printed
from plateglass.questions import Answer, AnswerTable, Heading, Row
from plateglass.questions.content import QuestionTable
from plateglass.store import Store
from review_world import keyed

DAY = 86_400_000
OFF = 1_757_919_600_000  # 15 September 2025, midnight in Los Angeles
OTHER, GUEST, PARTNER = "Sampleton County CA SO", "Mockford NV PD", "Fictionburg NV PD"
Rows = Mapping[str, list[Any]]


def answer(folder: Path, id_: str, tables: Rows, **settings: Any) -> Answer:
    """One answer of a case with these tables."""
    seen = tables.get("sightings", [])
    bodies = [worlds.organisation(name, name.split()[-2].lower()) for name in (worlds.HOME, OTHER, GUEST, PARTNER)]
    with Store(threads=1) as store:
        worlds.fill(store, {**tables, "distinct_searches": worlds.distinct(seen), "organisations": bodies})
        (found,) = questions.answers(store, worlds.case(folder / "case", **settings), (), only=(id_,))
    return found


def audits() -> dict[str, list[Any]]:
    """The home agency's network audit and another agency's: each shows searches by its owner and by others."""
    seen = [
        worlds.search("aaaaaaaaaaaa", n, OFF + at * DAY // 2, org=name_id(who))
        for n, (who, at) in enumerate([(worlds.HOME, 3), (GUEST, -3), (GUEST, 1), (OTHER, 5), ("Nobody knows", 7)], 1)
    ] + [
        worlds.search("bbbbbbbbbbbb", n, OFF + at * DAY, org=name_id(who))
        for n, (who, at) in enumerate([(OTHER, 2), (worlds.HOME, 3), (GUEST, 4)], 1)
    ]
    span: dict[str, Any] = {"first_at": OFF - 3 * DAY, "last_at": OFF + 9 * DAY}
    lists = {"source": "cccccccccccc", "part": 0}
    return {
        "sightings": seen,
        "sources": [
            worlds.log("aaaaaaaaaaaa", "network_audit", accepted=5, **span),
            worlds.log("bbbbbbbbbbbb", "network_audit", OTHER, accepted=3, **span),
            worlds.log("cccccccccccc", "shared_networks", captured_on=OFF),
        ],
        "shares": [{**lists, "record": 1, "org": name_id(OTHER), "inbound": 1, "outbound": 1}],
    }


def test_after_the_switch_off_only_the_home_agencys_own_audits_count(tmp_path: Path) -> None:
    """A search of another agency's cameras is no search of ours, and the agency's own searches are no outsider's."""
    facts = answer(tmp_path, "q03", audits(), parameters={"switch_off": "2025-09-15"}).facts
    assert {key: facts[key] for key in ("told", "after", "later", "unknown")} == {
        "told": 3, "after": 2, "later": 1, "unknown": 1,
    }  # fmt: skip


@pytest.mark.parametrize(("days", "unlisted", "unknown"), [(62, 2, 3), (0, 1, 5)])
def test_a_searcher_is_held_against_the_list_of_the_logs_owner(
    tmp_path: Path, days: int, unlisted: int, unknown: int
) -> None:
    """The other agency has no list, so nothing is said of its log; a list too far away says nothing either."""
    facts = answer(tmp_path, "q02", audits(), parameters={"list_days": days}).facts
    assert (facts["unlisted"], facts["unknown"]) == (unlisted, unknown)


def copied() -> dict[str, list[Any]]:
    """Four searches of one target by one user in its own log, redacted copies in two others; a guest's in those two."""
    own = [(n, OFF + n * 10 * DAY) for n in range(1, 5)]
    hidden: dict[str, Any] = {"case_no": None, "case_no_state": "masked", "devices": None}
    seen = [
        *(worlds.search("aaaaaaaaaaaa", n, at) for n, at in own),
        *(worlds.search(log, n, at, **hidden) for log in ("bbbbbbbbbbbb", "cccccccccccc") for n, at in own),
        *(worlds.search(log, 9, OFF + DAY, org=name_id(GUEST), **more)
          for log, more in (("bbbbbbbbbbbb", hidden), ("cccccccccccc", {}))),
    ]  # fmt: skip
    return {
        "sightings": seen,
        "sources": [
            worlds.log("aaaaaaaaaaaa", first_at=OFF, last_at=OFF + 50 * DAY),
            worlds.log("bbbbbbbbbbbb", "network_audit", first_at=OFF, last_at=OFF + 50 * DAY),
            worlds.log("cccccccccccc", "network_audit", OTHER, first_at=OFF, last_at=OFF + 50 * DAY),
        ],
    }


def test_a_search_counts_once_however_many_logs_show_it(tmp_path: Path) -> None:
    found = answer(tmp_path, "q01", copied())
    assert {key: found.facts[key] for key in ("records", "searches", "copies")} == {
        "records": 14, "searches": 5, "copies": 9,
    }  # fmt: skip
    (kinds,) = [table.rows for table in found.tables if table.about.id == "copies"]
    assert [row.values for row in kinds] == [(14,), (14,), (5,), (5,)]


def test_of_copies_the_own_logs_stays_else_the_one_that_tells_most(tmp_path: Path) -> None:
    """No number is hidden in what stays: neither the user's own, nor the guest's, which the other log tells."""
    facts = answer(tmp_path, "q08", copied()).facts
    assert (facts["case_found"], facts["case_n"]) == (0, 5)


def test_a_search_is_exposed_where_any_copy_is_and_the_home_agencys_audit_comes_first(tmp_path: Path) -> None:
    facts = answer(tmp_path, "q03", copied(), parameters={"switch_off": "2025-09-15"}).facts
    assert (facts["told"], facts["after"]) == (1, 1)


def test_copies_of_one_search_are_no_repeated_search(tmp_path: Path) -> None:
    """Twelve records of four searches: the rule `custodian/repeat-target` counts four, and so does the question."""
    found = answer(tmp_path, "q25", copied(), custodian=True)
    assert found.facts["pairs"] == 0
    assert [(row.label, row.values) for row in found.tables[0].rows] == [("a month or more", (1, 0, 0))]


@pytest.mark.parametrize("id_", ["q22", "q25", "q26"])
def test_the_home_agencys_own_numbers_are_those_of_its_own_log(tmp_path: Path, id_: str) -> None:
    """The made-up case holds five logs that show one search; one that can't be told from a twin isn't counted twice."""
    made = demo.make(tmp_path / "files", searches=800, seed=1)
    own = [path for path in made.paths if path.name.startswith(("8_1_2025-11_30", "Incidents")) and "Network" not in
           path.name]  # fmt: skip
    assert len(own) == 2
    said = []
    with keyed(tmp_path):
        for name, paths in (("all", made.paths), ("own", own)):
            one = worlds.case(tmp_path / name, custodian=True, parameters={"yearly_cost": 1000})
            pipeline.add(one, paths)
            pages = [page for book in pipeline.asked(one, (id_,)) for page in book.answers]
            said.append([page.answer.sentence for page in pages if page.answer.answered])
    assert said[0] == said[1] != []


def portals() -> dict[str, list[Any]]:
    """Ten searches of the own log, three blank; of a portal with free text only five of ten; of one with a list two."""
    blank: dict[str, Any] = {"reason": None, "reason_state": "empty", "offence_state": "not_exported"}
    listed: dict[str, Any] = {"reason": None, "reason_state": "empty", "org": None}
    text: dict[str, Any] = {"offence_state": "not_exported"}
    seen = [
        *(worlds.search("aaaaaaaaaaaa", n, OFF + n * DAY, **(blank if n < 3 else text)) for n in range(10)),
        *(worlds.search("bbbbbbbbbbbb", n, OFF + n * DAY, org=None, **(blank if n < 5 else text)) for n in range(10)),
        *(worlds.search("cccccccccccc", n, OFF + n * DAY, **(listed if n < 2 else {"org": None})) for n in range(10)),
    ]
    return {
        "sightings": seen,
        "reasons": [{"id": worlds.token("burglary"), "field": "reason", "quality": "Q3"}],
        "sources": [
            worlds.log("aaaaaaaaaaaa"), worlds.log("bbbbbbbbbbbb", "portal_audit", GUEST),
            worlds.log("cccccccccccc", "portal_audit", PARTNER),
        ],
    }  # fmt: skip


def test_a_blank_whose_reason_may_stand_in_another_column_is_not_counted(tmp_path: Path) -> None:
    """As `screens/reason-missing` has it: a portal without the offence type can't be told; with one it is stated."""
    facts = answer(tmp_path, "q08", portals()).facts
    assert (facts["vague_found"], facts["vague_n"]) == (3, 10 + 5 + 8)


def test_logs_of_different_forms_have_no_common_share_and_no_common_line(tmp_path: Path) -> None:
    found = answer(tmp_path, "q08", portals())
    assert found.facts["vague_share"] is None
    said = str(found.facts["vague_said"])
    assert said.startswith("30 % of 10 (")
    assert "in audit logs with reason, case number; 0 % of 8 (" in said
    assert said.endswith("in portals with reason, case number")
    vague = found.tables[0]
    assert len({row.series for row in vague.rows}) == 3
    lines = [printed.Line(str(row.label), row.series, (), row.values) for row in vague.rows]
    assert printed._drawn("a", vague, lines, ()) is None


def test_agencies_are_compared_within_one_form_only(tmp_path: Path) -> None:
    """Nine portals with free text; one log of another form, whose reasons are all blank, is no peer of theirs."""
    names = [f"Sample{n} CA PD" for n in range(9)]
    seen = [
        worlds.search("bbbbbbbbbbbb", n, OFF + n * DAY // 100, org=name_id(names[n % 9]), offence_state="not_exported",
                      case_no_state="not_exported", case_no=None, reason=worlds.token("inv" if n % 2 else "burglary"))
        for n in range(900)
    ] + [
        worlds.search("aaaaaaaaaaaa", n, OFF + n * DAY, reason=None, reason_state="empty",
                      offence_state="not_exported") for n in range(50)
    ]  # fmt: skip
    bodies = [worlds.organisation(name, "ca") for name in (worlds.HOME, *names)]
    reasons = [{"id": worlds.token(t), "field": "reason", "quality": q} for t, q in (("inv", "Q2"), ("burglary", "Q3"))]
    with Store(threads=1) as store:
        worlds.fill(store, {
            "sightings": seen, "distinct_searches": worlds.distinct(seen), "organisations": bodies, "reasons": reasons,
            "sources": [worlds.log("aaaaaaaaaaaa"), worlds.log("bbbbbbbbbbbb", "portal_audit", names[0])],
        })  # fmt: skip
        (found,) = questions.answers(store, worlds.case(tmp_path / "case"), (), only=("q27",))
    assert (found.facts["vague_agencies"], found.facts["vague_series"]) == (9, "portals with reason")


def test_other_states_are_those_of_the_cameras_owner_and_of_network_audits_only(tmp_path: Path) -> None:
    """A portal's own searches are nobody's from outside, wherever the home agency is."""
    tables = audits()
    tables["sources"][1] = worlds.log("bbbbbbbbbbbb", "network_audit", GUEST, accepted=3)
    tables["sources"].append(worlds.log("dddddddddddd", "portal_audit", PARTNER))
    tables["sightings"] += [worlds.search("dddddddddddd", n, OFF + n * DAY, org=name_id(PARTNER)) for n in range(20)]
    facts = answer(tmp_path, "q04", tables).facts
    assert (facts["n"], facts["parts_1_found"]) == (8, 2 + 2), "two Nevadans in California, two Californians in Nevada"
    only = {**tables, "sources": tables["sources"][-1:], "sightings": tables["sightings"][-20:]}
    assert answer(tmp_path / "only", "q04", only).why == "the case holds no records of the kind “network audit”"


def test_a_partner_counts_while_its_agreement_is_in_force(tmp_path: Path) -> None:
    at = [-5, -1, 1, 5]
    tables: Rows = {
        "sightings": [
            *(worlds.search("aaaaaaaaaaaa", n, OFF + d * DAY, org=name_id(PARTNER)) for n, d in enumerate(at, 1)),
            worlds.search("aaaaaaaaaaaa", 9, OFF, org=name_id(GUEST)),
        ],
        "sources": [
            worlds.log("aaaaaaaaaaaa", "network_audit", accepted=5), worlds.log("dddddddddddd", "agreements"),
        ],
        "agreements": [
            {"source": "dddddddddddd", "part": 0, "record": 1, "org": name_id(PARTNER), "kind": "task_force",
             "signed_at": OFF - 2 * DAY, "ended_at": OFF + 2 * DAY},
            {"source": "dddddddddddd", "part": 0, "record": 2, "org": name_id(GUEST), "kind": "other",
             "signed_at": OFF - 9 * DAY},
        ],
    }  # fmt: skip
    found = answer(tmp_path, "q04", tables)
    (row,) = next(table for table in found.tables if table.about.id == "partners").rows
    assert row.values[:3] == (2, 0, 5)


def test_a_portal_counts_with_its_last_page_not_with_the_largest_of_all(tmp_path: Path) -> None:
    figures = [("Sample", 1, 900, 1000), ("Sample", 2, 100, 10_000), ("Specimen", 1, 300, 10_000)]
    tables: Rows = {
        "sources": [worlds.log("aaaaaaaaaaaa", "portal_statistics", "")],
        "statistics": [
            {"source": "aaaaaaaaaaaa", "part": 0, "record": n, "owner": f"{who} CA PD", "captured_on": OFF + day * DAY,
             "hits_30d": hits, "vehicles_30d": vehicles} for n, (who, day, hits, vehicles) in enumerate(figures, 1)
        ],
    }  # fmt: skip
    facts = answer(tmp_path, "q20", tables).facts
    assert (facts["portals"], facts["pooled"], facts["mean"], facts["each_median"]) == (2, 200, 200, 100)


def test_a_hot_list_counts_with_its_last_count_and_has_grown_since_its_first(tmp_path: Path) -> None:
    lists = [("plates", 1, 500, 9, 40), ("plates", 20, 300, 5, 10), ("stolen", 3, 70, None, 2)]
    tables: Rows = {
        "sources": [worlds.log("aaaaaaaaaaaa", "hot_lists")],
        "hot_lists": [
            {"source": "aaaaaaaaaaaa", "part": 0, "record": n, "hot_list": worlds.token(name),
             "counted_at": OFF + day * DAY, "entries": entries, "without_end": without,
             "oldest_at": OFF + (day - age) * DAY} for n, (name, day, entries, without, age) in enumerate(lists, 1)
        ],
    }  # fmt: skip
    found = answer(tmp_path, "q21", tables)
    wanted = ("lists", "entries", "without_end", "twice", "grown")
    assert [found.facts[key] for key in wanted] == [2, 370, 5, 1, -200]
    assert [(row.label, row.values) for row in found.tables[0].rows] == [("a month or less", (2, 370))]


def test_a_chart_of_shares_draws_shares() -> None:
    """Ten of a thousand is a shorter bar than two of ten, however many they are."""
    about = QuestionTable(id="s", title="Shares", kind="share", chart="bars", sql="SELECT 1 AS label", label="word")
    rows = (Row("large", "", (10, 1000, 0.01, 0.0, 0.1)), Row("small", "", (2, 10, 0.2, 0.0, 0.9)))
    table = AnswerTable(about, tuple(Heading(t, "share") for t in "abcde"), rows)
    lines = [printed.Line(str(row.label), "", (), row.values) for row in rows]
    drawn = printed._drawn("a", table, lines, ())
    assert isinstance(drawn, charts.Chart)
    assert [mark.value for mark in drawn.marks] == ["1 %", "20 %"]
    assert drawn.marks[0].width < drawn.marks[1].width


def test_a_box_never_says_nought_where_there_is_something() -> None:
    drawn = drawings.matrix("m", "A matrix", ["a", "b", "c"], [("row", [1, 999, 0])])
    assert [shape.text for shape in drawn.shapes if shape.style.startswith("value")] == ["<1 %", "99 %", "0"]


@pytest.mark.parametrize(
    ("share", "said"),
    [(0, "0 %"), (1e-5, "<0.1 %"), (0.5, "50 %"), (0.1234, "12.3 %"), (0.9999, ">99.9 %"), (1, "100 %")],
)
def test_a_percentage_rounds_neither_to_nothing_nor_to_all(share: float, said: str) -> None:
    assert words.percent(share) == said
