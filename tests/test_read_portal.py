"""What reading saved portal pages must hold: the log, the figures and the lists, and nothing that the page runs."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote

import pytest

from plateglass import read
from plateglass.catalogue import Catalogue
from plateglass.errors import Issue, Place, SourceUnreadable
from plateglass.model import Source, Table, View
from plateglass.read import portal_page
from plateglass.read.tables import labels
from plateglass.store import Store

REAL = Path(__file__).parents[1].parent / "shared/data/portal-pages"
CATALOGUE = Catalogue()
LABELS = labels(CATALOGUE)
FIGURES = {
    "Data retention (in days)": "30 days", "Number of LPR and other cameras": "35",
    "Vehicles detected in the last 30 days": "319,433", "Hotlist hits in the last 30 days": "2,976",
    "Searches in the last 30 days": "2",
}  # fmt: skip
LIST = {
    "Organizations granted access to Exampleville CA PD data": " Exampleton CA PD, Sampleton County CA SO , Sample Fire"
}
AUDIT = (
    '"id","userId","searchDate","networkCount","reason"\n'
    '"00000000-0000-4000-8000-000000000001","***","2026-03-26T02:24:37.136Z","370","stolen, ""hot"" car"\n'
    '"00000000-0000-4000-8000-000000000002","***","2026-03-27T02:24:37.136Z","1","line\nbreak"'
)


def card(label: str, value: str) -> str:
    return f'<div><img src="data:image/png;base64,AAAA"><div><p>{label}</p><div>{value}</div></div></div>'


def page(cards: dict[str, str], audit: str | None = AUDIT, address: str | None = None, more: str = "") -> str:
    href = address or ("data:text/csv;charset=utf-8," + quote(audit) if audit is not None else "")
    link = card("Public Search Audit", f'<a download="search_audit.csv" href="{href}">Download CSV</a>') if href else ""
    body = "".join(card(label, value) for label, value in cards.items()) + link
    return (
        '<!DOCTYPE html><html><head><title>x</title></head><body><header><h1>Exampleville CA PD</h1>'
        '<p>Last Updated: <span title="2026-04-23T14:14:35.072Z">Thu Apr 23 2026</span></p></header>'
        f"<div>{body}</div>{more}</body></html>"
    )  # fmt: skip


def saved(folder: Path, text: str | bytes, name: str = "exampleville-ca-pd__2026-04-24.html") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def found(path: Path, work: Path, store: Store) -> dict[str, list[dict[str, str | None]]]:
    """Every record of every table, by layout, as field -> text."""
    records: dict[str, list[dict[str, str | None]]] = {}
    for each in tables(path, work, store):
        columns = ", ".join(f"c{at} AS {field}" for field, at in each.columns.items())
        records.setdefault(each.layout, []).extend(store.records(f"SELECT {columns} FROM ({each.relation})"))
    return records


def tables(path: Path, work: Path, store: Store) -> list[Table]:
    return [each for each in told(path, work, store) if isinstance(each, Table)]


def told(path: Path, work: Path, store: Store) -> list[Table | Issue]:
    [source] = read.sources([path], work)
    assert isinstance(source, Source)
    return list(read.tables(source, CATALOGUE, work, store))


def test_a_page_is_a_log_its_figures_and_its_list(tmp_path: Path) -> None:
    with Store() as store:
        path = saved(tmp_path, page(FIGURES | LIST))
        records = found(path, tmp_path, store)
        parts = [(t.part, t.layout, t.view, t.owner, str(t.captured)) for t in tables(path, tmp_path, store)]
    assert [row["reason"] for row in records["flock-portal-audit"]] == ['stolen, "hot" car', "line\nbreak"]
    assert [row["networks"] for row in records["flock-portal-audit"]] == ["370", "1"]
    assert records["flock-portal-page"] == [{
        "owner": "exampleville-ca-pd", "captured_on": "2026-04-24", "retention_days": "30 days", "cameras": "35",
        "vehicles_30d": "319,433", "hits_30d": "2,976", "searches_30d": "2", "shares_out": "3",
    }]  # fmt: skip
    names = ["Exampleton CA PD", "Sampleton County CA SO", "Sample Fire"]
    assert [row["org"] for row in records["flock-portal-sharing"]] == names
    whose = ("exampleville-ca-pd", "2026-04-24")
    assert parts == [
        (0, "flock-portal-audit", View.PORTAL_AUDIT, *whose), (1, "flock-portal-page", View.PORTAL_STATISTICS, *whose),
        (2, "flock-portal-sharing", View.SHARED_NETWORKS, *whose), (3, "flock-portal-policies", View.POLICIES, *whose),
    ]  # fmt: skip


def test_without_a_telling_name_the_page_says_whose_it_is_and_when(tmp_path: Path) -> None:
    """The day is then that of the portal's update; log and figures have the same, so that they can be compared."""
    with Store() as store:
        every = tables(saved(tmp_path, page(FIGURES), "saved.html"), tmp_path, store)
    assert {(table.owner, str(table.captured)) for table in every} == {("exampleville-ca-pd", "2026-04-23")}


