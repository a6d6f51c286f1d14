"""The answers as they may be printed: labels in words, small counts suppressed, each table with its chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from plateglass.catalogue import Catalogue
from plateglass.publish import charts, drawings, suppress, words
from plateglass.publish.coverage import Crossing
from plateglass.publish.findings import UNRECOGNISED
from plateglass.questions import KEPT, Answer, AnswerTable, Heading, Row, Value, Worth, kept, month_name
from plateglass.store import Store

ROWS: Final = 30
"""So many rows of a table stand in the page; questions.jsonl has all."""
PANELS: Final = 6
"""So many series are drawn below each other, those with most searches."""
BARS: Final = 10


@dataclass(frozen=True)
class Labels:
    """What the numbers of a run are called."""

    agencies: Mapping[int, str]
    """`agency_no` -> name, of public bodies only."""
    logs: Mapping[int, str]
    codes: Mapping[str, str]
    hidden: Mapping[str, str]
    """Ids of agencies -> what may be printed for them, where content puts an id into a label."""

    def of(self, row: Row, kind: str) -> str:
        """A row's label in words."""
        value = row.label
        if kind == "agency":
            return self.agencies.get(int(value), UNRECOGNISED) if isinstance(value, int) else UNRECOGNISED
        if kind == "month":
            return words.month_name(month_name(int(value))) if isinstance(value, int) else words.NONE
        if kind == "log":
            return self.log(value)
        if value is None:
            return words.NONE
        text = str(value)
        if kind == "code":
            return f"{text.upper()} {self.codes.get(text, '')}".strip()
        return words.field(text) if kind == "field" else words.clean(self.hidden.get(text, text))

    def log(self, value: Value) -> str:
        """A log by its number."""
        return self.logs.get(int(value), f"log {value}") if isinstance(value, int | float) else words.NONE


@dataclass(frozen=True)
class Line:
    """One row as it is printed, and as programs read it."""

    label: str
    series: str
    cells: tuple[str, ...]
    values: tuple[Value, ...]


@dataclass(frozen=True)
class TablePage:
    """One table as it is printed."""

    anchor: str
    title: str
    heading: str
    unit: str
    columns: tuple[Heading, ...]
    lines: tuple[Line, ...]
    why: str
    notes: tuple[str, ...]
    series: bool
    """Whether rows have a second name."""
    chart: charts.Chart | None
    drawing: drawings.Drawing | None
    eras: tuple[tuple[str, Crossing], ...]

    @property
    def shown(self) -> tuple[Line, ...]:
        """The rows that stand in the page."""
        return self.lines[:ROWS]


@dataclass(frozen=True)
class AnswerPage:
    """One answer as it is printed."""

    number: int
    answer: Answer
    period: str
    tables: tuple[TablePage, ...]


@dataclass(frozen=True)
class Book:
    """Every answer, and what was measured of the codes."""

    answers: tuple[AnswerPage, ...]
    worth: tuple[Worth, ...]
    codes: Mapping[str, str]
    below: int

    @property
    def answered(self) -> tuple[AnswerPage, ...]:
        """Those with an answer."""
        return tuple(page for page in self.answers if page.answer.answered)


Small = Mapping[str, list[suppress.Shown] | None]
"""Tables by agency as they may be printed, by the key that `cells` gives."""


def labels(store: Store, catalogue: Catalogue) -> Labels:
    """What agencies, logs and codes are called, as far as they may be named."""
    rows = store.rows("""
        SELECT n.agency_no, n.agency, max(CASE WHEN o.public THEN o.name END) FROM agency_numbers AS n
        JOIN organisations AS o ON o.agency = n.agency GROUP BY n.agency_no, n.agency""")
    agencies = {no: words.clean(name) for no, _, name in rows if name}
    hidden = {agency: words.clean(name) if name else UNRECOGNISED for _, agency, name in rows}
    rows = store.rows("""
        SELECT l.log_no, n.name, l.view, s.name FROM logs AS l
        JOIN (SELECT source, part, min(name) AS name FROM sources GROUP BY source, part) AS s
          ON s.source = l.source AND s.part = l.part
        LEFT JOIN agency_numbers AS n ON n.agency = l.owner_agency AND n.public""")
    logs = {no: f"{words.clean(owner)}, {words.label(view)}" if owner else words.clean(file)
            for no, owner, view, file in rows}  # fmt: skip
    codes = {id_: reason.title for id_, reason in catalogue.reasons.items()}
    return Labels(agencies, logs, codes, hidden)


def cells(answers: Sequence[Answer], names: Labels) -> dict[str, list[suppress.Cell]]:
    """Every table by agency as cells for suppression: what was tested, and what was found of it."""
    found: dict[str, list[suppress.Cell]] = {}
    for answer in answers:
        for table in answer.tables:
            if table.about.label == "agency" and table.rows:
                found[_key(answer, table)] = _cells(table, names)
    return found


