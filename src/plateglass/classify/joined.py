"""Contradictions between what a search states twice: its reason in words, and its value of an offence list (S9).

Two statements contradict each other where each of them names a purpose, and they name none in common. That may be a
form that asks for one thing only, or a slip; a sensitive purpose beside another one is what to look at first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from plateglass import store
from plateglass.store import Step, Store

FIRM: Final = ("explicit", "probable")
"""The tiers with which a statement names a purpose."""
NO_PURPOSE: Final = ("p98", "p99")
"""What is left over: it contradicts nothing."""
SENSITIVE: Final = ("p01", "p02", "p03", "p24", "p25")
"""The purposes that another statement may be there to hide."""


@dataclass(frozen=True)
class Contradiction:
    """Searches whose reason names one purpose, and whose offence another one."""

    reason: str
    """Codes that the reason names, joined by blanks."""
    offence: str
    """Codes that the offence names."""
    searches: int
    texts: int
    """Different pairs of reason and offence."""

    @property
    def sensitive(self) -> bool:
        """Whether one of them is a sensitive purpose, and the other is not."""
        one, two = ({*codes.split()} & {*SENSITIVE} for codes in (self.reason, self.offence))
        return bool(one) != bool(two)


def contradictions(store_: Store) -> tuple[list[Contradiction], int]:
    """The contradictions, sensitive ones first, then the most frequent; and how many searches state both at all.

    Needs `distinct_searches` and `reasons`; leaves `reason_pairs`, one row a reason and offence, with `s9`.
    """
    names = (row[0] for row in store_.rows("SELECT column_name FROM (DESCRIBE reasons)"))
    codes = sorted(c for c in names if c[:1] == "p" and c[1:].isdigit() and c not in NO_PURPOSE)
    store_.run(*_steps(codes))
    rows = store_.rows(
        "SELECT named, offence_named, CAST(sum(searches) AS BIGINT), count(*) FROM reason_pairs WHERE s9 GROUP BY 1, 2"
    )
    found = [Contradiction(*row) for row in rows]
    both = store_.one("SELECT coalesce(CAST(sum(searches) AS BIGINT), 0) FROM reason_pairs")
    return sorted(found, key=lambda c: (not c.sensitive, -c.searches, c.reason, c.offence)), both


def _steps(codes: list[str]) -> tuple[Step, ...]:
    common = " OR ".join(f"({_named('r', code)} AND {_named('o', code)})" for code in codes) or "false"
    return (
        Step(
            "reason_stated",
            "SELECT reason, offence, count(*) AS searches FROM distinct_searches"
            " WHERE reason IS NOT NULL AND offence IS NOT NULL GROUP BY reason, offence",
            "each pair of reason and offence that searches state",
        ),
        Step(
            "reason_pairs",
            f"""SELECT *, named <> '' AND offence_named <> '' AND NOT common AS s9
                FROM (SELECT s.reason, s.offence, s.searches, {_all("r", codes)} AS named,
                        {_all("o", codes)} AS offence_named, {common} AS common
                      FROM reason_stated AS s
                      JOIN reasons AS r ON r.id = s.reason AND r.field = 'reason'
                      JOIN reasons AS o ON o.id = s.offence AND o.field = 'offence') AS p""",
            "what the two name, and whether that contradicts",
        ),
    )


def _named(side: str, code: str) -> str:
    return f"coalesce({side}.{code} IN ({', '.join(map(store.text, FIRM))}), false)"


def _all(side: str, codes: list[str]) -> str:
    each = ", ".join(f"CASE WHEN {_named(side, code)} THEN {store.text(code)} END" for code in codes)
    return f"concat_ws(' ', {each})" if each else "''"
