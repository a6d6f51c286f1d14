"""What the made-up agencies release besides logs: policies, accounts, training, incidents, hot lists, audits.

Each paper is written from the searches, so that what it contradicts is known; what that trips is counted in
`counted.py`, from the same sets.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from plateglass.demo import world
from plateglass.demo.plan import Search

DAY = 86_400


@dataclass(frozen=True)
class Paper:
    """One file that is no log of searches."""

    name: str
    view: str
    rows: tuple[tuple[str, ...], ...]
    """The headings first; for a policy each row is a line."""

    @property
    def records(self) -> int:
        """How many records the file holds."""
        return len(self.rows) - (0 if self.name.endswith(".txt") else 1)


LEFT = world.PEOPLE[:3]
"""Users who search and are on no list of accounts."""
BARRED = world.PEOPLE[3:5]
"""Users whose account may not search, and does."""
UNUSED = world.PEOPLE[5:9]
"""Users whose account was last used in May."""
UNTRAINED = world.PEOPLE[9:11]
"""Users without any training."""
TRAINED_LATE = world.PEOPLE[11:14]
"""Users whose training came after their first search, and before their last."""
TRAINED_LONG_AGO = world.PEOPLE[14:17]
"""Users who were trained once, two years before."""
GONE = world.PEOPLE[17:19]
"""Users who left in October, and whose accounts stayed open and searched on."""
HANDED_OVER = world.PEOPLE[19:20]
"""Users whose account was another user's until three weeks before."""
GONE_ON = date(2025, 10, 15)
"""The last day of those who left."""
LISTED = date(2025, 11, 30)
"""The day of the lists of accounts."""
LATE = date(2025, 9, 15)
"""The day on which the late were trained."""
INCIDENTS = (date(2025, 10, 10), date(2025, 11, 10))
"""The days of the first and the last incident of the incident log."""
UNKNOWN_EACH = 29
"""One in how many case numbers the incident log lacks."""

POLICY = (
    "Exampleville Police Department: policy on licence-plate readers",
    "1. Authorized purposes: the investigation of crimes and the search for missing persons.",
    "2. Only officers and dispatchers who have completed training may use the system.",
    "3. The use of the system is monitored, and searches are audited each quarter.",
    "4. Data is shared with other public agencies of the state, by written agreement only.",
    "5. The records manager is the official custodian of the system.",
    "6. Hits are checked for accuracy before anybody acts; errors are corrected at once.",
    "7. Data is retained for 365 days, and then destroyed.",
)
"""A policy with all seven elements, and a length that the portal does not state."""
THIN = ("Sampleton County Sheriff: about the readers", "Readers serve the county, day and night.")
"""A policy with none of them."""
PROHIBITED = {
    "exampleville-ca-pd": "Immigration enforcement, personal use, activity that the First Amendment protects.",
    "sampleton-county-ca-so": "Immigration enforcement, traffic enforcement, harassment.",
}
"""What each portal says that it prohibits."""
ACCEPTABLE = "Investigation of crimes, and the search for missing persons."
"""What the home agency's portal says that the system is for; the other portal says nothing of it."""


def papers(searches: Sequence[Search]) -> Iterator[Paper]:
    """Every paper of the case."""
    own = [s for s in searches if s.org == world.HOME]
    yield Paper("Exampleville CA PD__policy_2025-11-01.txt", "policies", tuple((line,) for line in POLICY))
    yield Paper("Sampleton County CA SO__policy_2025-11-01.txt", "policies", tuple((line,) for line in THIN))
    for slug, prohibited in PROHIBITED.items():
        said = [("Prohibited Uses", "1", prohibited)]
        if slug.startswith("example"):
            said += [("Acceptable Use Policy", "1", ACCEPTABLE), ("Data retention (in days)", "1", "30 days")]
        yield _table(f"{slug}__2025-11-30 policies.csv", "policies", _PORTAL, said)
    yield _table("Users_2025-11-30.csv", "accounts", _ACCOUNTS, map(_account, world.PEOPLE[3:]))
    yield _table("Accounts_2025-11-30.csv", "accounts", _ROSTER, _roster())
    yield _table("Training.csv", "training", ("Account", "Course", "Completed", "Passed"), _trained())
    yield _table("Incidents.csv", "incidents", ("Incident number", "Incident type", "Opened"), _incidents(own))
    yield _table("Retention.csv", "retention", _RETENTION, _RETAINED)
    yield _table("Hot-list entries 2025-11-30.csv", "hot_list_entries", _ENTRIES, _entries())
    yield _table("Audits.csv", "audits", _AUDITS, _AUDITED)
    yield _table("Duties 2025-11-30.csv", "duties", _DUTIES, _OWED)


