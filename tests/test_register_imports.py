"""Public lists: each sure row becomes an entry with its place, every other is counted and never guessed."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from plateglass import register, resolve, workbook
from plateglass.case import Case, Settings
from plateglass.catalogue import Catalogue
from plateglass.cli import app
from plateglass.errors import CaseUnusable, ContentMalformed, SourceUnreadable
from plateglass.model import Kind
from plateglass.register import flows, holdings, imports, money, naming
from plateglass.register.entities import Agreement, Contract, Evidence, Flow, PublicBody
from plateglass.register.exports import ftm
from plateglass.register.holdings import Register
from plateglass.register.imports import joins, layouts
from plateglass.register.imports.joins import Joins, Waiting
from plateglass.register.naming import Agency

SEEN = date(2026, 1, 2)
HEAD = (
    "contract_award_unique_key,award_id_piid,awarding_sub_agency_name,recipient_name,recipient_uei,"
    "total_dollars_obligated,potential_total_value_of_award,period_of_performance_start_date,prime_award_notes\n"
)
ROWS = (
    'CONT_AWD_1,,Immigration and Customs Enforcement,"GIANT OAK, INC.",,100.50,250,2025-01-05,\n'
    "CONT_AWD_2,,Exampleville Bureau of Bridges,Giant Oak,,7,8,,\n"
    "CONT_AWD_3,,ICE,Ada Example,,9,10,,\n"
    "CONT_AWD_4,,ICE,Palantir,,many,10,,\n"
    "CONT_AWD_5,,ICE,Sample Trailer Systems,,9,10,,\n"
)
LISTED = (
    "STATE,LAW ENFORCEMENT AGENCY,TYPE,COUNTY,SUPPORT TYPE,SIGNED,MOA,,\n"
    "ALABAMA,Sampleton County Sheriff's Office,County,Sampleton County,Task Force Model,2025-05-08 00:00:00,link,,\n"
    "ALABAMA,Sampleton County Sheriff's Office,County,Sampleton County,Jail Enforcement Model,2025-05-08 00:00:00,,,\n"
    "CALIFORNIA,Exampleville Police Department,Municipality,#N/A,Warrant Service Officer,5/9/2025,link,,\n"
    "ALABAMA,Board of Examples,County,Sampleton County,Task Force Model,2025-05-08,link,,\n"
    "ALABAMA,Exampleton Police Department,Municipality,,Dance Model,2025-05-08,link,,\n"
)
ATLAS = (
    '"AOSNUMBER","City","State","Agency","Summary","Technology","Vendor","Link 1","Mood"\n'
    '"AOS000001","Exampleville","CA","Exampleville Police Department","Words of theirs.",'
    '"Automated License Plate Readers","Flock Safety","https://example.test","good"\n'
    '"AOS000002","Exampleville","CA","Exampleville Police Department","Words of theirs.",'
    '"Drones","Sample Kites","",""\n'
    '"AOS000003","Exampleville","CA","Exampleville Police Department","","Telepathy","","",""\n'
)


@pytest.fixture(scope="module")
def held() -> Register:
    return register.read()


@pytest.fixture(scope="module")
def known(held: Register) -> Joins:
    content = Catalogue()

    def recognise(name: str) -> Agency | None:
        found = resolve.organisation(name, content)
        if found.agency is None or not found.public:
            return None
        return Agency(found.agency, found.name or name, found.parsed.kind.value, found.parsed.state or "")

    return Joins(held, {}, recognise, joins.states(content))


def take(
    folder: Path, text: str, known: Joins, name: str = "list.csv", publisher: str | None = None
) -> imports.Imported:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return imports.take(imports.downloaded(path), known, SEEN, publisher=publisher)


def entered(folder: Path, found: imports.Imported) -> Register:
    """The register with what was imported; the lint has passed it."""
    own = folder / "own"
    own.mkdir(exist_ok=True)
    (own / "list.toml").write_text(found.toml, encoding="utf-8")
    return register.read(holdings.FOLDER, own)


# --- layouts -----------------------------------------------------------------------------------------------------


def test_every_layout_that_ships_is_sound_and_says_where_its_form_was_seen() -> None:
    found = layouts.every()
    assert set(found) == {path.stem for path in layouts.FOLDER.glob("*.toml")}
    assert all(len(layout.source) > 20 for layout in found.values())


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('mood = "good"', "extra"),
        ('[fields]\nplate = ["Plate"]', "no field"),
        ('[fields]\nagency = ["A"]\n[words]\nx = "y"\n[carries]\nz = "a"', "do not name"),
    ],
)
def test_a_layout_says_only_what_layouts_can_say(line: str, said: str, tmp_path: Path) -> None:
    start = (layouts.FOLDER / "atlas-of-surveillance.toml").read_text().partition("[fields]")[0]
    body = line if "[" in line else f"{line}\n[fields]\nagency = ['Agency']"
    (tmp_path / "own.toml").write_text(start + body)
    with pytest.raises(ContentMalformed, match=said):
        layouts.every(tmp_path)


def test_a_layout_of_a_case_reads_a_list_of_its_own(tmp_path: Path, known: Joins) -> None:
    own = (layouts.FOLDER / "atlas-of-surveillance.toml").read_text().replace('"Technology"', '"Gadget"')
    (tmp_path / "gadgets.toml").write_text(own)
    path = tmp_path / "list.csv"
    path.write_text(ATLAS.replace("Technology", "Gadget"))
    found = imports.take(imports.downloaded(path), known, SEEN, known=layouts.every(tmp_path).values())
    assert (found.layout, found.taken) == ("gadgets", 2)


# --- award downloads ---------------------------------------------------------------------------------------------


def test_only_what_is_sure_becomes_a_contract(tmp_path: Path, known: Joins) -> None:
    found = take(tmp_path, HEAD + ROWS, known)
    assert (found.layout, found.rows, found.taken) == ("usaspending-awards", 5, 1)
    assert [(u.row, u.column) for u in found.unsure] == [(2, "awarding_sub_agency_name"), (5, "recipient_name")]
    assert found.unread == ((3, "recipient_name"), (4, "total_dollars_obligated"))
    assert [(w.role, w.name) for w in found.wait] == [
        ("buyer", "Exampleville Bureau of Bridges"), ("vendor", "Sample Trailer Systems")
    ]  # fmt: skip
    assert "Ada" not in found.toml + repr((found.unsure, found.wait)), "a person's name is kept nowhere"


def test_what_was_imported_passes_the_lint_and_counts_apart(tmp_path: Path, known: Joins) -> None:
    held = entered(tmp_path, take(tmp_path, HEAD + ROWS, known))
    (contract,) = (key for key in held.by_section["contracts"] if key.startswith("award-"))
    assert {a.kind: a.low for a in money.amounts(held, contract)} == {"obligated": 100.5, "ceiling": 250}
    assert {s.locator for s in held.said[contract]} == {
        "row 1, total_dollars_obligated", "row 1, potential_total_value_of_award"
    }  # fmt: skip
    assert {s.confidence for s in held.said[contract]} == {"A"}, "a primary paper, seen and hashed"
    assert held.all(Contract)[contract].period == "2025-01-05/"


def test_an_award_that_stands_twice_is_counted_once(tmp_path: Path, known: Joins) -> None:
    first = ROWS.splitlines()[0] + "\n"
    found = take(tmp_path, HEAD + first + first, known)
    assert (found.taken, found.unread) == (1, ((2, "contract_award_unique_key"),))


def test_an_award_of_a_contract_that_is_held_is_about_that_contract(tmp_path: Path, held: Register) -> None:
    """Its number says so; else its money would stand twice."""
    own = tmp_path / "first"
    own.mkdir()
    entries = (
        '[[contracts]]\nid = "oak"\nlabel = "Oak"\nbuyer = "ice"\nprime = "giant-oak"\n'
        'procurement_id = "EXAMPLE-0001"\n'
        '[[statements]]\nid = "oak-is"\nabout = "oak"\npredicate = "contracts"\nsays = "It is."\n'
        'document = "seed-001"\n'
        'locator = "p1"\nclaim = "press"\nconfidence = "C"\n'
    )
    (own / "oak.toml").write_text(entries)
    both = register.read(holdings.FOLDER, own)
    row = "CONT_AWD_1,EXAMPLE-0001,ICE,Giant Oak,,100,,,\n"
    found = take(tmp_path, HEAD + row, Joins(both))
    assert "[[contracts]]" not in found.toml
    assert 'about = "oak"' in found.toml


NESTED = {
    "generated_unique_award_id": "CONT_AWD_1", "piid": "EXAMPLE-0001", "total_obligation": 12.5,
    "base_and_all_options": 20, "awarding_agency": {"subtier_agency": {"name": "ICE"}},
    "recipient": {"recipient_name": "Palantir", "recipient_uei": None},
    "period_of_performance": {"start_date": "2025-01-05"},
}  # fmt: skip
FLAT = {"contract_award_unique_key": "CONT_AWD_1", "awarding_sub_agency_name": "ICE", "recipient_name": "Palantir",
        "total_obligated_amount": 12.5, "potential_total_value_of_award": None}  # fmt: skip
SEARCHED = {"generated_internal_id": "CONT_AWD_1", "Award ID": "EXAMPLE-0001", "Awarding Sub Agency": "ICE",
            "Recipient Name": "Palantir", "Award Amount": 12.5}  # fmt: skip


@pytest.mark.parametrize("thing", [{"results": [FLAT]}, [FLAT], {"results": [SEARCHED]}, NESTED])
def test_json_of_downloads_searches_and_profiles_gives_the_same(tmp_path: Path, known: Joins, thing: Any) -> None:
    found = take(tmp_path, json.dumps(thing), known, "awards.json")
    assert found.taken == 1
    assert "value = 12.5\n" in found.toml
    assert ("ceiling" in found.toml) is (thing is NESTED)


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "{", '{"results": 1}', "[1]", "[]"])
def test_another_file_is_refused(tmp_path: Path, known: Joins, text: str) -> None:
    with pytest.raises(SourceUnreadable):
        take(tmp_path, text, known)


def test_a_row_with_more_cells_than_headings_is_left_out(tmp_path: Path, known: Joins) -> None:
    found = take(tmp_path, HEAD + ROWS.splitlines()[0] + ",7,8\n", known)
    assert (found.taken, found.unread) == (0, ((1, "more cells than headings"),))


# --- joins -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Giant Oak", "GIANT OAK, INC.", "Giant Oak Inc", "giant-oak LLC"])
def test_the_form_of_a_company_does_not_matter(known: Joins, name: str) -> None:
    assert known.of("vendor", name).entity == "giant-oak"


@pytest.mark.parametrize("name", ["Giant Oaks", "Oak", "Giant", "Giant Oak Sample", "Systems"])
def test_a_company_is_never_joined_by_likeness(known: Joins, name: str) -> None:
    assert not known.of("vendor", name).sure


def test_a_company_that_shares_a_telling_word_is_named_as_one_that_may_be_meant(known: Joins) -> None:
    assert "giant-oak" in known.of("vendor", "Oak Sample Systems").near
    assert known.of("vendor", "Sample Systems").near == ()


def test_a_buyer_is_joined_by_the_resolver_to_the_body_that_lists_the_agency(known: Joins) -> None:
    assert known.of("buyer", "U.S. Immigration and Customs Enforcement").entity == "ice"
    new = known.of("buyer", "Exampleville CA PD")
    assert new.agency is not None
    assert new.agency.id == "us-ca-exampleville-pd"


def test_what_a_person_decided_is_used_and_a_later_word_counts(tmp_path: Path, known: Joins) -> None:
    case = Case.make(tmp_path / "case", Settings())
    which = Waiting("buyer", "Exampleville Bureau of Bridges", ())
    assert joins.ask(case, [which]) == 1
    assert joins.ask(case, [which]) == 0, "a name is put before a person once"
    assert [w.name for w in joins.waiting(joins.read(case))] == [which.name]
    for entity, taken in (("cbp", 2), ("", 1)):
        joins.decide(case, known.register, which, entity, said=("an auditor", "read the contract"))
        assert joins.waiting(joins.read(case)) == ()
        told = Joins(known.register, joins.decided(joins.read(case)), known.recognise)
        found = take(tmp_path, HEAD + ROWS, told)
        assert found.taken == taken
        assert ("cbp" in found.toml) is (entity == "cbp")
        assert [w.name for w in found.wait] == ["Sample Trailer Systems"], "what is decided no longer waits"


def test_a_decision_names_what_is_held_and_is_of_the_right_kind(tmp_path: Path, known: Joins) -> None:
    case = Case.make(tmp_path / "case", Settings())
    for entity in ("no-such-thing", "coplink", "giant-oak"):
        with pytest.raises(CaseUnusable):
            joins.decide(case, known.register, Waiting("buyer", "Example", ()), entity, said=("a", "b"))
    assert joins.read(case) == ()


def test_a_persons_name_never_waits(tmp_path: Path) -> None:
    case = Case.make(tmp_path / "case", Settings())
    assert joins.ask(case, [Waiting("vendor", "Ada Example", ()), Waiting("vendor", "Deputy Sample", ())]) == 0
    assert not case.judgements_file.exists()


def test_every_kind_of_public_agency_can_be_a_body(known: Joins) -> None:
    public = set(Kind) - {Kind.PRIVATE, Kind.VENDOR, Kind.UNKNOWN}
    for kind in public:
        entry = joins.body(known.register, Agency("us-ca-example", "Example", kind.value, "ca"))
        PublicBody.model_validate(entry)
    assert joins.body(known.register, Agency("us-ca-e", "Example", "police", "ca"))["one_of"]


# --- agreements --------------------------------------------------------------------------------------------------


def test_agreements_become_flows_that_they_let_happen_and_nothing_more(tmp_path: Path, known: Joins) -> None:
    found = take(tmp_path, LISTED, known)
    assert (found.layout, found.rows, found.taken) == ("ice-287g-list", 5, 3)
    assert [(u.row, u.column) for u in found.unsure] == [(4, "LAW ENFORCEMENT AGENCY")]
    assert found.unread == ((5, "SUPPORT TYPE"),)
    assert found.unknown == ()
    held = entered(tmp_path, found)
    made = [a for a in held.all(Agreement).values() if a.id.startswith("287g-")]
    assert sorted((a.parties[1], a.signed) for a in made) == [
        ("us-al-sampleton-county-so", "2025-05-08"), ("us-al-sampleton-county-so", "2025-05-08"),
        ("us-ca-exampleville-pd", "2025-05-09"),
    ]  # fmt: skip
    edges = {e.id: e for e in flows.edges(held)}
    carried = {f.id: f for f in held.all(Flow).values() if f.id.startswith("287g-")}
    assert {edges[key].evidence for key in carried} == {Evidence.AUTHORISED}, "an agreement shows no transfer"
    assert sorted(len(f.data) for f in carried.values()) == [1, 1, 3], "the jail models carry no plate reads"
    assert {edges[key].letter for key in carried} == {"A"}
    assert held.all(PublicBody)["us-al-sampleton-county-so"].one_of == ("local-agencies",)
    assert naming.of_agency(held, "us-al-sampleton-county-so") == "us-al-sampleton-county-so"


def test_an_agreement_that_stands_twice_is_one(tmp_path: Path, known: Joins) -> None:
    lines = LISTED.splitlines()
    found = take(tmp_path, "\n".join([lines[0], lines[1], lines[1]]), known)
    assert (found.taken, found.unread) == (1, ((2, "LAW ENFORCEMENT AGENCY"),))


# --- uses --------------------------------------------------------------------------------------------------------


def test_the_atlas_says_what_an_agency_has_with_its_row_and_without_its_words(tmp_path: Path, known: Joins) -> None:
    found = take(tmp_path, ATLAS, known)
    assert (found.layout, found.rows, found.taken) == ("atlas-of-surveillance", 3, 2)
    assert found.unread == ((3, "Technology"),)
    assert [(u.row, u.column) for u in found.unsure] == [(2, "Vendor")]
    assert found.unknown == ("Mood",), "a column that nobody knows is told"
    assert "theirs" not in found.toml
    held = entered(tmp_path, found)
    first, second = held.said["us-ca-exampleville-pd"]
    assert (first.about, first.locator, first.confidence) == (("us-ca-exampleville-pd", "flock"), "row 1", "C")
    assert second.about == ("us-ca-exampleville-pd",), "a vendor that is not known is not named"
    assert held.speaker(first) == "eff"


# --- OCDS --------------------------------------------------------------------------------------------------------


def release(**more: Any) -> dict[str, Any]:
    contract = {"id": 7, "awardID": "a", "value": {"amount": 5.5, "currency": "USD"},
                "dateSigned": "2025-03-04T00:00:00Z", "period": {"startDate": "2025-04-01T00:00:00Z"}}  # fmt: skip
    suppliers = [{"name": name} for name in ("Palantir", "Giant Oak Inc.", "Ada Example")]
    return {
        "ocid": "ocds-made-up-1", "id": "1", "date": "2025-03-05T00:00:00Z", "tag": ["contract"],
        "buyer": {"name": "ICE"}, "awards": [{"id": "a", "suppliers": suppliers}],
        "contracts": [contract | more],
    }  # fmt: skip


@pytest.mark.parametrize(
    "wrap",
    [lambda r: {"releases": [r]}, lambda r: {"records": [{"compiledRelease": r}]}, lambda r: r, lambda r: [r]],
)
def test_releases_records_and_bare_releases_give_contracts(tmp_path: Path, known: Joins, wrap: Any) -> None:
    found = take(tmp_path, json.dumps(wrap(release())), known, "releases.json", "treasury")
    assert (found.layout, found.taken) == ("ocds-releases", 1)
    held = entered(tmp_path, found)
    (contract,) = (c for c in held.all(Contract).values() if c.id.startswith("award-"))
    assert (contract.buyer, contract.prime, contract.others) == ("ice", "palantir", ("giant-oak",))
    assert (contract.signed, contract.period) == ("2025-03-04", "2025-04-01/")
    assert {a.kind: a.low for a in money.amounts(held, contract.id)} == {"obligated": 5.5}
    assert {s.locator for s in held.said[contract.id]} == {"release 1, contract 1, contract.value.amount"}
    assert "Ada" not in found.toml


def test_another_currency_is_not_added_to_dollars(tmp_path: Path, known: Joins) -> None:
    text = json.dumps(release(value={"amount": 5, "currency": "EUR"}))
    found = take(tmp_path, text, known, "releases.json", "treasury")
    assert (found.taken, found.unread) == (0, ((1, "contract.value.currency"),))


def test_a_list_of_nobody_is_refused(tmp_path: Path, known: Joins) -> None:
    with pytest.raises(SourceUnreadable, match="whose list"):
        take(tmp_path, json.dumps(release()), known, "releases.json")
    with pytest.raises(SourceUnreadable, match="whose list"):
        take(tmp_path, json.dumps(release()), known, "releases.json", "coplink")


# --- FollowTheMoney ----------------------------------------------------------------------------------------------


def entity(id_: str, schema: str, **properties: str) -> dict[str, Any]:
    return {"id": id_, "schema": schema, "properties": {key: [value] for key, value in properties.items()}}


ENTITIES = [
    entity("ice", "PublicBody", name="ICE"), entity("oak", "Company", name="Giant Oak Inc"),
    entity("ada", "Person", name="Ada Example"), entity("bo", "Person", name="Bo Sample"),
    entity("c1", "Contract", authority="ice", contractDate="2025-02-03"),
    entity("w1", "ContractAward", contract="c1", supplier="oak", amountUsd="70"),
    entity("w2", "ContractAward", contract="c1", supplier="ada", amountUsd="80"),
    entity("d1", "Directorship", director="ada", organization="oak"),
    entity("p1", "Payment", payer="ice", beneficiary="oak", amountUsd="9", date="2025-02-04"),
    entity("x1", "SpaceProgramme", name="Example"),
]  # fmt: skip


def test_entities_give_contracts_and_no_person_enters(tmp_path: Path, known: Joins) -> None:
    text = "\n".join(json.dumps(e) for e in ENTITIES)
    found = take(tmp_path, text, known, "entities.jsonl", "eff")
    assert (found.layout, found.rows, found.taken) == ("follow-the-money", 3, 2)
    assert found.ignored == {"Directorship": 1, "Person": 2}
    assert found.unread == ((2, "Person"),), "a supplier who is a person is left out by the schema, whatever the name"
    assert found.unknown == ("SpaceProgramme",)
    held = entered(tmp_path, found)
    made = [c for c in held.all(Contract).values() if c.id.startswith("award-")]
    assert {(c.buyer, c.prime, c.signed) for c in made} == {
        ("ice", "giant-oak", "2025-02-03"), ("ice", "giant-oak", "2025-02-04")
    }  # fmt: skip
    assert {s.confidence for c in made for s in held.said[c.id]} == {"C"}
    for name in ("Ada", "Bo Sample", "ada", "p1"):
        assert name not in found.toml


def test_what_we_export_can_be_taken_in_again(tmp_path: Path, known: Joins, held: Register) -> None:
    """Our own FollowTheMoney files: every award's buyer and supplier are found again by their names."""
    lines = [line for text in ftm.entities(held).files.values() for line in text.splitlines() if line]
    found = take(tmp_path, "\n".join(lines), known, "ours.jsonl", "plateglass")
    assert found.rows > 10
    assert {w.name for w in found.wait if w.role == "buyer"} == {"Palantir"}, "a company that pays another is no buyer"
    assert found.unknown == ()


