"""A thousand planted plates, people, telephone and case numbers, in every column: none of them gets out.

What may hold a name that no pattern can see are two tables inside the case, `texts` and `names`: the local review
view. Nothing else may: no other table, no output, no message, no temporary file that outlives the run.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import signal
import subprocess
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from itertools import cycle
from pathlib import Path
from urllib.parse import quote

import pytest

import pdfs
from plateglass import store, workbook
from plateglass.catalogue import Catalogue, Layout, LayoutField
from plateglass.demo import logs
from plateglass.record_views import OTHER_VIEWS
from releases import HOME, PROGRAM, Room

HEADINGS = (*logs.FULL, "Offense Type")
PORTAL = ("id", "userId", "searchDate", "networkCount", "reason", "caseNumber", "offenseType")
USUAL = {
    "count": "7", "day_count": "30", "name": "Exampleville CA PD", "person": "Ada Example", "text": "burglary",
    "id": "00000000-0000-4000-8000-000000000001", "case": "R-12", "plate": "",
}  # fmt: skip
"""What stands in a field where nothing is planted."""
LOCAL = ("texts-", "names-")
"""The tables that may hold a name."""
_ONSETS = ("Br", "Cl", "Dw", "Fl", "Gr", "Kl", "Pl", "Qu", "Sn", "Tw")
_VOWELS = ("a", "e", "i", "o", "u")


@dataclass(frozen=True)
class Canary:
    kind: str
    text: str

    @property
    def plain(self) -> str:
        """As it is compared: letters and digits only, in capitals."""
        return plain(self.text)


def plain(text: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", text.upper())


def made_up() -> list[Canary]:
    """198 plates, 202 telephone numbers, 300 case numbers and 300 people."""
    plates = [f"ZZT{n:04}" for n in range(1, 100)] + [f"8ZZZ{n}" for n in range(101, 200)]
    phones = [f"{area}-555-{number:04}" for area in (213, 415, 619) for number in range(100, 168)][:202]
    cases = [f"26-{n}" for n in range(900_001, 900_301)]
    people = [
        f"{a}{v}x Sample{b.lower()}{w}q" for a in _ONSETS for v in _VOWELS for b in _ONSETS[:2] for w in _VOWELS[:3]
    ]
    return [
        *(Canary("plate", text) for text in plates),
        *(Canary("phone", text) for text in phones),
        *(Canary("case_no", text) for text in cases),
        *(Canary("person", text) for text in people),
    ]


def spellings(canary: Canary) -> tuple[str, ...]:
    """A canary as people type it: bare, in a sentence, spaced, dotted, in small letters, glued to something."""
    text = canary.text
    bare = canary.plain
    if canary.kind == "plate":
        cut = f"{bare[:4]} {bare[4:]}", f"{bare[:3]}-{bare[3:]}"
        return text, text.lower(), *cut, f"veh {text.lower()} seen", f"CA/{text}", f"LP:{text}", f"california{text}"
    if canary.kind == "phone":
        area, exchange, line = text.split("-")
        return (
            text,
            f"({area}) {exchange}-{line}",
            f"{area}.{exchange}.{line}",
            bare,
            f"call +1 {area} {exchange} {line} now",
        )
    if canary.kind == "case_no":
        return text, f"rpt {text}", f"case# {text} theft", text.replace("-", "/"), bare
    return text, text.upper(), f"{text.split()[1]}, {text.split()[0]}", f"stalking by {text}", f"{text}\nsecond line"


def ordinary(number: int) -> dict[str, str]:
    """An ordinary record."""
    second = f"{number % 60:02}"
    return {
        "ID": f"00000000-0000-4000-8000-{number:012}", "Name": "Ada Example", "Org Name": "Exampleville CA PD",
        "Total Networks Searched": "12", "Total Devices Searched": "120",
        "Time Frame": f"09/01/2025, 07:05:{second} AM UTC\n09/02/2025, 07:05:{second} AM UTC", "License Plate": "",
        "Reason": "burglary", "Case #": "", "Filters": "", "Search Time": f"09/02/2025, 07:05:{second} AM UTC",
        "Search Type": "lookup", "Text Prompt": "", "Moderation": "", "Offense Type": "Robbery",
        "id": f"00000000-0000-4000-8000-{number:012}", "userId": "***", "searchDate": f"2025-09-02T07:05:{second}.000Z",
        "networkCount": "12", "reason": "burglary", "caseNumber": "", "offenseType": "Robbery",
    }  # fmt: skip


def planted(headings: Sequence[str], canaries: Sequence[Canary]) -> list[list[str]]:
    """Each canary in several records: each time in another column and another spelling."""
    rows = []
    column, number = cycle(headings), 0
    for canary in canaries:
        for spelling in spellings(canary):
            number += 1
            record = ordinary(number) | {next(column): spelling}
            rows.append([record[h] for h in headings])
    # Enough ordinary records for every column to be known by the kind of its values.
    return rows + [[ordinary(number + n)[h] for h in headings] for n in range(3 * len(rows))]


def write(folder: Path, every: int = 1) -> None:
    """Files of every kind that is read, and of those that are turned away; with each canary or every so manieth."""
    canaries, few = made_up()[::every], made_up()[::40]
    folder.mkdir()
    native = [HEADINGS, *planted(HEADINGS, canaries)]
    _csv(folder / "9_1_2025-9_30_2025-Exampleville CA PD-Network-Audit.csv", native)
    half = canaries[::2]
    _csv(folder / "exampleville-ca-pd__2025-09-30.csv", [PORTAL, *planted(PORTAL, half)])
    workbook.write(folder / "book.xlsx", {"September": [HEADINGS, *planted(HEADINGS, half)]})
    shared = ["Organization Name", "Networks Shared With Me", "Networks I'm Sharing"]
    lists = [shared, *([c.text, s, c.text] for c in canaries for s in spellings(c)[:2])]
    _csv(folder / "SharedNetworks_2025_August_1.csv", lists)
    _others(folder, few)
    _printed(folder, few)
    _saved(folder, few)
    _corpus(folder / "corpus.parquet", few)
    with zipfile.ZipFile(folder / "release.zip", "w") as archive:
        fewer = [HEADINGS, *planted(HEADINGS, canaries[::5])]
        archive.writestr("8_1_2025-8_31_2025-Sampleton CA PD-Audit.csv", _text(fewer).encode("utf-16"))
    _refused(folder, canaries)
    _called(folder, few[::4])


def _called(folder: Path, canaries: Sequence[Canary]) -> None:
    """Canaries in the names of files, members, folders and sheets; people in names of sheets only.

    No pattern can see a person in a file's name: README says so under Limits.
    """
    rows = [HEADINGS, *([ordinary(n)[h] for h in HEADINGS] for n in range(40))]
    workbook.write(folder / "sheets.xlsx", {re.sub(r"[\[\]:*?/\\]", " ", c.text)[:31]: rows for c in canaries})
    seen = [c for c in canaries if c.kind != "person"]
    for number, canary in enumerate(seen):
        name = f"{canary.text} 2025-09-0{number % 9 + 1} Exampleville_CA_PD"
        _csv(folder / f"{name}.csv", [*rows, [ordinary(number + 50)[h] for h in HEADINGS]])
        (folder / canary.text).mkdir()
        (folder / canary.text / "gone.csv").symlink_to("nowhere")
        (folder / canary.text / "link").symlink_to(folder)
    with zipfile.ZipFile(folder / f"release {seen[0].text}.zip", "w") as archive:
        for canary in seen:
            archive.writestr(f"{canary.text}/log_{canary.plain}_.csv", _text([*rows, *rows[1:3]]) + canary.kind)


def _others(folder: Path, canaries: Sequence[Canary]) -> None:
    """A sheet for each layout of the other views, with canaries in every field; two of them as text too."""
    sheets = {}
    for layout in (each for each in Catalogue().layouts.values() if each.views[0] in OTHER_VIEWS):
        fields = tuple(layout.fields)
        headings = list(dict.fromkeys(layout.fields[field].headings[0] for field in fields))
        column = cycle(fields)
        rows = [_cells(layout, headings, {next(column): s}) for c in canaries for s in spellings(c)]
        sheets[layout.id] = [headings, *rows, *(_cells(layout, headings, {}) for _ in rows)]
    workbook.write(folder / "views.xlsx", sheets)
    for name in ("flock-event-log", "table-incidents"):
        _csv(folder / f"{name}.csv", sheets[name])
    said = "\n".join(spelling for canary in canaries for spelling in spellings(canary))
    (folder / "Exampleville CA PD__policy.txt").write_text(f"Searches state a reason.\n{said}\n")
    report = "Hit Ratio Report\nReport By: {}\nTime Frame: From 01-01-25 To 12-31-25\n1 Detections {}\n"
    (folder / "hits.txt").write_text("".join(report.format(c.text, c.plain) for c in canaries))


def _cells(layout: Layout, headings: Sequence[str], planted: dict[str, str]) -> list[str]:
    """One record of a layout, ordinary but for what is planted; labelled fields share a cell of several lines."""
    cells: dict[str, list[str]] = {}
    for field, about in layout.fields.items():
        value = planted.get(field, _usual(about))
        cells.setdefault(about.headings[0], []).append(f"{about.label}: {value}" if about.label else value)
    return ["\n".join(cells[heading]) for heading in headings]


def _usual(about: LayoutField) -> str:
    if about.formats:
        return datetime(2025, 9, 2, 7, 5, tzinfo=UTC).strftime(about.formats[0])
    words = [*about.means, *about.words]
    return words[0] if words else USUAL.get(about.kind, "")


def _printed(folder: Path, canaries: Sequence[Canary]) -> None:
    """A log and a policy as PDFs."""
    lefts = {"ID": 20, "Name": 200, "Org Name": 320, "Total Networks Searched": 440, "Reason": 540, "Search Time": 660}
    said = [next(iter(spellings(c))) for c in canaries]
    log, policy = [], []
    for at in range(0, len(said), 40):
        log.append(pdfs.Sheet())
        policy.append(pdfs.Sheet())
        for x, heading in zip(lefts.values(), lefts, strict=True):
            log[-1].text(x, 20, heading)
        for number, text in enumerate(said[at : at + 40]):
            record = ordinary(at + number) | {("Name", "Org Name", "Reason")[number % 3]: text}
            for heading, x in lefts.items():
                log[-1].text(x, 40 + 13 * number, record[heading].replace("\n", " "))
            policy[-1].text(40, 40 + 13 * number, f"Ask {text} about it.")
    pdfs.write(folder / "printed.pdf", log)
    pdfs.write(folder / "Exampleville CA PD__policy manual.pdf", policy)


def _saved(folder: Path, canaries: Sequence[Canary]) -> None:
    """A saved portal page: canaries in its policies, its list, its figures and its embedded log."""
    audit = quote(_text([PORTAL, *planted(PORTAL, canaries[:40])]))
    said = [spelling for canary in canaries for spelling in spellings(canary)]
    cards = {
        "Acceptable Use Policy": "</div><div>".join(escape(text) for text in said),
        "Prohibited Uses": escape("; ".join(said)),
        "Organizations granted access to Exampleville CA PD data": escape(", ".join(said)),
        "Searches in the last 30 days": escape(said[0]), "Hotlist hits in the last 30 days": "12",
    }  # fmt: skip
    body = "".join(f"<div><p>{label}</p><div>{value}</div></div><div></div>" for label, value in cards.items())
    link = f'<a download="search_audit.csv" href="data:text/csv;charset=utf-8,{audit}">Download CSV</a>'
    page = f"<!DOCTYPE html><html><body><header><h1>Exampleville CA PD</h1></header>{body}<p>{link}</p></body></html>"
    (folder / "exampleville-ca-pd__2025-08-30.html").write_text(page, encoding="utf-8")


def _corpus(path: Path, canaries: Sequence[Canary]) -> None:
    """A peer's corpus: canaries in every column, the owner of the log too."""
    columns = ("searched_at", "agency", "owner", "officer", "plate", "reason", "reason_norm", "case_number")
    usual = dict.fromkeys(columns, "") | {"searched_at": "2025-09-02 07:05:00", "owner": "Exampleville CA PD"}
    column = cycle(columns)
    rows = [usual | {next(column): spelling} for canary in canaries for spelling in spellings(canary)]
    with store.Store() as tables:
        tables.load("t", dict.fromkeys(columns, "VARCHAR"), [tuple(row.values()) for row in [*rows, *[usual] * 2000]])
        tables.write("t", path)


