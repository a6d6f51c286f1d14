"""What samples and estimates rest on: sizes as published, exact intervals, and coverage where the truth is known."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plateglass import statistics
from plateglass.errors import ExtraMissing
from plateglass.statistics import Acceptance, Agreement, Part, Rates

RUNS = 2_000
MARGINS = (0.10, 0.05, 0.03, 0.02, 0.01)

# --- the table of methods.md, section 8 --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "expected"),
    [(None, (97, 385, 1_068, 2_401, 9_604)), (1_000, (88, 278, 517, 707, 906)), (10_000, (96, 370, 965, 1_937, 4_900))],
)
def test_sizes_for_a_margin(size: int | None, expected: tuple[int, ...]) -> None:
    assert tuple(statistics.margin_size(margin, size) for margin in MARGINS) == expected


@pytest.mark.parametrize(
    ("share", "margins", "expected"),
    [(0.05, (0.03, 0.02, 0.01), (203, 457, 1_825)), (0.20, (0.05, 0.03, 0.02), (246, 683, 1_537))],
)
def test_sizes_for_a_margin_where_a_share_is_expected(
    share: float, margins: Sequence[float], expected: tuple[int, ...]
) -> None:
    assert tuple(statistics.margin_size(margin, expected=share) for margin in margins) == expected


@pytest.mark.parametrize(("share", "expected"), [(0.05, 59), (0.02, 149), (0.01, 299), (0.005, 598), (0.001, 2_995)])
def test_sizes_for_discovery(share: float, expected: int) -> None:
    assert statistics.discovery_size(share) == expected


@pytest.mark.parametrize(("share", "expected"), [(0.05, (51, 56, 57)), (0.01, (155, 225, 258))])
def test_sizes_for_discovery_in_small_files(share: float, expected: tuple[int, ...]) -> None:
    assert tuple(statistics.discovery_size(share, size) for size in (200, 500, 1_000)) == expected


@pytest.mark.parametrize(
    ("good", "bad", "plan"),
    [
        (0.01, 0.05, Acceptance(132, 3)),
        (0.005, 0.03, Acceptance(221, 3)),
        (0.01, 0.10, Acceptance(52, 2)),
        (0.02, 0.08, Acceptance(98, 4)),
        (0.02, 0.10, Acceptance(65, 3)),
        (0.05, 0.15, Acceptance(77, 7)),
    ],
)
def test_acceptance_plans(good: float, bad: float, plan: Acceptance) -> None:
    assert statistics.acceptance_size(good, bad) == plan


def test_an_acceptance_plan_for_a_small_file_is_smaller_and_for_none_there_is_none() -> None:
    small = statistics.acceptance_size(0.01, 0.05, 1_000)
    assert small is not None
    assert small.n < 132
    assert statistics.acceptance_size(0.01, 0.011, 20) is None


def test_searches_of_one_user_are_alike() -> None:
    """20 searches a user that are alike by 0.1: 385 becomes 1,117."""
    assert statistics.design_effect(20, 0.1) == pytest.approx(2.9)
    assert 385 * statistics.design_effect(20, 0.1) == pytest.approx(1_117, abs=1)


def test_none_found_is_not_none_there() -> None:
    assert statistics.at_most(300) == pytest.approx(3 / 300, rel=0.01)
    assert statistics.at_most(59) < 0.05 < statistics.at_most(58)


# --- the numbers of sections 3 and 6 -----------------------------------------------------------------------------


def test_intervals_as_published() -> None:
    """2 of 2,000, 20 of 558, 2 of 13; and 40 of 40 from a file of 142, at one end."""
    missed = statistics.share(2, 2_000).times(996_000)
    assert (round(missed.low), round(missed.high)) == (121, 3_593)
    assert statistics.share(20, 558).low == pytest.approx(0.022, abs=0.0005)
    assert statistics.share(20, 558).high == pytest.approx(0.055, abs=0.0005)
    assert statistics.share(2, 13).low == pytest.approx(0.02, abs=0.005)
    assert statistics.share(2, 13).high == pytest.approx(0.45, abs=0.005)
    assert statistics.share(40, 40, 142, tail=0.05).low * 142 == pytest.approx(134)


def test_a_file_that_was_read_whole_has_no_uncertainty() -> None:
    assert statistics.share(7, 50, 50) == statistics.Interval(7 / 50, 7 / 50)


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 80), st.data())
def test_the_small_file_s_interval_holds_what_was_seen_and_lies_within_the_large_file_s(n: int, data: Any) -> None:
    found, size = data.draw(st.integers(0, n)), data.draw(st.integers(n, 19 * n))
    small, large = statistics.share(found, n, size), statistics.share(found, n)
    assert small.low <= found / n <= small.high
    assert found / size <= small.low
    assert small.high <= 1 - (n - found) / size + 1e-9
    assert small.high - small.low <= large.high - large.low + 2 / size


# --- agreement ---------------------------------------------------------------------------------------------------


def table(n: float, raw: float, chance: float) -> Agreement:
    """Two people who differ evenly, with this raw and this chance agreement."""
    given = (1 - (1 - 2 * (1 - chance)) ** 0.5) / 2
    apart = (1 - raw) / 2
    return Agreement(n * (given - apart), n * apart, n * apart, n * (1 - given - apart))


@pytest.mark.parametrize(
    ("n", "raw", "chance", "kappa", "error"),
    [(100, 0.97, 0.90, 0.70, 0.17), (400, 0.97, 0.90, 0.70, 0.09), (100, 0.90, 0.50, 0.80, 0.06)],
)
def test_kappa_as_published(n: int, raw: float, chance: float, kappa: float, error: float) -> None:
    found = table(n, raw, chance)
    assert found.kappa == pytest.approx(kappa)
    assert round(found.error, 2) == error


def test_agreement_by_hand() -> None:
    """45 both, 15 and 25 one alone, 15 neither: raw 0.6, chance 0.54."""
    found = Agreement(45, 15, 25, 15)
    assert found.raw == pytest.approx(0.60)
    assert found.chance == pytest.approx(0.60 * 0.70 + 0.40 * 0.30)
    assert found.kappa == pytest.approx(0.06 / 0.46)
    assert found.positive == pytest.approx(90 / 130)
    assert found.negative == pytest.approx(30 / 70)
    assert found.ac1 == pytest.approx((0.60 - 2 * 0.65 * 0.35) / (1 - 2 * 0.65 * 0.35))


def test_alpha_as_published() -> None:
    """Krippendorff's own examples: four observers with gaps, and two observers of ten yes-or-no units."""
    said = ("123321412...", "1233224125.3", ".3332342251.", "12332441251.")
    four = [[letter for letter in unit if letter != "."] for unit in zip(*said, strict=True)]
    assert statistics.alpha(four) == pytest.approx(0.743, abs=0.0005)
    two = list(zip("0100000010", "1110010000", strict=True))
    assert statistics.alpha(two) == pytest.approx(0.095, abs=0.0005)


