"""What reading must hold: nothing lost, nothing guessed, nothing shown that is somebody's data."""

from __future__ import annotations

import csv
import io
import json
import os
import tomllib
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from plateglass import read
from plateglass.catalogue import Catalogue
from plateglass.errors import Issue, Severity, SourceUnreadable
from plateglass.model import Rejected, Source, Table, View
from plateglass.read import archives, kinds, records, scan, text, workbook
from plateglass.store import Store

BROKEN = Path(__file__).parent / "fixtures" / "broken"
REAL = Path(__file__).parents[1].parent / "shared/data"
CATALOGUE = Catalogue()
HEADINGS = ("ID", "Name", "Org Name", "Total Networks Searched", "Time Frame", "Reason", "Search Time")


def record(number: int, org: str = "Exampleville FL PD", reason: str = "stolen vehicle") -> list[str]:
    return [
        f"00000000-0000-4000-8000-{number:012d}", "Ada Example", org, str(number),
        "11/13/2025, 10:00:17 PM UTC\n11/14/2025, 10:00:17 AM UTC", reason, "11/14/2025, 09:53:36 AM UTC",
    ]  # fmt: skip


def csv_text(rows: Sequence[Sequence[str]], headings: Sequence[str] = HEADINGS, newline: str = "\n") -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator=newline).writerows([headings, *rows])
    return out.getvalue()


def log(records: int) -> str:
    return csv_text([record(n) for n in range(1, records + 1)])


def found(path: Path, work: Path, store: Store) -> list[Table | Issue]:
    told: list[Table | Issue] = []
    for each in read.sources([path], work):
        told += [each] if isinstance(each, Issue) else read.tables(each, CATALOGUE, work, store)
    return told


def the_table(path: Path, work: Path, store: Store) -> Table:
    [table] = [each for each in found(path, work, store) if isinstance(each, Table)]
    return table


def issues(path: Path, work: Path) -> list[Issue]:
    with Store() as store:
        return [each for each in found(path, work, store) if isinstance(each, Issue)]


def write(folder: Path, content: str | bytes, name: str = "log.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


# --- broken files: one for each kind of fault, with what is said of it ---


def told_of(path: Path, work: Path) -> list[str]:
    """Every issue of a file; and, where it has a table, what reading it strictly leaves out."""
    lines: list[str] = []
    with Store() as store:
        for each in found(path, work, store):
            if isinstance(each, Issue):
                lines.append(f"{each.severity}: {each.code}: {each.message}")
                continue
            single, rejected = read.strictly(each, work)
            lines.append(f"{single.records} records, {len(rejected)} rejected{', careful' if each.careful else ''}")
            assert store.one(f"SELECT count(*) FROM ({single.relation})") == single.records
            lines += [f"record {r.record}: {r.column}: {r.reason}" for r in rejected]
            lines += [f"repaired record {r.record}: {r.column}: {r.reason}" for r in single.repaired]
    return lines


def test_each_fault_has_its_message(tmp_path: Path, update: bool) -> None:
    paths = sorted(path for path in BROKEN.iterdir() if path.suffix != ".json")
    told = {path.name: told_of(path, tmp_path / path.name) for path in paths}
    expected = BROKEN / "messages.json"
    if update:
        expected.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    assert told == json.loads(expected.read_text(encoding="utf-8"))


def test_no_message_holds_a_cell(tmp_path: Path) -> None:
    """Plates, people, places: whatever stands in a broken file stays there."""
    for path in sorted(BROKEN.glob("*.csv")):
        said = " ".join(told_of(path, tmp_path / path.name))
        for secret in ("ZZT0", "Ada Example", "Exampleville", "Main St", "-86.1", "stolen"):
            assert secret not in said, path.name


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (bytes(range(256)) * 64, "the file is binary"),
        (b"\x89PNG\r\n\x1a\n" + bytes(64), "the file is an image"),
        (b"\x1f\x8b\x08" + bytes(64), "the file is a gzip archive"),
        (b"PK\x03\x04" + b"xl/workbook.xml" + bytes(200), "the workbook is cut short"),
        (b"PK\x03\x04" + bytes(200), "the ZIP archive is cut short"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "the workbook can't be opened"),
        (b"\xef\xbb\xbf", "the file is empty"),
    ],
)
def test_what_is_no_text_is_named(tmp_path: Path, content: bytes, says: str) -> None:
    [*_, issue] = issues(write(tmp_path, content), tmp_path)
    assert issue.severity is Severity.SOURCE
    assert issue.code == "source-unreadable"
    assert says in issue.message


