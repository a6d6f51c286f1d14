"""How the table of a PDF is laid out, told from a sample of its pages; and the records of one page by that.

Rows are those of the rules, else each line that holds the column that every record has (the main line), with the
lines that wrapped cells took above it, below it, or both.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import Final, Literal

from plateglass.read import kinds, pdf_grid
from plateglass.read.pdf_grid import Head, Line, Piece
from plateglass.read.pdf_page import Page
from plateglass.read.records import plain_heading

Hang = Literal["above", "below", "around"]
"""Where the other lines of a record stand, as seen from its main line."""

_FULL: Final = 0.93
"""Of a column's width: a word that fills it was cut, not parted."""
_ENOUGH: Final = 0.9
_SOME: Final = 0.25
_MOST: Final = 0.75
_APART: Final = 1.6
"""Of the usual distance of lines: text further off than this, at the top or foot of a page, is not of the table."""
_STEP: Final = 0.25
_NEAR: Final = 1.5
_LONG: Final = 20
"""Characters of a word that no column is made for: where it fills one, it was cut."""
_PAGE: Final = re.compile(r"(?i)page\s*:?\s*\d+(\s*(of|/)\s*\d+)?|\d+\s*(of|/)\s*\d+|-?\s*\d{1,6}\s*-?")
_COUNT_TIME: Final = re.compile(
    r"(\d[\d,]*)\s+(\d{1,4}[/-]\d{1,2}[/-]\d{1,4}\s?,?[T ]\s*\d{1,2}:\d{2}(:\d{2})?( ?[AaPp][Mm])?( ?UTC)?)"
)
_WHOLE: Final = re.compile(r"\d[\d,]*|\d{1,4}[/-]\d{1,2}[/-]\d{1,4},?[T ]\s*\d{1,2}:\d{2}.*")

