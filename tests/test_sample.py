"""Samples: drawn alike by everybody, from a frame that is known, written out without anything that may not leave."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from plateglass import pipeline, sample, statistics
from plateglass.case import Case
from plateglass.errors import SampleUnusable
from plateglass.model import silent
from plateglass.sample import Design, Plan, Sample, frame, sheet
from plateglass.store import Store
from review_world import BLANK, PEOPLE, REASONS, SEARCHES, copied, keyed, make, run

TOKEN = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Case, Store]]:
    root = tmp_path_factory.mktemp("sample")
    with keyed(root):
        case = make(root)
        with pipeline.prepared(case, silent) as store:
            yield case, store


@pytest.fixture
def store(prepared: tuple[Case, Store]) -> Store:
    """The prepared case's tables, its searches as a table that a test may change."""
    found = prepared[1]
    if not found.rows("SELECT 1 FROM duckdb_tables() WHERE table_name = 'distinct_searches'"):
        found.execute("CREATE TEMP TABLE as_found AS FROM distinct_searches")
        found.execute("DROP VIEW distinct_searches")
        found.execute("CREATE TEMP TABLE distinct_searches AS FROM as_found")
    return found


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """The same case, held by nobody: for the command line."""
    root = tmp_path_factory.mktemp("command")
    with keyed(root):
        yield make(root)


@pytest.fixture
def case(made: Case, tmp_path: Path) -> Case:
    return copied(made, tmp_path)


@pytest.fixture(scope="module")
def written(made: Case, tmp_path_factory: pytest.TempPathFactory) -> tuple[Case, Path]:
    """A case with a sample of 60 reasons, and its worksheet."""
    root = tmp_path_factory.mktemp("written")
    case = copied(made, root)
    drawn_sheet(case, root / "sheet.csv", "--of", "reasons")
    return case, root / "sheet.csv"


# --- the draw ----------------------------------------------------------------------------------------------------


def test_a_draw_does_not_depend_on_the_order_of_rows(store: Store) -> None:
    first = sample.draw(store, Design(n=50), "7")
    original = "SELECT * FROM distinct_searches"
    store.execute(f"CREATE OR REPLACE TEMP TABLE shuffled AS {original} ORDER BY hash(fingerprint)")
    store.execute("CREATE OR REPLACE TEMP TABLE kept AS FROM distinct_searches")
    store.execute("CREATE OR REPLACE TEMP TABLE distinct_searches AS FROM shuffled")
    assert sample.draw(store, Design(n=50), "7") == first
    store.execute("CREATE OR REPLACE TEMP TABLE distinct_searches AS FROM kept ORDER BY fingerprint")


def test_another_seed_draws_others_and_a_larger_sample_has_the_smaller_one_in_it(store: Store) -> None:
    def units(n: int, seed: str) -> set[str]:
        return {item.unit for item in sample.draw(store, Design(n=n), seed).items}

    assert len(units(50, "7") & units(50, "8")) < 25
    assert units(50, "7") < units(100, "7")


def test_every_search_has_the_same_chance(store: Store) -> None:
    """Over many seeds each one is drawn about as often as any other."""
    drawn = Counter(i.unit for seed in range(60) for i in sample.draw(store, Design(n=290), str(seed)).items)
    assert len(drawn) == SEARCHES - BLANK
    assert all(4 <= times <= 40 for times in drawn.values())


def test_the_frame_s_hash_changes_with_the_frame_and_with_nothing_else(store: Store) -> None:
    first = sample.draw(store, Design(n=50), "1").frame
    assert sample.draw(store, Design(n=20), "2").frame == first
    store.execute("CREATE OR REPLACE TEMP TABLE kept AS FROM distinct_searches")
    store.execute("DELETE FROM distinct_searches WHERE record = 400")
    fewer = sample.draw(store, Design(n=50), "1").frame
    assert (fewer.size, fewer.sha256 != first.sha256) == (first.size - 1, True)
    store.execute("CREATE OR REPLACE TEMP TABLE distinct_searches AS FROM kept")


def test_what_can_t_be_read_is_counted_not_passed_over(store: Store) -> None:
    found = sample.draw(store, Design(n=10), "1").frame
    assert found.size == SEARCHES - BLANK
    assert found.left_out == {"no reason to read: empty": BLANK}
    assert sample.draw(store, Design(asks=sample.FAULT, n=10), "1").frame.size == SEARCHES


def test_the_size_comes_from_the_margin_and_the_frame(store: Store) -> None:
    assert len(sample.draw(store, Design(margin=0.05), "1").items) == statistics.margin_size(0.05, SEARCHES - BLANK)


