"""What the register refuses, each with file and line: shapes of people, plates and addresses, and claims left bare.

Patterns see shapes, not meaning: a lone given name that is also a word passes here. The first guard is that no type
has a field for a person and whoever speaks must be a body or a company that is held.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from plateglass.errors import ContentMalformed, Place
from plateglass.register import entities, evidence
from plateglass.register.entities import Document, Entity, Flow, Statement
from plateglass.register.holdings import Register, Written


@dataclass(frozen=True)
class Problem:
    """One thing that the lint found."""

    code: str
    message: str
    place: Place
    loud: bool = True
    """Whether the register is refused for it; else it is a warning."""


_LAWS = r"(?:AB|SB|HB|HF|SF|HR|PL)"
_YEAR = r"(?:19|20)\d\d"
_GIVEN = (
    "Ada|Bo|James|John|Robert|Michael|David|Richard|Joseph|Thomas|Christopher|Daniel|Matthew|Anthony|Mark|Steven|Andrew|"
    "Kenneth|Joshua|Kevin|Brian|Timothy|Ronald|Jeffrey|Gary|Nicholas|Eric|Jonathan|Stephen|Larry|Justin|Scott|Brandon|"
    "Benjamin|Samuel|Gregory|Alexander|Patrick|Jack|Dennis|Mary|Patricia|Jennifer|Linda|Elizabeth|Barbara|Susan|Jessica|"
    "Sarah|Karen|Lisa|Nancy|Betty|Sandra|Margaret|Ashley|Kimberly|Emily|Donna|Michelle|Carol|Amanda|Melissa|Deborah|"
    "Stephanie|Rebecca|Sharon|Laura|Cynthia|Kathleen|Amy|Angela|Anna|Emma|Samantha|Katherine|Christine|Rachel|Maria|Jose|"
    "Juan|Luis|Carlos|Jorge|Pedro|Miguel|Ana|Carmen|Rosa|Mohammed|Ahmed|Fatima"
)
_TITLES = (
    r"Mr|Mrs|Ms|Dr|Officer|Detective|Det|Sgt|Sergeant|Deputy|Chief|Sheriff|Agent|Lt|Lieutenant|Captain|Judge|"
    r"Senator|Mayor"
)
_OFFICE = r"Office|Department|Officer|Privacy|Information|Law|General|County|Police|Executive|Association|of\b"

SHAPES: tuple[tuple[str, str, re.Pattern[str]], ...] = (
    ("vin", "a vehicle identification number", re.compile(r"\b(?=[A-HJ-NPR-Z0-9]*\d)[A-HJ-NPR-Z0-9]{17}\b")),
    ("ssn", "a social security number", re.compile(r"\b\d{3}-\d{2}-\d{4}\b")),
    ("phone", "a telephone number", re.compile(r"(?:\+1[ .-]?)?\(?\b\d{3}\)?[ .-]\d{3}[ .-]\d{4}\b")),
    ("email", "an e-mail address", re.compile(r"\b[\w.+-]+@[\w-]+\.[\w.]+\b")),
    ("birth-date", "a date of birth", re.compile(r"(?i)\b(?:dob|born(?: on)?|date of birth)\b[: ]*\d")),
    ("position", "a position", re.compile(r"-?\b\d{1,3}\.\d{4,}\b")),
    (
        "address",
        "a street address",
        re.compile(
            r"\b\d{1,6} (?:[NSEW]\.? )?(?:[A-Z][a-z]+ ){1,3}"
            r"(?:St|Street|Ave|Avenue|Rd|Road|Blvd|Boulevard|Ln|Lane|Dr|Drive|Ct|Court|Way|Pl|Place|Terrace|Circle)\b"
        ),
    ),
    (
        "plate",
        "a licence plate",
        re.compile(
            rf"\b(?!{_LAWS}[ -]?\d)(?:(?=[A-Z0-9]*[A-Z])(?=[A-Z0-9]*\d[A-Z0-9]*\d)[A-Z0-9]{{5,8}}"
            rf"|[A-Z]{{2,3}}(?:-| (?!{_YEAR}))\d{{3,4}}|(?!{_YEAR} )\d{{3,4}}[ -][A-Z]{{2,3}})\b"
        ),
    ),
    (
        "person",
        "a person's name",
        re.compile(rf"\b(?:{_TITLES})\.? (?!(?:{_OFFICE}))[A-Z][a-z]+\b|\b(?:{_GIVEN}) (?:[A-Z]\. )?[A-Z][a-z]+\b"),
    ),
)
"""(code, what it looks like, the shape)."""

_SEGMENT = re.compile(r"(?=[a-z0-9]*[a-z])(?=[a-z0-9]*\d[a-z0-9]*\d)[a-z0-9]{5,8}")
"""A plate written small, as a part of an id."""
_CODES = frozenset({"id", "fact", "sha256", "procurement_id", "external_ids", "url", "archive_url", "key"})
_LEGAL = re.compile(
    r"(?i)\b(?:violat(?:e[sd]?|ing|ions?)\b|illegal|unlawful"
    r"|breach(?:es|ed)? (?:of )?(?:the |local |state )?(?:law|rule|polic)"
    r"|against the law|broke the law)"
)
_MONEY = frozenset({"USD", "USD/month", "EUR", "GBP"})
_SPEAKERS = ("bodies", "companies", "programmes")


def shape(text: str) -> str | None:
    """The code of what a text looks like that the register can't hold, such as `person`; None where it is fine."""
    return next((code for code, _, pattern in SHAPES if pattern.search(text)), None)


