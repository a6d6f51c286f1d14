"""The key, the tokens made with it, the shapes that are scrubbed out of text, and what may be shown.

Plates, users, case numbers and vendor ids become tokens on the way in: the first 128 bits of an HMAC-SHA256
(RFC 2104) under a sub-key of their own kind. The clear text is kept nowhere. Whoever holds the key can find out
by trying which token stands for which plate: the key lives outside the case, and no output holds a token.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import stat
from contextlib import suppress
from pathlib import Path
from typing import Final
from uuid import UUID

import platformdirs

from plateglass.errors import KeyUnusable, Place
from plateglass.privacy.file_names import shown_name
from plateglass.privacy.scrub import CUE, MARKS, PLAIN, SUSPECT, fold, scrub

__all__ = [
    "CUE", "KEY_BYTES", "KINDS", "MARKS", "PLAIN", "SUSPECT", "cache_path", "fold", "key", "key_path", "pads", "scrub",
    "shown_heading", "shown_name", "sub_key", "token",
]  # fmt: skip

KEY_BYTES: Final = 32
_BLOCK: Final = 64

KINDS: Final = ("target", "account", "case_no", "search_id", "text", "name")
"""Each kind of token has a sub-key of its own, so equal words of two kinds never have equal tokens."""


def key_path() -> Path:
    """Where the key lives: `PLATEGLASS_KEY_FILE`, else the user's data directory."""
    named = os.environ.get("PLATEGLASS_KEY_FILE")
    return Path(named) if named else Path(platformdirs.user_data_dir("plateglass")) / "key"


def cache_path() -> Path:
    """Where files live that no run needs after it: the user's cache directory."""
    return Path(platformdirs.user_cache_dir("plateglass"))


def key(path: Path | None = None) -> bytes:
    """The 32 secret bytes; made, mode 0600, where there are none yet.

    Raises:
        KeyUnusable: the file has another size, or others may read it, or it can't be made.
    """
    where = path or key_path()
    try:
        if not where.exists():
            where.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _make(where)
        mode, found = where.stat().st_mode, where.read_bytes()
    except OSError as error:
        raise KeyUnusable(
            f"the key file can't be used: {error.strerror}", place=Place(str(where)),
            remedy="name another with PLATEGLASS_KEY_FILE",
        ) from error  # fmt: skip
    if len(found) != KEY_BYTES:
        raise KeyUnusable(
            f"the key file has {len(found)} bytes", expected=f"{KEY_BYTES}", place=Place(str(where)),
            remedy="move it away and a new key is made; tokens made with the old one no longer join",
        )  # fmt: skip
    if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
        raise KeyUnusable(
            "the key file can be read by others", expected="mode 0600", place=Place(str(where)), remedy="run chmod 600"
        )
    return found


def _make(where: Path) -> None:
    """Make a key whole under another name, then link it: a process that starts at the same time sees all or nothing."""
    made = where.with_name(f"{where.name}.{os.getpid()}")
    handle = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(made, where)
    finally:
        made.unlink()


def sub_key(master: bytes, kind: str) -> bytes:
    """The key of one kind of token: HMAC-SHA256 of the kind's name under the master key."""
    return hmac.digest(master, f"plateglass/{kind}/v1".encode(), "sha256")


def pads(master: bytes, kind: str) -> tuple[bytes, bytes]:
    """The outer and the inner block of RFC 2104 for one kind, for an HMAC that is computed in SQL."""
    block = sub_key(master, kind).ljust(_BLOCK, b"\0")
    return bytes(b ^ 0x5C for b in block), bytes(b ^ 0x36 for b in block)


def token(master: bytes, kind: str, text: str) -> UUID:
    """The token of one word: what the SQL computes for a column, for one value and for tests."""
    digest = hmac.new(sub_key(master, kind), text.encode(), hashlib.sha256).digest()
    return UUID(bytes=digest[:16])


_HEADING = re.compile(r"[A-Za-z#][A-Za-z0-9 _#'()/.:&-]{0,60}")
_PLATE_SHAPED = re.compile(r"(?=[A-Z0-9]*\d)[A-Z0-9]{5,8}")


def shown_heading(text: str) -> str:
    """A heading as it may stand in a message: itself, or only its length where it could be somebody's data.

    A file without headings shows its first record where headings are expected, so anything with more than one
    digit, or not like a heading, is not repeated.
    """
    text = text.strip()
    looks_right = _HEADING.fullmatch(text) and sum(c.isdigit() for c in text) <= 1 and not _PLATE_SHAPED.search(text)
    return text if looks_right else f"<{len(text)} characters>"
