"""Views about accounts, targets and case numbers, for an agency's own reviewer, and about how far back searches look.

Accounts and targets are tokens, compared and counted here and never shown; no row of these views names a person.
"""

from __future__ import annotations

from plateglass.check.clock import DAY_MS
from plateglass.check.others import MONTHS, framed, records
from plateglass.check.papers import retention_stated
from plateglass.check.scan import RECORDS
from plateglass.check.world import World
from plateglass.model import Column, View
from plateglass.record_views import OTHER_VIEWS
from plateglass.store import Step

ACCOUNT_USES: tuple[Column, ...] = (
    Column("first_at", "BIGINT", "the account's first search in the case, epoch ms UTC"),
    Column("last_at", "BIGINT", "its last"),
    Column("searches", "BIGINT", "how many"),
    Column("busiest_hours", "DOUBLE", "hours from its first to its last search of one day, on its longest day"),
    Column("listed", "BOOLEAN", "whether a list of accounts has it; NULL where the case holds none of the owner"),
    Column("owner", "VARCHAR", "id of the agency whose log it is"),
    Column("may_search", "VARCHAR", "whether the newest list of accounts lets it search: yes, no"),
    Column("authorised_at", "BIGINT", "the day of its written authorisation, as that list has it"),
    Column("approvals", "BIGINT", "how many people approved it"),
    Column("left_at", "BIGINT", "the day on which its user left; NULL while there"),
    *(
        Column(f"{field}_state", "VARCHAR", f"cell state of {field} on that list; NULL where it is on none")
        for field in ("authorised_at", "approvals", "left_at")
    ),
    Column("after_left", "BIGINT", "searches from the day after its user left on; NULL where nobody left"),
    Column(
        "idle_days",
        "BIGINT",
        "days between one user's leaving and the next one's getting it, the fewest; NULL where nobody handed it over",
    ),
    Column("trained_at", "BIGINT", "the day of its first course that was not failed; NULL where there is none"),
    Column("trained_last_at", "BIGINT", "the day of the last such course before its last search"),
    Column("trainings", "BIGINT", "records of training in the case, of anybody"),
)
"""One row an account that searched, in logs of an agency's own searches."""

REPEAT_TARGETS: tuple[Column, ...] = (
    Column("searches", "BIGINT", "searches of one account for one target"),
    Column("days", "BIGINT", "on how many days"),
    Column("span_days", "BIGINT", "days from the first to the last"),
    Column("reasons", "BIGINT", "different stated reasons among them"),
    Column("case_nos", "BIGINT", "different case numbers among them"),
    Column("without_case", "BIGINT", "of them, those without a case number"),
    Column("others", "BIGINT", "other accounts that searched for the target"),
    Column("at_night", "BIGINT", "of them, between 22 and 6 o'clock; 0 without a zone"),
)
"""One row an account and target with at least three searches, in logs of an agency's own searches."""

REPEAT_ENTRIES: tuple[Column, ...] = (
    Column("entries", "BIGINT", "entries of one target, of different times"),
    Column("span_days", "BIGINT", "days from the first to the last"),
    Column("accounts", "BIGINT", "different accounts that made them; 0 where none is told"),
    Column("case_nos", "BIGINT", "different case numbers among them"),
    Column("without_case", "BIGINT", "of them, those without a case number"),
    Column("without_end", "BIGINT", "of them, those without a day on which they end"),
)
"""One row an owner and a target on its hot lists."""

INCIDENT_SEARCHES: tuple[Column, ...] = (
    Column("known", "BOOLEAN", "whether the incident log has the search's case number"),
    Column("opened_at", "BIGINT", "when that incident was opened"),
    Column("closed_at", "BIGINT", "when it was closed; NULL while open"),
    Column("case_no_state", "VARCHAR", "cell state of the case number"),
)
"""One row a search of an agency's own with a case number, at a time that the agency's incident log covers."""

LOOK_BACKS: tuple[Column, ...] = (
    Column("searches", "BIGINT", "searches with a window"),
    Column("p95_days", "DOUBLE", "days that 95 of 100 searches look back at most"),
    Column("p99_days", "DOUBLE", "days that 99 of 100 searches look back at most"),
    Column("longest_days", "DOUBLE", "the longest look-back in days"),
    Column("stated_days", "DOUBLE", "the longest retention that the owner states anywhere in the case"),
)
"""One row a log of an agency's own searches."""

