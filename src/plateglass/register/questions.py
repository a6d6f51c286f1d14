"""The eleven questions that the register has to answer, one function each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from plateglass.register import cuts, edtf, evidence, flows, money, routes
from plateglass.register.entities import (
    Agreement,
    Circumvention,
    Company,
    Contract,
    DataCategory,
    Event,
    Evidence,
    Flow,
    LogSeries,
    Measure,
    PublicBody,
    RecordSeries,
    Rule,
    Safeguard,
    System,
)
from plateglass.register.evidence import Claim, Window
from plateglass.register.flows import Edge
from plateglass.register.holdings import Register
from plateglass.register.routes import Answer, Ask


def asked(register: Register, origin: str, target: str, *, data: str = "", at: date | str | None = None) -> Ask:
    """A question about routes from an entity to another and its parts: one category of data or any, then or ever.

    `at` is a day, or an EDTF date: all its days.

    Raises:
        KeyError: no category of that name.
        ValueError: no date.
    """
    mask = flows.Categories(register.all(DataCategory).values()).mask([data]) if data else flows.EVERYTHING
    origins, targets = frozenset({origin}), register.within(target)
    if isinstance(at, str):
        days = edtf.when(at)
        return Ask(origins, targets, mask, days.earliest, until=days.latest)
    return Ask(origins, targets, mask, at)


# 1
def ways(register: Register, ask: Ask, more: Iterable[Edge] = ()) -> Answer:
    """By which routes data can get there, each with its class, weakest edge and window; `more` are a case's flows."""
    return routes.find(routes.Network((*flows.edges(register), *more)), ask)


# 2
@dataclass(frozen=True)
class Closing:
    """What closes routes."""

    most: tuple[tuple[str, int], ...]
    """(switch, contract or agreement, routes that it closes), the most first."""
    smallest: cuts.Cut
    survive: Answer
    """The routes that stay when the origin does everything that it can alone."""


def itself(register: Register, ask: Ask, more: Iterable[Edge] = ()) -> frozenset[str]:
    """Who asks about itself: the origin, and the classes that it is one of, since it can switch what they can."""
    stands = (e.receiver for e in (*flows.edges(register), *more) if e.first_only and e.provider in ask.origin)
    return ask.origin | frozenset(stands)


def closing(register: Register, ask: Ask, *, alone: Collection[str] = (), more: Iterable[Edge] = ()) -> Closing:
    """Which one thing closes most routes, the fewest that close all, and what survives what bodies can do alone."""
    edges = (*flows.edges(register), *more)
    found = routes.find(routes.Network(edges), ask)
    kept = routes.Network(cuts.alone(edges, alone or ask.origin))
    return Closing(cuts.closes(found.routes), cuts.smallest(found.routes), routes.find(kept, ask))


# 3
@dataclass(frozen=True)
class Protection:
    """A safeguard of a flow or system, and what goes round it."""

    safeguard: Safeguard
    claims: tuple[Claim, ...]
    circumventions: tuple[tuple[Circumvention, tuple[Claim, ...]], ...]


def protections(register: Register, entity: str) -> tuple[Protection, ...]:
    """Which safeguards are claimed for a flow or system, by whom, and which known ways lead round them."""
    around = register.all(Circumvention).values()
    return tuple(
        Protection(
            safe, claims(register, safe.id), tuple((c, claims(register, c.id)) for c in around if safe.id in c.bypasses)
        )
        for safe in register.all(Safeguard).values()
        if entity in safe.protects
    )


def claims(register: Register, entity: str) -> tuple[Claim, ...]:
    """Everything that is said of an entity, oldest first."""
    made = (evidence.claim(register, s) for s in register.said.get(entity, ()))
    return tuple(sorted(made, key=lambda c: (c.as_of, c.statement)))


# 4
@dataclass(frozen=True)
class Obtainable:
    """What could be checked of one system, on what record."""

    system: str
    logs: tuple[LogSeries, ...]
    """Empty: no source that is held says that there is a log, which is not the same as none."""
    records: tuple[RecordSeries, ...]

    @property
    def last_obtained(self) -> str | None:
        """When a log was last obtained by anybody."""
        return max((log.last_obtained for log in self.logs if log.last_obtained), default=None)


