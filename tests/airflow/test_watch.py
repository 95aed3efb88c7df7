"""The DAG that measures service levels by the wall clock, on real Airflow."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from headgate import Contract
from headgate.gate import publish
from headgate.report import Run

from tests.support.contracts import odcs, setting, write
from tests.support.dagtest import DagFolder, DagRun
from tests.support.levels import PROPERTIES, level

pytestmark = pytest.mark.slow

HOUR = timedelta(hours=1)
FRESH = level("freshness", 4, "h", "at")
FREQUENT = level("frequency", 1, "d")


def contract(folder: Path, name: str, *levels: dict[str, Any], **more: Any) -> Path:
    """A contract of things, on a server of its own."""
    servers = more.pop("servers", [{"server": "local", "type": "duckdb", "database": f"{name}.duckdb"}])
    consumers = more.pop("consumers", None)
    own = {"customProperties": [setting("consumers", consumers)]} if consumers else {}
    schema = {"name": "things", "properties": PROPERTIES, **own}
    document = odcs(schema, slaProperties=list(levels), servers=servers, **more)
    return write(folder, {**document, "id": name}, f"{name}.odcs.yaml")


def put(file: Path, hours: int) -> None:
    """Publish rows of that many hours ago, as a run of now."""
    now = datetime.now(UTC)
    at = f"{now - hours * HOUR:%Y-%m-%dT%H:%M:%S}"
    source = file.with_suffix(".csv")
    source.write_text(f"at,local,west,day,secret\n{at}Z,{at},{at},{at[:10]},{at}Z\n")
    publish(Contract.load(file)["things"], source, run=Run("r", (now - HOUR, now)))


def ran(dags: DagFolder, name: str, contracts: Path, options: str = "") -> DagRun:
    body = (
        "import headgate.airflow\n"
        "def tell(context):\n"
        "    found = context['headgate']\n"
        "    print('told of', found['contract'], sorted({each['status'] for each in found['levels']}))\n"
        f"watch = headgate.airflow.watch_dag(dag_id={name!r}, contracts={str(contracts)!r}, schedule=None, on_warning=tell"
        f"{options})\n"
    )
    path = dags.folder / f"{name}.py"
    path.write_text(body)
    dags.written.append(path)
    return dags.run(path)


def test_every_dataset_is_measured_whatever_becomes_of_the_others(dags: DagFolder, tmp_path: Path) -> None:
    """In the order of the files: broken, without levels, kept, never published, out of reach, not valid."""
    needs = [
        {
            "name": "BI",
            "contact": "bi@example.com",
            "needs": [{"property": "freshness", "value": 2, "unit": "h", "element": "at"}],
        }
    ]
    put(contract(tmp_path, "a_broken", FRESH, consumers=needs), 6)
    contract(tmp_path, "b_silent")
    put(contract(tmp_path, "c_kept", FRESH, FREQUENT), 1)
    due = level("timeOfAvailability", "00:00")
    contract(tmp_path, "d_missing", due, FREQUENT)
    away = [{"server": "away", "type": "postgres", "host": "127.0.0.1", "port": 1, "database": "d", "schema": "s"}]
    contract(tmp_path, "e_away", FRESH, level("endOfLife", "2020-01-01"), servers=away)
    (tmp_path / "f_wrong.odcs.yaml").write_text("apiVersion: v3.1.0\nkind: DataContract\n")
    run = ran(dags, "watch_all", tmp_path)
    watched = {task: state for task, state in run.states.items() if task.startswith("watch")}
    assert watched == {
        "watch[0]": "success", "watch[1]": "success", "watch[2]": "success", "watch[3]": "success", "watch[4]": "failed",
    }  # fmt: skip
    assert (run.states["upkeep"], run.tries["watch[4]"]) == ("success", 1)
    found = {
        summary["contract"]: {each["level"]: each["status"] for each in summary["levels"]}
        for summary in run.summaries.values()
    }
    assert found == {
        "a_broken": {"sla.freshness": "broken", "consumers.BI.freshness": "broken"},
        "c_kept": {},
        "d_missing": {"sla.timeOfAvailability": "broken", "sla.frequency": "unknown"},
        "e_away": {"sla.freshness": "unknown", "sla.endOfLife": "broken"},
    }
    assert "things: broken: freshness: the newest at is at most 4 h old (the newest at is 6 h" in run.log
    assert "nothing was ever published; it was due by" in run.log
    assert run.summaries["watch[0]"]["affected"] == ["BI (bi@example.com; needs freshness)"]
    told = [line.partition("told of ")[2] for line in run.log.splitlines() if "told of " in line]
    assert {line.partition(" ")[0] for line in told} == {"a_broken", "d_missing", "e_away"}
    assert run.xcoms["upkeep"]["return_value"]["lineage"].startswith("nothing to do")


@pytest.mark.parametrize(
    ("name", "levels", "hours", "state", "said"),
    [
        ("kept", [FRESH], 1, "success", "1 kept"),
        ("broken", [FRESH], 6, "failed", "does not keep sla.freshness"),
        ("unknown_in_part", [FRESH, level("availability", "99 %")], 1, "success", "1 unknown, 1 kept"),
        (
            "nothing_measured",
            [level("availability", "99 %")],
            1,
            "failed",
            "is not measured: no history of incidents is known here",
        ),
    ],
)
def test_fail_on_broken(
    name: str, levels: list[dict[str, Any]], hours: int, state: str, said: str, dags: DagFolder, tmp_path: Path
) -> None:
    put(contract(tmp_path, name, *levels), hours)
    run = ran(dags, f"watch_{name}", tmp_path, ", fail_on_broken=True")
    assert (run.states["watch[0]"], run.tries["watch[0]"], run.states["upkeep"]) == (state, 1, "success")
    assert said in run.log


def test_a_folder_that_is_not_there(dags: DagFolder, tmp_path: Path) -> None:
    run = ran(dags, "watch_nothing", tmp_path / "nay")
    assert (run.states["datasets"], run.tries["datasets"], run.states["upkeep"]) == ("failed", 1, "success")
    assert "the folder of contracts" in run.log


def test_the_dag_is_that_of_its_file(dags: DagFolder, tmp_path: Path) -> None:
    """Relative contracts are found beside it."""
    contract(dags.folder, "beside", FREQUENT)
    path = dags.folder / "watch_beside.py"
    path.write_text(
        "from headgate.airflow import watch_dag\n"
        "watch = watch_dag(dag_id='watch_beside', contracts=['beside.odcs.yaml'], schedule='@hourly')\n"
    )
    dags.written += [path, dags.folder / "beside.odcs.yaml"]
    run = dags.run(path)
    assert run.states == {"datasets": "success", "watch[0]": "success", "upkeep": "success"}
    assert [each["status"] for each in run.summaries["watch[0]"]["levels"]] == ["unknown"]
