"""What stands on the pages: the case, what was read, what can't be said, the findings, the methods."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from plateglass import __version__, links
from plateglass.case import Case, Settings
from plateglass.catalogue import Catalogue, Layout, Reason, Rule
from plateglass.links import Linked
from plateglass.model import SEARCH_VIEWS, STATED, Finding, State
from plateglass.publish import charts, coverage, findings, questions, suppress, words
from plateglass.publish.questions import Told
from plateglass.store import Step, Store

LOGS = 40
"""So many files stand in a table of the page; coverage.csv and the methods have all."""


@dataclass(frozen=True)
class Part:
    """One table of one source, as the pages name it: names are clean, the owner only where it is a public body."""

    source: str
    part: int
    sha256: str
    name: str
    sheet: str
    layout: str
    view: str
    agency: str
    encoding: str
    records: int
    accepted: int
    rejected: int
    first_at: int | None
    last_at: int | None
    columns: str
    captured_on: int | None = None

    @property
    def searches(self) -> bool:
        """Whether its records are sightings of searches."""
        return self.view in SEARCH_VIEWS

    @property
    def period(self) -> tuple[int, int] | None:
        """First and last time, epoch ms UTC; None where nothing is dated."""
        return None if self.first_at is None or self.last_at is None else (self.first_at, self.last_at)


@dataclass(frozen=True)
class Counts:
    """The three counts that are never one, and the period; of logs of searches only."""

    records: int
    sightings: int
    rejected: int
    searches: int
    period: tuple[int, int] | None
    linked: Linked
    """The searches once copies in several logs are linked, and how far that can be trusted."""


@dataclass(frozen=True)
class Log:
    """One log's months."""

    part: Part
    strip: charts.Chart | None
    months: int
    without: int
    busiest: str


@dataclass(frozen=True)
class Field:
    """One field's states over all logs."""

    name: str
    bar: charts.Chart
    states: Mapping[str, int]
    total: int


@dataclass(frozen=True)
class Coverage:
    """What was read, and what can't be said."""

    logs: tuple[Log, ...]
    more: int
    months: tuple[str, ...]
    fields: tuple[Field, ...]
    states: tuple[str, ...]
    rejected: tuple[tuple[str, str, str, int], ...]
    repaired: tuple[tuple[str, str, str, int], ...]
    issues: tuple[dict[str, Any], ...]
    crossings: tuple[coverage.Crossing, ...]
    clocks: tuple[coverage.ClockChange, ...]
    lists: tuple[dict[str, Any], ...]
    others: tuple[tuple[Part, coverage.Held], ...] = ()
    """The tables that are neither logs of searches nor sharing lists."""
    whose: tuple[coverage.Whose, ...] = ()
    """How far the fields are told, by whose logs they are; empty where all are one body's, and of one kind."""

    @property
    def told_fields(self) -> tuple[str, ...]:
        """The fields that any log exports, in the order of the columns of a sighting."""
        return tuple(f for f in STATED if any(each.told.get(f) is not None for each in self.whose))


@dataclass(frozen=True)
class Page:
    """Everything that one report says; `custodian` pages hold only what is for the agency's own reviewer."""

    title: str
    agency: str
    zone: str
    version: str
    engine: str
    content: str
    packs: tuple[str, ...]
    counts: Counts
    period: str
    parts: tuple[Part, ...]
    coverage: Coverage
    groups: tuple[tuple[str, tuple[findings.FindingPage, ...]], ...]
    layouts: tuple[Layout, ...]
    reasons: tuple[Reason, ...]
    """The codes that a finding of this page rests on."""
    codes: tuple[Reason, ...]
    """The other codes that reasons were given."""
    below: int
    parameters: Mapping[str, int | float | str]
    days: Mapping[int, str]
    """The day of each unit of evidence that is not a record."""
    custodian: bool = False
    book: questions.Book | None = None
    """The answers to the questions; None where none was asked."""

    @property
    def named(self) -> bool:
        """Whether somebody named the case."""
        return self.title != Settings().name

    @property
    def heading(self) -> str:
        """What the page is called: the home agency, else the case where somebody named it."""
        return self.agency or (self.title if self.named else "Released search logs")

    @property
    def findings(self) -> tuple[findings.FindingPage, ...]:
        """Every finding, in the order of the page."""
        return tuple(page for _, pages in self.groups for page in pages)


