"""Folding: one spelling for texts that words are looked for in; every rewrite beyond lower case is logged."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Final

from plateglass import store
from plateglass.store import Step, Store

FIELDS: Final = ("reason", "offence")
"""The fields of free text that say why a search was made; prompts and filters say what was looked for."""

_ODD: Final = (
    r"[^\x20-\x7e\n\r\t]|\b[A-Za-z]\. ?[A-Za-z]\b|(?:^|[^A-Za-z'])[A-Za-z] [A-Za-z] [A-Za-z](?:$|[^A-Za-z'])|\s{4}"
)
_DOTTED: Final = re.compile(r"\b[a-z](?:\. ?[a-z]\b)+\.?")
_SPACED: Final = re.compile(r"(?<![a-z'])[a-z](?: [a-z]){2,}(?![a-z'])")
_LOOK_ALIKES: Final = str.maketrans("авеёіјкмнорсѕтухԁԛԝαεικνορτυχ", "abeeijkmhopcstyxdqwaeiknoptux")
"""Cyrillic and Greek small letters that look like Latin ones."""


_ROUGH: Final = rf"{_ODD}|[\n\r\t_]"
"""What a text has that lower case alone does not fold: one look for both kinds, few texts have either."""


def distinct() -> Step:
    """The distinct texts that say why, whatever number of sources hold them."""
    fields = ", ".join(store.text(field) for field in FIELDS)
    kept = f"field IN ({fields}) AND text IS NOT NULL"
    sql = f"""SELECT id, field, text, regexp_matches(text, {store.text(_ROUGH)}) AS rough
              FROM (SELECT id, field, min(text) AS text FROM texts WHERE {kept} GROUP BY id, field) AS t"""
    return Step("reason_texts", sql, "the distinct texts that say why")


def rewrites(store_: Store) -> None:
    """Table `reason_rewrites`: the texts that lower case alone does not fold, folded, and what was rewritten."""
    rows = store_.rows(f"SELECT id, field, text FROM reason_texts WHERE rough AND {_odd()}")
    columns = {"id": "UUID", "field": "VARCHAR", "folded": "VARCHAR", "rewrite": "VARCHAR"}
    store_.load("reason_rewrites", columns, [(id_, field, *folded(text)) for id_, field, text in rows])


def one_spelling() -> Step:
    """Every distinct text, folded."""
    blanks = "translate(lower(text), chr(9) || chr(10) || chr(13) || '_', '    ')"
    sql = f"""SELECT id, field, CASE WHEN rough THEN {blanks} ELSE lower(text) END AS whole
              FROM reason_texts WHERE NOT ({_odd()})
              UNION ALL SELECT id, field, folded AS whole FROM reason_rewrites"""
    return Step("reason_folded", sql, "each text in one spelling", lazy=True)


def _odd() -> str:
    return f"CASE WHEN rough THEN regexp_matches(text, {store.text(_ODD)}) ELSE false END"


def folded(text: str) -> tuple[str, str]:
    """One text folded, and the comma-joined names of the rewrites that changed it beyond lower case and blanks."""
    now = _blanks(text.lower())
    rewrites = []
    for name, rewrite in _REWRITES.items():
        before, now = now, _blanks(rewrite(now))
        if before != now:
            rewrites.append(name)
    return now, ",".join(rewrites)


def _compatible(text: str) -> str:
    """Wide, ligature and other compatibility forms as plain ones; typographic quotes and dashes as ASCII."""
    plain = unicodedata.normalize("NFKC", text).lower()
    return plain.translate(str.maketrans("‘’‚“”„‐‑‒–—―", "'''\"\"\"------"))


def _blanks(text: str) -> str:
    return re.sub(r"[\s_]+", " ", text).strip()


def _unaccented(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


_REWRITES: Final[Mapping[str, Callable[[str], str]]] = {
    "compatibility": _compatible,
    "accents": _unaccented,
    "look-alikes": lambda text: text.translate(_LOOK_ALIKES),
    "invisible": lambda text: "".join(c for c in text if unicodedata.category(c) != "Cf"),
    "acronym-dots": lambda text: _DOTTED.sub(lambda m: re.sub(r"[. ]", "", m[0]), text),
    "acronym-spaces": lambda text: _SPACED.sub(lambda m: m[0].replace(" ", ""), text),
}
