"""Saved transparency-portal pages: the search audit that is embedded in them, their figures, and their sharing lists.

Each becomes a table of its own, transcribed to CSV under the page's own labels, so that layouts name them like the
headings of any file. Nothing is fetched, nothing is run: scripts, styles and addresses are passed over.
"""

from __future__ import annotations

import csv
import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Final
from urllib.parse import unquote_to_bytes

from plateglass.errors import Issue, Place, Severity, SourceUnreadable
from plateglass.privacy import shown_heading
from plateglass.read.records import plain_heading

MAX_PAGE: Final = 64 << 20
"""Bytes of the largest page that is read."""
AGENCY: Final = "portal"
DAY: Final = "day of the page"
GRANTED: Final = "organization granted access"
GIVING: Final = "organization sharing its data"
"""Headings that the transcription gives to what a page says without a label of its own."""
LISTED: Final = {GRANTED: "access granted", GIVING: "data shared"}
UPDATED: Final = "last updated"
SECTION: Final = "section of the portal"
LINE: Final = "line of the section"
WORDING: Final = "wording of the section"
HEADERS: Final = frozenset({"policies", "usage", "additional info"})
"""What stands between the groups of labels on a page."""

_BLOCKS: Final = frozenset({"p", "div", "h1", "h2", "h3", "h4", "li", "ul", "td", "tr", "section", "header", "body"})
_SILENT: Final = frozenset({"script", "style", "noscript", "template", "svg", "head"})
_CSV: Final = re.compile(r"data:text/csv(?P<how>[^,]{0,60}),", re.IGNORECASE)
_OUT: Final = re.compile(r"organi[sz]ations? granted access( to .*)?")
_IN: Final = re.compile(r"organi[sz]ations? sharing their data( with .*)?")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_UNIVERSITY: Final = re.compile(r"University of [A-Z][a-z]+")
_CAMPUS: Final = re.compile(r"[A-Z][a-z]+( [A-Z][a-z]+){0,2}")
"""Of words alone: every other name on a portal's list says what kind of body it is, in capitals, or its state."""
_LONG: Final = 120
"""Characters of the longest label."""


@dataclass(frozen=True)
class Labels:
    """What is looked for on a page, as headings are compared."""

    figures: frozenset[str]
    """Labels of figures, among the headings of every layout."""
    sections: frozenset[str] = frozenset()
    """Labels of the sections of its policies."""


@dataclass(frozen=True)
class Part:
    """One table of a page."""

    name: str
    path: Path


@dataclass(frozen=True)
class Portal:
    """What a page holds."""

    slug: str
    """The agency's short name in the form that portals' addresses have."""
    day: str
    """The day of the page: of its capture as the file's name has it, else of the update that the page names."""
    parts: tuple[Part, ...]
    issues: tuple[Issue, ...]


def transcribe(path: Path, folder: Path, known: Labels, place: Place, said: tuple[str, str] = ("", "")) -> Portal:
    """Write every table of a page as CSV; `said` is the portal's short name and the day, as the file's name has them.

    Raises:
        SourceUnreadable: too large, not to be made sense of, or no transparency portal.
    """
    page = _read(path, place)
    audits = [raw for link in page.links if (raw := _embedded(link)) is not None]
    labelled = list(_labelled(page.blocks))
    figures: dict[str, str] = {}
    for label, value in labelled:
        if plain_heading(label) in known.figures:
            figures.setdefault(label, value)
    twice = sorted({label for label, value in labelled if figures.get(label, value) != value})
    lists = {
        heading: _names(value)
        for heading, pattern in ((GRANTED, _OUT), (GIVING, _IN))
        for label, value in labelled if pattern.fullmatch(plain_heading(label))
    }  # fmt: skip
    policies = list(_policies(page.blocks, known))
    if not page.agency or not (audits or lists or policies or len(figures) > 1):
        raise SourceUnreadable(
            "the web page is no transparency portal that is known here", place=place,
            expected="a search audit or the figures of a portal", remedy="save the portal's page whole, as HTML",
        )  # fmt: skip
    slug = said[0] or re.sub(r"[^a-z0-9]+", "-", page.agency.lower()).strip("-")
    day = said[1] or (found[0] if (found := _DAY.match(page.updated)) else "")
    folder.mkdir(parents=True, exist_ok=True)
    parts = [_audit(raw, folder / f"audit-{at}.csv") for at, raw in enumerate(audits)]
    parts += _figures(figures, (slug, day), {h: len(names) for h, names in lists.items()}, folder)
    parts += _lists(lists, folder)
    if policies:
        rows = [[SECTION, LINE, WORDING], *policies]
        parts.append(Part("policies", _written(folder / "policies.csv", rows)))
    return Portal(slug, day, tuple(parts), (*_told(audits, lists, place), *_doubted(twice, place)))