Cells = list[Piece | None]
Marks = tuple[int, int]
"""How many ids (UUIDs), and how many days, such as 11/14/2025."""
_DAY: Final = re.compile(r"\d{1,2}/\d{1,2}/\d{4}|\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Profile:
    """How the table of one PDF is laid out."""

    headings: tuple[str, ...]
    first: int
    """The page that bears the headings first."""
    width: float
    """Of that page, in points."""
    gaps: tuple[tuple[float, float], ...]
    """Between the columns, from left to right, where nothing stood in the sample: one fewer than headings."""
    ruled: bool
    """Rules part the columns."""
    banded: bool
    """Rules part the rows."""
    anchor: int
    """The column that has text on the main line of every record."""
    hang: Hang
    widths: tuple[float, ...]
    """Of the longest line in each column."""
    pitch: float
    """The usual distance from line to line."""
    flush: frozenset[int]
    """Gaps before a column whose lines all begin at one place: what stands in such a gap is of the column before."""
    glued: frozenset[int]
    """Columns that are printed as one with the next: what is in them is told apart by its kind."""
    furniture: frozenset[str]
    """Lines that stand apart from the table on most pages."""
    saved: str = ""
    """The saved profile that says all this but the page and the furniture; empty where the pages said it."""


@dataclass
class Rows:
    """What the lines of one page became."""

    number: int
    records: list[list[str]] = field(default_factory=list)
    before: list[str] | None = None
    """Cells before the first main line, which go on with a record of the page before."""
    after: list[str] | None = None
    """Cells after the last main line, which the next page goes on with."""
    headed: bool = False
    left_out: int = 0
    """Lines of text that are not of the table."""
    straddling: int = 0
    """Cells that run over the edge of their column."""
    covered: int = 0
    outside: int = 0
    invisible: bool = False
    pictures: int = 0
    empty: bool = False
    """There is no text on it at all."""
    strange: int = 0
    """Characters whose meaning the PDF's fonts don't tell."""
    marks: Marks = (0, 0)
    """Ids and days in the table's text, counted in the order in which the page draws it, without rows and columns."""
    cause: str = ""
    """Why the page could not be read; empty where it could."""


# --- the profile -------------------------------------------------------------------------------------------------


def profile(pages: Sequence[Page], vocabulary: frozenset[str]) -> Profile | None:
    """How the table is laid out on some pages; None where no headings are found."""
    found = [(page, *pdf_grid.head(page, vocabulary)) for page in pages]
    page, score, head = max(found, key=lambda each: each[1], default=(None, 0, None))
    if head is None or score < min(2, len(head.cells)):
        page = next((page for page in pages if pdf_grid.plain_head(page)), None)
        head = pdf_grid.plain_head(page) if page is not None else None
    if page is None or head is None:
        return None
    grid = pdf_grid.columns_by_rules(page)
    body = [(each, _body(each, head.names)) for each in pages if each.number >= page.number]
    gaps = _gaps(head, [line for _, lines in body for line in lines]) if not grid else [(x, x) for x in grid[1:-1]]
    edges = [sum(gap) / 2 for gap in gaps]
    furniture = _furniture([lines for _, lines in body])
    clean = [(each, _table(lines, furniture)) for each, lines in body]
    cells = [[pdf_grid.pieces(line, edges) for line in lines] for _, lines in clean]
    anchor = _anchor([row for rows in cells for row in rows])
    steps = [b.middle - a.middle for _, lines in clean for a, b in pairwise(lines)]
    return Profile(
        headings=tuple(cell.text for cell in head.cells), first=page.number, width=page.width, gaps=tuple(gaps),
        ruled=bool(grid), banded=_banded(clean, cells, anchor), anchor=anchor, hang=_hang(cells, anchor),
        widths=_widths(cells, len(edges) + 1), pitch=median(steps) if steps else 0.0, furniture=furniture,
        glued=frozenset() if grid else head.glued, flush=_flush(cells, len(edges)),
    )  # fmt: skip


def _gaps(head: Head, lines: Sequence[Line]) -> list[tuple[float, float]]:
    """Between each two headings the widest place where fewest characters stand."""
    sides = [(min(a.right, b.left), max(a.right, b.left)) for a, b in pairwise(head.cells)]
    return _clear(sides, lines)


def _clear(
    sides: Sequence[tuple[float, float]], lines: Sequence[Line], flush: Collection[int] = ()
) -> list[tuple[float, float]]:
    """Within each of some stretches the widest place, or the last, where fewest characters of some lines stand."""
    glyphs = sorted((g.left, g.right) for line in lines for g in line.glyphs if g.text.strip())
    found: list[tuple[float, float]] = []
    for number, (low, high) in enumerate(sides):
        near = [(left, right) for left, right in glyphs if left < high and right > low]
        places = [low, *(low + _STEP * n for n in range(1, int((high - low) / _STEP) + 1)), high]
        costs = Counter(at for left, right in near for at in _under(left, right, low, len(places)))
        found.append(_valley(places, [costs[at] for at in range(len(places))], last=number in flush))
    return found


def _under(left: float, right: float, low: float, count: int) -> range:
    """The numbers of the places that a character covers."""
    return range(max(0, math.floor((left - low) / _STEP) + 1), min(count, math.ceil((right - low) / _STEP)))


def _valley(places: Sequence[float], costs: Sequence[int], *, last: bool) -> tuple[float, float]:
    least = min(costs)
    best, start = (0, 0), 0
    for at, cost in enumerate([*costs, least + 1]):
        if cost > least:
            if at - start > (0 if last else best[1] - best[0]):
                best = start, at
            start = at + 1
    return places[best[0]], places[best[1] - 1]


def _flush(pages: Sequence[Sequence[Cells]], gaps: int) -> frozenset[int]:
    """Gaps before columns that are set flush left."""
    found: set[int] = set()
    for gap in range(gaps):
        lefts = [piece.left for rows in pages for row in rows if (piece := row[gap + 1]) is not None]
        if lefts and sum(left - min(lefts) <= _NEAR for left in lefts) >= _ENOUGH * len(lefts):
            found.add(gap)
    return frozenset(found)


def _body(page: Page, names: Sequence[str]) -> list[Line]:
    """The lines of a page below its headings, or all of them where it has none."""
    lines = pdf_grid.lines(page.glyphs)
    return lines[_headed(lines, names) :]


def bears(page: Page, names: Sequence[str]) -> bool:
    """Whether headings, as they are compared, stand on a page."""
    return _headed(pdf_grid.lines(page.glyphs), names) > 0


def furniture(pages: Sequence[Page], names: Sequence[str]) -> frozenset[str]:
    """Lines that stand apart from the table below some headings on most pages."""
    return _furniture([_body(page, names) for page in pages])


def _headed(lines: Sequence[Line], names: Sequence[str]) -> int:
    """How many lines down the headings end; 0 where the page has none."""
    wanted = Counter(word for name in names for word in name.split())
    for at in range(len(lines)):
        words: Counter[str] = Counter()
        for end in range(at, min(at + 3, len(lines))):
            words += Counter(plain_heading(lines[end].text).split())
            if words == wanted:
                return end + 1
            if words - wanted:
                break
    return 0


def _furniture(pages: Sequence[Sequence[Line]]) -> frozenset[str]:
    """Lines that stand apart from the others at the top or foot of most pages."""
    seen: Counter[str] = Counter()
    for lines in pages:
        seen.update({line.text for line in _apart(lines)})
    return frozenset(text for text, count in seen.items() if count > 1 and count >= len(pages) / 2)


def _apart(lines: Sequence[Line]) -> Iterator[Line]:
    gaps = [b.middle - a.middle for a, b in pairwise(lines)]
    if len(gaps) > 1:
        usual = median(gaps)
        if gaps[0] > _APART * usual:
            yield lines[0]
        if gaps[-1] > _APART * usual:
            yield lines[-1]


def _table(lines: Sequence[Line], furniture: frozenset[str]) -> list[Line]:
    """The lines that are of the table: without page numbers and what stands on every page."""
    apart = [line for line in _apart(lines) if line.text in furniture or _PAGE.fullmatch(line.text)]
    return [line for line in lines if line not in apart]


def _anchor(rows: Sequence[Cells]) -> int:
    """The column that every record has: whole ids, counts or times, else the first."""
    width = len(rows[0]) if rows else 1
    best = 0, 0
    for index in range(width):
        full = [row[index] for row in rows]
        texts = [piece.text for piece in full if piece is not None]
        whole = sum(bool(_WHOLE.fullmatch(text) or kinds.UUID.fullmatch(text)) for text in texts)
        if whole and whole >= _ENOUGH * len(texts) and whole > best[1]:
            best = index, whole
    return best[0]


def _hang(pages: Sequence[Sequence[Cells]], anchor: int) -> Hang:
    """Told from how pages begin and end: records are not cut at a page's edge where it can be helped."""
    mains = [[at for at, row in enumerate(rows) if row[anchor] is not None] for rows in pages]
    ends = [(at[0], len(rows) - 1 - at[-1]) for at, rows in zip(mains, pages, strict=True) if at]
    between = [b - a - 1 for at in mains for a, b in pairwise(at)]
    head = _mean([first for first, _ in ends])
    foot = _mean([last for _, last in ends])
    usual = _mean(between)
    if head >= _MOST * usual:
        return "above"
    if foot >= _MOST * usual:
        return "below"
    return "around" if min(head, foot) >= _SOME * usual else "above" if head >= foot else "below"


def _mean(numbers: Sequence[int]) -> float:
    return sum(numbers) / len(numbers) if numbers else 0.0


def _banded(pages: Sequence[tuple[Page, Sequence[Line]]], cells: Sequence[Sequence[Cells]], anchor: int) -> bool:
    """Whether rules part the rows: about as many bands hold text as there are main lines."""
    bands = mains = 0
    for (page, lines), rows in zip(pages, cells, strict=True):
        places = pdf_grid.bands_by_rules(page)
        bands += len({bisect_right(places, line.middle) for line in lines}) if places else 0
        mains += sum(row[anchor] is not None for row in rows)
    return bands > 0 and 2 * bands >= mains


def _widths(pages: Sequence[Sequence[Cells]], width: int) -> tuple[float, ...]:
    return tuple(
        max((piece.right - piece.left for rows in pages for row in rows if (piece := row[i]) is not None), default=0.0)
        for i in range(width)
    )


# --- one page ----------------------------------------------------------------------------------------------------


def rows(page: Page, known: Profile) -> Rows:
    """The records of one page."""
    found = Rows(page.number, covered=page.covered, outside=page.outside, invisible=page.invisible,
                 pictures=page.pictures)  # fmt: skip
    lines = pdf_grid.lines(page.glyphs)
    found.empty = not lines
    found.strange = sum("\ue000" <= g.text <= "\uf8ff" or g.text == "\ufffd" for g in page.glyphs)
    told = marks("".join(glyph.text for glyph in reversed(page.glyphs)))
    below = _headed(lines, tuple(plain_heading(h) for h in known.headings))
    found.headed = below > 0
    body = _table(lines[below:], known.furniture)
    if page.number < known.first:
        found.left_out = len(lines)
        return found
    found.left_out = len(lines) - len(body) - (below and 1)
    kept = {id(line) for line in body}
    aside = [marks(line.text) for line in lines if id(line) not in kept]
    found.marks = told[0] - sum(ids for ids, _ in aside), told[1] - sum(days for _, days in aside)
    edges = _edges(page, body, known)
    cells = [pdf_grid.pieces(line, edges) for line in body]
    found.straddling = sum(_straddling(line, edges) for line in body)
    if known.banded and (places := pdf_grid.bands_by_rules(page)):
        bands = [bisect_right(places, line.middle) for line in body]
        _by_bands(found, list(zip(bands, cells, strict=True)), known)
    else:
        _by_anchor(found, body, cells, known)
    return found


def marks(text: str) -> Marks:
    """The ids and days in a text."""
    return len(kinds.UUID.findall(text)), len(_DAY.findall(text))


def _edges(page: Page, body: Sequence[Line], known: Profile) -> Sequence[float]:
    """The page's own rules where they part as many columns; else the gaps of the sample, where free here."""
    grid = pdf_grid.columns_by_rules(page) if known.ruled else ()
    if len(grid) == len(known.gaps) + 2:
        return grid[1:-1]
    return [sum(gap) / 2 for gap in (known.gaps if known.ruled else _clear(known.gaps, body, known.flush))]


def _straddling(line: Line, edges: Sequence[float]) -> int:
    return sum(any(g.left + 1 < edge < g.right - 1 for g in line.glyphs if g.text.strip()) for edge in edges)


def _by_bands(found: Rows, banded: Sequence[tuple[int, Cells]], known: Profile) -> None:
    for band in sorted({band for band, _ in banded}):
        found.records.append(_record([row for at, row in banded if at == band], known))


def _by_anchor(found: Rows, body: Sequence[Line], cells: Sequence[Cells], known: Profile) -> None:
    mains = [at for at, row in enumerate(cells) if row[known.anchor] is not None]
    if not mains:
        found.before = _record(cells, known) if cells else None
        return
    starts = _starts(body, mains, known)
    for at, end in pairwise([*starts, len(cells) if known.hang != "above" else mains[-1] + 1]):
        found.records.append(_record(cells[at:end], known))
    if starts[0] > 0:
        found.before = _record(cells[: starts[0]], known)
    if known.hang == "above" and mains[-1] + 1 < len(cells):
        found.after = _record(cells[mains[-1] + 1 :], known)


def _starts(body: Sequence[Line], mains: Sequence[int], known: Profile) -> list[int]:
    """The first line of each record."""
    if known.hang == "below":
        return list(mains)
    if known.hang == "above":
        return [0, *(at + 1 for at in mains[:-1])]
    starts = [0]
    for main, following in pairwise(mains):
        half = body[main].middle - body[starts[-1]].middle
        end = main + 1
        while end < following and body[end].middle <= body[main].middle + half + known.pitch / 2:
            end += 1
        starts.append(end)
    return starts


def _record(lines: Sequence[Cells], known: Profile) -> list[str]:
    cells = [_joined([p for row in lines if (p := row[i]) is not None], known.widths[i])
             for i in range(len(known.headings))]  # fmt: skip
    return _parted(cells, known.glued)


def _joined(parts: Sequence[Piece], width: float) -> str:
    """The lines of one cell as one: a word that was cut at the column's edge is whole again."""
    texts = [part.text for part in parts]
    whole = "".join(texts)
    if len(texts) < 2 or kinds.UUID.fullmatch(whole):  # noqa: PLR2004 (one line needs no joining)
        return whole
    text = texts[0]
    for before, part in pairwise(parts):
        cut = " " not in before.text and len(before.text) >= _LONG and before.right - before.left >= _FULL * width
        cut |= before.text.endswith("-") and not before.text.endswith(" -")
        text += ("" if cut else " ") + part.text
    return text


def _parted(cells: list[str], glued: frozenset[int]) -> list[str]:
    """A count and a time that were printed as one, each in its own column."""
    for at in sorted(glued):
        both = cells[at : at + 2]
        found = _COUNT_TIME.fullmatch(" ".join(both).strip()) or _COUNT_TIME.fullmatch("".join(both))
        if found:
            cells[at : at + 2] = [found[1], found[2]]
    return cells


def going_on(before: list[str], cells: list[str]) -> list[str]:
    """One record from its part on one page and its part on the next."""
    return [a + b if kinds.UUID.fullmatch(a + b) else f"{a} {b}".strip() for a, b in zip(before, cells, strict=True)]
