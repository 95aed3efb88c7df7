"""CPU of parsing a DAG file with 50 of headgate's operators, beside one with 50 EmptyOperators.

Both files are parsed by Airflow's own DagBag in this process, in turn, everything imported; a file is written anew
before each parse, so that no compiled module is taken from a cache. `python -m benchmarks.parse`
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from pathlib import Path

ROUNDS = 20
TASKS = 50
LIMIT = 1.3
HEAD = """from datetime import datetime
from airflow.sdk import DAG, AssetAlias
{imports}
with DAG("{name}", schedule="@daily", start_date=datetime(2026, 1, 1)):
    before = None
    for n in range({tasks}):
        task = {task}
        if before is not None:
            before >> task
        before = task
"""
FILES = {
    "EmptyOperator": HEAD.format(
        imports="from airflow.providers.standard.operators.empty import EmptyOperator",
        name="empty",
        tasks=TASKS,
        task='EmptyOperator(task_id=f"t{n}", outlets=[AssetAlias(f"a{n}")])',
    ),
    "ContractPublishOperator": HEAD.format(
        imports="from headgate.airflow import ContractPublishOperator",
        name="headgate",
        tasks=TASKS,
        task='ContractPublishOperator(task_id=f"t{n}", contract="orders.odcs.yaml#orders", '
        'source="{{ ds }}.csv", outlets=[AssetAlias(f"a{n}")])',
    ),
}


def measure(folder: Path, rounds: int = ROUNDS) -> dict[str, list[float]]:
    """CPU seconds of each parse, the first left out."""
    from airflow.dag_processing.dagbag import DagBag

    seconds: dict[str, list[float]] = {name: [] for name in FILES}
    for number in range(rounds + 1):
        for name, text in FILES.items():
            path = folder / f"{name.lower()}.py"
            path.write_text(f"{text}# {number}\n", encoding="utf-8")
            begun = time.process_time()
            bag = DagBag(str(path))
            spent = time.process_time() - begun
            if bag.import_errors or sum(len(dag.tasks) for dag in bag.dags.values()) != TASKS:
                raise SystemExit(f"{path} was not parsed: {bag.import_errors}")
            if number:
                seconds[name].append(spent)
    return seconds


def ratio(seconds: dict[str, list[float]]) -> float:
    empty, own = (statistics.median(values) for values in seconds.values())
    return own / empty


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        os.environ.update(AIRFLOW_HOME=home, AIRFLOW__CORE__DAGS_FOLDER=home, AIRFLOW__CORE__LOAD_EXAMPLES="False")
        seconds = measure(Path(home))
    print(f"{ROUNDS} parses of {TASKS} tasks, CPU ms: least and median")
    for name, values in seconds.items():
        print(f"{name:<28}{1000 * min(values):>8.1f}{1000 * statistics.median(values):>8.1f}")
    print(f"ratio {ratio(seconds):.2f} (at most {LIMIT})")


if __name__ == "__main__":
    main()
