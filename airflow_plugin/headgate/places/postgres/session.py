"""An open PostgreSQL database: one read-only transaction, so that every check sees the same data."""

from __future__ import annotations

import contextlib
import functools
import re
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import DataError
from psycopg.pq import TransactionStatus
from psycopg.types import datetime as kinds
from sqlglot import exp
from sqlglot.errors import SqlglotError

from headgate.checks import EACH, Column
from headgate.errors import CallError, DataNotFoundError, QueryError, UnsupportedError
from headgate.places.description import Description
from headgate.places.place import STATEMENT_TIMEOUT_S, WATCHED, ConstraintKind, DistinctValues, Relation
from headgate.places.postgres import proofs
from headgate.places.postgres.address import parameters, shown, waiting
from headgate.places.postgres.canonical import CANONICAL_FORMS
from headgate.places.postgres.constraints import constraints, may_guarantee
from headgate.places.postgres.conversions import conformed
from headgate.places.postgres.describe import describe
from headgate.places.postgres.errors import postgres_errors, refused
from headgate.places.postgres.exchange import arrow_of
from headgate.places.postgres.places import Table
from headgate.places.postgres.render import DIALECT, POSTGRES, render
from headgate.places.postgres.types import Kind
from headgate.sql.admit import harmless
from headgate.sql.quote import ident

if TYPE_CHECKING:
    from psycopg import Connection
    from pyarrow import RecordBatchReader

LOCK_TIMEOUT_S = 30
# How long a query of headgate's own may take.
QUERY_TIMEOUT_S = 3600.0
# From so many conditions on, compiling a query costs less than it saves, if there are many rows; the server knows that.
_MANY_CONDITIONS = 50
# An array has at most so many dimensions.
_DEEPEST = 5
# Functions and types are the server's own; every table is named with its schema. With row security off, a query fails
# that would see only a part of the rows.
_SETTINGS = {
    "search_path": "pg_catalog",
    "timezone": "UTC",
    "datestyle": "ISO, YMD",
    "intervalstyle": "postgres",
    "standard_conforming_strings": "on",
    "row_security": "off",
    "jit": "off",
    "lock_timeout": f"{LOCK_TIMEOUT_S * 1000}",
    "statement_timeout": f"{QUERY_TIMEOUT_S * 1000:.0f}",
}
# Of who writes, too: what is staged is looked at by few queries, all of which read all of it; and a client that is gone
# holds no lock for long.
_WRITING = {"default_statistics_target": "10", "client_connection_check_interval": "2s"}
_COLUMNS = """
    SELECT a.attname, a.atttypid, a.atttypmod FROM pg_attribute AS a
    WHERE a.attrelid = %s AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
"""
# Columns whose collation holds different texts to be equal.
_LOOSE = """
    SELECT a.attname FROM pg_attribute AS a JOIN pg_collation AS c ON c.oid = a.attcollation
    WHERE a.attrelid = %s AND a.attnum > 0 AND NOT c.collisdeterministic
"""
_RELATION = """
    SELECT c.oid, n.nspname, c.relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE lower(n.nspname) = lower(%(schema)s) AND lower(c.relname) = lower(%(name)s)
      AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
    ORDER BY n.nspname = %(schema)s AND c.relname = %(name)s DESC LIMIT 1
"""
# What can be sampled: tables, partitioned ones too, and materialized views.
_PAGED = "SELECT 1 FROM pg_class WHERE oid = to_regclass(%s) AND relkind IN ('r', 'p', 'm')"
# A domain counts as the type that it is made of.
_TYPE = """
    WITH RECURSIVE t AS (
        SELECT oid, %(oid)s::oid AS named, %(mod)s::int4 AS mod FROM pg_type WHERE oid = %(oid)s
        UNION ALL
        SELECT d.typbasetype, t.named, CASE WHEN t.mod = -1 THEN d.typtypmod ELSE t.mod END
        FROM t JOIN pg_type AS d ON d.oid = t.oid AND d.typtype = 'd'
    )
    SELECT format_type(t.named, %(mod)s), format_type(t.oid, t.mod), y.typtype, y.typcategory, y.typelem, y.typrelid,
           t.mod
    FROM t JOIN pg_type AS y ON y.oid = t.oid WHERE y.typtype <> 'd'
"""


