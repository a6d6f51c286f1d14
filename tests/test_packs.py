"""Which rules fit a case: by the states of its logs' owners and of the searchers, and by the dates; and it is said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import worlds
from plateglass import check
from plateglass.case import name_id
from plateglass.catalogue import Catalogue
from plateglass.errors import CaseUnusable
from plateglass.model import Outcome
from plateglass.store import Store

PACIFIC = ZoneInfo("America/Los_Angeles")
RULES = Catalogue().rules
WASHINGTON, TEXAS, FEDERAL = "Exampleton WA PD", "Madeup Falls TX PD", "Samplewood Field Office"
FLORIDA = "Sampleton FL PD"
PLACED = (worlds.HOME, WASHINGTON, TEXAS, FLORIDA)
LOG = "aaaaaaaaaaaa"


def at(day: int, month: int = 3) -> int:
    return int(datetime(2026, month, day, 12, tzinfo=PACIFIC).timestamp() * 1000)


@pytest.fixture
def db() -> Iterator[Store]:
    with Store(threads=1) as opened:
        yield opened


def filled(db: Store, searches: list[tuple[str, int]], owner: str = worlds.HOME, **more: Any) -> None:
    """A network audit of one agency with searches by others, each for civil immigration enforcement."""
    rows = [
        worlds.search(LOG, n, time, org=name_id(who), reason=worlds.token("status"), **more)
        for n, (who, time) in enumerate(searches, 1)
    ]
    federal = worlds.organisation(FEDERAL, "wa", level="federal", kind="federal")
    worlds.fill(db, {
        "sources": [worlds.log(LOG, "network_audit", owner)], "sightings": rows,
        "distinct_searches": worlds.distinct(rows),
        "organisations": [*(worlds.organisation(n, n.split()[-2].lower()) for n in PLACED), federal],
        "reasons": [{"id": worlds.token("status"), "field": "reason", "quality": "q3", "p01": "explicit"}],
    })  # fmt: skip


def test_a_search_on_the_eve_and_one_after_fall_under_different_law_in_one_log(db: Store, tmp_path: Path) -> None:
    """Washington's act is in force from 30 March 2026; the log is Washington's own."""
    filled(db, [(TEXAS, at(29)), (TEXAS, at(31))], WASHINGTON)
    case = worlds.case(tmp_path, agency=WASHINGTON)
    choice = check.fitting(db, case.settings, RULES)
    found = {f.rule: f.counts for f in check.verdicts(db, case, choice.rules)}
    for rule in ("us-wa/in-state-sharing", "us-wa/immigration-purpose"):
        assert (found[rule][Outcome.NOT_APPLICABLE], found[rule][Outcome.FAIL]) == (1, 1), rule
    before = db.rows("SELECT record FROM evidence WHERE rule = 'us-wa/in-state-sharing'")
    assert before == [(2,)]


@pytest.mark.parametrize(
    ("agency", "zone"),
    [(WASHINGTON, "America/Los_Angeles"), (FLORIDA, "America/New_York"), (WASHINGTON, ""), ("", "")],
)
def test_a_law_begins_by_the_clock_of_the_agency_that_it_binds(
    db: Store, tmp_path: Path, agency: str, zone: str
) -> None:
    """Ten searches an hour apart around midnight in Washington, whoever's case it is and whatever zone it states."""
    midnight = int(datetime(2026, 3, 30, tzinfo=PACIFIC).timestamp() * 1000)
    filled(db, [(TEXAS, midnight + hour * 3_600_000) for hour in range(-5, 5)], WASHINGTON)
    case = worlds.case(tmp_path, agency=agency, timezone=zone, rules=("us-wa/in-state-sharing",))
    found = check.verdicts(db, case, check.fitting(db, case.settings, RULES).rules)[0]
    assert (found.counts[Outcome.NOT_APPLICABLE], found.counts[Outcome.FAIL]) == (5, 5)


def test_the_law_of_the_searchers_state_is_checked_in_anothers_log(db: Store, tmp_path: Path) -> None:
    """In a Californian log: Washington's rules about use bind its own agency there, from that day on."""
    filled(db, [(WASHINGTON, at(29)), (WASHINGTON, at(31)), (TEXAS, at(31))])
    case = worlds.case(tmp_path)
    choice = check.fitting(db, case.settings, RULES)
    assert {"us-ca/in-state-sharing", "us-wa/immigration-purpose", "screens/row-cap"} <= set(choice.rules)
    assert "us-wa/in-state-sharing" not in choice.rules, "the owner is bound by it, and that is a Californian"
    counts = {f.rule: f.counts for f in check.verdicts(db, case, choice.rules)}["us-wa/immigration-purpose"]
    assert (counts[Outcome.NOT_APPLICABLE], counts[Outcome.NEEDS_PERSON], counts[Outcome.FAIL]) == (2, 1, 0)


