"""How often each plant is to be found: over distinct searches, in the logs that show what tells.

Nothing here looks at a rule. A plant says which rule it trips; `TELLING` says which fields, and whose log, have to be
there to see it. The reach is counted from the numbers themselves, because it is relative to the whole case.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from plateglass.demo import world
from plateglass.demo.logs import Log
from plateglass.demo.plan import Search

Unit = tuple[tuple[str, str], ...]
"""What a log shows of one search."""


@dataclass(frozen=True)
class Telling:
    """What a log must be for a plant to show in it."""

    fields: frozenset[str]
    views: tuple[str, ...] = ()
    """The kinds of log that count; none: any."""
    owner: str = ""
    """The only agency whose log counts; empty: anybody's."""


def _of(*fields: str, views: tuple[str, ...] = (), owner: str = "") -> Telling:
    return Telling(frozenset(fields), views, owner)


_OWN, _NETWORK = ("organisation_audit",), ("network_audit",)


TELLING: Mapping[str, Telling] = {
    "screens/reason-missing": _of("reason", views=_OWN + _NETWORK),
    "screens/case-number-absent": _of("case_no"),
    "screens/purpose-p01": _of("reason"),
    "screens/purpose-p02": _of("reason"),
    "screens/purpose-p03": _of("reason"),
    "screens/purpose-p24": _of("reason"),
    "screens/purpose-p25": _of("reason"),
    "screens/searcher-out-of-state": _of("org", views=_NETWORK),
    "screens/searcher-federal": _of("org", views=_NETWORK),
    "promises/look-back": _of("frame"),
    "promises/not-on-sharing-list": _of("org", views=_NETWORK, owner=world.HOME),
    "promises/after-switch-off": _of("org", views=_NETWORK, owner=world.HOME),
    "custodian/account-overlap": _of("account", "target"),
    "us-ca/access-record": _of("account", "reason", "target", views=_OWN),
    "us-ca/purpose-stated": _of("reason", views=_OWN),
    "us-ca/in-state-sharing": _of("org", views=_NETWORK),
    "us-ca/immigration-purpose": _of("reason"),
}
"""Rule -> where a plant of it is at fault."""
PERSONAL: Mapping[str, Telling] = {
    "screens/reason-missing": _of("reason"),
    "us-ca/purpose-stated": _of("reason"),
    "us-ca/in-state-sharing": _of("org", views=_NETWORK),
    "us-ca/immigration-purpose": _of("reason"),
}
"""Rule -> where a plant of it is for a person to decide."""
LISTS = 2
"""How many sharing lists are written; each names every body from outside the state, and the private one."""
PERCENTILE = 99
"""Above how many percent of the others a reach is wide, as the screens have it by default."""


def over(logs: Sequence[Log]) -> dict[str, int]:
    """Rule -> units at fault."""
    found = Counter(rule for rule, _, _ in _planted(logs))
    found["screens/reach-networks"] = _wide(logs, "networks")
    found["screens/reach-devices"] = _wide(logs, "devices")
    found["screens/days-without-records"] = len(_gap_days(logs))
    found["screens/level-shift"] = found["screens/columns-lost"] = found["screens/row-cap"] = 1
    found["promises/portal-count"] = 1
    found["us-ca/sharing-list"] = LISTS * len((*world.OUT_OF_STATE, world.FEDERAL))
    return dict(sorted(found.items()))


def person(logs: Sequence[Log]) -> dict[str, int]:
    """Rule -> units that only a person can decide."""
    units = {(rule, log.shown(s)) for log, s in _each(logs) for rule in s.person if _tells(PERSONAL[rule], log, s)}
    found = Counter(rule for rule, _ in units)
    found["us-ca/sharing-list"] = LISTS
    return dict(sorted(found.items()))


def margins(logs: Sequence[Log]) -> dict[str, dict[str, int]]:
    """Rule -> class of its margin -> units."""
    found: dict[str, dict[str, int]] = {}
    for rule, labels, _ in _planted(logs):
        for label in labels:
            classes = found.setdefault(rule, {})
            classes[label] = classes.get(label, 0) + 1
    return found


def _planted(logs: Iterable[Log]) -> set[tuple[str, tuple[str, ...], Unit]]:
    return {
        (rule, labels, log.shown(search))
        for log, search in _each(logs)
        for rule, labels in search.plants.items()
        if _tells(TELLING[rule], log, search)
    }


def _each(logs: Iterable[Log]) -> Iterator[tuple[Log, Search]]:
    return ((log, search) for log in logs for search in log.searches)


def _tells(telling: Telling, log: Log, search: Search) -> bool:
    rightly = (not telling.views or log.view in telling.views) and (not telling.owner or telling.owner == log.owner)
    return rightly and telling.fields <= log.fields(search)


def _wide(logs: Sequence[Log], field: str) -> int:
    """How many searches reach more than so many percent of the others do."""
    numbers = {log.shown(s): getattr(s, field) for log, s in _each(logs) if field in log.fields(s)}
    reaches = sorted(int(number) for number in numbers.values() if number.isdigit())
    return sum(1 for reach in reaches if reach and 100 * bisect_left(reaches, reach) >= PERCENTILE * len(reaches))


def _gap_days(logs: Sequence[Log]) -> set[tuple[str, str, int]]:
    """The planted days without records, once for each agency's log of a kind that goes on before and after them."""
    first, last = world.GAP
    before = {(log.owner, log.view) for log in logs if log.searches and log.searches[0].day < first}
    after = {(log.owner, log.view) for log in logs if log.searches and log.searches[-1].day > last}
    return {(*whose, day) for whose in before & after for day in range(first.toordinal(), last.toordinal() + 1)}
