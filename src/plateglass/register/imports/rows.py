"""A public list as rows, each with its place: from CSV, JSON, OCDS releases, FollowTheMoney entities."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from plateglass.errors import Place, SourceUnreadable
from plateglass.register.imports.layouts import Form, ImportLayout

_SURPLUS: Final = "\0more cells than headings"


@dataclass(frozen=True)
class File:
    """One list as it was downloaded; `path` may be a sheet of it that was written out as CSV."""

    path: Path
    name: str
    sha256: str
    """Of the file as downloaded."""


@dataclass(frozen=True)
class Row:
    """One row, each field with the name that it was found under."""

    number: int
    where: str
    """Its place in the file, as a locator."""
    values: Mapping[str, tuple[str, tuple[str, ...]]]
    """Field -> (name, every value); fields without a value are not there."""
    damaged: bool = False
    """Whether it has more cells than there are headings."""

    def text(self, field_: str) -> str:
        """The first value of a field; empty where there is none."""
        return self.values[field_][1][0] if field_ in self.values else ""

    def all(self, field_: str) -> tuple[str, ...]:
        """Every value of a field."""
        return self.values[field_][1] if field_ in self.values else ()

    def named(self, field_: str) -> str:
        """The name that a field was found under; the field's own where it was not found."""
        return self.values[field_][0] if field_ in self.values else field_


@dataclass(frozen=True)
class Rows:
    """Every row of a file, and what in it is not read."""

    layout: ImportLayout
    rows: tuple[Row, ...]
    unknown: tuple[str, ...] = ()
    """Columns or schemata that the layout neither reads nor leaves out on purpose."""
    ignored: Mapping[str, int] = field(default_factory=dict)
    """Schema -> entities of it that were left out by name."""


def rows(file: File, layouts: Iterable[ImportLayout]) -> Rows:
    """The rows of a file, by the one layout that knows it.

    Raises:
        SourceUnreadable: neither CSV nor JSON, or no layout or more than one knows it.
    """
    form, found = _read(file)
    objects = [] if form == "ftm" else _releases(found) if form == "ocds" else _plain(found)
    present = _present(found if form == "ftm" else [thing for _, thing in objects], form)
    fitting = [layout for layout in layouts if layout.form == form and layout.knows(present)]
    if len(fitting) != 1:
        known = "more than one layout knows" if fitting else "no layout knows"
        wanted = "; ".join(f"{la.title}: {', '.join(la.names(n)[0] for n in la.needs)}" for la in fitting or layouts)
        raise SourceUnreadable(f"{known} this list", expected=f"the names of one of: {wanted}", place=Place(file.name))
    (layout,) = fitting
    if form == "ftm":
        return _entities(found, layout)
    made = tuple(_row(n, where, thing, layout) for n, (where, thing) in enumerate(objects, 1))
    names = {str(key) for _, thing in objects for key in thing} - {_SURPLUS}
    return Rows(layout, made, tuple(sorted(n for n in names if not layout.known(n))))


def _read(file: File) -> tuple[Form, Any]:
    try:
        text = file.path.read_text(encoding="utf-8-sig")
        if not text.lstrip().startswith(("[", "{")):
            return "table", _table(text)
        found = _json(text)
    except (UnicodeDecodeError, json.JSONDecodeError, csv.Error) as error:
        raise SourceUnreadable("neither CSV nor JSON", place=Place(file.name)) from error
    if isinstance(found, dict) and isinstance(found.get("releases", found.get("records")), list):
        return "ocds", found
    listed = _listed(found)
    if not listed or not all(isinstance(thing, dict) for thing in listed):
        raise SourceUnreadable("no list of objects", place=Place(file.name))
    if all("schema" in thing and isinstance(thing.get("properties"), dict) for thing in listed):
        return "ftm", listed
    return ("ocds", {"releases": listed}) if all("ocid" in thing for thing in listed) else ("table", listed)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return [json.loads(line) for line in text.split("\n") if line.strip()]


def _listed(found: Any) -> list[Any]:
    if isinstance(found, dict):
        inner = found.get("results", [found])
        return inner if isinstance(inner, list) else []
    return found if isinstance(found, list) else []


def _table(text: str) -> list[dict[str, Any]]:
    lines = csv.DictReader(text.splitlines(keepends=True), restkey=_SURPLUS, strict=True)
    return [{k.strip(): v for k, v in line.items() if k.strip()} for line in lines]


# --- each form ---------------------------------------------------------------------------------------------------


