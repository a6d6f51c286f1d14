"""What reading PDFs must hold: every printed record with every field, and nothing that a box hides."""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from pdfs import HIGH, LINE, WIDE, Sheet, write
from plateglass import intake, pipeline, read
from plateglass.case import Case, Settings
from plateglass.catalogue import Catalogue
from plateglass.errors import ExtraMissing, Issue, Place, Severity, SourceUnreadable
from plateglass.model import Rejected, Source, Table
from plateglass.read import pdf, pdf_count, pdf_page, pdf_rows
from plateglass.read.tables import hints
from plateglass.store import Store

pytest.importorskip("pypdfium2", reason="the extra [pdf] is not installed")

REAL = Path(__file__).parents[1].parent / "shared/data/okaloosa-fl-so"
CATALOGUE = Catalogue()
HINTS = hints(CATALOGUE)
HEADINGS = ("ID", "Org Name", "Total Networks Searched", "Time Frame", "Reason", "Search Time")
LEFT = (20, 190, 300, 410, 500, 640)
FRAME = ("11/13/2025,", "10:00:17 PM", "UTC", "11/14/2025,", "10:00:17 AM", "UTC")
WIDTHS = (150, 90, 90, 60, 120, 110)

Wrapped = Sequence[Sequence[str]]
"""A record, each cell as its printed lines."""


def record(number: int, reason: Sequence[str] = ("stolen vehicle",)) -> Wrapped:
    return (
        [f"00000000-0000-4000-8000-{number:012d}"], ["Exampleville FL PD"], [str(number)], FRAME, reason,
        [f"11/14/2025, 09:53:{number % 60:02d} AM UTC"],
    )  # fmt: skip


def cells(wrapped: Wrapped) -> list[str]:
    return [" ".join(lines).strip() for lines in wrapped]


def put(sheet: Sheet, y: float, wrapped: Wrapped, hang: str = "above") -> float:
    """One record drawn below a place; the next begins where it ends."""
    tall = max(len(lines) for lines in wrapped)
    for x, lines in zip(LEFT, wrapped, strict=True):
        down = {"above": tall - len(lines), "below": 0, "around": (tall - len(lines)) / 2}[hang]
        for at, words in enumerate(lines):
            sheet.text(x, y + (down + at) * LINE, words)
    return y + tall * LINE


def headed(sheet: Sheet, y: float = 40) -> float:
    return put(sheet, y, [[heading] for heading in HEADINGS])


def log(path: Path, records: Sequence[Wrapped], hang: str = "above", every: bool = False, turned: int = 0) -> Path:
    """A log as a spreadsheet prints it: eight records a page, no rules."""
    sheets: list[Sheet] = []
    for first in range(0, len(records), 8):
        sheet = Sheet(turned=turned)
        y = headed(sheet) if every or not first else 40
        for each in records[first : first + 8]:
            y = put(sheet, y, each, hang)
        sheets.append(sheet)
    return write(path, sheets)


def ruled(sheet: Sheet, records: Sequence[Wrapped]) -> None:
    """A table with a rule around every cell."""
    y = 50.0
    edges = [x - 4 for x in LEFT] + [WIDE - 10]
    for each in [[[heading] for heading in HEADINGS], *records]:
        sheet.line(edges[0], y - LINE, edges[-1], y - LINE)
        below = put(sheet, y, each, "below")
        for x in edges:
            sheet.line(x, y - LINE, x, below)
        y = below + LINE
    sheet.line(edges[0], y - LINE, edges[-1], y - LINE)


def transcribed(path: Path, work: Path) -> tuple[list[list[str]], pdf.Printed]:
    printed = pdf.transcribe(path, work / "out.csv", HINTS, Place(path.name))
    with printed.path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file)), printed


def found(path: Path, work: Path, store: Store) -> Iterator[Table | Issue]:
    for source in read.sources([path], work):
        assert isinstance(source, Source), source
        yield from read.tables(source, CATALOGUE, work, store)


# --- where records begin and end ---


