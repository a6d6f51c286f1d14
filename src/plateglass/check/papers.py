"""Views of papers side by side: a policy's elements, a portal's prohibited uses and its own log, stated retention.

What stands in one paper only is in `others.py`; here are the questions that need two of them.
"""

from __future__ import annotations

from plateglass.check.clock import DAY_MS
from plateglass.check.columns import PURPOSES
from plateglass.check.others import MONTHS, framed
from plateglass.check.world import World
from plateglass.model import SEARCH_VIEWS, Column, View
from plateglass.record_views import OTHER_VIEWS
from plateglass.store import Step, one_of, text

PORTAL_USES: tuple[Column, ...] = (
    Column(
        "prohibited", "VARCHAR", "what the owner's portal or policy prohibits, in lower case; NULL where it has none"
    ),
    Column("acceptable", "VARCHAR", "what it says of acceptable use, in lower case"),
    Column("offence_words", "VARCHAR", "the offence type of the search, in lower case"),
    Column("offence_state", "VARCHAR", "cell state of the offence type"),
    Column("reason_state", "VARCHAR", "cell state of the stated reason"),
    Column("crime", "BOOLEAN", "whether reason or offence names a crime"),
    *(Column(code, "VARCHAR", f"tier of {code}") for code in PURPOSES if code.startswith("p")),
)
"""One row a search of an agency's own log, beside what the agency prohibits."""

POLICY_ELEMENTS: tuple[Column, ...] = (
    Column("element", "VARCHAR", "the rule whose `words` are looked for"),
    Column("found", "BOOLEAN", "whether a line has them, with the line below it"),
    Column("page", "BIGINT", "page of the first line that has them"),
    Column("line", "BIGINT", "line of that page"),
    Column("lines", "BIGINT", "lines of the policy"),
    Column("hidden", "BIGINT", "lines of it that are masked, withheld or damaged"),
    Column("portal", "BOOLEAN", "whether it is the short text of a transparency portal, and no policy as adopted"),
    Column("agency", "VARCHAR", "id of the agency whose policy it is; NULL where nobody is named"),
)
"""One row a policy and element that a rule looks for."""

RETENTION_STATED: tuple[Column, ...] = (
    Column("stated_in", "VARCHAR", "where: policy, portal, system (as set), oldest (as old as the oldest record)"),
    Column("days", "DOUBLE", "the length in days"),
    Column("least", "DOUBLE", "the least that the owner states anywhere; the oldest record states nothing"),
    Column("most", "DOUBLE", "the most that the owner states anywhere"),
    Column("places", "BIGINT", "in how many of policy, portal and system the owner states one"),
)
"""One row a statement of how long an agency keeps what its readers collect."""

AUDIT_SERIES: tuple[Column, ...] = (
    Column("agency", "VARCHAR", "id of the agency whose use was audited; NULL while unresolved"),
    Column("agency_state", "VARCHAR", "its state, two letters, lower case"),
    Column("performed_at", "BIGINT", "the day of the audit"),
    Column("from_at", "BIGINT", "first day of the period that it covers"),
    Column("to_at", "BIGINT", "last day of the period that it covers"),
    Column("population", "BIGINT", "records in the period"),
    Column("sampled", "BIGINT", "records that were looked at"),
    Column("exceptions", "BIGINT", "records that were found wanting"),
    Column("by_role", "VARCHAR", "the role of who made it, in lower case"),
    Column("independent", "VARCHAR", "whether who made it has no part in the use: yes, no"),
    Column("reported_at", "BIGINT", "the day it was given to whom it is for; NULL where it was not yet"),
    Column("gap_days", "BIGINT", "days since the audit before it of the same agency; NULL for the first"),
    *(Column(f"{field}_state", "VARCHAR", f"cell state of {field}")
      for field in ("performed_at", "from_at", "to_at", "population", "sampled", "exceptions", "by_role",
                    "independent", "reported_at")),
)  # fmt: skip
"""One row an audit, with the time since the one before."""

_TIMES = ("from_at", "to_at", "since_at", "due_at", "done_at", "published_at")

