"""`sample`, `review` and `estimate`: what people read, what they say of it, and what a count is worth after that."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from plateglass import estimate as estimating
from plateglass import opinion, pipeline, statistics
from plateglass import review as reviewing
from plateglass import sample as sampling
from plateglass.case import Case
from plateglass.cli import options, screen
from plateglass.estimate import Estimate, Number
from plateglass.review import Codebook, Review
from plateglass.sample import Design, Plan, Sample
from plateglass.statistics import Agreement

sample = typer.Typer(
    help="What people are to read: drawn, written out, read back.", no_args_is_help=True, rich_markup_mode=None
)

Coder = Annotated[str, typer.Option(metavar="NAME", help="Who codes; it stands in the case's judgements.jsonl.")]
Third = Annotated[bool, typer.Option("--third", help="Resolve where two others differ.")]
Named = Annotated[str, typer.Option("--sample", metavar="ID", help="The sample; needless where the case has one.")]


@sample.command("draw")
@screen.reported
def draw(
    case: options.CaseFolder,
    *,
    plan: Annotated[Plan, typer.Option(help="How to draw; a queue is not representative.")] = Plan.SIMPLE,
    of: Annotated[str, typer.Option(metavar="KIND", help="What to draw: searches, or distinct reasons.")] = "searches",
    asks: Annotated[
        str, typer.Option(metavar="AXIS", help="What is asked: purpose, requester, quality, sensitivity, or fault.")
    ] = "purpose",
    by: Annotated[str, typer.Option(metavar="WHAT", help="Strata: code, quality or level; of a queue: opinion.")] = "",
    code: Annotated[
        str,
        typer.Option(metavar="CODE", autocompletion=options.a_code, help="The code of strata by code, or of a queue."),
    ] = "",
    size: Annotated[int, typer.Option(min=0, metavar="N", help="How many; else from the numbers below.")] = 0,
    margin: Annotated[float, typer.Option(help="Half the interval wished for.")] = 0.05,
    expected: Annotated[float, typer.Option(help="The share that is expected.")] = 0.5,
    share: Annotated[float, typer.Option(help="Discovery: the share not to be overlooked.")] = 0.05,
    good: Annotated[float, typer.Option(help="Acceptance: the share of faults with which a file passes.")] = 0.01,
    bad: Annotated[float, typer.Option(help="Acceptance: the share with which it fails.")] = 0.05,
    each: Annotated[int, typer.Option(min=1, help="Users: how many searches of each.")] = 5,
    seed: Annotated[str, typer.Option(metavar="TEXT", help="Publish it: the same seed draws the same sample.")] = "1",
    sheet: Annotated[Path | None, typer.Option(metavar="FILE", help="Also a worksheet, .csv or .xlsx.")] = None,
    quiet: options.Quiet = False,
) -> None:
    """Draw a sample of a case, and keep it in the case."""
    made = Case.there(case)
    reviewing.codebook(made.catalogue(), asks)
    design = Design(plan, of, asks, by, code, size, margin, expected, share, good, bad, each)
    with screen.bars(quiet=quiet) as progress, pipeline.prepared(made, progress, judged=False) as store:
        if design.checked().by == "opinion":
            taught = opinion.rank(store, made, made.catalogue(), code)
            screen.note(f"a second opinion, taught by {taught:,} judged texts, ranks the queue; it counts nothing")
        drawn = sampling.draw(store, design, seed)
        path = drawn.save(made)
        if sheet is not None:
            sampling.sheet.write(drawn, sampling.texts(store, drawn), sheet, sampling.places(store, drawn))
    screen.say(str(path))
    if not quiet:
        _drawn(drawn)
        if size and plan is not Plan.USERS and len(drawn.items) > size:
            screen.note(f"{size:,} were asked for; of each stratum at least {sampling.LEAST} are drawn, or all of it")
    if sheet is not None:
        screen.say(str(sheet))


def _drawn(drawn: Sample) -> None:
    frame = drawn.frame
    screen.say(f"sample {drawn.id}: {len(drawn.items):,} of {frame.size:,} {drawn.design.of}, seed {drawn.seed}")
    screen.say(f"frame: sha256 {frame.sha256}")
    if drawn.label:
        screen.say(drawn.label)
    if drawn.accept is not None:
        screen.say(f"the file passes with at most {drawn.accept} faults")
    for why, count in frame.left_out.items():
        screen.say(f"not drawn from: {count:,}, {why}")
    screen.rows(
        ("stratum", "size", "drawn"),
        [[drawn.said(s), f"{frame.strata.get(s, frame.size):,}", f"{n:,}"] for s, n in drawn.drawn.items()],
    )


@sample.command("answers")
@screen.reported
def answers(
    case: options.CaseFolder,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, metavar="FILE", help="A filled in worksheet.")],
    *,
    coder: Coder,
    third: Third = False,
    named: Named = "",
) -> None:
    """Read the answers of a worksheet back; all of them are checked before the first is kept."""
    made, drawn, book = _sample(case, named or _of_sheet(case, file))
    with made.held(), made.tables() as store:
        found = sampling.sheet.answers(drawn, sampling.texts(store, drawn), file)
        kept = reviewing.fill(Review(made, drawn, book), found, coder, third=third)
    screen.say(f"judgements by {coder} kept: {kept:,}")


@sample.command("sizes")
@screen.reported
def sizes(
    size: Annotated[int, typer.Option(min=0, metavar="N", help="Records in the file; 0: many.")] = 0,
) -> None:
    """Show how many to read for what."""
    whole = size or None
    rows = [
        [f"a share within {m:.0%} points", str(statistics.margin_size(m, whole)), ""]
        for m in (0.1, 0.05, 0.03, 0.02, 0.01)
    ]
    rows += [
        [f"95 % sure to see one if {s:.1%} are so", str(statistics.discovery_size(s, whole)), ""]
        for s in (0.05, 0.02, 0.01, 0.005, 0.001)
    ]
    for good, bad in ((0.01, 0.05), (0.005, 0.03), (0.01, 0.10), (0.02, 0.08), (0.02, 0.10), (0.05, 0.15)):
        plan = statistics.acceptance_size(good, bad, whole)
        if plan is not None:
            rows.append(
                [f"pass at {good:.1%} faults, fail at {bad:.0%}", str(plan.n), f"passes with {plan.accept} at most"]
            )
    screen.rows(("aim", "read", ""), rows)


@screen.reported
def review(
    case: options.CaseFolder,
    *,
    coder: Coder = "",
    third: Third = False,
    named: Named = "",
    results: Annotated[bool, typer.Option("--results", help="Only show how far it is and how they agree.")] = False,
) -> None:
    """Code what a sample drew, one text after another; stop and go on whenever you like."""
    made, drawn, book = _sample(case, named)
    with made.held(), made.tables() as store:
        texts = sampling.texts(store, drawn)
        found = Review(made, drawn, book)
    if not results:
        done = reviewing.session(found, _shown(drawn, texts), _ask, screen.say, (coder, third))
        screen.say(f"\n{found.done(coder):,} judged by {coder}" + ("" if done else "; the same command goes on"))
    _results(found)


def _shown(drawn: Sample, texts: Mapping[str, str]) -> dict[str, str]:
    """Each subject's text: of itself, or of the search that is judged, with its place."""
    if drawn.design.asks != sampling.FAULT:
        return dict(texts)
    return {i.unit: f"{i.source} record {i.record}: {texts.get(i.text or '', 'no reason')}" for i in drawn.items}


