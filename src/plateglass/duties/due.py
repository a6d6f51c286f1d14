"""When an answer is due: the deadlines of an act, counted from the day on which a request was sent.

A date here is the earliest: as if the request had been received on the day it was sent, which is not counted itself.
Business days leave out Saturdays and Sundays, and the holidays of a list in `content/holidays` where there is one of
the place that covers the time; else no holiday is left out, and it is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from plateglass.duties.shapes import Deadline, Holidays

_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True)
class Due:
    """One deadline, with its day."""

    deadline: Deadline
    on: date | None = None
    """The earliest day on which it can end; None where the text gives no number, or nobody said when it was sent."""
    holidays: Holidays | None = None
    """The holidays that were left out; None where none were."""

    @property
    def counted(self) -> str:
        """Which days were taken for closed; empty where no day was counted."""
        if self.on is None:
            return ""
        if self.deadline.kind == "calendar":
            return "every day counts"
        if self.holidays is None:
            return "Saturdays and Sundays are closed; holidays are not counted, so it may be due later"
        return f"Saturdays, Sundays and the holidays of {self.holidays.place} are closed"


def due(deadlines: Sequence[Deadline], sent: date | None, holidays: Holidays | None = None) -> list[Due]:
    """Each deadline of an act, in its order, with its day."""
    found: list[Due] = []
    last = sent
    for each in deadlines:
        start = last if each.adds else sent
        if start is None or each.days is None:
            found.append(Due(each))
            continue
        found.append(_counted(each, each.days, start, holidays))
        last = found[-1].on
    return found


def _counted(deadline: Deadline, days: int, start: date, holidays: Holidays | None) -> Due:
    """The deadline with the day that lies so many days after another."""
    if deadline.kind == "calendar":
        return Due(deadline, start + days * _DAY)
    if holidays is not None:
        on = _open_days(start, days, frozenset(holidays.days))
        if holidays.first <= start and on <= holidays.last:
            return Due(deadline, on, holidays)
    return Due(deadline, _open_days(start, days, frozenset()))


def _open_days(start: date, days: int, closed: frozenset[date]) -> date:
    on = start
    while days > 0:
        on += _DAY
        days -= on.weekday() < _SATURDAY and on not in closed
    return on
