"""Rows in quarantine: a line for each run that put some there, never one for each row."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from dataclasses import dataclass

from headgate.history import survey
from headgate.history.dags import TaskRun, task_run_of
from headgate.history.views import DatasetName, QuarantineLine
from headgate.page.ask import Ask
from headgate.page.document import document
from headgate.page.overview import seen_ids, sees


@dataclass(frozen=True, slots=True)
class Batch:
    """The rows that a run quarantined: of which dataset, by which task, None outside of Airflow. `contract` is the
    dataset as a command takes it."""

    line: QuarantineLine
    about: DatasetName
    task: TaskRun | None
    contract: str

    @property
    def command(self) -> str:
        """The command that shows the rows."""
        return f"headgate quarantine show {self.contract} --run-key {shlex.quote(self.line.run.run_key)}"


def quarantine(ask: Ask) -> str:
    """Return the page of all quarantined rows."""
    found = survey.quarantined(ask.store, ask.now, seen_ids(ask))
    return document(ask, "quarantine.html", waiting=waiting(ask, found), done=_batches(ask, found, waits=False))


def waiting(ask: Ask, lines: Iterable[QuarantineLine]) -> tuple[Batch, ...]:
    """Return what waits for a person, the newest first, of what `ask` may see."""
    return _batches(ask, lines, waits=True)


def _batches(ask: Ask, lines: Iterable[QuarantineLine], *, waits: bool) -> tuple[Batch, ...]:
    chosen = [line for line in lines if (line.done is None) is waits]
    dags = survey.dags(ask.store, {line.dataset for line in chosen})
    chosen = [line for line in chosen if sees(ask, dags.get(line.dataset, frozenset()))]
    tasks = {line.run.id: task_run_of(line.run.run_key) for line in chosen}
    chosen = [line for line in chosen if ask.scope.sees(task.dag_id if (task := tasks[line.run.id]) else None)]
    names = survey.names(ask.store, {line.dataset for line in chosen})
    return tuple(
        Batch(line, (about := names[line.dataset]), tasks[line.run.id], ask.command_for(about.contract, about.dataset))
        for line in chosen
    )
