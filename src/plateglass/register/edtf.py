"""Dates as sources give them: a strict part of EDTF (ISO 8601-2), levels 0 and 1, with its earliest and latest day.

Taken: `2018`, `2018-01`, `2018-01-31`; a qualifier `?` (uncertain), `~` (approximate) or `%` (both) at the end;
digits not given, `201X`, `20XX`, `2018-XX`, `2018-01-XX`, `2018-XX-XX`; intervals `2017/2018-02`, with `..` for an end
that is open and nothing for an end that is unknown. Not taken: times, seasons, years beyond four digits, level 2.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

_DATE = re.compile(r"(\d{4}|\d{3}X|\d{2}XX)(?:-(\d{2}|XX)(?:-(\d{2}|XX))?)?([?~%])?")
LAST_MONTH = 12


@dataclass(frozen=True)
class When:
    """One date as a source gives it, and the days between which it lies."""

    text: str
    earliest: date
    latest: date
    uncertain: bool = False
    approximate: bool = False


@dataclass(frozen=True)
class Span:
    """An interval. An end that is None is unknown, or open where `start_open` or `end_open` says so."""

    text: str
    start: When | None
    end: When | None
    start_open: bool = False
    end_open: bool = False

    @property
    def earliest(self) -> date | None:
        """The first day that it may hold; None where nobody says."""
        return self.start.earliest if self.start else None

    @property
    def latest(self) -> date | None:
        """The last day that it may hold; None where nobody says."""
        return self.end.latest if self.end else None


def when(text: str) -> When:
    """One date.

    Raises:
        ValueError: not of the forms above, or not in the calendar.
    """
    match = _DATE.fullmatch(text)
    if match is None:
        raise ValueError("not a date of the EDTF forms that are taken here")
    year, month, day, mark = match.groups()
    if (year[-1] == "X" and month) or (month == "XX" and day not in (None, "XX")):
        raise ValueError("digits that are not given must be the last ones")
    first_year, last_year = int(year.replace("X", "0")), int(year.replace("X", "9"))
    months = (1, LAST_MONTH) if month in (None, "XX") else (int(month), int(month))
    if not first_year or not all(1 <= m <= LAST_MONTH for m in months):
        raise ValueError("not in the calendar")
    earliest = date(first_year, months[0], 1 if day in (None, "XX") else int(day))
    end = calendar.monthrange(last_year, months[1])[1]
    latest = date(last_year, months[1], end if day in (None, "XX") else int(day))
    return When(text, earliest, latest, uncertain=mark in ("?", "%"), approximate=mark in ("~", "%"))


def span(text: str) -> Span:
    """An interval; a single date is the interval of its own days.

    Raises:
        ValueError: more than one slash, an end of no taken form, or an end before its start.
    """
    if "/" not in text:
        only = when(text)
        return Span(text, only, only)
    first, _, last = text.partition("/")
    start, end = (None if part in ("", "..") else when(part) for part in (first, last))
    if start is None and end is None:
        raise ValueError("an interval needs one end that is known")
    if start and end and start.earliest > end.latest:
        raise ValueError("the interval ends before it starts")
    return Span(text, start, end, first == "..", last == "..")
