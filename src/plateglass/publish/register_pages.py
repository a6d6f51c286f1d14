"""The register as a folder of pages: one for each thing that is held, one for each document, one for each route set.

Every claim stands with its letter and a link to its document's page, which names the place in it. The pages work from
a folder, ask nobody, and need no script.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from jinja2 import Environment

from plateglass.case import write_whole
from plateglass.publish import templating, words
from plateglass.publish.route_picture import Picture, picture
from plateglass.register import answers, checks, cuts, evidence, flows, money, questions, routes
from plateglass.register.checks import Check, Known
from plateglass.register.entities import Entity, Measure, PublicBody, Statement
from plateglass.register.holdings import Register
from plateglass.register.imports import toml
from plateglass.register.routes import Answer, Ask, Network, Route

SECTIONS: Mapping[str, str] = {
    "systems": "Systems and channels", "bodies": "Public bodies", "companies": "Companies", "programmes": "Programmes",
    "contracts": "Contracts", "payments": "Payments", "agreements": "Agreements", "flows": "Flows of data",
    "rules": "Laws, policies, commitments", "safeguards": "Safeguards", "circumventions": "Ways round safeguards",
    "logs": "Logs", "records": "Records to ask for", "measures": "Measures", "events": "Events",
    "data": "Categories of data", "documents": "Documents",
}  # fmt: skip
"""The sections in the order of the index, in a reader's words."""
ASKED = ("money", "conflicts", "measured", "obtainable", "against", "pushed-down", "changes")
"""The questions that have a page of their own."""
_SHOWN_APART = {"id", "label", "note", "aliases", "external_ids"}
_LINKED = {"roles"}


@dataclass(frozen=True)
class Site:
    """What the pages are made of."""

    register: Register
    known: Known
    """What records can be checked with, and the files of a case where one is given."""
    case: str = ""
    """What the case is called; empty: none is given."""

    @cached_property
    def edges(self) -> tuple[flows.Edge, ...]:
        """Every flow that can be travelled."""
        return flows.edges(self.register)

    @cached_property
    def network(self) -> Network:
        """The same, ready to be searched."""
        return Network(self.edges)

    @cached_property
    def contradicted(self) -> Mapping[str, Any]:
        """Statements that stand in a conflict."""
        return evidence.contradicted(self.register)

    def href(self, key: str) -> str:
        """The page of a thing, from the folder's root."""
        return f"{self.register.section_of[key]}/{key}.html"

    @cached_property
    def checks(self) -> tuple[Check, ...]:
        """What could be checked of each system, on what record."""
        return checks.checks(self.register, self.known)

    def fields(self, entity: Entity) -> Iterator[tuple[str, list[str]]]:
        """What an entity says of itself: key, values."""
        for key, value in entity.model_dump(exclude_none=True, exclude=_SHOWN_APART | _LINKED).items():
            if value not in ((), {}, "", False, []):
                listed = value if isinstance(value, list | tuple) else [value]
                yield words.label(key), [str(v) for v in listed]

    def tied(self, key: str) -> Iterator[tuple[str, list[Entity]]]:
        """What else is held that names a thing, by section."""
        for section in SECTIONS:
            found = [e for e in self.register.by_section[section].values() if e.id != key and _names(e, key)]
            if found and section not in ("flows", "documents"):
                yield section, sorted(found, key=lambda e: e.label)


@dataclass(frozen=True)
class RouteSet:
    """The routes from one holder to one receiver."""

    name: str
    origin: str
    target: str
    answer: Answer
    picture: Picture
    flows: tuple[flows.Edge, ...]
    letters: Mapping[str, int]
    """How many claims about these flows are of each letter."""
    most: tuple[tuple[str, int], ...]
    smallest: cuts.Cut
    survive: Answer


def write(register: Register, out: Path, *, known: Known, case: str = "") -> Path:
    """Write every page into a folder; give the path of the first one.

    Raises:
        OutputUnwritable: the folder holds something else.
    """
    templating.free(out, "index.html")
    site = Site(register, known, case)
    environment = _environment(site)
    sets = tuple(route_sets(site))
    _page(environment, out / "index.html", "index.html", {"root": "", "sets": sets})
    for name in ASKED:
        question = answers.QUESTIONS[name]
        table = question.answer(answers.Asked(register))
        labels = {register.label(key): key for key in register.by_id}
        shown = {"root": "../", "name": name, "question": question, "table": table, "labels": labels}
        _page(environment, out / "questions" / f"{name}.html", "question.html", shown)
    for section in SECTIONS:
        for entity in register.by_section[section].values():
            shown = {"root": "../", "section": section, "entity": entity, **_about(site, entity)}
            template = "document.html" if section == "documents" else "entity.html"
            _page(environment, out / section / f"{entity.id}.html", template, shown)
    for one in sets:
        _page(environment, out / "routes" / f"{one.name}.html", "routes.html", {"root": "../", "one": one})
        for way in one.answer.routes:
            said = [s for e in way.edges for s in register.said.get(e.id, ())]
            shown = {"root": "../../", "one": one, "way": way, "letters": evidence.shares(said)}
            _page(environment, out / "routes" / one.name / f"{way_name(way)}.html", "way.html", shown)
    return out / "index.html"


