"""What reading web captures must hold: every answer with records is a source, and what else is in it is counted."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

import pytest

from plateglass import read
from plateglass.catalogue import Catalogue
from plateglass.errors import Issue, Severity
from plateglass.model import Source, Table, View
from plateglass.read import captures
from plateglass.store import Store

FIXTURES = Path(__file__).parent / "fixtures" / "layouts"
PAGE = (FIXTURES / "flock-portal-sharing" / "both-lists" / "example-ca-pd__2026-04-24.html").read_bytes()
PORTAL = "https://transparency.example.com/example-ca-pd"
ROW = '"00000000-0000-4000-8000-000000000001","***","2026-03-10T04:31:52.901Z","12","bolo"'
CSV = f'"id","userId","searchDate","networkCount","reason"\n{ROW}\n'.encode()


def chunked(body: bytes, size: int = 700) -> bytes:
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def answer(body: bytes, kind: str = "text/html; charset=utf-8", status: str = "200 OK", **headers: str) -> bytes:
    more = "".join(f"{key.replace('_', '-')}: {value}\r\n" for key, value in headers.items())
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{more}\r\n".encode() + body


def entry(block: bytes, address: str = PORTAL, what: str = "response", day: str = "2026-04-24T10:11:12Z") -> bytes:
    head = (
        f"WARC/1.1\r\nWARC-Type: {what}\r\nWARC-Target-URI: {address}\r\nWARC-Date: {day}\r\n"
        f"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000001>\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


INFO = entry(b"software: made up\r\n", what="warcinfo")
ASKED = entry(b"GET /example-ca-pd HTTP/1.1\r\nHost: transparency.example.com\r\n\r\n", what="request")
GOOD = entry(answer(PAGE))


def warc(folder: Path, entries: Sequence[bytes], name: str = "portal.warc.gz") -> Path:
    """A capture as crawlers write it: each record packed by itself."""
    path = folder / name
    path.write_bytes(b"".join(map(gzip.compress, entries)) if name.endswith(".gz") else b"".join(entries))
    return path


def wacz(folder: Path, content: bytes, said: str = "") -> Path:
    path = folder / "portal.wacz"
    digest = said or f"sha256:{hashlib.sha256(content).hexdigest()}"
    listed = {"profile": "data-package", "resources": [{"path": "archive/data.warc.gz", "hash": digest}]}
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("datapackage.json", json.dumps(listed))
        archive.writestr("archive/data.warc.gz", content)
        archive.writestr("indexes/index.cdx.gz", gzip.compress(b"com,example)/ 2026 {}"))
        archive.writestr("pages/pages.jsonl", '{"format": "json-pages-1.0"}\n')
    return path


def taken(path: Path, work: Path) -> tuple[list[Source], list[Issue]]:
    found = list(read.sources([path], work))
    return [e for e in found if isinstance(e, Source)], [e for e in found if isinstance(e, Issue)]


@pytest.mark.parametrize("name", ["portal.warc", "portal.warc.gz", "capture"])
def test_a_portal_s_page_in_a_capture_is_the_same_as_a_saved_one(tmp_path: Path, name: str) -> None:
    """Known by its address and day, with the hash of the page itself."""
    path = warc(tmp_path, [INFO, ASKED, GOOD], name)
    [source], issues = taken(path, tmp_path / "work")
    assert (source.name, issues) == (f"{name}/example-ca-pd__2026-04-24.html", [])
    assert source.sha256 == hashlib.sha256(PAGE).hexdigest()
    with Store() as store:
        tables = [e for e in read.tables(source, Catalogue(), tmp_path / "work", store) if isinstance(e, Table)]
    assert {(each.owner, str(each.captured)) for each in tables} == {("example-ca-pd", "2026-04-24")}
    assert View.SHARED_NETWORKS in {each.view for each in tables}


@pytest.mark.parametrize(
    "block",
    [
        answer(chunked(PAGE), Transfer_Encoding="chunked"),
        answer(gzip.compress(PAGE), Content_Encoding="gzip"),
        answer(zlib.compress(PAGE), Content_Encoding="deflate"),
        answer(chunked(gzip.compress(PAGE)), Transfer_Encoding="chunked", Content_Encoding="gzip"),
        answer(PAGE, Transfer_Encoding="chunked"),
        answer(PAGE, Content_Encoding="gzip"),
    ],
    ids=["chunks", "gzip", "deflate", "gzip in chunks", "unchunked by the writer", "unpacked by the writer"],
)
def test_an_answer_is_what_the_server_meant(tmp_path: Path, block: bytes) -> None:
    [source], issues = taken(warc(tmp_path, [entry(block)]), tmp_path / "work")
    assert (source.sha256, issues) == (hashlib.sha256(PAGE).hexdigest(), [])


def test_what_is_left_out_is_counted(tmp_path: Path) -> None:
    entries = [
        GOOD, entry(answer(b"x", "text/javascript")), entry(answer(b"x", "image/png")),
        entry(answer(b"gone", status="404 Not Found")), entry(answer(b"", status="301 Moved")),
        entry(answer(b""), what="revisit"), entry(answer(b"\x0b\x02", Content_Encoding="br")),
    ]  # fmt: skip
    sources, [issue] = taken(warc(tmp_path, entries), tmp_path / "work")
    assert len(sources) == 1
    assert (issue.code, issue.severity) == ("capture-left-out", Severity.NOTE)
    assert issue.message == (
        "of the capture was left out: 2 answers of other kinds, such as scripts and pictures, "
        "1 answers packed in a way that is not read, 2 answers that are refusals or lead elsewhere, "
        "1 pages that did not change since"
    )


def test_a_csv_in_a_capture_is_a_log(tmp_path: Path) -> None:
    """Also as a record of its own kind, without the answer's head."""
    entries = [
        entry(answer(CSV, "text/csv"), f"{PORTAL}/search%20audit.csv?x=1"),
        INFO.replace(b"warcinfo", b"metadata"),
        entry(CSV + b"\n", f"{PORTAL}/b.csv", "resource").replace(b"WARC-Date", b"Content-Type: text/csv\r\nWARC-Date"),
    ]
    sources, issues = taken(warc(tmp_path, entries), tmp_path / "work")
    assert [each.name.partition("/")[2] for each in sources] == ["search-audit__2026-04-24.csv", "b__2026-04-24.csv"]
    assert issues == []


