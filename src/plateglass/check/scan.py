"""One scan for all rules over a view: each unit's verdicts packed into numbers, then counted from those.

`judged_<view>` holds one row a unit: where it stands, for each pack of rules one number whose octal digits are the
verdicts, and numbers whose bits are the classes of margins. Everything that a finding says is counted from that table;
the view itself is read once. Rules share classes ("over 1,000 networks"), so each is asked once of a unit, at fault or
not: to look up every rule's verdict first would cost more.

Rules that bind the same states stand behind one guard: a unit that none of them binds costs one look, not one a rule.
A rule that binds nobody in the case is in no pack.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from plateglass.check.compiled import OUTCOMES, UNTOLD, Compiled, untold_digit
from plateglass.errors import Place, RuleRefused
from plateglass.model import Outcome
from plateglass.store import Failure, Step, Store, comparisons

BITS = 3
BASE = 2**BITS
_SHORT_DIGITS, _SHORT_BITS = 5, 15
"""What fits a SMALLINT: numbers are put together from those, because a scan's many columns should stay in the cache."""
_SHORTS = 4
"""So many short numbers make a long one."""
PACK = _SHORTS * _SHORT_DIGITS
"""Verdicts in one number: 20 octal digits are below 2^63."""
CLASSES = _SHORTS * _SHORT_BITS
"""Classes of margins in one number."""
BLANK_STATE = "blank"
RECORDS = 2**40
"""More records than any source has: a unit's place is its source's number times this, and the record's number."""
FREE = OUTCOMES.index(Outcome.NOT_APPLICABLE)
"""The verdict of a rule that binds nobody in the case; also what a number holds where a guard keeps a unit out."""
_OF_ANYBODY = ("duty_series",)
"""The views whose units are of whoever a record names, and not of the owner of a log."""
TWICE = 2
"""What is asked so often of every unit is computed once, as a column."""


@dataclass(frozen=True)
class Seat:
    """Where one rule's verdict stands in the number of its pack."""

    rule: Compiled
    pack: int
    digit: int
    """Its octal digit in `p<pack>`, from 0."""


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
    """SQL for its measure; NULL where it has none."""
    bits: tuple[int, ...] = ()
    """The bit of each class of its margin, from 0: in `b0` up to `CLASSES`, then in `b1` and so on."""

    @property
    def digit(self) -> str:
        """SQL for its verdict's digit in `judged_<view>` or `tally_<view>_<pack>`."""
        return _digit(self.seat) if self.seat else str(FREE)

    @property
    def classes(self) -> str:
        """SQL for the classes of its margin that a unit is in, as bits: the first class is the lowest."""
        each = (f"(((b{bit // CLASSES} >> {bit % CLASSES}) & 1) << {n})" for n, bit in enumerate(self.bits))
        return " + ".join(each) or "0"

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
    columns = {measure: f"CAST(m{n} AS DOUBLE)" for n, measure in enumerate(measures(seats))}
    places, bits = {id(seat.rule): seat for seat in seats}, {sql: n for n, sql in enumerate(_classes(seats))}
    nothing = "CAST(NULL AS DOUBLE)"
    return [
        Judged(table, r, places.get(id(r)), fields, columns.get(r.measure, nothing),
               tuple(bits[sql] for _, sql in r.buckets) if id(r) in places else ())
        for r in rules
    ]  # fmt: skip


def at_home(store: Store, rules: Sequence[Compiled]) -> list[Compiled]:
    """The rules, with nothing left to compute for those of states that nobody is from: they bind none of its units."""
    owners = {state for (state,) in store.rows("SELECT DISTINCT owner_state FROM logs")}
    anybody = owners | {state for (state,) in store.rows("SELECT DISTINCT state FROM who")}
    return [replace(rule, free=True) if _absent(rule, owners, anybody) else rule for rule in rules]


