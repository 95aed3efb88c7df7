"""How much memory DuckDB may use: little at first, since nearly every check needs little, then as much as is allowed.

Beyond that, DuckDB spills to a folder of its own, which is removed with the connection.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from headgate.errors import ConfigurationError

VARIABLE = "HEADGATE_MEMORY_LIMIT"
_MOST = "1GB"
# What is read is kept in memory up to the limit, whether it is needed again or not.
_LITTLE = "64MB"


@contextmanager
def bounded(connection: duckdb.DuckDBPyConnection, *, little: bool) -> Iterator[None]:
    """Limit the memory of `connection`, and give it a folder to spill to.

    Raises:
        CallError: HEADGATE_MEMORY_LIMIT is not a valid amount of memory.
    """
    folder = Path(tempfile.gettempdir()) / f"headgate-{uuid.uuid4().hex}"
    connection.execute(f"SET temp_directory = '{str(folder).replace(chr(39), chr(39) * 2)}'")
    allow_all(connection)
    if little:
        connection.execute(f"SET memory_limit = '{_LITTLE}'")
    try:
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def allow_all(connection: duckdb.DuckDBPyConnection) -> None:
    """Allow as much memory from now on as HEADGATE_MEMORY_LIMIT says, or 1 GB if it is not set."""
    limit = os.environ.get(VARIABLE) or _MOST
    try:
        connection.execute("SET memory_limit = ?", [limit])
    except duckdb.Error:
        raise ConfigurationError(
            f"{VARIABLE}: '{limit}' is not a valid amount of memory; expected a value such as 1GB or 500MB"
        ) from None
