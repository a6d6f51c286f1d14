"""The views about what was released twice: `releases`, two files of one log for the same time, and `copies`, one id.

A file is compared with the one before it in the same log, and only within the time that both are about. Searches are
matched by the vendor's id where both files have it, else by their fingerprint, which needs the same columns in both.
"""

from __future__ import annotations

from plateglass.check.scan import RECORDS
from plateglass.check.world import World
from plateglass.model import Column
from plateglass.store import Step, name

RELEASES: tuple[Column, ...] = (
    Column("log", "VARCHAR", "whose log it is, and of what kind"),
    Column("fate", "VARCHAR", "kept, vanished (in the earlier file only), appeared (in the later only) or changed"),
    Column("comparable", "BOOLEAN", "whether both files have the vendor's id, or the same columns"),
    Column("other_record", "BIGINT", "number of its record in the other file; NULL where that has none"),
    Column(
        "stand_in", "BOOLEAN", "whether a record of its UTC hour, reason, offence and case number stands in its place"
    ),
)
"""One row a search that either of two files of one log shows, within the time that both are about."""

COPIES: tuple[Column, ...] = (
    Column("versions", "BIGINT", "distinct searches that carry the id"),
    Column("times", "BIGINT", "different times of them"),
    Column("reasons", "BIGINT", "different stated reasons among them; blank and hidden ones don't count"),
    Column("purposes", "BIGINT", "different sets of purposes among the stated reasons"),
    Column("case_nos", "BIGINT", "different case numbers among them; blank and hidden ones don't count"),
)
"""One row an id of the vendor that stands in more than one record."""


def releases(world: World) -> list[Step]:
    """Each search of the time that two files of one log share, with what became of it."""
    return [
        Step("release_order", """
            SELECT l.log_no, l.source, l.part, l.log, l.first_at, l.last_at, l.columns, l.owner_state,
              ',' || l.columns || ',' LIKE '%,search_id,%' AS has_id,
              row_number() OVER (PARTITION BY l.log ORDER BY coalesce(l.captured_on, l.last_at), l.last_at,
                l.first_at, l.source, l.part) AS nth
            FROM logs AS l WHERE l.first_at IS NOT NULL""", "tables of one log, in the order of their release"),
        Step("release_pairs", """
            SELECT b.log_no AS pair, a.log_no AS before_no, b.log, b.owner_state, a.source AS a_source,
              a.part AS a_part, b.source AS b_source, b.part AS b_part,
              greatest(a.first_at, b.first_at) AS since, least(a.last_at, b.last_at) AS until,
              a.has_id AND b.has_id AS by_id, (a.has_id AND b.has_id) OR a.columns = b.columns AS comparable
            FROM release_order AS a JOIN release_order AS b ON b.log = a.log AND b.nth = a.nth + 1
            WHERE a.first_at <= b.last_at AND b.first_at <= a.last_at""", "files that share a stretch of time"),
        Step("release_shown", f"{_shown('a', 0)} UNION ALL {_shown('b', 1)}", "their records of that time", lazy=True),
        Step("release_fates", """
            SELECT pair, unit, min(searched_at) AS unit_at, min(CASE side WHEN 0 THEN record END) AS before_record,
              min(CASE side WHEN 1 THEN record END) AS after_record,
              min(CASE side WHEN 0 THEN said END) AS before_said, min(CASE side WHEN 1 THEN said END) AS after_said
            FROM release_shown GROUP BY pair, unit""", "one row a search and pair of files"),
        Step("release_alone", f"{_alone('a', 'before')} UNION ALL {_alone('b', 'after')}",
             "searches of one file only, each numbered among those alike in hour and words"),
        Step("stand_ins", """
            SELECT a.pair, a.unit FROM release_alone AS a JOIN release_alone AS b ON b.pair = a.pair
              AND b.alike = a.alike AND b.nth = a.nth AND b.side <> a.side""",
            "searches of one file only that the other file has another record for: each stands for one"),
        Step("releases", f"""
            SELECT CASE WHEN f.after_record IS NULL THEN p.a_source ELSE p.b_source END AS source,
              CASE WHEN f.after_record IS NULL THEN p.a_part ELSE p.b_part END AS part,
              coalesce(f.after_record, f.before_record) AS record, f.unit_at,
              CASE WHEN f.after_record IS NULL THEN p.before_no ELSE p.pair END AS log_no, c.month,
              CAST(NULL AS INTEGER) AS agency_no, p.owner_state, p.log, p.comparable,
              CASE WHEN f.after_record IS NULL THEN 'vanished' WHEN f.before_record IS NULL THEN 'appeared'
                WHEN f.before_said <> f.after_said THEN 'changed' ELSE 'kept' END AS fate,
              CASE WHEN f.after_record IS NOT NULL THEN f.before_record END AS other_record,
              i.pair IS NOT NULL AS stand_in
            FROM release_fates AS f JOIN release_pairs AS p ON p.pair = f.pair
            LEFT JOIN stand_ins AS i ON i.pair = f.pair AND i.unit = f.unit
            LEFT JOIN calendar AS c ON c.day = {world.day("f.unit_at")}""", "one row a search and pair of files"),
    ]  # fmt: skip


