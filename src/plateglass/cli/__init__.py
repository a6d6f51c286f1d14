"""The command line: the only place that prints errors and decides exit codes.

0: done. 1: something could not be read or computed, the rest was. 2: wrong use, nothing was done.
No command takes a plate, and no output, error or crash shows a record.
"""

from __future__ import annotations

from plateglass.cli.program import app, main

__all__ = ["app", "main"]
