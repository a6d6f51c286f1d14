"""Released files into a case, several at a time: each source is read and normalised in a process of its own.

A process has one DuckDB thread, because records must keep their order in the file; files make up for it by going
beside one another. A source is written into a temporary folder, synced, renamed, and only then has its line in
`sources.jsonl`; lines stand in the order of the files' names, whichever was given or done first.

Where this process is killed, those that it started end with it; what they leave is in a folder of this run's own.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from multiprocessing import connection, get_context, parent_process
from multiprocessing.context import SpawnContext
from multiprocessing.queues import Queue
from multiprocessing.util import Finalize
from pathlib import Path
from queue import Empty
from typing import Any, Final, TypeAlias

from plateglass import normalise, privacy, read
from plateglass.case import Case, name_id, remove, sync_below, sync_folder
from plateglass.catalogue import Catalogue
from plateglass.errors import CountsDoNotAddUp, Issue, Place
from plateglass.model import Ingested, Progress, Source, Table, silent
from plateglass.store import Store

_ALONE: Final = 32 << 20
"""Files of fewer bytes than this in all are read in this process: starting others would take longer."""
_DEATH_SIGNAL: Final = 1
"""Linux: have a signal sent to this process when the one that started it ends (PR_SET_PDEATHSIG)."""
_STACKED: Final = 20
"""Parts that stand below another table of one source, after which nothing that does becomes a part."""
_LOOK_UP: Final = 5.0
"""Seconds after which this process looks whether another is done, should that one not have been able to say so."""
_AHEAD: Final = 4
"""How many sources wait for each process: enough to keep it busy."""

Told: TypeAlias = "Queue[tuple[str, int, int] | None]"
"""What other processes say of how far they are; None when one is done with a source."""


@dataclass
class Reader:
    """What reads sources one after another, kept from one to the next."""

    catalogue: Catalogue
    store: Store
    ingest: normalise.Ingest
    work: Path

    def readings(self, source: Source, folder: Path, progress: Progress = silent) -> Iterator[Ingested | Issue]:
        """What each table of a source became, its Parquet in `folder`; and what a reader of the report should know.

        What stands below a table under headings of its own is a table of its own, after all others.
        """
        stacked: list[Ingested] = []
        parts: set[int] = set()
        found, below = read.tables(source, self.catalogue, self.work, self.store, progress), 0
        while True:
            for each in found:
                if isinstance(each, Issue):
                    yield each
                    continue
                parts.add(each.part)
                try:
                    done = self._ingested(each, folder, whole=below >= _STACKED)
                except CountsDoNotAddUp as error:
                    yield error.issue()
                    continue
                yield done
                stacked += [done] if done.table.below is not None else []
            if not stacked:
                return
            below += 1
            found = read.below(stacked.pop(0), self.catalogue, self.work, self.store, max(parts) + 1)

    def _ingested(self, table: Table, folder: Path, *, whole: bool) -> Ingested:
        layout = self.catalogue.layouts[table.layout]
        if not table.careful:
            done = self.ingest.table(table, layout, folder)
            if not done.broken and not any(each.column for each in done.rejected):
                return done
        single, rejected = read.strictly(table, self.work, layout, whole=whole)
        done = self.ingest.table(single, layout, folder, rejected)
        if done.broken:
            raise CountsDoNotAddUp(
                "records could not be split even one by one", place=Place(table.source.name, table.part_name)
            )
        return done


@dataclass
class _Worker:
    """What one process needs to take sources into a case."""

    case: Case
    reader: Reader
    run: int
    """The process that holds the case."""

    @classmethod
    def start(cls, root: Path, memory: str, run: int) -> _Worker:
        """Open a store of one thread and make the key's tables in it."""
        case = Case(root)
        work = case.work / f"process-{os.getpid()}"
        work.mkdir(parents=True, exist_ok=True)
        store = Store(threads=1, memory=memory, spill=work / "spill")
        return cls(case, Reader(case.catalogue(), store, normalise.Ingest(privacy.key(), store), work), run)

    def take(self, source: Source, progress: Progress = silent) -> Taken:
        """Read one source; its tables lie in the temporary folder of its id afterwards."""
        taken, reader = Taken(source), self.reader
        folder = ready(self.case, self.run, source.id)
        for found in reader.readings(source, folder, progress):
            if isinstance(found, Issue):
                taken.issues.append(found)
            else:
                taken.parts.append(_part(found))
                taken.issues += normalise.doubts(found, reader.catalogue.layouts[found.table.layout], _now())
        remove(reader.work / source.id)
        return taken


