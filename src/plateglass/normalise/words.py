"""What is decided once for each distinct value of a column: its state, its token, its scrubbed text.

The key lies in a TEMP table of one row and is read by scalar subqueries. A constant or a bound parameter would be
folded into the plan, and stand in EXPLAIN, profiles and errors; a table's rows do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from plateglass import privacy
from plateglass.errors import KeyUnusable
from plateglass.model import State
from plateglass.normalise.cells import Cells, hmac, one_of, shape, trimmed
from plateglass.store import Step, Store, name, text

TEXTS: Final = ("reason", "filters", "prompt", "offence")
"""Fields of free text: scrubbed, then a token over what is left."""
NAMES: Final = ("org", "owner")
"""Fields that hold an organisation's name: scrubbed, then a token over what is left."""
TOKENS: Final = ("account", "target", "case_no")
"""Fields that repeat their values and become tokens."""
_READABLE: Final = (State.VALUE, State.PARTIAL, State.DAMAGED)
_KNOWN_AT_MOST: Final = 3_000_000
"""Distinct cells of one field that are remembered from file to file; past it, they are forgotten and learnt again."""
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"


class Words:
    """The distinct cells of one table's columns, and what was decided of those of earlier tables."""

    def __init__(self, key: bytes, store: Store) -> None:
        """Put the key where SQL reads it; the connection must not be handed to anything else."""
        self._key = key
        self._store = store
        self._known: dict[tuple[str, str], str] = {}
        pads = {
            f"{kind}_{side}": pad
            for kind in privacy.KINDS
            for side, pad in zip(("outer", "inner"), privacy.pads(key, kind), strict=True)
        }
        picks = ", ".join(f"CAST(? AS BLOB) AS {column}" for column in pads)
        store.execute(f"CREATE TEMP TABLE key_pads AS SELECT {picks}", list(pads.values()))

    def learn(self, cells: Cells, fields: Sequence[str]) -> None:
        """Leave a table `w_<field>` for each field: one row a distinct cell, with all that is decided from it.

        One scan gives the distinct cells of every column; those of earlier tables are decided already.
        """
        if not fields:
            return
        picks = ", ".join(f"{cells.raw(field)} AS {name(field)}" for field in fields)
        names = ", ".join(name(field) for field in fields)
        sets = ", ".join(f"({name(field)})" for field in fields)
        self._store.run(
            Step(
                "words",
                f"SELECT grouping({names}) AS which, coalesce({names}, NULL) AS word"
                f" FROM (SELECT {picks} FROM ({cells.table.relation}) AS r) AS t GROUP BY GROUPING SETS ({sets})",
            )
        )
        every = (1 << len(fields)) - 1
        for at, field in enumerate(fields):
            which = every ^ (1 << (len(fields) - 1 - at))
            self._decide(cells, field, f"SELECT word FROM words WHERE which = {which} AND word IS NOT NULL")
        self._store.execute("DROP TABLE words")

    def _decide(self, cells: Cells, field: str, mine: str) -> None:
        """Leave `w_<field>`: each distinct cell with its state, and the token, word or number that it becomes."""
        if not self._store.one(f"SELECT count(*) FROM ({mine}) AS d"):
            cells.blank.add(field)
        known = self._remembered(cells, field)
        new = f"SELECT d.word FROM ({mine}) AS d ANTI JOIN {known} AS k ON k.word = d.word"
        self._store.run(Step("new_words", f"SELECT word, {trimmed('word')} AS t FROM ({new}) AS n"))
        judged = self._scrubbed(cells, field) if _kind(field) in ("text", "name") else self._judged(cells, field)
        self._store.execute(f"INSERT INTO {known} {judged}")
        self._store.execute("DROP TABLE new_words")
        tag = "NULL"
        if _kind(field):
            tag = f"'{_LETTERS[_ORDER.index(field)]}' || replace(CAST(k.id AS VARCHAR), '-', '')"
        sql = f"SELECT k.*, {tag} AS tag FROM {known} AS k JOIN ({mine}) AS m ON m.word = k.word"
        self._store.run(Step(f"w_{field}", sql))

    def _remembered(self, cells: Cells, field: str) -> str:
        """The table of what was decided of a field's cells under this layout; emptied where it grew too large."""
        known = self._known.get((cells.layout.id, field))
        if known is None or self._store.one(f"SELECT count(*) FROM {known}") > _KNOWN_AT_MOST:
            known = self._known.setdefault((cells.layout.id, field), f"known_{len(self._known)}")
            made = "UUID" if _kind(field) else "BIGINT" if field in ("networks", "devices") else "VARCHAR"
            self._store.execute(
                f"CREATE OR REPLACE TEMP TABLE {known}"
                f" (word VARCHAR, state cell_state, id {made}, text VARCHAR, scrubs VARCHAR)"
            )
        return known

    def _judged(self, cells: Cells, field: str) -> str:
        """What new cells of a field that is no text become; `text` is the shape of a case number."""
        clear = f"SELECT word, t, {cells.clear(field, 't')} AS clear FROM new_words"
        state = f"SELECT word, clear, CAST({cells.state(field, 't')} AS cell_state) AS state FROM ({clear}) AS c"
        readable = one_of("state", _READABLE)
        made = f"CASE WHEN {readable} THEN clear END"
        if _kind(field):
            made = f"CASE WHEN {readable} AND clear <> '' THEN {hmac(field, 'clear')} END"
        shown = f"CASE WHEN {readable} THEN {shape('clear')} END" if field == "case_no" else "NULL"
        return f"SELECT word, state, {made}, {shown}, NULL FROM ({state}) AS s"

    def _scrubbed(self, cells: Cells, field: str) -> str:
        """What new cells of a text become: plain ones stay as they are, the others go through `privacy.scrub`."""
        suspect, cue, plain = (text(pattern) for pattern in (privacy.SUSPECT, privacy.CUE, privacy.PLAIN))
        doubtful = f"regexp_matches(t, {suspect}) AND (regexp_matches(t, {cue}) OR NOT regexp_full_match(t, {plain}))"
        rows = []
        for word, t in self._store.rows(f"SELECT word, t FROM new_words WHERE {doubtful}"):
            found, kinds = privacy.scrub(t)
            rows.append((word, t, found, ",".join(kinds)))
        columns = dict.fromkeys(("word", "t", "text", "scrubs"), "VARCHAR")
        self._store.load("scrubbed_words", columns, rows)
        state = f"CAST({cells.state(field, 't')} AS cell_state)"
        return (
            f"SELECT word, state, CASE WHEN {one_of('state', _READABLE)} THEN {hmac(_kind(field), 'text')} END,"
            f" text, scrubs FROM (SELECT *, {state} AS state FROM (SELECT *, t AS text, '' AS scrubs FROM new_words"
            f" WHERE NOT ({doubtful}) UNION ALL SELECT * FROM scrubbed_words) AS u) AS s"
        )

    def forget(self, fields: Sequence[str]) -> None:
        """Drop the tables that `learn` left."""
        for field in fields:
            self._store.execute(f"DROP TABLE IF EXISTS w_{field}")

    def check(self, cells: Cells, fields: Sequence[str]) -> None:
        """Compare one token of each column with the same token made outside SQL.

        Raises:
            KeyUnusable: they differ, so no token of this run may be believed.
        """
        for field in fields:
            kind = _kind(field)
            if not kind:
                continue
            clear = cells.clear(field, trimmed("word")) if field in TOKENS else "text"
            found = self._store.rows(f"SELECT {clear}, id FROM w_{field} WHERE id IS NOT NULL LIMIT 1")
            if any(privacy.token(self._key, kind, clear) != token for clear, token in found):
                raise KeyUnusable("tokens made in SQL are not those of RFC 2104", remedy="report this as a fault")


_ORDER: Final = (*NAMES, *TOKENS, *TEXTS)


def _kind(field: str) -> str:
    """The kind of token that a field's words become; empty for numbers and closed vocabularies."""
    if field in TOKENS:
        return field
    if field in NAMES:
        return "name"
    return "text" if field in TEXTS else ""
