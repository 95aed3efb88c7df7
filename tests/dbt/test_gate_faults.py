"""A gate under stress: readers while it publishes, and kills. `HEADGATE_KILLS=100` kills as many builds."""

from __future__ import annotations

import contextlib
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from headgate.dbt import sync

from tests.support.dbt_engines import Engine
from tests.support.dbt_warehouses import on_postgres
from tests.support.gated_shop import FORMS, GATE, PUBLISHED, Shop, contract, declare, most_under_engines, statuses

KILLS = int(os.environ.get("HEADGATE_KILLS", "3"))
# How often what readers see is published beyond the first three.
PUBLISHES = int(os.environ.get("HEADGATE_PUBLISHES", "0"))
ROWS = 20_000


@contextlib.contextmanager
def repeating(read: Callable[[], Any], pause: float) -> Iterator[list[Any]]:
    """Reads all the time, with a pause of so many seconds; yields what was read, or the database's error."""
    found: list[Any] = []
    stop = threading.Event()

    def repeat() -> None:
        while not stop.is_set():
            try:
                found.append(read())
            except psycopg2.Error as error:
                found.append(str(error))
            time.sleep(pause)

    reader = threading.Thread(target=repeat)
    reader.start()
    try:
        yield found
    finally:
        stop.set()
        reader.join()


@contextlib.contextmanager
def reading(port: int) -> Iterator[list[Any]]:
    """Reads main.orders all the time; yields what was read: (least, most) amount and number of rows, or the error."""
    connection = psycopg2.connect(host="127.0.0.1", port=port, user="headgate", dbname="postgres")
    connection.autocommit = True
    with contextlib.closing(connection), connection.cursor() as cursor:

        def read() -> Any:
            cursor.execute("SELECT min(amount), max(amount), count(*) FROM main.orders")
            return cursor.fetchone()

        with repeating(read, 0.001) as found:
            yield found


@pytest.mark.slow
@pytest.mark.parametrize("form", most_under_engines(["merge", "table", "delete+insert"], 1))
def test_readers_see_whole_publishes(project: Path, dbt: Any, postgres_port: int, engine: Engine, form: str) -> None:
    """All rows of a publish have the same amount; that of the second is too high. dbt v2 has no transactions of its
    own."""
    shop = Shop(project, dbt, on_postgres(postgres_port))
    declare(project, FORMS[form])
    sync(contract(project), project)
    many = f" cross join generate_series(1, {ROWS}) as n"
    model = project / "models" / "orders.sql"
    model.write_text(model.read_text().replace("select id,", "select n as id,") + many)
    assert statuses(shop.build([(1, 10)])) == PUBLISHED
    amounts = [20, 30, *range(40, 40 + PUBLISHES)]
    with reading(postgres_port) as found:
        assert statuses(shop.build([(1, 900)]))[0] == "error"
        for amount in amounts:
            assert statuses(shop.build([(1, amount)])) == PUBLISHED
    assert len(found) > 100
    print(f"{engine} {form}: {len(amounts)} publishes, {len(found)} reads")
    assert set(found) == {(amount, amount, ROWS) for amount in (10, *amounts)}


# As many rows of each day are published at once.
BATCH = 100_000
States = list[tuple[int, int]]


def state(shop: Shop) -> States:
    """The days whose rows are served, each with its number of rows."""
    return shop.warehouse.execute("SELECT amount, count(*) FROM main.orders GROUP BY 1 ORDER BY 1")


def reading_states(shop: Shop) -> contextlib.AbstractContextManager[list[Any]]:
    """Reads the state all the time; gives what was read. A file of DuckDB has one process at a time."""
    if shop.warehouse.target == "duckdb":
        return contextlib.nullcontext([])
    return repeating(lambda: state(shop), 0.01)


