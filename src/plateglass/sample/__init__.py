"""Which searches, or which reasons, people read: drawn so that anybody with the same case draws the same ones.

A draw takes what has the smallest SHA-256 of seed and unit, so it does not depend on the order of anything. The
sample keeps its seed, and a hash over all that could have been drawn; it lies in the case's `samples` folder.
What may stand in it: tokens, codes, numbers. Never a text: a worksheet has texts, and lies where a person puts it.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from plateglass import statistics
from plateglass.case import Case, write_whole
from plateglass.errors import Place, SampleUnusable
from plateglass.sample import frame, sheet
from plateglass.sample.frame import Drawn, Frame
from plateglass.store import Store

__all__ = [
    "FAULT",
    "Design",
    "Drawn",
    "Plan",
    "Sample",
    "draw",
    "every",
    "find",
    "places",
    "shared_out",
    "sheet",
    "texts",
]

LEAST: Final = 30
"""How many of each stratum are read at least, or all of it."""
LIKENESS: Final = 0.1
"""How alike the searches of one user are taken to be until somebody has measured it."""
FAULT: Final = "fault"
"""Asked of each search: is there a fault? Everything else that can be asked is an axis of codes."""
_ID: Final = 10


class Plan(StrEnum):
    """How a sample is drawn."""

    SIMPLE = "simple"
    """Every unit with the same chance."""
    STRATIFIED = "stratified"
    """So many from each stratum."""
    USERS = "users"
    """Users first, each with the same chance, then a few searches of each."""
    ACCEPTANCE = "acceptance"
    """As few as tell a good file from a bad one."""
    DISCOVERY = "discovery"
    """As few as show a fault if there are so many."""
    QUEUE = "queue"
    """What is most likely to be something, first. Not representative: no rate can be had from it."""


@dataclass(frozen=True)
class Design:
    """What is to be drawn, and what is asked of it."""

    plan: Plan = Plan.SIMPLE
    of: str = "searches"
    """What is drawn: searches, or distinct reasons."""
    asks: str = "purpose"
    """What is asked of each: an axis of codes, or `fault`."""
    by: str = ""
    """The strata: code, quality or level; of a queue: opinion, where one has been asked."""
    code: str = ""
    """The code whose tiers are the strata, or which a queue is about."""
    n: int = 0
    """How many to draw; 0: as many as the numbers below ask for."""
    margin: float = 0.05
    """Half the width of the interval that is wished for."""
    expected: float = 0.5
    """The share that is expected."""
    share: float = 0.05
    """Discovery: the share that must not be overlooked."""
    good: float = 0.01
    """Acceptance: the share of faults that a file may have and pass."""
    bad: float = 0.05
    """Acceptance: the share of faults with which it must fail."""
    each: int = 5
    """Users: how many searches of each."""

    @property
    def representative(self) -> bool:
        """Whether a rate can be had from it."""
        return self.plan is not Plan.QUEUE

    def checked(self) -> Design:
        """The same design, if it can be drawn.

        Raises:
            SampleUnusable: parts of it don't fit together.
        """
        wrong = {
            "a stratified sample says by what": self.plan is Plan.STRATIFIED and not self.by,
            "strata by code, and a queue, name the code": not self.code
            and (self.by == "code" or self.plan is Plan.QUEUE),
            "only a stratified sample has strata": bool(self.by) and self.plan not in (Plan.STRATIFIED, Plan.QUEUE),
            "an opinion ranks a queue, and nothing else does": (self.by == "opinion")
            != (self.plan is Plan.QUEUE and bool(self.by)),
            "users have searches, not reasons": self.of == "reasons" and self.plan is Plan.USERS,
            "level is one of searches": self.of == "reasons" and self.by == "level",
            "a fault is one of searches": self.of == "reasons" and self.asks == FAULT,
            "acceptance and discovery ask for faults": self.asks != FAULT
            and self.plan in (Plan.ACCEPTANCE, Plan.DISCOVERY),
            "shares lie between 0 and 1, good below bad": not (
                0 < self.margin < 1 and 0 < self.expected < 1 and 0 < self.share < 1 and 0 < self.good < self.bad < 1
            ),
        }
        for rule, broken in wrong.items():
            if broken:
                raise SampleUnusable("this can't be drawn", expected=rule)
        return self


@dataclass(frozen=True)
class Sample:
    """What was drawn, from what, and how."""

    id: str
    design: Design
    seed: str
    frame: Frame
    drawn: Mapping[str, int]
    """How many of each stratum."""
    accept: int | None
    """Acceptance: with how many faults the file still passes."""
    items: tuple[Drawn, ...]

    @property
    def label(self) -> str:
        """What must stand wherever the sample does."""
        return "" if self.design.representative else "not representative: no rate can be had from this sample"

    def said(self, stratum: str) -> str:
        """A stratum's name as people read it: the sign by which a queue sorts its strata is none of it."""
        return stratum.partition(" ")[2] if self.design.plan is Plan.QUEUE else stratum

    def save(self, case: Case) -> Path:
        """Keep it in the case; the same sample, drawn again, is the same file."""
        path = case.root / "samples" / f"{self.id}.json"
        write_whole(path, json.dumps({**asdict(self), "label": self.label}, indent=1, sort_keys=True) + "\n")
        return path


