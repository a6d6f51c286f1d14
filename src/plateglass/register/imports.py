"""Award downloads of USAspending become a file of the register: one contract a row, with the row as its locator.

Both kinds of download are read: CSV with headings, and JSON, a list of objects with the same names or `results` with
such a list. Buyer and vendor are joined by their exact name, or by the vendor's UEI, or by what a person says that a
name means. A row whose buyer or vendor is not sure becomes no contract: it is listed for a person, and never guessed.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from plateglass.errors import Place, SourceUnreadable
from plateglass.register import naming
from plateglass.register.entities import Company
from plateglass.register.holdings import Register

PUBLISHER = "treasury"
BUYER, VENDOR, UEI, AWARD = "awarding_sub_agency_name", "recipient_name", "recipient_uei", "contract_award_unique_key"
AMOUNTS: Mapping[str, tuple[str, ...]] = {
    "obligated": ("total_dollars_obligated", "total_obligated_amount"),
    "ceiling": ("potential_total_value_of_award",),
}
"""The headings of each kind of amount; the first that has a value counts."""
START = "period_of_performance_start_date"
NEEDED = (AWARD, BUYER, VENDOR)


@dataclass(frozen=True)
class Unsure:
    """One row that waits for a person; the name as written stays in the file, since it can be a person's."""

    row: int
    column: str
    near: tuple[str, ...]
    """Entities that may be meant."""


@dataclass(frozen=True)
class Imported:
    """What one download came to."""

    toml: str
    """A file for the `content/register` folder of a case; empty where no row was sure."""
    rows: int
    taken: int
    unsure: tuple[Unsure, ...]
    unread: tuple[tuple[int, str], ...]
    """(row, column) whose amount or award is not readable, or whose award stood above; the row is left out."""


def awards(register: Register, path: Path, means: Mapping[str, str], seen: date) -> Imported:
    """Contracts from an award download that was taken on a day; `means` is what people say that names mean.

    Raises:
        SourceUnreadable: neither CSV nor JSON with the headings of an award download.
    """
    rows, sha256 = _rows(path), hashlib.sha256(path.read_bytes()).hexdigest()
    document = f"usaspending-{seen.isoformat()}-{_letters(sha256)[:8]}"
    parts: list[str] = []
    unsure: list[Unsure] = []
    unread: list[tuple[int, str]] = []
    known: set[str] = set()
    for number, row in enumerate(rows, 1):
        buyer, vendor = _joined(register, row, means)
        bad = AWARD if row[AWARD] in known else _unreadable(row)
        if buyer is None or vendor is None:
            column = BUYER if buyer is None else VENDOR
            unsure.append(Unsure(number, column, naming.near(register, row[BUYER]) if buyer is None else ()))
        elif bad:
            unread.append((number, bad))
        else:
            known.add(row[AWARD])
            parts += _contract(row, number, (buyer, vendor, document))
    taken = len(rows) - len(unsure) - len(unread)
    head = _document(document, seen, sha256) if taken else []
    return Imported("\n".join([*head, *parts]), len(rows), taken, tuple(unsure), tuple(unread))


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
        if text.lstrip().startswith(("[", "{")):
            loaded = json.loads(text)
            listed = loaded.get("results", ()) if isinstance(loaded, dict) else loaded
            found = [{str(k): "" if v is None else str(v) for k, v in row.items()} for row in listed]
        else:
            found = [
                {k: v or "" for k, v in row.items() if k} for row in csv.DictReader(text.splitlines(keepends=True))
            ]
    except (UnicodeDecodeError, json.JSONDecodeError, AttributeError, TypeError, csv.Error) as error:
        raise SourceUnreadable("neither CSV nor JSON of an award download", place=Place(path.name)) from error
    missing = [name for name in NEEDED if not found or any(name not in row for row in found)]
    if missing:
        raise SourceUnreadable(
            f"no column {missing[0]!r}", expected=f"an award download with {', '.join(NEEDED)}", place=Place(path.name)
        )
    return found


def _joined(register: Register, row: Mapping[str, str], means: Mapping[str, str]) -> tuple[str | None, str | None]:
    buyer = means.get(row[BUYER]) or naming.of_text(register, row[BUYER])
    uei = row.get(UEI)
    by_uei = (c.id for c in register.all(Company).values() if uei and c.external_ids.get("uei") == uei)
    vendor = means.get(row[VENDOR]) or next(by_uei, None) or naming.of_text(register, row[VENDOR])
    return _of(register, buyer, "bodies"), _of(register, vendor, "companies")


def _of(register: Register, entity: str | None, section: str) -> str | None:
    return entity if entity and register.section_of.get(entity) == section else None


def _amounts(row: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """(kind, column, amount as written) of each kind that the row gives."""
    for kind, columns in AMOUNTS.items():
        for column in columns:
            if row.get(column, "").strip():
                yield kind, column, row[column].strip()
                break


def _unreadable(row: Mapping[str, str]) -> str:
    """The first column that can't be read; empty where all can."""
    found = list(_amounts(row))
    for _, column, amount in found:
        try:
            whole = Decimal(amount)
        except InvalidOperation:
            return column
        if not whole.is_finite():
            return column
    if not row[AWARD].strip():
        return AWARD
    return "" if found else AMOUNTS["obligated"][0]


def _contract(row: Mapping[str, str], number: int, ends: tuple[str, str, str]) -> list[str]:
    buyer, vendor, document = ends
    id_ = f"award-{_letters(hashlib.sha256(row[AWARD].strip().encode()).hexdigest())[:12]}"
    contract = {"id": id_, "label": f"Award in row {number} of {document}", "buyer": buyer, "prime": vendor}
    parts = [_table("contracts", contract | _started(row))]
    for kind, column, amount in _amounts(row):
        said = {
            "id": f"{id_}-{kind}", "about": id_, "predicate": "costs", "says": f"The award record says so: {kind}.",
            "value": Decimal(amount), "unit": "USD", "comparator": "=", "amount": kind,
            "counted": f"The column {column}.", "document": document, "locator": f"row {number}, {column}",
            "claim": "official", "confidence": "A", "extraction": "rule",
        }  # fmt: skip
        parts.append(_table("statements", said))
    return parts


def _letters(hexadecimal: str) -> str:
    """The same digits as letters a to p: an id that can't be taken for a plate."""
    return "".join(chr(ord("a") + int(digit, 16)) for digit in hexadecimal)


def _started(row: Mapping[str, str]) -> dict[str, object]:
    try:
        return {"period": f"{date.fromisoformat(row.get(START, '')[:10])}/"}
    except ValueError:
        return {}


def _document(id_: str, seen: date, sha256: str) -> list[str]:
    about = {
        "id": id_, "label": f"Award download of USAspending, {seen.isoformat()}", "publisher": PUBLISHER,
        "kind": "primary", "date": seen.isoformat(), "sha256": sha256,
    }  # fmt: skip
    return [_table("documents", about)]


def _table(section: str, values: Mapping[str, object]) -> str:
    lines: Iterable[str] = (f"{k} = {v if isinstance(v, Decimal) else json.dumps(v)}" for k, v in values.items())
    return f"[[{section}]]\n" + "\n".join(lines) + "\n"
