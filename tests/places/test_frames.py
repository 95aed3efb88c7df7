"""DataFrames: columns of nothing, dicts with optional keys, types that DuckDB cannot read."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from headgate import check, publish
from headgate.errors import QueryError

from tests.support.contracts import dataset

KINDS = ("string", "integer", "number", "boolean", "date", "time", "timestamp", "object", "array")
NOTHING = {
    "NaN": pd.DataFrame({"v": [np.nan, np.nan]}),
    "NaN of 32 bits": pd.DataFrame({"v": pd.Series([np.nan], dtype="float32")}),
    "None": pd.DataFrame({"v": [None, None]}),
    "NA": pd.DataFrame({"v": pd.Series([pd.NA], dtype="Float64")}),
    "no rows": pd.DataFrame({"v": []}),
    "no rows of objects": pd.DataFrame(columns=["v"]),
    "no rows of integers": pd.DataFrame({"v": [1]}).iloc[:0],
}


@pytest.mark.parametrize("case", NOTHING)
@pytest.mark.parametrize("kind", KINDS)
def test_columns_of_nothing_are_of_every_type(kind: str, case: str, tmp_path: Any) -> None:
    report = check(dataset({"name": "v", "logicalType": kind}), NOTHING[case])
    assert (report.verdict, [r.key for r in report.failed]) == ("pass", [])
    things = dataset({"name": "v", "logicalType": kind}, {"name": "id", "logicalType": "integer"})
    rows = pd.DataFrame({"v": NOTHING[case]["v"], "id": range(len(NOTHING[case]))})
    outcome = publish(things, rows, f"{tmp_path}/w.duckdb#main.things", run_key="r")
    assert (outcome.rows_published or 0) == len(rows)


def test_a_column_with_a_value_has_a_type() -> None:
    report = check(dataset({"name": "v", "logicalType": "string"}), pd.DataFrame({"v": [np.nan, 1.5]}))
    assert [r.key for r in report.failed] == ["v.logicalType"]


OBJECT = {
    "name": "v",
    "logicalType": "object",
    "properties": [{"name": "k", "logicalType": "integer", "required": True}, {"name": "z", "logicalType": "string"}],
}
# Dicts, and how many rows break a rule.
DICTS: dict[str, tuple[list[Any], dict[str, int]]] = {
    "a key of some": ([{"k": 1}, {"k": 2, "z": "x"}, None], {}),
    "a key of others": ([{"k": 1, "z": "x"}, {"k": 2}], {}),
    "values of one type": ([{"k": 1, "z": 3}, {"k": 2}], {"v.z.logicalType": 1}),
    "a required key is missing": ([{"k": 1}, {"z": "x"}], {"v.k.required": 1}),
    "a key that is missing as NaN": ([{"k": 1, "z": np.nan}, {"k": 2}], {}),
    "values of numpy": ([{"k": np.int64(1)}, {"k": np.int64(2), "z": "x"}], {}),
    "more keys": ([{"k": 1, "d": datetime.date(2026, 1, 1)}, {"k": 2, "more": [1, {"a": None}]}], {}),
}  # fmt: skip


@pytest.mark.parametrize("case", DICTS)
def test_dicts_with_optional_keys(case: str) -> None:
    rows, broken = DICTS[case]
    report = check(dataset(OBJECT), pd.DataFrame({"v": rows}))
    assert {r.key: r.unexpected for r in report.failed} == broken


def test_dicts_in_lists_and_in_dicts() -> None:
    frame = pd.DataFrame({"v": [{"a": {"k": 1}}, {"a": {"k": 2, "z": "x"}}], "w": [[{"k": 1}], [{"k": 2, "z": "x"}]]})
    kinds = [
        {"name": "v", "logicalType": "object"},
        {"name": "w", "logicalType": "array", "items": {"logicalType": "object"}},
    ]
    assert check(dataset(*kinds), frame).verdict == "pass"


UNREADABLE = {
    "complex numbers": (pd.DataFrame({"id": [1], "v": [1 + 2j]}), "pandas DataFrame", "complex128"),
    "a day and a number": (pd.DataFrame({"id": [1, 2], "v": [datetime.date(2026, 1, 1), 1]}), "pandas DataFrame", "object"),
    "periods": (pd.DataFrame({"id": [1], "v": pd.period_range("2026", periods=1, freq="D")}), "pandas DataFrame", "period[D]"),
    "intervals": (pd.DataFrame({"id": [1], "v": pd.interval_range(0, 1)}), "pandas DataFrame", "interval[int64, right]"),
    "objects of polars": (pl.DataFrame({"id": [1], "v": pl.Series([object()], dtype=pl.Object)}), "polars DataFrame", "Object"),
    "halves": (pa.table({"id": [1], "v": pa.array([np.float16(1)])}), "pyarrow Table", "halffloat"),
}  # fmt: skip


@pytest.mark.parametrize("case", UNREADABLE)
def test_types_that_cannot_be_read(case: str) -> None:
    frame, name, kind = UNREADABLE[case]
    things = dataset({"name": "id", "logicalType": "integer"}, {"name": "v", "logicalType": "string", "required": True})
    said = f"{name}: DuckDB cannot read the column 'v' ({kind}): its type is not supported"
    try:
        told = [result.reason for result in check(things, frame).results]
    except QueryError as error:
        told = [str(error)]
    assert any(text.startswith(said) for text in told), told
