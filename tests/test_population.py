"""Searches of a report are counted once: the agency's own audit where one covers the time, else copies linked."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner

from plateglass import demo, duties, normalise, pipeline, questions
from plateglass import store as stores
from plateglass.case import Case, Settings, name_id
from plateglass.cli import app
from plateglass.duties import Period, population
from plateglass.duties.population import Population
from plateglass.model import Finding, Outcome
from plateglass.publish import statutory
from plateglass.publish.statutory import Blank, Document, Grid, Number, Signed, Verdicts
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


def document(made: Case, id_: str, period: Period | None = None) -> Document:
    shape = duties.shape(made.catalogue(), id_)
    with duties.looked(made, shape.packs, scope=duties.Order(shape, Signed(), period=period).scope) as seen:
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
    assert "over searches by the agency’s own users, searches of its cameras" in statutory.render(california)
    assert [tally[3] for tally in california.tallies] == [1614, 1550, 0]
    assert len(california.page.parts) > 20, "every file of the case is named"


def test_the_general_report_judges_all_logs_and_says_so(made: Case) -> None:
    general = document(made, "general")
    found = rules_of(general)["screens/reason-missing"]
    assert sum(found.counts.values()) + found.question == sum(tally[1] for tally in general.tallies) == 9736
    assert general.judged.startswith("Over all logs of the case")
    assert statutory.render(general).count(general.judged) == sum(
        isinstance(line.answer, Verdicts) and bool(line.answer.found) for c in general.chapters for line in c.lines
    )


def test_every_own_search_is_looked_up_on_the_incident_log(made: Case) -> None:
    """As the rule finds it, which says so of searches with a number at times that the log covers."""
    minnesota = document(made, "us-mn")
    lines = {line.asks: line.answer for chapter in minnesota.chapters for line in chapter.lines}
    found = lines["The agency's own searches traced to an incident, all of them"]
    assert isinstance(found, Grid)
    numbers = {str(row[0]): int(row[1]) for row in found.rows}
    assert sum(numbers.values()) == 1614
    rule = next(f.finding for f in minnesota.page.findings if f.finding.rule == "screens/case-number-unknown")
    assert numbers["the incident log has no such number"] == rule.over > 0
    standing = lines["Accounts with and without a written authorisation, and those of users who left"]
    assert isinstance(standing, Grid), "authorised_at and left_at of the list of accounts"


# --- a period ----------------------------------------------------------------------------------------------------

OCTOBER = Period(date(2025, 10, 1), date(2025, 10, 31))
PACIFIC = ZoneInfo("America/Los_Angeles")


def of_october(made: Case) -> int:
    """The records of the agency's own audit of that month by its own clock, read with Python's csv."""
    (path,) = (made.root.parent / "files").glob("*PD-Audit.csv")
    text = path.read_text(encoding="utf-8-sig")
    times = [row[" Search Time"] for row in csv.DictReader(text.splitlines(keepends=True))]
    zoned = (datetime.strptime(at.removesuffix(" UTC"), "%m/%d/%Y, %I:%M:%S %p") for at in times)  # noqa: DTZ007
    return sum((at.replace(tzinfo=ZoneInfo("UTC")).astimezone(PACIFIC).month) == 10 for at in zoned)


def test_a_period_is_counted_by_the_agency_s_own_days(made: Case) -> None:
    found = document(made, "us-va", OCTOBER)
    lines = {line.asks: line.answer for chapter in found.chapters for line in chapter.lines}
    number = lines["Number of queries"]
    assert isinstance(number, Number)
    assert number.value == of_october(made) > 300
    by_month = lines["Queries by month"]
    assert isinstance(by_month, Grid)
    assert by_month.rows == (("Oct 2025", number.value),)
    counts = rules_of(found)["us-va/in-state-sharing"].counts
    assert sum(counts.values()) == sum(tally[3] for tally in found.tallies[:2]) < 1614
    assert not any("nothing is known" in limit for limit in found.limits)


def test_what_is_dated_otherwise_is_of_the_period_or_blank(made: Case) -> None:
    found = document(made, "us-va", Period(date(2026, 1, 1), date(2026, 3, 31)))
    lines = {line.asks: line.answer for chapter in found.chapters for line in chapter.lines}
    for asked in ("Number of queries", "What was kept, on days when somebody looked", "Audits of use in the year"):
        answer = lines[asked]
        assert isinstance(answer, Blank), asked
    assert isinstance(lines["The sharing list, by kind of body"], Grid), "the last list before the end of the period"
    assert any("of the rest of the period nothing is known" in limit for limit in found.limits)


def test_the_command_names_the_period_in_page_and_files(made: Case, tmp_path: Path) -> None:
    asked = ["report", str(made.root), "--for", "us-or", "--out", str(tmp_path), "-q"]
    run = CliRunner().invoke(app, [*asked, "--from", "2025-10-01", "--to", "2025-10-31"])
    assert run.exit_code == 0, run.output
    page = tmp_path / "us-or-2025-10-01-to-2025-10-31/us-or-2025-10-01-to-2025-10-31.html"
    assert run.stdout.strip() == str(page)
    said = "Period of this report: 1 October 2025 to 31 October 2025, both days included, America/Los_Angeles."
    assert said in page.read_text()
    for wrong in (["--from", "2025-10-01"], ["--from", "2025-10-02", "--to", "2025-10-01"]):
        assert CliRunner().invoke(app, [*asked, *wrong]).exit_code == 2
    plain = CliRunner().invoke(app, ["report", str(made.root), "--from", "2025-10-01", "--to", "2025-10-31"])
    assert plain.exit_code == 2
    assert "--for" in plain.stderr
