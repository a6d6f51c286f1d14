"""Broken copies of every fixture, read and normalised in this process: `make fuzz N=2000 SEED=1`.

Of each input must hold: no crash, no hang; what is not read is said; every record that is there is accepted or
rejected, once, under its own number; where the broken copy was made record by record, as many as were written; where
single bytes were broken, every record that no byte of was touched; and no message holds a value of a record.

An input is made from the seed and its number alone, so that one that fails can be made again by itself.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import random
import re
import signal
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType
from typing import Final
from urllib.parse import quote

import pdfs
from plateglass import normalise, read, workbook
from plateglass.catalogue import Catalogue
from plateglass.errors import Issue, Severity
from plateglass.intake import Reader
from plateglass.model import Ingested
from plateglass.store import Store

FIXTURES: Final = Path(__file__).parent / "fixtures"
PATIENCE: Final = 60
"""Seconds for one input; no fixture takes one."""
_RENEWED: Final = 250
"""Inputs after which a new store is opened, as a new run would."""
_KEY: Final = b"k" * 32
SECRETS: Final = re.compile(r"ZZT0\d\d\d|8ZZZ1\d\d|Ada Example|Bo Sample|26-9000\d\d")

Rows = list[list[str]]


@dataclass(frozen=True)
class Input:
    """One broken copy."""

    number: int
    name: str
    content: bytes
    how: str
    """The fixture and what was done to it."""
    records: int | None = None
    """How many records were written, where that is known apart from every reader."""
    intact: tuple[bytes, ...] = ()
    """Records whose bytes were not touched, where single bytes were broken."""


@dataclass
class Verdict:
    """What became of one input."""

    wrong: list[str] = field(default_factory=list)
    tables: int = 0
    records: int = 0


# --- fixtures ----------------------------------------------------------------------------------------------------


@cache
def texts() -> tuple[tuple[str, bytes], ...]:
    """Every fixture that is CSV text: its name, and its bytes."""
    paths = [*sorted((FIXTURES / "layouts").rglob("*.csv")), *sorted((FIXTURES / "broken").glob("*.csv"))]
    return tuple((f"{path.parent.name}/{path.name}", path.read_bytes()) for path in paths)


@cache
def pages() -> tuple[tuple[str, bytes], ...]:
    """Every fixture that is a web page."""
    paths = sorted((FIXTURES / "layouts").rglob("*.html"))
    return tuple((f"{path.parent.name}/{path.name}", path.read_bytes()) for path in paths)


def _parsed(content: bytes) -> Rows:
    text = content.decode("utf-8-sig", errors="replace").replace("\r\n", "\n").replace("\0", "")
    return [row for row in csv.reader(io.StringIO(text)) if row]


def _tabular(dice: random.Random) -> tuple[str, Rows]:
    """A fixture as rows, repeated to some length: its headings, and at least a few records."""
    while True:
        name, content = dice.choice(texts())
        rows = _parsed(content)
        if name.startswith("broken") or len(rows) < 2 or len(rows[0]) < 2:
            continue
        if any(len(row) != len(rows[0]) for row in rows) or _headed_late(name):
            continue
        return name, [rows[0], *(list(row) for row in rows[1:] * dice.choice((1, 1, 2, 12)))]


def _headed_late(name: str) -> bool:
    return name.startswith("preamble")


# --- broken record by record -------------------------------------------------------------------------------------

HOSTILE: Final = (
    "", " ", "-", '"', '""', 'a "b" c', "a,b", "a\nb", "a\r\nb", "\n\n\n", "\0", "=1+1", "<script>", "\x1b[2J",
    "\u202eabc", "é", "Â§", "\ufeff", "\U0001f692", "x" * 3_000, "9" * 40, "1E+25", "12/31/9999, 11:59:59 PM UTC",
    "13/45/2025", "NULL", "\\", "'; DROP TABLE x; --", "\t", ";", "\u2028", "\x1a", "a\x0bb", "\x85",
)  # fmt: skip


def _blank_cell(rows: Rows, dice: random.Random) -> None:
    row = dice.choice(rows[1:])
    row[dice.randrange(len(row))] = ""


def _hostile_cell(rows: Rows, dice: random.Random) -> None:
    row = dice.choice(rows[1:])
    row[dice.randrange(len(row))] = dice.choice(HOSTILE)


def _moved_cell(rows: Rows, dice: random.Random) -> None:
    row = dice.choice(rows[1:])
    row.insert(dice.randrange(len(row)), row.pop(dice.randrange(len(row))))


def _missing_cell(rows: Rows, dice: random.Random) -> None:
    row = dice.choice(rows[1:])
    row.pop(dice.randrange(len(row)))


def _extra_cell(rows: Rows, dice: random.Random) -> None:
    dice.choice(rows[1:]).insert(dice.randrange(len(rows[0])), dice.choice(HOSTILE))


def _missing_row(rows: Rows, dice: random.Random) -> None:
    rows.pop(dice.randrange(1, len(rows)))


def _row_again(rows: Rows, dice: random.Random) -> None:
    rows.insert(dice.randrange(1, len(rows)), list(dice.choice(rows[1:])))


def _shuffled(rows: Rows, dice: random.Random) -> None:
    rows[1:] = dice.sample(rows[1:], len(rows) - 1)


def _blank_row(rows: Rows, dice: random.Random) -> None:
    rows.insert(dice.randrange(1, len(rows)), [])


def _row_of_blanks(rows: Rows, dice: random.Random) -> None:
    rows.insert(dice.randrange(1, len(rows)), [""] * len(rows[0]))


def _headings_again(rows: Rows, dice: random.Random) -> None:
    rows.insert(dice.randrange(1, len(rows)), list(rows[0]))


def _columns_moved(rows: Rows, dice: random.Random) -> None:
    order = dice.sample(range(len(rows[0])), len(rows[0]))
    rows[:] = [[row[at] for at in order] for row in rows]


def _column_gone(rows: Rows, dice: random.Random) -> None:
    at = dice.randrange(len(rows[0]))
    rows[:] = [row[:at] + row[at + 1 :] for row in rows]


def _column_more(rows: Rows, dice: random.Random) -> None:
    at, cell = dice.randrange(len(rows[0])), dice.choice(HOSTILE)
    rows[:] = [[*row[:at], cell if number else "More", *row[at:]] for number, row in enumerate(rows)]


def _shifted_from(rows: Rows, dice: random.Random) -> None:
    """From some record on, every record lacks a cell, or has one more, or its cells stand one to the right."""
    at, start, how = dice.randrange(len(rows[0])), dice.randrange(1, len(rows)), dice.randrange(3)
    for row in rows[start:]:
        if how != 1:
            row.insert(at, "")
        if how:
            row.pop()


def _stacked(rows: Rows, dice: random.Random) -> None:
    """Another fixture's table below this one, with or without its headings."""
    _, other = _tabular(dice)
    rows += other[dice.randrange(2) :]


