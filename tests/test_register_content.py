"""The register as it ships: every file holds, every founding fact stands once, every system can be asked about."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from plateglass import register
from plateglass.register import edtf, evidence, flows, holdings, lint, money, questions
from plateglass.register.entities import Evidence, Flow, Programme, System
from plateglass.register.holdings import Register

FILES = sorted(holdings.FOLDER.glob("*.toml"))
FACTS = Path(__file__).parents[1].parent / "shared/research/facts.csv"
LAST = {"S0": 39, "S1": 26, "S2": 45, "S3": 70, "S4": 163}
"""The founding list numbers its facts from 001 in each of five sources."""


@cache
def held() -> Register:
    return register.read()


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_a_file_holds_only_what_the_types_know(path: Path) -> None:
    """A new system is one file: this walks over it without being told."""
    file = holdings.written(path)
    assert any(getattr(file.holds, section) for section in type(file.holds).model_fields), "an empty file says nothing"
    assert path.name.startswith("_") or any(s.id == path.stem for s in (*file.holds.systems, *file.holds.programmes))


def test_the_lint_finds_nothing_at_all_in_what_ships() -> None:
    assert lint.counts(lint.problems(held())) == {}


def test_every_founding_fact_is_in_one_statement_or_listed_as_not_used() -> None:
    """343 facts, each exactly once."""
    wanted = {f"{source}-{n:03}" for source, last in LAST.items() for n in range(1, last + 1)}
    found = Counter(s.fact for s in held().statements.values() if s.fact) + Counter(u.fact for u in held().unused)
    assert len(wanted) == 343
    assert set(found) == wanted
    assert set(found.values()) == {1}


@pytest.mark.real
def test_the_numbers_and_the_source_of_a_fact_are_those_of_the_founding_list() -> None:
    """A slip of the pen would be published: each statement's value and document are held against the list."""
    if not FACTS.exists():
        pytest.skip("../shared/research is not here")
    with FACTS.open(newline="") as file:
        rows = {row["fact_id"]: row for row in csv.DictReader(file)}
    for statement in held().statements.values():
        if statement.fact:
            row = rows[statement.fact]
            assert statement.document == f"seed-{row['seed_file'][:3]}"
            assert statement.locator == f"row {statement.fact}"
            if row["value"].isdigit():
                assert statement.value == int(row["value"]), statement.fact
                assert (statement.unit in ("USD", "USD/month")) == row["unit"].startswith("USD"), statement.fact


def test_all_48_systems_and_channels_are_held_each_with_a_record_that_could_be_asked_for() -> None:
    numbered = {s.number: s.id for s in held().all(System).values() if s.number}
    numbered |= {p.number: p.id for p in held().all(Programme).values() if p.number}
    assert sorted(numbered) == list(range(1, 49))
    asked = {o.system for o in questions.obtainable(held()) if o.records}
    assert set(numbered.values()) <= asked


def test_nothing_is_rated_better_than_its_paper() -> None:
    """No primary document was seen yet, so no statement is A; what we only believe is D."""
    letters = evidence.shares(held().statements.values())
    assert letters["A"] == letters["B"] == 0
    assert letters["C"] + letters["D"] == len(held().statements)
    believed = [s for s in held().statements.values() if s.claim == "inference"]
    assert believed
    assert {s.confidence for s in believed} == {"D"}


def test_sources_that_repeat_the_same_papers_are_one_source() -> None:
    """Four of the five founding sources lean on the same official papers; the fifth has a paper of its own."""
    seeds = [f"seed-00{n}" for n in range(5)]
    assert evidence.independent(held(), seeds) == 2
    assert evidence.independent(held(), ["seed-000", "seed-003", "seed-004"]) == 1
    assert evidence.independent(held(), ["seed-001", "seed-002"]) == 2


def test_every_flow_has_a_class_and_none_that_is_pitched_planned_or_hosting_is_travelled() -> None:
    travelled = {e.id for e in flows.edges(held())}
    for flow in held().all(Flow).values():
        shown = evidence.of_flow(held().said[flow.id])
        assert shown is not None, flow.id
        if flow.kind == "hosting" or shown < Evidence.POSSIBLE:
            assert flow.id not in travelled
    assert {"rekognition-to-ice", "hart-in-cloud", "ident-on-aws", "palantir-on-aws"} & travelled == set()