def test_reasons_are_drawn_once_each(store: Store) -> None:
    drawn = sample.draw(store, Design(of="reasons", n=200), "1")
    assert drawn.frame.size == len(REASONS)
    assert len({item.text for item in drawn.items}) == 200


def test_strata_by_code_hold_everything_once_and_those_found_are_read_first(store: Store) -> None:
    drawn = sample.draw(store, Design(Plan.STRATIFIED, by="code", code="p01", n=200), "1")
    sizes = drawn.frame.strata
    assert sum(sizes.values()) == SEARCHES - BLANK
    assert {"explicit", "same-user", "rest"} <= set(sizes)
    assert sizes["explicit"] == drawn.frame.flagged["p01"]["explicit"]
    assert all(n >= min(30, sizes[stratum]) for stratum, n in drawn.drawn.items())
    assert Counter(item.stratum for item in drawn.items) == Counter(drawn.drawn)
    flagged = {item.stratum for item in drawn.items if "p01" in item.flagged}
    assert flagged <= set(frame.FLAGGED)


def test_near_misses_are_texts_like_those_that_are_found(store: Store) -> None:
    """`immigrant` is no word of the code, and is spelt much like one."""
    store.execute("CREATE OR REPLACE TEMP TABLE kept_reasons AS FROM reasons")
    store.execute("UPDATE reasons SET p01 = NULL WHERE id IN (SELECT id FROM reasons WHERE p01 = 'explicit' LIMIT 5)")
    drawn = sample.draw(store, Design(Plan.STRATIFIED, by="code", code="p01", n=100), "1")
    texts = sample.texts(store, drawn)
    near = [item for item in drawn.items if item.stratum == "near"]
    assert near
    assert all(texts[item.text or ""].startswith("immigration") for item in near)
    store.execute("CREATE OR REPLACE TEMP TABLE reasons AS FROM kept_reasons")


def test_users_are_drawn_first_then_a_few_searches_of_each(store: Store) -> None:
    drawn = sample.draw(store, Design(Plan.USERS, n=60, each=3), "1")
    by_user = Counter(item.user for item in drawn.items)
    assert len(by_user) == 20
    assert all(times == min(3, next(i.of_user for i in drawn.items if i.user == u)) for u, times in by_user.items())
    all_ = store.one("SELECT count(DISTINCT account) FROM distinct_searches WHERE reason IS NOT NULL")
    assert 20 < drawn.frame.users == all_ <= len(PEOPLE)


def test_acceptance_and_discovery_take_as_few_as_do(store: Store) -> None:
    accept = sample.draw(store, Design(Plan.ACCEPTANCE, asks=sample.FAULT), "1")
    plan = statistics.acceptance_size(0.01, 0.05, SEARCHES)
    assert plan is not None
    assert (len(accept.items), accept.accept) == (plan.n, plan.accept)
    found = sample.draw(store, Design(Plan.DISCOVERY, asks=sample.FAULT), "1")
    assert len(found.items) == statistics.discovery_size(0.05, SEARCHES)


def test_a_queue_takes_what_is_likeliest_first_and_says_what_it_is(store: Store) -> None:
    drawn = sample.draw(store, Design(Plan.QUEUE, code="p01", n=40), "1")
    assert drawn.label.startswith("not representative")
    order = sorted(drawn.frame.strata)
    last = max(order.index(item.stratum) for item in drawn.items)
    assert all(drawn.drawn[stratum] == drawn.frame.strata[stratum] for stratum in order[:last])


@pytest.mark.parametrize(
    "design",
    [
        Design(Plan.STRATIFIED), Design(Plan.QUEUE), Design(Plan.STRATIFIED, by="code"), Design(by="quality"),
        Design(Plan.USERS, of="reasons"), Design(Plan.ACCEPTANCE), Design(asks=sample.FAULT, of="reasons"),
        Design(good=0.1, bad=0.05), Design(margin=0), Design(Plan.STRATIFIED, by="code", code="r4"),
        Design(Plan.STRATIFIED, by="level", of="reasons"),
    ],
)  # fmt: skip
def test_what_does_not_fit_together_is_not_drawn(store: Store, design: Design) -> None:
    with pytest.raises(SampleUnusable):
        sample.draw(store, design, "1")


@pytest.mark.parametrize(
    ("strata", "n", "expected"),
    [
        ({"a": 10, "b": 1_000}, 100, {"a": 10, "b": 90}),
        ({"a": 10, "b": 20}, 100, {"a": 10, "b": 20}),
        ({"a": 500, "b": 500, "c": 500}, 30, {"a": 30, "b": 30, "c": 30}),
    ],
)
def test_strata_share_a_sample(strata: dict[str, int], n: int, expected: dict[str, int]) -> None:
    assert sample.shared_out(strata, n) == expected


