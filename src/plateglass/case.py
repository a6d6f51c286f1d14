"""The case folder: what lies where, its settings, and the two files that are only ever appended to.

    my-case/
      case.toml          settings
      sources.jsonl      one line a source: hash, where from, when, view, counts; and the hash of the line before it
      judgements.jsonl   one line a person's decision
      content/           the user's own layouts, rules, agencies, reasons
      store/             Parquet, can be rebuilt: sources/<id>/..., searches/..., and tables by name
      out/               reports, site, exports: can be rebuilt

Each source is written to a temporary folder, synced and renamed, and its line in `sources.jsonl` comes last: after
a kill at any instant a source is either wholly in or wholly out, and the next run cleans up and goes on.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, ValidationError

from plateglass.catalogue import Catalogue
from plateglass.errors import CaseUnusable, Place
from plateglass.model import NAMES, SHARES, SIGHTINGS, STATISTICS, TEXTS, Column
from plateglass.record_views import OTHER_VIEWS
from plateglass.store import Step, Store, name, text, values

REJECTED: tuple[Column, ...] = (
    Column("source", "VARCHAR", "first 12 hex digits of the file's SHA-256"),
    Column("part", "INTEGER", "number of the sheet or table within the file, from 0"),
    Column("record", "BIGINT", "number of the record within the part, from 1"),
    Column("column", "VARCHAR", "the heading of the column that could not be read; empty for the whole record"),
    Column("reason", "VARCHAR", "the cause in words, never the value"),
)
"""One row a record that did not become a sighting."""

PAGES: tuple[Column, ...] = (
    *REJECTED[:2],
    Column("page", "INTEGER", "number of the page, from 1"),
    Column("first_record", "BIGINT", "the first record that begins on the page"),
    Column("last_record", "BIGINT", "the last record that begins on the page"),
)
"""One row a page of a PDF on which a record begins."""

REPAIRED: tuple[Column, ...] = (
    *REJECTED[:3],
    Column("column", "VARCHAR", "the heading at which the record was broken; empty for the whole record"),
    Column("reason", "VARCHAR", "what was done to it, never the value"),
)
"""One row an accepted record that could be read in one way only, and not as it stands."""

SOURCES: tuple[Column, ...] = (
    Column("source", "VARCHAR", "first 12 hex digits of the file's SHA-256"),
    Column("part", "INTEGER", "number of the sheet or table within the file, from 0"),
    Column("sha256", "VARCHAR", "of the file as released"),
    Column("name", "VARCHAR", "the file's name"),
    Column(
        "part_name", "VARCHAR", "which sheet or table of the file, such as `sheet 2`; empty for a file with one table"
    ),
    Column("layout", "VARCHAR", "the layout that knows it"),
    Column("view", "VARCHAR", "what kind of record it holds"),
    Column("owner", "VARCHAR", "whose log it is, as the file says it; empty where it doesn't"),
    Column("owner_org", "UUID", "joins `organisations`; NULL where no owner is named"),
    Column("captured_on", "BIGINT", "the day the file was captured, epoch ms UTC; NULL where it isn't said"),
    Column("encoding", "VARCHAR", "how its text was encoded"),
    Column("records", "BIGINT", "records in the file, counted apart from the reader"),
    Column("accepted", "BIGINT", "records that became sightings, shares or statistics"),
    Column("rejected", "BIGINT", "records that did not, each listed"),
    Column("first_at", "BIGINT", "time of its first search, epoch ms UTC"),
    Column("last_at", "BIGINT", "time of its last search, epoch ms UTC"),
    Column("columns", "VARCHAR", "comma-joined fields that it exports"),
)
"""One row a table of a source."""

ISSUES: tuple[Column, ...] = tuple(
    Column(name, kind, about)
    for name, kind, about in (
        ("code", "VARCHAR", "a stable word for the kind of issue"),
        ("severity", "VARCHAR", "note, record or source"),
        ("path", "VARCHAR", "the file's name"),
        ("part", "VARCHAR", "the sheet"),
        ("record", "BIGINT", "the record's number"),
        ("column", "VARCHAR", "the heading"),
        ("message", "VARCHAR", "what was found, expected, and what to do next"),
    )
)
"""One row a thing that a reader of the report has to know."""


BEGINNING = "0" * 64
"""What stands for the hash of the line before the first line of `sources.jsonl`."""


def name_id(written: str) -> UUID:
    """The id of a name that comes from a file's name or from the settings, not from a record: no secret."""
    return uuid5(NAMESPACE_URL, f"plateglass:name:{written}")


