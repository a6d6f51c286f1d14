"""The named figures of a case: what statutory reports ask for, each as SQL steps over the documented views.

A figure answers, or says why it can't: no log exports the field, nobody stated the home agency, there is no list. It
never gives 0 for what was not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from plateglass.duties.ground import Figure, Ground, Period
from plateglass.duties.kept import KEPT
from plateglass.duties.population import OUTSIDE, OWN
from plateglass.publish import suppress, words
from plateglass.publish.findings import UNRECOGNISED
from plateglass.publish.statutory import Answer, Blank, Grid, Number
from plateglass.store import Step, name, text

_SHOWN: Final = ("value", "partial")
"""The states in which a field can be counted."""

SCOPES: Final[Mapping[str, tuple[str, str]]] = {
    "all": ("all searches of the case", "true"),
    "own": ("searches by the home agency's own users", OWN),
    "outside": ("searches by other bodies that reached the home agency's cameras", OUTSIDE),
}
"""Whose searches a figure counts: its name's first word -> in words, as a predicate over `searches`."""

_WHO: Final = """
CASE WHEN agency IS NOT NULL AND agency = home THEN 1 WHEN agency_level = 'federal' THEN 4
  WHEN agency_kind IN ('private', 'vendor') THEN 5 WHEN agency IS NULL OR agency_state IS NULL THEN 6
  WHEN agency_state = home_state THEN 2 ELSE 3 END"""
_BODIES: Final = {
    1: "the home agency", 2: "other agencies of its state", 3: "agencies of other states", 4: "federal bodies",
    5: "private bodies", 6: "names not resolved to an agency or a state",
}  # fmt: skip
_DAY_MS: Final = 86_400_000
_LOOKBACK: Final = tuple(
    (days * _DAY_MS, label)
    for days, label in ((7, "up to 7 days"), (30, "8 to 30 days"), (60, "31 to 60 days"), (180, "61 to 180 days"))
)
_REACH: Final = ((1, "one network"), (100, "2 to 100 networks"), (1000, "101 to 1,000 networks"))
_TIERS: Final = ("explicit", "probable", "ambiguous")


def answer(ground: Ground, figure: str) -> Answer:
    """A named figure of the case, or why it can't be had."""
    wanted = FIGURES[figure]
    if wanted.scope and (why := _unanswerable(ground, wanted)):
        return Blank(f"not in the records: {why}")
    steps = wanted.steps(ground)
    ground.store.run(*steps)
    return wanted.shown(ground, ground.store.rows(f"SELECT * FROM {name(steps[-1].name)}"))


def _unanswerable(ground: Ground, figure: Figure) -> str:
    """Why no record can tell, or nothing."""
    about, where = SCOPES[figure.scope]
    if figure.scope != "all" and not ground.home.agency:
        return "no home agency is stated in the case, or its name could not be resolved"
    if not ground.store.one(f"SELECT count(*) FROM searches WHERE {where}"):
        return f"no log of the case shows {about}"
    for need in figure.needs:
        seen = ", ".join(text(state) for state in _SHOWN)
        states = (f"{field}_state IN ({seen})" for field in need.split("|"))
        if not ground.store.one(f"SELECT count(*) FROM searches WHERE ({where}) AND ({' OR '.join(states)})"):
            said = " or ".join(words.field(field) for field in need.split("|"))
            return f"the logs show no value of the field {said} for {about}"
    return ""


def _where(scope: str) -> str:
    return SCOPES[scope][1]


def _number(unit: str) -> Callable[[Ground, list[tuple[Any, ...]]], Answer]:
    return lambda _ground, rows: Number(int(rows[0][0]), unit)


def _grid(
    headings: tuple[str, ...], *, note: str = "", labels: Mapping[Any, str] | None = None
) -> Callable[[Ground, list[tuple[Any, ...]]], Answer]:
    """Rows as they are, the first column in words."""

    def shown(_ground: Ground, rows: list[tuple[Any, ...]]) -> Answer:
        return Grid(headings, tuple(((labels or {}).get(r[0], str(r[0])), *map(_whole, r[1:])) for r in rows), note)

    return shown


