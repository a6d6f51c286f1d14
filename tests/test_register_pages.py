"""The register's pages: every claim one click from its source, every link alive, and anybody can read them."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from browsing import Scheme, violations
from plateglass import register
from plateglass.catalogue import Catalogue
from plateglass.errors import OutputUnwritable
from plateglass.publish import register_pages, route_picture
from plateglass.register import money
from plateglass.register.checks import Kept, Known
from plateglass.register.entities import Evidence, RecordSeries
from plateglass.register.flows import Edge
from plateglass.register.holdings import Register
from plateglass.register.routes import Route

SHOWN = (
    "index.html", "systems/vigilant-commercial.html", "bodies/ice.html", "companies/vigilant.html",
    "contracts/ice-lpr-contract.html", "flows/vigilant-commercial-to-ice.html", "documents/seed-001.html",
    "questions/conflicts.html", "questions/money.html", "routes/local-agencies-to-ice.html",
)  # fmt: skip


class Links(HTMLParser):
    """The links and ids of one page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path, self.hrefs, self.ids = path, list[str](), set[str]()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "a" and found.get("href"):
            self.hrefs.append(str(found["href"]))
        if found.get("id"):
            self.ids.add(str(found["id"]))


@pytest.fixture(scope="module")
def held() -> Register:
    return register.read()


