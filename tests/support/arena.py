"""Where publishes are killed: a target that serves one of two versions, and what of it can be seen."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import duckdb
import psycopg
from headgate.places.duckdb.files import united
from headgate.places.parquet.store import store_of

from tests.support.postgres_server import server

ROWS = int(os.environ.get("HEADGATE_FAULT_ROWS", "40000"))
MODES = {"replace": None, "replace a part": "part = 1", "append": None, "upsert": None}
# The values of a version. Every fifth row is bad in both, so that an upsert never wrote it.
VERSION = "SELECT range AS id, CASE WHEN range % 5 = 0 THEN -1 ELSE 1 END * (range + {0}) AS amount, 1 AS part, md5((range + {0})::VARCHAR) AS c FROM range(1, {1})"
COLUMNS = "(id, amount, part, c)"


class Arena(ABC):
    """A target, published by children of one zygote. The run key is always the same, so that the second version
    replaces the first in every mode, and the other way round."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sources = [str(folder / f"version{n}.parquet") for n in (0, 1)]
        for n, path in enumerate(self.sources):
            duckdb.sql(f"COPY ({VERSION.format(n, ROWS)}) TO '{path}' (FORMAT parquet)")
        path = os.pathsep.join((str(Path(__file__).parents[2]), *sys.path))
        self.zygote = subprocess.Popen(
            [sys.executable, "-m", "tests.support.zygote"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": path},
        )
        self.mode = "replace"
        self.seconds = 0.0

    def close(self) -> None:
        self.zygote.kill()
        self.zygote.wait()

    @property
    @abstractmethod
    def target(self) -> str: ...

    @abstractmethod
    def state(self) -> str:
        """What somebody finds who looks now: fingerprints of data, quarantine and record."""

    @abstractmethod
    def fresh(self) -> None:
        """An empty target."""

    def start(self, version: int, pause: str | None = None, mutant: str | None = None) -> tuple[int, Iterator[str]]:
        """A child that publishes a version: its process, and its lines to come."""
        kind = "replace" if self.mode.startswith("replace") else self.mode
        order = {"target": self.target, "source": self.sources[version], "mode": kind, "where": MODES[self.mode]}
        assert self.zygote.stdin is not None
        self.zygote.stdin.write(json.dumps(order | {"pause": pause, "mutant": mutant}) + "\n")
        self.zygote.stdin.flush()
        lines = self._lines()
        return int(next(lines).removeprefix("pid ")), lines

    def _lines(self) -> Iterator[str]:
        assert self.zygote.stdout is not None
        while line := self.zygote.stdout.readline():
            yield line.rstrip("\n")
            if line.startswith("exit "):
                return

    def publish(self, version: int) -> str:
        """Undisturbed. `seconds` is how long the latest such run took, from "staging" to the exit: on a machine whose
        load changes, kills would else all fall early."""
        _, lines = self.start(version)
        assert next(lines) == "staging"
        begun = time.monotonic()
        *_, last = lines
        assert last == "exit 0", last
        self.seconds = time.monotonic() - begun
        return self.state()

    def kill(self, version: int, fraction: float) -> str:
        """Kill after that fraction of the time; the last step that had begun."""
        pid, lines = self.start(version)
        assert next(lines) == "staging"
        until = time.monotonic() + fraction * self.seconds
        timer = threading.Timer(max(0.0, until - time.monotonic()), _kill, [pid])
        timer.start()
        *steps, last = ["staging", *lines]
        timer.join()
        return "(it had ended)" if last == "exit 0" else steps[-1]

    def kill_in(self, version: int, step: str, mutant: str | None = None) -> bool:
        """Let the child pause as that step begins, and kill it there; whether it has such a step."""
        pid, lines = self.start(version, step, mutant)
        for line in lines:
            if line == "paused":
                _kill(pid)
                list(lines)
                return True
        return False


class DuckDBArena(Arena):
    @property
    def target(self) -> str:
        return f"{self.folder}/w.duckdb#shop.things"

    def fresh(self) -> None:
        for path in self.folder.glob("w.duckdb*"):
            path.unlink()

    def state(self) -> str:
        with duckdb.connect(f"{self.folder}/w.duckdb") as connection:
            there = {n for (n,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
            return str([_state(connection, t, c) for t, c in LOOKED_AT.items() if t.rpartition(".")[2] in there])


LOOKED_AT = {
    "shop.things": COLUMNS,
    "shop.things__quarantine": "(id, amount, headgate_reasons, headgate_run_key)",
    "headgate.publications": "(run_key, rows_published, rows_set_aside, outcome)",
}


def _state(connection: Any, table: str, columns: str) -> Any:
    return connection.execute(f"SELECT count(*), sum(hash({columns})) FROM {table}").fetchone()


class KeyedArena(DuckDBArena):
    """The table has a key and an index, which stay: it is made anew."""

    def fresh(self) -> None:
        super().fresh()
        with duckdb.connect(f"{self.folder}/w.duckdb") as connection:
            connection.execute("CREATE SCHEMA shop")
            connection.execute("CREATE TABLE shop.things (id BIGINT PRIMARY KEY, amount BIGINT, part INT, c VARCHAR)")
            connection.execute("CREATE INDEX by_c ON shop.things (c)")

    def state(self) -> str:
        with duckdb.connect(f"{self.folder}/w.duckdb") as connection:
            own = (
                "SELECT sql FROM duckdb_tables() WHERE table_name = 'things' UNION ALL SELECT sql FROM duckdb_indexes()"
            )
            by_index = "SELECT count(*) FROM shop.things WHERE c = (SELECT min(c) FROM shop.things)"
            held = f"{connection.execute(own).fetchall()} {connection.execute(by_index).fetchall()}"
        return f"{super().state()} {held}"


class ParquetArena(Arena):
    @property
    def target(self) -> str:
        return f"{self.folder}/things/"

    def fresh(self) -> None:
        subprocess.run(["rm", "-rf", self.target], check=True)

    def state(self) -> str:
        pointer = store_of(self.target).latest()
        records = [(r["run_key"], r["rows_published"], r["rows_set_aside"]) for r in pointer.ledger["publications"]]
        with duckdb.connect() as connection:
            found = []
            for files, columns in (
                (pointer.files, COLUMNS),
                ([pointer.quarantine], LOOKED_AT["shop.things__quarantine"]),
            ):
                files = [f"{self.target}{file}" for file in files if file]
                found.append(_state(connection, united(files).sql("duckdb"), columns) if files else None)
        return str([*found, records])


class PostgresArena(Arena):
    """A server of its own, whose backends may be terminated."""

    def __init__(self, folder: Path) -> None:
        self.server = ExitStack()
        self.url = f"postgresql://headgate@/postgres?host={quote(self.server.enter_context(server()), safe='')}"
        super().__init__(folder)

    def close(self) -> None:
        super().close()
        self.server.close()

    @property
    def target(self) -> str:
        return f"{self.url}#shop.things"

    def fresh(self) -> None:
        with psycopg.connect(self.url) as connection:
            connection.execute("DROP SCHEMA IF EXISTS shop, headgate CASCADE")
            connection.execute("CREATE SCHEMA shop")

    def state(self) -> str:
        with psycopg.connect(self.url) as connection:
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            return str([self._state(connection, table, columns) for table, columns in LOOKED_AT.items()])

    def _state(self, connection: Any, table: str, columns: str) -> Any:
        if connection.execute("SELECT to_regclass(%s)", [table]).fetchone() == (None,):
            return None
        hashed = f"hashtextextended(ROW{columns}::text, 0)"
        return connection.execute(f"SELECT count(*), sum({hashed}) FROM {table}").fetchone()

    def cut(self) -> int:
        """Terminate the backends of whoever publishes; how many they were."""
        with psycopg.connect(self.url) as connection:
            found = connection.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'headgate'"
            ).fetchone()
        assert found is not None
        return int(found[0])


@dataclass
class Reader:
    """Somebody who looks all the time."""

    arena: Arena
    seen: set[str]
    stopped: bool = False

    def look(self) -> None:
        while not self.stopped:
            self.seen.add(self.arena.state())


@contextmanager
def reading(arena: Arena) -> Iterator[set[str]]:
    """What a reader sees meanwhile."""
    reader = Reader(arena, set())
    thread = threading.Thread(target=reader.look)
    thread.start()
    try:
        yield reader.seen
    finally:
        reader.stopped = True
        thread.join()


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):  # it had ended
        os.kill(pid, 9)


ARENAS: dict[str, type[Arena]] = {"duckdb": DuckDBArena, "postgres": PostgresArena, "parquet": ParquetArena}
# One process writes a DuckDB file, and nobody else has it open meanwhile; everywhere else readers read on.
READABLE = tuple(name for name in ARENAS if name != "duckdb")
