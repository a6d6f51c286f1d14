"""Reports that laws ask for: every shape fills, figures are right, blanks say why, the PDF can be read aloud."""

from __future__ import annotations

import builtins
import csv
import hashlib
import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from page import ValidationProfile, validate_pdf
from typer.testing import CliRunner

from pdf_tags import faults, last_on_pages
from plateglass import check, duties, errors, questions, review, sample, store
from plateglass.case import Case, name_id
from plateglass.catalogue import Catalogue
from plateglass.check import searches as ground_steps
from plateglass.cli import app
from plateglass.duties import figures, shapes
from plateglass.duties.ground import Ground
from plateglass.duties.kept import KEPT
from plateglass.publish import printed, statutory
from plateglass.publish.pages import Page
from plateglass.publish.statutory import Blank, Document, Grid, Number, Signed, Verdicts
from review_world import PEOPLE, make
from worlds import HOME, case, distinct, fill, log, organisation, search, token

SHAPES = shapes.shapes(Catalogue())
DAY = 86_400_000


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """900 searches of one agency; a sample of them read by two people."""
    found = make(tmp_path_factory.mktemp("statutory"))
    with found.held(), found.tables() as tables:
        from plateglass import classify, normalise, resolve  # noqa: PLC0415 (only here)

        (found.work / "searches").mkdir(exist_ok=True)
        normalise.searches(tables, found.work / "searches")
        resolve.organisations(tables, found.catalogue(), HOME, [])
        classify.reasons(tables, found.catalogue(), {})
        drawn = sample.draw(tables, sample.Design(n=40), "seed 7")
        drawn.save(found)
    read = review.Review(found, drawn, review.codebook(found.catalogue(), "purpose"))
    for coder in ("Ada Example", "Bo Sample"):
        for subject in read.subjects:
            read.record(subject, ["p12"], coder, third=False)
    return found


@pytest.fixture(scope="module")
def documents(made: Case) -> dict[str, Document]:
    """Every shape, filled from the case."""
    packs = sorted({pack for shape in SHAPES.values() for pack in shape.packs})
    signed = Signed(reviewer="Cy Mockup\u202e", independence="no part in it")
    found: dict[str, Document] = {}
    for whole in (False, True):
        with duties.looked(made, packs, scope=duties.Scope(whole)) as seen:
            found |= {id_: duties.document(seen, shape, signed) for id_, shape in SHAPES.items()
                      if (shape.searches == "case") == whole}  # fmt: skip
    return found


@pytest.fixture(scope="module")
def unread(made: Case, tmp_path_factory: pytest.TempPathFactory) -> tuple[Page, dict[str, statutory.Answer]]:
    """The case's page and every figure of it, before anybody read a sample of it."""
    root = tmp_path_factory.mktemp("unread") / "case"
    shutil.copytree(made.root, root, ignore=shutil.ignore_patterns(".lock", ".work", "judgements.jsonl"))
    with duties.looked(Case(root)) as seen:
        home = check.home(seen.store, made.settings)
        ground = Ground(seen.store, seen.page, seen.catalogue.reasons, home)
        return seen.page, {name: figures.answer(ground, name) for name in figures.FIGURES}


@pytest.fixture(scope="module")
def answers(unread: tuple[Page, dict[str, statutory.Answer]]) -> dict[str, statutory.Answer]:
    """Every figure of the case."""
    return unread[1]


@pytest.fixture(scope="module")
def of_five(unread: tuple[Page, dict[str, statutory.Answer]]) -> Page:
    """A page on which counts below five are not printed."""
    return replace(unread[0], below=5)


def test_the_shapes_are_those_that_the_issue_names() -> None:
    assert set(SHAPES) == {"us-mn", "us-va", "us-ca", "us-nj", "us-or", "us-ma", "ccops", "general"}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=lambda shape: shape.id)
def test_every_box_of_a_shape_names_what_there_is(shape: shapes.Shape) -> None:
    """A figure in code, rules or packs of the catalogue, or a reason why no record can tell."""
    catalogue = Catalogue()
    known = set(catalogue.rules) | {rule.rpartition("/")[0] for rule in catalogue.rules}
    assert set(shape.packs) <= known
    for box in (box for section in shape.sections for box in section.boxes):
        assert not box.figure or box.figure in figures.FIGURES
        assert set(box.rules) <= known, box.asks
        assert not box.blank or box.blank.startswith(("not in the records", "for the ", "not printed")), box.asks


