"""Every rule that plateglass brings: its own examples, its columns, its sentence, its citation."""

from __future__ import annotations

import string
from typing import Any

import pytest

from plateglass import check
from plateglass.catalogue import Catalogue, Rule
from plateglass.check.clock import Clock
from plateglass.check.columns import PURPOSES
from plateglass.check.compiled import compiled
from plateglass.model import Outcome

CATALOGUE = Catalogue()
RULES = CATALOGUE.rules
every_rule = pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))


@every_rule
def test_each_example_gets_the_verdict_that_it_names(rule: Rule) -> None:
    assert check.examples(rule, CATALOGUE) == []


@every_rule
def test_each_verdict_that_a_rule_can_give_has_an_example(rule: Rule) -> None:
    can = {Outcome.FAIL} if rule.words else {Outcome.PASS, Outcome.FAIL}  # words that are found, a person reads
    if rule.applies != "true" or rule.states or rule.agencies or any(cite.start or cite.end for cite in rule.cites):
        can.add(Outcome.NOT_APPLICABLE)
    if rule.needs or rule.unknown != "false" or any(p.default is None for p in rule.parameters.values()):
        can.add(Outcome.CANNOT_TELL)
    if rule.person != "false":
        can.add(Outcome.NEEDS_PERSON)
    assert {example.verdict for example in rule.examples} == can


@every_rule
def test_a_rule_says_where_it_comes_from_and_what_it_cannot_show(rule: Rule) -> None:
    assert rule.cites
    assert rule.limits
    assert len(rule.readings) >= 2
    if rule.review == "verified":
        assert all(cite.url and cite.read_on for cite in rule.cites), "verified means that somebody read it, on a day"
    if rule.basis == "screen":
        assert rule.review != "verified", "a screen asks, it never finds a fault"


@every_rule
def test_a_rules_sentence_asks_only_for_what_a_finding_has(rule: Rule) -> None:
    classes = range(1, len(rule.measure.buckets) + 1) if rule.measure else range(0)
    known = {"over", "tested", "share", "smallest", "median", "largest", *rule.parameters}
    known |= {f"class_{n}" for n in classes} | {f"class_{n}_share" for n in classes}
    asked = {field for _, field, _, _ in string.Formatter().parse(rule.says) if field}
    assert asked <= known
    assert {"over", "class_1"} & asked
    assert "tested" in asked, "a number without its denominator says nothing"


@every_rule
def test_a_law_of_a_state_stands_in_that_states_pack(rule: Rule) -> None:
    pack = rule.id.partition("/")[0]
    state = pack.removeprefix("us-")
    assert rule.states == ((state,) if pack.startswith("us-") and len(state) == len("ca") else ())
    assert (pack == "custodian") == (rule.audience == "custodian")


@every_rule
def test_a_rule_compiles_whatever_its_parameters_are(rule: Rule) -> None:
    types = check.VIEWS[rule.view].types(PURPOSES)
    stated: dict[str, Any] = {"retention_days": "30", "switch_off": "2025-09-15T08:00:00Z"}
    assert compiled(rule, types, stated, Clock()).unset == ()
    for key, parameter in rule.parameters.items():
        assert parameter.about.endswith("."), key


def test_the_rules_of_the_first_edition_are_all_there() -> None:
    assert set(RULES) >= {
        "screens/reason-missing", "screens/reason-vague", "screens/case-number-absent", "screens/reach-networks",
        "screens/reach-devices",
        "screens/searcher-out-of-state", "screens/searcher-federal", "screens/purpose-p01", "screens/purpose-p02",
        "screens/purpose-p03", "screens/purpose-p24", "screens/purpose-p25", "screens/days-without-records",
        "screens/level-shift", "screens/columns-lost", "screens/row-cap", "promises/look-back",
        "promises/not-on-sharing-list", "promises/after-switch-off", "promises/portal-count",
        "custodian/account-overlap", "us-ca/access-record", "us-ca/purpose-stated", "us-ca/in-state-sharing",
    }  # fmt: skip
