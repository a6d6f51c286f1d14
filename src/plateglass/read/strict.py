"""Record by record through a table that the fast scan could not split, or whose records are of several shapes.

Every record keeps its number. What is not a record of this table is listed with its number and the cause; a quote
that is never closed costs one record, since the next line that begins a record of the right shape is found again.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TextIO

from plateglass.catalogue import Catalogue, Layout, LayoutField
from plateglass.model import Rejected, Table
from plateglass.privacy import shown_heading
from plateglass.read import kinds, pdf, records
from plateglass.read.records import Fault

_AHEAD = 8
"""Lines that the record at a recovered place may span."""
_FAR = 200
"""Lines that a record may span at all."""


@dataclass(frozen=True)
class _Bad:
    column: str
    cause: str


class _Shape:
    """What a record of one table looks like."""

    def __init__(self, table: Table, layout: Layout, delimiter: str) -> None:
        self.delimiter = delimiter
        self.width = len(table.headings)
        self.headings = table.headings
        self.plain = records.plain(table.headings)
        self.layout = layout
        self.known = {records.plain_heading(h) for field in layout.fields.values() for h in field.headings}
        self.proving: Mapping[int, LayoutField] = {
            index: layout.fields[field] for field, index in table.columns.items()
            if layout.fields[field].kind in kinds.PROVING
        }  # fmt: skip

    def wrong(self, cells: Sequence[str]) -> tuple[int, int | None]:
        """How many cells tell anything of their kind; and, where most of these are wrong, the first that is."""
        told, first, wrong = 0, None, 0
        for index, field in self.proving.items():
            cell = cells[index].strip() if index < len(cells) else ""
            if cell and not kinds.hides(self.layout, cell):
                told += 1
                if not kinds.fits(field, cell):
                    wrong += 1
                    first = index if first is None else first
        return told, first if 2 * wrong > told else None

    def plausible(self, cells: list[str] | Fault) -> bool:
        """Whether cells could be one record of this table."""
        if isinstance(cells, Fault) or len(cells) != self.width:
            return False
        told, first = self.wrong(cells)
        return (told > 0 and first is None) if self.proving else bool(cells[0].strip())

    def other_headings(self, cells: Sequence[str]) -> bool:
        """Whether cells are headings of the same layout, in another order or number."""
        names = {records.plain_heading(cell) for cell in cells} - {""}
        return len(names) > 1 and len(names & self.known) >= max(2, (3 * len(names) + 3) // 4)


def strictly(table: Table, work: Path, layout: Layout | None = None) -> tuple[Table, tuple[Rejected, ...]]:
    """The table with its good records numbered, and every other record with its number, column and cause.

    `records` of the new table counts its good records; together with the rejected they are all that the file holds.
    Where no layout is given, the one that ships under the table's layout id says what the columns hold.
    """
    known = layout or Catalogue().layouts[table.layout]
    target = work / table.source.id / f"{table.part}-numbered.csv"
    target.parent.mkdir(parents=True, exist_ok=True)
    rejected: list[Rejected] = []
    good = 0
    with (
        table.text.open(encoding="utf-8-sig", newline=None) as read,
        target.open("w", encoding="utf-8", newline="") as written,
    ):
        shape = _Shape(table, known, _delimiter(read, table.headings))
        write = csv.writer(written, lineterminator="\n")
        write.writerow(["record", *table.headings])
        for number, found in enumerate(_judged(_Lines(read), shape), 1):
            if isinstance(found, _Bad):
                rejected.append(Rejected(table.source.id, table.part, number, found.column, found.cause))
            else:
                good += 1
                write.writerow([number, *found])
    relation = records.relation(str(target), shape.width, ",", numbered=True)
    return replace(
        table, text=target, relation=relation, numbered=True, records=good, careful=False
    ), tuple(rejected)  # fmt: skip


def _delimiter(file: TextIO, headings: tuple[str, ...]) -> str:
    """Read past the headings, and say what stands between them."""
    raw = ""
    for line in file:
        raw += line
        for delimiter in records.DELIMITERS:
            cells = records.cells_of(raw.rstrip("\n"), delimiter)
            if not isinstance(cells, Fault) and tuple(cell.strip() for cell in cells) == headings:
                return delimiter
    return ","


class _Lines:
    """Physical lines with a look ahead."""

    def __init__(self, file: Iterator[str]) -> None:
        self._file = file
        self._next: deque[str] = deque()

    def take(self) -> str | None:
        """The next line without its newline; None at the end."""
        if self._next:
            return self._next.popleft()
        line = next(self._file, None)
        return None if line is None else line.removesuffix("\n")

    def give_back(self, lines: Sequence[str]) -> None:
        """Put lines back, to be taken again in the same order."""
        self._next.extendleft(reversed(lines))

    def ahead(self, number: int) -> list[str]:
        """The next lines, not taken."""
        while len(self._next) < number and (line := next(self._file, None)) is not None:
            self._next.append(line.removesuffix("\n"))
        return list(self._next)[:number]


def _judged(lines: _Lines, shape: _Shape) -> Iterator[list[str] | _Bad]:
    """Every record in order: its cells, or why it is none of this table's."""
    foreign = False
    while (line := lines.take()) is not None:
        if not line:
            continue
        found = _record(line, lines, shape)
        if isinstance(found, list) and len(found) == 1 and pdf.GAP.fullmatch(found[0]):
            found = _Bad("", found[0].strip())
        elif isinstance(found, list):
            first = records.plain_heading(found[0])
            if first == shape.plain[0] and records.plain(found) == shape.plain:
                foreign, found = False, _Bad("", "repeated headings")
            elif first in shape.known and shape.other_headings(found):
                foreign, found = True, _Bad("", "headings of another export, in another order")
            elif foreign:
                found = _Bad("", "it belongs to a second export, whose columns stand in another order")
            else:
                found = _of_its_kind(found, shape)
        yield found


