"""From characters with places to lines, headings, and rules that part columns and rows.

Headings are the lines that hold most of the names that any layout knows. Columns are those of the rules where there
are any, else the gaps between the headings; what becomes of the rows stands in `pdf_rows`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Final

from plateglass.read.pdf_page import MARK, Glyph, Page
from plateglass.read.records import plain_heading

_GAP: Final = 0.6
"""Of a line's height: a gap between words that parts two headings."""
_WORD: Final = 0.5
"""Of a line's height: a gap that parts two words even where the page has no blank."""
_SAME: Final = 3.0
"""Points within which two edges are one."""
_HEADING_LINES: Final = 3
_MARKS: Final = re.compile(rf"{MARK}[\s{MARK}]*{MARK}|{MARK}")


@dataclass(frozen=True)
class Piece:
    """The part of one line that lies in one column."""

    text: str
    left: float
    right: float


@dataclass(frozen=True)
class Line:
    """One line of text on a page."""

    top: float
    bottom: float
    glyphs: tuple[Glyph, ...]

    @property
    def middle(self) -> float:
        """Half way down."""
        return (self.top + self.bottom) / 2

    @property
    def height(self) -> float:
        """Of its usual character."""
        return median(g.bottom - g.top for g in self.glyphs)

    @property
    def text(self) -> str:
        """As a reader reads it."""
        return _text(self.glyphs)


@dataclass(frozen=True)
class Head:
    """The headings of the table, and where each stands."""

    cells: tuple[Piece, ...]
    top: float
    bottom: float

    @property
    def names(self) -> tuple[str, ...]:
        """As they are compared."""
        return tuple(plain_heading(cell.text) for cell in self.cells)

    @property
    def glued(self) -> frozenset[int]:
        """Columns that were printed as one with the next, so that no place parts them."""
        return frozenset(
            at for at, (a, b) in enumerate(pairwise(self.cells)) if a.right == b.left and a.text and b.text
        )


# --- lines -------------------------------------------------------------------------------------------------------


def lines(glyphs: Iterable[Glyph]) -> list[Line]:
    """The characters of a page as lines, from the top; blank ones are left out."""
    found: list[list[Glyph]] = []
    blanks: list[Glyph] = []
    for glyph in sorted(glyphs, key=lambda g: g.top + g.bottom):
        if not glyph.text.strip():
            blanks.append(glyph)
            continue
        last = found[-1][-1] if found else None
        near = last is not None and abs(_middle(glyph) - _middle(last)) < _GAP / 2 * (last.bottom - last.top)
        if near:
            found[-1].append(glyph)
        else:
            found.append([glyph])
    made = [(min(g.top for g in each), max(g.bottom for g in each), each) for each in found]
    for blank in blanks:
        at = min(made, key=lambda line: abs((line[0] + line[1]) / 2 - _middle(blank)), default=None)
        if at is not None and at[0] - 1 <= _middle(blank) <= at[1] + 1:
            at[2].append(blank)
    return [Line(top, bottom, tuple(sorted(each, key=_reading))) for top, bottom, each in made]


def _middle(glyph: Glyph) -> float:
    return (glyph.top + glyph.bottom) / 2


def _reading(glyph: Glyph) -> tuple[float, bool]:
    """From left to right, a blank before the word that it precedes."""
    return glyph.left, bool(glyph.text.strip())


def _text(glyphs: Iterable[Glyph]) -> str:
    """Characters as words; marks over several characters as one."""
    parts: list[str] = []
    last: Glyph | None = None
    for glyph in glyphs:
        apart = last is not None and glyph.left - last.right > _WORD * max(1.0, last.bottom - last.top)
        if apart and parts[-1].strip() and glyph.text.strip():
            parts.append(" ")
        parts.append(glyph.text)
        last = glyph if glyph.text.strip() else last
    return _MARKS.sub(MARK, "".join(parts).strip())


def _piece(glyphs: Sequence[Glyph]) -> Piece | None:
    full = [glyph for glyph in glyphs if glyph.text.strip()]
    return Piece(_text(glyphs), full[0].left, max(g.right for g in full)) if full else None


def pieces(line: Line, edges: Sequence[float]) -> list[Piece | None]:
    """A line's part in each column."""
    cells: list[list[Glyph]] = [[] for _ in range(len(edges) + 1)]
    for glyph in line.glyphs:
        cells[bisect_right(edges, (glyph.left + glyph.right) / 2)].append(glyph)
    return [_piece(cell) for cell in cells]


# --- headings ----------------------------------------------------------------------------------------------------


