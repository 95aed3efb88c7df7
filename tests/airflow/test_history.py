"""The history of tasks: what they record, where it is kept by Airflow's configuration, and what a store that is not
well costs them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from headgate.airflow.history import days_kept, store_for_tasks
from headgate.airflow.plugin import HeadgatePlugin
from headgate.errors import ConfigurationError
from headgate.history import home, listener, open_store, rebuild, runs, waiting_records
from headgate.history.budget import Budget

from tests.support.dagtest import DagFolder
from tests.support.history import contents, new_database, sqlite_at
from tests.support.lineage_server import black_hole
from tests.support.shop import BAD, Shop
from tests.support.timed import timed


def check(shop: Shop) -> str:
    return (
        f"check = ContractCheckOperator(task_id='check', contract={str(shop.folder / 'things.odcs.yaml')!r}, "
        f"data={str(shop.folder)!r} + '/{{{{ ds }}}}.csv')\n"
    )


@pytest.fixture
def option(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Sets options of `[headgate]`; the spool is a folder of the test's own."""
    monkeypatch.setenv("HEADGATE_SPOOL", str(tmp_path / "spool"))
    monkeypatch.delenv("HEADGATE_STORE", raising=False)
    monkeypatch.setattr(listener, "history_budget", Budget())

    def set_option(**options: str) -> None:
        for name, value in options.items():
            monkeypatch.setenv(f"AIRFLOW__HEADGATE__{name.upper()}", value)

    return set_option


