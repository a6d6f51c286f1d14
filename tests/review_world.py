"""A made-up case whose searches people can review: 300 distinct reasons, 40 users who search unequally often."""

from __future__ import annotations

import csv
import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from plateglass import pipeline
from plateglass.case import Case, Settings
from plateglass.cli import app
from plateglass.demo import logs

OFFENCES = (
    "burglary", "robbery", "stolen vehicle", "homicide", "shooting", "retail theft", "hit and run", "missing person",
    "welfare check", "narcotics", "kidnapping", "arson", "fraud", "warrant", "immigration", "protest", "parking",
    "training", "gang", "=burglary",
)  # fmt: skip
PLACES = (
    "north side", "south side", "at the mall", "near the school", "downtown", "by the river", "at a hotel",
    "in the park", "near the bridge", "at the station", "off the highway", "at the market", "near the church",
    "by the lake", "uptown",
)  # fmt: skip
REASONS = [f"{offence} {place}" for offence in OFFENCES for place in PLACES]
PEOPLE = [f"{letter}. Sample{number}" for number in range(4) for letter in "ABCDEFGHIJ"]
SEARCHES = 900
BLANK = 30


def make(root: Path) -> Case:
    """The case, read from one made-up log."""
    file = root / "9_1_2025-9_30_2025-Exampleville CA PD-Audit.csv"
    root.mkdir(parents=True, exist_ok=True)
    with file.open("w", newline="") as out:
        csv.writer(out).writerows([logs.FULL, *records()])
    case = Case.make(
        root / "case", Settings(name="review", agency="Exampleville CA PD", timezone="America/Los_Angeles")
    )
    assert not pipeline.add(case, [file])
    return case


def records() -> Iterator[list[str]]:
    """Every reason at least once; some searches state none."""
    lots = random.Random(5)  # noqa: S311 (made up, and the same each time)
    for number in range(SEARCHES):
        reason = "" if number < BLANK else REASONS[number - BLANK] if number < BLANK + 300 else lots.choice(REASONS)
        second = f"09/{number % 27 + 2:02}/2025, {number // 60 % 11 + 1:02}:{number % 60:02}:07 AM UTC"
        cells = {
            "ID": f"00000000-0000-4000-8000-{number:012}", "Name": PEOPLE[min(lots.randrange(40), lots.randrange(40))],
            "Org Name": "Exampleville CA PD", "Total Networks Searched": "12", "Total Devices Searched": "120",
            "Time Frame": f"09/01/2025, 01:00:00 AM UTC\n{second}", "License Plate": f"8ZZZ1{number % 99 + 1:02}",
            "Reason": reason, "Case #": f"26-9{number:05}", "Filters": "", "Search Time": second,
            "Search Type": "lookup", "Text Prompt": "", "Moderation": "",
        }  # fmt: skip
        yield [cells[heading] for heading in logs.FULL]


@contextmanager
def keyed(folder: Path) -> Iterator[None]:
    """A key of the tests' own, the same each time: what a sample draws hangs on tokens, and so on the key."""
    key = folder / "key"
    if not key.exists():
        key.write_bytes(b"k" * 32)
        key.chmod(0o600)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLATEGLASS_KEY_FILE", str(key))
        yield


def copied(case: Case, root: Path) -> Case:
    """A case of the test's own, with the same content."""
    shutil.copytree(case.root, root / "case")
    return Case(root / "case")


def run(*arguments: object, typed: str = "") -> Result:
    """The program, with what somebody types."""
    return CliRunner().invoke(app, [str(a) for a in arguments], input=typed, prog_name="plateglass")
