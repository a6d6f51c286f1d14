"""Whether a case holds what a question needs, and if not, the exact reason in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from plateglass.case import Settings
from plateglass.model import State
from plateglass.store import Store

TOLD: Final = ("value", "partial", "empty", "placeholder")
"""States of a cell that say what the searcher stated, or that nothing was."""

_STATES: Final = {
    State.MASKED: "hidden by a mark", State.WITHHELD: "withheld under a law", State.NOT_EXPORTED: "not exported",
    State.DAMAGED: "damaged", State.EMPTY: "blank", State.PLACEHOLDER: "a dash", State.PARTIAL: "partial",
    State.VALUE: "there",
}  # fmt: skip

_FIELDS: Final = {
    "org": "who searched", "account": "the user", "networks": "the number of networks reached",
    "devices": "the number of cameras reached", "reason": "the stated reason", "case_no": "the case number",
    "target": "what was searched for", "search_id": "the vendor’s id", "search_type": "the type of search",
    "filters": "the filters", "offence": "the offence type", "prompt": "the prompt", "moderation": "the moderation",
    "frame": "the window asked for",
}  # fmt: skip


@dataclass(frozen=True)
class Held:
    """What a case holds, as far as questions ask."""

    views: Mapping[str, int]
    """View -> records accepted."""
    fields: Mapping[str, Mapping[str, int]]
    """Field -> state -> searches."""
    searches: int
    home: bool
    zone: bool
    lists: int
    """Dated sharing lists."""
    pairs: int
    """Pairs of logs that share searches."""
    events: int
    """Days of events within the period."""
    parameters: Mapping[str, int | float | str | None]


def held(store: Store, settings: Settings, home: str, parameters: Mapping[str, int | float | str | None]) -> Held:
    """Look at the case's tables once."""
    views = {view: int(n) for view, n in store.rows("SELECT view, sum(accepted) FROM sources GROUP BY view")}
    fields: dict[str, dict[str, int]] = {}
    for field, state, n in store.rows("SELECT field, state, sum(n) FROM asked_cells GROUP BY field, state"):
        fields.setdefault(field, {})[state] = int(n)
    lists = "SELECT count(*) FROM logs WHERE view = 'shared_networks' AND captured_on IS NOT NULL"
    events = (
        "SELECT count(*) FROM asked_event_days AS e, asked_span AS s WHERE e.day BETWEEN s.first_day AND s.last_day"
    )
    return Held(
        views, fields, int(store.one("SELECT count(*) FROM asked")), bool(home), settings.zone is not None,
        int(store.one(lists)), int(store.one("SELECT count(*) FROM asked_pairs")), int(store.one(events)), parameters,
    )  # fmt: skip


def unmet(needs: tuple[str, ...], case: Held) -> str:
    """Why the needs are not met, in one sentence; empty where they are."""
    found = [why for need in needs if (why := _unmet(need, case))]
    return "; ".join(found)


def _unmet(need: str, case: Held) -> str:
    """Why none of the needs that a need names will do."""
    reasons = [_missing(one.strip(), case) for one in need.split("|")]
    return "" if not all(reasons) else ", and ".join(reasons)


def _missing(need: str, case: Held) -> str:
    kind, _, what = need.partition(":")
    if kind in ("field", "value"):
        return _field(kind, what, case)
    if kind == "view":
        named = what.replace("_", " ")
        return "" if case.views.get(what) else f"the case holds no records of the kind “{named}”"
    if kind == "parameter":
        stated = case.parameters.get(what) is not None
        return "" if stated else f"nobody stated {what.replace('_', ' ')}: set {what} in case.toml or with --set"
    return _other(kind, case)


def _field(kind: str, field: str, case: Held) -> str:
    states = case.fields.get(field, {})
    wanted = TOLD if kind == "field" else ("value",)
    if any(states.get(state) for state in wanted):
        return ""
    named = _FIELDS.get(field, field)
    if not case.searches:
        return "the case holds no log of searches"
    listed = ", ".join(f"{_STATES[State(s)]} in {n:,}" for s, n in sorted(states.items(), key=lambda i: -i[1]))
    return f"{named} is told in none of {case.searches:,} searches: {listed}"


def _other(kind: str, case: Held) -> str:
    checks = {
        "searches": (bool(case.searches), "the case holds no log of searches"),
        "zone": (case.zone, "no time zone is stated for the case (--timezone)"),
        "home": (case.home, "no home agency is stated for the case, or its name was not recognised (--agency)"),
        "list": (case.lists > 0, "the case holds no dated list of whom the agency shares with"),
        "logs": (case.pairs > 0, "no two logs of the case show the same search"),
        "events": (case.events > 0, "none of the listed events falls into the period of the logs"),
    }
    met, why = checks[kind]
    return "" if met else why


KINDS: Final = frozenset({"searches", "zone", "home", "list", "logs", "events"})
"""The needs that have no name behind a colon."""
