"""S9: what a search states in words, and its value of an offence list, may name different purposes."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from plateglass import classify
from plateglass import store as stores
from plateglass.catalogue import Catalogue
from plateglass.classify import joined
from plateglass.classify.joined import Contradiction
from plateglass.store import Store
from review_world import keyed, make, run

REASONS = ("immigration", "stolen vehicle", "inv", "protest", "burglary", "theft and burglary of a stolen vehicle")
OFFENCES = ("Motor Vehicle Theft/Stolen", "Other", "Missing Person")


def found(pairs: list[tuple[str | None, str | None]]) -> tuple[list[Contradiction], int]:
    """The contradictions among searches that state these."""
    with Store() as store:
        texts = [(UUID(int=n), "reason", text) for n, text in enumerate(REASONS)]
        texts += [(UUID(int=100 + n), "offence", text) for n, text in enumerate(OFFENCES)]
        store.load("texts", {"id": "UUID", "field": "VARCHAR", "text": "VARCHAR"}, texts)
        classify.reasons(store, Catalogue())
        ids = [
            (
                None if reason is None else UUID(int=REASONS.index(reason)),
                None if offence is None else UUID(int=100 + OFFENCES.index(offence)),
            )
            for reason, offence in pairs
        ]
        store.load("distinct_searches", {"reason": "UUID", "offence": "UUID"}, ids)
        return joined.contradictions(store)


def test_two_purposes_contradict_and_sensitive_ones_come_first() -> None:
    stolen, missing = OFFENCES[0], OFFENCES[2]
    pairs = [("burglary", missing)] * 3 + [("immigration", stolen)] * 2 + [("stolen vehicle", stolen)] * 5
    assert found([*pairs, ("inv", stolen)]) == (
        [Contradiction("p01", "p10", 2, 1), Contradiction("p12", "p14", 3, 1)],
        11,
    )
    assert Contradiction("p01", "p10", 2, 1).sensitive
    assert not Contradiction("p12", "p14", 3, 1).sensitive


def test_one_purpose_in_common_is_none_and_neither_is_what_names_no_purpose() -> None:
    stolen, other, _ = OFFENCES
    assert found([(REASONS[-1], stolen), ("inv", stolen), ("protest", other)])[0] == []


def test_a_search_that_states_one_of_them_contradicts_nothing() -> None:
    assert found([("protest", None), (None, OFFENCES[0])]) == ([], 0)


def test_the_steps_are_portable() -> None:
    for step in joined._steps(["p01", "p10"]):
        assert stores.unportable(step.sql) == [], step.name


def test_the_command_prints_codes_and_counts(tmp_path: Path) -> None:
    with keyed(tmp_path):
        result = run("reasons", "contradictions", make(tmp_path).root)
    assert result.exit_code == 0, result.output
    assert result.output.startswith("0 of 0 searches")
