"""Tables become sightings: every record accounted for, every cell with a state, and no text of a record."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from plateglass import model, normalise, privacy
from plateglass.catalogue import Catalogue, Layout, LayoutField
from plateglass.errors import CountsDoNotAddUp
from plateglass.model import Ingested, Source, State, Table, View
from plateglass.store import Store, text

KEY = bytes(range(32))
FORMATS = ("%m/%d/%Y, %I:%M:%S %p UTC", "%Y-%m-%dT%H:%M:%S.%fZ", "%Y-%m-%d %H:%M:%S")
AUDIT = Layout(
    title="audit", source="made up", views=(View.NETWORK_AUDIT,), needs=("searched_at",),
    masks=(r"(\*\s*){3,}", r"(?i)\[?redacted\]?"), placeholders=("-", "——"), withheld=(r"(?i).*7923\.6\d\d.*",),
    fields={
        "search_id": LayoutField(headings=("ID",), kind="id"),
        "account": LayoutField(headings=("Name",), kind="person"),
        "org": LayoutField(headings=("Org Name",), kind="name"),
        "networks": LayoutField(headings=("Networks",), kind="count"),
        "devices": LayoutField(headings=("Devices",), kind="count"),
        "frame": LayoutField(headings=("Time Frame",), kind="interval", formats=FORMATS),
        "from_at": LayoutField(headings=("From",), kind="instant", formats=FORMATS),
        "to_at": LayoutField(headings=("To",), kind="instant", formats=FORMATS),
        "target": LayoutField(headings=("License Plate",), kind="plate"),
        "reason": LayoutField(headings=("Reason",), kind="text"),
        "case_no": LayoutField(headings=("Case #",), kind="case"),
        "filters": LayoutField(headings=("Filters",), kind="text"),
        "searched_at": LayoutField(headings=("Search Time",), kind="instant", formats=FORMATS),
        "search_date": LayoutField(headings=("Search Date",), kind="date", formats=("%Y-%m-%d",)),
        "search_time": LayoutField(headings=("Time",), kind="time", formats=("%H:%M:%S",)),
        "search_type": LayoutField(headings=("Search Type",), kind="word", words=("lookup", "multiGeo")),
        "prompt": LayoutField(headings=("Text Prompt",), kind="text"),
        "moderation": LayoutField(headings=("Moderation",), kind="word", words=("allow", "block")),
        "offence": LayoutField(headings=("Offense Type",), kind="words", words=("Theft", "Assault, Battery")),
    },
)  # fmt: skip
SHARING = Layout(
    title="sharing", source="made up", views=(View.SHARED_NETWORKS,), needs=("org",), placeholders=("-",),
    fields={
        "org": LayoutField(headings=("Organization Name",), kind="name"),
        "inbound": LayoutField(headings=("Networks Shared With Me",), kind="list"),
        "outbound": LayoutField(headings=("Networks I'm Sharing",), kind="list"),
    },
)  # fmt: skip
AT = "11/14/2025, 09:53:36 AM UTC"
UNDATED = "the time of the search can't be read, or is before 1990 or after 2099"
AT_MS = int(datetime(2025, 11, 14, 9, 53, 36, tzinfo=UTC).timestamp() * 1000)
ID = "23d55b89-42eb-4f5c-9281-0000000000{:02d}"


def made(
    folder: Path,
    fields: Sequence[str],
    records: Sequence[Sequence[str]],
    *,
    layout: Layout = AUDIT,
    name: str = "a.csv",
) -> Table:
    """A table as the reader hands it over, of a file written here."""
    headings = [layout.fields[field].headings[0] for field in fields]
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows([headings, *records])
    path = folder / name
    path.write_text(written.getvalue(), encoding="utf-8", newline="")
    types = ", ".join(f"'c{at}': 'VARCHAR'" for at in range(len(fields)))
    return Table(
        source=Source(hashlib.sha256(path.read_bytes()).hexdigest(), name, path, path.stat().st_size),
        part=0, part_name="", text=path, numbered=False, headings=tuple(headings),
        relation=f"SELECT * FROM read_csv({text(str(path))}, columns={{{types}}}, header=true, delim=',', quote='\"',"
        " escape='\"', store_rejects=true)",
        columns={field: at for at, field in enumerate(fields)}, layout="made", view=layout.views[0],
        records=len(records), encoding="utf-8",
    )  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(threads=1, memory="500MB", spill=tmp_path / "spill") as opened:
        yield opened


@pytest.fixture
def ingest(store: Store) -> normalise.Ingest:
    return normalise.Ingest(KEY, store)


def written(store: Store, folder: Path, kind: str = "sightings") -> list[dict[str, Any]]:
    return store.records(f"SELECT * FROM read_parquet({text(str(folder / f'{kind}-0.parquet'))})")


def cell(ingest: normalise.Ingest, store: Store, folder: Path, field: str, value: str) -> dict[str, Any]:
    """The sighting of one record that has only a time and one other cell."""
    table = made(folder, ["searched_at", field], [[AT, value]])
    assert ingest.table(table, AUDIT, folder / "out").accepted == 1
    return written(store, folder / "out")[0]


def test_a_full_record_becomes_a_sighting(ingest: normalise.Ingest, store: Store, tmp_path: Path) -> None:
    """Every documented column, in order, of the documented type."""
    fields = [f for f in AUDIT.fields if f not in ("from_at", "to_at", "search_date", "search_time")]
    record = {
        "search_id": ID.format(1), "account": "A. Exa", "org": "Exampleville CA PD", "networks": "12",
        "devices": "3,450",
        "frame": "11/13/2025, 10:00:17 PM UTC\n11/14/2025, 10:00:17 AM UTC", "target": "zzt-0001", "reason": "stolen",
        "case_no": "26-900001", "filters": "red", "searched_at": AT, "search_type": "LOOKUP", "prompt": "a red van",
        "moderation": "allow", "offence": "Theft, Assault, Battery",
    }  # fmt: skip
    got = ingest.table(made(tmp_path, fields, [[record[f] for f in fields]]), AUDIT, tmp_path / "out")
    [row] = written(store, tmp_path / "out")
    assert (got.accepted, got.rejected, got.broken) == (1, (), False)
    assert list(row) == [column.name for column in model.SIGHTINGS]
    assert {row[f"{field}_state"] for field in model.STATED} == {State.VALUE}
    assert row["searched_at"] == AT_MS
    assert row["to_at"] - row["from_at"] == 12 * 3_600_000
    assert (row["networks"], row["devices"], row["search_type"], row["moderation"]) == (12, 3450, "lookup", "allow")
    assert row["target"] == privacy.token(KEY, "target", "ZZT0001")
    assert row["account"] == privacy.token(KEY, "account", "A. Exa")
    assert row["case_no"] == privacy.token(KEY, "case_no", "26-900001")
    assert row["case_shape"] == "99-999999"
    assert row["search_id"] == privacy.token(KEY, "search_id", ID.format(1))
    assert row["reason"] == privacy.token(KEY, "text", "stolen")
    assert row["org"] == privacy.token(KEY, "name", "Exampleville CA PD")
    types = store.rows(f"DESCRIBE SELECT * FROM read_parquet({text(str(tmp_path / 'out/sightings-0.parquet'))})")
    assert [(name, kind) for name, kind, *_ in types] == [(c.name, c.type) for c in model.SIGHTINGS]


@pytest.mark.parametrize(
    ("field", "value", "state"),
    [
        ("reason", "", State.EMPTY), ("reason", "   ", State.EMPTY), ("reason", " - ", State.PLACEHOLDER),
        ("devices", "——", State.PLACEHOLDER), ("account", "***", State.MASKED), ("account", "* * *", State.MASKED),
        ("target", "[REDACTED]", State.MASKED), ("reason", "Gov Code 7923.600", State.WITHHELD),
        ("reason", "REDACTED, stolen", State.PARTIAL), ("reason", "stolen", State.VALUE),
        ("target", "Z*0028*", State.PARTIAL), ("target", "Z?T0001", State.PARTIAL), ("target", "ZZT 0001", State.VALUE),
        ("target", "!?!", State.PARTIAL), ("target", "&&", State.DAMAGED), ("networks", "many", State.DAMAGED),
        ("networks", "1.5", State.DAMAGED), ("networks", "1e3", State.DAMAGED), ("networks", "-4", State.DAMAGED),
        ("networks", "12.0", State.VALUE), ("networks", " 7 ", State.VALUE), ("search_type", "psychic", State.DAMAGED),
        ("search_type", "multigeo", State.VALUE), ("offence", "Theft", State.VALUE),
        ("offence", "Assault, Battery, Theft", State.VALUE), ("offence", "Theft, Sorcery", State.DAMAGED),
        ("frame", "", State.EMPTY), ("frame", "yesterday", State.DAMAGED), ("frame", "***", State.MASKED),
        ("frame", f"{AT}\nlater", State.PARTIAL), ("search_id", "***", State.MASKED), ("search_id", "abc", State.VALUE),
        ("moderation", "", State.EMPTY),
    ],
)  # fmt: skip
def test_a_cell_says_why_it_holds_no_value(
    ingest: normalise.Ingest, store: Store, tmp_path: Path, *, field: str, value: str, state: State
) -> None:
    row = cell(ingest, store, tmp_path, field, value)
    assert row[f"{field}_state"] == state
    others = {row[f"{other}_state"] for other in model.STATED if other != field}
    assert others == {State.NOT_EXPORTED}


@pytest.mark.parametrize(
    "frame",
    [
        "11/13/2025, 10:00:17 PM UTC\n11/14/2025, 10:00:17 AM UTC",
        "11/13/2025, 10:00:17 PM UTC\r\n11/14/2025, 10:00:17 AM UTC",
        "11/13/2025, 10:00:17 PM UTC to 11/14/2025, 10:00:17 AM UTC",
        "11/13/2025,\n10:00:17 PM\nUTC\n11/14/2025,\n10:00:17 AM\nUTC",
        "2025-11-13T22:00:17.000Z 2025-11-14T10:00:17.000Z", "2025-11-13 22:00:17 - 2025-11-14 10:00:17",
    ],
)  # fmt: skip
def test_a_window_is_read_in_every_form_that_was_seen(
    ingest: normalise.Ingest, store: Store, tmp_path: Path, frame: str
) -> None:
    row = cell(ingest, store, tmp_path, "frame", frame)
    start = int(datetime(2025, 11, 13, 22, 0, 17, tzinfo=UTC).timestamp() * 1000)
    assert (row["from_at"], row["to_at"], row["frame_state"]) == (start, start + 12 * 3_600_000, State.VALUE)


def test_a_window_in_two_columns_is_the_same_window(ingest: normalise.Ingest, store: Store, tmp_path: Path) -> None:
    table = made(
        tmp_path, ["searched_at", "from_at", "to_at"], [[AT, AT, AT], [AT, AT, ""], [AT, "", ""], [AT, "x", ""]]
    )
    ingest.table(table, AUDIT, tmp_path / "out")
    rows = written(store, tmp_path / "out")
    assert [row["frame_state"] for row in rows] == [State.VALUE, State.PARTIAL, State.EMPTY, State.DAMAGED]
    assert (rows[0]["from_at"], rows[1]["to_at"]) == (AT_MS, None)


@pytest.mark.parametrize(
    ("written_as", "moment"),
    [
        ("1/4/2025, 9:03:06 AM UTC", datetime(2025, 1, 4, 9, 3, 6, tzinfo=UTC)),
        ("01/04/2025, 12:00:00 AM UTC", datetime(2025, 1, 4, tzinfo=UTC)),
        ("2026-03-10T04:31:52.901Z", datetime(2026, 3, 10, 4, 31, 52, 901000, tzinfo=UTC)),
        ("2025-06-18 00:02:04", datetime(2025, 6, 18, 0, 2, 4, tzinfo=UTC)),
    ],
)
def test_times_are_utc_in_every_form(
    ingest: normalise.Ingest, store: Store, tmp_path: Path, written_as: str, moment: datetime
) -> None:
    ingest.table(made(tmp_path, ["searched_at"], [[written_as]]), AUDIT, tmp_path / "out")
    [row] = written(store, tmp_path / "out")
    assert row["searched_at"] == round(moment.timestamp() * 1000)


def test_a_date_and_a_time_in_two_columns_are_one_moment(
    ingest: normalise.Ingest, store: Store, tmp_path: Path
) -> None:
    table = made(tmp_path, ["search_date", "search_time"], [["2025-11-14", "09:53:36"], ["2025-11-14", "00:00:00"]])
    ingest.table(table, AUDIT, tmp_path / "out")
    assert [r["searched_at"] for r in written(store, tmp_path / "out")] == [AT_MS, AT_MS // 86_400_000 * 86_400_000]


def test_records_without_a_time_are_listed_and_everything_adds_up(
    ingest: normalise.Ingest, store: Store, tmp_path: Path
) -> None:
    fields = ["org", "searched_at", "reason"]
    headings = [AUDIT.fields[f].headings[0] for f in fields]
    records = [
        ["Exampleville PD", AT, "ok"],
        headings,
        ["X", "", "y"],
        ["X", "soon", "z"],
        ["", "", ""],
        ["X", AT, "w"],
    ]
    got = ingest.table(made(tmp_path, fields, records), AUDIT, tmp_path / "out")
    assert got.accepted == 2
    assert [(r.record, r.column, r.reason) for r in got.rejected] == [
        (2, "Search Time", "repeated headings"), (3, "Search Time", "no time of the search"),
        (4, "Search Time", UNDATED), (5, "", "the record is empty"),
    ]  # fmt: skip
    assert [row["record"] for row in written(store, tmp_path / "out")] == [1, 6]
    assert {row["text"] for row in written(store, tmp_path / "out", "texts")} == {"ok", "w"}
    assert [row["record"] for row in written(store, tmp_path / "out", "rejected")] == [2, 3, 4, 5]


def test_a_search_of_another_century_is_no_search(ingest: normalise.Ingest, store: Store, tmp_path: Path) -> None:
    """A calendar of all days between such a search and the others has no end; a window may begin whenever it likes."""
    days = ["1989-12-31 23:59:59", "1990-01-01 00:00:00", "2099-12-31 23:59:59", "2100-01-01 00:00:00"]
    records = [[day, "0001-01-01 00:00:00", "9999-12-31 23:59:59"] for day in (*days, "9999-12-31 23:59:59")]
    got = ingest.table(made(tmp_path, ["searched_at", "from_at", "to_at"], records), AUDIT, tmp_path / "out")
    assert [(r.record, r.reason) for r in got.rejected] == [(number, UNDATED) for number in (1, 4, 5)]
    assert [row["frame_state"] for row in written(store, tmp_path / "out")] == ["value", "value"]


def test_a_count_that_does_not_add_up_stops_the_source(ingest: normalise.Ingest, tmp_path: Path) -> None:
    """From the fast scan it asks to be read again; from the slow one it is an error."""
    table = replace(made(tmp_path, ["searched_at"], [[AT], [AT]]), records=3)
    assert ingest.table(table, AUDIT, tmp_path / "out").broken
    assert not list((tmp_path / "out").glob("*.parquet"))
    numbered = replace(table, numbered=True, relation=f"SELECT 1 AS record, * FROM ({table.relation})")
    with pytest.raises(CountsDoNotAddUp, match="2 records accepted"):
        ingest.table(numbered, AUDIT, tmp_path / "out")


def test_a_record_that_cannot_be_split_breaks_the_fast_scan(ingest: normalise.Ingest, tmp_path: Path) -> None:
    table = made(tmp_path, ["searched_at", "reason"], [[AT, "fine"]] * 50)
    with table.text.open("a") as file:
        file.write(f'"{AT}","said "hi" 8ZZZ101"\n"{AT}",a,b,c\n')
    got = ingest.table(replace(table, records=52), AUDIT, tmp_path / "out")
    assert (got.broken, got.accepted, list((tmp_path / "out").glob("*"))) == (True, 0, [])
    again = ingest.table(made(tmp_path, ["searched_at"], [[AT]]), AUDIT, tmp_path / "out")
    assert (again.broken, again.accepted) == (False, 1)


def test_a_header_without_records_is_an_empty_table(ingest: normalise.Ingest, store: Store, tmp_path: Path) -> None:
    got = ingest.table(made(tmp_path, ["searched_at", "reason"], []), AUDIT, tmp_path / "out")
    assert (got.accepted, got.rejected) == (0, ())
    assert written(store, tmp_path / "out") == []


def test_equal_records_of_two_logs_have_one_fingerprint(ingest: normalise.Ingest, store: Store, tmp_path: Path) -> None:
    """Whatever the order of columns, the spelling of numbers, or how a time is written."""
    one = made(tmp_path, ["org", "networks", "searched_at", "reason"], [["X PD", "1200", AT, " theft "]], name="1.csv")
    records = [["theft", "2025-11-14 09:53:36", "X PD ", "1,200"], ["theft", AT, "X PD", "1201"]]
    two = made(tmp_path, ["reason", "searched_at", "org", "networks"], records, name="2.csv")
    ingest.table(one, AUDIT, tmp_path / "1")
    ingest.table(two, AUDIT, tmp_path / "2")
    [first], [same, other] = written(store, tmp_path / "1"), written(store, tmp_path / "2")
    assert first["fingerprint"] == same["fingerprint"] != other["fingerprint"]


@pytest.mark.parametrize(
    ("field", "same", "others"),
    [
        ("reason", ["stolen 8ZZZ101", " stolen 8ZZZ101 "], ["stolen 8ZZZ102", "stolen 8ZZZ103", "stolen [plate]"]),
        ("networks", ["1,234", "1234.0", "1234"], ["1.234", "-5", "0", "1e3", "12345678", "1234.5", "1 234"]),
        ("target", ["8ZZZ101", "8zzz-101"], ["8ZZZ102", "8ZZZ1*1"]),
        ("search_type", ["lookup", "Lookup"], ["teleport", "teleporT2"]),
        ("reason", ["", "——", "[REDACTED]", "***"], ["-- --"]),
    ],
)
def test_what_differs_in_a_cell_is_another_search(
    tmp_path: Path, store: Store, field: str, same: list[str], others: list[str]
) -> None:
    """Even where nothing of the difference may be kept; blanks and marks say the same, which is nothing."""
    records = [[AT, value] for value in (*same, *others)]
    normalise.Ingest(KEY, store).table(made(tmp_path, ["searched_at", field], records), AUDIT, tmp_path / "out")
    rows = sorted(written(store, tmp_path / "out"), key=lambda row: int(row["record"]))
    found = [row["fingerprint"] for row in rows]
    assert len(set(found[: len(same)])) == 1
    assert len(set(found)) == 1 + len(others)


def test_a_sharing_list_counts_the_networks_in_its_cells(
    ingest: normalise.Ingest, store: Store, tmp_path: Path
) -> None:
    """A comma with a blank after it belongs to a name; the form with two columns says nothing of the third."""
    fields = ["org", "inbound", "outbound"]
    records = [["University of Example, Sampleton", "A PD,University of Example, Sampleton,C PD", "Ours"],
               ["B PD", "B PD", ""], ["C PD", "", "Ours,Ours (LR)"], ["", "x", ""]]  # fmt: skip
    got = ingest.table(made(tmp_path, fields, records, layout=SHARING), SHARING, tmp_path / "3")
    rows = written(store, tmp_path / "3", "shares")
    assert [(r["inbound"], r["outbound"]) for r in rows] == [(3, 1), (1, 0), (0, 2)]
    assert [(r.record, r.reason) for r in got.rejected] == [(4, "no organisation")]
    ingest.table(made(tmp_path, fields[:2], [records[1][:2]], layout=SHARING), SHARING, tmp_path / "2")
    [row] = written(store, tmp_path / "2", "shares")
    assert (row["outbound"], row["outbound_state"]) == (None, State.NOT_EXPORTED)
    assert {r["name"] for r in written(store, tmp_path / "3", "names")} == {
        "University of Example, Sampleton",
        "B PD",
        "C PD",
    }


# --- privacy ---

CANARIES = (
    "8ZZZ101",
    "8 ZZZ 101",
    "８ＺＺＺ１０１",
    "8zzz-1o1",
    "california8ZZZ101",
    "26-900001",
    "555-010-0199",
    "900-12-3456",
)


def leaves(store: Store, folder: Path) -> str:
    """Every text value in every Parquet file below a folder, letters and digits only."""
    found = []
    for path in folder.rglob("*.parquet"):
        for row in store.rows(f"SELECT * FROM read_parquet({text(str(path))})"):
            found += [str(value) for value in row if isinstance(value, str)]
    return "".join(c for c in "\n".join(found).upper() if c.isalnum() or c == "\n")


@pytest.mark.parametrize("canary", CANARIES)
def test_no_column_leaves_a_number_readable(
    ingest: normalise.Ingest, store: Store, tmp_path: Path, canary: str
) -> None:
    """In any column, alone or in a sentence; rejected records included."""
    fields = [f for f in AUDIT.fields if f not in ("from_at", "to_at", "search_date", "search_time", "searched_at")]
    records = [[*(canary if f == field else "" for f in fields), AT] for field in fields]
    records += [[*(f"saw {canary} go" if f == field else "" for f in fields), AT] for field in fields]
    records.append([*(canary for _ in fields), canary])
    got = ingest.table(made(tmp_path, [*fields, "searched_at"], records), AUDIT, tmp_path / "out")
    assert (got.accepted, len(got.rejected)) == (len(records) - 1, 1)
    left = leaves(store, tmp_path / "out")
    bare = "".join(c for c in privacy.fold(canary).upper() if c.isalnum())
    assert bare not in left
    assert not any(piece in left for piece in ("ZZZ", "8Z", "900001", "0199", "3456"))


def test_the_key_is_in_no_plan_setting_error_or_file(ingest: normalise.Ingest, store: Store, tmp_path: Path) -> None:
    table = made(tmp_path, ["searched_at", "target", "search_id"], [[AT, "ZZT0001", ID.format(1)]])
    ingest.table(table, AUDIT, tmp_path / "out")
    pads = [pad for kind in privacy.KINDS for pad in privacy.pads(KEY, kind)]
    secrets = {f(secret) for secret in [KEY, *pads] for f in (bytes.hex, repr)}
    token = f"SELECT {normalise.cells.hmac('target', 'c1')} FROM ({table.relation})"
    told = [str(store.rows(f"{how} {token}")) for how in ("EXPLAIN", "EXPLAIN ANALYZE")]
    told += [
        str(store.rows(f"SELECT * FROM {view}()")) for view in ("duckdb_settings", "duckdb_variables", "duckdb_tables")
    ]
    told += [path.read_bytes().hex() for path in (tmp_path / "out").iterdir()]
    for said in told:
        assert not any(secret in said or secret.upper() in said for secret in secrets)
        assert "\\x" * 16 not in said


rows_of_cells = st.lists(
    st.tuples(
        st.sampled_from([AT, "1/4/2025, 9:03:06 AM UTC", "", "soon", "Search Time"]),
        st.sampled_from(["ZZT0001", "zzt 0001", "Z*", "", "***"]),
        st.sampled_from(["stolen", "8ZZZ101", 'said "hi", twice', "two\nlines", "", "-", "é"]),
    ),
    max_size=12,
)


@given(rows_of_cells)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_record_is_accepted_or_rejected_once(
    ingest: normalise.Ingest, store: Store, tmp_path: Path, records: list[tuple[str, str, str]]
) -> None:
    table = made(tmp_path, ["searched_at", "target", "reason"], records)
    got = ingest.table(table, AUDIT, tmp_path / "out")
    numbers = [row["record"] for row in written(store, tmp_path / "out")] + [r.record for r in got.rejected]
    assert sorted(numbers) == list(range(1, len(records) + 1))
    assert got.accepted + len(got.rejected) == table.records


def test_the_order_of_files_changes_nothing(store: Store, tmp_path: Path) -> None:
    """What is remembered from one file never shows in another."""
    tables = [
        made(tmp_path, ["searched_at", "target", "reason"],
             [[AT, f"ZZT00{n:02d}", f"theft {n % 3} 8ZZZ1{n:02d}"]] * 2, name=f"{n}.csv")
        for n in range(1, 5)
    ]  # fmt: skip
    results: list[list[Any]] = []
    for order in (tables, tables[::-1]):
        with Store(threads=1, memory="500MB") as fresh:
            one = normalise.Ingest(KEY, fresh)
            done: dict[str, Ingested] = {
                t.source.name: one.table(t, AUDIT, tmp_path / f"{t.source.name}.d") for t in order
            }
        results.append(
            [
                (written(store, tmp_path / f"{n}.d"), written(store, tmp_path / f"{n}.d", "texts"), done[n].facts)
                for n in sorted(done)
            ]
        )
    assert results[0] == results[1]


CELLS = {
    "account": ("A. Exa", "B. Exb", "", "***", "-"),
    "org": ("Exampleville CA PD", "Sampleton NV SO", "", "555-555-0100"),
    "case_no": ("26-1", "26-2", "", "x"),
    "networks": ("1", "2", "", "many"),
    "search_type": ("lookup", "Lookup", "", "odd"),
}


@given(
    st.lists(
        st.lists(st.tuples(*map(st.sampled_from, CELLS.values())), min_size=1, max_size=3), min_size=3, max_size=6
    ),
)
@example([[(who, "Exampleville CA PD", "26-1", "1", "lookup") for who in ("A. Exa", "")]] * 3)
@example([[(who, "Exampleville CA PD", "26-1", "1", "lookup")] for who in ("A. Exa", "A. Exa", "***")])
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_tables_after_one_another_give_what_each_gives_alone(
    store: Store, tmp_path: Path, tables: list[list[tuple[str, ...]]]
) -> None:
    """Whatever is remembered, a table's files are the same byte for byte, and its facts its own."""
    with Store(threads=1, memory="500MB") as shared:
        ingest = normalise.Ingest(KEY, shared)
        for n, records in enumerate(tables):
            table = made(tmp_path, ["searched_at", *CELLS], [[AT, *record] for record in records], name=f"{n}.csv")
            done = ingest.table(table, AUDIT, tmp_path / "out")
            with Store(threads=1, memory="500MB") as other:
                alone = normalise.Ingest(KEY, other).table(table, AUDIT, tmp_path / "alone")
            for file in sorted((tmp_path / "alone").iterdir()):
                assert file.read_bytes() == (tmp_path / "out" / file.name).read_bytes(), file.name
            assert done.facts == alone.facts
            assert all(row["fingerprint"] for row in written(store, tmp_path / "out"))


