"""What a rule costs: a hundred rules over one view of searches against ten, in one scan each.

`python bench/rules_speed.py [searches]` makes that many searches (five million) as Parquet, makes the view, and judges
it with ten and with a hundred of the rules that plateglass brings. It fails where a hundred cost more than
three times what ten do. Only the ratio is a limit: seconds are of the machine that ran it.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from plateglass import check
from plateglass.case import SOURCES
from plateglass.catalogue import Catalogue
from plateglass.check.clock import Clock
from plateglass.check.columns import PURPOSES
from plateglass.check.compiled import Compiled, compiled
from plateglass.check.scan import at_home, judge
from plateglass.check.searches import ground
from plateglass.check.views import prepare
from plateglass.check.world import world
from plateglass.model import ORGANISATIONS, SHARES, SIGHTINGS, STATED, STATISTICS, Column
from plateglass.record_views import OTHER_VIEWS
from plateglass.store import Step, Store, text

SEARCHES = 5_000_000
FEW, MANY = 10, 100
LIMIT = 3.0
RUNS = 3
"""The quickest of so many runs counts; ten and a hundred take turns, so that a slow minute falls on both."""
DAY = 86_400_000
ZONE = ZoneInfo("America/Los_Angeles")
STATES = ("ca", "wa", "va", "il", "mn", "or", "vt", "nj", "nh", "ne")
TYPES = check.VIEWS["searches"].types(PURPOSES)


def picked(words: Sequence[str | None], salt: int) -> str:
    """SQL for one of some words, by the row's number; the first is that of nine rows in ten."""
    whens = " ".join(f"WHEN {n} THEN {_word(word)}" for n, word in enumerate(words[1:], 1))
    return f"CASE (hash(i + {salt}) % {10 * len(words)}) {whens} ELSE {_word(words[0])} END"


def _word(word: str | None) -> str:
    return "NULL" if word is None else text(word)


def token(kind: str, number: str) -> str:
    """SQL for a made-up token, the same for the same kind and number."""
    return f"CAST(md5('{kind}' || ({number})) AS UUID)"


def cell(column: str, salt: int) -> str:
    """SQL for the made-up value of one column of a search."""
    if column.removesuffix("_state") in STATED and column.endswith("_state"):
        return picked(("value", "empty", "placeholder", "masked", "not_exported"), salt)
    at = f"1735700000000 + (hash(i) % {700 * DAY})"
    back = "(CASE WHEN hash(i) % 9 = 0 THEN hash(i + 8) % 400 ELSE hash(i + 1) % 20 END)"
    return {
        "source": "'log' || (hash(i) % 20)", "part": "0", "record": "i + 1", "sightings": "1", "logs": "1",
        "searched_at": at, "to_at": at, "from_at": f"{at} - {back} * {DAY}",
        "org": token("org", "hash(i + 2) % 3000"), "reason": token("reason", "hash(i + 3) % 20000"),
        "account": token("account", "hash(i + 4) % 50000"), "target": token("target", "hash(i + 5) % 900000"),
        "fingerprint": token("search", "i"), "networks": "hash(i + 6) % 6000", "devices": "hash(i + 7) % 90000",
    }.get(column, "NULL")  # fmt: skip


def table(columns: Sequence[Column], rows: int, cells: Mapping[str, str]) -> str:
    """SQL for a table of made-up rows: typed, and NULL where nothing is said of a column."""
    picks = ", ".join(f"CAST({cells.get(c.name, 'NULL')} AS {c.type}) AS {c.name}" for c in columns)
    return f"SELECT {picks} FROM (SELECT range AS i FROM range({rows}))"


def made(store: Store, rows: int, folder: Path) -> None:
    """The tables that the stages before leave, the searches as Parquet."""
    searches = (*SIGHTINGS, Column("sightings", "BIGINT", "sightings"), Column("logs", "BIGINT", "sources"))
    sql = table(searches, rows, {c.name: cell(c.name, n) for n, c in enumerate(searches)})
    store.run(Step("synthetic", sql, lazy=True))
    store.write("synthetic", folder / "searches.parquet")
    read = f"SELECT * FROM read_parquet({text(str(folder / 'searches.parquet'))})"
    reasons = (Column("id", "UUID", ""), *(Column(c, "VARCHAR", "") for c in ("field", "quality", *PURPOSES)))
    words = {c: picked((None, None, None, "explicit", "probable", "ambiguous"), n) for n, c in enumerate(PURPOSES)}
    states = ("local", "county", "state", "federal", "unknown")
    store.run(
        Step("distinct_searches", read, lazy=True),
        Step("sightings", read, lazy=True),
        Step("sources", table(SOURCES, 20, {
            "source": "'log' || i", "part": "0", "view": "'network_audit'", "layout": "'synthetic'", "owner": "''",
            "records": "1", "accepted": "1", "rejected": "0", "columns": "'reason'",
            "owner_org": token("org", "i"),
        })),
        Step("organisations", table(ORGANISATIONS, 3000, {
            "org": token("org", "i"), "agency": "'agency ' || i", "name": "'Agency ' || i", "public": "true",
            "state": picked(STATES, 1), "kind": picked(("police", "sheriff", "task_force"), 2),
            "level": picked(states, 3),
        })),
        Step("reasons", table(reasons, 20_000, {
            "id": token("reason", "i"), "field": "'reason'", "quality": picked(("q3", "q0", "q1", "q2"), 4), **words,
        })),
        Step("shares", table(SHARES, 0, {})),
        Step("statistics", table(STATISTICS, 0, {})),
        *(Step(view.table, table(view.columns, 0, {})) for view in OTHER_VIEWS.values()),
    )  # fmt: skip


def rules(number: int) -> list[Compiled]:
    """That many rules over searches, evenly out of all that there are."""
    found = [rule for rule in Catalogue().rules.values() if rule.view == "searches"]
    chosen = [found[n * len(found) // number] for n in range(number)]
    stated: dict[str, int | float | str | None] = {"retention_days": 30, "switch_off": "2025-09-15"}
    return [compiled(rule, TYPES, stated, Clock(ZONE)) for rule in chosen]


def seconds(store: Store, over: Sequence[Compiled]) -> float:
    """Processor time of the views and one judging over them: other programs on the machine don't count."""
    start = time.process_time()
    whose = check.Home(zone=ZONE)
    store.run(*ground(whose))
    store.run(*prepare(world(store, whose), ["searches"]))
    judge(store, "searches", at_home(store, over))
    return time.process_time() - start


def main() -> None:
    """Measure, say what was measured, and fail where it is over the limit."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else SEARCHES
    with tempfile.TemporaryDirectory() as folder, Store(spill=Path(folder) / "spill") as store:
        made(store, rows, Path(folder))
        runs = [[seconds(store, rules(number)) for number in (FEW, MANY)] for _ in range(RUNS)]
    few, many = map(min, zip(*runs, strict=True))
    ratio = many / few
    print(f"{rows:,} searches, processor time: {FEW} rules {few:.1f} s, {MANY} rules {many:.1f} s")
    print(f"{ratio:.2f} times; limit {LIMIT}")
    if ratio > LIMIT:
        sys.exit(1)


if __name__ == "__main__":
    main()
