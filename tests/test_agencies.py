"""Every file of special bodies: its ids, kinds and aliases hold, and each alias is found."""

from __future__ import annotations

import re

import pytest

from plateglass import catalogue, resolve
from plateglass.model import Kind, Level

CONTENT = catalogue.Catalogue()
FILES = sorted(CONTENT.agencies)


@pytest.mark.parametrize("name", FILES)
def test_ids_say_the_state_and_the_file_is_the_states(name: str) -> None:
    for body in CONTENT.agencies[name].bodies:
        assert re.fullmatch(r"us(-[a-z0-9]+)+", body.id), body.id
        assert body.source, body.id
        if name == "us":
            assert body.state is None or f"-{body.state}-" not in body.id[:6], body.id
        else:
            assert body.state == name, body.id
            assert body.id.startswith(f"us-{name}-"), body.id


@pytest.mark.parametrize("name", FILES)
def test_kind_and_level_go_together(name: str) -> None:
    for body in CONTENT.agencies[name].bodies:
        if body.kind is Kind.FEDERAL:
            assert body.level is Level.FEDERAL, body.id
        if body.kind in (Kind.PRIVATE, Kind.VENDOR):
            assert body.level is Level.PRIVATE, body.id
        assert body.kind is not Kind.UNKNOWN, body.id


@pytest.mark.parametrize("name", FILES)
def test_every_spelling_is_found_and_stays_public_or_not(name: str) -> None:
    """A body's name and each alias mean that body and no other."""
    for body in CONTENT.agencies[name].bodies:
        for spelling in (body.name, *body.aliases):
            found = resolve.organisation(spelling, CONTENT)
            assert found.agency == body.id, spelling
            assert found.parsed.state == body.state, spelling
            assert found.public is (body.kind not in (Kind.PRIVATE, Kind.VENDOR)), spelling


def test_no_id_stands_twice() -> None:
    ids = [body.id for name in FILES for body in CONTENT.agencies[name].bodies]
    assert len(ids) == len(set(ids))
