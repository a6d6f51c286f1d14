"""What one form comes to, and dates as such forms want them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from plateglass.register import edtf

_PLAIN = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
DAY = 10
"""The length of a date that says its day."""


@dataclass(frozen=True)
class Made:
    """Files by name, and what they don't hold."""

    files: Mapping[str, str]
    lost: tuple[str, ...]


def plain(text: str | None) -> str | None:
    """A date without its mark of doubt, cut before the first digit that is not given; None where no year is given."""
    if not text:
        return None
    bare = re.sub(r"[?~%]$", "", text)
    bare = re.sub(r"-XX.*$", "", bare)
    return bare if _PLAIN.fullmatch(bare) else None


def ends(text: str | None) -> tuple[str | None, str | None]:
    """The start and the end of an interval, each plain."""
    if not text:
        return None, None
    held = edtf.span(text)
    return plain(held.start.text if held.start else None), plain(held.end.text if held.end else None)


def exact(text: str | None) -> bool:
    """Whether nothing of a date is lost in its plain form."""
    if not text:
        return True
    parts = [p for p in text.split("/") if p not in ("", "..")]
    return all(plain(p) == p for p in parts) and ".." not in text
