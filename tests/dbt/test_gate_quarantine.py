"""The quarantine of a gate: read and dropped by `headgate quarantine`, and how long it is kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from headgate.cli import main
from headgate.dbt import sync

from tests.support.gated_shop import BAD, COMMENT, FORMS, GOOD, PUBLISHED, Shop, contract, declare, statuses

OLD = "current_timestamp - interval '8 days'"


@pytest.fixture
def shop(project: Path, dbt: Any, warehouse: Any) -> Shop:
    declare(project, FORMS["append"])
    settings = {"onBreach": "quarantine", "maxQuarantinePercent": 50, "quarantineRetention": "1 w"}
    sync(contract(project, **settings), project)
    return Shop(project, dbt, warehouse)


def called(shop: Shop, command: str, *options: str) -> Result:
    port = shop.warehouse.environment.get("TRIAL_PORT")
    data = f"postgresql://headgate@127.0.0.1:{port}/postgres" if port else str(shop.project / "warehouse.duckdb")
    call = ["quarantine", command, str(shop.project / "shop.odcs.yaml"), f"{data}#main.orders"]
    return CliRunner().invoke(main, [*call, *options])


@pytest.mark.slow
def test_the_quarantine_of_a_gate_is_read_and_dropped(shop: Shop) -> None:
    assert statuses(shop.build(BAD)) == PUBLISHED
    (batch,) = json.loads(called(shop, "list", "--format", "json").stdout)
    assert (batch["rows"], batch["reasons"], batch["contract_version"]) == (1, {"amount.maximum": 1}, "1.0.0")
    mine = ("--run-key", batch["run_key"])
    shown = called(shop, "show", *mine, "--show-examples")
    assert "row 1: amount.maximum" in shown.stdout
    assert "900" in shown.stdout
    refused = called(shop, "release", *mine, "--fingerprint", batch["fingerprint"], "--why", "x")
    assert refused.exit_code == 2
    assert "nothing is released into main.orders: dbt builds it from its sources. Repair the source" in refused.stderr
    assert shop.rows("orders__quarantine") == BAD[1:]
    assert called(shop, "drop", *mine).stdout == "dropped 1 row\n"
    assert (shop.rows(), shop.rows("orders__quarantine")) == (BAD[:1], [])


@pytest.mark.slow
def test_what_is_older_than_the_contract_says_is_deleted(shop: Shop) -> None:
    """Rows of the quarantine, and rejected builds that no other build takes the place of."""
    assert statuses(shop.build(BAD)) == PUBLISHED
    assert statuses(shop.build([(6, 900)]))[0] == "error"
    note = "headgate: a rejected build of orders at "
    ((comment,),) = shop.warehouse.execute(COMMENT[shop.warehouse.target].replace("orders'", "orders__rejected'"))
    assert comment.startswith(note)
    for table, moment in (("orders__rejected_1", "2026-01-01"), ("orders__rejected_2", "2999-01-01"), ("other", "")):
        said = f"{note}{moment}T00:00:00+00:00" if moment else "ours"
        shop.warehouse.execute(
            f"CREATE TABLE main.{table} (id INTEGER, amount INTEGER)", f"COMMENT ON TABLE main.{table} IS '{said}'"
        )
    assert {"orders__rejected", "orders__quarantine"} <= shop.tables()
    assert statuses(shop.build([(7, 10), (8, 900)])) == PUBLISHED
    assert shop.rows("orders__quarantine") == [(4, 900), (8, 900)]
    shop.warehouse.execute(f"UPDATE main.orders__quarantine SET headgate_set_aside_at = {OLD} WHERE id = 4")
    assert statuses(shop.build(GOOD)) == PUBLISHED
    assert shop.rows("orders__quarantine") == [(8, 900)]
    assert shop.tables() == {"orders", "orders__quarantine", "orders__rejected_2", "other"}
