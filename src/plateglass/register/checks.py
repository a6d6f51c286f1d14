"""What could be checked of each system, on what record, and whether a case holds it: what remains is to be asked for.

`checks` joins the records that the register names with the layouts that read such a record, the rules that test it, and
the files of a case. `wanted` yields what a case lacks, as a writer of public-records requests needs it.
"""

from __future__ import annotations

import fnmatch
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from plateglass.model import View
from plateglass.register.entities import Agreement, Contract, Programme, PublicBody, RecordSeries, System
from plateglass.register.holdings import Register


class Standing(StrEnum):
    """How far a case is with one record."""

    HELD = "held"
    READABLE = "not held; a layout reads it"
    UNREAD = "not held; no layout reads it yet"


class Kept(NamedTuple):
    """One file of a case, or one table of it."""

    view: str
    layout: str
    name: str


@dataclass(frozen=True)
class Known:
    """What there is to check records with."""

    layouts: Mapping[str, Collection[View]] = field(default_factory=dict)
    """Layout of logs -> the views that it yields."""
    rules: tuple[str, ...] = ()
    """Ids of every rule."""
    kept: tuple[Kept, ...] = ()
    """The files of the case; none where no case is given."""


@dataclass(frozen=True)
class Check:
    """One record of one system, and what it would let one check."""

    system: str
    number: int | None
    """The system's place in the first list of systems and channels."""
    record: RecordSeries
    layouts: tuple[str, ...]
    """Layouts, of logs and of public lists, that read such a record."""
    rules: tuple[str, ...]
    """Rules that test it."""
    held: tuple[str, ...]
    """Files of the case, and imported lists, that are records of this kind; whose each is, it says itself."""

    @property
    def packs(self) -> dict[str, int]:
        """Rule packs -> how many of their rules test it."""
        return dict(sorted(Counter(rule.partition("/")[0] for rule in self.rules).items()))

    @property
    def standing(self) -> Standing:
        """How far the case is with it."""
        if self.held:
            return Standing.HELD
        return Standing.READABLE if self.layouts else Standing.UNREAD


class Wanted(NamedTuple):
    """One record to ask for."""

    system: str
    """The system's name."""
    series: str
    """What the record is called."""
    jurisdiction: str
    """Under whose law: `US`, `US-CA`; empty where it is that of the agency that is asked."""
    question: str
    """What it would let one check."""
    custodian: str
    """Who keeps it, by name; a class of bodies where each of them keeps its own."""
    law: str
    """The law to ask under."""
    record: str
    """The id of the record series."""


def checks(register: Register, known: Known, systems: Collection[str] = ()) -> tuple[Check, ...]:
    """Every record of every system and programme, or of these, in the order of the first list."""
    systems_ = {key: system.number for key, system in register.all(System).items()}
    numbers = systems_ | {key: programme.number for key, programme in register.all(Programme).items()}
    found = [
        _check(register, known, record, numbers.get(record.system))
        for record in register.all(RecordSeries).values()
        if not systems or record.system in systems
    ]
    return tuple(sorted(found, key=lambda c: (c.number is None, c.number or 0, c.record.id)))


def _check(register: Register, known: Known, record: RecordSeries, number: int | None) -> Check:
    reading = [name for name, views in known.layouts.items() if set(views) & set(record.views) and _fits(record, name)]
    held = [k.name for k in known.kept if k.view in record.views and _fits(record, k.layout)]
    held += _imported(register, record)
    rules = [rule for rule in known.rules if any(fnmatch.fnmatchcase(rule, pattern) for pattern in record.rules)]
    return Check(
        record.system, number, record, (*sorted(reading), *record.imports), tuple(rules), tuple(dict.fromkeys(held))
    )


def _fits(record: RecordSeries, layout: str) -> bool:
    return not record.layouts or any(fnmatch.fnmatchcase(layout, pattern) for pattern in record.layouts)


def _imported(register: Register, record: RecordSeries) -> list[str]:
    """Imported lists in which something is said of this system's contracts, or of agreements with its keeper."""
    lists = {d.id: d.label for d in register.documents.values() if _of_import(record, d.id)}
    said = (s for s in register.statements.values() if s.document in lists)
    return list(dict.fromkeys(lists[s.document] for s in said if any(_meant(register, record, a) for a in s.about)))


def _of_import(record: RecordSeries, document: str) -> bool:
    return any(document.startswith(f"{layout}-") for layout in record.imports)


def _meant(register: Register, record: RecordSeries, about: str) -> bool:
    entity = register.by_id.get(about)
    if isinstance(entity, Contract):
        paid = {entity.prime, *entity.others} & _companies(register, record.system)
        return bool(paid) and entity.buyer in register.within(record.custodian)
    return isinstance(entity, Agreement) and record.custodian in entity.parties


def _companies(register: Register, system: str) -> set[str]:
    """The companies that do something for a system, or have a contract for it."""
    held = register.by_id[system]
    found = {role.company for role in held.roles} if isinstance(held, System) else set()
    contracts = (c for c in register.all(Contract).values() if system in c.systems)
    return found | {company for c in contracts for company in (c.prime, *c.others)}


def wanted(register: Register, found: Iterable[Check]) -> Iterator[Wanted]:
    """What is not held of these, ready to be asked for."""
    for check in found:
        if check.standing is not Standing.HELD:
            record, keeper = check.record, register.by_id[check.record.custodian]
            own = isinstance(keeper, PublicBody) and not keeper.generic
            where = keeper.jurisdiction if isinstance(keeper, PublicBody) and own else ""
            system = register.label(check.system)
            yield Wanted(system, record.label, where, record.check, keeper.label, record.law, record.id)
