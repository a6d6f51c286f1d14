"""What can be drawn, as a table, and the draw itself: SQL over the case's distinct searches and reasons."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from plateglass import store
from plateglass.errors import SampleUnusable
from plateglass.store import Step, Store

FLAGGED: Final = ("explicit", "probable")
"""The tiers with which a code counts as found."""
_AXES: Final = ("p", "s")
"""The codes that a text has any number of, each with a tier of its own."""
_LIFT, _GRAMS, _LONG = 10, 3, 200
"""How much more often flagged texts have a piece of three letters; how many of them a near miss has; letters read."""


@dataclass(frozen=True)
class Frame:
    """All that could have been drawn."""

    size: int
    strata: Mapping[str, int]
    """How many of each stratum."""
    users: int
    flagged: Mapping[str, Mapping[str, int]]
    """Code -> stratum -> how many the words found, as explicit or probable, when the sample was drawn."""
    left_out: Mapping[str, int]
    """Why units can't be drawn -> how many."""
    sha256: str = ""
    """Over every unit with its stratum: the same frame, the same hash."""


@dataclass(frozen=True)
class Drawn:
    """One unit of a sample."""

    item: int
    """Its number on the worksheet, from 1."""
    unit: str
    text: str | None
    stratum: str
    user: str | None
    of_user: int
    """How many searches of its user there are to draw from; 0 where no users were drawn."""
    source: str
    part: int
    record: int
    flagged: tuple[str, ...]
    """The codes that the words found, as explicit or probable."""

    def __post_init__(self) -> None:
        """Take the codes as JSON gives them."""
        object.__setattr__(self, "flagged", tuple(self.flagged))


def made(store_: Store, of: str, by: str, code: str) -> Frame:
    """The table `frame`: one row a unit, with its stratum; and what is not known of it yet, empty."""
    codes = _codes(store_)
    if code and code not in codes:
        raise SampleUnusable(f"no purpose or sensitivity is called {code!r}", expected=f"one of {', '.join(codes)}")
    store_.run(*(_near(code) if by in ("code", "queue") else ()))
    flags = ", ".join(
        f"CASE WHEN r.{c} IN ({', '.join(map(store.text, FLAGGED))}) THEN {store.text(c)} END" for c in codes
    )
    flagged = f"concat_ws(' ', {flags}) AS flagged" if codes else "'' AS flagged"
    unit = "s.fingerprint" if of == "searches" else "r.id"
    rows = "distinct_searches AS s LEFT JOIN" if of == "searches" else _TEXTS
    how = "r.id = s.reason AND r.field = 'reason'"
    joins = f"{rows} reasons AS r ON {how}{_JOINS if by in ('code', 'queue') else ''}"
    if by == "level":
        joins += " LEFT JOIN (SELECT org, min(level) AS level FROM organisations GROUP BY org) AS o ON o.org = s.org"
    if by == "opinion":
        joins += " LEFT JOIN opinions AS p ON p.id = s.reason"
    sql = (
        f"SELECT CAST({unit} AS VARCHAR) AS unit, CAST(s.reason AS VARCHAR) AS text, s.reason_state AS state,"
        f" CAST(s.account AS VARCHAR) AS account, s.source, s.part, s.record, {_stratum(by, code)} AS stratum,"
        f" {flagged} FROM {joins}"
    )
    store_.run(Step("frame", sql, "all that can be drawn"))
    return Frame(0, {}, 0, {code: {} for code in codes}, {})


_TEXTS: Final = """(SELECT reason, min(reason_state) AS reason_state, min(account) AS account, min(case_no) AS case_no,
  min(source) AS source, min(part) AS part, min(record) AS record
  FROM distinct_searches WHERE reason IS NOT NULL GROUP BY reason) AS s JOIN"""


def _codes(store_: Store) -> list[str]:
    names = (row[0] for row in store_.rows("SELECT column_name FROM (DESCRIBE reasons)"))
    return sorted(name for name in names if name[:1] in _AXES and name[1:].isdigit())


def _stratum(by: str, code: str) -> str:
    if by == "quality":
        return "coalesce(r.quality, 'none')"
    if by == "level":
        return "coalesce(o.level, 'unknown')"
    if by == "opinion":
        return "coalesce(p.band, 'k without an opinion')"
    near = "CASE WHEN n.id IS NOT NULL OR c.case_no IS NOT NULL THEN '{0}' WHEN a.account IS NOT NULL THEN '{1}'"
    if by == "code":
        return f"coalesce(r.{code}, {near.format('near', 'same-user')} ELSE 'rest' END)"
    if by == "queue":
        tiers = f"CASE r.{code} WHEN 'ambiguous' THEN '1 ambiguous' WHEN 'probable' THEN '3 probable'"
        tiers += " WHEN 'explicit' THEN '4 explicit' END"
        return f"coalesce({tiers}, {near.format('2 near', '5 same-user')} ELSE '6 rest' END)"
    return "'all'"


_JOINS: Final = """ LEFT JOIN near_texts AS n ON n.id = s.reason
  LEFT JOIN near_cases AS c ON c.case_no = s.case_no LEFT JOIN near_accounts AS a ON a.account = s.account"""


