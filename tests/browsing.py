"""What the tests in the system's Chromium share: what axe holds against a page."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Page

AXE = Path(__file__).parent / "axe" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
Scheme = Literal["light", "dark"]
SEEN: tuple[tuple[int, Scheme], ...] = ((1280, "light"), (390, "light"), (1280, "dark"), (390, "dark"))
"""The widths and schemes in which a page is looked at: by desk and by telephone."""


def violations(page: Page) -> list[str]:
    """What axe holds against a page: the rule and the first element, one line each."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate("tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", TAGS)
    assert found["passes"], "axe checked nothing"
    return [f"{v['id']}: {v['nodes'][0]['target']} {v['nodes'][0]['failureSummary']}" for v in found["violations"]]
