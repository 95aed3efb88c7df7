"""Publishing into a DuckDB database: one process writes at a time, and a reader opens the file before or after."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import sqlglot
from sqlglot import exp

from headgate.checks import Column
from headgate.errors import CallError, QueryError, TargetRefusedError, TransientError
from headgate.places.capabilities import Capabilities
from headgate.places.duckdb.connection import IN_MEMORY, opened
from headgate.places.duckdb.places import Files, Frame, Table
from headgate.places.duckdb.session import DIALECT, DuckDB, identifier, quoted
from headgate.places.duckdb.types import column_of
from headgate.places.ledger import Ledger
from headgate.places.place import Relation
from headgate.places.records import WriteMode
from headgate.places.statements import Staged, Statements, TableState, Target, TargetColumn, own_name
from headgate.sql.quote import ident, text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from headgate.places.columns import ColumnChanges
    from headgate.places.place import Place, Session

# Stages of this process that are in use: (database, table).
_LIVE: set[tuple[str, str]] = set()


class DuckDBPublisher(DuckDB, Statements):
    """An open DuckDB database that can publish into its own tables. A whole table is replaced by a rename."""

    can = Capabilities(swap="always", comments=True)
    row_number = "rowid"
    # The places that this session reads itself; the rows of others come to it.
    reads: tuple[type, ...] = (Table, Files, Frame)

    def __init__(self, connection: DuckDBPyConnection, database: str) -> None:
        super().__init__(connection, database)
        # What this session has staged and not removed yet; what dead ones left is swept.
        self._made: set[str] = set()

    @contextlib.contextmanager
    def source(self, origin: Place) -> Iterator[tuple[Session, Relation]]:
        if isinstance(origin, self.reads):
            yield self, self.read(origin)
            return
        with origin.connect() as session:
            rows = session.arrow(exp.select("*").from_(session.read(origin).source))
            yield self, self.receive(rows, str(origin))

    def run(self, statement: str) -> int:
        found = self.rows(statement)
        return int(found[0][0]) if found and isinstance(found[0][0], int) else 0

    def admit(self, target: Target, mode: WriteMode, state: TableState, *, quarantines: bool) -> None:
        if state.is_view:
            raise TargetRefusedError(f"{target} is a view; a publish replaces a table: give another target")

    def stage(
        self, target: Target, query: exp.Select, reader: Session, run_key: str, name: str,
        types: Mapping[str, str | None], state: TableState,
    ) -> Relation:  # fmt: skip
        if "rowid" in map(str.lower, query.named_selects):
            raise CallError(f"{name}: the column 'rowid' has a name that is taken in DuckDB; rename it")
        self._sweep(target)
        _LIVE.add((self.database, _own(target, "stage", run_key).name))
        self.rows(exp.Create(this=identifier(target.schema), kind="SCHEMA", exists=True))
        return self.restage(target, self.sql(query), run_key, name)

    def restage(self, target: Target, query: str, run_key: str, name: str) -> Relation:
        self.make(self.part(target, "stage", run_key), query)
        return self.relation(quoted(_own(target, "stage", run_key)), name)

    def part(self, target: Target, part: str, run_key: str) -> str:
        return quoted(_own(target, part, run_key)).sql(DIALECT)

    def make(self, table: str, query: str) -> None:
        self._made.add(table)
        self.rows(f"CREATE OR REPLACE TABLE {table} AS {query}")

    def parsed(self, query: str) -> exp.Select:
        return sqlglot.parse_one(query, dialect=DIALECT, into=exp.Select)

    def _sweep(self, target: Target) -> None:
        """Remove what dead runs left: no other process has the file open, and this one knows its own."""
        for schema, table in self.rows(
            "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = current_database() "
            "AND regexp_matches(table_name, '^__headgate_(stage|aside)_')"
        ):
            if (self.database, table.replace("_aside_", "_stage_")) not in _LIVE:
                self.rows(f"DROP TABLE IF EXISTS {ident(schema, table)}")

    def discard(self, target: Target, run_key: str) -> None:
        _LIVE.discard((self.database, _own(target, "stage", run_key).name))
        for part in ("stage", "aside"):
            if (table := self.part(target, part, run_key)) in self._made:
                self.rows(f"DROP TABLE IF EXISTS {table}")
                self._made.discard(table)

    @contextlib.contextmanager
    def transaction(self, target: Target) -> Iterator[None]:
        self.rows("BEGIN TRANSACTION")
        try:
            self.ledger(target).make()
            yield
        except BaseException:
            # A commit that failed, or a fatal error, has ended the transaction already.
            with contextlib.suppress(QueryError, TransientError):
                self.rows("ROLLBACK")
            raise
        self.rows("COMMIT")

    def swap(self, staged: Staged, state: TableState, changes: ColumnChanges) -> None:
        table = ident(staged.target.schema, staged.target.name)
        for column in staged.texts:
            self.run(f"ALTER TABLE {staged.table} DROP COLUMN {ident(column.name)}")
        for column in changes.absent:
            self.run(f"ALTER TABLE {staged.table} ADD COLUMN {ident(column.name)} {column.type}")
        if state.exists:
            self.run(f"DROP TABLE IF EXISTS {table}")
        self.run(f"ALTER TABLE {staged.table} RENAME TO {ident(staged.target.name)}")
        there = (
            f"TABLE {table}",
            *(f"COLUMN {table}.{ident(column.name)}" for column in (*staged.visible, *changes.absent)),
        )
        for thing, comment in state.comments.items():
            if thing.lower() in map(str.lower, there):
                self.run(f"COMMENT ON {thing} IS {text(comment)}")

    def remove(self, target: Target, condition: str | None) -> None:
        """All rows are removed with the table, which is made anew, unless others refer to it: DuckDB takes each row out
        of an index by itself, which is slower by far than to fill a new one."""
        if condition or self._listed("duckdb_constraints()", target, "1", "referenced_table", "LIMIT 1"):
            super().remove(target, condition)
            return
        table, old = ident(target.schema, target.name), own_name(target, "old", "")
        ((made,),) = self._listed("duckdb_tables()", target, "sql", "table_name")
        indexes = self._listed("duckdb_indexes()", target, "index_name, sql", "table_name")
        (state,) = self.states(target)
        for index, _ in indexes:
            self.run(f"DROP INDEX {ident(target.schema, index)}")
        self.run(f"ALTER TABLE {table} RENAME TO {ident(old)}")
        self.run(made)
        self.run(f"DROP TABLE {ident(target.schema, old)}")
        for _, again in indexes:
            self.run(again)
        for thing, comment in state.comments.items():
            self.run(f"COMMENT ON {thing} IS {text(comment)}")

    def ledger(self, target: Target) -> Ledger:
        return Ledger(self, str(target), folds=True)

    def states(self, *tables: Target) -> list[TableState]:
        """One query for all of the tables, of five of DuckDB's catalogs."""
        schemas = ", ".join(f"lower({text(table.schema)})" for table in tables)
        names = ", ".join(f"lower({text(table.name)})" for table in tables)
        here = f"database_name = current_database() AND lower(schema_name) IN ({schemas})"
        found = self.rows(
            " UNION ALL ".join(
                f"SELECT '{kind}', lower(schema_name), lower({called}), {columns} FROM {catalog} "
                f"WHERE {here} AND lower({called}) IN ({names})"
                for kind, called, columns, catalog in _CATALOGS
            )
            + " ORDER BY 4"
        )
        return [
            _state(table, [row for row in found if row[1:3] == (table.schema.lower(), table.name.lower())])
            for table in tables
        ]

    def _listed(self, of: str, target: Target, columns: str, called: str, more: str = "") -> list[tuple[Any, ...]]:
        return self.rows(
            f"SELECT {columns} FROM {of} WHERE database_name = current_database() "
            f"AND lower(schema_name) = lower({text(target.schema)}) AND lower({called}) = lower({text(target.name)}) "
            f"{more}"
        )

    def misfits(self, new: Column, old: Column) -> str | None:
        # The values of an enum are texts; its type does not say which.
        if "ENUM" in old.type:
            return None
        value = f"CAST({ident(new.name)} AS VARCHAR)" if "ENUM" in new.type else ident(new.name)
        back = f"TRY_CAST(TRY_CAST({value} AS {old.type}) AS {'VARCHAR' if 'ENUM' in new.type else new.type})"
        return f"{value} IS NOT NULL AND {back} IS DISTINCT FROM {value}"

    def some_of(self, values: Sequence[str]) -> str:
        return f"list_filter(ARRAY[{', '.join(values)}], lambda reason: reason IS NOT NULL)"

    def document(self, cells: Mapping[str, str]) -> str:
        pairs = ", ".join(f"{text(key)}, {value}" for key, value in cells.items())
        # A merge patch drops the cells that are NULL.
        return f"nullif(json_merge_patch('{{}}', json_object({pairs})), '{{}}')"

    def kept_type(self, column: Column) -> str:
        return "VARCHAR" if "ENUM" in column.type else column.type

    def fingerprint(self, columns: Sequence[str]) -> str:
        return f"CAST(sum(hash(ROW({', '.join(ident(column) for column in columns)}))) AS VARCHAR)"

    def set_comment(self, target: Target, comment: str | None) -> None:
        self.run(f"COMMENT ON TABLE {ident(target.schema, target.name)} IS {text(comment)}")


