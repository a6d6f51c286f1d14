"""`routes` and `register`: by which ways data can travel, and what is known of the systems on the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Never

import typer

from plateglass import pipeline, resolve
from plateglass import register as registers
from plateglass.case import Case
from plateglass.catalogue import Catalogue
from plateglass.cli import options, screen
from plateglass.publish import register_pages
from plateglass.publish import words as publish_words
from plateglass.register import answers, casework, checks, evidence, exports, holdings, lint, naming, plain, questions
from plateglass.register.checks import Check, Kept, Known
from plateglass.register.flows import Edge
from plateglass.register.holdings import Register
from plateglass.register.naming import Agency, Standing
from plateglass.register.routes import Answer, Route

register = typer.Typer(
    help="Systems, money, flows and safeguards, each claim with its source.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Own = Annotated[
    Path | None,
    typer.Option("--case", metavar="DIR", exists=True, file_okay=False, help="Also a case's own content/register."),
]
Entities = Annotated[list[str] | None, typer.Argument(metavar="[ENTITY]...", help="Ids or names, in order.")]
Since = Annotated[str, typer.Option(metavar="DATE", help="From this day, month or year on.")]
Until = Annotated[str, typer.Option(metavar="DATE", help="Up to this day, month or year.")]
OUT = Path("plateglass-register")
"""Where exports go if nobody says so."""
SHOWN = 10
"""Routes that are printed by themselves; all are counted, and --json has all."""


def read(case: Path | None, *, without: Path | None = None) -> Register:
    """Our holdings and a case's own, but for one file.

    Raises:
        ContentMalformed: a file says what it may not.
    """
    own = [case / "content" / "register"] if case is not None else []
    return registers.read(holdings.FOLDER, *(folder for folder in own if folder.is_dir()), without=without)


def _entity(held: Register, text: str) -> str:
    return naming.of_text(held, text) or _unknown(held, text)


def _unknown(held: Register, text: str) -> Never:
    near = ", ".join(f"{key} ({held.label(key)})" for key in naming.near(held, text))
    raise typer.BadParameter(
        f"the register holds nothing that is written {text!r}; " + (f"near it: {near}" if near else "see register list")
    )


# --- routes ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Known:
    """What routes are searched in."""

    register: Register
    origin: Standing
    flows: tuple[Edge, ...]
    labels: dict[str, str]
    unnamed: str = ""

    def label(self, node: str) -> str:
        """What to call a place."""
        return self.labels.get(node) or self.register.label(node)


@screen.reported
def routes(
    *,
    origin: Annotated[str, typer.Option("--from", metavar="NAME", help="Whose data: an agency, a body or a system.")],
    target: Annotated[str, typer.Option("--to", metavar="NAME", help="Who might get them, its parts included.")],
    data: Annotated[str, typer.Option(metavar="CATEGORY", help="Which data, as `register list data` has it.")] = "",
    at: Annotated[str, typer.Option(metavar="DATE", help="Open on this day, or some day of this month or year.")] = "",
    ordered: Annotated[bool, typer.Option("--ordered", help="Each step no earlier than the one before.")] = False,
    off: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Who switches off all it can alone.")] = None,
    hops: Annotated[int, typer.Option(metavar="N", min=1, max=12, help="The longest way.")] = 6,
    case: Annotated[
        Path | None, typer.Option("--case", metavar="DIR", help="Also what the lists and logs of this case show.")
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Say by which ways data of one holder can reach another, how well each is known, and what would close them."""
    known = _known(origin, case)
    to = _entity(known.register, target)
    try:
        ask = questions.asked(known.register, known.origin.node, to, data=data, at=at or None)
    except (KeyError, ValueError) as error:
        what = f"no category of data is called {data!r}" if isinstance(error, KeyError) else f"{at!r}: {error}"
        raise typer.BadParameter(what) from error
    ask = replace(ask, ordered=ordered, hops=hops)
    alone = [_entity(known.register, o) for o in off or ()] or questions.itself(known.register, ask, known.flows)
    closing = questions.closing(known.register, ask, alone=alone, more=known.flows)
    answer = questions.ways(known.register, ask, known.flows)
    if as_json:
        screen.machine(_machine(known, answer, closing))
    else:
        _told(known, answer, closing, known.register.label(to))


