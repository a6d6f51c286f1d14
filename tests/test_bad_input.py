"""Bad input through the command line: each with its message, the other files still read, nothing half-written.

What is said must name the file, say what is wrong in words, and hold no cell of it.
"""

from __future__ import annotations

import csv
import ctypes
import io
import json
import os
import resource
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from plateglass import workbook
from plateglass.case import Case
from plateglass.demo import logs
from releases import OWN as GOOD
from releases import Ran, Room
from releases import record as ordinary

HEADINGS = logs.FULL
OTHER = GOOD.replace("9_1", "10_1").replace("9_30", "10_31")
SECRET = "8ZZZ101"  # noqa: S105 (a made-up plate: no message may repeat it)


def record(number: int) -> list[str]:
    cells = ordinary(number, **{"License Plate": SECRET})
    return [cells[heading] for heading in HEADINGS]


def text(rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()


def log(records: int, first: int = 0) -> str:
    return text([HEADINGS, *(record(first + n) for n in range(records))])


@dataclass(frozen=True)
class Taken:
    """What became of some files."""

    code: int
    said: str
    records: dict[str, tuple[int, int, int]]
    """Name of a source -> records, sightings, rejected."""


def add(folder: Path, limit: Callable[[], None] | None = None) -> Taken:
    """Take `folder`/given into a case: all that reads files, and nothing of what comes after."""
    room = Room(folder)
    room.case()
    command = ("add", "case", "given")
    ran = room.apart(*command, limit=limit) if limit else room.run(*command)
    assert SECRET not in ran.said
    parts = [(line["name"], part) for line in Case(folder / "case").sources() for part in line["parts"]]
    return Taken(ran.code, ran.err, {n: (p["records"], p["accepted"], p["rejected"]) for n, p in parts})


def audit(folder: Path, *options: str, limit: Callable[[], None] | None = None, **environment: str) -> Ran:
    """The whole way, from `folder`/given to a report; where a process is to be limited, in one of its own."""
    room = Room(folder)
    command = ("audit", "given", "--out", "report", *options)
    ran = room.apart(*command, limit=limit, **environment) if limit else room.run(*command, **environment)
    assert SECRET not in ran.said
    return ran


def summary(folder: Path) -> dict[str, Any]:
    """The summary of the report there."""
    found: dict[str, Any] = json.loads((folder / "report" / "summary.json").read_text())
    return found


def reported(folder: Path) -> dict[str, tuple[int, int, int]]:
    """Name of a source in the report -> records, sightings, rejected."""
    return {s["name"]: (s["records"], s["sightings"], s["rejected"]) for s in summary(folder)["sources"]}


@pytest.fixture
def given(tmp_path: Path) -> Path:
    """A folder with one good file in it, of three records."""
    folder = tmp_path / "given"
    folder.mkdir()
    (folder / GOOD).write_text(log(3), newline="")
    return folder


def test_a_good_file_alone_ends_with_0(given: Path) -> None:
    ran = audit(given.parent)
    assert ran.code == 0, ran.said
    assert reported(given.parent) == {GOOD: (3, 3, 0)}


def _truncated() -> bytes:
    path = Path(os.environ.get("TMPDIR", "/tmp")) / f"plateglass-test-{os.getpid()}.xlsx"  # noqa: S108
    workbook.write(path, {"September": [HEADINGS, *(record(n) for n in range(50))]})
    whole = path.read_bytes()
    path.unlink()
    return whole[: len(whole) // 2]


REFUSED: list[tuple[str, bytes, str]] = [
    ("empty.csv", b"", "empty"),
    ("binary.csv", bytes(range(256)) * 64, "binary.csv"),
    ("picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 16, "picture.csv"),
    ("truncated.xlsx", _truncated(), "truncated.xlsx"),
    ("unknown.csv", text([["Colour", "Weight"], ["red", "3"]]).encode(), "Colour"),
    (
        "positions.csv",
        text([["License Plate", "Latitude", "Longitude"], [SECRET, "37.1", "-120.2"]]).encode(),
        "Latitude",
    ),
    ("no_headings.csv", text([record(n) for n in range(5)]).encode(), "no_headings.csv"),
    ("twice.csv", text([[*HEADINGS, "Reason"], *([*record(n), "again"] for n in range(5))]).encode(), "Reason"),
    (
        "column_missing.csv",
        text(
            [[h for h in HEADINGS if h != "Search Time"], *(record(n)[:10] + record(n)[11:] for n in range(5))]
        ).encode(),
        "column_missing.csv",
    ),
]
"""Files that can't be read at all: name, bytes, a word that the message must hold."""


def test_files_that_can_t_be_read_are_each_named_and_the_others_are_read(given: Path) -> None:
    for name, content, _ in REFUSED:
        (given / name).write_bytes(content)
    ran = audit(given.parent)
    assert ran.code == 1, ran.said
    lines = ran.said.splitlines()
    for name, _, word in REFUSED:
        assert [line for line in lines if name in line and word in line], f"{name}: {ran.said}"
        assert name not in reported(given.parent)
    assert reported(given.parent) == {GOOD: (3, 3, 0)}


@pytest.mark.parametrize("name", ["empty.csv", "truncated.xlsx", "positions.csv"])
def test_such_a_file_alone_leaves_a_message_and_nothing_half_written(tmp_path: Path, name: str) -> None:
    content, word = next((content, word) for n, content, word in REFUSED if n == name)
    (tmp_path / "given").mkdir()
    (tmp_path / "given" / name).write_bytes(content)
    ran = audit(tmp_path)
    assert ran.code == 1, ran.said
    assert word in ran.said
    assert not list(tmp_path.rglob("*.part"))
    assert not list((tmp_path / "tmp").rglob("*"))


def test_a_wrong_ending_is_said_and_the_file_read_as_what_it_is(given: Path) -> None:
    (given / "wrong.xlsx").write_text(log(4, first=100), newline="")
    ran = add(given.parent)
    assert ran.code == 0, ran.said
    assert "wrong.xlsx" in ran.said
    assert ran.records["wrong.xlsx"] == (4, 4, 0)


def test_a_header_without_records_is_a_log_without_records(given: Path) -> None:
    (given / OTHER).write_text(log(0), newline="")
    ran = add(given.parent)
    assert ran.code == 0, ran.said
    assert ran.records[OTHER] == (0, 0, 0)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "cp1252"])
def test_another_encoding_is_read_all_the_same(given: Path, encoding: str) -> None:
    words = log(40).replace("burglary", "burglary – café")
    content = words.encode(encoding)
    (given / OTHER).write_bytes(content)
    ran = add(given.parent)
    if encoding == "utf-16-le":  # without a byte-order mark nothing says what it is: refused, not guessed
        assert ran.code == 1 or ran.records[OTHER] == (40, 40, 0)
    else:
        assert ran.code == 0, ran.said
        assert ran.records[OTHER] == (40, 40, 0)


def test_bytes_of_no_encoding_lose_no_record(given: Path) -> None:
    """A few bytes that are neither UTF-8 nor Windows-1252, in the middle of a good file."""
    (given / OTHER).write_bytes(log(40).encode().replace(b"burglary", b"burglary \x81\x8d caf\xc3\xa9"))
    ran = add(given.parent)
    total, sightings, rejected = ran.records.get(OTHER, (0, 0, 0))
    assert total == sightings + rejected
    assert total == 40 or ran.code == 1


def test_an_unbalanced_quote_costs_what_it_swallows_and_no_more(given: Path) -> None:
    """Everything before the open quote is read; what it swallows is rejected and listed, never lost silently."""
    lines = log(60)
    (given / OTHER).write_text(lines + '"open, and never closed\r\n' + ",".join(record(61)[:5]), newline="")
    ran = add(given.parent)
    total, sightings, rejected = ran.records[OTHER]
    assert total == sightings + rejected
    assert sightings == 60
    assert rejected >= 1


def test_two_exports_stacked_are_read_with_the_second_header_rejected(given: Path) -> None:
    (given / OTHER).write_text(log(30) + log(20, first=100), newline="")
    ran = add(given.parent)
    total, sightings, rejected = ran.records[OTHER]
    assert (sightings, total - sightings) == (50, rejected)
    assert rejected <= 1


def test_two_exports_with_two_line_ends_stacked_lose_nothing(given: Path) -> None:
    (given / OTHER).write_text(log(30) + log(20, first=100).replace("\r\n", "\n"), newline="")
    ran = add(given.parent)
    total, sightings, rejected = ran.records[OTHER]
    assert (sightings, total - sightings) == (50, rejected)


def test_a_zip_whose_member_leaves_the_folder_writes_nothing_outside(given: Path) -> None:
    with zipfile.ZipFile(given / "release.zip", "w") as archive:
        for name in ("../../outside.csv", "/tmp/plateglass-outside.csv", "..\\outside.csv"):  # noqa: S108
            archive.writestr(name, log(3))
    ran = add(given.parent)
    assert ran.code == 1, ran.said
    assert "release.zip" in ran.said
    outside = [p for p in given.parent.rglob("*outside.csv") if "given" not in p.parts]
    assert outside == []
    assert not Path("/tmp/plateglass-outside.csv").exists()  # noqa: S108
    assert not (given.parent.parent / "outside.csv").exists()


def test_a_zip_bomb_is_refused_before_it_fills_the_disk(given: Path) -> None:
    bomb = zipfile.ZipFile(given / "bomb.zip", "w", zipfile.ZIP_DEFLATED)
    with bomb, bomb.open("a.csv", "w", force_zip64=True) as member:
        member.write(log(1).encode())
        for _ in range(400):
            member.write(b" " * 1_000_000)
    assert (given / "bomb.zip").stat().st_size < 1_000_000
    ran = add(given.parent)
    assert ran.code == 1, ran.said
    assert "bomb.zip" in ran.said
    assert ran.records[GOOD] == (3, 3, 0)


def _as_anybody() -> None:
    """Give up root's right to read what it may not (capabilities 1 and 2), where the tests run as root."""
    if os.geteuid() == 0:
        system = ctypes.CDLL(None)
        assert system.prctl(24, 1, 0, 0, 0) == 0
        assert system.prctl(24, 2, 0, 0, 0) == 0


def test_a_file_without_permission_is_named(given: Path) -> None:
    (given / "closed.csv").write_text(log(3, first=9), newline="")
    (given / "closed.csv").chmod(0)
    ran = add(given.parent, limit=_as_anybody)
    assert ran.code == 1, ran.said
    assert "closed.csv" in ran.said
    assert "permission" in ran.said.lower()
    assert ran.records[GOOD] == (3, 3, 0)


def test_a_dangling_link_is_named(given: Path) -> None:
    (given / "gone.csv").symlink_to(given / "nowhere.csv")
    ran = add(given.parent)
    assert ran.code == 1, ran.said
    assert "gone.csv" in ran.said
    assert ran.records[GOOD] == (3, 3, 0)


def test_a_report_that_can_t_be_written_ends_with_one_line(given: Path) -> None:
    (given.parent / "report").write_text("a file is here already")
    ran = audit(given.parent)
    assert ran.code in (1, 2)
    assert ran.said.count("\n") <= 2, ran.said
    assert (given.parent / "report").read_text() == "a file is here already"


def test_a_full_disk_ends_with_one_line_and_nothing_half_written(given: Path) -> None:
    """A limit on the size of files is what a full disk looks like from inside, and needs no disk."""
    (given / GOOD).write_text(log(4_000), newline="")

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (8_192, 8_192))

    ran = audit(given.parent, "--case", "case", limit=limit)
    assert ran.code == 1, ran.said
    assert not (given.parent / "report" / "report.html").exists()
    again = audit(given.parent, "--case", "case")
    assert again.code == 0, again.said
    assert reported(given.parent)[GOOD] == (4_000, 4_000, 0)


