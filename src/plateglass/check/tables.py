"""The steps of the smaller views: agency_months, shares, sources, portal_claims."""

from __future__ import annotations

from plateglass.check.columns import PORTAL_CLAIMS, SHARES, SOURCES
from plateglass.check.others import MONTHS, framed
from plateglass.check.world import World
from plateglass.store import Step


def agency_months(_world: World) -> list[Step]:
    """Each agency and month, with its searches."""
    return [Step("agency_months", """
        SELECT min(source) AS source, CAST(0 AS INTEGER) AS part, CAST(NULL AS BIGINT) AS record,
          min(unit_at) AS unit_at, min(log_no) AS log_no, month, agency_no, owner_state,
          min(agency) AS agency, count(*) AS searches,
          count(CASE WHEN reason_state IN ('empty', 'placeholder') THEN 1 END) AS no_reason,
          count(CASE WHEN case_no_state IN ('empty', 'placeholder') THEN 1 END) AS no_case
        FROM searches GROUP BY month, agency_no, owner_state""",
        "one row an agency, month and state of the log",
    )]  # fmt: skip


AGREED = Step("agreed", """
    SELECT w.agency, min(a.signed_at) AS agreement_at,
      CASE WHEN count(a.ended_at) = count(*) THEN max(a.ended_at) END AS agreement_until
    FROM agreements AS a JOIN who AS w ON w.org = a.org WHERE w.agency IS NOT NULL GROUP BY w.agency""",
    "one row an agency with an agreement")  # fmt: skip


def shares(world: World) -> list[Step]:
    """Each record of a sharing list, with the other organisation as resolved."""
    rows = f"""
        SELECT s.source, s.part, s.record, {world.at("l.captured_on")} AS unit_at, l.log_no, w.agency_no,
          l.owner_state, w.agency, w.state AS agency_state, w.kind AS agency_kind, w.level AS agency_level,
          s.inbound, s.outbound, s.inbound_state, s.outbound_state,
          a.agreement_at, a.agreement_until, (SELECT count(*) FROM agreements) AS agreements
        FROM shares AS s JOIN logs AS l ON l.source = s.source AND l.part = s.part
        LEFT JOIN who AS w ON w.org = s.org
        LEFT JOIN agreed AS a ON a.agency = w.agency"""
    return [MONTHS, AGREED, Step("share_units", framed(rows, SHARES, world), "one row a record of a sharing list")]


def sources(world: World) -> list[Step]:
    """Each table of a source, with what it lost against the one before it in the same log."""
    rows = f"""
        SELECT l.source, l.part, CAST(NULL AS BIGINT) AS record,
          coalesce(l.last_at, {world.at("l.captured_on")}) AS unit_at,
          l.log_no, n.agency_no, l.owner_state, l.view, l.layout, l.log, w.kind AS owner_kind, l.records,
          (SELECT count(*) FROM source_fields AS f WHERE f.source = l.source AND f.part = l.part) AS fields,
          x.source IS NOT NULL AS earlier, coalesce(x.lost, 0) AS lost
        FROM logs AS l
        LEFT JOIN agency_numbers AS n ON n.agency = l.owner_agency LEFT JOIN who AS w ON w.org = l.owner_org
        LEFT JOIN source_lost AS x ON x.source = l.source AND x.part = l.part"""
    return [
        MONTHS,
        Step("sources_in_time", """
            SELECT *, row_number() OVER (PARTITION BY log ORDER BY first_at, last_at, source, part) AS nth
            FROM logs WHERE first_at IS NOT NULL""", "sources of one log in order of time"),
        Step("source_fields", """
            SELECT source, part, trim(unnest(string_split(columns, ','))) AS field FROM logs WHERE columns <> ''""",
            "one row a table and field that it exports"),
        Step("source_lost", """
            SELECT o.source, o.part, count(b.field) - count(h.field) AS lost
            FROM sources_in_time AS o JOIN sources_in_time AS p ON p.log = o.log AND p.nth = o.nth - 1
            LEFT JOIN source_fields AS b ON b.source = p.source AND b.part = p.part
            LEFT JOIN source_fields AS h ON h.source = o.source AND h.part = o.part AND h.field = b.field
            GROUP BY o.source, o.part""", "fields that the source before exports and this one doesn't"),
        Step("source_units", framed(rows, SOURCES, world), "one row a table of a source"),
    ]  # fmt: skip


def portal_claims(world: World) -> list[Step]:
    """Each portal's log, with the figure that the portal itself gave on that day."""
    rows = f"""
        SELECT l.source, l.part, CAST(NULL AS BIGINT) AS record,
          coalesce({world.at("l.captured_on")}, l.last_at) AS unit_at,
          l.log_no, n.agency_no, l.owner_state, l.records, s.searches_30d
        FROM logs AS l
        LEFT JOIN agency_numbers AS n ON n.agency = l.owner_agency
        LEFT JOIN (
          SELECT lower(trim(owner)) AS owner, captured_on,
            CASE WHEN min(searches_30d) = max(searches_30d) THEN min(searches_30d) END AS searches_30d
          FROM statistics GROUP BY lower(trim(owner)), captured_on) AS s
          ON s.owner = l.owner_said AND s.captured_on = l.captured_on
        WHERE l.view = 'portal_audit'"""
    return [MONTHS, Step("portal_claims", framed(rows, PORTAL_CLAIMS, world), "one row a portal's log")]
