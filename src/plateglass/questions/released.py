"""Reasons as written: the only place where a record's text may reach an output, and the rule by which it does.

A text is released by itself where it was seen at five agencies or more and ten times or more, nothing was scrubbed out
of it, nothing in it looks like a person's data, and every word of it is one that our content or the list of police
words knows: a name is none of those. Everything else is released by a person's judgement only, and never if a person
has said so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from plateglass.catalogue import Catalogue, Reason
from plateglass.privacy.words import SHORT_WORDS
from plateglass.store import Store

AGENCIES: Final = 5
"""At so many agencies a text must have been seen."""
TIMES: Final = 10
"""So often a text must have been seen."""
KIND: Final = "release"
"""The kind of judgement that releases a text, or holds it back."""
_WILD: Final = re.compile(r"\[\^|\[[^\]]*[a-z]-[a-z][^\]]*\]|\\w|\.[*+{]|\[[^\]]*0-9[^\]]*\][+*{]")
"""What in a pattern may match any word: such patterns make no word known."""
_PIECE: Final = re.compile(r"[a-z][a-z'’.&]*|[0-9][0-9.()a-z-]*")


@dataclass(frozen=True)
class Seen:
    """One text, however it is capitalised."""

    ids: tuple[str, ...]
    text: str
    agencies: int
    times: int
    why: str
    """Why it may not be printed; empty where it may."""
    judged: bool = False
    """Whether a person has decided."""


def seen(store: Store, catalogue: Catalogue, judgements: Iterable[Mapping[str, Any]], *, least: int = 1) -> list[Seen]:
    """Every text that was seen so often, the commonest first, with the reason that keeps it back: for local eyes."""
    decided = {line["text"]: bool(line["release"]) for line in judgements if line.get("kind") == KIND}
    known = Known(catalogue.reasons)
    found = []
    for ids, text, agencies, times, doubtful in store.rows(_SEEN, {"least": least}):
        ways = {decided[id_] for id_ in ids.split(",") if id_ in decided}
        why = _why(text, int(agencies), int(times), known, doubtful=bool(doubtful))
        if ways:
            why = "a person has held it back" if False in ways else ""
        found.append(Seen(tuple(ids.split(",")), text, int(agencies), int(times), why, bool(ways)))
    return found


_SEEN: Final = """
    SELECT string_agg(DISTINCT CAST(t.id AS VARCHAR), ','), lower(trim(t.text)) AS said, count(DISTINCT a.agency_no),
      sum(a.n), max(CASE WHEN coalesce(t.scrubs, '') <> '' OR contains(t.text, '[') THEN 1 ELSE 0 END)
    FROM (SELECT text_no, agency_no, count(*) AS n FROM asked WHERE text_no IS NOT NULL
          GROUP BY text_no, agency_no) AS a
    JOIN asked_text_numbers AS i ON i.text_no = a.text_no
    JOIN (SELECT id, min(text) AS text, max(scrubs) AS scrubs FROM texts WHERE field = 'reason' GROUP BY id) AS t
      ON t.id = i.id
    GROUP BY lower(trim(t.text)) HAVING sum(a.n) >= $least
    ORDER BY sum(a.n) DESC, lower(trim(t.text))"""


def _why(text: str, agencies: int, times: int, known: Known, *, doubtful: bool) -> str:
    if times < TIMES or agencies < AGENCIES:
        return f"seen at fewer than {AGENCIES} agencies or fewer than {TIMES} times"
    if doubtful:
        return "something was scrubbed out of it"
    return "" if known.all_of(text) else "a word of it is not known"


class Known:
    """The words that are known: those of our patterns and offence lists, of sections of law, of police shorthand."""

    def __init__(self, reasons: Mapping[str, Reason]) -> None:
        """Gather the patterns of every code but those that look for personal data."""
        patterns = {p for id_, reason in reasons.items() if id_ != "s7" for p in _patterns(reason)}
        self._words = re.compile("|".join(rf"(?:{p})" for p in sorted(patterns, key=lambda p: (-len(p), p))) or "(?!)")
        self._sections = {n.lower() for reason in reasons.values() for s in reason.statutes for n in s.numbers}

    def all_of(self, text: str) -> bool:
        """Whether every word of a text is known."""
        rest = re.sub(rf"(?<![a-z0-9])(?:{self._words.pattern})(?![a-z0-9])", " ", text)
        return all(self._known(piece) for piece in _PIECE.findall(rest)) and text.isascii()

    def _known(self, piece: str) -> bool:
        plain = piece.strip(".'’()-").replace(".", "") if not piece[0].isdigit() else piece
        return plain in SHORT_WORDS or plain in self._sections or plain in {"", "s"}


def _patterns(reason: Reason) -> Iterable[str]:
    phrases = [p for phrase in reason.phrases for p in (*phrase.any, *phrase.all)]
    offences = [re.escape(offence.lower()) for offence in reason.offences]
    return [p for p in phrases if not _WILD.search(p)] + offences


def summary(found: Sequence[Seen]) -> tuple[list[Seen], int, int]:
    """What may be printed; how many other texts there are, and of how many searches."""
    kept = [one for one in found if one.why]
    return [one for one in found if not one.why], len(kept), sum(one.times for one in kept)


def held_back(found: Sequence[Seen], *, least: int) -> list[Seen]:
    """The texts that a person may want to decide on: seen so often, not printed, and not decided yet."""
    return [one for one in found if one.why and not one.judged and one.times >= least]


def session(
    texts: Sequence[Seen], ask: Callable[[str], str | None], say: Callable[[str], None], keep: Keep
) -> tuple[int, int]:
    """Let a person decide text by text; how many were released and held back. Each answer is kept at once.

    `ask` gives None where the input ends. An answer is `y` release, `n` hold back for good, `s` later, `q` stop.
    """
    counts = {True: 0, False: 0}
    for number, one in enumerate(texts, 1):
        say(f"\n[{number}/{len(texts)}] {one.text}")
        say(f"   {one.times:,} searches, {one.agencies:,} agencies; not printed: {one.why}")
        said = _answer(ask)
        if said == "q":
            break
        if said in _DECIDES:
            keep(one, _DECIDES[said])
            counts[_DECIDES[said]] += 1
    return counts[True], counts[False]


Keep = Callable[[Seen, bool], None]
"""What keeps a decision on a text."""
_DECIDES: Final[Mapping[str, bool]] = {"y": True, "n": False}


def _answer(ask: Callable[[str], str | None]) -> str:
    """One of the four answers; whatever else is typed is asked for again."""
    while True:
        said = ask("print it? y, n, s later, q stop> ")
        if said is None:
            return "q"
        if said.strip().lower() in ("y", "n", "s", "q"):
            return said.strip().lower()


def judgements(one: Seen, by: str, *, release: bool) -> list[dict[str, Any]]:
    """The lines that a decision becomes in `judgements.jsonl`: one for each way in which the text is capitalised."""
    when = datetime.now(UTC).isoformat(timespec="seconds")
    return [{"kind": KIND, "text": id_, "release": release, "coder": by, "when": when} for id_ in one.ids]
