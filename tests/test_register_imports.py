"""Award downloads: each sure row is a contract with its row as locator, every other is listed and never guessed."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from plateglass import register
from plateglass.cli import app
from plateglass.errors import SourceUnreadable
from plateglass.register import holdings, imports, money

SEEN = date(2026, 1, 2)
HEAD = (
    "contract_award_unique_key,awarding_sub_agency_name,recipient_name,recipient_uei,"
    "total_dollars_obligated,potential_total_value_of_award,period_of_performance_start_date\n"
)
ROWS = (
    "CONT_AWD_1,Immigration and Customs Enforcement,Giant Oak,,100.50,250,2025-01-05\n"
    "CONT_AWD_2,U.S. Immigration and Customs Enforcement,Giant Oak,,7,8,\n"
    "CONT_AWD_3,ICE,Ada Example,,9,10,\n"
    "CONT_AWD_4,ICE,Palantir,,many,10,\n"
)


def download(folder: Path, text: str = HEAD + ROWS) -> Path:
    path = folder / "awards.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_only_what_is_sure_becomes_a_contract(tmp_path: Path) -> None:
    found = imports.awards(register.read(), download(tmp_path), {}, SEEN)
    assert (found.rows, found.taken) == (4, 1)
    assert [(u.row, u.column) for u in found.unsure] == [(2, "awarding_sub_agency_name"), (3, "recipient_name")]
    assert "ice" in found.unsure[0].near
    assert found.unread == ((4, "total_dollars_obligated"),)
    assert "Ada" not in found.toml + repr(found.unsure)


def test_what_was_imported_passes_the_lint_and_counts_apart(tmp_path: Path) -> None:
    found = imports.awards(register.read(), download(tmp_path), {}, SEEN)
    own = tmp_path / "own"
    own.mkdir()
    (own / "awards.toml").write_text(found.toml, encoding="utf-8")
    held = register.read(holdings.FOLDER, own)
    (contract,) = (key for key in held.by_section["contracts"] if key.startswith("award-"))
    assert {a.kind: a.low for a in money.amounts(held, contract)} == {"obligated": 100.5, "ceiling": 250}
    assert {s.locator for s in held.said[contract]} == {
        "row 1, total_dollars_obligated", "row 1, potential_total_value_of_award"
    }  # fmt: skip
    assert {s.confidence for s in held.said[contract]} == {"A"}, "a primary paper, seen and hashed"


def test_a_person_says_what_a_name_means(tmp_path: Path) -> None:
    means = {"U.S. Immigration and Customs Enforcement": "ice"}
    assert imports.awards(register.read(), download(tmp_path), means, SEEN).taken == 2
    wrong = {"U.S. Immigration and Customs Enforcement": "coplink"}
    assert imports.awards(register.read(), download(tmp_path), wrong, SEEN).taken == 1, "a system buys nothing"


def test_an_award_that_stands_twice_is_counted_once(tmp_path: Path) -> None:
    first = ROWS.splitlines()[0] + "\n"
    found = imports.awards(register.read(), download(tmp_path, HEAD + first + first), {}, SEEN)
    assert (found.taken, found.unread) == (1, ((2, "contract_award_unique_key"),))


def test_json_with_the_same_names_gives_the_same(tmp_path: Path) -> None:
    path = tmp_path / "awards.json"
    row = {"contract_award_unique_key": "CONT_AWD_1", "awarding_sub_agency_name": "ICE", "recipient_name": "Palantir",
           "total_obligated_amount": 12.5, "potential_total_value_of_award": None}  # fmt: skip
    path.write_text(json.dumps({"results": [row]}), encoding="utf-8")
    found = imports.awards(register.read(), path, {}, SEEN)
    assert found.taken == 1
    assert "value = 12.5" in found.toml
    assert "ceiling" not in found.toml


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "{", '{"results": 1}', "[1]"])
def test_another_file_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(SourceUnreadable):
        imports.awards(register.read(), download(tmp_path, text), {}, SEEN)


def test_the_command_writes_a_file_once_and_lists_what_waits(tmp_path: Path) -> None:
    out = tmp_path / "awards.toml"
    command = ["register", "import", str(download(tmp_path)), "--out", str(out), "--on", "2026-01-02"]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0, result.stderr
    assert "4 rows: 1 contracts, 2 unsure, 1 unread" in result.stdout
    assert "Ada" not in result.stdout
    assert out.is_file()
    assert CliRunner().invoke(app, command).exit_code == 2
