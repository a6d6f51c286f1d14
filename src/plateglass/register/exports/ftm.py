"""FollowTheMoney entities, stock schemata only, one dataset for each source: who says what can be told apart.

FollowTheMoney has no system, no flow, no safeguard. A flow between two bodies or companies is an UnknownLink whose
role is its kind; one that begins or ends in a system is not carried. Each statement about a thing that is carried is a
Documentation: document, place in it, date, words, letter.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from plateglass.register import edtf, money
from plateglass.register.entities import (
    Company,
    Contract,
    Document,
    Entity,
    Event,
    Flow,
    Payment,
    Programme,
    PublicBody,
    Statement,
)
from plateglass.register.exports.made import Made, ends, exact, plain
from plateglass.register.holdings import Register

CARRIED: Mapping[type[Entity], str] = {
    PublicBody: "PublicBody", Company: "Company", Programme: "Organization", Contract: "Contract", Event: "Event",
}  # fmt: skip
"""Our types and the schemata that carry them; flows and payments are links besides."""
_Row = dict[str, Any]


def entities(register: Register) -> Made:
    """One file for each document, and in each only what that document says."""
    by_document: dict[str, list[Statement]] = defaultdict(list)
    for statement in register.statements.values():
        if statement.review != "retracted":
            by_document[statement.document].append(statement)
    files = {
        f"ftm/{document}.ftm.jsonl": "".join(
            json.dumps(row | {"datasets": [f"plateglass-{document}"]}, ensure_ascii=False) + "\n"
            for row in _dataset(register, document, said)
        )
        for document, said in by_document.items()
    }
    return Made(files, tuple(_lost(register)))


def _dataset(register: Register, document: str, said: Iterable[Statement]) -> Iterator[_Row]:
    rows: dict[str, _Row] = {}
    _keep(rows, _document(register, register.documents[document]))
    for statement in said:
        for about in statement.about:
            for row in _about(register, statement, register.by_id[about]):
                _keep(rows, row)
    yield from rows.values()


def _keep(rows: dict[str, _Row], row: _Row) -> None:
    """One row for each id, its values merged."""
    kept = rows.setdefault(row["id"], {**row, "properties": {}})
    for key, values in row["properties"].items():
        kept["properties"][key] = list(dict.fromkeys([*kept["properties"].get(key, []), *values]))


def _about(register: Register, statement: Statement, entity: Entity) -> Iterator[_Row]:
    if isinstance(entity, Flow):
        if _both(register, entity.provider, entity.receiver):
            yield from _ends(register, entity.provider, entity.receiver)
            yield _flow(register, entity, statement)
    elif isinstance(entity, Payment):
        if entity.payee and _both(register, entity.payer, entity.payee):
            yield from _ends(register, entity.payer, entity.payee)
            yield _payment(register, entity, statement)
    elif isinstance(entity, Document):
        yield _document(register, entity)
        yield _documented(register, entity, statement)
    elif type(entity) in CARRIED:
        yield from _thing(register, entity)
        yield _documented(register, entity, statement)
        if isinstance(entity, Contract) and type(register.by_id[entity.prime]) in CARRIED:
            yield from _ends(register, entity.buyer, entity.prime)
            yield _award(register, entity, statement)


def _both(register: Register, *ids: str) -> bool:
    return all(type(register.by_id[i]) in (PublicBody, Company, Programme) for i in ids)


def _ends(register: Register, *ids: str) -> Iterator[_Row]:
    for i in ids:
        yield from _thing(register, register.by_id[i])


def _thing(register: Register, entity: Entity) -> Iterator[_Row]:
    found: dict[str, object] = {"name": entity.label, "alias": entity.aliases}
    if isinstance(entity, PublicBody):
        found |= {"jurisdiction": entity.jurisdiction[:2].lower(), "classification": f"{entity.level} {entity.kind}"}
    elif isinstance(entity, Company):
        found |= {"country": entity.country.lower() if entity.country else None, "classification": entity.kind}
        if entity.parent:
            yield from _ends(register, entity.parent)
            yield _owned(entity)
    elif isinstance(entity, Contract):
        found |= {"title": entity.label, "authority": _id(entity.buyer), "contractDate": plain(entity.signed),
                  "noticeId": entity.procurement_id, "description": entity.purpose}  # fmt: skip
        yield from _ends(register, entity.buyer)
    elif isinstance(entity, Event):
        parties = [p for p in entity.parties if _both(register, p)]
        found |= {"keywords": entity.kind, "involved": [_id(p) for p in parties]}
        yield from _ends(register, *parties)
    yield _row(_id(entity.id), CARRIED[type(entity)], found)


def _owned(company: Company) -> _Row:
    found = {"owner": _id(company.parent or ""), "asset": _id(company.id), "startDate": plain(company.parent_since)}
    return _row(_id(f"{company.id}-owned"), "Ownership", found)


def _documented(register: Register, entity: Entity, statement: Statement) -> _Row:
    about = f"document-{entity.id}" if isinstance(entity, Document) else entity.id
    found = {"document": _id(f"document-{statement.document}"), "entity": _id(about), "role": statement.predicate}
    return _row(_id(f"{statement.key}-{entity.id}"), "Documentation", found | _said(register, statement))


def _flow(register: Register, flow: Flow, statement: Statement) -> _Row:
    found = {"subject": _id(flow.provider), "object": _id(flow.receiver),
             "role": f"{flow.kind}: {' '.join(flow.data)}"}  # fmt: skip
    return _row(_id(f"{statement.key}-{flow.id}"), "UnknownLink", found | _said(register, statement))


def _payment(register: Register, payment: Payment, statement: Statement) -> _Row:
    found = {"payer": _id(payment.payer), "beneficiary": _id(payment.payee or ""), "purpose": payment.label}
    return _row(
        _id(f"{statement.key}-{payment.id}"), "Payment", found | _amount(statement) | _said(register, statement)
    )


def _award(register: Register, contract: Contract, statement: Statement) -> _Row:
    found = {"supplier": _id(contract.prime), "contract": _id(contract.id), "role": statement.amount or "supplier"}
    return _row(
        _id(f"{statement.key}-award-{contract.id}"),
        "ContractAward",
        found | _amount(statement) | _said(register, statement),
    )


def _amount(statement: Statement) -> dict[str, object]:
    """Only an amount that is no bound, no range and no rate."""
    whole = statement.unit == money.UNIT and statement.high is None and statement.comparator in (None, "=")
    return {"amountUsd": str(statement.value)} if statement.amount and whole else {}


def _said(register: Register, statement: Statement) -> dict[str, object]:
    start, end = ends(statement.valid)
    spoken = edtf.span(statement.as_of or register.document(statement).date)
    day = next((plain(end.text) for end in (spoken.start, spoken.end) if end), None)
    source = register.document(statement)
    number = "" if statement.value is None else f" [{statement.comparator or '='} {statement.value} {statement.unit}]"
    return {
        "description": statement.says + number, "recordId": statement.locator, "date": day, "startDate": start,
        "endDate": end, "sourceUrl": source.url,
        "publisher": register.label(register.speaker(statement)), "proof": _id(f"document-{statement.document}"),
        "summary": f"{statement.key}: {statement.polarity}; {statement.claim}; confidence {statement.confidence}; "
        f"{statement.review}",
    }  # fmt: skip


def _document(register: Register, document: Document) -> _Row:
    found = {
        "fileName": document.id, "title": document.label, "publisher": register.label(document.publisher),
        "publishedAt": plain(document.date), "sourceUrl": document.url, "contentHash": document.sha256,
    }  # fmt: skip
    return _row(_id(f"document-{document.id}"), "Document", found)


def _row(id_: str, schema: str, found: Mapping[str, object]) -> _Row:
    listed = {k: list(v) if isinstance(v, list | tuple) else [v] for k, v in found.items() if v not in (None, "")}
    return {"id": id_, "schema": schema, "properties": {k: v for k, v in listed.items() if v}}


def _id(id_: str) -> str:
    return f"plateglass-{id_}"


def _lost(register: Register) -> Iterator[str]:
    yield "not carried, because no stock schema of FollowTheMoney is of its kind (held, by section):"
    kinds = {*CARRIED, Flow, Payment, Document}
    number = Counter(register.section_of[key] for key, e in register.by_id.items() if type(e) not in kinds)
    yield from (f"  {section}: {n}" for section, n in sorted(number.items()))
    inner = [f.id for f in register.all(Flow).values() if not _both(register, f.provider, f.receiver)]
    yield f"not carried, because an end of it is a system: {len(inner)} flows"
    yield from (f"  {key}" for key in inner)
    unpaid = [p.id for p in register.all(Payment).values() if not (p.payee and _both(register, p.payer, p.payee))]
    yield f"not carried, because nobody says who is paid, or an end of it is a system: {len(unpaid)} payments"
    yield from (f"  {key}" for key in unpaid)
    yield "carried as words or as a plain link only: a statement's letter, comparator, range, polarity and review; a"
    yield "  flow's class, mode and passing on. UnknownLink does not mean that the link is unknown"
    vague = [s.key for s in register.statements.values() if not exact(s.valid) or not exact(s.as_of)]
    yield f"carried without their marks of doubt or their unknown digits: dates of {len(vague)} statements"
    yield from (f"  {key}" for key in vague)