WORDS_CHANGE: tuple[Column, ...] = (
    Column("searches", "BIGINT", "searches of the agency in the month"),
    Column("sensitive", "BIGINT", "of them, with immigration, protest or health care among their purposes"),
    Column("general", "BIGINT", "of them, with a reason that says nothing or little"),
    Column("searches_before", "BIGINT", "searches of the month before; NULL where the log has none"),
    Column("sensitive_before", "BIGINT", "`sensitive` of the month before"),
    Column("general_before", "BIGINT", "`general` of the month before"),
)
"""One row an agency and month in which it searched, beside the month before."""

_OWN = "NOT s.exposed AND s.account IS NOT NULL AND s.account_state = 'value'"


def account_uses(world: World) -> list[Step]:
    """Each account that searched, with its times, its place on lists of accounts and its training."""
    day = world.day("s.searched_at")
    rows = f"""
        SELECT l.source, l.part, CAST(NULL AS BIGINT) AS record, u.last_at AS unit_at, u.log_no, l.owner_state,
          n.agency_no, u.first_at, u.last_at, u.searches, h.busiest_hours,
          CASE WHEN k.lists > 0 THEN a.account IS NOT NULL END AS listed, l.owner_agency AS owner, a.may_search,
          a.authorised_at, a.approvals, a.left_at, a.authorised_at_state, a.approvals_state, a.left_at_state,
          g.after_left, i.idle_days, t.trained_at, e.trained_last_at, (SELECT count(*) FROM training) AS trainings
        FROM used AS u JOIN logs AS l ON l.log_no = u.log_no
        LEFT JOIN agency_numbers AS n ON n.agency = l.owner_agency
        LEFT JOIN (SELECT account, max(hours) AS busiest_hours FROM (
                     SELECT s.account, (max(s.searched_at) - min(s.searched_at)) / 3600000.0 AS hours
                     FROM searches AS s WHERE {_OWN} GROUP BY s.account, {day}) AS d GROUP BY account) AS h
          ON h.account = u.account
        LEFT JOIN (SELECT l.owner_key, count(*) AS lists FROM accounts AS a JOIN logs AS l ON l.source = a.source
                     AND l.part = a.part GROUP BY l.owner_key) AS k ON k.owner_key = l.owner_key
        LEFT JOIN roster AS a ON a.account = u.account AND a.nth = 1
        LEFT JOIN after_leaving AS g ON g.account = u.account
        LEFT JOIN handed_over AS i ON i.account = u.account
        LEFT JOIN (SELECT account, min(completed_at) AS trained_at FROM training WHERE coalesce(passed, 'yes') = 'yes'
                   GROUP BY account) AS t ON t.account = u.account
        LEFT JOIN (SELECT t.account, max(t.completed_at) AS trained_last_at
                   FROM training AS t JOIN used AS u ON u.account = t.account AND t.completed_at <= u.last_at
                   WHERE coalesce(t.passed, 'yes') = 'yes' GROUP BY t.account) AS e ON e.account = u.account"""
    return [
        MONTHS,
        Step("used", f"""
            SELECT s.account, min(s.log_no) AS log_no, min(s.searched_at) AS first_at, max(s.searched_at) AS last_at,
              count(*) AS searches
            FROM searches AS s WHERE {_OWN} GROUP BY s.account""", "one row an account that searched"),
        *_roster(world),
        Step("account_uses", framed(rows, ACCOUNT_USES, world), "one row an account that searched"),
    ]  # fmt: skip


def _roster(world: World) -> list[Step]:
    """Accounts as the newest list has them, what was searched after their users left, and who got them next."""
    return [
        Step("roster", """
            SELECT a.account, a.may_search, a.authorised_at, a.approvals, a.left_at, a.granted_at,
              a.authorised_at_state, a.approvals_state, a.left_at_state, row_number() OVER (PARTITION BY a.account
                ORDER BY l.captured_on DESC NULLS LAST, a.granted_at DESC NULLS LAST, a.source, a.part, a.record) AS nth
            FROM accounts AS a JOIN logs AS l ON l.source = a.source AND l.part = a.part WHERE a.account IS NOT NULL""",
            "accounts on lists, the newest word on each first"),
        Step("after_leaving", f"""
            SELECT a.account,
              count(CASE WHEN s.searched_at >= {world.at("a.left_at")} + {DAY_MS} THEN 1 END) AS after_left
            FROM roster AS a JOIN searches AS s ON s.account = a.account
            WHERE {_OWN} AND a.nth = 1 AND a.left_at IS NOT NULL GROUP BY a.account""", "searches after leaving"),
        Step("handed_over", f"""
            SELECT account, min(days) AS idle_days FROM (
              SELECT account, (granted_at - lag(left_at) OVER (PARTITION BY account ORDER BY granted_at)) // {DAY_MS}
                AS days
              FROM (SELECT account, granted_at, max(left_at) AS left_at FROM roster WHERE granted_at IS NOT NULL
                    GROUP BY account, granted_at) AS g) AS d
            WHERE days IS NOT NULL GROUP BY account""", "accounts that were given to another user"),
    ]  # fmt: skip


