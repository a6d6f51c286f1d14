"""Web captures (WARC, ISO 28500): the pages and files that a server answered with become sources, each by its own hash.

A capture says which address was asked and when; a page is called by both, so that a portal's page is known by its name
as a saved one is. Nothing of a capture is run or followed. What a server answered besides (scripts, styles, pictures,
refusals, pages that it says did not change) is counted and left out.
"""

from __future__ import annotations

import gzip
import hashlib
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from plateglass.errors import Issue, Place, Severity, SourceRefused
from plateglass.model import Source

ENDINGS: Final = (".warc", ".warc.gz")
SIGN: Final = b"WARC/"
GZIP: Final = b"\x1f\x8b"
MAX_ANSWER: Final = 256 << 20
"""Bytes of the largest answer that is read."""
MAX_RATIO: Final = 400
"""How many times larger than packed a capture may be; pages pack five to twenty times."""
FREE: Final = 64 << 20
_HEAD: Final = 1 << 20
"""Bytes that the headers of a record may have."""
_GOOD: Final = b"200"
_READ: Final = {
    "text/html": ".html", "application/xhtml+xml": ".html", "text/csv": ".csv", "application/csv": ".csv",
    "application/pdf": ".pdf", "application/vnd.ms-excel": ".xls",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}  # fmt: skip
"""Kinds of answer that may hold records."""
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+")


class _Broken(Exception):
    """A capture does not go on as a capture does."""


@dataclass(frozen=True)
class _Answer:
    """What a server answered at one address."""

    address: str
    day: str
    kind: str
    body: bytes


def is_capture(head: bytes) -> bool:
    """Whether a file that begins so is a capture, packed or not."""
    if head.startswith(GZIP):
        try:
            head = zlib.decompressobj(wbits=31).decompress(head, 64)
        except zlib.error:
            return False
    return head.startswith(SIGN)


def members(path: Path, name: str, folder: Path) -> Iterator[Source | Issue]:
    """The answers of a capture as sources, written into `folder`; what is left out is counted.

    Raises:
        SourceRefused: the capture unpacks to more than it may.
    """
    folder.mkdir(parents=True, exist_ok=True)
    left_out: Counter[str] = Counter()
    taken = 0
    try:
        with path.open("rb") as raw:
            packed = raw.read(len(GZIP)) == GZIP
        with gzip.open(path) if packed else path.open("rb") as file:
            for answer in _answers(_Measured(file, path, name), left_out):
                taken += 1
                yield _written(answer, name, folder / f"{taken}{_READ[answer.kind]}")
    except (_Broken, EOFError, zlib.error, gzip.BadGzipFile) as error:
        told = f"the capture is cut short or damaged behind its answer {taken}" + (f": {error}" if str(error) else "")
        yield Issue("source-unreadable", Severity.SOURCE, Place(name), f"{told.lower()}; what is before it is read")
    if left_out:
        told = ", ".join(f"{number:,} {what}" for what, number in sorted(left_out.items()))
        yield Issue("capture-left-out", Severity.NOTE, Place(name), f"of the capture was left out: {told}")
    elif not taken:
        yield Issue("source-unreadable", Severity.SOURCE, Place(name), "the capture holds no answer of a server")


class _Measured:
    """A capture while it is read, its unpacked bytes counted as they come."""

    def __init__(self, file: gzip.GzipFile | BufferedReader, path: Path, name: str) -> None:
        self._file, self._name = file, name
        self._most = max(FREE, MAX_RATIO * path.stat().st_size)
        self._count = 0

    def line(self) -> bytes:
        """The next line."""
        return self._counted(self._file.readline(_HEAD))

    def take(self, number: int) -> bytes:
        """So many bytes."""
        found = self._counted(self._file.read(number))
        if len(found) < number:
            raise _Broken
        return found

    def skip(self, number: int) -> None:
        """Pass over so many bytes."""
        while number > 0:
            number -= len(self.take(min(number, 1 << 20)))

    def _counted(self, found: bytes) -> bytes:
        self._count += len(found)
        if self._count > self._most:
            raise SourceRefused(
                f"the capture unpacks to more than {MAX_RATIO} times its size", place=Place(self._name),
                remedy="unpack it yourself if you trust it, and give the pages",
            )  # fmt: skip
        return found


