"""The view `days`: how many records each log has on each day, and how far one week's level is from the next one's."""

from __future__ import annotations

from collections.abc import Sequence

from plateglass.check.clock import DAY_MS
from plateglass.check.world import World
from plateglass.store import Step, values

_WEEK = 7


def days(world: World) -> list[Step]:
    """Each log and day, with the medians of the weeks before and after."""
    return [*_counts(world), *_levels(), _days(world)]


def _counts(world: World) -> list[Step]:
    """Records of each log on each day of its time, zeros too, and its middle day."""
    return [
        Step("source_days", f"""
            SELECT source, part, {world.day("searched_at")} AS day, count(*) AS records
            FROM sightings GROUP BY source, part, {world.day("searched_at")}""", "one row a table and day"),
        Step("log_days", """
            SELECT log, day, max(records) AS records
            FROM (SELECT l.log, d.source, d.day, sum(d.records) AS records
                  FROM source_days AS d JOIN logs AS l ON l.source = d.source AND l.part = d.part
                  GROUP BY l.log, d.source, d.day) AS s
            GROUP BY log, day""", "one row a log and day with records: of overlapping sources the one with most"),
        Step("log_spans", """
            SELECT l.log, min(l.view) AS view, min(l.owner_state) AS owner_state, min(l.owner_agency) AS agency,
              min(l.log_no) AS log_no, min(d.day) AS first_day, max(d.day) AS last_day
            FROM source_days AS d JOIN logs AS l ON l.source = d.source AND l.part = d.part GROUP BY l.log""",
            "one row a log, with its first and last day"),
        Step("every_day", """
            SELECT s.log, c.day, c.month, CAST(coalesce(d.records, 0) AS BIGINT) AS records
            FROM log_spans AS s JOIN calendar AS c ON c.day BETWEEN s.first_day AND s.last_day
            LEFT JOIN log_days AS d ON d.log = s.log AND d.day = c.day""",
            "one row a log and day, those without records too"),
        Step("usual_days", """
            SELECT log, records AS usual
            FROM (SELECT log, records, row_number() OVER (PARTITION BY log ORDER BY records) AS nth,
                    count(*) OVER (PARTITION BY log) AS n FROM every_day) AS o
            WHERE nth = (n + 1) // 2""", "the median of a log's days"),
    ]  # fmt: skip


def _levels() -> list[Step]:
    """Where the level of a log turns: the larger of two weeks' medians over the smaller, at its largest."""
    return [
        _median("weeks_before", range(-_WEEK, 0)),
        _median("weeks_after", range(_WEEK)),
        Step("shifts", """
            SELECT e.log, e.day, b.middle AS before, a.middle AS after, abs(a.total - b.total) AS gap,
              CAST(greatest(a.middle, b.middle) + 1 AS DOUBLE) / nullif(least(a.middle, b.middle) + 1, 0) AS ratio
            FROM every_day AS e JOIN weeks_before AS b ON b.log = e.log AND b.day = e.day
            JOIN weeks_after AS a ON a.log = e.log AND a.day = e.day""", "how far two weeks are apart"),
        Step("turns", """
            SELECT log, day, before, after, ratio,
              size > coalesce(max(size) OVER earlier, 0) AND size >= coalesce(max(size) OVER later, 0) AS turn
            FROM (SELECT *, CAST(floor(ratio * 1000) AS BIGINT) * 1000000000 + gap AS size FROM shifts) AS s
            WINDOW earlier AS (PARTITION BY log ORDER BY day RANGE BETWEEN 6 PRECEDING AND 1 PRECEDING),
                   later AS (PARTITION BY log ORDER BY day RANGE BETWEEN 1 FOLLOWING AND 6 FOLLOWING)""",
            "of neighbouring days the one with the largest ratio, of several the one with the largest difference"),
    ]  # fmt: skip


def _days(world: World) -> Step:
    """The view itself: the steps before it, put together."""
    return Step("days", f"""
            SELECT coalesce(f.source, l.source) AS source, coalesce(f.part, l.part) AS part,
              CAST(NULL AS BIGINT) AS record, {world.at(f"CAST(e.day AS BIGINT) * {DAY_MS}")} AS unit_at,
              coalesce(f.log_no, l.log_no) AS log_no, e.month, n.agency_no,
              s.owner_state, e.log, s.view, e.day, e.records, f.source IS NOT NULL AS covered, u.usual,
              t.before, t.after, t.ratio, coalesce(t.turn, false) AS turn
            FROM every_day AS e JOIN log_spans AS s ON s.log = e.log JOIN usual_days AS u ON u.log = e.log
            JOIN logs AS l ON l.log_no = s.log_no
            LEFT JOIN agency_numbers AS n ON n.agency = s.agency
            LEFT JOIN turns AS t ON t.log = e.log AND t.day = e.day
            LEFT JOIN (
              SELECT e.log, e.day, min(p.log_no) AS log_no
              FROM every_day AS e JOIN (
                SELECT l.log, l.log_no, min(d.day) AS first_day, max(d.day) AS last_day
                FROM source_days AS d JOIN logs AS l ON l.source = d.source AND l.part = d.part
                GROUP BY l.log, l.log_no) AS p ON p.log = e.log AND e.day BETWEEN p.first_day AND p.last_day
              GROUP BY e.log, e.day) AS c ON c.log = e.log AND c.day = e.day
            LEFT JOIN logs AS f ON f.log_no = c.log_no""", "one row a log and day")  # fmt: skip


def _median(step: str, apart: Sequence[int]) -> Step:
    """The middle one of the seven days that are so far from a day, where a log has all seven: each weekday once.

    Each day is told of every day that it is so far from: a join over a range would compare every two days of a log.
    """
    offsets = values([(days,) for days in apart], {"days": "INTEGER"})
    return Step(step, f"""
        SELECT log, day, records AS middle, total
        FROM (SELECT *, sum(records) OVER (PARTITION BY log, day) AS total,
                row_number() OVER (PARTITION BY log, day ORDER BY records) AS nth,
                count(*) OVER (PARTITION BY log, day) AS n
              FROM (SELECT e.log, e.day - a.days AS day, e.records
                    FROM every_day AS e CROSS JOIN ({offsets}) AS a) AS t) AS o
        WHERE n = {_WEEK} AND nth = {_WEEK // 2 + 1}""", "medians of seven days")  # fmt: skip
