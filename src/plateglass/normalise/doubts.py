"""What a reader should know of a table once its cells were judged: values that are none, and repaired records.

Counts and headings only: what stands in a cell is never repeated, not even a word that a layout does not know.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from plateglass.catalogue import FieldKind, Layout
from plateglass.errors import Issue, Place, Severity
from plateglass.model import Ingested, State, Table
from plateglass.privacy import shown_heading

_SHEET: tuple[FieldKind, ...] = ("case", "id", "plate")
"""Kinds that a spreadsheet turns into something else: a number that it rounds, or a date."""
_WORDS: tuple[FieldKind, ...] = ("word", "words")


def doubts(done: Ingested, layout: Layout, read_at: datetime) -> Iterator[Issue]:
    """One issue for each column that holds values of another kind, and one each for repaired and for future records."""
    table, facts = done.table, done.facts
    place = Place(table.source.name, table.part_name)
    if number := int(facts.get("repaired") or 0):
        ways = Counter(each.reason for each in table.repaired)
        told = "; ".join(f"{times:,} times: {way}" for way, times in sorted(ways.items()))
        yield Issue(
            "records-repaired", Severity.NOTE, place,
            f"{number:,} records do not stand in the file as they were read ({told}); each is marked, in repaired.csv",
        )  # fmt: skip
    yield from _ahead(done, read_at, place)
    for field, about in layout.fields.items():
        damaged = int(facts.get(f"state:{field}:{State.DAMAGED}") or 0)
        if damaged and field in table.columns:
            heading = _heading(table, field)
            yield _damaged(about.kind, (damaged, int(facts.get(f"unknown:{field}") or 0)), heading, place)


def _ahead(done: Ingested, read_at: datetime, place: Place) -> Iterator[Issue]:
    """Whether a search is dated after the day on which its file was read; clocks may be a day apart."""
    last = datetime.fromtimestamp(int(done.facts.get("last_at") or 0) / 1000, UTC)
    if last > read_at + timedelta(days=1):
        told = f"searches are dated up to {last:%Y-%m-%d}, after the day on which the file was read"
        why = "a date or a clock is wrong, and the period that the report states is too long"
        yield Issue("dated-ahead", Severity.NOTE, place, f"{told}: {why}")


def _damaged(kind: FieldKind, counts: tuple[int, int], heading: str, place: Place) -> Issue:
    number, words = counts
    if kind in _WORDS:
        told = f"cells of {heading} with words that the layout does not know: {number:,}, different ones: {words:,}"
        return Issue("word-unknown", Severity.NOTE, place, f"{told}; they count as damaged; add the words to a layout")
    if kind in _SHEET:
        told = f"cells of {heading} with what a spreadsheet makes of an id, a rounded number or a date: {number:,}"
        return Issue("value-lost", Severity.NOTE, place, f"{told}; what stood there can't be told; ask for a CSV")
    told = f"cells of {heading} with no value of the kind {kind}: {number:,}; they count as damaged"
    return Issue("value-damaged", Severity.NOTE, place, told)


def _heading(table: Table, field: str) -> str:
    return shown_heading(table.headings[table.columns[field]])
