"""Routes: the 13 expected patterns, a brute-force search that must agree, and what may never follow what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plateglass import register
from plateglass.register import cuts, flows, questions, routes
from plateglass.register.entities import Evidence
from plateglass.register.evidence import Window
from plateglass.register.flows import KINDS, Edge
from plateglass.register.holdings import Register
from plateglass.register.routes import Ask, Network, Route


@cache
def held() -> Register:
    return register.read()


def ways(origin: str, target: str, data: str, at: date | None = None) -> routes.Answer:
    return questions.ways(held(), questions.asked(held(), origin, target, data=data, at=at))


# --- the patterns that the research expects ----------------------------------------------------------------------

PATTERNS = {
    # number: origin, target, data; what is passed; kinds; class; weakest edge
    "1": (
        "local-agencies",
        "ice",
        "plate-read",
        "vigilant-agency-pool",
        "feed sharing_toggle",
        "ENABLED",
        "local-to-agency-pool",
    ),
    "2": (
        "local-agencies",
        "cbp",
        "plate-read",
        "cbp-commercial-aggregator ats-lpr-service",
        "feed federated_query direct_account",
        "ENABLED",
        "local-to-aggregator",
    ),
    "3": (
        "orange-county-police-agency",
        "ice",
        "plate-read",
        "",
        "informal_request",
        "PROVEN",
        "orange-county-police-to-ice",
    ),
    "4": (
        "local-agencies",
        "ice",
        "fingerprint",
        "ngi ident",
        "feed interoperability direct_account",
        "ENABLED",
        "local-prints-to-ngi",
    ),
    "5": (
        "county-jails",
        "ero",
        "booking-record",
        "trss-monitoring",
        "feed alert_subscription",
        "ENABLED",
        "jails-to-trss",
    ),
    "6 COPLINK": (
        "local-agencies",
        "ice",
        "police-report",
        "coplink leiss",
        "feed federated_query direct_account",
        "ENABLED",
        "local-to-coplink",
    ),
    "6 Palantir": (
        "local-agencies",
        "ice",
        "police-report",
        "palantir-le leiss",
        "feed federated_query direct_account",
        "ENABLED",
        "local-to-palantir-le",
    ),
    "6 LinX": (
        "local-agencies",
        "ice",
        "police-report",
        "linx leiss",
        "feed federated_query direct_account",
        "ENABLED",
        "local-to-linx",
    ),
    "7 request": ("utah-dmv", "ice", "licence-photo", "", "on_behalf_search", "PROVEN", "utah-photos-to-ice"),
    "7 subpoena": ("washington-dol", "ice", "licence-photo", "", "legal_process", "PROVEN", "washington-photos-to-ice"),
    "8 DMV": (
        "state-dmvs",
        "ero",
        "licence-record",
        "clear hsi",
        "feed direct_account on_behalf_search",
        "AUTHORISED",
        "clear-to-hsi",
    ),
    "8 utility": (
        "data-brokers",
        "ero",
        "utility-record",
        "clear hsi",
        "feed direct_account on_behalf_search",
        "AUTHORISED",
        "clear-to-hsi",
    ),
    "9": (
        "local-agencies",
        "ice",
        "plate-read",
        "fusion-centres",
        "sharing_agreement on_behalf_search",
        "POSSIBLE",
        "fusion-centres-to-ice",
    ),
    "10 HIDTA": (
        "local-agencies",
        "ice",
        "plate-read",
        "hidta",
        "sharing_agreement membership",
        "POSSIBLE",
        "hidta-to-ice",
    ),
    "10 JTTF": (
        "local-agencies",
        "fbi",
        "plate-read",
        "jttf",
        "sharing_agreement membership",
        "AUTHORISED",
        "jttf-to-fbi",
    ),
    "11": (
        "california-agencies",
        "ice",
        "booking-record",
        "clets",
        "interoperability interoperability",
        "POSSIBLE",
        "clets-to-ice",
    ),
    "12": (
        "local-agencies",
        "ice",
        "plate-read",
        "flock-national-lookup other-local-agencies",
        "sharing_toggle direct_account on_behalf_search",
        "POSSIBLE",
        "other-local-searches-for-ice",
    ),
    "13": (
        "ice",
        "ice",
        "hot-list-entry",
        "ncic-immigration-topic local-camera-hot-lists local-agencies",
        "feed feed alert_subscription informal_request",
        "ENABLED",
        "ice-to-ncic-topic",
    ),
}


@pytest.mark.parametrize("number", PATTERNS)
def test_an_expected_pattern_is_found_with_its_class_and_weakest_edge(number: str) -> None:
    origin, target, data, passed, kinds, shown, weakest = PATTERNS[number]
    found = [r for r in ways(origin, target, data).routes if r.nodes[1:-1] == tuple(passed.split())]
    fitting = [r for r in found if r.kinds == tuple(kinds.split())]
    assert len(fitting) == 1, [(r.nodes, r.kinds) for r in found]
    assert fitting[0].evidence is Evidence[shown]
    assert fitting[0].weakest.id == weakest


def test_repossession_reads_reach_ice_without_any_agency() -> None:
    """Often confused with the agencies' routes, and none of them."""
    best = ways("repossession-firms", "ice", "plate-read").routes[0]
    assert best.nodes == ("repossession-firms", "vigilant-commercial", "ice")
    assert best.edges[-1].via == ("thomson-reuters",)
    assert best.opened is not None
    assert best.opened.window.opened_by == "ice-lpr-started"


