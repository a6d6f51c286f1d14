"""The named kinds of table: what each makes of the rows that a question's SQL gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final, TypeVar

from plateglass import spread
from plateglass.errors import ContentMalformed, ExtraMissing, Place
from plateglass.questions.answer import AnswerTable, Heading, Row, Value
from plateglass.questions.content import QuestionTable
from plateglass.statistics import Interval

Rows = Sequence[Mapping[str, Any]]
Facts = dict[str, Value]

_BY_USERS: Final = (
    "Bounds: users drawn anew, 95 %, where they are told for half the searches or more: how much hangs on who searched."
)
_BY_SEARCHES: Final = (
    "Bounds: Wilson, 95 %, as if each were independent of the others; users are not told, or too few to draw."
)
_BOTH: Final = (
    "Bounds: where users are told for half the searches or more, users drawn anew, 95 %: how much hangs on who "
    "searched; elsewhere Wilson, 95 %, as if each were independent of the others."
)
_EXTRA: Final = "the extra “statistics” (pip install 'plateglass[statistics]')"
_PLAIN: Final = f"Bounds: Wilson, 95 %, as if each were independent of the others; to draw users anew needs {_EXTRA}."
SHARE: Final = (Heading("Found"), Heading("Of"), Heading("Share", "share"), Heading("Lowest", "share"),
                Heading("Highest", "share"))  # fmt: skip


def made(about: QuestionTable, rows: Rows, question: str) -> tuple[AnswerTable, Facts]:
    """A table of the rows, and the numbers that the sentence may name.

    Raises:
        ContentMalformed: the SQL does not give the columns that the kind needs.
    """
    needed = _NEEDED[about.kind]
    if rows and (lack := [column for column in needed if column not in rows[0]]):
        raise ContentMalformed(
            f"the SQL of table {about.id} gives no column {lack[0]}", expected=", ".join(needed),
            place=Place(f"questions/{question}.toml"),
        )  # fmt: skip
    try:
        return _KINDS[about.kind](about, rows)
    except ExtraMissing:
        return AnswerTable(about, (), (), f"its bounds need {_EXTRA}"), {}


def _counts(about: QuestionTable, rows: Rows) -> tuple[AnswerTable, Facts]:
    named = [c for c in (rows[0] if rows else ()) if c not in ("label", "series")]
    titles = dict(zip(named, about.columns, strict=True)) if named else dict.fromkeys(about.columns, "")
    headings = tuple(Heading(titles[c] or c, "log" if c.endswith("_log_no") else "n") for c in titles)
    made_ = tuple(Row(r["label"], str(r.get("series") or ""), tuple(number(r[c]) for c in named)) for r in rows)
    facts: Facts = {f"{about.id}_rows": len(rows)}
    return AnswerTable(about, headings, made_), facts


def number(value: Any) -> Value:
    """A number of a result as one of Python's own kinds."""
    if value is None or isinstance(value, int | float | str):
        return value
    whole = float(value)
    return int(whole) if whole.is_integer() else whole


def _share(about: QuestionTable, rows: Rows) -> tuple[AnswerTable, Facts]:
    groups: dict[tuple[Value, str], dict[int | None, tuple[int, int]]] = {}
    whole: dict[int | None, tuple[int, int]] = {}
    for r in rows:
        key, group = (r["label"], str(r.get("series") or "")), r.get("user_group")
        pair = int(r["found"]), int(r["n"])
        for into in (groups.setdefault(key, {}), whole):
            before = into.get(group, (0, 0))
            into[group] = before[0] + pair[0], before[1] + pair[1]
    ways: set[str] = set()
    made_ = tuple(Row(*key, _shared(found, ways)) for key, found in groups.items() if any(n for _, n in found.values()))
    values = _shared(whole, set()) if whole else (0, 0, None, None, None)
    kinds = {row.series for row in made_}
    if len(kinds) > 1:
        values = (*values[:2], None, None, None)
    facts: Facts = {f"{about.id}_{k}": v for k, v in zip(("found", "n", "share", "low", "high"), values, strict=True)}
    facts[f"{about.id}_said"] = _said(made_, rows)
    return AnswerTable(about, SHARE, made_, notes=(*((_APART,) if len(kinds) > 1 else ()), *_ways(ways))), facts


_APART: Final = "The kinds can’t be compared: no share is made of them together, and no chart is drawn across them."