def _of_its_kind(cells: list[str], shape: _Shape) -> list[str] | _Bad:
    if len(cells) == shape.width + 1 and not cells[-1].strip():
        cells = cells[:-1]
    if len(cells) != shape.width:
        return _Bad("", f"{len(cells)} cells; expected {shape.width}")
    if sum(len(cell.encode()) + cell.count('"') + 3 for cell in cells) > records.MAX_RECORD:
        return _Bad("", f"longer than {records.MAX_RECORD >> 20} MiB, which no record of a log is")
    _, wrong = shape.wrong(cells)
    if wrong is None:
        return cells
    kind = shape.proving[wrong].kind
    return _Bad(
        shown_heading(shape.headings[wrong]), f"the columns hold other things here: not a value of the kind {kind}"
    )


def _record(line: str, lines: _Lines, shape: _Shape) -> list[str] | _Bad:
    """The record that begins with a line; one that can't be split ends where the next one is found."""
    taken = [line]
    cells = records.cells_of(line, shape.delimiter)
    while cells is Fault.OPEN and len(taken) < _FAR and (more := lines.take()) is not None:
        taken.append(more)
        cells = records.cells_of("\n".join(taken), shape.delimiter)
    if not isinstance(cells, Fault) and not _swallowed(cells, taken, lines, shape):
        return cells
    resume = next((at for at in range(1, len(taken)) if _begins(taken[at:], lines, shape)), None)
    if resume is not None:
        lines.give_back(taken[resume:])
        return _Bad("", Fault.OPEN.value)
    cause = cells.value if isinstance(cells, Fault) else f"{len(cells)} cells; expected {shape.width}"
    if len(taken) > 1:
        cause = Fault.OPEN.value
    lines.give_back(taken[1:])
    while (rest := lines.ahead(1)) and not _begins([], lines, shape) and not _regular(rest[0], shape):
        lines.take()
    return _Bad("", cause)


def _swallowed(cells: list[str], taken: list[str], lines: _Lines, shape: _Shape) -> bool:
    """Whether a record that spans lines has run over the beginning of another."""
    if len(taken) == 1:
        return False
    within = len(cells) == shape.width
    if within and all(cell.count(shape.delimiter) < shape.width - 1 for cell in cells if "\n" in cell):
        return False
    return any(_begins(taken[at:], lines, shape) for at in range(1, len(taken)))


def _begins(taken: list[str], lines: _Lines, shape: _Shape) -> bool:
    """Whether a line begins a record of this table, which may go on for a few lines."""
    following = taken[:_AHEAD]
    if len(following) < _AHEAD:
        following = [*following, *lines.ahead(_AHEAD - len(following))]
    text = ""
    for at, line in enumerate(following):
        text = f"{text}\n{line}" if at else line
        cells = records.cells_of(text, shape.delimiter)
        if cells is not Fault.OPEN:
            return shape.plausible(cells)
    return False


def _regular(line: str, shape: _Shape) -> bool:
    """Whether a line begins a record that is broken too: of nearly the right width, or right as far as it goes."""
    cells, fault = records.split(line, shape.delimiter)
    if fault is None and abs(len(cells) - shape.width) <= 1 < len(cells):
        return True
    told, first = shape.wrong(cells)
    return told > 0 and first is None
