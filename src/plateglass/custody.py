"""Whether a case and its report still say what the released files say: read again, counted again, compared.

Three things are compared with what was written down when they were made: the chain of `sources.jsonl`, the tables of
the store with the originals that are given again, and a report with one that is made anew from the store. What holds
of the store by its originals, and of the report by the store, holds of the report by the originals.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from plateglass import intake, pipeline, read, timestamp
from plateglass.case import Case
from plateglass.errors import CaseUnusable, ExtraMissing, Issue, OutputUnwritable, Place, TimestampUnusable
from plateglass.model import Progress, Source, silent
from plateglass.publish import export, words
from plateglass.publish.report import CUSTODIAN
from plateglass.record_views import OTHER_VIEWS
from plateglass.store import Failure, Store, name, text

_TABLES: Final = ("sightings", "shares", "statistics", *(view.table for view in OTHER_VIEWS.values()))
"""A source's accepted records stand in one of these, by its view."""
_COUNTS: Final = ("records", "sightings", "rejected", "searches", "period")
_NO_HASH: Final = 66
"""Where a name begins in a line of SHA256SUMS."""


class Standing(StrEnum):
    """What is known of one statement."""

    HOLDS = "holds"
    BROKEN = "does not hold"
    UNCHECKED = "could not be checked"


@dataclass(frozen=True)
class Check:
    """One statement of the case or of its report, and what came of looking at it."""

    what: str
    standing: Standing
    why: str = ""
    """What was found instead, or what is missing."""
    asked: bool = True
    """Whether anybody asked for it: originals that nobody gave could not be checked, and nobody wonders."""


def verify(
    case: Case,
    originals: Sequence[Path] = (),
    report: Path | None = None,
    progress: Progress = silent,
    roots: Sequence[Path] = (),
) -> list[Check]:
    """Every statement, in the order of the chain, the tokens, the store, the originals and the report.

    `roots` are certificates of time-stamping authorities that are trusted.

    Raises:
        CaseUnusable: another process holds the case.
        SourceUnreadable: a path to originals does not exist.
    """
    try:
        lines = case.chain()
    except CaseUnusable as error:
        return [Check("sources.jsonl is a chain", Standing.BROKEN, str(error))]
    head = hashlib.sha256(case.sources_file.read_bytes().split(b"\n")[-2]).hexdigest() if lines else "none"
    told = f"sources.jsonl is a chain of {len(lines)} lines; the hash of its last line is {head}"
    checks = [Check(told, Standing.HOLDS), *_stamped(case, report or case.out, roots)]
    with case.held(), Store(threads=2, memory="2GB", spill=case.work) as store:
        sources = [line for line in case.sources() if line["parts"]]
        for number, line in enumerate(sources, 1):
            checks += _stored(store, case, line)
            progress("counting the store", number, len(sources))
        checks += _originals(store, case, sources, originals, progress)
    return checks + _reported(case, report, progress)


def _compared(what: str, said: object, found: object) -> Check:
    if said == found:
        return Check(f"{what}: {words.clean(str(said))}" if isinstance(said, int | str) else what, Standing.HOLDS)
    return Check(what, Standing.BROKEN, words.clean(f"written down: {said}; found: {found}"))


# --- tokens ------------------------------------------------------------------------------------------------------


def _stamped(case: Case, report: Path, roots: Sequence[Path]) -> Iterator[Check]:
    """What holds of each token of a time-stamping authority."""
    found = timestamp.stamps(case)
    try:
        faults = [(one.number, why) for one, why in timestamp.faults(case)]
    except ExtraMissing as error:
        yield Check(f"{len(found)} timestamps", Standing.UNCHECKED, str(error), asked=bool(roots))
        return
    for one in found:
        wrong = [why for number, why in faults if number == one.number]
        if wrong:
            yield Check(f"timestamp {one.number}", Standing.BROKEN, "; ".join(wrong))
        else:
            yield from _token(one, report, roots)


def _token(one: timestamp.Stamp, report: Path, roots: Sequence[Path]) -> Iterator[Check]:
    lines = one.says["sources"]["lines"]
    told = f"timestamp {one.number}: {lines} lines of sources.jsonl stood by {timestamp.moment(one)}"
    yield Check(told, Standing.HOLDS)
    if "report" in one.says:
        same = timestamp.covers(one, report)
        why = "" if same else "that report was written anew since, or is another one"
        what = f"timestamp {one.number} is over {report.name}/"
        yield Check(what, Standing.HOLDS if same else Standing.UNCHECKED, why, asked=False)
    what = f"timestamp {one.number} was signed by an authority that is trusted"
    try:
        if roots:
            timestamp.signed(one, roots)
            yield Check(what, Standing.HOLDS)
        else:
            yield Check(what, Standing.UNCHECKED, "no root was given: --tsa-root", asked=False)
    except TimestampUnusable as error:
        yield Check(what, Standing.BROKEN, str(error))


