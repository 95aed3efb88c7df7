"""Rows of one platform published into another: every value arrives as it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from headgate.errors import CallError
from headgate.gate import publish
from headgate.report import Run

from tests.support.contracts import dataset
from tests.support.warehouse import PostgresWarehouse

PLACES = ("postgres",)

# a column of PostgreSQL, its values as SQL, and what DuckDB makes of each, as text
VALUES: list[tuple[str, str, str, str]] = [
    ("smallint", "1", "-2", "-2"),
    ("bigint", "1", "9223372036854775807", "9223372036854775807"),
    ("numeric(20,4)", "1", "1234567890123456.7891", "1234567890123456.7891"),
    ("numeric(2,4)", "0", "0.0012", ".0012"),
    ("numeric", "1", "0.1234567890123456789", "0.1234567890123456789"),
    ("real", "1", "0.1", "0.1"),
    ("double precision", "1", "'NaN'", "nan"),
    ("boolean", "true", "false", "false"),
    ("text", "'a'", "'Größe 値 🎯'", "Größe 値 🎯"),
    ("date", "'2026-01-01'", "'0001-01-01'", "0001-01-01"),
    ("timestamp", "'2026-01-01 00:00:00'", "'2026-01-02 03:04:05.678901'", "2026-01-02 03:04:05.678901"),
    ("timestamptz", "'2026-01-01 00:00:00Z'", "'2026-01-02 03:04:05.678901+02'", "2026-01-02 01:04:05.678901+00"),
    ("time", "'00:00'", "'23:59:59.999999'", "23:59:59.999999"),
    ("uuid", "gen_random_uuid()", "'6e1c0f60-9d3c-4f0e-8a43-0d6d0a4b0a11'", "6e1c0f60-9d3c-4f0e-8a43-0d6d0a4b0a11"),
    ("jsonb", "'1'", "'{\"a\": [1, null]}'", '{"a": [1, null]}'),
    ("integer[]", "'{}'", "'{1,2}'", "{1,2}"),
]


def filled(warehouse: PostgresWarehouse) -> Any:
    listed = ", ".join(f"c{i} {kind}" for i, (kind, *_) in enumerate(VALUES))
    warehouse.change(f"CREATE SCHEMA shop; CREATE TABLE shop.given (id int, {listed})")
    for number, row in enumerate(
        ([one for _, one, _, _ in VALUES], [v for _, _, v, _ in VALUES], ["NULL"] * len(VALUES))
    ):
        warehouse.change(f"INSERT INTO shop.given VALUES ({number}, {', '.join(row)})")
    return dataset({"name": "id", "logicalType": "integer", "required": True}, settings={"extraColumns": "ignore"})


@pytest.mark.parametrize("kind", ["duckdb", "parquet"])
def test_a_table_of_postgresql_is_published_elsewhere(kind: str, warehouse: PostgresWarehouse, tmp_path: Path) -> None:
    things, source = filled(warehouse), warehouse.target.replace("shop.things", "shop.given")
    target = f"{tmp_path}/w.duckdb#main.things" if kind == "duckdb" else f"{tmp_path}/lake/things/"
    assert publish(things, source, target, run_key="k").rows_published == 3
    import duckdb

    if kind == "parquet":
        (file,) = (tmp_path / "lake" / "things").glob("v*/part-data.parquet")
        assert pq.read_metadata(file).num_rows == 3
        rows = f"'{file}'"
    else:
        rows = "w.main.things"
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        if kind == "duckdb":
            connection.execute(f"ATTACH '{tmp_path}/w.duckdb' AS w (READ_ONLY)")
        shown = ", ".join(f"c{i}::VARCHAR" for i in range(len(VALUES)))
        found = connection.execute(f"SELECT {shown} FROM {rows} ORDER BY id").fetchall()
    assert found[1] == tuple(text for *_, text in VALUES)
    assert found[2] == (None,) * len(VALUES)


REFUSED: list[tuple[str, str, str]] = [
    ("date", "'infinity'", "v: there are values that other platforms do not have"),
    ("date", "'0044-03-15 BC'", "v: there are values"),
    ("timestamp", "'-infinity'", "v: there are values"),
    ("timestamptz", "'10000-01-01'", "v: there are values"),
    ("time", "'24:00'", "v: there are values"),
    ("numeric(38,2)", "'NaN'", "v: there are values"),
    ('int, "V" int', "1, 2", "the columns v and V differ only in case; rename one of them"),
]


@pytest.mark.parametrize(("kind", "value", "said"), REFUSED)
def test_what_other_platforms_do_not_have_is_refused(
    kind: str, value: str, said: str, warehouse: PostgresWarehouse, tmp_path: Path
) -> None:
    warehouse.change(f"CREATE SCHEMA shop; CREATE TABLE shop.given (v {kind}); INSERT INTO shop.given VALUES ({value})")
    source = warehouse.target.replace("shop.things", "shop.given")
    with pytest.raises(CallError, match=said):
        publish(dataset({"name": "v"}), source, f"{tmp_path}/w.duckdb#main.things", run=Run("k"))
