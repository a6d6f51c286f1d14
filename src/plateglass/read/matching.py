"""Which layout knows a table: by the names of its columns and by the kinds of their values, never by position."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from plateglass.catalogue import Layout
from plateglass.errors import LayoutUnknown, Place, SourceUnreadable
from plateglass.privacy import shown_heading
from plateglass.read import kinds
from plateglass.read.records import plain, plain_heading

JUNK: Final = re.compile(r"column ?\d+")
"""Headings that a spreadsheet gives to columns that nobody filled."""

PLATE: Final = re.compile(r"(?=[A-Z]*\d)(?=\d*[A-Z])[A-Z0-9]{5,8}")
"""The shape of most plates."""

Rows = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Match:
    """How far one layout knows one table."""

    layout: Layout
    columns: Mapping[str, int]
    """Field -> index of its column."""
    ignored: tuple[int, ...]
    """Columns that the layout leaves out by name, blank headings and a spreadsheet's junk."""
    unknown: tuple[int, ...]
    """Columns that the layout does not name."""
    missing: tuple[str, ...]
    """What the layout needs and the table lacks."""
    misfits: tuple[tuple[int, str], ...]
    """Columns whose values are not of their field's kind, with the field."""

    @property
    def claims(self) -> bool:
        """Whether the layout knows this table."""
        return not self.missing and not self.misfits

    @property
    def nearness(self) -> int:
        """How many columns speak for the layout, less what speaks against it."""
        return 2 * len(self.columns) - len(self.missing) - len(self.misfits) - len(self.unknown)


def match(layout: Layout, headings: Sequence[str], rows: Rows) -> Match:
    """How far a layout knows a table of these headings and sample rows."""
    names = plain(headings)
    ignore = set(plain(layout.ignore))
    fields = _named(layout)
    candidates = {i: fields.get(name, []) for i, name in enumerate(names)}
    named = {field: i for i, fields in candidates.items() for field in fields}
    # values are looked at only where the headings leave it open: another log's table is told by its headings alone
    columns, misfits = _assigned(layout, candidates, () if _missing(layout, named) else rows)
    ignored = tuple(i for i, name in enumerate(names) if not candidates[i] and _left_out(name, ignore))
    unknown = tuple(i for i in candidates if not candidates[i] and i not in ignored)
    return Match(layout, columns, ignored, unknown, _missing(layout, columns), tuple(misfits))


def _left_out(name: str, ignore: set[str]) -> bool:
    return not name or name in ignore or JUNK.fullmatch(name) is not None


def _named(layout: Layout) -> dict[str, list[str]]:
    """Heading as it is compared -> the fields that may bear it."""
    found: dict[str, list[str]] = {}
    for field, about in layout.fields.items():
        for name in set(plain(about.headings)) - {""}:
            found.setdefault(name, []).append(field)
    return found


def _assigned(
    layout: Layout, candidates: Mapping[int, list[str]], rows: Rows
) -> tuple[dict[str, int], list[tuple[int, str]]]:
    """Columns with one possible field first; where two fields share a heading, the kind of value decides."""
    columns: dict[str, int] = {}
    misfits: list[tuple[int, str]] = []
    for index, every in sorted(candidates.items(), key=lambda item: len(item[1])):
        parts = {field: index for field in every if layout.fields[field].label}
        columns |= {field: at for field, at in parts.items() if field not in columns}
        fields = [field for field in every if field not in parts]
        cells = kinds.telling(layout, column(rows, index))
        free = [field for field in fields if field not in columns]
        if len(fields) > 1:
            free = [field for field in free if _proved(layout, field, cells)] or free[-1:]
        if not free:
            continue
        share = kinds.share(layout.fields[free[0]], cells)
        if share is not None and share < kinds.ENOUGH:
            misfits.append((index, free[0]))
        else:
            columns[free[0]] = index
    return columns, misfits


