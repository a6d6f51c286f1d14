"""The views of what agencies release besides search logs and sharing lists: each record with its agency and its texts.

A text is one column of words in lower case, so that a rule can look for them; it is never part of a finding.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from itertools import pairwise

from plateglass.check.clock import DAY_MS
from plateglass.check.columns import FRAME
from plateglass.check.world import World
from plateglass.model import FIGURES, STATISTICS, Column, State, View
from plateglass.record_views import Holds, RecordField, RecordView
from plateglass.store import Step, name, values

_AGENCY = (
    Column("agency", "VARCHAR", "id of the agency in `org`, else of the log's owner; NULL while unresolved"),
    Column("agency_state", "VARCHAR", "its state, two letters, lower case"),
    Column("agency_kind", "VARCHAR", "what kind of body it is"),
    Column("agency_level", "VARCHAR", "its level of government"),
    Column("agency_public", "BOOLEAN", "whether its name may stand in an output"),
    Column("captured_on", "BIGINT", "the day that the file says it was captured on; NULL where it doesn't"),
)

STATISTICS_COLUMNS: tuple[Column, ...] = (
    *STATISTICS[3:],
    *(
        Column(f"{figure}_before", "BIGINT", f"`{figure}` of the portal's capture before this one")
        for figure in FIGURES
    ),
    Column("days_since", "BIGINT", "days since the portal's capture before this one; NULL for the first"),
    Column("days_until", "BIGINT", "days until the portal's next capture; NULL for the last"),
)
"""One row a portal and day of capture."""


def own(view: RecordView) -> tuple[Column, ...]:
    """The columns that rules read of one of the other views."""
    made = list(_AGENCY)
    for field, column in ((field, c) for field in view.fields for c in view.columns if c.name == field.name):
        if field.holds is Holds.TEXT:
            about = column.about.removesuffix("; joins `texts`")
            made.append(Column(field.name, "VARCHAR", f"{about}; scrubbed, in lower case"))
        elif field.holds is not Holds.ORG:
            made.append(column)
    derived = {field.name for field in view.fields}
    return (*made, *(column for column in view.columns[3:] if column.name not in derived))


def steps(view: RecordView) -> Callable[[World], Sequence[Step]]:
    """What makes the view that rules read of one of the other views."""
    return lambda world: [MONTHS, Step(f"{view.table}_units", framed(_units(view, world), own(view), world), view.row)]


def statistics(world: World) -> list[Step]:
    """Each figure of a portal beside that of the capture before it."""
    before = ", ".join(f"s.{f}, s.{f}_state, b.{f} AS {f}_before" for f in FIGURES)
    rows = f"""
        SELECT s.source, s.part, s.record, {world.at("s.captured_on")} AS unit_at, l.log_no, n.agency_no,
          l.owner_state, s.owner, s.captured_on, {before}, (s.captured_on - b.captured_on) // {DAY_MS} AS days_since,
          (a.captured_on - s.captured_on) // {DAY_MS} AS days_until
        FROM statistics_series AS s JOIN logs AS l ON l.source = s.source AND l.part = s.part
        LEFT JOIN agency_numbers AS n ON n.agency = l.owner_agency
        LEFT JOIN statistics_series AS b ON b.portal = s.portal AND b.nth = s.nth - 1
        LEFT JOIN statistics_series AS a ON a.portal = s.portal AND a.nth = s.nth + 1"""
    return [
        MONTHS,
        Step("statistics_series", """
            SELECT *, row_number() OVER (PARTITION BY portal ORDER BY captured_on, source, part, record) AS nth
            FROM (SELECT *, lower(trim(owner)) AS portal, row_number() OVER (
                    PARTITION BY lower(trim(owner)), captured_on ORDER BY source, part, record) AS copy
                  FROM statistics) AS c WHERE copy = 1""", "the captures of each portal in order, each day once"),
        Step("statistics_units", framed(rows, STATISTICS_COLUMNS, world), "a portal and day of capture"),
    ]  # fmt: skip


def _months() -> Step:
    """Every month that a date of a paper may fall in, by day numbers."""
    firsts = [(n, (date(n // 12, n % 12 + 1, 1) - date(1970, 1, 1)).days) for n in range(1970 * 12, 2070 * 12 + 1)]
    rows = [(month, first, later) for (month, first), (_, later) in pairwise(firsts)]
    types = {"month": "INTEGER", "first_day": "INTEGER", "next_day": "INTEGER"}
    return Step("every_month", values(rows, types), "one row a month, with its days")


MONTHS = _months()


def framed(rows: str, own: Sequence[Column], world: World) -> str:
    """The documented columns of rows that have `unit_at`, with the month of it."""
    listed = ", ".join(f"{'m' if c.name == 'month' else 'd'}.{name(c.name)}" for c in (*FRAME, *own))
    return f"""
        SELECT {listed} FROM (SELECT u.*, {world.day("u.unit_at")} AS unit_day FROM ({rows}) AS u) AS d
        LEFT JOIN every_month AS m ON d.unit_day >= m.first_day AND d.unit_day < m.next_day"""


def _units(view: RecordView, world: World) -> str:
    """Every record with its agency and its texts; a record that is not dated has the day of its file."""
    at = world.at(f"coalesce(s.{name(view.dated_by)}, l.captured_on)" if view.dated_by else "l.captured_on")
    fields = {field.name: field for field in view.fields}
    rest = ", ".join(_pick(column, fields.get(column.name)) for column in view.columns[3:] if column.name != "org")
    whose = "l.owner_org"
    if "org" in fields:
        whose = "s.org" if view.of_others else "coalesce(s.org, l.owner_org)"
    texts = "".join(
        f"""
        LEFT JOIN (SELECT id, min(text) AS text FROM texts WHERE field LIKE '%.{field}' GROUP BY id) AS t_{field}
          ON t_{field}.id = s.{name(field)}"""
        for field in fields if fields[field].holds is Holds.TEXT
    )  # fmt: skip
    return f"""
        SELECT s.source, s.part, s.record, {at} AS unit_at, l.log_no, w.agency_no, l.owner_state, w.agency,
          w.state AS agency_state, w.kind AS agency_kind, w.level AS agency_level, w.public AS agency_public,
          l.captured_on, {rest}
        FROM {records(view)} AS s JOIN logs AS l ON l.source = s.source AND l.part = s.part
        LEFT JOIN who AS w ON w.org = {whose}{texts}"""


def _pick(column: Column, field: RecordField | None) -> str:
    if field is not None and field.holds is Holds.TEXT:
        return f"lower(t_{field.name}.text) AS {name(column.name)}"
    return f"s.{name(column.name)}"


def records(view: RecordView) -> str:
    """The table of a view; entries of hot lists stand in event logs too, where they are made, with less of them."""
    if view.view is not View.HOT_LIST_ENTRIES:
        return name(view.table)
    listed = [column.name for column in view.columns]
    unsaid = {"approver": "CAST(NULL AS UUID)", "validated_at": "CAST(NULL AS BIGINT)",
              "process": "CAST(NULL AS VARCHAR)"}  # fmt: skip
    unsaid |= {f"{field}_state": f"'{State.NOT_EXPORTED}'" for field in unsaid}
    made = [f"{unsaid.get(c, c.replace('added_at', 'happened_at'))} AS {c}" for c in listed]
    return (
        f"(SELECT {', '.join(listed)} FROM {name(view.table)} UNION ALL SELECT {', '.join(made)}"
        " FROM events WHERE entity = 'hot_list_entry' AND action = 'create')"
    )
