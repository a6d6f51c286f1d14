"""Routes: by which ways data of one holder can reach another, how well each is known, and when it was open.

A route is a simple path of edges in which every edge may follow the one before it (`flows.KINDS`), the categories
carried stay non-empty, and the days fit. Its class is that of its weakest edge, which is named.

The search is shortest first, once for each class from `proven` down, so that a strong long route is not crowded out
by weak short ones. It looks at a fixed number of edges, never at a clock: the answer is the same on every machine,
and says to how many hops it is complete.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from plateglass.register.entities import Evidence
from plateglass.register.flows import ALWAYS, EVERYTHING, KINDS, Edge

TRAVELLED = tuple(e for e in sorted(Evidence, reverse=True) if e >= Evidence.POSSIBLE)
"""The classes that a route can have, the best first."""


@dataclass(frozen=True)
class Ask:
    """What is asked: from whom, to whom, which data, when."""

    origin: frozenset[str]
    target: frozenset[str]
    data: int = EVERYTHING
    """Bits of the categories."""
    at: date | None = None
    """Only edges that may have been open on this day."""
    ordered: bool = False
    """Each edge no earlier than the one before it, and no later than the receiver kept the data."""
    hops: int = 6
    looks: int = 15_000
    """How many edges may be looked at for each class."""
    until: date | None = None
    """With `at`: or on any day from then to this one, each edge by itself."""


@dataclass(frozen=True)
class Route:
    """One way from a holder to a receiver."""

    edges: tuple[Edge, ...]
    first: int = 0
    """In an ordered search: the earliest day on which the data can arrive, as an ordinal; 0 where nobody says."""

    @property
    def weakest(self) -> Edge:
        """The edge that decides the class: of the lowest class the one with the worst letter, the first of equals."""
        return min(self.edges, key=lambda e: (e.evidence, -ord(e.letter)))

    @property
    def evidence(self) -> Evidence:
        """The class: that of the weakest edge."""
        return self.weakest.evidence

    @property
    def letter(self) -> str:
        """The lowest confidence on the way."""
        return max(e.letter for e in self.edges)

    @property
    def kinds(self) -> tuple[str, ...]:
        """Its pattern."""
        return tuple(e.kind for e in self.edges)

    @property
    def nodes(self) -> tuple[str, ...]:
        """Everything that the data pass, intermediaries left out."""
        return (self.edges[0].provider, *(e.receiver for e in self.edges))

    @property
    def needs_breach(self) -> tuple[Edge, ...]:
        """Edges from which passing on is forbidden, and on which the route goes on nevertheless."""
        return tuple(e for e in self.edges[:-1] if e.onward == "forbidden")

    @property
    def unsure(self) -> tuple[Edge, ...]:
        """Edges of which nobody says whether what arrives can be passed on, and on which the route goes on."""
        return tuple(e for e in self.edges[:-1] if e.onward == "unknown")

    @property
    def opened(self) -> Edge | None:
        """The edge that came last, and so opened the route as a whole; None where no start is known."""
        dated = [e for e in self.edges if e.window.start is not None]
        return max(dated, key=lambda e: e.first_day, default=None)

    @property
    def closed(self) -> Edge | None:
        """The edge that ended first; None: no end is known."""
        dated = [e for e in self.edges if e.window.end is not None]
        return min(dated, key=lambda e: e.last_day, default=None)

    @property
    def confirmed(self) -> date | None:
        """The day up to which every edge was last spoken of; None where one was never dated."""
        days = [e.window.confirmed for e in self.edges if not e.first_only]
        return None if any(d is None for d in days) else min((d for d in days if d is not None), default=None)

    @property
    def rank(self) -> tuple[int, str, int, tuple[str, ...]]:
        """The best first: class, letter, hops."""
        return (-self.evidence, self.letter, len(self.edges), tuple(e.id for e in self.edges))


@dataclass(frozen=True)
class Pattern:
    """Routes of one sequence of kinds: what a reader sees instead of thousands of paths."""

    kinds: tuple[str, ...]
    routes: int
    best: Route
    classes: tuple[tuple[Evidence, int], ...]


@dataclass(frozen=True)
class Answer:
    """What was found, and how far was looked."""

    routes: tuple[Route, ...]
    """The best first."""
    complete_to: int
    """Every route of up to so many hops is here."""
    capped: str = ""
    """Why there may be more; empty where there can't be."""

    @property
    def counts(self) -> dict[Evidence, int]:
        """Routes by class."""
        number = Counter(r.evidence for r in self.routes)
        return {c: number.get(c, 0) for c in TRAVELLED}

    @property
    def patterns(self) -> tuple[Pattern, ...]:
        """Routes by sequence of kinds, the best first."""
        groups: dict[tuple[str, ...], list[Route]] = {}
        for route in self.routes:
            groups.setdefault(route.kinds, []).append(route)
        made = (
            Pattern(
                kinds, len(found), found[0], tuple(sorted(Counter(r.evidence for r in found).items(), reverse=True))
            )
            for kinds, found in groups.items()
        )
        return tuple(sorted(made, key=lambda p: p.best.rank))


