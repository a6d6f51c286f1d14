"""Records of many owners in one file, each with its owner: peers' corpora, and tables with such a column.

A corpus is Parquet or lines of JSON. In lines of JSON one object is a record and its keys are the headings. Blank cells
are left out of it: a heading that no record has was not exported, and where some have it, it is empty in the others.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from plateglass.errors import CountsDoNotAddUp, Place, SourceRefused, SourceUnreadable
from plateglass.privacy import scrub
from plateglass.read.captures import FREE, GZIP, MAX_RATIO
from plateglass.read.records import MAX_RECORD, plain_heading
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
_WIDE: Final = 1_000
"""So many headings no log has."""
_PARQUET: Final = b"PAR1"


@dataclass(frozen=True)
class Part:
    """The records of one owner, transcribed."""

    number: int
    owner: str
    """Empty where it is not named."""
    path: Path
    said: bool = True
    """Whether a column says whose records they are."""

    @property
    def name(self) -> str:
        """What the part is called: an owner may be private, so not by its owner."""
        return f"owner {self.number + 1}" if self.said else ""


@dataclass(frozen=True)
class Together:
    """Records of several owners in one relation."""

    relation: str
    """What they are selected from, as SQL."""
    picks: str
    """The columns to transcribe, each under its heading, as SQL."""
    owner: str
    """Whose record it is, as SQL; empty where no column says so."""
    said: int
    """How many records there are in all, counted apart from this."""


def parts(path: Path, folder: Path, store: Store, place: Place) -> Iterator[Part]:
    """The records of each owner as CSV, one after another.

    Raises:
        SourceUnreadable: damaged, or of too many owners or headings.
        SourceRefused: it unpacks to more than it may.
        CountsDoNotAddUp: the parts hold other numbers of records than the file says of itself.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with path.open("rb") as file:
        sign = file.read(len(_PARQUET))
    link = folder / "corpus"  # the file's own name could be a pattern
    link.unlink(missing_ok=True)
    link.symlink_to(path.resolve())
    try:
        if sign.startswith(GZIP):
            link = _unpacked(path, folder / "unpacked", place)
        opened = _parquet(link, store) if sign == _PARQUET else _lines(link, store, place)
        yield from by_owner(opened, folder, store, place)
    except Failure as error:
        what = "Parquet file is" if sign == _PARQUET else "lines of JSON are"
        raise SourceUnreadable(f"the {what} damaged", place=place, remedy="fetch the file again") from error


def _unpacked(path: Path, target: Path, place: Place) -> Path:
    """What a packed file holds, if that is whole and no more than a file of its size may unpack to."""
    left = max(FREE, MAX_RATIO * path.stat().st_size)
    try:
        with gzip.open(path) as packed, target.open("wb") as written:
            while chunk := packed.read(1 << 20):
                left -= len(chunk)
                if left < 0:
                    raise SourceRefused(f"the file unpacks to more than {MAX_RATIO} times its size", place=place,
                                        remedy="unpack it yourself if you trust it")  # fmt: skip
                written.write(chunk)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise SourceUnreadable("the file is cut short or damaged", place=place, remedy="fetch it again") from error
    return target


def _lines(path: Path, store: Store, place: Place) -> Together:
    """Lines of JSON; a line that is no object is a record without a cell, which is rejected and listed."""
    lines = (
        f"read_csv({text(str(path))}, auto_detect=false, header=false, columns={{'line': 'VARCHAR'}}, delim='\x1f', "
        f"quote='', escape='', encoding='utf-8', max_line_size={MAX_RECORD}, compression='none')"
    )
    whole = "CASE WHEN json_valid(line) THEN CASE WHEN json_type(line) = 'OBJECT' THEN line END END"
    relation = f"(SELECT coalesce({whole}, '{{}}') AS line FROM {lines} WHERE trim(line, ' \t\r') <> '') AS records"
    keys = [row[0] for row in store.rows(f"SELECT DISTINCT unnest(json_keys(line)) AS key FROM {relation} ORDER BY 1")]
    if len(keys) > _WIDE:
        raise SourceUnreadable(f"records of {len(keys):,} different keys", expected="headings of a log", place=place)
    cells = {key: f"json_extract_string(line, {text(_pointer(key))})" for key in keys}
    picks = ", ".join(f"{cell} AS {name(key)}" for key, cell in cells.items())
    owner = next((cell for key, cell in cells.items() if plain_heading(key) == OWNER), "")
    with path.open("rb") as file:
        said = sum(1 for line in file if line.strip())
    return Together(relation, picks, owner, said)


def _pointer(key: str) -> str:
    """Where a key's value stands in its object (RFC 6901)."""
    return "/" + key.replace("~", "~0").replace("/", "~1")


def _parquet(path: Path, store: Store) -> Together:
    relation = f"read_parquet({text(str(path))})"
    columns = [(row[0], row[1]) for row in store.rows(f"DESCRIBE SELECT * FROM {relation}")]
    said = int(store.one(f"SELECT sum(num_rows) FROM {relation.replace('read_parquet', 'parquet_file_metadata', 1)}"))
    column = next((column for column, _ in columns if plain_heading(column) == OWNER), "")
    picks = ", ".join(f"{_as_text(*each)} AS {name(each[0])}" for each in columns)
    return Together(relation, picks, f"CAST({name(column)} AS VARCHAR)" if column else "", said)


def by_owner(together: Together, folder: Path, store: Store, place: Place) -> Iterator[Part]:
    """The records of each owner as CSV, one after another, in their order; those without an owner are the last.

    Raises:
        SourceUnreadable: of too many owners.
        CountsDoNotAddUp: the parts hold other numbers of records than there are in all.
    """
    folder.mkdir(parents=True, exist_ok=True)
    relation, said, read = together.relation, together.said, 0
    whose = f"nullif(trim({together.owner or 'NULL'}), '')"
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
        named = owner if owner and BODY.search(owner) and not scrub(owner)[1] else ""
        yield Part(number, named, target, said=bool(together.owner))
    if read != said:
        raise CountsDoNotAddUp(f"{read} records of all owners", expected=f"{said}, as the file says", place=place)


def _as_text(column: str, kind: str) -> str:
    """A column as text; times in ISO 8601, UTC, whatever zone they carry."""
    if kind == "TIMESTAMP WITH TIME ZONE":
        return f"CAST(make_timestamp_ms(epoch_ms({name(column)})) AS VARCHAR)"
    return f"CAST({name(column)} AS VARCHAR)"


def _literal(owner: str | None) -> str:
    return "NULL" if owner is None else text(owner)
