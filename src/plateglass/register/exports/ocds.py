"""Contracts in the shape of an OCDS 1.1 release package. Shaped, not compliant: the facts don't reach that far.

`value` is given only where sources give one obligated amount. A ceiling and a press figure are no value of a contract,
so all amounts stand apart, with kind and source, in `plateglassAmounts`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from plateglass.register import money
from plateglass.register.entities import Contract, Statement
from plateglass.register.exports.made import DAY, Made, ends, plain
from plateglass.register.holdings import Register

PREFIX = "plateglass-unregistered"
"""Stands where a registered publisher's prefix would."""
LOST = (
    "no registered ocid prefix: ids begin with plateglass-unregistered, and nobody else will know them",
    "the day of a release is the day of the newest document that speaks of the contract, not of its publication",
    "planning, tender and awards: no source that is held says anything of them; each contract's award is a stand-in",
    "dates of a month, a year or in doubt: OCDS wants days; as EDTF they stand in plateglassSigned, plateglassPeriod",
    "amounts that are ceilings, press figures, bounds or ranges: they stand in plateglassAmounts, not in value",
    "payments without a contract, agreements, and the systems that a contract is for: only in plateglassSystems",
)


def package(register: Register) -> Made:
    """One release for each contract."""
    contracts = register.all(Contract).values()
    releases = [_release(register, contract) for contract in contracts]
    days = [r["date"] for r in releases]
    found = {
        "uri": "urn:plateglass:register:contracts",
        "version": "1.1",
        "publishedDate": max(days, default="1970-01-01T00:00:00Z"),
        "publisher": {"name": "plateglass, the register (OCDS-shaped, not compliant)"},
        "releases": releases,
    }
    return Made({"contracts.ocds.json": json.dumps(found, indent=1, ensure_ascii=False) + "\n"}, LOST)


def _release(register: Register, contract: Contract) -> dict[str, Any]:
    said = register.said.get(contract.id, ())
    suppliers = [_named(register, contract.prime)]
    documents = [_document(register, s) for s in said]
    made: dict[str, Any] = {
        "ocid": f"{PREFIX}-{contract.id}",
        "id": f"{contract.id}-1",
        "date": _newest(register, said),
        "tag": ["contract"],
        "initiationType": "tender",
        "parties": [
            _named(register, contract.buyer) | {"roles": ["buyer"]},
            _named(register, contract.prime) | {"roles": ["supplier"]},
            *(_named(register, other) | {"roles": ["plateglassOther"]} for other in contract.others),
        ],
        "buyer": _named(register, contract.buyer),
        "awards": [{"id": f"{contract.id}-award", "title": contract.label, "suppliers": suppliers}],
        "contracts": [_contract(register, contract) | {"documents": documents}],
    }
    return made


def _contract(register: Register, contract: Contract) -> dict[str, Any]:
    start, end = ends(contract.period)
    found: dict[str, Any] = {
        "id": contract.procurement_id or contract.id,
        "awardID": f"{contract.id}-award",
        "title": contract.label,
        "description": contract.purpose,
        "dateSigned": _moment(plain(contract.signed)),
        "period": {k: v for k, v in (("startDate", _moment(start)), ("endDate", _moment(end))) if v} or None,
        "value": _value(register, contract),
        "plateglassSigned": contract.signed,
        "plateglassPeriod": contract.period,
        "plateglassSystems": list(contract.systems) or None,
        "plateglassCovers": list(contract.covers) or None,
        "plateglassAmounts": [_amount(a) for a in money.amounts(register, contract.id)] or None,
    }
    return {key: value for key, value in found.items() if value is not None}


def _value(register: Register, contract: Contract) -> dict[str, Any] | None:
    for found in money.amounts(register, contract.id):
        if found.kind == "obligated" and found.low == found.high and found.comparators == ("=",):
            return {"amount": found.low, "currency": money.UNIT}
    return None


def _amount(found: money.Amount) -> dict[str, Any]:
    return {
        "kind": found.kind, "low": found.low, "high": found.high, "currency": money.UNIT,
        "comparators": list(found.comparators), "statements": list(found.statements),
    }  # fmt: skip


def _document(register: Register, statement: Statement) -> dict[str, Any]:
    source = register.document(statement)
    found = {
        "id": statement.key, "title": f"{source.label}, {statement.locator}", "description": statement.says,
        "url": source.url, "datePublished": _moment(plain(source.date)), "plateglassDate": source.date,
        "plateglassConfidence": statement.confidence,
    }  # fmt: skip
    return {key: value for key, value in found.items() if value}


def _named(register: Register, body: str) -> dict[str, Any]:
    return {"id": f"plateglass-{body}", "name": register.label(body)}


def _newest(register: Register, said: Iterable[Statement]) -> str:
    days = [register.document(s).date for s in said]
    known = [_moment(plain(d), any_day=True) for d in days]
    return max((d for d in known if d), default="1970-01-01T00:00:00Z")


def _moment(text: str | None, *, any_day: bool = False) -> str | None:
    """The start of a day as OCDS writes it; of the first day of a month or year only where `any_day` will do."""
    if text is None or (len(text) < DAY and not any_day):
        return None
    return f"{(text + '-01-01')[:DAY]}T00:00:00Z"
