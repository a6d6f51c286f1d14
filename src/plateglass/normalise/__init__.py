"""Records become sightings: typed, in UTC, with a state for every cell, and without any text of the record.

`Ingest` takes one table at a time and writes its Parquet files. What a cell is stands in `cells`, what is decided
once for each distinct value in `words`, the columns of each view in `rows`; here they are joined in one pass over
the records, and the counts must add up. `searches` then finds the distinct searches among the sightings of all logs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from plateglass.catalogue import Layout
from plateglass.errors import CountsDoNotAddUp, Place
from plateglass.model import Ingested, Rejected, State, Table
from plateglass.normalise import others, rows
from plateglass.normalise.cells import Cells
from plateglass.normalise.distinct import searches
from plateglass.normalise.doubts import doubts
from plateglass.normalise.words import TEXTS, Words
from plateglass.store import Malformed, Step, Store, name, text

__all__ = ["Ingest", "doubts", "searches"]

HELD_AT_MOST: Final = 160 << 20
"""Bytes of a file whose records are held in memory while it is read: each step would scan a larger one again."""
_REJECTED: Final = {
    "source": "VARCHAR", "part": "INTEGER", "record": "BIGINT", "column": "VARCHAR", "reason": "VARCHAR",
}  # fmt: skip


class Ingest:
    """Makes sightings of tables, one after another; remembers texts and names that it has scrubbed already."""

    def __init__(self, key: bytes, store: Store) -> None:
        """Take a store of one thread for this alone: it holds the key, and clear text while a table is read.

        With one thread records keep the file's order, and files are shared out among processes instead.
        """
        self._store = store
        self._words = Words(key, store)
        # An enumeration is written to Parquet by its numbers; it is read back as text.
        store.execute(f"CREATE TYPE cell_state AS ENUM ({', '.join(text(state) for state in State)})")
        # Four rewrites that cost more than they give here. The words of a table are few and its records many, so a
        # join must never be turned around; a list of marks made a join, or a filter moved below the columns that it
        # reads, would have every cell trimmed, or every time read, twice.
        store.execute("SET disabled_optimizers = 'join_order,build_side_probe_side,in_clause,filter_pushdown'")

    def table(self, table: Table, layout: Layout, folder: Path, before: tuple[Rejected, ...] = ()) -> Ingested:
        """What the records of one table become; its Parquet files stand in `folder` afterwards.

        `before` are records of the table that the strict reader rejected already; they are listed with ours. Where
        records can't be split, nothing is left behind and the result says `broken`: read it again, record by record.

        Raises:
            CountsDoNotAddUp: records were lost or made up on the way.
        """
        shape = others.of(table.view)
        folder.mkdir(parents=True, exist_ok=True)
        self._forget()
        try:
            cells = Cells(table, layout, others.digits(table.view))
            self._hold(cells, shape)
            done = self._write(cells, shape, folder, before)
            whole = done.accepted + len(done.rejected) - len(before) == table.records and not self._unsplit()
        except Malformed:
            if table.numbered:
                raise
            whole = False
        finally:
            self._forget()
        if whole:
            return done
        for path in folder.glob(f"*-{table.part}.parquet"):
            path.unlink()
        if not table.numbered:
            return Ingested(table, 0, broken=True)
        raise CountsDoNotAddUp(
            f"{done.accepted} records accepted and {len(done.rejected) - len(before)} rejected",
            expected=f"{table.records} in all", place=Place(table.source.name, table.part_name),
            remedy="this source is left out; report the fault",
        )  # fmt: skip

    def _hold(self, cells: Cells, shape: rows.Rows) -> None:
        """Number the records and hold them in memory, unless they are too many: then each step scans the file."""
        table = cells.table
        if table.text.stat().st_size > HELD_AT_MOST:
            return
        number = "t.record" if table.numbered else "row_number() OVER () AS record"
        wanted = "".join(f", t.c{at}" for at in sorted(set(table.columns.values())))
        records = f"SELECT {number}{wanted} FROM ({table.relation}) AS t"
        cells.timed = shape is rows.sightings
        self._store.run(Step("held", rows.held(cells, records) if cells.timed else records))
        cells.table = replace(table, relation="SELECT * FROM held", numbered=True)

    def _write(self, cells: Cells, shape: rows.Rows, folder: Path, before: tuple[Rejected, ...]) -> Ingested:
        table, fields = cells.table, shape.words(cells)
        self._words.learn(cells, fields)
        self._words.check(cells, fields)
        if shape is rows.sightings and cells.has("search_id"):
            self._words.agree("search_id", shape.sample(cells, "search_id"))
        main = folder / f"{shape.table}-{table.part}.parquet"
        accepted = self._store.write_query(shape.accepted(cells), main)
        lost = () if accepted == table.records else self._rejected(cells, shape)
        self._list((*before, *lost), folder / f"rejected-{table.part}.parquet")
        gone = {each.record for each in lost}
        repaired = [each for each in table.repaired if each.record not in gone]
        self._list(repaired, folder / f"repaired-{table.part}.parquet")
        used = main if lost else None
        self._texts(_texts(table, fields), folder / f"texts-{table.part}.parquet", used)
        if "org" in fields:
            self._names(folder / f"names-{table.part}.parquet", used)
        facts = self._facts(shape, main, _texts(table, fields)) | self._unknown(cells, fields)
        return Ingested(table, accepted, (*before, *lost), facts={**facts, "repaired": len(repaired)})

    def _rejected(self, cells: Cells, shape: rows.Rows) -> tuple[Rejected, ...]:
        source, part = cells.table.source.id, cells.table.part
        return tuple(Rejected(source, part, *row) for row in self._store.rows(shape.rejected(cells)))

    def _list(self, rejected: Sequence[Rejected], path: Path) -> None:
        """Write the rejected or repaired records with number, heading and cause, where there are any."""
        if rejected:
            values = [(r.source, r.part, r.record, r.column, r.reason) for r in rejected]
            self._store.load("rejected_records", _REJECTED, values)
            self._store.write("rejected_records", path, order="record")
            self._store.execute("DROP TABLE rejected_records")

    def _texts(self, fields: Mapping[str, str], path: Path, used: Path | None) -> None:
        """Write the distinct texts; where records were rejected, only those that an accepted one holds."""
        parts = [
            f"SELECT id, '{called}' AS field, text, scrubs FROM w_{field} WHERE id IS NOT NULL{_in(field, used)}"
            for field, called in fields.items()
        ]
        if parts:
            every = " UNION ALL ".join(parts)
            self._store.write_query(f"SELECT id, field, min(text) AS text, max(scrubs) AS scrubs FROM ({every}) AS t"
                       " GROUP BY id, field ORDER BY id, field", path)  # fmt: skip

    def _names(self, path: Path, used: Path | None) -> None:
        mine = f"SELECT DISTINCT id, text AS name FROM w_org WHERE id IS NOT NULL{_in('org', used)} ORDER BY id"
        self._store.write_query(mine, path)

    def _facts(self, shape: rows.Rows, main: Path, texts: Mapping[str, str]) -> dict[str, int | str | None]:
        """First and last time, and how many cells of each field are in each state, scrubs by kind."""
        facts: dict[str, int | str | None] = {"first_at": None, "last_at": None}
        if shape is rows.sightings:
            where = f"read_parquet({text(str(main))})"
            [(facts["first_at"], facts["last_at"])] = self._store.rows(
                f"SELECT min(searched_at), max(searched_at) FROM {where}"
            )
        if shape not in (rows.shares, rows.statistics):
            facts |= self._states(shape, main)
        for field, called in texts.items():
            for scrubs, count in self._store.rows(
                f"SELECT scrubs, count(DISTINCT id) FROM w_{field} WHERE scrubs <> '' GROUP BY scrubs"
            ):
                for kind in scrubs.split(","):
                    fact = f"scrub:{called}:{kind}"
                    facts[fact] = int(facts.get(fact) or 0) + count
        return facts

    def _unknown(self, cells: Cells, fields: Sequence[str]) -> dict[str, int]:
        """How many different cells of each drop-down field hold words that the layout does not know."""
        asked = [field for field in fields if cells.layout.fields[field].kind in ("word", "words")]
        damaged = f"state = '{State.DAMAGED}'"
        counts = {f: int(self._store.one(f"SELECT count(*) FROM w_{f} WHERE {damaged}")) for f in asked}
        return {f"unknown:{field}": count for field, count in counts.items() if count}

    def _states(self, shape: rows.Rows, main: Path) -> dict[str, int]:
        """How many cells of each field are in each state, but for those that are told or were not exported."""
        facts: dict[str, int] = {}
        stated = [c.name.removesuffix("_state") for c in shape.documented if c.name.endswith("_state")]
        listed = ", ".join(f"{field}_state" for field in stated)
        where = f"read_parquet({text(str(main))})"
        for *states, count in self._store.rows(f"SELECT {listed}, count(*) FROM {where} GROUP BY {listed}"):
            for field, state in zip(stated, states, strict=True):
                if state not in (State.VALUE, State.NOT_EXPORTED):
                    facts[f"state:{field}:{state}"] = facts.get(f"state:{field}:{state}", 0) + count
        return facts

    def _unsplit(self) -> bool:
        """Whether the scan met records that it could not split."""
        return any(self._store.one(f"SELECT count(*) FROM {name(table)}") for table in self._reject_tables("errors"))

    def _forget(self) -> None:
        """Drop what is left of a table, and what the scan wrote down about bad records: both hold whole records."""
        self._words.forget()
        self._store.execute("DROP TABLE IF EXISTS held")
        for table in self._reject_tables("errors", "scans"):
            self._store.execute(f"DROP TABLE {name(table)}")

    def _reject_tables(self, *kinds: str) -> list[str]:
        wanted = ", ".join(text(f"reject_{kind}") for kind in kinds)
        found = self._store.rows(f"SELECT table_name FROM duckdb_tables() WHERE table_name IN ({wanted})")
        return [row[0] for row in found]


def _texts(table: Table, fields: Sequence[str]) -> dict[str, str]:
    """The fields of free text -> what they are called in `texts`."""
    return others.texts(table.view, fields) or {field: field for field in fields if field in TEXTS}


def _in(field: str, used: Path | None) -> str:
    return f" AND id IN (SELECT {field} FROM read_parquet({text(str(used))}))" if used else ""
