"""Which state a name says: by a code and where it stands, or by a state's name that is no place's.

Precision before recall. Codes that are also words (IN, OR, ME, CO for county, IA for internal affairs) count only
where nothing else can be meant; two codes that say different things say nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from plateglass.resolve.vocabulary import EDGES, WORD, Vocabulary, mended

_CODE: Final = re.compile(r"(?<![\w’.&])([A-Za-z]{2})(?![\w’&])")
_SHARED: Final = re.compile(r"\b([A-Za-z]{2}) ?(?:/|and|-) ?([A-Za-z]{2})\b")
_PREFIX, _BEFORE_KIND, _LAST, _INSIDE, _SPELT, _FIRST = 6, 5, 4, 3, 2, 1
"""How surely a code is a state's: in brackets or before a dash; before the kind; at the end; inside; spelt; first."""


@dataclass(frozen=True)
class _Candidate:
    state: str
    score: int
    start: int
    end: int


def state(text: str, words: Vocabulary, *, slug: bool, federal: bool) -> tuple[str | None, str]:
    """The state that the name says, and the name without its code. Where it may mean several: none."""
    if _of_two_states(text, words):
        return None, text
    candidates = _sifted(_codes(text, words, slug=slug), text, federal=federal)
    spelt = _spelt(text, words)
    if spelt is not None:
        candidates.append(spelt)
    best = max((c.score for c in candidates), default=0)
    least = min(best, _BEFORE_KIND) if best > _LAST else min(best, _INSIDE)
    said = {c.state for c in candidates if c.score >= least}
    if len(said) != 1:
        return None, text
    found = said.pop()
    return found, _without(text, [c for c in candidates if c.state == found and c.score != _SPELT], words)


def _without(text: str, codes: list[_Candidate], words: Vocabulary) -> str:
    for code in sorted(codes, key=lambda c: c.start, reverse=True):
        before = text[: code.start]
        instead = words.names.states[code.state][0].title() if _part_of_name(before, code.score) else ""
        text = f"{before}{instead} {text[code.end :]}"
    return mended(text)


_LEARNED: Final = re.compile(r"(universit|college|univ\b).*(of|south|north|east|west|central)\W+$")
_REGION: Final = re.compile(r"\b(north|south)?(central|east|west|south|north) $")


def _part_of_name(before: str, score: int) -> bool:
    """Whether a code stands for the state's name in the name of a body: University of TX, South Central OH Unit."""
    low = before.lower()
    return bool(_LEARNED.search(low)) or (score == _INSIDE and bool(_REGION.search(low)))


def _of_two_states(text: str, words: Vocabulary) -> bool:
    """Whether a body says that it is of two states: Port Authority of NY & NJ, Texarkana AR/TX PD."""
    match = _SHARED.search(text)
    if match is None:
        return False
    one, other = (code.lower() for code in match.groups())
    return one != other and one in words.codes and other in words.codes and "sd" not in (one, other)


# --- codes ---------------------------------------------------------------------------------------------------------


def _codes(text: str, words: Vocabulary, *, slug: bool) -> list[_Candidate]:
    mixed = text != text.lower() and text != text.upper()
    found = []
    for match in _CODE.finditer(text):
        code = match.group(1).lower()
        if code not in words.codes or _other_word(text, match, mixed=mixed, slug=slug):
            continue
        score = _score(text, match, words, mixed=mixed)
        if score:
            found.append(_Candidate(code, score, match.start(), match.end()))
    return found


_HOSPITAL: Final = re.compile(r"(medical|hospital|health)")
_SHERIFF: Final = re.compile(r"\b(so|sd|sheriff)")
_COUNTY_END: Final = re.compile(r"\b(county|parish|co)$")
_COURT_END: Final = re.compile(r"\b(county|municipal|district|circuit|superior|juvenile)$")


def _other_word(text: str, match: re.Match[str], *, mixed: bool, slug: bool) -> bool:
    """Whether a code is rather a word of its own: county, veterans, medical examiner, court, sheriff's department."""
    code, before, after = match.group(1), text[: match.start()].rstrip().lower(), text[match.end() :].lstrip().lower()
    low = code.lower()
    if low == "co":
        unsure = bool(_SHERIFF.match(after)) if slug else not mixed
        return (code == "Co" and mixed) or (unsure and bool(before) and not before.endswith("county"))
    if low == "va":
        return bool(before and _HOSPITAL.match(after))
    if low == "sd":
        return bool(not after and _COUNTY_END.search(before))
    if low in ("me", "ct"):
        return bool(_COURT_END.search(before) and not after.startswith(("so", "pd", "sheriff", ")")))
    return False


