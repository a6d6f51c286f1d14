"""The logs of the made-up case: which searches stand in which file, in which layout, with which quirks.

Every log is a list of records in the order of the file; a record is one cell for each column. What a log shows of a
search is `shown`: two records that show the same are the same distinct search.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import cycle, islice

from plateglass.demo import world
from plateglass.demo.plan import Search

Cell = Callable[[Search], str]


def _instant(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%m/%d/%Y, %I:%M:%S %p UTC")


def _iso(search: Search) -> str:
    return datetime.fromtimestamp(search.at, UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{search.at % 1000:03}Z"


CELLS: Mapping[str, tuple[str, Cell]] = {
    "ID": ("search_id", lambda s: s.search_id),
    "Name": ("account", lambda s: s.account),
    "Org Name": ("org", lambda s: s.org),
    "Total Networks Searched": ("networks", lambda s: s.networks),
    "Total Devices Searched": ("devices", lambda s: s.devices),
    "Time Frame": ("frame", lambda s: f"{_instant(s.from_at)}\n{_instant(s.to_at)}"),
    "License Plate": ("target", lambda s: s.target),
    "Reason": ("reason", lambda s: s.reason),
    "Case #": ("case_no", lambda s: s.case_no),
    "Filters": ("filters", lambda s: s.filters),
    "Search Time": ("searched_at", lambda s: _instant(s.at)),
    "Search Type": ("search_type", lambda s: s.search_type),
    "Text Prompt": ("prompt", lambda s: s.prompt),
    "Moderation": ("moderation", lambda s: s.moderation),
    "id": ("search_id", lambda s: s.search_id),
    "userId": ("account", lambda _: world.MASK),
    "searchDate": ("searched_at", _iso),
    "networkCount": ("networks", lambda s: s.networks),
    "reason": ("reason", lambda s: s.reason),
    "caseNumber": ("case_no", lambda s: s.case_no),
    "offenseType": ("offence", lambda s: s.offence),
}
"""Heading -> field of a sighting, and how its cell is written."""

FULL = (
    "ID", "Name", "Org Name", "Total Networks Searched", "Total Devices Searched", "Time Frame", "License Plate",
    "Reason", "Case #", "Filters", "Search Time", "Search Type", "Text Prompt", "Moderation",
)  # fmt: skip
"""The organisation and network audit of 2025."""
WITHOUT_ID = FULL[1:]
SHORT = (
    "Name", "Org Name", "Total Networks Searched", "Time Frame", "License Plate", "Reason", "Case #", "Filters",
    "Search Time", "Search Type",
)  # fmt: skip
"""A network audit that lost its ids, cameras, prompts and moderation."""
REASON_LATE = (
    "Name", "Org Name", "Total Networks Searched", "Total Devices Searched", "Time Frame", "License Plate", "Case #",
    "Filters", "Reason", "Search Time",
)  # fmt: skip
FEW = ("Org Name", "Total Networks Searched", "Time Frame", "Search Time", "Search Type")
PORTAL = ("id", "userId", "searchDate", "networkCount", "reason")
PORTAL_OFFENCE = ("id", "userId", "searchDate", "networkCount", "caseNumber", "offenseType")


@dataclass
class Log:
    """One log: one table of one file."""

    name: str
    """The name that its source has: `archive.zip/member.csv` for a member of an archive."""
    view: str
    owner: str
    columns: tuple[str, ...]
    searches: list[Search]
    masked: tuple[str, ...] = ()
    """Columns whose cells are all `***`."""
    padded: bool = True
    """Whether months, days and hours have two digits."""
    broken: list[list[str]] = field(default_factory=list)
    """Records that can't be read, as cells; they stand in the middle of the log."""
    redacted: tuple[str, ...] = ()
    """Columns in which somebody has hidden a cell here and there, in the ways that agencies do."""
    between: str = "\n"
    """What stands between the two times of a window."""
    sheets: tuple[str, ...] = ()
    """Names of the sheets that the records are divided between, by month."""

    def fields(self, search: Search) -> frozenset[str]:
        """The fields of one search that it exports and doesn't hide."""
        hidden = {*self.masked, *(self.redacted if search.at % world.REDACTED_EACH == 0 else ())}
        return frozenset(CELLS[c][0] for c in self.columns if c not in hidden)

    def row(self, search: Search) -> list[str]:
        """The record of one search."""
        cells = [self._cell(column, search) for column in self.columns]
        return cells if self.padded else [_unpadded(cell) for cell in cells]

    def _cell(self, column: str, search: Search) -> str:
        if column in self.masked:
            return world.MASK
        if column in self.redacted and search.at % world.REDACTED_EACH == 0:
            return world.REDACTIONS[search.at % len(world.REDACTIONS)]
        cell = CELLS[column][1](search)
        return cell.replace("\n", self.between) if column == "Time Frame" else cell

    def shown(self, search: Search) -> tuple[tuple[str, str], ...]:
        """What the log shows of one search: field and cell, whatever the columns' order."""
        cells = zip(self.columns, self.row(search), strict=True)
        return tuple(sorted((CELLS[column][0], cell) for column, cell in cells if cell))

    def rows(self) -> list[list[str]]:
        """Every record in the order of the file, without the headings."""
        rows = [self.row(search) for search in self.searches]
        middle = len(rows) // 2
        return [*rows[:middle], *self.broken, *rows[middle:]]

    @property
    def records(self) -> int:
        """How many records the file holds."""
        return len(self.searches) + len(self.broken)


