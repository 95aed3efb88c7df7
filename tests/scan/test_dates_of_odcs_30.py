"""`date` in ODCS 3.0, which has no other word for a moment: dates and timestamps both serve it, wherever they are."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
from headgate import Contract, check, publish
from headgate.contract import Dataset
from headgate.lint.lint import lint

from tests.support.contracts import dataset, odcs, write
from tests.support.postgres_tables import Database

STAMP, DAY, BOTH = "TIMESTAMP", "DATE", ("2026-03-01 10:00:00", "2026-03-02")


def things(version: str = "v3.0.2", **prop: Any) -> Dataset:
    return dataset({"name": "v", "logicalType": "date", **prop}, apiVersion=version)


def form(text: str) -> dict[str, Any]:
    return {"logicalTypeOptions": {"format": text}}


# version, property, cells of a CSV file: how many are unexpected, the type of the column that is published
CELLS: list[tuple[str, dict[str, Any], tuple[str, ...], int, str]] = [
    ("v3.0.2", {"physicalType": "timestamp"}, BOTH, 0, STAMP),
    ("v3.0.0", {"physicalType": "timestamptz"}, ("2026-03-01T10:00:00+02:00", "2026-03-02"), 0, "TIMESTAMP WITH TIME ZONE"),
    ("v3.0.2", {"physicalType": "date"}, ("2026-03-01",), 0, DAY),
    ("v3.0.2", {"physicalType": "date"}, BOTH, 1, DAY),  # there is no place for its time of day
    ("v3.0.2", {}, BOTH, 0, STAMP),
    ("v3.0.2", {}, ("2026-03-01 25:00:00", "yesterday", "1"), 3, STAMP),
    ("v3.0.2", form("yyyy-MM-dd HH:mm:ss"), ("2026-03-01 10:00:00",), 0, STAMP),
    ("v3.0.2", form("dd.MM.yyyy"), ("01.03.2026", "2026-03-01"), 1, DAY),
    ("v3.0.2", {"physicalType": "timestamp", **form("dd.MM.yyyy HH:mm")}, ("01.03.2026 10:00",), 0, STAMP),
    ("v3.1.0", {}, BOTH, 1, DAY),
    ("v3.2.0", {}, ("2026-03-02",), 0, DAY),
]  # fmt: skip


@pytest.mark.parametrize(("version", "prop", "cells", "unexpected", "kind"), CELLS)
def test_cells_of_a_csv_file(
    version: str, prop: dict[str, Any], cells: tuple[str, ...], unexpected: int, kind: str, tmp_path: Path
) -> None:
    (tmp_path / "v.csv").write_text("\n".join(("v", *cells)) + "\n", encoding="utf-8")
    made = things(version, **prop)
    (result,) = [r for r in check(made, tmp_path / "v.csv").results if r.key == "v.logicalType"]
    assert (str(result.status), result.unexpected or 0) == ("failed" if unexpected else "passed", unexpected)
    publish(made, tmp_path / "v.csv", f"{tmp_path}/w.duckdb#main.things", run_key="r", on_breach="warn")
    with duckdb.connect(f"{tmp_path}/w.duckdb") as connection:
        assert {str(column[1]) for column in connection.execute("FROM things").description} == {kind}
        assert connection.execute("SELECT count(v) FROM things").fetchall() == [(len(cells) - unexpected,)]


# the type of a column, options of the property: the rules that are broken
COLUMNS: list[tuple[str, dict[str, Any], list[str]]] = [
    ("DATE", {}, []),
    ("TIMESTAMP", {}, []),
    ("TIMESTAMPTZ", {}, []),
    ("VARCHAR", {}, ["v.logicalType"]),
    ("INTEGER", {}, ["v.logicalType"]),
    ("TIMESTAMP", {"minimum": "2026-03-01", "maximum": "2026-03-01T10:00:00Z"}, []),
    ("TIMESTAMP", {"maximum": "2026-03-01T09:59:59Z"}, ["v.maximum"]),
    ("DATE", {"minimum": "2026-03-01T00:00:01Z"}, ["v.minimum"]),
    ("DATE", {"minimum": "2026-03-01"}, []),
]
VALUES = {"VARCHAR": "'x'", "INTEGER": "1"}


def selected(kind: str) -> str:
    value = VALUES.get(kind, "TIMESTAMP '2026-03-01 10:00:00'")
    return f"SELECT CAST({value} AS {kind}) AS v UNION ALL SELECT NULL"


@pytest.mark.parametrize("place", ["table", "parquet", "arrow", pytest.param("postgres", marks=pytest.mark.slow)])
@pytest.mark.parametrize(("kind", "options", "broken"), COLUMNS)
def test_columns(
    kind: str, options: dict[str, Any], broken: list[str], place: str, tmp_path: Path, request: Any
) -> None:
    data: Any
    if place == "postgres":
        schema: Database = request.getfixturevalue("schema")
        schema.run(f"CREATE TABLE t AS {selected(kind)}")
        data = schema.url("t")
    elif place == "parquet":
        duckdb.execute(f"COPY ({selected(kind)}) TO '{tmp_path}/t.parquet'")
        data = tmp_path / "t.parquet"
    elif place == "arrow":
        data = duckdb.sql(selected(kind)).to_arrow_table()
    else:
        with duckdb.connect(f"{tmp_path}/t.duckdb") as connection:
            connection.execute(f"CREATE TABLE t AS {selected(kind)}")
        data = f"{tmp_path}/t.duckdb#main.t"
    made = things(logicalTypeOptions=options) if options else things()
    assert [r.key for r in check(made, data).broken] == broken


# a column of pandas, physical type: unexpected rows, None where the type is wrong as a whole
FRAMES: list[tuple[Any, str | None, int | None]] = [
    (pd.to_datetime(["2026-03-01 10:00", None]), None, 0),
    (pd.Series([date(2026, 3, 1), None], dtype=object), None, 0),
    (pd.Series([date(2026, 3, 1), None], dtype=object), "timestamp", 0),
    (pd.to_datetime(["2026-03-01 10:00", "2026-03-01 00:00"]), "date", 1),
    (["2026-03-01"], None, None),
]


@pytest.mark.parametrize(("values", "physical", "unexpected"), FRAMES)
def test_frames(values: Any, physical: str | None, unexpected: int | None) -> None:
    made = things(**({"physicalType": physical} if physical else {}))
    (result,) = [r for r in check(made, pd.DataFrame({"v": values})).results if r.key == "v.logicalType"]
    assert str(result.status) == ("passed" if unexpected == 0 else "failed")
    assert result.unexpected == unexpected or unexpected == 0


def test_inside_documents(tmp_path: Path) -> None:
    (tmp_path / "v.jsonl").write_text(
        '{"v": {"at": "2026-03-01"}}\n{"v": {"at": "2026-03-01T10:00:00Z"}}\n{"v": {"at": "soon"}}\n'
    )
    made = dataset(
        {"name": "v", "logicalType": "object", "properties": [{"name": "at", "logicalType": "date"}]},
        apiVersion="v3.0.2",
    )
    assert {r.key: r.unexpected for r in check(made, tmp_path / "v.jsonl").broken} == {"v.at.logicalType": 1}


@pytest.mark.parametrize("kind", ["date", "timestamp", "timestamptz"])
def test_lint_finds_no_conflict_of_types(kind: str, tmp_path: Path) -> None:
    things = {"name": "things", "properties": [{"name": "v", "logicalType": "date", "physicalType": kind}]}
    linted = lint(write(tmp_path, odcs(things, apiVersion="v3.0.2")))
    assert [problem.rule for problem in linted.problems if problem.rule == "type-conflict"] == []


def test_the_contract_that_people_had(shared: Path) -> None:
    cases = shared / "cases" / "contracts"
    orders = Contract.load(cases / "f17-date-is-timestamp-30.odcs.yaml")["orders"]
    report = check(orders, cases / "f17.csv")
    assert (report.verdict, report.rows) == ("pass", 2)
    frame = pd.DataFrame({"order_id": [1], "placed_at": [datetime(2026, 3, 1)], "paid_at": [datetime(2026, 3, 1, 9)]})
    assert check(orders, frame).verdict == "pass"
