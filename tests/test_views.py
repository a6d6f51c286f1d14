"""What the other views must hold: one mechanism for all, nothing lost, no text and no name where rules read."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import pytest

import pdfs
import worlds
from plateglass import check, custody, normalise, pipeline, privacy, read, workbook
from plateglass.case import Case, Settings
from plateglass.catalogue import Catalogue, FieldKind, Layout, Rule
from plateglass.errors import Issue, Place, Severity
from plateglass.model import Ingested, Source, State, Table, View
from plateglass.read import containers, prose
from plateglass.record_views import HELD_AS, OTHER_VIEWS, Holds
from plateglass.store import Store, name, text

FIXTURES = Path(__file__).parent / "fixtures" / "layouts"
PORTALS = Path(__file__).parents[1].parent / "shared/data/portal-pages"
NEWS = Path(__file__).parents[1].parent / "shared/data/private-eyes"
CATALOGUE = Catalogue()
OTHERS = {key: layout for key, layout in CATALOGUE.layouts.items() if layout.views[0] in OTHER_VIEWS}
FORMS = sorted(path for key in OTHERS for path in (FIXTURES / key).glob("*/*") if path.name != "expected.jsonl")
KEY = bytes(range(32))
MAY_HOLD: Mapping[Holds, tuple[FieldKind, ...]] = {
    Holds.TIME: ("instant", "date"), Holds.COUNT: ("count", "day_count"), Holds.WORD: ("word",),
    Holds.TEXT: ("text", "words"), Holds.ORG: ("name",), Holds.ACCOUNT: ("person",), Holds.CASE: ("case",),
    Holds.TARGET: ("plate",), Holds.ID: ("id",),
}  # fmt: skip
DAY = 86_400_000


def at(year: int, month: int, day: int, *clock: int) -> int:
    hour, minute, second = (*clock, 0, 0, 0)[:3]
    return int(datetime(year, month, day, hour, minute, second, tzinfo=UTC).timestamp() * 1000)


class Read:
    """What files become, without a case."""

    def __init__(self, work: Path, *paths: Path) -> None:
        self.store, self.work = Store(threads=1), work
        self.issues: list[Issue] = []
        self.tables: list[Table] = []
        self.done: list[Ingested] = []
        ingest = normalise.Ingest(KEY, self.store)
        for source in read.sources(list(paths), work):
            assert isinstance(source, Source), source
            for each in read.tables(source, CATALOGUE, work, self.store):
                if isinstance(each, Issue):
                    self.issues.append(each)
                else:
                    self.tables.append(each)
                    self.done.append(self._ingested(ingest, each))

    def _ingested(self, ingest: normalise.Ingest, table: Table) -> Ingested:
        layout, folder = CATALOGUE.layouts[table.layout], self.folder(table)
        if not table.careful:
            done = ingest.table(table, layout, folder)
            if not done.broken:
                return done
        single, rejected = read.strictly(table, self.work, layout)
        return ingest.table(single, layout, folder, rejected)

    def folder(self, table: Table) -> Path:
        return self.work / "made" / table.source.id

    def rows(self, view: str, columns: str = "*", order: str = "record") -> list[dict[str, Any]]:
        """The records of a view, or the lines of `texts`."""
        files = sorted((self.work / "made").glob(f"*/{view}-*.parquet"))
        listed = ", ".join(text(str(path)) for path in files)
        return self.store.records(f"SELECT {columns} FROM read_parquet([{listed}]) ORDER BY {order}")


@pytest.fixture
def reading(tmp_path: Path) -> Iterator[Any]:
    made: list[Read] = []

    def start(*paths: Path) -> Read:
        made.append(Read(tmp_path / "work", *paths))
        return made[-1]

    yield start
    for each in made:
        each.store.close()


def form(layout: str, variant: str) -> Path:
    [path] = [path for path in (FIXTURES / layout / variant).iterdir() if path.name != "expected.jsonl"]
    return path


# --- layouts -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("layout", OTHERS.values(), ids=lambda layout: layout.id)
def test_a_layout_puts_into_each_field_what_the_view_says_it_holds(layout: Layout) -> None:
    assert len(layout.views) == 1, "a view that is not of searches is told by its layout alone"
    fields = {field.name: field for field in OTHER_VIEWS[layout.views[0]].fields}
    assert set(layout.fields) <= set(fields)
    for key, about in layout.fields.items():
        assert about.kind in MAY_HOLD[fields[key].holds], key
        said = {*about.words, *about.means.values()}
        assert not fields[key].words or said <= set(fields[key].words), f"{key} has words of its own"
        assert not about.beside or about.beside in layout.fields


def test_every_other_view_has_a_layout_and_a_form() -> None:
    assert {layout.views[0] for layout in OTHERS.values()} == set(OTHER_VIEWS)
    assert {FIXTURES / layout for layout in OTHERS} == {path.parent.parent for path in FORMS}
    assert {kind for kinds in MAY_HOLD.values() for kind in kinds} <= set(get_args(FieldKind))


def test_a_layout_that_no_file_was_seen_of_says_so() -> None:
    """A table that is ours claims nothing of what a vendor or an agency gives out."""
    for layout in CATALOGUE.layouts.values():
        assert layout.id.startswith("table-") == ("headings are plateglass's own" in " ".join(layout.source.split()))


# --- records -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", FORMS, ids=lambda path: f"{path.parent.parent.name}/{path.parent.name}")
def test_every_record_is_accepted_or_listed_and_every_cell_has_a_state(path: Path, reading: Any) -> None:
    got = reading(path)
    assert got.tables, got.issues
    for table, done in zip(got.tables, got.done, strict=True):
        assert done.accepted + len(done.rejected) == table.records
        if table.view not in OTHER_VIEWS:
            continue
        view = OTHER_VIEWS[table.view]
        made = f"read_parquet({text(str(got.folder(table) / f'{view.table}-{table.part}.parquet'))})"
        types = {row[0]: row[1] for row in got.store.rows(f"DESCRIBE SELECT * FROM {made}")}
        assert {n: "VARCHAR" if n.endswith("_state") else t for n, t in types.items()} == {
            column.name: column.type for column in view.columns
        }
        for field in view.fields:
            states = {row[0] for row in got.store.rows(f"SELECT DISTINCT {name(f'{field.name}_state')} FROM {made}")}
            assert states <= {state.value for state in State}
            assert (field.name in table.columns) or states <= {State.NOT_EXPORTED}
            told = f"{name(f'{field.name}_state')} IN ('value', 'partial')"
            only = f"SELECT count(*) FROM {made} WHERE ({name(field.name)} IS NOT NULL) <> ({told})"
            damaged_text = field.holds in (Holds.TEXT, Holds.ID, Holds.ACCOUNT, Holds.CASE, Holds.TARGET)
            assert damaged_text or not got.store.one(only), f"{field.name}: a value without its state, or without value"


@pytest.mark.parametrize("path", [p for p in FORMS if p.suffix == ".csv"], ids=lambda p: f"{p.parent.parent.name}")
def test_a_workbook_gives_the_same_as_the_text(path: Path, tmp_path: Path, reading: Any) -> None:
    """Every view from CSV and XLSX; dates and numbers typed into a sheet are what they are as text."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.reader(file) if row]
    book = tmp_path / (path.stem + ".xlsx")
    workbook.write(book, {"Sheet 1": rows})
    one, two = reading(path), Read(tmp_path / "book", book)
    view = one.tables[0].view.value
    drop = "* EXCLUDE (source)"
    assert one.rows(view, drop) == two.rows(view, drop)
    two.store.close()


