"""One page of a PDF as PDFium sees it: characters with their places, rules, and what covers characters.

This is the door to pypdfium2, and it runs in processes of its own: a page that breaks PDFium breaks only those.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, NamedTuple

from plateglass.errors import ExtraMissing, Place, SourceUnreadable

MARK: Final = "█"
"""Stands for characters that lie under a box."""
MAX_GLYPHS: Final = 400_000
MAX_OBJECTS: Final = 400_000
_THIN: Final = 3.0
"""Points: a filled box thinner than this is a rule."""
_DARK: Final = 90
_OPAQUE: Final = 200
_STEP: Final = 2.0
_MOST_SEGMENTS: Final = 20_000
_DEEP: Final = 4
_INVISIBLE: Final = 3
_HYPHEN: Final = 2
"""PDFium's sign for a hyphen that ends a line."""
_HIGH: Final = range(0xD800, 0xDC00)
_LOW: Final = range(0xDC00, 0xE000)


class Box(NamedTuple):
    """A place on a page as it is seen, in points from its upper left corner."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def middle(self) -> float:
        """Half way down."""
        return (self.top + self.bottom) / 2


class Glyph(NamedTuple):
    """One character and its place."""

    left: float
    top: float
    right: float
    bottom: float
    text: str


@dataclass
class Page:
    """One page: what is read of it, and what was kept out."""

    number: int
    """From 1."""
    width: float = 0.0
    """Of the page as it is seen, in points."""
    glyphs: list[Glyph] = field(default_factory=list)
    across: list[Box] = field(default_factory=list)
    """Horizontal rules."""
    down: list[Box] = field(default_factory=list)
    """Vertical rules."""
    covered: int = 0
    """Characters under boxes; a mark stands for them."""
    outside: int = 0
    """Characters beyond the edge of the page."""
    invisible: bool = False
    """Its text is drawn invisibly, as text recognition does over a picture."""
    pictures: int = 0


@dataclass(frozen=True)
class _Object:
    """One filled box and when it is drawn."""

    order: int
    box: Box
    dark: bool


class PageUnreadable(Exception):
    """PDFium could not load a page, or the page holds more than a page of a log can."""


def opened(path: Path, place: Place) -> Any:
    """The PDF, open.

    Raises:
        ExtraMissing: pypdfium2 is not installed.
        SourceUnreadable: damaged, or protected by a password.
    """
    pdfium = door()
    try:
        return pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        locked = getattr(error, "err_code", None) == pdfium.raw.FPDF_ERR_PASSWORD
        raise SourceUnreadable(
            "the PDF is protected by a password" if locked else "the PDF is cut short or damaged", place=place,
            remedy="save it without a password" if locked else "fetch it again, or ask for the log as CSV",
        ) from error  # fmt: skip


def door() -> Any:
    """The library that reads PDFs.

    Raises:
        ExtraMissing: it is not installed.
    """
    try:
        import pypdfium2  # noqa: PLC0415 (an extra: absent, everything else still works)
        import pypdfium2.raw  # noqa: PLC0415
    except ImportError as error:
        raise ExtraMissing(
            "reading PDFs needs pypdfium2, which is not installed", remedy="pip install 'plateglass[pdf]'"
        ) from error
    return pypdfium2


def page(document: Any, number: int) -> Page:
    """One page, read.

    Raises:
        PageUnreadable: it can't be loaded, or holds more than a page of a log can.
    """
    pdfium = door()
    try:
        loaded = document[number - 1]
        text = loaded.get_textpage()
    except pdfium.PdfiumError as error:
        raise PageUnreadable from error
    try:
        return _Reading(pdfium.raw, loaded, text).read(number)
    finally:
        text.close()
        loaded.close()


class _Reading:
    """One page while it is read."""

    def __init__(self, raw: Any, loaded: Any, text: Any) -> None:
        self._raw, self._loaded, self._text = raw, loaded, text
        left, bottom, right, top = loaded.get_cropbox()
        self._origin = left, bottom
        self._size = right - left, top - bottom
        self._turn = loaded.get_rotation()
        self._orders: dict[int, int] = {}
        self._fills: list[_Object] = []

    def read(self, number: int) -> Page:
        """The page with its number, what hides characters applied."""
        raw, found = self._raw, Page(number)
        count = raw.FPDFText_CountChars(self._text.raw)
        if count > MAX_GLYPHS:
            raise PageUnreadable
        self._objects(found)
        self._annotations()
        glyphs = [(index, glyph) for index in range(max(0, count)) if (glyph := self._glyph(index)) is not None]
        whole = Box(0, 0, *self._seen_size())
        found.width = whole.right
        inside = [(index, glyph) for index, glyph in glyphs if _within(glyph, whole) or not glyph.text.strip()]
        found.outside = len(glyphs) - len(inside)
        found.glyphs = list(_blanks_beside(self._uncovered(inside, found)))
        return found

    def _seen_size(self) -> tuple[float, float]:
        width, height = self._size
        return (height, width) if self._turn in (90, 270) else (width, height)

    def _seen(self, left: float, bottom: float, right: float, top: float) -> Box:
        """A box of the page's own coordinates as a reader sees it: turned, and from the upper left corner."""
        (x, y), (width, height) = self._origin, self._size
        left, right, bottom, top = left - x, right - x, bottom - y, top - y
        if self._turn == 90:  # noqa: PLR2004 (degrees)
            return Box(bottom, left, top, right)
        if self._turn == 180:  # noqa: PLR2004
            return Box(width - right, bottom, width - left, top)
        if self._turn == 270:  # noqa: PLR2004
            return Box(height - top, width - right, height - bottom, width - left)
        return Box(left, height - top, right, height - bottom)

    def _glyph(self, index: int) -> Glyph | None:
        text = self._character(index)
        rectangle = self._raw.FS_RECTF()
        if not text or not self._raw.FPDFText_GetLooseCharBox(self._text.raw, index, rectangle):
            return None
        low, high = sorted((rectangle.bottom, rectangle.top))
        left, right = sorted((rectangle.left, rectangle.right))
        return Glyph(*self._seen(left, low, right, high), text)

    def _character(self, index: int) -> str:
        """What a character means; nothing for control characters and for the second half of one."""
        code = self._raw.FPDFText_GetUnicode(self._text.raw, index)
        if code == _HYPHEN:
            return "-"
        if code in _HIGH:  # PDFium gives characters beyond the first 65,536 in halves
            low = self._raw.FPDFText_GetUnicode(self._text.raw, index + 1)
            return chr(0x10000 + ((code - _HIGH.start) << 10) + low - _LOW.start) if low in _LOW else "\ufffd"
        if code in _LOW:
            return "" if self._raw.FPDFText_GetUnicode(self._text.raw, index - 1) in _HIGH else "\ufffd"
        return "\ufffd" if code in (0xFFFE, 0xFFFF) else chr(code) if code >= ord(" ") else ""

    # --- what is drawn -------------------------------------------------------------------------------------------

    def _objects(self, found: Page) -> None:
        raw = self._raw
        identity = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
        count = raw.FPDFPage_CountObjects(self._loaded.raw)
        if count > MAX_OBJECTS:
            raise PageUnreadable
        for index in range(count):
            self._object(raw.FPDFPage_GetObject(self._loaded.raw, index), identity, found, 0)

    def _object(self, drawn: Any, outer: tuple[float, ...], found: Page, depth: int) -> None:
        raw = self._raw
        kind = raw.FPDFPageObj_GetType(drawn)
        address = ctypes.cast(drawn, ctypes.c_void_p).value or 0
        self._orders[address] = order = len(self._orders)
        if order > MAX_OBJECTS:
            raise PageUnreadable
        if kind == raw.FPDF_PAGEOBJ_PATH:
            self._path(drawn, outer, found, order)
        elif kind == raw.FPDF_PAGEOBJ_IMAGE:
            found.pictures += 1
        elif kind == raw.FPDF_PAGEOBJ_TEXT:
            found.invisible |= raw.FPDFTextObj_GetTextRenderMode(drawn) == _INVISIBLE
        elif kind == raw.FPDF_PAGEOBJ_FORM and depth < _DEEP:
            inner = _times(self._matrix(drawn), outer)
            for index in range(raw.FPDFFormObj_CountObjects(drawn)):
                self._object(raw.FPDFFormObj_GetObject(drawn, index), inner, found, depth + 1)

    def _matrix(self, drawn: Any) -> tuple[float, ...]:
        matrix = self._raw.FS_MATRIX()
        if not self._raw.FPDFPageObj_GetMatrix(drawn, matrix):
            return (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
        return (matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)

    def _path(self, drawn: Any, outer: tuple[float, ...], found: Page, order: int) -> None:
        raw, fill, stroke = self._raw, ctypes.c_int(), ctypes.c_int()
        raw.FPDFPath_GetDrawMode(drawn, fill, stroke)
        for points in self._outlines(drawn, _times(self._matrix(drawn), outer)):
            seen = [self._seen(x, y, x, y) for x, y in points]
            around = _around(seen)
            if fill.value and min(around.right - around.left, around.bottom - around.top) >= _THIN:
                colour = self._colour(drawn)
                if colour is not None:
                    self._fills.append(_Object(order, around, colour <= _DARK))
            elif fill.value:
                _rule(around, found)
            if stroke.value:
                for a, b in pairwise(seen):
                    _rule(_around([a, b]), found)

    def _outlines(self, drawn: Any, matrix: tuple[float, ...]) -> Iterator[list[tuple[float, float]]]:
        """The corners of each closed or open outline of a path."""
        raw, points = self._raw, list[tuple[float, float]]()
        x, y = ctypes.c_float(), ctypes.c_float()
        for index in range(min(_MOST_SEGMENTS, raw.FPDFPath_CountSegments(drawn))):
            segment = raw.FPDFPath_GetPathSegment(drawn, index)
            if raw.FPDFPathSegment_GetType(segment) == raw.FPDF_SEGMENT_MOVETO:
                if len(points) > 1:
                    yield points
                points = []
            raw.FPDFPathSegment_GetPoint(segment, x, y)
            points.append(_at(matrix, x.value, y.value))
            if raw.FPDFPathSegment_GetClose(segment):
                points.append(points[0])
        if len(points) > 1:
            yield points

    def _colour(self, drawn: Any) -> int | None:
        """How light an opaque fill is, 0 to 255; None where what lies under it can be seen."""
        raw = self._raw
        red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
        if not raw.FPDFPageObj_GetFillColor(drawn, red, green, blue, alpha):
            return 0
        light = (3 * red.value + 6 * green.value + blue.value) // 10
        see_through = raw.FPDFPageObj_HasTransparency(drawn) or alpha.value < _OPAQUE
        return None if see_through and (light > _DARK or alpha.value < _OPAQUE // 2) else light

    def _annotations(self) -> None:
        """Boxes that lie over the page as notes: a redaction that was drawn but never carried out is one of them."""
        raw = self._raw
        kinds = (raw.FPDF_ANNOT_REDACT, raw.FPDF_ANNOT_SQUARE)
        for index in range(raw.FPDFPage_GetAnnotCount(self._loaded.raw)):
            note = raw.FPDFPage_GetAnnot(self._loaded.raw, index)
            rectangle = raw.FS_RECTF()
            if note and raw.FPDFAnnot_GetSubtype(note) in kinds and raw.FPDFAnnot_GetRect(note, rectangle):
                low, high = sorted((rectangle.bottom, rectangle.top))
                box = self._seen(rectangle.left, low, rectangle.right, high)
                self._fills.append(_Object(MAX_OBJECTS * 2, box, dark=True))
            if note:
                raw.FPDFPage_CloseAnnot(note)

    # --- what is covered -----------------------------------------------------------------------------------------

    def _uncovered(self, glyphs: list[tuple[int, Glyph]], found: Page) -> list[Glyph]:
        """The characters that can be seen; a mark for each that can't, and along dark boxes beside other text."""
        if not self._fills:
            return [glyph for _, glyph in glyphs]
        seen: list[Glyph] = []
        shown: set[int] = set()
        hidden: set[int] = set()
        for index, glyph in glyphs:
            over = [at for at, fill in enumerate(self._fills) if _within(glyph, fill.box)]
            order = self._order(index) if over else 0
            if glyph.text.strip() and any(self._fills[at].order > order for at in over):
                found.covered += 1
                hidden.update(over)
                seen.append(glyph._replace(text=MARK))
            else:
                shown.update(over)
                seen.append(glyph)
        bars = [f.box for at, f in enumerate(self._fills) if f.dark and at not in shown and at not in hidden]
        return seen + list(_bars(bars, seen))

    def _order(self, index: int) -> int:
        drawn = self._raw.FPDFText_GetTextObject(self._text.raw, index)
        return self._orders.get(ctypes.cast(drawn, ctypes.c_void_p).value or 0, 0) if drawn else 0


def _times(first: tuple[float, ...], then: tuple[float, ...]) -> tuple[float, ...]:
    a, b, c, d, e, f = first
    g, h, i, j, k, m = then
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


def _at(matrix: tuple[float, ...], x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _around(boxes: list[Box]) -> Box:
    return Box(
        min(b.left for b in boxes), min(b.top for b in boxes), max(b.right for b in boxes), max(b.bottom for b in boxes)
    )


def _rule(box: Box, found: Page) -> None:
    wide, high = box.right - box.left, box.bottom - box.top
    if high < _THIN <= wide:
        found.across.append(box)
    elif wide < _THIN <= high:
        found.down.append(box)


def _within(glyph: Glyph, box: Box) -> bool:
    x, y = (glyph.left + glyph.right) / 2, (glyph.top + glyph.bottom) / 2
    return box.left <= x <= box.right and box.top <= y <= box.bottom


def _blanks_beside(glyphs: list[Glyph]) -> Iterator[Glyph]:
    """The characters, each blank moved to the left edge of what it precedes: PDFium gives some blanks no place."""
    following: Glyph | None = None
    for glyph in reversed(glyphs):
        if glyph.text.strip():
            following = glyph
            yield glyph
        elif following is not None:
            yield following._replace(right=following.left, text=" ")


def _bars(boxes: list[Box], glyphs: list[Glyph]) -> Iterator[Glyph]:
    """Marks along dark boxes that hold nothing, on each line of text beside them."""
    for box in boxes:
        lines: list[Glyph] = []
        for glyph in glyphs:
            middle = (glyph.top + glyph.bottom) / 2
            beside = glyph.text.strip() and box.top <= middle <= box.bottom
            if beside and not any(line.top <= middle <= line.bottom for line in lines):
                lines.append(glyph)
        for line in lines:
            at = box.left + _STEP
            while at + _STEP <= box.right:
                yield Glyph(at, line.top, at + _STEP, line.bottom, MARK)
                at += _STEP
