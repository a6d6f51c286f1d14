"""What no SQL can say: the rules' verdicts, reasons as written, a change at a date, what a review measured, limits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from plateglass import change as changing
from plateglass.case import Case
from plateglass.check import home as at_home
from plateglass.errors import ChangeRefused, ExtraMissing
from plateglass.model import SEARCH_VIEWS, Outcome
from plateglass.questions import released
from plateglass.questions.answer import Answer, AnswerTable, Desk, Form, Heading, Row, Value, Worth
from plateglass.questions.content import QuestionTable
from plateglass.store import Store, one_of

SHOWN: Final = 60
"""So many reasons as written stand in a table."""


def add(answer: Answer, desk: Desk) -> Answer:
    """The answer with what its question asks the program to write."""
    if not answer.question.made:
        return answer
    return _MADE[answer.question.made](answer, desk)


def _with(answer: Answer, table: AnswerTable, facts: Mapping[str, Value]) -> Answer:
    return replace(answer, tables=(*answer.tables, table), facts={**answer.facts, **facts})


def _plain(id_: str, title: str, heading: str, unit: str) -> QuestionTable:
    return QuestionTable(id=id_, title=title, sql="SELECT 1 AS label", heading=heading, unit=unit)


def _rules(answer: Answer, desk: Desk) -> Answer:
    """The three-way share of every rule that could be asked."""
    rules = desk.case.catalogue().rules
    rows, totals = [], {"rules": 0, "fails": 0, "questions": 0, "unknown": 0}
    for found in desk.findings:
        rule = rules[found.rule]
        if rule.audience != "public" or not any(n for o, n in found.counts.items() if o is not Outcome.NOT_APPLICABLE):
            continue
        fail, passed, unknown, person = (
            found.counts.get(o, 0) for o in (Outcome.FAIL, Outcome.PASS, Outcome.CANNOT_TELL, Outcome.NEEDS_PERSON)
        )
        told = fail + passed + found.question
        rows.append(Row(rule.title, rule.basis, (
            fail, found.question, passed, unknown, person, found.over / told if told else None,
        )))  # fmt: skip
        totals["rules"] += 1
        totals["fails"] += fail > 0
        totals["questions"] += found.question > 0
        totals["unknown"] += told == 0
    headings = (Heading("Fail"), Heading("Question"), Heading("Pass"), Heading("Can’t tell"), Heading("For a person"),
                Heading("At fault or counted, of those decided", "share"))  # fmt: skip
    about = _plain(
        "verdicts", "Every rule that is about something in these files, and what it says", "Rule", "units of each rule"
    )
    if not rows:
        return replace(answer, why="no rule that was checked is about anything in these files")
    return _with(answer, AnswerTable(about, headings, tuple(rows)), totals)


def _reasons(answer: Answer, desk: Desk) -> Answer:
    """Reasons as written, as far as they are released."""
    found = released.seen(desk.store, desk.case.catalogue(), desk.case.judgements())
    shown, kept, of = released.summary(found)
    about = _plain("written", "Reasons as written, in small letters", "Reason", "searches")
    rows = tuple(
        Row(one.text, "", (one.times, one.agencies, "by a person" if one.judged else "by the rule"))
        for one in shown[:SHOWN]
    )
    headings = (Heading("Searches"), Heading("Agencies"), Heading("Released", "text"))
    more = f"; {len(shown) - SHOWN} more are released and not listed" if len(shown) > SHOWN else ""
    note = (
        f"A text stands here where {released.AGENCIES} agencies or more wrote it {released.TIMES} times or more, "
        "nothing in it looks like personal data and every word is known, or a person has released it. "
        f"{kept:,} other texts of {of:,} searches are not printed{more}."
    )
    why = "" if rows else "no reason was written by enough agencies, often enough, in known words, to be printed"
    facts: dict[str, Value] = {
        "texts": len(found), "printed": len(shown), "printed_searches": sum(one.times for one in shown),
    }  # fmt: skip
    return _with(answer, AnswerTable(about, headings, rows, why, notes=(note,)), facts)


def _change(answer: Answer, desk: Desk) -> Answer:
    """The change at the date that the case states."""
    stated = {key: answer.facts.get(key) for key in ("change_on", "change_of", "change_days", "change_at_home")}
    try:
        at = date.fromisoformat(str(stated["change_on"]))
    except ValueError:
        return replace(answer, why=f"change_on is no date: {str(stated['change_on'])[:20]}; write it as 2025-12-31")
    days = stated["change_days"]
    treated = at_home(desk.store, desk.case.settings).agency if stated["change_at_home"] == "yes" else ""
    ask = changing.Ask(at, str(stated["change_of"]), days if isinstance(days, int) else changing.WINDOW, treated)
    try:
        found = changing.change(desk.store, desk.case.catalogue(), ask)
    except (ChangeRefused, ExtraMissing) as error:
        return replace(answer, why=str(error))
    return replace(_with(answer, change_table(found), {"change": found.sentence}), notes=found.notes)


def change_table(found: changing.Change) -> AnswerTable:
    """A change as a table of numbers, with what ordinary dates show."""
    share: Form = "share"
    headings = (Heading("Before", share), Heading("Expected after", share), Heading("After", share),
                Heading("Apart, in points", "number"), Heading("Lowest", "number"), Heading("Highest", "number"),
                Heading("Other dates tried"), Heading("As large there"))  # fmt: skip
    rows = []
    if found.days is not None:
        b = found.days
        rows.append(Row("days: against where they were heading", "", (
            b.before, b.expected, b.after, *_points(b.gap, b.bounds.low, b.bounds.high), *_tried(b.gap, b.placebos),
        )))  # fmt: skip
    if found.users is not None:
        u = found.users
        named = f"the same {u.users:,} users" + (f", against {u.others:,} others" if u.others else "")
        rows.append(Row(named, "", (
            u.before, None, u.after, *_points(u.change, u.bounds.low, u.bounds.high), *_tried(u.change, u.placebos),
        )))  # fmt: skip
    about = _plain("change", f"Share of {found.measure.title}, {found.start} to {found.end}", "Compared", "searches")
    note = (
        "Days: segmented regression with days of the week; expected is where the course of the days before led; "
        "bounds from residuals drawn anew a week at a time, 95 %. "
        "Users: each user's own change, weighted by searches; bounds from users drawn anew, 95 %."
    )
    return AnswerTable(about, headings, tuple(rows), notes=(note, *found.notes))


def _points(*shares: float) -> tuple[float, ...]:
    return tuple(round(100 * share, 2) for share in shares)


def _tried(value: float, placebos: Sequence[float]) -> tuple[int, int]:
    return len(placebos), sum(abs(p) >= abs(value) for p in placebos)


def _measured(answer: Answer, desk: Desk) -> Answer:
    """What a review says the counts by words are worth."""
    return _with(answer, worth_table(desk.worth), {"reviewed": len(desk.worth)})


def worth_table(worth: Sequence[Worth]) -> AnswerTable:
    """Precision, recall and corrected count of each reviewed code."""
    headings = (Heading("Read"), Heading("Found by words"), Heading("Precision", "text"), Heading("Recall", "text"),
                Heading("In all", "text"), Heading("Kappa", "text"))  # fmt: skip
    about = _plain("worth", "What a review says of the counts by words", "Code", "what was sampled")
    about = about.model_copy(update={"label": "code"})
    rows = tuple(
        Row(w.code, w.sample, (
            w.n, w.found, _percent(w.precision), _percent(w.recall), _number(w.corrected), _kappa(w.kappa),
        )) for w in worth
    )  # fmt: skip
    why = "" if rows else "not measured: no sample of this case has been read and resolved"
    notes = tuple(sorted({note for w in worth for note in w.notes}))
    return AnswerTable(about, headings, rows, why, notes=notes)


def _percent(found: tuple[float, float, float] | None) -> str:
    return "not measured" if found is None else "{:.1%} ({:.1%} to {:.1%})".format(*found).replace("%", " %")


def _number(found: tuple[float, float, float] | None) -> str:
    return "not measured" if found is None else "{:,.0f} ({:,.0f} to {:,.0f})".format(*found)


def _kappa(found: tuple[float, float, float] | None) -> str:
    return "not measured" if found is None else "{:.2f} ({:.2f} to {:.2f})".format(*found)


def _limits(answer: Answer, desk: Desk) -> Answer:
    """What this very case can't say, from what it holds."""
    rows = [Row(said, "", ()) for said in limits(desk.store, desk.case)]
    about = _plain("limits", "What these files can’t tell", "Limit", "")
    return _with(answer, AnswerTable(about, (), tuple(rows)), {"limits": len(rows)})