# What is told of a table: (kind, its name there, order, name of the part, type, whether it fills itself, comment).
_CATALOGS = (
    ("column", "table_name", "column_index, column_name, data_type, column_default IS NOT NULL, comment",
     "duckdb_columns()"),
    ("table", "table_name", "0, NULL, NULL, NULL, comment", "duckdb_tables()"),
    ("view", "view_name", "0, NULL, NULL, NULL, NULL", "duckdb_views()"),
    ("constraint", "table_name", "0, NULL, NULL, NULL, NULL", "duckdb_constraints()"),
    ("index", "table_name", "0, index_name, NULL, NULL, comment", "duckdb_indexes()"),
)  # fmt: skip


def _state(table: Target, found: list[tuple[Any, ...]]) -> TableState:
    columns: dict[str, TargetColumn] = {}
    comments: dict[str, str] = {}
    own, kinds = ident(table.schema, table.name), {kind for kind, *_ in found}
    for kind, _, _, _, name, type_name, filled, comment in found:
        if kind == "column":
            columns[name.lower()] = TargetColumn(column_of(name, type_name), filled)
        if comment is not None:
            named = {"table": own, "column": f"{own}.{ident(name or '')}", "index": ident(table.schema, name or "")}
            comments[f"{kind.upper()} {named[kind]}"] = comment
    return TableState(
        columns,
        comment=comments.get(f"TABLE {own}"),
        keeps=bool(kinds & {"constraint", "index"}) or any(column.filled for column in columns.values()),
        is_view="view" in kinds,
        comments=comments,
    )


def _own(target: Target, part: str, run_key: str) -> Table:
    return Table("", own_name(target, part, run_key), target.schema)


@contextlib.contextmanager
def opened_place(place: Table | Files | Frame, write: bool) -> Iterator[DuckDB]:
    """Open the database of a table, or one in memory that reads files and DataFrames."""
    if isinstance(place, Table):
        with opened(place.database, write=write) as connection:
            yield DuckDBPublisher(connection, place.database)
    else:
        with opened(IN_MEMORY, write=True) as connection:
            yield DuckDB(connection, IN_MEMORY)
