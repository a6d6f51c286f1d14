"""The values that pass between stages, and the columns of every table that a stage leaves behind.

Times are epoch milliseconds in UTC. Tokens are UUIDs: the first 128 bits of an HMAC-SHA256 (see `privacy`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path

Progress = Callable[[str, int, int], None]
"""Told (what is being done, how much is done, how much there is); the command line draws bars of it."""


def silent(_what: str, _done: int, _total: int) -> None:
    """Report progress to nobody."""


class View(StrEnum):
    """What kind of record a source holds."""

    ORGANISATION_AUDIT = "organisation_audit"
    """The searches of one agency's own users."""
    NETWORK_AUDIT = "network_audit"
    """The searches by anyone of one agency's cameras."""
    PORTAL_AUDIT = "portal_audit"
    """The searches of one agency's own users in the last 30 days, as its transparency portal gives them out."""
    SHARED_NETWORKS = "shared_networks"
    """The organisations that one agency shares with, and how."""
    PORTAL_STATISTICS = "portal_statistics"
    """The figures of transparency portals, one record a portal and day."""
    EVENTS = "events"
    """What was changed in a system, when, and by whose account: settings, shares, hot lists, reviews of searches."""
    ACCOUNTS = "accounts"
    """The user accounts of a system, and what each may do."""
    HIT_REPORTS = "hit_reports"
    """How many detections and hits a system counted."""
    HOT_LISTS = "hot_lists"
    """An inventory of hot lists: how many entries, how old, how many come in a batch."""
    HOT_LIST_ENTRIES = "hot_list_entries"
    """Single entries of hot lists, with the day on which each ends."""
    RETENTION = "retention"
    """What shows how long records are kept: the oldest that is there, and runs of deletion."""
    TRAINING = "training"
    """Who was trained when, by account."""
    INCIDENTS = "incidents"
    """An agency's own log of incidents, by number: against it, case numbers can be looked up."""
    AUDITS = "audits"
    """Audits that were made: when, by what role, over how many records."""
    POLICIES = "policies"
    """Policy texts, line by line: of portals and of files."""
    DECLARATIONS = "declarations"
    """What agencies have declared or attested to, with dates."""
    AGREEMENTS = "agreements"
    """Agreements of agencies with others, such as those under 8 U.S.C. 1357(g)."""
    DUTIES = "duties"
    """Reports, notices, meetings, registrations and reviews that are owed, and the day on which each was done."""
    REQUESTS = "requests"
    """What other bodies asked an agency for, or were asked for by it, and what became of it."""
    DISSEMINATIONS = "disseminations"
    """Records that an agency gave to other bodies."""
    ALERTS = "alerts"
    """Alerts that somebody acted on: what was checked before, and what came of it."""


SEARCH_VIEWS = (View.ORGANISATION_AUDIT, View.NETWORK_AUDIT, View.PORTAL_AUDIT)
"""The views whose records are sightings of searches."""


class State(StrEnum):
    """Why a field of a record is, or is not, there. No rule reads a bare NULL: it reads one of these."""

    VALUE = "value"
    """The field holds what its heading promises."""
    EMPTY = "empty"
    """The column is there and the cell is blank."""
    PLACEHOLDER = "placeholder"
    """A dash, a pair of dashes or the like stands where a value would: the exporter had none."""
    PARTIAL = "partial"
    """Part of a value: a wildcard plate, or text with a mark inside."""
    MASKED = "masked"
    """A mark hides the value; who put it there is not known from the mark."""
    WITHHELD = "withheld"
    """Hidden, with the law that is claimed for it in the cell or in a letter kept with the case."""
    NOT_EXPORTED = "not_exported"
    """This release has no such column."""
    DAMAGED = "damaged"
    """Something stands there that is not of the field's kind; it is reported, not repaired."""


class Outcome(StrEnum):
    """What a rule says of one unit."""

    PASS = "pass"  # noqa: S105 (a verdict, not a password)
    FAIL = "fail"
    CANNOT_TELL = "cannot_tell"
    NOT_APPLICABLE = "not_applicable"
    NEEDS_PERSON = "needs_person"


