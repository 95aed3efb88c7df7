"""What stands beside a DAG, a run of it and a task in Airflow: their gates."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from headgate.history import survey
from headgate.history.dags import TaskRun, task_run_of
from headgate.history.views import RunLine
from headgate.page.ask import Ask, NotShownError
from headgate.page.document import document
from headgate.page.overview import Line, lines_of
from headgate.page.run import view_of
from headgate.page.state import VERDICTS, State

_RUNS = 30


@dataclass(frozen=True, slots=True)
class Gate:
    """A task that checks or publishes a dataset, with its last runs, the newest first."""

    task_id: str
    line: Line
    runs: tuple[RunLine, ...]

    @property
    def worst(self) -> RunLine:
        """The run with the worst verdict of the newest run of the DAG: a mapped task has one for each index."""
        last = task_run_of(self.runs[0].run_key)
        same = [run for run in self.runs if (task := task_run_of(run.run_key)) and last and task.run_id == last.run_id]
        order = ("breach", "unknown", "warn", "pass")
        return min(same or self.runs[:1], key=lambda run: order.index(run.verdict) if run.verdict in order else 1)

    @property
    def recent(self) -> str:
        return "".join(run.verdict[:1] for run in self.runs[:_RUNS][::-1])


def dag(ask: Ask) -> str:
    """Return the gates of a DAG: parameter `dag_id`."""
    dag_id = _dag_id(ask)
    return document(ask, "dag.html", dag_id=dag_id, run_id="", gates=_gates(ask, dag_id))


def dag_run(ask: Ask) -> str:
    """Return the gates of a run of a DAG: parameters `dag_id` and `run_id`."""
    dag_id, run_id = _dag_id(ask), ask.query.get("run_id", "")
    if not run_id:
        raise NotShownError("this run was not found")
    return document(ask, "dag.html", dag_id=dag_id, run_id=run_id, gates=_gates(ask, dag_id, run_id))


def task_instance(ask: Ask) -> str:
    """Return what a run of a task found: parameters `dag_id`, `run_id`, `task_id` and `map_index`, which is left as it
    is where the task is not mapped."""
    dag_id, run_id, task_id = _dag_id(ask), ask.query.get("run_id", ""), ask.query.get("task_id", "")
    index = ask.query.get("map_index", "")
    ids = [line.standing.id for line in _of(ask, dag_id) if line.standing]
    found = survey.runs_of_dag(ask.store, dag_id, run_id=run_id, task_id=task_id, ids=ids)
    task = TaskRun(dag_id, task_id, run_id, index if index.isdecimal() else "")
    views = [view_of(ask, *each) for each in survey.run_of_task(found, task)]
    return document(ask, "task.html", views=views, task=task)


def _dag_id(ask: Ask) -> str:
    dag_id = ask.query.get("dag_id", "")
    if not dag_id or not ask.scope.sees(dag_id):
        raise NotShownError("this DAG was not found")
    return dag_id


def _of(ask: Ask, dag_id: str) -> tuple[Line, ...]:
    return lines_of(ask, survey.datasets_of_dag(ask.store, dag_id))


def _gates(ask: Ask, dag_id: str, run_id: str = "") -> list[Gate]:
    lines = {line.standing.id: line for line in _of(ask, dag_id) if line.standing}
    found: defaultdict[tuple[str, int], list[RunLine]] = defaultdict(list)
    for dataset_id, run in survey.runs_of_dag(ask.store, dag_id, run_id=run_id, ids=lines):
        if (task := task_run_of(run.run_key)) is not None:
            found[task.task_id, dataset_id].append(run)
    gates = [Gate(task_id, lines[id_], tuple(runs)) for (task_id, id_), runs in found.items()]
    return sorted(gates, key=lambda each: (VERDICTS.get(each.worst.verdict, State.UNKNOWN).rank, each.task_id))
