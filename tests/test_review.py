"""Reviews: two people code blind, a third resolves, nothing is lost, and their agreement is what it is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from plateglass import case as cases
from plateglass import classify, pipeline, review, sample
from plateglass.case import Case
from plateglass.catalogue import Catalogue
from plateglass.classify import judged
from plateglass.errors import CaseUnusable, SampleUnusable
from plateglass.model import silent
from plateglass.review import Codebook, Review
from plateglass.statistics import Agreement
from review_world import PEOPLE, copied, keyed, make, run

ADA, BO, CY = "Ada Example", "Bo Sample", "Cy Mockup"
N = 200


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """A case with a sample of 200 reasons."""
    root = tmp_path_factory.mktemp("review")
    with keyed(root):
        case = make(root)
        assert run("sample", "draw", case.root, "--of", "reasons", "--size", N, "--seed", "3").exit_code == 0
        yield case


@pytest.fixture
def case(drawn: Case, tmp_path: Path) -> Case:
    return copied(drawn, tmp_path)


def texts(case: Case) -> list[str]:
    """The texts of the sample, in the order in which they are shown."""
    found = sample.find(case)
    with case.tables() as store:
        by_id = sample.texts(store, found)
    return [by_id[item.text or ""] for item in found.items]


def codes(text: str) -> str:
    """What a careful coder answers."""
    words = {"burglary": "p12", "robbery": "p11", "stolen": "p10", "homicide": "p11", "immigration": "p01"}
    return next((code for word, code in words.items() if word in text), "p98")


def typed(answers: Sequence[str]) -> str:
    return "".join(f"{answer}\n" for answer in answers)


def reviewed(case: Case) -> Review:
    found = sample.find(case)
    return Review(case, found, review.codebook(Catalogue(), found.design.asks))


# --- the whole way -----------------------------------------------------------------------------------------------


def test_two_hundred_reasons_by_two_coders_interrupted_resumed_and_resolved(case: Case) -> None:
    """Ada stops after 70, and the input of Bo ends after 30; both go on. They differ on every tenth text."""
    shown = texts(case)
    ada = [codes(text) for text in shown]
    bo = [("p99" if n % 10 == 0 else answer) for n, answer in enumerate(ada)]

    first = run("review", case.root, "--coder", ADA, typed=typed([*ada[:70], "q"]))
    assert "70 judged by Ada Example; the same command goes on" in first.stdout
    second = run("review", case.root, "--coder", BO, typed=typed(bo[:30]))
    assert second.exit_code == 0
    rest = run("review", case.root, "--coder", ADA, typed=typed(ada[70:]))
    assert rest.stdout.count("codes> ") == N - 70
    assert "[71/200]" in rest.stdout
    assert run("review", case.root, "--coder", BO, typed=typed(bo[30:])).exit_code == 0

    found = reviewed(case)
    differ = [n for n in range(N) if ada[n] != bo[n]]
    assert found.resolved().differed == len(differ) == 20
    assert found.resolved().open == 20
    for code in {*ada, *bo}:
        one, two = [a == code for a in ada], [b == code for b in bo]
        table = [sum(pair == both for pair in zip(one, two, strict=True)) for both in
                 ((True, True), (True, False), (False, True), (False, False))]  # fmt: skip
        assert found.agreement()[code] == Agreement(*table)

    third = run("review", case.root, "--coder", CY, "--third", typed=typed([ada[n] for n in differ]))
    assert third.stdout.count("codes> ") == 20
    by_text = dict(zip([item.text for item in sample.find(case).items], ada, strict=True))
    resolved = reviewed(case).resolved()
    assert (resolved.open, resolved.labels) == (0, {text: frozenset({code}) for text, code in by_text.items()})
    gates = run("review", case.root, "--results").stdout
    assert re.search(r"p12 +200 .* passes", gates)
    assert re.search(r"p99 +200 .* fails", gates)


def test_the_kappa_on_the_screen_is_the_one_by_hand(case: Case) -> None:
    """100 each say p12 and p11; they differ on 10 of each: raw 0.90, by chance 0.50, kappa 0.80 (0.72 to 0.88)."""
    ada = ["p12"] * 100 + ["p11"] * 100
    bo = ["p12"] * 90 + ["p11"] * 100 + ["p12"] * 10
    run("review", case.root, "--coder", ADA, typed=typed(ada))
    said = run("review", case.root, "--coder", BO, typed=typed(bo)).stdout
    assert re.search(r"p12 +200 +0\.90 +0\.80 +0\.72 to 0\.88 +0\.90 +0\.90 +0\.80 +0\.80 +passes", said)


def test_a_coder_sees_the_codebook_and_the_text_and_nothing_else(case: Case) -> None:
    said = run("review", case.root, "--coder", ADA, typed="q\n").stdout
    assert all(f"  {id_}" in said for id_, r in Catalogue().reasons.items() if r.axis == "purpose")
    assert "Exampleville" not in said
    assert "explicit" not in said.partition("[1/200]")[2]
    assert not any(person in said for person in PEOPLE)
    with_bo = run("review", case.root, "--coder", ADA, typed="p12\n").stdout
    assert "[1/200]" in with_bo
    blind = run("review", case.root, "--coder", BO, typed="q\n").stdout
    assert "one says" not in blind


def test_the_third_sees_both_answers_without_names(case: Case) -> None:
    for coder, answers in ((ADA, ["p12", "p11"]), (BO, ["p10 p11", "p11"])):
        run("review", case.root, "--coder", coder, typed=typed(answers))
    said = run("review", case.root, "--coder", CY, "--third", typed="p10\n").stdout
    assert "one says p10 p11, the other p12" in said
    assert ADA not in said.partition("codes> ")[0]
    assert frozenset({"p10"}) in reviewed(case).resolved().labels.values()


# --- answers -----------------------------------------------------------------------------------------------------


def test_undo_takes_the_last_answer_back_and_shows_its_text_again(case: Case) -> None:
    shown = texts(case)
    said = run("review", case.root, "--coder", ADA, typed=typed(["p12", "p11", "u", "u", "u", "p10", "q"])).stdout
    assert said.count(shown[0]) == 3
    assert "nothing to undo" in said
    found = reviewed(case)
    assert found.first_two(found.subjects[0]) == [("p10",)]
    assert found.first_two(found.subjects[1]) == []
    assert [line["codes"] for line in case.judgements()] == [["p12"], ["p11"], None, None, ["p10"]]


def test_later_puts_a_text_to_the_end_and_a_question_mark_shows_the_codebook(case: Case) -> None:
    shown = texts(case)
    said = run("review", case.root, "--coder", ADA, typed=typed(["s", "?", "p12", "q"])).stdout
    assert said.index(shown[0]) < said.index(shown[1])
    assert said.count("  p12 ") == 2
    found = reviewed(case)
    assert found.first_two(found.subjects[1]) == [("p12",)]
    assert found.queue(ADA, third=False)[0] == found.subjects[0]


def test_what_is_no_answer_is_said_and_asked_again(case: Case) -> None:
    said = run("review", case.root, "--coder", ADA, typed=typed(["p77", "", "p12 unreadable", "P12; p10", "q"])).stdout
    assert "no code is called p77; expected one of" in said
    assert "unreadable alone" in said
    assert said.count("[1/200]") == 4
    assert [line["codes"] for line in case.judgements()] == [["p10", "p12"]]


@pytest.mark.parametrize(
    ("asks", "good", "bad"),
    [
        ("quality", "q3", "q3 q4"),
        ("requester", "r0", "r0, r4"),
        ("sensitivity", "none", "none s1"),
        (sample.FAULT, "fine", "fine fault"),
    ],
)
def test_axes_with_one_answer_take_one(asks: str, good: str, bad: str) -> None:
    book = review.codebook(Catalogue(), asks)
    assert book.answer(good) == (good,)
    with pytest.raises(SampleUnusable):
        book.answer(bad)


def test_an_axis_that_is_not_there_is_not_asked_for(case: Case) -> None:
    result = run("sample", "draw", case.root, "--asks", "colour")
    assert "expected one of purpose, quality, requester, sensitivity, fault" in result.stderr


# --- who ---------------------------------------------------------------------------------------------------------


def test_two_code_and_only_another_one_resolves(case: Case) -> None:
    assert run("review", case.root, "--coder", CY, "--third").exit_code == 1
    for coder in (ADA, BO):
        run("review", case.root, "--coder", coder, typed="p12\n")
    assert "two people code this sample already" in run("review", case.root, "--coder", CY, typed="p12\n").stderr
    assert "another person" in run("review", case.root, "--coder", ADA, "--third").stderr
    assert run("review", case.root, typed="p12\n").exit_code == 1
    assert len(case.judgements()) == 2


def test_both_may_code_at_once(case: Case) -> None:
    """The case is not held while somebody thinks."""
    with case.held():
        found = reviewed(case)
    other = reviewed(case)
    found.record(found.subjects[0], ["p12"], ADA, third=False)
    other.record(other.subjects[0], ["p11"], BO, third=False)
    assert reviewed(case).resolved().differed == 1


# --- people's codes before words' --------------------------------------------------------------------------------


def purposes(case: Case, *, by_people: bool = True) -> tuple[dict[str, dict[str, str]], dict[str, dict[str, str]], int]:
    """Text -> purpose -> tier, text -> purpose -> what decided, and how many notes say that people decided."""
    with pipeline.prepared(case, silent, judged=by_people) as store:
        names = [row[0] for row in store.rows("SELECT column_name FROM (DESCRIBE reasons)") if row[0][0] == "p"]
        rows = store.records(
            f"SELECT CAST(id AS VARCHAR) AS text, {', '.join(names)} FROM reasons WHERE field = 'reason'"
        )
        words: dict[str, dict[str, str]] = {}
        catalogue = case.catalogue()
        classify.grounds(store, catalogue, review.decided(case, catalogue) if by_people else {})
        for text, code, said in store.rows("SELECT CAST(id AS VARCHAR), code, words FROM reason_words"):
            words.setdefault(text, {})[code] = said
        notes = store.one("SELECT count(*) FROM issues WHERE code = 'reasons-judged'")
    return {row["text"]: {c: row[c] for c in names if row[c]} for row in rows}, words, notes


def test_what_people_have_resolved_wins_and_the_report_says_so(case: Case) -> None:
    before, _, none = purposes(case)
    found = reviewed(case)
    agreed, open_, alone, resolved, blank = found.subjects[:5]
    for coder, answers in (
        (ADA, {agreed: ["p25", "p26"], open_: ["p25"], alone: ["p25"], resolved: ["p25"], blank: ["unreadable"]}),
        (BO, {agreed: ["p25", "p26"], open_: ["p26"], resolved: ["p26"], blank: ["unreadable"]}),
    ):
        for subject, given in answers.items():
            found.record(subject, given, coder, third=False)
    found.record(resolved, ["p26"], CY, third=True)
    after, words, notes = purposes(case)
    assert after == {**before, agreed: {"p25": "explicit", "p26": "explicit"}, resolved: {"p26": "explicit"}}
    assert {code: said for code, said in words[agreed].items() if code[0] == "p"} == dict.fromkeys(
        ("p25", "p26"), judged.BY
    )
    assert judged.BY not in words.get(open_, {}).values()
    assert (none, notes) == (0, 1)
    assert pipeline.check(case)[1]


def test_words_are_reviewed_as_they_are(case: Case) -> None:
    """A sample is drawn from what words found; else people's own answers would make words look right."""
    before, _, _ = purposes(case)
    found = reviewed(case)
    for coder in (ADA, BO):
        found.record(found.subjects[0], ["p25"], coder, third=False)
    assert purposes(case, by_people=False) == (before, *purposes(case, by_people=False)[1:])
    first = sample.find(case)
    run("sample", "draw", case.root, "--of", "reasons", "--size", N, "--seed", "3")
    assert sample.every(case) == [first]


