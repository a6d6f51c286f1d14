"""What the second, marked pass must hold: one reading or none, never a guess, every repaired record marked."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from plateglass import normalise, pipeline, read
from plateglass.case import Case, Settings
from plateglass.catalogue import Catalogue
from plateglass.errors import Issue
from plateglass.model import Rejected, Table
from plateglass.read import repair
from plateglass.store import Store

CATALOGUE = Catalogue()
LAYOUT = CATALOGUE.layouts["flock-audit"]
HEADINGS = (
    "Org Name", "Total Networks Searched", "Time Frame", "Reason", "Case #", "Filters", "Search Time", "Search Type",
)  # fmt: skip
READ_AT = datetime(2026, 1, 1, tzinfo=UTC)
FRAME = "11/13/2025, 10:00:17 PM UTC\n11/14/2025, 10:00:17 AM UTC"


def record(number: int, **cells: str) -> list[str]:
    told = {
        "Org Name": "Exampleville FL PD", "Total Networks Searched": str(number), "Time Frame": FRAME,
        "Reason": "stolen vehicle", "Case #": f"26-{900_000 + number}", "Filters": "",
        "Search Time": f"11/14/2025, 09:{number % 60:02}:36 AM UTC", "Search Type": "lookup",
    } | cells  # fmt: skip
    return [told[heading] for heading in HEADINGS]


def text(rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def written(folder: Path, rows: Sequence[Sequence[str]], headings: Sequence[str] = HEADINGS) -> Path:
    path = folder / "log.csv"
    path.write_text(text([headings, *rows]), newline="")
    return path


def strictly(path: Path, work: Path) -> tuple[dict[int, list[str]], tuple[Rejected, ...], Table]:
    """The accepted records by their numbers, the rejected ones, and the table."""
    with Store() as store:
        [source] = read.sources([path], work)
        assert not isinstance(source, Issue)
        [table] = [each for each in read.tables(source, CATALOGUE, work, store) if isinstance(each, Table)]
        single, rejected = read.strictly(table, work)
        width = len(single.headings)
        cells = ", ".join(f"c{at}" for at in range(width))
        rows = store.rows(f"SELECT record, {cells} FROM ({single.relation}) ORDER BY record")
    return {number: [cell or "" for cell in row] for number, *row in rows}, rejected, single


GOOD = [record(n) for n in range(1, 31)]
"""Their filters are blank, and nothing else is."""

BROKEN: list[tuple[str, list[str], list[str], tuple[str, str]]] = [
    (
        "a cell too many",
        [*record(31)[:5], "", *record(31)[5:]],
        record(31),
        ("Filters", "a blank cell too many stands here; it is left out"),
    ),
    (
        "a comma nobody quoted",
        [*record(31)[:3], "stolen", " maybe", *record(31)[4:]],
        record(31, Reason="stolen, maybe"),
        ("Reason", "a comma within the text was not quoted; its parts are joined"),
    ),
    (
        "two commas nobody quoted",
        [*record(31)[:3], "stolen", " maybe", " not", *record(31)[4:]],
        record(31, Reason="stolen, maybe, not"),
        ("Reason", "a comma within the text was not quoted; its parts are joined"),
    ),
    (
        "a cell too few",
        record(31)[:5] + record(31)[6:],
        record(31),
        ("Filters", "a cell is missing here; it is read as blank"),
    ),
    (
        "cells one to the right",
        [*record(31)[:5], "", *record(31)[5:7]],
        ["Exampleville FL PD", "31", FRAME, "stolen vehicle", "26-900031", "", "", "11/14/2025, 09:31:36 AM UTC"],
        ("", ""),
    ),
]


@pytest.mark.parametrize(("bad", "mended", "how"), [each[1:] for each in BROKEN[:4]], ids=[e[0] for e in BROKEN[:4]])
def test_a_record_that_can_be_read_in_one_way_is_read_so_and_marked(
    tmp_path: Path, bad: list[str], mended: list[str], how: tuple[str, str]
) -> None:
    """It keeps its number, and the others stay as they are."""
    kept, rejected, table = strictly(written(tmp_path, [*GOOD[:10], bad, *GOOD[10:]]), tmp_path)
    assert kept[11] == mended
    assert [kept[n] for n in sorted(kept) if n != 11] == GOOD
    assert rejected == ()
    assert table.repaired == (Rejected(table.source.id, 0, 11, *how),)
    assert table.records == 31


def test_what_is_lost_at_the_end_is_not_made_up(tmp_path: Path) -> None:
    """Cells that stand one to the right, the last of them gone: no reading has all kinds, so none is taken."""
    bad = BROKEN[4][1]
    kept, rejected, table = strictly(written(tmp_path, [*GOOD, bad]), tmp_path)
    assert 31 not in kept or kept[31] == bad
    assert table.repaired == ()
    assert len(kept) + len(rejected) == 31


def test_where_two_readings_fit_none_is_taken(tmp_path: Path) -> None:
    """With case numbers and filters that are now and then blank, a missing cell may be either's."""
    good = [record(n, **{"Case #": "" if n % 3 else "26-900001"}) for n in range(1, 31)]
    bad = record(31, **{"Case #": "26-900031"})
    kept, rejected, table = strictly(written(tmp_path, [*good, bad[:4] + bad[6:] + [""]]), tmp_path)
    assert table.repaired == ()
    assert (len(kept), [each.record for each in rejected]) == (30, [31])
    _, rejected, table = strictly(written(tmp_path, [*good, record(31)[:3] + record(31)[5:]]), tmp_path)
    assert table.repaired == ()
    assert [each.reason for each in rejected] == ["cells: 6; expected 8"]


