"""What plateglass makes of one file, for whoever wants to know why, or has to write a layout."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from plateglass.catalogue import Catalogue, FieldKind, Layout, LayoutField
from plateglass.errors import ContentMalformed, LayoutUnknown, Place, PlateglassError, SourceRefused
from plateglass.privacy import shown_heading, shown_name
from plateglass.read import corpus, files, kinds, matching, pdf, pdf_profile, places, tables, workbook
from plateglass.read.containers import Container, container
from plateglass.read.records import plain, plain_heading
from plateglass.read.text import Text
from plateglass.store import Store

_TOKENS: Final[tuple[FieldKind, ...]] = ("plate", "person", "case", "name")
"""Kinds of which no text is kept; where layouts differ about a heading, the first of these is drafted."""
_PERSON: Final = re.compile(
    r"\b(?:officers?|users?|persons?|employees?|operators?|deput(?:y|ies)|detectives?|investigators?|analysts?|members?"
    r"|(?:first|last|full|user) ?names?|badges?|log ?ins?|accounts?|e ?mails?|by)\b"
)
"""Headings of a column that says who; a table that no layout knows may call it anything."""


@dataclass(frozen=True)
class ExplainedColumn:
    """What plateglass makes of one column; never a value of it."""

    heading: str
    field: str
    """The field of the layout; empty where there is none."""
    kind: str
    """The kind that the field promises, or the kind that the values look like."""
    telling: int
    """Sampled cells that are neither blank, a placeholder nor a mark."""
    fits: float | None
    """The share of them that is of the kind."""
    blank: int
    """Sampled cells that are blank."""
    hidden: int
    """Sampled cells that hold a placeholder or a mark."""
    fate: str
    """read, ignored by name, unknown, of another kind; known, where no layout knows the table; not read, or refused."""


@dataclass(frozen=True)
class ExplainedTable:
    """What plateglass makes of one table."""

    part_name: str
    encoding: str
    delimiter: str
    preamble: int
    """Lines before the headings."""
    records: int
    sampled: int
    layout: str
    """The layout that knows it; empty where none does."""
    why: str
    """What speaks for the layout, or why there is none."""
    columns: tuple[ExplainedColumn, ...]
    draft: str = ""
    """For a table that no layout knows: a layout to start from."""


@dataclass(frozen=True)
class Explanation:
    """What plateglass makes of one file."""

    name: str
    what: str
    """What the file is: text, a workbook, a ZIP archive."""
    tables: tuple[ExplainedTable, ...]
    problems: tuple[str, ...] = ()
    """Why a table, or the whole file, can't be read."""
    profile: str = ""
    """For a print: how its columns lie, as a file of content that nobody has confirmed yet."""


def explain(path: Path, catalogue: Catalogue, work: Path, profile: Path | None = None) -> Explanation:
    """What a file is, which layout knows it and why, and what each column holds; no value of any record.

    A print is read by a saved `profile` where one is given, whether it was confirmed or not.

    Raises:
        SourceUnreadable: the file can't be opened at all.
        ContentMalformed: the profile is none, or is not of this file.
    """
    name = shown_name(path.name)
    place = Place(name)
    found = container(path, place)
    explained: list[ExplainedTable] = []
    problems: list[str] = []
    parts = [_print(path, work, catalogue, profile)] if profile else _parts(path, work, found, catalogue)
    for part in parts:
        where = Place(name, part.name)
        try:
            text = tables.prepared(catalogue, part.path, work / "explained" / f"{len(explained)}-text.csv", where)
            explained.append(_explained(text, catalogue, where))
        except PlateglassError as error:
            problems.append(str(error))
    if found is Container.CAPTURE:
        problems.append("a web capture: `audit` reads the pages in it by itself; save one of them to have it explained")
    if found is Container.ARCHIVE:
        problems.append("a ZIP archive: unpack it to have its members explained; `audit` opens it by itself")
    return Explanation(name, found.value, tuple(explained), tuple(problems), "".join(part.profile for part in parts))


@dataclass(frozen=True)
class _Part:
    """One table as a text."""

    path: Path
    name: str = ""
    profile: str = ""


def _parts(path: Path, work: Path, found: Container, catalogue: Catalogue) -> list[_Part]:
    name = shown_name(path.name)
    place, folder = Place(name), work / "explained"
    if found in (Container.TEXT, Container.PDF) and tables.is_policy(name, catalogue):
        tables.policy(path, folder / "policy.csv", found, place)
        return [_Part(folder / "policy.csv")]
    if report := tables.report(path, folder / "report.csv", found, place):
        return [_Part(report)]
    if found is Container.CORPUS:
        with Store(threads=1) as store:
            return [_Part(part.path, part.name) for part in corpus.parts(path, folder, store, place)]
    if found is Container.TEXT:
        return [_Part(path)]
    if found is Container.WORKBOOK:
        sheets = workbook.sheets(path, folder, place)
        return [_Part(sheet.path, sheet.name) for sheet in sheets if sheet.path is not None]
    if found is Container.PDF:
        return [_print(path, work, catalogue, None)]
    if found is Container.PAGE:
        portal = tables.saved(path, name, folder, catalogue)
        return [_Part(part.path, part.name) for part in portal.parts]
    return []


