"""Rules for people to read: one page a rule, an index, and a list for a spreadsheet.

What a page explains is made from the rule's own parts, not from the text of a law: who is bound and when, what must be
told, what is at fault, who decides the rest. The SQL and the examples stand beside it, so nothing has to be believed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment

from plateglass.case import write_whole
from plateglass.catalogue import Parameter, Rule
from plateglass.publish import templating, words
from plateglass.publish.findings import BASES, REVIEWS

_INDEX = "index.html"
PREDICATES: Final = ("applies", "unknown", "fails", "person")
"""The rule's SQL, in the order in which it is asked."""

COLUMNS: Final = (
    "rule", "pack", "title", "basis", "citation_read", "may_say_fail", "audience", "states", "agencies", "view", "unit",
    "needs", *PREDICATES, "parameters", "citations", "in_force_from", "in_force_until", "read_on", "requirements",
    "examples", "sha256",
)  # fmt: skip
"""The columns of the list."""


def listed(rules: Mapping[str, Rule]) -> str:
    """The rules as CSV, one a row."""
    return words.csv_table(COLUMNS, map(_row, rules.values()))


def _row(rule: Rule) -> tuple[str, ...]:
    starts, ends, read = ([getattr(c, name) for c in rule.cites] for name in ("start", "end", "read_on"))
    fails = "no" if rule.only_asks or rule.basis == "screen" else "yes"
    defaults = (f"{name} = {'not stated' if p.default is None else p.default}" for name, p in rule.parameters.items())
    counted = Counter(example.verdict.value for example in rule.examples)
    return (
        rule.id, pack(rule), _one_line(rule.title), rule.basis, rule.review, fails,
        rule.audience, " ".join(rule.states), " ".join(rule.agencies), rule.view, rule.unit, "; ".join(rule.needs),
        *(_one_line(getattr(rule, name)) for name in PREDICATES), "; ".join(defaults),
        " | ".join(f"{_one_line(c.text)} {c.url}".strip() for c in rule.cites),
        _day(min(starts) if starts and all(starts) else None), _day(max(ends) if ends and all(ends) else None),
        _day(max((day for day in read if day), default=None)), " ".join(rule.requirements),
        "; ".join(f"{verdict} {number}" for verdict, number in sorted(counted.items())), rule.sha256,
    )  # fmt: skip


def pack(rule: Rule) -> str:
    """The pack that a rule is in."""
    return rule.id.rpartition("/")[0]


def default(parameter: Parameter) -> str:
    """What a parameter is where nobody states it, in words."""
    if parameter.default is None:
        return "no default"
    return f"default {parameter.default} {parameter.unit}".rstrip()


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def explained(rule: Rule) -> list[tuple[str, str]]:
    """A rule in plain words, from its own parts: question, answer."""
    return [
        ("What is counted", f"{rule.unit}, each a row of the view {rule.view}."),
        ("Who is bound", _bound(rule)),
        ("When", _when(rule)),
        ("What must be told", _needed(rule)),
        ("What it can say", _says(rule)),
        ("Who may see it", "Everybody." if rule.audience == "public" else "The log's own custodian, and nobody else."),
    ]


def _bound(rule: Rule) -> str:
    states = ", ".join(state.upper() for state in rule.states)
    whose = " or ".join({"owner": "whose log it is", "searcher": "who searched"}[who] for who in rule.binds)
    told = f"Agencies of {states}, going by {whose}" if states else "Agencies of any state"
    told = f"{', '.join(rule.agencies)}, going by {whose}" if rule.agencies else told
    narrower = "" if rule.applies.strip() == "true" else ", as far as the condition “applies” below holds"
    return f"{told}{narrower}. Other units are not applicable."


def _when(rule: Rule) -> str:
    dated = [cite for cite in rule.cites if cite.start or cite.end]
    if not dated:
        return "At any time."
    spans = (
        " ".join((f"from {words.long_date(c.start)}" if c.start else "always",
                  f"to {words.long_date(c.end)}" if c.end else "")).strip()
        for c in dated
    )  # fmt: skip
    return f"While one of its citations is in force: {'; '.join(spans)}."


