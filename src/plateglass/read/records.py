"""Splitting CSV text into records: the head of a file to find its headings, and single records of broken files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Final

from plateglass import store

DELIMITERS: Final = (",", ";", "\t", "|")
MAX_RECORD: Final = 2 * 1024 * 1024
"""Bytes of the longest record that the strict reader takes."""


class Fault(Enum):
    """Why a piece of text is not one record."""

    OPEN = "a quote is not closed"
    STRAY = "a quote stands inside a quoted cell"


_BEFORE: Final = ('"', " ", "\n")
"""What a quoted cell may begin with."""
_QUOTED = re.compile(r'[ \n]*"([^"]*(?:""[^"]*)*)("?)')


def cells_of(text: str, delimiter: str) -> list[str] | Fault:
    """The cells of one record, or what is wrong with it; quotes open a cell only at its start."""
    cells, fault = split(text, delimiter)
    return fault or cells


def split(text: str, delimiter: str) -> tuple[list[str], Fault | None]:
    """The cells of one record, and where something is wrong with it the cells before that, and what it is."""
    if '"' not in text:
        return text.split(delimiter), None
    cells: list[str] = []
    at = 0
    while True:
        quoted = _QUOTED.match(text, at) if text[at : at + 1] in _BEFORE else None
        if quoted is not None:
            if not quoted[2]:
                return cells, Fault.OPEN
            cells.append(quoted[1].replace('""', '"'))
            end = quoted.end()
            while end < len(text) and text[end] == " ":
                end += 1
        else:
            end = text.find(delimiter, at)
            end = len(text) if end < 0 else end
            cells.append(text[at:end])
        if end >= len(text):
            return cells, None
        if text[end] != delimiter:
            return cells[:-1], Fault.STRAY
        at = end + 1


@cache
def _tidy(delimiter: str) -> re.Pattern[str]:
    cell = rf'(?:[ \n]*"[^"]*(?:""[^"]*)*" *|[^"{re.escape(delimiter)}]*)'
    return re.compile(rf"{cell}(?:{re.escape(delimiter)}{cell})*")


def tidy(text: str, delimiter: str) -> bool:
    """Whether every quote of a record opens, closes or stands doubled within a quoted cell, as exporters write it."""
    return '"' not in text or _tidy(delimiter).fullmatch(text) is not None


@dataclass(frozen=True)
class Piece:
    """One record of a text as it stands there."""

    text: str
    cells: tuple[str, ...]


def pieces(text: str, delimiter: str) -> Iterator[Piece]:
    """The records at the beginning of a text, blank lines too; a last record that is cut off may be wrong."""
    lines = text.splitlines() if "\n" not in text else text.replace("\r\n", "\n").split("\n")
    at = 0
    while at < len(lines):
        raw = lines[at]
        cells = cells_of(raw, delimiter)
        reach = at + 1
        while cells is Fault.OPEN and reach < min(len(lines), at + 64):
            raw += "\n" + lines[reach]
            reach += 1
            cells = cells_of(raw, delimiter)
        if isinstance(cells, Fault):
            raw, reach, cells = lines[at], at + 1, lines[at].split(delimiter)
        yield Piece(raw, tuple(cells))
        at = reach


def relation(path: str, width: int, delimiter: str, *, numbered: bool = False) -> str:
    """SQL that yields every record below the headings as text, in file order; what can't be split is kept apart.

    Never with errors ignored: that loses good records silently. A record that can't be split lies afterwards in
    the temporary table `reject_errors`.
    """
    columns = {"record": "BIGINT"} if numbered else {}
    columns |= {f"c{i}": "VARCHAR" for i in range(width)}
    listed = ", ".join(f"{store.text(name)}: {store.text(kind)}" for name, kind in columns.items())
    return (
        f"SELECT * FROM read_csv({store.text(path)}, auto_detect=false, header=false, skip=1, "
        f"columns={{{listed}}}, delim={store.text(delimiter)}, quote='\"', escape='\"', strict_mode=true, "
        f"null_padding=false, encoding='utf-8', compression='none', max_line_size={MAX_RECORD}, "
        "store_rejects=true, rejects_table='reject_errors', rejects_scan='reject_scans', rejects_limit=0)"
    )


def plain(headings: Sequence[str]) -> tuple[str, ...]:
    """Headings as they are compared: trimmed, caseless, underscores and runs of blanks as one blank."""
    return tuple(plain_heading(heading) for heading in headings)


def plain_heading(heading: str) -> str:
    """One heading as it is compared."""
    folded = heading.replace("\ufeff", "").replace("_", " ").replace("’", "'").replace("\xa0", " ").casefold()
    return " ".join(folded.split()).strip("\"' ") if folded.strip() else ""