def obtainable(register: Register) -> tuple[Obtainable, ...]:
    """Which systems keep a log that the public can obtain, when one was last obtained, and what record to ask for."""
    systems = [key for section in ("systems", "programmes") for key in register.by_section[section]]
    logs, records = register.all(LogSeries).values(), register.all(RecordSeries).values()
    made = (
        Obtainable(s, tuple(x for x in logs if x.system == s), tuple(x for x in records if x.system == s))
        for s in systems
    )
    return tuple(o for o in made if o.logs or o.records)


# 5
@dataclass(frozen=True, order=True)
class Change:
    """One dated start, end, value or happening."""

    day: date
    """The first day on which it can have been; the last one where a source only says that it was by then."""
    what: str
    how: str
    """started, ended, in force, valued, happened, happened by then, or was due."""
    statement: str = ""
    """The statement that dates it; empty where the entity itself does."""


def changes(register: Register, first: date, last: date) -> tuple[Change, ...]:
    """What started, ended, got a value or happened between two days, as far as any source dates it."""
    found = {*_flow_changes(register), *_dated_changes(register), *_said_changes(register)}
    return tuple(sorted(change for change in found if first <= change.day <= last))


def _flow_changes(register: Register) -> Iterator[Change]:
    for key in register.by_section["flows"]:
        said = register.said.get(key, ())
        if (evidence.of_flow(said) or Evidence.PITCHED) < Evidence.POSSIBLE:
            continue
        held = evidence.window(register, said)
        if held.start:
            yield Change(held.start, key, "started", held.opened_by or "")
        if held.end:
            yield Change(held.end, key, "ended", held.closed_by or "")


def _dated_changes(register: Register) -> Iterator[Change]:
    dated = [(c.id, c.period or c.signed, "started") for c in register.all(Contract).values() if not c.covers]
    dated += [(a.id, a.signed, "started") for a in register.all(Agreement).values()]
    dated += [(r.id, r.in_force, "in force") for r in register.all(Rule).values()]
    for key, text, how in dated:
        held = edtf.span(text) if text else None
        if held and held.earliest:
            yield Change(held.earliest, key, how)
        if held and held.latest and "/" in held.text:
            yield Change(held.latest, key, "ended")


def _said_changes(register: Register) -> Iterator[Change]:
    plans = {e.id for e in register.all(Event).values() if e.kind == "plan"}
    for statement in register.statements.values():
        for key in statement.about:
            section = register.section_of[key]
            if statement.predicate == "happened" and section == "events" and statement.valid:
                held = edtf.span(statement.valid)
                day, how = (held.earliest, "happened") if held.earliest else (held.latest, "happened by then")
                how = "was due" if key in plans else how
            elif statement.amount and section in ("contracts", "payments"):
                day, how = evidence.as_of(register, statement).earliest, "valued"
            else:
                continue
            if day:
                yield Change(day, key, how, statement.key)


# 6
def paid(register: Register, buyer: str, vendor: str, system: str = "", *, period: str = "") -> tuple[money.Total, ...]:
    """How much goes from a body and its parts to a vendor and its parts for a system, each kind of amount apart."""
    buyers, vendors = register.within(buyer), register.within(vendor)
    found = money.totals(register, period=period)
    return tuple(
        t for t in found if t.buyer in buyers and t.vendor in vendors and (not system or system in t.system.split())
    )


# 7
@dataclass(frozen=True)
class Doubts:
    """What not to lean on."""

    contradicted: tuple[tuple[str, tuple[Claim, ...]], ...]
    """(question, both sides)."""
    stale: dict[str, date | None]
    single: frozenset[str]


def doubts(register: Register, today: date, *, years: int = 2) -> Doubts:
    """Which statements are contradicted, which things were not confirmed for years, and which have one source only."""
    sides = tuple((c.question, evidence.sides(register, c)) for c in register.conflicts.values())
    return Doubts(sides, evidence.stale(register, today, years), evidence.single_sourced(register))


# 8
@dataclass(frozen=True)
class Against:
    """A flow that a rule forbids on its face: a question for a lawyer, not a finding."""

    body: str
    rule: str
    flow: str
    evidence: Evidence
    rule_in_force: str
    """Empty: no source that is held dates it."""
    window: Window
    said: tuple[Claim, ...]
    """Who says that it breaks the rule, if anybody."""


