"""Record by record through a table that the fast scan could not split, or whose records are of several shapes.

Every record keeps its number. What is not a record of this table is listed with its number and the cause; a quote
that is never closed costs one record, since the next line that begins a record of the right shape is found again.
What could be split and does not fit is looked at once more at the end, when the good records have told what each
column holds (see `repair`): where it can have been one thing only, it is taken as that, and marked.
"""

from __future__ import annotations

import csv
import json
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Self, TextIO

from plateglass.catalogue import Catalogue, Layout, LayoutField
from plateglass.errors import Place, PlateglassError
from plateglass.model import Rejected, Table
from plateglass.privacy import shown_heading
from plateglass.read import blocks, kinds, matching, pdf, places, records, repair
from plateglass.read.records import Fault

_AHEAD = 8
"""Lines that the record at a recovered place may span."""
_LOOKED_AT = 60
"""Lines below other headings by which it is told whether they head a table."""
_FAR = 200
"""Lines that a record may span at all."""


@dataclass(frozen=True)
class _Bad:
    column: str
    cause: str
    cells: tuple[str, ...] = ()
    """What could be split of it, where it may be repaired; with no cause, it is good enough as it is."""
    how: str = ""
    """How it was repaired already."""


@dataclass(frozen=True)
class _Other:
    """Headings of another export of the same log, whose records are a table of their own."""

    headings: tuple[str, ...]


