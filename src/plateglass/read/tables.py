"""A source becomes tables: each with its layout, its view, and its records counted before anything reads them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Final

from plateglass.catalogue import Catalogue, Layout
from plateglass.errors import CountsDoNotAddUp, Issue, LayoutUnknown, Place, PlateglassError, Severity, SourceUnreadable
from plateglass.model import Ingested, Progress, Source, Table, View, silent
from plateglass.privacy import shown_heading
from plateglass.read import (
    corpus,
    kinds,
    matching,
    pdf,
    pdf_profile,
    places,
    portal_page,
    prose,
    recognition,
    records,
    workbook,
)
from plateglass.read import text as texts
from plateglass.read.containers import HEAD, Container, container, ending_fits
from plateglass.store import Malformed, Store, name
from plateglass.store import text as quoted

CAPS: Final = (1_048_575, 1_048_576, 1_000_000, 55_000, 20_000)
"""Numbers of records at which exporters and spreadsheets cut a log off without saying so."""
_ENCODINGS: Final = {"cp1252": "Windows-1252", "utf-16": "UTF-16", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}
_MOST_MISFITS = 0.5
_TELLING = 4
_MANY = 2
_SHEETS: Final = 1_000
"""More sheets no workbook of records has."""
_SHORT: Final = 40
"""Pages of the longest report that is printed as lines."""
_DATES: Final = ("%m%d%Y", "%Y-%m-%d", "%m_%d_%Y", "%Y_%B_%d", "%Y_%b_%d", "%Y_%m_%d", "%Y%m%d")


@dataclass(frozen=True)
class _Reading:
    """What one source is read with."""

    source: Source
    catalogue: Catalogue
    work: Path
    store: Store
    progress: Progress = silent
    apart: int = 1
    """How far apart the numbers of parts stand into which one table is split: other tables have those between."""

    @property
    def place(self) -> Place:
        """The file's name as released."""
        return Place(self.source.name)

    @property
    def folder(self) -> Path:
        """Where this source's transcriptions lie."""
        return self.work / self.source.id


def tables(
    source: Source, catalogue: Catalogue, work: Path, store: Store, progress: Progress = silent
) -> Iterator[Table | Issue]:
    """Every table of a source that a layout knows; what can't be read, and what a reader should know, as issues."""
    reading, found = _Reading(source, catalogue, work, store, progress), None
    try:
        found = container(source.path, reading.place)
        if not ending_fits(source.name, found):
            told = f"the file is {found.value}, not what its ending says; it is read as what it is"
            yield Issue("ending-wrong", Severity.NOTE, reading.place, told)
        if found in (Container.TEXT, Container.PDF) and is_policy(source.name, catalogue):
            yield from _policy(reading, found)
        elif found is Container.WORKBOOK:
            yield from _sheets(reading)
        elif found is Container.CORPUS:
            yield from _corpus(reading)
        elif found is Container.PDF:
            yield from _printed(reading)
        elif found is Container.PAGE:
            yield from _saved(reading)
        elif found in (Container.ARCHIVE, Container.CAPTURE):
            raise SourceUnreadable("an archive within an archive is not opened", place=reading.place)
        else:
            yield from _table(reading, source.path, 0, "")
    except PlateglassError as error:
        yield from _otherwise(reading, found, error)
    except OSError as error:
        reason = (error.strerror or "the system gave no reason").lower()
        yield SourceUnreadable(f"can't be read: {reason}", place=reading.place).issue()


def _sheets(reading: _Reading) -> Iterator[Table | Issue]:
    reading = replace(reading, apart=_SHEETS)
    for sheet in workbook.sheets(reading.source.path, reading.folder, reading.place):
        place = Place(reading.source.name, sheet.name)
        if sheet.path is None:
            yield Issue("sheet-empty", Severity.NOTE, place, "the sheet holds nothing")
            continue
        yield from workbook.told(sheet, place)
        try:
            yield from _table(reading, sheet.path, sheet.index, sheet.name)
        except PlateglassError as error:
            yield error.issue()