@pytest.mark.parametrize("hang", ["above", "below", "around"])
@pytest.mark.parametrize("every", [False, True], ids=["headed-once", "headed-on-each-page"])
def test_wrapped_records_without_rules_are_whole(tmp_path: Path, hang: str, every: bool) -> None:
    """A cell of six lines is one cell, whether its record's other cells stand at its foot, head or middle."""
    reasons: list[tuple[str, ...]] = [("stolen vehicle",), ("a reason that", "takes two lines"), ()]
    records = [record(n, reasons[n % 3]) for n in range(1, 21)]
    if hang == "around":
        records = [record(n, reasons[0]) for n in range(1, 21)]
    rows, printed = transcribed(log(tmp_path / "log.pdf", records, hang, every), tmp_path)
    assert rows[0] == list(HEADINGS)
    assert rows[1:] == [cells(each) for each in records]
    codes = [issue.code for issue in printed.issues]
    assert (printed.pages, printed.whole, codes) == (3, True, ["pdf-pages", "pdf-counted"])
    assert printed.firsts == (1, 9, 17)


def test_a_turned_page_is_read_as_it_is_seen(tmp_path: Path) -> None:
    records = [record(n) for n in range(1, 12)]
    rows, _ = transcribed(log(tmp_path / "log.pdf", records, turned=90), tmp_path)
    assert rows[1:] == [cells(each) for each in records]


def test_rules_part_rows_and_columns(tmp_path: Path) -> None:
    """With rules a record may have any number of lines, and a cell may be blank."""
    sheet, records = Sheet(), [record(1), record(2, ()), record(3, ("a reason that", "takes two lines"))]
    ruled(sheet, records)
    rows, printed = transcribed(write(tmp_path / "log.pdf", [sheet]), tmp_path)
    assert rows[1:] == [cells(each) for each in records]
    assert "rules" in printed.issues[0].message


def test_page_numbers_and_titles_are_no_records(tmp_path: Path) -> None:
    """What stands apart from the table is left out, and counted."""
    sheets = []
    for page in range(1, 4):
        sheet = Sheet()
        if page == 1:
            sheet.text(300, 15, "Exampleville FL PD Audit")
        y = headed(sheet)
        for n in range(4):
            y = put(sheet, y, record(4 * page + n))
        sheet.text(380, HIGH - 20, f"Page {page} of 3")
        sheets.append(sheet)
    rows, printed = transcribed(write(tmp_path / "log.pdf", sheets), tmp_path)
    assert [row[2] for row in rows[1:]] == [str(n) for n in range(4, 16)]
    assert "lines of text outside the table that were left out: 4" in printed.issues[0].message


def test_a_count_and_a_time_on_one_line_are_two_fields(tmp_path: Path) -> None:
    """One print sets the two headings and the two values so close that they look like one."""
    sheet = Sheet()
    sheet.text(20, 40, "ID")
    sheet.text(300, 40, "networkCount Search Time")
    sheet.text(500, 40, "Reason")
    for n in range(1, 5):
        sheet.text(20, 40 + 12 * n, f"00000000-0000-4000-8000-{n:012d}")
        sheet.text(300, 40 + 12 * n, f"{n * 37} 11/14/2025, 09:53:36 AM UTC")
        sheet.text(500, 40 + 12 * n, "stolen vehicle")
    rows, _ = transcribed(write(tmp_path / "log.pdf", [sheet]), tmp_path)
    assert rows[0] == ["ID", "networkCount", "Search Time", "Reason"]
    assert [row[1:3] for row in rows[1:]] == [[str(n * 37), "11/14/2025, 09:53:36 AM UTC"] for n in range(1, 5)]


def test_a_value_wider_than_any_of_the_sample_stays_in_its_column(tmp_path: Path) -> None:
    """Edges are found anew on each page, within what was free in the sample."""
    records = [record(n) for n in range(1, 320)]
    records[300] = record(301, ("a reason much longer than others",))
    records[310] = record(311, ("                                     911",))
    rows, _ = transcribed(log(tmp_path / "log.pdf", records), tmp_path)
    assert rows[1:] == [cells(each) for each in records]


def test_a_record_that_runs_over_the_edge_of_a_page_is_one(tmp_path: Path) -> None:
    first, second = Sheet(), Sheet()
    y = headed(first)
    for n in (1, 2):
        y = put(first, y, record(n))
    put(first, y, [[], [], [], FRAME[:2], [], []])
    y = put(second, 40, [*record(3)[:3], FRAME[2:], *record(3)[4:]])
    put(second, y, record(4))
    rows, _ = transcribed(write(tmp_path / "log.pdf", [first, second]), tmp_path)
    assert rows[1:] == [cells(record(n)) for n in range(1, 5)]


