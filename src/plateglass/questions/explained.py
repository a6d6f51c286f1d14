"""Whether an agency's own records explain its searches, and how often chance alone would seem to.

A search is held against the agency's log of incidents by the token of its case number, and against its hot lists by
the token of what was searched for; only counts leave. Each way of explaining is tried on searches that it can't truly
explain: those of other agencies, and the agency's own at a moved time (for a number an earlier one, since an incident
whose end is not told stays open). What that finds is chance; a way that chance does as well explains nothing.
"""

from __future__ import annotations

from typing import Final

from plateglass.check.clock import DAY_MS
from plateglass.model import Column
from plateglass.store import Step, values

CLOSED_DAYS: Final = 30
"""So many days after its end an incident still explains a search."""
CLOSED_TRIED: Final = (7, CLOSED_DAYS, 90)
NEAR_HOURS: Final = 24
"""So long after an incident was opened, any search of the agency may be about it."""
NEAR_TRIED: Final = (12, NEAR_HOURS, 48)
EPISODE_HOURS: Final = 72
"""Searches of one target by one agency that lie so near to each other are one episode."""
STRONG: Final = 0.01
"""A way that chance finds at most so often explains strongly."""
NOTHING: Final = 0.5
"""A way that chance finds so often explains nothing."""
FEW: Final = 30
"""Of fewer searches no rate of chance is measured."""
ENOUGH: Final = 300
"""So many it takes to say that chance is rarer than one in a hundred, where none was found."""
LEAST_DAYS: Final = 14
"""Times are not moved within a shorter log of incidents."""
_HOUR: Final = 3_600_000
_EPISODE: Final = EPISODE_HOURS * _HOUR
_HIDDEN: Final = "('masked', 'withheld', 'not_exported', 'partial', 'damaged')"

WAYS: Final = {
    "number": "its case number is an incident’s",
    "follows": "it follows such a search of the same target",
    "listed": "what it searched for was on a hot list",
    "near": "an incident was opened shortly before",
}
"""The ways of explaining, the surest first."""
_WEAK: Final = ("follows", "listed", "near")
STATES: Final = {
    "opened": ("contradicted", "the incident was opened more than a day later"),
    "closed": ("contradicted", f"the incident was closed more than {CLOSED_DAYS} days before"),
    "opening": ("unexplained", "the incident was opened within a day after it"),
    "lacking": ("unexplained", "a number of the log’s form that is not in it"),
    "other": ("unexplained", "a number of another form"),
    "none": ("unexplained", "no case number"),
    "chance": ("unexplained", "its case number is an incident’s, as chance has it as often"),
    "number": ("weak", WAYS["number"]),
    **{way: ("weak", WAYS[way]) for way in _WEAK},
    "hidden": ("uncheckable", "its case number is not told"),
    "outside": ("uncheckable", "outside the time of the log of incidents"),
}
"""Code -> state of a search, and why. A number that explains strongly, chance being rare, says so instead."""

EXPLAINED: Final = (
    Column("log_no", "BIGINT", "the log"),
    Column("month", "INTEGER", "months since year 0"),
    Column("user_group", "BIGINT", "the group of users"),
    Column("state", "VARCHAR", "contradicted, unexplained, weak, strong or uncheckable"),
    Column("why", "VARCHAR", "why, in words"),
    Column("first", "BOOLEAN", "whether it begins an episode; NULL where what was searched for is not told"),
    Column("n", "BIGINT", "searches of the agency that keeps the log of incidents"),
)
WAYS_TRIED: Final = (
    Column("way", "VARCHAR", "the way of explaining, in words"),
    Column("counts", "VARCHAR", "what it counts as, chance being what it is: strong, weak, nothing"),
    Column("user_group", "BIGINT", "the group of users"),
    Column("found", "BIGINT", "searches that it explains"),
    Column("n", "BIGINT", "searches that it could explain"),
    Column("fake_found", "BIGINT", "of the searches that it can't truly explain, those that it seems to; of all users"),
    Column("fake_n", "BIGINT", "searches that it can't truly explain; of all users"),
)
WINDOWS: Final = (
    Column("place", "BIGINT", "its place in the list"),
    Column("way", "VARCHAR", "the way of explaining, with another limit"),
    Column("found", "BIGINT", "searches that it explains"),
    Column("n", "BIGINT", "searches that it could explain"),
)


