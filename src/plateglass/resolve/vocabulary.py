"""The words in names of organisations, ready for use, and names made tidy.

The words are content (`content/names/us.toml`).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from plateglass import catalogue

_QUOTES: Final = str.maketrans({"'": "’", "`": "’", "‘": "’", "ʼ": "’", "–": "-", "—": "-", "_": " ", "&": " and "})
_SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")
_STOP: Final = re.compile(r"(?<=[A-Za-z])\.(?=\s|[A-Za-z]\b|-|\)|,|$)")
_BLANKS: Final = re.compile(r"\s+")
_OPENED: Final = re.compile(r"\((PD|SO|DPS)\)")
_HOLLOW: Final = re.compile(r"[\[(]\s*[\])]")
WORD: Final = re.compile(r"[a-z0-9]+")
"""A word of a name in lower case."""
EDGES: Final = " -,;:/"
"""What a name neither begins nor ends with."""


@dataclass(frozen=True)
class KindRule:
    """One kind's words as patterns, ready for use."""

    words: catalogue.KindWords
    any: re.Pattern[str]
    none: re.Pattern[str] | None
    cased: re.Pattern[str] | None
    drop: re.Pattern[str] | None


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
        self.given_names = frozenset(names.given_names)
        self.head = re.compile(rf"(?:-\s*)?(?:{'|'.join(names.heads)})\b")
        self.kind_ends = re.compile(rf"(?:^|\W)(?:{'|'.join(names.heads)})\W*$")
        self.marks = tuple((m, re.compile("|".join(f"(?:{p})" for p in m.any))) for m in names.marks)
        self.hint = re.compile(
            r"[\[(]|\s-|-\s|\d$|\b(do|don|dnu|not|dont|delete|error|demo|test|testing|training|former|lr|axon|flex|condor|raven)"
        )
        self.kinds = tuple(_kind_rule(words, states) for words in names.kinds)
        plain = next((i for i, rule in enumerate(self.kinds) if rule.words.tail == "so"), 0)
        self.plain_kinds = tuple(r for i, r in enumerate(self.kinds) if i >= plain or r.words.whole or r.cased)
        special = "|".join(p for r in self.kinds[:plain] if not r.words.whole for p in r.words.any)
        self.special = re.compile(rf"(?<![\w’])(?:{special.replace('{states}', states)})")
        self._keys: dict[str, str] = {}
        self.qualifier = re.compile("|".join(f"(?:{p})" for p in names.qualifiers))

    def key(self, text: str) -> str:
        """Words in one spelling, joined by hyphens: a part of an agency's id."""
        key = self._keys.get(text)
        if key is None:
            low = _plain(text).replace("’", "").lower()
            words = (self.names.spellings.get(word, word) for word in WORD.findall(low))
            key = self._keys[text] = "-".join(word for spelt in words for word in spelt.split())
        return key


@lru_cache(maxsize=4)
def vocabulary(content: catalogue.Catalogue) -> Vocabulary:
    """The words of the United States, as this catalogue has them."""
    return Vocabulary(content.names["us"])


def _kind_rule(words: catalogue.KindWords, states: str) -> KindRule:
    def joined(patterns: tuple[str, ...], frame: str = r"(?<![\w’])(?:{})(?![\w’])", flags: int = 0) -> re.Pattern[str]:
        return re.compile(frame.replace("{}", "|".join(patterns).replace("{states}", states)), flags)

    found = joined(words.any, "(?:{})") if words.whole else joined(words.any)
    none = joined(words.none, "{}") if words.none else None
    cased = joined(words.cased) if words.cased else None
    return KindRule(words, found, none, cased, joined(words.drop, flags=re.IGNORECASE) if words.drop else None)


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


def mended(text: str) -> str:
    """A name from which something was taken out, without what then hangs loose."""
    return _BLANKS.sub(" ", _HOLLOW.sub(" ", text)).strip(EDGES)