class Kind(StrEnum):
    """What kind of body an organisation is."""

    POLICE = "police"
    SHERIFF = "sheriff"
    STATE_POLICE = "state_police"
    UNIVERSITY = "university"
    TRIBAL = "tribal"
    FEDERAL = "federal"
    FUSION_CENTRE = "fusion_centre"
    TASK_FORCE = "task_force"
    PROSECUTOR = "prosecutor"
    OTHER_PUBLIC = "other_public"
    """A public body of none of the other kinds: fire, parks, corrections, transit, a school district."""
    PRIVATE = "private"
    VENDOR = "vendor"
    UNKNOWN = "unknown"


class Level(StrEnum):
    """The level of government that a body belongs to."""

    LOCAL = "local"
    COUNTY = "county"
    STATE = "state"
    TRIBAL = "tribal"
    FEDERAL = "federal"
    PRIVATE = "private"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Source:
    """One released file, known by its SHA-256."""

    sha256: str
    name: str
    """The file's name as released, as it may be shown; a member of an archive is `archive.zip/member.csv`."""
    path: Path
    """Where its bytes can be read now: the file itself, or an extracted member."""
    size: int
    """Bytes."""
    copy: int = 0
    """0, or 1, 2, ... where the same bytes were released again under another name, such as another day's."""

    @property
    def id(self) -> str:
        """The first 12 hex digits of the hash, with a number after them for a copy: the `source` of every table."""
        return self.sha256[:12] + (f"-{self.copy}" if self.copy else "")


@dataclass(frozen=True)
class Table:
    """One table of one source, ready to be read by name: the file itself, or one sheet of it."""

    source: Source
    part: int
    """0 for a file with one table, else the sheet's number from 0."""
    part_name: str
    """Which sheet or table, such as `sheet 2`; empty for a file with one table."""
    text: Path
    """Its records as UTF-8 CSV: the released file, or a transcription in the run's own temporary folder."""
    relation: str
    """SQL that yields every record of `text` as text columns `c0`, `c1`, ...; has `record` too where `numbered`."""
    numbered: bool
    """Whether `relation` brings the record's number in a column `record`; else records are in file order from 1."""
    headings: tuple[str, ...]
    """As written, trimmed."""
    columns: Mapping[str, int]
    """Field of the layout -> index of its column. A field that is not here was not exported."""
    layout: str
    """The id of the layout that knows this table."""
    view: View
    records: int
    """How many records the file holds, counted apart from the reader that turns them into sightings."""
    encoding: str
    owner: str = ""
    """Whose log it is, as the file's name says it; empty where it doesn't."""
    captured: date | None = None
    """The day that the file's name says it was captured or printed."""
    issues: tuple[object, ...] = ()
    """What the reader saw that a person should know (`errors.Issue`)."""
    careful: bool = False
    """The reader saw that not all records are of one shape: read it with `read.strictly` before anything else."""
    repaired: tuple[Rejected, ...] = ()
    """Records that `read.strictly` would have rejected and could read in one way only, with what was done to each."""
    pages: tuple[int, ...] = ()
    """For each page of a PDF the number of the first record that begins on it or on a later one."""
    above: int = 0
    """Records of the same sheet that stand above its headings, where it stands below another table."""
    below: Path | None = None
    """What stands below its last record under headings of its own, as a text; `read.below` makes a table of it."""


@dataclass(frozen=True)
class Rejected:
    """One record that did not become a sighting, with its place and the cause."""

    source: str
    part: int
    record: int
    column: str
    reason: str
    """Words about the cause, never the value."""


@dataclass(frozen=True)
class Column:
    """One documented column of a table or view."""

    name: str
    type: str
    """The DuckDB type, in the portable subset."""
    about: str


@dataclass(frozen=True)
class Ingested:
    """What one table became."""

    table: Table
    accepted: int
    rejected: tuple[Rejected, ...] = ()
    broken: bool = False
    """The strict reader met a record that it can't split: read this table again, record by record."""
    facts: Mapping[str, int | str | None] = field(default_factory=dict)
    """What `sources.jsonl` keeps besides the counts: first and last time, counts of each field's states."""