def _score(text: str, match: re.Match[str], words: Vocabulary, *, mixed: bool) -> int:
    """How surely a two-letter word is a state's code, by where it stands and how it is written."""
    code, before, after = match.group(1), text[: match.start()].rstrip(), text[match.end() :].lstrip().lower()
    capitals = code.isupper()
    wordlike = code.lower() in words.names.word_codes
    if before.endswith(("(", "[")) and after.startswith((")", "]")):
        return _PREFIX if capitals or not wordlike else _BEFORE_KIND
    if not before:
        return _front(after, capitals=capitals, wordlike=wordlike or not mixed)
    if words.head.match(after):
        return _BEFORE_KIND
    behind_kind = bool(words.kind_ends.search(before.lower()))
    if not after.strip(EDGES + ")]") or after.startswith(","):
        return _end(before, code, behind_kind=behind_kind, sure=(capitals and mixed) or not wordlike)
    if behind_kind and wordlike and not after.startswith("-"):
        return 0
    return _INSIDE if (capitals and mixed) or not (wordlike or mixed) else 0


def _front(after: str, *, capitals: bool, wordlike: bool) -> int:
    if after.startswith("-"):
        return _PREFIX if capitals else 0
    if not capitals:
        return 0
    return _FIRST if not wordlike or _STATE_LEVEL.match(after) else 0


def _end(before: str, code: str, *, behind_kind: bool, sure: bool) -> int:
    """At the end a code may also be a unit: IA, internal affairs."""
    if code.lower() == "ia" and "iowa" not in before.lower() and (behind_kind or before.endswith("-")):
        return 0
    return _LAST if behind_kind or before.endswith("-") or sure else 0


def _sifted(found: list[_Candidate], text: str, *, federal: bool) -> list[_Candidate]:
    """Without the codes that mean something else beside another one: county, sheriff, veterans, internal affairs."""
    others = any(c.state not in ("co", "sd", "va", "ia") and c.score > _FIRST for c in found)
    if others:
        found = [c for c in found if c.state not in ("co", "sd") or c.score == _PREFIX]
        found = [c for c in found if c.state != "ia" or c.start == 0 or text[c.end :].strip(EDGES + ")]")]
    elif len({c.state for c in found}) > 1 and _SHERIFF.search(text.lower()):
        found = [c for c in found if c.state != "co" or c.score == _PREFIX]
    if others or federal:
        found = [c for c in found if c.state != "va" or not _veterans(text, c)]
    return found


_VETERANS: Final = re.compile(r"\s*(pd|police|medical|health|hospital|$)")


def _veterans(text: str, candidate: _Candidate) -> bool:
    return bool(_VETERANS.match(text[candidate.end :].lower()))


# --- names of states -----------------------------------------------------------------------------------------------

_OF_PLACE: Final = re.compile(r"\b(city|town|village|township|borough|county) of $")
_LOCAL_NEXT: Final = re.compile(
    r"\s*[-(,]?\s*(pd|police|so|sd|sheriff|fd|fire|public safety|schools?|isd|marshal|constable|911|dispatch|ems)\b"
)
_LOCAL: Final = re.compile(r"\b(pd|police|so|sheriff|fd|fire|dispatch|911|marshal|constable)\b")
_DPS: Final = re.compile(r"\s*(dps|department of public safety)\b")
_STATE_LEVEL: Final = re.compile(
    r"\W*(state|statewide|department|dept|office|division|bureau|highway|dps|doc|dnr|dot|dotd|attorney|board|commission"
    r"|fish|game|wildlife|parks|national|capitol|gaming|alcohol|lottery|kbi|law enforcement|information|secretary)\b"
)
_DIRECTION: Final = re.compile(r"(north|south|east|west|central|mid|upper|lower)")


def _spelt(text: str, words: Vocabulary) -> _Candidate | None:
    """A state's name in full, where it is not the name of a place: Ohio DPS, not Delaware Township."""
    low = text.lower()
    place = words.places.search(low)
    if place is not None:
        return _Candidate(words.names.places[place.group(1)], _SPELT, place.start(), place.end())
    found = [m for m in words.state_names.finditer(low) if _is_state(low, m, words)]
    after_of = [m for m in found if low[: m.start()].endswith("of ")]
    said = {words.spelt[m.group(1)] for m in (after_of or found)}
    if len(said) != 1:
        return None
    match = (after_of or found)[0]
    return _Candidate(said.pop(), _SPELT, match.start(), match.end())


def _is_state(low: str, match: re.Match[str], words: Vocabulary) -> bool:
    """Whether a state's name means the state, by the words around it."""
    before, behind = WORD.findall(low[: match.start()]), low[match.end() :]
    lead, follow = before[-1] if before else "", (WORD.findall(behind) or [""])[0]
    place = follow in words.names.place_nouns or (lead in words.names.place_leads and not _DIRECTION.match(lead))
    if place or (lead == "of" and _OF_PLACE.search(low[: match.start()])):
        return False
    learned = "universit" in low or "college" in low
    if match.group(1) == "washington":
        return follow == "state" or (learned and (lead == "of" or lead.endswith("ern")))
    if lead == "of" or learned:
        return True
    if _DPS.match(behind):
        return match.group(1) not in words.names.place_names or bool(before)
    region = bool(_DIRECTION.match(lead))
    if not follow or _LOCAL_NEXT.match(behind):
        return bool(before) and not region
    if " " in match.group(1):
        return not region
    return region or bool(_STATE_LEVEL.match(behind)) or not _LOCAL.search(low)
