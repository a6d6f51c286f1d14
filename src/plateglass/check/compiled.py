"""One rule as SQL: its parameters filled in, and one expression that gives the verdict of a unit.

The verdict is a digit, so that twenty rules fit one number: what is grouped and counted afterwards is small.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from string import Formatter
from zoneinfo import ZoneInfo

from plateglass.catalogue import Rule
from plateglass.check.clock import Clock, instant, midnight, midnights
from plateglass.errors import Place, RuleRefused
from plateglass.model import Outcome, State
from plateglass.store import expression, predicate, substituted, text

Given = int | float | str | None

OUTCOMES = (Outcome.NOT_APPLICABLE, Outcome.CANNOT_TELL, Outcome.NEEDS_PERSON, Outcome.FAIL, Outcome.PASS)
"""A verdict's digit is its place here; the first that holds is the verdict."""

UNTOLD = (State.NOT_EXPORTED, State.MASKED, State.WITHHELD, State.DAMAGED)
"""The cell states that leave a needed field untold; their digit is their place here, from 1; 0 is told."""

BLANK = len(UNTOLD) + 1
"""The digit of a field that is empty or a placeholder: told, and nothing."""

TIMED = frozenset({
    "searches", "agency_months", "releases", "copies", "outside_agencies", "account_uses", "repeat_targets",
    "incident_searches", "look_backs", "words_change",
})  # fmt: skip
"""The views whose units have the time of a search. In the others a unit may have a day, told by its midnight at home;
it is in force on the day of the law, whatever the zone of the agency that is bound."""

_NUMBERS = ("over", "tested", "share", "smallest", "median", "largest")
"""What every sentence may ask for, besides parameters and classes."""

_DAY = timedelta(days=1)
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


@dataclass(frozen=True)
class Compiled:
    """One rule, ready to be put into a scan."""

    rule: Rule
    parameters: Mapping[str, Given]
    """As stated: by the case, else the rule's default, else None."""
    needs: tuple[tuple[str, ...], ...]
    """Fields of which one each must be told, as `needs` of the rule says them."""
    bound: tuple[str, ...]
    """SQL: each must be true for a unit to be bound, the cheapest first."""
    doubts: tuple[str, ...]
    """SQL: any of them that is true leaves a bound unit untold."""
    person: str
    """SQL: what only a person can decide; empty where there is nothing."""
    fails: str
    """SQL: what is at fault."""
    guard: str = ""
    """SQL: the first part of `bound` where that tells units apart at once, as by state; empty where nothing does."""
    measure: str = ""
    buckets: tuple[tuple[str, str], ...] = ()
    """(label, SQL)."""
    free: bool = False
    """Whether it binds nobody in the case."""

    def verdict(self, known: Mapping[str, str], one: int = 1) -> str:
        """SQL for the digit times `one`, a SMALLINT; `known` are the parts that are columns already.

        What is neither true nor false can't be told: no rule reads a bare NULL. Who is bound is asked part by part,
        so that a unit which the first part lets go costs one comparison; and what passes is asked once whether it is
        at fault, because most does.
        """
        bound = [known.get(part, part) for part in self.bound]
        doubts = [*(f"{part} IS NULL" for part in bound), *(known.get(part, part) for part in self.doubts)]
        whens = [(f"NOT {part}", Outcome.NOT_APPLICABLE) for part in bound]
        whens += [(" OR ".join(doubts), Outcome.CANNOT_TELL)] if doubts else []
        whens += [(known.get(self.person, self.person), Outcome.NEEDS_PERSON)] if self.person else []
        fails = known.get(self.fails, self.fails)
        whens += [(f"NOT {fails}", Outcome.PASS), (fails, Outcome.FAIL)]
        cases = " ".join(f"WHEN {condition} THEN {_digit(outcome, one)}" for condition, outcome in whens)
        return f"CASE {cases} ELSE {_digit(Outcome.CANNOT_TELL, one)} END"

    def reading(self, guards: Mapping[str, str], compared: Mapping[str, str]) -> Compiled:
        """The same, with the guard and the comparisons that are columns already read from those."""
        bound = tuple(guards.get(part) or substituted(part, compared) for part in self.bound)
        doubts = tuple(substituted(part, compared) for part in self.doubts)
        person, fails = (substituted(part, compared) if part else "" for part in (self.person, self.fails))
        return replace(self, bound=bound, doubts=doubts, person=person, fails=fails)

    @property
    def parts(self) -> tuple[str, ...]:
        """Every part of the verdict, as often as it is asked."""
        return (*self.bound, *self.bound, *self.doubts, *((self.person,) if self.person else ()), self.fails)

    @property
    def of(self) -> str:
        """The digits of the units that its margin is about."""
        about = {"tested": (Outcome.FAIL, Outcome.PASS), "person": (Outcome.NEEDS_PERSON,)}.get(
            self.rule.measure.of if self.rule.measure else "", (Outcome.FAIL,)
        )
        return ", ".join(str(OUTCOMES.index(outcome)) for outcome in about)

    @property
    def unset(self) -> tuple[str, ...]:
        """The parameters that nobody has stated."""
        return tuple(name for name, value in self.parameters.items() if value is None)

    @property
    def fields(self) -> tuple[str, ...]:
        """Every field that `needs` names."""
        return tuple(field for alternatives in self.needs for field in alternatives)


