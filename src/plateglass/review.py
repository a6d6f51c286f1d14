"""Two people code what a sample drew, a third resolves where they differ, and what their agreement is worth.

A judgement is one line of the case's `judgements.jsonl`, added and never changed:

    {"kind": "reason", "text": <id>, "codes": ["p10"], "coder": ..., "when": ..., "codebook": <hash>, "sample": ...}

Faults are judged of a search: `{"kind": "search", "search": <id>, ...}`. What was taken back has `"codes": null`.
Coders see the text and nothing else: no agency, no user, and not what the words found or another coder said.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from plateglass.case import Case
from plateglass.catalogue import Catalogue
from plateglass.errors import CaseUnusable, Place, SampleUnusable
from plateglass.publish import words
from plateglass.sample import FAULT, Sample, every
from plateglass.statistics import Agreement

UNREADABLE: Final = "unreadable"
"""The answer where nothing can be said; it is counted, and nothing is drawn in its place."""
FINE: Final = "fine"
_FAULTS: Final = {FAULT: "Something is wrong with the search.", FINE: "Nothing is."}
_NONE: Final = {"none": "None of these codes."}
TWO: Final = 2


@dataclass(frozen=True)
class Codebook:
    """The codes of one axis, and what each means."""

    asks: str
    codes: Mapping[str, str]
    many: bool
    """Whether a text may have several."""

    @property
    def sha256(self) -> str:
        """The beginning of a hash over codes and meanings: judgements by another codebook don't count."""
        return hashlib.sha256(json.dumps([self.asks, dict(self.codes)]).encode()).hexdigest()[:12]

    def answer(self, text: str) -> tuple[str, ...]:
        """The codes of an answer as a person writes it.

        Raises:
            SampleUnusable: a code that is not in the book, none, or several where one is asked for.
        """
        given = tuple(dict.fromkeys(text.lower().replace(",", " ").replace(";", " ").split()))
        unknown = [words.clean(code) for code in given if code not in self.codes]
        alone = [code for code in given if code in (UNREADABLE, "none")]
        if unknown or not given:
            found = f"no code is called {', '.join(unknown)}" if unknown else "no code"
            raise SampleUnusable(found, expected=f"one of {', '.join(self.codes)}")
        if len(given) > 1 and (alone or not self.many):
            raise SampleUnusable(f"{len(given)} codes", expected=f"{alone[0]} alone" if alone else "one")
        return tuple(sorted(given))

    def lines(self) -> list[str]:
        """The book as it stands on the screen."""
        return [f"  {code:<11}{meaning}" for code, meaning in self.codes.items()]


def codebook(catalogue: Catalogue, asks: str) -> Codebook:
    """The codes of an axis, from the content; or whether there is a fault.

    Raises:
        SampleUnusable: no axis is called so.
    """
    if asks == FAULT:
        return Codebook(asks, {**_FAULTS, UNREADABLE: "Nothing can be said."}, many=False)
    found = {id_: f"{r.title}. {r.about}" for id_, r in sorted(catalogue.reasons.items()) if r.axis == asks}
    if not found:
        axes = sorted({reason.axis for reason in catalogue.reasons.values()})
        raise SampleUnusable(f"nothing is called {asks!r}", expected=f"one of {', '.join([*axes, FAULT])}")
    none = _NONE if asks == "sensitivity" else {}
    many = asks in ("purpose", "sensitivity")
    return Codebook(asks, {**found, **none, UNREADABLE: "Nothing can be said."}, many)


@dataclass(frozen=True)
class Resolved:
    """What a sample was coded as."""

    labels: Mapping[str, frozenset[str]]
    """Text, or search where faults are asked for, -> its codes."""
    open: int
    """Texts that have no codes yet: not read by all, or not resolved."""
    differed: int
    """Texts that the two coded differently."""
    coders: int


