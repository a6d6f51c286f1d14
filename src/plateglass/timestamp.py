"""Tokens of a time-stamping authority (RFC 3161): that a case and its report stood as they stand before some moment.

    timestamps/0001.json   the manifest: how far `sources.jsonl` and `judgements.jsonl` went, the report's SHA256SUMS,
                           and the hash of the manifest and the token before
    timestamps/0001.tsr    the authority's answer over the SHA-256 of that manifest

The manifests are a chain, as `sources.jsonl` is. Nobody is asked but the authority that the user names, and it gets
32 bytes, a hash. `openssl ts -verify -data 0001.json -in 0001.tsr -CAfile root.pem` says the same without plateglass.
"""

from __future__ import annotations

import hashlib
import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from plateglass.case import BEGINNING, Case, write_whole
from plateglass.errors import ExtraMissing, Place, TimestampUnusable
from plateglass.publish.export import SUMS

FOLDER: Final = "timestamps"
LIMIT: Final = 1 << 20
"""An answer longer than this is none."""
_PATIENCE: Final = 30.0
_SHA256: Final = "2.16.840.1.101.3.4.2.1"
_GRANTED: Final = (0, 1)

Ask = Callable[[bytes], bytes]
"""How an authority is asked: a query in, its answer out."""


@dataclass(frozen=True)
class Stamp:
    """One manifest and the token over it."""

    number: int
    manifest: Path
    token: Path

    @property
    def says(self) -> dict[str, Any]:
        """What the manifest says.

        Raises:
            TimestampUnusable: it is no manifest.
        """
        try:
            found = json.loads(self.manifest.read_bytes())
        except ValueError as error:
            raise TimestampUnusable("a manifest is not JSON", place=Place(str(self.manifest))) from error
        if not isinstance(found, dict) or not {"before", "sources", "judgements"} <= set(found):
            raise TimestampUnusable("this is no manifest", place=Place(str(self.manifest)))
        return found


def stamps(case: Case) -> tuple[Stamp, ...]:
    """Every manifest of a case, oldest first."""
    found = sorted((case.root / FOLDER).glob("[0-9]*.json"))
    return tuple(Stamp(int(path.stem), path, path.with_suffix(".tsr")) for path in found)


def manifest(case: Case, report: Path | None) -> bytes:
    """What is stamped now: the same bytes until the case or the report changes.

    Raises:
        CaseUnusable: the chain of sources is broken.
        TimestampUnusable: the report has no SHA256SUMS.
    """
    lines = len(case.chain())
    judged = case.judgements_file.read_bytes() if case.judgements_file.exists() else b""
    says: dict[str, Any] = {
        "before": _before(stamps(case)),
        "judgements": {"bytes": len(judged), "sha256": hashlib.sha256(judged).hexdigest()},
        "sources": {"lines": lines, "last": _last(case, lines)},
    }
    if report is not None:
        sums = report / SUMS
        if not sums.is_file():
            raise TimestampUnusable(f"the report has no {SUMS}", place=Place(str(report)))
        says["report"] = {"folder": report.name, "sha256sums": hashlib.sha256(sums.read_bytes()).hexdigest()}
    return json.dumps(says, indent=1, sort_keys=True).encode() + b"\n"


def _before(found: Sequence[Stamp]) -> str:
    if not found:
        return BEGINNING
    last = found[-1]
    return hashlib.sha256(last.manifest.read_bytes() + last.token.read_bytes()).hexdigest()


def _last(case: Case, lines: int) -> str:
    """The hash of the nth line of `sources.jsonl`: all before it hang on it."""
    if not lines:
        return BEGINNING
    return hashlib.sha256(case.sources_file.read_bytes().split(b"\n")[lines - 1]).hexdigest()


# --- asking ------------------------------------------------------------------------------------------------------


def query(content: bytes, *, nonce: bool = True) -> bytes:
    """A query over a manifest; without a nonce for a query that is sent by hand.

    Raises:
        ExtraMissing: the library is not installed.
    """
    return bytes(_built(content, nonce=nonce).as_bytes())


def _built(content: bytes, *, nonce: bool) -> Any:
    library = _library()
    builder = library.TimestampRequestBuilder().data(content).hash_algorithm(library.HashAlgorithm.SHA256)
    return builder.nonce(nonce=nonce).cert_request(cert_request=True).build()


def posted(url: str) -> Ask:
    """An authority at an address that the user names.

    Raises:
        TimestampUnusable: not an address of the web.
    """
    if not url.lower().startswith(("https://", "http://")):
        raise TimestampUnusable("not an address of the web", expected="https://...")

    def ask(content: bytes) -> bytes:
        headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
        request = urllib.request.Request(url, content, headers)  # noqa: S310 (checked above)
        try:
            with urllib.request.urlopen(request, timeout=_PATIENCE) as answer:  # noqa: S310 (checked above)
                return bytes(answer.read(LIMIT))
        except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
            why = getattr(error, "reason", error)
            raise TimestampUnusable(f"the authority gave no answer: {why}", remedy="nothing was kept") from error

    return ask


