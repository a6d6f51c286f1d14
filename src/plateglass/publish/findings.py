"""One finding as it stands on a page: its number, what it is a share of, its charts and its evidence."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from plateglass.catalogue import Rule
from plateglass.model import STATED, Finding, Outcome
from plateglass.publish import charts, suppress, words
from plateglass.publish.coverage import Crossing
from plateglass.store import Store

FIRST = "verdict = 'needs_person', source, part, record, unit_at, verdict, measure"
"""The order in which evidence is listed: what a finding counts stands before what is left to a person."""
LOCATORS = 20
"""So many places of evidence stand in the page; the file beside it has all."""
FILES = 3
"""So many sources are named in a finding; the methods name all."""
ROWS = 12
"""So many agencies stand in the page; findings.jsonl has all."""
UNRECOGNISED = "names not recognised as public bodies"

BASES = {
    "law": "Law",
    "policy": "Policy",
    "promise": "Promises",
    "screen": "Screens: what a reviewer looks at first",
}
"""The parts that findings stand in, in order."""

REVIEWS = {
    "verified": "read in the original",
    "secondary": "read in a secondary source, not in the original; so this rule may ask, and never says “fails”",
    "memory": "written from memory and not checked; so this rule may ask, and never says “fails”",
}

MISSING = {
    "empty": "the cell is blank",
    "placeholder": "a dash or the like stands there",
    "partial": "only part of a value stands there",
    "masked": "a mark hides the value",
    "withheld": "hidden under a law that is named",
    "not_exported": "this release has no such column",
    "damaged": "what stands there is not of the field's kind",
    "unset": "nobody stated it for this case",
    "undecided": "what stands there does not decide the question",
}
"""Why a value is not there, in words."""


@dataclass(frozen=True)
class Verdict:
    """What the page says of a rule in a word, and how it looks."""

    word: str
    style: str


@dataclass(frozen=True)
class Locator:
    """One place of evidence."""

    name: str
    source: str
    sheet: str
    record: int | None
    """None for a finding about whole files or days."""
    day: str
    verdict: str
    measure: str


@dataclass(frozen=True)
class FindingPage:
    """Everything that the page says of one finding."""

    number: int
    anchor: str
    finding: Finding
    rule: Rule
    verdict: Verdict
    tested: int
    bound: int
    share: str
    counts: tuple[tuple[str, int], ...]
    period: str
    files: tuple[str, ...]
    more_files: int
    evidence: str
    evidenced: int
    """Places in the evidence file; the case may limit how many a rule lists."""
    pointed: int
    """Units that the rule points at: at fault or in question, or for a person."""
    found: str
    """What the units are that it points at: at fault, in question where the rule may only ask, counted by a screen."""
    locators: tuple[Locator, ...]
    table: tuple[suppress.Shown, ...]
    """Every agency, small cells suppressed."""
    agencies: tuple[suppress.Shown, ...]
    """Those of them that stand in the page."""
    more_agencies: int
    agencies_hidden: bool
    eras: tuple[tuple[str, Crossing], ...]
    missing: tuple[tuple[str, str, int], ...]
    add_up: bool
    """Whether the classes of its margin, without those that are parts of others, add up to all that they are about."""
    charts: Mapping[str, charts.Chart]

    @property
    def title(self) -> str:
        """The rule's title as a claim only where it found something; else as what it looks for."""
        return self.rule.title if self.finding.over else f"Looks for “{self.rule.title}”"


@dataclass(frozen=True)
class Desk:
    """What every finding's page is made with."""

    store: Store
    zone: ZoneInfo | None
    parts: Mapping[tuple[str, int], tuple[str, str]]
    """(source, part) -> clean name of the file, clean name of the sheet."""
    crossings: Sequence[Crossing]
    tables: Mapping[str, list[suppress.Shown] | None]
    """Agencies by rule, small cells suppressed."""
    evidenced: Mapping[str, int]
    """Places of evidence by rule."""
    days: Mapping[int, str]
    """The day, in the agency's zone, of each time that evidence without a record has."""


