"""The tables that questions read: searches without any token, users by number, fields, and what two logs both show.

No text, no token and no name as written is in any of them. Users are numbers of this run; `user_group` puts them into
at most 500 groups, by which a number's spread is drawn.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final

from plateglass.check import VIEWS
from plateglass.check.clock import DAY_MS
from plateglass.model import SEARCH_VIEWS, STATED, Column
from plateglass.questions import explained, once
from plateglass.questions.content import Happenings
from plateglass.record_views import OTHER_VIEWS
from plateglass.store import Step, Store, name, one_of, text, values

GROUPS: Final = 500
"""Users are drawn one by one up to so many, in groups beyond."""
COMPARED: Final = 500_000
"""So many sightings, about, are compared between logs; of a larger case, those of every so many seconds."""
LOGS: Final = 12
"""So many logs, the largest, are compared with each other."""

ASKED: tuple[Column, ...] = (
    Column("log_no", "BIGINT", "the log's number in the table `logs`"),
    Column("month", "INTEGER", "months since year 0, in the agency's zone, else in UTC"),
    Column("day", "BIGINT", "days since 1970-01-01, in the agency's zone, else in UTC"),
    Column("agency_no", "INTEGER", "the searching agency's number; NULL while unresolved"),
    Column("user_no", "BIGINT", "the user's number in this run; NULL where no user is told"),
    Column("user_group", "BIGINT", "the group of users that the user is drawn with"),
    Column("text_no", "BIGINT", "the number of the reason's text in this run"),
    Column("requester", "VARCHAR", "for whom: R0 to R9"),
    Column("requester_tier", "VARCHAR", "the grade of evidence for it"),
    Column("by_other", "BOOLEAN", "whether another agency than the log's owner searched; NULL where that is not known"),
    Column("at_home", "BOOLEAN", "whether the log is the home agency's; NULL where that is not known"),
    Column("by_home", "BOOLEAN", "whether the home agency searched; NULL where that is not known"),
    Column("form", "VARCHAR", "the form of the log in words: what kind of release, and which columns say why"),
)
"""One row a search, copies in several logs linked, besides the columns of the view `searches` that hold no token.

