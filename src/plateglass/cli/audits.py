"""`audit` and `demo`: from files to a report in one command."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from plateglass import demo, pipeline, publish
from plateglass.case import Case, Settings, remove
from plateglass.catalogue import Catalogue
from plateglass.cli import options, scratch, screen
from plateglass.errors import OutputUnwritable, Place, Severity
from plateglass.model import Finding
from plateglass.model import Outcome as Verdict

REPORT = Path("plateglass-report")
"""Where a report goes if nobody says so."""

DEMO = "demo"
"""The name of the demo's case: by it a folder is known as a demo's."""

Report = Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the report goes.")]
Kept = Annotated[
    Path | None,
    typer.Option("--case", metavar="DIR", help="Keep the case in this folder, or go on with the one there."),
]
Made = Annotated[
    Path | None,
    typer.Option("--out", metavar="DIR", help="Where files, case and report go. Default: a temporary folder."),
]


@screen.reported
def audit(
    files: options.Files,
    *,
    rules: options.Rules = None,
    out: Report = REPORT,
    case: Kept = None,
    agency: options.Agency = "",
    timezone: options.Timezone = "",
    retention_days: options.Retention = None,
    switch_off: options.SwitchOff = None,
    custodian: options.Custodian = False,
    named: options.Set = None,
    quiet: options.Quiet = False,
    as_json: options.Json = False,
) -> None:
    """Read released files, check them, and write a report."""
    values = options.parameters(retention_days, switch_off, named)
    publish.ours(out)
    with _folder(case) as root:
        made = _made(root, values, options.Given(rules, agency, timezone, custodian))
        with screen.bars(quiet=quiet or as_json) as progress:
            outcome = pipeline.audit(made, files, out, progress)
        _ended(outcome, quiet=quiet, as_json=as_json)


@contextmanager
def _folder(kept: Path | None) -> Iterator[Path]:
    if kept is not None:
        yield kept
    else:
        with scratch.folder() as root:
            yield root


def _made(root: Path, values: dict[str, int | float | str], given: options.Given) -> Case:
    """The case in a folder, with the settings that it had and those of the options."""
    there = Case(root)
    catalogue = Catalogue(there.content)
    start = there.settings if (root / "case.toml").exists() else Settings()
    found = options.settings(start, given, catalogue)
    merged = {**found.parameters, **options.known(values, catalogue)}
    made = found.model_copy(update={"parameters": merged})
    if (root / "case.toml").exists() and made != start:
        screen.note("case.toml is written anew: options of this run stay settings of the case")
    return Case.make(root, made)


def _ended(outcome: pipeline.Outcome, *, quiet: bool, as_json: bool) -> None:
    """What was found and where it lies; exit code 1 where something could not be read."""
    screen.issues(outcome.issues, quiet=quiet or as_json)
    if as_json:
        screen.machine({"report": str(outcome.report), "summary": summary(outcome.report)})
    else:
        if not quiet:
            screen.findings(outcome.findings)
            if (outcome.report.parent / "custodian").exists():
                screen.note("custodian/ is for the agency's own reviewer: take it out before anything is published")
        screen.say(str(outcome.report))
    if any(issue.severity is Severity.SOURCE for issue in outcome.issues):
        raise typer.Exit(screen.PARTLY)


def summary(report: Path) -> dict[str, Any]:
    """The `summary.json` beside a report."""
    found: dict[str, Any] = json.loads((report.parent / "summary.json").read_text(encoding="utf-8"))
    return found


def _anew(root: Path) -> None:
    """Clear the demo that an earlier run left in a folder; a folder that holds anything else is not touched.

    Raises:
        OutputUnwritable: the folder is not empty, and no demo stands in it.
    """
    if not root.exists() or not any(root.iterdir()):
        return
    there = Case(root / "case")
    if not (there.root / "case.toml").exists() or there.settings.name != DEMO:
        raise OutputUnwritable(
            "the folder holds something else", place=Place(str(root)), remedy="name another with --out"
        )
    for part in ("files", "case", "report"):
        remove(root / part)


def _told(finding: Finding) -> dict[str, Any]:
    person = finding.counts.get(Verdict.NEEDS_PERSON, 0)
    return {"over": finding.over, "needs_person": person, "margin": finding.margin}


@screen.reported
def demonstrate(out: Made = None, quiet: options.Quiet = False, as_json: options.Json = False) -> None:
    """Make up a case, audit it, and compare what is found with what was planted."""
    root = out or Path(tempfile.mkdtemp(prefix="plateglass-demo-"))
    _anew(root)
    truth = demo.make(root / "files")
    found = Settings(
        name=DEMO, agency=truth.agency, timezone=truth.timezone, rules=truth.rules, parameters=truth.parameters
    )
    with screen.bars(quiet=quiet or as_json) as progress:
        outcome = pipeline.audit(Case.make(root / "case", found), list(truth.paths), root / "report", progress)
    differences = truth.differences(summary(outcome.report), {f.rule: _told(f) for f in outcome.findings})
    if not as_json:
        planted = sum(truth.over.values())
        lead = f"{len(truth.over)} rules, {planted} planted units, {truth.records:,} records: "
        screen.say(lead + ("found exactly what was planted" if not differences else "NOT what was planted"))
        for line in differences:
            screen.say(f"  {line}")
    told = [issue for issue in outcome.issues if issue.severity is Severity.SOURCE]  # its notes are planted too
    _ended(replace(outcome, issues=told), quiet=quiet, as_json=as_json)
    if differences:
        raise typer.Exit(screen.PARTLY)
