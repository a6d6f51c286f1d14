"""Released files into a case, several at a time: each source is read and normalised in a process of its own.

A process has one DuckDB thread, because records must keep their order in the file; files make up for it by going
beside one another. A source is written into a temporary folder, synced, renamed, and only then has its line in
`sources.jsonl`; lines stand in the order in which the files were named, whichever was done first.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

from plateglass import normalise, privacy, read
from plateglass.case import Case, name_id, remove
from plateglass.catalogue import Catalogue
from plateglass.errors import CountsDoNotAddUp, Issue, Place
from plateglass.model import Ingested, Progress, Source, Table
from plateglass.store import Store

_ALONE: Final = 32 << 20
"""Files of fewer bytes than this in all are read in this process: starting others would take longer."""
_AHEAD: Final = 4
"""How many sources wait for each process: enough to keep it busy."""


@dataclass
class _Worker:
    """What one process needs to read sources, kept from one source to the next."""

    case: Case
    store: Store
    catalogue: Catalogue
    ingest: normalise.Ingest
    work: Path

    @classmethod
    def start(cls, root: Path, memory: str) -> _Worker:
        """Open a store of one thread and make the key's tables in it."""
        case = Case(root)
        work = case.work / f"process-{os.getpid()}"
        work.mkdir(parents=True, exist_ok=True)
        store = Store(threads=1, memory=memory, spill=work / "spill")
        return cls(case, store, case.catalogue(), normalise.Ingest(privacy.key(), store), work)

    def take(self, source: Source) -> Taken:
        """Read one source; its tables lie in the temporary folder of its id afterwards."""
        taken = Taken(source)
        folder = self.case.work / "ready" / source.id
        for found in read.tables(source, self.catalogue, self.work, self.store):
            if isinstance(found, Issue):
                taken.issues.append(found)
                continue
            try:
                taken.parts.append(_part(self._ingested(found, folder)))
            except CountsDoNotAddUp as error:
                taken.issues.append(error.issue())
        remove(self.work / source.id)
        _sync(folder)
        return taken

    def _ingested(self, table: Table, folder: Path) -> Ingested:
        layout = self.catalogue.layouts[table.layout]
        if not table.careful:
            done = self.ingest.table(table, layout, folder)
            if not done.broken:
                return done
        single, rejected = read.strictly(table, self.work, layout)
        done = self.ingest.table(single, layout, folder, rejected)
        if done.broken:
            raise CountsDoNotAddUp(
                "records could not be split even one by one", place=Place(table.source.name, table.part_name)
            )
        return done


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
            "added": datetime.now(UTC).isoformat(timespec="seconds"),
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
    paths = list(paths)
    known = {line["source"] for line in case.sources() if line["parts"]}
    done, bytes_in_all = 0, sum(_size(path) for path in paths)
    for taken in _taken(case, _new(paths, case, known, issues), bytes_in_all):
        _keep(case, taken)
        issues += taken.issues
        done += taken.source.size
        progress("reading", min(done, bytes_in_all), bytes_in_all)
    progress("reading", bytes_in_all, bytes_in_all)
    return issues


def _new(paths: list[Path], case: Case, known: set[str], issues: list[Issue]) -> Iterator[Source]:
    """The sources that the case does not have yet; what can't even be opened goes to the issues and to its line."""
    for found in read.sources(paths, case.work / "archives"):
        if isinstance(found, Issue):
            issues.append(found)
            case.append(
                {"source": "", "name": found.place.path, "parts": [], "issues": [_plain(found)]}, case.sources_file
            )
        elif found.id not in known:
            yield found


def _taken(case: Case, sources: Iterator[Source], bytes_in_all: int) -> Iterator[Taken]:
    """Each source, taken, in the order of the sources."""
    processes = os.cpu_count() or 1
    if bytes_in_all < _ALONE or processes == 1:
        worker = _Worker.start(case.root, "1GB")
        with worker.store:
            yield from (worker.take(source) for source in sources)
        return
    memory = f"{max(256, 1024 // processes)}MB"
    with _pool(case.root, memory, processes) as pool:
        waiting: deque[Future[Taken]] = deque()
        for source in sources:
            waiting.append(pool.submit(_take, source))
            if len(waiting) >= processes * _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


@contextmanager
def _pool(root: Path, memory: str, processes: int) -> Iterator[ProcessPoolExecutor]:
    """Processes that share nothing: a fork would copy this one's open store."""
    with ProcessPoolExecutor(processes, get_context("spawn"), _begin, (root, memory)) as pool:
        whole = False
        try:
            yield pool
            whole = True
        finally:  # whatever ended the run early, nobody will see the files that still wait
            pool.shutdown(wait=whole, cancel_futures=not whole)


_here: list[_Worker] = []


def _begin(root: Path, memory: str) -> None:
    _here.append(_Worker.start(root, memory))


def _take(source: Source) -> Taken:
    return _here[0].take(source)


def _keep(case: Case, taken: Taken) -> None:
    """Put a source's tables in their place, then its line: in that order, so that a line never lacks its tables."""
    ready, place = case.work / "ready" / taken.source.id, case.folder(taken.source.id)
    if taken.parts:
        place.parent.mkdir(parents=True, exist_ok=True)
        ready.replace(place)
        _sync_folder(place.parent)
    case.append(taken.line(), case.sources_file)


def _part(done: Ingested) -> dict[str, Any]:
    table = done.table
    facts = dict(done.facts)
    return {
        "part": table.part, "part_name": table.part_name, "layout": table.layout, "view": table.view.value,
        "owner": table.owner, "owner_org": str(name_id(table.owner)) if table.owner else None,
        "captured_on": _epoch(table), "encoding": table.encoding, "records": done.accepted + len(done.rejected),
        "accepted": done.accepted, "rejected": len(done.rejected),
        "first_at": facts.pop("first_at", None), "last_at": facts.pop("last_at", None),
        "columns": ",".join(sorted(table.columns)), "facts": facts,
    }  # fmt: skip


def _epoch(table: Table) -> int | None:
    if table.captured is None:
        return None
    day = table.captured
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)


def _plain(issue: Issue) -> dict[str, Any]:
    facts = asdict(issue)
    return {**facts, **facts.pop("place"), "severity": issue.severity.value}


def _size(path: Path) -> int:
    if path.is_dir():
        return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    return path.stat().st_size if path.exists() else 0


def _sync(folder: Path) -> None:
    """Have every file of a folder on the disk before anything says that it is there."""
    if folder.exists():
        for file in folder.iterdir():
            with file.open("rb") as handle:
                os.fsync(handle.fileno())
        _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
