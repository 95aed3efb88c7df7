"""The final state of a DAG run in which a gate failed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from airflow.providers.common.compat.sdk import BaseOperator

from headgate.airflow.failure import ContractFailure
from headgate.airflow.reporting import XCOM_KEY


class ContractVerdictOperator(BaseOperator):
    """Fails, and with it the run, if a task before it failed and nothing made that good.

    Airflow calls a run a success if its last tasks succeed; a gate that failed is forgotten if a branch that runs on
    failure (an approval, a release) succeeds. Put this task after all of them.

    Args:
        mended_by: for a gate, by its task's id, the task whose success makes its failure good.
    """

    ui_color = "#dbeafe"
    template_fields: Sequence[str] = ("mended_by",)

    def __init__(
        self, *, mended_by: dict[str, str] | None = None, trigger_rule: str = "all_done", **kwargs: Any
    ) -> None:
        super().__init__(trigger_rule=trigger_rule, **kwargs)
        self.mended_by = mended_by or {}

    def execute(self, context: Any) -> dict[str, str]:
        """Return the state of every task before this one that had a contract."""
        ti = context["ti"]
        known = ti.get_task_states(dag_id=ti.dag_id, run_ids=[ti.run_id]).get(ti.run_id, {})
        before = self.get_flat_relatives(upstream=True)
        unknown = {*self.mended_by, *self.mended_by.values()} - {task.task_id for task in before}
        if unknown:
            raise ContractFailure(f"mended_by: {', '.join(sorted(unknown))} is not before {self.task_id}")
        failed: list[str] = []
        for task in before:
            states = dict(_states(task, known, ti))
            mended = self.mended_by.get(task.task_id)
            if mended and known.get(mended) == "success":
                self.log.info("%s: %s, mended by %s", task.task_id, ", ".join(states.values()), mended)
            elif not task.is_teardown or task.on_failure_fail_dagrun:
                failed += [name for name, state in states.items() if state == "failed"]
        for name in failed:
            self.log.error("%s failed: %s", name, self._why(ti, name))
        if failed:
            raise ContractFailure(f"failed, and not repaired: {', '.join(sorted(failed))}")
        return {name: str(state) for name, state in known.items()}

    def _why(self, ti: Any, name: str) -> str:
        task_id, _, index = name.partition("[")
        found = ti.xcom_pull(task_ids=task_id, key=XCOM_KEY, map_indexes=int(index[:-1]) if index else -1)
        if not isinstance(found, dict):
            return "its log says why"
        if "broken" not in found:  # a release that was refused
            return str(found["summary"])
        return f"{found['dataset']}: " + ", ".join(each["statement"] for each in found["broken"][:10])


def _states(task: Any, known: dict[str, Any], ti: Any) -> Iterator[tuple[str, str]]:
    """Yield the state of a task, or of a mapped one that of each instance, which Airflow calls task_0, task_1."""
    task_id = task.task_id
    if known.get(task_id) is not None:
        yield task_id, str(known[task_id])
        return
    if not task.is_mapped and task.get_closest_mapped_task_group() is None:
        return  # another task may be called so
    for name, state in known.items():
        if match := re.fullmatch(rf"{re.escape(task_id)}_(\d+)", name):
            if name in task.dag.task_dict:  # of another task, or of this one: Airflow calls both so
                one = {"dag_id": ti.dag_id, "run_ids": [ti.run_id], "task_ids": [task_id], "map_index": int(match[1])}
                if not ti.get_ti_count(**one):
                    continue
                state = "failed" if ti.get_ti_count(**one, states=["failed"]) else "success"
            yield f"{task_id}[{match[1]}]", str(state)
