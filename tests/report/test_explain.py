"""The explanation of a report: what proves each check, by which query, and what it cost."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner
from headgate import Contract, check
from headgate.cli import main

from tests.support.contracts import dataset, load, odcs, write

ORDERS: dict[str, Any] = {
    "name": "orders",
    "properties": [
        {"name": "id", "logicalType": "integer", "required": True, "unique": True},
        {"name": "key", "logicalType": "integer", "unique": True},
        {"name": "code", "logicalType": "string", "unique": True, "logicalTypeOptions": {"pattern": "^c"}},
        {"name": "status", "logicalType": "string", "enum": [{"value": "open"}, {"value": "paid"}]},
        {"name": "customer", "logicalType": "integer", "relationships": [{"to": "customers.id"}]},
        {"name": "secret", "logicalType": "string", "classification": "restricted",
         "logicalTypeOptions": {"pattern": "hidden-[0-9]"}},
    ],
    "quality": [
        {"id": "pair", "metric": "duplicateValues", "mustBe": 0, "arguments": {"properties": ["id", "status"]}},
        {"id": "mean", "type": "custom", "engine": "greatExpectations", "implementation": {
            "type": "expect_column_mean_to_be_between", "kwargs": {"column": "id", "min_value": 0}}},
        {"id": "asked", "type": "sql", "query": "SELECT count(*) FROM orders WHERE id < 0", "mustBe": 0},
    ],
}  # fmt: skip
CONTRACT = odcs(ORDERS, {"name": "customers", "properties": [{"name": "id", "logicalType": "integer"}]})


@pytest.fixture
def orders(tmp_path: Path) -> str:
    """Two thousand good orders: ids in order, keys in none, of which no two agree; codes of every row."""
    with duckdb.connect(tmp_path / "shop.duckdb") as connection:
        connection.execute("""
            CREATE TABLE orders AS SELECT i AS id, (i * 7919) % 2003 AS key, 'c' || ((i * 7919) % 2003) AS code,
                ['open', 'paid'][1 + i % 2] AS status, i % 10 AS customer, 'hidden-' || i % 7 AS secret
            FROM range(2000) t(i)
        """)
        connection.execute("CREATE TABLE customers AS SELECT i AS id FROM range(10) t(i)")
    return f"{tmp_path}/shop.duckdb#main.orders"


EVIDENCE = {
    "id.required": "statistics",
    "id.unique": "sorted",
    "key.unique": "dense",
    "code.unique": "distinct",
    "code.pattern": "count",
    "status.enum": "values",
    "secret.pattern": "values",
    "customer.foreignKey": "dense",
    "pair": "implied by id.unique",
    "mean": "aggregate",
    "asked": "query",
}


def test_what_proves_each_check(orders: str) -> None:
    said = check(load(CONTRACT)["orders"], orders).explain()
    shown = {c["key"]: c["evidence"] for c in said["checks"] if c["evidence"] != "columns"}
    assert shown == EVIDENCE
    assert {c["status"] for c in said["checks"]} == {"passed"}
    for one in said["checks"]:
        by_query = one["evidence"] != "columns" and not one["evidence"].startswith("implied")
        assert (one["query"] is not None) == by_query
        if by_query:
            query = said["queries"][one["query"] - 1]
            assert (one["key"] in query["decided"], query["evidence"]) == (True, one["evidence"])


def test_the_shares_are_all_of_it(orders: str) -> None:
    said = check(load(CONTRACT)["orders"], orders).explain()
    assert [q["number"] for q in said["queries"]] == list(range(1, len(said["queries"]) + 1))
    assert sum(q["share"] for q in said["queries"]) == pytest.approx(1)
    assert sum(c["share"] for c in said["checks"]) == pytest.approx(1)
    assert all(set(q["decided"]) <= set(q["checks"]) for q in said["queries"])


def test_the_sql_runs_as_it_stands(orders: str) -> None:
    said = check(load(CONTRACT)["orders"], orders).explain()
    with duckdb.connect(orders.partition("#")[0], read_only=True) as connection:
        runs = [query for query in said["queries"] if "***" not in query["sql"]]
        assert len(runs) > 8
        for query in runs:
            row = connection.execute(query["sql"]).fetchone()
            assert row is not None
            assert len(row) >= len(query["checks"])


def test_literals_of_classified_columns_are_masked(orders: str) -> None:
    said = json.dumps(check(load(CONTRACT)["orders"], orders).explain())
    assert "***" in said
    assert "hidden" not in said


def test_what_errs_is_explained_too(orders: str) -> None:
    rules = [{"id": "asked", "type": "sql", "query": "SELECT nothing FROM things", "mustBe": 0}]
    report = check(dataset({"name": "id"}, quality=rules), orders)
    assert [(c["status"], c["query"]) for c in report.explain()["checks"] if c["key"] == "asked"] == [("errored", 2)]


def test_on_the_command_line(orders: str, tmp_path: Path) -> None:
    contract = write(tmp_path, CONTRACT)
    assert Contract.load(contract)
    arguments = ["check", f"{contract}#orders", orders, "--explain"]
    shown = CliRunner().invoke(main, arguments)
    assert shown.exit_code == 0, shown.output
    for key, evidence in EVIDENCE.items():
        assert re.search(rf"{re.escape(key)} +passed +{re.escape(evidence)} ", shown.output), key
    assert "SELECT" in shown.output
    found = CliRunner().invoke(main, [*arguments, "--format", "json"])
    assert {c["key"] for c in json.loads(found.output)["explain"]["checks"]} >= set(EVIDENCE)
