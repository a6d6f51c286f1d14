"""One name as written, taken apart: place, state, kind, level, marks, and what is left over.

Nothing is looked up and nothing is guessed: what a name does not say stays unknown. The words are content
(`content/names/us.toml`); here is only the order in which they are tried.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from plateglass import catalogue
from plateglass.model import Kind, Level

_QUOTES: Final = str.maketrans({"'": "’", "`": "’", "‘": "’", "ʼ": "’", "–": "-", "—": "-", "_": " ", "&": " and "})
_SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")
_STOP: Final = re.compile(r"(?<=[A-Za-z])\.(?=\s|[A-Za-z]\b|-|\)|,|$)")
_BLANKS: Final = re.compile(r"\s+")
_OPENED: Final = re.compile(r"\((PD|SO|DPS)\)")
_HOLLOW: Final = re.compile(r"[\[(]\s*[\])]")
_BRACKETS: Final = re.compile(r"[\[(]([^\])]*)[\])]?")
_WORD: Final = re.compile(r"[a-z0-9]+")
_SHORT_FORM: Final = re.compile(r"[A-Z]{0,6}")
_EDGES: Final = " -,;:/"


@dataclass(frozen=True)
class Parsed:
    """What one name says."""

    place: str
    """The place, or the whole name of a body that is not known by its place, as written."""
    state: str | None
    """Two letters, lower case; None where the name says none, or may mean several."""
    kind: Kind
    level: Level
    marks: tuple[str, ...] = ()
    """Status marks in the name, in alphabetical order."""
    rest: str = ""
    """What stands in brackets or behind the kind and is neither mark nor state: a county, a station, a precinct."""
    tail: str = ""
    """What stands for the kind's words in the agency's id: pd, so, da; empty where the words stay in the place."""
    plain: bool = True
    """Whether the rest, if any, is known to name a part of the body: no person's name can hide in it."""
    bare: str = ""
    """The name without marks and state."""

    @property
    def name(self) -> str:
        """The name in one spelling: place, state, kind, rest."""
        place = self.place.title() if self.place.islower() else self.place
        place = _SHORT.sub(lambda m: _LONG[m.group().lower()], _SMALL.sub(lambda m: m.group().lower(), place))
        if self.kind is Kind.FEDERAL and self.tail:
            return f"{replace(self, kind=Kind.UNKNOWN).name} [Federal]"
        words = [place, (self.state or "").upper(), TAILS.get(self.tail, self.tail.title())]
        return " ".join(w for w in (*words, f"({self.rest})" if self.rest else "") if w)


TAILS: Final = {"pd": "PD", "so": "SO", "dps": "DPS", "da": "DA", "state-attorney": "State Attorney"}
"""How the kind's words are written in a name."""

_LONG: Final = {"co": "County", "twp": "Township"}
_SHORT: Final = re.compile(r"\b(Co|CO|Twp|TWP)\b(?!-)")
_SMALL: Final = re.compile(r"(?<= )(Of|The|And|At|De|Del|Du)(?= )|(?<=’)S\b")


@dataclass(frozen=True)
class _KindRule:
    words: catalogue.KindWords
    any: re.Pattern[str]
    none: re.Pattern[str] | None
    cased: re.Pattern[str] | None
    drop: re.Pattern[str] | None


@dataclass(frozen=True)
class _Candidate:
    state: str
    score: int
    start: int
    end: int


class Vocabulary:
    """The words of one country's names, ready for use."""

    def __init__(self, names: catalogue.Names) -> None:
        """Compile every pattern once."""
        self.names = names
        self.spelt = {spelling: code for code, spellings in names.states.items() for spelling in spellings}
        states = f"(?:{'|'.join(sorted(self.spelt, key=len, reverse=True))})"
        self.state_names = re.compile(rf"\b({states})\b")
        self.places = re.compile(rf"\b({'|'.join(names.places)})\b")
        self.codes = frozenset(names.states)
        self.head = re.compile(rf"(?:-\s*)?(?:{'|'.join(names.heads)})\b")
        self.kind_ends = re.compile(rf"(?:^|\W)(?:{'|'.join(names.heads)})\W*$")
        self.marks = tuple((m, re.compile("|".join(f"(?:{p})" for p in m.any))) for m in names.marks)
        self.hint = re.compile(
            r"[\[(]|\s-|-\s|\d$|\b(do|don|dnu|not|dont|delete|error|demo|test|testing|training|former)"
        )
        self.kinds = tuple(_kind_rule(words, states) for words in names.kinds)
        self.qualifier = re.compile("|".join(f"(?:{p})" for p in names.qualifiers))

    def key(self, text: str) -> str:
        """Words in one spelling, joined by hyphens: a part of an agency's id."""
        low = _plain(text).replace("’", "").lower()
        words = (self.names.spellings.get(word, word) for word in _WORD.findall(low))
        return "-".join(word for spelt in words for word in spelt.split())


