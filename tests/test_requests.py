"""Requests for records: one for each thing that can't be told and could be, in the words of the right act."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from typer.testing import CliRunner

from plateglass import duties
from plateglass.case import Case, Settings
from plateglass.catalogue import Catalogue, Rule
from plateglass.cli import app
from plateglass.demo import logs
from plateglass.duties import due, figures, letters, shapes
from plateglass.pipeline import add

HOLIDAYS = shapes.holidays(Catalogue())
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
    for late in act.deadlines:
        days = "no number of days" if late.days is None else f"{late.days} {late.kind} days"
        more = " after the deadline before it" if late.adds else ""
        assert f"{days}{more}, {late.cite}; {REVIEWED[late.review]}" in text
    assert "at the earliest" not in text
    above = text.partition("NOT PART")[0]
    assert "days" not in above
    assert "within" not in above


def test_no_deadline_that_was_not_read_is_called_read() -> None:
    """Those that were read in the original are these; whoever reads another text adds it here."""
    read_in_the_original = {
        (act.id, late.cite) for act in ACTS.values() for late in act.deadlines if late.review == "verified"
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


PAPERS = ("duty_series", "requests", "disseminations", "alerts", "audit_series", "retention", "hit_reports")


@pytest.mark.parametrize("rule", [r for r in Catalogue().rules.values() if r.view in PAPERS], ids=lambda rule: rule.id)
def test_a_rule_that_only_a_paper_can_settle_has_a_series_that_holds_it(rule: Rule) -> None:
    """So that a case without the paper asks for it; what is stated in the case itself needs none."""
    found = [s.id for s in SERIES.values() if any(fnmatchcase(rule.id, pattern) for pattern in s.rules)]
    assert found or rule.id == "promises/duty-late", rule.id


def test_each_gap_is_asked_of_who_released_the_file(made: Case, tmp_path: Path) -> None:
    texts, index = read(duties.requests(made, [], tmp_path / "out").index.parent)
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
    texts, index = read(duties.requests(made, [], tmp_path / "out").index.parent)
    assert "Under the public-records law that applies to you" in texts["pretend-wy-pd--search-log.txt"]
    assert {(row["act"], row["days"]) for row in index if row["to"] == "Pretend WY PD"} == {("", "")}


def test_the_blanks_of_a_report_are_asked_for_once_each(made: Case, tmp_path: Path) -> None:
    texts, index = read(duties.requests(made, [SHAPES["us-mn"]], tmp_path / "out").index.parent)
    assert {"exampleville-mn-pd--public-log.txt", "exampleville-mn-pd--training-records.txt"} & set(texts) == {
        "exampleville-mn-pd--public-log.txt"
    }
    policy = next(row for row in index if row["file"] == "exampleville-mn-pd--alpr-policy.txt")
    assert policy["settles"].count("us-mn:") == 2
    assert "exampleville-mn-pd--deletion-log.txt" in texts


def test_what_is_stated_is_not_asked_for(made: Case, tmp_path: Path) -> None:
    """A retention that nobody states is asked for; a case that states it has no such letter."""
    texts, _ = read(duties.requests(made, [], tmp_path / "one").index.parent)
    assert "exampleville-mn-pd--stated-retention.txt" in texts
    toml = made.root / "case.toml"
    toml.write_text(toml.read_text() + "\n[parameters]\nretention_days = 30\n")
    again, _ = read(duties.requests(made, [], tmp_path / "one").index.parent)
    assert "exampleville-mn-pd--stated-retention.txt" not in again


def test_no_plate_person_or_case_number_stands_in_a_letter(made: Case, tmp_path: Path) -> None:
    run = CliRunner().invoke(app, ["requests", str(made.root), "--out", str(tmp_path / "out")])
    assert run.exit_code == 0, run.output
    assert run.stdout.strip() == str(tmp_path / "out/index.csv")
    written = "".join(path.read_text() for path in (tmp_path / "out").iterdir())
    for planted in ("Ada Example", "8ZZZ101", "26-900001", "burglary"):
        assert planted not in written


# --- when an answer is due ----------------------------------------------------------------------------------------


def deadline(days: int | None, kind: str = "business", **more: object) -> shapes.Deadline:
    return shapes.Deadline.model_validate(
        {"what": "x", "days": days, "kind": kind, "cite": "y", "review": "memory", **more}
    )


def opened(day: date, closed: frozenset[date] = frozenset()) -> bool:
    return day.isoweekday() <= 5 and day not in closed


SENT = st.dates(date(2025, 12, 1), date(2031, 2, 1))


@settings(max_examples=100)
@given(sent=SENT, days=st.integers(1, 45))
def test_business_days_are_the_open_ones_after_the_day_of_sending(sent: date, days: int) -> None:
    [found] = due.due([deadline(days)], sent)
    assert found.on is not None
    after = [sent + timedelta(n) for n in range(1, (found.on - sent).days + 1)]
    assert opened(found.on)
    assert sum(map(opened, after)) == days
    assert found.holidays is None
    assert "holidays are not counted" in found.counted
    [later] = due.due([deadline(days)], sent + timedelta(1))
    [more] = due.due([deadline(days + 1)], sent)
    assert later.on is not None
    assert more.on is not None
    assert later.on >= found.on
    assert more.on > found.on


@settings(max_examples=100)
@given(sent=SENT, days=st.integers(1, 45))
def test_holidays_of_a_list_are_left_out_as_long_as_it_covers_the_time(sent: date, days: int) -> None:
    closed = HOLIDAYS["us"]
    [found], [plain] = due.due([deadline(days)], sent, closed), due.due([deadline(days)], sent)
    assert found.on is not None
    assert plain.on is not None
    if found.holidays is None:
        assert found.on == plain.on
        assert sent < closed.first or found.on + timedelta(30) > closed.last
        return
    off = frozenset(closed.days)
    assert closed.first <= sent
    assert found.on <= closed.last
    assert opened(found.on, off)
    assert sum(opened(sent + timedelta(n), off) for n in range(1, (found.on - sent).days + 1)) == days
    assert found.on >= plain.on


@settings(max_examples=50)
@given(sent=SENT, days=st.integers(1, 400))
def test_calendar_days_are_days(sent: date, days: int) -> None:
    [found] = due.due([deadline(days, "calendar")], sent, HOLIDAYS["us"])
    assert found.on == sent + timedelta(days)
    assert (found.holidays, found.counted) == (None, "every day counts")


@pytest.mark.parametrize(
    ("sent", "days", "on"),
    [
        (date(2026, 11, 20), 1, date(2026, 11, 23)), (date(2026, 11, 21), 1, date(2026, 11, 23)),
        (date(2026, 11, 19), 1, date(2026, 11, 20)), (date(2026, 11, 25), 1, date(2026, 11, 27)),
        (date(2026, 11, 25), 2, date(2026, 11, 30)), (date(2027, 12, 30), 1, date(2028, 1, 3)),
        (date(2028, 2, 28), 1, date(2028, 2, 29)), (date(2026, 7, 2), 1, date(2026, 7, 6)),
    ],
)  # fmt: skip
def test_a_friday_a_holiday_and_the_end_of_a_year(sent: date, days: int, on: date) -> None:
    assert due.due([deadline(days)], sent, HOLIDAYS["us"])[0].on == on


def test_a_longer_time_runs_from_the_end_of_the_one_before_it() -> None:
    """Oregon: five business days to acknowledge, no number to complete, and ten more after the acknowledgement."""
    first, none, more = due.due(ACTS["or"].deadlines, date(2026, 11, 2))
    assert (first.on, none.on, more.on) == (date(2026, 11, 9), None, date(2026, 11, 23))
    first, more = due.due(ACTS["ca"].deadlines, date(2026, 11, 2))
    assert (first.on, more.on) == (date(2026, 11, 12), date(2026, 11, 26))
    assert due.due(ACTS["mn"].deadlines, date(2026, 11, 2))[0].on is None
    assert [each.on for each in due.due(ACTS["ca"].deadlines, None)] == [None, None]
    with pytest.raises(ValidationError, match="adds days"):
        shapes.Act.model_validate(ACTS["mn"].model_dump() | {"deadlines": [deadline(5, adds=True)]})


@pytest.mark.parametrize("year", range(2026, 2031))
def test_the_federal_holidays_are_those_of_the_list(year: int) -> None:
    """Eleven a year, each where the section puts it, or on the working day beside it."""
    found = [day for day in HOLIDAYS["us"].days if day.year == year and (day.month, day.day) != (12, 31)]
    fixed = {(1, 1), (6, 19), (7, 4), (11, 11), (12, 25)}
    moved = {(1, 0, 3), (2, 0, 3), (9, 0, 1), (10, 0, 2), (11, 3, 4)}  # month, weekday, which
    for month, number in fixed:
        day = date(year, month, number)
        observed = day + timedelta({5: -1, 6: 1}.get(day.weekday(), 0))
        assert observed in HOLIDAYS["us"].days or day == date(2026, 1, 1) - timedelta(1), day
    for month, weekday, which in moved:
        assert [d.weekday() == weekday and (d.day - 1) // 7 + 1 == which for d in found if d.month == month].count(
            True
        ) == 1
    assert [d for d in found if d.month == 5 and d.weekday() == 0 and d.day > 24]
    assert all(day.weekday() < 5 for day in found)
    assert sum(day.year == year for day in HOLIDAYS["us"].days) == 11 + (year == 2027) - (year == 2028)


def test_with_the_day_of_sending_letters_and_index_say_when_an_answer_is_due(made: Case, tmp_path: Path) -> None:
    written = duties.requests(made, [], tmp_path / "out", sent=date(2026, 11, 23))
    texts, index = read(written.index.parent)
    assert {row["sent"] for row in index} == {"2026-11-23"}
    assert {row["due_on"] for row in index} == {""}, "Minnesota's act gives no number of days"
    california = next(letter for letter in written.letters if letter.act and letter.act.id == "mn")
    letter = letters.Letter(
        california.series,
        ACTS["us"],
        letters.Custodian("A Bureau", "us"),
        (),
        "2025",
        date(2026, 11, 23),
        HOLIDAYS["us"],
    )
    said = " ".join(letters.text(letter).split())
    assert "Date: 23 November 2026" in said.partition("NOT PART")[0]
    assert "On 22 December 2026 at the earliest: Saturdays, Sundays and the holidays of the United States" in said
    assert "as if it had been received on 23 November 2026" in said
    assert "from a secondary source: check it before sending: 5 U.S.C. 6103(a)" in said
    rows = list(csv.DictReader(letters.index([letter]).splitlines()))
    assert [row["due_on"] for row in rows] == ["2026-12-22", "2027-01-07"]
    assert "Date: 23 November 2026" in texts["exampleville-mn-pd--search-log.txt"]


def test_the_command_lists_what_is_due_by_day(made: Case, tmp_path: Path) -> None:
    toml = made.root / "case.toml"
    toml.write_text(toml.read_text().replace("Exampleville MN PD", "Exampleville CA PD"))
    run = CliRunner().invoke(
        app, ["requests", str(made.root), "--out", str(tmp_path / "out"), "--sent", "2026-11-23"], terminal_width=200
    )
    assert run.exit_code == 0, run.output
    days = [line.split()[0] for line in run.stdout.splitlines() if line.startswith("2026-12-")]
    assert days == sorted(days)
    assert days == ["2026-12-03", "2026-12-17"], "one line a deadline and agency"
    assert run.stdout.splitlines()[-1] == str(tmp_path / "out/index.csv")