def _stacked_narrower(rows: Rows, dice: random.Random) -> None:
    """The same table again below this one, with fewer columns in another order under headings of their own."""
    order = dice.sample(range(len(rows[0])), dice.randint(1, len(rows[0])))
    if all(len(row) == len(rows[0]) for row in rows):
        rows += [[row[at] for at in order] for row in rows]


TABULAR: Final[tuple[Callable[[Rows, random.Random], None], ...]] = (
    _blank_cell, _hostile_cell, _moved_cell, _missing_cell, _extra_cell, _missing_row, _row_again, _shuffled,
    _blank_row, _row_of_blanks, _headings_again, _columns_moved, _column_gone, _column_more, _shifted_from, _stacked,
    _stacked_narrower,
)  # fmt: skip
_SQUARE: Final = (_columns_moved, _column_gone, _column_more)
"""What needs records of one width, and so goes first."""


def _broken_rows(dice: random.Random) -> tuple[str, Rows]:
    name, rows = _tabular(dice)
    done = sorted(dice.sample(TABULAR, dice.randint(1, 3)), key=lambda each: each not in _SQUARE)
    for each in done:
        if len(rows) > 1 and all(rows[1:]):
            each(rows, dice)
    return f"{name}: {', '.join(each.__name__.strip('_') for each in done)}", rows


