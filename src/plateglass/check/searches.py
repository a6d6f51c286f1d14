"""The view `searches`, and the small tables that it joins: agencies, logs, calendar, ranks, sharing lists."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from plateglass.check.clock import DAY_MS, Home, literal
from plateglass.check.columns import CRIMES
from plateglass.check.world import World
from plateglass.model import SIGHTINGS
from plateglass.store import Step, name, values

_HOUR_MS = 3_600_000


def ground(home: Home) -> list[Step]:
    """Tables about names and logs, which everything else joins."""
    home_key = literal(home.agency or home.written.strip().lower())
    return [
        Step("agency_numbers", """
            SELECT agency, CAST(row_number() OVER (ORDER BY agency) AS INTEGER) AS agency_no, public,
              CASE WHEN public THEN name END AS name
            FROM (SELECT agency, min(name) AS name, min(CASE WHEN public THEN 1 ELSE 0 END) = 1 AS public
                  FROM organisations WHERE agency IS NOT NULL GROUP BY agency) AS a""",
            "one row an agency, with its number in this run"),
        Step("who", """
            SELECT o.org, o.agency, n.agency_no, o.state, o.kind, o.level, o.public
            FROM organisations AS o LEFT JOIN agency_numbers AS n ON n.agency = o.agency""",
            "one row a name as written, with its agency's number"),
        Step("logs", f"""
            SELECT l.*, row_number() OVER (ORDER BY source, part) AS log_no, owner_key || ' ' || view AS log,
              {home_key} AS home_key
            FROM (
              SELECT s.source, s.part, s.view, s.layout, s.owner_org, s.captured_on, s.records, s.accepted,
                s.first_at, s.last_at, s.columns, lower(trim(s.owner)) AS owner_said, w.agency AS owner_agency,
                CASE WHEN w.org IS NULL OR (w.agency IS NULL AND w.state IS NULL) THEN {literal(home.state)}
                  ELSE w.state END AS owner_state,
                coalesce(w.agency, nullif(lower(trim(s.owner)), ''), {home_key}, s.source) AS owner_key
              FROM sources AS s LEFT JOIN who AS w ON w.org = s.owner_org) AS l""",
            "one row a table of a source, with whose log it is: the owner that the file names, else the home agency"),
    ]  # fmt: skip


def calendar(world: World) -> Step:
    """One row a day that a search or a sharing list may fall on: its number and its month."""
    start, end = world.first // DAY_MS - 1, world.last // DAY_MS + 1
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    days = ((n, epoch + timedelta(days=n)) for n in range(start, end + 1))
    rows = [(n, day.year * 12 + day.month - 1) for n, day in days]
    return Step("calendar", values(rows, {"day": "INTEGER", "month": "INTEGER"}), "one row a day, with its month")


def _rank(field: str) -> Step:
    """For each number of networks or cameras: the percent of the searches that reached fewer."""
    return Step(f"{field}_ranks", f"""
        SELECT {field}, 100.0 * (sum(n) OVER (ORDER BY {field}) - n) / nullif(sum(n) OVER (), 0) AS below
        FROM (SELECT {field}, count(*) AS n FROM distinct_searches
              WHERE {field}_state = 'value' GROUP BY {field}) AS c""",
        "the percent of the searches that reached fewer")  # fmt: skip


def _codes(field: str, world: World) -> Step:
    absent = "".join(f", CAST(NULL AS VARCHAR) AS {name(code)}" for code in world.uncoded)
    coded = f"SELECT *{absent} FROM reasons WHERE field = '{field}'"
    sql = f"SELECT c.*, coalesce({', '.join(CRIMES)}) IS NOT NULL AS crime FROM ({coded}) AS c"
    return Step(f"{field}_codes", sql, f"codes of the {field} texts")


SEEN = Step("network_seen", """
    SELECT s.fingerprint, min(l.log_no + CASE WHEN l.owner_key = l.home_key THEN 0 ELSE 1000000000 END) % 1000000000
      AS log_no
    FROM sightings AS s JOIN logs AS l ON l.source = s.source AND l.part = s.part
    WHERE l.view = 'network_audit' GROUP BY s.fingerprint""",
    "one row a search that a network audit shows, with the log: the home agency's own where one is")  # fmt: skip


BUSY = Step("busy_seconds", """
    SELECT s.account, CASE WHEN s.org IS NULL AND l.view <> 'network_audit' THEN l.owner_org ELSE s.org END AS whose,
      s.searched_at // 1000 AS second
    FROM distinct_searches AS s JOIN logs AS l ON l.source = s.source AND l.part = s.part
    WHERE s.account IS NOT NULL AND s.target IS NOT NULL
    GROUP BY 1, 2, 3 HAVING min(s.target) <> max(s.target)""",
    "the seconds in which one account searched for several things")  # fmt: skip


def _lists() -> list[Step]:
    return [
        Step("lists", """
            SELECT log_no, owner_key, captured_on // 86400000 AS day, source, part FROM logs
            WHERE view = 'shared_networks' AND captured_on IS NOT NULL""", "one row a dated sharing list"),
        Step("list_of_day", """
            SELECT owner_key, day, log_no AS list_no, list_days FROM (
              SELECT l.owner_key, c.day, l.log_no, abs(c.day - l.day) AS list_days,
                row_number() OVER (PARTITION BY l.owner_key, c.day
                  ORDER BY CASE WHEN l.day <= c.day THEN 0 ELSE 1 END, abs(c.day - l.day), l.log_no) AS nth
              FROM lists AS l CROSS JOIN calendar AS c) AS n
            WHERE nth = 1""", "the sharing list of each day by owner: the last one on or before it, else the next"),
        Step("org_listed", """
            SELECT l.log_no AS list_no, w.org,
              CASE WHEN b.agency IS NOT NULL OR t.org IS NOT NULL THEN true WHEN w.agency IS NOT NULL THEN false END
                AS listed
            FROM lists AS l CROSS JOIN who AS w
            LEFT JOIN (SELECT DISTINCT s.source, s.part, o.agency FROM shares AS s JOIN who AS o ON o.org = s.org
                       WHERE o.agency IS NOT NULL) AS b
              ON b.source = l.source AND b.part = l.part AND b.agency = w.agency
            LEFT JOIN (SELECT DISTINCT source, part, org FROM shares) AS t
              ON t.source = l.source AND t.part = l.part AND t.org = w.org""",
            "whether each list has each organisation; NULL for an unresolved name that it doesn't have as written"),
    ]  # fmt: skip


def steps(world: World) -> list[Step]:
    """Every step of the view `searches`, which is last."""
    before = [
        calendar(world),
        BUSY,
        _rank("networks"),
        _rank("devices"),
        _codes("reason", world),
        _codes("offence", world),
    ]
    return [
        *before,
        *([SEEN] if world.seen else []),
        *(_lists() if world.lists else []),
        Step("searches", _searches(world), "one row a distinct search", lazy=True),
    ]


_RECORD = tuple(c.name for c in SIGHTINGS if c.name not in {"source", "part", "record", "fingerprint"})
"""The columns of a search that are taken over as they are."""


def _searches(world: World) -> str:
    columns = ", ".join(f"t.{name(c)}" for c in _RECORD)
    codes = ", ".join(f"{_tier(code, offences=world.offences)} AS {name(code)}" for code in world.codes)
    crime = "coalesce(r.crime, false)" + (" OR coalesce(f.crime, false)" if world.offences else "")
    local = ", ".join(f"t.{c}_at + t.{c}_off AS {c}_local" for c in ("searched", "from", "to"))
    unlisted = "CAST(NULL AS BOOLEAN) AS listed, CAST(NULL AS BIGINT) AS list_days"
    listed = "ol.listed, ld.list_days" if world.lists else unlisted
    lists = """
        LEFT JOIN list_of_day AS ld ON ld.owner_key = t.owner_key AND ld.day = t.day
        LEFT JOIN org_listed AS ol ON ol.list_no = ld.list_no AND ol.org = t.whose"""
    return f"""
        SELECT t.source, t.part, t.record, t.searched_at AS unit_at, t.log_no, c.month,
          w.agency_no, t.owner_state, {columns},
          t.view, t.exposed, t.owner_agency AS owner,
          {literal(world.home.agency)} AS home, {literal(world.home.state)} AS home_state,
          w.agency, w.state AS agency_state, w.kind AS agency_kind, w.level AS agency_level, w.public AS agency_public,
          CASE t.reason_state WHEN 'empty' THEN 'q0' WHEN 'placeholder' THEN 'q1' WHEN 'masked' THEN 'qx'
            WHEN 'withheld' THEN 'qx' ELSE lower(r.quality) END AS quality,
          {crime} AS crime, {local},
          (t.searched_at + t.searched_off) // {_HOUR_MS} % 24 AS hour,
          CASE WHEN t.searched_off IS NOT NULL THEN (t.day + 3) % 7 + 1 END AS weekday,
          t.searched_at - t.from_at AS lookback_ms,
          t.searched_at + t.searched_off - t.from_at - t.from_off AS lookback_local_ms,
          t.to_at - t.from_at AS window_ms, t.to_at + t.to_off - t.from_at - t.from_off AS window_local_ms,
          CASE WHEN t.account IS NOT NULL AND t.target IS NOT NULL THEN b.account IS NOT NULL END AS same_second,
          n.below AS networks_below, d.below AS devices_below, {listed}, {codes}
        FROM ({_told(world)}) AS t
        LEFT JOIN calendar AS c ON c.day = t.day
        LEFT JOIN who AS w ON w.org = t.whose
        LEFT JOIN reason_codes AS r ON r.id = t.reason
        {"LEFT JOIN offence_codes AS f ON f.id = t.offence" if world.offences else ""}
        LEFT JOIN busy_seconds AS b
          ON b.account = t.account AND b.whose IS NOT DISTINCT FROM t.whose AND b.second = t.searched_at // 1000
        LEFT JOIN networks_ranks AS n ON n.networks = t.networks
        LEFT JOIN devices_ranks AS d ON d.devices = t.devices
        {lists if world.lists else ""}"""


def _told(world: World) -> str:
    """Each distinct search with its log, its day, and the clock of its times."""
    shown, where = "l.view = 'network_audit'", "JOIN logs AS o ON o.log_no = l.log_no"
    if world.seen:
        shown = "e.log_no IS NOT NULL"
        where = """LEFT JOIN network_seen AS e ON e.fingerprint = s.fingerprint
              JOIN logs AS o ON o.log_no = coalesce(e.log_no, l.log_no)"""
    offsets = ", ".join(f"{world.offset(f's.{c}_at')} AS {c}_off" for c in ("searched", "from", "to"))
    return f"""
          SELECT s.*, l.view, l.log_no, {shown} AS exposed, o.owner_agency, o.owner_key, o.owner_state, {offsets},
            {world.day("s.searched_at")} AS day,
            CASE WHEN s.org IS NULL AND l.view <> 'network_audit' THEN l.owner_org ELSE s.org END AS whose
          FROM distinct_searches AS s JOIN logs AS l ON l.source = s.source AND l.part = s.part
              {where}"""


def _tier(code: str, *, offences: bool) -> str:
    """SQL for the tier of one code: the surer one of the stated reason and the offence type."""
    reason, offence = f"r.{name(code)}", f"f.{name(code)}"
    if not offences:
        return reason
    tiers = " ".join(f"WHEN '{t}' IN ({reason}, {offence}) THEN '{t}'" for t in ("explicit", "probable", "ambiguous"))
    return f"CASE {tiers} END"
