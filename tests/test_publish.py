"""The report and the files beside it: what they must say, what they must never show, and that they are whole."""

from __future__ import annotations

import csv
import hashlib
import html
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from itertools import product
from pathlib import Path
from zoneinfo import ZoneInfo

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plateglass import publish
from plateglass.errors import OutputUnwritable
from plateglass.publish import charts, coverage, pages, suppress, words
from plateglass.store import Store
from report_world import CANARY, HOSTILE, UNKNOWN_BODY, World, world

SCHEMAS = Path(publish.__file__).parent / "schemas"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("world")) as found:
        yield found


@pytest.fixture(scope="module")
def out(made: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish.report(made.store, made.case, made.findings, tmp_path_factory.mktemp("out") / "report").parent


def public(folder: Path) -> list[Path]:
    """Every file that is not for the custodian only."""
    return sorted(p for p in folder.rglob("*") if p.is_file() and "custodian" not in p.relative_to(folder).parts)


def read_json(path: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads(path.read_text(encoding="utf-8"))
    return found


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def shown(path: Path) -> str:
    """The words of a page, without its tags, each run of blanks as one."""
    text = re.sub(r"<style>.*?</style>", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text)))


# --- files -------------------------------------------------------------------------------------------------------


def test_json_files_keep_to_their_schemas(out: Path) -> None:
    """Whoever reads the files by program can rely on the schemas that lie beside them."""
    for name in ("summary", "datapackage"):
        schema = read_json(out / "schemas" / f"{name}.schema.json")
        jsonschema.validate(read_json(out / f"{name}.json"), schema)
    schema = read_json(out / "schemas" / "finding.schema.json")
    found = lines(out / "findings.jsonl") + lines(out / "custodian" / "findings.jsonl")
    assert len(found) == 8
    for line in found:
        jsonschema.validate(line, schema)


def test_schemas_are_schemas() -> None:
    for path in SCHEMAS.glob("*.json"):
        jsonschema.Draft202012Validator.check_schema(read_json(path))


def test_summary_counts_logs_of_searches_and_adds_up(out: Path, made: World) -> None:
    found = read_json(out / "summary.json")
    assert (found["records"], found["sightings"], found["rejected"]) == (2264, 2261, 3)
    assert found["searches"] == made.store.one("SELECT count(*) FROM distinct_searches")
    assert found["period"] == {
        "first": "2025-08-03T11:00:00.000+00:00", "last": "2026-03-26T00:00:00.000+00:00",
        "zone": "America/Los_Angeles",
    }  # fmt: skip
    sources = found["sources"]
    assert isinstance(sources, list)
    assert all(source["records"] == source["sightings"] + source["rejected"] for source in sources)
    rules = found["rules"]
    assert isinstance(rules, dict)
    assert rules["promises/look-back"] == {
        "pass": 1790, "fail": 0, "question": 463, "cannot_tell": 8, "not_applicable": 0, "needs_person": 0, "over": 463,
        "margin": [{"label": "by under 72 minutes", "units": 267}, {"label": "by 72 minutes to a day", "units": 23},
                   {"label": "over 31 days", "units": 173}],
    }  # fmt: skip


def test_every_table_has_the_columns_that_the_package_names(out: Path) -> None:
    package = read_json(out / "datapackage.json")
    resources = package["resources"]
    assert isinstance(resources, list)
    for resource in resources:
        path = out / resource["path"]
        assert resource["hash"] == f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"
        assert resource["bytes"] == path.stat().st_size
        if path.suffix == ".csv":
            with path.open(encoding="utf-8", newline="") as file:
                assert next(csv.reader(file)) == [field["name"] for field in resource["schema"]["fields"]]
    listed = {resource["path"] for resource in resources} | {"datapackage.json", "SHA256SUMS"}
    assert listed == {path.relative_to(out).as_posix() for path in public(out)}


