"""The list and the pages of rules: every rule, its SQL, its examples, its citations; and nothing that runs."""

from __future__ import annotations

import csv
import html
import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from typer.testing import CliRunner

from plateglass.catalogue import Catalogue, Rule
from plateglass.cli import app
from plateglass.errors import OutputUnwritable
from plateglass.publish import rule_pages

RULES = Catalogue().rules


def rows(text: str) -> dict[str, dict[str, str]]:
    return {row["rule"]: row for row in csv.DictReader(io.StringIO(text))}


def test_the_list_has_every_rule_with_what_it_rests_on() -> None:
    found = rows(rule_pages.listed(RULES))
    assert set(found) == set(RULES)
    for key, rule in RULES.items():
        row = found[key]
        assert row["citation_read"] == rule.review
        assert row["fails"] in (sql := " ".join(rule.fails.split()), f"'{sql}")
        assert all(cite.url in row["citations"] for cite in rule.cites)
        assert sum(int(part.rpartition(" ")[2]) for part in row["examples"].split("; ")) == len(rule.examples)
        assert (row["may_say_fail"] == "yes") == (not rule.only_asks and rule.basis != "screen")
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row.values())


def test_dates_in_force_are_of_all_citations_together() -> None:
    row = rows(rule_pages.listed(RULES))["us-ca/access-record"]
    assert (row["in_force_from"], row["in_force_until"], row["read_on"]) == ("2016-01-01", "", "2026-11-22")


@pytest.mark.parametrize("rule", list(RULES.values())[::7], ids=lambda rule: rule.id)
def test_a_page_shows_the_sql_the_examples_and_the_citations(rule: Rule) -> None:
    page = html.unescape(rule_pages.page(rule))
    for name in rule_pages.PREDICATES:
        assert getattr(rule, name).strip() in page
    assert page.count('<tr><th scope="row">') >= len(rule.examples) + len(rule_pages.PREDICATES)
    for cite in rule.cites:
        assert cite.text.rstrip(".") in page
    for text in (*rule.limits, *rule.readings):
        assert text in page
    assert rule.sha256 in page
    assert "<script" not in page
    assert not re.search(r'(?:src|href)="(?!https://|index\.html)', page)


def test_a_page_escapes_whatever_a_case_s_own_rule_says(tmp_path: Path) -> None:
    text = (Path(rule_pages.__file__).parent.parent / "content/rules/screens/row-cap.toml").read_text()
    folder = tmp_path / "rules/own"
    folder.mkdir(parents=True)
    bad = re.sub(r"^title = .*$", 'title = "<script>alert(1)</script>"', text, count=1, flags=re.MULTILINE)
    (folder / "bad.toml").write_text(
        re.sub(r"\[\[cites\]\]\n", '[[cites]]\nurl = "javascript:alert(1)"\n', bad, count=1)
    )
    rule = Catalogue(tmp_path).rules["own/bad"]
    page = rule_pages.page(rule)
    assert "<script" not in page
    assert 'href="javascript' not in page


def test_the_plain_words_follow_the_rule() -> None:
    ca, screen, mn = (dict(rule_pages.explained(RULES[key]))
                      for key in ("us-ca/access-record", "screens/row-cap", "us-mn/look-back"))  # fmt: skip
    assert ca["Who is bound"].startswith("Agencies of CA")
    assert "from 1 January 2016" in ca["When"]
    assert "user" in ca["What must be told"]
    assert "never says" in screen["What it can say"]
    assert mn["What it can say"].startswith("A question")
    assert dict(rule_pages.explained(RULES["custodian/account-overlap"]))["Who may see it"] != "Everybody."


def test_a_rule_says_since_when_it_holds_and_when_it_was_read_or_that_nothing_is_dated() -> None:
    assert rule_pages.history(RULES["us-ca/access-record"]) == [
        ("1 January 2016", "the citation comes into force"), ("22 November 2026", "the citation: read in the original"),
    ]  # fmt: skip
    utah = rule_pages.history(RULES["us-ut/look-back"])
    assert ("5 May 2026", "the citation is in force for the last time") in utah
    [(day, what)] = rule_pages.history(RULES["screens/row-cap"])
    assert (day, what) == ("Undated", "no citation says from when it holds, and no day of reading was kept")
    assert f'<th scope="row">{day}</th><td>{what}</td>' in rule_pages.page(RULES["screens/row-cap"])


def test_the_folder_has_a_page_a_rule_and_every_link_leads_somewhere(tmp_path: Path) -> None:
    said = CliRunner().invoke(app, ["rules", "pages", str(tmp_path / "out")])
    assert said.exit_code == 0, said.output
    index = (tmp_path / "out/index.html").read_text()
    linked = set(re.findall(r'href="([^"]+)"', index))
    assert linked == {rule_pages.file(rule) for rule in RULES.values()} | {"rules.csv"}
    assert all((tmp_path / "out" / link).exists() for link in linked)
    again = CliRunner().invoke(app, ["rules", "pages", str(tmp_path / "out")])
    assert again.exit_code == 0


def test_a_folder_with_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(OutputUnwritable, match="something else"):
        rule_pages.write(RULES, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_the_commands_show_a_rule_and_list_all_as_csv() -> None:
    shown = CliRunner().invoke(app, ["rules", "show", "us-ca/access-record"]).output
    for word in ("cites: ", "who is bound: ", "fails: ", "example, fail: ", "can't show: ", "history: "):
        assert f"\n{word}" in shown
    assert set(rows(CliRunner().invoke(app, ["rules", "list", "--csv"]).stdout)) == set(RULES)


@pytest.mark.browser
def test_no_page_scrolls_sideways_on_a_telephone(tmp_path: Path, browser: Browser) -> None:
    """Addresses of laws are long words."""
    longest = max(RULES.values(), key=lambda rule: max((len(cite.url) for cite in rule.cites), default=0))
    rule_pages.write(RULES, tmp_path)
    opened = browser.new_page(viewport={"width": 390, "height": 844})
    for name in ("index", *(rule.replace("/", "--") for rule in (longest.id, "us-ca/access-record"))):
        opened.goto((tmp_path / f"{name}.html").as_uri())
        assert opened.evaluate("document.documentElement.scrollWidth") <= 390, name
