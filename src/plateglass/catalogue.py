"""Content: layouts, eras, agencies, reasons and rules, each one file, loaded once, unknown keys refused.

The file's path is its id: `content/rules/us-ca/access-record.toml` is the rule `us-ca/access-record`. A case's own
`content/` folder holds the same kinds and is read after ours; an id that stands in both is taken from the case.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError

from plateglass.errors import ContentMalformed, Place
from plateglass.model import Kind, Level, Outcome, View

SHIPPED = Path(__file__).parent / "content"


class _Content(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    _id: str = PrivateAttr(default="")
    _sha256: str = PrivateAttr(default="")

    @property
    def id(self) -> str:
        """The file's path below its kind's folder, without the ending."""
        return self._id

    @property
    def sha256(self) -> str:
        """Hash of the file's bytes: the version that a report names."""
        return self._sha256


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


_C = TypeVar("_C", bound=_Content)


# --- layouts -----------------------------------------------------------------------------------------------------

FieldKind = Literal[
    "id", "name", "person", "count", "instant", "date", "time", "interval", "plate", "text", "case", "word", "words",
    "day_count", "list",
]  # fmt: skip
"""The kinds of value that a column can be proved to hold; `normalise` knows how to type each of them."""


class LayoutField(_Part):
    """One field of a layout: every heading seen for it, and the kind of value that proves it."""

    headings: tuple[str, ...]
    """Every heading that was seen, in any case; underscores and runs of blanks count as one blank."""
    kind: FieldKind
    formats: tuple[str, ...] = ()
    """For instants and intervals: strptime patterns, tried in this order. All times are UTC unless they say so."""
    words: tuple[str, ...] = ()
    """For kinds `word` and `words`: the closed vocabulary. A value outside it is `damaged`, and reported."""


class Layout(_Content):
    """How one kind of log names its fields. Matching is by heading and kind of value, never by position."""

    title: str
    source: str
    """Where real files of this layout were seen: documents, requests, addresses."""
    views: tuple[View, ...]
    """The view of its records; where there are two, the reader says which and why."""
    needs: tuple[str, ...]
    """Without these fields a table is not this log."""
    fields: Mapping[str, LayoutField]
    ignore: tuple[str, ...] = ()
    """Headings seen and left out on purpose."""
    masks: tuple[str, ...] = ()
    """Regular expressions (RE2, inline flags) that match a whole cell which hides its value."""
    placeholders: tuple[str, ...] = ()
    """Whole cells that the exporter writes where it has no value."""
    withheld: tuple[str, ...] = ()
    """Regular expressions that match a whole cell which cites a law for hiding its value."""
    refuse: tuple[str, ...] = ()
    """Headings that turn the file away: positions, addresses, camera sites."""
    files: tuple[str, ...] = ()
    """Regular expressions over file names, with any of the groups owner, captured, from, until."""


# --- eras --------------------------------------------------------------------------------------------------------


class Era(_Part):
    """One dated change of a vendor's form, or a known fault of its exports."""

    id: str
    title: str
    start: date
    """The first day of the change or fault; where sources give a range, its first day."""
    end: date | None = None
    """The last day of a fault; none for a change that stands."""
    fields: tuple[str, ...]
    """The fields whose counts mean something else on the two sides."""
    effect: str
    """What a trend across it would wrongly say."""
    source: str


class Eras(_Content):
    """The dated form changes and faults of one vendor's exports."""

    vendor: str
    layouts: tuple[str, ...]
    """The layouts that it holds for."""
    eras: tuple[Era, ...]


# --- agencies ----------------------------------------------------------------------------------------------------


class Body(_Part):
    """One special body that no rule over names can place."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    kind: Kind
    level: Level
    state: str | None = None
    source: str = ""


class Agencies(_Content):
    """Special bodies of one state, or of the federation (`us`): task forces, fusion centres, universities."""

    bodies: tuple[Body, ...]


# --- reasons -----------------------------------------------------------------------------------------------------

Tier = Literal["explicit", "probable", "ambiguous"]
"""How sure a code is: named outright, needs a second cue, or may mean something else."""


class Phrase(_Part):
    """Words that speak for a code."""

    tier: Tier
    any: tuple[str, ...]
    """RE2 patterns over folded text (lower case, accents off); whole words unless they say otherwise."""
    all: tuple[str, ...] = ()
    """Patterns of which at least one must be there too."""
    none: tuple[str, ...] = ()
    """Patterns that speak against it."""


class Example(_Part):
    """One text and what it must be coded: the test of a reason file."""

    text: str
    tier: Tier | Literal["none"]
    why: str = ""


class Reason(_Content):
    """One code of the taxonomy: a purpose, requester, quality or sensitivity, with the words that decide."""

    title: str
    axis: Literal["purpose", "requester", "quality", "sensitivity"]
    about: str
    order: int = 50
    """On an axis where one code is given to a text, the lowest order that matches wins."""
    phrases: tuple[Phrase, ...] = ()
    examples: tuple[Example, ...]
    source: str = ""


# --- rules -------------------------------------------------------------------------------------------------------


class Citation(_Part):
    """The law, policy or promise that a rule tests, and when it is in force."""

    text: str
    url: str = ""
    start: date | None = None
    """First day in force; none where it is always in force."""
    end: date | None = None
    """Last day in force."""
    read_on: date | None = None
    """When the text was read by whoever set `review`."""


class Parameter(_Part):
    """A number or word that a rule's SQL names as `$name`; the case or the command line may set it."""

    about: str
    unit: str = ""
    default: int | float | str | None = None
    """None: the rule answers cannot_tell until somebody states it."""