def steps(*, incidents: bool, hot_lists: bool) -> list[Step]:
    """The steps that make `asked_explained`, `asked_explanations` and `asked_explanation_windows`."""
    if not incidents:
        made = {"explained": EXPLAINED, "explanations": WAYS_TRIED, "explanation_windows": WINDOWS}
        return [
            Step(f"asked_{table}", values((), {c.name: c.type for c in columns}), "no log of incidents is there")
            for table, columns in made.items()
        ]
    return [*_kept(hot_lists=hot_lists), *_to_explain(), *_held_against(), *_chance(), *_said()]


def _kept(*, hot_lists: bool) -> list[Step]:
    """What the agency's records hold: incidents, their time, the forms of their numbers, hours near them, hot lists."""
    hours = values([(k,) for k in range(max(NEAR_TRIED) + 1)], {"hours": "BIGINT"})
    listed = """
        SELECT target, min(added_at) AS added_at,
          CASE WHEN count(expires_at) = count(*) THEN max(expires_at) END AS ends
        FROM hot_list_entries WHERE target IS NOT NULL AND added_at IS NOT NULL GROUP BY target"""
    none = values((), {"target": "UUID", "added_at": "BIGINT", "ends": "BIGINT"})
    return [
        Step("asked_incidents", """
            SELECT l.owner_key, i.case_no, min(i.opened_at) AS opened_at,
              CASE WHEN count(i.closed_at) = count(*) THEN max(i.closed_at) END AS closed_at
            FROM incidents AS i JOIN logs AS l ON l.source = i.source AND l.part = i.part
            WHERE i.case_no IS NOT NULL AND i.opened_at IS NOT NULL GROUP BY l.owner_key, i.case_no""",
            "one row an incident of an agency"),
        Step("asked_incident_times", """
            SELECT owner_key, min(opened_at) AS since, max(opened_at) AS until FROM asked_incidents
            GROUP BY owner_key""", "the time that each log of incidents covers"),
        Step("asked_incident_forms", """
            SELECT DISTINCT l.owner_key, i.case_no_shape AS form FROM incidents AS i
            JOIN logs AS l ON l.source = i.source AND l.part = i.part WHERE i.case_no_shape IS NOT NULL""",
            "the forms of each agency's numbers"),
        Step("asked_incident_hours", f"""
            SELECT i.owner_key, i.opened_at // {_HOUR} + k.hours AS hour, min(k.hours) AS hours
            FROM asked_incidents AS i CROSS JOIN ({hours}) AS k
            GROUP BY i.owner_key, i.opened_at // {_HOUR} + k.hours""",
            "hours in which an incident had been opened shortly before"),
        Step("asked_entries", listed if hot_lists else none, "what is on hot lists, and since when"),
    ]  # fmt: skip


def _by_number(at: str, days: int = CLOSED_DAYS) -> str:
    """Whether a search at a time names an incident that was open then, or not closed long before."""
    return (
        f"coalesce(i.opened_at <= {at} AND coalesce({at} - i.closed_at <= {days} * CAST({DAY_MS} AS BIGINT), true),"
        " false)"
    )


def _on_list(at: str) -> str:
    return f"coalesce(e.added_at <= {at} AND coalesce({at} <= e.ends, true), false)"


def _to_explain() -> list[Step]:
    """Each search of an agency that keeps a log of incidents, with the time that it is moved to."""
    lot, span = "s.unit_at // 1000 * 7919 % 61", "(c.until - c.since)"
    away = (
        f"CASE WHEN {span} >= 180 * CAST({DAY_MS} AS BIGINT) THEN (30 + {lot}) * CAST({DAY_MS} AS BIGINT) "
        f"ELSE {span} // 183 * (61 + {lot}) END"
    )
    return [
        Step("asked_own_times", """
            SELECT owner_key, min(first_at) AS since, max(last_at) AS until FROM logs
            WHERE view = 'organisation_audit' AND first_at IS NOT NULL GROUP BY owner_key""",
            "the time that each agency's own log covers"),
        Step("asked_to_explain", f"""
            SELECT row_number() OVER (ORDER BY s.unit_at, s.source, s.part, s.record) AS n, s.log_no, s.month,
              u.user_no % 500 AS user_group, l.owner_key, coalesce(s.agency = l.owner_agency, NOT s.exposed) AS own,
              s.unit_at AS done_at, CASE WHEN {span} < {LEAST_DAYS} * CAST({DAY_MS} AS BIGINT) THEN NULL
                WHEN s.unit_at - ({away}) >= c.since THEN s.unit_at - ({away})
                WHEN s.unit_at - ({away}) + {span} <= c.until THEN s.unit_at - ({away}) + {span} END AS moved,
              s.unit_at BETWEEN c.since AND c.until AS in_time, s.case_no, s.case_shape, s.case_no_state, s.target
            FROM searches_once AS s JOIN logs AS l ON l.log_no = s.log_no
            JOIN asked_incident_times AS c ON c.owner_key = l.owner_key
            LEFT JOIN asked_user_numbers AS u ON u.account = s.account AND u.org IS NOT DISTINCT FROM s.org
            LEFT JOIN asked_own_times AS o ON o.owner_key = l.owner_key
            WHERE NOT coalesce(s.agency = l.owner_agency AND s.view = 'network_audit' AND s.unit_at >= o.since
              AND s.unit_at <= o.until, false)""",
            "searches in logs of agencies that keep a log of incidents; an agency's own where its own log shows them"),
    ]  # fmt: skip