def test_a_box_with_two_answers_is_refused(tmp_path: Path) -> None:
    text = (Path(shapes.__file__).parent.parent / "content/reports/us-ma.toml").read_text()
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports/twice.toml").write_text(text.replace('blank = "', 'figure = "all/searches"\nblank = "', 1))
    with pytest.raises(errors.ContentMalformed, match="exactly one"):
        shapes.shapes(Catalogue(tmp_path))


@pytest.mark.parametrize("id_", SHAPES)
def test_every_line_of_every_report_is_answered_or_blank_with_a_reason(
    id_: str, documents: dict[str, Document]
) -> None:
    document, shape = documents[id_], SHAPES[id_]
    asked = [box.asks for section in shape.sections for box in section.boxes]
    assert [line.asks for chapter in document.chapters for line in chapter.lines] == asked
    html = statutory.render(document)
    for chapter in document.chapters:
        for line in chapter.lines:
            assert not isinstance(line.answer, Blank) or line.answer.reason
            assert line.asks.split("’")[0].split("'")[0] in html
    assert html.count("Not answered:") == len(document.blanks)
    assert "no part in it" in html
    assert "Cy Mockup⟨U+202E⟩" in html
    assert "to be signed" in html


def test_no_person_plate_or_case_number_stands_in_any_report(documents: dict[str, Document], tmp_path: Path) -> None:
    for document in documents.values():
        statutory.write(document, tmp_path / document.id, pdf=False)
    written = "\n".join(path.read_text() for path in tmp_path.rglob("*") if path.is_file())
    assert len(written) > 100_000
    for person in (*PEOPLE, "Ada Example", "Bo Sample"):
        assert person not in written
    assert not re.search(r"8ZZZ|26-9\d{5}|26-9\d{3}", written)
    assert "north side" not in written


def test_the_sums_prove_the_folder_and_its_numbers_are_the_page_s(
    documents: dict[str, Document], tmp_path: Path
) -> None:
    folder = tmp_path / "us-mn"
    statutory.write(documents["us-mn"], folder, pdf=False)
    for line in (folder / "SHA256SUMS").read_text().splitlines():
        assert hashlib.sha256((folder / line[66:]).read_bytes()).hexdigest() == line[:64]
    value = json.loads((folder / "us-mn.json").read_text())
    lines = {line["asks"]: line for chapter in value["chapters"] for line in chapter["lines"]}
    assert lines["Searches by the agency's own users"]["value"] == 900
    assert value["searches"] == [{"whose": "Searches by the agency’s own users", "distinct": 900, "linked": 900,
                                  "counted": 900}]  # fmt: skip
    assert value["signed"]["approver"] == ""


def _records(made: Case) -> list[dict[str, str]]:
    with next(made.root.parent.glob("*.csv")).open(newline="") as file:
        return list(csv.DictReader(file))


def _grid(answer: statutory.Answer) -> dict[str | int, str | int]:
    assert isinstance(answer, Grid)
    return {row[0]: row[1] for row in answer.rows}


def test_figures_are_what_the_released_file_says(made: Case, answers: dict[str, statutory.Answer]) -> None:
    """Counted a second time, from the file, in Python."""
    records = _records(made)
    assert answers["own/searches"] == Number(len(records), "searches")
    assert answers["all/accounts"] == Number(len({r["Name"] for r in records}), "accounts that searched")
    assert _grid(answers["own/by-month"]) == {"Sep 2025": len(records)}
    assert _grid(answers["own/reach"]) == {"2 to 100 networks": len(records)}
    blank = sum(not r["Reason"] for r in records)
    assert _grid(answers["own/reasons-stated"]) == {"stated": len(records) - blank, "blank": blank}
    assert _grid(answers["own/by-quality"])["Blank"] == blank
    days = Counter(int(r["Search Time"][3:5]) - 1 for r in records)
    early = sum(n for day, n in days.items() if day <= 7)
    assert abs(int(_grid(answers["own/look-back"])["up to 7 days"]) - early) <= days[7] + days[8]
    assert sum(int(n) for n in _grid(answers["own/look-back"]).values()) == len(records)


