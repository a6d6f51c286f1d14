"""What could be checked of each system, on what record, and whether a case holds it."""

from __future__ import annotations

import fnmatch
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from plateglass import register
from plateglass.case import Case, Settings
from plateglass.catalogue import Catalogue
from plateglass.cli import app
from plateglass.register import checks, holdings, imports
from plateglass.register.checks import Check, Kept, Known, Standing
from plateglass.register.entities import RecordSeries
from plateglass.register.holdings import Register
from plateglass.register.imports import layouts
from plateglass.register.imports.joins import Joins


@pytest.fixture(scope="module")
def held() -> Register:
    return register.read()


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue()


def known(catalogue: Catalogue, *kept: Kept) -> Known:
    return Known({key: layout.views for key, layout in catalogue.layouts.items()}, tuple(catalogue.rules), kept)


def of(found: tuple[Check, ...], system: str) -> Check:
    (one,) = (c for c in found if c.system == system)
    return one


def test_each_of_the_48_systems_says_what_could_be_checked_on_what_record(held: Register, catalogue: Catalogue) -> None:
    found = checks.checks(held, known(catalogue))
    assert [c.number for c in found] == sorted(c.number for c in found if c.number)
    assert {c.number for c in found} == set(range(1, 49))
    assert all(c.record.check and c.record.label and c.record.custodian for c in found)
    assert not [c for c in found if c.standing is Standing.HELD], "no case, nothing held"


def test_what_a_record_names_is_there(held: Register, catalogue: Catalogue) -> None:
    """Every pattern of rules fits a rule, every list has its layout, and rules test only what something reads."""
    for record in held.all(RecordSeries).values():
        for pattern in record.rules:
            assert [r for r in catalogue.rules if fnmatch.fnmatchcase(r, pattern)], f"{record.id}: {pattern}"
        assert set(record.imports) <= set(layouts.every()), record.id
        assert record.views or not (record.rules or record.layouts), record.id


def test_a_file_of_a_case_is_the_record_of_its_layout_and_view_only(held: Register, catalogue: Catalogue) -> None:
    audit = Kept("network_audit", "flock-audit", "audit.csv")
    found = checks.checks(held, known(catalogue, audit))
    assert of(found, "flock-national-lookup").held == ("audit.csv",)
    assert of(found, "flock-national-lookup").standing is Standing.HELD
    assert of(found, "fusion-centres").held == (), "another system's log of the same view"
    assert of(found, "vigilant-agency-pool").held == ()
    lists = Kept("shared_networks", "flock-shared-networks", "shares.csv")
    assert of(checks.checks(held, known(catalogue, lists)), "vigilant-agency-pool").held == ()


def test_rules_that_test_a_record_are_counted_by_pack(held: Register, catalogue: Catalogue) -> None:
    flock = of(checks.checks(held, known(catalogue)), "flock-national-lookup")
    assert flock.packs["screens"] == sum(r.startswith("screens/") for r in catalogue.rules)
    assert sum(flock.packs.values()) == len(flock.rules)
    assert of(checks.checks(held, known(catalogue)), "leiss").rules == ()


AWARD = "contract_award_unique_key,awarding_sub_agency_name,recipient_name,total_dollars_obligated\nA1,ICE,{},5\n"


@pytest.mark.parametrize(("vendor", "holds"), [("Giant Oak", True), ("Palantir", False)])
def test_an_award_download_is_a_record_of_the_systems_whose_vendor_it_pays(
    tmp_path: Path, held: Register, catalogue: Catalogue, vendor: str, holds: bool
) -> None:
    path = tmp_path / "awards.csv"
    path.write_text(AWARD.format(vendor))
    found = imports.take(imports.downloaded(path), Joins(held), date(2026, 1, 2))
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "awards.toml").write_text(found.toml)
    more = register.read(holdings.FOLDER, tmp_path / "own")
    gost = of(checks.checks(more, known(catalogue)), "gost")
    assert gost.held == (("Award download of USAspending, 2026-01-02",) if holds else ())


def test_what_is_lacking_is_ready_to_be_asked_for(held: Register, catalogue: Catalogue) -> None:
    audit = Kept("network_audit", "flock-audit", "audit.csv")
    found = {w.record: w for w in checks.wanted(held, checks.checks(held, known(catalogue, audit)))}
    assert len(found) == 47
    assert "flock-national-lookup-record" not in found
    clets = found["clets-record"]
    assert (clets.jurisdiction, clets.custodian) == ("US-CA", held.label("california-doj"))
    assert found["leiss-record"].jurisdiction == "US"
    assert found["coplink-record"].jurisdiction == "", "a class of agencies: the law of the one that is asked"
    assert all(w.system and w.series and w.question and w.law for w in found.values())


def test_the_command_tells_what_a_case_lacks(tmp_path: Path) -> None:
    case = Case.make(tmp_path / "case", Settings())
    told = CliRunner().invoke(app, ["register", "checks", "--case", str(case.root)])
    assert told.exit_code == 0, told.stderr
    assert "0 held; " in told.stdout
    one = CliRunner().invoke(app, ["register", "checks", "COPLINK", "--lacking", "--json"])
    assert '"system": "coplink"' in one.stdout
    assert CliRunner().invoke(app, ["register", "checks", "no such thing"]).exit_code == 2
