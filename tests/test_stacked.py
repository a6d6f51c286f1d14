"""What exports stacked in one file must hold: each record is read under its own headings, or listed; none is lost."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Sequence
from pathlib import Path

import pytest

import fuzzing
from plateglass import custody, intake, normalise, pipeline, workbook
from plateglass.case import Case, Settings
from plateglass.catalogue import Catalogue
from plateglass.errors import Issue
from plateglass.model import Ingested
from plateglass.read import files, matching
from plateglass.store import Store
from test_repair import HEADINGS, record

CATALOGUE = Catalogue()
Rows = list[list[str]]
SECOND = ("Org Name", "Search Time", "Reason", "Total Networks Searched")
"""What an older export of the same log had: fewer columns, in another order."""


def text(rows: Sequence[Sequence[str]], delimiter: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n", delimiter=delimiter).writerows(rows)
    return out.getvalue()


def taken(path: Path, work: Path) -> tuple[list[Ingested], list[Issue]]:
    """What every table of a file became."""
    with Store(threads=1) as store:
        reader = intake.Reader(CATALOGUE, store, normalise.Ingest(b"k" * 32, store), work)
        [source] = files.sources([path], work)
        assert not isinstance(source, Issue)
        found = list(reader.readings(source, work / "tables" / path.stem))
    return [each for each in found if isinstance(each, Ingested)], [each for each in found if isinstance(each, Issue)]


def of(headings: Sequence[str], numbers: range) -> Rows:
    """Some records as an export with these headings has them."""
    return [[dict(zip(HEADINGS, record(n), strict=True))[heading] for heading in headings] for n in numbers]


def stacked(*parts: tuple[Sequence[str], range]) -> Rows:
    return [row for headings, numbers in parts for row in (list(headings), *of(headings, numbers))]


def test_a_second_export_with_fewer_columns_is_a_table_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text(text(stacked((HEADINGS, range(1, 31)), (SECOND, range(31, 51)))))
    [first, second], issues = taken(path, tmp_path)
    assert (first.accepted, [each.record for each in first.rejected]) == (30, [31])
    assert "a table of their own" in first.rejected[0].reason
    assert (second.accepted, second.rejected, second.table.part) == (20, (), 1)
    assert second.table.part_name == "below record 31"
    assert sorted(second.table.columns) == ["networks", "org", "reason", "searched_at"]
    assert not any(each.severity == "source" for each in issues)


def test_what_the_second_export_lacks_was_not_exported_rather_than_left_blank(tmp_path: Path) -> None:
    """A rule that needs a case number can't tell of these records, and does not hold their absence against anybody."""
    path, case = tmp_path / "log.csv", Case.make(tmp_path / "case", Settings())
    path.write_text(text(stacked((HEADINGS, range(1, 31)), (SECOND, range(31, 51)))))
    pipeline.add(case, [path], lambda *_: None)
    with case.held(), case.tables() as store:
        states = store.rows(
            "SELECT part, case_no_state, count(*) FROM sightings GROUP BY part, case_no_state ORDER BY part"
        )
        sources = store.rows("SELECT part, part_name, records, accepted FROM sources ORDER BY part")
    assert states == [(0, "value", 30), (1, "not_exported", 20)]
    assert sources == [(0, "", 31, 30), (1, "below record 31", 20, 20)]


def test_what_stands_below_is_proved_from_its_original_too(tmp_path: Path) -> None:
    """Every part of the source again, and whoever waits is told to the end."""
    path, case = tmp_path / "log.csv", Case.make(tmp_path / "case", Settings())
    path.write_text(text(stacked((HEADINGS, range(1, 31)), (SECOND, range(31, 51)))))
    pipeline.add(case, [path], lambda *_: None)
    told: list[tuple[str, int, int]] = []
    checks = custody.verify(case, [path], progress=lambda *each: told.append(each))
    assert {each.standing for each in checks if each.asked} == {custody.Standing.HOLDS}
    assert any(each.what == "log.csv: sightings-1.parquet, by its original" for each in checks)
    size = path.stat().st_size
    assert told == [("counting the store", 1, 1), ("reading the originals", size, size)]