def repeat_targets(world: World) -> list[Step]:
    """Each account and target with at least three searches."""
    rows = f"""
        SELECT l.source, l.part, r.place % {RECORDS} AS record, r.last_at AS unit_at, l.log_no, n.agency_no,
          l.owner_state, r.searches, r.days, r.span_days, r.reasons, r.case_nos, r.without_case,
          o.accounts - 1 AS others, r.at_night
        FROM repeats AS r JOIN logs AS l ON l.log_no = r.place // {RECORDS}
        LEFT JOIN agency_numbers AS n ON n.agency = l.owner_agency
        JOIN (SELECT target, count(DISTINCT account) AS accounts FROM searches GROUP BY target) AS o
          ON o.target = r.target"""
    return [
        MONTHS,
        Step("repeats", f"""
            SELECT s.account, s.target, min(s.log_no * {RECORDS} + s.record) AS place, max(s.searched_at) AS last_at,
              count(*) AS searches, count(DISTINCT {world.day("s.searched_at")}) AS days,
              (max(s.searched_at) - min(s.searched_at)) // {DAY_MS} AS span_days, count(DISTINCT s.reason) AS reasons,
              count(DISTINCT s.case_no) AS case_nos,
              count(CASE WHEN s.case_no_state IN ('empty', 'placeholder') THEN 1 END) AS without_case,
              count(CASE WHEN s.hour >= 22 OR s.hour < 6 THEN 1 END) AS at_night
            FROM searches AS s WHERE {_OWN} AND s.target IS NOT NULL AND s.target_state = 'value'
            GROUP BY s.account, s.target HAVING count(*) > 2""", "accounts and targets met at least three times"),
        Step("repeat_targets", framed(rows, REPEAT_TARGETS, world), "one row an account and target"),
    ]  # fmt: skip


def repeat_entries(world: World) -> list[Step]:
    """Each target on the hot lists of one owner, with how often it was put there; copies of one entry count once."""
    rows = f"""
        SELECT l.source, l.part, r.place % {RECORDS} AS record, r.last_at AS unit_at, l.log_no, n.agency_no,
          l.owner_state, r.entries, r.span_days, r.accounts, r.case_nos, r.without_case, r.without_end
        FROM renewed AS r JOIN logs AS l ON l.log_no = r.place // {RECORDS}
        LEFT JOIN agency_numbers AS n ON n.agency = l.owner_agency"""
    blank = "IN ('empty', 'placeholder') THEN h.added_at END"
    return [
        MONTHS,
        Step("renewed", f"""
            SELECT min(l.log_no * {RECORDS} + h.record) AS place, max(h.added_at) AS last_at,
              count(DISTINCT h.added_at) AS entries, (max(h.added_at) - min(h.added_at)) // {DAY_MS} AS span_days,
              count(DISTINCT h.account) AS accounts, count(DISTINCT h.case_no) AS case_nos,
              count(DISTINCT CASE WHEN h.case_no_state {blank}) AS without_case,
              count(DISTINCT CASE WHEN h.expires_at_state {blank}) AS without_end
            FROM {records(OTHER_VIEWS[View.HOT_LIST_ENTRIES])} AS h
            JOIN logs AS l ON l.source = h.source AND l.part = h.part
            WHERE h.target IS NOT NULL AND h.target_state = 'value'
            GROUP BY l.owner_key, h.target""", "one row an owner and target on its hot lists"),
        Step("repeat_entries", framed(rows, REPEAT_ENTRIES, world), "one row an owner and target"),
    ]  # fmt: skip


