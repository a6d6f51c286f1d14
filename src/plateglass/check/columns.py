"""The columns of the documented views, each with what it says."""

from __future__ import annotations

from plateglass.model import FIGURES, SIGHTINGS, STATED, Column
from plateglass.record_views import OTHER_VIEWS

FRAME: tuple[Column, ...] = (
    Column("source", "VARCHAR", "the source of the record that the unit is first seen in"),
    Column("part", "INTEGER", "number of the sheet or table within it, from 0"),
    Column("record", "BIGINT", "number of the record within the part; NULL where the unit is not a record"),
    Column("unit_at", "BIGINT", "the unit's time, epoch ms UTC; a citation must be in force then"),
    Column("log_no", "BIGINT", "the source's and part's number in the table `logs`, in their order"),
    Column("month", "INTEGER", "months since year 0 of `unit_at`, in the agency's zone, else in UTC"),
    Column("agency_no", "INTEGER", "the searching agency's number in `agency_numbers`; NULL while unresolved"),
    Column("owner_state", "VARCHAR", "state of the agency whose log it is, else of the home agency; who is bound"),
)
"""The first columns of every view: where a unit stands, when, and whose it is."""

PURPOSES = (
    "p01", "p02", "p03", "p10", "p11", "p12", "p13", "p14", "p15", "p16", "p17", "p18", "p19", "p20", "p21", "p23",
    "p24", "p25", "p26", "r4", "r5", "s8",
)  # fmt: skip
"""The codes that are columns of `searches` even where no text has any of them."""

CRIMES = ("p10", "p11", "p12", "p13", "p14", "p15", "p16", "p17", "p18")
"""The codes that `crime` of a search stands for."""

SEARCHES: tuple[Column, ...] = (
    *(c for c in SIGHTINGS if c.name not in {"source", "part", "record", "fingerprint"}),
    Column("view", "VARCHAR", "what kind of log shows it first: organisation_audit, network_audit, portal_audit"),
    Column("exposed", "BOOLEAN", "whether a network audit shows it: it reached the cameras of that log's owner"),
    Column("owner", "VARCHAR", "id of the agency whose log it is: of the network audit where one shows it"),
    Column("home", "VARCHAR", "id of the home agency; NULL where none is stated or it is not resolved"),
    Column("home_state", "VARCHAR", "state of the home agency; NULL where none is stated or it is not resolved"),
    Column("agency", "VARCHAR", "id of the searching agency; the log's owner where a log of own searches names none"),
    Column("agency_state", "VARCHAR", "its state, two letters, lower case; NULL where unknown, and for federal bodies"),
    Column("agency_kind", "VARCHAR", "what kind of body it is"),
    Column("agency_level", "VARCHAR", "its level of government"),
    Column("agency_public", "BOOLEAN", "whether its name may stand in an output"),
    Column("crime", "BOOLEAN", "whether reason or offence names a crime, a crash, a warrant, a missing person"),
    Column("quality", "VARCHAR", "quality of the stated reason: q0 blank, q1 says nothing ... q6, qx hidden"),
    Column("searched_local", "BIGINT", "`searched_at` as the agency's clock showed it; NULL without a zone"),
    Column("from_local", "BIGINT", "`from_at` as the agency's clock showed it; NULL without a zone"),
    Column("to_local", "BIGINT", "`to_at` as the agency's clock showed it; NULL without a zone"),
    Column("hour", "BIGINT", "hour of the day, 0 to 23, in the agency's zone; NULL without a zone"),
    Column("weekday", "BIGINT", "1 Monday to 7 Sunday, in the agency's zone; NULL without a zone"),
    Column("lookback_ms", "BIGINT", "from the start of the window asked for to the search: time that went by"),
    Column("lookback_local_ms", "BIGINT", "the same between the two clock readings; NULL without a zone"),
    Column("window_ms", "BIGINT", "from the start to the end of the window asked for: time that goes by"),
    Column("window_local_ms", "BIGINT", "the same between the two clock readings; NULL without a zone"),
    Column("same_second", "BOOLEAN", "whether the same account searched for something else in the same second"),
    Column("networks_below", "DOUBLE", "percent of the case's searches that reached fewer networks"),
    Column("devices_below", "DOUBLE", "percent of the case's searches that reached fewer cameras"),
    Column("listed", "BOOLEAN", "whether the owner's sharing list of that day has the agency; NULL where unknown"),
    Column("list_days", "BIGINT", "days between the search and that list: the last one on or before it, else the next"),
)
"""One row a distinct search, besides one column a code of `reasons` that holds the tier: p01, p02, ..."""

