"""Text that means harm, in every container: no crash, no hang, no record lost, and no message that carries it on."""

from __future__ import annotations

import csv
import gzip
import io
import re
import zipfile
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from urllib.parse import quote

import pytest

from fuzzing import Input, Judge
from plateglass import read, workbook
from plateglass.catalogue import Catalogue
from plateglass.errors import ExtraMissing, Issue, Severity
from plateglass.model import Table
from plateglass.publish import printed
from plateglass.store import Store
from test_hostile import HARM

HEADINGS = ("id", "userId", "searchDate", "networkCount", "reason")
HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
Rows = Sequence[Sequence[str]]


def record(number: int, reason: str) -> list[str]:
    return [f"00000000-0000-4000-8000-{number:012d}", "***", f"2026-03-10T04:31:{number % 60:02}.901Z", "12", reason]


def text(rows: Rows) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)
    return out.getvalue().encode(errors="replace")


def as_csv(_folder: Path, rows: Rows) -> tuple[str, bytes]:
    return "log.csv", text(rows)


def as_wide(_folder: Path, rows: Rows) -> tuple[str, bytes]:
    return "log.csv", text(rows).decode().encode("utf-16")


def as_book(folder: Path, rows: Rows) -> tuple[str, bytes]:
    allowed = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
    workbook.write(folder / "made.xlsx", {"Sheet1": [[allowed.sub("", cell) for cell in row] for row in rows]})
    return "log.xlsx", (folder / "made.xlsx").read_bytes()


def as_page(_folder: Path, rows: Rows) -> tuple[str, bytes]:
    link = f'<a download="search_audit.csv" href="data:text/csv;charset=utf-8,{quote(text(rows))}">Audit</a>'
    return "page.html", f"<!doctype html><html><body><h1>Exampleville CA PD</h1>{link}</body></html>".encode()


def as_archive(_folder: Path, rows: Rows) -> tuple[str, bytes]:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("log.csv", text(rows))
    return "release.zip", out.getvalue()


def as_capture(_folder: Path, rows: Rows) -> tuple[str, bytes]:
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\n\r\n" + text(rows)
    head = "WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: https://portal.example/\x1b[2Jlog\u202e.csv\r\n"
    content = f"{head}Content-Length: {len(block)}\r\n\r\n".encode() + block + b"\r\n\r\n"
    return "log.warc.gz", gzip.compress(content, 1)


def as_print(_folder: Path, rows: Rows) -> tuple[str, bytes]:
    """A print with a rule around every cell, any text in it as a font draws it."""
    pytest.importorskip("pypdfium2", reason="the extra [pdf] is not installed")
    style = (
        "@page { size: 1100px 800px } table { border-collapse: collapse; table-layout: fixed; width: 100% }"
        " td { border: 1px solid; font: 10px sans-serif; overflow-wrap: anywhere }"
    )
    cells = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    page = f'<html lang="en"><head><title>A log</title><style>{style}</style></head><body><table>{cells}'
    try:
        return "log.pdf", printed.pdf(f"<!doctype html>{page}</table></body></html>")
    except ExtraMissing as missing:
        pytest.skip(str(missing))


Container = Callable[[Path, Rows], tuple[str, bytes]]
CONTAINERS: tuple[Container, ...] = (as_csv, as_wide, as_book, as_page, as_archive, as_capture)
EACH = pytest.mark.parametrize("container", CONTAINERS, ids=lambda made: made.__name__)


def told(name: str, content: bytes, folder: Path) -> tuple[list[Table], list[Issue]]:
    path = folder / "given" / name
    path.parent.mkdir()
    path.write_bytes(content)
    tables: list[Table] = []
    issues: list[Issue] = []
    with Store() as store:
        for source in read.sources([path], folder / "work"):
            if isinstance(source, Issue):
                issues.append(source)
                continue
            for each in read.tables(source, Catalogue(), folder / "work", store):
                if isinstance(each, Table):
                    tables.append(each)
                else:
                    issues.append(each)
    return tables, issues


@pytest.mark.parametrize("container", [*CONTAINERS, as_print], ids=lambda made: made.__name__)
def test_harm_in_every_cell_of_every_container_is_read_and_counted(tmp_path: Path, container: Container) -> None:
    rows = [HEADINGS, *(record(n, harm) for n, harm in enumerate(HARM, 1))]
    name, content = container(tmp_path, rows)
    judge = Judge(tmp_path)
    verdict = judge.judge(Input(0, name, content, "harm", len(HARM)))
    judge.close()
    assert verdict.wrong == []
    assert verdict.records == len(HARM)
    _, issues = told(name, content, tmp_path)
    said = " ".join(f"{each.message} {each.place}" for each in issues)
    assert not HIDDEN.search(said)
    assert "<script>" not in said


@EACH
def test_a_cell_of_10_mb_costs_itself_alone_in_every_container(tmp_path: Path, container: Container) -> None:
    rows = [HEADINGS, *(record(n, "x" * 10_000_000 if n == 3 else "bolo") for n in range(1, 6))]
    name, content = container(tmp_path, rows)
    judge = Judge(tmp_path)
    verdict = judge.judge(Input(0, name, content, "a long cell", 5))
    judge.close()
    assert verdict.wrong == []


@EACH
def test_100_000_columns_are_refused_in_every_container(tmp_path: Path, container: Container) -> None:
    wide = [f"more {n}" for n in range(100_000)]
    rows = [[*HEADINGS, *wide], [*record(1, "bolo"), *("" for _ in wide)]]
    name, content = container(tmp_path, rows)
    tables, issues = told(name, content, tmp_path)
    assert tables == []
    [issue] = [each for each in issues if each.severity is Severity.SOURCE]
    assert issue.message.startswith("the first line has more than 256 KiB; expected a line of headings")
