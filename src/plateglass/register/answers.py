"""The answers to the questions as tables: what the command line prints and the pages show, each cell with its words.

`QUESTIONS` names every question that takes no route; routes have `ways` and `closing` of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from plateglass.register import edtf, evidence, money, questions
from plateglass.register.entities import Company, Contract, PublicBody
from plateglass.register.evidence import Claim, Window
from plateglass.register.flows import Edge
from plateglass.register.holdings import Register
from plateglass.register.money import Sum
from plateglass.register.routes import Route


@dataclass(frozen=True)
class Asked:
    """What a question is asked of."""

    register: Register
    entities: Sequence[str] = ()
    since: str = ""
    """EDTF; empty: from the first day."""
    until: str = ""
    """EDTF; empty: to the last day."""


@dataclass(frozen=True)
class Table:
    """One answer."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    raw: Any = None
    """The same with every part apart."""
    note: str = ""
    """What the answer can't show."""


@dataclass(frozen=True)
class Question:
    """One question that the register answers."""

    about: str
    answer: Callable[[Asked], Table]
    needs: tuple[str, ...] = ()
    """What has to be named, in order."""


def number(value: float | None) -> str:
    """A number with its thousands apart; nothing where there is none."""
    if value is None:
        return ""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,}"


def amount(claim: Claim) -> str:
    """A claim's number as its source gives it: comparator, range, unit."""
    if claim.value is None:
        return ""
    top = f" to {number(claim.high)}" if claim.high is not None else ""
    mark = "" if claim.comparator in ("", "=") else f"{claim.comparator} "
    kind = f" ({claim.amount})" if claim.amount else ""
    return f"{mark}{number(claim.value)}{top} {claim.unit}{kind}".strip()


def total(sum_: Sum | None) -> str:
    """A sum as it can be said: one number or the range of what sources say, at least where a part is a bound."""
    if sum_ is None:
        return "–"
    lead = "at least " if sum_.at_least else ""
    spread = f" to {number(sum_.high)}" if sum_.high != sum_.low else ""
    return f"{lead}{number(sum_.low)}{spread} {money.UNIT}"


def window(held: Window) -> str:
    """When a thing was open, as far as sources say, and when one last spoke of it."""
    parts = [f"from {held.start}" if held.start else "", f"to {held.end}" if held.end else ""]
    said = " ".join(p for p in parts if p)
    if held.end is None and held.confirmed:
        said += f"{', ' if said else ''}last confirmed {held.confirmed}"
    return said or "no day is given"


def opened(route: Route) -> str:
    """When a route as a whole was open: the last start, the first end, and how far back its least confirmed flow is."""
    start, end = route.opened, route.closed
    parts = [
        f"from {start.window.start} (by {start.id})" if start else "",
        f"to {end.window.end} (by {end.id})" if end else "",
    ]
    said = " ".join(p for p in parts if p)
    last = f"last confirmed {route.confirmed}" if route.confirmed and not end else ""
    return ", ".join(p for p in (said, last) if p) or "no day is given"


def pattern(route: Route) -> str:
    """The kinds of its flows; where an agency only stands for its class, that step says so."""
    return " → ".join("as one of its class" if e.first_only else e.kind.replace("_", " ") for e in route.edges)


def way(route: Route, label: Callable[[str], str]) -> str:
    """A route in words: every place that the data pass."""
    return " → ".join(label(node) for node in route.nodes)


def _claims(claims: Iterable[Claim], register: Register, lead: Sequence[str] = ()) -> Iterable[tuple[str, ...]]:
    for c in claims:
        yield (*lead, amount(c), c.counted, c.as_of, register.label(c.says_who), c.confidence, c.statement)


# --- the questions -----------------------------------------------------------------------------------------------


def _protections(asked: Asked) -> Table:
    found = questions.protections(asked.register, asked.entities[0])
    rows = [
        (p.safeguard.label, p.safeguard.level, asked.register.label(p.safeguard.claimed_by),
         "; ".join(c.label for c, _ in p.circumventions) or "none known", ", ".join(c.statement for c in p.claims))
        for p in found
    ]  # fmt: skip
    return Table(("safeguard", "level", "claimed by", "known ways round it", "statements"), tuple(rows), found)


def _obtainable(asked: Asked) -> Table:
    found = [o for o in questions.obtainable(asked.register) if not asked.entities or o.system in asked.entities]
    rows = [
        (asked.register.label(o.system), "; ".join(log.label for log in o.logs) or "no source says that there is one",
         o.last_obtained or "never, as far as is held", r.label, asked.register.label(r.custodian), r.check)
        for o in found for r in o.records
    ]  # fmt: skip
    headings = ("system", "log", "last obtained", "record to ask for", "from", "what it would let one check")
    return Table(headings, tuple(rows), found, "a record that nobody has asked for yet may not exist")


def _changes(asked: Asked) -> Table:
    first = edtf.when(asked.since).earliest if asked.since else date.min
    last = edtf.when(asked.until).latest if asked.until else date.max
    found = questions.changes(asked.register, first, last)
    rows = [(str(c.day), c.how, asked.register.label(c.what), c.statement or c.what) for c in found]
    return Table(("day", "how", "what", "said by"), tuple(rows), found, "only what a source dates")


def _money(asked: Asked) -> Table:
    register, (buyer, vendor, system) = asked.register, (*asked.entities, "", "", "")[:3]
    period = f"{asked.since or '..'}/{asked.until or '..'}" if asked.since or asked.until else ""
    found = money.totals(register, period=period) if not buyer else _paid(asked, buyer, (vendor, system), period)
    rows = [
        (register.label(t.buyer), register.label(t.vendor) or "not said",
         ", ".join(register.label(s) for s in t.system.split()) or "not said",
         total(t.obligated), total(t.ceiling), total(t.reported), ", ".join(_rests(t)),
         "; ".join(f"{register.label(what)}: {why}" for what, why in t.left_out))
        for t in found
    ]  # fmt: skip
    headings = ("buyer", "vendor", "system", "obligated", "ceiling", "reported", "statements", "not in the sum")
    return Table(headings, tuple(rows), found, "obligated, ceiling and reported amounts are never added to each other")


