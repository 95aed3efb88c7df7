"""Loading rows that DuckDB reads into a PostgreSQL table: one CSV stream, nothing on disk, little in memory."""

from __future__ import annotations

import contextlib
import functools
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlglot import exp
from sqlglot.errors import SqlglotError

from headgate.checks import Column, raw_name
from headgate.places.duckdb import session as duck
from headgate.sql.names import RAW
from headgate.sql.quote import ident

if TYPE_CHECKING:
    from collections.abc import Callable

    from psycopg import Connection

_CHUNK = 1 << 20
# What replaces, in a text, the one character that PostgreSQL cannot hold.
_NUL = "␀"
_TYPES = {
    **dict.fromkeys(("TINYINT", "SMALLINT", "UTINYINT"), "smallint"),
    **dict.fromkeys(("INTEGER", "USMALLINT"), "integer"),
    **dict.fromkeys(("BIGINT", "UINTEGER"), "bigint"),
    "UBIGINT": "numeric(20,0)",
    **dict.fromkeys(("HUGEINT", "UHUGEINT"), "numeric(39,0)"),
    "BIGNUM": "numeric",
    "FLOAT": "real",
    "DOUBLE": "double precision",
    "BOOLEAN": "boolean",
    "DATE": "date",
    **dict.fromkeys(("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS"), "timestamp without time zone"),
    "TIMESTAMP WITH TIME ZONE": "timestamp with time zone",
    "TIME": "time without time zone",
    "TIME WITH TIME ZONE": "time with time zone",
    "INTERVAL": "interval",
    "UUID": "uuid",
    "BLOB": "bytea",
    "BIT": "bit varying",
}
# Finer than PostgreSQL's, which are of microseconds.
_FINER = {
    "TIMESTAMP_NS": ("TIMESTAMP", "timestamp without time zone"),
    "TIMESTAMPTZ_NS": ("TIMESTAMPTZ", "timestamp with time zone"),
    "TIME_NS": ("TIME", "time without time zone"),
}


_NUMERIC = "DECIMAL(38,10)"


@dataclass(frozen=True, slots=True)
class Carried:
    """A column of DuckDB in transit: what DuckDB sends of it, into which type; and which type its values should have.

    `kept`, if set, is the text of the values that cannot be sent. `quoted` is what may need quoting.
    """

    column: Column
    sent: str
    type: str
    wanted: str
    kept: str | None = None
    quoted: bool = False


class Reader(duck.DuckDB):
    """A DuckDB session in which the name of a type means what it means in PostgreSQL."""

    def __init__(self, session: duck.DuckDB, known: Callable[[str], str | None]) -> None:
        super().__init__(session.connection, session.database)
        self._known = known

    @functools.lru_cache(maxsize=256)  # noqa: B019 - lives as long as the session
    def canonical(self, type_text: str) -> str | None:
        named = self._known(type_text)
        if named == "numeric":
            return _NUMERIC  # DuckDB's own without limits has three digits behind the point
        if named is not None:
            with contextlib.suppress(SqlglotError):
                named = exp.DataType.build(named, dialect="postgres").sql("duckdb")
        self.rows("SET autoinstall_known_extensions = false")  # for a type that only PostgreSQL has, over the network
        try:
            return super().canonical(named or type_text) or super().canonical(type_text)
        finally:
            self.rows("RESET autoinstall_known_extensions")


def carried(column: Column) -> Carried:
    name, kind = ident(column.name), column.type
    if kind == "BLOB":
        return Carried(column, f"'\\x' || hex({name})", "bytea", "bytea")
    if known := _TYPES.get(kind) or (
        kind.lower().replace("decimal", "numeric") if kind.startswith("DECIMAL(") else None
    ):
        return Carried(column, name, known, known)
    if kind in _FINER:
        coarse, known = _FINER[kind]
        there = f"CAST({name} AS {coarse})"
        same = f"CAST({there} AS {kind}) = {name}"
        kept = f"CASE WHEN NOT ({same}) THEN CAST({name} AS VARCHAR) END"
        return Carried(column, f"CASE WHEN {same} THEN {there} END", known, known, kept)
    if column.inner or column.document or kind.endswith("]"):
        return Carried(column, f"CAST(to_json({name}) AS VARCHAR)", "text", "jsonb", quoted=True)
    return Carried(column, f"CAST({name} AS VARCHAR)", "text", "text", quoted=True)


def careful(carried: Carried) -> Carried:
    """Return all columns as text, without the character that no text of PostgreSQL can hold, for rows whose values
    fail."""
    text = f"CAST({carried.sent} AS VARCHAR)"
    has_nul = f"contains({text}, chr(0))"
    without = f"replace({text}, chr(0), '{_NUL}')"
    if carried.column.name.startswith(RAW):
        return Carried(carried.column, without, "text", "text", quoted=True)
    kept = f"CASE WHEN {has_nul} THEN {without} END"
    kept = f"coalesce({carried.kept}, {kept})" if carried.kept else kept
    return Carried(
        carried.column, f"CASE WHEN NOT {has_nul} THEN {text} END", "text", carried.wanted, kept, quoted=True
    )


def together(columns: Sequence[Carried]) -> list[Carried]:
    """Return the texts that two columns keep for the same column, in one column."""
    kept = {raw_name(c.column.name): c.kept for c in columns if c.kept}
    own = {c.column.name for c in columns}
    return [
        replace(c, sent=f"coalesce({c.sent}, {kept[c.column.name]})") if c.column.name in kept
        else replace(c, kept=None) if raw_name(c.column.name) in own
        else c
        for c in columns
    ]  # fmt: skip


def load(
    connection: Connection[Any], reader: duck.DuckDB, query: str, columns: Sequence[Carried], make: Callable[[], str]
) -> None:
    """Send the rows of `query` into the empty table that `make` creates and names: its columns are those that are sent,
    then those that are kept.

    Raises psycopg's DataError if PostgreSQL cannot hold a value.
    """
    kept = [c for c in columns if c.kept]
    sent = [f"{c.sent} AS {ident(c.column.name)}" for c in columns]
    sent += [f"{c.kept} AS {ident(raw_name(c.column.name))}" for c in kept]
    texts = [ident(c.column.name) for c in columns if c.quoted] + [ident(raw_name(c.column.name)) for c in kept]
    quoted = f", FORCE_QUOTE ({', '.join(texts)})" if texts else ""
    options = f"FORMAT csv, HEADER false, DELIMITER ',', NULLSTR '', USE_TMP_FILE false{quoted}"
    rows = f"SELECT {', '.join(sent)} FROM ({query}) AS carried"

    with reader.errors():
        reader.executed(lambda: _sent(connection, reader, rows, options, make))


def _sent(connection: Connection[Any], reader: duck.DuckDB, rows: str, options: str, make: Callable[[], str]) -> None:
    copied = f"COPY {make()} FROM STDIN (FORMAT csv)"
    outlet, inlet = os.pipe()
    failed: list[BaseException] = []

    def write() -> None:
        try:
            reader.connection.execute(f"COPY ({rows}) TO '/dev/fd/{inlet}' ({options})")
        except BaseException as error:
            failed.append(error)
        finally:
            os.close(inlet)

    writer = threading.Thread(target=write, name="headgate-load")
    writer.start()
    try:
        with connection.cursor() as cursor, cursor.copy(copied.encode()) as copy:
            while chunk := os.read(outlet, _CHUNK):
                copy.write(chunk)
            if failed:
                raise failed[0]
    finally:
        os.close(outlet)  # a writer that is not done yet then fails
        writer.join()
