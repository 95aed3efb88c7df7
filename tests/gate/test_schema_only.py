"""The shape alone: columns, types, constraints and enums of a contract, and no row is read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

import duckdb
import pytest
from click.testing import CliRunner
from headgate import CallError
from headgate.cli import main
from headgate.gate import check_schema
from headgate.testing import assert_schema
from pydantic import BaseModel

from tests.support.contracts import dataset, odcs, write
from tests.support.postgres_tables import Database

PROPERTIES: list[dict[str, Any]] = [
    {"name": "id", "logicalType": "integer", "primaryKey": True},
    {"name": "status", "logicalType": "string", "required": True, "enum": [{"value": "new"}, {"value": "paid"}]},
    {"name": "amount", "logicalType": "number", "required": True, "logicalTypeOptions": {"minimum": 0}},
    {"name": "code", "logicalType": "string", "unique": True, "logicalTypeOptions": {"maxLength": 3}},
]
ORDERS = dataset(*PROPERTIES, name="orders")
STATUS = "CREATE TYPE {s}status AS ENUM ({members})"
TABLE = "CREATE TABLE {s}orders (id INTEGER{key}, status {s}status NOT NULL, amount {amount} NOT NULL, code VARCHAR UNIQUE{more})"
# What differs from a table that is right, and which rules are then broken.
TABLES: list[tuple[dict[str, str], list[str]]] = [
    ({}, []),
    ({"key": ""}, ["id.primaryKey", "primaryKey"]),
    ({"members": "'new', 'paid', 'lost'"}, ["status.enum"]),
    ({"members": "'new'"}, []),
    ({"amount": "VARCHAR"}, ["amount.logicalType"]),
    ({"more": ", note VARCHAR"}, ["extraColumns"]),
]


def statements(schema: str, changes: dict[str, str]) -> list[str]:
    words = {
        "s": schema,
        "members": "'new', 'paid'",
        "key": " PRIMARY KEY",
        "amount": "DECIMAL(10,2)",
        "more": "",
    } | changes
    return [STATUS.format(**words), TABLE.format(**words)]


def broken(report: Any) -> set[str]:
    return {r.key.replace(".required", ".primaryKey") if r.key == "id.required" else r.key for r in report.failed}


@pytest.mark.parametrize(("changes", "expected"), TABLES, ids=[str(changes) for changes, _ in TABLES])
def test_an_empty_table_of_duckdb(changes: dict[str, str], expected: list[str], tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "w.duckdb")) as connection:
        for statement in statements("", changes):
            connection.execute(statement)
    report = check_schema(ORDERS, f"{tmp_path}/w.duckdb#orders")
    assert broken(report) == set(expected)
    assert {r.reason for r in report.results if r.excused} <= {"no row is read", "the column is VARCHAR, not number"}


@pytest.mark.slow
@pytest.mark.parametrize(("changes", "expected"), TABLES, ids=[str(changes) for changes, _ in TABLES])
def test_an_empty_table_of_postgres(changes: dict[str, str], expected: list[str], schema: Database) -> None:
    schema.run(*statements("", changes))
    assert broken(check_schema(ORDERS, schema.url("orders"))) == set(expected)


def test_a_view_has_no_constraints_and_is_not_asked_for_them(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "w.duckdb")) as connection:
        for statement in (*statements("", {}), "CREATE VIEW seen AS FROM orders"):
            connection.execute(statement)
    assert broken(check_schema(ORDERS, f"{tmp_path}/w.duckdb#seen")) == set()


def test_no_row_is_read(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text("id,status,amount,code\nx,y,z,long\n")
    report = check_schema(ORDERS, tmp_path / "orders.csv")
    assert (str(report.verdict), report.rows) == ("pass", 0)


CODES = [
    ("id,status,amount,code\n", (), 0),
    ("id,status,amount\n", (), 1),
    ("id,status,amount,code\n", ("--where", "id = 1"), 2),
]


@pytest.mark.parametrize(("text", "more", "code"), CODES)
def test_the_command(text: str, more: tuple[str, ...], code: int, tmp_path: Path) -> None:
    path = write(tmp_path, odcs({"name": "orders", "properties": PROPERTIES}))
    (tmp_path / "orders.csv").write_text(text)
    done = CliRunner().invoke(main, ["check", str(path), str(tmp_path / "orders.csv"), "--schema-only", *more])
    assert done.exit_code == code, done.output


class Order(BaseModel):
    id: int
    status: Literal["new", "paid"]
    amount: float
    code: str | None = None


class Renamed(BaseModel):
    id: int
    state: str
    amount: str
    code: str | None


JSON_SCHEMA = {
    "type": "object",
    "required": ["id", "status", "amount"],
    "properties": {
        "id": {"type": "integer"},
        "status": {"$ref": "#/$defs/Status"},
        "amount": {"anyOf": [{"type": "number"}, {"type": "integer"}]},
        "code": {"type": ["string", "null"]},
    },
    "$defs": {"Status": {"enum": ["new", "paid"]}},
}


def changed(**properties: Any) -> dict[str, Any]:
    return JSON_SCHEMA | {"properties": JSON_SCHEMA["properties"] | properties}  # type: ignore[operator]


@pytest.mark.parametrize(
    "given", [Order, JSON_SCHEMA, {"type": "array", "items": JSON_SCHEMA}, changed(status={"const": "new"})]
)
def test_code_that_keeps_the_contract(given: Any) -> None:
    report = assert_schema(ORDERS, given)
    assert not report.broken


DIFFERENT: list[tuple[Any, str]] = [
    (Renamed, "column status exists"),
    (Renamed, "amount is of type number"),
    (changed(amount={"type": ["number", "null"]}), "amount is not null"),
    (changed(id={"type": "string"}), "id is of type integer"),
    (JSON_SCHEMA | {"required": ["id"]}, "status is not null"),
]


@pytest.mark.parametrize(("given", "said"), DIFFERENT)
def test_code_that_does_not(given: Any, said: str) -> None:
    with pytest.raises(AssertionError, match=said):
        assert_schema(ORDERS, given)


def test_files(tmp_path: Path) -> None:
    path = write(tmp_path, odcs({"name": "orders", "properties": PROPERTIES}))
    (tmp_path / "order.schema.json").write_text(json.dumps(JSON_SCHEMA))
    assert_schema(f"{path}#orders", tmp_path / "order.schema.json")
    assert_schema(path, Order)
    (tmp_path / "wrong.schema.json").write_text("{")
    with pytest.raises(CallError, match="cannot be read"):
        assert_schema(path, tmp_path / "wrong.schema.json")
    with pytest.raises(CallError, match="has no `properties`"):
        assert_schema(path, {"type": "string"})
