"""The thirty questions: each a content file, each answered or refused with a reason; and what no answer may hold."""

from __future__ import annotations

import csv
import html
import json
import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from string import Formatter
from typing import Any
from uuid import UUID

import jsonschema
import pytest

import worlds
from plateglass import check, classify, demo, pipeline, publish, questions, statistics
from plateglass.case import Case, Settings, name_id
from plateglass.catalogue import Catalogue
from plateglass.demo import logs
from plateglass.errors import ContentMalformed, ExtraMissing
from plateglass.publish.questions import AnswerPage
from plateglass.questions import needs, released, tables
from plateglass.questions.content import Question, QuestionTable, happenings, replies
from plateglass.spread import groups, peers
from plateglass.store import Store
from review_world import keyed, run

CATALOGUE = Catalogue()
QUESTIONS = questions.questions(CATALOGUE)
every_question = pytest.mark.parametrize("question", QUESTIONS.values(), ids=list(QUESTIONS))


# --- the content ---------------------------------------------------------------------------------------------------


def test_there_are_thirty() -> None:
    assert list(QUESTIONS) == [f"q{n:02}" for n in range(1, 31)]


@every_question
def test_the_sql_reads_documented_tables_only_and_is_portable(question: Question) -> None:
    values: dict[str, Any] = dict.fromkeys(question.parameters, 1) | {f"{k}_day": 1 for k in question.parameters}
    for sql in (question.facts, *(table.sql for table in question.tables)):
        if sql:
            assert questions.sql_of(question, sql, values)


@every_question
def test_a_question_says_how_it_may_be_wrong_and_how_else_it_can_be_read(question: Question) -> None:
    assert len(set(question.readings)) >= 2
    assert all((question.statistic, question.uncertainty, question.unit, question.source))
    assert len({table.id for table in question.tables}) == len(question.tables)
    for table in question.tables:
        assert table.kind != "counts" or table.columns, f"{table.id} has no headings"


@every_question
def test_what_a_question_needs_is_something_that_a_case_can_hold(question: Question) -> None:
    lists = [question.needs, *(table.needs for table in question.tables)]
    for need in [one.strip() for group in lists for either in group for one in either.split("|")]:
        kind, _, what = need.partition(":")
        assert kind in needs.KINDS or (kind in ("view", "field", "value", "parameter") and what), need
        if kind == "parameter":
            assert what in question.parameters


def test_a_question_that_reads_a_text_or_a_file_is_refused() -> None:
    for sql in (
        "SELECT text AS label, 1 AS n FROM texts",
        "SELECT account AS label, 1 AS n FROM distinct_searches",
        "SELECT * FROM searches",
        "SELECT owner_key AS label, 1 AS n FROM logs",
        "SELECT 1 AS label, content AS n FROM read_text('/etc/hostname')",
        "COPY searches TO 'out.csv'",
        "SELECT median(networks) AS label, 1 AS n FROM searches",
        "SELECT 1 AS label, networks / devices AS n FROM searches",
    ):
        with pytest.raises(ContentMalformed):
            questions.sql_of(QUESTIONS["q01"], sql, {})


def test_events_have_a_source_and_stand_in_order() -> None:
    for found in happenings(CATALOGUE).values():
        days = [event.day for event in found.events]
        assert days == sorted(days)
        assert found.source
        assert found.code in CATALOGUE.reasons


# --- a small case whose answers can be counted by hand ---------------------------------------------------------------

DAY = 86_400_000
START = 1_754_031_600_000  # 1 August 2025, midnight in Los Angeles
PEOPLE = [f"user {n}" for n in range(20)]
PLAIN = "burglary"
VAGUE = "inv"
NAMED = "stalking by Ada Example"
RARE = "stolen vehicle"


