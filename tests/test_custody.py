"""The chain of sources, what `verify` proves and disproves, and runs that repeat each other to the byte."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from plateglass import custody
from plateglass.case import BEGINNING, Case, Settings
from plateglass.custody import Standing
from plateglass.errors import CaseUnusable
from plateglass.store import Store, text
from releases import HOME, NETWORK, OWN, Room, everything, months, record, write


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A room with files, a case of them and its report."""
    root = tmp_path_factory.mktemp("made")
    files = months(root / "files")
    names = ("screens/reason-missing", "screens/reach-networks", "screens/row-cap")
    rules = [word for name in names for word in ("--rules", name)]
    ran = Room(root).run("audit", *files, "--case", "case", "--out", "case/out", *rules, *HOME)
    assert ran.code == 0, ran.said
    return root


@pytest.fixture
def room(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Room:
    """A copy of it, to be spoilt; what runs in this process has its key."""
    shutil.copytree(made, tmp_path / "room")
    found = Room(tmp_path / "room")
    monkeypatch.setenv("PLATEGLASS_KEY_FILE", str(found.key()))
    return found


def lines(room: Room) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (room.root / "case" / "sources.jsonl").read_text().split("\n")[:-1]]


def verified(room: Room, *originals: str) -> dict[Standing, dict[str, str]]:
    """What was found, and why, by its standing."""
    found = custody.verify(Case(room.root / "case"), [room.root / path for path in originals])
    return {standing: {c.what: c.why for c in found if c.standing is standing} for standing in Standing}


def test_each_line_carries_the_hash_of_the_one_before(room: Room) -> None:
    raw = (room.root / "case" / "sources.jsonl").read_bytes().split(b"\n")[:-1]
    befores = [BEGINNING, *(hashlib.sha256(line).hexdigest() for line in raw)]
    assert len(raw) == 3
    assert [line["before"] for line in lines(room)] == befores[:-1]


def test_a_chain_goes_on_over_long_lines(tmp_path: Path) -> None:
    """The last line is looked for from the end of the file, however long it is."""
    case = Case.make(tmp_path / "case", Settings())
    for size in (10, 9_000, 3, 70_000, 1):
        case.append({"source": "x", "name": "n" * size, "parts": []}, case.sources_file)
    assert [len(line["name"]) for line in case.chain()] == [10, 9_000, 3, 70_000, 1]


@pytest.mark.parametrize(
    ("spoil", "line"),
    [
        (lambda found: [found[0].replace(b"41", b"40", 1), *found[1:]], 2),
        (lambda found: [found[0], found[2]], 2),
        (lambda found: [found[1], found[0], found[2]], 1),
        (lambda found: [found[0], found[0], *found[1:]], 2),
        (lambda found: [*found[:2], b"{"], 3),
        (lambda found: [*found[:2], b"[]"], 3),
    ],
    ids=["changed", "taken out", "turned around", "put in", "no JSON", "no object"],
)  # fmt: skip
def test_a_broken_chain_is_refused_and_the_line_named(
    room: Room, spoil: Callable[[list[bytes]], list[bytes]], line: int
) -> None:
    path = room.root / "case" / "sources.jsonl"
    found = path.read_bytes().split(b"\n")[:-1]
    path.write_bytes(b"\n".join([*spoil(found), b""]))
    with pytest.raises(CaseUnusable, match=rf"line {line}\b|record {line}\b"):
        Case(room.root / "case").sources()
    assert list(verified(room)[Standing.BROKEN]) == ["sources.jsonl is a chain"]


def test_the_command_ends_with_what_holds_and_what_does_not(room: Room) -> None:
    honest = room.run("verify", "case", "--originals", "files")
    assert honest.code == 0
    assert honest.out.splitlines()[-1].endswith("0 does not hold; 0 could not be checked")
    (room.root / "files" / OWN).unlink()
    assert room.run("verify", "case", "--originals", "files", "--json").code == 1
    path = room.root / "case" / "sources.jsonl"
    path.write_bytes(path.read_bytes().replace(b"41", b"40", 1))
    spoilt = room.run("verify", "case", "--quiet")
    assert spoilt.code == 1
    assert spoilt.out.startswith("does not hold: sources.jsonl is a chain (line 2 does not follow")
    assert room.run("verify", "nowhere").code == 2
    ran = room.run("check", "case")
    assert (ran.code, ran.said.count("\n")) == (2, 1)


