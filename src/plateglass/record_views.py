"""The other views: what agencies release besides search logs and sharing lists, each as a table of typed fields.

A view is a list of fields, and a field says what it holds. Everything else follows from that: the columns of its table,
what a layout may put into it, the SQL that makes it, and the columns that rules read. No field can hold a person's
name or a plate: accounts and targets are tokens, free text is scrubbed and lies in the local table `texts`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from plateglass.model import SHARES, Column, View


class Holds(StrEnum):
    """What a field of one of the other views holds, and so what its column is made of."""

    TIME = "time"
    """A time, or the midnight of a day, epoch ms UTC."""
    COUNT = "count"
    """A whole number."""
    WORD = "word"
    """One of the field's own words."""
    TEXT = "text"
    """Free text: scrubbed, kept once in `texts`; the column joins it."""
    ORG = "org"
    """An organisation's name: the column joins `organisations`."""
    ACCOUNT = "account"
    """The token of a user; never leaves the case."""
    CASE = "case"
    """The token of a case number, as in `sightings`, and beside it the number's shape."""
    TARGET = "target"
    """The token of what was searched for, as in `sightings`; never leaves the case."""
    ID = "id"
    """The token of the vendor's id; never leaves the case."""


HELD_AS: Mapping[Holds, str] = dict.fromkeys(Holds, "UUID") | {
    Holds.TIME: "BIGINT", Holds.COUNT: "BIGINT", Holds.WORD: "VARCHAR",
}  # fmt: skip
"""The type of the column that a field becomes."""


@dataclass(frozen=True)
class RecordField:
    """One field of one of the other views; each has a column `<name>_state` beside it."""

    name: str
    holds: Holds
    about: str
    words: tuple[str, ...] = ()
    """The closed vocabulary of a field that holds a word, whatever a vendor calls them."""
    digits: int = 0
    """How long a number may be, where more than seven digits are to be expected; a longer one is somebody's."""


@dataclass(frozen=True)
class RecordView:
    """One of the other views: one record of a log is one row, every field with its cell state."""

    view: View
    row: str
    """What one record is."""
    dated_by: str
    """The field that dates a record; empty where only the file's own day does."""
    keys: tuple[str, ...]
    """A record of which none of these fields is told is rejected."""
    fields: tuple[RecordField, ...]
    of_others: bool = False
    """Whether `org` is another body than whose record it is: a record without one has no agency, and not the owner."""

    @property
    def table(self) -> str:
        """The table that the records become."""
        return self.view.value

    @property
    def columns(self) -> tuple[Column, ...]:
        """The documented columns: place, fields, states."""
        made = list(SHARES[:3])
        for each in self.fields:
            said = f"{each.about}: {', '.join(each.words)}" if each.words else each.about
            made.append(Column(each.name, HELD_AS[each.holds], said))
            if each.holds is Holds.CASE:
                made.append(Column(f"{each.name}_shape", "VARCHAR", f"the shape of {each.about}"))
        made += (Column(f"{each.name}_state", "VARCHAR", f"cell state of {each.name}") for each in self.fields)
        return tuple(made)


_YES = ("yes", "no")
_KINDS = ("detections", "images", "searches", "hits", "hot_list_entries", "requests", "other")
_SUBJECTS = ("criminal", "missing_person", "immigration", "health_care", "protected_activity", "civil", "other")
_PROCESSES = ("none", "emergency", "administrative", "subpoena", "court_order", "warrant")
_FIELD = RecordField

