"""What DuckDB reads: tables of a database file, CSV, JSON and Parquet files, DataFrames (pandas, polars, Arrow)."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any

from headgate.naming import PlaceName, duckdb_table, files
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
class Dialect:
    """How CSV files are written; None is the default.

    `delimiter` is by default as their names say, `encoding` UTF-8, and `quote` a double quote; if it is empty, no cell
    is quoted. `header` are the names of the columns if the files have no line of them.
    """

    delimiter: str | None = None
    encoding: str | None = None
    quote: str | None = None
    header: tuple[str, ...] | None = None

    def filled(self, settings: Mapping[str, Any]) -> Dialect:
        """Return the dialect with what it does not say from the settings of a contract."""
        own = {name: getattr(self, name) for name in self.__slots__}
        return Dialect(**{name: settings.get(name) if value is None else value for name, value in own.items()})


@dataclass(frozen=True, slots=True)
class Files:
    """Files: a path or a glob. `format` is csv, json or parquet.

    If Parquet files are `partitioned`, the folders called column=value are columns too.
    """

    path: str
    format: str
    partitioned: bool = False
    dialect: Dialect = Dialect()

    def written_as(self, settings: Mapping[str, Any]) -> Files:
        """Return the files as the settings of a contract say that they are written, where the place does not."""
        return replace(self, dialect=self.dialect.filled(settings)) if self.format == "csv" else self

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
