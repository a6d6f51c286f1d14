"""What a person sees while and after a command runs: bars, one line an error, tables."""

from __future__ import annotations

import errno
import functools
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ParamSpec

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from plateglass import model
from plateglass.errors import CaseUnusable, ExtraMissing, Issue, PlateglassError, Severity

P = ParamSpec("P")
DONE, PARTLY, WRONG_USE = 0, 1, 2
_WRONG_USE = (CaseUnusable, ExtraMissing)
_PATIENCE = 1.0
"""Seconds before a bar is drawn."""
_PIPE_WIDTH = 1_000
"""Nothing is wrapped where no person looks at it as it comes."""

_SYSTEM = {
    errno.ENOSPC: "no space left on the disk",
    errno.EDQUOT: "the disk quota is used up",
    errno.EACCES: "no permission",
    errno.EPERM: "no permission",
    errno.EROFS: "the disk can only be read",
    errno.ENOENT: "no such file or folder",
    errno.EISDIR: "a folder where a file was expected",
    errno.ENOTDIR: "a file where a folder was expected",
    errno.EMFILE: "too many open files",
}


def console() -> Console:
    """Where results go: standard output, as wide as the terminal, no highlighting of words."""
    width = None if sys.stdout.isatty() else _PIPE_WIDTH
    return Console(file=sys.stdout, width=width, highlight=False, markup=False, emoji=False, soft_wrap=False)


def fail(message: str, code: int = PARTLY) -> None:
    """One line on standard error, and the end."""
    note(message)
    raise typer.Exit(code)


def reported(command: Callable[P, None]) -> Callable[P, None]:
    """A command whose known errors are one line each and an exit code, without a traceback."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except PlateglassError as error:
            fail(str(error), WRONG_USE if isinstance(error, _WRONG_USE) else PARTLY)
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise
            what = _SYSTEM.get(error.errno or 0) or os.strerror(error.errno or 0).lower()
            fail(f"{what}: {error.filename}" if error.filename else what)
        except KeyboardInterrupt:
            note("interrupted; nothing half-written is left, and the same command may be given again")
            raise

    return run


class Bars:
    """Draws a bar for each thing that is being done, once it takes longer than a second."""

    def __init__(self, progress: Progress) -> None:
        """Draw into `progress`, which is started when patience ends."""
        self._progress = progress
        self._since = time.monotonic()
        self._tasks: dict[str, TaskID] = {}
        self._started = False

    def __call__(self, what: str, done: int, total: int) -> None:
        """Note how far `what` is."""
        if what not in self._tasks:
            self._tasks[what] = self._progress.add_task(what, total=total)
        self._progress.update(self._tasks[what], completed=done, total=total)
        if not self._started and time.monotonic() - self._since > _PATIENCE:
            self._progress.start()
            self._started = True


@contextmanager
def bars(*, quiet: bool) -> Iterator[model.Progress]:
    """Bars on standard error; nothing where it is no terminal or where quiet is asked for."""
    if quiet or not sys.stderr.isatty():
        yield model.silent
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    progress = Progress(*columns, console=Console(stderr=True), transient=True)
    try:
        yield Bars(progress)
    finally:
        progress.stop()


def issues(found: Sequence[Issue], *, quiet: bool) -> None:
    """What could not be read, one line each, on standard error; notes only on request of nobody being quiet."""
    for issue in found:
        if issue.severity is Severity.SOURCE or not quiet:
            where = f" ({issue.place})" if str(issue.place) else ""
            note(f"{issue.severity}: {issue.message}{where}")


def note(text: str) -> None:
    """One line on standard error; what could move a terminal's cursor is shown as a mark, not done."""
    plain = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in " ".join(text.split()))
    sys.stderr.write(f"plateglass: {plain}\n")


def findings(found: Iterable[model.Finding]) -> None:
    """The short table: one line a rule, units by verdict; rules that found no unit that they are about, by number."""
    table = Table(box=None, pad_edge=False, header_style="")
    table.add_column("rule", no_wrap=True)
    verdicts = ("fail", "question", "pass", "cannot tell", "not applicable", "needs person")
    for verdict in verdicts:
        table.add_column(verdict, justify="right")
    without = 0
    for finding in found:
        counts = {outcome.value: number for outcome, number in finding.counts.items()} | {"question": finding.question}
        without += not any(counts.values())
        if any(counts.values()):
            cells = [f"{counts.get(verdict.replace(' ', '_'), 0):,}" for verdict in verdicts]
            table.add_row(finding.rule, *cells)
    console().print(table)
    if without:
        note(f"further rules that found nothing that they are about: {without}; the report says which and why")


def rows(headings: Sequence[str], lines: Iterable[Sequence[str]]) -> None:
    """Any other table."""
    table = Table(*headings, box=None, pad_edge=False, header_style="")
    for line in lines:
        table.add_row(*line)
    console().print(table)


def say(text: str) -> None:
    """One line of result, never wrapped."""
    sys.stdout.write(f"{text}\n")


def write(text: str) -> None:
    """A whole document on standard output, as it is."""
    sys.stdout.write(text)


def plain(found: Iterable[Issue]) -> list[dict[str, str]]:
    """Issues as JSON has them."""
    return [{**vars(issue), "place": str(issue.place)} for issue in found]


def machine(value: Any) -> None:
    """One JSON document on standard output."""
    sys.stdout.write(json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n")