def limits(store: Store, case: Case) -> list[str]:
    """The limits of a case, one sentence each."""
    searches = int(store.one("SELECT count(*) FROM asked"))
    said = [_hidden(field, rows, searches) for field, rows in _hidden_fields(store).items()] if searches else []
    rejected = int(store.one("SELECT count(*) FROM rejected"))
    if rejected:
        said.append(f"{rejected:,} records could not be read and are in no count.")
    views = {row[0] for row in store.rows("SELECT DISTINCT view FROM sources")}
    missing = {
        "network_audit": "Who searched the agency’s cameras from outside: there is no network audit.",
        "organisation_audit": "What the agency’s own users searched, in full: there is no organisation audit.",
        "shared_networks": "Whom the agency shares with: there is no sharing list.",
        "incidents": "Whether a stated case exists: there is no log of incidents.",
        "accounts": "Who had an account and did not search: there is no list of accounts.",
        "audits": "Whether anybody at the agency looked at these searches: there is no record of audits.",
    }
    said += [why for view, why in missing.items() if view not in views]
    logs = int(store.one(f"SELECT count(DISTINCT log) FROM logs WHERE {one_of('view', SEARCH_VIEWS)}"))
    said.append(
        f"What is not in {'the one log' if logs == 1 else f'these {logs:,} logs'}: a log is a window, not the network."
    )
    if case.settings.zone is None:
        said.append("At what hour of the day anything was done: no time zone is stated.")
    return [*said, "What a search returned, and whether its stated reason is true."]


