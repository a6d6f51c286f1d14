"""What laws ask to be told, as content: the shapes of reports, and the acts by which anybody may ask for records.

    content/reports/<id>.toml     a report that a law or an ordinance asks for: sections, boxes, named figures
    content/acts/<state>.toml     a public-records act: its wording, its deadlines, how each of them was read
    content/holidays/<state>.toml the days on which offices are closed, for deadlines in business days
    content/series/<id>.toml      a record series that agencies hold, and what it would settle

A case's own content folder may hold the same kinds; they are read after ours.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from plateglass.catalogue import Catalogue, Citation, Review, _Content, _Part


class Box(_Part):
    """One thing that a report asks, and where its answer comes from: exactly one of figure, rules, blank."""

    asks: str
    """What is asked, in a few words."""
    cite: str = ""
    """Where it is asked."""
    figure: str = ""
    """The named figure of the case that answers it; `docs/reference/figures.md` lists them."""
    rules: tuple[str, ...] = ()
    """Packs and rules whose verdicts answer it."""
    blank: str = ""
    """Why no record of searches can answer it: the line is left for a person."""
    series: str = ""
    """The record series that would answer it, to be asked for."""
    note: str = ""
    """What a reader must know of the answer."""

    @model_validator(mode="after")
    def _one_answer(self) -> Self:
        if sum(map(bool, (self.figure, self.rules, self.blank))) != 1:
            raise ValueError("a box has exactly one of figure, rules, blank")
        return self


class Section(_Part):
    """One part of a report."""

    title: str
    """Its heading."""
    about: str = ""
    """What the law wants to know here, in our own words."""
    boxes: Annotated[tuple[Box, ...], Field(min_length=1)]
    """What is asked."""


class Shape(_Content):
    """A report that a law, a directive or an ordinance asks for."""

    title: str
    """What the report is called."""
    place: str
    """Where it is asked for."""
    writer: str
    """Who writes it."""
    reader: str
    """Who gets it."""
    every: str
    """How often, and by when."""
    review: Review
    """How its citations were read."""
    cites: Annotated[tuple[Citation, ...], Field(min_length=1)]
    """Where it is asked for."""
    packs: tuple[str, ...] = ()
    """Rule packs that are checked for it besides those of the case."""
    searches: Literal["agency", "case"] = "agency"
    """Whose searches it is about: the home agency's and those of its cameras, or all of the case."""
    sections: Annotated[tuple[Section, ...], Field(min_length=1)]
    """Its parts, in order."""
    limits: Annotated[tuple[str, ...], Field(min_length=1)]
    """What it can't say when it is made from logs of searches."""


class Deadline(_Part):
    """One time limit of an act."""

    what: str
    """What is due."""
    days: int | None = None
    """Within how many days; none where the text gives no number."""
    kind: Literal["business", "calendar", "none"] = "none"
    """Which days count; none where the text gives no number."""
    cite: str
    """Where it stands."""
    review: Review
    """How that was read."""
    adds: bool = False
    """The days run from the end of the last deadline before it that has any, not from the receipt of the request."""
    note: str = ""
    """What else one must know."""

    @model_validator(mode="after")
    def _days_have_a_kind(self) -> Self:
        if (self.days is None) != (self.kind == "none"):
            raise ValueError("a number of days says which days, and no number says none")
        return self


class Act(_Content):
    """A public-records act: how one asks under it, and by when the agency must do what."""

    place: str
    """The state, or the United States."""
    act: str
    """The act's name."""
    cite: str
    """Where it stands."""
    review: Review
    """How name and citation were read."""
    source: str
    """What was read."""
    asks: str
    """The sentence by which one asks, in the act's own terms."""
    closing: str
    """What a refusal must say, and what else the act lets one ask for."""
    who: str = ""
    """Who may ask, where not everybody may."""
    deadlines: Annotated[tuple[Deadline, ...], Field(min_length=1)]
    """What is due when."""

    @model_validator(mode="after")
    def _adds_to_something(self) -> Self:
        for number, each in enumerate(self.deadlines):
            if each.adds and not any(before.days for before in self.deadlines[:number]):
                raise ValueError("a deadline that adds days has one with days before it")
        return self


class Holidays(_Content):
    """The days on which the offices of one place are closed besides Saturdays and Sundays."""

    place: str
    """The state, or the United States."""
    source: str
    """Where the days are listed."""
    review: Review
    """How that was read."""
    first: date
    """The first day that the list is about."""
    last: date
    """The last day that the list is about; a deadline that ends later is counted without holidays."""
    days: tuple[date, ...]
    """The days, as they are observed."""


class Series(_Content):
    """A record series that agencies hold."""

    title: str
    """What it is called."""
    text: str
    """How one asks for it: what, for which period, in which form."""
    leave_out: str = ""
    """What the agency may leave out, so that nobody's plate or person is asked for."""
    settles: tuple[str, ...] = ()
    """What it would settle: `field:state` of a finding; a `*` stands for anything."""
    rules: tuple[str, ...] = ()
    """Rules that have units which nobody can tell of, or no units at all, without it; a `*` stands for anything."""
    figures: tuple[str, ...] = ()
    """Named figures that it would give where the case has none; a `*` stands for anything."""


def shapes(catalogue: Catalogue) -> dict[str, Shape]:
    """The shapes of reports by id, such as `us-mn`."""
    return catalogue.others("reports", Shape)


def acts(catalogue: Catalogue) -> dict[str, Act]:
    """The public-records acts by state, `us` for the federal one."""
    return catalogue.others("acts", Act)


def holidays(catalogue: Catalogue) -> dict[str, Holidays]:
    """Lists of holidays by state, `us` for the federal ones."""
    return catalogue.others("holidays", Holidays)


def series(catalogue: Catalogue) -> dict[str, Series]:
    """The record series by id."""
    return catalogue.others("series", Series)
