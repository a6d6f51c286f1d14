"""The records of a PDF counted a second time, by another way than the one that found them.

The text of each page is taken in the order in which the page draws it, without lines, rows or columns, and the ids and
days in it are counted. The transcription must hold as many; and where every record has one id, or the same number of
days, they say how many records there are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from plateglass.errors import Issue, Place, Severity
from plateglass.read import pdf_rows
from plateglass.read.pdf_rows import Marks

_MOST = 0.9
"""The share of records that must have the same number of ids, or of days, for these to count records."""


class Tally:
    """What the transcription holds, record by record."""

    def __init__(self) -> None:
        """Begin before the first record."""
        self.records = 0
        self._begun: Counter[int] = Counter()
        self._ids: Counter[int] = Counter()
        self._days: Counter[int] = Counter()

    def take(self, page: int, cells: Sequence[str]) -> None:
        """Count one record and the page on which it begins."""
        self.records += 1
        self._begun[page] += 1
        ids, days = pdf_rows.marks("\n".join(cells))
        self._ids[ids] += 1
        self._days[days] += 1

    def firsts(self, pages: int) -> tuple[int, ...]:
        """For each page the number of the first record that begins on it or on a later one."""
        found, number = [], 1
        for page in range(1, pages + 1):
            found.append(number)
            number += self._begun[page]
        return tuple(found)

    def told(self, marks: Sequence[Marks], place: Place) -> Iterator[Issue]:
        """What the two counts say of each other."""
        for what, seen, text in (("ids", self._ids, 0), ("days", self._days, 1)):
            there = sum(each[text] for each in marks)
            read = sum(number * records for number, records in seen.items())
            each, most = max(seen.items(), key=lambda item: item[1], default=(0, 0))
            if there != read:
                said = f"{there:,} {what} stand in the pages' text, and {read:,} in the records that were read of them"
                yield Issue("pdf-count", Severity.RECORD, place, f"{said}: compare the pages with the records")
                return
            if each and most >= _MOST * self.records:
                said = f"{self.records:,} records; their {there:,} {what}, counted apart in the pages' text, say "
                said += "the same" if there == each * self.records else f"{round(there / each):,}"
                yield Issue("pdf-counted", Severity.NOTE, place, said)
                return
        if self.records:
            said = f"{self.records:,} records, which nothing in the pages' text could count a second time"
            yield Issue("pdf-counted", Severity.NOTE, place, said)
