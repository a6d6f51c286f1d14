"""The way of the data, in order, on one screen: read, normalise, resolve, classify, check, publish.

`audit` is the whole way; `add`, `check` and `report` are its parts on a case that stays. Each holds the case while
it runs, so that two runs never write into one case.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from plateglass import change, classify, intake, normalise, publish, questions, resolve, review, worth
from plateglass import check as checking
from plateglass.case import Case, name_id
from plateglass.catalogue import Catalogue
from plateglass.classify import numbers
from plateglass.errors import CaseUnusable, Issue, Place, Severity
from plateglass.model import SEARCH_VIEWS, Finding, Progress, silent
from plateglass.store import Store, one_of

MEMORY = "3GB"
"""What DuckDB may take before it spills to the case's own disk."""
ASKED_AT_MOST: Final = 2_000_000
"""A case of more searches is asked the thirty questions only by `questions`: they take longer than all rules."""
_APART: Final = Issue(
    "questions-apart", Severity.NOTE, Place("questions"),
    f"the thirty questions are not asked of over {ASKED_AT_MOST:,} searches here: `plateglass questions CASE` does it",
)  # fmt: skip

_HOME_ABSENT: Final = Issue(
    "home-absent", Severity.NOTE, Place("home agency"),
    "no log of searches is the home agency's, and none shows a search by it: what is asked of its own searches and of "
    "its cameras has nothing to look at, while laws of its state are chosen; is its name written as its logs write it?",
)  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """What an audit ends with."""

    issues: list[Issue]
    """What could not be read, and what a reader should know."""
    findings: list[Finding]
    report: Path
    """`report.html`."""


def audit(case: Case, paths: Sequence[Path], out: Path, progress: Progress = silent) -> Outcome:
    """Released files into a case, checked, and a report of it in `out`."""
    issues = add(case, paths, progress)
    with prepared(case, progress) as store:
        chosen, findings = _checked(store, case, progress)
        return Outcome([*issues, chosen], findings, _published(store, case, findings, out, progress))


def add(case: Case, paths: Sequence[Path], progress: Progress = silent) -> list[Issue]:
    """1 and 2. Files become records, records become sightings, in the case's store."""
    with case.held():
        return intake.add(case, paths, progress)


def check(case: Case, progress: Progress = silent) -> tuple[Issue, list[Finding]]:
    """3 to 5. Which rules were chosen, and what every one of them says of the case."""
    with prepared(case, progress) as store:
        return _checked(store, case, progress)


def report(case: Case, out: Path, progress: Progress = silent) -> Path:
    """3 to 6. The report of a case, and everything beside it."""
    with prepared(case, progress) as store:
        return _published(store, case, _checked(store, case, progress)[1], out, progress)


def asked(case: Case, only: Sequence[str] = (), progress: Progress = silent) -> tuple[publish.Book, ...]:
    """3 to 6, of the questions only: the answers that anybody may read, and those for the custodian."""
    with prepared(case, progress) as store:
        findings, measured = _checked(store, case, progress)[1], worth.worth(case)
        told = publish.Told(questions.answers(store, case, findings, measured, only), measured)
        return publish.books(store, case, findings, told)


def changed(case: Case, ask: change.Ask, progress: Progress = silent, *, at_home: bool = False) -> change.Change:
    """3 and 4, then whether wording changed at a date; with `at_home`, among the home agency's users only."""
    with prepared(case, progress) as store:
        home = questions.ground(store, case)
        treated = home if at_home else ""
        if at_home and not home:
            raise CaseUnusable(
                "no home agency is stated, or its name was not recognised", remedy="set agency in case.toml"
            )
        return change.change(store, case.catalogue(), replace(ask, treated=treated))