def head(page: Page, vocabulary: frozenset[str]) -> tuple[int, Head | None]:
    """The headings on a page, and how many of them any layout names."""
    grid = columns_by_rules(page)
    best: tuple[int, Head | None] = (0, None)
    every = lines(page.glyphs)
    for at in range(len(every)):
        for taken in range(1, _HEADING_LINES + 1):
            if at + taken <= len(every):
                found = _head(every[at : at + taken], grid, vocabulary)
                score = len(set(found.names) & vocabulary)
                if score > best[0]:
                    best = score, found
    return best


def _head(some: Sequence[Line], grid: Sequence[float], vocabulary: frozenset[str]) -> Head:
    if grid:
        rows = [pieces(line, grid[1:-1]) for line in some]
        cells = [_stacked([row[i] for row in rows], grid[i]) for i in range(len(grid) - 1)]
    else:
        cells = [cell for group in _overlapping(some) for cell in _named(_stacked(group, 0.0), vocabulary)]
    return Head(tuple(cells), some[0].top, some[-1].bottom)


def _stacked(parts: Sequence[Piece | None], left: float) -> Piece:
    full = [part for part in parts if part is not None]
    if not full:
        return Piece("", left, left)
    return Piece(" ".join(p.text for p in full), min(p.left for p in full), max(p.right for p in full))


def _overlapping(some: Sequence[Line]) -> list[list[Piece]]:
    """Pieces of several lines that stand above one another, from left to right."""
    groups: list[list[Piece]] = []
    for line in some:
        for part in _parted(line):
            over = [g for g in groups if any(part.left < p.right and p.left < part.right for p in g)]
            if over:
                over[0].append(part)
            else:
                groups.append([part])
    return sorted(groups, key=lambda group: min(part.left for part in group))


def _parted(line: Line) -> list[Piece]:
    """A line's words, together where only a blank stands between them."""
    groups: list[list[Glyph]] = []
    for glyph in line.glyphs:
        if not glyph.text.strip():
            if groups:
                groups[-1].append(glyph)
            continue
        full = [g for g in groups[-1] if g.text.strip()] if groups else []
        if full and glyph.left - full[-1].right <= _GAP * line.height:
            groups[-1].append(glyph)
        else:
            groups.append([glyph])
    return [part for group in groups if (part := _piece(group)) is not None]


def _named(cell: Piece, vocabulary: frozenset[str]) -> list[Piece]:
    """A heading, or several printed so close that they look like one: L17 prints a count's and a time's together."""
    words = cell.text.split()
    if plain_heading(cell.text) in vocabulary or len(words) == 1:
        return [cell]
    width = (cell.right - cell.left) / max(1, len(cell.text))
    found, at, place = list[Piece](), 0, 0
    while at < len(words):
        taken = next((n for n in range(len(words) - at, 0, -1)
                      if plain_heading(" ".join(words[at : at + n])) in vocabulary), 0)  # fmt: skip
        if not taken:
            return [cell]
        text = " ".join(words[at : at + taken])
        end = place + len(text) + 1
        found.append(Piece(text, cell.left + place * width, cell.left + end * width))
        place, at = end, at + taken
    return found


def plain_head(page: Page) -> Head | None:
    """For a table that no layout knows: the first line of at least three parts."""
    grid = columns_by_rules(page)
    for line in lines(page.glyphs):
        found = _head([line], grid, frozenset())
        if len([cell for cell in found.cells if cell.text]) >= _HEADING_LINES:
            return found
    return None


# --- rules -------------------------------------------------------------------------------------------------------


def columns_by_rules(page: Page) -> tuple[float, ...]:
    """The places of the vertical rules that part columns, outer ones included; none where there are fewer than 3."""
    return _strong(((b.left + b.right) / 2, b.bottom - b.top) for b in page.down)


def bands_by_rules(page: Page) -> tuple[float, ...]:
    """The places of the horizontal rules that part rows; none where there are fewer than 3."""
    return _strong((b.middle, b.right - b.left) for b in page.across)


def _strong(found: Iterable[tuple[float, float]]) -> tuple[float, ...]:
    """Places at which rules lie, those within a few points as one, those of little length left out."""
    places: list[list[float]] = []
    for place, length in sorted(found):
        if places and place - places[-1][0] <= _SAME:
            places[-1][1] += length
        else:
            places.append([place, length])
    longest = max((length for _, length in places), default=0.0)
    kept = tuple(place for place, length in places if length >= longest / 3)
    return kept if len(kept) >= _HEADING_LINES else ()
