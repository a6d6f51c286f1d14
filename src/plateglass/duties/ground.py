"""What a named figure is, and what it is computed from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from plateglass import check
from plateglass.catalogue import Reason
from plateglass.publish import pages
from plateglass.publish.statutory import Answer
from plateglass.store import Step, Store


@dataclass(frozen=True)
class Ground:
    """What figures are computed from: a case whose rules have been checked."""

    store: Store
    page: pages.Page
    reasons: Mapping[str, Reason]
    home: check.Home


@dataclass(frozen=True)
class Figure:
    """One named figure."""

    about: str
    """What it counts."""
    steps: Callable[[Ground], Sequence[Step]]
    """The steps that leave its table; the last one is what is shown."""
    shown: Callable[[Ground, list[tuple[Any, ...]]], Answer]
    """The table in a reader's words."""
    needs: tuple[str, ...] = ()
    """Fields of a search of which at least one record of the scope must hold a value."""
    scope: str = ""
    """Whose searches; empty where it is not about searches."""
