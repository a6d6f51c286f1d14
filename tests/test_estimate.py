"""Estimates: found, corrected and bounds apart; the numbers as published; coverage where the truth is known."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from plateglass import estimate, review, sample
from plateglass.case import Case
from plateglass.errors import SampleUnusable
from plateglass.estimate import Estimate
from plateglass.review import UNREADABLE, Resolved
from plateglass.sample import Design, Drawn, Plan, Sample
from plateglass.sample.frame import Frame
from plateglass.statistics import Interval
from review_world import REASONS, copied, keyed, make, run

RUNS = 2_000
CODE = "p01"


def drawn(
    design: Design, sizes: Mapping[str, int], flagged: Mapping[str, int], items: Sequence[tuple[str, bool]], **more: int
) -> Sample:
    """A sample of items, each with its stratum and whether words found it."""
    frame = Frame(sum(sizes.values()), sizes, 0, {CODE: flagged}, {}, "0" * 64)
    made = tuple(
        Drawn(n, f"u{n}", f"t{n}", stratum, None, 0, "s", 0, n, (CODE,) if found else ())
        for n, (stratum, found) in enumerate(items, 1)
    )
    return Sample("id", design, "1", frame, {}, more.get("accept"), made)


def resolved(of: Sample, true: Sequence[bool | None], coders: int = 2) -> Resolved:
    """What people say of each item, in order; None where it can't be read."""
    said = {True: CODE, False: "p98", None: UNREADABLE}
    labels = {i.text or "": frozenset({said[t]}) for i, t in zip(of.items, true, strict=True)}
    return Resolved(labels, 0, 0, coders)


INSIDE = Design(Plan.STRATIFIED, by="code", code=CODE)


def two_strata(right: int, read: int, overlooked: int, others: int) -> Estimate:
    """4,000 of a million are found by words; so many of each kind are read, and so many of those are true."""
    items = [("explicit", True)] * read + [("rest", False)] * others
    of = drawn(INSIDE, {"explicit": 4_000, "rest": 996_000}, {"explicit": 4_000}, items)
    true = [n < right for n in range(read)] + [n < overlooked for n in range(others)]
    return estimate.estimate(of, resolved(of, true), CODE)


# --- the numbers of methods.md, section 6 ------------------------------------------------------------------------


def test_the_example_as_published() -> None:
    """4,000 found, all read, 3,800 right; 2 of 2,000 others are true: 996 overlooked (121 to 3,593)."""
    found = two_strata(3_800, 4_000, 2, 2_000)
    assert (found.found, found.right) == (4_000, estimate.Number(3_800, Interval(3_800, 3_800)))
    assert found.precision is not None
    assert found.precision.value == pytest.approx(0.95)
    assert found.missed is not None
    assert [round(x) for x in (found.missed.value, found.missed.bounds.low, found.missed.bounds.high)] == [
        996,
        121,
        3_593,
    ]
    assert found.recall is not None
    assert found.recall.value == pytest.approx(0.79, abs=0.005)
    assert found.recall.bounds.low == pytest.approx(0.51, abs=0.005)
    assert found.recall.bounds.high == pytest.approx(0.97, abs=0.005)
    assert round(found.corrected.bounds.low, -2) == 3_900
    assert round(found.corrected.bounds.high, -2) == 7_400


@pytest.mark.parametrize(("specificity", "precision"), [(0.999, 0.47), (0.9999, 0.90)])
def test_a_loose_rule_is_worth_nothing_where_few_are_true(specificity: float, precision: float) -> None:
    """One in a thousand true, nine in ten of them found: what the review of all that was found says."""
    right, wrong = 900, round(999_000 * (1 - specificity))
    of = drawn(
        INSIDE,
        {"explicit": right + wrong, "rest": 1_000_000 - right - wrong},
        {"explicit": right + wrong},
        [("explicit", True)] * (right + wrong) + [("rest", False)] * 10,
    )
    found = estimate.estimate(of, resolved(of, [True] * right + [False] * (wrong + 10)), CODE)
    assert found.precision is not None
    assert found.precision.value == pytest.approx(precision, abs=0.01)


def test_none_found_outside_is_an_upper_bound() -> None:
    found = two_strata(380, 400, 0, 2_000)
    assert found.missed is not None
    assert found.missed.value == 0
    assert found.missed.bounds.low == 0
    assert found.missed.bounds.high == pytest.approx(996_000 * 3.69 / 2_000, rel=0.01)
    assert found.corrected.bounds.high > 3_800 + 1_500


