"""The time for which a task may be held up by what is told of it: history first, then messages, then lineage."""

from __future__ import annotations

import time

# A task is held up for no longer by all of them.
TASK_SECONDS = 2.0
# So long does the history hold up a run.
HISTORY_SECONDS = 1.0
# So long do messages about incidents, if that much is left.
OUTBOX_SECONDS = 1.0
# What they leave to lineage: the start of the task, and the least that its end needs.
LINEAGE_SECONDS = 1.2
# A process that lives on may spend as much again after so long.
RENEWAL_SECONDS = 600.0


class Budget:
    """What history and messages have spent in this process; a fork goes on with what its parent had spent."""

    def __init__(self) -> None:
        self._began = self._spent = 0.0
        self._task = ""

    def begin(self, task: str) -> None:
        """Begin anew if `task` is another one than the last: `dag.test()` runs all of a DAG in one process."""
        if task != self._task:
            self._task, self._began, self._spent = task, time.monotonic(), 0.0

    def add(self, seconds: float) -> None:
        self._renew()
        self._spent += seconds

    @property
    def spent(self) -> float:
        self._renew()
        return self._spent

    def for_outbox(self, lineage: float) -> float:
        """Return how many seconds messages may take now, where so many are kept for lineage; less than none where
        nothing is left."""
        return min(OUTBOX_SECONDS, TASK_SECONDS - lineage - self.spent)

    def _renew(self) -> None:
        if (now := time.monotonic()) - self._began > RENEWAL_SECONDS:
            self._began, self._spent = now, 0.0


history_budget = Budget()
