"""What the register takes and what it refuses, with file and line; dates, independence, evidence and money."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plateglass import catalogue, register
from plateglass.errors import ContentMalformed
from plateglass.register import edtf, entities, evidence, flows, lint, money, shares
from plateglass.register.entities import Evidence
from plateglass.register.holdings import Register
from plateglass.resolve import identity, vocabulary
from plateglass.store import Store

SOUND = """\
[[bodies]]
id = "exampleville-pd"
label = "Exampleville Police Department"
kind = "police"
level = "local"

[[companies]]
id = "example-press"
label = "Example Press"
kind = "publisher"

[[data]]
id = "plate-read"
label = "Plate read"

[[systems]]
id = "example-pool"
label = "Example pool"
kind = "store"
status = "active"

[[flows]]
id = "exampleville-to-pool"
label = "Exampleville feeds the pool"
provider = "exampleville-pd"
receiver = "example-pool"
kind = "feed"
data = ["plate-read"]
mode = "push"

[[rules]]
id = "example-rule"
label = "Example rule"
kind = "ordinance"
issuer = "exampleville-pd"
effect = "forbids"

[[documents]]
id = "example-paper"
label = "An example paper"
publisher = "example-press"
kind = "secondary"
date = "2019-03"

[[statements]]
id = "pool-is"
about = ["example-pool", "example-rule"]
predicate = "is"
says = "A pool of reads, and a rule about it."
document = "example-paper"
locator = "page 2"
claim = "press"
confidence = "C"

