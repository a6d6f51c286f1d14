"""Content: layouts, eras, agencies, reasons and rules, each one file, loaded once, unknown keys refused.

The file's path is its id: `content/rules/us-ca/access-record.toml` is the rule `us-ca/access-record`. A case's own
`content/` folder holds the same kinds and is read after ours; an id that stands in both is taken from the case.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import ValidationError

from plateglass.catalogue.parts import _Content, _Part
from plateglass.catalogue.rules import Bucket, Citation, Measure, Parameter, Review, Rule, RuleExample
from plateglass.errors import ContentMalformed, Place
from plateglass.model import Kind, Level, View

__all__ = [
    "SHIPPED", "Agencies", "Body", "Bucket", "Catalogue", "Citation", "Era", "Eras", "Example", "FieldKind",
    "KindWords", "Layout", "LayoutField", "MarkWords", "Measure", "Names", "Parameter", "Phrase", "Reason", "Review",
    "Rule", "RuleExample", "Statute", "Tier", "Zones", "_Content", "_Part", "load",
]  # fmt: skip

SHIPPED = Path(__file__).parent.parent / "content"

_C = TypeVar("_C", bound=_Content)


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
    """What every value under the heading is."""
    formats: tuple[str, ...] = ()
    """For instants and intervals: strptime patterns, tried in this order. All times are UTC unless they say so."""
    words: tuple[str, ...] = ()
    """For kinds `word` and `words`: the closed vocabulary. A value outside it is `damaged`, and reported."""
    means: Mapping[str, str] = {}
    """For kind `word`: a word of the log -> what plateglass calls it; such words belong to the vocabulary too."""
    label: str = ""
    """The value is what stands behind this label and a colon, on a line of its own within the cell."""
    beside: str = ""
    """Another field that is set behind a name to make it whole, such as the state of an agency."""


class Layout(_Content):
    """How one kind of log names its fields. Matching is by heading and kind of value, never by position."""

    title: str
    """What the log is called."""
    source: str
    """Where real files of this layout were seen: documents, requests, addresses."""
    views: tuple[View, ...]
    """The view of its records; where there are two, the reader says which and why."""
    needs: tuple[str, ...]
    """Without these fields a table is not this log; `a | b` where either will do."""
    fields: Mapping[str, LayoutField]
    """Field of plateglass -> how this log names and writes it."""
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
    """Regular expressions over file names, with any of the groups owner, captured, from, until; a group that is
    called as a view says that the file is of this view."""
    owner_column: str = ""
    """The heading of the column that says whose log or list a record is from, where one file holds those of several:
    the records of each owner become a table of their own."""


class Era(_Part):
    """One dated change of a vendor's form, or a known fault of its exports."""

    id: str
    """A short word for it, unique in the file."""
    title: str
    """What changed, in a few words."""
    start: date
    """The first day of the change or fault; where sources give a range, its first day."""
    end: date | None = None
    """The last day of a fault; none for a change that stands."""
    fields: tuple[str, ...]
    """The fields whose counts mean something else on the two sides."""
    effect: str
    """What a trend across it would wrongly say."""
    source: str
    """Where that can be read."""


class Eras(_Content):
    """The dated form changes and faults of one vendor's exports."""

    vendor: str
    """Whose exports."""
    layouts: tuple[str, ...]
    """The layouts that it holds for."""
    eras: tuple[Era, ...]
    """The changes and faults, in any order."""


class Body(_Part):
    """One special body that no rule over names can place."""

    id: str
    """The agency's id, such as `us-ca-example-task-force`."""
    name: str
    """Its name in one spelling."""
    aliases: tuple[str, ...] = ()
    """Other ways in which logs write it."""
    kind: Kind
    """What kind of body it is."""
    level: Level
    """The level of government that it belongs to."""
    state: str | None = None
    """Two letters, lower case; none for a federal body."""
    source: str = ""
    """Where that can be read."""


class Agencies(_Content):
    """Special bodies of one state, or of the federation (`us`): task forces, fusion centres, universities."""

    bodies: tuple[Body, ...]
    """The bodies, in any order."""


class KindWords(_Part):
    """Words by which a kind of body is known in a name; the first kind whose words are found is the body's."""

    kind: Kind
    """What kind of body the words tell of."""
    level: Level
    """The level of government of such a body."""
    any: tuple[str, ...]
    """Patterns over the name in lower case without marks and state; whole words. `{states}`: any state's name."""
    none: tuple[str, ...] = ()
    """Patterns that speak against it."""
    cased: tuple[str, ...] = ()
    """Patterns over the name as written, for short forms in capitals."""
    whole: bool = False
    """The words must be the whole name."""
    tail: str = ""
    """What stands for the words in the agency's id, the words themselves taken off; empty: they stay in the name."""
    drop: tuple[str, ...] = ()
    """Words that say nothing beside the others and are taken off: `pd` behind a university."""


class MarkWords(_Part):
    """A mark of an account's status beside the name; it is taken off and kept apart."""

    mark: str
    """The mark's short word, as it stands in `marks` of an organisation."""
    any: tuple[str, ...]
    """Patterns that are the mark, over the name in lower case."""
    keep: bool = False
    """The words stay in the name, where they also say something about the kind."""