@contextlib.contextmanager
def opened(url: str, label: str, *, write: bool = False) -> Iterator[Connection[Any]]:
    """Return a connection in one read-only transaction; with `write`, in autocommit mode."""
    what, secret = shown(url), parameters(url).get("password")
    try:
        connection = psycopg.connect(url, autocommit=True, prepare_threshold=None, client_encoding="utf8",
                                     application_name="headgate",
                                     **waiting(url))  # fmt: skip
    except psycopg.Error as error:
        raise refused(error, what, secret) from None
    try:
        _lenient(connection)
        with postgres_errors(what, seconds=QUERY_TIMEOUT_S, patient=True):
            settings = _SETTINGS | (_WRITING if write else {})
            if connection.info.server_version < 140000:
                settings.pop("client_connection_check_interval", None)
            listed = ", ".join(["pg_catalog.set_config(%s, %s, false)"] * len(settings))
            connection.execute(f"SELECT {listed}", [part for setting in settings.items() for part in setting])
            if write:
                connection.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
            else:
                connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
                connection.read_only = True
                connection.execute(f"{_comment(label)}BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield connection
    finally:
        connection.close()


def _comment(label: str) -> str:
    """Return a comment that tells administrators of the server who asks. Nothing in it can end the comment."""
    return f"/* headgate {re.sub(r'[^A-Za-z0-9_.:@+=-]+', ' ', label)[:200].strip()} */ "


def _lenient(connection: Connection[Any]) -> None:
    """Load dates and times that Python cannot represent (infinity, BC) as their text."""
    for kind, base in (("date", kinds.DateLoader), ("timestamp", kinds.TimestampLoader),
                       ("timestamptz", kinds.TimestamptzLoader), ("time", kinds.TimeLoader)):  # fmt: skip

        def load(self: Any, data: Any, base: Any = base) -> Any:
            try:
                return base.load(self, data)
            except DataError:
                return bytes(data).decode()

        connection.adapters.register_loader(kind, type(f"Lenient{base.__name__}", (base,), {"load": load}))


class Postgres:
    """An open database. In a transaction, a failed query is rolled back alone."""

    dialect = DIALECT
    canonical_forms = CANONICAL_FORMS

    def __init__(self, connection: Connection[Any], url: str, label: str) -> None:
        self.connection = connection
        self.url = url
        self._label = _comment(label)
        self._what = shown(url)
        self._read: set[tuple[str, str]] = set()

    def sql(self, query: exp.Expr) -> str:
        try:
            return render(query)
        except UnsupportedError as error:
            raise QueryError(str(error)) from None

    def rows(self, query: exp.Expr | str, values: Any = None) -> list[tuple[Any, ...]]:
        text = query if isinstance(query, str) else self.sql(query)
        with (
            postgres_errors(self._what, seconds=QUERY_TIMEOUT_S, patient=True),
            self._alone_undone(),
            self._compiled(query),
        ):
            return self.connection.execute(self._sent(text), values).fetchall()

    @contextlib.contextmanager
    def _compiled(self, query: exp.Expr | str) -> Iterator[None]:
        """Let the server compile a query that counts under so many conditions that it is worth it."""
        if isinstance(query, str) or sum(1 for _ in query.find_all(exp.CountIf)) < _MANY_CONDITIONS:
            yield
            return
        self.connection.execute("SET jit = on")
        try:
            yield
        finally:
            # A query that failed is rolled back, and with it what was set.
            if not self.connection.broken and self.connection.info.transaction_status != TransactionStatus.INERROR:
                self.connection.execute("SET jit = off")

    def _alone_undone(self) -> AbstractContextManager[Any]:
        """Roll back a failed query alone, in a transaction that only reads. Elsewhere a statement is its own
        transaction, or is rolled back with the transaction it is part of."""
        return self.connection.transaction() if self.connection.read_only else contextlib.nullcontext()

    def batches(self, query: exp.Expr, size: int) -> Iterator[list[tuple[Any, ...]]]:
        text = self._sent(self.sql(query))
        with (
            postgres_errors(self._what, seconds=QUERY_TIMEOUT_S, patient=True),
            self.connection.transaction(),
            self.connection.cursor("headgate_batches") as cursor,
        ):
            cursor.execute(text)
            while batch := cursor.fetchmany(size):
                yield batch

    def copied(self, query: exp.Expr) -> Generator[bytes]:
        """Yield a query's result as CSV: a header, then the rows one by one. Closing it early cancels the query, and
        the session stays usable."""
        text = self._sent(f"COPY ({self.sql(query)}) TO STDOUT (FORMAT csv, HEADER true)")
        with (
            postgres_errors(self._what, seconds=QUERY_TIMEOUT_S, patient=True),
            self._alone_undone(),
            self.connection.cursor() as cursor,
            cursor.copy(text) as copy,
        ):
            while data := copy.read():
                yield bytes(data)

    def untrusted(self, query: exp.Expr) -> list[tuple[Any, ...]]:
        try:
            text = query.sql(DIALECT)
            harmless(text, DIALECT, lambda table: (table.db, table.name) in self._read)
        except (SqlglotError, ValueError, RecursionError) as error:
            raise QueryError(str(error)) from None
        limit = f"SET LOCAL statement_timeout = {STATEMENT_TIMEOUT_S * 1000:.0f}"
        with postgres_errors(self._what, seconds=STATEMENT_TIMEOUT_S, patient=False), self.connection.transaction():
            self.connection.execute("SET TRANSACTION READ ONLY")
            self.connection.execute(limit)
            # Values in binary: the protocol then takes one statement, and no more.
            found = self.connection.execute(self._sent(text), binary=True).fetchmany(2)
            self.connection.execute(f"SET LOCAL statement_timeout = {QUERY_TIMEOUT_S * 1000:.0f}")
        return found

    def _sent(self, text: str) -> bytes:
        """Return a query as the bytes to send. The server would read it only up to a NUL."""
        try:
            if "\0" not in text:
                return (self._label + text).encode()
        except UnicodeEncodeError:
            pass
        raise QueryError("the query has a character that PostgreSQL's texts cannot hold")

    def refuses(self, condition: Callable[[], exp.Expr]) -> str | None:
        return POSTGRES.refuses(condition())

    def arrow(self, query: exp.Select) -> RecordBatchReader:
        return arrow_of(self, query)

    unique = staticmethod(proofs.unique)
    held = staticmethod(proofs.held)

    def values(self, relation: Relation, columns: Sequence[str]) -> Iterator[DistinctValues]:
        return proofs.values(relation, columns, self.rows)

    def read(self, place: Any) -> Relation:
        if not isinstance(place, Table):
            raise CallError(f"PostgreSQL cannot read {place}")
        if place.url != self.url:
            raise CallError(f"{place} is in another database, which {self._what} cannot read")
        found = self.rows(_RELATION, {"schema": place.schema, "name": place.name})
        if not found:
            raise DataNotFoundError(f"{self._what}: table {place} not found, or its user may not see it")
        oid, schema, name = found[0]
        self._read.add((schema, name))
        relation, changed = self._compared(oid, exp.table_(name, db=schema, quoted=True), str(place))
        watched = WATCHED if may_guarantee(oid, self.rows) else frozenset[ConstraintKind]()
        return replace(relation, constraints=tuple(constraints(oid, changed, self.rows)), watched=watched)

    def members(self, relation: Relation, column: str) -> Sequence[str] | None:
        labels = "SELECT enumlabel::text FROM pg_enum WHERE enumtypid = to_regtype(%s) ORDER BY enumsortorder"
        return [label for (label,) in self.rows(labels, [relation.by_name[column].type])] or None

    def describe(self, relation: Relation) -> Description:
        table = table_in(relation)
        ((oid,),) = self.rows("SELECT to_regclass(%s)::oid::int8", [ident(table.db, table.name)])
        return describe(oid, self.rows) if oid else Description()

    def sample(self, relation: Relation, rows: int) -> Relation | None:
        """Return pages of a table that were drawn at random, or the first rows of what has no pages of its own."""
        table = table_in(relation)
        ((plan,),) = self.rows(f"EXPLAIN (FORMAT JSON) SELECT FROM {ident(table.db, table.name)}")
        expected = plan[0]["Plan"]["Plan Rows"]
        if expected <= rows:
            return None
        drawn = relation.source.copy()
        if self.rows(_PAGED, [ident(table.db, table.name)]):
            percent = exp.Literal.number(f"{100 * rows / expected:.6f}")
            seed = exp.Literal.number(1)
            how = exp.TableSample(method=exp.Var(this="SYSTEM"), percent=percent, seed=seed)
            table_in(replace(relation, source=drawn)).set("sample", how)
        return replace(
            self.view(exp.select("*").from_(drawn).limit(rows), relation.name), constraints=relation.constraints
        )

    def _compared(self, oid: int, source: exp.Expr, name: str) -> tuple[Relation, set[str]]:
        """Return `source`, which has the columns of the relation `oid`, with values that compare with texts of a
        contract, and the columns that are rewritten for it."""
        columns = self._columns(oid)
        loose = {n for (n,) in self.rows(_LOOSE, [oid])}
        changed = loose | {column.name for column, kind in columns if kind.as_text or kind.plain == "real"}
        if changed:
            shown = [_as_compared(column.name, kind, column.name in loose) for column, kind in columns]
            rows = exp.alias_(source.copy(), "__headgate_rows", table=True, quoted=True)
            source = exp.select(*shown).from_(rows).subquery("__headgate_source")
        return Relation(source, tuple(column for column, _ in columns), name), changed

    def _columns(self, oid: int) -> list[tuple[Column, Kind]]:
        return [self._column(*column) for column in self.rows(_COLUMNS, [oid])]

    def _column(self, name: str, oid: int, mod: int) -> tuple[Column, Kind]:
        named, base, typtype, typcategory, element, relation, base_mod = self._type(oid, mod)
        kind = Kind(base, typtype, typcategory)
        inner: tuple[Column, ...] = ()
        if base.endswith("[]"):
            inner = (_nested(self._column(EACH, element, base_mod)[0]),)
        elif typtype == "c":
            inner = tuple(self._column(*field)[0] for field in self.rows(_COLUMNS, [relation]))
        return Column(name, named, kind.logical, kind.zoned, inner), kind

    @functools.lru_cache(maxsize=256)  # noqa: B019 - lives as long as the session
    def _type(self, oid: int, mod: int) -> tuple[Any, ...]:
        return self.rows(_TYPE, {"oid": oid, "mod": mod})[0]

    def view(self, query: exp.Select, name: str) -> Relation:
        described = self._described(f"SELECT * FROM ({render(query)}) AS described LIMIT 0")
        columns = tuple(self._column(*column)[0] for column in described)
        return Relation(query.subquery(), columns, name)

    def keep(self, query: exp.Select, name: str) -> Relation:
        """Return the query itself: the whole session is one snapshot, and a read-only transaction can store nothing."""
        return self.view(query, name)

    @functools.lru_cache(maxsize=256)  # noqa: B019 - lives as long as the session
    def canonical(self, type_text: str) -> str | None:
        try:
            kind = exp.DataType.build(type_text, dialect=DIALECT)
            ((_, oid, mod),) = self._described(f"SELECT CAST(NULL AS {kind.sql(DIALECT)}) AS named")
        except (SqlglotError, ValueError, QueryError):
            if not re.fullmatch(r"\w+(\.\w+)?", type_text):
                return None
            ((oid,),) = self.rows("SELECT to_regtype(%s)::oid::int8", [type_text])
            mod = -1
        return self._type(oid, mod)[0] if oid else None

    conformed = staticmethod(conformed)

    def typed(self, name: str, type_text: str) -> Column:
        """Return a column of one of this database's types."""
        ((_, oid, mod),) = self._described(f"SELECT CAST(NULL AS {type_text}) AS typed")
        return self._column(name, oid, mod)[0]

    def run(self, statement: str) -> int:
        """Run a statement; return how many rows it changed."""
        with postgres_errors(self._what, seconds=QUERY_TIMEOUT_S, patient=True), self._alone_undone():
            return max(self.connection.execute(self._sent(statement)).rowcount, 0)

    def make(self, table: str, query: str) -> None:
        """Create a temporary table from a query."""
        self.run(f"DROP TABLE IF EXISTS {table}")
        self.run(f"CREATE TEMPORARY TABLE {table.removeprefix('pg_temp.')} AS {query}")
        self.run(f"ANALYZE {table}")

    def _described(self, text: str) -> list[tuple[str, int, int]]:
        """Return the columns of a query: name, type and type modifier."""
        with postgres_errors(self._what, seconds=QUERY_TIMEOUT_S, patient=True), self._alone_undone():
            result = self.connection.execute(self._sent(text)).pgresult
        assert result is not None
        return [(str(result.fname(i), "utf8"), result.ftype(i), result.fmod(i)) for i in range(result.nfields)]  # type: ignore[arg-type]


def table_in(relation: Relation) -> exp.Table:
    """Return the table that a relation reads."""
    found = relation.source if isinstance(relation.source, exp.Table) else relation.source.find(exp.Table)
    assert found is not None
    return found


def _nested(item: Column) -> Column:
    """Return an item of an array, possibly an array itself: PostgreSQL's types do not say how deeply an array is
    nested."""
    for _ in range(_DEEPEST):
        item = replace(item, logical=item.logical | {"array", "vector"}, inner=(*item.inner, item))
    return item


def _as_compared(name: str, kind: Kind, loose: bool) -> exp.Expr:
    """Return a column as it compares with texts of a contract: a type that is written as text is cast to text."""
    value: exp.Expr = exp.column(name, quoted=True)
    # A host without the length of its mask, as PostgreSQL prints it.
    value = exp.func("ABBREV", value) if kind.plain == "inet" else value
    value = exp.cast(value, "TEXT") if kind.as_text else value
    # The number as it is written: 19.99, and not the float next to it.
    value = exp.cast(exp.cast(value, "TEXT"), "DOUBLE") if kind.plain == "real" else value
    value = exp.Collate(this=value, expression=exp.to_identifier("C", quoted=True)) if loose else value
    return exp.alias_(value, name, quoted=True)