DUTY_SERIES: tuple[Column, ...] = (
    Column("agency", "VARCHAR", "id of the agency whose duty it is; NULL while unresolved"),
    Column("agency_state", "VARCHAR", "its state, two letters, lower case"),
    Column("agency_level", "VARCHAR", "its level of government"),
    *(column for column in OTHER_VIEWS[View.DUTIES].columns if column.name in ("duty", *_TIMES)),
    Column("told_at", "BIGINT", "the day it was done; of one that was not, the day of the list, where it has one"),
    Column("mark", "BIGINT", "`told_at` in years after `to_at`, month and day: 10401 is 1 April of the year after"),
    Column("gap_days", "BIGINT", "days from the one before it of that agency to `told_at`; NULL for the first"),
    Column("first_search_at", "BIGINT", "the first search in the agency's logs in the case; NULL where it has none"),
    *(Column(f"{field}_state", "VARCHAR", f"cell state of {field}") for field in ("duty", *_TIMES)),
)
"""One row a duty and period or occasion, with the time since it was last done."""

WORDS = """(SELECT id, lower(min(text)) AS text FROM texts WHERE field LIKE '%{field}' GROUP BY id)"""


def portal_uses(_world: World) -> list[Step]:
    """Each search of an agency's own, where a policy or a portal of the agency says what is prohibited."""
    purposes = ", ".join(f"s.{code}" for code in PURPOSES if code.startswith("p"))
    said = ", ".join(
        f"string_agg(CASE WHEN p.section = '{section}' THEN t.text END, ' ' ORDER BY p.source, p.part, p.record)"
        f" AS {column}"
        for section, column in (("prohibited_uses", "prohibited"), ("acceptable_use", "acceptable"))
    )
    return [
        Step("stated_uses", f"""
            SELECT l.owner_key, {said}
            FROM policies AS p JOIN logs AS l ON l.source = p.source AND l.part = p.part
            LEFT JOIN {WORDS.format(field=".wording")} AS t ON t.id = p.wording
            WHERE p.section IN ('prohibited_uses', 'acceptable_use') GROUP BY l.owner_key""",
            "what each agency says that it prohibits and allows"),
        Step("portal_uses", f"""
            SELECT s.source, s.part, s.record, s.unit_at, s.log_no, s.month, s.agency_no, s.owner_state,
              u.prohibited, u.acceptable, o.text AS offence_words, s.offence_state, s.reason_state, s.crime, {purposes}
            FROM searches AS s JOIN logs AS l ON l.log_no = s.log_no
            JOIN stated_uses AS u ON u.owner_key = l.owner_key
            LEFT JOIN {WORDS.format(field="offence")} AS o ON o.id = s.offence
            WHERE NOT s.exposed""", "one row a search of an agency that says what it prohibits"),
    ]  # fmt: skip


def policy_elements(world: World) -> list[Step]:
    """Each policy and element: the first line that has the words which the element's rule looks for."""
    looked = " UNION ALL ".join(
        f"""SELECT {text(rule)} AS element, d.source, d.part, min(w.record) AS record
        FROM policy_texts AS d LEFT JOIN policy_words AS w ON w.source = d.source AND w.part = d.part
          AND ({" OR ".join(f"regexp_matches(w.words, {text(pattern)})" for pattern in patterns)})
        GROUP BY d.source, d.part"""
        for rule, patterns in world.words
    ) or """SELECT CAST(NULL AS VARCHAR) AS element, source, part, CAST(NULL AS BIGINT) AS record
            FROM policy_texts WHERE false"""  # fmt: skip
    rows = f"""
        SELECT e.source, e.part, e.record,
          {world.at("coalesce(l.captured_on, w.effective_at, d.effective_at)")} AS unit_at, l.log_no,
          n.agency_no, l.owner_state, e.element, e.record IS NOT NULL AS found, w.page, w.line, d.lines, d.hidden,
          d.portal, l.owner_agency AS agency
        FROM policy_found AS e JOIN policy_texts AS d ON d.source = e.source AND d.part = e.part
        JOIN logs AS l ON l.source = e.source AND l.part = e.part
        LEFT JOIN agency_numbers AS n ON n.agency = l.owner_agency
        LEFT JOIN policy_words AS w ON w.source = e.source AND w.part = e.part AND w.record = e.record"""
    return [
        MONTHS,
        *_policy_words(),
        Step("policy_found", looked, "one row a policy and element, with the line"),
        Step("policy_elements", framed(rows, POLICY_ELEMENTS, world), "one row a policy and element"),
    ]