# --- what is hidden, and what can't be read ---


def covered(sheet: Sheet, y: float, how: str) -> None:
    place = (LEFT[4] - 2, y - SIZE_UP, WIDTHS[4], LINE)
    if how == "a note":
        sheet.note("Redact", *place)
    else:
        sheet.box(*place, grey=1 if how == "a white box" else 0)


SIZE_UP = 7


@pytest.mark.parametrize("how", ["a black box", "a white box", "a note"])
def test_text_under_a_box_is_never_read(tmp_path: Path, how: str) -> None:
    """The cell is a mark, whoever drew the box and whatever its colour; the reader is warned, the words are nowhere."""
    sheet = Sheet()
    y = headed(sheet)
    for n in range(1, 5):
        below = put(sheet, y, record(n, ("ZZT0007 Ada Example",)))
        if n > 1:
            covered(sheet, below - LINE, how)
        y = below
    rows, printed = transcribed(write(tmp_path / "log.pdf", [sheet]), tmp_path)
    assert [row[4] for row in rows[1:]] == ["ZZT0007 Ada Example", "█", "█", "█"]
    [issue] = [issue for issue in printed.issues if issue.code == "text-under-boxes"]
    assert issue.message.startswith("51 characters on page 1 lie under boxes")
    assert "ZZT" not in "".join(issue.message for issue in printed.issues)


def test_a_box_with_nothing_under_it_is_a_mark_too(tmp_path: Path) -> None:
    """A cell that was rightly redacted is hidden, not empty."""
    sheet = Sheet()
    y = headed(sheet)
    for n in range(1, 5):
        below = put(sheet, y, record(n, () if n == 3 else ("stolen vehicle",)))
        if n == 3:
            covered(sheet, below - LINE, "a black box")
        y = below
    rows, printed = transcribed(write(tmp_path / "log.pdf", [sheet]), tmp_path)
    assert [row[4] for row in rows[1:]] == ["stolen vehicle", "stolen vehicle", "█", "stolen vehicle"]
    assert "text-under-boxes" not in [issue.code for issue in printed.issues]


def test_shading_behind_text_hides_nothing(tmp_path: Path) -> None:
    """A box that is drawn before the text lies under it."""
    sheet = Sheet()
    sheet.box(10, 30, 770, 12, grey=0)
    y = headed(sheet)
    for n in range(1, 5):
        sheet.box(10, y - 8, 770, 6 * LINE, grey=0.9)
        y = put(sheet, y, record(n))
    rows, printed = transcribed(write(tmp_path / "log.pdf", [sheet]), tmp_path)
    assert rows[1:] == [cells(record(n)) for n in range(1, 5)]
    assert [issue.code for issue in printed.issues] == ["pdf-pages", "pdf-counted"]


def test_a_scan_is_refused_with_the_command_to_run(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.picture()
    path = write(tmp_path / "a scan.pdf", [sheet, sheet])
    with pytest.raises(SourceUnreadable, match=r"ocrmypdf --output-type pdf 'a scan\.pdf' 'ocr-a scan\.pdf'"):
        transcribed(path, tmp_path)


def recogniser(folder: Path, monkeypatch: pytest.MonkeyPatch, does: str) -> None:
    """A command of the name, which does what a test wants, and nothing else on the path."""
    command = folder / "bin" / "ocrmypdf"
    command.parent.mkdir()
    command.write_text(f"#!/bin/sh\n{does}\n")
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{command.parent}:/usr/bin:/bin")


def scan(folder: Path) -> Path:
    sheet = Sheet()
    sheet.picture()
    return write(folder / "-a scan.pdf", [sheet, sheet])


def test_a_scan_is_read_through_where_recognition_is_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every record's place says so, and so does an issue: recognised text has errors."""
    records = [record(n) for n in range(1, 9)]
    seen = log(tmp_path / "recognised.pdf", records)
    recogniser(tmp_path, monkeypatch, f'for last; do :; done; cp "{seen}" "$last"')
    with Store() as store:
        *told, table = found(scan(tmp_path), tmp_path / "work", store)
        assert isinstance(table, Table)
        assert (table.records, table.part_name) == (8, "page 1, recognised")
        assert store.rows(f"SELECT c2 FROM ({table.relation})") == [(str(n),) for n in range(1, 9)]
    assert "text-recognised" in [each.code for each in told if isinstance(each, Issue)]


@pytest.mark.parametrize("does", ["exit 3", "exit 0", 'for last; do :; done; echo no > "$last"'])
def test_where_recognition_fails_the_scan_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, does: str
) -> None:
    recogniser(tmp_path, monkeypatch, does)
    with Store() as store:
        [told] = found(scan(tmp_path), tmp_path / "work", store)
    assert isinstance(told, Issue)
    assert (told.code, told.severity) == ("source-unreadable", Severity.SOURCE)