def _hidden_fields(store: Store) -> dict[str, dict[str, int]]:
    rows = store.rows("""
        SELECT field, state, sum(n) FROM asked_cells
        WHERE state IN ('masked', 'withheld', 'not_exported') GROUP BY field, state ORDER BY field, sum(n) DESC""")
    found: dict[str, dict[str, int]] = {}
    for field, state, n in rows:
        found.setdefault(field, {})[state] = int(n)
    return found


_WORDS: Final = {"masked": "hidden by a mark", "withheld": "withheld under a law", "not_exported": "not exported"}
_NAMED: Final = {
    "org": "Who searched", "account": "Which user searched", "networks": "How many networks a search reached",
    "devices": "How many cameras a search reached", "frame": "For what window a search asked",
    "target": "What was searched for", "reason": "Why a search was made", "case_no": "For which case a search was made",
    "filters": "With what filters a search was made", "search_type": "Of what type a search was",
    "prompt": "What free text was searched with", "moderation": "Whether the vendor warned or blocked",
    "offence": "Which offence type was chosen", "search_id": "Which records are one search, by the vendor’s id",
}  # fmt: skip


def _about(n: int, of: int) -> str:
    """A share in whole percents that never rounds something to nothing."""
    return "less than 1 %" if 100 * n < of else f"{100 * n // of} %"


def _hidden(field: str, states: Mapping[str, int], searches: int) -> str:
    parts = ", ".join(f"{_WORDS[state]} in {_about(n, searches)}" for state, n in states.items())
    return f"{_NAMED.get(field, field)}: {parts} of the searches."


_MADE: Final[Mapping[str, Callable[[Answer, Desk], Answer]]] = {
    "rules": _rules, "reasons": _reasons, "change": _change, "measured": _measured, "limits": _limits,
}  # fmt: skip
