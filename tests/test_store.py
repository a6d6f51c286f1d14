"""The door to DuckDB: what a rule's SQL may be, what a step's SQL may be, and that nothing reaches outside."""

from __future__ import annotations

import uuid
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from plateglass import store
from plateglass.errors import OutputUnwritable, RuleRefused
from plateglass.store import Failure, Step, Store

COLUMNS = {"networks", "reason_state", "at_hand", "agency"}


@pytest.mark.parametrize(
    ("sql", "written"),
    [
        ("networks > $limit", "networks > 30"),
        ("networks > 10 -- a comment", "networks > 10"),
        ("reason_state IN ('empty', 'placeholder')", "reason_state IN ('empty', 'placeholder')"),
        ("networks / nullif(networks, 0) > 2", "networks / NULLIF(networks, 0) > 2"),
        ("regexp_matches(agency, '(?is)^us-ca-')", "REGEXP_MATCHES(agency, '(?is)^us-ca-')"),
        ("at_hand", "at_hand"),
        ("networks > $unset", "networks > NULL"),
    ],
)
def test_a_predicate_is_written_anew_with_its_parameters(sql: str, written: str) -> None:
    assert store.predicate(sql, COLUMNS, {"limit": 30, "unset": None}) == written


@pytest.mark.parametrize(
    "sql",
    [
        # out of the case
        "(SELECT count(*) FROM read_csv('/etc/passwd')) > 0", "read_text('/etc/hostname') = 'x'",
        "agency IN (SELECT content FROM read_text('/etc/passwd'))", "glob('/*') = 'x'", "getenv('HOME') = 'x'",
        "COPY (SELECT 1) TO '/tmp/out.csv'", "EXPORT DATABASE '/tmp/out'", "ATTACH '/tmp/other.db'",
        "INSTALL httpfs", "LOAD httpfs", "PRAGMA database_list", "SET enable_external_access = true",
        "CALL pragma_version()", "IMPORT DATABASE '/tmp/in'",
        # more than one statement, or another kind of one
        "true; DROP TABLE evidence", "true; COPY evidence TO '/tmp/x'", "SELECT 1", "DELETE FROM evidence",
        "true UNION SELECT true", "true FROM searches", "CREATE TABLE t AS SELECT 1", "EXPLAIN SELECT 1",
        # other tables, rows, time
        "EXISTS (SELECT 1 FROM texts)", "networks > (SELECT max(networks) FROM searches)",
        "networks = ALL (SELECT 1)", "networks = ANY (SELECT 1)", "WITH RECURSIVE t AS (SELECT 1) SELECT * FROM t",
        "networks > (WITH RECURSIVE t AS (SELECT 1 UNION ALL SELECT * FROM t) SELECT 1)",
        "sum(networks) > 1", "row_number() OVER () = 1", "lag(networks) OVER () > 1", "count(*) > 1",
        "now() > 1", "random() > 0.5", "current_user = 'x'", "getvariable('x') = 1", "nextval('s') = 1",
        # other columns
        "account = account", "searches.networks > 1", "texts.text = 'x'", "COLUMNS('.*') = 1", "* = 1", "? = 1",
        "$nope", "main.searches.networks > 1", "rowid = 1",
        # what engines understand differently
        "regexp_matches(agency, 'x', 'i')", "regexp_matches(agency, agency)", "networks / networks > 1",
        "networks % networks = 1", "networks / 0 > 1", "networks // (0) > 1", "CAST(agency AS BIGINT) > 1",
        "agency::BIGINT > 1", "[networks] = [1]", "{'a': networks} = {'a': 1}", "list_filter([1], x -> x > 0) = [1]",
        "networks BETWEEN (SELECT 1) AND 2", "CASE WHEN (SELECT true) THEN true END",
        # no truth, or nothing at all
        "networks + 1", "'true'", "1", "", "   ", "--", "networks >", "(", "networks > 1)",
    ],
)  # fmt: skip
def test_whatever_is_not_one_predicate_is_refused(sql: str) -> None:
    """Every attack on the sandbox, and every way to say what other engines would understand differently."""
    with pytest.raises(RuleRefused):
        store.predicate(sql, COLUMNS, {"limit": 30})


