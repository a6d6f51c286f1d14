"""Which rules are checked: those that are named, else those that fit the states and dates of the case, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from plateglass.case import Settings
from plateglass.catalogue import SHIPPED, Rule
from plateglass.check.clock import Home, home, midnights
from plateglass.errors import CaseUnusable, Issue, Place, Severity
from plateglass.store import Store

GENERAL = ("screens", "promises", "custody", "ways-round")
"""The packs that hold for every case: none of their rules rests on a law that binds some agencies only."""

CUSTODIAN = "custodian"
"""The pack of leads about accounts: for the custodian of a log, who asks for it, and for nobody else."""

BY_NAME = {
    "cjis": "it binds systems that hold criminal-justice information, and reads of plates alone are none",
    "guidance": "it recommends, and binds nobody",
}
"""Packs that are checked where the settings name them only, and why."""


@dataclass(frozen=True)
class Choice:
    """The rules that a case is checked with, and how they were chosen."""

    rules: Mapping[str, Rule]
    why: tuple[str, ...]
    """Which packs, each with the reason; what a report says of the choice."""
    left: tuple[str, ...] = ()
    """Which packs are not checked though a reader may look for them, each with the reason."""
    home: str = ""
    """The id of the home agency, by which a rule may name it; empty where it is not known."""

    def issue(self) -> Issue:
        """The choice as a note of the report."""
        said = f"rules checked{f' (home agency: {self.home})' if self.home else ''}: {'; '.join(self.why)}"
        said += f". Not checked, unless the settings name them: {'; '.join(self.left)}" if self.left else ""
        return Issue("packs-chosen", Severity.NOTE, Place("rules"), said)


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

    A state's law is in where the home agency or the owner of a log is of the state, a rule that names agencies where
    one of them is. Of the law of a state that only searchers are of, and of rules that name searchers, what binds
    those is in, as far as it was in force while they searched. The case's own rules are always in.

    Raises:
        CaseUnusable: the settings name a pack or a rule that there is not.
    """
    if settings.rules:
        found, why = choose(rules, settings.rules, ""), [f"{', '.join(settings.rules)}, as the settings name them"]
        choice = Choice(found, tuple(why), home=home(store, settings).agency)
    else:
        choice = _of_itself(store, settings, {key: rule for key, rule in rules.items() if not _own(rule)})
    found, why = dict(choice.rules), list(choice.why)
    if mine := {key: rule for key, rule in rules.items() if _own(rule) and rule.audience == "public"}:
        found |= mine
        why.append(f"{', '.join(sorted({_pack(key) or key for key in mine}))}, the case's own")
    if settings.custodian:
        found |= choose(rules, (CUSTODIAN,), "") | {key: rule for key, rule in rules.items() if _own(rule)}
        why.append(f"{CUSTODIAN}, because the case is the log's own custodian's")
    return replace(choice, rules=dict(sorted(found.items())), why=tuple(why))


def _own(rule: Rule) -> bool:
    """Whether a rule is the case's own, and not one of ours, or another wording of it."""
    return not (SHIPPED / "rules" / f"{rule.id}.toml").exists()


def _of_itself(store: Store, settings: Settings, rules: Mapping[str, Rule]) -> Choice:
    seen = _seen(store, settings)
    found = {key: rule for key, rule in rules.items() if _pack(key) in GENERAL or seen.holds(rule)}
    counts, chosen = Counter(map(_pack, rules)), Counter(map(_pack, found))
    why = [f"{', '.join(GENERAL)}, always"]
    for pack in sorted(set(chosen) - {*GENERAL}):
        whole = pack if chosen[pack] == counts[pack] else f"{pack}, {chosen[pack]} of its {counts[pack]} rules"
        why.append(f"{whole}, {_whose(pack, seen, [rule for key, rule in found.items() if _pack(key) == pack])}")
    now, said = _by_searchers(rules, seen)
    return Choice(found | now, (*why, *said), tuple(_left(rules, found | now)), seen.home.agency)


def _left(rules: Mapping[str, Rule], found: Mapping[str, Rule]) -> Iterator[str]:
    """Which packs are not in, each with the reason."""
    packs, chosen = {_pack(key) for key in rules}, {_pack(key) for key in found}
    yield from (f"{pack}, because {because}" for pack, because in BY_NAME.items() if pack in packs - chosen)
    if states := [pack for pack in packs - chosen if _pack_state(pack)]:
        yield f"the laws of {len(states)} other states"
    if named := sorted({_pack(key) for key in rules if rules[key].agencies and key not in found}):
        yield f"what in {', '.join(named)} binds agencies that are not in the case"


