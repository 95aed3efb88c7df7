"""DuckDB: tables of a database file, CSV and Parquet files, and DataFrames (pandas, polars, Arrow)."""

from __future__ import annotations

import contextlib
import functools
import glob
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlglot import exp
from sqlglot.errors import SqlglotError

from headgate.checks import DATA, Column, raw_name
from headgate.errors import CallError, TransientError
from headgate.places.place import QueryError, Record, Relation

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

DIALECT = "duckdb"
_RAW = raw_name("")

# The first word of DuckDB's own type names, and the ODCS logical types that such a column can serve.
_LOGICAL = {
    **dict.fromkeys(
        (
            "TINYINT",
            "SMALLINT",
            "INTEGER",
            "BIGINT",
            "HUGEINT",
            "UTINYINT",
            "USMALLINT",
            "UINTEGER",
            "UBIGINT",
            "UHUGEINT",
        ),
        frozenset({"integer", "number"}),
    ),
    **dict.fromkeys(("FLOAT", "DOUBLE"), frozenset({"number"})),
    **dict.fromkeys(("VARCHAR", "UUID", "ENUM", "BLOB", "BIT"), frozenset({"string"})),
    "DATE": frozenset({"date"}),
    **dict.fromkeys(("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"), frozenset({"timestamp"})),
    "TIME": frozenset({"time"}),
    "BOOLEAN": frozenset({"boolean"}),
    "STRUCT": frozenset({"object"}),
    "MAP": frozenset({"object", "map"}),
    "JSON": frozenset({"object", "array", "map", "string"}),
}


def _logical(type_name: str) -> frozenset[str]:
    if type_name.endswith("]"):
        return frozenset({"array", "vector"})
    if match := re.match(r"DECIMAL\(\d+,(\d+)\)", type_name):
        return frozenset({"number", "integer"} if match[1] == "0" else {"number"})
    return _LOGICAL.get(re.split(r"[ (]", type_name)[0], frozenset())


@dataclass(frozen=True, slots=True)
class Table:
    """A table or view of a DuckDB database file."""

    database: str
    name: str
    schema: str = "main"

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"

    @property
    def lineage(self) -> tuple[str, str]:
        path = Path(self.database).resolve()
        return f"duckdb://{path}", f"{path.stem}.{self.schema}.{self.name}"

    @property
    def quarantine(self) -> Table:
        """The table beside this one that holds the rows set aside."""
        return replace(self, name=f"{self.name}__quarantine")

    def beside(self, name: str) -> Table:
        """The table `name`, or schema.name, in the same database."""
        schema, _, table = name.rpartition(".")
        return replace(self, name=table, schema=schema or self.schema)

    @contextlib.contextmanager
    def connect(self, *, write: bool = False) -> Iterator[DuckDB]:
        with _open(self.database, write) as connection:
            yield DuckDB(connection, self.database)


