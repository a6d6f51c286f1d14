"""Spread and change: numbers with known truth and fixed seeds; and no comparison across a change of a form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import worlds
from plateglass import change, classify, questions, spread, statistics
from plateglass.case import Case, name_id
from plateglass.catalogue import Catalogue
from plateglass.change import Ask
from plateglass.errors import ChangeRefused
from plateglass.spread import Break, UserWeek
from plateglass.statistics import Interval
from plateglass.store import Store

CATALOGUE = Catalogue()

# --- spread ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("found", "n"), [(0, 10), (3, 10), (10, 10), (5, 200), (199, 200), (40, 4000)])
def test_intervals_of_shares_are_scipys(found: int, n: int) -> None:
    wilson, exact = spread.wilson(found, n), statistics.share(found, n)
    theirs = stats.binomtest(found, n)
    for ours, method in ((wilson, "wilson"), (exact, "exact")):
        other = theirs.proportion_ci(0.95, method=method)
        assert (ours.low, ours.high) == pytest.approx((other.low, other.high), abs=1e-9)


def test_bounds_by_users_cover_the_truth() -> None:
    """Users differ (beta), each makes many searches: bounds that took searches for independent would miss."""
    rng, hits, naive, runs = np.random.default_rng(5), 0, 0, 120
    for _ in range(runs):
        seen = rng.integers(5, 60, size=60)
        found = rng.binomial(seen, rng.beta(2, 6, size=60))
        groups: dict[int | None, tuple[int, int]] = dict(enumerate(zip(found.tolist(), seen.tolist(), strict=True)))
        bounds, way = spread.share(groups)
        assert way == "users"
        hits += bounds.low <= 0.25 <= bounds.high
        plain = spread.wilson(int(found.sum()), int(seen.sum()))
        naive += plain.low <= 0.25 <= plain.high
    assert 0.91 <= hits / runs <= 0.98
    assert naive / runs < 0.75


def test_a_share_without_users_or_with_few_is_wilsons() -> None:
    assert spread.share({None: (5, 20)}) == (spread.wilson(5, 20), "searches")
    assert spread.share({1: (5, 20), 2: (0, 9)})[1] == "searches"
    none, way = spread.share(dict.fromkeys(range(30), (0, 5)))
    assert (none.low, way) == (0.0, "users")
    assert none.high == pytest.approx(1 - 0.025 ** (1 / 30))


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(1, 9)), min_size=1, max_size=30))
@settings(max_examples=60, deadline=None)
def test_quantiles_are_those_of_the_values_written_out(pairs: list[tuple[int, int]]) -> None:
    written = sorted(value for value, n in pairs for _ in range(n))
    (median, ninth) = spread.quantiles([(None, float(v), n) for v, n in pairs], (0.5, 0.9))
    for found, q in ((median, 0.5), (ninth, 0.9)):
        assert found.value == np.quantile(written, q, method="inverted_cdf")
        assert found.bounds is None


def test_bounds_of_a_median_hold_it() -> None:
    rng = np.random.default_rng(2)
    rows = [(g, float(v), 1) for g in range(40) for v in rng.lognormal(5 + g / 40, 0.5, size=20).round()]
    (median,) = spread.quantiles(rows, (0.5,))
    assert median.bounds is not None
    assert median.bounds.low < median.value < median.bounds.high


@given(st.lists(st.integers(1, 400), min_size=1, max_size=60))
@settings(max_examples=60, deadline=None)
def test_gini_and_tops_are_those_of_the_definition(searches: list[int]) -> None:
    counts = {n: searches.count(n) for n in set(searches)}
    found = spread.concentration(counts)
    apart = sum(abs(a - b) for a in searches for b in searches)
    assert found.gini == pytest.approx(apart / (2 * len(searches) * sum(searches)), abs=1e-9)
    for _, size, share, bounds in found.top:
        assert share == pytest.approx(sum(sorted(searches)[-size:]) / sum(searches))
        assert bounds is None or bounds.low <= share <= bounds.high
    assert found.curve[0] == (0.0, 0.0)
    assert found.curve[-1] == pytest.approx((1.0, 1.0))


def test_a_rate_ratio_has_exact_bounds() -> None:
    found = spread.rate_ratio((30, 10.0), (60, 80.0))
    assert found is not None
    assert found[0] == pytest.approx(4.0)
    share = statistics.share(30, 90)
    assert found[1] is not None
    assert found[1].low == pytest.approx(share.low / (1 - share.low) * 8)
    assert spread.rate_ratio((3, 1.0), (0, 10.0)) is None


def test_capture_finds_a_population_whose_logs_are_independent() -> None:
    rng, hits = np.random.default_rng(3), 0
    for _ in range(200):
        a, b = rng.random(2000) < 0.3, rng.random(2000) < 0.2
        found = spread.capture(int(a.sum()), int(b.sum()), int((a & b).sum()))
        hits += found.bounds.low <= 2000 <= found.bounds.high
    assert hits >= 180


def test_a_funnel_finds_those_who_differ_and_few_others() -> None:
    rng = np.random.default_rng(4)
    agencies, planted = [], {f"far {n}" for n in range(5)}
    for n in range(95):
        size = int(10 ** rng.uniform(1.5, 4))
        agencies.append((f"like {n}", int(rng.binomial(size, rng.beta(12, 28))), size))
    agencies += [(name, int(rng.binomial(800, 0.95)), 800) for name in sorted(planted)]
    found = spread.funnel(agencies)
    assert found is not None
    outside = {peer.name for peer in found.peers if peer.where != "within"}
    assert planted <= outside
    assert len(outside - planted) <= 3
    by_name = {peer.name: peer for peer in found.peers}
    small = min(found.peers, key=lambda peer: peer.n)
    assert abs(small.shrunk - found.middle) <= abs(small.found / small.n - found.middle)
    assert by_name["far 0"].shrunk > 0.8
    assert spread.funnel(agencies[:5]) is None


# --- an interrupted series -------------------------------------------------------------------------------------------


def days(rng: np.random.Generator, effect: float, alike: float = 0.3) -> list[tuple[int, int, int]]:
    """180 days: a slow course, week-ends, days like the day before; at day 90 the share jumps by the effect."""
    noise, drawn = np.zeros(180), rng.normal(size=180)
    for day in range(180):
        noise[day] = (alike * noise[day - 1] if day else 0.0) + drawn[day]
    number = np.arange(180)
    share = 0.3 + 0.0002 * number + 0.05 * (number % 7 > 4) + 0.03 * noise + effect * (number >= 90)
    seen = rng.poisson(np.where(number % 7 > 4, 60, 150))
    found = rng.binomial(seen, share.clip(0.01, 0.99))
    return [(int(d), int(f), int(n)) for d, f, n in zip(number, found, seen, strict=True)]


@pytest.mark.parametrize("effect", [0.0, 0.12])
def test_the_bounds_of_a_break_cover_the_truth(effect: float) -> None:
    rng, hits, gaps, runs = np.random.default_rng(7), 0, [], 50
    for _ in range(runs):
        found = spread.breaks(days(rng, effect), 90)
        assert found is not None
        hits += found.bounds.low <= effect <= found.bounds.high
        gaps.append(found.gap)
    assert hits / runs >= 0.86
    assert np.mean(gaps) == pytest.approx(effect, abs=0.015)


def test_a_large_break_is_larger_than_at_any_ordinary_date() -> None:
    found = spread.breaks(days(np.random.default_rng(8), 0.2), 90)
    assert found is not None
    assert len(found.placebos) >= 15
    assert found.chance == pytest.approx(1 / (len(found.placebos) + 1))
    assert found.bounds.low > 0
    none = spread.breaks(days(np.random.default_rng(9), 0.0), 90)
    assert none is not None
    assert none.chance > 0.05


def test_no_break_without_four_weeks_on_both_sides() -> None:
    series = days(np.random.default_rng(1), 0.0)
    assert spread.breaks(series, 27) is None
    assert spread.breaks(series, 153) is None
    assert spread.breaks([], 10) is None


# --- the same users --------------------------------------------------------------------------------------------------


def weeks(rng: np.random.Generator, effect: float, others: int) -> list[UserWeek]:
    """Sixty users whom the change concerns and some whom it doesn't; everybody's share rises by 0.1 anyway."""
    made = []
    for user in range(60 + others):
        own, treated = rng.beta(4, 8), user < 60
        for week in range(-12, 12):
            share = min(own + (0.1 + effect * treated) * (week >= 0), 1.0)
            seen = int(rng.poisson(3))
            if seen:
                made.append(UserWeek(user, treated, week, int(rng.binomial(seen, share)), seen))
    return made


def test_against_others_what_changed_for_everybody_is_no_change() -> None:
    rng, hits, alone = np.random.default_rng(11), 0, 0
    for _ in range(24):
        found = spread.shifts(weeks(rng, 0.0, 60))
        assert found is not None
        hits += found.bounds.low <= 0 <= found.bounds.high
        own = spread.shifts(weeks(rng, 0.0, 0))
        assert own is not None
        assert own.others == 0
        alone += own.bounds.low <= 0 <= own.bounds.high
    assert hits >= 20
    assert alone <= 3, "without others the common rise is taken for the change, and that is said"


def test_a_change_of_the_users_is_found() -> None:
    found = spread.shifts(weeks(np.random.default_rng(12), 0.25, 60))
    assert found is not None
    assert found.bounds.low < 0.25 < found.bounds.high
    assert found.bounds.low > 0.1
    assert found.placebos
    assert all(abs(placebo) < found.change for placebo in found.placebos)


def test_few_users_are_not_compared() -> None:
    few = [w for w in weeks(np.random.default_rng(13), 0.2, 0) if w.user < 9]
    assert spread.shifts(few) is None


# --- a case ----------------------------------------------------------------------------------------------------------

FIRST = date(2025, 3, 1)
AT = date(2025, 6, 1)
DAY = 86_400_000


def ms(day: date) -> int:
    return (day - date(1970, 1, 1)).days * DAY + 20 * 3_600_000


def searches(layout_days: int = 180) -> Iterator[worlds.Row]:
    """Forty users of two agencies; from 1 June those of the home agency write `inv` four times as often."""
    rng = np.random.default_rng(21)
    for number in range(layout_days):
        day = FIRST + timedelta(days=number)
        for user in range(40):
            if rng.random() < 0.4:
                home = user < 20
                vague = rng.random() < (0.6 if home and day >= AT else 0.15)
                yield worlds.search(
                    "aaaaaaaaaaaa", number * 100 + user, ms(day) + user * 1000,
                    org=name_id(worlds.HOME if home else "Sampleton CA PD"), account=worlds.token(f"user {user}"),
                    reason=worlds.token("inv" if vague else "burglary"),
                )  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Case]]:
    made = worlds.case(tmp_path_factory.mktemp("change") / "case")
    rows = list(searches())
    last = FIRST + timedelta(days=179)
    with Store(threads=1) as store:
        worlds.fill(store, {
            "sources": [worlds.log("aaaaaaaaaaaa", "network_audit", first_at=ms(FIRST), last_at=ms(last))],
            "sightings": rows, "distinct_searches": worlds.distinct(rows),
            "texts": [{"id": worlds.token(t), "field": "reason", "text": t} for t in ("inv", "burglary")],
            "organisations": [worlds.organisation(worlds.HOME, "ca"), worlds.organisation("Sampleton CA PD", "ca")],
        })  # fmt: skip
        classify.reasons(store, CATALOGUE)
        questions.ground(store, made)
        yield store, made


def test_a_planted_change_is_found_by_days_and_by_users(world: tuple[Store, Case]) -> None:
    store, made = world
    home = questions.ground(store, made)
    found = change.change(store, CATALOGUE, Ask(AT, "vague", 90, home))
    assert found.days is not None
    assert found.users is not None
    assert found.days.bounds.low < 0.45 < found.days.bounds.high
    assert (found.users.users, found.users.others) == (20, 20)
    assert found.users.bounds.low < 0.45 < found.users.bounds.high
    assert " It rose: " in found.sentence
    assert (found.start, found.end) == (AT - timedelta(days=90), FIRST + timedelta(days=180))


@pytest.mark.parametrize(
    ("shares", "bounds", "least", "said"),
    [
        (
            (0.2, 0.4, 0.15),
            (0.1, 0.2),
            60,
            "led to 25.0 %. It rose: 15.0 points above it (10.0 points to 20.0 points).",
        ),
        ((0.013, 0.013, -0.034), (-0.05, -0.02), 60, "led to 4.7 %. It fell: 3.4 points below it"),
        ((0.2, 0.4, 0.15), (-0.1, 0.2), 60, "That can't be told from no change: 15.0 points above it"),
        ((0.2, 0.4, 0.15), (0.1, 0.2), 31, "can't be told: 15.0 points above it (10.0 points to 20.0 points), but a"),
        ((0.2, 0.4, 0.15), (0.1, 0.2), 31, "a side has 31 days with searches, and from fewer than 45 such bounds miss"),
        ((0.2, 0.1, 0.15), (0.1, 0.2), 60, "led to -5.0 %. Whether it changed can't be told"),
    ],
)
def test_the_sentence_says_what_is_compared_apart_from_the_plain_shares(
    shares: tuple[float, float, float], bounds: tuple[float, float], least: int, said: str
) -> None:
    """The number is how far the days lie from their own course: before and after alone may say the opposite."""
    days = Break(*shares, Interval(*bounds), 0.0, (), least)
    found = change.Change(Ask(AT), change.MEASURES["vague"], FIRST, AT, 10, 1, days, None, ())
    assert said in found.sentence
    assert f"all days before taken together, it was {100 * shares[0]:.1f} %." in found.sentence


def test_the_expected_share_is_where_the_days_before_led() -> None:
    """Of a share that falls by a straight line through the date nothing is left, whatever before and after are."""
    found = spread.breaks([(day, 120 - day, 200) for day in range(120)], 60)
    assert found is not None
    assert found.gap == pytest.approx(0, abs=1e-9)
    assert found.before - found.after == pytest.approx(0.3)
    assert found.expected == pytest.approx(found.after)
    assert found.least == 60


def test_nothing_is_found_where_nothing_was_planted(world: tuple[Store, Case]) -> None:
    store, _ = world
    found = change.change(store, CATALOGUE, Ask(date(2025, 4, 15), "narrative"))
    assert found.days is not None
    assert found.days.before == found.days.after == 0


def test_a_date_without_logs_on_both_sides_is_refused(world: tuple[Store, Case]) -> None:
    with pytest.raises(ChangeRefused, match="no log covers 28 days on both sides"):
        change.change(world[0], CATALOGUE, Ask(FIRST + timedelta(days=20)))


def test_an_unknown_measure_is_refused(world: tuple[Store, Case]) -> None:
    with pytest.raises(ChangeRefused, match="nothing is called 'mood'"):
        change.change(world[0], CATALOGUE, Ask(AT, "mood"))


def era(folder: Path, start: date, end: date | None = None, fields: Sequence[str] = ("reason",)) -> Catalogue:
    """Our content and one more era of the layout."""
    (folder / "eras").mkdir(exist_ok=True)
    until = f"end = {end}\n" if end else ""
    (folder / "eras" / "made-up.toml").write_text(
        'vendor = "Made Up"\nlayouts = ["flock-audit"]\n[[eras]]\nid = "x"\ntitle = "A list replaces the field"\n'
        f'start = {start}\n{until}fields = {list(fields)}\neffect = "x"\nsource = "made up"\n'
    )
    return Catalogue(folder)


@pytest.mark.parametrize("apart", [0, 5, 13, -13])
def test_an_era_at_the_date_is_refused(world: tuple[Store, Case], tmp_path: Path, apart: int) -> None:
    """The form and the conduct can't be told apart there, and nobody is told a number."""
    with pytest.raises(ChangeRefused, match="the form itself changed at that time: A list replaces the field"):
        change.change(world[0], era(tmp_path, AT + timedelta(days=apart)), Ask(AT))


