"""What a count is worth: found by words, corrected by a review, and the bounds, three numbers and never one.

Every unit that was read stands for as many as it was drawn from (Horvitz and Thompson). Within each stratum those
that the words found are kept apart from the others: the first say how many of the found are right (precision), the
others how many were overlooked (recall). Where users were drawn first, intervals come from drawing users anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, Final

from plateglass import statistics
from plateglass.errors import SampleUnusable
from plateglass.review import UNREADABLE, Resolved
from plateglass.sample import FAULT, Drawn, Plan, Sample
from plateglass.statistics import Interval, Part, Rates

_FEW: Final = 10
"""With fewer users than this among whom anything was found, an interval by user is rough."""


@dataclass(frozen=True)
class Number:
    """A number of units, with its bounds at 95 %."""

    value: float
    bounds: Interval

    def over(self, whole: float) -> Number:
        """The same as a share."""
        return Number(self.value / whole, self.bounds.times(1 / whole))


@dataclass(frozen=True)
class Estimate:
    """What a sample says of one code, or of faults."""

    of: str
    what: str
    """The code, or fault."""
    size: int
    n: int
    unreadable: int
    seen: int
    """How many of those read have it."""
    corrected: Number
    """How many have it in all."""
    found: int | None = None
    """How many the words found; None for faults, which no words find."""
    right: Number | None = None
    """How many of the found have it; None where none of the found was read."""
    missed: Number | None = None
    """How many have it that the words overlooked; None where none of the others was read."""
    rates: Number | None = None
    """The count corrected by sensitivity and specificity, where specificity is known tightly."""
    verdict: str = ""
    """Acceptance: passes, fails, or can't be told."""
    notes: tuple[str, ...] = ()

    @property
    def precision(self) -> Number | None:
        """The part of the found that is right."""
        return self.right.over(self.found) if self.right is not None and self.found else None

    @property
    def recall(self) -> Number | None:
        """The part of all that the words found; its bounds take the worst of both."""
        if self.right is None or self.missed is None or self.right.value + self.missed.value == 0:
            return None
        right, missed = self.right, self.missed
        low = right.bounds.low / ((right.bounds.low + missed.bounds.high) or 1)
        high = right.bounds.high / ((right.bounds.high + missed.bounds.low) or 1)
        return Number(right.value / (right.value + missed.value), Interval(low, high))


def estimate(sample: Sample, resolved: Resolved, code: str) -> Estimate:
    """What a review says of one code; of faults where the sample asks for them.

    Raises:
        SampleUnusable: the sample is not representative, or not all of it has been read and resolved.
    """
    _usable(sample, resolved)
    by_fault = sample.design.asks == FAULT
    code = FAULT if by_fault else code
    labels = {i.item: resolved.labels[(i.unit if by_fault else i.text) or ""] for i in sample.items}
    reading = _Reading(sample, code, labels)
    words = _by_words(reading) if code in sample.frame.flagged and not by_fault else {}
    return Estimate(
        of=sample.design.of, what=code, size=sample.frame.size, n=len(sample.items), unreadable=reading.unreadable,
        seen=reading.seen, corrected=reading.number(None) or Number(0, Interval(0, sample.frame.size)),
        verdict=_verdict(sample, reading), notes=tuple(reading.notes(resolved)), **words,
    )  # fmt: skip


def _usable(sample: Sample, resolved: Resolved) -> None:
    if not sample.design.representative:
        raise SampleUnusable(
            "this sample is not representative: what was looked for first is found more often than it is there",
            expected="a simple or stratified sample", remedy="plateglass sample draw --plan simple draws one",
        )  # fmt: skip
    if resolved.open:
        raise SampleUnusable(
            f"{resolved.open} texts have no codes yet, or two that differ", expected="all read and resolved",
            remedy="plateglass review goes on; --third resolves",
        )  # fmt: skip


