"""What `layouts explain` shows of a file: how its first records are read, what is rejected, and no text of any."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from plateglass import preview
from plateglass.catalogue import Catalogue
from plateglass.cli.program import app
from plateglass.model import Column
from plateglass.store import Store
from releases import OWN, record, write


def seen(path: Path, work: Path) -> preview.Preview:
    [found] = (each for each in preview.previews(path, Catalogue(), work) if isinstance(each, preview.Preview))
    return found


def test_ten_records_are_shown_as_they_are_read_and_every_rejected_one_is_told(tmp_path: Path) -> None:
    records = [record(n, Reason="" if n == 1 else "burglary") for n in range(12)]
    path = write(tmp_path / OWN, [*records, record(0, **{"Search Time": "no time"})])
    found = seen(path, tmp_path / "work")
    assert (found.accepted, [number for number, _ in found.records]) == (12, list(range(1, 11)))
    first, second = found.records[0][1], found.records[1][1]
    assert (first["searched_at"], first["networks"]) == ("2025-09-02 01:00:00", "12")
    assert second["reason"] == "[empty]"
    assert "offence" not in first, "a column that the release does not have is not shown"
    assert [(each.record, each.column) for each in found.rejected] == [(13, "Search Time")]


def test_tokens_show_which_cells_are_equal_and_are_others_each_time(tmp_path: Path) -> None:
    path = write(tmp_path / OWN, [record(n, **{"License Plate": f"ZZT000{n % 2 + 1}"}) for n in range(4)])
    one, two = (seen(path, tmp_path / work) for work in ("a", "b"))
    targets = [cells["target"] for _, cells in one.records]
    assert targets[0] == targets[2] != targets[1] == targets[3]
    assert {len(target) for target in targets} == {8}
    assert not {*targets} & {cells["target"] for _, cells in two.records}, "the key is thrown away"


def test_a_long_number_in_a_column_of_counts_is_not_shown() -> None:
    with Store(threads=1) as store:
        sql = preview._cell(Column("vehicles_30d", "BIGINT", ""), {})
        rows = store.rows(f"SELECT {sql} FROM (SELECT unnest([26900001, 9999999, NULL]) AS vehicles_30d)")
    assert [cell for (cell,) in rows] == ["8 digits", "9999999", ""]


def test_the_command_shows_them_and_no_word_of_a_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLATEGLASS_KEY_FILE", str(tmp_path / "key"))
    records = [record(n, Reason="stalking by Ada Example") for n in range(30)]
    bad = [record(0, **{"Search Time": "no time"}) for _ in range(12)]
    done = CliRunner().invoke(app, ["layouts", "explain", str(write(tmp_path / OWN, [*records, *bad]))])
    assert done.exit_code == 0, done.output
    assert "30 records would be read, 12 rejected" in done.output
    assert done.output.count("\nrecord ") == 10
    assert done.output.count("\nrejected: record ") == 10
    assert "rejected: 2 more" in done.output
    assert not any(word in done.output for word in ("Ada", "stalking", "8ZZZ", "26-900001"))
    assert not (tmp_path / "key").exists(), "looking at a file makes no key"
