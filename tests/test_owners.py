"""A table whose rows name their owners must become a table an owner, with every record in one of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from plateglass import custody, intake, pipeline, workbook
from plateglass.case import Case, Settings
from plateglass.catalogue import Catalogue
from plateglass.errors import Issue
from plateglass.model import Ingested
from plateglass.read import corpus, explanation
from test_stacked import taken, text

HEADINGS = ("src_agency", "external_agency", "src_agency_id", "external_agency_id")
ONE, TWO, OTHER = "Exampleville CA PD", "Sampleton GA PD", "Madeup Falls TX PD"


def edges(*pairs: tuple[str, str]) -> list[list[str]]:
    return [list(HEADINGS), *([owner, other, "1", "2"] for owner, other in pairs)]


def of(path: Path, rows: Sequence[Sequence[str]], work: Path) -> tuple[list[tuple[str, int, int]], list[Issue]]:
    """Owner, accepted and rejected of each table."""
    path.write_text(text(rows))
    tables, issues = taken(path, work)
    return [told(each) for each in tables], issues


def told(done: Ingested) -> tuple[str, int, int]:
    return done.table.owner, done.accepted, len(done.rejected)


def test_each_owner_has_its_records_in_their_order_and_what_is_said_of_the_file_is_said_once(tmp_path: Path) -> None:
    rows = edges((TWO, "Third IL PD"), (ONE, OTHER), (f" {TWO} ", OTHER), (ONE, ""), ("", OTHER), ("  ", OTHER))
    rows = [[*row, cell] for row, cell in zip(rows, ["Never seen", *"abcdef"], strict=True)]
    tables, issues = of(tmp_path / "edges.csv", rows, tmp_path)
    assert tables == [(ONE, 1, 1), (TWO, 2, 0), ("", 2, 0)]
    assert [each.code for each in issues] == ["heading-unknown"]


def test_an_owner_that_may_be_a_person_has_a_table_without_a_name(tmp_path: Path) -> None:
    tables, issues = of(tmp_path / "edges.csv", edges(("Ada Example", OTHER), (ONE, OTHER)), tmp_path)
    assert tables == [("", 1, 0), (ONE, 1, 0)]
    assert "Ada" not in str(issues)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ([[ONE, OTHER, "1"]], "4 records of all owners"), ([list(HEADINGS)], "stand more than once"),
        ([["external_agency", "src_agency", "", ""], [OTHER, ONE, "1", "2"]], "headings stand among the records"),
        ([[f"Town {n} CA PD", OTHER, "1", "2"] for n in range(9)], "more than 8 owners"),
    ],
)  # fmt: skip
def test_owners_that_cant_be_told_apart_leave_every_record_read_as_nobodys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: list[list[str]], why: str
) -> None:
    """A record that can't be split, or headings in the middle: where records lie is then known of the whole alone."""
    monkeypatch.setattr(corpus, "MANY", 8)
    rows = [*edges(*((ONE, OTHER), (TWO, OTHER)) * 2), *more]
    tables, issues = of(tmp_path / "edges.csv", rows, tmp_path)
    assert [(owner, accepted + rejected) for owner, accepted, rejected in tables] == [("", 4 + len(more))]
    [untold] = [each for each in issues if each.code == "owners-untold"]
    assert why in untold.message


def test_owners_on_sheets_keep_to_their_sheets(tmp_path: Path) -> None:
    path = tmp_path / "edges.xlsx"
    workbook.write(path, {"May": edges((ONE, OTHER), (TWO, OTHER)), "June": edges((TWO, OTHER), (ONE, OTHER))})
    tables, _ = taken(path, tmp_path)
    assert [(each.table.part_name, each.table.owner) for each in tables] == [
        ("sheet 1, owner 1", ONE), ("sheet 1, owner 2", TWO), ("sheet 2, owner 1", ONE), ("sheet 2, owner 2", TWO),
    ]  # fmt: skip
    assert len({each.table.part for each in tables}) == len(tables)


def test_a_blank_heading_and_quotes_come_through(tmp_path: Path) -> None:
    rows = [[*row, "", ""] for row in edges((ONE, 'Sampleton County, IA "SO"'), (TWO, OTHER))]
    tables, issues = of(tmp_path / "edges.csv", rows, tmp_path)
    assert (tables, issues) == ([(ONE, 1, 0), (TWO, 1, 0)], [])


def test_many_owners_are_kept_and_the_case_is_proved_from_the_original(tmp_path: Path) -> None:
    """More parts than may stand below one another in a source; the record of each is counted and read again."""
    path, case = tmp_path / "edges.csv", Case.make(tmp_path / "case", Settings())
    number = intake._STACKED + 5
    path.write_text(text(edges(*((f"Town {n:02} CA PD", OTHER) for n in range(number)), (ONE, ""))))
    assert pipeline.add(case, [path], lambda *_: None) == []
    [line] = case.sources()
    assert [part["records"] for part in line["parts"]] == [1] * (number + 1)
    assert {part["part"] for part in line["parts"]} == set(range(number + 1))
    checks = custody.verify(case, [path])
    assert not [each for each in checks if each.standing is custody.Standing.BROKEN]
    assert any("by its original" in each.what and each.standing is custody.Standing.HOLDS for each in checks)


def test_an_explanation_says_that_owners_are_apart_and_names_none(tmp_path: Path) -> None:
    path = tmp_path / "edges.csv"
    path.write_text(text(edges((ONE, OTHER), (TWO, OTHER))))
    explained = explanation.explain(path, Catalogue(), tmp_path / "work")
    [table] = explained.tables
    assert table.why.endswith("the records of each src_agency are read as a table of their own")
    assert ONE not in str(explained)
