"""What closes routes: which switch or contract most, the fewest that close all, and what one body can do alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from plateglass.register.flows import Edge
from plateglass.register.routes import Route


def handle(edge: Edge) -> str:
    """What has to be removed to remove an edge: the contract or agreement that it rests on, else the flow itself."""
    return edge.basis or edge.id


def closes(routes: Iterable[Route]) -> tuple[tuple[str, int], ...]:
    """(what, routes that it closes), the most first."""
    number = Counter(h for route in routes for h in {handle(e) for e in route.edges if not e.first_only})
    return tuple(sorted(number.items(), key=lambda item: (-item[1], item[0])))


def alone(edges: Iterable[Edge], who: Collection[str]) -> tuple[Edge, ...]:
    """The edges that stay when these bodies switch off everything that they can end alone."""
    return tuple(e for e in edges if e.switch not in who)


@dataclass(frozen=True)
class Cut:
    """The fewest things whose removal closes every route."""

    what: tuple[str, ...]
    exact: bool
    """Whether no smaller cut exists; else the search was given up and this is a good one."""


def smallest(routes: Iterable[Route], *, tries: int = 200_000) -> Cut:
    """The smallest cut of these routes, by branch and bound over what can be removed."""
    sets = _least(held for r in routes if (held := frozenset(handle(e) for e in r.edges if not e.first_only)))
    bound = _greedy(sets)
    search = _Cutting(bound, tries)
    search.run(sets, ())
    return Cut(tuple(sorted(search.best)), exact=search.tries > 0)


def _least(sets: Iterable[frozenset[str]]) -> tuple[frozenset[str], ...]:
    """Only those that hold no other: who closes the smaller closes the larger."""
    kept: list[frozenset[str]] = []
    for candidate in sorted(set(sets), key=lambda s: (len(s), sorted(s))):
        if not any(k <= candidate for k in kept):
            kept.append(candidate)
    return tuple(kept)


def _greedy(sets: tuple[frozenset[str], ...]) -> tuple[str, ...]:
    chosen: list[str] = []
    left = sets
    while left:
        number = Counter(h for s in left for h in s)
        best = min(number, key=lambda h: (-number[h], h)) if number else ""
        chosen.append(best)
        left = tuple(s for s in left if best not in s)
    return tuple(chosen)


class _Cutting:
    """Branch and bound: one route that is still open, one of its edges must go."""

    def __init__(self, best: tuple[str, ...], tries: int) -> None:
        self.best, self.tries = best, tries

    def run(self, sets: tuple[frozenset[str], ...], chosen: tuple[str, ...]) -> None:
        """Leave the smallest cut of these in `best`, as far as the tries reach."""
        self.tries -= 1
        if self.tries <= 0 or len(chosen) + _apart(sets) >= len(self.best):
            return
        if not sets:
            self.best = chosen
            return
        number = Counter(h for s in sets for h in s)
        for candidate in sorted(sets[0], key=lambda h: (-number[h], h)):
            self.run(tuple(s for s in sets if candidate not in s), (*chosen, candidate))


def _apart(sets: tuple[frozenset[str], ...]) -> int:
    """A lower bound: routes that share nothing each need a cut of their own."""
    used: set[str] = set()
    number = 0
    for one in sets:
        if not used & one:
            used |= one
            number += 1
    return number
