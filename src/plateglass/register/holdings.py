"""The files of the register become one register: every entity and statement by its id, each with file and line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from plateglass.catalogue import SHIPPED
from plateglass.errors import ContentMalformed, Place
from plateglass.register import entities
from plateglass.register.entities import Conflict, Document, Entity, File, Statement, Unused

FOLDER = SHIPPED / "register"
"""The holdings that ship with plateglass."""

_HEADER = re.compile(r"\s*\[\[([a-z]+)\]\]")
_ANY_HEADER = re.compile(r"\s*\[\[?([A-Za-z0-9_.-]+)\]?\]")
_E = TypeVar("_E", bound=Entity)


@dataclass(frozen=True)
class Written:
    """One file as it was read: its name, its lines, and what it holds."""

    name: str
    lines: tuple[str, ...]
    holds: File

    def line(self, section: str, index: int, key: str = "") -> int:
        """The line of a key of the nth entry of a section; of the entry's heading where the key isn't written."""
        found = self._headings.get(section, ())
        start = found[index] if index < len(found) else 1
        return _key_line(self.lines, start, key)

    @cached_property
    def _headings(self) -> dict[str, list[int]]:
        """The lines on which each section's entries begin: looked for once, since a file may hold thousands."""
        found: dict[str, list[int]] = {}
        for number, line in enumerate(self.lines, 1):
            opened = _HEADER.match(line)
            if opened:
                found.setdefault(opened[1], []).append(number)
        return found

    def place(self, section: str, index: int, key: str = "") -> Place:
        """The same as a place to print: `register/ident.toml:12`."""
        return Place(f"{self.name}:{self.line(section, index, key)}", column=key)


@dataclass(frozen=True)
class Register:
    """Everything that is held."""

    files: tuple[Written, ...]
    by_section: Mapping[str, Mapping[str, Entity]] = field(default_factory=dict)
    statements: Mapping[str, Statement] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)
    """Where each entity and statement is written."""

    def all(self, kind: type[_E]) -> dict[str, _E]:
        """Every entity of one type, by id."""
        return {e.id: e for held in self.by_section.values() for e in held.values() if type(e) is kind}

    @cached_property
    def by_id(self) -> dict[str, Entity]:
        """Every entity by id."""
        return {e.id: e for held in self.by_section.values() for e in held.values()}

    @cached_property
    def section_of(self) -> dict[str, str]:
        """The section that each entity stands in."""
        return {key: section for section, held in self.by_section.items() for key in held}

    @cached_property
    def said(self) -> dict[str, tuple[Statement, ...]]:
        """The statements about each entity that stand: neither retracted nor superseded."""
        gone = {old for s in self.statements.values() for old in s.supersedes}
        about: dict[str, list[Statement]] = {}
        for statement in self.statements.values():
            if statement.review != "retracted" and statement.key not in gone:
                for entity in statement.about:
                    about.setdefault(entity, []).append(statement)
        return {entity: tuple(found) for entity, found in about.items()}

    @cached_property
    def conflicts(self) -> dict[str, Conflict]:
        """Conflicts by id."""
        return {c.id: c for f in self.files for c in f.holds.conflicts}

    @property
    def unused(self) -> tuple[Unused, ...]:
        """Facts of the founding list that no statement holds."""
        return tuple(u for f in self.files for u in f.holds.unused)

    @cached_property
    def documents(self) -> dict[str, Document]:
        """Documents by id."""
        return self.all(Document)

    def label(self, entity: str) -> str:
        """What to call an entity on a page."""
        found = self.by_id.get(entity)
        return found.label if found else entity

    def document(self, statement: Statement) -> Document:
        """The document that a statement rests on."""
        return self.documents[statement.document]

    def speaker(self, statement: Statement) -> str:
        """Whose claim it is: a body or a company."""
        return statement.says_who or self.document(statement).publisher

    def within(self, body: str) -> frozenset[str]:
        """A body, company or programme, and everything that is part of it."""
        found, wave = {body}, {body}
        while wave:
            wave = {e.id for e in self.by_id.values() if getattr(e, "parent", None) in wave} - found
            found |= wave
        return frozenset(found)