def test_several_exports_below_one_another_each_have_their_own_columns(tmp_path: Path) -> None:
    """The first headings again, too: below others they head a table of their own."""
    path = tmp_path / "log.csv"
    more = (*SECOND, "Case #")
    path.write_text(text(stacked((SECOND, range(1, 11)), (more, range(11, 21)), (SECOND, range(21, 31)))))
    tables, _ = taken(path, tmp_path)
    assert [each.accepted for each in tables] == [10, 10, 10]
    assert [each.table.part_name for each in tables] == ["", "below record 11", "below record 22"]
    assert [len(each.table.columns) for each in tables] == [4, 5, 4]


def test_sheets_keep_their_numbers(tmp_path: Path) -> None:
    path, whole = tmp_path / "log.xlsx", stacked((HEADINGS, range(1, 11)), (SECOND, range(11, 31)))
    workbook.write(path, {"May": whole, "June": stacked((HEADINGS, range(31, 41)))})
    tables, _ = taken(path, tmp_path)
    told = [(each.table.part, each.table.part_name, each.accepted) for each in tables]
    assert told == [(0, "sheet 1", 10), (1, "sheet 2", 10), (2, "sheet 1, below record 11", 20)]


def test_headings_that_head_no_table_of_the_layout_leave_every_record_listed(tmp_path: Path) -> None:
    """Without a time no record can be read; each is rejected under its own number, in the one table."""
    path = tmp_path / "log.csv"
    path.write_text(text(stacked((HEADINGS, range(1, 31)), (("Org Name", "Reason"), range(31, 51)))))
    [only], _ = taken(path, tmp_path)
    assert (only.accepted, [each.record for each in only.rejected]) == (30, list(range(31, 52)))


def test_an_export_with_positions_below_a_log_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    below = [[*HEADINGS, "License Plate", "Latitude"], *([*record(n), "ZZT0007", "33.44"] for n in range(31, 51))]
    path.write_text(text(stacked((HEADINGS, range(1, 31)))) + text(below))
    [only], issues = taken(path, tmp_path)
    assert (only.accepted, len(only.rejected)) == (30, 21)
    assert "ZZT0007" not in str([only.rejected, issues])


def test_so_many_exports_are_read_and_the_records_of_others_listed(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    other = (*SECOND, "Case #")
    path.write_text(text(stacked(*(((SECOND, other)[n % 2], range(n, n + 1)) for n in range(60)))))
    tables, _ = taken(path, tmp_path)
    assert len(tables) == intake._STACKED + 1
    assert sum(each.accepted + len(each.rejected) for each in tables) == 60 + 59


def alone(rows: Rows, work: Path, name: str) -> Ingested:
    path = work / f"{name}.csv"
    path.write_text(text(rows))
    [done], _ = taken(path, work)
    return done


def narrowed(rows: Rows, dice: random.Random) -> Rows | None:
    """A table with fewer of its columns, in any order, that its layout still knows; None where it does not."""
    layouts = CATALOGUE.layouts.values()
    [claims] = [each for each in layouts if matching.match(each, rows[0], rows[1:]).claims]
    order = dice.sample(range(len(rows[0])), dice.randint(2, len(rows[0])))
    made = [[row[at] for at in order] for row in rows]
    known = [each for each in layouts if matching.match(each, made[0], made[1:]).claims]
    full = all(any(row) for row in made)
    other = set(made[0]) != set(rows[0]) and all(heading.strip().isascii() for heading in rows[0])
    one = not claims.owner_column  # else each owner's records are a table, with or without another below
    return made if known == [claims] and one and full and other else None


@pytest.mark.parametrize("seed", range(12))
def test_every_record_of_stacked_exports_is_read_as_it_is_alone(tmp_path: Path, seed: int) -> None:
    """Any fixture above or below one of its own with fewer columns: as many of each are accepted as of each alone."""
    dice = random.Random(seed)  # noqa: S311 (which fixture, no secret)
    while True:
        _, rows = fuzzing._tabular(dice)
        fewer = narrowed(rows, dice)
        if fewer is not None:
            break
    above, below = (rows, fewer) if dice.random() < 0.5 else (fewer, rows)
    first, second = (alone(each, tmp_path, name) for each, name in ((above, "above"), (below, "below")))
    path = tmp_path / "log.csv"
    path.write_text(text([*above, *below]))
    tables, issues = taken(path, tmp_path)
    every = sum(each.accepted + len(each.rejected) for each in tables)
    assert every == len(above) + len(below) - 1
    assert [each.accepted for each in tables] == [first.accepted, second.accepted], issues
    assert set(tables[1].table.columns) == set(second.table.columns)
