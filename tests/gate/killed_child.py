"""A process that publishes, says each step as it begins, and may be killed at any moment.

Usage: killed_child.py DATABASE SOURCE RUN_KEY [mutant]; the mutant commits between data and quarantine.
"""

from __future__ import annotations

import sys
from typing import Any

from contracts import dataset
from headgate.gate import publish
from headgate.places.duckdb.publisher import DuckDBPublisher

THINGS = dataset(
    {"name": "id", "logicalType": "integer", "required": True},
    {"name": "amount", "logicalType": "integer", "logicalTypeOptions": {"minimum": 0}},
    settings={"onBreach": "quarantine", "maxQuarantinePercent": 100, "extraColumns": "ignore"},
)


SAID: list[str] = []


def say(step: str) -> None:
    SAID.append(step)
    print(step, flush=True)


def announced(name: str, step: str, after: str = "staging") -> None:
    original = getattr(DuckDBPublisher, name)

    def method(self: DuckDBPublisher, *args: Any, **kwargs: Any) -> Any:
        if after in SAID:
            say(step)
        return original(self, *args, **kwargs)

    setattr(DuckDBPublisher, name, method)


def commit_before_the_quarantine() -> None:
    original = DuckDBPublisher.write_quarantine

    def method(self: DuckDBPublisher, *args: Any, **kwargs: Any) -> None:
        self.rows("COMMIT")
        self.rows("BEGIN TRANSACTION")
        original(self, *args, **kwargs)

    DuckDBPublisher.write_quarantine = method  # type: ignore[method-assign]


def main(database: str, source: str, run_key: str, *mutant: str) -> None:
    if mutant:
        commit_before_the_quarantine()
    announced("write_data", "writing data")
    announced("write_quarantine", "writing quarantine")
    announced("write_record", "writing record and committing")
    announced("discard", "cleaning up", after="writing record and committing")
    publish(THINGS, source, f"{database}#shop.things", run_key=run_key, progress=say)


if __name__ == "__main__":
    main(*sys.argv[1:])
