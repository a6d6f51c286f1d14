"""The only door to DuckDB: named SQL steps over tables, Parquet in and out, nothing fetched, nothing left open.

A stage is a list of `Step`s. Each leaves a table of its name, so that a person can stop after any of them and look.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import duckdb

Value = str | int | float | bool | bytes | None
Parameters = Sequence[Any] | Mapping[str, Any]


@dataclass(frozen=True)
class Step:
    """One named step: SQL whose result stands afterwards as a table (or view) of that name."""

    name: str
    sql: str
    about: str = ""
    lazy: bool = False
    """A view, computed when read, for a step that only renames or joins small tables."""


class Store:
    """One DuckDB connection, in memory, with nothing that reaches outside: no extension, no download.

    Use it as a context manager. `memory` is DuckDB's own limit, such as `2GB`; past it, it spills into `spill`.
    """

    def __init__(self, *, threads: int = 2, memory: str = "2GB", spill: Path | None = None) -> None:
        """Open a connection with its settings fixed."""
        config: dict[str, str | bool | int | float | list[str]] = {
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "threads": threads,
            "memory_limit": memory,
        }
        if spill is not None:
            config["temp_directory"] = str(spill)
        self._connection = duckdb.connect(":memory:", config=config)
        self._connection.execute("SET enable_progress_bar = false")

    def __enter__(self) -> Self:
        """Give the store to a `with` block."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Close it, whatever happened."""
        self.close()

    def close(self) -> None:
        """Close the connection and give its memory back."""
        with suppress(duckdb.Error):
            self._connection.close()

    def execute(self, sql: str, parameters: Parameters = ()) -> None:
        """Run one statement for its effect."""
        self._connection.execute(sql, parameters or None)

    def rows(self, sql: str, parameters: Parameters = ()) -> list[tuple[Any, ...]]:
        """Run one query and fetch every row: for small results."""
        return self._connection.execute(sql, parameters or None).fetchall()

    def records(self, sql: str, parameters: Parameters = ()) -> list[dict[str, Any]]:
        """The same, each row as a dictionary by column name."""
        result = self._connection.execute(sql, parameters or None)
        names = [column[0] for column in result.description or ()]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    def one(self, sql: str, parameters: Parameters = ()) -> Any:
        """The one value of a query that gives one."""
        return self.rows(sql, parameters)[0][0]

    def run(self, *steps: Step) -> None:
        """Run steps in order; each leaves a table of its name."""
        for step in steps:
            kind = "VIEW" if step.lazy else "TABLE"
            self.execute(f"CREATE OR REPLACE TEMP {kind} {name(step.name)} AS {step.sql}")

    def load(self, table: str, columns: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> None:
        """Make a table of Python rows; `columns` maps each name to its type, in the order of the rows."""
        lists = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in columns]
        picks = ", ".join(
            f"CAST(unnest(CAST(${i} AS VARCHAR[])) AS {t}) AS {name(c)}" for i, (c, t) in enumerate(columns.items(), 1)
        )
        texts = [[None if v is None else str(v) for v in column] for column in lists]
        self.execute(f"CREATE OR REPLACE TEMP TABLE {name(table)} AS SELECT {picks}", texts)

    def write(self, table: str, path: Path, *, order: str = "") -> int:
        """Write a table to one Parquet file (zstd), in a given order; give the number of rows."""
        path.parent.mkdir(parents=True, exist_ok=True)
        ordered = f" ORDER BY {order}" if order else ""
        self.execute(f"COPY (SELECT * FROM {table}{ordered}) TO {text(str(path))} (FORMAT parquet, COMPRESSION zstd)")
        return int(self.one(f"SELECT count(*) FROM read_parquet({text(str(path))})"))


def name(identifier: str) -> str:
    """An identifier for SQL, quoted, whatever it holds."""
    return '"' + identifier.replace('"', '""') + '"'


def text(value: str) -> str:
    """A text literal for SQL, quoted, whatever it holds."""
    return "'" + value.replace("'", "''") + "'"


def values(rows: Iterable[Sequence[Value]], columns: Mapping[str, str]) -> str:
    """A small table as SQL: typed, so that it holds even without rows."""
    casts = ", ".join(f"CAST({name(c)} AS {t}) AS {name(c)}" for c, t in columns.items())
    names = ", ".join(name(c) for c in columns)
    tuples = ", ".join("(" + ", ".join(_literal(v) for v in row) + ")" for row in rows)
    if not tuples:
        nulls = ", ".join(f"CAST(NULL AS {t}) AS {name(c)}" for c, t in columns.items())
        return f"SELECT {nulls} WHERE false"
    return f"SELECT {casts} FROM (VALUES {tuples}) AS v({names})"


def _literal(value: Value) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    return text(value.decode() if isinstance(value, bytes) else value)
