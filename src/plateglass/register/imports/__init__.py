"""Public lists become a file of the register, by a layout that is content: award downloads, releases, agreements, uses.

Read in this order: `layouts` (how a list names its fields), `rows` (a file as rows, each with its place), `joins` (whom
names mean: by rule, by the resolver, by a person's judgement), `made` (what a row becomes). A row that is not sure
becomes nothing: it is counted, its name waits for a person in the case's `judgements.jsonl`, and nothing is guessed.
No person enters: entities of people are left out by the name of their schema, and what reads like one is not kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from plateglass.errors import Place, SourceUnreadable
from plateglass.register.imports import layouts, made, rows, toml
from plateglass.register.imports.joins import Joins, Waiting
from plateglass.register.imports.layouts import ImportLayout
from plateglass.register.imports.made import Unsure
from plateglass.register.imports.rows import File


@dataclass(frozen=True)
class Imported:
    """What one list came to."""

    layout: str
    document: str
    """The id of the list as a document of the register."""
    toml: str
    """A file for the `content/register` folder of a case; empty where no row was sure."""
    rows: int
    taken: int
    unsure: tuple[Unsure, ...]
    unread: tuple[tuple[int, str], ...]
    """(row, column) of rows that are left out: not readable, given twice, or of a person."""
    wait: tuple[Waiting, ...]
    """Names that a person has to decide, each once."""
    unknown: tuple[str, ...]
    """Columns or schemata that the layout does not know."""
    ignored: Mapping[str, int]
    """Schema -> entities that were left out by its name."""


def downloaded(path: Path, table: Path | None = None) -> File:
    """A list as it was downloaded; `table` is a sheet of it that was written out as CSV."""
    return File(table or path, path.name, hashlib.sha256(path.read_bytes()).hexdigest())


def take(
    file: File, joins: Joins, seen: date, *, known: Iterable[ImportLayout] | None = None, publisher: str | None = None
) -> Imported:
    """A list that was downloaded on a day; `publisher` is whose it is, where its layout does not say.

    Raises:
        SourceUnreadable: no layout knows it, or nobody says whose list it is.
    """
    read = rows.rows(file, tuple(layouts.every().values() if known is None else known))
    layout = read.layout
    whose = publisher or layout.publisher
    if whose is None or joins.register.section_of.get(whose) not in ("bodies", "companies"):
        raise SourceUnreadable(
            "nobody says whose list this is", expected="the id of a body or company that is held",
            place=Place(file.name), remedy="--publisher says it",
        )  # fmt: skip
    document = f"{layout.id}-{seen.isoformat()}-{toml.letters(file.sha256, 8)}"
    making = made.Making(joins.register, joins, layout, document)
    for row in read.rows:
        made.taken(making, row)
    head = [_document(layout, document, (whose, file.sha256), seen)] if making.parts else []
    return Imported(
        layout.id, document, "\n".join([*head, *making.parts]), len(read.rows), making.taken, tuple(making.unsure),
        tuple(making.unread), tuple(sorted(making.wait)), read.unknown, read.ignored,
    )  # fmt: skip


def _document(layout: ImportLayout, id_: str, whose: tuple[str, str], seen: date) -> str:
    publisher, sha256 = whose
    about = {
        "id": id_, "label": f"{layout.title}, {seen.isoformat()}", "publisher": publisher, "kind": layout.kind,
        "date": seen.isoformat(), "sha256": sha256,
    }  # fmt: skip
    return toml.entry("documents", about)
