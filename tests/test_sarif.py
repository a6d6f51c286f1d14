"""Findings as SARIF 2.1.0: what the standard asks, the same fingerprints in every run, reasons where set aside.

The schema below is of the part of SARIF that is used, written from the standard, and closed: a key that is not in it
fails.
"""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from typer.testing import CliRunner

from plateglass import pipeline, triage
from plateglass.case import Case, Settings
from plateglass.catalogue import Catalogue
from plateglass.cli import app
from plateglass.demo import logs
from plateglass.errors import CaseUnusable, SourceUnreadable
from plateglass.publish import sarif

HOME = "Exampleville CA PD"


def closed(required: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "required": list(required), "properties": properties}


TEXT = {"type": "string", "minLength": 1}
GUID = {"type": "string", "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"}
MESSAGE = closed(("text",), text=TEXT)
URI = {"type": "string", "pattern": r"^[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+$"}
BAG = {"type": "object"}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
KINDS = ["notApplicable", "pass", "fail", "review", "open", "informational"]
RULE = closed(
    ("id",), id=TEXT, name=TEXT, shortDescription=MESSAGE, fullDescription=MESSAGE, help=MESSAGE,
    defaultConfiguration=closed(level=LEVEL), properties=BAG,
)  # fmt: skip
LOCATION = closed(
    physicalLocation=closed(
        artifactLocation=closed(uri=URI, index={"type": "integer", "minimum": 0}),
    ),
    logicalLocations={"type": "array", "items": closed(fullyQualifiedName=TEXT, name=TEXT, kind=TEXT)},
)
RESULT = {
    **closed(
        ("message",), ruleId=TEXT, ruleIndex={"type": "integer", "minimum": 0}, kind={"enum": KINDS}, level=LEVEL,
        message=MESSAGE, locations={"type": "array", "items": LOCATION},
        partialFingerprints={"type": "object", "additionalProperties": TEXT},
        baselineState={"enum": ["new", "unchanged", "updated", "absent"]},
        suppressions={"type": "array", "items": closed(
            ("kind",), kind={"enum": ["inSource", "external"]}, justification=TEXT,
            status={"enum": ["accepted", "underReview", "rejected"]})},
        properties=BAG,
    ),
    "if": {"properties": {"kind": {"not": {"const": "fail"}}}, "required": ["kind"]},
    "then": {"properties": {"level": {"const": "none"}}},
}  # fmt: skip
SCHEMA = closed(
    ("version", "runs"), **{"$schema": {"const": sarif.SCHEMA}}, version={"const": "2.1.0"},
    runs={"type": "array", "minItems": 1, "items": closed(
        ("tool",),
        tool=closed(("driver",), driver=closed(
            ("name",), name=TEXT, version=TEXT, semanticVersion={"type": "string", "pattern": r"^\d+\.\d+\.\d+"},
            rules={"type": "array", "items": RULE, "uniqueItems": True}, properties=BAG)),
        automationDetails=closed(id=TEXT, guid=GUID), baselineGuid=GUID,
        columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
        artifacts={"type": "array", "uniqueItems": True, "items": closed(
            location=closed(uri=URI),
            hashes={"type": "object", "additionalProperties": {"type": "string", "pattern": "^[0-9a-f]{64}$"}})},
        results={"type": "array", "items": RESULT},
    )},
)  # fmt: skip


def write(root: Path, reasons: list[str], name: str = f"9_1_2025-9_30_2025-{HOME}-Audit.csv") -> Path:
    """A made-up log, one record a reason."""
    root.mkdir(parents=True, exist_ok=True)
    with (root / name).open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(logs.FULL)
        for number, reason in enumerate(reasons):
            values = {
                "ID": f"00000000-0000-4000-8000-{number:012}", "Name": "Ada Example", "Org Name": HOME,
                "Total Networks Searched": "12", "Reason": reason, "Case #": "26-900001", "License Plate": "8ZZZ101",
                "Time Frame": f"09/01/2025, 01:00:00 AM UTC\n09/02/2025, 01:{number:02}:00 AM UTC",
                "Search Time": f"09/02/2025, 01:{number:02}:00 AM UTC", "Search Type": "lookup",
                "Total Devices Searched": "120",
            }  # fmt: skip
            writer.writerow([values.get(heading, "") for heading in logs.FULL])
    return root / name


def make(root: Path, reasons: list[str]) -> Case:
    file = write(root, reasons)
    case = Case.make(root / "case", Settings(
        name="sarif case", agency=HOME, timezone="America/Los_Angeles", rules=("screens", "us-ca"),
    ))  # fmt: skip
    pipeline.add(case, [file])
    return case


REASONS = ["burglary", "", "robbery", "", "theft", "ICE ERO removal"]


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return make(tmp_path, REASONS)


