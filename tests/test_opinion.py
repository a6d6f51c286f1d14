"""A second opinion: it ranks what people look at next, and nothing that is counted comes from it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from plateglass import opinion, pipeline, review, sample
from plateglass.case import Case
from plateglass.classify import judged
from plateglass.errors import ExtraMissing, SampleUnusable
from plateglass.model import silent
from plateglass.review import Review
from plateglass.sample import Design, Plan, Sample
from review_world import copied, keyed, make, run

pytest.importorskip("sklearn", reason="the extra [ml] is not installed")

CODE = "p24"
QUEUE = Design(Plan.QUEUE, by="opinion", code=CODE, n=30)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """A case in which one person has judged 120 reasons: all about markets and arson get the code."""
    root = tmp_path_factory.mktemp("opinion")
    with keyed(root):
        case = make(root)
        with pipeline.prepared(case, silent, judged=False) as store:
            drawn = sample.draw(store, Design(of="reasons", n=120), "1")
            texts = sample.texts(store, drawn)
        drawn.save(case)
        found = Review(case, drawn, review.codebook(case.catalogue(), "purpose"))
        for subject in found.subjects:
            codes = [CODE] if "market" in texts[subject] or "arson" in texts[subject] else ["p98"]
            found.record(subject, codes, "Ada Example", third=False)
        yield case


@pytest.fixture
def case(made: Case, tmp_path: Path) -> Iterator[Case]:
    """One's own copy."""
    with keyed(made.root.parent):
        yield copied(made, tmp_path)


def drawn(case: Case) -> tuple[Sample, dict[str, str]]:
    """A queue by opinion, and its texts."""
    with pipeline.prepared(case, silent, judged=False) as store:
        opinion.rank(store, case, case.catalogue(), CODE)
        found = sample.draw(store, QUEUE, "1")
        return found, sample.texts(store, found)


def test_what_words_and_people_would_differ_on_comes_first(case: Case) -> None:
    """Words know no markets; people coded them: so those that nobody has read yet are looked at next."""
    found, texts = drawn(case)
    read = [texts[item.text or ""] for item in found.items]
    telling = [text for text in read if "market" in text or "arson" in text or "protest" in text]
    assert len(telling) >= 0.8 * len(read)
    assert set(found.drawn) > {opinion.JUDGED}
    assert found.drawn[opinion.JUDGED] == 0


def test_it_is_the_same_each_time(case: Case) -> None:
    assert drawn(case)[0] == drawn(case)[0]


def test_the_queue_says_that_it_is_not_representative_and_no_rate_comes_from_it(case: Case) -> None:
    found, _ = drawn(case)
    assert found.label.startswith("not representative")
    found.save(case)
    result = run("estimate", case.root, "--code", CODE, "--sample", found.id)
    assert result.exit_code != 0
    assert "not representative" in result.output


def test_no_count_comes_from_it(case: Case) -> None:
    """Every table that is counted is the same with and without it, and what decided is words or people."""
    tables = ("reasons", "distinct_searches", "organisations")
    with pipeline.prepared(case, silent) as store:
        before = {table: store.rows(f"SELECT * FROM {table} ORDER BY ALL") for table in tables}
        opinion.rank(store, case, case.catalogue(), CODE)
        after = {table: store.rows(f"SELECT * FROM {table} ORDER BY ALL") for table in tables}
    assert before == after


def test_nothing_that_counts_knows_of_it() -> None:
    """Only the command that draws imports the module or names its tables."""
    source = Path(opinion.__file__).parent
    naming = {
        path.relative_to(source).as_posix()
        for path in source.rglob("*.py")
        if "opinions" in path.read_text() or "import opinion" in path.read_text()
    }
    assert naming == {"opinion.py", "sample/frame.py", "cli/reviews.py"}
    assert judged.BY == "people's judgement"


def test_the_command_ranks_and_says_what_taught_it(case: Case) -> None:
    result = run("sample", "draw", case.root, "--plan", "queue", "--by", "opinion", "--code", CODE, "--size", "10")
    assert result.exit_code == 0, result.output
    assert "taught by 120 judged texts" in result.output
    assert "not representative" in result.output


def test_too_few_judgements_teach_nothing(case: Case) -> None:
    with pipeline.prepared(case, silent, judged=False) as store, pytest.raises(SampleUnusable, match="p25 to 0 texts"):
        opinion.rank(store, case, case.catalogue(), "p25")


@pytest.mark.parametrize(
    "design", [Design(Plan.STRATIFIED, by="opinion", code=CODE), Design(Plan.QUEUE, by="code", code=CODE)]
)
def test_an_opinion_ranks_a_queue_and_nothing_else(design: Design) -> None:
    with pytest.raises(SampleUnusable, match="can't be drawn"):
        design.checked()


def test_without_scikit_learn_it_is_said_what_to_install(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn", None)
    opinion._learning.cache_clear()
    with pipeline.prepared(case, silent, judged=False) as store, pytest.raises(ExtraMissing, match=r"\[ml\]"):
        opinion.rank(store, case, case.catalogue(), CODE)
    monkeypatch.undo()
    opinion._learning.cache_clear()
