"""Flows become edges: one way, with kind, categories as bits, class, letter and days; and what may follow what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from plateglass.register import evidence
from plateglass.register.entities import DataCategory, Evidence, Flow, Onward, PublicBody, System
from plateglass.register.evidence import Window
from plateglass.register.holdings import Register

ALWAYS = date.max.toordinal()
"""A day after every other: for an end that nobody gives."""
EVERYTHING = -1
"""The bits of every category."""


@dataclass(frozen=True)
class Kind:
    """How data travel by one kind of flow."""

    delivers: Literal["copy", "access", "capacity", "custody"]
    """copy: it has it. access: it can look. capacity: one body's officer acts for another. custody: neither."""
    onward: Onward
    """Whether it can go on from the receiver, where the flow itself doesn't say."""
    from_access: bool = False
    """Whether it can start from access alone: somebody looks for another, lends a login, copies what is seen."""


KINDS: Mapping[str, Kind] = {
    "feed": Kind("copy", "allowed"),
    "direct_account": Kind("access", "unknown", from_access=True),
    "sharing_toggle": Kind("access", "allowed"),
    "sharing_agreement": Kind("copy", "unknown"),
    "interoperability": Kind("copy", "unknown"),
    "vendor_resale": Kind("access", "forbidden", from_access=True),
    "federated_query": Kind("access", "unknown"),
    "alert_subscription": Kind("copy", "impossible"),
    "informal_request": Kind("copy", "allowed", from_access=True),
    "on_behalf_search": Kind("copy", "allowed", from_access=True),
    "legal_process": Kind("copy", "unknown", from_access=True),
    "bulk_copy": Kind("copy", "allowed", from_access=True),
    "breach": Kind("copy", "impossible", from_access=True),
    "hosting": Kind("custody", "impossible"),
    "membership": Kind("capacity", "allowed", from_access=True),
}
"""The 15 kinds. A body that may look at another's data does not pass them on by sharing its own: see `from_access`."""


@dataclass(frozen=True)
class Edge:
    """One way that data can go, ready to be searched."""

    id: str
    provider: str
    receiver: str
    kind: str
    evidence: Evidence
    label: str = ""
    letter: str = "D"
    mask: int = EVERYTHING
    """The categories that it takes."""
    becomes: int = 0
    """The categories that arrive, where they are others; 0: the same."""
    window: Window = field(default_factory=Window)
    onward: Onward = "allowed"
    forbidden_by: str | None = None
    retention: int | None = None
    """Days that the receiver keeps it; None: unknown."""
    rests: bool = False
    """Whether the receiver is a system: what is in it can be fed and queried from there."""
    first_only: bool = False
    """Only the first hop of a route: an agency stands for its class."""
    via: tuple[str, ...] = ()
    basis: str | None = None
    switch: str | None = None
    """Who can end it alone."""

    @property
    def first_day(self) -> int:
        """The first day that it may be open, as an ordinal; 0 where nobody says."""
        return self.window.start.toordinal() if self.window.start else 0

    @property
    def last_day(self) -> int:
        """The last day that it may be open, as an ordinal."""
        return self.window.end.toordinal() if self.window.end else ALWAYS

    @property
    def travels(self) -> bool:
        """Whether a route may use it at all: not by custody, and not on a promise or a sales talk."""
        return KINDS[self.kind].delivers != "custody" and self.evidence >= Evidence.POSSIBLE


class Categories:
    """Categories of data as bits: a category's mask has its own bit and those of all below it."""

    def __init__(self, categories: Iterable[DataCategory]) -> None:
        """Number the categories."""
        held = {c.id: c for c in categories}
        self._masks = dict.fromkeys(held, 0)
        for bit, category in enumerate(held.values()):
            above: str | None = category.id
            while above is not None:
                self._masks[above] |= 1 << bit
                above = held[above].parent

    def mask(self, names: Iterable[str]) -> int:
        """The bits of these categories and all below them.

        Raises:
            KeyError: no category of that name.
        """
        found = 0
        for name in names:
            found |= self._masks[name]
        return found


def edges(register: Register) -> tuple[Edge, ...]:
    """Every flow of the register that data can travel, and for each agency one step to the classes it is one of."""
    categories = Categories(register.all(DataCategory).values())
    systems = register.all(System)
    ghosts = {s.id for s in systems.values() if s.status in ("pitched", "planned")}
    flows = (
        _edge(register, f, categories) for f in register.all(Flow).values() if not {f.provider, f.receiver} & ghosts
    )
    return tuple(e for e in (*flows, *_classes(register)) if e is not None and e.travels)


def _edge(register: Register, flow: Flow, categories: Categories) -> Edge | None:
    said = register.said.get(flow.id, ())
    shown = evidence.of_flow(said)
    if shown is None:
        return None
    return Edge(
        flow.id,
        flow.provider,
        flow.receiver,
        flow.kind,
        shown,
        flow.label,
        evidence.letter(said, shown),
        categories.mask(flow.data),
        categories.mask(flow.becomes),
        evidence.window(register, said),
        flow.onward or KINDS[flow.kind].onward,
        flow.forbidden_by,
        flow.retention_days,
        rests=register.section_of.get(flow.receiver) in ("systems", "programmes"),
        via=flow.via,
        basis=flow.basis,
        switch=flow.switch or flow.provider,
    )


def _classes(register: Register) -> Iterator[Edge]:
    for body in register.all(PublicBody).values():
        for generic in body.one_of:
            label = f"{body.label} is one of: {register.label(generic)}; no source says that it took part"
            yield Edge(
                f"{body.id}-is-one-of-{generic}",
                body.id,
                generic,
                "membership",
                Evidence.POSSIBLE,
                label,
                first_only=True,
            )