def _printed(reading: _Reading) -> Iterator[Table | Issue]:
    target = reading.folder / "printed.csv"
    known = hints(reading.catalogue)
    try:
        printed = pdf.transcribe(reading.source.path, target, known, reading.place, reading.progress)
    except pdf.Pictures:
        seen = recognition.recognised(reading.source.path, reading.folder / "recognised.pdf")
        if seen is None:
            raise
        printed = pdf.transcribe(seen, target, known, reading.place, reading.progress)
        printed = replace(printed, recognised=True, issues=(*printed.issues, recognition.issue(reading.place)))
    yield from printed.issues
    for found in _table(reading, printed.path, 0, printed.name):
        if isinstance(found, Issue):
            yield found
        else:
            whole = found.part_name == printed.name  # the records of one owner stand on any page
            yield replace(found, careful=found.careful or not printed.whole, pages=printed.firsts if whole else ())


def _otherwise(reading: _Reading, found: Container | None, error: PlateglassError) -> Iterator[Table | Issue]:
    """What no table was found in may be a report that is printed as lines; else it is what it was found to be."""
    try:
        printed = report(reading.source.path, reading.folder / "report.csv", found, reading.place)
        yield from _table(reading, printed, 0, "") if printed else [error.issue()]
    except PlateglassError as later:
        yield later.issue()


def report(path: Path, target: Path, found: Container | None, place: Place) -> Path | None:
    """A report that is printed as lines, as CSV; None where the file is none that is known."""
    with suppress(SourceUnreadable):
        if found is Container.PDF:
            return prose.hit_ratio(pdf.lines(path, place, _SHORT), target)
        if found is Container.TEXT and path.stat().st_size < HEAD:
            return prose.hit_ratio(prose.text_lines(path, place), target)
    return None


def is_policy(file_name: str, catalogue: Catalogue) -> bool:
    """Whether a file's name says that it is a policy."""
    about = [layout for layout in catalogue.layouts.values() if View.POLICIES in layout.views]
    return any(from_name(layout, file_name)[2] is View.POLICIES for layout in about)


def policy(path: Path, target: Path, found: Container, place: Place) -> bool:
    """Write a policy's lines as CSV; whether every page could be read.

    Raises:
        SourceUnreadable: no text in it.
    """
    pages = pdf.lines(path, place) if found is Container.PDF else prose.text_lines(path, place)
    return prose.policy(pages, target, place)


def _policy(reading: _Reading, found: Container) -> Iterator[Table | Issue]:
    target = reading.folder / "policy.csv"
    whole = policy(reading.source.path, target, found, reading.place)
    for each in _table(reading, target, 0, ""):
        yield each if isinstance(each, Issue) or whole else replace(each, careful=True)


def _corpus(reading: _Reading) -> Iterator[Table | Issue]:
    """The records of each owner as a table of its own, since a table's records are of one owner's log."""
    for part in corpus.parts(reading.source.path, reading.folder, reading.store, reading.place):
        for found in _table(reading, part.path, part.number, part.name):
            yield replace(found, owner=part.owner) if part.said and isinstance(found, Table) else found


def _saved(reading: _Reading) -> Iterator[Table | Issue]:
    portal = saved(reading.source.path, reading.source.name, reading.folder, reading.catalogue)
    yield from portal.issues
    day = date.fromisoformat(portal.day) if portal.day else None
    for number, part in enumerate(portal.parts):
        try:
            for found in _table(reading, part.path, number, part.name):
                if isinstance(found, Table):
                    yield replace(found, owner=found.owner or portal.slug, captured=found.captured or day)
                else:
                    yield found
        except PlateglassError as error:
            yield error.issue()


def saved(path: Path, name: str, folder: Path, catalogue: Catalogue) -> portal_page.Portal:
    """The tables of a saved portal page; whose and of which day it is says the file's name, else the page.

    Raises:
        SourceUnreadable: it is no portal's page.
    """
    said = [from_name(layout, name) for layout in catalogue.layouts.values() if View.PORTAL_STATISTICS in layout.views]
    owner, day = next(((owner, day) for owner, day, _ in said if owner and day), ("", None))
    whose = owner, day.isoformat() if day else ""
    return portal_page.transcribe(path, folder, labels(catalogue), Place(name), whose)


