"""A shadow of DuckDB: a database file of its own, beside which production's are attached read-only."""

from __future__ import annotations

import contextlib
import fcntl
import shutil
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import duckdb
from sqlglot import exp

from headgate.errors import CallError, QueryError
from headgate.places.duckdb.connection import opened
from headgate.places.duckdb.places import Table
from headgate.places.duckdb.session import DuckDB
from headgate.places.shadow import NAMED, new_name
from headgate.sql.quote import ident

LOCK = "lock"
# A folder is younger than this while its run has not locked it yet.
_YOUNG_S = 60.0


@contextlib.contextmanager
def shadow_folder(now: datetime) -> Iterator[Path]:
    """Return a folder for a run, which is removed in the end; those of runs that were killed are removed as well."""
    base = Path(tempfile.gettempdir())
    _remove_leftovers(base)
    folder = base / new_name(now)
    folder.mkdir(mode=0o700)
    try:
        with (folder / LOCK).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # the kernel unlocks it when the process is gone
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _remove_leftovers(base: Path) -> None:
    for folder in base.iterdir():
        if not NAMED.fullmatch(folder.name):
            continue
        with contextlib.suppress(OSError):  # of another user, locked, or gone
            if time.time() - folder.stat().st_mtime < _YOUNG_S:
                continue
            with (folder / LOCK).open("a") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def opened_shadow(now: datetime, role: str | None = None) -> Iterator[DuckDBShadow]:
    """Open a shadow. Raises CallError if a role is given, which DuckDB does not know."""
    if role is not None:
        raise CallError(f"role '{role}': DuckDB has no roles; leave it out")
    with shadow_folder(now) as folder, contextlib.ExitStack() as stack:
        database = folder / f"{folder.name}.duckdb"
        connection = stack.enter_context(opened(str(database), write=True))
        yield DuckDBShadow(folder.name, str(database), connection, stack)


class DuckDBShadow:
    """A database file. What it reads is attached read-only, and nothing else can be attached, read or written once the
    first SELECT of a candidate has begun."""

    def __init__(
        self, name: str, database: str, connection: duckdb.DuckDBPyConnection, stack: contextlib.ExitStack
    ) -> None:
        self.name = name
        self.database = database
        self.session = DuckDB(connection, database)
        self._stack = stack
        self._sealed = False

    def take(self, name: str, query: exp.Select, *, copy: bool) -> None:
        kind = "TABLE" if copy else "TEMP VIEW"
        self.session.rows(f"CREATE {kind} {ident(_input(name))} AS {self.session.sql(query)}")

    def input(self, name: str) -> exp.Table:
        return exp.table_(_input(name), quoted=True)

    def keep(self, name: str, query: exp.Select) -> None:
        self.session.rows(f"CREATE TABLE {ident(name)} AS {self.session.sql(query)}")

    def build(self, name: str, query: str) -> None:
        if not self._sealed:
            self.session.confine()
            self._sealed = True
        with self.session.errors():
            statements = duckdb.extract_statements(query)
        if [statement.type for statement in statements] != [duckdb.StatementType.SELECT]:
            raise QueryError("a candidate is one SELECT")
        self.session.rows(f"CREATE TABLE {ident(name)} AS {query}")

    def stored(self, name: str) -> Table:
        return Table(self.database, name)

    def close(self) -> None:
        self._stack.close()


def _input(name: str) -> str:
    return f"input_{name}"