[[statements]]
id = "pool-fed"
about = "exampleville-to-pool"
predicate = "provides"
says = "The police feed the pool."
evidence = "enabled"
document = "example-paper"
locator = "page 3"
claim = "press"
confidence = "C"
"""


def sound(folder: Path, text: str = SOUND) -> Register:
    (folder / "register").mkdir(exist_ok=True)
    (folder / "register" / "example.toml").write_text(text)
    return register.read(folder / "register")


def refused(folder: Path, text: str) -> ContentMalformed:
    with pytest.raises(ContentMalformed) as caught:
        sound(folder, text)
    return caught.value


def line(text: str, mark: str) -> int:
    """The number of the only line that holds a mark."""
    (number,) = [n for n, found in enumerate(text.splitlines(), 1) if mark in found]
    return number


def test_a_sound_file_is_taken(tmp_path: Path) -> None:
    held = sound(tmp_path)
    assert set(held.statements) == {"pool-is", "pool-fed"}
    mark = 'id = "exampleville-to-pool"'
    assert held.places["exampleville-to-pool"].path == f"register/example.toml:{line(SOUND, mark)}"


STATEMENT = """
[[statements]]
id = "smuggled"
about = "example-pool"
predicate = "holds"
says = "{says}"
document = "example-paper"
locator = "page 4"
claim = "press"
confidence = "C"
"""

SECTIONS = {
    "a person": '\n[[persons]]\nid = "ada-example"\nlabel = "Ada Example"\n',
    "a plate": '\n[[plates]]\nid = "one"\nlabel = "one"\n',
    "a vehicle": '\n[[vehicles]]\nid = "one"\nlabel = "one"\n',
    "an address": '\n[[addresses]]\nid = "one"\nlabel = "one"\n',
    "a camera site": '\n[[cameras]]\nid = "one"\nlabel = "one"\n',
}


@pytest.mark.parametrize("what", SECTIONS)
def test_no_section_can_hold(what: str, tmp_path: Path) -> None:
    """The types are closed: the file is refused at the line where the section stands."""
    text = SOUND + SECTIONS[what]
    error = refused(tmp_path, text)
    assert error.place is not None
    assert error.place.path == f"register/example.toml:{SOUND.count(chr(10)) + 2}"
    assert "no section of this name" in str(error)


@pytest.mark.parametrize("key", ["name", "plate", "address", "date_of_birth", "latitude", "officer", "vin"])
@pytest.mark.parametrize("section", ["bodies", "systems", "flows", "statements"])
def test_no_key_can_hold_a_person_a_plate_or_a_place(section: str, key: str, tmp_path: Path) -> None:
    heading = f"[[{section}]]\n"
    text = SOUND.replace(heading, f'{heading}{key} = "x"\n', 1)
    error = refused(tmp_path, text)
    assert error.place is not None
    assert error.place.path == f"register/example.toml:{text[: text.index(heading)].count(chr(10)) + 2}"
    assert error.place.column == key


SHAPES = {
    "plate": [
        "Seen with ZZT0001 at night.",
        "Plate 8ZZZ101 was read.",
        "The car ZZT-0001 was seen.",
        "Seen: 0042 ZZT.",
    ],
    "vin": ["The frame 1ZZZZ99ZZZZ000001 was read."],
    "ssn": ["Number 000-00-0000 was on file."],
    "phone": ["Call (555) 010-0100 now.", "Call 555-010-0100 now."],
    "email": ["Write to ada@example.org now."],
    "birth-date": ["DOB 1 January.", "Born 1 January."],
    "position": ["At 12.34567 north."],
    "address": ["Lives at 12 Example Street.", "Lives at 12 N Sample Oak Rd now."],
    "person": ["Detective Sample asked.", "Asked by Ada Example.", "Mr. Sample asked."],
}


@pytest.mark.parametrize(("code", "says"), [(code, says) for code, all_says in SHAPES.items() for says in all_says])
def test_a_text_that_smuggles_is_refused_with_its_line_and_not_repeated(code: str, says: str, tmp_path: Path) -> None:
    text = SOUND + STATEMENT.format(says=says)
    error = refused(tmp_path, text)
    assert error.place is not None
    assert error.place.path == f"register/example.toml:{line(text, says)}"
    assert code in error.remedy
    assert says not in str(error)


@pytest.mark.parametrize(
    "says",
    [
        "More than 2,500 plates in 2019.",
        "Under SB 34 and AB 1215.",
        "ICE 2014 solicitation.",
        "Before 2020 CBP did not.",
        "287(g) and 702 of them.",
        "The Sheriff's Department of Los Angeles County.",
        "The Chief Privacy Officer of DHS.",
        "It costs 42,300,000 dollars.",
        "The Attorney General of Virginia.",
        "By 7 July 2020.",
        "Austin Police Department.",
    ],
)
def test_a_text_that_only_looks_alike_is_taken(says: str, tmp_path: Path) -> None:
    assert "smuggled" in sound(tmp_path, SOUND + STATEMENT.format(says=says)).statements


def test_a_plate_is_not_smuggled_in_an_id(tmp_path: Path) -> None:
    text = SOUND.replace('id = "example-rule"', 'id = "rule-zzt0001"').replace('"example-rule"]', '"rule-zzt0001"]')
    assert "plate" in str(refused(tmp_path, text))


def test_a_person_can_not_speak(tmp_path: Path) -> None:
    """Whoever says so is a body or a company that is held."""
    text = SOUND.replace('locator = "page 2"', 'locator = "page 2"\nsays_who = "ada-example"')
    error = refused(tmp_path, text)
    assert error.place is not None
    assert error.place.path == f"register/example.toml:{line(text, 'ada-example')}"
    assert "ada" not in str(error)


PAPER = 'document = "example-paper"\nlocator = "page 2"'
RATED = 'locator = "page 2"\nclaim = "press"\nconfidence = '
BARE = {
    "statement without its document": (PAPER, 'locator = "page 2"', "required"),
    "statement without a locator": ('locator = "page 2"\n', "", "required"),
    "statement on an unknown document": (PAPER, PAPER.replace("example", "no"), "unknown-entity"),
    "amount without its kind": (
        'locator = "page 2"',
        'value = 5\nunit = "USD"\nlocator = "page 2"',
        "amount-without-kind",
    ),
    "kind without an amount": ('locator = "page 2"', 'amount = "ceiling"\nlocator = "page 2"', "kind-without-amount"),
    "legal conclusion as our own": ("A pool of reads", "A pool that violates a rule", "legal-conclusion"),
    "breach without who says so": (
        'predicate = "is"',
        'predicate = "breaches"\nobject = "example-rule"',
        "legal-conclusion",
    ),
    "breach of nothing": ('predicate = "is"', 'predicate = "breaches"\nsays_who = "example-press"', "legal-conclusion"),
    "A on a secondary paper": (f'{RATED}"C"', f'{RATED}"A"', "confidence-too-high"),
    "B on one source": (f'{RATED}"C"', f'{RATED}"B"', "confidence-too-high"),
    "flow without evidence": ('evidence = "enabled"\n', "", "flow-without-evidence"),
    "flow to itself": ('receiver = "example-pool"', 'receiver = "exampleville-pd"', "flow-to-itself"),
    "flow of unknown data": ('data = ["plate-read"]', 'data = ["dna"]', "unknown-entity"),
    "publisher that is a system": ('publisher = "example-press"', 'publisher = "example-pool"', "wrong-type"),
    "date that is none": ('date = "2019-03"', 'date = "March 2019"', "EDTF"),
    "status that is not on the list": ('status = "active"', 'status = "running"', "should be"),
    "id that is taken": ('id = "example-rule"', 'id = "example-pool"', "taken already"),
    "statement about the wrong thing": ('predicate = "provides"', 'predicate = "measures"', "wrong-subject"),
    "range upside down": ('locator = "page 2"', 'value = 5\nhigh = 4\nunit = "cars"\nlocator = "page 2"', "range"),
    "entity that nothing is said of": ('about = ["example-pool", "example-rule"]', 'about = "example-pool"', "unsaid"),
}


@pytest.mark.parametrize("what", BARE)
def test_a_bare_claim_is_refused_with_file_and_line(what: str, tmp_path: Path) -> None:
    old, new, expected = BARE[what]
    assert SOUND.count(old) == 1, "the case must change one thing"
    error = refused(tmp_path, SOUND.replace(old, new))
    assert expected in str(error), str(error)
    assert error.place is not None
    name, _, number = error.place.path.partition(":")
    assert name == "register/example.toml"
    assert int(number) > 1


def test_a_legal_conclusion_is_somebodys_claim(tmp_path: Path) -> None:
    text = SOUND.replace(
        'predicate = "is"', 'predicate = "breaches"\nobject = "example-rule"\nsays_who = "example-press"'
    )
    assert sound(tmp_path, text).statements["pool-is"].object == "example-rule"


def test_a_file_that_is_not_toml_or_not_text_is_refused_by_name(tmp_path: Path) -> None:
    assert "not a TOML file" in str(refused(tmp_path, "[[bodies"))
    (tmp_path / "register" / "example.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ContentMalformed, match="not UTF-8"):
        register.read(tmp_path / "register")


def test_problems_lists_all_where_reading_stops_at_the_first(tmp_path: Path) -> None:
    (tmp_path / "register").mkdir()
    text = (
        SOUND
        + STATEMENT.format(says="Write to ada@example.org.")
        + STATEMENT.format(says="At 12.34567.").replace("smuggled", "other")
    )
    (tmp_path / "register" / "example.toml").write_text(text)
    assert lint.counts(lint.problems(register.unchecked(tmp_path / "register"))) == {"email": 1, "position": 1}


# --- dates -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("2018", date(2018, 1, 1), date(2018, 12, 31)),
        ("2018-02", date(2018, 2, 1), date(2018, 2, 28)),
        ("2020-02", date(2020, 2, 1), date(2020, 2, 29)),
        ("2018-01-31", date(2018, 1, 31), date(2018, 1, 31)),
        ("201X", date(2010, 1, 1), date(2019, 12, 31)),
        ("20XX", date(2000, 1, 1), date(2099, 12, 31)),
        ("2018-XX", date(2018, 1, 1), date(2018, 12, 31)),
        ("2018-XX-XX", date(2018, 1, 1), date(2018, 12, 31)),
        ("2018-04-XX", date(2018, 4, 1), date(2018, 4, 30)),
    ],
)
def test_a_date_lies_between_its_first_and_its_last_day(text: str, earliest: date, latest: date) -> None:
    found = edtf.when(text)
    assert (found.earliest, found.latest) == (earliest, latest)


@pytest.mark.parametrize(
    ("mark", "uncertain", "approximate"), [("?", True, False), ("~", False, True), ("%", True, True)]
)
def test_a_qualifier_is_kept(mark: str, uncertain: bool, approximate: bool) -> None:
    found = edtf.when(f"2017-12{mark}")
    assert (found.uncertain, found.approximate) == (uncertain, approximate)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "18",
        "2018-1",
        "2018-13",
        "2018-00",
        "2018-02-30",
        "0000",
        "2018/",
        "/",
        "../..",
        "2018//2019",
        "2019/2018",
        "2018-01-01T00:00",
        "2018-21",
        "-2018",
        "Y20180",
        "2018-XX-01",
        "201X-01",
        "2X18",
        "2018 ",
        "early 2018",
        "?2018",
        "2018-01-3",
    ],
)
def test_what_is_not_of_the_taken_forms_is_refused(text: str) -> None:
    if text == "2018/":
        assert edtf.span(text).end is None
        return
    with pytest.raises(ValueError, match=r".+"):
        edtf.span(text)


def test_an_open_end_is_not_an_unknown_one() -> None:
    open_, unknown = edtf.span("2017/.."), edtf.span("2017/")
    assert open_.latest is unknown.latest is None
    assert open_.end_open
    assert not unknown.end_open
    assert edtf.span("../2019-03").start_open
    assert edtf.span("../2019-03").latest == date(2019, 3, 31)


@settings(max_examples=60)
@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.sampled_from([4, 7, 10]))
def test_a_day_lies_within_every_shortening_of_it(day: date, length: int) -> None:
    found = edtf.when(day.isoformat()[:length])
    assert found.earliest <= day <= found.latest


# --- evidence ----------------------------------------------------------------------------------------------------


def statement(**kw: object) -> entities.Statement:
    given_ = {
        "id": "one",
        "about": "exampleville-to-pool",
        "predicate": "provides",
        "says": "So it is said.",
        "document": "example-paper",
        "locator": "page 1",
        "claim": "press",
        "confidence": "C",
        **kw,
    }
    return entities.Statement.model_validate(given_)


def test_a_flow_has_the_best_class_that_is_asserted(tmp_path: Path) -> None:
    held = sound(tmp_path)
    said = [
        statement(evidence="possible"),
        statement(evidence="enabled"),
        statement(evidence="proven", polarity="denies"),
    ]
    assert evidence.of_flow(said) is Evidence.ENABLED
    assert evidence.of_flow([statement()]) is None
    assert (
        evidence.letter(
            [statement(evidence="enabled", confidence="D"), statement(evidence="enabled")], Evidence.ENABLED
        )
        == "C"
    )
    assert held.said["exampleville-to-pool"]


def test_a_window_names_what_opened_and_what_closed_it(tmp_path: Path) -> None:
    held = sound(tmp_path)
    found = evidence.window(
        held,
        [
            statement(id="started", valid="2017-12/", as_of="2019-03"),
            statement(id="ended", valid="../2020-09", as_of="2021"),
        ],
    )
    assert (found.start, found.end) == (date(2017, 12, 1), date(2020, 9, 30))
    assert (found.opened_by, found.closed_by) == ("started", "ended")
    assert found.maybe(date(2018, 6, 1))
    assert not found.maybe(date(2021, 1, 1))
    assert found.surely(date(2019, 1, 1))
    assert not found.surely(date(2017, 12, 5))
    assert found.confirmed == date(2021, 12, 31)


def test_the_first_start_and_the_last_end_count(tmp_path: Path) -> None:
    said = [statement(id=f"s{year}", valid=f"{year}/{year + 2}", as_of="2019") for year in (2012, 2014)]
    found = evidence.window(sound(tmp_path), said)
    assert (found.start, found.opened_by) == (date(2012, 1, 1), "s2012")
    assert (found.end, found.closed_by) == (date(2016, 12, 31), "s2014")


@pytest.mark.parametrize(("status", "travelled"), [("active", 1), ("pilot", 1), ("planned", 0), ("pitched", 0)])
def test_a_system_that_is_only_pitched_or_planned_is_not_travelled(status: str, travelled: int, tmp_path: Path) -> None:
    """Whatever a source says of its flows."""
    held = sound(tmp_path, SOUND.replace('status = "active"', f'status = "{status}"'))
    assert len(flows.edges(held)) == travelled


@pytest.mark.parametrize("shown", Evidence)
def test_what_is_pitched_or_planned_is_no_edge_to_travel(shown: Evidence) -> None:
    assert flows.Edge("e", "a", "b", "feed", shown).travels == (shown >= Evidence.POSSIBLE)
    assert not flows.Edge("e", "a", "b", "hosting", shown).travels


MEASURE = """
[[measures]]
id = "pool-size"
label = "Size of the pool"
subject = "example-pool"
quantity = "records"