def _digit(outcome: Outcome, one: int) -> str:
    return f"CAST({OUTCOMES.index(outcome) * one} AS SMALLINT)"


def compiled(rule: Rule, columns: Mapping[str, str], stated: Mapping[str, Given], clock: Clock) -> Compiled:
    """A rule over the columns of its view, with what the case states.

    Raises:
        RuleRefused: its SQL is not what a rule may hold, or a parameter is not of its unit; with the rule and key.
    """
    given = {name: _typed(stated.get(name, p.default)) for name, p in rule.parameters.items()}
    needs = tuple(tuple(field.strip() for field in need.split("|")) for need in rule.needs)
    for field in (field for alternatives in needs for field in alternatives):
        if f"{field}_state" not in columns:
            raise RuleRefused(f"the view {rule.view} has no field {field}", place=Place(rule.id, column="needs"))
    if rule.words and "element" not in columns:
        raise RuleRefused(f"the view {rule.view} has no lines of a policy", place=Place(rule.id, column="words"))
    if "searcher" in rule.binds and not {"agency_state", "agency_level"} <= set(columns):
        raise RuleRefused(f"the view {rule.view} has no searcher", place=Place(rule.id, column="binds"))
    if rule.agencies and not {"owner", "agency"} & set(columns):
        raise RuleRefused(f"the view {rule.view} has no agencies", place=Place(rule.id, column="agencies"))
    _told(rule)
    literals = {name: _literal(rule, name, value, clock.zone) for name, value in given.items()}
    written = {"applies": rule.applies, "unknown": rule.unknown, "person": rule.person, "fails": rule.fails}
    truths = {key: _part(rule, key, sql, columns, literals) for key, sql in written.items()}
    untold = [_untold(alternatives) for alternatives in needs]
    unclear = [f"coalesce({truths['unknown']}, true)"] if truths["unknown"] != "FALSE" else []
    states = [*_bound_states(rule), *_bound_agencies(rule, columns), *_element(rule)]
    applies = f"({truths['applies']})"
    bare = Compiled(
        rule, given, needs,
        bound=tuple(p for p in (*states, *_in_force(rule, clock), applies) if p != "(TRUE)"),
        doubts=("true",) if any(value is None for value in given.values()) else (*untold, *unclear),
        person=f"({truths['person']})" if truths["person"] != "FALSE" else "",
        fails=f"({truths['fails']})",
        guard=next(iter(states), ""),
    )  # fmt: skip
    return bare if rule.measure is None else _measured(bare, columns, literals)


def _told(rule: Rule) -> None:
    """Refuse a sentence that asks for what a finding of the rule does not have."""
    classes = range(1, len(rule.measure.buckets) + 1) if rule.measure else ()
    known = {*_NUMBERS, *rule.parameters, *(f"class_{n}{end}" for n in classes for end in ("", "_share"))}
    try:
        asked = {field for _, field, _, _ in Formatter().parse(rule.says) if field is not None}
    except ValueError as error:
        raise RuleRefused("its braces can't be read", place=Place(rule.id, column="says")) from error
    if unknown := sorted(asked - known):
        raise RuleRefused(
            f"the sentence asks for {{{unknown[0]}}}", expected=", ".join(f"{{{name}}}" for name in sorted(known)),
            place=Place(rule.id, column="says"), remedy="{class_1} is the first of the measure's buckets",
        )  # fmt: skip


def _measured(bare: Compiled, columns: Mapping[str, str], literals: Mapping[str, Given]) -> Compiled:
    """The same with its measure and the classes of it."""
    rule, measure = bare.rule, bare.rule.measure
    if measure is None:
        return bare
    shown = {name: "…" if value is None else value for name, value in bare.parameters.items()}
    buckets = tuple(
        (bucket.label.format_map(shown), _part(rule, f"measure.buckets.{n}", bucket.sql, columns, literals))
        for n, bucket in enumerate(measure.buckets)
    )
    return replace(bare, measure=_part(rule, "measure.sql", measure.sql, columns, literals), buckets=buckets)


def _typed(value: Given) -> Given:
    """A number that came as text, from a command line, as a number."""
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        return float(value) if "." in value else int(value)
    return value


