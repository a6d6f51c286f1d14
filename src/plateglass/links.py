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

from plateglass.errors import Issue, Place, Severity
from plateglass.model import SEARCH_VIEWS
from plateglass.store import Step, Store, one_of

_REACH: Final = ("networks", "devices", "from_at", "to_at")
"""The reach and the window. Who and when alone link nothing: an agency searches several times in a second."""
_SHOWN: Final = ", ".join(f"n.{column}" for column in _REACH)


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


def twice(store: Store) -> list[Issue]:
    """A note for each two files that show one log twice; `find` was there before.

    They are of one owner and kind and of about the same time, and nine in ten searches of the smaller stand in both. Of
    portals, whose last thirty days are released again and again, only where that counts a search twice.
    What is written otherwise in one of them is two distinct searches, of which links make one.
    """
    files, pairs, *others = _TWICE
    store.run(files, pairs)
    if not store.one("SELECT count(*) FROM twice_pairs"):
        return []
    store.run(*others)
    notes = []
    for name, part, other, searches, shared, same in store.rows(_TWICE_FOUND):
        told = f"{other} shows the same log: of {searches:,} searches {shared:,} stand in both files"
        if shared > same:
            told += (
                f"; searches that are written otherwise: {shared - same:,}. Findings count such a search twice; "
                "the count with copies linked, questions and statutory reports count it once"
            )
        notes.append(Issue("log-twice", Severity.NOTE, Place(name, part), told))
    return notes


_TWICE: Final = (
    Step("twice_files", f"""
        SELECT row_number() OVER (ORDER BY s.source, s.part) AS file_no, s.source, s.part, s.name, s.part_name, s.view,
          s.first_at, s.last_at, coalesce(v.whose, s.owner_org, h.whose) AS whose
        FROM sources AS s LEFT JOIN link_orgs AS v ON v.org = s.owner_org CROSS JOIN link_home AS h
        WHERE {one_of("s.view", SEARCH_VIEWS)} AND s.accepted > 0""",
        "files of searches, numbered, with whose they are"),
    Step("twice_pairs", """
        SELECT a.file_no AS one, b.file_no AS other
        FROM twice_files AS a JOIN twice_files AS b ON b.whose = a.whose AND b.view = a.view AND b.file_no > a.file_no
        WHERE 2 * (least(a.last_at, b.last_at) - greatest(a.first_at, b.first_at))
          >= least(a.last_at - a.first_at, b.last_at - b.first_at)""", "files of one log and of about the same time"),
    Step("twice_shown", """
        SELECT DISTINCT f.file_no, s.fingerprint, coalesce(k.link, s.fingerprint) AS link
        FROM sightings AS s JOIN twice_files AS f ON f.source = s.source AND f.part = s.part
        LEFT JOIN links AS k ON k.fingerprint = s.fingerprint
        WHERE f.file_no IN (SELECT one FROM twice_pairs UNION SELECT other FROM twice_pairs)""",
        "their searches, each with the one that it is a copy of"),
    Step("twice_sizes", "SELECT file_no, count(DISTINCT link) AS n FROM twice_shown GROUP BY file_no",
         "how many searches each of them shows"),
)  # fmt: skip
_TWICE_FOUND: Final = """
    SELECT f.name, coalesce(f.part_name, ''), t.name, least(m.n, n.n), p.shared, p.same
    FROM (SELECT p.one, p.other, count(DISTINCT a.link) AS shared,
            count(DISTINCT CASE WHEN a.fingerprint = b.fingerprint THEN a.link END) AS same
          FROM twice_pairs AS p JOIN twice_shown AS a ON a.file_no = p.one
          JOIN twice_shown AS b ON b.file_no = p.other AND b.link = a.link GROUP BY p.one, p.other) AS p
    JOIN twice_sizes AS m ON m.file_no = p.one JOIN twice_sizes AS n ON n.file_no = p.other
    JOIN twice_files AS f ON f.file_no = p.one JOIN twice_files AS t ON t.file_no = p.other
    WHERE 10 * p.shared >= 9 * least(m.n, n.n)
      AND (f.view <> 'portal_audit' OR p.shared > p.same) ORDER BY f.name, t.name, p.one, p.other"""