SIDES = {
    "pool-size": {"s0-008", "s4-140", "s3-028", "s4-135"},
    "contract-party": {"s0-007", "s4-139", "s1-005", "s1-007", "s4-138", "s4-156"},
    "contract-date": {"s4-139", "s0-026", "s0-005", "s1-001", "ice-lpr-contract-reported"},
    "falcon-money": {"s3-050", "s4-048", "s4-049"},
    "retention": {"s0-018", "s2-019", "s1-012"},
    "fifty-metros": {"s1-008", "s1-009"},
    "hidta-owner": {"s3-036", "hidta-owner"},
}


@pytest.mark.parametrize("conflict", SIDES)
def test_a_conflict_shows_every_side_with_date_speaker_and_what_was_counted(conflict: str) -> None:
    """None is resolved, none is averaged."""
    sides = evidence.sides(held(), held().conflicts[conflict])
    assert {s.statement for s in sides} == SIDES[conflict]
    assert all(s.as_of and s.says_who and s.document for s in sides)
    assert all(s.counted for s in sides if s.value is not None and s.unit != "USD")
    assert set(held().conflicts) == set(SIDES)


def test_the_sizes_of_the_pool_stand_side_by_side() -> None:
    sides = evidence.sides(held(), held().conflicts["pool-size"])
    assert [(s.as_of, s.comparator, s.value) for s in sides] == [
        ("2017-12", ">", 2_000_000_000),
        ("2018-01", ">", 2_000_000_000),
        ("2019", "=", 5_000_000_000),
        ("2019-01", ">", 7_000_000_000),
    ]


HAND_COUNT = {
    # buyer, vendor, systems: obligated, ceiling, reported; in dollars, as summed by hand from the founding list
    ("cbp", "unisys", "tvs"): (None, None, 229_700_000),
    ("dhs", "", "social-media-vetting"): (None, None, 24_600_000),
    ("dhs", "accenture", "dhs-data-centres"): (None, None, 307_000_000),
    ("dhs", "northrop-grumman", "hart"): (None, None, 95_000_000),
    ("ero", "trss", "trss-monitoring"): (None, None, 6_700_000),
    ("hsi", "west", "clear"): (None, 46_000_000, None),
    ("ice", "giant-oak", "gost"): (None, None, 45_000_000),
    ("ice", "palantir", "falcon-sa"): (None, 42_300_000, 62_000_000),
    ("ice", "palantir", "icm"): (None, None, 51_600_000),
    ("ice", "pen-link", "pen-link-suite"): (None, 10_000_000, 2_400_000),
    ("ice", "thomson-reuters", "ice-lpr-access vigilant-commercial"): (None, None, 6_100_000),
    ("palantir", "amazon", "government-clouds"): (None, None, None),
}


def test_money_equals_the_hand_count_with_the_kinds_of_amount_apart() -> None:
    """The parts of a total are not counted beside it, and a payment by the month is no total."""
    found = {(t.buyer, t.vendor, t.system): t for t in money.totals(held())}
    assert {
        key: tuple(s and s.low for s in (t.obligated, t.ceiling, t.reported)) for key, t in found.items()
    } == HAND_COUNT
    left = {what: why for t in found.values() for what, why in t.left_out}
    assert set(left) == {"giant-oak-2018", "falcon-2013", "palantir-pays-amazon"}
    falcon = found["ice", "palantir", "falcon-sa"].reported
    assert falcon is not None
    assert falcon.at_least


def test_money_of_a_period_leaves_out_what_lies_outside_and_says_so() -> None:
    (hart,) = questions.paid(held(), "dhs", "northrop-grumman", "hart", period="2010/2016")
    assert hart.reported is None
    assert hart.left_out[0][0] == "hart-phases-1-2"
    (hart,) = questions.paid(held(), "dhs", "northrop-grumman", "hart", period="2018/2019")
    assert hart.reported is not None
    assert hart.reported.low == 95_000_000


def test_a_safeguard_is_shown_with_the_way_round_it() -> None:
    found = {p.safeguard.id: p for p in questions.protections(held(), "vigilant-commercial-to-ice")}
    assert {c.id for c, _ in found["ice-fifty-metros"].circumventions} == {"opt-in-beyond-metros"}
    assert {c.id for c, _ in found["ice-approval-steps"].circumventions} == {
        "detective-searches-for-ice",
        "mail-instead-of-approval",
        "driver-information-informally",
    }
    assert found["ice-audit-log"].circumventions == ()
    assert found["ice-audit-log"].claims[0].says_who == "ice"