def public(store: Store, case: Case, found: Sequence[Finding], told: Told = questions.NOTHING) -> Page:
    """The page that anybody may read."""
    catalogue, settings = case.catalogue(), case.settings
    kept = [finding for finding in found if catalogue.rules[finding.rule].audience == "public"]
    listed = parts(store)
    counts = _counts(store, listed)
    read = _coverage(store, catalogue, listed, counts, settings.zone)
    answers = told.of("public")
    names = questions.labels(store, catalogue) if answers else None
    desk = _desk(store, case, kept, (listed, read), questions.cells(answers, names) if names else {})
    used = _used(catalogue.reasons, [catalogue.rules[finding.rule] for finding in kept])
    return Page(
        title=words.clean(settings.name), agency=words.clean(settings.agency), zone=settings.timezone,
        version=__version__, engine=str(store.one("SELECT version()")), content=fingerprint(catalogue),
        packs=_packs(kept), counts=counts, period=words.span(counts.period, settings.zone),
        parts=tuple(listed), coverage=read, groups=_groups(kept, catalogue.rules, desk),
        below=settings.suppress_below, parameters=settings.parameters,
        layouts=tuple(catalogue.layouts[i] for i in sorted({p.layout for p in listed} & set(catalogue.layouts))),
        reasons=tuple(reason for code, reason in sorted(catalogue.reasons.items()) if code in used),
        days=desk.days, codes=tuple(reason for code, reason in sorted(catalogue.reasons.items()) if code not in used),
        book=questions.book(answers, names, desk.tables, read.crossings, _extra(settings, told)) if names else None,
    )  # fmt: skip


def _extra(settings: Settings, told: Told) -> questions.Extra:
    return questions.Extra(told.worth, settings.zone, settings.suppress_below)


def custodian(
    store: Store, case: Case, found: Sequence[Finding], page: Page, told: Told = questions.NOTHING
) -> Page | None:
    """The same page with the findings that are for the agency's own reviewer only; None where there are none."""
    rules = case.catalogue().rules
    kept = [finding for finding in found if rules[finding.rule].audience == "custodian"]
    answers = told.of("custodian")
    desk = _desk(store, case, kept, (page.parts, page.coverage), {})
    groups, book = _groups(kept, rules, desk), None
    if answers:
        names = questions.labels(store, case.catalogue())
        book = questions.book(answers, names, {}, page.coverage.crossings, _extra(case.settings, told))
    shown = replace(page, groups=groups, packs=_packs(kept), custodian=True, book=book)
    return shown if kept or answers else None


def _used(codes: Iterable[str], rules: Sequence[Rule]) -> set[str]:
    """The codes that any of the rules names in its SQL."""
    sql = " ".join(part for rule in rules for part in (rule.fails, rule.applies, rule.unknown, rule.person))
    named = set(re.findall(r"\w+", sql.lower()))
    return {code for code in codes if code in named}


def _packs(found: Iterable[Finding]) -> tuple[str, ...]:
    return tuple(sorted({finding.rule.partition("/")[0] for finding in found}))


def _desk(
    store: Store, case: Case, found: Sequence[Finding], read: tuple[Sequence[Part], Coverage],
    more: Mapping[str, Sequence[suppress.Cell]],
) -> findings.Desk:  # fmt: skip
    zone, (listed, covered) = case.settings.zone, read
    return findings.Desk(
        store, zone, {(part.source, part.part): (part.name, part.sheet) for part in listed}, covered.crossings,
        small(store, found, case.settings.suppress_below, more),
        dict(store.rows("SELECT rule, count(*) FROM evidence GROUP BY rule")), days(store, zone),
    )  # fmt: skip


def days(store: Store, zone: ZoneInfo | None) -> dict[int, str]:
    """The day of each unit of evidence that is not a record: of a day without records, say."""
    rows = store.rows("SELECT DISTINCT unit_at FROM evidence WHERE record IS NULL AND unit_at IS NOT NULL")
    return {at: words.date_of(at, zone) for (at,) in rows}


def small(
    store: Store, found: Iterable[Finding], below: int, more: Mapping[str, Sequence[suppress.Cell]]
) -> dict[str, list[suppress.Shown] | None]:
    """Units by agency for each rule and each table of the questions, as they may be printed: all at once."""
    public = {
        key: words.clean(str(shown))
        for agency, shown in store.rows(
            "SELECT DISTINCT agency, name FROM organisations WHERE public AND name IS NOT NULL ORDER BY agency, name"
        )
        for key in (agency, shown)
        if key is not None
    }
    return suppress.tables({f.rule: findings.cells(f, public) for f in found if f.groups} | dict(more), below)