def test_two_samples_that_say_different_things_decide_nothing(case: Case) -> None:
    before, _, _ = purposes(case)
    run("sample", "draw", case.root, "--of", "reasons", "--size", 300, "--seed", "4")
    drawn_twice = [{item.text for item in drawn_.items if item.text} for drawn_ in sample.every(case)]
    text = min(set.intersection(*drawn_twice))
    for drawn_, code in zip(sample.every(case), ("p25", "p26"), strict=True):
        found = Review(case, drawn_, review.codebook(Catalogue(), "purpose"))
        for coder in (ADA, BO):
            found.record(text, [code], coder, third=False)
    assert purposes(case)[0] == before


# --- what lies in the case ---------------------------------------------------------------------------------------


def test_a_judgement_says_who_when_what_and_by_which_codebook(case: Case) -> None:
    run("review", case.root, "--coder", ADA, typed="p12\n")
    (line,) = case.judgements()
    assert line["kind"] == "reason"
    assert (line["coder"], line["codes"], line["third"]) == (ADA, ["p12"], False)
    assert line["codebook"] == review.codebook(Catalogue(), "purpose").sha256
    assert line["text"] == sample.find(case).items[0].text
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", line["when"])


def test_half_a_last_line_is_no_judgement(case: Case) -> None:
    run("review", case.root, "--coder", ADA, typed="p12\np11\n")
    whole = case.judgements_file.read_bytes()
    case.judgements_file.write_bytes(whole[:-30])
    assert "[2/200]" in run("review", case.root, "--coder", ADA, typed="p10\n").stdout
    assert [line["codes"] for line in case.judgements()] == [["p12"], ["p10"]]


