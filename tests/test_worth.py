"""What a review says of the counts reaches the answers and the page of methods; and nothing else decides that."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from plateglass import pipeline, sample
from plateglass.case import Case
from plateglass.model import silent
from plateglass.review import Review, codebook
from plateglass.sample import Design, Plan
from plateglass.worth import worth
from review_world import keyed, make


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """Sixty reasons, read by two people, who both call every parking matter a stolen vehicle."""
    root = tmp_path_factory.mktemp("worth")
    with keyed(root):
        case = make(root)
        with pipeline.prepared(case, silent, judged=False) as store:
            drawn = sample.draw(store, Design(Plan.SIMPLE, of="reasons", n=60), "7")
            texts = sample.texts(store, drawn)
        drawn.save(case)
        for coder in ("one", "two"):
            review = Review(case, drawn, codebook(case.catalogue(), "purpose"))
            for text in review.queue(coder, third=False):
                said = texts[text]
                stolen = "stolen vehicle" in said or "parking" in said
                review.record(text, ["p10"] if stolen else ["p98"], coder, third=False)
        yield case


def test_precision_and_recall_are_those_of_what_people_said(reviewed: Case) -> None:
    found = {one.code: one for one in worth(reviewed)}
    p10 = found["p10"]
    assert (p10.coders, p10.n) == (2, 60)
    assert p10.precision is not None
    assert p10.precision[0] == 1.0, "every stolen vehicle that the words found is one"
    assert p10.precision[1] < 1.0, "and that is not certain"
    assert p10.recall is not None
    assert 0 < p10.recall[0] < 1.0, "the words call no parking matter a stolen vehicle"
    assert p10.kappa is not None
    assert p10.kappa[0] == 1.0


def test_the_page_of_methods_and_question_five_print_it(reviewed: Case, tmp_path: Path) -> None:
    report = pipeline.report(reviewed, tmp_path / "report")
    page = (report.parent / "methods.html").read_text(encoding="utf-8")
    assert "Not measured." not in page
    assert '<th scope="row">P10 Stolen' in page
    (book,) = pipeline.asked(reviewed, ("q05",))
    (answer,) = book.answers
    rows = next(table for table in answer.tables if table.title.startswith("What a review says")).lines
    assert any(line.label.startswith("P10") and "100.0 %" in line.cells[2] for line in rows)


def test_a_sample_that_is_not_read_to_the_end_or_not_representative_says_nothing(tmp_path: Path) -> None:
    with keyed(tmp_path):
        case = make(tmp_path)
        with pipeline.prepared(case, silent, judged=False) as store:
            sample.draw(store, Design(Plan.SIMPLE, of="reasons", n=10), "7").save(case)
            sample.draw(store, Design(Plan.QUEUE, of="reasons", code="p10", n=10), "7").save(case)
        assert worth(case) == []
