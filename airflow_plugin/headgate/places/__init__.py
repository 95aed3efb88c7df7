"""Where data is. `place_of` turns what a caller gives (a path, a table's name, a DataFrame) into a place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from headgate.contract import Server
from headgate.errors import CallError
from headgate.places.duckdb import Files, Frame, Table
from headgate.places.parquet import Folder, is_published
from headgate.places.place import (
    Constraint,
    MovedError,
    Place,
    Proof,
    Publisher,
    QueryError,
    Relation,
    Session,
    Stored,
    Target,
    Values,
)
from headgate.places.postgres import SCHEMES, server_url, table_of
from headgate.places.postgres import Table as PostgresTable
from headgate.places.records import APPEND, MODES, UPSERT, Aside, Mode, Record, Release, Served, Stale

__all__ = [
    "APPEND",
    "MODES",
    "UPSERT",
    "Aside",
    "Constraint",
    "Files",
    "Folder",
    "Frame",
    "Mode",
    "MovedError",
    "Place",
    "PostgresTable",
    "Proof",
    "Publisher",
    "QueryError",
    "Record",
    "Relation",
    "Release",
    "Served",
    "Session",
    "Stale",
    "Stored",
    "Table",
    "Target",
    "Values",
    "as_it_lies",
    "place_of",
    "reaches",
    "server_table",
]

_FORMATS = {".csv": "csv", ".parquet": "parquet", ".pq": "parquet", ".json": "json", ".jsonl": "json",
            ".ndjson": "json"}  # fmt: skip
_OBJECT_STORES = ("s3://",)
_DATABASES = (".duckdb", ".ddb", ".db")


def place_of(data: Any, *, near: Place | None = None, folder: Path | None = None) -> Place:
    """The place that `data` means.

    Args:
        data: a place as it is; a path or glob of CSV, JSON or Parquet files, or a folder of Parquet files, whose
            own folders may be partitions (day=2026-01-01), or that headgate published into (s3://bucket/folder, too);
            `warehouse.duckdb#schema.table`;
            `postgresql://host/database#schema.table`; the name of a table beside `near`; or a DataFrame
            (pandas, polars, Arrow).
        near: a table; a bare name is looked up in its database.
        folder: what a relative path is relative to; the working directory by default.

    Raises:
        CallError: it is none of these.
    """
    if isinstance(data, Table | Files | Folder | Frame | PostgresTable):
        return data
    if isinstance(data, str | Path):
        text = str(data)
        if text.startswith(_OBJECT_STORES):
            return Folder(text.rstrip("/"))
        if SCHEMES.match(text):
            return table_of(text)
        database, _, table = text.rpartition("#")
        if database.endswith(_DATABASES):
            schema, _, name = _split(table)
            return Table(_under(folder, database), name, schema or "main")
        if Path(text).suffix.lower() in _FORMATS:
            return Files(_under(folder, text), _FORMATS[Path(text).suffix.lower()])
        if Path(_under(folder, text)).is_dir():
            return as_it_lies(Folder(_under(folder, text).rstrip("/")))
        if isinstance(near, Stored) and "/" not in text and not Path(_under(folder, text)).exists():
            return near.beside(text)
        raise CallError(
            f"'{text}' is no data that headgate can read: give a .csv, .json or .parquet path, a folder of Parquet "
            "files, FILE.duckdb#schema.table, or postgresql://…#schema.table"
        )
    if type(data).__name__ == "RecordBatchReader":
        raise CallError("a stream can be read only once, a check reads it several times: give reader.read_all()")
    if hasattr(data, "__arrow_c_stream__") or type(data).__module__.partition(".")[0] == "pandas":
        return Frame(data)
    raise CallError(f"{type(data).__qualname__} is no data that headgate can read: give a path, a place or a DataFrame")


def as_it_lies(place: Place) -> Place:
    """Of a folder of a filesystem that headgate has not published into, the Parquet files; any other place as it is."""
    if isinstance(place, Folder) and Path(place.url).is_dir() and not is_published(Path(place.url)):
        return Files(f"{place.url}/**/*.parquet", "parquet", partitioned=True)
    return place


_REACHABLE = ("duckdb", "postgresql", "local", "s3")


def reaches(server: Server) -> bool:
    """Whether headgate can read and publish a dataset on a server of a contract."""
    return server.type in _REACHABLE and (server.type not in _FOLDERS or server.fields.get("format") == "parquet")


# The field that says where a server of folders is.
_FOLDERS = {"local": "path", "s3": "location"}


def server_table(server: Server, name: str, folder: Path, url: str | None = None) -> Table | PostgresTable | Folder:
    """The table `name` on a server of the contract; on one of files the folder of that name.

    Args:
        folder: the contract's own, which the `database` of a duckdb server is relative to.
        url: how to connect to a postgresql server; by default as its fields say, and for the rest as libpq does
            (PGUSER, PGPASSWORD, ~/.pgpass).

    Raises:
        CallError: headgate cannot reach such a server.
    """
    if server.type not in _REACHABLE:
        raise CallError(f"server '{server.name}' is of type {server.type}; headgate can reach: {', '.join(_REACHABLE)}")
    if server.type in _FOLDERS:
        if not reaches(server):
            raise CallError(f"server '{server.name}': headgate reads and publishes files of format parquet only")
        where = str(server.fields[_FOLDERS[server.type]]).rstrip("/")
        return Folder(f"{_under(folder, where)}/{name}")
    if server.type == "postgresql":
        schema, _, table = _split(name)
        return PostgresTable(url or server_url(server), table, schema or str(server.fields.get("schema") or "public"))
    if "://" in str(server.fields["database"]):
        raise CallError(f"server '{server.name}': the database of a duckdb server is a file, not a URL")
    schema, _, table = _split(name)
    database = _under(folder, str(server.fields["database"]))
    return Table(database, table, schema or server.fields.get("schema") or "main")


def _split(name: str) -> tuple[str, str, str]:
    """schema.table, or a table alone."""
    if name.count(".") > 1 or not name.strip("."):
        raise CallError(f"'{name}' is no table: write schema.table, or a table alone")
    return name.rpartition(".")


def _under(folder: Path | None, path: str) -> str:
    if folder is None or "://" in path or Path(path).is_absolute():
        return path
    return str((folder / path).resolve())
