"""A database of its own for a test, and its URLs."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import sql

# What DuckDB calls otherwise.
_TYPES = {"DOUBLE": "DOUBLE PRECISION"}


@dataclass(frozen=True)
class Database:
    """A schema of the tests' server."""

    server: str
    schema: str
    user: str = "headgate"
    password: str = ""

    @classmethod
    def new(cls, server: str) -> Database:
        made = cls(server, f"t{uuid.uuid4().hex[:12]}")
        made.run(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(made.schema)))
        return made

    @property
    def server_url(self) -> str:
        secret = f":{quote(self.password, safe='')}" if self.password else ""
        return f"postgresql://{self.user}{secret}@/postgres?host={quote(self.server, safe='')}"

    def url(self, table: str) -> str:
        return f"{self.server_url}#{self.schema}.{table}"

    def run(self, *statements: str | sql.Composable, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of the last statement; unqualified names are of this schema."""
        with psycopg.connect(host=self.server, user="headgate", dbname="postgres", autocommit=True) as connection:
            connection.execute(sql.SQL("SET search_path = {}").format(sql.Identifier(self.schema)))
            for statement in statements:
                cursor = connection.execute(statement, values or None)  # type: ignore[call-overload]
            return cursor.fetchall() if cursor.description else []

    def fill(self, table: str, columns: Mapping[str, tuple[str, Iterable[Any]]]) -> None:
        """A table with DuckDB's types and these values."""
        named = [sql.SQL("{} {}").format(sql.Identifier(n), sql.SQL(_TYPES.get(k, k))) for n, (k, _) in columns.items()]
        self.run(sql.SQL("CREATE TABLE {} ({})").format(sql.Identifier(table), sql.SQL(", ").join(named)))
        places = sql.SQL(", ").join([sql.Placeholder()] * len(named))
        for row in zip(*(values for _, values in columns.values())):
            self.run(sql.SQL("INSERT INTO {} VALUES ({})").format(sql.Identifier(table), places), values=row)

    def drop(self) -> None:
        self.run(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(self.schema)))