def against(register: Register) -> tuple[Against, ...]:
    """Which bodies that a rule binds have a flow that it forbids: policy against practice."""
    categories = flows.Categories(register.all(DataCategory).values())
    edges = [e for e in flows.edges(register) if not e.first_only]
    forbidding = [
        r
        for r in register.all(Rule).values()
        if r.effect == "forbids" and r.kind != "proposal" and (r.receivers or r.data)
    ]
    return tuple(
        _against(register, rule, edge)
        for rule in forbidding
        for edge in edges
        if _forbids(register, rule, edge, categories)
    )


def _forbids(register: Register, rule: Rule, edge: Edge, categories: flows.Categories) -> bool:
    body = register.by_id.get(edge.provider)
    bound = {edge.provider, *(body.one_of if isinstance(body, PublicBody) else ())}
    receivers = {part for r in rule.receivers for part in register.within(r)}
    fits = (not rule.data or categories.mask(rule.data) & edge.mask) and (not receivers or edge.receiver in receivers)
    return bool(
        bound & set(rule.binds) and fits and (not rule.flows or edge.kind in rule.flows) and _overlap(rule, edge)
    )


def _overlap(rule: Rule, edge: Edge) -> bool:
    if rule.in_force is None:
        return True
    held = edtf.span(rule.in_force)
    started = held.earliest is None or edge.window.end is None or held.earliest <= edge.window.end
    return started and (held.latest is None or edge.window.start is None or edge.window.start <= held.latest)


def _against(register: Register, rule: Rule, edge: Edge) -> Against:
    said = [s for s in register.said.get(edge.id, ()) if s.predicate == "breaches" and s.object == rule.id]
    return Against(
        edge.provider,
        rule.id,
        edge.id,
        edge.evidence,
        rule.in_force or "",
        edge.window,
        tuple(evidence.claim(register, s) for s in said),
    )


# 9
@dataclass(frozen=True)
class Moved:
    """What came under another owner when a company was bought."""

    company: str
    owner: str
    since: str
    flows: tuple[str, ...]
    contracts: tuple[str, ...]


def moved(register: Register, company: str) -> Moved | None:
    """Which flows and contracts moved when a company was bought; None where no purchase is held."""
    bought = register.all(Company).get(company)
    if bought is None or bought.parent is None:
        return None
    systems = {
        s.id for s in register.all(System).values() if s.operator == company or company in {r.company for r in s.roles}
    }
    touched = systems | {company}
    through = sorted(f.id for f in register.all(Flow).values() if touched & {f.provider, f.receiver, *f.via})
    signed = sorted(c.id for c in register.all(Contract).values() if company in (c.prime, *c.others))
    return Moved(company, bought.parent, bought.parent_since or "", tuple(through), tuple(signed))


# 10
@dataclass(frozen=True)
class Measured:
    """One quantity, and every number that sources put to it."""

    measure: Measure
    claims: tuple[Claim, ...]
    """Oldest first; each says what was counted, and whether it is a bound or an estimate."""


def measured(register: Register, subject: str = "") -> tuple[Measured, ...]:
    """For each number: what exactly was measured, when, by whom, and whether it is a bound or an estimate."""
    found = (m for m in register.all(Measure).values() if subject in ("", m.subject))
    return tuple(Measured(m, claims(register, m.id)) for m in found)


# 11
def pushed_down(register: Register) -> tuple[Edge, ...]:
    """Reverse flows: which federal lists go down to other bodies' cameras, every edge that a list travels."""
    lists = flows.Categories(register.all(DataCategory).values()).mask(["hot-list-entry"])
    federal = {b.id for b in register.all(PublicBody).values() if b.level == "federal"}
    carrying = [e for e in flows.edges(register) if e.mask & lists and not e.first_only]
    return _onward(carrying, federal)


def _onward(edges: Iterable[Edge], start: Collection[str]) -> tuple[Edge, ...]:
    left, reached, found = list(edges), set(start), []
    while wave := [e for e in left if e.provider in reached]:
        found += wave
        reached |= {e.receiver for e in wave if not e.becomes}
        left = [e for e in left if e not in wave]
    return tuple(found)
