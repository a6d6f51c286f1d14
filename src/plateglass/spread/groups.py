"""Shares, quantiles and concentration, each with its interval from drawing users anew; ratios, and capture."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from plateglass import statistics
from plateglass.errors import ExtraMissing
from plateglass.statistics import Interval

FEW: Final = 10
"""With fewer users, or groups of them, no interval is drawn from them."""
DRAWS: Final = 500
_Z: Final = 1.959963984540054


@cache
def numpy() -> Any:
    """NumPy, which comes with the extra `statistics`."""
    try:
        import numpy as np  # noqa: PLC0415 (an extra; without it everything else runs)
    except ImportError as error:
        raise ExtraMissing(
            "drawing users anew needs NumPy, which is not installed", remedy="pip install 'plateglass[statistics]'"
        ) from error
    return np


def wilson(found: int, n: int) -> Interval:
    """The interval of a share of independent units (Wilson)."""
    if n == 0:
        return Interval(0.0, 1.0)
    p, z2 = found / n, _Z * _Z
    middle, half = p + z2 / (2 * n), _Z * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    low, high = (middle - half) / (1 + z2 / n), (middle + half) / (1 + z2 / n)
    return Interval(0.0 if found == 0 else max(0.0, low), 1.0 if found == n else min(1.0, high))


def share(groups: Mapping[int | None, tuple[int, int]]) -> tuple[Interval, str]:
    """The interval of a share from (found, seen) of each user or group of users; and how it was had.

    Wilson's, as if searches were independent, where users are too few to be drawn or known for less than half.
    """
    known = sorted(pair for group, pair in groups.items() if group is not None and pair[1])
    found, n = (sum(pair[i] for pair in groups.values()) for i in (0, 1))
    if len(known) < FEW or 2 * sum(seen for _, seen in known) < n:
        return wilson(found, n), "searches"
    if sum(f for f, _ in known) in (0, sum(seen for _, seen in known)):
        edge = 1 - statistics.TAIL ** (1 / len(known))
        return Interval(0.0, edge) if not any(f for f, _ in known) else Interval(1 - edge, 1.0), "users"
    if all(f * known[0][1] == known[0][0] * n for f, n in known):  # all users alike: no spread to draw
        return wilson(found, n), "searches"
    numpy()
    return statistics.by_user([f for f, _ in known], [n for _, n in known])[1], "users"


@dataclass(frozen=True)
class Quantile:
    """One quantile of a measure."""

    share: float
    value: float
    bounds: Interval | None
    """None where there are too few users to draw."""


def quantiles(
    rows: Sequence[tuple[int | None, float, int]], shares: Sequence[float] = (0.5, 0.9, 0.99)
) -> list[Quantile]:
    """Quantiles of a measure, from (group of users, value, how many)."""
    values = sorted({value for _, value, _ in rows})
    weights = dict.fromkeys(values, 0)
    for _, value, n in rows:
        weights[value] += n
    found = [_quantile(values, [weights[v] for v in values], q) for q in shares]
    grouped = [(group, value, n) for group, value, n in rows if group is not None]
    if len({group for group, _, _ in grouped}) < FEW or len(grouped) < len(rows):
        return [Quantile(q, value, None) for q, value in zip(shares, found, strict=True)]
    lows, highs = _drawn_quantiles(grouped, values, shares)
    return [
        Quantile(q, value, Interval(min(low, value), max(high, value)))
        for q, value, low, high in zip(shares, found, lows, highs, strict=True)
    ]


def _quantile(values: Sequence[float], weights: Sequence[int], q: float) -> float:
    """The smallest value that at least so many are not above."""
    least, seen = q * sum(weights), 0
    for value, weight in zip(values, weights, strict=True):
        seen += weight
        if seen >= least:
            return value
    return values[-1]


def _drawn_quantiles(
    rows: Sequence[tuple[int, float, int]], values: Sequence[float], shares: Sequence[float]
) -> tuple[list[float], list[float]]:
    np = numpy()
    groups = sorted({group for group, _, _ in rows})
    place, line = {v: i for i, v in enumerate(values)}, {g: i for i, g in enumerate(groups)}
    table = np.zeros((len(groups), len(values)), np.float32)
    for group, value, n in rows:
        table[line[group], place[value]] += n
    times = np.random.default_rng(0).multinomial(len(groups), [1 / len(groups)] * len(groups), size=DRAWS)
    below = np.cumsum(times.astype(np.float32) @ table, axis=1)
    found = np.array(values)
    drawn = [found[(below >= q * below[:, -1:] * (1 - 1e-6)).argmax(axis=1)] for q in shares]
    limits = [np.quantile(d, (statistics.TAIL, 1 - statistics.TAIL), method="inverted_cdf") for d in drawn]
    return [float(low) for low, _ in limits], [float(high) for _, high in limits]


@dataclass(frozen=True)
class Concentration:
    """How unequally searches lie with users."""

    users: int
    searches: int
    gini: float
    gini_bounds: Interval | None
    top: tuple[tuple[float, int, float, Interval | None], ...]
    """(part of the users, how many they are, their share of the searches, its interval), the busiest first."""
    curve: tuple[tuple[float, float], ...]
    """(part of the users, part of the searches), from those with fewest."""


TOPS: Final = (0.01, 0.05, 0.10)


def concentration(counts: Mapping[int, int], *, bounded: bool = True) -> Concentration:
    """Concentration from how many users have made how many searches; its bounds, where they are asked for."""
    ladder = sorted(counts.items())
    users, searches = sum(m for _, m in ladder), sum(n * m for n, m in ladder)
    sizes = [max(1, math.ceil(top * users - 1e-9)) for top in TOPS]
    measured = _unequal([n for n, _ in ladder], [m for _, m in ladder], sizes)
    bounds: list[Interval | None] = [None] * (len(TOPS) + 1)
    if users >= FEW and bounded:
        bounds = _drawn_unequal(ladder, sizes, measured)
    tops = tuple(zip(TOPS, sizes, measured[1:], bounds[1:], strict=True))
    return Concentration(users, searches, measured[0], bounds[0], tops, _curve(ladder, users, searches))


def _unequal(values: Sequence[int], users: Sequence[int], sizes: Sequence[int]) -> list[float]:
    """Gini, then the share of the busiest so many; users are in order of their searches."""
    all_users, total = sum(users), sum(v * m for v, m in zip(values, users, strict=True))
    area, before = 0.0, 0.0
    for value, many in zip(values, users, strict=True):
        area += (2 * before + value * many) * many
        before += value * many
    found = [1 - area / (all_users * total)]
    for size in sizes:
        left, held = size, 0
        for value, many in zip(reversed(values), reversed(users), strict=True):
            took = min(left, many)
            held, left = held + took * value, left - took
        found.append(held / total)
    return found


def _drawn_unequal(
    ladder: Sequence[tuple[int, int]], sizes: Sequence[int], measured: Sequence[float]
) -> list[Interval | None]:
    np = numpy()
    users = sum(m for _, m in ladder)
    values = np.array([n for n, _ in ladder], float)
    chances = np.array([m for _, m in ladder], float) / users
    times = np.random.default_rng(0).multinomial(users, chances, size=DRAWS).astype(float)
    each = times * values
    total = each.sum(axis=1)
    before = np.cumsum(each, axis=1) - each
    drawn = [1 - ((2 * before + each) * times).sum(axis=1) / (users * total)]
    above = np.cumsum(times[:, ::-1], axis=1)
    for size in sizes:
        took = np.clip(size - (above - times[:, ::-1]), 0, times[:, ::-1])
        drawn.append((took * values[::-1]).sum(axis=1) / total)
    limits = [np.quantile(d, (statistics.TAIL, 1 - statistics.TAIL)) for d in drawn]
    return [
        Interval(min(float(low), value), max(float(high), value))
        for (low, high), value in zip(limits, measured, strict=True)
    ]


def _curve(ladder: Sequence[tuple[int, int]], users: int, searches: int) -> tuple[tuple[float, float], ...]:
    """At most about a hundred points of the Lorenz curve."""
    points, seen, made = [(0.0, 0.0)], 0, 0
    step = max(len(ladder) // 100, 1)
    for number, (value, many) in enumerate(ladder, 1):
        seen, made = seen + many, made + value * many
        if number % step == 0 or number == len(ladder):
            points.append((seen / users, made / searches))
    return tuple(points)


def rate_ratio(
    inside: tuple[int, float], outside: tuple[int, float], *, bounded: bool = True
) -> tuple[float, Interval | None] | None:
    """How many times more often something happens inside than outside, from (how often, in how long).

    Exact for events that do not cause each other (a binomial of those inside, given all). None where it never happens
    outside, or one of the times is none.
    """
    (a, t), (b, s) = inside, outside
    if not t or not s or not b:
        return None
    if not bounded:
        return (a / t) / (b / s), None
    bounds = statistics.share(a, a + b)
    high = math.inf if bounds.high >= 1 else bounds.high / (1 - bounds.high)
    return (a / t) / (b / s), Interval(bounds.low / (1 - bounds.low) * s / t, high * s / t)


@dataclass(frozen=True)
class Capture:
    """How many searches there may have been, from how many two logs both show: a rough lower bound."""

    first: int
    second: int
    both: int
    estimate: float
    bounds: Interval


def capture(first: int, second: int, both: int) -> Capture:
    """Chapman's estimate, with the interval of its variance (Seber)."""
    estimate = (first + 1) * (second + 1) / (both + 1) - 1
    spread = (first + 1) * (second + 1) * (first - both) * (second - both) / ((both + 1) ** 2 * (both + 2))
    half = _Z * math.sqrt(max(spread, 0))
    return Capture(
        first, second, both, estimate, Interval(max(estimate - half, first + second - both), estimate + half)
    )
