"""Whether wording changed at a date: the days as an interrupted series, and the same users before and after.

A change of the vendor's form that alters what the measure reads is an era. No comparison crosses one: where an era
lies beside the date, the window is cut back to it and that is said; where it lies at the date, the question is refused,
because the form and the conduct can't be told apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from plateglass import spread
from plateglass.catalogue import Catalogue, Era
from plateglass.check.clock import DAY_MS
from plateglass.errors import ChangeRefused
from plateglass.model import SEARCH_VIEWS
from plateglass.spread import Break, Shift, UserWeek
from plateglass.store import Step, Store, name, one_of, text

LEAST: Final = 28
"""Days that each side must have."""
SURE: Final = 45
"""With fewer days on a side nothing is called a change: docs/questions.md has how often bounds miss."""
APART: Final = 14
"""An era that begins fewer days from the date can't be told from it."""
WINDOW: Final = 90
"""Days on each side, unless somebody says otherwise."""
_USERS: Final = 5_000
"""So many users at most are compared; of more, those that a fixed lot names."""
_EPOCH: Final = date(1970, 1, 1)


@dataclass(frozen=True)
class Measure:
    """What is counted among the searches."""

    title: str
    """In a reader's words: searches whose ..."""
    found: str
    """Predicate over `searches`: which are counted."""
    told: str
    """Predicate: which searches can be told."""
    fields: tuple[str, ...]
    """The fields that it reads."""


NOT_JUDGED: Final = (
    "reason_state IN ('empty', 'placeholder') AND (offence_state IN ('value', 'partial') "
    "OR view = 'portal_audit' AND offence_state = 'not_exported')"
)
"""Predicate over `searches`: the reason is blank, but the purpose is stated as an offence type, or may be in a column
that the portal does not give out: that search is not one without a reason."""
_SAID: Final = f"quality IS NOT NULL AND quality <> 'qx' AND NOT ({NOT_JUDGED})"
MEASURES: Final[Mapping[str, Measure]] = {
    "vague": Measure(
        "searches whose reason is blank, a placeholder or generic", "quality IN ('q0', 'q1', 'q2')", _SAID, ("reason",)
    ),
    "no-reason": Measure(
        "searches without a reason", "reason_state IN ('empty', 'placeholder')",
        f"reason_state IN ('value', 'partial', 'empty', 'placeholder') AND NOT ({NOT_JUDGED})", ("reason",),
    ),
    "no-case": Measure(
        "searches without a case number", "case_no_state IN ('empty', 'placeholder') AND coalesce(quality, '') "
        "NOT IN ('q4', 'q5')", "case_no_state IN ('value', 'partial', 'empty', 'placeholder')", ("case_no", "reason"),
    ),
    "narrative": Measure("searches whose reason tells a fact", "quality = 'q6'", _SAID, ("reason",)),
    "wide": Measure(
        "searches that reach more than 100 networks", "networks > 100", "networks_state = 'value' AND networks > 0",
        ("networks",),
    ),
}  # fmt: skip
"""What can be asked about besides any code, such as p01."""


@dataclass(frozen=True)
class Ask:
    """A question about a date."""

    at: date
    """The first day after the change."""
    what: str = "vague"
    """A measure, or a code."""
    days: int = WINDOW
    """Days on each side, at most."""
    treated: str = ""
    """The agency that the change concerned, by id; empty: everybody, so that there is nobody to compare with."""


@dataclass(frozen=True)
class Change:
    """What the days and the users say."""

    ask: Ask
    measure: Measure
    start: date
    end: date
    searches: int
    logs: int
    days: Break | None
    users: Shift | None
    notes: tuple[str, ...]
    """How the window was cut, what was left out, and why a part is missing."""

    @property
    def sentence(self) -> str:
        """The answer in one sentence."""
        if self.days is None:
            return "No number: a side of the date has fewer than 28 days with searches."
        b, named = self.days, self.measure.title
        return (
            f"From {self.ask.at.isoformat()} on the share of {named} was {_percent(b.after)}; the course of the days "
            f"before, with days of the week, led to {_percent(b.expected)}. {_moved(b)} Without a look at any course, "
            f"all days before taken together, it was {_percent(b.before)}. {_ordinary(b)}"
        )


