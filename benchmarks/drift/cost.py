"""What it costs to count twenty columns in their bins, beside one scan of them (count, min, max)."""

from __future__ import annotations

import resource
import statistics
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import psycopg
from headgate.checks.baseline import Bins
from headgate.past.drift.counting import count
from headgate.past.drift.pin import edges_of
from headgate.places import Relation, Session, place_of

from benchmarks.checks.server import Server, server

COLUMNS = tuple(f"c{at}" for at in range(20))
_VALUE = "(hash(i * {odd}) % 100003) / 7.0"
_DATA = ", ".join(
    f"CASE WHEN hash(i * {2 * at + 3}) % 100 = 0 THEN NULL ELSE {_VALUE.format(odd=2 * at + 1)} END::DOUBLE AS {name}"
    for at, name in enumerate(COLUMNS)
)
_SCAN = "SELECT " + ", ".join(f"count({c}), min({c}), max({c})" for c in COLUMNS) + " FROM wide"


@dataclass(frozen=True)
class Ratio:
    """The CPU of counting ÷ that of the scan, pair by pair; and the medians of both in seconds."""

    platform: str
    rows: int
    ratios: tuple[float, ...]
    scan: float
    counting: float

    @property
    def median(self) -> float:
        return statistics.median(self.ratios)

    @property
    def interval(self) -> tuple[float, float]:
        """The middle 80 % of the pairs."""
        ordered = sorted(self.ratios)
        cut = len(ordered) // 10
        return ordered[cut], ordered[-1 - cut]


def on_duckdb(rows: int, pairs: int) -> Ratio:
    """Measure on a DuckDB file."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "wide.duckdb"
        with duckdb.connect(str(file)) as made:
            made.execute(f"CREATE TABLE wide AS SELECT {_DATA} FROM range({rows}) r(i)")
        with place_of(f"{file}#main.wide").connect() as session:
            relation = session.read(place_of(f"{file}#main.wide"))
            return _measured("DuckDB", rows, pairs, relation, session, _own_cpu)


def on_postgres(rows: int, pairs: int) -> Ratio:
    """Measure on a private PostgreSQL."""
    with server() as running:
        _load(running, rows)
        place = place_of(f"{running.url('postgres')}#public.wide")
        with place.connect() as session:
            with psycopg.connect(running.url("postgres"), autocommit=True) as other:
                ((pid,),) = other.execute(
                    "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
                ).fetchall()
            relation = session.read(place)
            return _measured("PostgreSQL", rows, pairs, relation, session, lambda: _own_cpu() + _cpu_of(pid))


def _load(running: Server, rows: int) -> None:
    columns = ", ".join(f"{name} double precision" for name in COLUMNS)
    with psycopg.connect(running.url("postgres"), autocommit=True) as connection, duckdb.connect() as source:
        connection.execute("ALTER DATABASE postgres SET max_parallel_workers_per_gather = 0")
        connection.execute(f"CREATE UNLOGGED TABLE wide ({columns})")
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "wide.csv"
            source.execute(f"COPY (SELECT {_DATA} FROM range({rows}) r(i)) TO '{file}' (HEADER false)")
            with file.open("rb") as lines, connection.cursor().copy("COPY wide FROM STDIN (FORMAT csv)") as copy:
                while part := lines.read(1 << 20):
                    copy.write(part)
        connection.execute("VACUUM ANALYZE wide")


def _measured(
    platform: str, rows: int, pairs: int, relation: Relation, session: Session, cpu: Callable[[], float]
) -> Ratio:
    bins: dict[str, Bins] = {name: edges_of(relation.by_name[name], relation, session) for name in COLUMNS}
    scan, counting = [], []
    for at in range(pairs + 1):
        for spent, call in (
            (scan, lambda: session.rows(_SCAN.replace("FROM wide", f"FROM {session.sql(relation.source)}"))),
            (counting, lambda: count(relation, session, bins)),
        ):
            before = cpu()
            call()
            if at:  # the first pair warms up
                spent.append(cpu() - before)
    ratios = tuple(c / s for c, s in zip(counting, scan, strict=True))
    return Ratio(platform, rows, ratios, statistics.median(scan), statistics.median(counting))


def _own_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100
