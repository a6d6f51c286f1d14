"""A made-up case with planted truth: for `plateglass demo`, for tests and for benchmarks.

`make` writes a small case in which every rule trips a known number of times and every quirk of real exports stands
somewhere; `bulk.write` writes millions of records for a benchmark. Everything is invented: plates have only the
forms `ZZT0001` to `ZZT0099` and `8ZZZ101` to `8ZZZ199` (in bulk `ZZT0001A`), people and places only the names of
`demo.world`. The same seed gives the same bytes.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from plateglass import workbook
from plateglass.demo import counted, logs, papers, plan, world
from plateglass.demo.truth import Canary, FileTruth, Truth

__all__ = ["SEARCHES", "Canary", "FileTruth", "Truth", "make"]

SEARCHES = 6_000
"""How many searches the demo has; with fewer than 4,000, logs are too thin for the truth about their days to show."""


def make(folder: Path, *, searches: int = SEARCHES, seed: int = 1) -> Truth:
    """Write the made-up case's files into a folder, and say what was planted in them."""
    folder.mkdir(parents=True, exist_ok=True)
    made = plan.searches(searches, seed)
    written = list(logs.logs(made))
    for log in written:
        _write(folder, log)
    tables = [*_sharing_lists(folder), _statistics(folder, written), *_papers(folder, made)]
    names = [log.name for log in written] + [table.name for table in tables]
    return Truth(
        folder=folder,
        paths=tuple(dict.fromkeys(folder / name.split("/")[0] for name in names)),
        agency=world.HOME,
        timezone=world.ZONE.key,
        parameters={"retention_days": world.RETENTION_DAYS, "switch_off": world.SWITCH_OFF.isoformat()},
        rules=("screens", "promises", "us-ca", "custodian", *papers.ENTRIES, *papers.AUDITS),
        files=(*(_file(log) for log in written), *tables),
        searches=len({log.shown(search) for log in written for search in log.searches}),
        over=counted.over(written),
        person=counted.person(written),
        margins=counted.margins(written),
        canaries=tuple(_canaries(made)),
    )


def _write(folder: Path, log: logs.Log) -> None:
    archive, _, member = log.name.partition("/")
    if member:
        with zipfile.ZipFile(folder / archive, "w", zipfile.ZIP_DEFLATED) as target:
            info = zipfile.ZipInfo(member, (2026, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, logs.native(log).encode("utf-16"))
    elif log.sheets:
        months = zip(log.sheets, _by_month(log), strict=True)
        junk = [f"Column{number}" for number in range(len(log.columns) + 1, 20)]
        workbook.write(folder / log.name, {name: [[*log.columns, *junk], *rows] for name, rows in months})
    else:
        text = logs.portal(log) if log.view == "portal_audit" else logs.native(log)
        (folder / log.name).write_bytes(text.encode())


def _by_month(log: logs.Log) -> list[list[list[str]]]:
    months = sorted({search.day.month for search in log.searches})
    return [[log.row(s) for s in log.searches if s.day.month == month] for month in months]


def _file(log: logs.Log) -> FileTruth:
    distinct = {log.shown(search) for search in log.searches}
    return FileTruth(log.name, log.records, len(log.broken), len(distinct), log.view)


def _sharing_lists(folder: Path) -> Iterable[FileTruth]:
    """Two lists, two months apart; the second has lost one agency, and has one of another state more."""
    heading = ["Organization Name", "Networks Shared With Me", "Networks I'm Sharing"]
    orgs = [*world.NEIGHBOURS, world.DROPPED, *world.OUT_OF_STATE, world.FEDERAL, world.PRIVATE, world.UNPLACED]
    for name, gone, new in (
        ("SharedNetworks_2025_August_1.csv", "", ()),
        ("SharedNetworks_2025_October_1.csv", world.DROPPED, (world.NEWCOMER,)),
    ):
        rows = [[org, _inbound(org), world.HOME] for org in (*orgs, *new) if org != gone]
        rows.append(["University of Example, Sampleton CA PD", "University of Example, Sampleton", ""])
        (folder / name).write_bytes(logs.table([heading, *rows]).encode("utf-8-sig"))
        yield FileTruth(name, len(rows), 0, 0, "shared_networks")


def _papers(folder: Path, made: Sequence[plan.Search]) -> Iterable[FileTruth]:
    """What the agencies release besides logs."""
    for paper in papers.papers(made):
        text = (
            "\n".join(row[0] for row in paper.rows) + "\n"
            if paper.records == len(paper.rows)
            else logs.table(paper.rows)
        )
        (folder / paper.name).write_bytes(text.encode())
        yield FileTruth(paper.name, paper.records, 0, 0, paper.view)


def _inbound(org: str) -> str:
    """The networks that an organisation shares back: two for a county, none for a body of another state."""
    if org in world.OUT_OF_STATE:
        return ""
    return f"{org},{org} (Condor)" if "County" in org else org


def _statistics(folder: Path, written: Sequence[logs.Log]) -> FileTruth:
    """The portals' own figures; Sampleton's says three searches more than its log holds."""
    heading = [
        "slug", "archived_date", "data_retention_days", "camera_count", "vehicles_detected_30d", "hotlist_hits_30d",
        "searches_30d", "hotlists_alerted_on", "n_sharing_outbound", "n_sharing_inbound", "n_search_audit_rows",
    ]  # fmt: skip
    rows = []
    for log, more in zip((log for log in written if log.view == "portal_audit"), (0, 3), strict=True):
        slug, _, day = log.name.removesuffix(".csv").partition("__")
        figures = ["30", "25", "180000", "1200", str(log.records + more)]
        if log.owner == world.HOME:  # an earlier capture, near the second sharing list
            rows.append([slug, "2025-10-01", *figures[:4], "100", "Example List", "9", "0", ""])
        rows.append([slug, day, *figures, "Example List, Sample List", "9", "0", str(log.records)])
    (folder / "portal_stats.csv").write_bytes(logs.table([heading, *rows]).encode())
    return FileTruth("portal_stats.csv", len(rows), 0, 0, "portal_statistics")


def _canaries(made: Iterable[plan.Search]) -> Iterable[Canary]:
    """Every planted plate, person and case number."""
    found = {Canary("plate", s.target, "target") for s in made if len(s.target) > 1 and "*" not in s.target}
    found |= {Canary("person", s.account, "account") for s in made}
    found |= {Canary("case_no", s.case_no, "case_no") for s in made if s.case_no[:1].isdigit()}
    found |= {Canary("plate", plate, "text") for plate in world.SPARE_PLATES}
    found |= {Canary("phone", "213-555-0142", "reason"), Canary("email", "bo.sample@example.org", "reason")}
    return sorted(found, key=lambda c: (c.kind, c.text, c.where))