def _plain(found: list[dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    return [(f"row {number}", thing) for number, thing in enumerate(found, 1)]


def _releases(found: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """One row a contract: its release, itself, and the award that it names."""
    releases = found.get("releases") or [_compiled(record) for record in found.get("records", ())]
    made = []
    for number, release in enumerate(releases, 1):
        awards = {str(a.get("id")): a for a in _dicts(release, "awards")}
        for index, contract in enumerate(_dicts(release, "contracts"), 1):
            award = awards.get(str(contract.get("awardID")), {})
            where = f"release {number}, contract {index}"
            made.append((where, {"release": release, "contract": contract, "award": award}))
    return made


def _compiled(record: Any) -> Any:
    return record.get("compiledRelease", {}) if isinstance(record, dict) else {}


def _dicts(thing: Any, key: str) -> list[dict[str, Any]]:
    listed = thing.get(key) if isinstance(thing, dict) else None
    return [part for part in listed if isinstance(part, dict)] if isinstance(listed, list) else []


def _entities(found: Sequence[Mapping[str, Any]], layout: ImportLayout) -> Rows:
    """One row an award or a payment, with the contract, buyer and supplier that it leads to."""
    by_id = {str(thing.get("id")): thing for thing in found}
    read, number = [], Counter[str]()
    for line, thing in enumerate(found, 1):
        schema = str(thing["schema"])
        if schema == "ContractAward":
            read.append((line, {"award": _first(thing), **_led(thing, by_id)}))
        elif schema == "Payment":
            ends = {"authority": _ref(thing, "payer", by_id), "supplier": _ref(thing, "beneficiary", by_id)}
            read.append((line, {"payment": _first(thing), **{k: _first(v) for k, v in ends.items()}}))
        elif any(schema == name for name in (*layout.refuse, *layout.ignore)):
            number[schema] += 1
    made = tuple(_row(n, f"line {line}", thing, layout) for n, (line, thing) in enumerate(read, 1))
    told = {"ContractAward", "Payment", "Contract", "PublicBody", "Company", "Organization", "LegalEntity"}
    strange = {str(t["schema"]) for t in found} - told - {*layout.refuse, *layout.ignore}
    return Rows(layout, made, tuple(sorted(strange)), dict(sorted(number.items())))


def _led(award: Mapping[str, Any], by_id: Mapping[str, Any]) -> dict[str, Any]:
    contract = _ref(award, "contract", by_id)
    ends = {"contract": contract, "authority": _ref(contract, "authority", by_id)}
    return {**{k: _first(v) for k, v in ends.items()}, "supplier": _first(_ref(award, "supplier", by_id))}


def _ref(thing: Mapping[str, Any], key: str, by_id: Mapping[str, Any]) -> Mapping[str, Any]:
    """The entity that a property leads to; where it leads to none, a name that stands in its place."""
    for value in thing.get("properties", {}).get(key, ()):
        inner = value if isinstance(value, dict) else by_id.get(str(value))
        return inner if inner is not None else {"schema": "", "properties": {"name": [str(value)]}}
    return {"schema": "", "properties": {}}


def _first(thing: Mapping[str, Any]) -> dict[str, Any]:
    """An entity's properties, of each the first value: a second name is another spelling, not another body."""
    properties = thing.get("properties", {})
    flat = {key: values[0] for key, values in properties.items() if isinstance(values, list) and values}
    return {"id": thing.get("id", ""), "schema": thing.get("schema", ""), **flat}


# --- rows --------------------------------------------------------------------------------------------------------


def _row(number: int, where: str, thing: Mapping[str, Any], layout: ImportLayout) -> Row:
    values = {}
    for name, paths in layout.fields.items():
        found = next(((path, value) for path in paths if (value := _at(thing, path))), None)
        if found:
            values[name] = found
    for name, paths in layout.joined.items():
        parts = [_at(thing, path) for path in paths]
        if all(parts):
            values[name] = (paths[-1], ("\n".join(part[0] for part in parts),))
    return Row(number, where, values, damaged=any(str(cell or "").strip() for cell in thing.get(_SURPLUS, ())))


def _at(thing: Any, path: str) -> tuple[str, ...]:
    """Every value at a name; nested objects by dots, lists all the way through."""
    if isinstance(thing, list):
        return tuple(value for part in thing for value in _at(part, path))
    if not path:
        return (
            (str(thing).strip(),) if not isinstance(thing, dict) and str("" if thing is None else thing).strip() else ()
        )
    if not isinstance(thing, Mapping):
        return ()
    if path in thing:
        return _at(thing[path], "")
    head, _, rest = path.partition(".")
    return _at(thing[head], rest) if head in thing and rest else ()


def _present(found: Sequence[Mapping[str, Any]], form: Form) -> set[str]:
    """Every name that is there, nested ones with dots, however deep."""
    if form == "ftm":
        found = [{"schema": thing.get("schema"), str(thing.get("schema")): thing} for thing in found]
    return {name for thing in found for name in _names(thing, "")}


def _names(thing: Any, lead: str) -> Iterator[str]:
    for part in thing if isinstance(thing, list) else [thing]:
        if isinstance(part, Mapping):
            for key, value in part.items():
                yield f"{lead}{key}"
                yield from _names(value, f"{lead}{key}.")