def _whole(value: Any) -> str | int:
    if value is None:
        return words.NONE
    return value if isinstance(value, str) else int(value)


def _count(scope: str) -> Figure:
    return Figure(
        f"How many: {SCOPES[scope][0]}.",
        lambda _: (Step(f"figure_{scope}_searches", f"SELECT count(*) AS n FROM searches WHERE {_where(scope)}"),),
        _number("searches"), scope=scope,
    )  # fmt: skip


def _months(scope: str) -> Figure:
    return Figure(
        f"By month: {SCOPES[scope][0]}.",
        lambda _: (Step(f"figure_{scope}_months", f"""
            SELECT (month // 12) || '-' || CASE WHEN month % 12 < 9 THEN '0' ELSE '' END || (month % 12 + 1) AS month,
              count(*) AS n FROM searches WHERE ({_where(scope)}) AND month IS NOT NULL GROUP BY 1 ORDER BY 1"""),),
        lambda _, rows: Grid(("Month", "Searches"), tuple((words.month_name(m), int(n)) for m, n in rows)),
        scope=scope,
    )  # fmt: skip


def _coded(scope: str, axis: str, about: str, only: tuple[str, ...] = ()) -> Figure:
    """Searches by the codes of an axis, the three tiers apart."""
    table = f"figure_{scope}_{axis}{'_offences' if only else ''}"

    def steps(ground: Ground) -> Sequence[Step]:
        codes = _codes(ground, axis, only)
        columns = ", ".join(name(code) for code in codes)
        tiers = ", ".join(f"coalesce(sum(CASE WHEN {{0}} = {text(t)} THEN n END), 0) AS {t}" for t in _TIERS)
        none = " AND ".join(f"{name(code)} IS NULL" for code in codes) or "true"
        each = [
            f"SELECT {text(code)} AS code, {tiers.format(name(code))}, {at} AS nth FROM {table}_tally"
            for at, code in enumerate(codes)
        ]
        left = (
            f"SELECT '' AS code, coalesce(sum(n), 0), coalesce(sum(CASE WHEN told THEN 0 ELSE n END), 0), 0, "
            f"{len(codes)} AS nth FROM {table}_tally WHERE {none}"
        )
        told = " OR ".join(f"{field}_state IN {_SHOWN}" for field in ("reason", "offence"))
        return (
            Step(f"{table}_tally", f"SELECT {columns}, {told} AS told, count(*) AS n FROM searches "
                 f"WHERE {_where(scope)} GROUP BY {columns}, {told}", "searches by all codes together"),
            Step(table, f"SELECT code, explicit, probable, ambiguous FROM ({' UNION ALL '.join([*each, left])}) AS c"
                 " WHERE explicit + probable + ambiguous > 0 ORDER BY nth", about),
        )  # fmt: skip

    def shown(ground: Ground, rows: list[tuple[Any, ...]]) -> Answer:
        none, hidden = next(((int(row[1]), int(row[2])) for row in rows if not row[0]), (0, 0))
        note = (
            "A search may have several codes. Explicit: named outright; probable: needs a second cue; ambiguous: may "
            f"mean something else; the three are never added. {words.number(none)} searches have none of these codes; "
            f"{words.number(hidden)} of them show neither a reason nor an offence type."
        )
        found = tuple((ground.reasons[code].title, int(e), int(p), int(a)) for code, e, p, a in rows if code)
        return Grid(("Code", "Explicit", "Probable", "Ambiguous"), found, note)

    return Figure(f"{about}: {SCOPES[scope][0]}.", steps, shown, ("reason|offence",), scope)


