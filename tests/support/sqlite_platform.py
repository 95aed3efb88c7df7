"""A toy platform: SQLite, by sqlite3 and sqlglot. What it cannot say or hold is refused with a reason.

It shows what one more platform takes: a place, a session, a table of how it says the vocabulary, about fifteen
statements, one `Platform` value; no file of the package is edited for it.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import sqlglot
from headgate.checks import Column
from headgate.errors import CallError, TransientError
from headgate.naming import PlaceName
from headgate.places import Place, Platform, QueryError, Relation, Session, Statements, TableState, Target
from headgate.places.capabilities import Capabilities
from headgate.places.records import APPEND, REPLACE
from headgate.places.registry import open_place
from headgate.places.statements import TargetColumn, own_name
from headgate.sql.quote import ident, text
from headgate.sql.vocabulary import COMPARISONS, LOGIC, QUERIES, Dialect, UnsupportedError
from sqlglot import exp

_LOGICAL = {"BIGINT": {"integer", "number"}, "INTEGER": {"integer", "number"}, "DOUBLE": {"number"},
            "VARCHAR": {"string"}, "BOOLEAN": {"boolean"},
            "INT": {"integer", "number"}, "REAL": {"number"}, "TEXT": {"string"}}  # fmt: skip
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00")
SQLITE = Dialect(
    "sqlite",
    "SQLite",
    rewrites={exp.Cast: lambda node: _text_alone(node)},
    proven=frozenset((*LOGIC, *COMPARISONS, *QUERIES, exp.Count, exp.Column, exp.Identifier, exp.Literal, exp.Neg, exp.Length, exp.RegexpLike, exp.Cast, exp.DataType)),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SqliteTable:
    """A table of a SQLite file."""

    database: str
    name: str
    schema: str = "main"

    def __str__(self) -> str:
        return self.name

    @property
    def lineage(self) -> PlaceName:
        return PlaceName(f"sqlite://{Path(self.database).resolve()}", self.name, (self.name,))

    @property
    def quarantine(self) -> SqliteTable:
        return replace(self, name=f"{self.name}__quarantine")

    def beside(self, name: str) -> SqliteTable:
        return replace(self, name=name)

    def connect(self, *, write: bool = False, label: str = "") -> AbstractContextManager[Statements]:
        return open_place(self, write=write, label=label)


class Sqlite(Statements):
    """An open SQLite file; headgate's own tables are in a second one, which SQLite commits with the first."""

    can = Capabilities(modes=(REPLACE, APPEND))
    dialect = "sqlite"
    row_number = "rowid"
    as_text, as_document, as_list, as_moment = "VARCHAR", "VARCHAR", "VARCHAR", "VARCHAR"

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    # --- the session ---

    def sql(self, query: exp.Expr) -> str:
        return query.sql("sqlite")

    def rows(self, query: exp.Expr | str) -> list[tuple[Any, ...]]:
        found = self._executed(query if isinstance(query, str) else self.sql(query)).fetchall()
        return [tuple(map(_moment, row)) for row in found]

    def run(self, statement: str) -> int:
        return max(self._executed(statement).rowcount, 0)

    def _executed(self, statement: str) -> sqlite3.Cursor:
        try:
            return self.connection.execute(statement)
        except sqlite3.Error as error:
            raise QueryError(f"SQLite: {error}") from None

    def batches(self, query: exp.Expr, size: int) -> Iterator[list[tuple[Any, ...]]]:
        yield self.rows(query)

    def arrow(self, query: exp.Select) -> pa.RecordBatchReader:
        names = [column.name for column in self.view(query, "").columns]
        rows = [dict(zip(names, row, strict=True)) for row in self.rows(query)]
        return pa.Table.from_pylist(rows).to_reader()

    def untrusted(self, query: exp.Expr) -> list[tuple[Any, ...]]:
        raise QueryError("queries of a contract are not run on SQLite")

    def refuses(self, condition: Callable[[], exp.Expr]) -> str | None:
        return SQLITE.refuses(condition())

    def values(self, relation: Relation, columns: Sequence[str]) -> Any:
        return ()

    unique = held = lambda self, *args: ()
    conformed = make_schema = lambda self, *args: None

    def canonical(self, type_text: str) -> str | None:
        return type_text.upper() if type_text.upper() in _LOGICAL else None

    def read(self, place: Any) -> Relation:
        (state,) = self.states(place)
        if not state.exists:
            raise CallError(f"{place}: table not found")
        columns = tuple(held.column for held in state.columns.values())
        return Relation(exp.table_(place.name, db=place.schema, quoted=True), columns, str(place))

    def view(self, query: exp.Select, name: str) -> Relation:
        self.run("DROP VIEW IF EXISTS temp.described")
        self.run(f"CREATE TEMP VIEW described AS {self.sql(query)}")
        columns = tuple(held.column for held in self._columns("temp", "described").values())
        return Relation(query.subquery(), columns, name)

    keep = view

    def parsed(self, query: str) -> exp.Select:
        return sqlglot.parse_one(query, dialect="sqlite", into=exp.Select)

    @contextlib.contextmanager
    def transaction(self, target: Target) -> Iterator[None]:
        self.run("BEGIN IMMEDIATE")
        try:
            self.ledger(target).make()
            yield
        except BaseException:
            self.run("ROLLBACK")
            raise
        self.run("COMMIT")

    @contextlib.contextmanager
    def source(self, origin: Place) -> Iterator[tuple[Session, Relation]]:
        with origin.connect() as session:
            yield session, session.read(origin)

    # --- the words ---

    def literal(self, value: Any) -> str:
        return text(value.isoformat() if isinstance(value, datetime) else value)

    def columns_in(self, schema: str) -> list[tuple[Any, ...]]:
        return self.rows(
            f"SELECT m.name, p.name FROM {schema}.sqlite_master AS m, pragma_table_info(m.name, '{schema}') AS p"
        )

    def states(self, *tables: Target) -> list[TableState]:
        return [TableState(self._columns(table.schema, table.name)) for table in tables]

    def _columns(self, schema: str, table: str) -> dict[str, TargetColumn]:
        found = self.rows(f"SELECT name, upper(type) FROM pragma_table_info({text(table)}, {text(schema)})")
        return {n.lower(): TargetColumn(Column(n, kind, frozenset(_LOGICAL.get(kind, ())))) for n, kind in found}

    def stage(self, target: Target, query: exp.Select, reader: Session, run_key: str, name: str,
              types: Mapping[str, str | None], state: TableState) -> Relation:  # fmt: skip
        columns, rows = reader.view(query, name).columns, reader.arrow(query)
        table, kinds = self.part(target, "stage", run_key), {c.name: _kind(c) for c in columns}
        self.run(f"DROP TABLE IF EXISTS {table}")
        self.run(f"CREATE TABLE {table} ({', '.join(f'{ident(n)} {kind}' for n, kind in kinds.items())})")
        marks = ", ".join("?" * len(columns))
        for batch in rows:
            self.connection.executemany(
                f"INSERT INTO {table} VALUES ({marks})", zip(*batch.to_pydict().values(), strict=True)
            )
        return self.read(SqliteTable("", own_name(target, "stage", run_key)))

    def restage(self, target: Target, query: str, run_key: str, name: str) -> Relation:
        self.make(self.part(target, "stage", run_key), query)
        return self.read(SqliteTable("", own_name(target, "stage", run_key)))

    def part(self, target: Target, part: str, run_key: str) -> str:
        return ident("main", own_name(target, part, run_key))

    def make(self, table: str, query: str) -> None:
        self.run(f"DROP TABLE IF EXISTS {table}")
        self.run(f"CREATE TABLE {table} AS {query}")

    def discard(self, target: Target, run_key: str) -> None:
        for part in ("stage", "aside"):
            self.run(f"DROP TABLE IF EXISTS {self.part(target, part, run_key)}")

    def misfits(self, new: Column, old: Column) -> str | None:
        return None

    def some_of(self, values: Sequence[str]) -> str:
        return (
            f"(SELECT json_group_array(value) FROM json_each(json_array({', '.join(values)})) WHERE value IS NOT NULL)"
        )

    def has_some(self, column: str) -> str:
        return f"json_array_length({column}) > 0"

    def unnested(self, table: str, key: str, column: str, where: str) -> str:
        return f"SELECT {key}, value AS item FROM {table}, json_each({column}) {where}"

    def document(self, cells: Mapping[str, str]) -> str:
        pairs = ", ".join(f"{text(name)}, {value}" for name, value in cells.items())
        return f"nullif(json_patch('{{}}', json_object({pairs})), '{{}}')"

    def kept_type(self, column: Column) -> str:
        return column.type

    def fingerprint(self, columns: Sequence[str]) -> str:
        return f"sum(headgate_hash({', '.join(map(ident, columns))}))"


