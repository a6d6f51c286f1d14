"""What an agency's own records explain, on planted truth: every planted search gets its state, and chance its rate."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import worlds
from plateglass import questions
from plateglass.case import name_id
from plateglass.questions import Answer, AnswerTable, explained
from plateglass.questions.content import QuestionTable
from plateglass.questions.kinds import made
from plateglass.store import Store

DAY, HOUR = 86_400_000, 3_600_000
START = 1_754_031_600_000
DAYS = 200
OTHER = "Sampleton County CA SO"
USERS = [f"user {n}" for n in range(20)]
PLANTED = {
    "strong": 600, "late": 12, "old": 2, "slip": 9, "elsewhere": 7, "none": 11, "follow": 6, "hidden": 5, "outside": 4,
    "entry": 3, "same day": 2,
}  # fmt: skip
"""How many searches of each kind were planted."""


def incident(n: int) -> dict[str, Any]:
    """One incident every twelve hours; each closed after a day."""
    at = START + n * DAY // 2
    return {"source": "cccccccccccc", "part": 0, "record": n + 1, "case_no": worlds.token(f"26-{n:06}"),
            "case_no_shape": "99-999999", "opened_at": at, "closed_at": at + DAY}  # fmt: skip


class World:
    """The planted searches, one kind after another."""

    def __init__(self) -> None:
        self.rows: list[worlds.Row] = []

    def add(self, kind: str, at: int, number: str | None, **more: Any) -> None:
        """One search; where no number is given its cell is blank."""
        record = len(self.rows) + 1
        told = {"case_no": worlds.token(number), "case_shape": "99-999999"} if number else {
            "case_no": None, "case_shape": None, "case_no_state": "empty"}  # fmt: skip
        self.rows.append(worlds.search(
            more.pop("source", "aaaaaaaaaaaa"), record, at, account=worlds.token(USERS[record % 20]),
            **{"target": worlds.token(f"{kind} {record}"), **told, **more},
        ))  # fmt: skip


def searches() -> list[worlds.Row]:
    """Every kind, spread over the log of incidents; and as many searches by another agency, with numbers of its own."""
    world, n = World(), DAYS * 2 - 1
    for i in range(PLANTED["strong"]):
        at = START + i % n * DAY // 2 + HOUR
        world.add("strong", at, f"26-{i % n:06}", target=worlds.token(f"strong {i}"))
    for i in range(PLANTED["follow"]):
        world.add("follow", START + i * DAY // 2 + 30 * HOUR, None, target=worlds.token(f"strong {i}"))
    for i in range(PLANTED["late"]):
        world.add("late", START + i * DAY, f"26-{(i + 9) * 2:06}")
    for i in range(PLANTED["old"]):
        world.add("old", START + (i + 60) * DAY, f"26-{2 * i:06}")
    for i in range(PLANTED["slip"]):
        world.add("slip", START + (i + 20) * DAY, f"26-9{i:05}")
    for i in range(PLANTED["elsewhere"]):
        world.add("elsewhere", START + (i + 20) * DAY, f"SO{i:05}", case_shape="AA99999")
    for i in range(PLANTED["none"]):
        world.add("none", START + (i + 30) * DAY, None)
    for i in range(PLANTED["hidden"]):
        world.add("hidden", START + (i + 40) * DAY, None, case_no_state="masked")
    for i in range(PLANTED["outside"]):
        world.add("outside", START + (DAYS + 5 + i) * DAY, "26-000001")
    for i in range(PLANTED["entry"]):
        world.add("entry", START + (i + 60) * DAY, None, target=worlds.token("on the list"))
    for i in range(PLANTED["same day"]):
        world.add("same day", START + i * DAY - 6 * HOUR + 30 * DAY, f"26-{(30 + i) * 2:06}")
    for i in range(3):
        world.add("unplaced", START + i * DAY, f"26-8{i:05}", source="bbbbbbbbbbbb", org=name_id("Nobody knows"))
    for i in range(400):
        world.add("others", START + i * DAY // 2, f"26-7{i:05}", source="bbbbbbbbbbbb", org=name_id(OTHER))
    return world.rows


def asked(folder: Path, rows: list[worlds.Row]) -> Answer:
    """Question 22 of a case with these searches."""
    last = START + (DAYS + 10) * DAY
    with Store(threads=1) as store:
        worlds.fill(store, {
            "sources": [
                worlds.log("aaaaaaaaaaaa", first_at=START, last_at=last),
                worlds.log("bbbbbbbbbbbb", "network_audit", first_at=START, last_at=last),
                worlds.log("cccccccccccc", "incidents"), worlds.log("dddddddddddd", "hot_list_entries"),
            ],
            "sightings": rows, "distinct_searches": worlds.distinct(rows),
            "incidents": [incident(n) for n in range(DAYS * 2)],
            "hot_list_entries": [{"source": "dddddddddddd", "part": 0, "record": 1, "added_at": START + 59 * DAY,
                                  "expires_at": START + 63 * DAY, "target": worlds.token("on the list")}],
            "organisations": [worlds.organisation(worlds.HOME, "ca"), worlds.organisation(OTHER, "ca")],
        })  # fmt: skip
        (found,) = questions.answers(store, worlds.case(folder / "case"), (), only=("q22",))
    return found


@pytest.fixture(scope="module")
def answer(tmp_path_factory: pytest.TempPathFactory) -> Answer:
    return asked(tmp_path_factory.mktemp("explained"), searches())


def table(answer: Answer, id_: str) -> AnswerTable:
    return next(one for one in answer.tables if one.about.id == id_)


def states(answer: Answer) -> dict[tuple[str, str], object]:
    return {(row.series, str(row.label)): row.values[0] for row in table(answer, "states").rows}


def test_every_planted_search_gets_its_state(answer: Answer) -> None:
    said = {code: words for code, (_, words) in explained.STATES.items()}
    assert states(answer) == {
        ("contradicted", said["opened"]): PLANTED["late"],
        ("contradicted", said["closed"]): PLANTED["old"],
        ("unexplained", said["opening"]): PLANTED["same day"],
        ("unexplained", said["lacking"]): PLANTED["slip"],
        ("unexplained", said["other"]): PLANTED["elsewhere"],
        ("unexplained", said["none"]): PLANTED["none"],
        ("weak", said["follows"]): PLANTED["follow"],
        ("weak", said["listed"]): PLANTED["entry"],
        ("strong", said["number"]): PLANTED["strong"],
        ("uncheckable", said["hidden"]): PLANTED["hidden"],
        ("uncheckable", said["outside"]): PLANTED["outside"],
    }


def test_a_slip_in_a_number_is_never_a_contradiction(answer: Answer) -> None:
    """The false-contradiction rate on slips, other agencies' numbers and times within a day is nought."""
    found = sum(int(str(n)) for (state, _), n in states(answer).items() if state == "contradicted")
    assert found == PLANTED["late"] + PLANTED["old"]