def _shown(file: str, side: int) -> str:
    """The records of one file of each pair, each with what it is known by and all that it says."""
    return f"""
        SELECT p.pair, {side} AS side, s.record, s.searched_at, CAST(s.fingerprint AS VARCHAR) AS said,
          CASE WHEN p.by_id AND s.search_id IS NOT NULL THEN CAST(s.search_id AS VARCHAR)
            ELSE CAST(s.fingerprint AS VARCHAR) END AS unit
        FROM sightings AS s JOIN release_pairs AS p ON p.{file}_source = s.source AND p.{file}_part = s.part
        WHERE s.searched_at BETWEEN p.since AND p.until"""


def _alone(file: str, side: str) -> str:
    """The searches that only one file of a pair has; alike are those of one hour that state the same."""
    other = "after" if side == "before" else "before"
    alike = " || ' ' || ".join(
        ["CAST(s.searched_at // 3600000 AS VARCHAR)",
         *(f"coalesce(CAST(s.{field} AS VARCHAR), '-')" for field in ("org", "reason", "offence", "case_no"))]
    )  # fmt: skip
    return f"""
        SELECT pair, unit, side, alike, row_number() OVER (PARTITION BY pair, side, alike ORDER BY record) AS nth
        FROM (SELECT f.pair, f.unit, '{side}' AS side, s.record, {alike} AS alike
              FROM release_fates AS f JOIN release_pairs AS p ON p.pair = f.pair
              JOIN sightings AS s ON s.source = p.{file}_source AND s.part = p.{file}_part
                AND s.record = f.{side}_record
              WHERE f.{other}_record IS NULL) AS a"""


def copies(world: World) -> list[Step]:
    """Each id that stands in more than one record, with how far they agree."""
    codes = " || ".join(f"coalesce({name(code)}, '-') || ' '" for code in world.codes if code.startswith("p"))
    told = ", ".join(
        f"max(CASE WHEN s.{one} IS NOT NULL THEN 1 ELSE 0 END) AS {several}"
        for one, several in (("reason", "reasons"), ("purposes", "purposes"), ("case_no", "case_nos"))
    )
    return [
        Step("reason_purposes", f"SELECT id, {codes} AS purposes FROM reason_codes", "the purposes of each reason"),
        Step("copied_ids", """
            SELECT search_id, count(*) AS versions FROM distinct_searches WHERE search_id IS NOT NULL
            GROUP BY search_id HAVING sum(sightings) > 1""", "ids in more than one record"),
        Step("copied_searches", """
            SELECT s.search_id, i.versions, s.source, s.part, s.record, s.searched_at,
              CASE s.reason_state WHEN 'value' THEN s.reason END AS reason,
              CASE s.reason_state WHEN 'value' THEN r.purposes END AS purposes,
              CASE s.case_no_state WHEN 'value' THEN s.case_no END AS case_no
            FROM distinct_searches AS s JOIN copied_ids AS i ON i.search_id = s.search_id
            LEFT JOIN reason_purposes AS r ON r.id = s.reason WHERE s.search_id IS NOT NULL""",
            "the searches that carry them", lazy=True),
        Step("copied_apart", """
            SELECT search_id, count(DISTINCT searched_at) AS times, count(DISTINCT reason) AS reasons,
              count(DISTINCT purposes) AS purposes, count(DISTINCT case_no) AS case_nos
            FROM copied_searches WHERE versions > 1 GROUP BY search_id""",
            "how far several searches of one id are apart; most ids have one, which is not compared with itself"),
        Step("copies", f"""
            SELECT l.source, l.part, g.place % {RECORDS} AS record, g.unit_at, l.log_no, c.month,
              CAST(NULL AS INTEGER) AS agency_no, l.owner_state, g.versions, coalesce(a.times, 1) AS times,
              coalesce(a.reasons, g.reasons) AS reasons, coalesce(a.purposes, g.purposes) AS purposes,
              coalesce(a.case_nos, g.case_nos) AS case_nos
            FROM (
              SELECT s.search_id, min(l.log_no * {RECORDS} + s.record) AS place, min(s.searched_at) AS unit_at,
                min(s.versions) AS versions, {told}
              FROM copied_searches AS s JOIN logs AS l ON l.source = s.source AND l.part = s.part
              GROUP BY s.search_id) AS g
            LEFT JOIN copied_apart AS a ON a.search_id = g.search_id
            JOIN logs AS l ON l.log_no = g.place // {RECORDS}
            LEFT JOIN calendar AS c ON c.day = {world.day("g.unit_at")}""", "one row an id in several records"),
    ]  # fmt: skip