def _said(shown: Sequence[Row], rows: Rows) -> str:
    """The share in words: one where all is of one kind, else one for each kind, those with most first."""
    kinds: dict[str, dict[int | None, tuple[int, int]]] = {}
    for r in rows:
        groups = kinds.setdefault(str(r.get("series") or ""), {})
        before = groups.get(r.get("user_group"), (0, 0))
        groups[r.get("user_group")] = before[0] + int(r["found"]), before[1] + int(r["n"])
    there = {row.series for row in shown}
    shares = {kind: _shared(groups, set()) for kind, groups in kinds.items() if kind in there}
    parts = []
    for kind, (_, n, share, low, high) in sorted(shares.items(), key=lambda one: (-int(one[1][1] or 0), one[0])):
        part = f"{percent(share)} of {n:,} ({percent(low)} to {percent(high)})"
        parts.append(f"{part} in {kind}" if len(shares) > 1 else part)
    return "; ".join(parts) or "not told"


def percent(share: Value) -> str:
    """A share as sentences have it."""
    return f"{100 * float(share or 0):.1f} %".replace(".0 %", " %")


def _shared(groups: Mapping[int | None, tuple[int, int]], ways: set[str]) -> tuple[Value, ...]:
    found, n = (sum(pair[i] for pair in groups.values()) for i in (0, 1))
    if not n:
        return 0, 0, None, None, None
    try:
        bounds, way = spread.share(groups)
    except ExtraMissing:
        bounds, way = spread.wilson(found, n), "extra"
    ways.add(way)
    return found, n, found / n, min(bounds.low, found / n), max(bounds.high, found / n)


def _ways(ways: set[str]) -> tuple[str, ...]:
    said = {"users": _BY_USERS, "searches": _BY_SEARCHES, "extra": _PLAIN}
    if {"users", "searches"} <= ways:
        return (_BOTH,)
    return tuple(said[way] for way in ("users", "searches", "extra") if way in ways)


def _bounds(about: QuestionTable, rows: Rows) -> tuple[AnswerTable, Facts]:
    headings = (Heading("Found"), Heading("Unknown"), Heading("Of"), Heading("At least", "share"),
                Heading("At most", "share"))  # fmt: skip
    made_, facts = [], dict[str, Value]()
    for nth, r in enumerate(rows, 1):
        found, unknown, n = int(r["found"]), int(r["unknown"]), int(r["n"])
        low, high = (found / n, (found + unknown) / n) if n else (None, None)
        made_.append(Row(r["label"], str(r.get("series") or ""), (found, unknown, n, low, high)))
        facts |= {f"{about.id}_{nth}_{k}": v for k, v in (("found", found), ("low", low), ("high", high))}
    return AnswerTable(about, headings, tuple(made_), notes=("At most: if every unknown one were one of them.",)), facts


_QUANTILES: Final = ((0.5, "median"), (0.9, "q90"), (0.99, "q99"))


def _quantiles(about: QuestionTable, rows: Rows) -> tuple[AnswerTable, Facts]:
    form: Any = "number"
    headings = (
        Heading("Number"),
        Heading("Median", form),
        Heading("Median at least", form),
        Heading("Median at most", form),
        Heading("9 in 10 at most", form),
        Heading("99 in 100 at most", form),
        Heading("Largest", form),
    )
    groups: dict[tuple[Value, str], list[tuple[int | None, float, int]]] = {}
    for r in rows:
        key = r["label"], str(r.get("series") or "")
        groups.setdefault(key, []).append((r.get("user_group"), float(r["value"]), int(r["n"])))
    made_ = tuple(Row(*key, _quantiled(found)) for key, found in groups.items())
    everything = [one for found in groups.values() for one in found]
    facts: Facts = {}
    if everything:
        named = ("n", "median", "median_from", "median_to", "q90", "q99", "largest")
        facts = {f"{about.id}_{k}": v for k, v in zip(named, _quantiled(everything), strict=True)}
    note = "Bounds of the median: users drawn anew, 95 %; none where users are not told, or fewer than ten."
    return AnswerTable(about, headings, made_, notes=(note,)), facts


def _quantiled(found: Sequence[tuple[int | None, float, int]]) -> tuple[Value, ...]:
    try:
        got = spread.quantiles(found, [q for q, _ in _QUANTILES])
    except ExtraMissing:
        got = spread.quantiles([(None, v, n) for _, v, n in found], [q for q, _ in _QUANTILES])
    middle, high, highest = got
    low, up = (middle.bounds.low, middle.bounds.high) if middle.bounds else (None, None)
    return sum(n for _, _, n in found), middle.value, low, up, high.value, highest.value, max(v for _, v, _ in found)


