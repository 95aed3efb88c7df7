"""The floor: a bare scan of the needed columns, one SELECT that looks at every cell of them and says nothing of checks.

Columns as they are: of texts the longest, of all else the largest; with a text among them no platform answers it from
statistics. Opening the database is not counted, so that a check, which has to, has the harder part.
"""

from __future__ import annotations

import time
from pathlib import Path

import duckdb

from benchmarks.checks.thirty import COLUMNS, TEXTS


def _select(length: str, source: str) -> str:
    parts = (f"max({f'{length}({column})' if column in TEXTS else column})" for column in COLUMNS)
    return f"SELECT count(*), {', '.join(parts)} FROM {source}"


def _seconds(connection: duckdb.DuckDBPyConnection, query: str) -> float:
    begun = time.process_time()
    connection.execute(query).fetchall()
    return time.process_time() - begun


def on_table(database: Path) -> float:
    """CPU seconds."""
    with duckdb.connect(database, read_only=True) as connection:
        return _seconds(connection, _select("strlen", "orders"))


def on_parquet(file: Path) -> float:
    """CPU seconds."""
    with duckdb.connect() as connection:
        return _seconds(connection, _select("strlen", f"read_parquet('{file}')"))


def on_postgres(url: str) -> None:
    """What the server spends on it is for the caller to see."""
    import psycopg

    with psycopg.connect(url) as connection:
        connection.execute(_select("octet_length", "orders")).fetchall()
