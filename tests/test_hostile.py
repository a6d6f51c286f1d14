"""Text that means harm: formulas, HTML, script, SQL, ANSI, direction marks, NUL, endless cells, endless columns.

It stands in file names, sheet names, headings and every column of every record. Nothing of it may run, hide or turn
anything in any output, no record may be lost to it, and where it may be shown at all it is shown as text.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import pytest

from plateglass import workbook
from plateglass.case import Case
from plateglass.demo import logs
from plateglass.store import Store
from releases import HOME, OWN, Room, record, write

HARM = (
    "=cmd|'/c calc'!A0", "@SUM(1+1)*cmd|' /C calc'!A0", '+1+HYPERLINK("http://harm.example")', "-2+3+cmd|'x'!A0",
    "<script>alert('harm')</script>", '"><img src=x onerror=alert(1)>', "</td></table><h1>harm</h1>",
    "{{ 7*7 }}{% for x in harm %}", "'; DROP TABLE sightings; --", "') OR 1=1 --", "$1 $name ? {over}",
    "\x1b[2J\x1b[31mharm", "\x1b]0;harm\x07", "\u202eharm\u202c", "\u2066harm\u2069", "a\u200bb", "ha\x00rm",
    "harm\ud7ff\uffff",
    "line\u2028line\u2029line", "tab\tand\vand\fand\x85", "\ufeffharm", "%s%n%x ${jndi:harm}", "../../harm", "C:\\harm",
    "a" * 5_000, "é" * 300 + "\u0301" * 300, "\U0001f469\u200d\U0001f692", "NULL", "NaN", "1e309", "\\N", "\\",
)  # fmt: skip
HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
FREE = ("Name", "Org Name", "License Plate", "Reason", "Case #", "Filters", "Search Type", "Text Prompt", "Moderation",
        "ID", "Total Networks Searched", "Total Devices Searched", "Time Frame")  # fmt: skip
"""Every column but the time, without which there is no sighting."""


def harmful() -> list[dict[str, str]]:
    """Each piece of harm in each column, then as many ordinary records."""
    rows = [record(n, **{heading: piece}) for n, (heading, piece) in enumerate((h, p) for h in FREE for p in HARM)]
    return rows + [record(len(rows) + n) for n in range(3 * len(rows))]


class Elements(HTMLParser):
    """What a browser would make of a page: names of elements and of attributes that run something."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.running: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.running |= {key for key, value in attrs if key.startswith("on") or "javascript:" in (value or "")}


def harmless(report: Path) -> None:
    """Every output of a report, looked at as what opens it would."""
    page = (report / "report.html").read_text(encoding="utf-8")
    seen = Elements(page)
    assert not seen.names & {"iframe", "object", "embed", "form", "base"}
    assert seen.running == set()
    assert "alert(" not in "".join(re.findall(r"(?s)<script\b[^>]*>(.*?)</script>", page))
    for path in (path for path in report.rglob("*") if path.is_file()):
        told = path.read_text(encoding="utf-8")
        assert not HIDDEN.search(told), path.name
        if path.suffix == ".csv":
            with path.open(encoding="utf-8", newline="") as file:
                for row in csv.reader(file):
                    assert not [cell for cell in row if cell[:1] in ("=", "+", "@") or re.match(r"-\D", cell)]
        if path.suffix == ".json":
            json.loads(told)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Room:
    """A report over harm in cells, headings, names of files, of members and of sheets."""
    made = Room(tmp_path_factory.mktemp("hostile"))
    files = made.root / "files"
    write(files / OWN, harmful())
    # Headings with a tail of harm, one column of them without a known name.
    headings = [*logs.FULL, *HARM[:8], "=harm()"]
    rows = [[record(n)[h] for h in logs.FULL] + ["x"] * 9 for n in range(40)]
    out = io.StringIO()
    csv.writer(out).writerows([headings, *rows])
    (files / "=harm()<b>\u202e\x1b[31m.csv").write_text(out.getvalue(), encoding="utf-8", newline="")
    ordinary = [[record(n)[h] for h in logs.FULL] for n in range(100, 140)]
    names = ("=harm()<script>", "8ZZZ101", "213-555-0142", "Sheet1")
    workbook.write(files / "book.xlsx", {n: [logs.FULL, *ordinary] for n in names})
    with zipfile.ZipFile(files / "release.zip", "w") as archive:
        text = out.getvalue().replace("x", "y")
        archive.writestr("-harm'; DROP TABLE sources; --\u2028<img src=x onerror=alert(1)>.csv", text)
    ran = made.run("audit", "files", "--case", "case", "--out", "report", *HOME)
    assert ran.code == 0, ran.said
    assert not HIDDEN.search(ran.said.replace("\n", ""))
    return made


