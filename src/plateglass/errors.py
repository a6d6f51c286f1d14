"""What can go wrong, and where: one error class for each kind of fact, each with its place.

Two loudnesses. A `PlateglassError` is raised where going on would publish something wrong. An `Issue` is
kept, counted and published where one record or one source is bad and the rest is still good.

No message holds a plate, a name or a row: it names the column and the record's number.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, order=True)
class Place:
    """Where something was found in what a person gave us; printed as a suffix of a message."""

    path: str
    """The file's name as the user knows it; a member of an archive is `archive.zip/member.csv`."""
    part: str = ""
    """The sheet or table within the file, or the pages that it stands on; empty where a file has only one."""
    record: int | None = None
    """The record's number, 1 for the first record after the headings."""
    column: str = ""
    """The heading of the column, or the key of a content file."""

    def __str__(self) -> str:
        """Write the place as a reader would say it."""
        parts = [
            self.path,
            self.part if self.part.startswith("page") else f"sheet {self.part}" if self.part else "",
            f"record {self.record}" if self.record is not None else "",
            f"column {self.column}" if self.column else "",
        ]
        return ", ".join(part for part in parts if part)


class Severity(StrEnum):
    """How far an issue reaches."""

    NOTE = "note"
    """Worth knowing; nothing is left out."""
    RECORD = "record"
    """Single records are left out, each listed."""
    SOURCE = "source"
    """A whole source or part is left out; the others go on, and the run ends with exit code 1."""


@dataclass(frozen=True, order=True)
class Issue:
    """One thing that a reader of the report has to know about a source; stored and published."""

    code: str
    """A stable word for the kind of issue, such as `layout-unknown`."""
    severity: Severity
    place: Place
    message: str
    """What was found, what was expected, what to do next; no value of a record."""


class PlateglassError(Exception):
    """Everything that plateglass raises on purpose: found, expected, where, and what to do next."""

    code = "error"

    def __init__(self, found: str, *, expected: str = "", place: Place | None = None, remedy: str = "") -> None:
        """Keep the facts; the message is written from them."""
        self.found, self.expected, self.place, self.remedy = found, expected, place, remedy
        super().__init__(str(self))

    def __str__(self) -> str:
        """One sentence a fact, lower case, the place in brackets."""
        text = self.found
        if self.expected:
            text += f"; expected {self.expected}"
        if self.place is not None:
            text += f" ({self.place})"
        if self.remedy:
            text += f"; {self.remedy}"
        return text

    def issue(self, severity: Severity = Severity.SOURCE) -> Issue:
        """The same facts as an issue, for the caller that can go on without this source."""
        message = "; ".join(
            part for part in (self.found, f"expected {self.expected}" if self.expected else "", self.remedy) if part
        )
        return Issue(self.code, severity, self.place or Place(""), message)


class LayoutUnknown(PlateglassError):
    """No layout, or more than one, knows the headings of a file."""

    code = "layout-unknown"


class SourceUnreadable(PlateglassError):
    """A file is not what its name says, is cut short, or can't be opened."""

    code = "source-unreadable"


class SourceRefused(PlateglassError):
    """A file that plateglass will not read: plates together with places, or an archive that does harm."""

    code = "source-refused"


class ContentMalformed(PlateglassError):
    """A layout, rule, reason, agency, era or register file says something that it may not."""

    code = "content-malformed"


class KeyUnusable(PlateglassError):
    """The key file is missing a key, has the wrong size, or can be read by others."""

    code = "key-unusable"


class CountsDoNotAddUp(PlateglassError):
    """Records read are not the records accepted and rejected: the source is not published."""

    code = "counts-do-not-add-up"


class CaseUnusable(PlateglassError):
    """A case folder is missing, malformed, or held by another run."""

    code = "case-unusable"


class RuleRefused(PlateglassError):
    """A rule's SQL is not one predicate over the documented columns of one view."""

    code = "rule-refused"


class OutputUnwritable(PlateglassError):
    """The report's folder can't be written: no permission, no space, or it holds something else."""

    code = "output-unwritable"


class ExtraMissing(PlateglassError):
    """A part that needs an optional extra was asked for, and the extra is not installed."""

    code = "extra-missing"


class SampleUnusable(PlateglassError):
    """A sample, a worksheet or its answers are not what they must be for what was asked of them."""

    code = "sample-unusable"


class ChangeRefused(PlateglassError):
    """A change at a date can't be asked about: the form changed there too, or too few days are left on a side."""

    code = "change-refused"


class TimestampUnusable(PlateglassError):
    """A time-stamping authority gave no token, or a token is over something else or signed by nobody who is trusted."""

    code = "timestamp-unusable"
