"""A small made-up case with every kind of finding, for the tests of the report: a store, settings, rules, findings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import NAMESPACE_URL, UUID, uuid5

from plateglass.case import ISSUES, PAGES, REJECTED, REPAIRED, SOURCES, Case, Settings, typed
from plateglass.model import NAMES, ORGANISATIONS, SHARES, SIGHTINGS, STATED, Finding, Outcome
from plateglass.store import Step, Store, values

HOSTILE = "=cmd|' /C calc'!A0 <script>alert(1)</script>\u202exslx.csv"
"""A file's name that is a formula, a script and turned around."""
UNKNOWN_BODY = "Ada Example Towing"
"""An organisation in which no public body was recognised: it may stand in no output."""
CANARY = "ZZT0001"

AGENCIES = (
    ("us-ca-exampleville-pd", "Exampleville CA PD", True, 900),
    ("us-ca-sampleton-county-so", "Sampleton County CA SO", True, 610),
    ("us-nv-fictionburg-pd", "Fictionburg NV PD", True, 402),
    ("us-az-madeup-pd", "Madeup AZ PD", True, 207),
    ("us-example-federal-police", "Example Federal Police [Federal]", True, 96),
    ("us-or-pretend-pd", "Pretend OR PD", True, 31),
    ("us-ca-invented-university-pd", "Invented University CA PD", True, 3),
    (UNKNOWN_BODY, UNKNOWN_BODY, False, 12),
)

RULE = """
title = "{title}"
basis = "{basis}"
review = "{review}"
view = "{view}"
unit = "{unit}"
needs = [{needs}]
fails = "true"
says = "{{over}} of {{tested}}"
audience = "{audience}"
limits = ["The log shows a window asked for, not data returned.", "It does not show who read the result."]
readings = ["The window may have been set by a default of the form.", "The case may have needed an older window."]
examples = []
{more}
[[cites]]
text = "{cite}"
url = "{url}"
"""

MEASURE = """
[measure]
sql = "1"
unit = "days over"
buckets = [{label = "by under 72 minutes", sql = "true"}]
"""


@dataclass(frozen=True)
class World:
    """A store as the stages before leave it, the case, and the findings."""

    store: Store
    case: Case
    findings: list[Finding]


def ms(*at: int) -> int:
    """Epoch milliseconds UTC of a date and time."""
    year, month, day, *clock = at
    hour, minute = (*clock, 0, 0)[:2]
    return int(datetime(year, month, day, hour, minute, tzinfo=UTC).timestamp() * 1000)


@contextmanager
def world(root: Path, *, below: int = 5, name: str = "Exampleville audit 2026") -> Iterator[World]:
    """The made-up case in a folder, and its store."""
    case = Case.make(root / "case", Settings(
        name=name, agency="Exampleville CA PD", timezone="America/Los_Angeles", suppress_below=below,
        parameters={"retention_days": 30},
    ))  # fmt: skip
    rules(case.content / "rules")
    eras(case.content / "eras")
    with Store(threads=1) as store:
        tables(store)
        yield World(store, case, findings())


def rules(folder: Path) -> None:
    """Write one rule of each kind."""
    for name, title, basis, review, audience, more in (
        ("screens/reason-missing", "Reason blank or placeholder", "screen", "verified", "public", ""),
        ("screens/purpose-p01", "Reasons that name civil immigration enforcement", "screen", "verified", "public", ""),
        ("screens/columns-lost", "Columns that a later export no longer has", "screen", "verified", "public", ""),
        ("promises/look-back", "Window longer than the stated retention", "promise", "secondary", "public", MEASURE),
        ("promises/portal-count", "The portal’s own count against the log", "promise", "memory", "public", ""),
        ("us-ca/in-state-sharing", "Sharing with agencies of other states", "law", "verified", "public", ""),
        ("us-ca/access-record", "Access record with purpose", "law", "verified", "public", ""),
        ("custodian/account-overlap", "One account in two places", "screen", "verified", "custodian", ""),
    ):
        path = folder / f"{name}.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        unit = "portals" if "portal" in name else "searches"
        path.write_text(RULE.format(
            title=title, basis=basis, review=review, audience=audience, more=more, unit=unit, view="searches",
            needs='"reason"' if "reason" in name else "", cite=f"Example Code § 1 on {title.lower()}",
            url="javascript:alert(1)" if basis == "promise" else "https://example.org/code",
        ))  # fmt: skip


def eras(folder: Path) -> None:
    """Write one change of a form within the period, and one fault before it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "example.toml").write_text(
        'vendor = "Example Vendor"\nlayouts = ["example-audit"]\n'
        '[[eras]]\nid = "drop-down"\ntitle = "Reasons are chosen from a list"\nstart = 2025-12-01\n'
        'fields = ["reason"]\neffect = "that vague reasons became rare"\nsource = "made up"\n'
        '[[eras]]\nid = "long-ago"\ntitle = "An old fault"\nstart = 2020-01-01\nend = 2020-02-01\n'
        'fields = ["devices"]\neffect = "nothing"\nsource = "made up"\n'
    )


def org(agency: str) -> UUID:
    """The token of an agency's name."""
    return uuid5(NAMESPACE_URL, agency)


