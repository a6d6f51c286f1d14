"""A bounded run of what `make fuzz` does: broken copies of every fixture, and that the judge sees what is wrong."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

import fuzzing
from plateglass import normalise, read
from plateglass.model import Ingested, Rejected

pytest.importorskip("pypdfium2", reason="the extra [pdf] is not installed")

BOUNDED = 160
ENDINGS = ("csv", "html", "pdf", "warc", "xlsx", "zip")


def test_no_broken_copy_crashes_hangs_or_loses_a_record() -> None:
    wrong = fuzzing.run(7, range(BOUNDED))
    assert [(given.number, given.how, verdict.wrong) for given, verdict in wrong] == []


def test_an_input_is_the_same_each_time_and_every_container_has_its_turn() -> None:
    """One that fails can be made again by its number alone."""
    some = [fuzzing.made(7, number) for number in range(BOUNDED)]
    assert some[:20] == [fuzzing.made(7, number) for number in range(20)]
    assert Counter(each.name.rpartition(".")[2] for each in some).keys() == set(ENDINGS)
    assert any(each.records for each in some)
    assert any(each.intact for each in some)


def judged(given: fuzzing.Input, work: Path) -> list[str]:
    judge = fuzzing.Judge(work)
    verdict = judge.judge(given)
    judge.close()
    return verdict.wrong


GOOD = next(content for name, content in fuzzing.texts() if name.startswith("l01-full"))
GIVEN = fuzzing.Input(0, "log.csv", GOOD, "whole", 4, tuple(fuzzing._whole(GOOD)))


def test_a_good_file_has_nothing_wrong(tmp_path: Path) -> None:
    assert judged(GIVEN, tmp_path) == []


def test_the_judge_sees_a_record_that_was_lost(tmp_path: Path) -> None:
    assert judged(replace(GIVEN, records=5), tmp_path) == ["4 records; 5 were written"]
    assert judged(replace(GIVEN, intact=(b"",) * 5), tmp_path) == ["4 records; 5 were not touched"]


def test_the_judge_sees_a_crash_a_silence_and_a_record_counted_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = normalise.Ingest.table

    def twice(*arguments: object) -> Ingested:
        done = real(*arguments)  # type: ignore[arg-type]  # passed on as it came
        return replace(done, rejected=(*done.rejected, Rejected(done.table.source.id, 0, 1, "", "again")))

    monkeypatch.setattr(normalise.Ingest, "table", twice)
    assert judged(GIVEN, tmp_path)[0].startswith("records are not each accepted or rejected once: [1, 1,")
    monkeypatch.setattr(normalise.Ingest, "table", lambda *_: 1 // 0)
    assert judged(GIVEN, tmp_path) == ["a crash: ZeroDivisionError: integer division or modulo by zero"]
    monkeypatch.setattr(read, "tables", lambda *_: iter(()))
    assert judged(GIVEN, tmp_path)[0] == "nothing was read of log.csv, and nothing was said"