@dataclass(frozen=True)
class Finding:
    """What one rule says of the whole case: counts, margin, and where the evidence is."""

    rule: str
    """`pack/rule`."""
    counts: Mapping[Outcome, int]
    """Units by verdict. Where the rule's citation is not verified, `fail` is 0 and `question` has the number."""
    question: int
    """Units at fault by a rule that may only ask."""
    over: int
    """Units at fault, whether they count as fail or as question."""
    sentence: str
    """The finding in one sentence, numbers filled in; or why it can't be answered."""
    parameters: Mapping[str, int | float | str | None]
    margin: tuple[tuple[str, int], ...] = ()
    """(label, units) for each class of the rule's measure."""
    extremes: Mapping[str, float] = field(default_factory=dict)
    """Of the measure over units at fault: smallest, median, largest."""
    sources: tuple[str, ...] = ()
    """Ids of the sources that the tested units come from; where none could be decided, those that were looked at."""
    period: tuple[int, int] | None = None
    """First and last time of the same units, epoch ms UTC."""
    months: tuple[tuple[str, int, int], ...] = ()
    """(month `YYYY-MM` in the agency's zone, units tested, units at fault), in order."""
    groups: tuple[tuple[str, int, int], ...] = ()
    """(agency, units tested, units at fault), most at fault first; unresolved names together as one."""
    missing: Mapping[str, int] = field(default_factory=dict)
    """Why units can't be told: `field:state` -> units, such as `case_no:not_exported`."""


STATED = (
    "org", "account", "networks", "devices", "frame", "target", "reason", "case_no", "filters", "search_type",
    "prompt", "moderation", "offence", "search_id",
)  # fmt: skip
"""The fields of a sighting that have a cell state, in the order of the columns `<field>_state`."""

_ABOUT_STATED = {
    "org": "who searched, as the log names it",
    "account": "the user",
    "networks": "how many networks the search reached",
    "devices": "how many cameras the search reached",
    "frame": "the window that the search asked for",
    "target": "what was searched for",
    "reason": "the stated reason",
    "case_no": "the case number",
    "filters": "the filters",
    "search_type": "the type of search",
    "prompt": "the prompt of a free-text search",
    "moderation": "the vendor's verdict on the prompt",
    "offence": "the offence type chosen from a list",
    "search_id": "the vendor's id of the search",
}

SIGHTINGS: tuple[Column, ...] = (
    Column("source", "VARCHAR", "first 12 hex digits of the file's SHA-256"),
    Column("part", "INTEGER", "number of the sheet or table within the file, from 0"),
    Column("record", "BIGINT", "number of the record within the part, from 1"),
    Column("fingerprint", "UUID", "128 bits over every field of the record: equal means the same search"),
    Column("searched_at", "BIGINT", "when the search was made, epoch ms UTC"),
    Column("from_at", "BIGINT", "start of the window that was asked for, epoch ms UTC"),
    Column("to_at", "BIGINT", "end of the window that was asked for, epoch ms UTC"),
    Column("org", "UUID", "token of the organisation's name as written; joins `organisations`"),
    Column("account", "UUID", "token of the user; never leaves the case"),
    Column("target", "UUID", "token of what was searched for; never leaves the case"),
    Column("case_no", "UUID", "token of the case number; never leaves the case"),
    Column("case_shape", "VARCHAR", "the case number's shape: 9 for a digit, A for a letter, marks as they are"),
    Column("search_id", "UUID", "token of the vendor's id of the search; never leaves the case"),
    Column("networks", "BIGINT", "networks that the search reached"),
    Column("devices", "BIGINT", "cameras that the search reached"),
    Column("reason", "UUID", "joins `texts` and `reasons`"),
    Column("filters", "UUID", "joins `texts`"),
    Column("prompt", "UUID", "joins `texts`"),
    Column("offence", "UUID", "joins `texts` and `reasons`"),
    Column("search_type", "VARCHAR", "one of the layout's words for a type of search"),
    Column("moderation", "VARCHAR", "allow, warn or block"),
    *(Column(f"{name}_state", "VARCHAR", f"cell state of {about}") for name, about in _ABOUT_STATED.items()),
)
"""One row an accepted record. Holds no text of the record: numbers, times, tokens and closed vocabularies only."""

