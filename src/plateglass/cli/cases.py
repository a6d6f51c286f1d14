"""`new`, `add`, `check` and `report`: the parts of an audit, on a case that stays."""

from __future__ import annotations

import typer

from plateglass import duties, pipeline
from plateglass.case import Case, Settings
from plateglass.catalogue import Catalogue
from plateglass.cli import options, screen, statutory
from plateglass.cli.audits import summary
from plateglass.errors import CaseUnusable, Place, Severity
from plateglass.publish.statutory import Signed


@screen.reported
def new(
    case: options.CaseFolder,
    *,
    rules: options.Rules = None,
    agency: options.Agency = "",
    timezone: options.Timezone = "",
    retention_days: options.Retention = None,
    switch_off: options.SwitchOff = None,
    custodian: options.Custodian = False,
    named: options.Set = None,
    quiet: options.Quiet = False,
    as_json: options.Json = False,
) -> None:
    """Make a case: a folder with case.toml, to which files are added."""
    if (case / "case.toml").exists():
        raise CaseUnusable(
            "there is a case in this folder",
            place=Place(str(case)),
            remedy="change its case.toml, or name another folder",
        )
    catalogue = Catalogue(case / "content")
    found = options.settings(
        Settings(name=case.resolve().name), options.Given(rules, agency, timezone, custodian), catalogue
    )
    values = options.known(options.parameters(retention_days, switch_off, named), catalogue)
    Case.make(case, found.model_copy(update={"parameters": values}))
    if as_json:
        screen.machine({"case": str(case), "settings": str(case / "case.toml")})
    elif not quiet:
        screen.say(str(case / "case.toml"))


@screen.reported
def add(
    case: options.CaseFolder, files: options.Files, quiet: options.Quiet = False, as_json: options.Json = False
) -> None:
    """Read released files into a case; a file that is in it already is not read again."""
    made = Case.there(case)
    with screen.bars(quiet=quiet or as_json) as progress:
        issues = pipeline.add(made, files, progress)
    screen.issues(issues, quiet=quiet or as_json)
    keys = ("source", "name", "sheet", "layout", "records", "accepted", "rejected")
    parts = [
        dict(zip(keys, (line["source"], line["name"], part["part_name"], *map(part.get, keys[3:])), strict=True))
        for line in made.sources() for part in line["parts"]
    ]  # fmt: skip
    if as_json:
        screen.machine({"sources": parts, "issues": screen.plain(issues)})
    elif not quiet:
        screen.rows(keys, [[str(cell) for cell in part.values()] for part in parts])
    if any(issue.severity is Severity.SOURCE for issue in issues):
        raise typer.Exit(screen.PARTLY)


@screen.reported
def check(case: options.CaseFolder, quiet: options.Quiet = False, as_json: options.Json = False) -> None:
    """Check a case's rules, and print how many units each verdict has."""
    made = Case.there(case)
    with screen.bars(quiet=quiet or as_json) as progress:
        chosen, found = pipeline.check(made, progress)
    if as_json:
        screen.machine({f.rule: {**f.counts, "question": f.question, "over": f.over} for f in found})
    elif not quiet:
        screen.issues([chosen], quiet=quiet)
        screen.findings(found)


@screen.reported
def report(
    case: options.CaseFolder,
    *,
    out: options.Out = None,
    wanted: statutory.For = None,
    pdf: statutory.Pdf = False,
    auditor: statutory.Auditor = "",
    independence: statutory.Independence = "",
    reviewer: statutory.Reviewer = "",
    approver: statutory.Approver = "",
    first: statutory.First = None,
    last: statutory.Last = None,
    quiet: options.Quiet = False,
    as_json: options.Json = False,
) -> None:
    """Write the report of a case, or the reports that laws ask for, into its own folders or where --out says."""
    made = Case.there(case)
    signed = Signed(auditor, independence, reviewer, approver)
    days = statutory.period(first, last)
    if wanted:
        shapes = [duties.shape(made.catalogue(), id_) for id_ in dict.fromkeys(wanted)]
        orders = [duties.Order(shape, signed, pdf, days) for shape in shapes]
        statutory.write(made, orders, out, quiet=quiet, as_json=as_json)
        return
    if pdf or days or signed != Signed():
        raise typer.BadParameter("only with --for", param_hint="--pdf, --from, --to, --auditor, --reviewer, --approver")
    with screen.bars(quiet=quiet or as_json) as progress:
        written = pipeline.report(made, out or made.out, progress)
    if as_json:
        screen.machine({"report": str(written), "summary": summary(written)})
    else:
        screen.say(str(written))