class Review:
    """The judgements of one sample."""

    def __init__(self, case: Case, sample: Sample, book: Codebook) -> None:
        """Read what was judged before, by this codebook."""
        self._case, self.sample, self.book = case, sample, book
        self._key = "search" if book.asks == FAULT else "text"
        found = (item.unit if book.asks == FAULT else item.text for item in sample.items)
        self.subjects = list(dict.fromkeys(subject for subject in found if subject))
        self._given: dict[str, dict[str, tuple[tuple[str, ...], bool]]] = {subject: {} for subject in self.subjects}
        self._done: dict[str, list[str]] = {}
        self.coders: list[str] = []
        """The two who code, in the order in which they began."""
        self.outdated = 0
        """Judgements by another codebook: they don't count."""
        for line in case.judgements():
            if line.get("sample") == sample.id and line.get(self._key) in self._given:
                self._read(line)

    def _read(self, line: Mapping[str, Any]) -> None:
        try:
            self._take(line)
        except (KeyError, TypeError, ValueError) as error:
            raise CaseUnusable(
                "a judgement about this sample is incomplete", expected="codes, coder, third and codebook",
                place=Place("judgements.jsonl"),
            ) from error  # fmt: skip

    def _take(self, line: Mapping[str, Any]) -> None:
        if line["codebook"] != self.book.sha256:
            self.outdated += 1
            return
        subject, coder, done = line[self._key], line["coder"], self._done.setdefault(line["coder"], [])
        if line["codes"] is None:
            self._given[subject].pop(coder, None)
            done.remove(subject)
            return
        if subject not in done:
            done.append(subject)
        self._given[subject][coder] = tuple(line["codes"]), line["third"]
        if not line["third"] and coder not in self.coders:
            self.coders.append(coder)

    def admit(self, coder: str, *, third: bool) -> None:
        """Let somebody code.

        Raises:
            SampleUnusable: two others have begun, or the third is one of the two, or they have not finished.
        """
        if not coder.strip():
            raise SampleUnusable("nobody's name", expected="the coder's")
        if third and (coder in self.coders or len(self.coders) < TWO):
            raise SampleUnusable("the third resolves what two others have coded", expected="another person, after them")
        if not third and coder not in self.coders and len(self.coders) == TWO:
            raise SampleUnusable("two people code this sample already", remedy="--third resolves where they differ")
        if not third and self._thirds(coder):
            raise SampleUnusable("who has resolved this sample as the third can't be one of the two")

    def _thirds(self, coder: str) -> bool:
        return any(given[coder][1] for given in self._given.values() if coder in given)

    def queue(self, coder: str, *, third: bool) -> list[str]:
        """What somebody has still to read, in the order of the sample."""
        wanted = [s for s in self.subjects if self._differ(s)] if third else self.subjects
        return [subject for subject in wanted if coder not in self._given[subject]]

    def done(self, coder: str) -> int:
        """How many somebody has read."""
        return len(self._done.get(coder, ()))

    def record(self, subject: str, codes: Sequence[str] | None, coder: str, *, third: bool) -> None:
        """Add one judgement to the case; None takes the last one of this subject back."""
        line = {
            "kind": "search" if self.book.asks == FAULT else "reason", self._key: subject,
            "codes": None if codes is None else list(codes), "coder": coder, "third": third,
            "when": datetime.now(UTC).isoformat(timespec="seconds"), "asks": self.book.asks,
            "codebook": self.book.sha256, "sample": self.sample.id,
        }  # fmt: skip
        self._case.append(line, self._case.judgements_file)
        self._take(line)

    def undo(self, coder: str, *, third: bool) -> str | None:
        """Take somebody's last judgement back; what it was about, or None where there is none."""
        done = self._done.get(coder)
        if not done:
            return None
        subject = done[-1]
        self.record(subject, None, coder, third=third)
        return subject

    def first_two(self, subject: str) -> list[tuple[str, ...]]:
        """What the two coded, as far as they have."""
        given = self._given[subject]
        return [given[coder][0] for coder in self.coders if coder in given]

    def _differ(self, subject: str) -> bool:
        found = self.first_two(subject)
        return len(found) == TWO and found[0] != found[1]

    def resolved(self) -> Resolved:
        """The codes of every text that has them: both agree, or the third has decided."""
        labels = {}
        for subject in self.subjects:
            found = self.first_two(subject)
            thirds = [codes for codes, third in self._given[subject].values() if third]
            if self._differ(subject):
                found = thirds[-1:]
            if found and (len(self.coders) == 1 or len(found) == TWO or thirds):
                labels[subject] = frozenset(found[0])
        differed = sum(map(self._differ, self.subjects))
        return Resolved(labels, len(self.subjects) - len(labels), differed, len(self.coders))

    def agreement(self) -> dict[str, Agreement]:
        """Code -> how the two agree on it, for every code that either gave."""
        pairs = [found for found in map(self.first_two, self.subjects) if len(found) == TWO]
        used = sorted({code for found in pairs for codes in found for code in codes})
        return {code: _table([(code in one, code in two) for one, two in pairs]) for code in used}


