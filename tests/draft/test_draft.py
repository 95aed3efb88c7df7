"""A drafted contract: it loads, the data it was drafted from keeps it, and it shows nothing personal."""

from __future__ import annotations

import csv
import time as time_module
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest
from headgate import Contract, draft_contract
from headgate.contract import Dataset
from headgate.errors import CallError
from headgate.gate import check
from headgate.rules.load import parse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.slow

REAL = ["nycflights13_airlines", "nycflights13_airports", "nycflights13_planes", "nycflights13_weather",
        "telco_customer_churn"]  # fmt: skip


def drafted(data: Any, **options: Any) -> Dataset:
    """The dataset of the draft, which must be clean, and which `data` must keep in every point."""
    text = str(draft_contract(data, **options))
    things = parse(text, Path("draft.odcs.yaml")).only()
    report = check(things, data)
    assert (str(report.verdict), report.draft) == ("pass", True), f"{report}\n{text}"
    assert [r.key for r in report.not_measured] == [], text
    return things


def options_of(things: Dataset) -> dict[str, dict[str, Any]]:
    return {p.name: dict(p.options) for p in things.properties}


def enums(things: Dataset) -> dict[str, list[Any]]:
    return {c.columns[0]: list(c.args["values"]) for c in things.checks if c.type == "in_set"}


def rules(things: Dataset, column: str) -> set[str]:
    return {c.type for c in things.checks if c.columns == (column,)} - {"column_exists", "type"}


@pytest.mark.parametrize("name", REAL)
def test_real_data(name: str, shared: Path) -> None:
    drafted(shared / "data" / f"{name}.csv")


def test_weather_in_full(shared: Path) -> None:
    weather = drafted(shared / "data" / "nycflights13_weather.csv")
    kinds = {p.name: p.logical_type for p in weather.properties}
    assert [n for n, k in kinds.items() if k == "number"] == [
        "temp", "dewp", "humid", "wind_speed", "wind_gust", "precip", "pressure", "visib",
    ]  # fmt: skip
    assert (kinds["origin"], kinds["wind_dir"], kinds["time_hour"]) == ("string", "integer", "timestamp")
    assert weather.primary_key == ("origin", "time_hour")
    missing = {p.name: p.missing_values for p in weather.properties if p.missing_values}
    assert set(missing.values()) == {("NA",)}
    assert len(missing) == 7
    assert enums(weather) == {"origin": ["EWR", "JFK", "LGA"]}
    assert options_of(weather)["pressure"] == {"minimum": 980, "maximum": 1050}


def test_churn_in_full(shared: Path) -> None:
    churn = drafted(shared / "data" / "telco_customer_churn.csv")
    by_name = {p.name: p for p in churn.properties}
    assert churn.primary_key == ("customerID",)
    assert (by_name["TotalCharges"].logical_type, by_name["TotalCharges"].missing_values) == ("number", (" ",))
    assert "not_null" not in rules(churn, "TotalCharges")
    assert enums(churn)["SeniorCitizen"] == [0, 1]
    assert enums(churn)["Churn"] == ["No", "Yes"]  # no booleans: the data's own words
    assert by_name["PhoneService"].classification == "confidential"
    assert rules(churn, "PhoneService") == {"not_null"}
    assert (by_name["gender"].classification, "gender" in enums(churn)) == ("confidential", False)


def test_a_million_rows(tmp_path: Path) -> None:
    from benchmarks import init as benchmark

    path = benchmark.make(tmp_path / "orders.parquet")
    orders = drafted(path)
    assert orders.primary_key == ("order_id",)
    assert set(enums(orders)) == {"status", "currency", "country"}
    assert {p.name for p in orders.properties if p.classification} == {"email", "note"}
    seconds = benchmark.measure(path, rounds=3)
    least, own = (min(values) for values in seconds.values())
    assert own <= 4 * least, seconds


