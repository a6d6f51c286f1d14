"""Millions of made-up records for a benchmark: network audits, each search in several of the files.

Three shards in four are of the layout without the vendor's id, the fourth of that with it: 3.9 GB for 20 million
records. Five million searches ask for two million plates, so a plate stands in ten records.

Everything is drawn by the thousand with the standard library's generator under fixed seeds; a shard of ten files
is one process's work and depends on nothing else, so the same call gives the same bytes on any number of cores.
Plates have the form ZZ, a letter, four digits, a letter: `ZZT0001A`.
"""

from __future__ import annotations

import random
import string
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import accumulate
from pathlib import Path

HEADINGS = (
    " Name, Org Name, Total Networks Searched, Total Devices Searched, Time Frame, License Plate, Reason, Case #,"
    " Filters, Search Time, Search Type, Text Prompt, Moderation\r\n"
)
"""As the vendor writes them, with a blank before each but the first."""
_WITH_ID = 4
"""Of so many shards, one has the vendor's id of the search in its first column."""
_PER_PLATE = 2.5
"""Searches for one plate; each stands in four logs, so that is ten records."""
SHARD = 10
"""Files that one process writes together; every copy of a search is in files of one shard."""
_BATCH = 20_000
_START = datetime(2025, 3, 1, tzinfo=UTC)
_DAYS = 180
_AGENCIES, _USERS, _REASONS = 4_000, 60_000, 200_000
_STATES = ("CA", "TX", "FL", "GA", "IL", "OH", "AZ", "NV", "WA", "VA")
_WORDS = (
    "burglary", "stolen vehicle", "robbery", "hit and run", "missing person", "warrant", "fraud", "assault", "theft",
    "welfare check", "suspicious vehicle", "narcotics", "recovered, plate", 'said "van"', "follow-up\nsee notes",
)  # fmt: skip
_TYPES = ("lookup", "search", "search - Mobile", "lookup - Mobile", "visual", "convoy")


@dataclass(frozen=True)
class Bulk:
    """What was written."""

    paths: tuple[Path, ...]
    records: int
    searches: int
    size: int
    """Bytes."""


def write(folder: Path, *, searches: int, files: int = 40, copies: int = 4, processes: int = 2) -> Bulk:
    """Write `searches` searches, each into `copies` of `files` files, and say what was written."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [folder / f"3_1_2025-8_27_2025-Exampleton {n:02} CA PD-Network-Audit.csv" for n in range(files)]
    shards = [names[i : i + SHARD] for i in range(0, files, SHARD)]
    share = [searches * len(shard) // files for shard in shards]
    share[0] += searches - sum(share)
    pairs = enumerate(zip(shards, share, strict=True))
    plates = max(1, min(260_000 * 26, int(searches / _PER_PLATE)))
    jobs = [(shard, number, min(copies, len(shard)), plates, seed) for seed, (shard, number) in pairs]
    if processes > 1 and len(jobs) > 1:
        with ProcessPoolExecutor(processes) as pool:
            counts = list(pool.map(_shard, jobs))
    else:
        counts = [_shard(job) for job in jobs]
    return Bulk(tuple(names), sum(counts), searches, sum(path.stat().st_size for path in names))


def _shard(job: tuple[list[Path], int, int, int, int]) -> int:
    """Write one shard's files, sorted by time, and count their records."""
    paths, searches, copies, plates, seed = job
    rng = random.Random(seed)  # noqa: S311 (made-up data must repeat, not be secret)
    ids = seed % _WITH_ID == _WITH_ID - 1
    buffers: list[list[str]] = [["ID," + HEADINGS if ids else HEADINGS.lstrip()] for _ in paths]
    handles = [path.open("w", encoding="utf-8", newline="") for path in paths]
    done = 0
    while done < searches:
        number = min(_BATCH, searches - done)
        places = _places(rng, number, len(paths), copies)
        for line, chosen in zip(_lines(rng, range(done, done + number), searches, plates), places, strict=True):
            whole = f"{_id(rng)},{line}" if ids else line
            for place in chosen:
                buffers[place].append(whole)
        done += number
        for handle, buffer in zip(handles, buffers, strict=True):
            handle.write("".join(buffer))
            buffer.clear()
    for handle in handles:
        handle.close()
    return searches * copies


def _places(rng: random.Random, number: int, files: int, copies: int) -> list[tuple[int, ...]]:
    """For each search, the files that it stands in."""
    combinations = [tuple(sorted(rng.sample(range(files), copies))) for _ in range(500)]
    return rng.choices(combinations, k=number)


def _lines(rng: random.Random, nth: range, total: int, among: int) -> Iterator[str]:
    """Records as native CSV lines, without the id, in order of time, spread evenly over the period."""
    number = len(nth)
    people, orgs, reasons, weights = _people(), _orgs(), _reasons(), _weights()
    step = _DAYS * 86_400 / total
    users = rng.choices(range(_USERS), k=number)
    picked = rng.choices(reasons, cum_weights=weights, k=number)
    numbers = rng.choices(range(1, 6_000), k=number)
    plates = rng.choices(range(among), k=number)
    types = rng.choices(_TYPES, k=number)
    spans = rng.choices((1, 1, 3, 7, 14, 29, 30, 45), k=number)
    for i in range(number):
        user, nets, plate = users[i], numbers[i], plates[i]
        day, second = divmod(int(nth[i] * step), 86_400)
        clock = _clock()[second]
        to, frm = f"{_day(day)}, {clock}", f"{_day(day - spans[i])}, {clock}"
        yield (
            f'{people[user]},{orgs[user % _AGENCIES]},{nets},{nets * 17},"{frm} UTC\n{to} UTC",'
            f'{_plate(plate)},{picked[i]},25-{900_000 + user % 99_999},,"{to} UTC",{types[i]},,\r\n'
        )


def _id(rng: random.Random) -> str:
    return f"{rng.getrandbits(32):08x}-{rng.getrandbits(16):04x}-4000-8000-{rng.getrandbits(48):012x}"


def _plate(number: int) -> str:
    rest, digits = divmod(number, 10_000)
    first, last = divmod(rest, 26)
    letters = string.ascii_uppercase
    return f"ZZ{letters[first % 26]}{digits:04}{letters[last]}"


@cache
def _clock() -> list[str]:
    """Every second of a day as a twelve-hour clock writes it."""
    midnight = datetime(2025, 1, 1, tzinfo=UTC)
    return [(midnight + timedelta(seconds=s)).strftime("%I:%M:%S %p") for s in range(86_400)]


@cache
def _day(number: int) -> str:
    return (_START + timedelta(days=number)).strftime("%m/%d/%Y")


@cache
def _people() -> list[str]:
    return [f"{string.ascii_uppercase[n % 26]}. Example{n:05}" for n in range(_USERS)]


@cache
def _orgs() -> list[str]:
    kinds = ("PD", "SO", "PD", "PD")
    return [f"Sampleton {n:04} {_STATES[n % len(_STATES)]} {kinds[n % 4]}" for n in range(_AGENCIES)]


@cache
def _reasons() -> list[str]:
    """Distinct reasons as CSV cells, some with a comma, a quote or a line break in them."""
    texts = [f"{_WORDS[n % len(_WORDS)]} {n // len(_WORDS) or ''}".strip() for n in range(_REASONS)]
    return ['"' + t.replace('"', '""') + '"' if set(t) & set(',"\n') else t for t in texts]


@cache
def _weights() -> list[float]:
    """Zipf's law: few reasons are used very often, most of them hardly ever."""
    return list(accumulate((n + 1) ** -1.05 for n in range(_REASONS)))