def test_purposes_are_those_of_the_texts_and_the_rest_is_said(made: Case, answers: dict[str, statutory.Answer]) -> None:
    records = _records(made)
    burglary = sum("burglary" in r["Reason"] or "retail theft" in r["Reason"] or "arson" in r["Reason"]
                   or "fraud" in r["Reason"] for r in records)  # fmt: skip
    found = answers["own/by-purpose"]
    assert isinstance(found, Grid)
    rows = {row[0]: [int(n) for n in row[1:]] for row in found.rows}
    assert sum(rows["Property crime, fraud, retail theft"]) == pytest.approx(burglary, abs=burglary * 0.02)
    assert f"{sum(not r['Reason'] for r in records)} of them show neither a reason nor an offence type" in found.note


def test_what_no_log_shows_is_never_a_zero(answers: dict[str, statutory.Answer]) -> None:
    for name in ("outside/searches", "outside/by-agency", "sharing/by-body", "portal/hits", *KEPT):
        found = answers[name]
        assert isinstance(found, Blank), name
        assert "not in the records" in found.reason or "no log" in found.reason


def test_without_a_home_agency_nothing_is_its_own(made: Case, tmp_path: Path) -> None:
    shutil.copytree(made.root, tmp_path / "case", ignore=shutil.ignore_patterns(".lock", ".work"))
    toml = tmp_path / "case/case.toml"
    toml.write_text(toml.read_text().replace(f'agency = "{HOME}"', 'agency = ""'))
    with duties.looked(Case(tmp_path / "case")) as seen:
        home = check.home(seen.store, seen.case.settings)
        ground = Ground(seen.store, seen.page, seen.catalogue.reasons, home)
        found = figures.answer(ground, "own/searches")
    assert isinstance(found, Blank)
    assert "no home agency" in found.reason


def test_the_steps_of_figures_are_portable(made: Case) -> None:
    with duties.looked(made) as seen:
        ground = Ground(seen.store, seen.page, seen.catalogue.reasons, check.home(seen.store, made.settings))
        for name, figure in figures.FIGURES.items():
            for step in figure.steps(ground):
                assert not store.unportable(step.sql), name


