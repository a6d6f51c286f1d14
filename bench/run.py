"""Speed and memory on made-up records, each beside a limit that is measured in the same run.

    python bench/run.py [--small] [--times 3] [--only ingest,audit,growth,names,rules,routes]

The limit is what DuckDB alone takes to copy the same files, all text, to Parquet with zstd. Everything is a ratio to
it, because one machine is not another, and the median of several rounds, because no machine is quiet. Memory is that of
all processes together, sampled. Made-up files go into a temporary folder, and away afterwards.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import psutil

from plateglass import intake, model, pipeline
from plateglass.case import Case, Settings
from plateglass.demo import bulk

FULL, SMALL = (5_000_000, 40), (500_000, 40)
"""Searches and files; each search stands in four of the files."""
GROWTH = 4
"""The growth in records of which the cost is told: from a quarter of the files to all of them."""


@dataclass
class Run:
    """One thing measured over and over."""

    seconds: list[float] = field(default_factory=list)
    work: list[float] = field(default_factory=list)
    """Seconds of processor time, of all processes; steadier than the clock where others work beside."""
    peak: float = 0.0
    """Most memory that all processes held together, in GB."""

    @property
    def median(self) -> float:
        """The middle of the times."""
        return statistics.median(self.seconds)

    def told(self) -> str:
        """The median, the range, the memory."""
        low, high = min(self.seconds), max(self.seconds)
        return (
            f"{self.median:8.1f} s [{low:.1f}-{high:.1f}] {statistics.median(self.work):8.1f} cpu s {self.peak:6.2f} GB"
        )


@contextmanager
def watched() -> Iterator[list[float]]:
    """The memory of this process and all below it, sampled while the block runs; the last number is the peak."""
    peak, over = [0.0], threading.Event()

    def sample() -> None:
        me = psutil.Process()
        while not over.wait(0.05):
            peak[0] = max(peak[0], sum(map(_memory, [me, *me.children(recursive=True)])) / 1e9)

    thread = threading.Thread(target=sample, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        over.set()
        thread.join()


def _memory(process: psutil.Process) -> float:
    """Memory that is this process's alone; pages of files that it maps are the system's."""
    try:
        return float(process.memory_info().rss)
    except psutil.Error:
        return 0.0


def _worked() -> float:
    """Processor time of every process that this one has waited for, and of those that they waited for."""
    times = os.times()
    return times.children_user + times.children_system


def measured(run: Run, job: Callable[..., None], *arguments: object) -> None:
    """Run a job in a fresh process of its own, so that no round finds what another left in memory."""
    process = multiprocessing.get_context("spawn").Process(target=job, args=arguments)
    with watched() as peak:
        start, before = time.perf_counter(), _worked()
        process.start()
        process.join()
        run.seconds.append(time.perf_counter() - start)
        run.work.append(_worked() - before)
    if process.exitcode:
        sys.exit(f"{job.__name__} failed")
    run.peak = max(run.peak, peak[0])


def copy(paths: Sequence[Path], folder: Path) -> None:
    """The limit: the same files as they are, all text, to Parquet with zstd."""
    listed = ", ".join(f"'{path}'" for path in paths)
    with duckdb.connect(config={"threads": os.cpu_count() or 1}) as connection:
        connection.execute("SET enable_progress_bar = false")
        source = f"read_csv([{listed}], all_varchar = true, header = true)"
        target = f"'{folder / 'copy.parquet'}' (FORMAT parquet, COMPRESSION zstd)"
        connection.execute(f"COPY (SELECT * FROM {source}) TO {target}")


def ingest(paths: Sequence[Path], folder: Path) -> None:
    """Files to sightings: types, states, tokens, scrubbed texts, fingerprints, record numbers."""
    case = Case.make(folder / "case", Settings(agency="Exampleton 00 CA PD", timezone="America/Los_Angeles"))
    with case.held():
        intake.add(case, paths, model.silent)


def audit(paths: Sequence[Path], folder: Path) -> None:
    """Files to the report, with every rule."""
    settings = Settings(agency="Exampleton 00 CA PD", timezone="America/Los_Angeles", parameters={"retention_days": 30})
    pipeline.audit(Case.make(folder / "case", settings), paths, folder / "out")


def rounds(jobs: Sequence[tuple[str, Callable[..., None], Sequence[Path]]], times: int, root: Path) -> dict[str, Run]:
    """Every job in turn, `times` over, so that a slow minute of the machine falls on all of them."""
    runs = {label: Run() for label, _, _ in jobs}
    for _ in range(times):
        for label, job, paths in jobs:
            with tempfile.TemporaryDirectory(dir=root) as folder:
                measured(runs[label], job, paths, Path(folder))
            print(f"    {label}: {runs[label].seconds[-1]:.1f} s", file=sys.stderr, flush=True)
    return runs


def tell(runs: dict[str, Run], made: bulk.Bulk) -> None:
    """The table of times, and what the issue asks for beside what was reached."""
    print(
        f"\n{made.records:,} records of {made.searches:,} searches, {len(made.paths)} files, {made.size / 1e9:.2f} GB"
    )
    print(f"duckdb {duckdb.__version__}, {os.cpu_count()} cores\n")
    for label, run in runs.items():
        print(f"  {label:<28}{run.told()}")
    print()
    limit = runs["copy"].median
    if "ingest" in runs:
        reached = limit / runs["ingest"].median
        print(f"  ingest at {reached:.2f} of the copy's rate (asked: 0.45), {runs['ingest'].peak:.2f} GB (asked: 1.5)")
        worked = statistics.median(runs["copy"].work) / statistics.median(runs["ingest"].work)
        print(f"  by processor time: {worked:.2f}")
    if "audit" in runs:
        reached = runs["audit"].median / limit
        print(f"  audit in {reached:.2f} times the copy's time (asked: 3.5), {runs['audit'].peak:.2f} GB (asked: 4)")
    if "audit of a quarter" in runs and "audit" in runs:
        reached = runs["audit"].median / runs["audit of a quarter"].median
        print(f"  {GROWTH} times the records cost {reached:.2f} times the time (asked: 4.4)")


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", action="store_true", help="a tenth of the records")
    parser.add_argument("--searches", type=int, help="this many searches, each in four of --files")
    parser.add_argument("--files", type=int, help="this many files, in tens")
    parser.add_argument("--times", type=int, default=3, help="rounds; the median is told")
    parser.add_argument("--only", default="ingest,audit,growth,names,rules,routes", help="comma-joined parts")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()), help="where made-up files go")
    chosen = parser.parse_args()
    parts = set(chosen.only.split(","))
    beside = Path(__file__).parent
    if "names" in parts:
        subprocess.run([sys.executable, str(beside / "resolve_names.py")], check=False)  # noqa: S603
    if "rules" in parts:
        few = [str(SMALL[0])] if chosen.small else []
        subprocess.run([sys.executable, str(beside / "rules_speed.py"), *few], check=False)  # noqa: S603
    if "routes" in parts:
        subprocess.run([sys.executable, str(beside / "routes_speed.py")], check=False)  # noqa: S603
    if not parts & {"ingest", "audit", "growth"}:
        return
    searches, files = SMALL if chosen.small else FULL
    searches, files = chosen.searches or searches, chosen.files or files
    with tempfile.TemporaryDirectory(dir=chosen.folder, prefix="plateglass-bench-") as folder:
        os.environ["PLATEGLASS_KEY_FILE"] = str(Path(folder) / "key")
        made = bulk.write(Path(folder) / "logs", searches=searches, files=files, processes=os.cpu_count() or 1)
        quarter = made.paths[: files // GROWTH]
        jobs: list[tuple[str, Callable[..., None], Sequence[Path]]] = [("copy", copy, made.paths)]
        jobs += [("ingest", ingest, made.paths)] if "ingest" in parts else []
        jobs += [("audit", audit, made.paths)] if parts & {"audit", "growth"} else []
        jobs += [("audit of a quarter", audit, quarter)] if "growth" in parts else []
        tell(rounds(jobs, chosen.times, Path(folder)), made)


if __name__ == "__main__":
    main()
