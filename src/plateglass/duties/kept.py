"""Figures of what the home agency keeps besides logs of searches: accounts, training, hot lists, retention, audits.

Only tables of the home agency's own files are counted: those that name it, and those that name nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from plateglass.duties.ground import Figure, Ground
from plateglass.publish import words
from plateglass.publish.statutory import Answer, Blank, Grid
from plateglass.store import Step, name

_DAY_MS: Final = 86_400_000


def _own(table: str) -> str:
    """The records of a table that are the home agency's."""
    return (
        f"(SELECT t.* FROM {name(table)} AS t JOIN logs AS l ON l.source = t.source AND l.part = t.part"
        " WHERE l.owner_key = l.home_key)"
    )


def _figure(key: str, about: str, table: tuple[str, str], headings: Mapping[str, str], sql: str) -> Figure:
    """A figure over one of the other views; a heading says after a bar what its column is, where it is no text.

    `table` is the view, and what its records are called; `{own}` stands for the home agency's records of it.
    """
    view, called = table
    kinds = tuple(headings.values())

    def steps(_ground: Ground) -> Sequence[Step]:
        return (
            Step(f"figure_{key}_own", f"SELECT count(*) AS n FROM {_own(view)} AS t", "how many records there are"),
            Step(f"figure_{key}", sql.replace("{own}", _own(view)), about),
        )

    def shown(ground: Ground, rows: list[tuple[Any, ...]]) -> Answer:
        if not ground.store.one(f"SELECT n FROM figure_{key}_own"):
            return Blank(f"not in the records: the case has no {called} of the home agency")
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
}  # fmt: skip
"""Name -> figure."""
