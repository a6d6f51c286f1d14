"""What is decided once for each distinct value of a column: its state, its token, its scrubbed text.

The key lies in a TEMP table of one row and is read by scalar subqueries. A constant or a bound parameter would be
folded into the plan, and stand in EXPLAIN, profiles and errors; a table's rows do not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from plateglass import privacy
from plateglass.errors import KeyUnusable
from plateglass.model import State
from plateglass.normalise.cells import Cells, hmac, shape, trimmed
from plateglass.store import Step, Store, bits, name, one_of, text

TEXTS: Final = ("reason", "filters", "prompt", "offence")
"""Fields of free text: scrubbed, then a token over what is left."""
NAMES: Final = ("org", "owner")
"""Fields that hold an organisation's name: scrubbed, then a token over what is left."""
TOKENS: Final = ("account", "target", "case_no")
"""Fields that repeat their values and become tokens."""
_READABLE: Final = (State.VALUE, State.PARTIAL, State.DAMAGED)
_KNOWN_AT_MOST: Final = 3_000_000
"""Distinct cells of one field that are remembered from file to file; past it, they are forgotten and learnt again."""


class Words:
    """The distinct cells of one table's columns, and what was decided of those of earlier tables."""

    def __init__(self, key: bytes, store: Store) -> None:
        """Put the key where SQL reads it; the connection must not be handed to anything else."""
        self._key = key
        self._store = store
        self._known: dict[tuple[str, str], str] = {}
        self._learnt: tuple[str, ...] = ()
        pads = {
            f"{kind}_{side}": pad
            for kind in privacy.KINDS
            for side, pad in zip(("outer", "inner"), privacy.pads(key, kind), strict=True)
        }
        picks = ", ".join(f"CAST(? AS BLOB) AS {column}" for column in pads)
        mixing = privacy.sub_key(key, "fingerprint").hex()
        store.execute(f"CREATE TEMP TABLE key_pads AS SELECT {picks}, ? AS mixing", [*pads.values(), mixing])

    def learn(self, cells: Cells, fields: Sequence[str]) -> None:
        """Leave a table `w_<field>` for each field: one row a distinct cell, with all that is decided from it.

        Cells of earlier tables are decided already.
        """
        self._learnt = tuple(fields)
        for field, distinct in self._distinct(cells, fields):
            self._decide(cells, field, f"SELECT word FROM ({distinct}) AS d WHERE word IS NOT NULL")
        self._note(cells, fields)

    def _note(self, cells: Cells, fields: Sequence[str]) -> None:
        """Note what a record need not be asked again."""
        full = self._full(cells, fields)
        counts = (f"SELECT {text(field)}, count(*), count(id), count(mix) FROM w_{field}" for field in fields)
        for field, every, ids, mixes in self._store.rows(" UNION ALL ".join(counts)) if fields else ():
            if field in full and mixes == every:
                cells.whole.add(field)
            if field in TOKENS and ids == mixes:
                cells.tokens.add(field)

    def _full(self, cells: Cells, fields: Sequence[str]) -> set[str]:
        """The fields without a blank cell, where that can be told at a glance: of records in memory."""
        bare = [field for field in fields if cells.raw(field).startswith("r.c")] if cells.table.numbered else []
        if not bare:
            return set()
        counts = ", ".join(f"count({cells.raw(field)})" for field in bare)
        [(every, *filled)] = self._store.rows(f"SELECT count(*), {counts} FROM ({cells.table.relation}) AS r")
        return {field for field, count in zip(bare, filled, strict=True) if count == every}

    def _distinct(self, cells: Cells, fields: Sequence[str]) -> Iterator[tuple[str, str]]:
        """SQL of the distinct cells of each field; where records are not in memory, one scan gives those of all."""
        relation = cells.table.relation
        if cells.table.numbered or len(fields) == 1:
            for field in fields:
                yield field, f"SELECT DISTINCT {cells.raw(field)} AS word FROM ({relation}) AS r"
            return
        picks = ", ".join(f"{cells.raw(field)} AS {name(field)}" for field in fields)
        names = ", ".join(name(field) for field in fields)
        sets = ", ".join(f"({name(field)})" for field in fields)
        every = (1 << len(fields)) - 1
        if fields:
            self._store.run(
                Step(
                    "all_words",
                    f"SELECT grouping({names}) AS which, coalesce({names}) AS word"
                    f" FROM (SELECT {picks} FROM ({relation}) AS r) AS t GROUP BY GROUPING SETS ({sets})",
                )
            )
        for at, field in enumerate(fields):
            yield field, f"SELECT word FROM all_words WHERE which = {every ^ (1 << (len(fields) - 1 - at))}"

    def _decide(self, cells: Cells, field: str, distinct: str) -> None:
        """Leave `w_<field>`: each distinct cell with its state, and the token, word or number that it becomes."""
        known, met, fresh = self._remembered(cells, field), f"met_{field}", f"fresh_{field}"
        # the many cells that are known are looked up among the few of this table, and once
        found = f"SELECT m.word, k.* EXCLUDE (word) FROM {known} AS k RIGHT JOIN ({distinct}) AS m ON k.word = m.word"
        self._store.run(Step(met, found))
        [(words, decided)] = self._store.rows(f"SELECT count(*), count(state) FROM {met}")
        if not words:
            cells.blank.add(field)
        if words == decided:  # nothing is new, as in most columns of most tables after the first
            self._store.execute(f"ALTER TABLE {met} RENAME TO w_{field}")
            return
        self._store.run(Step("new_words", f"SELECT word, {trimmed('word')} AS t FROM {met} WHERE state IS NULL"))
        wordy = kind_of(cells, field) in ("text", "name")
        judged = self._scrubbed(cells, field) if wordy else self._judged(cells, field)
        self._store.run(
            Step(fresh, f"SELECT j.* EXCLUDE (t), {_mix(cells, field)} AS mix FROM ({judged}) AS j"),
            Step(f"w_{field}", f"SELECT * FROM {met} WHERE state IS NOT NULL UNION ALL SELECT * FROM {fresh}"),
        )
        self._store.execute(f"INSERT INTO {known} SELECT * FROM {fresh}")

    def _remembered(self, cells: Cells, field: str) -> str:
        """The table of what was decided of a field's cells under this layout; emptied where it grew too large."""
        known = self._known.get((cells.layout.id, field))
        if known is None or self._store.one(f"SELECT count(*) FROM {known}") > _KNOWN_AT_MOST:
            known = self._known.setdefault((cells.layout.id, field), f"known_{len(self._known)}")
            kind, counted = kind_of(cells, field), cells.layout.fields[field].kind in ("count", "day_count")
            made = "UUID" if kind else "BIGINT" if counted else cells.vocabulary(field)
            more = ", text VARCHAR" if kind == "case_no" else ""
            more = ", text VARCHAR, scrubs VARCHAR" if kind in ("text", "name") else more
            self._store.execute(
                f"CREATE OR REPLACE TEMP TABLE {known} (word VARCHAR, state cell_state, id {made}{more}, mix UHUGEINT)"
            )
        return known

    def _judged(self, cells: Cells, field: str) -> str:
        """What new cells of a field that is no text become; `text` is the shape of a case number."""
        clear = f"SELECT word, t, {cells.clear(field, 't')} AS clear FROM new_words"
        state = f"SELECT word, t, clear, CAST({cells.state(field, 't')} AS cell_state) AS state FROM ({clear}) AS c"
        readable = one_of("state", _READABLE)
        made, kind = f"CASE WHEN {readable} THEN clear END", kind_of(cells, field)
        if cells.layout.fields[field].kind == "word":
            made = f"CAST({made} AS {cells.vocabulary(field)})"
        if kind:
            made = f"CASE WHEN {readable} AND clear <> '' THEN {hmac(kind, 'clear')} END"
        shown = f", CASE WHEN {readable} THEN {shape('clear')} END" if kind == "case_no" else ""
        return f"SELECT word, t, state, {made} AS id{shown} FROM ({state}) AS s"

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
        made = f"CASE WHEN {one_of('state', _READABLE)} THEN {hmac(kind_of(cells, field), 'text')} END AS id"
        return (
            f"SELECT word, t, state, {made}, text, scrubs FROM (SELECT *, {state} AS state"
            f" FROM (SELECT *, t AS text, '' AS scrubs FROM new_words"
            f" WHERE NOT ({doubtful}) UNION ALL SELECT * FROM scrubbed_words) AS u) AS s"
        )

    def forget(self) -> None:
        """Drop what belongs to the table that was read last."""
        learnt = (f"{kind}_{field}" for field in self._learnt for kind in ("met", "fresh", "w"))
        for table in ("all_words", "new_words", "scrubbed_words", *learnt):
            self._store.execute(f"DROP TABLE IF EXISTS {table}")

    def check(self, cells: Cells, fields: Sequence[str]) -> None:
        """Compare one token of each column with the same token made outside SQL.

        Raises:
            KeyUnusable: they differ, so no token of this run may be believed.
        """
        for field in fields:
            if kind := kind_of(cells, field):
                clear = "text" if kind in ("text", "name") else cells.clear(field, trimmed("word"))
                self.agree(kind, f"SELECT {clear}, id FROM w_{field} WHERE id IS NOT NULL LIMIT 1")

    def agree(self, kind: str, sql: str) -> None:
        """Compare tokens of a kind, each beside the word that it stands for, with those made outside SQL."""
        if any(privacy.token(self._key, kind, clear) != token for clear, token in self._store.rows(sql)):
            raise KeyUnusable("tokens made in SQL are not those of RFC 2104", remedy="report this as a fault")