def sha(source: str) -> str:
    """A full hash for the id of a source."""
    return (source * 6)[:64]


def tables(store: Store) -> None:
    """Make every table that the stages before publish leave."""
    store.run(
        Step("sightings", sightings()),
        Step("distinct_searches", "SELECT *, 1 AS sightings, 1 AS logs FROM sightings WHERE record % 3 > 0"),
        Step("sources", values(sources(), typed(SOURCES))),
        Step("home", values([], typed(NAMES))),
        Step("pages", values([("aaaaaaaaaaaa", 0, 3, 5, 11)], typed(PAGES))),
        Step("repaired", values([
            ("aaaaaaaaaaaa", 0, 11, "Filters", "a cell is missing here; it is read as blank"),
        ], typed(REPAIRED))),
        Step("rejected", values([
            ("aaaaaaaaaaaa", 0, 7, "Search Time", "not a time"), ("aaaaaaaaaaaa", 0, 19, "Search Time", "not a time"),
            ("bbbbbbbbbbbb", 1, 2, "", "=more cells than headings"),
        ], typed(REJECTED))),
        Step("issues", values([
            ("encoding-guessed", "note", HOSTILE, "", None, "", "read as Windows-1252; expected UTF-8"),
            ("layout-unknown", "source", "letter.csv", "", None, "", "no layout knows the headings From, To"),
        ], typed(ISSUES))),
        Step("organisations", values([
            (str(org(agency)), agency if public else None, name if public else None, "", "ca", "police", "local", "",
             "rule", public) for agency, name, public, _ in AGENCIES
        ], typed(ORGANISATIONS))),
        Step("shares", values([
            ("cccccccccccc", 0, i, str(org(a[0])), 1 if i % 2 else 0, 2, "value", "value")
            for i, a in enumerate(AGENCIES, 1)
        ], typed(SHARES))),
        Step("texts", f"SELECT '{CANARY}' AS text"),
        Step("names", f"SELECT '{UNKNOWN_BODY}' AS name"),
        Step("evidence", evidence()),
    )  # fmt: skip


def sightings() -> str:
    """2,261 records over eight months; every third reason is blank, devices were not exported after January."""
    start, agencies = ms(2025, 8, 3, 9), []
    for agency, _, _, count in AGENCIES:
        agencies += [f"SELECT '{org(agency)}' AS org, {count} AS many"]
    listed = " UNION ALL ".join(agencies)
    state = {
        "reason": "CASE WHEN record % 3 = 0 THEN 'empty' WHEN record % 7 = 0 THEN 'masked' ELSE 'value' END",
        "devices": f"CASE WHEN searched_at > {ms(2026, 1, 31)} THEN 'not_exported' ELSE 'value' END",
        "prompt": "'not_exported'", "case_no": "CASE WHEN record % 5 = 0 THEN 'placeholder' ELSE 'value' END",
    }  # fmt: skip
    picks = [
        f"{state.get(c.name.removesuffix('_state'), chr(39) + 'value' + chr(39))} AS {c.name}"
        if c.name.endswith("_state") and c.name.removesuffix("_state") in STATED
        else c.name if c.name in ("source", "part", "record", "searched_at", "org")
        else f"CAST(NULL AS {c.type}) AS {c.name}"
        for c in SIGHTINGS
    ]  # fmt: skip
    source = "CASE WHEN record % 4 = 0 THEN 'bbbbbbbbbbbb' ELSE 'aaaaaaaaaaaa' END"
    return (
        f"SELECT {', '.join(picks)} FROM (SELECT {source} AS source, CAST(record % 4 = 0 AS INTEGER) AS part, "
        f"record, {start} + record * 9000000 AS searched_at, CAST(org AS UUID) AS org FROM "
        f"(SELECT org, row_number() OVER (ORDER BY org, i) AS record FROM "
        f"(SELECT org, unnest(range(many)) AS i FROM ({listed}))))"
    )


def sources() -> list[tuple[str | int | None, ...]]:
    """A log with a hostile name, a sheet of a workbook, a sharing list."""
    first, last = ms(2025, 8, 3, 11), ms(2026, 3, 26)
    home = str(org("us-ca-exampleville-pd"))
    return [
        ("aaaaaaaaaaaa", 0, sha("aaaaaaaaaaaa"), HOSTILE, "", "example-audit", "network_audit", "Exampleville CA PD",
         home, None, "utf-8", 1698, 1696, 2, first, last, "reason"),
        ("bbbbbbbbbbbb", 1, sha("bbbbbbbbbbbb"), "audit 2026.xlsx", "Sheet\t2", "example-audit", "organisation_audit",
         UNKNOWN_BODY, str(org(UNKNOWN_BODY)), None, "", 566, 565, 1, first, last, "reason"),
        ("cccccccccccc", 0, sha("cccccccccccc"), "SharedNetworks_2026_March_1.csv", "", "example-list",
         "shared_networks", "", None, None, "utf-8", 8, 8, 0, None, None, "org"),
    ]  # fmt: skip


