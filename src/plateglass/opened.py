"""A case in Python: its searches, sharing lists, sources, agencies and findings, for a notebook.

    import plateglass as pg

    with pg.open("my-case") as case:
        far = case.searches.where("networks > 100 AND agency_level = 'federal'")
        far.df()
        case.findings

What can be had here may be printed: no token of a user, a case number or of what was searched for, no text as it was
written, no name of a body that is not known to be public. The case is held while it is open, as by a command.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from plateglass import duties, store
from plateglass.case import Case
from plateglass.errors import CaseUnusable
from plateglass.model import Finding
from plateglass.store import Store

_WHO: Final = """
    SELECT DISTINCT agency, name, place, state, kind, level FROM organisations
    WHERE public AND agency IS NOT NULL AND name IS NOT NULL"""
_TABLES: Final[Mapping[str, str]] = {
    "searches": "SELECT * FROM searches",
    "shares": f"""
        SELECT s.source, s.part, s.record, w.agency, w.name, w.state, w.kind, w.level, s.inbound, s.outbound,
          s.inbound_state, s.outbound_state
        FROM shares AS s LEFT JOIN organisations AS o ON o.org = s.org AND o.public
        LEFT JOIN ({_WHO}) AS w ON w.agency = o.agency AND w.name = o.name""",
    "sources": "SELECT source, part, sha256, name, part_name, layout, view, captured_on, records, accepted, rejected,"
    " first_at, last_at, columns FROM sources",
    "agencies": _WHO,
}  # fmt: skip


@dataclass(frozen=True)
class Rows:
    """Some rows of a case, not fetched yet."""

    _store: Store
    _sql: str
    columns: Mapping[str, str]
    """Column -> type, as docs/reference/views.md documents them; tokens are left out."""

    def where(self, predicate: str) -> Rows:
        """The rows for which one expression over the columns holds, in the SQL that rules are written in.

        Raises:
            RuleRefused: it is not one expression, or some part of it is not on the list; the message says which.
        """
        checked = store.predicate(predicate, self.columns, {})
        return Rows(self._store, f"SELECT * FROM ({self._sql}) AS r WHERE {checked}", self.columns)

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Every row as a tuple."""
        return self._store.rows(self._sql)

    def df(self) -> Any:
        """Every row, as a pandas DataFrame.

        Raises:
            ExtraMissing: pandas is not installed.
        """
        return self._store.frame(self._sql)

    def parquet(self, path: str | Path) -> Path:
        """Write every row to a Parquet file; give its path."""
        self._store.write(f"({self._sql}) AS r", Path(path))
        return Path(path)

    def __len__(self) -> int:
        """How many there are."""
        return int(self._store.one(f"SELECT count(*) FROM ({self._sql}) AS r"))

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Each row by column name."""
        return iter(self._store.records(self._sql))


class OpenCase:
    """A case that has been read and checked."""

    searches: Rows
    """Every distinct search, as rules see it."""
    shares: Rows
    """Every record of a sharing list."""
    sources: Rows
    """Every table of a source."""
    agencies: Rows
    """Every agency that a name was resolved to and that may be named."""
    findings: tuple[Finding, ...]
    """What every rule says."""

    def __init__(self, folder: str | Path) -> None:
        """Read and check the case of a folder; rules for custodians are left out.

        Raises:
            CaseUnusable: there is no case, or another process holds it.
        """
        case = Case.there(Path(folder))
        self._open = ExitStack()
        seen = self._open.enter_context(duties.looked(case))
        self.findings = tuple(seen.findings)
        for table in _TABLES:
            setattr(self, table, _rows(seen.store, _TABLES[table]))

    def close(self) -> None:
        """Let the case go; its rows can't be fetched any more."""
        self._open.close()

    def __enter__(self) -> Self:
        """Give the case to a `with` block."""
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Let the case go, whatever happened."""
        self.close()


def _rows(held: Store, sql: str) -> Rows:
    """A table without its tokens."""
    types = {row[0]: row[1] for row in held.rows(f"SELECT column_name, column_type FROM (DESCRIBE {sql})")}
    kept = {column: kind for column, kind in types.items() if kind != "UUID"}
    if not kept:
        raise CaseUnusable("a table of the case has no column that may be shown")
    return Rows(held, f"SELECT {', '.join(map(store.name, kept))} FROM ({sql}) AS t", kept)