def test_sums_cover_every_file_of_their_folder(out: Path) -> None:
    for folder, files in ((out, public(out)), (out / "custodian", sorted((out / "custodian").rglob("*.*")))):
        sums = dict(line.split("  ", 1)[::-1] for line in (folder / "SHA256SUMS").read_text().splitlines())
        assert set(sums) == {p.relative_to(folder).as_posix() for p in files if p.name != "SHA256SUMS"}
        for name, digest in sums.items():
            assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest


def test_coverage_adds_up_to_the_records_of_each_field(out: Path) -> None:
    sums: dict[str, int] = {}
    for row in rows(out / "coverage.csv"):
        sums[row["field"]] = sums.get(row["field"], 0) + int(row["records"])
    assert sums.pop("inbound") == sums.pop("outbound") == 8
    assert len(sums) == 14
    assert set(sums.values()) == {2261}


def test_evidence_has_every_place_and_rejected_every_record(out: Path) -> None:
    found = rows(out / "evidence" / "promises--look-back.csv")
    assert [int(row["record"]) for row in found] == [i * 3 + 1 for i in range(463)]
    assert {row["source_sha256"] for row in found} == {"a" * 64}
    assert [int(row["record"]) for row in rows(out / "rejected.csv")] == [7, 19, 2]


def test_files_are_the_same_whenever_they_are_made(made: World, out: Path, tmp_path: Path) -> None:
    again = publish.report(made.store, made.case, made.findings, tmp_path / "again").parent
    first, second = ({p.relative_to(f): p.read_bytes() for p in f.rglob("*") if p.is_file()} for f in (out, again))
    assert first == second


# --- what may be shown ---------------------------------------------------------------------------------------------


def test_no_output_shows_what_was_not_recognised_as_a_public_body_nor_any_text(out: Path) -> None:
    for path in (p for p in out.rglob("*") if p.is_file()):
        content = path.read_text(encoding="utf-8")
        assert UNKNOWN_BODY not in content, path
        assert CANARY not in content, path
    assert "names not recognised as public bodies" in (out / "findings.jsonl").read_text()


def test_public_files_do_not_know_the_custodian_s_findings(out: Path) -> None:
    """Not their names, not their counts, not that there are any."""
    for path in public(out):
        content = path.read_text(encoding="utf-8").lower()
        assert "custodian" not in content, path
        assert "overlap" not in content, path
        assert "one account" not in content, path
    closed = shown(out / "custodian" / "custodian.html")
    assert "For the custodian’s own reviewer only. Do not publish" in closed
    assert "4 times one account searched for two targets" in closed
    assert "463 of 2,253" not in closed


def test_no_custodian_folder_where_nothing_is_for_the_custodian(made: World, tmp_path: Path) -> None:
    open_to_all = [f for f in made.findings if not f.rule.startswith("custodian/")]
    assert not (publish.report(made.store, made.case, open_to_all, tmp_path / "out").parent / "custodian").exists()


def test_hostile_names_stay_words(out: Path) -> None:
    """A file's name may be a formula, a script, and turned around: it is shown, and does nothing."""
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    for path in public(out):
        content = path.read_text(encoding="utf-8")
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", content), path
        if path.suffix == ".csv":
            cells = [c for row in rows(path) for key, c in row.items() if key != "measure"]
            assert not [c for c in cells if c.startswith(("=", "+", "-", "@"))], path
    assert HOSTILE.split()[0] in page.replace("&#39;", "'")


@given(st.text())
def test_a_cell_is_never_a_formula_and_never_hides(text: str) -> None:
    cell = words.cell(text)
    assert not cell.lstrip().startswith(("=", "+", "-", "@", "\t", "\r"))
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", cell)
    cell.encode("utf-8")


# --- the page ------------------------------------------------------------------------------------------------------