def parts(store: Store) -> list[Part]:
    """Every table of every source, by name."""
    store.run(
        Step(
            "source_owners",
            "SELECT s.source, s.part, max(o.name) AS agency FROM sources AS s JOIN organisations AS o "
            "ON o.org = s.owner_org WHERE o.public AND o.name IS NOT NULL GROUP BY s.source, s.part",
            "the agency whose log a table is, where it is a public body",
        )
    )
    rows = store.records(
        "SELECT s.source, s.part, s.sha256, s.name, coalesce(s.part_name, '') AS sheet, s.layout, s.view, "
        "coalesce(o.agency, '') AS agency, s.encoding, s.records, s.accepted, s.rejected, s.first_at, s.last_at, "
        "s.columns, s.captured_on FROM sources AS s LEFT JOIN source_owners AS o "
        "ON o.source = s.source AND o.part = s.part ORDER BY s.name, s.sha256, s.part"
    )
    shown = ("name", "sheet", "agency", "columns", "encoding")
    cleaned: Iterable[dict[str, Any]] = (
        {k: words.clean(str(v)) if k in shown else v for k, v in row.items()} for row in rows
    )
    return [Part(**row) for row in cleaned]


def fingerprint(catalogue: Catalogue) -> str:
    """One hash over every content file: the version of layouts, eras, agencies, reasons and rules together."""
    kinds: tuple[Mapping[str, Any], ...] = (
        catalogue.layouts, catalogue.eras, catalogue.agencies, catalogue.reasons, catalogue.rules,
    )  # fmt: skip
    lines = [f"{key} {content.sha256}" for kind in kinds for key, content in sorted(kind.items())]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _counts(store: Store, listed: Sequence[Part]) -> Counts:
    logs = [part for part in listed if part.searches]
    periods = [part.period for part in logs if part.period is not None]
    return Counts(
        sum(part.records for part in logs), sum(part.accepted for part in logs), sum(part.rejected for part in logs),
        int(store.one("SELECT count(*) FROM distinct_searches")),
        (min(first for first, _ in periods), max(last for _, last in periods)) if periods else None,
        links.find(store),
    )  # fmt: skip


def _groups(
    found: Sequence[Finding], rules: Mapping[str, Rule], desk: findings.Desk
) -> tuple[tuple[str, tuple[findings.FindingPage, ...]], ...]:
    """Findings under the kind of thing that they are measured by, numbered through."""
    number, groups = 0, []
    for basis, title in findings.BASES.items():
        pages = []
        for finding in found:
            if rules[finding.rule].basis == basis:
                number += 1
                pages.append(findings.page(number, finding, rules[finding.rule], desk))
        if pages:
            groups.append((title, tuple(pages)))
    return tuple(groups)


def _coverage(
    store: Store, catalogue: Catalogue, listed: Sequence[Part], counts: Counts, zone: ZoneInfo | None
) -> Coverage:
    months = coverage.months(counts.period, zone)
    store.run(*coverage.steps(months, coverage.others(store)))
    held = coverage.held(store, coverage.others(store))
    logs = [part for part in listed if part.searches]
    names = tuple(month for month, _ in months)
    whose = coverage.whose(store, {(part.source, part.part): (part.agency, part.view) for part in logs})
    by_month: dict[tuple[str, int], dict[str, int]] = {}
    for source, part, month, records in store.rows(
        "SELECT source, part, month, sum(records) FROM coverage_shapes GROUP BY source, part, month"
    ):
        by_month.setdefault((source, part), {})[month] = int(records)
    return Coverage(
        logs=tuple(_log(part, names, by_month.get((part.source, part.part), {})) for part in logs[:LOGS]),
        more=max(len(logs) - LOGS, 0), months=names, fields=_fields(store), states=_states(store),
        rejected=_listed(store, "rejected"), repaired=_listed(store, "repaired"), issues=_issues(store),
        crossings=tuple(coverage.crossings(store, catalogue.eras)),
        clocks=coverage.clock_changes(counts.period, zone), lists=_lists(store),
        others=tuple((p, held[p.source, p.part]) for p in listed if (p.source, p.part) in held),
        whose=tuple(whose) if len(whose) > 1 else (),
    )  # fmt: skip


