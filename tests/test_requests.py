"""Requests for records: one for each thing that can't be told and could be, in the words of the right act."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from typer.testing import CliRunner

from plateglass import duties
from plateglass.case import Case, Settings
from plateglass.catalogue import Catalogue
from plateglass.cli import app
from plateglass.demo import logs
from plateglass.duties import figures, letters, shapes
from plateglass.pipeline import add

ACTS, SERIES, SHAPES = shapes.acts(Catalogue()), shapes.series(Catalogue()), shapes.shapes(Catalogue())
REVIEWED = {"verified": "read in the original", "secondary": "from a secondary source", "memory": "from memory"}


def write(root: Path, name: str, headings: tuple[str, ...], agency: str, rows: int = 3) -> None:
    """A made-up log with some of the columns."""
    values = {
        "Name": "Ada Example", "Org Name": agency, "Total Networks Searched": "12", "Reason": "burglary",
        "Total Devices Searched": "120", "License Plate": "8ZZZ101", "Case #": "26-900001",
        "Time Frame": "09/01/2025, 01:00:00 AM UTC\n09/02/2025, 01:00:00 AM UTC", "Search Type": "lookup",
        "Search Time": "09/02/2025, 01:00:07 AM UTC",
    }  # fmt: skip
    with (root / name).open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(headings)
        for row in range(rows):
            writer.writerow(
                [values.get(h, "") if h != "ID" else f"00000000-0000-4000-8000-{row:012}" for h in headings]
            )


@pytest.fixture
def made(tmp_path: Path) -> Case:
    """A home agency in Minnesota without case numbers, a neighbour in Wyoming without reasons."""
    home, other = "Exampleville MN PD", "Pretend WY PD"
    write(tmp_path, f"9_1_2025-9_30_2025-{home}-Audit.csv", tuple(h for h in logs.FULL if h != "Case #"), home)
    write(tmp_path, f"9_1_2025-9_30_2025-{other}-Audit.csv", tuple(h for h in logs.FULL if h != "Reason"), other)
    case = Case.make(tmp_path / "case", Settings(name="asked", agency=home, timezone="America/Chicago"))
    issues = add(case, sorted(tmp_path.glob("*.csv")))
    assert not [issue for issue in issues if issue.severity == "source"]
    return case


def read(out: Path) -> tuple[dict[str, str], list[dict[str, str]]]:
    with (out / "index.csv").open(newline="") as file:
        return {path.name: path.read_text() for path in out.glob("*.txt")}, list(csv.DictReader(file))


@pytest.mark.parametrize("act", ACTS.values(), ids=lambda act: act.id)
def test_every_act_says_how_it_was_read_and_what_is_due(act: shapes.Act) -> None:
    assert act.act in act.asks
    assert act.source
    assert "law" in act.closing or "section" in act.closing or "exemption" in act.closing or "denial" in act.closing
    letter = letters.Letter(SERIES["alpr-policy"], act, letters.Custodian("A PD", act.id), (), "2025")
    text = " ".join(letters.text(letter).split())
    for due in act.deadlines:
        days = "no number of days" if due.days is None else f"{due.days} {due.kind} days"
        assert f"{days}, {due.cite}; {REVIEWED[due.review]}" in text
    above = text.partition("NOT PART")[0]
    assert "days" not in above
    assert "within" not in above


def test_no_deadline_that_was_not_read_is_called_read() -> None:
    """Those that were read in the original are these; whoever reads another text adds it here."""
    read_in_the_original = {
        (act.id, due.cite) for act in ACTS.values() for due in act.deadlines if due.review == "verified"
    }
    assert read_in_the_original == {
        ("ca", "Gov. Code 7922.535(a)"), ("ca", "Gov. Code 7922.535(b)"), ("mn", "Minn. Stat. 13.03 subd. 2(a)"),
        ("or", "ORS 192.329(1)"), ("wa", "RCW 42.56.520(1)"),
    }  # fmt: skip


@pytest.mark.parametrize("series", SERIES.values(), ids=lambda series: series.id)
def test_every_series_is_asked_for_by_something(series: shapes.Series) -> None:
    named = {box.series for shape in SHAPES.values() for section in shape.sections for box in section.boxes}
    assert series.id in named or series.settles or series.rules or series.figures
    assert "{period}" in series.text or series.id in ("state-notices", "classification", "adoption")
    series.text.format(period="2025")


def test_every_blank_that_a_record_could_fill_names_a_series() -> None:
    for shape in SHAPES.values():
        for box in (box for section in shape.sections for box in section.boxes):
            assert not box.series or box.series in SERIES, f"{shape.id}: {box.asks}"
            if box.blank.startswith("not in the records") and "a person looks the incident up" not in box.blank:
                assert box.series, f"{shape.id}: {box.asks}"


def test_every_figure_that_may_be_blank_has_a_series() -> None:
    patterns = [pattern for series in SERIES.values() for pattern in series.figures]
    for figure in figures.FIGURES:
        assert any(figure.startswith(pattern.removesuffix("*")) for pattern in patterns), figure


def test_each_gap_is_asked_of_who_released_the_file(made: Case, tmp_path: Path) -> None:
    texts, index = read(duties.requests(made, [], tmp_path / "out").parent)
    home, other = texts["exampleville-mn-pd--search-log.txt"], texts["pretend-wy-pd--search-log.txt"]
    assert "case number: no such column" in home
    assert "reason: no such column" not in home
    assert "reason: no such column" in other
    assert "case number: no such column" not in other
    assert "Minnesota Government Data Practices Act, Minn. Stat. chapter 13" in " ".join(home.split())
    assert "for 1 September 2025, as the system exports it" in " ".join(home.split())
    rows = [row for row in index if row["file"] == "exampleville-mn-pd--search-log.txt"]
    assert "screens/case-number-absent" in rows[0]["settles"]
    assert rows[0]["citation_read"] == "verified"
    assert {row["file"] for row in index} == set(texts)


def test_a_state_whose_act_is_not_known_gets_no_other_state_s_act(made: Case, tmp_path: Path) -> None:
    texts, index = read(duties.requests(made, [], tmp_path / "out").parent)
    assert "Under the public-records law that applies to you" in texts["pretend-wy-pd--search-log.txt"]
    assert {(row["act"], row["days"]) for row in index if row["to"] == "Pretend WY PD"} == {("", "")}


def test_the_blanks_of_a_report_are_asked_for_once_each(made: Case, tmp_path: Path) -> None:
    texts, index = read(duties.requests(made, [SHAPES["us-mn"]], tmp_path / "out").parent)
    assert {"exampleville-mn-pd--public-log.txt", "exampleville-mn-pd--training-records.txt"} & set(texts) == {
        "exampleville-mn-pd--public-log.txt"
    }
    policy = next(row for row in index if row["file"] == "exampleville-mn-pd--alpr-policy.txt")
    assert policy["settles"].count("us-mn:") == 2
    assert "exampleville-mn-pd--deletion-log.txt" in texts


def test_what_is_stated_is_not_asked_for(made: Case, tmp_path: Path) -> None:
    """A retention that nobody states is asked for; a case that states it has no such letter."""
    texts, _ = read(duties.requests(made, [], tmp_path / "one").parent)
    assert "exampleville-mn-pd--stated-retention.txt" in texts
    toml = made.root / "case.toml"
    toml.write_text(toml.read_text() + "\n[parameters]\nretention_days = 30\n")
    again, _ = read(duties.requests(made, [], tmp_path / "one").parent)
    assert "exampleville-mn-pd--stated-retention.txt" not in again


def test_no_plate_person_or_case_number_stands_in_a_letter(made: Case, tmp_path: Path) -> None:
    run = CliRunner().invoke(app, ["requests", str(made.root), "--out", str(tmp_path / "out")])
    assert run.exit_code == 0, run.output
    assert run.stdout.strip() == str(tmp_path / "out/index.csv")
    written = "".join(path.read_text() for path in (tmp_path / "out").iterdir())
    for planted in ("Ada Example", "8ZZZ101", "26-900001", "burglary"):
        assert planted not in written