# --- the command -------------------------------------------------------------------------------------------------


def test_the_command_writes_a_file_once_and_lists_what_waits(tmp_path: Path) -> None:
    path, out = tmp_path / "awards.csv", tmp_path / "awards.toml"
    path.write_text(HEAD + ROWS)
    command = ["register", "import", str(path), "--out", str(out), "--on", "2026-01-02"]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0, result.stderr
    assert "5 rows: 1 taken, 2 unsure, 2 left out" in result.stdout
    assert "Ada" not in result.stdout
    assert "Bridges" not in result.stdout
    assert out.is_file()
    assert CliRunner().invoke(app, command).exit_code == 2
    means = [
        *command[:-3],
        str(tmp_path / "more.toml"),
        "--on",
        "2026-01-02",
        "--means",
        "Exampleville Bureau of Bridges=cbp",
    ]
    assert "5 rows: 2 taken" in CliRunner().invoke(app, means).stdout


def test_a_case_keeps_the_list_and_asks_and_what_was_decided_is_used(tmp_path: Path) -> None:
    case = Case.make(tmp_path / "case", Settings())
    path = tmp_path / "awards.csv"
    path.write_text(HEAD + ROWS)
    taking = ["register", "import", str(path), "--case", str(case.root), "--on", "2026-01-02"]
    first = CliRunner().invoke(app, taking)
    assert first.exit_code == 0, first.stderr
    assert "2 names wait for a person" in first.stdout
    asked = CliRunner().invoke(app, ["register", "joins", str(case.root)])
    assert "Exampleville Bureau of Bridges" in asked.stdout
    said = ["--decide", "1", "--is", "cbp", "--by", "auditor", "--why", "its page"]
    decided = CliRunner().invoke(app, ["register", "joins", str(case.root), *said])
    assert decided.exit_code == 0, decided.stderr
    again = CliRunner().invoke(app, taking)
    assert "5 rows: 2 taken" in again.stdout, again.stderr
    assert len(list((case.content / "register").glob("*.toml"))) == 1, "the same list is one file, made anew"
    shown = CliRunner().invoke(app, ["register", "ask", "money", "cbp", "giant-oak", "--case", str(case.root)])
    assert "7 USD" in shown.stdout


def test_a_workbook_is_read_by_its_first_sheet(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    workbook.write(path, {"Sheet1": [line.split(",")[:7] for line in LISTED.splitlines()]})
    out = tmp_path / "list.toml"
    result = CliRunner().invoke(app, ["register", "import", str(path), "--out", str(out), "--on", "2026-01-02"])
    assert result.exit_code == 0, result.stderr
    assert "5 rows: 3 taken" in result.stdout
