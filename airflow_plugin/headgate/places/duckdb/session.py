"""An open DuckDB database."""

from __future__ import annotations

import contextlib
import functools
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import duckdb
from sqlglot import exp
from sqlglot.errors import SqlglotError

from headgate.checks import Column
from headgate.errors import CallError, DataNotFoundError, QueryError
from headgate.places.description import Description
from headgate.places.duckdb import proofs
from headgate.places.duckdb.canonical import CANONICAL_FORMS
from headgate.places.duckdb.column_views import compared_exactly, with_every_nan
from headgate.places.duckdb.connection import IN_MEMORY
from headgate.places.duckdb.describe import describe
from headgate.places.duckdb.errors import duckdb_errors
from headgate.places.duckdb.frames import read_frame
from headgate.places.duckdb.matching import matching
from headgate.places.duckdb.memory import allow_all
from headgate.places.duckdb.places import Files, Frame, Table
from headgate.places.duckdb.read_files import read_files
from headgate.places.duckdb.types import column_of, shown_type
from headgate.places.place import STATEMENT_TIMEOUT_S, WATCHED, Constraint, ConstraintKind, Relation

if TYPE_CHECKING:
    from pyarrow import RecordBatchReader

T = TypeVar("T")
DIALECT = "duckdb"
# So many rows go to another platform at a time.
_BATCH = 10_000


