"""What an answer is made of, a sentence, tables of numbers with their bounds, readings; and what it is made with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from plateglass.case import Case
from plateglass.model import Finding
from plateglass.questions.content import Question, QuestionTable
from plateglass.questions.needs import Held
from plateglass.store import Store

Value = int | float | str | None
Form = Literal["n", "share", "number", "text", "log"]
"""How a number is written: as a count, a percentage, a number with decimals, as it is; or as the log that it names."""


@dataclass(frozen=True)
class Heading:
    """The heading of one column of numbers."""

    title: str
    form: Form = "n"


@dataclass(frozen=True)
class Row:
    """One row: what it is called, as the SQL gives it, and its numbers."""

    label: Value
    series: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class AnswerTable:
    """One table of an answer."""

    about: QuestionTable
    headings: tuple[Heading, ...]
    rows: tuple[Row, ...]
    why: str = ""
    """Why it is not there; empty where it is."""
    curve: tuple[tuple[float, float], ...] = ()
    """Points of a concentration curve."""
    limits: tuple[tuple[int, float, float], ...] = ()
    """(searches, lowest, highest share) of a funnel."""
    notes: tuple[str, ...] = ()
    """How the bounds were had, and what else the program has to say."""


@dataclass(frozen=True)
class Answer:
    """The answer to one question, or the exact reason why there is none."""

    question: Question
    sentence: str
    why: str = ""
    """Why it can't be answered; empty where it can."""
    tables: tuple[AnswerTable, ...] = ()
    facts: Mapping[str, Value] = field(default_factory=dict)
    """The numbers that the sentence could name."""
    notes: tuple[str, ...] = ()
    period: tuple[int, int] | None = None
    """First and last time of the searches, epoch ms UTC."""

    @property
    def answered(self) -> bool:
        """Whether there is an answer."""
        return not self.why


@dataclass(frozen=True)
class Worth:
    """What a review says that the count of one code is worth."""

    code: str
    sample: str
    """The sample's id."""
    n: int
    coders: int
    found: int | None
    """How many the words found."""
    precision: tuple[float, float, float] | None
    """Value, lowest, highest; None where it can't be had from this sample."""
    recall: tuple[float, float, float] | None
    corrected: tuple[float, float, float] | None
    """How many there are in all."""
    kappa: tuple[float, float, float] | None
    """Agreement of the two coders."""
    ac1: float | None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Desk:
    """What every answer of one case is made with."""

    store: Store
    case: Case
    held: Held
    findings: Sequence[Finding]
    worth: Sequence[Worth]
    period: tuple[int, int] | None
