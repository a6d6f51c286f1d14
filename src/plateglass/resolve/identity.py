"""Names become agencies: one id for each agency, and how that was decided.

Precision before recall: to take one agency for another is a false accusation, to keep two apart is not. So a name
without a state stays unresolved, and two spellings are taken as one only where nothing but a slip of the keyboard
explains the difference.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from plateglass import catalogue
from plateglass.errors import CaseUnusable, Place
from plateglass.model import Kind, Level
from plateglass.resolve import names, vocabulary

SIMILAR: Final = 0.84
"""The least OSA similarity of two spellings of one place."""
MARGIN: Final = 0.02
"""How much better than the second best it must be."""
_PRIVATE: Final = frozenset({Kind.UNKNOWN, Kind.PRIVATE, Kind.VENDOR})
_ID: Final = re.compile(r"us(-[a-z0-9]+)+")
_FORM: Final = re.compile(r"-(county|parish|city|township|village|borough|town)$")


@dataclass(frozen=True)
class Organisation:
    """One name as written, resolved as far as it can be."""

    written: str
    parsed: names.Parsed
    agency: str | None
    name: str | None
    how: str

    @property
    def public(self) -> bool:
        """Whether the name may stand in an output: a public body was recognised, and nothing unknown stands by it."""
        sure = self.how in ("content", "judgement") or (self.parsed.plain and bool(self.parsed.place))
        return self.agency is not None and self.parsed.kind not in _PRIVATE and sure


class Bodies:
    """The special bodies of the content, by every spelling of their names."""

    def __init__(self, content: Mapping[str, catalogue.Agencies], words: vocabulary.Vocabulary) -> None:
        """Index every name and alias."""
        self.by_id = {body.id: body for agencies in content.values() for body in agencies.bodies}
        self._by_key: dict[str, dict[str, catalogue.Body]] = defaultdict(dict)
        for body in self.by_id.values():
            for spelling in (body.name, *body.aliases):
                self._by_key[words.key(names.parse(spelling, words).bare)][body.id] = body

    def find(self, parsed: names.Parsed, words: vocabulary.Vocabulary) -> catalogue.Body | None:
        """The one body that a name means, if its state does not speak against it."""
        found = [
            body for body in self._by_key.get(words.key(parsed.bare), {}).values() if parsed.state in (None, body.state)
        ]
        return found[0] if len(found) == 1 else None


def resolved(
    written: Iterable[str],
    words: vocabulary.Vocabulary,
    bodies: Bodies,
    home: str = "",
    judged: Mapping[str, str] | None = None,
) -> dict[str, Organisation]:
    """Every name as written -> what it means; the order of the names does not matter."""
    found = {name: _alone(name, words, bodies) for name in sorted(set(written))}
    if home:
        owner = _alone(home, words, bodies)
        found = {name: _of_home(organisation, owner, words) for name, organisation in found.items()}
    found = _merged(found, words)
    return _judged(found, words, bodies, judged or {})


def _alone(name: str, words: vocabulary.Vocabulary, bodies: Bodies) -> Organisation:
    """What one name means by itself."""
    parsed = names.parse(name, words)
    body = bodies.find(parsed, words)
    if body is not None:
        return Organisation(name, _as_body(parsed, body), body.id, body.name, "content")
    agency = agency_id(parsed, words)
    if agency is None:
        decided = parsed.kind in (Kind.VENDOR, Kind.PRIVATE)
        return Organisation(name, parsed, None, None, "rule" if decided else "unresolved")
    return Organisation(name, parsed, agency, parsed.name, "rule")


def _as_body(parsed: names.Parsed, body: catalogue.Body) -> names.Parsed:
    return replace(
        parsed, place=body.name, state=body.state, kind=body.kind, level=body.level, rest="", tail="", plain=True
    )


def agency_id(parsed: names.Parsed, words: vocabulary.Vocabulary) -> str | None:
    """The id that follows from a name alone; None where it names no state, no place or no kind of public body."""
    if parsed.kind in _PRIVATE or not parsed.place:
        return None
    if parsed.state is None and parsed.kind is not Kind.FEDERAL:
        return None
    parts = ("us", parsed.state or "federal", _place_key(parsed, words), parsed.tail, words.key(parsed.rest))
    return "-".join(part for part in parts if part)


def _place_key(parsed: names.Parsed, words: vocabulary.Vocabulary) -> str:
    key = words.key(parsed.place)
    if parsed.tail:
        for spelling in words.names.states.get(parsed.state or "", ()):
            key = key.removesuffix(f"-{words.key(spelling)}")
    if parsed.tail in ("pd", "dps"):
        return key.removeprefix("city-of-") or key
    if parsed.tail == "so" and parsed.state not in words.names.city_sheriffs and not _FORM.search(key):
        return f"{key}-parish" if parsed.state in words.names.parishes else f"{key}-county"
    if not parsed.tail and parsed.level is Level.STATE and parsed.kind is not Kind.UNIVERSITY:
        bare = key
        for spelling in words.names.states.get(parsed.state or "", ()):
            bare = re.sub(rf"(^|-){words.key(spelling)}(?=-|$)", "", bare).strip("-")
        return bare.removeprefix("office-of-").removesuffix("-of").removesuffix("-office") or key
    return key


def _of_home(organisation: Organisation, owner: Organisation, words: vocabulary.Vocabulary) -> Organisation:
    """A name without a state that is the home agency's own name but for the state."""
    parsed, own = organisation.parsed, owner.parsed
    if organisation.agency is not None or owner.agency is None or parsed.state is not None or parsed.kind in _PRIVATE:
        return organisation
    mine = replace(parsed, state=own.state)
    if agency_id(mine, words) != agency_id(own, words):
        return organisation
    return replace(organisation, parsed=mine, agency=owner.agency, name=owner.name)


