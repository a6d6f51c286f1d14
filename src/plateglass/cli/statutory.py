"""`report --for`: the reports that laws ask for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from plateglass import duties
from plateglass.case import Case
from plateglass.cli import options, screen
from plateglass.duties import Period

For = Annotated[
    list[str] | None,
    typer.Option(
        "--for",
        metavar="ID",
        autocompletion=options.completion(duties.shapes.shapes),
        help="A report that a law asks for: us-mn, us-va, us-ca, us-nj, us-or, us-ma, ccops, general; repeatable.",
    ),
]
Sent = Annotated[
    datetime | None,
    typer.Option("--sent", formats=["%Y-%m-%d"], metavar="DATE", help="The day of sending: dates the letters, and "
                 "computes when each answer is due."),
]  # fmt: skip
First = Annotated[
    datetime | None,
    typer.Option("--from", formats=["%Y-%m-%d"], metavar="DATE", help="With --for: the first day that the report is "
                 "about, in the agency's zone. Default: all that the case holds."),
]  # fmt: skip
Last = Annotated[
    datetime | None,
    typer.Option("--to", formats=["%Y-%m-%d"], metavar="DATE", help="With --for: the last day, which is in it too."),
]  # fmt: skip
Pdf = Annotated[bool, typer.Option("--pdf", help="With --for: also as a tagged PDF (needs the extra `print`).")]
Auditor = Annotated[str, typer.Option(metavar="NAME", help="With --for: who audited. Default: a line to sign.")]
Independence = Annotated[
    str, typer.Option(metavar="TEXT", help="With --for: why the auditor is independent of the system.")
]
Reviewer = Annotated[str, typer.Option(metavar="NAME", help="With --for: who reviewed. Default: a line to sign.")]
Approver = Annotated[str, typer.Option(metavar="NAME", help="With --for: who approved. Default: a line to sign.")]


def period(first: datetime | None, last: datetime | None) -> Period | None:
    """The days that a report is about; None where neither is given.

    Raises:
        typer.BadParameter: only one of the two, or the last before the first.
    """
    if first is None and last is None:
        return None
    if first is None or last is None or last < first:
        raise typer.BadParameter("a first day, and a last day that is not before it", param_hint="--from, --to")
    return Period(first.date(), last.date())


def write(made: Case, orders: Sequence[duties.Order], out: Path | None, *, quiet: bool, as_json: bool = False) -> None:
    """Write each report into a folder of its own below the case's `reports`, or below --out."""
    written = {}
    for order in orders:
        with screen.bars(quiet=quiet or as_json) as progress:
            folder = (out or made.root / "reports") / order.name
            written[order.name] = str(duties.report(made, order, folder, progress))
        if not as_json:
            screen.say(written[order.name])
    if as_json:
        screen.machine({"reports": written})


@screen.reported
def requests(
    case: options.CaseFolder,
    out: options.Out = None,
    wanted: For = None,
    sent: Sent = None,
    quiet: options.Quiet = False,
) -> None:
    """Write a public-records request for each record that would settle what the case can't tell.

    A letter a record series and agency, and index.csv with the deadlines; blanks are those of the report of the
    home agency's state unless --for names others. With --sent also the day on which each answer is due.
    """
    made = Case.there(case)
    shapes = [duties.shape(made.catalogue(), id_) for id_ in dict.fromkeys(wanted or ())]
    with screen.bars(quiet=quiet) as progress:
        day = sent.date() if sent else None
        written = duties.requests(made, shapes, out or made.root / "requests", progress, sent=day)
    if not quiet:
        _due(written.letters)
    screen.say(str(written.index))


def _due(letters: Iterable[duties.Letter]) -> None:
    """What is due when, from whom, and for how many letters; nothing where no day was computed."""
    due = Counter(
        (str(each.on), letter.custodian.name, each.deadline.what, each.deadline.cite, each.deadline.review)
        for letter in letters for each in letter.dues if each.on
    )  # fmt: skip
    if due:
        screen.rows(
            ("due", "from", "letters", "what", "citation", "read"),
            ((on, who, str(number), *rest) for (on, who, *rest), number in sorted(due.items())),
        )
        screen.note("the earliest days; which days were taken for closed stands in each letter and in the index")
