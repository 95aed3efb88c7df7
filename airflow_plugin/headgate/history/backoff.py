"""When a server that failed is tried again: kept in a file, for all processes."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from pathlib import Path

from headgate.history import files

FIRST_SECONDS, MOST_SECONDS = 30.0, 600.0


def pause_after(failures: int) -> float:
    """Return for how many seconds nobody tries after a failure, before which there were `failures` in a row."""
    return min(MOST_SECONDS, FIRST_SECONDS * 2.0 ** min(failures, 10))


@dataclass(frozen=True, slots=True)
class Backoff:
    """`failures` in a row, the last `error`, and `next_try` (seconds since 1970): nobody tries before, of himself.

    `doubts`: how often the server failed at an entry and then took another.
    """

    failures: int = 0
    next_try: float = 0.0
    error: str = ""
    doubts: dict[str, int] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Backoff:
        found = files.read(path)
        try:
            next_try, doubts = float(found.get("next_try", 0)), dict(found.get("doubts", {}))
            return cls(int(found.get("failures", 0)), next_try, str(found.get("error", "")), doubts)
        except (TypeError, ValueError):
            return cls()

    def write(self, path: Path) -> None:
        told = {"failures": self.failures, "next_try": self.next_try, "error": self.error, "doubts": self.doubts}
        files.write(path, json.dumps(told))

    def holds(self) -> bool:
        # A clock that was set back must not make it hold for longer than it can.
        return 0 < self.next_try - time.time() <= MOST_SECONDS

    def after_failure(self, error: str, doubts: dict[str, int]) -> Backoff:
        return Backoff(self.failures + 1, time.time() + pause_after(self.failures), error, doubts)
