"""Publishing into a DuckDB database: one process writes at a time, and a reader opens the file before or after."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import sqlglot
from sqlglot import exp

from headgate.checks import Column
from headgate.errors import CallError, TransientError
from headgate.places.drift import Held
from headgate.places.duckdb.places import Files, Frame, Table
from headgate.places.duckdb.session import DIALECT, IN_MEMORY, DuckDB, identifier, opened, quoted
from headgate.places.duckdb.types import column_of
from headgate.places.ledger import Ledger
from headgate.places.place import QueryError, Relation
from headgate.places.publisher import TablePublisher
from headgate.places.records import Mode
from headgate.places.tables import own_name
from headgate.sql.names import RAW
from headgate.sql.quote import ident, text

if TYPE_CHECKING:
    from headgate.places.place import Place, Session

# Stages of this process that are in use: (database, table).
_LIVE: set[tuple[str, str]] = set()


class DuckDBPublisher(DuckDB, TablePublisher):
    """An open DuckDB database that can publish into its own tables. A whole table is replaced by a rename."""

    row_number = "rowid"
    swaps = True

    @contextlib.contextmanager
    def source(self, origin: Place) -> Iterator[tuple[Session, Relation]]:
        yield self, self.read(origin)

    def run(self, statement: str) -> int:
        found = self.rows(statement)
        return int(found[0][0]) if found and isinstance(found[0][0], int) else 0

    def admit(self, target: Any, mode: Mode) -> None:
        if self._listed("duckdb_views()", target, "1", "view_name"):
            raise CallError(f"{target} is a view; a publish replaces a table: give another target")

    def stage(
        self, target: Any, query: exp.Select, reader: Session, run_key: str, name: str,
        types: Mapping[str, str | None],
    ) -> Relation:  # fmt: skip
        self._refuse(target, query, name)
        self._sweep(target)
        staged = _own(target, "stage", run_key)
        _LIVE.add((self.database, staged.name))
        self.rows(exp.Create(this=identifier(target.schema), kind="SCHEMA", exists=True))
        self.make(self.part(target, "stage", run_key), self.sql(query))
        return self.staged(target, run_key, name)

    def staged(self, target: Any, run_key: str, name: str = "") -> Relation:
        return self._relation(quoted(_own(target, "stage", run_key)), name)

    def part(self, target: Any, part: str, run_key: str) -> str:
        return quoted(_own(target, part, run_key)).sql(DIALECT)

    def make(self, table: str, query: str) -> None:
        self.rows(f"CREATE OR REPLACE TABLE {table} AS {query}")

    def parsed(self, query: str) -> exp.Select:
        return sqlglot.parse_one(query, dialect=DIALECT, into=exp.Select)

    def _refuse(self, target: Any, query: exp.Select, name: str) -> None:
        """What cannot be published here, found out before anything is built."""
        if "rowid" in (column.name.lower() for column in self.view(query, name).columns):
            raise CallError(f"{name}: the column 'rowid' has a name that is taken in DuckDB; rename it")

    def _sweep(self, target: Any) -> None:
        """Remove what dead runs left: no other process has the file open, and this one knows its own."""
        for schema, table in self.rows(
            "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = current_database() "
            "AND regexp_matches(table_name, '^__headgate_(stage|aside)_')"
        ):
            if (self.database, table.replace("_aside_", "_stage_")) not in _LIVE:
                self.rows(f"DROP TABLE IF EXISTS {ident(schema, table)}")

    def discard(self, target: Any, run_key: str) -> None:
        _LIVE.discard((self.database, _own(target, "stage", run_key).name))
        for part in ("stage", "aside"):
            self.rows(f"DROP TABLE IF EXISTS {self.part(target, part, run_key)}")

    @contextlib.contextmanager
    def transaction(self, target: Any) -> Iterator[None]:
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

    def remove(self, target: Any, condition: str | None) -> None:
        """All rows are removed with the table, which is made anew, unless others refer to it: DuckDB takes each row out
        of an index by itself, which is slower by far than to fill a new one."""
        if condition or self._listed("duckdb_constraints()", target, "1", "referenced_table", "LIMIT 1"):
            super().remove(target, condition)
            return
        table, old = ident(target.schema, target.name), own_name(target, "old", "")
        ((made,),) = self._listed("duckdb_tables()", target, "sql", "table_name")
        indexes = self._listed("duckdb_indexes()", target, "index_name, sql", "table_name")
        comments = self._comments(target)
        for index, _ in indexes:
            self.run(f"DROP INDEX {ident(target.schema, index)}")
        self.run(f"ALTER TABLE {table} RENAME TO {ident(old)}")
        self.run(made)
        self.run(f"DROP TABLE {ident(target.schema, old)}")
        for _, again in indexes:
            self.run(again)
        for thing, comment in comments.items():
            self.run(f"COMMENT ON {thing} IS {text(comment)}")

    def _comments(self, target: Any) -> dict[str, str | None]:
        """What is said of a table, its columns and its indexes, by what it is said of."""
        table, said = ident(target.schema, target.name), "AND comment IS NOT NULL"
        columns = self._listed("duckdb_columns()", target, "column_name, comment", "table_name", said)
        indexes = self._listed("duckdb_indexes()", target, "index_name, comment", "table_name", said)
        return (
            {f"TABLE {table}": self.comment(target)}
            | {f"COLUMN {table}.{ident(name)}": comment for name, comment in columns}
            | {f"INDEX {ident(target.schema, name)}": comment for name, comment in indexes}
        )

    def swap(self, target: Any, run_key: str) -> None:
        stage, table = self.part(target, "stage", run_key), ident(target.schema, target.name)
        columns, comments = self.staged(target, run_key).columns, self._comments(target)
        for column in columns:
            if column.name.startswith(RAW):
                self.run(f"ALTER TABLE {stage} DROP COLUMN {ident(column.name)}")
        self.run(f"DROP TABLE IF EXISTS {table}")
        self.run(f"ALTER TABLE {stage} RENAME TO {ident(target.name)}")
        there = (f"TABLE {table}", *(f"COLUMN {table}.{ident(column.name)}" for column in columns))
        for thing, comment in comments.items():
            if thing.lower() in map(str.lower, there):
                self.run(f"COMMENT ON {thing} IS {text(comment)}")

    def ledger(self, target: Any) -> Ledger:
        return Ledger(self, str(target), folds=True)

    def swapped(self, target: Any, held: Mapping[str, Held] | None) -> bool:
        """A table that has what a staged one has not (constraints, indexes, columns that fill themselves) keeps it."""
        own = ("duckdb_constraints()", "duckdb_indexes()")
        return super().swapped(target, held) and not (
            any(h.filled for h in (held or {}).values())
            or any(self._listed(of, target, "1", "table_name", "LIMIT 1") for of in own)
        )

    def columns_of(self, target: Any) -> dict[str, Held] | None:
        listed = "column_name, data_type, column_default IS NOT NULL"
        found = self._listed("duckdb_columns()", target, listed, "table_name", "ORDER BY column_index")
        return {n.lower(): Held(column_of(n, kind), filled) for n, kind, filled in found} or None

    def _listed(self, of: str, target: Any, columns: str, called: str, more: str = "") -> list[tuple[Any, ...]]:
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

    def without_nulls(self, values: str) -> str:
        return f"list_filter({values}, lambda reason: reason IS NOT NULL)"

    def document(self, cells: Mapping[str, str]) -> str:
        pairs = ", ".join(f"{text(key)}, {value}" for key, value in cells.items())
        # A merge patch drops the cells that are NULL.
        return f"nullif(json_merge_patch('{{}}', json_object({pairs})), '{{}}')"

    def kept_type(self, column: Column) -> str:
        return "VARCHAR" if "ENUM" in column.type else column.type

    def shelter(self, quarantine: Any, target: Any) -> None:
        """DuckDB knows no grants: who opens the file reads all of it."""

    def fingerprint(self, columns: Sequence[str]) -> str:
        return f"CAST(sum(hash(ROW({', '.join(ident(column) for column in columns)}))) AS VARCHAR)"

    def comment(self, target: Any) -> str | None:
        found = self._listed("duckdb_tables()", target, "comment", "table_name")
        return found[0][0] if found else None

    def set_comment(self, target: Any, comment: str | None) -> None:
        self.run(f"COMMENT ON TABLE {ident(target.schema, target.name)} IS {text(comment)}")


def _own(target: Any, part: str, run_key: str) -> Table:
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
