"""The register's exports: nothing without its source, and what a form can't carry is listed beside it.

The libraries of GraphML and PROV read the files. That of FollowTheMoney does where somebody has installed it: it brings
two dozen others, one of which is built from source against ICU and one of which is under the LGPL. What it was found to
want (4.11.2) is checked here without it. OCDS has no library: its rules stand in `fixtures/ocds-release-package.json`.
"""

from __future__ import annotations

import csv
import importlib
import importlib.util
import io
import json
import re
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from plateglass import register
from plateglass.cli import app
from plateglass.register import exports, holdings, imports, money
from plateglass.register.entities import Contract, Flow
from plateglass.register.exports import made
from plateglass.register.holdings import Register
from plateglass.register.imports.joins import Joins

GRAPHML = "{http://graphml.graphdrawing.org/xmlns}"
STOCK = {
    "PublicBody": {"name", "alias", "jurisdiction", "classification"},
    "Company": {"name", "alias", "country", "classification"},
    "Organization": {"name", "alias"},
    "Contract": {"name", "alias", "title", "authority", "contractDate", "noticeId", "description"},
    "Event": {"name", "alias", "keywords", "involved"},
    "Document": {"fileName", "title", "publisher", "publishedAt", "sourceUrl", "contentHash"},
    "Ownership": {"owner", "asset", "startDate"},
    "Documentation": {"document", "entity", "role"},
    "UnknownLink": {"subject", "object", "role"},
    "Payment": {"payer", "beneficiary", "purpose", "amountUsd"},
    "ContractAward": {"supplier", "contract", "role", "amountUsd"},
}
"""Stock schemata and the properties of each that are used, as FollowTheMoney 4.11.2 has them."""
SAID = {
    "description", "recordId", "date", "startDate", "endDate", "sourceUrl", "publisher", "proof", "summary"
}  # fmt: skip
LINKS = {"Documentation", "UnknownLink", "Payment", "ContractAward"}


@pytest.fixture(scope="module")
def held() -> Register:
    return register.read()