def _codes(ground: Ground, axis: str, only: tuple[str, ...]) -> list[str]:
    """The codes of an axis that are columns of `searches`."""
    there = {row[0] for row in ground.store.rows("SELECT column_name FROM (DESCRIBE searches)")}
    return [c for c, reason in sorted(ground.reasons.items())
            if c in there and reason.axis == axis and (not only or c in only)]  # fmt: skip


def _quality(scope: str) -> Figure:
    def shown(ground: Ground, rows: list[tuple[Any, ...]]) -> Answer:
        named = ((ground.reasons[r[0]].title if r[0] in ground.reasons else "not coded", int(r[1])) for r in rows)
        return Grid(("Quality of the stated reason", "Searches"), tuple(named))

    return Figure(
        f"By quality of the stated reason: {SCOPES[scope][0]}.",
        lambda _: (Step(f"figure_{scope}_quality", f"SELECT coalesce(quality, '') AS quality, count(*) AS n "
                        f"FROM searches WHERE {_where(scope)} GROUP BY 1 ORDER BY 1"),),
        shown, ("reason",), scope,
    )  # fmt: skip


def _states(scope: str, field: str) -> Figure:
    return Figure(
        f"Why the {words.field(field)} is or is not there: {SCOPES[scope][0]}.",
        lambda _: (Step(f"figure_{scope}_{field}_states", f"SELECT {field}_state AS state, count(*) AS n FROM searches "
                        f"WHERE {_where(scope)} GROUP BY 1 ORDER BY n DESC, state"),),
        _grid((words.field(field).capitalize(), "Searches"), labels=_STATE_WORDS), scope=scope,
    )  # fmt: skip


_STATE_WORDS: Final = {
    "value": "stated", "partial": "partly stated", "empty": "blank", "placeholder": "a dash or the like",
    "masked": "hidden by a mark", "withheld": "hidden under a law that is named", "damaged": "not readable",
    "not_exported": "no such column in this release",
}  # fmt: skip


def _steps_of(table: str, field: str, scope: str, limits: Sequence[tuple[int, str]]) -> Step:
    """Searches by the class of a number; the last class is what is larger than all limits."""
    cases = " ".join(f"WHEN {field} <= {limit} THEN {at}" for at, (limit, _) in enumerate(limits))
    labels = " ".join(f"WHEN {at} THEN {text(label)}" for at, (_, label) in enumerate(limits))
    last = f"over {limits[-1][1].rpartition(' to ')[2]}"
    return Step(
        table,
        f"""
        SELECT CASE class {labels} ELSE {text(last)} END AS label, n FROM (
          SELECT CASE {cases} ELSE {len(limits)} END AS class, count(*) AS n FROM searches
          WHERE ({_where(scope)}) AND {field} IS NOT NULL GROUP BY 1) AS c ORDER BY class""",
    )


def _lookback(scope: str) -> Figure:
    return Figure(
        f"How far back the window asked for begins: {SCOPES[scope][0]}.",
        lambda _: (_steps_of(f"figure_{scope}_lookback", "lookback_ms", scope, _LOOKBACK),),
        _grid(("Window begins", "Searches"), note="A window asked for, not data returned."),
        ("frame",), scope,
    )  # fmt: skip


def _reach(scope: str) -> Figure:
    return Figure(
        f"How many networks a search reached: {SCOPES[scope][0]}.",
        lambda _: (_steps_of(f"figure_{scope}_reach", "networks", scope, _REACH),),
        _grid(("Reach", "Searches")), ("networks",), scope,
    )  # fmt: skip


def _accounts(scope: str) -> Figure:
    return Figure(
        f"How many accounts made them: {SCOPES[scope][0]}. No account is named or told apart.",
        lambda _: (Step(f"figure_{scope}_accounts", "SELECT count(*) AS n FROM (SELECT agency, account FROM searches "
                        f"WHERE ({_where(scope)}) AND account IS NOT NULL GROUP BY agency, account) AS a"),),
        _number("accounts that searched"), ("account",), scope,
    )  # fmt: skip