@contextmanager
def prepared(case: Case, progress: Progress, *, judged: bool = True) -> Iterator[Store]:
    """The case's tables, with distinct searches, agencies and reason codes.

    What a review has resolved stands before what words found, unless the words themselves are what is reviewed.
    """
    catalogue = case.catalogue()
    with case.held(), case.tables(memory=MEMORY) as store:
        progress("resolving agencies", 0, 3)
        _resolved(store, case, catalogue)
        progress("finding distinct searches", 1, 3)
        found = case.work / "searches"
        found.mkdir(exist_ok=True)
        normalise.searches(store, found)
        progress("classifying reasons", 2, 3)
        labels = review.decided(case, catalogue) if judged else {}
        classify.reasons(store, catalogue, labels)
        _noted(store, len(labels))
        progress("classifying reasons", 3, 3)
        yield store


@contextmanager
def agencies(case: Case) -> Iterator[Store]:
    """3 alone. The case's tables with its agencies, for what needs no checks, such as the register's routes."""
    with case.held(), case.tables(memory=MEMORY) as store:
        _resolved(store, case, case.catalogue())
        yield store


def _resolved(store: Store, case: Case, catalogue: Catalogue) -> None:
    """Agencies, and whose log a source is where names had left it open."""
    resolve.organisations(store, catalogue, case.settings.agency, case.judgements())
    resolve.own_audits(store)


def _noted(store: Store, judged: int) -> None:
    """Say in the report that people have decided some codes."""
    if judged:
        said = f"texts whose purposes were decided by people, in a review, and not by words: {judged:,}"
        _note(store, Issue("reasons-judged", Severity.NOTE, Place("judgements.jsonl"), said))


def _note_numbers(store: Store) -> None:
    """Say in the report how far it can be told whether case numbers are written as their agency writes them."""
    numbers.learn(store)
    if (reach := numbers.coverage(store)).numbers:
        _note(store, Issue("case-numbers", Severity.NOTE, Place("case numbers"), reach.line))


def _note_home(store: Store, case: Case) -> None:
    """Say where the home agency is in no log: its name may be written wrong, or the files be another's."""
    whose = checking.home(store, case.settings)
    logs = store.rows(f"SELECT owner_key = home_key FROM logs WHERE {one_of('view', SEARCH_VIEWS)}")
    if not whose.written or not logs or (True,) in logs:
        return
    searched = store.one(
        "SELECT count(*) FROM distinct_searches AS s JOIN organisations AS o ON o.org = s.org "
        "WHERE o.agency = $agency OR o.org = CAST($org AS UUID)",
        {"agency": whose.agency, "org": str(name_id(whose.written))},
    )
    if not searched:
        _note(store, _HOME_ABSENT)


def _note(store: Store, note: Issue) -> None:
    """Have the report say something besides what the files' own issues are."""
    columns = "code, severity, path, message"
    store.execute(f"INSERT INTO issues ({columns}) VALUES (?, ?, ?, ?)",
                  (note.code, note.severity.value, note.place.path, note.message))  # fmt: skip


def _checked(store: Store, case: Case, progress: Progress) -> tuple[Issue, list[Finding]]:
    choice = checking.fitting(store, case.settings, case.catalogue().rules)
    chosen = choice.issue()
    _note(store, chosen)
    progress("checking rules", 0, 1)
    findings = checking.verdicts(store, case, choice.rules)
    _note_home(store, case)
    progress("checking rules", 1, 1)
    return chosen, findings


def _published(store: Store, case: Case, findings: Sequence[Finding], out: Path, progress: Progress) -> Path:
    progress("writing the report", 0, 1)
    measured = worth.worth(case)
    _note_numbers(store)
    answers: list[questions.Answer] = []
    if store.one("SELECT count(*) FROM distinct_searches") <= ASKED_AT_MOST:
        answers = questions.answers(store, case, findings, measured)
    else:
        _note(store, _APART)
    told = publish.Told(answers, measured)
    written = publish.report(store, case, findings, out, told)
    progress("writing the report", 1, 1)
    return written