def _table(pairs: Sequence[tuple[bool, bool]]) -> Agreement:
    return Agreement(*(pairs.count(pair) for pair in ((True, True), (True, False), (False, True), (False, False))))


def decided(case: Case, catalogue: Catalogue) -> dict[str, frozenset[str]]:
    """The purposes of texts that two people agree on, or a third has resolved: they win over what words found.

    A text that could not be read, that one person alone has coded, or that two samples have coded differently, is
    not among them.
    """
    book = codebook(catalogue, "purpose")
    found: dict[str, set[frozenset[str]]] = {}
    for drawn in every(case):
        if drawn.design.asks == book.asks and (resolved := Review(case, drawn, book).resolved()).coders == TWO:
            for text, codes in resolved.labels.items():
                found.setdefault(text, set()).add(codes)
    agreed = {text: next(iter(ways)) for text, ways in found.items() if len(ways) == 1}
    return {text: codes for text, codes in agreed.items() if UNREADABLE not in codes}


def session(
    review: Review, texts: Mapping[str, str], ask: Callable[[str], str | None], say: Callable[[str], None],
    who: tuple[str, bool],
) -> bool:  # fmt: skip
    """Let somebody code until nothing is left or they stop; whether nothing is left. Each answer is kept at once.

    `ask` gives None where the input ends. An answer is codes, or `?` the codebook, `u` undo, `s` later, `q` stop.
    """
    coder, third = who
    review.admit(coder, third=third)
    for line in ("codes:", *review.book.lines(), "? codes, u undo, s later, q stop"):
        say(line)
    queue = review.queue(coder, third=third)
    while queue:
        subject = queue[0]
        all_ = len(queue) + review.done(coder)
        say(f"\n[{review.done(coder) + 1}/{all_}] {words.clean(texts[subject])}")
        if third:
            say("one says " + ", the other ".join(" ".join(codes) for codes in sorted(review.first_two(subject))))
        said = ask("codes> ")
        if said is None or said.strip().lower() == "q":
            return False
        queue = _answered(review, queue, said.strip(), say, who)
    return True


def _answered(
    review: Review, queue: list[str], said: str, say: Callable[[str], None], who: tuple[str, bool]
) -> list[str]:
    """What is left to read after one answer."""
    coder, third = who
    if said.lower() == "s":
        return [*queue[1:], queue[0]]
    if said.lower() == "u":
        subject = review.undo(coder, third=third)
        if subject is None:
            say("nothing to undo")
            return queue
        return [subject, *queue]
    if said == "?":
        for line in review.book.lines():
            say(line)
        return queue
    try:
        review.record(queue[0], review.book.answer(said), coder, third=third)
    except SampleUnusable as error:
        say(str(error))
        return queue
    return queue[1:]


def fill(review: Review, answers: Mapping[int, str], coder: str, *, third: bool) -> int:
    """Take the answers of a worksheet; how many judgements they became. All are checked before the first is kept.

    Raises:
        SampleUnusable: an answer is no code, or two rows with the same text have different answers.
    """
    review.admit(coder, third=third)
    by_fault = review.book.asks == FAULT
    found: dict[str, tuple[str, ...]] = {}
    for item in review.sample.items:
        subject = item.unit if by_fault else item.text or ""
        try:
            codes = review.book.answer(answers[item.item])
        except SampleUnusable as error:
            raise SampleUnusable(f"item {item.item}: {error.found}", expected=error.expected) from error
        if found.setdefault(subject, codes) != codes:
            raise SampleUnusable(
                f"item {item.item} has the same text as one before it, and another answer", expected="the same codes"
            )
    wanted = set(review.queue(coder, third=third))
    for subject, codes in found.items():
        if subject in wanted:
            review.record(subject, codes, coder, third=third)
    return len(wanted & set(found))
