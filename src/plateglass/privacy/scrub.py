"""Plates, VINs, phone and social security numbers, birth dates, e-mail addresses and case numbers out of free text.

`scrub` reads a text twice over. First for things that are known by their marks: addresses, dates, telephone numbers,
and section numbers of a law, which must stay readable. What is left is cut into runs of letters and digits, and any
one to eight neighbours that together look like a plate are taken for one, whatever stands between them, unless they
are words that police write. It would rather take out too much: who wants to know why a search was made needs
words and section numbers, and those are kept by name.

The patterns take time linear in the text: no back-reference, and no look-around but at the one sign that follows.
"""

# ruff: noqa: PLR2004 (how long plates, sections and dates are is what this file is about)

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from itertools import pairwise
from typing import Final

from plateglass.privacy.sections import CODES, ILCS, SECTIONS
from plateglass.privacy.words import ATTRIBUTES, SHORT_WORDS

SUSPECT: Final = r"[0-9@]|[^\x00-\x7f]|(?i:\bat\b|\(at\)|(?:plate|lic|license|licence|tag|lp)\s*[:#=])"
"""RE2: a text without this holds nothing that could be scrubbed."""

CUE: Final = r"(?i)\b(?:at|ssn?|social|d\s?o\s?b|born|birth\w*|b\s?day|plates?|lic|licen[cs]e|tags?|lp|reg)\b"
"""RE2: words after which something is scrubbed that would stay anywhere else."""


def _one_of(words: Collection[str]) -> str:
    """A pattern of any of some words, the longest that fits: beginnings that words share are looked at once."""
    tails: dict[str, set[str]] = {}
    for word in words:
        if word:
            tails.setdefault(word[0], set()).add(word[1:])
    if not tails:
        return ""
    every = "|".join(re.escape(first) + _one_of(rest) for first, rest in sorted(tails.items()))
    return f"(?:{every})?" if "" in words else f"(?:{every})"


_SHORT: Final = re.sub(
    "[a-z]",
    lambda letter: f"[{letter[0].upper()}{letter[0]}]",  # a caseless pattern would let letters of other scripts in
    _one_of([word for word in SHORT_WORDS if 1 < len(word) < 5 and word.isascii() and word.isalpha()]),
)
_GAP: Final = r"[ ,'\"()\n-]"
PLAIN: Final = (
    rf"(?:(?:[A-Za-z]*{_GAP})*?(?:[A-Za-z]{{5,}}|{_SHORT}){_GAP}{{1,3}}|{_GAP}*)\d{{1,4}}"
    rf"(?:{_GAP}{{1,3}}(?:(?:[A-Za-z]{{5,}}|{_SHORT})(?:{_GAP}+[A-Za-z]+)*{_GAP}*)?)?"
)
"""RE2: a whole text of words with one number of up to four digits, between words that are too long to be a part of a
plate, or known; without a `CUE`, nothing in it is scrubbed."""

MARKS: Final = ("plate", "vin", "phone", "ssn", "birth_date", "email", "case")
"""The kinds that are taken out; each leaves its name in brackets, a case number its shape as well."""

# --- words that stand beside numbers ------------------------------------------------------------------------------

