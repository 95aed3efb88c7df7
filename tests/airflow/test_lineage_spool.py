"""Airflow's provider and dbt-ol through the spool: what they wait, that nothing is lost, and the DAG that delivers it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from headgate.airflow.plugin import HeadgatePlugin
from headgate.lineage import flush, status

from benchmarks.lineage import build, task
from tests.support.lineage_server import black_hole, serving
from tests.support.timed import timed

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
FLUSH = ROOT / "dags" / "examples" / "lineage_flush.py"


def waiting(folder: Path) -> int:
    return sum(sum(queue.waiting.values()) for queue in status(str(folder / "spool")))


@timed
def test_a_task_waits_two_seconds_at_most_and_its_events_wait(tmp_path: Path) -> None:
    """Beside one whose server answers: the provider's own process costs a part of a second."""
    waited = {}
    for name, server in (("well", serving), ("away", black_hole)):
        (tmp_path / name).mkdir()
        with server() as there:
            (waited[name],) = task(tmp_path / name, getattr(there, "url", there), spool=True, runs=1)
    assert waited["away"] - waited["well"] < 2
    # The task's start and end, and the end of the DAG run: `dag.test()` has no start.
    assert waiting(tmp_path / "away") == 3


@timed
def test_a_build_waits_two_seconds_at_most_and_a_flush_delivers_it(tmp_path: Path) -> None:
    with serving(status=500) as server:
        (waited,) = build(tmp_path, server.url, spool=True)
        assert waited < 2
        held = waiting(tmp_path / "project")
        assert held == 18  # of the build, four models and four tests: start and end
        server.status = 201
        (done,) = flush(str(tmp_path / "project" / "spool"), transport={"type": "http", "url": server.url})
        assert (done.delivered, done.waiting) == (held, 0)
    assert {event["eventType"] for event in server.events} == {"START", "COMPLETE"}


RUN = """
import sys
from datetime import UTC, datetime
from airflow.utils.db import initdb
initdb()
from airflow.dag_processing.dagbag import DagBag
bag = DagBag(sys.argv[1])
assert not bag.import_errors, bag.import_errors
when = datetime(2026, 1, 1, tzinfo=UTC)
run = bag.dags["lineage_flush"].test(logical_date=when, run_after=when)
print("state", run.state)
"""


def test_the_page_shows_the_example() -> None:
    """`HEADGATE_WRITE=1 python -m pytest tests/airflow/test_lineage_spool.py` writes it anew."""
    path = ROOT / "docs" / "lineage.md"
    block = re.compile(r"(<!-- dags/examples/lineage_flush.py -->\n```python\n)(.*?)(```)", re.DOTALL)
    code = FLUSH.read_text(encoding="utf-8")
    if os.environ.get("HEADGATE_WRITE"):
        text = path.read_text(encoding="utf-8")
        path.write_text(block.sub(lambda found: found[1] + code + found[3], text), encoding="utf-8")
    assert [found[1] for found in block.findall(path.read_text(encoding="utf-8"))] == [code]


def test_the_example_delivers(tmp_path: Path) -> None:
    with serving(status=503) as server:
        task(tmp_path, server.url, spool=True, runs=1)
        assert waiting(tmp_path) == 3
        server.status = 201
        dag = shutil.copy(FLUSH, tmp_path / "dags")
        transport = {"type": "headgate.lineage.SpoolTransport", "transport": {"type": "http", "url": server.url}}
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "OPENLIN"))}
        environment |= {
            "AIRFLOW_HOME": str(tmp_path / "airflow"),
            "AIRFLOW__CORE__DAGS_FOLDER": str(tmp_path / "dags"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__OPENLINEAGE__TRANSPORT": json.dumps(transport),
            "AIRFLOW__HEADGATE__SPOOL": str(tmp_path / "spool"),  # read by the plugin
        }
        done = subprocess.run(
            [sys.executable, "-c", RUN, str(dag)],
            env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert "state success" in done.stdout, done.stdout + done.stderr
        jobs = {event["job"]["name"] for event in server.events}
    assert {"lineage", "lineage.publish"} <= jobs


@pytest.mark.parametrize(("option", "variable", "expected"), [("/a", None, "/a"), ("/a", "/b", "/b"), ("", None, None)])
def test_the_option_is_that_of_every_process(
    option: str, variable: str | None, expected: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEADGATE_SPOOL", variable or "")
    if variable is None:
        monkeypatch.delenv("HEADGATE_SPOOL")
    monkeypatch.setenv("AIRFLOW__HEADGATE__SPOOL", option)
    HeadgatePlugin.on_load()
    assert os.environ.get("HEADGATE_SPOOL") == expected


SPOOL = json.dumps({"type": "headgate.lineage.SpoolTransport", "transport": {"type": "http", "url": "http://marquez"}})
HTTP = json.dumps({"type": "http", "url": "http://marquez"})
MOUNT = "/dev/shm/headgate/spool"
CELERY = "airflow.providers.celery.executors.celery_executor.CeleryExecutor"
WARNED = [
    ("LocalExecutor", None, SPOOL, ""),
    ("SequentialExecutor", None, SPOOL, ""),
    ("CeleryExecutor", None, SPOOL, "CeleryExecutor"),
    ("LocalExecutor,my:" + CELERY, None, SPOOL, "CeleryExecutor"),
    ("LocalExecutor;team=KubernetesExecutor", None, SPOOL, "KubernetesExecutor"),
    ("CeleryExecutor", "/var/headgate", SPOOL, "CeleryExecutor"),
    ("CeleryExecutor", MOUNT, SPOOL, ""),
    ("CeleryExecutor", None, HTTP, ""),
    ("CeleryExecutor", "s3://bucket/spool", SPOOL, "is not a folder"),
]


@pytest.mark.parametrize(("executor", "spool", "transport", "said"), WARNED)
def test_a_folder_that_other_machines_do_not_have_is_told(
    executor: str, spool: str | None, transport: str, said: str,
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path,
) -> None:  # fmt: skip
    if spool == MOUNT and Path("/dev/shm").stat().st_dev == Path("/").stat().st_dev:
        pytest.skip("/dev/shm is no mount here")
    for name, value in (
        ("AIRFLOW__CORE__EXECUTOR", executor),
        ("AIRFLOW__OPENLINEAGE__TRANSPORT", transport),
        ("AIRFLOW__HEADGATE__SPOOL", spool or ""),
        ("XDG_STATE_HOME", "/not/made"),
        ("HEADGATE_SPOOL", ""),
    ):
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("HEADGATE_SPOOL")
    HeadgatePlugin.on_load()
    told = [record.getMessage() for record in caplog.records]
    assert len(told) == bool(said), told
    assert said in "".join(told)