# --- counted a second time ---


def tallied(records: Sequence[Sequence[str]], marks: Sequence[tuple[int, int]]) -> list[tuple[str, str]]:
    tally = pdf_count.Tally()
    for cells_of_one in records:
        tally.take(1, cells_of_one)
    return [(each.code, each.message) for each in tally.told(marks, Place("log.pdf"))]


ID = "00000000-0000-4000-8000-000000000001"
DAY = "11/14/2025, 09:53:36 AM UTC"
APART = "counted apart in the pages' text"


@pytest.mark.parametrize(
    ("records", "marks", "code", "says"),
    [
        ([[ID, DAY]] * 4, [(2, 2), (2, 2)], "pdf-counted", f"4 records; their 4 ids, {APART}, say the same"),
        ([[ID, DAY]] * 3, [(2, 2), (2, 2)], "pdf-count", "4 ids stand in the pages' text, and 3 in the records"),
        ([[DAY, DAY]] * 3, [(0, 6)], "pdf-counted", f"3 records; their 6 days, {APART}, say the same"),
        ([[DAY, DAY]] * 9 + [[DAY] * 4], [(0, 22)], "pdf-counted", f"10 records; their 22 days, {APART}, say 11"),
        ([["a"], ["b"]], [(0, 0)], "pdf-counted", "2 records, which nothing in the pages' text could count"),
        ([[DAY]] * 3, [(0, 2)], "pdf-count", "2 days stand in the pages' text, and 3 in the records"),
    ],
)  # fmt: skip
def test_records_are_counted_a_second_time(
    records: list[list[str]], marks: list[tuple[int, int]], code: str, says: str
) -> None:
    """Lost records, records made up, and two that were taken for one are seen."""
    [(found_code, message)] = tallied(records, marks)
    assert found_code == code
    assert message.startswith(says)


def test_the_second_count_does_not_see_titles_and_covered_text(tmp_path: Path) -> None:
    """What stands outside the table is counted by neither; a covered id is read by neither."""
    sheet = Sheet()
    sheet.text(300, 15, "Printed 11/14/2025 for 00000000-0000-4000-8000-000000000009")
    y = headed(sheet)
    for n in range(1, 9):
        below = put(sheet, y, record(n))
        if n == 3:
            sheet.box(LEFT[0] - 2, below - LINE - SIZE_UP, 160, LINE)
        y = below
    _, printed = transcribed(write(tmp_path / "log.pdf", [sheet]), tmp_path)
    [issue] = [issue for issue in printed.issues if issue.code.startswith("pdf-count")]
    assert issue.message in (
        "8 records; their 24 days, counted apart in the pages' text, say the same",
        "8 records; their 7 ids, counted apart in the pages' text, say 7",
    )


