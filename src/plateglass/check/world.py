"""What the steps of the views depend on besides the tables: the home, its clock, the codes, the kinds of log."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from plateglass.check.clock import DAY_MS, Home, offset
from plateglass.check.columns import PURPOSES
from plateglass.record_views import OTHER_VIEWS
from plateglass.store import Store

_BACK, _AHEAD = 6 * 366 * DAY_MS, 3 * 366 * DAY_MS
"""How far before the first and after the last search a window may reach and still get its clock right."""


@dataclass(frozen=True)
class World:
    """One case as the steps see it."""

    home: Home
    first: int
    last: int
    """Times of the first and the last search, epoch ms UTC."""
    codes: tuple[str, ...]
    """The columns of `reasons` that hold tiers."""
    uncoded: tuple[str, ...]
    """Those of them that `reasons` has no column for."""
    offences: bool
    """Whether any offence type from a list was coded."""
    lists: bool
    """Whether there is a sharing list."""
    seen: bool
    """Whether searches must be looked up in the network audits, one by one."""
    empty: frozenset[str] = frozenset()
    """Tables of other records than searches that hold none."""
    words: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Each rule that looks for words in policies, with its patterns."""

    def offset(self, column: str) -> str:
        """SQL for ms to add to a time in a column to get the agency's clock; NULL without a zone."""
        return offset(column, self.home.zone, self.first - _BACK, self.last + _AHEAD)

    def at(self, column: str) -> str:
        """SQL for a day, told by its midnight in UTC, as the agency's own midnight; a time of day stays what it is."""
        return f"CASE WHEN {column} % {DAY_MS} = 0 THEN {column} - coalesce({self.offset(column)}, 0) ELSE {column} END"

    def day(self, column: str) -> str:
        """SQL for the day number of a time in a column, in the agency's zone, else in UTC."""
        return f"({column} + coalesce({self.offset(column)}, 0)) // {DAY_MS}"


def world(store: Store, home: Home, words: Iterable[tuple[str, tuple[str, ...]]] = ()) -> World:
    """Look at the tables once: their times, codes and kinds of log."""
    times = "coalesce(min(searched_at), 0), coalesce(max(searched_at), 0)"
    first, last = store.rows(f"SELECT {times} FROM distinct_searches")[0]
    found = tuple(row[0] for row in store.rows("SELECT column_name FROM (DESCRIBE reasons)"))
    return World(
        home, first, last,
        codes=tuple(dict.fromkeys((*PURPOSES, *(c for c in found if c not in {"id", "field", "quality"})))),
        uncoded=tuple(code for code in PURPOSES if code not in found),
        offences=bool(store.one("SELECT count(*) FROM reasons WHERE field = 'offence'")),
        lists=bool(store.one("SELECT count(*) FROM shares")),
        seen=_seen(store), empty=_empty(store), words=tuple(words),
    )  # fmt: skip


def _empty(store: Store) -> frozenset[str]:
    tables = [view.table for view in OTHER_VIEWS.values()]
    counts = ", ".join(f"(SELECT count(*) FROM {table})" for table in tables)
    return frozenset(table for table, n in zip(tables, store.rows(f"SELECT {counts}")[0], strict=True) if not n)


def _seen(store: Store) -> bool:
    """Whether the first log that shows a search may not be the network audit that counts."""
    kinds = store.rows(
        "SELECT l.view, l.owner_key, l.owner_key = l.home_key FROM logs AS l WHERE l.accepted > 0"
        " AND l.view IN ('organisation_audit', 'network_audit', 'portal_audit') GROUP BY 1, 2, 3"
    )
    network = [kind for kind in kinds if kind[0] == "network_audit"]
    mixed = 0 < len(network) < len(kinds)
    return mixed or (len(network) > 1 and any(is_home for _, _, is_home in network))
