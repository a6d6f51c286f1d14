"""The files beside the report: findings, coverage, rejected records, evidence, and what proves them whole."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from plateglass.publish import words
from plateglass.publish.findings import FindingPage
from plateglass.publish.pages import Page
from plateglass.publish.questions import AnswerPage, Book
from plateglass.store import Store, text

SCHEMAS = Path(__file__).parent / "schemas"
SUMS = "SHA256SUMS"
PACKAGE = "datapackage.json"

_PLACE = (
    ("source_sha256", "string", "SHA-256 of the file as released"),
    ("file", "string", "the file's name; a leading apostrophe keeps a spreadsheet from taking it for a formula"),
    ("sheet", "string", "the sheet's name; empty for a file with one table"),
)
_LINKED = ("by_id", "by_key", "apart", "tried", "right")
_PAGE = ("page", "integer", "page of a PDF on which the record begins; empty for other files")
_RECORD = ("record", "integer", "number of the record within its sheet; 1 is the first after the headings")

COLUMNS: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "coverage": (
        ("agency", "string", "whose log it is; empty where the file does not say or no public body was recognised"),
        *_PLACE,
        ("view", "string", "what kind of record the file holds"),
        ("layout", "string", "the layout that knows the file"),
        ("month", "string", "YYYY-MM in the case's zone, UTC where none is stated; empty for lists without dates"),
        ("field", "string", "the field"),
        ("state", "string", "why the field is or is not there"),
        ("records", "integer", "records of that month whose field is in that state"),
    ),
    "rejected": (
        *_PLACE,
        _RECORD,
        _PAGE,
        ("column", "string", "the heading that could not be read; empty for the whole record"),
        ("reason", "string", "the cause"),
    ),
    "repaired": (
        *_PLACE,
        _RECORD,
        _PAGE,
        ("column", "string", "the heading at which the record was broken; empty for the whole record"),
        ("how", "string", "what was done to it"),
    ),
    "evidence": (
        *_PLACE,
        ("record", "integer", "number of the record within its sheet; empty where the unit is a file or a day"),
        _PAGE,
        ("day", "string", "YYYY-MM-DD in the case's zone, where the unit is a day"),
        ("verdict", "string", "what the rule says of this record"),
        ("measure", "number", "the rule's measure, in the unit that the finding names; empty where it has none"),
    ),
}
"""The columns of each kind of CSV file: name, type, what it holds."""


def public(store: Store, page: Page, folder: Path) -> None:
    """Write every public file but the report itself, then what lists and proves them."""
    label(store, page)
    store.write_csv(_coverage(), folder / "coverage.csv")
    store.write_csv(_listed("rejected", "reason"), folder / "rejected.csv")
    store.write_csv(_listed("repaired", "how"), folder / "repaired.csv")
    _evidence(store, page.findings, folder)
    _lines(folder / "findings.jsonl", [finding(found, page) for found in page.findings])
    _json(folder / "summary.json", summary(page))
    (folder / "schemas").mkdir()
    for schema in sorted(SCHEMAS.glob("*.json")):
        shutil.copyfile(schema, folder / "schemas" / schema.name)
    _json(folder / PACKAGE, package(page, folder))
    sums(folder)


def custodian(store: Store, page: Page, folder: Path) -> None:
    """Write the files for the agency's own reviewer, in a folder of their own that no public file names."""
    _evidence(store, page.findings, folder)
    _lines(folder / "findings.jsonl", [finding(found, page) for found in page.findings])
    _json(folder / "summary.json", {"rules": _rules(page)})
    sums(folder)


def answers(book: Book, folder: Path) -> None:
    """Write every answer as a line of questions.jsonl: all rows of all tables, as the page says them."""
    _lines(folder / "questions.jsonl", [answer(page) for page in book.answers])


def answer(page: AnswerPage) -> dict[str, Any]:
    """One answer as a line: its sentence or the reason why there is none, its tables and its readings."""
    found = page.answer
    question = found.question
    return {
        "question": question.id, "question_sha256": question.sha256, "title": question.title, "unit": question.unit,
        "statistic": question.statistic, "uncertainty": question.uncertainty, "answered": found.answered,
        "sentence": found.sentence, "why_not": found.why, "period": page.period,
        "tables": [
            {"title": t.title, "unit": t.unit, "why_not": t.why, "columns": [t.heading, *(h.title for h in t.columns)],
             "rows": [[line.label, *((line.series,) if t.series else ()), *line.values] for line in t.lines],
             "eras": [crossing.era.id for _, crossing in t.eras], "notes": list(t.notes)}
            for t in page.tables
        ],
        "readings": list(question.readings), "limits": list(question.limits),
    }  # fmt: skip


