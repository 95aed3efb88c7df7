"""The operators on real Airflow, through `dag.test()`."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import duckdb
import pytest
from headgate.airflow import ContractCheckOperator
from headgate.places.duckdb import connection

from tests.support.dagtest import DagFolder
from tests.support.postgres_tables import Database
from tests.support.shop import BAD, GOOD, Shop

pytestmark = pytest.mark.slow
PAGE = Path(__file__).parents[2] / "docs" / "airflow.md"


def test_a_good_day_is_published(dags: DagFolder, shop: Shop) -> None:
    shop.contract()
    run = dags.run(dags.write("good_day", shop.publish()))
    assert run.states == {"publish": "success", "after": "success"}
    assert shop.rows() == [("a", 1), ("b", 2)]
    summary = run.summaries["publish"]
    assert (summary["verdict"], summary["outcome"], summary["rows_published"]) == ("pass", "published", 2)
    assert summary["run_key"] == "good_day/publish/manual__2026-01-01T00:00:00+00:00"


def test_a_breach_halts_at_once_without_spending_retries(dags: DagFolder, shop: Shop) -> None:
    shop.contract()
    path = dags.write("bad_day", shop.publish())
    dags.run(path, day=1)
    shop.csv.write_text(BAD)
    run = dags.run(path, day=2)
    assert run.states == {"publish": "failed", "after": "upstream_failed"}
    assert (run.state, run.tries["publish"]) == ("failed", 1)
    assert shop.rows() == [("a", 1), ("b", 2)]  # consumers still read yesterday's
    summary = run.summaries["publish"]
    assert [(b["check"], b["unexpected"]) for b in summary["broken"]] == [("id.required", 1), ("amount.minimum", 1)]
    assert len(json.dumps(summary)) <= 16_384
    told = PAGE.read_text(encoding="utf-8").partition("**XCom.**")[2].partition("\n\n")[0]
    assert set(re.findall(r"`(\w+)`", told)) == {"headgate", *summary, *summary["broken"][0]}
    for said in (
        "id is not null",
        "1 of 3 rows",
        "amount is at least 0",
        "owner: Shop team",
        "#shop",
        "things.odcs.yaml:",
        "halted",
    ):
        assert said in run.log, said
    assert "9876543210" not in run.log  # no value unless the contract shows examples


def test_examples_are_shown_where_the_contract_says_so(dags: DagFolder, shop: Shop) -> None:
    shop.contract("quarantine")
    shop.csv.write_text("id,amount\na,-12345\n")
    run = dags.run(dags.write("examples", shop.publish(show_examples=True)))
    assert "amount is at least 0: amount='-12345'" in run.log


def test_bad_rows_are_quarantined_and_the_run_goes_on(dags: DagFolder, shop: Shop) -> None:
    shop.contract("quarantine")
    shop.csv.write_text(BAD)
    run = dags.run(dags.write("quarantined", shop.publish()))
    assert run.states == {"publish": "success", "after": "success"}
    assert shop.rows() == [("a", 1)]
    assert len(shop.query("SELECT * FROM shop.things__quarantine")) == 2
    assert run.summaries["publish"]["outcome"] == "published_partly"


def test_a_clear_reads_the_source_again(dags: DagFolder, shop: Shop) -> None:
    shop.contract("quarantine")
    shop.csv.write_text(BAD)
    path = dags.write("cleared", shop.publish())
    tables = ("* FROM shop.things", "* EXCLUDE written_at FROM headgate.publications",
              "* EXCLUDE headgate_set_aside_at FROM shop.things__quarantine")  # fmt: skip

    def state() -> list[Any]:
        return [sorted(shop.query(f"SELECT {table}"), key=repr) for table in tables]

    dags.run(path)
    first = state()
    dags.run(path)
    assert state() == first
    shop.csv.write_text(GOOD)
    dags.run(path)
    assert shop.rows() == [("a", 1), ("b", 2)]
    assert shop.query("SELECT count(*) FROM shop.things__quarantine") == [(0,)]


def test_a_locked_file_is_retried_and_try_2_succeeds(
    dags: DagFolder, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "LOCK_TIMEOUT_S", 0.2)
    shop.contract()
    release = shop.folder / "release"
    code = (
        "import duckdb, os, sys, time\n"
        "c = duckdb.connect(sys.argv[1]); print('locked', flush=True)\n"
        "while not os.path.exists(sys.argv[2]): time.sleep(0.05)\n"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(shop.warehouse), str(release)], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    holder.stdout.readline()
    body = f"from pathlib import Path\ndef free(context): Path({str(release)!r}).touch()\n"
    path = dags.write(
        "locked", body + shop.publish()[:-1].replace("retries=3", "retries=3, on_retry_callback=free") + "\n"
    )
    try:
        run = dags.run(path)
    finally:
        release.touch()
        holder.wait(timeout=30)
        holder.stdout.close()
    assert (run.states["publish"], run.tries["publish"]) == ("success", 2)
    assert "lock" in run.log
    assert shop.rows() == [("a", 1), ("b", 2)]


def test_a_wrong_contract_fails_at_once_and_says_where(dags: DagFolder, shop: Shop) -> None:
    path = shop.contract()
    path.write_text(path.read_text().replace('"required"', '"requierd"'))
    run = dags.run(dags.write("wrong", shop.publish()))
    assert (run.states["publish"], run.tries["publish"]) == ("failed", 1)
    assert "things.odcs.yaml:" in run.log
    assert "did you mean 'required'" in run.log


def test_an_override_is_named_as_such(dags: DagFolder, shop: Shop) -> None:
    shop.contract()
    shop.csv.write_text(BAD)
    run = dags.run(dags.write("overridden", shop.publish(on_breach="warn")))
    assert run.states["publish"] == "success"
    assert "warn (task; contract says halt)" in run.log
    assert run.summaries["publish"]["rows_published"] == 3


def test_the_configuration_can_override_too(dags: DagFolder, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__HEADGATE__ON_BREACH", "quarantine, warn")
    shop.contract()
    shop.csv.write_text(BAD)
    run = dags.run(dags.write("configured", shop.publish()))
    assert "quarantine, then warn (config; contract says halt)" in run.log
    assert shop.rows() == [("a", 1)]


def test_contracts_are_found_beside_the_dag_file_or_in_the_folder(
    dags: DagFolder, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.contract()
    body = shop.publish().replace(str(shop.folder / "things.odcs.yaml"), "things.odcs.yaml")
    path = dags.write("relative", body)
    run = dags.run(path)
    assert run.states["publish"] == "failed"
    assert "things.odcs.yaml is neither in" in run.log
    monkeypatch.setenv("AIRFLOW__HEADGATE__CONTRACTS_FOLDER", str(shop.folder))
    assert dags.run(path).states["publish"] == "success"


def test_mapped_tasks_have_a_run_key_each(dags: DagFolder, shop: Shop) -> None:
    contract = str(shop.contract())
    body = (
        f"ContractPublishOperator.partial(task_id='publish', contract={contract!r}, source={str(shop.csv)!r})"
        ".expand(target=['one', 'two'])\n"
    )
    run = dags.run(dags.write("mapped", body))
    assert run.states == {"publish[0]": "success", "publish[1]": "success"}
    assert [s["run_key"].rpartition("/")[2] for _, s in sorted(run.summaries.items())] == ["0", "1"]
    assert shop.query("SELECT (SELECT count(*) FROM shop.one), (SELECT count(*) FROM shop.two)") == [(2, 2)]


@pytest.mark.parametrize(
    ("policy", "rows", "state"),
    [("halt", GOOD, "success"), ("halt", BAD, "failed"), ("quarantine", BAD, "failed"), ("warn", BAD, "success")],
)
def test_a_check_changes_nothing(policy: str, rows: str, state: str, dags: DagFolder, shop: Shop) -> None:
    contract = str(shop.contract(policy))
    shop.csv.write_text(rows)
    body = f"ContractCheckOperator(task_id='check', contract={contract!r}, data={str(shop.csv)!r}, retries=3)\n"
    run = dags.run(dags.write(f"checked_{policy}_{len(rows)}", body))
    assert (run.states["check"], run.tries["check"]) == (state, 1)
    assert not shop.warehouse.exists()


def test_a_check_of_the_servers_own_table(dags: DagFolder, shop: Shop) -> None:
    contract = str(shop.contract())
    with duckdb.connect(str(shop.warehouse)) as connection:
        connection.execute(
            "CREATE SCHEMA shop; CREATE TABLE shop.things AS SELECT NULL::VARCHAR AS id, 1::BIGINT AS amount"
        )
    run = dags.run(dags.write("own_table", f"ContractCheckOperator(task_id='check', contract={contract!r})\n"))
    assert run.states["check"] == "failed"
    assert run.summaries["check"]["broken"][0]["check"] == "id.required"


def test_reports_are_written_where_they_are_wanted(
    dags: DagFolder, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.contract()
    monkeypatch.setenv("AIRFLOW__HEADGATE__REPORTS_FOLDER", str(shop.folder / "reports"))
    path = dags.write("reported", shop.publish())
    dags.run(path)
    (report,) = (shop.folder / "reports").rglob("*.json")
    assert json.loads(report.read_text())["verdict"] == "pass"
    (shop.folder / "in_the_way").touch()
    monkeypatch.setenv("AIRFLOW__HEADGATE__REPORTS_FOLDER", str(shop.folder / "in_the_way"))
    run = dags.run(path, day=2)  # an observer never breaks the observed
    assert run.states["publish"] == "success"
    assert "the report could not be written" in run.log


def test_a_task_that_is_told_to_end_stops_its_query(schema: Database) -> None:
    """As Airflow's task runner does it: the handler of the signal calls on_kill, in the midst of the query."""
    operator = ContractCheckOperator(task_id="check", contract="c")
    operator.on_kill()  # nothing runs: it goes its way
    before = signal.signal(signal.SIGTERM, lambda *_: operator.on_kill())
    timer = threading.Timer(0.5, os.kill, [os.getpid(), signal.SIGTERM])
    begun = time.monotonic()
    try:
        with pytest.raises(SystemExit), operator._can_be_stopped():
            timer.start()
            schema.run("SELECT pg_sleep(20)")
    finally:
        timer.cancel()
        signal.signal(signal.SIGTERM, before)
    assert time.monotonic() - begun < 10
    assert (
        schema.run(
            "SELECT 1 FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND state = 'active' AND query LIKE '%pg_sleep%'"
        )
        == []
    )
    operator.on_kill()
    with pytest.raises(RuntimeError, match="another"), operator._can_be_stopped():
        operator._stopped = False
        raise RuntimeError("another")