class Names(_Content):
    """The words in names of one country's public bodies: states, kinds, marks, spellings."""

    source: str
    """Where the words were seen."""
    states: Mapping[str, tuple[str, ...]]
    """Two-letter code, lower case -> names of the state."""
    word_codes: tuple[str, ...]
    """Codes that are also words, titles or short forms."""
    place_nouns: tuple[str, ...]
    """Words behind a state's name that make it the name of a place."""
    place_names: tuple[str, ...]
    """States' names that are also names of towns with a force of their own."""
    place_leads: tuple[str, ...]
    """Words before a state's name that make it the name of a place or a region."""
    heads: tuple[str, ...]
    """Patterns of the words before which a state's code stands."""
    city_sheriffs: tuple[str, ...]
    """States in which cities have sheriffs too."""
    parishes: tuple[str, ...]
    """States whose counties are called parishes."""
    qualifiers: tuple[str, ...]
    """Patterns of words behind the kind that name a part of the body, and no person."""
    given_names: tuple[str, ...] = ()
    """Given names: a place of two words that begins with one may be a person, and is not published by rule alone."""
    named_places: tuple[str, ...] = ()
    """Places of two words that begin with a given name, and are no person."""
    places: Mapping[str, str]
    """Places that there is only one of -> state."""
    spellings: Mapping[str, str]
    """Word -> the one spelling of it in ids."""
    marks: tuple[MarkWords, ...]
    """Marks of an account's status."""
    kinds: tuple[KindWords, ...]
    """Words that tell the kind of body, in the order in which they are tried."""


class Zones(_Content):
    """The time zones of one country's states."""

    source: str
    """Where they can be looked up."""
    states: Mapping[str, tuple[str, ...]]
    """Two-letter code, lower case -> the names of its zones; several where a state is divided."""


Tier = Literal["explicit", "probable", "ambiguous"]
"""How sure a code is: named outright, needs a second cue, or may mean something else."""


class Phrase(_Part):
    """Words that speak for a code."""

    tier: Tier
    """How sure the words make the code."""
    any: tuple[str, ...]
    """RE2 patterns over folded text (lower case, accents off); whole words, and a blank stands for light marks too."""
    all: tuple[str, ...] = ()
    """Patterns of which at least one must be there too."""
    none: tuple[str, ...] = ()
    """Patterns that speak against it."""
    alone: bool = False
    """Speaks only where no other code of its axis is explicit or probable."""


class Statute(_Part):
    """Section numbers of one code of law, or of one radio code, that name what the reason's code is about."""

    state: str
    """Two letters, lower case; `us` for federal law."""
    books: tuple[str, ...]
    """How the book of law is written beside a number, as patterns; the first names it in explanations."""
    numbers: tuple[str, ...]
    """Section numbers, as written; a letter or bracketed subdivision may follow in the text."""
    bare: Tier | None = None
    """The tier of a number that stands without its book; none: it says nothing."""
    none: tuple[str, ...] = ()
    """Patterns that speak against a number without its book."""


class Example(_Part):
    """One text and what it must be coded: the test of a reason file."""

    text: str
    """A made-up text."""
    tier: Tier | Literal["none"]
    """The tier that the code must get for it, or none."""
    why: str = ""
    """Why it is worth a test."""
    field: Literal["reason", "offence"] = "reason"
    """Which field the text stands in."""


class Reason(_Content):
    """One code of the taxonomy: a purpose, requester, quality or sensitivity, with the words that decide."""

    title: str
    """What the code is called."""
    axis: Literal["purpose", "requester", "quality", "sensitivity"]
    """Which question it answers: what for, for whom, how well stated, what is sensitive."""
    about: str
    """What the code means, in one sentence."""
    order: int = 50
    """On an axis where one code is given to a text, the lowest order that matches wins."""
    phrases: tuple[Phrase, ...] = ()
    """Words that speak for it."""
    statutes: tuple[Statute, ...] = ()
    """Section numbers that speak for it."""
    offences: tuple[str, ...] = ()
    """Values of offence-type lists that mean this code, as written."""
    made_of: tuple[str, ...] = ()
    """For a quality: the axes and codes whose words, besides its own, the whole text must be made of."""
    left_over: Mapping[str, Tier] = {}
    """Given, where no other code of its axis is, to texts of these qualities, with this tier."""
    examples: tuple[Example, ...]
    """Texts and what they must be coded: the file's own tests."""
    source: str = ""
    """Where the definition comes from."""


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
    def names(self) -> dict[str, Names]:
        """Words in names of organisations by country."""
        return dict(self._read("names", Names))

    @cached_property
    def zones(self) -> dict[str, Zones]:
        """Time zones of states by country."""
        return dict(self._read("zones", Zones))

    @cached_property
    def reasons(self) -> dict[str, Reason]:
        """Codes of the taxonomy by id, such as `p01`."""
        return dict(self._read("reasons", Reason))

    @cached_property
    def rules(self) -> dict[str, Rule]:
        """Rules by `pack/rule`."""
        return dict(self._read("rules", Rule))

    def others(self, folder: str, kind: type[_C]) -> dict[str, _C]:
        """Content of a kind that another module describes, by id."""
        return dict(self._read(folder, kind))

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
    content: _C = _made(path.read_bytes(), path, kind, base)
    return content


@lru_cache(maxsize=4096)
def _made(raw: bytes, path: Path, kind: type[_C], base: Path) -> _C:
    """The same, made once for the same bytes: nothing of it can be changed, and a run asks for it several times."""
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