def stamp(case: Case, report: Path | None, ask: Ask, roots: Sequence[Path] = (), *, nonce: bool = True) -> Stamp:
    """Have an authority stamp what stands now, and keep its answer; the case is held meanwhile.

    Raises:
        TimestampUnusable: the answer is no token over this, or roots are given and it does not lead to them.
        ExtraMissing: the library is not installed.
    """
    content = manifest(case, report)
    request = _built(content, nonce=nonce)
    answer = ask(bytes(request.as_bytes()))
    token = _decoded(answer, "the authority's answer")
    _over(token, content)
    if nonce and token.tst_info.nonce != request.nonce:
        raise TimestampUnusable("the answer is to another query", remedy="nothing was kept")
    if roots:
        _signed(answer, content, roots)
    number = max((s.number for s in stamps(case)), default=0) + 1
    made = Stamp(number, case.root / FOLDER / f"{number:04}.json", case.root / FOLDER / f"{number:04}.tsr")
    # The manifest comes last: a token without one is nothing, and the next run writes over it.
    write_whole(made.token, answer)
    write_whole(made.manifest, content)
    return made


# --- checking ----------------------------------------------------------------------------------------------------


def faults(case: Case) -> Iterator[tuple[Stamp, str]]:
    """What does not hold of each manifest and of the hash in its token; nothing where all does.

    Whether an authority signed it is another question: `signed`.
    """
    before: list[Stamp] = []
    for one in stamps(case):
        yield from ((one, why) for why in _faults(case, one, before))
        before.append(one)


def _faults(case: Case, one: Stamp, before: Sequence[Stamp]) -> Iterator[str]:
    try:
        says = one.says
        if not one.token.is_file():
            yield "its token is gone"
            return
        _over(_decoded(one.token.read_bytes(), one.token.name), one.manifest.read_bytes())
        if says["before"] != _before(before):
            yield "it does not follow the one before it: one was changed or taken out"
    except TimestampUnusable as error:
        yield str(error)
        return
    lines, judged = says["sources"], says["judgements"]
    whole = case.sources_file.read_bytes().split(b"\n")[:-1] if case.sources_file.exists() else []
    if len(whole) < lines["lines"] or _last(case, lines["lines"]) != lines["last"]:
        yield f"sources.jsonl had {lines['lines']} lines that are not those of now"
    start = case.judgements_file.read_bytes()[: judged["bytes"]] if case.judgements_file.exists() else b""
    if hashlib.sha256(start).hexdigest() != judged["sha256"]:
        yield "judgements.jsonl began otherwise"


def covers(one: Stamp, report: Path) -> bool:
    """Whether a token is over this very report."""
    sums = report / SUMS
    said = one.says.get("report", {}).get("sha256sums")
    return sums.is_file() and hashlib.sha256(sums.read_bytes()).hexdigest() == said


def moment(one: Stamp) -> datetime:
    """The moment that a token states.

    Raises:
        TimestampUnusable: it is no token.
    """
    stated: datetime = _decoded(one.token.read_bytes(), one.token.name).tst_info.gen_time
    return stated


def signed(one: Stamp, roots: Sequence[Path]) -> None:
    """Nothing, where an authority that leads to one of these roots signed the token.

    Raises:
        TimestampUnusable: no such authority did, or a root is no certificate.
    """
    _signed(one.token.read_bytes(), one.manifest.read_bytes(), roots)


def _library() -> ModuleType:
    try:
        import rfc3161_client  # noqa: PLC0415 (an extra; without it everything else runs)
    except ImportError as error:
        raise ExtraMissing(
            "timestamps need rfc3161-client, which is not installed", remedy="pip install 'plateglass[timestamp]'"
        ) from error
    return rfc3161_client


def _decoded(answer: bytes, what: str) -> Any:
    try:
        found = _library().decode_timestamp_response(answer)
    except ValueError as error:
        raise TimestampUnusable(f"{what} is no answer of RFC 3161", remedy="nothing was kept") from error
    if found.status not in _GRANTED:
        raise TimestampUnusable(f"{what} refuses: status {found.status}", remedy="nothing was kept")
    return found


def _over(token: Any, content: bytes) -> None:
    imprint = token.tst_info.message_imprint
    same = imprint.hash_algorithm.dotted_string == _SHA256 and imprint.message == hashlib.sha256(content).digest()
    if not same:
        raise TimestampUnusable("the token is over something else", expected="the SHA-256 of the manifest")


def _signed(answer: bytes, content: bytes, roots: Sequence[Path]) -> None:
    from cryptography import x509  # noqa: PLC0415 (comes with the extra)

    library, builder = _library(), None
    for path in roots:
        try:
            certificates = x509.load_pem_x509_certificates(path.read_bytes())
        except ValueError as error:
            raise TimestampUnusable("no certificate in PEM", place=Place(path.name)) from error
        for certificate in certificates:
            builder = (builder or library.VerifierBuilder()).add_root_certificate(certificate)
    if builder is None:
        raise TimestampUnusable("no root to trust", expected="a certificate in PEM")
    try:
        builder.build().verify(library.decode_timestamp_response(answer), hashlib.sha256(content).digest())
    except library.VerificationError as error:
        raise TimestampUnusable("no authority of these roots signed the token") from error
