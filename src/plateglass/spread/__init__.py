"""How far a number would be another one with other users, other days or other agencies: intervals and models.

A full log is a census: nothing was drawn, so nothing is uncertain for that reason. What remains is that a few users
may make the number. So users are drawn anew, or groups of users where there are many: the spread that comes out is
how much the number hangs on who happened to search. NumPy and SciPy (the extra `statistics`) do the drawing.
"""

from plateglass.spread.groups import (
    FEW,
    Capture,
    Concentration,
    Quantile,
    capture,
    concentration,
    quantiles,
    rate_ratio,
    share,
    wilson,
)
from plateglass.spread.peers import Funnel, Peer, funnel
from plateglass.spread.time import BLOCK, Break, Shift, UserWeek, breaks, shifts

__all__ = [
    "BLOCK",
    "FEW",
    "Break",
    "Capture",
    "Concentration",
    "Funnel",
    "Peer",
    "Quantile",
    "Shift",
    "UserWeek",
    "breaks",
    "capture",
    "concentration",
    "funnel",
    "quantiles",
    "rate_ratio",
    "share",
    "shifts",
    "wilson",
]
