"""Staging in PostgreSQL: rows in the types that the contract or the target wants, where that changes no value.

A value that does not fit its type becomes NULL, and its text is kept in a hidden column (`raw_name`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import psycopg
from sqlglot import exp

from headgate.checks import Column, raw_name
from headgate.errors import CallError
from headgate.places.postgres.conversions import NEVER, misfit
from headgate.places.postgres.copy import Carried, careful, carried, load, together
from headgate.places.postgres.errors import postgres_errors
from headgate.places.postgres.preflight import LONGEST_NAME
from headgate.places.postgres.session import QUERY_TIMEOUT_S, Postgres
from headgate.sql.names import RAW
from headgate.sql.quote import ident, text

if TYPE_CHECKING:
    from headgate.places.duckdb.session import DuckDB

# The items of a JSON array.
_ITEMS = (
    "(SELECT coalesce(array_agg(e ORDER BY n), '{}') "
    "FROM jsonb_array_elements_text(CAST($1 AS jsonb)) WITH ORDINALITY AS item(e, n))"
)
_SYSTEM = ("ctid", "xmin", "xmax", "cmin", "cmax", "tableoid")


@dataclass(frozen=True, slots=True)
class _Given:
    """A source column: `type` is its type in PostgreSQL, `column` the source's own, `usual` its type if no other is
    wanted. `shown` is the expression that replaces it in the stage."""

    column: Column
    type: str
    usual: str
    shown: str | None = None

    @property
    def name(self) -> str:
        return self.column.name


class Staging:
    """How the rows of one source are loaded into the table `stage`.

    Args:
        wanted: the columns whose types a contract watches over, with the types that it wants, where it says so.
        held: the types of the target's columns, by their names in lower case.
    """

    def __init__(
        self, session: Postgres, stage: str, wanted: Mapping[str, str | None], held: Mapping[str, str]
    ) -> None:
        self._session = session
        self._stage = stage
        self._wanted = wanted
        self._held = held
        self._functions: dict[tuple[str, bool], str] = {}

    def of_query(self, query: exp.Select, name: str) -> None:
        """Stage the rows of a query of this session."""
        columns = self._session.view(query, name).columns
        _nameable([c.name for c in columns], name)
        rows = f"({self._session.sql(query)})"
        self._make(rows, [_Given(c, c.type, c.type) for c in columns])

    def of_duckdb(self, reader: DuckDB, query: exp.Select, name: str) -> None:
        """Stage the rows of a DuckDB query: first with their own types; if PostgreSQL cannot hold all values, as texts
        that are then checked one by one."""
        columns = [carried(column) for column in reader.view(query, name).columns]
        _nameable([c.column.name for c in columns], name)
        with postgres_errors(name, seconds=QUERY_TIMEOUT_S, patient=True):
            try:
                self._load(reader, query, columns)
            except psycopg.DataError:
                self._load(reader, query, [careful(column) for column in columns])

    def _load(self, reader: DuckDB, query: exp.Select, columns: Sequence[Carried]) -> None:
        columns = together(columns)
        given = [_Given(c.column, c.type, c.wanted) for c in columns]
        kept = [raw_name(c.column.name) for c in columns if c.kept]
        straight = all(self._chosen(column) == column.type for column in given)
        table = self._stage if straight else f'{self._stage[:-1]}_load"'
        listed = [f"{ident(c.name)} {c.type}" for c in given] + [f"{ident(raw)} text" for raw in kept]

        def make() -> str:
            self._session.run(f"DROP TABLE IF EXISTS {table}")
            self._session.run(f"CREATE TEMPORARY TABLE {table.removeprefix('pg_temp.')} ({', '.join(listed)})")
            return table

        load(self._session.connection, reader, reader.sql(query), columns, make)
        if straight:
            self._session.run(f"ANALYZE {table}")
        else:
            self._make(table, given, kept)
            self._session.run(f"DROP TABLE {table}")

    def _make(self, rows: str, columns: Sequence[_Given], kept: Collection[str] = ()) -> None:
        """Create the stage from `rows`, which have these columns and the texts that are `kept` already."""
        kept = {*kept, *(c.name for c in columns if c.name.startswith(RAW))}
        visible = [c for c in columns if c.name not in kept]
        new: dict[str, str] = {}
        raw = {name: ident(name) for name in kept}
        for number, column in enumerate(visible):
            if (chosen := self._chosen(column)) == column.type:
                continue
            value, there = ident(column.name), f"__headgate_new_{number}"
            condition = misfit(value, column.type, chosen)
            if condition is None:
                new[there] = self._tried(value, column.type, chosen)
            else:
                new[there] = f"CASE WHEN ({condition}) IS NOT TRUE THEN CAST({value} AS {chosen}) END"
            hidden = raw_name(column.name)
            lost = f"CASE WHEN {value} IS NOT NULL AND {there} IS NULL THEN CAST({value} AS text) END"
            if condition != NEVER:
                raw[hidden] = f"coalesce({raw[hidden]}, {lost})" if hidden in raw else lost
            # A CASE and a function forget how long a type is.
            visible[number] = replace(column, shown=f"CAST({there} AS {chosen})")
        _nameable(list(raw), self._stage)
        shown = [f"{c.shown or ident(c.name)} AS {ident(c.name)}" for c in visible]
        shown += [f"{value} AS {ident(hidden)}" for hidden, value in raw.items()]
        added = "".join(f", {value} AS {there}" for there, value in new.items())
        self._session.make(
            self._stage, f"SELECT {', '.join(shown)} FROM (SELECT *{added} FROM {rows} AS given) AS staged"
        )

    def _chosen(self, column: _Given) -> str:
        """Return the type that a column is staged in: a type other than its own only if the values stay the same."""
        if column.name.startswith(RAW) or column.name not in self._wanted:
            return column.usual
        wanted, held = self._wanted[column.name], self._held.get(column.name.lower())
        if wanted is None and held and misfit(ident(column.name), column.usual, held) is None:
            wanted = held  # nothing else would come into the target
        if wanted is None or wanted == column.usual:
            return column.usual
        return wanted if self._session.typed(column.name, wanted).logical & column.column.logical else column.usual

    def _tried(self, value: str, given: str, wanted: str) -> str:
        """Return `value` in the type `wanted`, NULL where PostgreSQL refuses it."""
        listed = wanted.endswith("[]") and not given.endswith("[]")
        if (wanted, listed) not in self._functions:
            name = f"pg_temp.__headgate_try_{len(self._functions)}"
            body = f"DECLARE v {wanted}; BEGIN v := {_ITEMS if listed else '$1'}; RETURN v; " \
                   "EXCEPTION WHEN OTHERS THEN RETURN NULL; END"  # fmt: skip
            self._session.run(f"DROP FUNCTION IF EXISTS {name}(text)")
            self._session.run(f"CREATE FUNCTION {name}(text) RETURNS {wanted} STRICT LANGUAGE plpgsql AS {text(body)}")
            self._functions[wanted, listed] = name
        return f"{self._functions[wanted, listed]}(CAST({value} AS text))"


def _nameable(names: Sequence[str], source: str) -> None:
    for name in names:
        called = name.removeprefix(RAW)
        if len(name.encode()) > LONGEST_NAME:
            raise CallError(f"{source}: the column {called} has a name that is too long for PostgreSQL; shorten it")
        if name in _SYSTEM:
            raise CallError(f"{source}: the column '{name}' has a name that is taken in PostgreSQL; rename it")
