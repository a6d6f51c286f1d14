"""The stage check: rules over documented views become findings, each with counts, margin and evidence.

A rule is a content file. Its predicates run over one view, in one scan with all other rules of that view.
`packs.py` chooses the rules, `clock.py` knows the agency and its clock, `views.py` the views, `compiled.py` a rule's
SQL, `scan.py` the scan, `findings.py` what is counted from it, `examples.py` a rule's own tests.
"""

from __future__ import annotations

from collections.abc import Mapping

from plateglass.case import Case
from plateglass.catalogue import Rule
from plateglass.check import searches as ground
from plateglass.check.clock import Home, home, instant, own_clock
from plateglass.check.compiled import compiled
from plateglass.check.examples import examples
from plateglass.check.findings import EVIDENCE, UNRESOLVED, finding
from plateglass.check.packs import CUSTODIAN, Choice, choose, fitting
from plateglass.check.scan import Judged, at_home, judge
from plateglass.check.views import VIEWS, DocumentedView, prepare
from plateglass.check.world import World, world
from plateglass.errors import Place, RuleRefused
from plateglass.model import Finding
from plateglass.store import Store, values

__all__ = [
    "CUSTODIAN", "EVIDENCE", "UNRESOLVED", "VIEWS", "Choice", "DocumentedView", "Home", "choose", "examples", "fitting",
    "home", "instant", "verdicts",
]  # fmt: skip

EVIDENCE_LIMIT = 10_000
"""How many units of a verdict a rule lists at most, unless the case's parameter `evidence_limit` says otherwise."""


def verdicts(store: Store, case: Case, rules: Mapping[str, Rule]) -> list[Finding]:
    """What each rule says of the case, in the order of their ids.

    Leaves the table `evidence` and the documented views behind.

    Raises:
        RuleRefused: a rule's SQL, view or parameter is not what it may be.
    """
    settings = case.settings
    whose = home(store, settings)
    store.run(*ground.ground(whose))
    seen = world(store, whose, [(rule.id, rule.words) for rule in rules.values() if rule.words])
    store.run(*prepare(seen, {_view(rule) for rule in rules.values()}))
    store.execute(f"CREATE OR REPLACE TEMP TABLE evidence AS {values([], EVIDENCE)}")
    limit = int(settings.parameters.get("evidence_limit", EVIDENCE_LIMIT))
    judged = _judged(store, seen, rules, settings.parameters)
    called = _called(store, case)
    return [finding(store, judged[rule], limit, called) for rule in sorted(judged)]


def _called(store: Store, case: Case) -> dict[str, dict[str, str]]:
    """Source -> field -> the heading that its layout knows it by."""
    layouts = case.catalogue().layouts
    return {
        source: {field: known.headings[0] for field, known in layouts[layout].fields.items()}
        for source, layout in store.rows("SELECT source, layout FROM logs ORDER BY source, part")
        if layout in layouts
    }


def _view(rule: Rule) -> str:
    if rule.view not in VIEWS:
        raise RuleRefused(
            f"no view is called {rule.view}", expected=", ".join(VIEWS), place=Place(rule.id, column="view")
        )
    return rule.view


def _judged(
    store: Store, seen: World, rules: Mapping[str, Rule], stated: Mapping[str, int | float | str]
) -> dict[str, Judged]:
    """Every rule, judged: one scan a view."""
    found: dict[str, Judged] = {}
    here = own_clock(store, seen.home)
    for name in sorted({rule.view for rule in rules.values()}):
        types = VIEWS[name].types(seen.codes)
        over = [rules[key] for key in sorted(rules) if rules[key].view == name]
        ready = at_home(store, [compiled(rule, types, stated, here) for rule in over])
        found |= {judged.rule.rule.id: judged for judged in judge(store, VIEWS[name].table, ready)}
    return found