def _of_each(scope: str) -> Step:
    """Searches by kind of body and by agency; names that may not be shown are one row of each kind."""
    return Step(f"figure_{scope}_each", f"""
        SELECT who, coalesce(CASE WHEN agency_public THEN n.name END, {text(UNRECOGNISED)}) AS label,
          count(*) AS searches, count(CASE WHEN reason_state IN ('empty', 'placeholder') THEN 1 END) AS unstated
        FROM (SELECT *, {_WHO} AS who FROM searches WHERE {_where(scope)}) AS s
        LEFT JOIN agency_numbers AS n ON n.agency_no = s.agency_no GROUP BY 1, 2""",
        "searches by kind of body and agency")  # fmt: skip


def _printed(ground: Ground, rows: Sequence[tuple[Any, ...]]) -> list[suppress.Shown] | None:
    """The table by agency (name, searches, unstated) as it may be printed."""
    cells = [suppress.Cell(words.clean(str(r[0])), int(r[1]), int(r[2])) for r in rows]
    return suppress.tables({"figure": cells}, ground.page.below)["figure"]


def _too_few(ground: Ground) -> Blank:
    return Blank(f"too few agencies to show a table without giving away a count below {ground.page.below}")


def _small(ground: Ground) -> str:
    return f"Counts below {ground.page.below} are not printed; “withheld” stands where a number would give one away."


def _bodies(scope: str) -> Figure:
    """By kind of body, where that says no more of any agency than the table by agency does.

    A kind of body is withheld where its table by agency withholds one of its agencies, or where it is small itself. One
    kind alone is not: what is hidden in it is what the total and the agencies that are shown leave anyway.
    """

    def shown(ground: Ground, rows: list[tuple[Any, ...]]) -> Answer:
        agencies: dict[str, list[int]] = {}
        bodies: dict[int, int] = {}
        for who, label, searches, unstated, _ in rows:
            one = agencies.setdefault(label, [0, 0])
            one[0], one[1] = one[0] + int(searches), one[1] + int(unstated)
            bodies[who] = bodies.get(who, 0) + int(searches)
        printed = _printed(ground, [(label, *counts) for label, counts in agencies.items()])
        if printed is None:
            return _too_few(ground)
        open_ = {each.agency for each in printed if isinstance(each.tested, int)}
        hidden = {who for who, label, *_ in rows if words.clean(str(label)) not in open_}
        hidden = _hidden(bodies, hidden, ground.page.below)
        many = {who: int(a) for who, _, _, _, a in rows}
        cells = (
            (_BODIES[who], suppress.word(n, ground.page.below) if who in hidden else n, many[who])
            for who, n in sorted(bodies.items())
        )
        return Grid(("Who searched", "Searches", "Agencies"), tuple(cells), _small(ground) if hidden else "")

    return Figure(
        f"Own, in state, other states, federal, private: {SCOPES[scope][0]}.",
        lambda _: (_of_each(scope), Step(f"figure_{scope}_bodies", f"""
            SELECT e.who, e.label, e.searches, e.unstated, a.agencies FROM figure_{scope}_each AS e JOIN (
              SELECT {_WHO} AS who, count(DISTINCT agency) AS agencies FROM searches WHERE {_where(scope)}
              GROUP BY 1) AS a ON a.who = e.who ORDER BY e.who, e.label""")),
        shown, scope=scope,
    )  # fmt: skip


def _hidden(bodies: Mapping[int, int], holding: set[int], below: int) -> set[int]:
    """The kinds of body that are withheld, of those that hold a withheld agency and those that are small."""
    if below < suppress.LEAST:
        return set()
    hidden = holding | {who for who, n in bodies.items() if n < below}
    if len(hidden) != 1:
        return hidden
    (alone,) = hidden
    if bodies[alone] >= below:
        return set()
    others = sorted((n, who) for who, n in bodies.items() if who != alone)
    return hidden | {who for _, who in others[:1]}