def _rests(found: money.Total) -> list[str]:
    """The statements that a total is made of."""
    sums = (s for s in (found.obligated, found.ceiling, found.reported) if s is not None)
    return [key for s in sums for amount in s.amounts for key in amount.statements]


def _paid(asked: Asked, buyer: str, whom: tuple[str, str], period: str) -> tuple[money.Total, ...]:
    vendor, system = whom
    companies = (vendor,) if vendor else tuple(asked.register.all(Company))
    found = {t for c in companies for t in questions.paid(asked.register, buyer, c, system, period=period)}
    return tuple(sorted(found, key=lambda t: (t.buyer, t.vendor, t.system)))


def _doubts(asked: Asked) -> Table:
    register = asked.register
    day = edtf.when(asked.until).latest if asked.until else date.today()  # noqa: DTZ011 (a day is what is meant)
    found = questions.doubts(register, day)
    rows = [("contradicted", question, ", ".join(c.statement for c in sides)) for question, sides in found.contradicted]
    rows += [
        ("stale", register.label(key), f"last spoken of {last}" if last else "no source dates it")
        for key, last in sorted(found.stale.items(), key=lambda item: (str(item[1]), item[0]))
    ]
    rows += [("one source", register.label(key), key) for key in sorted(found.single)]
    return Table(("doubt", "of what", "detail"), tuple(rows), found, f"stale: not confirmed in the two years to {day}")


def _against(asked: Asked) -> Table:
    register = asked.register
    found = questions.against(register)
    rows = [
        (register.label(a.body), register.label(a.rule), register.label(a.flow), a.evidence.name.lower(),
         a.rule_in_force or "not dated", window(a.window),
         ", ".join(register.label(c.says_who) for c in a.said) or "nobody that is held")
        for a in found
    ]  # fmt: skip
    headings = ("body", "rule", "flow", "class", "rule in force", "flow open", "who says that it breaks the rule")
    return Table(headings, tuple(rows), found, "a question for a lawyer, not a finding")


def _moved(asked: Asked) -> Table:
    register, company = asked.register, asked.entities[0]
    found = questions.moved(register, company)
    if found is None:
        return Table(("company", "answer"), ((register.label(company), "no purchase of it is held"),), None)
    lead = (register.label(found.company), register.label(found.owner), found.since)
    rows = [(*lead, kind, register.label(k), k) for kind, keys in
            (("flow", found.flows), ("contract", found.contracts)) for k in keys]  # fmt: skip
    return Table(("company", "owner", "since", "kind", "what moved", "id"), tuple(rows), found)


def _measured(asked: Asked) -> Table:
    register, subject = asked.register, asked.entities[0] if asked.entities else ""
    found = questions.measured(register, subject)
    rows = [row for m in found for row in _claims(m.claims, register, (m.measure.label,))]
    headings = ("measure", "number", "what was counted", "as of", "says", "confidence", "statement")
    return Table(headings, tuple(rows), found)


def _conflicts(asked: Asked) -> Table:
    register = asked.register
    found = {key: (c.question, evidence.sides(register, c)) for key, c in register.conflicts.items()}
    rows = [(question, c.says, *row) for question, sides in found.values()
            for c in sides for row in _claims([c], register)]  # fmt: skip
    headings = ("question", "claim", "number", "what was counted", "as of", "says", "confidence", "statement")
    return Table(headings, tuple(rows), found, "both claims stand; nothing is averaged")


def _pushed_down(asked: Asked) -> Table:
    found = questions.pushed_down(asked.register)
    return Table(EDGE, tuple(edge(e, asked.register.label) for e in found), found)


EDGE = ("flow", "from", "to", "kind", "class", "letter", "open")
"""The headings of a table of flows."""


def edge(one: Edge, label: Callable[[str], str]) -> tuple[str, ...]:
    """One flow as a row."""
    ends = (label(one.provider), label(one.receiver))
    return (one.label or one.id, *ends, one.kind, one.evidence.name.lower(), one.letter, window(one.window))


def bought(register: Register, entity: str) -> tuple[Contract, ...]:
    """The contracts that a body, company or system has a part in."""
    contracts = register.all(Contract).values()
    return tuple(c for c in contracts if entity in (c.buyer, c.prime, *c.others, *c.systems))


def bodies(register: Register) -> tuple[PublicBody, ...]:
    """Every public body, by label."""
    return tuple(sorted(register.all(PublicBody).values(), key=lambda b: b.label))


QUESTIONS: Mapping[str, Question] = {
    "protections": Question("which safeguards are claimed, and what goes round them", _protections, ("ENTITY",)),
    "obtainable": Question("which systems keep a log or record that can be had", _obtainable),
    "changes": Question("what started, ended or got a value between two dates", _changes),
    "money": Question("who pays whom for what, each kind of amount apart", _money),
    "doubts": Question("what is contradicted, stale or from one source", _doubts),
    "conflicts": Question("claims that stand against each other, side by side", _conflicts),
    "against": Question("flows that a rule forbids on its face", _against),
    "moved": Question("what came under another owner with a company", _moved, ("COMPANY",)),
    "measured": Question("for each number, what exactly was counted", _measured),
    "pushed-down": Question("which federal lists go down to local cameras", _pushed_down),
}
"""Questions by the word that asks them."""
