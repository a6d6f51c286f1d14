"""Searches linked across logs: the third count, beside records and distinct searches, with how far it can be trusted.

Distinct searches are told apart by every field; two redactions of one search, or two exports with other columns, are
two of them. They are linked here where nothing but the export explains the difference:

- by the vendor's id, within one second: one that stands for several times (`custody/duplicate-ids`) links only these;
- else by who searched, the second, the reach and the window that was asked for: first where all are equal, then where
  none that is there contradicts and at least one of reach and window is there in all, since logs leave columns out.

Where one file has two such searches, or two have different ids, it can't be told which is which: all stay apart, and
those without an id are counted. Where records have ids, the second way is tried on them as if they had none: how often
it is right is the precision that is stated, of its looser half.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from plateglass.store import Step, Store

_REACH: Final = ("networks", "devices", "from_at", "to_at")
"""The reach and the window. Who and when alone link nothing: an agency searches several times in a second."""
_KEY: Final = ("whose", "second", *_REACH)
"""What two copies of one search share."""


@dataclass(frozen=True)
class Linked:
    """How many searches there are once copies are linked, and how far that can be trusted."""

    searches: int
    """Distinct searches: not linked."""
    by_id: int
    """Searches that are another one by the vendor's id."""
    by_key: int
    """Searches that are another one by who, second, reach and window."""
    apart: int
    """Searches without an id that share a key with others and can't be told from them: they stay apart."""
    tried: int
    """Links that the key would make between records with ids, where the ids tell."""
    right: int
    """Those of them whose ids are equal."""

    @property
    def linked(self) -> int:
        """Searches linked across logs."""
        return self.searches - self.by_id - self.by_key

    @property
    def precision(self) -> float | None:
        """The share of the key's links that ids bear out; None where no ids tell."""
        return self.right / self.tried if self.tried else None

    @property
    def sentence(self) -> str:
        """All of it in words."""
        merged = f"{self.by_id:,} by the vendor's id, {self.by_key:,} by who, second, reach and window"
        said = f"{self.searches:,} distinct searches are {self.linked:,} once copies are linked: {merged}"
        left = f"; {self.apart:,} that can't be told apart for sure stay apart" if self.apart else ""
        if self.precision is None:
            return f"{said}{left}; no ids are there to measure how often the second way is right"
        return f"{said}{left}; where ids tell, the second way is right in {self.right:,} of {self.tried:,} cases"


def find(store: Store) -> Linked:
    """Leave `links` (fingerprint, link, how) for the searches that are another's copies, and count.

    Reads `distinct_searches`, `sightings`, `sources`, `organisations` and `home`.
    """
    store.run(*steps())
    (counted,) = store.records(_COUNTS)
    return Linked(**{key: int(value or 0) for key, value in counted.items()})


def steps() -> list[Step]:
    """Every step, `links` last."""
    return [
        *_searches(),
        Step("link_ids", """
            SELECT search_id, second, min(CAST(fingerprint AS VARCHAR)) AS unit, count(*) AS n FROM link_searches
            WHERE search_id IS NOT NULL GROUP BY search_id, second HAVING count(*) > 1""",
            "ids that stand for several distinct searches of one second: copies of one"),
        Step("link_near", """
            SELECT s.*, coalesce(i.unit, CAST(s.fingerprint AS VARCHAR)) AS unit
            FROM link_searches AS s JOIN link_seconds AS c ON c.whose = s.whose AND c.second = s.second
            LEFT JOIN link_ids AS i ON i.search_id = s.search_id AND i.second = s.second WHERE s.telling""",
            "searches that may be copies; those that an id has linked are one unit"),
        Step("link_places", f"""
            SELECT DISTINCT {", ".join(f"n.{c}" for c in _KEY)}, n.unit, n.search_id, t.source, t.part
            FROM link_near AS n JOIN sightings AS t ON t.fingerprint = n.fingerprint""", "each with its files"),
        *_level("exact", _KEY, "link_places"),
        Step("link_left", f"""
            SELECT {", ".join(f"p.{c}" for c in _KEY)}, coalesce(e.link, p.unit) AS unit, p.search_id, p.source, p.part
            FROM link_places AS p LEFT JOIN link_exact AS e ON e.unit = p.unit""",
            "the same, copies that are equal in every part already one", lazy=True),
        *_level("loose", ("whose", "second"), "link_left"),
        Step("links", """
            SELECT fingerprint, link, CASE WHEN unit <> link THEN 'key' ELSE how END AS how, count(*) OVER (PARTITION BY
              link) AS n FROM (
              SELECT a.fingerprint, a.unit, coalesce(l.link, e.link, a.unit) AS link,
                CASE WHEN a.search_id IS NOT NULL THEN 'id' ELSE 'key' END AS how
              FROM link_near AS a LEFT JOIN link_exact AS e ON e.unit = a.unit
              LEFT JOIN link_loose AS l ON l.unit = coalesce(e.link, a.unit)
              UNION ALL
              SELECT s.fingerprint, i.unit, i.unit, 'id' FROM link_searches AS s
              JOIN link_ids AS i ON i.search_id = s.search_id AND i.second = s.second
              WHERE s.fingerprint NOT IN (SELECT fingerprint FROM link_near)) AS u""",
            "one row a search that may be a copy: those with one `link` are one search", lazy=True),
    ]  # fmt: skip


