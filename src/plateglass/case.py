"""The case folder: what lies where, its settings, and the two files that are only ever appended to.

    my-case/
      case.toml          settings
      sources.jsonl      one line a source: hash, where from, when, view, counts
      judgements.jsonl   one line a person's decision
      content/           the user's own layouts, rules, agencies, reasons
      store/             Parquet, can be rebuilt: sources/<id>/..., searches/..., and tables by name
      out/               reports, site, exports: can be rebuilt

Each source is written to a temporary folder, synced and renamed, and its line in `sources.jsonl` comes last: after
a kill at any instant a source is either wholly in or wholly out, and the next run cleans up and goes on.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, ValidationError

from plateglass.catalogue import Catalogue
from plateglass.errors import CaseUnusable, Place


class Settings(BaseModel):
    """What `case.toml` holds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = "case"
    agency: str = ""
    """The home agency, as its own logs write it: whose cameras and users this case is about."""
    timezone: str = ""
    """The home agency's zone, such as America/Chicago; rules about hours and days can't be answered without it."""
    rules: tuple[str, ...] = ()
    """Rule packs to check; empty: those that fit the home agency's state, and the screens."""
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
        lines = [f"{key} = {json.dumps(value)}" for key, value in settings.model_dump(exclude={"parameters"}).items()]
        if settings.parameters:
            lines += ["", "[parameters]", *(f"{k} = {json.dumps(v)}" for k, v in sorted(settings.parameters.items()))]
        write_whole(root / "case.toml", "\n".join(lines) + "\n")
        return cls(root)

    @property
    def settings(self) -> Settings:
        """The settings in `case.toml`.

        Raises:
            CaseUnusable: no such file, not TOML, an unknown key or a value of the wrong type.
        """
        path = self.root / "case.toml"
        try:
            return Settings.model_validate(tomllib.loads(path.read_text()))
        except FileNotFoundError as error:
            raise CaseUnusable(
                "no case.toml in this folder", place=Place(str(self.root)), remedy="plateglass new makes a case"
            ) from error
        except tomllib.TOMLDecodeError as error:
            raise CaseUnusable(f"case.toml is not TOML: {error}", place=Place(str(path))) from error
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            key = ".".join(str(part) for part in first["loc"])
            raise CaseUnusable(first["msg"].lower(), place=Place(str(path), column=key)) from error

    def catalogue(self) -> Catalogue:
        """Our content and the case's own."""
        return Catalogue(self.content)

    def sources(self) -> list[dict[str, Any]]:
        """Every line of `sources.jsonl`, oldest first; a last line that a kill cut short is not a line."""
        if not self.sources_file.exists():
            return []
        whole = self.sources_file.read_text().rpartition("\n")[0]
        return [json.loads(line) for line in whole.splitlines()]

    def folder(self, source: str) -> Path:
        """Where the tables of one source lie: sightings-0.parquet, texts.parquet, names.parquet, rejected.parquet."""
        return self.store / "sources" / source

    def append(self, line: Mapping[str, Any], to: Path) -> None:
        """Add one line to an append-only file and sync it."""
        with to.open("a") as file:
            file.write(json.dumps(line, sort_keys=True, ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())

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
                _remove(self.work)

    def _clear(self) -> None:
        """Remove what a killed run left: temporary files, source folders without a line, half a last line."""
        _remove(self.work)
        self.work.mkdir(parents=True)
        for file in (self.sources_file, self.judgements_file):
            if file.exists() and not (raw := file.read_bytes()).endswith(b"\n") and raw:
                write_whole(file, raw.rpartition(b"\n")[0].decode() + ("\n" if b"\n" in raw else ""))
        known = {line["source"] for line in self.sources()}
        for folder in (self.store / "sources").glob("*"):
            if folder.name not in known:
                _remove(folder)


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)


def write_whole(path: Path, text: str) -> None:
    """Write a file so that it is there wholly or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".part")
    with temporary.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
