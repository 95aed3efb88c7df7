"""The databases that a dbt project of the tests builds in."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import psycopg2


@dataclass(frozen=True)
class Warehouse:
    """Where a dbt project builds: its `target`, and what that needs in the environment."""

    target: str
    environment: dict[str, str]
    execute: Callable[..., list[tuple[Any, ...]]]


def on_duckdb(project: Path) -> Warehouse:
    """The project's DuckDB file. Other versions of dbt bring an older DuckDB, which must be able to read it."""
    file = project / "warehouse.duckdb"

    def execute(*statements: str) -> list[tuple[Any, ...]]:
        with duckdb.connect() as connection:
            as_old = "" if file.exists() else "(STORAGE_VERSION 'v1.4.0')"
            connection.execute(f"ATTACH '{file}' AS warehouse {as_old}; USE warehouse.main")
            return [row for statement in statements for row in connection.execute(statement).fetchall()]

    return Warehouse("duckdb", {}, execute)


def on_postgres(port: int) -> Warehouse:
    """The tests' PostgreSQL server, with an empty schema `main`."""

    def execute(*statements: str) -> list[tuple[Any, ...]]:
        connection = psycopg2.connect(host="127.0.0.1", port=port, user="headgate", dbname="postgres")
        rows = []
        with contextlib.closing(connection), connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
                rows += cursor.fetchall() if cursor.description else []
        return rows

    execute("DROP SCHEMA IF EXISTS main CASCADE", "CREATE SCHEMA main")
    return Warehouse("postgres", {"TRIAL_PORT": str(port)}, execute)