@lru_cache(maxsize=4)
def vocabulary(content: catalogue.Catalogue) -> Vocabulary:
    """The words of the United States, as this catalogue has them."""
    return Vocabulary(content.names["us"])


def _kind_rule(words: catalogue.KindWords, states: str) -> _KindRule:
    def joined(patterns: tuple[str, ...], *, ends: bool = True) -> re.Pattern[str] | None:
        if not patterns:
            return None
        body = "|".join(p.replace("{states}", states) for p in patterns)
        return re.compile(rf"(?<![\w’])(?:{body})(?![\w’])" if ends else body)

    body = "|".join(p.replace("{states}", states) for p in words.any)
    found = re.compile(rf"(?:{body})" if words.whole else rf"(?<![\w’])(?:{body})(?![\w’])")
    return _KindRule(words, found, joined(words.none, ends=False), joined(words.cased), joined(words.drop))


def parse(name: str, words: Vocabulary) -> Parsed:
    """What a name says, by the words alone."""
    text, slug = tidy(name)
    text, marks = _unmark(text, words)
    federal = "federal" in marks
    state, text = _state(text, words, slug=slug, federal=federal)
    parsed = _kind(text, words, state)
    if federal and parsed.kind is not Kind.FEDERAL:
        parsed = replace(parsed, kind=Kind.FEDERAL, level=Level.FEDERAL)
    return replace(parsed, marks=marks, bare=text)


def tidy(name: str) -> tuple[str, bool]:
    """The name with single blanks, one kind of apostrophe and no full stops; and whether it was a slug."""
    text = _plain(name).strip()
    slug = bool(_SLUG.fullmatch(text))
    if slug:
        text = text.replace("-", " ")
    text = _OPENED.sub(r"\1", _STOP.sub("", text.translate(_QUOTES)))
    return _BLANKS.sub(" ", text).strip(), slug


def _plain(text: str) -> str:
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", text.translate(_QUOTES))
    return "".join(c for c in decomposed if not unicodedata.combining(c) and len(c.lower()) == 1)


def _unmark(text: str, words: Vocabulary) -> tuple[str, tuple[str, ...]]:
    low = text.lower()
    if not words.hint.search(low):
        return text, ()
    found: set[str] = set()
    again = True
    while again:
        again = False
        for mark, pattern in words.marks:
            match = pattern.search(low)
            if match is None or (mark.keep and mark.mark in found):
                continue
            found.add(mark.mark)
            if not mark.keep:
                text = _mended(f"{text[: match.start()]} {text[match.end() :]}")
                low, again = text.lower(), True
    return text, tuple(sorted(found))


def _mended(text: str) -> str:
    return _BLANKS.sub(" ", _HOLLOW.sub(" ", text)).strip(_EDGES)


# --- the state -----------------------------------------------------------------------------------------------------

_CODE: Final = re.compile(r"(?<![\w’.&])([A-Za-z]{2})(?![\w’&])")
_PREFIX, _BEFORE_KIND, _LAST, _INSIDE, _SPELT, _FIRST = 6, 5, 4, 3, 2, 1


def _state(text: str, words: Vocabulary, *, slug: bool, federal: bool) -> tuple[str | None, str]:
    """The state that the name says, and the name without its code. Two that say different things: none."""
    candidates = _sifted(list(_codes(text, words, slug=slug)), text, federal=federal)
    spelt = _spelt(text, words)
    if spelt is not None:
        candidates.append(spelt)
    best = max((c.score for c in candidates), default=0)
    states = {c.state for c in candidates if c.score == best or c.score >= _BEFORE_KIND}
    if len(states) != 1:
        return None, text
    state = states.pop()
    for candidate in sorted((c for c in candidates if c.state == state), key=lambda c: c.start, reverse=True):
        if candidate.score != _SPELT:
            text = f"{text[: candidate.start]} {text[candidate.end :]}"
    return state, _mended(text)


