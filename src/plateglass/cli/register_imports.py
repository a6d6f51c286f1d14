"""`register import` and `register joins`: public lists into the register, and what a person says that names mean."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from plateglass.case import Case, write_whole
from plateglass.cli import options, registers, screen
from plateglass.cli.registers import register
from plateglass.errors import Place, SourceUnreadable
from plateglass.publish import words
from plateglass.read import workbook
from plateglass.register import imports
from plateglass.register.holdings import Register
from plateglass.register.imports import Imported, joins, layouts
from plateglass.register.imports.joins import Joins
from plateglass.register.imports.rows import File

ROLES = ("buyer", "vendor", "agency")


@register.command("import")
@screen.reported
def take(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, metavar="FILE", help="A public list.")],
    *,
    on: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="The day of the download.")],
    case: Annotated[
        Path | None,
        typer.Option("--case", metavar="DIR", exists=True, file_okay=False, help="Into this case's content/register."),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="TOML", help="Into a new file instead.")] = None,
    publisher: Annotated[
        str, typer.Option(metavar="ENTITY", help="Whose list it is, where its layout does not say.")
    ] = "",
    means: Annotated[
        list[str] | None, typer.Option(metavar="NAME=ID", help="What a name means; may be given more than once.")
    ] = None,
) -> None:
    """Read a public list: awards, contracting releases, FollowTheMoney entities, 287(g) agreements, the Atlas.

    What is not sure is counted, never guessed; with --case its name waits for a person, in `register joins`.
    """
    if (case is None) == (out is None):
        raise typer.BadParameter("name --case or --out: where the entries go")
    if out is not None and out.exists():
        raise typer.BadParameter("the file is there already: name another", param_hint="--out")
    pairs = dict(text.rpartition("=")[::2] for text in means or ())
    with ExitStack() as stack:
        made = stack.enter_context(Case.there(case).held()) if case is not None else None
        given = _downloaded(file, Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="plateglass-"))))
        path = out or case_file(Case(case or Path()), given)
        known = layouts.every(*([case / "content" / "imports"] if case is not None else [])).values()
        held = registers.read(case, without=path)
        told = _joins(held, made, pairs)
        found = imports.take(given, told, on.date(), known=known, publisher=publisher or None)
        _said(found)
        if made is not None:
            _asked(made, found)
        if found.toml:
            write_whole(path, found.toml)
            screen.say(str(path))


def case_file(case: Case, file: File) -> Path:
    """Where a case keeps what a list came to: one file a list, by its hash, made anew when it is read again."""
    return case.content / "register" / f"imported-{file.sha256[:12]}.toml"


def _downloaded(file: Path, scratch: Path) -> File:
    """The list; a workbook's first sheet that holds something is written out as a table."""
    if file.suffix.lower() not in (".xlsx", ".xls", ".ods"):
        return imports.downloaded(file)
    sheets = (s for s in workbook.sheets(file, scratch, Place(file.name)) if s.path is not None and not s.hidden)
    first = next(sheets, None)
    if first is None:
        raise SourceUnreadable("the workbook holds nothing", place=Place(file.name))
    return imports.downloaded(file, first.path)


def _joins(held: Register, case: Case | None, pairs: Mapping[str, str]) -> Joins:
    catalogue = registers.content(case.root if case is not None else None)
    decided = joins.decided(joins.read(case)) if case is not None else {}
    decided |= {(role, joins.folded(name)): entity for name, entity in pairs.items() for role in ROLES}
    return Joins(held, decided, registers.agencies(catalogue), joins.states(catalogue))


def _said(found: Imported) -> None:
    screen.say(
        f"{found.layout}: {found.rows:,} rows: {found.taken:,} taken, {len(found.unsure):,} unsure, "
        f"{len(found.unread):,} left out"
    )
    for one in found.unsure:
        near = f"; may be {', '.join(one.near)}" if one.near else ""
        screen.say(f"row {one.row}: {one.column} is not sure{near}")
    for row, column in found.unread:
        screen.say(f"row {row}: left out for {words.clean(column)}: not readable, given before, or a person's")
    for schema, number in found.ignored.items():
        screen.say(f"left out by name: {number:,} of {words.clean(schema)}")
    if found.unknown:
        screen.say(f"not known to the layout, and not read: {', '.join(words.clean(name) for name in found.unknown)}")


def _asked(case: Case, found: Imported) -> None:
    new = joins.ask(case, found.wait)
    waiting = len(joins.waiting(joins.read(case)))
    if waiting:
        names = "name waits" if waiting == 1 else "names wait"
        screen.say(f"{waiting:,} {names} for a person ({new:,} new): plateglass register joins {case.root}")


@register.command("joins")
@screen.reported
def decide(
    case: options.CaseFolder,
    *,
    which: Annotated[int, typer.Option("--decide", metavar="N", min=0, help="The name with this number.")] = 0,
    entity: Annotated[
        str,
        typer.Option("--is", metavar="ID", help="The body, company or agency that it means; none of them: nothing."),
    ] = "",
    by: Annotated[str, typer.Option(metavar="WHO", help="Who decides; it stands in judgements.jsonl.")] = "",
    why: Annotated[str, typer.Option(metavar="TEXT", help="Why; it stands there too.")] = "",
    as_json: options.Json = False,
) -> None:
    """Show the names of imported lists that wait for a person, as written, and keep what a person says they mean.

    For the screen of whoever decides: the names go to no report. Import the list again to use what was decided.
    """
    made = Case.there(case)
    waiting = joins.waiting(joins.read(made))
    if not which:
        rows = [[str(n), w.role, words.clean(w.name), ", ".join(w.near), w.place] for n, w in enumerate(waiting, 1)]
        if as_json:
            screen.machine([{"role": w.role, "name": w.name, "near": w.near, "place": w.place} for w in waiting])
        else:
            screen.rows(("number", "role", "name as written", "may be", "where"), rows)
        return
    if which > len(waiting) or not (by and why):
        raise typer.BadParameter(f"--decide takes a number up to {len(waiting)}, with --by and --why")
    held = registers.read(case)
    with made.held():
        joins.decide(made, held, waiting[which - 1], entity, said=(by, why))
    screen.say(f"kept; {len(waiting) - 1} more wait; import the list again to use it")
