"""Figures of what the home agency keeps besides logs of searches: accounts, hot lists, audits, requests, duties.

Only tables of the home agency's own files are counted: those that name it, and those that name nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from plateglass.duties.ground import Figure, Ground, Period
from plateglass.publish import words
from plateglass.publish.statutory import Answer, Blank, Grid
from plateglass.record_views import OTHER_VIEWS
from plateglass.store import Step, name

_DAY_MS: Final = 86_400_000


_EVENTS: Final = ("audits", "hit_reports", "incidents", "retention", "requests", "disseminations", "alerts")
"""Views of what happens on a day: of a report about a period those of its days. The others are lists of what is so."""
_DATED_BY: Final = {view.table: view.dated_by for view in OTHER_VIEWS.values() if view.table in _EVENTS}


def _own(table: str, period: Period | None) -> str:
    """The records of a table that are the home agency's, of a period where they are dated."""
    within = f" AND {period.holds(f't.{name(_DATED_BY[table])}')}" if period and table in _DATED_BY else ""
    return (
        f"(SELECT t.* FROM {name(table)} AS t JOIN logs AS l ON l.source = t.source AND l.part = t.part"
        f" WHERE l.owner_key = l.home_key{within})"
    )


def _figure(key: str, about: str, table: tuple[str, str], headings: Mapping[str, str], sql: str) -> Figure:
    """A figure over one of the other views; a heading says after a bar what its column is, where it is no text.

    `table` is the view, and what its records are called; `{own}` stands for the home agency's records of it.
    """
    view, called = table
    kinds = tuple(headings.values())

    def steps(ground: Ground) -> Sequence[Step]:
        own = _own(view, ground.period)
        return (
            Step(f"figure_{key}_own", f"SELECT count(*) AS n FROM {own} AS t", "how many records there are"),
            Step(f"figure_{key}", sql.replace("{own}", own), about),
        )

    def shown(ground: Ground, rows: list[tuple[Any, ...]]) -> Answer:
        if not ground.store.one(f"SELECT n FROM figure_{key}_own"):
            within = " in the period" if ground.period and view in _DATED_BY else ""
            return Blank(f"not in the records: the case has no {called} of the home agency{within}")
        cells = (tuple(_SHOWN[kind](value) for kind, value in zip(kinds, row, strict=True)) for row in rows)
        return Grid(tuple(headings), tuple(cells))

    return Figure(about, steps, shown)


def _day(value: Any) -> str:
    return "not stated" if value is None else words.day(int(value), None)


def _number(value: Any) -> str | int:
    return "not stated" if value is None else int(value)


def _text(value: Any) -> str:
    return "not stated" if value is None else words.label(str(value))


_SHOWN: Final[Mapping[str, Callable[[Any], str | int]]] = {"day": _day, "number": _number, "text": _text}

_TOLD: Final = (
    "CASE WHEN count(CASE WHEN {0}_state = 'value' THEN 1 END) > 0 THEN count(CASE WHEN {0} = '{1}' THEN 1 END) END"
)
"""How many records have a word in a field; NULL where none of them tells it."""
_BODY: Final = """
CASE WHEN w.level = 'federal' THEN 'federal bodies' WHEN w.kind IN ('private', 'vendor') THEN 'private bodies'
  WHEN w.state IS NULL THEN 'names not resolved to a state' WHEN w.state = l.owner_state THEN 'bodies of the state'
  ELSE 'bodies of other states' END"""
"""What kind of body a record's other body is."""


def _by_body(key: str, about: str, table: tuple[str, str], where: str = "true") -> Figure:
    """A figure of how many records are about which kind of body."""
    return _figure(
        key, about, table, {"Body": "text", "Number": "number", "First": "day", "Last": "day"}, f"""
        SELECT {_BODY} AS body, count(*) AS n, min(t.{_DATED[table[0]]}) AS first_at, max(t.{_DATED[table[0]]})
          AS last_at
        FROM {{own}} AS t JOIN logs AS l ON l.source = t.source AND l.part = t.part LEFT JOIN who AS w ON w.org = t.org
        WHERE {where} GROUP BY 1 ORDER BY 1""",
    )  # fmt: skip


