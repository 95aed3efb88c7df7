"""The kit's tables on each place, and its rules answered there and by Great Expectations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
from headgate import check
from headgate.contract import Dataset
from headgate.places.duckdb import Table as DuckTable

from tests.support.contracts import load, odcs

from .kit import UNASKED, Case, Column, Result, Table, rule
from .tables import OTHER, TABLES


def dataset_of(table: str, cases: list[Case]) -> Dataset:
    """A contract with every case as a rule; `other` is a second dataset, for those that compare with one."""

    def properties(columns: Table) -> list[dict[str, Any]]:
        return [
            {"name": name}
            | ({"logicalType": column.logical} if column.logical else {})
            | ({"logicalTypeOptions": dict(column.options)} if column.options else {})
            for name, column in columns.items()
        ]

    rules = [rule(case, str(i)) for i, case in enumerate(cases)]
    things = {"name": "things", "physicalName": table, "properties": properties(TABLES[table]), "quality": rules}
    servers = [{"server": "here", "type": "duckdb", "database": "kit.duckdb", "schema": "main"}]
    return load(odcs(things, {"name": "other", "properties": properties(OTHER)}, servers=servers))["things"]


def fill(path: Path) -> None:
    """Every table in one DuckDB database, and as Parquet files beside it."""
    with duckdb.connect(str(path)) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for name, table in {**TABLES, "other": OTHER}.items():
            kinds = ", ".join(f'"{n}" {column.kind}' for n, column in table.items())
            connection.execute(f"CREATE TABLE {name} ({kinds})")
            for row in zip(*(column.values for column in table.values()), strict=True):
                connection.execute(f"INSERT INTO {name} VALUES ({', '.join('?' * len(row))})", list(row))
            connection.execute(f"COPY {name} TO '{path.with_name(name)}.parquet' (FORMAT parquet)")


def answers(table: str, cases: list[Case], data: Any, other: Any) -> list[Result]:
    """The result of each case's rule on `data`."""
    dataset = dataset_of(table, cases)
    references = {"other": other} if any("other" in c.reads for c in dataset.checks) else None
    report = check(dataset, data, references=references, show_examples=True)
    by_key = {result.key: result for result in report.results}
    found = []
    for i in range(len(cases)):
        parts = [result for key, result in by_key.items() if key == str(i) or key.startswith(f"{i}[")]
        one = next((r for r in parts if r.status != "passed"), parts[0])
        if one.unexpected is not None:
            value: Any = one.unexpected
        else:
            value = one.reason or ", ".join(r.observed for r in parts)
        found.append(Result(str(one.status), value))
    return found


def duckdb_table(path: Path, name: str) -> DuckTable:
    return DuckTable(str(path), name)


def arrow(path: Path, name: str) -> Any:
    with duckdb.connect(str(path), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        return connection.sql(f"SELECT * FROM {name}").to_arrow_table()


# --- Great Expectations -------------------------------------------------------------------------------------------------

_DTYPES = {"INTEGER": "float64", "BIGINT": "Int64", "DOUBLE": "float64", "BOOLEAN": "boolean", "TIMESTAMP": "datetime64[us]",
           "TIMESTAMPTZ": "datetime64[us, UTC]"}  # fmt: skip


def frame_of(table: Table) -> Any:
    """The table as people have it in pandas: integers with a NULL as floats (large ones as Int64, which is exact), decimals
    and dates as objects."""
    import pandas as pd

    def series(column: Column) -> Any:
        values = list(column.values)
        if column.kind == "TIMESTAMPTZ":
            return pd.Series(pd.to_datetime(pd.Series(values, dtype=object), utc=True), dtype=_DTYPES[column.kind])
        return pd.Series(values, dtype=_DTYPES.get(column.kind, "object"))

    return pd.DataFrame({name: series(column) for name, column in table.items()})


def gx_answers(table: str, cases: list[Case]) -> list[dict[str, Any] | None]:
    """What GX says of each case on its pandas engine: success and result; None where it refuses or raises."""
    from tests.support.gx_oracle import Oracle

    oracle = Oracle(frame_of(TABLES[table]))
    wanted = [
        {"type": case.kind, "kwargs": dict(case.kwargs), "meta": {"i": i}}
        for i, case in enumerate(cases)
        if not case.gx.startswith(UNASKED)
    ]
    answer = oracle.answer({"name": "s", "expectations": wanted})
    if isinstance(answer, str):  # one of them lets the whole suite fall
        parts = [oracle.answer({"name": "s", "expectations": [one]}) for one in wanted]
        results = [result for part in parts if not isinstance(part, str) for result in part["results"]]
    else:
        results = answer["results"]
    found: list[dict[str, Any] | None] = [None] * len(cases)
    for result in results:
        if "raised_exception" in result["exception_info"] and not result["exception_info"]["raised_exception"]:
            found[result["expectation_config"]["meta"]["i"]] = {"success": result["success"], **result["result"]}
    return found
