"""What the register can say at all: a closed list of types. No person, plate, vehicle or private address is on it.

An entity says only what it is and how it is tied to others. Whatever is claimed of it (that it exists, a number, an
amount, a date) is a statement with its document. So two sources that disagree stand side by side.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from plateglass.model import Kind, View
from plateglass.register import edtf

_SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"


def _dated(text: str) -> str:
    edtf.span(text)
    return text


def _listed(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Ref = Annotated[str, Field(pattern=_SLUG, max_length=80)]
"""The id of an entity."""
Refs = Annotated[tuple[Ref, ...], BeforeValidator(_listed)]
"""Ids; one id may stand without brackets."""
Edtf = Annotated[str, AfterValidator(_dated)]
"""A date or an interval (`edtf`)."""
Label = Annotated[str, Field(min_length=2, max_length=160)]
Text = Annotated[str, Field(min_length=3, max_length=400)]
"""One or two sentences of our own."""


class Evidence(IntEnum):
    """How well it is known that data travel: the higher the better. Below `possible` nothing is travelled."""

    PITCHED = 0
    """Offered; nobody says that it was taken up."""
    PLANNED = 1
    """Decided or being built; nobody says that it runs."""
    POSSIBLE = 2
    """Inferred."""
    AUTHORISED = 3
    """A contract, an agreement or a law lets it happen."""
    ENABLED = 4
    """The account or setting exists."""
    PROVEN = 5
    """A log's row, an e-mail, an official record or a court's finding shows that it happened."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Entity(_Part):
    """What every entity has."""

    id: Ref
    label: Label
    aliases: tuple[Label, ...] = ()
    external_ids: Mapping[
        Literal["ori", "uei", "lei", "wikidata", "fedramp"],
        Annotated[
            str, Field(pattern=r"^([A-Z]{2}[A-Z0-9]{7}|[A-Z0-9]{12}|[A-Z0-9]{20}|Q[0-9]+|F[0-9]{5,}|FR[0-9]{10})$")
        ],
    ] = {}
    """Ids of agencies and companies in public registers."""
    note: Text | None = None


class PublicBody(Entity):
    """A public body, or with `generic` a class of them ("local police agencies")."""

    kind: Literal[
        "police", "sheriff", "motor-vehicles", "fusion-centre", "prosecutor", "regulator", "legislature", "city",
        "county", "state", "department", "component", "auditor", "commission", "court", "school", "foreign",
    ]  # fmt: skip
    level: Literal["local", "county", "state", "federal", "tribal", "regional", "foreign"]
    jurisdiction: Annotated[str, Field(pattern=r"^[A-Z]{2}(-[A-Z]{2,3})?$")] = "US"
    """ISO 3166."""
    parent: Ref | None = None
    one_of: Refs = ()
    """The generic bodies that it is an instance of."""
    generic: bool = False
    agencies: tuple[Annotated[str, Field(pattern=r"^us(-[a-z0-9]+)+$")], ...] = ()
    """The ids that names in logs and lists are given, where they mean this body."""
    stands_for: tuple[Kind, ...] = ()
    """Of a generic body: the kinds of agency, in its jurisdiction, that are taken for one of it."""


class Company(Entity):
    """A company, or another private organisation (a publisher, an association), or a class of them."""

    kind: Literal["vendor", "broker", "carrier", "lender", "publisher", "association", "integrator"]
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    parent: Ref | None = None
    parent_since: Edtf | None = None
    generic: bool = False


Number = Annotated[int, Field(ge=1, le=48)]


class Programme(Entity):
    """A standing programme of several bodies, such as a task-force scheme."""

    owner: Ref | None = None
    members: Refs = ()
    number: Number | None = None
    """Its place in the first list of systems and channels."""


class Role(_Part):
    """What one company does for a system."""

    company: Ref
    role: Literal["builds", "hosts", "operates", "maintains", "matches", "supplies", "markets", "integrates"]


class System(Entity):
    """A system or channel that holds data or carries them."""

    kind: Literal["store", "access", "query", "list", "gateway", "app", "device", "analysis", "channel", "custody"]
    status: Literal["pitched", "pilot", "planned", "active", "replaced", "ended"]
    """As last known; see `evidence.stale` for how long ago that was."""
    operator: Ref | None = None
    roles: tuple[Role, ...] = ()
    data: Refs = ()
    successor: Ref | None = None
    number: Number | None = None
    """Its place in the first list of systems and channels."""


class DataCategory(Entity):
    """A category of data; what a flow of a category carries is the category and all below it."""

    parent: Ref | None = None


FlowKind = Literal[
    "feed", "direct_account", "sharing_toggle", "sharing_agreement", "interoperability", "vendor_resale",
    "federated_query", "alert_subscription", "informal_request", "on_behalf_search", "legal_process", "bulk_copy",
    "breach", "hosting", "membership",
]  # fmt: skip

Onward = Literal["allowed", "forbidden", "unknown", "impossible"]
"""Whether the receiver can pass on what it got."""


