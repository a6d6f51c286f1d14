"""How often each plant is to be found: over distinct searches, in the logs that show what tells.

Nothing here looks at a rule. A plant says which rule it trips; `TELLING` says which fields, and whose log, have to be
there to see it. The reach is counted from the numbers themselves, because it is relative to the whole case.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from plateglass.demo import papers, world
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


_OWN, _NETWORK, _PORTAL = ("organisation_audit",), ("network_audit",), ("portal_audit",)


TELLING: Mapping[str, Telling] = {
    "screens/reason-missing": _of("reason", views=_OWN + _NETWORK),
    "screens/reason-vague": _of("reason"),
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
    "screens/prohibited-traffic": _of("offence", views=_PORTAL),
    "screens/prohibited-immigration": _of("reason", views=_OWN + _PORTAL, owner=world.HOME),
    "screens/prohibited-personal": _of("reason", views=_OWN + _PORTAL, owner=world.HOME),
    "screens/prohibited-protest": _of("reason", views=_OWN + _PORTAL, owner=world.HOME),
    "us-ca/purposes-of-policy": _of("reason", views=_OWN + _PORTAL, owner=world.HOME),
    "us-ca/access-record": _of("account", "reason", "target", views=_OWN),
    "us-ca/purpose-stated": _of("reason", views=_OWN),
    "us-ca/in-state-sharing": _of("org", views=_NETWORK),
    "us-ca/immigration-purpose": _of("reason"),
}
"""Rule -> where a plant of it is at fault."""
PERSONAL: Mapping[str, Telling] = {
    "screens/prohibited-immigration": _of("reason", views=_OWN + _PORTAL, owner=world.HOME),
    "screens/prohibited-protest": _of("reason", views=_OWN + _PORTAL, owner=world.HOME),
    "us-ca/purpose-stated": _of("reason"),
    "us-ca/in-state-sharing": _of("org", views=_NETWORK),
    "us-ca/immigration-purpose": _of("reason"),
}
"""Rule -> where a plant of it is for a person to decide."""
LISTS = 2
"""How many sharing lists are written; each names every body from outside the state, and the private one."""
ELEMENTS = ("accuracy", "custodian", "monitoring", "purposes", "retention", "sharing", "users-training")
"""What a policy has to have; one of the two policies has all of it, the other nothing."""
RETENTION = ("policy", "portal", "system")
"""Where the home agency states a length; they differ."""
SHIFT, OFTEN, DAYS = 16, 5, 3
"""Hours of a day, searches and days from which on an account's use is a lead."""
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
    found["us-ca/sharing-list"] = LISTS * len((*world.OUT_OF_STATE, world.FEDERAL)) + 1
    found |= {f"us-ca/policy-{element}": 1 for element in ELEMENTS}
    found |= {"screens/list-newcomers": 1, "promises/oldest-record": 1, "promises/sharing-count": 1}
    found |= {"promises/retention-differs": len(RETENTION), "custodian/words-change": 1}
    found |= {**papers.ENTRIES, **papers.AUDITS, **papers.DUTIES, **_accounts(logs)}
    found["screens/case-number-unknown"] = len({log.shown(s) for log, s in _own(logs) if papers.unknown(s)})
    return dict(sorted(found.items()))


def person(logs: Sequence[Log]) -> dict[str, int]:
    """Rule -> units that only a person can decide."""
    units = {(rule, log.shown(s)) for log, s in _each(logs) for rule in s.person if _tells(PERSONAL[rule], log, s)}
    found = Counter(rule for rule, _ in units)
    found["us-ca/sharing-list"] = LISTS
    found |= {f"us-ca/policy-{element}": 1 for element in ELEMENTS}
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


def _own(logs: Sequence[Log]) -> Iterator[tuple[Log, Search]]:
    """The home agency's own searches, in the log that names its users."""
    return ((log, s) for log, s in _each(logs) if log.view in _OWN)


def _accounts(logs: Sequence[Log]) -> dict[str, int]:
    """Leads about accounts, from the agency's own log and what the papers say of its users."""
    by_account: dict[str, list[Search]] = {}
    for _, search in _own(logs):
        by_account.setdefault(search.account, []).append(search)
    there = set(by_account)
    early = {who for who, made in by_account.items() if min(s.day for s in made) < papers.LATE}
    return {
        "custodian/unused-account": len(papers.UNUSED),
        "custodian/unlisted-account": len(there & set(papers.LEFT)),
        "custodian/no-right-to-search": len(there & set(papers.BARRED)),
        "custodian/untrained": len(there & set(papers.UNTRAINED)) + len(early & set(papers.TRAINED_LATE)),
        "custodian/training-stale": len(there & set(papers.TRAINED_LONG_AGO)),
        "custodian/after-leaving": sum(
            1 for who in there & set(papers.GONE) if any(s.day > papers.GONE_ON for s in by_account[who])
        ),
        "custodian/left-and-open": len(papers.GONE),
        "custodian/handed-over": len(there & set(papers.HANDED_OVER)),
        "custodian/long-day": sum(1 for made in by_account.values() if _longest(made) > SHIFT * 3_600),
        "custodian/repeat-target": sum(len(_repeats(made, logs)) for made in by_account.values()),
    }


def _longest(made: Iterable[Search]) -> int:
    """Seconds from the first to the last search of one day, on the longest."""
    days: dict[object, list[int]] = {}
    for search in made:
        days.setdefault(search.day, []).append(search.at)
    return max(max(times) - min(times) for times in days.values())


def _repeats(made: Sequence[Search], logs: Sequence[Log]) -> set[str]:
    """The targets that one account searched for again and again, under several numbers, and nobody else."""
    others = {s.target for log, s in _each(logs) if s.account != made[0].account and "account" in log.fields(s)}
    return {
        target for target, times in Counter(s.target for s in made).items()
        if times >= OFTEN and len(target) > 1 and "*" not in target and target not in others
        and len({s.day for s in made if s.target == target}) >= DAYS
        and len({s.case_no for s in made if s.target == target}) != 1
    }  # fmt: skip


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