@pytest.fixture(scope="module")
def folder(held: Register, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out") / "register"
    exports.write(held, tuple(exports.FORMS), out)
    return out


def entities(folder: Path) -> list[dict[str, Any]]:
    files = sorted((folder / "ftm").glob("*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]


def library(name: str) -> Any:
    if importlib.util.find_spec(name) is None:
        pytest.skip(f"{name} is not installed: the facts that it checks are checked above without it")
    return importlib.import_module(name)


@pytest.mark.parametrize("form", exports.FORMS)
def test_what_a_form_cannot_carry_stands_beside_it(folder: Path, form: str) -> None:
    assert (folder / f"{form}.{exports.LOST}").read_text(encoding="utf-8").strip()


# --- graph -------------------------------------------------------------------------------------------------------


def test_every_flow_is_a_row_with_its_statements_and_documents(held: Register, folder: Path) -> None:
    rows = list(csv.DictReader(io.StringIO((folder / "edges.csv").read_text(encoding="utf-8"))))
    assert {r["id"] for r in rows} == set(held.all(Flow))
    for row in rows:
        assert set(row["statements"].split()) == {s.key for s in held.said[row["id"]]}
        assert row["documents"]
        if row["class"] in ("pitched", "planned") or row["kind"] == "hosting":
            assert row["travelled"] == "no"
    assert any(r["travelled"] == "no" for r in rows)


def test_the_graph_has_every_flow_and_no_place_beside_them(held: Register, folder: Path) -> None:
    root = ET.parse(folder / "graph.graphml").getroot()  # noqa: S314 (our own file)
    edges = {e.get("id"): (e.get("source"), e.get("target")) for e in root.iter(f"{GRAPHML}edge")}
    assert edges == {f.id: (f.provider, f.receiver) for f in held.all(Flow).values()}
    assert {n.get("id") for n in root.iter(f"{GRAPHML}node")} == {end for pair in edges.values() for end in pair}
    declared = {k.get("id") for k in root.iter(f"{GRAPHML}key")}
    assert {d.get("key") for d in root.iter(f"{GRAPHML}data")} <= declared


def test_networkx_reads_the_graph(held: Register, folder: Path) -> None:
    graph = library("networkx").read_graphml(folder / "graph.graphml", force_multigraph=True)
    assert graph.is_directed()
    assert graph.number_of_edges() == len(held.all(Flow))
    assert graph.nodes["coplink"]["confidence_C"] > 0


# --- FollowTheMoney ----------------------------------------------------------------------------------------------


def test_only_stock_schemata_and_their_own_properties(folder: Path) -> None:
    for row in entities(folder):
        own = STOCK[row["schema"]] | (SAID if row["schema"] in LINKS else set())
        assert set(row["properties"]) <= own, row["schema"]
        assert all(isinstance(v, str) and v for values in row["properties"].values() for v in values)


def test_a_dataset_holds_one_source_and_every_link_names_it(folder: Path) -> None:
    for file in (folder / "ftm").glob("*.jsonl"):
        document = file.name.removesuffix(".ftm.jsonl")
        rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        ids = {r["id"] for r in rows}
        assert len(ids) == len(rows)
        for row in rows:
            assert row["datasets"] == [f"plateglass-{document}"]
            if row["schema"] in LINKS:
                assert row["properties"]["proof"] == [f"plateglass-document-{document}"]
                assert row["properties"]["recordId"]
                assert row["properties"]["date"], "no date is lost"
            for key in ("proof", "document", "entity", "subject", "object", "supplier", "contract", "payer",
                        "beneficiary", "owner", "asset", "authority", "involved"):  # fmt: skip
                assert set(row["properties"].get(key, [])) <= ids, f"{key} of {row['id']} leads nowhere"


def test_every_statement_is_carried_or_its_kind_is_listed(held: Register, folder: Path) -> None:
    links = [r for r in entities(folder) if r["schema"] in LINKS]
    carried = {r["properties"]["summary"][0].partition(":")[0] for r in links}
    lost = (folder / f"ftm.{exports.LOST}").read_text(encoding="utf-8")
    for key, statement in held.statements.items():
        sections = {held.section_of[about] for about in statement.about}
        named = {s for s in sections if f"  {s}: " in lost} | {a for a in statement.about if f"  {a}\n" in lost}
        assert key in carried or named, key


def test_an_amount_is_an_amount_only_where_it_is_no_bound_and_no_rate(held: Register, folder: Path) -> None:
    for row in entities(folder):
        if "amountUsd" in row["properties"]:
            keys = {s.partition(":")[0] for s in row["properties"]["summary"]}
            for key in keys:
                said = held.statements[key]
                assert said.unit == money.UNIT
                assert said.comparator in (None, "=")
                assert said.high is None


def test_follow_the_money_reads_every_entity_without_loss(folder: Path) -> None:
    ftm = library("followthemoney")
    for row in entities(folder):
        proxy = ftm.EntityProxy.from_dict(row, cleaned=False)
        read = {key: sorted(values) for key, values in proxy.to_dict()["properties"].items()}
        assert read == {key: sorted(values) for key, values in row["properties"].items()}
        ftm.model.get(row["schema"]).validate(row)


@pytest.mark.parametrize(
    ("text", "plain", "exact"),
    [("2018", "2018", True), ("2018-04-03", "2018-04-03", True), ("2018~", "2018", False), ("201X", None, False),
     ("2018-XX", "2018", False), ("2018-04-XX", "2018-04", False), (None, None, True)],
)  # fmt: skip
def test_a_date_is_made_plain_and_its_loss_is_known(text: str | None, plain: str | None, exact: bool) -> None:
    assert made.plain(text) == plain
    assert made.exact(text) is exact


# --- OCDS --------------------------------------------------------------------------------------------------------


def rules() -> Draft202012Validator:
    return Draft202012Validator(json.loads((Path(__file__).parent / "fixtures/ocds-release-package.json").read_text()))


def test_contracts_keep_the_rules_of_a_release_package(held: Register, folder: Path) -> None:
    rules().check_schema(rules().schema)
    package = json.loads((folder / "contracts.ocds.json").read_text(encoding="utf-8"))
    assert [f"{'/'.join(map(str, e.path))}: {e.message}" for e in rules().iter_errors(package)] == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda package: package.pop("uri"),
        lambda package: package["releases"][0].pop("ocid"),
        lambda package: package["releases"][0].update(tag=["gossip"]),
        lambda package: package["releases"][0].update(mood="good"),
        lambda package: package["releases"][0]["contracts"][0].pop("awardID"),
        lambda package: package["releases"][0]["contracts"][0].update(dateSigned="2018"),
        lambda package: package["releases"][0]["contracts"][0].update(value={"amount": "5", "currency": "USD"}),
        lambda package: package.update(releases=[]),
    ],
)
def test_the_rules_would_find_a_fault(folder: Path, spoil: Any) -> None:
    package = json.loads((folder / "contracts.ocds.json").read_text(encoding="utf-8"))
    spoil(package)
    assert list(rules().iter_errors(package))


def test_an_obligated_amount_is_the_value_and_comes_back_as_one(held: Register, tmp_path: Path) -> None:
    """What a list of awards brought in goes out as OCDS and comes in again, the same."""
    path = tmp_path / "awards.csv"
    path.write_text(
        "contract_award_unique_key,awarding_sub_agency_name,recipient_name,total_dollars_obligated\nA1,ICE,Palantir,5.5\n"
    )
    (tmp_path / "own").mkdir()
    brought = imports.take(imports.downloaded(path), Joins(held), date(2026, 1, 2))
    (tmp_path / "own" / "awards.toml").write_text(brought.toml)
    exports.write(register.read(holdings.FOLDER, tmp_path / "own"), ("ocds",), tmp_path / "out")
    out = tmp_path / "out" / "contracts.ocds.json"
    package = json.loads(out.read_text(encoding="utf-8"))
    assert list(rules().iter_errors(package)) == []
    again = imports.take(imports.downloaded(out), Joins(held), date(2026, 1, 3), publisher="treasury")
    assert "value = 5.5\n" in again.toml
    assert again.taken == 1, "contracts without one obligated amount have no value to bring"


def test_contracts_have_what_the_release_schema_requires(held: Register, folder: Path) -> None:
    package = json.loads((folder / "contracts.ocds.json").read_text(encoding="utf-8"))
    assert {"uri", "version", "publishedDate", "publisher", "releases"} <= set(package)
    assert "not compliant" in package["publisher"]["name"]
    moment = re.compile(r"\d{4}-\d{2}-\d{2}T00:00:00Z")
    for release in package["releases"]:
        assert {"ocid", "id", "date", "tag", "initiationType"} <= set(release)
        assert moment.fullmatch(release["date"])
        parties = {p["id"] for p in release["parties"]}
        assert release["buyer"]["id"] in parties
        (award,), (contract,) = release["awards"], release["contracts"]
        assert contract["awardID"] == award["id"]
        assert {s["id"] for s in award["suppliers"]} <= parties
        assert contract["documents"], "no contract without its source"
    assert len(package["releases"]) == len(held.all(Contract))


def test_a_press_figure_is_no_value_of_a_contract(held: Register, folder: Path) -> None:
    package = json.loads((folder / "contracts.ocds.json").read_text(encoding="utf-8"))
    contracts = [r["contracts"][0] for r in package["releases"]]
    assert not any("value" in c for c in contracts), "no obligated amount is held"
    amounts = [(a["kind"], a["low"]) for c in contracts for a in c.get("plateglassAmounts", ())]
    assert sorted(amounts) == sorted((a.kind, a.low) for c in held.all(Contract) for a in money.amounts(held, c))


# --- PROV --------------------------------------------------------------------------------------------------------


def test_every_statement_comes_from_its_document_and_is_somebodys(held: Register, folder: Path) -> None:
    found = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
    derived = {(d["prov:generatedEntity"], d["prov:usedEntity"]) for d in found["wasDerivedFrom"].values()}
    by = {(a["prov:entity"], a["prov:agent"]) for a in found["wasAttributedTo"].values()}
    for key, statement in held.statements.items():
        assert (f"reg:statement-{key}", f"reg:document-{statement.document}") in derived
        assert (f"reg:statement-{key}", f"reg:{held.speaker(statement)}") in by
        assert found["entity"][f"reg:statement-{key}"]["reg:locator"] == statement.locator
    used = {e for pair in derived for e in pair} | {e for e, _ in by}
    assert used <= set(found["entity"])
    assert {a for _, a in by} <= set(found["agent"])


def test_prov_reads_the_chain(held: Register, folder: Path) -> None:
    model = library("prov.model") if importlib.util.find_spec("prov") else library("prov")
    document = model.ProvDocument.deserialize(str(folder / "provenance.json"), format="json")
    entities_ = [r for r in document.get_records() if isinstance(r, model.ProvEntity)]
    assert len(entities_) == len(held.statements) + len(held.documents)


# --- command -----------------------------------------------------------------------------------------------------


def test_the_command_writes_what_was_asked_for(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["register", "export", "edges", "--out", str(tmp_path / "out")])
    assert result.exit_code == 0, result.stderr
    assert {p.name for p in (tmp_path / "out").iterdir()} == {"edges.csv", f"edges.{exports.LOST}"}
    assert CliRunner().invoke(app, ["register", "export", "xls", "--out", str(tmp_path)]).exit_code == 2
    (tmp_path / "file").write_text("")
    assert CliRunner().invoke(app, ["register", "export", "--out", str(tmp_path / "file")]).exit_code == 1