def way_name(way: Route) -> str:
    """A name for one route that stays as long as its flows do."""
    return toml.letters(" ".join(e.id for e in way.edges))


def _about(site: Site, entity: Entity) -> dict[str, Any]:
    register, key = site.register, entity.id
    said = register.said.get(key, ())
    here = [e for e in site.edges if key in (e.provider, e.receiver, *e.via) and not e.first_only]
    idle = {f.id for f in register.by_section["flows"].values() if _names(f, key)} - {e.id for e in here}
    return {
        "said": _dated(register, said),
        "letters": evidence.shares(said),
        "window": answers.window(evidence.window(register, said)),
        "independent": evidence.independent(register, (s.document for s in said)),
        "checks": [c for c in site.checks if key in (c.system, c.record.id)],
        "flows": sorted(here, key=lambda e: (-e.evidence, e.label)),
        "idle": sorted(idle),
        "money": [t for t in money.totals(register) if key in (t.buyer, t.vendor, *t.system.split())],
        "protections": questions.protections(register, key),
        "measures": [m for m in register.all(Measure).values() if m.subject == key],
        "of_document": [s for s in register.statements.values() if s.document == key],
    }


def _dated(register: Register, said: tuple[Statement, ...]) -> list[Statement]:
    return sorted(said, key=lambda s: (s.as_of or register.document(s).date, s.key))


def route_sets(site: Site) -> Iterator[RouteSet]:
    """From every body that data start from to every federal component: those pairs that have a route."""
    register = site.register
    starts = {e.provider for e in site.edges}
    bodies = answers.bodies(register)
    departments = {b.id for b in bodies if b.level == "federal" and b.kind == "department"}
    targets = [b.id for b in bodies if b.level == "federal" and b.parent in departments]
    for origin in (b for b in bodies if b.level != "federal" and b.id in starts):
        for target in targets:
            ask = Ask(frozenset({origin.id}), register.within(target))
            answer = routes.find(site.network, ask)
            if answer.routes:
                yield _set(site, (origin, target), ask, answer)


def _set(site: Site, ends: tuple[PublicBody, str], ask: Ask, answer: Answer) -> RouteSet:
    origin, target = ends
    used = {e.id: e for r in answer.routes for e in r.edges}
    alone = questions.itself(site.register, ask)
    return RouteSet(
        f"{origin.id}-to-{target}", origin.id, target, answer, picture(answer.routes, site.register.label),
        tuple(sorted(used.values(), key=lambda e: (-e.evidence, e.provider, e.receiver))),
        evidence.shares(s for key in used for s in site.register.said.get(key, ())),
        cuts.closes(answer.routes), cuts.smallest(answer.routes),
        routes.find(Network(cuts.alone(site.edges, alone)), ask),
    )  # fmt: skip


def _names(entity: Entity, key: str) -> bool:
    """Whether an entity's own keys name a thing."""
    return any(_holds(getattr(entity, name), key) for name in type(entity).model_fields if name not in _SHOWN_APART)


def _holds(value: Any, key: str) -> bool:
    if isinstance(value, list | tuple):
        return any(_holds(v, key) for v in value)
    return value == key or getattr(value, "company", None) == key


def _environment(site: Site) -> Environment:
    made = templating.environment(
        site=site, register=site.register, sections=SECTIONS, asked=ASKED, answers=answers,
        shares=evidence.shares(site.register.statements.values()), evidence_class=_class, way_name=way_name,
    )  # fmt: skip
    made.filters["total"] = answers.total
    return made


def _class(edge: flows.Edge) -> str:
    return edge.evidence.name.lower()


def _page(environment: Environment, path: Path, template: str, shown: dict[str, Any]) -> None:
    write_whole(path, environment.get_template(f"register/{template}").render(shown))