class _Shape:
    """What a record of one table looks like."""

    def __init__(self, table: Table, layout: Layout, delimiter: str) -> None:
        self.delimiter = delimiter
        self.width = len(table.headings)
        self.headings = table.headings
        self.plain = records.plain(table.headings)
        self.layout = layout
        named = [*layout.ignore, *(heading for field in layout.fields.values() for heading in field.headings)]
        self.known = set(records.plain(named)) - {""}
        self.fields: Mapping[int, LayoutField] = {at: layout.fields[field] for field, at in table.columns.items()}
        self.proving = {at: field for at, field in self.fields.items() if field.kind in kinds.PROVING}

    def wrong(self, cells: Sequence[str]) -> tuple[int, int, int | None]:
        """How many cells tell anything of their kind, how many of these are wrong, and the first where most are."""
        told, wrong, first = 0, 0, None
        for index, field in self.proving.items():
            cell = cells[index].strip() if index < len(cells) else ""
            if cell and not kinds.hides(self.layout, cell):
                told += 1
                if not kinds.fits(field, cell):
                    wrong += 1
                    first = index if first is None else first
        return told, wrong, first if 2 * wrong > told else None

    def odd(self, cells: Sequence[str]) -> bool:
        """Whether some cell is of a kind that its column never holds, such as a time where a word belongs."""
        told = ((field, cell) for at, field in self.fields.items() if (cell := cells[at].strip()))
        return any(not kinds.fits(field, cell) and not kinds.hides(self.layout, cell) for field, cell in told)

    def plausible(self, cells: list[str] | Fault) -> bool:
        """Whether cells could be one record of this table."""
        if isinstance(cells, Fault) or len(cells) != self.width:
            return False
        told, wrong, _ = self.wrong(cells)
        return told > 2 * wrong if self.proving else bool(cells[0].strip())

    def order(self, names: Sequence[str]) -> tuple[int, ...] | None:
        """For each of other headings the column that it names; None unless they are the same columns, each once."""
        plain = [records.plain_heading(name) for name in names]
        columns = [[at for at, each in self.fields.items() if name in records.plain(each.headings)] for name in plain]
        found = tuple(at for each in columns for at in each)
        same = len(found) == len(columns) and sorted(found) == sorted(self.fields)
        return found if same and all(len(each) == 1 for each in columns) else None

    def other_headings(self, cells: Sequence[str]) -> bool:
        """Whether cells are headings of the same layout, in another order or number."""
        names = {records.plain_heading(cell) for cell in cells} - {""}
        return len(names) > 1 and len(names & self.known) >= max(2, (3 * len(names) + 3) // 4)

    def heads(self, headings: Sequence[str], lines: Sequence[str], place: Place) -> bool:
        """Whether the layout knows a table of other headings and of the lines that follow them."""
        rows = [piece.cells for piece in records.pieces("\n".join(lines), self.delimiter) if piece.text]
        try:
            matching.no_doubles(headings, place)
            places.refuse([self.layout], headings, rows, place)
        except PlateglassError:
            return False
        fitting = [row for row in rows if len(row) == len(headings)]
        return bool(fitting) and matching.match(self.layout, headings, fitting).claims


def strictly(
    table: Table, work: Path, layout: Layout | None = None, *, whole: bool = False
) -> tuple[Table, tuple[Rejected, ...]]:
    """The table with its good records numbered, and every other record with its number, column and cause.

    `records` of the new table counts its good records; together with the rejected they are all that the file holds,
    down to headings of another export, which are the last of them: what stands below these is `below` of the new
    table. Where the table is to be `whole`, the records there are rejected one by one.
    Where no layout is given, the one that ships under the table's layout id says what the columns hold.
    """
    known = layout or Catalogue().layouts[table.layout]
    target = work / table.source.id / f"{table.part}-numbered.csv"
    target.parent.mkdir(parents=True, exist_ok=True)
    with table.text.open(encoding="utf-8-sig", newline=None) as read, _Kept(table, known, target) as kept:
        shape = _Shape(table, known, _delimiter(read, table.headings))
        lines, below = _Lines(read), None
        for number, found in enumerate(_judged(lines, shape, None if whole else Place(table.source.name)), 1):
            if isinstance(found, _Other):
                below = lines.rest(target.with_name(f"{table.part}-below.csv"), found.headings, shape.delimiter)
                kept.take(number, _Bad("", "headings of another export, whose records are a table of their own"))
            else:
                kept.take(number, found)
        kept.again()
    relation = records.relation(str(target), shape.width, ",", numbered=True)
    rejected, repaired = (tuple(sorted(some, key=lambda r: r.record)) for some in (kept.rejected, kept.repaired))
    single = replace(table, text=target, relation=relation, numbered=True, records=kept.good, careful=False)
    return replace(single, repaired=repaired, below=below), rejected


class _Kept:
    """What became of each record: written as it is, repaired and written, or rejected."""

    def __init__(self, table: Table, layout: Layout, target: Path) -> None:
        self.source, self.part = table.source.id, table.part
        fields = {index: layout.fields[name] for name, index in table.columns.items()}
        self.habits = repair.Habits(layout, table.headings, fields)
        self.rejected: list[Rejected] = []
        self.repaired: list[Rejected] = []
        self.good = 0
        self._written = target.open("w", encoding="utf-8", newline="")
        self._write = csv.writer(self._written, lineterminator="\n").writerow
        self._write(["record", *table.headings])
        self._waiting = target.with_suffix(".waiting").open("w+", encoding="utf-8")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._written.close()
        self._waiting.close()
        Path(self._waiting.name).unlink()

    def take(self, number: int, found: list[str] | _Bad) -> None:
        """Keep a good record, and learn from it; put one that may be repaired aside; list any other."""
        if not isinstance(found, _Bad):
            self.habits.learn(found)
            self._good(number, found)
        elif found.cells and found.how:
            self._mended(number, repair.Repair(found.cells, found.column, found.how))
        elif found.cells:
            self._waiting.write(json.dumps([number, found.column, found.cause, *found.cells]) + "\n")
        else:
            self._bad(number, found.column, found.cause)

    def again(self) -> None:
        """Look once more at what was put aside, now that good records have told what the columns hold."""
        orders = {first: (last, known) for first, last, known in self._blocks()}
        last, known = 0, None
        for number, column, cause, cells in self._aside():
            last, known = orders.get(number, (last, known))
            made = blocks.put(cells, known) if known is not None and number <= last else cells
            if made is not cells and all(self.habits.fits(at, cell) for at, cell in enumerate(made)):
                self._mended(
                    number, repair.Repair(tuple(made), "", "put in the order that many records beside it tell")
                )
                continue
            mended = repair.repaired(self.habits, cells)
            if mended is not None:
                self._mended(number, mended)
            elif cause:
                self._bad(number, column, cause)
            else:
                self._good(number, cells)

    def _aside(self) -> Iterator[tuple[int, str, str, list[str]]]:
        """Number, column, cause and cells of what was put aside."""
        self._waiting.seek(0)
        for line in self._waiting:
            number, column, cause, *cells = json.loads(line)
            yield number, column, cause, cells

    def _blocks(self) -> Iterator[tuple[int, int, blocks.Order]]:
        """First and last number of records put aside that follow each other, and the order of their columns."""
        first, last, rows = 0, -1, list[list[str]]()
        for number, _, cause, cells in chain(self._aside(), [(-1, "", "", [])]):
            if number != last + 1:
                if rows and (known := blocks.order(self.habits, rows)) is not None:
                    yield first, last, known
                first, rows = number, []
            last = number
            if cause and len(rows) < blocks.LOOKED_AT:
                rows.append(cells)

    def _good(self, number: int, cells: Sequence[str]) -> None:
        self.good += 1
        self._write([number, *cells])

    def _mended(self, number: int, mended: repair.Repair) -> None:
        self._good(number, mended.cells)
        self.repaired.append(Rejected(self.source, self.part, number, mended.column, mended.how))

    def _bad(self, number: int, column: str, cause: str) -> None:
        self.rejected.append(Rejected(self.source, self.part, number, column, cause))


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

    def rest(self, target: Path, headings: Sequence[str], delimiter: str) -> Path:
        """Write headings and every line that was not taken to a text of its own."""
        with target.open("w", encoding="utf-8", newline="") as written:
            csv.writer(written, delimiter=delimiter, lineterminator="\n").writerow(headings)
            while (line := self.take()) is not None:
                written.write(f"{line}\n")
        return target


def _judged(lines: _Lines, shape: _Shape, place: Place | None) -> Iterator[list[str] | _Bad | _Other]:
    """Every record in order: its cells, or why it is none of this table's.

    Where a place is given, headings of another export that can be a table of its own are the last that is told.
    """
    foreign: _Foreign | None = None
    while (line := lines.take()) is not None:
        if not line:
            continue
        found = _record(line, lines, shape)
        if isinstance(found, list) and len(found) == 1 and pdf.GAP.fullmatch(found[0]):
            found = _Bad("", found[0].strip())
        elif isinstance(found, list):
            first = records.plain_heading(found[0])
            if first == shape.plain[0] and records.plain(found) == shape.plain:
                foreign, found = None, _Bad("", "repeated headings")
            elif first in shape.known and shape.other_headings(found):
                foreign = _Foreign(len(found), shape.order(found))
                if place is not None and foreign.order is None and shape.heads(found, lines.ahead(_LOOKED_AT), place):
                    yield _Other(tuple(found))
                    return
                found = _Bad("", "headings of another export, in another order")
            else:
                found = _of_its_kind(found, shape) if foreign is None else foreign.put(found, shape)
        yield found


@dataclass(frozen=True)
class _Foreign:
    """A second export below the first, whose columns stand in another order."""

    width: int
    order: tuple[int, ...] | None
    """The place of each of its columns in the first; None where they are not the same columns."""

    def put(self, cells: list[str], shape: _Shape) -> _Bad:
        """One of its records in the order of the first, where its own headings say which cell is which."""
        if self.order is not None and len(cells) == self.width:
            made = [""] * shape.width
            for at, cell in zip(self.order, cells, strict=True):
                made[at] = cell
            told, wrong, _ = shape.wrong(made)
            if told and not wrong and not _long(made):
                return _Bad("", "", tuple(made), "put in the order of the first headings, by its own above it")
        return _Bad("", "it belongs to a second export, whose columns stand in another order")


def _long(cells: Sequence[str]) -> bool:
    return sum(len(cell.encode()) + cell.count('"') + 3 for cell in cells) > records.MAX_RECORD


def _of_its_kind(cells: list[str], shape: _Shape) -> list[str] | _Bad:
    if len(cells) == shape.width + 1 and not cells[-1].strip():
        cells = cells[:-1]
    if _long(cells):
        return _Bad("", f"longer than {records.MAX_RECORD >> 20} MiB, which no record of a log is")
    if len(cells) != shape.width:
        return _Bad("", f"cells: {len(cells)}; expected {shape.width}", tuple(cells))
    _, wrong, first = shape.wrong(cells)
    if first is None:
        return _Bad("", "", tuple(cells)) if wrong or shape.odd(cells) else cells
    kind = shape.proving[first].kind
    heading = shown_heading(shape.headings[first])
    return _Bad(heading, f"the columns hold other things here: not a value of the kind {kind}", tuple(cells))


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
    cause = cells.value if isinstance(cells, Fault) else f"cells: {len(cells)}; expected {shape.width}"
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
            return shape.plausible(cells) and records.tidy(text, shape.delimiter)
    return False


def _regular(line: str, shape: _Shape) -> bool:
    """Whether a line begins a record that is broken too: of nearly the right width, or right as far as it goes."""
    cells, fault = records.split(line, shape.delimiter)
    if fault is None and abs(len(cells) - shape.width) <= 1 < len(cells):
        return True
    told, wrong, _ = shape.wrong(cells)
    return told > 2 * wrong