def like_plate(id_: str) -> bool:
    """Whether a part of an id could be a plate written small."""
    return any(_SEGMENT.fullmatch(part) for part in id_.split("-"))


def refuse(register: Register) -> None:
    """Raise the first loud problem.

    Raises:
        ContentMalformed: with file and line.
    """
    for problem in problems(register):
        if problem.loud:
            raise ContentMalformed(
                problem.message, place=problem.place, remedy=f"rule {problem.code} of docs/register.md"
            )


def problems(register: Register) -> Iterator[Problem]:
    """Every problem, file by file."""
    for file in register.files:
        for section in type(file.holds).model_fields:
            for index, entry in enumerate(getattr(file.holds, section)):
                yield from _shapes(file, section, index, entry)
                yield from _references(register, file, section, index, entry)
                if isinstance(entry, Statement):
                    yield from _statement(register, file, index, entry)
                elif isinstance(entry, Entity):
                    yield from _entity(register, file, section, index, entry)


def _texts(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    if key in _CODES:
        return
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _texts(getattr(value, name), name)
    elif isinstance(value, tuple):
        for part in value:
            yield from _texts(part, key)
    elif isinstance(value, str):
        yield key, value


def _shapes(file: Written, section: str, index: int, entry: BaseModel) -> Iterator[Problem]:
    if like_plate(str(getattr(entry, "id", ""))):
        yield Problem(
            "plate", "this looks like a licence plate, which the register can't hold", file.place(section, index, "id")
        )
    for key, text in _texts(entry):
        for code, what, shape in SHAPES:
            if shape.search(text):
                yield Problem(
                    code, f"this looks like {what}, which the register can't hold", file.place(section, index, key)
                )


def _references(register: Register, file: Written, section: str, index: int, entry: BaseModel) -> Iterator[Problem]:
    for key, target, sections in _refs(entry):
        found = register.section_of.get(target)
        place = file.place(section, index, key)
        if key in {"statements", "supersedes"}:
            if target not in register.statements:
                yield Problem("unknown-statement", "no statement that is held has this id", place)
        elif found is None:
            yield Problem("unknown-entity", "nothing that is held has this id", place)
        elif sections and found not in sections:
            wanted = " or ".join(sections)
            yield Problem("wrong-type", f"{target!r} is held in {found}; expected {wanted}", place)


_PARTIES = ("bodies", "companies", "programmes", "systems")
_POINTS: dict[tuple[str, str], tuple[str, ...]] = {
    **{
        ("*", key): _SPEAKERS
        for key in (
            "says_who",
            "publisher",
            "operator",
            "owner",
            "claimed_by",
            "custodian",
            "issuer",
            "buyer",
            "prime",
            "others",
            "company",
            "switch",
        )
    },
    **{
        ("*", key): _PARTIES
        for key in ("provider", "receiver", "via", "payer", "payee", "parties", "binds", "receivers", "members")
    },
    ("*", "document"): ("documents",),
    ("*", "derived_from"): ("documents",),
    ("*", "seen_through"): ("documents",),
    ("*", "text"): ("documents",),
    ("*", "data"): ("data",),
    ("*", "becomes"): ("data",),
    ("*", "systems"): ("systems",),
    ("*", "system"): ("systems", "programmes"),
    ("*", "successor"): ("systems",),
    ("*", "contract"): ("contracts",),
    ("*", "covers"): ("contracts", "payments"),
    ("*", "flow"): ("flows",),
    ("*", "basis"): ("contracts", "agreements", "rules"),
    ("*", "forbidden_by"): ("rules", "safeguards"),
    ("*", "bypasses"): ("rules", "safeguards"),
    ("*", "protects"): ("flows", "systems"),
    ("*", "one_of"): ("bodies",),
    ("PublicBody", "parent"): ("bodies",),
    ("Company", "parent"): ("companies",),
    ("DataCategory", "parent"): ("data",),
    ("*", "about"): (),
    ("*", "object"): (),
    ("*", "subject"): (),
    ("*", "statements"): (),
    ("*", "supersedes"): (),
}
"""(type or any, key) -> the sections that an id there may come from; empty: any."""


def _refs(entry: BaseModel) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for key in type(entry).model_fields:
        value = getattr(entry, key)
        sections = _POINTS.get((type(entry).__name__, key), _POINTS.get(("*", key)))
        if key == "roles":
            yield from ((key, role.company, _SPEAKERS) for role in value)
        elif sections is not None and isinstance(value, str | tuple):
            yield from ((key, target, sections) for target in ((value,) if isinstance(value, str) else value))


def _statement(register: Register, file: Written, index: int, statement: Statement) -> Iterator[Problem]:
    def problem(code: str, message: str, key: str = "") -> Problem:
        return Problem(code, message, file.place("statements", index, key))

    if not statement.key:
        yield problem("no-id", "a statement needs an id, or the fact that it holds")
    if statement.unit in _MONEY and statement.value is not None and statement.amount is None:
        yield problem("amount-without-kind", "an amount needs its kind: obligated, ceiling or reported", "value")
    if statement.amount and (statement.unit not in _MONEY or statement.value is None):
        yield problem("kind-without-amount", "a kind of amount stands without a value in money", "amount")
    if statement.predicate == "measures" and statement.value is not None and not (statement.counted and statement.unit):
        yield problem("number-of-what", "a number needs its unit and what exactly was counted", "value")
    if statement.high is not None and (statement.value is None or statement.high < statement.value):
        yield problem("range-upside-down", "a range needs its lower end first", "high")
    yield from (problem(*found) for found in _claims(register, statement))
    wanted = entities.ABOUT.get(statement.predicate, ())
    held = {section for target in statement.about if (section := register.section_of.get(target))}
    if wanted and held and not held & set(wanted):
        message = f"{statement.predicate!r} is said of {' or '.join(wanted)}, not only of {', '.join(sorted(held))}"
        yield problem("wrong-subject", message, "about")


def _claims(register: Register, statement: Statement) -> Iterator[tuple[str, str, str]]:
    """(code, message, key) for claims that are bolder than what they rest on."""
    legal = statement.predicate == "breaches" or _LEGAL.search(statement.says)
    if legal and (statement.says_who is None or statement.claim in ("document", "inference")):
        yield (
            "legal-conclusion",
            "that a law or rule was broken is somebody's claim: it needs says_who and a claim that is theirs",
            "says",
        )
    if statement.predicate == "breaches" and register.section_of.get(statement.object or "") not in (
        "rules",
        "safeguards",
    ):
        yield "legal-conclusion", "a breach is of a rule or a safeguard that is held: name it as object", "object"
    document = register.by_id.get(statement.document)
    if not isinstance(document, Document):
        return
    if statement.confidence == "A" and not (
        document.kind == "primary" and document.sha256 and document.seen_through is None
    ):
        yield "confidence-too-high", "A needs a primary document that was seen and hashed", "confidence"
    if statement.confidence == "B" and not _two_sources(register, statement, document):
        yield (
            "confidence-too-high",
            "B needs two independent documents on the same, or one that names the primary",
            "confidence",
        )
    if statement.evidence and "flows" not in {register.section_of.get(a) for a in statement.about}:
        yield "evidence-of-no-flow", "evidence is said of a flow", "evidence"


def _two_sources(register: Register, statement: Statement, document: Document) -> bool:
    others = {s.document for about in statement.about for s in register.said.get(about, ())}
    primary = [register.by_id.get(d) for d in document.derived_from]
    return evidence.independent(register, others) > 1 or any(
        isinstance(d, Document) and d.kind == "primary" for d in primary
    )


_NEED = (
    "flows",
    "contracts",
    "payments",
    "measures",
    "safeguards",
    "circumventions",
    "rules",
    "events",
    "logs",
    "records",
    "systems",
)


def _entity(register: Register, file: Written, section: str, index: int, entity: Entity) -> Iterator[Problem]:
    said = register.said.get(entity.id, ())
    if section in _NEED and not said:
        yield Problem("unsaid", f"no statement says anything of {entity.id!r}", file.place(section, index, "id"))
    if isinstance(entity, Flow):
        if said and not any(s.evidence for s in said):
            yield Problem(
                "flow-without-evidence",
                "no statement says how well this flow is known",
                file.place(section, index, "id"),
            )
        if entity.provider == entity.receiver:
            yield Problem("flow-to-itself", "a flow needs two ends", file.place(section, index, "receiver"))


def counts(found: Iterable[Problem]) -> dict[str, int]:
    """How many problems there are of each code."""
    number: dict[str, int] = {}
    for problem in found:
        number[problem.code] = number.get(problem.code, 0) + 1
    return dict(sorted(number.items()))