def _answers(file: _Measured, left_out: Counter[str]) -> Iterator[_Answer]:
    """Every answer that may hold records; the others are counted."""
    while line := file.line():
        if not line.strip():
            continue
        if not line.startswith(SIGN):
            raise _Broken("a record does not begin as one of a capture")
        about = _headers(file)
        length = about.get("content-length", "")
        if not length.isdecimal():
            raise _Broken("a record does not say how long it is")
        what = about.get("warc-type", "")
        if what not in ("response", "resource") or int(length) > MAX_ANSWER:
            file.skip(int(length))
            if what in ("response", "resource", "revisit"):
                left_out["pages that did not change since" if what == "revisit" else "answers too large"] += 1
            continue
        answer, why = _answer(about, file.take(int(length)), http=what == "response")
        if answer is not None:
            yield answer
        elif why:
            left_out[why] += 1


def _headers(file: _Measured) -> dict[str, str]:
    lines, size = [], 0
    while (line := file.line()).strip():
        size += len(line)
        if size > _HEAD:
            raise _Broken("the headers of a record do not end")
        lines.append(line)
    return _fields(b"".join(lines))


def _fields(raw: bytes) -> dict[str, str]:
    """Headers by their names in lower case; the first of each name."""
    found: dict[str, str] = {}
    for line in raw.splitlines():
        key, colon, value = line.partition(b":")
        if colon:
            found.setdefault(key.decode("latin-1").strip().lower(), value.decode("utf-8", errors="replace").strip())
    return found


def _answer(about: Mapping[str, str], block: bytes, *, http: bool) -> tuple[_Answer | None, str]:
    """The answer of a record; or why it is left out, nothing where it is no answer at all."""
    address = about.get("warc-target-uri", "").strip("<>")
    if not address.startswith(("http:", "https:")):
        return None, ""
    fields, body = dict(about), block
    if http:
        head, _, body = block.partition(b"\r\n\r\n")
        status, _, rest = head.partition(b"\r\n")
        if status.split(b" ")[1:2] != [_GOOD]:
            return None, "answers that are refusals or lead elsewhere"
        fields = _fields(rest)
    kind = fields.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _READ:
        return None, "answers of other kinds, such as scripts and pictures"
    plain = _plain(body, fields) if http else body
    if plain is None:
        return None, "answers packed in a way that is not read"
    return _Answer(address, about.get("warc-date", "")[:10], kind, plain), ""


def _plain(body: bytes, fields: Mapping[str, str]) -> bytes | None:
    """An answer as the server meant it: put together from its chunks, and unpacked."""
    if fields.get("transfer-encoding", "").lower() == "chunked":
        body = _together(body)
    packed = fields.get("content-encoding", "identity").lower()
    if packed in ("identity", ""):
        return body
    if packed in ("gzip", "x-gzip", "deflate"):
        unpack = zlib.decompressobj(wbits=47 if packed != "deflate" else 15)
        try:
            plain = unpack.decompress(body, MAX_ANSWER)
        except zlib.error:  # some writers of captures unpack the answer and leave its header
            return body if body.lstrip()[:1] == b"<" else None
        return None if unpack.unconsumed_tail else plain
    return None


def _together(body: bytes) -> bytes:
    """The chunks of an answer put together; a body that is none of chunks stays as it is."""
    parts: list[bytes] = []
    at = 0
    while (end := body.find(b"\r\n", at)) >= 0:
        size = re.fullmatch(rb"([0-9A-Fa-f]{1,8})(;.*)?", body[at:end].strip())
        if size is None:
            return body
        length = int(size[1], 16)
        if not length:
            return b"".join(parts)
        parts.append(body[end + 2 : end + 2 + length])
        at = end + 2 + length + 2
    return b"".join(parts) if parts else body


def _written(answer: _Answer, name: str, target: Path) -> Source:
    """An answer as a source, called by the last part of its address and the day."""
    target.write_bytes(answer.body)
    parts = urlsplit(answer.address)
    last = unquote(parts.path).rstrip("/").rpartition("/")[2] or parts.hostname or "page"
    ending = _READ[answer.kind]
    bare = _UNSAFE.sub("-", last.removesuffix(ending))[:120].strip(".-") or "page"
    called = (
        f"{name}/{bare}__{answer.day}{ending}" if re.fullmatch(r"\d{4}-\d\d-\d\d", answer.day) else f"{name}/{bare}"
    )
    return Source(hashlib.sha256(answer.body).hexdigest(), called, target, len(answer.body))
