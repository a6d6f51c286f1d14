"""Each search once, however many logs show it: what the tables of questions are made of.

Of a search's linked copies (`links`) one row stays: that of the searcher's own log, else the one that tells most. Where
it was exposed is asked of all copies: a network audit shows it if any copy stands in one, the home agency's first.
"""

from __future__ import annotations

from typing import Final

from plateglass import links
from plateglass.change import NOT_JUDGED
from plateglass.model import STATED
from plateglass.store import Step, Store, name

_SHOWN: Final = ("exposed", "owner", "owner_state", "listed", "list_days")
"""Columns of `searches` that say in whose network audit a search stands: of all copies, not of the row that stays."""
_SAID: Final = {"reason": "reason", "offence": "offence type", "case_no": "case number"}
"""The fields that a form asks why with: logs that hold others of them come from other forms."""


def steps(store: Store) -> list[Step]:
    """The steps that make `searches_once`, which reads as `searches` does, with `form` besides."""
    columns = [row[0] for row in store.rows("SELECT column_name FROM (DESCRIBE searches)")]
    return [*links.steps(), _copies(), Step("searches_once", _once(columns), "one row a search", lazy=True)]


def _copies() -> Step:
    told = " + ".join(f"CASE WHEN s.{field}_state IN ('value', 'partial') THEN 1 ELSE 0 END" for field in STATED)
    shown = ", ".join(f"s.{column}" for column in _SHOWN)
    return Step("search_copies", f"""
        SELECT s.source, s.part, s.record, k.link, {shown},
          row_number() OVER (PARTITION BY k.link ORDER BY CASE WHEN s.view = 'organisation_audit' THEN 0 ELSE 1 END,
            {told} DESC, s.log_no, s.record) = 1 AS kept,
          row_number() OVER (PARTITION BY k.link ORDER BY CASE WHEN NOT s.exposed THEN 2 WHEN s.owner = s.home THEN 0
            ELSE 1 END, s.log_no, s.record) = 1 AS first_shown
        FROM searches AS s JOIN distinct_searches AS d ON {_same('d')}
        JOIN links AS k ON k.fingerprint = d.fingerprint WHERE k.n > 1""",
        "copies of one search: the row that stays, and the one that says where it was exposed")  # fmt: skip


def _once(columns: list[str]) -> str:
    """Every search that is not another's copy; its wording is judged only where that can be told."""
    taken = ", ".join(
        f"CASE WHEN e.link IS NULL THEN s.{c} ELSE e.{c} END AS {c}" if c in _SHOWN
        else f"CASE WHEN {NOT_JUDGED} THEN NULL ELSE s.quality END AS quality" if c == "quality"
        else f"s.{name(c)}"
        for c in columns
    )  # fmt: skip
    return f"""
        SELECT {taken}, {_form()} AS form
        FROM searches AS s
        LEFT JOIN search_copies AS k ON {_same("k")}
        LEFT JOIN search_copies AS e ON e.link = k.link AND e.first_shown
        WHERE coalesce(k.kept, true)"""


def _same(other: str) -> str:
    return f"{other}.source = s.source AND {other}.part = s.part AND {other}.record = s.record"


def _form() -> str:
    """SQL for the form of a search's log in words: what kind of release it is, and which columns say why."""
    held = ", ".join(f"CASE WHEN s.{field}_state <> 'not_exported' THEN '{said}' END" for field, said in _SAID.items())
    kind = "CASE WHEN s.view = 'portal_audit' THEN 'portals' ELSE 'audit logs' END"
    return f"{kind} || ' with ' || coalesce(nullif(concat_ws(', ', {held}), ''), 'nothing that says why')"
