"""Views about sharing: each outside agency with its papers, weeks, lists one after the other, three counts."""

from __future__ import annotations

from plateglass.check.clock import DAY_MS
from plateglass.check.others import MONTHS, framed
from plateglass.check.tables import AGREED
from plateglass.check.world import World
from plateglass.model import Column
from plateglass.store import Step, text

_WHO = (
    Column("agency", "VARCHAR", "id of the other agency; NULL while unresolved"),
    Column("agency_state", "VARCHAR", "its state, two letters, lower case; NULL where unknown, and for federal bodies"),
    Column("agency_kind", "VARCHAR", "what kind of body it is"),
    Column("agency_level", "VARCHAR", "its level of government"),
)

OUTSIDE_AGENCIES: tuple[Column, ...] = (
    *_WHO,
    Column("first_at", "BIGINT", "when it first searched the owner's cameras, epoch ms UTC"),
    Column("last_at", "BIGINT", "when it last did"),
    Column("searches", "BIGINT", "how often"),
    Column(
        "declared_at", "BIGINT", "day of its first declaration or attestation about use or sharing; NULL without one"
    ),
    Column("undeclared_at", "BIGINT", "when it last searched on a day on which no such paper held; NULL where never"),
    Column("unclear", "BIGINT", "papers of it of which the table does not say what they are about"),
    Column("declarations", "BIGINT", "declarations and attestations in the case, of anybody, about anything"),
    Column("agreement_at", "BIGINT", "day of its first agreement under INA 287(g); NULL where none is listed"),
    Column("agreement_until", "BIGINT", "the day on which its last agreement ended; NULL while one is in force"),
    Column("agreements", "BIGINT", "agreements in the case, of anybody"),
    Column("registered_at", "BIGINT", "the day on which it registered its readers; NULL where no list has one"),
    Column("registrations", "BIGINT", "registrations in the case, of anybody"),
)
"""One row an owner of cameras and another agency that searched them."""

OUTSIDE_WEEKS: tuple[Column, ...] = (
    Column("agencies", "BIGINT", "distinct other agencies that searched the owner's cameras in the week"),
    Column("before", "BIGINT", "the most of any of the four weeks before; NULL where not all four are in the log"),
    Column("same_form", "BOOLEAN", "whether the logs of this week and of the week before have the same columns"),
    Column("papers", "BIGINT", "declarations and agreements dated in the week or in the one before"),
)
"""One row an owner and week, from Monday; weeks without an outside search are not in it."""

LIST_CHANGES: tuple[Column, ...] = (
    *_WHO,
    Column("fate", "VARCHAR", "against the owner's list before: kept, appeared, vanished"),
    Column("days_between", "BIGINT", "days between the two lists"),
)
"""One row an organisation on either of two sharing lists of one owner that follow one another."""

SHARING_COUNTS: tuple[Column, ...] = (
    Column("listed", "BIGINT", "organisations on the list that the owner shares with"),
    Column("stated", "BIGINT", "organisations that the owner's portal says it shares with, nearest capture"),
    Column("days_apart", "BIGINT", "days between the list and that capture"),
    Column("searched", "BIGINT", "other agencies in the owner's network audits within 31 days of the list"),
    Column("unlisted", "BIGINT", "of them, those that are not on the list"),
)
"""One row a dated sharing list: what it holds, what the portal says, what the log shows."""

ABOUT = ("immigration", "health_care", "protected_activity", "sharing")
"""What a declaration must be about, to be one of what the data will not be used for."""

FOREVER = 1_000_000
"""A day number after all others."""

MONDAY = 3
"""1970-01-01 was a Thursday: the day number and 3 more, by sevens, is a number of weeks that begin on Mondays."""