@pytest.fixture(scope="module")
def folder(held: Register, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("pages") / "register"
    kept = (Kept("network_audit", "flock-audit", "audit of Exampleville.csv"),)
    catalogue = Catalogue()
    layouts = {key: layout.views for key, layout in catalogue.layouts.items()}
    known = Known(layouts, tuple(catalogue.rules), kept)
    return register_pages.write(held, out, known=known, case="Exampleville").parent


@pytest.fixture(scope="module")
def pages(folder: Path) -> dict[Path, Links]:
    return {path: Links(path) for path in folder.rglob("*.html")}


def test_everything_that_is_held_has_a_page(held: Register, folder: Path) -> None:
    for section in register_pages.SECTIONS:
        for key in held.by_section[section]:
            assert (folder / section / f"{key}.html").is_file()
    assert set(register_pages.SECTIONS) == set(held.by_section), "no section is forgotten"


def test_every_link_leads_to_a_page_and_a_place_that_are_there(pages: dict[Path, Links]) -> None:
    for path, page in pages.items():
        for href in page.hrefs:
            if href.startswith("http"):
                continue
            file, _, place = href.partition("#")
            target = (path.parent / file).resolve() if file else path
            assert target in pages, f"{path.name}: {href}"
            assert not place or place in pages[target].ids, f"{path.name}: {href}"


def test_every_claim_is_one_click_from_its_place_in_its_document(held: Register, pages: dict[Path, Links]) -> None:
    by_name = {f"{p.parent.name}/{p.stem}": page for p, page in pages.items()}
    for key, said in held.said.items():
        page = by_name[f"{held.section_of[key]}/{key}"]
        for statement in said:
            assert f"../documents/{statement.document}.html#s-{statement.key}" in page.hrefs
    for statement in held.statements.values():
        document = by_name[f"documents/{statement.document}"].path.read_text(encoding="utf-8")
        assert f'<tr id="s-{statement.key}"><th scope="row">{statement.locator}</th>' in document


def test_every_route_has_a_page_with_every_claim_that_it_rests_on(held: Register, folder: Path) -> None:
    site = register_pages.Site(held, Known())
    for one in register_pages.route_sets(site):
        ways = {register_pages.way_name(way): way for way in one.answer.routes}
        assert len(ways) == len(one.answer.routes), "no two have one name"
        assert {p.stem for p in (folder / "routes" / one.name).glob("*.html")} == set(ways)
        for name, way in ways.items():
            text = (folder / "routes" / one.name / f"{name}.html").read_text(encoding="utf-8")
            said = [s for e in way.edges for s in held.said.get(e.id, ())]
            assert all(f"documents/{s.document}.html#s-{s.key}" in text for s in said)
            assert text.count("This is the weakest") == 1
            assert f"C {sum(s.confidence == 'C' for s in said)}, D {sum(s.confidence == 'D' for s in said)}." in text


def test_every_sum_of_money_stands_above_the_claims_that_it_is_made_of(held: Register, folder: Path) -> None:
    for total in money.totals(held):
        keys = [
            k for s in (total.obligated, total.ceiling, total.reported) if s for a in s.amounts for k in a.statements
        ]
        for page in (f"bodies/{total.buyer}", "questions/money"):
            if (folder / f"{page}.html").exists():
                text = (folder / f"{page}.html").read_text(encoding="utf-8")
                assert all(f'html#s-{key}">{key}</a>' in text for key in keys), page


def test_every_page_with_claims_shows_how_many_are_of_each_letter(held: Register, folder: Path) -> None:
    text = (folder / "systems/coplink.html").read_text(encoding="utf-8")
    number = [s.confidence for s in held.said["coplink"]]
    assert f"A 0, B 0, C {number.count('C')}, D {number.count('D')}." in text


def test_every_system_says_what_could_be_checked_and_whether_the_case_holds_it(held: Register, folder: Path) -> None:
    records = held.all(RecordSeries).values()
    for key in (*held.by_section["systems"], *held.by_section["programmes"]):
        section = held.section_of[key]
        text = (folder / section / f"{key}.html").read_text(encoding="utf-8")
        mine = [r for r in records if r.system == key]
        assert all(r.label.replace("'", "&#39;") in text for r in mine)
        assert mine or "No record that one could ask for" in text
    flock = (folder / "systems/flock-national-lookup.html").read_text(encoding="utf-8")
    assert "holds a record of this kind: audit of Exampleville.csv" in flock
    assert "screens (" in flock
    other = (folder / "systems/leiss.html").read_text(encoding="utf-8")
    assert "does not hold it: ask for it" in other
    assert "no layout yet" in other


def test_without_a_case_no_page_says_that_a_case_lacks_a_record(held: Register, tmp_path: Path) -> None:
    register_pages.write(held, tmp_path / "out", known=Known())
    text = (tmp_path / "out/systems/coplink.html").read_text(encoding="utf-8")
    assert "no case was given" in text
    assert "does not hold it" not in text


def test_pages_never_fall_on_what_somebody_else_put_there(held: Register, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(OutputUnwritable):
        register_pages.write(held, tmp_path, known=Known())
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


# --- the picture -------------------------------------------------------------------------------------------------


def edge(start: str, end: str, shown: Evidence = Evidence.ENABLED, number: int = 0) -> Edge:
    return Edge(f"{start}-{end}-{number}", start, end, "feed", shown)


def test_a_picture_runs_from_left_to_right_and_has_every_place_once() -> None:
    ways = [
        Route((edge("a", "b"), edge("b", "d"))),
        Route((edge("a", "d", Evidence.POSSIBLE),)),
        Route((edge("a", "b"), edge("b", "c"), edge("c", "d"))),
        Route((edge("a", "b", Evidence.PROVEN, 1), edge("b", "d"))),
    ]
    drawn = route_picture.picture(ways, lambda node: f"the place {node}")
    at = {b.node: b for b in drawn.boxes}
    assert at["a"].x < at["b"].x < at["c"].x < at["d"].x
    assert (at["a"].role, at["b"].role, at["d"].role) == ("origin", "way", "target")
    assert len(drawn.links) == 5, "parallel flows are one line"
    (both,) = [link for link in drawn.links if link.count == 2]
    assert both.evidence == "proven", "a line has the best class of its flows"


def test_boxes_of_a_layer_never_touch_and_nothing_leaves_the_picture(folder: Path) -> None:
    for path in (folder / "routes").glob("*.html"):
        text = path.read_text(encoding="utf-8")
        width, height = (float(n) for n in re.findall(r'viewBox="0 0 (\d+) (\d+)">\s*<title', text)[0])
        boxes = [tuple(map(float, found)) for found in re.findall(
            r'<rect class="\w+" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"', text)]  # fmt: skip
        assert boxes
        for i, (x, y, w, h) in enumerate(boxes):
            assert x + w <= width
            assert y + h <= height
            assert not [b for b in boxes[:i] if b[0] == x and b[1] < y + h and y < b[1] + b[3]], path.name


def test_a_circle_of_flows_still_has_a_picture() -> None:
    ways = [
        Route((edge("a", "b"), edge("b", "c"), edge("c", "d"))),
        Route((edge("a", "c"), edge("c", "b"), edge("b", "d"))),
    ]
    drawn = route_picture.picture(ways, str)
    assert {b.node for b in drawn.boxes} == set("abcd")
    assert max(b.x for b in drawn.boxes) == next(b.x for b in drawn.boxes if b.node == "d")


def test_a_long_line_has_a_place_of_its_own_in_every_layer_that_it_passes() -> None:
    ways = [Route((edge("a", "b"), edge("b", "c"), edge("c", "d"))), Route((edge("a", "d"),))]
    drawn = route_picture.picture(ways, str)
    path = next(link.path for link in drawn.links if link.path.count("L") == 2)
    levels = [float(y) for y in re.findall(r"L[\d.]+,([\d.]+)", path)]
    passed = [b for b in drawn.boxes if b.node in "bc"]
    assert not [b for b in passed for y in levels if b.y <= y <= b.y + b.height]


# --- in the browser ----------------------------------------------------------------------------------------------


@pytest.mark.browser
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_anybody_can_read_the_pages(folder: Path, browser: Browser, width: int, scheme: Scheme) -> None:
    """No violation of WCAG 2.2 AA, no request to anybody, no error, and never wider than the screen."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)
    opened = context.new_page()
    asked, said = list[str](), list[str]()
    opened.on("request", lambda request: asked.append(request.url))
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    for name in SHOWN:
        opened.goto((folder / name).as_uri())
        assert violations(opened) == [], name
        assert opened.evaluate("document.documentElement.scrollWidth") <= width, name
    assert all(url.startswith(folder.as_uri()) for url in asked)
    assert said == []
    context.close()