def test_systems_with_a_log_that_somebody_obtained_are_few_and_named() -> None:
    got = {o.system: o.last_obtained for o in questions.obtainable(held()) if o.last_obtained}
    assert got == {
        "flock-national-lookup": "2026",
        "clets": "2017",
        "fusion-centres": "2026",
        "informal-requests": "2019",
    }


def test_changes_between_two_days_are_those_that_a_source_dates() -> None:
    found = questions.changes(held(), date(2019, 1, 1), date(2019, 12, 31))
    how = {(c.what, c.how) for c in found}
    assert ("motorola-buys-vigilant", "happened") in how
    assert ("tecs-booz-allen", "ended") in how
    assert ("falcon-2018", "valued") not in how
    assert ("hart-phase-1-due", "was due") in how
    assert ("clear-contract", "valued") in how
    assert ("aclu-sues", "happened") not in how
    assert not [c for c in found if c.what in held().by_section["systems"]], "a system is not ended by a claim about it"
    assert all(date(2019, 1, 1) <= c.day <= date(2019, 12, 31) for c in found)


def test_all_that_was_said_by_2020_is_stale_now_and_little_has_two_sources() -> None:
    doubts = questions.doubts(held(), date(2026, 11, 22))
    assert {"ident", "vigilant-commercial-to-ice", "ats-lpr-service"} <= set(doubts.stale)
    assert "flock-national-lookup" not in doubts.stale
    assert len(doubts.contradicted) == 7
    assert "agencies-open-to-ice" in doubts.single
    assert "hidta" not in {s for s in held().said if s not in doubts.single}


def test_policy_against_practice_is_a_question_with_who_says_so() -> None:
    found = {(a.body, a.flow): a for a in questions.against(held())}
    assert {body for body, _ in found} == {"merced", "orange-county-fusion-centre", "orange-county-police-agency"}
    assert found["merced", "merced-to-ice"].said[0].says_who == "truthout"
    assert found["orange-county-police-agency", "orange-county-police-to-ice"].said == ()


def test_what_moved_when_vigilant_was_bought() -> None:
    moved = questions.moved(held(), "vigilant")
    assert moved is not None
    assert (moved.owner, moved.since, moved.contracts) == ("motorola", "2019", ("ice-lpr-contract",))
    assert "vigilant-commercial-to-ice" in moved.flows
    assert questions.moved(held(), "palantir") is None


def test_every_number_says_what_was_counted() -> None:
    for one in questions.measured(held()):
        for claim in one.claims:
            if claim.value is not None:
                assert claim.counted, claim.statement
                assert claim.unit, claim.statement


def test_federal_lists_that_go_down_to_cameras() -> None:
    assert [e.id for e in questions.pushed_down(held())] == [
        "ice-to-ncic-topic",
        "ice-to-vigilant-hot-list",
        "ncic-topic-to-local-cameras",
        "local-camera-alert",
    ]


def test_founding_facts_are_shown_as_last_known_and_never_as_now() -> None:
    """No founding fact speaks of a day after its source."""
    for statement in held().statements.values():
        if statement.fact:
            spoken = evidence.as_of(held(), statement).latest
            paper = edtf.span(held().document(statement).date).latest
            assert spoken is not None
            assert paper is not None
            assert spoken.year <= paper.year, statement.key


def test_the_guide_works_on_a_system_that_is_not_in_the_list(tmp_path: Path) -> None:
    """The example of the guide is a whole file: put beside ours it is taken, and its flow is travelled."""
    guide = (Path(__file__).parents[1] / "docs/add-a-system.md").read_text()
    assert guide.count("\n") < 60
    (tmp_path / "example-trailer-cameras.toml").write_text(guide.split("```toml\n")[1].split("```")[0])
    both = register.read(holdings.FOLDER, tmp_path)
    best = questions.ways(both, questions.asked(both, "example-trailer-cameras", "ice", data="plate-read")).routes[0]
    assert best.nodes == ("example-trailer-cameras", "vigilant-agency-pool", "ice")
    assert best.weakest.id == "example-trailers-to-pool"
