"""What a peer is asked and what it says: the command line in, one line of JSON out."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, TypeVar

from benchmarks.checks.thirty import THIRTY, Check

T = TypeVar("T")


@dataclass(frozen=True)
class Asked:
    """Where the orders are, by place: table: a DuckDB database; Parquet: files of orders and customers; PostgreSQL: a
    server's socket folder as host, and a database. And a folder of one's own, which is kept from run to run."""

    place: Literal["table", "Parquet", "PostgreSQL"]
    folder: str
    database: str = ""
    host: str = ""
    orders: str = ""
    customers: str = ""

    @property
    def checks(self) -> tuple[Check, ...]:
        return THIRTY


def asked() -> Asked:
    return Asked(**json.loads(sys.argv[1]))


def timed(call: Callable[[], T]) -> tuple[float, T]:
    """CPU seconds of this process over all threads, and what the call returned."""
    begun = time.process_time()
    made = call()
    return time.process_time() - begun, made


def say(cpu: float, answered: Iterable[str], failed: Iterable[str]) -> None:
    """CPU seconds of the check alone; the names of the checks that were answered, and of those that failed."""
    print(json.dumps({"cpu": cpu, "answered": sorted(answered), "failed": sorted(failed)}))