def a_workbook(folder: Path, rows: int = 20) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in [list(HEADINGS), *(record(n) for n in range(rows))]:
        sheet.append(row)
    path = folder / "log.xlsx"
    book.save(path)
    return path


def test_a_truncated_workbook_is_said_to_be_cut_short(tmp_path: Path) -> None:
    path = a_workbook(tmp_path)
    path.write_bytes(path.read_bytes()[:2000])
    [issue] = issues(path, tmp_path)
    assert "cut short" in issue.message


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MAX_UNPACKED", 1000)
    [issue] = issues(a_workbook(tmp_path), tmp_path)
    assert issue.code == "source-refused"


@pytest.mark.parametrize("number", [20_000, 55_000, 54_999])
def test_a_number_of_records_that_exporters_cut_at_is_noted(tmp_path: Path, number: int) -> None:
    path = write(tmp_path, "Org,Total Networks Searched,Search Time\n" + "A,1,2025-01-01 00:00:00\n" * number)
    assert [issue.code for issue in issues(path, tmp_path)] == ["row-cap"]


# --- files, folders, archives ---


def names(paths: Sequence[Path], work: Path) -> list[str]:
    return [each.name if isinstance(each, Source) else each.code for each in read.sources(paths, work)]


def test_a_folder_gives_its_files_in_order_without_hidden_ones(tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv", ".hidden.csv", "z/c.csv", ".git/d.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        write(tmp_path, f"{name}\n", name)
    assert names([tmp_path], tmp_path / "work") == ["a.csv", "b.csv", "c.csv"]


def test_a_path_that_is_not_there_stops_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(SourceUnreadable, match=r"no such file.*nowhere\.csv"):
        list(read.sources([write(tmp_path, "x"), tmp_path / "nowhere.csv"], tmp_path))


def test_a_link_in_a_circle_is_an_error_and_a_linked_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(SourceUnreadable, match="too many levels"):
        list(read.sources([tmp_path / "loop"], tmp_path))
    (tmp_path / "loop").unlink()
    (tmp_path / "again").symlink_to(tmp_path)
    write(tmp_path, "x")
    assert names([tmp_path], tmp_path / "work") == ["link-not-followed", "log.csv"]


def test_what_is_wrong_below_a_folder_is_told_without_where_the_folder_lies(tmp_path: Path) -> None:
    """A path of the machine that it ran on belongs into no report."""
    inner = tmp_path / "given" / "inner"
    inner.mkdir(parents=True)
    (inner / "gone.csv").symlink_to(tmp_path / "nowhere.csv")
    (inner / "linked").symlink_to(tmp_path)
    told = [each for each in read.sources([tmp_path / "given"], tmp_path / "work") if isinstance(each, Issue)]
    assert sorted((each.code, each.place.path) for each in told) == [
        ("link-not-followed", "inner/linked"), ("source-unreadable", "gone.csv"),
    ]  # fmt: skip
    assert not [each for each in told if str(tmp_path) in f"{each.place}{each.message}"]


def test_a_folder_that_can_t_be_listed_is_told_by_its_path_below_the_one_that_was_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "given" / "closed").mkdir(parents=True)
    listed = os.scandir

    def guarded(path: str) -> object:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return listed(path)

    monkeypatch.setattr(os, "scandir", guarded)
    [issue] = read.sources([tmp_path / "given"], tmp_path / "work")
    assert isinstance(issue, Issue)
    assert (issue.place.path, "permission denied" in issue.message) == ("closed", True)


