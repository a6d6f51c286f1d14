"""The questions that a case is asked, out of the box: each answered with its number and bounds, or the reason why not.

A question is a content file. `content.py` says what it may hold, `tables.py` what its SQL may read, `needs.py` whether
the case holds what it needs, `kinds.py` what its rows are made into, `written.py` what no SQL can say. No answer holds
a text of a record but those that `released.py` lets pass; none holds a token; a question for the custodian is asked in
the custodian's own case only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from string import Formatter
from typing import Any, Final

from plateglass import check, store
from plateglass.case import Case
from plateglass.catalogue import Catalogue
from plateglass.check import searches as searching
from plateglass.check import views
from plateglass.check.clock import month_name
from plateglass.check.world import world
from plateglass.errors import ContentMalformed, Place, RuleRefused
from plateglass.model import Finding
from plateglass.questions import kinds, needs, once, released, tables, written
from plateglass.questions.answer import Answer, AnswerTable, Desk, Heading, Row, Value, Worth
from plateglass.questions.content import Question, QuestionTable, happenings, questions
from plateglass.store import Store

__all__ = [
    "KEPT",
    "Answer",
    "AnswerTable",
    "Heading",
    "Row",
    "Value",
    "Worth",
    "answers",
    "ground",
    "happenings",
    "kept",
    "month_name",
    "questions",
    "released",
    "sql_of",
    "texts",
    "written",
]

_FORBIDDEN: Final = ("log", "owner_key", "owner_said")
"""Columns of documented tables that may hold a name as a file has it."""


def answers(
    store_: Store, case: Case, findings: Sequence[Finding], worth: Sequence[Worth] = (), only: Sequence[str] = ()
) -> list[Answer]:
    """The answer to every question, or to those named, in the order of their ids.

    Raises:
        ContentMalformed: a question's SQL is not what it may be.
    """
    catalogue = case.catalogue()
    asked = {id_: q for id_, q in sorted(questions(catalogue).items()) if not only or id_ in only}
    closed = {id_ for id_, q in asked.items() if q.audience == "custodian" and not case.settings.custodian}
    desk = _desk(store_, case, {id_: q for id_, q in asked.items() if id_ not in closed}, catalogue)
    desk = replace(desk, findings=findings, worth=worth)
    return [kept(q) if id_ in closed else _answer(q, desk) for id_, q in asked.items()]


def kept(question: Question) -> Answer:
    """What anybody is told of a question for the custodian: that it is kept, and nothing of its answer."""
    return Answer(question, "", KEPT)


KEPT: Final = "it is kept for the custodian of the log, and answered in the custodian’s own case only, in a page apart"
"""Why a question for the custodian has no answer that anybody may read."""


def texts(store_: Store, case: Case) -> list[released.Seen]:
    """Every reason as written, with why it may not be printed: for a person who decides, and for nothing else."""
    catalogue = case.catalogue()
    _desk(store_, case, {}, catalogue)
    return released.seen(store_, catalogue, case.judgements())


def ground(store_: Store, case: Case) -> str:
    """Make the view `searches`, what it joins, and its copies; the home agency's id, empty where it is not known."""
    home = check.home(store_, case.settings)
    store_.run(*searching.ground(home))
    store_.run(*views.prepare(world(store_, home), ()))
    store_.run(*once.steps(store_))
    return home.agency


def _desk(store_: Store, case: Case, asked: Mapping[str, Question], catalogue: Catalogue) -> Desk:
    """Make the tables that the questions read, and look at what the case holds."""
    settings, events = case.settings, happenings(catalogue)
    home = check.home(store_, settings)
    store_.run(*searching.ground(home))
    seen = world(store_, home)
    wanted = {view for question in asked.values() for view in question.views}
    store_.run(*views.prepare(seen, wanted))
    words = {word for question in asked.values() for sql in _sqls(question) for word in re.findall(r"\w+", sql)}
    store_.run(tables.events(events))
    tables.steps(store_, case.work, frozenset(words | {"searched_at"}), catalogue.reasons)
    stated: dict[str, int | float | str | None] = dict(settings.parameters)
    first, last = store_.rows("SELECT min(searched_at), max(searched_at) FROM asked")[0]
    held = needs.held(store_, settings, home.agency, stated)
    return Desk(store_, case, held, (), (), None if first is None else (first, last))