def test_a_refusal_names_the_reason() -> None:
    with pytest.raises(RuleRefused, match="read_text"):
        store.predicate("read_text('/etc/hostname') = 'x'", COLUMNS, {})
    with pytest.raises(RuleRefused, match="no column is called account"):
        store.predicate("account IS NULL", COLUMNS, {})
    with pytest.raises(RuleRefused, match=r"\$nope is not declared"):
        store.predicate("networks > $nope", COLUMNS, {})
    for matched in ("agency ~ 'x'", "NOT agency !~ 'x'"):
        with pytest.raises(RuleRefused, match=r"~ means another thing.*regexp_matches"):
            store.predicate(matched, COLUMNS, {})
    with pytest.raises(RuleRefused, match="finite"):
        store.predicate("networks > $x", COLUMNS, {"x": float("nan")})


def test_a_day_is_written_as_a_day_and_counts_as_the_time_at_which_it_begins() -> None:
    assert store.predicate("networks >= DATE '2025-12-01'", COLUMNS, {}) == "networks >= 1764547200000"
    assert store.expression("DATE '1970-01-02'", COLUMNS, {}) == "86400000"
    for no_day in ("networks > DATE '2025-13-01'", "networks > CAST(networks AS DATE)", "networks > CAST('1' AS INT)"):
        with pytest.raises(RuleRefused):
            store.predicate(no_day, COLUMNS, {})


@pytest.mark.parametrize(
    "sql", ["(" * 1900 + "networks" + ")" * 1900, "NOT " * 900 + "at_hand", "networks > " + "9" * 4001]
)
def test_sql_made_to_break_the_parser_is_refused_or_read(sql: str) -> None:
    with suppress(RuleRefused):
        assert "networks" in store.predicate(sql, COLUMNS, {}) or "at_hand" in sql


@given(value=st.text(max_size=40))
@settings(max_examples=60, deadline=None)
@example("\0")
@example("it's \0' OR true --")
def test_a_parameter_stays_a_value_whatever_it_holds(value: str) -> None:
    """A text from the command line can't become SQL."""
    sql = store.predicate("agency = $who", COLUMNS, {"who": value})
    with Store(threads=1) as db:
        db.run(Step("t", store.values([(value,)], {"agency": "VARCHAR"})))
        assert db.one(f"SELECT {sql} FROM t") is True


@given(st.text(alphabet="networks ()'\"$;,.*/-+<>=0 1NULLANDORSELECT", max_size=40))
@settings(max_examples=100, deadline=None)
def test_any_text_is_refused_or_runs_as_one_predicate(sql: str) -> None:
    try:
        written = store.predicate(sql, COLUMNS, {})
    except RuleRefused:
        return
    with Store(threads=1) as db:
        db.run(Step("t", "SELECT 1 AS networks, 'x' AS reason_state, true AS at_hand, 'y' AS agency"))
        trouble = db.trouble(f"SELECT ({written}) AS v FROM t")
        assert trouble == "" or trouble.startswith(("Binder", "Conversion", "Out of Range", "Invalid Input")), written


def test_whole_numbers_count_in_64_bits() -> None:
    sql = store.predicate("networks > $days * 86400000", COLUMNS, {"days": 30})
    with Store(threads=1) as db:
        assert db.one(f"SELECT {sql} FROM (SELECT 2592000001 AS networks) AS t") is True


@pytest.mark.parametrize(
    ("sql", "fault"),
    [
        ("SELECT a, count(*) FROM t GROUP BY ALL", "GROUP BY ALL"),
        ("SELECT regexp_matches(a, 'x', 'i') FROM t", "flag"),
        ("SELECT a ~ 'x' FROM t", "~"),
        ("SELECT quantile_cont(a, 0.5) FROM t", "percentile_cont"),
        ("SELECT median(a) FROM t", "median"),
        ("SELECT any_value(a) FROM t", "any_value"),
        ("SELECT approx_count_distinct(a) FROM t", "approx"),
        ("SELECT a / b FROM t", "division"),
    ],
)
def test_a_step_that_other_engines_understand_differently_is_found(sql: str, fault: str) -> None:
    assert any(fault in found for found in store.unportable(sql))