SHARES: tuple[Column, ...] = (
    Column("source", "VARCHAR", "first 12 hex digits of the file's SHA-256"),
    Column("part", "INTEGER", "number of the sheet or table within the file, from 0"),
    Column("record", "BIGINT", "number of the record within the part, from 1"),
    Column("org", "UUID", "token of the other organisation's name as written; joins `organisations`"),
    Column("inbound", "BIGINT", "how many of its networks it shares with the owner of the list"),
    Column("outbound", "BIGINT", "how many of the owner's networks are shared with it"),
    Column("inbound_state", "VARCHAR", "cell state of the networks shared with the owner"),
    Column("outbound_state", "VARCHAR", "cell state of the owner's networks; not_exported in the two-column form"),
)
"""One row a record of a sharing list."""

FIGURES: Mapping[str, str] = {
    "retention_days": "the retention that the portal states",
    "cameras": "cameras, as the portal states",
    "vehicles_30d": "vehicles detected in the last 30 days, as the portal states",
    "hits_30d": "hot-list hits in the last 30 days, as the portal states",
    "searches_30d": "searches in the last 30 days, as the portal states",
    "audit_rows": "rows of the search audit that the collector of the table counted",
    "shares_out": "organisations that the portal says it shares with",
    "shares_in": "organisations that the portal says share with it",
}
"""The figures of a portal, and what each says."""

STATISTICS: tuple[Column, ...] = (
    Column("source", "VARCHAR", "first 12 hex digits of the file's SHA-256"),
    Column("part", "INTEGER", "number of the sheet or table within the file, from 0"),
    Column("record", "BIGINT", "number of the record within the part, from 1"),
    Column("owner", "VARCHAR", "the portal's own short name for the agency, such as `example-ca-pd`"),
    Column("captured_on", "BIGINT", "the day of the capture, epoch ms UTC of its midnight"),
    *(Column(figure, "BIGINT", about) for figure, about in FIGURES.items()),
    *(Column(f"{figure}_state", "VARCHAR", f"cell state of {figure}") for figure in FIGURES),
)
"""One row a portal and day."""

TEXTS: tuple[Column, ...] = (
    Column("id", "UUID", "token of the scrubbed text; the reason, filters, prompt or offence column of `sightings`"),
    Column("field", "VARCHAR", "reason, filters, prompt or offence"),
    Column("text", "VARCHAR", "the text, scrubbed; for the local review view only, never for an output"),
    Column("scrubs", "VARCHAR", "comma-joined kinds scrubbed out: plate, vin, phone, ssn, birth_date, email, case"),
)
"""Distinct free text. Local: it may still hold a name that no pattern can see."""

NAMES: tuple[Column, ...] = (
    Column("id", "UUID", "token of the name; the `org` column of `sightings` and `shares`"),
    Column("name", "VARCHAR", "the organisation's name as written, scrubbed"),
)
"""Distinct names of organisations as written. Local, until `resolve` has recognised a public body in one."""

ORGANISATIONS: tuple[Column, ...] = (
    Column("org", "UUID", "token of the name as written"),
    Column("agency", "VARCHAR", "one id for each agency, such as `us-fl-okaloosa-county-so`; NULL while unresolved"),
    Column("name", "VARCHAR", "the agency's name in one spelling; NULL while unresolved"),
    Column("place", "VARCHAR", "the place in the name"),
    Column("state", "VARCHAR", "two letters, lower case, as in ISO 3166-2:US; NULL if none was found"),
    Column("kind", "VARCHAR", "`Kind`"),
    Column("level", "VARCHAR", "`Level`"),
    Column("marks", "VARCHAR", "comma-joined status marks in the name: federal, inactive, lr, axon, ..."),
    Column("how", "VARCHAR", "what decided: rule, content, fuzzy, judgement, unresolved"),
    Column("public", "BOOLEAN", "whether the name may stand in an output: a public body was recognised in it"),
)
"""One row a distinct name as written."""
