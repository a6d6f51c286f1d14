"""The program: its commands, what ends it, and what is printed when it ends badly.

A command is loaded when somebody asks for it: `--version`, `--help` and a mistyped word need no engine.
"""

from __future__ import annotations

import importlib
import io
import signal
import sys
import traceback
from functools import cache
from types import FrameType, TracebackType
from typing import Annotated, Any, Final

import typer
from typer.core import TyperCommand

from plateglass import __version__

COMMANDS: Final = {
    "audit": ("audits:audit", "Read released files, check them, and write a report."),
    "demo": ("audits:demonstrate", "Make up a case, audit it, and compare what is found with what was planted."),
    "new": ("cases:new", "Make a case: a folder with case.toml, to which files are added."),
    "add": ("cases:add", "Read released files into a case; a file that is in it already is not read again."),
    "check": ("cases:check", "Check a case's rules, and print how many units each verdict has."),
    "report": (
        "cases:report",
        "Write the report of a case, or the reports that laws ask for, into its own folders or where --out says.",
    ),
    "questions": ("asking:ask", "Answer the thirty questions of a case, or those named, as its report would."),
    "change": (
        "asking:change",
        "Whether wording changed at a date: days against their course, users against themselves.",
    ),
    "release": (
        "asking:release",
        "Decide which reasons may be printed as they were written; what nobody decides keeps to the rule.",
    ),
    "requests": (
        "statutory:requests",
        "Write a public-records request for each record that would settle what the case can't tell.",
    ),
    "sarif": ("triaging:sarif", "Write the findings of a case as SARIF 2.1.0."),
    "aside": ("triaging:aside", "Set a finding aside, or one unit of it, with the reason; it stays in every report."),
    "verify": (
        "verifying:verify",
        "Prove or disprove every count of a case and its report, from the store and from the released files.",
    ),
    "links": (
        "verifying:linked",
        "Count a case's searches once copies in several logs are linked, and say how far that can be trusted.",
    ),
    "timestamp": (
        "verifying:timestamp",
        "Have a time-stamping authority (RFC 3161) state that the case and its report stand as they do.",
    ),
    "review": ("reviews:review", "Code what a sample drew, one text after another; stop and go on whenever you like."),
    "estimate": ("reviews:estimate", "Say what a count is worth after a review: found, corrected, bounds."),
    "routes": (
        "registers:routes",
        "Say by which ways data of one holder can reach another, how well each is known, and what would close them.",
    ),
    "sample": ("reviews:sample", "What people are to read: drawn, written out, read back."),
    "layouts": ("contents:layouts", "What kinds of log are known."),
    "rules": ("contents:rules", "What is checked, and on what ground."),
    "reasons": ("reasons:reasons", "What stated reasons and case numbers are taken for."),
    "register": ("register_imports:register", "Systems, money, flows and safeguards, each claim with its source."),
}
"""Every command: where in this package it stands, and the sentence of it that the list of commands shows."""

app = typer.Typer(
    name="plateglass",
    help="What released search logs of police systems show, and what they can't.",
    epilog="Exit codes: 0 done; 1 something could not be read or computed, the rest was; 2 wrong use.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    pretty_exceptions_show_locals=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"plateglass {__version__}")
        raise typer.Exit


@app.callback()
def _program(
    _version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """What released search logs of police systems show, and what they can't."""


class _Listed(TyperCommand):
    """A command as the list of commands shows it; whoever calls it gets the command itself."""

    def make_context(self, *args: Any, **more: Any) -> Any:
        """What the command itself makes of its arguments; it is what runs."""
        return loaded(str(self.name)).make_context(*args, **more)


for _name, (_, _about) in COMMANDS.items():
    app.command(_name, cls=_Listed, help=_about)(lambda: None)


@cache
def loaded(name: str) -> Any:
    """The command of this name, or the group of commands, with all that it imports."""
    module, attribute = COMMANDS[name][0].split(":")
    found = getattr(importlib.import_module(f"plateglass.cli.{module}"), attribute)
    if isinstance(found, typer.Typer):
        return typer.main.get_group(found)
    alone = typer.Typer(add_completion=False, rich_markup_mode=None)
    alone.command(name)(found)
    return typer.main.get_command(alone)


def main() -> None:
    """Run the program; the console script."""
    sys.excepthook = crash
    if sys.stdout is None:  # closed by whoever started it
        sys.stdout = io.StringIO()
    signal.signal(signal.SIGTERM, _end)
    typer.main.get_command(app)(prog_name="plateglass")


def _end(number: int, _frame: FrameType | None) -> None:
    """End as an interrupt does, so that temporary files are removed on the way out."""
    sys.exit(128 + number)


def crash(kind: type[BaseException], _error: BaseException, trace: TracebackType | None) -> None:
    """Print where a fault of our own happened, and nothing that a record may have put into its message."""
    lines = traceback.format_tb(trace)
    where = "".join(lines)
    sys.stderr.write(
        f"{where}plateglass: a fault of plateglass itself, {kind.__name__}; its message is held back because it may "
        "repeat a record; please report the lines above\n"
    )
