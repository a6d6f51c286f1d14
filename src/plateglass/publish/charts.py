"""Where the marks of a chart stand: geometry only, the templates draw it as SVG.

Every chart is 420 units wide, so that its words can be read on a telephone and in two columns on paper, and has a
title and a description; the same numbers always stand in a table beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, floor, log10

from plateglass.publish import words

WIDTH = 420
_LEFT, _RIGHT, _TOP, _FLOOR = 46, 8, 22, 176
_LABELS = 7
"""At most so many months are named under the axis."""
_SEEN = 4
"""The least width of a part of a bar."""
_LINE = 38
"""Height of one bar with its label above it."""


@dataclass(frozen=True)
class Mark:
    """One rectangle of a chart, with what it stands for."""

    x: float
    y: float
    width: float
    height: float
    label: str
    value: str
    style: str = ""


@dataclass(frozen=True)
class Chart:
    """One chart: its marks, axis and lines, and what it shows in words."""

    id: str
    title: str
    about: str
    height: int
    marks: tuple[Mark, ...]
    ticks: tuple[tuple[float, str], ...] = ()
    """(y, number) of the vertical axis."""
    names: tuple[tuple[float, str], ...] = ()
    """(x, month) under the horizontal axis."""
    lines: tuple[tuple[float, str], ...] = ()
    """(x, letter) of each era that the months cross."""
    unit: str = ""
    width: int = WIDTH


def columns(ident: str, title: str, unit: str, months: Sequence[tuple[str, int]], eras: Sequence[date]) -> Chart:
    """Columns by month; `eras` holds the days on which a form changed, named A, B, ... in order."""
    known = dict(months)
    every = every_month(months[0][0], months[-1][0])
    top = _ceiling(max(known.values(), default=0))
    step = (WIDTH - _LEFT - _RIGHT) / len(every)
    gap = min(step * 0.25, 3)
    marks = tuple(
        Mark(
            round(_LEFT + index * step + gap / 2, 2), round(_FLOOR - (high := _scaled(known.get(month, 0), top)), 2),
            round(min(step - gap, 56), 2), round(high, 2), words.month_name(month), words.number(known.get(month, 0)),
        )
        for index, month in enumerate(every)
    )  # fmt: skip
    stride = ceil(len(every) / _LABELS)
    centre = min(step - gap, 56) / 2 + gap / 2
    names = tuple(
        (round(_LEFT + index * step + centre, 2), words.month_name(month))
        for index, month in enumerate(every)
        if index % stride == 0
    )
    lines = tuple(
        (round(_LEFT + (every.index(f"{day:%Y-%m}") + (day.day - 1) / 31) * step, 2), chr(ord("A") + index))
        for index, day in enumerate(eras)
        if f"{day:%Y-%m}" in every
    )
    ticks = tuple((round(_FLOOR - _scaled(top * i / 2, top), 2), words.number(top * i / 2)) for i in range(3))
    peak = max(known, key=lambda month: (known[month], month))
    about = (
        f"{words.plural(len(every), 'month')} from {words.month_name(every[0])} to {words.month_name(every[-1])}; "
        f"most in {words.month_name(peak)}: {words.number(known[peak])} {unit}. The table beside it says the same."
    )
    return Chart(ident, title, about, 206, marks, ticks, names, lines, unit)


def bars(
    ident: str, title: str, unit: str, rows: Sequence[tuple[str, float]], say: Callable[[float], str] = words.number
) -> Chart:
    """One bar a row, its label above it, its number behind it as `say` writes it."""
    top = max((value for _, value in rows), default=0) or 1
    room = WIDTH - 78
    marks = tuple(
        Mark(0, index * _LINE + 18, round(max(room * value / top, 1.5 if value else 0), 2), 13, label,
             say(value))
        for index, (label, value) in enumerate(rows)
    )  # fmt: skip
    listed = "; ".join(f"{label}: {say(value)}" for label, value in rows[:12])
    return Chart(ident, title, f"{listed}. The table beside it says the same.", len(rows) * _LINE, marks, unit=unit)


def stack(ident: str, title: str, parts: Sequence[tuple[str, int]], height: int = 14) -> Chart:
    """One bar cut into parts; the style of a part is its word. The least part is still wide enough to be seen."""
    there = [(label, value) for label, value in parts if value]
    whole = sum(value for _, value in there) or 1
    widths = [max(WIDTH * value / whole, _SEEN) for _, value in there]
    fit = WIDTH / (sum(widths) or 1)
    marks, at = [], 0.0
    for (label, value), width in zip(there, widths, strict=True):
        shown = words.label(label)
        marks.append(Mark(round(at, 2), 0, round(width * fit, 2), height, shown, words.number(value), label))
        at += width * fit
    listed = "; ".join(f"{mark.label}: {mark.value}" for mark in marks)
    return Chart(ident, title, listed or "nothing to show", height, tuple(marks))


def strip(ident: str, title: str, months: Sequence[str], counts: Sequence[int]) -> Chart:
    """One box a month, darker where there are more records, hollow where there are none."""
    size = max(min(WIDTH // max(len(months), 1), 22), 4)
    marks = tuple(
        Mark(index * size, 0, size - 2, 14, words.month_name(month), words.number(count), f"level{_level(count)}")
        for index, (month, count) in enumerate(zip(months, counts, strict=True))
    )
    there = sum(count > 0 for count in counts)
    about = f"records in {there} of {words.plural(len(months), 'month')}; the columns beside it say how many"
    return Chart(ident, title, about, 14, marks, width=size * len(months))


def _scaled(value: float, top: float) -> float:
    return (_FLOOR - _TOP) * value / top


def _ceiling(value: int) -> int:
    """The next round even number, so that half of it is a number of things."""
    if value <= 2:  # noqa: PLR2004 (the smallest axis: 0, 1, 2)
        return 2
    unit = 10 ** floor(log10(value))
    return int(next(m * unit for m in (1, 2, 4, 6, 8, 10) if m * unit >= value and (m * unit) % 2 == 0))


def _level(count: int) -> int:
    """0 for none, then one step darker for each factor of ten, up to 5."""
    return 0 if count <= 0 else min(int(log10(count)) + 1, 5)


def every_month(first: str, last: str) -> list[str]:
    """Every month from one to another, both included."""
    start, end = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (first, last))
    return [f"{index // 12:04d}-{index % 12 + 1:02d}" for index in range(start, end + 1)]