def below(done: Ingested, catalogue: Catalogue, work: Path, store: Store, part: int) -> Iterator[Table | Issue]:
    """The table that stands below one under headings of its own, where one does, as another part of the source."""
    table, records_above = done.table, done.accepted + len(done.rejected)
    if table.below is None:
        return
    reading, layout = _Reading(table.source, catalogue, work, store), catalogue.layouts[table.layout]
    sheet = table.part_name.removesuffix(_under(table.above)).removesuffix(", ")
    above = table.above + records_above
    part_name = ", ".join(filter(None, (sheet, _under(above))))
    text = prepared(catalogue, table.below, reading.folder / f"{part}-text.csv", Place(table.source.name, part_name))
    tries = (matching.match(layout, text.headings, rows) for rows in (text.rows, text.blocks[0].rows))
    match = next((each for each in tries if each.claims), matching.match(layout, text.headings, ()))
    for found in _matched(reading, text, match, part, part_name):
        yield found if isinstance(found, Issue) else replace(
            found, owner=found.owner or table.owner, captured=found.captured or table.captured, careful=True,
            above=above, pages=tuple(max(1, first - records_above) for first in table.pages),
        )  # fmt: skip


def _under(records_above: int) -> str:
    return f"below record {records_above:,}" if records_above else ""


def _table(reading: _Reading, path: Path, part: int, part_name: str) -> Iterator[Table | Issue]:
    place = Place(reading.source.name, part_name)
    text = prepared(reading.catalogue, path, reading.folder / f"{part}-text.csv", place)
    matching.no_doubles(text.headings, place)
    layouts = reading.catalogue.layouts.values()
    places.refuse(layouts, text.headings, text.rows, place)
    match = _known(reading.catalogue, text, place)
    if match.layout.owner_column:
        yield from _owned(reading, text, match, part, part_name)
    else:
        yield from _matched(reading, text, match, part, part_name)


def _owned(
    reading: _Reading, text: texts.Text, match: matching.Match, part: int, part_name: str
) -> Iterator[Table | Issue]:
    """The records of each owner that a column names as a table of its own; all in one where they can't be told apart.

    What the layout is, and what a reader should know of the file, is said of the whole.
    """
    place = Place(reading.source.name, part_name)
    parts, why = _by_owner(reading, text, match, reading.folder / f"{part}-owners")
    if why:
        told = f"whose a record is can't be told: {why}; the records are read as of no owner"
        yield Issue("owners-untold", Severity.NOTE, place, told)
        for found in _matched(reading, text, match, part, part_name):
            yield found if isinstance(found, Issue) else replace(found, owner="")
        return
    yield from (*_notes(text, place), *_left_out(text, match, place))
    for each in parts:
        number, called = part + each.number * reading.apart, ", ".join(filter(None, (part_name, each.name)))
        own = prepared(reading.catalogue, each.path, reading.folder / f"{number}-text.csv", Place(place.path, called))
        for found in _recognised(reading, own, match, number, called):
            yield (
                found
                if isinstance(found, Issue)
                else replace(found, owner=each.owner, encoding=_ENCODINGS.get(text.encoding, "UTF-8"))
            )


def _by_owner(
    reading: _Reading, text: texts.Text, match: matching.Match, folder: Path
) -> tuple[list[corpus.Part], str]:
    """The records of each owner, all transcribed; or why they can't be told apart."""
    headings = records.plain(text.headings)
    column = records.plain_heading(match.layout.owner_column)
    if column not in headings:
        return [], f"no column {match.layout.owner_column}"
    if mixed := _mixed(text, match):
        return [], mixed
    # a blank heading stays blank when it is read again; names of columns can't be, nor can two be the same
    picks = ", ".join(f"c{at} AS {name(each or ' ' * (at + 1))}" for at, each in enumerate(text.headings))
    relation = f"({records.relation(str(text.path), len(headings), text.delimiter)})"
    owner = f"c{headings.index(column)}"
    together = corpus.Together(relation, picks, owner, text.records)
    known = {*headings, *(records.plain_heading(h) for f in match.layout.fields.values() for h in f.headings)} - {""}
    listed = ", ".join(quoted(heading) for heading in sorted(known))
    try:
        if reading.store.one(
            f"SELECT count(*) FROM {relation} WHERE lower(replace(trim({owner}), '_', ' ')) IN ({listed})"
        ):
            return [], "headings stand among the records"
        return list(corpus.by_owner(together, folder, reading.store, reading.place)), ""
    except Malformed:
        return [], "a record can't be split"
    except (CountsDoNotAddUp, SourceUnreadable) as error:
        return [], error.found
    finally:
        _forget(reading.store)


def _matched(
    reading: _Reading, text: texts.Text, match: matching.Match, part: int, part_name: str
) -> Iterator[Table | Issue]:
    """A text as a table of the layout that knows it, and what a reader should know of it."""
    place = Place(reading.source.name, part_name)
    notes = (*_notes(text, place), *_left_out(text, match, place))
    yield from notes
    for found in _recognised(reading, text, match, part, part_name):
        yield found if isinstance(found, Issue) else replace(found, issues=(*notes, *found.issues))