def test_cells_that_stand_one_beside_their_own_go_back(tmp_path: Path) -> None:
    """Also where most cells are right, so that the record alone would have been taken as it is."""
    bad = [*record(31)[:6], "", record(31)[6]]
    assert bad[-1].endswith("UTC"), "the time stands where the type belongs"
    good = [record(n, **{"Search Type": "" if n % 2 else "lookup"}) for n in range(1, 31)]
    kept, rejected, table = strictly(written(tmp_path, [*good, bad]), tmp_path)
    assert kept[31] == record(31, **{"Search Type": ""})
    assert rejected == ()
    assert table.repaired[0].reason == "from here on cells stand one column too far to the right"


def test_nothing_is_repaired_without_proof(tmp_path: Path) -> None:
    """Two columns of text and one count are no proof of where a cell belongs."""
    habits = repair.Habits(LAYOUT, ("Org Name", "Reason"), {0: LAYOUT.fields["org"], 1: LAYOUT.fields["reason"]})
    assert repair.repaired(habits, ["Exampleville FL PD"]) is None
    assert repair.repaired(habits, ["Exampleville FL PD", "a", " b"]) is None


def test_a_second_export_in_another_order_is_put_in_the_order_of_the_first(tmp_path: Path) -> None:
    """Its own headings say which cell is which; where they name other columns, its records are another table's."""
    order = [3, 0, 2, 1, 6, 5, 4, 7]
    other = [[row[at] for at in order] for row in ([list(HEADINGS)] + [record(n) for n in range(50, 60)])]
    kept, rejected, table = strictly(written(tmp_path, [*GOOD, *other]), tmp_path)
    assert [kept[n] for n in range(32, 42)] == [record(n) for n in range(50, 60)]
    assert [(each.record, each.reason) for each in rejected] == [(31, "headings of another export, in another order")]
    assert {each.reason for each in table.repaired} == {"put in the order of the first headings, by its own above it"}
    fewer = [row[:-1] for row in other]
    kept, rejected, table = strictly(written(tmp_path, [*GOOD, *fewer]), tmp_path)
    assert (len(kept), len(rejected), table.repaired) == (30, 1, ())
    assert table.below is not None
    assert table.below.read_text() == text(fewer)


def test_a_second_export_without_headings_is_put_in_order_where_its_values_tell_one(tmp_path: Path) -> None:
    """Its columns hold what those of the first hold: kinds tell some, known values others, the rest is left over."""
    order = [3, 0, 2, 1, 6, 5, 4, 7]
    other = [[record(n)[at] for at in order] for n in range(50, 65)]
    kept, rejected, table = strictly(written(tmp_path, [*GOOD, *other]), tmp_path)
    assert [kept[n] for n in range(31, 46)] == [record(n) for n in range(50, 65)]
    assert rejected == ()
    assert {each.reason for each in table.repaired} == {"put in the order that many records beside it tell"}
    assert [each.record for each in table.repaired] == list(range(31, 46))


def test_a_second_export_whose_columns_could_stand_in_two_orders_is_rejected(tmp_path: Path) -> None:
    """Two columns of words that the first never held: which is which nobody can tell."""
    order = [3, 0, 2, 1, 6, 5, 4, 7]
    told = [record(n, **{"Org Name": "Sampleton GA PD", "Reason": "homicide"}) for n in range(50, 65)]
    kept, rejected, table = strictly(written(tmp_path, [*GOOD, *([row[at] for at in order] for row in told)]), tmp_path)
    assert (len(kept), len(rejected), table.repaired) == (30, 15, ())
    few = [[record(n)[at] for at in order] for n in range(50, 55)]
    kept, rejected, table = strictly(written(tmp_path, [*GOOD, *few]), tmp_path)
    assert (len(kept), len(rejected), table.repaired) == (30, 5, ())


