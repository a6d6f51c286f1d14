"""Organisation names become agencies, with state, kind and level: by rule, by content, by a person's judgement.

A judgement is one line of the case's `judgements.jsonl`:

    {"kind": "agency", "name": "Exampleville PD", "agency": "us-ca-exampleville-pd", "why": ...}

`name` is the name as written (blanks and case do not matter). `agency` is the id of the agency that it means; an
empty id says that the name is no agency's. A later line about the same name stands in place of an earlier one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from plateglass import catalogue, model, store
from plateglass.errors import CaseUnusable, Place
from plateglass.resolve import identity, names, vocabulary

Organisation = identity.Organisation
Parsed = names.Parsed


def parse(name: str, content: catalogue.Catalogue) -> names.Parsed:
    """What one name says by itself: place, state, kind, level, marks."""
    return names.parse(name, vocabulary.vocabulary(content))


def organisation(name: str, content: catalogue.Catalogue) -> identity.Organisation:
    """What one name means by itself, such as the home agency's."""
    words = vocabulary.vocabulary(content)
    return identity.resolved([name], words, identity.Bodies(content.agencies, words))[name]


def judged(lines: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Name -> agency id from the lines of `judgements.jsonl` that are about agencies.

    Raises:
        CaseUnusable: such a line has no name, or no agency.
    """
    decided: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        if line.get("kind") != "agency":
            continue
        if not isinstance(line.get("name"), str) or not isinstance(line.get("agency"), str):
            raise CaseUnusable(
                "a judgement about an agency is incomplete", expected="a name and an agency, both text",
                place=Place("judgements.jsonl", record=number),
            )  # fmt: skip
        decided[line["name"]] = line["agency"]
    return decided


def organisations(
    case: store.Store, content: catalogue.Catalogue, home: str = "", judgements: Iterable[Mapping[str, Any]] = ()
) -> None:
    """From `names` the table `organisations`: one row a distinct name, with agency, state, kind, level and how."""
    words = vocabulary.vocabulary(content)
    written = case.rows("SELECT CAST(id AS VARCHAR), min(name) FROM names WHERE id IS NOT NULL GROUP BY id ORDER BY 1")
    found = identity.resolved(
        (name for _, name in written), words, identity.Bodies(content.agencies, words), home, judged(judgements)
    )
    columns = {column.name: column.type for column in model.ORGANISATIONS}
    case.load("organisations", columns, [_row(org, found[name]) for org, name in written])


def own_audits(case: store.Store) -> None:
    """In `sources`, an audit that its file's name calls its owner's own is that, where all in it are the owner.

    `read` compares names as they are written; which of them are one agency stands in `organisations` only.
    """
    for source, part, path, part_name in case.rows(_CALLED_OWN):
        names = case.rows(_NAMES_IN, {"source": source, "part": part})
        if names and all(same for (same,) in names):
            case.execute(
                "UPDATE sources SET view = $view WHERE source = $source AND part = $part",
                {"view": model.View.ORGANISATION_AUDIT.value, "source": source, "part": part},
            )
            told = f"all {len(names):,} names of organisations are spellings of its owner's: it is its own audit"
            case.execute(
                "UPDATE issues SET message = $told"
                " WHERE code = 'view-doubtful' AND path = $path AND coalesce(part, '') = $part_name",
                {"told": told, "path": path, "part_name": part_name},
            )


_CALLED_OWN: Final = """
    SELECT s.source, s.part, s.name, coalesce(s.part_name, '') FROM sources AS s
    JOIN issues AS i ON i.path = s.name AND coalesce(i.part, '') = coalesce(s.part_name, '')
    WHERE i.code = 'view-doubtful' AND s.view = 'network_audit' AND s.owner_org IS NOT NULL ORDER BY 1, 2"""
_NAMES_IN: Final = """
    SELECT coalesce(o.agency = w.agency, false) FROM (
      SELECT DISTINCT s.org, l.owner_org FROM sightings AS s
      JOIN sources AS l ON l.source = s.source AND l.part = s.part
      WHERE s.source = $source AND s.part = $part AND s.org IS NOT NULL) AS n
    LEFT JOIN organisations AS o ON o.org = n.org LEFT JOIN organisations AS w ON w.org = n.owner_org"""


def _row(org: str, found: identity.Organisation) -> tuple[object, ...]:
    parsed = found.parsed
    marks = ",".join(parsed.marks) or None
    return (
        org, found.agency, found.name, parsed.place or None, parsed.state, parsed.kind.value, parsed.level.value, marks,
        found.how, found.public,
    )  # fmt: skip