class Flow(Entity):
    """Data that go from one entity to another, one way. How well that is known, and when, its statements say."""

    provider: Ref
    receiver: Ref
    via: Refs = ()
    """Intermediaries, in order, that are no place of rest for the data."""
    kind: FlowKind
    data: Refs
    becomes: Refs = ()
    """What arrives, where that is of another category than what left."""
    mode: Literal["push", "pull", "alert"]
    granularity: Literal["single", "bulk", "list", "unknown"] = "unknown"
    trigger: Literal["continuous", "query", "event", "unknown"] = "unknown"
    onward: Onward | None = None
    """None: as its kind has it (`flows.KINDS`)."""
    forbidden_by: Ref | None = None
    """The rule or safeguard that forbids passing on."""
    retention_days: Annotated[int, Field(ge=0)] | None = None
    """How long the receiver keeps it; None: unknown."""
    basis: Ref | None = None
    """The contract, agreement or rule that it rests on."""
    purpose: Text | None = None
    geography: Text | None = None
    switch: Ref | None = None
    """Who can end it alone; None: the provider."""


class Contract(Entity):
    """A contract. Its amounts are statements, each with its kind."""

    buyer: Ref
    prime: Ref
    others: Refs = ()
    """Subcontractors and suppliers of the prime."""
    systems: Refs = ()
    procurement_id: Annotated[str, Field(pattern=r"^[A-Z0-9-]{8,40}$")] | None = None
    signed: Edtf | None = None
    period: Edtf | None = None
    competition: Literal["open", "sole-source", "unknown"] = "unknown"
    purpose: Text | None = None
    covers: Refs = ()
    """Contracts that its amounts already hold, so that nothing is counted twice."""


class Payment(Entity):
    """Money that went, or goes by the month, from one entity to another."""

    payer: Ref
    payee: Ref | None = None
    system: Ref | None = None
    contract: Ref | None = None


class Agreement(Entity):
    """An agreement other than a purchase."""

    kind: Literal["mou", "moa", "287g", "toggle", "nda", "sharing"]
    parties: Refs
    signed: Edtf | None = None
    ends: Edtf | None = None
    text: Ref | None = None
    """The document that holds its text."""


class Rule(Entity):
    """A law, ordinance, policy or stated commitment."""

    kind: Literal["law", "ordinance", "policy", "commitment", "proposal"]
    issuer: Ref
    effect: Literal["forbids", "requires", "permits"]
    binds: Refs = ()
    """Whom it binds; a generic body stands for all that are one of it."""
    flows: tuple[FlowKind, ...] = ()
    """The kinds of flow that it is about; empty: any."""
    data: Refs = ()
    receivers: Refs = ()
    """The receivers that it is about; empty: any."""
    in_force: Edtf | None = None
    enforced_by: Text | None = None


class Safeguard(Entity):
    """A protection that somebody claims for a flow or a system."""

    protects: Refs
    kind: Literal[
        "approval", "role", "retention", "log", "audit", "training", "warning", "purpose", "geography", "expiry",
        "assessment", "one-way", "look-back",
    ]  # fmt: skip
    claimed_by: Ref
    level: Literal["claimed", "documented", "tested", "failed"]


class Circumvention(Entity):
    """A way round a safeguard or a rule."""

    bypasses: Refs
    mechanism: Text
    flow: Ref | None = None
    outcome: Text | None = None


class LogSeries(Entity):
    """A log that a system keeps, as far as anybody says so."""

    system: Ref
    fields: tuple[str, ...] = ()
    released: Literal["yes", "partly", "no", "unknown"]
    last_obtained: Edtf | None = None
    retention: Text | None = None
    gaps: Text | None = None


class RecordSeries(Entity):
    """A record that the public can ask for, and what it lets one check."""

    system: Ref
    custodian: Ref
    law: Text
    check: Text
    redactions: Text | None = None
    last_response: Edtf | None = None
    views: tuple[View, ...] = ()
    """The views of a case's sources that are such a record; empty: it is no log that plateglass reads."""
    layouts: tuple[str, ...] = ()
    """Patterns of the layouts that read it, where not every layout of these views does; `*` for any letters."""
    imports: tuple[str, ...] = ()
    """Layouts of public lists that read it."""
    rules: tuple[str, ...] = ()
    """Patterns of the rules that test it, such as `ways-round/*`."""


class Event(Entity):
    """Something dated that happened, or was to happen."""

    kind: Literal[
        "audit", "vote", "breach", "lawsuit", "test", "solicitation", "publication", "announcement", "operation",
        "acquisition", "lobbying", "plan", "context",
    ]  # fmt: skip
    parties: Refs = ()


class Measure(Entity):
    """A quantity that sources put a number to: the question; the numbers are statements."""

    subject: Ref
    quantity: Literal[
        "records", "identities", "transactions-per-day", "records-per-month", "identities-per-month", "users",
        "cameras", "agencies", "searches", "states", "counties", "providers", "applications", "authorisations",
        "jurisdictions", "airports", "modalities", "factor", "plates-per-batch", "violations", "area", "offices",
        "days",
    ]  # fmt: skip


