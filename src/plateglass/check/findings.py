"""What a judged rule becomes: counts, margin, months, agencies, why units can't be told, and where the evidence is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from plateglass.check.clock import month_name
from plateglass.check.compiled import OUTCOMES, Compiled
from plateglass.check.scan import BLANK_STATE, FREE, RECORDS, Judged, untold
from plateglass.model import Finding, Outcome
from plateglass.store import Store, text

UNRESOLVED = "(not named)"
"""The group of all names that no agency was found for, and of agencies whose name may not stand in an output."""

_PASS, _FAULT = OUTCOMES.index(Outcome.PASS), OUTCOMES.index(Outcome.FAIL)
_PERSON = OUTCOMES.index(Outcome.NEEDS_PERSON)
_TESTED = f"({_FAULT}, {_PASS})"

EVIDENCE = {
    "rule": "VARCHAR", "verdict": "VARCHAR", "source": "VARCHAR", "part": "INTEGER", "record": "BIGINT",
    "measure": "DOUBLE", "unit_at": "BIGINT",
}  # fmt: skip
"""Columns of the table `evidence`: where each unit stands that a rule points at. No token, no text."""


def finding(store: Store, judged: Judged, limit: int, called: Mapping[str, Mapping[str, str]]) -> Finding:
    """Everything that one rule says, and its rows in `evidence`, at most `limit` of each verdict.

    `called` has the heading of each field, by source.
    """
    rows = store.rows(f"""
        SELECT l.source, t.month, t.v, sum(t.n), min(t.first_at), max(t.last_at)
        FROM (SELECT *, {judged.digit} AS v FROM {judged.tally}) AS t LEFT JOIN logs AS l ON l.log_no = t.log_no
        GROUP BY l.source, t.month, t.v ORDER BY l.source, t.month, t.v""")
    counts: Counter[Outcome] = Counter()
    for _, _, digit, number, _, _ in rows:
        counts[OUTCOMES[digit]] += int(number)
    rule, over = judged.rule.rule, counts[Outcome.FAIL]
    asks = rule.only_asks
    if asks:
        counts[Outcome.FAIL] = 0
    tested = [row for row in rows if row[2] in (_FAULT, _PASS)]
    looked = tested or [row for row in rows if row[2] != FREE]
    about = {"fault": over, "tested": len(tested), "person": counts[Outcome.NEEDS_PERSON]}
    margin, extremes = _margin(store, judged, about[rule.measure.of] if rule.measure else 0)
    missing = _missing(store, judged) if counts[Outcome.CANNOT_TELL] else {}
    sources = tuple(sorted({row[0] for row in looked if row[0] is not None}))
    files = [called[source] for source in sources if source in called]
    why = "; ".join(f"{_worded(key, files)}: {units:,}" for key, units in missing.items())
    for digit in (digit for digit, units in ((_FAULT, over), (_PERSON, counts[Outcome.NEEDS_PERSON])) if units):
        _evidence(store, judged, digit, limit)
    return Finding(
        rule=rule.id,
        counts={outcome: counts[outcome] for outcome in Outcome},
        question=over if asks else 0,
        over=over,
        sentence=_sentence(judged.rule, counts, over, (margin, extremes)) or _untold(judged.rule, counts, why),
        parameters=dict(judged.rule.parameters),
        margin=margin,
        extremes=extremes,
        sources=sources,
        period=_period(looked),
        months=_months(tested),
        groups=_groups(store, judged),
        missing=missing,
    )


def _period(looked: Iterable[tuple[Any, ...]]) -> tuple[int, int] | None:
    firsts, lasts = [r[4] for r in looked if r[4] is not None], [r[5] for r in looked if r[5] is not None]
    return (min(firsts), max(lasts)) if firsts else None


def _months(tested: Iterable[tuple[Any, ...]]) -> tuple[tuple[str, int, int], ...]:
    units: Counter[int] = Counter()
    over: Counter[int] = Counter()
    for _, month, digit, number, _, _ in tested:
        if month is not None:
            units[month] += int(number)
            over[month] += int(number) * (digit == _FAULT)
    return tuple((month_name(month), units[month], over[month]) for month in sorted(units))


def _groups(store: Store, judged: Judged) -> tuple[tuple[str, int, int], ...]:
    """Agencies whose names may be shown, the others together."""
    return tuple(
        (str(label), int(units), int(over))
        for label, units, over in store.rows(f"""
            SELECT coalesce(a.name, {text(UNRESOLVED)}) AS label, sum(g.n) AS units,
              sum(CASE WHEN g.v = {_FAULT} THEN g.n ELSE 0 END) AS over
            FROM (SELECT agency_no, n, {judged.digit} AS v FROM {judged.agencies}) AS g
            LEFT JOIN agency_numbers AS a ON a.agency_no = g.agency_no
            WHERE g.v IN {_TESTED} GROUP BY label ORDER BY over DESC, units DESC, label""")
    )


def _missing(store: Store, judged: Judged) -> dict[str, int]:
    """Why units can't be told, each counted once: by the first needed field that is untold."""
    if judged.rule.unset:
        unset = OUTCOMES.index(Outcome.CANNOT_TELL)
        units = store.one(f"SELECT sum(n) FROM {judged.tally} WHERE {judged.digit} = {unset}")
        return {f"{judged.rule.unset[0]}:unset": int(units)}
    why: Counter[str] = Counter()
    for digits, number in store.rows(f"""
        SELECT untold, sum(n) FROM {judged.reasons}
        WHERE {judged.digit} = {OUTCOMES.index(Outcome.CANNOT_TELL)} GROUP BY untold ORDER BY untold"""):
        states = untold(digits, judged.fields)
        empty = (need for need in judged.rule.needs if all(field in states for field in need))
        first = next((field for need in empty for field in need if states[field] != BLANK_STATE), "")
        why[f"{first}:{states[first]}" if first else "record:undecided"] += int(number)
    return dict(why.most_common())


