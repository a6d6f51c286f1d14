"""What is decided once for each distinct value of a column: its state, its token, its scrubbed text.

The key lies in a TEMP table of one row and is read by scalar subqueries. A constant or a bound parameter would be
folded into the plan, and stand in EXPLAIN, profiles and errors; a table's rows do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from plateglass import privacy
from plateglass.errors import KeyUnusable
from plateglass.model import State
from plateglass.normalise.cells import Cells, hmac, narrow, number, plate, shape, trimmed
from plateglass.store import Step, Store, name, text

TEXTS: Final = ("reason", "filters", "prompt", "offence")
"""Fields of free text: scrubbed, then a token over what is left."""
NAMES: Final = ("org", "owner")
"""Fields that hold an organisation's name: scrubbed, then a token over what is left."""
TOKENS: Final = ("account", "target", "case_no")
"""Fields that repeat their values and become tokens."""
_READABLE: Final = (State.VALUE, State.PARTIAL, State.DAMAGED)
_KNOWN_AT_MOST: Final = 300_000
"""Distinct texts that are remembered from file to file; past it, they are forgotten and learnt again."""


class Words:
    """The distinct values of one table's columns, and what is remembered of earlier tables."""

    def __init__(self, key: bytes, store: Store) -> None:
        """Put the key where SQL reads it; the connection must not be handed to anything else."""
        self._key = key
        self._store = store
        pads = {
            f"{kind}_{side}": pad
            for kind in privacy.KINDS
            for side, pad in zip(("outer", "inner"), privacy.pads(key, kind), strict=True)
        }
        picks = ", ".join(f"CAST(? AS BLOB) AS {column}" for column in pads)
        store.execute(f"CREATE TEMP TABLE key_pads AS SELECT {picks}", list(pads.values()))
        self._forget()

    def _forget(self) -> None:
        for kind in ("text", "name"):
            self._store.execute(
                f"CREATE OR REPLACE TEMP TABLE known_{kind} (word VARCHAR, text VARCHAR, scrubs VARCHAR, id UUID)"
            )

    def learn(self, cells: Cells, fields: Sequence[str]) -> None:
        """Leave a table `w_<field>` for each field: one row a distinct cell, with all that is decided from it.

        One scan gives the distinct cells of every column.
        """
        if not fields:
            return
        picks = ", ".join(f"{cells.raw(field)} AS {name(field)}" for field in fields)
        names = ", ".join(name(field) for field in fields)
        sets = ", ".join(f"({name(field)})" for field in fields)
        first = "coalesce(" + names + ", NULL)"
        self._store.run(
            Step(
                "words",
                f"SELECT grouping({names}) AS which, {first} AS word"
                f" FROM (SELECT {picks} FROM ({cells.table.relation}) AS r) AS t GROUP BY GROUPING SETS ({sets})",
            )
        )
        everything = (1 << len(fields)) - 1
        for at, field in enumerate(fields):
            which = everything ^ (1 << (len(fields) - 1 - at))
            mine = f"(SELECT word FROM words WHERE which = {which} AND word IS NOT NULL)"
            self._judge(cells, field, mine)
        self._store.execute("DROP TABLE words")

    def _judge(self, cells: Cells, field: str, mine: str) -> None:
        state = cells.state(field, "word")
        kind = _kind(field)
        if kind in ("text", "name"):
            self._scrub(kind, mine)
            readable = ", ".join(f"'{s}'" for s in _READABLE)
            sql = (
                f"SELECT m.word, m.state, CASE WHEN m.state IN ({readable}) THEN k.id END AS id, k.text, k.scrubs"
                f" FROM (SELECT word, {state} AS state FROM {mine} AS d) AS m JOIN known_{kind} AS k ON k.word = m.word"
            )
        else:
            sql = f"SELECT *, {self._typed(cells, field)} FROM (SELECT word, {state} AS state FROM {mine} AS d) AS m"
        self._store.run(Step(f"w_{field}", sql))

    def _typed(self, cells: Cells, field: str) -> str:
        """What a cell that is no free text becomes."""
        good = f"state IN ('{State.VALUE}', '{State.PARTIAL}')"
        if field in TOKENS:
            clear = _CLEAR[field]("word")
            token = f"CASE WHEN {good} AND {clear} <> '' THEN {hmac(field, clear)} END AS id"
            shown = f", CASE WHEN {good} THEN {shape('word')} END AS shape" if field == "case_no" else ""
            return token + shown
        if cells.layout.fields[field].kind == "word":
            return f"CASE WHEN {good} THEN {cells.word(field, 'word')} END AS id"
        return f"CASE WHEN {good} THEN {number('word')} END AS id"

    def _scrub(self, kind: str, mine: str) -> None:
        """Learn the words of a column that are not known yet: plain ones in SQL, the rest by `privacy.scrub`."""
        if self._store.one(f"SELECT count(*) FROM known_{kind}") > _KNOWN_AT_MOST:
            self._forget()
        new = f"SELECT d.word FROM {mine} AS d ANTI JOIN known_{kind} AS k ON k.word = d.word"
        self._store.run(Step("new_words", f"SELECT word, {trimmed('word')} AS clean FROM ({new}) AS n"))
        suspect = f"regexp_matches(clean, {text(privacy.SUSPECT)})"
        self._store.execute(
            f"INSERT INTO known_{kind} SELECT word, clean, '', {hmac(kind, 'clean')} FROM new_words WHERE NOT {suspect}"
        )
        rows = [
            (word, *_scrubbed(clean)) for word, clean in self._store.rows(f"SELECT * FROM new_words WHERE {suspect}")
        ]
        self._store.load("scrubbed", {"word": "VARCHAR", "text": "VARCHAR", "scrubs": "VARCHAR"}, rows)
        self._store.execute(f"INSERT INTO known_{kind} SELECT word, text, scrubs, {hmac(kind, 'text')} FROM scrubbed")
        for table in ("new_words", "scrubbed"):
            self._store.execute(f"DROP TABLE {table}")

    def forget(self, fields: Sequence[str]) -> None:
        """Drop the tables that `learn` left."""
        for field in fields:
            self._store.execute(f"DROP TABLE IF EXISTS w_{field}")

    def check(self, fields: Sequence[str]) -> None:
        """Compare one token of each column with the same token made outside SQL.

        Raises:
            KeyUnusable: they differ, so no token of this run may be believed.
        """
        for field in fields:
            kind = _kind(field)
            if not kind:
                continue
            clear = _CLEAR[field]("word") if field in TOKENS else "text"
            found = self._store.rows(f"SELECT {clear}, id FROM w_{field} WHERE id IS NOT NULL LIMIT 1")
            if any(privacy.token(self._key, kind, clear) != token for clear, token in found):
                raise KeyUnusable("tokens made in SQL are not those of RFC 2104", remedy="report this as a fault")


_CLEAR: dict[str, Any] = {
    "target": plate,
    "account": trimmed,
    "case_no": lambda cell: f"upper({narrow(trimmed(cell))})",
}
"""The form of a cell that its token is made from, so that two spellings of one value have one token."""


def _kind(field: str) -> str:
    """The kind of token that a field's words become; empty for numbers and closed vocabularies."""
    if field in TOKENS:
        return field
    if field in NAMES:
        return "name"
    return "text" if field in TEXTS else ""


def _scrubbed(clean: str) -> tuple[str, str]:
    found, kinds = privacy.scrub(clean)
    return found, ",".join(kinds)