def test_alpha_of_one_label_is_that_of_its_answers() -> None:
    assert Agreement(40, 5, 3, 152).alpha == pytest.approx(
        statistics.alpha([(True, True)] * 40 + [(True, False)] * 5 + [(False, True)] * 3 + [(False, False)] * 152)
    )
    assert Agreement(0, 0, 0, 50).alpha is None
    assert Agreement(10, 0, 0, 50).alpha == 1


def test_kappa_collapses_for_a_rare_label_and_ac1_does_not() -> None:
    found = Agreement(1, 3, 3, 293)
    assert found.kappa is not None
    assert found.kappa < 0.3
    assert found.ac1 > 0.95


def test_two_who_never_differ_are_not_certain() -> None:
    few, many = Agreement(10, 0, 0, 20).interval, Agreement(100, 0, 0, 200).interval
    assert few is not None
    assert many is not None
    assert few.low < many.low < 1
    assert few.high == 1


@pytest.mark.parametrize(
    ("counts", "gate"),
    [
        ((80, 5, 5, 110), "passes"),
        ((60, 20, 20, 110), "fails"),
        ((80, 5, 5, 100), "too few"),
        ((0, 0, 0, 300), "not used"),
        ((6, 1, 2, 191), "fails"),  # kappa is 0.79, but its lower end is below 0.60
    ],
)
def test_the_gate(counts: tuple[int, int, int, int], gate: str) -> None:
    assert Agreement(*counts).gate == gate