@pytest.mark.parametrize("twice", [False, True])
def test_keys_of_unsorted_files(twice: bool, tmp_path: Path) -> None:
    ids = [(i * 7919) % 20_011 for i in range(20_011)] + [5] * twice
    path = tmp_path / "t.parquet"
    pyarrow.parquet.write_table(pa.table({"order_id": ids, "n": [i % 3 for i in ids]}), path)
    assert drafted(path).primary_key == (() if twice else ("order_id",))


# cells of a column, what they are: logical type, missingValues
CELLS: list[tuple[list[str], str | None, tuple[str, ...]]] = [
    (["1", "2", "-3"], "integer", ()),
    (["1", "2.0", ""], "integer", ()),
    (["1", "2.5"], "number", ()),
    (["1e3", ".5"], "number", ()),
    (["1", "NA", "3"], "integer", ("NA",)),
    (["1", " ", "n/a"], "integer", (" ", "n/a")),
    (["1", "tbd", "tbd"], "integer", ("tbd",)),
    (["1", "tbd", "open"], "string", ()),
    (["1", "tbd", "3"], "string", ()),
    (["1", "a@b.org", "a@b.org"], "string", ()),
    (["1", "1x"], "string", ()),
    (["007", "123"], "string", ()),
    (["0", "0.5"], "number", ()),
    (["+49301234567", "12345"], "string", ()),
    (["99999999999999999999"], "string", ()),
    (["true", "False"], "boolean", ()),
    (["true", "NA"], "boolean", ("NA",)),
    (["Yes", "No"], "string", ()),
    (["1", "0"], "integer", ()),
    (["2024-02-29", "NULL"], "date", ("NULL",)),
    (["2023-02-29"], "string", ()),
    (["2024-02-28", "2024-02-28T10:00:00Z"], "timestamp", ()),
    (["2024-02-28 10:00:00"], "timestamp", ()),
    (["08:30", "23:59:59"], "time", ()),
    (["24:30"], "string", ()),
    (["29/02/2024"], "string", ()),
    (["NA", "NA"], "string", ()),
    (["", ""], None, ()),
    ([], None, ()),
]


@pytest.mark.parametrize(("cells", "kind", "missing"), CELLS)
def test_types_of_text(cells: list[str], kind: str | None, missing: tuple[str, ...], tmp_path: Path) -> None:
    path = write_csv(tmp_path / "t.csv", {"n": [str(i) for i in range(len(cells))], "v": cells})
    prop = drafted(path).properties[1]
    assert (prop.logical_type, tuple(sorted(prop.missing_values))) == (kind, missing)


def test_a_cell_that_no_sample_shows(tmp_path: Path) -> None:
    cells = ["1"] * 60_000
    cells[40_000] = "NA"
    path = write_csv(tmp_path / "t.csv", {"v": cells, "w": [*cells[:-1], "1x"]})
    props = drafted(path).properties
    assert [(p.logical_type, p.missing_values) for p in props] == [("integer", ("NA",)), ("string", ())]


@pytest.mark.parametrize("name", ["phone", "birth_year"])
def test_no_word_of_a_personal_column_is_taken_for_missing(name: str, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "t.csv", {name: ["1961", "Lovelace", "Lovelace", "NA"]})
    assert "Lovelace" not in str(draft_contract(path))
    assert drafted(path).properties[0].logical_type == "string"


def test_texts_that_begin_late_are_looked_at() -> None:
    things = drafted(pa.table({"v": [None] * 5000 + [f"user{i}@example.org" for i in range(90)]}))
    assert things.properties[0].classification == "confidential"


@pytest.mark.parametrize(
    ("cells", "zone"),
    [
        (["2024-01-01T10:00:00Z", "2024-01-01T10:00:00+02"], True),
        (["2024-01-01T10:00:00", "2024-01-01"], False),
        (["2024-01-01T10:00:00", "2024-01-01T10:00:00Z"], True),
    ],
)
def test_zones_of_text(cells: list[str], zone: bool, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "t.csv", {"v": cells})
    assert options_of(drafted(path))["v"]["timezone"] is zone
    assert ("say which one they mean" in str(draft_contract(path))) is (cells[0][-1] != "Z")


