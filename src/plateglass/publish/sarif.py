"""Findings as SARIF 2.1.0: for tools that keep track of what was found, set aside, and found again.

One result a rule says what it says of the whole case; one result a unit says where the unit stands. Its fingerprint is
a hash over rule, file, sheet and record number: no token, and the same in every run over the same file. A result that
is no mechanical failure is no `fail`: questions and what needs a person are `review`, what can't be told is `open`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from plateglass import __version__
from plateglass.catalogue import Rule
from plateglass.errors import Place, SourceUnreadable
from plateglass.publish import words
from plateglass.publish.findings import FIRST, REVIEWS, FindingPage
from plateglass.publish.pages import Page, Part
from plateglass.store import Store

UNITS: Final = 1_000
"""So many units of a rule are listed; its own result has all their number."""
KEY: Final = "plateglassUnit/v1"
"""The name of the fingerprint."""
SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_KINDS: Final = {"fail": "fail", "question": "review", "person": "review", "unknown": "open", "none": "notApplicable",
                 "pass": "pass"}  # fmt: skip
_LEVELS: Final = {"law": "error", "policy": "error", "promise": "warning", "screen": "note"}

_SAID: Final = {
    "fail": "", "question": "In question, not decided: ", "screen": "Counted by a screen, no finding: ",
    "needs_person": "Only a person can decide whether this is so: ",
}  # fmt: skip
"""What stands before a rule's title in what is said of one unit."""
_WORD: Final = re.compile(r"[a-z]\w*")

Suppressed = Mapping[tuple[str, str], str]
"""(rule, fingerprint of a unit or nothing for all of the rule) -> why a person has set it aside."""


@dataclass(frozen=True)
class Before:
    """An earlier run, as its SARIF file has it."""

    guid: str
    results: Mapping[str, Mapping[str, Any]]
    """Fingerprint -> result."""
    rules: Mapping[str, bool]
    """Rules that were checked -> whether all their units were listed."""


@dataclass(frozen=True)
class Run:
    """One run, as it goes into the file."""

    store: Store
    page: Page
    suppressed: Suppressed = field(default_factory=dict)
    before: Before | None = None


def sarif(run: Run) -> str:
    """The file's text."""
    results = list(_results(run))
    if run.before is not None:
        results = [*_against(results, run.before), *_absent(results, run.before, run.page)]
    rules = [_rule(f) for f in run.page.findings]
    parts = tuple({part.source: part for part in run.page.parts}.values())
    guid = str(uuid5(NAMESPACE_URL, json.dumps([run.page.content, rules, results], sort_keys=True)))
    one: dict[str, Any] = {
        "tool": {"driver": {
            "name": "plateglass", "version": __version__, "semanticVersion": __version__, "rules": rules,
            "properties": {"contentSha256": run.page.content},
        }},
        "automationDetails": {"id": f"plateglass/{quote(run.page.title)}/", "guid": guid},
        "columnKind": "unicodeCodePoints",
        "artifacts": [{"location": {"uri": quote(part.name)}, "hashes": {"sha-256": part.sha256}} for part in parts],
        "results": results,
    }  # fmt: skip
    if run.before is not None:
        one["baselineGuid"] = run.before.guid
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [one]}, ensure_ascii=False, indent=1) + "\n"


def fingerprint(rule: str, *place: object) -> str:
    """What a unit is known by from run to run."""
    return hashlib.sha256("\n".join([rule, *map(str, place)]).encode()).hexdigest()[:32]


def _rule(f: FindingPage) -> dict[str, Any]:
    rule = f.rule
    cites = " ".join(f"{' '.join(c.text.split())} {c.url}".strip() for c in rule.cites)
    return {
        "id": rule.id, "name": "".join(part.capitalize() for part in rule.id.replace("/", "-").split("-")),
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": cites or rule.title},
        "help": {"text": "\n".join([*(f"Can't show: {limit}" for limit in rule.limits),
                                    *(f"May be innocent: {reading}" for reading in rule.readings)])},
        "defaultConfiguration": {"level": "none" if rule.only_asks else _LEVELS[rule.basis]},
        "properties": {
            "basis": rule.basis, "review": rule.review, "reviewMeans": REVIEWS[rule.review], "sha256": rule.sha256,
            "unit": rule.unit, "listed": _listed(f), "pointed": f.pointed,
        },
    }  # fmt: skip


def _listed(f: FindingPage) -> int:
    return min(f.evidenced, UNITS)


def _whole(f: FindingPage) -> bool:
    return _listed(f) == f.pointed


def _results(run: Run) -> Iterator[dict[str, Any]]:
    parts = {(part.source, part.part): part for part in run.page.parts}
    sources = {part.source: at for at, part in enumerate({p.source: p for p in run.page.parts}.values())}
    for index, f in enumerate(run.page.findings):
        made = [_of_case(f, index), *(_of_unit(f, index, row, parts, sources) for row in _rows(run, f))]
        seen: Counter[str] = Counter()
        for result in made:
            key = result["partialFingerprints"][KEY]
            seen[key] += 1
            if seen[key] > 1:  # several units of one file and time, none of them a record
                result["partialFingerprints"] = {KEY: fingerprint(key, seen[key])}
            keys = ((f.rule.id, result["partialFingerprints"][KEY]), (f.rule.id, ""))
            why = next((run.suppressed[key] for key in keys if key in run.suppressed), None)
            if why is not None:
                result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": why}]
            yield result


