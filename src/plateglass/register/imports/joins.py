"""Names in a list become bodies and companies that are held: by rule, by the resolver, or by what a person decided.

A judgement is one line of the case's `judgements.jsonl`:

    {"kind": "join", "role": "vendor", "name": "Example Oak Inc", "entity": "example-oak", "by": ..., "why": ...}

`entity` is the id of a body or company that is held, or of an agency; an empty one says that the name is none of them.
A name that waits has `"entity": null` and `"near"`, the ids that may be meant. The last line about a name counts.
What reads like a person's name never waits and is never kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Final, Literal

from plateglass.case import Case
from plateglass.catalogue import Catalogue
from plateglass.errors import CaseUnusable, Place
from plateglass.register import lint, naming
from plateglass.register.entities import Company
from plateglass.register.holdings import Register
from plateglass.register.naming import Agency

Role = Literal["buyer", "vendor", "agency"]
KIND: Final = "join"
_FORMS: Final = frozenset(
    ("inc", "incorporated", "llc", "llp", "lp", "ltd", "limited", "corp", "corporation", "co", "company", "plc", "gmbh",
     "ag", "sa", "nv", "bv", "the")
)  # fmt: skip
"""Words that say in which form a company is set up: the same company with and without them."""
_COMMON: Final = frozenset(
    ("and", "of", "for", "group", "systems", "solutions", "services", "technologies", "technology", "international",
     "national", "global", "american", "data", "security", "government", "federal", "partners", "associates", "us")
)  # fmt: skip
"""Words of so many companies that they tell of none."""


@dataclass(frozen=True)
class Join:
    """What one name came to."""

    entity: str | None = None
    """A body or company that is held."""
    agency: Agency | None = None
    """An agency that the resolver is sure of and no body that is held lists."""
    near: tuple[str, ...] = ()
    """Entities that may be meant."""
    closed: bool = False
    """Whether a person has said that it is none of them."""

    @property
    def sure(self) -> bool:
        """Whether it is known who is meant."""
        return self.entity is not None or self.agency is not None


def folded(name: str) -> str:
    """A name without marks, letter case and the form of a company."""
    words = re.findall(r"[a-z0-9]+", name.casefold().replace("&", " and ").replace(".", ""))
    return " ".join([w for w in words if w not in _FORMS] or words)


@dataclass(frozen=True)
class Joins:
    """Whom names mean, by what is held and what people have said."""

    register: Register
    decided: Mapping[tuple[str, str], str | None] = field(default_factory=dict)
    """(role, folded name) -> the entity that a person named, empty for none of them; None while it waits."""
    recognise: Callable[[str], Agency | None] = lambda _: None
    """The resolver: a name as written -> the public agency that it surely means."""
    states: Mapping[str, str] = field(default_factory=dict)
    """Names of states and their codes, in small letters -> the code."""

    def state(self, text: str) -> str | None:
        """The code of a state that is written in full or as its code; None where it is neither."""
        return self.states.get(text.casefold().strip())

    def of(self, role: Role, name: str, *, state: str = "", uei: str = "") -> Join:
        """Whom a name means in a role; `state` in two letters where the list gives it apart."""
        said = self.decided.get((role, folded(f"{name} {state}")))
        if said is not None:
            return self._named(role, said) if said else Join(closed=True)
        return self._company(name, uei) if role == "vendor" else self._body(name, state)

    def _named(self, role: Role, entity: str) -> Join:
        wanted = "companies" if role == "vendor" else "bodies"
        if self.register.section_of.get(entity) == wanted:
            return Join(entity)
        held = naming.of_agency(self.register, entity)
        return Join(held) if held and role != "vendor" else Join()

    def _company(self, name: str, uei: str) -> Join:
        by_uei = self._ueis.get(uei) if uei else None
        found = {by_uei} if by_uei else self._companies.get(folded(name), set())
        if len(found) == 1:
            return Join(next(iter(found)))
        telling = set(folded(name).split()) - _COMMON
        near = {key for spelling, keys in self._companies.items() if telling & set(spelling.split()) for key in keys}
        return Join(near=tuple(sorted(found or near)))

    def _body(self, name: str, state: str) -> Join:
        exact = naming.of_text(self.register, name) if not state else None
        if exact is not None and self.register.section_of[exact] == "bodies":
            return Join(exact)
        agency = self.recognise(f"{name} ({state.upper()})" if state else name)
        if agency is None:
            return Join(near=naming.near(self.register, name))
        held = naming.of_agency(self.register, agency.id)
        return Join(held) if held else Join(agency=agency)

    @cached_property
    def _companies(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for company in self.register.all(Company).values():
            for spelling in naming.spellings(company.label, company.aliases):
                if not company.generic:
                    found.setdefault(folded(spelling), set()).add(company.id)
        return found

    @cached_property
    def _ueis(self) -> dict[str, str]:
        companies = self.register.all(Company).values()
        return {c.external_ids["uei"]: c.id for c in companies if "uei" in c.external_ids}


# --- what waits for a person -------------------------------------------------------------------------------------


@dataclass(frozen=True, order=True)
class Waiting:
    """One name that is not sure; the name is for the screen of whoever decides, and for no output."""

    role: str
    name: str
    near: tuple[str, ...] = field(compare=False)
    place: str = field(compare=False, default="")


def states(content: Catalogue) -> dict[str, str]:
    """Every name and code of a state -> its code."""
    named = {name: code for names in content.names.values() for code, all_ in names.states.items() for name in all_}
    return named | {code: code for code in named.values()}


def person(name: str) -> bool:
    """Whether a name reads like a person's, or holds anything else that the register can't."""
    return lint.shape(name) is not None


def read(case: Case) -> tuple[dict[str, Any], ...]:
    """The lines of a case's judgements that are about joins, in order.

    Raises:
        CaseUnusable: such a line has no name or no role.
    """
    found = []
    for number, line in enumerate(case.judgements(), 1):
        if line.get("kind") != KIND:
            continue
        if not isinstance(line.get("name"), str) or line.get("role") not in ("buyer", "vendor", "agency"):
            raise CaseUnusable(
                "a judgement about a join is incomplete", expected="a name and a role",
                place=Place("judgements.jsonl", record=number),
            )  # fmt: skip
        found.append(line)
    return tuple(found)


def decided(lines: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], str | None]:
    """What the last line about each name says."""
    return {(line["role"], folded(line["name"])): line.get("entity") for line in lines}


def waiting(lines: Iterable[Mapping[str, Any]]) -> tuple[Waiting, ...]:
    """The names that no person has decided, by role and name."""
    last = {(line["role"], folded(line["name"])): line for line in lines}
    return tuple(sorted(_waiting(line) for line in last.values() if line.get("entity") is None))


def _waiting(line: Mapping[str, Any]) -> Waiting:
    return Waiting(line["role"], line["name"], tuple(line.get("near", ())), line.get("place", ""))


def ask(case: Case, names: Iterable[Waiting]) -> int:
    """Put names before a person, each once, whatever was decided before stays; say how many are new."""
    known = set(decided(read(case)))
    new = 0
    for one in names:
        key = (one.role, folded(one.name))
        if key in known or person(one.name):
            continue
        known.add(key)
        new += 1
        case.append(
            {"kind": KIND, "role": one.role, "name": one.name, "entity": None, "near": list(one.near),
             "place": one.place, "when": _now()}, case.judgements_file,
        )  # fmt: skip
    return new


def decide(case: Case, register: Register, which: Waiting, entity: str, *, said: tuple[str, str]) -> None:
    """Keep what a person says that a name means; `said` is by whom, and why. An empty entity: none of them.

    Raises:
        CaseUnusable: nothing of that kind is held under that id.
    """
    wanted = "companies" if which.role == "vendor" else "bodies"
    if entity and not (register.section_of.get(entity) == wanted or naming.of_agency(register, entity)):
        raise CaseUnusable(
            f"{entity!r} is not held among the {wanted}", place=Place("judgements.jsonl"),
            remedy="register list shows what is; a new one is a file in the case's content/register",
        )  # fmt: skip
    by, why = said
    line = {
        "kind": KIND,
        "role": which.role,
        "name": which.name,
        "entity": entity,
        "by": by,
        "why": why,
        "when": _now(),
    }
    case.append(line, case.judgements_file)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def body(register: Register, agency: Agency) -> dict[str, object]:
    """A body of the register for an agency that the resolver is sure of."""
    kind, level = _KINDS.get(agency.kind, ("department", "local"))
    found: dict[str, object] = {
        "id": agency.id, "label": agency.name, "kind": kind, "level": level,
        "jurisdiction": f"US-{agency.state.upper()}" if agency.state else "US", "agencies": [agency.id],
    }  # fmt: skip
    classes = [b.id for b in naming.classes(register, agency)]
    return found | ({"one_of": classes} if classes else {})


_KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "police": ("police", "local"), "sheriff": ("sheriff", "county"), "state_police": ("police", "state"),
    "university": ("school", "local"), "tribal": ("police", "tribal"), "federal": ("component", "federal"),
    "fusion_centre": ("fusion-centre", "regional"), "task_force": ("police", "regional"),
    "prosecutor": ("prosecutor", "county"), "other_public": ("department", "local"),
}  # fmt: skip
"""`model.Kind` -> the kind and level of a body of the register."""