def _codes(text: str, words: Vocabulary, *, slug: bool) -> list[_Candidate]:
    mixed = text != text.lower() and text != text.upper()
    found = []
    for match in _CODE.finditer(text):
        code = match.group(1).lower()
        if code not in words.codes:
            continue
        score = _score(text, match, words, mixed=mixed, slug=slug)
        if score:
            found.append(_Candidate(code, score, match.start(), match.end()))
    return found


def _score(text: str, match: re.Match[str], words: Vocabulary, *, mixed: bool, slug: bool) -> int:
    """How surely a two-letter word is a state's code, by where it stands and how it is written."""
    code, before, after = match.group(1), text[: match.start()].rstrip(), text[match.end() :].lstrip().lower()
    capitals = code.isupper()
    wordlike = code.lower() in words.names.word_codes
    if code == "Co" and mixed and not slug:
        return 0
    if code.lower() == "va" and _HOSPITAL.match(after) and before:
        return 0
    if before.endswith(("(", "[")) and after.startswith((")", "]")):
        return _PREFIX if capitals or not wordlike else _BEFORE_KIND
    if not before:
        return _front(after, capitals=capitals, wordlike=wordlike or not mixed)
    if words.head.match(after):
        return _BEFORE_KIND
    if not after.strip(_EDGES + ")]") or after.startswith(","):
        return _end(before, words, code, mixed=mixed)
    if capitals and mixed:
        return _INSIDE
    return _INSIDE if not wordlike and not mixed else 0


def _front(after: str, *, capitals: bool, wordlike: bool) -> int:
    if after.startswith("-"):
        return _PREFIX if capitals else 0
    if not capitals:
        return 0
    if wordlike:
        return _FIRST if _STATE_LEVEL.match(after) else 0
    return _FIRST


_HOSPITAL: Final = re.compile(r"(medical|hospital|health)")
_STATE_LEVEL: Final = re.compile(r"(state|dep(artmen)?t|office|division|bureau|highway|dps|doc|dnr|attorney|board)\b")


def _end(before: str, words: Vocabulary, code: str, *, mixed: bool) -> int:
    """At the end a code may also be a unit (IA: internal affairs) or a kind (SD: sheriff's department)."""
    behind_kind = bool(words.kind_ends.search(before.lower())) or before.endswith("-")
    if code.lower() == "ia" and behind_kind:
        return 0
    if code.lower() == "sd" and re.search(r"\b(county|parish)$", before.lower()):
        return 0
    if behind_kind or (code.isupper() and mixed):
        return _LAST
    return _LAST if code.lower() not in words.names.word_codes else 0


def _sifted(found: list[_Candidate], text: str, *, federal: bool) -> list[_Candidate]:
    """Without the codes that mean something else beside another one: county, sheriff, veterans, internal affairs."""
    others = [c for c in found if c.state not in ("co", "sd", "va", "ia") and c.score > _FIRST]
    if others:
        found = [c for c in found if c.state not in ("co", "sd") or c.score == _PREFIX]
        found = [c for c in found if c.state != "va" or not _veterans(text, c)]
        found = [c for c in found if c.state != "ia" or c.start == 0 or text[c.end :].strip(_EDGES + ")]")]
    elif federal:
        found = [c for c in found if c.state != "va" or not _veterans(text, c)]
    elif len({c.state for c in found}) > 1:
        found = [c for c in found if c.state != "co" or c.score == _PREFIX] if _sheriff(text) else found
    return found


def _veterans(text: str, candidate: _Candidate) -> bool:
    return bool(re.match(r"\s*(pd|police|medical|health|hospital|$)", text[candidate.end :].lower()))


def _sheriff(text: str) -> bool:
    return bool(re.search(r"\b(so|sd|sheriff)", text.lower()))


def _spelt(text: str, words: Vocabulary) -> _Candidate | None:
    """A state's name in full, where it is not the name of a place: Ohio DPS, not Delaware Township."""
    low = text.lower()
    place = words.places.search(low)
    if place is not None:
        return _Candidate(words.names.places[place.group(1)], _SPELT, place.start(), place.end())
    found = [m for m in words.state_names.finditer(low) if _is_state(low, m, words)]
    after_of = [m for m in found if low[: m.start()].endswith("of ")]
    chosen = {words.spelt[m.group(1)] for m in (after_of or found)}
    if len(chosen) != 1:
        return None
    match = (after_of or found)[0]
    return _Candidate(chosen.pop(), _SPELT, match.start(), match.end())


