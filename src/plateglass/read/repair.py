"""The second, marked pass: what a record that strict reading rejects must have been, where there is one answer only.

A record may have one cell too many, one too few, a comma that nobody quoted, or cells that stand one column beside
their own. Every such reading of it is tried; where exactly one puts each cell into a column that holds such values,
the record is taken as that, and marked. Good records of the same table tell what a column holds beside its kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from plateglass.catalogue import Layout, LayoutField
from plateglass.privacy import shown_heading
from plateglass.read import kinds

_ENOUGH: Final = 20
"""Good records from which a column's habits are known."""
_LEARNT: Final = 20_000
"""Good records that are looked at, at most."""
_KNOWN: Final = 3_000
"""Different cells of a column that are remembered."""
_PROOF: Final = 2
"""Cells of a kind that text does not have by chance: with fewer, nothing is repaired."""
_JOINED: Final = 3
"""Commas of one text, at most, that nobody quoted."""
_PROSE: Final = frozenset({"text", "name", "person", "words", "list"})
"""Kinds that hold commas."""
_DIGITS: Final = re.compile(r"\d+")
_LETTERS: Final = re.compile(r"[^\W\d_]+(?:[ .'-]+[^\W\d_]+)*")


@dataclass(frozen=True)
class Repair:
    """A record as it must have been, and what was done to it."""

    cells: tuple[str, ...]
    column: str
    """The heading beside which it was broken, as it may be shown."""
    how: str


@dataclass
class Habits:
    """What the columns of one table hold, told by its layout and by its good records."""

    layout: Layout
    headings: tuple[str, ...]
    fields: Mapping[int, LayoutField]
    """Index of a column -> what its layout says of it."""
    learnt: int = 0
    shapes: list[set[str]] = field(init=False)
    values: list[set[str]] = field(init=False)
    """Some cells of each column as they were written."""
    blank: list[bool] = field(init=False)

    def __post_init__(self) -> None:
        """Know nothing yet."""
        self.shapes = [set() for _ in self.headings]
        self.values = [set() for _ in self.headings]
        self.blank = [False] * len(self.headings)

    def learn(self, cells: Sequence[str]) -> None:
        """Take a good record as an example."""
        if self.learnt < _LEARNT:
            self.learnt += 1
            for at, cell in enumerate(cells):
                trimmed = cell.strip()
                if trimmed:
                    self.shapes[at].add(_shape(trimmed))
                    if len(self.values[at]) < _KNOWN:
                        self.values[at].add(trimmed)
                else:
                    self.blank[at] = True

    def proves(self, at: int) -> bool:
        """Whether a column's kind is one that text does not have by chance."""
        return at in self.fields and self.fields[at].kind in kinds.PROVING

    def fits(self, at: int, cell: str) -> bool:
        """Whether a cell may stand in a column."""
        trimmed, about = cell.strip(), self.fields.get(at)
        known = self.learnt >= _ENOUGH
        if not trimmed:
            return self.blank[at] or not known
        if about is not None:
            if kinds.hides(self.layout, trimmed):
                return True
            if not kinds.fits(about, trimmed) or not _in_vocabulary(about, trimmed):
                return False
        if self.proves(at) or not known:
            return True
        shape = _shape(trimmed)
        return shape in self.shapes[at] or not any(shape in each for each in self.shapes)

    def proof(self, cells: Sequence[str]) -> int:
        """How many cells are of a kind that text does not have by chance."""
        return sum(1 for at, cell in enumerate(cells) if self.proves(at) and cell.strip())


def _in_vocabulary(about: LayoutField, cell: str) -> bool:
    return about.kind != "word" or not about.words or cell.casefold() in {word.casefold() for word in about.words}


def _shape(cell: str) -> str:
    """What a cell looks like: runs of digits as 9, of words as A."""
    return _LETTERS.sub("A", _DIGITS.sub("9", cell[:80]))[:24]


def repaired(habits: Habits, cells: Sequence[str]) -> Repair | None:
    """The one reading of a record that fits; None where there is none, or more than one."""
    found: dict[tuple[str, ...], Repair] = {}
    for at, made, how in _readings(habits, list(cells)):
        if tuple(made) not in found and habits.proof(made) >= _PROOF:
            found[tuple(made)] = Repair(tuple(made), shown_heading(habits.headings[at]), how)
        if len(found) > 1:
            return None
    return next(iter(found.values()), None)


def _readings(habits: Habits, cells: list[str]) -> Iterator[tuple[int, list[str], str]]:
    """Every reading of a record that fits: the column where it was broken, its cells, and how."""
    for at, made, how in _tries(habits, cells):
        if all(habits.fits(n, cell) for n, cell in enumerate(made)):
            yield at, made, how


def _tries(habits: Habits, cells: list[str]) -> Iterator[tuple[int, list[str], str]]:
    width = len(habits.headings)
    over = len(cells) - width
    if over == 0:
        yield from _beside(cells)
    elif over == -1:
        for at in range(width):
            yield at, [*cells[:at], "", *cells[at:]], "a cell is missing here; it is read as blank"
    elif 0 < over <= _JOINED:
        for at in range(width):
            if over == 1 and not cells[at].strip():
                yield at, cells[:at] + cells[at + 1 :], "a blank cell too many stands here; it is left out"
            parts, about = cells[at : at + over + 1], habits.fields.get(at)
            prose = about is not None and about.kind in _PROSE and parts[0].strip()
            if prose and all(part.startswith(" ") for part in parts[1:]):
                made = [*cells[:at], ",".join(parts), *cells[at + over + 1 :]]
                yield at, made, "a comma within the text was not quoted; its parts are joined"


def _beside(cells: list[str]) -> Iterator[tuple[int, list[str], str]]:
    """A record of the right width: from a column on its cells stand one too far to the right, or to the left."""
    for blank, cell in enumerate(cells):
        for at in range(len(cells)):
            if not cell.strip() and at != blank:
                made = cells[:blank] + cells[blank + 1 :]
                made.insert(at, "")
                way = "right" if blank < at else "left"
                yield min(at, blank), made, f"from here on cells stand one column too far to the {way}"
