"""The only door to DuckDB: named SQL steps over tables, Parquet in and out, nothing fetched, nothing left open.

A stage is a list of `Step`s. Each leaves a table of its name, so that a person can stop after any of them and look.

SQL that somebody else wrote, a rule's, comes in by `predicate` only: it is parsed, every part of it is on a list of
what is allowed, and what runs is written anew from the tree.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Self

import duckdb
import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import TokenType

from plateglass.errors import ExtraMissing, OutputUnwritable, RuleRefused

Value = str | int | float | bool | bytes | None
Parameters = Sequence[Any] | Mapping[str, Any]

Failure = duckdb.Error
"""What a statement raises that DuckDB can't run; its message may hold a value, so it is never passed on."""
Malformed = duckdb.InvalidInputException
"""What a scan raises over a file that it can't split into records; its message may hold one, so never print it."""
_STOPPED: Final = "Query interrupted"
_PARQUET: Final = (
    "FORMAT parquet, PARQUET_VERSION v2, DICTIONARY_SIZE_LIMIT 1000, COMPRESSION zstd, COMPRESSION_LEVEL 1"
)
"""Tokens hardly repeat, so that a dictionary of them is work for nothing."""


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

    Use it as a context manager. `memory` is DuckDB's own limit, such as `2GB`; past it, it spills into `spill`;
    without that, it spills nowhere, and says that there is no room.
    """

    def __init__(self, *, threads: int = 2, memory: str = "2GB", spill: Path | None = None) -> None:
        """Open a connection with its settings fixed."""
        config: dict[str, str | bool | int | float | list[str]] = {
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "threads": threads,
            "memory_limit": memory,
            "temp_directory": "" if spill is None else str(spill),
        }
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
        with _room():
            self._connection.execute(sql, parameters or None)

    def rows(self, sql: str, parameters: Parameters = ()) -> list[tuple[Any, ...]]:
        """Run one query and fetch every row: for small results."""
        with _room():
            return self._connection.execute(sql, parameters or None).fetchall()

    def records(self, sql: str, parameters: Parameters = ()) -> list[dict[str, Any]]:
        """The same, each row as a dictionary by column name."""
        with _room():
            result = self._connection.execute(sql, parameters or None)
            names = [column[0] for column in result.description or ()]
            return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    def frame(self, sql: str) -> Any:
        """The rows of one query as a pandas DataFrame.

        Raises:
            ExtraMissing: pandas is not installed.
        """
        with _room():
            try:
                return self._connection.execute(sql).df()
            except duckdb.InvalidInputException as error:
                raise ExtraMissing(
                    "a data frame needs pandas, which is not installed", remedy="pip install 'plateglass[frames]'"
                ) from error

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

    def trouble(self, sql: str) -> str:
        """Why a query can't be run, in DuckDB's words, or nothing where it can: for SQL over made-up rows only."""
        try:
            self._connection.execute(sql).fetchall()
        except duckdb.Error as error:
            return str(error).partition("\n")[0]
        return ""

    def close_off(self, *folders: Path) -> None:
        """From now on read and write below these folders only, load nothing, and let no setting be changed back."""
        listed = ", ".join(text(str(folder)) for folder in folders)
        self.execute(f"SET allowed_directories = [{listed}]")
        self.execute("SET enable_external_access = false")
        self.execute("SET lock_configuration = true")

    def write(self, table: str, path: Path, *, order: str = "") -> int:
        """Write a table to one Parquet file, in a given order; give the number of rows."""
        ordered = f" ORDER BY {order}" if order else ""
        return self.write_query(f"SELECT * FROM {table}{ordered}", path)

    def write_query(self, query: str, path: Path) -> int:
        """Write the rows of one query to one Parquet file, in the order that the query gives; give their number."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.execute(f"COPY ({query}) TO {text(str(path))} ({_PARQUET})")
        return int(self.one(f"SELECT count(*) FROM read_parquet({text(str(path))})"))

    def write_csv(self, query: str, path: Path) -> None:
        """Write the rows of one query to a CSV file, in the order that the query gives them.

        Raises:
            OutputUnwritable: no permission or no space.
        """
        self.execute(f"COPY ({query}) TO {text(str(path))} (FORMAT csv, HEADER true, DELIMITER ',')")


@contextmanager
def _room() -> Iterator[None]:
    """Say in our words that there is no room: DuckDB's own may name a file of the run's temporary folder.

    Where a signal stops a query, DuckDB says so in an error of its own and drops what the signal's handler raised.
    """
    try:
        yield
    except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
        raise OutputUnwritable(
            "disk or memory is used up, or a folder can't be written", remedy="make room, then run it again"
        ) from error
    except RuntimeError as error:
        if str(error) != _STOPPED:
            raise
        raise KeyboardInterrupt from error