def test_no_route_passes_a_pitched_or_planned_system_or_hosting() -> None:
    network = Network(flows.edges(held()))
    assert not {"rekognition", "hart", "government-clouds"} & set(network.number)


def test_an_agency_that_no_source_names_gets_only_what_is_possible_for_its_class() -> None:
    answer = ways("austin-pd", "ice", "plate-read")
    assert answer.routes
    assert {r.evidence for r in answer.routes} == {Evidence.POSSIBLE}
    assert all(r.weakest.id == "austin-pd-is-one-of-local-agencies" for r in answer.routes)
    named = ways("merced", "ice", "plate-read").routes[0]
    assert (named.evidence, named.nodes) == (Evidence.ENABLED, ("merced", "ice"))


def test_a_route_that_was_closed_is_not_open_afterwards_and_names_what_closed_it() -> None:
    before, after = (ways("local-agencies", "cbp", "plate-read", date(year, 6, 1)) for year in (2024, 2026))
    by_flock = [r for r in before.routes if "flock-national-lookup" in r.nodes]
    assert len(by_flock) == 1
    assert by_flock[0].closed is not None
    assert by_flock[0].closed.window.closed_by == "flock-pilot-cbp"
    assert by_flock[0].closed.window.end == date(2025, 8, 31)
    assert not [r for r in after.routes if "flock-national-lookup" in r.nodes]


def test_what_closes_most_and_what_survives_an_agency_that_does_all_it_can() -> None:
    ask = questions.asked(held(), "local-agencies", "ice", data="police-report")
    closing = questions.closing(held(), ask)
    assert closing.most[0] == ("leiss-to-ice", 3)
    assert closing.smallest.exact
    assert "leiss-to-ice" in closing.smallest.what
    assert closing.survive.routes == (), "every one of these routes starts with something that the agency can end"
    prints = questions.asked(held(), "local-agencies", "ice", data="fingerprint")
    survive = questions.closing(held(), prints).survive.routes
    assert {r.nodes[1] for r in survive} == {"ngi"}, (
        "the automatic sending of booking prints is not the agency's to end"
    )


# --- made-up graphs ----------------------------------------------------------------------------------------------


def edge(provider: str, receiver: str, kind: str = "feed", shown: Evidence = Evidence.PROVEN, **kw: object) -> Edge:
    given_ = {"id": f"{provider}{receiver}-{kind}", "letter": "C", "onward": KINDS[kind].onward, **kw}
    return replace(Edge("", provider, receiver, kind, shown), **given_)  # type: ignore[arg-type]  # any field of Edge


def found(edges: list[Edge], ask: Ask) -> set[tuple[str, ...]]:
    return {tuple(e.id for e in r.edges) for r in routes.find(Network(edges), ask).routes}


AC = Ask(frozenset("a"), frozenset("c"))


def test_a_toy_graph_has_exactly_these_routes() -> None:
    edges = [
        edge("a", "b"),
        edge("b", "c"),
        edge("a", "c", "legal_process"),
        edge("b", "a"),
        edge("c", "d"),
        edge("a", "h", "hosting"),
        edge("h", "c"),
        edge("a", "p", shown=Evidence.PITCHED),
        edge("p", "c"),
        edge("a", "x", "breach"),
        edge("x", "c"),
    ]
    assert found(edges, AC) == {("ab-feed", "bc-feed"), ("ac-legal_process",)}


