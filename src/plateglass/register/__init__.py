"""The register: sourced statements about systems, money, flows and safeguards, and the routes that data can take.

Read in this order: `entities` (what can be said at all), `edtf` (dates), `holdings` (files become a register),
`lint` (what is refused), `evidence` (how well a thing is known), `money`, `flows` (things become edges), `routes`,
`cuts`, `shares` (sharing lists), and `questions`, the eleven that the register has to answer.
"""

from __future__ import annotations

from pathlib import Path

from plateglass.register import holdings, lint
from plateglass.register.holdings import Register


def read(*folders: Path, without: Path | None = None) -> Register:
    """The register of these folders and all below them, or the one that ships with plateglass where none is named.

    `without` is a file that is left out: one that is about to be written anew.

    Raises:
        ContentMalformed: a file says what it may not, with file and line.
    """
    register = unchecked(*folders, without=without)
    lint.refuse(register)
    return register


def unchecked(*folders: Path, without: Path | None = None) -> Register:
    """The same, before the lint: for a page that lists every problem instead of stopping at the first.

    Raises:
        ContentMalformed: a file is not TOML, or has a section, key or value that the types don't know.
    """
    paths = (path for folder in folders or (holdings.FOLDER,) for path in sorted(folder.rglob("*.toml")))
    return holdings.gather(holdings.written(path) for path in paths if path != without)