# name of a column, its values: nothing of them may be in the draft
PERSONAL: list[tuple[str, list[Any]]] = [
    ("customer_email", ["a@x.org", "b@x.org"]),
    ("contact", ["anna@example.org", "tom@example.org"]),
    ("contact", ["+49 30 1234567", "+49 30 7654321"]),
    ("contact", ["(030) 123-4567", "030-765-4321"]),
    ("account", ["DE89370400440532013000", "DE02120300000000202051"]),
    ("card", ["4111 1111 1111 1111", "4012888888881881"]),
    ("social", ["123-45-6789", "987-65-4321"]),
    ("client", ["192.168.17.4", "10.17.0.99"]),
    ("LastName", ["Lovelace", "Turing"]),
    ("shippingAddress", ["Torstrasse 1", "Ringweg 22"]),
    ("dateOfBirth", [date(1961, 7, 13), date(1983, 2, 11)]),
    ("birth_year", [1961, 1983]),
    ("phone", [4930123456, 4930654321]),
    ("salary", [71234.5, 81234.5]),
    ("note", [f"a long remark {i} about one Lovelace" for i in range(30)]),
]


@pytest.mark.parametrize("repeated", [1, 40])
@pytest.mark.parametrize(("name", "values"), PERSONAL)
def test_nothing_personal_is_shown(name: str, values: list[Any], repeated: int) -> None:
    frame = pa.table({name: values * repeated})
    text = str(draft_contract(frame))
    things = drafted(frame)
    assert things.properties[0].classification == "confidential"
    assert rules(things, name) <= {"not_null", "unique"}
    assert not options_of(things)[name]
    assert not [v for v in values if str(v) in text]


def test_few_rows_make_no_list() -> None:
    frame = pa.table({"v": [f"word{i % 3}" for i in range(29)], "w": [f"word{i % 3}" for i in range(29)]})
    assert enums(drafted(frame)) == {}
    assert "word" not in str(draft_contract(frame))
    assert enums(drafted(pa.table({"v": [f"word{i % 3}" for i in range(30)]}))) == {"v": ["word0", "word1", "word2"]}


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ([18.25, 118.75], {"minimum": 0, "maximum": 200}),
        ([1956, 2013], {"minimum": 1950, "maximum": 2020}),
        ([-7, 12], {"minimum": -10, "maximum": 20}),
        ([0.001, 0.004], {"minimum": Decimal("0.001"), "maximum": Decimal("0.004")}),
        ([5, 5], {"minimum": 5, "maximum": 5}),
        ([0.1, float("inf")], {}),
        ([0.1, float("nan")], {}),
        ([1e300, 2e300], {}),
        ([1e-300, 2e-300], {"minimum": 0, "maximum": Decimal("1e-9")}),
        ([2**63 - 1, 2**62], {}),
        ([4930123456, 4930654321], {}),  # telephone numbers under another name
    ],
)
def test_ranges_are_rounded_outwards(values: list[Any], found: dict[str, Any]) -> None:
    assert options_of(drafted(pa.table({"v": values})))["v"] == found


def test_a_table_has_its_server_and_types(tmp_path: Path) -> None:
    (tmp_path / "contracts").mkdir()
    with duckdb.connect(str(tmp_path / "w.duckdb")) as connection:
        connection.execute("CREATE SCHEMA shop")
        connection.execute("""CREATE TABLE shop."odd: table" AS SELECT range AS id, 'a' || range AS t,
            range::DECIMAL(9, 2) AS d, TIMESTAMPTZ '2024-01-01' AS z, TIMESTAMP '2024-01-01' AS l, [range] AS a,
            {'x': range} AS s, MAP {'k': range} AS m, '1'::BLOB AS b, uuid() AS u, INTERVAL 1 DAY AS i,
            'x'::ENUM ('x', 'y') AS e FROM range(50)""")
    data = f"{tmp_path}/w.duckdb#shop.odd: table"
    things = drafted(data, folder=tmp_path / "contracts")
    assert things.contract.server().fields["database"] == "../w.duckdb"
    assert (things.physical_name, things.primary_key) == ("odd: table", ("id",))
    assert {p.name: p.logical_type for p in things.properties} == {
        "id": "integer", "t": "string", "d": "number", "z": "timestamp", "l": "timestamp", "a": "array",
        "s": "object", "m": "map", "b": "string", "u": "string", "i": None, "e": "string",
    }  # fmt: skip
    assert {p.name: p.physical_type for p in things.properties}["d"] == "DECIMAL(9,2)"
    assert enums(things) == {"e": ["x"]}