# --- spellings of one agency ---------------------------------------------------------------------------------------


def _merged(found: dict[str, Organisation], words: vocabulary.Vocabulary) -> dict[str, Organisation]:
    """With slips of the keyboard and missing blanks taken as the agency that they mean, and one name for each."""
    same = _slips(found.values(), words)
    merged = {}
    for name, organisation in found.items():
        agency = same.get(organisation.agency or "")
        merged[name] = replace(organisation, agency=agency, how="fuzzy") if agency else organisation
    return _named(merged, words)


def _named(found: dict[str, Organisation], words: vocabulary.Vocabulary) -> dict[str, Organisation]:
    """One spelling for each agency: one that says the id's place in full, that most names have, the shortest."""
    spellings: dict[str, Counter[tuple[bool, str]]] = defaultdict(Counter)
    for o in found.values():
        if o.agency and o.name and o.how == "rule":
            full = f"-{words.key(o.parsed.place)}-{o.parsed.tail}" in o.agency
            spellings[o.agency][not full, o.name] += 1
    best = {
        agency: min(counted, key=lambda s: (s[0], -counted[s], len(s[1]), s[1]))[1]
        for agency, counted in spellings.items()
    }
    shown = {name: o.name if o.how == "content" else best.get(o.agency or "", o.name) for name, o in found.items()}
    return {name: o if o.name == shown[name] else replace(o, name=shown[name]) for name, o in found.items()}


def _slips(found: Iterable[Organisation], words: vocabulary.Vocabulary) -> dict[str, str]:
    """Agency id of a misspelt name -> id of the agency that it means."""
    groups: dict[tuple[str | None, str, str], dict[str, str]] = defaultdict(dict)
    attested: Counter[str] = Counter()
    for organisation in (o for o in found if o.agency and o.how == "rule"):
        parsed = organisation.parsed
        key = _place_key(parsed, words)
        form = _FORM.search(key)
        stem = _FORM.sub("", key)
        attested[stem] += 1
        if parsed.tail and not parsed.rest:
            groups[parsed.state, parsed.tail, form.group() if form else ""][stem] = organisation.agency or ""
    same = {}
    for stems in groups.values():
        for rare, common in _pairs(stems, attested):
            same[stems[rare]] = stems[common]
    return {rare: common for rare, common in same.items() if common not in same}