class Tags(HTMLParser):
    """The tags of a page, their attributes, and ids."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_the_page_is_one_file_that_asks_nobody(out: Path) -> None:
    for path in (out / "report.html", out / "custodian" / "custodian.html"):
        parsed = Tags()
        parsed.feed(path.read_text(encoding="utf-8"))
        assert not {tag for tag, _ in parsed.tags} & {"script", "link", "img", "iframe", "object", "form", "base"}
        outward = [attrs for _, attrs in parsed.tags if not (attrs.get("href") or "#").startswith("#")]
        assert all(attrs == {"href": "https://example.org/code", "rel": "noreferrer"} for attrs in outward)
        assert outward
        assert not [attrs for _, attrs in parsed.tags if any(key.startswith("on") or key == "src" for key in attrs)]
        assert "url(" not in path.read_text()
        policy = next(a["content"] for t, a in parsed.tags if t == "meta" and a.get("http-equiv"))
        assert policy == "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
        ids = [attrs["id"] for _, attrs in parsed.tags if "id" in attrs]
        assert len(ids) == len(set(ids))
        links = {attrs["href"] for tag, attrs in parsed.tags if tag == "a" and "rel" not in attrs}
        assert {f"#{ident}" for ident in ids} >= links
        svgs = [attrs for tag, attrs in parsed.tags if tag == "svg"]
        assert svgs
        assert all(a["role"] == "img" and set((a["aria-labelledby"] or "").split()) <= set(ids) for a in svgs)


def test_the_order_is_read_then_found_then_proved_then_explained(out: Path) -> None:
    page = (out / "report.html").read_text()
    places = [page.index(f'<section id="{s}"') for s in
              ("brief", "read", "findings", "evidence", "methods", "limits", "words")]  # fmt: skip
    assert places == sorted(places)


def test_only_a_verified_test_says_fails(made: World, out: Path, tmp_path: Path) -> None:
    """A screen says indicator, a promise read second-hand asks; and if check ever said fail of it, it still asks."""
    found = {line["rule"]: line["verdict"] for line in lines(out / "findings.jsonl")}
    assert found == {
        "us-ca/access-record": "Cannot tell", "us-ca/in-state-sharing": "Fails", "promises/look-back": "Question",
        "promises/portal-count": "Not applicable", "screens/reason-missing": "Indicator",
        "screens/purpose-p01": "Indicator", "screens/columns-lost": "Nothing found",
    }  # fmt: skip
    law = next(f for f in made.findings if f.rule == "us-ca/in-state-sharing")
    wrong = [replace(law, rule="promises/look-back")]
    again = publish.report(made.store, made.case, wrong, tmp_path / "out").parent
    assert lines(again / "findings.jsonl")[0]["verdict"] == "Question"


def test_a_finding_says_everything_that_it_must(out: Path) -> None:
    """Number, denominator, share, period, zone, sources, rule and version, citation, margin, limits, readings, room."""
    page = (out / "report.html").read_text()
    start = page.index('<article class="finding" id="promises--look-back"')
    (out.parent / "one.html").write_text(page[start : page.index("</article>", start)])
    text = shown(out.parent / "one.html")
    rule = next(line for line in lines(out / "findings.jsonl") if line["rule"] == "promises/look-back")
    for said in (
        "Number 463 in question", "Unit searches", "Out of 2,253 that could be decided", "20.55 % of those decided",
        "3 August 2025 to", "America/Los_Angeles", "audit 2026.xlsx", str(rule["rule_sha256"])[:12],
        "may ask, and never says",
        "by under 72 minutes 267", "over 31 days 173", "largest 494.1 days over", "retention days = 30",
        "a window asked for, not data returned", "default of the form", "older window", "Criteria", "Condition",
        "Cause", "Effect", "The agency’s reply", "window asked for the cell is blank 5", "Example Code § 1",
    ):  # fmt: skip
        assert said in text, said


def test_what_can_not_be_told_is_said_as_plainly_as_what_was_found(out: Path) -> None:
    brief = shown(out / "report.html").partition("What was read, and what can’t be said")[0]
    assert "Cannot tell Looks for “Access record with purpose” : No field says who was given access" in brief
    assert "Nothing found Columns that a later export no longer has" in brief
    assert (
        "Indicator 754 of 2,054 searches have no reason, or a dash where one would be. 207 more can’t be told" in brief
    )


def test_an_era_within_the_period_stands_under_the_chart_that_it_concerns(out: Path) -> None:
    page = shown(out / "report.html")
    assert "1 change or fault within the period" in page
    assert "An old fault" not in page
    found = {str(line["rule"]): line["eras"] for line in lines(out / "findings.jsonl")}
    assert found["screens/reason-missing"] == ["drop-down"]


def test_an_empty_case_makes_a_report_that_says_so(made: World, tmp_path: Path) -> None:
    for table in ("sources", "sightings", "distinct_searches", "rejected", "issues", "shares", "evidence"):
        made.store.execute(f"CREATE OR REPLACE TEMP TABLE kept_{table} AS SELECT * FROM {table}")
        made.store.execute(f"DELETE FROM {table}")
    try:
        page = publish.report(made.store, made.case, [], tmp_path / "out")
        assert "No rule was checked." in shown(page)
        assert "No log holds a dated record." in shown(page)
        assert "None: the files hold no record." in shown(page)
        jsonschema.validate(read_json(page.parent / "summary.json"), read_json(SCHEMAS / "summary.schema.json"))
    finally:
        for table in ("sources", "sightings", "distinct_searches", "rejected", "issues", "shares", "evidence"):
            made.store.execute(f"INSERT INTO {table} SELECT * FROM kept_{table}")


# --- wholly or not at all ------------------------------------------------------------------------------------------


def test_a_folder_that_holds_something_else_is_left_alone(made: World, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")
    with pytest.raises(OutputUnwritable, match=r"did not put there: notes\.txt"):
        publish.report(made.store, made.case, made.findings, folder)
    assert [p.name for p in tmp_path.iterdir()] == ["mine"]
    assert (folder / "notes.txt").read_text() == "mine"


def test_an_earlier_report_is_replaced_unless_somebody_put_something_in(made: World, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    publish.report(made.store, made.case, made.findings, folder)
    open_to_all = [f for f in made.findings if not f.rule.startswith("custodian/")]
    publish.report(made.store, made.case, open_to_all, folder)
    assert not (folder / "custodian").exists()
    (folder / "evidence" / "my notes.md").write_text("mine")
    with pytest.raises(OutputUnwritable, match=r"my notes\.md"):
        publish.report(made.store, made.case, made.findings, folder)
    assert (folder / "report.html").exists()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out"]


def test_a_file_in_the_place_of_the_folder_is_left_alone(made: World, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(OutputUnwritable, match="a file stands where"):
        publish.report(made.store, made.case, made.findings, tmp_path / "out")
    assert (tmp_path / "out").read_text() == "mine"


def test_no_space_leaves_the_earlier_report_and_nothing_else(
    made: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = publish.report(made.store, made.case, made.findings, tmp_path / "out")
    before = page.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(OutputUnwritable, match=r"no space left on device.*nothing was changed"):
        publish.report(made.store, made.case, made.findings, tmp_path / "out")
    assert page.read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out"]


def test_a_table_that_can_not_be_written_is_said_so(made: World, tmp_path: Path) -> None:
    with pytest.raises(OutputUnwritable, match="written"):
        made.store.write_csv("SELECT 1 AS one", tmp_path / "nowhere" / "coverage.csv")


def test_a_link_to_a_folder_stays_a_link(made: World, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    for _ in range(2):
        assert publish.report(made.store, made.case, made.findings, tmp_path / "link") == tmp_path / "link/report.html"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["link", "real"]
    assert (tmp_path / "real" / "report.html").exists()


def test_what_a_killed_run_left_is_cleared_and_an_old_report_put_back(made: World, tmp_path: Path) -> None:
    page = publish.report(made.store, made.case, made.findings, tmp_path / "out")
    page.parent.rename(tmp_path / ".out.old")
    (tmp_path / ".out.new").mkdir()
    (tmp_path / ".out.new" / "half").write_text("half")
    publish.report(made.store, made.case, made.findings, tmp_path / "out")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out"]


# --- small cells ---------------------------------------------------------------------------------------------------

cells_of = st.lists(st.tuples(st.integers(1, 14), st.integers(0, 14)), min_size=1, max_size=4).map(
    lambda pairs: [suppress.Cell(f"agency {i}", tested, min(over, tested)) for i, (tested, over) in enumerate(pairs)]
)


def possible(shown: str | int, below: int, most: int) -> range:
    """The numbers that a reader can take a printed cell for."""
    if isinstance(shown, int):
        return range(shown, shown + 1)
    return range(1, below) if shown.startswith("<") else range(below, most + 1)


def worlds(table: list[suppress.Shown], cells: list[suppress.Cell], below: int) -> list[tuple[tuple[int, int], ...]]:
    """Every set of numbers that fits the table and the totals of both of its columns."""
    tested, over = sum(c.tested for c in cells), sum(c.over for c in cells)
    columns = []
    for total, printed in ((tested, [r.tested for r in table]), (over, [r.over for r in table])):
        columns.append([c for c in product(*(possible(p, below, total) for p in printed)) if sum(c) == total])
    return [
        tuple(zip(t, o, strict=True))
        for t, o in product(*columns)
        if all(at_fault <= units for units, at_fault in zip(t, o, strict=True))
    ]


@settings(max_examples=100, deadline=None)
@given(cells_of, st.integers(3, 5))
def test_no_small_count_can_be_worked_out_from_the_table_and_its_totals(cells: list[suppress.Cell], below: int) -> None:
    """For each small number there are at least two that fit everything printed, whatever else is known."""
    table = suppress.tables({"rule": cells}, below)["rule"]
    if table is None:
        return
    fitting = worlds(table, cells, below)
    for index, cell in enumerate(cells):
        for side, number in enumerate((cell.tested, cell.over)):
            if 0 < number < below:
                assert len({world[index][side] for world in fitting}) > 1, (table, cell)


@settings(max_examples=100, deadline=None)
@given(cells_of, st.data())
def test_what_was_tested_is_hidden_alike_in_every_table(cells: list[suppress.Cell], data: st.DataObject) -> None:
    """A number hidden in one table may not stand in the next."""
    other = [replace(c, over=data.draw(st.integers(0, c.tested))) for c in cells]
    tables = suppress.tables({"one": cells, "other": other}, 5)
    if tables["one"] is None or tables["other"] is None:
        return
    assert [row.tested for row in tables["one"]] == [row.tested for row in tables["other"]]


def test_one_small_agency_takes_another_with_it_and_large_ones_stay() -> None:
    cells = [suppress.Cell("A", 900, 400), suppress.Cell("B", 600, 40), suppress.Cell("C", 300, 2),
             suppress.Cell("D", 200, 0)]  # fmt: skip
    assert suppress.tables({"rule": cells}, 5)["rule"] == [
        suppress.Shown("A", 900, 400), suppress.Shown("B", 600, "withheld"), suppress.Shown("C", 300, "<5"),
        suppress.Shown("D", 200, 0),
    ]  # fmt: skip


def test_a_small_number_tested_takes_the_next_larger_with_it() -> None:
    cells = [suppress.Cell("A", 900, 400), suppress.Cell("B", 600, 40), suppress.Cell("C", 3, 0)]
    assert suppress.tables({"rule": cells}, 5)["rule"] == [
        suppress.Shown("A", 900, 400), suppress.Shown("B", "withheld", 40), suppress.Shown("C", "<5", 0),
    ]  # fmt: skip


def test_no_table_where_none_can_be_safe_and_all_of_it_where_suppression_is_off() -> None:
    cells = [suppress.Cell("A", 900, 2)]
    assert suppress.tables({"rule": cells}, 5)["rule"] is None
    assert suppress.tables({"rule": cells}, 1)["rule"] == [suppress.Shown("A", 900, 2)]


def test_the_files_hold_no_small_count_by_agency(out: Path) -> None:
    for line in lines(out / "findings.jsonl"):
        agencies = line["agencies"]
        assert isinstance(agencies, list)
        numbers = [n for row in agencies for n in (row["tested"], row["over"]) if isinstance(n, int)]
        assert all(n == 0 or n >= 5 for n in numbers), line["rule"]


# --- numbers and charts --------------------------------------------------------------------------------------------


def test_a_share_never_rounds_something_to_nothing() -> None:
    assert [words.share(*pair) for pair in ((0, 9), (1, 99999), (99998, 99999), (9, 9), (3406, 7273), (1, 0))] == [
        "0 %", "<0.01 %", ">99.99 %", "100 %", "46.83 %", "–",
    ]  # fmt: skip


@given(st.lists(st.integers(0, 2_000_000), min_size=1, max_size=40))
def test_columns_stay_within_the_chart_and_keep_their_order(counts: list[int]) -> None:
    months = [(f"{2020 + i // 12}-{i % 12 + 1:02d}", n) for i, n in enumerate(counts)]
    chart = charts.columns("c", "title", "searches", months, [date(2020, 1, 31)])
    assert all(22 <= mark.y <= 176.01 and 0 <= mark.x <= 420 for mark in chart.marks)
    heights = [mark.height for mark in chart.marks]
    assert all(x <= y for (a, x), (b, y) in product(zip(counts, heights, strict=True), repeat=2) if a <= b)


def test_months_begin_at_midnight_in_the_agency_s_zone(made: World) -> None:
    zone = made.case.settings.zone
    first, last = 1_761_955_200_000, 1_764_547_200_000  # 2025-11-01 00:00 UTC is still October in Los Angeles
    known = coverage.months((first, last), zone)
    assert known[0][0] == "2025-10"
    sql = coverage.month_sql("x", known)
    found = made.store.rows(f"SELECT {sql} FROM (VALUES ({first}), (1761980400000), (1761980399999)) AS v(x)")
    assert [month for (month,) in found] == ["2025-10", "2025-11", "2025-10"]


def test_a_change_of_the_clocks_within_the_period_is_dated_in_the_agency_s_zone() -> None:
    """In 2025 the clocks of Chicago were set on on 9 March and back on 2 November; those of Phoenix never are."""
    year = (
        int(datetime(2025, 1, 1, tzinfo=UTC).timestamp() * 1000),
        int(datetime(2025, 12, 31, tzinfo=UTC).timestamp() * 1000),
    )
    changes = coverage.clock_changes(year, ZoneInfo("America/Chicago"))
    assert [(change.on, change.minutes) for change in changes] == [(date(2025, 3, 9), 60), (date(2025, 11, 2), -60)]
    assert coverage.clock_changes(year, ZoneInfo("America/Phoenix")) == ()
    assert coverage.clock_changes(None, ZoneInfo("America/Chicago")) == coverage.clock_changes(year, None) == ()


def test_a_sharing_list_says_organisations_and_lines_apart_and_never_how_many_networks_the_owner_has() -> None:
    """One organisation may stand on two lines; the owner's one network goes to both, and stays one."""
    shares = {"source": "VARCHAR", "part": "INTEGER", "org": "INTEGER", "inbound": "BIGINT", "outbound": "BIGINT"}
    shares |= {"inbound_state": "VARCHAR", "outbound_state": "VARCHAR"}
    rows = [("a", 0, 1, 2, 1), ("a", 0, 1, 1, 1), ("a", 0, 2, 0, 1), ("a", 0, 3, 4, 0)]
    with Store() as store:
        store.load("shares", shares, [(*row, "value", "value") for row in rows])
        named = dict.fromkeys(("source", "name", "sha256"), "VARCHAR") | {"part": "INTEGER"}
        store.load("sources", named, [("a", "list.csv", "00", 0)])
        [found] = pages._lists(store)
    assert found == {
        "name": "list.csv", "entries": 4, "organisations": 3, "inbound": 2, "outbound": 2, "both_ways": 1,
        "inbound_unknown": 0, "outbound_unknown": 0, "networks_in": 7, "networks_out": 1,
    }  # fmt: skip