def incident_searches(world: World) -> list[Step]:
    """Each search with a case number, beside the agency's incident log."""
    rows = """
        SELECT s.source, s.part, s.record, s.unit_at, s.log_no, s.agency_no, s.owner_state,
          i.case_no IS NOT NULL AS known, i.opened_at, i.closed_at, s.case_no_state
        FROM searches AS s JOIN logs AS l ON l.log_no = s.log_no
        JOIN (SELECT l.owner_key, min(i.opened_at) AS since, max(i.opened_at) AS until FROM incidents AS i
              JOIN logs AS l ON l.source = i.source AND l.part = i.part GROUP BY l.owner_key) AS c
          ON c.owner_key = l.owner_key AND s.unit_at BETWEEN c.since AND c.until
        LEFT JOIN (SELECT l.owner_key, i.case_no, min(i.opened_at) AS opened_at, max(i.closed_at) AS closed_at
                   FROM incidents AS i JOIN logs AS l ON l.source = i.source AND l.part = i.part
                   GROUP BY l.owner_key, i.case_no) AS i ON i.owner_key = l.owner_key AND i.case_no = s.case_no
        WHERE NOT s.exposed AND s.case_no IS NOT NULL"""
    return [MONTHS, Step("incident_searches", framed(rows, INCIDENT_SEARCHES, world), "one row a search")]


def look_backs(world: World) -> list[Step]:
    """How far back the searches of each log look, beside the longest retention that its owner states."""
    rows = """
        SELECT l.source, l.part, CAST(NULL AS BIGINT) AS record, l.last_at AS unit_at, l.log_no, n.agency_no,
          l.owner_state, f.searches, f.p95_days, f.p99_days, f.longest_days, r.stated_days
        FROM logs AS l JOIN far_back AS f ON f.log_no = l.log_no
        LEFT JOIN (SELECT l.owner_key, max(r.most) AS stated_days FROM retention_stated AS r
                   JOIN logs AS l ON l.log_no = r.log_no GROUP BY l.owner_key) AS r ON r.owner_key = l.owner_key
        LEFT JOIN agency_numbers AS n ON n.agency = l.owner_agency"""
    return [
        *retention_stated(world),
        Step("far_back", f"""
            SELECT log_no, max(n) AS searches, max(back) / {DAY_MS}.0 AS longest_days,
              min(CASE WHEN nth * 100 >= n * 95 THEN back END) / {DAY_MS}.0 AS p95_days,
              min(CASE WHEN nth * 100 >= n * 99 THEN back END) / {DAY_MS}.0 AS p99_days
            FROM (SELECT log_no, lookback_ms AS back,
                    row_number() OVER (PARTITION BY log_no ORDER BY lookback_ms) AS nth,
                    count(*) OVER (PARTITION BY log_no) AS n
                  FROM searches WHERE NOT exposed AND lookback_ms IS NOT NULL) AS o
            GROUP BY log_no""", "how far back the searches of a log look"),
        Step("look_backs", framed(rows, LOOK_BACKS, world), "one row a log"),
    ]  # fmt: skip


def words_change(_world: World) -> list[Step]:
    """Each agency and month: searches, sensitive purposes and general words, beside the month before."""
    sensitive = "coalesce(p01, p02, p03, p24, p25) IS NOT NULL"
    return [
        Step("month_words", f"""
            SELECT min(source) AS source, min(part) AS part, min(unit_at) AS unit_at, min(log_no) AS log_no, month,
              agency_no, owner_state, count(*) AS searches, count(CASE WHEN {sensitive} THEN 1 END) AS sensitive,
              count(CASE WHEN quality IN ('q1', 'q2') THEN 1 END) AS general
            FROM searches WHERE agency_no IS NOT NULL GROUP BY month, agency_no, owner_state""", "an agency and month"),
        Step("words_change", """
            SELECT m.source, m.part, CAST(NULL AS BIGINT) AS record, m.unit_at, m.log_no, m.month, m.agency_no,
              m.owner_state, m.searches, m.sensitive, m.general, b.searches AS searches_before,
              b.sensitive AS sensitive_before, b.general AS general_before
            FROM month_words AS m LEFT JOIN month_words AS b ON b.agency_no = m.agency_no AND b.month = m.month - 1
              AND b.owner_state IS NOT DISTINCT FROM m.owner_state""", "an agency and month beside the one before"),
    ]  # fmt: skip