@pytest.mark.slow
def test_tasks_are_in_the_history(
    dags: DagFolder, shop: Shop, option: Any, postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a database that an Airflow connection names; a rerun replaces, and the report files make the same again."""
    url = new_database(postgres)
    database = re.findall(r"history_\w+", url)[0]
    about = {"conn_type": "postgres", "login": "headgate", "host": postgres, "schema": database}
    monkeypatch.setenv("AIRFLOW_CONN_KEPT", json.dumps(about))
    option(store="kept", reports_folder=str(tmp_path / "reports"))
    shop.contract()
    for day in (1, 2):
        (shop.folder / f"2026-01-0{day}.csv").write_text(shop.csv.read_text())
    path = dags.write("kept_days", shop.publish() + check(shop))
    dags.run(path, day=1)
    shop.csv.write_text(BAD)
    dags.run(path, day=2)
    dags.run(path, day=2)
    store = open_store(url)
    published, checked = sorted(home(store), key=lambda each: each.last.kind, reverse=True)
    assert [(line.verdict, line.outcome, line.run_key) for line in runs(store, published.id)] == [
        ("breach", "halted", "kept_days/publish/manual__2026-01-02T00:00:00+00:00"),
        ("pass", "published", "kept_days/publish/manual__2026-01-01T00:00:00+00:00"),
    ]
    # Of a path with templates all runs are of one place, and the moment is what the run is about.
    assert (checked.recent, checked.place and checked.place.name) == ("pp", f"{shop.folder}/*.csv")
    assert f"{checked.last.moment:%Y-%m-%d}" == "2026-01-02"
    again = open_store(sqlite_at(tmp_path))
    assert rebuild(again, [tmp_path / "reports"]) == (4, {})
    kept, made = contents(store), contents(again)
    # A report file is of the last try: what an earlier one found is known to the store alone.
    assert (len(kept.pop("finding")) - len(made.pop("finding")), len(kept.pop("incident"))) == (
        2,
        len(made.pop("incident")),
    )
    assert made == kept
    store.close()
    again.close()


@pytest.mark.slow
def test_whoever_checks_is_in_the_history(dags: DagFolder, shop: Shop, option: Any, tmp_path: Path) -> None:
    """A sensor, a Python task with a contract, and a task that does not know its contract."""
    contract = str(shop.contract(on_breach="warn"))
    option(store=sqlite_at(tmp_path), enforce_folder=str(shop.folder))
    body = (
        "from headgate.airflow import ContractSensor\n"
        "from airflow.sdk import Asset\n"
        f"wait = ContractSensor(task_id='wait', contract={contract!r}, data={str(shop.csv)!r})\n"
        f"@task.contract(contract={contract!r})\n"
        f"def made(): return {str(shop.csv)!r}\n"
        f"@task(outlets=[Asset('x-duckdb://{shop.warehouse}/shop/things')])\n"
        "def written():\n"
        "    import duckdb\n"
        f"    with duckdb.connect({str(shop.warehouse)!r}) as connection:\n"
        "        connection.execute('CREATE SCHEMA shop')\n"
        f"        connection.execute(\"CREATE TABLE shop.things AS FROM '{shop.csv}'\")\n"
        "wait >> made() >> written()\n"
    )
    run = dags.run(dags.write("whoever", body))
    assert run.state == "success", run.log
    store = open_store(sqlite_at(tmp_path))
    found = {line.run_key.split("/")[1]: line.verdict for each in home(store) for line in runs(store, each.id)}
    assert found == {"wait": "pass", "made": "pass", "written": "pass"}
    store.close()


@timed
@pytest.mark.slow
def test_a_store_that_does_not_answer_costs_a_task_two_seconds_at_most(
    dags: DagFolder, shop: Shop, option: Any, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    shop.contract()
    shop.csv.write_text(BAD)
    timed = (
        "class Timed(ContractPublishOperator):\n"
        "    def _tell(self, *arguments):\n"
        "        import time\n"
        "        begun = time.monotonic()\n"
        "        super()._tell(*arguments)\n"
        f"        with open({str(tmp_path / 'seconds')!r}, 'a') as file: print(time.monotonic() - begun, file=file)\n"
    )
    body = timed + shop.publish().replace("ContractPublishOperator", "Timed")
    path = dags.write("held_up", body)
    option(store="none")
    undisturbed = dags.run(path, day=1)
    with black_hole() as address:
        option(store=address.replace("http", "postgresql") + "/x")
        disturbed = dags.run(path, day=1)
    assert (disturbed.states, disturbed.summaries) == (undisturbed.states, undisturbed.summaries)
    (told,) = (each.getMessage() for each in caplog.records if "history" in each.name)
    assert re.match(r"the history waits in .*no answer within", told)
    assert len(waiting_records().waiting()) == 1
    before, after = map(float, (tmp_path / "seconds").read_text().split())
    assert after - before < 2


CELERY = "CeleryExecutor"
STORES = [
    ("LocalExecutor", "", None, "sqlite:////state/headgate/history.db", ""),
    ("LocalExecutor", "", "postgresql://db/y", "postgresql://db/y", ""),
    ("LocalExecutor", "postgresql://db/x", "postgresql://db/y", "postgresql://db/x", ""),
    ("LocalExecutor", "none", None, None, ""),
    (CELERY, "", None, None, "no history of checks is kept: the executor is CeleryExecutor"),
    (CELERY, "none", None, None, ""),
    (CELERY, "sqlite:////a/b.db", None, "sqlite:////a/b.db", "a file of SQLite"),
    (CELERY, "postgresql://db/x", None, "postgresql://db/x", "on the disk of this machine"),
]


@pytest.mark.parametrize(("executor", "given", "variable", "expected", "said"), STORES)
def test_where_it_is_kept(
    executor: str, given: str, variable: str | None, expected: str | None, said: str,
    option: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", executor)
    monkeypatch.setenv("XDG_STATE_HOME", "/state")
    monkeypatch.setenv("HEADGATE_STORE", variable or "")
    option(store=given)
    assert store_for_tasks() == expected
    HeadgatePlugin.on_load()
    told = [record.getMessage() for record in caplog.records]
    assert len(told) == bool(said), told
    assert said in "".join(told)


def test_a_connection_that_does_not_exist(option: Any) -> None:
    option(store="nowhere")
    with pytest.raises(ConfigurationError, match="Airflow connection 'nowhere' not found"):
        store_for_tasks()


def test_a_connection_of_sqlite(option: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_FILE", json.dumps({"conn_type": "sqlite", "host": "/a/b.db"}))
    option(store="file")
    assert store_for_tasks() == "sqlite:////a/b.db"


@pytest.mark.parametrize(("given", "expected"), [("", 400), ("30", 30), ("0", None), ("a year", None)])
def test_how_long_it_is_kept(given: str, expected: float | None, option: Any) -> None:
    option(history_days=given)
    if expected:
        assert days_kept() == expected
    else:
        with pytest.raises(ConfigurationError, match="expected a number of days"):
            days_kept()
