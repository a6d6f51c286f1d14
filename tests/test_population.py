"""Searches of a report are counted once: the agency's own audit where one covers the time, else copies linked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from plateglass import demo, duties, normalise, pipeline, questions
from plateglass import store as stores
from plateglass.case import Case, Settings, name_id
from plateglass.duties import population
from plateglass.duties.population import Population
from plateglass.model import Finding, Outcome
from plateglass.publish import statutory
from plateglass.publish.statutory import Document, Number, Signed, Verdicts
from plateglass.store import Store
from worlds import HOME, case, fill, log, organisation, search, token

OTHER, THIRD = "Mockford CA PD", "Sampleton County CA SO"
NOW = 1_756_800_000_000
AUDIT, NETWORK, ELSEWHERE = "aaaaaaaaaaaa", "bbbbbbbbbbbb", "cccccccccccc"


class Logs:
    """Searches in the logs of three agencies; the cells of one search differ from log to log, as they do."""

    def __init__(self, db: Store, folder: Path) -> None:
        self.db = db
        self.case = case(folder)
        self.rows: list[Mapping[str, Any]] = []

    def show(self, source: str, number: int, **more: Any) -> Logs:
        """One search, told by its second, in one log."""
        at = NOW + number * 1000
        same = {"fingerprint": token(f"{source} {number}"), "networks": 7 + number}
        self.rows.append(search(source, len(self.rows) + 1, at, **{**same, **more}))
        return self

    def counted(self, *, audit: tuple[int, int] | None = None) -> Population:
        """What is counted; with the home agency's organisation audit of those seconds, if so."""
        span: dict[str, Any] = {"first_at": NOW, "last_at": NOW + 10**9}
        first, last = audit or (0, 0)
        own: dict[str, Any] = {"first_at": NOW + first * 1000, "last_at": NOW + last * 1000}
        logs = [log(AUDIT, **own)] if audit else []
        logs += [log(NETWORK, "network_audit", **span), log(ELSEWHERE, "network_audit", OTHER, **span)]
        fill(self.db, {
            "sources": logs, "sightings": self.rows, "home": [{"id": name_id(HOME), "name": HOME}],
            "organisations": [organisation(name, "ca") for name in (HOME, OTHER, THIRD)],
        })  # fmt: skip
        normalise.searches(self.db)
        questions.ground(self.db, self.case)
        return population.population(self.db, None)


@pytest.fixture
def logs(tmp_path: Path) -> Iterator[Logs]:
    with Store(threads=1) as db:
        yield Logs(db, tmp_path / "case")


def numbers(found: Population) -> list[tuple[int, int, int]]:
    return [tally[1:] for tally in found.tallies.values()]


def test_copies_of_an_own_search_in_three_logs_are_one(logs: Logs) -> None:
    for source in (AUDIT, NETWORK, ELSEWHERE):
        logs.show(source, 1)
    found = logs.counted(audit=(0, 10))
    assert numbers(found) == [(3, 1, 1)]
    assert found.own.startswith("Counted from the agency’s own organisation audit")


def test_while_an_own_audit_covers_the_time_only_what_it_has_counts(logs: Logs) -> None:
    """The other log's search can't be linked to any of the audit: it may be one of them with other cells."""
    found = logs.show(AUDIT, 1).show(ELSEWHERE, 2, networks=None).counted(audit=(0, 10))
    assert numbers(found) == [(2, 2, 1)]
    assert "All logs together show 2" in found.own
    assert logs.db.rows("SELECT CAST(fingerprint AS VARCHAR) FROM counted_searches") == [(str(token(f"{AUDIT} 1")),)]


def test_beyond_the_time_of_the_audit_other_logs_count_each_search_once(logs: Logs) -> None:
    logs.show(AUDIT, 1).show(NETWORK, 99).show(ELSEWHERE, 99)
    found = logs.counted(audit=(0, 10))
    assert numbers(found) == [(3, 2, 2)]
    assert "beyond its time over all logs, copies linked" in found.own