def page(number: int, finding: Finding, rule: Rule, desk: Desk) -> FindingPage:
    """One finding for the page."""
    anchor = finding.rule.replace("/", "--")
    tested = decided(finding)
    listed = desk.tables.get(finding.rule, [])
    shown = [row for row in listed or () if row.over]
    eras = _eras(finding, rule, desk.crossings)
    names = sorted({words_of(desk.parts, source) for source in finding.sources})
    return FindingPage(
        number=number, anchor=anchor, finding=finding, rule=rule, verdict=verdict(finding, rule), tested=tested,
        bound=sum(units for word, units in counts(finding) if word != "not_applicable"),
        share=words.share(finding.over, tested), counts=counts(finding), period=words.span(finding.period, desk.zone),
        files=tuple(names[:FILES]), more_files=max(len(names) - FILES, 0),
        evidence=f"evidence/{anchor}.csv", evidenced=desk.evidenced.get(finding.rule, 0),
        found=found(rule), pointed=finding.over + finding.counts.get(Outcome.NEEDS_PERSON, 0),
        locators=_locators(finding, desk), table=tuple(listed or ()), agencies=tuple(shown[:ROWS]),
        more_agencies=max(len(shown) - ROWS, 0), agencies_hidden=listed is None, eras=eras, missing=_missing(finding),
        add_up=sum(units for _, units in _apart(finding, rule)) == (tested if _of_all(rule) else finding.over),
        charts=_charts(anchor, finding, rule, shown, eras),
    )  # fmt: skip


def verdict(finding: Finding, rule: Rule) -> Verdict:
    """The one word: “fails” only where a rule with a verified citation found a mechanical breach."""
    screen = rule.basis == "screen"
    if finding.counts.get(Outcome.FAIL, 0) and rule.review == "verified" and not screen:
        return Verdict("Fails", "fail")
    if finding.over:
        return Verdict("Indicator" if screen else "Question", "question")
    if finding.counts.get(Outcome.NEEDS_PERSON, 0):
        return Verdict("Needs a person", "person")
    unknown, passed = (finding.counts.get(outcome, 0) for outcome in (Outcome.CANNOT_TELL, Outcome.PASS))
    if not passed:
        return Verdict("Cannot tell", "unknown") if unknown else Verdict("Not applicable", "none")
    return Verdict("Nothing found, as far as can be told" if unknown else "Nothing found", "pass")


def found(rule: Rule) -> str:
    """What the units that a rule finds are called: only a rule that may say “fails” finds faults."""
    return "counted" if rule.basis == "screen" else "in question" if rule.only_asks else "at fault"


def decided(finding: Finding) -> int:
    """The denominator: units that the rule could decide."""
    return finding.counts.get(Outcome.PASS, 0) + finding.counts.get(Outcome.FAIL, 0) + finding.question


def counts(finding: Finding) -> tuple[tuple[str, int], ...]:
    """Units by verdict, questions apart from fails, every verdict named even where it has none."""
    return (
        ("fail", finding.counts.get(Outcome.FAIL, 0)),
        ("question", finding.question),
        ("needs_person", finding.counts.get(Outcome.NEEDS_PERSON, 0)),
        ("cannot_tell", finding.counts.get(Outcome.CANNOT_TELL, 0)),
        ("pass", finding.counts.get(Outcome.PASS, 0)),
        ("not_applicable", finding.counts.get(Outcome.NOT_APPLICABLE, 0)),
    )


def cells(finding: Finding, public: Mapping[str, str]) -> list[suppress.Cell]:
    """Units by agency, most at fault first; whoever is not known to be a public body is in one row with the rest."""
    sums: dict[str, tuple[int, int]] = {}
    for agency, tested, over in finding.groups:
        name = public.get(agency, UNRECOGNISED)
        before = sums.get(name, (0, 0))
        sums[name] = (before[0] + tested, before[1] + over)
    found = [suppress.Cell(name, tested, over) for name, (tested, over) in sums.items()]
    return sorted(found, key=lambda cell: (-cell.over, -cell.tested, cell.agency))