def test_everything_of_an_honest_case_holds(room: Room) -> None:
    told = verified(room, "files")
    assert (told[Standing.BROKEN], told[Standing.UNCHECKED]) == ({}, {})
    said = list(told[Standing.HOLDS])
    assert f"{OWN}: records: 41" in said
    assert f"{OWN}: rejected: 1" in said
    assert f"{NETWORK}: accepted: 40" in said
    assert f"{OWN}: sightings-0.parquet, by its original" in said
    assert "searches of the report: 80" in said
    assert any("screens/reason-missing" in what for what in said)
    assert any("by their SHA256SUMS" in what for what in said)


def test_without_originals_it_is_said_that_they_could_not_be_checked(room: Room) -> None:
    told = verified(room)
    assert list(told[Standing.UNCHECKED]) == ["3 sources against their originals"]


def test_an_original_that_is_asked_for_and_not_there_is_named(room: Room) -> None:
    """A changed original is not the original: it has another hash."""
    path = room.root / "files" / OWN
    path.write_text(path.read_text().replace("burglary", "robbery", 1), newline="")
    told = verified(room, "files")
    assert told[Standing.BROKEN] == {}
    assert sorted(told[Standing.UNCHECKED]) == [
        f"{OWN} against its original", f"{OWN} is in the case",
    ]  # fmt: skip


def parquet(room: Room, table: str, sql: str) -> None:
    """Change a table of the own log in the store."""
    [source] = [line["source"] for line in lines(room) if line["name"] == OWN]
    path = room.root / "case" / "store" / "sources" / source / f"{table}-0.parquet"
    with Store() as store:
        store.execute(f"CREATE TABLE t AS {sql.format(f'read_parquet({text(str(path))})')}")
        store.write("t", path)


@pytest.mark.parametrize(
    ("sql", "broken"),
    [
        ("SELECT * FROM {} WHERE record <> 3", {f"{OWN}: records", f"{OWN}: accepted", "searches of the report"}),
        ("SELECT * REPLACE (CASE record WHEN 3 THEN 999 ELSE networks END AS networks) FROM {}",
         {f"{OWN}: sightings-0.parquet, by its original", "verdicts of screens/reach-networks"}),
        ("SELECT * REPLACE ('value' AS reason_state) FROM {}",
         {f"{OWN}: sightings-0.parquet, by its original", "verdicts of screens/reason-missing"}),
    ],
    ids=["a row less", "a number", "a state"],
)  # fmt: skip
def test_a_changed_store_is_found_out(room: Room, sql: str, broken: set[str]) -> None:
    parquet(room, "sightings", sql)
    told = verified(room, "files")
    assert broken <= set(told[Standing.BROKEN])


def test_a_store_that_can_t_be_read_is_said_to_be_so(room: Room) -> None:
    [source] = [line["source"] for line in lines(room) if line["name"] == OWN]
    (room.root / "case" / "store" / "sources" / source / "sightings-0.parquet").write_bytes(b"PAR1 no more")
    told = verified(room)
    assert set(told[Standing.BROKEN]) == {
        f"{OWN}: its tables in the store", "the numbers of the report",
    }  # fmt: skip


def test_another_key_is_no_breach(room: Room) -> None:
    """What the tokens stand for can't be told then; all else can."""
    (room.root / "key").write_bytes(b"l" * 32)
    told = verified(room, "files")
    assert told[Standing.BROKEN] == {}
    assert {why for why in told[Standing.UNCHECKED].values() if "another key" not in why} == set()
    assert f"{OWN}: sightings-0.parquet, by its original" in told[Standing.UNCHECKED]


def summary(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], object]:
    def spoil(report: Path) -> None:
        found = json.loads((report / "summary.json").read_text())
        change(found)
        (report / "summary.json").write_text(json.dumps(found))

    return spoil