@pytest.mark.parametrize(
    ("files", "what"),
    [({"datapackage.json": '{"plateglass": {}}'}, "a report"), ({"case.toml": "", "sources.jsonl": ""}, "a case")],
)
def test_a_folder_of_our_own_below_an_input_is_passed_over_with_one_note(
    tmp_path: Path, files: dict[str, str], what: str
) -> None:
    ours = tmp_path / "given" / "deep" / "ours"
    (ours / "evidence").mkdir(parents=True)
    for name, content in files.items():
        (ours / name).write_text(content)
    write(ours / "evidence", log(2), "evidence.csv")
    write(tmp_path / "given", log(3))
    source, note = read.sources([tmp_path / "given"], tmp_path / "work")
    assert isinstance(source, Source)
    assert isinstance(note, Issue)
    assert (note.code, note.place.path) == ("folder-passed-over", "deep/ours")
    assert what in note.message


@pytest.mark.parametrize("content", ["[]", "{}", "", "[" * 99_999, "\0", '{"plateglass": ' * 9])
def test_a_folder_with_another_list_of_files_is_read(tmp_path: Path, content: str) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "datapackage.json").write_text(content)
    write(tmp_path / "theirs", log(2))
    assert "log.csv" in names([tmp_path], tmp_path / "work")


def test_a_file_without_permission_is_an_issue_and_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = write(tmp_path, log(2), "a.csv")
    write(tmp_path, log(3), "b.csv")
    opened = Path.open

    def guarded(path: Path, mode: str = "r") -> object:
        if path == closed:
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, mode)

    monkeypatch.setattr(Path, "open", guarded)
    told = list(read.sources([tmp_path], tmp_path / "work"))
    assert isinstance(told[0], Issue)
    assert "permission denied" in told[0].message
    assert isinstance(told[1], Source)
    assert told[1].name == "b.csv"


def test_the_same_file_is_read_once_and_the_same_bytes_of_another_day_twice(tmp_path: Path) -> None:
    """A portal that did not change gives out equal files on two days: both were released."""
    first = write(tmp_path, log(2), "a__2026-01-01.csv")
    second = write(tmp_path, log(2), "a__2026-01-08.csv")
    told = list(read.sources([first, first, second], tmp_path))
    ids = [each.id for each in told if isinstance(each, Source)]
    assert [each.code for each in told if isinstance(each, Issue)] == ["source-twice", "source-copied"]
    assert ids[1] == f"{ids[0]}-1"


def zipped(folder: Path, members: dict[str, bytes]) -> Path:
    path = folder / "release.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_the_members_of_an_archive_are_sources_by_their_own_hash(tmp_path: Path) -> None:
    path = zipped(tmp_path, {"b/two.csv": log(2).encode(), "one.csv": log(1).encode(), "in.zip": b"PK", ".x.csv": b"x"})
    told = list(read.sources([path], tmp_path / "work"))
    assert [each.name for each in told if isinstance(each, Source)] == ["release.zip/b/two.csv", "release.zip/one.csv"]
    [inner] = [each for each in told if isinstance(each, Issue)]
    assert "an archive within an archive is not opened" in inner.message
    [plain] = read.sources([write(tmp_path, log(1))], tmp_path)
    assert isinstance(plain, Source)
    assert plain.sha256 in {each.sha256 for each in told if isinstance(each, Source)}


@pytest.mark.parametrize("name", ["../out.csv", "a/../../out.csv", "/tmp/out.csv", "C:/out.csv", "..\\out.csv"])  # noqa: S108
def test_an_archive_whose_member_leaves_the_folder_is_refused_whole(tmp_path: Path, name: str) -> None:
    path = zipped(tmp_path, {"good.csv": log(1).encode(), name: b"x"})
    [issue] = read.sources([path], tmp_path / "work")
    assert isinstance(issue, Issue)
    assert issue.code == "source-refused"
    assert "out of the archive's folder" in issue.message
    assert not list(tmp_path.rglob("out.csv"))


