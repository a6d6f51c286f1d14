"""A file as it would be read: its first records with their states, and what would be rejected.

It is for whoever judges a layout. Nothing is kept, and tokens are made with a key that nobody has: they show which
cells are equal, and nothing else. No text of a record is in it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from plateglass import intake, normalise, read
from plateglass.catalogue import Catalogue
from plateglass.errors import Issue
from plateglass.model import Column, Ingested, Progress, Rejected, Source, State, silent
from plateglass.normalise import others
from plateglass.normalise.cells import REACH_DIGITS
from plateglass.privacy import KEY_BYTES
from plateglass.store import Store, name, text

RECORDS: Final = 10
"""So many records are shown, and so many rejected ones."""
_TOKEN: Final = 8
"""Signs of a token that are enough to tell it from others on a screen."""
_HIDDEN: Final = ("source", "part", "record", "fingerprint", "owner")


@dataclass(frozen=True)
class Preview:
    """What one table would become."""

    name: str
    """The file's name, and that of the part where it has several."""
    accepted: int
    records: tuple[tuple[int, dict[str, str]], ...]
    """Number of each of the first records, and field -> its value, the beginning of its token, or its [state]."""
    rejected: tuple[Rejected, ...]
    """Every record that would not be read, with the column and the cause."""


def previews(path: Path, catalogue: Catalogue, work: Path, progress: Progress = silent) -> Iterator[Preview | Issue]:
    """What every table of a file would become, and what a reader of the report would be told of it."""
    with Store(threads=1, spill=work / "spill") as store:
        reader = intake.Reader(catalogue, store, normalise.Ingest(secrets.token_bytes(KEY_BYTES), store), work)
        for source in read.sources([path], work / "archives"):
            if not isinstance(source, Source):
                yield source
                continue
            folder = work / "read" / source.id
            for found in reader.readings(source, folder, progress):
                yield found if isinstance(found, Issue) else _preview(store, found, folder)


def _preview(store: Store, done: Ingested, folder: Path) -> Preview:
    shape = others.of(done.table.view)
    columns = {column.name: column for column in shape.documented}
    shown = [c for c in shape.documented if c.name not in _HIDDEN and not c.name.endswith("_state")]
    picks = "".join(f", {_cell(column, columns)} AS {name(column.name)}" for column in shown)
    file = text(str(folder / f"{shape.table}-{done.table.part}.parquet"))
    rows = store.records(f"SELECT record{picks} FROM read_parquet({file}) ORDER BY record LIMIT {RECORDS}")
    records = tuple((int(row.pop("record")), {field: cell for field, cell in row.items() if cell}) for row in rows)
    called = ", ".join(filter(None, (done.table.source.name, done.table.part_name)))
    return Preview(called, done.accepted, records, done.rejected)


def _cell(column: Column, columns: dict[str, Column]) -> str:
    """SQL for what is shown of a column: nothing where the release has no such column."""
    cell = name(column.name)
    if column.type == "UUID":
        cell = f"left(CAST({cell} AS VARCHAR), {_TOKEN})"
    elif column.name.endswith(("_at", "_on")):
        cell = f"strftime(make_timestamp({cell} * 1000), '%Y-%m-%d %H:%M:%S')"
    elif column.type in ("BIGINT", "INTEGER"):
        whole = f"CAST({cell} AS VARCHAR)"  # a long number in a column of counts may be somebody's
        cell = f"CASE WHEN abs({cell}) < {10**REACH_DIGITS} THEN {whole} ELSE length({whole}) || ' digits' END"
    told = f"coalesce(CAST({cell} AS VARCHAR), '')"
    own = (f"{column.name}_state", *(("frame_state",) if column.name in ("from_at", "to_at") else ()))
    state = next((each for each in own if each in columns), "")
    if not state:
        return told
    return (
        f"CASE WHEN {state} = '{State.NOT_EXPORTED}' THEN '' WHEN {state} IN ('{State.VALUE}', '{State.PARTIAL}')"
        f" THEN {told} ELSE '[' || {state} || ']' END"
    )
