"""`routes` and `register` on the command line, and what a case's lists and logs add to the network."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from plateglass import register
from plateglass.case import SOURCES, typed
from plateglass.cli import app
from plateglass.model import NAMES, ORGANISATIONS, SHARES, SIGHTINGS, Column
from plateglass.register import answers, casework, naming, questions
from plateglass.register.entities import Evidence
from plateglass.register.holdings import Register
from plateglass.store import Step, Store, values


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(a) for a in arguments], prog_name="plateglass")


def said(*arguments: object) -> Any:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


@pytest.fixture(scope="module")
def held() -> Register:
    return register.read()


# --- names -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "entity"),
    [("ice", "ice"), ("ICE", "ice"), ("Immigration and Customs Enforcement", "ice"), ("coplink", "coplink")],
)
def test_a_name_is_an_id_a_label_or_an_abbreviation(held: Register, text: str, entity: str) -> None:
    assert naming.of_text(held, text) == entity


@pytest.mark.parametrize("text", ["Immigration", "ICE Detroit", "Merced", ""])
def test_a_name_is_never_matched_by_likeness(held: Register, text: str) -> None:
    assert naming.of_text(held, text) is None


def test_an_agency_that_is_not_held_stands_for_the_classes_of_its_kind_and_state(held: Register) -> None:
    made = naming.standing(held, naming.Agency("us-ca-sampleton-pd", "Sampleton CA PD", "police", "ca"))
    assert {s.receiver for s in made.steps} == {"local-agencies", "california-agencies"}
    assert all(s.first_only and s.evidence is Evidence.POSSIBLE for s in made.steps)
    elsewhere = naming.standing(held, naming.Agency("us-tx-sampleton-pd", "Sampleton TX PD", "police", "tx"))
    assert {s.receiver for s in elsewhere.steps} == {"local-agencies"}
    private = naming.standing(held, naming.Agency("us-tx-mall", "Sampleton Mall", "private", "tx"))
    assert private.steps == ()
    assert naming.standing(held, naming.Agency("us-ice", "ICE", "federal")).node == "ice"


# --- routes ------------------------------------------------------------------------------------------------------


def test_routes_of_an_agency_that_no_source_names_are_possible_and_say_why() -> None:
    found = said("routes", "--from", "Merced County CA SO", "--to", "ICE", "--data", "plate-read", "--at", "2019-06")
    assert found["from"]["id"] == "us-ca-merced-county-so"
    assert found["from"]["may_be"] == ["merced"], "which agency the source means is for a person to say"
    assert found["counts"]["possible"] == len(found["routes"]) > 0
    assert {r["weakest"] for r in found["routes"]} == {"us-ca-merced-county-so-is-one-of-local-agencies"}
    assert found["left_when_switched_off"] == [], "every one of these starts with what such an agency can end"


def test_routes_are_told_with_class_weakest_step_and_what_closes_them() -> None:
    shown = run("routes", "--from", "merced", "--to", "ice", "--data", "plate-read").stdout
    assert "1 enabled" in shown
    assert "weakest: Merced opens its plate reads to ICE" in shown
    for part in ("closes most routes:", "fewest that close all:", "left when all is switched off", "cut at 6 hops"):
        assert part in shown


def test_a_route_needs_its_day() -> None:
    """A pilot that ended in August 2025 is no route of 2026; a month is all its days."""
    ask = ("routes", "--from", "local-agencies", "--to", "cbp", "--data", "plate-read", "--at")
    through = [
        any("flock-national-lookup" in r["places"] for r in said(*ask, day)["routes"])
        for day in ("2025-08-31", "2025-08", "2025-09", "2026")
    ]
    assert through == [True, True, False, False]


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("--from", "Nobody at all", "--to", "ice"), "nothing that is written"),
        (("--from", "merced", "--to", "Immigration"), "near it: ice"),
        (("--from", "merced", "--to", "ice", "--data", "dna"), "no category"),
        (("--from", "merced", "--to", "ice", "--at", "June"), "not a date"),
    ],
)
def test_a_question_that_cannot_be_asked_is_wrong_use(arguments: tuple[str, ...], word: str) -> None:
    result = run("routes", *arguments)
    assert result.exit_code == 2
    assert word in " ".join(result.stderr.replace("│", " ").split())


# --- register ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("question", answers.QUESTIONS)
def test_every_question_is_answered_as_a_table_and_as_json(held: Register, question: str) -> None:
    needs = {"protections": ["vigilant-commercial-to-ice"], "moved": ["vigilant"]}.get(question, [])
    table = answers.QUESTIONS[question].answer(answers.Asked(held, needs))
    assert table.rows
    assert all(len(row) == len(table.headings) for row in table.rows)
    shown = run("register", "ask", question, *needs)
    assert shown.exit_code == 0, shown.stderr
    for cell in table.rows[0][:2]:
        assert cell in shown.stdout
    assert said("register", "ask", question, *needs)


def test_money_for_a_buyer_and_a_vendor_keeps_kinds_apart() -> None:
    (row,) = said("register", "ask", "money", "ice", "giant-oak")
    assert row["obligated"] is None, "no award record is held"
    assert row["reported"]["low"] == 45_000_000


def test_a_question_without_what_it_needs_is_wrong_use() -> None:
    assert run("register", "ask", "moved").exit_code == 2
    assert run("register", "ask", "everything").exit_code == 2
    assert run("register", "ask", "changes", "--since", "soon").exit_code == 2


def test_list_and_show_give_every_claim_with_its_document() -> None:
    letters = said("register", "list")["coplink"]["confidence"]
    shown = said("register", "show", "COPLINK")
    assert sum(letters.values()) == len(shown["statements"])
    assert all(s["document"] and s["locator"] for s in shown["statements"])
    assert "seed-004, row S4-054" in run("register", "show", "coplink").stdout
    assert run("register", "list", "people").exit_code == 2


def test_lint_lists_every_problem_with_its_line_and_ends_with_1(tmp_path: Path) -> None:
    assert run("register", "lint").exit_code == 0
    (tmp_path / "own.toml").write_text('[[systems]]\nid = "own"\nlabel = "Own"\nkind = "store"\nstatus = "active"\n')
    result = run("register", "lint", tmp_path)
    assert result.exit_code == 1
    assert "own.toml:2" in result.stdout
    assert "unsaid" in result.stdout


def test_a_case_adds_its_own_holdings(tmp_path: Path) -> None:
    own = tmp_path / "content" / "register"
    own.mkdir(parents=True)
    guide = (Path(__file__).parents[1] / "docs/add-a-system.md").read_text()
    (own / "example.toml").write_text(guide.split("```toml\n")[1].split("```")[0])
    assert "example-trailer-cameras" in said("register", "list", "--case", tmp_path)
    assert "example-trailer-cameras" not in said("register", "list")


# --- a case ------------------------------------------------------------------------------------------------------

OWNER, ICE, TOWN, STRANGER = (f"00000000-0000-0000-0000-00000000000{n}" for n in range(1, 5))
DAY = 86_400_000


def table(store: Store, name: str, columns: tuple[Column, ...], *rows: Mapping[str, Any]) -> None:
    store.run(Step(name, values([[row.get(c.name) for c in columns] for row in rows], typed(columns))))


@pytest.fixture
def store() -> Iterator[Store]:
    """One agency's network audit and sharing list: ICE searched it; a town and ICE are on the list, and a stranger."""
    agencies = (
        {"org": OWNER, "agency": "us-ca-exampleville-pd", "name": "Exampleville CA PD", "kind": "police", "state": "ca",
         "public": True},
        {"org": ICE, "agency": "us-ice", "name": "ICE", "kind": "federal", "public": True},
        {"org": TOWN, "agency": "us-tx-sampleton-pd", "name": "Sampleton TX PD", "kind": "police", "state": "tx",
         "public": True},
        {"org": STRANGER, "agency": None, "name": None, "kind": "unknown", "public": False},
    )  # fmt: skip
    with Store() as made:
        table(made, "organisations", ORGANISATIONS, *agencies)
        table(made, "home", NAMES)
        table(
            made, "sources", SOURCES,
            {"source": "aaaaaaaaaaaa", "part": 0, "name": "audit.csv", "view": "network_audit", "owner_org": OWNER},
            {"source": "bbbbbbbbbbbb", "part": 0, "name": "list.csv", "view": "shared_networks", "owner_org": OWNER},
        )  # fmt: skip
        searches = [(ICE, 1), (ICE, 2), (ICE, 2), (OWNER, 3), (STRANGER, 4)]
        table(made, "sightings", SIGHTINGS, *(
            {"source": "aaaaaaaaaaaa", "part": 0, "record": n, "org": org, "searched_at": day * DAY,
             "fingerprint": f"00000000-0000-0000-0000-0000000000{day:02}"}
            for n, (org, day) in enumerate(searches, 1)
        ))  # fmt: skip
        table(made, "shares", SHARES, *(
            {"source": "bbbbbbbbbbbb", "part": 0, "record": n, "org": org, "outbound": outbound}
            for n, (org, outbound) in enumerate([(ICE, 1), (TOWN, 2), (STRANGER, 1), (TOWN, 0)], 1)
        ))  # fmt: skip
        yield made