_CODE: Final = (
    r"(?=[a-z])(?:p\.?\s?c\.?|v\.?\s?c\.?|cvc|cpc|c\.?v\.?c\.?|h\.?\s?&?\s?s\.?|b\.?\s?&?\s?p\.?|w\.?\s?&?\s?i\.?|f\.?\s?s\.?s?\.?|"
    r"p\.?l\.?|vtl|rcw|ors|nrs|ars|crs|mcl|ilcs|ocga|tca|krs|rsmo|ksa|gs|cgs|orc|ucc|ucr|penal code|vehicle code|"
    r"health (?:and|&) safety(?: code)?|(?:civil|government|gov\.?) code|sections?|sec\.?|statutes?)"
)
_SECTION: Final = r"\d{1,5}(?:\.\d{1,4}){0,2}(?:\s?\([a-z0-9]{1,4}\))*[a-h]?"
_MARKED: Final = _one_of([section for section in SECTIONS if not section.isalnum()])
_ILLINOIS: Final = _one_of(ILCS)
_MONTH: Final = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]{0,6}\.?"
_BORN: Final = r"(?:d\.?\s?o\.?\s?b\.?|born|birth\s?(?:date|day)?|b\.?\s?day|date of birth)\W{0,6}(?:on|is|of)?\W{0,3}"
_DATE: Final = (
    r"(?:\d{1,2}[ ]?[-/.\s][ ]?\d{1,2}[ ]?[-/.\s][ ]?(?:19|20)\d\d"
    r"|(?:19|20)\d\d[-/.\s]\d{1,2}[-/.\s]\d{1,2}"
    r"|\d{1,2}[-/.]\d{1,2}[-/.]\d\d"
    rf"|{_MONTH}\s?\d{{1,2}}(?:st|nd|rd|th)?,?\s+(?:(?:19|20)\d\d|\d\d)"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?[\s-]{_MONTH}[\s,-]+(?:19|20)?\d\d)"
)
_SPANS: Final = re.compile(
    "(?i)"
    r"(?P<done>\[(?:plate|vin|phone|ssn|birth date|email|case [9a](?:[./ -]?[9a]){0,39})\])"
    r"|(?P<email>[\w.+%-]+\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\s?(?:\.|\(dot\)|\[dot\]|\sdot\s)\s?[a-z0-9-]{2,})+"
    r"|[\w.+%-]+\sat\s[\w-]+(?:\s?(?:\(dot\)|\[dot\]|\sdot\s)\s?[a-z0-9-]{2,})+)"
    rf"|(?P<born>{_BORN}(?:{_DATE}|\d{{6}}\b|\d{{8}}\b))"
    r"|(?!\B\w)(?:"  # nothing that follows begins within a word
    r"(?P<cued>\b(?:plates?|lic|license|licence|tags?|lp|reg)(?:\s?(?:no|num|number|plate))?\.?\s?[:#=]"
    r"\s?[a-z0-9][a-z0-9 -]{0,8}[a-z0-9]\b)"
    r"|(?P<social>\b(?:ssn?|social)(?:\s?(?:no|num|number|#))?\W{0,4}(?:\d[ .-]?){3,8}\d\b)"
    rf"|(?P<law>\b{_ILLINOIS}\s?ilcs\b|\bilcs\s?{_ILLINOIS}\b"
    r"|\b\d{1,2}\s?u\.?s\.?c\.?\s?(?:§+|sec\.?)?\s?\d{1,5}[a-z]?(?:\([a-z0-9]{1,4}\))*"
    r"|\b\d{1,2}\s?c\.?f\.?r\.?\s?(?:§+|part)?\s?\d{1,4}(?:\.\d{1,4})?|\b\d{1,3}\s?ilcs\s?\d{1,4}(?:/[\d-]{1,6})?"
    rf"|§+\s?{_SECTION}|\b{_SECTION}\s?{_CODE}\b|\b{_CODE}\s?[-#:]?\s?(?:{_MARKED}|{_SECTION})\b"
    r"|\b\d{1,5}(?:\.\d{1,4})?\s?\([a-z0-9]{1,2}\)(?:\s?\([a-z0-9]{1,2}\))*|\b(?:tit(?:le)?|chapter|ch\.)\s?\d{1,3}\b|\$\s?[\d,.]+)"
    r"|(?P<ssn>\b\d{3}(?:\s?[-.–\s]\s?)\d{2}(?:\s?[-.–\s]\s?)\d{4}\b|\b\d{9}\b)"
    r"|(?P<phone>(?:\+\s?)?(?:\b1[\s.-]{0,2})?(?:\(\s?\d{3}\s?\)|\b\d{3})[\s./-]{0,3}\d{3}[\s.-]{0,3}\d{4}\b"
    r"|\b\d{3}[\s.-]\d{4}\b)"
    rf"|(?P<date>\b{_DATE}\b)"
    r"|(?P<uuid>\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b)"
    rf"|(?P<section>\b{_MARKED}\b))"
)
_NAMED: Final = re.compile(rf"(?i){_MARKED}\b")
_TOKEN: Final = re.compile(r"[A-Za-z0-9]+")
_NEAR: Final = re.compile(r"[^\n,;]{1,3}|[,;]")
"""What may stand between the parts of one plate; a comma and a blank end it."""
_UNITS: Final = (
    "st|nd|rd|th|ft|in|yd|mi|km|lb|lbs|oz|gm|gms|kg|mg|mm|cal|ga|dr|door|am|pm|hr|hrs|hour|hours|min|mins|"
    "sec|secs|day|days|wk|wks|week|weeks|mo|mos|month|months|yr|yrs|year|years|yo|yoa|yof|yom|pd|ppl|man|men|way|"
    "ton|mph|pct|plus"
)
_LETTERED: Final = "[a-hkmpswxy]"
"""After one or two digits: 2x, 20m, 35f, 5k; after three, a subdivision of a section."""
_HARMLESS: Final = re.compile(
    rf"(?i)\d{{1,2}}(?:st|nd|rd|th|x\d|wd|dr|yof|yom|yoa|yo)|\d{{1,4}}(?:{_UNITS})|\d{{1,2}}{_LETTERED}|(?:19|20)\d\ds|287g|"
    rf"\d{{3}}(?:a|b|c|d|e|f|g|h)|(?:code|unit|dist|precinct|zone|beat|area|room|apt|exit|post|troop)\d{{1,3}}|"
    r"k9|ms13|covid19|f[1-5]50|e[1-4]50|c[1-3]500|rav4|gps|4runner|ar15|ak47|glock\d{2}|p0\d|i\d{1,2}|"
    r"[a-z]{2,}911|p\d|q\d{1,2}|x\d|h1b|c4|m16|a1|ps\d|mp[345]|3d|4g|5g|911s?|411|\d{3,4}hrs"
)
_SAID: Final = "jo|sus|susp|veh|phys|cir|reg|rr|thr|ip"
_LETTERED_SECTION: Final = re.compile(rf"(?i)(\d{{3,4}})(?:[a-z]\d?|{_SAID})|(\d{{5}})(?:[a-z]|[a-d]\d|{_SAID})")
"""A section with its subdivision, or with what officers write behind it: just occurred, suspect, vehicle."""
_NEVER_A_PART: Final = frozenset({"911"})
_BORN_BEFORE: Final = 2018
"""A date in a text that has an earlier year is taken for a birth date: there are no searches from before it."""