def _sqls(question: Question) -> list[str]:
    return [sql for sql in (question.facts, *(table.sql for table in question.tables)) if sql]


def _answer(question: Question, desk: Desk) -> Answer:
    values = {key: parameter.default for key, parameter in question.parameters.items()} | {
        key: value for key, value in desk.held.parameters.items() if key in question.parameters
    }
    values |= {f"{key}_day": day for key, value in values.items() if (day := _day(value)) is not None}
    held = replace(desk.held, parameters={**desk.held.parameters, **values})
    why = needs.unmet(question.needs, held)
    if why:
        return Answer(question, "", why, period=desk.period)
    facts: dict[str, Value] = dict(values)
    if question.facts:
        rows = _rows(desk.store, question, question.facts, values)
        facts |= {key: kinds.number(value) for key, value in rows[0].items()}
    made = []
    for table in question.tables:
        one, more = _table(table, question, values, replace(desk, held=held))
        made.append(one)
        facts |= more
    answer = Answer(question, "", "", tuple(made), facts, (), desk.period)
    if made and not question.facts and all(table.why for table in made):
        return replace(answer, why=made[0].why)
    answer = written.add(answer, desk)
    return answer if answer.why else replace(answer, sentence=_said(question, answer.facts))


def _day(value: float | str | None) -> int | None:
    """The day of a parameter that is a date or a time, since 1970."""
    try:
        return (datetime.fromisoformat(value).date() - date(1970, 1, 1)).days if isinstance(value, str) else None
    except ValueError:
        return None


def _table(
    table: QuestionTable, question: Question, values: Mapping[str, int | float | str | None], desk: Desk
) -> tuple[AnswerTable, dict[str, Value]]:
    why = needs.unmet(table.needs, desk.held)
    if why:
        return AnswerTable(table, (), (), why), {}
    return kinds.made(table, _rows(desk.store, question, table.sql, values), question.id)


def sql_of(question: Question, sql: str, values: Mapping[str, int | float | str | None]) -> str:
    """A question's SQL as it runs.

    Raises:
        ContentMalformed: it is not one SELECT over the documented tables in the portable subset.
    """
    try:
        return store.selection(sql, tables.documented(), values, _FORBIDDEN)
    except RuleRefused as error:
        raise ContentMalformed(
            error.found, expected=error.expected, place=Place(f"questions/{question.id}.toml")
        ) from error


def _rows(
    store_: Store, question: Question, sql: str, values: Mapping[str, int | float | str | None]
) -> list[dict[str, Any]]:
    rows = store_.records(sql_of(question, sql, values))
    if rows and any(hasattr(value, "hex") and hasattr(value, "fields") for row in rows[:20] for value in row.values()):
        raise ContentMalformed("the SQL gives a token", place=Place(f"questions/{question.id}.toml"))
    return rows


_SHARES: Final = re.compile(r"_(?:share|low|high|top\d+|middle)$|^share")


def _said(question: Question, facts: Mapping[str, Value]) -> str:
    """The sentence with its numbers, written as a reader expects them."""
    named = [field for _, field, _, _ in Formatter().parse(question.says) if field]
    empty = tuple(f"{table.id}_" for table in question.tables)
    shown = {key: _number(key, facts.get(key)) for key in named}
    if unknown := [key for key in named if key not in facts and not key.startswith(empty)]:
        raise ContentMalformed(
            f"the sentence names {unknown[0]}, which no SQL gives", place=Place(f"questions/{question.id}.toml")
        )
    return question.says.format(**shown)


def _number(key: str, value: Value) -> str:
    if value is None:
        return "not told"
    if isinstance(value, str):
        return value
    if _SHARES.search(key) and 0 <= value <= 1:
        return kinds.percent(value)
    return f"{value:,.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else f"{value:,}"