WHENS = (AT, "", "later", "11/14/1899, 09:53:36 AM UTC", " 2025-11-14 09:53:36 ")
FRAMES = (f"11/13/2025, 09:53:36 AM UTC\n{AT}", f"\n{AT}", "", "***", "all of it")


@given(
    st.lists(st.tuples(st.sampled_from(WHENS), st.sampled_from(FRAMES), st.sampled_from(["stolen", ""])), max_size=6),
    st.booleans(),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_records_in_memory_and_on_disk_give_the_same(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, records: list[tuple[str, str, str]], parted: bool
) -> None:
    """A file too large to hold is scanned by every step; of one that is held, cells that were read are let go."""
    fields = ["searched_at", *(("from_at", "to_at") if parted else ("frame",)), "reason"]
    rows = [[at, *(frame.partition("\n")[::2] if parted else (frame,)), why] for at, frame, why in records]
    table, found = made(tmp_path, fields, rows), []
    for held in (0, 1 << 20):
        monkeypatch.setattr("plateglass.normalise.HELD_AT_MOST", held)
        with Store(threads=1, memory="500MB") as other:
            done = normalise.Ingest(KEY, other).table(table, AUDIT, tmp_path / "out")
        found.append((written(store, tmp_path / "out"), done.rejected, done.facts))
    assert found[0] == found[1]


@pytest.mark.parametrize("shared", ["searched_at", "to_at"])
def test_a_cell_that_others_read_too_is_kept(
    ingest: normalise.Ingest, store: Store, tmp_path: Path, shared: str
) -> None:
    """A cell may hold a time and a text, each on a line of its own, and be put beside a user as well."""
    told = {shared: {"label": "When"}, "reason": {"label": "Why"}, "account": {"beside": "to_at"}}
    fields = {field: about.model_copy(update=told.get(field, {})) for field, about in AUDIT.fields.items()}
    layout = AUDIT.model_copy(update={"fields": fields})
    cell = f"When: {AT}\nWhy: stolen"
    record = {"searched_at": AT, "from_at": AT, "to_at": AT, "account": "A. Exa"} | {shared: cell}
    table = made(tmp_path, list(record), [list(record.values())])
    columns = {**table.columns, "reason": table.columns[shared]}
    ingest.table(replace(table, columns=columns), layout, tmp_path / "out")
    [(account, reason)] = [(row["account"], row["reason"]) for row in written(store, tmp_path / "out")]
    assert reason == privacy.token(KEY, "text", "stolen")
    assert account == privacy.token(KEY, "account", f"A. Exa, {AT}")


def test_plates_without_a_letter_or_digit_are_not_all_one(
    ingest: normalise.Ingest, store: Store, tmp_path: Path
) -> None:
    table = made(tmp_path, ["searched_at", "target"], [[AT, target] for target in ("..", ",,", "ZZT 0001", "zzt-0001")])
    ingest.table(table, AUDIT, tmp_path / "out")
    dots, commas, one, other = (row["fingerprint"] for row in written(store, tmp_path / "out"))
    assert len({dots, commas, one}) == 3
    assert one == other


def test_shipped_layouts_give_sightings(ingest: normalise.Ingest, tmp_path: Path) -> None:
    """The SQL made from each shipped layout of searches runs, with every column there."""
    for layout in Catalogue().layouts.values():
        if layout.views[0] in model.SEARCH_VIEWS:
            fields = [f for f in layout.fields if f not in ("search_date", "search_time")]
            at = datetime(2025, 11, 14, 9, 53, 36, tzinfo=UTC).strftime(layout.fields["searched_at"].formats[0])
            table = made(
                tmp_path,
                fields,
                [[at if f == "searched_at" else "" for f in fields]],
                layout=layout,
            )
            assert ingest.table(table, layout, tmp_path / "out").accepted == 1


# --- distinct searches ---


def sighting(source: str, record: int, **columns: Any) -> dict[str, Any]:
    """One sighting with everything empty but its place."""
    row: dict[str, Any] = dict.fromkeys((column.name for column in model.SIGHTINGS), None)
    return row | {"source": source, "part": 0, "record": record, "searched_at": AT_MS} | columns


NO_LOGS: Mapping[str, tuple[str, str]] = {}


def distinct(
    store: Store,
    rows: Sequence[dict[str, Any]],
    folder: Path | None = None,
    logs: Mapping[str, tuple[str, str]] = NO_LOGS,
) -> list[dict[str, Any]]:
    """The searches among some sightings; `logs` says the kind and the columns of a source."""
    kinds = {row["source"]: logs.get(row["source"], ("organisation_audit", "searched_at")) for row in rows}
    columns = {"source": "VARCHAR", "part": "INTEGER", "view": "VARCHAR", "columns": "VARCHAR"}
    store.load("sources", columns, [(source, 0, *kind) for source, kind in kinds.items()])
    store.load("sightings", {c.name: c.type for c in model.SIGHTINGS}, [list(row.values()) for row in rows])
    normalise.searches(store, folder)
    return store.records("SELECT * FROM distinct_searches ORDER BY source, part, record")


A, B, C = (str(privacy.token(KEY, "text", letter)) for letter in "abc")


@pytest.mark.parametrize("bits", [62, 1], ids=["few-sources", "many-sources"])
@pytest.mark.parametrize("in_files", [False, True])
def test_a_search_in_several_logs_is_counted_once(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_files: bool, bits: int
) -> None:
    """Its first sighting stands for it, and it says how many sightings it has in how many logs."""
    monkeypatch.setattr("plateglass.normalise.distinct._BITS", bits)
    rows = [
        sighting("bbb", 1, fingerprint=A, networks=1), sighting("aaa", 7, fingerprint=A, networks=2),
        sighting("aaa", 3, fingerprint=A, networks=3), sighting("aaa", 4, fingerprint=B),
        sighting("ccc", 1, fingerprint=C, searched_at=AT_MS + 400 * 86_400_000),
    ]  # fmt: skip
    found = distinct(store, rows, tmp_path / "searches" if in_files else None)
    seen = [(r["source"], r["record"], r["networks"], r["sightings"], r["logs"]) for r in found]
    assert seen == [("aaa", 3, 3, 3, 2), ("aaa", 4, None, 1, 1), ("ccc", 1, None, 1, 1)]
    assert list(found[0]) == [*(column.name for column in model.SIGHTINGS), "sightings", "logs"]


@pytest.mark.parametrize(("low", "high"), [("aaa", "bbb"), ("bbb", "aaa")])
@pytest.mark.parametrize(("more", "fewer"), [("case_no,org,searched_at", "org,searched_at"), ("org,a", "org,b")])
def test_the_fullest_copy_of_a_search_stands_for_it_whatever_the_hashes(
    store: Store, low: str, high: str, more: str, fewer: str
) -> None:
    """A blank cell and a missing column have one fingerprint; rules read `empty`, and not that nobody can tell."""
    rows = [
        sighting(low, 9, fingerprint=A, case_no_state="empty"),
        sighting(high, 1, fingerprint=A, case_no_state="not_exported"),
    ]
    logs = {low: ("organisation_audit", more), high: ("network_audit", fewer)}
    for order in (rows, rows[::-1]):
        [found] = distinct(store, order, logs=logs)
        assert (found["source"], found["case_no_state"], found["logs"]) == (low, "empty", 2)


@pytest.mark.parametrize("in_files", [False, True])
def test_no_sightings_are_no_searches(store: Store, tmp_path: Path, in_files: bool) -> None:
    assert distinct(store, [], tmp_path / "searches" if in_files else None) == []


def test_the_sixty_second_source_has_a_bit_and_the_sixty_third_too(store: Store) -> None:
    """Sources are counted by the bits of one number while there are enough of them."""
    for many in (62, 63, 64, 70):
        found = distinct(store, [sighting(f"s{n:02}", 1, fingerprint=A) for n in range(many)])
        assert [(row["sightings"], row["logs"]) for row in found] == [(many, many)]


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 3), st.integers(-2, 2)), max_size=20))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_stretches_of_time_change_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch, drawn: list[tuple[str, int, int]]
) -> None:
    """However few sightings are compared at once, no search is lost or counted twice."""
    rows = [
        sighting(source, n, searched_at=day * 86_400_000 + 5,
                 fingerprint=str(privacy.token(KEY, "text", f"{which} {day}")))
        for n, (source, which, day) in enumerate(drawn, 1)
    ]  # fmt: skip
    monkeypatch.setattr("plateglass.normalise.distinct._AT_ONCE", 3)
    found = distinct(store, rows)
    assert sum(row["sightings"] for row in found) == len(rows)
    assert len(found) == len({row["fingerprint"] for row in rows}) == len({row["fingerprint"] for row in found})