def test_none_found_at_all_says_so() -> None:
    found = two_strata(0, 300, 0, 300)
    assert found.corrected.value == 0
    assert found.corrected.bounds.high > 0
    assert "does not make it zero" in found.notes[0]


# --- what can't be had -------------------------------------------------------------------------------------------


def test_no_rate_comes_from_a_queue() -> None:
    of = drawn(Design(Plan.QUEUE, code=CODE), {"1 ambiguous": 50}, {}, [("1 ambiguous", False)] * 20)
    with pytest.raises(SampleUnusable, match="not representative"):
        estimate.estimate(of, resolved(of, [True] * 20), CODE)


def test_no_rate_comes_from_a_review_that_is_not_finished() -> None:
    of = drawn(Design(), {"all": 50}, {}, [("all", False)] * 20)
    with pytest.raises(SampleUnusable, match="3 texts have no codes yet"):
        estimate.estimate(of, replace(resolved(of, [True] * 20), open=3), CODE)


def test_precision_is_not_known_where_none_of_the_found_was_read() -> None:
    """A simple sample of 200 misses the 40 that words found: the number in all stands, precision doesn't."""
    of = drawn(Design(), {"all": 100_000}, {"all": 40}, [("all", False)] * 200)
    found = estimate.estimate(of, resolved(of, [n < 10 for n in range(200)]), CODE)
    assert (found.right, found.precision, found.recall) == (None, None, None)
    assert found.corrected.value == pytest.approx(5_000)


def test_what_can_t_be_read_widens_the_bounds_and_is_not_replaced() -> None:
    of = drawn(Design(), {"all": 100_000}, {}, [("all", False)] * 400)
    sure = estimate.estimate(of, resolved(of, [n < 40 for n in range(400)]), CODE)
    true = [None if n >= 380 else n < 40 for n in range(400)]
    open_ = estimate.estimate(of, resolved(of, true), CODE)
    assert open_.corrected.value == pytest.approx(100_000 * 40 / 380)
    assert open_.corrected.bounds.low <= sure.corrected.bounds.low
    assert open_.corrected.bounds.high > sure.corrected.bounds.high + 4_000
    assert "20 could not be read" in open_.notes[0]


def test_a_count_is_corrected_by_rates_only_where_specificity_is_tight() -> None:
    items = [("all", n < 30) for n in range(2_000)]
    tight = drawn(Design(), {"all": 1_000_000}, {"all": 15_000}, items)
    assert estimate.estimate(tight, resolved(tight, [n < 40 for n in range(2_000)]), CODE).rates is None
    common = drawn(Design(), {"all": 1_000_000}, {"all": 200_000}, [("all", n < 400) for n in range(2_000)])
    found = estimate.estimate(common, resolved(common, [n < 500 for n in range(2_000)]), CODE)
    assert found.rates is not None
    assert found.rates.value == pytest.approx(250_000, rel=0.01)
    assert found.corrected.value == pytest.approx(250_000, rel=0.01)


def test_one_coder_is_said_to_be_one() -> None:
    of = drawn(Design(), {"all": 50}, {}, [("all", False)] * 20)
    assert "one person coded this" in estimate.estimate(of, resolved(of, [True] * 20, coders=1), CODE).notes[0]


@pytest.mark.parametrize(
    ("faults", "unreadable", "verdict"), [(3, 0, "passes"), (4, 0, "fails"), (3, 1, "can't be told"), (4, 9, "fails")]
)
def test_acceptance(faults: int, unreadable: int, verdict: str) -> None:
    design = Design(Plan.ACCEPTANCE, asks=sample.FAULT)
    of = drawn(design, {"all": 9_000}, {}, [("all", False)] * 132, accept=3)
    said = [sample.FAULT] * faults + [UNREADABLE] * unreadable + [review.FINE] * (132 - faults - unreadable)
    labels = {item.unit: frozenset({answer}) for item, answer in zip(of.items, said, strict=True)}
    found = estimate.estimate(of, Resolved(labels, 0, 0, 2), "")
    assert (found.verdict, found.what, found.found) == (verdict, "fault", None)


# --- coverage, of the whole estimate -----------------------------------------------------------------------------


