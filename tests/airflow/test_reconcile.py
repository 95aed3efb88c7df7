"""Two datasets compared by a task: what differs halts what comes after, opens an incident, and is in lineage."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from headgate.airflow import ReconcileOperator
from headgate.history import list_incidents, open_store
from headgate.history.incident_views import IncidentLine

from tests.compare.test_rule import Two
from tests.support.dagtest import DagFolder
from tests.support.history import sqlite_at

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
LATE = {"by": [{"day": "date_trunc('month', day)"}], "sums": ["v"], "settled": "P2D"}


def incidents(folder: Path) -> tuple[IncidentLine, ...]:
    store = open_store(sqlite_at(folder))
    try:
        return list_incidents(store, datetime.now(UTC), closed=True)
    finally:
        store.close()


def task(two: Two) -> str:
    return f"""
        from airflow.sdk import task
        from headgate.airflow import ReconcileOperator

        @task
        def after(): pass

        ReconcileOperator(task_id="reconcile", contract={str(two.contract)!r}) >> after()
    """


def test_a_difference_halts_and_is_an_incident(
    tmp_path: Path, dags: DagFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__HEADGATE__STORE", sqlite_at(tmp_path))
    open_store(
        sqlite_at(tmp_path)
    ).close()  # makes its tables, for which a task on a busy machine may not have the time
    two = Two(tmp_path, LATE).fill(a="(1, 5, '2025-11-01')", b="(1, 6, '2025-11-03'), (2, 9, '2026-01-01')")
    path = dags.write("reconciled", task(two))
    run = dags.run(path, day=2)
    assert run.states == {"reconcile": "failed", "after": "upstream_failed"}
    (broken,) = run.summaries["reconcile"]["broken"]
    assert (broken["check"], broken["observed"]) == ("agrees", "1 of 1 group (100 %)")
    assert "1 changed (v in 1); no pattern" in run.log
    (event,) = (e for e in run.events if e["eventType"] == "FAIL" and "reconcile" in e["job"]["name"])
    assert (
        sorted(each["name"].rpartition("/")[2] for each in event["inputs"]) == ["a.duckdb#things", "b.duckdb#things"]
        or len(event["inputs"]) == 2
    )
    assert [(each.incident.open, each.incident.rule) for each in incidents(tmp_path)] == [(True, "agrees")]
    # The next day the sums agree; what is late is not compared.
    two.fill(a="(1, 6, '2025-11-01')")
    run = dags.run(path, day=3)
    assert run.states == {"reconcile": "success", "after": "success"}
    assert [each.incident.open for each in incidents(tmp_path)] == [False]


def test_it_has_no_condition_of_its_own() -> None:
    with pytest.raises(TypeError, match="no `where`"):
        ReconcileOperator(task_id="t", contract="c", where="x > 1")


@pytest.mark.parametrize("engine", ["duckdb", pytest.param("postgres", marks=pytest.mark.engines)])
def test_the_billing_example(tmp_path: Path, request: pytest.FixtureRequest, engine: str) -> None:
    """On both databases: late events are quiet, a lost invoice and a month that changes are named."""
    environment = os.environ | {"BILLING_CUSTOMERS": "6000", "HEADGATE_DEMO_HOME": str(tmp_path / "home")}
    environment = {name: value for name, value in environment.items() if not name.startswith(("AIRFLOW", "PG"))}
    if engine == "postgres":
        environment["BILLING_POSTGRES"] = f"postgresql://headgate@/postgres?host={request.getfixturevalue('postgres')}"
    copy = tmp_path / "dags"
    copy.mkdir()
    subprocess.run(["cp", "-r", str(ROOT / "dags" / "billing"), str(copy)], check=True)
    done = subprocess.run(
        [sys.executable, str(copy / "billing" / "demo.py")],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    said = done.stdout
    assert (
        "invoices in PostgreSQL" if engine == "postgres" else "a second file of DuckDB (no PostgreSQL is there)"
    ) in said
    for words in (
        "72,000 invoices", "0 of 72,000 groups differ; 1,500 rows are not settled yet", "1 of 72,000 groups",
        "customer_id=4711, period=2025-06-01", "only in=main.usage_events", "customer_id=815, period=2025-09-01",
        "owner: Billing (#billing); affected: revenue report (#finance)",
    ):  # fmt: skip
        assert words in said
