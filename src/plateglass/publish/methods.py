"""The methods as a page of their own: what an editor or a court has to know of how the numbers were made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from plateglass.catalogue import Catalogue, Reason
from plateglass.publish.pages import Page
from plateglass.questions import Answer, Worth
from plateglass.questions.content import Reply, replies

AXES: Final[Mapping[str, str]] = {
    "purpose": "Purpose: what a search is said to be for", "requester": "Requester: for whom",
    "quality": "Quality: how well the reason is stated", "sensitivity": "Sensitivity: what people must look at first",
}  # fmt: skip


@dataclass(frozen=True)
class MethodsPage:
    """Everything that the page of methods says besides what the report says."""

    page: Page
    axes: tuple[tuple[str, tuple[Reason, ...]], ...]
    """Every code with its words, by axis."""
    worth: tuple[Worth, ...]
    not_measured: tuple[str, ...]
    """Codes that findings or answers rest on and no review has measured."""
    limits: tuple[str, ...]
    replies: tuple[Reply, ...]
    unanswered: tuple[Answer, ...]
    """Questions that can't be answered, with the reason."""

    @property
    def duplicates(self) -> int:
        """Records that show a search that another record shows."""
        return self.page.counts.sightings - self.page.counts.searches


def methods(page: Page, catalogue: Catalogue) -> MethodsPage:
    """The page of methods of a report."""
    book = page.book
    worth = book.worth if book else ()
    measured = {w.code for w in worth}
    codes = sorted(catalogue.reasons.items())
    axes = tuple((title, tuple(r for _, r in codes if r.axis == axis)) for axis, title in AXES.items())
    used = {reason.id for reason in page.reasons}
    answers = [p.answer for p in book.answers] if book else []
    limits = [str(r.label) for a in answers if a.question.made == "limits" for t in a.tables for r in t.rows]
    return MethodsPage(
        page, axes, tuple(worth), tuple(code for code in sorted(used) if code not in measured), tuple(limits),
        tuple(replies(catalogue)), tuple(a for a in answers if not a.answered),
    )  # fmt: skip