def _policy_words() -> list[Step]:
    return [
        Step("policy_words", f"""
            SELECT p.source, p.part, p.record, p.page, p.line, p.section, p.effective_at, p.wording_state,
              coalesce(t.text, '') AS own, coalesce(t.text, '') || ' ' || coalesce(lead(t.text)
                OVER (PARTITION BY p.source, p.part ORDER BY p.record), '') AS words
            FROM policies AS p LEFT JOIN {WORDS.format(field=".wording")} AS t ON t.id = p.wording""",
            "each line of a policy, with the line below it"),
        Step("policy_texts", """
            SELECT source, part, count(*) AS lines, min(effective_at) AS effective_at,
              count(CASE WHEN wording_state IN ('masked', 'withheld', 'damaged') THEN 1 END) AS hidden,
              count(CASE WHEN section <> 'other' THEN 1 END) > 0 AS portal
            FROM policy_words GROUP BY source, part""", "one row a policy"),
    ]  # fmt: skip


_LENGTH = "(\\d{1,4})\\)?[ -]{1,2}(?:calendar )?(hour|day|week|month|year)"
_KEEPING = "(?:retain|retention|stored|kept|purge|delet|destr)"
_KEPT = f"{_KEEPING}[^.;]{{0,90}}?{_LENGTH}"
_IN_DAYS = (
    "CASE {unit} WHEN 'hour' THEN 1 / 24.0 WHEN 'day' THEN 1 WHEN 'week' THEN 7 WHEN 'month' THEN 30 ELSE 365 END"
)


def retention_stated(world: World) -> list[Step]:
    """Each length of time that a policy, a portal, the system's setting or the oldest record states."""
    number, unit = (f"regexp_extract(w.words, {text(_KEPT)}, {group})" for group in (1, 2))
    policy = f"""
        SELECT source, part, record, 'policy' AS stated_in,
          CAST(number AS DOUBLE) * {_IN_DAYS.format(unit="unit")} AS days
        FROM (SELECT w.source, w.part, w.record, nullif({number}, '') AS number, {unit} AS unit
              FROM policy_words AS w WHERE regexp_matches(w.own, {text(_KEEPING)})) AS x
        WHERE number IS NOT NULL"""
    bare = """
        SELECT w.source, w.part, w.record, 'portal' AS stated_in, CAST(nullif(regexp_extract(w.words,
          '^\\s*(\\d{1,4})(?: days?)?\\b', 1), '') AS DOUBLE) AS days
        FROM policy_words AS w WHERE w.section = 'retention'"""
    system = """
        SELECT source, part, record, 'system' AS stated_in, CAST(retention_days AS DOUBLE) AS days FROM retention
        WHERE records_of IN ('detections', 'images') AND retention_days IS NOT NULL"""
    oldest = f"""
        SELECT source, part, record, 'oldest' AS stated_in, (measured_at - oldest_at) / {DAY_MS}.0 AS days
        FROM retention WHERE records_of IN ('detections', 'images')"""
    rows = f"""
        SELECT s.source, s.part, s.record, coalesce({world.at("l.captured_on")}, l.last_at) AS unit_at, l.log_no,
          n.agency_no, l.owner_state, s.stated_in, s.days, o.least, o.most, o.places
        FROM retention_lengths AS s JOIN logs AS l ON l.source = s.source AND l.part = s.part
        JOIN (SELECT l.owner_key, min(CASE WHEN r.stated_in <> 'oldest' THEN r.days END) AS least,
                max(CASE WHEN r.stated_in <> 'oldest' THEN r.days END) AS most,
                count(DISTINCT CASE WHEN r.stated_in <> 'oldest' THEN r.stated_in END) AS places
              FROM retention_lengths AS r JOIN logs AS l ON l.source = r.source AND l.part = r.part
              GROUP BY l.owner_key) AS o ON o.owner_key = l.owner_key
        LEFT JOIN agency_numbers AS n ON n.agency = l.owner_agency"""
    return [
        MONTHS,
        *_policy_words(),
        Step("retention_lengths",
             f"SELECT * FROM ({policy} UNION ALL {bare} UNION ALL {system} UNION ALL {oldest}) AS r"
             " WHERE days IS NOT NULL", "one row a stated length, with where it stands"),
        Step("retention_stated", framed(rows, RETENTION_STATED, world), "one row a stated length"),
    ]  # fmt: skip