def _read(path: Path, place: Place) -> _Page:
    if path.stat().st_size > MAX_PAGE:
        raise SourceUnreadable(f"the web page has more than {MAX_PAGE >> 20} MiB", place=place)
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    page = _Page()
    try:
        page.feed(text.replace("\0", ""))
        page.close()
    except AssertionError as error:  # how the parser of the standard library says that a declaration makes no sense
        raise SourceUnreadable("the web page is damaged", place=place, remedy="save it again") from error
    return page


class _Page(HTMLParser):
    """The text of a page by its blocks, its links, its first heading and the day of its update."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[str] = []
        self.links: list[str] = []
        self.agency = self.updated = ""
        self._text: list[str] = []
        self._bare = False
        self._silent = 0
        self._within = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a block; keep the address of a link."""
        if tag in _BLOCKS:
            self._end(tag)
            self._bare = True
        elif tag in _SILENT:
            self._silent += 1
        told = dict(attrs)
        if tag == "a" and (address := told.get("href")):
            self.links.append(address)
        if not self.updated and (title := told.get("title")) and plain_heading(self._words()).startswith(UPDATED):
            self.updated = title

    def handle_endtag(self, tag: str) -> None:
        """End a block."""
        if tag in _BLOCKS:
            self._end("")
        elif tag in _SILENT:
            self._silent = max(0, self._silent - 1)

    def handle_data(self, data: str) -> None:
        """Take text that a reader sees."""
        if not self._silent:
            self._text.append(data)

    def close(self) -> None:
        """Take what stands at the end without an end tag."""
        super().close()
        self._end("")

    def _words(self) -> str:
        return " ".join("".join(self._text).split())

    def _end(self, following: str) -> None:
        """Keep the text of a block; an empty one too where it holds no others, since it may stand for a value."""
        words = self._words()
        if words or (self._bare and not following):
            self.blocks.append(words)
        if words and self._within == "h1" and not self.agency:
            self.agency = words
        self._text, self._within, self._bare = [], following, False


def _labelled(blocks: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each block that is short enough to be a label, with the block behind it."""
    for label, value in pairwise(blocks):
        if 0 < len(label) <= _LONG:
            yield label, value


def _embedded(address: str) -> bytes | None:
    """The bytes of a CSV that stands in a link's own address; None for any other link."""
    found = _CSV.match(address)
    if found is None:
        return None
    raw = unquote_to_bytes(address[found.end() :])
    if not found["how"].lower().endswith(";base64"):
        return raw
    try:
        return b64decode(raw)
    except NotBase64:
        return None


def _names(value: str) -> list[str]:
    """The names of a list: a comma with a blank behind it parts them, save within the name of a campus."""
    names: list[str] = []
    for each in re.split(r",\s", value):
        name = each.strip(" ,")
        if name and names and _UNIVERSITY.fullmatch(names[-1]) and _CAMPUS.fullmatch(name):
            names[-1] += f", {name}"
        elif name:
            names.append(name)
    return names


# --- transcriptions ----------------------------------------------------------------------------------------------


def _audit(raw: bytes, target: Path) -> Part:
    target.write_bytes(raw)
    return Part("search audit", target)


def _figures(figures: dict[str, str], whose: tuple[str, str], counts: dict[str, int], folder: Path) -> Iterator[Part]:
    """One record of all figures under the page's own labels."""
    if not figures:
        return
    told = {AGENCY: whose[0], DAY: whose[1], **figures}
    told |= {f"{heading}, number": str(number) for heading, number in counts.items()}
    yield Part("figures", _written(folder / "figures.csv", [list(told), list(told.values())]))


def _lists(lists: dict[str, list[str]], folder: Path) -> Iterator[Part]:
    """One record for each organisation and direction."""
    for heading, names in lists.items():
        if names:
            rows = [[heading, LISTED[heading]], *([name, "listed"] for name in names)]
            yield Part(heading, _written(folder / f"{heading.replace(' ', '-')}.csv", rows))


def _policies(blocks: Sequence[str], known: Labels) -> Iterator[list[str]]:
    """The lines of each section of the page's policies: what stands below its label, up to the next gap or label."""
    section, line = "", 0
    for block in blocks:
        label = plain_heading(block)
        if label in known.sections:
            section, line = block, 0
        elif not block or label in known.figures or label in HEADERS:
            section = ""
        elif section:
            line += 1
            yield [section, str(line), block]


def _written(target: Path, rows: Iterable[Sequence[str]]) -> Path:
    with target.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    return target


def _told(audits: Sequence[bytes], lists: dict[str, list[str]], place: Place) -> Iterator[Issue]:
    if not audits:
        told = "the page holds no search audit: the portal gives none, or the page was not saved whole"
        yield Issue("portal-without-audit", Severity.NOTE, place, told)
    if GRANTED not in lists:
        told = "the page names no organisations with access: that is not the same as that there are none"
        yield Issue("portal-without-list", Severity.NOTE, place, told)


def _doubted(labels: Sequence[str], place: Place) -> Iterator[Issue]:
    for label in labels:
        told = f"the page gives two values for {shown_heading(label)}; the first was read"
        yield Issue("portal-label-twice", Severity.NOTE, place, told)
