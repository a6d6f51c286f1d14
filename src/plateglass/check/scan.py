"""One scan for all rules over a view: each unit's verdicts packed into numbers, then counted from those.

`judged_<view>` holds one row a unit: where it stands, and for each twenty rules one number whose octal digits are the
verdicts. Everything that a finding says is counted from that table; the view itself is read once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from plateglass.check.compiled import OUTCOMES, UNTOLD, Compiled, untold_digit
from plateglass.errors import Place, RuleRefused
from plateglass.model import Outcome
from plateglass.store import Failure, Step, Store

BITS = 3
BASE = 2**BITS
PACK = 20
"""Verdicts in one number: 20 octal digits are below 2^63."""
BLANK_STATE = "blank"
RECORDS = 2**40
"""More records than any source has: a unit's place is its source's number times this, and the record's number."""


@dataclass(frozen=True)
class Judged:
    """One rule in the judged table of its view."""

    table: str
    rule: Compiled
    number: int
    """Its place among the rules of the view, from 0."""
    fields: tuple[str, ...]
    """Every field that a rule of the view needs, in the order of the digits of `untold`."""
    measure: str
    """The column with its measure; NULL where it has none."""

    @property
    def digit(self) -> str:
        """SQL for its verdict's digit in `judged_<view>` or `tally_<view>_<pack>`."""
        return f"((p{self.number // PACK} >> {BITS * (self.number % PACK)}) & {BASE - 1})"

    @property
    def tally(self) -> str:
        """The table of counts by source, month and pattern that it is in."""
        return f"tally_{self.table}_{self.number // PACK}"

    @property
    def agencies(self) -> str:
        """The table of counts by agency and pattern that it is in."""
        return f"agencies_{self.table}_{self.number // PACK}"

    @property
    def reasons(self) -> str:
        """The table of counts by untold fields and pattern that it is in."""
        return f"untold_{self.table}_{self.number // PACK}"


def judge(store: Store, table: str, rules: Sequence[Compiled]) -> list[Judged]:
    """Scan a view once for all its rules, and count by source and month, by agency, by what is untold.

    Raises:
        RuleRefused: a rule's SQL can't be computed over this view's values; the message names the rule.
    """
    fields = tuple(dict.fromkeys(field for rule in rules for field in rule.fields))
    try:
        store.run(Step(f"judged_{table}", _judged(table, rules, fields), "one row a unit, with packed verdicts"))
    except Failure:
        _blame(store, table, rules, fields)
        raise
    store.run(*_tallies(table, len(rules)))
    columns = {measure: f"m{n}" for n, measure in enumerate(measures(rules))}
    nothing = "CAST(NULL AS DOUBLE)"
    return [Judged(table, rule, n, fields, columns.get(rule.measure, nothing)) for n, rule in enumerate(rules)]


def at_home(store: Store, rules: Sequence[Compiled]) -> list[Compiled]:
    """The rules, with nothing left to compute for those of states that nobody is from: they bind none of its units."""
    owners = {state for (state,) in store.rows("SELECT DISTINCT owner_state FROM logs")}
    anybody = owners | {state for (state,) in store.rows("SELECT DISTINCT state FROM who")}
    free = str(OUTCOMES.index(Outcome.NOT_APPLICABLE))
    return [
        replace(rule, verdict=free)
        if rule.rule.states
        and (anybody if "searcher" in rule.rule.binds else owners).isdisjoint({*rule.rule.states, None})
        else rule
        for rule in rules
    ]


def _judged(table: str, rules: Sequence[Compiled], fields: Sequence[str]) -> str:
    verdicts = ", ".join(f"{rule.verdict} AS v{n}" for n, rule in enumerate(rules))
    packs = ", ".join(
        " + ".join(f"CAST(v{n} AS BIGINT) * {BASE ** (n % PACK)}" for n in range(k, min(k + PACK, len(rules))))
        + f" AS p{k // PACK}"
        for k in range(0, len(rules), PACK)
    )
    untold = " + ".join(f"CAST(u_{field} AS BIGINT) * {BASE**n}" for n, field in enumerate(fields)) or "0"
    margins = "".join(f", {part}" for part in _measured(rules))
    digits = "".join(f", {untold_digit(field)} AS u_{field}" for field in fields)
    return f"""
        SELECT log_no * {RECORDS} + coalesce(record, 0) AS place, unit_at, log_no, month, agency_no,
          {packs}, CAST({untold} AS BIGINT) AS untold{margins}
        FROM (SELECT u.*, {verdicts} FROM (SELECT v.*{digits} FROM {table} AS v) AS u) AS j"""


def measures(rules: Sequence[Compiled]) -> tuple[str, ...]:
    """The different measures of some rules: several rules may measure the same."""
    return tuple(dict.fromkeys(rule.measure for rule in rules if rule.measure))


def _measured(rules: Sequence[Compiled]) -> Iterator[str]:
    """Each measure of a unit, and for each rule the classes that the unit is in, as bits."""
    for n, measure in enumerate(measures(rules)):
        yield f"CAST({measure} AS DOUBLE) AS m{n}"
    for n, rule in enumerate(rules):
        bits = " + ".join(f"CASE WHEN {sql} THEN {2**bit} ELSE 0 END" for bit, (_, sql) in enumerate(rule.buckets))
        if bits:
            yield f"CASE WHEN v{n} IN ({rule.of}) THEN CAST({bits} AS SMALLINT) END AS b{n}"


def _tallies(table: str, rules: int) -> Iterator[Step]:
    for pack in range((rules + PACK - 1) // PACK):
        by = f"p{pack} FROM judged_{table}"
        counts = "count(*) AS n, min(unit_at) AS first_at, max(unit_at) AS last_at"
        yield Step(f"tally_{table}_{pack}", f"SELECT log_no, month, {counts}, {by} GROUP BY log_no, month, p{pack}")
        yield Step(f"agencies_{table}_{pack}", f"SELECT agency_no, count(*) AS n, {by} GROUP BY agency_no, p{pack}")
        yield Step(f"untold_{table}_{pack}", f"SELECT untold, count(*) AS n, {by} GROUP BY untold, p{pack}")


def _blame(store: Store, table: str, rules: Sequence[Compiled], fields: Sequence[str]) -> None:
    """Find the rule that can't be computed; the engine's message may hold a value, so it isn't repeated."""
    for rule in rules:
        try:
            store.run(Step(f"judged_{table}", _judged(table, [rule], fields)))
        except Failure as error:
            raise RuleRefused(
                "the rule's SQL can't be computed over the values of its view", place=Place(rule.rule.id),
                expected="arithmetic that stays within 64 bits, on columns of the right type",
            ) from error  # fmt: skip


def untold(digits: int, fields: Sequence[str]) -> dict[str, str]:
    """Field -> state, of the fields that hold nothing; `blank` for an empty cell or a placeholder."""
    found = {field: digits // BASE**n % BASE for n, field in enumerate(fields)}
    states = {field: (*UNTOLD, BLANK_STATE)[digit - 1] for field, digit in found.items() if digit}
    return {field: str(state) for field, state in states.items()}