OTHER_VIEWS: Mapping[View, RecordView] = {each.view: each for each in (
    RecordView(View.EVENTS, "one change, as the system's event log has it", "happened_at", ("happened_at",), (
        _FIELD("happened_at", Holds.TIME, "when it was done, epoch ms UTC"),
        _FIELD("account", Holds.ACCOUNT, "token of the user who did it"),
        _FIELD("action", Holds.WORD, "what was done", ("create", "update", "delete")),
        _FIELD("entity", Holds.WORD, "what it was done to", (
            "hot_list_entry", "hot_list", "network_share", "network_share_settings", "role", "user", "stream",
            "location", "organisation", "export", "integration", "account_contact", "search_review")),
        _FIELD("event_id", Holds.ID, "token of the vendor's id of the event"),
        _FIELD("org", Holds.ORG, "the organisation that a share is with"),
        _FIELD("permissions", Holds.TEXT, "what a share permits; joins `texts`"),
        _FIELD("hot_list", Holds.TEXT, "what the hot list is called; joins `texts`"),
        _FIELD("target", Holds.TARGET, "token of the entry's plate, or of the plate of the reviewed search"),
        _FIELD("entry_reason", Holds.TEXT, "the reason of a hot-list entry; joins `texts`"),
        _FIELD("case_no", Holds.CASE, "the case number of a hot-list entry"),
        _FIELD("expires_at", Holds.TIME, "when a hot-list entry ends, epoch ms UTC; never, where it is blank"),
        _FIELD("reviewed", Holds.ACCOUNT, "token of the user whose search was reviewed"),
        _FIELD("review", Holds.WORD, "what the review of a search came to", ("needs_review", "archived")),
    )),
    RecordView(View.ACCOUNTS, "one user account", "", ("account", "last_login_at", "may_search"), (
        _FIELD("account", Holds.ACCOUNT, "token of the user"),
        _FIELD("role", Holds.TEXT, "the account's role; joins `texts`"),
        _FIELD("identity", Holds.WORD, "who proves who the user is: the vendor by password, or the agency's own system",
               ("vendor", "external")),
        _FIELD("may_manage", Holds.WORD, "whether the account may manage users", _YES),
        _FIELD("may_search", Holds.WORD, "whether the account may search", _YES),
        _FIELD("may_hot_list", Holds.WORD, "whether the account may change hot lists", _YES),
        _FIELD("last_login_at", Holds.TIME, "when the account was last used, epoch ms UTC; never, where it is blank"),
        _FIELD("granted_at", Holds.TIME, "the day on which its user was given it"),
        _FIELD("authorised_at", Holds.TIME, "the day of the written authorisation; none, where it is blank"),
        _FIELD("approvals", Holds.COUNT, "how many people approved it"),
        _FIELD("left_at", Holds.TIME, "the day on which its user left or moved; still there, where it is blank"),
        _FIELD("disabled_at", Holds.TIME, "the day on which it was disabled; open, where it is blank"),
    )),
    RecordView(View.HIT_REPORTS, "one contributor and period", "to_at", ("detections", "hits"), (
        _FIELD("org", Holds.ORG, "whose detections they are"),
        _FIELD("state_code", Holds.WORD, "its state, two letters, lower case"),
        _FIELD("from_at", Holds.TIME, "first day of the period"),
        _FIELD("to_at", Holds.TIME, "last day of the period"),
        _FIELD("detections", Holds.COUNT, "plates that were read", digits=9),
        _FIELD("hits", Holds.COUNT, "reads that matched a hot list", digits=9),
        _FIELD("shares_with", Holds.COUNT, "organisations that the contributor shares detections with"),
        _FIELD("pooled", Holds.WORD, "whether detections go to the vendor's national pool", _YES),
        _FIELD("databases", Holds.TEXT, "the databases that reads were compared with; joins `texts`"),
        _FIELD("hits_stolen", Holds.COUNT, "hits on stolen vehicles and plates", digits=9),
        _FIELD("hits_warrant", Holds.COUNT, "hits on a warrant, or an owner's suspended or revoked licence", digits=9),
        _FIELD("hits_case", Holds.COUNT, "hits on entries of active investigations", digits=9),
    )),
    RecordView(View.HOT_LISTS, "one hot list on one day", "counted_at", ("hot_list", "entries"), (
        _FIELD("hot_list", Holds.TEXT, "what the list is called; joins `texts`"),
        _FIELD("org", Holds.ORG, "who keeps the list"),
        _FIELD("counted_at", Holds.TIME, "the day of the count"),
        _FIELD("entries", Holds.COUNT, "entries on the list", digits=9),
        _FIELD("batch", Holds.COUNT, "entries that came in the last batch"),
        _FIELD("oldest_at", Holds.TIME, "the day of the oldest entry"),
        _FIELD("updated_at", Holds.TIME, "when the list was last brought up to date"),
        _FIELD("without_end", Holds.COUNT, "entries without a day on which they end"),
    )),
    RecordView(View.HOT_LIST_ENTRIES, "one entry of a hot list", "added_at", ("added_at", "expires_at", "target"), (
        _FIELD("hot_list", Holds.TEXT, "what the list is called; joins `texts`"),
        _FIELD("target", Holds.TARGET, "token of the entry's plate"),
        _FIELD("account", Holds.ACCOUNT, "token of the user who made it"),
        _FIELD("approver", Holds.ACCOUNT, "token of the user who approved it; nobody, where it is blank"),
        _FIELD("entry_reason", Holds.TEXT, "why it was made; joins `texts`"),
        _FIELD("case_no", Holds.CASE, "the case number"),
        _FIELD("added_at", Holds.TIME, "when it was made, epoch ms UTC"),
        _FIELD("expires_at", Holds.TIME, "when it ends, epoch ms UTC; never, where it is blank"),
        _FIELD("validated_at", Holds.TIME, "when it was last confirmed with its source; never, where it is blank"),
        _FIELD("process", Holds.WORD, "the legal process that it rests on", _PROCESSES),
    )),
    RecordView(View.RETENTION, "one look at what is kept, or one run of deletion", "measured_at",
               ("measured_at", "oldest_at"), (
        _FIELD("measured_at", Holds.TIME, "when it was looked at, or deleted"),
        _FIELD("records_of", Holds.WORD, "what kind of record", _KINDS),
        _FIELD("held", Holds.COUNT, "records that were there", digits=9),
        _FIELD("oldest_at", Holds.TIME, "the time of the oldest record that was there"),
        _FIELD("deleted", Holds.COUNT, "records that the run deleted", digits=9),
        _FIELD("retention_days", Holds.COUNT, "days after which the system is set to delete"),
    )),
    RecordView(View.TRAINING, "one course of one user", "completed_at", ("account",), (
        _FIELD("account", Holds.ACCOUNT, "token of the user"),
        _FIELD("course", Holds.TEXT, "what the course is called; joins `texts`"),
        _FIELD("completed_at", Holds.TIME, "the day it was completed; not yet, where it is blank"),
        _FIELD("expires_at", Holds.TIME, "the day until which it counts"),
        _FIELD("passed", Holds.WORD, "whether it was passed", _YES),
    )),
    RecordView(View.INCIDENTS, "one incident", "opened_at", ("case_no",), (
        _FIELD("case_no", Holds.CASE, "the incident's number"),
        _FIELD("org", Holds.ORG, "whose incident it is"),
        _FIELD("incident_type", Holds.TEXT, "what it is about; joins `texts`"),
        _FIELD("opened_at", Holds.TIME, "when it was opened, epoch ms UTC"),
        _FIELD("closed_at", Holds.TIME, "when it was closed, epoch ms UTC; still open, where it is blank"),
    )),
    RecordView(View.AUDITS, "one audit", "performed_at", ("performed_at", "from_at", "to_at"), (
        _FIELD("org", Holds.ORG, "whose use was audited"),
        _FIELD("performed_at", Holds.TIME, "the day of the audit"),
        _FIELD("from_at", Holds.TIME, "first day of the period that it covers"),
        _FIELD("to_at", Holds.TIME, "last day of the period that it covers"),
        _FIELD("by_role", Holds.TEXT, "the role of who made it; joins `texts`"),
        _FIELD("population", Holds.COUNT, "records in the period", digits=9),
        _FIELD("sampled", Holds.COUNT, "records that were looked at"),
        _FIELD("exceptions", Holds.COUNT, "records that were found wanting"),
        _FIELD("independent", Holds.WORD, "whether who made it has no part in the use", _YES),
        _FIELD("reported_at", Holds.TIME, "the day it was given to whom it is for; not yet, where it is blank"),
    )),
    RecordView(View.POLICIES, "one line of a policy", "effective_at", ("wording",), (
        _FIELD("section", Holds.WORD, "which of a portal's policies it stands in", (
            "overview", "acceptable_use", "prohibited_uses", "access", "hot_lists", "retention", "sharing", "detected",
            "not_detected", "other")),
        _FIELD("page", Holds.COUNT, "the page of the document"),
        _FIELD("line", Holds.COUNT, "the line of the page, or of the section"),
        _FIELD("effective_at", Holds.TIME, "the day from which the policy is in force"),
        _FIELD("wording", Holds.TEXT, "the line; joins `texts`"),
    )),
    RecordView(View.DECLARATIONS, "one declaration or attestation", "declared_at", ("org",), (
        _FIELD("org", Holds.ORG, "who declares"),
        _FIELD("kind", Holds.WORD, "what kind of paper it is", ("declaration", "attestation", "letter", "policy")),
        _FIELD("subject", Holds.WORD, "what it is about", (
            "immigration", "health_care", "protected_activity", "sharing", "retention", "training", "security",
            "other")),
        _FIELD("declared_at", Holds.TIME, "the day it was made"),
        _FIELD("expires_at", Holds.TIME, "the day until which it holds"),
        _FIELD("statement", Holds.TEXT, "what is declared; joins `texts`"),
    )),
    RecordView(View.AGREEMENTS, "one agreement", "signed_at", ("org",), (
        _FIELD("org", Holds.ORG, "the agency that agrees"),
        _FIELD("state_code", Holds.WORD, "its state, two letters, lower case"),
        _FIELD("kind", Holds.WORD, "what kind of agreement", (
            "jail_enforcement", "task_force", "warrant_service", "tribal_task_force", "other")),
        _FIELD("signed_at", Holds.TIME, "the day it was signed"),
        _FIELD("ended_at", Holds.TIME, "the day it ended; in force, where it is blank"),
    )),
    RecordView(View.DUTIES, "one duty, for one period or occasion", "due_at", ("duty",), (
        _FIELD("org", Holds.ORG, "whose duty it is"),
        _FIELD("duty", Holds.WORD, "what is owed", (
            "use_report", "statistics", "request_report", "disclosure_report", "task_force_report", "transfer_report",
            "misuse_report", "face_search_report", "certification", "inventory", "hearing", "policy_posting",
            "policy_review", "policy_notice", "impact_assessment", "registration", "installation_notice",
            "system_approval", "device_removal", "account_review", "retention_review", "vendor_file", "log_copy")),
        _FIELD("from_at", Holds.TIME, "first day of the period that it is for"),
        _FIELD("to_at", Holds.TIME, "last day of the period that it is for"),
        _FIELD("since_at", Holds.TIME, "the day that it counts from: of first use, installation or change"),
        _FIELD("due_at", Holds.TIME, "the day by which it is due"),
        _FIELD("done_at", Holds.TIME, "the day on which it was done; not yet, where it is blank"),
        _FIELD("published_at", Holds.TIME, "the day on which it was published; not yet, where it is blank"),
    )),
    RecordView(View.REQUESTS, "one request of another body, or made to one", "asked_at", ("asked_at", "org"), (
        _FIELD("asked_at", Holds.TIME, "the day it was asked"),
        _FIELD("direction", Holds.WORD, "whether it came in or went out", ("received", "made")),
        _FIELD("org", Holds.ORG, "the body that asks; of one that went out, the body that is asked"),
        _FIELD("account", Holds.ACCOUNT, "token of who asked"),
        _FIELD("ori", Holds.ID, "token of the asking body's ORI"),
        _FIELD("wanted", Holds.WORD, "what was asked for", (
            "search", "data", "access", "preservation", "face_search", "public_records")),
        _FIELD("subject", Holds.WORD, "what it is about", _SUBJECTS),
        _FIELD("purpose", Holds.TEXT, "the stated purpose or facts; joins `texts`"),
        _FIELD("case_no", Holds.CASE, "the case number"),
        _FIELD("in_writing", Holds.WORD, "whether it was in writing", _YES),
        _FIELD("sworn", Holds.WORD, "whether it was sworn to", _YES),
        _FIELD("names_target", Holds.WORD, "whether it names a camera or a plate; which is never read", _YES),
        _FIELD("process", Holds.WORD, "the legal process that came with it", _PROCESSES),
        _FIELD("from_at", Holds.TIME, "first day of the data that it is about"),
        _FIELD("to_at", Holds.TIME, "last day of the data that it is about"),
        _FIELD("by_role", Holds.TEXT, "the role of who decided; joins `texts`"),
        _FIELD("outcome", Holds.WORD, "what became of it", ("granted", "in_part", "declined", "withdrawn")),
        _FIELD("matches", Holds.COUNT, "matches that a search for it found"),
        _FIELD("reported_at", Holds.TIME, "the day it was reported to whom the law names; not yet, where it is blank"),
    ), of_others=True),
    RecordView(View.DISSEMINATIONS, "one giving of records to another body", "given_at", ("given_at", "org"), (
        _FIELD("given_at", Holds.TIME, "the day they were given"),
        _FIELD("org", Holds.ORG, "the body that got them"),
        _FIELD("records_of", Holds.WORD, "what kind of record", _KINDS),
        _FIELD("subject", Holds.WORD, "what it is about", _SUBJECTS),
        _FIELD("purpose", Holds.TEXT, "why they were given; joins `texts`"),
        _FIELD("case_no", Holds.CASE, "the case number"),
        _FIELD("in_writing", Holds.WORD, "whether a request or an agreement in writing is behind it", _YES),
        _FIELD("process", Holds.WORD, "the legal process that is behind it", _PROCESSES),
    ), of_others=True),
    RecordView(View.ALERTS, "one alert that was acted on", "alerted_at", ("alerted_at", "stopped"), (
        _FIELD("alerted_at", Holds.TIME, "when it came, epoch ms UTC"),
        _FIELD("account", Holds.ACCOUNT, "token of the user who acted"),
        _FIELD("hot_list", Holds.TEXT, "what the hot list is called; joins `texts`"),
        _FIELD("list_kind", Holds.WORD, "what the entry is for", (
            "stolen_vehicle", "stolen_plate", "warrant", "suspended", "missing", "trafficking", "investigation",
            "other")),
        _FIELD("plate_checked", Holds.WORD, "whether somebody compared plate and entry before acting", _YES),
        _FIELD("list_checked", Holds.WORD, "whether the entry was confirmed with its source before acting", _YES),
        _FIELD("own_grounds", Holds.WORD, "whether there were grounds besides the alert", _YES),
        _FIELD("misread", Holds.WORD, "whether the reader had misread the plate", _YES),
        _FIELD("stopped", Holds.WORD, "whether a vehicle was stopped", _YES),
        _FIELD("stop_says", Holds.WORD, "whether the record of the stop says that an alert led to it", _YES),
        _FIELD("outcome", Holds.WORD, "what came of it", (
            "released", "searched", "cited", "arrested", "recovered", "other")),
    )),
)}  # fmt: skip
"""Every other view: what its records are and which fields they have."""