def test_no_text_of_a_record_stands_outside_the_local_tables() -> None:
    """What is VARCHAR in a view is a word of a closed vocabulary, a shape or a state."""
    for view in OTHER_VIEWS.values():
        allowed = {f.name for f in view.fields if f.holds is Holds.WORD} | {"source"}
        for column in view.columns:
            plain = column.name.endswith(("_state", "_shape"))
            assert column.type != "VARCHAR" or plain or column.name in allowed, f"{view.table}.{column.name}"
        assert all(HELD_AS[field.holds] for field in view.fields)
        assert set(view.keys) <= {field.name for field in view.fields}
        assert not view.dated_by or {f.name: f.holds for f in view.fields}[view.dated_by] is Holds.TIME


def test_a_cell_of_several_lines_gives_each_labelled_line(reading: Any) -> None:
    """And a line that the cell does not have was not exported, which is something else than a blank one."""
    got = reading(form("flock-event-log", "kinds"))
    review, entry, blank, share, role = got.rows("events")
    assert (review["entity"], review["action"], review["review"]) == ("search_review", "update", "archived")
    assert review["reviewed"] == privacy.token(KEY, "account", "Bo Sample")
    assert entry["target"] == privacy.token(KEY, "target", "ZZT0001")
    assert (entry["case_no"], entry["case_no_shape"]) == (privacy.token(KEY, "case_no", "26-900001"), "99-999999")
    assert entry["expires_at"] == at(2026, 9, 14, 10)
    assert (blank["expires_at_state"], blank["entry_reason_state"], blank["case_no_state"]) == (
        "empty", "masked", "empty",
    )  # fmt: skip
    assert (share["expires_at_state"], role["target_state"], share["org_state"]) == (
        "not_exported", "not_exported", "value",
    )  # fmt: skip
    assert share["org"] == privacy.token(KEY, "name", "Sampleton GA PD")
    assert {(row["field"], row["text"]) for row in got.rows("texts", order="id")} == {
        ("events.hot_list", "Exampleville Stolen"), ("events.permissions", "search"),
        ("events.entry_reason", "stolen vehicle"),
    }  # fmt: skip


