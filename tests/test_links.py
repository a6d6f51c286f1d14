"""Copies of one search in several logs: linked where that is sure, counted apart where it isn't, never by likeness."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid5

import pytest

from plateglass import demo, links, normalise, pipeline, store
from plateglass.case import SOURCES, Case, typed
from plateglass.demo import plan
from plateglass.links import Linked
from plateglass.model import NAMES, ORGANISATIONS, SIGHTINGS
from plateglass.store import Store
from releases import HOME, OWN, Room, record, write

SPACE = UUID(int=7)
SECOND = 1_756_800_000_000


def token(word: str | int | None) -> str | None:
    return None if word is None else str(uuid5(SPACE, str(word)))


class World:
    """Sightings in a store, each said in a few words."""

    def __init__(self, db: Store) -> None:
        self.db = db
        self.sources: dict[str, tuple[str, str | None]] = {"a": ("network_audit", "one"), "b": ("network_audit", "two")}
        self.seen: list[dict[str, object]] = []
        self.agencies = {"ex": "us-ca-exampleville-pd", "ex2": "us-ca-exampleville-pd", "sa": "us-ca-sampleton-pd"}

    def add(self, source: str, says: str, **cells: object) -> World:
        """One sighting: `says` makes its fingerprint; its cells are those of one ordinary search."""
        row: dict[str, object] = {
            "source": source, "part": 0, "record": len(self.seen) + 1, "fingerprint": token(says),
            "searched_at": SECOND, "from_at": SECOND - 9, "to_at": SECOND, "org": token("ex"),
            "networks": 12, "devices": 120, "search_id": None,
        }  # fmt: skip
        self.seen.append(row | cells)
        return self

    def found(self) -> Linked:
        sightings = typed(SIGHTINGS)
        rows = [[row.get(c) for c in sightings] for row in self.seen]
        self.db.load("sightings", sightings, rows)
        listed = [{"source": s, "part": 0, "view": v, "owner_org": token(o)} for s, (v, o) in self.sources.items()]
        self.db.load("sources", typed(SOURCES), [[line.get(c.name) for c in SOURCES] for line in listed])
        orgs = [{"org": token(o), "agency": a} for o, a in self.agencies.items()]
        self.db.load("organisations", typed(ORGANISATIONS), [[o.get(c.name) for c in ORGANISATIONS] for o in orgs])
        self.db.load("home", typed(NAMES), [[token("ex"), "Exampleville CA PD"]])
        normalise.searches(self.db)
        return links.find(self.db)


@pytest.fixture
def world() -> Iterator[World]:
    with Store() as db:
        yield World(db)


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Room:
    found = Room(tmp_path / "room")
    monkeypatch.setenv("PLATEGLASS_KEY_FILE", str(found.key()))
    return found


def test_copies_that_differ_in_a_redaction_are_linked_by_the_id(world: World) -> None:
    found = world.add("a", "x", search_id=token(1)).add("b", "y", search_id=token(1)).found()
    assert (found.searches, found.linked, found.by_id, found.by_key) == (2, 1, 1, 0)


def test_an_id_that_names_several_times_links_nothing_across_them(world: World) -> None:
    later = {"search_id": token(1), "searched_at": SECOND + 5_000}
    found = world.add("a", "x", search_id=token(1)).add("b", "y", **later).found()
    assert found.linked == 2


def test_without_an_id_who_second_reach_and_window_link(world: World) -> None:
    found = world.add("a", "x").add("b", "y").found()
    assert (found.linked, found.by_key, found.apart) == (1, 1, 0)
    assert world.db.rows("SELECT how, count(DISTINCT link), count(*) FROM links GROUP BY how") == [("key", 1, 2)]
    assert world.db.one("SELECT count(*) FROM links WHERE n > 1") == 2


def test_two_spellings_of_one_agency_are_one_searcher(world: World) -> None:
    assert world.add("a", "x").add("b", "y", org=token("ex2")).found().linked == 1


@pytest.mark.parametrize(
    "cells",
    [{"searched_at": SECOND + 1_000}, {"org": token("sa")}, {"networks": 13}, {"devices": 121},
     {"from_at": SECOND - 8}, {"to_at": SECOND + 1}, {"org": None}],
)  # fmt: skip
def test_a_difference_in_any_part_of_the_key_keeps_them_apart(world: World, cells: dict[str, object]) -> None:
    assert world.add("a", "x").add("b", "y", **cells).found().linked == 2


@pytest.mark.parametrize("gone", ["devices", "networks", "from_at", "to_at"])
def test_a_column_that_one_log_leaves_out_contradicts_nothing(world: World, gone: str) -> None:
    assert world.add("a", "x").add("b", "y", **{gone: None}).found().linked == 1


def test_two_that_share_no_field_stay_apart(world: World) -> None:
    window, reach = dict.fromkeys(("from_at", "to_at")), dict.fromkeys(("networks", "devices"))
    found = world.add("a", "x", **window).add("b", "y", **reach).found()
    assert (found.linked, found.apart) == (2, 2)


def test_a_second_search_of_that_second_parts_only_what_it_may_be(world: World) -> None:
    """Equal ones are linked first; a third that leaves out what would tell it from the other stays apart."""
    world.sources["c"] = ("network_audit", "three")
    world.add("a", "x").add("b", "y")
    found = world.add("a", "other", networks=40).found()
    assert (found.searches, found.linked, found.apart) == (3, 2, 2)
    found = world.add("c", "z", networks=None, devices=None).found()
    assert (found.searches, found.linked) == (4, 3)


def test_who_and_when_alone_link_nothing(world: World) -> None:
    bare = dict.fromkeys(("networks", "devices", "from_at", "to_at"))
    found = world.add("a", "x", **bare).add("b", "y", **bare).found()
    assert (found.linked, found.apart) == (2, 0)


def test_two_in_one_file_stay_apart_and_are_counted(world: World) -> None:
    """It can't be told which of the two the other file's is."""
    found = world.add("a", "x").add("a", "y").add("b", "z").found()
    assert (found.linked, found.by_key, found.apart) == (3, 0, 3)


def test_two_ids_are_two_searches_whatever_else_is_equal(world: World) -> None:
    found = world.add("a", "x", search_id=token(1)).add("b", "y", search_id=token(2)).found()
    assert (found.linked, found.apart, found.tried, found.right) == (2, 0, 1, 0)


def test_a_copy_without_an_id_joins_the_one_that_has_it(world: World) -> None:
    world.add("a", "x", search_id=token(1)).add("b", "y", search_id=token(1))
    world.sources["c"] = ("network_audit", "three")
    found = world.add("c", "z").found()
    assert (found.searches, found.linked, found.by_id, found.by_key) == (3, 1, 1, 1)
    assert world.db.one("SELECT count(DISTINCT link) FROM links") == 1


def test_copies_that_contradict_in_the_key_join_no_third(world: World) -> None:
    """By id they are one; which of the two keys is right, nobody can tell."""
    world.add("a", "x", search_id=token(1)).add("b", "y", search_id=token(1), networks=13)
    world.sources["c"] = ("network_audit", "three")
    found = world.add("c", "z").found()
    assert (found.by_id, found.by_key, found.linked) == (1, 0, 2)


def test_an_own_log_without_a_column_for_who_is_its_owners(world: World) -> None:
    world.sources |= {"own": ("organisation_audit", "ex"), "home": ("portal_audit", None)}
    assert world.add("own", "x", org=None).add("a", "y").found().linked == 1
    world.seen = []
    assert world.add("home", "x", org=None).add("a", "y").found().linked == 1, "a file that names nobody is the home's"
    world.seen = []
    assert world.add("b", "x", org=None).add("a", "y").found().linked == 2, "in a network audit it was somebody else"


def test_precision_is_tried_where_ids_tell(world: World) -> None:
    """Right: the same id in two files, alone with its key in each. Wrong: two ids that share a key."""
    for n in range(3):
        at = SECOND + (n + 1) * 10_000
        world.add("a", f"same {n}", search_id=token(n), searched_at=at).add(
            "b", f"same {n}", search_id=token(n), searched_at=at
        )
    world.add("a", "x", search_id=token("p")).add("b", "y", search_id=token("q"))
    found = world.found()
    assert (found.right, found.tried) == (3, 4)
    assert found.precision == 0.75
    assert "right in 3 of 4 cases" in found.sentence


def test_searches_of_one_file_only_are_not_doubtful(world: World) -> None:
    found = world.add("a", "x").add("a", "y").found()
    assert (found.linked, found.apart) == (2, 0)


def test_on_the_made_up_case_every_link_is_right_and_few_are_missed(tmp_path: Path, room: Room) -> None:
    """Its searches are known: nearly all have a second of their own, and five logs show copies with other columns."""
    made = plan.searches(500, 1)
    truth = demo.make(tmp_path / "files", searches=500, seed=1)
    case = Case(room.case())
    assert room.run("add", "case", *truth.paths).code == 0
    with pipeline.agencies(case) as db:
        normalise.searches(db)
        found = links.find(db)
        groups = db.rows("""
            SELECT l.link, min(d.searched_at), max(d.searched_at) FROM links AS l
            JOIN distinct_searches AS d ON d.fingerprint = l.fingerprint WHERE l.n > 1 GROUP BY l.link""")
        shown = {at // 1000 for (at,) in db.rows("SELECT DISTINCT searched_at FROM distinct_searches")}
    true = sum(search.at in shown for search in made)
    assert found.searches > 1.5 * true, "copies abound"
    assert true <= found.linked <= true + found.apart
    seconds = Counter(search.at for search in made)
    assert all(first // 1000 == last // 1000 for _, first, last in groups)
    assert sum(seconds[first // 1000] == 1 for _, first, _ in groups) >= len(groups) - 4


@pytest.mark.parametrize(
    ("second", "said"),
    [
        ([{"Reason": "robbery"} if n % 4 == 0 else {} for n in range(20)],
         "of 20 searches 20 stand in both files; searches that are written otherwise: 5. Findings count such"),
        ([{"Name": "Bob Sample"} if n == 3 else {} for n in range(19)],
         "of 19 searches 19 stand in both files; searches that are written otherwise: 1."),
        ([{}] * 14, "of 14 searches 14 stand in both files"),
        ([{"ID": f"00000000-0000-4000-9000-{n:012}"} for n in range(20)], ""),
    ],
    ids=("two extractions", "one ends before", "one is a part", "two logs"),
)  # fmt: skip
def test_two_files_that_are_one_log_twice_are_told(
    tmp_path: Path, room: Room, second: list[dict[str, str]], said: str
) -> None:
    """Each of their searches counts once where copies are linked; the report says so, and that findings don't."""
    write(tmp_path / "files" / OWN, [record(n) for n in range(20)])
    write(
        tmp_path / "files" / OWN.replace("-Audit", "-Audit-of-the-print"),
        [record(n, **c) for n, c in enumerate(second)],
    )
    assert room.run("audit", tmp_path / "files", "--out", "report", *HOME).code == 0
    summary = json.loads((room.root / "report" / "summary.json").read_text(encoding="utf-8"))
    told = [issue["message"] for issue in summary["issues"] if issue["code"] == "log-twice"]
    assert len(told) == bool(said)
    assert all(said in message for message in told)
    assert summary["linked"]["searches"] == (20 if said else 40)


def test_nothing_gives_nothing(world: World) -> None:
    found = world.found()
    assert (found.searches, found.linked, found.precision) == (0, 0, None)


def test_every_step_is_in_the_portable_subset() -> None:
    for step in (*links.steps(), *links._TWICE):
        assert store.unportable(step.sql) == [], step.name
