"""A statutory report of a case: the shape from the content, every figure computed, every blank with its reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from plateglass import check, pipeline, questions, sample
from plateglass import estimate as estimating
from plateglass import review as reviewing
from plateglass.case import Case
from plateglass.catalogue import Catalogue
from plateglass.duties import figures, shapes
from plateglass.duties.ground import Ground, Period, Scope
from plateglass.duties.population import Population, keep, narrow, population
from plateglass.duties.shapes import Box, Shape
from plateglass.errors import CaseUnusable, ContentMalformed, ExtraMissing, Place, SampleUnusable
from plateglass.estimate import Number as Estimate
from plateglass.model import SEARCH_VIEWS, Finding, Progress, silent
from plateglass.publish import pages, statutory, words
from plateglass.publish.findings import FindingPage
from plateglass.publish.statutory import Answer, Blank, Chapter, Document, Grid, Line, Number, Reading, Signed, Verdicts
from plateglass.sample import Sample
from plateglass.store import Step, Store, one_of

_HOME: Final = (
    "Over searches by the agency’s own users, searches of its cameras by others, and its own files; each search once."
)
_ALL: Final = "Over all logs of the case, whosever they are: a search that several logs show is judged in each."


@dataclass(frozen=True)
class Looked:
    """A case that has been checked, ready to be told of."""

    store: Store
    case: Case
    catalogue: Catalogue
    findings: Sequence[Finding]
    page: pages.Page
    population: Population | None = None
    """How searches are counted, each once; None where nothing but the logs was asked for."""
    judged: str = _ALL
    """What the rules were checked over."""
    period: Period | None = None
    """The days that it is about; None for all that the case holds."""


@contextmanager
def looked(
    case: Case, packs: Sequence[str] = (), progress: Progress = silent, scope: Scope | None = None
) -> Iterator[Looked]:
    """Check a case with its own rules and those of further packs; what only custodians may see is left out.

    With a scope, each search counts once however many logs show it. Figures and rules are then of the home agency's
    searches and of those of its cameras; where the whole case is wanted, or no home agency is known, figures are of
    the whole case, and rules are over all its logs.
    """
    with pipeline.prepared(case, progress) as store:
        if scope and scope.period:
            keep(store, case.work / "period.parquet", scope.period.holds("searched_at", case.settings.zone))
        if scope and not scope.whole and check.home(store, case.settings).agency:
            yield replace(_of_home(store, case, packs, progress), period=scope.period)
            return
        found = _checked(store, case, packs, progress)
        seen = Looked(store, case, case.catalogue(), found, pages.public(store, case, found))
        if scope:
            seen = replace(seen, population=population(store, case.settings.zone), period=scope.period)
            narrow(store, case.work)
            questions.ground(store, case)
        yield seen


def _of_home(store: Store, case: Case, packs: Sequence[str], progress: Progress) -> Looked:
    """What the rules say of the home agency's searches, of those of its cameras, and of its own files."""
    questions.ground(store, case)
    counted = population(store, case.settings.zone)
    narrow(store, case.work, only_home=True)
    found = _checked(store, case, packs, progress)
    if other := counted.tallies.get(3):
        counted = replace(counted, tallies={**counted.tallies, 3: (*other[:3], 0)})
    store.run(Step("sources", "SELECT * FROM all_sources"))  # every file is named in the report
    return Looked(store, case, case.catalogue(), found, pages.public(store, case, found), counted, _HOME)


def _checked(store: Store, case: Case, packs: Sequence[str], progress: Progress) -> list[Finding]:
    rules = case.catalogue().rules
    wanted = dict(check.fitting(store, case.settings, rules).rules)
    wanted |= check.choose(rules, packs, "") if packs else {}
    kept = {key: rule for key, rule in wanted.items() if rule.audience == "public"}
    progress("checking rules", 0, 1)
    found = check.verdicts(store, case, kept)
    progress("checking rules", 1, 1)
    return found


