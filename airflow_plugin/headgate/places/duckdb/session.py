"""An open DuckDB database."""

from __future__ import annotations

import contextlib
import functools
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import duckdb
from sqlglot import exp
from sqlglot.errors import SqlglotError

from headgate.errors import CallError, DataNotFoundError, QueryError, TargetRefusedError, TransientError
from headgate.places.duckdb import files, proofs
from headgate.places.duckdb.column_views import compared_exactly, with_every_nan
from headgate.places.duckdb.header import headers_of
from headgate.places.duckdb.interrupt import interruptible
from headgate.places.duckdb.memory import allow_all, bounded
from headgate.places.duckdb.places import Files, Frame, Table
from headgate.places.duckdb.types import NO_TYPE, column_of, logical_types, shown_type
from headgate.places.place import STATEMENT_TIMEOUT_S, WATCHED, Constraint, ConstraintKind, Relation

if TYPE_CHECKING:
    from pyarrow import RecordBatchReader

T = TypeVar("T")
DIALECT = "duckdb"
IN_MEMORY = ":memory:"
# So many rows go to another platform at a time.
_BATCH = 10_000
LOCK_TIMEOUT_S = 30.0
# What DuckDB says where the same call may succeed later; every other fault stays.
_TRANSIENT = ("Could not set lock", "onflicting lock", "already attached", "No space left", "temporarily unavailable",
              "Input/output error")  # fmt: skip


@contextlib.contextmanager
def opened(database: str, *, write: bool) -> Iterator[duckdb.DuckDBPyConnection]:
    path = Path(database)
    if database != IN_MEMORY:
        if not write and not path.exists():
            raise DataNotFoundError(f"{database}: DuckDB database not found")
        if write:
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise CallError(f"{database}: its folder cannot be made: {error.strerror}") from None
    connection = _connected(database, write=write)
    try:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("SET enable_progress_bar = false")  # it would clutter output and logs
        with bounded(connection, little=database == IN_MEMORY or not write), interruptible(connection):
            yield connection
    finally:
        connection.close()


def _connected(database: str, *, write: bool) -> duckdb.DuckDBPyConnection:
    """Connect. One process has the file open for writing, or several for reading; a writer waits for its turn."""
    end = time.monotonic() + (LOCK_TIMEOUT_S if write else 0)
    while True:
        try:
            with duckdb_errors(database):
                return duckdb.connect(database, read_only=not write)
        except TransientError as error:
            if "lock" not in str(error) or time.monotonic() > end:
                raise
        time.sleep(0.1)


@contextlib.contextmanager
def duckdb_errors(what: str) -> Iterator[None]:
    """Turn DuckDB's errors into headgate's: a lock or a conflict is transient, everything else is an error of the
    query."""
    try:
        yield
    except (duckdb.ConstraintException, duckdb.TransactionException, duckdb.ConnectionException) as error:
        # Some are found at the end of a transaction only. The text quotes a key.
        if "onstraint" in str(error):
            raise TargetRefusedError(
                f"{what}: a constraint of the table, or of one that refers to it, refuses rows, or the loss of rows; "
                "let the contract promise the same, so that its policy decides about such rows, or change the table"
            ) from None
        raise TransientError(f"{what}: {error}") from error
    except duckdb.InterruptException:
        raise QueryError(f"{what}: the query took longer than {STATEMENT_TIMEOUT_S:.0f} s") from None
    except (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException) as error:
        raise QueryError(str(error).partition("\n\nLINE")[0]) from error
    except duckdb.Error as error:
        if any(sign in str(error) for sign in _TRANSIENT):
            raise TransientError(f"{what}: {error}") from error
        if "not a valid DuckDB database" in str(error):
            raise CallError(f"{what}: this file is not a DuckDB database") from None
        if isinstance(error, duckdb.IOException) and "file" in str(error):
            raise CallError(f"{what}: {error}") from None
        raise QueryError(_without_values(error, what)) from None


def _without_values(error: Exception, what: str) -> str:
    """Return the message of an error without values of the data, which it may quote."""
    text = str(error)
    if json := re.search(r'Malformed JSON in file "(.*)", at byte \d+ in (?:line|record/value) (\d+)', text):
        return f"{json[1]}, near line {json[2]}: this is not valid JSON"
    line = re.search(r"CSV Error on Line: (\d+)", text)
    if line is None:
        return f"{what}: {type(error).__name__}"
    file = re.search(r"^\s*file\s*=\s*(.+)$", text, re.MULTILINE)
    columns = re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", text)
    if columns:
        kind = f"{columns[2]} columns where the header has {columns[1]}"
    else:
        kind = "a quote that is not closed" if "quote" in text else "not UTF-8" if "utf-8" in text else "not readable"
    return f"{file[1] if file else what}, line {line[1]}: {kind}"