def test_what_a_nested_column_holds() -> None:
    value = {"lines": [{"sku": "S1", "prices": [1.5]}], "to": {"name": "Ann", "b: c": True}, "n": 1}
    (column,) = drafted(pa.table({"v": [value]})).properties
    lines, to, n = column.nested
    assert [(p.name, p.logical_type, p.classification) for p in (lines, *to.nested, n)] == [
        ("v.lines", "array", None),
        ("v.to.name", "string", "confidential"),
        ("v.to.b: c", "boolean", None),
        ("v.n", "integer", None),
    ]
    (each,) = lines.nested
    sku, prices = each.nested
    assert (each.logical_type, sku.name, prices.nested[0].logical_type) == ("object", "v.lines[].sku", "number")


NASTY = [
    "a: b", "#", "- x", "'", '"', "\\", "a\nb", "a\rb", "a\tb", "${HEADGATE_VAR_X}", "{{ x }}", "%YAML", "---", "...",
    "!!python/object:os.system", "&a", "*a", "null", "~", "true", "No", "1", "1.5", "1e3", "0x1", "2024-01-01", "=",
    "日本", "\u2028", "\u0085", "\ufeff", "\x1b[31m", "\x7f", "e\u0301", " x ", "x #y", "]", "}", ",", "|", ">", "@",
    "`", "🎯", "a\n# TODO\nstatus: active", "x" * 300, "\u202e",
]  # fmt: skip


@pytest.mark.parametrize("text", NASTY)
def test_hostile_texts(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADGATE_VAR_X", "expanded")
    inside = pa.array([{text: text}] * 40)
    frame = pa.table({text: [1] * 40, "v": [text] * 40, "w": pa.array([text] * 40, pa.string()), "inside": inside})
    things = drafted(frame, name=text)
    assert (things.name, things.contract.status) == (text, "draft")
    assert [p.column for p in things.properties] == [text, "v", "w", "inside"]
    assert [p.name for p in things.properties[3].nested] == [f"inside.{text}"]
    shown = text.isprintable() and len(text) <= 100
    assert enums(things) == ({"v": [text], "w": [text]} if shown else {})
    path = tmp_path / "t.parquet"
    pyarrow.parquet.write_table(frame, path)
    drafted(path)


@pytest.mark.parametrize("name", ["a\nb", "${X}", "it's", "#x"])
def test_hostile_paths(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"{name}.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE t AS SELECT 1 AS a")
    things = drafted(f"{path}#t", folder=tmp_path)
    assert [s.fields["database"] for s in things.contract.servers] == ([] if "$" in name else [path.name])


def test_names_that_no_contract_can_have() -> None:
    with pytest.raises(CallError, match="headgate uses itself"):
        draft_contract(pa.table({"headgate_reasons": [1]}))
    with pytest.raises(CallError, match="file not found"):
        draft_contract("nothing.csv")


NAMES = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), min_size=1, max_size=12)
TEXTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=8)
KINDS: list[tuple[pa.DataType, st.SearchStrategy[Any]]] = [
    (pa.int64(), st.integers(-(2**63), 2**63 - 1)),
    (pa.uint64(), st.integers(0, 2**64 - 1)),
    (pa.int8(), st.integers(-128, 127)),
    (pa.float64(), st.floats()),
    (pa.float32(), st.floats(width=32)),
    (pa.decimal128(38, 10), st.decimals(-(10**27), 10**27, allow_nan=False, places=10)),
    (pa.decimal128(9, 0), st.decimals(-999, 999, allow_nan=False, places=0)),
    (pa.string(), TEXTS),
    (pa.string(), st.sampled_from(["a", "b", "", "NA", "it's", 'x: "y"', "1"])),
    (pa.bool_(), st.booleans()),
    (pa.date32(), st.dates()),
    (pa.timestamp("us"), st.datetimes()),
    (pa.timestamp("ns"), st.datetimes(datetime(1700, 1, 1), datetime(2200, 1, 1))),
    (pa.timestamp("us", "UTC"), st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=st.just(UTC))),
    (pa.time64("us"), st.times()),
    (pa.list_(pa.int64()), st.lists(st.integers(0, 9), max_size=3)),
    (pa.struct([("x", pa.int64())]), st.fixed_dictionaries({"x": st.integers(0, 9)})),
    (pa.binary(), st.binary(max_size=4)),
    (pa.null(), st.none()),
    (pa.dictionary(pa.int32(), pa.string()), st.sampled_from(["x", "y"])),
]


