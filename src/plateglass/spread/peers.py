"""A funnel: which agencies differ from their peers by more than their size and ordinary difference explain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from plateglass.statistics import Interval, special

LEAST: Final = 8
"""Fewer agencies are no peers."""
_TAIL: Final = 0.001
"""Left out at each end: limits at 99.8 %, as funnel plots have them."""


@dataclass(frozen=True)
class Peer:
    """One agency among its peers."""

    name: str
    found: int
    n: int
    shrunk: float
    """Its share, drawn towards that of all by as much as its few searches say little."""
    where: str
    """within, above or below."""


@dataclass(frozen=True)
class Funnel:
    """All agencies, and how much they differ at all."""

    middle: float
    likeness: float
    """How alike the searches of one agency are: the intraclass correlation."""
    peers: tuple[Peer, ...]

    def limits(self, n: int) -> Interval:
        """Where the share of an agency of so many searches lies, 998 times in a thousand.

        The beta distribution that has the mean and the variance of the beta-binomial.
        """
        p = self.middle
        strength = n / (1 + (n - 1) * self.likeness) - 1
        if strength <= 0:
            return Interval(0.0, 1.0)
        inverse = special().betaincinv
        return Interval(*(float(inverse(p * strength, (1 - p) * strength, tail)) for tail in (_TAIL, 1 - _TAIL)))


def funnel(agencies: Sequence[tuple[str, int, int]]) -> Funnel | None:
    """The funnel of (name, found, n); None where there are too few agencies, or all or none was found."""
    there = [(name, found, n) for name, found, n in agencies if n]
    found, n = sum(f for _, f, _ in there), sum(n for _, _, n in there)
    if len(there) < LEAST or found in (0, n):
        return None
    shares = sorted(f / n for _, f, n in there)
    middle = found / n if shares[0] == shares[-1] else min(max(_middle(there), 1e-4), 1 - 1e-4)
    likeness = _likeness(there, middle)
    a, b = _shape(middle, likeness)
    made = Funnel(middle, likeness, ())
    peers = (Peer(name, f, n, (f + a) / (n + a + b), _where(f / n, made.limits(n))) for name, f, n in there)
    return replace(made, peers=tuple(peers))


def _middle(there: Sequence[tuple[str, int, int]]) -> float:
    """The mean share of agencies, none counting for more than a hundred searches: no giant is its own peer."""
    weights = [min(n, 100) for _, _, n in there]
    return sum(w * f / n for w, (_, f, n) in zip(weights, there, strict=True)) / sum(weights)


def _likeness(there: Sequence[tuple[str, int, int]], p: float) -> float:
    """The moment estimate of the beta-binomial's correlation; winsorised, so that outliers don't hide themselves."""
    squares = sorted((f / n - p) ** 2 * n / (p * (1 - p)) for _, f, n in there)
    cap = squares[int(len(squares) * 0.9)]
    sizes = sum(n - 1 for _, _, n in there)
    excess = sum((min(s, cap) - 1) for s in squares)
    return min(max(excess / sizes if sizes else 0.0, 1e-6), 0.5)


def _shape(p: float, likeness: float) -> tuple[float, float]:
    strength = 1 / likeness - 1
    return p * strength, (1 - p) * strength


def _where(share: float, limits: Interval) -> str:
    return "below" if share < limits.low else "above" if share > limits.high else "within"
