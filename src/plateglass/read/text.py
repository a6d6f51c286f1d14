"""A text becomes UTF-8 CSV with its headings first: read where it lies if it can be, else transcribed."""

from __future__ import annotations

import codecs
import re
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from plateglass.errors import Place, SourceUnreadable
from plateglass.read.containers import HEAD, wide
from plateglass.read.records import DELIMITERS, Piece, pieces, plain_heading
from plateglass.read.scan import SAMPLE, Sample, Scan, scan

_LOOK: Final = 60
"""Records from the beginning among which the headings are looked for."""
_FIRST: Final = 300
"""Records looked at from the beginning, some at a time."""
_TOGETHER: Final = 20
_LATER: Final = 8
"""Records looked at from every later place: with 256 places that tells what the columns hold."""
_SHORT: Final = 12
_PATTERN_SIGNS: Final = "*?[]{}"

_CLEAR: Final = 3
"""Names that layouts know, in one record: it is headings, and no sentence that happens to hold such a word."""
_BEYOND: Final = re.compile(r"[^\x00-\x7f]{2,}")


@dataclass(frozen=True)
class Block:
    """Some records that follow each other, from one place of the file."""

    start: int
    """The number of the first of them, from 1."""
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Text:
    """A table as UTF-8 CSV whose first record is the headings."""

    path: Path
    encoding: str
    """The encoding of the file as released."""
    delimiter: str
    headings: tuple[str, ...]
    preamble: int
    """Lines that stood before the headings and are no records."""
    above: int
    """Lines of records that stood above the headings; they are read below them."""
    records: int
    """Records below the headings, counted apart from every reader."""
    open_quote: bool
    repeated: bool
    """The headings' line stands more than once."""
    nuls: int
    blocks: tuple[Block, ...]

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """All sampled records."""
        return tuple(row for block in self.blocks for row in block.rows)


@dataclass(frozen=True)
class _Top:
    """Where the headings are."""

    delimiter: str
    lines: int
    """Physical lines before them that are no records."""
    piece: Piece
    above: int = 0
    """Physical lines after those and before them that are as wide as they are: records."""


def prepare(path: Path, target: Path, vocabulary: frozenset[str], place: Place) -> Text:
    """Make a text readable by name: find its encoding, its headings, its samples; transcribe it where needed.

    `vocabulary` holds every heading that any layout names, as it is compared.

    Raises:
        SourceUnreadable: not text in any encoding that is read here, or nothing that could be headings.
    """
    with path.open("rb") as file:
        head = file.read(HEAD)
        encoding = wide(head)
        head += file.read(HEAD) if encoding else b""
    beginning = _decoded(head, encoding or "utf-8")
    if len(head) >= HEAD and "\n" not in beginning and "\r" not in beginning:
        raise SourceUnreadable(
            f"the first line has more than {HEAD >> 10} KiB", expected="a line of headings", place=place,
            remedy="no log has so many columns; ask for it as exported",
        )  # fmt: skip
    top = _top(beginning, vocabulary, place)
    if not encoding:
        seen = scan(path, _echo(top))
        encoding = ("utf-8-sig" if seen.bom else "utf-8") if seen.utf8 else "cp1252"
        if seen.clean and not top.lines and not top.above:
            return _text(_literal(path, target), encoding, top, seen, seen.nuls)
    nuls = transcribe(path, target, encoding, top.lines, (top.above, top.piece.text.count("\n") + 1))
    return _text(target, encoding, top, scan(target, _echo(top)), nuls)


def _text(path: Path, encoding: str, top: _Top, seen: Scan, nuls: int) -> Text:
    headings = tuple(cell.replace("\ufeff", "").strip() for cell in top.piece.cells)
    blocks = [block for sample in seen.samples for block in _blocks(sample, top.delimiter, headings, seen.size)]
    return Text(
        path=path, encoding=encoding, delimiter=top.delimiter, headings=headings, preamble=top.lines,
        above=top.above, records=max(0, seen.records - 1), open_quote=seen.open_quote, repeated=seen.echoes > 1,
        nuls=nuls, blocks=tuple(blocks),
    )  # fmt: skip


def _literal(path: Path, target: Path) -> Path:
    """A path that can't be taken for a pattern over many files: a link beside the transcriptions where it could be."""
    if not any(sign in str(path) for sign in _PATTERN_SIGNS):
        return path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    try:
        target.symlink_to(path.resolve())
    except OSError:
        shutil.copyfile(path, target)
    return target