def scrub(text: str) -> tuple[str, tuple[str, ...]]:
    """The text without what could point at a vehicle or a person, and the kinds that were taken out, sorted."""
    folded = fold(text).strip()
    if not re.search(SUSPECT, folded):
        return folded, ()
    kinds: set[str] = set()
    made = []
    for span, plain in _spans(folded):
        kind, left = _judged(span) if span is not None else ("", "")
        if span is None:
            left = _plain(plain, kinds)
        elif kind:
            kinds.add(kind)
        made.append(left)
    return "".join(made), tuple(sorted(kinds))


def fold(text: str) -> str:
    """The text in its plain form: compatibility forms and digits of any script as ASCII, nothing invisible."""
    if text.isascii():
        return text
    plain = "".join(
        c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) not in ("Cf", "Cc") or c in "\t\n\r"
    )
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in plain).translate(_ALIKE)


_ALIKE: Final = str.maketrans("АВЕКМНОРСТУХАВЕΖΗΙΚΜΝΟΡΤΥΧ", "ABEKMHOPCTYXABEZHIKMNOPTYX")
"""Cyrillic and Greek capitals that look like the letters of a plate."""


def _spans(text: str) -> Iterator[tuple[re.Match[str] | None, str]]:
    """The text in pieces: matches of known marks, and the plain text between them."""
    start = 0
    for match in _SPANS.finditer(text):
        if _mistaken(match):
            continue
        if match.start() > start:
            yield None, text[start : match.start()]
        yield match, ""
        start = match.end()
    if start < len(text):
        yield None, text[start:]


def _mistaken(match: re.Match[str]) -> bool:
    """Whether a match is, looked at closely, something else: a plate like a section, two codes like a number."""
    found = match.group()
    if match.lastgroup == "law" and "§" not in found and "(" not in found and "." not in found:
        digits = re.findall(r"\d+", found)
        if len(digits) == 1 and not re.search(r"(?i)u\.?s\.?c|\$|title|chapter|section", found):
            return len(digits[0]) > 3 and digits[0] not in SECTIONS
    if match.lastgroup == "section":
        before, after = match.string[: match.start()], match.string[match.end() :]
        return bool(re.search(r"[-./:#$]\s?$|\d\s$", before) or re.match(r"\s?[-./:]?\s?\d", after))
    if match.lastgroup == "phone" and re.fullmatch(r"\d{3}\s\d{4}", found):
        return found[:3] in CODES
    if match.lastgroup == "cued":
        return not re.search(r"\d", found) and found.split()[-1].lower() in SHORT_WORDS
    return False


