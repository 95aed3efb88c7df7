"""DuckDB: tables of a database file, CSV, JSON and Parquet files, and DataFrames."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from headgate.errors import CallError
from headgate.lazy import lazily
from headgate.places.duckdb.places import Files, Frame, Table
from headgate.places.place import Place, Session
from headgate.places.platform import Platform, Server, split_table, under

if TYPE_CHECKING:
    from headgate.places.duckdb.shadow import DuckDBShadow

__all__ = ["PLATFORM", "Files", "Frame", "Table"]

_FORMATS = {
    **dict.fromkeys((".csv", ".tsv", ".csv.gz", ".tsv.gz"), "csv"),
    **dict.fromkeys((".parquet", ".pq"), "parquet"),
    **dict.fromkeys((".json", ".jsonl", ".ndjson"), "json"),
}
_DATABASES = (".duckdb", ".ddb", ".db")
# They import duckdb.
_late = lazily(
    __name__,
    {
        "opened_place": "headgate.places.duckdb.publisher:opened_place",
        "opened_shadow": "headgate.places.duckdb.shadow:opened_shadow",
    },
)


def _parse(text: str, folder: Path | None, new: bool) -> Place | None:
    if "://" in text:
        return None
    database, _, table = text.rpartition("#")
    if database.endswith(_DATABASES):
        schema, name = _split(table)
        return Table(under(folder, database), name, schema or "main")
    suffixes = [suffix.lower() for suffix in Path(text).suffixes[-2:]]
    suffix = "".join(suffixes) if suffixes[-1:] == [".gz"] else "".join(suffixes[-1:])
    if suffix not in _FORMATS or new:
        return None
    path = under(folder, text)
    if not Path(path).is_dir():
        return Files(path, _FORMATS[suffix])
    # A folder that is called like a file, as Spark has it; one of Parquet files is another platform's.
    return None if _FORMATS[suffix] == "parquet" else Files(f"{path}/**/*{suffix}", _FORMATS[suffix])


def _from_server(server: Server, name: str, folder: Path, url: str | None) -> Place:
    if "://" in str(server.fields["database"]):
        raise CallError(f"server '{server.name}': the database of a duckdb server is a file, not a URL")
    schema, table = _split(name)
    return Table(under(folder, str(server.fields["database"])), table, schema or server.fields.get("schema") or "main")


def _split(name: str) -> tuple[str, str]:
    try:
        return split_table(name)
    except ValueError as error:
        raise CallError(str(error)) from None


def _holds(data: Any) -> Place | None:
    if hasattr(data, "__arrow_c_stream__") or type(data).__module__.partition(".")[0] == "pandas":
        return Frame(data)
    return None


def _server_of(place: Place, folder: Path) -> Mapping[str, object] | None:
    if not isinstance(place, Table):
        return None
    if "$" in place.database:  # it would be a variable of the contract
        return {}
    database = os.path.relpath(place.database, folder)
    return {"server": "local", "type": "duckdb", "database": database, "schema": place.schema}


def _open(place: Table | Files | Frame, write: bool, label: str) -> AbstractContextManager[Session]:
    opened: AbstractContextManager[Session] = _late("opened_place")(place, write)
    return opened


def _shadow(place: Table | Files | Frame, now: datetime, role: str | None) -> AbstractContextManager[DuckDBShadow]:
    opened: AbstractContextManager[DuckDBShadow] = _late("opened_shadow")(now, role)
    return opened


PLATFORM = Platform(
    name="duckdb",
    examples=("a .csv, .json or .parquet path", "FILE.duckdb#schema.table"),
    places=(Table, Files, Frame),
    open=_open,
    parse=_parse,
    server_types=("duckdb",),
    from_server=_from_server,
    holds=_holds,
    server_of=_server_of,
    workbench=lambda: Frame(None).connect(),
    shadow=_shadow,
)
