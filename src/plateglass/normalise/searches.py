"""Distinct searches: one row for each fingerprint, whichever logs show it, month by month."""

from __future__ import annotations

from plateglass.model import SIGHTINGS
from plateglass.store import Step, Store, name

_AT_ONCE = 4_000_000
"""Sightings that are compared at once; months are taken together up to this."""


def searches(store: Store) -> None:
    """Leave the table `distinct_searches`: the first sighting of each search, and in how many logs it stands."""
    listed = ", ".join(name(column.name) for column in SIGHTINGS)
    store.run(
        Step(
            "distinct_searches",
            f"SELECT {listed}, sightings, logs FROM (SELECT *,"
            " row_number() OVER (PARTITION BY fingerprint ORDER BY source, part, record) AS nth,"
            " count(*) OVER (PARTITION BY fingerprint) AS sightings,"
            " 1 AS logs FROM sightings) AS s WHERE nth = 1",
        )
    )
