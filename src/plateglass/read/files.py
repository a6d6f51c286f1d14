"""From what a person names (files, folders, archives) to single released files, each known by its SHA-256.

A file is called by its name, a folder by its path below the one that was given: where that lies is nobody's business.
What could be a plate, a telephone or a case number in it is not shown.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from plateglass.errors import Issue, Place, PlateglassError, Severity, SourceUnreadable
from plateglass.model import Source
from plateglass.privacy import shown_name
from plateglass.read import archives, captures
from plateglass.read.containers import Container, container

_PACKAGE: Final = "datapackage.json"
"""The list of what a report holds; a long one is none of ours."""
_LONGEST: Final = 1 << 20


def sources(paths: Sequence[Path], work: Path) -> Iterator[Source | Issue]:
    """Every released file below the given paths, once each, folders in the order of their names.

    Archives are opened into `work`. What can't be read is an issue; the others go on.

    Raises:
        SourceUnreadable: a path that was given does not exist or leads in a circle.
    """
    for path in paths:
        _must_exist(path)
    seen: dict[str, list[str]] = {}
    for path in paths:
        for found in _below(path):
            for source in [found] if isinstance(found, Issue) else _of(found, work):
                if isinstance(source, Issue):
                    place = replace(source.place, path=shown_name(source.place.path))
                    yield replace(source, place=place)
                else:
                    shown = replace(source, name=shown_name(source.name))
                    yield from _once(shown, seen.setdefault(source.sha256, []))


def _once(source: Source, names: list[str]) -> Iterator[Source | Issue]:
    """A source, unless it was read before; the same bytes under another name are another release, and are told."""
    bare = Path(source.name).name
    if bare in names:
        yield Issue("source-twice", Severity.NOTE, Place(source.name), "given twice; read once")
        return
    if names:
        told = f"the same bytes as {names[0]}, released under another name; both are read"
        yield Issue("source-copied", Severity.NOTE, Place(source.name), told)
    yield replace(source, copy=len(names))
    names.append(bare)


def _must_exist(path: Path) -> None:
    try:
        path.stat()
    except OSError as error:
        raise _unreadable(str(path), error) from error


def _unreadable(path: str, error: OSError) -> SourceUnreadable:
    return SourceUnreadable(
        f"can't be opened: {(error.strerror or 'the system gave no reason').lower()}", place=Place(path),
        remedy="check the path and who may read it",
    )  # fmt: skip


def _below(path: Path) -> Iterator[Path | Issue]:
    """The files below a path, sorted; not hidden ones, through no links, nor what is ours."""
    if not path.is_dir():
        yield path
        return
    failed: list[OSError] = []
    for folder, names, files in os.walk(path, onerror=failed.append):
        names[:] = sorted(name for name in names if not name.startswith("."))
        for name in tuple(names):
            below = Path(folder) / name
            place = Place(_relative(below, path))
            if below.is_symlink():
                told = "a link to a folder, which is not followed; name the folder itself"
                yield Issue("link-not-followed", Severity.NOTE, place, told)
            elif ours := _ours(below):
                names.remove(name)
                yield Issue("folder-passed-over", Severity.NOTE, place, f"{ours} of plateglass, not released files")
        yield from (Path(folder) / name for name in sorted(files) if not name.startswith("."))
    for error in failed:
        yield _unreadable(_relative(Path(str(error.filename or path)), path), error).issue()


def _relative(path: Path, named: Path) -> str:
    """A path below the folder that was named, or that folder's own name."""
    below = path.relative_to(named).as_posix() if path.is_relative_to(named) else path.name
    return (named.name if below == "." else below).encode("utf-8", "backslashreplace").decode()


def _ours(folder: Path) -> str:
    """What a folder is that plateglass itself wrote: a case or a report; empty for any other."""
    if (folder / "case.toml").is_file() and ((folder / "sources.jsonl").exists() or (folder / "store").is_dir()):
        return "a case"
    try:
        with (folder / _PACKAGE).open("rb") as file:
            package = json.loads(file.read(_LONGEST))
    except (OSError, ValueError, RecursionError):
        return ""
    return "a report" if isinstance(package, dict) and "plateglass" in package else ""


def _of(path: Path, work: Path) -> Iterator[Source | Issue]:
    """The one source that a file is, or the members of an archive."""
    try:
        found = _container(path)
        if found is Container.ARCHIVE:
            yield from archives.members(path, work)
            return
        if found is Container.CAPTURE:
            folder = work / "archives" / hashlib.sha256(str(path).encode("utf-8", "backslashreplace")).hexdigest()[:12]
            yield from captures.members(path, path.name.encode("utf-8", "backslashreplace").decode(), folder)
            return
        yield _named(path, work)
    except PlateglassError as error:
        yield error.issue()
    except OSError as error:
        yield _unreadable(path.name.encode("utf-8", "backslashreplace").decode(), error).issue()


def _named(path: Path, work: Path) -> Source:
    """A file as a source; one whose name is in no encoding is read from a copy, and called by its bytes."""
    digest, readable = sha256(path), path
    name = path.name.encode("utf-8", "backslashreplace").decode()
    if str(path).encode("utf-8", "backslashreplace").decode() != str(path):
        readable = work / "named" / f"{digest}{path.suffix if path.suffix.isascii() else ''}"
        readable.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, readable)
    return Source(digest, name, readable, path.stat().st_size)


def _container(path: Path) -> Container | None:
    """What a file is, since the members of some are sources; why it is nothing is told when the file is read."""
    try:
        return container(path, Place(path.name))
    except SourceUnreadable:
        return None


def sha256(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
