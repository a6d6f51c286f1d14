"""Whose log a file is, where names alone leave it open."""

from __future__ import annotations

from pathlib import Path

import pytest

from plateglass import pipeline
from plateglass.case import Case, Settings
from plateglass.model import Outcome
from releases import NETWORK, OWN, Room, record, write


@pytest.fixture(autouse=True)
def _key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLATEGLASS_KEY_FILE", str(Room(tmp_path).key()))


def made(folder: Path, *rules: str, agency: str = "Exampleville CA PD") -> Case:
    """A case of the files that were written."""
    case = Case.make(folder / "case", Settings(agency=agency, rules=rules))
    pipeline.add(case, [folder / "files"])
    return case


@pytest.mark.parametrize(
    ("other", "file", "view"),
    [
        ("Exampleville Police Department CA", OWN, "organisation_audit"),
        ("Exampleville PD", OWN, "organisation_audit"),
        ("Exampleville TX PD", OWN, "network_audit"),
        ("Somebody", OWN, "network_audit"),
        ("Exampleville Police Department CA", NETWORK, "network_audit"),
    ],
)
def test_spellings_of_the_owner_s_name_do_not_make_its_own_audit_a_network_audit(
    tmp_path: Path, other: str, file: str, view: str
) -> None:
    """Only where the file's name says so too; one name that is another agency's, or nobody's, and it stays open."""
    write(tmp_path / "files" / file, [record(n, **({"Org Name": other} if n % 2 else {})) for n in range(20)])
    with pipeline.prepared(made(tmp_path), lambda *_: None) as store:
        assert store.rows("SELECT view, owner FROM sources") == [(view, "Exampleville CA PD")]
        assert store.one("SELECT count(*) FROM distinct_searches") == 20
        told = [message for (message,) in store.rows("SELECT message FROM issues WHERE code = 'view-doubtful'")]
    assert ["all 2 names" in message for message in told] == [view == "organisation_audit"] * (file == OWN)


def test_an_audit_of_another_agency_than_its_file_says_is_not_its_own(tmp_path: Path) -> None:
    names = ("Sampleton CA PD", "Sampleton Police Department CA")
    write(tmp_path / "files" / OWN, [record(n, **{"Org Name": names[n % 2]}) for n in range(20)])
    with pipeline.prepared(made(tmp_path), lambda *_: None) as store:
        assert store.one("SELECT view FROM sources") == "network_audit"


def test_whether_a_federal_body_searched_is_not_asked_of_an_own_audit_of_two_spellings(tmp_path: Path) -> None:
    names = ("Exampleville CA PD", "Exampleville Police Department CA")
    write(tmp_path / "files" / OWN, [record(n, **{"Org Name": names[n % 2]}) for n in range(20)])
    (finding,) = pipeline.check(made(tmp_path, "screens/searcher-federal"))[1]
    assert finding.counts[Outcome.PASS] == 0
    assert finding.counts[Outcome.NOT_APPLICABLE] == 20


@pytest.mark.parametrize(
    ("agency", "file", "noted"),
    [
        ("Wrong Town FL PD", OWN, 1),
        ("Exampleville CA PD", OWN, 0),
        ("Exampleville Police Department CA", OWN, 0),
        ("Sampleton CA PD", OWN, 0),
        ("", OWN, 0),
        ("Wrong Town FL PD", "searches.csv", 0),
    ],
)
def test_a_home_agency_that_no_log_is_of_or_shows_is_told(tmp_path: Path, agency: str, file: str, noted: int) -> None:
    """One that searched the cameras of others is in their logs; a log that names no owner is taken for its own."""
    names = ("Exampleville CA PD", "Sampleton CA PD")
    write(tmp_path / "files" / file, [record(n, **{"Org Name": names[n % 2]}) for n in range(20)])
    case = made(tmp_path, "custody", agency=agency)
    report = pipeline.report(case, tmp_path / "report").read_text(encoding="utf-8")
    assert report.count("is its name written as its logs write it?") == noted