def test_without_an_audit_copies_are_linked_and_it_is_said(logs: Logs) -> None:
    found = logs.show(NETWORK, 1).show(ELSEWHERE, 1).show(NETWORK, 2).counted()
    assert numbers(found) == [(3, 2, 2)]
    assert found.own == "No organisation audit of the agency covers them: counted over all logs, copies linked."


def test_a_search_of_the_agency_s_cameras_that_another_log_shows_too_is_the_agency_s(logs: Logs) -> None:
    """It is counted where the home agency's own network audit shows it; a search of others' cameras is apart."""
    for source, number in ((NETWORK, 1), (ELSEWHERE, 1), (ELSEWHERE, 2)):
        logs.show(source, number, org=name_id(THIRD))
    found = logs.counted()
    assert numbers(found) == [(2, 1, 1), (1, 1, 1)]
    assert [row[0] for row in found.tallies.values()] == [population.WHOSE[2], population.WHOSE[3]]
    kept = logs.db.rows("SELECT CAST(fingerprint AS VARCHAR), whose FROM counted_searches ORDER BY whose")
    assert kept == [(str(token(f"{NETWORK} 1")), 2), (str(token(f"{ELSEWHERE} 2")), 3)]


def test_the_steps_are_portable() -> None:
    for step in population.steps():
        assert not stores.unportable(step.sql), step.name


# --- the made-up case --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """The case of `plateglass demo`."""
    root = tmp_path_factory.mktemp("counted")
    truth = demo.make(root / "files")
    settings = Settings(
        name="demo", agency=truth.agency, timezone=truth.timezone, rules=truth.rules, parameters=truth.parameters
    )
    found = Case.make(root / "case", settings)
    pipeline.add(found, list(truth.paths))
    return found


def document(made: Case, id_: str) -> Document:
    shape = duties.shape(made.catalogue(), id_)
    with duties.looked(made, shape.packs, once=True, whole=shape.searches == "case") as seen:
        return duties.document(seen, shape, Signed())


@pytest.fixture(scope="module")
def virginia(made: Case) -> Document:
    return document(made, "us-va")


def test_the_demo_s_own_searches_are_those_of_its_own_audit(virginia: Document) -> None:
    """1,614 in its audit, its network audit and, in part, three other logs: 4,104 by distinct fields."""
    lines = {line.asks: line.answer for chapter in virginia.chapters for line in chapter.lines}
    number = lines["Number of queries"]
    assert isinstance(number, Number)
    assert number.value == 1614
    assert number.note.startswith("Counted from the agency’s own organisation audit, 1 August 2025 to")
    assert virginia.tallies[0] == (population.WHOSE[1], 4104, 1624, 1614)
    assert virginia.tallies[1][1:] == (3516, 1550, 1550)


def rules_of(found: Document) -> dict[str, Finding]:
    return {
        f.finding.rule: f.finding for chapter in found.chapters for line in chapter.lines
        if isinstance(line.answer, Verdicts) for f in line.answer.found
    }  # fmt: skip


def test_verdicts_are_those_of_the_home_agency_s_searches_and_of_its_cameras(made: Case) -> None:
    """Of 1,550 searches of its cameras by others 33 looked like a breach, in all logs of the case: 27 are at home."""
    california = document(made, "us-ca")
    found = rules_of(california)["us-ca/in-state-sharing"]
    assert sum(found.counts.values()) == 1614 + 1550
    assert (found.over, found.counts[Outcome.NOT_APPLICABLE]) == (27, 1614)
    assert dict(found.margin) == {"by bodies of other states": 21, "by federal bodies": 6}
    assert "Over searches by the agency’s own users, searches of its cameras" in statutory.render(california)
    assert len(california.page.parts) > 20, "every file of the case is named"


def test_the_general_report_judges_all_logs_and_says_so(made: Case) -> None:
    general = document(made, "general")
    found = rules_of(general)["screens/reason-missing"]
    assert sum(found.counts.values()) + found.question == sum(tally[1] for tally in general.tallies) == 9736
    assert general.judged.startswith("Over all logs of the case")
    assert statutory.render(general).count(general.judged) == sum(
        isinstance(line.answer, Verdicts) and bool(line.answer.found) for c in general.chapters for line in c.lines
    )
