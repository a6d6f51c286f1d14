"""plateglass: what released search logs of police systems show, and what they can't.

`plateglass.open("my-case")` is a case in Python; everything else is the command line's.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plateglass.opened import OpenCase

__version__ = "0.1.0"

__all__ = ["__version__", "open"]


def open(folder: str | Path) -> OpenCase:  # noqa: A001 (pg.open, as one opens a file)
    """The case in a folder, read and checked: `searches`, `shares`, `sources`, `agencies`, `findings`.

    Use it as a context manager, or close it: the case is held meanwhile.

    Raises:
        CaseUnusable: there is no case in the folder, or another process holds it.
    """
    from plateglass import opened  # noqa: PLC0415 (the engine is loaded when a case is opened, not before)

    return opened.OpenCase(folder)