def words_of(parts: Mapping[tuple[str, int], tuple[str, str]], source: str) -> str:
    """A file's name for the id of its source; the id itself where the source has no table."""
    return next((name for (known, _), (name, _) in parts.items() if known == source), source)


def _locators(finding: Finding, desk: Desk) -> tuple[Locator, ...]:
    rows = desk.store.rows(
        "SELECT source, part, record, unit_at, verdict, measure FROM evidence WHERE rule = $1 "
        f"ORDER BY {FIRST} LIMIT {LOCATORS}",
        [finding.rule],
    )
    return tuple(
        Locator(
            *_located(desk, source, part), record, desk.days.get(at, "") if record is None else "", words.label(word),
            words.number(measure),
        )
        for source, part, record, at, word, measure in rows
    )  # fmt: skip


def _located(desk: Desk, source: str | None, part: int | None) -> tuple[str, str, str]:
    """A finding about a day or an agency has no record: its evidence has no place in a file."""
    if source is None:
        return words.NONE, "", ""
    name, sheet = desk.parts.get((source, part or 0), (source, ""))
    return name, source, sheet


def _missing(finding: Finding) -> tuple[tuple[str, str, int], ...]:
    found = []
    for key, count in sorted(finding.missing.items(), key=lambda item: (-item[1], item[0])):
        field, _, state = key.partition(":")
        found.append((words.field(field), MISSING.get(state, words.label(state)), count))
    return tuple(found)


def _eras(finding: Finding, rule: Rule, crossings: Sequence[Crossing]) -> tuple[tuple[str, Crossing], ...]:
    """The eras within the finding's own months that change what its fields mean, lettered for the chart."""
    if not finding.months:
        return ()
    first, last = finding.months[0][0], finding.months[-1][0]
    read = _fields(rule)
    near = [
        crossing
        for crossing in crossings
        if first <= f"{crossing.era.start:%Y-%m}" <= last
        and (not read or not crossing.era.fields or read & set(crossing.era.fields))
    ]
    return tuple((chr(ord("A") + index), crossing) for index, crossing in enumerate(near[:26]))


def _fields(rule: Rule) -> set[str]:
    """The fields of a search that a rule reads; none named means that a change of any of them concerns it."""
    sql = " ".join((*rule.needs, rule.applies, rule.unknown, rule.fails, rule.person))
    named = {word.removesuffix("_state") for word in re.findall(r"\w+", sql)}
    return named & set(STATED)


def _of_all(rule: Rule) -> bool:
    """Whether the classes and extremes are of all units that could be decided, not only of those at fault."""
    return rule.measure is not None and rule.measure.of == "tested"


def _apart(finding: Finding, rule: Rule) -> tuple[tuple[str, int], ...]:
    """The classes of the margin that are no parts of others."""
    buckets = rule.measure.buckets if rule.measure else ()
    parts = {n for n, bucket in enumerate(buckets) if bucket.within}
    return tuple(row for n, row in enumerate(finding.margin) if n not in parts)


def _charts(
    anchor: str, finding: Finding, rule: Rule, agencies: Sequence[suppress.Shown],
    eras: Sequence[tuple[str, Crossing]],
) -> dict[str, charts.Chart]:  # fmt: skip
    unit = f"{rule.unit} {found(rule)}"
    drawn = {"verdicts": charts.stack(f"{anchor}-verdicts", f"Verdicts on {rule.unit}", counts(finding))}
    if len(finding.months) > 1 and finding.over:
        starts = [crossing.era.start for _, crossing in eras]
        drawn["months"] = charts.columns(
            f"{anchor}-months", f"By month: {unit}", unit, [(month, over) for month, _, over in finding.months], starts
        )
    whole = rule.unit if _of_all(rule) else unit
    if finding.margin and (finding.over or _of_all(rule)) and decided(finding):
        drawn["margin"] = charts.bars(f"{anchor}-margin", f"By class: {whole}", whole, _apart(finding, rule))
    numbers = [(row.agency, row.over) for row in agencies[:ROWS] if isinstance(row.over, int)]
    if numbers:
        drawn["agencies"] = charts.bars(f"{anchor}-agencies", f"By agency: {unit}", unit, numbers)
    return drawn