def test_strata_with_both_kinds_cover_and_are_unbiased() -> None:
    """Strata by quality: in each, words find some of the true ones and some that are not."""
    sizes, counted = {"q3": 8_000, "q6": 20_000}, {"q3": 2_000, "q6": 3_000}
    true = {("q3", True): 1_700, ("q3", False): 600, ("q6", True): 2_400, ("q6", False): 1_700}
    truth, lots, n = sum(true.values()), np.random.default_rng(11), 120
    estimates, holds = [], []
    for _ in range(RUNS // 2):
        items, labels = [], []
        for stratum, size in sizes.items():
            found = int(lots.hypergeometric(counted[stratum], size - counted[stratum], n))
            for kind, read in ((True, found), (False, n - found)):
                whole = counted[stratum] if kind else size - counted[stratum]
                hits = int(lots.hypergeometric(true[stratum, kind], whole - true[stratum, kind], read))
                items += [(stratum, kind)] * read
                labels += [k < hits for k in range(read)]
        of = drawn(Design(Plan.STRATIFIED, by="quality"), sizes, counted, items)
        result = estimate.estimate(of, resolved(of, labels), CODE).corrected
        estimates.append(result.value)
        holds.append(result.bounds.low <= truth <= result.bounds.high)
    assert 0.93 <= np.mean(holds) <= 0.97
    assert np.mean(estimates) == pytest.approx(truth, rel=0.01)


def test_a_sample_of_users_weighs_each_user_by_their_searches() -> None:
    """One user with 90 searches, all true, and nine with one each, none true: 90 of 99, not one of ten."""
    items = [Drawn(n, f"u{n}", f"t{n}", "all", f"user{n}", 90 if n == 1 else 1, "s", 0, n, ()) for n in range(1, 11)]
    frame = Frame(99, {"all": 99}, 10, {CODE: {}}, {}, "0" * 64)
    of = Sample("id", Design(Plan.USERS, each=1), "1", frame, {}, None, tuple(items))
    found = estimate.estimate(of, resolved(of, [n == 1 for n in range(1, 11)]), CODE)
    assert found.corrected.value == pytest.approx(90)
    assert "found with 1 users only" in found.notes[0]


# --- the command -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    root = tmp_path_factory.mktemp("estimate")
    with keyed(root):
        yield make(root)


@pytest.fixture
def case(made: Case, tmp_path: Path) -> Case:
    return copied(made, tmp_path)


def coded(case: Case, answer: dict[str, str]) -> None:
    """Two people code the sample alike."""
    found = sample.find(case)
    with case.tables() as store:
        texts = sample.texts(store, found)
    shown = [texts[subject] for subject in dict.fromkeys(item.text or "" for item in found.items)]
    typed = "".join(next((c for w, c in answer.items() if w in text), "p98") + "\n" for text in shown)
    for coder in ("Ada Example", "Bo Sample"):
        assert run("review", case.root, "--coder", coder, typed=typed).exit_code == 0


def test_found_corrected_and_bounds_are_printed_apart(case: Case) -> None:
    """People say that every gang matter is immigration: words overlook them, the sample doesn't."""
    run("sample", "draw", case.root, "--of", "reasons", "--plan", "stratified", "--by", "code", "--code", CODE,
        "--size", 250)  # fmt: skip
    coded(case, {"immigration": CODE, "gang": CODE})
    facts = json.loads(run("estimate", case.root, "--code", CODE, "--json").stdout)
    words = sum("immigration" in reason for reason in REASONS)
    assert facts["found"] == words == 15
    assert facts["right"]["value"] == words
    assert facts["corrected"]["bounds"]["low"] <= 2 * words <= facts["corrected"]["bounds"]["high"]
    assert facts["missed"]["bounds"]["low"] <= words <= facts["missed"]["bounds"]["high"]
    said = run("estimate", case.root, "--code", CODE).stdout
    for row in ("found by words", "of these right", "overlooked", "in all", "precision 100.00%", "recall"):
        assert row in said
    assert sample.find(case).frame.sha256 in said


def test_a_queue_is_refused_by_the_command(case: Case) -> None:
    run("sample", "draw", case.root, "--of", "reasons", "--plan", "queue", "--code", CODE, "--size", 20)
    coded(case, {"immigration": CODE})
    result = run("estimate", case.root, "--code", CODE)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "not representative" in result.stderr


def test_a_code_must_be_one_of_the_book(case: Case) -> None:
    run("sample", "draw", case.root, "--size", 20)
    result = run("estimate", case.root, "--code", "p77")
    assert (result.exit_code, "no code is called 'p77'" in result.stderr) == (2, True)