def evidence() -> str:
    """Places for each finding that counts records; one finding of days has none."""
    rules = {"screens/reason-missing": 754, "promises/look-back": 463, "us-ca/in-state-sharing": 640,
             "screens/purpose-p01": 41, "custodian/account-overlap": 4}  # fmt: skip
    picks = [
        f"SELECT '{rule}' AS rule, '{'fail' if rule.startswith('us-ca') else 'question'}' AS verdict, "
        f"'aaaaaaaaaaaa' AS source, 0 AS part, i * 3 + 1 AS record, CAST(i AS DOUBLE) / 4 AS measure, "
        f"{ms(2025, 9, 1)} + i AS unit_at FROM (SELECT unnest(range({count})) AS i)"
        for rule, count in rules.items()
    ]
    days = f"SELECT 'screens/columns-lost', 'question', 'cccccccccccc', 0, NULL, NULL, {ms(2025, 11, 3, 8)}"
    return " UNION ALL ".join([*picks, days])


def months(scale: Sequence[int]) -> tuple[tuple[str, int, int], ...]:
    """Months from August 2025, with so many units at fault each, of 280 tested."""
    names = ("2025-08", "2025-09", "2025-10", "2025-11", "2025-12", "2026-01", "2026-02", "2026-03")
    return tuple((name, 280, over) for name, over in zip(names, scale, strict=True))


def groups(*over: int) -> tuple[tuple[str, int, int], ...]:
    """Units at fault of each agency, in the order of `AGENCIES`."""
    return tuple((a[0], a[3], o) for a, o in zip(AGENCIES, over, strict=True))


def finding(rule: str, sentence: str, counts: dict[Outcome, int], question: int = 0) -> Finding:
    """A finding with the bare minimum."""
    period = (ms(2025, 8, 3, 11), ms(2026, 3, 26))
    fails = counts.get(Outcome.FAIL, 0)
    return Finding(rule, counts, question, fails + question, sentence, {}, period=period, sources=("aaaaaaaaaaaa",))


def findings() -> list[Finding]:
    """One finding of each verdict, as check gives them."""
    sources, period = ("aaaaaaaaaaaa", "bbbbbbbbbbbb"), (ms(2025, 8, 3, 11), ms(2026, 3, 26))
    return [
        finding("us-ca/access-record", "No field says who was given access, so this log can’t answer.",
                {Outcome.CANNOT_TELL: 2261}),
        Finding("us-ca/in-state-sharing", {Outcome.FAIL: 739, Outcome.PASS: 1522}, 0, 739,
                "739 of 2,261 searches were made by agencies of other states or of the federation.", {},
                months=months([60, 80, 90, 120, 130, 110, 90, 59]), groups=groups(0, 0, 402, 207, 96, 31, 3, 0),
                sources=sources, period=period),
        Finding("promises/look-back", {Outcome.PASS: 1790, Outcome.CANNOT_TELL: 8}, 463, 463,
                "463 of 2,253 searches ask for a window longer than the 30 days that the agency says it keeps.",
                {"retention_days": 30}, margin=(("by under 72 minutes", 267), ("by 72 minutes to a day", 23),
                ("over 31 days", 173)), extremes={"smallest": 0.01, "median": 0.04, "largest": 494.1},
                months=months([40, 41, 62, 190, 50, 31, 29, 20]), groups=groups(300, 90, 40, 20, 8, 4, 1, 0),
                missing={"frame:empty": 5, "frame:damaged": 3}, sources=sources, period=period),
        finding("promises/portal-count", "No page gives a figure for these days.", {Outcome.NOT_APPLICABLE: 3}),
        Finding("screens/reason-missing", {Outcome.PASS: 1300, Outcome.CANNOT_TELL: 207}, 754, 754,
                "754 of 2,054 searches have no reason, or a dash where one would be.", {},
                months=months([110, 120, 130, 140, 90, 70, 54, 40]), groups=groups(400, 200, 100, 40, 10, 2, 2, 0),
                missing={"reason:masked": 207}, sources=sources, period=period),
        Finding("screens/purpose-p01", {Outcome.PASS: 2220}, 41, 41,
                "41 searches name civil immigration enforcement: 30 explicitly, 8 probably, 3 ambiguously.", {},
                margin=(("explicit", 30), ("probable", 8), ("ambiguous", 3)), months=months([1, 2, 9, 9, 8, 6, 4, 2]),
                groups=groups(20, 9, 6, 3, 2, 1, 0, 0), sources=sources, period=period),
        finding("screens/columns-lost", "No column that an earlier export has is missing from a later one.",
                {Outcome.PASS: 3}),
        Finding("custodian/account-overlap", {Outcome.PASS: 2257}, 4, 4,
                "4 times one account searched for two targets in one second.", {}, sources=sources, period=period),
    ]  # fmt: skip
