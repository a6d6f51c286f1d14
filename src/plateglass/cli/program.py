"""The program: its commands, what ends it, and what is printed when it ends badly."""

from __future__ import annotations

import signal
import sys
import traceback
from types import FrameType, TracebackType
from typing import Annotated

import typer

from plateglass import __version__
from plateglass.cli import (
    asking,
    audits,
    cases,
    contents,
    reasons,
    register_imports,
    registers,
    reviews,
    statutory,
    triaging,
    verifying,
)

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


app.command("audit")(audits.audit)
app.command("demo")(audits.demonstrate)
app.command("new")(cases.new)
app.command("add")(cases.add)
app.command("check")(cases.check)
app.command("report")(cases.report)
app.command("questions")(asking.ask)
app.command("change")(asking.change)
app.command("release")(asking.release)
app.command("requests")(statutory.requests)
app.command("sarif")(triaging.sarif)
app.command("aside")(triaging.aside)
app.command("verify")(verifying.verify)
app.command("links")(verifying.linked)
app.command("timestamp")(verifying.timestamp)
app.command("review")(reviews.review)
app.command("estimate")(reviews.estimate)
app.add_typer(reviews.sample, name="sample")
app.add_typer(contents.layouts, name="layouts")
app.add_typer(contents.rules, name="rules")
app.add_typer(reasons.reasons, name="reasons")
app.command("routes")(registers.routes)
registers.register.command("import")(register_imports.take)
registers.register.command("joins")(register_imports.decide)
app.add_typer(registers.register, name="register")


def main() -> None:
    """Run the program; the console script."""
    sys.excepthook = crash
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