def test_a_bomb_is_measured_while_it_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = zipped(tmp_path, {"bomb.csv": b"0" * (archives.FREE + 2_000_000)})
    [issue] = read.sources([path], tmp_path / "work")
    assert isinstance(issue, Issue)
    assert issue.code == "source-refused"
    assert "200 times" in issue.message
    monkeypatch.setattr(archives, "MAX_TOTAL", 100)
    [issue] = read.sources([zipped(tmp_path, {"a.csv": log(9).encode()})], tmp_path / "work")
    assert isinstance(issue, Issue)
    assert issue.code == "source-refused"
    assert sum(file.stat().st_size for file in (tmp_path / "work").rglob("*") if file.is_file()) == 0


def test_encrypted_and_doubled_members_are_named_and_the_others_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "r.zip", "w") as archive:
        archive.writestr("good.csv", log(1))
        archive.writestr("locked.csv", log(2))
        archive.writestr("same.csv", log(3))
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("same.csv", log(4))
    raw = (tmp_path / "r.zip").read_bytes()
    entry = raw.index(b"PK\x01\x02", raw.index(b"PK\x01\x02") + 4)
    (tmp_path / "r.zip").write_bytes(raw[: entry + 8] + b"\x01" + raw[entry + 9 :])
    told = list(read.sources([tmp_path / "r.zip"], tmp_path / "work"))
    assert [each.name for each in told if isinstance(each, Source)] == ["r.zip/good.csv"]
    said = " ".join(each.message for each in told if isinstance(each, Issue))
    assert "encrypted" in said
    assert "two members have this name" in said


# --- counting apart ---

CELLS = st.lists(st.text(alphabet='ab1 ,"\n\r\té', max_size=6), min_size=3, max_size=3)