def test_an_agency_is_its_name_and_its_state(reading: Any) -> None:
    got = reading(form("ice-287g", "workbook-as-text"))
    first, second, third = got.rows("agreements")
    assert first["org"] == privacy.token(KEY, "name", "Sampleton County Sheriff's Office, ALABAMA")
    assert [r["state_code"] for r in (first, second, third)] == ["al", "tx", "fl"]
    assert (first["kind"], first["signed_at"]) == ("jail_enforcement", at(2025, 5, 8))
    assert third["signed_at_state"] == "placeholder"
    assert str(got.tables[0].captured) == "2025-05-16"


def test_a_retention_in_days_is_a_number(reading: Any) -> None:
    """Portals write `30 days`: as a figure of the page, and as a line of its policies."""
    got = reading(form("flock-portal-page", "figures"))
    assert [row["retention_days"] for row in got.rows("statistics")] == [30]
    assert [(r["section"], r["line"]) for r in got.rows("policies")] == [
        ("prohibited_uses", 1), ("retention", 1), ("hot_lists", 1),
    ]  # fmt: skip
    assert "30 days" in {row["text"] for row in got.rows("texts", order="id")}


def test_numbers_that_count_reads_may_be_long_and_others_may_not(tmp_path: Path, reading: Any) -> None:
    """A telephone number in a column of counts is nobody's count."""
    path = tmp_path / "held.csv"
    path.write_text(
        "Agency,From,To,Detections,Hits\n"
        "Exampleville CA PD,2025-01-01,2025-12-31,123456789,2135550100\n"
        "Exampleville CA PD,2025-01-01,2025-12-31,1,213555010\n"
    )
    first, second = reading(path).rows("hit_reports")
    assert (first["detections"], first["hits"], first["hits_state"]) == (123_456_789, None, "damaged")
    assert second["hits"] == 213_555_010


# --- prose -------------------------------------------------------------------------------------------------------