def _absent(rule: Compiled, owners: set[str | None], anybody: set[str | None]) -> bool:
    """Whether a rule binds states, and nobody who could be bound is of them, or of a state that nobody knows."""
    there = anybody if "searcher" in rule.rule.binds or rule.rule.view in _OF_ANYBODY else owners
    return bool(rule.rule.states) and there.isdisjoint({*rule.rule.states, None})


def seated(rules: Sequence[Compiled]) -> list[Seat]:
    """A place for every rule that binds anybody: rules of one guard beside one another, as many in a pack as fit."""
    bound = sorted((rule for rule in rules if not rule.free), key=lambda rule: rule.guard)
    return [Seat(rule, *divmod(n, PACK)) for n, rule in enumerate(bound)]


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
    verdicts = ", ".join(f"{_packed(_of(seats, pack), guards, shared)} AS p{pack}" for pack in packs)
    classes = "".join(f", {bits} AS b{n}" for n, bits in enumerate(_bits(_classes(seats), guards)))
    untold = _long(_digits([f"u_{field}" for field in fields]))
    margins = "".join(f", {measure} AS m{n}" for n, measure in enumerate(measures(seats)))
    every = ", ".join(f"p{pack}" for pack in packs)
    return f"""
        SELECT log_no * {RECORDS} + coalesce(record, 0) AS place, unit_at, log_no, month, agency_no,
          {every}{classes}, {untold} AS untold{margins}
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


def _packed(seats: Sequence[Seat], guards: Mapping[str, str], known: Mapping[str, str]) -> str:
    """One number of a pack: what each rule adds to it, each group of rules behind its guard."""
    shorts = []
    for start in range(0, len(seats), _SHORT_DIGITS):
        sums = []
        for guard, group in groupby(seats[start : start + _SHORT_DIGITS], key=lambda seat: seat.rule.guard):
            parts = " + ".join(seat.rule.verdict(known, BASE ** (seat.digit % _SHORT_DIGITS)) for seat in group)
            sums.append(f"CASE WHEN coalesce({guards[guard]}, true) THEN {parts} ELSE 0 END" if guard else parts)
        shorts.append(" + ".join(sums))
    return _long(shorts)


def _digits(columns: Sequence[str]) -> Iterator[str]:
    """Short numbers whose octal digits stand in columns, the first of them lowest."""
    for start in range(0, len(columns), _SHORT_DIGITS):
        few = enumerate(columns[start : start + _SHORT_DIGITS])
        yield " + ".join(f"CAST({column} AS SMALLINT) * CAST({BASE**n} AS SMALLINT)" for n, column in few)


def _long(shorts: Iterable[str]) -> str:
    """One number of several short ones, the first of them lowest."""
    parts = (f"CAST({short} AS BIGINT) * {2 ** (_SHORT_BITS * n)}" for n, short in enumerate(shorts))
    return " + ".join(parts) or "CAST(0 AS BIGINT)"


def _classes(seats: Sequence[Seat]) -> dict[str, str]:
    """Each different class of the rules' margins, with the guard behind which all its rules stand; empty for none."""
    found: dict[str, str] = {}
    for seat in seats:
        for _, sql in seat.rule.buckets:
            found[sql] = seat.rule.guard if found.get(sql, seat.rule.guard) == seat.rule.guard else ""
    return found


def _bits(classes: Mapping[str, str], guards: Mapping[str, str]) -> Iterator[str]:
    """Numbers whose bits say which of the classes a unit is in."""
    asked = []
    for n, (sql, guard) in enumerate(classes.items()):
        behind = f"WHEN NOT {guards[guard]} THEN CAST(0 AS SMALLINT) " if guard else ""
        asked.append(f"CASE {behind}WHEN {sql} THEN CAST({2 ** (n % _SHORT_BITS)} AS SMALLINT) ELSE 0 END")
    shorts = [" + ".join(asked[start : start + _SHORT_BITS]) for start in range(0, len(asked), _SHORT_BITS)]
    return (_long(shorts[start : start + _SHORTS]) for start in range(0, len(shorts), _SHORTS))


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