def test_shares_add_up() -> None:
    strata = {"explicit": 4_000, "near": 16_000, "rest": 980_000}
    shares = sample.shared_out(strata, 2_000)
    assert sum(shares.values()) == 2_000
    assert shares["explicit"] < shares["near"] < shares["rest"] < 1_900


# --- kept, and found again ---------------------------------------------------------------------------------------


def test_a_sample_is_kept_whole_and_the_same_draw_is_the_same_file(case: Case) -> None:
    first = run("sample", "draw", case.root, "--size", 40, "--seed", "5").stdout.splitlines()[0]
    before = Path(first).read_bytes()
    again = run("sample", "draw", case.root, "--size", 40, "--seed", "5").stdout.splitlines()[0]
    assert (again, Path(again).read_bytes()) == (first, before)
    found = sample.find(case)
    assert json.loads(before)["frame"]["sha256"] == found.frame.sha256
    assert found.save(case).read_bytes() == before


def test_which_sample_is_meant_must_be_clear(case: Case) -> None:
    assert "plateglass sample draw draws one" in run("estimate", case.root, "--code", "p01").stderr
    run("sample", "draw", case.root, "--size", 40)
    run("sample", "draw", case.root, "--size", 50)
    result = run("estimate", case.root, "--code", "p01")
    assert (result.exit_code, "the case has 2 samples" in result.stderr) == (1, True)
    for path in (case.root / "samples").glob("*.json"):
        path.write_text(path.read_text().replace('"seed"', '"sead"'))
        with pytest.raises(SampleUnusable, match="changed"):
            sample.find(case, path.stem)


# --- the worksheet -----------------------------------------------------------------------------------------------


def rows_of(path: Path) -> list[list[str]]:
    if path.suffix == ".csv":
        return list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    book = openpyxl.load_workbook(path)
    return [["" if cell is None else str(cell) for cell in row] for row in book["sample"].iter_rows(values_only=True)]


def write_back(path: Path, rows: Sequence[Sequence[Any]]) -> None:
    if path.suffix == ".csv":
        with path.open("w", newline="") as file:
            csv.writer(file).writerows(rows)
        return
    book = openpyxl.Workbook()
    tab = book.active
    assert tab is not None
    for row in rows:
        tab.append(list(row))
    book.save(path)