def _is_state(low: str, match: re.Match[str], words: Vocabulary) -> bool:
    before, after = _WORD.findall(low[: match.start()]), _WORD.findall(low[match.end() :])
    lead, follow = before[-1] if before else "", after[0] if after else ""
    of_place = lead == "of" and bool(_OF_PLACE.search(low[: match.start()]))
    if of_place or follow in words.names.place_nouns:
        return False
    learned = "universit" in low or "college" in low
    if match.group(1) == "washington":
        return follow == "state" or (lead == "of" and learned) or (lead.endswith("ern") and learned)
    if lead == "of":
        return True
    if not after or _LOCAL_KIND.match(low[match.end() :]):
        return learned or (bool(before) and lead not in words.names.place_leads)
    return True


_OF_PLACE: Final = re.compile(r"\b(city|town|village|township|borough|county) of $")
_LOCAL_KIND: Final = re.compile(r"\s*[-(,]?\s*(pd|police|so|sd|sheriff|fd|fire)\b")


# --- the kind ------------------------------------------------------------------------------------------------------


def _kind(text: str, words: Vocabulary, state: str | None) -> Parsed:
    low = text.lower()
    for rule in words.kinds:
        span = _span(rule, text, low)
        if span is not None:
            return _cut(text, rule, span, words, state)
    place, rest = _unbracketed(text)
    return Parsed(place, state, Kind.UNKNOWN, Level.UNKNOWN, rest=rest, plain=False)


def _span(rule: _KindRule, text: str, low: str) -> tuple[int, int] | None:
    """Where a kind's words stand in a name: the last of those that come off, the first of those that stay."""
    if rule.none is not None and rule.none.search(low):
        return None
    if rule.words.whole:
        return (0, len(low)) if rule.any.fullmatch(low) else None
    if not rule.words.tail and (first := rule.any.search(low)):
        return first.span()
    last = None
    for last in rule.any.finditer(low):  # noqa: B007 (the last one is wanted)
        pass
    if last is None and rule.cased is not None:
        last = rule.cased.search(text)
    return None if last is None else last.span()


def _cut(text: str, rule: _KindRule, span: tuple[int, int], words: Vocabulary, state: str | None) -> Parsed:
    kind = rule.words
    if kind.tail:
        head, behind = text[: span[0]], text[span[1] :]
        behind = rule.drop.sub(" ", behind.lower()) if rule.drop and rule.drop.search(behind.lower()) else behind
    else:
        head, behind = _dropped(text, rule, span[0])
    place, rest = _unbracketed(head, behind)
    plain = all(words.qualifier.fullmatch(part.lower()) or _SHORT_FORM.fullmatch(part) for part in rest.split(", "))
    level = kind.level
    if level is Level.LOCAL and re.search(r"\b(county|parish|co)\b", place.lower()):
        level = Level.COUNTY
    return Parsed(place, state, kind.kind, level, rest=rest, tail=kind.tail, plain=plain)


def _dropped(text: str, rule: _KindRule, start: int) -> tuple[str, str]:
    """The name before and behind the words that say nothing beside the others, outside brackets."""
    if rule.drop is None:
        return text, ""
    for match in rule.drop.finditer(text.lower(), start + 1):
        head = text[: match.start()]
        if head.strip(_EDGES) and head.count("(") == head.count(")"):
            return head, text[match.end() :]
    return text, ""


def _unbracketed(head: str, behind: str = "") -> tuple[str, str]:
    """The place without brackets; and what stood in brackets or behind, apart from short forms of the name itself."""
    inside = [part.strip(_EDGES) for part in _BRACKETS.findall(head) + _BRACKETS.findall(behind)]
    place = _mended(_BRACKETS.sub(" ", head))
    after = _mended(_BRACKETS.sub(" ", behind))
    letters = "".join(word[0] for word in _WORD.findall(f"{place} {after}".lower()))
    inside = [part for part in inside if part and not _short_for(part, letters)]
    return place, ", ".join(part for part in (after, *inside) if part)


def _short_for(part: str, letters: str) -> bool:
    """Whether a word in capitals is made of the first letters of the name's words, in order."""
    if not (part.isupper() and part.isalpha() and len(part) > 1):
        return False
    rest = iter(letters)
    return all(letter in rest for letter in part.lower())