def run(case: Case, out: str = "a.sarif", before: Path | None = None) -> dict[str, Any]:
    """An export, checked against the schema."""
    path = triage.export(case, case.root / out, before)
    value: dict[str, Any] = json.loads(path.read_text())
    jsonschema.Draft202012Validator(SCHEMA).validate(value)
    found: dict[str, Any] = value["runs"][0]
    for result in found["results"]:
        assert found["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    return found


def of(one: dict[str, Any], rule: str, kind: str = "unit") -> list[dict[str, Any]]:
    return [r for r in one["results"] if r["ruleId"] == rule and r.get("properties", {}).get("of") == kind]


def test_each_record_at_fault_is_a_result_at_its_place(case: Case) -> None:
    one = run(case)
    blank = of(one, "us-ca/access-record")
    places = [r["locations"][0]["logicalLocations"][0]["name"] for r in blank]
    assert places == ["record 2", "record 4"]
    assert {(r["kind"], r["level"]) for r in blank} == {("fail", "error")}
    artifact = one["artifacts"][blank[0]["locations"][0]["physicalLocation"]["artifactLocation"]["index"]]
    assert artifact["location"]["uri"] == blank[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert len(artifact["hashes"]["sha-256"]) == 64


def test_what_is_no_mechanical_failure_is_no_fail(case: Case) -> None:
    one = run(case)
    assert {r["kind"] for r in of(one, "screens/purpose-p01")} == {"review"}
    kinds = {r["ruleId"]: r["kind"] for r in one["results"] if r["properties"]["of"] == "case"}
    assert kinds["us-ca/access-record"] == "fail"
    assert kinds["screens/purpose-p01"] == "informational"
    assert kinds["us-ca/sharing-list"] in ("notApplicable", "open")
    assert kinds["screens/reach-networks"] in ("pass", "informational")


def test_a_unit_is_said_to_be_what_its_verdict_is(case: Case) -> None:
    """No claim of what is only in question, counted or left to a person; no number that is not the margin."""
    one = run(case)
    said = {r["properties"]["verdict"]: r["message"]["text"] for r in of(one, "us-ca/immigration-purpose")}
    said |= {r["ruleId"]: r["message"]["text"] for r in one["results"] if r["properties"]["of"] == "unit"}
    titles = {rule["id"]: rule["shortDescription"]["text"] for rule in one["tool"]["driver"]["rules"]}
    assert said["us-ca/access-record"] == titles["us-ca/access-record"]
    assert said["screens/purpose-p01"] == f"Counted by a screen, no finding: {titles['screens/purpose-p01']}"
    for verdict, opening in (("question", "In question"), ("needs_person", "Only a person can decide")):
        assert verdict not in said or said[verdict].startswith(opening)


@pytest.mark.parametrize(
    ("rule", "verdict", "text"),
    [
        ("promises/look-back", "question", "In question, not decided: {}: 31.5 days"),
        ("us-ca/in-state-sharing", "fail", "{}"), ("us-ca/in-state-sharing", "needs_person", "Only a person {}"),
        ("screens/reach-networks", "question", "Counted by a screen, no finding: {}: 31.5 networks"),
    ],
)  # fmt: skip
def test_a_number_is_said_of_a_unit_only_where_it_is_the_margin(rule: str, verdict: str, text: str) -> None:
    found = Catalogue().rules[rule]
    expected = text.replace("Only a person", "Only a person can decide whether this is so:").format(found.title)
    assert sarif._said(found, verdict, 31.5) == expected


def test_nothing_of_a_record_stands_in_it(case: Case) -> None:
    run(case)
    text = (case.root / "a.sarif").read_text()
    for planted in ("Ada Example", "8ZZZ101", "26-900001", "ERO removal"):
        assert planted not in text
    tokens = re.findall(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", text)
    assert len(tokens) == 1, "the run's own guid, and no token"


def test_the_same_case_gives_the_same_bytes_and_another_key_the_same_fingerprints(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run(case)
    before = (case.root / "a.sarif").read_bytes()
    run(case)
    assert (case.root / "a.sarif").read_bytes() == before
    monkeypatch.setenv("PLATEGLASS_KEY_FILE", str(tmp_path / "other/key"))
    again = run(make(tmp_path / "again", REASONS))
    assert [r["partialFingerprints"] for r in again["results"]] == [r["partialFingerprints"] for r in first["results"]]


def test_no_two_results_of_a_run_have_one_fingerprint(case: Case) -> None:
    found = [r["partialFingerprints"][sarif.KEY] for r in run(case)["results"]]
    assert len(found) == len(set(found))


def test_against_an_earlier_run_each_result_says_what_became_of_it(case: Case, tmp_path: Path) -> None:
    first = run(case)
    more = write(tmp_path / "more", ["", "fraud"], f"10_1_2025-10_31_2025-{HOME}-Audit.csv")
    pipeline.add(case, [more])
    second = run(case, "b.sarif", case.root / "a.sarif")
    assert second["baselineGuid"] == first["automationDetails"]["guid"]
    states = [r["baselineState"] for r in of(second, "us-ca/access-record")]
    assert sorted(states) == ["new", "unchanged", "unchanged"]
    assert [r["baselineState"] for r in of(second, "us-ca/access-record", "case")] == ["updated"]
    assert not [r for r in second["results"] if r["baselineState"] == "absent"]


def test_what_is_found_no_more_is_absent_once(case: Case, tmp_path: Path) -> None:
    run(case)
    clean = make(tmp_path / "clean", ["burglary", "robbery"])
    second = run(clean, "b.sarif", case.root / "a.sarif")
    gone = [r for r in second["results"] if r.get("baselineState") == "absent" and r["ruleId"] == "us-ca/access-record"]
    assert len(gone) == 2
    third = run(clean, "c.sarif", clean.root / "b.sarif")
    assert not [r for r in third["results"] if r.get("baselineState") == "absent"]
    assert {r["baselineState"] for r in third["results"]} == {"unchanged"}


def test_a_rule_that_is_not_checked_any_more_is_not_called_absent(case: Case) -> None:
    run(case)
    toml = case.root / "case.toml"
    toml.write_text(toml.read_text().replace('["screens", "us-ca"]', '["screens"]'))
    second = run(case, "b.sarif", case.root / "a.sarif")
    assert not [r for r in second["results"] if r["ruleId"].startswith("us-ca/")]


def test_units_past_the_limit_are_counted_and_never_called_new_or_absent(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(case)
    monkeypatch.setattr(sarif, "UNITS", 1)
    second = run(case, "b.sarif", case.root / "a.sarif")
    rule = next(r for r in second["tool"]["driver"]["rules"] if r["id"] == "us-ca/access-record")
    assert (rule["properties"]["listed"], rule["properties"]["pointed"]) == (1, 2)
    assert [r["baselineState"] for r in of(second, "us-ca/access-record")] == ["unchanged"]
    assert not [r for r in second["results"] if r.get("baselineState") == "absent"]
    monkeypatch.undo()
    third = run(case, "c.sarif", case.root / "b.sarif")
    assert [r.get("baselineState") for r in of(third, "us-ca/access-record")] == ["unchanged", None]


def test_a_person_sets_a_unit_aside_with_a_reason_and_takes_it_back(case: Case) -> None:
    unit = of(run(case), "us-ca/access-record")[0]["partialFingerprints"][sarif.KEY]
    triage.set_aside(case, "us-ca/access-record", unit, "the native log has the reason", "Bo Sample")
    found = of(run(case), "us-ca/access-record")
    assert [r.get("suppressions") for r in found] == [
        [{"kind": "external", "status": "accepted", "justification": "the native log has the reason"}], None,
    ]  # fmt: skip
    assert "Bo Sample" not in (case.root / "a.sarif").read_text()
    triage.set_aside(case, "us-ca/access-record", unit, "", "Bo Sample")
    assert not [r for r in run(case)["results"] if "suppressions" in r]
    lines = [json.loads(line) for line in case.judgements_file.read_text().splitlines()]
    assert [line["aside"] for line in lines] == [True, False]
    assert {line["who"] for line in lines} == {"Bo Sample"}


def test_a_whole_rule_can_be_set_aside_from_the_command_line(case: Case) -> None:
    said = CliRunner().invoke(
        app, ["aside", str(case.root), "us-ca/access-record", "--why", "known, see the reply", "--who", "Bo Sample"]
    )
    assert said.exit_code == 0, said.output
    out = CliRunner().invoke(app, ["sarif", str(case.root)])
    assert out.exit_code == 0, out.output
    one = json.loads((case.root / "findings.sarif").read_text())["runs"][0]
    assert all("suppressions" in r for r in one["results"] if r["ruleId"] == "us-ca/access-record")
    assert not any("suppressions" in r for r in one["results"] if r["ruleId"] != "us-ca/access-record")


@pytest.mark.parametrize(
    ("rule", "unit", "why", "who"),
    [
        ("us-ca/no-such", "", "because", "Bo Sample"), ("custodian/account-overlap", "", "because", "Bo Sample"),
        ("us-ca/access-record", "12", "because", "Bo Sample"), ("us-ca/access-record", "", "because", " "),
        ("us-ca/access-record", "", "", "Bo Sample"), ("us-ca/access-record", "", "plate 8ZZZ101 is mine", "Bo Sample"),
    ],
)  # fmt: skip
def test_a_decision_that_can_t_be_kept_is_refused_and_nothing_is_written(
    case: Case, rule: str, unit: str, why: str, who: str
) -> None:
    with pytest.raises(CaseUnusable) as refused:
        triage.set_aside(case, rule, unit, why, who)
    assert "8ZZZ101" not in str(refused.value)
    assert not case.judgements_file.exists()


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"version": "2.1.0", "runs": []}', '{"version": "2.0.0", "runs": [{"tool": {"driver": {}}}]}',
     '{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "another", "rules": []}}, "results": []}]}'],
)  # fmt: skip
def test_a_file_that_is_no_earlier_export_is_refused(case: Case, tmp_path: Path, text: str) -> None:
    (tmp_path / "old.sarif").write_text(text)
    with pytest.raises(SourceUnreadable, match="not an earlier export"):
        triage.export(case, tmp_path / "new.sarif", tmp_path / "old.sarif")