def _known(origin: str, case: Path | None) -> _Known:
    with ExitStack() as stack:
        held = read(case)
        work = None
        if case is not None:
            made = Case.there(case)
            below = made.settings.suppress_below
            work = casework.flows(held, stack.enter_context(pipeline.agencies(made)), below)
    standing = _standing(held, origin, case)
    flows = (*(work.edges if work else ()), *standing.steps)
    labels = {standing.node: standing.label, **(work.labels if work else {})}
    unnamed = ""
    if work and (work.unnamed_shares or work.unnamed_searches):
        unnamed = (
            f"not in any flow, because the other side was not recognised: {work.unnamed_shares:,} records of sharing "
            f"lists, {work.unnamed_searches:,} of network audits"
        )
    return _Known(held, standing, tuple({f.id: f for f in flows}.values()), labels, unnamed)


def _standing(held: Register, text: str, case: Path | None) -> Standing:
    entity = naming.of_text(held, text)
    if entity is not None:
        return Standing(entity, held.label(entity))
    agency = agencies(content(case))(text)
    return naming.standing(held, agency) if agency is not None else _unknown(held, text)


def content(case: Path | None) -> Catalogue:
    """Our content and a case's own."""
    return Catalogue(*([case / "content"] if case is not None else []))


def agencies(catalogue: Catalogue) -> Callable[[str], Agency | None]:
    """The resolver: a name as written -> the public agency that it surely means."""

    def recognise(text: str) -> Agency | None:
        found = resolve.organisation(text, catalogue)
        if found.agency is None or not found.public:
            return None
        return Agency(found.agency, found.name or text, found.parsed.kind, found.parsed.state or "")

    return recognise


def _machine(known: _Known, answer: Answer, closing: questions.Closing) -> object:
    return plain.value(
        {
            "from": {"id": known.origin.node, "label": known.origin.label, "may_be": known.origin.near},
            "counts": answer.counts,
            "complete_to_hops": answer.complete_to,
            "capped": answer.capped,
            "patterns": answer.patterns,
            "routes": answer.routes,
            "closes_most": closing.most,
            "smallest_cut": closing.smallest,
            "left_when_switched_off": closing.survive.routes,
            "not_used": known.unnamed,
        }
    )


def _told(known: _Known, answer: Answer, closing: questions.Closing, target: str) -> None:
    counted = ", ".join(f"{number} {which.name.lower()}" for which, number in answer.counts.items())
    screen.say(f"{known.origin.label} to {target}: {len(answer.routes)} routes; by their weakest step: {counted}")
    if known.origin.near:
        named = ", ".join(f"{key} ({known.register.label(key)})" for key in known.origin.near)
        screen.say(f"no source names this agency; routes are those of its class. May be meant: {named}")
    if answer.patterns:
        screen.rows(
            ("pattern", "routes", "class", "letter", "weakest step of the best"),
            [
                [answers.pattern(p.best), str(p.routes), p.best.evidence.name.lower(), p.best.letter, p.best.weakest.id]
                for p in answer.patterns
            ],
        )
        for route in answer.routes[:SHOWN]:
            _one(known, route)
        _closing(known, closing)
    for line in (answer.capped, known.unnamed):
        if line:
            screen.say(line)


def _one(known: _Known, route: Route) -> None:
    screen.say(f"\n{route.evidence.name.lower()} ({route.letter}): {answers.way(route, known.label)}")
    screen.say(f"  weakest: {route.weakest.label}")
    screen.say(f"  open: {answers.opened(route)}")
    for edge in route.needs_breach:
        by = known.label(edge.forbidden_by) if edge.forbidden_by else "its licence or kind"
        screen.say(f"  needs a breach: {edge.label}; passing on is forbidden by {by}")