def _level(level: str, key: tuple[str, ...], places: str) -> list[Step]:
    """`link_<level>`: each search -> the one that it is linked to, because they share a key and nothing speaks against.

    Against it speaks: two of them in one file, two ids, two values of a field, no field that all of them have.
    """
    names, of_a, same = ", ".join(key), ", ".join(f"a.{c}" for c in key), " AND ".join(f"a.{c} = b.{c}" for c in key)
    told = ", ".join(f"count(DISTINCT CASE WHEN {c} >= 0 THEN {c} END) AS n_{c}" for c in _REACH)
    shared = " OR ".join(f"min_{c} >= 0" for c in _REACH)
    least = ", ".join(f"min({c}) AS min_{c}" for c in _REACH)
    agree = " AND ".join(f"n_{c} <= 1" for c in _REACH)
    alone = f"a.keys = 1 AND b.at_once = 1 AND {agree} AND ({shared})"
    return [
        Step(f"link_{level}_units", f"""
            SELECT unit, count(*) AS keys FROM (SELECT DISTINCT {names}, unit FROM {places}) AS d GROUP BY unit""",
            "each search, with how many keys its copies give it"),
        Step(f"link_{level}_keys", f"""
            SELECT {of_a}, a.link, a.units, a.ids, b.with_id, b.files, {alone} AS alone,
              a.units > 1 AND a.ids <= 1 AND {alone} AS sure
            FROM (SELECT {names}, min(p.unit) AS link, count(DISTINCT p.unit) AS units,
                    count(DISTINCT p.search_id) AS ids, max(u.keys) AS keys, {told}, {least}
                  FROM {places} AS p JOIN link_{level}_units AS u ON u.unit = p.unit GROUP BY {names}) AS a
            JOIN (SELECT {names}, max(units) AS at_once, sum(CASE WHEN ids > 0 THEN 1 ELSE 0 END) AS with_id,
                    count(*) AS files
                  FROM (SELECT {names}, source, part, count(DISTINCT unit) AS units, count(DISTINCT search_id) AS ids
                        FROM {places} GROUP BY {names}, source, part) AS f GROUP BY {names}) AS b ON {same}""",
            "each key, and whether it is sure that all searches with it are one"),
        Step(f"link_{level}", f"""
            SELECT DISTINCT a.unit, b.link FROM {places} AS a JOIN link_{level}_keys AS b ON {same} WHERE b.sure""",
            "each search that is another's copy, or has one"),
    ]  # fmt: skip


def _searches() -> list[Step]:
    return [
        Step("link_orgs", """
            SELECT o.org, coalesce(a.first_org, CAST(o.org AS VARCHAR)) AS whose FROM organisations AS o
            LEFT JOIN (SELECT agency, min(CAST(org AS VARCHAR)) AS first_org FROM organisations
                       WHERE agency IS NOT NULL GROUP BY agency) AS a ON a.agency = o.agency""",
            "one token for all spellings of an agency"),
        Step("link_home", "SELECT min(o.whose) AS whose FROM home AS h JOIN link_orgs AS o ON o.org = h.id",
            "the home agency's"),
        Step("link_searches", f"""
            SELECT s.fingerprint, s.search_id, s.searched_at // 1000 AS second, s.logs,
              coalesce(w.whose, CASE WHEN s.org IS NULL AND l.view <> 'network_audit' THEN coalesce(v.whose, h.whose)
                END) AS whose, {", ".join(f"coalesce(s.{c}, -1) AS {c}" for c in _REACH)},
              coalesce({", ".join(f"s.{c}" for c in _REACH)}) IS NOT NULL AS telling
            FROM distinct_searches AS s JOIN sources AS l ON l.source = s.source AND l.part = s.part
            LEFT JOIN link_orgs AS w ON w.org = s.org LEFT JOIN link_orgs AS v ON v.org = l.owner_org
            CROSS JOIN link_home AS h""", "distinct searches, each with who searched", lazy=True),
        Step("link_seconds", """
            SELECT whose, second FROM link_searches WHERE whose IS NOT NULL AND telling GROUP BY whose, second
            HAVING count(*) > 1""", "seconds in which one agency has several distinct searches"),
    ]  # fmt: skip


_COUNTS: Final = """
SELECT (SELECT count(*) FROM distinct_searches) AS searches, (SELECT sum(n - 1) FROM link_ids) AS by_id,
  (SELECT coalesce(sum(units - 1), 0) FROM link_exact_keys WHERE sure)
    + (SELECT coalesce(sum(units - 1), 0) FROM link_loose_keys WHERE sure) AS by_key,
  (SELECT sum(units - ids) FROM link_loose_keys WHERE units > 1 AND NOT sure AND files > 1) AS apart,
  t.right_ones AS right, t.right_ones + t.wrong_ones AS tried
FROM (SELECT
    (SELECT count(*) FROM link_searches WHERE search_id IS NOT NULL AND logs > 1 AND telling AND whose IS NOT NULL)
    - (SELECT count(*) FROM link_near WHERE search_id IS NOT NULL AND logs > 1)
    + (SELECT count(*) FROM link_loose_keys WHERE alone AND ids = 1 AND with_id > 1) AS right_ones,
    (SELECT coalesce(sum(ids - 1), 0) FROM link_loose_keys WHERE alone AND ids > 1) AS wrong_ones) AS t
"""
