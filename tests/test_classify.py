"""What `classify` must hold: tiers, guards, the words that decided, and nothing of the record's own in them."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plateglass import classify
from plateglass.catalogue import Catalogue
from plateglass.classify import fold
from plateglass.model import State
from plateglass.store import Store

HERE = Path(__file__).parent
DATA = HERE.parents[1] / "shared" / "data"
AMBIGUITY = tomllib.loads((HERE / "fixtures" / "ambiguity.toml").read_text())["case"]
SENSITIVE = ("p01", "p02", "p03", "p24", "p25")


@cache
def catalogue() -> Catalogue:
    return Catalogue()


def code(texts: Sequence[str], field: str = "reason") -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    """For each text its row of `reasons`, and its words by code."""
    with Store() as store:
        rows = [(UUID(int=number), field, text, "") for number, text in enumerate(texts)]
        store.load("texts", {"id": "UUID", "field": "VARCHAR", "text": "VARCHAR", "scrubs": "VARCHAR"}, rows)
        classify.reasons(store, catalogue())
        classify.grounds(store, catalogue())
        coded = store.records("SELECT * FROM reasons ORDER BY id")
        decided: list[dict[str, str]] = [{} for _ in texts]
        for id_, key, words in store.rows("SELECT id, code, words FROM reason_words"):
            decided[id_.int][key] = words
    return coded, decided


def purposes(row: dict[str, Any]) -> dict[str, str]:
    """The purposes of a row with their tiers, without what is left over."""
    return {
        key: tier for key, tier in row.items() if re.fullmatch(r"p\d\d", key) and tier and key not in ("p98", "p99")
    }


@cache
def ambiguous() -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    return code([case["text"] for case in AMBIGUITY])


@pytest.mark.parametrize("number", range(len(AMBIGUITY)), ids=[case["text"] for case in AMBIGUITY])
def test_a_word_of_two_readings_is_read_by_what_stands_beside_it(number: int) -> None:
    case, row = AMBIGUITY[number], ambiguous()[0][number]
    found = {key: tier for key, tier in row.items() if re.fullmatch(r"[ps]\d+", key) and tier}
    for key, tier in case["codes"].items():
        if key.startswith("r"):
            assert row["requester"] == key, case["why"]
        elif key.startswith("q"):
            assert row["quality"] == key, case["why"]
        else:
            assert found.get(key, "none") == tier, case["why"]
    unasked = set(purposes(row)) & set(SENSITIVE) - set(case["codes"])
    assert not unasked, f"{unasked}: {case['why']}"


def test_the_table_of_ambiguity_is_complete() -> None:
    assert len(AMBIGUITY) >= 150
    assert len({case["text"] for case in AMBIGUITY}) == len(AMBIGUITY)
    assert all(case["why"] for case in AMBIGUITY)


def test_letters_inside_other_words_say_nothing() -> None:
    rows, _ = code(
        ["police", "notice of service", "device in office", "vice justice price", "zero hero", "clinical rice"]
    )
    assert [purposes(row).keys() & set(SENSITIVE) for row in rows] == [set()] * 6


def test_dots_blanks_and_look_alikes_inside_an_acronym_are_folded_and_logged() -> None:
    with Store() as store:
        texts = ["I.C.E. assist", "I C E assist", "ＩＣＥ assist", "ІСЕ assist", "inmigración"]
        rows = [(UUID(int=number), "reason", text, "") for number, text in enumerate(texts)]
        store.load("texts", {"id": "UUID", "field": "VARCHAR", "text": "VARCHAR", "scrubs": "VARCHAR"}, rows)
        classify.reasons(store, catalogue())
        tiers = store.rows("SELECT coalesce(p03, p01) FROM reasons ORDER BY id")
        rewrites = [row[0] for row in store.rows("SELECT rewrite FROM reason_rewrites ORDER BY id")]
    assert [tier for (tier,) in tiers] == ["probable"] * 4 + ["explicit"]
    assert rewrites == ["acronym-dots", "acronym-spaces", "compatibility", "look-alikes", "accents"]


def test_a_text_in_two_sources_is_one_reason() -> None:
    with Store() as store:
        rows = [(UUID(int=7), "reason", "protest", "")] * 3 + [(UUID(int=7), "offence", "protest", "")]
        store.load("texts", {"id": "UUID", "field": "VARCHAR", "text": "VARCHAR", "scrubs": "VARCHAR"}, rows)
        classify.reasons(store, catalogue())
        assert store.rows("SELECT field FROM reasons ORDER BY field") == [("offence",), ("reason",)]


def test_prompts_and_filters_give_no_reason() -> None:
    with Store() as store:
        rows = [(UUID(int=1), "prompt", "protest sticker", ""), (UUID(int=2), "filters", "red", "")]
        store.load("texts", {"id": "UUID", "field": "VARCHAR", "text": "VARCHAR", "scrubs": "VARCHAR"}, rows)
        classify.reasons(store, catalogue())
        assert store.one("SELECT count(*) FROM reasons") == 0


def test_a_cell_without_a_text_has_a_quality_by_its_state() -> None:
    """Redacted is not blank; a column that was not exported has no quality at all."""
    assert classify.STATE_QUALITIES[State.EMPTY] == "q0"
    assert classify.STATE_QUALITIES[State.MASKED] == classify.STATE_QUALITIES[State.WITHHELD] == "qx"
    assert State.NOT_EXPORTED not in classify.STATE_QUALITIES


def test_the_words_that_decided_are_the_contents_own() -> None:
    """A name, a number or a place beside a phrase never stands in what a report prints."""
    texts = [
        "ICE detainer for Ada Example",
        "protest Sampleton County 26-900001",
        "Bo Sample 211 PC at Exampleville",
        "assist ICE Exampleville",
    ]
    _, decided = code(texts)
    shown = " ".join(words for row in decided for words in row.values()).lower()
    assert shown
    for own in ("ada", "example", "sampleton", "900001", "bo sample", "exampleville"):
        assert own not in shown


@given(st.text(max_size=60))
@settings(max_examples=60, deadline=None)
def test_folding_ends_and_changes_nothing_twice(text: str) -> None:
    once, _ = fold.folded(text)
    assert fold.folded(once)[0] == once


def okaloosa() -> list[str]:
    """The reasons of the Okaloosa log, one a record."""
    found = sorted((DATA / "okaloosa-fl-so").glob("*Audit_EXTRACTED.csv"))
    if not found:
        pytest.skip("the folder of real logs is not beside the project")
    with found[0].open(newline="", encoding="utf-8-sig") as file:
        return [row["Reason"] for row in csv.DictReader(file)]


@pytest.mark.real
def test_ice_inside_other_words_of_a_real_log_is_never_the_agency() -> None:
    """85 records hold the three letters; none of them means the agency, and none is coded so."""
    texts = [text for text in okaloosa() if "ice" in text.lower()]
    assert len(texts) == 85
    rows, _ = code(sorted(set(texts)))
    assert not [row for row in rows if purposes(row).keys() & {"p01", "p02", "p03"}]


def portals() -> set[tuple[str, str]]:
    """Distinct (field, text) of the portal logs."""
    found = set()
    for path in sorted((DATA / "portal-search-audits").glob("*__*.csv")):
        with path.open(newline="", encoding="utf-8-sig") as file:
            for row in csv.DictReader(file):
                found |= {(f, row[c]) for f, c in (("reason", "reason"), ("offence", "offenseType")) if row.get(c)}
    return found


@pytest.mark.real
def test_no_search_of_the_real_logs_is_coded_immigration_falsely() -> None:
    """Every hit of P01, P02, P03, P24 and P25 was read by a person; these counts are what was found to be right."""
    reasons = set(okaloosa()) | {text for field, text in portals() if field == "reason"}
    offences = {text for field, text in portals() if field == "offence"}
    hits = [
        row for texts, field in ((reasons, "reason"), (offences, "offence")) for row in code(sorted(texts), field)[0]
    ]
    counted = {key: sum(1 for row in hits if row[key]) for key in SENSITIVE}
    assert counted == READ_BY_A_PERSON


READ_BY_A_PERSON = {"p01": 0, "p02": 0, "p03": 0, "p24": 0, "p25": 0}