def line_of(lines: Sequence[str], section: str, index: int, key: str = "") -> int:
    """The line of a key of the nth `[[section]]`, from 1; of the heading where the key is not found in it."""
    headings = [n for n, line in enumerate(lines, 1) if (opened := _HEADER.match(line)) and opened[1] == section]
    return _key_line(lines, headings[index], key) if index < len(headings) else 1


def _key_line(lines: Sequence[str], heading: int, key: str) -> int:
    """The line of a key below a heading, before the next one; the heading's own where it is not there."""
    wanted = re.compile(rf"\s*{re.escape(key)}\s*=") if key else None
    for number in range(heading + 1, len(lines) + 1):
        line = lines[number - 1]
        if wanted is None or _ANY_HEADER.match(line):
            break
        if wanted.match(line):
            return number
    return heading


def written(path: Path) -> Written:
    """One file, read and typed.

    Raises:
        ContentMalformed: not TOML, a section or key that is not on the closed list, or a value of another kind.
    """
    name = f"{path.parent.name}/{path.name}"
    try:
        text = path.read_text(encoding="utf-8")
        return Written(name, tuple(text.splitlines()), File.model_validate(tomllib.loads(text)))
    except UnicodeDecodeError as error:
        raise ContentMalformed("not UTF-8 text", place=Place(name)) from error
    except tomllib.TOMLDecodeError as error:
        raise ContentMalformed(f"not a TOML file: {error}", place=Place(name)) from error
    except ValidationError as error:
        raise _refused(error, name, text.splitlines()) from error


def _refused(error: ValidationError, name: str, lines: list[str]) -> ContentMalformed:
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    section, *rest = first["loc"]
    index = next((part for part in rest if isinstance(part, int)), 0)
    key = next((part for part in rest if isinstance(part, str)), "")
    line = line_of(lines, str(section), index, key) if rest else _line_of_section(lines, str(section))
    closed = first["type"] == "extra_forbidden"
    what = f"the register has no {'key' if rest else 'section'} of this name" if closed else _plain(first["msg"])
    return ContentMalformed(
        what,
        expected=_expected(str(section), rest) if closed else "",
        place=Place(f"{name}:{line}", column=key or str(section)),
        remedy="docs/add-a-system.md lists what can be said",
    )


def _plain(message: str) -> str:
    message = message.removeprefix("Value error, ")
    return message[0].lower() + message[1:]


def _expected(section: str, rest: list[int | str]) -> str:
    if not rest:
        return "one of " + ", ".join(File.model_fields)
    kind = File.model_fields[section].annotation
    inner = getattr(kind, "__args__", (Entity,))[0]
    return "one of " + ", ".join(inner.model_fields)


def _line_of_section(lines: list[str], section: str) -> int:
    for number, line in enumerate(lines, 1):
        opened = _ANY_HEADER.match(line)
        if (opened and opened[1].split(".")[0] == section) or re.match(rf"\s*{re.escape(section)}\s*=", line):
            return number
    return 1


def gather(files: Iterable[Written]) -> Register:
    """Files become a register; an id that is taken twice is refused.

    Raises:
        ContentMalformed: two entities or two statements have one id.
    """
    kept = tuple(files)
    sections: dict[str, dict[str, Entity]] = {section: {} for section in entities.SECTIONS}
    statements: dict[str, Statement] = {}
    places: dict[str, Place] = {}
    for file in kept:
        for section, index, entity in _entities(file):
            _once(entity.id, places, file.place(section, index, "id"))
            sections[section][entity.id] = entity
        for index, statement in enumerate(file.holds.statements):
            _once(statement.key, places, file.place("statements", index))
            statements[statement.key] = statement
    return Register(kept, sections, statements, places)


def _entities(file: Written) -> Iterator[tuple[str, int, Entity]]:
    for section in entities.SECTIONS:
        for index, entity in enumerate(getattr(file.holds, section)):
            yield section, index, entity


def _once(key: str, places: dict[str, Place], place: Place) -> None:
    if key in places:
        raise ContentMalformed(f"the id {key!r} is taken already, at {places[key]}", place=place)
    places[key] = place
