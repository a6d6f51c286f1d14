"""What laws ask to be told: statutory reports of a case, and requests for the records that they lack.

`shapes.py` knows the content, `figures.py` the named figures, `report.py` fills a shape in.
"""

from plateglass.duties.report import document, looked, report, shape

__all__ = ["document", "looked", "report", "shape"]