def _pairs(stems: Mapping[str, str], attested: Counter[str]) -> Iterable[tuple[str, str]]:
    """(rare, common) spellings of one place among those of one state and kind."""
    squeezed: dict[str, list[str]] = defaultdict(list)
    for stem in stems:
        squeezed[stem.replace("-", "")].append(stem)
    for variants in squeezed.values():
        yield from combinations(sorted(variants, key=lambda s: (attested[s], s.count("-"), s)), 2)
    choices = sorted(stems)
    for rare in (stem for stem in choices if attested[stem] == 1):
        near = process.extract(rare, choices, scorer=OSA.normalized_similarity, score_cutoff=SIMILAR, limit=3)
        others = [(choice, score) for choice, score, _ in near if choice != rare]
        clear = len(others) == 1 or (len(others) > 1 and others[0][1] - others[1][1] > MARGIN)
        if clear and attested[others[0][0]] > 1 and slip(rare, others[0][0]):
            yield rare, others[0][0]


_SOFT: Final = frozenset("aeiousywh-0123456789")
"""Letters that tell real places apart: Marysville and Maryville, Newton and Newtown, Fairmont and Fairmount."""
_LONG: Final = 8
_MIDDLE: Final = 6


def slip(rare: str, common: str) -> bool:
    """Whether only a slip of the keyboard makes one word of the other: two letters swapped, or a consonant lost.

    Another letter in place of one is no slip: Claxton and Clayton are two towns. Neither is a first letter:
    Arlington and Darlington are two. Nor a soft one.
    """
    if len(rare) == len(common):
        differ = [i for i, (a, b) in enumerate(zip(rare, common, strict=True)) if a != b]
        swapped = len(differ) == 2 and differ[1] == differ[0] + 1  # noqa: PLR2004 (two letters)
        return (
            swapped
            and len(rare) >= _MIDDLE
            and rare[differ[0]] == common[differ[1]]
            and rare[differ[1]] == common[differ[0]]
        )
    short, long = sorted((rare, common), key=len)
    if len(long) - len(short) != 1 or len(short) < _LONG or short[0] != long[0]:
        return False
    at = next((i for i, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    return short[at:] == long[at + 1 :] and long[at] not in _SOFT


# --- what people decided -------------------------------------------------------------------------------------------


def _judged(
    found: dict[str, Organisation], words: vocabulary.Vocabulary, bodies: Bodies, judged: Mapping[str, str]
) -> dict[str, Organisation]:
    """With the decisions of people in place of ours; an empty id says that the name is no agency's."""
    decided = {vocabulary.tidy(name)[0].lower(): agency for name, agency in judged.items()}
    if not decided:
        return found
    known: dict[str | None, Organisation] = {o.agency: o for o in found.values() if o.agency}
    after = {}
    for name, organisation in found.items():
        agency = decided.get(vocabulary.tidy(name)[0].lower())
        after[name] = organisation if agency is None else _decided(organisation, agency, known, words, bodies)
    return after


def _decided(
    organisation: Organisation, agency: str, known: Mapping[str | None, Organisation], words: vocabulary.Vocabulary,
    bodies: Bodies,
) -> Organisation:  # fmt: skip
    if not agency:
        parsed = replace(organisation.parsed, kind=Kind.UNKNOWN, level=Level.UNKNOWN)
        return replace(organisation, parsed=parsed, agency=None, name=None, how="judgement")
    if not _ID.fullmatch(agency):
        raise CaseUnusable(
            "a judgement names no agency's id", expected="an id such as us-fl-sampleton-county-so, or an empty one",
            place=Place("judgements.jsonl", column="agency"),
        )  # fmt: skip
    marks, bare = organisation.parsed.marks, organisation.parsed.bare
    if agency in bodies.by_id:
        body = bodies.by_id[agency]
        return replace(
            organisation, parsed=_as_body(organisation.parsed, body), agency=agency, name=body.name, how="judgement"
        )
    other = known.get(agency)
    parsed = other.parsed if other else _from_id(agency, words)
    name = other.name if other else parsed.name
    return replace(
        organisation, parsed=replace(parsed, marks=marks, bare=bare), agency=agency, name=name, how="judgement"
    )


def _from_id(agency: str, words: vocabulary.Vocabulary) -> names.Parsed:
    """What an agency's id says of itself."""
    parts = agency.split("-")[1:]
    state = parts[0] if parts[0] in words.codes and len(parts) > 1 else None
    federal = parts[0] == "federal"
    parsed = names.parse(" ".join(parts[1:] if state or federal else parts), words)
    return replace(parsed, kind=Kind.FEDERAL, level=Level.FEDERAL) if federal else replace(parsed, state=state)
