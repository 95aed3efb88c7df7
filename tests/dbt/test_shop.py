"""A shop in dbt, as people build one: its contracts on a good day, and on bad ones.

The project is dbt_macros/integration_tests: three sources, a seed, a snapshot, seventeen models, two of them incremental, one
with versions.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from headgate import Contract
from headgate.dbt import sync

ROOT = Path(__file__).parents[2]
SHOP = ROOT / "dbt_macros" / "integration_tests"
GOOD = (
    "DROP TABLE IF EXISTS main.raw_customers",
    "DROP TABLE IF EXISTS main.raw_orders",
    "DROP TABLE IF EXISTS main.raw_payments",
    "CREATE TABLE main.raw_customers AS SELECT n AS id, 'customer ' || n AS name, "
    "CASE n % 3 WHEN 0 THEN 'DE' WHEN 1 THEN 'FR' ELSE 'IT' END AS country FROM generate_series(1, 20) AS g(n)",
    "CREATE TABLE main.raw_orders AS SELECT n AS id, 1 + n % 20 AS customer, DATE '2026-01-01' + CAST(n % 7 AS INT) AS ordered_on, "
    "CASE n % 3 WHEN 0 THEN 'open' WHEN 1 THEN 'paid' ELSE 'returned' END AS status FROM generate_series(1, 60) AS g(n)",
    "CREATE TABLE main.raw_payments AS SELECT n AS id, 1 + n % 60 AS order_id, "
    "CASE n % 2 WHEN 0 THEN 'card' ELSE 'transfer' END AS method, CAST(10 + n % 50 AS DECIMAL(10,2)) AS amount_eur "
    "FROM generate_series(1, 80) AS g(n)",
)


@dataclass(frozen=True)
class Day:
    """What happens to the raw tables, and what the build says: contract tests that are not passed, and the models and the
    snapshot that are skipped. All others are built."""

    happens: tuple[str, ...] = ()
    tests: dict[str, str] = field(default_factory=dict)
    skipped: str = ""


FROM_ORDERS = "order_facts daily_revenue country_revenue lifetime churn_features"
FROM_CUSTOMERS = "country_revenue churn_features top_customers"
STG_ORDERS = f"stg_orders orders customers top_customers {FROM_ORDERS}"
DAYS = {
    "good": Day(),
    "an order without a customer": Day(
        ("UPDATE main.raw_orders SET customer = NULL WHERE id = 7",), {"raw_raw_orders__contract": "fail"}, STG_ORDERS
    ),
    "an order twice": Day(
        ("INSERT INTO main.raw_orders SELECT * FROM main.raw_orders WHERE id = 7",), {"raw_raw_orders__contract": "fail"}, STG_ORDERS
    ),
    "half of the payments": Day(
        ("DELETE FROM main.raw_payments WHERE id > 40",), {"raw_raw_payments__contract": "fail"},
        f"stg_payments stg_paid orders payments payment_methods {FROM_ORDERS}",
    ),
    "a status that is called otherwise": Day(
        ("UPDATE main.raw_orders SET status = 'PAID' WHERE status = 'paid'",), {"orders__contract": "fail"}, FROM_ORDERS
    ),
    "cents for euros": Day(
        ("UPDATE main.raw_payments SET amount_eur = amount_eur * 100",), {"orders__contract": "fail"}, FROM_ORDERS
    ),
    "countries in small letters": Day(
        ("UPDATE main.raw_customers SET country = lower(country)",), {"customers__contract": "fail"}, FROM_CUSTOMERS
    ),
    "an order of nobody": Day(
        ("UPDATE main.raw_orders SET customer = 99 WHERE id = 7",), {"orders__references": "fail"}, "country_revenue churn_features"
    ),
    "another method of payment": Day(
        ("UPDATE main.raw_payments SET method = 'crypto' WHERE id = 7",), {"payment_methods__contract": "warn"}
    ),
}  # fmt: skip
FEW = ("good", "an order without a customer", "cents for euros")


def shop(project: Path, gate: bool = False) -> Path:
    """The shop in a project that has the tests' profile; with `gate`, each model that has a contract has one."""
    shutil.copytree(
        SHOP, project, dirs_exist_ok=True, ignore=shutil.ignore_patterns("packages.yml", "dbt_packages", "target")
    )
    for file in sorted((project / "contracts").glob("*.odcs.yaml")):
        sync(Contract.load(file), project, gate=gate)
    return project


def build(project: Path, dbt: Any, warehouse: Any, day: Day) -> Any:
    warehouse.execute(*GOOD, *day.happens)
    return dbt(project, "build", "--target", warehouse.target, **warehouse.environment)


@pytest.mark.slow
@pytest.mark.parametrize("name", [pytest.param(day, marks=() if day in FEW else pytest.mark.engines) for day in DAYS])
def test_a_bad_row_blocks_what_it_should_and_nothing_else(name: str, project: Path, dbt: Any, warehouse: Any) -> None:
    day = DAYS[name]
    ran = build(shop(project), dbt, warehouse, day)
    told = {node: status for node, status in ran.status.items() if node.endswith(("__contract", "__references"))}
    assert len(told) == 10, ran.output
    assert {node: status for node, status in told.items() if status not in ("pass", "skipped")} == day.tests, ran.output
    skipped = {node for node, status in ran.status.items() if status == "skipped" and node not in told}
    assert skipped == set(day.skipped.split()), ran.output
    built = {node for node, status in ran.status.items() if status == "success"}
    assert len(built | skipped) == 18  # both versions have one name
    assert (ran.code == 1) == ("fail" in day.tests.values())


GATED = ("cents for euros", "an order of nobody", "countries in small letters", "an order without a customer")


@pytest.mark.slow
@pytest.mark.parametrize("name", [pytest.param(day, marks=[pytest.mark.engines] * (day != GATED[0])) for day in GATED])
def test_a_gate_keeps_the_rows_of_the_day_before(name: str, project: Path, dbt: Any, warehouse: Any) -> None:
    """A model that breaks its contract is not published; all else is as without gates."""
    day = DAYS[name]
    project = shop(project, gate=True)
    good = build(project, dbt, warehouse, DAYS["good"])
    assert good.code == 0, good.output
    # What the gate does not know when it audits is found by the test after it: a key of a model that it does not select.
    broken = {
        test.partition("__")[0] for test in day.tests if test.endswith("__contract") and not test.startswith("raw_")
    }
    before = {model: warehouse.execute(f"SELECT * FROM main.{model} ORDER BY 1") for model in broken}
    warehouse.execute(*day.happens)
    ran = dbt(project, "build", "--target", warehouse.target, **warehouse.environment)
    assert {node for node, status in ran.status.items() if status == "error"} == broken, ran.output
    assert {node for node, status in ran.status.items() if status == "fail"} == set() if broken else set(day.tests)
    skipped = {
        node
        for node, status in ran.status.items()
        if status == "skipped" and not node.endswith(("__contract", "__references"))
    }
    assert skipped == set(day.skipped.split()), ran.output
    assert {model: warehouse.execute(f"SELECT * FROM main.{model} ORDER BY 1") for model in broken} == before
    assert not [table for (table,) in warehouse.execute(TABLES) if "__headgate" in table]


TABLES = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'main'"
