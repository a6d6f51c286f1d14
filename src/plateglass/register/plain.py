"""Any part of an answer as plain values that JSON can hold: days as text, classes as words, sets in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum, IntEnum
from typing import Any

from pydantic import BaseModel

from plateglass.register.routes import Route


def value(thing: Any) -> Any:
    """The plain form of a thing; a route gets its class, letter, places and weakest flow besides its flows."""
    if isinstance(thing, Route):
        return route(thing)
    if isinstance(thing, BaseModel):
        return value(thing.model_dump(exclude_none=True))
    if is_dataclass(thing) and not isinstance(thing, type):
        return {f.name: value(getattr(thing, f.name)) for f in fields(thing)}
    if isinstance(thing, Mapping):
        return {str(k.name.lower() if isinstance(k, Enum) else k): value(v) for k, v in thing.items()}
    if isinstance(thing, frozenset | set):
        return sorted(value(v) for v in thing)
    if isinstance(thing, list | tuple):
        return [value(v) for v in thing]
    if isinstance(thing, IntEnum):
        return thing.name.lower()
    return thing.isoformat() if isinstance(thing, date) else thing


def route(found: Route) -> dict[str, Any]:
    """A route as JSON has it."""
    return {
        "class": found.evidence.name.lower(),
        "letter": found.letter,
        "places": list(found.nodes),
        "kinds": list(found.kinds),
        "flows": [value(e) for e in found.edges],
        "weakest": found.weakest.id,
        "needs_breach_of": sorted({e.forbidden_by or e.id for e in found.needs_breach}),
        "passing_on_unknown": [e.id for e in found.unsure],
        "opened_by": found.opened.id if found.opened else None,
        "closed_by": found.closed.id if found.closed else None,
        "last_confirmed": found.confirmed.isoformat() if found.confirmed else None,
    }
