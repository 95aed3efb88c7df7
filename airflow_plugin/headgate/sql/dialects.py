"""The SQL dialects (sqlglot's) of ODCS's server types."""

from __future__ import annotations

from collections.abc import Iterable

# Server types that are called otherwise than their dialect; "" has none of its own.
_RENAMED = {
    "postgresql": "postgres",
    "cloudsql": "postgres",
    "sqlserver": "tsql",
    "synapse": "tsql",
    "impala": "hive",
    "glue": "athena",
    "denodo": "",
    "kafka": "",
}
_SAME = (
    "athena", "bigquery", "clickhouse", "databricks", "duckdb", "hive", "mysql", "oracle", "postgres", "presto",
    "redshift", "snowflake", "trino",
)  # fmt: skip
DIALECTS = _RENAMED | {name: name for name in _SAME}


def dialect_of(server_types: Iterable[str]) -> str:
    """Return the dialect of a contract's queries: that of its servers if they share one, else DuckDB's."""
    shared = {DIALECTS.get(kind, "") for kind in server_types}
    return (shared.pop() if len(shared) == 1 else "") or "duckdb"