def _text_alone(node: exp.Cast) -> exp.Cast:
    if not node.is_type("text"):
        raise UnsupportedError("SQLite has no type for moments, and writes numbers in its own way")
    return node


def _kind(column: Column) -> str:
    kind = "DOUBLE" if column.type.startswith(("DECIMAL", "FLOAT")) else column.type
    return kind if kind in _LOGICAL else "VARCHAR"


def _moment(value: Any) -> Any:
    return datetime.fromisoformat(value) if isinstance(value, str) and _MOMENT.fullmatch(value) else value


def _matches(pattern: str, value: str | None) -> bool | None:
    """By RE2, as everywhere; SQLite itself has no patterns."""
    return None if value is None else duckdb.execute("SELECT regexp_matches(?, ?)", [value, pattern]).fetchall()[0][0]


@contextlib.contextmanager
def _open(place: SqliteTable, write: bool, label: str) -> Iterator[Sqlite]:
    try:
        connection = sqlite3.connect(place.database, isolation_level=None)
        connection.execute(f"ATTACH {text(place.database + '.headgate')} AS headgate")
    except sqlite3.OperationalError as error:
        raise TransientError(f"{place.database}: {error}") from None
    connection.create_function(
        "headgate_hash", -1, lambda *v: int(hashlib.sha256(repr(v).encode()).hexdigest()[:7], 16)
    )
    connection.create_function("regexp", 2, _matches)
    try:
        yield Sqlite(connection)
    finally:
        connection.close()


def _parse(text: str, folder: Path | None, new: bool) -> Place | None:
    database, _, table = text.rpartition("#")
    return SqliteTable(database, table) if database.endswith(".sqlite") else None


PLATFORM = Platform("sqlite", ("FILE.sqlite#table",), (SqliteTable,), _open, _parse)