class Bucket(_Part):
    """One class of the margin by which units are over a limit."""

    label: str
    sql: str


class Measure(_Part):
    """How far over the limit: a number for each unit, and the classes that a reader wants apart."""

    sql: str
    """The number, in `unit`."""
    unit: str
    buckets: tuple[Bucket, ...]
    """Classes of the units at fault; a unit may be in several, each label says what it counts."""


class RuleExample(_Part):
    """One made-up unit and the verdict that the rule must give it."""

    verdict: Outcome
    row: Mapping[str, Any]
    """Columns of the view that differ from its empty row."""
    parameters: Mapping[str, int | float | str] = {}


class Rule(_Content):
    """One requirement as a predicate over one documented view, with its citation, limits and examples."""

    title: str
    basis: Literal["law", "policy", "promise", "screen"]
    review: Literal["verified", "secondary", "memory"]
    """How the citation was read. Only `verified` may say fail; the others ask a question."""
    cites: tuple[Citation, ...]
    view: str
    unit: str
    """What is counted, in the plural: searches, records, sharing edges, days, sources."""
    needs: tuple[str, ...] = ()
    """Fields whose cell state must be `value`; else the verdict is cannot_tell."""
    applies: str = "true"
    """Predicate: which units are bound by it at all; the others are not_applicable."""
    unknown: str = "false"
    """Predicate: which bound units the record can't decide, beyond what `needs` says."""
    fails: str
    """Predicate: which units are at fault."""
    person: str = "false"
    """Predicate: which units only a person can decide."""
    parameters: Mapping[str, Parameter] = {}
    measure: Measure | None = None
    says: str
    """The finding in one sentence, with {over}, {tested}, {share} and the parameters."""
    limits: tuple[str, ...]
    """What the record can't show."""
    readings: Annotated[tuple[str, ...], Field(min_length=2)]
    """Innocent readings, at least two."""
    audience: Literal["public", "custodian"] = "public"
    """`custodian`: for the agency's own reviewer only, in no public output."""
    states: tuple[str, ...] = ()
    """Two-letter states whose home agencies it binds; empty for all."""
    examples: tuple[RuleExample, ...]


# --- the catalogue -----------------------------------------------------------------------------------------------


class Catalogue:
    """Every content file of plateglass and, after it, of one case."""

    def __init__(self, *extra: Path) -> None:
        """Read ours, then each folder of `extra` that exists."""
        self._folders = (SHIPPED, *extra)

    @cached_property
    def layouts(self) -> dict[str, Layout]:
        """Layouts by id."""
        return dict(self._read("layouts", Layout))

    @cached_property
    def eras(self) -> dict[str, Eras]:
        """Eras by vendor."""
        return dict(self._read("eras", Eras))

    @cached_property
    def agencies(self) -> dict[str, Agencies]:
        """Special bodies by state, `us` for federal ones."""
        return dict(self._read("agencies", Agencies))

    @cached_property
    def reasons(self) -> dict[str, Reason]:
        """Codes of the taxonomy by id, such as `p01`."""
        return dict(self._read("reasons", Reason))

    @cached_property
    def rules(self) -> dict[str, Rule]:
        """Rules by `pack/rule`."""
        return dict(self._read("rules", Rule))

    def _read(self, folder: str, kind: type[_C]) -> Iterator[tuple[str, _C]]:
        for root in self._folders:
            base = root / folder
            for path in sorted(base.rglob("*.toml")):
                yield path.relative_to(base).with_suffix("").as_posix(), load(path, kind, base)


def load(path: Path, kind: type[_C], base: Path) -> _C:
    """One content file as its type.

    Raises:
        ContentMalformed: not TOML, an unknown key, a missing one, or a value of the wrong type; with file and key.
    """
    raw = path.read_bytes()
    try:
        content = kind.model_validate(tomllib.loads(raw.decode()), strict=False)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ContentMalformed(f"not a TOML file: {error}", place=Place(path.name)) from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ContentMalformed(
            first["msg"].lower(), place=Place(str(path.relative_to(base.parent)), column=where),
            remedy=f"docs/reference lists the keys of {base.name}",
        ) from error  # fmt: skip
    content._id = path.relative_to(base).with_suffix("").as_posix()  # noqa: SLF001 (set once, by its only maker)
    content._sha256 = hashlib.sha256(raw).hexdigest()  # noqa: SLF001
    return content
