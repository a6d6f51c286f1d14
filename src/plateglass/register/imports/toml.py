"""Entries of a file of the register as TOML, and ids that can't be taken for a plate."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal


def entry(section: str, values: Mapping[str, object]) -> str:
    """One entry of a section; keys without a value are left out."""
    held = {key: value for key, value in values.items() if value is not None}
    lines = (f"{k} = {v if isinstance(v, Decimal) else json.dumps(v)}" for k, v in held.items())
    return f"[[{section}]]\n" + "\n".join(lines) + "\n"


def letters(text: str, length: int = 12) -> str:
    """A short hash of a text in the letters a to p: an id that can't be taken for a plate."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    return "".join(chr(ord("a") + int(digit, 16)) for digit in digest[:length])
