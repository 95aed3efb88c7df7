"""A query as a candidate: on both engines, in a place of its own, compared with what production made."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from headgate.compare.shadow.inputs import Source
from headgate.compare.shadow.masking import Masking
from headgate.compare.shadow.query import Query, run_query
from headgate.compare.shadow.sample import Link, Sample
from headgate.compare.shadow.settings import Settings
from headgate.errors import CallError
from headgate.places import place_of
from headgate.report import Verdict

from tests.support.contracts import dataset, load, odcs

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
TABLES = (
    "CREATE TABLE customers (id INTEGER, email VARCHAR, country VARCHAR)",
    "INSERT INTO customers SELECT i, 'c' || i || '@example.org', CASE WHEN i % 2 = 0 THEN 'DE' ELSE 'FR' END"
    " FROM generate_series(1, 400) AS t (i)",
    "CREATE TABLE orders (id INTEGER, customer_id INTEGER, email VARCHAR, amount DECIMAL(12, 2))",
    "INSERT INTO orders SELECT i, i % 400 + 1, 'c' || (i % 400 + 1) || '@example.org', i * 1.5"
    " FROM generate_series(1, 2000) AS t (i)",
    "CREATE TABLE lines (order_id INTEGER, sku VARCHAR)",
    "INSERT INTO lines SELECT i % 2000 + 1, 'sku' || i FROM generate_series(1, 4000) AS t (i)",
    "CREATE TABLE countries (code VARCHAR)",
    "INSERT INTO countries VALUES ('DE'), ('FR')",
    "CREATE TABLE spend AS SELECT o.id, c.id AS customer_id, c.email, c.country, o.amount"
    " FROM orders AS o JOIN customers AS c ON c.id = o.customer_id",
)
SPEND = "SELECT o.id, c.id AS customer_id, c.email, c.country, o.amount{} AS amount FROM orders o JOIN customers c ON c.id = o.customer_id"


@dataclass
class Production:
    """A database of production on one of the engines."""

    engine: str
    place: Callable[[str], Any]
    run: Callable[..., list[tuple[Any, ...]]]

    def sources(self, *names: str) -> dict[str, Source]:
        return {name: Source(self.place(name)) for name in names or ("customers", "orders")}

    def contents(self) -> dict[str, list[tuple[Any, ...]]]:
        return {
            name: self.run(f"SELECT * FROM {name} ORDER BY 1, 2") for name in ("customers", "orders", "lines", "spend")
        }


@pytest.fixture(params=["duckdb", "postgres"])
def production(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Production:
    if request.param == "duckdb":
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        file = tmp_path / "production.duckdb"
        with duckdb.connect(str(file)) as made:
            for statement in TABLES:
                made.execute(statement)

        def run(statement: str) -> list[tuple[Any, ...]]:
            with duckdb.connect(str(file), read_only=True) as open_:
                return open_.execute(statement).fetchall()

        return Production("duckdb", lambda name: place_of(f"{file}#main.{name}"), run)
    schema = request.getfixturevalue("schema")
    schema.run(*TABLES)
    return Production("postgres", lambda name: place_of(schema.url(name)), schema.run)


PROMISED = dataset(
    {"name": "id", "logicalType": "integer", "primaryKey": True, "required": True},
    {"name": "customer_id", "logicalType": "integer"},
    {"name": "email", "classification": "restricted"},
    {"name": "country"},
    {"name": "amount", "logicalType": "number", "logicalTypeOptions": {"maximum": 100_000}},
    name="spend",
)
SAMPLE = Sample(
    "customers",
    "id",
    2000,
    "7",
    (Link("orders", "customer_id", "customers", "id"), Link("spend", "customer_id", "customers", "id")),
)
MASKING = Masking("a secret of sixteen letters")


def shadow(production: Production, query: Query, settings: Settings | None = None, *names: str) -> Any:
    return run_query(query, production.sources(*names), production.place("spend"), PROMISED, settings or Settings(NOW))


def left(production: Production, folder: Path) -> list[Any]:
    """What a run has left in the database, or beside it."""
    if production.engine == "duckdb":
        return [path.name for path in folder.iterdir() if path.name.startswith("headgate")]
    return production.run(
        "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'headgate_shadow%' "
        "UNION ALL SELECT rolname FROM pg_roles WHERE rolname LIKE 'headgate_shadow%'"
    )


def test_the_same_query_is_equal(production: Production, tmp_path: Path) -> None:
    before = production.contents()
    run = shadow(production, Query(SPEND.format("")))
    (output,) = run.outputs
    assert output.reconciled is not None, output.why
    assert (run.verdict, output.key, output.reconciled.differing, output.why) == (Verdict.PASS, ("id",), 0, "")
    assert production.contents() == before
    assert left(production, tmp_path) == []


def test_a_unit_error_is_found_named_and_blocked(production: Production) -> None:
    run = shadow(production, Query(SPEND.format(" * 100")))
    (output,) = run.outputs
    assert output.reconciled is not None, output.why
    assert (run.verdict, output.reconciled.changed, output.reconciled.rows) == (Verdict.BREACH, 2000, (2000, 2000))
    (amount,) = output.columns
    assert (amount.column, amount.changed, amount.ratio, "100" in amount.pattern) == ("amount", 2000, 100, True)
    assert [float(each) for each in amount.sums] == [3_001_500.0, 300_150_000.0]
    assert [result.key for result in output.broken] == ["amount.maximum"]
    assert output.broken[0].line > 0


def test_a_masked_sample_is_compared_with_its_part_of_production(production: Production) -> None:
    settings = Settings(NOW, sample=SAMPLE, masking=MASKING, hide=frozenset({"customers.email", "orders.email"}))
    joined = SPEND.format("") + " AND c.email = o.email"  # masks are equal where values are
    run = shadow(production, Query(joined), settings)
    (output,) = run.outputs
    assert output.reconciled is not None, output.why
    rows = output.reconciled.rows
    assert rows[0] == rows[1] and 200 < rows[0] < 600
    assert (run.verdict, output.reconciled.differing, output.left_out) == (Verdict.PASS, 0, ("email",))
    assert [(i.name, i.rows, i.masked) for i in run.inputs] == [
        ("customers", "sample", ("email",)),
        ("orders", "sample", ("email",)),
    ]


def test_tables_of_the_sample(production: Production) -> None:
    """Links lead from table to table; what they do not reach goes whole."""
    links = (*SAMPLE.links, Link("lines", "order_id", "orders", "id"))
    count = (
        "SELECT (SELECT count(*) FROM customers) AS id, (SELECT count(*) FROM orders) AS customer_id, "
        "(SELECT count(*) FROM lines) AS country, (SELECT count(*) FROM countries) AS amount"
    )
    settings = Settings(NOW, sample=replace(SAMPLE, links=links))
    query = Query(count, baseline=count)
    run = shadow(production, query, settings, "customers", "orders", "lines", "countries")
    assert [(i.name, i.rows) for i in run.inputs] == [
        ("customers", "sample"), ("orders", "sample"), ("lines", "sample"), ("countries", "whole")
    ]  # fmt: skip
    (output,) = run.outputs
    assert output.reconciled is not None and output.reconciled.differing == 0, output.why


REFUSED = {
    "two statements": ("SELECT id FROM orders; DROP TABLE orders", "2 statements; a candidate is one SELECT"),
    "takes the role off": ("RESET ROLE; DROP TABLE orders", "2 statements"),
    "sets the role": ("SET ROLE headgate", "COMMAND is refused"),
    "a drop": ("DROP TABLE orders", "DROP is refused"),
    "another table": ("SELECT * FROM spend", "'spend' is not an input of this candidate"),
    "of a schema": ("SELECT * FROM pg_catalog.pg_authid", "is not an input"),
    "a function of a file": ("SELECT * FROM read_csv('/etc/passwd')", "refused"),
    "sets a setting": ("SELECT set_config('role', 'headgate', false) FROM orders", "set_config"),
    "advances": ("SELECT nextval('s') FROM orders", "is not one that"),
    "a large object": ("SELECT lo_import('/etc/passwd') FROM orders", "lo_import"),
    "into": ("SELECT * INTO stolen FROM orders", "refused"),
    "writes in a CTE": ("WITH gone AS (DELETE FROM orders RETURNING *) SELECT * FROM gone", "refused"),
    "a dollar quote": ("SELECT $$ ; RESET ROLE; $$ || id FROM orders FOR UPDATE", "refused"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused(production: Production, tmp_path: Path, case: str) -> None:
    text, said = REFUSED[case]
    before = production.contents()
    with pytest.raises(CallError, match=said):
        shadow(production, Query(text))
    assert production.contents() == before
    assert left(production, tmp_path) == []


def test_a_query_that_fails_is_unknown_and_leaves_nothing(production: Production, tmp_path: Path) -> None:
    run = shadow(production, Query("SELECT CAST(email AS INTEGER) AS id FROM customers"))
    assert run.verdict is Verdict.UNKNOWN
    assert run.outputs[0].why.startswith("the candidate failed")
    assert "c1@example.org" not in run.outputs[0].why
    assert left(production, tmp_path) == []


def test_a_part_that_is_not_known_is_not_compared(production: Production) -> None:
    """`id` is the key of customers, and another one in orders: by its name alone nothing can be told."""
    run = shadow(production, Query(SPEND.format("")), Settings(NOW, sample=replace(SAMPLE, links=SAMPLE.links[:1])))
    assert run.verdict is Verdict.UNKNOWN
    assert "which column of spend has the sample's key, customers.id, is not known" in run.outputs[0].why


def test_a_column_that_goes_is_a_breach(production: Production) -> None:
    run = shadow(production, Query(SPEND.format("").replace(" c.country,", "")))
    (output,) = run.outputs
    assert (run.verdict, output.lost, output.schema) == (Verdict.BREACH, ("country",), ("column country is gone",))


KILLED = """
import sys, time
from datetime import UTC, datetime
from headgate.places import place_of
from headgate.places.shadow import shadow_beside
with shadow_beside(place_of(sys.argv[1]), datetime.now(UTC)) as schema:
    print(schema.name, flush=True)
    time.sleep(60)
