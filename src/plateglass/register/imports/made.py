"""Rows become entries of the register: contracts and payments, agreements, and what a body uses."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from plateglass.register import lint, money
from plateglass.register.entities import Contract
from plateglass.register.holdings import Register
from plateglass.register.imports import joins, toml
from plateglass.register.imports.joins import Join, Joins, Role, Waiting
from plateglass.register.imports.layouts import ImportLayout, Makes
from plateglass.register.imports.rows import Row

_NUMBER: Final = re.compile(r"[A-Z0-9-]{8,40}")
_DAYS: Final = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%m/%d/%Y", "%m/%d/%y")


@dataclass(frozen=True)
class Unsure:
    """One row that waits for a person; the name as written stays out of every output, since it can be a person's."""

    row: int
    column: str
    near: tuple[str, ...]
    """Entities that may be meant."""


@dataclass
class Making:
    """One list on its way into the register: what its rows have come to so far."""

    register: Register
    joins: Joins
    layout: ImportLayout
    document: str
    """The id of the list as a document."""
    parts: list[str] = field(default_factory=list)
    unsure: list[Unsure] = field(default_factory=list)
    unread: list[tuple[int, str]] = field(default_factory=list)
    """(row, column) of rows that are left out: not readable, or a person's."""
    wait: set[Waiting] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)
    """Keys of rows, and ids of bodies, that were taken already."""
    taken: int = 0

    def join(self, row: Row, role: Role, name: str, column: str, **more: str) -> Join | None:
        """Whom a name means; None, and the row put down as unsure, where that is not known."""
        found = self.joins.of(role, name, **more)
        if found.sure:
            if found.agency and (lint.shape(found.agency.name) or lint.like_plate(found.agency.id)):
                self.leave(row, column)
                return None
            return found
        if joins.person(name):
            self.leave(row, column)
            return None
        full = f"{name} ({more['state'].upper()})" if more.get("state") else name
        self.wonder(row, (role, full, column), found)
        return None

    def wonder(self, row: Row, what: tuple[Role, str, str], found: Join) -> None:
        """Put a name (role, name, column) down as unsure, and before a person unless one has spoken."""
        role, name, column = what
        self.unsure.append(Unsure(row.number, column, found.near))
        if not found.closed and not joins.person(name):
            self.wait.add(Waiting(role, name, found.near, f"{self.document}, {row.where}, {column}"))

    def leave(self, row: Row, column: str) -> None:
        """Put a row down as not read."""
        self.unread.append((row.number, column))

    def body(self, found: Join) -> str:
        """The id of a body; one that is not held yet is written down first, once."""
        if found.agency is None:
            return str(found.entity)
        if found.agency.id not in self.seen:
            self.seen.add(found.agency.id)
            self.parts.append(toml.entry("bodies", joins.body(self.register, found.agency)))
        return found.agency.id

    def say(self, values: Mapping[str, object]) -> None:
        """Write a statement that rests on the list."""
        common = {
            "document": self.document, "claim": self.layout.claim, "confidence": self.layout.confidence,
            "extraction": "rule",
        }  # fmt: skip
        self.parts.append(toml.entry("statements", {**values, **common}))


def taken(making: Making, row: Row) -> None:
    """Take one row into what is being made."""
    if row.damaged:
        making.leave(row, "more cells than headings")
        return
    before = len(making.parts)
    _MAKE[making.layout.makes](making, row)
    making.taken += len(making.parts) > before


# --- contracts ---------------------------------------------------------------------------------------------------


def _contract(making: Making, row: Row) -> None:
    if row.text("vendor_schema") in making.layout.refuse and row.text("vendor_schema"):
        making.leave(row, row.text("vendor_schema"))
        return
    if not row.text("buyer") or not row.text("vendor"):
        making.leave(row, "buyer" if not row.text("buyer") else "vendor")
        return
    buyer = making.join(row, "buyer", row.text("buyer"), row.named("buyer"))
    if buyer is None:
        return
    vendor = making.join(row, "vendor", row.text("vendor"), row.named("vendor"), uei=row.text("uei"))
    if vendor is None:
        return
    bad = row.named("key") if row.text("key") in making.seen else _unreadable(row)
    if bad:
        making.leave(row, bad)
        return
    making.seen.add(row.text("key"))
    _written(making, row, making.body(buyer), str(vendor.entity))


def _written(making: Making, row: Row, buyer: str, vendor: str) -> None:
    """The contract, where no entry that is held has its number already, and its amounts."""
    number = row.text("number") if _NUMBER.fullmatch(row.text("number")) else None
    key = f"award-{toml.letters(row.text('key'))}"
    held = making.register.all(Contract)
    same = [c.id for c in held.values() if number and c.procurement_id == number and vendor in (c.prime, *c.others)]
    id_ = same[0] if len(same) == 1 else key
    if id_ not in held:
        signed, start, end = (_day(row.text(name)) for name in ("signed", "start", "end"))
        period = f"{start or ''}/{end or ''}" if start or end else None
        label = f"{making.layout.title}: {row.where} of {making.document}"
        contract = {
            "id": id_, "label": label[:160], "buyer": buyer, "prime": vendor, "others": _others(making, row, vendor),
            "procurement_id": number, "signed": signed, "period": period,
        }  # fmt: skip
        making.parts.append(toml.entry("contracts", contract))
    for kind, column, amount in _amounts(row):
        making.say(
            {"id": f"{key}-{kind}-{toml.letters(making.document, 6)}", "about": id_, "predicate": "costs",
             "says": f"The list gives it as {kind}.", "value": Decimal(amount), "unit": _currency(row),
             "comparator": "=", "amount": kind, "counted": f"The field {column}.", "locator": f"{row.where}, {column}"}
        )  # fmt: skip


