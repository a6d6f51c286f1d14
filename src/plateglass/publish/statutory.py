"""A report that a law asks for, as a page: what is asked, what the case answers, and what it leaves blank.

Everything that stands in it comes from `Document`; a blank names its reason and has a line to be filled in by hand.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from plateglass import __version__
from plateglass.case import write_whole
from plateglass.catalogue import Citation
from plateglass.publish import export, printed, templating, words
from plateglass.publish.findings import FindingPage
from plateglass.publish.pages import Page

ROWS = 40
"""So many rows of a table stand in the report; the file beside it has all."""
INPUTS = 40
"""So many files stand in the report; `inputs.csv` has all."""


_TALLY = ("whose", "distinct", "linked", "counted")


@dataclass(frozen=True)
class Number:
    """One number, and what it counts."""

    value: int
    unit: str
    note: str = ""
    """How it was counted."""


@dataclass(frozen=True)
class Grid:
    """A small table; numbers are whole."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str | int, ...], ...]
    note: str = ""

    @property
    def shown(self) -> tuple[tuple[str | int, ...], ...]:
        """The rows that stand in the report."""
        return self.rows[:ROWS]

    @property
    def numeric(self) -> tuple[bool, ...]:
        """Which columns hold numbers."""
        return tuple(
            bool(self.rows) and any(isinstance(row[at], int) for row in self.rows) for at in range(len(self.headings))
        )


@dataclass(frozen=True)
class Verdicts:
    """What rules say."""

    found: tuple[FindingPage, ...]


@dataclass(frozen=True)
class Blank:
    """A line that the records can't fill, and why."""

    reason: str


Answer = Number | Grid | Verdicts | Blank


@dataclass(frozen=True)
class Line:
    """One thing that the report asks, with its answer."""

    asks: str
    cite: str
    answer: Answer
    note: str = ""
    file: str = ""
    """The CSV file of a table that is too long for the report."""

    @property
    def kind(self) -> str:
        """Which of the answers it is."""
        return type(self.answer).__name__.lower()


@dataclass(frozen=True)
class Chapter:
    """One part of the report."""

    title: str
    about: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Signed:
    """Who did what, as the user states it; a line to sign where nothing is stated."""

    auditor: str = ""
    independence: str = ""
    reviewer: str = ""
    approver: str = ""


@dataclass(frozen=True)
class Reading:
    """What people read of a sample, and what it shows."""

    sample: str
    facts: tuple[tuple[str, str], ...]
    numbers: tuple[tuple[str, str, str, str], ...]
    """(what, seen among those read, in all, 95 % bounds)."""
    why: str = ""
    """Why there are no numbers."""


@dataclass(frozen=True)
class Document:
    """Everything that one report says."""

    id: str
    title: str
    place: str
    facts: tuple[tuple[str, str], ...]
    """What the law asks of the report: who writes it, who gets it, how often."""
    review: str
    cites: tuple[Citation, ...]
    chapters: tuple[Chapter, ...]
    readings: tuple[Reading, ...]
    signed: Signed
    limits: tuple[str, ...]
    sha256: str
    page: Page
    tallies: tuple[tuple[str, int, int, int], ...] = ()
    """(whose searches, distinct ones, those once copies are linked, those that the report counts)."""
    counted: tuple[str, ...] = ()
    """How they were counted."""
    judged: str = ""
    """What the rules were checked over."""
    whole: bool = False
    """Whether that is all logs of the case, which each table of verdicts then says."""
    days: str = ""
    """The days that the report is about, in words; empty for all that the case holds."""
    slug: str = ""
    """The same in its file names."""

    @property
    def name(self) -> str:
        """What its files are called."""
        return f"{self.id}-{self.slug}" if self.slug else self.id

    @property
    def blanks(self) -> tuple[tuple[str, Line], ...]:
        """Every line that is left to a person, with its chapter."""
        return tuple((c.title, line) for c in self.chapters for line in c.lines if isinstance(line.answer, Blank))

    @property
    def verdicts(self) -> tuple[FindingPage, ...]:
        """Every finding in the report, once."""
        found = [f for c in self.chapters for line in c.lines if isinstance(line.answer, Verdicts)
                 for f in line.answer.found]  # fmt: skip
        return tuple({f.anchor: f for f in found}.values())


def limits(document: Document) -> dict[str, list[str]]:
    """What the rules of a report can't show, each once, with those that say it; of rules that looked at anything."""
    found: dict[str, list[str]] = {}
    for each in document.verdicts:
        for limit in each.rule.limits[:1] if each.verdict.style != "none" else ():
            found.setdefault(limit, []).append(each.finding.rule)
    return found


def write(document: Document, out: Path, *, pdf: bool) -> Path:
    """Write the report, its tables and its numbers into a folder; give the path of the page, or of the PDF.

    Raises:
        ExtraMissing: a PDF is asked for, and WeasyPrint or one of the system's libraries that it needs is not there.
    """
    content = printed.pdf(render(document, paper=True)) if pdf else None
    named = document.name
    files: dict[str, str | bytes] = {f"{named}.html": render(document), f"{named}.json": _json(document)}
    files["inputs.csv"] = _inputs(document.page)
    for chapter in document.chapters:
        for line in chapter.lines:
            if line.file and isinstance(line.answer, Grid):
                files[line.file] = words.csv_table(line.answer.headings, line.answer.rows)
    out.mkdir(parents=True, exist_ok=True)
    if content is not None:
        files[f"{named}.pdf"] = content
    for name, each in files.items():
        write_whole(out / name, each)
    export.sums(out)
    return out / f"{named}.{'pdf' if pdf else 'html'}"


def render(document: Document, *, paper: bool = False) -> str:
    """The report as one HTML file that asks nothing of anybody; for paper, without links."""
    environment = templating.environment(inputs=INPUTS, paper=paper)
    return environment.get_template("statutory/report.html").render(d=document, limits=limits(document))


def _json(document: Document) -> str:
    """The same for programs."""
    value = {
        "report": document.id, "report_sha256": document.sha256, "title": document.title, "version": __version__,
        "content_sha256": document.page.content, "agency": document.page.agency, "period": document.page.period,
        "days": document.days,
        "review": document.review, "citations": [c.model_dump(mode="json") for c in document.cites],
        "searches": [dict(zip(_TALLY, tally, strict=True)) for tally in document.tallies],
        "counted": document.counted, "rules_over": document.judged, "signed": vars(document.signed),
        "chapters": [
            {"title": c.title, "lines": [
                {"asks": n.asks, "cite": n.cite, "kind": n.kind, **_plain(n.answer), "note": n.note} for n in c.lines
            ]}
            for c in document.chapters
        ],
        "samples": [vars(reading) for reading in document.readings],
    }  # fmt: skip
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _plain(answer: Answer) -> dict[str, Any]:
    if isinstance(answer, Number):
        return {"value": answer.value, "unit": answer.unit, "counted": answer.note}
    if isinstance(answer, Grid):
        return {"headings": answer.headings, "rows": answer.rows, "table_note": answer.note}
    if isinstance(answer, Blank):
        return {"reason": answer.reason}
    return {"rules": [{"rule": f.finding.rule, "verdict": f.verdict.word, "sentence": f.finding.sentence,
                       **dict(f.counts)} for f in answer.found]}  # fmt: skip


def _inputs(page: Page) -> str:
    rows = [(p.name, p.sheet, p.sha256, p.view, p.layout, p.records, p.accepted, p.rejected) for p in page.parts]
    return words.csv_table(("file", "sheet", "sha256", "view", "layout", "records", "accepted", "rejected"), rows)
