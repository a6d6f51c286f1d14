"""How much of real organisation names is understood, and how fast: shares, names a second, a sample to read.

    python bench/resolve_names.py [--sample 200 --seed 1] [--open]

Reads the real names beside the checkout (`../shared/data`); says so and stops where they are absent. A sample is
for a person to read: the shares say how often something was found, only reading says whether it is right.
"""

from __future__ import annotations

import argparse
import csv
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from plateglass import catalogue
from plateglass.model import Kind
from plateglass.resolve import identity, vocabulary

DATA = Path(__file__).parents[1].parent / "shared/data"
LISTS = {
    "private-eyes/agency20240426.csv": "name",
    "okaloosa-fl-so/Sharing_Agencies_EXTRACTED.csv": "Organization Name",
}


def written() -> dict[str, list[str]]:
    """Names by list; of the portal logs, the slugs in their file names."""
    lists = {}
    for path, column in LISTS.items():
        with (DATA / path).open(encoding="utf-8-sig", newline="") as file:
            lists[path] = [row[column] for row in csv.DictReader(file)]
    portals = DATA / "portal-search-audits"
    lists["portal-search-audits"] = sorted({path.name.split("__")[0] for path in portals.glob("*__*.csv")})
    return lists


def say(*parts: object) -> None:
    """One line on the terminal."""
    sys.stdout.write(" ".join(str(part) for part in parts) + "\n")


def shares(title: str, found: Iterable[identity.Organisation]) -> None:
    """How much of one list is understood, and by what."""
    rows = list(found)
    states = sum(o.parsed.state is not None for o in rows)
    kinds = sum(o.parsed.kind is not Kind.UNKNOWN for o in rows)
    agencies = sum(o.agency is not None for o in rows)
    say(f"{title}: {len(rows):,} names")
    for what, count in (
        ("state", states),
        ("kind", kinds),
        ("agency", agencies),
        ("public", sum(o.public for o in rows)),
    ):
        say(f"  {what:8}{count:>8,}  {100 * count / max(len(rows), 1):6.2f} %")
    say("  how     ", dict(Counter(o.how for o in rows)))
    say("  kinds   ", dict(Counter(o.parsed.kind.value for o in rows)))


def line(found: identity.Organisation) -> str:
    """One name and what was made of it, for reading."""
    parsed = found.parsed
    said = (
        parsed.state or "-",
        parsed.kind.value,
        parsed.level.value,
        ",".join(parsed.marks) or "-",
        found.agency or "-",
    )
    return f"{found.written}  =>  {'  '.join(said)}  {found.how}{'' if found.public else '  (not public)'}"


def main() -> None:
    """Print the shares, the speed, and what else was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=0, help="print so many names and what was made of them")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--open", action="store_true", help="print every name without state, kind or agency")
    asked = parser.parse_args()
    if not DATA.exists():
        say("skipped: no real names beside this checkout")
        return
    content = catalogue.Catalogue()
    words = vocabulary.vocabulary(content)
    bodies = identity.Bodies(content.agencies, words)
    lists = written()
    for title, some in lists.items():
        shares(title, identity.resolved(some, words, bodies).values())
    together = sorted({name for some in lists.values() for name in some})
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        found = identity.resolved(together, words, bodies)
        seconds.append(time.perf_counter() - start)
    say(f"speed: {len(together) / statistics.median(seconds):,.0f} names a second, median of 3, whole stage")
    rows = list(found.values())
    for chosen in random.Random(asked.seed).sample(rows, min(asked.sample, len(rows))):  # noqa: S311 (a sample)
        say(line(chosen))
    for organisation in rows if asked.open else ():
        if organisation.agency is None or organisation.parsed.state is None:
            say(line(organisation))


if __name__ == "__main__":
    main()