@pytest.mark.parametrize(
    ("spoil", "broken"),
    [
        (summary(lambda s: s.update(searches=79)), "searches of the report"),
        (summary(lambda s: s["rules"]["screens/reason-missing"].update({"over": 0})),
         "verdicts of screens/reason-missing"),
        (summary(lambda s: s["rules"].pop("screens/row-cap")), "verdicts of screens/row-cap"),
        (summary(lambda s: s["sources"][0].update(rejected=0)), f"the report's numbers of {OWN}"),
        (summary(lambda s: s["sources"].pop()), "sources of the report"),
        (lambda report: (report / "coverage.csv").write_text("x"), "coverage.csv is what is written now"),
        (lambda report: (report / "report.html").unlink(), "report.html is what is written now"),
        (lambda report: (report / "SHA256SUMS").unlink(), "out/ by its SHA256SUMS"),
        (lambda report: (report / "more.csv").write_text("x"), "by their SHA256SUMS"),
    ],
)  # fmt: skip
def test_a_changed_report_is_found_out(room: Room, spoil: Callable[[Path], object], broken: str) -> None:
    spoil(room.root / "case" / "out")
    told = verified(room)
    assert any(what.endswith(broken) for what in told[Standing.BROKEN]), told[Standing.BROKEN]
    if broken != "out/ by its SHA256SUMS":
        assert any("by their SHA256SUMS" in what for what in told[Standing.BROKEN])


def test_a_report_by_another_version_is_not_blamed_for_its_pages(room: Room) -> None:
    report = room.root / "case" / "out"
    summary(lambda s: s.update(version="0.0.1"))(report)
    (report / "report.html").write_text("older")
    told = verified(room)
    assert "report.html is what is written now" in told[Standing.UNCHECKED]


# --- the same again ----------------------------------------------------------------------------------------------


def test_two_runs_in_two_folders_give_the_same_bytes(tmp_path: Path) -> None:
    """Whatever the order in which the files are given, and wherever they lie."""
    outputs = []
    for name, order in (("one", slice(None)), ("another/and/deeper", slice(None, None, -1))):
        room = Room(tmp_path / name)
        files = months(room.root / "files")
        copy = files[0].parent / "copies" / "9_1_2025-9_30_2025-Exampleville CA PD-Audit (1).csv"
        copy.parent.mkdir()
        shutil.copyfile(files[0], copy)
        ran = room.run("audit", *[*files, copy][order], "--case", "case", "--out", "report", *HOME)
        assert ran.code == 0, ran.said
        outputs.append(everything(room.root / "report", room.root / "case"))
    assert outputs[0].keys() == outputs[1].keys()
    assert [name for name in outputs[0] if outputs[0][name] != outputs[1][name]] == []


def test_files_added_one_by_one_are_those_added_together(tmp_path: Path) -> None:
    """The same bytes under another name are another release, in a later run too."""
    tables = []
    for name, together in (("one", True), ("two", False)):
        room = Room(tmp_path / name)
        case = room.case()
        files = sorted(months(room.root / "files"), key=lambda path: path.name)
        files.append(write(room.root / "files" / OWN.replace("9_30", "9_29"), [record(1)]))
        files.append(write(room.root / "files" / OWN.replace("9_30", "9_31"), [record(1)]))
        for given in [sorted(files)] if together else [[file] for file in sorted(files)]:
            assert room.run("add", "case", *given).code == 0
        tables.append({(line["source"], line["name"]): line["parts"] for line in Case(case).sources() if line["parts"]})
    assert tables[0] == tables[1]
    assert len(tables[0]) == 5


def test_what_can_t_be_read_is_written_down_once(tmp_path: Path) -> None:
    room = Room(tmp_path)
    case = room.case()
    (tmp_path / "unknown.csv").write_text("what,is\nthis,here\n")
    before = b""
    for _ in range(2):
        assert room.run("add", "case", "unknown.csv").code == 1
        assert before in (b"", (case / "sources.jsonl").read_bytes())
        before = (case / "sources.jsonl").read_bytes()
    assert before.count(b"\n") == 1