[[statements]]
id = "sized"
about = "pool-size"
predicate = "measures"
says = "It is large."
value = 7
unit = "records"
counted = "Records, not cars."
document = "example-paper"
locator = "page 8"
claim = "press"
confidence = "C"
"""


@pytest.mark.parametrize("key", ["unit", "counted"])
def test_a_number_says_its_unit_and_what_was_counted(key: str, tmp_path: Path) -> None:
    assert "sized" in sound(tmp_path, SOUND + MEASURE).statements
    left = "\n".join(found for found in (SOUND + MEASURE).splitlines() if not found.startswith(f"{key} ="))
    assert "number-of-what" in str(refused(tmp_path, left))


def test_without_a_date_nothing_is_sure_and_nothing_is_excluded(tmp_path: Path) -> None:
    found = evidence.window(sound(tmp_path), [])
    assert found.maybe(date(1950, 1, 1))
    assert not found.surely(date(2019, 1, 1))


def test_retracted_and_superseded_statements_no_longer_stand(tmp_path: Path) -> None:
    text = SOUND + STATEMENT.format(says="A newer word.").replace(
        'predicate = "holds"', 'predicate = "is"\nsupersedes = ["pool-is"]'
    ).replace('about = "example-pool"', 'about = ["example-pool", "example-rule"]')
    assert [s.key for s in sound(tmp_path, text).said["example-pool"]] == ["smuggled"]


# --- money and sharing lists -------------------------------------------------------------------------------------

CONTRACT = """
[[contracts]]
id = "example-contract"
label = "Example contract"
buyer = "exampleville-pd"
prime = "example-press"
systems = ["example-pool"]