DAYS: tuple[Column, ...] = (
    Column("log", "VARCHAR", "whose log it is, and of what kind"),
    Column("view", "VARCHAR", "what kind of log"),
    Column("day", "INTEGER", "days since 1970-01-01, in the agency's zone; in UTC where no zone is stated"),
    Column("records", "BIGINT", "records of the day, in the source of the log that has most of them"),
    Column("covered", "BOOLEAN", "whether the day lies within the period of one of the log's sources"),
    Column("usual", "BIGINT", "median of `records` over every day of the log"),
    Column("before", "BIGINT", "median of the seven days before; NULL at the log's beginning"),
    Column("after", "BIGINT", "median of the seven days from this one on; NULL at the log's end"),
    Column("ratio", "DOUBLE", "(larger + 1) / (smaller + 1) of `before` and `after`"),
    Column("turn", "BOOLEAN", "whether no day within six has a larger ratio: the day of a shift, not one beside it"),
)
"""One row a log and day, from the log's first day to its last. Sources of one owner and view are one log."""

AGENCY_MONTHS: tuple[Column, ...] = (
    Column("agency", "VARCHAR", "id of the searching agency; NULL for all unresolved names together"),
    Column("searches", "BIGINT", "distinct searches"),
    Column("no_reason", "BIGINT", "of them, with a reason that is blank or a placeholder"),
    Column("no_case", "BIGINT", "of them, with a case number that is blank or a placeholder"),
)
"""One row an agency and month."""

SHARES: tuple[Column, ...] = (
    Column("agency", "VARCHAR", "id of the other organisation; NULL while unresolved"),
    Column("agency_state", "VARCHAR", "its state"),
    Column("agency_kind", "VARCHAR", "what kind of body it is"),
    Column("agency_level", "VARCHAR", "its level of government"),
    Column("inbound", "BIGINT", "how many of its networks it shares with the owner of the list"),
    Column("outbound", "BIGINT", "how many of the owner's networks are shared with it"),
    Column("inbound_state", "VARCHAR", "cell state of `inbound`"),
    Column("outbound_state", "VARCHAR", "cell state of `outbound`"),
    Column("agreement_at", "BIGINT", "day of its first agreement under INA 287(g); NULL where none is listed"),
    Column("agreement_until", "BIGINT", "the day on which its last agreement ended; NULL while one is in force"),
    Column("agreements", "BIGINT", "agreements in the case, of anybody"),
)
"""One row a record of a sharing list."""

SOURCES: tuple[Column, ...] = (
    Column("view", "VARCHAR", "what kind of record it holds"),
    Column("layout", "VARCHAR", "the layout that knows it"),
    Column("log", "VARCHAR", "whose log it is, and of what kind"),
    Column("owner_kind", "VARCHAR", "what kind of body its owner is; NULL where nobody is named"),
    Column("records", "BIGINT", "records in the file"),
    Column("fields", "BIGINT", "fields that it exports"),
    Column("earlier", "BOOLEAN", "whether the case holds an earlier source of the same log"),
    Column("lost", "BIGINT", "fields that the source before it in the same log exports and this one doesn't"),
)
"""One row a table of a source."""

PORTAL_CLAIMS: tuple[Column, ...] = (
    Column("records", "BIGINT", "records in the portal's log"),
    Column("searches_30d", "BIGINT", "the portal's own figure of the same day; NULL where it gives none, or several"),
)
"""One row a portal's log."""

DEFAULTS: dict[str, object] = {
    **{f"{field}_state": "value" for field in STATED},
    **{f"{field.name}_state": "value" for view in OTHER_VIEWS.values() for field in view.fields},
    **{f"{figure}_state": "value" for figure in FIGURES},
    "inbound_state": "value", "outbound_state": "value", "view": "organisation_audit", "exposed": False,
    "agency_level": "local", "agency_kind": "police", "crime": False, "earlier": False, "covered": True, "turn": False,
}  # fmt: skip
"""What a made-up unit of an example holds where it says nothing; every other column is NULL."""
