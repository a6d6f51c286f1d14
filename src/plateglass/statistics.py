"""Sizes, intervals and agreement: the statistics that samples, reviews and estimates share.

Distributions come from SciPy (the extra `statistics`), loaded when the first number is asked for. Intervals are
two-sided at 95 % unless a `tail` says otherwise: the probability left out at each end.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from plateglass.errors import ExtraMissing

TAIL: Final = 0.025
"""Left out at each end of a two-sided interval at 95 %."""
_SMALL: Final = 20
"""A file of fewer than this many times the sample is small: what was drawn can't be drawn again, and it shows."""
RESAMPLES: Final = 1_000
"""How often the users of a sample are drawn anew for an interval."""


@cache
def _scipy() -> Any:
    try:
        from scipy import stats  # noqa: PLC0415 (an extra; without it everything else runs)
    except ImportError as error:
        raise ExtraMissing(
            "exact distributions need SciPy, which is not installed", remedy="pip install 'plateglass[statistics]'"
        ) from error
    return stats


@cache
def special() -> Any:
    """SciPy's special functions, which load in a fraction of the time that its distributions take."""
    try:
        from scipy import special as functions  # noqa: PLC0415 (an extra; without it everything else runs)
    except ImportError as error:
        raise ExtraMissing(
            "exact bounds need SciPy, which is not installed", remedy="pip install 'plateglass[statistics]'"
        ) from error
    return functions


@dataclass(frozen=True)
class Interval:
    """Where the true value lies, but for the chance that is left out."""

    low: float
    high: float

    def times(self, factor: float) -> Interval:
        """The same interval in another unit."""
        return Interval(self.low * factor, self.high * factor)


# --- shares ------------------------------------------------------------------------------------------------------


@cache
def share(found: int, n: int, size: int | None = None, tail: float = TAIL) -> Interval:
    """The interval of a share of which `found` in `n` were seen: exact, hypergeometric where the file is small.

    Binomial (Clopper and Pearson) where the file has no known size or is at least 20 times the sample.
    """
    if size is not None and n * _SMALL > size:
        return _finite(found, n, size, tail)
    low = 0.0 if found == 0 else float(special().betaincinv(found, n - found + 1, tail))
    high = 1.0 if found == n else float(special().betaincinv(found + 1, n - found, 1 - tail))
    return Interval(low, high)


def _finite(found: int, n: int, size: int, tail: float) -> Interval:
    """The smallest and the largest number in the file with which what was seen is not too improbable."""
    hyper = _scipy().hypergeom
    possible = range(found, size - n + found + 1)
    low = bisect_left(possible, True, key=lambda k: bool(hyper.sf(found - 1, size, k, n) > tail))  # noqa: FBT003
    high = bisect_left(possible, True, key=lambda k: bool(hyper.cdf(found, size, k, n) <= tail))  # noqa: FBT003
    return Interval(possible[low] / size, possible[high - 1] / size)


def at_most(n: int, size: int | None = None, tail: float = 2 * TAIL) -> float:
    """The share that none found in `n` does not exclude: about 3/n, never zero."""
    return share(0, n, size, tail).high


# --- sizes -------------------------------------------------------------------------------------------------------


def margin_size(margin: float, size: int | None = None, expected: float = 0.5) -> int:
    """How many to draw to know a share within `margin` at 95 %, in a file of `size` records."""
    z = float(_scipy().norm.isf(TAIL))
    large = z * z * expected * (1 - expected) / margin**2
    return math.ceil(large if size is None else large / (1 + (large - 1) / size))


def discovery_size(true_share: float, size: int | None = None, sure: float = 0.95) -> int:
    """How many to draw to be `sure` to see at least one, if the true share is this or more."""
    if size is None:
        return math.ceil(math.log1p(-sure) / math.log1p(-true_share))
    faults = math.ceil(true_share * size)
    none = _scipy().hypergeom.pmf
    return bisect_left(range(size + 1), True, key=lambda n: bool(none(0, size, faults, n) <= 1 - sure))  # noqa: FBT003


@dataclass(frozen=True)
class Acceptance:
    """Draw `n`; the file passes with at most `accept` faults among them."""

    n: int
    accept: int


def acceptance_size(
    good: float, bad: float, size: int | None = None, risks: tuple[float, float] = (0.05, 0.10)
) -> Acceptance | None:
    """The smallest plan that fails a good file, and passes a bad one, with no more than the two risks.

    None where no plan does: a file so small that good and bad are the same number of faults.
    """
    most = size if size is not None else _enough(good, bad)
    for accept in range(most):
        n = bisect_left(range(most + 1), True, key=lambda n: _passes(accept, n, bad, size) <= risks[1])  # noqa: FBT003
        if n <= most and 1 - _passes(accept, n, good, size) <= risks[0]:
            return Acceptance(n, accept)
    return None


