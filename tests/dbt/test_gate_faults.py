"""A gate under stress: readers while it publishes, and kills. `HEADGATE_KILLS=100` kills as many builds."""

from __future__ import annotations

import contextlib
import os
import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from headgate.dbt import sync

from tests.dbt.test_gate import FORMS, PUBLISHED, Shop, contract, declare, most_under_engines, statuses
from tests.support.dbt_engines import Engine
from tests.support.dbt_warehouses import on_postgres

KILLS = int(os.environ.get("HEADGATE_KILLS", "3"))
ROWS = 20_000


@contextlib.contextmanager
def reading(port: int) -> Iterator[list[Any]]:
    """Reads main.orders all the time; yields what was read: (least, most) amount and number of rows, or the error."""
    found: list[Any] = []
    stop = threading.Event()

    def read() -> None:
        connection = psycopg2.connect(host="127.0.0.1", port=port, user="headgate", dbname="postgres")
        connection.autocommit = True
        with contextlib.closing(connection), connection.cursor() as cursor:
            while not stop.is_set():
                try:
                    cursor.execute("SELECT min(amount), max(amount), count(*) FROM main.orders")
                    found.append(cursor.fetchone())
                except psycopg2.Error as error:
                    found.append(str(error))
                time.sleep(0.001)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        yield found
    finally:
        stop.set()
        reader.join()


@pytest.mark.slow
@pytest.mark.parametrize("form", most_under_engines(["merge", "table", "delete+insert"], 1))
def test_readers_see_whole_publishes(project: Path, dbt: Any, postgres_port: int, engine: Engine, form: str) -> None:
    """All rows of a publish have the same amount; that of the second is too high."""
    shop = Shop(project, dbt, on_postgres(postgres_port))
    declare(project, FORMS[form])
    sync(contract(project), project)
    many = f" cross join generate_series(1, {ROWS}) as n"
    model = project / "models" / "orders.sql"
    model.write_text(model.read_text().replace("select id,", "select n as id,") + many)
    assert statuses(shop.build([(1, 10)])) == PUBLISHED
    with reading(postgres_port) as found:
        assert statuses(shop.build([(1, 900)]))[0] == "error"
        for amount in (20, 30):
            assert statuses(shop.build([(1, amount)])) == PUBLISHED
    assert len(found) > 100
    if engine.name == "dbt-2" and form != "merge":
        # It has no transactions, and its own swaps and deletions are seen; rejected rows never are.
        assert all("does not exist" in seen if isinstance(seen, str) else seen[1] != 900 for seen in found)
        return
    assert set(found) == {(amount, amount, ROWS) for amount in (10, 20, 30)}


@pytest.mark.slow
@pytest.mark.parametrize("form", most_under_engines(["merge", "table"], 1))
def test_a_killed_build_leaves_the_old_rows_or_the_new_ones(
    project: Path, dbt: Any, start_dbt: Any, warehouse: Any, form: str
) -> None:
    shop = Shop(project, dbt, warehouse)
    declare(project, FORMS[form])
    sync(contract(project), project)
    started = time.monotonic()
    shop.build([(0, 0)])
    whole = time.monotonic() - started
    chance = random.Random(form)
    served = [(0, 0)]
    for day in range(1, KILLS + 1):
        rows = [(n, day) for n in range(day + 1)]
        shop.fill(rows)
        running = start_dbt(project, "build", "--target", warehouse.target, **warehouse.environment)
        time.sleep(whole * chance.uniform(0.4, 1))
        running.kill()
        running.communicate()
        assert shop.rows() in (served, rows)
        assert statuses(shop.build(rows)) == PUBLISHED
        assert (shop.rows(), shop.tables()) == (rows, {"orders"})
        served = rows