def _by_process(key: str, about: str, table: tuple[str, str], where: str = "true") -> Figure:
    """A figure of which legal process is behind how many records."""
    return _figure(key, about, table, {"Legal process": "text", "Number": "number", "In writing": "number"}, f"""
        SELECT process, count(*) AS n, {_TOLD.format("in_writing", "yes")} AS in_writing
        FROM {{own}} AS t WHERE {where} GROUP BY process ORDER BY process""")  # fmt: skip


_DATED: Final = {"requests": "asked_at", "disseminations": "given_at"}
_ASKED: Final = ("requests", "list of requests of other bodies")
_GIVEN: Final = ("disseminations", "log of disseminations")
_ALERTS: Final = ("alerts", "list of alerts that were acted on")
_FACE: Final = "wanted = 'face_search'"
_RECEIVED: Final = "coalesce(direction, 'received') = 'received'"

KEPT: Final[Mapping[str, Figure]] = {
    "accounts/held": _figure(
        "accounts", "User accounts on the agency's list: all, those that may search, those not used for 90 days.",
        ("accounts", "list of user accounts"), {"Accounts": "text", "Number": "number"}, f"""
        SELECT what, n FROM (
          SELECT 1 AS nth, 'all' AS what, count(*) AS n FROM {{own}} AS a
          UNION ALL SELECT 2, 'that may search', CASE WHEN count(CASE WHEN may_search_state = 'value' THEN 1 END) > 0
            THEN count(CASE WHEN may_search = 'yes' THEN 1 END) END FROM {{own}} AS a
          UNION ALL SELECT 3, 'last used more than 90 days before the list’s newest use', count(CASE WHEN
            last_login_at < (SELECT max(last_login_at) FROM {{own}} AS b) - {90 * _DAY_MS} THEN 1 END) FROM {{own}} AS a
          UNION ALL SELECT 4, 'never used',
            count(CASE WHEN last_login_at_state IN ('empty', 'placeholder') THEN 1 END) FROM {{own}} AS a
        ) AS u ORDER BY nth""",
    ),
    "training/held": _figure(
        "training", "Users on the training record: those who completed a course and those who did not, with days.",
        ("training", "training records"),
        {"Users": "text", "Number": "number", "First completed": "day", "Last completed": "day"}, """
        SELECT CASE WHEN done IS NULL THEN 'without a completed course' ELSE 'with a completed course' END AS what,
          count(*) AS n, min(done) AS first_done, max(done) AS last_done
        FROM (SELECT account, max(CASE WHEN passed = 'no' THEN NULL ELSE completed_at END) AS done
              FROM {own} AS t WHERE account IS NOT NULL GROUP BY account) AS u
        GROUP BY 1 ORDER BY 1""",
    ),
    "hot-lists/held": _figure(
        "hot_lists", "Hot lists in numbers: entries, the oldest entry, entries without an end, by day of the count.",
        ("hot_lists", "count of hot lists"),
        {"Day of the count": "day", "Lists": "number", "Entries": "number", "Oldest entry": "day",
         "Last brought up to date": "day", "Entries without an end": "number"}, """
        SELECT counted_at, count(*) AS lists, sum(entries) AS entries, min(oldest_at) AS oldest,
          min(updated_at) AS updated, sum(without_end) AS without_end
        FROM {own} AS t GROUP BY counted_at ORDER BY counted_at""",
    ),
    "hot-lists/entries": _figure(
        "hot_list_entries", "Single entries of hot lists: how many, how many without an end, from when to when.",
        ("hot_list_entries", "list of hot-list entries"),
        {"Entries": "text", "Number": "number", "First": "day", "Last": "day"}, """
        SELECT what, n, first_added, last_added FROM (
          SELECT 1 AS nth, 'all' AS what, count(*) AS n, min(added_at) AS first_added, max(added_at) AS last_added
          FROM {own} AS t
          UNION ALL SELECT 2, 'without an end', count(*), min(added_at), max(added_at) FROM {own} AS t
            WHERE expires_at_state IN ('empty', 'placeholder')) AS u ORDER BY nth""",
    ),
    "retention/measured": _figure(
        "retention", "What was kept on the days when somebody looked: the oldest record, its age, what was deleted.",
        ("retention", "measurement of what is kept"),
        {"Kind of record": "text", "Looked at on": "day", "Oldest record": "day", "Its age in days": "number",
         "Set to delete after days": "number", "Deleted then": "number"}, f"""
        SELECT records_of, measured_at, min(oldest_at) AS oldest, (measured_at - min(oldest_at)) // {_DAY_MS} AS age,
          max(retention_days) AS days, sum(deleted) AS deleted
        FROM {{own}} AS t GROUP BY records_of, measured_at ORDER BY measured_at, records_of""",
    ),
    "incidents/held": _figure(
        "incidents", "Incidents on the agency's own log: closed, still open.", ("incidents", "log of incidents"),
        {"Incidents": "text", "Number": "number", "First": "day", "Last": "day"}, """
        SELECT CASE WHEN closed_at IS NULL THEN 'still open' ELSE 'closed' END AS what, count(*) AS n,
          min(opened_at) AS first_opened, max(opened_at) AS last_opened FROM {own} AS t GROUP BY 1 ORDER BY 1""",
    ),
    "audits/held": _figure(
        "audits", "Audits that the agency says it made: day, period, population, sample, exceptions.",
        ("audits", "list of internal audits"),
        {"Day of the audit": "day", "From": "day", "To": "day", "Records in the period": "number",
         "Looked at": "number", "Found wanting": "number"}, """
        SELECT performed_at, from_at, to_at, population, sampled, exceptions FROM {own} AS t
        ORDER BY performed_at, from_at, record""",
    ),
    "hits/held": _figure(
        "hit_reports", "Detections and matches with hot lists, by the period of the report.",
        ("hit_reports", "report of detections and hits"),
        {"From": "day", "To": "day", "Contributors": "number", "Detections": "number", "Hits": "number"}, """
        SELECT from_at, to_at, count(*) AS contributors, sum(detections) AS detections, sum(hits) AS hits
        FROM {own} AS t GROUP BY from_at, to_at ORDER BY from_at, to_at""",
    ),
    "declarations/held": _figure(
        "declarations", "Declarations and attestations of other bodies, by subject.",
        ("declarations", "table of declarations"),
        {"Subject": "text", "Number": "number", "First": "day", "Last": "day"}, """
        SELECT subject, count(*) AS n, min(declared_at) AS first_made, max(declared_at) AS last_made
        FROM {own} AS t GROUP BY subject ORDER BY subject""",
    ),
    "accounts/standing": _figure(
        "accounts_standing", "Accounts with and without a written authorisation; users who left, and open accounts.",
        ("accounts", "list of user accounts"), {"Accounts": "text", "Number": "number"}, """
        SELECT what, n FROM (
          SELECT 1 AS nth, 'with a day of written authorisation' AS what, CASE WHEN count(CASE WHEN
            authorised_at_state <> 'not_exported' THEN 1 END) > 0 THEN count(authorised_at) END AS n FROM {own} AS a
          UNION ALL SELECT 2, 'without one, as the list has it',
            count(CASE WHEN authorised_at_state IN ('empty', 'placeholder') THEN 1 END) FROM {own} AS a
          UNION ALL SELECT 3, 'of users who left', CASE WHEN count(CASE WHEN left_at_state <> 'not_exported'
            THEN 1 END) > 0 THEN count(left_at) END FROM {own} AS a
          UNION ALL SELECT 4, 'of them not disabled, as the list has it', count(CASE WHEN left_at IS NOT NULL AND
            disabled_at_state IN ('empty', 'placeholder') THEN 1 END) FROM {own} AS a) AS u ORDER BY nth""",
    ),
    "hits/by-kind": _figure(
        "hits_by_kind", "Matches by the kinds that Minnesota's log of use has, by the period of the report.",
        ("hit_reports", "report of detections and hits"),
        {"From": "day", "To": "day", "Plates read": "number", "Stolen": "number", "Warrant or licence": "number",
         "Investigation": "number"}, """
        SELECT from_at, to_at, sum(detections) AS detections, sum(hits_stolen) AS stolen, sum(hits_warrant) AS warrant,
          sum(hits_case) AS investigation FROM {own} AS t GROUP BY from_at, to_at ORDER BY from_at, to_at""",
    ),
    "requests/held": _figure(
        "requests", "Requests of other bodies, by what was asked for and what became of them.", _ASKED,
        {"Asked for": "text", "Requests": "number", "Granted": "number", "In part": "number", "Declined": "number",
         "In writing": "number"}, f"""
        SELECT wanted, count(*) AS n, {_TOLD.format("outcome", "granted")} AS granted,
          {_TOLD.format("outcome", "in_part")} AS in_part, {_TOLD.format("outcome", "declined")} AS declined,
          {_TOLD.format("in_writing", "yes")} AS in_writing
        FROM {{own}} AS t WHERE {_RECEIVED} GROUP BY wanted ORDER BY wanted""",
    ),
    "requests/by-body": _by_body("requests_bodies", "Requests of other bodies, by kind of body.", _ASKED, _RECEIVED),
    "requests/by-process": _by_process(
        "requests_process", "Requests of other bodies, by the legal process that came with them.", _ASKED, _RECEIVED),
    "face-requests/held": _figure(
        "face_requests", "Requests for face-recognition searches: how many came in and went out, and matches.", _ASKED,
        {"Requests": "text", "Number": "number", "Granted": "number", "With a match": "number"}, f"""
        SELECT coalesce(direction, 'received') AS direction, count(*) AS n,
          {_TOLD.format("outcome", "granted")} AS granted,
          CASE WHEN count(matches) > 0 THEN count(CASE WHEN matches > 0 THEN 1 END) END AS matched
        FROM {{own}} AS t WHERE {_FACE} GROUP BY 1 ORDER BY 1""",
    ),
    "face-requests/by-body": _by_body(
        "face_bodies", "Requests for face-recognition searches, by the other body's kind.", _ASKED, _FACE),
    "face-requests/by-process": _by_process(
        "face_process", "Requests for face-recognition searches, by the legal process behind them.", _ASKED, _FACE),
    "disseminations/by-body": _by_body(
        "given_bodies", "Records given to other bodies, by kind of body.", _GIVEN),
    "disseminations/by-process": _by_process(
        "given_process", "Records given to other bodies, by the legal process behind them.", _GIVEN),
    "alerts/by-list": _figure(
        "alerts", "Alerts that somebody acted on, by what the entry is for, with what was checked before.", _ALERTS,
        {"Entry": "text", "Alerts": "number", "Plate checked": "number", "Entry confirmed": "number",
         "Misread": "number", "Stops": "number"}, f"""
        SELECT list_kind, count(*) AS n, {_TOLD.format("plate_checked", "yes")} AS seen,
          {_TOLD.format("list_checked", "yes")} AS confirmed, {_TOLD.format("misread", "yes")} AS misread,
          {_TOLD.format("stopped", "yes")} AS stops FROM {{own}} AS t GROUP BY list_kind ORDER BY list_kind""",
    ),
    "alerts/stops": _figure(
        "alerts_stops", "Stops that came from alerts, by what came of them.", _ALERTS,
        {"Outcome": "text", "Stops": "number", "Without other grounds": "number"}, f"""
        SELECT outcome, count(*) AS n, {_TOLD.format("own_grounds", "no")} AS alone
        FROM {{own}} AS t WHERE stopped = 'yes' GROUP BY outcome ORDER BY outcome""",
    ),
    "duties/held": _figure(
        "duties", "What the agency owes, as its own list has it: period, day due, day done, day published.",
        ("duties", "list of what the agency owes"),
        {"Duty": "text", "From": "day", "To": "day", "Due": "day", "Done": "day", "Published": "day"}, """
        SELECT duty, from_at, to_at, due_at, done_at, published_at FROM {own} AS t
        ORDER BY duty, coalesce(to_at, due_at, done_at), source, part, record""",
    ),
}  # fmt: skip
"""Name -> figure."""