@pytest.mark.parametrize("cut", [300, 700, -400, -20])
@pytest.mark.parametrize("name", ["portal.warc", "portal.warc.gz"])
def test_a_capture_that_is_cut_short_says_so(tmp_path: Path, cut: int, name: str) -> None:
    """What is before the cut is read; an answer that is not whole is not."""
    path = warc(tmp_path, [GOOD, entry(answer(PAGE + b"<p>more</p>"))], name)
    path.write_bytes(path.read_bytes()[:cut])
    sources, issues = taken(path, tmp_path / "work")
    assert {each.sha256 for each in sources} <= {hashlib.sha256(PAGE).hexdigest()}
    assert [each.severity for each in issues] == [Severity.SOURCE] or not sources


def test_a_capture_without_answers_says_so(tmp_path: Path) -> None:
    _, [issue] = taken(warc(tmp_path, [INFO]), tmp_path / "work")
    assert (issue.severity, issue.message) == (Severity.SOURCE, "the capture holds no answer of a server")


def test_a_capture_that_unpacks_to_far_more_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(captures, "FREE", 10_000)
    path = warc(tmp_path, [entry(answer(b"0" * 9_000_000))])
    sources, [issue] = taken(path, tmp_path / "work")
    assert (sources, issue.code) == ([], "source-refused")


def test_the_capture_in_a_wacz_is_read_and_what_is_about_it_is_not(tmp_path: Path) -> None:
    content = warc(tmp_path, [INFO, GOOD]).read_bytes()
    [source], issues = taken(wacz(tmp_path, content), tmp_path / "work")
    assert source.name == "portal.wacz/archive/data.warc.gz/example-ca-pd__2026-04-24.html"
    assert issues == []


def test_a_wacz_whose_capture_was_changed_is_refused(tmp_path: Path) -> None:
    """The list beside it gives another hash: it is no evidence."""
    content = warc(tmp_path, [INFO, GOOD]).read_bytes()
    sources, [issue] = taken(wacz(tmp_path, content, "sha256:" + "0" * 64), tmp_path / "work")
    assert (sources, issue.code, issue.severity) == ([], "source-refused", Severity.SOURCE)


def test_a_capture_within_an_ordinary_archive_is_read(tmp_path: Path) -> None:
    content = warc(tmp_path, [GOOD]).read_bytes()
    with zipfile.ZipFile(tmp_path / "release.zip", "w") as archive:
        archive.writestr("portal.warc.gz", content)
        archive.writestr("plain.csv", CSV)
        archive.writestr("other.csv.gz", gzip.compress(CSV))
    sources, [issue] = taken(tmp_path / "release.zip", tmp_path / "work")
    assert sorted(each.name for each in sources) == [
        "release.zip/plain.csv", "release.zip/portal.warc.gz/example-ca-pd__2026-04-24.html",
    ]  # fmt: skip
    assert "an archive within an archive is not opened" in issue.message


@pytest.mark.parametrize(
    "address", ["https://x.example/../../etc/passwd", "https://x.example/%00%2e%2e%2f", "https://x.example"]
)
def test_an_address_is_no_path(tmp_path: Path, address: str) -> None:
    [source], _ = taken(warc(tmp_path, [entry(answer(PAGE), address)]), tmp_path / "work")
    assert source.path.is_relative_to(tmp_path / "work")
    assert "/" not in source.name.removeprefix("portal.warc.gz/")
    assert source.name.isascii()


def test_a_gzip_file_that_is_no_capture_is_still_named(tmp_path: Path) -> None:
    out = io.BytesIO(gzip.compress(CSV))
    (tmp_path / "log.csv.gz").write_bytes(out.getvalue())
    [source], [] = taken(tmp_path / "log.csv.gz", tmp_path / "work")
    with Store() as store:
        [issue] = read.tables(source, Catalogue(), tmp_path / "work", store)
    assert isinstance(issue, Issue)
    assert "a gzip archive" in issue.message
