"""What a draft says of a column: type, missing values, ranges, what is inside."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest
from headgate import draft_contract

from tests.support.drafts import drafted, enums, options_of, write_csv

pytestmark = pytest.mark.slow


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
    assert [(p.logical_type, p.missing_values) for p in props] == [("integer", ("NA",)), ("string", ("NA",))]


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


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ([18.25, 118.75], {"minimum": 0, "maximum": 200}),
        ([1956, 2013], {"minimum": 1950, "maximum": 2020}),
        ([-7, 12], {"minimum": -10, "maximum": 20}),
        ([0.001, 0.004], {"minimum": Decimal("0.001"), "maximum": Decimal("0.004")}),
        ([5, 5], {}),
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
    assert enums(things) == {"e": ["x", "y"]}


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


def test_pandas_with_columns_of_objects() -> None:
    frame = pd.DataFrame({"none": [None, None], "mixed": ["a", None], "d": [date(2024, 1, 1), None], "i": [1.0, None],
                          "t": [time(1), None], "c": pd.Categorical(["x", None])})  # fmt: skip
    assert [p.logical_type for p in drafted(frame).properties] == [
        None, "string", "date", "number", "time", "string",
    ]  # fmt: skip