def _told(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Records whose every given field is told."""
    return [{**row, **{f"{field}_state": "value" for field in row}} for row in rows]


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Ground]:
    """A store with one record or two of each of the other views."""
    at = 20_000 * DAY
    users = [token("a"), token("b")]
    fine = {"may_search_state": "value", "last_login_at_state": "value"}
    rows: dict[str, list[dict[str, Any]]] = {
        "accounts": [
            {"account": users[0], "may_search": "yes", "last_login_at": at, **fine},
            {"account": users[1], "may_search": "no", "last_login_at": at - 91 * DAY, **fine},
            {"account": token("c"), "may_search": "no", **fine, "last_login_at_state": "empty"},
        ],
        "training": [
            {"account": users[0], "completed_at": at, "passed": "yes"},
            {"account": users[0], "completed_at": at - DAY, "passed": "yes"},
            {"account": users[1], "completed_at": at, "passed": "no"},
        ],
        "hot_lists": [{"counted_at": at, "entries": 70, "without_end": 4, "oldest_at": at - DAY, "updated_at": at}],
        "hot_list_entries": [
            {"added_at": at, "expires_at_state": "empty"},
            {"added_at": at, "expires_at_state": "value", "expires_at": at},
        ],
        "retention": [
            {"records_of": "detections", "measured_at": at, "oldest_at": at - 61 * DAY, "retention_days": 60}
        ],
        "incidents": [{"opened_at": at, "closed_at": at}, {"opened_at": at}],
        "audits": [{"performed_at": at, "population": 1000, "sampled": 50, "exceptions": 2}],
        "hit_reports": [{"from_at": at, "to_at": at, "detections": 9000, "hits": 30}],
        "declarations": [{"subject": "immigration", "declared_at": at}],
        "requests": _told(
            [
                {
                    "asked_at": at,
                    "org": name_id("Fictionburg NV PD"),
                    "wanted": "data",
                    "outcome": "granted",
                    "in_writing": "yes",
                    "process": "warrant",
                },
                {"asked_at": at, "org": name_id(HOME), "wanted": "data", "outcome": "declined"},
                {"asked_at": at, "direction": "made", "wanted": "face_search", "process": "court_order", "matches": 2},
                {"asked_at": at, "wanted": "face_search", "process": "emergency", "matches": 0},
            ]
        ),
        "disseminations": _told(
            [
                {"given_at": at, "org": name_id(HOME), "process": "none"},
                {"given_at": at, "org": name_id("Fictionburg NV PD"), "process": "warrant"},
            ]
        ),
        "alerts": _told(
            [
                {
                    "alerted_at": at,
                    "list_kind": "warrant",
                    "plate_checked": "no",
                    "stopped": "yes",
                    "outcome": "released",
                },
                {"alerted_at": at, "list_kind": "warrant", "plate_checked": "yes", "stopped": "no"},
            ]
        ),
        "duties": _told([{"duty": "use_report", "to_at": at, "due_at": at, "done_at": at - DAY}, {"duty": "hearing"}]),
    }
    placed = {
        view: [{"source": "aaaaaaaaaaaa", "part": 0, "record": n, **row} for n, row in enumerate(found, 1)]
        + [{"source": "bbbbbbbbbbbb", "part": 0, "record": 1, **found[0]}]
        for view, found in rows.items()
    }
    with store.Store(threads=1) as tables:
        fill(tables, {
            **placed, "organisations": [organisation(HOME, "ca"), organisation("Fictionburg NV PD", "nv")],
            "sources": [log("aaaaaaaaaaaa", "accounts"), log("bbbbbbbbbbbb", "accounts", "Fictionburg NV PD")],
        })  # fmt: skip
        home = check.home(tables, case(tmp_path / "case").settings)
        tables.run(*ground_steps.ground(home))
        yield Ground(tables, None, {}, home)  # type: ignore[arg-type]  # no figure of these reads the page


@pytest.mark.parametrize(
    ("figure", "rows"),
    [
        ("accounts/held", [3, 1, 1, 1]), ("training/held", [1, 1]), ("hot-lists/held", [1]),
        ("hot-lists/entries", [2, 1]),
        ("incidents/held", [1, 1]), ("declarations/held", [1]),
        ("accounts/standing", ["not stated", 0, "not stated", 0]),
        ("requests/by-body", [1, 1, 1]), ("disseminations/by-body", [1, 1]), ("disseminations/by-process", [1, 1]),
        ("face-requests/held", [1, 1]), ("face-requests/by-process", [1, 1]), ("alerts/stops", [1]),
    ],
)  # fmt: skip
def test_what_the_agency_keeps_is_counted_and_what_another_keeps_is_not(
    figure: str, rows: list[int], kept: Ground
) -> None:
    found = figures.answer(kept, figure)
    assert isinstance(found, Grid)
    assert [row[1] for row in found.rows] == rows


def test_retention_audits_and_hits_say_what_their_records_say(kept: Ground) -> None:
    retention, audits, hits = (
        figures.answer(kept, name) for name in ("retention/measured", "audits/held", "hits/held")
    )
    assert isinstance(retention, Grid)
    assert retention.rows == (("detections", "4 October 2024", "4 August 2024", 61, 60, "not stated"),)
    assert isinstance(audits, Grid)
    assert audits.rows[0][3:] == (1000, 50, 2)
    assert isinstance(hits, Grid)
    assert hits.rows[0][2:] == (1, 9000, 30)


def test_requests_alerts_and_duties_say_what_their_records_say_and_no_more(kept: Ground) -> None:
    """What no record of the list tells is not stated; it is no 0."""
    requests, alerts, duties_held, bodies = (
        figures.answer(kept, name) for name in ("requests/held", "alerts/by-list", "duties/held", "requests/by-body")
    )
    assert isinstance(requests, Grid)
    assert requests.rows[0] == ("data", 2, 1, 0, 1, 1)
    assert requests.rows[1] == ("face search", 1, "not stated", "not stated", "not stated", "not stated")
    assert isinstance(alerts, Grid)
    assert alerts.rows == (("warrant", 2, 1, "not stated", "not stated", 1),)
    assert isinstance(duties_held, Grid)
    assert duties_held.rows[0] == ("hearing", *["not stated"] * 5)
    assert duties_held.rows[1][3:] == ("4 October 2024", "3 October 2024", "not stated")
    assert isinstance(bodies, Grid)
    assert [row[0] for row in bodies.rows] == [
        "bodies of other states", "bodies of the state", "names not resolved to a state",
    ]  # fmt: skip


def test_verdicts_of_a_report_are_those_of_its_own_rules_only(documents: dict[str, Document]) -> None:
    lines = [line for chapter in documents["us-mn"].chapters for line in chapter.lines]
    found = next(line.answer for line in lines if line.asks.startswith("Documented purpose"))
    assert isinstance(found, Verdicts)
    assert {f.finding.rule for f in found.found} == {
        "us-mn/documented-purpose", "us-mn/case-number", "us-mn/outside-basis",
    }  # fmt: skip
    assert not any(f.finding.rule.startswith("custodian/") for d in documents.values() for f in d.verdicts)


def test_a_report_of_another_state_says_so_first(documents: dict[str, Document]) -> None:
    assert documents["us-mn"].limits[0].startswith("This is a report of Minnesota; the case’s home agency is of CA")
    assert documents["us-ca"].limits == SHAPES["us-ca"].limits
    assert documents["general"].limits == SHAPES["general"].limits


def test_a_sample_stands_with_seed_frame_and_bounds(documents: dict[str, Document]) -> None:
    reading = documents["us-mn"].readings[0]
    facts = dict(reading.facts)
    assert facts["Seed"] == "seed 7"
    assert len(facts["Frame, SHA-256"]) == 64
    assert facts["Size"].startswith("40 of ")
    what, seen, _all, bounds = reading.numbers[0]
    assert (what, seen) == ("Property crime, fraud, retail theft", "40 of 40")
    low, high = (int(part.replace(",", "")) for part in bounds.split(" to "))
    assert 0 < low < high <= 900
    assert "no sample is in the case" not in statutory.render(documents["us-mn"])


# --- on paper ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pdfs(documents: dict[str, Document], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every report as PDF."""
    root = tmp_path_factory.mktemp("pdf")
    return {id_: statutory.write(documents[id_], root / id_, pdf=True) for id_ in SHAPES}


@pytest.mark.parametrize("id_", SHAPES)
def test_the_pdf_is_tagged_as_pdf_ua_asks(id_: str, pdfs: dict[str, Path]) -> None:
    assert faults(pdfs[id_]) == []


@pytest.mark.parametrize("id_", SHAPES)
def test_the_pdf_is_pdf_ua_by_a_validator_that_is_not_ours(id_: str, pdfs: dict[str, Path]) -> None:
    found = validate_pdf(pdfs[id_], profile=ValidationProfile.PDF_UA_1)
    assert found.is_compliant, found.to_dict()
    assert found.rules.passed > 50


def test_the_validator_refuses_a_file_without_tags(tmp_path: Path) -> None:
    """Else its silence about the reports would be worth nothing."""
    pdf = pypdfium2.PdfDocument.new()
    pdf.new_page(612, 792)
    pdf.save(tmp_path / "a.pdf")
    assert not validate_pdf(tmp_path / "a.pdf", profile=ValidationProfile.PDF_UA_1).is_compliant


@pytest.mark.parametrize("id_", SHAPES)
def test_no_heading_stands_alone_at_the_end_of_a_page(id_: str, pdfs: dict[str, Path]) -> None:
    assert not [tag for tag in last_on_pages(pdfs[id_]) if re.fullmatch(r"H\d|Caption|TH|", tag)]


@pytest.mark.parametrize("id_", SHAPES)
def test_no_word_of_a_verdict_is_broken(id_: str, pdfs: dict[str, Path]) -> None:
    """In narrow columns words broke wherever they could."""
    pdf = pypdfium2.PdfDocument(pdfs[id_])
    lines = {line.strip() for page in pdf for line in page.get_textpage().get_text_range().splitlines()}
    pdf.close()
    assert not lines & {"Indicato", "r", "Questio", "n", "applicab", "le"}


@pytest.mark.parametrize("id_", SHAPES)
def test_no_text_leaves_the_page(id_: str, pdfs: dict[str, Path]) -> None:
    """Every letter lies within the margins of US Letter."""
    pdf = pypdfium2.PdfDocument(pdfs[id_])
    assert len(pdf) > 4
    for page in pdf:
        width, height = page.get_size()
        assert (round(width), round(height)) == (612, 792)
        text = page.get_textpage()
        for index in range(text.count_chars()):
            if not text.get_text_range(index, 1).strip():
                continue
            left, bottom, right, top = text.get_charbox(index)
            assert left >= 50
            assert right <= width - 50
            assert bottom >= 20
            assert top <= height - 50
    pdf.close()


PLAIN = '<!DOCTYPE html><html lang="en"><head><title>A title</title></head><body>{}</body></html>'
ROW = "<table><thead><tr><th scope=col>a</th><th scope=col>b</th></tr></thead><tbody><tr>{}</tr></tbody></table>"


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("<h1>t</h1><p>fine</p>", ""),
        ("<h1>t</h1><h3>u</h3>", "H3 follows H1"),
        ("<p>no heading</p>", "no headings"),
        (f"<h1>t</h1>{ROW.format('<td>1</td>')}", "table 1 has rows of [1, 2] cells"),
        ("<h1>t</h1><table><tr><td>1</td></tr></table>", "table 1 has no heading cell"),
    ],
)
def test_the_check_of_tags_finds_what_is_wrong(body: str, fault: str, tmp_path: Path) -> None:
    """Else its silence about the reports would be worth nothing."""
    (tmp_path / "a.pdf").write_bytes(printed.pdf(PLAIN.format(body)))
    assert (fault in faults(tmp_path / "a.pdf")) if fault else faults(tmp_path / "a.pdf") == []


