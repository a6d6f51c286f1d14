"""The SELECT over one table's records, for each view: every column that the view documents, in its order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from plateglass.model import FIGURES, SEARCH_VIEWS, SHARES, SIGHTINGS, STATED, STATISTICS, Column, State, View
from plateglass.normalise.cells import Cells, columns, hmac, number, trimmed
from plateglass.normalise.words import NAMES, TEXTS, TOKENS
from plateglass.store import bits, one_of, text, uuid

_WORDS: Final = (*NAMES, *TOKENS, *TEXTS, "networks", "devices", "search_type", "moderation")
_NULL: Final = "CAST(NULL AS VARCHAR)"


_LAST: Final = (1 << 42) - 1
"""No time, among those that fit 42 bits: epoch ms of 1970 to 2109 are less."""
_TIMES: Final = ("searched_at", "from_at", "to_at")
_DATED: Final = ("searched_at", "search_date", "search_time")
_FRAMED: Final = ("frame", "from_at", "to_at")
"""Fields that the times are read from."""
_SEARCHED: Final = (631_152_000_000, 4_102_444_799_999)
"""The first and the last ms of the years 1990 to 2099: no search is of another, whatever a cell says."""
_KEPT: Final = f"searched_at BETWEEN {_SEARCHED[0]} AND {_SEARCHED[1]}"


@dataclass(frozen=True)
class Rows:
    """How the records of one view are read."""

    table: str
    """The table that they become, and the first word of its file's name."""
    documented: tuple[Column, ...]
    words: Callable[[Cells], list[str]]
    """The fields that are decided once for each distinct value."""
    layers: Callable[[Cells], list[dict[str, str]]]
    """Columns computed first, because others are made from them; each layer sees the one before."""
    picks: Callable[[Cells], dict[str, str]]
    """Every other column of the view as an expression."""
    keeps: Callable[[Cells], str]
    """Which records are accepted."""
    key: Callable[[Cells], str]
    """The field without which a record is nothing."""
    lacks: str
    """Why a record is rejected whose key is blank."""
    garbles: str
    """Why a record is rejected whose key says something else."""

    def accepted(self, cells: Cells) -> str:
        """The accepted records with every documented column."""
        made = {
            "source": text(cells.table.source.id),
            "part": f"CAST({cells.table.part} AS INTEGER)",
            "record": "r.record",
            **{column: f"r.{column}" for layer in self.layers(cells) for column in layer},
            **self.picks(cells),
        }
        types = {c.name: "cell_state" if c.name.endswith("_state") else c.type for c in self.documented}
        types["source"] = f"ENUM({text(cells.table.source.id)})"  # written as a number, read back as text
        types |= {field: cells.vocabulary(field) for field in ("search_type", "moderation") if cells.has(field)}
        listed = columns((c.name, f"CAST({made[c.name]} AS {types[c.name]})") for c in self.documented)
        return f"SELECT {listed} FROM {self._numbered(cells)} WHERE {self.keeps(cells)}"

    def rejected(self, cells: Cells) -> str:
        """Number, heading and reason of every other record."""
        key = self.key(cells)
        cell, heading = (cells.raw(key), cells.heading(key)) if cells.has(key) else (_NULL, key)
        full = " OR ".join(f"{trimmed(f'r.c{at}')} <> ''" for at in sorted(set(cells.table.columns.values())))
        return (
            f"SELECT r.record, CASE WHEN {full} THEN {text(heading)} ELSE '' END,"
            f" CASE WHEN ({full}) IS NOT TRUE THEN 'the record is empty'"
            f" WHEN {_is_heading(cell, heading)} THEN 'repeated headings'"
            f" WHEN coalesce({trimmed(cell)}, '') = '' THEN {text(self.lacks)} ELSE {text(self.garbles)} END"
            f" FROM {self._numbered(cells)} WHERE ({self.keeps(cells)}) IS NOT TRUE ORDER BY 1"
        )

    def sample(self, cells: Cells, field: str) -> str:
        """The clear form and the token of a field that is decided record by record, of one of the first records."""
        first = self._layered(cells, f"SELECT * FROM ({cells.table.relation}) AS t LIMIT 1000")
        return f"SELECT r.{field}_clear, r.{field} FROM ({first}) AS r WHERE r.{field} IS NOT NULL LIMIT 1"

    def _numbered(self, cells: Cells) -> str:
        """Every record as `r`, with its number and times, joined to what is known of its words."""
        numbered = "" if cells.table.numbered else "row_number() OVER () AS record, "
        joins = "".join(
            f" LEFT JOIN w_{field} ON {cells.raw(field)} = w_{field}.word"
            for field in self.words(cells)
            if field not in cells.blank
        )
        return f"({self._layered(cells, f'SELECT {numbered}t.* FROM ({cells.table.relation}) AS t')}) AS r{joins}"

    def _layered(self, cells: Cells, records: str) -> str:
        """Records with the columns of each layer beside them."""
        made = records
        for layer in self.layers(cells):
            made = f"SELECT r.*, {columns(layer.items())} FROM ({made}) AS r"
        return made