def test_pages_are_told_one_by_one_whichever_process_reads_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every page once, in order, out of so many: of each of two prints that are read beside one another."""
    monkeypatch.setenv("PLATEGLASS_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.setattr(intake, "_ALONE", 0)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    told: list[tuple[str, int, int]] = []
    case = Case.make(tmp_path / "case", Settings())
    paths = [log(tmp_path / f"{pages}.pdf", [record(n) for n in range(8 * pages)]) for pages in (2, 3)]
    pipeline.add(case, paths, lambda *each: told.append(each))
    for pages in (2, 3):
        said = [each[1:] for each in told if each[0] == f"reading pages of {pages}.pdf"]
        assert said == [(page, pages) for page in range(1, pages + 1)]
    assert [part["accepted"] for line in case.sources() for part in line["parts"]] == [16, 24]


def test_the_page_of_a_record_reaches_evidence_and_lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLATEGLASS_KEY_FILE", str(tmp_path / "key"))
    (tmp_path / "key").write_bytes(b"k" * 32)
    (tmp_path / "key").chmod(0o600)
    records = [record(n, ("",) if n in (5, 20) else ("stolen vehicle",)) for n in range(1, 24)]
    records[11] = [*records[11][:5], ["11/31/2025, 09:53:12 AM UTC"]]
    told: list[tuple[str, int, int]] = []
    case = Case.make(tmp_path / "case", Settings(rules=("screens/reason-missing",)))
    path = log(tmp_path / "log.pdf", records)
    pipeline.audit(case, [path], tmp_path / "report", lambda *each: told.append(each))
    assert [each for each in told if each[0] == "reading pages of log.pdf"] == [
        ("reading pages of log.pdf", page, 3) for page in (1, 2, 3)
    ]

    def places(name: str) -> list[tuple[str, str]]:
        with (tmp_path / "report" / name).open(newline="") as file:
            return [(row["record"], row["page"]) for row in csv.DictReader(file)]

    assert places("evidence/screens--reason-missing.csv") == [("5", "1"), ("20", "3")]
    assert places("rejected.csv") == [("12", "2")]


@pytest.mark.parametrize("what", ["picture", "crash", "gone"])
def test_a_page_that_cannot_be_read_is_named_and_counted(
    tmp_path: Path, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One rejected record stands for it; the records of the other pages are all there."""
    records = [record(n) for n in range(1, 41)]
    path = log(tmp_path / "log.pdf", records)
    pages = [Sheet() for _ in range(5)]
    for page in range(5):
        y = headed(pages[page]) if not page else 40
        for each in records[8 * page : 8 * page + 8]:
            y = put(pages[page], y, each)
    if what == "picture":
        pages[3] = Sheet()
        pages[3].picture()
    write(path, pages)
    if what == "gone":
        raw = path.read_bytes()
        path.write_bytes(raw.replace(b"/Kids [5 0 R 7 0 R 9 0 R 11 0 R", b"/Kids [5 0 R 7 0 R 9 0 R 99 0 R"))
    if what == "crash":
        monkeypatch.setattr(pdf, "rows_of", crashing)
    with Store() as store:
        *told, table = found(path, tmp_path, store)
        assert isinstance(table, Table)
        assert table.careful
        single, rejected = read.strictly(table, tmp_path)
    assert (single.records, table.records) == (32, 33)
    assert rejected == (Rejected(table.source.id, 0, 25, "", "page 4 could not be read"),)
    [issue] = [each for each in told if isinstance(each, Issue) and each.code == "page-unreadable"]
    assert issue.message.startswith("page 4 could not be read")


REAL_ROWS = pdf.rows_of


def crashing(first: int, end: int, known: pdf_rows.Profile) -> list[pdf_rows.Rows]:
    """As the pages are read, save that the fourth ends the process as a fault in a library would."""
    import os  # noqa: PLC0415 (this runs in another process)

    if first <= 4 < end:
        os._exit(139)
    return REAL_ROWS(first, end, known)


def test_a_line_of_a_released_file_is_no_lost_page(tmp_path: Path) -> None:
    """Only the reader's own words are taken for its words: what a file says is never repeated."""
    assert pdf.GAP.fullmatch("\fpage 4 could not be read")
    assert not pdf.GAP.fullmatch("\fpage 4 could not be read ZZT0007")
    assert not pdf.GAP.fullmatch("page 4 could not be read")


@pytest.mark.parametrize("cut", [10, 400, -700])
def test_a_damaged_file_says_so(tmp_path: Path, cut: int) -> None:
    """Never a traceback, and never a record of a file that is not whole without a word."""
    path = log(tmp_path / "log.pdf", [record(n) for n in range(1, 9)])
    path.write_bytes(path.read_bytes()[:cut])
    with Store() as store:
        told = list(found(path, tmp_path, store))
    assert all(isinstance(each, Issue) for each in told) or sum(
        each.records for each in told if isinstance(each, Table)
    ) in (8, 9)


def test_a_place_in_a_pdf_names_its_pages() -> None:
    assert str(Place("log.pdf", "pages 1-3", 7)) == "log.pdf, pages 1-3, record 7"
    assert str(Place("log.xlsx", "May", 7)) == "log.xlsx, sheet May, record 7"


def test_prose_is_no_table(tmp_path: Path) -> None:
    sheet = Sheet()
    for n in range(20):
        sheet.text(40, 40 + 12 * n, "A letter about the records, which are withheld.")
    with pytest.raises(SourceUnreadable, match="no table was found"):
        transcribed(write(tmp_path / "letter.pdf", [sheet]), tmp_path)