def _cells(table: AnswerTable, names: Labels) -> list[suppress.Cell]:
    sums: dict[str, tuple[int, int]] = {}
    for row in table.rows:
        name = names.of(row, "agency")
        tested, over = (row.values[1], row.values[0]) if table.about.kind in _SHARES else (row.values[0], 0)
        before = sums.get(name, (0, 0))
        sums[name] = before[0] + int(tested or 0), before[1] + int(over or 0)
    made = [suppress.Cell(name, tested, over) for name, (tested, over) in sums.items()]
    return sorted(made, key=lambda cell: (-cell.over, -cell.tested, cell.agency))


_SHARES: Final = ("share", "funnel")


def _key(answer: Answer, table: AnswerTable) -> str:
    return f"question/{answer.question.id}/{table.about.id}"


@dataclass(frozen=True)
class Told:
    """What a case was asked, and what reviews have measured: what a report prints besides findings."""

    answers: Sequence[Answer] = ()
    worth: Sequence[Worth] = ()

    def of(self, audience: str) -> tuple[Answer, ...]:
        """The answers for one kind of reader; of a question for the custodian, others are told that it is kept."""
        if audience == "public":
            return tuple(kept(a.question) if a.question.audience == "custodian" else a for a in self.answers)
        return tuple(a for a in self.answers if a.question.audience == audience and a.why != KEPT)


NOTHING: Final = Told()
"""Nothing was asked."""


def book(answers: Sequence[Answer], names: Labels, small: Small, crossings: Sequence[Crossing], extra: Extra) -> Book:
    """The answers as pages."""
    made = [
        AnswerPage(
            int("".join(c for c in answer.question.id if c.isdigit()) or 0), answer,
            words.span(answer.period, extra.zone),
            tuple(_page(answer, table, names, small, crossings) for table in answer.tables),
        )
        for answer in answers
    ]  # fmt: skip
    return Book(tuple(made), tuple(extra.worth), names.codes, extra.below)


@dataclass(frozen=True)
class Extra:
    """What a book needs besides the answers."""

    worth: Sequence[Worth]
    zone: Any
    below: int


def _page(
    answer: Answer, table: AnswerTable, names: Labels, small: Small, crossings: Sequence[Crossing]
) -> TablePage:  # fmt: skip
    table = _without_empty(table)
    about, anchor = table.about, f"{answer.question.id}-{table.about.id}"
    why, lines = table.why, _lines(table, names)
    if about.label == "agency" and table.rows:
        shown = small.get(_key(answer, table))
        lines = _suppressed(table, lines, shown)
        main = 1 if about.kind in _SHARES else 0
        if not any(isinstance(line.values[main], int) for line in lines):
            why = why or "every count by agency would give a small one away, here or in another table"
    eras = _eras(table, crossings)
    drawn: charts.Chart | drawings.Drawing | None = None
    if lines and not why and about.chart != "none":
        drawn = _drawn(anchor, table, lines, eras)
    return TablePage(
        anchor, about.title, about.heading, about.unit, table.headings, lines, why,
        (*((about.note,) if about.note else ()), *table.notes), any(line.series for line in lines),
        drawn if isinstance(drawn, charts.Chart) else None, drawn if isinstance(drawn, drawings.Drawing) else None,
        eras,
    )  # fmt: skip


def _without_empty(table: AnswerTable) -> AnswerTable:
    """A table of many series without those that are nothing in every month."""
    if table.about.chart != "multiples" or not table.rows:
        return table
    kept = [i for i in range(len(table.headings)) if any(row.values[i] for row in table.rows)]
    if not kept:
        return replace(table, rows=(), why="none of them in any month")
    rows = tuple(replace(row, values=tuple(row.values[i] for i in kept)) for row in table.rows)
    return replace(table, rows=rows, headings=tuple(table.headings[i] for i in kept))


def _lines(table: AnswerTable, names: Labels) -> tuple[Line, ...]:
    return tuple(
        Line(
            names.of(row, table.about.label), words.clean(row.series),
            tuple(_cell(v, h, names) for v, h in zip(row.values, table.headings, strict=False)),
            tuple(names.log(v) if h.form == "log" else v for v, h in zip(row.values, table.headings, strict=False)),
        )
        for row in table.rows
    )  # fmt: skip


def _cell(value: Value, heading: Heading, names: Labels) -> str:
    if value is None:
        return words.NONE
    if heading.form == "log":
        return names.log(value)
    if isinstance(value, str):
        return words.clean(value)
    return words.percent(value) if heading.form == "share" else words.number(value)


def _suppressed(table: AnswerTable, lines: Sequence[Line], shown: list[suppress.Shown] | None) -> tuple[Line, ...]:
    """The rows by agency, one for each name, small counts and what would give them away left out."""
    if shown is None:
        return ()
    more = {line.label: line for line in lines}
    made = []
    for cell in shown:
        if table.about.kind not in _SHARES:
            made.append(_shown(cell.agency, (cell.tested,)))
        elif isinstance(cell.tested, int) and isinstance(cell.over, int) and cell.agency in more:
            made.append(more[cell.agency])
        else:
            made.append(_shown(cell.agency, (cell.over, cell.tested, *(None for _ in table.headings[2:]))))
    return tuple(made)