WORDS = (
    "run", "VAN", "hit", "and", "abc", "zz", "x", "stolen", "plate", "at", "pc", "sec", "jan", "ſab", "12", "459",
    "1234", "12345",
)  # fmt: skip


@given(
    st.text(st.sampled_from("abcdefghij ,'\"()\n-0123456789@./ＺÉ"), max_size=30)
    | st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(["", " ", "-", ", ", "\n"])), max_size=5).map(
        lambda pairs: "".join(map("".join, pairs))
    )
)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_not_looked_at_closely_would_have_stayed(store: Store, words: str) -> None:
    """The two patterns that let a text pass in SQL agree with the scrubbing itself."""
    passed = store.one(
        "SELECT NOT (regexp_matches($1, $2) AND (regexp_matches($1, $3) OR NOT regexp_full_match($1, $4)))",
        [words, privacy.SUSPECT, privacy.CUE, privacy.PLAIN],
    )
    if passed:
        assert privacy.scrub(words) == (words.strip(), ())


REAL = Path(__file__).parents[1].parent / "shared/data"


@pytest.mark.real
@pytest.mark.skipif(not REAL.exists(), reason="the real records are not beside this checkout: ../shared/data")
def test_published_numbers_of_a_real_log_come_out(ingest: normalise.Ingest, store: Store, tmp_path: Path) -> None:
    """One county's log: every record a sighting, and the numbers that others published of it."""
    [path] = (REAL / "okaloosa-fl-so").glob("*Audit_EXTRACTED.csv")
    layouts = Catalogue().layouts
    with path.open(encoding="utf-8-sig", newline="") as file:
        headings, *records = csv.reader(file)
    plain = {heading: heading.replace("_", " ").strip().lower() for heading in headings}
    known = {h.lower(): field for field, f in reversed(list(layouts["flock-audit"].fields.items())) for h in f.headings}
    table = replace(
        made(tmp_path, ["searched_at"], [[AT]]), text=path, headings=tuple(headings), records=len(records),
        columns={known[plain[heading]]: at for at, heading in enumerate(headings)},
        relation=f"SELECT * FROM read_csv({text(str(path))}, columns={{"
        + ", ".join(f"'c{at}': 'VARCHAR'" for at in range(len(headings))) + "}, header=true)",
    )  # fmt: skip
    got = ingest.table(table, layouts["flock-audit"], tmp_path / "out")
    day = 86_400_000
    [counted] = store.rows(
        f"SELECT count(DISTINCT fingerprint), count(*) FILTER (searched_at - from_at > 30::BIGINT * {day}),"
        f" count(*) FILTER (searched_at - from_at > 31::BIGINT * {day}), round(max(searched_at - from_at) / {day}, 1),"
        " count(*) FILTER (networks > 1), max(networks), max(devices), count(*) FILTER (reason_state = 'empty')"
        f" FROM read_parquet({text(str(tmp_path / 'out/sightings-0.parquet'))})"
    )
    assert (got.accepted, got.rejected) == (7273, ())
    assert counted == (7273, 463, 173, 524.1, 3406, 6709, 100034, 9)
