"""Distinct searches: one row for each fingerprint, whichever logs show it, a stretch of time after another.

Two sightings of one search have the same time, so stretches of time are independent of each other, and memory is
bounded by the fullest stretch. What is compared is narrow: a fingerprint and the sighting's place. The whole row is
fetched afterwards, for the first place only, so that no row is made of two logs' cells.

An empty cell and a column that is not there have the same fingerprint, but rules tell them apart. So the fullest copy
of a search comes first: that of the table that exports most columns, whatever the hashes of the files are.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from plateglass.model import SIGHTINGS, View
from plateglass.store import Step, Store, name, text

_AT_ONCE: Final = 5_000_000
"""Sightings that are compared at once, unless one day has more."""
_DAY: Final = 86_400_000
_BITS: Final = 62
"""So many sources have a bit each in one number, which is cheaper than a row for each source of each search."""
_TABLE: Final = 2**34
"""A place is one number: up to 2^34 records in a table, 2^29 tables."""
_KINDS: Final = (View.ORGANISATION_AUDIT, View.NETWORK_AUDIT, View.PORTAL_AUDIT)
"""Of tables with as many columns, whose comes first: who searched knows best."""
_COLUMNS: Final = ", ".join(f"s.{name(column.name)}" for column in SIGHTINGS)


def searches(store: Store, folder: Path | None = None) -> None:
    """Leave `distinct_searches`: the first sighting of each search, how many sightings it has, and in how many logs.

    The first is that of the table with most columns, of several that of the searchers' own log, then that of the
    lowest source, part and record: the same whatever order files came in. With a folder the rows lie there as
    Parquet, for a case that is larger than memory; without one, they are a table.
    """
    store.run(
        Step("source_order", _order(), "one row a table of sightings: the fullest first"),
        Step("placed", f"SELECT s.*, o.nth, o.rank * {_TABLE} + s.record AS place"
             " FROM sightings AS s JOIN source_order AS o ON o.source = s.source AND o.part = s.part", lazy=True),
    )  # fmt: skip
    stretches = list(_stretches(store)) or [(0, 0)]
    for number, (start, end) in enumerate(stretches):
        found = _found(store, f"searched_at >= {start} AND searched_at < {end}")
        if folder is None:
            made = "INSERT INTO distinct_searches" if number else "CREATE OR REPLACE TEMP TABLE distinct_searches AS"
            store.execute(f"{made} {found}")
        else:
            store.write_query(found, folder / f"{number}.parquet")
    if folder is not None:
        written = [str(folder / f"{number}.parquet") for number in range(len(stretches))]
        listed = ", ".join(text(path) for path in written)
        store.run(Step("distinct_searches", f"SELECT * FROM read_parquet([{listed}])", lazy=True))
    store.execute("DROP TABLE IF EXISTS first_places")


def _order() -> str:
    """The number of each table's source, and the table's rank among all."""
    kinds = " ".join(f"WHEN {text(kind)} THEN {number}" for number, kind in enumerate(_KINDS))
    full = "CASE WHEN columns = '' THEN 0 ELSE length(columns) - length(replace(columns, ',', '')) + 1 END"
    return (
        "SELECT source, part, dense_rank() OVER (ORDER BY source) AS nth, row_number() OVER (ORDER BY"
        f" coalesce({full}, 0) DESC, CASE view {kinds} ELSE {len(_KINDS)} END, source, part) AS rank FROM sources"
    )


def _stretches(store: Store) -> Iterator[tuple[int, int]]:
    """Stretches of whole days that together hold every sighting, each of about as many as can be compared at once."""
    days = store.rows(
        f"SELECT day, count(*) FROM (SELECT CAST(floor(searched_at / {_DAY}.0) AS BIGINT) AS day FROM sightings) AS s"
        " GROUP BY day ORDER BY day"
    )
    start, seen = None, 0
    for day, count in days:
        if start is not None and seen + count > _AT_ONCE:
            yield start * _DAY, day * _DAY
            start, seen = None, 0
        start = day if start is None else start
        seen += count
    if start is not None:
        yield start * _DAY, (days[-1][0] + 1) * _DAY


def _found(store: Store, when: str) -> str:
    """The first sighting of each search of a stretch, with its two counts."""
    sources = store.one("SELECT max(nth) FROM source_order") or 0
    made = (
        "SELECT min(place) AS place, count(*) AS sightings, bit_count(bit_or(CAST(1 AS BIGINT) << (nth - 1))) AS logs"
        f" FROM placed WHERE {when} GROUP BY fingerprint"
        if sources <= _BITS
        else "SELECT min(place) AS place, sum(times) AS sightings, count(*) AS logs"
        " FROM (SELECT fingerprint, nth, min(place) AS place, count(*) AS times"
        f" FROM placed WHERE {when} GROUP BY fingerprint, nth) AS f GROUP BY fingerprint"
    )
    store.run(Step("first_places", made))
    firsts = store.rows(f"""
        SELECT DISTINCT o.source FROM (SELECT DISTINCT place // {_TABLE} AS rank FROM first_places) AS f
        JOIN source_order AS o ON o.rank = f.rank""")
    those = ", ".join(text(source) for (source,) in sorted(firsts)) or "''"
    return (  # a log that others show whole is not opened again
        f"SELECT {_COLUMNS}, CAST(f.sightings AS BIGINT) AS sightings, CAST(f.logs AS BIGINT) AS logs"
        f" FROM placed AS s JOIN first_places AS f ON f.place = s.place WHERE {when} AND s.source IN ({those})"
    )