def name(identifier: str) -> str:
    """An identifier for SQL, quoted, whatever it holds."""
    return '"' + identifier.replace('"', '""') + '"'


def text(value: str) -> str:
    """A text literal for SQL, quoted, whatever it holds; never a zero byte, at which DuckDB 1.5 ends a statement."""
    pieces = ["'" + piece.replace("'", "''") + "'" for piece in value.split("\0")]
    return pieces[0] if len(pieces) == 1 else f"({' || chr(0) || '.join(pieces)})"


def one_of(expression: str, words: Iterable[str]) -> str:
    """Whether the expression is one of some words; false where there are none."""
    listed = ", ".join(text(word) for word in words)
    return f"{expression} IN ({listed})" if listed else "false"


def uuid(number: str) -> str:
    """A number of 128 bits as a UUID, for SQL of the ingest; DuckDB 1.5 has no such cast, and goes by its digits."""
    if duckdb.__version__.startswith("1."):
        return f"CAST(lpad(hex({number}), 32, '0') AS UUID)"
    return f"CAST({number} AS UUID)"


def bits(identifier: str) -> str:
    """A UUID as its number of 128 bits, the way back from `uuid`."""
    if duckdb.__version__.startswith("1."):
        return f"CAST(CAST(unhex(replace(CAST({identifier} AS VARCHAR), '-', '')) AS BIT) AS UHUGEINT)"
    return f"CAST({identifier} AS UHUGEINT)"


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


# --- SQL that a rule brings --------------------------------------------------------------------------------------

LONGEST: Final = 4000
"""Characters that an expression of a rule may have."""

ALLOWED: Final = (
    exp.Column, exp.Identifier, exp.Literal, exp.Boolean, exp.Null, exp.Paren, exp.And, exp.Or, exp.Not,
    exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ, exp.NullSafeNEQ, exp.Is, exp.In, exp.Between,
    exp.Like, exp.RegexpLike, exp.StartsWith, exp.Lower, exp.Upper, exp.Length,
    exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod, exp.Neg, exp.Abs, exp.Floor, exp.Greatest, exp.Least,
    exp.Case, exp.If, exp.Coalesce, exp.Nullif,
)  # fmt: skip
"""Everything that an expression of a rule may be made of."""

_TRUTHS: Final = (exp.Predicate, exp.And, exp.Or, exp.Not, exp.Boolean, exp.Column, exp.Case, exp.Coalesce, exp.Null)
_ARITHMETIC: Final = (exp.Add, exp.Sub, exp.Mul, exp.Neg)
"""Where a whole number counts in 64 bits: two that are written out would else be multiplied in 32."""

_DIVISIONS: Final = (exp.Div, exp.IntDiv, exp.Mod)


def predicate(sql: str, columns: Collection[str], parameters: Mapping[str, int | float | str | None]) -> str:
    """One expression that is true, false or NULL; else as `expression`."""
    tree = _checked(sql, columns, parameters)
    if not isinstance(tree.unnest(), _TRUTHS):
        raise RuleRefused("the SQL gives no true or false", expected="a comparison, or several with AND, OR, NOT")
    return _written(tree)


def expression(sql: str, columns: Collection[str], parameters: Mapping[str, int | float | str | None]) -> str:
    """One expression over listed columns, written anew in the portable subset, `$name`s replaced by their values.

    A parameter without a value becomes NULL, so that what depends on it is neither true nor false. A day,
    `DATE '2025-12-01'`, becomes the epoch ms at which it begins in UTC.

    Raises:
        RuleRefused: it is not one expression, or some part of it is not on the list; the message says which.
    """
    return _written(_checked(sql, columns, parameters))


def _checked(sql: str, columns: Collection[str], parameters: Mapping[str, int | float | str | None]) -> exp.Expr:
    tree: exp.Expr = _parsed(sql)
    for named in list(tree.find_all(exp.Placeholder, exp.Parameter, exp.Cast)):
        value = _day(named) if isinstance(named, exp.Cast) else _value(named, parameters)
        tree = value if named is tree else tree
        named.replace(value)
    for node in tree.walk():
        if fault := _refusal(node, columns):
            raise RuleRefused(fault, remedy="docs/add-a-rule.md lists what a rule's SQL may hold")
    for literal in [node for node in tree.find_all(exp.Literal) if isinstance(node.parent, _ARITHMETIC)]:
        if not literal.is_string and literal.is_int:
            literal.replace(exp.cast(literal.copy(), "BIGINT"))
    return tree


