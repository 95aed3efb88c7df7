"""A private PostgreSQL server, the orders on it, and the CPU that it spends."""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import duckdb
import psycopg

from benchmarks.checks.data import Folder, Variant
from tests.support.postgres_server import POSTGRES
from tests.support.postgres_server import server as private_server

_TICK = os.sysconf("SC_CLK_TCK")
_PATIENCE_S = 60
_TYPES = {"DOUBLE": "DOUBLE PRECISION"}


@dataclass(frozen=True)
class Server:
    """A server that nobody else uses: whatever its processes spend is spent on us."""

    folder: str
    postmaster: int
    standing: frozenset[int]
    loaded: set[str] = field(default_factory=set)

    @staticmethod
    def database(variant: Variant) -> str:
        return f"orders_{variant}"

    def url(self, database: str) -> str:
        return f"postgresql://headgate@/{database}?host={quote(self.folder, safe='')}"

    def load(self, folder: Folder, variant: Variant) -> str:
        """The URL of a database with the tables `orders` and `customers`, made where it is not there yet."""
        database = self.database(variant)
        if database in self.loaded:
            return self.url(database)
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {database}")
        with (
            duckdb.connect(folder.duckdb(variant), read_only=True) as source,
            psycopg.connect(self.url(database), autocommit=True) as connection,
        ):
            for table in ("orders", "customers"):
                _copy(source, table, connection)
        self.loaded.add(database)
        return self.url(database)

    def spent(self, call: Callable[[], object]) -> float:
        """CPU seconds of this process and of the server's, parallel workers included."""
        before = self.cpu() + time.process_time()
        call()
        return self.cpu() + time.process_time() - before

    def cpu(self) -> float:
        """CPU seconds of all processes that have served a connection and are gone; waits until all are.

        The kernel tells them in steps of a tick (10 ms). Raises TimeoutError where a connection stays open.
        """
        until = time.monotonic() + _PATIENCE_S
        while serving := _children(self.postmaster) - self.standing:
            if time.monotonic() > until:
                raise TimeoutError(f"connections are still open: processes {sorted(serving)} of the server")
            time.sleep(0.005)
        return sum(map(int, _stat(self.postmaster)[13:15])) / _TICK


@contextlib.contextmanager
def server() -> Iterator[Server]:
    """The newest PostgreSQL that is installed, settings as they come, but for no fsync and no autovacuum."""
    with private_server() as folder:
        postmaster = int((Path(folder) / "data" / "postmaster.pid").read_text().split()[0])
        with psycopg.connect(host=folder, user="headgate", dbname="postgres", autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET autovacuum = off")
            connection.execute("SELECT pg_reload_conf()")
            rows = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE backend_type NOT IN ('client backend', 'autovacuum launcher')"
            ).fetchall()
        yield Server(folder, postmaster, frozenset(pid for (pid,) in rows))


def version() -> str:
    said = subprocess.run([POSTGRES / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    return said.split()[2]


def _copy(source: duckdb.DuckDBPyConnection, table: str, connection: psycopg.Connection) -> None:
    columns = source.execute(f"DESCRIBE {table}").fetchall()
    named = ", ".join(f"{name} {_TYPES.get(kind, kind)}" for name, kind, *_ in columns)
    connection.execute(f"CREATE TABLE {table} ({named})")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{table}.csv"
        source.execute(f"COPY {table} TO '{file}' (FORMAT csv, HEADER false)")
        with file.open("rb") as rows, connection.cursor().copy(f"COPY {table} FROM STDIN (FORMAT csv)") as copy:
            while block := rows.read(1 << 20):
                copy.write(block)
    # So that no reader pays for what the load left to do.
    connection.execute(f"VACUUM (FREEZE, ANALYZE) {table}")


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat after the command's name."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _children(parent: int) -> set[int]:
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            if int(_stat(int(folder.name))[1]) == parent:
                found.add(int(folder.name))
    return found
