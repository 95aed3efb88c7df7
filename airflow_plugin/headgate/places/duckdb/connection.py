"""Connections to DuckDB databases."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb

from headgate.errors import CallError, DataNotFoundError, TransientError
from headgate.places.duckdb.errors import duckdb_errors
from headgate.places.duckdb.interrupt import interruptible
from headgate.places.duckdb.memory import bounded

IN_MEMORY = ":memory:"
LOCK_TIMEOUT_S = 30.0


@contextlib.contextmanager
def opened(database: str, *, write: bool) -> Iterator[duckdb.DuckDBPyConnection]:
    path = Path(database)
    if database != IN_MEMORY:
        if not write and not path.exists():
            raise DataNotFoundError(f"{database}: DuckDB database not found")
        if write:
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise CallError(f"{database}: its folder cannot be made: {error.strerror}") from None
    connection = _connected(database, write=write)
    try:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("SET enable_progress_bar = false")  # it would clutter output and logs
        with bounded(connection, little=database == IN_MEMORY or not write), interruptible(connection):
            yield connection
    finally:
        connection.close()


def _connected(database: str, *, write: bool) -> duckdb.DuckDBPyConnection:
    """Connect. One process has the file open for writing, or several for reading; a writer waits for its turn."""
    end = time.monotonic() + (LOCK_TIMEOUT_S if write else 0)
    while True:
        try:
            with duckdb_errors(database):
                return duckdb.connect(database, read_only=not write)
        except TransientError as error:
            if "lock" not in str(error) or time.monotonic() > end:
                raise
        time.sleep(0.1)