def test_a_law_that_came_later_is_not_checked_and_the_report_says_so(db: Store, tmp_path: Path) -> None:
    filled(db, [(WASHINGTON, at(1)), (WASHINGTON, at(29))])
    choice = check.fitting(db, worlds.case(tmp_path).settings, RULES)
    assert not any(rule.startswith("us-wa/") for rule in choice.rules)
    assert "us-wa, of which agencies searched: none of its rules, which were not in force then" in choice.why


def test_the_owners_of_logs_bring_their_states_law(db: Store, tmp_path: Path) -> None:
    """Without a home agency, as where many portals are read at once."""
    filled(db, [(TEXAS, at(31))], WASHINGTON)
    choice = check.fitting(db, worlds.case(tmp_path, agency="").settings, RULES)
    assert "us-wa/in-state-sharing" in choice.rules
    assert "us-wa, the law of the state of a log's owner" in choice.why


def test_a_federal_body_brings_no_states_law(db: Store, tmp_path: Path) -> None:
    filled(db, [(FEDERAL, at(31))])
    assert not any(rule.startswith("us-wa/") for rule in check.fitting(db, worlds.case(tmp_path).settings, RULES).rules)


def test_what_the_settings_name_goes_before_everything_else(db: Store, tmp_path: Path) -> None:
    filled(db, [(WASHINGTON, at(31))])
    named = check.fitting(db, worlds.case(tmp_path, rules=("us-il",)).settings, RULES)
    assert {rule.partition("/")[0] for rule in named.rules} == {"us-il"}
    id_ = "us-ca-exampleville-ca-pd"
    assert named.issue().message == f"rules checked (home agency: {id_}): us-il, as the settings name them"
    with pytest.raises(CaseUnusable, match="us-zz"):
        check.fitting(db, worlds.case(tmp_path, rules=("us-zz",)).settings, RULES)


def test_leads_about_accounts_are_for_the_custodian_who_asks(db: Store, tmp_path: Path) -> None:
    filled(db, [(TEXAS, at(31))])
    public = check.fitting(db, worlds.case(tmp_path).settings, RULES)
    asked = check.fitting(db, worlds.case(tmp_path, custodian=True).settings, RULES)
    assert {rule.audience for rule in public.rules.values()} == {"public"}
    assert {rule for rule in asked.rules if rule not in public.rules} == {
        r for r in RULES if r.startswith("custodian/")
    }


def chosen(db: Store, tmp_path: Path, written: str, **placed: Any) -> check.Choice:
    """The choice for the log of an agency that `resolve` placed so."""
    filled(db, [(TEXAS, at(31))], written)
    row = worlds.organisation(written, placed.pop("state", written.split()[-2].lower()), **placed)
    db.execute("DELETE FROM organisations WHERE name = ?", [written])
    db.execute(f"INSERT INTO organisations ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", [*row.values()])
    return check.fitting(db, worlds.case(tmp_path, agency=written).settings, RULES)


def packs(choice: check.Choice) -> dict[str, int]:
    return Counter(rule.rpartition("/")[0] for rule in choice.rules)


def test_a_citys_rules_are_checked_for_that_citys_agency(db: Store, tmp_path: Path) -> None:
    choice = chosen(db, tmp_path, "Austin TX PD", agency="us-tx-austin-pd")
    cities = {rule for rule in choice.rules if rule.startswith("cities/")}
    assert cities == {"cities/austin-audit", "cities/austin-case-number", "cities/austin-look-back"}
    assert f"cities, 3 of its {packs_of('cities')} rules, which bind the home agency" in choice.why
    elsewhere = chosen(db, tmp_path, "Madeup Falls TX PD", agency="us-tx-madeup-falls-pd")
    assert "cities" not in packs(elsewhere)


def packs_of(pack: str) -> int:
    return sum(rule.startswith(f"{pack}/") for rule in RULES)


