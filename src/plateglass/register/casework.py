"""What a case adds to the network: whom its lists let look (enabled), and who its logs show to have looked (proven).

Only agencies that were recognised, and whose names may stand in an output, become places; the rest is counted. A
network audit is one agency's own log of everybody who searched its cameras: a search in it by another agency is that
agency's look at the data. An organisation audit names no camera's owner, so it proves no flow.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from plateglass.register import naming
from plateglass.register.entities import DataCategory, Evidence
from plateglass.register.evidence import Window
from plateglass.register.flows import Categories, Edge
from plateglass.register.holdings import Register
from plateglass.register.naming import Agency, Standing
from plateglass.store import Store

CARRIED = "plate-read"
"""What the logs and lists of a case are about."""

_OWNED = """
SELECT l.source, l.part, l.view, l.name AS file, coalesce(o.agency, h.agency) AS agency,
  coalesce(o.name, h.name) AS name, coalesce(o.kind, h.kind) AS kind, coalesce(o.state, h.state) AS state
FROM sources AS l
LEFT JOIN organisations AS o ON o.org = l.owner_org AND o.public AND o.agency IS NOT NULL
LEFT JOIN (SELECT g.agency, g.name, g.kind, g.state FROM home AS m JOIN organisations AS g ON g.org = m.id
  WHERE g.public AND g.agency IS NOT NULL) AS h ON l.owner_org IS NULL
"""

_PAIR = """
  l.agency AS owner, l.name AS owner_name, l.kind AS owner_kind, l.state AS owner_state,
  o.agency AS other, o.name AS other_name, o.kind AS other_kind, o.state AS other_state
"""
_GROUP = " GROUP BY l.agency, l.name, l.kind, l.state, o.agency, o.name, o.kind, o.state ORDER BY l.agency, o.agency"

_SEARCHED = f"""
SELECT {_PAIR}, count(DISTINCT s.fingerprint) AS searches,
  min(s.searched_at) AS first_at, max(s.searched_at) AS last_at, min(s.source) AS source, min(s.record) AS record
FROM sightings AS s
JOIN ({_OWNED}) AS l ON l.source = s.source AND l.part = s.part
JOIN organisations AS o ON o.org = s.org AND o.public AND o.agency IS NOT NULL
WHERE l.view = 'network_audit' AND l.agency IS NOT NULL AND o.agency <> l.agency
{_GROUP}
"""

_LISTED = f"""
SELECT {_PAIR}, min(s.source) AS source, min(s.record) AS record, max(l.captured_on) AS captured_on
FROM shares AS s
JOIN (SELECT w.*, c.captured_on FROM ({_OWNED}) AS w JOIN sources AS c ON c.source = w.source AND c.part = w.part) AS l
  ON l.source = s.source AND l.part = s.part
JOIN organisations AS o ON o.org = s.org AND o.public AND o.agency IS NOT NULL
WHERE (s.outbound IS NULL OR s.outbound > 0) AND l.agency IS NOT NULL AND o.agency <> l.agency
{_GROUP}
"""

_UNNAMED = """
SELECT (SELECT count(*) FROM shares AS s LEFT JOIN organisations AS o ON o.org = s.org
    WHERE o.agency IS NULL OR NOT o.public) AS shares,
  (SELECT count(*) FROM sightings AS s JOIN sources AS l ON l.source = s.source AND l.part = s.part
    LEFT JOIN organisations AS o ON o.org = s.org
    WHERE l.view = 'network_audit' AND (o.agency IS NULL OR NOT o.public)) AS searches
"""


@dataclass(frozen=True)
class Casework:
    """What the lists and logs of a case say of flows."""

    edges: tuple[Edge, ...]
    standings: Mapping[str, Standing]
    """Agency id -> where it stands."""
    unnamed_shares: int
    """Records of sharing lists whose organisation was not recognised or may not be named: in no flow."""
    unnamed_searches: int
    """The same of network audits."""

    @property
    def labels(self) -> dict[str, str]:
        """What to call the places that the register does not hold."""
        return {s.node: s.label for s in self.standings.values()}

    @property
    def proven(self) -> tuple[Edge, ...]:
        """The flows that a log shows."""
        return tuple(e for e in self.edges if e.evidence is Evidence.PROVEN)


def flows(register: Register, store: Store, below: int = 5) -> Casework:
    """The flows of a case. Numbers of searches under `below` are not printed.

    Reads `sources`, `shares`, `sightings`, `organisations` and `home`.
    """
    searched, listed = store.records(_SEARCHED), store.records(_LISTED)
    mask = Categories(register.all(DataCategory).values()).mask([CARRIED])
    standings = {
        agency.id: naming.standing(register, agency)
        for row in (*searched, *listed)
        for agency in (_agency(row, "owner"), _agency(row, "other"))
    }
    edges = [_proven(row, standings, mask, below) for row in searched]
    edges += [_enabled(row, standings, mask) for row in listed]
    edges += [step for standing in standings.values() for step in standing.steps]
    (shares, searches), *_ = store.rows(_UNNAMED)
    return Casework(tuple(_once(edges)), standings, int(shares), int(searches))


def _agency(row: Mapping[str, Any], which: str) -> Agency:
    return Agency(
        row[which], row[f"{which}_name"] or row[which], row[f"{which}_kind"] or "unknown", row[f"{which}_state"] or ""
    )


def _proven(row: Mapping[str, Any], standings: Mapping[str, Standing], mask: int, below: int) -> Edge:
    owner, other = standings[row["owner"]], standings[row["other"]]
    number = f"{row['searches']:,} searches" if row["searches"] >= below else f"fewer than {below} searches"
    first, last = _day(row["first_at"]), _day(row["last_at"])
    label = f"{other.label} searched the cameras of {owner.label}: {number}, {first} to {last} (log {row['source']})"
    held = Window(None, None, first, last, confirmed=last)
    return _edge("searched", (owner, other), Evidence.PROVEN, label, (mask, held))


def _enabled(row: Mapping[str, Any], standings: Mapping[str, Standing], mask: int) -> Edge:
    owner, other = standings[row["owner"]], standings[row["other"]]
    seen = _day(row["captured_on"]) if row["captured_on"] is not None else None
    label = f"{owner.label} shares with {other.label} (list {row['source']}, record {row['record']})"
    held = Window(None, None, seen, seen, confirmed=seen)
    return _edge("shares", (owner, other), Evidence.ENABLED, label, (mask, held))


def _edge(how: str, ends: tuple[Standing, Standing], shown: Evidence, label: str, carries: tuple[int, Window]) -> Edge:
    """A look that one agency has at another's data; the released file is held and hashed, so its letter is A."""
    owner, other = ends
    return Edge(
        f"case-{how}-{owner.node}-{other.node}", owner.node, other.node, "sharing_toggle", shown, label, "A",
        carries[0], window=carries[1], switch=owner.node,
    )  # fmt: skip


def _once(edges: Iterable[Edge]) -> Iterable[Edge]:
    return {edge.id: edge for edge in edges if edge.provider != edge.receiver}.values()


def _day(at: int) -> date:
    return datetime.fromtimestamp(at / 1000, UTC).date()