`quality` is NULL where a blank reason can't be judged: the purpose stands in the offence type, or may stand there.
"""

_TOKENS: Final = {"org", "account", "target", "case_no", "search_id", "reason", "filters", "prompt", "offence",
                  "agency", "owner", "home", "source", "part", "record", "unit_at"}  # fmt: skip
"""Columns of `searches` that a question does not read."""

PAIRS: tuple[Column, ...] = (
    Column("pair", "BIGINT", "number of the pair"),
    Column("first_log", "BIGINT", "`log_no` of the first log"),
    Column("second_log", "BIGINT", "`log_no` of the second"),
    Column("first_n", "BIGINT", "searches of the shared time that the first shows"),
    Column("second_n", "BIGINT", "searches of the shared time that the second shows"),
    Column("both_n", "BIGINT", "searches that both show"),
    Column("one_in", "BIGINT", "of so many seconds, one is compared: 1 but in large cases"),
)
"""One row a pair of logs that share a stretch of time and any search."""

_N: Final = "BIGINT"
TABLES: Final[Mapping[str, tuple[Column, ...]]] = {
    "searches": ASKED,
    "pairs": PAIRS,
    "pair_fields": (
        Column("pair", _N, "number of the pair"), Column("field", "VARCHAR", "the field"),
        Column("same", _N, "searches whose two records tell it equal"), Column("differ", _N, "tell it differently"),
        Column("one_hidden", _N, "hidden or not exported in one"), Column("both_hidden", _N, "in both"),
        Column("n", _N, "searches compared"),
    ),
    "cells": (
        Column("log_no", _N, "the log"), Column("field", "VARCHAR", "the field"),
        Column("state", "VARCHAR", "its cell state"), Column("n", _N, "searches"),
    ),
    "users": (
        Column("user_no", _N, "the user"), Column("user_group", _N, "its group"),
        Column("agency_no", "INTEGER", "an agency that it searches for"), Column("searches", _N, "its searches"),
        Column("texts", _N, "different reasons of it"), Column("worded", _N, "searches with a reason"),
        Column("top_text", _N, "searches with its commonest reason"),
    ),
    "repeats": (
        Column("user_no", _N, "the user"), Column("user_group", _N, "its group"),
        Column("searches", _N, "searches of one target by it"), Column("span_days", _N, "days from first to last"),
        Column("days", _N, "different days"), Column("reasons", _N, "different reasons"),
        Column("cases", _N, "different case numbers"),
    ),
    "days": (
        Column("log_no", _N, "the log"), Column("day", _N, "days since 1970-01-01"),
        Column("month", "INTEGER", "months since year 0"), Column("records", _N, "records of the day"),
        Column("covered", "BOOLEAN", "whether a file's period has the day"), Column("usual", _N, "the log's median"),
        Column("before", _N, "median of the seven days before"), Column("after", _N, "of the seven days from it on"),
        Column("ratio", "DOUBLE", "how far the two are apart"), Column("turn", "BOOLEAN", "whether the level turns"),
    ),
    "partners": (
        Column("agency_no", "INTEGER", "an agency with an agreement under 8 U.S.C. 1357(g)"),
        Column("since", _N, "when the first one was signed, epoch ms UTC"),
        Column("until", _N, "when the last one ended; NULL where one is in force"),
    ),
    "explained": explained.EXPLAINED,
    "explanations": explained.WAYS_TRIED,
    "explanation_windows": explained.WINDOWS,
    "event_days": (
        Column("list", "VARCHAR", "the list of events"), Column("code", "VARCHAR", "the code counted around them"),
        Column("around", _N, "days on each side"), Column("title", "VARCHAR", "the event"),
        Column("day", _N, "days since 1970-01-01"),
    ),
    "portal_figures": (
        Column("portal_no", _N, "the portal"), Column("captured_on", _N, "the day of capture, epoch ms UTC"),
        Column("retention_days", _N, "as the portal states"), Column("cameras", _N, "as the portal states"),
        Column("vehicles_30d", _N, "as the portal states"), Column("hits_30d", _N, "as the portal states"),
        Column("searches_30d", _N, "as the portal states"), Column("shares_out", _N, "as the portal states"),
        Column("shares_in", _N, "as the portal states"),
    ),
    "span": (
        Column("first_day", _N, "first day of the logs"), Column("last_day", _N, "last day"),
        Column("days", _N, "days from first to last"), Column("searches", _N, "searches, copies linked"),
        Column("records", _N, "records read as searches"), Column("files", _N, "files"), Column("logs", _N, "logs"),
        Column("copies", _N, "distinct searches that are another one's copies and are not counted"),
    ),
}  # fmt: skip
"""The tables that only questions read; `searches` besides the columns that rules read of it and that hold no token."""

COMPARED_FIELDS: Final = ("reason", "case_no", "account", "target", "networks", "devices", "search_type", "filters")
"""The fields that are compared where two logs show one search."""


def documented() -> dict[str, str]:
    """Every table that a question may read -> its table in the store."""
    raw = {each.table: each.table for each in OTHER_VIEWS.values()}
    return _VIEWS | raw | {table: f"asked_{table}" for table in TABLES} | {"searches": "asked"}


_VIEWS: Final = {
    view: VIEWS[view].table for view in ("agency_months", "shares", "sources", "portal_claims", "releases")
}
"""The documented views of rules that hold no text."""


def steps(store: Store, folder: Path, words: frozenset[str], codes: Collection[str]) -> None:
    """Make every table; of `searches`, the columns among `words`, and those of them that are codes, even if unused."""
    store.run(*once.steps(store))
    _asked(store, folder, words, codes)
    store.run(*_small(), *_pairs(store))
    if "partners" in words and _has(store, "agreements"):
        store.run(_PARTNERS)
    if "days" in words and _has(store, "days"):
        store.run(DAYS)
    if words & _EXPLAINING:
        there = {table: bool(store.one(f"SELECT count(*) FROM {table}")) for table in ("incidents", "hot_list_entries")
                 if _has(store, table)}  # fmt: skip
        store.run(*explained.steps(
            incidents=there.get("incidents", False), hot_lists=there.get("hot_list_entries", False)
        ))  # fmt: skip


_EXPLAINING: Final = {"explained", "explanations", "explanation_windows"}


def _has(store: Store, table: str) -> bool:
    """Whether a table or view stands in the store."""
    return bool(store.one(f"SELECT count(*) FROM information_schema.tables WHERE table_name = {text(table)}"))


DAYS: Final = Step("asked_days", """
    SELECT g.log_no, d.day, d.month, d.records, d.covered, d.usual, d.before, d.after, d.ratio, d.turn
    FROM days AS d JOIN (SELECT log, min(log_no) AS log_no FROM logs GROUP BY log) AS g ON g.log = d.log""",
    "one row a log and day", lazy=True)  # fmt: skip


def _asked(store: Store, folder: Path, words: Collection[str], codes: Collection[str]) -> None:
    there = [row[0] for row in store.rows("SELECT column_name FROM (DESCRIBE searches_once)")]
    own = {column.name for column in ASKED}
    kept = [c for c in there if c in words and c not in _TOKENS | own]
    absent = "".join(f", CAST(NULL AS VARCHAR) AS {name(c)}" for c in sorted(codes) if c in words and c not in there)
    store.run(
        Step("asked_user_numbers", """
            SELECT account, org, row_number() OVER (ORDER BY since // 1000 * 7919 % 1000003, since, n, account, org)
              AS user_no
            FROM (SELECT account, org, min(searched_at) AS since, count(*) AS n FROM distinct_searches
                  WHERE account IS NOT NULL GROUP BY account, org) AS u""",
            "one row a user, numbered by a lot that does not depend on the key"),
        Step("asked_text_numbers", """
            SELECT id, requester, requester_tier, row_number() OVER (ORDER BY id) AS text_no
            FROM reasons WHERE field = 'reason'""" if _requesters(store) else """
            SELECT id, CAST(NULL AS VARCHAR) AS requester, CAST(NULL AS VARCHAR) AS requester_tier,
              row_number() OVER (ORDER BY id) AS text_no FROM reasons WHERE field = 'reason'""",
            "one row a distinct reason, numbered"),
    )  # fmt: skip
    columns = "".join(f", s.{name(c)}" for c in kept)
    sql = f"""
        SELECT s.log_no, s.month, coalesce(s.searched_local, s.searched_at) // {DAY_MS} AS day, s.agency_no, u.user_no,
          u.user_no % {GROUPS} AS user_group, t.text_no, t.requester, t.requester_tier,
          CASE WHEN s.agency IS NOT NULL AND s.owner IS NOT NULL THEN s.agency <> s.owner END AS by_other,
          CASE WHEN s.owner IS NOT NULL THEN s.owner = nullif(s.home, '') END AS at_home,
          CASE WHEN s.agency IS NOT NULL THEN s.agency = nullif(s.home, '') END AS by_home, s.form{columns}{absent}
        FROM searches_once AS s
        LEFT JOIN asked_user_numbers AS u ON u.account = s.account AND u.org IS NOT DISTINCT FROM s.org
        LEFT JOIN asked_text_numbers AS t ON t.id = s.reason"""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "asked.parquet"
    store.write(f"({sql})", path)
    store.run(Step("asked", f"SELECT * FROM read_parquet({text(str(path))})", lazy=True))


def _requesters(store: Store) -> bool:
    return "requester" in {row[0] for row in store.rows("SELECT column_name FROM (DESCRIBE reasons)")}


def _small() -> list[Step]:
    states = ", ".join(f"{field}_state" for field in STATED)
    cells = " UNION ALL ".join(
        f"SELECT log_no, {text(field)} AS field, {field}_state AS state, sum(n) AS n FROM asked_shapes "
        f"GROUP BY log_no, {field}_state"
        for field in STATED
    )
    return [
        Step("asked_shapes", f"SELECT log_no, {states}, count(*) AS n FROM searches_once GROUP BY log_no, {states}",
             "searches by log and the states of all fields together"),
        Step("asked_cells", cells, "searches by log, field and state"),
        Step("asked_users", """
            SELECT user_no, min(user_group) AS user_group, min(agency_no) AS agency_no, sum(n) AS searches,
              count(text_no) AS texts, sum(CASE WHEN text_no IS NOT NULL THEN n ELSE 0 END) AS worded,
              max(CASE WHEN text_no IS NOT NULL THEN n END) AS top_text
            FROM (SELECT user_no, user_group, min(agency_no) AS agency_no, text_no, count(*) AS n FROM asked
                  WHERE user_no IS NOT NULL GROUP BY user_no, user_group, text_no) AS t
            GROUP BY user_no""", "one row a user: searches, distinct reasons, uses of the commonest"),
        Step("asked_span", f"""
            SELECT min(day) AS first_day, max(day) AS last_day, max(day) - min(day) + 1 AS days,
              count(*) AS searches, (SELECT count(*) FROM sightings) AS records,
              (SELECT count(DISTINCT source) FROM sources WHERE {_OF_SEARCHES}) AS files,
              (SELECT count(DISTINCT log) FROM logs WHERE {_OF_SEARCHES}) AS logs,
              (SELECT count(*) FROM distinct_searches) - count(*) AS copies
            FROM asked""", "the case in one row"),
        Step("asked_portal_figures", """
            SELECT dense_rank() OVER (ORDER BY lower(trim(owner))) AS portal_no, captured_on, retention_days, cameras,
              vehicles_30d, hits_30d, searches_30d, shares_out, shares_in FROM statistics""",
            "one row a portal and day, portals by number"),
        Step("asked_repeats", f"""
            SELECT u.user_no, u.user_no % {GROUPS} AS user_group, r.searches, r.last_day - r.first_day AS span_days,
              r.days, r.reasons, r.cases
            FROM (SELECT account, org, target, count(*) AS searches, min(searched_at // {DAY_MS}) AS first_day,
                    max(searched_at // {DAY_MS}) AS last_day, count(DISTINCT searched_at // {DAY_MS}) AS days,
                    count(DISTINCT reason) AS reasons, count(DISTINCT case_no) AS cases
                  FROM searches_once WHERE view <> 'network_audit' AND account IS NOT NULL AND target_state = 'value'
                    AND target IS NOT NULL
                  GROUP BY account, org, target HAVING count(*) > 1) AS r
            JOIN asked_user_numbers AS u ON u.account = r.account AND u.org IS NOT DISTINCT FROM r.org""",
            "one row a user of an own log and target searched for more than once", lazy=True),
    ]  # fmt: skip


_PARTNERS: Final = Step("asked_partners", """
    SELECT w.agency_no, min(a.signed_at) AS since,
      CASE WHEN count(a.ended_at) = count(*) THEN max(a.ended_at) END AS until
    FROM agreements AS a JOIN who AS w ON w.org = a.org
    WHERE w.agency_no IS NOT NULL AND a.signed_at IS NOT NULL AND coalesce(a.kind, '') <> 'other'
    GROUP BY w.agency_no""", "one row an agency with an agreement", lazy=True)  # fmt: skip
_OF_SEARCHES: Final = one_of("view", SEARCH_VIEWS)


def events(lists: Mapping[str, Happenings]) -> Step:
    """The events of every list, one row each."""
    rows = [
        (id_, found.code, found.around, e.title, (e.day.toordinal() - _EPOCH))
        for id_, found in sorted(lists.items())
        for e in found.events
    ]
    types = {"list": "VARCHAR", "code": "VARCHAR", "around": "BIGINT", "title": "VARCHAR", "day": "BIGINT"}
    return Step("asked_event_days", values(rows, types), "one row an event")


_EPOCH: Final = 719_163
"""The ordinal of 1970-01-01."""


# --- what two logs both show -------------------------------------------------------------------------------------


def _pairs(store: Store) -> list[Step]:
    """Searches that two logs show, found by searcher, second and window; where one log has several alike, none."""
    every = max(int(store.one("SELECT count(*) FROM sightings")) // COMPARED, 1)
    return [
        Step("asked_lot", f"SELECT {every} AS one_in", "of so many seconds, one is compared"),
        Step("asked_logs", f"""
            SELECT log, min(log_no) AS log_no, min(first_at) AS first_at, max(last_at) AS last_at
            FROM logs WHERE first_at IS NOT NULL AND {_OF_SEARCHES} GROUP BY log
            ORDER BY sum(accepted) DESC, log LIMIT {LOGS}""", "one row a log of searches, the largest"),
        Step("asked_keyed", f"""
            SELECT g.log_no, coalesce(w.agency, CAST(s.org AS VARCHAR)) AS who, s.searched_at // 1000 AS second,
              coalesce(s.from_at, 0) AS from_at, coalesce(s.to_at, 0) AS to_at, min(s.searched_at) AS at,
              min(s.record) AS record, min(s.source) AS source, min(s.part) AS part
            FROM sightings AS s JOIN logs AS l ON l.source = s.source AND l.part = s.part
            JOIN asked_logs AS g ON g.log = l.log
            LEFT JOIN who AS w ON w.org = CASE WHEN s.org IS NULL AND l.view <> 'network_audit' THEN l.owner_org
              ELSE s.org END
            WHERE (s.searched_at // 1000) % {every} = 0 AND (w.agency IS NOT NULL OR s.org IS NOT NULL)
            GROUP BY 1, 2, 3, 4, 5 HAVING count(DISTINCT s.fingerprint) = 1""",
            "searches of a log that no other one of the log is like"),
        Step("asked_matched", """
            SELECT a.log_no AS first_log, b.log_no AS second_log, a.source AS a_source, a.part AS a_part,
              a.record AS a_record, b.source AS b_source, b.part AS b_part, b.record AS b_record
            FROM asked_keyed AS a JOIN asked_keyed AS b ON b.who = a.who AND b.second = a.second
              AND b.from_at = a.from_at AND b.to_at = a.to_at AND b.log_no > a.log_no""", "searches that both show"),
        *_compared(),
    ]  # fmt: skip


def _compared() -> list[Step]:
    told, hidden = "('value', 'partial')", "('masked', 'withheld', 'not_exported')"
    kept = ", ".join(f"{s}.{name(f)} AS {s}_{f}, {s}.{f}_state AS {s}_{f}_state" for f in COMPARED_FIELDS for s in "xy")
    fields = " UNION ALL ".join(
        f"SELECT pair, {text(f)} AS field, count(CASE WHEN x_{f}_state IN {told} AND y_{f}_state IN {told} "
        f"AND x_{f} = y_{f} THEN 1 END) AS same, count(CASE WHEN x_{f}_state IN {told} AND y_{f}_state IN {told} "
        f"AND x_{f} <> y_{f} THEN 1 END) AS differ, "
        f"count(CASE WHEN (x_{f}_state IN {hidden}) <> (y_{f}_state IN {hidden}) THEN 1 END) AS one_hidden, "
        f"count(CASE WHEN x_{f}_state IN {hidden} AND y_{f}_state IN {hidden} THEN 1 END) "
        f"AS both_hidden, count(*) AS n FROM asked_both GROUP BY pair"
        for f in COMPARED_FIELDS
    )
    return [
        Step("asked_pairs", """
            SELECT row_number() OVER (ORDER BY m.both_n DESC, m.first_log, m.second_log) AS pair, m.*,
              (SELECT one_in FROM asked_lot) AS one_in,
              (SELECT count(*) FROM asked_keyed AS k WHERE k.log_no = m.first_log AND k.at BETWEEN m.since AND m.until)
                AS first_n,
              (SELECT count(*) FROM asked_keyed AS k WHERE k.log_no = m.second_log AND k.at BETWEEN m.since AND m.until)
                AS second_n
            FROM (SELECT p.first_log, p.second_log, greatest(min(a.first_at), min(b.first_at)) AS since,
                    least(min(a.last_at), min(b.last_at)) AS until, count(*) AS both_n
                  FROM asked_matched AS p JOIN asked_logs AS a ON a.log_no = p.first_log
                  JOIN asked_logs AS b ON b.log_no = p.second_log GROUP BY p.first_log, p.second_log) AS m""",
            "pairs of logs with what they both show"),
        Step("asked_both", f"""
            SELECT p.pair, {kept} FROM asked_matched AS m
            JOIN asked_pairs AS p ON p.first_log = m.first_log AND p.second_log = m.second_log AND p.pair <= 6
            JOIN sightings AS x ON x.source = m.a_source AND x.part = m.a_part AND x.record = m.a_record
            JOIN sightings AS y ON y.source = m.b_source AND y.part = m.b_part AND y.record = m.b_record""",
            "the two records of each such search"),
        Step("asked_pair_fields", fields, "whether the two records of a search agree, by field"),
    ]  # fmt: skip
