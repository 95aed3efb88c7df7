"""How many statements a publish of four rows sends: counted by DuckDB's parser, and by PostgreSQL's own log."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest
from headgate.gate import publish
from headgate.report import Run

from tests.support.postgres_server import server
from tests.support.warehouse import Warehouse, things

ROWS, BAD = ("a,1", "b,2", "c,3", "d,4"), ("a,1", "b,2", "c,3", "d,-4")
# What is published; the most statements on DuckDB; on PostgreSQL, where headgate 0.1 sent 175, 182 and 284.
PUBLISHES: list[tuple[str, tuple[str, ...], int, int]] = [
    ("a new table", ROWS, 30, 88),
    ("the same again", ROWS, 30, 91),
    ("a bad row is quarantined", BAD, 40, 142),
]


class Counting:
    """A connection of DuckDB that hands on every call, and counts the statements in it."""

    def __init__(self, connection: Any, seen: list[str]) -> None:
        self._connection, self._seen = connection, seen

    def execute(self, query: str, *args: Any, **kwargs: Any) -> Any:
        self._seen.extend(statement.query for statement in duckdb.extract_statements(query))
        return self._connection.execute(query, *args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


def test_duckdb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    connect = duckdb.connect
    monkeypatch.setattr(duckdb, "connect", lambda *args, **kwargs: Counting(connect(*args, **kwargs), seen))
    warehouse = Warehouse(tmp_path)
    for what, rows, most, _ in PUBLISHES:
        seen.clear()
        publish(things("quarantine"), warehouse.source(*rows), warehouse.target, run=Run(what))
        assert len(seen) <= most, (what, seen)
        described = [query for query in seen if query.startswith("DESCRIBE") and "__headgate_stage" in query]
        assert len(described) == 1, (what, described)


@pytest.fixture
def logged(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A server that writes every statement into its log."""
    with server() as folder:
        with psycopg.connect(f"postgresql://headgate@/postgres?host={folder}", autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET log_statement = 'all'")
            connection.execute("SELECT pg_reload_conf()")
        yield folder, Path(folder) / "log"


def test_postgresql(logged: tuple[str, Path], tmp_path: Path) -> None:
    folder, log = logged
    target = f"postgresql://headgate@/postgres?host={folder.replace('/', '%2F')}#shop.things"
    warehouse, before = Warehouse(tmp_path), 0
    for what, rows, _, most in PUBLISHES:
        publish(things("quarantine"), warehouse.source(*rows), target, run=Run(what))
        lines = log.read_text(encoding="utf-8").splitlines()
        sent = [line for line in lines[before:] if " LOG:  statement: " in line or " LOG:  execute " in line]
        before = len(lines)
        assert 20 < len(sent) <= most, (what, len(sent))
