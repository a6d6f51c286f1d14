"""One scan for all rules over a view: each unit's verdicts packed into numbers, then counted from those.

`judged_<view>` holds one row a unit: where it stands, and for each pack of rules one number whose octal digits are the
verdicts, and one whose bits are the classes of their margins. Everything that a finding says is counted from that
table; the view itself is read once.

Rules that bind the same states stand behind one guard: a unit that none of them binds costs one look, not one a rule.
A rule that binds nobody in the case is in no pack.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby

from plateglass.check.compiled import OUTCOMES, UNTOLD, Compiled, untold_digit
from plateglass.errors import Place, RuleRefused
from plateglass.model import Outcome
from plateglass.store import Failure, Step, Store, comparisons

BITS = 3
BASE = 2**BITS
PACK = 20
"""Verdicts in one number: 20 octal digits are below 2^63."""
CLASSES = 62
"""Classes of margins in one number."""
BLANK_STATE = "blank"
RECORDS = 2**40
"""More records than any source has: a unit's place is its source's number times this, and the record's number."""
FREE = OUTCOMES.index(Outcome.NOT_APPLICABLE)
"""The verdict of a rule that binds nobody in the case; also what a number holds where a guard keeps a unit out."""
_FAULT = OUTCOMES.index(Outcome.FAIL)
"""Binary 011, which no other verdict has both low bits of."""
TWICE = 2
"""What is asked so often of every unit is computed once, as a column."""


@dataclass(frozen=True)
class Seat:
    """Where one rule's verdict and its margin's classes stand in the numbers of its pack."""

    rule: Compiled
    pack: int
    digit: int
    """Its octal digit in `p<pack>`, from 0."""
    bit: int
    """The first of its bits in `b<pack>`, from 0."""


@dataclass(frozen=True)
class Judged:
    """One rule in the judged table of its view."""

    table: str
    rule: Compiled
    seat: Seat | None
    """None where it binds nobody."""
    fields: tuple[str, ...]
    """Every field that a rule of the view needs, in the order of the digits of `untold`."""
    measure: str
    """The column with its measure; NULL where it has none."""

    @property
    def digit(self) -> str:
        """SQL for its verdict's digit in `judged_<view>` or `tally_<view>_<pack>`."""
        return _digit(self.seat) if self.seat else str(FREE)

    @property
    def classes(self) -> str:
        """SQL for the classes of its margin that a unit at fault is in, as bits."""
        if self.seat is None or not self.rule.buckets:
            return "0"
        return f"((b{self.seat.pack} >> {self.seat.bit}) & {2 ** len(self.rule.buckets) - 1})"

    @property
    def tally(self) -> str:
        """The table of counts by source, month and pattern that it is in."""
        return self._counts("tally")

    @property
    def agencies(self) -> str:
        """The table of counts by agency and pattern that it is in."""
        return self._counts("agencies")

    @property
    def reasons(self) -> str:
        """The table of counts by untold fields and pattern that it is in."""
        return self._counts("untold")

    def _counts(self, kind: str) -> str:
        return f"{kind}_{self.table}_{self.seat.pack if self.seat else 0}"


def judge(store: Store, table: str, rules: Sequence[Compiled]) -> list[Judged]:
    """Scan a view once for all its rules, and count by source and month, by agency, by what is untold.

    Raises:
        RuleRefused: a rule's SQL can't be computed over this view's values; the message names the rule.
    """
    fields = tuple(dict.fromkeys(field for rule in rules for field in rule.fields))
    seats = seated(rules)
    try:
        store.run(Step(f"judged_{table}", _judged(table, seats, fields), "one row a unit, with packed verdicts"))
    except Failure:
        _blame(store, table, rules, fields)
        raise
    store.run(*_tallies(table, _packs(seats)))
    columns = {measure: f"m{n}" for n, measure in enumerate(measures(seats))}
    places = {id(seat.rule): seat for seat in seats}
    nothing = "CAST(NULL AS DOUBLE)"
    return [Judged(table, r, places.get(id(r)), fields, columns.get(r.measure, nothing)) for r in rules]