def _proved(layout: Layout, field: str, cells: list[str]) -> bool:
    fitting = sum(kinds.proves(layout.fields[field], cell) for cell in cells)
    return not cells or fitting >= kinds.ENOUGH * len(cells)


def _missing(layout: Layout, columns: Mapping[str, int]) -> tuple[str, ...]:
    return tuple(need for need in layout.needs if not any(field.strip() in columns for field in need.split("|")))


def column(rows: Rows, index: int) -> Iterable[str]:
    """The cells of one column; short rows have none."""
    return (row[index] for row in rows if index < len(row))


def known(layouts: Collection[Layout], headings: Sequence[str], rows: Rows, place: Place) -> Match:
    """The one layout that knows a table.

    Raises:
        LayoutUnknown: none does, or more than one; the nearest is named with what is missing.
    """
    matches = [match(layout, headings, rows) for layout in layouts]
    claims = [each for each in matches if each.claims]
    if len(claims) == 1:
        return claims[0]
    if claims:
        raise LayoutUnknown(
            f"{' and '.join(sorted(each.layout.id for each in claims))} both know these headings", expected="one",
            place=place, remedy="make the needs of one of them stricter",
        )  # fmt: skip
    said = f"the headings {listed(headings)}" if like_headings(layouts, headings, rows) else "a table without headings"
    raise LayoutUnknown(
        f"no layout knows {said}{_nearest(matches, headings)}", place=place,
        remedy="`plateglass layouts explain` drafts a layout from the file; docs/add-a-layout.md says how to add it",
    )  # fmt: skip


def _nearest(matches: Sequence[Match], headings: Sequence[str]) -> str:
    near = max((each for each in matches if each.columns), key=lambda each: each.nearness, default=None)
    if near is None:
        return ""
    wrong = [f"it needs {need.replace('|', 'or')}" for need in near.missing]
    wrong += [
        f"{shown_heading(headings[i])} does not hold values of the kind {near.layout.fields[field].kind}"
        for i, field in near.misfits
    ]
    return f"; nearest is {near.layout.id}, but {', and '.join(wrong)}"


def like_headings(layouts: Iterable[Layout], headings: Sequence[str], rows: Rows) -> bool:
    """Whether a table's first record reads like headings, so that it may be shown, and not like somebody's data."""
    words = {word for layout in layouts for field in layout.fields.values() for heading in field.headings
             for word in plain_heading(heading).split()}  # fmt: skip
    cells = [heading for heading in headings if heading.strip()]
    values = any(kinds.guess([cell]) != "text" or PLATE.fullmatch(cell) for cell in cells)
    recurs = any(heading in set(column(rows, i)) for i, heading in enumerate(headings) if heading.strip())
    worded = any(set(plain_heading(cell).split()) & words for cell in cells)
    below = [[cell.strip() for cell in column(rows, i) if cell.strip()] for i in range(len(headings))]
    differs = any(kinds.guess(column_cells) != "text" for column_cells in below)
    return not values and not recurs and (worded or differs)


def listed(headings: Sequence[str], most: int = 40) -> str:
    """Headings as they may stand in a message, the first of many."""
    shown = [shown_heading(heading) if heading.strip() else "<blank>" for heading in headings[:most]]
    return ", ".join(shown) + (f" and {len(headings) - most} more" if len(headings) > most else "")


def no_doubles(headings: Sequence[str], place: Place) -> None:
    """See that no heading stands twice.

    Raises:
        SourceUnreadable: one does, so which column is meant can't be told.
    """
    counts = Counter(name for name in plain(headings) if name and not JUNK.fullmatch(name))
    twice = [name for name, number in counts.items() if number > 1]
    if twice:
        first = next(heading for heading in headings if plain_heading(heading) == twice[0])
        raise SourceUnreadable(
            f"the heading {shown_heading(first)} stands {counts[twice[0]]} times", expected="each heading once",
            place=place, remedy="name the columns apart in a copy, or ask for the file as exported",
        )  # fmt: skip
