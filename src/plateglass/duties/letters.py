"""Requests for records: one letter for each record series that would settle what a case can't tell, and an index.

A letter says what is asked for and under which act, and nothing that was not read: deadlines, how each of them was
read, and the day on which each ends, stand below the letter and in the index, for whoever sends it.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

from plateglass import check
from plateglass.case import Case, write_whole
from plateglass.duties import shapes
from plateglass.duties.due import Due, due
from plateglass.duties.filled import Looked, document, looked
from plateglass.duties.shapes import Act, Holidays, Series, Shape
from plateglass.model import SEARCH_VIEWS, Finding, Outcome, Progress, silent
from plateglass.publish import words
from plateglass.publish.pages import Part
from plateglass.publish.statutory import Blank, Signed

INDEX = "index.csv"
UNSTATED = "[the agency]"
"""Whom a letter is to where no home agency is stated."""
_HEADINGS = (
    "file", "to", "state", "act", "series", "settles", "lacking_in", "sent", "due", "days", "which_days", "due_on",
    "counted", "citation", "citation_read", "note", "who_may_ask",
)  # fmt: skip
_WIDTH = 78
_HOW_READ = {
    "verified": "read in the original", "secondary": "from a secondary source: check it before sending",
    "memory": "from memory: check it before sending",
}  # fmt: skip


@dataclass(frozen=True)
class Custodian:
    """Whom a record is asked of."""

    name: str
    state: str
    """The key of the act: two letters, `us` for a federal body; empty where it isn't known."""


@dataclass(frozen=True)
class Want:
    """One thing that a record series would settle."""

    series: str
    custodian: Custodian
    why: str
    """The rule, or the line of a report."""
    parts: tuple[Part, ...] = ()
    """The files that lack it."""
    what: str = ""
    """What they lack, in words."""


@dataclass(frozen=True)
class Letter:
    """One request."""

    series: Series
    act: Act | None
    custodian: Custodian
    wants: tuple[Want, ...]
    period: str
    sent: date | None = None
    """The day on which it is sent; None where nobody said."""
    holidays: Holidays | None = None
    """The holidays of the custodian's place; None where no list of them is known."""

    @property
    def file(self) -> str:
        """Its file: whom it is to, and what it asks for."""
        slug = re.sub(r"[^a-z0-9]+", "-", self.custodian.name.lower()).strip("-") or "agency"
        return f"{slug}--{self.series.id}.txt"

    @property
    def parts(self) -> tuple[Part, ...]:
        """The files that lack what is asked for, each once."""
        found = {(p.source, p.part): p for want in self.wants for p in want.parts}
        return tuple(sorted(found.values(), key=lambda p: (p.name, p.sheet)))

    @property
    def dues(self) -> list[Due]:
        """What is due, and when."""
        return due(self.act.deadlines, self.sent, self.holidays) if self.act else []

    @property
    def whys(self) -> tuple[str, ...]:
        """What it would settle, each once."""
        return tuple(dict.fromkeys(want.why for want in self.wants))


@dataclass(frozen=True)
class Requests:
    """What was written: the letters, and where the index of them lies."""

    letters: tuple[Letter, ...]
    index: Path


def requests(
    case: Case, wanted: Sequence[Shape], out: Path, progress: Progress = silent, *, sent: date | None = None
) -> Requests:
    """Write the letters of a case into a folder, and an index.

    Letters of an earlier run that nothing asks for any more are taken away. With the day on which they are sent they
    are dated, and say when each answer is due.
    """
    packs = sorted({pack for shape in wanted for pack in shape.packs})
    with looked(case, packs, progress) as seen:
        found = tuple(replace(letter, sent=sent) for letter in letters(seen, wanted or _usual(seen)))
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob("*--*.txt"):
        old.unlink()
    for letter in found:
        write_whole(out / letter.file, text(letter))
    write_whole(out / INDEX, index(found))
    return Requests(found, out / INDEX)


def _usual(seen: Looked) -> list[Shape]:
    """The report of the home agency's state, else the general one."""
    known = shapes.shapes(seen.catalogue)
    state = check.home(seen.store, seen.case.settings).state
    return [known.get(f"us-{state}", known["general"])]


