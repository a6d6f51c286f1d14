"""What was read and what can't be said: records by log, month and field, and the eras that the period crosses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from plateglass.catalogue import Era, Eras
from plateglass.model import SEARCH_VIEWS, STATED
from plateglass.store import Step, Store, text

LISTED = ", ".join(text(view) for view in SEARCH_VIEWS)
"""The views of searches, for SQL."""

_BY_STATE = ", ".join(f"{field}_state" for field in STATED)


def steps(months: Sequence[tuple[str, int]]) -> list[Step]:
    """Records by log, month, field and state: the sightings are read once, the rest works on what that leaves."""
    month = month_sql("searched_at", months)
    cells = " UNION ALL ".join(
        f"SELECT source, part, month, {text(field)} AS field, {field}_state AS state, sum(records) AS records "
        f"FROM coverage_shapes GROUP BY source, part, month, {field}_state"
        for field in STATED
    )
    shares = " UNION ALL ".join(
        f"SELECT source, part, '' AS month, {text(field)} AS field, {field}_state AS state, count(*) AS records "
        f"FROM shares GROUP BY source, part, {field}_state"
        for field in ("inbound", "outbound")
    )
    return [
        Step(
            "coverage_shapes",
            f"SELECT source, part, {month} AS month, {_BY_STATE}, count(*) AS records FROM sightings "
            f"GROUP BY source, part, {month}, {_BY_STATE}",
            "records by log, month and the states of all fields together",
        ),
        Step("coverage_cells", f"{cells} UNION ALL {shares}", "records by log, month, field and state"),
    ]


def months(period: tuple[int, int] | None, zone: ZoneInfo | None) -> list[tuple[str, int]]:
    """Every month from the first to the last time, with its start in the agency's zone, epoch ms UTC."""
    if period is None:
        return []
    start, end = (datetime.fromtimestamp(at / 1000, zone or UTC) for at in period)
    count = (end.year - start.year) * 12 + end.month - start.month + 1
    found = []
    for index in range(count):
        year, month = divmod(start.year * 12 + start.month - 1 + index, 12)
        begins = datetime(year, month + 1, 1, tzinfo=zone or UTC)
        found.append((f"{year:04d}-{month + 1:02d}", int(begins.timestamp() * 1000)))
    return found


def month_sql(column: str, known: Sequence[tuple[str, int]]) -> str:
    """SQL for the month of a time: halving comparisons, since engines do not agree on time zones."""
    if not known:
        return "''"
    if len(known) == 1:
        return text(known[0][0])
    half = len(known) // 2
    low, high = month_sql(column, known[:half]), month_sql(column, known[half:])
    return f"CASE WHEN {column} < {known[half][1]} THEN {low} ELSE {high} END"


@dataclass(frozen=True)
class ClockChange:
    """One change of the clocks of the agency's zone within the period."""

    on: date
    """The local day on which the clocks changed."""
    minutes: int
    """How far they were set on; back where it is negative."""


def clock_changes(period: tuple[int, int] | None, zone: ZoneInfo | None) -> tuple[ClockChange, ...]:
    """The days of the period, in the agency's zone, that were longer or shorter than 24 hours."""
    if period is None or zone is None:
        return ()
    first, last = (datetime.fromtimestamp(at / 1000, zone).date() for at in period)
    found = []
    for number in range(first.toordinal(), last.toordinal() + 1):
        before, after = (datetime.combine(date.fromordinal(n), time(), zone).utcoffset() for n in (number, number + 1))
        if before is not None and after is not None and before != after:
            found.append(ClockChange(date.fromordinal(number), round((after - before).total_seconds() / 60)))
    return tuple(found)


@dataclass(frozen=True)
class Crossing:
    """One change of a vendor's form, or fault of its exports, that the period of the files runs into."""

    vendor: str
    era: Era
    how: str
    """In words: the change lies within the period, or the fault touches it."""
    logs: int
    """How many tables of sources it concerns."""


def crossings(store: Store, eras: Mapping[str, Eras]) -> list[Crossing]:
    """The eras that the files' own periods cross, oldest first."""
    parts = store.rows("SELECT layout, first_at, last_at FROM sources WHERE first_at IS NOT NULL")
    found = []
    for _, known in sorted(eras.items()):
        spans = [(_on(first), _on(last)) for layout, first, last in parts if layout in known.layouts]
        found += [c for era in known.eras if spans and (c := _crossing(known.vendor, era, spans)) is not None]
    return sorted(found, key=lambda crossing: (crossing.era.start, crossing.vendor, crossing.era.id))


def _crossing(vendor: str, era: Era, spans: Sequence[tuple[date, date]]) -> Crossing | None:
    first, last = min(start for start, _ in spans), max(end for _, end in spans)
    if era.end is None:
        if not first < era.start <= last:
            return None
        logs = sum(end >= era.start for _, end in spans)
        return Crossing(vendor, era, "the form changed within the period", logs)
    logs = sum(start <= era.end and end >= era.start for start, end in spans)
    return Crossing(vendor, era, "the exports were at fault within the period", logs) if logs else None


def _on(at: int) -> date:
    return datetime.fromtimestamp(at / 1000, UTC).date()