_KINDS: Final = {
    "person": "account", "plate": "target", "case": "case_no", "id": "search_id", "name": "name", "text": "text",
    "words": "text",
}  # fmt: skip
"""The kind of token that a column of each kind becomes, in a view that is not of searches."""


def kind_of(cells: Cells, field: str) -> str:
    """The kind of token that a field's words become; empty for numbers and closed vocabularies."""
    if field in TOKENS:
        return field
    if field in NAMES:
        return "name"
    return "text" if field in TEXTS else _KINDS.get(cells.layout.fields[field].kind, "")


def _mix(cells: Cells, field: str) -> str:
    """The 128 bits that stand for field and word in a fingerprint.

    The key is in them, so that nobody can make up two records that agree. They are a token itself, where its kind
    is of this field alone; else a hash, of a text or name as it was before it was scrubbed, and of a damaged cell
    as it stands: what differs must not come to look alike.
    """
    wordy = kind_of(cells, field) in ("text", "name")
    said = "j.t" if wordy else "coalesce(CAST(j.id AS VARCHAR), j.t)"
    mix = f"md5_number(concat((SELECT mixing FROM key_pads), {text(field)}, chr(31), {said}))"
    if field in TOKENS:
        mix = f"CASE WHEN j.id IS NOT NULL THEN {bits('j.id')} ELSE {mix} END"
    return f"CASE WHEN {one_of('j.state', _READABLE)} THEN {mix} END"