def letters(seen: Looked, wanted: Sequence[Shape]) -> Iterator[Letter]:
    """Every request that the findings of a case, and the blanks of some reports, give reason for."""
    acts, known = shapes.acts(seen.catalogue), shapes.series(seen.catalogue)
    closed = shapes.holidays(seen.catalogue)
    grouped: dict[tuple[Custodian, str], list[Want]] = {}
    for want in (*_of_findings(seen, known), *_of_blanks(seen, wanted, known)):
        grouped.setdefault((want.custodian, want.series), []).append(want)
    for (custodian, series), wants in sorted(grouped.items(), key=lambda item: (item[0][0].name, item[0][1])):
        periods = [part.period for want in wants for part in want.parts if part.period]
        span = (min(p[0] for p in periods), max(p[1] for p in periods)) if periods else seen.page.counts.period
        period = "[from, to]" if span is None else words.span(span, seen.case.settings.zone)
        act, holidays = acts.get(custodian.state), closed.get(custodian.state)
        yield Letter(known[series], act, custodian, tuple(wants), period, holidays=holidays)


def _of_findings(seen: Looked, known: Mapping[str, Series]) -> Iterator[Want]:
    """What rules can't tell: fields that files lack, parameters that nobody stated, lists that are not there."""
    lacking = _lacking(seen)
    home = _home(seen)
    for finding in seen.findings:
        for key in finding.missing:
            for series in (s for s in known.values() if any(fnmatchcase(key, pattern) for pattern in s.settles)):
                if key.endswith(":unset"):
                    yield Want(series.id, home, finding.rule)
                    continue
                field, _, state = key.partition(":")
                what = f"{words.field(field)}: {_STATES.get(state, words.label(state))}"
                for custodian, parts in lacking.get(key, {}).items():
                    yield Want(series.id, custodian, finding.rule, tuple(parts), what)
        if _untold(finding):
            for series in (s for s in known.values() if any(fnmatchcase(finding.rule, p) for p in s.rules)):
                yield Want(series.id, home, finding.rule)


_STATES = {"not_exported": "no such column", "masked": "hidden by a mark", "withheld": "hidden under a law",
           "damaged": "not readable"}  # fmt: skip


def _untold(finding: Finding) -> bool:
    """Whether a rule has units of which it can't tell, or no units at all."""
    return bool(finding.counts.get(Outcome.CANNOT_TELL)) or not sum(finding.counts.values())


def _lacking(seen: Looked) -> dict[str, dict[Custodian, list[Part]]]:
    """`field:state` -> whose files have a field in that state."""
    parts = {(part.source, part.part): part for part in seen.page.parts if part.view in SEARCH_VIEWS}
    rows = seen.store.rows(
        "SELECT field, state, source, part FROM coverage_cells GROUP BY field, state, source, part "
        "ORDER BY field, state, source, part"
    )
    found: dict[str, dict[Custodian, list[Part]]] = {}
    whose = _custodians(seen)
    for field, state, source, number in rows:
        part = parts.get((source, number))
        if part is not None:
            custodian = whose.get(part.agency, _home(seen))
            found.setdefault(f"{field}:{state}", {}).setdefault(custodian, []).append(part)
    return found


def _custodians(seen: Looked) -> dict[str, Custodian]:
    """Public bodies by id, with their state."""
    rows = seen.store.rows(
        "SELECT agency, min(name), min(state), min(level) FROM organisations "
        "WHERE public AND agency IS NOT NULL AND name IS NOT NULL GROUP BY agency"
    )
    found: dict[str, Custodian] = {}
    for agency, name, state, level in rows:
        custodian = Custodian(words.clean(name), "us" if level == "federal" else state or "")
        found |= {agency: custodian, custodian.name: custodian}
    return found


def _home(seen: Looked) -> Custodian:
    home = check.home(seen.store, seen.case.settings)
    return Custodian(words.clean(home.written) or UNSTATED, home.state)


def _of_blanks(seen: Looked, wanted: Sequence[Shape], known: Mapping[str, Series]) -> Iterator[Want]:
    """The lines of reports that no record of the case answers."""
    home = _home(seen)
    for shape in wanted:
        boxes = [box for section in shape.sections for box in section.boxes]
        lines = [line for chapter in document(seen, shape, Signed()).chapters for line in chapter.lines]
        for box, line in zip(boxes, lines, strict=True):
            if isinstance(line.answer, Blank):
                named = [box.series] if box.series else []
                named += [
                    s.id for s in known.values() if box.figure and any(fnmatchcase(box.figure, p) for p in s.figures)
                ]
                yield from (Want(series, home, f"{shape.id}: {box.asks}") for series in dict.fromkeys(named))


