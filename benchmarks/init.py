"""CPU of drafting a contract from a Parquet file of 1,000,000 orders, beside the least that reading it must cost.

The floor is one SELECT that looks at every cell: count and max of each column, of texts the longest. Both run in this
process, in turn, everything imported; what is compared is CPU seconds of the process over all its threads.
`python -m benchmarks.init [FILE.parquet]`
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
from headgate import draft_contract

from benchmarks.checks.data import Variant, select

ROUNDS = 9
ROWS = 1_000_000


def make(path: Path, rows: int = ROWS) -> Path:
    """A Parquet file of orders."""
    with duckdb.connect() as connection:
        connection.execute("SET enable_progress_bar = false")
        connection.execute(f"COPY ({select(Variant(rows))}) TO '{path}' (FORMAT parquet)")
    return path


def floor(path: Path) -> Callable[[], object]:
    with duckdb.connect() as connection:
        described = connection.execute(f"DESCRIBE SELECT * FROM '{path}'").fetchall()
    parts = [f'count("{n}"), max({f"strlen({n})" if kind == "VARCHAR" else n})' for n, kind, *_ in described]

    def read() -> object:
        with duckdb.connect() as connection:
            return connection.execute(f"SELECT count(*), {', '.join(parts)} FROM '{path}'").fetchall()

    return read


def cpu(call: Callable[[], object]) -> float:
    begun = time.process_time()
    call()
    return time.process_time() - begun


def measure(path: Path, rounds: int = ROUNDS) -> dict[str, list[float]]:
    """CPU seconds of each round, the first left out: it imports and warms the caches."""
    calls = {"one SELECT over all cells": floor(path), "draft_contract": lambda: str(draft_contract(path))}
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    for round_number in range(rounds + 1):
        for name, call in calls.items():
            spent = cpu(call)
            if round_number:
                seconds[name].append(spent)
    return seconds


def main(*arguments: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(arguments[0]) if arguments else make(Path(folder) / "orders.parquet")
        seconds = measure(path)
    least, own = (statistics.median(values) for values in seconds.values())
    print(f"{ROUNDS} rounds, CPU seconds in process")
    for name, values in seconds.items():
        print(
            f"{name:<28}{min(values):>8.3f}{statistics.median(values):>8.3f}{statistics.median(values) / least:>8.2f}"
        )
    print(f"ratio {own / least:.2f} (at most 4)")


if __name__ == "__main__":
    main(*sys.argv[1:])