def test_judgements_by_another_codebook_do_not_count(case: Case) -> None:
    run("review", case.root, "--coder", ADA, typed="p12\n")
    folder = case.content / "reasons"
    folder.mkdir(parents=True)
    own = 'title = "Boats"\naxis = "purpose"\nabout = "A vessel."\nexamples = [{ text = "boat", tier = "none" }]\n'
    (folder / "p90.toml").write_text(own)
    assert "judgements by another codebook, which don't count: 1" in run("review", case.root, "--results").stdout
    assert "[1/200]" in run("review", case.root, "--coder", ADA, typed="q\n").stdout


def test_a_judgement_that_somebody_broke_is_said(case: Case) -> None:
    run("review", case.root, "--coder", ADA, typed="p12\n")
    line = json.loads(case.judgements_file.read_text())
    del line["third"]
    cases.write_whole(case.judgements_file, json.dumps(line) + "\n")
    with pytest.raises(CaseUnusable, match="incomplete"):
        reviewed(case)


def test_the_codebook_s_hash_is_of_codes_and_meanings() -> None:
    book = Codebook("purpose", {"p1": "one"}, many=True)
    assert book.sha256 == Codebook("purpose", {"p1": "one"}, many=True).sha256
    assert book.sha256 != Codebook("purpose", {"p1": "another"}, many=True).sha256