def outside_agencies(world: World) -> list[Step]:
    """Each other agency that searched an owner's cameras, with its declarations and agreements."""
    rows = f"""
        SELECT l.source, l.part, CAST(NULL AS BIGINT) AS record, o.last_at AS unit_at, o.log_no, o.agency_no,
          o.owner_state, o.agency, w.state AS agency_state, w.kind AS agency_kind, w.level AS agency_level,
          o.first_at, o.last_at, o.searches, {world.at("d.declared_at")} AS declared_at,
          CASE WHEN d.declared_at IS NULL THEN o.last_at ELSE u.undeclared_at END AS undeclared_at,
          coalesce(d.unclear, 0) AS unclear, (SELECT count(*) FROM declarations) AS declarations,
          a.agreement_at, a.agreement_until, (SELECT count(*) FROM agreements) AS agreements, r.registered_at,
          (SELECT count(*) FROM duties WHERE duty = 'registration') AS registrations
        FROM (SELECT owner, agency, min(agency_no) AS agency_no, min(owner_state) AS owner_state, min(log_no) AS log_no,
                min(searched_at) AS first_at, max(searched_at) AS last_at, count(*) AS searches
              FROM searches WHERE exposed AND agency IS NOT NULL AND agency <> coalesce(owner, '')
              GROUP BY owner, agency) AS o
        JOIN logs AS l ON l.log_no = o.log_no
        JOIN agency_facts AS w ON w.agency = o.agency
        LEFT JOIN declared AS d ON d.agency = o.agency LEFT JOIN agreed AS a ON a.agency = o.agency
        LEFT JOIN undeclared AS u ON u.owner = o.owner AND u.agency = o.agency
        LEFT JOIN registered AS r ON r.agency = o.agency"""
    return [
        MONTHS,
        *_papers(world),
        Step("outside_agencies", framed(rows, OUTSIDE_AGENCIES, world), "an owner and agency"),
    ]


def _papers(world: World) -> list[Step]:
    return [
        Step("agency_facts", """
            SELECT agency, min(state) AS state, min(kind) AS kind, min(level) AS level FROM who
            WHERE agency IS NOT NULL GROUP BY agency""", "one row an agency"),
        Step("declared_papers", f"""
            SELECT w.agency, d.declared_at // {DAY_MS} AS first_day, d.expires_at // {DAY_MS} AS last_day,
              d.declared_at, coalesce(d.subject, 'other') = 'other' AS unclear
            FROM declarations AS d JOIN who AS w ON w.org = d.org
            WHERE w.agency IS NOT NULL AND d.declared_at IS NOT NULL
              AND coalesce(d.kind, 'declaration') IN ('declaration', 'attestation')
              AND coalesce(d.subject, 'other') IN ({", ".join(map(text, ABOUT))}, 'other')""",
            "one row a paper that speaks, or may speak, of use or sharing"),
        Step("declared", """
            SELECT agency, min(CASE WHEN NOT unclear THEN declared_at END) AS declared_at,
              count(CASE WHEN unclear THEN 1 END) AS unclear
            FROM declared_papers GROUP BY agency""", "one row an agency that has declared"),
        Step("undeclared", f"""
            SELECT s.owner, s.agency, max(s.searched_at) AS undeclared_at
            FROM searches AS s JOIN declared AS b ON b.agency = s.agency
            LEFT JOIN declared_papers AS d ON d.agency = s.agency AND NOT d.unclear
              AND {world.day("s.searched_at")} BETWEEN d.first_day AND coalesce(d.last_day, {FOREVER})
            WHERE s.exposed AND d.agency IS NULL GROUP BY s.owner, s.agency""",
            "when one that has declared last searched without a paper that held"),
        Step("registered", """
            SELECT w.agency, min(d.done_at) AS registered_at FROM duties AS d JOIN who AS w ON w.org = d.org
            WHERE d.duty = 'registration' AND w.agency IS NOT NULL GROUP BY w.agency""",
            "one row an agency on a list of registrations"),
        AGREED,
    ]  # fmt: skip