def _closing(known: _Known, closing: questions.Closing) -> None:
    named = {e.id: e.label for e in known.flows}
    most = [f"{named.get(what) or known.label(what)} ({routes})" for what, routes in closing.most[:3]]
    screen.say(f"\ncloses most routes: {'; '.join(most)}")
    cut = ", ".join(closing.smallest.what)
    sure = "" if closing.smallest.exact else " (a smaller one may exist)"
    screen.say(f"fewest that close all: {cut or 'nothing can'}{sure}")
    screen.say(f"left when all is switched off that can be alone: {len(closing.survive.routes)} routes")


# --- the register ------------------------------------------------------------------------------------------------


@register.command("list")
@screen.reported
def register_list(
    section: Annotated[str, typer.Argument(metavar="[SECTION]", help="systems, bodies, companies, ...")] = "systems",
    case: Own = None,
    as_json: options.Json = False,
) -> None:
    """List what is held of one kind, with how many claims there are of each letter of confidence."""
    held = read(case)
    if section not in held.by_section:
        raise typer.BadParameter(f"no section is called {section!r}; there are {', '.join(held.by_section)}")
    lines = {key: evidence.shares(held.said.get(key, ())) for key in held.by_section[section]}
    if as_json:
        screen.machine({key: {"label": held.label(key), "confidence": letters} for key, letters in lines.items()})
        return
    rows = [[key, *(str(n) for n in letters.values()), held.label(key)] for key, letters in lines.items()]
    screen.rows((section, *evidence.LETTERS, "what it is"), rows)


@register.command("show")
@screen.reported
def register_show(
    name: Annotated[str, typer.Argument(metavar="ENTITY", help="An id, or a name as the list shows it.")],
    case: Own = None,
    as_json: options.Json = False,
) -> None:
    """Show one thing, and every claim about it with document, place in it, and confidence."""
    held = read(case)
    entity = _entity(held, name)
    said = held.said.get(entity, ())
    if as_json:
        screen.machine(plain.value({"entity": held.by_id[entity], "statements": said}))
        return
    screen.say(f"{held.label(entity)} ({entity}, {held.section_of[entity]}; {held.places[entity]})")
    letters = ", ".join(f"{letter} {number}" for letter, number in evidence.shares(said).items())
    screen.say(f"claims by confidence: {letters}; {answers.window(evidence.window(held, said))}")
    shown = plain.value(held.by_id[entity])
    screen.rows(("key", "value"), [[key, _short(value)] for key, value in shown.items() if value not in ([], {}, "")])
    screen.rows(
        ("claim", "says", "by", "as of", "letter", "document"),
        [
            [s.key, s.says, held.label(held.speaker(s)), s.as_of or held.document(s).date, s.confidence,
             f"{s.document}, {s.locator}"]
            for s in said
        ],
    )  # fmt: skip


def _short(value: object) -> str:
    if isinstance(value, list):
        return "; ".join(_short(v) for v in value)
    if isinstance(value, dict):
        return ", ".join(f"{k} {_short(v)}" for k, v in value.items())
    return str(value)


