"""How the columns of a print lie on its pages, kept as content: found once, confirmed by a person, used again.

`layouts explain --save-profile` writes what was found in one print. A person compares it with a page, mends what is
wrong, and sets who confirmed it and when. From then on prints with the same headings on pages of the same width are
read by it; one that fits and that nobody confirmed stands in the way until somebody does, or takes it out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Final, Self

from pydantic import model_validator

from plateglass.catalogue import Catalogue, _Content, load
from plateglass.errors import ContentMalformed, Place
from plateglass.read import pdf_rows
from plateglass.read.pdf_page import Page
from plateglass.read.pdf_rows import Hang, Profile
from plateglass.read.records import plain

FOLDER: Final = "profiles"
_SAME: Final = 1.0
"""Points by which the widths of two pages may differ."""


class ColumnProfile(_Content):
    """How the columns of one kind of print lie on its pages, and who confirmed it."""

    source: str
    """SHA-256 of the file that it was found in."""
    confirmed_by: str = ""
    """Who compared it with a page of the file; nobody, where it is empty. The name stands here and nowhere else."""
    confirmed_on: date | None = None
    """The day on which somebody did."""
    width: float
    """How wide the pages are, in points (72 to the inch)."""
    headings: tuple[str, ...]
    """The columns' headings, from left to right."""
    gaps: tuple[tuple[float, float], ...]
    """Between each two columns: where the gap begins and ends, in points from the left edge of the page."""
    ruled: bool
    """Whether rules part the columns: then a page's own rules go before the gaps, where it has as many."""
    banded: bool
    """Whether rules part the rows."""
    main: int
    """The column, counted from 1, that has text on one line of every record and on one line only."""
    hang: Hang
    """Where the other lines of a record stand, as seen from that line: above, below or around."""
    widths: tuple[float, ...]
    """How wide the longest line of each column is; a long word that fills it was cut, and is put together again."""
    pitch: float
    """The usual distance from line to line."""
    flush: tuple[int, ...] = ()
    """Columns, counted from 1, whose lines all begin at one place: what stands in the gap before is not theirs."""
    glued: tuple[int, ...] = ()
    """Columns, counted from 1, that are printed as one with the next: a count and a time are told apart by kind."""

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        """See that the parts speak of the same columns."""
        columns = len(self.headings)
        middles = [(left + right) / 2 for left, right in self.gaps]
        if columns == 0 or len(self.gaps) != columns - 1 or len(self.widths) != columns:
            raise ValueError("a width for every heading and a gap between each two are needed")
        if any(a > b for a, b in (*self.gaps, *pairwise([0.0, *middles, self.width]))):
            raise ValueError("the gaps do not follow each other from left to right on the page")
        before, after = (at - 1 for at in self.flush), (at + 1 for at in self.glued)
        if not all(1 <= at <= columns for at in (self.main, *self.flush, *before, *self.glued, *after)):
            raise ValueError(f"columns are counted from 1 to {columns}, and one stands beside each that is named")
        if bool(self.confirmed_by.strip()) != (self.confirmed_on is not None):
            raise ValueError("who confirmed it and when belong together")
        return self


@dataclass(frozen=True)
class Hints:
    """By what the columns of a print are found."""

    vocabulary: frozenset[str]
    """Every heading that any layout names, as it is compared."""
    profiles: Mapping[str, ColumnProfile]
    """What was found in other prints, by name."""
    trial: bool = False
    """Whether a profile that nobody confirmed may be used: to look at it, never for a case."""


def every(catalogue: Catalogue) -> dict[str, ColumnProfile]:
    """Every saved profile, by name."""
    return catalogue.others(FOLDER, ColumnProfile)


def one(path: Path) -> ColumnProfile:
    """The profile in a file.

    Raises:
        ContentMalformed: it is none.
    """
    return load(path, ColumnProfile, path.parent)


