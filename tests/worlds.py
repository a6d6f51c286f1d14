"""A store with every table that the stages leave, empty or filled with made-up rows given as dictionaries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from plateglass.case import PAGES, REJECTED, REPAIRED, SOURCES, Case, Settings, name_id
from plateglass.model import NAMES, ORGANISATIONS, SHARES, SIGHTINGS, STATED, STATISTICS, TEXTS, Column
from plateglass.record_views import OTHER_VIEWS
from plateglass.store import Store, name

Row = Mapping[str, Any]

REASONS = (
    Column("id", "UUID", "token of the text"),
    Column("field", "VARCHAR", "reason or offence"),
    Column("quality", "VARCHAR", "quality"),
    *(Column(code, "VARCHAR", "tier") for code in ("p01", "p02", "p03", "p24", "p25")),
)
DISTINCT = (*SIGHTINGS, Column("sightings", "BIGINT", "sightings"), Column("logs", "BIGINT", "sources"))
TABLES: dict[str, Sequence[Column]] = {
    "sources": SOURCES, "sightings": SIGHTINGS, "distinct_searches": DISTINCT, "shares": SHARES,
    "statistics": STATISTICS, "texts": TEXTS, "names": NAMES, "home": NAMES,
    "rejected": REJECTED, "repaired": REPAIRED, "pages": PAGES,
    "organisations": ORGANISATIONS, "reasons": REASONS,
    **{view.table: view.columns for view in OTHER_VIEWS.values()},
}  # fmt: skip
HOME = "Exampleville CA PD"


def token(word: str) -> UUID:
    """A made-up token, the same for the same word."""
    return uuid5(NAMESPACE_URL, word)


def fill(store: Store, tables: Mapping[str, Iterable[Row]]) -> None:
    """Make every base table, with the rows given."""
    for table, columns in TABLES.items():
        types = {column.name: column.type for column in columns}
        rows = [[row.get(column) for column in types] for row in tables.get(table, ())]
        unknown = {key for row in tables.get(table, ()) for key in row} - set(types)
        assert not unknown, f"{table} has no column {unknown}"
        store.load(table, types, rows)


def log(source: str, view: str = "organisation_audit", owner: str = HOME, **more: Any) -> Row:
    """A row of `sources`."""
    return {
        "source": source, "part": 0, "sha256": source * 4, "name": f"{source}.csv", "part_name": "",
        "layout": "flock-audit", "view": view, "owner": owner, "owner_org": name_id(owner) if owner else None,
        "encoding": "utf-8", "records": 0, "accepted": 1, "rejected": 0, "columns": "reason,case_no", **more,
    }  # fmt: skip


def search(source: str, record: int, at: int, **more: Any) -> Row:
    """A row of `sightings` or `distinct_searches`: every field told, unless `more` says otherwise."""
    row = {
        "source": source, "part": 0, "record": record, "searched_at": at, "from_at": at - 86_400_000, "to_at": at,
        "fingerprint": token(f"{source} {record}"), "org": name_id(HOME), "account": token("Ada Example"),
        "target": token("ZZT0001"), "case_no": token("26-900001"), "case_shape": "99-999999", "networks": 3,
        "devices": 40, "reason": token("burglary"), "search_type": "lookup",
        **{f"{field}_state": "value" for field in STATED},
    }  # fmt: skip
    return {**row, **more}


def organisation(written: str, state: str | None, **more: Any) -> Row:
    """A row of `organisations`: a public body that was placed, unless `more` says otherwise."""
    return {
        "org": name_id(written), "agency": f"us-{state}-{written.lower().replace(' ', '-')}", "name": written,
        "place": written, "state": state, "kind": "police", "level": "local", "marks": "", "how": "rule",
        "public": True, **more,
    }  # fmt: skip


def case(folder: Path, **settings: Any) -> Case:
    """A case of the made-up home agency."""
    given = {"agency": HOME, "timezone": "America/Los_Angeles", **settings}
    return Case.make(folder, Settings(**given))


def distinct(rows: Iterable[Row]) -> list[Row]:
    """Sightings as `distinct_searches`: the first of each fingerprint, with its counts."""
    found: dict[Any, list[Row]] = {}
    for row in rows:
        found.setdefault(row["fingerprint"], []).append(row)
    return [{**same[0], "sightings": len(same), "logs": len({r["source"] for r in same})} for same in found.values()]


def columns_of(store: Store, table: str) -> dict[str, str]:
    """Column -> type of a table or view."""
    return {row[0]: row[1] for row in store.rows(f"DESCRIBE {name(table)}")}
