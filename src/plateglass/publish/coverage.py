"""What was read and what can't be said: records by log, month and field, and the eras that the period crosses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from plateglass.catalogue import Era, Eras
from plateglass.model import FIGURES, STATED, State, View
from plateglass.publish.words import label
from plateglass.record_views import OTHER_VIEWS
from plateglass.store import Step, Store, name, text

_BY_STATE = ", ".join(f"{field}_state" for field in STATED)


@dataclass(frozen=True)
class Other:
    """One kind of table that holds neither searches nor a sharing list."""

    table: str
    row: str
    """What one record is."""
    dated_by: str
    fields: tuple[str, ...]


_OTHERS = {
    View.PORTAL_STATISTICS: Other("statistics", "a portal and day", "captured_on", tuple(FIGURES)),
    **{view: Other(v.table, v.row, v.dated_by, tuple(f.name for f in v.fields)) for view, v in OTHER_VIEWS.items()},
}


def others(store: Store) -> list[Other]:
    """The tables besides searches and sharing lists that any source holds."""
    there = {view for (view,) in store.rows("SELECT DISTINCT view FROM sources")}
    return [other for view, other in _OTHERS.items() if view in there]


def steps(months: Sequence[tuple[str, int]], others: Sequence[Other] = ()) -> list[Step]:
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
    more = "".join(
        f" UNION ALL SELECT source, part, '' AS month, {text(f'{other.table}.{field}')} AS field, "
        f"{name(f'{field}_state')} AS state, count(*) AS records FROM {name(other.table)} "
        f"GROUP BY source, part, {name(f'{field}_state')}"
        for other in others for field in other.fields
    )  # fmt: skip
    return [
        Step(
            "coverage_shapes",
            f"SELECT source, part, {month} AS month, {_BY_STATE}, count(*) AS records FROM sightings "
            f"GROUP BY source, part, {month}, {_BY_STATE}",
            "records by log, month and the states of all fields together",
        ),
        Step("coverage_cells", f"{cells} UNION ALL {shares}{more}", "records by log, month, field and state"),
    ]


@dataclass(frozen=True)
class Held:
    """What one of the other tables holds."""

    row: str
    """What one record is."""
    period: tuple[int, int] | None
    """First and last time of its records, epoch ms UTC; None where they have none."""
    fields: tuple[tuple[str, int, str], ...]
    """(field, records that tell it, why the others don't), of the fields that were exported."""


def held(store: Store, others: Sequence[Other]) -> dict[tuple[str, int], Held]:
    """What each of the other tables holds: its period, and how far its fields are told."""
    told: dict[tuple[str, int], dict[str, dict[str, int]]] = {}
    for source, part, field, state, records in store.rows(
        "SELECT source, part, field, state, sum(records) FROM coverage_cells WHERE field LIKE '%.%' "
        "GROUP BY source, part, field, state ORDER BY source, part, field, state"
    ):
        told.setdefault((source, part), {}).setdefault(field, {})[state] = int(records)
    found = {}
    for other in others:
        at = name(other.dated_by) if other.dated_by else "CAST(NULL AS BIGINT)"
        for source, part, first, last in store.rows(
            f"SELECT source, part, min({at}), max({at}) FROM {name(other.table)} GROUP BY source, part"
        ):
            fields = told.get((source, part), {})
            period = None if first is None else (int(first), int(last))
            shown = (_told(field, fields.get(f"{other.table}.{field}", {})) for field in other.fields)
            found[source, part] = Held(other.row, period, tuple(each for each in shown if each is not None))
    return found


@dataclass(frozen=True)
class Whose:
    """How far the fields are told in the logs of one body."""

    agency: str
    """Empty where no log says whose it is, or where that is no public body."""
    view: str
    files: int
    records: int
    told: Mapping[str, float | None]
    """Field -> the share of records that tell it; None where no log of theirs exports it."""


def whose(store: Store, logs: Mapping[tuple[str, int], tuple[str, str]]) -> list[Whose]:
    """How far each field is told, by whose logs they are and of what kind; `logs` says both of each table."""
    states: dict[tuple[str, str], dict[str, dict[str, int]]] = {}
    for source, part, field, state, records in store.rows(
        "SELECT source, part, field, state, sum(records) FROM coverage_cells GROUP BY source, part, field, state"
    ):
        if (source, part) in logs:
            cells = states.setdefault(logs[source, part], {}).setdefault(field, {})
            cells[state] = cells.get(state, 0) + int(records)
    files = Counter(logs.values())
    return [
        Whose(agency, view, files[agency, view], max(sum(cells.values()) for cells in fields.values()),
              {field: _share(cells) for field, cells in fields.items()})
        for (agency, view), fields in sorted(states.items())
    ]  # fmt: skip


def _share(states: Mapping[str, int]) -> float | None:
    if not set(states) - {State.NOT_EXPORTED}:
        return None
    return (states.get(State.VALUE, 0) + states.get(State.PARTIAL, 0)) / sum(states.values())


def _told(field: str, states: Mapping[str, int]) -> tuple[str, int, str] | None:
    """A field's records that tell it, and why the others don't; None where no record has such a field."""
    if not set(states) - {State.NOT_EXPORTED}:
        return None
    known = states.get(State.VALUE, 0) + states.get(State.PARTIAL, 0)
    why = (f"{states[state]:,} {label(state)}" for state in State if state in states and state is not State.VALUE)
    return field, known, ", ".join(why)


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