def at_home(store: Store, rules: Sequence[Compiled]) -> list[Compiled]:
    """The rules, with nothing left to compute for those of states that nobody is from: they bind none of its units."""
    owners = {state for (state,) in store.rows("SELECT DISTINCT owner_state FROM logs")}
    anybody = owners | {state for (state,) in store.rows("SELECT DISTINCT state FROM who")}
    return [replace(rule, free=True) if _absent(rule, owners, anybody) else rule for rule in rules]


def _absent(rule: Compiled, owners: set[str | None], anybody: set[str | None]) -> bool:
    """Whether a rule binds states, and nobody who could be bound is of them, or of a state that nobody knows."""
    there = anybody if "searcher" in rule.rule.binds else owners
    return bool(rule.rule.states) and there.isdisjoint({*rule.rule.states, None})


def seated(rules: Sequence[Compiled]) -> list[Seat]:
    """A place for every rule that binds anybody: rules of one guard beside one another, as many in a pack as fit."""
    found: list[Seat] = []
    pack, digit, bit = 0, 0, 0
    for rule in sorted((r for r in rules if not r.free), key=lambda r: r.guard):
        classes = len(rule.buckets)
        if digit == PACK or bit + classes > CLASSES:
            pack, digit, bit = pack + 1, 0, 0
        found.append(Seat(rule, pack, digit, bit))
        digit, bit = digit + 1, bit + classes
    return found


def _digit(seat: Seat) -> str:
    return f"((p{seat.pack} >> {BITS * seat.digit}) & {BASE - 1})"


def _packs(seats: Sequence[Seat]) -> int:
    return seats[-1].pack + 1 if seats else 1


def _judged(table: str, seats: Sequence[Seat], fields: Sequence[str]) -> str:
    packs = range(_packs(seats))
    guards = _named("g", (seat.rule.guard for seat in seats if seat.rule.guard))
    compared = _named("c", _compared(seats))
    seats = [replace(seat, rule=seat.rule.reading(guards, compared)) for seat in seats]
    shared = _named("q", _shared(seats))
    looks = "".join(f", {guard} AS {column}" for guard, column in guards.items())
    digits = "".join(f", {untold_digit(field)} AS u_{field}" for field in fields)
    digits += "".join(f", {comparison} AS {column}" for comparison, column in compared.items())
    asked = "".join(f", {part} AS {column}" for part, column in shared.items())
    verdicts = ", ".join(f"{_packed(_of(seats, pack), guards, partial(_verdict, shared))} AS p{pack}" for pack in packs)
    classes = ", ".join(f"{_classes(_of(seats, pack), guards)} AS b{pack}" for pack in packs)
    untold = " + ".join(f"CAST(u_{field} AS BIGINT) * {BASE**n}" for n, field in enumerate(fields)) or "0"
    margins = "".join(f", CAST({measure} AS DOUBLE) AS m{n}" for n, measure in enumerate(measures(seats)))
    every = ", ".join(f"p{pack}" for pack in packs)
    return f"""
        SELECT log_no * {RECORDS} + coalesce(record, 0) AS place, unit_at, log_no, month, agency_no,
          {every}, {classes}, CAST({untold} AS BIGINT) AS untold{margins}
        FROM (SELECT q.*, {verdicts}
              FROM (SELECT u.*{asked} FROM (SELECT v.*{looks}{digits} FROM {table} AS v) AS u) AS q) AS j"""


def _named(letter: str, parts: Iterable[str]) -> dict[str, str]:
    """Each different part with the column that it becomes."""
    return {part: f"{letter}{n}" for n, part in enumerate(dict.fromkeys(parts))}