def _agencies(scope: str) -> Figure:
    """By agency, small counts withheld, names that may not be shown together in one row."""

    def shown(ground: Ground, rows: list[tuple[Any, ...]]) -> Answer:
        found = _printed(ground, rows)
        if found is None:
            return _too_few(ground)
        headings = ("Agency", "Searches", "of them without a stated reason")
        return Grid(headings, tuple((s.agency, s.tested, s.over) for s in found), _small(ground))

    return Figure(
        f"By agency: {SCOPES[scope][0]}.",
        lambda _: (_of_each(scope), Step(f"figure_{scope}_agencies", f"""
            SELECT label, CAST(sum(searches) AS BIGINT) AS searches, CAST(sum(unstated) AS BIGINT) AS unstated
            FROM figure_{scope}_each GROUP BY label ORDER BY 2 DESC, 1""")),
        shown, scope=scope,
    )  # fmt: skip


def _until(period: Period | None) -> str:
    """SQL: captured on the last day of a period, or before it."""
    return f" AND {Period(date.min.replace(year=1970), period.last).holds('captured_on')}" if period else ""


def _lists() -> Figure:
    """The last dated sharing list of the home agency, by kind of body."""

    def shown(ground: Ground, rows: list[tuple[Any, ...]]) -> Answer:
        if not rows:
            until = " up to the end of the period" if ground.period else ""
            return Blank(f"not in the records: the case has no dated sharing list of the home agency{until}")
        day = words.day(int(rows[0][3]), None)
        found = tuple((_BODIES[r[0]], int(r[1]), _whole(r[2])) for r in rows)
        return Grid(("Body", "On the list", "that the agency's own cameras are shared with"), found, f"List of {day}.")

    return Figure(
        "Organisations on the home agency's last dated sharing list, by kind of body.",
        lambda ground: (
            Step("figure_list", f"""
                SELECT source, part, captured_on FROM logs
                WHERE view = 'shared_networks' AND captured_on IS NOT NULL
                  AND owner_key = {text(ground.home.agency)}{_until(ground.period)}
                ORDER BY captured_on DESC, source, part LIMIT 1"""),
            Step("figure_sharing", f"""
                SELECT {_WHO} AS who, count(*) AS n,
                  sum(CASE WHEN outbound_state = 'value' THEN CASE WHEN outbound > 0 THEN 1 ELSE 0 END END) AS outbound,
                  max(captured_on) AS day
                FROM (SELECT h.outbound, h.outbound_state, l.captured_on, w.agency, w.kind AS agency_kind,
                        w.level AS agency_level, w.state AS agency_state, {text(ground.home.agency)} AS home,
                        {text(ground.home.state)} AS home_state
                      FROM shares AS h JOIN figure_list AS l ON l.source = h.source AND l.part = h.part
                      LEFT JOIN who AS w ON w.org = h.org) AS s GROUP BY 1 ORDER BY 1"""),
        ), shown,
    )  # fmt: skip


_TRACED: Final = {
    1: "its number is on the agency's incident log", 2: "the incident log has no such number",
    3: "the incident log does not cover its time", 4: "only part of a number stands there",
    5: "no case number stands there",
}  # fmt: skip


