"""dbt in a task: a broken contract fails it at once, an error of dbt is retried."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from headgate import Report
from headgate.airflow import HeadgateDbtOperator
from headgate.dbt import sync
from headgate.history import home, open_store

from tests.support.contracts import load, odcs
from tests.support.dagtest import DagFolder
from tests.support.dbt_project import make_project
from tests.support.history import sqlite_at

MODELS = {
    "things": "select 1 as id union all select {{ var('second', 2) }}",
    "after": "select * from {{ ref('things') }}",
}
NO_NULLS = {"id": "no_nulls", "metric": "nullValues", "mustBe": 0}
SCHEMA = [{"name": name, "properties": [{"name": "id", "quality": [NO_NULLS]}]} for name in MODELS]
ABOUT = {"team": {"name": "Shop team"}}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = make_project(tmp_path / "project")
    for name, sql in MODELS.items():
        (folder / "models" / f"{name}.sql").write_text(sql)
    sync(load(odcs(*SCHEMA, **ABOUT)), folder)
    return folder


def build(project: Path, **options: Any) -> str:
    given = {"project": str(project), "profiles_dir": str(project), "dbt": dbt(), **options}
    said = ", ".join(f"{name}={value!r}" for name, value in given.items())
    return (
        "from headgate.airflow import HeadgateDbtOperator\n"
        f"HeadgateDbtOperator(task_id='build', retries=1, retry_delay=timedelta(seconds=1), {said})\n"
    )


BAD = {"vars": {"second": "null"}}
PASS = {"after__contract": "pass", "things__contract": "pass"}
FAIL = {"after__contract": "skipped", "things__contract": "fail"}
# What is asked of dbt, what is wrong in the project, and what becomes of it: the state, the number of tries, the tests,
# and a line of the log.
RUNS: dict[str, tuple[dict[str, Any], dict[str, str], str, int, dict[str, str], str]] = {
    "kept": ({}, {}, "success", 1, PASS, "2 datasets: 2 pass"),
    "broken": (BAD, {}, "failed", 1, FAIL, "things does not keep id.no_nulls: 2 datasets: 1 breach, 1 unknown"),
    "broken, and not selected": ({**BAD, "select": ["after"], "exclude": "things"}, {}, "failed", 2, {"after__contract": "skipped"}, "exit code 1"),
    "nothing that has a contract": ({"select": "other"}, {"models/other.sql": "select 1 as id"}, "success", 1, {}, ""),
    "an error of SQL": (
        {}, {"models/things.sql": "select * from nowhere"}, "failed", 2,
        {"after__contract": "skipped", "things__contract": "skipped"},
        "dbt build ended with exit code 1, and no contract is broken; the log says why",
    ),
    "not parsed, with results of another run": (
        {}, {"models/wrong.yml": "models: ["}, "failed", 2, {}, "dbt build ended with exit code 2 and left no results in",
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("case", RUNS)
def test_a_build(case: str, project: Path, dags: DagFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    options, files, state, tries, tests, said = RUNS[case]
    reports = project.parent / "reports"
    monkeypatch.setenv("AIRFLOW__HEADGATE__REPORTS_FOLDER", str(reports))
    if "another run" in case:
        subprocess.run([dbt(), "build", "--quiet"], cwd=project, env=environment(project), check=True)
    for name, text in files.items():
        (project / name).write_text(text)
    run = dags.run(dags.write("dbt_task", build(project, **options)))
    assert (run.states["build"], run.tries["build"]) == (state, tries), run.log
    assert said in run.log
    found = run.summaries.get("build", {})
    assert {name: status for each in found.get("datasets", ()) for name, status in each["tests"].items()} == tests
    if case == "broken":
        assert (found["dataset"], found["verdict"], found["owner"]) == ("things", "breach", "Shop team")
        assert [(b["check"], b["unexpected"]) for b in found["broken"]] == [("id.no_nulls", 1)]
        assert found["run_key"] == "dbt_task/build/manual__2026-01-01T00:00:00+00:00"
    written = {file.stem: Report.from_dict(json.loads(file.read_text())) for file in reports.rglob("*.json")}
    assert written.keys() == tests.keys()
    assert {str(report.verdict) for report in written.values()} == {
        each["verdict"] for each in found.get("datasets", ())
    }


TABLE = "{{ config(materialized='table') }} "
# The policy; then the state, the outcome, what is downstream, and a line of the log. No run is tried twice.
GATED: dict[str, tuple[dict[str, Any], str, str, str, str]] = {
    "halt": ({}, "failed", "halted", "skipped", "things does not keep id.no_nulls: 2 datasets: 1 breach, 1 unknown"),
    "quarantine": (
        {"onBreach": "quarantine", "maxQuarantinePercent": 50}, "success", "published_partly", "pass",
        "published without 1 bad rows, which are in",
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("case", GATED)
def test_a_gate(case: str, project: Path, dags: DagFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """The breach that a gate finds is one that its test would find."""
    store = sqlite_at(project.parent)
    monkeypatch.setenv("HEADGATE_STORE", store)
    monkeypatch.setenv("HEADGATE_SPOOL", str(project.parent / "spool"))
    policy, state, outcome, after, said = GATED[case]
    (project / "models" / "things.sql").write_text(TABLE + MODELS["things"])
    (project / "models" / "after.sql").write_text(TABLE + MODELS["after"])
    sync(load(odcs(*SCHEMA, **ABOUT, settings=policy)), project, gate=True)
    run = dags.run(dags.write("dbt_gate", build(project, **BAD)))
    assert (run.states["build"], run.tries["build"]) == (state, 1), run.log
    assert said in run.log
    found = run.summaries["build"]
    assert (found["dataset"], found["verdict"], found["outcome"]) == ("things", "breach", outcome)
    assert [(b["check"], b["unexpected"]) for b in found["broken"]] == [("id.no_nulls", 1)]
    assert {each["dataset"]: each["outcome"] for each in found["datasets"]} == {
        "things": outcome,
        "after": "published" if after == "pass" else None,
    }
    assert {each["dataset"]: each["tests"] for each in found["datasets"]}["after"] == {"after__contract": after}
    kept = {each.dataset: (each.last.kind, each.last.verdict, each.last.outcome) for each in home(open_store(store))}
    assert kept["things"] == ("publish", "breach", outcome)
    assert kept["after"] == (("publish", "pass", "published") if after == "pass" else ("check", "unknown", None))


def dbt() -> str:
    return str(Path(sys.executable).with_name("dbt"))


def environment(project: Path) -> dict[str, str]:
    return {**os.environ, "DBT_PROFILES_DIR": str(project)}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "state", "said"),
    [
        (("build",), "failed", "things does not keep id.no_nulls: 2 datasets: 1 breach, 1 unknown"),
        (("test", "--select", "after"), "success", "1 dataset: 1 pass"),
        (("run",), "success", ""),
        (("deps",), "success", "no results of contracts"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_the_callback_of_cosmos(
    command: tuple[str, ...], state: str, said: str, project: Path, dags: DagFolder
) -> None:
    """Cosmos calls it after each command with the folder of the project, the context, and its `callback_args`."""
    if command[0] == "test":
        subprocess.run([dbt(), "run", "--quiet"], cwd=project, env=environment(project), check=True)
    given = [] if command[0] == "deps" else ["--vars", json.dumps(BAD["vars"] if command[0] == "build" else {})]
    subprocess.run([dbt(), *command, *given], cwd=project, env=environment(project), check=False)
    body = (
        "from headgate.airflow import report_dbt_results\n"
        "@task(retries=1, retry_delay=timedelta(seconds=1))\n"
        f"def called(**context): report_dbt_results({str(project)!r}, context=context, more=1)\n"
        "called()\n"
    )
    run = dags.run(dags.write("cosmos", body))
    assert (run.states["called"], run.tries["called"], said in run.log) == (state, 1, True), run.log


def test_a_command_names_what_the_task_names() -> None:
    task = HeadgateDbtOperator(
        task_id="t", project="p", select=["a+", "tag:b"], exclude="c", target="prod", vars={"day": "x"}, dbt="venv/dbt"
    )
    assert task._command() == [
        "venv/dbt", "build", "--select", "a+", "tag:b", "--exclude", "c", "--target", "prod", "--vars", '{"day": "x"}',
    ]  # fmt: skip
