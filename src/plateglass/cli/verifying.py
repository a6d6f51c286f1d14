"""`verify`: what a case and its report say, read and counted again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from plateglass import custody
from plateglass.case import Case
from plateglass.cli import options, screen
from plateglass.custody import Standing

Originals = Annotated[
    list[Path] | None,
    typer.Option(
        "--originals", exists=True, metavar="DIR", help="Released files, or a folder of them; may be given repeatedly."
    ),
]
Report = Annotated[
    Path | None,
    typer.Option("--report", exists=True, file_okay=False, metavar="DIR", help="A report. Default: the case's own."),
]


@screen.reported
def verify(
    case: options.CaseFolder,
    originals: Originals = None,
    report: Report = None,
    quiet: options.Quiet = False,
    as_json: options.Json = False,
) -> None:
    """Prove or disprove every count of a case and its report, from the store and from the released files.

    Ends with 0 where all that was asked for holds, with 1 where something does not or could not be checked.
    """
    with screen.bars(quiet=quiet or as_json) as progress:
        checks = custody.verify(Case(case), originals or (), report, progress)
    by = {standing: [check for check in checks if check.standing is standing] for standing in Standing}
    if as_json:
        screen.machine({standing.value: [{"what": c.what, "why": c.why} for c in by[standing]] for standing in by})
    else:
        _told(by, quiet=quiet)
    if by[Standing.BROKEN] or any(check.asked for check in by[Standing.UNCHECKED]):
        raise typer.Exit(screen.PARTLY)


def _told(by: dict[Standing, list[custody.Check]], *, quiet: bool) -> None:
    """What holds, what does not, what could not be checked; then how many of each."""
    for standing, checks in by.items():
        for check in checks if not quiet or standing is not Standing.HOLDS else ():
            screen.say(f"{standing}: {check.what}{' (' + check.why + ')' if check.why else ''}")
    counts = (f"{len(checks)} {standing}" for standing, checks in by.items())
    screen.say("; ".join(counts))
