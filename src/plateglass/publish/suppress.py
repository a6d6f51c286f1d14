"""Small cells: which counts by agency stay unprinted, so that neither they nor the totals give a person away.

A count from 1 to one less than the threshold is shown as `<5`. Totals of a rule stay, so hiding one cell alone hides
nothing: further cells are withheld until every small cell could be another number, with everything that is
printed still true. That is tested by a swap: one unit moved between two hidden cells must leave every printed
number, every class and every bound as it is.
"""

from __future__ import annotations

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
    if over is None or not _tested_is_safe(cells, hidden, below):
        return None
    return [
        Shown(
            cell.agency,
            _word(cell.tested, below) if cell.agency in hidden else cell.tested,
            _word(cell.over, below) if cell.agency in over else cell.over,
        )
        for cell in cells
    ]


def _word(count: int, below: int) -> str:
    return f"<{below}" if 0 < count < below else WITHHELD


def _tested(rules: Iterable[Sequence[Cell]], below: int) -> set[str]:
    """The agencies whose tested units are not printed in any table."""
    tables = [cells for cells in rules if cells]
    hidden = {cell.agency for cells in tables for cell in cells if 0 < cell.tested < below}
    if not hidden:
        return hidden
    largest: dict[str, int] = {}
    for cells in tables:
        for cell in cells:
            largest[cell.agency] = max(largest.get(cell.agency, 0), cell.tested)
    spare = sorted((size, agency) for agency, size in largest.items() if agency not in hidden)
    for _size, agency in spare:
        if all(_tested_is_safe(cells, hidden, below) for cells in tables):
            break
        hidden.add(agency)
    return hidden


def _tested_is_safe(cells: Sequence[Cell], hidden: set[str], below: int) -> bool:
    kept = [cell for cell in cells if cell.agency in hidden and cell.tested]
    return all(
        any(_can(cell, step, below) and _partner(kept, cell, -step, below) for step in (1, -1))
        for cell in kept
        if cell.tested < below
    )


def _partner(kept: Sequence[Cell], cell: Cell, step: int, below: int) -> bool:
    return any(other is not cell and _can(other, step, below) for other in kept)


def _can(cell: Cell, step: int, below: int) -> bool:
    """Whether the tested units of a hidden cell could be one more or less, all else as it is."""
    low, high = (1, below - 1) if cell.tested < below else (below, cell.tested + 1)
    return max(low, cell.over) <= cell.tested + step <= high


def _over(cells: Sequence[Cell], tested: set[str], below: int) -> set[str] | None:
    """The agencies whose units at fault are not printed in this table; None where hiding all does not help."""
    hidden = {cell.agency for cell in cells if 0 < cell.over < below}
    spare = [c.agency for c in sorted(cells, key=lambda c: (c.over, c.agency)) if c.over >= below]
    while not _over_is_safe([cell for cell in cells if cell.agency in hidden], tested, below):
        if not spare:
            return None
        hidden.add(spare.pop(0))
    return hidden


def _over_is_safe(kept: Sequence[Cell], tested: set[str], below: int) -> bool:
    return all(
        any(_moves(cell, other, step, tested, below) for other in kept if other is not cell for step in (1, -1))
        for cell in kept
        if cell.over < below
    )


def _moves(cell: Cell, other: Cell, step: int, tested: set[str], below: int) -> bool:
    """Whether a unit at fault could have been the other agency's, with or without the test that found it."""
    pairs = ((cell, step), (other, -step))
    if all(_fits(c, s, 0, below) for c, s in pairs):
        return True
    return all(c.agency in tested and _fits(c, s, s, below) for c, s in pairs)


def _fits(cell: Cell, over: int, tested: int, below: int) -> bool:
    """Whether a cell stays in its classes with so many more units at fault and tested."""
    low, high = (1, below - 1) if cell.over < below else (below, cell.over + 1)
    small = cell.tested < below
    return low <= cell.over + over <= min(high, cell.tested + tested) and small == (cell.tested + tested < below)
