"""The stage check: rules over documented views become findings, each with counts, margin and evidence.

A rule is a content file. Its predicates run over one view, in one scan with all other rules of that view.
`clock.py` knows the agency and its clock, `views.py` the views, `compiled.py` a rule's SQL, `scan.py` the scan,
`findings.py` what is counted from it, `examples.py` a rule's own tests.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from plateglass.case import Case
from plateglass.catalogue import Rule
from plateglass.check import searches as ground
from plateglass.check.clock import Home, home
from plateglass.check.compiled import compiled
from plateglass.check.examples import examples
from plateglass.check.findings import EVIDENCE, UNRESOLVED, finding
from plateglass.check.scan import Judged, at_home, judge
from plateglass.check.views import VIEWS, DocumentedView, prepare
from plateglass.check.world import World, world
from plateglass.errors import CaseUnusable, Place, RuleRefused
from plateglass.model import Finding
from plateglass.store import Store, values

__all__ = ["EVIDENCE", "UNRESOLVED", "VIEWS", "DocumentedView", "Home", "choose", "examples", "home", "verdicts"]

GENERAL = ("screens", "promises", "custody")
"""The packs that hold for every case."""

CUSTODIAN = "custodian"
"""The pack of leads about accounts: for the custodian of a log, who asks for it, and for nobody else."""

EVIDENCE_LIMIT = 10_000
"""How many units a rule lists at most, unless the case's parameter `evidence_limit` says otherwise."""


def verdicts(store: Store, case: Case, rules: Mapping[str, Rule]) -> list[Finding]:
    """What each rule says of the case, in the order of their ids.

    Leaves the table `evidence` and the documented views behind.

    Raises:
        RuleRefused: a rule's SQL, view or parameter is not what it may be.
    """
    settings = case.settings
    whose = home(store, settings)
    store.run(*ground.ground(whose))
    seen = world(store, whose)
    store.run(*prepare(seen, {_view(rule) for rule in rules.values()}))
    store.execute(f"CREATE OR REPLACE TEMP TABLE evidence AS {values([], EVIDENCE)}")
    limit = int(settings.parameters.get("evidence_limit", EVIDENCE_LIMIT))
    judged = _judged(store, seen, rules, settings.parameters)
    return [finding(store, judged[rule], limit) for rule in sorted(judged)]


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
    for name in sorted({rule.view for rule in rules.values()}):
        types = VIEWS[name].types(seen.codes)
        over = [rules[key] for key in sorted(rules) if rules[key].view == name]
        ready = at_home(store, [compiled(rule, types, stated, seen.home.zone) for rule in over])
        found |= {judged.rule.rule.id: judged for judged in judge(store, VIEWS[name].table, ready)}
    return found


def choose(rules: Mapping[str, Rule], packs: Collection[str], state: str) -> dict[str, Rule]:
    """The rules of the packs, or single rules, that are named; of none: the general ones and the home state's law.

    Raises:
        CaseUnusable: no pack and no rule has that name.
    """
    known = {pack for rule in rules for pack in (rule, rule.rpartition("/")[0])}
    if unknown := sorted(set(packs) - known):
        raise CaseUnusable(
            f"no rule pack is called {unknown[0]!r}",
            expected=", ".join(sorted({rule.rpartition("/")[0] for rule in rules})),
        )
    wanted = set(packs) or {*GENERAL, *([f"us-{state}"] if state else [])}
    return {key: rule for key, rule in rules.items() if key in wanted or key.rpartition("/")[0] in wanted}