@dataclass
class Taken:
    """What one source became: its parts for `sources.jsonl`, and what a reader of the report should know."""

    source: Source
    parts: list[dict[str, Any]] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)

    def line(self) -> dict[str, Any]:
        """The source's line in `sources.jsonl`."""
        return {
            "source": self.source.id,
            "sha256": self.source.sha256,
            "name": self.source.name,
            "bytes": self.source.size,
            "added": _now().isoformat(timespec="seconds"),
            "parts": self.parts,
            "issues": [_plain(issue) for issue in self.issues],
        }


def add(case: Case, paths: Iterable[Path], progress: Progress) -> list[Issue]:
    """Take every released file below the paths into a case that is held; a source that is in it is passed over.

    Raises:
        SourceUnreadable: a path does not exist.
        KeyUnusable: the key file is not a key.
    """
    privacy.key()
    issues: list[Issue] = []
    paths = sorted(paths, key=lambda path: (path.name, str(path)))
    done, bytes_in_all = 0, sum(_size(path) for path in paths)
    told = case.sources()
    for taken in takings(case, _new(paths, case, told, issues), bytes_in_all, progress):
        _keep(case, taken, told)
        issues += taken.issues
        done += taken.source.size
        progress("reading", min(done, bytes_in_all), bytes_in_all)
    progress("reading", bytes_in_all, bytes_in_all)
    return issues


def _new(paths: list[Path], case: Case, told: list[dict[str, Any]], issues: list[Issue]) -> Iterator[Source]:
    """The sources that the case does not have yet; what can't even be opened goes to the issues and to its line.

    The same bytes under another name are another release, whether they come in this run or in a later one.
    """
    names: dict[str, dict[str, str]] = {}
    for line in told:
        names.setdefault(line.get("sha256", ""), {})[Path(line["name"]).name] = line["source"]
    known = {line["source"] for line in told if line["parts"]}
    for found in read.sources(paths, case.work / "archives"):
        if isinstance(found, Issue):
            issues.append(found)
            _tell(case, {"source": "", "name": _plain(found)["path"], "parts": [], "issues": [_plain(found)]}, told)
            continue
        others = names.setdefault(found.sha256, {})
        source = replace(found, copy=_copy(others, Path(found.name).name))
        others[Path(found.name).name] = source.id
        if source.id not in known:
            yield source


def _copy(names: dict[str, str], bare: str) -> int:
    """The number of a release among those of the same bytes: the one that its name has, else the next."""
    return int(names[bare].partition("-")[2] or 0) if bare in names else len(names)


def _tell(case: Case, line: dict[str, Any], told: list[dict[str, Any]]) -> None:
    """Add a line, unless an earlier run's about this source says the same: a run that is repeated adds nothing."""
    plain = json.loads(json.dumps(line))
    before = next((old for old in told if (old["source"], old["name"]) == (line["source"], line["name"])), {})
    if {**before, "added": "", "before": ""} != {**plain, "added": "", "before": ""}:
        case.append(line, case.sources_file)


def takings(case: Case, sources: Iterator[Source], bytes_in_all: int, progress: Progress = silent) -> Iterator[Taken]:
    """Each source, read anew, in their order; its tables lie in `ready` of this process until the case is left."""
    processes = os.cpu_count() or 1
    if bytes_in_all < _ALONE or processes == 1:
        worker = _Worker.start(case.root, "1GB", os.getpid())
        with worker.reader.store:
            yield from (worker.take(source, progress) for source in sources)
        return
    memory = f"{max(256, 1024 // processes)}MB"
    context = get_context("spawn")
    told: Told = context.Queue()
    told.cancel_join_thread()  # nor does this process wait for what nobody hears
    with _pool((case.root, memory, os.getpid(), told), processes, context) as pool:
        waiting: deque[Future[Taken]] = deque()
        for source in sources:
            waiting.append(pool.submit(_take, source))
            waiting[-1].add_done_callback(lambda _: told.put(None))
            if len(waiting) >= processes * _AHEAD:
                yield _awaited(waiting.popleft(), told, progress)
        while waiting:
            yield _awaited(waiting.popleft(), told, progress)