def _compared(seats: Sequence[Seat]) -> list[str]:
    """The comparisons with texts that are made more than once, and once at least of every unit."""
    made = [(seat, comparison) for seat in seats for part in seat.rule.parts for comparison in comparisons(part)]
    counts = Counter(comparison for _, comparison in made)
    always = dict.fromkeys(comparison for seat, comparison in made if not seat.rule.guard)
    return [comparison for comparison in always if counts[comparison] >= TWICE]


def _shared(seats: Sequence[Seat]) -> list[str]:
    """The parts of verdicts that are asked more than once of every unit."""
    counts = Counter(part for seat in seats if not seat.rule.guard for part in seat.rule.parts)
    return [part for part, times in counts.items() if times >= TWICE]


def _of(seats: Sequence[Seat], pack: int) -> list[Seat]:
    return [seat for seat in seats if seat.pack == pack]


def _packed(seats: Sequence[Seat], guards: Mapping[str, str], part: Callable[[Seat], str]) -> str:
    """One number of a pack: what each rule adds to it, each group of rules behind its guard."""
    sums = []
    for guard, group in groupby(seats, key=lambda seat: seat.rule.guard):
        parts = " + ".join(map(part, group))
        sums.append(f"CASE WHEN coalesce({guards[guard]}, true) THEN {parts} ELSE 0 END" if guard else parts)
    return f"CAST({' + '.join(sums) or '0'} AS BIGINT)"


def _verdict(known: Mapping[str, str], seat: Seat) -> str:
    return seat.rule.verdict(known, BASE**seat.digit)


def _classes(seats: Sequence[Seat], guards: Mapping[str, str]) -> str:
    """One number of a pack: the classes of margins. Most units are at fault by none of its rules: one look tells."""
    fault = [seat for seat in seats if seat.rule.buckets and seat.rule.of == str(_FAULT)]
    tested = [seat for seat in seats if seat.rule.buckets and seat.rule.of != str(_FAULT)]
    ones = sum(BASE**seat.digit for seat in fault)
    if not fault:
        return _packed(tested, guards, _bits)
    number = f"p{fault[0].pack}"
    looked = f"CASE WHEN ({number} & ({number} >> 1) & {ones}) <> 0 THEN {_packed(fault, guards, _bits)} ELSE 0 END"
    return f"{looked} + {_packed(tested, guards, _bits)}"


def _bits(seat: Seat) -> str:
    bits = " + ".join(f"CASE WHEN {sql} THEN {2 ** (seat.bit + n)} ELSE 0 END"
                      for n, (_, sql) in enumerate(seat.rule.buckets))  # fmt: skip
    return f"CASE WHEN {_digit(seat)} IN ({seat.rule.of}) THEN CAST({bits} AS BIGINT) ELSE 0 END"


def measures(seats: Sequence[Seat]) -> tuple[str, ...]:
    """The different measures of some rules: several rules may measure the same."""
    return tuple(dict.fromkeys(seat.rule.measure for seat in seats if seat.rule.measure))


def _tallies(table: str, packs: int) -> Iterator[Step]:
    for pack in range(packs):
        by = f"p{pack} FROM judged_{table}"
        counts = "count(*) AS n, min(unit_at) AS first_at, max(unit_at) AS last_at"
        yield Step(f"tally_{table}_{pack}", f"SELECT log_no, month, {counts}, {by} GROUP BY log_no, month, p{pack}")
        yield Step(f"agencies_{table}_{pack}", f"SELECT agency_no, count(*) AS n, {by} GROUP BY agency_no, p{pack}")
        yield Step(f"untold_{table}_{pack}", f"SELECT untold, count(*) AS n, {by} GROUP BY untold, p{pack}")


def _blame(store: Store, table: str, rules: Sequence[Compiled], fields: Sequence[str]) -> None:
    """Find the rule that can't be computed; the engine's message may hold a value, so it isn't repeated."""
    for rule in rules:
        try:
            store.run(Step(f"judged_{table}", _judged(table, seated([rule]), fields)))
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
