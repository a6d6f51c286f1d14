"""A second export below the first without headings of its own: the order of its columns, told by what they hold.

Many records that follow each other say more than one does. A column of theirs may be a column of the table where
nearly all its cells are of that column's kind, and where it holds that column's values when it holds any known ones.
Where the columns can be put together in one way only, that is their order; else there is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from plateglass.read.repair import Habits

FEWEST: Final = 10
"""Records that follow each other, of which an order is believed."""
LOOKED_AT: Final = 300
"""Records of a block that are looked at."""
_NEARLY: Final = 0.98
_MANY: Final = 0.5
_FEW: Final = 0.1

Order = tuple[int | None, ...]
"""For each column of a block its place in the table; None for a column that holds nothing."""


def order(habits: Habits, rows: Sequence[Sequence[str]]) -> Order | None:
    """The one order of a block's columns; None where there is none, or more than one."""
    width = len(habits.headings)
    if len(rows) < FEWEST or any(len(row) != width for row in rows):
        return None
    columns = [[cell.strip() for cell in column if cell.strip()] for column in zip(*rows, strict=True)]
    full = [at for at, column in enumerate(columns) if column]
    allowed = [_places(habits, columns[at], len(rows)) for at in full]
    found = list(_assignments(allowed, frozenset()))
    left = set(range(width)) - set(found[0]) if len(found) == 1 else set()
    if len(found) != 1 or not all(habits.fits(at, "") for at in left):
        return None
    places = dict(zip(full, found[0], strict=True))
    return tuple(places.get(at) for at in range(width))


def put(cells: Sequence[str], known: Order) -> list[str]:
    """A record of a block in the order of the table."""
    made = [""] * len(known)
    for cell, at in zip(cells, known, strict=True):
        if at is not None:
            made[at] = cell
    return made


def _places(habits: Habits, cells: Sequence[str], records: int) -> list[int]:
    """The columns of the table that a column of a block may be."""
    width = range(len(habits.headings))
    fitting = [at for at in width if sum(habits.fits(at, cell) for cell in cells) >= _NEARLY * len(cells)]
    fitting = [at for at in fitting if len(cells) == records or habits.fits(at, "")]
    known = {at: sum(cell in habits.values[at] for cell in cells) / len(cells) for at in width}
    telling = max(known.values()) >= _MANY
    return [at for at in fitting if not telling or known[at] >= _FEW]


def _assignments(allowed: Sequence[Sequence[int]], taken: frozenset[int]) -> Iterator[tuple[int, ...]]:
    """Ways to give every column a place of its own, two at most: more than one is none."""
    if not allowed:
        yield ()
        return
    number = 0
    for at in allowed[0]:
        if at not in taken:
            for rest in _assignments(allowed[1:], taken | {at}):
                yield (at, *rest)
                number += 1
                if number > 1:
                    return
