"""The words that decided each code: words of the content, never of the record."""

from __future__ import annotations

import re
from collections.abc import Iterator

from plateglass import store
from plateglass.classify import words
from plateglass.classify.taxonomy import Code, Taxonomy
from plateglass.store import Step, Store


def spans(taxonomy: Taxonomy) -> Step:
    """What each clause that held has matched, for texts with a code only."""
    parts = [_spans(code) for code in taxonomy.searched if code.clauses]
    return Step("reason_spans", " UNION ALL ".join(parts), "what each clause that held has matched; local")


def _spans(code: Code) -> str:
    def arms(pick: str) -> str:
        found = [
            f"WHEN {number} THEN regexp_extract({clause.over}, {store.text(words.alternation(getattr(clause, pick)))})"
            for number, clause in enumerate(code.clauses, 1)
            if getattr(clause, pick)
        ]
        return f"CASE h {' '.join(found)} ELSE '' END" if found else "''"

    tier = code.tier("NOT firm")
    held = f"SELECT *, h_{code.id} AS h FROM reason_held WHERE h_{code.id} IS NOT NULL"
    found = f"{store.text(code.id)} AS code, {tier} AS tier, h, {arms('words')} AS span, {arms('also')} AS also"
    return f"SELECT * FROM (SELECT id, field, {found} FROM ({held}) AS h) AS t WHERE tier IS NOT NULL"


def labels(store_: Store, taxonomy: Taxonomy) -> Step:
    """The words to print for each distinct match."""
    codes = {code.id: code for code in taxonomy.searched}
    found = store_.rows("SELECT DISTINCT code, h, span, also FROM reason_spans ORDER BY code, h, span, also")
    rows = [(code, h, span, also, _label(codes[code], h, span, also)) for code, h, span, also in found]
    columns = {"code": "VARCHAR", "h": "INTEGER", "span": "VARCHAR", "also": "VARCHAR", "words": "VARCHAR"}
    store_.load("reason_labels", columns, rows)
    return Step(
        "reason_words",
        """SELECT s.id, s.field, s.code, s.tier, l.words
           FROM reason_spans AS s JOIN reason_labels AS l
             ON l.code = s.code AND l.h = s.h AND l.span = s.span AND l.also = s.also""",
        "the content's words that decided each code",
    )


def _label(code: Code, number: int, span: str, also: str) -> str:
    clause = code.clauses[number - 1]
    pairs = ((clause.words, span), (clause.also, also))
    return " + ".join(_shown(words_, match) for words_, match in pairs if words_)


def _shown(candidates: tuple[words.Word, ...], span: str) -> str:
    fitting: Iterator[words.Word] = (word for word in candidates if re.search(word.search, span))
    word = next(fitting, None)
    return word.shown(span) if word is not None else "a word of this code"