def test_no_record_is_lost_to_harm(room: Room) -> None:
    found = json.loads((room.root / "report" / "summary.json").read_text())["sources"]
    own = next(source for source in found if source["name"] == OWN)
    assert own["records"] == own["sightings"] + own["rejected"] == len(harmful())
    assert own["rejected"] == 0
    assert sum(source["records"] for source in found if source["name"] == "book.xlsx") == 160


def test_every_output_is_harmless(room: Room) -> None:
    harmless(room.root / "report")


def test_names_that_mean_harm_are_shown_as_text(room: Room) -> None:
    page = (room.root / "report" / "report.html").read_text(encoding="utf-8")
    assert "=harm()&lt;b&gt;⟨U+202E⟩⟨U+001B⟩[31m.csv" in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    coverage = (room.root / "report" / "coverage.csv").read_text(encoding="utf-8")
    assert "'=harm()<b>⟨U+202E⟩⟨U+001B⟩[31m.csv" in coverage
    assert "=harm()<script>" not in coverage, "what a sheet is called is told nowhere"


def test_a_sheet_s_name_gives_nobody_away(room: Room) -> None:
    """What a sheet is called stands nowhere; it is known by its number."""
    sheets = {p["part_name"] for line in Case(room.root / "case").sources() for p in line["parts"] if p["part_name"]}
    assert sheets == {"sheet 1", "sheet 2", "sheet 3", "sheet 4"}
    for folder in ("report", "case"):
        for path in (path for path in (room.root / folder).rglob("*") if path.is_file()):
            assert b"8ZZZ101" not in path.read_bytes(), path
            assert b"555-0142" not in path.read_bytes(), path


def test_the_tables_are_still_there(room: Room) -> None:
    """SQL in a cell is a cell; in a text's local table it stands as it was written."""
    with Store() as store:
        [texts] = store.rows(
            f"SELECT count(*) FROM read_parquet('{room.root}/case/store/sources/*/texts-*.parquet')"
            " WHERE text LIKE '%DROP TABLE sightings%'"
        )
    assert texts[0] > 0


def test_a_case_with_harmful_names_goes_on(room: Room) -> None:
    """A line separator in a name ends no line of sources.jsonl."""
    assert room.run("check", "case", "--quiet").code == 0
    assert room.run("verify", "case", "--report", "report", "--quiet").code == 0


@pytest.mark.parametrize(
    ("rows", "code"),
    [([logs.FULL, [*["x" * 10_000_000 if h == "Reason" else record(1)[h] for h in logs.FULL]]], 0),
     ([[*logs.FULL, *(f"Column {n} harm" for n in range(100_000))], [record(1)[h] for h in logs.FULL]], 1)],
    ids=["a cell of 10 MB", "100,000 columns"],
)  # fmt: skip
def test_what_is_too_large_is_read_or_refused_in_one_line(tmp_path: Path, rows: list[list[str]], code: int) -> None:
    """And the file beside it is read all the same."""
    made = Room(tmp_path)
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    name = OWN.replace("9_30", "9_29")
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / name).write_text(out.getvalue(), newline="")
    write(tmp_path / "files" / OWN, [record(n) for n in range(20)])
    ran = made.run("audit", "files", "--out", "report", "--rules", "screens/reason-missing", *HOME)
    assert ran.code in (0, code), ran.said
    assert len(ran.said) < 4_000
    found = json.loads((tmp_path / "report" / "summary.json").read_text())["sources"]
    assert (OWN, 20) in {(source["name"], source["sightings"]) for source in found}
    assert ran.code == 1 or {name, OWN} == {source["name"] for source in found}
    harmless(tmp_path / "report")


def test_a_file_s_name_that_is_no_text_is_read_or_named(tmp_path: Path) -> None:
    """File systems allow names that are in no encoding."""
    made = Room(tmp_path)
    path = write(tmp_path / "files" / OWN, [record(n) for n in range(20)])
    (path.parent / "other\udcff.csv").write_text(path.read_text(), newline="")
    ran = made.run("audit", "files", "--case", "case", "--out", "report", *HOME)
    assert ran.code in (0, 1), ran.said
    assert json.loads((tmp_path / "report" / "summary.json").read_text())["sightings"] >= 20
    assert made.run("check", "case", "--quiet").code == 0