def found(pages: Sequence[Page], hints: Hints) -> Profile | None:
    """How the table on some pages is laid out: as a saved profile says, else as the pages show; None without either.

    Raises:
        ContentMalformed: a profile fits that nobody confirmed, or more than one fits.
    """
    fitting = {name: page for name, each in hints.profiles.items() if (page := _bearing(pages, each)) is not None}
    if not fitting:
        return pdf_rows.profile(pages, hints.vocabulary)
    name, page = fitting.popitem()
    if fitting:
        raise ContentMalformed(
            f"{len(fitting) + 1} profiles fit the file's pages: {', '.join(sorted([name, *fitting]))}",
            expected="one", place=Place(FOLDER), remedy="take all but one out",
        )  # fmt: skip
    saved = hints.profiles[name]
    if saved.confirmed_on is None and not hints.trial:
        raise ContentMalformed(
            "nobody has confirmed this profile, which fits the file", place=Place(f"{FOLDER}/{name}.toml"),
            remedy="compare it with a page, then set confirmed_by and confirmed_on; or take it out",
        )  # fmt: skip
    return _profile(saved, name, page, pages)


def _bearing(pages: Sequence[Page], saved: ColumnProfile) -> Page | None:
    """The first of some pages that is as wide as a profile says and bears its headings."""
    wide = (page for page in pages if abs(page.width - saved.width) <= _SAME)
    return next((page for page in wide if pdf_rows.bears(page, plain(saved.headings))), None)


def _profile(saved: ColumnProfile, name: str, page: Page, pages: Sequence[Page]) -> Profile:
    confirmed = f"confirmed on {saved.confirmed_on}" if saved.confirmed_on else "confirmed by nobody"
    return Profile(
        headings=saved.headings, first=page.number, width=saved.width, gaps=saved.gaps, ruled=saved.ruled,
        banded=saved.banded, anchor=saved.main - 1, hang=saved.hang, widths=saved.widths, pitch=saved.pitch,
        flush=frozenset(at - 2 for at in saved.flush), glued=frozenset(at - 1 for at in saved.glued),
        furniture=pdf_rows.furniture([each for each in pages if each.number >= page.number], plain(saved.headings)),
        saved=f"the profile {name}, found in {saved.source[:12]} and {confirmed}",
    )  # fmt: skip


# --- writing -----------------------------------------------------------------------------------------------------


def text(known: Profile, sha256: str) -> str:
    """A profile as a file of content, which nobody has confirmed yet."""
    return "\n".join(_lines(known, sha256)) + "\n"


def _lines(known: Profile, sha256: str) -> Iterator[str]:
    yield f"# How the columns lie on page {known.first} of the file, and on pages like it; places are points from the"
    yield "# left edge. Compare it with the page and mend what is wrong; then say who did, and on which day. Until"
    yield "# then it is used nowhere. docs/pdf.md says more."
    yield 'confirmed_by = ""'
    yield "# confirmed_on = YYYY-MM-DD"
    yield ""
    yield f"source = {json.dumps(sha256)}"
    yield f"width = {_number(known.width)}"
    yield "headings = ["
    yield from (f"  {json.dumps(heading)}," for heading in known.headings)
    yield "]"
    yield "gaps = ["
    for (left, right), (a, b) in zip(known.gaps, pairwise(known.headings), strict=True):
        yield f"  [{_number(left)}, {_number(right)}],  # between {_quoted(a)} and {_quoted(b)}"
    yield "]"
    yield f"ruled = {json.dumps(known.ruled)}"
    yield f"banded = {json.dumps(known.banded)}"
    yield f"main = {known.anchor + 1}  # {_quoted(known.headings[known.anchor])}"
    yield f"hang = {json.dumps(known.hang)}"
    yield f"widths = [{', '.join(map(_number, known.widths))}]"
    yield f"pitch = {_number(known.pitch)}"
    yield f"flush = {[at + 2 for at in sorted(known.flush)]}"
    yield f"glued = {[at + 1 for at in sorted(known.glued)]}"


def _number(points: float) -> str:
    return repr(round(points, 3))


def _quoted(heading: str) -> str:
    return json.dumps(heading.replace("\n", " "))
