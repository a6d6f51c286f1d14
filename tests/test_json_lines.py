"""Lines of JSON must become the records that the same log as CSV becomes; what is no object is rejected and listed."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from plateglass.demo import logs
from plateglass.errors import Place, SourceUnreadable
from plateglass.model import Ingested, View
from plateglass.read import corpus
from plateglass.read.containers import Container, container
from plateglass.store import Store, text
from releases import OWN, log, record
from test_stacked import taken

RECORDS = [record(n, Reason=reason, Filters="") for n, reason in enumerate(('said "so", twice\nhere', "", "burglary"))]


def lines(records: Sequence[dict[str, str]]) -> str:
    """As peers publish them: a key a cell, blank cells left out."""
    return "".join(json.dumps({key: cell for key, cell in each.items() if cell}) + "\n" for each in records)


def rows(done: Ingested, work: Path) -> list[dict[str, object]]:
    """The sightings, without what every source has of its own."""
    with Store() as store:
        [found] = work.rglob("sightings-0.parquet")
        read = f"SELECT * EXCLUDE (source, fingerprint) FROM read_parquet({text(str(found))}) ORDER BY record"
        return store.records(read)


@pytest.mark.parametrize("packed", [False, True])
def test_lines_of_json_are_the_log_that_they_were_made_from(packed: bool, tmp_path: Path) -> None:
    given, other = tmp_path / "a", tmp_path / "b"
    given.mkdir()
    other.mkdir()
    (other / OWN).write_text(log(RECORDS), newline="")
    path = given / OWN.replace(".csv", ".ndjson.gz" if packed else ".ndjson")
    raw = lines(RECORDS).encode()
    path.write_bytes(gzip.compress(raw, mtime=0) if packed else raw)
    assert container(path, Place(path.name)) is Container.CORPUS
    [one], issues = taken(path, tmp_path / "one")
    [two], _ = taken(other / OWN, tmp_path / "two")
    assert [issue.code for issue in issues] == []
    assert (one.accepted, one.table.records, one.table.part_name) == (3, 3, "")
    assert (one.table.layout, one.table.view, one.table.owner) == (two.table.layout, two.table.view, two.table.owner)
    assert one.table.view is View.ORGANISATION_AUDIT
    gone = ("filters_state", "prompt_state", "moderation_state")
    for mine, theirs in zip(rows(one, tmp_path / "one"), rows(two, tmp_path / "two"), strict=True):
        assert {mine.pop(state) for state in gone} == {"not_exported"}, "no record has a cell of it"
        assert {theirs.pop(state) for state in gone} == {"empty"}
        assert mine == theirs
    assert {row["reason_state"] for row in rows(one, tmp_path / "one")} == {"value", "empty"}


def test_what_is_no_object_is_rejected_in_its_place_and_the_others_are_read(tmp_path: Path) -> None:
    first, *others = lines(RECORDS).splitlines()
    path = tmp_path / "log.ndjson"
    path.write_text("\n".join([first, '{"Reason": "cut', "[1, 2]", "", *others]) + "\n")
    [done], _ = taken(path, tmp_path)
    assert (done.accepted, [each.record for each in done.rejected]) == (3, [2, 3])
    assert done.accepted + len(done.rejected) == done.table.records == 5


def test_headings_are_taken_as_they_stand_whatever_signs_they_hold(tmp_path: Path) -> None:
    path = tmp_path / "log.ndjson"
    path.write_text(json.dumps({"a/b": "1", "c~d": "2", "e'f\"": "3", "é": "4"}) + "\n")
    with Store(threads=1) as store:
        [part] = corpus.parts(path, tmp_path / "work", store, Place("log.ndjson"))
    assert list(csv.reader(part.path.read_text().splitlines())) == [["a/b", "c~d", "e'f\"", "é"], ["1", "2", "3", "4"]]


def test_a_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpus, "FREE", 1 << 20)
    monkeypatch.setattr(corpus, "MAX_RATIO", 10)
    path = tmp_path / "log.ndjson.gz"
    path.write_bytes(gzip.compress(lines([record(1, Reason="x" * 1000)] * 2_000).encode()))
    done, issues = taken(path, tmp_path)
    assert (done, [issue.code for issue in issues]) == ([], ["source-refused"])


@pytest.mark.parametrize("said", ['{\n "a": 1\n}', '[{"a": 1}]', '"a"'])
def test_json_that_is_not_lines_is_refused_by_name(said: str, tmp_path: Path) -> None:
    path = tmp_path / "log.json"
    path.write_text(said + "\n" + ",".join(logs.FULL) + "\n")
    if said == '"a"':
        assert container(path, Place("log.json")) is Container.TEXT
        return
    with pytest.raises(SourceUnreadable, match="JSON"):
        container(path, Place("log.json"))


def test_a_packed_file_that_ends_early_is_told(tmp_path: Path) -> None:
    path = tmp_path / "log.ndjson.gz"
    whole = gzip.compress(lines([record(n, Reason=str(n * 7919)) for n in range(3_000)]).encode())
    path.write_bytes(whole[: len(whole) // 2])
    done, issues = taken(path, tmp_path)
    assert (done, [issue.code for issue in issues]) == ([], ["source-unreadable"])
