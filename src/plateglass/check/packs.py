"""Which rules are checked: those that are named, else those that fit the states and dates of the case, and why."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta

from plateglass.case import Settings
from plateglass.catalogue import Rule
from plateglass.check.clock import Home, home, midnights
from plateglass.errors import CaseUnusable, Issue, Place, Severity
from plateglass.store import Store

GENERAL = ("screens", "promises", "custody")
"""The packs that hold for every case."""

CUSTODIAN = "custodian"
"""The pack of leads about accounts: for the custodian of a log, who asks for it, and for nobody else."""


@dataclass(frozen=True)
class Choice:
    """The rules that a case is checked with, and how they were chosen."""

    rules: Mapping[str, Rule]
    why: tuple[str, ...]
    """Which packs, each with the reason; what a report says of the choice."""

    def issue(self) -> Issue:
        """The choice as a note of the report."""
        return Issue("packs-chosen", Severity.NOTE, Place("case.toml"), f"rules checked: {'; '.join(self.why)}")


def choose(rules: Mapping[str, Rule], packs: Collection[str], state: str) -> dict[str, Rule]:
    """The rules of the packs, or single rules, that are named; of none: the general ones and the home state's law.

    Raises:
        CaseUnusable: no pack and no rule has that name.
    """
    known = {pack for rule in rules for pack in (rule, _pack(rule))}
    if unknown := sorted(set(packs) - known):
        raise CaseUnusable(
            f"no rule pack is called {unknown[0]!r}", expected=", ".join(sorted({_pack(rule) for rule in rules}))
        )
    wanted = set(packs) or {*GENERAL, *([f"us-{state}"] if state else [])}
    return {key: rule for key, rule in rules.items() if key in wanted or _pack(key) in wanted}


def fitting(store: Store, settings: Settings, rules: Mapping[str, Rule]) -> Choice:
    """The rules that fit a case: as its settings name them, else by whose logs it holds, who searched, and when.

    A state's law is in where the home agency or the owner of a log is of the state. Of the law of a state that
    only searchers are of, what binds searchers is in, as far as it was in force while they searched.

    Raises:
        CaseUnusable: the settings name a pack or a rule that there is not.
    """
    if settings.rules:
        found, why = choose(rules, settings.rules, ""), [f"{', '.join(settings.rules)}, as the settings name them"]
    else:
        found, why = _of_itself(store, settings, rules)
    if settings.custodian:
        found |= choose(rules, (CUSTODIAN,), "")
        why.append(f"{CUSTODIAN}, because the case is the log's own custodian's")
    return Choice(found, tuple(why))


def _of_itself(store: Store, settings: Settings, rules: Mapping[str, Rule]) -> tuple[dict[str, Rule], list[str]]:
    here = home(store, settings)
    owners = {here.state, *_states(store, "SELECT owner_org FROM sources")}
    laws = {_pack(rule) for rule in rules}
    packs = [*GENERAL, *sorted({f"us-{state}" for state in owners} & laws)]
    found = choose(rules, packs, "")
    why = [f"{', '.join(GENERAL)}, always"]
    why += [f"{pack}, the law of the state {_whose(pack, here)}" for pack in packs[len(GENERAL) :]]
    searched = _period(store)
    for state in sorted(_states(store, "SELECT org FROM distinct_searches") - owners):
        bound = {key: rule for key, rule in rules.items() if _pack(key) == f"us-{state}" and "searcher" in rule.binds}
        now = {key: rule for key, rule in bound.items() if _in_force(rule, searched)}
        found |= now
        if bound:
            how_many = f"{len(now)} of its rules" if now else "none of its rules, which were not in force then"
            why.append(f"us-{state}, of which agencies searched: {how_many}")
    return dict(sorted(found.items())), why


def _pack(rule: str) -> str:
    return rule.rpartition("/")[0]


def _whose(pack: str, here: Home) -> str:
    return "of the home agency" if pack == f"us-{here.state}" else "of a log's owner"


def _states(store: Store, orgs: str) -> set[str]:
    """The states that some names are of; a federal body is of none."""
    rows = store.rows(
        f"SELECT DISTINCT state FROM organisations WHERE org IN ({orgs}) AND state IS NOT NULL AND level <> 'federal'"
    )
    return {str(state) for (state,) in rows}


def _period(store: Store) -> tuple[int, int]:
    """The first and the last time that anybody searched."""
    times = "coalesce(min(searched_at), 0), coalesce(max(searched_at), 0)"
    first, last = store.rows(f"SELECT {times} FROM distinct_searches")[0]
    return int(first), int(last)


def _in_force(rule: Rule, searched: tuple[int, int]) -> bool:
    """Whether one of its citations was in force at some time between two."""
    first, last = searched
    return any(
        (cite.start is None or midnights(cite.start, rule.states)[0] <= last)
        and (cite.end is None or first < midnights(cite.end + timedelta(days=1), rule.states)[1])
        for cite in rule.cites
    )
