"""Change at a date: an interrupted series of days, and the same users before and after.

Both give a number with bounds, and the same number for dates on which nothing happened (placebos): a change that is
no larger than what ordinary dates show is not one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from plateglass.spread.groups import FEW, numpy
from plateglass.statistics import TAIL, Interval

BLOCK: Final = 7
"""Days that are drawn together: a week, since days that follow each other are alike."""
LEAST: Final = 28
"""Days that each side of a date must have."""
_DRAWS: Final = 1_000
_WEEK: Final = 7
_ENOUGH: Final = 3
"""Searches that a user must have on each side."""


@dataclass(frozen=True)
class Break:
    """What an interrupted series says of a date."""

    before: float
    """The share of all searches before."""
    after: float
    gap: float
    """How far the days after lie from where the days before were heading, on average."""
    bounds: Interval
    slope: float
    """By how much the course of a week changed."""
    placebos: tuple[float, ...]
    """The same gap at dates on which nothing is known to have happened."""
    least: int
    """Days with searches on the side that has fewer."""

    @property
    def expected(self) -> float:
        """The share after, had the days gone on as before; a straight course may lead out of what a share can be."""
        return self.after - self.gap

    @property
    def chance(self) -> float:
        """How often an ordinary date shows a gap at least as large."""
        larger = sum(abs(placebo) >= abs(self.gap) for placebo in self.placebos)
        return (larger + 1) / (len(self.placebos) + 1)


@dataclass(frozen=True)
class _Days:
    day: Any
    found: Any
    seen: Any

    def only(self, keep: Any) -> _Days:
        """The days that are kept."""
        return _Days(self.day[keep], self.found[keep], self.seen[keep])


def breaks(days: Sequence[tuple[int, int, int]], at: int) -> Break | None:
    """The break of (day, found, seen) at a day; None where a side has fewer than 28 days with searches."""
    np = numpy()
    table = _Days(*(np.array(column, float) for column in zip(*days, strict=True))) if days else None
    if table is None:
        return None
    table = table.only(table.seen > 0)
    side = table.day >= at
    least = int(min(side.sum(), (~side).sum()))
    if least < LEAST:
        return None
    gap, slope, bounds = _fitted(table, at)
    before, after = (float(table.found[s].sum() / table.seen[s].sum()) for s in (~side, side))
    quiet = [table.only(~side), table.only(side)]
    placebos = tuple(_gap(part, date)[0] for part in quiet for date in _dates(part))
    return Break(before, after, gap, bounds, slope, placebos, least)


def _dates(part: _Days) -> Iterator[int]:
    """Every third day that has enough days of its own part on both sides."""
    for date in range(int(part.day.min()) + LEAST, int(part.day.max()) - LEAST + 2, 3):
        late = part.day >= date
        if min(late.sum(), (~late).sum()) >= LEAST:
            yield date


def _design(days: _Days, at: int) -> Any:
    """Level, course, level after, course after, and the days of the week."""
    np = numpy()
    since = (days.day - at) / _WEEK
    late = (days.day >= at).astype(float)
    week = [(days.day % _WEEK == d).astype(float) for d in range(1, _WEEK)]
    columns = [np.ones_like(since), since, late, late * since, *(w - w.mean() for w in week)]
    return np.column_stack(columns)


def _gap(days: _Days, at: int) -> tuple[float, float, Any, Any, Any]:
    """The mean gap, the change of course, and what is needed to draw anew."""
    np = numpy()
    root = np.sqrt(days.seen / days.seen.mean())
    x = _design(days, at) * root[:, None]
    y = days.found / days.seen * root
    solve = np.linalg.pinv(x)
    beta = solve @ y
    late = days.day >= at
    weight = days.seen[late] / days.seen[late].sum()
    pick = np.zeros(len(beta))
    pick[2], pick[3] = 1.0, float((weight * (days.day[late] - at) / _WEEK).sum())
    return float(pick @ beta), float(beta[3]), pick @ solve, y - x @ beta, x


def _fitted(days: _Days, at: int) -> tuple[float, float, Interval]:
    """The gap, the change of course, and the gap's bounds: residuals drawn anew a week at a time, studentised."""
    np = numpy()
    gap, slope, line, left, x = _gap(days, at)
    n, k = x.shape
    left = left * np.sqrt(n / max(n - k, 1))
    rng = np.random.default_rng(0)
    starts = rng.integers(0, n, size=(_DRAWS, -(-n // BLOCK)))
    places = ((starts[:, :, None] + np.arange(BLOCK)) % n).reshape(_DRAWS, -1)[:, :n]
    drawn = (left - left.mean())[places]
    hat = x @ np.linalg.pinv(x)
    again = drawn - drawn @ hat.T
    apart = (drawn @ line) / _errors(again, line, n, k)
    error = float(_errors((left / np.sqrt(n / max(n - k, 1)))[None, :], line, n, k)[0])
    low, high = np.quantile(apart, (TAIL, 1 - TAIL))
    return gap, slope, Interval(gap - float(high) * error, gap - float(low) * error)


def _errors(left: Any, line: Any, n: int, k: int) -> Any:
    """Standard errors of the gap that allow for days alike within a week (Bartlett's weights)."""
    np = numpy()
    each = left * line
    spread = (each**2).sum(axis=1)
    for lag in range(1, BLOCK):
        spread = spread + 2 * (1 - lag / BLOCK) * (each[:, lag:] * each[:, :-lag]).sum(axis=1)
    floor = 0.2 * (each**2).sum(axis=1)
    return np.sqrt(np.maximum(spread, floor) * n / max(n - k, 1)) + 1e-12


# --- the same users before and after -----------------------------------------------------------------------------


@dataclass(frozen=True)
class UserWeek:
    """One user's searches of one week, counted from the date: 0 is the first week after, -1 the last before."""

    user: int
    treated: bool
    week: int
    found: int
    seen: int


@dataclass(frozen=True)
class Shift:
    """How the same users changed; against users whom the change did not concern, where there are any."""

    users: int
    others: int
    """Users to compare with; 0: none, and the number is the users' own change."""
    before: float
    after: float
    change: float
    """After less before, within users; less the same of the others."""
    bounds: Interval
    placebos: tuple[float, ...]
    """The same at weeks before the date."""


def shifts(weeks: Sequence[UserWeek]) -> Shift | None:
    """The difference in differences at week 0; None with fewer than ten users who searched on both sides."""
    made = _change(weeks, 0)
    if made is None:
        return None
    treated, others, pooled = made
    value, bounds = _difference(treated, others)
    first = min(w.week for w in weeks)
    early = [w for w in weeks if w.week < 0]
    placebos = []
    for cut in range(first + 4, -3):
        again = _change(early, cut)
        if again is not None:
            placebos.append(_difference(again[0], again[1], bounded=False)[0])
    return Shift(len(treated[0]), len(others[0]), *pooled, value, bounds, tuple(placebos))


_Users = tuple[list[float], list[float]]
"""Of each user: the change times its weight, and the weight."""


def _change(weeks: Sequence[UserWeek], cut: int) -> tuple[_Users, _Users, tuple[float, float]] | None:
    sums: dict[tuple[bool, int], list[int]] = {}
    for w in weeks:
        pair = sums.setdefault((w.treated, w.user), [0, 0, 0, 0])
        at = 2 if w.week >= cut else 0
        pair[at] += w.found
        pair[at + 1] += w.seen
    kept = {key: s for key, s in sums.items() if min(s[1], s[3]) >= _ENOUGH}
    treated, others = (sorted(s for (t, _), s in kept.items() if t is side) for side in (True, False))
    if len(treated) < FEW:
        return None
    pooled = [sum(s[i] for s in treated) for i in range(4)]
    return _weighted(treated), _weighted(others if len(others) >= FEW else []), (
        pooled[0] / pooled[1], pooled[2] / pooled[3],
    )  # fmt: skip


def _weighted(users: Sequence[Sequence[int]]) -> _Users:
    weights = [s[1] * s[3] / (s[1] + s[3]) for s in users]
    changes = [s[2] / s[3] - s[0] / s[1] for s in users]
    return [w * c for w, c in zip(weights, changes, strict=True)], weights


def _difference(treated: _Users, others: _Users, *, bounded: bool = True) -> tuple[float, Interval]:
    """The weighted mean change, less that of the others; the bounds by drawing users anew, studentised."""
    np = numpy()
    sides = [side for side in (treated, others) if side[0]]
    value = sum(sign * sum(s[0]) / sum(s[1]) for sign, s in zip((1, -1), sides, strict=False))
    if not bounded:
        return value, Interval(value, value)
    rng = np.random.default_rng(0)
    drawn, spread, own = np.zeros(_DRAWS), np.zeros(_DRAWS), 0.0
    for sign, (top, bottom) in zip((1, -1), sides, strict=False):
        a, b = np.array(top), np.array(bottom)
        times = rng.multinomial(len(a), [1 / len(a)] * len(a), size=_DRAWS).astype(float)
        means, errors = _mean(times, a, b)
        drawn, spread = drawn + sign * means, spread + errors**2
        own += float(_mean(np.ones((1, len(a))), a, b)[1][0]) ** 2
    apart = np.divide(drawn - value, np.sqrt(spread), out=np.zeros(_DRAWS), where=spread > 0)
    low, high = np.quantile(apart, (TAIL, 1 - TAIL))
    return value, Interval(value - float(high) * own**0.5, value - float(low) * own**0.5)


def _mean(times: Any, top: Any, bottom: Any) -> tuple[Any, Any]:
    whole = times @ bottom
    mean = times @ top / whole
    spread = times @ (top * top) - 2 * mean * (times @ (top * bottom)) + mean**2 * (times @ (bottom * bottom))
    return mean, (spread.clip(min=0) * len(top) / (len(top) - 1)) ** 0.5 / whole
