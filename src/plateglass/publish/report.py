"""The report's folder: written beside its place, then moved into it, wholly or not at all."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from plateglass.case import Case, sync_below, sync_folder
from plateglass.errors import OutputUnwritable, Place
from plateglass.model import Finding
from plateglass.publish import export, methods, pages, templating, words
from plateglass.publish.questions import NOTHING, Book, Told
from plateglass.store import Store

NAME = "report.html"
METHODS = "methods.html"
QUESTIONS = "questions.html"
CUSTODIAN = "custodian"
_STRAY = {".DS_Store", "Thumbs.db", "desktop.ini"}
"""What file managers leave in any folder that somebody looks at."""


def report(store: Store, case: Case, found: Sequence[Finding], out: Path, told: Told = NOTHING) -> Path:
    """Write the report and everything beside it into the folder `out`; give the path of the page.

    Raises:
        OutputUnwritable: no permission, no space, or `out` holds something that plateglass did not put there. What
            was there before is still there.
    """
    given, out = out, out.resolve()
    fresh, old = out.with_name(f".{out.name}.new"), out.with_name(f".{out.name}.old")
    try:
        _recover(out, fresh, old)
        ours(out)
        fresh.mkdir(parents=True)
        try:
            _write(store, case, found, fresh, told)
            sync_below(fresh)
            _place(out, fresh, old)
            sync_folder(out.parent)
        finally:
            _remove(fresh)
    except OSError as error:
        raise OutputUnwritable(
            f"the report can't be written: {(error.strerror or str(error)).lower()}", place=Place(str(out)),
            remedy="nothing was changed; make room or name another folder with --out",
        ) from error  # fmt: skip
    return given / NAME


def _write(store: Store, case: Case, found: Sequence[Finding], folder: Path, told: Told) -> None:
    page = pages.public(store, case, found, told)
    export.write(folder / NAME, render(page))
    export.write(folder / METHODS, _render("methods_page.html", page, m=methods.methods(page, case.catalogue())))
    _answers(page, folder)
    export.public(store, page, folder)
    closed = pages.custodian(store, case, found, page, told)
    if closed is not None:
        (folder / CUSTODIAN).mkdir()
        export.write(folder / CUSTODIAN / "custodian.html", render(closed))
        _answers(closed, folder / CUSTODIAN)
        export.custodian(store, closed, folder / CUSTODIAN)


def books(store: Store, case: Case, found: Sequence[Finding], told: Told) -> tuple[Book, ...]:
    """The answers as a report would print them: those for anybody, then those for the custodian."""
    page = pages.public(store, case, found, told)
    closed = pages.custodian(store, case, found, page, told)
    return tuple(one.book for one in (page, closed) if one is not None and one.book is not None)


def _answers(page: pages.Page, folder: Path) -> None:
    """The answers as a page for people and as lines for programs, where anything was asked."""
    if page.book is not None:
        export.write(folder / QUESTIONS, _render("questions.html", page, book=page.book))
        export.answers(page.book, folder)


def _recover(out: Path, fresh: Path, old: Path) -> None:
    """Clear what a killed run left; where it was killed between its two moves, the old report is put back."""
    if fresh.exists():
        shutil.rmtree(fresh)
    if old.exists():
        if out.exists():
            shutil.rmtree(old)
        else:
            old.rename(out)


def ours(out: Path) -> None:
    """Whether the folder is free, or a report of ours that may be replaced: asked before the work begins, too.

    Raises:
        OutputUnwritable: it is neither, or nothing can be written beside it.
    """
    near = next(folder for folder in out.absolute().parents if folder.exists())
    if not os.access(near, os.W_OK):
        raise OutputUnwritable(
            "the report can't be written: no permission, or the disk can only be read", place=Place(str(near)),
            remedy="name another folder with --out",
        )  # fmt: skip
    if not out.exists():
        return
    if not out.is_dir():
        raise OutputUnwritable(
            "a file stands where the report's folder should be", place=Place(str(out)), remedy="name another"
        )
    there = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file() and path.name not in _STRAY}
    foreign = sorted(there - _listed(out))
    if foreign:
        raise OutputUnwritable(
            f"the folder holds what plateglass did not put there: {words.clean(foreign[0])}"
            + (f" and {len(foreign) - 1} more" if foreign[1:] else ""),
            expected="no such folder, an empty one, or an earlier report", place=Place(str(out)),
            remedy="nothing was changed; name another folder with --out",
        )  # fmt: skip


def _listed(out: Path) -> set[str]:
    """Every file that an earlier report says is its own; none where there is no report."""
    try:
        package = json.loads((out / export.PACKAGE).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return set()
    if not isinstance(package, dict) or "plateglass" not in package:
        return set()
    listed = set()
    for folder in ("", f"{CUSTODIAN}/"):
        sums = out / folder / export.SUMS
        if sums.exists():
            listed.add(f"{folder}{export.SUMS}")
            listed |= {folder + line[66:] for line in sums.read_text(encoding="utf-8").splitlines()}
    return listed


def _place(out: Path, fresh: Path, old: Path) -> None:
    if out.exists():
        out.rename(old)
    try:
        fresh.rename(out)
    except OSError:
        if old.exists():
            old.rename(out)
        raise
    _remove(old)


def _remove(folder: Path) -> None:
    """Remove a folder as far as that can be done: what matters is already in its place, or was never there."""
    with suppress(OSError):
        shutil.rmtree(folder)


def render(page: pages.Page) -> str:
    """The page as one HTML file that asks nothing of anybody."""
    return _render(NAME, page)


def _render(template: str, page: pages.Page, **more: Any) -> str:
    codes = page.book.codes if page.book else {}
    zone = ZoneInfo(page.zone) if page.zone else None
    return templating.environment().get_template(template).render(page=page, zone=zone, codes=codes, **more)
