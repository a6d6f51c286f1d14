"""The words of one code as regular expressions that DuckDB's RE2, Java and Python read the same way."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from plateglass import store
from plateglass.catalogue import Phrase, Reason, Statute

_BLANK: Final = "[ ./,&'-]"
_SUBDIVISION: Final = r"(?:[a-z]{1,2}[0-9]?|[0-9]?(?: ?\([a-z0-9]{1,2}\))+)?"
_BEFORE: Final = r"(?:^|[^a-z0-9.:#$-])"
_AFTER: Final = r"(?:$|[^a-z0-9.-]|[.-](?:$|[^0-9]))"
_OPEN: Final = re.compile(r"\\[wWsSdD]|(?<!\\)\.|(?<!\\)[+*]|\[\^|\w-\w[^]]*\]|\{\d+,\}")
"""What lets a pattern match words that stand in no content file."""


@dataclass(frozen=True)
class Word:
    """One pattern: to search for, to be part of a whole text, and how a report names it."""

    inner: str
    label: str
    open: bool = False
    """Whether it could match words of the record's own: then the label is shown, never what it matched."""
    numbers: tuple[str, ...] = ()
    """Section numbers, longest first: the one that matched is shown after the label."""
    edges: tuple[str, str] = ("", "")
    """What must stand before and after it."""
    part: tuple[str, str] = ("", "")
    """The same where it is a part of a whole text that is made of such words."""

    @property
    def search(self) -> str:
        """The pattern to search for."""
        return f"{self.edges[0]}(?:{self.inner}){self.edges[1]}"

    def shown(self, span: str) -> str:
        """What a report may print of a match: words that stand in the content, nothing of the record's own."""
        if self.numbers:
            return f"{self.label} {next((n for n in self.numbers if n in span), self.numbers[-1])}"
        return self.label if self.open else re.sub(rf"{_BLANK}+", " ", span).strip(" :")


@dataclass(frozen=True)
class Clause:
    """Words of one tier that decide together: any of them, with any of `also`, without any of `never`."""

    tier: str
    words: tuple[Word, ...]
    also: tuple[Word, ...] = ()
    never: tuple[Word, ...] = ()
    alone: bool = False
    over: str = "whole"
    """The column that is searched: `whole`, or `rest`, which is without the values of offence lists."""
    listed: bool = False
    """Whether its words are values of offence lists."""

    @property
    def guarded(self) -> bool:
        """Whether its words alone do not decide."""
        return bool(self.also or self.never)

    @property
    def sql(self) -> str:
        """The predicate that decides; the dear parts run only where the first one holds."""
        found = (
            only("listed", matches(self.over, either(self.words)))
            if self.listed
            else matches(self.over, either(self.words))
        )
        if self.also:
            found = only(found, matches(self.over, either(self.also)))
        return only(found, f"NOT {matches(self.over, either(self.never))}") if self.never else found


def alternation(words: Iterable[Word]) -> str:
    """One pattern that finds any of the words, the first of those that begin at one place; neighbours share edges."""
    runs = groupby(dict.fromkeys(words), key=lambda word: word.edges)
    return "|".join(f"{left}(?:{'|'.join(word.inner for word in run)}){right}" for (left, right), run in runs)


def either(words: Iterable[Word]) -> str:
    """The same to decide only: words with the same edges share them and stand in order, so that there is less to try.

    Which of them it finds may differ from `alternation`; whether it finds any may not.
    """
    return _either((word.edges, word.inner) for word in words)


def parts(words: Iterable[Word]) -> str:
    """One pattern of any of the words as a part of a whole text; empty where there are none."""
    return _either((word.part, word.inner) for word in words)


def _either(words: Iterable[tuple[tuple[str, str], str]]) -> str:
    by_edges: dict[tuple[str, str], set[str]] = {}
    for edges, inner in words:
        by_edges.setdefault(edges, set()).add(inner)
    return "|".join(f"{left}(?:{'|'.join(sorted(inner))}){right}" for (left, right), inner in by_edges.items())


def matches(column: str, pattern: str) -> str:
    """SQL: whether a pattern is found in a column; nothing is found of an empty one."""
    return f"regexp_matches({column}, {store.text(pattern)})" if pattern else "false"


def only(first: str, then: str) -> str:
    """SQL: whether both hold, the second one asked only where the first one does.

    An AND promises no order: an engine may run the dear side over every row.
    """
    return f"CASE WHEN {first} THEN {then} ELSE false END"


def word(pattern: str) -> Word:
    """A pattern of a content file: whole words, and a blank stands for up to three blanks or light marks."""
    spread = re.sub(r" (\??)", lambda blank: _BLANK + ("*" if blank[1] else "+"), pattern)
    left = "" if pattern.startswith(("^", r"\[", r"\(", r"\W")) else r"\b"
    right = "" if pattern.endswith(("$", r"\]", r"\)", r"\W")) else r"\b"
    return Word(spread, pattern, bool(_OPEN.search(pattern)), edges=(left, right), part=(left, right))


def listed(value: str) -> Word:
    """A value of an offence list: alone, or one of several joined with commas, or before a detail."""
    plain = re.escape(value.lower()).replace("\\ ", " ")
    return Word(plain, value.lower(), edges=("(?:^|,) ?", " ?(?:$|,|-|:)"), part=(r"\b", "(?:$|[^a-z0-9])"))


def sections(statute: Statute, *, bare: bool) -> Word:
    """Section numbers with their book before or after them, or alone."""
    numbers = tuple(sorted(statute.numbers, key=len, reverse=True))
    number = f"(?:{'|'.join(re.escape(n) for n in numbers)}){_SUBDIVISION}"
    book = "(?:" + "|".join(book.replace(" ?", "[ .]{0,2}") for book in statute.books) + ")"
    pattern = number if bare else rf"(?:{book}[ .#-]{{0,2}}{number}|{number}[ .-]{{0,2}}{book})"
    label = f"{statute.state} section" if bare else f"{statute.state} {statute.books[0]}"
    part = (r"\b", r"(?:\b|$|[^a-z0-9])")
    return Word(pattern, label, numbers=numbers, edges=(_BEFORE, _AFTER), part=part)


def clauses(reason: Reason) -> list[Clause]:
    """What decides a code, the surest first, words that must stand alone last: those that are firm come before all."""
    over = "rest" if reason.axis == "purpose" else "whole"
    found = [Clause("explicit", tuple(map(listed, reason.offences)), listed=True)] if reason.offences else []
    for tier in ("explicit", "probable", "ambiguous"):
        phrases = [phrase for phrase in reason.phrases if phrase.tier == tier]
        free = [word(w) for p in phrases if not (p.all or p.none or p.alone) for w in p.any]
        free += [sections(s, bare=False) for s in reason.statutes if tier == "explicit"]
        free += [sections(s, bare=True) for s in reason.statutes if tier == s.bare and not s.none]
        found += [Clause(tier, tuple(free), over=over)] if free else []
        found += [_guarded(phrase, over) for phrase in phrases if phrase.all or phrase.none or phrase.alone]
        found += [_bare(s, over) for s in reason.statutes if tier == s.bare and s.none]
    return sorted(found, key=lambda clause: clause.alone)


def _guarded(phrase: Phrase, over: str) -> Clause:
    any_, also, never = (tuple(map(word, words)) for words in (phrase.any, phrase.all, phrase.none))
    return Clause(phrase.tier, any_, also, never, phrase.alone, over)


def _bare(statute: Statute, over: str) -> Clause:
    never = tuple(map(word, statute.none))
    return Clause(statute.bare or "ambiguous", (sections(statute, bare=True),), never=never, over=over)
