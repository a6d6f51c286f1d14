"""`report --for`: the reports that laws ask for."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from plateglass import duties
from plateglass.case import Case
from plateglass.cli import options, screen
from plateglass.publish.statutory import Signed

For = Annotated[
    list[str] | None,
    typer.Option(
        "--for",
        metavar="ID",
        help="A report that a law asks for: us-mn, us-va, us-ca, us-nj, us-or, us-ma, ccops, general; repeatable.",
    ),
]
Pdf = Annotated[bool, typer.Option("--pdf", help="With --for: also as a tagged PDF (needs the extra `print`).")]
Auditor = Annotated[str, typer.Option(metavar="NAME", help="With --for: who audited. Default: a line to sign.")]
Independence = Annotated[
    str, typer.Option(metavar="TEXT", help="With --for: why the auditor is independent of the system.")
]
Reviewer = Annotated[str, typer.Option(metavar="NAME", help="With --for: who reviewed. Default: a line to sign.")]
Approver = Annotated[str, typer.Option(metavar="NAME", help="With --for: who approved. Default: a line to sign.")]


def write(made: Case, wanted: list[str], out: Path | None, signed: Signed, *, pdf: bool, quiet: bool) -> None:
    """Write each report into a folder of its own below the case's `reports`, or below --out."""
    shapes = [duties.shape(made.catalogue(), id_) for id_ in dict.fromkeys(wanted)]
    for shape in shapes:
        with screen.bars(quiet=quiet) as progress:
            folder = (out or made.root / "reports") / shape.id
            screen.say(str(duties.report(made, duties.Order(shape, signed, pdf), folder, progress)))


@screen.reported
def requests(
    case: options.CaseFolder,
    out: options.Out = None,
    wanted: For = None,
    quiet: options.Quiet = False,
) -> None:
    """Write a public-records request for each record that would settle what the case can't tell.

    A letter a record series and agency, and index.csv with the deadlines; blanks are those of the report of the
    home agency's state unless --for names others.
    """
    made = Case.there(case)
    shapes = [duties.shape(made.catalogue(), id_) for id_ in dict.fromkeys(wanted or ())]
    with screen.bars(quiet=quiet) as progress:
        screen.say(str(duties.requests(made, shapes, out or made.root / "requests", progress)))