def audit_series(world: World) -> list[Step]:
    """Each audit with the days since the one before it of the same agency."""
    states = ", ".join(f"a.{c.name}" for c in AUDIT_SERIES if c.name.endswith("_state") and c.name != "agency_state")
    rows = f"""
        SELECT a.source, a.part, a.record, {world.at("a.performed_at")} AS unit_at, l.log_no, w.agency_no,
          l.owner_state, w.agency, w.state AS agency_state, a.performed_at, a.from_at, a.to_at, a.population,
          a.sampled, a.exceptions, t.text AS by_role, a.independent, a.reported_at,
          (a.performed_at - lag(a.performed_at) OVER (
            PARTITION BY coalesce(w.agency, l.owner_key) ORDER BY a.performed_at, a.source, a.part, a.record))
            // {DAY_MS} AS gap_days, {states}
        FROM audits AS a JOIN logs AS l ON l.source = a.source AND l.part = a.part
        LEFT JOIN who AS w ON w.org = coalesce(a.org, l.owner_org)
        LEFT JOIN {WORDS.format(field=".by_role")} AS t ON t.id = a.by_role"""
    return [MONTHS, Step("audit_series", framed(rows, AUDIT_SERIES, world), "one row an audit")]


def duty_series(world: World) -> list[Step]:
    """Each duty that an agency owes, with how long after its period, and after the one before, it was done."""
    told = "coalesce(d.done_at, l.captured_on)"
    states = ", ".join(f"d.{field}_state" for field in ("duty", *_TIMES))
    rows = f"""
        SELECT o.*, (o.told_at - o.before_at) // {DAY_MS} AS gap_days, f.first_at AS first_search_at,
          (a.month // 12 - b.month // 12) * 10000 + (a.month % 12 + 1) * 100 + o.told_day - a.first_day + 1 AS mark
        FROM (SELECT d.*, {world.day("d.told_on")} AS told_day, {world.day("d.to_on")} AS to_day
              FROM duty_order AS d) AS o
        LEFT JOIN every_month AS a ON o.told_day >= a.first_day AND o.told_day < a.next_day
        LEFT JOIN every_month AS b ON o.to_day >= b.first_day AND o.to_day < b.next_day
        LEFT JOIN (SELECT owner_agency, min(first_at) AS first_at FROM logs
                   WHERE {one_of("view", SEARCH_VIEWS)} GROUP BY owner_agency) AS f ON f.owner_agency = o.agency"""
    return [
        MONTHS,
        Step("duty_order", f"""
            SELECT d.source, d.part, d.record, l.log_no, w.agency_no, coalesce(w.state, l.owner_state) AS owner_state,
              {world.at(f"coalesce(d.due_at, {told}, d.to_at, d.since_at)")} AS unit_at, w.agency,
              w.state AS agency_state, w.level AS agency_level, d.duty, {", ".join(f"d.{field}" for field in _TIMES)},
              {told} AS told_at, {world.at(told)} AS told_on, {world.at("d.to_at")} AS to_on, {states},
              max(d.done_at) OVER (
                PARTITION BY coalesce(w.agency, l.owner_key), d.duty
                ORDER BY {told} NULLS LAST, d.source, d.part, d.record
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before_at
            FROM duties AS d JOIN logs AS l ON l.source = d.source AND l.part = d.part
            LEFT JOIN who AS w ON w.org = coalesce(d.org, l.owner_org)""", "duties in the order of their days"),
        Step("duty_series", framed(rows, DUTY_SERIES, world), "one row a duty and period or occasion"),
    ]  # fmt: skip