def searches() -> list[worlds.Row]:
    """Seven agencies, twenty users, 40 days; half of the reasons say nothing; one names a person, everywhere."""
    rows = []
    for n in range(800):
        user, agency = PEOPLE[n % 20], f"Sample{n % 7} CA PD"
        reason = {0: VAGUE, 1: PLAIN, 2: VAGUE, 3: NAMED}[n % 4] if n else RARE
        rows.append(worlds.search(
            "aaaaaaaaaaaa", n + 1, START + n * DAY // 20, org=name_id(agency), account=worlds.token(user),
            target=worlds.token(f"ZZT{n % 90:04}"), networks=(1 if n % 10 else 2000), reason=worlds.token(reason),
            prompt_state="not_exported", case_no_state="value" if n % 5 else "empty",
        ))  # fmt: skip
    return rows


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Case]]:
    """The case after the stages before the questions."""
    made = worlds.case(tmp_path_factory.mktemp("questions") / "case", custodian=True)
    rows = searches()
    texts = [{"id": worlds.token(t), "field": "reason", "text": t, "scrubs": ""} for t in (PLAIN, VAGUE, NAMED, RARE)]
    with Store(threads=1) as store:
        worlds.fill(store, {
            "sources": [worlds.log("aaaaaaaaaaaa", "network_audit", accepted=800, records=800, first_at=START,
                                   last_at=START + 40 * DAY)],
            "sightings": rows, "distinct_searches": worlds.distinct(rows), "texts": texts,
            "organisations": [worlds.organisation(f"Sample{n} CA PD", "ca") for n in range(7)]
            + [worlds.organisation(worlds.HOME, "ca")],
        })  # fmt: skip
        classify.reasons(store, CATALOGUE)
        yield store, made


@pytest.fixture(scope="module")
def found(small: tuple[Store, Case]) -> dict[str, questions.Answer]:
    store, made = small
    rules = check.choose(CATALOGUE.rules, ("screens",), "")
    findings = check.verdicts(store, made, rules)
    return {answer.question.id: answer for answer in questions.answers(store, made, findings)}


def table(answer: questions.Answer, id_: str) -> questions.AnswerTable:
    return next(one for one in answer.tables if one.about.id == id_)


def test_counts_and_exposures(found: dict[str, questions.Answer]) -> None:
    facts = found["q01"].facts
    assert (facts["records"], facts["searches"], facts["agencies"]) == (800, 800, 7)
    assert facts["exposures"] == 80 * 2000 + 720
    assert sum(int(row.values[0] or 0) for row in table(found["q01"], "months").rows) == 800


def test_shares_with_bounds_by_user(found: dict[str, questions.Answer]) -> None:
    facts = found["q08"].facts
    assert (facts["vague_found"], facts["vague_n"]) == (399, 800)
    low, share, high = (facts[f"vague_{k}"] for k in ("low", "share", "high"))
    assert float(low or 0) < float(share or 0) < float(high or 0)
    assert facts["case_share"] == pytest.approx(0.2)


def test_reach_is_a_quantile_of_searches(found: dict[str, questions.Answer]) -> None:
    facts = found["q10"].facts
    assert (facts["reach_median"], facts["reach_q90"], facts["reach_q99"]) == (1, 1, 2000)
    assert facts["wide_share"] == pytest.approx(0.1)


def test_users_who_all_search_alike_are_not_concentrated(found: dict[str, questions.Answer]) -> None:
    assert found["q12"].facts["users_users"] == 140, "an account counts for each agency that it searches for"
    assert found["q12"].facts["users_gini"] == pytest.approx(0, abs=0.05)


def test_the_reason_why_not_is_exact(found: dict[str, questions.Answer]) -> None:
    assert found["q02"].why == "the case holds no dated list of whom the agency shares with"
    assert found["q03"].why.startswith("nobody stated switch off: set switch_off")
    assert found["q16"].why == "no two logs of the case show the same search"
    assert found["q21"].why == "the case holds no records of the kind “hot lists”"
    assert all(answer.sentence or answer.why for answer in found.values())


def test_every_table_has_as_many_numbers_as_headings(found: dict[str, questions.Answer]) -> None:
    for answer in found.values():
        for one in answer.tables:
            assert all(len(row.values) == len(one.headings) for row in one.rows), (answer.question.id, one.about.id)


def test_no_answer_holds_a_token(found: dict[str, questions.Answer]) -> None:
    values = [v for a in found.values() for t in a.tables for row in t.rows for v in (row.label, *row.values)]
    values += [v for a in found.values() for v in a.facts.values()]
    assert not any(isinstance(value, UUID) for value in values)
    assert not any(re.fullmatch(r"[0-9a-f-]{36}", str(value)) for value in values)


