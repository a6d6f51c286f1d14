"""The fourth stage: distinct reasons become codes, each with the words that decided.

Every word stands in `content/reasons/<code>.toml`; the code knows only how the four axes are read:

- purpose, sensitivity: any number of codes a text, each with a tier;
- requester: one code, the first by `order` whose words are there; its tier is the grade of evidence
  (explicit: an agency with a word of assistance, probable: an agency is named);
- quality: one code, the first by `order` of whose words, and those of its `made_of`, the whole text consists; else the
  first whose `ambiguous` words it has; else the last.

What a review has resolved (`labels`) takes the place of the purposes that words found, see `judged`.

A code with `left_over` is given where its axis has no other code and the text has one of those qualities.
A search without a text has no row here: `check` joins the quality of its cell by `STATE_QUALITIES`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Final
from uuid import UUID

from plateglass import store
from plateglass.catalogue import Catalogue
from plateglass.classify import explain, fold, judged, words
from plateglass.classify.taxonomy import LOOKS, Code, Taxonomy
from plateglass.model import State
from plateglass.privacy.scrub import scrub
from plateglass.store import Step, Store

STATE_QUALITIES: Final[Mapping[State, str]] = {
    State.EMPTY: "q0",
    State.PLACEHOLDER: "q1",
    State.MASKED: "qx",
    State.WITHHELD: "qx",
}
"""The quality of a reason that has no text, by its cell state. Other states have a text, or (`not_exported`, `damaged`)
nothing that a quality could be said of."""


_VALUES: Final = 3
"""How many values of an offence list are taken out of a text."""
_NONE: Final[Mapping[str, Collection[str]]] = MappingProxyType({})


def reasons(store_: Store, catalogue: Catalogue, labels: Mapping[str, Collection[str]] = _NONE) -> None:
    """Table `reasons`, one row a distinct text with its codes.

    `labels` are the purposes of texts that people have judged: they win.
    """
    taxonomy = Taxonomy(catalogue)
    store_.run(fold.distinct())
    fold.rewrites(store_)
    store_.run(fold.one_spelling(), *_decide(taxonomy))
    if labels:
        judged.decide(store_, taxonomy, labels)


def grounds(store_: Store, catalogue: Catalogue, labels: Mapping[str, Collection[str]] = _NONE) -> None:
    """Table `reason_words`, after `reasons`: one row a text and code with the words that decided it.

    Made where somebody asks why: what decides is looked for once more, to be shown.
    """
    taxonomy = Taxonomy(catalogue)
    store_.run(Step("reason_held", _held(taxonomy), "which clause of each code holds"), explain.spans(taxonomy))
    store_.run(explain.labels(store_, taxonomy))
    if labels:
        judged.explain(store_, taxonomy)


def explained(store_: Store, catalogue: Catalogue, texts: Sequence[str], field: str) -> list[tuple[str, str, str, str]]:
    """Text, code, tier and the words that decided, of texts that stand in no case: every code that each one gets."""
    rows = [(UUID(int=number), field, scrub(text)[0]) for number, text in enumerate(texts)]
    store_.load("texts", {"id": "UUID", "field": "VARCHAR", "text": "VARCHAR"}, rows)
    reasons(store_, catalogue)
    grounds(store_, catalogue)
    said = {(id_.int, code): by for id_, code, by in store_.rows("SELECT id, code, words FROM reason_words")}
    found = []
    for row in store_.records("SELECT * FROM reasons ORDER BY id"):
        number = row.pop("id").int
        one = {row.pop("requester"): row.pop("requester_tier"), row.pop("quality"): None}
        codes = {code: tier for code, tier in row.items() if code != "field" and tier} | one
        found += [
            (texts[number], code, tier or "", said.get((number, code), "")) for code, tier in codes.items() if code
        ]
    return found


def _decide(taxonomy: Taxonomy) -> tuple[Step, ...]:
    return (
        Step("reason_looked", _looked(taxonomy), "which groups of codes may have each text, alike ones together"),
        Step("reasons", _reasons(taxonomy), "the codes of every distinct text"),
    )


def _listed(taxonomy: Taxonomy) -> str:
    """The texts: whether they begin with, or are, values of an offence list; `rest` is without those values.

    One look for the values and for section numbers: few texts have either.
    """
    listed, numbers = taxonomy.listed, taxonomy.numbers
    rest = "whole"
    for _ in range(_VALUES):
        rest = f"regexp_replace({rest}, {store.text(listed)}, ' ')"
    columns = {
        "marked": words.matches("whole", "|".join(pattern for pattern in (listed, numbers) if pattern)),
        "listed": words.only("marked", words.matches("whole", listed)),
        "rest": f"CASE WHEN listed THEN {rest} ELSE whole END",
        "numbered": words.only("marked", words.matches("rest", numbers)),
    }
    query = "reason_folded"
    for name, sql in columns.items():
        query = f"(SELECT *, {sql} AS {name} FROM {query} AS t)"
    return query


def _looked(taxonomy: Taxonomy) -> str:
    """The texts with one look for each group of codes, those with the same groups side by side.

    A pattern that is asked of a few texts here and there is slow: what it learnt of the last ones has left the cache.
    """
    looks = "".join(f", {taxonomy.look(codes)} AS g{number}" for number, codes in enumerate(taxonomy.groups))
    alike = "".join(f", g{number}" for number, _ in enumerate(taxonomy.groups))
    return f"SELECT *{looks} FROM {_listed(taxonomy)} AS l ORDER BY listed, numbered{alike}"


def _held(taxonomy: Taxonomy) -> str:
    """What holds of each group as one value with a field a code: a text without any of them costs one step."""
    looks, held = "", "".join(f", {code.held} AS h_{code.id}" for code in taxonomy.searched if not code.clauses)
    for number, codes in enumerate(taxonomy.groups):
        fields = ", ".join(f"'h_{code.id}': {code.held}" for code in codes)
        looks += f", CASE WHEN g{number} THEN {{{fields}}} END AS k{number}"
        held += "".join(f", k{number}.h_{code.id} AS h_{code.id}" for code in codes)
    firm = " OR ".join(code.firm for code in taxonomy.purposes) or "false"
    inner = f"SELECT id, field, whole, rest{held} FROM (SELECT *{looks} FROM reason_looked) AS k"
    return f"SELECT *, {firm} AS firm, {_first_of(taxonomy.purposes)} AS found FROM ({inner}) AS g"


def _tiers(taxonomy: Taxonomy) -> str:
    """The tier of each code, once it is known what else was found."""
    tiers = [f", {code.tier()} AS t_{code.id}" for code in taxonomy.requesters + taxonomy.sensitivities]
    for code in taxonomy.purposes:
        tier, left = code.tier("NOT firm"), code.left("found")
        tiers.append(f", coalesce({tier}, {left}) AS t_{code.id}")
    qualities = f"SELECT *, {taxonomy.quality()} AS quality FROM ({taxonomy.beside(f'({_held(taxonomy)})')}) AS h"
    return f"SELECT *{''.join(tiers)} FROM ({qualities}) AS q"


def _reasons(taxonomy: Taxonomy) -> str:
    flags = "".join(f", t_{code.id} AS {code.id}" for code in taxonomy.purposes + taxonomy.sensitivities)
    names = " ".join(f"WHEN t_{code.id} IS NOT NULL THEN {store.text(code.id)}" for code in taxonomy.requesters)
    grade = ", ".join(f"t_{code.id}" for code in taxonomy.requesters)
    left = " ".join(
        f"WHEN {code.left('NULL')} IS NOT NULL THEN {store.text(code.id)}"
        for code in taxonomy.requesters
        if code.reason.left_over
    )
    requester = f"CASE {names} {left} END" if taxonomy.requesters else "CAST(NULL AS VARCHAR)"
    graded = f"coalesce({grade}, NULL)" if grade else "CAST(NULL AS VARCHAR)"
    quality = f"replace(quality, {store.text(LOOKS)}, '') AS quality"
    coded = f"SELECT id, field, {quality}, {requester} AS requester, {graded} AS requester_tier{flags}"
    return f"{coded} FROM ({_tiers(taxonomy)}) AS t"


def _first_of(codes: list[Code]) -> str:
    held = ", ".join(f"h_{code.id}" for code in codes)
    return f"coalesce({held}, NULL)" if held else "CAST(NULL AS TINYINT)"
