"""The made-up world of the demo: its agencies, people, words and dates. Nothing in it is anybody's.

Plates have the forms `ZZT0001` to `ZZT0099` and `8ZZZ101` to `8ZZZ199`; people are called Example, Sample, Mock,
Placeholder or Specimen; towns are Exampleville and its like, in real states; case numbers are 25-900001 and on.
"""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

HOME = "Exampleville CA PD"
ZONE = ZoneInfo("America/Los_Angeles")
RETENTION_DAYS = 30
SWITCH_OFF = date(2025, 9, 15)
"""The day from which no outside agency should search Exampleville's cameras."""
FIRST, LAST = date(2025, 8, 1), date(2025, 11, 30)
"""The days that the logs are about, both included, in the agency's zone."""
TURN = date(2025, 10, 1)
"""The day on which the logs change their layout."""
GAP = (date(2025, 8, 19), date(2025, 8, 21))
"""The days, both included, of which no log holds a record."""
CHANGE = datetime(2025, 11, 2, 9, tzinfo=ZoneInfo("UTC"))
"""When the clocks of the zone went back by an hour."""

SAMPLETON = "Sampleton County CA SO"
MOCKFORD = "Mockford CA PD"
NEIGHBOURS = (
    SAMPLETON, MOCKFORD, "Placeholder Springs CA PD", "Specimen Beach CA PD", "Fixture City CA PD",
    "Example County CA SO",
)  # fmt: skip
"""California agencies on both of Exampleville's sharing lists."""
DROPPED = "Dummyton CA PD"
"""On the first sharing list, and not on the second."""
OUT_OF_STATE = ("Madeup Falls TX PD", "Sampleton AZ PD ", "Placeholder County NV SO")
"""Searchers from other states; one with a blank at its end, as exports have it."""
NEWCOMER = "Mocktown TX PD"
"""A body of another state that only the second sharing list has."""
FEDERAL = "Samplewood Field Office [Federal]"
UNLISTED = "Nowhere Hills CA PD"
"""A California agency that is on no sharing list."""
PRIVATE = "Placeholder Oaks HOA (CA)"
"""A private body on the sharing lists."""
INACTIVE = "Fixture City CA PD [Inactive]"
"""An agency on the lists, under an account that was closed."""
UNPLACED = "Exampler Regional"
"""A name without a state: nobody can say whose it is."""

_FIRST_NAMES = ("Ada", "Bo", "Cy", "Dee", "Eli", "Flo", "Gil", "Hal", "Ivy", "Jo")
_LAST_NAMES = ("Example", "Sample", "Mock", "Placeholder", "Specimen")
PEOPLE = tuple(f"{first} {last}" for first in _FIRST_NAMES for last in _LAST_NAMES)
WATCHED = "8ZZZ189"
"""The plate that one user searches for again and again, and nobody else."""
PLATES = tuple(f"ZZT{n:04}" for n in range(1, 90)) + tuple(f"8ZZZ{n}" for n in range(101, 189))
SPARE_PLATES = tuple(f"ZZT{n:04}" for n in range(90, 100)) + tuple(f"8ZZZ{n}" for n in range(190, 200))
"""Planted in other fields than the plate's own, and in odd spellings."""

REASONS = (
    "stolen vehicle", "burglary", "robbery suspect", "theft report", "assault", "fraud case", "shooting",
    "retail theft", "carjacking",
    # Words that look like a purpose of the taxonomy, and are none.
    "police report of a burglary", "ice cream truck theft", "robbery near icy road", "office burglary alarm",
    "notice of theft at the station", "march 2025 burglary series", "aborted pursuit of robbery suspect",
    "burglary at the ice rink", "service station robbery",
)  # fmt: skip
TYPES = ("lookup", "search", "search - Mobile", "lookup - Mobile", "convoy", "visual")
FILTERS = ("", "", "", "Body: sedan, Color: black", "Make: Exampla", "suvgreyexampla")
TRAFFIC = "Traffic Infraction"
"""An offence type that one of the portals prohibits searches for."""
PERSONAL = "checking my own car"
"""A reason for which the home agency prohibits searches."""
OFFENCES = (
    "Burglary/Breaking and Entering", "Motor Vehicle Theft/Stolen", "Robbery", "Stolen Property Offenses, Robbery",
)  # fmt: skip
DASHES = "——"
"""The pair of em dashes that an exporter writes where it has no number."""
MASK = "***"
REDACTIONS = ("REDACTED", "[REDACTED]", "###", "7923.600 GC", "* * *")
"""Cells that agencies put where something was; the fourth cites the law for it."""
REDACTED_EACH = 17
"""One in how many of the cells is redacted, where any is."""