def _judged(match: re.Match[str]) -> tuple[str, str]:
    """The kind of a match (empty where it stays) and what is left of it."""
    found, group = match.group(), match.lastgroup or ""
    if group in ("done", "law", "section"):
        return "", found
    if group == "date":
        section = _NAMED.match(match.string, match.start())
        born = _born(found) and (section is None or section.end() < match.end())
        return ("birth_date", "[birth date]") if born else ("", found)
    if group == "phone" and re.fullmatch(r"(?:19|20)\d{8}", found):
        return "case", _shape(found)
    if group == "uuid":
        return "case", _shape(found)
    if group == "cued":
        cue = re.split(r"[:#=]", found)[0]
        return "plate", f"{cue}: [plate]"
    kind = {"born": "birth_date", "social": "ssn"}.get(group, group)
    return kind, f"[{kind.replace('_', ' ')}]"


def _born(date: str) -> bool:
    """Whether a date is from before there were searches."""
    years = re.findall(r"(?:19|20)\d\d", date)
    if years:
        return int(years[-1]) < _BORN_BEFORE
    short = int(re.findall(r"\d\d?", date)[-1])
    return not _BORN_BEFORE - 2000 <= short <= 26


def _shape(number: str) -> str:
    """A case number as its shape: 9 for a digit, A for a letter."""
    shape = re.sub(r"[^\W\d_]", "A", re.sub(r"\d", "9", number))
    marks = re.sub(r"[^9A]+", lambda found: found[0].strip()[:1] or " ", shape[:40]).strip()
    return f"[case {re.sub(r'[^9A./ -]', '-', marks).strip(' ./-')}]"


# --- runs of letters and digits -----------------------------------------------------------------------------------


def _plain(text: str, kinds: set[str]) -> str:
    """Plain text with plates, VINs and case numbers taken out, token by token."""
    tokens = list(_TOKEN.finditer(text))
    made, at, i = [], 0, 0
    while i < len(tokens):
        kind, left, n = _taken(tokens, i, text)
        if kind:
            kinds.add(kind)
            made += [text[at : tokens[i].start()], left]
            at = tokens[i + n - 1].end()
        i += n
    return "".join([*made, text[at:]])


def _taken(tokens: list[re.Match[str]], i: int, text: str) -> tuple[str, str, int]:
    """What begins at a token: its kind, what is left of it, and how many tokens it is.

    A VIN or plate in several tokens is seen before a longer case number, which could end within the next plate.
    """
    reach = _reach(tokens, i, text)
    if reach == 1:  # most tokens stand alone
        return (*_solid(tokens[i].group()), 1)
    found = [(*_run(tokens[i : i + n], text), n) for n in range(reach, 0, -1)]
    ranked = sorted(enumerate(found), key=lambda each: (_RANKS.get(each[1][0], 2) if each[1][2] > 1 else 2, each[0]))
    return next((each for _, each in ranked if each[0]), ("", "", 1))


_RANKS: Final = {"vin": 0, "plate": 1}


def _reach(tokens: list[re.Match[str]], i: int, text: str) -> int:
    """How many tokens from this one on could belong together: near each other, and each able to be a part."""
    first = tokens[i].group()
    if not _part(first) or (len(first) >= 7 and _solid(first)[0] == "plate"):
        return 1
    n, length = 1, len(tokens[i].group())
    while i + n < len(tokens):
        between = text[tokens[i + n - 1].end() : tokens[i + n].start()]
        length += len(tokens[i + n].group())
        single = len(tokens[i + n].group()) == 1
        if length > 20 or not _NEAR.fullmatch(between) or not (single or _part(tokens[i + n].group())):
            break
        n += 1
    return n


def _part(token: str) -> bool:
    """Whether a token could be a part of a plate or number: not a word, not a measure."""
    if token.isalpha():
        return len(token) == 1 or (len(token) <= 4 and token.lower() not in SHORT_WORDS)
    if token.isdigit():
        return token not in _NEVER_A_PART
    return len(token) <= 17 and not _HARMLESS.fullmatch(token) and not _section(token)