def _recognised(
    reading: _Reading, text: texts.Text, match: matching.Match, part: int, part_name: str
) -> Iterator[Table | Issue]:
    """A text as a table of the layout that knows it, and what of its records is doubtful."""
    place = Place(reading.source.name, part_name)
    issues: list[Issue] = []
    owner, captured, hinted = from_name(match.layout, reading.source.name)
    relation = records.relation(str(text.path), len(text.headings), text.delimiter)
    mixed = _mixed(text, match)
    org, view = _view(reading.store, relation, text, match, (hinted, owner))
    if hinted is not None and hinted is not view:
        unless = ", unless all of them are one agency" if view is View.NETWORK_AUDIT else ""
        told = f"the file's name says {_said(hinted)}, its organisations say {_said(view)}; they decide{unless}"
        issues.append(Issue("view-doubtful", Severity.NOTE, place, told))
    if mixed:
        issues.append(Issue("records-mixed", Severity.RECORD, place, f"{mixed}; every record is looked at by itself"))
    yield from issues
    yield Table(
        source=reading.source, part=part, part_name=part_name, text=text.path, relation=relation, numbered=False,
        headings=text.headings, columns=match.columns, layout=match.layout.id, view=view, records=text.records,
        encoding=_ENCODINGS.get(text.encoding, "UTF-8"), owner=org or owner, captured=captured, issues=tuple(issues),
        careful=bool(mixed),
    )  # fmt: skip


def _known(catalogue: Catalogue, text: texts.Text, place: Place) -> matching.Match:
    """The layout that knows the table; where its records are mixed, the first of them decide what it is."""
    layouts = catalogue.layouts.values()
    try:
        return matching.known(layouts, text.headings, text.rows, place)
    except LayoutUnknown:
        first = text.blocks[0].rows if text.blocks else ()
        if not any(matching.match(layout, text.headings, first).claims for layout in layouts):
            raise
        return matching.known(layouts, text.headings, first, place)


def prepared(catalogue: Catalogue, path: Path, target: Path, place: Place) -> texts.Text:
    """A text with its headings found by every name that any layout knows."""
    return texts.prepare(path, target, vocabulary(catalogue), place)


def vocabulary(catalogue: Catalogue) -> frozenset[str]:
    """Every heading that any layout names, as it is compared."""
    groups = [layout.ignore + layout.refuse for layout in catalogue.layouts.values()]
    groups += [field.headings for layout in catalogue.layouts.values() for field in layout.fields.values()]
    return texts.vocabulary(groups)


def hints(catalogue: Catalogue) -> pdf_profile.Hints:
    """By what the columns of a print are found: every heading that any layout names, and saved profiles."""
    return pdf_profile.Hints(vocabulary(catalogue), pdf_profile.every(catalogue))


def labels(catalogue: Catalogue) -> portal_page.Labels:
    """What stands on a portal's page: labels of figures and of sections of its policies, by the layouts of pages."""
    figures, sections = [], []
    for layout in catalogue.layouts.values():
        headings = [field.headings for field in layout.fields.values()]
        if any(portal_page.AGENCY in each for each in headings):
            figures += [*headings, layout.ignore]
        if any(portal_page.SECTION in each for each in headings):
            sections += [tuple(field.means) for field in layout.fields.values()]
    return portal_page.Labels(texts.vocabulary(figures), texts.vocabulary(sections))


def _notes(text: texts.Text, place: Place) -> Iterator[Issue]:
    """What a reader of the report should know about the file as a whole."""
    if text.encoding in _ENCODINGS:
        told = f"the file is {_ENCODINGS[text.encoding]}, not UTF-8; it was transcribed"
        yield Issue("encoding", Severity.NOTE, place, told)
    if text.nuls:
        yield Issue("zero-bytes", Severity.NOTE, place, f"{text.nuls} zero bytes were left out")
    misread = sum(any(map(texts.misread, row)) for row in text.rows)
    if misread:
        told = f"in {misread:,} of {len(text.rows):,} records looked at, text was misread before it was released"
        yield Issue(
            "text-misread", Severity.NOTE, place, f"{told} (UTF-8 taken for Windows-1252); it is read as it stands"
        )
    if text.preamble:
        yield Issue("preamble", Severity.NOTE, place, f"lines before the headings, not records: {text.preamble}")
    if text.above:
        told = f"lines of records above the headings: {text.above}; they are read, as the first below them"
        yield Issue("headings-late", Severity.NOTE, place, told)
    if text.records in CAPS or text.records + 1 in CAPS:
        told = f"exactly {text.records:,} records: exporters and spreadsheets cut logs off at this number"
        yield Issue("row-cap", Severity.NOTE, place, f"{told}; ask whether there are more")


