"""A candidate in a task: what it found is in the XCom, and a breach fails the task with the summary."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import duckdb
import pytest
from headgate.airflow import ShadowOperator

from tests.support.contracts import odcs, write
from tests.support.dagtest import DagFolder
from tests.support.dbt_engines import OWN
from tests.support.dbt_project import make_project

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


def test_a_dbt_selection_without_production_s_manifest(tmp_path: Path, dags: DagFolder) -> None:
    project = make_project(tmp_path / "project")
    with duckdb.connect(str(project / "warehouse.duckdb")) as made:
        made.execute("CREATE TABLE billed AS SELECT 1 AS id, 5 AS amount")
    servers = [{"server": "local", "type": "duckdb", "database": "project/warehouse.duckdb", "schema": "main"}]
    contract = write(tmp_path, odcs(BILLED, servers=servers), "shop.odcs.yaml")
    body = (
        "from headgate.airflow import ShadowOperator\n"
        f"ShadowOperator(task_id='shadow', contract={str(contract)!r}, project={str(project)!r}, state='none')\n"
    )
    run = dags.run(dags.write("shadow_of_no_state", body))
    assert run.states == {"shadow": "failed"}
    assert "none/manifest.json not found; run dbt build, in production, first" in run.log


@pytest.mark.engines  # three runs of dbt
def test_a_dbt_selection_in_a_task(tmp_path: Path, dags: DagFolder) -> None:
    """A model that multiplies by 100; production's manifest is that of the project as it was."""
    project = make_project(tmp_path / "project")
    (project / "models" / "billed.sql").write_text("{{ config(materialized='table') }} select 1 as id, 5 as amount")
    done = subprocess.run([OWN.dbt, "run", "--profiles-dir", project], cwd=project, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout
    (project / "target").rename(tmp_path / "state")
    (project / "models" / "billed.sql").write_text("{{ config(materialized='table') }} select 1 as id, 500 as amount")
    servers = [{"server": "local", "type": "duckdb", "database": "project/warehouse.duckdb", "schema": "main"}]
    contract = write(tmp_path, odcs(BILLED, servers=servers), "shop.odcs.yaml")
    body = (
        "from headgate.airflow import ShadowOperator\n"
        f"ShadowOperator(task_id='shadow', contract={str(contract)!r}, project={str(project)!r},"
        f" state={str(tmp_path / 'state')!r}, dbt_command={str(OWN.dbt)!r})\n"
    )
    run = dags.run(dags.write("shadow_of_dbt", body))
    assert run.states == {"shadow": "failed"}
    billed = run.summaries["shadow"]["outputs"]["billed"]
    assert (billed["verdict"], billed["differing"]) == ("breach", 1)


def test_the_next_contract_in_a_task(tmp_path: Path, dags: DagFolder) -> None:
    with duckdb.connect(str(tmp_path / "shop.duckdb")) as made:
        made.execute("CREATE TABLE billed AS SELECT i AS id, i AS amount FROM range(100) t (i)")
    servers = [{"server": "local", "type": "duckdb", "database": "shop.duckdb", "schema": "main"}]
    contract = write(tmp_path, odcs(BILLED, servers=servers), "shop.odcs.yaml")
    most = {"name": "amount", "logicalType": "integer", "logicalTypeOptions": {"maximum": 50}}
    stricter = BILLED | {"properties": [BILLED["properties"][0], most]}
    changed = write(tmp_path, odcs(stricter, servers=servers, version="2.0.0"), "next.odcs.yaml")
    body = (
        "from headgate.airflow import ShadowOperator\n"
        f"ShadowOperator(task_id='shadow', contract={str(contract)!r}, next_contract={str(changed)!r})\n"
    )
    run = dags.run(dags.write("shadow_of_contract", body))
    assert run.states == {"shadow": "failed"}
    assert run.summaries["shadow"]["outputs"]["billed"]["broken"] == ["amount.maximum"]


def test_wrong_calls() -> None:
    with pytest.raises(ValueError, match="one candidate"):
        ShadowOperator(task_id="t", contract="c")
    with pytest.raises(ValueError, match="project= and state= go together"):
        ShadowOperator(task_id="t", contract="c", project="p")
    with pytest.raises(ValueError, match="go together"):
        ShadowOperator(task_id="t", contract="c", sql="SELECT 1", sample="1%")