def _table(name: str, view: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Paper:
    return Paper(name, view, (tuple(headings), *(tuple(row) for row in rows)))


_PORTAL = ("section of the portal", "line of the section", "wording of the section")
_ACCOUNTS = ("Email", "Role", "Search", "Last Login")
_ROSTER = ("Account", "Role", "May search", "Given", "Left", "Disabled")
_RETENTION = ("Looked at on", "Records of", "Oldest record", "Set to delete after")
_RETAINED = (("2025-11-20", "Detections", "2025-10-06", "30 days"), ("2025-11-25", "Detections", "2025-10-28", ""))
"""The first look finds a record of 45 days, the second one of 28."""
_ENTRIES = ("Hot list", "Plate", "Added by", "Reason", "Case number", "Added", "Expires")
_AUDITS = ("Audited on", "By role", "Records in the period", "Records looked at", "Records found wanting")
_AUDITED = (
    ("2023-06-01", "captain", "900", "100", "0"), ("2024-05-20", "captain", "1000", "60", "1"),
    ("2025-10-01", "captain", "1200", "10", "0"),
)  # fmt: skip
"""The last came more than a year after the one before, and looked at ten."""
_DUTIES = ("Duty", "Period from", "Period to", "Counts from", "Due on", "Done on")
_OWED = (
    ("Public meeting", "", "", "2024-07-01", "", "2024-09-10"), ("Policy posted", "", "", "", "", ""),
    ("Report on task forces", "2023-01-01", "2023-12-31", "", "", "2024-02-01"),
    ("Report on task forces", "2024-01-01", "2024-12-31", "", "", "2025-06-01"),
    ("Report on transfers", "2023-01-01", "2023-12-31", "", "", "2024-02-01"),
    ("Report on transfers", "2024-01-01", "2024-12-31", "", "", ""),
    ("Report on misuse", "2023-01-01", "2023-12-31", "", "2024-02-01", "2024-01-30"),
    ("Report on misuse", "2024-01-01", "2024-12-31", "", "2025-02-01", "2025-02-20"),
)  # fmt: skip
"""A meeting after the start, a policy that is nowhere, two reports more than a year after the one before, one late."""


def _account(person: str) -> tuple[str, ...]:
    last = "2025-05-01T12:00:00Z" if person in UNUSED else "2025-11-29T12:00:00Z"
    return person, "Officer", "Disabled" if person in BARRED else "Enabled", last


def _roster() -> Iterator[tuple[str, ...]]:
    """Those who left, and an account with a line for each of its two users; the first one's was disabled at once."""
    for person in GONE:
        yield person, "Officer", "Yes", "2024-01-10", str(GONE_ON), ""
    for person in HANDED_OVER:
        yield person, "Officer", "Yes", "2024-01-10", "2025-08-20", "2025-08-21"
        yield person, "Officer", "Yes", "2025-09-10", "", ""


def _trained() -> Iterator[tuple[str, ...]]:
    for person in world.PEOPLE:
        if person not in UNTRAINED:
            day = LATE if person in TRAINED_LATE else date(2023, 7, 1) if person in TRAINED_LONG_AGO else world.FIRST
            yield person, "Plate readers", str(day if day != world.FIRST else date(2025, 3, 1)), "Yes"


def _incidents(own: Iterable[Search]) -> Iterator[tuple[str, ...]]:
    first, last = (datetime.combine(day, time(), UTC) for day in INCIDENTS)
    yield "25-800001", "burglary", _at(first)
    for search in own:
        if numbered(search) and search.at % UNKNOWN_EACH and first.timestamp() <= search.at <= last.timestamp():
            yield search.case_no, "burglary", _at(datetime.fromtimestamp(search.at, UTC))
    yield "25-800002", "burglary", _at(last)


def _at(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def numbered(search: Search) -> bool:
    """Whether it has a case number of the agency's own form."""
    return search.case_no.startswith("25-")


def unknown(search: Search) -> bool:
    """Whether its case number is one that the incident log should have and doesn't."""
    first, last = (datetime.combine(day, time(), UTC).timestamp() for day in INCIDENTS)
    return numbered(search) and first <= search.at <= last and not search.at % UNKNOWN_EACH


def _entries() -> Iterator[tuple[str, ...]]:
    """Eight in order; two without an end, three ended before the list was taken, one of a year, two unreasoned.

    One plate was put there three times, each time under another number.
    """
    added = datetime(2025, 11, 10, 12, tzinfo=UTC)
    for number in range(8):
        ends = _at(added + timedelta(days=25))
        yield "Custom", world.PLATES[number], "Ada Example", "stolen vehicle", f"25-70000{number}", _at(added), ends
    yield "Custom", world.PLATES[8], "Ada Example", "burglary", "25-700008", _at(added), ""
    yield "Custom", world.PLATES[9], "Ada Example", "", "25-700009", _at(added), ""
    yield "Custom", world.PLATES[10], "Ada Example", "robbery", "25-700010", _at(added), "2025-11-20T12:00:00Z"
    yield "Custom", world.PLATES[11], "Ada Example", "", "25-700011", _at(added), "2026-11-09T12:00:00Z"
    for number, days in enumerate((70, 40, 0), 12):
        start = added - timedelta(days=days)
        ends = _at(start + timedelta(days=25))
        yield "Custom", world.PLATES[12], "Ada Example", "robbery", f"25-7000{number}", _at(start), ends


ENTRIES = {
    "guidance/hot-list-end": 2, "guidance/hot-list-life": 1,
    "guidance/hot-list-stale": 3, "guidance/hot-list-reason": 2, "custodian/entry-renewed": 1,
}  # fmt: skip
"""What is wrong with them."""
AUDITS = {"guidance/audit-yearly": 1, "guidance/audit-sample": 1}
"""What is wrong with the audits."""
DUTIES = {
    "promises/duty-late": 1, "us-ca/misuse-report": 1, "us-ca/policy-posted": 1, "us-ca/public-comment": 1,
    "us-ca/task-force-report": 1, "us-ca/transfer-report": 1,
}  # fmt: skip
"""What is wrong with what the agency owes."""