def test_a_share_is_not_passed_on_by_sharing() -> None:
    """That b may look at a's reads, and shares its own with c, gives c nothing of a's."""
    shares = [edge("a", "b", "sharing_toggle"), edge("b", "c", "sharing_toggle")]
    assert found(shares, AC) == set()
    assert found([shares[0], edge("b", "c", "on_behalf_search")], AC) == {("ab-sharing_toggle", "bc-on_behalf_search")}
    pool = [edge("a", "b", "sharing_toggle", rests=True), edge("b", "c", "direct_account")]
    assert found(pool, AC) == {("ab-sharing_toggle", "bc-direct_account")}


def test_a_second_hat_gives_no_copy() -> None:
    """Access through a task force stays access: what c shares of its own is not a's."""
    hats = [edge("a", "b", "sharing_toggle"), edge("b", "m", "membership"), edge("m", "c", "feed")]
    assert found(hats, AC) == set()
    assert len(found([edge("a", "b"), *hats[1:]], AC)) == 1


def test_an_agency_stands_for_its_class_only_where_a_route_begins() -> None:
    """Data that reach an agency do not thereby reach all agencies."""
    stands = edge("a", "g", "membership", Evidence.POSSIBLE, first_only=True)
    assert len(found([stands, edge("g", "c")], AC)) == 1
    assert found([stands, edge("g", "c"), edge("x", "a")], replace(AC, origin=frozenset("x"))) == set()


def test_what_a_rule_forbids_is_kept_and_says_so_and_what_is_impossible_is_not() -> None:
    ways_ = [edge("a", "b", onward="forbidden", forbidden_by="rule"), edge("b", "c")]
    (route,) = routes.find(Network(ways_), AC).routes
    assert [e.forbidden_by for e in route.needs_breach] == ["rule"]
    assert found([edge("a", "b", onward="impossible"), edge("b", "c")], AC) == set()
    (unsure,) = routes.find(Network([edge("a", "b", onward="unknown"), edge("b", "c")]), AC).routes
    assert [e.id for e in unsure.unsure] == ["ab-feed"]


def test_data_of_another_category_do_not_travel_unless_they_are_changed() -> None:
    assert found([edge("a", "b", mask=1), edge("b", "c", mask=2)], replace(AC, data=1)) == set()
    assert len(found([edge("a", "b", mask=1, becomes=2), edge("b", "c", mask=2)], replace(AC, data=1))) == 1


def window(first: int | None, last: int | None) -> Window:
    start, end = (None if day is None else date.fromordinal(day) for day in (first, last))
    return Window(start, end)


def test_data_can_be_taken_on_only_while_they_are_kept() -> None:
    ordered = replace(AC, ordered=True)
    late = edge("b", "c", window=window(200, 210))
    assert found([edge("a", "b", window=window(100, 110), retention=80), late], ordered) == set()
    assert len(found([edge("a", "b", window=window(100, 110), retention=95), late], ordered)) == 1
    assert len(found([edge("a", "b", window=window(100, 110)), late], ordered)) == 1
    assert found([edge("a", "b", window=window(300, 310)), late], ordered) == set()
    assert found([edge("a", "b", window=window(100, 110)), late], replace(AC, at=date.fromordinal(105))) == set()


def test_the_weakest_edge_decides_and_the_best_route_comes_first() -> None:
    edges = [
        edge("a", "b"),
        edge("b", "c", shown=Evidence.POSSIBLE),
        edge("a", "d", shown=Evidence.ENABLED),
        edge("d", "e"),
        edge("e", "c"),
    ]
    answer = routes.find(Network(edges), AC)
    assert [(r.evidence, r.weakest.id) for r in answer.routes] == [
        (Evidence.ENABLED, "ad-feed"),
        (Evidence.POSSIBLE, "bc-feed"),
    ]
    assert answer.counts == {Evidence.PROVEN: 0, Evidence.ENABLED: 1, Evidence.AUTHORISED: 0, Evidence.POSSIBLE: 1}
    assert [p.routes for p in answer.patterns] == [1, 1]