def _section(token: str) -> bool:
    """Whether a run is a section of a law with a letter or a word of a report behind it, such as 459v or 503jo."""
    found = _LETTERED_SECTION.fullmatch(token)
    return token.lower() in SECTIONS or (found is not None and (found[1] or found[2]) in SECTIONS)


def _said_of(section: str, word: str) -> bool:
    """Whether a word behind a section is said of it: no series of plates has three digits and then four letters."""
    return section in SECTIONS and len(section) > 2 and word.isalpha() and (len(word) > 3 or _section(section + word))


def _run(tokens: list[re.Match[str]], text: str) -> tuple[str, str]:
    """The kind of a run of neighbouring tokens, and what is left of it; an empty kind where it stays."""
    parts = [token.group() for token in tokens]
    if len(parts) == 1:
        return _solid(parts[0])
    joined = "".join(parts)
    if joined.isalpha() or (not _part(parts[-1]) and len(parts[-1]) > 1):
        return "", ""
    whole = text[tokens[0].start() : tokens[-1].end()]
    separators = {text[a.end() : b.start()].strip() for a, b in pairwise(tokens)}
    if joined.isdigit():
        return _digits_apart(parts, separators, whole)
    if len(parts) == 2 and (_said_of(*parts) or (separators == {""} and parts[0] in ("a", "i"))):
        return "", ""
    if 5 <= len(joined) <= 8:
        return "plate", "[plate]"
    if len(joined) == 17 and min(map(len, parts)) > 2 and sum(c.isdigit() for c in joined) >= 5:
        return "vin", "[vin]"
    marked = all(separators) and sum(c.isdigit() for c in joined) >= 4
    return ("case", _shape(whole)) if marked and len(joined) <= 20 else ("", "")


def _digits_apart(parts: list[str], separators: set[str], whole: str) -> tuple[str, str]:
    """Digits in groups: a case number, unless they are sections, radio codes or times."""
    length = sum(map(len, parts))
    if all(p in SECTIONS for p in parts) or (length < 5 and not _letters_apart(parts)):
        return "", ""
    joined_by_mark = all(separators)
    groups = [len(p) for p in parts]
    apart = groups == [3, 3] or any(g >= 5 for g in groups) or _letters_apart(parts) or groups == [4, 4]
    if (joined_by_mark and not _radio(parts)) or (separators == {""} and apart):
        return "case", _shape(whole)
    return "", ""


def _radio(parts: list[str]) -> bool:
    """A radio code with a section or time beside it: short groups, no longer than five digits in all."""
    return sum(map(len, parts)) <= 5 and (len(parts) > 2 or parts[0] in ("10", "11", "12"))


def _letters_apart(parts: list[str]) -> bool:
    return len(parts) >= 5 and all(len(p) == 1 for p in parts)


def _solid(token: str) -> tuple[str, str]:
    """The kind of one run of letters and digits without a gap."""
    if token.isalpha():
        return "", ""
    if token.isdigit():
        return _digits(token)
    if _HARMLESS.fullmatch(token) or len(token) <= 3 or _section(token):
        return "", ""
    return ("plate", "[plate]") if len(token) <= 8 else _glued(token)


def _digits(token: str) -> tuple[str, str]:
    if len(token) <= 4 or token in SECTIONS:
        return "", ""
    if len(token) == 8:
        for year, month, day in ((token[4:], token[:2], token[2:4]), (token[:4], token[4:6], token[6:])):
            if 1900 <= int(year) < _BORN_BEFORE and 1 <= int(month) <= 12 and 1 <= int(day) <= 31:
                return "birth_date", "[birth date]"
    return "case", _shape(token)


def _glued(token: str) -> tuple[str, str]:
    """A long run: a plate with words glued to it, or else a number's shape."""
    core, before, after = token, "", ""
    changed = True
    while changed:
        changed = False
        for word in ATTRIBUTES:
            if core.lower().startswith(word) and len(core) > len(word):
                before, core, changed = before + core[: len(word)] + " ", core[len(word) :], True
            elif core.lower().endswith(word) and len(core) > len(word):
                after, core, changed = " " + core[-len(word) :] + after, core[: -len(word)], True
    if core == token:
        return ("vin", "[vin]") if len(token) == 17 else ("case", _shape(token))
    kind = "vin" if len(core) == 17 else "plate"
    if len(core) > 8 and kind == "plate":
        return "case", before + _shape(core) + after
    return kind, f"{before}[{kind}]{after}"
