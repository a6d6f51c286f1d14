"""What a question is as content: its tables, the kind of number each of them is, and how else it can be read.

content/questions/<id>.toml   one question: what it needs, its SQL, its sentence, its readings
content/events/<list>.toml    dated events that searches are compared with
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from plateglass.catalogue import Catalogue, Parameter, _Content, _Part

Kind = Literal["counts", "share", "bounds", "quantiles", "concentration", "ratio", "capture", "funnel", "chance"]
"""What a table's rows are made into.

counts: numbers as they are. share: found of n, with its interval, never over several series together; the
sentence has it as `{<table>_said}`. bounds: found of n, and all unknown ones either way.
quantiles: of `value`, `n` times. concentration: how many users have made how many searches. ratio: how often inside and
outside. capture: how many two logs show, and both. funnel: found of n by agency, against its peers.
chance: found of n, beside how often the same is found where it can't be (`fake_found` of `fake_n`), and what is left.
"""

Label = Literal["month", "agency", "log", "code", "field", "word"]
"""What the rows are called: months since year 0, `agency_no`, `log_no`, a code, a field, or words of the SQL's own."""

Chart = Literal["none", "months", "multiples", "bars", "lines", "steps", "curve", "matrix", "funnel"]
"""How a table is drawn."""


class QuestionTable(_Part):
    """One table of an answer: a SELECT over the documented tables, and what is made of its rows."""

    id: str
    """A short word for it; the sentence names its numbers by it, such as `{reach_median}`."""
    title: str
    """What it shows."""
    kind: Kind = "counts"
    """What its rows are made into."""
    sql: str
    """One SELECT in the portable subset. Its columns are what the kind needs, with `label`, `series`, `user_group`."""
    label: Label = "word"
    """What `label` is."""
    heading: str = "What"
    """The heading above the labels."""
    columns: tuple[str, ...] = ()
    """For counts: the headings of its numbers, in the order of the SQL's columns."""
    unit: str = "searches"
    """What is counted."""
    chart: Chart = "none"
    """How it is drawn."""
    needs: tuple[str, ...] = ()
    """What it needs besides what the question needs; without it, this table alone is left out."""
    fields: tuple[str, ...] = ()
    """The fields that a series of months reads: at a change of the vendor's form for one of them the series is cut."""
    note: str = ""
    """What a reader must know of it."""


class Question(_Content):
    """One of the questions that a case is asked, with what it takes to answer it and how else it can be read."""

    title: str
    """The question."""
    unit: str
    """What is counted, in the plural."""
    statistic: str
    """What number answers it, in words."""
    uncertainty: str
    """Where the number may be wrong, and what shows how far."""
    needs: tuple[str, ...] = ()
    """`view:<view>`, `field:<field>` (told somewhere), `value:<field>` (a value somewhere), `zone`, `home`, `list`,
    `logs` (two that overlap), `parameter:<name>`, `events`, `code:<code>`; `a | b` where either will do."""
    views: tuple[str, ...] = ()
    """Documented views of rules that its SQL reads besides `searches`."""
    parameters: Mapping[str, Parameter] = {}
    """Name -> a value that the SQL names as `$name`; the case may set it."""
    facts: str = ""
    """A SELECT of one row: each column is a number that the sentence may name."""
    says: str
    """The answer in one sentence, with the numbers' names in braces."""
    tables: tuple[QuestionTable, ...] = ()
    """Its tables, the first one first."""
    made: Literal["", "rules", "reasons", "change", "limits", "measured"] = ""
    """What the program adds that no SQL can: the rules' verdicts, reasons as written, a change at a date, limits,
    what a review has measured."""
    readings: Annotated[tuple[str, ...], Field(min_length=2)]
    """Other ways to read the number, at least two."""
    limits: tuple[str, ...] = ()
    """What the record can't show."""
    audience: Literal["public", "custodian"] = "public"
    """`custodian`: for the agency's own reviewer only, in no public output."""
    source: str
    """Where the question comes from."""


class Happening(_Part):
    """One event on one day."""

    title: str
    """What it was."""
    day: date
    """Its day."""


class Happenings(_Content):
    """Dated events of one kind."""

    title: str
    """What they are."""
    code: str
    """The code of reasons that is counted around them."""
    around: int = 3
    """Days before and after that belong to an event."""
    events: tuple[Happening, ...]
    """The events, in order."""
    source: str
    """Where the events are reported."""
    review: Literal["verified", "secondary", "memory"]
    """How the dates were read."""


def questions(catalogue: Catalogue) -> dict[str, Question]:
    """Every question by id, in the order of their numbers."""
    return catalogue.others("questions", Question)


def happenings(catalogue: Catalogue) -> dict[str, Happenings]:
    """Every list of events by id."""
    return catalogue.others("events", Happenings)


class Reply(_Content):
    """What an agency was asked about the findings, and what it answered: in the case's own content."""

    agency: str
    """Who was asked."""
    asked_on: date
    """When."""
    about: tuple[str, ...]
    """The rules and questions that it was asked about."""
    answered_on: date | None = None
    """When it answered; none: it has not."""
    text: str = ""
    """What it answered, in its own words or shortened with its consent."""


def replies(catalogue: Catalogue) -> list[Reply]:
    """Every reply, in the order of their files: `content/replies/<id>.toml`."""
    return list(catalogue.others("replies", Reply).values())
