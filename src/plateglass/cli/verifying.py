"""`verify`: what a case and its report say, counted again; `links`: copies counted once; `timestamp`: when it stood."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from plateglass import custody, links, normalise, pipeline
from plateglass import timestamp as timestamps
from plateglass.case import Case
from plateglass.cli import options, screen
from plateglass.custody import Standing
from plateglass.publish import export

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
Roots = Annotated[
    list[Path] | None,
    typer.Option(
        "--tsa-root",
        exists=True,
        dir_okay=False,
        metavar="PEM",
        help="Certificates of time-stamping authorities to trust.",
    ),
]


@screen.reported
def linked(case: options.CaseFolder, quiet: options.Quiet = False, as_json: options.Json = False) -> None:
    """Count a case's searches once copies in several logs are linked, and say how far that can be trusted."""
    made = Case.there(case)
    with screen.bars(quiet=quiet or as_json) as progress, pipeline.agencies(made) as store:
        progress("finding distinct searches", 0, 2)
        folder = made.work / "searches"
        folder.mkdir(exist_ok=True)
        normalise.searches(store, folder)
        progress("linking copies", 1, 2)
        found = links.find(store)
        progress("linking copies", 2, 2)
    if as_json:
        screen.machine({**asdict(found), "linked": found.linked, "precision": found.precision})
    else:
        screen.say(found.sentence)


@screen.reported
def timestamp(
    case: options.CaseFolder,
    *,
    tsa: Annotated[
        str, typer.Option(metavar="URL", help="The authority to ask; it gets a hash and nothing else.")
    ] = "",
    query: Annotated[
        Path | None,
        typer.Option("--query", dir_okay=False, metavar="FILE", help="Write the query, to be sent by hand."),
    ] = None,
    answer: Annotated[
        Path | None,
        typer.Option("--answer", exists=True, dir_okay=False, metavar="FILE", help="The answer to such a query."),
    ] = None,
    report: Report = None,
    roots: Roots = None,
) -> None:
    """Have a time-stamping authority (RFC 3161) state that the case and its report stand as they do.

    Nobody is asked unless --tsa names an authority. `verify` checks what was kept.
    """
    made = Case.there(case)
    over = report or (made.out if (made.out / export.SUMS).is_file() else None)
    if sum(bool(way) for way in (tsa, query, answer)) != 1:
        raise typer.BadParameter("name one of --tsa, --query and --answer")
    with made.held():
        if query is not None:
            query.write_bytes(timestamps.query(timestamps.manifest(made, over), nonce=False))
            screen.say(f"{query}: send it as application/timestamp-query, then give the reply with --answer")
            return
        ask = timestamps.posted(tsa) if answer is None else lambda _: answer.read_bytes()
        kept = timestamps.stamp(made, over, ask, roots or (), nonce=answer is None)
    screen.say(f"{kept.manifest}: stood by {timestamps.moment(kept)}")


@screen.reported
def verify(
    case: options.CaseFolder,
    *,
    originals: Originals = None,
    report: Report = None,
    roots: Roots = None,
    quiet: options.Quiet = False,
    as_json: options.Json = False,
) -> None:
    """Prove or disprove every count of a case and its report, from the store and from the released files.

    Ends with 0 where all that was asked for holds, with 1 where something does not or could not be checked.
    """
    with screen.bars(quiet=quiet or as_json) as progress:
        checks = custody.verify(Case.there(case), originals or (), report, progress, roots or ())
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