def test_the_check_of_tags_refuses_a_file_without_any(tmp_path: Path) -> None:
    pdf = pypdfium2.PdfDocument.new()
    pdf.new_page(612, 792)
    pdf.save(tmp_path / "a.pdf")
    assert "the catalogue lacks /StructTreeRoot" in faults(tmp_path / "a.pdf")


def test_what_a_table_is_over_does_not_end_a_page(pdfs: dict[str, Path]) -> None:
    """It stands between the heading and the table, and keeps neither."""
    pdf = pypdfium2.PdfDocument(pdfs["general"])
    pages = [page.get_textpage().get_text_range().split() for page in pdf]
    pdf.close()
    assert sum("whosever" in words for words in pages) > 3
    assert not [words[-6:] for words in pages if "each." in words[-5:]]


def test_a_heading_at_the_end_of_a_page_is_seen(tmp_path: Path) -> None:
    filler = "<div style='height: 800px'><p>x</p></div><h2>alone</h2><p style='break-before: page'>next</p>"
    (tmp_path / "a.pdf").write_bytes(printed.pdf(PLAIN.format(f"<h1>t</h1>{filler}")))
    assert last_on_pages(tmp_path / "a.pdf") == ["H2", "P"]


def test_the_same_report_is_the_same_pdf(documents: dict[str, Document], pdfs: dict[str, Path]) -> None:
    again = printed.pdf(statutory.render(documents["us-va"], paper=True))
    assert again == pdfs["us-va"].read_bytes()


