"""The one way in which a template becomes a page: escaped, strict about what is not there, our words as filters."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2

from plateglass import __version__
from plateglass.errors import OutputUnwritable, Place
from plateglass.publish import words
from plateglass.publish.findings import MISSING, REVIEWS

_HERE = Path(__file__).parent
_FILTERS = (
    words.number, words.share, words.percent, words.plural, words.label, words.field, words.month_name,
    words.long_date,
)  # fmt: skip
_GLOBALS = {"version": __version__, "reviews": REVIEWS, "missing": MISSING, "span": words.span}


def environment(**known: Any) -> jinja2.Environment:
    """An environment over all templates and style sheets; `known` is what every template of it may name besides."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader([_HERE / "templates", _HERE / "static"]), autoescape=True,
        undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    made.filters |= {function.__name__: function for function in _FILTERS}
    made.globals |= _GLOBALS | known
    return made


def free(out: Path, first: str) -> None:
    """Whether pages may be written into a folder: there is none, it is empty, or their first page is in it.

    Raises:
        OutputUnwritable: the folder holds something else.
    """
    if out.exists() and (not out.is_dir() or (any(out.iterdir()) and not (out / first).exists())):
        raise OutputUnwritable(
            "the folder holds something else", expected="no such folder, an empty one, or earlier pages",
            place=Place(str(out)), remedy="name another",
        )  # fmt: skip
