"""`layouts` and `rules`: what plateglass knows, and how to look at it."""

from __future__ import annotations

import difflib
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Never

import typer

from plateglass import check, preview, read
from plateglass.case import write_whole
from plateglass.catalogue import Catalogue, Layout, Rule
from plateglass.cli import options, screen
from plateglass.errors import Issue, LayoutUnknown, Severity
from plateglass.publish import rule_pages
from plateglass.read.explanation import ExplainedTable
from plateglass.register import plain

layouts = typer.Typer(help="What kinds of log are known.", no_args_is_help=True, rich_markup_mode=None)
rules = typer.Typer(help="What is checked, and on what ground.", no_args_is_help=True, rich_markup_mode=None)

Own = Annotated[
    Path | None, typer.Option("--case", metavar="DIR", exists=True, file_okay=False, help="Also a case's own content.")
]
LayoutId = Annotated[str, typer.Argument(metavar="ID", autocompletion=options.a_layout, help="As the list shows it.")]
RuleId = Annotated[str, typer.Argument(metavar="ID", autocompletion=options.a_rule, help="As the list shows it.")]


def _catalogue(case: Path | None) -> Catalogue:
    return Catalogue(*([case / "content"] if case is not None else []))


@layouts.command("list")
@screen.reported
def layouts_list(case: Own = None, as_json: options.Json = False) -> None:
    """List the layouts."""
    found = _catalogue(case).layouts
    if as_json:
        told = {id_: (each.title, list(each.views), list(each.fields)) for id_, each in found.items()}
        screen.machine(
            {id_: dict(zip(("title", "views", "fields"), facts, strict=True)) for id_, facts in told.items()}
        )
        return
    screen.rows(
        ("layout", "views", "fields", "title"),
        [[id_, ", ".join(layout.views), str(len(layout.fields)), layout.title] for id_, layout in found.items()],
    )


@layouts.command("show")
@screen.reported
def layouts_show(name: LayoutId, case: Own = None, as_json: options.Json = False) -> None:
    """Show one layout: its fields, their headings, what it refuses, where it was seen."""
    found = _catalogue(case).layouts
    layout = found.get(name) or _unknown("layout", name, found)
    if as_json:
        screen.machine(plain.value(layout))
        return
    screen.say(layout.title)
    screen.say(f"seen in: {' '.join(layout.source.split())}")
    screen.say(f"needs: {', '.join(layout.needs)}")
    _refused(layout)
    screen.rows(
        ("field", "kind", "headings"),
        [[f, field.kind, ", ".join(field.headings)] for f, field in layout.fields.items()],
    )


def _refused(layout: Layout) -> None:
    if layout.refuse:
        screen.say(f"refuses a file with any of: {', '.join(layout.refuse)}")


@layouts.command("explain")
@screen.reported
def layouts_explain(
    file: Annotated[Path, typer.Argument(exists=True, metavar="FILE", help="One released file.")],
    *,
    case: Own = None,
    profile: Annotated[
        Path | None,
        typer.Option("--profile", metavar="TOML", exists=True, dir_okay=False, help="Read a PDF by this profile."),
    ] = None,
    save: Annotated[
        Path | None,
        typer.Option("--save-profile", metavar="TOML", help="Write how the columns of a PDF lie, to be confirmed."),
    ] = None,
    quiet: options.Quiet = False,
    as_json: options.Json = False,
) -> None:
    """Say what a file is, which layout knows it and why, how its first records are read, and what is rejected."""
    if save is not None and save.exists():
        raise typer.BadParameter("the file is there already: name another", param_hint="--save-profile")
    catalogue, seen = _catalogue(case), list[preview.Preview | Issue]()
    with tempfile.TemporaryDirectory(prefix="plateglass-") as work, screen.bars(quiet=quiet or as_json) as progress:
        explanation = read.explain(file, catalogue, Path(work), profile)
        if profile is None:
            seen += preview.previews(file, catalogue, Path(work) / "preview", progress)
    read_as = [each for each in seen if isinstance(each, preview.Preview)]
    notes = [each for each in seen if isinstance(each, Issue)]
    if as_json:
        facts = {**plain.value(explanation), "previews": plain.value(read_as)}
        screen.machine({**facts, "issues": screen.plain(notes)})
    else:
        _explanation(explanation, read_as)
        screen.issues([n for n in notes if not _told(n, explanation)], quiet=quiet)
    if save is not None:
        _saved(explanation.profile, save)
    refused = any(column.fate == "refused" for table in explanation.tables for column in table.columns)
    if refused or any(n.severity is Severity.SOURCE and n.code != LayoutUnknown.code for n in notes):
        raise typer.Exit(screen.PARTLY)


def _explanation(explanation: read.Explanation, read_as: Sequence[preview.Preview]) -> None:
    screen.say(f"{explanation.name}: {explanation.what}")
    for problem in explanation.problems:
        screen.say(f"problem: {problem}")
    for table in explanation.tables:
        _explained(table)
    _previewed(read_as)