@pytest.mark.parametrize(
    "asking",
    ['<img alt="x" src="https://example.org/x.png">', '<img alt="x" src="file:///etc/hostname">',
     '<link rel="stylesheet" href="https://example.org/x.css">', '<style>@import "file:///etc/hostname";</style>',
     '<style>@font-face { font-family: x; src: url("https://example.org/x.woff") } p { font-family: x }</style>'],
)  # fmt: skip
def test_a_page_that_asks_for_anything_is_not_printed(asking: str) -> None:
    page = f'<!DOCTYPE html><html lang="en"><head><title>t</title></head><body><h1>t</h1>{asking}<p>x</p></body></html>'
    with pytest.raises(errors.OutputUnwritable, match="can't be printed"):
        printed.pdf(page)


@pytest.mark.parametrize(("raised", "said"), [(ImportError, "plateglass\\[print\\]"), (OSError, "Pango")])
def test_without_the_extra_the_error_says_what_to_install(
    raised: type[Exception], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    true_import = builtins.__import__

    def failing(name: str, *rest: Any) -> Any:
        if name == "weasyprint":
            raise raised("cannot load library")
        return true_import(name, *rest)

    monkeypatch.setattr(builtins, "__import__", failing)
    with pytest.raises(errors.ExtraMissing, match=said):
        printed.pdf("<p>x</p>")


# --- the command -------------------------------------------------------------------------------------------------


def test_the_command_writes_reports_and_knows_which_there_are(made: Case, tmp_path: Path) -> None:
    run = CliRunner().invoke(
        app, ["report", str(made.root), "--for", "us-ma", "--for", "us-nj", "--out", str(tmp_path / "out")]
    )
    assert run.exit_code == 0, run.output
    assert run.stdout.split() == [str(tmp_path / "out" / id_ / f"{id_}.html") for id_ in ("us-ma", "us-nj")]
    wrong = CliRunner().invoke(app, ["report", str(made.root), "--for", "us-zz"])
    assert wrong.exit_code == 2
    assert "us-mn" in wrong.stderr
    alone = CliRunner().invoke(app, ["report", str(made.root), "--pdf"])
    assert alone.exit_code == 2
    assert "--for" in alone.stderr


def _searched(tables: store.Store, folder: Path, page: Page, counts: Mapping[str, int]) -> Ground:
    """The cameras of the home agency, searched so often by each body."""
    rows = [
        search("aaaaaaaaaaaa", 1000 * at + n, 20_000 * DAY + 1000 * n, org=name_id(name))
        for at, (name, number) in enumerate(counts.items())
        for n in range(number)
    ]
    bodies = [
        organisation(n, n.split()[-2].lower(), level="federal" if n.startswith("Federal") else "local") for n in counts
    ]
    filled = {
        "sightings": rows,
        "distinct_searches": distinct(rows),
        "organisations": [organisation(HOME, "ca"), *bodies],
    }
    fill(tables, {"sources": [log("aaaaaaaaaaaa", "network_audit")], **filled})
    made = case(folder / "case")
    questions.ground(tables, made)
    return Ground(tables, page, {}, check.home(tables, made.settings))


BIG = {"Sampleton CA PD": 400, "Mockford CA PD": 120, "Fictionburg NV PD": 90, "Madeup Falls NV PD": 70}


@pytest.mark.parametrize(
    ("more", "agencies", "bodies"),
    [
        ({}, ["400", "120", "90", "70"], {"ca": "520", "other": "160"}),
        ({"Nowhere Hills NV PD": 3, "Dummyton NV PD": 9}, ["400", "120", "90", "70", "withheld", "<5"],
         {"ca": "520", "other": "172"}),
        ({"Federal Example NV PD": 3}, ["400", "120", "90", "withheld", "<5"],
         {"ca": "520", "other": "withheld", "federal": "<5"}),
        ({"Federal Example NV PD": 3, "Nowhere Hills CA PD": 9}, ["400", "120", "90", "70", "withheld", "<5"],
         {"ca": "withheld", "other": "160", "federal": "<5"}),
    ],
    ids=("all large", "hidden in one kind", "a small kind", "hidden in two kinds"),
)  # fmt: skip
def test_kinds_of_body_tell_no_more_than_agencies_do(
    tmp_path: Path, of_five: Page, more: dict[str, int], agencies: list[str], bodies: dict[str, str]
) -> None:
    """A kind's total less its agencies that are printed must not be the one that is withheld."""
    with store.Store(threads=1) as tables:
        ground = _searched(tables, tmp_path, of_five, BIG | more)
        by_agency, by_body = (figures.answer(ground, f"outside/by-{what}") for what in ("agency", "body"))
    assert isinstance(by_agency, Grid)
    assert isinstance(by_body, Grid)
    assert [str(row[1]) for row in by_agency.rows] == agencies
    called = {"other agencies of its state": "ca", "agencies of other states": "other", "federal bodies": "federal"}
    assert {called[str(row[0])]: str(row[1]) for row in by_body.rows} == bodies


def test_where_no_table_by_agency_can_be_shown_there_is_none_by_kind_of_body(tmp_path: Path, of_five: Page) -> None:
    with store.Store(threads=1) as tables:
        ground = _searched(tables, tmp_path, of_five, {"Sampleton CA PD": 3})
        for what in ("agency", "body"):
            found = figures.answer(ground, f"outside/by-{what}")
            assert isinstance(found, Blank)
            assert "without giving away a count below 5" in found.reason