def _held_against() -> list[Step]:
    """Those searches with what explains them, and what would at a moved time."""
    tried = ", ".join(f"{_by_number('s.done_at', days)} AS closed_{days}" for days in CLOSED_TRIED)
    return [
        Step("asked_follows", f"""
            SELECT n, max(CASE WHEN kind = 1 AND done_at - before <= {_EPISODE} THEN 1 ELSE 0 END) = 1 AS follows,
              max(CASE WHEN kind = 2 AND done_at - before <= {_EPISODE} THEN 1 ELSE 0 END) = 1 AS follows_moved
            FROM (SELECT n, kind, done_at, max(CASE WHEN kind = 0 THEN done_at END) OVER (PARTITION BY owner_key, target
                    ORDER BY done_at, kind DESC, n ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
                  FROM (SELECT s.n, s.owner_key, s.target, s.done_at, 0 AS kind FROM asked_to_explain AS s
                        JOIN asked_incidents AS i ON i.owner_key = s.owner_key AND i.case_no = s.case_no
                        WHERE s.own AND {_by_number("s.done_at")}
                        UNION ALL SELECT n, owner_key, target, done_at, 1 FROM asked_to_explain WHERE own
                        UNION ALL SELECT n, owner_key, target, moved, 2 FROM asked_to_explain
                        WHERE own AND moved IS NOT NULL) AS e
                  WHERE target IS NOT NULL) AS o
            GROUP BY n""", "whether a search follows one of the same target that its number explains"),
        Step("asked_evidence", f"""
            SELECT s.*, i.case_no IS NOT NULL AS known, {_by_number("s.done_at")} AS number,
              {_by_number("s.moved")} AS number_moved, {tried},
              i.opened_at, i.opened_at > s.done_at + {DAY_MS} AS opened_after, f.form IS NOT NULL AS of_form, h.hours,
              m.hours AS hours_moved,
              {_on_list("s.done_at")} AS listed, {_on_list("s.moved")} AS listed_moved,
              coalesce(w.follows, false) AS follows, coalesce(w.follows_moved, false) AS follows_moved,
              CASE WHEN s.own AND s.target IS NOT NULL THEN coalesce(s.done_at - lag(s.done_at) OVER
                (PARTITION BY s.own, s.owner_key, s.target ORDER BY s.done_at, s.n) > {_EPISODE}, true) END AS first
            FROM asked_to_explain AS s
            LEFT JOIN asked_incidents AS i ON i.owner_key = s.owner_key AND i.case_no = s.case_no
            LEFT JOIN asked_incident_forms AS f ON f.owner_key = s.owner_key AND f.form = s.case_shape
            LEFT JOIN asked_incident_hours AS h ON h.owner_key = s.owner_key AND h.hour = s.done_at // {_HOUR}
            LEFT JOIN asked_incident_hours AS m ON m.owner_key = s.owner_key AND m.hour = s.moved // {_HOUR}
            LEFT JOIN asked_entries AS e ON e.target = s.target
            LEFT JOIN asked_follows AS w ON w.n = s.n""", "what explains each search"),
    ]  # fmt: skip


_COULD: Final = {
    "number": ("case_no IS NOT NULL", "number", "number_moved"),
    "follows": ("target IS NOT NULL", "follows", "follows_moved"),
    "listed": ("target IS NOT NULL", "listed", "listed_moved"),
    "near": ("true", f"hours <= {NEAR_HOURS}", f"hours_moved <= {NEAR_HOURS}"),
}
"""Way -> which searches it could explain, which it does, and which it would at a moved time."""


