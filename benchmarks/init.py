"""CPU of drafting a contract from a Parquet file of 1,000,000 orders, beside the least that reading it must cost.

The floor is one SELECT that looks at every cell: count and max of each column, of texts the longest. Both run in this
process, in turn, everything imported; what is compared is CPU seconds of the process over all its threads.
`python benchmarks/init.py [FILE.parquet]`
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

ROUNDS = 9
ROWS = 1_000_000
# Thirteen columns: keys, codes, lists, quantities, moments, free text; what a table of orders has.
ORDERS = """
    SELECT i AS order_id,
        (hash(i) % 200000)::BIGINT AS customer_id,
        'user' || (hash(i + 1) % 300000) || '@example.com' AS email,
        'SKU-' || lpad((hash(i + 2) % 50000)::VARCHAR, 6, '0') AS sku,
        ['paid', 'open', 'shipped', 'returned', 'cancelled'][1 + (hash(i + 3) % 5)::INT] AS status,
        ['EUR', 'USD', 'GBP', 'CHF', 'SEK'][1 + (hash(i + 4) % 5)::INT] AS currency,
        ['DE', 'FR', 'IT', 'ES', 'NL', 'SE', 'US', 'GB'][1 + (hash(i + 5) % 8)::INT] AS country,
        (1 + hash(i + 6) % 20)::INT AS quantity,
        ((hash(i + 7) % 100000) / 100.0)::DOUBLE AS unit_price,
        ((hash(i + 8) % 1000000) / 100)::DECIMAL(12, 2) AS amount,
        TIMESTAMPTZ '2024-01-01 00:00:00Z' + to_seconds(i) AS ordered_at,
        (TIMESTAMP '2024-01-01' + to_seconds(i + (hash(i + 9) % 864000)::BIGINT))::DATE AS shipped_on,
        CASE WHEN hash(i + 10) % 10 = 0 THEN 'leave it at the door ' || (hash(i + 11) % 1000) END AS note
    FROM range({rows}) t(i)
"""


def make(path: Path, rows: int = ROWS) -> Path:
    """A Parquet file of orders."""
    with duckdb.connect() as connection:
        connection.execute(f"COPY ({ORDERS.format(rows=rows)}) TO '{path}' (FORMAT parquet)")
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
