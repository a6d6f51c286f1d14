"""Small made-up released files, and a person's own home to run commands in: what several tests begin with."""

from __future__ import annotations

import contextlib
import csv
import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from typer.testing import CliRunner

from plateglass.cli import app
from plateglass.demo import logs

PROGRAM = (sys.executable, "-m", "plateglass.cli")
OWN = "9_1_2025-9_30_2025-Exampleville CA PD-Audit.csv"
NETWORK = "9_1_2025-9_30_2025-Exampleville CA PD-Network-Audit.csv"
HOME = ("--agency", "Exampleville CA PD", "--timezone", "America/Los_Angeles", "--retention-days", "30")


def record(number: int, **cells: str) -> dict[str, str]:
    """One ordinary record of the native export, of one second of 1 September 2025 each."""
    second = f"{number // 3600 % 11 + 1:02}:{number // 60 % 60:02}:{number % 60:02} AM UTC"
    return {
        "ID": f"00000000-0000-4000-8000-{number:012}", "Name": "Ada Example", "Org Name": "Exampleville CA PD",
        "Total Networks Searched": "12", "Total Devices Searched": "120",
        "Time Frame": f"09/01/2025, {second}\n09/02/2025, {second}", "License Plate": f"8ZZZ{101 + number % 99}",
        "Reason": "burglary", "Case #": "26-900001", "Filters": "", "Search Time": f"09/02/2025, {second}",
        "Search Type": "lookup", "Text Prompt": "", "Moderation": "",
    } | cells  # fmt: skip


def log(records: Iterable[Mapping[str, str]], headings: Sequence[str] = logs.FULL) -> str:
    """Records as the file that an agency releases."""
    out = io.StringIO()
    csv.writer(out).writerows([headings, *([cells[heading] for heading in headings] for cells in records)])
    return out.getvalue()


def write(path: Path, records: Iterable[Mapping[str, str]], headings: Sequence[str] = logs.FULL) -> Path:
    """The same, written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(log(records, headings), encoding="utf-8", newline="")
    return path


def months(folder: Path, each: int = 40) -> list[Path]:
    """Three files: an agency's own log, a network audit of others, and a list of whom it shares with."""
    others = ("Sampleton CA PD", "Mockford CA PD", "Madeup Falls TX PD")
    own = [record(n, Reason="" if n % 9 == 0 else "burglary") for n in range(each)]
    network = [record(n, **{"Org Name": others[n % 3]}) for n in range(each, 2 * each)]
    broken = [record(0, **{"Search Time": "no time"})]
    shared = folder / "SharedNetworks_2025_September_1.csv"
    files = [write(folder / OWN, [*own, *broken]), write(folder / NETWORK, network), shared]
    shared.write_text(
        "Organization Name,Networks Shared With Me,Networks I'm Sharing\r\nSampleton CA PD,Sampleton CA PD,One\r\n"
    )
    return files


@dataclass(frozen=True)
class Ran:
    """What a command came to."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """All that was printed."""
        return self.out + self.err


@dataclass(frozen=True)
class Room:
    """A home of its own for commands, with one key, and a clock that stands still."""

    root: Path

    def environment(self, **more: str) -> dict[str, str]:
        """Nothing of the person who runs the tests."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("XDG_", "PLATEGLASS_"))}
        (self.root / "tmp").mkdir(parents=True, exist_ok=True)
        own = {"HOME": str(self.root / "home"), "TMPDIR": str(self.root / "tmp"), "SOURCE_DATE_EPOCH": "1767225600"}
        return kept | own | {"PLATEGLASS_KEY_FILE": str(self.key()), "COLUMNS": "120"} | more

    def key(self) -> Path:
        """The same key in every room."""
        path = self.root / "key"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"k" * 32)
            path.chmod(0o600)
        return path

    def run(self, *arguments: object, **more: str) -> Ran:
        """One command in this process, in the room's own folder and environment; a fault of our own is raised."""
        environment = self.environment(**more)
        with (
            contextlib.chdir(self.root),
            mock.patch.dict(os.environ, environment, clear=True),
            mock.patch.object(tempfile, "tempdir", None),
        ):
            done = CliRunner().invoke(app, [str(a) for a in arguments], prog_name="plateglass", catch_exceptions=False)
        return Ran(done.exit_code, done.stdout, done.stderr)

    def apart(self, *arguments: object, limit: Callable[[], None] | None = None, **more: str) -> Ran:
        """One command as a person would run it, in a process of its own: for tests of what a process does or leaves.

        Under a limit it may write no bytecode: Python 3.11 would leave half of it, which every later process loads.
        """
        more |= {"PYTHONDONTWRITEBYTECODE": "1"} if limit else {}
        done = subprocess.run(
            [*PROGRAM, *map(str, arguments)], env=self.environment(**more), cwd=self.root, capture_output=True,
            text=True, check=False, preexec_fn=limit,
        )  # fmt: skip
        assert "a fault of plateglass" not in done.stderr, done.stderr
        assert "Traceback" not in done.stderr, done.stderr
        return Ran(done.returncode, done.stdout, done.stderr)

    def case(self) -> Path:
        """A new case of Exampleville's."""
        ran = self.run("new", "case", *HOME)
        assert ran.code == 0, ran.said
        return self.root / "case"


def everything(*folders: Path) -> dict[str, bytes]:
    """Every file below some folders, by its place in them: what two runs are compared by."""
    return {
        f"{folder.name}/{path.relative_to(folder)}": path.read_bytes()
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }
