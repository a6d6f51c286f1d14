"""`questions` and `change`: what a case is asked, and whether wording changed at a date."""

from __future__ import annotations

import sys
from datetime import date, datetime
from typing import Annotated, Any

import typer

from plateglass import change as changing
from plateglass import pipeline, publish, questions
from plateglass.case import Case
from plateglass.change import Ask
from plateglass.cli import options, screen
from plateglass.errors import CaseUnusable
from plateglass.publish.questions import AnswerPage, TablePage

Ids = Annotated[list[str] | None, typer.Argument(
    metavar="[ID]...", autocompletion=options.a_question, help="Questions, such as q08. Default: all.",
)]  # fmt: skip


def _a_measure(incomplete: str) -> list[str]:
    return [*(each for each in changing.MEASURES if each.startswith(incomplete)), *options.a_code(incomplete)]


What = Annotated[
    str,
    typer.Option(
        metavar="WHAT",
        autocompletion=_a_measure,
        help=f"What is counted: {', '.join(changing.MEASURES)}, or a code such as p01.",
    ),
]
Days = Annotated[int, typer.Option(min=changing.LEAST, metavar="N", help="Days on each side, at most.")]
_SHOWN = 30
"""So many rows of a table are printed; --json has all."""


@screen.reported
def ask(case: options.CaseFolder, ids: Ids = None, quiet: options.Quiet = False, as_json: options.Json = False) -> None:
    """Answer the thirty questions of a case, or those named, as its report would."""
    made = Case.there(case)
    known = questions.questions(made.catalogue())
    for id_ in ids or ():
        if id_ not in known:
            raise CaseUnusable(f"no question is called {id_!r}", expected=", ".join(known))
    with screen.bars(quiet=quiet or as_json) as progress:
        books = pipeline.asked(made, ids or (), progress)
    pages = {page.answer.question.id: page for book in books for page in book.answers}  # the custodian's book is last
    if as_json:
        screen.machine({id_: publish.answer(page) for id_, page in pages.items()})
        return
    for page in pages.values():
        _told(page, whole=bool(ids))


def _told(page: AnswerPage, *, whole: bool) -> None:
    """One answer: its sentence, or why there is none; its tables where the question was named."""
    question = page.answer.question
    closed = " (for the custodian’s reviewer only)" if question.audience == "custodian" else ""
    screen.say(f"{question.id}  {question.title}{closed}")
    screen.say(f"     {page.answer.sentence or 'can’t be answered: ' + page.answer.why}")
    if not whole:
        return
    screen.say(f"     where it may be wrong: {question.uncertainty}")
    for reading in question.readings:
        screen.say(f"     may also be read as: {reading}")
    for table in page.tables:
        _table(table)


def _table(table: TablePage) -> None:
    screen.say("")
    screen.say(table.title + (f": not shown, {table.why}" if table.why else ""))
    if table.lines and not table.why:
        kind = ("kind",) if table.series else ()
        rows = [(line.label, *((line.series,) if table.series else ()), *line.cells) for line in table.lines[:_SHOWN]]
        screen.rows((table.heading, *kind, *(heading.title for heading in table.columns)), rows)
    for note in table.notes:
        screen.say(note)


@screen.reported
def release(
    case: options.CaseFolder,
    *,
    by: Annotated[str, typer.Option(metavar="NAME", help="Who decides; it stands in the case's judgements.jsonl.")],
    least: Annotated[int, typer.Option(min=1, metavar="N", help="Only texts that were written so often.")] = 10,
    quiet: options.Quiet = False,
) -> None:
    """Decide which reasons may be printed as they were written; what nobody decides keeps to the rule."""
    made = Case.there(case)
    with screen.bars(quiet=quiet) as progress, pipeline.prepared(made, progress) as store:
        found = questions.released.held_back(questions.texts(store, made), least=least)

        def keep(one: questions.released.Seen, yes: bool) -> None:
            for line in questions.released.judgements(one, by, release=yes):
                made.append(line, made.judgements_file)

        yes, no = questions.released.session(found, _typed, screen.say, keep)
    screen.say(f"{yes:,} released, {no:,} held back for good, {len(found) - yes - no:,} undecided")


def _typed(prompt: str) -> str | None:
    """One line that somebody types; None where the input ends."""
    sys.stdout.write(prompt)
    sys.stdout.flush()
    line = sys.stdin.readline()
    return line.rstrip("\n") if line else None


@screen.reported
def change(
    case: options.CaseFolder,
    *,
    on: Annotated[
        datetime, typer.Option("--date", formats=["%Y-%m-%d"], metavar="DATE", help="The first day after the change.")
    ],
    what: What = "vague",
    days: Days = changing.WINDOW,
    at_home: Annotated[
        bool, typer.Option("--at-home", help="The change concerned the home agency only: compare with everybody else.")
    ] = False,
    quiet: options.Quiet = False,
    as_json: options.Json = False,
) -> None:  # fmt: skip
    """Whether wording changed at a date: days against their course, users against themselves."""
    made = Case.there(case)
    with screen.bars(quiet=quiet or as_json) as progress:
        found = pipeline.changed(made, Ask(on.date(), what, days), progress, at_home=at_home)
    table = questions.written.change_table(found)
    if as_json:
        screen.machine(_machine(found, table))
        return
    screen.say(found.sentence)
    headings = ("compared", *(heading.title.lower() for heading in table.headings))
    screen.rows(headings, [(str(row.label), *map(_cell, row.values)) for row in table.rows])
    for note in table.notes:
        screen.say(note)


def _machine(found: changing.Change, table: questions.AnswerTable) -> dict[str, Any]:
    return {
        "date": found.ask.at.isoformat(), "what": found.ask.what, "from": _day(found.start), "to": _day(found.end),
        "searches": found.searches, "logs": found.logs, "sentence": found.sentence,
        "columns": ["compared", *(heading.title for heading in table.headings)],
        "rows": [[row.label, *row.values] for row in table.rows], "notes": list(table.notes),
    }  # fmt: skip


def _day(day: date) -> str:
    return day.isoformat()


def _cell(value: questions.Value) -> str:
    return f"{value:.3f}" if isinstance(value, float) else "" if value is None else str(value)