def _chance() -> list[Step]:
    """How often each way explains what it can't: the larger rate of the two trials."""
    trials = [
        f"SELECT '{way}' AS way, count(*) AS n, count(CASE WHEN {moved} THEN 1 END) AS found FROM asked_evidence "
        f"WHERE own AND in_time AND {'moved < done_at' if way == 'number' else 'moved IS NOT NULL'} AND {could}"
        for way, (could, _, moved) in _COULD.items()
    ]
    trials.append(
        "SELECT 'number', count(*), count(CASE WHEN number THEN 1 END) FROM asked_evidence "
        "WHERE NOT own AND in_time AND case_no IS NOT NULL"
    )
    real = " UNION ALL ".join(
        f"SELECT '{way}' AS way, user_group, count(*) AS n, count(CASE WHEN {does} THEN 1 END) AS found "
        f"FROM asked_evidence WHERE own AND in_time AND {could} GROUP BY user_group"
        for way, (could, does, _) in _COULD.items()
    )
    named = " ".join(f"WHEN '{way}' THEN '{title}'" for way, title in WAYS.items())
    return [
        Step("asked_chance", f"""
            SELECT way, n, found, CASE WHEN n < {FEW} THEN 'weak' WHEN found > {NOTHING} * n THEN 'nothing'
              WHEN way = 'number' AND n >= {ENOUGH} AND found <= {STRONG} * n THEN 'strong' ELSE 'weak' END AS counts
            FROM (SELECT *, row_number() OVER (PARTITION BY way ORDER BY CASE WHEN n < {FEW} THEN 1 ELSE 0 END,
                    1.0 * found / nullif(n, 0) DESC, n DESC) AS nth
                  FROM ({" UNION ALL ".join(trials)}) AS t) AS o WHERE nth = 1""",
            "one row a way: how often it explains what it can't"),
        Step("asked_explanations", f"""
            SELECT CASE r.way {named} END AS way, c.counts, r.user_group, r.found, r.n, c.found AS fake_found,
              c.n AS fake_n
            FROM ({real}) AS r JOIN asked_chance AS c ON c.way = r.way""", "each way, beside what chance does"),
    ]  # fmt: skip


def _said() -> list[Step]:
    """The one state of each search of the agency's own, and how much hangs on the limits of time."""
    counts = ", ".join(f"max(CASE WHEN way = '{way}' THEN counts END) AS {way}_counts" for way in WAYS)
    weak = " ".join(
        f"WHEN {does} AND {way}_counts <> 'nothing' THEN '{way}'"
        for way, (_, does, _) in _COULD.items()
        if way in _WEAK
    )
    tried = " UNION ALL ".join([
        *(f"SELECT {days} AS place, '{WAYS['number']}, closed at most {days} days before' AS way, "
          f"count(CASE WHEN closed_{days} THEN 1 END) AS found, count(*) AS n FROM asked_evidence "
          "WHERE own AND in_time AND case_no IS NOT NULL" for days in CLOSED_TRIED),
        *(f"SELECT {1000 + hours}, 'an incident was opened at most {hours} hours before', "
          f"count(CASE WHEN hours <= {hours} THEN 1 END), count(*) FROM asked_evidence WHERE own AND in_time"
          for hours in NEAR_TRIED),
    ])  # fmt: skip
    words = values(((code, *said) for code, said in STATES.items()), dict.fromkeys(("code", "state", "why"), "VARCHAR"))
    return [
        Step("asked_explained", f"""
            SELECT o.log_no, o.month, o.user_group, CASE WHEN o.code = 'number' THEN o.number_counts ELSE w.state END
              AS state, w.why, o.first, count(*) AS n
            FROM (SELECT s.log_no, s.month, s.user_group, s.first, k.number_counts, CASE
                WHEN NOT in_time THEN 'outside'
                WHEN number THEN CASE WHEN number_counts = 'nothing' THEN 'chance' ELSE 'number' END
                WHEN opened_after THEN 'opened'
                WHEN known THEN CASE WHEN opened_at > done_at THEN 'opening' ELSE 'closed' END
                {weak}
                WHEN case_no_state IN {_HIDDEN} THEN 'hidden' WHEN of_form THEN 'lacking'
                WHEN case_no IS NOT NULL THEN 'other' ELSE 'none' END AS code
              FROM asked_evidence AS s CROSS JOIN (SELECT {counts} FROM asked_chance) AS k WHERE s.own) AS o
            JOIN ({words}) AS w ON w.code = o.code
            GROUP BY 1, 2, 3, 4, 5, 6""", "the agency's own searches by what explains them"),
        Step("asked_explanation_windows", tried, "each way with other limits of time"),
    ]  # fmt: skip