class DuckDB:
    """An open DuckDB database: reads any of DuckDB's places, and publishes into its own tables."""

    dialect = DIALECT
    canonical_forms = CANONICAL_FORMS

    def __init__(self, connection: duckdb.DuckDBPyConnection, database: str) -> None:
        self.connection = connection
        self.database = database
        self._attached: dict[str, str] = {}
        self._counter = 0
        self._paths: set[str] = set()
        # Folders that stay open to headgate itself when the contract's queries run.
        self._folders: set[str] = set()
        self._confined = False
        # What was read, for messages; and what looks for a fault of the files among it.
        self._names: list[str] = []
        self._examinations: list[Callable[[], None]] = []
        self._fault: str | None = None

    def allow(self, paths: Iterable[str]) -> None:
        """Let the queries of a contract read these files."""
        self._paths.update(paths)

    @contextlib.contextmanager
    def errors(self) -> Iterator[None]:
        """Turn DuckDB's errors into headgate's, which name what this session reads."""
        in_memory = self.database == IN_MEMORY and self._names
        with duckdb_errors(", ".join(self._names) if in_memory else self.database, self._examine):
            yield

    def examine_later(self, examine: Callable[[], None]) -> None:
        """Call `examine` when a query has failed: it raises QueryError if what is read is at fault."""
        self._examinations.append(examine)

    def _examine(self) -> None:
        """Raise QueryError if a file that this session reads is damaged. Each is looked at once."""
        while self._examinations and self._fault is None:
            try:
                self._examinations.pop()()
            except QueryError as error:
                self._fault = str(error)
        if self._fault is not None:
            raise QueryError(self._fault)

    def sql(self, query: exp.Expr) -> str:
        return query.sql(DIALECT)

    def rows(self, query: exp.Expr | str, *values: Any) -> list[tuple[Any, ...]]:
        text = query if isinstance(query, str) else self.sql(query)
        with self.errors():
            return self.executed(lambda: self.connection.execute(text, list(values)).fetchall())

    def executed(self, run: Callable[[], T]) -> T:
        """Return the result of `run`, which is repeated with all allowed memory if the first limit is too small for
        it, then by a single thread: each has memory of its own for every column."""
        for allow in (self._allow_all_memory, self._allow_one_thread):
            try:
                return run()
            except duckdb.OutOfMemoryException:
                allow()
        return run()

    def _allow_all_memory(self) -> None:
        if not self._confined:
            allow_all(self.connection)

    def _allow_one_thread(self) -> None:
        if not self._confined:
            self.connection.execute("SET threads = 1")

    def batches(self, query: exp.Expr, size: int) -> Iterator[list[tuple[Any, ...]]]:
        with self.errors():
            text = self.sql(query)
            self.executed(lambda: self.connection.execute(text))
            while batch := self.connection.fetchmany(size):
                yield batch

    def arrow(self, query: exp.Select) -> RecordBatchReader:
        with self.errors():
            result: Any = self.connection.sql(self.sql(query))
            return (
                result.to_arrow_reader(_BATCH)
                if hasattr(result, "to_arrow_reader")
                else result.fetch_arrow_reader(_BATCH)
            )

    def use_all_memory(self) -> None:
        """Use as much memory from now on as is allowed, for a query that needs it: before, little is kept."""
        self._allow_all_memory()

    def receive(self, rows: RecordBatchReader, name: str) -> Relation:
        """Return the rows of another platform, kept for the length of this session."""
        given, kept = self._new_name(), self._new_name()
        with duckdb_errors(name):
            self._given(given, rows.schema.empty_table(), f"CREATE TEMP TABLE {kept} AS SELECT * FROM {given}")
        # Batch by batch: what is repeated for want of memory must not begin in the middle of the rows.
        for batch in rows:
            with duckdb_errors(name):
                self._given(given, batch, f"INSERT INTO {kept} SELECT * FROM {given}")
        return replace(self.relation(exp.table_(kept, quoted=True), name), ordered=False)

    def _given(self, name: str, rows: Any, statement: str) -> None:
        """Run a statement that reads rows by a name."""
        self.connection.register(name, rows)
        try:
            self.executed(lambda: self.connection.execute(statement))
        finally:
            self.connection.unregister(name)

    def untrusted(self, query: exp.Expr) -> list[tuple[Any, ...]]:
        self.confine()
        with self.errors():
            statements = duckdb.extract_statements(query.sql(DIALECT))
        if [statement.type for statement in statements] != [duckdb.StatementType.SELECT]:
            raise QueryError("a contract's query is one SELECT")
        timer = threading.Timer(STATEMENT_TIMEOUT_S, self.connection.interrupt)
        timer.start()
        try:
            return self.rows(query)
        finally:
            timer.cancel()

    def confine(self) -> None:
        """Deny access to everything that has not been read yet; this cannot be undone."""
        if self._confined:
            return
        self._allow_all_memory()  # the configuration is locked afterwards
        allowed = {"allowed_paths": self._paths, "allowed_directories": self._folders}
        for name, paths in allowed.items():
            listed = exp.Array(expressions=[exp.Literal.string(path) for path in sorted(paths)])
            self.rows(f"SET {name} = {listed.sql(DIALECT)}")
        for setting in ("enable_external_access = false", "lock_configuration = true"):
            self.rows(f"SET {setting}")
        self._confined = True

    def refuses(self, condition: Callable[[], exp.Expr]) -> None:
        return None

    values = staticmethod(proofs.values)
    unique = staticmethod(proofs.unique)
    held = staticmethod(proofs.held)

    def read(self, place: Any) -> Relation:
        if str(place) not in self._names:
            self._names.append(str(place))
        if isinstance(place, Table):
            table = self._table(place)
            # DuckDB keeps the order of insertion; a view has that of its query, which may be none.
            is_view = bool(self._catalogued(table, "duckdb_views()", "1", name="view_name"))
            relation = self.relation(table, str(place))
            relation = compared_exactly(relation) if self._is_collated() else relation
            relation = with_every_nan(relation) if is_view else relation  # it may read Parquet
            watched = frozenset[ConstraintKind]() if is_view else WATCHED
            return replace(relation, ordered=not is_view, constraints=tuple(self._constraints(table)), watched=watched)
        if isinstance(place, Frame):
            return read_frame(place, self)
        if isinstance(place, Files):
            found = matching(place.path)
            return read_files(place, found, self)
        raise CallError(f"DuckDB cannot read {place}")

    def register(self, data: object) -> exp.Table:
        """Return the table of this session that a DataFrame is."""
        name = self._new_name()
        self.connection.register(name, data)
        return exp.table_(name, quoted=True)

    def _table(self, place: Table) -> exp.Table:
        catalog = None
        if not same_file(place.database, self.database):
            catalog = self._attach(place.database)
        table = exp.table_(place.name, db=place.schema, catalog=catalog, quoted=True)
        if not self._catalogued(table, "duckdb_columns()", "1"):
            raise DataNotFoundError(f"{place.database}: table {place} not found")
        return table

    def _catalogued(self, table: exp.Table, of: str, *columns: str, name: str = "table_name") -> list[tuple[Any, ...]]:
        """Return the rows for `table` of one of DuckDB's catalog functions, whose column `name` has the table's
        name."""
        same = [
            exp.column("database_name").eq(
                exp.Literal.string(table.catalog) if table.catalog else exp.func("current_database")
            ),
            exp.Lower(this=exp.column("schema_name")).eq(exp.Lower(this=exp.Literal.string(table.db))),
            exp.Lower(this=exp.column(name)).eq(exp.Lower(this=exp.Literal.string(table.name))),
        ]
        return self.rows(exp.select(*columns).from_(of).where(*same))

    def _is_collated(self) -> bool:
        """Return whether the database may have a column whose collation treats different texts as equal."""
        said = "SELECT 1 FROM {} WHERE sql ILIKE '% COLLATE %' LIMIT 1"
        return any(self.rows(said.format(catalog)) for catalog in ("duckdb_tables()", "duckdb_views()"))

    def members(self, relation: Relation, column: str) -> Sequence[str] | None:
        if relation.by_name[column].type != "ENUM":
            return None
        of_no_row = exp.select(exp.column(column, quoted=True)).from_(relation.source.copy()).limit(0).subquery("t")
        biggest = exp.func("ENUM_RANGE", exp.Max(this=exp.column(column, quoted=True)))
        ((members,),) = self.rows(exp.select(biggest).from_(of_no_row))
        return [str(member) for member in members]

    def describe(self, relation: Relation) -> Description:
        table = relation.source if isinstance(relation.source, exp.Table) else relation.source.find(exp.Table)
        return describe(lambda *of: self._catalogued(table, *of)) if table is not None else Description()

    def sample(self, relation: Relation, rows: int) -> Relation | None:
        return None

    def _constraints(self, table: exp.Table) -> Iterator[Constraint]:
        """Return the constraints, which DuckDB always enforces. It does not tell which schema a foreign key refers
        to."""
        kinds: dict[str, ConstraintKind] = {"NOT NULL": "not_null", "PRIMARY KEY": "unique", "UNIQUE": "unique"}
        of = ("constraint_type", "constraint_column_names")
        for kind, columns in self._catalogued(table, "duckdb_constraints()", *of):
            if kind in kinds:
                yield Constraint(kinds[kind], tuple(columns))

    def exists(self, place: Table) -> bool:
        """Return whether the table exists in this session's own database."""
        try:
            self._table(place)
        except CallError:
            return False
        return True

    def _attach(self, database: str) -> str:
        if database not in self._attached:
            if not Path(database).exists():
                raise DataNotFoundError(f"{database}: DuckDB database not found")
            self._attached[database] = name = self._new_name()
            path = exp.Literal.string(str(Path(database).resolve())).sql(DIALECT)
            with duckdb_errors(database):
                self.connection.execute(f"ATTACH {path} AS {name} (READ_ONLY)")
        return self._attached[database]

    def relation(self, source: exp.Expr, name: str) -> Relation:
        """Return what a query or table holds; `name` is what messages call it."""
        return Relation(source, self.columns(source), name, ordered=True)

    def columns(self, source: exp.Expr) -> tuple[Column, ...]:
        """Return the columns of a query or table."""
        described = self.rows(f"DESCRIBE {exp.select('*').from_(source.copy()).sql(DIALECT)}")
        return tuple(column_of(row[0], row[1]) for row in described)

    def keep(self, query: exp.Select, name: str) -> Relation:
        table = self._new_name()
        self.rows(exp.Create(this=exp.table_(table, quoted=True), kind="TEMP TABLE", expression=query))
        return self.relation(exp.table_(table, quoted=True), name)

    def conformed(self, value: exp.Expr, given: str, wanted: str) -> exp.Expr:
        there = exp.TryCast(this=value.copy(), to=exp.DataType.build(wanted, dialect=DIALECT))
        back = exp.TryCast(this=there.copy(), to=exp.DataType.build(given, dialect=DIALECT))
        return exp.Case().when(exp.EQ(this=back, expression=value.copy()), there)

    def view(self, query: exp.Select, name: str) -> Relation:
        return self.relation(query.subquery(), name)

    @functools.lru_cache(maxsize=256)  # noqa: B019 - lives as long as the session
    def canonical(self, type_text: str) -> str | None:
        try:
            kind = exp.DataType.build(type_text, dialect=DIALECT)
            named = self.rows(exp.select(exp.func("typeof", exp.cast(exp.null(), kind, dialect=DIALECT))))[0][0]
            return named if shown_type(named) == named else None
        except (SqlglotError, ValueError, QueryError):
            return None

    def _new_name(self) -> str:
        self._counter += 1
        return f"__headgate_{self._counter}"


def quoted(table: Table) -> exp.Table:
    return exp.table_(table.name, db=table.schema, quoted=True)


def identifier(name: str) -> exp.Identifier:
    return exp.to_identifier(name, quoted=True)


def same_file(one: str, other: str) -> bool:
    return one == other or (IN_MEMORY not in (one, other) and Path(one).resolve() == Path(other).resolve())
