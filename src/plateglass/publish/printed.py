"""Pages on paper: HTML becomes a tagged PDF (PDF/UA-1) through WeasyPrint, with the system's own fonts.

WeasyPrint is the extra `print`; `pdf` is the name of the extra that reads PDFs. It loads Pango of the system, so it may
be installed and still not run. Nothing is fetched: a page that asks for a picture, a style or a font is refused.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from plateglass.errors import ExtraMissing, OutputUnwritable

VARIANT = "pdf/ua-1"
"""The standard that the PDF follows: every text, table and heading is tagged for screen readers."""


def pdf(html: str) -> bytes:
    """The page as the bytes of a PDF; the same page gives the same bytes.

    Raises:
        ExtraMissing: WeasyPrint, or Pango that it needs, is not installed.
        OutputUnwritable: the page can't be printed as it must be; the message says what is missing in it.
    """
    weasyprint = _weasyprint()
    said = _Said()
    content = b""
    with said.listening():
        identifier = hashlib.sha256(html.encode()).digest()[:16]
        try:
            page = weasyprint.HTML(string=html, base_url=None, url_fetcher=_refusing(weasyprint))
            content = page.write_pdf(finisher=_scoped, pdf_variant=VARIANT, pdf_identifier=identifier)
        except weasyprint.urls.FatalURLFetchingError as error:
            said.errors.append(str(error))
    if said.errors:
        raise OutputUnwritable(f"the page can't be printed: {said.errors[0]}", expected="a page that asks for nothing")
    return content


def _scoped(_document: Any, written: Any) -> None:
    """Say of each heading cell what it is the heading of: of its column in a table's head, else of its row.

    WeasyPrint 70 ties cells to their headings, but says this nowhere; a heading above a column of headings is tied to
    nothing without it.
    """
    objects = {each.reference: each for each in written.objects}
    for cell in objects.values():
        if isinstance(cell, dict) and cell.get("S") == "/TH":
            above = objects[objects[cell["P"]]["P"]]
            cell["A"]["Scope"] = "/Column" if above["S"] == "/THead" else "/Row"


def _weasyprint() -> Any:
    try:
        import weasyprint  # noqa: PLC0415 (an extra; without it everything else runs)
    except ImportError as error:
        raise ExtraMissing(
            "printing needs WeasyPrint, which is not installed", remedy="pip install 'plateglass[print]'"
        ) from error
    except OSError as error:
        raise ExtraMissing(
            "printing needs the system's library Pango, which is not installed",
            remedy="apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0, or what your system calls them",
        ) from error
    return weasyprint


def _refusing(weasyprint: Any) -> Any:
    """What WeasyPrint asks for other files, and never gets any from."""

    class Refusing(weasyprint.urls.URLFetcher):  # type: ignore[misc]  # the library comes without types
        def fetch(self, url: str, headers: Any = None) -> Any:  # noqa: ARG002 (as the library calls it)
            raise weasyprint.urls.FatalURLFetchingError(f"it asks for {url[:60]}")

    return Refusing()


class _Said(logging.Handler):
    """What WeasyPrint complains of while it prints: the style it does not know is no fault, a missing text is."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.errors: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one complaint."""
        self.errors.append(record.getMessage())

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Hear everything that is said meanwhile, and let nothing of it go to the screen."""
        loggers = [logging.getLogger(name) for name in ("weasyprint", "fontTools")]
        before = [(logger.propagate, list(logger.handlers), logger.level) for logger in loggers]
        for logger in loggers:
            logger.propagate, logger.handlers = False, [self]
            logger.setLevel(logging.ERROR)
        try:
            yield
        finally:
            for logger, (propagate, handlers, level) in zip(loggers, before, strict=True):
                logger.propagate, logger.handlers = propagate, handlers
                logger.setLevel(level)
