"""What a file is, told by its bytes and never by its name."""

from __future__ import annotations

import codecs
import json
import zipfile
import zlib
from enum import Enum
from pathlib import Path
from typing import Final

from plateglass.errors import Place, SourceUnreadable
from plateglass.read import captures

HEAD: Final = 256 * 1024


class Container(Enum):
    """What plateglass can open."""

    TEXT = "text"
    WORKBOOK = "a workbook"
    ARCHIVE = "a ZIP archive"
    PDF = "a PDF"
    PAGE = "a saved web page"
    CAPTURE = "a web capture"
    CORPUS = "a Parquet file, or lines of JSON"


_OTHERS: Final = (
    (b"\x1f\x8b", "a gzip archive"), (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"), (b"SQLite format 3", "an SQLite database"),
    (b"\x89PNG", "an image"), (b"\xff\xd8\xff", "an image"), (b"GIF8", "an image"), (b"{\\rtf", "an RTF document"),
    (b"II*\0", "an image"), (b"MM\0*", "an image"), (b"BZh", "a bzip2 archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
)  # fmt: skip
_PAGES: Final = (b"<!doctype html", b"<html", b"<!-- saved from url")
_ENDINGS: Final = {Container.TEXT: (".csv", ".txt", ".tsv", ".md"), Container.ARCHIVE: (".zip", ".wacz"),
                   Container.CAPTURE: (".warc", ".gz"),
                   Container.WORKBOOK: (".xlsx", ".xls", ".xlsb", ".xlsm", ".ods"), Container.PDF: (".pdf",),
                   Container.PAGE: (".html", ".htm"),
                   Container.CORPUS: (".parquet", ".ndjson", ".jsonl", ".gz")}  # fmt: skip
_CONTROLS: Final = bytes(c for c in range(32) if c not in b"\t\n\r\x0b\x0c\x1a\x1b")
_MANY = 0.02


def container(path: Path, place: Place) -> Container:
    """What a file is.

    Raises:
        SourceUnreadable: empty, or something that this version does not read; with what it is.
    """
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head.strip(b"\xef\xbb\xbf\r\n\t \0"):
        raise SourceUnreadable("the file is empty", expected="headings and records", place=place)
    if head.startswith(b"PK"):
        return _zipped(path, head, place)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return Container.WORKBOOK
    if b"%PDF-" in head[:1024]:
        return Container.PDF
    if head.startswith(b"PAR1") or _is_lines(head):
        return Container.CORPUS
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()[:200].lower()
    if start.startswith(_PAGES):
        return Container.PAGE
    if captures.is_capture(head):
        return Container.CAPTURE
    what = _other(head, start)
    if what:
        raise SourceUnreadable(
            f"the file is {what}, which this version does not read", place=place,
            expected="CSV text, a workbook, a PDF, a saved portal page or its capture, or a ZIP of them",
            remedy="ask for the log as exported, in CSV or XLSX",
        )  # fmt: skip
    return Container.TEXT


def _is_lines(head: bytes) -> bool:
    """Whether a file that begins so is lines of JSON, packed or not: its first line is an object of cells."""
    if head.startswith(captures.GZIP):
        try:
            head = zlib.decompressobj(wbits=31).decompress(head, HEAD)
        except zlib.error:
            return False
    first = head.removeprefix(codecs.BOM_UTF8).lstrip().partition(b"\n")[0]
    if not first.startswith(b"{"):
        return False
    try:
        cells = json.loads(first)
    except ValueError:
        return False
    return len(cells) > 1 and not any(isinstance(cell, dict | list) for cell in cells.values())


def _other(head: bytes, start: bytes) -> str:
    for sign, what in _OTHERS:
        if head.startswith(sign):
            return what
    if start.startswith(b"<?xml"):
        return "an XML file"
    if start[:1] in (b"{", b"[") and b'"' in start and b":" in start:
        return "JSON"
    if wide(head):
        return ""
    controls = len(head) - len(head.translate(None, _CONTROLS))
    return "binary" if controls > _MANY * len(head) else ""


def wide(head: bytes) -> str:
    """The name of the UTF-16 encoding of a text that has one, by its mark or by where its zero bytes are."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    even, odd = head[0:4096:2], head[1:4096:2]
    if odd and odd.count(0) > len(odd) // 2 and even.count(0) <= len(even) // 8:
        return "utf-16-le"
    if even and even.count(0) > len(even) // 2 and odd.count(0) <= len(odd) // 8:
        return "utf-16-be"
    return ""


def _zipped(path: Path, head: bytes, place: Place) -> Container:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        what = "workbook" if b"xl/" in head or path.suffix.lower().startswith(".xls") else "ZIP archive"
        raise SourceUnreadable(
            f"the {what} is cut short or damaged", place=place, remedy="fetch it again, or ask for it as CSV"
        ) from error
    if any(name.startswith("xl/") for name in names) or {"mimetype", "content.xml"} <= set(names):
        return Container.WORKBOOK
    if any(name.startswith(("word/", "ppt/")) for name in names):
        raise SourceUnreadable(
            "the file is a document, which this version does not read", expected="CSV text or a workbook", place=place,
            remedy="ask for the log as exported, in CSV or XLSX",
        )  # fmt: skip
    return Container.ARCHIVE


def ending_fits(name: str, found: Container) -> bool:
    """Whether the file's name promises what its bytes are; a name without an ending promises nothing."""
    ending = Path(name).suffix.lower()
    return ending in _ENDINGS[found] or not any(ending in endings for endings in _ENDINGS.values())
