"""Which DAG ran something: its run key says it."""

from __future__ import annotations

from typing import NamedTuple


class TaskRun(NamedTuple):
    """A run of a task in Airflow; `part` is its partition, or the index of a mapped task, else empty."""

    dag_id: str
    task_id: str
    run_id: str
    part: str = ""


def task_run_of(run_key: str) -> TaskRun | None:
    """Return the run of a task that a run key names (DAG/TASK/RUN, or DAG/TASK/RUN/PART); None of any other."""
    parts = run_key.split("/")
    return TaskRun(*parts) if len(parts) in (3, 4) and all(parts) else None


def dag_of(run_key: str) -> str | None:
    """Return the id of the DAG that ran it; None of a run outside of Airflow."""
    found = task_run_of(run_key)
    return found.dag_id if found else None
