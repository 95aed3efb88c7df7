"""RE2, the syntax of every pattern in a contract: no pattern takes exponential time. DuckDB uses RE2 itself."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MAX_LENGTH = 2_000


@functools.lru_cache(maxsize=512)
def wrong_pattern(pattern: str) -> str | None:
    """Return why `pattern` is not an RE2 pattern; None if it is one."""
    import duckdb

    if len(pattern) > MAX_LENGTH:
        return f"it is longer than {MAX_LENGTH:,} characters"
    try:
        with _engine(os.getpid(), duckdb.connect).cursor() as connection:
            connection.execute("SELECT regexp_matches(v, ?) FROM (VALUES ('')) AS t(v)", [pattern]).fetchall()
    except duckdb.Error as error:
        return str(error).partition(": ")[2].partition("\n")[0][:120]
    return None


@functools.cache
def _engine(process: int, connect: Callable[..., DuckDBPyConnection]) -> DuckDBPyConnection:
    """Return the engine of this process: an engine does not survive a fork."""
    return connect(config={"threads": 1})
