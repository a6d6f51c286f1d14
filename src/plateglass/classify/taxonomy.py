"""The codes of a catalogue as SQL: which clause of each one holds, and which quality a whole text has."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from plateglass import store
from plateglass.catalogue import Catalogue, Reason
from plateglass.classify import words
from plateglass.classify.words import Clause, Word

_GROUP: Final = 8
"""How many codes share one first look: a text with none of their words is looked at once for all of them."""

_TAKEN: Final = 2
"""How many times the words of one purpose are taken out of a text to see what stands beside them."""

LOOKS: Final = "?"
"""Stands behind a quality that a text has by its looks only: what is left over by it is probable, not explicit."""


_NO_TIER: Final = "CAST(NULL AS VARCHAR)"


@dataclass(frozen=True)
class Code:
    """One code, its words compiled. `h_<id>` is the number of its clause that holds, from 1, or NULL."""

    id: str
    reason: Reason

    @cached_property
    def clauses(self) -> list[Clause]:
        """What decides it, the surest first."""
        return words.clauses(self.reason)

    @property
    def over(self) -> str:
        """The column that its free words are searched in."""
        return "rest" if self.reason.axis == "purpose" else "whole"

    @property
    def free(self) -> list[Word]:
        """The words that are searched for in the text itself."""
        return [word for clause in self.clauses if not clause.listed for word in clause.words]

    @property
    def listed(self) -> list[Word]:
        """The values of offence lists that mean it."""
        return [word for clause in self.clauses if clause.listed for word in clause.words]

    @property
    def held(self) -> str:
        """SQL: the number of the first clause that holds."""
        if not self.clauses:
            return "CAST(NULL AS TINYINT)"
        looks = []
        if self.listed:
            looks.append(f"{words.only('listed', words.matches('whole', words.either(self.listed)))} THEN 1")
        if len(self.clauses) == 1 and self.free:
            looks.append(f"{self.clauses[0].sql} THEN 1")
        elif self.free:
            arms = " ".join(f"WHEN {clause.sql} THEN {number}" for number, clause in enumerate(self.clauses, 1))
            looks.append(f"{words.matches(self.over, words.either(self.free))} THEN CASE {arms} END")
        return f"CAST(CASE WHEN {' WHEN '.join(looks)} END AS TINYINT)"

    def tier(self, allowed: str = "true") -> str:
        """SQL: the tier of the clause that holds; one that must be alone counts only where `allowed`."""
        arms = [
            f"WHEN h_{self.id} = {number}{f' AND {allowed}' if clause.alone else ''} THEN {store.text(clause.tier)}"
            for number, clause in enumerate(self.clauses, 1)
        ]
        return f"CASE WHEN h_{self.id} IS NOT NULL THEN CASE {' '.join(arms)} END END" if arms else _NO_TIER

    @property
    def firm(self) -> str:
        """SQL: whether a clause that needs not be alone says explicit or probable."""
        firm = sum(not clause.alone and clause.tier != "ambiguous" for clause in self.clauses)
        return f"coalesce(h_{self.id} <= {firm}, false)" if firm else "false"

    def left(self, found: str) -> str:
        """SQL: the tier that it has as what is left over, where none of its axis was `found`."""
        arms = "".join(
            f" WHEN {store.text(quality)} THEN {store.text(tier)}" for quality, tier in self.reason.left_over.items()
        )
        looks = "".join(
            f" WHEN {store.text(quality + LOOKS)} THEN {store.text('probable' if tier == 'explicit' else tier)}"
            for quality, tier in self.reason.left_over.items()
        )
        return f"CASE WHEN {found} IS NULL THEN CASE quality{arms}{looks} END END" if arms else "NULL"


class Taxonomy:
    """The codes of a catalogue by axis; an axis with one code a text tries them in this order."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Sort the codes of every axis."""
        self.codes = [Code(id_, reason) for id_, reason in sorted(catalogue.reasons.items())]
        ordered = sorted(self.codes, key=lambda code: (code.reason.order, code.id))
        self.purposes, self.sensitivities = _axis(self.codes, "purpose"), _axis(self.codes, "sensitivity")
        self.requesters, self.qualities = _axis(ordered, "requester"), _axis(ordered, "quality")

    @property
    def searched(self) -> list[Code]:
        """The codes whose words are searched for; a quality is about the whole text instead."""
        return [*self.purposes, *self.sensitivities, *self.requesters]

    @property
    def groups(self) -> list[list[Code]]:
        """The searched codes in groups that share one first look."""
        codes = [code for code in self.searched if code.clauses]
        return [codes[start : start + _GROUP] for start in range(0, len(codes), _GROUP)]

    @property
    def listed(self) -> str:
        """One pattern of every value of an offence list."""
        return words.alternation(sorted((w for c in self.codes for w in c.listed), key=lambda w: -len(w.label)))

    @property
    def numbers(self) -> str:
        """One pattern of every section number of a purpose, in whatever company."""
        return _numbers(self.purposes)

    def look(self, codes: Sequence[Code]) -> str:
        """SQL: whether a word or number of any of the codes is there, so that each of them is worth a look."""
        purposes = [code for code in codes if code.reason.axis == "purpose"]
        free = [word for code in codes for word in code.free if not (code in purposes and word.numbers)]
        numbered = words.only("numbered", words.matches("rest", _numbers(purposes)))
        look = f"{words.matches('whole', words.either(free))} THEN true WHEN {numbered} THEN true"
        return f"CASE WHEN {look} ELSE {'listed' if purposes else 'false'} END"

    def quality(self) -> str:
        """SQL: the quality of a text: by what all of it is made of, then by its looks, then the last.

        A quality that may be made of purposes is asked what is left beside them; the others only where none is firm.
        Each question stands here once, with when it is asked: patterns cost their making, for every thread.
        """
        *qualities, last = self.qualities
        kinds = [[code for code in qualities if _beside(code) == beside] for beside in (False, True)]
        gate = " ".join(f"WHEN {self._made_of(codes)} THEN true" for codes in kinds if codes)
        made = " ".join(f"WHEN {self._made_of([code])} THEN {store.text(code.id)}" for code in qualities)
        looks = " ".join(
            f"WHEN {words.only('firm' if _beside(code) else 'NOT firm', replace(clause, over=_over(code)).sql)}"
            f" THEN {store.text(code.id + LOOKS)}"
            for code in qualities
            for clause in code.clauses
            if clause.tier == "ambiguous"
        )
        looked = f"CASE {looks} ELSE {store.text(last.id)} END" if looks else store.text(last.id)
        return f"coalesce(CASE WHEN CASE {gate} ELSE false END THEN CASE {made} END END, {looked})" if gate else looked

    def _made_of(self, qualities: Sequence[Code]) -> str:
        """SQL: whether all of a text are words of any of the qualities, which are asked of one column.

        Those that may be made of purposes are asked where one is there, the others where none is surely there.
        """
        names = {name for quality in qualities for name in (quality.id, *quality.reason.made_of)} - {"purpose"}
        parts = words.parts(
            word
            for code in self.codes
            if code.id in names or code.reason.axis in names
            for clause in code.clauses
            if clause.tier != "ambiguous" or code.reason.axis != "quality"
            for word in (*clause.words, *clause.also)
        )
        beside = _beside(qualities[0])
        asked = "found IS NOT NULL" if beside else "NOT firm"
        if not parts:
            return words.only(asked, words.matches("whole", "^ *$"))
        many = "*" if beside or len(qualities) > 1 else "+"
        pattern = rf"^(?:[^a-z0-9]*(?:{parts})){many}[^a-z0-9]*$"
        return words.only(asked, words.matches(_over(qualities[0]), pattern))

    def beside(self, source: str) -> str:
        """SQL: a query with what is left of each text as `beside`, the words of its purposes taken out in turn."""
        query, last = source, "whole"
        for code in self._taken:
            left = f"CASE WHEN h_{code.id} IS NULL THEN {last} ELSE {_without(code, last)} END AS b_{code.id}"
            query, last = f"(SELECT *, {left} FROM {query} AS t)", f"b_{code.id}"
        return f"SELECT *, {last} AS beside FROM {query} AS b"

    @property
    def _taken(self) -> list[Code]:
        return [code for code in self.purposes if _words(code)]


def _words(code: Code) -> list[Word]:
    return [*code.listed, *code.free, *(w for clause in code.clauses for w in clause.also)]


def _without(code: Code, column: str) -> str:
    """What is left when words of a code are taken out."""
    for _ in range(_TAKEN):
        column = f"regexp_replace({column}, {store.text(words.alternation(_words(code)))}, ' ')"
    return column


def _numbers(codes: Sequence[Code]) -> str:
    found = {number for code in codes for word in code.free for number in word.numbers}
    return "|".join(re.escape(number) for number in sorted(found))


def _beside(quality: Code) -> bool:
    """Whether it may be made of purposes: then it is asked what is left beside them."""
    return "purpose" in quality.reason.made_of


def _over(quality: Code) -> str:
    """The column that a quality is about."""
    return "beside" if _beside(quality) else "whole"


def _axis(codes: Sequence[Code], axis: str) -> list[Code]:
    return [code for code in codes if code.reason.axis == axis]
