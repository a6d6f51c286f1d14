"""Workbooks: every sheet transcribed to CSV, each cell as the text that a person would read in it."""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from plateglass.errors import Place, SourceRefused, SourceUnreadable
from plateglass.privacy import scrub

MAX_UNPACKED: Final = 16 << 30
_RATIO: Final = 300
_FREE: Final = 256 << 20
_TOP: Final = 60
"""Rows from the top in which the headings are looked for when empty columns are cut off."""

_ORDINARY: Final = re.compile(
    r"(?i)(?:sheet|tab|table|tabelle|hoja|feuil|page|part)[ _-]?\d{1,3}(?: \(\d{1,2}\))?"
    r"|\d{1,2}[_.-]\d{1,2}[_.-](?:19|20)?\d\d|(?:19|20)\d\d[_.-]\d{1,2}(?:[_.-]\d{1,2})?"
)
"""Names that spreadsheets give by themselves, and dates: not plates, however much they look like some."""

Cell = int | float | str | bool | time | date | datetime | timedelta


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook."""

    index: int
    name: str
    """As written, without what looks like a plate, a telephone or a case number: it stands in outputs."""
    hidden: bool
    path: Path | None
    """Its cells as CSV; None where it holds none."""
    rows: int = 0
    """Rows that are not blank, headings included."""
    junk: int = 0
    """Empty columns at the right that a spreadsheet named `Column1`, `Column2`, ...; they are cut off."""


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
                    yield _sheet(book.get_sheet_by_index(index), index, folder / f"{index}.csv", hidden=hidden)
    except (CalamineError, zipfile.BadZipFile, ValueError) as error:
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
    waiting: list[list[str]] = []
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("w", encoding="utf-8", newline="") as file:
        write = csv.writer(file, lineterminator="\n")
        for row in sheet.iter_rows():
            cells = [shown(cell) for cell in row]
            if not any(cells):
                continue
            rows += 1
            if rows <= _TOP and any(map(_junk, cells)):
                widest = max(widest, len(cells))
            if width is None:
                waiting.append(cells)
                if len(waiting) == _TOP:
                    width = _width(waiting)
                    write.writerows(each[:width] for each in waiting)
            else:
                write.writerow(cells[:width])
        if width is None:
            width = _width(waiting)
            write.writerows(each[:width] for each in waiting)
    return Sheet(index, _told(sheet.name, index), hidden, target if rows else None, rows, max(0, widest - width))


def _told(name: str, index: int) -> str:
    """A sheet's name as outputs may show it; where something was taken out, its number tells which sheet it is."""
    left, taken = scrub(name)
    return name if not taken or _ORDINARY.fullmatch(name.strip()) else f"{left} (sheet {index + 1})"


def _width(top: list[list[str]]) -> int:
    """Up to the last column that holds anything but a spreadsheet's own heading for an empty column."""
    return max((i + 1 for row in top for i, cell in enumerate(row) if cell.strip() and not _junk(cell)), default=1)


def _junk(cell: str) -> bool:
    plain = cell.strip().lower()
    return plain.startswith("column") and plain[6:].strip().isdigit()


def shown(cell: Cell) -> str:
    """A cell as text: whole numbers without a fraction, times in ISO 8601, marks as they are."""
    if isinstance(cell, str):
        return cell.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, timedelta):
        seconds = round(cell.total_seconds())
        return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return str(cell)