class Document(Entity):
    """What a statement rests on."""

    publisher: Ref
    kind: Literal["primary", "secondary", "tertiary"]
    date: Edtf
    derived_from: Refs = ()
    """The documents that it repeats."""
    seen_through: Ref | None = None
    """The document through which alone we know it; None: we have read it."""
    url: Annotated[str, Field(pattern=r"^https?://[^\s@]+$")] | None = None
    archive_url: Annotated[str, Field(pattern=r"^https?://[^\s@]+$")] | None = None
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    licence: str | None = None


Predicate = Literal[
    "is", "part-of", "supplies", "provides", "holds", "can", "measures", "costs", "contracts", "rules", "safeguards",
    "limits", "bypasses", "happened", "logs", "releases", "omits", "aims", "drifts", "risks", "criticises", "claims",
    "retains", "rests-on", "breaches",
]  # fmt: skip

ABOUT: Mapping[str, tuple[str, ...]] = {
    "provides": ("flows",),
    "measures": ("measures",),
    "costs": ("contracts", "payments"),
    "contracts": ("contracts", "agreements"),
    "rules": ("rules",),
    "safeguards": ("safeguards",),
    "limits": ("safeguards",),
    "bypasses": ("circumventions",),
    "happened": ("events",),
    "logs": ("logs",),
    "releases": ("records",),
}
"""Which sections a predicate may be about; those not named here may be about any."""


class Statement(_Part):
    """One sourced claim: the unit of trust."""

    id: Annotated[str, Field(pattern=_SLUG)] | None = None
    """None: the fact's id in lower case."""
    fact: Annotated[str, Field(pattern=r"^S[0-4]-\d{3}$")] | None = None
    """The fact of the founding list that it holds."""
    about: Annotated[Refs, Field(min_length=1)]
    predicate: Predicate
    says: Text
    """In our own words."""
    object: Ref | None = None
    value: int | float | None = None
    high: int | float | None = None
    """The upper end, where the source gives a range from `value` to this."""
    unit: Annotated[str, Field(max_length=40)] | None = None
    comparator: Literal["=", ">", ">=", "<", "<=", "~"] | None = None
    amount: Literal["obligated", "ceiling", "reported"] | None = None
    """The kind of an amount of money."""
    counted: Text | None = None
    """What exactly a number counts."""
    polarity: Literal["asserts", "denies"] = "asserts"
    evidence: Literal["pitched", "planned", "possible", "authorised", "enabled", "proven"] | None = None
    """What it shows of a flow."""
    valid: Edtf | None = None
    """When it held, as far as the source says so."""
    as_of: Edtf | None = None
    """The day that the source speaks of; None: the document's own."""
    document: Ref
    locator: Annotated[str, Field(min_length=1, max_length=80)]
    """Page, paragraph or row."""
    claim: Literal["document", "official", "press", "advocacy", "inference", "vendor"]
    says_who: Ref | None = None
    """The body or company whose claim it is; None: the document's publisher."""
    confidence: Literal["A", "B", "C", "D"]
    """A: primary, seen and hashed; B: two independent secondary ones; C: one; D: inference or unnamed source."""
    extraction: Literal["human", "rule", "model"] = "human"
    extracted_on: Edtf | None = None
    reviewed_by: Literal["editor", "second-reader", "lawyer", "custodian"] | None = None
    """A role, never a name."""
    review: Literal["draft", "reviewed", "disputed", "retracted"] = "draft"
    supersedes: Refs = ()
    note: Text | None = None

    @property
    def key(self) -> str:
        """Its id."""
        return self.id or (self.fact or "").lower()


class Conflict(_Part):
    """Statements that can't all be said in one breath, kept side by side."""

    id: Ref
    question: Text
    why: Text
    """How they may differ without one being wrong: dates, what was counted, roles, kinds of amount."""
    statements: Annotated[Refs, Field(min_length=2)]


class Unused(_Part):
    """A fact of the founding list that no statement holds, and why."""

    fact: Annotated[str, Field(pattern=r"^S[0-4]-\d{3}$")]
    reason: Text


class File(_Part):
    """Everything that one file of the register may hold."""

    bodies: tuple[PublicBody, ...] = ()
    companies: tuple[Company, ...] = ()
    programmes: tuple[Programme, ...] = ()
    systems: tuple[System, ...] = ()
    data: tuple[DataCategory, ...] = ()
    flows: tuple[Flow, ...] = ()
    contracts: tuple[Contract, ...] = ()
    payments: tuple[Payment, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    rules: tuple[Rule, ...] = ()
    safeguards: tuple[Safeguard, ...] = ()
    circumventions: tuple[Circumvention, ...] = ()
    logs: tuple[LogSeries, ...] = ()
    records: tuple[RecordSeries, ...] = ()
    events: tuple[Event, ...] = ()
    measures: tuple[Measure, ...] = ()
    documents: tuple[Document, ...] = ()
    statements: tuple[Statement, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    unused: tuple[Unused, ...] = ()


SECTIONS = tuple(name for name in File.model_fields if name not in ("statements", "conflicts", "unused"))
"""The sections that hold entities."""