def _moved(found: Break) -> str:
    """What the difference from the course comes to; nothing is called a change that may well be none."""
    apart = f"{_points(abs(found.gap))} {'above' if found.gap > 0 else 'below'} it"
    apart += f" ({_points(found.bounds.low)} to {_points(found.bounds.high)})"
    if not 0 <= found.expected <= 1:
        return f"Whether it changed can't be told: {apart}, but that course leads to what no share can be."
    if found.least < SURE:
        return (
            f"Whether it changed can't be told: {apart}, but a side has {found.least} days with searches, and from "
            f"fewer than {SURE} such bounds miss too often."
        )
    if found.bounds.low <= 0 <= found.bounds.high:
        return f"That can't be told from no change: {apart}."
    return f"It {'rose' if found.gap > 0 else 'fell'}: {apart}."


def _ordinary(found: Break) -> str:
    n = len(found.placebos)
    if not n:
        return "There are too few days to try other dates."
    as_large = round(found.chance * (n + 1)) - 1
    return f"Of {n} other dates {as_large} show a difference as large."


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _points(share: float) -> str:
    return f"{100 * share:.1f} points"


def measure(what: str, codes: Sequence[str]) -> Measure:
    """What is counted, by its name or as a code.

    Raises:
        ChangeRefused: there is no such measure and no such code.
    """
    if what in MEASURES:
        return MEASURES[what]
    if what in codes:
        return Measure(
            f"searches coded {what.upper()}", f"{name(what)} IN ('explicit', 'probable')", _SAID, ("reason", "offence")
        )
    raise ChangeRefused(f"nothing is called {what!r}", expected=f"one of {', '.join(MEASURES)}, or a code such as p01")


def change(store: Store, catalogue: Catalogue, ask: Ask) -> Change:
    """The answer for one date; the view `searches` and the tables `logs` and `search_copies` stand already.

    Raises:
        ChangeRefused: an era stands at the date, or too few days are left on one side.
    """
    codes = [row[0] for row in store.rows("SELECT column_name FROM (DESCRIBE searches)") if row[0] in catalogue.reasons]
    what = measure(ask.what, codes)
    logs, start, end, notes = _window(store, ask)
    start, end, cut = _within_eras(_eras(store, catalogue, what.fields, logs), ask.at, (start, end))
    _days(store, ask, what, (logs, start, end))
    rows = store.rows("SELECT day, sum(found), count(*) FROM change_searches GROUP BY day ORDER BY day")
    series = [(int(day), int(found), int(seen)) for day, found, seen in rows]
    named = [era for era in _eras(store, catalogue, ("account",), logs) if start < era.start < end]
    users, why = (None, [_UNNAMED]) if named else _users(store, ask)
    counted = sum(seen for _, _, seen in series)
    found = spread.breaks(series, (ask.at - _EPOCH).days)
    return Change(ask, what, start, end, counted, len(logs), found, users, (*notes, *cut, *why))


def _window(store: Store, ask: Ask) -> tuple[list[str], date, date, list[str]]:
    """The logs that reach over the date, and the days that all of them cover."""
    rows = store.rows(
        f"SELECT log, min(first_at), max(last_at), sum(accepted) FROM logs WHERE {one_of('view', SEARCH_VIEWS)} "
        "AND first_at IS NOT NULL GROUP BY log ORDER BY sum(accepted) DESC, log"
    )
    spans = [(log, _on(first), _on(last)) for log, first, last, _ in rows]
    near = timedelta(days=LEAST)
    over = [span for span in spans if span[1] <= ask.at - near and span[2] >= ask.at + near]
    if not over:
        raise ChangeRefused(
            f"no log covers {LEAST} days on both sides of {ask.at.isoformat()}",
            remedy="add logs of the time around it, or ask about another date",
        )
    most = timedelta(days=max(ask.days, LEAST))
    start, end = max(ask.at - most, over[0][1]), min(ask.at + most, over[0][2] + timedelta(days=1))
    kept = [log for log, first, last in over if first <= start and last + timedelta(days=1) >= end]
    left = len(spans) - len(kept)
    notes = [f"{left} of {len(spans)} logs don't cover the whole window and are left out"] if left else []
    return kept, start, end, notes


def _on(at: int) -> date:
    return datetime.fromtimestamp(at / 1000, UTC).date()


def _eras(store: Store, catalogue: Catalogue, fields: Sequence[str], logs: Sequence[str]) -> list[Era]:
    """The eras of the logs' layouts that change one of the fields."""
    listed = ", ".join(text(log) for log in logs)
    layouts = {row[0] for row in store.rows(f"SELECT DISTINCT layout FROM logs WHERE log IN ({listed})")}
    return [
        era
        for eras in catalogue.eras.values()
        if layouts & set(eras.layouts)
        for era in eras.eras
        if set(era.fields) & set(fields)
    ]


