"""Money by vendor and system: obligated, ceiling and reported amounts, never added to each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from plateglass.register import edtf
from plateglass.register.entities import Contract, Payment, Statement
from plateglass.register.holdings import Register

KINDS = ("obligated", "ceiling", "reported")
"""The kinds of amount."""
UNIT = "USD"


@dataclass(frozen=True)
class Amount:
    """What the sources say that one contract or payment comes to, for one kind."""

    what: str
    """The contract or payment."""
    kind: str
    low: float
    high: float
    """Other than `low` where sources differ; they are not averaged."""
    comparators: tuple[str, ...]
    statements: tuple[str, ...]


@dataclass(frozen=True)
class Sum:
    """Amounts of one kind added up."""

    low: float
    high: float
    at_least: bool
    """Whether a part is only a lower bound."""
    amounts: tuple[Amount, ...]


@dataclass(frozen=True)
class Total:
    """Money to one vendor for one system, each kind apart; None where no source gives that kind."""

    buyer: str
    vendor: str
    system: str
    obligated: Sum | None
    ceiling: Sum | None
    reported: Sum | None
    left_out: tuple[tuple[str, str], ...]
    """(contract or payment, why its amount is not in the sum)."""


def amounts(register: Register, what: str) -> tuple[Amount, ...]:
    """The amounts of one contract or payment, each kind once."""
    said = [s for s in register.said.get(what, ()) if s.amount and s.unit == UNIT and s.polarity == "asserts"]
    return tuple(
        _amount(what, kind, [s for s in said if s.amount == kind])
        for kind in KINDS
        if any(s.amount == kind for s in said)
    )


def _amount(what: str, kind: str, said: list[Statement]) -> Amount:
    lows = [s.value for s in said if s.value is not None]
    highs = [s.value if s.high is None else s.high for s in said if s.value is not None]
    return Amount(
        what,
        kind,
        min(lows),
        max(h for h in highs if h is not None),
        tuple(sorted({s.comparator or "=" for s in said})),
        tuple(s.key for s in said),
    )


def totals(register: Register, *, period: str = "") -> tuple[Total, ...]:
    """Money by buyer, vendor and systems, the parts of a total that one source gives left out of the sum.

    `period` is an EDTF interval; contracts whose own days are known and lie outside are left out, and said so.
    """
    groups: dict[tuple[str, str, str], list[str]] = {}
    for contract in register.all(Contract).values():
        groups.setdefault((contract.buyer, contract.prime, " ".join(contract.systems)), []).append(contract.id)
    for payment in register.all(Payment).values():
        groups.setdefault((payment.payer, payment.payee or "", payment.system or ""), []).append(payment.id)
    merged = _together(register, groups)
    made = (_total(register, key, held, period) for key, held in sorted(merged.items()))
    return tuple(t for t in made if t.obligated or t.ceiling or t.reported or t.left_out)


def _together(
    register: Register, groups: dict[tuple[str, str, str], list[str]]
) -> dict[tuple[str, str, str], list[str]]:
    """A total that covers contracts of another group of systems belongs with them."""
    contracts = register.all(Contract)
    home = {what: key for key, held in groups.items() for what in held}
    merged: dict[tuple[str, str, str], list[str]] = {}
    for key, held in groups.items():
        for what in held:
            covered = contracts[what].covers if what in contracts else ()
            merged.setdefault(home[covered[0]] if covered else key, []).append(what)
    return merged


def _total(register: Register, key: tuple[str, str, str], held: list[str], period: str) -> Total:
    contracts = register.all(Contract)
    found = {what: {a.kind: a for a in amounts(register, what)} for what in held}
    covered = {
        (part, kind): whole
        for whole in held
        if whole in contracts
        for part in contracts[whole].covers
        for kind in found[whole]
    }
    left: list[tuple[str, str]] = []
    counted: list[Amount] = []
    for what in held:
        left += [
            (what, f"{s.value:,.0f} {s.unit} is a rate, not an amount") for s in register.said.get(what, ()) if _rate(s)
        ]
        outside = _outside(register, what, period)
        for kind, amount in found[what].items():
            if outside:
                left.append((what, outside))
            elif (what, kind) in covered:
                left.append((what, f"its {kind} amount is held in {covered[what, kind]}"))
            else:
                counted.append(amount)
    sums = {kind: _sum(a for a in counted if a.kind == kind) for kind in KINDS}
    return Total(*key, sums["obligated"], sums["ceiling"], sums["reported"], tuple(left))


def _rate(statement: Statement) -> bool:
    return bool(statement.amount) and statement.unit != UNIT and statement.value is not None


def _sum(found: Iterable[Amount]) -> Sum | None:
    parts = tuple(found)
    if not parts:
        return None
    bound = any(c in (">", ">=") for part in parts for c in part.comparators)
    return Sum(sum(p.low for p in parts), sum(p.high for p in parts), bound, parts)


def _outside(register: Register, what: str, period: str) -> str:
    """Why a contract is not of a period; empty where it is, or may be."""
    if not period:
        return ""
    asked = edtf.span(period)
    days = list(_days(register, what))
    if not days:
        return ""
    first, last = min(d for d, _ in days), max(d for _, d in days)
    if (asked.latest and first > asked.latest) or (asked.earliest and last < asked.earliest):
        return f"its days, {first} to {last}, lie outside {period}"
    return ""


def _days(register: Register, what: str) -> Iterator[tuple[date, date]]:
    contract = register.by_id[what]
    texts = [contract.signed, contract.period] if isinstance(contract, Contract) else []
    texts += [s.valid or s.as_of for s in register.said.get(what, ()) if s.amount]
    for text in texts:
        if text:
            held = edtf.span(text)
            yield held.earliest or date.min, held.latest or date.max
