"""A rule's own tests: each of its examples must get the verdict that it names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from plateglass.catalogue import Catalogue, Rule, RuleExample
from plateglass.check.clock import Clock
from plateglass.check.columns import DEFAULTS, PURPOSES
from plateglass.check.compiled import OUTCOMES, compiled
from plateglass.check.scan import judge
from plateglass.check.views import VIEWS
from plateglass.errors import Place, RuleRefused
from plateglass.model import Outcome
from plateglass.store import Step, Store, values

ZONE = ZoneInfo("America/Chicago")
"""The zone of the made-up agency of an example."""


def examples(rule: Rule, catalogue: Catalogue) -> list[str]:
    """What is wrong with a rule's examples; empty where each gets the verdict that it names.

    Raises:
        RuleRefused: the rule's SQL, its view or a column of an example is not what it may be.
    """
    if rule.view not in VIEWS:
        raise RuleRefused(f"no view is called {rule.view}", place=Place(rule.id, column="view"))
    types = VIEWS[rule.view].types(codes(catalogue))
    with Store(threads=1) as store:
        store.close_off()
        found = [_verdict(store, rule, example, types) for example in rule.examples]
    wanted = zip(found, rule.examples, strict=True)
    return [f"example {n} gets {got}, not {e.verdict}" for n, (got, e) in enumerate(wanted, 1) if got != e.verdict]


def codes(catalogue: Catalogue) -> tuple[str, ...]:
    """The codes of reasons that are columns of `searches`."""
    return tuple(dict.fromkeys((*PURPOSES, *(code for code, r in catalogue.reasons.items() if r.axis != "quality"))))


def _verdict(store: Store, rule: Rule, example: RuleExample, types: Mapping[str, str]) -> Outcome:
    """What a rule says of the one made-up unit of an example."""
    ready = compiled(rule, types, example.parameters, Clock(ZONE))
    usual = DEFAULTS | ({"element": rule.id} if rule.words else {})
    row = [_cell(rule, column, example.row.get(column, usual.get(column)), types) for column in types]
    if unknown := sorted(set(example.row) - set(types)):
        raise RuleRefused(f"the view {rule.view} has no column {unknown[0]}", place=Place(rule.id, column="examples"))
    store.run(Step("example", values([row], types)))
    judged = judge(store, "example", [ready])[0]
    return OUTCOMES[store.one(f"SELECT {judged.digit} FROM judged_example")]


def _cell(rule: Rule, column: str, value: Any, types: Mapping[str, str]) -> Any:
    """A cell of an example: a time is written as TOML's own, a token as any word."""
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time(), ZONE)
    if isinstance(value, datetime):
        return int((value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp() * 1000)
    if types[column] == "UUID" and value is not None:
        raise RuleRefused("an example needs no token: say its state", place=Place(rule.id, column=column))
    return value