"""


@pytest.mark.slow
def test_what_a_killed_run_left_is_dropped_by_the_next(production: Production, tmp_path: Path) -> None:
    place = production.place("spend")
    text = f"{place.url}#{place}" if production.engine == "postgres" else f"{place.database}#{place}"
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, text],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    ) as killed:
        assert killed.stdout is not None
        name = killed.stdout.readline().strip()
        assert name.startswith("headgate_shadow_")
        shadow(production, Query(SPEND.format("")))
        assert left(production, tmp_path)  # of a run that lives
        killed.send_signal(signal.SIGKILL)
    if production.engine == "duckdb":
        os.utime(tmp_path / name, (time.time() - 120, time.time() - 120))
    deadline = time.monotonic() + 10
    while left(production, tmp_path) and time.monotonic() < deadline:
        shadow(production, Query(SPEND.format("")))
    assert left(production, tmp_path) == []


def test_foreign_keys_are_looked_up_in_production(production: Production) -> None:
    keys = load(
        odcs(
            {"name": "customers", "properties": [{"name": "id", "logicalType": "integer"}]},
            {
                "name": "spend",
                "properties": [
                    {"name": "id", "logicalType": "integer", "primaryKey": True},
                    {"name": "customer_id", "logicalType": "integer", "relationships": [{"to": "customers.id"}]},
                ],
            },
        )
    )
    for change, broken in (("c.id", []), ("c.id + 1", ["customer_id.foreignKey"])):
        text = SPEND.format("").replace("c.id AS", f"{change} AS")
        run = run_query(Query(text), production.sources(), production.place("spend"), keys["spend"], Settings(NOW))
        errors = [r.key for r in run.outputs[0].broken if r.severity == "error"]
        assert (errors, run.outputs[0].unjudged) == (broken, ())