def _others(making: Making, row: Row, vendor: str) -> list[str] | None:
    """The further suppliers that are sure; a contract is with all of them, and amounts are not split."""
    found = (making.joins.of("vendor", name).entity for name in row.all("vendor")[1:])
    return sorted({other for other in found if other and other != vendor}) or None


def _amounts(row: Row) -> Iterator[tuple[str, str, str]]:
    """(kind, column, amount as written) of each kind that the row gives."""
    for kind in money.KINDS:
        if row.text(kind):
            yield kind, row.named(kind), row.text(kind)


def _currency(row: Row) -> str:
    return (row.text("currency") or money.UNIT).upper()


def _unreadable(row: Row) -> str:
    """The first column that can't be read; empty where all can."""
    if not row.text("key"):
        return row.named("key")
    found = list(_amounts(row))
    for _, column, amount in found:
        try:
            whole = Decimal(amount)
        except InvalidOperation:
            return column
        if not whole.is_finite():
            return column
    if found and _currency(row) != money.UNIT:
        return row.named("currency")
    return "" if found else "amount"


def _day(text: str) -> str | None:
    """A date as the register writes it; None where it is none."""
    bare = re.sub(r"T.*$", "", text)
    for form in _DAYS:
        try:
            return datetime.strptime(bare, form).date().isoformat()  # noqa: DTZ007 (a day has no zone)
        except ValueError:
            continue
    return None


# --- agreements --------------------------------------------------------------------------------------------------


def _agreement(making: Making, row: Row) -> None:
    layout, what = making.layout, _word(making, row)
    signed = _day(row.text("signed"))
    if what is None or (row.text("signed") and signed is None):
        making.leave(row, row.named("what" if what is None else "signed"))
        return
    found = _agency(making, row)
    if found is None:
        return
    agency = making.body(found)
    key = f"{layout.agreement}-{toml.letters(f'{agency} {what[0]} {signed}')}"
    if key in making.seen:
        making.leave(row, row.named("agency"))
        return
    making.seen.add(key)
    name = found.agency.name if found.agency else making.register.label(agency)
    label = f"{name}: {what[0]}"
    agreement = {
        "id": key,
        "label": label,
        "kind": layout.agreement,
        "parties": [layout.party, agency],
        "signed": signed,
    }
    making.parts.append(toml.entry("agreements", agreement))
    place = {"locator": row.where, "valid": f"{signed}/" if signed else None}
    making.say(
        {"id": f"{key}-listed", "about": key, "predicate": "contracts", "says": f"The agreement is listed: {what[1]}.",
         **place}
    )  # fmt: skip
    if what[0] in layout.carries:
        _carried(making, (key, agency, what[0], label), place)


def _carried(making: Making, agreed: tuple[str, str, str, str], place: Mapping[str, object]) -> None:
    """The flow that an agreement lets happen: an officer of the one acts for the other."""
    key, agency, what, label = agreed
    flow = {
        "id": f"{key}-flow", "label": f"{label}, two hats", "provider": agency, "receiver": making.layout.party,
        "kind": "membership", "data": list(making.layout.carries[what]), "mode": "pull", "basis": key,
    }  # fmt: skip
    making.parts.append(toml.entry("flows", flow))
    making.say(
        {"id": f"{key}-lets", "about": f"{key}-flow", "predicate": "provides", "evidence": "authorised",
         "says": "The agreement lets officers act for the other body with what they have at hand.", **place}
    )  # fmt: skip


# --- uses --------------------------------------------------------------------------------------------------------


def _use(making: Making, row: Row) -> None:
    what = _word(making, row)
    if what is None:
        making.leave(row, row.named("what"))
        return
    found = _agency(making, row)
    if found is None:
        return
    agency = making.body(found)
    about, supplied = [agency], ""
    if row.text("vendor"):
        vendor = making.joins.of("vendor", row.text("vendor"))
        if vendor.entity:
            about.append(vendor.entity)
            supplied = f", supplied by {making.register.label(vendor.entity)}"
        elif not vendor.closed:
            making.wonder(row, ("vendor", row.text("vendor"), row.named("vendor")), vendor)
    making.say(
        {"id": f"{making.document}-{row.number}", "about": about, "predicate": "holds",
         "says": f"Listed as having {what[1]}{supplied}.", "locator": row.where}
    )  # fmt: skip


def _agency(making: Making, row: Row) -> Join | None:
    state = making.joins.state(row.text("state"))
    if not row.text("agency") or state is None:
        making.leave(row, row.named("state" if row.text("agency") else "agency"))
        return None
    return making.join(row, "agency", row.text("agency"), row.named("agency"), state=state)


def _word(making: Making, row: Row) -> tuple[str, str] | None:
    """(what a row names as the layout writes it, our words for it)."""
    wanted = row.text("what").casefold()
    return next(((key, words) for key, words in making.layout.words.items() if key.casefold() == wanted), None)


_MAKE: Final[Mapping[Makes, Callable[[Making, Row], None]]] = {
    "contracts": _contract, "agreements": _agreement, "uses": _use
}  # fmt: skip
