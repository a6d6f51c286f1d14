"""What people have coded takes the place of what words found: the purposes of texts that a review has resolved."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from plateglass import store
from plateglass.classify.taxonomy import Taxonomy
from plateglass.store import Step, Store

BY: Final = "people's judgement"
"""What stands where else the words stand that decided."""


def decide(store_: Store, taxonomy: Taxonomy, labels: Mapping[str, Collection[str]]) -> None:
    """Give the judged texts their judged purposes; a purpose that people gave is explicit."""
    rows = sorted((text, code) for text, codes in labels.items() for code in codes)
    store_.load("reason_judged", {"id": "UUID", "code": "VARCHAR"}, rows)
    codes = [code.id for code in taxonomy.purposes]
    given = ", ".join(f"max(CASE WHEN code = {store.text(code)} THEN 1 ELSE 0 END) AS {code}" for code in codes)
    kept = ", ".join(f"CASE WHEN j.id IS NULL THEN r.{c} WHEN j.{c} = 1 THEN 'explicit' END AS {c}" for c in codes)
    others = ", ".join(f"r.{code.id}" for code in taxonomy.sensitivities)
    store_.run(
        Step("reasons_by_words", "SELECT * FROM reasons", "the codes that words decided"),
        Step("reason_labelled", f"SELECT id, {given} FROM reason_judged GROUP BY id", "the codes that people decided"),
        Step(
            "reasons",
            f"""SELECT r.id, r.field, r.quality, r.requester, r.requester_tier, {kept}{", " if others else ""}{others}
                FROM reasons_by_words AS r LEFT JOIN reason_labelled AS j ON j.id = r.id AND r.field = 'reason'""",
            "the codes of every distinct text, people's before words'",
        ),
    )


def explain(store_: Store, taxonomy: Taxonomy) -> None:
    """Say of the purposes that people gave that people did, after `decide`."""
    purposes = ", ".join(store.text(code.id) for code in taxonomy.purposes)
    store_.run(
        Step("reason_words_found", "SELECT * FROM reason_words", "what words decided"),
        Step(
            "reason_words",
            f"""SELECT w.* FROM reason_words_found AS w LEFT JOIN reason_labelled AS j
                  ON j.id = w.id AND w.field = 'reason' AND w.code IN ({purposes})
                WHERE j.id IS NULL
                UNION ALL
                SELECT j.id, r.field, j.code, 'explicit' AS tier, {store.text(BY)} AS words
                FROM reason_judged AS j JOIN reasons_by_words AS r ON r.id = j.id AND r.field = 'reason'""",
            "what decided each code",
        ),
    )