class _Reading:
    """A sample with what was read in it, for one code.

    A kind is True for what the words found, False for the others, None for both together.
    """

    def __init__(self, sample: Sample, code: str, labels: Mapping[int, frozenset[str]]) -> None:
        self.sample, self.code = sample, code
        self._true = {item for item, codes in labels.items() if code in codes}
        self._open = {item for item, codes in labels.items() if UNREADABLE in codes}
        self._flags = sample.frame.flagged.get(code, {})
        self.seen, self.unreadable = len(self._true), len(self._open)

    def flagged(self, item: Drawn) -> bool:
        """Whether words found it."""
        return self.code in item.flagged

    def size(self, kind: bool | None) -> int:
        """How many of a kind there are to draw from."""
        counted = sum(self._flags.values())
        return self.sample.frame.size if kind is None else counted if kind else self.sample.frame.size - counted

    def number(self, kind: bool | None) -> Number | None:
        """How many of a kind have the code; where something can't be read, the bounds take it either way."""
        items = [item for item in self.sample.items if kind is None or self.flagged(item) is kind]
        sure = [item for item in items if item.item not in self._open]
        if not sure:
            return Number(0, Interval(0, 0)) if self.size(kind) == 0 else None
        count = self._by_user if self.sample.design.plan is Plan.USERS else self._by_stratum
        value, bounds = count(sure, kind, self._true)
        if len(sure) < len(items):
            none, all_ = count(items, kind, self._true)[1], count(items, kind, self._true | self._open)[1]
            bounds = Interval(min(bounds.low, none.low), max(bounds.high, all_.high))
        return Number(value, bounds)

    def _by_stratum(self, items: Sequence[Drawn], kind: bool | None, true: AbstractSet[int]) -> tuple[float, Interval]:
        parts = [part for stratum in self.sample.frame.strata for part in self._parts(stratum, items, kind, true)]
        value, interval = statistics.total(parts)
        unread = self.size(kind) - sum(part.size for part in parts)
        return value * self.size(kind) / (self.size(kind) - unread), Interval(interval.low, interval.high + unread)

    def _parts(self, stratum: str, items: Sequence[Drawn], kind: bool | None, true: AbstractSet[int]) -> list[Part]:
        """One part for each kind of a stratum; both together where one of them is there and none of it was read."""
        counted, size = self._flags.get(stratum, 0), self.sample.frame.strata[stratum]
        sizes = {True: counted, False: size - counted}
        read = {k: [i.item in true for i in items if i.stratum == stratum and self.flagged(i) is k] for k in sizes}
        parts = [Part(sizes[k], len(seen), sum(seen)) for k, seen in read.items() if seen]
        if kind is None and sum(part.size for part in parts) < size and parts:
            return [Part(size, sum(part.n for part in parts), sum(part.found for part in parts))]
        return parts

    def _by_user(self, items: Sequence[Drawn], kind: bool | None, true: AbstractSet[int]) -> tuple[float, Interval]:
        drawn = Counter(item.user for item in self.sample.items)
        found: Counter[str | None] = Counter()
        seen: Counter[str | None] = Counter()
        for item in items:
            seen[item.user] += 1
            found[item.user] += item.item in true
        weight = {item.user: item.of_user / drawn[item.user] for item in items}
        users = list(weight)
        rate, interval = statistics.by_user([weight[u] * found[u] for u in users], [weight[u] * seen[u] for u in users])
        return rate * self.size(kind), interval.times(self.size(kind))

    def rates(self) -> Rates:
        """The two by two table of words and people."""
        sure = [item for item in self.sample.items if item.item not in self._open]
        true = [self.flagged(item) for item in sure if item.item in self._true]
        other = [self.flagged(item) for item in sure if item.item not in self._true]
        return Rates(len(true), sum(true), len(other), len(other) - sum(other))

    def notes(self, resolved: Resolved) -> list[str]:
        """What a reader must know of these numbers."""
        found = []
        if self.seen == 0:
            found.append("none was found among those read: that bounds the number, it does not make it zero")
        if resolved.coders == 1:
            found.append("one person coded this: nothing is known of agreement")
        if self.unreadable:
            found.append(f"{self.unreadable} could not be read; the bounds count them either way")
        users = {item.user for item in self.sample.items if item.item in self._true}
        if self.sample.design.plan is Plan.USERS and 0 < len(users) < _FEW:
            found.append(f"found with {len(users)} users only: the bounds are rough")
        return found


def _by_words(reading: _Reading) -> dict[str, Any]:
    """What can be said of the words: how many of their finds are right, and what they overlook."""
    sample, found = reading.sample, reading.size(kind=True)
    rates = None
    if sample.design.plan is Plan.SIMPLE:
        corrected = statistics.corrected(found, sample.frame.size, reading.rates())
        if corrected is not None:
            rates = Number(corrected[0], corrected[1]).over(1 / sample.frame.size)
    return {"found": found, "right": reading.number(kind=True), "missed": reading.number(kind=False), "rates": rates}


def _verdict(sample: Sample, reading: _Reading) -> str:
    if sample.accept is None:
        return ""
    if reading.seen > sample.accept:
        return "fails"
    return "passes" if reading.seen + reading.unreadable <= sample.accept else "can't be told"
