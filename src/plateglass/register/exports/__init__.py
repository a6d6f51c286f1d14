"""The register in the forms that other programs read; beside each, what that form can't carry.

Nothing is exported that is not held: every row of every form names the statements and documents that it rests on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from plateglass.case import write_whole
from plateglass.errors import OutputUnwritable, Place
from plateglass.register.exports import ftm, graph, ocds, prov
from plateglass.register.exports.made import Made
from plateglass.register.holdings import Register

LOST = "cannot-carry.txt"
"""The end of the name of the list that stands beside each form."""


@dataclass(frozen=True)
class Form:
    """One form."""

    about: str
    make: Callable[[Register], Made]


FORMS: Mapping[str, Form] = {
    "graphml": Form("the network of flows as GraphML", graph.graphml),
    "edges": Form("the flows as a table, CSV", graph.edges),
    "ftm": Form("bodies, companies, contracts, payments, events as FollowTheMoney entities", ftm.entities),
    "ocds": Form("contracts in the shape of an OCDS release package", ocds.package),
    "prov": Form("which statement comes from which document, as PROV-JSON", prov.chain),
}
"""Every form by its name."""


def write(register: Register, forms: tuple[str, ...], out: Path) -> tuple[Path, ...]:
    """Write these forms into a folder, each with the list of what it can't carry; give the paths.

    Raises:
        OutputUnwritable: a file stands where the folder should be.
    """
    if out.exists() and not out.is_dir():
        raise OutputUnwritable("a file stands where the folder should be", place=Place(str(out)), remedy="name another")
    written = []
    for name in forms:
        made = FORMS[name].make(register)
        lost = "".join(f"{line}\n" for line in made.lost)
        for file, text in {**made.files, f"{name}.{LOST}": lost}.items():
            write_whole(out / file, text)
            written.append(out / file)
    return tuple(written)