def _rows(run: Run, f: FindingPage) -> list[tuple[Any, ...]]:
    return run.store.rows(
        "SELECT source, part, record, unit_at, verdict, measure FROM evidence WHERE rule = $1 "
        f"ORDER BY {FIRST} LIMIT {UNITS}", [f.rule.id],
    )  # fmt: skip


def _of_case(f: FindingPage, index: int) -> dict[str, Any]:
    """What a rule says of the whole case."""
    kind = _KINDS[f.verdict.style]
    if kind == "review" and f.rule.basis == "screen":
        kind = "informational"
    return {
        "ruleId": f.rule.id, "ruleIndex": index, "kind": kind,
        "level": _LEVELS[f.rule.basis] if kind == "fail" else "none",
        "message": {"text": f.finding.sentence},
        "partialFingerprints": {KEY: fingerprint(f.rule.id, "case")},
        "properties": {"of": "case", **{word: units for word, units in f.counts if units}},
    }  # fmt: skip


def _of_unit(
    f: FindingPage, index: int, row: tuple[Any, ...], parts: Mapping[tuple[str, int], Part],
    sources: Mapping[str, int],
) -> dict[str, Any]:  # fmt: skip
    """Where one unit stands, and what the rule says of it."""
    source, number, record, at, verdict, measure = row
    part = parts.get((source, number or 0))
    kind = "fail" if verdict == "fail" and f.rule.basis != "screen" else "review"
    result: dict[str, Any] = {
        "ruleId": f.rule.id, "ruleIndex": index, "kind": kind,
        "level": _LEVELS[f.rule.basis] if kind == "fail" else "none",
        "message": {"text": _said(f.rule, verdict, measure)},
        "partialFingerprints": {KEY: fingerprint(f.rule.id, *_place(part, number, record, at))},
        "properties": {"of": "unit", "verdict": verdict},
    }  # fmt: skip
    if part is not None:
        name = f"record {record}" if record is not None else "the file"
        result["locations"] = [{
            "physicalLocation": {"artifactLocation": {"uri": quote(part.name), "index": sources[source]}},
            "logicalLocations": [{"fullyQualifiedName": f"{part.sheet}/{name}" if part.sheet else name, "name": name,
                                  "kind": "record" if record is not None else "file"}],
        }]  # fmt: skip
    return result


def _said(rule: Rule, verdict: str, measure: float | None) -> str:
    """What is said of one unit: the rule's title as a claim only where the rule may claim, and by how much."""
    word = "screen" if rule.basis == "screen" and verdict != "needs_person" else verdict
    said = f"{_SAID[word]}{rule.title}"
    if rule.measure is None or measure is None or not _by_how_much(rule):
        return said
    return f"{said}: {words.number(measure)} {rule.measure.unit}"


def _by_how_much(rule: Rule) -> bool:
    """Whether the measure is what the rule tests: a column of the test is in it, or the sentence has its extremes."""
    if rule.measure is None or rule.measure.sql.startswith("CASE"):
        return False
    told = any(f"{{{word}}}" in rule.says for word in ("smallest", "median", "largest"))
    return told or bool(set(_WORD.findall(rule.measure.sql)) & set(_WORD.findall(rule.fails)))


def _place(part: Part | None, number: int | None, record: int | None, at: int | None) -> tuple[object, ...]:
    """The file by its hash, and the record; a unit that is no record is known by its time."""
    sha256 = part.sha256 if part is not None else ""
    return (sha256, number, record) if record is not None else (sha256, number, "at", at)


def _against(results: Iterable[dict[str, Any]], before: Before) -> Iterator[dict[str, Any]]:
    """Each result with its state against the earlier run; without one where the earlier run can't tell."""
    for result in results:
        old = before.results.get(result["partialFingerprints"][KEY])
        if old is not None:
            same = old["message"] == result["message"] and old.get("kind") == result["kind"]
            yield {**result, "baselineState": "unchanged" if same else "updated"}
        elif before.rules.get(result["ruleId"]):
            yield {**result, "baselineState": "new"}
        else:
            yield result


def _absent(results: Sequence[dict[str, Any]], before: Before, page: Page) -> Iterator[dict[str, Any]]:
    """What the earlier run found and this one did not, of rules that this one checked and listed wholly."""
    there = {result["partialFingerprints"][KEY] for result in results}
    whole = {f.rule.id: index for index, f in enumerate(page.findings) if _whole(f)}
    for key, old in before.results.items():
        if key not in there and old["ruleId"] in whole:
            yield {**old, "ruleIndex": whole[old["ruleId"]], "baselineState": "absent"}


def before(path: Path) -> Before:
    """An earlier file of ours.

    Raises:
        SourceUnreadable: not SARIF 2.1.0, or not of plateglass.
    """
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        run = value["runs"][0]
        ours = value["version"] == "2.1.0" and run["tool"]["driver"]["name"] == "plateglass"
        found = _before(run) if ours else None
    except (KeyError, IndexError, TypeError, ValueError):
        found = None
    if found is None:
        raise SourceUnreadable("not an earlier export of plateglass", expected="SARIF 2.1.0", place=Place(path.name))
    return found


def _before(run: Mapping[str, Any]) -> Before:
    kept = ("ruleId", "kind", "level", "message", "partialFingerprints")
    results = {r["partialFingerprints"][KEY]: {key: r[key] for key in kept}
               for r in run["results"] if r.get("baselineState") != "absent"}  # fmt: skip
    rules = {r["id"]: r["properties"]["listed"] == r["properties"]["pointed"] for r in run["tool"]["driver"]["rules"]}
    return Before(run["automationDetails"]["guid"], results, rules)