def text(letter: Letter) -> str:
    """The letter, and below it what is not part of it."""
    act = letter.act
    day = words.long_date(letter.sent) if letter.sent else "[date]"
    asks = act.asks if act else "Under the public-records law that applies to you, I ask for copies of these records:"
    body = [
        f"To: Custodian of records, {letter.custodian.name}", f"Date: {day}", "",
        f"Request for records: {letter.series.title}", "", asks, "",
        _indented(letter.series.text.format(period=letter.period)), "",
    ]  # fmt: skip
    if letter.parts:
        body += ["These files, which you released, lack what is asked for:", ""]
        body += [f"    {named}\n        {lacks}" for named, lacks in _lacks(letter)]
        body += [""]
    for part in (letter.series.leave_out, act.closing if act else ""):
        body += [part, ""] if part else []
    body += ["[name and address]", "", "-" * _WIDTH, "NOT PART OF THE LETTER", "", *_below(letter)]
    return "\n".join(line if line.startswith(" ") else textwrap.fill(line, _WIDTH, **_WHOLE) for line in body) + "\n"


_WHOLE: Final[dict[str, Any]] = {"break_on_hyphens": False, "break_long_words": False}


def _lacks(letter: Letter) -> Iterator[tuple[str, str]]:
    """Each file that lacks something, and what."""
    for part in letter.parts:
        sheet = f", {part.sheet}" if part.sheet else ""
        what = dict.fromkeys(want.what for want in letter.wants if part in want.parts)
        yield f"{part.name}{sheet} (SHA-256 {part.sha256[:12]})", "; ".join(what)


def _indented(written: str) -> str:
    return textwrap.fill(written, _WIDTH, initial_indent="    ", subsequent_indent="    ", **_WHOLE)


def _below(letter: Letter) -> Iterator[str]:
    """What the sender has to know: deadlines, how they were read, who may ask, and what the record would settle."""
    act = letter.act
    if act is None:
        yield "No public-records act is known here for the agency's state: name the act yourself."
    else:
        yield f"{act.act}, {act.cite}: {_HOW_READ[act.review]}. Source: {act.source}."
        yield from _dues(letter)
        yield f"Who may ask: {act.who or 'no limit is known here'}"
    yield ""
    yield f"It would settle: {'; '.join(letter.whys)}."


def _dues(letter: Letter) -> Iterator[str]:
    """Each deadline, with its day where it is known when the letter is sent."""
    for each in letter.dues:
        of = each.deadline
        days = "no number of days" if of.days is None else f"{of.days} {of.kind} days"
        more = " after the deadline before it" if of.adds else ""
        note = f" ({of.note})" if of.note else ""
        when = f" On {words.long_date(each.on)} at the earliest: {each.counted}." if each.on else ""
        yield f"Due: {of.what}: {days}{more}, {of.cite}; {_HOW_READ[of.review]}{note}.{when}"
    if letter.sent is None:
        yield "No day is computed: give the day of sending with --sent."
        return
    yield (
        f"Days are counted as if it had been received on {words.long_date(letter.sent)}, which is not counted itself. "
        "Where the last day is one on which offices are closed, the law may move it on."
    )
    if (closed := letter.holidays) and any(each.holidays for each in letter.dues):
        yield f"Holidays, {_HOW_READ[closed.review]}: {' '.join(closed.source.split())}"


def index(found: Sequence[Letter]) -> str:
    """One row a letter and deadline."""
    return words.csv_table(_HEADINGS, (row for letter in found for row in _indexed(letter)))


def _indexed(letter: Letter) -> Iterator[list[str]]:
    act = letter.act
    row = [letter.file, letter.custodian.name, letter.custodian.state.upper(), act.act if act else "",
           letter.series.title, "; ".join(letter.whys), "; ".join(p.name for p in letter.parts),
           letter.sent.isoformat() if letter.sent else ""]  # fmt: skip
    for each in letter.dues or (None,):
        yield [*row, *_late(each), act.who if act else ""]


def _late(each: Due | None) -> list[str]:
    """The cells of one deadline."""
    if each is None:
        return [""] * 8
    of = each.deadline
    days, on = "" if of.days is None else str(of.days), each.on.isoformat() if each.on else ""
    return [of.what, days, of.kind, on, each.counted, of.cite, of.review, of.note]