# --- the store ---------------------------------------------------------------------------------------------------


def _stored(store: Store, case: Case, line: Mapping[str, Any]) -> Iterator[Check]:
    """What `sources.jsonl` says of one source, counted again in the store."""
    for part in line["parts"]:
        where = words.clean(f"{line['name']}{' ' + part['part_name'] if part['part_name'] else ''}")
        folder, number = case.folder(line["source"]), part["part"]
        try:
            accepted = sum(_rows(store, folder / f"{table}-{number}.parquet") for table in _TABLES)
            rejected = _rows(store, folder / f"rejected-{number}.parquet")
        except (Failure, OutputUnwritable):
            yield Check(f"{where}: its tables in the store", Standing.BROKEN, "they can't be read")
            continue
        yield _compared(f"{where}: records", part["records"], accepted + rejected)
        yield _compared(f"{where}: accepted", part["accepted"], accepted)
        yield _compared(f"{where}: rejected", part["rejected"], rejected)


def _rows(store: Store, path: Path) -> int:
    return int(store.one(f"SELECT count(*) FROM read_parquet({text(str(path))})")) if path.exists() else 0


# --- the originals -----------------------------------------------------------------------------------------------


def _originals(
    store: Store, case: Case, lines: Sequence[Mapping[str, Any]], given: Sequence[Path], progress: Progress
) -> Iterator[Check]:
    """Each source read again from its original, and compared with its line and its tables in the store."""
    if not given:
        yield Check(f"{len(lines)} sources against their originals", Standing.UNCHECKED, "none were given", asked=False)
        return
    here = {found.sha256: found for found in _found(case, given)}
    known = {line["sha256"] for line in lines}
    for digest in sorted(set(here) - known):
        place = words.clean(here[digest].name)
        yield Check(f"{place} is in the case", Standing.UNCHECKED, "no source of the case has its bytes", asked=False)
    by_id = {line["source"]: line for line in lines}
    wanted = [_again(line, here[line["sha256"]]) for line in lines if line["sha256"] in here]
    done, in_all = 0, sum(source.size for source in wanted)
    for taken in intake.takings(case, iter(wanted), in_all, progress):
        yield from _reread(store, case, by_id[taken.source.id], taken)
        done += taken.source.size
        progress("reading the originals", done, in_all)
    for line in lines:
        if line["sha256"] not in here:
            missing = f"no file of SHA-256 {line['sha256']}"
            yield Check(f"{words.clean(line['name'])} against its original", Standing.UNCHECKED, missing)


def _found(case: Case, given: Sequence[Path]) -> Iterator[Source]:
    for found in read.sources(sorted(given), case.work / "archives"):
        if not isinstance(found, Issue):
            yield found


def _again(line: Mapping[str, Any], found: Source) -> Source:
    """The source as it was: its name then says whose log it is and when it was captured."""
    return Source(found.sha256, line["name"], found.path, found.size, int(line["source"].partition("-")[2] or 0))


def _reread(store: Store, case: Case, line: Mapping[str, Any], taken: intake.Taken) -> Iterator[Check]:
    where = words.clean(line["name"])
    parts = json.loads(json.dumps(taken.parts))
    yield _compared(f"{where}: what sources.jsonl says, by its original", line["parts"], parts)
    made, kept = intake.ready(case, os.getpid(), line["source"]), case.folder(line["source"])
    names = sorted({path.name for folder in (made, kept) for path in folder.glob("*.parquet")})
    for table in names:
        told = f"{where}: {table}, by its original"
        if not (made / table).exists() or not (kept / table).exists():
            gone = "it is not in the store" if (made / table).exists() else "the original gives no such table"
            yield Check(told, Standing.BROKEN, gone)
            continue
        yield _same(store, told, made / table, kept / table)


def _same(store: Store, told: str, made: Path, kept: Path) -> Check:
    """Whether two tables hold the same rows; rows that differ in tokens only were made with another key."""
    if export.sha256(made) == export.sha256(kept):
        return Check(told, Standing.HOLDS)
    try:
        columns = store.rows(f"DESCRIBE SELECT * FROM read_parquet({text(str(made))})")
        if not _differ(store, made, kept, [column for column, *_ in columns]):
            return Check(told, Standing.HOLDS)
        keyless = [column for column, kind, *_ in columns if kind != "UUID"]
        if not _differ(store, made, kept, keyless):
            return Check(told, Standing.UNCHECKED, "all but the tokens is the same; they were made with another key")
    except (Failure, OutputUnwritable):
        return Check(told, Standing.BROKEN, "it can't be read, or has other columns")
    return Check(told, Standing.BROKEN, "rows differ")


