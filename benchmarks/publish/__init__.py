"""What publishing costs: stage, thirty checks, switch, beside a bare CREATE TABLE AS of the same rows."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import psycopg
from headgate import publish

from benchmarks.checks.data import Variant
from benchmarks.checks.sources import Bench, Source, source
from benchmarks.checks.table import Case, Figures, Part, Row, in_turn, seconds, times
from benchmarks.checks.thirty import THIRTY

# Times the bare CREATE TABLE AS, at most.
_MOST = 3
_HEAD = (
    "place",
    "rows",
    "what",
    "CTAS wall",
    "CTAS CPU",
    "publish wall",
    "publish CPU",
    "wall",
    "CPU",
    "a reader waits",
)
_TEXT = (
    "A table is published with all thirty checks, into a new table or over the one that is there; beside it a bare "
    "`CREATE TABLE AS` of the same rows. Bad rows (0.5 %) go to the quarantine. Seconds, medians; on PostgreSQL the "
    "CPU of client and server. A reader waits: the longest of the queries that a reader asks all the time during one "
    "publish."
)


@dataclass(frozen=True)
class Target:
    """Where the orders are published, and how to make, drop and read a table there."""

    origin: Source
    table: str
    database: Any

    def bare(self) -> None:
        with self.connect() as run:
            run(f"CREATE TABLE bare AS SELECT * FROM {self.origin_table}")

    def clear(self) -> None:
        with self.connect() as run:
            for table in ("bare", "published", "published__quarantine"):
                run(f"DROP TABLE IF EXISTS {table}")

    @property
    def origin_table(self) -> str:
        return "orders" if self.origin.place == "PostgreSQL" else "origin.orders"

    @contextlib.contextmanager
    def connect(self) -> Iterator[Callable[[str], Any]]:
        if self.origin.place == "PostgreSQL":
            with psycopg.connect(self.database, autocommit=True) as server:
                yield server.execute  # type: ignore[misc]
            return
        with duckdb.connect(self.database) as connection:
            connection.execute("SET enable_progress_bar = false")
            connection.execute(f"ATTACH '{self.origin.orders.partition('#')[0]}' AS origin (READ_ONLY)")
            yield connection.execute

    def measured(self, name: str, call: Callable[[], Any]) -> Figures:
        wall: list[float] = []

        def timed() -> None:
            begun = time.perf_counter()
            call()
            wall.append(time.perf_counter() - begun)

        cpu = self.origin.cpu(timed)
        return {f"{name} wall": wall[0], f"{name} CPU": cpu}


def part(bench: Bench, sizes: Sequence[int]) -> Part:
    largest, smallest = Variant(max(sizes)), Variant(min(sizes))
    cases = (
        Case(f"DuckDB, {largest.rows:,} rows", lambda: _rows(bench, "table", largest)),
        Case(f"PostgreSQL, {smallest.rows:,} rows", lambda: _rows(bench, "PostgreSQL", smallest)),
    )
    return Part("publish", "Publishing, beside a bare CREATE TABLE AS", _TEXT, _HEAD, cases)


def _rows(bench: Bench, place: Any, variant: Variant) -> Iterator[Row]:
    on_server = place == "PostgreSQL"
    for what, bad, again, mode in (
        ("a new table", False, False, "replace"),
        ("over the old one", False, True, "replace"),
        *([("a swap for the old one", False, True, "swap")] if on_server else []),
        ("over the old one, bad rows aside", True, True, "replace"),
    ):
        target = _target(bench, source(bench, place, replace(variant, bad=bad)))
        spent = in_turn([lambda t=target, a=again, m=mode: _one(bench, t, a, m)], bench.rounds)
        waited = f"{_longest_wait(bench, target, mode):.0f} ms" if on_server and again else "–"
        bare_wall, bare_cpu, wall, cpu = (
            spent[f"{who} {kind}"] for who in ("bare", "publish") for kind in ("wall", "CPU")
        )
        yield (
            place, f"{variant.rows:,}", what, seconds(bare_wall), seconds(bare_cpu), seconds(wall), seconds(cpu),
            times(wall / bare_wall, most=_MOST), times(cpu / bare_cpu, most=_MOST), waited,
        )  # fmt: skip


def _target(bench: Bench, origin: Source) -> Target:
    if origin.place == "PostgreSQL":
        return Target(origin, f"{origin.orders.rpartition('#')[0]}#public.published", origin.orders.rpartition("#")[0])
    file = bench.folder / "published.duckdb"
    return Target(origin, f"{file}#main.published", str(file))


def _one(bench: Bench, target: Target, again: bool, mode: str) -> Figures:
    target.clear()
    bare = target.measured("bare", target.bare)
    if again:
        _publish(bench, target, mode)
    published = target.measured("publish", lambda: _publish(bench, target, mode))
    target.clear()
    if target.origin.place != "PostgreSQL":
        Path(target.database).unlink()
    return {**bare, **published}


def _publish(bench: Bench, target: Target, mode: str) -> None:
    origin = target.origin
    references = origin.references or {"customers": origin.orders.replace(".orders", ".customers")}
    outcome = publish(
        bench.dataset("publish", THIRTY), origin.orders, target.table, run_key="k", mode=mode, references=references,
        on_breach=["quarantine"],
    )  # fmt: skip
    assert outcome.published and bool(outcome.rows_set_aside) == origin.variant.bad, str(outcome)


def _longest_wait(bench: Bench, target: Target, mode: str) -> float:
    """Milliseconds of the slowest query of a reader who asks all the time while the target is published again."""
    _publish(bench, target, mode)
    done, waited = threading.Event(), [0.0]

    def read() -> None:
        with target.connect() as run:
            while not done.is_set():
                begun = time.perf_counter()
                run("SELECT * FROM published LIMIT 1").fetchall()
                waited.append(1000 * (time.perf_counter() - begun))
                time.sleep(0.002)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        _publish(bench, target, mode)
    finally:
        done.set()
        reader.join()
        target.clear()
    return max(waited)
