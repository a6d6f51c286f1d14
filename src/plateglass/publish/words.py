"""How values are written: numbers, times, and names that may be hostile.

Everything that a page or a file shows of a released file (its name, a sheet's name, a heading) goes through `clean`
first: a control or direction character is shown as its number, so that nothing can hide or turn around.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\ufff9-\ufffc"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_FORMULA = ("=", "+", "-", "@")
NONE: Final = "–"
"""What stands where there is no number."""


FIELDS: Final = {
    "org": "organisation", "account": "user", "networks": "networks reached", "devices": "cameras reached",
    "frame": "window asked for", "target": "what was searched for", "case_no": "case number",
    "search_type": "type of search", "moderation": "vendor’s verdict on the prompt", "offence": "offence type",
    "record": "the record as a whole", "search_id": "vendor’s id", "inbound": "networks shared with the owner",
    "outbound": "networks that the owner shares", "vehicles_30d": "vehicles in 30 days", "hits_30d": "hits in 30 days",
    "searches_30d": "searches in 30 days", "audit_rows": "rows of the public audit",
    "shares_out": "recipients of its data", "shares_in": "agencies that share with it", "records_of": "kind of record",
}  # fmt: skip
"""The fields in a reader's words; the others are called what they are called."""


def field(name: str) -> str:
    """A field in a reader's words."""
    return FIELDS.get(name, label(name))


def clean(text: str) -> str:
    """The text with every character that can't be seen written out as its number."""
    return _HIDDEN.sub(lambda match: f"⟨U+{ord(match[0]):04X}⟩", text)


def cell(text: str) -> str:
    """The text as a cell of a CSV file: clean, and never taken for a formula by a spreadsheet."""
    shown = clean(text)
    return f"'{shown}" if shown.lstrip().startswith(_FORMULA) else shown


def number(value: float | None) -> str:
    """A number with its thousands apart; 30.00 where it is not quite 30; a dash where there is none."""
    if value is None:
        return NONE
    if float(value).is_integer():
        return f"{int(value):,}"
    if abs(value) < 1:
        return f"{value:.2g}"
    return f"{value:,.1f}" if value == round(value, 1) else f"{value:,.2f}"


def share(part: int, whole: int) -> str:
    """A percentage that never rounds something to nothing, or nearly all to all."""
    return _percent(100 * part / whole, 2) if whole else NONE


def percent(part: float) -> str:
    """A part of one as a percentage with one decimal, that never rounds something to nothing, or nearly all to all."""
    return _percent(100 * part, 1)


_ALL: Final = 100
"""Percent."""


def _percent(value: float, decimals: int) -> str:
    least = 10.0**-decimals
    if 0 < value < least:
        return f"<{least:g} %"
    if _ALL - least < value < _ALL:
        return f">{_ALL - least:g} %"
    return f"{value:.{decimals}f}".removesuffix("." + "0" * decimals) + " %"


def csv_table(headings: Sequence[str], rows: Iterable[Sequence[str | int]]) -> str:
    """A table as CSV, no cell of which a spreadsheet takes for a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(headings)
    writer.writerows([cell(value) if isinstance(value, str) else value for value in row] for row in rows)
    return text.getvalue()


def plural(count: int, noun: str) -> str:
    """A count and its noun: 1 record, 2 records."""
    return f"{number(count)} {noun if count == 1 else noun + 's'}"


def instant(at: int) -> str:
    """Epoch milliseconds as ISO 8601 in UTC, for files."""
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds")


def date_of(at: int, zone: ZoneInfo | None) -> str:
    """Epoch milliseconds as an ISO date in the agency's zone, UTC where none is stated."""
    return datetime.fromtimestamp(at / 1000, zone or UTC).date().isoformat()


def day(at: int, zone: ZoneInfo | None) -> str:
    """Epoch milliseconds as a date in the agency's zone, UTC where none is stated."""
    return long_date(datetime.fromtimestamp(at / 1000, zone or UTC).date())


def long_date(on: date) -> str:
    """A date as a newspaper writes it: 2 November 2025."""
    return f"{on.day} {on:%B} {on.year}"


def span(period: tuple[int, int] | None, zone: ZoneInfo | None) -> str:
    """A period from its first to its last day."""
    if period is None:
        return "no dated record"
    start, end = (day(at, zone) for at in period)
    return start if start == end else f"{start} to {end}"


def month_name(month: str) -> str:
    """`2025-11` as Nov 2025."""
    return f"{date(int(month[:4]), int(month[5:]), 1):%b %Y}"


def label(word: str) -> str:
    """A word of the code as words: cannot_tell becomes cannot tell."""
    return word.replace("_", " ")
