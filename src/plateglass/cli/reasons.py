"""`reasons`: what a text is coded and why, and how agencies write their case numbers."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from plateglass import classify, pipeline
from plateglass.case import Case
from plateglass.catalogue import Catalogue
from plateglass.classify import joined
from plateglass.classify import numbers as case_numbers
from plateglass.classify.numbers import Grammar
from plateglass.cli import options, screen
from plateglass.cli.contents import Own
from plateglass.store import Store

reasons = typer.Typer(
    help="What stated reasons and case numbers are taken for.", no_args_is_help=True, rich_markup_mode=None
)


@reasons.command("explain")
@screen.reported
def explain(
    texts: Annotated[list[str], typer.Argument(metavar="TEXT...", help="Reasons as somebody would state them.")],
    *,
    case: Own = None,
    offence: Annotated[bool, typer.Option("--offence", help="They are values of a list of offences.")] = False,
    as_json: options.Json = False,
) -> None:
    """Say which codes a text gets, how sure, and which words decided."""
    catalogue = Catalogue(*([case / "content"] if case is not None else []))
    with Store() as store:
        found = classify.explained(store, catalogue, texts, "offence" if offence else "reason")
    titles = {code: reason.title for code, reason in catalogue.reasons.items()}
    lines = [[text, code, tier, titles[code], words] for text, code, tier, words in found]
    if as_json:
        screen.machine([dict(zip(("text", "code", "tier", "meaning", "words"), line, strict=True)) for line in lines])
    else:
        screen.rows(("text", "code", "tier", "meaning", "words that decided"), lines)


@reasons.command("numbers")
@screen.reported
def numbers(case: options.CaseFolder, *, quiet: options.Quiet = False, as_json: options.Json = False) -> None:
    """Say how each agency writes its case numbers, how many fit, and how many don't: a lead, no fault."""
    made = Case.there(case)
    with screen.bars(quiet=quiet) as progress, pipeline.prepared(made, progress) as store:
        case_numbers.learn(store)
        found, reach = case_numbers.grammars(store), case_numbers.coverage(store)
    if as_json:
        screen.machine([{**asdict(grammar), "share": grammar.share} for grammar in found])
        return
    screen.say(reach.line)
    headings = ("agency", "numbers", "written as", "fit", "don't fit", "share", "searches with one")
    screen.rows(headings, map(_line, found))


@reasons.command("contradictions")
@screen.reported
def contradictions(case: options.CaseFolder, *, quiet: options.Quiet = False, as_json: options.Json = False) -> None:
    """Say where the reason of a search names one purpose, and its value of an offence list another one."""
    made = Case.there(case)
    with screen.bars(quiet=quiet) as progress, pipeline.prepared(made, progress) as store:
        found, both = joined.contradictions(store)
    if as_json:
        each = [{**asdict(one), "sensitive": one.sensitive} for one in found]
        screen.machine({"contradictions": each, "searches_that_state_both": both})
        return
    screen.say(f"{sum(one.searches for one in found):,} of {both:,} searches that state a reason and an offence")
    lines = [
        [one.reason, one.offence, f"{one.searches:,}", f"{one.texts:,}", "look first" if one.sensitive else ""]
        for one in found
    ]
    screen.rows(("reason names", "offence names", "searches", "pairs of texts", ""), lines)


def _line(found: Grammar) -> list[str]:
    forms = ", ".join(form for form, _ in found.forms) or "nothing was learnt"
    if found.share is None:
        return [found.agency or "(not named)", f"{found.numbers:,}", forms if found.agency else "", "", "", "", ""]
    counts = [f"{found.inside:,}", f"{found.outside:,}", f"{found.share:.1%}", f"{found.outside_searches:,}"]
    return [found.agency, f"{found.numbers:,}", forms, *counts]
