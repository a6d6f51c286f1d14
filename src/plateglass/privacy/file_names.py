"""What is shown of a released file's name: whose log it is and of when stays, what could be a vehicle or case does not.

The hash beside it in every output identifies the file; its name only helps people to find it.
"""

from __future__ import annotations

import re
from typing import Final

from plateglass.privacy.scrub import scrub

_YEAR: Final = r"20(?:1[89]|[2-9]\d)"
"""Searches are of these years: a day of an earlier one may be somebody's birth date."""
_MONTH: Final = r"(?:0?[1-9]|1[0-2])"
_DAY: Final = r"(?:0?[1-9]|[12]\d|3[01])"
_NAMED: Final = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,6}"
_MARK: Final = r"[ _.-]{1,2}"
_KEPT: Final = re.compile(
    "(?i)"
    rf"(?<!\d){_YEAR}(?:{_MARK}{_MONTH}{_MARK}{_DAY}|(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))(?:t\d{{4,6}}z?)?(?!\d)"
    rf"|(?<!\d)(?:{_MONTH}{_MARK}{_DAY}{_MARK}(?:{_YEAR}|1[89]|2\d)|(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]){_YEAR})(?!\d)"
    rf"|(?<![a-z\d]){_YEAR}[ _,.-]{{0,2}}{_NAMED}(?:[ _,.-]{{0,2}}{_DAY})?(?![a-z\d])"
    rf"|(?<![a-z\d])(?:{_DAY}[ _.-]?)?{_NAMED}[ _.-]?(?:{_DAY}[ _,.-]{{1,2}})?{_YEAR}(?!\d)"
    rf"|(?<![a-z\d])(?:q[1-4]{_MARK})?(?:[fc]y)?{_YEAR}(?:{_MARK}(?:q[1-4]|{_YEAR}|{_MONTH}))?(?![a-z\d])"
    r"|\(\d{1,2}\)|(?<![a-z\d])\d{1,2}cols?(?![a-z\d])|^\d{1,2}[ _.-](?=\D)|(?<=[a-z)\]])[ _-]\d{1,2}$"
    r"|(?<![a-z\d])(?:part|page|vol|volume|v|version|tab|copy|file|of|rev|batch)[ _.-]?\d{1,3}(?![a-z\d])"
)
"""Days, months, quarters and years, and numbers that only tell copies and parts apart."""
_LONGEST: Final = 255
"""Signs that a file's name can have; only within an archive are there longer ones, and these are cut off."""
_ENDING: Final = re.compile(r"(?:\.(?:[A-Za-z]{2,7}|7z))?(?:\.gz)?$")


def shown_name(name: str) -> str:
    """A file's name without what looks like a plate, a telephone, a case number or an address of mail."""
    return "/".join(map(_shown, name.split("/")))


def _shown(part: str) -> str:
    part = part[:_LONGEST]
    ending = _ENDING.search(part)
    stem, end = (part[: ending.start()], ending.group()) if ending else (part, "")
    made, at = [], 0
    for kept in _KEPT.finditer(stem):
        made += [_scrubbed(stem[at : kept.start()]), kept.group()]
        at = kept.end()
    return "".join([*made, _scrubbed(stem[at:]), end])


def _scrubbed(text: str) -> str:
    """As it is where nothing is taken out; marks between words are blanks to the patterns."""
    bare = text.replace("_", " ")
    left, taken = scrub(bare)
    if not taken:
        return text
    return f"{' ' * bare[:1].isspace()}{left}{' ' * bare[-1:].isspace()}"
