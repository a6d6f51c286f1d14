"""Case numbers: each agency's own grammar, learnt from shapes, and what falls outside of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plateglass import store as stores
from plateglass.classify import numbers
from plateglass.classify.numbers import Grammar
from plateglass.store import Store
from review_world import keyed, make, run

HERE, THERE, UNKNOWN = UUID(int=1), UUID(int=2), UUID(int=3)

Row = tuple[UUID | None, str, int]


def prepared(store: Store, rows: Sequence[Row]) -> None:
    """The tables of (organisation, shape, number) a search."""
    columns = {"source": "VARCHAR", "part": "INTEGER", "record": "BIGINT", "org": "UUID", "case_no": "UUID"}
    searches = [
        ("s", 0, n, org, UUID(int=number), shape, "value" if shape else "empty")
        for n, (org, shape, number) in enumerate(rows, 1)
    ]
    store.load("distinct_searches", {**columns, "case_shape": "VARCHAR", "case_no_state": "VARCHAR"}, searches)
    store.load("sources", {"source": "VARCHAR", "part": "INTEGER", "owner_org": "UUID"}, [("s", 0, HERE)])
    known = [(HERE, "us-ca-exampleville-pd", True), (THERE, "us-ca-sampleton-pd", True), (UNKNOWN, None, False)]
    store.load("organisations", {"org": "UUID", "agency": "VARCHAR", "public": "BOOLEAN"}, known)


def learnt(rows: Sequence[Row]) -> tuple[list[Grammar], list[tuple[str, str]]]:
    """The grammars, and agency and shape of each lead, of (organisation, shape, number) a search."""
    with Store() as store:
        prepared(store, rows)
        numbers.learn(store)
        leads = store.rows("SELECT agency, shape FROM case_leads ORDER BY record")
        return numbers.grammars(store), [(agency, shape) for agency, shape in leads]


def each(org: UUID | None, shape: str, count: int, start: int = 0) -> list[Row]:
    """So many different numbers of one shape, one search each."""
    return [(org, shape, start + n) for n in range(count)]


def test_a_form_is_learnt_with_the_lengths_that_are_usual() -> None:
    rows = [*each(HERE, "99-999999", 90), *each(HERE, "99-99999", 8, 100), *each(HERE, "99-999", 1, 200)]
    (found,), leads = learnt(rows)
    assert found.forms == (("9{2}-9{5,6}", 99),)
    assert (found.numbers, found.inside, found.outside, found.share) == (99, 98, 1, 1 / 99)
    assert leads == [("us-ca-exampleville-pd", "99-999")]


def test_each_agency_has_a_grammar_of_its_own() -> None:
    rows = [*each(HERE, "99-999999", 50), *each(THERE, "AA9999", 50, 100), *each(THERE, "99-999999", 1, 200)]
    found, leads = learnt(rows)
    assert {grammar.agency: [form for form, _ in grammar.forms] for grammar in found} == {
        "us-ca-exampleville-pd": ["9{2}-9{6}"],
        "us-ca-sampleton-pd": ["A{2}9{4}"],
    }
    assert leads == [("us-ca-sampleton-pd", "99-999999")]


def test_nothing_is_learnt_from_few_numbers_or_from_a_column_of_anything() -> None:
    """Then nothing is outside either: there is no grammar that it could be outside of."""
    few = each(HERE, "99-999999", numbers.ENOUGH - 1)
    loose = [row for n in range(40) for row in each(THERE, "9A" * n + "9", 1, 100 + n)]
    found, leads = learnt([*few, *loose])
    assert [(grammar.forms, grammar.outside, grammar.share) for grammar in found] == [((), 0, None)] * 2
    assert leads == []


def test_how_far_the_grammars_reach_is_stated_over_all_agencies() -> None:
    """Inside, outside, and what nothing can be said of, add up to all numbers."""
    rows = [*each(HERE, "99-999999", 60), *each(HERE, "9999", 2, 900), *each(UNKNOWN, "AA9999", 10, 100)]
    with Store() as store:
        prepared(store, rows)
        numbers.learn(store)
        found = numbers.coverage(store)
    assert found == numbers.Coverage(agencies=2, learnt=1, numbers=72, inside=60, outside=2)
    assert found.line.endswith("60 of 72 numbers fit one, 2 don't, and of 10 nothing can be said")


def test_numbers_are_counted_and_not_searches() -> None:
    """One slip that is searched a hundred times is no habit."""
    (found,), leads = learnt([*each(HERE, "99-999999", 60), *[(HERE, "9999", 900)] * 100])
    assert [form for form, _ in found.forms] == ["9{2}-9{6}"]
    assert (found.outside, found.outside_searches, len(leads)) == (1, 100, 100)


def test_a_log_without_organisations_is_its_owner_s_and_cells_without_a_number_are_left_out() -> None:
    (found,), _ = learnt([*each(None, "99-999999", 40), *each(None, "", 40, 100)])
    assert (found.agency, found.numbers) == ("us-ca-exampleville-pd", 40)


def test_who_may_not_be_named_is_counted_and_not_shown() -> None:
    found, leads = learnt([*each(UNKNOWN, "99-999999", 60), *each(UNKNOWN, "AA-9", 1, 100)])
    assert [(grammar.agency, grammar.numbers, grammar.forms) for grammar in found] == [("", 61, ())]
    assert len(leads) == 1


@given(st.lists(st.tuples(st.text("9A-/. ", min_size=1, max_size=12), st.integers(1, 60)), max_size=8))
@settings(max_examples=30, deadline=None)
def test_every_number_is_inside_or_outside_or_of_an_agency_without_a_grammar(shapes: list[tuple[str, int]]) -> None:
    rows = [row for n, (shape, count) in enumerate(dict(shapes).items()) for row in each(HERE, shape, count, 100 * n)]
    found, leads = learnt(rows)
    for grammar in found:
        assert grammar.numbers == len(rows)
        assert grammar.inside + grammar.outside in ((grammar.numbers,) if grammar.forms else (0,))
        assert grammar.outside == len(leads) <= (1 - numbers.HELD) * grammar.numbers + 1e-9


def test_the_steps_are_portable() -> None:
    for step in numbers.STEPS:
        assert stores.unportable(step.sql) == [], step.name


def test_the_command_prints_patterns_and_counts_and_no_number(tmp_path: Path) -> None:
    with keyed(tmp_path):
        result = run("reasons", "numbers", make(tmp_path).root)
    assert result.exit_code == 0, result.output
    assert "9{2}-9{6}" in result.output
    assert "26-9" not in result.output


@pytest.mark.parametrize(
    ("text", "words"), [("ICE detainer for Ada Example", "ice + detainer"), ("protest", "protest")]
)
def test_a_text_is_explained_with_the_content_s_words(text: str, words: str) -> None:
    result = run("reasons", "explain", text)
    assert result.exit_code == 0, result.output
    assert words in result.output
