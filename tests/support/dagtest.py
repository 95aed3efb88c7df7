"""DAGs for tests, run by Airflow's own `dag.test()`."""

from __future__ import annotations

import json
import os
import textwrap
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any

from tests.support import openlineage_spec

HEAD = """
from datetime import datetime, timedelta
from airflow.sdk import DAG, task
from headgate.airflow import ContractCheckOperator, ContractPublishOperator
with DAG({name!r}, schedule=None, start_date=datetime(2026, 1, 1)) as dag:
"""


@dataclass
class DagRun:
    """What a run left behind: states, tries and XComs by task (mapped tasks as `task[0]`), its log and its events.

    `assets` are the asset events of this run of its tasks, as (URI, extra); `xcoms` have all keys of each task.
    """

    state: str
    states: dict[str, str]
    tries: dict[str, int]
    summaries: dict[str, dict[str, Any]]
    log: str
    events: list[dict[str, Any]] = field(default_factory=list)
    assets: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    xcoms: dict[str, dict[str, Any]] = field(default_factory=dict)


class DagFolder:
    """A folder that Airflow parses; a test writes one DAG into it."""

    def __init__(self, capfd: Any) -> None:
        self.folder = Path(os.environ["AIRFLOW__CORE__DAGS_FOLDER"])
        self.events = Path(json.loads(os.environ["AIRFLOW__OPENLINEAGE__TRANSPORT"])["log_file_path"])
        self.capfd = capfd
        self.written: list[Path] = []

    def write(self, name: str, body: str) -> Path:
        path = self.folder / f"{name}.py"
        # Python takes a file of the same size, written in the same second, for the one that it compiled before.
        Path(cache_from_source(str(path))).unlink(missing_ok=True)
        path.write_text(HEAD.format(name=name) + textwrap.indent(textwrap.dedent(body), "    "), encoding="utf-8")
        self.written.append(path)
        return path

    def run(self, path: Path, day: int = 1, **conf: Any) -> DagRun:
        """Run the DAG of that file for a day of January 2026: the same day is the same run, as after a clear.

        Day 0 is a run without a logical date. Of several DAGs it is the one that is called as the file.
        """
        from airflow.dag_processing.dagbag import DagBag

        _ensure_database()
        bag = DagBag(str(path))
        assert not bag.import_errors, bag.import_errors
        dag = bag.dags[path.stem] if len(bag.dags) > 1 else next(iter(bag.dags.values()))
        before = self.events.stat().st_size if self.events.exists() else 0
        assets = len(_assets(dag.dag_id))
        self.capfd.readouterr()
        when = datetime(2026, 1, day or 1, tzinfo=UTC)
        dag_run = dag.test(logical_date=when if day else None, run_after=when, run_conf=conf)
        instances = dag_run.get_task_instances()
        names = {ti: f"{ti.task_id}[{ti.map_index}]" if ti.map_index >= 0 else ti.task_id for ti in instances}
        out, err = self.capfd.readouterr()
        with self.events.open("rb") as events:
            events.seek(before)
            found = [json.loads(line) for line in events.read().decode().splitlines()]
        if openlineage_spec.SPEC.exists():  # test_lineage skips, saying so, where they are not there
            wrong = [problem for event in found for problem in openlineage_spec.problems(event)]
            assert not wrong, wrong
        xcoms = _xcoms(dag_run)
        return DagRun(
            state=str(dag_run.state),
            states={names[ti]: str(ti.state) for ti in instances},
            tries={names[ti]: ti.try_number for ti in instances},
            summaries={task: keys["headgate"] for task, keys in xcoms.items() if "headgate" in keys},
            log=out + err,
            events=found,
            assets=_assets(dag.dag_id)[assets:],
            xcoms=xcoms,
        )

    def register(self, name: str, uri: str) -> None:
        """Let Airflow know an asset, as after it has parsed a DAG that names it: `Asset.ref` finds no other."""
        from airflow.models.asset import AssetActive, AssetModel
        from airflow.utils.session import create_session

        _ensure_database()
        with create_session() as session:
            asset = session.query(AssetModel).filter_by(name=name, uri=uri).one_or_none()
            if asset is None:
                session.add(asset := AssetModel(name=name, uri=uri))
                session.flush()
            if session.query(AssetActive).filter_by(name=name).one_or_none() is None:
                session.add(AssetActive.for_asset(asset))

    def clean(self) -> None:
        for path in self.written:
            path.unlink(missing_ok=True)


def _ensure_database() -> None:
    from airflow.utils.db import initdb

    if not (Path(os.environ["AIRFLOW_HOME"]) / "airflow.db").exists():
        initdb()


def _xcoms(dag_run: Any) -> dict[str, dict[str, Any]]:
    from airflow.models.xcom import XComModel
    from airflow.utils.session import create_session

    found: dict[str, dict[str, Any]] = {}
    with create_session() as session:
        for row in session.query(XComModel).filter_by(dag_id=dag_run.dag_id, run_id=dag_run.run_id):
            task = f"{row.task_id}[{row.map_index}]" if row.map_index >= 0 else row.task_id
            found.setdefault(task, {})[row.key] = XComModel.deserialize_value(row)
    return found


def _assets(dag_id: str) -> list[tuple[str, dict[str, Any]]]:
    from airflow.models.asset import AssetEvent, AssetModel
    from airflow.utils.session import create_session

    with create_session() as session:
        events = session.query(AssetEvent).filter_by(source_dag_id=dag_id).order_by(AssetEvent.id).all()
        return [(session.get(AssetModel, event.asset_id).uri, event.extra) for event in events]