def _traced() -> Figure:
    """The agency's own searches, looked up on its incident log by their case numbers."""

    def shown(ground: Ground, rows: list[tuple[Any, ...]]) -> Answer:
        if not ground.store.one("SELECT count(*) FROM figure_incidents"):
            return Blank("not in the records: the case has no log of incidents of the home agency")
        note = "Numbers are compared without blanks, in upper case. Whether it explains a search is for a person."
        return Grid(("Case number of the search", "Searches"), tuple((_TRACED[r[0]], int(r[1])) for r in rows), note)

    return Figure(
        "The home agency's own searches, by whether its log of incidents has their case number.",
        lambda _: (
            Step("figure_incidents", """
                SELECT i.case_no, i.opened_at FROM incidents AS i JOIN logs AS l
                  ON l.source = i.source AND l.part = i.part WHERE l.owner_key = l.home_key""",
                "the home agency's incidents, of any time"),
            Step("figure_traced", f"""
                SELECT traced, count(*) AS n FROM (
                  SELECT CASE WHEN s.case_no_state = 'partial' THEN 4 WHEN s.case_no IS NULL THEN 5
                    WHEN i.case_no IS NOT NULL THEN 1
                    WHEN s.unit_at BETWEEN (SELECT min(opened_at) FROM figure_incidents)
                      AND (SELECT max(opened_at) FROM figure_incidents) THEN 2 ELSE 3 END AS traced
                  FROM searches AS s LEFT JOIN (SELECT DISTINCT case_no FROM figure_incidents) AS i
                    ON i.case_no = s.case_no
                  WHERE {_where("own")}) AS t GROUP BY traced ORDER BY traced"""),
        ), shown, ("case_no",), "own",
    )  # fmt: skip


def _portal(column: str, about: str) -> Figure:
    """A figure that the agency's own portal states."""

    def shown(ground: Ground, rows: list[tuple[Any, ...]]) -> Answer:
        ours = re.sub(r"[^a-z0-9]+", "-", ground.home.written.lower()).strip("-")
        found = tuple((words.day(int(day), None), int(value)) for day, value, owner in rows if owner == ours)
        if not found:
            return Blank(f"not in the records: no transparency portal of the home agency states {about}")
        return Grid(("Day of the capture", about.capitalize()), found)

    return Figure(
        f"What the transparency portal itself states: {about}.",
        lambda ground: (Step(f"figure_portal_{column}", f"""
            SELECT DISTINCT captured_on, {column}, lower(trim(owner)) AS owner FROM statistics
            WHERE {column} IS NOT NULL AND captured_on IS NOT NULL
              AND {ground.period.holds("captured_on") if ground.period else "true"} ORDER BY 1, 2"""),),
        shown,
    )  # fmt: skip


CRIMES: Final = ("p10", "p11", "p12", "p13", "p14", "p15", "p16", "p17", "p18")
"""The purposes that name an offence or what the police do about one."""

_MAKERS: Final[Mapping[str, Callable[[str], Figure]]] = {
    "searches": _count,
    "by-month": _months,
    "by-purpose": lambda scope: _coded(scope, "purpose", "By purpose"),
    "by-offence": lambda scope: _coded(scope, "purpose", "By kind of offence", CRIMES),
    "by-requester": lambda scope: _coded(scope, "requester", "By whom the reason says it was for"),
    "by-quality": _quality,
    "case-numbers": lambda scope: _states(scope, "case_no"),
    "reasons-stated": lambda scope: _states(scope, "reason"),
    "users-stated": lambda scope: _states(scope, "account"),
    "look-back": _lookback,
    "reach": _reach,
    "accounts": _accounts,
    "by-body": _bodies,
    "by-agency": _agencies,
}

_POINTLESS: Final = {("own", "by-body"), ("own", "by-agency")}

FIGURES: Final[Mapping[str, Figure]] = {
    **{
        f"{scope}/{key}": make(scope)
        for key, make in _MAKERS.items()
        for scope in SCOPES
        if (scope, key) not in _POINTLESS
    },
    **KEPT,
    "incidents/traced": _traced(),
    "sharing/by-body": _lists(),
    "portal/cameras": _portal("cameras", "cameras"),
    "portal/vehicles": _portal("vehicles_30d", "vehicles detected in the last 30 days"),
    "portal/hits": _portal("hits_30d", "hot-list hits in the last 30 days"),
    "portal/searches": _portal("searches_30d", "searches in the last 30 days"),
    "portal/retention": _portal("retention_days", "days of retention"),
}
"""Name -> figure. `own/by-purpose` is the figure `by-purpose` over the searches of the home agency's own users."""