def _is_heading(cell: str, heading: str) -> str:
    return f"coalesce(lower({trimmed(cell)}) = {text(heading.strip().lower())}, false)"


def _state(cells: Cells, field: str) -> str:
    if not cells.has(field):
        return f"'{State.NOT_EXPORTED}'"
    if field in cells.blank:
        return f"'{State.EMPTY}'"
    state = f"w_{field}.state"
    return state if field in cells.whole else f"coalesce({state}, CAST('{State.EMPTY}' AS cell_state))"


def _joined(cells: Cells, field: str) -> bool:
    return cells.has(field) and field not in cells.blank


def _id(cells: Cells, field: str) -> str:
    return f"w_{field}.id" if _joined(cells, field) else "NULL"


# --- searches ---


def held(cells: Cells, records: str) -> str:
    """Records with their times; a cell that a time was read from is left out, where nothing else asks for it."""
    dates, frames = (
        {cells.table.columns[field] for field in fields if cells.has(field)} for fields in (_DATED, _FRAMED)
    )
    asked = [field for field in cells.table.columns if field not in (*_DATED, *_FRAMED)]
    asked += [beside for field in asked if cells.has(beside := cells.layout.fields[field].beside)]
    others = {cells.table.columns[field] for field in asked}
    framed = f"{_KEPT} AND from_at IS NOT NULL AND to_at IS NOT NULL"
    done = dict.fromkeys(dates - others, _KEPT) | dict.fromkeys(frames - others, framed)
    picks = {
        f"c{at}": f"CASE WHEN ({done[at]}) IS NOT TRUE THEN r.c{at} END" if at in done else f"r.c{at}"
        for at in sorted(set(cells.table.columns.values()))
    }
    read = f"SELECT r.*, {columns(_times(cells).items())} FROM ({records}) AS r"
    return f"SELECT r.record, {columns(picks.items())}, {', '.join(_TIMES)} FROM ({read}) AS r"


def _times(cells: Cells) -> dict[str, str]:
    first, last, _ = cells.frame()
    return {"searched_at": cells.searched_at(), "from_at": first, "to_at": last}


def _search_layers(cells: Cells) -> list[dict[str, str]]:
    """Times, and the vendor's id: nearly every record has another, so it is not decided once for each."""
    layers = [] if cells.timed else [_times(cells)]
    if not cells.has("search_id"):
        return layers
    state, clear = cells.search_id()
    return [
        *layers,
        {"search_id_state": state, "search_id_clear": clear},
        {"search_id": _token("search_id", "r.search_id_clear", "r.search_id_state")},
    ]


def _token(kind: str, clear: str, state: str) -> str:
    return f"CASE WHEN {one_of(state, (State.VALUE, State.PARTIAL))} THEN {hmac(kind, clear)} END"


def _search_picks(cells: Cells) -> dict[str, str]:
    made = {field: _id(cells, field) for field in _WORDS if field != "owner"}
    made["case_shape"] = "w_case_no.text" if _joined(cells, "case_no") else "NULL"
    made["search_id"] = "r.search_id" if cells.has("search_id") else "NULL"
    times = {time: f"r.{time}" for time in _TIMES}
    states = {field: _state(cells, field) for field in STATED if field != "search_id" or not cells.has(field)}
    states["frame"] = cells.frame()[2]
    return made | times | {"fingerprint": _fingerprint(cells)} | {f"{f}_state": state for f, state in states.items()}