class DuckDB:
    """An open DuckDB database: reads any of DuckDB's places, and publishes into its own tables."""

    dialect = DIALECT

    def __init__(self, connection: duckdb.DuckDBPyConnection, database: str) -> None:
        self.connection = connection
        self.database = database
        self._attached: dict[str, str] = {}
        self._counter = 0
        self._paths: set[str] = set()
        # Folders that stay open to headgate itself when the contract's queries run.
        self._folders: set[str] = set()
        self._confined = False
        self._all_memory = False

    def sql(self, query: exp.Expr) -> str:
        return query.sql(DIALECT)

    def rows(self, query: exp.Expr | str, *values: Any) -> list[tuple[Any, ...]]:
        text = query if isinstance(query, str) else self.sql(query)
        with duckdb_errors(self.database):
            return self.executed(lambda: self.connection.execute(text, list(values)).fetchall())

    def executed(self, run: Callable[[], T]) -> T:
        """Return the result of `run`, which is repeated with all allowed memory if the first limit is too small for
        it."""
        try:
            return run()
        except duckdb.OutOfMemoryException:
            if self._all_memory:
                raise
        self._allow_all_memory()
        return run()

    def _allow_all_memory(self) -> None:
        allow_all(self.connection)
        self._all_memory = True

    def batches(self, query: exp.Expr, size: int) -> Iterator[list[tuple[Any, ...]]]:
        with duckdb_errors(self.database):
            text = self.sql(query)
            self.executed(lambda: self.connection.execute(text))
            while batch := self.connection.fetchmany(size):
                yield batch

    def arrow(self, query: exp.Select) -> RecordBatchReader:
        with duckdb_errors(self.database):
            result: Any = self.connection.sql(self.sql(query))
            return (
                result.to_arrow_reader(_BATCH)
                if hasattr(result, "to_arrow_reader")
                else result.fetch_arrow_reader(_BATCH)
            )

    def receive(self, rows: RecordBatchReader, name: str) -> Relation:
        """Return the rows of another platform, kept for the length of this session."""
        given, kept = self._new_name(), self._new_name()
        with duckdb_errors(name):
            self.connection.register(given, rows)
            self.executed(lambda: self.connection.execute(f"CREATE TEMP TABLE {kept} AS SELECT * FROM {given}"))
            self.connection.unregister(given)
        return replace(self._relation(exp.table_(kept, quoted=True), name), ordered=False)

    def untrusted(self, query: exp.Expr) -> list[tuple[Any, ...]]:
        self._confine()
        with duckdb_errors(self.database):
            statements = duckdb.extract_statements(query.sql(DIALECT))
        if [statement.type for statement in statements] != [duckdb.StatementType.SELECT]:
            raise QueryError("a contract's query is one SELECT")
        timer = threading.Timer(STATEMENT_TIMEOUT_S, self.connection.interrupt)
        timer.start()
        try:
            return self.rows(query)
        finally:
            timer.cancel()

    def _confine(self) -> None:
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
        if isinstance(place, Table):
            table = self._table(place)
            # DuckDB keeps the order of insertion; a view has that of its query, which may be none.
            is_view = bool(self._catalogued(table, "duckdb_views()", "1", name="view_name"))
            relation = self._relation(table, str(place))
            relation = compared_exactly(relation) if self._is_collated() else relation
            relation = with_every_nan(relation) if is_view else relation  # it may read Parquet
            watched = frozenset[ConstraintKind]() if is_view else WATCHED
            return replace(relation, ordered=not is_view, constraints=tuple(self._constraints(table)), watched=watched)
        if isinstance(place, Frame):
            name = self._new_name()
            with duckdb_errors(str(place)):
                self.connection.register(name, place.data)
            relation = self._relation(exp.table_(name, quoted=True), str(place))
            empty = place.without_type()
            columns = (replace(c, type=NO_TYPE, logical=logical_types(NO_TYPE)) if c.name in empty else c
                       for c in relation.columns)  # fmt: skip
            return replace(relation, columns=tuple(columns))
        if isinstance(place, Files):
            return self._files(place)
        raise CallError(f"DuckDB cannot read {place}")

    def _files(self, place: Files) -> Relation:
        found = files.matching(place.path)
        self._paths.update(found)
        if place.format == "csv":
            return self._relation(files.csv(found, headers_of(found)), str(place)).as_text()
        if place.format == "json":
            return self._relation(files.texts(found, self._keys(place, found)), str(place)).as_text()
        each = [self._relation(files.parquet([file], partitioned=False), "").columns for file in found]
        for file, columns in zip(found, each, strict=True):
            if columns != each[0]:
                raise CallError(f"{file} has other columns or types than {found[0]}; check them one by one")
        relation = with_every_nan(self._relation(files.parquet(found, partitioned=place.partitioned), str(place)))
        return replace(relation, texts=frozenset(relation.by_name) - {column.name for column in each[0]})

    def _keys(self, place: Files, found: list[str]) -> list[str]:
        """Return the keys of JSON objects. Raises CallError if they cannot be column names."""
        names = [name for (name,) in self.rows(files.keys(found))]
        if None in names:
            raise CallError(f"{place}: a row is not a JSON object")
        if not names:
            raise CallError(f"{place} is empty: the keys of JSON objects are the columns")
        if len({name.lower() for name in names}) < len(names) or "" in names:
            raise CallError(f"{place}: keys that differ in nothing but case, or are empty, cannot be columns")
        return names

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

    def _relation(self, source: exp.Expr, name: str) -> Relation:
        described = self.rows(f"DESCRIBE {exp.select('*').from_(source.copy()).sql(DIALECT)}")
        return Relation(source, tuple(column_of(row[0], row[1]) for row in described), name, ordered=True)

    def keep(self, query: exp.Select, name: str) -> Relation:
        table = self._new_name()
        self.rows(exp.Create(this=exp.table_(table, quoted=True), kind="TEMP TABLE", expression=query))
        return self._relation(exp.table_(table, quoted=True), name)

    def conformed(self, value: exp.Expr, given: str, wanted: str) -> exp.Expr:
        there = exp.TryCast(this=value.copy(), to=exp.DataType.build(wanted, dialect=DIALECT))
        back = exp.TryCast(this=there.copy(), to=exp.DataType.build(given, dialect=DIALECT))
        return exp.Case().when(exp.EQ(this=back, expression=value.copy()), there)

    def view(self, query: exp.Select, name: str) -> Relation:
        return self._relation(query.subquery(), name)

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