def _within_eras(eras: Sequence[Era], at: date, window: tuple[date, date]) -> tuple[date, date, list[str]]:
    """The window, cut back to the eras that stand in it; the end is the first day that no longer counts."""
    start, end, notes = *window, []
    for era in sorted(eras, key=lambda era: era.start):
        last = era.end or era.start
        if era.start - timedelta(days=APART) < at <= last + timedelta(days=APART if era.end is None else 0):
            raise ChangeRefused(
                f"the form itself changed at that time: {era.title} ({era.start.isoformat()})",
                expected=f"a date more than {APART} days from it",
                remedy="what people wrote and what the form let them write can't be told apart there",
            )
        before, after = (last + timedelta(days=1) if era.end else last), era.start
        if start < before <= at:
            start = before
            notes.append(f"nothing before {start.isoformat()} is used, because of a change of the form: {era.title}")
        elif at < after < end:
            end = after
            notes.append(f"nothing from {end.isoformat()} on is used, because of a change of the form: {era.title}")
    if min((at - start).days, (end - at).days) < LEAST:
        raise ChangeRefused(
            f"{(at - start).days} days are left before the date and {(end - at).days} after it",
            expected=f"{LEAST} on each side", remedy="; ".join(notes) or "ask about another date",
        )  # fmt: skip
    return start, end, notes


def _days(store: Store, ask: Ask, what: Measure, within: tuple[Sequence[str], date, date]) -> None:
    """The searches of the window, each once, with whether it is counted."""
    logs, start, end = within
    listed = ", ".join(text(log) for log in logs)
    day = f"coalesce(s.searched_local, s.searched_at) // {DAY_MS}"
    treated = f"s.agency = {text(ask.treated)}" if ask.treated else "true"
    copies = "k.source = s.source AND k.part = s.part AND k.record = s.record"
    sql = f"""
        SELECT day, account, org, treated, found FROM (
          SELECT s.*, CASE WHEN k.link IS NULL THEN 1 ELSE row_number() OVER (PARTITION BY k.link
              ORDER BY CASE WHEN l.view = 'organisation_audit' THEN 0 ELSE 1 END, s.log_no, s.record) END AS nth
          FROM (SELECT s.source, s.part, s.record, s.log_no, {day} AS day, s.account, s.org,
                  coalesce({treated}, false) AS treated, CASE WHEN {what.found} THEN 1 ELSE 0 END AS found
                FROM searches AS s WHERE {what.told}
                  AND {day} >= {(start - _EPOCH).days} AND {day} < {(end - _EPOCH).days}) AS s
          JOIN logs AS l ON l.log_no = s.log_no LEFT JOIN search_copies AS k ON {copies}
          WHERE l.log IN ({listed})) AS c WHERE nth = 1"""
    store.run(Step("change_everybody", sql, "the searches of the window"))
    store.run(Step("change_searches", "SELECT day, found FROM change_everybody WHERE treated", lazy=True))


_UNNAMED: Final = "users are not compared: the form changed how it names them within the window"


def _users(store: Store, ask: Ask) -> tuple[Shift | None, list[str]]:
    """The same users before and after; or why there are none to compare."""
    at = (ask.at - _EPOCH).days
    many = int(store.one("SELECT count(*) FROM (SELECT DISTINCT account, org FROM change_everybody) AS u"))
    rows = store.rows(f"""
        SELECT user_no, treated, CAST(floor((day - {at}) / 7.0) AS BIGINT) AS week, sum(found), count(*)
        FROM (SELECT u.user_no, s.treated, s.day, s.found FROM change_everybody AS s
              JOIN (SELECT account, org, row_number() OVER (ORDER BY account, org) AS user_no
                    FROM (SELECT DISTINCT account, org FROM change_everybody WHERE account IS NOT NULL) AS d) AS u
                ON u.account = s.account AND u.org IS NOT DISTINCT FROM s.org
              WHERE u.user_no % {many // _USERS + 1} = 0) AS t
        GROUP BY user_no, treated, CAST(floor((day - {at}) / 7.0) AS BIGINT)""")
    weeks = [UserWeek(int(u), bool(t), int(w), int(f), int(n)) for u, t, w, f, n in rows]
    if not weeks:
        return None, ["users are not compared: the logs do not tell them apart"]
    found = spread.shifts(weeks)
    if found is None:
        return None, ["users are not compared: fewer than ten have three searches on both sides"]
    alone = [] if found.others else ["no users are known whom the change did not concern: the users' own change stands"]
    return found, alone