@pytest.mark.parametrize("value", ["", "<p></p>"])
def test_a_label_without_a_value_takes_no_other(tmp_path: Path, value: str) -> None:
    """An empty figure is empty, an empty list holds nobody; the next label is neither."""
    cards = {
        "Hotlist hits in the last 30 days": value,
        **dict.fromkeys(LIST, value),
        "Searches in the last 30 days": "2",
    }
    with Store() as store:
        records = found(saved(tmp_path, page(cards)), tmp_path, store)
    [figures] = records["flock-portal-page"]
    assert (figures["hits_30d"] or "", figures["searches_30d"], figures["shares_out"]) == ("", "2", "0")
    assert "flock-portal-sharing" not in records


def test_a_page_without_log_or_list_says_so(tmp_path: Path) -> None:
    with Store() as store:
        issues = [
            each.code for each in told(saved(tmp_path, page(FIGURES, None)), tmp_path, store) if isinstance(each, Issue)
        ]
    assert issues == ["portal-without-audit", "portal-without-list"]


def test_of_two_values_the_first_is_read_and_the_reader_told(tmp_path: Path) -> None:
    path = saved(tmp_path, page(FIGURES | LIST, more="<p>Searches in the last 30 days</p><div>999</div>"))
    with Store() as store:
        [issue] = [each for each in told(path, tmp_path, store) if isinstance(each, Issue)]
        assert found(path, tmp_path, store)["flock-portal-page"][0]["searches_30d"] == "2"
    assert issue.code == "portal-label-twice"
    assert "999" not in issue.message


def test_a_campus_keeps_its_comma(tmp_path: Path) -> None:
    value = "University of California, Exampleville, Exampleton CA PD, Sample Fire"
    with Store() as store:
        records = found(saved(tmp_path, page(FIGURES | dict.fromkeys(LIST, value))), tmp_path, store)
    names = [row["org"] for row in records["flock-portal-sharing"]]
    assert names == ["University of California, Exampleville", "Exampleton CA PD", "Sample Fire"]


def test_a_log_in_base64_is_read(tmp_path: Path) -> None:
    import base64  # noqa: PLC0415 (only here)

    address = "data:text/csv;base64," + base64.b64encode(AUDIT.encode()).decode()
    with Store() as store:
        assert len(found(saved(tmp_path, page(FIGURES, address=address)), tmp_path, store)["flock-portal-audit"]) == 2


