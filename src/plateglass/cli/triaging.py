"""`sarif` and `aside`: findings for tools that keep track of them, and what a person has set aside."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from plateglass import triage
from plateglass.case import Case
from plateglass.cli import options, screen


@screen.reported
def sarif(
    case: options.CaseFolder,
    *,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Default: findings.sarif in CASE.")] = None,
    baseline: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, metavar="FILE", help="An earlier export: say what is new since then."
        ),
    ] = None,
    quiet: options.Quiet = False,
) -> None:
    """Write the findings of a case as SARIF 2.1.0."""
    made = Case.there(case)
    with screen.bars(quiet=quiet) as progress:
        screen.say(str(triage.export(made, out or made.root / "findings.sarif", baseline, progress)))


@screen.reported
def aside(
    case: options.CaseFolder,
    rule: Annotated[
        str,
        typer.Argument(
            metavar="RULE",
            autocompletion=options.a_rule,
            help="As plateglass rules list shows it.",
        ),
    ],
    *,
    why: Annotated[str, typer.Option(metavar="TEXT", help="Why it is no matter; none: take the decision back.")] = "",
    who: Annotated[str, typer.Option(metavar="NAME", help="Who decides; it stands in judgements.jsonl only.")],
    unit: Annotated[str, typer.Option(metavar="KEY", help="One unit's fingerprint, as in SARIF. Default: all.")] = "",
) -> None:
    """Set a finding aside, or one unit of it, with the reason; it stays in every report."""
    triage.set_aside(Case.there(case), rule, unit, why, who)
    screen.say(f"{rule}{' ' + unit if unit else ''}: {'set aside' if why.strip() else 'no longer set aside'}")