def _near(code: str) -> tuple[Step, ...]:
    """Where a search that the words overlook is likelier: loosely like those that they find."""
    return (
        Step("near_flagged", f"SELECT id FROM reasons WHERE field = 'reason' AND {code} IN ('explicit', 'probable')"),
        Step("near_accounts", _SAME.format("account"), "users with a search that was found"),
        Step("near_cases", _SAME.format("case_no"), "case numbers of a search that was found"),
        Step("near_pieces", f"""
            SELECT DISTINCT id, substr(w, CAST(i AS INTEGER), 3) AS piece FROM (
              SELECT id, w, unnest(range(1, length(w) - 1)) AS i FROM (
                SELECT id, ' ' || substr(whole, 1, {_LONG}) || ' ' AS w FROM reason_folded WHERE field = 'reason') AS t
            ) AS u""", "every text in pieces of three letters"),
        Step("near_telling", f"""
            SELECT piece FROM near_pieces AS p LEFT JOIN near_flagged AS f ON f.id = p.id GROUP BY piece
            HAVING count(f.id) * (SELECT count(*) FROM reasons WHERE field = 'reason')
              >= {_LIFT} * count(*) * (SELECT count(*) FROM near_flagged) AND count(f.id) > 0""",
             "pieces that texts that were found have far more often than others"),
        Step("near_texts", f"""
            SELECT id FROM near_pieces AS p JOIN near_telling AS t ON t.piece = p.piece
            GROUP BY id HAVING count(*) >= {_GRAMS}""", "texts with several telling pieces"),
    )  # fmt: skip


_SAME: Final = """SELECT DISTINCT s.{0} FROM distinct_searches AS s JOIN near_flagged AS f ON f.id = s.reason
  WHERE s.{0} IS NOT NULL"""


def only(store_: Store, found: Frame, *, users: bool, texts: bool) -> Frame:
    """The frame without what can't be read or drawn, counted; what is left is hashed."""
    left_out: dict[str, int] = {}
    if texts:
        for state, count in store_.rows("SELECT state, count(*) FROM frame WHERE text IS NULL GROUP BY 1 ORDER BY 1"):
            left_out[f"no reason to read: {state}"] = count
        store_.run(Step("frame", "SELECT * FROM frame WHERE text IS NOT NULL"))
    if users:
        none = store_.one("SELECT count(*) FROM frame WHERE account IS NULL")
        left_out |= {"no user": none} if none else {}
        store_.run(Step("frame", "SELECT * FROM frame WHERE account IS NOT NULL"))
    strata = dict(store_.rows("SELECT stratum, count(*) FROM frame GROUP BY 1 ORDER BY 1"))
    counted = store_.rows(
        "SELECT code, stratum, count(*) FROM (SELECT unnest(string_split(flagged, ' ')) AS code, stratum FROM frame)"
        " AS f WHERE code <> '' GROUP BY 1, 2 ORDER BY 1, 2"
    )
    flagged = {code: {s: n for c, s, n in counted if c == code} for code in found.flagged}
    accounts = store_.one("SELECT count(DISTINCT account) FROM frame")
    return replace(
        found, size=sum(strata.values()), strata=strata, users=accounts, flagged=flagged, left_out=left_out,
        sha256=_hash(store_),
    )  # fmt: skip


def _hash(store_: Store) -> str:
    """SHA-256 over the hashes of groups of units, so that no one text holds the whole frame."""
    groups = store_.rows(
        "SELECT substr(unit, 1, 3), sha256(string_agg(unit || ' ' || stratum, ',' ORDER BY unit)) FROM frame"
        " GROUP BY 1 ORDER BY 1"
    )
    return hashlib.sha256(",".join(f"{key} {digest}" for key, digest in groups).encode()).hexdigest()


def _lot(column: str) -> str:
    return f"sha256($seed || ' ' || {column})"


def by_stratum(store_: Store, seed: str, shares: Mapping[str, int]) -> list[Drawn]:
    """So many of each stratum, those with the smallest hash of seed and unit."""
    columns = {"stratum": "VARCHAR", "most": "BIGINT"}
    store_.run(Step("frame_shares", store.values(sorted(shares.items()), columns)))
    return _drawn(
        store_,
        f"SELECT f.*, 0 AS of_user, row_number() OVER (PARTITION BY f.stratum ORDER BY {_lot('unit')}, unit) AS nth,"
        " h.most FROM frame AS f JOIN frame_shares AS h ON h.stratum = f.stratum",
        seed,
    )


def by_user(store_: Store, seed: str, users: int, each: int) -> list[Drawn]:
    """So many users, each with the same chance, and so many searches of each."""
    return _drawn(
        store_,
        f"SELECT f.*, u.n AS of_user, row_number() OVER (PARTITION BY f.account ORDER BY {_lot('unit')}, unit) AS nth,"
        f" {each} AS most FROM frame AS f JOIN (SELECT account, count(*) AS n FROM frame GROUP BY account"
        f" ORDER BY {_lot('account')}, account LIMIT {users}) AS u ON u.account = f.account",
        seed,
    )


def _drawn(store_: Store, ranked: str, seed: str) -> list[Drawn]:
    """What was drawn, mixed, so that its place says nothing about its stratum."""
    rows = store_.records(
        f'SELECT unit, text, stratum, account AS "user", of_user, source, part, record, flagged FROM ({ranked}) AS r'
        f" WHERE nth <= most ORDER BY {_lot('unit')}, unit",
        {"seed": seed},
    )
    return [Drawn(item=n, **{**row, "flagged": tuple(row["flagged"].split())}) for n, row in enumerate(rows, 1)]