# --- coverage: 95 % intervals hold the truth in 93 to 97 % of 2,000 made-up reviews ------------------------------


def covers(holds: Sequence[bool]) -> float:
    return sum(holds) / len(holds)


@pytest.mark.parametrize(("size", "true", "n"), [(100_000, 20_000, 385), (100_000, 5_000, 600), (1_000, 200, 278)])
def test_a_simple_sample_covers(size: int, true: int, n: int) -> None:
    seen = np.random.default_rng(8).hypergeometric(true, size - true, n, RUNS)
    intervals = [statistics.share(int(found), n, size) for found in seen]
    assert 0.93 <= covers([i.low <= true / size <= i.high for i in intervals]) <= 0.97


STRATIFIED = ((6_000, 600, 200), (20_000, 4_000, 200), (10_000, 7_000, 200))
INSIDE_AND_OUTSIDE = ((4_000, 3_800, 300), (16_000, 1_600, 500), (980_000, 9_800, 2_000))
RARE = ((4_000, 3_800, 300), (16_000, 480, 500), (980_000, 980, 2_000))


def totals(strata: Sequence[tuple[int, int, int]]) -> tuple[list[float], list[bool]]:
    """The estimate of each made-up review, and whether its interval holds the truth."""
    lots = np.random.default_rng(6)
    seen = [lots.hypergeometric(true, size - true, n, RUNS) for size, true, n in strata]
    truth = sum(true for _, true, _ in strata)
    results = [
        statistics.total([Part(size, n, int(found)) for (size, _, n), found in zip(strata, run, strict=True)])
        for run in zip(*seen, strict=True)
    ]
    return [value for value, _ in results], [i.low <= truth <= i.high for _, i in results]


@pytest.mark.parametrize("strata", [STRATIFIED, INSIDE_AND_OUTSIDE], ids=["stratified", "inside and outside"])
def test_a_stratified_sample_covers_and_its_count_is_unbiased(strata: Sequence[tuple[int, int, int]]) -> None:
    estimates, holds = totals(strata)
    assert 0.93 <= covers(holds) <= 0.97
    assert np.mean(estimates) == pytest.approx(sum(true for _, true, _ in strata), rel=0.01)


def test_where_nearly_none_is_seen_outside_the_interval_errs_on_the_safe_side() -> None:
    """One true one in a thousand outside: about two are seen, and exact limits are wider than they need be."""
    estimates, holds = totals(RARE)
    assert covers(holds) >= 0.95
    assert np.mean(estimates) == pytest.approx(sum(true for _, true, _ in RARE), rel=0.02)


@pytest.mark.parametrize(
    ("users", "drawn", "each", "shape"), [(1_000, 100, 5, (2, 6)), (2_000, 150, 3, (1, 4)), (5_000, 200, 1, (2, 6))]
)
def test_a_sample_of_users_covers(users: int, drawn: int, each: int, shape: tuple[float, float]) -> None:
    """Few users make many of the searches, and each user's searches are alike."""
    lots = np.random.default_rng(4)
    searches = lots.geometric(1 / 40, users)
    true = lots.binomial(searches, lots.beta(*shape, users))
    pick = np.stack([lots.choice(users, drawn, replace=False) for _ in range(RUNS)])
    read = np.minimum(each, searches[pick])
    found = searches[pick] * lots.hypergeometric(true[pick], (searches - true)[pick], read) / read
    low, high = statistics._drawn_anew(found.T, searches[pick].T, seed=1)
    truth = true.sum() / searches.sum()
    assert 0.93 <= np.mean((low <= truth) & (truth <= high)) <= 0.97
    assert found.sum() / searches[pick].sum() == pytest.approx(truth, rel=0.02)


