"""What a named figure is, and what it is computed from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from plateglass import check
from plateglass.catalogue import Reason
from plateglass.publish import pages, words
from plateglass.publish.statutory import Answer
from plateglass.store import Step, Store


@dataclass(frozen=True)
class Period:
    """The days that a report is about, the first and the last of them too."""

    first: date
    last: date

    @property
    def words(self) -> str:
        """As a reader reads it."""
        return f"{words.long_date(self.first)} to {words.long_date(self.last)}, both days included"

    @property
    def slug(self) -> str:
        """As it stands in a file name."""
        return f"{self.first}-to-{self.last}"

    def holds(self, column: str, zone: ZoneInfo | None = None) -> str:
        """SQL: a time lies in the period, by the clock of a zone; without one by UTC, as days are told everywhere."""
        first, after = (
            int(datetime.combine(day, time(), zone or UTC).timestamp()) * 1000
            for day in (self.first, self.last + timedelta(days=1))
        )
        return f"{column} >= {first} AND {column} < {after}"


@dataclass(frozen=True)
class Scope:
    """What a report is about."""

    whole: bool = False
    """The whole case, not only the home agency's searches, those of its cameras, and its own files."""
    period: Period | None = None
    """Searches and events of these days only; None for all."""


@dataclass(frozen=True)
class Ground:
    """What figures are computed from: a case whose rules have been checked."""

    store: Store
    page: pages.Page
    reasons: Mapping[str, Reason]
    home: check.Home
    period: Period | None = None


@dataclass(frozen=True)
class Figure:
    """One named figure."""

    about: str
    """What it counts."""
    steps: Callable[[Ground], Sequence[Step]]
    """The steps that leave its table; the last one is what is shown."""
    shown: Callable[[Ground, list[tuple[Any, ...]]], Answer]
    """The table in a reader's words."""
    needs: tuple[str, ...] = ()
    """Fields of a search of which at least one record of the scope must hold a value."""
    scope: str = ""
    """Whose searches; empty where it is not about searches."""