def _as_text(rows: Rows, dice: random.Random) -> tuple[str, bytes, int | None]:
    """Rows as CSV of some kind; and how many records that are not blank it holds, headings apart."""
    newline = dice.choice(("\n", "\n", "\r\n", "\r\n", "\r"))
    delimiter = dice.choice((",", ",", ",", ";", "\t"))
    # a newline within a cell is quoted whatever ends the records: unquoted it would end one
    plain = newline != "\r" and not any("\r" in cell for row in rows for cell in row)
    every = not plain or dice.random() < 0.3
    out = io.StringIO()
    csv.writer(
        out, lineterminator=newline, delimiter=delimiter, quoting=csv.QUOTE_ALL if every else csv.QUOTE_MINIMAL
    ).writerows(rows)
    encoding = dice.choice(("utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "cp1252"))
    text = out.getvalue()
    if dice.random() < 0.3:
        text = text.rstrip("\r\n")
    said = f"{encoding} {delimiter!r} {newline!r}"
    return said, text.encode(encoding, errors="replace"), sum(map(bool, rows)) - 1


# --- broken byte by byte -----------------------------------------------------------------------------------------

_BITS: Final = (
    b'"',
    b"\n",
    b"\r",
    b"\r\n",
    b",",
    b";",
    b"\t",
    b"\0",
    b"\xff",
    b"\x93",
    b"\xe2\x80",
    b"\x1a",
    b"<",
    b"&",
)


def _bytes(content: bytes, dice: random.Random) -> tuple[str, bytes]:
    """Some bytes changed, put in, taken out or doubled, or the rest cut off."""
    done = []
    for _ in range(dice.choice((1, 1, 1, 2, 5))):
        at = dice.randrange(len(content) + 1)
        length = dice.choice((1, 1, 2, 8, 200))
        how = dice.choice(("change", "put in", "take out", "double", "cut", "a sign"))
        if how == "change":
            content = content[:at] + dice.randbytes(min(length, 8)) + content[at + min(length, 8) :]
        elif how == "put in":
            content = content[:at] + dice.randbytes(min(length, 8)) + content[at:]
        elif how == "take out":
            content = content[:at] + content[at + length :]
        elif how == "double":
            content = content[: at + length] + content[at:]
        elif how == "cut":
            content = content[:at]
        else:
            content = content[:at] + dice.choice(_BITS) + content[at:]
        done.append(how)
    return ", ".join(done), content


def _whole(content: bytes) -> list[bytes]:
    """The records of a good CSV text as their bytes, headings apart."""
    found, start, inside = [], 0, False
    for at, byte in enumerate(content):
        if byte == ord('"'):
            inside = not inside
        elif byte == ord("\n") and not inside:
            found.append(content[start : at + 1])
            start = at + 1
    return [record for record in found[1:] if record.strip()]


def _intact(before: bytes, after: bytes) -> tuple[bytes, ...]:
    """Records that still stand whole between two newlines; none where the headings were touched."""
    head = before.partition(b"\n")[0] + b"\n"
    if not after.startswith(head):
        return ()
    found: list[bytes] = []
    for record, times in Counter(_whole(before)).items():
        found += [record] * min(times, after.count(b"\n" + record))
    return tuple(found)


# --- inputs ------------------------------------------------------------------------------------------------------


def _text_by_rows(number: int, dice: random.Random) -> Input:
    how, rows = _broken_rows(dice)
    said, content, records = _as_text(rows, dice)
    return Input(number, "log.csv", content, f"{how}; {said}", records)


def _text_by_bytes(number: int, dice: random.Random) -> Input:
    name, before = dice.choice(texts())
    good = not name.startswith("broken") and before.count(b'"') % 2 == 0 and before.endswith(b"\n")
    good &= not _headed_late(name) and b"\0" not in before
    if good:
        before += b"".join(_whole(before)) * dice.choice((0, 1, 9))
    how, after = _bytes(before, dice)
    intact = _intact(before, after) if good else ()
    return Input(number, "log.csv", after, f"{name}: {how}", intact=intact)


def _workbook(number: int, dice: random.Random) -> Input:
    how, rows = _broken_rows(dice)
    path = Path(_folder()) / "made.xlsx"
    rows = [[re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", cell) for cell in row] for row in rows]
    sheets = dice.choice((1, 1, 1, 1, 2))
    workbook.write(path, {f"Sheet{at}": rows for at in range(sheets)})
    content, records = path.read_bytes(), None
    if dice.random() < 0.4:
        said, content = _bytes(content, dice)
        how += f"; {said}"
    elif any(rows[0]):
        records = sheets * (sum(any(row) for row in rows) - 1)
    return Input(number, "log.xlsx", content, how, records)


def _page(number: int, dice: random.Random) -> Input:
    name, content = dice.choice(pages())
    if dice.random() < 0.5:
        _, rows = _broken_rows(dice)
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(rows)
        content = re.sub(rb"(data:text/csv[^,\"]*,)[^\"']*", lambda m: m[1] + quote(out.getvalue()).encode(), content)
    how, content = _bytes(content, dice)
    return Input(number, "example-ca-pd__2026-04-24.html", content, f"{name}: {how}")


def _archive(number: int, dice: random.Random) -> Input:
    out, how, records = io.BytesIO(), [], 0
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for at in range(dice.randint(1, 3)):
            name, rows = _tabular(dice)
            made = io.StringIO()
            csv.writer(made).writerows(rows)
            archive.writestr(f"{at}-{name.replace('/', '-')}", made.getvalue() + "\n" * at)
            records += len(rows) - 1
            how.append(name)
    content = out.getvalue()
    if dice.random() < 0.3:
        return Input(number, "release.zip", content, "; ".join(how), records)
    said, content = _bytes(content, dice)
    return Input(number, "release.zip", content, f"{'; '.join(how)}: {said}")


def _capture(number: int, dice: random.Random) -> Input:
    """A web capture of pages and logs, packed or not, whole or broken."""
    parts, how, records = [b"WARC/1.0\r\nWARC-Type: warcinfo\r\nContent-Length: 0\r\n\r\n\r\n\r\n"], [], 0
    for at in range(dice.randint(1, 3)):
        name, rows = _tabular(dice)
        made = io.StringIO()
        csv.writer(made).writerows(rows)
        block = b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\n\r\n" + made.getvalue().encode() + b"\n" * at
        head = (
            f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.example/{at}-{name.rpartition('/')[2]}\r\n"
        )
        parts.append(f"{head}Content-Length: {len(block)}\r\n\r\n".encode() + block + b"\r\n\r\n")
        records += len(rows) - 1
        how.append(name)
    content = b"".join(map(gzip.compress, parts) if dice.random() < 0.5 else parts)
    if dice.random() < 0.3:
        return Input(number, "portal.warc", content, "; ".join(how), records)
    said, content = _bytes(content, dice)
    return Input(number, "portal.warc", content, f"{'; '.join(how)}: {said}")


def _printed(number: int, dice: random.Random) -> Input:
    """A print whose words, places, lines or bytes are broken."""
    sheets: list[pdfs.Sheet] = []
    at = 0
    left = (20, 190, 300, 410, 540)
    for _ in range(dice.randint(1, 3)):
        sheet, y = pdfs.Sheet(), 40
        if not sheets or dice.random() < 0.5:
            for x, words in zip(
                left, ("ID", "Org Name", "Total Networks Searched", "Reason", "Search Time"), strict=True
            ):
                sheet.text(x, y, words)
        for _ in range(dice.randint(0, 20)):
            y, at = y + dice.choice((12, 12, 12, 30)), at + 1
            reason, when = dice.choice(("bolo", "", "x" * 90)), "11/14/2025, 09:53:36 AM UTC"
            cells = (f"00000000-0000-4000-8000-{at:012d}", "Exampleville FL PD", str(at), reason, when)
            for x, words in zip(left, cells, strict=True):
                sheet.text(x + dice.choice((0, 0, 0, 0, 25)), y, words)
        if dice.random() < 0.2:
            sheet.box(dice.randrange(700), dice.randrange(500), 200, 30)
        sheets.append(sheet)
    path = pdfs.write(Path(_folder()) / "made.pdf", sheets)
    how, content = _bytes(path.read_bytes(), dice) if dice.random() < 0.7 else ("whole", path.read_bytes())
    return Input(number, "log.pdf", content, f"a print of {len(sheets)} pages: {how}")


@cache
def _folder() -> str:
    return _kept.name


_kept = TemporaryDirectory(prefix="plateglass-fuzz-")

KINDS: Final[tuple[tuple[Callable[[int, random.Random], Input], int], ...]] = (
    (_text_by_rows, 40), (_text_by_bytes, 30), (_workbook, 14), (_page, 7), (_archive, 4), (_capture, 3), (_printed, 2),
)  # fmt: skip
"""What makes an input, and how often of a hundred."""


def made(seed: int, number: int) -> Input:
    """One input, from the seed and its number alone."""
    dice = random.Random(f"{seed}/{number}")  # noqa: S311 (broken files, no secrets)
    [make] = dice.choices([kind for kind, _ in KINDS], [weight for _, weight in KINDS])
    return make(number, dice)


# --- judging -----------------------------------------------------------------------------------------------------


class Hang(Exception):
    """An input took far too long."""


@contextmanager
def _patience(seconds: int) -> Iterator[None]:
    def ring(_number: int, _frame: FrameType | None) -> None:
        raise Hang

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


class Judge:
    """Reads inputs one after another, as one process of a run does."""

    def __init__(self, work: Path) -> None:
        self.work = work
        self.catalogue = Catalogue()
        self.read = 0
        self._open()

    def _open(self) -> None:
        self.store = Store(threads=1, memory="1GB")
        self.ingest = normalise.Ingest(_KEY, self.store)

    def close(self) -> None:
        """Close the store."""
        self.store.close()

    def judge(self, given: Input) -> Verdict:
        """What is wrong with how an input was read; nothing, it is hoped."""
        self.read += 1
        if self.read % _RENEWED == 0:
            self.close()
            self._open()
        verdict = Verdict()
        with TemporaryDirectory(dir=self.work) as folder:
            path = Path(folder) / "given" / given.name
            path.parent.mkdir()
            path.write_bytes(given.content)
            try:
                with _patience(PATIENCE):
                    self._judged(path, Path(folder), given, verdict)
            except Hang:
                verdict.wrong.append(f"not done after {PATIENCE} seconds")
            except Exception as error:  # noqa: BLE001 (whatever it is, it is what is looked for)
                verdict.wrong.append(f"a crash: {type(error).__name__}: {error}")
        return verdict

    def _judged(self, path: Path, folder: Path, given: Input, verdict: Verdict) -> None:
        issues: list[Issue] = []
        cells: list[str] = []
        for source in read.sources([path], folder / "work"):
            if isinstance(source, Issue):
                issues.append(source)
                continue
            before = verdict.tables
            tables = folder / "tables" / source.id
            for found in Reader(self.catalogue, self.store, self.ingest, folder / "work").readings(source, tables):
                if isinstance(found, Issue):
                    issues.append(found)
                else:
                    self._table(found, tables, verdict)
            if verdict.tables == before and not any(each.severity is Severity.SOURCE for each in issues):
                verdict.wrong.append(f"nothing was read of {source.name}, and nothing was said")
        said = "\n".join([*(f"{each.message} {each.place}" for each in issues), *cells])
        if SECRETS.search(said):
            verdict.wrong.append(f"a message holds a value: {said}")
        refused = any(each.severity is Severity.SOURCE for each in issues)
        if not refused:
            aside = [re.match(r"\d+", each.message) for each in issues if each.code == "preamble"]
            self._counted(given, verdict, sum(int(number[0]) for number in aside if number))

    def _counted(self, given: Input, verdict: Verdict, aside: int) -> None:
        """As many records as were written; those above the headings of another table may be told as lines instead."""
        if given.records is not None and not 0 <= given.records - verdict.records <= aside:
            verdict.wrong.append(f"{verdict.records} records; {given.records} were written")
        if len(given.intact) > verdict.records:
            verdict.wrong.append(f"{verdict.records} records; {len(given.intact)} were not touched")

    def _table(self, done: Ingested, folder: Path, verdict: Verdict) -> None:
        beside = ("texts", "names", "rejected", "repaired")
        [path] = [p for p in folder.glob(f"*-{done.table.part}.parquet") if p.name.partition("-")[0] not in beside]
        accepted = [row[0] for row in self.store.rows(f"SELECT record FROM read_parquet('{path}')")]
        every = sorted([*accepted, *(each.record for each in done.rejected)])
        verdict.tables += 1
        verdict.records += len(every)
        if every != list(range(1, len(every) + 1)) or len(accepted) != done.accepted:
            verdict.wrong.append(f"records are not each accepted or rejected once: {every}")
        if any(SECRETS.search(f"{each.column} {each.reason}") for each in done.rejected):
            verdict.wrong.append("a cause holds a value")


def run(seed: int, numbers: Sequence[int], *, told: bool = False) -> list[tuple[Input, Verdict]]:
    """Every input of some numbers that was not read as it must be."""
    found: list[tuple[Input, Verdict]] = []
    judge = Judge(Path(_folder()))
    tables = records = 0
    for at, number in enumerate(numbers, 1):
        given = made(seed, number)
        verdict = judge.judge(given)
        tables, records = tables + verdict.tables, records + verdict.records
        if verdict.wrong:
            found.append((given, verdict))
            if told:
                print(f"input {number}: {given.how}\n  " + "\n  ".join(verdict.wrong), flush=True)  # noqa: T201
        if told and at % 100 == 0:
            print(f"{at} inputs, {tables} tables, {records} records, {len(found)} wrong", flush=True)  # noqa: T201
    judge.close()
    return found


def main() -> int:
    """Read as many inputs as asked for; keep those that fail."""
    asked = argparse.ArgumentParser(description="Broken copies of every fixture, read in one process.")
    asked.add_argument("inputs", type=int, nargs="?", default=2_000)
    asked.add_argument("seed", type=int, nargs="?", default=1)
    asked.add_argument("--only", type=int, help="the number of one input")
    asked.add_argument("--keep", type=Path, default=Path("out/fuzz"), help="where inputs that fail are kept")
    options = asked.parse_args()
    numbers = [options.only] if options.only is not None else range(options.inputs)
    found = run(options.seed, numbers, told=True)
    for given, _ in found:
        options.keep.mkdir(parents=True, exist_ok=True)
        (options.keep / f"{options.seed}-{given.number}-{given.name}").write_bytes(given.content)
    print(f"{len(numbers)} inputs of seed {options.seed}: {len(found)} wrong")  # noqa: T201
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
