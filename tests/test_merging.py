"""Files that tell of the same searches: what vanished, appeared or changed between two releases, and what copies say.

Every finding has its place, and where it is about two records, both.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from plateglass import pipeline
from plateglass.case import Case, Settings
from plateglass.demo import logs
from plateglass.model import Finding, Outcome
from releases import NETWORK, OWN, Room, record, write

LATER = OWN.replace("9_30", "9_29")
"""Another release of the same log: it ends in the name a day before, and begins and ends with later records."""
WITHOUT_ID = tuple(heading for heading in logs.FULL if heading not in ("ID", "Text Prompt"))


def found(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *packs: str
) -> tuple[dict[str, Finding], list[tuple[str, str, int, float | None]]]:
    """Findings by rule, and evidence as (rule, file, record, measure)."""
    monkeypatch.setenv("PLATEGLASS_KEY_FILE", str(Room(folder).key()))
    case = Case.make(
        folder / "case", Settings(agency="Exampleville CA PD", timezone="America/Los_Angeles", rules=packs)
    )
    assert pipeline.add(case, [folder / "files"]) == []
    findings = {finding.rule.partition("/")[2]: finding for finding in pipeline.check(case)[1]}
    with pipeline.prepared(case, lambda *_: None) as store:
        pipeline._checked(store, case, lambda *_: None)
        rows = store.rows(
            "SELECT e.rule, s.name, e.record, e.measure FROM evidence AS e JOIN sources AS s ON s.source = e.source"
            " ORDER BY 1, 2, 3"
        )
    return findings, [(rule.partition("/")[2], *rest) for rule, *rest in rows]


def two_releases(folder: Path, later: Mapping[int, Mapping[str, str]], gone: int) -> None:
    """Thirty records, then a release of ten more in which one is gone, one is new and some are changed."""
    write(folder / OWN, [record(n) for n in range(30) if n != 21])
    write(folder / LATER, [record(n, **later.get(n, {})) for n in range(10, 40) if n != gone])


def test_what_vanished_appeared_and_changed_between_two_releases(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the twenty seconds that both are about count: what came before or after is in one of them by right."""
    two_releases(tmp_path / "files", {15: {"Reason": "robbery"}}, gone=12)
    findings, evidence = found(tmp_path, monkeypatch, "custody")
    assert [row for row in evidence if row[0].startswith("release-")] == [
        ("release-appeared", LATER, 11, 1.0), ("release-changed", LATER, 5, 16.0), ("release-vanished", OWN, 13, 1.0),
    ]  # fmt: skip
    assert "1 of them have another record of the same hour and reason in their" in findings["release-vanished"].sentence
    assert findings["copies-contradict"].over == 1, "what changed is a contradiction between two copies too"
    for rule in ("release-vanished", "release-appeared", "release-changed"):
        assert (findings[rule].question, sum(findings[rule].counts.values()) + findings[rule].question) == (1, 20)


def test_without_ids_a_change_is_one_gone_and_one_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "files" / OWN, [record(n) for n in range(20)], WITHOUT_ID)
    changed = [record(n, **({"Reason": "robbery"} if n == 7 else {})) for n in range(20)]
    write(tmp_path / "files" / LATER, changed, WITHOUT_ID)
    findings, _ = found(tmp_path, monkeypatch, "custody")
    units = {rule: finding.over for rule, finding in findings.items()}
    assert units == {
        "release-vanished": 1, "release-appeared": 1, "release-changed": 0, "copies-contradict": 0, "duplicate-ids": 0,
    }  # fmt: skip
    assert [units for _, units in findings["release-vanished"].margin] == [0, 1], "another reason stands in no place"


def test_each_record_stands_in_the_place_of_one_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A portal shows one of several like searches: three of one hour are gone, two others of it are there instead."""
    ten = [record(n) for n in range(10)]
    write(tmp_path / "files" / OWN, [*ten, *(record(n) for n in range(10, 13)), record(20)])
    write(tmp_path / "files" / LATER, [*ten[1:], *(record(n) for n in range(13, 15)), record(20)])
    findings, _ = found(tmp_path, monkeypatch, "custody")
    assert [units for _, units in findings["release-vanished"].margin] == [2, 1]
    assert [units for _, units in findings["release-appeared"].margin] == [2, 0]


def test_releases_with_other_columns_and_without_ids_can_t_be_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "files" / OWN, [record(n) for n in range(20)], WITHOUT_ID)
    fewer = tuple(heading for heading in WITHOUT_ID if heading != "Moderation")
    write(tmp_path / "files" / LATER, [record(n) for n in range(3, 20)], fewer)
    findings, evidence = found(tmp_path, monkeypatch, "custody/release-vanished")
    assert findings["release-vanished"].over == 0
    assert findings["release-vanished"].counts[Outcome.CANNOT_TELL] == 17
    assert evidence == []


def test_one_log_and_what_is_released_once_are_compared_with_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An agency's own log and the network audit of its cameras are two logs."""
    write(tmp_path / "files" / OWN, [record(n) for n in range(20)])
    other = [record(n, **{"Org Name": f"Sampleton {'CA PD' if n % 2 else 'County CA SO'}"}) for n in range(5, 9)]
    write(tmp_path / "files" / NETWORK, other)
    findings, _ = found(tmp_path, monkeypatch, "custody")
    assert {findings[f"release-{fate}"].over for fate in ("vanished", "appeared", "changed")} == {0}
    assert findings["release-vanished"].sentence.startswith("Does not apply: the case has no searches of days")


def test_copies_that_contradict_each_other_and_ids_of_several_searches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The searcher's log says one thing, the searched agency's another; a masked or blank copy says nothing."""
    own = [record(n) for n in range(12)]
    own[3] |= {"Reason": "immigration enforcement"}
    own.append(record(40, ID=record(0)["ID"]))
    write(tmp_path / "files" / OWN, own)
    network = [record(n) for n in range(6)]
    network[4] |= {"Reason": ""}
    network[5] |= {"Reason": "***"}
    write(tmp_path / "files" / NETWORK, [*network, record(50, **{"Org Name": "Sampleton CA PD"})])
    findings, evidence = found(tmp_path, monkeypatch, "custody/copies-contradict", "custody/duplicate-ids")
    contradict, doubled = findings["copies-contradict"], findings["duplicate-ids"]
    assert contradict.over == 1
    assert dict(contradict.margin)["with different purposes"] == 1
    assert doubled.over == 1
    assert doubled.extremes == {"smallest": 2.0, "median": 2.0, "largest": 2.0}
    assert {(rule, number) for rule, _, number, _ in evidence} == {("copies-contradict", 4), ("duplicate-ids", 1)}