def _written(tree: exp.Expr) -> str:
    return tree.sql(dialect="duckdb", comments=False).replace("\0", "' || chr(0) || '")  # only a text can hold one


def comparisons(sql: str) -> list[str]:
    """Every comparison with texts within an expression, as often as it stands there: what costs most of it."""
    return [found for node in _read(sql).walk() if (found := _comparison(node))]


def substituted(sql: str, columns: Mapping[str, str]) -> str:
    """An expression with the comparisons that are columns already read from those."""

    def read(node: exp.Expr) -> exp.Expr:
        found = columns.get(_comparison(node))
        return node if found is None else exp.column(found)

    return _read(sql).transform(read).sql(dialect="duckdb")


@lru_cache(maxsize=4096)
def _read(sql: str) -> exp.Expr:
    """The tree of SQL that was written here, to look at and to copy: a rule's is looked at several times."""
    return sqlglot.parse_one(sql, dialect="duckdb")


def _comparison(node: exp.Expr) -> str:
    """A node's SQL where it compares something with texts only, else nothing."""
    if not isinstance(node, exp.In | exp.EQ | exp.NEQ):
        return ""
    compared = node.expressions if isinstance(node, exp.In) else [node.expression]
    texts = bool(compared) and all(isinstance(each, exp.Literal) and each.is_string for each in compared)
    return node.sql(dialect="duckdb") if texts else ""


def _parsed(sql: str) -> exp.Expr:
    if len(sql) > LONGEST:
        raise RuleRefused(f"the SQL has {len(sql)} characters", expected=f"{LONGEST} at most")
    try:
        if _tilde(sql):
            raise RuleRefused("~ means another thing in another version", expected="regexp_matches(column, 'pattern')")
        trees = sqlglot.parse(sql, dialect="duckdb")
    except (SqlglotError, RecursionError) as error:
        raise RuleRefused("the SQL can't be parsed", expected="one expression") from error
    if len(trees) != 1:
        raise RuleRefused(f"{len(trees)} statements", expected="one expression")
    if trees[0] is None:
        raise RuleRefused("the SQL is empty", expected="one expression")
    return trees[0]


def _value(node: exp.Expr, parameters: Mapping[str, int | float | str | None]) -> exp.Expr:
    if node.name not in parameters:
        raise RuleRefused(f"the parameter ${node.name} is not declared", expected="one of the rule's parameters")
    value = parameters[node.name]
    if isinstance(value, float) and not math.isfinite(value):
        raise RuleRefused(f"the parameter ${node.name} is not a finite number")
    return exp.convert(value)


def _day(node: exp.Cast) -> exp.Expr:
    """A day as the epoch ms of its midnight in UTC; any other cast as it is, to be refused."""
    if not node.is_type("date") or not isinstance(node.this, exp.Literal):
        return node
    try:
        began = datetime.combine(date.fromisoformat(node.this.name), time(), UTC)
    except ValueError as error:
        raise RuleRefused("that is no day", expected="such as DATE '2025-12-01'") from error
    return exp.convert(int(began.timestamp()) * 1000)


def _refusal(node: exp.Expr, columns: Collection[str]) -> str:
    """Why one node may not stand in a rule, or nothing."""
    if not isinstance(node, ALLOWED):
        called = node.name if isinstance(node, exp.Anonymous) else node.sql(dialect="duckdb")
        return f"{type(node).__name__.lower()} is not allowed in a rule: {called[:60]}"
    if isinstance(node, exp.Column) and (len(node.parts) != 1 or node.name not in columns):
        return f"no column is called {node.sql(dialect='duckdb')[:60]}"
    if isinstance(node, exp.RegexpLike) and not isinstance(node.expression, exp.Literal):
        return "a pattern must be a literal"
    if isinstance(node, exp.RegexpLike) and node.args.get("flag") is not None:
        return "a pattern takes no flag argument: write (?is) at its beginning"
    return _unguarded(node)


def _unguarded(node: exp.Expr) -> str:
    """Why a division may fail on a zero, or nothing."""
    if not isinstance(node, _DIVISIONS):
        return ""
    by = node.expression.unnest()
    sure = isinstance(by, exp.Literal) and not by.is_string and float(by.this) != 0
    return "" if sure or isinstance(by, exp.Nullif) else "a division must be by a number or by nullif(..., 0)"


# --- a SELECT that a question brings -----------------------------------------------------------------------------