def test_a_policy_is_read_line_by_line_with_its_place(reading: Any) -> None:
    got = reading(form("policy-text", "text"))
    assert [(r["page"], r["line"]) for r in got.rows("policies")] == [
        (1, 1), (1, 2), (1, 4), (1, 5), (2, 1), (2, 2), (2, 3),
    ]  # fmt: skip
    assert (got.tables[0].owner, str(got.tables[0].captured)) == ("Exampleville CA PD", "2026-01-05")
    said = {row["text"] for row in got.rows("texts", order="id")}
    assert "Data is deleted after 30 days, unless it is evidence in case [case 99-999999]." in said
    assert "Data is used for law enforcement purposes only, under Civil Code 1798.90.51." in said


def test_a_policy_in_a_pdf_has_its_pages(tmp_path: Path, reading: Any) -> None:
    sheets = []
    for lines in (["Exampleville Police Department", "Policy 1"], ["Immigration enforcement is prohibited."]):
        sheets.append(pdfs.Sheet())
        for number, line in enumerate(lines):
            sheets[-1].text(40, 40 + 20 * number, line)
    got = reading(pdfs.write(tmp_path / "Exampleville CA PD__policy.pdf", sheets))
    assert [(r["page"], r["line"]) for r in got.rows("policies")] == [(1, 1), (1, 2), (2, 1)]
    assert "Immigration enforcement is prohibited." in {row["text"] for row in got.rows("texts", order="id")}


def test_a_page_that_breaks_is_a_record_that_is_listed(tmp_path: Path) -> None:
    pages: list[tuple[int, tuple[str, ...] | None]] = [(1, ("one",)), (2, None), (3, ("three",))]
    assert not prose.policy(pages, tmp_path / "policy.csv", Place("policy.pdf"))
    rows = list(csv.reader((tmp_path / "policy.csv").read_text(encoding="utf-8").split("\n")))
    assert rows[2] == ["\fpage 2 could not be read"]


@pytest.mark.parametrize("said", ["notes.txt", "LPR policies.csv", "policyholders.txt"])
def test_what_is_not_called_a_policy_is_not_read_as_one(said: str, tmp_path: Path) -> None:
    path = tmp_path / said
    path.write_text("Every search\nstates a reason.\n")
    with Store(threads=1) as store:
        [source] = read.sources([path], tmp_path)
        assert isinstance(source, Source)
        found = list(read.tables(source, CATALOGUE, tmp_path, store))
    assert [each.severity for each in found if isinstance(each, Issue)] == [Severity.SOURCE]


def test_a_hit_ratio_report_is_believed_only_where_its_counts_are_its_total(tmp_path: Path, reading: Any) -> None:
    """As text and as the PDF that it is printed to; a report without its title is none."""
    lines = form("vigilant-hit-ratio", "text").read_text().splitlines()
    sheet = pdfs.Sheet()
    for number, line in enumerate(lines):
        sheet.text(40, 40 + 12 * number, line)
    got = reading(form("vigilant-hit-ratio", "text"), pdfs.write(tmp_path / "hits.pdf", [sheet]))
    for done in got.done:
        assert (done.accepted, [(r.record, r.column) for r in done.rejected]) == (2, [(2, "detections counted")])
    first, *_ = got.rows("hit_reports", order="source, record")
    assert (first["from_at"], first["detections"], first["hits"]) == (at(2021, 1, 1), 1_000_000, 210)
    assert prose.hit_ratio([(1, tuple(lines[1:]))], tmp_path / "none.csv") is None


# --- corpora -----------------------------------------------------------------------------------------------------


def test_a_corpus_is_one_log_an_owner(tmp_path: Path, reading: Any) -> None:
    got = reading(form("flockwatch-corpus", "two-owners"))
    assert [(t.owner, t.records, t.view) for t in got.tables] == [
        ("Exampleville CA PD", 1, View.NETWORK_AUDIT), ("Sampleton GA PD", 2, View.NETWORK_AUDIT),
    ]  # fmt: skip
    rows = got.rows("sightings", order="searched_at")
    assert [row["searched_at"] for row in rows] == [
        at(2026, 1, 2, 3, 4, 5), at(2026, 1, 2, 3, 4, 6), at(2026, 1, 3) + 250,
    ]  # fmt: skip
    assert rows[0]["target"] == privacy.token(KEY, "target", "ZZT0001")