def _concentration(about: QuestionTable, rows: Rows) -> tuple[AnswerTable, Facts]:
    counts = {int(r["searches"]): int(r["users"]) for r in rows}
    headings = (Heading("Users"), Heading("Share of the searches", "share"), Heading("Lowest", "share"),
                Heading("Highest", "share"))  # fmt: skip
    if not counts:
        return AnswerTable(about, headings, (), "no user is told"), {}
    found, note = _tried(partial(spread.concentration, counts), "Bounds: users drawn anew, 95 %;")
    made_ = tuple(
        Row(f"the busiest {part:.0%} of users".replace("%", " %"), "", (users, share, *_ends(bounds)))
        for part, users, share, bounds in found.top
    )
    unequal = (None if value is None else f"{value:.2f}" for value in (found.gini, *_ends(found.gini_bounds)))
    gini = Row("Gini: 0 where all search alike, 1 where one does all", "", (found.users, *unequal))
    facts: Facts = {
        f"{about.id}_users": found.users, f"{about.id}_gini": found.gini,
        **{f"{about.id}_top{round(part * 100)}{end}": value for part, _, share, bounds in found.top
           for end, value in zip(("", "_low", "_high"), (share, *_ends(bounds)), strict=True)},
    }  # fmt: skip
    note = f"{note} the curve runs from the users with fewest searches to the busiest."
    return AnswerTable(about, headings, (*made_, gini), curve=found.curve, notes=(note,)), facts


_T = TypeVar("_T")


def _tried(make: Callable[..., _T], note: str) -> tuple[_T, str]:
    """What a function makes with bounds, or without where the extra is not there; and what is said of the bounds."""
    try:
        return make(bounded=True), note
    except ExtraMissing:
        return make(bounded=False), f"No bounds: they need {_EXTRA};"


def _ends(bounds: Interval | None) -> tuple[float | None, float | None]:
    if bounds is None:
        return None, None
    return bounds.low, None if bounds.high == float("inf") else bounds.high


def _ratio(about: QuestionTable, rows: Rows) -> tuple[AnswerTable, Facts]:
    headings = (
        Heading("Inside"),
        Heading("Days"),
        Heading("Outside"),
        Heading("Days"),
        Heading("Times as often", "number"),
        Heading("Lowest", "number"),
        Heading("Highest", "number"),
    )
    made_, facts, note = [], dict[str, Value](), ""
    for nth, r in enumerate(rows, 1):
        inside, outside = (int(r["inside"]), float(r["inside_days"])), (int(r["outside"]), float(r["outside_days"]))
        got, note = _tried(partial(spread.rate_ratio, inside, outside), "Bounds: exact, 95 %;")
        values = (None, None, None) if got is None else (got[0], *_ends(got[1]))
        made_.append(Row(r["label"], "", (inside[0], number(inside[1]), outside[0], number(outside[1]), *values)))
        named = ("inside", "outside", "ratio", "least", "most")
        facts |= {f"{about.id}_{nth}_{k}": v for k, v in zip(named, (inside[0], outside[0], *values), strict=True)}
    note = f"{note} for searches that do not cause each other: one case with many searches makes them too narrow."
    return AnswerTable(about, headings, tuple(made_), notes=(note,)), facts


def _capture(about: QuestionTable, rows: Rows) -> tuple[AnswerTable, Facts]:
    headings = (Heading("First log"), Heading("Second log"), Heading("Both"), Heading("At least, about"),
                Heading("Lowest"), Heading("Highest"))  # fmt: skip
    made_, facts = [], dict[str, Value]()
    for nth, r in enumerate(rows, 1):
        got = spread.capture(int(r["first_n"]), int(r["second_n"]), int(r["both_n"]))
        values = got.first, got.second, got.both, *(round(v) for v in (got.estimate, got.bounds.low, got.bounds.high))
        made_.append(Row(r["label"], str(r.get("series") or ""), values))
        facts |= {f"{about.id}_{nth}_estimate": values[3], f"{about.id}_{nth}_both": got.both}
    note = ("Chapman’s estimate. A search that reaches many networks is in every log, one that reaches few in few: "
            "so what no log shows is more than this, and the number is a rough lower bound.")  # fmt: skip
    return AnswerTable(about, headings, tuple(made_), notes=(note,)), facts


