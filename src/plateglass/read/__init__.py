"""A file becomes tables of records: container, encoding, headings, layout; every record keeps its number.

Files are looked at as a whole and in samples; no record passes through Python here, save from workbooks and from
files that the strict reader could not split.
"""

from plateglass.read.explanation import Explanation, explain
from plateglass.read.files import sources
from plateglass.read.strict import strictly
from plateglass.read.tables import below, tables

__all__ = ["Explanation", "below", "explain", "sources", "strictly", "tables"]
