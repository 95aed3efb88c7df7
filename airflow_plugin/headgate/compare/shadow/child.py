"""The process of a candidate that is a function of Python: it knows the copies of the inputs, and nothing else.

It is run as a file, so that it imports nothing of headgate.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from typing import Any

import duckdb

INPUTS, OUTPUT, TABLE = "inputs.duckdb", "output.duckdb", "output"
FAILED = "headgate-failed: "


def run(module: str, name: str) -> None:
    """Call the function with the inputs, and keep what it returns."""
    function: Callable[[Mapping[str, Any]], Any] = getattr(importlib.import_module(module), name)
    with duckdb.connect(OUTPUT) as connection:
        connection.execute(f"ATTACH '{INPUTS}' AS inputs (READ_ONLY)")
        tables = connection.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'inputs'").fetchall()
        inputs = {table: connection.table(f'inputs."{table}"') for (table,) in tables}
        made = function(inputs)
        if isinstance(made, duckdb.DuckDBPyRelation):
            made.create(TABLE)
            return
        connection.register("__made", made)
        connection.execute(f"CREATE TABLE {TABLE} AS SELECT * FROM __made")


if __name__ == "__main__":
    sys.path = [path for path in sys.path[1:] if path]  # the folder of this file is none of the function's
    try:
        run(*sys.argv[1:])
    except BaseException as error:
        trace, line = error.__traceback__, 0
        while trace is not None:
            line, trace = trace.tb_lineno, trace.tb_next
        print(f"{FAILED}{type(error).__name__} in line {line}")  # noqa: T201 - what the run reads
        sys.exit(1)