@register.command("lint")
@screen.reported
def register_lint(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", exists=True, file_okay=False, help="A folder beside our own.")
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Check every file, list every problem with file and line; exit code 1 where the register is refused."""
    found = list(lint.problems(registers.unchecked(holdings.FOLDER, *([folder] if folder else []))))
    if as_json:
        screen.machine([{"code": p.code, "message": p.message, "place": str(p.place), "loud": p.loud} for p in found])
    else:
        screen.rows(
            ("code", "where", "what"),
            [[p.code if p.loud else f"{p.code} (warning)", str(p.place), p.message] for p in found],
        )
        screen.say(f"{len(found)} problems")
    if any(p.loud for p in found):
        raise typer.Exit(screen.PARTLY)


@register.command("ask")
@screen.reported
def register_ask(
    question: Annotated[str, typer.Argument(metavar="QUESTION", help=f"One of {', '.join(answers.QUESTIONS)}.")],
    entities: Entities = None,
    *,
    since: Since = "",
    until: Until = "",
    case: Own = None,
    as_json: options.Json = False,
) -> None:
    """Answer one of the questions that the register is kept for; `routes` answers those about ways."""
    asked = answers.QUESTIONS.get(question)
    if asked is None:
        kinds = "; ".join(f"{key}: {q.about}" for key, q in answers.QUESTIONS.items())
        raise typer.BadParameter(f"no question is called {question!r}. {kinds}")
    held = read(case)
    named = [_entity(held, text) for text in entities or ()]
    if len(named) < len(asked.needs):
        raise typer.BadParameter(f"{question} is asked of {' '.join(asked.needs)}")
    try:
        table = asked.answer(answers.Asked(held, named, since, until))
    except ValueError as error:
        raise typer.BadParameter(f"--since and --until: {error}") from error
    if as_json:
        screen.machine(plain.value(table.raw))
        return
    screen.rows(table.headings, table.rows)
    if table.note:
        screen.say(table.note)


@register.command("export")
@screen.reported
def register_export(
    forms: Annotated[
        list[str] | None, typer.Argument(metavar="[FORM]...", help=f"Of {', '.join(exports.FORMS)}; all if none.")
    ] = None,
    *,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the files go.")] = OUT,
    pages: Annotated[
        Path | None, typer.Option("--pages", metavar="DIR", help="Pages to read, into this folder, instead or besides.")
    ] = None,
    case: Own = None,
) -> None:
    """Write the register in forms that other programs read, or as pages; beside each form, what it can't carry."""
    chosen = tuple(forms or ([] if pages else exports.FORMS))
    for form in chosen:
        if form not in exports.FORMS:
            raise typer.BadParameter(f"no form is called {form!r}; there are {', '.join(exports.FORMS)}")
    held = read(case)
    for path in exports.write(held, chosen, out):
        screen.say(str(path))
    if pages is not None:
        named = publish_words.clean(Case(case).settings.name) if case is not None else ""
        screen.say(str(register_pages.write(held, pages, known=_known_of(case), case=named)))


def _known_of(case: Path | None) -> Known:
    """What records can be checked with, and the files of a case."""
    catalogue = content(case)
    kept: tuple[Kept, ...] = ()
    if case is not None:
        lines = Case.there(case).sources()
        kept = tuple(
            Kept(part["view"], part["layout"], publish_words.clean(line["name"]))
            for line in lines
            for part in line["parts"]
        )
    return Known({key: layout.views for key, layout in catalogue.layouts.items()}, tuple(catalogue.rules), kept)


@register.command("checks")
@screen.reported
def register_checks(
    systems: Annotated[
        list[str] | None, typer.Argument(metavar="[SYSTEM]...", help="Ids or names; all if none.")
    ] = None,
    *,
    case: Own = None,
    lacking: Annotated[
        bool, typer.Option("--lacking", help="Only what is not held: what remains to be asked for.")
    ] = False,
    as_json: options.Json = False,
) -> None:
    """Say what could be checked of each system, on what record, by which rules, and whether the case holds it."""
    held = read(case)
    found = checks.checks(held, _known_of(case), [_entity(held, text) for text in systems or ()])
    found = tuple(c for c in found if not lacking or c.standing is not checks.Standing.HELD)
    if as_json:
        screen.machine(plain.value([{"standing": c.standing.value, **plain.value(c)} for c in found]))
        return
    screen.rows(
        ("number", "system", "record to ask for", "from", "what it would let one check", "rules", "this case"),
        [
            [str(c.number or ""), held.label(c.system), c.record.label, held.label(c.record.custodian), c.record.check,
             ", ".join(f"{pack} {n}" for pack, n in c.packs.items()), _stands(c, case)]
            for c in found
        ],
    )  # fmt: skip
    standing = Counter(c.standing for c in found)
    screen.say("; ".join(f"{standing[s]} {s.value}" for s in checks.Standing))


def _stands(check: Check, case: Path | None) -> str:
    if check.held:
        return f"holds a record of this kind: {', '.join(check.held)}"
    read = f"read by {', '.join(check.layouts)}" if check.layouts else "no layout reads it yet"
    return read if case is None else f"does not hold it; {read}"
