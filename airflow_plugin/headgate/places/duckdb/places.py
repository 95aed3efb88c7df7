"""What DuckDB reads: tables of a database file, CSV, JSON and Parquet files, DataFrames (pandas, polars, Arrow)."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any

from headgate.naming import PlaceName, duckdb_table, files
from headgate.places.duckdb.csv.detect import detect
from headgate.places.duckdb.csv.dialect import STANDARD, Dialect
from headgate.places.duckdb.matching import matching
from headgate.places.place import Session
from headgate.places.registry import open_place
from headgate.places.statements import Statements


@dataclass(frozen=True, slots=True)
class Table:
    """A table or view of a DuckDB database file."""

    database: str
    name: str
    schema: str = "main"

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"

    @property
    def lineage(self) -> PlaceName:
        return duckdb_table(self.database, self.schema, self.name)

    @property
    def quarantine(self) -> Table:
        """The table beside this one that holds the quarantined rows."""
        return replace(self, name=f"{self.name}__quarantine")

    def beside(self, name: str) -> Table:
        """Return the table `name`, or schema.name, in the same database."""
        schema, _, table = name.rpartition(".")
        return replace(self, name=table, schema=schema or self.schema)

    def connect(self, *, write: bool = False, label: str = "") -> AbstractContextManager[Statements]:
        return open_place(self, write=write, label=label)


@dataclass(frozen=True, slots=True)
class Files:
    """Files: a path or a glob. `format` is csv, json or parquet.

    If Parquet files are `partitioned`, the folders called column=value are columns too.
    """

    path: str
    format: str
    partitioned: bool = False
    dialect: Dialect = STANDARD

    def written_as(self, settings: Mapping[str, Any]) -> Files:
        """Return the files as the settings of a contract say that they are written, where the place does not."""
        return replace(self, dialect=self.dialect.filled(settings)) if self.format == "csv" else self

    def format_settings(self) -> Mapping[str, object]:
        """Return the settings that say how the first of these files is written. Raises CallError, QueryError."""
        return detect(matching(self.path)[0]) if self.format == "csv" else {}

    def __str__(self) -> str:
        return self.path

    @property
    def lineage(self) -> PlaceName:
        return files(self.path)

    def connect(self, *, write: bool = False, label: str = "") -> AbstractContextManager[Session]:
        return open_place(self, write=write, label=label)


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A DataFrame in memory: pandas, polars or Arrow. DuckDB reads it in place."""

    data: Any

    def __str__(self) -> str:
        return f"{type(self.data).__module__.partition('.')[0]} {type(self.data).__name__}"

    @property
    def lineage(self) -> None:
        return None

    def connect(self, *, write: bool = False, label: str = "") -> AbstractContextManager[Session]:
        return open_place(self, write=write, label=label)