def _unpadded(cell: str) -> str:
    """A cell with times as some exporters write them: 8/1/2025, 7:05:09 AM UTC."""
    if not cell.endswith("M UTC"):
        return cell
    lines = []
    for line in cell.split("\n"):
        day, clock = line.split(", ")
        month, date, year = day.split("/")
        hour, rest = clock.split(":", 1)
        lines.append(f"{int(month)}/{int(date)}/{year}, {int(hour)}:{rest}")
    return "\n".join(lines)


def native(log: Log) -> str:
    """A log as the vendor writes it: a blank before every heading but the first, CRLF, quotes where they are due."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    text.write(", ".join(log.columns) + "\r\n")
    writer.writerows(log.rows())
    return text.getvalue()


def portal(log: Log) -> str:
    """A log as a transparency portal gives it out: every cell quoted, LF, no line end after the last record."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows([log.columns, *log.rows()])
    return text.getvalue().rstrip("\n")


def table(rows: Iterable[Sequence[str]]) -> str:
    """Any other table as plain CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def logs(searches: Sequence[Search]) -> Iterator[Log]:
    """Every search log of the case, with the searches that it shows and its quirks."""
    own = [s for s in searches if s.org == world.HOME]
    yield Log("8_1_2025-11_30_2025-Exampleville CA PD-Audit.csv", "organisation_audit", world.HOME, FULL, own)
    yield from _early(searches)
    yield _late(searches)
    before = [s for s in searches if world.SAMPLETON in s.shown_to and s.day < world.TURN]
    yield Log(
        "Sampleton_release.zip/8_1_2025-9_30_2025-Sampleton County CA SO-Network-Audit - Redacted.csv", "network_audit",
        world.SAMPLETON, WITHOUT_ID, before, masked=("Name", "License Plate"), redacted=("Reason", "Case #"),
    )  # fmt: skip
    after = [s for s in searches if world.MOCKFORD in s.shown_to and s.day >= world.TURN]
    yield Log(
        "Mockford CA PD_Network_Audit_2025-10-01_2025-11-30.xlsx", "network_audit", world.MOCKFORD, REASON_LATE, after,
        between=" to ", sheets=("October", "November"),
    )  # fmt: skip
    yield _capped(searches)
    yield from _portals(searches)


def _early(searches: Sequence[Search]) -> Iterator[Log]:
    """Exampleville's network log without ids, in two files that share a day; some records stand in a file twice."""
    shown = [s for s in searches if world.HOME in s.shown_to and s.day < world.TURN]
    shared = date(2025, 8, 31)
    for period, days in (
        ("8_1_2025-8_31_2025", [s for s in shown if s.day <= shared]),
        ("8_31_2025-9_30_2025", [s for s in shown if s.day >= shared]),
    ):
        twice = [s for s in days if s.org in world.NEIGHBOURS][:11]
        records = sorted([*days, *twice], key=lambda s: s.at)
        name = f"{period}-Exampleville CA PD-Network-Audit.csv"
        yield Log(name, "network_audit", world.HOME, WITHOUT_ID, records)


def _late(searches: Sequence[Search]) -> Log:
    """The same in the shorter layout, unpadded, with records that can't be read."""
    shown = [s for s in searches if world.HOME in s.shown_to and s.day >= world.TURN]
    log = Log(
        "10_1_2025-11_30_2025-Exampleville CA PD-Network-Audit.csv", "network_audit", world.HOME, SHORT, shown,
        padded=False,
    )  # fmt: skip
    undated = [log.row(s) for s in shown[:3]]
    for row, cell in zip(undated, ("", "yesterday", "13/45/2025, 7:05:09 AM UTC"), strict=True):
        row[log.columns.index("Search Time")] = cell
    long = [*log.row(shown[3]), "one cell too many"]
    log.broken = [*undated, long]
    return log


CAP = 10_000
"""The number of records at which one of the logs ends."""


def _capped(searches: Sequence[Search]) -> Log:
    """A log of few columns, each record five times over, that ends at a round number of records."""
    org = "Specimen Beach CA PD"
    shown = [s for s in searches if s.org in world.NEIGHBOURS][: CAP // 5]
    records = sorted(islice(cycle(shown), CAP), key=lambda s: s.at)
    name = f"8_1_2025-9_30_2025-{org}-Network-Audit.csv"
    return Log(name, "network_audit", org, FEW, records)


PRINTED = "2025-11-30"
"""The day that the portals were saved."""


def _portals(searches: Sequence[Search]) -> Iterator[Log]:
    """Two portals' own logs of the last 30 days."""
    end = int(datetime(2025, 11, 30, tzinfo=world.ZONE).timestamp())
    last = [s for s in searches if end - world.RETENTION_DAYS * 86_400 <= s.at < end]
    home = [s for s in last if s.org == world.HOME]
    yield Log(f"exampleville-ca-pd__{PRINTED}.csv", "portal_audit", world.HOME, PORTAL, home)
    other = [s for s in last if s.org == world.SAMPLETON]
    yield Log(f"sampleton-county-ca-so__{PRINTED}.csv", "portal_audit", world.SAMPLETON, PORTAL_OFFENCE, other)