[[statements]]
id = "one-amount"
about = "example-contract"
predicate = "costs"
says = "One source."
value = 100
unit = "USD"
amount = "obligated"
document = "example-paper"
locator = "page 5"
claim = "press"
confidence = "C"

[[statements]]
id = "other-amount"
about = "example-contract"
predicate = "costs"
says = "Another source."
value = 140
unit = "USD"
amount = "obligated"
comparator = ">="
document = "example-paper"
locator = "page 6"
claim = "press"
confidence = "C"
"""


def test_two_sources_on_one_amount_are_a_range_and_not_a_sum(tmp_path: Path) -> None:
    (total,) = money.totals(sound(tmp_path, SOUND + CONTRACT))
    assert total.obligated is not None
    assert (total.obligated.low, total.obligated.high, total.obligated.at_least) == (100, 140, True)
    assert total.ceiling is None
    assert total.reported is None


def share(owner: str, recipient: str, how: shares.How = "direct") -> shares.Share:
    return shares.Share(owner, recipient, how)


def test_three_numbers_where_a_plain_search_says_everybody() -> None:
    """A share is not passed on by sharing."""
    given_ = [
        share("a", "b"),
        share("b", "fed"),
        share("c", "b"),
        share("d", "who", "unknown"),
        share("e", "net", "network"),
    ]
    found = shares.reach(given_, {"fed"}, searched=[("c", "fed")], members=[("net", "fed")])
    assert (found.proven, found.enabled, found.possible, found.unknown) == (
        frozenset("c"),
        frozenset("be"),
        frozenset("a"),
        frozenset("d"),
    )
    assert found.edges == {"direct": 3, "network": 1, "unknown": 1}
    assert shares.naive(given_, {"fed"}) == {"a", "b", "c"}
    assert found.owners == 5


def test_the_lists_of_a_case_become_shares_with_their_records() -> None:
    """What is not shared outward is left out; whom nobody could resolve is unknown, and no token of it is kept."""
    ids = [f"00000000-0000-0000-0000-00000000000{n}" for n in range(1, 5)]
    with Store() as store:
        store.load(
            "shares",
            {"source": "VARCHAR", "part": "INTEGER", "record": "BIGINT", "org": "UUID", "outbound": "BIGINT"},
            [("s1", 0, 1, ids[1], 1), ("s1", 0, 2, ids[2], 0), ("s1", 0, 3, ids[3], None), ("s2", 0, 1, ids[2], 4)],
        )
        store.load(
            "sources",
            {"source": "VARCHAR", "part": "INTEGER", "owner_org": "UUID"},
            [("s1", 0, ids[0]), ("s2", 0, None)],
        )
        store.load(
            "organisations",
            {"org": "UUID", "agency": "VARCHAR"},
            [(ids[0], "us-zz-exampleville-pd"), (ids[1], "us-fbi"), (ids[2], "us-zz-net"), (ids[3], None)],
        )
        found = shares.of_case(store, networks={"us-zz-net"})
    assert found == (
        shares.Share("us-zz-exampleville-pd", "us-fbi", "direct", "s1, record 1"),
        shares.Share("us-zz-exampleville-pd", "unknown", "unknown", "s1, record 3"),
        shares.Share("owner of s2", "us-zz-net", "network", "s2, record 1"),
    )
    assert [e.evidence for e in shares.edges(found)] == [Evidence.ENABLED, Evidence.POSSIBLE, Evidence.ENABLED]
    assert [e.rests for e in shares.edges(found)] == [False, False, True]


@pytest.mark.real
def test_on_real_lists_a_plain_search_cries_wolf_and_the_three_numbers_do_not() -> None:
    """37,099 records of 224 agencies: about half name a federal body, and no log is held that proves more."""
    path = Path(__file__).parents[1].parent / "shared/data/private-eyes/agency_access20240426.csv"
    if not path.exists():
        pytest.skip("../shared/data is not here")
    with path.open(newline="") as file:
        rows = [(r["src_agency"], r["external_agency"]) for r in csv.DictReader(file)]
    content = catalogue.Catalogue()
    words = vocabulary.vocabulary(content)
    known = identity.resolved(sorted({n for row in rows for n in row}), words, identity.Bodies(content.agencies, words))
    lists = [
        shares.Share(known[a].agency or a, known[b].agency or "unknown", "direct" if known[b].agency else "unknown")
        for a, b in rows
    ]
    federal = {o.agency for o in known.values() if o.agency and o.parsed.level == "federal"}
    found = shares.reach(lists, federal)
    assert sum(found.edges.values()) == 37_099
    assert found.owners == 224
    assert len(found.proven) == 0
    assert 110 <= len(found.enabled) <= 130
    assert len(found.enabled) + len(found.possible) + len(found.unknown) == 224
    assert len(shares.naive(lists, federal)) > 200


def test_an_agency_that_a_log_shows_is_counted_only_if_its_list_is_held() -> None:
    assert shares.reach([share("a", "b")], {"fed"}, searched=[("z", "fed")]).proven == frozenset()
