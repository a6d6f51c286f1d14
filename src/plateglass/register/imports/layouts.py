"""How one kind of public list names what the register takes from it: content, one file a list, unknown keys refused."""

from __future__ import annotations

import fnmatch
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from plateglass.catalogue import SHIPPED
from plateglass.errors import ContentMalformed, Place
from plateglass.register.entities import Ref, Refs

FOLDER: Final = SHIPPED / "imports"

Makes = Literal["contracts", "agreements", "uses"]
"""contracts: who buys from whom, and payments. agreements: with whom a body has one. uses: what a body uses."""
Form = Literal["table", "ocds", "ftm"]
"""table: CSV, one sheet, or JSON objects. ocds: releases or records. ftm: entities, one a line."""

FIELDS: Final[Mapping[Makes, frozenset[str]]] = {
    "contracts": frozenset(
        ("key", "number", "buyer", "vendor", "uei", "vendor_schema", "obligated", "ceiling", "reported", "currency",
         "signed", "start", "end", "newest")
    ),
    "agreements": frozenset(("agency", "state", "what", "signed")),
    "uses": frozenset(("agency", "state", "what", "vendor")),
}  # fmt: skip
"""The fields that a row of each kind may give."""


class ImportLayout(BaseModel):
    """How one kind of public list names what the register takes from it."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    id: str = ""
    """The file's name without its ending; not to be written."""
    title: str
    """What the list is called, as documents of the register name it."""
    source: str
    """Where the form was seen or is documented."""
    form: Form
    """How the file is built."""
    makes: Makes
    """What a row becomes."""
    publisher: Ref | None = None
    """The body or company whose list it is; none: whoever imports it has to say."""
    kind: Literal["primary", "secondary", "tertiary"]
    """What kind of document it is."""
    confidence: Literal["A", "B", "C", "D"]
    """The letter of what a row says."""
    claim: Literal["document", "official", "press", "advocacy", "vendor"]
    """What kind of claim a row is."""
    fields: Mapping[str, Annotated[tuple[str, ...], Field(min_length=1)]]
    """Field -> every name seen for it, keys of nested objects joined by dots; the first that has a value counts."""
    joined: Mapping[str, Annotated[tuple[str, ...], Field(min_length=1)]] = {}
    """Field -> names whose values together are its value, such as a process and a contract in it."""
    needs: tuple[str, ...]
    """Without these fields a file is not this list."""
    ignore: tuple[str, ...] = ()
    """Names of columns, or of schemata, that are left out on purpose; `*` stands for any letters. Others are told."""
    refuse: tuple[str, ...] = ()
    """Schemata of people: what stands at one of these never enters, and is counted."""
    party: Ref | None = None
    """Of agreements: the other party."""
    agreement: Literal["mou", "moa", "287g", "toggle", "nda", "sharing"] | None = None
    """Of agreements: their kind."""
    words: Mapping[str, str] = {}
    """What a row names -> our words for it; a row that names something else is not read, and told."""
    carries: Mapping[str, Refs] = {}
    """Of agreements: what a row names -> the categories of data that such an agreement lets flow."""

    @model_validator(mode="after")
    def _fits(self) -> ImportLayout:
        known = FIELDS[self.makes]
        strange = sorted({*self.fields, *self.joined, *self.needs} - known)
        if strange:
            raise ValueError(f"{self.makes} have no field {strange[0]!r}; they have {', '.join(sorted(known))}")
        if self.makes == "agreements" and not (self.party and self.agreement):
            raise ValueError("agreements need a party and a kind of agreement")
        if set(self.carries) - set(self.words):
            raise ValueError("what an agreement carries is said of something that words do not name")
        return self

    def names(self, field: str) -> tuple[str, ...]:
        """Every name that a field goes by."""
        return (*self.fields.get(field, ()), *self.joined.get(field, ()))

    def known(self, name: str) -> bool:
        """Whether a column or schema is read, or left out on purpose."""
        named = {n for field in (*self.fields, *self.joined) for n in self.names(field)}
        tops = {n.partition(".")[0] for n in named}
        return name in named | tops or any(fnmatch.fnmatchcase(name, pattern) for pattern in self.ignore)

    def knows(self, present: Collection[str]) -> bool:
        """Whether a file that has these names is this list."""
        return all(any(name in present for name in self.names(field)) for field in self.needs)


def every(*folders: Path) -> dict[str, ImportLayout]:
    """Layouts by id, ours and those of a case; of two with one id the later folder's.

    Raises:
        ContentMalformed: a file is not TOML, or says something that it may not.
    """
    paths = (path for folder in (FOLDER, *folders) for path in sorted(folder.glob("*.toml")))
    return {path.stem: _layout(path) for path in paths}


def _layout(path: Path) -> ImportLayout:
    place = Place(f"imports/{path.name}")
    try:
        return ImportLayout.model_validate({**tomllib.loads(path.read_text(encoding="utf-8")), "id": path.stem})
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ContentMalformed("not a TOML file", place=place) from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        raise ContentMalformed(first["msg"].lower(), place=Place(place.path, column=key)) from error