def _needed(rule: Rule) -> str:
    if not rule.needs:
        return "No field; what the condition “unknown” names can’t be told."
    needs = (" or ".join(words.field(field.strip()) for field in need.split("|")) for need in rule.needs)
    told = "Where one is hidden, damaged or not exported, the unit can’t be told; a blank cell is told."
    return f"{'; '.join(needs)}. {told}"


def _says(rule: Rule) -> str:
    if rule.basis == "screen":
        return (
            "An indicator: what a reviewer looks at first. Nothing binding stands behind it, and it never says “fails”."
        )
    if rule.asks:
        return "A question, however well the citation was read: the record hints at a breach and can’t show one."
    if rule.only_asks:
        return f"A question and never “fails”: its citation was {REVIEWS[rule.review].partition(';')[0]}."
    return "“Fails”, where a unit fails the test below: the citation was read in the original."


def history(rule: Rule) -> list[tuple[str, str]]:
    """What is known of a rule in time: day, what happened; one line that says so where nothing is."""
    found: list[tuple[date, str]] = []
    for number, cite in enumerate(rule.cites, 1):
        which = f"citation {number}" if len(rule.cites) > 1 else "the citation"
        found += [(cite.start, f"{which} comes into force")] if cite.start else []
        found += [(cite.end, f"{which} is in force for the last time")] if cite.end else []
        found += [(cite.read_on, f"{which}: {REVIEWS[rule.review].partition(';')[0]}")] if cite.read_on else []
    undated = [("Undated", "no citation says from when it holds, and no day of reading was kept")]
    return [(words.long_date(day), what) for day, what in sorted(found)] or undated


def write(rules: Mapping[str, Rule], out: Path) -> Path:
    """Write every rule's page, the index and the list into a folder; give the path of the index.

    Raises:
        OutputUnwritable: the folder holds something else.
    """
    templating.free(out, _INDEX)
    environment = _environment()
    for rule in rules.values():
        write_whole(out / file(rule), _page(environment, rule))
    packs: dict[str, list[Rule]] = {}
    for rule in rules.values():
        packs.setdefault(pack(rule), []).append(rule)
    write_whole(out / _INDEX, environment.get_template(f"rules/{_INDEX}").render(packs=packs, rules=rules))
    write_whole(out / "rules.csv", listed(rules))
    return out / _INDEX


def file(rule: Rule) -> str:
    """The file of a rule's page."""
    return rule.id.replace("/", "--") + ".html"


def page(rule: Rule) -> str:
    """One rule's page."""
    return _page(_environment(), rule)


def _page(environment: Environment, rule: Rule) -> str:
    predicates = [(name, getattr(rule, name).strip()) for name in PREDICATES]
    return environment.get_template("rules/rule.html").render(
        rule=rule, explained=explained(rule), history=history(rule), predicates=predicates,
        examples=[(e.verdict.value, _cells(e.row), _cells(e.parameters)) for e in rule.examples],
    )  # fmt: skip


def _cells(row: Mapping[str, Any]) -> Sequence[str]:
    return [f"{key} = {value}" for key, value in row.items()]


def _environment() -> Environment:
    return templating.environment(bases=BASES, file=file)


def lines(rule: Rule) -> Iterator[str]:
    """The same for a terminal."""
    yield rule.title
    yield f"basis: {rule.basis}; citation: {rule.review}; audience: {rule.audience}; version {rule.sha256[:12]}"
    for cite in rule.cites:
        dates = f" (from {cite.start or 'always'} to {cite.end or 'now'})" if cite.start or cite.end else ""
        yield f"cites: {_one_line(cite.text)}{dates} {cite.url}".rstrip()
    for question, told in explained(rule):
        yield f"{question.lower()}: {told}"
    for name in PREDICATES:
        sql = _one_line(getattr(rule, name))
        if sql not in ("true", "false"):
            yield f"{name}: {sql}"
    for name, parameter in rule.parameters.items():
        yield f"parameter {name}: {parameter.about}; {default(parameter)}"
    if rule.measure:
        yield f"measure: {_one_line(rule.measure.sql)}, in {rule.measure.unit}"
    for example in rule.examples:
        yield f"example, {example.verdict}: {', '.join((*_cells(example.row), *_cells(example.parameters)))}"
    for title, texts in (("can't show", rule.limits), ("may be innocent", rule.readings)):
        yield from (f"{title}: {_one_line(text)}" for text in texts)
    for day, what in history(rule):
        yield f"history: {day}: {what}"