def _told(note: Issue, explanation: read.Explanation) -> bool:
    """Whether it stands in the explanation already."""
    whys = (table.why for table in explanation.tables if not table.layout)
    return any(note.message in problem for problem in explanation.problems) or note.message.startswith((*whys,))


def _saved(profile: str, target: Path) -> None:
    if not profile:
        raise typer.BadParameter("the file is no PDF with a table: it has no profile", param_hint="--save-profile")
    write_whole(target, profile)
    screen.say(f"{target}: nobody has confirmed it yet; what to do stands at its top")


def _explained(table: ExplainedTable) -> None:
    lead = f"{table.part_name}: " if table.part_name else ""
    screen.say(f"{lead}{table.records:,} records, {table.encoding}, {table.sampled} of them looked at")
    screen.say(f"layout: {table.layout or 'none'}; {table.why}")
    screen.rows(
        ("heading", "field", "kind", "fits", "blank", "hidden", "fate"),
        [
            [c.heading, c.field, c.kind, "" if c.fits is None else f"{c.fits:.0%}", str(c.blank), str(c.hidden), c.fate]
            for c in table.columns
        ],
    )
    if table.draft:
        screen.say(f"\na layout to start from; save it in the case's content/layouts:\n\n{table.draft}")


def _previewed(tables: Sequence[preview.Preview]) -> None:
    for each in tables[: preview.RECORDS]:
        screen.say(f"\n{each.name}: {each.accepted:,} records would be read, {len(each.rejected):,} rejected")
        for number, cells in each.records:
            screen.say(f"record {number}: {', '.join(f'{field} {cell}' for field, cell in cells.items())}")
        for record in each.rejected[: preview.RECORDS]:
            screen.say(f"rejected: record {record.record}, {record.column or 'the whole record'}: {record.reason}")
        if len(each.rejected) > preview.RECORDS:
            screen.say(f"rejected: {len(each.rejected) - preview.RECORDS:,} more")
    if len(tables) > preview.RECORDS:
        screen.say(f"\nand {len(tables) - preview.RECORDS:,} more tables")


@rules.command("list")
@screen.reported
def rules_list(
    case: Own = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="As CSV, with SQL, citations and examples.")] = False,
    as_json: options.Json = False,
) -> None:
    """List the rules."""
    found = _catalogue(case).rules
    if as_json:
        screen.machine({i: {"basis": r.basis, "review": r.review, "title": r.title} for i, r in found.items()})
        return
    if as_csv:
        screen.write(rule_pages.listed(found))
        return
    screen.rows(
        ("rule", "basis", "citation read", "title"),
        [[id_, rule.basis, rule.review, rule.title] for id_, rule in found.items()],
    )


@rules.command("show")
@screen.reported
def rules_show(name: RuleId, case: Own = None, as_json: options.Json = False) -> None:
    """Show one rule: in plain words, citation, SQL, parameters, examples, limits, innocent readings, history."""
    found = _catalogue(case).rules
    rule = found.get(name) or _unknown("rule", name, found)
    if as_json:
        screen.machine(plain.value(rule))
        return
    for line in rule_pages.lines(rule):
        screen.say(line)


@rules.command("pages")
@screen.reported
def rules_pages(
    out: Annotated[Path, typer.Argument(metavar="DIR", help="Where the pages go.")], case: Own = None
) -> None:
    """Write a page for each rule, an index and rules.csv into a folder."""
    screen.say(str(rule_pages.write(_catalogue(case).rules, out)))


@rules.command("test")
@screen.reported
def rules_test(
    name: Annotated[
        str | None,
        typer.Argument(metavar="[ID]", autocompletion=options.a_rule, help="One rule; all of them if none is named."),
    ] = None,
    case: Own = None,
    as_json: options.Json = False,
) -> None:
    """Run the examples that stand in the rules' own files; exit code 1 where a verdict is not the expected one."""
    catalogue = _catalogue(case)
    chosen = (
        catalogue.rules
        if name is None
        else {name: catalogue.rules.get(name) or _unknown("rule", name, catalogue.rules)}
    )
    wrong = {}
    for id_, rule in chosen.items():
        wrong[id_] = faults = check.examples(rule, catalogue)
        if not as_json:
            screen.say(f"{id_}: {len(rule.examples)} examples, {len(faults)} wrong" + "".join(f"; {f}" for f in faults))
    if as_json:
        screen.machine({id_: {"examples": len(rule.examples), "wrong": wrong[id_]} for id_, rule in chosen.items()})
    if any(wrong.values()):
        raise typer.Exit(screen.PARTLY)


def _unknown(kind: str, name: str, found: dict[str, Layout] | dict[str, Rule]) -> Never:
    near = ", ".join(difflib.get_close_matches(name, found, n=5))
    raise typer.BadParameter(
        f"no {kind} is called {name!r}; " + (f"near it: {near}" if near else f"see {kind}s list"), param_hint="ID"
    )
