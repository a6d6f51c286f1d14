"""The charts of the questions: shapes only, one template draws them as SVG, colours come from the style sheet.

Each is 420 units wide and has a title and a description; the same numbers always stand in a table beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, floor, log10
from typing import Final, Literal

from plateglass.publish import words

WIDTH: Final = 420
_LEFT, _RIGHT, _TOP, _FLOOR = 46, 10, 24, 196
_LABELS = 7
_PANEL = 58
_CELL = 30
_NAMES = 132
_NARROW = 30
"""A name whose middle is nearer to the edge than this begins at it."""


@dataclass(frozen=True)
class Shape:
    """One rectangle, line, path, circle or text."""

    kind: Literal["rect", "line", "path", "circle", "text"]
    at: tuple[float, ...]
    """rect: x, y, width, height; line: x1, y1, x2, y2; circle: x, y, r; text: x, y."""
    style: str = ""
    text: str = ""
    """The words of a text, or the commands of a path."""
    anchor: str = "start"


@dataclass(frozen=True)
class Drawing:
    """One chart: its shapes, and what it shows in words."""

    id: str
    title: str
    about: str
    height: float
    shapes: tuple[Shape, ...]
    width: float = WIDTH


_Scale = Callable[[float], float]
Era = tuple[date, str]
"""The day on which a form changed, and its letter."""


def multiples(ident: str, title: str, months: Sequence[str], series: Sequence[tuple[str, Sequence[int]]],
              eras: Sequence[Era]) -> Drawing:  # fmt: skip
    """One strip of columns a series, below each other, each to its own scale, over the same months."""
    room = WIDTH - _RIGHT
    step = room / len(months)
    shapes: list[Shape] = []
    for number, (name, counts) in enumerate(series):
        top = max(counts, default=0)
        floor_ = (number + 1) * _PANEL - 8
        shapes.append(Shape("text", (0, floor_ - 36), "name", name))
        shapes.append(Shape("text", (room, floor_ - 36), "", f"most: {words.number(top)}", "end"))
        shapes.append(Shape("line", (0, floor_, room, floor_), "axis"))
        for index, count in enumerate(counts):
            high = 28 * count / top if top else 0
            if count:
                width = min(step * 0.8, 40)
                shapes.append(Shape("rect", _r(index * step, floor_ - max(high, 1), width, max(high, 1)), "bar"))
    end = len(series) * _PANEL - 8
    shapes += _eras(eras, months, lambda at: at * step, (6, end))
    shapes += _months(months, lambda index: index * step + min(step * 0.8, 40) / 2, end + 18)
    listed = "; ".join(f"{name}: {words.number(sum(counts))}" for name, counts in series)
    about = f"{_span(months)}. In all: {listed}. The table below says the same."
    return Drawing(ident, title, about, end + 26, tuple(shapes))


def lines(ident: str, title: str, points: Sequence[tuple[str, float, float | None, float | None]],
          months: Sequence[str], eras: Sequence[Era]) -> Drawing:  # fmt: skip
    """A share by month with its bounds; the line is cut where a form changed."""
    top = _top(max(max(share, high or 0) for _, share, _, high in points))
    step = (WIDTH - _LEFT - _RIGHT) / max(len(months), 1)

    def x(index: float) -> float:
        return _LEFT + (index + 0.5) * step

    def y(share: float) -> float:
        return _FLOOR - (_FLOOR - _TOP) * share / top

    shapes = _percents(top, y)
    for part in _parts(points, eras):
        there = [(months.index(month), share, low, high) for month, share, low, high in part]
        band = [p for p in there if p[2] is not None and p[3] is not None]
        if len(band) > 1:
            upper = [f"{x(i):.1f} {y(high or 0):.1f}" for i, _, _, high in band]
            lower = [f"{x(i):.1f} {y(low or 0):.1f}" for i, _, low, _ in reversed(band)]
            shapes.append(Shape("path", (), "band", "M" + " L".join(upper + lower) + "Z"))
        if len(there) > 1:
            shapes.append(
                Shape("path", (), "course", "M" + " L".join(f"{x(i):.1f} {y(s):.1f}" for i, s, _, _ in there))
            )
        for i, share, low, high in there:
            if low is not None and high is not None:
                shapes.append(Shape("line", _r(x(i), y(low), x(i), y(high)), "whisker"))
            shapes.append(Shape("circle", _r(x(i), y(share), 3.2), "dot"))
    shapes += _eras(eras, months, lambda at: _LEFT + at * step, (12, _FLOOR))
    shapes += _months(months, x, _FLOOR + 18)
    ends = (
        f"{words.month_name(points[0][0])}: {points[0][1]:.1%}; {words.month_name(points[-1][0])}: {points[-1][1]:.1%}"
    )
    return Drawing(ident, title, f"{_span(months)}. {ends}. The table below says the same.", _FLOOR + 26, tuple(shapes))


def _parts(points: Sequence[tuple[str, float, float | None, float | None]], eras: Sequence[Era]) -> list[
    list[tuple[str, float, float | None, float | None]]
]:  # fmt: skip
    """The points in runs of months that follow each other and that no change of the form lies between."""
    parts: list[list[tuple[str, float, float | None, float | None]]] = [[]]
    marks = sorted(f"{day:%Y-%m}" for day, _ in eras)
    before = ""
    for point in points:
        if before and (any(before < mark <= point[0] for mark in marks) or _after(before) != point[0]):
            parts.append([])
        parts[-1].append(point)
        before = point[0]
        if point[0] in marks:
            parts.append([])
    return [part for part in parts if part]


def _after(month: str) -> str:
    """The month after a month."""
    number = int(month[:4]) * 12 + int(month[5:])
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def steps(ident: str, title: str, unit: str, rows: Sequence[tuple[str, int]]) -> Drawing:
    """Columns side by side, each with its name under it, and its number above it where there are few."""
    top = max((count for _, count in rows), default=0) or 1
    step = (WIDTH - 8) / len(rows)
    few = len(rows) <= 8  # noqa: PLR2004 (so many numbers fit beside each other)
    shapes = [Shape("text", (0, 9), "", unit), Shape("line", (0, _FLOOR, WIDTH - 8, _FLOOR), "axis")]
    for index, (name, count) in enumerate(rows):
        high = (_FLOOR - 34) * count / top
        shapes.append(Shape("rect", _r(index * step + step * 0.08, _FLOOR - high, step * 0.84, high), "bar"))
        middle = (index + 0.5) * step
        if few:
            shapes.append(Shape("text", _r(middle, _FLOOR - high - 5), "value", words.number(count), "middle"))
        if few or index % 3 == 0:
            for line, word in enumerate(_two_lines(name)):
                shapes.append(Shape("text", _r(middle, _FLOOR + 16 + 13 * line), "", word, "middle"))
    listed = "; ".join(f"{name}: {words.number(count)}" for name, count in rows)
    return Drawing(ident, title, f"{unit}: {listed}. The table below says the same.", _FLOOR + 38, tuple(shapes))


def _two_lines(name: str) -> tuple[str, ...]:
    before, to, after = name.partition(" to ")
    return (f"{before} to", after) if to and len(name) > 8 else (name,)  # noqa: PLR2004 (letters that fit in a column)


def curve(ident: str, title: str, points: Sequence[tuple[float, float]]) -> Drawing:
    """What part of the searches is made by what part of the users, from those with fewest; the diagonal is equality."""
    side, left = 300.0, 60.0
    floor_ = 16 + side

    def at(users: float, searches: float) -> str:
        return f"{left + side * users:.1f} {floor_ - side * searches:.1f}"

    course = " L".join(at(*point) for point in points)
    shapes = [
        Shape("path", (), "band", f"M{at(0, 0)} L{course} L{at(1, 1)}Z"),
        Shape("line", _r(left, floor_, left + side, floor_ - side), "equal"),
        Shape("path", (), "course", f"M{course}"),
        Shape("line", _r(left, floor_, left + side, floor_), "axis"),
        Shape("line", _r(left, floor_, left, 16), "axis"),
    ]
    for part in (0, 0.25, 0.5, 0.75, 1):
        shapes.append(Shape("text", _r(left + side * part, floor_ + 16), "", f"{part:.0%}", "middle"))
        shapes.append(Shape("text", _r(left - 6, floor_ - side * part + 4), "", f"{part:.0%}", "end"))
    nine = max((p for p in points if p[0] <= 0.9), default=(0.0, 0.0))  # noqa: PLR2004 (nine users in ten)
    shapes.append(Shape("circle", _r(left + side * nine[0], floor_ - side * nine[1], 4), "dot"))
    said = f"nine in ten users make {nine[1]:.0%}"
    shapes.append(Shape("text", _r(left + side * nine[0] - 10, floor_ - side * nine[1] + 4), "name", said, "end"))
    shapes.append(
        Shape("text", _r(left + side / 2, floor_ + 34), "", "users, from those with fewest searches", "middle")
    )
    shapes.append(Shape("text", (left + 8, 14), "", "of the searches"))
    about = f"{said} of the searches; on the diagonal all would make the same number. The table below has the tops."
    return Drawing(ident, title, about, floor_ + 44, tuple(shapes))


def matrix(ident: str, title: str, columns: Sequence[str], rows: Sequence[tuple[str, Sequence[int]]]) -> Drawing:
    """One box for each row and column, darker where a larger part of the row lies; its percent inside."""
    wide = (WIDTH - _NAMES) / len(columns)
    heads, shapes = [_stacked(column, int((wide - 4) / 6.3)) for column in columns], list[Shape]()
    for index, stacked in enumerate(heads):
        for line, word in enumerate(stacked):
            shapes.append(Shape("text", _r(_NAMES + (index + 0.5) * wide, 11 + 12 * line), "", word, "middle"))
    head = 14 + 12 * max(map(len, heads))
    for number, (name, counts) in enumerate(rows):
        whole, top = sum(counts), head + number * _CELL
        shapes.append(Shape("text", (0, top + 18), "name", _short(name, 24)))
        for index, count in enumerate(counts):
            part = count / whole if whole else 0
            style = f"heat{0 if not count else min(1 + int(part * 5), 5)}"
            shapes.append(Shape("rect", _r(_NAMES + index * wide + 1, top + 1, wide - 2, _CELL - 2), style))
            said = "0" if not count else f"{int(100 * part)} %" if 100 * part >= 1 else "<1 %"
            dark = " on-dark" if style in ("heat4", "heat5") else ""
            shapes.append(
                Shape(
                    "text",
                    _r(_NAMES + (index + 0.5) * wide, top + 19),
                    f"value{dark}",
                    said if whole else "–",
                    "middle",
                )
            )
    about = "; ".join(f"{name}: {', '.join(map(words.number, counts))}" for name, counts in rows)
    about = f"Columns: {', '.join(columns)}. {about}. The table below says the same."
    return Drawing(ident, title, about, head + len(rows) * _CELL + 4, tuple(shapes))


def _stacked(text: str, fit: int) -> list[str]:
    """A heading in lines of so many letters, where its words allow it."""
    stacked: list[str] = []
    for word in text.split():
        if stacked and len(stacked[-1]) + len(word) < fit:
            stacked[-1] += f" {word}"
        else:
            stacked.append(word)
    return stacked


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def funnel(ident: str, title: str, middle: float, limits: Sequence[tuple[int, float, float]],
           peers: Sequence[tuple[int, float, bool]]) -> Drawing:  # fmt: skip
    """Agencies by how much they search and their share, between limits that narrow; no names."""
    most = max(n for n, _, _ in limits)
    first = min(n for n, _, _ in peers)
    span = log10(most) - log10(first) or 1
    top = _top(max([share for _, share, _ in peers] + [high for n, _, high in limits if n >= first]))

    def x(n: float) -> float:
        return _LEFT + (WIDTH - _LEFT - _RIGHT) * (log10(n) - log10(first)) / span

    def y(share: float) -> float:
        return _FLOOR - (_FLOOR - _TOP) * min(share, top) / top

    within = [(max(n, first), low, high) for n, low, high in limits if n >= first * 0.8]
    upper = [f"{x(n):.1f} {y(high):.1f}" for n, _, high in within]
    lower = [f"{x(n):.1f} {y(low):.1f}" for n, low, _ in reversed(within)]
    shapes = [Shape("path", (), "band", "M" + " L".join(upper + lower) + "Z"), *_percents(top, y)]
    shapes.append(Shape("line", _r(_LEFT, y(middle), WIDTH - _RIGHT, y(middle)), "equal"))
    shapes += [Shape("circle", _r(x(n), y(share), 3.4), "far" if apart else "dot") for n, share, apart in peers]
    tens = [10**i for i in range(ceil(log10(first) - 0.01), floor(log10(most)) + 1)]
    for n in tens or [first]:
        shapes.append(Shape("text", _r(x(n), _FLOOR + 16), "", words.number(n), "middle"))
    shapes.append(Shape("text", (WIDTH / 2 + 18, _FLOOR + 33), "", "searches of the agency", "middle"))
    apart = sum(apart for _, _, apart in peers)
    about = (
        f"{len(peers)} agencies, {apart} of them outside the limits; the mean is {middle:.1%}. The table has them all."
    )
    return Drawing(ident, title, about, _FLOOR + 42, tuple(shapes))


# --- what several charts have ------------------------------------------------------------------------------------


def _r(*at: float) -> tuple[float, ...]:
    return tuple(round(value, 1) for value in at)


def _top(value: float) -> float:
    """The next round share above, so that half of it is round too."""
    for step in (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8):
        if value <= step:
            return step
    return 1.0


def _percents(top: float, y: _Scale) -> list[Shape]:
    shapes = []
    for part in (0.0, 0.5, 1.0):
        at = round(y(top * part), 1)
        shapes.append(Shape("line", (_LEFT, at, WIDTH - _RIGHT, at), "grid" if part else "axis"))
        shapes.append(
            Shape("text", (_LEFT - 6, at + 4), "", f"{100 * top * part:.2g} %".replace("1e+02", "100"), "end")
        )
    return shapes


def _eras(eras: Sequence[Era], months: Sequence[str], x: _Scale, ends: tuple[float, float]) -> list[Shape]:
    shapes = []
    for day, letter in eras:
        month = f"{day:%Y-%m}"
        if month in months:
            at = round(x(months.index(month) + (day.day - 1) / 31), 1)
            shapes.append(Shape("line", (at, ends[0], at, ends[1]), "era"))
            shapes.append(Shape("text", (at + 4, ends[0] + 6), "era-name", letter))
    return shapes


def _months(months: Sequence[str], x: _Scale, y: float) -> list[Shape]:
    stride = ceil(len(months) / _LABELS)
    last = len(months) - 1
    narrow = x(0) < _NARROW and last > 0
    return [
        Shape("text", _r(0 if i == 0 and narrow else x(i), y), "", words.month_name(month),
              "start" if i == 0 and narrow else "middle")
        for i, month in enumerate(months)
        if i % stride == 0
    ]  # fmt: skip


def _span(months: Sequence[str]) -> str:
    return f"{words.plural(len(months), 'month')} from {words.month_name(months[0])} to {words.month_name(months[-1])}"
