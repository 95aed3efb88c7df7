"""A shop whose orders have a gate, day by day."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml
from headgate import Contract

from tests.support.dbt_engines import Engine

# The ways in which dbt puts rows into a table.
FORMS = {
    "table": "materialized='table'",
    "append": "materialized='incremental', incremental_strategy='append'",
    "delete+insert": "materialized='incremental', incremental_strategy='delete+insert', unique_key='id'",
    "merge": "materialized='incremental', incremental_strategy='merge', unique_key='id'",
}
GATE = {"headgate": {"contract": "shop#orders"}}
DISPATCH = "dispatch: [{macro_namespace: dbt, search_order: [trial, headgate, dbt]}]\n"
AT_MOST_500 = {"logicalType": "integer", "logicalTypeOptions": {"maximum": 500}}


def contract(
    project: Path,
    *others: dict[str, Any],
    status: str = "active",
    quality: Any = (),
    amount: Any = AT_MOST_500,
    **settings: Any,
) -> Contract:
    """Orders have an id, and an amount of at most 500."""
    properties = [{"name": "id", "logicalType": "integer", "required": True}, {"name": "amount", **amount}]
    orders: dict[str, Any] = {"name": "orders", "properties": properties, "quality": list(quality)}
    document = {
        "apiVersion": "v3.2.0",
        "kind": "DataContract",
        "id": "shop",
        "version": "1.0.0",
        "status": status,
        "schema": [orders, *others],
        "customProperties": [{"property": n, "value": v, "vendor": "headgate"} for n, v in settings.items()],
    }
    file = project / "shop.odcs.yaml"
    file.write_text(yaml.safe_dump(document))
    return Contract.load(file)


def declare(project: Path, config: str = FORMS["table"], meta: Any = GATE, dispatch: str = DISPATCH) -> None:
    """A model of all rows of a source, with a gate, and one that reads it."""
    (project / "dbt_project.yml").open("a").write(dispatch)
    (project / "models" / "sources.yml").write_text(
        "sources: [{name: raw, schema: main, tables: [{name: raw_orders}]}]\n"
    )
    (project / "models" / "orders.sql").write_text(
        f"{{{{ config({config}, meta={meta!r}) }}}} select id, amount from {{{{ source('raw', 'raw_orders') }}}}"
    )
    (project / "models" / "after.sql").write_text("select * from {{ ref('orders') }}")


class Shop:
    """The project's warehouse, day by day."""

    def __init__(self, project: Path, dbt: Any, warehouse: Any) -> None:
        self.project, self.dbt, self.warehouse = project, dbt, warehouse

    def fill(self, rows: list[tuple[int | None, int]]) -> None:
        """Put these rows into the source, in the place of others."""
        values = ", ".join(f"({'NULL' if i is None else i}, {amount})" for i, amount in rows)
        inserted = [f"INSERT INTO main.raw_orders VALUES {values}"] if rows else []
        self.warehouse.execute(
            "DROP VIEW IF EXISTS main.after",
            "CREATE TABLE IF NOT EXISTS main.raw_orders (id INTEGER, amount INTEGER)",
            "DELETE FROM main.raw_orders",
            *inserted,
        )

    def build(self, rows: list[tuple[int | None, int]], *command: str) -> Any:
        """Run dbt build on a day on which the source has these rows."""
        self.fill(rows)
        return self.run(*(command or ("build",)))

    def run(self, *command: str) -> Any:
        return self.dbt(self.project, *command, "--target", self.warehouse.target, **self.warehouse.environment)

    def rows(self, table: str = "orders") -> list[tuple[Any, ...]] | None:
        """The rows of a table in order; None if there is no such table."""
        if table not in self.tables():
            return None
        return sorted(self.warehouse.execute(f"SELECT id, amount FROM main.{table}"), key=str)

    def tables(self) -> set[str]:
        """All tables that the builds made."""
        found = self.warehouse.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'main' AND table_type = 'BASE TABLE'"
        )
        return {name for (name,) in found} - {"raw_orders"}


def most_under_engines(cases: Iterable[str], kept: int) -> list[Any]:
    """All cases; those after the first `kept` run with `make test-engines` only, since each is several builds."""
    return [pytest.param(case, marks=[pytest.mark.engines] * (number >= kept)) for number, case in enumerate(cases)]


def statuses(ran: Any) -> tuple[str, ...]:
    return ran.status["orders"], ran.status["orders__contract"], ran.status["after"]


def as_said(expected: tuple[str, ...], engine: Engine) -> tuple[str, ...]:
    """These statuses as this version of dbt calls them."""
    return tuple(engine.warned if status == "warned" else status for status in expected)


PUBLISHED, HALTED = ("success", "pass", "success"), ("error", "skipped", "skipped")
GOOD, SECOND, BAD, LAST = [(1, 10), (2, 20)], [(2, 21), (3, 30)], [(3, 31), (4, 900)], [(4, 40)]
# What tells the description of the table orders.
COMMENT = {
    "postgres": "SELECT obj_description('main.orders'::regclass)",
    "duckdb": "SELECT comment FROM duckdb_tables() WHERE table_name = 'orders'",
}
