"""The run that a task belongs to, from which its verdict can be reproduced."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headgate.airflow import late
from headgate.errors import CallError

if TYPE_CHECKING:
    from headgate.report import Run


def run_of(context: Any, partition: str | None = None) -> Run:
    """Return the run. Its key is the same for every try and after a clear: never a clock, a try number or a logical
    date.

    A task that is mapped over partitions is named by the partition: their order may be different next time.

    Raises:
        CallError: `partition` is empty.
    """
    ti, dag_run = context["ti"], context["dag_run"]
    parts = [ti.dag_id, ti.task_id, ti.run_id]
    if partition is not None:
        named = str(partition).strip().replace("%", "%25").replace("/", "%2F")
        if named in ("", ".", "..", "None"):
            raise CallError("partition is empty; it names what this task publishes, so that a rerun can replace it")
        parts.append(named)
    elif ti.map_index is not None and ti.map_index >= 0:
        parts.append(str(ti.map_index))
    start, end = getattr(dag_run, "data_interval_start", None), getattr(dag_run, "data_interval_end", None)
    # Of a run without an interval, when it was due.
    return late.Run("/".join(parts), (start, end), end or getattr(dag_run, "run_after", None))


def slot_of(context: Any, partition: str | None = None) -> str:
    """Return what of a dataset a task is about, the same in each run: its partition, or the index of a mapped task;
    empty where it is all of it."""
    index = context["ti"].map_index
    return (
        str(partition).strip() if partition is not None else f"map {index}" if index is not None and index >= 0 else ""
    )


def link_of(context: Any) -> str:
    """Return the address of a task's log; empty where Airflow does not tell it."""
    return str(getattr(context["ti"], "log_url", None) or "")