def label(store: Store, page: Page) -> None:
    """Leave the names of sources, headings, causes and days as a CSV file may hold them, each in a table to join."""
    columns = ("source", "sha256", "file", "sheet", "agency", "view", "layout")
    store.load(
        "source_labels",
        dict.fromkeys(columns, "VARCHAR") | {"part": "INTEGER"},
        [
            (
                p.source,
                p.sha256,
                words.cell(p.name),
                words.cell(p.sheet),
                words.cell(p.agency),
                p.view,
                p.layout,
                p.part,
            )
            for p in page.parts
        ],
    )
    store.load("day_labels", {"unit_at": "BIGINT", "day": "VARCHAR"}, sorted(page.days.items()))
    both = (f"SELECT coalesce(\"column\", ''), reason FROM {table}" for table in ("rejected", "repaired"))
    causes = store.rows(" UNION ".join(both))
    store.load(
        "reject_labels",
        dict.fromkeys(("column", "reason", "heading", "cause"), "VARCHAR"),
        [(column, reason, words.cell(column), words.cell(reason)) for column, reason in causes],
    )


def summary(page: Page) -> dict[str, Any]:
    """The numbers of the report, for programs."""
    counts = page.counts
    return {
        "records": counts.records, "sightings": counts.sightings, "rejected": counts.rejected,
        "searches": counts.searches,
        "linked": {"searches": counts.linked.linked, **{key: getattr(counts.linked, key) for key in _LINKED}},
        "period": _period(counts.period, page),
        "agency": page.agency, "version": page.version, "content_sha256": page.content,
        "sources": [
            {"name": p.name, "sheet": p.sheet, "sha256": p.sha256, "view": p.view, "layout": p.layout,
             "records": p.records, "sightings": p.accepted, "rejected": p.rejected}
            for p in page.parts
        ],
        "issues": [{k: v for k, v in issue.items() if v not in (None, "")} for issue in page.coverage.issues],
        "rules": _rules(page),
    }  # fmt: skip


def _period(period: tuple[int, int] | None, page: Page) -> dict[str, str | None]:
    first, last = (words.instant(at) for at in period) if period else (None, None)
    return {"first": first, "last": last, "zone": page.zone or None}


def _rules(page: Page) -> dict[str, Any]:
    return {
        found.finding.rule: {
            **_verdicts(found),
            "over": found.finding.over,
            "margin": [{"label": label, "units": units} for label, units in found.finding.margin],
        }
        for found in page.findings
    }


def _verdicts(found: FindingPage) -> dict[str, int]:
    counts = dict(found.counts)
    return {w: counts[w] for w in ("pass", "fail", "question", "cannot_tell", "not_applicable", "needs_person")}


def finding(found: FindingPage, page: Page) -> dict[str, Any]:
    """One finding as a line of findings.jsonl: everything that the report says of it."""
    rule, value = found.rule, found.finding
    hashes = {part.source: (part.sha256, part.name) for part in page.parts}
    return {
        "rule": value.rule, "rule_sha256": rule.sha256, "title": rule.title, "basis": rule.basis,
        "review": rule.review, "citations": [c.model_dump(mode="json") for c in rule.cites],
        "verdict": found.verdict.word, "sentence": value.sentence, "unit": rule.unit, "over": value.over,
        "tested": found.tested, "share": value.over / found.tested if found.tested else None,
        "verdicts": _verdicts(found), "parameters": dict(value.parameters),
        "margin": [{"label": label, "units": units} for label, units in value.margin],
        "measure": {"unit": rule.measure.unit, **value.extremes} if rule.measure else None,
        "period": _period(value.period, page),
        "months": [{"month": month, "tested": tested, "over": over} for month, tested, over in value.months],
        "agencies": [{"agency": r.agency, "tested": r.tested, "over": r.over} for r in found.table],
        "agencies_withheld": found.agencies_hidden,
        "missing": [{"why": key, "units": units} for key, units in sorted(value.missing.items())],
        "eras": [crossing.era.id for _, crossing in found.eras],
        "limits": list(rule.limits), "readings": list(rule.readings),
        "sources": [{"sha256": hashes[s][0], "name": hashes[s][1]} for s in value.sources if s in hashes],
        "evidence": {"path": found.evidence, "records": found.evidenced},
    }  # fmt: skip