class Network:
    """Edges made ready for any number of searches."""

    def __init__(self, edges: Iterable[Edge]) -> None:
        """Number the nodes and sort the edges that can be travelled by where they start and where they end."""
        kept = [e for e in edges if e.travels]
        self.number: dict[str, int] = {}
        for edge in kept:
            for node in (edge.provider, edge.receiver):
                self.number.setdefault(node, len(self.number))
        self.out: list[list[_Step]] = [[] for _ in self.number]
        self._into: dict[Evidence, list[list[int]]] = {c: [[] for _ in self.number] for c in TRAVELLED}
        for edge in kept:
            start, end = self.number[edge.provider], self.number[edge.receiver]
            self.out[start].append(_Step(edge, end))
            for floor in TRAVELLED:
                if edge.evidence >= floor:
                    self._into[floor][end].append(start)
        for steps in self.out:
            steps.sort(key=lambda step: -step.level)

    def distances(self, targets: set[int], floor: Evidence, hops: int) -> list[int]:
        """Hops from each node to the targets over edges of a class or better, whatever they carry; past `hops` none."""
        far = [hops + 1] * len(self.number)
        for node in targets:
            far[node] = 0
        into = self._into[floor]
        wave, away = targets, 0
        while wave and away < hops:
            away += 1
            wave = {before for node in wave for before in into[node] if far[before] > away}
            for node in wave:
                far[node] = away
        return far


class _Step:
    """An edge with what the inner loop needs of it."""

    __slots__ = (
        "becomes",
        "copy",
        "edge",
        "end",
        "first",
        "first_only",
        "from_access",
        "keeps",
        "last",
        "level",
        "mask",
        "stays",
        "stops",
    )

    def __init__(self, edge: Edge, end: int) -> None:
        kind = KINDS[edge.kind]
        self.edge, self.end, self.level = edge, end, int(edge.evidence)
        self.mask, self.becomes = edge.mask, edge.becomes
        self.first, self.last = edge.first_day, edge.last_day
        self.keeps = ALWAYS if edge.retention is None else edge.retention
        self.copy = kind.delivers == "copy" or edge.rests
        self.stays = kind.delivers == "capacity"
        self.from_access, self.stops, self.first_only = kind.from_access, edge.onward == "impossible", edge.first_only


class _Search:
    """One depth-first search for the routes of exactly one length and one class."""

    def __init__(self, network: Network, ask: Ask, floor: Evidence) -> None:
        self.network, self.ask, self.floor = network, ask, int(floor)
        number = network.number
        self.targets = {number[n] for n in ask.target if n in number}
        self.origins = {number[n] for n in ask.origin if n in number}
        self.far = network.distances(self.targets, floor, ask.hops)
        self.at_day = ask.at.toordinal() if ask.at else 0
        self.to_day = (ask.until or ask.at or date.max).toordinal()
        self.looked = 0
        self.path: list[_Step] = []
        self.seen = set(self.origins)

    def routes(self, hops: int) -> Iterator[Route]:
        """Routes of so many hops; ends early when enough was looked at."""
        for origin in sorted(self.origins):
            if self.far[origin] <= hops or origin in self.targets:
                yield from self._from(origin, hops, _Carried(self.ask.data, copy=True, first=0, last=ALWAYS))

    def _from(self, node: int, hops: int, carried: _Carried) -> Iterator[Route]:
        far, seen, targets = self.far, self.seen, self.targets
        for step in self.network.out[node]:
            if step.level < self.floor:
                return
            self.looked += 1
            if self.looked > self.ask.looks:
                return
            end = step.end
            if far[end] >= hops or (step.first_only and self.path) or (end in seen and end not in targets):
                continue
            after = self._after(step, carried)
            if after is None:
                continue
            self.path.append(step)
            if end in targets:
                if hops == 1 and any(s.level == self.floor for s in self.path):
                    yield Route(tuple(s.edge for s in self.path), after.first)
            elif hops > 1 and not step.stops:
                seen.add(end)
                yield from self._from(end, hops - 1, after)
                seen.discard(end)
            self.path.pop()

    def _after(self, step: _Step, carried: _Carried) -> _Carried | None:
        """What is carried after one more edge; None where the edge can't follow."""
        left = carried.data & step.mask
        if not left or not (carried.copy or step.from_access):
            return None
        first, last = carried.first, carried.last
        if not (step.first <= self.to_day and self.at_day <= step.last):
            return None
        if self.ask.ordered:
            first, last = max(first, step.first), min(last, step.last)
            if first > last:
                return None
            last = min(ALWAYS, last + step.keeps)
        copy = carried.copy if step.stays else step.copy
        return _Carried(step.becomes or left, copy=copy, first=first, last=last)


@dataclass(frozen=True, slots=True)
class _Carried:
    """What has arrived at a node: which data, whether as a copy, and the days on which they can be taken on."""

    data: int
    copy: bool
    first: int
    last: int


def find(network: Network, ask: Ask) -> Answer:
    """Every route that the question allows, as far as the looks reach."""
    found: list[Route] = []
    complete = ask.hops
    for floor in TRAVELLED:
        search = _Search(network, ask, floor)
        for hops in range(1, ask.hops + 1):
            found += search.routes(hops)
            if search.looked > ask.looks:
                complete = min(complete, hops - 1)
                break
    capped = (
        ""
        if complete == ask.hops
        else f"more than {ask.looks} edges to look at; every route of up to {complete} hops is here"
    )
    longer = f"routes are cut at {ask.hops} hops"
    return Answer(tuple(sorted(found, key=lambda r: r.rank)), complete, capped or longer)
