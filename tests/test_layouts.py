"""Every layout against every made-up form of its log: the one test that a new layout file needs.

A folder `tests/fixtures/layouts/<layout>/<variant>/` holds one input and `expected.jsonl`: a line for each table
(its facts), followed by a line for each record (field -> text, as read by name). `pytest --update` writes it anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from plateglass import read
from plateglass.catalogue import SHIPPED, Catalogue, Layout, load
from plateglass.errors import ContentMalformed, Issue
from plateglass.model import Source, Table
from plateglass.read import kinds, matching
from plateglass.read.records import plain, plain_heading
from plateglass.store import Store, name

FIXTURES = Path(__file__).parent / "fixtures" / "layouts"
CATALOGUE = Catalogue()
VARIANTS = sorted(path for path in FIXTURES.glob("*/*") if path.is_dir())


def the_input(variant: Path) -> Path:
    [path] = [path for path in variant.iterdir() if path.name != "expected.jsonl"]
    return path


def found(path: Path, work: Path, store: Store) -> Iterator[Table | Issue]:
    for source in read.sources([path], work):
        assert isinstance(source, Source), source
        yield from read.tables(source, CATALOGUE, work, store)


def as_read(table: Table, store: Store) -> list[dict[str, str]]:
    """Every record as field -> text; blank cells are not told, as in the released file they say nothing."""
    picks = ", ".join(f"c{index} AS {name(field)}" for field, index in sorted(table.columns.items()))
    records = store.records(f"SELECT {picks} FROM ({table.relation})")
    return [{field: cell for field, cell in record.items() if cell is not None} for record in records]


def lines(variant: Path, work: Path) -> list[dict[str, object]]:
    told: list[dict[str, object]] = []
    with Store() as store:
        for each in found(the_input(variant), work, store):
            if isinstance(each, Issue):
                told.append({"issue": each.code, "severity": each.severity})
                continue
            facts = {
                "part": each.part, "part_name": each.part_name, "layout": each.layout, "view": each.view,
                "owner": each.owner, "captured": each.captured and each.captured.isoformat(),
                "encoding": each.encoding, "records": each.records, "careful": each.careful,
                "columns": {field: each.headings[index] for field, index in sorted(each.columns.items())},
            }  # fmt: skip
            records = as_read(each, store)
            assert len(records) == each.records, "a record went missing between the count and the reader"
            told.append({"table": facts})
            told.extend(dict(record) for record in records)
    return told


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_form_is_read_as_expected(variant: Path, tmp_path: Path, update: bool) -> None:
    """Every field of every record, by name, whatever the order, the encoding and the dress of the file."""
    expected = variant / "expected.jsonl"
    text = "".join(json.dumps(line, ensure_ascii=False, sort_keys=True) + "\n" for line in lines(variant, tmp_path))
    if update:
        expected.write_text(text, encoding="utf-8")
    assert text.splitlines() == expected.read_text(encoding="utf-8").splitlines()
    assert f'"layout": "{variant.parent.name}"' in text, "the folder is called as its layout"


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_one_layout_claims_a_form(variant: Path, tmp_path: Path) -> None:
    with Store() as store:
        tables = [each for each in found(the_input(variant), tmp_path, store) if isinstance(each, Table)]
        for table in tables:
            cells = store.rows(f"SELECT * FROM ({table.relation})")
            rows = [["" if cell is None else str(cell) for cell in row] for row in cells]
            matches = [matching.match(layout, table.headings, rows) for layout in CATALOGUE.layouts.values()]
            claims = [match.layout.id for match in matches if match.claims]
            if rows:
                assert claims == [table.layout]


def seen(layout: str) -> tuple[set[str], set[str]]:
    """Headings and cells of all forms of a layout, trimmed."""
    headings: set[str] = set()
    cells: set[str] = set()
    for path in (FIXTURES / layout).glob("*/expected.jsonl"):
        for line in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
            if "table" in line:
                headings |= set(plain(tuple(line["table"]["columns"].values())))
            else:
                cells |= {str(cell).strip() for cell in line.values()}
    return headings, cells


@pytest.mark.parametrize("layout", CATALOGUE.layouts.values(), ids=lambda layout: layout.id)
def test_everything_in_a_layout_is_seen_in_a_form(layout: Layout) -> None:
    """A heading, mark or placeholder that no fixture has is an invention, or lacks its fixture."""
    headings, cells = seen(layout.id)
    assert headings, f"tests/fixtures/layouts/{layout.id} has no form"
    named = {plain_heading(heading) for field in layout.fields.values() for heading in field.headings}
    assert not named - headings
    for pattern in (*layout.masks, *layout.withheld):
        one = layout.model_copy(update={"masks": (pattern,), "withheld": (), "placeholders": ()})
        assert any(kinds.hides(one, cell) for cell in cells), f"no fixture has a cell like {pattern}"
    assert not set(layout.placeholders) - cells


@pytest.mark.parametrize("layout", CATALOGUE.layouts.values(), ids=lambda layout: layout.id)
def test_a_layout_names_known_fields_and_times(layout: Layout) -> None:
    for need in layout.needs:
        assert {field.strip() for field in need.split("|")} <= set(layout.fields)
    for key, field in layout.fields.items():
        timed = field.kind in ("instant", "interval", "date", "time")
        assert bool(field.formats) == timed, f"{key}: formats belong to times, and times need them"
    headings = {heading for field in layout.fields.values() for heading in field.headings} | set(layout.ignore)
    assert layout.owner_column in ("", *headings), "the owner's column is read, or left out by name"


def test_a_layout_with_an_unknown_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "layouts").mkdir()
    path = tmp_path / "layouts" / "made-up.toml"
    path.write_text(
        (SHIPPED / "layouts" / "flock-portal-audit.toml").read_text() + '\n[fields.reason2]\nkin = "text"\n'
    )
    with pytest.raises(ContentMalformed, match="made-up"):
        load(path, Layout, tmp_path / "layouts")


def test_two_layouts_that_claim_one_file_are_both_named(tmp_path: Path) -> None:
    (tmp_path / "content" / "layouts").mkdir(parents=True)
    shipped = (SHIPPED / "layouts" / "flock-portal-audit.toml").read_text()
    (tmp_path / "content" / "layouts" / "twin.toml").write_text(shipped)
    path = FIXTURES / "flock-portal-audit" / "bare" / "input.csv"
    with Store() as store:
        [source] = read.sources([path], tmp_path)
        assert isinstance(source, Source)
        [issue] = read.tables(source, Catalogue(tmp_path / "content"), tmp_path, store)
    assert isinstance(issue, Issue)
    assert issue.code == "layout-unknown"
    assert "flock-portal-audit and twin both know these headings" in issue.message


def test_every_era_belongs_to_layouts_and_fields_that_exist() -> None:
    for eras in CATALOGUE.eras.values():
        fields = {field for layout in eras.layouts for field in CATALOGUE.layouts[layout].fields}
        assert len({era.id for era in eras.eras}) == len(eras.eras)
        for era in eras.eras:
            assert set(era.fields) <= fields
            assert era.end is None or era.start <= era.end