def outside_weeks(world: World) -> list[Step]:
    """How many other agencies searched an owner's cameras in each week, beside the weeks before."""
    rows = f"""
        SELECT l.source, l.part, CAST(NULL AS BIGINT) AS record,
          {world.at(f"((w.week * 7 - {MONDAY}) * {DAY_MS})")} AS unit_at,
          w.log_no, n.agency_no, l.owner_state, w.agencies,
          CASE WHEN b.weeks = 4 THEN b.most END AS before, p.form = w.form AS same_form,
          (SELECT count(*) FROM paper_weeks AS d WHERE d.week IN (w.week, w.week - 1)) AS papers
        FROM seen_weeks AS w JOIN logs AS l ON l.log_no = w.log_no
        LEFT JOIN (SELECT x.owner, x.week, count(*) AS weeks, max(y.agencies) AS most
                   FROM seen_weeks AS x JOIN seen_weeks AS y
                     ON y.owner = x.owner AND y.week BETWEEN x.week - 4 AND x.week - 1
                   GROUP BY x.owner, x.week) AS b ON b.owner = w.owner AND b.week = w.week
        LEFT JOIN seen_weeks AS p ON p.owner = w.owner AND p.week = w.week - 1
        LEFT JOIN agency_numbers AS n ON n.agency = l.owner_agency"""
    day = world.day("s.searched_at")
    return [
        MONTHS,
        Step("seen_weeks", f"""
            SELECT l.owner_key AS owner, ({day} + {MONDAY}) // 7 AS week, min(s.log_no) AS log_no,
              count(DISTINCT s.agency) AS agencies,
              CASE WHEN min(l.columns) = max(l.columns) THEN min(l.columns) END AS form
            FROM searches AS s JOIN logs AS l ON l.log_no = s.log_no
            WHERE s.exposed AND s.agency <> coalesce(s.owner, '') GROUP BY l.owner_key, ({day} + {MONDAY}) // 7""",
            "one row an owner and week"),
        Step("paper_weeks", f"""
            SELECT (declared_at // {DAY_MS} + {MONDAY}) // 7 AS week FROM declarations
            UNION ALL SELECT (signed_at // {DAY_MS} + {MONDAY}) // 7 AS week FROM agreements""", "the weeks of papers"),
        Step("outside_weeks", framed(rows, OUTSIDE_WEEKS, world), "one row an owner and week"),
    ]  # fmt: skip


def _list_order() -> list[Step]:
    return [
        Step("list_order", """
            SELECT log_no, source, part, owner_key, owner_state, owner_agency, captured_on,
              row_number() OVER (PARTITION BY owner_key ORDER BY captured_on, source, part) AS nth
            FROM logs WHERE view = 'shared_networks' AND captured_on IS NOT NULL""", "dated lists in order"),
        Step("list_bodies", """
            SELECT o.log_no, coalesce(w.agency, CAST(s.org AS VARCHAR)) AS body, min(w.agency) AS agency,
              min(w.agency_no) AS agency_no, min(w.state) AS state, min(w.kind) AS kind, min(w.level) AS level,
              min(s.record) AS record
            FROM shares AS s JOIN list_order AS o ON o.source = s.source AND o.part = s.part
            LEFT JOIN who AS w ON w.org = s.org
            WHERE coalesce(s.outbound, 0) > 0 GROUP BY o.log_no, coalesce(w.agency, CAST(s.org AS VARCHAR))""",
            "whom each list names as shared with, once"),
    ]  # fmt: skip