def test_a_portable_step_has_no_fault() -> None:
    assert store.unportable("SELECT a, a / nullif(b, 0), a // 1000 FROM t WHERE regexp_matches(a, '(?is)x')") == []


def test_a_store_that_is_closed_off_reads_and_writes_nowhere_else(tmp_path: Path) -> None:
    inside, outside = tmp_path / "in", tmp_path / "out"
    inside.mkdir()
    outside.mkdir()
    (outside / "secret.csv").write_text("a\n1\n")
    with Store(threads=1) as db:
        db.close_off(inside)
        db.execute(f"COPY (SELECT 1 AS a) TO {store.text(str(inside / 'x.parquet'))} (FORMAT parquet)")
        assert db.one(f"SELECT a FROM read_parquet({store.text(str(inside / 'x.parquet'))})") == 1
        for sql in (
            f"SELECT * FROM read_csv({store.text(str(outside / 'secret.csv'))})",
            f"COPY (SELECT 1) TO {store.text(str(outside / 'x.csv'))}",
            f"ATTACH {store.text(str(outside / 'x.db'))}",
            "INSTALL httpfs",
            "SET enable_external_access = true",
        ):
            with pytest.raises(Failure):
                db.execute(sql)


def test_a_table_of_rows_keeps_its_types_even_without_rows() -> None:
    types = {"a": "BIGINT", "b": "UUID", "c": "BOOLEAN"}
    with Store(threads=1) as db:
        db.load("empty", types, [])
        assert db.rows("SELECT * FROM empty") == []
        db.run(Step("none", store.values([], types)))
        assert {row[0]: row[1] for row in db.rows("DESCRIBE none")} == types


def test_without_a_folder_to_spill_into_nothing_is_spilt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Clear text must not lie in whatever folder somebody happens to stand in."""
    monkeypatch.chdir(tmp_path)
    with Store(memory="30MB") as small, pytest.raises(OutputUnwritable):
        small.execute("CREATE TEMP TABLE wide AS SELECT repeat('x', 200) || i AS t FROM range(2000000) AS r(i)")
    assert list(tmp_path.iterdir()) == []


def test_comparisons_with_texts_are_found_and_read_from_columns_and_no_word_within_a_text_is_taken_for_one() -> None:
    sql = "NOT a IN ('x', 'y') AND b = 'a IN (''x'', ''y'')' OR n > 3 OR COALESCE(c, '') <> 'z' OR d = e"
    assert sorted(store.comparisons(sql)) == ["COALESCE(c, '') <> 'z'", "a IN ('x', 'y')", "b = 'a IN (''x'', ''y'')'"]
    assert store.substituted(sql, {"a IN ('x', 'y')": "c0"}) == (
        "NOT c0 AND b = 'a IN (''x'', ''y'')' OR n > 3 OR COALESCE(c, '') <> 'z' OR d = e"
    )
    assert store.substituted("a = 'x'", {}) == "a = 'x'"


def test_a_query_that_a_signal_stops_is_an_interrupt(monkeypatch: pytest.MonkeyPatch) -> None:
    """And no fault of our own: DuckDB says so in words only."""

    class Stopped:
        def execute(self, *_: object) -> None:
            raise RuntimeError("Query interrupted")

        def close(self) -> None:
            pass

    with Store() as store:
        monkeypatch.setattr(store, "_connection", Stopped())
        with pytest.raises(KeyboardInterrupt):
            store.rows("SELECT 1")


@given(st.uuids())
@example(uuid.UUID(int=0))
@example(uuid.UUID(int=2**128 - 1))
@settings(max_examples=30, deadline=None)
def test_a_uuid_is_a_number_and_back(identifier: uuid.UUID) -> None:
    number = store.bits("CAST($1 AS UUID)")
    with Store(threads=1) as opened:
        assert opened.rows(f"SELECT CAST({number} AS VARCHAR), {store.uuid(number)}", [str(identifier)]) == [
            (str(identifier.int), identifier)
        ]