def test_an_era_beside_the_date_cuts_the_window_and_says_so(world: tuple[Store, Case], tmp_path: Path) -> None:
    after = change.change(world[0], era(tmp_path, AT + timedelta(days=40)), Ask(AT))
    assert after.end == AT + timedelta(days=40)
    assert any("nothing from 2025-07-11 on is used" in note for note in after.notes)
    before = change.change(world[0], era(tmp_path, AT - timedelta(days=40)), Ask(AT))
    assert before.start == AT - timedelta(days=40)
    assert any("nothing before 2025-04-22 is used" in note for note in before.notes)


def test_an_era_that_leaves_too_little_is_refused(world: tuple[Store, Case], tmp_path: Path) -> None:
    with pytest.raises(ChangeRefused, match="20 days are left before the date"):
        change.change(world[0], era(tmp_path, AT - timedelta(days=20)), Ask(AT))


def test_an_era_of_other_fields_does_not_matter(world: tuple[Store, Case], tmp_path: Path) -> None:
    found = change.change(world[0], era(tmp_path, AT, fields=("devices",)), Ask(AT))
    assert found.days is not None


def test_a_fault_that_covers_the_date_is_refused(world: tuple[Store, Case], tmp_path: Path) -> None:
    with pytest.raises(ChangeRefused, match="the form itself changed"):
        change.change(world[0], era(tmp_path, AT - timedelta(days=30), AT + timedelta(days=30)), Ask(AT))


def test_users_that_the_form_renamed_are_not_compared(world: tuple[Store, Case], tmp_path: Path) -> None:
    found = change.change(world[0], era(tmp_path, AT + timedelta(days=3), fields=("account",)), Ask(AT))
    assert found.users is None
    assert any("users are not compared" in note for note in found.notes)