def test_a_log_proves_a_flow_and_a_list_enables_one(held: Register, store: Store) -> None:
    found = casework.flows(held, store)
    shown = {(e.provider, e.receiver, e.evidence) for e in found.edges if not e.first_only}
    assert shown == {
        ("us-ca-exampleville-pd", "ice", Evidence.PROVEN),
        ("us-ca-exampleville-pd", "ice", Evidence.ENABLED),
        ("us-ca-exampleville-pd", "us-tx-sampleton-pd", Evidence.ENABLED),
    }
    assert (found.unnamed_shares, found.unnamed_searches) == (1, 1)
    (proven,) = found.proven
    assert "fewer than 5 searches" in proven.label, "small cells are not printed"
    assert "2 searches" in casework.flows(held, store, below=1).proven[0].label, "two sightings of one search are one"
    assert str(proven.window.confirmed) == "1970-01-03"


def test_a_proven_route_of_a_case_is_the_best_one(held: Register, store: Store) -> None:
    found = casework.flows(held, store)
    ask = questions.asked(held, "us-ca-exampleville-pd", "dhs", data="plate-read")
    best = questions.ways(held, ask, found.edges).routes[0]
    assert (best.evidence, best.letter, best.nodes) == (Evidence.PROVEN, "A", ("us-ca-exampleville-pd", "ice"))
    assert questions.ways(held, ask).routes == (), "without the case nobody knows this agency"


def test_an_organisation_audit_proves_no_flow(held: Register, store: Store) -> None:
    """It says who searched, not whose cameras."""
    row = {"source": "aaaaaaaaaaaa", "part": 0, "name": "a.csv", "view": "organisation_audit", "owner_org": OWNER}
    table(store, "sources", SOURCES, row)
    assert casework.flows(held, store).edges == ()


def test_only_names_that_may_stand_in_an_output_are_in_a_flow(held: Register, store: Store) -> None:
    store.run(Step("organisations", "SELECT * REPLACE (false AS public) FROM organisations WHERE org IS NOT NULL"))
    found = casework.flows(held, store)
    assert found.edges == ()
    assert found.standings == {}