def draw(store: Store, design: Design, seed: str) -> Sample:
    """A sample of the case whose tables the store has.

    Raises:
        SampleUnusable: the design can't be drawn, or there is nothing to draw from.
    """
    design = design.checked()
    found = frame.made(store, design.of, design.by or ("queue" if design.plan is Plan.QUEUE else ""), design.code)
    found = frame.only(store, found, users=design.plan is Plan.USERS, texts=design.asks != FAULT)
    if found.size == 0:
        raise SampleUnusable("there is nothing to draw from", remedy="add a log that states reasons and users")
    n, accept = _size(design, found.size)
    if design.plan is Plan.USERS:
        shares, items = {"all": 0}, frame.by_user(store, seed, math.ceil(n / design.each), design.each)
        shares["all"] = len(items)
    else:
        shares = _shares(design, found.strata, n)
        items = frame.by_stratum(store, seed, shares)
    design = replace(design, n=len(items))
    words = json.dumps([asdict(design), seed, found.sha256, accept], sort_keys=True)
    id_ = hashlib.sha256(words.encode()).hexdigest()[:_ID]
    return Sample(id_, design, seed, found, shares, accept, tuple(items))


def _size(design: Design, size: int) -> tuple[int, int | None]:
    """How many to draw, and with how many faults the file passes."""
    if design.plan is Plan.ACCEPTANCE:
        plan = statistics.acceptance_size(design.good, design.bad, size)
        if plan is None:
            raise SampleUnusable("the file is too small to tell a good one from a bad one", remedy="read all of it")
        return plan.n, plan.accept
    if design.n:
        return min(design.n, size), None
    if design.plan is Plan.DISCOVERY:
        return statistics.discovery_size(design.share, size), None
    n = statistics.margin_size(design.margin, size, design.expected)
    more = statistics.design_effect(design.each, LIKENESS) if design.plan is Plan.USERS else 1
    return min(math.ceil(n * more), size), None


def _shares(design: Design, strata: Mapping[str, int], n: int) -> dict[str, int]:
    if design.plan is Plan.QUEUE:
        order = sorted(strata)
        return {name: max(0, min(strata[name], n - sum(strata[s] for s in order[:i]))) for i, name in enumerate(order)}
    return shared_out(strata, n)


def shared_out(strata: Mapping[str, int], n: int) -> dict[str, int]:
    """How many of each stratum: 30 or all of it first, the rest by the square root of its size.

    By size alone, nearly all would go to the largest stratum, which is the one where least is found.
    """
    shares = {name: min(size, LEAST) for name, size in strata.items()}
    while (left := n - sum(shares.values())) > 0:
        open_ = {name: math.sqrt(size) for name, size in strata.items() if shares[name] < size}
        if not open_:
            break
        whole = sum(open_.values())
        for name, weight in sorted(open_.items(), key=lambda pair: (-pair[1], pair[0])):
            more = min(max(1, math.floor(left * weight / whole)), strata[name] - shares[name])
            shares[name] += min(more, n - sum(shares.values()))
    return shares


def texts(store: Store, sample: Sample) -> dict[str, str]:
    """The texts of a sample, by their ids: for the people who read them, and for nothing else."""
    wanted = sorted({(item.text,) for item in sample.items if item.text})
    store.load("sample_texts", {"id": "UUID"}, wanted)
    rows = store.rows(
        "SELECT CAST(t.id AS VARCHAR), min(t.text) FROM texts AS t JOIN sample_texts AS s ON s.id = t.id"
        " WHERE t.field = 'reason' AND t.text IS NOT NULL GROUP BY t.id"
    )
    if len(rows) < len(wanted):
        raise SampleUnusable(
            f"{len(wanted) - len(rows)} texts of the sample are no longer in the case", remedy="draw it anew"
        )
    return dict(rows)


def places(store: Store, sample: Sample) -> dict[tuple[str, int], str]:
    """The file of each source, where faults are asked for; nothing where texts are judged blind."""
    if sample.design.asks != FAULT:
        return {}
    return {(source, part): name for source, part, name in store.rows("SELECT source, part, name FROM sources")}


def find(case: Case, id_: str = "") -> Sample:
    """A sample of the case by its id, or the only one.

    Raises:
        SampleUnusable: there is none of that id, or more than one and none is named.
    """
    paths = sorted((case.root / "samples").glob(f"{id_ or '*'}.json"))
    if len(paths) != 1:
        there = sorted(path.stem for path in (case.root / "samples").glob("*.json"))
        raise SampleUnusable(
            f"no sample is called {id_!r}" if id_ else f"the case has {len(paths)} samples",
            expected=f"one of {', '.join(there)}" if there else "a sample",
            remedy="name it with --sample" if there else "plateglass sample draw draws one",
        )
    return _read(paths[0])


def every(case: Case) -> list[Sample]:
    """Every sample of the case, in the order of their ids."""
    return [_read(path) for path in sorted((case.root / "samples").glob("*.json"))]


def _read(path: Path) -> Sample:
    try:
        kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        kept.pop("label")
        design, found, items = kept.pop("design"), kept.pop("frame"), kept.pop("items")
        return Sample(
            design=Design(**{**design, "plan": Plan(design["plan"])}),
            frame=Frame(**found),
            items=tuple(Drawn(**item) for item in items),
            **kept,
        )
    except (ValueError, KeyError, TypeError) as error:
        raise SampleUnusable(
            "the file of the sample was changed", place=Place(str(path)), remedy="draw it again"
        ) from error