def _margin(store: Store, judged: Judged, units: int) -> tuple[tuple[tuple[str, int], ...], dict[str, float]]:
    """The classes of the measure with their units, and its smallest, middle and largest value."""
    if judged.rule.rule.measure is None:
        return (), {}
    labels = [label for label, _ in judged.rule.buckets]
    if not units:
        return tuple((label, 0) for label in labels), {}
    bits = ", ".join(f"sum(CASE WHEN (b >> {bit}) & 1 = 1 THEN n ELSE 0 END)" for bit in range(len(labels))) or "0"
    store.execute(f"""
        CREATE OR REPLACE TEMP TABLE margin AS SELECT m, b, count(*) AS n
        FROM (SELECT {judged.measure} AS m, {judged.classes} AS b FROM judged_{judged.table}
              WHERE {judged.digit} IN ({judged.rule.of})) AS a GROUP BY m, b""")
    found = store.rows(f"SELECT {bits} FROM margin")[0]
    margin = tuple((label, int(units or 0)) for label, units in zip(labels, found, strict=False))
    middle = store.rows("""
        SELECT min(m), max(m), min(CASE WHEN upto * 2 >= units THEN m END)
        FROM (SELECT m, sum(n) OVER (ORDER BY m) AS upto, sum(n) OVER () AS units
              FROM (SELECT m, sum(n) AS n FROM margin WHERE m IS NOT NULL GROUP BY m) AS c) AS o""")
    smallest, largest, median = middle[0]
    if smallest is None:
        return margin, {}
    return margin, {"smallest": float(smallest), "median": float(median), "largest": float(largest)}


def _evidence(store: Store, judged: Judged, digit: int, limit: int) -> None:
    """Where the units of one verdict stand, in the order of the sources, so that two runs list the same ones."""
    rule = judged.rule.rule
    verdict = "needs_person" if digit == _PERSON else "question" if rule.only_asks else "fail"
    measured = digit == _FAULT or (rule.measure is not None and rule.measure.of == "person")
    store.execute(f"""
        INSERT INTO evidence
        SELECT {text(rule.id)}, {text(verdict)}, l.source, l.part, nullif(e.place % {RECORDS}, 0),
          {"e.measure" if measured else "NULL"}, e.unit_at
        FROM (SELECT place, log_no, unit_at, {judged.measure} AS measure FROM judged_{judged.table}
              WHERE {judged.digit} = {digit} ORDER BY place, unit_at LIMIT {int(limit)}) AS e
        LEFT JOIN logs AS l ON l.log_no = e.log_no ORDER BY e.place, e.unit_at""")


def _sentence(
    rule: Compiled, counts: Mapping[Outcome, int], over: int,
    margin: tuple[tuple[tuple[str, int], ...], Mapping[str, float]],
) -> str:  # fmt: skip
    """The finding in one sentence; nothing where no unit could be decided."""
    content, tested = rule.rule, over + counts[Outcome.PASS]
    if not tested:
        return ""
    classes = {f"class_{n}": f"{units:,}" for n, (_, units) in enumerate(margin[0], 1)}
    shares = {f"class_{n}_share": share(units, tested) for n, (_, units) in enumerate(margin[0], 1)}
    words: dict[str, object] = {"over": f"{over:,}", "tested": f"{tested:,}", "share": share(over, tested)}
    numbers = {key: f"{margin[1].get(key, 0):,.1f}".removesuffix(".0") for key in ("smallest", "median", "largest")}
    says = content.says if over or (content.measure and content.measure.of == "tested") else _plain(content.says)
    said = says.format_map({**words, **numbers, **classes, **shares, **rule.parameters})
    if over or not counts[Outcome.NEEDS_PERSON]:
        return said
    return f"Only a person can decide {counts[Outcome.NEEDS_PERSON]:,} {content.unit}. Of the others: {said}"


def _untold(rule: Compiled, counts: Mapping[Outcome, int], why: str) -> str:
    """Why no unit could be decided, in one sentence."""
    unit, total, bound = rule.rule.unit, sum(counts.values()), sum(counts.values()) - counts[Outcome.NOT_APPLICABLE]
    if not total:
        return f"Does not apply: the case has no {unit}."
    if not bound:
        return f"Does not apply: of {total:,} that were looked at, none is in the rule's scope ({unit})."
    if rule.unset:
        return f"Can't be told: the setting {rule.unset[0]} is not stated."
    if counts[Outcome.NEEDS_PERSON]:
        return f"Only a person can decide it: {counts[Outcome.NEEDS_PERSON]:,} {unit}."
    return f"Can't be told for any of the {bound:,} {unit} ({why})."


def _plain(says: str) -> str:
    """A sentence up to its first semicolon: what follows tells of units at fault, and there are none."""
    return says.partition(";")[0].rstrip(".") + "."


def share(part: int, whole: int) -> str:
    """A share in percent, two decimals."""
    return f"{100 * part / whole:.2f} %" if whole else "no share"


def _worded(key: str, files: Sequence[Mapping[str, str]]) -> str:
    """Why a field is not told, with the heading that the files have for it."""
    field, _, state = key.partition(":")
    if field == "record":
        return "the record does not decide it"
    headings = " or ".join(dict.fromkeys(f"“{headings[field]}”" for headings in files if field in headings))
    column = f"the column {headings}" if headings else f"the field {field.replace('_', ' ')}"
    return f"{column} is {state.replace('_', ' ')}"
