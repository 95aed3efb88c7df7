"""`@task.contract`: what a Python task takes and returns is checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.dagtest import DagFolder
from tests.support.shop import Shop

pytestmark = pytest.mark.slow

GOOD, BAD = "{'id': ['a'], 'amount': [1]}", "{'id': ['a'], 'amount': [-9876543210]}"


@dataclass(frozen=True)
class Case:
    """`options` of the decorator, the function's text, and what became of it; `ran` is whether its body ran."""

    name: str
    options: str
    function: str
    said: str = ""
    ran: bool = True
    xcom: Any = None
    policy: str = "halt"


def returns(expression: str) -> str:
    return f"def look():\n    print('the body ran')\n    return {expression}\nlook()\n"


def takes(expression: str) -> str:
    return f"def look(frame, more=1):\n    print('the body ran')\n    return 7\nlook({expression})\n"


RETURNS, TAKES = "contract=CONTRACT", "takes={'frame': CONTRACT}"
CASES = (
    Case("pandas kept", RETURNS, returns(f"__import__('pandas').DataFrame({GOOD})"), xcom="DataFrame"),
    Case("pandas broken", RETURNS, returns(f"__import__('pandas').DataFrame({BAD})"), said="amount.minimum"),
    Case("polars kept", RETURNS, returns(f"__import__('polars').DataFrame({GOOD})")),
    Case("polars broken", RETURNS, returns(f"__import__('polars').DataFrame({BAD})"), said="amount.minimum"),
    Case("arrow broken", RETURNS, returns(f"__import__('pyarrow').table({BAD})"), said="amount.minimum"),
    Case("a path kept", RETURNS, returns("CSV"), xcom="things.csv"),
    Case("nothing", RETURNS, returns("None"), said="the result is None"),
    Case("a warning", RETURNS, returns(f"__import__('pandas').DataFrame({BAD})"), policy="warn", xcom="DataFrame"),
    Case("taken path kept", TAKES, takes("CSV"), xcom="7"),
    Case("taken by name, broken", TAKES, takes("more=2, frame=BAD_CSV"), said="frame: verdict breach", ran=False),
    Case("taken from another task", TAKES, "def look(frame):\n    print('the body ran')\n    return 7\n"
         f"@task(show_return_value_in_logs=False)\ndef made():\n    import pandas\n    return pandas.DataFrame({BAD})\nlook(made())\n",
         said="amount.minimum", ran=False),
    Case("mapped", TAKES, "def look(frame):\n    print('the body ran')\n    return 7\nlook.expand(frame=[CSV])\n", xcom="7"),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_contract_of_a_task(case: Case, dags: DagFolder, shop: Shop) -> None:
    contract = str(shop.contract(case.policy))
    (shop.folder / "bad.csv").write_text("id,amount\na,-9876543210\n")
    names = f"CONTRACT, CSV, BAD_CSV = {contract!r}, {str(shop.csv)!r}, {str(shop.folder / 'bad.csv')!r}\n"
    body = f"{names}@task.contract({case.options}, retries=3)\n{case.function}"
    run = dags.run(dags.write("task_" + case.name.replace(" ", "_").replace(",", ""), body))
    (name,) = (task for task in run.states if task.startswith("look"))
    assert (run.states[name], run.tries[name]) == ("failed" if case.said else "success", 1), run.log[-2000:]
    assert case.said in run.log
    assert "9876543210" not in run.log
    assert ("the body ran" in run.log) == case.ran
    xcom = run.xcoms.get(name, {}).get("return_value")
    assert xcom is None if case.xcom is None else case.xcom in f"{type(xcom).__name__} {xcom}"


@pytest.mark.parametrize(
    ("options", "said"),
    [("", "needs contract="), ("takes={'frame': 'c', 'farme': 'c'}", "argument farme not found")],
)
def test_a_wrong_call_is_told_when_the_dag_is_parsed(options: str, said: str, dags: DagFolder) -> None:
    from airflow.dag_processing.dagbag import DagBag

    path = dags.write("task_wrong", f"@task.contract({options})\n{takes('1')}")
    assert said in str(DagBag(str(path)).import_errors)
