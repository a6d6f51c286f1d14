"""What people have set aside, and findings in a form for tools that keep track of them.

A person's decision is one line of the case's `judgements.jsonl`, added and never changed:

    {"kind": "finding", "rule": ..., "unit": <fingerprint or "">, "aside": true, "why": ..., "who": ..., "when": ...}

With an empty unit it is about all that the rule finds. Setting aside hides nothing: the finding stays in every report,
and in SARIF it stands with the reason beside it.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from plateglass import duties
from plateglass.case import Case, write_whole
from plateglass.errors import CaseUnusable
from plateglass.model import Progress, silent
from plateglass.privacy.scrub import scrub
from plateglass.publish import sarif, words

_UNIT = re.compile(r"[0-9a-f]{32}")


def set_aside(case: Case, rule: str, unit: str, why: str, who: str) -> None:
    """Keep a person's decision that a finding, or one unit of it, is no matter; with no reason, take it back.

    Raises:
        CaseUnusable: no rule, no unit or no person of that name; nothing to take back; a reason with a plate or the
            like in it.
    """
    known = case.catalogue().rules
    if rule not in known or known[rule].audience != "public":
        raise CaseUnusable(f"no rule is called {words.clean(rule)!r}", expected="one that plateglass rules list shows")
    if unit and not _UNIT.fullmatch(unit):
        raise CaseUnusable("that is no unit", expected=f"the 32 letters that {sarif.KEY} of a result shows")
    if not who.strip():
        raise CaseUnusable("nobody's name", expected="who decides it")
    if scrub(why)[1]:
        raise CaseUnusable("the reason holds what looks like a plate or a number", expected="a reason without any")
    if not why.strip() and (rule, unit) not in aside(case):
        raise CaseUnusable("there is nothing to take back", expected="a finding that was set aside")
    line = {
        "kind": "finding", "rule": rule, "unit": unit, "aside": bool(why.strip()), "why": why.strip(),
        "who": who.strip(), "when": datetime.now(UTC).isoformat(timespec="seconds"),
    }  # fmt: skip
    with case.held():
        case.append(line, case.judgements_file)


def aside(case: Case) -> dict[tuple[str, str], str]:
    """(rule, unit or nothing) -> why it is set aside; the last decision about each holds."""
    found: dict[tuple[str, str], str] = {}
    for line in case.judgements():
        if line.get("kind") == "finding":
            key = (line["rule"], line["unit"])
            found.pop(key, None)
            if line["aside"]:
                found[key] = words.clean(line["why"])
    return found


def export(case: Case, out: Path, baseline: Path | None = None, progress: Progress = silent) -> Path:
    """Write the findings of a case as SARIF, against an earlier file where one is given.

    Raises:
        SourceUnreadable: the earlier file is none of ours.
    """
    earlier = None if baseline is None else sarif.before(baseline)
    with duties.looked(case, (), progress) as seen:
        text = sarif.sarif(sarif.Run(seen.store, seen.page, aside(case), earlier))
    write_whole(out, text)
    return out
