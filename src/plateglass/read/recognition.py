"""Scans read through: their text is recognised by OCRmyPDF, where the extra `ocr` or the system's package is installed.

It is a command of its own, which this process starts and waits for: it fetches nothing, and what it makes of a page is
marked as recognised wherever a record of it is named.
"""

from __future__ import annotations

import shutil
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Final

from plateglass.errors import Issue, Place, Severity

COMMAND: Final = "ocrmypdf"
_PATIENCE: Final = 6 * 3600
"""Seconds; a page of a log takes a few, and a log has a thousand."""


def recognised(path: Path, target: Path) -> Path | None:
    """A copy of a scan with its text recognised; None where the command is not there, or could not do it."""
    command = shutil.which(COMMAND)
    if command is None:
        return None
    target.parent.mkdir(parents=True, exist_ok=True)
    # absolute paths, so that a name that begins with a dash is no option; a PDF/A would cost time and change nothing
    asked = [command, "--quiet", "--output-type", "pdf", str(path.absolute()), str(target.absolute())]
    with suppress(OSError, subprocess.TimeoutExpired):
        done = subprocess.run(asked, check=False, capture_output=True, timeout=_PATIENCE)  # noqa: S603 (no shell)
        if done.returncode == 0 and target.exists():
            return target
    return None


def issue(place: Place) -> Issue:
    """What a reader of the report must know of text that was recognised."""
    told = "the pages are pictures, whose text OCRmyPDF recognised: letters and digits may be wrong in any record"
    return Issue("text-recognised", Severity.NOTE, place, f"{told}; compare what you publish with the pages")
