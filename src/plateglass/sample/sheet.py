"""Worksheets: a sample on paper, as CSV or XLSX, and the answers read back from it.

A worksheet has texts, without tokens, users or agencies; it is for the people who read, not for publication. Each
row carries the sample's id with the beginning of its frame's hash, and a check over the row: a sheet of another
draw, or a row that was changed, is noticed and refused. Rows may be sorted in any order.
"""

from __future__ import annotations

import csv
import hashlib
import io
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from plateglass import workbook
from plateglass.errors import OutputUnwritable, Place, SampleUnusable
from plateglass.publish import words
from plateglass.read import workbook as books

if TYPE_CHECKING:
    from plateglass.sample import Sample

HEADINGS: Final = ("sheet", "item", "text", "answer", "check")
LOCATED: Final = ("file", "sheet of the file", "record")
"""Where a search stands: for faults only, which can't be judged from the text. Reasons are judged blind."""


def write(sample: Sample, texts: Mapping[str, str], path: Path, sources: Mapping[tuple[str, int], str]) -> None:
    """The sample as a worksheet, CSV or XLSX by the file's ending; `sources` names files where faults are asked for.

    Raises:
        OutputUnwritable: the ending is another, or the place can't be written.
    """
    located = bool(sources)
    rows = [[*HEADINGS, *(LOCATED if located else ())]]
    for item in sample.items:
        text = _cell(texts.get(item.text or "", ""))
        where = [words.cell(sources[item.source, item.part]), str(item.part), str(item.record)] if located else []
        rows.append([_mark(sample), str(item.item), text, "", _check(sample, item.item, text), *where])
    _filled(rows, path, sample.label)


def _filled(rows: list[list[str]], path: Path, label: str) -> None:
    if path.suffix.lower() not in (".csv", ".xlsx"):
        raise OutputUnwritable("a worksheet is CSV or XLSX", expected="a file that ends so", place=Place(str(path)))
    if label:
        rows = [[*row, label if number else "note"] for number, row in enumerate(rows)]
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix.lower() == ".xlsx":
        workbook.write(path, {"sample": rows})
    else:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows(rows)


def answers(sample: Sample, texts: Mapping[str, str], path: Path) -> dict[int, str]:
    """Item -> answer, of a worksheet that was filled in, each answer as written.

    Raises:
        SampleUnusable: it is a sheet of another draw, a row was changed, lost, doubled or made up, or has no answer.
    """
    rows = _read(path)
    shown = {item.item: _cell(texts.get(item.text or "", "")) for item in sample.items}
    found: dict[int, str] = {}
    for number, row in enumerate(rows, 1):
        place = Place(path.name, record=number)
        if row["sheet"] != _mark(sample):
            raise SampleUnusable(
                "this is the worksheet of another sample or another frame", expected=_mark(sample), place=place,
                remedy="name its sample with --sample; if the case has changed since, draw and read anew",
            )  # fmt: skip
        item = int(row["item"]) if row["item"].isdecimal() else 0
        if item not in shown or row["check"] != _check(sample, item, shown[item]) or row["text"] != shown[item]:
            raise SampleUnusable(
                "the row was changed", expected="only the column answer filled in", place=place,
                remedy="take the sheet as it was written, and copy the answers into it",
            )  # fmt: skip
        found[item] = row["answer"].strip()
    _complete(rows, shown, found, path)
    return found


def sample_id(path: Path) -> str:
    """The id of the sample that a worksheet's first row names; empty where it has no row."""
    return next((row["sheet"].partition("-")[0] for row in _read(path)), "")


def _complete(rows: list[dict[str, str]], shown: Mapping[int, str], found: Mapping[int, str], path: Path) -> None:
    twice = [item for item, count in Counter(row["item"] for row in rows).items() if count > 1]
    if twice:
        raise SampleUnusable(f"{len(twice)} items stand on more than one row", place=Place(path.name))
    for what, items in (("are not on the sheet", set(shown) - set(found)), ("have no answer", _blank(found))):
        if items:
            raise SampleUnusable(
                f"{len(items)} items {what}: {_few(items)}", expected=f"all {len(shown)}", place=Place(path.name),
                remedy="answer `unreadable` where nothing can be said",
            )  # fmt: skip


def _blank(found: Mapping[int, str]) -> set[int]:
    return {item for item, answer in found.items() if not answer}


def _few(items: set[int]) -> str:
    most = 10
    return ", ".join(map(str, sorted(items)[:most])) + (", ..." if len(items) > most else "")


def _read(path: Path) -> list[dict[str, str]]:
    """The rows by heading; a spreadsheet may have saved the sheet as another kind of CSV."""
    if path.suffix.lower() == ".xlsx":
        with tempfile.TemporaryDirectory(prefix="plateglass-") as work:
            first = next(books.sheets(path, Path(work), Place(path.name)))
            lines = _lines(first.path.read_text(encoding="utf-8") if first.path else "", ",")
    else:
        try:
            text = path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            raise SampleUnusable("the worksheet is not UTF-8", place=Place(path.name), remedy="save it so") from error
        head = text.partition("\n")[0]
        lines = _lines(text, ";" if head.count(";") > head.count(",") else ",")
    headings = lines[0] if lines else []
    if missing := [heading for heading in HEADINGS if heading not in headings]:
        raise SampleUnusable(f"the worksheet lacks the columns {', '.join(missing)}", place=Place(path.name))
    width = len(headings)
    rows = (line + [""] * (width - len(line)) for line in lines[1:] if any(line))
    return [dict(zip(headings, row, strict=False)) for row in rows]


def _lines(text: str, mark: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=mark))


def _cell(text: str) -> str:
    """The text on one line, as no spreadsheet changes it or takes it for a formula."""
    return words.cell(" ".join(text.split()))


def _mark(sample: Sample) -> str:
    return f"{sample.id}-{sample.frame.sha256[:10]}"


def _check(sample: Sample, item: int, text: str) -> str:
    """Ten letters that only this row of this sample has; never digits alone, which a spreadsheet would round."""
    digest = hashlib.sha256(f"{_mark(sample)} {item} {text}".encode()).hexdigest()[:10]
    return f"c{digest}"
