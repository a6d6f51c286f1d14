"""What laws ask to be told: statutory reports of a case, and requests for the records that they lack.

`shapes.py` knows the content, `population.py` which searches count, `figures.py` and `kept.py` the named figures,
`filled.py` fills a shape in, `letters.py` writes letters, `due.py` says when an answer to one is due.
"""

from plateglass.duties.filled import Order, document, looked, report, shape
from plateglass.duties.ground import Period, Scope
from plateglass.duties.letters import Letter, requests

__all__ = ["Letter", "Order", "Period", "Scope", "document", "looked", "report", "requests", "shape"]
