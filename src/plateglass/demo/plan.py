"""The searches of the made-up case, and what is planted among them: each plant trips one rule, a known number of times.

A search is made once and then written into every log that would show it. What is planted in it is at fault only
where a log shows the fields that tell; `logs` counts that.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from plateglass.demo import world

HOUR, DAY = 3_600, 86_400
_ALSO = 0.3
"""The part of the searches that a neighbour's cameras see too."""


@dataclass(frozen=True)
class Search:
    """One made-up search, with everything that any log could show of it. Times are epoch seconds UTC."""

    at: int
    from_at: int
    to_at: int
    search_id: str
    account: str
    org: str
    networks: str
    devices: str
    target: str
    reason: str
    case_no: str
    filters: str
    search_type: str
    prompt: str = ""
    moderation: str = ""
    offence: str = ""
    plants: Mapping[str, tuple[str, ...]] = field(default_factory=dict, compare=False)
    """The rules that it trips, each with the classes of the rule's margin that it falls into."""
    person: frozenset[str] = field(default=frozenset(), compare=False)
    """The rules by which only a person can decide."""
    shown_to: frozenset[str] = field(default=frozenset({world.HOME}), compare=False)
    """The agencies whose cameras it reached: their network logs show it."""

    @property
    def day(self) -> date:
        """The day of the search, in the agency's zone."""
        return datetime.fromtimestamp(self.at, world.ZONE).date()


class Cast:
    """Makes searches, no two in one second unless they are meant to be."""

    def __init__(self, seed: int) -> None:
        """Start from a fixed seed."""
        self._rng = random.Random(seed)  # noqa: S311 (made-up data must repeat, not be secret)
        self._taken: set[int] = set()
        self._cases = 900_000

    def search(self, org: str, first: date = world.FIRST, last: date = world.LAST) -> Search:
        """An ordinary search by somebody of `org`, between two days, outside the gap."""
        rng = self._rng
        at = self._second(first, last)
        days = rng.choice((1, 1, 2, 3, 7, 14, 28))
        networks = rng.randint(1, 400)
        also = (org for org in (world.SAMPLETON, world.MOCKFORD) if rng.random() < _ALSO)
        self._cases += 1
        plate = rng.choice(world.PLATES)
        return Search(
            at=at, from_at=at - days * DAY, to_at=at + rng.choice((-5, 0, 600)),
            search_id=str(UUID(int=rng.getrandbits(128), version=4)),
            account=rng.choice(world.PEOPLE), org=org, networks=str(networks), devices=str(networks * 12),
            target=plate if rng.random() > 0.02 else f"{plate[:3]}*{plate[-2:]}*",  # noqa: PLR2004 (one in fifty)
            reason=rng.choice(world.REASONS), case_no=f"25-{self._cases}", filters=rng.choice(world.FILTERS),
            search_type=rng.choice(world.TYPES), offence=rng.choice(world.OFFENCES),
            shown_to=frozenset({world.HOME, *also}),
        )  # fmt: skip

    def _second(self, first: date, last: date) -> int:
        """A second that no other search has, in none of the days without records."""
        start = int(datetime.combine(first, time(), world.ZONE).timestamp())
        end = int(datetime.combine(last + timedelta(days=1), time(), world.ZONE).timestamp())
        while True:
            at = self._rng.randrange(start, end)
            day = datetime.fromtimestamp(at, world.ZONE).date()
            if at not in self._taken and not world.GAP[0] <= day <= world.GAP[1]:
                self._taken.add(at)
                return at

    def choice(self, words: tuple[str, ...]) -> str:
        """One of some words."""
        return self._rng.choice(words)