def _differ(store: Store, made: Path, kept: Path, columns: Sequence[str]) -> bool:
    listed = ", ".join(name(column) for column in columns)
    one, two = (f"SELECT {listed} FROM read_parquet({text(str(path))})" for path in (made, kept))
    return any(store.one(f"SELECT count(*) FROM ({a} EXCEPT ALL {b})") for a, b in ((one, two), (two, one)))


# --- the report --------------------------------------------------------------------------------------------------


def _reported(case: Case, report: Path | None, progress: Progress) -> list[Check]:
    """A report's hashes, and each of its numbers against a report made anew from the store."""
    folder = report or case.out
    if not (folder / "summary.json").is_file():
        if report is not None:
            raise CaseUnusable("no report in this folder", expected="summary.json in it", place=Place(str(report)))
        return [Check("a report", Standing.UNCHECKED, "the case has none; name one with --report", asked=False)]
    checks = [*_sums(folder), *(_sums(folder / CUSTODIAN) if (folder / CUSTODIAN).is_dir() else ())]
    with tempfile.TemporaryDirectory(prefix="plateglass-") as scratch:
        anew = Path(scratch) / "report"
        try:
            pipeline.report(case, anew, progress)
        except (Failure, OutputUnwritable):
            return [*checks, Check("the numbers of the report", Standing.BROKEN, "none can be made from the store")]
        for part in ("", CUSTODIAN):
            checks += _numbers(folder / part, anew / part, f"{part}: " if part else "")
        checks += _files(folder, anew)
    return checks


def _sums(folder: Path) -> Iterator[Check]:
    """Every file of a report by its hash."""
    listed: dict[str, str] = {}
    sums = folder / export.SUMS
    for line in sums.read_text(encoding="utf-8").split("\n") if sums.exists() else ():
        listed[line[_NO_HASH:]] = line[: _NO_HASH - 2]
    listed.pop("", None)
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    unlisted = {path for path in there - {*listed, export.SUMS} if path.partition("/")[0] != CUSTODIAN}
    wrong = sorted({path for path, digest in listed.items() if _digest(folder / path) != digest} | unlisted)
    if not listed:
        yield Check(f"{folder.name}/ by its SHA256SUMS", Standing.BROKEN, "there is none, or it lists nothing")
        return
    yield _compared(f"{len(listed)} files of {folder.name}/ by their SHA256SUMS", [], wrong)


def _digest(path: Path) -> str:
    return export.sha256(path) if path.is_file() else "no such file"


def _numbers(folder: Path, anew: Path, lead: str) -> Iterator[Check]:
    said, found = (_summary(path / "summary.json") for path in (folder, anew))
    for key in (key for key in _COUNTS if key in said or key in found):
        yield _compared(f"{lead}{key} of the report", said.get(key), found.get(key))
    for source in said.get("sources", []):
        same = next((other for other in found.get("sources", []) if _key(other) == _key(source)), None)
        yield _compared(
            f"the report's numbers of {words.clean(source['name'])} {source['sheet']}".strip(), source, same
        )
    yield _compared(f"{lead}sources of the report", len(said.get("sources", [])), len(found.get("sources", [])))
    for rule in sorted({*said.get("rules", {}), *found.get("rules", {})}):
        yield _compared(f"{lead}verdicts of {rule}", said.get("rules", {}).get(rule), found["rules"].get(rule))


def _key(source: Mapping[str, Any]) -> tuple[object, ...]:
    return source.get("sha256"), source.get("name"), source.get("sheet")


def _summary(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        found = None
    return found if isinstance(found, dict) else {"rules": {}}


def _files(folder: Path, anew: Path) -> Iterator[Check]:
    """Whether each file is the one that this version writes; other versions of plateglass write other pages."""
    now = {path.relative_to(anew).as_posix() for path in anew.rglob("*") if path.is_file()}
    other = sorted(path for path in now if _digest(folder / path) != _digest(anew / path))
    same = f"{len(now) - len(other)} of {len(now)} files of the report are those that are written now, byte by byte"
    yield Check(same, Standing.HOLDS)
    for path in other:
        why = _versions(_summary(folder / "summary.json"), _summary(anew / "summary.json"))
        standing = Standing.UNCHECKED if why else Standing.BROKEN
        yield Check(f"{path} is what is written now", standing, why or "it is another, by the same version and content")


def _versions(said: Mapping[str, Any], found: Mapping[str, Any]) -> str:
    """How the makers of two reports differ; empty where they don't."""
    keys = [key for key in ("version", "content_sha256") if said.get(key) != found.get(key)]
    return f"the report was written by another {' and '.join(keys)}" if keys else ""
