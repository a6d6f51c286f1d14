"""What a case's reviews say that its counts by words are worth: precision, recall, agreement, code by code."""

from __future__ import annotations

from collections.abc import Iterator

from plateglass import estimate as estimating
from plateglass import review as reviewing
from plateglass import sample as sampling
from plateglass.case import Case
from plateglass.errors import ExtraMissing, SampleUnusable
from plateglass.estimate import Number
from plateglass.questions import Worth
from plateglass.statistics import Agreement


def worth(case: Case) -> list[Worth]:
    """Every code of every sample that was read and resolved and from which a rate can be had."""
    try:
        return [one for drawn in sampling.every(case) for one in _of(case, drawn)]
    except ExtraMissing:
        return []


def _of(case: Case, drawn: sampling.Sample) -> Iterator[Worth]:
    if drawn.design.asks == sampling.FAULT or not drawn.design.representative:
        return
    review = reviewing.Review(case, drawn, reviewing.codebook(case.catalogue(), drawn.design.asks))
    resolved, agreement = review.resolved(), review.agreement()
    for code in sorted(set(agreement) | {code for codes in resolved.labels.values() for code in codes}):
        if code in (reviewing.UNREADABLE, "none"):
            continue
        try:
            found = estimating.estimate(drawn, resolved, code)
        except SampleUnusable:
            return
        yield Worth(
            code, drawn.id, found.n, resolved.coders, found.found, _three(found.precision), _three(found.recall),
            _three(found.corrected), _kappa(agreement.get(code)), agreement[code].ac1 if code in agreement else None,
            found.notes,
        )  # fmt: skip


def _three(number: Number | None) -> tuple[float, float, float] | None:
    return None if number is None else (number.value, number.bounds.low, number.bounds.high)


def _kappa(agreed: Agreement | None) -> tuple[float, float, float] | None:
    if agreed is None or agreed.kappa is None or agreed.interval is None:
        return None
    return agreed.kappa, agreed.interval.low, agreed.interval.high
