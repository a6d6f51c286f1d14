"""One pass over the bytes of a text: its encoding and newlines, its records counted apart, samples from all over.

The count is independent of the reader that turns records into sightings: a newline ends a record where the number
of quotes before it is even, and blank lines are not records.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

CHUNK: Final = 1 << 20
"""Bytes looked at together."""
_BLOCKS: Final = 256
SAMPLE: Final = 6 * 1024
"""Bytes of one sample."""
_DROPPED: Final = bytes(sorted(set(range(256)) - set(b'"\n\r')))
_QUOTED: Final = re.compile(rb'"[^"]*"')
_BLANK: Final = re.compile(rb"(?<=\n)\r?\n")
_ALONE: Final = re.compile(rb"\r(?!\n)")


@dataclass(frozen=True)
class Sample:
    """A piece of the file that begins with a record."""

    before: int
    """How many records, headings and preamble included, stand before it."""
    raw: bytes


@dataclass
class Scan:
    """What one pass over a text saw."""

    size: int = 0
    records: int = 0
    """Records that are not blank, headings and preamble included."""
    utf8: bool = True
    bom: bool = False
    nuls: int = 0
    returns: bool = False
    """There are carriage returns."""
    alone: bool = False
    """No newline follows one of them."""
    newlines: int = 0
    """Newlines outside quotes."""
    windows: int = 0
    """Those that a carriage return stands before."""
    open_quote: bool = False
    """The number of quotes is odd: one of them was never closed."""
    echoes: int = 0
    """How often the headings' line stands in the text; one is usual."""
    samples: list[Sample] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether it can be read where it lies."""
        uniform = self.windows == self.newlines or not self.returns
        return self.utf8 and not self.nuls and not self.alone and uniform


def scan(path: Path, echo: bytes = b"") -> Scan:
    """Look at a whole text once; `echo` is the line of its headings, whose repetitions are counted."""
    seen = Scan(size=path.stat().st_size)
    with path.open("rb") as file:
        _Pass(seen, echo, max(CHUNK // 16, seen.size // _BLOCKS)).run(file)
    return seen


class _Pass:
    """The state that one pass carries from chunk to chunk."""

    def __init__(self, seen: Scan, echo: bytes, stride: int) -> None:
        self.seen, self.echo, self.stride = seen, echo, stride
        self.decoder = codecs.getincrementaldecoder("utf-8")()
        self.inside = False
        """Whether the chunk begins inside quotes."""
        self.fresh = True
        """Whether the chunk begins a line, outside quotes."""
        self.tail = b""
        """The end of the chunk before, for what lies across the border."""
        self.next_sample = stride
        self.offset = 0

    def run(self, file: BinaryIO) -> None:
        """Look at every chunk once."""
        seen = self.seen
        while chunk := file.read(min(CHUNK, self.stride)):
            while chunk.endswith(b"\r") and (more := file.read(1)):
                chunk += more
            if self.offset == 0:
                seen.bom = chunk.startswith(codecs.BOM_UTF8)
                seen.samples.append(Sample(0, chunk[: 16 * SAMPLE]))
            self._encoding(chunk)
            self._echoes(chunk)
            self._records(chunk)
            self.offset += len(chunk)
        seen.open_quote = self.inside
        if self.offset and not self.fresh:
            seen.records += 1
        if seen.utf8:
            self._decode(b"", final=True)

    def _encoding(self, chunk: bytes) -> None:
        seen = self.seen
        if b"\0" in chunk:
            seen.nuls += chunk.count(b"\0")
        if seen.utf8 and not (chunk.isascii() and not self.decoder.getstate()[0]):
            self._decode(chunk, final=False)

    def _decode(self, chunk: bytes, *, final: bool) -> None:
        try:
            self.decoder.decode(chunk, final)
        except UnicodeDecodeError:
            self.seen.utf8 = False

    def _echoes(self, chunk: bytes) -> None:
        if self.echo:
            self.seen.echoes += (self.tail + chunk).count(self.echo)
            self.tail = chunk[1 - len(self.echo) :] if len(self.echo) > 1 else b""

    def _records(self, chunk: bytes) -> None:
        marks = chunk.translate(None, _DROPPED)  # a tenth of the bytes, and whatever touches there may touch here
        outside, odd = _outside(marks, inside=self.inside)
        ended = outside.count(b"\n")
        self.seen.newlines += ended
        if b"\r" in marks:
            self.seen.returns = True
            self.seen.alone = self.seen.alone or _ALONE.search(chunk) is not None
            self.seen.windows += outside.count(b"\r\n")
        touching = any(ends in marks and ends in chunk for ends in (b"\n\r\n", b"\n\n"))
        blanks = self._blanks(chunk) if touching or self.fresh else 0
        self._sample(chunk)
        self.seen.records += ended - blanks
        self.inside ^= odd
        self.fresh = not self.inside and chunk.endswith(b"\n")

    def _blanks(self, chunk: bytes) -> int:
        """Blank lines outside quotes: looked for only where two newlines touch."""
        if self.fresh and chunk[:2].strip(b"\r\n") and b"\n\n" not in chunk and b"\n\r\n" not in chunk:
            return 0
        whole = (b'"' if self.inside else b"\n" if self.fresh else b"") + chunk
        outside = _QUOTED.sub(b"x", whole).partition(b'"')[0]
        return len(_BLANK.findall(outside))

    def _sample(self, chunk: bytes) -> None:
        if self.offset >= self.next_sample:
            start = self._record_start(chunk)
            if start is not None:
                marks = chunk[:start].translate(None, _DROPPED)
                before = self.seen.records + _outside(marks, inside=self.inside)[0].count(b"\n")
                self.seen.samples.append(Sample(before, chunk[start : start + SAMPLE]))
            self.next_sample = self.offset + self.stride

    def _record_start(self, chunk: bytes) -> int | None:
        """Where the first record that begins in this chunk begins."""
        inside, at = self.inside, 0
        while (end := chunk.find(b"\n", at)) >= 0:
            inside ^= chunk.count(b'"', at, end) % 2 == 1
            at = end + 1
            if not inside and at < len(chunk):
                return at
        return None


def _outside(marks: bytes, *, inside: bool) -> tuple[bytes, bool]:
    """Of a chunk's quotes and line ends, the ends outside quotes; and whether the quotes are odd in number."""
    parts = marks.replace(b'""', b"").split(b'"')
    return b"".join(parts[int(inside) :: 2]), len(parts) % 2 == 0
