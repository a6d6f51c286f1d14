"""Tokens of a time-stamping authority: what they are over, what breaks them, and that nobody else is asked."""

from __future__ import annotations

import builtins
import hashlib
import json
import shutil
import subprocess
import threading
import urllib.request
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import tsa
from plateglass import custody, timestamp
from plateglass.case import Case, Settings
from plateglass.cli import app
from plateglass.custody import Standing
from plateglass.errors import ExtraMissing, TimestampUnusable


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tsa.Authority:
    return tsa.Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def case(tmp_path: Path) -> Case:
    """A case with two sources, one decision and a report."""
    made = Case.make(tmp_path / "case", Settings())
    for name in ("one", "two"):
        made.append({"source": name, "name": f"{name}.csv", "parts": [], "issues": []}, made.sources_file)
    made.append({"kind": "agency", "name": "Exampleville PD", "agency": ""}, made.judgements_file)
    made.out.mkdir()
    (made.out / "SHA256SUMS").write_text("0" * 64 + "  report.html\n")
    return made


def stamped(case: Case, authority: tsa.Authority) -> timestamp.Stamp:
    return timestamp.stamp(case, case.out, authority, [authority.root])


def tokens(case: Case, *roots: Path) -> dict[str, tuple[Standing, str]]:
    """What `verify` says of the tokens."""
    found = custody._stamped(case, case.out, roots)
    return {check.what: (check.standing, check.why) for check in found}


def test_a_token_is_over_the_chain_the_decisions_and_the_report(case: Case, authority: tsa.Authority) -> None:
    one = stamped(case, authority)
    lines = case.sources_file.read_bytes().split(b"\n")[:-1]
    judged = case.judgements_file.read_bytes()
    assert one.says == {
        "before": "0" * 64,
        "judgements": {"bytes": len(judged), "sha256": hashlib.sha256(judged).hexdigest()},
        "sources": {"lines": 2, "last": hashlib.sha256(lines[-1]).hexdigest()},
        "report": {"folder": "out", "sha256sums": hashlib.sha256((case.out / "SHA256SUMS").read_bytes()).hexdigest()},
    }
    assert timestamp.moment(one) == tsa.NOW
    assert {standing for standing, _ in tokens(case, authority.root).values()} == {Standing.HOLDS}


def test_openssl_says_the_same_without_us(case: Case, authority: tsa.Authority) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed: what it would say is checked by the library above")
    one = stamped(case, authority)
    files = ("-data", one.manifest, "-in", one.token, "-CAfile", authority.root)
    command = ["openssl", "ts", "-verify", *map(str, files)]
    at = str(int(tsa.NOW.timestamp()))
    done = subprocess.run([*command, "-attime", at], capture_output=True, text=True, check=False)
    assert "Verification: OK" in done.stdout + done.stderr


def test_tokens_are_a_chain_and_the_case_may_grow_under_them(case: Case, authority: tsa.Authority) -> None:
    first = stamped(case, authority)
    case.append({"source": "three", "name": "three.csv", "parts": [], "issues": []}, case.sources_file)
    case.append({"kind": "agency", "name": "Sampleton PD", "agency": ""}, case.judgements_file)
    second = stamped(case, authority)
    whole = first.manifest.read_bytes() + first.token.read_bytes()
    assert (second.number, second.says["before"]) == (2, hashlib.sha256(whole).hexdigest())
    assert {standing for standing, _ in tokens(case, authority.root).values()} == {Standing.HOLDS}


def test_a_report_that_was_written_anew_is_not_the_one_that_was_stamped(case: Case, authority: tsa.Authority) -> None:
    stamped(case, authority)
    (case.out / "SHA256SUMS").write_text("1" * 64 + "  report.html\n")
    standing, why = tokens(case, authority.root)["timestamp 1 is over out/"]
    assert standing is Standing.UNCHECKED
    assert "anew" in why


def rewritten(case: Case) -> None:
    """The last line of the chain, changed and chained again."""
    lines = case.sources_file.read_bytes().split(b"\n")
    case.sources_file.write_bytes(b"\n".join([lines[0], lines[1].replace(b"two.csv", b"TWO.csv"), b""]))


SPOILT: dict[str, tuple[Callable[[Case], object], str]] = {
    "the end of the chain written anew": (rewritten, "not those of now"),
    "the end of the chain cut off": (
        lambda case: case.sources_file.write_bytes(case.sources_file.read_bytes().split(b"\n")[0] + b"\n"), "not those"
    ),
    "a decision changed": (
        lambda case: case.judgements_file.write_text(case.judgements_file.read_text().replace("Ex", "EX")), "otherwise"
    ),
    "a manifest changed": (
        lambda case: (p := timestamp.stamps(case)[0].manifest).write_text(p.read_text().replace(": 2", ": 1")), "over"
    ),
    "a manifest that is none": (lambda case: timestamp.stamps(case)[0].manifest.write_text("[]"), "no manifest"),
    "a token gone": (lambda case: timestamp.stamps(case)[0].token.unlink(), "gone"),
    "a token that is none": (lambda case: timestamp.stamps(case)[0].token.write_bytes(b"no"), "no answer"),
}  # fmt: skip


@pytest.mark.parametrize("what", SPOILT)
def test_what_was_changed_after_a_token_is_found(case: Case, authority: tsa.Authority, what: str) -> None:
    stamped(case, authority)
    spoil, why = SPOILT[what]
    spoil(case)
    standing, said = tokens(case, authority.root)["timestamp 1"]
    assert standing is Standing.BROKEN
    assert why in said


