"""Plates together with places: a table that holds both is turned away, whether a layout knows it or not.

Places are known by words in a heading, by coordinates, and by streets in a column that no layout knows. A heading
that a layout names as a field is what the layout says it is.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Final

from plateglass.catalogue import Layout
from plateglass.errors import Place, SourceRefused
from plateglass.privacy import shown_heading
from plateglass.read import kinds
from plateglass.read.matching import PLATE, Rows, column, listed
from plateglass.read.records import plain, plain_heading

_PLATE_HEADING: Final = re.compile(r"\b(plates?|licen[sc]e(?! (type|status))|tag number|registration|vrm|vrn|lpn)\b")
_READER: Final = r"(?:camera|device|reader|sensor|detector|a?lpr)"
_PLACE_HEADING: Final = re.compile(
    r"(?<!al)(?<!dis)locations?\b|(?<!ip )(?<!mail )(?<!mac )(?<!web )\baddress(?:es)?\b"
    r"|\b(?:cross ?)?streets?\b|\bintersections?\b|(?<!web )\bsites?\b|\bplaces?\b|\bmap\b|\bwhere\b"
    r"|\broad(?:way)?s?\b|\bhighways?\b|\bmile ?(?:marker|post)s?\b|\bblock\b|\b(?:zip|postal)(?: ?code)?\b"
    r"|\blat(?:itudes?)?\b|\bl(?:on|ng)\b|\blongitudes?\b|\b(?:x|y) ?coord\w*|\bcoord\w*|\bgps|\bgeo(?!rg)"
    rf"|\b{_READER} ?s? ?(?:nick ?names?|names?|ids?|alias|labels?|no|num|numbers?)\b"
    r"|\b(?:camera|reader|sensor|detector)\b(?! (?:counts?|totals?|types?|hits?)\b)"
)
"""Headings of a column that says where a vehicle was, or which reader saw it; counts of readers are none."""
_PARTED: Final = re.compile(r"(?<=[a-z])(?=[A-Z])|[/\\().,:;#-]+")
"""Where a heading has another word although no blank stands there: `cameraName`, `Lat/Long`."""

_PAIR: Final = re.compile(r"[\[(]?\s*-?\d{1,2}\.\d{3,}\s*[,; ]\s*-?\d{1,3}\.\d{3,}\s*[\])]?|POINT\s*\(.*\)")
_DEGREES: Final = re.compile(r"-?\d{1,3}\.\d{4,}")
_TWO_COLUMNS: Final = 2
_KIND: Final = (
    r"(?:str?|street|ave?|avenue|blvd|boulevard|rd|road|dr|drive|ln|lane|hwy|highway|pkwy|parkway|fwy|freeway|expy)"
)
_WORDS: Final = r"[A-Z0-9][\w'’.-]{0,30}(?: [\w'’.-]{1,30}){0,2}"
_STREET: Final = re.compile(
    rf"(?i).{{0,60}}\b[\w'’.-]{{1,30}} {_KIND}\b.{{0,60}}"
    r"|\d{1,6} [\w'’. -]{0,40}\b(?:ct|court|way|pl|place|cir|circle|ter|terrace|trl|trail|pike|sq|square|loop)\b.{0,60}"
    r"|(?:[nsew]b? |from |to )?(?:i|us|sr|cr|hwy|highway|route|rte?|interstate)[ -]?\d{1,4}"
    r"(?: ?(?:[nsew]b?|at|exit|mm|ramp|/|&|@)\b.{0,60})?"
    rf"|(?-i:{_WORDS} ?(?:&| @ ) ?{_WORDS})|{_WORDS} ?[&/@] ?\d{{1,3}}(?:st|nd|rd|th)\b.{{0,40}}"
)
"""A street with or without a number, a road by its number, or two of them where they cross."""


def refuse(layouts: Collection[Layout], headings: Sequence[str], rows: Rows, place: Place) -> None:
    """Turn a table away that holds plates together with places.

    Raises:
        SourceRefused: it does; the message names the columns.
    """
    names = plain(headings)
    plated = {plain_heading(h) for layout in layouts for f in layout.fields.values() if f.kind == "plate"
              for h in f.headings}  # fmt: skip
    plates = [i for i, name in enumerate(names) if name in plated or _PLATE_HEADING.search(name)]
    plates = plates or [i for i in range(len(names)) if _mostly(PLATE, column(rows, i))]
    where = [i for i in _places(layouts, headings, rows) if i not in plates] if plates else []
    if where:
        shown = listed([headings[i] for i in where])
        raise SourceRefused(
            f"plates ({shown_heading(headings[plates[0]])}) stand beside places ({shown})",
            expected="records of searches, which say nothing about where a vehicle was", place=place,
            remedy="plateglass reads no vehicle positions; leave the columns of places out if this is a search log",
        )  # fmt: skip


def _places(layouts: Collection[Layout], headings: Sequence[str], rows: Rows) -> list[int]:
    """Columns of places: by their headings; where no heading says so, by what stands in them."""
    refused = {plain_heading(heading) for layout in layouts for heading in layout.refuse}
    known = {plain_heading(h) for layout in layouts for field in layout.fields.values() for h in field.headings}
    names = plain(headings)
    unknown = [i for i, name in enumerate(names) if name not in known]
    said = {i for i, name in enumerate(names) if name in refused}
    said |= {i for i in unknown if _PLACE_HEADING.search(plain_heading(_PARTED.sub(" ", headings[i])))}
    streets = {i for i in unknown if _mostly(_STREET, column(rows, i))}
    return sorted(said | streets) or _coordinates(len(names), rows)


def _coordinates(width: int, rows: Rows) -> list[int]:
    """Columns that hold pairs of coordinates, or two columns that hold one each."""
    pairs = [i for i in range(width) if _mostly(_PAIR, column(rows, i))]
    degrees = [i for i in range(width) if _mostly(_DEGREES, column(rows, i))]
    return pairs or (degrees if len(degrees) >= _TWO_COLUMNS else [])


def _mostly(pattern: re.Pattern[str], cells: Iterable[str]) -> bool:
    full = [cell.strip() for cell in cells if cell.strip()]
    return bool(full) and sum(pattern.fullmatch(cell) is not None for cell in full) > kinds.ENOUGH * len(full)
