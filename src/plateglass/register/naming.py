"""Names that people and lists write become places in the network: a body that is held, or an agency by its class.

Nothing is matched by likeness. A text is an id, a label, an alias or the abbreviation in a label's brackets; an agency
is a body that is held where the body lists its id. Everything else stands for its class, which is a flow of its own
and the weakest kind of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from plateglass.model import Kind
from plateglass.register.entities import Evidence, PublicBody
from plateglass.register.flows import Edge
from plateglass.register.holdings import Register

_SHORT = re.compile(r"\(([A-Z][A-Z0-9-]+)\)$")
_TOO_COMMON = frozenset(
    ("agency", "agencies", "police", "county", "department", "sheriff", "sheriffs", "office", "city", "state", "local",
     "california", "center", "unnamed", "national", "federal", "administration")
)  # fmt: skip


@dataclass(frozen=True)
class Agency:
    """An agency as names in logs and lists are resolved."""

    id: str
    name: str
    kind: str
    """One of `model.Kind`."""
    state: str = ""
    """Two letters, lower case."""


@dataclass(frozen=True)
class Standing:
    """Where something stands in the network."""

    node: str
    label: str
    steps: tuple[Edge, ...] = ()
    """From an agency that the register does not hold to the classes that it is one of."""
    near: tuple[str, ...] = ()
    """Bodies that are held and may be meant; which, is for a person to say."""


def of_text(register: Register, text: str) -> str | None:
    """The one entity that is written so; None where there is none, or more than one."""
    if text in register.by_id:
        return text
    wanted = text.casefold().strip()
    found = {key for key, entity in register.by_id.items() if wanted in spellings(entity.label, entity.aliases)}
    return found.pop() if len(found) == 1 else None


def spellings(label: str, aliases: tuple[str, ...]) -> set[str]:
    """Every way in which a thing is written, in small letters."""
    names = (label, *aliases)
    short = [m[1] for name in names if (m := _SHORT.search(name))]
    bare = [_SHORT.sub("", name).strip() for name in names]
    return {name.casefold() for name in (*names, *short, *bare)}


def of_agency(register: Register, agency: str) -> str | None:
    """The body that lists this agency's id."""
    return next((b.id for b in register.all(PublicBody).values() if agency in b.agencies), None)


def standing(register: Register, agency: Agency) -> Standing:
    """Where an agency stands: a body that is held, or a place of its own with a step to each of its classes."""
    held = of_agency(register, agency.id)
    if held is not None:
        return Standing(held, register.label(held))
    return Standing(agency.id, agency.name, tuple(_steps(register, agency)), near(register, agency.name))


def classes(register: Register, agency: Agency) -> Iterator[PublicBody]:
    """The classes of bodies that an agency is one of, by its kind and state."""
    where = f"US-{agency.state.upper()}" if agency.state else "US"
    for body in register.all(PublicBody).values():
        if body.generic and Kind(agency.kind) in body.stands_for and body.jurisdiction in ("US", where):
            yield body


def _steps(register: Register, agency: Agency) -> Iterator[Edge]:
    for body in classes(register, agency):
        label = f"{agency.name} is one of: {body.label}; no source says that it took part"
        step = f"{agency.id}-is-one-of-{body.id}"
        yield Edge(step, agency.id, body.id, "membership", Evidence.POSSIBLE, label, first_only=True)


def near(register: Register, text: str) -> tuple[str, ...]:
    """Bodies whose label shares a telling word with a text."""
    telling = _telling(text)
    bodies = register.all(PublicBody).values()
    return tuple(b.id for b in bodies if not b.generic and telling & _telling(b.label))


def _telling(text: str) -> set[str]:
    words = {w.casefold() for w in re.findall(r"[A-Za-z]{4,}", text)}
    return words - _TOO_COMMON
