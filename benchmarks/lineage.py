"""Seconds that a task of Airflow and a build of dbt wait for a lineage server: through the spool, and as they come.

Real parts: a publish in `dag.test()` with Airflow's OpenLineage provider, timed around the provider's own wait for
its events (start and end); `dbt-ol build`, timed around the OpenLineage client's own `emit` and `close`. Provider and
client are left at their defaults (fork, five retries). Each case is a new process with a new spool; of its runs the
longest is shown, of the spool that is the one before the back-off.
`python -m benchmarks.lineage [SERVER…]`
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from tests.support import lineage_server as servers

ROOT = Path(__file__).parents[1]
RUNS = 2
SPOOL = "headgate.lineage.SpoolTransport"


@contextlib.contextmanager
def _answering(**answers: Any) -> Iterator[str]:
    with servers.serving(**answers) as server:
        yield server.url


SERVERS: dict[str, Callable[[], AbstractContextManager[str]]] = {
    "well": _answering,
    "refused": lambda: contextlib.nullcontext(servers.refused()),
    "black hole (accepts, never answers)": servers.black_hole,
    "500": lambda: _answering(status=500),
    "slow (1.9 s)": lambda: _answering(seconds=1.9),
}

# What runs in a process of its own: prints a JSON list of seconds, one for each run.
TASK = """
import json, os, sys, time
from datetime import UTC, datetime
from airflow.providers.openlineage.plugins.listener import OpenLineageListener
waited = []
fork = OpenLineageListener._fork_execute
def timed(self, *args, **kwargs):
    begun = time.monotonic()
    try:
        return fork(self, *args, **kwargs)
    finally:
        waited.append(time.monotonic() - begun)
OpenLineageListener._fork_execute = timed
from airflow.utils.db import initdb
initdb()
from airflow.dag_processing.dagbag import DagBag
bag = DagBag(os.environ["AIRFLOW__CORE__DAGS_FOLDER"])
assert not bag.import_errors, bag.import_errors
found = []
for day in range(1, int(sys.argv[1]) + 1):
    waited.clear()
    when = datetime(2026, 1, day, tzinfo=UTC)
    run = bag.dags["lineage"].test(logical_date=when, run_after=when)
    assert str(run.state) == "success", run.state
    assert len(waited) == 2, waited
    found.append(sum(waited))
print(json.dumps(found), file=sys.stderr)
"""
BUILD = """
import json, sys, time
from openlineage.client import OpenLineageClient
waited = [0.0]
def timed(name):
    original = getattr(OpenLineageClient, name)
    def wrapped(*args, **kwargs):
        begun = time.monotonic()
        try:
            return original(*args, **kwargs)
        finally:
            waited[0] += time.monotonic() - begun
    setattr(OpenLineageClient, name, wrapped)
timed("emit")
timed("close")
from openlineage.dbt import main
sys.argv = ["dbt-ol", "build"]
try:
    code = main()
except SystemExit as error:
    code = error.code
assert not code, code
print(json.dumps(waited), file=sys.stderr)
"""
DAG = """
from datetime import datetime
from airflow.sdk import DAG
from headgate.airflow import ContractPublishOperator
with DAG("lineage", schedule=None, start_date=datetime(2026, 1, 1)):
    ContractPublishOperator(task_id="publish", contract={contract!r}, source={source!r})
"""
CONTRACT = """
kind: DataContract
apiVersion: v3.1.0
id: orders
version: 1.0.0
status: active
servers: [{server: local, type: duckdb, database: w.duckdb, schema: shop}]
schema:
  - name: orders
    properties:
      - {name: id, logicalType: integer, required: true}
      - {name: amount, logicalType: integer, logicalTypeOptions: {minimum: 0}}
"""


def transport(url: str, *, spool: bool) -> str:
    http = {"type": "http", "url": url}
    return json.dumps({"type": SPOOL, "transport": http} if spool else http)


def task(folder: Path, url: str, *, spool: bool, runs: int = RUNS) -> list[float]:
    """Seconds that each run of a publish waited for its two events."""
    dags = folder / "dags"
    dags.mkdir()
    (folder / "orders.odcs.yaml").write_text(CONTRACT)
    (folder / "orders.csv").write_text("id,amount\n" + "".join(f"{n},{n}\n" for n in range(200)))
    (dags / "lineage.py").write_text(
        DAG.format(contract=str(folder / "orders.odcs.yaml"), source=str(folder / "orders.csv"))
    )
    return _timed(TASK, folder, runs, {"AIRFLOW__OPENLINEAGE__TRANSPORT": transport(url, spool=spool)})


def build(folder: Path, url: str, *, spool: bool) -> list[float]:
    """Seconds that a `dbt-ol build` of four models and four tests waited for its events."""
    from tests.support.dbt_project import make_project

    project = make_project(folder / "project")
    models: list[dict[str, Any]] = []
    for number in range(4):
        query = f"select * from {{{{ ref('m{number - 1}') }}}}" if number else "select 1 as id"
        (project / "models" / f"m{number}.sql").write_text(query)
        models.append({"name": f"m{number}", "columns": [{"name": "id", "data_tests": ["not_null"]}]})
    (project / "models" / "schema.yml").write_text(json.dumps({"version": 2, "models": models}))
    there = {
        "OPENLINEAGE__TRANSPORT": transport(url, spool=spool),
        "DBT_PROFILES_DIR": str(project),
        "TRIAL_PORT": "0",
    }
    return _timed(BUILD, project, 0, there)


def _timed(program: str, folder: Path, runs: int, variables: dict[str, str]) -> list[float]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "OPENLINEAGE"))}
    environment = kept | {
        "AIRFLOW_HOME": str(folder / "airflow"),
        "AIRFLOW__CORE__DAGS_FOLDER": str(folder / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "HEADGATE_SPOOL": str(folder / "spool"),
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), kept["PATH"])),
        **variables,
    }
    done = subprocess.run(
        [sys.executable, "-c", program, str(runs)],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    last = done.stderr.strip().splitlines()[-1] if done.stderr.strip() else ""
    if done.returncode or not last.startswith("["):
        raise SystemExit(done.stdout[-3000:] + done.stderr[-3000:])
    found: list[float] = json.loads(last)
    return found


def measure(name: str) -> dict[str, list[float]]:
    found = {}
    for what, run in (("task", task), ("build", build)):
        for way, spool in (("spool", True), ("as it comes", False)):
            with tempfile.TemporaryDirectory() as folder, SERVERS[name]() as url:
                found[f"{what}, {way}"] = run(Path(folder), url, spool=spool)
                print(f"{name}: {what}, {way}: {found[f'{what}, {way}']}", file=sys.stderr, flush=True)
    return found


def table(found: dict[str, dict[str, list[float]]]) -> str:
    heads = list(next(iter(found.values())))
    lines = [f"| the server is | {' | '.join(heads)} |", f"| --- {'| ---: ' * len(heads)}|"]
    for name, columns in found.items():
        shown = " | ".join(f"{max(seconds):.1f}" for seconds in columns.values())
        lines.append(f"| {name} | {shown} |")
    return "\n".join(lines)


def main(*names: str) -> None:
    print(table({name: measure(name) for name in names or SERVERS}))


if __name__ == "__main__":
    main(*sys.argv[1:])