def _shown(agency: str, values: tuple[Value, ...]) -> Line:
    said = tuple(words.NONE if v is None else v if isinstance(v, str) else words.number(v) for v in values)
    return Line(agency, "", said, values)


def _eras(table: AnswerTable, crossings: Sequence[Crossing]) -> tuple[tuple[str, Crossing], ...]:
    """The changes of the form within the table's months that alter what its fields mean."""
    months = [month_name(int(row.label)) for row in table.rows if isinstance(row.label, int)]
    if table.about.label != "month" or not months:
        return ()
    near = [
        c
        for c in crossings
        if min(months) <= f"{c.era.start:%Y-%m}" <= max(months) and set(table.about.fields) & set(c.era.fields)
    ]
    return tuple((chr(ord("A") + index), crossing) for index, crossing in enumerate(near[:26]))


# --- charts ------------------------------------------------------------------------------------------------------


def _drawn(
    anchor: str, table: AnswerTable, lines: Sequence[Line], eras: Sequence[tuple[str, Crossing]]
) -> charts.Chart | drawings.Drawing | None:
    about = table.about
    if about.kind == "share" and len({row.series for row in table.rows}) > 1:
        return None  # kinds that can't be compared have no common line
    if about.label == "month":
        return _by_month(anchor, table, eras)
    if about.chart == "curve":
        return drawings.curve(anchor, about.title, table.curve) if table.curve else None
    if about.chart == "funnel":
        return _funnel(anchor, table, lines)
    if about.chart == "matrix":
        kept = [i for i, h in enumerate(table.headings) if h.title != "Compared"]
        rows = [
            (line.label, [int(row.values[i] or 0) for i in kept]) for line, row in zip(lines, table.rows, strict=True)
        ]
        return drawings.matrix(anchor, about.title, [table.headings[i].title for i in kept], rows)
    counted = [(line.label, value) for line in lines if isinstance(value := _main(line), int)]
    if about.chart == "steps" and counted:
        return drawings.steps(anchor, about.title, about.unit, counted)
    if about.chart == "bars" and about.kind == "share":
        shares = [(line.label, share) for line in lines if isinstance(share := line.values[2], float)]
        return charts.bars(anchor, about.title, "share", shares[:BARS], words.percent) if shares else None
    if about.chart == "bars" and counted:
        return charts.bars(anchor, about.title, about.unit, counted[:BARS])
    return None


def _main(line: Line) -> Value:
    """The number of a row that is drawn."""
    return line.values[0] if line.values else None


def _by_month(
    anchor: str, table: AnswerTable, eras: Sequence[tuple[str, Crossing]]
) -> charts.Chart | drawings.Drawing | None:
    about, starts = table.about, [(crossing.era.start, letter) for letter, crossing in eras]
    months = {month_name(int(row.label)): row for row in table.rows if isinstance(row.label, int)}
    if len(months) < 2:  # noqa: PLR2004 (one month is no course)
        return None
    every = charts.every_month(min(months), max(months))
    if about.chart == "months":
        counts = [(month, int(row.values[0] or 0)) for month, row in months.items()]
        title = table.headings[0].title.lower()
        return charts.columns(anchor, about.title, title, sorted(counts), [day for day, _ in starts])
    if about.chart == "lines":
        points = [(month, *_three(row)) for month, row in sorted(months.items()) if row.values[2] is not None]
        return drawings.lines(anchor, about.title, points, every, starts) if len(points) > 1 else None
    series = [
        (heading.title, [int(months[m].values[i] or 0) if m in months else 0 for m in every])
        for i, heading in enumerate(table.headings)
    ]
    drawn = sorted((s for s in series if sum(s[1])), key=lambda s: -sum(s[1]))[:PANELS]
    return drawings.multiples(anchor, about.title, every, drawn, starts) if drawn else None


def _three(row: Row) -> tuple[float, float | None, float | None]:
    share, low, high = (None if v is None else float(v) for v in row.values[2:5])
    return share or 0.0, low, high


def _funnel(anchor: str, table: AnswerTable, lines: Sequence[Line]) -> drawings.Drawing | None:
    """Only agencies whose numbers are printed are drawn."""
    peers = [
        (int(line.values[1]), float(line.values[2]), line.values[3] != "within")
        for line in lines
        if isinstance(line.values[1], int) and isinstance(line.values[2], float)
    ]
    if len(peers) < 2:  # noqa: PLR2004 (one agency has no peers)
        return None
    found, n = (sum(int(row.values[i] or 0) for row in table.rows) for i in (0, 1))
    return drawings.funnel(anchor, table.about.title, found / n, table.limits, peers)