def test_a_repaired_record_reaches_store_counts_and_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Marked in a table of its own, in the line of its source, among the issues, and in repaired.csv."""
    monkeypatch.setenv("PLATEGLASS_KEY_FILE", str(tmp_path / "key"))
    (tmp_path / "key").write_bytes(b"k" * 32)
    (tmp_path / "key").chmod(0o600)
    path = written(tmp_path, [*GOOD, BROKEN[0][1], BROKEN[3][1]])
    case = Case.make(tmp_path / "case", Settings(rules=("screens/reason-missing",)))
    pipeline.audit(case, [path], tmp_path / "report")
    [part] = case.sources()[0]["parts"]
    assert (part["records"], part["accepted"], part["rejected"], part["repaired"]) == (32, 32, 0, 2)
    with case.held(), case.tables() as store:
        assert store.rows('SELECT record, "column" FROM repaired ORDER BY record') == [(31, "Filters"), (32, "Filters")]
    with (tmp_path / "report" / "repaired.csv").open(newline="") as file:
        assert [(row["record"], row["column"]) for row in csv.DictReader(file)] == [
            ("31", "Filters"),
            ("32", "Filters"),
        ]
    summary = json.loads((tmp_path / "report" / "summary.json").read_text())
    [issue] = [each for each in summary["issues"] if each["code"] == "records-repaired"]
    assert issue["message"].startswith("2 records do not stand in the file as they were read")
    assert "2 of 32 records" in " ".join((tmp_path / "report" / "report.html").read_text().split())


def test_a_repaired_record_that_is_rejected_later_is_rejected_only(tmp_path: Path) -> None:
    """Records = accepted + rejected; a mark stands on accepted ones."""
    bad = record(31, **{"Search Time": "11/31/2025, 09:53:36 AM UTC"})
    path = written(tmp_path, [*GOOD, [*bad[:5], "", *bad[5:]]])
    _, _, table = strictly(path, tmp_path)
    assert len(table.repaired) == 1
    with Store(threads=1) as store:
        done = normalise.Ingest(b"k" * 32, store).table(table, LAYOUT, tmp_path / "out")
    assert (done.accepted, len(done.rejected), done.facts["repaired"]) == (30, 1, 0)
    assert not (tmp_path / "out" / "repaired-0.parquet").exists()


# --- values that are none ---


@pytest.mark.parametrize(
    ("heading", "cells", "said"),
    [
        ("Case #", ["2.60901E+14", "2025-09-12 00:00:00", "12-Sep", "Sep-26"], "value-lost"),
        ("Search Type", ["teleport", "Teleport ", "beam", "beam"], "word-unknown"),
        ("Total Networks Searched", ["some", "many", "few", "none"], "value-damaged"),
    ],
)
def test_values_of_another_kind_are_told_by_column_and_number_and_never_shown(
    tmp_path: Path, heading: str, cells: list[str], said: str
) -> None:
    path = written(tmp_path, [*GOOD, *(record(n, **{heading: cell}) for n, cell in enumerate(cells, 31))])
    with Store(threads=1) as store:
        [source] = read.sources([path], tmp_path)
        assert not isinstance(source, Issue)
        [table] = [each for each in read.tables(source, CATALOGUE, tmp_path, store) if isinstance(each, Table)]
        done = normalise.Ingest(b"k" * 32, store).table(table, LAYOUT, tmp_path / "out")
        [issue] = normalise.doubts(done, LAYOUT, READ_AT)
    assert issue.code == said
    assert re.match(rf"cells of {heading} with .*: 4\b", issue.message)
    assert ("different ones: 3;" in issue.message) == (said == "word-unknown")
    assert not any(cell in issue.message for cell in cells)


def test_searches_of_a_day_to_come_are_told(tmp_path: Path) -> None:
    """They are read: what is wrong may be the clock of whoever reads them."""
    path = written(tmp_path, [*GOOD, record(31, **{"Search Time": "11/03/2035, 09:53:36 AM UTC"})])
    with Store(threads=1) as store:
        [source] = read.sources([path], tmp_path)
        assert not isinstance(source, Issue)
        [table] = [each for each in read.tables(source, CATALOGUE, tmp_path, store) if isinstance(each, Table)]
        done = normalise.Ingest(b"k" * 32, store).table(table, LAYOUT, tmp_path / "out")
    [issue] = normalise.doubts(done, LAYOUT, READ_AT)
    assert (issue.code, "up to 2035-11-03" in issue.message) == ("dated-ahead", True)
    assert list(normalise.doubts(done, LAYOUT, datetime(2035, 11, 3, tzinfo=UTC))) == []


def test_ordinary_case_numbers_and_plates_are_not_taken_for_a_spreadsheet_s(tmp_path: Path) -> None:
    """A letter E within a number is only a spreadsheet's where a plus stands behind it."""
    cells = ["26E900001", "2025-09-12", "12-SEPT-1", "9E12", "20260900001234567", "SEP-A", "1-2-3"]
    path = written(tmp_path, [*GOOD, *(record(n, **{"Case #": cell}) for n, cell in enumerate(cells, 31))])
    with Store(threads=1) as store:
        [source] = read.sources([path], tmp_path)
        assert not isinstance(source, Issue)
        [table] = [each for each in read.tables(source, CATALOGUE, tmp_path, store) if isinstance(each, Table)]
        done = normalise.Ingest(b"k" * 32, store).table(table, LAYOUT, tmp_path / "out")
    assert list(normalise.doubts(done, LAYOUT, READ_AT)) == []