def _decoded(head: bytes, encoding: str) -> str:
    """The beginning of a text, whole lines only where it goes on."""
    if encoding.startswith("utf-16"):
        text = head[: len(head) // 2 * 2].decode(encoding, errors="replace")
    else:
        try:
            text = codecs.getincrementaldecoder("utf-8-sig")().decode(head)
        except UnicodeDecodeError:
            text = head.decode("cp1252", errors="c1")
    text = text.replace("\0", "").removeprefix("\ufeff")
    return text.rpartition("\n")[0] if len(head) >= HEAD and "\n" in text else text


def _top(text: str, vocabulary: frozenset[str], place: Place) -> _Top:
    """The headings: the record with most headings that a layout names, else the first of the usual width."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    best: tuple[int, _Top] | None = None
    for delimiter in DELIMITERS:
        found = _headings(list(islice(pieces(text, delimiter), _LOOK)), delimiter, vocabulary)
        if found is not None and (best is None or found[0] > best[0]):
            best = found
    if best is not None and (best[0] > 1 or len(best[1].piece.cells) <= best[0]):
        return best[1]
    return _unknown_top(text, place)


def _headings(some: Sequence[Piece], delimiter: str, vocabulary: frozenset[str]) -> tuple[int, _Top] | None:
    """The first record that is mostly names that layouts know, else the one with most of them; and how many."""
    scores = [len({plain_heading(cell) for cell in piece.cells} & vocabulary) for piece in some]
    full = [sum(1 for cell in piece.cells if cell.strip()) for piece in some]
    clear = [score == n > 1 or (score >= _CLEAR and 2 * score >= n) for score, n in zip(scores, full, strict=True)]
    mostly = (at for at in range(len(some)) if clear[at])
    best = next(mostly, max(range(len(some)), key=scores.__getitem__, default=0))
    if not some or not scores[best]:
        return None
    width = len(some[best].cells)
    first = next((at for at in range(best) if width >= _CLEAR and len(some[at].cells) == width and full[at] > 1), best)
    before, above = (sum(piece.text.count("\n") + 1 for piece in part) for part in (some[:first], some[first:best]))
    return scores[best], _Top(delimiter, before, some[best], above)


def _unknown_top(text: str, place: Place) -> _Top:
    """The first record of the width that most records have, by the delimiter that makes them widest."""
    guesses: list[tuple[int, _Top]] = []
    for delimiter in DELIMITERS:
        found = [piece for piece in islice(pieces(text, delimiter), _LOOK) if piece.text.strip()]
        width = Counter(len(piece.cells) for piece in found).most_common(1)[0][0] if found else 0
        lines = 0
        for piece in pieces(text, delimiter):
            if len(piece.cells) == width and piece.text.strip():
                guesses.append((width, _Top(delimiter, lines, piece)))
                break
            lines += piece.text.count("\n") + 1
    width, top = max(guesses, key=lambda guess: guess[0], default=(0, None))
    if top is None or width <= 1:
        raise SourceUnreadable(
            "no headings and records in columns were found", expected="CSV text with a line of headings", place=place,
            remedy="ask for the log as exported, in CSV or XLSX",
        )  # fmt: skip
    return top


def _echo(top: _Top) -> bytes:
    """The headings' first line, by whose repetition stacked exports are seen."""
    line = top.piece.text.partition("\n")[0].strip()
    return line.encode() if len(line) >= _SHORT else b""


def _blocks(sample: Sample, delimiter: str, headings: tuple[str, ...], size: int) -> Iterator[Block]:
    """The records of one sample, some at a time; the last is left out where it may be cut off."""
    text = sample.raw.decode("utf-8-sig", errors="replace")
    cut = len(sample.raw) < size and not (sample.raw.endswith(b"\n") and len(sample.raw) < SAMPLE)
    if cut:
        text = text.rpartition("\n")[0]
    most = _LATER if sample.before else _FIRST
    first = 0 if sample.before else 1
    found = [piece.cells for piece in islice(pieces(text, delimiter), most + 2) if piece.text]
    found = found[first : -1 if cut and len(found) > first + 1 else None][:most]
    for at in range(0, len(found), _TOGETHER):
        rows = tuple(row[: len(headings)] for row in found[at : at + _TOGETHER] if _is_row(row, headings))
        yield Block(max(1, sample.before) + at, rows)


def _is_row(cells: tuple[str, ...], headings: tuple[str, ...]) -> bool:
    """Whether a sampled record has the table's width and is not its headings again."""
    wide_enough = len(cells) == len(headings) or (len(cells) == len(headings) + 1 and not cells[-1].strip())
    return wide_enough and tuple(cell.strip() for cell in cells[: len(headings)]) != headings


def _c1(error: UnicodeError) -> tuple[str, int]:
    """Bytes that Windows-1252 leaves open, as the control characters that browsers read them as."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("latin-1"), error.end


codecs.register_error("c1", _c1)


def transcribe(path: Path, target: Path, encoding: str, skip: int, above: tuple[int, int] = (0, 0)) -> int:
    """Write a text as UTF-8 with plain newlines, without its first lines and its zero bytes; give their number.

    `above` are so many lines that stand above so many of headings: the headings are written first.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    nuls = 0
    errors = "c1" if encoding == "cp1252" else "replace"
    with (
        path.open(encoding=encoding, errors=errors, newline=None) as read,
        target.open("w", encoding="utf-8", newline="\n") as written,
    ):
        for _ in range(skip):
            read.readline()
        first = "".join(read.readline() for _ in range(above[0]))
        if first:
            headings = "".join(read.readline() for _ in range(above[1]))
            first = headings + "\n" * (not headings.endswith("\n")) + first
            nuls += first.count("\0")
            written.write(first.replace("\0", "").removeprefix("\ufeff"))
        while chunk := read.read(1 << 20):
            if "\0" in chunk:
                nuls += chunk.count("\0")
                chunk = chunk.replace("\0", "")
            written.write(chunk.removeprefix("\ufeff"))
    return nuls


def misread(cell: str) -> bool:
    """Whether a cell holds UTF-8 that somebody took for Windows-1252: such pairs of signs are in no language."""
    return not cell.isascii() and any(map(_unread, _BEYOND.findall(cell)))


def _unread(signs: str) -> bool:
    try:
        signs.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return False
    return True


def vocabulary(groups: Iterable[Sequence[str]]) -> frozenset[str]:
    """Every heading of some groups, as it is compared."""
    return frozenset(plain_heading(heading) for group in groups for heading in group)


def spaced(name: str) -> str:
    """A name from a file's name: underscores as blanks, runs of blanks as one."""
    return " ".join(re.sub(r"[_\s]+", " ", name).split())
