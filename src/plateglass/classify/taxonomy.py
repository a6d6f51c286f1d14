"""The codes of a catalogue as SQL: which clause of each one holds, and which quality a whole text has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from plateglass import store
from plateglass.catalogue import Catalogue, Reason
from plateglass.classify import words
from plateglass.classify.words import Clause, Word

_GROUP: Final = 5
"""How many codes share one first look: a text with none of their words is looked at once for all of them."""

_TAKEN: Final = 2
"""How many times the words of one purpose are taken out of a text to see what stands beside them."""

LOOKS: Final = "?"
"""Stands behind a quality that a text has by its looks only: what is left over by it is probable, not explicit."""


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

    def held(self, group: str) -> str:
        """SQL: the number of the first clause that holds; `group` is the first look that it shares."""
        if not self.clauses:
            return "CAST(NULL AS TINYINT)"
        arms = " ".join(f"WHEN {clause.sql} THEN {number}" for number, clause in enumerate(self.clauses, 1))
        listed = f"listed AND {words.matches('whole', words.alternation(self.listed))}" if self.listed else "false"
        free = f"{group} AND {words.matches(self.over, words.alternation(self.free))}" if self.free else "false"
        return f"CAST(CASE WHEN {listed} OR {free} THEN CASE {arms} END END AS TINYINT)"

    def tier(self, allowed: str = "true") -> str:
        """SQL: the tier of the clause that holds; one that must be alone counts only where `allowed`."""
        arms = [
            f"WHEN h_{self.id} = {number}{f' AND {allowed}' if clause.alone else ''} THEN {store.text(clause.tier)}"
            for number, clause in enumerate(self.clauses, 1)
        ]
        return f"CASE {' '.join(arms)} END" if arms else "CAST(NULL AS VARCHAR)"

    @property
    def firm(self) -> str:
        """SQL: whether a clause that needs not be alone says explicit or probable."""
        firm = [str(n) for n, c in enumerate(self.clauses, 1) if not c.alone and c.tier != "ambiguous"]
        return f"coalesce(h_{self.id}, 0) IN ({', '.join(firm)})" if firm else "false"

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
        """The searched codes in groups of one axis that share one first look."""
        axes = ([c for c in axis if c.free] for axis in (self.purposes, self.sensitivities, self.requesters))
        return [axis[start : start + _GROUP] for axis in axes for start in range(0, len(axis), _GROUP)]

    @property
    def listed(self) -> str:
        """One pattern of every value of an offence list."""
        return words.alternation(sorted((w for c in self.codes for w in c.listed), key=lambda w: -len(w.label)))

    def quality(self) -> str:
        """SQL: the quality of a text: by what all of it is made of, then by its looks, then the last.

        A quality that may be made of purposes is asked what is left beside them; the others only where none is firm.
        """
        *tried, last = self.qualities
        arms = [f"WHEN {self._made_of(code)} THEN {store.text(code.id)}" for code in tried]
        arms += [
            f"WHEN {self._looks(code, clause)} THEN {store.text(code.id + LOOKS)}"
            for code in tried
            for clause in code.clauses
            if clause.tier == "ambiguous"
        ]
        return f"CASE {' '.join(arms)} ELSE {store.text(last.id)} END"

    @staticmethod
    def _looks(code: Code, clause: Clause) -> str:
        if "purpose" in code.reason.made_of:
            return f"firm AND {replace(clause, over='beside').sql}"
        return f"NOT firm AND {clause.sql}"

    def _made_of(self, quality: Code) -> str:
        names = {quality.id, *quality.reason.made_of} - {"purpose"}
        parts = dict.fromkeys(
            word.part
            for code in self.codes
            if code.id in names or code.reason.axis in names
            for clause in code.clauses
            if clause.tier != "ambiguous" or code.reason.axis != "quality"
            for word in (*clause.words, *clause.also)
        )
        if not parts:
            return words.matches("whole", "^ *$")
        beside = "purpose" in quality.reason.made_of
        pattern = rf"^(?:[^a-z0-9]*(?:{'|'.join(parts)})){'*' if beside else '+'}[^a-z0-9]*$"
        where, column = ("found IS NOT NULL", "beside") if beside else ("NOT firm", "whole")
        return f"{where} AND {words.matches(column, pattern)}"

    def beside(self, source: str) -> str:
        """SQL: a query with what is left of each text as `beside`, the words of its purposes taken out."""
        query, last = f"SELECT * FROM {source}", "whole"
        for code in self.purposes:
            found = words.alternation([*code.listed, *code.free, *(w for c in code.clauses for w in c.also)])
            if found:
                taken = last
                for _ in range(_TAKEN):
                    taken = f"regexp_replace({taken}, {store.text(found)}, ' ')"
                left = f"CASE WHEN h_{code.id} IS NULL THEN {last} ELSE {taken} END AS b_{code.id}"
                query, last = f"SELECT *, {left} FROM ({query}) AS t", f"b_{code.id}"
        held = ", ".join(f"h_{code.id}" for code in self.searched)
        return f"SELECT id, field, whole, rest, listed, firm, found, {held}, {last} AS beside FROM ({query}) AS t"


def _axis(codes: Sequence[Code], axis: str) -> list[Code]:
    return [code for code in codes if code.reason.axis == axis]
