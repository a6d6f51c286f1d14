"""The SELECT over one table's records for the other views: one mechanism for all, from what each field holds."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from plateglass.model import State, View
from plateglass.normalise import rows
from plateglass.normalise.cells import Cells, trimmed
from plateglass.record_views import OTHER_VIEWS, Holds, RecordField, RecordView
from plateglass.store import one_of, text

_TOLD: Final = (State.VALUE, State.PARTIAL, State.MASKED, State.WITHHELD)
"""States of a cell that says that there is a record, whether or not it can be read."""


def of(view: View) -> rows.Rows:
    """How the records of a view are read."""
    if view in OTHER_VIEWS:
        return _rows(OTHER_VIEWS[view])
    return rows.of(view)


def _rows(view: RecordView) -> rows.Rows:
    keys = " or ".join(key.replace("_", " ") for key in view.keys)
    return rows.Rows(
        table=view.table,
        documented=view.columns,
        words=lambda cells: [f.name for f in view.fields if f.holds is not Holds.TIME and cells.has(f.name)],
        layers=partial(_times, view),
        picks=partial(_picks, view),
        keeps=partial(_keeps, view),
        key=lambda cells: next((key for key in view.keys if cells.has(key)), view.keys[0]),
        lacks=f"no {keys}",
        garbles=f"the {keys} can't be read",
    )  # fmt: skip


def digits(view: View) -> dict[str, int]:
    """The fields of a view whose numbers may be long: those that count reads and records, and not people's acts."""
    shown = OTHER_VIEWS.get(view)
    return {field.name: field.digits for field in shown.fields if field.digits} if shown else {}


def texts(view: View, fields: Sequence[str]) -> dict[str, str]:
    """The fields of free text among some -> what they are called in the table `texts`."""
    shown = OTHER_VIEWS.get(view)
    if shown is None:
        return {}
    held = {field.name: field.holds for field in shown.fields}
    return {field: f"{shown.table}.{field}" for field in fields if held[field] is Holds.TEXT}


def _times(view: RecordView, cells: Cells) -> list[dict[str, str]]:
    """Times hardly repeat: they are read record by record."""
    made = {}
    for field in view.fields:
        if field.holds is Holds.TIME:
            made[field.name] = _time(field, cells) if cells.has(field.name) else "CAST(NULL AS BIGINT)"
    return [made]


def _time(field: RecordField, cells: Cells) -> str:
    day = cells.layout.fields[field.name].kind == "date"
    return cells.day(field.name) if day else cells.instant(field.name)


def _picks(view: RecordView, cells: Cells) -> dict[str, str]:
    made = {}
    for field in view.fields:
        if field.holds is not Holds.TIME:
            made[field.name] = _of_word(cells, field.name, "id")
        if field.holds is Holds.CASE:
            made[f"{field.name}_shape"] = _of_word(cells, field.name, "text")
        made[f"{field.name}_state"] = _state(field, cells)
    return made


def _state(field: RecordField, cells: Cells) -> str:
    """The state of a cell; a line that a cell of several lines does not have was not exported."""
    if not cells.has(field.name):
        return f"'{State.NOT_EXPORTED}'"
    state = _of_word(cells, field.name, "state")
    found = f"coalesce({state}, CAST('{State.EMPTY}' AS cell_state))"
    if field.holds is Holds.TIME:
        judged = cells.state(field.name, trimmed(cells.raw(field.name)))
        found = f"CASE WHEN r.{field.name} IS NOT NULL THEN '{State.VALUE}' ELSE {judged} END"
    if cells.layout.fields[field.name].label:
        return f"CASE WHEN {cells.labelled(field.name)} THEN {found} ELSE '{State.NOT_EXPORTED}' END"
    return found


def _keeps(view: RecordView, cells: Cells) -> str:
    """Whether any key of a record is told, and is not its own heading."""
    held = {field.name: field for field in view.fields}
    told = []
    for key in (key for key in view.keys if cells.has(key)):
        if held[key].holds is Holds.TIME:
            told.append(f"r.{key} IS NOT NULL")
        elif held[key].holds in (Holds.COUNT, Holds.WORD):
            told.append(f"{_state(held[key], cells)} = '{State.VALUE}'")
        else:
            heading = text(cells.heading(key).strip().lower())
            again = f"coalesce(lower({trimmed(cells.raw(key))}) = {heading}, false)"
            told.append(f"({one_of(_state(held[key], cells), _TOLD)} AND NOT {again})")
    return f"({' OR '.join(told)})" if told else "false"


def _of_word(cells: Cells, field: str, what: str) -> str:
    """What was decided of the distinct words of a field; NULL where it has none."""
    return f"w_{field}.{what}" if cells.has(field) and field not in cells.blank else "NULL"
