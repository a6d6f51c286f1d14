"""What a finding says where nothing could be decided, and what units are called that only raise a question."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import worlds
from plateglass import check
from plateglass.catalogue import Catalogue, Rule
from plateglass.model import Finding, Outcome
from plateglass.publish import findings
from plateglass.store import Store

RULES = Catalogue().rules
NOON = 1_754_074_800_000


@pytest.fixture(scope="module")
def db() -> Iterator[Store]:
    """Eight searches whose case number no release has; three of them reach one network."""
    rows = [
        worlds.search("aaaaaaaaaaaa", n, NOON + n, networks=1 if n <= 3 else 9, case_no=None, case_shape=None,
                      case_no_state="not_exported", reason=None, reason_state="not_exported") for n in range(1, 9)
    ]  # fmt: skip
    with Store(threads=1) as store:
        worlds.fill(store, {
            "sources": [worlds.log("aaaaaaaaaaaa", accepted=8, records=8, first_at=NOON, last_at=NOON + 9)],
            "sightings": rows, "distinct_searches": worlds.distinct(rows),
            "organisations": [worlds.organisation(worlds.HOME, "ca")],
        })  # fmt: skip
        yield store


@pytest.mark.parametrize(
    ("applies", "said"),
    [
        ("networks = 1", "Can't be told for any of the 3 searches"),
        ("networks = 99", "Does not apply: of 8 that were looked at, none is in the rule's scope"),
    ],
)
def test_what_does_not_apply_is_not_counted_as_what_can_not_be_told(
    db: Store, tmp_path: Path, applies: str, said: str
) -> None:
    rule = RULES["screens/case-number-absent"].model_copy(update={"applies": applies})
    (finding,) = check.verdicts(db, worlds.case(tmp_path / "case"), {rule.id: rule})
    assert finding.sentence.startswith(said)


def test_what_can_not_be_told_names_the_column_and_what_was_looked_at(db: Store, tmp_path: Path) -> None:
    rule = RULES["screens/case-number-absent"]
    (finding,) = check.verdicts(db, worlds.case(tmp_path / "case"), {rule.id: rule})
    assert finding.sentence == "Can't be told for any of the 8 searches (the column “Case #” is not exported: 8)."
    assert finding.sources == ("aaaaaaaaaaaa",)
    assert finding.period == (NOON + 1, NOON + 8)
    assert finding.months == ()


def test_what_only_a_person_can_decide_is_said_before_what_was_decided(db: Store, tmp_path: Path) -> None:
    rule = RULES["screens/reach-networks"].model_copy(
        update={
            "fails": "networks > 9",
            "person": "networks = 9",
            "says": "{over} of {tested} reach far",
            "measure": None,
        }
    )
    (finding,) = check.verdicts(db, worlds.case(tmp_path / "case"), {rule.id: rule})
    assert finding.sentence == "Only a person can decide 5 searches. Of the others: 0 of 3 reach far."


@pytest.mark.parametrize(("over", "title"), [(0, "Looks for “Case number absent”"), (1, "Case number absent")])
def test_a_title_is_a_claim_only_where_something_was_found(over: int, title: str) -> None:
    rule = RULES["screens/case-number-absent"].model_copy(update={"title": "Case number absent"})
    finding = Finding(rule.id, {Outcome.CANNOT_TELL: 8}, over, over, "", {})
    with Store(threads=1) as store:
        store.load("evidence", check.EVIDENCE, [])
        assert findings.page(1, finding, rule, findings.Desk(store, None, {}, (), {}, {}, {})).title == title


def _first(words: str) -> Rule:
    return next(rule for rule in RULES.values() if findings.found(rule) == words)


def test_only_a_rule_that_may_say_fails_finds_faults() -> None:
    assert findings.found(RULES["us-ca/in-state-sharing"]) == "at fault"
    assert findings.found(RULES["promises/look-back"]) == "in question"
    assert findings.found(RULES["screens/reach-networks"]) == "counted"
    assert not _first("at fault").only_asks
    assert _first("in question").only_asks


def test_the_first_places_on_a_page_are_those_that_its_sentence_counts() -> None:
    counts = {Outcome.NEEDS_PERSON: 30, Outcome.FAIL: 0, Outcome.PASS: 9}
    rule = RULES["screens/case-number-absent"]
    finding = Finding(rule.id, counts, 1, 1, "", {})
    places = [
        (rule.id, "needs_person" if n < 31 else "question", "aaaaaaaaaaaa", 0, n, None, NOON) for n in range(1, 32)
    ]
    with Store(threads=1) as store:
        store.load("evidence", check.EVIDENCE, places)
        desk = findings.Desk(store, None, {}, (), {}, {rule.id: 31}, {})
        shown = findings.page(1, finding, rule, desk).locators
    assert [at.record for at in shown[:2]] == [31, 1]
    assert [at.verdict for at in shown[:2]] == ["question", "needs person"]


@pytest.mark.parametrize(("day", "add_up"), [(23, True), (22, False)])
def test_classes_that_are_parts_of_others_are_not_drawn_and_not_added(day: int, add_up: bool) -> None:
    rule = RULES["promises/look-back"]
    numbers = (267, 188, 65, day, 173)
    assert rule.measure is not None
    margin = tuple((bucket.label, units) for bucket, units in zip(rule.measure.buckets, numbers, strict=True))
    finding = Finding(rule.id, {Outcome.PASS: 9}, 463, 463, "", {}, margin)
    with Store(threads=1) as store:
        store.load("evidence", check.EVIDENCE, [])
        page = findings.page(1, finding, rule, findings.Desk(store, None, {}, (), {}, {}, {}))
    assert [mark.value for mark in page.charts["margin"].marks] == ["267", str(day), "173"]
    assert page.add_up == add_up