@settings(max_examples=50, deadline=None)
@given(rows=st.lists(CELLS, max_size=30), newline=st.sampled_from(["\n", "\r\n"]))
def test_the_count_apart_is_the_number_of_records(
    rows: list[list[str]], newline: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever stands in quoted cells: newlines, quotes, delimiters."""
    out = io.StringIO()
    csv.writer(out, lineterminator=newline, quoting=csv.QUOTE_ALL).writerows([("a", "b", "c"), *rows])
    path = write(tmp_path_factory.mktemp("count"), out.getvalue())
    seen = scan.scan(path)
    assert seen.records == len(rows) + 1
    assert not seen.open_quote
    assert seen.clean or "\r" in out.getvalue()
    if not seen.clean:
        text.transcribe(path, plain := path.with_name("plain.csv"), "utf-8", 0)
        path = plain
    with Store() as store:
        relation = records.relation(str(path), 3, ",")
        assert store.one(f"SELECT count(*) FROM ({relation})") == len(rows)


def test_the_count_does_not_depend_on_where_chunks_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(
        tmp_path, csv_text([record(n, reason='a "b"\n\nc é') for n in range(200)], newline="\r\n") + "\r\n\r\n"
    )
    for size in (7, 64, 1000, 1 << 20):
        monkeypatch.setattr(scan, "CHUNK", size)
        seen = scan.scan(path, b"ID,Name")
        assert (seen.records, seen.utf8, seen.clean, seen.echoes) == (201, True, True, 1), size


def test_samples_come_from_all_over_and_begin_with_a_record(tmp_path: Path) -> None:
    path = write(tmp_path, log(20_000))
    seen = scan.scan(path)
    assert len(seen.samples) > 20
    for sample in seen.samples[1:]:
        [first, *_] = csv.reader(io.StringIO(sample.raw.decode()))
        assert first == record(sample.before)


def test_a_clean_file_is_read_where_it_lies_and_another_is_transcribed(tmp_path: Path) -> None:
    with Store() as store:
        assert the_table(path := write(tmp_path, log(5)), tmp_path / "w", store).text == path
        assert the_table(path := write(tmp_path, log(5).encode("utf-8-sig")), tmp_path / "w", store).text == path
        table = the_table(write(tmp_path, log(5).encode("utf-16")), tmp_path / "w", store)
        assert table.text.is_relative_to(tmp_path / "w")
        assert table.text.read_text(encoding="utf-8") == log(5)


@pytest.mark.parametrize("name", ["Audit *.csv", "Audit [REDACTED].csv", "what?.csv", 'it\'s "q".csv', "log.csv.gz"])
def test_a_file_s_name_is_never_a_pattern_or_a_promise(tmp_path: Path, name: str) -> None:
    write(tmp_path, log(9), "Audit other.csv")
    with Store() as store:
        table = the_table(write(tmp_path, log(4), name), tmp_path / "w", store)
        assert store.one(f"SELECT count(*) FROM ({table.relation})") == 4


@pytest.mark.parametrize("between", ["\r", "\r\n"])
def test_newlines_that_change_on_the_way_lose_nothing(tmp_path: Path, between: str) -> None:
    text = log(20).replace('AM UTC"\n0', f'AM UTC"{between}0', 5)
    with Store() as store:
        table = the_table(write(tmp_path, text), tmp_path / "w", store)
        assert (table.records, store.one(f"SELECT count(*) FROM ({table.relation})")) == (20, 20)


@pytest.mark.parametrize(
    ("cell", "misread"),
    [
        ("Â§ 459 burglary", True), ("stolen â€“ vehicle", True), ("José".encode().decode("cp1252"), True),
        ("José – “naïve” café …", False), ("——", False), ("§ 459", False), ("日本", False), ("plain", False),
    ],
)  # fmt: skip
def test_text_that_was_misread_before_it_was_released_is_seen(tmp_path: Path, cell: str, misread: bool) -> None:
    """It is told with the number of records looked at, and read as it stands: what was meant is not guessed."""
    assert text.misread(cell) == misread
    rows = [record(n, reason=cell if n % 2 else "bolo") for n in range(1, 21)]
    told = [each.message for each in issues(write(tmp_path, csv_text(rows)), tmp_path) if each.code == "text-misread"]
    assert [each.startswith("in 10 of 20 records looked at, text was misread") for each in told] == [True] * misread


# --- layouts, views ---


@pytest.mark.parametrize(
    ("orgs", "name", "expected"),
    [
        (["Exampleville FL PD"], "x.csv", (View.ORGANISATION_AUDIT, "Exampleville FL PD", [])),
        (["Exampleville FL PD", "Sampleton GA PD"], "x.csv", (View.NETWORK_AUDIT, "", [])),
        (["Exampleville FL PD"], "1_1_2025-1_31_2025-Sampleton GA PD-Network-Audit.csv",
         (View.NETWORK_AUDIT, "Sampleton GA PD", [])),
        (["Sampleton GA PD"], "1_1_2025-1_31_2025-Sampleton GA PD-Network-Audit.csv",
         (View.ORGANISATION_AUDIT, "Sampleton GA PD", ["view-doubtful"])),
        (["A", "B"], "Sampleton_GA_PD_Organization_Audit_2025-01-01_2025-01-31.xlsx",
         (View.NETWORK_AUDIT, "Sampleton GA PD", ["ending-wrong", "view-doubtful"])),
    ],
)  # fmt: skip
def test_organisations_decide_the_view(
    tmp_path: Path, orgs: list[str], name: str, expected: tuple[View, str, list[str]]
) -> None:
    rows = [record(n, org=orgs[n % len(orgs)]) for n in range(6)]
    path = write(tmp_path, csv_text(rows), name)
    with Store() as store:
        table = the_table(path, tmp_path, store)
        codes = [each.code for each in found(path, tmp_path, store) if isinstance(each, Issue)]
    assert (table.view, table.owner, codes) == expected


def test_one_other_organisation_among_many_records_makes_a_network_audit(tmp_path: Path) -> None:
    rows = [record(n, org="Sampleton GA PD" if n == 7_777 else "Exampleville FL PD") for n in range(9_000)]
    with Store() as store:
        assert the_table(write(tmp_path, csv_text(rows)), tmp_path, store).view is View.NETWORK_AUDIT


def test_a_table_is_matched_by_name_whatever_the_order(tmp_path: Path) -> None:
    order = [4, 2, 6, 0, 3, 1, 5]
    rows = [[record(n)[i] for i in order] for n in range(5)]
    path = write(tmp_path, csv_text(rows, [f" {HEADINGS[i].upper()}\xa0" for i in order]))
    with Store() as store:
        table = the_table(path, tmp_path, store)
        index = table.columns["networks"]
        assert [row[0] for row in store.rows(f"SELECT c{index} FROM ({table.relation})")] == list("01234")


# --- record by record ---


def test_every_good_record_keeps_its_number(tmp_path: Path) -> None:
    rows = [record(n) for n in range(1, 60)]
    lines = csv_text(rows).replace('stolen vehicle,"11', 'stolen,vehicle,"11', 3)
    with Store() as store:
        table = the_table(write(tmp_path, lines), tmp_path, store)
        single, rejected = read.strictly(table, tmp_path)
        numbers = store.rows(f"SELECT record, c3 FROM ({single.relation}) ORDER BY record")
    assert [r.record for r in rejected] == [1, 2, 3]
    assert all(isinstance(r, Rejected) and r.source == table.source.id for r in rejected)
    assert numbers == [(n, str(n)) for n in range(4, 60)]
    assert single.records + len(rejected) == table.records


@settings(max_examples=30, deadline=None)
@given(bad=st.sets(st.integers(1, 80), max_size=5), quote=st.sampled_from(['"oops', 'a "b" c"', '"a" b "c"', "x, y"]))
def test_what_is_broken_costs_itself_alone(bad: set[int], quote: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """An open quote, a stray quote, a cell too many: every other record stays, under its own number."""
    folder = tmp_path_factory.mktemp("broken")
    lines = [csv_text([record(n, reason="REASON")]).partition("\n")[2] for n in range(1, 81)]
    lines = [line.replace("REASON", quote if n in bad else "stolen") for n, line in enumerate(lines, 1)]
    with Store() as store:
        table = the_table(write(folder, ",".join(HEADINGS) + "\n" + "".join(lines)), folder, store)
        single, rejected = read.strictly(table, folder)
        kept = dict(store.rows(f"SELECT record, c3 FROM ({single.relation})"))
    whole = quote in ('a "b" c"', "x, y")
    assert {r.record for r in rejected} == (set() if whole else bad)
    assert kept == {n: str(n) for n in range(1, 81) if whole or n not in bad}
    assert {r.record for r in single.repaired} == (bad if quote == "x, y" else set())


def test_strict_and_fast_reading_agree_on_a_good_file(tmp_path: Path) -> None:
    rows = [record(n, reason='He said "go",\nthen\n\nleft') for n in range(300)]
    with Store() as store:
        table = the_table(write(tmp_path, csv_text(rows, newline="\r\n")), tmp_path, store)
        single, rejected = read.strictly(table, tmp_path)
        cells = ", ".join(f"c{i}" for i in range(len(HEADINGS)))
        fast = store.rows(f"SELECT {cells} FROM ({table.relation})")
        assert store.rows(f"SELECT {cells} FROM ({single.relation}) ORDER BY record") == fast
    assert not rejected


# --- workbooks, kinds ---


@pytest.mark.parametrize(
    ("cell", "shown"),
    [(3.0, "3"), (3, "3"), (0.5, "0.5"), (True, "TRUE"), ("a\r\nb\0", "a\nb")],
)
def test_a_cell_is_shown_as_it_stands(cell: workbook.Cell, shown: str) -> None:
    assert workbook.shown(cell) == shown


@pytest.mark.parametrize(
    ("pattern", "text", "fit"),
    [
        ("%m/%d/%Y, %I:%M:%S %p UTC", "1/6/2025, 1:02:03 PM UTC", True),
        ("%m/%d/%Y, %I:%M:%S %p UTC", "2025-01-06", False),
        ("%m/%d/%Y, %I:%M:%S %p UTC", "1/6/2025, 00:02:03 AM UTC", False),
        ("%m/%d/%Y %H:%M", "1/32/2025 01:00", False),
        ("%Y-%m-%dT%H:%M:%S.%fZ", "2026-02-25T00:05:05.983Z", True),
        ("%Y-%m-%dT%H:%M:%S.%fZ", "2026-02-25T00:05:05xZ", False),
    ],
)
def test_a_time_has_the_shape_of_its_format(pattern: str, text: str, fit: bool) -> None:
    assert (kinds.time_pattern((pattern,)).fullmatch(text) is not None) == fit


# --- explaining ---


def test_an_explanation_says_why_and_shows_no_value(tmp_path: Path) -> None:
    explained = read.explain(write(tmp_path, log(30)), CATALOGUE, tmp_path)
    [table] = explained.tables
    assert (table.layout, table.records, table.encoding) == ("flock-audit", 30, "utf-8")
    networks = next(column for column in table.columns if column.field == "networks")
    assert (networks.kind, networks.fits, networks.fate) == ("count", 1.0, "read")
    assert "Ada Example" not in repr(explained)


def test_an_unknown_log_gets_a_draft_that_is_a_layout(tmp_path: Path) -> None:
    path = write(
        tmp_path, "Timestamp,Operator,Plates Run\n2026-08-15T21:33:09Z,Ada Example,3\n2026-08-15T21:33:10Z,Bo,4\n"
    )
    [table] = read.explain(path, CATALOGUE, tmp_path).tables
    assert table.layout == ""
    assert 'formats = ["%Y-%m-%dT%H:%M:%SZ"]' in table.draft
    assert "Ada" not in repr(table)
    draft = table.draft.replace('needs = ["searched_at"]', 'needs = ["timestamp"]')
    (tmp_path / "content" / "layouts").mkdir(parents=True)
    (tmp_path / "content" / "layouts" / "drafted.toml").write_text(draft)
    with Store() as store:
        [source] = read.sources([path], tmp_path)
        assert isinstance(source, Source)
        [known] = read.tables(source, Catalogue(tmp_path / "content"), tmp_path, store)
    assert isinstance(known, Table)
    assert known.layout == "drafted"


def test_a_draft_keeps_no_text_of_persons_and_plates(tmp_path: Path) -> None:
    """Whoever takes it as it is has tokens: it says of a column what the table above it says."""
    rows = [f"Ada Example,2025-09-01 10:00:0{n},8ZZZ10{n},26-90000{n},{n},burglary" for n in range(1, 5)]
    path = write(tmp_path, "\n".join(["Requested By,When,Tag,Case Number,Badge,Note", *rows]))
    [table] = read.explain(path, CATALOGUE, tmp_path).tables
    drafted = [each["kind"] for each in tomllib.loads(table.draft)["fields"].values()]
    assert drafted == ["person", "instant", "plate", "case", "person", "text"] == [c.kind for c in table.columns]
    assert {c.fits for c in table.columns} == {1.0}
    assert "read" not in {c.fate for c in table.columns}
    assert "layouts explain" not in table.why, "it is what was just done"


def test_of_a_refused_file_no_column_is_said_to_be_read(tmp_path: Path) -> None:
    [table] = read.explain(BROKEN / "plates-and-places.csv", CATALOGUE, tmp_path).tables
    assert {c.fate for c in table.columns} == {"refused"}
    assert table.draft == ""


@pytest.mark.parametrize("name", ["unknown.csv", "no-headings.csv", "plates-and-places.csv", "headings-twice.csv"])
def test_a_file_that_can_t_be_read_can_be_explained(tmp_path: Path, name: str) -> None:
    [table] = read.explain(BROKEN / name, CATALOGUE, tmp_path).tables
    assert table.why
    assert table.layout == ""


# --- real files ---


@pytest.mark.real
@pytest.mark.skipif(not REAL.exists(), reason="../shared/data is absent: no real files to read")
def test_every_record_of_the_real_files_is_counted(tmp_path: Path) -> None:
    known: dict[str, list[int]] = {}
    with Store() as store:
        for folder in ("portal-search-audits", "okaloosa-fl-so"):
            every = [each for path in sorted((REAL / folder).glob("*.csv")) for each in found(path, tmp_path, store)]
            for each in every:
                if isinstance(each, Table):
                    known.setdefault(each.layout, []).append(each.records)
                    assert store.one(f"SELECT count(*) FROM ({each.relation})") == each.records
    assert {layout: (len(counts), sum(counts)) for layout, counts in known.items()} == {
        "flock-portal-audit": (161, 59_710), "flock-portal-statistics": (1, 165),
        "flock-audit": (1, 7_273), "flock-shared-networks": (1, 858),
    }  # fmt: skip