def _refused(folder: Path, canaries: list[Canary]) -> None:
    """Files that are turned away: what stands in their headings and broken records must not be repeated."""
    texts = [c.text for c in canaries]
    _csv(folder / "no_headings.csv", [texts[i : i + 14] for i in range(0, 1000, 14)])
    _csv(folder / "unknown.csv", [["Plate", *texts[:12]], texts[:13]])
    _csv(
        folder / "positions.csv", [["License Plate", "Latitude", "Longitude"], *([t, "37.1", "-120.2"] for t in texts)]
    )
    long = [
        [*row, "one too many", more]
        for row, more in zip(planted(HEADINGS, canaries[:40])[:200], cycle(texts), strict=False)
    ]
    _csv(folder / "long_records.csv", [HEADINGS, *planted(HEADINGS, canaries[:9]), *long])
    quotes = _text([HEADINGS, *planted(HEADINGS, canaries[:60])]) + '"' + ",".join(texts[:300])
    (folder / "unbalanced.csv").write_text(quotes)
    (folder / "not_a_workbook.xlsx").write_text("\n".join(texts))
    (folder / "notes.txt").write_text("\n".join(texts))


def _text(rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def _csv(path: Path, rows: Iterable[Sequence[str]]) -> None:
    path.write_text(_text(rows), encoding="utf-8", newline="")


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Room:
    """A room in which everything was run once, over every file; what was printed lies in it too."""
    made = Room(tmp_path_factory.mktemp("room"))
    files, fewer = (tmp_path_factory.mktemp("given") / name for name in ("files", "fewer"))
    write(files)
    write(fewer, every=10)
    ran = [
        made.apart("audit", files, "--case", "case", "--out", "report", *HOME),
        made.run("audit", fewer, "--out", "other", "--json", *HOME),
        made.run("check", "case"),
        made.run("report", "case"),
        *(made.run("layouts", "explain", path) for path in sorted(files.iterdir()) if path.is_file()),
    ]
    for number, done in enumerate(ran):
        assert done.code in (0, 1), f"{number}: {done.err[-2000:]}"
        (made.root / f"said-{number}.txt").write_text(done.said)
    return made


def left_behind(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def told(path: Path) -> str:
    """Everything that a file says: its bytes, and of a Parquet file every cell of text."""
    parts = [path.read_bytes().decode("utf-8", "ignore")]
    if path.suffix in (".json", ".jsonl", ".sarif"):
        parts = _apart(parts[0].splitlines() if path.suffix == ".jsonl" else parts)
    if path.suffix == ".parquet":
        with store.Store() as tables:
            source = f"read_parquet({store.text(str(path))})"
            columns = [name for name, kind, *_ in tables.rows(f"DESCRIBE SELECT * FROM {source}") if kind == "VARCHAR"]
            for column in columns:
                parts += [str(cell) for (cell,) in tables.rows(f"SELECT DISTINCT {store.name(column)} FROM {source}")]
    return "\n".join(parts)


def _apart(documents: Iterable[str]) -> list[str]:
    """JSON with a letter on both sides of every number: the digits of one may be a canary, those of two are none."""

    def lettered(number: str) -> str:
        return f"x{number}x"

    return [json.dumps(json.loads(each, parse_int=lettered, parse_float=lettered)) for each in documents]


def found(text: str, canaries: Iterable[Canary]) -> list[str]:
    """The canaries that a text holds, however they are spelled in it."""
    whole = plain(text)
    canaries = list(canaries)
    with store.Store() as tables:
        any_of = "|".join({form for canary in canaries for form in (canary.plain, _turned(canary))})
        if not tables.one("SELECT regexp_matches($1, $2)", [whole, any_of]):
            return []
    return [f"{canary.kind}: {canary.text}" for canary in canaries if canary.plain in whole or _turned(canary) in whole]


def _turned(canary: Canary) -> str:
    """A person's name the other way round."""
    return plain("".join(reversed(canary.text.split()))) if canary.kind == "person" else canary.plain


def test_a_thousand_are_planted_in_every_column() -> None:
    canaries = made_up()
    assert len({canary.plain for canary in canaries}) == 1_000
    rows = planted(HEADINGS, canaries)
    for index, heading in enumerate(HEADINGS):
        kinds = {c.split(":")[0] for c in found("\n".join(row[index] for row in rows), canaries)}
        assert kinds == {"plate", "phone", "case_no", "person"}, heading


def test_the_search_finds_a_canary_where_there_is_one(tmp_path: Path) -> None:
    """Else the tests below would hold of anything."""
    path = tmp_path / "t.parquet"
    with store.Store() as tables:
        tables.load("t", {"reason": "VARCHAR"}, [("seen z-z-t 0001 today",), ("Samplebraq, Brax",)])
        tables.write("t", path)
    assert found(told(path), made_up()) == ["plate: ZZT0001", "person: Brax Samplebraq"]
    for name in ("t.json", "t.jsonl"):
        other = tmp_path / name
        other.write_text('{"said": "call 213, 555 0100 now", "n": [26900001, 269, 2], "m": [269, 2, 3]}')
        assert found(told(other), made_up()) == ["phone: 213-555-0100", "case_no: 26-900001"]
        other.write_text('{"m": [26, 900001, 0.269], "n": 269, "k": 2}')
        assert found(told(other), made_up()) == []


def test_something_was_read_and_written(room: Room) -> None:
    """Nothing leaks from a run that does nothing."""
    assert (room.root / "report" / "report.html").is_file()
    assert (room.root / "other" / "summary.json").is_file()
    assert len(list((room.root / "case" / "store").rglob("sightings*.parquet"))) >= 4
    with_pdf_and_page = {"printed.pdf", "exampleville-ca-pd__2025-08-30.html", "corpus.parquet", "views.xlsx"}
    lines = [json.loads(line) for line in (room.root / "case" / "sources.jsonl").read_text().splitlines()]
    assert with_pdf_and_page <= {line["name"] for line in lines if line["parts"]}
    views = {part["view"] for line in lines for part in line["parts"] if part["accepted"]}
    assert {view.value for view in OTHER_VIEWS} <= views, "a view of which nothing was read"


def test_no_canary_gets_out(room: Room) -> None:
    """Outputs, tables, what was printed, the key's folder, caches: everything that lies in the room afterwards."""
    canaries = made_up()
    leaks = {}
    for path in left_behind(room.root):
        unseen = path.suffix == ".parquet" and path.name.startswith(LOCAL) and room.root / "case" in path.parents
        hits = found(told(path), [c for c in canaries if not (unseen and c.kind == "person")])
        if hits:
            leaks[str(path.relative_to(room.root))] = hits[:5]
    assert leaks == {}


def test_the_files_with_canaries_in_their_names_were_read(room: Room) -> None:
    found = json.loads((room.root / "report" / "summary.json").read_text())
    named = {source["name"] for source in found["sources"]}
    assert {name for name in named if "Exampleville_CA_PD" in name} >= {"[plate] 2025-09-01 Exampleville_CA_PD.csv"}
    sheets = {source["sheet"] for source in found["sources"] if source["name"] == "sheets.xlsx"}
    assert "sheet 1" in sheets
    assert all(re.fullmatch(r"sheet \d+", sheet) for sheet in sheets)
    assert any(issue["code"] == "link-not-followed" for issue in found["issues"])


def test_the_local_tables_are_where_names_are_allowed(room: Room) -> None:
    """The exception above is used: the review view does hold what no pattern can see."""
    people = [c for c in made_up() if c.kind == "person"]
    local = [p for p in left_behind(room.root / "case") if p.name.startswith(LOCAL) and p.suffix == ".parquet"]
    assert any(found(told(path), people) for path in local)


def test_no_temporary_file_outlives_a_run(room: Room) -> None:
    assert list(left_behind(room.root / "tmp")) == []
    runs = [path for path in left_behind(room.root / "home") if "runs" in path.parts]
    assert [path.name for path in runs] in ([], ["all.lock"])


def test_nothing_of_a_killed_run_outlives_the_next(tmp_path: Path) -> None:
    """Killed while its tables lie on the disk; the next run, over something else, clears up after it."""
    files = tmp_path / "files"
    write(files, every=10)
    here = Room(tmp_path / "room")
    command = [*PROGRAM, "audit", str(files), "--out", "report", "--quiet"]
    environment = here.environment()
    with (tmp_path / "said").open("wb") as said:
        process = subprocess.Popen(
            command, env=environment, cwd=here.root, stdout=said, stderr=said, start_new_session=True
        )
        while not list(here.root.rglob("*.parquet")) and process.poll() is None:
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.01)
        assert process.poll() is None, (tmp_path / "said").read_text()
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert list(here.root.rglob("*.parquet")), "the run was killed before it wrote anything"
    innocent = tmp_path / "innocent"
    innocent.mkdir()
    _csv(innocent / "9_1_2025-9_30_2025-Exampleville CA PD-Audit.csv", [HEADINGS, [ordinary(1)[h] for h in HEADINGS]])
    done = here.run("audit", str(innocent), "--out", "next")
    assert done.code == 0, done.said
    canaries = made_up()
    hits = {str(path): found(told(path), canaries)[:3] for path in left_behind(here.root)}
    assert {path: some for path, some in hits.items() if some} == {}
    assert not list((here.root / "home").rglob("*.parquet"))