def drawn_sheet(case: Case, path: Path, *options: object) -> Sample:
    result = run("sample", "draw", case.root, "--size", 60, "--sheet", path, *options)
    assert result.exit_code == 0, result.stderr
    return sample.find(case)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_worksheet_holds_texts_and_nothing_that_says_who(case: Case, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"sheet.{ending}"
    drawn_sheet(case, path, "--of", "reasons", "--size", 300)
    rows = rows_of(path)
    assert tuple(rows[0]) == sheet.HEADINGS
    assert len(rows) == 301
    written = json.dumps(rows)
    assert not TOKEN.search(written)
    assert "ZZZ" not in written
    assert "Exampleville" not in written
    assert not any(person in written for person in PEOPLE)
    assert not any(row[2].startswith(("=", "+", "-", "@")) for row in rows)
    assert sum(row[2].startswith("'=burglary") for row in rows) == 15


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_answers_come_back_in_any_order(case: Case, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"sheet.{ending}"
    drawn = drawn_sheet(case, path)
    head, *rows = rows_of(path)
    filled = [[*row[:3], "p12" if int(row[1]) % 2 else "p10, p11", row[4]] for row in rows]
    write_back(path, [head, *sorted(filled, key=lambda row: row[2])])
    with case.tables() as store:
        found = sheet.answers(drawn, sample.texts(store, drawn), path)
    assert found == {n: "p12" if n % 2 else "p10, p11" for n in range(1, len(drawn.items) + 1)}


def test_a_sheet_that_a_spreadsheet_saved_with_semicolons_is_read(written: tuple[Case, Path], tmp_path: Path) -> None:
    case, path = copied(written[0], tmp_path), tmp_path / "sheet.csv"
    head, *rows = rows_of(written[1])
    with path.open("w", newline="") as file:
        csv.writer(file, delimiter=";").writerows([head, *([*row[:3], "p12", row[4]] for row in rows)])
    result = run("sample", "answers", case.root, path, "--coder", "Ada Example")
    assert result.stdout == "judgements by Ada Example kept: 60\n"


def test_a_sheet_says_which_of_several_samples_it_is_of(written: tuple[Case, Path], tmp_path: Path) -> None:
    case, path = copied(written[0], tmp_path), tmp_path / "sheet.csv"
    head, *rows = rows_of(written[1])
    write_back(path, [head, *([*row[:3], "p12", row[4]] for row in rows)])
    assert run("sample", "draw", case.root, "--seed", "another", "--size", 40).exit_code == 0
    assert "judgements by" in run("sample", "answers", case.root, path, "--coder", "Ada Example").stdout


def test_a_draw_of_more_than_was_asked_for_says_so_and_why(case: Case) -> None:
    said = run("sample", "draw", case.root, "--size", 12)
    assert ": 30 of" in said.stdout
    assert "12 were asked for; of each stratum at least 30 are drawn, or all of it" in said.stderr
    assert run("sample", "draw", case.root, "--size", 40).stderr == ""


def test_a_queue_s_strata_are_told_without_the_sign_they_are_sorted_by(case: Case) -> None:
    said = run("sample", "draw", case.root, "--plan", "queue", "--code", "p01", "--size", 40).stdout
    strata = [line.split()[0] for line in said.partition("stratum")[2].splitlines()[1:]]
    assert set(strata) <= {"ambiguous", "near", "probable", "explicit", "same-user", "rest"}
    assert strata


def spoilt(kind: str, rows: list[list[str]]) -> list[list[str]]:
    head, first, second, *rest = rows
    return {
        "another frame": [head, ["0123456789-0123456789", *first[1:]], second, *rest],
        "text changed": [head, [*first[:2], "murder", *first[3:]], second, *rest],
        "item swapped": [head, [first[0], second[1], *first[2:]], second, *rest],
        "row lost": [head, second, *rest],
        "row doubled": [head, first, first, second, *rest],
        "no answer": [head, [*first[:3], "", first[4]], second, *rest],
        "unknown code": [head, [*first[:3], "p77", first[4]], second, *rest],
        "column lost": [[row[0], *row[2:]] for row in rows],
    }[kind]


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("another frame", "worksheet of another sample or another frame"),
        ("text changed", "the row was changed"),
        ("item swapped", "the row was changed"),
        ("row lost", "1 items are not on the sheet"),
        ("row doubled", "1 items stand on more than one row"),
        ("no answer", "1 items have no answer"),
        ("unknown code", "no code is called p77"),
        ("column lost", "lacks the columns item"),
    ],
)
def test_a_sheet_that_is_not_as_it_was_is_refused_whole(
    written: tuple[Case, Path], tmp_path: Path, kind: str, said: str
) -> None:
    case, path = written[0], tmp_path / "sheet.csv"
    head, *rows = rows_of(written[1])
    write_back(path, spoilt(kind, [head, *([*row[:3], "p12", row[4]] for row in rows)]))
    result = run("sample", "answers", case.root, path, "--coder", "Ada Example")
    assert result.exit_code == 1
    assert said in result.stderr
    assert not any(reason in result.stderr for reason in REASONS)
    assert not case.judgements_file.exists()


def test_one_text_has_one_answer(case: Case, tmp_path: Path) -> None:
    """A text that several drawn searches state must be coded alike on each of its rows."""
    path = tmp_path / "sheet.csv"
    drawn_sheet(case, path, "--size", 400)
    head, *rows = rows_of(path)
    write_back(path, [head, *([*row[:3], "p12" if n % 2 else "p10", row[4]] for n, row in enumerate(rows))])
    assert "and another answer" in run("sample", "answers", case.root, path, "--coder", "Ada Example").stderr


def test_faults_are_judged_where_they_stand(case: Case, tmp_path: Path) -> None:
    """A search's place is on the sheet, because nobody can see a fault in a text alone."""
    path = tmp_path / "sheet.csv"
    drawn_sheet(case, path, "--plan", "discovery", "--asks", "fault")
    rows = rows_of(path)
    assert tuple(rows[0]) == (*sheet.HEADINGS, *sheet.LOCATED)
    assert all(row[5].endswith("-Audit.csv") and 1 <= int(row[7]) <= SEARCHES for row in rows[1:])
    assert not TOKEN.search(json.dumps(rows))


def test_a_queue_s_sheet_says_on_every_row_what_it_is(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    drawn_sheet(case, path, "--plan", "queue", "--code", "p01")
    assert all("not representative" in row[-1] for row in rows_of(path)[1:])


def test_a_worksheet_is_csv_or_xlsx(case: Case, tmp_path: Path) -> None:
    result = run("sample", "draw", case.root, "--sheet", tmp_path / "sheet.txt")
    assert (result.exit_code, "CSV or XLSX" in result.stderr) == (1, True)


def test_the_sizes_are_printed() -> None:
    said = run("sample", "sizes").stdout
    assert re.search(r"fail at 5% +132 +passes with 3 at most", said)
    assert re.search(r"within 5% points +278", run("sample", "sizes", "--size", 1_000).stdout)
