"""Stage 6 of 6. Verdicts become a report, and the files that prove it."""

from plateglass.publish.report import report

__all__ = ["report"]