def _funnel(about: QuestionTable, rows: Rows) -> tuple[AnswerTable, Facts]:
    headings = (*SHARE[:3], Heading("Among peers", "text"), Heading("Drawn to the mean", "share"))
    there = [(str(r["label"]), int(r["found"]), int(r["n"])) for r in rows if r["label"] is not None]
    found = spread.funnel(there)
    if found is None:
        return AnswerTable(about, headings, (), "there are fewer than eight agencies, or all are alike"), {}
    made_ = tuple(Row(int(p.name), "", (p.found, p.n, p.found / p.n, p.where, p.shrunk)) for p in found.peers)
    most = max(p.n for p in found.peers)
    sizes = sorted({max(round(most ** (i / 24)), 1) for i in range(25)})
    limits = tuple((n, found.limits(n).low, found.limits(n).high) for n in sizes)
    apart = sum(p.where != "within" for p in found.peers)
    facts: Facts = {f"{about.id}_agencies": len(there), f"{about.id}_apart": apart, f"{about.id}_middle": found.middle,
                    f"{about.id}_series": str(rows[0].get("series") or "")}  # fmt: skip
    note = ("Limits: where 998 of 1,000 agencies of that size lie if they are like their peers (beta-binomial). "
            "Not a ranking: by chance alone some lie outside.")  # fmt: skip
    return AnswerTable(about, headings, made_, limits=limits, notes=(note,)), facts


def _chance(about: QuestionTable, rows: Rows) -> tuple[AnswerTable, Facts]:
    """Found of n beside what chance finds; what is left once chance is taken off, with the bounds of both."""
    headings = (*SHARE[:3], Heading("By chance", "share"), Heading("Times chance", "number"),
                Heading("Left without chance", "share"), *SHARE[3:])  # fmt: skip
    groups: dict[tuple[Value, str], list[Mapping[str, Any]]] = {}
    for r in rows:
        groups.setdefault((r["label"], str(r.get("series") or "")), []).append(r)
    ways: set[str] = set()
    made_, facts = [], dict[str, Value]()
    for nth, (key, found) in enumerate(groups.items(), 1):
        seen = {r.get("user_group"): (int(r["found"]), int(r["n"])) for r in found}
        values = _beyond(_shared(seen, ways), int(found[0]["fake_found"]), int(found[0]["fake_n"]))
        made_.append(Row(*key, values))
        named = ("found", "n", "share", "chance_share", "times", "left_share", "left_low", "left_high")
        facts |= {f"{about.id}_{nth}_{k}": v for k, v in zip(named, values, strict=True)}
    return AnswerTable(about, headings, tuple(made_), notes=_ways(ways)), facts


def _beyond(observed: tuple[Value, ...], fake_found: int, fake_n: int) -> tuple[Value, ...]:
    found, n, share, low, high = observed
    if not fake_n or not isinstance(share, float) or not isinstance(low, float) or not isinstance(high, float):
        return found, n, share, None, None, None, None, None
    rate, bounds = fake_found / fake_n, spread.wilson(fake_found, fake_n)
    ends = _left(share, rate), _left(low, bounds.high), _left(high, bounds.low)
    return found, n, share, rate, share / rate if rate else None, *ends


def _left(share: float, rate: float) -> float:
    """The part of a share that chance does not make."""
    return max((share - rate) / (1 - rate), 0.0) if rate < 1 else 0.0


_NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "counts": ("label",), "share": ("label", "found", "n"), "bounds": ("label", "found", "unknown", "n"),
    "quantiles": ("label", "value", "n"), "concentration": ("searches", "users"),
    "ratio": ("label", "inside", "inside_days", "outside", "outside_days"),
    "capture": ("label", "first_n", "second_n", "both_n"), "funnel": ("label", "found", "n"),
    "chance": ("label", "found", "n", "fake_found", "fake_n"),
}  # fmt: skip
_KINDS: Final[Mapping[str, Callable[[QuestionTable, Rows], tuple[AnswerTable, Facts]]]] = {
    "counts": _counts, "share": _share, "bounds": _bounds, "quantiles": _quantiles, "concentration": _concentration,
    "ratio": _ratio, "capture": _capture, "funnel": _funnel, "chance": _chance,
}  # fmt: skip