def test_the_custodians_questions_are_asked_in_a_custodians_case_only(
    small: tuple[Store, Case], tmp_path: Path
) -> None:
    store, made = small
    assert {a.question.id for a in questions.answers(store, made, [], (), ("q24", "q25"))} == {"q24", "q25"}
    other = worlds.case(tmp_path / "other")
    closed = questions.answers(store, other, [], (), ("q24", "q25"))
    assert [(a.question.id, a.why, a.facts, a.tables) for a in closed] == [
        (id_, questions.KEPT, {}, ()) for id_ in ("q24", "q25")
    ]


def test_every_reader_sees_thirty_questions_and_the_custodians_answers_only_in_the_custodians_book(
    found: dict[str, questions.Answer],
) -> None:
    told = publish.Told(list(found.values()))
    public = told.of("public")
    assert [a.question.id for a in public] == list(QUESTIONS)
    assert {a.question.id: a.why for a in public if a.question.audience == "custodian"} == dict.fromkeys(
        ("q24", "q25"), questions.KEPT
    )
    assert {a.question.id for a in told.of("custodian")} == {"q24", "q25"}


def test_without_the_extra_every_number_stands_and_bounds_say_what_they_need(
    small: tuple[Store, Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`pip install plateglass` alone makes the whole report: what needs SciPy is left out by name."""

    def missing() -> None:
        raise ExtraMissing("not installed")

    monkeypatch.setattr(groups, "numpy", missing)
    monkeypatch.setattr(statistics, "special", missing)
    monkeypatch.setattr(peers, "special", missing)
    store, made = small
    found = {answer.question.id: answer for answer in questions.answers(store, made, [])}
    assert found["q08"].facts["vague_found"] == 399
    assert "to draw users anew needs the extra" in " ".join(table(found["q08"], "vague").notes)
    assert found["q12"].facts["users_users"] == 140
    assert "No bounds: they need the extra" in " ".join(table(found["q12"], "users").notes)
    assert found["q10"].facts["reach_median_from"] is None


def test_a_need_is_met_by_either_of_two(small: tuple[Store, Case]) -> None:
    store, made = small
    held = needs.held(store, made.settings, "us-ca-example", {})
    assert needs.unmet(("field:offence | field:reason",), held) == ""
    both = needs.unmet(("view:incidents | view:audits",), held)
    assert both.count("the case holds no records") == 2


# --- reasons as written ----------------------------------------------------------------------------------------------


def seen(small: tuple[Store, Case], judgements: Sequence[dict[str, Any]] = ()) -> dict[str, released.Seen]:
    store, _ = small
    return {one.text: one for one in released.seen(store, CATALOGUE, judgements)}


def test_a_reason_is_printed_where_many_agencies_wrote_it_often(
    small: tuple[Store, Case], found: dict[str, questions.Answer]
) -> None:
    printed = {row.label for row in table(found["q09"], "written").rows}
    assert printed == {PLAIN, VAGUE}


def test_a_name_is_not_printed_however_often_it_was_written(
    small: tuple[Store, Case], found: dict[str, questions.Answer]
) -> None:
    assert seen(small)[NAMED.lower()].times == 200
    assert seen(small)[NAMED.lower()].why == "a word of it is not known"


def test_a_rare_reason_is_not_printed(small: tuple[Store, Case], found: dict[str, questions.Answer]) -> None:
    assert seen(small)[RARE].why.startswith("seen at fewer than 5 agencies")


def test_a_person_releases_a_reason_or_holds_it_back(
    small: tuple[Store, Case], found: dict[str, questions.Answer]
) -> None:
    def judged(text: str, *, yes: bool) -> dict[str, Any]:
        return {"kind": released.KIND, "text": str(worlds.token(text)), "release": yes}

    assert seen(small, [judged(RARE, yes=True)])[RARE].why == ""
    assert seen(small, [judged(PLAIN, yes=False)])[PLAIN].why == "a person has held it back"
    assert seen(small, [judged(RARE, yes=True), judged(RARE, yes=False)])[RARE].why


@pytest.mark.parametrize(
    ("text", "known"),
    [("burglary", True), ("stolen vehicle", True), ("police report of a burglary", True), ("pc 459", True),
     ("stalking by ada example", False),
     ("sampleson burglary", False), ("burglary suspect jdoe", False), ("stolen ñandu", False)],
)  # fmt: skip
def test_only_known_words_are_known(text: str, known: bool) -> None:
    assert released.Known(CATALOGUE.reasons).all_of(text) is known


NAMES = ("Brax Sampleqa", "Clex Sampleqe", "Dwix Sampleqi", "Flox Sampleqo", "Grux Samplequ")


def canaries() -> list[str]:
    """What must never be printed: names in reasons that everybody writes, names in rare ones, and rare reasons."""
    often = [f"{word} {name}" for name in NAMES for word in ("stalking by", "suspect", "wanted:", "burglary -")]
    return [*often, *NAMES, *(name.upper() for name in NAMES), *(f"{word} near the {word} works" for word in _RARE)]


AGENCIES = ("Exampleville CA PD", "Mockford CA PD", "Specimen Beach CA PD", "Dummyton CA PD", "Fixture City CA PD",
            "Sampleton County CA SO")  # fmt: skip
_RARE = ("quarry", "tannery", "foundry", "brewery", "cannery")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a log in which every canary but the rare ones is written 12 times, by each of six agencies."""
    root = tmp_path_factory.mktemp("canaries")
    rows = []
    for number, reason in enumerate(r for r in [*canaries(), "burglary", "stolen vehicle"] for _ in range(12)):
        rare = any(word in reason for word in _RARE)
        agency = AGENCIES[0 if rare else number % 6]
        second = f"09/{number % 27 + 2:02}/2025, {number // 60 % 11 + 1:02}:{number % 60:02}:07 AM UTC"
        cells = {
            "ID": f"00000000-0000-4000-8000-{number:012}", "Name": "Ada Example", "Org Name": agency,
            "Total Networks Searched": "12", "Total Devices Searched": "120",
            "Time Frame": f"09/01/2025, 01:00:00 AM UTC\n{second}", "License Plate": f"8ZZZ1{number % 99 + 1:02}",
            "Reason": reason, "Case #": "", "Filters": "", "Search Time": second, "Search Type": "lookup",
            "Text Prompt": "", "Moderation": "",
        }  # fmt: skip
        rows.append([cells[heading] for heading in logs.FULL])
    file = root / "9_1_2025-9_30_2025-Exampleville CA PD-Network-Audit.csv"
    with file.open("w", newline="") as out:
        csv.writer(out).writerows([logs.FULL, *rows])
    made = Case.make(root / "case", Settings(agency="Exampleville CA PD", custodian=True, suppress_below=0))
    with keyed(root):
        return pipeline.audit(made, [file], root / "report").report.parent


def test_the_canaries_were_read_and_ordinary_reasons_are_printed(told: Path) -> None:
    """The check below is not blind: the case holds every canary, and the rule does print what it may."""
    line = lines(told)["q09"]
    assert int(line["sentence"].partition(" ")[0]) >= len({canary.lower() for canary in canaries()})
    printed = {row[0] for t in line["tables"] for row in t["rows"]}
    assert {"burglary", "stolen vehicle"} <= printed


def test_no_name_and_no_rare_reason_stands_in_any_file(told: Path) -> None:
    for path in told.rglob("*"):
        if path.is_file():
            text = html.unescape(path.read_text(encoding="utf-8")).lower()
            found = [canary for canary in canaries() if canary.lower() in text]
            assert found == [], path.name
            assert not [name for name in NAMES if name.split()[1].lower() in text], path.name


# --- the demo: every question of a whole case, as a report prints it -------------------------------------------------


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the demo's report, for the custodian too."""
    root = tmp_path_factory.mktemp("demo")
    truth = demo.make(root / "files")
    made = Case.make(root / "case", Settings(
        name="demo", agency=truth.agency, timezone=truth.timezone, rules=("screens",), custodian=True,
        parameters={**truth.parameters, "change_on": "2025-10-01", "yearly_cost": 90_000},
    ))  # fmt: skip
    with keyed(root):
        return pipeline.audit(made, list(truth.paths), root / "report").report.parent


def lines(report: Path, folder: str = "") -> dict[str, dict[str, Any]]:
    written = (report / folder / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    return {line["question"]: line for line in map(json.loads, written)}


def test_most_questions_have_an_answer_and_the_others_a_reason(report: Path) -> None:
    found = lines(report)
    assert len(found) == 30
    for line in found.values():
        assert bool(line["sentence"]) == line["answered"] != bool(line["why_not"])
    unanswered = {id_ for id_, line in found.items() if not line["answered"]}
    assert unanswered <= {"q14", "q21", "q22", "q23", "q24", "q25", "q27"}, [
        found[id_]["why_not"] for id_ in unanswered
    ]


@pytest.mark.parametrize("folder", ["", "custodian"])
def test_each_line_keeps_to_the_schema_that_lies_beside_it(report: Path, folder: str) -> None:
    schema = json.loads((report / "schemas" / "answer.schema.json").read_text(encoding="utf-8"))
    for line in lines(report, folder).values():
        jsonschema.validate(line, schema)


def test_the_page_says_every_sentence_and_every_reason(report: Path) -> None:
    page = (report / "questions.html").read_text(encoding="utf-8")
    plain = re.sub(r"\s+", " ", html.unescape(page))
    for line in lines(report).values():
        assert (line["sentence"] or line["why_not"]).strip() in plain, line["question"]
    assert all(question.title in plain for question in QUESTIONS.values())
    assert plain.count(f"Not answered here: {questions.KEPT}.") == 2


def test_the_docs_name_the_questions_that_are_kept() -> None:
    kept = [id_.removeprefix("q") for id_, question in QUESTIONS.items() if question.audience == "custodian"]
    page = (Path(__file__).parent.parent / "docs" / "questions.md").read_text(encoding="utf-8")
    assert f"Questions {' and '.join(kept)} are about single accounts" in page


def test_the_custodians_answers_stand_in_the_custodians_folder_only(report: Path) -> None:
    closed, public = lines(report, "custodian"), lines(report)
    assert set(closed) == {"q24", "q25"}
    for id_, line in closed.items():
        assert line["sentence"]
        assert (public[id_]["sentence"], public[id_]["tables"], public[id_]["why_not"]) == ("", [], questions.KEPT)
        for name in ("questions.html", "questions.jsonl", "report.html", "methods.html"):
            assert line["sentence"] not in html.unescape((report / name).read_text(encoding="utf-8"))
        assert line["sentence"] in html.unescape((report / "custodian" / "questions.html").read_text(encoding="utf-8"))


def test_the_methods_say_what_an_editor_asks(report: Path) -> None:
    page = (report / "methods.html").read_text(encoding="utf-8")
    for heading in ("Files", "De-duplication", "Left out", "Terms and tiers", "How good the counts are", "Agreement",
                    "Limits", "Replies", "To do it again"):  # fmt: skip
        assert f">{heading}</h2>" in page
    assert "Not measured." in page
    for part in json.loads((report / "summary.json").read_text())["sources"]:
        assert part["sha256"] in page
    for code in CATALOGUE.reasons.values():
        assert code.sha256[:12] in page


def test_counts_by_agency_are_hidden_as_in_the_report(report: Path) -> None:
    rows = lines(report)["q01"]["tables"][2]["rows"]
    hidden = {a["agency"] for line in (report / "findings.jsonl").read_text().splitlines()
              for a in json.loads(line)["agencies"] if isinstance(a["tested"], str)}  # fmt: skip
    assert all(isinstance(n, str) for name, n in rows if name in hidden)


def test_the_question_of_the_guide_is_asked_in_a_case_that_has_it(small: tuple[Store, Case]) -> None:
    store, made = small
    guide = (Path(__file__).parents[1] / "docs" / "questions.md").read_text(encoding="utf-8")
    own = made.content / "questions" / "own.toml"
    own.parent.mkdir(parents=True, exist_ok=True)
    own.write_text(guide.partition("```toml\n")[2].partition("```")[0], encoding="utf-8")
    try:
        (answer,) = questions.answers(store, made, [], (), ("own",))
    finally:
        own.unlink()
    assert answer.sentence == "10 % of the searches reach more than 100 networks."


def test_a_reply_stands_in_the_methods(tmp_path: Path) -> None:
    folder = tmp_path / "replies"
    folder.mkdir()
    (folder / "a.toml").write_text('agency = "Exampleville CA PD"\nasked_on = 2026-01-02\nabout = ["q08"]\n')
    (reply,) = replies(Catalogue(tmp_path))
    assert (reply.asked_on, reply.answered_on) == (date(2026, 1, 2), None)


def test_every_number_that_a_sentence_names_has_a_source() -> None:
    for question in QUESTIONS.values():
        ids = tuple(f"{one.id}_" for one in question.tables)
        for _, field, _, _ in Formatter().parse(question.says):
            own = field and (field in question.parameters or field.startswith(ids))
            assert not field or own or question.made or re.search(rf"\b{field}\b", question.facts), field


def test_documented_tables_exist_once_the_questions_are_asked(small: tuple[Store, Case]) -> None:
    store, made = small
    questions.answers(store, made, [])
    there = {row[0] for row in store.rows("SELECT table_name FROM information_schema.tables")}
    for table_ in ("asked", *(t for t in tables.documented().values() if t.startswith("asked_"))):
        assert table_ in there, table_


def test_a_page_is_made_of_public_types_only() -> None:
    assert AnswerPage.__dataclass_fields__.keys() >= {"answer", "tables"}
    assert publish.NOTHING.of("public") == ()
    assert QuestionTable(id="x", title="y", sql="SELECT 1 AS label").kind == "counts"


# --- the commands ----------------------------------------------------------------------------------------------------


def test_the_command_prints_the_answer_that_the_page_has(report: Path) -> None:
    case, line = report.parent / "case", lines(report)["q10"]
    with keyed(report.parent):
        said = run("questions", case, "q10", "-q").output
        assert line["sentence"] in said
        assert "may also be read as: " in said
        assert "Searches by networks reached" in said
        as_json = json.loads(run("questions", case, "q10", "--json").output)
        assert as_json["q10"]["tables"] == line["tables"]
        unknown = run("questions", case, "q99", "-q")
        assert unknown.exit_code == 2


def test_the_command_says_whether_wording_changed(report: Path) -> None:
    case = report.parent / "case"
    with keyed(report.parent):
        said = json.loads(run("change", case, "--date", "2025-10-01", "--json").output)
        assert said["sentence"] == lines(report)["q17"]["sentence"]
        refused = run("change", case, "--date", "2025-12-05", "-q")
        assert refused.exit_code == 1


def test_the_command_lets_a_person_release_a_reason_and_the_next_answer_prints_it(told: Path) -> None:
    case = told.parent / "case"
    with keyed(told.parent):
        said = run("release", case, "--by", "Ada Example", "-q", typed="maybe\ny\nn\nq\n").output
        assert "1 released, 1 held back for good" in said
        kept = [json.loads(line) for line in (case / "judgements.jsonl").read_text().splitlines()]
        assert [line["release"] for line in kept] == [True, True, False, False], "each in both ways of writing it"
        assert not any("text" in line and " " in line["text"] for line in kept), "a judgement holds an id and no text"
        (q09,) = json.loads(run("questions", case, "q09", "--json").output).values()
        assert "by a person" in {row[-1] for t in q09["tables"] for row in t["rows"]}
        again = run("release", case, "--by", "Ada Example", "-q", typed="q\n").output
        assert "[1/" in again


def test_a_very_large_case_is_not_asked_with_every_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The report says so, and holds no page of answers."""
    monkeypatch.setattr("plateglass.pipeline.ASKED_AT_MOST", 0)
    monkeypatch.setenv("PLATEGLASS_KEY_FILE", str(tmp_path / "key"))
    given = tmp_path / "9_1_2025-9_30_2025-Exampleville CA PD-Audit.csv"
    cells = dict.fromkeys(logs.FULL, "") | {
        "Org Name": "Exampleville CA PD", "Search Time": "09/02/2025, 01:00:00 AM UTC", "Reason": "burglary",
        "Total Networks Searched": "12", "License Plate": "8ZZZ101", "Name": "Ada Example", "Search Type": "lookup",
    }  # fmt: skip
    with given.open("w", newline="") as out:
        csv.writer(out).writerows([logs.FULL, list(cells.values())])
    made = Case.make(tmp_path / "case", Settings(agency="Exampleville CA PD", rules=("screens",)))
    page = pipeline.audit(made, [given], tmp_path / "report").report
    assert not (page.parent / "questions.html").exists()
    assert "plateglass questions CASE" in page.read_text(encoding="utf-8")