def test_a_cap_is_reported_with_how_far_the_answer_is_complete() -> None:
    nodes = "abdefghij"
    edges = [edge(x, y) for x in nodes for y in nodes + "c" if x != y]
    capped = routes.find(Network(edges), replace(AC, looks=300))
    assert capped.complete_to < 6
    assert "more than 300 edges" in capped.capped
    whole = routes.find(Network(edges), replace(AC, hops=2))
    assert whole.complete_to == 2
    assert "cut at 2 hops" in whole.capped
    assert {r.edges for r in whole.routes} <= {r.edges for r in capped.routes}


# --- a search that can't be wrong --------------------------------------------------------------------------------


def brute(edges: list[Edge], ask: Ask) -> Iterator[tuple[str, ...]]:
    """Every sequence of distinct nodes, each rule of a route written out again, slowly."""

    def grow(path: list[Edge]) -> Iterator[list[Edge]]:
        if path and path[-1].receiver in ask.target:
            yield path
            return
        if len(path) == ask.hops:
            return
        for e in edges:
            starts = e.provider == path[-1].receiver if path else e.provider in ask.origin
            fresh = e.receiver in ask.target or e.receiver not in {*ask.origin, *(p.receiver for p in path)}
            if starts and fresh and e.kind != "hosting" and e.evidence >= Evidence.POSSIBLE:
                yield from grow([*path, e])

    for path in grow([]):
        if allowed(path, ask):
            yield tuple(e.id for e in path)


def allowed(path: list[Edge], ask: Ask) -> bool:
    data, copy, days = ask.data, True, {range(800)[d] for d in range(800)}
    for number, e in enumerate(path):
        if e.first_only and number:
            return False
        if number and path[number - 1].onward == "impossible":
            return False
        if not copy and not KINDS[e.kind].from_access:
            return False
        data &= e.mask
        if not data:
            return False
        data = e.becomes or data
        if KINDS[e.kind].delivers != "capacity":
            copy = KINDS[e.kind].delivers == "copy" or e.rests
        if ask.at and not e.first_day <= ask.at.toordinal() <= e.last_day:
            return False
        if ask.ordered:
            days = {d for d in days if e.first_day <= d <= e.last_day}
            if not days:
                return False
            kept = 800 if e.retention is None else e.retention
            days = {d for d in range(800) if any(s <= d <= s + kept for s in days)}
    return True


day = st.one_of(st.none(), st.integers(1, 60))


@st.composite
def graphs(draw: st.DrawFn, *, plain: bool = False) -> list[Edge]:
    """A few nodes and edges of any kind; `plain`: only what reads the same forwards and backwards."""
    made = []
    for number in range(draw(st.integers(1, 11))):
        provider, receiver = draw(st.sampled_from([(x, y) for x in "abcde" for y in "abcde" if x != y]))
        kind = "feed" if plain else draw(st.sampled_from(sorted(KINDS)))
        first, last = sorted((draw(st.integers(1, 60)), draw(st.integers(1, 60))))
        span = window(draw(st.sampled_from([first, None])), draw(st.sampled_from([last, None])))
        one = edge(provider, receiver, kind, draw(st.sampled_from(Evidence)), mask=draw(st.integers(1, 7)), window=span)
        rest = (
            {}
            if plain
            else {
                "onward": draw(st.sampled_from(["allowed", "forbidden", "unknown", "impossible"])),
                "rests": draw(st.booleans()),
                "becomes": draw(st.sampled_from([0, 0, 1, 4])),
                "retention": draw(st.sampled_from([None, 0, 5])),
                "first_only": draw(st.integers(0, 5)) == 0,
            }
        )
        made.append(replace(one, id=str(number), **rest))  # type: ignore[arg-type]  # any field of Edge
    return made


asks = st.builds(
    Ask,
    st.sampled_from([frozenset("a"), frozenset("ab"), frozenset("ac")]),
    st.sampled_from([frozenset("c"), frozenset("ce")]),
    st.sampled_from([1, 3, flows.EVERYTHING]),
    st.sampled_from([None, date.fromordinal(30)]),
    st.booleans(),
    st.sampled_from([1, 3, 5]),
)


@settings(max_examples=100, deadline=None)
@given(graphs(), asks)
def test_the_search_finds_what_brute_force_finds(edges: list[Edge], ask: Ask) -> None:
    assert found(edges, ask) == set(brute(edges, ask))


