"""Sharing lists of a case: shares that name an agency, opt-ins to a network, and unknown ones apart; who reaches whom.

A share is not passed on by sharing: that A lets B look and B lets C look gives C nothing of A (`flows.KINDS`).
Three numbers, not one: agencies whose data a federal body is *shown* to have searched; agencies that have *named* a
federal body (or a network that holds one) on their list; and agencies whose list names a body that *could* search
for a federal one. The third is close to all agencies and means little by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Literal

from plateglass.register.entities import Evidence
from plateglass.register.flows import Edge
from plateglass.register.routes import Ask, Network, find
from plateglass.store import Store

How = Literal["direct", "network", "unknown"]
"""direct: the list names an agency. network: one that agencies join. unknown: it names neither for sure."""


@dataclass(frozen=True)
class Share:
    """One agency lets another organisation look, as one list has it; names are ids that `resolve` gave."""

    owner: str
    recipient: str
    how: How
    source: str = ""
    """The released file, by its first 12 hex digits, and the record's number."""


@dataclass(frozen=True)
class Reach:
    """How many of the agencies that publish a list reach a federal body, each class by itself."""

    owners: int
    """Agencies whose list is held."""
    proven: frozenset[str] = frozenset()
    """A log shows that a federal body searched their cameras."""
    enabled: frozenset[str] = frozenset()
    """Their list names a federal body, or a network that holds one."""
    possible: frozenset[str] = frozenset()
    """Their list names another body, which could search for a federal one; not counting those above."""
    unknown: frozenset[str] = frozenset()
    """Their list names only organisations that are not known."""
    edges: dict[How, int] = field(default_factory=dict)
    """Records of the lists, by how they share."""

    @property
    def sentence(self) -> str:
        """The numbers with their meaning."""
        return (
            f"Of {self.owners} agencies that publish a list: a log shows that a federal body searched the data of "
            f"{len(self.proven)}; {len(self.enabled)} have a federal body, or a network that holds one, on the list; "
            f"{len(self.possible)} more only share with bodies that could search for a federal one; nothing shows it."
        )


_OF_CASE = """
SELECT coalesce(o.agency, 'owner of ' || s.source), r.agency, s.source, s.record
FROM shares AS s
JOIN sources AS l ON l.source = s.source AND l.part = s.part
LEFT JOIN organisations AS o ON o.org = l.owner_org
LEFT JOIN organisations AS r ON r.org = s.org
WHERE s.outbound IS NULL OR s.outbound > 0
ORDER BY s.source, s.part, s.record
"""


def of_case(store: Store, networks: Collection[str] = ()) -> tuple[Share, ...]:
    """Whom the agencies of a case share with, by their own lists: records whose outbound count is 0 are left out.

    Reads `shares`, `sources` and `organisations`. An organisation that is not resolved is `unknown`; `networks` are
    ids of agencies that stand for a network.
    """
    found = store.rows(_OF_CASE)
    return tuple(
        Share(owner, other or "unknown", _how(other, networks), f"{source}, record {record}")
        for owner, other, source, record in found
    )


def _how(recipient: str | None, networks: Collection[str]) -> How:
    if recipient is None:
        return "unknown"
    return "network" if recipient in networks else "direct"


def edges(shares: Iterable[Share], networks: Collection[str] = ()) -> tuple[Edge, ...]:
    """Shares become edges, enabled; those with a network or an unknown one are marked as what they are."""
    return tuple(
        Edge(
            f"share-{number}",
            s.owner,
            s.recipient,
            "sharing_toggle",
            Evidence.POSSIBLE if s.how == "unknown" else Evidence.ENABLED,
            f"{s.owner} shares with {s.recipient} ({s.how}; {s.source})",
            "C",
            rests=s.recipient in networks or s.how == "network",
            switch=s.owner,
        )
        for number, s in enumerate(dict.fromkeys(shares))
    )


def reach(
    shares: Iterable[Share],
    federal: Collection[str],
    *,
    searched: Collection[tuple[str, str]] = (),
    members: Collection[tuple[str, str]] = (),
) -> Reach:
    """The three numbers.

    `federal` are ids of federal bodies; `searched` pairs (owner, federal body that a log shows to have searched its
    cameras); `members` pairs (network, member).
    """
    held = tuple(shares)
    owners = frozenset(s.owner for s in held)
    bodies = frozenset(federal)
    holding = frozenset(network for network, member in members if member in bodies)
    proven = frozenset(owner for owner, who in searched if who in bodies and owner in owners)
    enabled = (
        frozenset(s.owner for s in held if s.how != "unknown" and (s.recipient in bodies or s.recipient in holding))
        - proven
    )
    able = frozenset(s.owner for s in held if s.how != "unknown") - proven - enabled
    number: dict[How, int] = {"direct": 0, "network": 0, "unknown": 0}
    for share in held:
        number[share.how] += 1
    return Reach(len(owners), proven, enabled, able, owners - proven - enabled - able, number)


def naive(shares: Iterable[Share], federal: Collection[str], hops: int = 3) -> frozenset[str]:
    """Owners that a plain graph search would say reach a federal body: kept to show how wrong that is."""
    into: dict[str, set[str]] = {}
    owners = set()
    for share in shares:
        into.setdefault(share.recipient, set()).add(share.owner)
        owners.add(share.owner)
    found: set[str] = set()
    wave = set(federal)
    for _ in range(hops):
        wave = {owner for node in wave for owner in into.get(node, ())} - found
        found |= wave
    return frozenset(found & owners)


def between(network: Network, owner: str, other: str) -> tuple[str, ...]:
    """The labels of the best way from one agency's cameras to another body by sharing alone, if there is one."""
    routes = find(network, Ask(frozenset({owner}), frozenset({other}))).routes
    return tuple(e.label for e in routes[0].edges) if routes else ()