def _fingerprint(cells: Cells) -> str:
    """128 bits over every field: each word's own 128 (zero where there is none) and the times', one upon the other.

    What stands for a word is its token, or a keyed hash of field and word, so two records that differ in some field
    agree by a chance of 2^-128, whatever they hold (Zobrist, "A new hashing method with application for game
    playing", 1970).
    The times take 126 bits as they are: two records that differ in nothing else never agree.
    """
    inside = " AND ".join(f"coalesce(r.{time}, 0) BETWEEN 0 AND {_LAST - 1}" for time in _TIMES)
    at, first, last = (f"CAST(coalesce(r.{time}, {_LAST}) AS UHUGEINT)" for time in _TIMES)
    packed = f"{at} * {1 << 84}::UHUGEINT + {first} * {1 << 42} + {last}"
    written = ", chr(31), ".join(f"r.{time}" for time in _TIMES)
    made = f"CASE WHEN {inside} THEN {packed} ELSE md5_number(concat({written})) END"
    for field in _WORDS:
        if field != "owner" and _joined(cells, field):
            mix = bits(f"w_{field}.id") if field in cells.tokens else f"w_{field}.mix"
            made = f"xor({made}, {mix if field in cells.whole else f'coalesce({mix}, 0)'})"
    return uuid(f"xor({made}, coalesce({bits('r.search_id')}, 0))" if cells.has("search_id") else made)


sightings = Rows(
    table="sightings",
    documented=SIGHTINGS,
    words=lambda cells: [field for field in _WORDS if field in STATED and cells.has(field)],
    layers=_search_layers,
    picks=_search_picks,
    keeps=lambda _cells: _KEPT,
    key=lambda cells: cells.dated_by(),
    lacks="no time of the search",
    garbles="the time of the search can't be read, or is before 1990 or after 2099",
)


# --- sharing lists ---


def _networks(cells: Cells, field: str) -> str:
    """How many networks a cell lists: they are joined by a comma, while a name may hold a comma and a blank."""
    if not cells.has(field):
        return "NULL"
    cell = cells.raw(field)
    listed = f"replace({trimmed(cell)}, ', ', ' ')"
    counted = f"1 + length({listed}) - length(replace({listed}, ',', ''))"
    state = cells.state(field, trimmed(cell))
    return f"CASE {state} WHEN '{State.VALUE}' THEN {counted} WHEN '{State.EMPTY}' THEN 0 END"


def _share_picks(cells: Cells) -> dict[str, str]:
    made = {"org": _id(cells, "org")}
    for field in ("inbound", "outbound"):
        made[field] = _networks(cells, field)
        state = cells.state(field, trimmed(cells.raw(field))) if cells.has(field) else f"'{State.NOT_EXPORTED}'"
        made[f"{field}_state"] = state
    return made


shares = Rows(
    table="shares",
    documented=SHARES,
    words=lambda _cells: ["org"],
    layers=lambda _cells: [],
    picks=_share_picks,
    keeps=lambda cells: (
        f"{_id(cells, 'org')} IS NOT NULL AND NOT {_is_heading(cells.raw('org'), cells.heading('org'))}"
    ),
    key=lambda _cells: "org",
    lacks="no organisation",
    garbles="the organisation's name is hidden",
)


# --- statistics of portals ---


def _statistic_picks(cells: Cells) -> dict[str, str]:
    owner = "w_owner.text" if _joined(cells, "owner") else text(cells.table.owner)
    made = {"owner": owner} | dict.fromkeys(FIGURES, "NULL")
    for figure in FIGURES:
        made[f"{figure}_state"] = f"'{State.NOT_EXPORTED}'"
        if cells.has(figure):
            made[figure] = number(cells.raw(figure), unit=cells.unit(figure))
            made[f"{figure}_state"] = cells.state(figure, trimmed(cells.raw(figure)), made[figure])
    return made


statistics = Rows(
    table="statistics",
    documented=STATISTICS,
    words=lambda cells: ["owner"] if cells.has("owner") else [],
    layers=lambda cells: [{"captured_on": cells.day("captured_on")}],
    picks=_statistic_picks,
    keeps=lambda cells: (
        "captured_on IS NOT NULL" + (f" AND {_id(cells, 'owner')} IS NOT NULL" if cells.has("owner") else "")
    ),
    key=lambda _cells: "captured_on",
    lacks="no day",
    garbles="the day can't be read, or no portal is named",
)


def of(view: View) -> Rows:
    """How the records of a view are read."""
    if view in SEARCH_VIEWS:
        return sightings
    return shares if view is View.SHARED_NETWORKS else statistics