READ: Final = (
    *ALLOWED, exp.Select, exp.Subquery, exp.Union, exp.From, exp.Join, exp.Where, exp.Group, exp.Having, exp.Order,
    exp.Ordered, exp.With, exp.CTE, exp.Table, exp.TableAlias, exp.Alias, exp.Star, exp.Distinct, exp.Limit, exp.Window,
    exp.WindowSpec, exp.Count, exp.Sum, exp.Min, exp.Max, exp.Avg, exp.Round, exp.RowNumber, exp.Lag, exp.Lead,
    exp.Cast, exp.DataType, exp.Filter, exp.DPipe, exp.Xor, exp.Values, exp.Tuple,
)  # fmt: skip
"""Everything that a question's SELECT may be made of."""


def selection(
    sql: str, tables: Mapping[str, str], parameters: Mapping[str, int | float | str | None], but: Collection[str] = ()
) -> str:
    """One SELECT over listed tables, written anew in the portable subset, `$name`s replaced by their values.

    `tables` maps each name that the SELECT may read to that of the table; columns named in `but` may not be read.

    Raises:
        RuleRefused: it is not one SELECT, or some part of it is not on the list; the message says which.
    """
    tree = _parsed(sql)
    for named in list(tree.find_all(exp.Placeholder, exp.Parameter)):
        named.replace(_value(named, parameters))
    own = {cte.alias for cte in tree.find_all(exp.CTE)}
    for node in tree.walk():
        if not isinstance(node, READ):
            called = node.name if isinstance(node, exp.Anonymous) else node.sql(dialect="duckdb")
            raise RuleRefused(f"{type(node).__name__.lower()} is not allowed in a question: {called[:60]}")
        if isinstance(node, exp.Table):
            _named(node, own, tables)
        if isinstance(node, exp.Column) and node.name in but:
            raise RuleRefused(f"a question may not read {node.name}")
        if isinstance(node, exp.Star) and not isinstance(node.parent, exp.Count):
            raise RuleRefused("a question names its columns: * is not allowed")
    if not isinstance(tree, exp.Select | exp.Union):
        raise RuleRefused("the SQL is no SELECT", expected="one SELECT")
    if faults := unportable(tree.sql(dialect="duckdb")):
        raise RuleRefused(faults[0])
    return tree.sql(dialect="duckdb", comments=False).replace("\0", "' || chr(0) || '")


def _named(node: exp.Table, own: Collection[str], tables: Mapping[str, str]) -> None:
    """Let a table be one of the SELECT's own, or one of the list under its real name."""
    if node.db or node.catalog or not isinstance(node.this, exp.Identifier):
        raise RuleRefused(f"no table is called {node.sql(dialect='duckdb')[:60]}")
    if node.name in own:
        return
    if node.name not in tables:
        raise RuleRefused(f"no table is called {node.name[:60]}", expected=f"one of {', '.join(sorted(tables))}")
    alias = node.alias or node.name
    node.set("this", exp.to_identifier(tables[node.name], quoted=True))
    node.set("alias", exp.TableAlias(this=exp.to_identifier(alias)))


# --- the portable subset -----------------------------------------------------------------------------------------

_BANNED: Final = {
    "quantile_cont", "percentile_cont", "median", "any_value", "arbitrary", "first", "last", "reservoir_quantile",
}  # fmt: skip


def unportable(sql: str) -> list[str]:
    """What in a step's SQL other engines understand differently or not at all; empty where it is portable."""
    faults = []
    if _tilde(sql):
        faults.append("~ means another thing in another version: use regexp_matches")
    for tree in sqlglot.parse(sql, dialect="duckdb"):
        for node in tree.walk() if tree is not None else ():
            faults.extend(_faults(node))
    return faults


def _tilde(sql: str) -> bool:
    return any(token.token_type == TokenType.TILDE for token in sqlglot.tokenize(sql, dialect="duckdb"))


def _faults(node: exp.Expr) -> Iterator[str]:
    if isinstance(node, exp.Group) and node.args.get("all"):
        yield "GROUP BY ALL"
    if isinstance(node, exp.RegexpLike) and node.args.get("flag") is not None:
        yield "a flag argument of a pattern is dropped by other engines: write (?is)"
    if isinstance(node, exp.Anonymous | exp.Func):
        called = (node.name if isinstance(node, exp.Anonymous) else type(node).sql_name()).lower()
        if called in _BANNED or called.startswith("approx_"):
            yield f"{called} differs between engines"
    if fault := _unguarded(node):
        yield fault
