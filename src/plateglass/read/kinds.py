"""Whether a cell is of the kind that its heading promises.

Some kinds prove themselves (a time, a count, an id); free text fits nearly everything, so a text column is doubted
only where it holds times or ids.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from typing import Final

from plateglass.catalogue import FieldKind, Layout, LayoutField

PROVING: Final[frozenset[FieldKind]] = frozenset({"count", "instant", "date", "time", "interval", "day_count"})
"""Kinds that free text does not have by chance: with these a record's shape is tested."""

ENOUGH: Final = 0.5
"""The share of telling cells that must be of a kind."""

UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_ID: Final = re.compile(r"[0-9A-Za-z-]{6,64}")
_COUNT: Final = re.compile(r"\d[\d,]*(\.0+)?")
_DAYS: Final = re.compile(r"(?i)\d+(\.0+)?(\s*days?)?")
_ANY_TIME: Final = re.compile(
    r"\d{1,4}[/-]\d{1,2}[/-]\d{1,4},?[T ]\s*\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?\s*([AaPp][Mm])?\s*(UTC|Z|[+-]\d{2}:?\d{2})?"
)
_DIRECTIVES: Final = {
    "Y": r"\d{4}", "m": r"(?:0?[1-9]|1[0-2])", "d": r"(?:0?[1-9]|[12]\d|3[01])", "H": r"(?:[01]?\d|2[0-3])",
    "I": r"(?:0?[1-9]|1[0-2])", "M": r"[0-5]\d", "S": r"[0-5]\d", "p": r"[AaPp][Mm]", "f": r"\d{1,9}",
    "g": r"\d{1,9}", "z": r"(?:Z|[+-]\d{2}:?\d{2})", "y": r"\d{2}", "b": r"[A-Za-z]{3}", "B": r"[A-Za-z]+",
    "a": r"[A-Za-z]{3}", "A": r"[A-Za-z]+", "%": "%",
}  # fmt: skip


@cache
def time_pattern(formats: tuple[str, ...]) -> re.Pattern[str]:
    """The shapes that strptime patterns accept, as one regular expression; runs of blanks count as one."""
    return re.compile("|".join(_shape(each) for each in formats) or r"(?!)")


def _shape(pattern: str) -> str:
    parts = re.split(r"%-?([A-Za-z%])", pattern)
    texts = [re.sub(r"(\\?\s)+", r"\\s+", re.escape(text)) for text in parts[0::2]]
    directives = [_DIRECTIVES.get(letter, r".+?") for letter in parts[1::2]] + [""]
    return "".join(text + directive for text, directive in zip(texts, directives, strict=True))


@cache
def _interval(formats: tuple[str, ...]) -> re.Pattern[str]:
    one = time_pattern(formats).pattern
    return re.compile(rf"({one})?\s*(\n|\s+to\s+|\s+[-–—]\s+|\s{{2,}}|\s)?\s*({one})?")


def fits(field: LayoutField, cell: str) -> bool:
    """Whether a cell that is neither blank nor a mark is of the field's kind."""
    kind = field.kind
    if field.label:
        return True  # the value is a part of the cell
    if kind == "count":
        return _COUNT.fullmatch(cell) is not None
    if kind == "day_count":
        return _DAYS.fullmatch(cell) is not None
    if kind in ("instant", "date", "time"):
        return time_pattern(field.formats).fullmatch(cell) is not None
    if kind == "interval":
        return _interval(field.formats).fullmatch(cell) is not None
    if kind == "id":
        return _ID.fullmatch(cell) is not None
    if kind in ("word", "plate", "list"):
        return not _ANY_TIME.match(cell) and not UUID.fullmatch(cell) and not (kind == "word" and cell.isdigit())
    if kind == "name":
        return not _ANY_TIME.fullmatch(cell) and not UUID.fullmatch(cell) and not cell.isdigit()
    return not _ANY_TIME.fullmatch(cell)


def proves(field: LayoutField, cell: str) -> bool:
    """The same, where two fields could bear the heading: then an id must be a whole UUID."""
    return UUID.fullmatch(cell) is not None if field.kind == "id" else fits(field, cell)


@cache
def _hiding(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{_inner(pattern)})" for pattern in patterns) or r"(?!)")


def _inner(pattern: str) -> str:
    """An inline flag moved into its group, since Python wants global flags first."""
    found = re.match(r"\(\?([a-z]+)\)", pattern)
    return f"(?{found[1]}:{pattern[found.end() :]})" if found else pattern


def hides(layout: Layout, cell: str) -> bool:
    """Whether a trimmed cell is a placeholder or a mark that hides its value."""
    return cell in layout.placeholders or _hiding(layout.masks + layout.withheld).fullmatch(cell) is not None


def telling(layout: Layout, cells: Iterable[str]) -> list[str]:
    """The cells that can speak for or against a kind: trimmed, without blanks, placeholders and marks."""
    placeholders, hiding = set(layout.placeholders), _hiding(layout.masks + layout.withheld).fullmatch
    trimmed = (cell.strip() for cell in cells)
    return [cell for cell in trimmed if cell and cell not in placeholders and not hiding(cell)]


def share(field: LayoutField, cells: list[str]) -> float | None:
    """The share of telling cells that fit; None where there are none."""
    if not cells:
        return None
    return sum(times for cell, times in Counter(cells).items() if fits(field, cell)) / len(cells)


_FORMATS = (
    "%m/%d/%Y, %I:%M:%S %p UTC", "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M",
    "%Y-%m-%dT%H:%M:%S.%fZ", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%d %H:%M:%S",
)  # fmt: skip
GUESSES: Final[tuple[LayoutField, ...]] = (
    LayoutField(headings=(), kind="instant", formats=_FORMATS),
    LayoutField(headings=(), kind="date", formats=("%Y-%m-%d", "%m/%d/%Y")),
    LayoutField(headings=(), kind="time", formats=("%H:%M:%S", "%H:%M")),
    LayoutField(headings=(), kind="count"),
)


"""Kinds that values alone prove, in the order in which they are tried."""


def guess(cells: list[str]) -> FieldKind:
    """The kind that most cells look like; text where none is proved."""
    if not cells:
        return "text"
    if all(UUID.fullmatch(cell) for cell in cells):
        return "id"
    for field in GUESSES:
        if (share(field, cells) or 0) > ENOUGH:
            return field.kind
    return "text"
