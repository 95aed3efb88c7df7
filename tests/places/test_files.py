"""JSON files, partitioned Parquet files, and a part of the rows."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
from click.testing import CliRunner
from headgate import CallError, Report, Run, check
from headgate.cli import main
from headgate.errors import HeadgateError

from tests.support.contracts import dataset, odcs, write
from tests.support.postgres_tables import Database

THINGS = dataset(
    {"name": "id", "logicalType": "integer", "required": True, "unique": True},
    {"name": "price", "logicalType": "number", "logicalTypeOptions": {"minimum": 0}},
    {"name": "paid", "logicalType": "boolean"},
    {"name": "day", "logicalType": "date"},
    {"name": "tags", "logicalType": "array", "items": {"logicalType": "string"}},
)
LINE = '{"id": %s, "price": 1.5, "paid": true, "day": "2026-01-01", "tags": ["a"]}'


def failed(report: Report) -> dict[str, int | None]:
    return {r.key: r.unexpected for r in report.failed}


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("lines.jsonl", f"{LINE % 1}\n{LINE % 2}\n", {}),
        ("lines.ndjson", f"{LINE % 1}\n{LINE % 2}", {}),
        ("array.json", f"[{LINE % 1}, {LINE % 2}]", {}),
        ("one.json", LINE % 1, {}),
        ("repeated.json", f"[{LINE % 1}, {LINE % 1}]", {"id.unique": 2}),
        ("null.json", LINE % "null", {"id.required": 1}),
        ("no integer.json", LINE % '"x"', {"id.logicalType": 1, "id.required": 1}),
        ("a part of an integer.json", LINE % "1.25", {"id.logicalType": 1, "id.required": 1}),
        ("beyond every integer.json", LINE % "18446744073709551616", {"id.logicalType": 1, "id.required": 1}),
        ("written as text.json", LINE % '"7"', {}),
        ("negative.json", (LINE % 1).replace("1.5", "-1e-3"), {"price.minimum": 1}),
        ("no such day.json", (LINE % 1).replace("01-01", "02-30"), {"day.logicalType": 1}),
        ("no boolean.json", (LINE % 1).replace("true", '"maybe"'), {"paid.logicalType": 1}),
        ("an item of another type.json", (LINE % 1).replace('["a"]', '["a", 1]'), {"tags[].logicalType": 1}),
        ("a key is missing.json", '{"id": 1, "price": 1, "paid": false, "day": null}', {"tags.exists": None, "tags[].exists": None}),
        ("a key of some.json", f'[{LINE % 1}, {{"id": 2}}]', {}),
        ("one more key.json", (LINE % 1).replace("{", '{"extra": 1, '), {"extraColumns": None}),
        ("keys/with ~ and quotes.json", (LINE % 1).replace("{", '{"a/b~c\\"d": 1, '), {"extraColumns": None}),
    ],
)  # fmt: skip
def test_json(name: str, text: str, expected: dict[str, int | None], tmp_path: Path) -> None:
    path = tmp_path / name.replace("/", " ")
    path.write_text(text)
    assert failed(check(THINGS, path)) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("[]", "is empty"),
        ("5", "not a JSON object"),
        ('{"id": 1}\n[2]', "not a JSON object"),
        ('{"id": 1}\n{"id": secret}', "near line"),
        ('{"id": 1, "ID": 2}', "nothing but case"),
        ('{"": 1}', "are empty"),
    ],
)
def test_what_is_no_table(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "things.json"
    path.write_text(text)
    with pytest.raises(HeadgateError, match=said) as error:
        check(THINGS, path)
    assert str(path) in str(error.value)
    assert "secret" not in str(error.value)


def test_several_json_files(tmp_path: Path) -> None:
    for i in range(3):
        (tmp_path / f"{i}.jsonl").write_text(LINE % i)
    assert check(THINGS, f"{tmp_path}/*.jsonl").rows == 3


PARTS = dataset(
    {"name": "id", "logicalType": "integer", "unique": True},
    {"name": "day", "logicalType": "date", "logicalTypeOptions": {"minimum": "2026-01-01"}},
    {"name": "region", "logicalType": "string", "enum": [{"value": "01"}, {"value": "eu"}]},
)


@pytest.fixture
def parts(tmp_path: Path) -> Path:
    """Four partitions, of which one lies before the first day that the contract has, and one is of no day."""
    for i, (day, region) in enumerate([("2026-01-01", "01"), ("2026-01-02", "eu"), ("2025-12-31", "eu"), ("x", "us")]):
        folder = tmp_path / "parts" / f"day={day}" / f"region={region}"
        folder.mkdir(parents=True)
        duckdb.execute(f"COPY (SELECT {i} AS id) TO '{folder}/part.parquet'")
    return tmp_path / "parts"


def test_partitions_are_columns_of_text(parts: Path) -> None:
    report = check(PARTS, parts)
    assert failed(report) == {"day.minimum": 1, "day.logicalType": 1, "region.enum": 1}
    assert report.rows == 4


@pytest.mark.parametrize(
    ("where", "rows"),
    [
        ("day = DATE '2026-01-02'", 1),
        ("day >= '2026-01-01' AND region IN ('01', 'eu')", 2),
        ("DAY IS NULL", 1),
        ("id % 2 = 0", 2),
        ("id > 100", 0),
        ("NULL", 0),
        ("id = 1 -- a comment hides nothing of ours", 1),
    ],
)
def test_a_part_of_the_rows(where: str, rows: int, parts: Path) -> None:
    report = check(PARTS, parts, where=where)
    assert report.rows == rows
    assert report.data.endswith(f"where {where}")


@pytest.mark.parametrize("where", ["day = current_date", "day = now()::date", "day < current_timestamp AND id = 2"])
def test_the_current_time_in_a_condition_is_the_runs(where: str, parts: Path) -> None:
    when = datetime(2026, 1, 2, 12, tzinfo=UTC)
    assert check(PARTS, parts, where=where, run=Run(now=when)).rows == 1


@pytest.mark.parametrize(
    "where",
    [
        "", "id =", "1 = 1; DROP TABLE data", "1 = 1) OR (1 = 1", "1 = 1 UNION SELECT 1", "1 = 1 ORDER BY id", "1 = 1 LIMIT 1",
        "1 = 1 GROUP BY id", "id IN (SELECT 1)", "EXISTS (SELECT 1 FROM data)", "amount > 0", "id > getenv('HOME')",
        "length(read_text('/etc/hostname')) > 0", "1 = 1 /* ", "1 = 1 QUALIFY 1 = 1",
    ],
)  # fmt: skip
def test_no_condition(where: str, parts: Path) -> None:
    with pytest.raises(CallError, match="where"):
        check(PARTS, parts, where=where)


def test_a_condition_that_fails_on_the_data(parts: Path) -> None:
    with pytest.raises(CallError, match=r"where 'region::int = 1' fails on this data: .*cannot be converted"):
        check(PARTS, parts, where="region::int = 1")


def test_other_files_are_not_even_opened(parts: Path) -> None:
    report = check(PARTS, parts, where="day = '2026-01-01'")
    scans = [ran.sql for ran in report.ran]
    with duckdb.connect() as connection:
        plans = [str(connection.execute(f"EXPLAIN ANALYZE {sql}").fetchall()) for sql in scans]
    read = [plan for plan in plans if "Total Files Read: " in plan]
    assert read
    assert all("Total Files Read: 1" in plan for plan in read)


def test_a_foreign_key_to_itself_leads_out_of_the_part() -> None:
    things = dataset({"name": "id"}, {"name": "parent", "relationships": [{"to": "things.id"}]})
    frame = pd.DataFrame({"id": [1, 2, 3], "parent": pd.array([None, 1, 9], dtype="Int64")})
    assert failed(check(things, frame, where="id = 2")) == {}
    assert failed(check(things, frame, where="id = 3")) == {"parent.foreignKey": 1}


def test_on_the_command_line(parts: Path, tmp_path: Path) -> None:
    properties: list[dict[str, Any]] = [{"name": "id"}, {"name": "day", "logicalType": "date"}, {"name": "region"}]
    contract = write(tmp_path, odcs({"name": "parts", "properties": properties}))
    run = CliRunner().invoke(main, ["check", str(contract), str(parts), "--where", "region = 'eu' AND id / 1 > 0"])
    assert (run.exit_code, "2 rows of *.parquet where region = 'eu' AND id / 1 > 0" in run.output) == (0, True), (
        run.output
    )


@pytest.mark.slow
def test_a_part_of_a_table_of_postgres(schema: Database) -> None:
    schema.run(
        "CREATE TABLE parts (id INT NOT NULL, day DATE, region TEXT)",
        "INSERT INTO parts VALUES (1, '2026-01-01', 'eu'), (1, '2026-01-01', '01'), (1, '2025-01-01', 'us')",
    )
    for where in ("day = '2026-01-01'::date", "day = current_date"):
        report = check(PARTS, schema.url("parts"), where=where, run=Run(now=datetime(2026, 1, 1, 12, tzinfo=UTC)))
        assert (report.rows, failed(report)) == (2, {"id.unique": 2})
