"""The chain of evidence as PROV-JSON: documents, what they repeat, the statements taken from them, and by whom."""

from __future__ import annotations

import json
from typing import Any

from plateglass.register.entities import Document, Statement
from plateglass.register.exports.made import Made
from plateglass.register.holdings import Register

SPACE = "urn:plateglass:register:"
LOST = (
    "letter of confidence, comparator and state of review have no term in PROV: they stand as attributes of our own",
    "when a claim held (`valid`): PROV dates the making of a record, not what it speaks of; it stands as an attribute",
    "dates with doubt or without digits stay as EDTF text",
    "claims that stand against each other: PROV has no term for a conflict",
)


def chain(register: Register) -> Made:
    """Every document and every statement that is held."""
    found: dict[str, dict[str, Any]] = {
        "prefix": {"reg": SPACE},
        "entity": {}, "agent": {}, "activity": {}, "wasDerivedFrom": {}, "wasAttributedTo": {},
        "wasGeneratedBy": {}, "used": {}, "wasAssociatedWith": {},
    }  # fmt: skip
    for document in register.documents.values():
        _document(register, document, found)
    for statement in register.statements.values():
        _statement(register, statement, found)
    return Made({"provenance.json": json.dumps(found, indent=1, ensure_ascii=False) + "\n"}, LOST)


def _document(register: Register, document: Document, found: dict[str, dict[str, Any]]) -> None:
    name = f"reg:document-{document.id}"
    about = {
        "prov:label": document.label, "reg:kind": document.kind, "reg:date": document.date, "reg:url": document.url,
        "reg:archive": document.archive_url, "reg:sha256": document.sha256,
    }  # fmt: skip
    found["entity"][name] = {key: value for key, value in about.items() if value}
    for older in document.derived_from:
        link = {"prov:generatedEntity": name, "prov:usedEntity": f"reg:document-{older}"}
        found["wasDerivedFrom"][f"_:{document.id}-from-{older}"] = link
    _agent(register, document.publisher, found)
    said = {"prov:entity": name, "prov:agent": f"reg:{document.publisher}"}
    found["wasAttributedTo"][f"_:{document.id}-by"] = said


def _statement(register: Register, statement: Statement, found: dict[str, dict[str, Any]]) -> None:
    name, taking = f"reg:statement-{statement.key}", f"reg:extraction-{statement.extraction}"
    about = {
        "prov:label": statement.says, "reg:about": " ".join(statement.about), "reg:locator": statement.locator,
        "reg:asOf": statement.as_of, "reg:valid": statement.valid, "reg:confidence": statement.confidence,
        "reg:claim": statement.claim, "reg:review": statement.review, "reg:polarity": statement.polarity,
        "reg:value": None if statement.value is None else str(statement.value), "reg:unit": statement.unit,
        "reg:comparator": statement.comparator, "reg:amount": statement.amount, "reg:evidence": statement.evidence,
    }  # fmt: skip
    found["entity"][name] = {key: value for key, value in about.items() if value}
    source = f"reg:document-{statement.document}"
    found["activity"].setdefault(taking, {"prov:label": f"taken from documents by {statement.extraction}"})
    derived = {"prov:generatedEntity": name, "prov:usedEntity": source}
    found["wasDerivedFrom"][f"_:{statement.key}-from"] = derived
    found["wasGeneratedBy"][f"_:{statement.key}-made"] = {"prov:entity": name, "prov:activity": taking}
    found["used"][f"_:{taking[4:]}-{statement.document}"] = {"prov:activity": taking, "prov:entity": source}
    speaker = register.speaker(statement)
    _agent(register, speaker, found)
    found["wasAttributedTo"][f"_:{statement.key}-by"] = {"prov:entity": name, "prov:agent": f"reg:{speaker}"}
    if statement.reviewed_by:
        role = f"reg:role-{statement.reviewed_by}"
        found["agent"].setdefault(role, {"prov:label": statement.reviewed_by})
        link = {"prov:activity": taking, "prov:agent": role}
        found["wasAssociatedWith"][f"_:{taking[4:]}-{statement.reviewed_by}"] = link


def _agent(register: Register, body: str, found: dict[str, dict[str, Any]]) -> None:
    about = {"prov:label": register.label(body), "prov:type": {"$": "prov:Organization", "type": "xsd:QName"}}
    found["agent"].setdefault(f"reg:{body}", about)