@dataclass(frozen=True, slots=True)
class Files:
    """CSV or Parquet files: a path or a glob. `format` is csv or parquet."""

    path: str
    format: str

    def __str__(self) -> str:
        return self.path

    @property
    def lineage(self) -> tuple[str, str]:
        return "file", str(Path(self.path).absolute())

    @contextlib.contextmanager
    def connect(self, *, write: bool = False) -> Iterator[DuckDB]:
        with _open(":memory:", True) as connection:
            yield DuckDB(connection, ":memory:")


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A DataFrame in memory: pandas, polars or Arrow. DuckDB reads it where it lies."""

    data: Any

    def __str__(self) -> str:
        return f"{type(self.data).__module__.partition('.')[0]} {type(self.data).__name__}"

    @property
    def lineage(self) -> None:
        return None

    @contextlib.contextmanager
    def connect(self, *, write: bool = False) -> Iterator[DuckDB]:
        with _open(":memory:", True) as connection:
            yield DuckDB(connection, ":memory:")


@contextlib.contextmanager
def _open(database: str, write: bool) -> Iterator[DuckDBPyConnection]:
    import duckdb

    path = Path(database)
    if database != ":memory:":
        if not write and not path.exists():
            raise CallError(f"{database}: there is no such DuckDB database")
        if write:
            path.parent.mkdir(parents=True, exist_ok=True)
    with _translated(database):
        connection = duckdb.connect(database, read_only=not write)
    try:
        connection.execute("SET TimeZone = 'UTC'")
        yield connection
    finally:
        connection.close()


@contextlib.contextmanager
def _translated(what: str) -> Iterator[None]:
    """DuckDB's errors as ours: a lock or a conflict is transient, all else is the query's fault."""
    import duckdb

    try:
        yield
    except (duckdb.IOException, duckdb.TransactionException, duckdb.ConnectionException) as error:
        if "not a valid DuckDB database" in str(error):
            raise CallError(f"{what}: this file is no DuckDB database") from None
        raise TransientError(f"{what}: {error}") from error
    except (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException) as error:
        raise QueryError(str(error).partition("\n\nLINE")[0]) from error
    except duckdb.Error as error:
        # These may quote a value of the data, so only what is known to be free of it is passed on.
        line = re.search(r"CSV Error on Line: \d+", str(error))
        raise QueryError(f"{what}: {line[0] if line else type(error).__name__}") from None


class DuckDB:
    """An open DuckDB database: reads any of the places above, and publishes into its own tables."""

    dialect = DIALECT

    def __init__(self, connection: DuckDBPyConnection, database: str) -> None:
        self.connection = connection
        self.database = database
        self._attached: dict[str, str] = {}
        self._counter = 0

    # --- reading -------------------------------------------------------------------------------------------------

    def rows(self, query: exp.Expr | str) -> list[tuple[Any, ...]]:
        text = query if isinstance(query, str) else query.sql(DIALECT)
        with _translated(self.database):
            return self.connection.execute(text).fetchall()

    def read(self, place: Any) -> Relation:
        if isinstance(place, Table):
            return self._relation(self._table(place), str(place))
        if isinstance(place, Frame):
            name = self._new_name()
            with _translated(str(place)):
                self.connection.register(name, place.data)
            return self._relation(exp.table_(name, quoted=True), str(place))
        if isinstance(place, Files):
            return self._files(place)
        raise CallError(f"DuckDB cannot read {place}")

    def _files(self, place: Files) -> Relation:
        if "://" not in place.path and not glob.glob(place.path, recursive=True):  # noqa: PTH207 - the path may be absolute
            raise CallError(f"{place.path}: there is no such file")
        path = exp.Literal.string(place.path)
        if place.format == "parquet":
            return self._relation(exp.func("read_parquet", path), str(place))
        # Everything as text: types are the contract's, never sniffed. An empty cell is NULL, a blank is not.
        options = {
            "all_varchar": exp.true(),
            "header": exp.true(),
            "delim": exp.Literal.string(","),
            "quote": exp.Literal.string('"'),
            "escape": exp.Literal.string('"'),
            "skip": exp.Literal.number(0),
        }
        arguments = [exp.EQ(this=exp.column(name), expression=value) for name, value in options.items()]
        return replace(self._relation(exp.func("read_csv", path, *arguments), str(place)), text=True)

    def _table(self, place: Table) -> exp.Table:
        catalog = None
        if not _same_file(place.database, self.database):
            catalog = self._attach(place.database)
        found = self.rows(
            exp.select("1")
            .from_("duckdb_columns()")
            .where(
                exp.column("database_name").eq(
                    exp.Literal.string(catalog) if catalog else exp.func("current_database")
                ),
                exp.column("schema_name").eq(place.schema),
                exp.column("table_name").eq(place.name),
            )
            .limit(1)
        )
        if not found:
            raise CallError(f"{place.database}: there is no table {place}")
        return exp.table_(place.name, db=place.schema, catalog=catalog, quoted=True)

    def exists(self, place: Table) -> bool:
        """Whether the table is there, in this session's own database."""
        try:
            self._table(place)
        except CallError:
            return False
        return True

    def _attach(self, database: str) -> str:
        if database not in self._attached:
            if not Path(database).exists():
                raise CallError(f"{database}: there is no such DuckDB database")
            self._attached[database] = name = self._new_name()
            path = exp.Literal.string(str(Path(database).resolve())).sql(DIALECT)
            with _translated(database):
                self.connection.execute(f"ATTACH {path} AS {name} (READ_ONLY)")
        return self._attached[database]

    def _relation(self, source: exp.Expr, name: str) -> Relation:
        described = self.rows(f"DESCRIBE {exp.select('*').from_(source.copy()).sql(DIALECT)}")
        columns = tuple(
            Column(row[0], row[1], _logical(row[1]), row[1].endswith("WITH TIME ZONE")) for row in described
        )
        return Relation(source, columns, name)

    def keep(self, query: exp.Select, name: str) -> Relation:
        table = self._new_name()
        self.rows(exp.Create(this=exp.table_(table, quoted=True), kind="TEMP TABLE", expression=query))
        return self._relation(exp.table_(table, quoted=True), name)

    def view(self, query: exp.Select, name: str) -> Relation:
        return self._relation(query.subquery(), name)

    @functools.lru_cache(maxsize=256)  # noqa: B019 - lives as long as the session
    def canonical(self, type_text: str) -> str | None:
        try:
            kind = exp.DataType.build(type_text, dialect=DIALECT)
            return self.rows(exp.select(exp.func("typeof", exp.cast(exp.null(), kind, dialect=DIALECT))))[0][0]
        except (SqlglotError, QueryError):
            return None

    def _new_name(self) -> str:
        self._counter += 1
        return f"__headgate_{self._counter}"

    # --- publishing ----------------------------------------------------------------------------------------------

    def stage(self, target: Table, query: exp.Select, run_key: str, name: str) -> Relation:
        self.discard(target, run_key)
        self.rows(exp.Create(this=_identifier(target.schema), kind="SCHEMA", exists=True))
        staged = _aside(target, "stage", run_key)
        self.rows(exp.Create(this=_name(staged), kind="TABLE", expression=query))
        return self._relation(_name(staged), name)

    def set_aside(self, target: Table, run_key: str, reasons: Mapping[str, exp.Expr]) -> int:
        stage = _name(_aside(target, "stage", run_key))
        cases = [exp.Case().when(condition, exp.Literal.string(key)) for key, condition in reasons.items()]
        listed = f"list_filter({exp.Array(expressions=cases).sql(DIALECT)}, lambda reason: reason IS NOT NULL)"
        aside = _name(_aside(target, "aside", run_key)).sql(DIALECT)
        self.rows(
            f"CREATE OR REPLACE TABLE {aside} AS SELECT * FROM "
            f"(SELECT rowid AS __headgate_row, {listed} AS headgate_reasons, * "
            f"FROM {stage.sql(DIALECT)} AS {DATA}) AS marked WHERE len(headgate_reasons) > 0"
        )
        return self.rows(f"SELECT count(*) FROM {aside}")[0][0]

    def remaining(self, target: Table, run_key: str, name: str) -> Relation:
        stage, aside = (_name(_aside(target, part, run_key)) for part in ("stage", "aside"))
        marked = exp.select("__headgate_row").from_(aside)
        rest = exp.select("*").from_(stage).where(exp.column("rowid").isin(query=marked).not_())
        return self._relation(rest.subquery(), name)

    def switch(self, target: Table, record: Record, *, allow_older: bool = False) -> None:
        stage, aside = (_aside(target, part, record.run_key) for part in ("stage", "aside"))
        columns = [c for c in self._relation(_name(stage), "").columns if not c.name.startswith(_RAW)]
        raw = [c.name for c in self._relation(_name(stage), "").columns if c.name.startswith(_RAW)]
        if record.rows_set_aside:
            self.rows(
                f"DELETE FROM {_name(stage).sql(DIALECT)} WHERE rowid IN "
                f"(SELECT __headgate_row FROM {_name(aside).sql(DIALECT)})"
            )
        for name in raw:
            self.rows(f"ALTER TABLE {_name(stage).sql(DIALECT)} DROP COLUMN {_identifier(name).sql(DIALECT)}")
        with self.transaction():
            record = self._settled(target, record, allow_older)
            self.write_data(target, stage)
            self.write_quarantine(target, aside if record.rows_set_aside else None, columns, raw, record)
            self.write_record(record)
        self.discard(target, record.run_key)

    def discard(self, target: Table, run_key: str) -> None:
        for part in ("stage", "aside"):
            self.rows(f"DROP TABLE IF EXISTS {_name(_aside(target, part, run_key)).sql(DIALECT)}")

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        self.rows("BEGIN TRANSACTION")
        try:
            yield
        except BaseException:
            # A commit that failed, or a fatal error, has ended the transaction already.
            with contextlib.suppress(QueryError, TransientError):
                self.rows("ROLLBACK")
            raise
        self.rows("COMMIT")

    def write_data(self, target: Table, stage: Table) -> None:
        self.rows(f"DROP TABLE IF EXISTS {_name(target).sql(DIALECT)}")
        self.rows(f"ALTER TABLE {_name(stage).sql(DIALECT)} RENAME TO {_identifier(target.name).sql(DIALECT)}")

    def write_quarantine(
        self, target: Table, aside: Table | None, columns: list[Column], raw: list[str], record: Record
    ) -> None:
        """Replace what this run key set aside. A column that is new is added, one whose type changed becomes text."""
        quarantine = target.quarantine
        there = self.exists(quarantine)
        if there:
            self._execute(f"DELETE FROM {_name(quarantine).sql(DIALECT)} WHERE headgate_run_key = ?", record.run_key)
        if aside is None:
            return
        own = (
            ("headgate_run_key", "VARCHAR"),
            ("headgate_reasons", "VARCHAR[]"),
            ("headgate_raw", "JSON"),
            ("headgate_contract_version", "VARCHAR"),
            ("headgate_run_at", "TIMESTAMPTZ"),
        )
        table = _name(quarantine).sql(DIALECT)
        wanted = [(c.name, c.type) for c in columns]
        if not there:
            spelled = ", ".join(f"{_identifier(n).sql(DIALECT)} {t}" for n, t in (*wanted, *own))
            self.rows(f"CREATE TABLE {table} ({spelled})")
        else:
            have = {c.name.lower(): c.type for c in self._relation(_name(quarantine), "").columns}
            for name, kind in wanted:
                spelled = _identifier(name).sql(DIALECT)
                if name.lower() not in have:
                    self.rows(f"ALTER TABLE {table} ADD COLUMN {spelled} {kind}")
                elif have[name.lower()] not in (kind, "VARCHAR"):
                    self.rows(f"ALTER TABLE {table} ALTER COLUMN {spelled} TYPE VARCHAR")
        listed = ", ".join(_identifier(c.name).sql(DIALECT) for c in columns)
        cells = ", ".join(
            f"{exp.Literal.string(name.removeprefix(_RAW)).sql(DIALECT)}, {_identifier(name).sql(DIALECT)}"
            for name in raw
        )
        # A merge patch drops the cells that did cast.
        kept = f"nullif(json_merge_patch('{{}}', json_object({cells})), '{{}}')" if raw else "NULL"
        self._execute(
            f"INSERT INTO {table} ({listed}, {', '.join(n for n, _ in own)}) "
            f"SELECT {listed}, ?, headgate_reasons, {kept}, ?, ? FROM {_name(aside).sql(DIALECT)}",
            record.run_key,
            record.contract_version,
            record.run_at,
        )

    def write_record(self, record: Record) -> None:
        values = {name: getattr(record, name) for name in Record.__dataclass_fields__}
        self._execute(
            "DELETE FROM headgate.publications WHERE run_key = ? AND target = ?", record.run_key, record.target
        )
        self._execute(
            f"INSERT INTO headgate.publications ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})",
            *values.values(),
        )

    def _settled(self, target: Table, record: Record, allow_older: bool) -> Record:
        """The record as it will be written: a rerun keeps the time of its run; an older interval is refused."""
        self.rows("CREATE SCHEMA IF NOT EXISTS headgate")
        self.rows(
            "CREATE TABLE IF NOT EXISTS headgate.publications (run_key VARCHAR NOT NULL, target VARCHAR NOT NULL, "
            "contract_id VARCHAR, contract_version VARCHAR, contract_commit VARCHAR, dataset VARCHAR, verdict VARCHAR, "
            "policy VARCHAR, outcome VARCHAR, rows_published BIGINT, rows_set_aside BIGINT, run_at TIMESTAMPTZ, "
            "interval_start TIMESTAMPTZ, interval_end TIMESTAMPTZ)"
        )
        before = self._execute(
            "SELECT min(run_at) FILTER (run_key = ?), max(interval_end) FILTER (run_key <> ?) "
            "FROM headgate.publications WHERE target = ?",
            record.run_key,
            record.run_key,
            record.target,
        )
        first_run_at, served = before[0]
        if served and record.interval_end and record.interval_end < served and not allow_older:
            raise CallError(
                f"{target} already serves the data interval that ends {served.isoformat()}; this run's ends "
                f"{record.interval_end.isoformat()}. To publish older data over newer, allow it: allow_older=True"
            )
        return replace(record, run_at=first_run_at or record.run_at)

    def _execute(self, text: str, *values: Any) -> list[tuple[Any, ...]]:
        with _translated(self.database):
            return self.connection.execute(text, list(values)).fetchall()


def _aside(target: Table, part: str, run_key: str) -> Table:
    token = hashlib.sha256(f"{target}\0{run_key}".encode()).hexdigest()[:12]
    return replace(target, name=f"__headgate_{part}_{token}")


def _name(table: Table) -> exp.Table:
    return exp.table_(table.name, db=table.schema, quoted=True)


def _identifier(name: str) -> exp.Identifier:
    return exp.to_identifier(name, quoted=True)


def _same_file(one: str, other: str) -> bool:
    return one == other or (":memory:" not in (one, other) and Path(one).resolve() == Path(other).resolve())
