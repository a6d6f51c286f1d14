"""The made-up case: it repeats, it holds what its truth says, and nothing in it is anybody's."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from plateglass import check, demo, workbook
from plateglass.catalogue import Catalogue
from plateglass.demo import bulk, plan, world

SMALL = 900


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> demo.Truth:
    return demo.make(tmp_path_factory.mktemp("demo"), searches=SMALL, seed=3)


def rows_of(truth: demo.Truth, name: str) -> list[list[str]]:
    """Every record of one file, read with Python's own csv module or openpyxl: not with what plateglass reads with."""
    archive, _, member = name.partition("/")
    path = truth.folder / archive
    if path.suffix == ".xlsx":
        book = openpyxl.load_workbook(path)
        return [[str(c or "") for c in row] for sheet in book for row in list(sheet.iter_rows(values_only=True))[1:]]
    if member:
        with zipfile.ZipFile(path) as zipped:
            text = zipped.read(member).decode("utf-16")
    else:
        text = path.read_bytes().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))[0 if path.suffix == ".txt" else 1 :]


def test_every_file_holds_the_records_that_the_truth_says(truth: demo.Truth) -> None:
    assert {file.name: len(rows_of(truth, file.name)) for file in truth.files} == {
        f.name: f.records for f in truth.files
    }


def test_every_path_is_there_and_no_other(truth: demo.Truth) -> None:
    assert sorted(truth.paths) == sorted(truth.folder.iterdir())


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    one, two = (demo.make(tmp_path / name, searches=400, seed=8) for name in "ab")
    digests = [[hashlib.sha256(path.read_bytes()).hexdigest() for path in made.paths] for made in (one, two)]
    assert digests[0] == digests[1]
    assert one.over == two.over
    assert demo.make(tmp_path / "c", searches=400, seed=9).paths[0].read_bytes() != one.paths[0].read_bytes()


def test_plants_don_t_grow_with_the_case() -> None:
    """What is planted is a fixed set of searches, whatever stands around it."""
    few, many = (sorted(rule for s in plan.searches(n, 5) for rule in s.plants) for n in (400, 1500))
    assert few == many


def test_every_rule_is_planted_and_nothing_else(truth: demo.Truth) -> None:
    """A rule that is added without a plant fails here."""
    rules = set(check.choose(Catalogue().rules, truth.rules, ""))
    assert set(truth.over) == rules
    assert set(truth.person) <= rules
    assert all(truth.over.values())
    assert len(truth.over) > 40


def test_no_two_searches_share_a_second_unless_they_are_one_users_overlap() -> None:
    made = plan.searches(SMALL, 3)
    seconds: dict[int, list[plan.Search]] = {}
    for search in made:
        seconds.setdefault(search.at, []).append(search)
    together = [group for group in seconds.values() if len(group) > 1]
    assert together
    for group in together:
        assert len(group) == 2
        assert len({search.account for search in group}) == 1
        assert all("custodian/account-overlap" in search.plants for search in group)


def test_nothing_is_searched_in_the_gap() -> None:
    assert not [s for s in plan.searches(SMALL, 3) if world.GAP[0] <= s.day <= world.GAP[1]]


def test_every_plate_has_one_of_the_made_up_forms() -> None:
    form = re.compile(r"ZZT00\d\d|8ZZZ1\d\d")
    for search in plan.searches(SMALL, 3):
        assert form.fullmatch(search.target) or "*" in search.target or search.target in {"", "-"}


def test_look_backs_are_over_the_retention_by_the_margin_that_is_planted() -> None:
    limit = world.RETENTION_DAYS * plan.DAY
    over = {
        plan.READY_MADE: (1, 60),
        plan.CLOCK_CHANGE: (plan.HOUR, plan.HOUR),
        plan.OVER_A_DAY: (2 * plan.DAY, 500 * plan.DAY),
    }  # fmt: skip
    seen = set()
    for search in plan.searches(SMALL, 3):
        if "promises/look-back" in search.plants:
            margin = search.plants["promises/look-back"][-1]
            low, high = over[margin]
            assert low <= search.at - search.from_at - limit <= high
            seen.add(margin)
        else:
            assert search.at - search.from_at <= limit
    assert seen == set(over)