@st.composite
def tables(draw: st.DrawFn) -> pa.Table:
    rows = draw(st.integers(0, 12))
    times = draw(st.sampled_from([1, 1, 25]))
    names = draw(st.lists(NAMES, min_size=1, max_size=5, unique_by=str.casefold))
    columns = []
    for _ in names:
        kind, values = draw(st.sampled_from(KINDS))
        cells = draw(st.lists(st.none() | values if draw(st.booleans()) else values, min_size=rows, max_size=rows))
        columns.append(pa.array(cells * times, kind))
    return pa.table(columns, names=names)


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(tables())
def test_every_table_keeps_its_own_draft(table: pa.Table) -> None:
    if any(name.lower().startswith(("headgate_", "__headgate")) for name in table.column_names):
        return
    drafted(table)


CELL = st.one_of(
    TEXTS,
    st.sampled_from(["NA", "", " ", "null", "1", "1.5", "007", "true", "2024-01-01", "2024-01-01T10:00:00Z", "08:30"]),
    st.integers(-(10**25), 10**25).map(str),
    st.floats().map(str),
    st.dates().map(str),
    st.datetimes().map(str),
    st.times().map(str),
)


@pytest.mark.slow
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.lists(CELL, min_size=1, max_size=6), min_size=1, max_size=4), st.sampled_from([1, 15]))
def test_every_text_keeps_its_own_draft(tmp_path_factory: Any, columns: list[list[str]], times: int) -> None:
    length = min(map(len, columns))
    path = tmp_path_factory.mktemp("text") / "t.csv"
    drafted(write_csv(path, {f"c{i}": cells[:length] * times for i, cells in enumerate(columns)}))


def test_pandas_with_columns_of_objects() -> None:
    frame = pd.DataFrame({"none": [None, None], "mixed": ["a", None], "d": [date(2024, 1, 1), None], "i": [1.0, None],
                          "t": [time(1), None], "c": pd.Categorical(["x", None])})  # fmt: skip
    assert [p.logical_type for p in drafted(frame).properties] == [
        None, "string", "date", "number", "time", "string",
    ]  # fmt: skip


def write_csv(path: Path, columns: dict[str, list[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values()))
    return path


def test_the_draft_is_a_file_like_any_other(tmp_path: Path) -> None:
    path = tmp_path / "c.odcs.yaml"
    path.write_text(str(draft_contract(pa.table({"v": [1]}))), encoding="utf-8")
    assert Contract.load(path).is_draft


@pytest.mark.slow
def test_wide_files_cost_in_proportion(tmp_path: Path) -> None:
    """Three times the columns cost about three times as much; it was nine times once."""

    def cpu(columns: int) -> float:
        cells = {f"c{i}": ["1", "x", "2024-01-01"] if i % 3 == 0 else ["1.5", "2", "NA"] for i in range(columns)}
        path = write_csv(tmp_path / f"{columns}.csv", cells)
        begun = time_module.process_time()
        draft_contract(path)
        return time_module.process_time() - begun

    cpu(5)
    assert cpu(90) < 6 * cpu(30)