def test_contradicted_ones_come_first_and_the_sentence_counts_all(answer: Answer) -> None:
    order = list(dict.fromkeys(row.series for row in table(answer, "states").rows))
    assert order == ["contradicted", "unexplained", "weak", "strong", "uncheckable"]
    checked = sum(PLANTED.values()) - PLANTED["hidden"] - PLANTED["outside"]
    assert answer.facts["checked"] == checked
    assert answer.facts["strong_share"] == pytest.approx(PLANTED["strong"] / checked)


def test_what_chance_does_as_well_explains_nothing(answer: Answer) -> None:
    """Incidents are opened every twelve hours: some incident is always near, at a moved time as at the true one."""
    ways = {str(row.label): row for row in table(answer, "ways").rows}
    near = ways[explained.WAYS["near"]]
    assert (near.series, near.values[2], near.values[3], near.values[5]) == ("nothing", 1.0, 1.0, 0.0)
    number = ways[explained.WAYS["number"]]
    assert number.series == "strong"
    _, _, share, chance, _, left, *_ = number.values
    assert isinstance(share, float)
    assert isinstance(chance, float)
    assert 0 < chance <= explained.STRONG  # the two old cases, at a time when they were open
    assert left == pytest.approx((share - chance) / (1 - chance))
    follows = ways[explained.WAYS["follows"]]
    assert (follows.values[0], follows.values[3]) == (PLANTED["follow"], 0.0)


def test_repeats_of_an_episode_are_told_apart(answer: Answer) -> None:
    firsts = {str(row.label): row.values[1] for row in table(answer, "states").rows}
    assert firsts[explained.WAYS["number"]] == PLANTED["strong"]
    assert firsts[explained.WAYS["follows"]] == 0
    assert firsts[explained.WAYS["listed"]] == 1


def test_other_limits_of_time_stand_beside(answer: Answer) -> None:
    limits = {str(row.label): row.values for row in table(answer, "limits").rows}
    closed = [limits[f"{explained.WAYS['number']}, closed at most {days} days before"][0] for days in (7, 30, 90)]
    assert closed == [PLANTED["strong"], PLANTED["strong"], PLANTED["strong"] + PLANTED["old"]]


def test_where_other_agencies_numbers_are_found_too_a_number_says_little() -> None:
    """Short numbers that every agency uses: what the others' numbers seem to be is taken off."""
    about = QuestionTable(id="ways", title="t", kind="chance", sql="SELECT 1 AS label")
    rows = [{"label": "number", "series": "weak", "user_group": g, "found": 6, "n": 10, "fake_found": 40, "fake_n": 100}
            for g in range(20)]  # fmt: skip
    one, facts = made(about, rows, "q22")
    found, n, share, chance, times, left, low, high = one.rows[0].values
    assert (found, n, share, chance) == (120, 200, 0.6, 0.4)
    assert times == pytest.approx(1.5)
    assert left == pytest.approx(1 / 3)
    assert isinstance(low, float)
    assert isinstance(high, float)
    assert low < 1 / 3 < high
    assert facts["ways_1_left_share"] == left


def test_where_few_could_be_tried_a_number_explains_weakly(tmp_path: Path) -> None:
    """Nought of a hundred is not rarer than one in a hundred."""
    rows = searches()[: PLANTED["strong"] : 6]
    assert [(row.series, row.values[0]) for row in table(asked(tmp_path, rows), "states").rows] == [("weak", 100)]


def test_without_a_log_of_incidents_the_reason_is_told(tmp_path: Path) -> None:
    with Store(threads=1) as store:
        rows = [worlds.search("aaaaaaaaaaaa", 1, START)]
        worlds.fill(store, {"sources": [worlds.log("aaaaaaaaaaaa", first_at=START, last_at=START)],
                            "sightings": rows, "distinct_searches": worlds.distinct(rows)})  # fmt: skip
        (found,) = questions.answers(store, worlds.case(tmp_path / "case"), (), only=("q22",))
    assert found.why == "the case holds no records of the kind “incidents”"