def _literal(rule: Rule, name: str, value: Given, zone: ZoneInfo | None) -> Given:
    """What stands in the SQL for a parameter: itself, or the epoch ms of an instant."""
    parameter = rule.parameters[name]
    if value is None:
        return None
    if parameter.unit == "instant":
        try:
            return instant(str(value), zone)
        except ValueError as error:
            raise RuleRefused(
                f"the parameter {name} is not a date or a time", expected="such as 2025-06-30 or 2025-06-30T08:00:00Z",
                place=Place(rule.id, column=name),
            ) from error  # fmt: skip
    if parameter.unit and isinstance(value, str):
        raise RuleRefused(
            f"the parameter {name} is not a number", expected=parameter.unit, place=Place(rule.id, column=name)
        )
    return value


def _part(rule: Rule, key: str, sql: str, columns: Mapping[str, str], literals: Mapping[str, Given]) -> str:
    """One expression of a rule, checked; a refusal names the rule and the key."""
    try:
        check = expression if key == "measure.sql" else predicate
        return check(sql, columns, literals)
    except RuleRefused as error:
        raise RuleRefused(
            error.found, expected=error.expected, place=Place(rule.id, column=key), remedy=error.remedy
        ) from error


def _in_force(rule: Rule, clock: Clock) -> list[str]:
    """SQL: the unit's time is one at which a citation was in force; nothing where one of them always is."""
    spans = []
    for cite in rule.cites:
        after = [_since(cite.start, rule, clock)] if cite.start else []
        before = [f"NOT {_since(cite.end + _DAY, rule, clock)}"] if cite.end else []
        spans.append(" AND ".join([*after, *before]))
    return [f"({' OR '.join(f'({span})' for span in spans)})"] if spans and all(spans) else []


def _since(day: date, rule: Rule, clock: Clock) -> str:
    """SQL: the day had begun where the agency is that the rule binds; NULL while it had in one of its zones only."""
    (first, last), here = midnights(day, rule.states or rule.agencies), midnight(day, clock.zone)
    begun, not_yet = f"unit_at >= {last}", f"unit_at < {first}"
    whens = f"WHEN {begun} THEN true WHEN {not_yet} THEN false"
    if rule.view not in TIMED and not first == last == here:
        whens = f"WHEN unit_at = {here} THEN true {whens}"
    elif first == last:
        return f"({begun})"
    own = clock.own(searcher="searcher" in rule.binds)
    return f"(CASE {f'WHEN {own} THEN unit_at >= {here} ' if own else ''}{whens} END)"


def _element(rule: Rule) -> list[str]:
    """SQL: the unit is of the element whose words the rule looks for; nothing for a rule without words."""
    return [f"(element = {text(rule.id)})"] if rule.words else []


_BY_STATE = {
    "owner": "owner_state IN ({states})",
    "searcher": "(agency_state IN ({states}) AND agency_level <> 'federal')",
}
"""How a unit falls under a state's law: its log's owner is of the state, or the one that searched is."""


def _bound_states(rule: Rule) -> list[str]:
    listed = ", ".join(text(state) for state in rule.states)
    return [f"({' OR '.join(_BY_STATE[who].format(states=listed) for who in rule.binds)})"] if listed else []


def _bound_agencies(rule: Rule, columns: Mapping[str, str]) -> list[str]:
    """SQL: one of the agencies that the rule names is bound; who it is about, where a view tells no owner."""
    whose = {"owner": "owner" if "owner" in columns else "agency", "searcher": "agency"}
    named = " OR ".join(
        f"starts_with(coalesce({whose[who]}, ''), {text(id_[:-1])})" if id_[-1:] == "*"
        else f"coalesce({whose[who]}, '') = {text(id_)}"
        for who in rule.binds for id_ in rule.agencies
    )  # fmt: skip
    return [f"({named})"] if named else []


def _untold(alternatives: tuple[str, ...]) -> str:
    """SQL: none of the fields holds anything, and one of them is hidden."""
    nothing = " AND ".join(f"u_{field} > 0" for field in alternatives)
    hidden = " OR ".join(f"u_{field} <= {len(UNTOLD)}" for field in alternatives)
    return f"({nothing} AND ({hidden}))"


def untold_digit(field: str) -> str:
    """SQL for why a field is not told: 0 where it holds something, the place of its state in `UNTOLD`, else BLANK."""
    told = ", ".join(text(state) for state in (State.VALUE, State.PARTIAL))
    whens = " ".join(f"WHEN {field}_state = {text(state)} THEN {_tiny(n)}" for n, state in enumerate(UNTOLD, 1))
    return f"CASE WHEN {field}_state IN ({told}) THEN {_tiny(0)} {whens} ELSE {_tiny(BLANK)} END"


def _tiny(digit: int) -> str:
    return f"CAST({digit} AS TINYINT)"