@dataclass(frozen=True)
class Order:
    """One report that is wanted."""

    shape: Shape
    signed: Signed
    pdf: bool = False
    """Whether it is printed too."""
    period: Period | None = None
    """The days that it is about; None for all that the case holds."""

    @property
    def scope(self) -> Scope:
        """Whose searches it is about, and of which days."""
        return Scope(self.shape.searches == "case", self.period)

    @property
    def name(self) -> str:
        """What its folder and its files are called."""
        return f"{self.shape.id}-{self.period.slug}" if self.period else self.shape.id


def report(case: Case, order: Order, out: Path, progress: Progress = silent) -> Path:
    """Write a report into a folder; give the path of the page, or of the PDF.

    Raises:
        ExtraMissing: a PDF is asked for, and WeasyPrint is not installed.
    """
    with looked(case, order.shape.packs, progress, order.scope) as seen:
        return statutory.write(document(seen, order.shape, order.signed), out, pdf=order.pdf)


def shape(catalogue: Catalogue, wanted: str) -> Shape:
    """The shape of an id.

    Raises:
        CaseUnusable: there is none of that id; the message lists those that there are.
    """
    known = shapes.shapes(catalogue)
    if wanted not in known:
        raise CaseUnusable(f"no report is called {wanted!r}", expected=", ".join(known))
    return known[wanted]


def document(seen: Looked, wanted: Shape, signed: Signed) -> Document:
    """Everything that the report says."""
    home = check.home(seen.store, seen.case.settings)
    ground = Ground(seen.store, seen.page, seen.catalogue.reasons, home, seen.period)
    numbered = iter(range(1, 1000))
    chapters = tuple(
        Chapter(section.title, section.about, tuple(_line(seen, ground, wanted, box, next(numbered))
                                                    for box in section.boxes))
        for section in wanted.sections
    )  # fmt: skip
    facts = (("Written by", wanted.writer), ("Given to", wanted.reader), ("When", wanted.every))
    stated = Signed(**{key: words.clean(value) for key, value in vars(signed).items()})
    return Document(
        wanted.id, wanted.title, wanted.place, facts, wanted.review, wanted.cites, chapters,
        tuple(_readings(seen.case, seen.catalogue)), stated,
        (*_elsewhere(wanted, home), *_uncovered(seen), *wanted.limits), wanted.sha256,
        seen.page, *_counted(seen.population), seen.judged, seen.judged == _ALL, *_days(seen.period),
    )  # fmt: skip


def _counted(counted: Population | None) -> tuple[tuple[tuple[str, int, int, int], ...], tuple[str, ...]]:
    """The searches in three counts, by whose they are, and how they were counted."""
    if counted is None:
        return (), ()
    own = (f"Searches by the agency’s own users: {counted.own[0].lower()}{counted.own[1:]}",) if counted.own else ()
    return tuple(counted.tallies.values()), (*own, f"Over all logs of the case: {counted.linked.sentence}.")


def _elsewhere(wanted: Shape, home: check.Home) -> tuple[str, ...]:
    """What has to be said first where the report is not one of the home agency's state."""
    state = wanted.id.removeprefix("us-")
    if state in (wanted.id, home.state):
        return ()
    of = f"of {home.state.upper()}" if home.state else "not stated, or not resolved to a state"
    return (f"This is a report of {wanted.place}; the case’s home agency is {of}, and is not bound by its law.",)


def _days(period: Period | None) -> tuple[str, str]:
    return (period.words, period.slug) if period else ("", "")


def _uncovered(seen: Looked) -> Iterator[str]:
    """What has to be said where the logs of the agency do not reach over the whole period."""
    period, zone = seen.period, seen.case.settings.zone
    if period is None:
        return
    yield (
        "Searches, audits, incidents, reports of hits, requests and measurements are those of the period. Lists of "
        "accounts, training, hot-list entries and duties stand as the case has them, and rules look at all of them."
    )
    spans = seen.store.rows(
        f"SELECT min(first_at), max(last_at) FROM logs WHERE owner_key = home_key AND {one_of('view', SEARCH_VIEWS)}"
    )
    first, last = (None if at is None else words.date_of(at, zone) for at in spans[0])
    if first is None or last is None:
        yield "No log of searches of the agency is in the case."
    elif first > str(period.first) or last < str(period.last):
        yield f"The agency’s logs reach from {words.span(spans[0], zone)}: of the rest of the period nothing is known."


