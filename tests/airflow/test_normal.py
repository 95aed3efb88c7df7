"""A rule on what is normal in a task: its past is in the history of tasks, and a store that is away fails nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from headgate import check
from headgate.history import open_store
from headgate.history.record import RunRecord
from headgate.places import place_of
from headgate.report import Run

from tests.past.test_normal_rule import COLUMNS, DAILY, frame, rule
from tests.support.contracts import odcs, write
from tests.support.dagtest import DagFolder
from tests.support.history import sqlite_at

pytestmark = pytest.mark.slow


def task(contract: Path) -> str:
    return f"""
        from headgate.airflow import ContractCheckOperator
        ContractCheckOperator(task_id="check", contract={str(contract)!r}, data="{contract.parent}/w.duckdb#main.things")
    """


@pytest.fixture
def contract(tmp_path: Path) -> Path:
    made = {"name": "things", "properties": COLUMNS, "quality": [rule(normal="rowCount")]}
    with duckdb.connect(str(tmp_path / "w.duckdb")) as connection:
        connection.register("rows", frame({date(2026, 4, 8): 20}))
        connection.execute('CREATE TABLE things AS SELECT "at"::timestamptz AS "at", "day"::date AS "day", v FROM rows')
    return write(tmp_path, odcs(made))


def test_the_past_of_tasks(contract: Path, dags: DagFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    url = sqlite_at(contract.parent)
    monkeypatch.setenv("AIRFLOW__HEADGATE__STORE", url)
    path = dags.write("normal", task(contract))
    run = dags.run(path, day=21)
    assert run.states == {"check": "success"}
    assert "the past is too short: 0 of 8 earlier" in run.log
    store, place = open_store(url), place_of(f"{contract.parent}/w.duckdb#main.things").lineage
    report = check(DAILY, frame({date(2026, 1, 1): 40}))
    for n in range(140):
        end = datetime(2026, 1, 20, tzinfo=UTC) - timedelta(days=n)
        of_day = replace(report, run=Run(f"{n}", (end - timedelta(days=1), end)))
        store.record(RunRecord.of_check(of_day, "warn", place), tells=False)
    store.close()
    run = dags.run(path, day=21)
    assert run.states == {"check": "success"}
    (broken,) = run.summaries["check"]["broken"]
    assert (broken["check"], broken["observed"]) == ("usual", "20")
    assert "→ ▁ 20 on" in run.log


def test_a_store_that_is_away(contract: Path, dags: DagFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__HEADGATE__STORE", "postgresql://nobody@127.0.0.1:1/x")
    run = dags.run(dags.write("away", task(contract)), day=2)
    assert run.states == {"check": "success"}
    assert "the history cannot be read" in run.log