def steps() -> list[Step]:
    """Every step, `links` last."""
    return [
        *_searches(),
        Step("link_ids", """
            SELECT search_id, second, min(fingerprint) AS unit, count(*) AS n FROM link_searches
            WHERE search_id IS NOT NULL GROUP BY search_id, second HAVING count(*) > 1""",
            "ids that stand for several distinct searches of one second: copies of one"),
        Step("link_near", f"""
            SELECT n.fingerprint, n.search_id, n.logs, c.pair, {_SHOWN}, coalesce(i.unit, n.fingerprint) AS unit
            FROM link_searches AS n JOIN link_seconds AS c ON c.whose = n.whose AND c.second = n.second
            LEFT JOIN link_ids AS i ON i.search_id = n.search_id AND i.second = n.second WHERE n.telling""",
            "searches that may be copies; those that an id has linked are one unit"),
        Step("link_equal", f"""
            SELECT pair, {", ".join(_REACH)} FROM link_near GROUP BY pair, {", ".join(_REACH)}
            HAVING min(unit) <> max(unit)""", "keys that several searches have whole: few"),
        Step("link_twins", f"""
            SELECT n.fingerprint, n.search_id, n.logs, n.pair, {_SHOWN}, n.unit
            FROM link_near AS n JOIN (SELECT DISTINCT m.unit FROM link_near AS m JOIN link_equal AS k
              ON {" AND ".join(f"m.{c} = k.{c}" for c in ("pair", *_REACH))}) AS u ON u.unit = n.unit""",
            "the searches that have one, with all that an id has linked to them", lazy=True),
        *_level("exact", ("pair", *_REACH), "link_twins", "units > 1"),
        Step("link_left", f"""
            SELECT n.fingerprint, n.search_id, n.logs, n.pair, {_SHOWN}, coalesce(e.link, n.unit) AS unit
            FROM link_near AS n LEFT JOIN link_exact AS e ON e.unit = n.unit""",
            "the same, copies that are equal in every part already one", lazy=True),
        *_level("loose", ("pair",), "link_left", "units > 1 OR ids > 0"),
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


def _level(level: str, key: tuple[str, ...], near: str, asked: str) -> list[Step]:
    """`link_<level>`: each search -> the one that it is linked to, because they share a key and nothing speaks against.

    Against it speaks: two of them in one file, two ids, two values of a field, no field that all of them have. Of the
    keys that are `asked` about only those are looked up in the files whose searches leave it open. A unit has one id
    at most, so ids are counted as units.
    """
    names, of_n = ", ".join(key), ", ".join(f"n.{c}" for c in key)
    here, there = (" AND ".join(f"{one}.{c} = k.{c}" for c in key) for one in "nf")
    spans = ", ".join(f"min({c}) AS low_{c}, min(CASE WHEN {c} >= 0 THEN {c} END) AS from_{c}, max({c}) AS up_{c}"
                      for c in _REACH)  # fmt: skip
    wider = ", ".join(f"min(u.low_{c}) AS low_{c}, min(u.from_{c}) AS from_{c}, max(u.up_{c}) AS up_{c}"
                      for c in _REACH)  # fmt: skip
    agree = " AND ".join(f"coalesce(from_{c} = up_{c}, true)" for c in _REACH)
    shared = " OR ".join(f"low_{c} >= 0" for c in _REACH)
    return [
        Step(f"link_{level}_units", f"""
            SELECT {names}, unit, max(CASE WHEN search_id IS NULL THEN 0 ELSE 1 END) AS id, max(logs) AS logs,
              {spans}
            FROM {near} GROUP BY {names}, unit""", "one row a key and search that has it"),
        Step(f"link_{level}_several", f"SELECT unit FROM link_{level}_units GROUP BY unit HAVING count(*) > 1",
             "searches whose copies give them several keys"),
        Step(f"link_{level}_asked", f"""
            SELECT {names}, link, units, ids, logs, NOT several AND {agree} AND ({shared}) AS fit
            FROM (SELECT {", ".join(f"u.{c}" for c in key)}, min(u.unit) AS link, count(*) AS units, sum(u.id) AS ids,
                    max(u.logs) AS logs, count(o.unit) > 0 AS several, {wider}
                  FROM link_{level}_units AS u LEFT JOIN link_{level}_several AS o ON o.unit = u.unit
                  GROUP BY {", ".join(f"u.{c}" for c in key)}) AS g
            WHERE {asked}""", "each key that is asked about, with what its searches say"),
        Step(f"link_{level}_files", f"""
            SELECT {names}, max(crowded) = 0 AS single, sum(id) AS with_id, count(*) AS files
            FROM (SELECT {of_n}, CASE WHEN min(n.unit) <> max(n.unit) THEN 1 ELSE 0 END AS crowded,
                    max(CASE WHEN n.search_id IS NULL THEN 0 ELSE 1 END) AS id
                  FROM {near} AS n JOIN link_{level}_asked AS k ON {here} AND (k.fit OR k.logs = 1)
                  JOIN sightings AS t ON t.fingerprint = n.fingerprint
                  GROUP BY {of_n}, t.source, t.part) AS f
            GROUP BY {names}""", "each that may be sure, with its files: whether none shows two searches of it"),
        Step(f"link_{level}_keys", f"""
            SELECT {", ".join(f"k.{c}" for c in key)}, k.link, k.units, k.ids, f.with_id,
              f.files IS NULL OR f.files > 1 AS spread, k.fit AND f.single AS alone,
              k.fit AND f.single AND k.units > 1 AND k.ids <= 1 AS sure
            FROM link_{level}_asked AS k LEFT JOIN link_{level}_files AS f ON {there}""",
            "each of them, and whether it is sure that all searches with it are one"),
        Step(f"link_{level}", f"""
            SELECT n.unit, k.link FROM link_{level}_units AS n JOIN link_{level}_keys AS k ON {here}
            WHERE k.sure""", "each search that is another's copy, or has one"),
    ]  # fmt: skip


def _searches() -> list[Step]:
    return [
        Step("link_orgs", """
            SELECT o.org, coalesce(a.first_org, o.org) AS whose FROM organisations AS o
            LEFT JOIN (SELECT agency, min(org) AS first_org FROM organisations
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
            SELECT whose, second, row_number() OVER (ORDER BY whose, second) AS pair FROM (
              SELECT whose, second FROM link_searches WHERE whose IS NOT NULL AND telling GROUP BY whose, second
              HAVING count(*) > 1) AS s""", "seconds in which one agency has several distinct searches, numbered"),
    ]  # fmt: skip


_COUNTS: Final = """
SELECT (SELECT count(*) FROM distinct_searches) AS searches, (SELECT sum(n - 1) FROM link_ids) AS by_id,
  (SELECT coalesce(sum(units - 1), 0) FROM link_exact_keys WHERE sure)
    + (SELECT coalesce(sum(units - 1), 0) FROM link_loose_keys WHERE sure) AS by_key,
  (SELECT sum(units - ids) FROM link_loose_keys WHERE units > 1 AND NOT sure AND spread) AS apart,
  t.right_ones AS right, t.right_ones + t.wrong_ones AS tried
FROM (SELECT
    (SELECT count(*) FROM link_searches WHERE search_id IS NOT NULL AND logs > 1 AND telling AND whose IS NOT NULL)
    - (SELECT count(*) FROM link_near WHERE search_id IS NOT NULL AND logs > 1)
    + (SELECT count(*) FROM link_loose_keys WHERE alone AND ids = 1 AND with_id > 1) AS right_ones,
    (SELECT coalesce(sum(ids - 1), 0) FROM link_loose_keys WHERE alone AND ids > 1) AS wrong_ones) AS t
"""