@pytest.mark.parametrize("owner", ["Ada Example", "ZZT0001 PD", "213-555-0100 city"])
def test_an_owner_that_may_be_somebody_is_not_named(owner: str, tmp_path: Path, reading: Any) -> None:
    path = tmp_path / "corpus.parquet"
    with Store() as store:
        columns = {"searched_at": "VARCHAR", "agency": "VARCHAR", "owner": "VARCHAR"}
        store.load("t", columns, [("2026-01-02 03:04:05", "Exampleville CA PD", owner)])
        store.write("t", path)
    [table] = reading(path).tables
    assert (table.owner, table.part_name, table.records) == ("", "owner 1", 1)


def test_a_damaged_corpus_is_told_and_the_others_go_on(tmp_path: Path, reading: Any) -> None:
    whole = form("flockwatch-corpus", "two-owners").read_bytes()
    (tmp_path / "cut.parquet").write_bytes(whole[: len(whole) // 2])
    got = reading(tmp_path / "cut.parquet", form("flockclara-corpus", "made-up"))
    assert [issue.code for issue in got.issues] == ["source-unreadable"]
    assert [table.layout for table in got.tables] == ["flockclara-corpus"]
    assert containers.container(tmp_path / "cut.parquet", Place("policy.pdf")) is containers.Container.CORPUS


# --- a case ------------------------------------------------------------------------------------------------------


def ask(view: str, fails: str, *needs: str) -> Rule:
    """A rule over one of the other views."""
    made = {
        "title": view, "basis": "screen", "review": "verified", "cites": [{"text": "made up"}], "view": view,
        "unit": "records", "needs": needs, "fails": fails, "says": "{over}", "limits": ["none"],
        "readings": ["one", "two"], "examples": [],
    }  # fmt: skip
    return Rule.model_validate(made)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """A case of one file of every kind, with its report."""
    folder = tmp_path_factory.mktemp("case")
    given = folder / "given"
    given.mkdir()
    for path in FORMS:
        bare = (
            path.name if not path.stem.startswith(("input", "report", "saved")) else f"{path.parent.name}{path.suffix}"
        )
        target = given / f"{path.parent.parent.name}-{path.parent.name}"
        target.mkdir()
        (target / bare).write_bytes(path.read_bytes())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLATEGLASS_KEY_FILE", str(folder / "key"))
        made = Case.make(folder / "case", Settings(agency="Exampleville CA PD", timezone="America/Los_Angeles"))
        outcome = pipeline.audit(made, [given], made.out)
    assert [issue for issue in outcome.issues if issue.severity is Severity.SOURCE] == []
    return made


def test_every_view_can_be_asked_and_every_step_leaves_its_columns(case: Case) -> None:
    with pipeline.prepared(case, lambda *_: None) as store:
        for view in OTHER_VIEWS.values():
            assert store.one(f"SELECT count(*) FROM {name(view.table)}"), f"no record of {view.table}"
        rules = {view.table: ask(view.table, "record > 0") for view in OTHER_VIEWS.values()}
        found = {f.rule: f for f in check.verdicts(store, case, {k: named(r, k) for k, r in rules.items()})}
        for view in OTHER_VIEWS.values():
            units = store.one(f"SELECT count(*) FROM {view.table}_units")
            assert found[view.table].over == units > 0


def named(rule: Rule, key: str) -> Rule:
    rule._id = key
    return rule


def verdicts(case: Case, view: str, fails: str, *needs: str) -> dict[str, int]:
    with pipeline.prepared(case, lambda *_: None) as store:
        [finding] = check.verdicts(store, case, {"a/b": named(ask(view, fails, *needs), "a/b")})
    return {outcome.value: count for outcome, count in finding.counts.items() if count}


def test_rules_read_words_texts_and_states(case: Case) -> None:
    """Texts in lower case, words of the vocabulary; a field that was masked can't be told."""
    assert verdicts(case, "policies", "section = 'prohibited_uses' AND wording LIKE '%immigration%'")["fail"] == 2
    told = verdicts(case, "accounts", "may_search = 'yes' AND last_login_at_state = 'empty'", "account")
    assert told == {"fail": 2, "pass": 4, "cannot_tell": 2}
    assert verdicts(case, "events", "entity = 'search_review' AND review = 'archived'")["fail"] == 1


def test_entries_of_hot_lists_stand_in_event_logs_too(case: Case) -> None:
    told = verdicts(case, "hot_list_entries", "expires_at_state = 'empty'", "expires_at")
    assert sum(told.values()) == 3 + 2, "three of the table and two that were made in the event log"
    assert told["fail"] == 2
    assert told["cannot_tell"] == 1, "an end that is no time is damaged"


def test_an_agency_of_a_paper_is_resolved_with_its_state(case: Case) -> None:
    with pipeline.prepared(case, lambda *_: None) as store:
        check.verdicts(store, case, {"a/b": named(ask("agreements", "record > 0"), "a/b")})
        found = set(store.rows("SELECT agency, agency_state FROM agreements_units"))
    assert ("us-al-sampleton-county-so", "al") in found
    assert ("us-tx-exampleville-pd", "tx") in found


def test_a_day_begins_at_the_agencys_own_midnight(case: Case) -> None:
    """A paper of 1 March belongs to March, wherever it was signed, and a law of that day binds it."""
    with pipeline.prepared(case, lambda *_: None) as store:
        check.verdicts(store, case, {"a/b": named(ask("agreements", "record > 0"), "a/b")})
        rows = store.rows("SELECT signed_at, unit_at, month FROM agreements_units WHERE signed_at = $at",
                          {"at": at(2025, 3, 1)})  # fmt: skip
    assert {(unit, month) for _, unit, month in rows} == {(at(2025, 3, 1, 8), 2025 * 12 + 2)}


def test_a_portals_figures_are_a_series(case: Case, tmp_path: Path) -> None:
    log = worlds.log("a" * 12, "portal_statistics", owner="")
    days = [at(2026, 1, 1), at(2026, 1, 8), at(2026, 1, 15)]
    rows = [
        {"source": "a" * 12, "part": 0, "record": n, "owner": "example-ca-pd", "captured_on": day, "cameras": 30 + n,
         "retention_days": 30}
        for n, day in enumerate((*days, days[0]), 1)
    ]  # fmt: skip
    with Store() as store:
        worlds.fill(store, {"sources": [log], "statistics": rows})
        check.verdicts(store, worlds.case(tmp_path), {"a/b": named(ask("statistics", "record > 0"), "a/b")})
        found = store.rows(
            "SELECT record, cameras, cameras_before, days_since, days_until FROM statistics_units ORDER BY 1"
        )
    assert found == [(1, 31, None, None, 7), (2, 32, 31, 7, 7), (3, 33, 32, 7, None)]


def test_the_report_tells_what_was_read_and_verify_proves_it(case: Case) -> None:
    page = (case.out / "report.html").read_text(encoding="utf-8")
    assert "Other tables that were read" in page
    plain = re.sub(r"<[^>]+>", " ", page[page.index("Other tables that were read") :])
    for view in OTHER_VIEWS.values():
        assert view.row.replace("'", "&#39;") in plain, view.row
    assert "expires at 1 (1 empty, 3 not exported)" in plain
    cells = list(csv.DictReader((case.out / "coverage.csv").read_text(encoding="utf-8").splitlines()))
    assert {cell["field"] for cell in cells if "." in cell["field"]} >= {"events.account", "policies.wording"}
    broken = [check for check in custody.verify(case) if check.standing is custody.Standing.BROKEN]
    assert broken == []


def test_verify_sees_a_record_that_went_missing(case: Case, tmp_path: Path) -> None:
    """Else the proof above would hold of anything."""
    [path] = case.store.glob("sources/*/training-0.parquet")
    kept = path.read_bytes()
    with Store() as store:
        store.execute(f"COPY (SELECT * FROM read_parquet({text(str(path))}) LIMIT 1) TO {text(str(tmp_path / 'x'))}"
                      " (FORMAT parquet)")  # fmt: skip
    path.write_bytes((tmp_path / "x").read_bytes())
    try:
        broken = [c.what for c in custody.verify(case) if c.standing is custody.Standing.BROKEN]
    finally:
        path.write_bytes(kept)
    assert any("accepted" in what for what in broken)


@pytest.mark.parametrize("path", FORMS, ids=lambda path: f"{path.parent.parent.name}/{path.parent.name}")
def test_each_form_can_be_explained(path: Path, tmp_path: Path) -> None:
    explained = read.explain(path, CATALOGUE, tmp_path)
    assert explained.problems == ()
    assert path.parent.parent.name in {table.layout for table in explained.tables}


def test_a_column_that_gives_several_fields_is_explained_as_one(tmp_path: Path) -> None:
    [table] = read.explain(form("flock-event-log", "kinds"), CATALOGUE, tmp_path).tables
    [details] = [column for column in table.columns if column.heading == "Entity Details"]
    assert (details.kind, details.fate) == ("labelled lines", "read")
    assert {"target", "expires_at", "org"} <= set(details.field.split())
    assert table.why.startswith("6 headings"), "a column is one heading, however many fields it gives"


# --- real files --------------------------------------------------------------------------------------------------

SECTIONS = {
    "overview": "overview", "acceptable_use_policy": "acceptable_use", "prohibited_uses": "prohibited_uses",
    "access_policy": "access", "whats_detected": "detected", "whats_not_detected": "not_detected",
}  # fmt: skip


@pytest.mark.real
@pytest.mark.skipif(not PORTALS.is_dir(), reason="../shared/data is not here")
@pytest.mark.parametrize("path", sorted(PORTALS.glob("*.html")), ids=lambda path: path.stem)
def test_the_policies_of_a_saved_page_are_those_of_its_json(path: Path, tmp_path: Path) -> None:
    said = json.loads(path.with_suffix(".json").read_text())
    with Store(threads=1) as store:
        [source] = read.sources([path], tmp_path)
        assert isinstance(source, Source)
        tables = [t for t in read.tables(source, CATALOGUE, tmp_path, store) if isinstance(t, Table)]
        [table] = [t for t in tables if t.view is View.POLICIES]
        words = CATALOGUE.layouts[table.layout].fields["section"].means
        picks = ", ".join(f"c{table.columns[field]}" for field in ("section", "wording"))
        found: dict[str, list[str]] = {}
        for section, wording in store.rows(f"SELECT {picks} FROM ({table.relation})"):
            found.setdefault(words[section], []).append(wording)
    for key, section in SECTIONS.items():
        assert " ".join(found.get(section, [])) == " ".join(said[key].split()), key
    assert found["retention"] == [f"{said['data_retention_days']} days"]
    assert found["hot_lists"] == [said["hotlist_policy"], said["hotlists_alerted_on"]]


@pytest.mark.real
@pytest.mark.skipif(not NEWS.is_dir(), reason="../shared/data is not here")
def test_a_collectors_table_of_figures_is_read_whole(tmp_path: Path) -> None:
    [path] = NEWS.glob("latest_usage*.csv")
    got = Read(tmp_path, path)
    [done] = got.done
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert (done.accepted, len(done.rejected)) == (len(rows), 0)
    days = [int(found[0]) if (found := re.match(r"\d+", row["data_retention_in_days"])) else None for row in rows]
    assert [row["retention_days"] for row in got.rows("statistics")] == days
    got.store.close()
