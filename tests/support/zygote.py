"""A process that has imported everything, and forks a child for each publish: children start at once, and are killed.

One JSON line a publish comes in: {target, source, mode, where, pause, mutant}. Out come, a line each: `pid N`, the name
of each step as it begins, `paused` where the child waits to be killed, and `exit STATUS`.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

import duckdb  # noqa: F401 - a child has no time to import it
import psycopg  # noqa: F401
from headgate import publishing
from headgate.gate import publish
from headgate.places.parquet.publisher import ParquetPublisher
from headgate.places.parquet.store import LocalStore
from headgate.places.postgres.publisher import PostgresPublisher  # noqa: F401 - as above
from headgate.publishing import commit

from tests.support.contracts import load, odcs

THINGS = load(
    odcs(
        {
            "name": "things",
            "properties": [
                {"name": "id", "logicalType": "integer", "primaryKey": True},
                {"name": "amount", "logicalType": "integer", "logicalTypeOptions": {"minimum": 0}},
            ],
        },
        settings={"onBreach": "quarantine", "maxQuarantinePercent": 100, "extraColumns": "ignore"},
    )
)["things"]
# What is killed in: where each step is, in their order, and what a person calls it.
STEPS: dict[tuple[Any, str], str] = {
    (publishing, "set_aside"): "quarantining",
    (commit, "prune"): "taking rows out of the stage",
    (commit, "write_data"): "writing data",
    (commit, "write_quarantine"): "writing quarantine",
    (commit, "write_record"): "writing record",
    (ParquetPublisher, "write_files"): "writing files",
    (LocalStore, "point"): "pointing",
    (publishing, "discard"): "cleaning up",
}


class Child:
    """What a forked process does."""

    def __init__(self, pause: str | None) -> None:
        self.pause = pause
        self.said = ""

    def say(self, step: str) -> None:
        if step == self.said:
            return
        self.said = step
        os.write(1, f"{step}\n".encode())
        if step == self.pause:
            os.write(1, b"paused\n")
            time.sleep(600)

    def announce(self, owner: Any, name: str) -> None:
        original = getattr(owner, name)

        def method(*args: Any, **kwargs: Any) -> Any:
            if self.said:
                self.say(STEPS[owner, name])
            return original(*args, **kwargs)

        setattr(owner, name, method)


def commit_before_the_quarantine() -> None:
    """The mutation of a database: the transaction is not one."""
    original = commit.write_quarantine

    def method(sql: Any, *args: Any, **kwargs: Any) -> None:
        plain = getattr(sql.connection, "pgconn", None)
        for statement in ("COMMIT", "BEGIN"):
            plain.exec_(statement.encode()) if plain else sql.run(statement)
        original(sql, *args, **kwargs)

    commit.write_quarantine = method


def point_in_place() -> None:
    """The mutation of a folder: the pointer is written where it is read, and takes its time."""

    def rename(self: Any, aside: Any, target: Any) -> None:
        text = aside.read_bytes()
        with target.open("wb") as file:
            for at in range(0, len(text), 64):
                file.write(text[at : at + 64])
                file.flush()
                time.sleep(0.02)

    LocalStore.rename = rename  # type: ignore[method-assign]


MUTANTS = {"commit": commit_before_the_quarantine, "pointer": point_in_place}


def live(order: dict[str, Any]) -> None:
    """The life of a child."""
    os.write(1, f"pid {os.getpid()}\n".encode())
    child = Child(order.get("pause"))
    if order.get("mutant"):
        MUTANTS[order["mutant"]]()
    for owner, name in STEPS:
        child.announce(owner, name)
    publish(
        THINGS,
        order["source"],
        order["target"],
        run_key="today",
        mode=order["mode"],
        where=order["where"],
        progress=child.say,
    )


def main() -> None:
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if not pid:
            status = 1
            try:
                live(order)
                status = 0
            finally:
                sys.stderr.flush()
                os._exit(status)
        _, status = os.waitpid(pid, 0)
        os.write(1, f"exit {status}\n".encode())


if __name__ == "__main__":
    main()