def list_changes(world: World) -> list[Step]:
    """What became of each organisation from one sharing list of an owner to the next."""
    rows = f"""
        SELECT CASE WHEN a.log_no IS NULL THEN p.before_source ELSE p.source END AS source,
          CASE WHEN a.log_no IS NULL THEN p.before_part ELSE p.part END AS part, coalesce(a.record, b.record) AS record,
          {world.at("p.captured_on")} AS unit_at,
          CASE WHEN a.log_no IS NULL THEN p.before_no ELSE p.log_no END AS log_no,
          coalesce(a.agency_no, b.agency_no) AS agency_no, p.owner_state,
          coalesce(a.agency, b.agency) AS agency, coalesce(a.state, b.state) AS agency_state,
          coalesce(a.kind, b.kind) AS agency_kind, coalesce(a.level, b.level) AS agency_level,
          CASE WHEN a.log_no IS NULL THEN 'vanished' WHEN b.log_no IS NULL THEN 'appeared' ELSE 'kept' END AS fate,
          (p.captured_on - p.before_on) // {DAY_MS} AS days_between
        FROM list_pairs AS p
        JOIN (SELECT p.log_no AS pair, b.body FROM list_pairs AS p JOIN list_bodies AS b
                ON b.log_no IN (p.log_no, p.before_no) GROUP BY p.log_no, b.body) AS e ON e.pair = p.log_no
        LEFT JOIN list_bodies AS a ON a.log_no = p.log_no AND a.body = e.body
        LEFT JOIN list_bodies AS b ON b.log_no = p.before_no AND b.body = e.body"""
    return [
        MONTHS,
        *_list_order(),
        Step("list_pairs", """
            SELECT a.*, b.log_no AS before_no, b.source AS before_source, b.part AS before_part,
              b.captured_on AS before_on
            FROM list_order AS a JOIN list_order AS b ON b.owner_key = a.owner_key AND b.nth = a.nth - 1""",
            "lists that follow one another"),
        Step("list_changes", framed(rows, LIST_CHANGES, world), "one row an organisation and pair of lists"),
    ]  # fmt: skip


def sharing_counts(world: World) -> list[Step]:
    """For each dated list: whom it names, how many the portal claims, who is in the log."""
    near = 31 * DAY_MS
    rows = f"""
        SELECT o.source, o.part, CAST(NULL AS BIGINT) AS record, {world.at("o.captured_on")} AS unit_at, o.log_no,
          n.agency_no, o.owner_state, b.listed, c.stated, c.days_apart, q.searched, q.unlisted
        FROM list_order AS o
        LEFT JOIN (SELECT log_no, count(*) AS listed FROM list_bodies GROUP BY log_no) AS b ON b.log_no = o.log_no
        LEFT JOIN portal_counts AS c ON c.log_no = o.log_no AND c.nth = 1
        LEFT JOIN (
          SELECT o.log_no, count(DISTINCT s.agency) AS searched,
            count(DISTINCT CASE WHEN k.body IS NULL THEN s.agency END) AS unlisted
          FROM list_order AS o JOIN logs AS l ON l.owner_key = o.owner_key
          JOIN searches AS s ON s.log_no = l.log_no AND s.exposed AND s.agency <> coalesce(s.owner, '')
            AND s.searched_at BETWEEN o.captured_on - {near} AND o.captured_on + {near}
          LEFT JOIN list_bodies AS k ON k.log_no = o.log_no AND k.agency = s.agency
          GROUP BY o.log_no) AS q ON q.log_no = o.log_no
        LEFT JOIN agency_numbers AS n ON n.agency = o.owner_agency"""
    return [
        MONTHS,
        *_list_order(),
        Step("portal_counts", f"""
            SELECT o.log_no, s.shares_out AS stated, abs(s.captured_on - o.captured_on) // {DAY_MS} AS days_apart,
              row_number() OVER (PARTITION BY o.log_no
                ORDER BY abs(s.captured_on - o.captured_on), s.captured_on, s.shares_out) AS nth
            FROM list_order AS o JOIN logs AS l ON l.owner_key = o.owner_key
            JOIN statistics AS s ON lower(trim(s.owner)) = l.owner_said WHERE s.shares_out IS NOT NULL""",
            "the portal's own number nearest to each list"),
        Step("sharing_counts", framed(rows, SHARING_COUNTS, world), "one row a dated list"),
    ]  # fmt: skip