def _log(part: Part, months: Sequence[str], counts: Mapping[str, int]) -> Log:
    ident = f"strip-{part.source}-{part.part}"
    strip = charts.strip(ident, f"Months of {part.name}", months, [counts.get(m, 0) for m in months])
    within = [month for month in months if counts and min(counts) <= month <= max(counts)]
    without = sum(month not in counts for month in within)
    busiest = max(counts, key=lambda month: (counts[month], month), default="")
    named = f"{words.month_name(busiest)}: {words.number(counts[busiest])}" if busiest else words.NONE
    return Log(part, strip if counts else None, len(counts), without, named)


def _states(store: Store) -> tuple[str, ...]:
    there = {state for (state,) in store.rows("SELECT DISTINCT state FROM coverage_cells")}
    return tuple(state.value for state in State if state in there)


def _fields(store: Store) -> tuple[Field, ...]:
    found: dict[str, dict[str, int]] = {}
    for field, state, records in store.rows(
        "SELECT field, state, sum(records) FROM coverage_cells GROUP BY field, state ORDER BY field, state"
    ):
        found.setdefault(field, {})[state] = int(records)
    order = [field for field in (*STATED, "inbound", "outbound") if field in found]
    return tuple(
        Field(
            words.field(field),
            charts.stack(f"field-{field}", f"Why {words.field(field)} is or is not there",
                         [(state.value, found[field].get(state, 0)) for state in State], 12),
            found[field], sum(found[field].values()),
        )
        for field in order
    )  # fmt: skip


def _listed(store: Store, table: str) -> tuple[tuple[str, str, str, int], ...]:
    rows = store.rows(
        f'SELECT s.name, r."column", r.reason, count(*) AS records FROM {table} AS r JOIN sources AS s '
        'ON s.source = r.source AND s.part = r.part GROUP BY s.name, r."column", r.reason '
        'ORDER BY s.name, count(*) DESC, r."column", r.reason'
    )
    return tuple((words.clean(n), words.clean(c or ""), words.clean(reason), int(k)) for n, c, reason, k in rows)


def _issues(store: Store) -> tuple[dict[str, Any], ...]:
    rows = store.records(
        'SELECT code, severity, path, part, "column", message, min(record) AS record, count(*) AS times FROM issues '
        'GROUP BY code, severity, path, part, "column", message ORDER BY path, part, code, "column", message'
    )
    noted: list[dict[str, Any]] = [
        {"code": note.code, "severity": note.severity.value, "path": note.place.path, "part": note.place.part,
         "column": "", "message": note.message, "record": None, "times": 1}
        for note in links.twice(store)
    ]  # fmt: skip
    return tuple({k: words.clean(v) if isinstance(v, str) else v for k, v in row.items()} for row in (*rows, *noted))


def _lists(store: Store) -> tuple[dict[str, Any], ...]:
    """Each sharing list in numbers: nothing that the list itself does not say.

    An organisation may stand on several lines. How many networks the owner has can't be told from a list that says
    only which of them each organisation gets.
    """
    rows = store.records("""
        SELECT s.name, sum(h.entries) AS entries, count(*) AS organisations,
          sum(CASE WHEN h.inbound > 0 THEN 1 ELSE 0 END) AS inbound,
          sum(CASE WHEN h.outbound > 0 THEN 1 ELSE 0 END) AS outbound,
          sum(CASE WHEN h.inbound > 0 AND h.outbound > 0 THEN 1 ELSE 0 END) AS both_ways,
          sum(h.inbound_unknown) AS inbound_unknown, sum(h.outbound_unknown) AS outbound_unknown,
          sum(coalesce(h.inbound, 0)) AS networks_in, max(coalesce(h.most_outbound, 0)) AS networks_out
        FROM (
          SELECT source, part, org, count(*) AS entries, sum(inbound) AS inbound, sum(outbound) AS outbound,
            max(outbound) AS most_outbound,
            sum(CASE WHEN inbound_state = 'not_exported' THEN 1 ELSE 0 END) AS inbound_unknown,
            sum(CASE WHEN outbound_state = 'not_exported' THEN 1 ELSE 0 END) AS outbound_unknown
          FROM shares GROUP BY source, part, org) AS h
        JOIN sources AS s ON s.source = h.source AND s.part = h.part
        GROUP BY s.name, s.sha256, s.part ORDER BY s.name, s.sha256, s.part""")
    return tuple({k: words.clean(v) if k == "name" else int(v) for k, v in row.items()} for row in rows)
