"""The history at a million results: 500 datasets with 20 rules each, 100 runs. What a report costs to write, and what
the pages' queries take, on SQLite and on PostgreSQL.

    python -m benchmarks.history [--runs 100]
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from headgate.checks import RuleId
from headgate.history import (
    Kind,
    ResultRecord,
    RunRecord,
    bad_share,
    export,
    home,
    latest,
    open_store,
    prune,
    rules,
    run,
    runs,
    trend,
)
from headgate.history.store import Store
from headgate.naming import PlaceName

from tests.support.postgres_server import server

DATASETS, RULES = 500, 20
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
REPEATS = 41
# What a page may take, in milliseconds.
BOUNDS = {"home": 20.0, "trend of a dataset": 10.0}


def record(dataset: int, day: int) -> RunRecord:
    moment = BEGIN + timedelta(days=day)
    bad = {k for k in range(RULES) if (dataset * 7 + k * 3 + day) % 211 == 0}
    results = tuple(
        ResultRecord(RuleId(f"column_{k}.required", f"v1:{dataset:08x}{k:08x}"), f"column_{k} is not null", "error",
                     "failed" if k in bad else "passed", 17 * (k in bad), 1000, float(17 * (k in bad)))
        for k in range(RULES)
    )  # fmt: skip
    return RunRecord(
        contract=f"shop-{dataset // 3}", version="1.0.0", commit=f"{day:040x}", dataset=f"dataset_{dataset}",
        owner=f"team {dataset % 20}", draft=False, place=PlaceName("postgres://db:5432", f"shop.public.t{dataset}"),
        kind=Kind.PUBLISH, run_key=f"dag_{dataset % 50}/publish_{dataset}/scheduled__{moment.isoformat()}",
        interval=(moment - timedelta(days=1), moment), moment=moment, at=moment + timedelta(minutes=5, seconds=dataset),
        verdict="breach" if bad else "pass", outcome="published_partly" if bad else "published",
        policy="quarantine (contract)", rows=1000 + day, rows_published=1000 + day - 17 * len(bad),
        rows_quarantined=17 * len(bad), results=results,
    )  # fmt: skip


def fill(store: Store, days: int) -> list[float]:
    """Return the seconds that each report took, of the last tenth."""
    seconds = []
    for day in range(days):
        for dataset in range(DATASETS):
            made = record(dataset, day)
            begun = time.perf_counter()
            store.record(made)
            seconds.append(time.perf_counter() - begun)
    return seconds[-len(seconds) // 10 :]


def questions(store: Store, days: int) -> Iterator[tuple[str, Callable[[], Any]]]:
    first = home(store)[0].id
    now = BEGIN + timedelta(days=days)
    yield "home", lambda: home(store)
    yield "trend of a dataset", lambda: trend(store, first, 100)
    yield "trend of a rule", lambda: trend(store, first, 100, rule_id=rules(store, first)[0].id)
    yield "last 30 runs", lambda: runs(store, first, 30)
    yield "one run", lambda: run(store, first, runs(store, first, 1)[0].run_key, "publish")
    yield "bad share in 28 days", lambda: bad_share(store, now)
    yield "what was found last", lambda: latest(store, PlaceName("postgres://db:5432", "shop.public.t77"), "dataset_77")


def spread(seconds: list[float]) -> str:
    """Return the median, and the range of the middle 80 %, in milliseconds."""
    found = sorted(1000 * each for each in seconds)
    low, high = found[len(found) // 10], found[-1 - len(found) // 10]
    return f"{statistics.median(found):6.1f} ms ({low:.1f} to {high:.1f})"


def measure(name: str, url: str, days: int, folder: Path) -> bool:
    store = open_store(url, seconds=600)
    begun, cpu = time.perf_counter(), time.process_time()
    last = fill(store, days)
    wall, cpu = time.perf_counter() - begun, time.process_time() - cpu
    reports = days * DATASETS
    print(f"{name}: {reports * RULES:,} results of {reports:,} reports in {wall:.0f} s ({cpu:.0f} s CPU of the writer)")
    with store.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("ANALYZE")
            size = connection.scalar(sa.text("SELECT pg_database_size(current_database())"))
        else:
            size = sum(path.stat().st_size for path in folder.glob("history.db*"))
    print(f"  size {int(size or 0) / 1e6:.0f} MB")
    print(f"  writing a report   {spread(last)}")
    good = True
    for question, ask in questions(store, days):
        ask()
        seconds = []
        for _ in range(REPEATS):
            begun = time.perf_counter()
            ask()
            seconds.append(time.perf_counter() - begun)
        bound = BOUNDS.get(question)
        met = bound is None or 1000 * statistics.median(seconds) <= bound
        good = good and met
        said = f"  at most {bound:.0f} ms: {'met' if met else 'NOT MET'}" if bound else ""
        print(f"  {question:<22}{spread(seconds)}{said}")
    for what, do in (("export", lambda: export(store, folder / "x.parquet")),
                     ("prune of a tenth", lambda: prune(store, days * 0.9, BEGIN + timedelta(days=days)))):  # fmt: skip
        begun = time.perf_counter()
        print(f"  {what}: {do():,} in {time.perf_counter() - begun:.1f} s")
    store.close()
    return good


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=100)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        good = measure("SQLite", f"sqlite:///{folder}/history.db", given.runs, folder)
        with server() as socket_folder:
            url = f"postgresql://headgate@/postgres?host={socket_folder}"
            good = measure("PostgreSQL", url, given.runs, folder) and good
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
