"""One name as written, taken apart: place, state, kind, level, marks, and what is left over.

Nothing is looked up and nothing is guessed: what a name does not say stays unknown. The words are content
(`content/names/us.toml`); here is only the order in which they are tried.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from plateglass.model import Kind, Level
from plateglass.resolve import states
from plateglass.resolve.vocabulary import EDGES, WORD, KindRule, Vocabulary, mended, tidy

_BRACKETS: Final = re.compile(r"[\[(]([^\])]*)[\])]?")
_SHORT_FORM: Final = re.compile(r"[A-Z]{0,6}")


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
    """Whether no person's name can hide in it: the rest, if any, is known to name a part, and the place is no name."""
    bare: str = ""
    """The name without marks and state."""

    @property
    def name(self) -> str:
        """The name in one spelling: place, state, kind, rest."""
        place = self.place.title() if self.place.islower() else self.place
        place = _SHORT.sub(lambda m: _LONG[m.group().lower()], _SMALL.sub(lambda m: m.group().lower(), place))
        federal = self.tail.endswith("federal")
        tail = self.tail.removesuffix("federal").strip("-")
        rest = f"({self.rest})" if self.rest else ""
        words = [place, (self.state or "").upper(), TAILS.get(tail, tail.title()), rest, "[Federal]" if federal else ""]
        return " ".join(word for word in words if word)


TAILS: Final = {"pd": "PD", "so": "SO", "dps": "DPS", "da": "DA", "state-attorney": "State Attorney"}
"""How the kind's words are written in a name."""

_LONG: Final = {"co": "County", "twp": "Township"}
_SHORT: Final = re.compile(r"\b(Co|CO|Twp|TWP)\b(?!-)")
_SMALL: Final = re.compile(r"(?<= )(Of|The|And|At|De|Del|Du)(?= )|(?<=’)S\b")


def parse(name: str, words: Vocabulary) -> Parsed:
    """What a name says, by the words alone."""
    text, slug = tidy(name)
    text, marks = _unmark(text, words)
    federal = "federal" in marks
    state, text = states.state(text, words, slug=slug, federal=federal)
    parsed = _kind(text, words, state)
    if federal and parsed.kind is not Kind.FEDERAL:
        tail = f"{parsed.tail}-federal".strip("-")
        parsed = replace(parsed, kind=Kind.FEDERAL, level=Level.FEDERAL, tail=tail)
    return replace(parsed, marks=marks, bare=text)


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
                text = mended(f"{text[: match.start()]} {text[match.end() :]}")
                low, again = text.lower(), True
    return text, tuple(sorted(found))


# --- the kind ------------------------------------------------------------------------------------------------------


def _kind(text: str, words: Vocabulary, state: str | None) -> Parsed:
    low = text.lower()
    for rule in words.kinds if words.special.search(low) else words.plain_kinds:
        span = _span(rule, text, low)
        if span is not None:
            return _cut(text, rule, span, words, state)
    place, rest = _unbracketed(text)
    return Parsed(place, state, Kind.UNKNOWN, Level.UNKNOWN, rest=rest, plain=False)


def _span(rule: KindRule, text: str, low: str) -> tuple[int, int] | None:
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


def _cut(text: str, rule: KindRule, span: tuple[int, int], words: Vocabulary, state: str | None) -> Parsed:
    kind = rule.words
    if kind.tail:
        head, behind = text[: span[0]], text[span[1] :]
    else:
        head, behind = _dropped(text, rule, span[0])
    if rule.drop is not None:
        behind = rule.drop.sub(" ", behind)
    place, rest = _unbracketed(head, behind)
    if rest.lower() in words.names.states.get(state or "", ()):
        rest = ""
    plain = all(words.qualifier.fullmatch(part.lower()) or _SHORT_FORM.fullmatch(part) for part in rest.split(", "))
    plain = plain and not (kind.tail and _like_person(place, words))
    level = kind.level
    if level is Level.LOCAL and re.search(r"\b(county|parish|co)\b", place.lower()):
        level = Level.COUNTY
    return Parsed(place, state, kind.kind, level, rest=rest, tail=kind.tail, plain=plain)


def _like_person(place: str, words: Vocabulary) -> bool:
    """Whether a place may be somebody's name: a given name and one word more, none that only places have."""
    parts = place.lower().split()
    two = len(parts) == 2 and parts[0] in words.given_names and parts[1].isalpha()  # noqa: PLR2004 (given and family)
    return two and parts[1] not in words.names.place_nouns and " ".join(parts) not in words.names.named_places


def _dropped(text: str, rule: KindRule, start: int) -> tuple[str, str]:
    """The name before and behind the words that say nothing beside the others, outside brackets."""
    if rule.drop is None:
        return text, ""
    for match in rule.drop.finditer(text, start + 1):
        head = text[: match.start()]
        if head.strip(EDGES) and head.count("(") == head.count(")"):
            return head, text[match.end() :]
    return text, ""


def _unbracketed(head: str, behind: str = "") -> tuple[str, str]:
    """The place without brackets; and what stood in brackets or behind, apart from short forms of the name itself."""
    inside = [part.strip(EDGES) for part in _BRACKETS.findall(head) + _BRACKETS.findall(behind)]
    place = mended(_BRACKETS.sub(" ", head))
    after = mended(_BRACKETS.sub(" ", behind))
    letters = "".join(word[0] for word in WORD.findall(f"{place} {after}".lower()))
    inside = [part for part in inside if part and not _short_for(part, letters)]
    return place, ", ".join(part for part in (after, *inside) if part)


def _short_for(part: str, letters: str) -> bool:
    """Whether a word in capitals is made of the first letters of the name's words, in order."""
    if not (part.isupper() and part.isalpha() and len(part) > 1):
        return False
    rest = iter(letters)
    return all(letter in rest for letter in part.lower())