def test_one_sample_of_users_has_the_same_limits_alone_and_among_others() -> None:
    found, seen = [3.0, 0.0, 5.0, 1.0, 0.0, 2.0], [10.0, 4.0, 9.0, 12.0, 3.0, 8.0]
    rate, interval = statistics.by_user(found, seen, seed=5)
    assert rate == pytest.approx(11 / 46)
    assert interval.low < rate < interval.high
    assert (rate, interval) == statistics.by_user(found, seen, seed=5)


def test_a_sample_of_users_in_which_none_or_all_are_found() -> None:
    """As many independent users at most: never zero, never certain."""
    rate, interval = statistics.by_user([0.0] * 100, [40.0] * 100)
    assert (rate, interval.low) == (0, 0)
    assert interval.high == pytest.approx(statistics.share(0, 100).high)
    rate, interval = statistics.by_user([40.0] * 100, [40.0] * 100)
    assert (rate, interval.high) == (1, 1)
    assert interval.low == pytest.approx(1 - statistics.share(0, 100).high)


@pytest.mark.parametrize(
    ("true", "n", "catches", "leaves", "reviewed"),
    [(0.1, 100_000, 0.9, 0.998, (300, 2_000)), (0.2, 5_000, 0.8, 0.997, (150, 1_000))],
)
def test_a_corrected_count_covers_and_is_unbiased(
    true: float, n: int, catches: float, leaves: float, reviewed: tuple[int, int]
) -> None:
    lots = np.random.default_rng(2)
    counted = lots.binomial(n, true * catches + (1 - true) * (1 - leaves), RUNS)
    hit, left = lots.binomial(reviewed[0], catches, RUNS), lots.binomial(reviewed[1], leaves, RUNS)
    results = [
        statistics.corrected(int(c), n, Rates(reviewed[0], int(h), reviewed[1], int(f)))
        for c, h, f in zip(counted, hit, left, strict=True)
    ]
    known = [result for result in results if result is not None]
    assert len(known) > 0.95 * RUNS
    assert 0.93 <= covers([i.low <= true <= i.high for _, i in known]) <= 0.97
    assert np.mean([value for value, _ in known]) == pytest.approx(true, rel=0.01)


def test_a_count_is_not_corrected_where_specificity_is_not_tight() -> None:
    """One in a thousand counted: not even 2,000 reviewed without a false alarm are enough."""
    assert statistics.corrected(1_000, 1_000_000, Rates(300, 270, 2_000, 2_000)) is None
    assert statistics.corrected(100_000, 1_000_000, Rates(300, 270, 2_000, 2_000)) is not None
    assert statistics.corrected(100_000, 1_000_000, Rates(0, 0, 2_000, 2_000)) is None
    assert statistics.corrected(100_000, 1_000_000, Rates(300, 270, 0, 0)) is None


def test_an_interval_of_kappa_covers() -> None:
    cells = (0.20, 0.05, 0.05, 0.70)
    truth = Agreement(*cells).kappa
    assert truth is not None
    runs = np.random.default_rng(3).multinomial(400, cells, RUNS)
    intervals = [Agreement(*map(float, run)).interval for run in runs]
    assert 0.93 <= covers([i is not None and i.low <= truth <= i.high for i in intervals]) <= 0.97


# --- the extra ---------------------------------------------------------------------------------------------------


def test_without_scipy_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real: Callable[..., Any] = builtins.__import__

    def absent(name: str, *rest: Any) -> Any:
        if name.partition(".")[0] == "scipy":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", absent)
    statistics._scipy.cache_clear()
    with pytest.raises(ExtraMissing, match=r"pip install 'plateglass\[statistics\]'"):
        statistics.margin_size(0.05)