class Settings(BaseModel):
    """What `case.toml` holds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = "case"
    """What the case is called."""
    agency: str = ""
    """The home agency, as its own logs write it: whose cameras and users this case is about."""
    timezone: str = ""
    """The home agency's zone, such as America/Chicago; rules about hours and days can't be answered without it."""
    rules: tuple[str, ...] = ()
    """Rule packs to check; empty: those that fit the home agency's state, and the screens."""
    custodian: bool = False
    """Whether the case is the log's own custodian's: only then are leads about accounts looked for."""
    suppress_below: int = 5
    """Counts of people's acts below this are not printed in public tables by agency."""
    parameters: Mapping[str, int | float | str] = {}
    """Values for the `$name`s of rules, such as retention_days = 30."""

    @property
    def zone(self) -> ZoneInfo | None:
        """The zone, or None where none is stated.

        Raises:
            CaseUnusable: no zone of that name.
        """
        if not self.timezone:
            return None
        try:
            return ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise CaseUnusable(
                f"no time zone is called {self.timezone!r}", expected="a name such as America/Chicago"
            ) from error


class Case:
    """One user's work in one folder."""

    def __init__(self, root: Path) -> None:
        """Name the parts of the folder; nothing is read yet."""
        self.root = root
        self.sources_file = root / "sources.jsonl"
        self.judgements_file = root / "judgements.jsonl"
        self.content = root / "content"
        self.store = root / "store"
        self.out = root / "out"
        self.work = root / "store" / ".work"
        """Temporary files of the run that holds the case; emptied when a run takes and when it leaves the case."""

    @classmethod
    def make(cls, root: Path, settings: Settings) -> Case:
        """Make the folder, or take it as it is where it is a case already with the same settings."""
        root.mkdir(parents=True, exist_ok=True)
        if (root / "case.toml").exists() and cls(root).settings == settings:
            return cls(root)  # with whatever comments somebody wrote into it
        lines = [f"{key} = {json.dumps(value)}" for key, value in settings.model_dump(exclude={"parameters"}).items()]
        if settings.parameters:
            lines += ["", "[parameters]", *(f"{k} = {json.dumps(v)}" for k, v in sorted(settings.parameters.items()))]
        write_whole(root / "case.toml", "\n".join(lines) + "\n")
        return cls(root)

    @classmethod
    def there(cls, root: Path) -> Case:
        """The case that is in a folder.

        Raises:
            CaseUnusable: there is none, or its settings can't be used.
        """
        found = cls(root)
        _ = found.settings
        return found

    @property
    def settings(self) -> Settings:
        """The settings in `case.toml`.

        Raises:
            CaseUnusable: no such file, not TOML, an unknown key or a value of the wrong type.
        """
        path = self.root / "case.toml"
        try:
            return Settings.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError as error:
            raise CaseUnusable(
                "no case.toml in this folder", place=Place(str(self.root)), remedy="plateglass new makes a case"
            ) from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise CaseUnusable(f"case.toml is not TOML: {error}", place=Place(str(path))) from error
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            key = ".".join(str(part) for part in first["loc"])
            raise CaseUnusable(
                "no such setting" if first["type"] == "extra_forbidden" else first["msg"].lower(),
                expected="the settings that docs/reference/content.md lists; a newer plateglass may know more",
                place=Place(str(path), column=key),
            ) from error

    def catalogue(self) -> Catalogue:
        """Our content and the case's own."""
        return Catalogue(self.content)

    def sources(self) -> list[dict[str, Any]]:
        """Every source's line of `sources.jsonl`, oldest first; a last line that a kill cut short is not a line.

        A source that was given again, because no layout knew it the first time, has its last line only.
        """
        last = {(line["source"], line["name"]): line for line in self.chain()}
        return list(last.values())

    def judgements(self) -> list[dict[str, Any]]:
        """What people have decided, oldest first; a last line that a kill cut short is not a line."""
        if not self.judgements_file.exists():
            return []
        whole = self.judgements_file.read_text(encoding="utf-8").rpartition("\n")[0]
        return [json.loads(line) for line in whole.split("\n") if line]

    def chain(self) -> list[dict[str, Any]]:
        """Every whole line of `sources.jsonl`, each proven to follow the one before it.

        Raises:
            CaseUnusable: a line is not what was written: changed, taken out or put in; the message says which.
        """
        if not self.sources_file.exists():
            return []
        found, before = [], BEGINNING
        for number, raw in enumerate(self.sources_file.read_bytes().split(b"\n")[:-1], 1):
            line = _line(raw, Place(str(self.sources_file), record=number))
            if line.get("before") != before:
                raise CaseUnusable(
                    f"line {number} does not follow the line before it", place=Place(str(self.sources_file)),
                    expected="each line to carry the SHA-256 of the one before",
                    remedy=f"line {max(number - 1, 1)} was changed, or lines taken out or put in: restore the file",
                )  # fmt: skip
            found.append(line)
            before = hashlib.sha256(raw).hexdigest()
        return found

    def folder(self, source: str) -> Path:
        """Where the tables of one source lie: sightings-0.parquet, texts.parquet, names.parquet, rejected.parquet."""
        return self.store / "sources" / source

    def append(self, line: Mapping[str, Any], to: Path) -> None:
        """Add one line to an append-only file and sync it, or leave the file as it is.

        A line of `sources.jsonl` carries the hash of the line before it.
        """
        if to == self.sources_file:
            line = {**line, "before": _hash_of_last(to)}
        size = to.stat().st_size if to.exists() else 0
        try:
            with to.open("ab") as file:
                file.write(json.dumps(line, sort_keys=True).encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            if to.exists():
                os.truncate(to, size)
            raise
        if not size:
            sync_folder(to.parent)

    @contextmanager
    def tables(self, *, threads: int = 2, memory: str = "2GB") -> Iterator[Store]:
        """A store with every table of this case.

        `sightings`, `rejected`, `shares`, `statistics` and the tables of the other views are views over its Parquet;
        `texts` and `names` have each text and name once; `sources` and `issues` come from `sources.jsonl`; `home` is
        the home agency's name.
        """
        with Store(threads=threads, memory=memory, spill=self.work) as store:
            lines = self.sources()
            parts = [{**line, **part} for line in lines for part in line["parts"]]
            store.run(
                Step("sources", values([[part.get(c.name) for c in SOURCES] for part in parts], typed(SOURCES))),
                Step("issues", values([_issue(issue) for line in lines for issue in line["issues"]], typed(ISSUES))),
                Step("home", values(self._home(), typed(NAMES))),
                Step("pages", values([page for part in parts for page in _pages(part)], typed(PAGES))),
                *(self._view(view, columns) for view, columns in _PARQUET.items()),
                Step("texts", f"SELECT DISTINCT * FROM ({self._view('texts', TEXTS).sql}) AS t"),
                Step("names", f"SELECT DISTINCT id, name FROM ({self._view('names', NAMES).sql}{_NAMED}) AS n"),
            )
            yield store

    def _home(self) -> list[tuple[str, str]]:
        agency = self.settings.agency
        return [(str(name_id(agency)), agency)] if agency else []

    def _view(self, table: str, columns: tuple[Column, ...]) -> Step:
        files = f"{self.store}/sources/*/{table}-*.parquet"
        if not any((self.store / "sources").glob(f"*/{table}-*.parquet")):
            return Step(table, values([], typed(columns)), lazy=True)
        listed = ", ".join(name(c.name) for c in columns)
        return Step(table, f"SELECT {listed} FROM read_parquet({text(files)})", lazy=True)

    @contextmanager
    def held(self) -> Iterator[Case]:
        """Hold the case for one run: nobody else writes, and what a killed run left behind is cleared first.

        Raises:
            CaseUnusable: another process holds it; the message says which.
        """
        self.store.mkdir(parents=True, exist_ok=True)
        with (self.store / ".lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                lock.seek(0)
                raise CaseUnusable(
                    f"the case is held by process {lock.read().strip() or 'unknown'}", place=Place(str(self.root)),
                    remedy="wait for it to end",
                ) from error  # fmt: skip
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            self._clear()
            try:
                yield self
            finally:
                remove(self.work)

    def _clear(self) -> None:
        """Remove what a killed run left: temporary files, source folders without a line, half a last line."""
        remove(self.work)
        self.work.mkdir(parents=True)
        for file in (self.sources_file, self.judgements_file):
            if file.exists() and not (raw := file.read_bytes()).endswith(b"\n") and raw:
                write_whole(file, raw[: raw.rfind(b"\n") + 1])
        for left in self.root.glob("*.part"):
            left.unlink()
        known = {line["source"] for line in self.sources() if line["parts"]}
        for folder in (self.store / "sources").glob("*"):
            if folder.name not in known:
                remove(folder)


_NAMED = " UNION ALL SELECT owner_org, owner FROM sources WHERE owner <> '' UNION ALL SELECT id, name FROM home"
_PARQUET = {"sightings": SIGHTINGS, "rejected": REJECTED, "shares": SHARES, "statistics": STATISTICS}
_PARQUET |= {"repaired": REPAIRED}
_PARQUET |= {each.table: each.columns for each in OTHER_VIEWS.values()}


def _pages(part: Mapping[str, Any]) -> Iterator[tuple[str, int, int, int, int]]:
    """Where the records of each page begin and end; nothing for a file that has no pages."""
    firsts = [*part.get("pages", ()), part["records"] + 1]
    for page, (first, after) in enumerate(pairwise(firsts), 1):
        if first < after:
            yield part["source"], part["part"], page, first, after - 1


def typed(columns: tuple[Column, ...]) -> dict[str, str]:
    """The columns of a table as name -> type."""
    return {column.name: column.type for column in columns}


def _line(raw: bytes, place: Place) -> dict[str, Any]:
    try:
        line = json.loads(raw)
    except ValueError as error:
        raise CaseUnusable("a line is not JSON", place=place, remedy="restore the file") from error
    if not isinstance(line, dict):
        raise CaseUnusable("a line is no JSON object", place=place, remedy="restore the file")
    return line


def _hash_of_last(path: Path) -> str:
    """The SHA-256 of a file's last line, which is looked for from its end."""
    if not path.exists() or not path.stat().st_size:
        return BEGINNING
    with path.open("rb") as file:
        size, back = path.stat().st_size, 4096
        while True:
            file.seek(max(0, size - back))
            lines = file.read().split(b"\n")
            if len(lines) > 2 or back >= size:  # noqa: PLR2004 (what is before the last line, it, and what ends it)
                return hashlib.sha256(lines[-2]).hexdigest()
            back *= 4


def _issue(issue: Mapping[str, Any]) -> list[Any]:
    return [issue.get(column.name) for column in ISSUES]


def remove(folder: Path) -> None:
    """Take a folder away, where there is one."""
    if folder.exists():
        shutil.rmtree(folder)


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file so that it is there wholly or not at all, whatever happens."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".part")
    try:
        with temporary.open("wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_below(folder: Path) -> None:
    """Have every file below a folder on the disk, before anything says that it is there."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir():
            sync_folder(path)
        else:
            with path.open("rb") as handle:
                os.fsync(handle.fileno())
    sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Have a folder's list of files on the disk, so that a file that was put into it is still there after a crash."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
