"""The SQL of one table's cells: which state each is in, and what number, time or word it holds.

Nearly every column of a search log repeats its values, so a cell is judged once for each distinct value of its
column (`words`) and joined back. Only times and the vendor's ids, which hardly repeat, are judged row by row, and
there the common case comes first in a CASE, so that the patterns run on the odd cells alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from plateglass.catalogue import Layout
from plateglass.model import State, Table
from plateglass.store import name, text

BLANKS = " \t\r\n\u00a0\u200b\ufeff"
"""What is trimmed off both ends of a cell."""
DAY = 86_400_000
"""Milliseconds."""
_WIDE = text("".join(chr(0xFEE0 + code) for code in range(0x21, 0x7F)))
_NARROW = text("".join(chr(code) for code in range(0x21, 0x7F)))
_MARK_BEFORE, _MARK_AFTER = r"(?:^|[\s,;:(\[])(?:", r")(?:$|[\s,;:.)\]])"


def trimmed(cell: str) -> str:
    """The cell without blanks at its ends; most cells have none, and to see that is cheaper than to trim."""
    return (
        f"CASE WHEN regexp_full_match({cell}, '[!-~]([ -~]*[!-~])?') THEN {cell} ELSE trim({cell}, {text(BLANKS)}) END"
    )


def narrow(cell: str) -> str:
    """The cell with full-width letters, digits and marks as their common forms."""
    return f"CASE WHEN strlen({cell}) = length({cell}) THEN {cell} ELSE translate({cell}, {_WIDE}, {_NARROW}) END"


def plate(cell: str) -> str:
    """The cell as plates are compared: upper case, letters, digits and wildcards only."""
    return f"replace(regexp_replace(upper({narrow(cell)}), '[^A-Z0-9*?]', '', 'g'), '?', '*')"


_MONTH = "(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
_SHEET_MADE = text(
    r"(?i)-?[0-9](\.[0-9]+)?e\+[0-9]{2,3}|[0-9]{4}-[0-9]{2}-[0-9]{2}[ t][0-9]{2}:[0-9]{2}(:[0-9.]+)?"
    rf"|[0-9]{{1,2}}-{_MONTH}(-[0-9]{{2,4}})?|{_MONTH}-[0-9]{{2,4}}"
)
"""What spreadsheets make of ids and case numbers: numbers rounded to 15 digits, and dates."""
REACH_DIGITS = 7
"""No search reaches ten million networks or cameras: a longer number is somebody's, such as a telephone's."""


def number(cell: str, most: int = 18, unit: str = "") -> str:
    """The cell as a whole number without thousands marks and a spreadsheet's `.0`; NULL if it is none, or too long.

    `unit` is a pattern of what may stand behind the number.
    """
    pattern = f"^([0-9]{{1,{most}}})(\\.0+)?{unit}$"
    digits = f"regexp_extract(replace({trimmed(cell)}, ',', ''), {text(pattern)}, 1)"
    return f"TRY_CAST(nullif({digits}, '') AS BIGINT)"


def shape(cell: str) -> str:
    """The cell's shape: 9 for a digit, A for a letter of any script, other marks as they are, at most 40 long."""
    figures = f"regexp_replace({trimmed(cell)}, '[\\pN]', '9', 'g')"
    return f"left(regexp_replace({figures}, '[\\pL\\pM\\pS\\pC]', 'A', 'g'), 40)"


def hmac(kind: str, word: str) -> str:
    """The token of a word: the first 128 bits of HMAC-SHA256 under the kind's sub-key (RFC 2104)."""
    inner = f"unhex(sha256((SELECT {kind}_inner FROM key_pads) || encode({word})))"
    outer = f"sha256((SELECT {kind}_outer FROM key_pads) || {inner})"
    return f"CAST(unhex(substring({outer}, 1, 32)) AS UUID)"


def _any_of(cell: str, patterns: Iterable[str]) -> str:
    """Whether one of some patterns matches the whole cell: as one alternation, which is one pass over the cell."""
    every = "|".join(f"(?:{pattern})" for pattern in patterns)
    return f"regexp_full_match({cell}, {text(every)})" if every else "false"


