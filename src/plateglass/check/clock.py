"""Whose case it is, and what the clock said there: the home agency and its zone as SQL over epoch integers.

A law's first day begins at midnight where the agency is that it binds: at home by the zone that the case states,
elsewhere by the zones of the agency's state.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from plateglass.case import Settings, name_id
from plateglass.catalogue import Catalogue
from plateglass.store import Store, text

DAY_MS = 86_400_000
_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Home:
    """The home agency as `resolve` placed it; each word empty where nothing is known."""

    written: str = ""
    """Its name as the settings say it."""
    agency: str = ""
    """The agency's id."""
    state: str = ""
    """Two letters, lower case."""
    zone: ZoneInfo | None = None


@dataclass(frozen=True)
class Clock:
    """The zone that a case states, and which units it holds for."""

    zone: ZoneInfo | None = None
    logs: tuple[int, ...] = ()
    """The numbers of the home agency's logs."""
    agency: int | None = None
    """The home agency's number."""

    def own(self, *, searcher: bool) -> str:
        """SQL for the units that bind nobody but the home agency; empty where there are none, or no zone is stated.

        With `searcher` the one that searched may be bound too, and must be at home as well.
        """
        if self.zone is None or not self.logs or (searcher and self.agency is None):
            return ""
        log = f"log_no IN ({', '.join(map(str, self.logs))})"
        return f"({log} AND agency_no = {self.agency})" if searcher else log


def own_clock(store: Store, home: Home) -> Clock:
    """The clock of a case, from its tables `logs` and `agency_numbers`."""
    logs = store.rows("""
        SELECT log_no FROM logs WHERE owner_key = home_key OR (home_key IS NULL AND coalesce(owner_said, '') = '')
        ORDER BY log_no""")
    agency = store.rows("SELECT agency_no FROM agency_numbers WHERE agency = $id", {"id": home.agency})
    return Clock(home.zone, tuple(log for (log,) in logs), agency[0][0] if agency else None)


@cache
def _zones() -> dict[str, tuple[ZoneInfo, ...]]:
    stated = (states for country in Catalogue().zones.values() for states in country.states.items())
    return {state: tuple(map(ZoneInfo, names)) for state, names in stated}


def midnights(day: date, bound: Iterable[str]) -> tuple[int, int]:
    """The first and the last time at which a day may have begun, epoch ms: in some states, or where some agencies are.

    An agency's id tells its state; where it doesn't, as of federal bodies, and of nobody, that is anywhere.
    """
    known, asked = _zones(), [each.removeprefix("us-")[:2] if "-" in each else each for each in bound]
    everywhere = tuple(zone for zones in known.values() for zone in zones)
    zones = {zone for state in asked for zone in known.get(state, everywhere)} if asked else everywhere
    began = [midnight(day, zone) for zone in zones]
    return min(began), max(began)


def home(store: Store, settings: Settings) -> Home:
    """The home agency of a case, looked up in `organisations`."""
    if not settings.agency:
        return Home(zone=settings.zone)
    found = store.rows(
        "SELECT agency, state FROM organisations WHERE org = CAST($id AS UUID) OR name = $written"
        " ORDER BY agency IS NULL, agency LIMIT 1",
        {"id": str(name_id(settings.agency)), "written": settings.agency},
    )
    agency, state = found[0] if found else (None, None)
    return Home(settings.agency, agency or "", state or "", settings.zone)


def offset(column: str, zone: ZoneInfo | None, first: int, last: int) -> str:
    """SQL for the zone's distance from UTC in ms at a time in a column; exact from `first` to `last`.

    A time before or after the two has the distance of the nearest of them. NULL where no zone is stated.
    """
    if zone is None:
        return "CAST(NULL AS BIGINT)"
    start, *changes = transitions(zone, first, last)
    if not changes:
        return f"CAST({start[1]} AS BIGINT)"
    spans = pairwise((start, *changes))
    whens = " ".join(f"WHEN {column} < {until} THEN {ms}" for (_, ms), (until, _) in spans)
    return f"CAST(CASE WHEN {column} IS NULL THEN NULL {whens} ELSE {changes[-1][1]} END AS BIGINT)"


def transitions(zone: ZoneInfo, first: int, last: int) -> list[tuple[int, int]]:
    """(from when, ms to add to UTC), in order; the first one holds at `first`."""
    start, end = (datetime.fromtimestamp(ms // 1000, UTC).year for ms in (first, last))
    changes = (change for year in range(start, min(end + 1, MAXYEAR)) for change in _changes(zone, year))
    return [(first, _ahead(zone, first)), *(change for change in changes if first < change[0] <= last)]


@cache
def _changes(zone: ZoneInfo, year: int) -> tuple[tuple[int, int], ...]:
    """The changes of one year of UTC, in order: from when, and the ms to add from then on."""
    start, end = (int(datetime(each, 1, 1, tzinfo=UTC).timestamp() * 1000) for each in (year, year + 1))
    days = [day for day in range(start, end, DAY_MS) if _ahead(zone, day) != _ahead(zone, day + DAY_MS)]
    return tuple((_change(zone, day, day + DAY_MS), _ahead(zone, day + DAY_MS)) for day in days)


def _change(zone: ZoneInfo, before: int, after: int) -> int:
    """The first whole second at which the distance is that of `after`."""
    old, low, high = _ahead(zone, before), before // 1000, after // 1000
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _ahead(zone, middle * 1000) == old else (low, middle)
    return high * 1000


def _ahead(zone: ZoneInfo, ms: int) -> int:
    ahead = datetime.fromtimestamp(ms // 1000, UTC).astimezone(zone).utcoffset() or timedelta()
    return int(ahead.total_seconds() * 1000)


def midnight(day: date, zone: ZoneInfo | None) -> int:
    """When a day began in the zone, epoch ms; in UTC where no zone is stated."""
    return int(datetime.combine(day, time(), zone or UTC).timestamp() * 1000)


def instant(written: str, zone: ZoneInfo | None) -> int:
    """A date or an ISO 8601 time as epoch ms; without a zone of its own it is in the given one.

    Raises:
        ValueError: it is neither.
    """
    at = datetime.fromisoformat(written)
    return int((at if at.tzinfo else at.replace(tzinfo=zone or UTC)).timestamp() * 1000)


def month_name(months: int) -> str:
    """`YYYY-MM` of months since year 0."""
    return f"{months // 12:04}-{months % 12 + 1:02}"


def literal(written: str) -> str:
    """A text literal, NULL for the empty word."""
    return text(written) if written else "CAST(NULL AS VARCHAR)"
