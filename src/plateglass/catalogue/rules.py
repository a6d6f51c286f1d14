"""What a rule file holds: the predicate, its citation, limits, examples."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from plateglass.catalogue.parts import _Content, _Part
from plateglass.model import Outcome

Review = Literal["verified", "secondary", "memory"]
"""How a citation was read: in the original, in a secondary source, or not at all."""


class Citation(_Part):
    """The law, policy or promise that a rule tests, and when it is in force."""

    text: str
    """The law, policy or promise, as one cites it."""
    url: str = ""
    """Where it can be read."""
    start: date | None = None
    """First day in force; none where it is always in force."""
    end: date | None = None
    """Last day in force."""
    read_on: date | None = None
    """When the text was read by whoever set `review`."""


class Parameter(_Part):
    """A number or word that a rule's SQL names as `$name`; the case or the command line may set it."""

    about: str
    """What the value means."""
    unit: str = ""
    """What it is counted in."""
    default: int | float | str | None = None
    """None: the rule answers cannot_tell until somebody states it."""


class Bucket(_Part):
    """One class of the margin by which units are over a limit."""

    label: str
    """What the class counts, as a reader sees it."""
    sql: str
    """Predicate over the view: which units are in the class."""
    within: bool = False
    """Whether it is a part of the class before it that is not such a part: named in numbers, not drawn apart."""


class Measure(_Part):
    """How far over the limit: a number for each unit, and the classes that a reader wants apart."""

    sql: str
    """The number, in `unit`."""
    unit: str
    """What the number is counted in."""
    buckets: tuple[Bucket, ...] = ()
    """Classes of the units at fault; a unit may be in several, each label says what it counts."""
    of: Literal["fault", "tested", "person"] = "fault"
    """Which units the classes and extremes are of: those at fault, all that could be tested, or those for a person."""


class RuleExample(_Part):
    """One made-up unit and the verdict that the rule must give it."""

    verdict: Outcome
    """The verdict that the unit must get."""
    row: Mapping[str, Any]
    """Columns of the view that differ from its empty row."""
    parameters: Mapping[str, int | float | str] = {}
    """Values of parameters for this example."""


class Rule(_Content):
    """One requirement as a predicate over one documented view, with its citation, limits and examples."""

    title: str
    """What is asked, in a few words."""
    basis: Literal["law", "policy", "promise", "screen"]
    """What the rule rests on."""
    review: Review
    """How the citation was read. Only `verified` may say fail; the others ask a question."""
    asks: bool = False
    """The record hints at a breach and can't show one: a question, however well the citation was read."""
    cites: tuple[Citation, ...]
    """Where the requirement stands, and when it is in force."""
    view: str
    """The documented view whose rows are the units."""
    unit: str
    """What is counted, in the plural: searches, records, sharing edges, days, sources."""
    needs: tuple[str, ...] = ()
    """Fields without which a unit can't be told: cannot_tell where one is not_exported, masked, withheld or damaged.
    `a | b` needs one of the two. An empty cell or a placeholder is told: a rule may read it in `<field>_state`."""
    applies: str = "true"
    """Predicate: which units are bound by it at all; the others are not_applicable."""
    unknown: str = "false"
    """Predicate: which bound units the record can't decide, beyond what `needs` says."""
    fails: str
    """Predicate: which units are at fault."""
    person: str = "false"
    """Predicate: which units only a person can decide."""
    parameters: Mapping[str, Parameter] = {}
    """Name -> a value that the rule's SQL names as `$name`."""
    measure: Measure | None = None
    """How far units are over the limit; none for a rule without a number."""
    says: str
    """The finding in one sentence, with {over}, {tested}, {share} and the parameters."""
    limits: tuple[str, ...]
    """What the record can't show."""
    readings: Annotated[tuple[str, ...], Field(min_length=2)]
    """Innocent readings, at least two."""
    audience: Literal["public", "custodian"] = "public"
    """`custodian`: for the agency's own reviewer only, in no public output."""
    states: tuple[str, ...] = ()
    """Two-letter states whose agencies it binds; empty for all."""
    agencies: tuple[str, ...] = ()
    """Ids of the agencies that it binds, such as `us-ca-exampleville-pd`; `us-ice-*` for all that begin so; empty for
    all."""
    binds: tuple[Literal["owner", "searcher"], ...] = ("owner",)
    """Which agency it is that is bound: that whose log or paper it is, that which searched, or either."""
    words: tuple[str, ...] = ()
    """For the view `policy_elements`: patterns (RE2, over lower case) of which a line of a policy must have one."""
    requirements: tuple[str, ...] = ()
    """Which requirements of docs/reference/requirements.md it tests, such as `CA-1`."""
    examples: tuple[RuleExample, ...]
    """Made-up units and their verdicts: the file's own tests."""

    def names(self, agency: str) -> bool:
        """Whether an agency is one of those that it names."""
        return any(agency == id_ or (id_[-1:] == "*" and agency.startswith(id_[:-1])) for id_ in self.agencies)

    @property
    def only_asks(self) -> bool:
        """Whether a unit at fault is a question, and never a fail."""
        return self.asks or self.review != "verified"
