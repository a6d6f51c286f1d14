"""A case in Python: what is there, what is not, and that nothing but `open` is public."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

import plateglass as pg
from plateglass.case import Case
from plateglass.errors import CaseUnusable, ExtraMissing, RuleRefused
from review_world import PEOPLE, make


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return make(tmp_path_factory.mktemp("python"))


def test_a_case_opens_and_its_searches_are_those_of_the_file(made: Case) -> None:
    with next(made.root.parent.glob("*.csv")).open(newline="") as file:
        records = list(csv.DictReader(file))
    with pg.open(made.root) as case:
        assert len(case.searches) == len(records)
        blank = case.searches.where("reason_state = 'empty'")
        assert len(blank) == sum(not r["Reason"] for r in records)
        assert len(blank.where("networks = 12")) == len(blank)
        assert {row["agency_state"] for row in blank} == {"ca"}
        frame = case.searches.df()
        assert list(frame.columns) == list(case.searches.columns)
        assert len(frame) == len(records)
        assert [row[0] for row in case.agencies.fetchall()] == ["us-ca-exampleville-pd"]
        assert len(case.sources) == 1
        assert len(case.shares) == 0
        assert {f.rule.partition("/")[0] for f in case.findings} >= {"screens", "us-ca"}
        assert not any(f.rule.startswith("custodian/") for f in case.findings)


def test_no_token_and_no_text_can_be_had(made: Case, tmp_path: Path) -> None:
    with pg.open(made.root) as case:
        for rows in (case.searches, case.shares, case.sources, case.agencies):
            assert "UUID" not in rows.columns.values()
            assert not {"account", "target", "case_no", "reason", "search_id", "org"} & set(rows.columns)
            with pytest.raises(RuleRefused):
                rows.where("account IS NOT NULL")
            with pytest.raises(RuleRefused):
                rows.where("EXISTS (SELECT text FROM texts)")
        text = json.dumps([list(row.values()) for row in case.searches], default=str)
        assert not [word for word in (*PEOPLE, "north side", "8ZZZ") if word in text]
        path = case.searches.where("record = 1").parquet(tmp_path / "one.parquet")
        assert path.stat().st_size > 0


def test_an_open_case_is_held_and_let_go(made: Case) -> None:
    with pg.open(made.root), pytest.raises(CaseUnusable, match="held by process"):
        pg.open(made.root)
    pg.open(made.root).close()


def test_a_folder_without_a_case_says_so(tmp_path: Path) -> None:
    with pytest.raises(CaseUnusable, match=r"no case\.toml"):
        pg.open(tmp_path)


def test_without_pandas_a_frame_says_what_to_install(made: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    with pg.open(made.root) as case:
        monkeypatch.setattr(case.searches._store, "_connection", _NoPandas())
        with pytest.raises(ExtraMissing, match=r"plateglass\[frames\]"):
            case.searches.df()
        monkeypatch.undo()


class _NoPandas:
    """What DuckDB does where pandas is not installed."""

    def execute(self, _sql: str) -> _NoPandas:
        return self

    def df(self) -> None:
        import duckdb  # noqa: PLC0415 (its error, as it raises it)

        raise duckdb.InvalidInputException("'pandas' is required for this operation but it was not installed")


def test_few_names_are_public_and_importing_loads_no_engine() -> None:
    assert set(pg.__all__) == {"__version__", "open"}
    code = "import sys, plateglass; sys.exit(bool({'duckdb', 'pydantic', 'jinja2'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
