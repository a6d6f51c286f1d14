"""What reading workbooks must hold: what a spreadsheet did to a log is found and told, and never repaired silently."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from plateglass import normalise, read
from plateglass.catalogue import Catalogue
from plateglass.errors import Issue
from plateglass.model import Table
from plateglass.read import sheet_xml, workbook
from plateglass.store import Store

CATALOGUE = Catalogue()
READ_AT = datetime(2026, 1, 1, tzinfo=UTC)
HEADINGS = ("ID", "Org Name", "Total Networks Searched", "Reason", "Case #", "Search Time")


def record(number: int, case: Any = None) -> list[Any]:
    return [
        f"00000000-0000-4000-8000-{number:012d}", "Exampleville FL PD", number, "bolo",
        f"26-{900_000 + number}" if case is None else case, "11/14/2025, 09:53:36 AM UTC",
    ]  # fmt: skip


def book(path: Path, rows: Sequence[Sequence[Any]]) -> Workbook:
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    for row in (HEADINGS, *rows):
        sheet.append(list(row))
    made.save(path)
    return made


def taken(path: Path, work: Path) -> tuple[list[Issue], list[tuple[Any, ...]]]:
    """What is said of a workbook, and the record, case number's state and searches' number of each sighting."""
    issues: list[Issue] = []
    found: list[tuple[Any, ...]] = []
    with Store(threads=1) as store:
        ingest = normalise.Ingest(b"k" * 32, store)
        for source in read.sources([path], work):
            assert not isinstance(source, Issue)
            for each in read.tables(source, CATALOGUE, work, store):
                if isinstance(each, Table):
                    layout = CATALOGUE.layouts[each.layout]
                    done = ingest.table(each, layout, work / "out")
                    issues += normalise.doubts(done, layout, READ_AT)
                    made = work / "out" / f"sightings-{each.part}.parquet"
                    found += store.rows(f"SELECT record, case_no_state, networks FROM read_parquet('{made}')")
                else:
                    issues.append(each)
    return issues, found


@pytest.mark.parametrize(
    "cell", [2.0260000012345678e17, 10**15, date(2025, 9, 12), datetime(2025, 9, 12, 7, 5)], ids=str  # noqa: DTZ001
)  # fmt: skip
def test_what_was_a_case_number_is_damaged_and_told(tmp_path: Path, cell: Any) -> None:
    """A number of more than 15 digits was rounded, and a day among case numbers was none when it was exported."""
    path = tmp_path / "log.xlsx"
    book(path, [*(record(n) for n in range(1, 21)), record(21, cell)])
    issues, found = taken(path, tmp_path / "work")
    assert {number: state for number, state, _ in found}[21] == "damaged"
    assert {state for number, state, _ in found if number != 21} == {"value"}
    [issue] = [each for each in issues if each.code == "value-lost"]
    assert issue.message.startswith(
        "cells of Case # with what a spreadsheet makes of an id, a rounded number or a date: 1;"
    )


def test_days_in_a_column_of_days_are_days(tmp_path: Path) -> None:
    path = tmp_path / "log.xlsx"
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.append(["Org Name", "Total Networks Searched", "Search Date", "Search Time"])
    for number in range(1, 31):
        sheet.append(["Exampleville FL PD", number, date(2025, 9, number), "09:53:36"])
    made.save(path)
    issues, found = taken(path, tmp_path / "work")
    assert [number for number, _, _ in found] == list(range(1, 31))
    assert issues == []


def test_formulas_and_what_is_hidden_are_told_by_column_and_number(tmp_path: Path) -> None:
    """Their last results are read, hidden or not; the formulas themselves are said nowhere."""
    path = tmp_path / "log.xlsx"
    made = book(path, [record(n) for n in range(1, 21)])
    sheet = made.active
    assert sheet is not None
    sheet["C5"] = '=HYPERLINK("http://harm.example")'
    sheet["E7"] = "=1+1"
    sheet["E8"] = "=A1&B1"
    sheet.row_dimensions[9].hidden = True
    sheet.row_dimensions[10].hidden = True
    sheet.column_dimensions["D"].hidden = True
    made.save(path)
    issues, found = taken(path, tmp_path / "work")
    assert len(found) == 20
    said = {each.code: each.message for each in issues}
    assert said["sheet-formulas"].startswith("cells that are formulas: 3, in the columns C, E;")
    assert said["rows-hidden"].startswith("hidden in the sheet: rows: 2; stretches of columns: 1;")
    assert "harm" not in "".join(said.values())


@pytest.mark.parametrize("chunk", [1, 7, 64, 1 << 20])
def test_formulas_are_counted_wherever_a_piece_ends(
    tmp_path: Path, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "log.xlsx"
    made = book(path, [record(n) for n in range(1, 21)])
    sheet = made.active
    assert sheet is not None
    for row in range(2, 22):
        sheet[f"C{row}"] = "=1"
    made.save(path)
    monkeypatch.setattr(sheet_xml, "_CHUNK", chunk)
    assert sheet_xml.facts(path, sheet.title).formulas == {"C": 20}
    assert sheet_xml.facts(path, "another").formulas == {}


@pytest.mark.parametrize(
    ("cell", "text"),
    [(999_999_999_999_999.0, "999999999999999"), (1e15, "1.00000000000000E+15"), (-1e15, "-1.00000000000000E+15")],
)
def test_a_number_that_a_spreadsheet_can_t_hold_keeps_its_exponent(cell: workbook.Cell, text: str) -> None:
    assert workbook.shown(cell) == text