def test_a_token_taken_out_breaks_the_chain_of_tokens(case: Case, authority: tsa.Authority) -> None:
    first, _, _ = (stamped(case, authority) for _ in range(3))
    first.manifest.unlink()
    first.token.unlink()
    assert "does not follow" in tokens(case)["timestamp 2"][1]
    assert [s.number for s in timestamp.stamps(case)] == [2, 3]
    assert stamped(case, authority).number == 4, "no number is given twice"


def test_a_token_of_an_authority_that_nobody_trusts_is_no_proof(
    case: Case, authority: tsa.Authority, tmp_path: Path
) -> None:
    other = tsa.Authority(tmp_path, "Sample Time Authority")
    what = "timestamp 1 was signed by an authority that is trusted"
    stamped(case, authority)
    assert tokens(case)[what][0] is Standing.UNCHECKED, "no root, no proof"
    assert tokens(case, other.root)[what][0] is Standing.BROKEN
    assert tokens(case, other.root, authority.root)[what][0] is Standing.HOLDS
    with pytest.raises(TimestampUnusable, match="no authority"):
        timestamp.stamp(case, None, authority, [other.root])
    (tmp_path / "no.pem").write_text("nothing")
    with pytest.raises(TimestampUnusable, match="PEM"):
        timestamp.stamp(case, None, authority, [tmp_path / "no.pem"])


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (tsa.refusal, "no answer|refuses"),
        (lambda _: b"", "no answer"),
        (lambda answer: answer[:-9], "no answer"),
        (lambda _: b"<html>", "no answer"),
    ],
)
def test_an_answer_that_is_none_keeps_nothing(
    case: Case, authority: tsa.Authority, spoil: Callable[[bytes], bytes], why: str
) -> None:
    with pytest.raises(TimestampUnusable, match=why):
        timestamp.stamp(case, case.out, lambda query: spoil(authority(query)))
    assert not timestamp.stamps(case)


def test_an_answer_to_another_query_or_over_another_thing_is_refused(case: Case, authority: tsa.Authority) -> None:
    content = timestamp.manifest(case, case.out)
    with pytest.raises(TimestampUnusable, match="another query"):
        timestamp.stamp(case, case.out, lambda _: authority(timestamp.query(content)))
    with pytest.raises(TimestampUnusable, match="something else"):
        timestamp.stamp(case, case.out, lambda _: authority(timestamp.query(b"another thing")))
    assert not timestamp.stamps(case)


def test_a_manifest_is_the_same_until_something_changes(case: Case) -> None:
    assert timestamp.manifest(case, case.out) == timestamp.manifest(case, case.out)
    assert timestamp.query(b"x", nonce=False) == timestamp.query(b"x", nonce=False)
    assert timestamp.query(b"x") != timestamp.query(b"x")


def test_without_the_extra_one_line_says_what_to_install(
    case: Case, authority: tsa.Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    stamped(case, authority)
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "rfc3161_client":
            raise ImportError
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ExtraMissing, match=r"plateglass\[timestamp\]"):
        timestamp.stamp(case, case.out, authority)
    assert tokens(case)["1 timestamps"][0] is Standing.UNCHECKED


# --- the command -------------------------------------------------------------------------------------------------


def test_the_command_asks_whom_it_is_told_to_and_sends_a_hash(case: Case, authority: tsa.Authority) -> None:
    """A local server is the authority: what it gets is a query of a few dozen bytes."""
    got: list[bytes] = []

    class Server(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(self.rfile.read(int(self.headers["Content-Length"])))
            assert self.headers["Content-Type"] == "application/timestamp-query"
            answer = authority(got[-1])
            self.send_response(200)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the library's name)
            pass

    with HTTPServer(("127.0.0.1", 0), Server) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        told = CliRunner().invoke(app, ["timestamp", str(case.root), "--tsa", url, "--tsa-root", str(authority.root)])
    assert told.exit_code == 0, told.stderr
    assert "2026-03-04" in told.stdout
    (query,) = got
    assert len(query) < 100
    assert hashlib.sha256(timestamp.stamps(case)[0].manifest.read_bytes()).digest() in query


def test_a_query_can_be_sent_by_hand(case: Case, authority: tsa.Authority, tmp_path: Path) -> None:
    query, answer = tmp_path / "q.tsq", tmp_path / "a.tsr"
    assert CliRunner().invoke(app, ["timestamp", str(case.root), "--query", str(query)]).exit_code == 0
    answer.write_bytes(authority(query.read_bytes()))
    told = CliRunner().invoke(app, ["timestamp", str(case.root), "--answer", str(answer)])
    assert told.exit_code == 0, told.stderr
    assert {s for s, _ in tokens(case, authority.root).values()} == {Standing.HOLDS}
    again = CliRunner().invoke(app, ["timestamp", str(case.root), "--answer", str(answer)])
    assert again.exit_code == 1, "the manifest is another one now: it follows the first"


def test_nobody_is_asked_unless_named(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        pytest.fail("somebody was asked")

    monkeypatch.setattr(urllib.request, "urlopen", refuse)
    assert CliRunner().invoke(app, ["timestamp", str(case.root)]).exit_code == 2
    for url in ("file:///etc/hostname", "ftp://example.test", "example.test"):
        told = CliRunner().invoke(app, ["timestamp", str(case.root), "--tsa", url])
        assert (told.exit_code, "not an address" in told.stderr) == (1, True)


def test_an_authority_that_is_not_there_is_one_line(case: Case) -> None:
    told = CliRunner().invoke(app, ["timestamp", str(case.root), "--tsa", "http://127.0.0.1:9"])
    assert told.exit_code == 1
    assert "gave no answer" in told.stderr
    assert len(told.stderr.strip().splitlines()) == 1
    assert json.loads(case.sources_file.read_text().splitlines()[0])["source"] == "one"