@settings(max_examples=60, deadline=None)
@given(graphs(), graphs(), asks)
def test_adding_an_edge_removes_no_route(edges: list[Edge], more: list[Edge], ask: Ask) -> None:
    added = [replace(e, id=f"more-{e.id}") for e in more[:2]]
    assert found(edges, ask) <= found([*edges, *added], ask)


@settings(max_examples=60, deadline=None)
@given(graphs(), asks, st.integers(0, 10), st.integers(1, 20))
def test_tightening_time_adds_none(edges: list[Edge], ask: Ask, which: int, by: int) -> None:
    at = which % len(edges)
    old = edges[at]
    first, last = old.first_day + by, old.last_day if old.window.end is None else old.last_day - by
    if last < 1 or first > last:
        tight = [e for e in edges if e is not old]
    else:
        tight = [
            replace(e, window=window(first, None if old.window.end is None else last)) if e is old else e for e in edges
        ]
    assert found(tight, ask) <= found(edges, ask)
    assert found(edges, replace(ask, at=date.fromordinal(20))) <= found(edges, replace(ask, at=None))


@settings(max_examples=60, deadline=None)
@given(graphs(plain=True), st.sampled_from([1, 3, flows.EVERYTHING]), st.sampled_from([None, date.fromordinal(30)]))
def test_a_reversed_graph_has_the_reversed_routes(edges: list[Edge], data: int, at: date | None) -> None:
    ask = Ask(frozenset("a"), frozenset("c"), data, at, hops=4)
    back = [replace(e, provider=e.receiver, receiver=e.provider) for e in edges]
    turned = found(back, replace(ask, origin=ask.target, target=ask.origin))
    assert found(edges, ask) == {tuple(reversed(r)) for r in turned}


@settings(max_examples=60, deadline=None)
@given(graphs(plain=True))
def test_time_turned_round_turns_the_routes_round(edges: list[Edge]) -> None:
    ask = replace(AC, ordered=True, hops=4)
    back = [replace(e, provider=e.receiver, receiver=e.provider, window=turned(e.window)) for e in edges]
    there = found(back, replace(ask, origin=ask.target, target=ask.origin))
    assert found(edges, ask) == {tuple(reversed(r)) for r in there}


def turned(span: Window) -> Window:
    first, last = (None if d is None else 100 - d.toordinal() for d in (span.end, span.start))
    return window(first, last)


# --- cuts --------------------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(graphs(), asks)
def test_the_smallest_cut_closes_all_and_nothing_smaller_does(edges: list[Edge], ask: Ask) -> None:
    ways_ = [r for r in routes.find(Network(edges), ask).routes if not all(e.first_only for e in r.edges)]
    cut = cuts.smallest(ways_)
    assert cut.exact
    assert all(set(cut.what) & handles(r) for r in ways_)
    things = sorted({h for r in ways_ for h in handles(r)})
    for one in things if len(cut.what) == 2 else ():
        assert not all(one in handles(r) for r in ways_), "one thing would have been enough"
    assert bool(cut.what) == bool(ways_)


def handles(route: Route) -> set[str]:
    return {cuts.handle(e) for e in route.edges if not e.first_only}


def test_the_smallest_cut_is_found_where_the_greedy_one_is_larger() -> None:
    """One thing that closes most routes can be a bad first step."""
    deals = [("G", "A"), ("G", "B"), ("G", "C"), ("A", None), ("B", None), ("C", None)]
    edges = []
    for number, (first, second) in enumerate(deals):
        middle = f"m{number}"
        edges += [edge("a", middle, basis=first), edge(middle, "c", basis=second)]
    assert cuts.smallest(routes.find(Network(edges), AC).routes) == cuts.Cut(("A", "B", "C"), exact=True)


def test_one_contract_that_several_edges_rest_on_is_one_thing_to_remove() -> None:
    edges = [edge("a", "b", basis="deal"), edge("b", "c"), edge("a", "d"), edge("d", "c", basis="deal")]
    ways_ = routes.find(Network(edges), AC).routes
    assert cuts.smallest(ways_) == cuts.Cut(("deal",), exact=True)
    assert cuts.closes(ways_)[0] == ("deal", 2)
    assert cuts.alone(edges, {"nobody"}) == tuple(edges)