@pytest.mark.parametrize(
    "more",
    [
        "<script>document.write('<p>Searches in the last 30 days</p><div>999</div>')</script>",
        "<p>Searches in the last 30 days</p><style>div { content: '999' }</style>",
        "<![CDATA[ <p>x ]]><!-- <p>Searches in the last 30 days</p><div>999</div>",
        "</div></div></p></h1></table><<<<p<p<div",
        "<div>" * 3000,
        "<a href='https://example.invalid/x.csv'>x</a><a href='data:text/html,<b>x</b>'>y</a><a href>z</a>",
        "<a href='data:text/csv;base64,%%%%'>x</a>",
        "\x00\x1b[31m\u202e",
    ],
)
def test_hostile_markup_changes_nothing(tmp_path: Path, more: str) -> None:
    """What a page runs, hides or leaves open is neither run nor read; the figures stay what they are."""
    with Store() as store:
        records = found(saved(tmp_path, page(FIGURES, more=more)), tmp_path, store)
    assert [row["searches_30d"] for row in records["flock-portal-page"]] == ["2"]
    assert len(records["flock-portal-audit"]) == 2


def test_other_pages_are_turned_away(tmp_path: Path) -> None:
    path = saved(tmp_path, "<!doctype html><html><body><h1>News</h1><p>ZZT0007 was seen.</p></body></html>")
    with pytest.raises(SourceUnreadable, match="no transparency portal") as caught:
        portal_page.transcribe(path, tmp_path / "out", LABELS, Place(path.name))
    assert "ZZT" not in str(caught.value)


def test_plates_beside_places_in_an_embedded_log_are_turned_away(tmp_path: Path) -> None:
    audit = "License Plate,Latitude,searchDate\nZZT0007,30.12345,2026-03-26T02:24:37.136Z\n"
    with Store() as store:
        every = told(saved(tmp_path, page(FIGURES, audit)), tmp_path, store)
    assert "source-refused" in [each.code for each in every if isinstance(each, Issue)]
    assert [each.layout for each in every if isinstance(each, Table)] == [
        "flock-portal-page", "flock-portal-policies"
    ]  # fmt: skip


def test_a_page_that_is_too_large_is_turned_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portal_page, "MAX_PAGE", 100)
    with Store() as store:
        [issue] = told(saved(tmp_path, page(FIGURES)), tmp_path, store)
    assert isinstance(issue, Issue)
    assert issue.code == "source-unreadable"


def test_a_page_can_be_explained(tmp_path: Path) -> None:
    explained = read.explain(saved(tmp_path, page(FIGURES | LIST)), CATALOGUE, tmp_path)
    assert [table.layout for table in explained.tables] == [
        "flock-portal-audit", "flock-portal-page", "flock-portal-sharing", "flock-portal-policies"
    ]  # fmt: skip


# --- real pages ---

_PAIRS = {
    "retention_days": "data_retention_days", "cameras": "camera_count", "vehicles_30d": "vehicles_detected_30d",
    "hits_30d": "hotlist_hits_30d", "searches_30d": "searches_30d",
}  # fmt: skip


@pytest.mark.real
@pytest.mark.skipif(not REAL.is_dir(), reason="../shared/data is not beside this checkout")
def test_every_real_page_is_what_another_parser_made_of_it(tmp_path: Path) -> None:
    """Six pages: each record of the log, each figure, each name on the list, without a difference."""
    paths = sorted(REAL.glob("*.html"))
    assert len(paths) == 6
    with Store() as store:
        for path in paths:
            other = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
            records = found(path, tmp_path, store)
            [figures] = records["flock-portal-page"]
            numbers = {field: int((figures[field] or "").removesuffix(" days").replace(",", "")) for field in _PAIRS}
            assert numbers == {field: other[key] for field, key in _PAIRS.items()}
            assert [row["org"] for row in records["flock-portal-sharing"]] == other["sharing_outbound"]
            assert len(records["flock-portal-audit"]) == other["searches_30d"]
            assert log(path, tmp_path, store) == other["search_audit_csv"]


def log(path: Path, work: Path, store: Store) -> list[dict[str, str]]:
    [audit] = [table for table in tables(path, work, store) if table.view is View.PORTAL_AUDIT]
    rows = store.rows(f"SELECT * FROM ({audit.relation})")
    return [dict(zip(audit.headings, (cell or "" for cell in row), strict=True)) for row in rows]
