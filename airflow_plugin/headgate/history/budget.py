"""The time for which a task may be held up by what is told of it: history first, then lineage."""

from __future__ import annotations

import time

# A task is held up for no longer by both.
TASK_SECONDS = 2.0
# So long does the history hold up a run.
HISTORY_SECONDS = 1.0
# A process that lives on may spend as much again after so long.
RENEWAL_SECONDS = 600.0


class Budget:
    """What was spent of an allowance in this process; a fork goes on with what its parent had spent."""

    def __init__(self) -> None:
        self._began = self._spent = 0.0

    def add(self, seconds: float) -> None:
        self._renew()
        self._spent += seconds

    @property
    def spent(self) -> float:
        self._renew()
        return self._spent

    def _renew(self) -> None:
        if (now := time.monotonic()) - self._began > RENEWAL_SECONDS:
            self._began, self._spent = now, 0.0


history_budget = Budget()