@pytest.mark.slow
@pytest.mark.parametrize("form", most_under_engines(["merge", "table", "append", "delete+insert"], 1))
def test_a_killed_build_leaves_the_old_rows_or_the_new_ones(
    project: Path, dbt: Any, start_dbt: Any, warehouse: Any, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Readers see nothing else meanwhile, the next build is right, and nothing is left behind."""
    shop = Shop(project, dbt, warehouse)
    declare(project, FORMS[form])
    model = project / "models" / "orders.sql"
    many = f" cross join generate_series(1, {BATCH}) as numbers (n)"
    model.write_text(model.read_text().replace("select id,", "select n as id,") + many)
    sync(contract(project), project)
    shop.build([(1, 0)])
    shop.fill([(1, 1)])
    started = time.monotonic()
    shop.run("build")  # dbt has parsed the project now
    whole = time.monotonic() - started
    chance = random.Random(form)
    served = state(shop)
    hit: Counter[str] = Counter()
    reads = 0
    for day in range(2, KILLS + 2):
        published = [(day, BATCH)]
        after = served + published if form == "append" else published
        shop.fill([(1, day)])
        with reading_states(shop) as seen:
            running = start_dbt(project, "build", "--target", warehouse.target, **warehouse.environment)
            time.sleep(whole * chance.uniform(0.3, 1))
            running.kill()
            running.communicate()
            left = _settled(shop)
        reads += len(seen)
        assert [one for one in seen if one not in (served, after)] == []
        assert left in (served, after)
        others = shop.tables() - {"orders"}
        hit["after the publish" if left == after else "in the gate" if others else "before the gate"] += 1
        assert statuses(shop.build([(1, day)])) == PUBLISHED
        # A build that appends does so again; dbt does not know what the killed one did.
        served = [*left[:-1], (day, 2 * BATCH)] if form == "append" and left == after else after
        assert (state(shop), shop.tables()) == (served, {"orders"})
    with capsys.disabled():
        print(f"\n{warehouse.target} {form}: {KILLS} kills, {dict(hit)}, {reads} reads")


def _settled(shop: Shop) -> States:
    """The state when it has stayed the same for a moment: PostgreSQL may still run what the client asked for."""
    before, now = None, state(shop)
    while before != now:
        time.sleep(0.3)
        before, now = now, state(shop)
    return now


# Takes some seconds of a thousand rows.
SLOW = """select count(*) from orders a cross join orders b cross join orders c
    where a.id * b.id + c.id < 0 and c.id <= 130"""


@pytest.mark.slow
@pytest.mark.engines
def test_builds_at_once_publish_what_they_audited(project: Path, dbt: Any, start_dbt: Any, postgres_port: int) -> None:
    """The second build has bad rows, and begins while the first one audits good ones. Many rules make the time between
    the last query and the publish long."""
    shop = Shop(project, dbt, on_postgres(postgres_port))
    declare(project)
    (project / "models" / "orders.sql").write_text(
        f"{{{{ config(materialized='table', meta={GATE!r}) }}}}"
        " select n as id, {{ var('amount', 5) }} as amount from generate_series(1, 1000) as numbers (n)"
    )
    many = [{"id": f"more_than_{n}", "metric": "rowCount", "mustBeGreaterThan": n} for n in range(400)]
    sync(contract(project, quality=[*many, {"id": "slow", "type": "sql", "query": SLOW, "mustBe": 0}]), project)
    only = ("run", "--select", "orders", "--target", "postgres")
    first = start_dbt(project, *only, **shop.warehouse.environment)
    asked = "SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%a.id * b.id%' AND pid <> pg_backend_pid()"
    deadline = time.monotonic() + 60
    while not shop.warehouse.execute(asked):
        assert time.monotonic() < deadline and first.poll() is None
        time.sleep(0.05)

    second = dbt(project, *only, "--vars", "{amount: 900}", "--target-path", "second", **shop.warehouse.environment)
    first.communicate()

    assert "orders violates its contract" in " ".join(second.output.split())
    served = shop.warehouse.execute("SELECT DISTINCT amount FROM main.orders") if "orders" in shop.tables() else []
    assert served in ([(5,)], [])
    assert shop.tables() - {"orders"} == {"orders__rejected"}
