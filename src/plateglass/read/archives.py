"""ZIP archives, opened with suspicion: nothing leaves the folder, sizes are measured, not believed."""

from __future__ import annotations

import hashlib
import json
import stat
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from plateglass.errors import Issue, Place, Severity, SourceRefused, SourceUnreadable
from plateglass.model import Source
from plateglass.read import captures

LIST: Final = "datapackage.json"
"""The list of what a WACZ holds, with hashes."""
MAX_TOTAL: Final = 64 << 30
"""Bytes that one archive may hold when it is opened."""
MAX_RATIO: Final = 200
"""How many times larger than packed a member may be; logs pack ten to fifty times."""
FREE: Final = 16 << 20
"""Bytes below which the ratio says nothing."""
_CHUNK: Final = 1 << 20
_ENCRYPTED: Final = 0x1


def members(path: Path, work: Path) -> Iterator[Source | Issue]:
    """The members of an archive as sources, opened into `work`; a member that can't be read is an issue.

    Raises:
        SourceRefused: a member's path leads out of the folder, or the archive unpacks to more than it may.
        SourceUnreadable: the archive is damaged.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _stay_inside(archive.infolist(), path.name)
            infos = [info for info in archive.infolist() if not info.is_dir() and not _hidden(info.filename)]
            listed = _capture(archive)
            if listed is not None:  # what stands beside the capture in a WACZ is about it
                infos = [info for info in infos if info.filename.lower().endswith(captures.ENDINGS)]
            for found in _opened(archive, infos, path.name, work):
                if isinstance(found, Issue) or not found.name.lower().endswith(captures.ENDINGS):
                    yield found
                else:
                    yield from _captured(found, listed or {}, path.name)
    except zipfile.BadZipFile as error:
        raise SourceUnreadable("the ZIP archive is cut short or damaged", place=Place(path.name)) from error


def _capture(archive: zipfile.ZipFile) -> dict[str, str] | None:
    """For a WACZ the hashes that its own list gives; None for any other archive."""
    names = archive.namelist()
    if LIST not in names or not any(name.lower().endswith(captures.ENDINGS) for name in names):
        return None
    try:
        listed = json.loads(archive.read(LIST))["resources"]
        return {str(each["path"]): str(each["hash"]).removeprefix("sha256:") for each in listed}
    except (ValueError, KeyError, TypeError, zipfile.BadZipFile, zlib.error):
        return {}


def _captured(source: Source, listed: dict[str, str], archive: str) -> Iterator[Source | Issue]:
    """The answers of a capture within an archive, unless the archive's own list says that it was another."""
    said = listed.get(source.name.removeprefix(f"{archive}/"), source.sha256)
    if said != source.sha256:
        told = (
            "the capture is not the one whose hash stands in the list beside it: changed after it was made, or damaged"
        )
        yield Issue("source-refused", Severity.SOURCE, Place(source.name), told)
        return
    yield from captures.members(source.path, source.name, source.path.with_suffix(".answers"))


def _hidden(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return any(part.startswith(".") and part != ".." for part in parts) or parts[:1] == ("__MACOSX",)


def _stay_inside(infos: list[zipfile.ZipInfo], name: str) -> None:
    for info in infos:
        member = info.orig_filename.replace("\\", "/")
        if ".." in PurePosixPath(member).parts or member.startswith("/") or member[1:2] == ":":
            raise SourceRefused(
                "a member's path leads out of the archive's folder", place=Place(name),
                remedy="do not trust this archive; ask where it comes from",
            )  # fmt: skip


def _opened(archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo], name: str, work: Path) -> Iterator[Source | Issue]:
    folder = work / "archives" / hashlib.sha256(str(archive.filename).encode()).hexdigest()[:12]
    folder.mkdir(parents=True, exist_ok=True)
    twice = {member for member, number in Counter(info.filename for info in infos).items() if number > 1}
    left = MAX_TOTAL
    for index, info in enumerate(sorted(infos, key=lambda info: info.filename)):
        place = Place(f"{name}/{info.filename}")
        wrong = _wrong(info, twice)
        if wrong:
            yield Issue("source-unreadable", Severity.SOURCE, place, wrong)
            continue
        try:
            source = _extract(archive, info, folder / f"{index}{PurePosixPath(info.filename).suffix.lower()}", left)
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError) as error:
            yield SourceUnreadable(f"the member can't be unpacked: {error}".lower(), place=place).issue()
            continue
        left -= source.size
        yield source


def _wrong(info: zipfile.ZipInfo, twice: set[str]) -> str:
    if info.flag_bits & _ENCRYPTED:
        return "the member is encrypted; unpack it with its password and give the file itself"
    if info.filename in twice:
        return "two members have this name; which of them was released can't be told"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "the member is a link, which is not followed"
    packed = info.filename.lower().endswith((".zip", ".7z", ".rar", ".gz", ".tar"))
    if packed and not info.filename.lower().endswith(captures.ENDINGS):
        return "an archive within an archive is not opened; unpack the outer one first"
    return ""


def _extract(archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path, left: int) -> Source:
    """One member written out, its bytes counted as they come; what the archive's own list says is not believed."""
    name = f"{Path(str(archive.filename)).name}/{info.filename}"
    digest, size = hashlib.sha256(), 0
    packed = max(1, min(info.compress_size, Path(str(archive.filename)).stat().st_size))
    with archive.open(info) as member, target.open("wb") as file:
        while chunk := member.read(_CHUNK):
            size += len(chunk)
            if size > left or (size > FREE and size > MAX_RATIO * packed):
                file.truncate(0)
                raise SourceRefused(
                    f"the archive unpacks to more than {MAX_RATIO} times its size" if size <= left else
                    f"the archive unpacks to more than {MAX_TOTAL >> 30} GiB",
                    expected="a log, which packs ten to fifty times", place=Place(name),
                    remedy="unpack it yourself if you trust it, and give the files",
                )  # fmt: skip
            digest.update(chunk)
            file.write(chunk)
    return Source(digest.hexdigest(), name, target, size)