def _coverage() -> str:
    return (
        "SELECT l.agency, l.sha256 AS source_sha256, l.file, l.sheet, l.view, l.layout, c.month, c.field, c.state, "
        "c.records FROM coverage_cells AS c JOIN source_labels AS l ON l.source = c.source AND l.part = c.part "
        "ORDER BY l.file, l.sha256, l.part, c.month, c.field, c.state"
    )


def _listed(table: str, what: str) -> str:
    return (
        "SELECT l.sha256 AS source_sha256, l.file, l.sheet, r.record, g.page, "
        f'w.heading AS "column", w.cause AS {what} '
        f"FROM {table} AS r JOIN source_labels AS l ON l.source = r.source AND l.part = r.part JOIN reject_labels AS w "
        f'ON w."column" = coalesce(r."column", \'\') AND w.reason = r.reason {_paged("r")}'
        "ORDER BY l.file, l.sha256, l.part, r.record, w.heading, w.cause"
    )


def _paged(units: str) -> str:
    """The join of the page on which a record of a PDF begins, as `g`."""
    return (
        f"LEFT JOIN pages AS g ON g.source = {units}.source AND g.part = {units}.part "
        f"AND {units}.record BETWEEN g.first_record AND g.last_record "
    )


def _evidence(store: Store, found: Sequence[FindingPage], folder: Path) -> None:
    (folder / "evidence").mkdir()
    for page in found:
        store.write_csv(
            "SELECT coalesce(l.sha256, '') AS source_sha256, coalesce(l.file, '') AS file, "
            "coalesce(l.sheet, '') AS sheet, e.record, g.page, coalesce(d.day, '') AS day, e.verdict, e.measure "
            "FROM evidence AS e LEFT JOIN source_labels AS l ON l.source = e.source AND l.part = e.part "
            "LEFT JOIN day_labels AS d ON d.unit_at = e.unit_at AND e.record IS NULL "
            f"{_paged('e')}WHERE e.rule = {text(page.finding.rule)} "
            "ORDER BY l.file, l.sha256, l.part, e.record, e.unit_at, e.verdict, e.measure",
            folder / page.evidence,
        )


def package(page: Page, folder: Path) -> dict[str, Any]:
    """The Data Package of everything in the folder: what each file is, its columns, size and hash."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name not in (PACKAGE, SUMS))
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "plateglass-report",
        "title": page.heading,
        "description": "What released search logs show, and what they can't. report.html is for people.",
        "plateglass": {"version": page.version, "content_sha256": page.content},
        "resources": [_resource(path, path.relative_to(folder).as_posix()) for path in files],
    }


_MEDIA = {".csv": "text/csv", ".json": "application/json", ".jsonl": "application/jsonl", ".html": "text/html"}


def _resource(path: Path, name: str) -> dict[str, Any]:
    resource: dict[str, Any] = {
        "name": name.rsplit(".", 1)[0].replace("/", "-").replace(".schema", "-schema"),
        "path": name, "format": path.suffix[1:], "mediatype": _MEDIA[path.suffix], "encoding": "utf-8",
        "bytes": path.stat().st_size, "hash": f"sha256:{sha256(path)}",
    }  # fmt: skip
    if path.suffix == ".csv":
        columns = COLUMNS["evidence" if name.startswith("evidence/") else path.stem]
        fields = [{"name": column, "type": kind, "description": about} for column, kind, about in columns]
        resource |= {"type": "table", "schema": {"fields": fields, "missingValues": [""]}}
    return resource


def sums(folder: Path) -> None:
    """Write SHA256SUMS over every file of the folder, as sha256sum -c reads it."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != SUMS)
    lines = [f"{sha256(path)}  {path.relative_to(folder).as_posix()}" for path in files]
    write(folder / SUMS, "\n".join(lines) + "\n")


def sha256(path: Path) -> str:
    """The hash of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write(path: Path, content: str) -> None:
    """Write text as UTF-8 with plain line ends."""
    path.write_text(content, encoding="utf-8", newline="\n")


def _json(path: Path, value: Mapping[str, Any]) -> None:
    write(path, json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def _lines(path: Path, values: Sequence[Mapping[str, Any]]) -> None:
    write(path, "".join(json.dumps(_rounded(value), ensure_ascii=False) + "\n" for value in values))


def _rounded(value: Any) -> Any:
    """The same with six significant digits in every broken number: more would say that the others are known."""
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, Mapping):
        return {key: _rounded(each) for key, each in value.items()}
    return [_rounded(each) for each in value] if isinstance(value, list | tuple) else value