def test_the_highway_patrol_has_its_own_pack_besides_californias(db: Store, tmp_path: Path) -> None:
    found = packs(chosen(db, tmp_path, "California Highway Patrol", state="ca", agency="us-ca-highway-patrol"))
    assert found["us-ca-highway-patrol"] == packs_of("us-ca-highway-patrol")
    assert found["us-ca"] == packs_of("us-ca")
    assert "us-ca-highway-patrol" not in packs(chosen(db, tmp_path, worlds.HOME))


def test_an_order_of_one_department_is_not_checked_for_another_body_of_its_state(db: Store, tmp_path: Path) -> None:
    assert "us-dc" not in packs(chosen(db, tmp_path, "Exampleton DC PD", agency="us-dc-exampleton-pd"))
    assert packs(chosen(db, tmp_path, "Metropolitan DC PD", agency="us-dc-metropolitan-pd"))["us-dc"] == packs_of(
        "us-dc"
    )


def test_promises_of_a_federal_body_are_checked_where_it_is_at_home_or_searched(db: Store, tmp_path: Path) -> None:
    ice: dict[str, Any] = {"state": None, "agency": "us-ice-ero", "level": "federal", "kind": "federal"}
    home = chosen(db, tmp_path, "Immigration Office", **ice)
    assert {"us-dhs/ice-reason", "us-dhs/hot-list-year"} <= set(home.rules)
    assert "us-dhs/cbp-known-target" not in home.rules
    db.execute("UPDATE organisations SET agency = 'us-cbp' WHERE name = ?", [FEDERAL])
    filled(db, [(FEDERAL, at(31))])
    db.execute("UPDATE organisations SET agency = 'us-cbp' WHERE name = ?", [FEDERAL])
    searched = check.fitting(db, worlds.case(tmp_path).settings, RULES)
    assert "us-dhs/cbp-known-target" in searched.rules
    assert not {"us-dhs/ice-reason", "us-dhs/cbp-several-approvers"} & set(searched.rules)
    assert any(
        said.startswith("us-dhs, ") and said.endswith("which bind agencies that searched") for said in searched.why
    )


def test_what_is_not_checked_is_said_with_the_reason(db: Store, tmp_path: Path) -> None:
    choice = chosen(db, tmp_path, worlds.HOME)
    assert packs(choice)["ways-round"] == packs_of("ways-round"), "a way round binds nobody and may be anybody's"
    assert not {"cjis", "guidance", "cities"} & set(packs(choice))
    said = choice.issue().message
    assert "Not checked, unless the settings name them: cjis, because it binds systems that hold" in said
    assert "guidance, because it recommends, and binds nobody" in said
    assert (
        "other states; what in cities, us-ca-highway-patrol, us-dc, us-dhs binds agencies that are not in the case"
        in said
    )


@pytest.mark.parametrize("named", [(), ("us-il",)])
def test_a_citys_ordinance_is_one_file_and_no_code(db: Store, tmp_path: Path, named: tuple[str, ...]) -> None:
    """The very file that docs/add-a-rule.md shows, in the case's own content: tried, chosen and checked."""
    guide = (Path(__file__).parents[1] / "docs" / "add-a-rule.md").read_text(encoding="utf-8")
    file = guide.split("```toml\n", 1)[1].split("```", 1)[0]
    assert guide.count("\n") < 60
    case = worlds.case(tmp_path, rules=named, parameters={"most": 2})
    (case.content / "rules" / "exampleville").mkdir(parents=True)
    (case.content / "rules" / "exampleville" / "reach.toml").write_text(file, encoding="utf-8")
    mine = case.catalogue().rules["exampleville/reach"]
    assert check.examples(mine, case.catalogue()) == []
    filled(db, [(TEXAS, at(29)), (TEXAS, at(31))])
    choice = check.fitting(db, case.settings, case.catalogue().rules)
    assert [said for said in choice.why if "exampleville" in said] == ["exampleville, the case's own"]
    assert ("screens/row-cap" in choice.rules) == (not named)
    findings = {each.rule: each for each in check.verdicts(db, case, choice.rules)}
    finding = findings["exampleville/reach"]
    assert (finding.over, finding.counts[Outcome.FAIL]) == (0, 0)
    assert finding.counts[Outcome.NOT_APPLICABLE] == 2, "the log is of another agency than the one that it binds"
    db.execute("UPDATE organisations SET agency = 'us-ca-exampleville-pd' WHERE name = ?", [worlds.HOME])
    finding = check.verdicts(db, case, {"exampleville/reach": mine})[0]
    assert (finding.rule, finding.over, finding.counts[Outcome.FAIL]) == ("exampleville/reach", 2, 0)
    assert "2 of 2 searches" in finding.sentence
