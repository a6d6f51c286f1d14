"""Which searches a report is about, each counted once, however many logs show it.

A search by the home agency's own users stands in the agency's organisation audit, in its own network audit and in that
of each agency whose cameras it reached, and the copies seldom agree in every field. While an organisation audit of the
agency covers the time, only what stands in it counts; else each search counts once, copies linked (`links.py`). So do
searches by others. `narrow` then leaves nothing but these in `distinct_searches`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from plateglass import links
from plateglass.links import Linked
from plateglass.model import View
from plateglass.publish import words
from plateglass.store import Step, Store, text

OWN: Final = "home IS NOT NULL AND agency = home"
"""A search by the home agency's own users, over `searches`."""
OUTSIDE: Final = "home IS NOT NULL AND exposed AND coalesce(owner = home, false) AND agency IS DISTINCT FROM home"
"""A search of the home agency's cameras by another body."""
WHOSE: Final[Mapping[int, str]] = {
    1: "Searches by the agency’s own users",
    2: "Searches of the agency’s cameras by other bodies",
    3: "Other searches in the logs",
}
"""A search with copies is whose the nearest of them is."""


@dataclass(frozen=True)
class Population:
    """How many searches there are, and how they are counted."""

    linked: Linked
    """The copies that were linked, over all logs."""
    tallies: Mapping[int, tuple[str, int, int, int]]
    """Whose -> what they are, how many are distinct, how many once copies are linked, how many the report counts."""
    own: str = ""
    """How the searches by the agency's own users are counted; empty where there are none."""


def population(store: Store, zone: ZoneInfo | None) -> Population:
    """Count the searches of the case, and leave `counted_searches` (fingerprint, whose): each once.

    Reads the view `searches` and what it joins; leaves `links` too.
    """
    found = links.find(store)
    store.run(*steps())
    rows = store.rows("""
        SELECT whose, count(*) AS shown, count(DISTINCT link) AS linked,
          count(CASE WHEN nth = 1 THEN 1 END) AS counted, count(CASE WHEN nth = 1 AND audit THEN 1 END) AS in_audit
        FROM told_searches GROUP BY whose""")
    counts = {whose: tuple(map(int, numbers)) for whose, *numbers in rows}
    own = _said(store, counts[1], zone) if 1 in counts else ""
    tallies = {whose: (what, n[0], n[1], n[2]) for whose, what in WHOSE.items() if (n := counts.get(whose))}
    return Population(found, tallies, own)


def steps() -> list[Step]:
    """`counted_searches`, from where each search stands in the agency's own logs."""
    return [
        Step("own_audits", f"""
            SELECT source, part, first_at, last_at FROM logs
            WHERE view = {text(View.ORGANISATION_AUDIT)} AND owner_key = home_key AND first_at IS NOT NULL""",
            "the home agency's organisation audits, with the time that they cover"),
        Step("at_home", """
            SELECT s.fingerprint, max(CASE WHEN a.source IS NULL THEN 0 ELSE 1 END) = 1 AS audit
            FROM sightings AS s JOIN logs AS l ON l.source = s.source AND l.part = s.part
            LEFT JOIN own_audits AS a ON a.source = s.source AND a.part = s.part
            WHERE l.owner_key = l.home_key GROUP BY s.fingerprint""", "searches that the home agency's own logs show"),
        Step("placed_searches", f"""
            SELECT d.fingerprint, s.record, o.rank, coalesce(k.link, d.fingerprint) AS link,
              CASE WHEN {OWN} THEN 1 WHEN {OUTSIDE} THEN 2 ELSE 3 END AS nearness,
              h.fingerprint IS NOT NULL AS home_log, coalesce(h.audit, false) AS audit,
              EXISTS (SELECT 1 FROM own_audits AS a WHERE s.searched_at BETWEEN a.first_at AND a.last_at) AS covered
            FROM searches AS s
            JOIN distinct_searches AS d ON d.source = s.source AND d.part = s.part AND d.record = s.record
            JOIN source_order AS o ON o.source = s.source AND o.part = s.part
            LEFT JOIN links AS k ON k.fingerprint = d.fingerprint
            LEFT JOIN at_home AS h ON h.fingerprint = d.fingerprint""",
            "one row a distinct search, with whose it is and where it stands"),
        Step("told_searches", """
            SELECT *, CASE WHEN whose > 1 OR audit OR NOT covered THEN row_number() OVER (
                PARTITION BY link ORDER BY audit DESC, nearness, home_log DESC, rank, record) END AS nth
            FROM (SELECT *, min(nearness) OVER (PARTITION BY link) AS whose FROM placed_searches) AS p""",
            "the first of several copies counts, the agency's own audit before all"),
        Step("counted_searches", "SELECT fingerprint, whose FROM told_searches WHERE nth = 1",
             "the searches that are counted"),
    ]  # fmt: skip


def _said(store: Store, counts: tuple[int, ...], zone: ZoneInfo | None) -> str:
    """In words, what the searches by the agency's own users are counted from."""
    _, linked, counted, in_audit = counts
    if not in_audit:
        return "No organisation audit of the agency covers them: counted over all logs, copies linked."
    span = words.span(store.rows("SELECT min(first_at), max(last_at) FROM own_audits")[0], zone)
    beyond = "" if in_audit == counted else ", and beyond its time over all logs, copies linked"
    more = f" All logs together show {linked:,} once copies are linked; what the audit lacks is not counted."
    return f"Counted from the agency’s own organisation audit, {span}{beyond}.{more if linked > counted else ''}"


def narrow(store: Store, folder: Path, *, only_home: bool = False) -> None:
    """Leave in `distinct_searches` what `counted_searches` has; of the home agency only, if so, with its own files.

    The rows lie in a file, as they do for large cases. What other agencies' files hold is then out of `sources`, which
    `all_sources` has whole; only logs that the home agency's searches are counted from stay in.
    """
    kept = "SELECT fingerprint FROM counted_searches" + (" WHERE whose < 3" if only_home else "")
    keep(store, folder / "counted.parquet", f"fingerprint IN ({kept})")
    if only_home:
        store.run(
            Step("all_sources", "SELECT * FROM sources"),
            Step("sources", """
                SELECT s.* FROM all_sources AS s JOIN logs AS l ON l.source = s.source AND l.part = s.part
                LEFT JOIN (SELECT DISTINCT source, part FROM distinct_searches) AS d
                  ON d.source = s.source AND d.part = s.part
                WHERE l.owner_key = l.home_key OR d.source IS NOT NULL"""),
        )  # fmt: skip


def keep(store: Store, path: Path, where: str) -> None:
    """Leave in `distinct_searches` what a predicate holds of."""
    store.write_query(f"SELECT * FROM distinct_searches WHERE {where}", path)
    store.run(Step("distinct_searches", f"SELECT * FROM read_parquet([{text(str(path))}])", lazy=True))