def test_the_hour_over_the_retention_is_thirty_days_on_the_clock() -> None:
    """30 calendar days across the change of the clocks are 30 days and an hour."""
    for search in plan.searches(SMALL, 3):
        if plan.CLOCK_CHANGE in search.plants.get("promises/look-back", ()):
            there, back = (
                datetime.fromtimestamp(t, world.ZONE).replace(tzinfo=None) for t in (search.at, search.from_at)
            )
            assert (there - back).days == world.RETENTION_DAYS
            assert (there - back).seconds == 0


def test_a_workbook_is_one_that_another_reader_opens(tmp_path: Path) -> None:
    path = tmp_path / "made.xlsx"
    workbook.write(path, {"First": [["a", "b"], ["", "<&> \" ' é"]], "Second & last": [["two\nlines"]]})
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["First", "Second & last"]
    assert [list(row) for row in book["First"].iter_rows(values_only=True)] == [["a", "b"], [None, "<&> \" ' é"]]
    assert book["Second & last"]["A1"].value == "two\nlines"


@pytest.mark.parametrize(("index", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_columns_are_lettered_as_spreadsheets_do(index: int, letters: str) -> None:
    assert workbook.column(index) == letters


def test_the_truth_says_where_a_run_differs(truth: demo.Truth) -> None:
    right = {
        "records": truth.records, "rejected": truth.rejected, "searches": truth.searches,
        "sources": [{"name": f.name, "records": f.records, "rejected": f.rejected} for f in truth.files],
    }  # fmt: skip
    rules: dict[str, dict[str, Any]] = {
        rule: {"over": units, "needs_person": truth.person.get(rule, 0), "margin": truth.margins.get(rule, {}).items()}
        for rule, units in truth.over.items()
    }
    assert truth.differences(right, rules) == []
    one_less = {**right, "searches": truth.searches - 1}
    assert truth.differences(one_less, rules) == [f"searches: found {truth.searches - 1}, planted {truth.searches}"]
    off = rules | {"promises/look-back": {**rules["promises/look-back"], "margin": ()}}
    assert len(truth.differences(right, off)) == len(truth.margins["promises/look-back"])
    assert truth.differences(right, {})[0].startswith("rules: found []")


def test_bulk_files_hold_each_search_as_often_as_asked(tmp_path: Path) -> None:
    made = bulk.write(tmp_path, searches=3_001, files=40, copies=4, processes=1)
    lines: dict[tuple[str, ...], int] = {}
    widths: list[int] = []
    for path in made.paths:
        with path.open(encoding="utf-8", newline="") as file:
            headings, *rows = csv.reader(file)
            widths.append(len(headings))
            for row in rows:
                assert len(row) == len(headings)
                lines[tuple(row)] = lines.get(tuple(row), 0) + 1
    assert widths == [13] * 30 + [14] * 10
    assert sum(lines.values()) == made.records == 4 * 3_001
    assert set(lines.values()) == {4}
    assert len(lines) == made.searches == 3_001
    assert made.size == sum(path.stat().st_size for path in made.paths)


def test_bulk_files_are_the_same_however_many_processes_write_them(tmp_path: Path) -> None:
    one = bulk.write(tmp_path / "one", searches=500, files=20, processes=1)
    two = bulk.write(tmp_path / "two", searches=500, files=20, processes=2)
    assert [path.read_bytes() for path in one.paths] == [path.read_bytes() for path in two.paths]


def test_bulk_plates_have_the_made_up_form() -> None:
    assert {bulk._plate(n)[:2] for n in range(0, 6_760_000, 9_973)} == {"ZZ"}
    assert len({bulk._plate(n) for n in range(0, 6_760_000, 97)}) == len(range(0, 6_760_000, 97))