def _enough(good: float, bad: float) -> int:
    """More than any plan needs for shares that far apart."""
    return math.ceil(20 * bad / (bad - good) ** 2) if bad > good else 0


def _passes(accept: int, n: int, true_share: float, size: int | None) -> float:
    if size is None:
        return float(_scipy().binom.cdf(accept, n, true_share))
    faults = round(true_share * size)
    return float(_scipy().hypergeom.cdf(accept, size, faults, n))


def design_effect(each: float, likeness: float) -> float:
    """By how much a sample must grow if it has `each` searches a user, alike by this intraclass correlation."""
    return 1 + (each - 1) * likeness


# --- totals ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """One stratum: how many it holds, how many of them were read, and how many of those were found."""

    size: int
    n: int
    found: int

    @property
    def total(self) -> float:
        """How many of the stratum, each one read standing for size/n (Horvitz and Thompson)."""
        return self.size * self.found / self.n

    @property
    def interval(self) -> Interval:
        """The interval of that number."""
        return share(self.found, self.n, self.size).times(self.size)


def total(parts: Sequence[Part]) -> tuple[float, Interval]:
    """How many in all strata together, with its interval.

    Each stratum's own exact limits are combined by the squares of their distances from the estimate, so that a
    stratum in which none was found adds nothing to the number and something to its upper limit.
    """
    estimate = sum(part.total for part in parts)
    down = math.sqrt(sum((part.total - part.interval.low) ** 2 for part in parts))
    up = math.sqrt(sum((part.interval.high - part.total) ** 2 for part in parts))
    return estimate, Interval(estimate - down, estimate + up)


def by_user(found: Sequence[float], seen: Sequence[float], seed: int = 0) -> tuple[float, Interval]:
    """A share from a sample of users: what was found and seen of each one, weighted; the interval by drawing users.

    Where nothing was found, users drawn anew find nothing either: the upper limit is that of so many independent
    users, as if all searches of one user were alike.
    """
    rate = sum(found) / sum(seen)
    if not any(found) or list(found) == list(seen):
        bound = at_most(len(seen), tail=TAIL)
        return rate, Interval(0.0, bound) if not any(found) else Interval(1 - bound, 1.0)
    low, high = _drawn_anew([[f] for f in found], [[s] for s in seen], seed)
    return rate, Interval(max(0.0, float(low[0])), min(1.0, float(high[0])))


def _drawn_anew(found: Any, seen: Any, seed: int) -> tuple[Any, Any]:
    """Limits of the ratio, a column of users at a time: a studentised bootstrap, which knows skew."""
    import numpy  # noqa: ICN001, PLC0415 (comes with SciPy)

    found, seen = numpy.asarray(found, float), numpy.asarray(seen, float)
    users = len(found)
    rate, error = _ratio(numpy.ones((1, users)), found, seen)
    times = numpy.random.default_rng(seed).multinomial(users, [1 / users] * users, size=RESAMPLES).astype(float)
    again, errors = _ratio(times, found, seen)
    apart = numpy.divide(again - rate, errors, out=numpy.full_like(again, numpy.nan), where=errors > 0)
    low, high = numpy.nanquantile(apart, (TAIL, 1 - TAIL), axis=0)
    return rate[0] - high * error[0], rate[0] - low * error[0]


def _ratio(times: Any, found: Any, seen: Any) -> tuple[Any, Any]:
    """The ratio and its linearised standard error, for each line of `times`: how often each user was drawn."""
    users = len(found)
    all_seen = times @ seen
    rate = times @ found / all_seen
    spread = times @ (found * found) - 2 * rate * (times @ (found * seen)) + rate**2 * (times @ (seen * seen))
    return rate, (spread.clip(min=0) * users / (users - 1)) ** 0.5 / all_seen


# --- a count corrected by how often the count is wrong -----------------------------------------------------------


TIGHT: Final = 0.1
"""False alarms, at the worst that a review of specificity allows, may be this part of what was counted."""


@dataclass(frozen=True)
class Rates:
    """What a review says of a way to count: true ones reviewed and found, others reviewed and left alone."""

    true: int
    hit: int
    other: int
    left: int

    def tight(self, apparent: float) -> bool:
        """Whether specificity is known so well that false alarms can't be a good part of the count."""
        return self.other > 0 and 1 - share(self.left, self.other).low <= TIGHT * apparent


