"""The pages of questions and methods in the system's Chromium: every chart that there is, by telephone and by desk."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from browsing import violations
from plateglass import demo, pipeline, spread
from plateglass.case import Case, Settings
from plateglass.publish import drawings

pytestmark = pytest.mark.browser
PAGES = ["questions.html", "methods.html", "custodian/questions.html"]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report whose counts by agency are all printed, so that the charts by agency are drawn too."""
    root = tmp_path_factory.mktemp("browser")
    truth = demo.make(root / "files")
    made = Case.make(root / "case", Settings(
        name="demo", agency=truth.agency, timezone=truth.timezone, rules=("screens",), custodian=True, suppress_below=0,
        parameters={**truth.parameters, "change_on": "2025-10-01"},
    ))  # fmt: skip
    return pipeline.audit(made, list(truth.paths), root / "report").report.parent


@pytest.mark.parametrize("name", PAGES)
def test_anybody_can_read_the_page(written: Path, page: Page, name: str) -> None:
    page.goto((written / name).as_uri())
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("window.innerWidth")


def test_every_chart_stands_within_its_frame_and_above_its_table(written: Path, browser: Browser) -> None:
    opened = browser.new_page(viewport={"width": 390, "height": 844})
    opened.goto((written / "questions.html").as_uri())
    outside = opened.evaluate("""() => [...document.querySelectorAll('svg')].flatMap(svg => {
      const frame = svg.getBoundingClientRect();
      return [...svg.querySelectorAll('text, rect, circle, path')].filter(mark => {
        const box = mark.getBoundingClientRect();
        return box.left < frame.left - 1 || box.right > frame.right + 14 || box.bottom > frame.bottom + 2;
      }).map(mark => svg.querySelector('title').textContent + ': ' + (mark.textContent || mark.className.baseVal));
    })""")
    assert outside == []
    drawn = opened.evaluate("[...document.querySelectorAll('figure')].filter(f => "
                            "!f.parentElement.querySelector('table')).length")  # fmt: skip
    assert drawn == 0
    assert opened.evaluate("document.querySelectorAll('svg').length") >= 12
    opened.close()


@pytest.mark.parametrize("name", PAGES)
def test_the_page_asks_nobody_and_its_links_lead_somewhere(written: Path, browser: Browser, name: str) -> None:
    opened, asked, said = browser.new_page(), [], []
    opened.on("request", lambda request: asked.append(request.url))
    opened.on("console", lambda message: said.append(message.text))
    opened.goto((written / name).as_uri())
    assert asked == [(written / name).as_uri()]
    assert said == []
    links = opened.evaluate("[...document.querySelectorAll('a[href]')].map(a => a.href)")
    for link in links:
        file, _, anchor = link.removeprefix("file://").partition("#")
        target = Path(file.replace("%20", " "))
        if link.startswith("file:"):
            assert target.exists(), link
            assert not anchor or f'id="{anchor}"' in target.read_text(encoding="utf-8"), link
    opened.close()


def test_words_over_each_other_in_no_chart(written: Path, browser: Browser) -> None:
    """No two texts of one chart cover each other, by desk or by telephone."""
    opened = browser.new_page(viewport={"width": 1280, "height": 900})
    opened.goto((written / "questions.html").as_uri())
    covered = opened.evaluate("""() => [...document.querySelectorAll('svg')].flatMap(svg => {
      const boxes = [...svg.querySelectorAll('text')].map(t => [t.textContent, t.getBoundingClientRect()]);
      return boxes.flatMap(([a, x], i) => boxes.slice(i + 1).filter(([b, y]) =>
        x.left < y.right - 1 && y.left < x.right - 1 && x.top < y.bottom - 3 && y.top < x.bottom - 3
      ).map(([b]) => svg.querySelector('title').textContent + ': ' + a + ' | ' + b));
    })""")
    assert covered == []
    opened.close()


@pytest.fixture(scope="module")
def peers() -> spread.Funnel:
    lots = random.Random(3)  # noqa: S311 (made up, and the same each time)
    agencies = []
    for n in range(60):
        size, share = int(10 ** lots.uniform(1.4, 4)), lots.betavariate(12, 28)
        agencies.append((str(n), sum(lots.random() < share for _ in range(size)), size))
    found = spread.funnel([*agencies, ("far", 760, 800)])
    assert found is not None
    return found


def test_the_funnel_marks_who_lies_outside(peers: spread.Funnel) -> None:
    limits = [(n, peers.limits(n).low, peers.limits(n).high) for n in (10, 100, 1000, 10_000)]
    points = [(p.n, p.found / p.n, p.where != "within") for p in peers.peers]
    drawn = drawings.funnel("f", "A funnel", peers.middle, limits, points)
    far = [shape for shape in drawn.shapes if shape.style == "far"]
    assert 1 <= len(far) <= 3
    assert all(0 <= shape.at[1] <= drawn.height for shape in drawn.shapes if shape.kind == "circle")
