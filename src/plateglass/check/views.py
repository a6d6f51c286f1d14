"""The documented views that rules read: what a row of each is, its columns, and the SQL steps that make it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from plateglass.check import columns, leads, others, outsiders, papers, releases, searches, tables
from plateglass.check.days import days
from plateglass.check.world import World
from plateglass.model import Column
from plateglass.record_views import OTHER_VIEWS
from plateglass.store import Step


@dataclass(frozen=True)
class DocumentedView:
    """One view that a rule may name."""

    row: str
    """What one row is."""
    table: str
    """The table or view in the store that holds it."""
    own: tuple[Column, ...]
    """Its columns besides those of `columns.FRAME`."""
    steps: Callable[[World], Sequence[Step]]
    of: str = ""
    """A table of records without which the view has no rows, and its last step need not look at every search."""

    def types(self, codes: Iterable[str] = ()) -> dict[str, str]:
        """Column -> type; the codes of reasons are columns of `searches` only."""
        coded = dict.fromkeys(codes, "VARCHAR") if self.table == "searches" else {}
        return {column.name: column.type for column in (*columns.FRAME, *self.own)} | coded


VIEWS: dict[str, DocumentedView] = {
    "searches": DocumentedView("a distinct search", "searches", columns.SEARCHES, lambda _world: ()),
    "days": DocumentedView("a log and day", "days", columns.DAYS, days),
    "agency_months": DocumentedView(
        "an agency and month", "agency_months", columns.AGENCY_MONTHS, tables.agency_months
    ),
    "shares": DocumentedView("a record of a sharing list", "share_units", columns.SHARES, tables.shares),
    "sources": DocumentedView("a table of a source", "source_units", columns.SOURCES, tables.sources),
    "portal_claims": DocumentedView(
        "a portal's log", "portal_claims", columns.PORTAL_CLAIMS, tables.portal_claims
    ),
    "releases": DocumentedView(
        "a search that two files of one log are about", "releases", releases.RELEASES, releases.releases
    ),
    "copies": DocumentedView("an id in several records", "copies", releases.COPIES, releases.copies),
    "statistics": DocumentedView(
        "a portal and day of capture", "statistics_units", others.STATISTICS_COLUMNS, others.statistics
    ),
    "portal_uses": DocumentedView(
        "a search of an agency that says what it prohibits", "portal_uses", papers.PORTAL_USES, papers.portal_uses,
        of="policies",
    ),
    "policy_elements": DocumentedView(
        "a policy and an element that a rule looks for in it", "policy_elements", papers.POLICY_ELEMENTS,
        papers.policy_elements,
    ),
    "retention_stated": DocumentedView(
        "a statement of how long records are kept", "retention_stated", papers.RETENTION_STATED,
        papers.retention_stated,
    ),
    "audit_series": DocumentedView(
        "an audit, beside the one before", "audit_series", papers.AUDIT_SERIES, papers.audit_series
    ),
    "duty_series": DocumentedView(
        "a duty and period or occasion, beside the one before", "duty_series", papers.DUTY_SERIES, papers.duty_series
    ),
    "outside_agencies": DocumentedView(
        "an owner of cameras and another agency that searched them", "outside_agencies", outsiders.OUTSIDE_AGENCIES,
        outsiders.outside_agencies,
    ),
    "outside_weeks": DocumentedView(
        "an owner of cameras and a week", "outside_weeks", outsiders.OUTSIDE_WEEKS, outsiders.outside_weeks
    ),
    "list_changes": DocumentedView(
        "an organisation on either of two sharing lists", "list_changes", outsiders.LIST_CHANGES,
        outsiders.list_changes,
    ),
    "sharing_counts": DocumentedView(
        "a dated sharing list, beside portal and log", "sharing_counts", outsiders.SHARING_COUNTS,
        outsiders.sharing_counts,
    ),
    "account_uses": DocumentedView(
        "an account that searched", "account_uses", leads.ACCOUNT_USES, leads.account_uses
    ),
    "repeat_targets": DocumentedView(
        "an account and a target that it searched three times or more", "repeat_targets", leads.REPEAT_TARGETS,
        leads.repeat_targets,
    ),
    "repeat_entries": DocumentedView(
        "an owner and a target on its hot lists", "repeat_entries", leads.REPEAT_ENTRIES, leads.repeat_entries
    ),
    "incident_searches": DocumentedView(
        "a search with a case number, beside the incident log", "incident_searches", leads.INCIDENT_SEARCHES,
        leads.incident_searches, of="incidents",
    ),
    "look_backs": DocumentedView(
        "a log, with how far back its searches look", "look_backs", leads.LOOK_BACKS, leads.look_backs
    ),
    "words_change": DocumentedView(
        "an agency and month, beside the month before", "words_change", leads.WORDS_CHANGE, leads.words_change
    ),
    **{
        each.table: DocumentedView(each.row, f"{each.table}_units", others.own(each), others.steps(each))
        for each in OTHER_VIEWS.values()
    },
}  # fmt: skip
"""Every view by the name that rules use. `searches` is always made; the others where a rule asks for them."""


def prepare(world: World, names: Iterable[str]) -> list[Step]:
    """The steps of `searches` and of the views named."""
    steps = (step for name in sorted(set(names)) for step in _steps(VIEWS[name], world))
    return list(dict.fromkeys([*searches.steps(world), *steps]))  # several views begin with the same months


def _steps(view: DocumentedView, world: World) -> list[Step]:
    """The steps of one view; of what has no rows, the columns only."""
    *before, last = view.steps(world) or (None,)
    if last is None:
        return []
    if view.of in world.empty:
        last = replace(last, sql=f"SELECT * FROM ({last.sql}) AS v WHERE false")
    return [*before, last]