def test_plates_beside_places_are_turned_away(tmp_path: Path) -> None:
    sheet = Sheet()
    for x, words in ((20, "License Plate"), (200, "Search Time"), (400, "Latitude")):
        sheet.text(x, 40, words)
    for n in range(5):
        for x, words in ((20, f"ZZT000{n}"), (200, "11/14/2025, 09:53:36 AM UTC"), (400, "30.12345")):
            sheet.text(x, 52 + 12 * n, words)
    with Store() as store:
        told = list(found(write(tmp_path / "reads.pdf", [sheet]), tmp_path, store))
    assert "source-refused" in [each.code for each in told if isinstance(each, Issue)]
    assert not any(isinstance(each, Table) for each in told)


def test_without_the_extra_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pypdfium2", None)
    with pytest.raises(ExtraMissing, match=r"pip install 'plateglass\[pdf\]'"):
        pdf_page.opened(tmp_path / "log.pdf", Place("log.pdf"))


def test_nothing_of_a_transcription_stays_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is printed lies in clear in the run's own folder only as long as it is read."""
    monkeypatch.setenv("PLATEGLASS_KEY_FILE", str(tmp_path / "key"))
    path = log(tmp_path / "log.pdf", [record(n, ("Ada Example ZZT0007",)) for n in range(1, 12)])
    made = Case.make(tmp_path / "case", Settings())
    issues = pipeline.add(made, [path])
    [line] = made.sources()
    assert [(part["records"], part["rejected"], part["part_name"]) for part in line["parts"]] == [(11, 0, "pages 1-2")]
    assert not [each for each in issues if each.severity is not Severity.NOTE]
    left = [each for each in (tmp_path / "case").rglob("*") if each.is_file() and each.suffix != ".parquet"]
    assert left
    assert not [each for each in left if b"ZZT0007" in each.read_bytes() or b"Ada" in each.read_bytes()]
    assert not list((tmp_path / "case").rglob("*.csv"))


# --- the real thing ---

real = pytest.mark.real
absent = pytest.mark.skipif(not REAL.is_dir(), reason="../shared/data is not beside this checkout")


@real
@absent
def test_the_log_of_809_pages_is_the_csv_beside_it(tmp_path: Path) -> None:
    """7,273 records, every field; where they differ the CSV is at fault, save for 18 double blanks.

    In 51 records the CSV has only the first digits of a device count that the PDF prints whole.
    """
    [path], [beside] = REAL.glob("*-Audit.pdf"), REAL.glob("*-Audit_EXTRACTED.csv")
    rows, printed = transcribed(path, tmp_path)
    with beside.open(encoding="utf-8", newline="") as file:
        other = [[*row[:4], f"{row[4]} {row[5]}", *row[6:]] for row in list(csv.reader(file))[1:]]
    assert (printed.pages, printed.whole, len(rows) - 1) == (809, True, 7273)
    differs: Counter[tuple[str, bool, bool]] = Counter()
    for row, as_csv in zip(rows[1:], other, strict=True):
        for heading, cell, told in zip(rows[0], row, as_csv, strict=True):
            if cell != told:
                differs[heading, " ".join(told.split()) == cell, cell.startswith(told)] += 1
    assert differs == {("Reason", True, False): 18, ("Total Devices Searched", False, True): 51}


@real
@absent
def test_the_sharing_list_of_29_pages_is_the_csv_beside_it(tmp_path: Path) -> None:
    """858 records in the same order; where they differ, the page shows what the PDF's text says.

    The CSV fills the third column of 30 records that are blank in print, and spells 23 names in another way; one list
    has a dash that the print shows as three signs.
    """
    rows, _ = transcribed(REAL / "Sharing_Agencies.pdf", tmp_path)
    with (REAL / "Sharing_Agencies_EXTRACTED.csv").open(encoding="utf-8", newline="") as file:
        other = [row[1:] for row in list(csv.reader(file))[1:]]
    assert len(rows) - 1 == len(other) == 858
    pairs = list(zip(rows[1:], other, strict=True))
    differs = [sum(_bare(row[at]) != _bare(told[at]) for row, told in pairs) for at in range(3)]
    assert differs == [23, 1, 30]
    assert {row[2] for row, told in pairs if row[2] != told[2]} == {""}


def _bare(cell: str) -> str:
    return "".join(cell.split())
