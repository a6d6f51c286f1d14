"""Records of many owners in one file, each with its owner: peers' corpora in Parquet, and tables with such a column."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from plateglass.errors import CountsDoNotAddUp, Place, SourceUnreadable
from plateglass.privacy import scrub
from plateglass.read.records import plain_heading
from plateglass.store import Failure, Store, name, text

OWNER: Final = "owner"
"""The column that says whose log a record is from."""
BODY: Final = re.compile(
    r"(?i)\b(pd|so|ca?o|dps|police|sheriff\S*|county|parish|city|town|state|dep(artmen)?t|patrol|university|college|"
    r"marshals?|federal|district|attorney|safety|task force|cent(er|re))\b"
)
"""What every public body's name has: an owner without it may be a person, and is not named."""
MANY: Final = 5_000
"""So many owners no corpus has; a column with more of them says something else."""


@dataclass(frozen=True)
class Part:
    """The records of one owner, transcribed."""

    number: int
    owner: str
    path: Path

    @property
    def name(self) -> str:
        """What the part is called: an owner may be private, so not by its owner."""
        return f"owner {self.number + 1}"


@dataclass(frozen=True)
class Together:
    """Records of several owners in one relation."""

    relation: str
    """What they are selected from, as SQL."""
    picks: str
    """The columns to transcribe, each under its heading, as SQL."""
    owner: str
    """Whose record it is, as SQL."""
    said: int
    """How many records there are in all, counted apart from this."""


def parts(path: Path, folder: Path, store: Store, place: Place) -> Iterator[Part]:
    """The records of each owner as CSV, one after another.

    Raises:
        SourceUnreadable: damaged, or of too many owners.
        CountsDoNotAddUp: the parts hold other numbers of records than the file says of itself.
    """
    folder.mkdir(parents=True, exist_ok=True)
    link = folder / "corpus.parquet"
    link.unlink(missing_ok=True)
    link.symlink_to(path.resolve())
    try:
        yield from _parts(f"read_parquet({text(str(link))})", folder, store, place)
    except Failure as error:
        raise SourceUnreadable("the Parquet file is damaged", place=place, remedy="fetch it again") from error


def _parts(relation: str, folder: Path, store: Store, place: Place) -> Iterator[Part]:
    columns = [(row[0], row[1]) for row in store.rows(f"DESCRIBE SELECT * FROM {relation}")]
    said = int(store.one(f"SELECT sum(num_rows) FROM {relation.replace('read_parquet', 'parquet_file_metadata', 1)}"))
    column = next((column for column, _ in columns if plain_heading(column) == OWNER), "")
    picks = ", ".join(f"{_as_text(*each)} AS {name(each[0])}" for each in columns)
    together = Together(relation, picks, f"CAST({name(column)} AS VARCHAR)" if column else "NULL", said)
    return by_owner(together, folder, store, place)


def by_owner(together: Together, folder: Path, store: Store, place: Place) -> Iterator[Part]:
    """The records of each owner as CSV, one after another, in their order; those without an owner are the last.

    Raises:
        SourceUnreadable: of too many owners.
        CountsDoNotAddUp: the parts hold other numbers of records than there are in all.
    """
    folder.mkdir(parents=True, exist_ok=True)
    relation, said, read = together.relation, together.said, 0
    whose = f"nullif(trim({together.owner}), '')"
    owners: list[tuple[str | None]] = store.rows(
        f"SELECT DISTINCT {whose} FROM {relation} ORDER BY 1 NULLS LAST LIMIT {MANY + 1}"
    )
    if len(owners) > MANY:
        raise SourceUnreadable(f"more than {MANY:,} owners of records in one file", place=place)
    for number, (owner,) in enumerate(owners or [(None,)]):
        target = folder / f"owner-{number}.csv"
        mine = f"SELECT {together.picks} FROM {relation} WHERE {whose} IS NOT DISTINCT FROM {_literal(owner)}"
        [(written,)] = store.rows(f"COPY ({mine}) TO {text(str(target))} (FORMAT csv, HEADER)")
        read += int(written)
        yield Part(number, owner if owner and BODY.search(owner) and not scrub(owner)[1] else "", target)
    if read != said:
        raise CountsDoNotAddUp(f"{read} records of all owners", expected=f"{said}, as the file says", place=place)


def _as_text(column: str, kind: str) -> str:
    """A column as text; times in ISO 8601, UTC, whatever zone they carry."""
    if kind == "TIMESTAMP WITH TIME ZONE":
        return f"CAST(make_timestamp_ms(epoch_ms({name(column)})) AS VARCHAR)"
    return f"CAST({name(column)} AS VARCHAR)"


def _literal(owner: str | None) -> str:
    return "NULL" if owner is None else text(owner)
