"""PDFs: the table that runs over their pages, transcribed to CSV as if it had been released so.

Every page is read in a process of its own kind, beside others: what breaks PDFium breaks that process only, and the
page is named. A page that can't be read stands in the transcription as one record that is none, so that it is
counted and listed like every record that is not accepted.
"""

from __future__ import annotations

import csv
import faulthandler
import os
import re
import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.util import Finalize
from pathlib import Path
from typing import Any, Final, Self

from plateglass.errors import Issue, Place, Severity, SourceUnreadable
from plateglass.model import Progress, silent
from plateglass.read import pdf_count, pdf_grid, pdf_page, pdf_profile, pdf_rows
from plateglass.read.pdf_page import Page, PageUnreadable
from plateglass.read.pdf_profile import Hints
from plateglass.read.pdf_rows import Profile, Rows

GAP: Final = re.compile(r"\fpage \d+ could not be read")
"""What stands in a transcription for a page that could not be read."""
MAX_PAGES: Final = 100_000
_SAMPLE: Final = 12
"""Pages from all over the document by which the columns are found; the first three and the last come on top."""
_CHUNK: Final = 8
_FEW: Final = 24
_PATIENCE: Final = 60
"""Seconds for one page, after which the process that reads it ends itself."""
_MEMORY: Final = 2 << 30
"""Bytes that a process may ask for."""
_SHOWN: Final = 12

Job = tuple[Callable[..., Any], tuple[Any, ...]]


@dataclass(frozen=True)
class Printed:
    """What a PDF was transcribed to."""

    path: Path
    pages: int
    issues: tuple[Issue, ...]
    whole: bool
    """Every page could be read."""
    profile: Profile
    """How its columns lie."""
    firsts: tuple[int, ...] = ()
    """For each page the number of the first record that begins on it or on a later one."""
    recognised: bool = False
    """The pages were pictures, and their text was recognised."""

    @property
    def name(self) -> str:
        """Which pages the table stands on, and whether their text was recognised: every place of a record says so."""
        pages = f"pages 1-{self.pages}" if self.pages > 1 else "page 1"
        return f"{pages}, recognised" if self.recognised else pages


class Pictures(SourceUnreadable):
    """The pages of a PDF are pictures without text."""


def transcribe(path: Path, target: Path, hints: Hints, place: Place, progress: Progress = silent) -> Printed:
    """Write the table of a PDF as CSV, its headings first; `progress` is told page by page.

    Raises:
        ExtraMissing: pypdfium2 is not installed.
        SourceUnreadable: damaged, protected, without text, or without anything like a table.
        ContentMalformed: a saved profile fits that can't be used.
    """
    pdf_page.door()
    seen: list[Rows] = []
    with _Readers(path) as readers:
        [count] = readers.results([(page_count, (place,))])
        if not isinstance(count, int) or not 0 < count <= MAX_PAGES:
            raise SourceUnreadable("the PDF has no pages that can be read", place=place, remedy="fetch it again")
        readers.most = 1 if count <= _FEW else os.cpu_count() or 1
        sample = [page for page in readers.results([(one_page, (n,)) for n in _sampled(count)]) if page is not None]
        known = pdf_profile.found(sample, hints)
        if known is None:
            raise _without_table(count, sample, place)
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("w", encoding="utf-8", newline="") as file:
            write = csv.writer(file, lineterminator="\n")
            write.writerow(known.headings)
            tally = pdf_count.Tally()
            for page, cells in _records(_watched_pages(_pages(readers, count, known), count, place, progress), seen):
                write.writerow(cells)
                tally.take(page, cells)
    issues = *_told(seen, known, place), *tally.told([page.marks for page in seen], place)
    return Printed(target, count, issues, not any(map(_lost, seen)), known, tally.firsts(count))


def _watched_pages(pages: Iterator[Rows], count: int, place: Place, progress: Progress) -> Iterator[Rows]:
    for page in pages:
        progress(f"reading pages of {Path(place.path).name}", page.number, count)
        yield page


def lines(path: Path, place: Place, most: int = MAX_PAGES) -> Iterator[tuple[int, tuple[str, ...] | None]]:
    """The lines of text of every page with its number; None for a page that can't be read.

    Raises:
        ExtraMissing: pypdfium2 is not installed.
        SourceUnreadable: damaged, protected, or of more than `most` pages.
    """
    pdf_page.door()
    with _Readers(path) as readers:
        [count] = readers.results([(page_count, (place,))])
        if not isinstance(count, int) or not 0 < count <= most:
            raise SourceUnreadable("the PDF has no pages that can be read", place=place, remedy="fetch it again")
        numbers = range(1, count + 1)
        yield from zip(numbers, readers.results([(lines_of, (n,)) for n in numbers]), strict=True)