def searches(number: int, seed: int) -> list[Search]:
    """About `number` searches, planted ones among them, in order of time."""
    cast = Cast(seed)
    planted = [
        *_texts(cast),
        *_windows(cast),
        *_reaches(cast),
        *_outsiders(cast),
        *_overlaps(cast),
        *_odd(cast),
        *_kept_in_view(cast),
    ]
    rest = max(number - len(planted), 0)
    own = [cast.search(world.HOME) for _ in range(rest // 4)]
    others = [_switched_off(cast.search(cast.choice(world.NEIGHBOURS))) for _ in range(rest - len(own))]
    return sorted([*planted, *own, *others, *_elsewhere(cast)], key=lambda s: (s.at, s.target))


def _switched_off(search: Search) -> Search:
    """The same search, not reaching Exampleville's cameras once they are switched off."""
    return search if search.day < world.SWITCH_OFF else replace(search, shown_to=search.shown_to - {world.HOME})


def _elsewhere(cast: Cast) -> list[Search]:
    """Four searches a day by Sampleton, over its own cameras and Mockford's."""
    days = [world.FIRST + timedelta(days=n) for n in range((world.LAST - world.FIRST).days + 1)]
    kept = [day for day in days if not world.GAP[0] <= day <= world.GAP[1]]
    return [replace(cast.search(world.SAMPLETON, day, day), shown_to=_NEIGHBOURS) for day in kept for _ in range(4)]


_NEIGHBOURS = frozenset({world.SAMPLETON, world.MOCKFORD})
BLANKS = ("", "", "", "-", world.DASHES)
PURPOSES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "p01": (("ICE ERO detainer", "explicit"), ("ICE hold", "probable"), ("overstay", "ambiguous")),
    "p02": (("alien smuggling", "explicit"), ("8 USC 1326", "explicit"), ("smuggling", "ambiguous")),
    "p03": (("immigration (criminal)", "explicit"), ("ICE assist", "probable"), ("HSI", "ambiguous")),
    "p24": (("protest", "explicit"), ("assault at protest", "probable"), ("rally", "ambiguous")),
    "p25": (("abortion", "explicit"), ("planned parenthood", "probable")),
}
"""Code -> (reason, tier) as planted."""
SAYS_LITTLE = ("ICE assist", "HSI")
"""Those of them that name an agency and no offence: whether that is a purpose is for a person."""
IMMIGRATION = ("p01", "p02", "p03")
CIVIL = ("p01", "explicit")
"""The state's law asks about these; of them only what names civil enforcement outright is not left to a person."""
PROHIBITED = {
    **dict.fromkeys(("p01", "p02"), "screens/prohibited-immigration"), "p24": "screens/prohibited-protest",
}  # fmt: skip
"""The home agency's portal prohibits these; what is not outright is left to a person."""
EACH = 4
"""How many searches carry each planted reason."""


def _texts(cast: Cast) -> list[Search]:
    """Blank and empty reasons, absent case numbers, and the purposes of the taxonomy, one code each."""
    blank = {"screens/reason-missing": (), "us-ca/access-record": (), "us-ca/purpose-stated": ()}
    found = [_with(cast, blank, reason=text) for text in BLANKS for _ in range(2)]
    found += [_with(cast, {"screens/case-number-absent": ()}, case_no=text) for text in BLANKS for _ in range(3)]
    nothing = [_with(cast, {"screens/reason-vague": ()}, reason="investigation") for _ in range(6)]
    found += [replace(s, person=frozenset({"us-ca/purpose-stated"})) for s in nothing]
    for code, texts in PURPOSES.items():
        for text, tier in texts:
            asked = frozenset({"us-ca/purpose-stated"}) if text in SAYS_LITTLE else frozenset()
            plants: dict[str, tuple[str, ...]] = {f"screens/purpose-{code}": (tier,)}
            barred = PROHIBITED.get(code)
            if barred and tier == "explicit":
                plants[barred] = ()
            elif barred:
                asked |= {barred}
            if (code, tier) == CIVIL:
                plants["us-ca/immigration-purpose"] = ()
            elif code in IMMIGRATION:
                asked |= {"us-ca/immigration-purpose"}
            found += [replace(_with(cast, plants, reason=text), person=asked) for _ in range(EACH)]
    return found


def _with(cast: Cast, plants: Mapping[str, tuple[str, ...]], **changes: Any) -> Search:
    return replace(cast.search(world.HOME), plants=plants, **changes)


UNDER_72_MINUTES = "by under 72 minutes"
READY_MADE = "of these, with a window of exactly 30 days: a ready-made choice"
CLOCK_CHANGE = "of these, by the hour that a clock change makes: a window of exactly 30 days on the clock"
OVER_A_DAY = "by more than a day"


def _windows(cast: Cast) -> list[Search]:
    """Look-backs over the retention: by seconds, by the hour of the clock change, by days, by more than a year."""
    limit = world.RETENTION_DAYS * DAY
    change = datetime.fromtimestamp(world.CHANGE.timestamp(), world.ZONE).date()
    after = (change + timedelta(days=1), change + timedelta(days=world.RETENTION_DAYS - 3))
    found = [_window(cast.search(world.HOME), limit + 3, limit, UNDER_72_MINUTES, READY_MADE) for _ in range(20)]
    hour = [cast.search(world.HOME, *after) for _ in range(8)]
    found += [_window(search, limit + HOUR, limit + HOUR, UNDER_72_MINUTES, CLOCK_CHANGE) for search in hour]
    found += [_window(cast.search(world.HOME), limit + (2 + n) * DAY, 7 * DAY, OVER_A_DAY) for n in range(12)]
    found += [_window(cast.search(world.HOME), 524 * DAY, 524 * DAY, OVER_A_DAY)]
    kept = [cast.search(world.HOME) for _ in range(10)]
    return found + [replace(s, from_at=s.at - limit, to_at=s.at) for s in kept]


def _window(search: Search, back: int, length: int, *margin: str) -> Search:
    start = search.at - back
    return replace(search, from_at=start, to_at=start + length, plants={"promises/look-back": margin})


def _reaches(cast: Cast) -> list[Search]:
    """Searches of several thousand networks, and of tens of thousands of cameras."""
    far = [cast.search(world.HOME) for _ in range(6)]
    wide = [cast.search(world.HOME) for _ in range(5)]
    return [
        *(replace(s, networks=str(6_000 + n)) for n, s in enumerate(far)),
        *(replace(s, devices=str(90_000 + n)) for n, s in enumerate(wide)),
    ]


_BEFORE = world.SWITCH_OFF - timedelta(days=1)


def _outsiders(cast: Cast) -> list[Search]:
    """Searchers from other states, a federal one, a private one, one on no list, and some without a place."""
    away = {"screens/searcher-out-of-state": (), "us-ca/in-state-sharing": ("by bodies of other states",)}
    federal = {"screens/searcher-federal": (), "us-ca/in-state-sharing": ("by federal bodies",)}
    unlisted: Mapping[str, tuple[str, ...]] = {"promises/not-on-sharing-list": ()}
    found = [_by(cast, org, away) for org in world.OUT_OF_STATE for _ in range(7)]
    found += [_by(cast, world.FEDERAL, federal) for _ in range(6)]
    found += [_by(cast, world.UNLISTED, unlisted) for _ in range(5)]
    found += [_by(cast, org, {}) for org in (world.UNPLACED, world.INACTIVE) for _ in range(4)]
    private = [_by(cast, world.PRIVATE, {}) for _ in range(3)]
    found += [replace(s, person=frozenset({"us-ca/in-state-sharing"})) for s in private]
    return found + _late(cast)


def _by(cast: Cast, org: str, plants: Mapping[str, tuple[str, ...]]) -> Search:
    return replace(cast.search(org, last=_BEFORE), plants=plants)


def _late(cast: Cast) -> list[Search]:
    """Searches after the switch-off, and by an agency before and after it was taken off the sharing list."""
    switch: Mapping[str, tuple[str, ...]] = {"promises/after-switch-off": ()}
    dropped = {**switch, "promises/not-on-sharing-list": ()}
    early = [cast.search(world.DROPPED, last=world.FIRST + timedelta(days=24)) for _ in range(6)]
    start = world.SWITCH_OFF + timedelta(days=1)
    late = [cast.search(world.MOCKFORD, start) for _ in range(9)]
    gone = [
        cast.search(world.DROPPED, world.TURN + timedelta(days=3), world.TURN + timedelta(days=45)) for _ in range(5)
    ]
    return [
        *early,
        *(replace(s, plants=switch, shown_to=s.shown_to | {world.HOME}) for s in late),
        *(replace(s, plants=dropped, shown_to=s.shown_to | {world.HOME}) for s in gone),
    ]


def _overlaps(cast: Cast) -> list[Search]:
    """One user twice in one second, with two targets."""
    found = []
    for number in range(4):
        one, other = cast.search(world.HOME), cast.search(world.HOME)
        one = replace(one, target=world.PLATES[number], plants={"custodian/account-overlap": ()})
        two = replace(one, target=world.PLATES[-number - 1], search_id=other.search_id, case_no=other.case_no)
        found += [one, two]
    return found


def _kept_in_view(cast: Cast) -> list[Search]:
    """What only papers or other records show: prohibited uses, a watched plate, a long day, words that change."""
    late = (world.LAST - timedelta(days=20), world.LAST - timedelta(days=2))
    traffic = [cast.search(world.SAMPLETON, *late) for _ in range(3)]
    own_ends = {"screens/prohibited-personal": (), "us-ca/purposes-of-policy": ()}
    personal = [_with(cast, own_ends, reason=world.PERSONAL) for _ in range(3)]
    weekly = [world.TURN + timedelta(days=7 * n) for n in range(6)]
    watched = [cast.search(world.HOME, day, day) for day in weekly]
    protest = [cast.search(_QUIET, world.FIRST, world.GAP[0] - timedelta(days=1)) for _ in range(9)]
    general = [cast.search(_QUIET, date(2025, 9, 1), _BEFORE) for _ in range(14)]
    vague = frozenset({"us-ca/purpose-stated"})
    september = [replace(s, shown_to=frozenset({world.HOME})) for s in general]
    return [
        *(replace(_switched_off(s), offence=world.TRAFFIC, plants={"screens/prohibited-traffic": ()}) for s in traffic),
        *_long_day(cast),
        *personal,
        *(replace(s, target=world.WATCHED, account=world.PEOPLE[20]) for s in watched),
        *(replace(s, reason="protest", plants={"screens/purpose-p24": ("explicit",)}, shown_to=frozenset({world.HOME}))
          for s in protest),
        *(replace(s, reason="investigation", person=vague, plants={"screens/reason-vague": ()}) for s in september),
    ]  # fmt: skip


def _long_day(cast: Cast) -> list[Search]:
    """One account from half past midnight to half past ten in the evening."""
    midnight = int(datetime.combine(world.TURN + timedelta(days=10), time(), world.ZONE).timestamp())
    made = zip((HOUR // 2, 22 * HOUR + HOUR // 2), [cast.search(world.HOME) for _ in range(2)], strict=True)
    return [
        replace(
            s, at=midnight + after, from_at=midnight + after - DAY, to_at=midnight + after, account=world.PEOPLE[21]
        )
        for after, s in made
    ]


_QUIET = "Fixture City CA PD"
"""A neighbour that stops naming protests, and begins to name nothing."""


def _odd(cast: Cast) -> list[Search]:
    """What real exports hold besides: personal text in the wrong field, dashes for a number, free-text searches."""
    plates = iter(world.SPARE_PLATES)
    bare = {"filters": "", "prompt": "", "plants": {"us-ca/access-record": ("nothing that was asked for",)}}
    texts: list[dict[str, Any]] = [
        {"reason": f"stolen vehicle {next(plates)}"}, {"reason": f"burglary {next(plates).lower()}"},
        {"reason": "robbery, call 213-555-0142"}, {"reason": "theft, tip from bo.sample@example.org"},
        {"reason": "assault, witness Ada Example"}, {"case_no": next(plates)}, {"case_no": "Bo Sample"},
        {"filters": f"california{next(plates)}"}, {"devices": world.DASHES}, {"networks": "0"},
        {"target": "-", **bare}, {"target": "", **bare},
        {"search_type": "freeform", "prompt": "red sedan with roof rack", "moderation": "allow"},
        {"search_type": "freeform", "prompt": f"sedan {next(plates)}", "moderation": "block"},
    ]  # fmt: skip
    return [replace(cast.search(world.HOME, last=world.TURN - timedelta(days=2)), **text) for text in texts]
