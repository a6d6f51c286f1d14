"""The picture of a set of routes: places in layers from left to right, flows as lines between them. Geometry only.

A place stands one layer after the last place that leads to it, so that lines run one way; within a layer places are
put near those that they are tied to. Parallel flows are one line, with the best class and how many there are.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from plateglass.register.entities import Evidence
from plateglass.register.flows import Edge
from plateglass.register.routes import Route

BOX, GAP, LINE, SPACE, MARGIN = 168, 92, 15, 16, 12
"""Width of a box, the room between layers, the height of a line of text, the room between boxes, the margin."""
LANE = 6
"""The height of the room that a line takes in a layer that it passes."""
LETTERS = 24
"""Letters of one line of a box."""
SWEEPS = 6


@dataclass(frozen=True)
class Box:
    """One place."""

    node: str
    x: float
    y: float
    width: float
    height: float
    lines: tuple[tuple[float, str], ...]
    """(y, text)."""
    role: str
    """origin, target or way."""


@dataclass(frozen=True)
class Link:
    """All flows from one place to another."""

    path: str
    evidence: str
    weakest: bool
    """Whether it is the weakest step of some route."""
    count: int
    x: float
    y: float


@dataclass(frozen=True)
class Picture:
    """What the template draws."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    links: tuple[Link, ...]
    about: str


def picture(routes: Sequence[Route], label: Callable[[str], str]) -> Picture:
    """The picture of these routes."""
    pairs = _pairs(routes)
    layers = _layers(routes, pairs)
    lanes = {pair: _lanes(pair, layers) for pair in pairs}
    steps = [step for (a, b), lane in lanes.items() for step in pairwise((a, *lane, b))]
    depths = layers | {lane: layers[a] + n for (a, _), found in lanes.items() for n, lane in enumerate(found, 1)}
    ordered = _ordered(depths, steps)
    ends = ({r.nodes[0] for r in routes}, {r.nodes[-1] for r in routes})
    boxes = _boxes(ordered, {n: label(n) for n in layers}, ends)
    weakest = {(r.weakest.provider, r.weakest.receiver) for r in routes}
    links = tuple(
        _link([boxes[n] for n in (a, *lanes[a, b], b)], flows, weakest=(a, b) in weakest)
        for (a, b), flows in sorted(pairs.items())
    )
    width = max(b.x + b.width for b in boxes.values()) + MARGIN
    height = max(b.y + b.height for b in boxes.values()) + MARGIN
    about = f"{len(layers)} places in {len(ordered)} layers, {len(pairs)} lines; the table below has every flow"
    return Picture(width, height, tuple(boxes[n] for n in sorted(layers)), links, about)


def _lanes(pair: tuple[str, str], layers: Mapping[str, int]) -> tuple[str, ...]:
    """A place to pass in each layer between two places, so that a long line runs through no box."""
    start, end = (layers[node] for node in pair)
    return tuple(f"{pair[0]} {pair[1]} {depth}" for depth in range(start + 1, end))


def _pairs(routes: Iterable[Route]) -> dict[tuple[str, str], dict[str, Edge]]:
    pairs: dict[tuple[str, str], dict[str, Edge]] = {}
    for route in routes:
        for edge in route.edges:
            pairs.setdefault((edge.provider, edge.receiver), {})[edge.id] = edge
    return pairs


def _layers(routes: Sequence[Route], pairs: Iterable[tuple[str, str]]) -> dict[str, int]:
    """Each place one layer after the last that leads to it; where flows go in a circle, as few as they need."""
    nodes = {n for r in routes for n in r.nodes}
    layer = dict.fromkeys(nodes, 0)
    origins, last = {r.nodes[0] for r in routes}, {r.nodes[-1] for r in routes}
    forward = [(a, b) for a, b in pairs if b not in origins and a not in last]
    for _ in range(max(len(r.edges) for r in routes)):
        for a, b in forward:
            layer[b] = max(layer[b], min(layer[a] + 1, len(nodes) - 1))
    deepest = max((layer[n] for n in nodes - last), default=0) + 1
    return layer | dict.fromkeys(last - origins, deepest)


def _ordered(layers: Mapping[str, int], pairs: Iterable[tuple[str, str]]) -> list[list[str]]:
    """Places by layer, each near the middle of those that it is tied to in the layers beside it."""
    used = sorted(set(layers.values()))
    rows = [sorted(n for n in layers if layers[n] == depth) for depth in used]
    tied: dict[str, list[str]] = {n: [] for n in layers}
    for a, b in pairs:
        tied[a].append(b)
        tied[b].append(a)
    for _ in range(SWEEPS):
        at = {n: (i + 0.5) / len(row) for row in rows for i, n in enumerate(row)}
        for row in rows:
            row.sort(key=lambda n: (sum(at[m] for m in tied[n]) / (len(tied[n]) or 1), n))
    return rows


def _boxes(
    ordered: Sequence[Sequence[str]], labels: Mapping[str, str], ends: tuple[set[str], set[str]]
) -> dict[str, Box]:
    texts = {n: textwrap.wrap(labels[n], LETTERS) if n in labels else [] for row in ordered for n in row}
    heights = {n: len(lines) * LINE + 14 if lines else LANE for n, lines in texts.items()}
    tall = [sum(heights[n] + SPACE for n in row) - SPACE for row in ordered]
    boxes = {}
    for depth, row in enumerate(ordered):
        x, y = MARGIN + depth * (BOX + GAP), MARGIN + (max(tall) - tall[depth]) / 2
        for n in row:
            role = "origin" if n in ends[0] else "target" if n in ends[1] else "way"
            lines = tuple((y + 18 + i * LINE, text) for i, text in enumerate(texts[n]))
            boxes[n] = Box(n, x, y, BOX, heights[n], lines, role)
            y += heights[n] + SPACE
    return boxes


def _link(through: Sequence[Box], flows: Mapping[str, Edge], *, weakest: bool) -> Link:
    shown: Evidence = max(e.evidence for e in flows.values())
    start, end = through[0], through[-1]
    path = _forward(through) if end.x > start.x else _back(start, end)
    second = through[1]
    x, y = start.x + start.width + GAP / 2, (start.y + start.height / 2 + second.y + second.height / 2) / 2
    if second is not end:
        x, y = second.x + second.width / 2, second.y + second.height / 2
    return Link(path, shown.name.lower(), weakest, len(flows), x, y - 5)


def _forward(through: Sequence[Box]) -> str:
    """A line through every lane, ending where the arrow begins."""
    x, y = through[0].x + through[0].width, through[0].y + through[0].height / 2
    parts = [f"M{x:.1f},{y:.1f}"]
    for box in through[1:]:
        last = box is through[-1]
        to, level = box.x - (7 if last else 0), box.y + box.height / 2
        middle = (x + to) / 2
        parts.append(f"C{middle:.1f},{y:.1f} {middle:.1f},{level:.1f} {to:.1f},{level:.1f}")
        x, y = box.x + box.width, level
        parts += [] if last else [f"L{x:.1f},{y:.1f}"]
    return " ".join(parts)


def _back(start: Box, end: Box) -> str:
    """A line that leaves and arrives on the right, for flows within a layer or in a circle."""
    x1, x2 = start.x + start.width, end.x + end.width + 7
    y1, y2 = start.y + start.height / 2, end.y + end.height / 2
    out = max(x1, x2) + GAP / 2
    return f"M{x1:.1f},{y1:.1f} C{out:.1f},{y1:.1f} {out:.1f},{y2:.1f} {x2:.1f},{y2:.1f}"