def _awaited(future: Future[Taken], told: Told, progress: Progress) -> Taken:
    """What a process makes of a source; until then, and of whatever others do meanwhile, `progress` is told."""
    while not future.done() or not told.empty():
        with suppress(Empty):
            said = told.get(timeout=_LOOK_UP)
            if said is not None:
                progress(*said)
    return future.result()


@contextmanager
def _pool(start: tuple[Path, str, int, Told], processes: int, context: SpawnContext) -> Iterator[ProcessPoolExecutor]:
    """Processes that share nothing: a fork would copy this one's open store."""
    with ProcessPoolExecutor(processes, context, _begin, start) as pool:
        whole = False
        try:
            yield pool
            whole = True
        finally:  # whatever ended the run early, nobody will see the files that still wait
            pool.shutdown(wait=whole, cancel_futures=not whole)


_here: list[_Worker] = []
_telling: list[Told] = []


def _begin(root: Path, memory: str, run: int, told: Told) -> None:
    _end_with(run)
    told.cancel_join_thread()  # what nobody hears any more keeps no process from ending
    _telling.append(told)
    _here.append(_Worker.start(root, memory, run))
    Finalize(None, _close, exitpriority=10)


def _close() -> None:
    """Close this process's store while everything that it stands on is still there."""
    while _here:
        _here.pop().reader.store.close()


def _end_with(run: int) -> None:
    """End this process at once where the one that started it is no more: the case is no longer held for it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGKILL)  # the kernel sees to it
        if os.getppid() != run:
            os._exit(1)
    else:
        threading.Thread(target=_watch, daemon=True).start()


def _watch() -> None:
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def _take(source: Source) -> Taken:
    return _here[0].take(source, lambda *said: _telling[0].put(said))


def _keep(case: Case, taken: Taken, told: list[dict[str, Any]]) -> None:
    """Put a source's tables in their place, then its line: in that order, so that a line never lacks its tables.

    This process waits for the disk, while the others read on.
    """
    made, place = ready(case, os.getpid(), taken.source.id), case.folder(taken.source.id)
    if taken.parts:
        sync_below(made)
        place.parent.mkdir(parents=True, exist_ok=True)
        made.replace(place)
        for folder in (place.parent, case.store, case.root):
            sync_folder(folder)
    _tell(case, taken.line(), told)


def ready(case: Case, run: int, source: str) -> Path:
    """Where the tables of a source lie until they are put in their place: one folder a run."""
    return case.work / f"ready-{run}" / source


def _now() -> datetime:
    """The time to write down; a fixed one where SOURCE_DATE_EPOCH says so, for runs that are to repeat each other."""
    fixed = os.environ.get("SOURCE_DATE_EPOCH", "")
    return datetime.fromtimestamp(int(fixed), UTC) if fixed.isdecimal() else datetime.now(UTC)


def _part(done: Ingested) -> dict[str, Any]:
    table, records = done.table, done.accepted + len(done.rejected)
    facts = dict(done.facts)
    return {
        "part": table.part, "part_name": table.part_name, "layout": table.layout, "view": table.view.value,
        "owner": table.owner, "owner_org": str(name_id(table.owner)) if table.owner else None,
        "captured_on": _epoch(table), "encoding": table.encoding, "records": records,
        "accepted": done.accepted, "rejected": len(done.rejected),
        "repaired": facts.pop("repaired", 0),
        "first_at": facts.pop("first_at", None), "last_at": facts.pop("last_at", None),
        "columns": ",".join(sorted(table.columns)), "facts": facts,
        **({"pages": [min(first, records + 1) for first in table.pages]} if table.pages else {}),
    }  # fmt: skip


def _epoch(table: Table) -> int | None:
    if table.captured is None:
        return None
    day = table.captured
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)


def _plain(issue: Issue) -> dict[str, Any]:
    facts = asdict(issue)
    place = facts.pop("place")
    path = place["path"].encode("utf-8", "backslashreplace").decode()
    return {**facts, **place, "path": path, "severity": issue.severity.value}


def _size(path: Path) -> int:
    if path.is_dir():
        return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    return path.stat().st_size if path.exists() else 0