def corrected(counted: int, n: int, rates: Rates) -> tuple[float, Interval] | None:
    """The share behind a count of `counted` in `n` (Rogan and Gladen), with its interval (Lang and Reiczigel).

    None where specificity is not known tightly, or nothing true was reviewed: then what was found and its bounds
    are all that can be said.
    """
    if rates.true == 0 or not rates.tight(counted / n):
        return None
    z = float(_scipy().norm.isf(TAIL))
    sure = (rates.hit + 1) / (rates.true + 2), (rates.left + 1) / (rates.other + 2)
    spread = sure[0] * (1 - sure[0]) / (rates.true + 2), sure[1] * (1 - sure[1]) / (rates.other + 2)
    gain = sure[0] + sure[1] - 1
    apparent = (counted + z * z / 2) / (n + z * z)
    middle = (apparent + sure[1] - 1) / gain
    wide = apparent * (1 - apparent) / (n + z * z) + middle**2 * spread[0] + (1 - middle) ** 2 * spread[1]
    half = z * math.sqrt(wide)
    shift = 2 * z * z * (middle * spread[0] - (1 - middle) * spread[1])
    low, high = middle + shift - half / gain, middle + shift + half / gain
    plain = (counted / n + rates.left / rates.other - 1) / (rates.hit / rates.true + rates.left / rates.other - 1)
    return min(1.0, max(0.0, plain)), Interval(max(0.0, low), min(1.0, high))


# --- agreement ---------------------------------------------------------------------------------------------------


def alpha(units: Iterable[Sequence[Hashable]]) -> float | None:
    """Krippendorff's alpha, nominal: of what any number of people said of each unit; who said nothing is left out.

    None where one answer only was ever given, or no unit was read twice.
    """
    read = [Counter(unit) for unit in units if len(unit) > 1]
    answers: Counter[Hashable] = Counter()
    differ = 0.0
    for unit in read:
        answers.update(unit)
        differ += sum(count * (unit.total() - count) for count in unit.values()) / (unit.total() - 1)
    all_ = answers.total()
    by_lot = sum(count * (all_ - count) for count in answers.values())
    return 1 - (all_ - 1) * differ / by_lot if by_lot else None


@dataclass(frozen=True)
class Agreement:
    """How two people agree on one label: texts to which both, only one or the other, or neither gave it."""

    both: float
    first: float
    second: float
    neither: float

    GATE = 0.70, 0.60
    """What kappa, and the lower end of its interval, must be at least."""
    FEW = 200
    """Texts that two people must have read before the gate is asked."""

    @property
    def n(self) -> float:
        """Texts that both have read."""
        return self.both + self.first + self.second + self.neither

    @property
    def raw(self) -> float:
        """The part of the texts on which they agree."""
        return (self.both + self.neither) / self.n

    @property
    def chance(self) -> float:
        """The part on which two people would agree who give the label as often, but by lot."""
        one, two = (self.both + self.first) / self.n, (self.both + self.second) / self.n
        return one * two + (1 - one) * (1 - two)

    @property
    def kappa(self) -> float | None:
        """Cohen's kappa: agreement beyond chance. None where one label only was ever given."""
        return None if self.chance >= 1 else (self.raw - self.chance) / (1 - self.chance)

    @property
    def error(self) -> float:
        """The standard error of kappa."""
        return math.sqrt(self.raw * (1 - self.raw) / self.n) / (1 - self.chance)

    @property
    def interval(self) -> Interval | None:
        """The interval of kappa at 95 %.

        Where they never differ the standard error is zero, which is not certainty: then the lower end comes from
        the exact interval of raw agreement.
        """
        kappa = self.kappa
        if kappa is None:
            return None
        if self.raw == 1:
            return Interval((share(round(self.n), round(self.n)).low - self.chance) / (1 - self.chance), 1.0)
        half = float(_scipy().norm.isf(TAIL)) * self.error
        return Interval(max(-1.0, kappa - half), min(1.0, kappa + half))

    @property
    def positive(self) -> float | None:
        """Of the times that either gave the label, the part in which the other did too."""
        given = 2 * self.both + self.first + self.second
        return 2 * self.both / given if given else None

    @property
    def negative(self) -> float | None:
        """The same of the times that either withheld it."""
        withheld = 2 * self.neither + self.first + self.second
        return 2 * self.neither / withheld if withheld else None

    @property
    def ac1(self) -> float:
        """Gwet's AC1, which does not collapse where a label is rare."""
        mean = (2 * self.both + self.first + self.second) / (2 * self.n)
        chance = 2 * mean * (1 - mean)
        return (self.raw - chance) / (1 - chance)

    @property
    def alpha(self) -> float | None:
        """Krippendorff's alpha for this label; None where one answer only was ever given."""
        pairs = (self.both, (True, True)), (self.first, (True, False)), (self.second, (False, True))
        units = [pair for count, pair in (*pairs, (self.neither, (False, False))) for _ in range(round(count))]
        return alpha(units)

    @property
    def gate(self) -> str:
        """`passes`, `fails`, `too few` texts to ask, or `not used` by either."""
        if self.kappa is None or self.interval is None:
            return "not used"
        if self.n < self.FEW:
            return "too few"
        kappa, low = self.GATE
        return "passes" if self.kappa >= kappa and self.interval.low >= low else "fails"