def _ask(prompt: str) -> str | None:
    sys.stdout.write(prompt)
    sys.stdout.flush()
    return sys.stdin.readline() or None


def _results(found: Review) -> None:
    resolved = found.resolved()
    counts = ", ".join(f"{found.done(coder):,} by {coder}" for coder in found.coders) or "none"
    screen.say(
        f"{len(found.subjects):,} to judge; judged: {counts}; {resolved.differed:,} differ, {resolved.open:,} open"
    )
    if found.outdated:
        screen.say(f"judgements by another codebook, which don't count: {found.outdated:,}")
    agreement = found.agreement()
    if agreement:
        screen.rows(
            ("label", "read by both", "raw", "kappa", "95 %", "positive", "negative", "AC1", "alpha", "gate"),
            [_agreed(label, value) for label, value in agreement.items()],
        )


def _agreed(label: str, value: Agreement) -> list[str]:
    interval = value.interval
    between = "" if interval is None else f"{interval.low:.2f} to {interval.high:.2f}"
    numbers = (
        _two(value.kappa),
        between,
        _two(value.positive),
        _two(value.negative),
        _two(value.ac1),
        _two(value.alpha),
    )
    return [label, f"{value.n:,.0f}", _two(value.raw), *numbers, value.gate]


def _two(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


@screen.reported
def estimate(
    case: options.CaseFolder,
    *,
    code: Annotated[
        str,
        typer.Option(
            metavar="CODE", autocompletion=options.a_code, help="The code; needless where faults were asked for."
        ),
    ] = "",
    named: Named = "",
    as_json: options.Json = False,
) -> None:
    """Say what a count is worth after a review: found, corrected, bounds."""
    made, drawn, book = _sample(case, named)
    if book.asks != sampling.FAULT and code not in book.codes:
        raise typer.BadParameter(f"no code is called {code!r}; there are {', '.join(book.codes)}", param_hint="--code")
    found = estimating.estimate(drawn, Review(made, drawn, book).resolved(), code)
    if as_json:
        facts: dict[str, Any] = {**asdict(found), "precision": _plain(found.precision), "recall": _plain(found.recall)}
        screen.machine({**facts, "sample": drawn.id, "seed": drawn.seed, "frame": drawn.frame.sha256})
    else:
        _estimated(drawn, found)


def _plain(number: Number | None) -> dict[str, Any] | None:
    return None if number is None else asdict(number)


def _estimated(drawn: Sample, found: Estimate) -> None:
    screen.say(f"{found.what}: {found.seen:,} of {found.n:,} read, from {found.size:,} {found.of}")
    screen.say(f"sample {drawn.id}, {drawn.design.plan}, seed {drawn.seed}, frame {drawn.frame.sha256}")
    rows = []
    if found.found is not None:
        rows.append(["found by words", f"{found.found:,}", "", ""])
        rows.append(["of these right", *_counted(found.right), f"precision {_rate(found.precision)}"])
        rows.append(["overlooked", *_counted(found.missed), f"recall {_rate(found.recall)}"])
    share = _rate(found.corrected.over(found.size))
    rows.append(["in all", *_counted(found.corrected), f"share {share}"])
    if found.rates is not None:
        rows.append(["in all, by sensitivity and specificity", *_counted(found.rates), ""])
    screen.rows(("", "number", "95 % bounds", ""), rows)
    for note in (*found.notes, *((f"the file {found.verdict}",) if found.verdict else ())):
        screen.say(note)


def _counted(number: Number | None) -> list[str]:
    if number is None:
        return ["not known", "none was read"]
    return [f"{number.value:,.0f}", f"{number.bounds.low:,.0f} to {number.bounds.high:,.0f}"]


def _rate(number: Number | None) -> str:
    if number is None:
        return "not known"
    return f"{number.value:.2%} ({number.bounds.low:.2%} to {number.bounds.high:.2%})"


def _of_sheet(root: Path, file: Path) -> str:
    """The sample that a worksheet is of, where the case has it."""
    told = sampling.sheet.sample_id(file)
    return told if told in {each.id for each in sampling.every(Case.there(root))} else ""


def _sample(root: Path, named: str) -> tuple[Case, Sample, Codebook]:
    made = Case.there(root)
    drawn = sampling.find(made, named)
    return made, drawn, reviewing.codebook(made.catalogue(), drawn.design.asks)
