"""Every file of `content/reasons` says what it means by its own examples; nothing here names a code."""

from __future__ import annotations

import re
from functools import cache
from uuid import UUID

import pytest

from plateglass import classify
from plateglass.catalogue import Catalogue, Reason
from plateglass.classify import words
from plateglass.privacy.scrub import scrub
from plateglass.store import Store

REASONS = Catalogue().reasons


@cache
def coded() -> dict[tuple[str, str], dict[str, str | None]]:
    """The codes of every example of every file, by field and text: one run for all."""
    texts = sorted({(example.field, example.text) for reason in REASONS.values() for example in reason.examples})
    with Store() as store:
        rows = [(UUID(int=number), field, text, "") for number, (field, text) in enumerate(texts)]
        store.load("texts", {"id": "UUID", "field": "VARCHAR", "text": "VARCHAR", "scrubs": "VARCHAR"}, rows)
        classify.reasons(store, Catalogue())
        return {texts[row["id"].int]: row for row in store.records("SELECT * FROM reasons")}


def found(code: str, reason: Reason, row: dict[str, str | None]) -> str:
    """The tier of a code in a row of `reasons`, or none."""
    if reason.axis == "requester":
        left = reason.left_over.get(row["quality"] or "", "none")
        return (row["requester_tier"] or left) if row["requester"] == code else "none"
    if reason.axis == "quality":
        return "explicit" if row["quality"] == code else "none"
    return row[code] or "none"


@pytest.mark.parametrize("code", REASONS)
def test_a_reason_holds_what_its_examples_say(code: str) -> None:
    reason = REASONS[code]
    for example in reason.examples:
        tier = found(code, reason, coded()[example.field, example.text])
        wanted = "explicit" if reason.axis == "quality" and example.tier != "none" else example.tier
        assert tier == wanted, f"{example.text!r}: {example.why}"


@pytest.mark.parametrize("code", REASONS)
def test_a_reason_shows_both_sides_and_its_source(code: str) -> None:
    """A file without an example of what it must leave alone is a word list."""
    reason = REASONS[code]
    assert re.fullmatch(r"[pqrs][0-9x]{1,2}", code)
    assert {example.tier for example in reason.examples} > {"none"}
    assert reason.about.endswith(".")
    assert reason.source


@pytest.mark.parametrize("code", REASONS)
def test_a_pattern_is_read_alike_by_every_engine(code: str) -> None:
    """Folded text, no look-around, no back-reference, no group that captures, no blank inside a class."""
    reason = REASONS[code]
    patterns = [p for phrase in reason.phrases for p in (*phrase.any, *phrase.all, *phrase.none)]
    patterns += [book for statute in reason.statutes for book in statute.books]
    for pattern in patterns:
        assert pattern == pattern.lower() or "\\" in pattern, pattern
        assert not re.search(r"(?<!\\)\(\?(?!:)|\\[1-9]|(?<!\\)\((?!\?:)", pattern), pattern
        assert not [found for found in re.findall(r"(?<!\\)\[(?:\\.|[^\]\\])*\]", pattern) if " " in found], pattern
        re.compile(words.word(pattern).search)


@pytest.mark.parametrize("code", REASONS)
def test_a_section_that_a_reason_names_is_there_to_be_read(code: str) -> None:
    """Scrubbing comes first: a number that it takes for a case, a plate or a date decides nothing."""
    plain = {"[.]": ".", " ?": " ", "s?": "", "(?:and|&)": "and"}
    for statute in REASONS[code].statutes:
        book = statute.books[0]
        for pattern, said in plain.items():
            book = book.replace(pattern, said)
        for number in statute.numbers:
            if ".." not in number:
                assert scrub(f"{book} {number} susp")[0] == f"{book} {number} susp"
                assert scrub(f"{number} {book}")[0] == f"{number} {book}"


def test_no_value_of_an_offence_list_means_two_purposes_by_accident() -> None:
    """A value may stand in two files only where the codebook gives both codes."""
    seen: dict[str, list[str]] = {}
    for code, reason in REASONS.items():
        for value in reason.offences:
            seen.setdefault(value, []).append(code)
    assert all(len(codes) == len(set(codes)) for codes in seen.values())


def test_the_clear_codes_are_all_there() -> None:
    """The axes are complete, each quality has a place of its own."""
    by_axis: dict[str, list[str]] = {}
    for code, reason in REASONS.items():
        by_axis.setdefault(reason.axis, []).append(code)
    assert {"p01", "p02", "p03", "p24", "p25", "p98", "p99"} <= set(by_axis["purpose"])
    assert set(by_axis["quality"]) == {"q0", "q1", "q2", "q3", "q4", "q5", "q6", "qx"}
    orders = [REASONS[code].order for code in by_axis["quality"]]
    assert len(set(orders)) == len(orders)
