"""Small cells: which counts by agency stay unprinted, so that neither they nor the totals give a person away.

A count from 1 to one less than the threshold is shown as `<5`. Totals of a rule stay, so hiding one cell alone hides
nothing: further cells are withheld until every small cell could be another number, with everything that is
printed still true. That is tested by a swap: one unit moved between two hidden cells must leave every printed
number, every class and every bound as it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

WITHHELD = "withheld"
"""What stands for a count that is not small, but would give a small one away."""
LEAST = 3
"""Below this threshold nothing is suppressed: a cell that reads `<2` can only be 1."""


@dataclass(frozen=True)
class Cell:
    """One agency's units in one table: how many were tested, how many were at fault."""

    agency: str
    tested: int
    over: int


@dataclass(frozen=True)
class Shown:
    """One agency's row as it may be printed."""

    agency: str
    tested: str | int
    over: str | int


def tables(rules: Mapping[str, Sequence[Cell]], below: int) -> dict[str, list[Shown] | None]:
    """Each rule's table by agency as it may be printed; None where no table can be shown without giving a cell away.

    What was tested is hidden alike in all tables: the same agency in the same log is tested by many rules, and a
    number hidden in one table must not stand in the next.
    """
    if below < LEAST:
        return {rule: [Shown(c.agency, c.tested, c.over) for c in cells] for rule, cells in rules.items()}
    hidden = _tested(list(rules.values()), below)
    for cells in rules.values():
        hidden = _widened(cells, hidden, below)
    return {rule: _table(cells, hidden, below) for rule, cells in rules.items()}


def _widened(cells: Sequence[Cell], hidden: set[str], below: int) -> set[str]:
    """Hide what more agencies had tested, where a table needs it: its agencies are at fault always or never."""
    if _over(cells, hidden, below) is not None:
        return hidden
    wider = set(hidden)
    for cell in sorted((c for c in cells if c.over >= below), key=lambda c: (c.tested, c.agency)):
        wider.add(cell.agency)
        if _over(cells, wider, below) is not None:
            return wider
    return hidden


def _table(cells: Sequence[Cell], hidden: set[str], below: int) -> list[Shown] | None:
    over = _over(cells, hidden, below)
    kept = _Hidden()
    for cell in cells:
        if cell.agency in hidden and cell.tested:
            kept.add(_tested_moves(cell, below), small=cell.tested < below)
    if over is None or not kept.safe():
        return None
    return [
        Shown(
            cell.agency,
            word(cell.tested, below) if cell.agency in hidden else cell.tested,
            word(cell.over, below) if cell.agency in over else cell.over,
        )
        for cell in cells
    ]


def word(count: int, below: int) -> str:
    """What stands in place of a count that is not printed."""
    return f"<{below}" if 0 < count < below else WITHHELD


_Moves = frozenset[tuple[str, int]]
"""What could be otherwise in a cell, each with its step: one unit more or less."""


class _Hidden:
    """The hidden cells of one table; adding one and asking whether they are safe costs the same for any number."""

    def __init__(self) -> None:
        self._able: Counter[tuple[str, int]] = Counter()
        self._small: Counter[_Moves] = Counter()

    def add(self, moves: _Moves, *, small: bool) -> None:
        """Hide one more cell."""
        self._able.update(moves)
        if small:
            self._small[moves] += 1

    def safe(self) -> bool:
        """Whether every small cell could be another number: a unit of it another hidden cell's, or the other way."""
        return all(
            any(self._able[what, -step] > ((what, -step) in moves) for what, step in moves) for moves in self._small
        )


def _tested(rules: Iterable[Sequence[Cell]], below: int) -> set[str]:
    """The agencies whose tested units are not printed in any table."""
    tables = [cells for cells in rules if cells]
    hidden = {cell.agency for cells in tables for cell in cells if 0 < cell.tested < below}
    if not hidden:
        return hidden
    largest: dict[str, int] = {}
    places: dict[str, list[tuple[int, Cell]]] = {}
    for number, cells in enumerate(tables):
        for cell in cells:
            largest[cell.agency] = max(largest.get(cell.agency, 0), cell.tested)
            places.setdefault(cell.agency, []).append((number, cell))
    kept = [_Hidden() for _ in tables]
    for agency in hidden:
        _hide(places[agency], kept, below)
    unsafe = {number for number, table in enumerate(kept) if not table.safe()}
    spare = sorted((size, agency) for agency, size in largest.items() if agency not in hidden)
    for _size, agency in spare:
        if not unsafe:
            break
        hidden.add(agency)
        _hide(places[agency], kept, below)
        unsafe -= {number for number in unsafe if kept[number].safe()}
    return hidden


def _hide(places: Iterable[tuple[int, Cell]], kept: Sequence[_Hidden], below: int) -> None:
    for number, cell in places:
        if cell.tested:
            kept[number].add(_tested_moves(cell, below), small=cell.tested < below)


def _tested_moves(cell: Cell, below: int) -> _Moves:
    return frozenset(("tested", step) for step in (1, -1) if _can(cell, step, below))


def _can(cell: Cell, step: int, below: int) -> bool:
    """Whether the tested units of a hidden cell could be one more or less, all else as it is."""
    low, high = (1, below - 1) if cell.tested < below else (below, cell.tested + 1)
    return max(low, cell.over) <= cell.tested + step <= high


def _over(cells: Sequence[Cell], tested: set[str], below: int) -> set[str] | None:
    """The agencies whose units at fault are not printed in this table; None where hiding all does not help."""
    hidden = {cell.agency for cell in cells if 0 < cell.over < below}
    spare = [c for c in sorted(cells, key=lambda c: (c.over, c.agency)) if c.over >= below]
    kept = _Hidden()
    for cell in cells:
        if cell.agency in hidden:
            kept.add(_over_moves(cell, tested, below), small=cell.over < below)
    for cell in spare:
        if kept.safe():
            break
        hidden.add(cell.agency)
        kept.add(_over_moves(cell, tested, below), small=False)
    return hidden if kept.safe() else None


def _over_moves(cell: Cell, tested: set[str], below: int) -> _Moves:
    """How units at fault could have been another agency's, with or without the test that found them."""
    alone = {("over", step) for step in (1, -1) if _fits(cell, step, 0, below)}
    both = {("both", step) for step in (1, -1) if cell.agency in tested and _fits(cell, step, step, below)}
    return frozenset(alone | both)


def _fits(cell: Cell, over: int, tested: int, below: int) -> bool:
    """Whether a cell stays in its classes with so many more units at fault and tested."""
    low, high = (1, below - 1) if cell.over < below else (below, cell.over + 1)
    small = cell.tested < below
    return low <= cell.over + over <= min(high, cell.tested + tested) and small == (cell.tested + tested < below)
