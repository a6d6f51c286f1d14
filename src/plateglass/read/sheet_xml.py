"""What a workbook's own XML says of a sheet beside its cells: which of them are formulas, what is hidden.

Looked for with patterns over the unpacked bytes, a piece at a time: sheets of a million rows are no rarity.
"""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Final

_CHUNK: Final = 1 << 20
_LONGEST: Final = 1 << 16
"""Bytes of the longest tag that is looked for across the edge of a piece."""
_STARTS: Final = (b"<c ", b"<row ", b"<col ")
_SHEET: Final = re.compile(rb"<(?:\w+:)?sheet\s[^>]*>")
_RELATION: Final = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
_ATTRIBUTE: Final = re.compile(rb"([\w:]+)\s*=\s*[\"']([^\"']*)[\"']")
_FORMULA: Final = re.compile(rb"<(?:\w+:)?c\s(?:[^>]*?\s)?r=\"([A-Z]{1,3})\d+\"[^>]*>\s*<(?:\w+:)?f[\s/>]")
_HIDDEN: Final = re.compile(rb"<(?:\w+:)?(row|col)\s[^>]*\bhidden=\"(?:1|true)\"")


@dataclass
class Facts:
    """What one sheet's XML says."""

    formulas: Counter[str] = field(default_factory=Counter)
    """Letters of a column -> how many of its cells are formulas."""
    hidden_rows: int = 0
    hidden_columns: int = 0
    """Stretches of columns that are hidden."""


def facts(path: Path, name: str) -> Facts:
    """What the XML of the sheet of a name says; nothing where the workbook is of another form."""
    found = Facts()
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            member = _member(archive, name)
            if member:
                with archive.open(member) as file:
                    _look(file, found)
    return found


def _member(archive: zipfile.ZipFile, name: str) -> str:
    """The path of a sheet's XML within the workbook; empty where it is not to be found."""
    try:
        book = archive.read("xl/workbook.xml")
        relations = archive.read("xl/_rels/workbook.xml.rels")
    except KeyError:
        return ""
    targets = {about.get(b"Id"): about.get(b"Target", b"") for about in _tags(_RELATION, relations)}
    for about in _tags(_SHEET, book):
        if _plain(about.get(b"name", b"")) == name:
            relation = next((value for key, value in about.items() if key.endswith(b":id")), b"")
            target = targets.get(relation, b"").decode(errors="replace")
            member = target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl", target))
            return member if member in archive.namelist() else ""
    return ""


def _tags(pattern: re.Pattern[bytes], raw: bytes) -> list[dict[bytes, bytes]]:
    return [dict(_ATTRIBUTE.findall(tag)) for tag in pattern.findall(raw)]


def _plain(raw: bytes) -> str:
    text = raw.decode(errors="replace")
    for entity, sign in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(entity, sign)
    return text


def _look(file: IO[bytes], found: Facts) -> None:
    held = b""
    while chunk := file.read(_CHUNK):
        held += chunk
        last = max(held.rfind(start) for start in _STARTS)
        cut = last if last >= 0 else max(0, len(held) - max(map(len, _STARTS)))
        cut = cut if len(held) - cut < _LONGEST else len(held)
        _count(held[:cut], found)
        held = held[cut:]
    _count(held, found)


def _count(raw: bytes, found: Facts) -> None:
    if b"<f" in raw or b":f" in raw:
        found.formulas.update(letters.decode() for letters in _FORMULA.findall(raw))
    if b"hidden=" in raw:
        for kind in _HIDDEN.findall(raw):
            found.hidden_rows += kind == b"row"
            found.hidden_columns += kind == b"col"