@dataclass(frozen=True)
class _Seen:
    """Who is in a case."""

    home: Home
    agencies: frozenset[str]
    """The home agency, and the owners of logs."""
    states: frozenset[str]
    """Their states."""
    searchers: frozenset[str]
    searching: frozenset[str]
    """The states of the agencies that searched."""
    period: tuple[int, int]

    def holds(self, rule: Rule) -> bool:
        """Whether a rule's state is here, and one of the agencies that it names: at home, as owner, or as searcher."""
        if rule.states and self.states.isdisjoint(rule.states):
            return False
        if not rule.agencies or any(map(rule.names, self.agencies)):
            return bool(rule.states or rule.agencies)
        searched = "searcher" in rule.binds and any(map(rule.names, self.searchers))
        return searched and _in_force(rule, self.period)


def _seen(store: Store, settings: Settings) -> _Seen:
    here = home(store, settings)
    owners, searchers = "SELECT owner_org FROM sources", "SELECT org FROM distinct_searches"
    return _Seen(
        here,
        frozenset({here.agency, *_agencies(store, owners)} - {""}),
        frozenset({here.state, *_states(store, owners)} - {""}),
        _agencies(store, searchers), _states(store, searchers), _period(store),
    )  # fmt: skip


def _by_searchers(rules: Mapping[str, Rule], seen: _Seen) -> tuple[dict[str, Rule], list[str]]:
    """Of the law of states that only searchers are of: what binds them, and was in force while anybody searched."""
    found: dict[str, Rule] = {}
    why = []
    for state in sorted(seen.searching - seen.states):
        bound = {key: rule for key, rule in rules.items() if _pack(key) == f"us-{state}" and "searcher" in rule.binds}
        now = {key: rule for key, rule in bound.items() if _in_force(rule, seen.period)}
        found |= now
        if bound:
            how_many = f"{len(now)} of its rules" if now else "none of its rules, which were not in force then"
            why.append(f"us-{state}, of which agencies searched: {how_many}")
    return found, why


def _pack(rule: str) -> str:
    return rule.rpartition("/")[0]


def _pack_state(pack: str) -> str:
    """The state whose law a pack is; empty for any other."""
    state = pack.removeprefix("us-")
    return state if pack != state and len(state) == len("ca") else ""


def _whose(pack: str, seen: _Seen, rules: Iterable[Rule]) -> str:
    if state := _pack_state(pack):
        whose = "the home agency" if state == seen.home.state else "a log's owner"
        return f"the law of the state of {whose}"
    agencies = sorted({agency for rule in rules for agency in seen.agencies if rule.names(agency)})
    if not agencies:
        return "which bind agencies that searched"
    return f"which bind {'the home agency' if agencies == [seen.home.agency] else 'owners of logs'}"


def _states(store: Store, orgs: str) -> frozenset[str]:
    """The states that some names are of; a federal body is of none."""
    rows = store.rows(
        f"SELECT DISTINCT state FROM organisations WHERE org IN ({orgs}) AND state IS NOT NULL AND level <> 'federal'"
    )
    return frozenset(str(state) for (state,) in rows)


def _agencies(store: Store, orgs: str) -> frozenset[str]:
    rows = store.rows(f"SELECT DISTINCT agency FROM organisations WHERE org IN ({orgs}) AND agency IS NOT NULL")
    return frozenset(str(agency) for (agency,) in rows)


def _period(store: Store) -> tuple[int, int]:
    """The first and the last time that anybody searched."""
    times = "coalesce(min(searched_at), 0), coalesce(max(searched_at), 0)"
    first, last = store.rows(f"SELECT {times} FROM distinct_searches")[0]
    return int(first), int(last)


def _in_force(rule: Rule, searched: tuple[int, int]) -> bool:
    """Whether one of its citations was in force at some time between two."""
    first, last = searched
    return any(
        (cite.start is None or midnights(cite.start, rule.states or rule.agencies)[0] <= last)
        and (cite.end is None or first < midnights(cite.end + timedelta(days=1), rule.states or rule.agencies)[1])
        for cite in rule.cites
    )
