"""Stage 6 of 6. Verdicts become a report, and the files that prove it."""

from plateglass.publish.export import answer
from plateglass.publish.questions import NOTHING, Book, Told
from plateglass.publish.report import books, ours, report

__all__ = ["NOTHING", "Book", "Told", "answer", "books", "ours", "report"]
