"""How many distinct reasons a second are classified, with every code: one million made-up texts, medians of three.

    python bench/classify_speed.py [NUMBER]

What a code was decided by is looked for when somebody asks (`classify.grounds`), and is measured apart. Wall time means
something on quiet cores only; processor time is printed beside it, with what two cores of their own would need.

Each text has phrases from the content's own examples, words of noise, a place, a made-up name: four in five name a
purpose, as in real logs. Case numbers are marks, as `normalise` leaves them, so it is words that make them distinct.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections.abc import Iterator

from plateglass import classify
from plateglass.catalogue import Catalogue
from plateglass.store import Store

NOISE = ("inv", "investigation", "susp", "veh", "follow up", "for", "at", "near", "bolo", "poss", "case", "report")
PLACES = ("Sample Street", "Exampleville", "Sampleton County", "the mall", "5th and Main", "gas station", "north lot")
MARKS = ("[case 99-999999]", "[case aa9999999]", "[plate]", "", "", "")
LETTERS = "aeioubdfgklmnprst"
WITH_PURPOSE, WITH_PLACE = 0.8, 0.3


def texts(number: int, seed: int = 20) -> Iterator[str]:
    """Distinct made-up reasons."""
    rng = random.Random(seed)  # noqa: S311 (made-up texts, not secrets)
    phrases = sorted({e.text for reason in Catalogue().reasons.values() for e in reason.examples if e.text})
    seen: set[str] = set()
    while len(seen) < number:
        parts = [*rng.sample(NOISE, rng.randint(0, 2)), rng.choice(MARKS), "".join(rng.choices(LETTERS, k=6))]
        parts += [rng.choice(phrases)] if rng.random() < WITH_PURPOSE else []
        parts += [rng.choice(PLACES)] if rng.random() < WITH_PLACE else []
        rng.shuffle(parts)
        text = " ".join(part for part in parts if part)
        if text not in seen:
            seen.add(text)
            yield text


def main(number: int) -> None:
    """Print the medians of three runs, in wall time and in processor time."""
    rows, walls, processors, asked, coded = list(texts(number)), [], [], [], 0
    for _ in range(3):
        with Store(threads=2) as store:
            store.load("made_up", {"text": "VARCHAR"}, [(text,) for text in rows])
            store.execute(
                "CREATE TEMP TABLE texts AS"
                " SELECT CAST(md5(text) AS UUID) AS id, 'reason' AS field, text, '' AS scrubs FROM made_up"
            )
            catalogue = Catalogue()
            started, spent = time.perf_counter(), time.process_time()
            classify.reasons(store, catalogue)
            walls.append(time.perf_counter() - started)
            processors.append(time.process_time() - spent)
            coded = store.one("SELECT count(*) FROM reasons WHERE p99 IS NULL")
            spent = time.process_time()
            classify.grounds(store, catalogue)
            asked.append(time.process_time() - spent)
    length = sum(map(len, rows)) / number
    wall, processor = statistics.median(walls), statistics.median(processors)
    print(f"{number:,} distinct reasons, {length:.0f} characters each, {coded / number:.0%} with a purpose")
    print(f"wall: {wall:.1f} s, {number / wall:,.0f} a second")
    print(
        f"processor: {processor:.1f} s, on two cores of their own {processor / 2:.1f} s, {2 * number / processor:,.0f}"
    )
    print(f"explained on demand: {statistics.median(asked):.1f} s of processor more")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
