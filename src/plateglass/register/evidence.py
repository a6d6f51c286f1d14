"""How well a thing is known: independent sources, classes and dates of flows, what is stale, single or contradicted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from plateglass.register import edtf
from plateglass.register.entities import Conflict, Evidence, Statement
from plateglass.register.holdings import Register

LETTERS = "ABCD"
"""The letters of confidence, the best first."""


# --- documents ---------------------------------------------------------------------------------------------------


def ancestry(register: Register, document: str) -> frozenset[str]:
    """A document and every one that it repeats, however far back, and their publishers."""
    documents = register.documents
    found: set[str] = set()
    wave = {document}
    while wave:
        found |= wave
        wave = {d for w in wave if w in documents for d in documents[w].derived_from} - found
    return frozenset(found | {f"by {documents[d].publisher}" for d in found if d in documents})


def independent(register: Register, documents: Iterable[str]) -> int:
    """How many independent sources these documents come to: those that share an ancestor or a publisher are one."""
    groups: list[frozenset[str]] = []
    for document in sorted(set(documents)):
        mine = ancestry(register, document)
        joined = [g for g in groups if g & mine]
        groups = [g for g in groups if not g & mine] + [mine.union(*joined)]
    return len(groups)


def shares(statements: Iterable[Statement]) -> dict[str, int]:
    """How many statements are of each letter: shown on every page."""
    number: Counter[str] = Counter(s.confidence for s in statements)
    return {letter: number[letter] for letter in LETTERS}


# --- times -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Window:
    """When something held. Days; None where nobody says."""

    start: date | None = None
    """Not before this day."""
    end: date | None = None
    """Not after this day."""
    sure_from: date | None = None
    """The first and the last day for which a source says that it held; None: no such day is certain."""
    sure_to: date | None = None
    opened_by: str | None = None
    """The statement that gives the start."""
    closed_by: str | None = None
    """The statement that gives the end."""
    confirmed: date | None = None
    """The last day that any source speaks of."""

    def maybe(self, day: date) -> bool:
        """Whether it may have held on a day."""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)

    def surely(self, day: date) -> bool:
        """Whether sources say that it held on a day, or before and after it."""
        return self.sure_from is not None and self.sure_to is not None and self.sure_from <= day <= self.sure_to


def as_of(register: Register, statement: Statement) -> edtf.Span:
    """The days that a statement speaks of: its own, else its document's."""
    return edtf.span(statement.as_of or register.document(statement).date)


def window(register: Register, statements: Iterable[Statement]) -> Window:
    """When something held, by all that is said of it."""
    starts: list[tuple[date, str]] = []
    ends: list[tuple[date, str]] = []
    sure: list[date] = []
    last: list[date] = []
    for statement in statements:
        spoken = as_of(register, statement)
        last += [spoken.latest] if spoken.latest else []
        valid = edtf.span(statement.valid) if statement.valid else None
        if valid and valid.start:
            starts.append((valid.start.earliest, statement.key))
        if valid and valid.end:
            ends.append((valid.end.latest, statement.key))
        sure += _sure(spoken if valid is None else valid, spoken)
    (start, opened), (end, closed) = min(starts, default=(None, None)), max(ends, default=(None, None))
    held = [day for day in sure if (start is None or start <= day) and (end is None or day <= end)]
    return Window(start, end, min(held, default=None), max(held, default=None), opened, closed, max(last, default=None))


def _sure(held: edtf.Span, spoken: edtf.Span) -> list[date]:
    """The days on which it must have held: from the latest start to the earliest end or the day spoken of."""
    first = held.start.latest if held.start else None
    last = held.end.earliest if held.end else (spoken.start.earliest if spoken.start else None)
    if first is None or last is None:
        return [day for day in (first, last) if day is not None and held.end is None]
    return [first, last] if first <= last else []


# --- flows -------------------------------------------------------------------------------------------------------


def of_flow(statements: Iterable[Statement]) -> Evidence | None:
    """The class of a flow: the best that a standing statement shows; None where none says so."""
    classes = [Evidence[s.evidence.upper()] for s in statements if s.evidence and s.polarity == "asserts"]
    return max(classes, default=None)


def letter(statements: Iterable[Statement], shown: Evidence | None) -> str:
    """The best letter among the statements that show a flow's class."""
    backing = [s.confidence for s in statements if s.evidence and Evidence[s.evidence.upper()] == shown]
    return min(backing, default="D")


# --- upkeep ------------------------------------------------------------------------------------------------------


def stale(register: Register, today: date, years: int = 2) -> dict[str, date | None]:
    """Systems and flows that no source confirms within these years -> the last day that one spoke of them."""
    limit = date(today.year - years, today.month, min(today.day, 28))
    found = {}
    for key in (*register.by_section["systems"], *register.by_section["flows"]):
        confirmed = window(register, register.said.get(key, ())).confirmed
        if confirmed is None or confirmed < limit:
            found[key] = confirmed
    return found


def single_sourced(register: Register) -> frozenset[str]:
    """Entities of which only one independent source says anything."""
    return frozenset(
        key for key, said in register.said.items() if independent(register, (s.document for s in said)) == 1
    )


def contradicted(register: Register) -> Mapping[str, tuple[Conflict, ...]]:
    """Statements that stand in a conflict -> the conflicts."""
    found: dict[str, list[Conflict]] = {}
    for conflict in register.conflicts.values():
        for statement in conflict.statements:
            found.setdefault(statement, []).append(conflict)
    return {key: tuple(conflicts) for key, conflicts in found.items()}


@dataclass(frozen=True)
class Claim:
    """One side of a conflict, or one answer to what was measured."""

    statement: str
    says: str
    says_who: str
    document: str
    as_of: str
    valid: str
    value: float | None
    high: float | None
    unit: str
    comparator: str
    counted: str
    amount: str
    confidence: str


def claim(register: Register, statement: Statement) -> Claim:
    """A statement as a reader needs it beside another: who, when, what was counted."""
    return Claim(
        statement.key,
        statement.says,
        register.speaker(statement),
        statement.document,
        statement.as_of or register.document(statement).date,
        statement.valid or "",
        statement.value,
        statement.high,
        statement.unit or "",
        statement.comparator or "",
        statement.counted or "",
        statement.amount or "",
        statement.confidence,
    )


def sides(register: Register, conflict: Conflict) -> tuple[Claim, ...]:
    """Every side of a conflict, oldest first; nothing is averaged and nothing is left out."""
    claims = [claim(register, register.statements[key]) for key in conflict.statements]
    return tuple(sorted(claims, key=lambda c: (c.as_of, c.statement)))
