"""What the tests share."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from browsing import SEEN


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update", action="store_true", help="write the expected files of fixtures anew, then look at the diff"
    )


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    """Whether expected files are to be written."""
    return bool(request.config.getoption("--update"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium; one for each file of tests, since its loop would be in the way of other files' loops."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    assert chromium, "no chromium: tools/browser installs it"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(params=SEEN, ids=lambda seen: f"{seen[0]}-{seen[1]}")
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page by desk and by telephone, in light and in dark; its own policy would keep axe out."""
    width, scheme = request.param
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)
    yield context.new_page()
    context.close()