def _sampled(count: int) -> list[int]:
    return sorted({*range(1, min(3, count) + 1), *range(1, count + 1, max(1, count // _SAMPLE)), count})


def _without_table(count: int, sample: Sequence[Page], place: Place) -> SourceUnreadable:
    if not any(page.glyphs for page in sample):
        name = Path(place.path).name
        command = f"ocrmypdf --output-type pdf {shlex.quote(name)} {shlex.quote(f'ocr-{name}')}"
        return Pictures(
            f"the PDF's {count} pages are pictures without text", expected="pages with text", place=place,
            remedy=f"ask for the log as exported; or run `{command}` and give what it writes, knowing that recognised "
            "text has errors",
        )  # fmt: skip
    return SourceUnreadable(
        "no table was found on the PDF's pages", expected="a line of headings with records below", place=place,
        remedy="ask for the log as exported, in CSV or XLSX",
    )  # fmt: skip


def _records(pages: Iterator[Rows], seen: list[Rows]) -> Iterator[tuple[int, list[str]]]:
    """The records of all pages in order, each with the page on which it begins.

    Those that run over the edge of a page are put together.
    """
    held: tuple[int, list[str]] | None = None
    carried: tuple[int, list[str]] | None = None
    for page in pages:
        records = [(page.number, cells) for cells in page.records]
        if carried is not None and records:
            records[0] = carried[0], pdf_rows.going_on(carried[1], records[0][1])
            carried = None
        if page.before is not None:
            held = (held[0], pdf_rows.going_on(held[1], page.before)) if held else (page.number, page.before)
        for record in records:
            if held is not None:
                yield held
            held = record
        carried = (page.number, page.after) if carried is None and page.after is not None else carried
        page.records = []
        seen.append(page)
        if _lost(page):
            yield from [held] if held is not None else []
            held = None
            yield page.number, [f"\fpage {page.number} could not be read"]
    yield from [each for each in (held, carried) if each is not None]


def _lost(page: Rows) -> bool:
    return bool(page.cause) or (page.empty and page.pictures > 0)


# --- what a reader should know -----------------------------------------------------------------------------------


def _told(pages: Sequence[Rows], known: Profile, place: Place) -> Iterator[Issue]:
    """What was kept out, and what is doubtful; numbers and pages only."""
    lost = [page for page in pages if _lost(page)]
    if lost:
        causes = "; ".join(sorted({page.cause or "a picture without text" for page in lost}))
        yield Issue(
            "page-unreadable", Severity.RECORD, place,
            f"{_listed(lost)} could not be read ({causes}); each is counted as one rejected record, and how many "
            "records it holds is not known; ask for the log as CSV",
        )  # fmt: skip
    covered = [page for page in pages if page.covered]
    if covered:
        number = sum(page.covered for page in covered)
        yield Issue(
            "text-under-boxes", Severity.NOTE, place,
            f"{number} characters on {_listed(covered)} lie under boxes that hide them: whoever has the file can "
            "uncover them; they were not read, and a mark stands for them; tell the agency before you publish the file",
        )  # fmt: skip
    parted = "rules" if known.ruled else "the gaps between the headings"
    told = f"pages: {len(pages)}; columns parted by {known.saved or parted}"
    left = sum(page.left_out for page in pages)
    told += f"; lines of text outside the table that were left out: {left}" if left else ""
    yield Issue("pdf-pages", Severity.NOTE, place, told)
    yield from _doubts(pages, place)


def _doubts(pages: Sequence[Rows], place: Place) -> Iterator[Issue]:
    over = [page for page in pages if page.straddling]
    if over:
        number = sum(page.straddling for page in over)
        told = f"{number} characters on {_listed(over)} stand across the edge of a column; compare these pages"
        yield Issue("cells-overlap", Severity.NOTE, place, told)
    if any(page.invisible for page in pages):
        told = "the text is drawn invisibly over a picture, as text recognition does: expect wrong characters"
        yield Issue("text-recognised", Severity.NOTE, place, told)
    strange = [page for page in pages if page.strange]
    if strange:
        told = f"{sum(page.strange for page in strange)} characters on {_listed(strange)} have no meaning in its fonts"
        yield Issue("characters-unknown", Severity.NOTE, place, told)
    outside = [page for page in pages if page.outside]
    if outside:
        told = f"{sum(p.outside for p in outside)} characters beyond the edge of {_listed(outside)} were left out"
        yield Issue("text-off-page", Severity.NOTE, place, told)


def _listed(pages: Sequence[Rows]) -> str:
    shown = ", ".join(str(page.number) for page in pages[:_SHOWN])
    more = f" and {len(pages) - _SHOWN} more" if len(pages) > _SHOWN else ""
    return f"page{'s' if len(pages) > 1 else ''} {shown}{more}"


# --- processes ---------------------------------------------------------------------------------------------------


class _Readers:
    """Processes that read pages of one PDF; new ones where one of them was ended by what it read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._pool: ProcessPoolExecutor | None = None
        self._size = 0
        self.most = 1
        """How many may run at a time."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._end()

    def results(self, jobs: Sequence[Job]) -> Iterator[Any]:
        """What each job gives, in order; None for one that ended its process."""
        at = 0
        while at < len(jobs):
            pool = self._started(min(self.most, len(jobs) - at))
            with suppress(BrokenProcessPool):
                for future in [pool.submit(function, *arguments) for function, arguments in jobs[at:]]:
                    result = future.result()
                    at += 1
                    yield result
            if at < len(jobs):  # whose fault it was is not known: the next in line is tried by itself
                self._end()
                yield self._alone(jobs[at])
                at += 1

    def _alone(self, job: Job) -> Any:
        function, arguments = job
        try:
            return self._started(1).submit(function, *arguments).result()
        except BrokenProcessPool:
            self._end()
            return None

    def _started(self, size: int) -> ProcessPoolExecutor:
        if self._pool is None or self._size < size:
            self._end()
            self._pool, self._size = ProcessPoolExecutor(size, get_context("spawn"), _begin, (self.path,)), size
        return self._pool

    def _end(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None


def _pages(readers: _Readers, count: int, known: Profile) -> Iterator[Rows]:
    """Every page in order."""
    firsts = range(1, count + 1, _CHUNK)
    jobs: list[Job] = [(rows_of, (first, min(first + _CHUNK, count + 1), known)) for first in firsts]
    for first, found in zip(firsts, readers.results(jobs), strict=True):
        if found is not None:
            yield from found
            continue
        with _Readers(readers.path) as single:
            for number in range(first, min(first + _CHUNK, count + 1)):
                [alone] = single.results([(rows_of, (number, number + 1, known))])
                yield alone[0] if alone else Rows(number, cause="it breaks the reader of PDFs")


_here: list[Any] = []


def _begin(path: Path) -> None:
    """In a new process: limit its memory where the system can, and say which PDF it is for."""
    if sys.platform == "linux":
        import resource  # noqa: PLC0415 (there is none on other systems)

        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    _here.append(path)
    Finalize(None, _close, exitpriority=10)


def _close() -> None:
    """Close the PDF of this process before the library that holds it goes."""
    if len(_here) > 1:
        _here.pop().close()


def _document(place: Place | None = None) -> Any:
    """The PDF of this process, opened when it is first asked for: what breaks PDFium then breaks no other process."""
    if len(_here) == 1:
        _here.append(pdf_page.opened(_here[0], place or Place(_here[0].name)))
    return _here[1]


def page_count(place: Place) -> int:
    """How many pages the PDF of this process has.

    Raises:
        SourceUnreadable: damaged, or protected by a password.
    """
    return len(_document(place))


def one_page(number: int) -> Page | None:
    """One page of the sample; None where it can't be read."""
    with _watched(), suppress(PageUnreadable, MemoryError):
        return pdf_page.page(_document(), number)
    return None


def lines_of(number: int) -> tuple[str, ...] | None:
    """The lines of one page; None where it can't be read."""
    page = one_page(number)
    return None if page is None else tuple(line.text for line in pdf_grid.lines(page.glyphs))


def rows_of(first: int, end: int, known: Profile) -> list[Rows]:
    """The records of some pages."""
    found: list[Rows] = []
    for number in range(first, end):
        with _watched():
            try:
                found.append(pdf_rows.rows(pdf_page.page(_document(), number), known))
            except PageUnreadable:
                found.append(Rows(number, cause="it can't be opened, or holds more than a page of a log can"))
            except MemoryError:
                found.append(Rows(number, cause="it takes too much memory"))
    return found


@contextmanager
def _watched() -> Iterator[None]:
    """End this process where a page takes far too long: a library that hangs can't be interrupted."""
    with Path(os.devnull).open("w") as nowhere:
        faulthandler.dump_traceback_later(_PATIENCE, exit=True, file=nowhere)
        try:
            yield
        finally:
            faulthandler.cancel_dump_traceback_later()
