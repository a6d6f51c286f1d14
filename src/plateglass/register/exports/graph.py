"""The network of flows: as GraphML, and as one table."""

from __future__ import annotations

import csv
import io
from collections import Counter
from xml.etree import ElementTree as ET

from plateglass.register import evidence, flows
from plateglass.register.entities import Flow
from plateglass.register.exports.made import Made
from plateglass.register.holdings import Register

COLUMNS = (
    "id", "label", "provider", "provider_label", "receiver", "receiver_label", "via", "kind", "class", "letter",
    "travelled", "data", "becomes", "mode", "onward", "forbidden_by", "first_day", "last_day", "last_confirmed",
    "basis", "switch", "statements", "documents",
)  # fmt: skip
"""The columns of the table of flows, and the keys of an edge of the graph."""

LOST = (
    "what each statement says in words: only its id stands here, `register show` has the words",
    "claims that stand against each other, safeguards, rules, money and measures: they are no edges",
    "that a route depends on what data are carried and on whether they may be passed on: a plain path is no route",
)


def rows(register: Register) -> tuple[dict[str, str], ...]:
    """Every flow that is held, those that are never travelled too, each with what it rests on."""
    travelled = {e.id: e for e in flows.edges(register)}
    return tuple(_row(register, flow, travelled) for flow in register.all(Flow).values())


def _row(register: Register, flow: Flow, travelled: dict[str, flows.Edge]) -> dict[str, str]:
    said = register.said.get(flow.id, ())
    shown, held = evidence.of_flow(said), evidence.window(register, said)
    found = (
        flow.id, flow.label, flow.provider, register.label(flow.provider), flow.receiver, register.label(flow.receiver),
        " ".join(flow.via), flow.kind, "" if shown is None else shown.name.lower(), evidence.letter(said, shown),
        "yes" if flow.id in travelled else "no", " ".join(flow.data), " ".join(flow.becomes), flow.mode,
        flow.onward or flows.KINDS[flow.kind].onward, flow.forbidden_by, held.start, held.end, held.confirmed,
        flow.basis, flow.switch or flow.provider, " ".join(s.key for s in said),
        " ".join(sorted({s.document for s in said})),
    )  # fmt: skip
    return dict(zip(COLUMNS, (str(cell) if cell is not None else "" for cell in found), strict=True))


def edges(register: Register) -> Made:
    """The table of flows."""
    text = io.StringIO()
    table = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    table.writeheader()
    table.writerows(rows(register))
    return Made({"edges.csv": text.getvalue()}, LOST)


def graphml(register: Register) -> Made:
    """The graph: places with their section and letters, flows as directed edges."""
    root = ET.Element("graphml", xmlns="http://graphml.graphdrawing.org/xmlns")
    node_keys = ("label", "section", *(f"confidence_{letter}" for letter in evidence.LETTERS))
    for owner, keys in (("node", node_keys), ("edge", COLUMNS)):
        for key in keys:
            kind = "int" if key.startswith("confidence_") else "string"
            attributes = {"id": f"{owner}-{key}", "for": owner, "attr.name": key, "attr.type": kind}
            ET.SubElement(root, "key", attributes)
    graph = ET.SubElement(root, "graph", id="register", edgedefault="directed")
    found = rows(register)
    for place in sorted({row[end] for row in found for end in ("provider", "receiver")}):
        letters = Counter(evidence.shares(register.said.get(place, ())))
        node = {"label": register.label(place), "section": register.section_of.get(place, "")}
        _add(graph, "node", {"id": place}, node | {f"confidence_{k}": str(n) for k, n in letters.items()})
    for row in found:
        _add(graph, "edge", {"id": row["id"], "source": row["provider"], "target": row["receiver"]}, row)
    ET.indent(root)
    return Made({"graph.graphml": ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"}, LOST)


def _add(graph: ET.Element, what: str, attributes: dict[str, str], data: dict[str, str]) -> None:
    element = ET.SubElement(graph, what, attributes)
    for key, value in data.items():
        if value:
            ET.SubElement(element, "data", key=f"{what}-{key}").text = value