def _line(seen: Looked, ground: Ground, wanted: Shape, box: Box, nth: int) -> Line:
    answer = _answer(seen, ground, wanted, box)
    long = isinstance(answer, Grid) and len(answer.rows) > statutory.ROWS
    return Line(box.asks, box.cite, answer, box.note, f"{wanted.id}-{nth}.csv" if long else "")


def _answer(seen: Looked, ground: Ground, wanted: Shape, box: Box) -> Answer:
    if box.blank:
        return Blank(box.blank.rstrip("."))
    if box.rules:
        return Verdicts(_of(seen, box.rules, wanted))
    if box.figure not in figures.FIGURES:
        raise ContentMalformed(
            f"no figure is called {box.figure!r}", expected=", ".join(figures.FIGURES),
            place=Place(f"reports/{wanted.id}.toml", column="figure"),
        )  # fmt: skip
    answer, counted = figures.answer(ground, box.figure), seen.population
    if isinstance(answer, Number) and counted and figures.FIGURES[box.figure].scope == "own":
        return replace(answer, note=counted.own)
    return answer


def _of(seen: Looked, named: Sequence[str], wanted: Shape) -> tuple[FindingPage, ...]:
    """The findings of some packs and rules, as far as they were checked.

    Raises:
        ContentMalformed: no pack and no rule has that name.
    """
    for key in named:
        if not any(rule == key or rule.rpartition("/")[0] == key for rule in seen.catalogue.rules):
            raise ContentMalformed(
                f"no rule or pack is called {key!r}", place=Place(f"reports/{wanted.id}.toml", column="rules")
            )
    return tuple(f for f in seen.page.findings if {f.finding.rule, f.finding.rule.rpartition("/")[0]} & set(named))


def _readings(case: Case, catalogue: Catalogue) -> Iterator[Reading]:
    """What people have read of the case: every sample, with its seed, and what it shows where it is read to the end."""
    for drawn in sample.every(case):
        design = drawn.design
        facts = (
            ("Drawn", f"{design.plan}, of {design.of}, asked for {design.asks}"
                      + (f", strata by {design.by}" if design.by else "")),
            ("Size", f"{len(drawn.items):,} of {drawn.frame.size:,}"),
            ("Seed", words.clean(drawn.seed)), ("Frame, SHA-256", drawn.frame.sha256),
        )  # fmt: skip
        try:
            numbers, read = _numbers(case, catalogue, drawn)
        except (SampleUnusable, ExtraMissing) as error:
            yield Reading(drawn.id, facts, (), words.clean(error.found))
        else:
            yield Reading(drawn.id, (*facts, ("Read by", read)), numbers, "" if numbers else "nothing was found in it")


def _numbers(case: Case, catalogue: Catalogue, drawn: Sample) -> tuple[tuple[tuple[str, str, str, str], ...], str]:
    resolved = reviewing.Review(case, drawn, reviewing.codebook(catalogue, drawn.design.asks)).resolved()
    given = sorted({code for codes in resolved.labels.values() for code in codes} - {reviewing.UNREADABLE, "none"})
    wanted = [sample.FAULT] if drawn.design.asks == sample.FAULT else given
    found = [estimating.estimate(drawn, resolved, code) for code in wanted]
    rows = []
    for one in found:
        what = catalogue.reasons[one.what].title if one.what in catalogue.reasons else one.what
        rows.append((what, f"{one.seen:,} of {one.n:,}", *_bounded(one.corrected)))
    read = "one person" if resolved.coders == 1 else f"two people; {resolved.differed:,} differed and were resolved"
    return tuple(rows), read


def _bounded(number: Estimate) -> tuple[str, str]:
    return f"{number.value:,.0f}", f"{number.bounds.low:,.0f} to {number.bounds.high:,.0f}"