def _print(path: Path, work: Path, catalogue: Catalogue, profile: Path | None) -> _Part:
    hints = tables.hints(catalogue)
    if profile is not None:
        hints = replace(hints, profiles={profile.stem: pdf_profile.one(profile)}, trial=True)
    printed = pdf.transcribe(path, work / "explained" / "printed.csv", hints, Place(shown_name(path.name)))
    if profile is not None and not printed.profile.saved:
        raise ContentMalformed("the profile is not of this file: other headings, or pages of another width",
                               place=Place(profile.name))  # fmt: skip
    return _Part(printed.path, printed.name, pdf_profile.text(printed.profile, files.sha256(path)))


def _explained(text: Text, catalogue: Catalogue, place: Place) -> ExplainedTable:
    layouts = catalogue.layouts.values()
    match, why, fate = _known(text, layouts, place)
    near = match or max(
        (matching.match(each, text.headings, text.rows) for each in layouts), key=lambda each: each.nearness
    )
    columns = (_column(text, index, near, layouts) for index in range(len(text.headings)))
    return ExplainedTable(
        part_name=place.part, encoding=text.encoding, delimiter=text.delimiter, preamble=text.preamble,
        records=text.records, sampled=len(text.rows), layout=match.layout.id if match else "", why=why,
        columns=tuple(replace(c, fate=fate) if fate == "refused" or (fate and c.fate == "read") else c
                      for c in columns),
        draft=_draft(text, layouts) if fate == "known" else "",
    )  # fmt: skip


def _known(text: Text, layouts: Collection[Layout], place: Place) -> tuple[matching.Match | None, str, str]:
    """The layout that knows a table, if one does; why, or why none; and what becomes of its columns where none does."""
    try:
        matching.no_doubles(text.headings, place)
        places.refuse(layouts, text.headings, text.rows, place)
        match = matching.known(layouts, text.headings, text.rows, place)
    except LayoutUnknown as error:
        return None, error.found, "known"
    except PlateglassError as error:
        return None, error.issue().message, "refused" if isinstance(error, SourceRefused) else "not read"
    why = f"{len(set(match.columns.values()))} headings are its own, and their values are of its kinds"
    if match.layout.owner_column:
        why += f"; the records of each {match.layout.owner_column} are read as a table of their own"
    return match, why, ""


def _column(text: Text, index: int, match: matching.Match, layouts: Collection[Layout]) -> ExplainedColumn:
    misfits = dict(match.misfits)
    named = [name for name, at in match.columns.items() if at == index]
    field = named[0] if named else misfits.get(index, "")
    cells = [cell.strip() for cell in matching.column(text.rows, index)]
    telling = kinds.telling(match.layout, cells)
    kind = _guess(layouts, text.headings[index], telling)
    guessed = (each for each in kinds.GUESSES if each.kind == kind)
    about = match.layout.fields.get(field) or next(guessed, LayoutField(headings=(), kind=kind))
    full = sum(1 for cell in cells if cell)
    fate = (
        "of another kind" if index in misfits else "read" if field else
        "ignored by name" if index in match.ignored else "unknown"
    )  # fmt: skip
    heading = shown_heading(text.headings[index]) if text.headings[index] else "<blank>"
    share, shown = kinds.share(about, telling), "labelled lines" if about.label else about.kind
    return ExplainedColumn(
        heading, " ".join(named) or field, shown, len(telling), share, len(cells) - full, full - len(telling), fate
    )


def _guess(layouts: Collection[Layout], heading: str, cells: Sequence[str]) -> FieldKind:
    """The kind that a column's values prove; else one of which no text is kept, where heading or values say so."""
    kind, called = kinds.guess(list(cells)), plain_heading(heading)
    if kind not in ("text", "count"):
        return kind
    if _PERSON.search(called):
        return "person"
    if kind == "count":
        return kind
    known = {f.kind for layout in layouts for f in layout.fields.values() if called and called in plain(f.headings)}
    if 2 * sum(matching.PLATE.fullmatch(cell) is not None for cell in cells) > len(cells):
        known.add("plate")
    return next((each for each in _TOKENS if each in known), "text")


def _draft(text: Text, layouts: Collection[Layout]) -> str:
    """A layout to start from: the headings as they may be shown, each with the kind that it is safe to read it as."""
    lines = [
        'title = "<vendor and name of the log>"', 'source = "<who released it, when, where it can be seen>"',
        'views = ["network_audit"]', 'needs = ["searched_at"]', "",
    ]  # fmt: skip
    for index, heading in enumerate(text.headings):
        if not heading:
            continue
        shown = shown_heading(heading)
        cells = [cell.strip() for cell in matching.column(text.rows, index) if cell.strip()]
        kind = _guess(layouts, heading, cells)
        key = re.sub(r"[^a-z0-9]+", "_", shown.lower()).strip("_") or f"column_{index}"
        doubt = "  # text is kept, scrubbed: write person, plate or case if it holds such" if kind == "text" else ""
        lines += [f"[fields.{key}]  # rename to the field of plateglass that it is, or list the heading under ignore",
                  f"headings = [{json.dumps(shown)}]", f'kind = "{kind}"{doubt}']  # fmt: skip
        if kind in ("instant", "date", "time"):
            about = next(field for field in kinds.GUESSES if field.kind == kind)
            used = [f for f in about.formats if any(kinds.time_pattern((f,)).fullmatch(cell) for cell in cells)]
            lines.append(f"formats = {json.dumps(used)}")
        lines.append("")
    return "\n".join(lines)
