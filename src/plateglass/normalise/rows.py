"""The SELECT over one table's records, for each view: every column that the view documents, in its order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from plateglass.model import SEARCH_VIEWS, SHARES, SIGHTINGS, STATED, STATISTICS, Column, State, View
from plateglass.normalise.cells import Cells, columns, number, trimmed
from plateglass.normalise.words import NAMES, TEXTS, TOKENS
from plateglass.store import name, text

_WORDS: Final = (*NAMES, *TOKENS, *TEXTS, "networks", "devices", "search_type", "moderation")
_NULL: Final = "CAST(NULL AS VARCHAR)"
FINGERPRINTED: Final = (
    "org", "account", "target", "case_no", "search_id", "reason", "filters", "prompt", "offence",
    "networks", "devices", "searched_at", "from_at", "to_at", "search_type", "moderation",
)  # fmt: skip
"""What the strict fingerprint is made of, in this order: tokens and typed values, never text of the record."""


@dataclass(frozen=True)
class Rows:
    """How the records of one view are read."""

    table: str
    """The table that they become, and the first word of its file's name."""
    documented: tuple[Column, ...]
    words: Callable[[Cells], list[str]]
    """The fields that are decided once for each distinct value."""
    timed: Callable[[Cells], list[tuple[str, str]]]
    """Columns computed first, because others are made from them."""
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
            **{column: name(column) for column, _ in self.timed(cells)},
            **self.picks(cells),
        }
        listed = columns((c.name, f"CAST({made[c.name]} AS {c.type})") for c in self.documented)
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

    def _numbered(self, cells: Cells) -> str:
        """Every record as `r`, with its number and times, joined to what is known of its words."""
        numbered = "" if cells.table.numbered else "row_number() OVER () AS record, "
        times = "".join(f", {expression} AS {name(column)}" for column, expression in self.timed(cells))
        joins = "".join(f" LEFT JOIN w_{field} ON {cells.raw(field)} = w_{field}.word" for field in self.words(cells))
        records = f"SELECT {numbered}t.* FROM ({cells.table.relation}) AS t"
        return f"(SELECT r.*{times} FROM ({records}) AS r) AS r{joins}"


def _is_heading(cell: str, heading: str) -> str:
    return f"coalesce(lower({trimmed(cell)}) = {text(heading.strip().lower())}, false)"


def _state(cells: Cells, field: str) -> str:
    if not cells.has(field):
        return f"'{State.NOT_EXPORTED}'"
    return f"coalesce(w_{field}.state, '{State.EMPTY}')"


def _id(cells: Cells, field: str) -> str:
    return f"w_{field}.id" if cells.has(field) else "NULL"


# --- searches ---


def _search_times(cells: Cells) -> list[tuple[str, str]]:
    first, last, _ = cells.frame()
    return [("searched_at", cells.searched_at()), ("from_at", first), ("to_at", last)]


def _search_picks(cells: Cells) -> dict[str, str]:
    made = {field: _id(cells, field) for field in _WORDS if field != "owner"}
    made["case_shape"] = "w_case_no.shape" if cells.has("case_no") else "NULL"
    made["search_id"], searched_id_state = cells.search_id()
    made["fingerprint"] = _fingerprint(made)
    states = {field: _state(cells, field) for field in STATED}
    states["frame"], states["search_id"] = cells.frame()[2], searched_id_state
    return made | {f"{field}_state": state for field, state in states.items()}


def _fingerprint(made: dict[str, str]) -> str:
    parts = ", chr(31), ".join(made.get(field, name(field)) for field in FINGERPRINTED)
    return f"CAST(md5(concat({parts})) AS UUID)"


sightings = Rows(
    table="sightings",
    documented=SIGHTINGS,
    words=lambda cells: [field for field in _WORDS if field in STATED and cells.has(field)],
    timed=_search_times,
    picks=_search_picks,
    keeps=lambda _cells: "searched_at IS NOT NULL",
    key=lambda cells: cells.dated_by(),
    lacks="no time of the search",
    garbles="the time of the search can't be read",
)


# --- sharing lists ---


def _networks(cells: Cells, field: str) -> str:
    """How many networks a cell lists: they are joined by a comma, while a name may hold a comma and a blank."""
    if not cells.has(field):
        return "NULL"
    cell = cells.raw(field)
    listed = f"replace({trimmed(cell)}, ', ', ' ')"
    counted = f"1 + length({listed}) - length(replace({listed}, ',', ''))"
    state = cells.state(field, cell)
    return f"CASE {state} WHEN '{State.VALUE}' THEN {counted} WHEN '{State.EMPTY}' THEN 0 END"


def _share_picks(cells: Cells) -> dict[str, str]:
    made = {"org": "w_org.id"}
    for field in ("inbound", "outbound"):
        made[field] = _networks(cells, field)
        state = cells.state(field, cells.raw(field)) if cells.has(field) else f"'{State.NOT_EXPORTED}'"
        made[f"{field}_state"] = state
    return made


shares = Rows(
    table="shares",
    documented=SHARES,
    words=lambda _cells: ["org"],
    timed=lambda _cells: [],
    picks=_share_picks,
    keeps=lambda cells: f"w_org.id IS NOT NULL AND NOT {_is_heading(cells.raw('org'), cells.heading('org'))}",
    key=lambda _cells: "org",
    lacks="no organisation",
    garbles="the organisation's name is hidden",
)


# --- statistics of portals ---


def _statistic_picks(cells: Cells) -> dict[str, str]:
    owner = "w_owner.text" if cells.has("owner") else text(cells.table.owner)
    counts = [column.name for column in STATISTICS[5:]]
    return {"owner": owner} | {field: number(cells.raw(field)) if cells.has(field) else "NULL" for field in counts}


statistics = Rows(
    table="statistics",
    documented=STATISTICS,
    words=lambda cells: ["owner"] if cells.has("owner") else [],
    timed=lambda cells: [("captured_on", f"{cells.day('captured_on')}")],
    picks=_statistic_picks,
    keeps=lambda cells: "captured_on IS NOT NULL" + (" AND w_owner.id IS NOT NULL" if cells.has("owner") else ""),
    key=lambda _cells: "captured_on",
    lacks="no day",
    garbles="the day can't be read, or no portal is named",
)


def of(view: View) -> Rows:
    """How the records of a view are read."""
    if view in SEARCH_VIEWS:
        return sightings
    return shares if view is View.SHARED_NETWORKS else statistics