@pytest.mark.parametrize("size", [0, 33])
def test_a_key_file_of_the_wrong_size_is_refused(given: Path, size: int) -> None:
    key = given.parent / "key"
    key.write_bytes(b"x" * size)
    key.chmod(0o600)
    ran = audit(given.parent, PLATEGLASS_KEY_FILE=str(key))
    assert ran.code in (1, 2)
    assert f"{size} bytes" in ran.said
    assert "32" in ran.said
    assert not (given.parent / "report").exists()


def test_a_key_file_that_others_can_read_is_refused(given: Path) -> None:
    key = given.parent / "key"
    key.write_bytes(b"x" * 32)
    key.chmod(0o644)
    ran = audit(given.parent, PLATEGLASS_KEY_FILE=str(key))
    assert ran.code in (1, 2)
    assert "0600" in ran.said


def test_a_sheet_of_exactly_as_many_rows_as_a_spreadsheet_holds_is_a_finding(given: Path) -> None:
    """1,048,576 rows, the headings among them: whoever made the file may have lost the rest."""
    narrow = ("Org Name", "Total Networks Searched", "Search Time")
    line = "Exampleville CA PD,12,9/2/2025 7:05\r\n"
    name = "10_1_2025-10_31_2025-Exampleville CA PD-Network-Audit.csv"
    name = OTHER.replace("-Audit", "-Network-Audit")
    (given / name).write_text(",".join(narrow) + "\r\n" + line * 1_048_575, newline="")
    ran = add(given.parent)
    assert ran.code == 0, ran.said
    assert ran.records[name] == (1_048_575, 1_048_575, 0)
    checked = Room(given.parent).run("check", "case", "--json")
    assert json.loads(checked.out)["screens/row-cap"]["over"] == 1
