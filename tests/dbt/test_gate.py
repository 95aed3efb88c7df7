"""The gate of a model: what a build publishes, keeps, rejects or quarantines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from headgate import Contract
from headgate.dbt import sync

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


def contract(project: Path, *, status: str = "active", quality: Any = (), **settings: Any) -> Contract:
    """Orders have an id, and an amount of at most 500."""
    properties = [{"name": "id", "logicalType": "integer", "required": True}, {"name": "amount", **AT_MOST_500}]
    orders: dict[str, Any] = {"name": "orders", "properties": properties, "quality": list(quality)}
    document = {
        "apiVersion": "v3.2.0",
        "kind": "DataContract",
        "id": "shop",
        "version": "1.0.0",
        "status": status,
        "schema": [orders],
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

    def build(self, rows: list[tuple[int | None, int]], *command: str) -> Any:
        """Run dbt build on a day on which the source has these rows."""
        values = ", ".join(f"({'NULL' if i is None else i}, {amount})" for i, amount in rows)
        self.warehouse.execute(
            "DROP VIEW IF EXISTS main.after",
            "CREATE TABLE IF NOT EXISTS main.raw_orders (id INTEGER, amount INTEGER)",
            "DELETE FROM main.raw_orders",
            f"INSERT INTO main.raw_orders VALUES {values}",
        )
        command = command or ("build",)
        return self.dbt(self.project, *command, "--target", self.warehouse.target, **self.warehouse.environment)

    def rows(self, table: str = "orders") -> list[tuple[Any, ...]] | None:
        """The rows of a table in order; None if there is no such table."""
        if table not in self.tables():
            return None
        return sorted(self.warehouse.execute(f"SELECT id, amount FROM main.{table}"), key=str)

    def tables(self) -> set[str]:
        """All tables that the builds made."""
        found = self.warehouse.execute(
            "SELECT table_name FROM information_schema.tables"
            " WHERE table_schema = 'main' AND table_type = 'BASE TABLE'"
        )
        return {name for (name,) in found} - {"raw_orders"}


@pytest.fixture
def shop(project: Path, dbt: Any, warehouse: Any) -> Shop:
    return Shop(project, dbt, warehouse)


def statuses(ran: Any) -> tuple[str, str, str]:
    return ran.status["orders"], ran.status["orders__contract"], ran.status["after"]


PUBLISHED, HALTED = ("success", "pass", "success"), ("error", "skipped", "skipped")
GOOD, SECOND, BAD, LAST = [(1, 10), (2, 20)], [(2, 21), (3, 30)], [(3, 31), (4, 900)], [(4, 40)]
MERGED = [(1, 10), (2, 21), (3, 30)]
# What is served after the second day, and after the last.
SERVED = {
    "table": (SECOND, LAST),
    "append": (sorted(GOOD + SECOND), sorted(GOOD + SECOND + LAST)),
    "delete+insert": (MERGED, MERGED + LAST),
    "merge": (MERGED, MERGED + LAST),
}


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_a_breach_leaves_the_last_good_rows(shop: Shop, project: Path, form: str) -> None:
    declare(project, FORMS[form])
    sync(contract(project), project)
    before, after = SERVED[form]

    assert statuses(shop.build(GOOD)) == PUBLISHED
    assert shop.rows() == GOOD
    assert statuses(shop.build(SECOND)) == PUBLISHED
    assert (shop.rows(), shop.tables()) == (before, {"orders"})

    ran = shop.build(BAD)
    assert (ran.code, statuses(ran)) == (1, HALTED)
    assert (shop.rows(), shop.rows("orders__rejected")) == (before, BAD)
    assert shop.tables() == {"orders", "orders__rejected"}
    said = " ".join(ran.output.split())
    assert "headgate: orders violates its contract" in said
    assert "shop@1.0.0#orders amount.maximum: amount is at most 500: 1 of 2 rows" in said

    assert statuses(shop.build([(5, 901)])) == HALTED
    assert (shop.rows(), shop.rows("orders__rejected")) == (before, [(5, 901)])
    assert statuses(shop.build(LAST)) == PUBLISHED
    assert (shop.rows(), shop.tables()) == (after, {"orders"})


ROWS = [{"id": "rows", "metric": "rowCount", "mustBeGreaterOrEqualTo": 2}]
KEPT = ("success", "pass", "success")
# What a contract says; then, after a good day and a bad one: the statuses, the rows that are served, the rejected and
# the quarantined ones, and what dbt's output says.
POLICIES: dict[str, tuple[dict[str, Any], tuple[str, ...], Any, Any, Any, str]] = {
    "warn": ({"onBreach": "warn"}, ("success", "warn", "success"), BAD, None, None, "headgate WARN"),
    "draft": ({"status": "draft"}, ("success", "warn", "success"), BAD, None, None, "headgate BREACH"),
    "last known good": (
        {"onBreach": "last_known_good"}, KEPT, GOOD, BAD, None,
        "headgate KEPT shop@1.0.0#orders:",
    ),
    "quarantine": (
        {"onBreach": "quarantine", "maxQuarantinePercent": 50}, PUBLISHED, BAD[:1], None, BAD[1:],
        "headgate QUARANTINED shop@1.0.0#orders: 1 of 2 rows in",
    ),
    "too many": (
        {"onBreach": "quarantine"}, HALTED, GOOD, BAD, None,
        "quarantine: 1 of 2 rows are bad, more than 5 %",
    ),
    "the next policy": (
        {"onBreach": ["quarantine", "last_known_good"]}, KEPT, GOOD, BAD, None,
        "quarantine: 1 of 2 rows are bad, more than 5 %",
    ),
    "the rest too": (
        {"onBreach": "quarantine", "maxQuarantinePercent": 50, "quality": ROWS}, HALTED, GOOD, BAD, None,
        "quarantine: the other rows violate it too, rows: 1 rows",
    ),
    "too stale to tell": (
        {"onBreach": "last_known_good", "maxStaleness": "1 d"}, HALTED, GOOD, BAD, None,
        "orders violates its contract",
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("case", POLICIES)
def test_the_contract_says_what_follows(shop: Shop, project: Path, case: str) -> None:
    settings, found, served, rejected, quarantined, said = POLICIES[case]
    declare(project)
    sync(contract(project, **settings), project)
    assert statuses(shop.build(GOOD)) == PUBLISHED

    ran = shop.build(BAD)

    assert statuses(ran) == found
    assert [shop.rows(f"orders{suffix}") for suffix in ("", "__rejected", "__quarantine")] == [
        served,
        rejected,
        quarantined,
    ]
    assert not [table for table in shop.tables() if "headgate" in table]
    assert said in " ".join(ran.output.split())
