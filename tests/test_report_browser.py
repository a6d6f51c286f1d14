"""The report in the system's Chromium, opened from file://: it asks nobody, has no error, and anybody can read it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from browsing import AXE, violations
from plateglass import publish
from report_world import world

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with world(tmp_path_factory.mktemp("world")) as made:
        return publish.report(made.store, made.case, made.findings, tmp_path_factory.mktemp("out") / "report")


def test_axe_is_the_file_that_its_maker_published() -> None:
    digest = hashlib.sha256(AXE.read_bytes()).hexdigest()
    assert f"{digest}  axe.min.js" in (AXE.parent / "SHA256SUMS").read_text()


@pytest.mark.parametrize("name", ["report.html", "custodian/custodian.html"])
def test_anybody_can_read_the_page(report: Path, page: Page, name: str) -> None:
    """No violation of WCAG 2.2 AA, by telephone and by desk, in light and in dark."""
    page.goto((report.parent / name).as_uri())
    assert violations(page) == []


def test_axe_would_have_seen_a_fault(report: Path, page: Page) -> None:
    """The check is not blind: a page whose language and words can't be told apart is held against us."""
    page.goto(report.as_uri())
    page.evaluate("document.documentElement.lang = ''; document.querySelector('h1').style.color = '#eeeeee88'")
    assert violations(page)


def test_the_page_asks_nobody_and_has_no_error(report: Path, browser: Browser) -> None:
    """Opened as a reader opens it, with its own policy in force."""
    context = browser.new_context(java_script_enabled=True)
    opened, asked, said = context.new_page(), [], []
    opened.on("request", lambda request: asked.append(request.url))
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.goto(report.as_uri())
    opened.wait_for_load_state("networkidle")
    assert asked == [report.as_uri()]
    assert said == []
    context.close()


def test_the_page_reads_without_script_and_never_scrolls_sideways(report: Path, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    opened = context.new_page()
    opened.goto(report.as_uri())
    assert opened.get_by_role("heading", name="What was read, and what can’t be said").is_visible()
    assert opened.get_by_role("img", name="By month").first.is_visible()
    context.close()
    wide = browser.new_page(viewport={"width": 320, "height": 800})
    wide.goto(report.as_uri())
    assert wide.evaluate("document.documentElement.scrollWidth") <= 320
    wide.close()


def test_every_link_leads_somewhere_on_the_page(report: Path, browser: Browser) -> None:
    opened = browser.new_page()
    opened.goto(report.as_uri())
    dead = opened.evaluate(
        "[...document.querySelectorAll('a:not([rel])')].map(a => a.hash)"
        ".filter(hash => !document.getElementById(hash.slice(1)))"
    )
    assert dead == []
    opened.close()


def test_the_page_prints(report: Path, browser: Browser, tmp_path: Path) -> None:
    """On paper it has pages, and nothing is wider than the paper."""
    opened = browser.new_page()
    opened.goto(report.as_uri())
    opened.emulate_media(media="print")
    opened.set_viewport_size({"width": 680, "height": 960})
    assert opened.evaluate("document.documentElement.scrollWidth") <= 680
    pdf = opened.pdf(prefer_css_page_size=True)
    assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") > 3
    opened.close()
