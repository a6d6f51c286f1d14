"""Workbooks: every sheet transcribed to CSV, each cell as the text that a person would read in it."""

from __future__ import annotations

import csv
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from itertools import zip_longest
from pathlib import Path
from typing import Final

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from plateglass.errors import Issue, Place, Severity, SourceRefused, SourceUnreadable
from plateglass.read import sheet_xml

MAX_UNPACKED: Final = 16 << 30
_RATIO: Final = 300
_FREE: Final = 256 << 20
_TOP: Final = 60
"""Rows from the top in which the headings are looked for when empty columns are cut off."""

_SHOWN: Final = 12
_EXACT: Final = 10**15
"""A spreadsheet knows 15 digits of a number."""

Cell = int | float | str | bool | time | date | datetime | timedelta


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook."""

    index: int
    name: str
    """Its number as `sheet 2`, hidden ones counted: what somebody called it may be a person or a plate."""
    hidden: bool
    path: Path | None
    """Its cells as CSV; None where it holds none."""
    rows: int = 0
    """Rows that are not blank, headings included."""
    junk: int = 0
    """Empty columns at the right that a spreadsheet named `Column1`, `Column2`, ...; they are cut off."""
    xml: sheet_xml.Facts = field(default_factory=sheet_xml.Facts)
    """Which of its cells are formulas, and what is hidden in it."""


def sheets(path: Path, folder: Path, place: Place) -> Iterator[Sheet]:
    """Every sheet, in order; one file of CSV each.

    Raises:
        SourceUnreadable: the workbook is damaged, encrypted, or of a form that is not read.
        SourceRefused: it unpacks to more than a workbook can hold.
    """
    _measured(path, place)
    try:
        with path.open("rb") as file:
            book = CalamineWorkbook.from_filelike(file)
            for index, about in enumerate(book.sheets_metadata):
                if about.typ is SheetTypeEnum.WorkSheet:
                    hidden = about.visible is not SheetVisibleEnum.Visible
                    sheet = _sheet(book.get_sheet_by_index(index), index, folder / f"{index}.csv", hidden=hidden)
                    yield replace(sheet, xml=sheet_xml.facts(path, about.name))
    except (CalamineError, zipfile.BadZipFile, zlib.error, EOFError, ValueError) as error:
        raise SourceUnreadable(
            "the workbook can't be opened: cut short, damaged or protected by a password", place=place,
            remedy="save it again without a password, or ask for it as CSV",
        ) from error  # fmt: skip


def _measured(path: Path, place: Place) -> None:
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        size = sum(info.file_size for info in archive.infolist())
    if size > MAX_UNPACKED or (size > _FREE and size > _RATIO * path.stat().st_size):
        raise SourceRefused(
            f"the workbook unpacks to {size >> 20} MiB, far more than a log of its size", place=place,
            remedy="open it yourself if you trust it, and save it as CSV",
        )  # fmt: skip


def _sheet(sheet: CalamineSheet, index: int, target: Path, *, hidden: bool) -> Sheet:
    rows = widest = 0
    width: int | None = None
    waiting: list[list[Cell]] = []
    dated: set[int] = set()
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("w", encoding="utf-8", newline="") as file:
        write = csv.writer(file, lineterminator="\n")
        for row in sheet.iter_rows():
            if not any(map(shown, row)):
                continue
            rows += 1
            if width is not None:
                write.writerow(_texts(row[:width], dated))
                continue
            waiting.append(row)
            widest = max(widest, len(row)) if any(_junk(shown(cell)) for cell in row) else widest
            if len(waiting) == _TOP:
                width, dated = _width(waiting), _dated(waiting)
                write.writerows(_texts(each[:width], dated) for each in waiting)
        if width is None:
            width, dated = _width(waiting), _dated(waiting)
            write.writerows(_texts(each[:width], dated) for each in waiting)
    return Sheet(index, f"sheet {index + 1}", hidden, target if rows else None, rows, max(0, widest - width))


def told(sheet: Sheet, place: Place) -> Iterator[Issue]:
    """What a reader should know of a sheet: what was left out, and what was read although it can't be seen."""
    if sheet.junk:
        said = f"{sheet.junk} empty columns that a spreadsheet named; left out"
        yield Issue("heading-junk", Severity.NOTE, place, said)
    if sheet.hidden:
        said = "the sheet is hidden in the workbook; it is read all the same"
        yield Issue("sheet-hidden", Severity.NOTE, place, said)
    xml = sheet.xml
    if xml.hidden_rows or xml.hidden_columns:
        said = f"hidden in the sheet: rows: {xml.hidden_rows:,}; stretches of columns: {xml.hidden_columns:,}"
        yield Issue("rows-hidden", Severity.NOTE, place, f"{said}; they are read all the same")
    if xml.formulas:
        columns = ", ".join(sorted(xml.formulas, key=lambda letters: (len(letters), letters))[:_SHOWN])
        said = f"cells that are formulas: {sum(xml.formulas.values()):,}, in the columns {columns}"
        yield Issue("sheet-formulas", Severity.NOTE, place, f"{said}; what they last came to is read, which nobody "
                    "exported; ask for the log as exported")  # fmt: skip


def _width(top: list[list[Cell]]) -> int:
    """Up to the last column that holds anything but a spreadsheet's own heading for an empty column."""
    texts = [[shown(cell) for cell in row] for row in top]
    return max((i + 1 for row in texts for i, cell in enumerate(row) if cell.strip() and not _junk(cell)), default=1)


def _dated(top: list[list[Cell]]) -> set[int]:
    """Columns that hold days: at least half of what stands below their headings is one."""
    columns = list(zip_longest(*top[1:], fillvalue=""))
    days = [sum(_is_day(cell) for cell in column) for column in columns]
    full = [sum(bool(shown(cell)) for cell in column) for column in columns]
    return {at for at, number in enumerate(days) if number and 2 * number >= full[at]}


def _is_day(cell: Cell) -> bool:
    return isinstance(cell, date) and not isinstance(cell, datetime)


def _texts(row: Sequence[Cell], dated: set[int]) -> list[str]:
    """Cells as text; a day in a column of other things with a clock, so that it is taken for nothing else.

    It was something else before a spreadsheet read it, such as a case number.
    """
    return [f"{cell} 00:00:00" if _is_day(cell) and at not in dated else shown(cell) for at, cell in enumerate(row)]


def _junk(cell: str) -> bool:
    plain = cell.strip().lower()
    return plain.startswith("column") and plain[6:].strip().isdigit()


def shown(cell: Cell) -> str:
    """A cell as text: whole numbers without a fraction, times in ISO 8601, marks as they are.

    A number of more than 15 digits keeps its exponent: a spreadsheet has rounded it, and its last digits are not known.
    """
    if isinstance(cell, str):
        return cell.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | float):
        return f"{cell:.14E}" if abs(cell) >= _EXACT else str(int(cell)) if cell == int(cell) else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, timedelta):
        seconds = round(cell.total_seconds())
        return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return str(cell)