def _left_out(text: texts.Text, match: matching.Match, place: Place) -> Iterator[Issue]:
    """Columns that are not read: never dropped without a word."""
    blank = [i for i in match.ignored if not text.headings[i]]
    filled = [i for i in blank if any(cell.strip() for cell in matching.column(text.rows, i))]
    junk = [i for i in match.ignored if matching.JUNK.fullmatch(records.plain_heading(text.headings[i]))]
    if match.unknown:
        told = f"{match.layout.id} does not know {matching.listed([text.headings[i] for i in match.unknown])}"
        yield Issue("heading-unknown", Severity.NOTE, place, f"{told}; left out")
    if filled:
        told = f"columns with values and without a heading: {len(filled)}; left out"
        yield Issue("heading-blank", Severity.NOTE, place, told)
    if junk:
        yield Issue("heading-junk", Severity.NOTE, place, f"columns that a spreadsheet named: {len(junk)}; left out")


def _mixed(text: texts.Text, match: matching.Match) -> str:
    """Why records of this table may not all be of one shape; empty where nothing says so."""
    if text.repeated:
        return "the headings stand more than once, as where two exports are stacked"
    if text.open_quote:
        return "a quote is never closed"
    for block in text.blocks:
        for field, index in match.columns.items():
            about = match.layout.fields[field]
            if about.kind in kinds.PROVING:
                cells = kinds.telling(match.layout, matching.column(block.rows, index))
                share = kinds.share(about, cells)
                if share is not None and len(cells) >= _TELLING and share < _MOST_MISFITS:
                    heading = shown_heading(text.headings[index])
                    return f"from about record {block.start} on, {heading} holds no values of the kind {about.kind}"
    return ""


def _view(
    store: Store, relation: str, text: texts.Text, match: matching.Match, said: tuple[View | None, str]
) -> tuple[str, View]:
    """Whose searches they are: one organisation's own, or anyone's; and the one organisation where there is one."""
    hinted, owner = said
    views = match.layout.views
    if len(views) == 1:
        return "", views[0]
    index = match.columns.get("org")
    names = {cell.strip() for cell in matching.column(text.rows, index)} - {""} if index is not None else set()
    if index is not None and len(names) < _MANY:
        names |= _distinct(store, relation, f"c{index}") - {text.headings[index]}
    if not names:
        return "", hinted or View.ORGANISATION_AUDIT
    if len(names) > 1:
        return "", View.NETWORK_AUDIT
    only = names.pop()
    if hinted is View.NETWORK_AUDIT and owner and only.casefold() != owner.casefold():
        return "", View.NETWORK_AUDIT
    return only, View.ORGANISATION_AUDIT


def _said(view: View) -> str:
    return view.value.replace("_", " ")


def _distinct(store: Store, relation: str, column: str) -> set[str]:
    """A few different names; what the scan could not split is forgotten, it is met again when records are read."""
    cell = f"trim({name(column)})"
    try:
        found = store.rows(f"SELECT DISTINCT {cell} FROM ({relation}) WHERE {cell} <> '' LIMIT {_MANY + 1}")
    except Malformed:
        found = []
    _forget(store)
    return {str(row[0]) for row in found}


def _forget(store: Store) -> None:
    store.execute("DROP TABLE IF EXISTS reject_errors")
    store.execute("DROP TABLE IF EXISTS reject_scans")


def from_name(layout: Layout, file_name: str) -> tuple[str, date | None, View | None]:
    """Owner, day of capture and view, as far as the file's name says them."""
    bare = Path(file_name).name
    for pattern in layout.files:
        found = re.match(pattern, bare)
        if found:
            groups = {key: value for key, value in found.groupdict().items() if value}
            view = next((view for view in View if view.value in groups), None)
            return texts.spaced(groups.get("owner", "")), _day(groups.get("captured", "")), view
    return "", None, None


def _day(text: str) -> date | None:
    for pattern in _DATES:
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007 (a day, without a clock)
        except ValueError:
            continue
    return None
