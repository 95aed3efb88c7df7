"""Two datasets on platforms of their own: what is read is one snapshot, wherever the rows are compared."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pandas as pd
import psycopg
import pyarrow.parquet as pq
import pytest
from headgate.checks.reconciliation import Pair, Reconciliation
from headgate.compare.reconcile import compare, reconcile
from headgate.compare.side import opened
from headgate.places import place_of

from tests.support.postgres_tables import Database

NOW = datetime(2026, 6, 1, tzinfo=UTC)
ROWS = 3000
BY_KEY = Reconciliation(key=(Pair("id", "id"),))
BY_GROUP = Reconciliation(by=(Pair("g", "g"),), sums=(Pair("v", "v"), Pair("1", "1")))
FILLED = "SELECT i::bigint AS id, (i % 7)::integer AS g, (i * 1.25)::decimal(12, 2) AS v FROM "


@pytest.fixture(scope="module")
def tables(postgres: str) -> Iterator[Database]:
    made = Database.new(postgres)
    made.run(f"CREATE TABLE t AS {FILLED} generate_series(0, {ROWS - 1}) AS i")
    yield made
    made.drop()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("places") / "t.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"CREATE TABLE t AS {FILLED} range({ROWS}) AS r(i)")
        connection.execute(f"COPY t TO '{path.with_suffix('.parquet')}'")
    return path


@pytest.mark.parametrize("rule", [BY_KEY, BY_GROUP], ids=["rows", "sums"])
@pytest.mark.parametrize("bandwidth", [1e12, 1.0], ids=["pull", "checksums"])
def test_writers_at_work_make_no_difference(postgres: str, file: Path, rule: Reconciliation, bandwidth: float) -> None:
    """Rows that are changed, added and deleted while the comparison runs are not seen by any of its queries."""
    made = Database.new(postgres)
    made.run(f"CREATE TABLE t AS {FILLED} generate_series(0, {ROWS - 1}) AS i")
    stop, written = threading.Event(), threading.Event()

    def write() -> None:
        with psycopg.connect(host=postgres, user="headgate", dbname="postgres", autocommit=True) as connection:
            number = ROWS
            while not stop.is_set():
                connection.execute(f'UPDATE "{made.schema}".t SET v = v + 1 WHERE id % 10 = {number % 10}'.encode())
                connection.execute(f'INSERT INTO "{made.schema}".t VALUES ({number}, 1, 1)'.encode())
                connection.execute(f'DELETE FROM "{made.schema}".t WHERE id = {number - ROWS}'.encode())
                number += 1
                written.set()

    try:
        with opened(place_of(made.url("t")), place_of(f"{file}#t")) as (own, other):
            own.count()  # the snapshot is that of the first query
            writer = threading.Thread(target=write)
            writer.start()
            assert written.wait(20)
            try:
                found = compare(own, other, rule, now=NOW, bandwidth=bandwidth)
            finally:
                stop.set()
                writer.join()
        assert (found.agrees(), found.rows, found.differing) == (True, (ROWS, ROWS), 0)
        later = reconcile(place_of(made.url("t")), place_of(f"{file}#t"), rule, now=NOW, bandwidth=bandwidth)
        assert not later.agrees()  # the writer did change something
    finally:
        made.drop()


def places(tables: Database, file: Path, postgres: str) -> dict[str, object]:
    return {
        "postgres": place_of(tables.url("t")),
        "duckdb": place_of(f"{file}#t"),
        "parquet": place_of(str(file.with_suffix(".parquet"))),
        "pandas": place_of(pd.read_parquet(file.with_suffix(".parquet"))),
        "arrow": place_of(pq.read_table(file.with_suffix(".parquet"))),
    }


PLACES = ("postgres", "duckdb", "parquet", "pandas", "arrow")


@pytest.mark.parametrize("own", PLACES)
@pytest.mark.parametrize("other", PLACES)
def test_every_place_with_every_other(tables: Database, file: Path, postgres: str, own: str, other: str) -> None:
    known = places(tables, file, postgres)
    for rule in (BY_KEY, BY_GROUP):
        found = reconcile(known[own], known[other], rule, now=NOW)  # type: ignore[arg-type]
        assert (found.lost, found.agrees(), found.differing) == ("", True, 0)
        part = Reconciliation(key=rule.key, by=rule.by, sums=rule.sums, where="id <> 5 AND id <> 6")
        found = reconcile(known[own], known[other], part, now=NOW)  # type: ignore[arg-type]
        assert found.differing == 2
        assert (found.only_other, found.changed) == ((2, 0) if rule.of_rows else (0, 2))


def test_two_databases_of_postgresql(tables: Database, postgres: str) -> None:
    with psycopg.connect(host=postgres, user="headgate", dbname="postgres", autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS beside")
        connection.execute("CREATE DATABASE beside")
    url = tables.server_url.replace("/postgres?", "/beside?")
    with psycopg.connect(host=postgres, user="headgate", dbname="beside", autocommit=True) as connection:
        connection.execute(f"CREATE TABLE t AS {FILLED} generate_series(0, {ROWS - 1}) AS i".encode())
        connection.execute("UPDATE t SET v = 0 WHERE id = 17")
    for bandwidth in (1e12, 1.0):
        found = reconcile(place_of(tables.url("t")), place_of(f"{url}#public.t"), BY_KEY, now=NOW, bandwidth=bandwidth)
        assert (found.changed, found.only_own, found.only_other) == (1, 0, 0)
        assert [each.key for each in found.examples] == [{"id": 17}]


def test_wide_tables_and_odd_names(tables: Database, tmp_path: Path) -> None:
    """More columns than a whole number has bits; names that need quotes; a name of other case on the other side."""
    names = ['a"b', "select", "Größe", "k0", "c0", "late", "here", "found", "n", *(f"x{i}" for i in range(130))]
    listed = ", ".join(f'i AS "{name.replace(chr(34), chr(34) * 2)}"' for name in names)
    file = tmp_path / "wide.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute(f'CREATE TABLE t AS SELECT i AS "ID", {listed} FROM range(50) AS r(i)')
        connection.execute('UPDATE t SET x129 = -1, x0 = -1, "a""b" = 7 WHERE i = 3'.replace("i = 3", "k0 = 3"))
    tables.run(
        "DROP TABLE IF EXISTS wide", f"CREATE TABLE wide AS SELECT i AS id, {listed} FROM generate_series(0, 49) AS i"
    )
    rule = Reconciliation(key=(Pair("id", "ID"),))
    for bandwidth in (1e12, 1.0):
        found = reconcile(place_of(tables.url("wide")), place_of(f"{file}#t"), rule, now=NOW, bandwidth=bandwidth)
        assert (found.alone, found.lost) == ("", "")
        assert (found.changed, found.only_own, found.only_other) == (1, 0, 0)
        assert set(found.columns) == {'a"b', "x0", "x129"}
        assert found.examples[0].columns == ('a"b', "x0", "x129")


def test_keys_alone(tables: Database, file: Path) -> None:
    rule = Reconciliation(key=(Pair("id", "id"), Pair("g", "g"), Pair("v", "v")))
    for bandwidth in (1e12, 1.0):
        found = reconcile(place_of(tables.url("t")), place_of(f"{file}#t"), rule, now=NOW, bandwidth=bandwidth)
        assert (found.compared, found.differing, found.columns) == (ROWS, 0, {})
