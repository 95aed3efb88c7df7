"""Contracts of tasks that know nothing of them, by the cluster policy."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pytest

from tests.support.contracts import odcs, write
from tests.support.dagtest import DagFolder
from tests.support.shop import Shop

pytestmark = pytest.mark.slow

HEAD = """
from airflow.sdk import Asset, AssetAlias
from airflow.providers.standard.operators.python import PythonOperator
URI, NAME, OTHER = {uri!r}, "the things at " + {uri!r}, "x-duckdb:///nowhere.duckdb/a/b"
def insert(value, outlet_events=None):
    import duckdb
    with duckdb.connect({warehouse!r}) as connection:
        connection.execute("INSERT INTO shop.things VALUES ('new', ?)", [value])
def announced(value, outlet_events=None):
    insert(value)
    outlet_events[AssetAlias("any")].add(Asset(URI))
def referred(value, outlet_events=None):
    insert(value)
    outlet_events[AssetAlias("any")].add(Asset.ref(name=NAME))
def hook(context, result=None): print("a hook of one's own ran")
"""


@dataclass(frozen=True)
class Case:
    """`rows` are of the table after the run: what was written stays."""

    name: str
    task: str
    state: str
    said: str = ""
    assets: int = 0
    rows: int = 1
    files: dict[str, str] = field(default_factory=dict)
    folder: str = "contracts"
    states: Sequence[str] = ("write",)


def operator(value: int, more: str = "outlets=[Asset(URI)]") -> str:
    return f"PythonOperator(task_id='write', python_callable=insert, op_args=[{value}], retries=2, {more})"


WRONG = {"wrong.odcs.yaml": "kind: DataContract\nthings: 1\n"}
ELSEWHERE = {"elsewhere.odcs.yaml": json.dumps(odcs({"name": "things"}, servers=[
    {"server": "texts", "type": "local", "path": "texts", "format": "csv"},
    {"server": "lake", "type": "snowflake", "account": "a", "database": "d", "schema": "s"},
]))}  # fmt: skip
CASES = (
    Case("kept", operator(1), "success", "checked after the write: verdict pass", assets=1, files={"no.yaml": "kind: Deployment\n"}),
    Case("broken", operator(-9876543210), "failed", "things does not keep amount.minimum: checked after the write"),
    Case("by the decorator", "task(outlets=[Asset(URI)], task_id='write')(insert)(-9876543210)", "failed", "amount.minimum"),
    Case("by an alias", "PythonOperator(task_id='write', python_callable=announced, op_args=[-9876543210], outlets=[AssetAlias('any')])",
         "failed", "amount.minimum"),
    Case("by an alias, kept", "PythonOperator(task_id='write', python_callable=announced, op_args=[1], outlets=[AssetAlias('any')])",
         "success", "verdict pass", assets=1),
    Case("mapped", "PythonOperator.partial(task_id='write', python_callable=insert, outlets=[Asset(URI)]).expand(op_args=[[-9876543210]])",
         "failed", "amount.minimum", states=("write[0]",)),
    Case("by a reference to its URI", operator(-9876543210, "outlets=[Asset.ref(uri=URI)]"), "failed", "amount.minimum"),
    Case("by a reference to its URI, kept", operator(1, "outlets=[Asset.ref(uri=URI)]"), "success", "verdict pass", assets=1),
    Case("by a reference to its name", operator(-9876543210, "outlets=[Asset.ref(name=NAME)]"), "failed", "amount.minimum"),
    Case("by a reference to its name, kept", operator(1, "outlets=[Asset.ref(name=NAME)]"), "success", "verdict pass", assets=1),
    Case("by a reference, through an alias", operator(-9876543210, "outlets=[AssetAlias('any')]").replace("insert", "referred"),
         "failed", "amount.minimum"),
    Case("in a condition of several", operator(-9876543210, "outlets=[Asset(OTHER) & (Asset(OTHER + '2') | Asset(URI))]"),
         "failed", "amount.minimum"),
    Case("mapped, by a reference", "PythonOperator.partial(task_id='write', python_callable=insert, outlets=[Asset.ref(uri=URI)]).expand(op_args=[[-9876543210]])",
         "failed", "amount.minimum", states=("write[0]",)),
    Case("another asset", operator(-1, "outlets=[Asset(OTHER)]"), "success", assets=1),
    Case("no outlet", operator(-1, "inlets=[Asset(URI)]"), "success"),
    Case("a hook of its own", operator(1, "outlets=[Asset(URI)], post_execute=hook"), "success", "a hook of one's own ran", assets=1),
    Case("not switched on", operator(-1), "success", assets=1, folder=""),
    Case("a wrong contract that may be its own", operator(1), "failed", "may have its contract in", files=WRONG),
    Case("a wrong contract of others", operator(1), "success", "cannot be enforced", assets=1,
         files={"wrong.odcs.yaml": "kind: DataContract\n"}),
    Case("a contract of what headgate cannot read", operator(1), "success", "verdict pass", assets=1, files=ELSEWHERE),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_enforced(case: Case, dags: DagFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = Shop(tmp_path)
    (tmp_path / "contracts").mkdir()
    contract = shop.contract()
    (tmp_path / "contracts" / "things.odcs.yaml").write_text(
        contract.read_text().replace('"w.duckdb"', '"../w.duckdb"')
    )
    for name, text in case.files.items():
        (tmp_path / "contracts" / name).write_text(text)
    with duckdb.connect(str(shop.warehouse)) as connection:
        connection.execute("CREATE SCHEMA shop; CREATE TABLE shop.things (id VARCHAR, amount BIGINT)")
    monkeypatch.setenv("AIRFLOW__HEADGATE__ENFORCE_FOLDER", str(tmp_path / case.folder) if case.folder else "")
    uri = f"x-duckdb://{shop.warehouse}/shop/things"
    if "ref" in case.task:
        dags.register(f"the things at {uri}", uri)
    head = HEAD.format(uri=uri, warehouse=str(shop.warehouse))
    run = dags.run(dags.write("enforced_" + "".join(c if c.isalnum() else "_" for c in case.name), head + case.task))
    (task,) = case.states
    assert (run.states[task], run.tries[task]) == (case.state, 1), run.log[-3000:]
    assert case.said in run.log
    assert len(run.assets) == case.assets
    assert len(shop.rows()) == case.rows
    assert "9876543210" not in run.log.replace("op_args", "")
    if "verdict" in case.said:
        assert run.summaries[task]["verdict"] == "pass"


@pytest.mark.parametrize(("value", "state"), [(1, "success"), (-9876543210, "failed")])
def test_a_folder_that_another_wrote(
    value: int, state: str, dags: DagFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Parquet files as Spark or pandas write them, which headgate has not published."""
    amount = {"name": "amount", "logicalTypeOptions": {"minimum": 0}}
    things = {"name": "things", "properties": [amount, {"name": "day", "logicalType": "date"}]}
    server = {"server": "lake", "type": "local", "path": "lake", "format": "parquet"}
    write(tmp_path, odcs(things, servers=[server]), "things.yml")  # found by what it says
    folder = tmp_path / "lake" / "things" / "day=2026-01-01"
    text = f"""
from airflow.sdk import Asset, task
@task(outlets=[Asset("file://{tmp_path}/lake/things")])
def write():
    import os, duckdb
    os.makedirs("{folder}", exist_ok=True)
    duckdb.sql("COPY (SELECT {value} AS amount) TO '{folder}/part-0.parquet'")
write()
"""
    monkeypatch.setenv("AIRFLOW__HEADGATE__ENFORCE_FOLDER", str(tmp_path))
    run = dags.run(dags.write(f"enforced_folder_{state}", text))
    assert run.states["write"] == state, run.log[-3000:]
    assert run.summaries["write"]["verdict"] == {"success": "pass", "failed": "breach"}[state]
