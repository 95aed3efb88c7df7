"""A candidate in a task: what it found is in the XCom, and a breach fails the task with the summary."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest
from headgate.airflow import ShadowOperator

from tests.support.contracts import odcs, write
from tests.support.dagtest import DagFolder

pytestmark = pytest.mark.slow

BILLED: dict[str, Any] = {
    "name": "billed",
    "properties": [{"name": "id", "logicalType": "integer", "primaryKey": True}, {"name": "amount"}],
}
RUNS = {
    "equal": ("SELECT id, amount FROM orders", "success", "pass", 0),
    "cents": ("SELECT id, amount * 100 AS amount FROM orders", "failed", "breach", 99),
}


@pytest.mark.parametrize("case", RUNS)
def test_a_candidate_in_a_task(tmp_path: Path, dags: DagFolder, case: str) -> None:
    sql, state, verdict, differing = RUNS[case]
    with duckdb.connect(str(tmp_path / "shop.duckdb")) as made:
        made.execute("CREATE TABLE orders AS SELECT i AS id, CAST(i AS DECIMAL(12, 2)) AS amount FROM range(100) t (i)")
        made.execute("CREATE TABLE billed AS FROM orders")
    servers = [{"server": "local", "type": "duckdb", "database": "shop.duckdb", "schema": "main"}]
    contract = write(tmp_path, odcs(BILLED, servers=servers), "shop.odcs.yaml")
    body = (
        "from headgate.airflow import ShadowOperator\n"
        f"ShadowOperator(task_id='shadow', contract={str(contract)!r}, sql={sql!r}, inputs={{'orders': 'orders'}})\n"
    )
    run = dags.run(dags.write(f"shadow_{case}", body))
    assert run.states == {"shadow": state}
    summary = run.summaries["shadow"]
    assert (summary["verdict"], summary["outputs"]["billed"]["differing"]) == (verdict, differing)
    assert verdict == "pass" or "Shadow BREACH" in run.log


def test_wrong_calls() -> None:
    with pytest.raises(ValueError, match="one candidate"):
        ShadowOperator(task_id="t", contract="c")
    with pytest.raises(ValueError, match="go together"):
        ShadowOperator(task_id="t", contract="c", sql="SELECT 1", sample="1%")