class Cells:
    """The cells of one table, by the names that its layout gives its columns."""

    def __init__(self, table: Table, layout: Layout, digits: Mapping[str, int] | None = None) -> None:
        """Read nothing yet; every method gives SQL over `table.relation`, called `r`."""
        self.table = table
        self.layout = layout
        self.digits = digits or {}
        """Fields whose numbers may have more digits than `REACH_DIGITS`."""
        self.timed = False
        """Whether the times stand beside the cells already."""
        self.blank: set[str] = set()
        """Fields of which every cell is blank; known once `words` has looked."""
        self.whole: set[str] = set()
        """Fields of which no cell is blank, and every one counts in a fingerprint."""
        self.tokens: set[str] = set()
        """Fields of which every cell that counts in a fingerprint is a token."""

    def has(self, field: str) -> bool:
        """Whether this release has such a column."""
        return field in self.table.columns

    def raw(self, field: str) -> str:
        """The cell as written, or the part of it that is the field's."""
        cell, spec = f"r.c{self.table.columns[field]}", self.layout.fields[field]
        if spec.label:
            return f"CASE WHEN {self.labelled(field)} THEN regexp_extract({cell}, {text(_line(spec.label))}, 1) END"
        if spec.beside and self.has(spec.beside):
            other = self.raw(spec.beside)
            return f"CASE WHEN {trimmed(cell)} <> '' THEN concat_ws(', ', {cell}, {other}) END"
        return cell

    def labelled(self, field: str) -> str:
        """Whether the cell has the line that the field is read from; true for a field that has a cell of its own."""
        spec = self.layout.fields[field]
        cell = f"r.c{self.table.columns[field]}"
        return f"regexp_matches({cell}, {text(_line(spec.label))})" if spec.label else "true"

    def heading(self, field: str) -> str:
        """The heading of a field's column, for messages."""
        return self.table.headings[self.table.columns[field]]

    def formats(self, field: str) -> str:
        """The layout's strptime patterns for a field, as a SQL list."""
        return "[" + ", ".join(text(pattern) for pattern in self.layout.fields[field].formats) + "]"

    def state(self, field: str, t: str, clear: str = "clear") -> str:
        """The state of a trimmed cell, from the layout's marks and the kind of value that the field holds.

        `clear` is where the cell's clear form stands. Most cells hide nothing: one pattern says so for all marks.
        """
        layout = self.layout
        dashes = [re.escape(mark) for mark in layout.placeholders]
        hides = _any_of(t, (*dashes, *layout.withheld, *layout.masks))
        return (
            f"CASE WHEN {t} IS NULL OR {t} = '' THEN '{State.EMPTY}'"
            f" WHEN NOT {hides} THEN {self._of_its_kind(field, t, clear)}"
            f" WHEN {_any_of(t, dashes)} THEN '{State.PLACEHOLDER}'"
            f" WHEN {_any_of(t, layout.withheld)} THEN '{State.WITHHELD}' ELSE '{State.MASKED}' END"
        )

    def clear(self, field: str, t: str) -> str:
        """The form of a trimmed cell that its token or number is made from: one form for all spellings of a value."""
        kind = self.layout.fields[field].kind
        if kind == "plate":
            return plate(t)
        if kind == "case":
            return f"upper({narrow(t)})"
        if kind in ("count", "day_count"):
            return number(t, self.digits.get(field, REACH_DIGITS), self.unit(field))
        return self.word(field, t) if kind == "word" else t

    def unit(self, field: str) -> str:
        """The pattern of what may stand behind a field's number."""
        return r"(\s*(?i:days?))?" if self.layout.fields[field].kind == "day_count" else ""

    def _of_its_kind(self, field: str, t: str, clear: str) -> str:
        """The state of a cell that hides nothing; `clear` stands beside it."""
        state = self._apart_from_sheets(field, t, clear)
        if self.layout.fields[field].kind in ("case", "id", "plate"):
            return f"CASE WHEN regexp_full_match({t}, {_SHEET_MADE}) THEN '{State.DAMAGED}' ELSE {state} END"
        return state

    def _apart_from_sheets(self, field: str, t: str, clear: str) -> str:
        spec = self.layout.fields[field]
        if spec.kind == "plate":
            return (
                f"CASE WHEN {clear} = '' THEN '{State.DAMAGED}'"
                f" WHEN contains({clear}, '*') THEN '{State.PARTIAL}' ELSE '{State.VALUE}' END"
            )
        if spec.kind in ("count", "day_count") or (spec.kind == "word" and (spec.words or spec.means)):
            return f"CASE WHEN {clear} IS NULL THEN '{State.DAMAGED}' ELSE '{State.VALUE}' END"
        if spec.kind in ("instant", "date", "time", "interval"):
            return f"'{State.DAMAGED}'"
        if spec.kind == "words" and spec.words:
            return f"CASE WHEN {self._known(field, t)} THEN '{State.VALUE}' ELSE '{State.DAMAGED}' END"
        if self.layout.masks and spec.kind != "id":
            marks = "|".join(f"(?:{mask})" for mask in self.layout.masks)
            inside = f"regexp_matches({t}, {text(_MARK_BEFORE + marks + _MARK_AFTER)})"
            return f"CASE WHEN {inside} THEN '{State.PARTIAL}' ELSE '{State.VALUE}' END"
        return f"'{State.VALUE}'"

    def _known(self, field: str, t: str) -> str:
        """Whether a list holds nothing but known words. They are joined by commas and may hold commas themselves."""
        rest = f"lower({t})"
        for word in sorted(self.layout.fields[field].words, key=len, reverse=True):
            rest = f"replace({rest}, {text(word.lower())}, '')"
        return f"trim({rest}, ' ,;') = ''"

    def word(self, field: str, t: str) -> str:
        """The layout's own spelling of a word of its vocabulary; NULL for any other word."""
        spec = self.layout.fields[field]
        known = {word: word for word in spec.words} | dict(spec.means)
        cases = " ".join(f"WHEN {text(word.lower())} THEN {text(said)}" for word, said in known.items())
        return f"CASE lower({t}) {cases} END" if cases else "CAST(NULL AS VARCHAR)"

    def vocabulary(self, field: str) -> str:
        """The type of a field's words: an enumeration of the layout's, written by numbers and read back as text."""
        spec = self.layout.fields[field]
        words = sorted({*spec.words, *dict(spec.means).values()}) if spec.kind == "word" else []
        return f"ENUM({', '.join(map(text, words))})" if words else "VARCHAR"

    def search_id(self) -> tuple[str, str]:
        """State and clear form of the vendor's id of the search; almost always a UUID, which no mark is."""
        cell = self.raw("search_id")
        whole = f"TRY_CAST({cell} AS UUID) IS NOT NULL"
        state = f"CASE WHEN {whole} THEN '{State.VALUE}' ELSE {self.state('search_id', trimmed(cell))} END"
        return state, f"lower(CASE WHEN strlen({cell}) = 36 THEN {cell} ELSE {trimmed(cell)} END)"

    # --- times: epoch ms, UTC unless they say otherwise ---

    def instant(self, field: str) -> str:
        """The time in a cell, epoch ms UTC; NULL where none of the layout's patterns reads it."""
        cell, formats = self.raw(field), self.formats(field)
        plain, trimmed_off = (f"try_strptime({c}, {formats})" for c in (cell, trimmed(cell)))
        # A CASE, since coalesce would have its parts computed for every record.
        return f"epoch_ms(CASE WHEN {plain} IS NOT NULL THEN {plain} ELSE {trimmed_off} END)"

    def searched_at(self) -> str:
        """When the search was made, from one column or from a date and a time."""
        if self.has("searched_at"):
            return self.instant("searched_at")
        if not self.has("search_date"):
            return "CAST(NULL AS BIGINT)"
        # A time without a date is read as one of 1900: what is over a whole day is the time of day.
        return f"{self.instant('search_date')} + (({self.instant('search_time')} % {DAY}) + {DAY}) % {DAY}"

    def day(self, field: str) -> str:
        """The midnight of the day in a cell, epoch ms UTC."""
        at = self.instant(field)
        return f"{at} - (({at} % {DAY}) + {DAY}) % {DAY}"

    def dated_by(self) -> str:
        """The field that a search is dated by."""
        return next((f for f in ("searched_at", "search_date", "search_time") if self.has(f)), "searched_at")

    def frame(self) -> tuple[str, str, str]:
        """Start and end of the window that was asked for, and the window's cell state."""
        if self.has("frame"):
            cell = self.raw("frame")
            first, last = (self._side(cell, side) for side in (1, 2))
            return first, last, _both("from_at", "to_at", cell, self.state("frame", trimmed(cell)))
        sides = [field for field in ("from_at", "to_at") if self.has(field)]
        if not sides:
            return "CAST(NULL AS BIGINT)", "CAST(NULL AS BIGINT)", f"'{State.NOT_EXPORTED}'"
        first, last = (self.instant(f) if f in sides else "CAST(NULL AS BIGINT)" for f in ("from_at", "to_at"))
        cell = f"coalesce({', '.join(self.raw(field) for field in sides)})"
        return first, last, _both("from_at", "to_at", cell, self.state(sides[0], trimmed(cell)))

    def _side(self, cell: str, side: int) -> str:
        """One of the two times of a cell: on two lines, which is how the vendor writes it, or in any other form."""
        formats = self.formats("frame")
        line = f"try_strptime(split_part({cell}, chr(10), {side}), {formats})"
        flat = f"regexp_replace({trimmed(cell)}, '\\s+', ' ', 'g')"
        words = f"regexp_replace({flat}, '(?i)(UTC|Z|[0-9]|[AP]M) (?:to|-|–|until) ', '\\1|')"
        after = f"regexp_replace({flat}, '^(.*?UTC) ', '\\1|')"
        halves = f"regexp_replace({flat}, '^([^ ]+) ([^ ]+)$', '\\1|\\2')"
        forms = ", ".join(
            f"try_strptime(split_part({form}, '|', {side}), {formats})" for form in (words, after, halves)
        )
        return f"epoch_ms(CASE WHEN {line} IS NOT NULL THEN {line} ELSE coalesce({forms}) END)"


def _line(label: str) -> str:
    """The pattern of a labelled line within a cell."""
    return f"(?mi)^[ \\t]*{re.escape(label)}[ \\t]*:[ \\t]*(.*?)[ \\t\\r]*$"


def _both(first: str, last: str, cell: str, otherwise: str) -> str:
    return (
        f"CASE WHEN {first} IS NOT NULL AND {last} IS NOT NULL THEN '{State.VALUE}'"
        f" WHEN {cell} IS NULL THEN '{State.EMPTY}'"
        f" WHEN {first} IS NOT NULL OR {last} IS NOT NULL THEN '{State.PARTIAL}' ELSE {otherwise} END"
    )


def columns(pairs: Iterable[tuple[str, str]]) -> str:
    """Expressions with their names, for a SELECT."""
    return ", ".join(f"{expression} AS {name(column)}" for column, expression in pairs)
