"""A draft of a table in PostgreSQL says what the database declares, and what its rows show."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from headgate import draft_contract
from headgate.cli import main
from headgate.contract import Dataset
from headgate.gate import check_schema
from headgate.rules.load import parse

from tests.support.drafts import drafted, enums, options_of
from tests.support.postgres_tables import Database

pytestmark = pytest.mark.slow

TABLE = (
    "CREATE TYPE status AS ENUM ('new', 'paid', 'lost')",
    "CREATE TABLE customers (id BIGINT PRIMARY KEY)",
    """CREATE TABLE orders (
        id BIGINT PRIMARY KEY,
        customer BIGINT NOT NULL REFERENCES customers,
        code VARCHAR(8) NOT NULL UNIQUE CHECK (code ~ '^[A-Z]{2}-[0-9]+$'),
        amount NUMERIC(10, 2) NOT NULL CHECK (amount > 0),
        quantity INT CHECK (quantity BETWEEN 1 AND 100),
        status status NOT NULL,
        kind TEXT CHECK (kind IN ('a', 'b')),
        at TIMESTAMPTZ NOT NULL,
        day DATE CHECK (day >= DATE '2020-01-01'),
        token UUID, doc JSONB, tags TEXT[], lines INT[][], email TEXT, note CHAR(3), address INET, bytes BYTEA, rate REAL,
        CHECK (amount > quantity), UNIQUE (kind, day))""",
    "COMMENT ON TABLE orders IS 'All: orders'",
    "COMMENT ON COLUMN orders.amount IS 'EUR, with VAT'",
)
ROWS = """INSERT INTO orders
    SELECT i, 1, 'AB-' || i, 200 + i, 1 + i % 9, 'new', NULL, '2024-01-01'::timestamptz + i * interval '1 hour', NULL,
        gen_random_uuid(), '{}', '{a}', '{{1}}', 'a@b.org', 'abc', '10.0.0.1', 'x', 1.5 FROM generate_series(1, 200) AS i"""


@pytest.fixture(params=["empty", "filled"])
def orders(request: Any, schema: Database) -> Database:
    schema.run(*TABLE)
    if request.param == "filled":
        schema.run("INSERT INTO customers VALUES (1)", ROWS)
    return schema


def test_what_the_database_declares(orders: Database) -> None:
    things = drafted(orders.url("orders"))
    by_name = {p.name: p for p in things.properties}
    assert {p.name: p.logical_type for p in things.properties} == {
        "id": "integer", "customer": "integer", "code": "string", "amount": "number", "quantity": "integer",
        "status": "string", "kind": "string", "at": "timestamp", "day": "date", "token": "string", "doc": "object",
        "tags": "array", "lines": "array", "email": "string", "note": "string", "address": "string", "bytes": "string",
        "rate": "number",
    }  # fmt: skip
    assert (things.primary_key, things.description) == (("id",), "All: orders")
    assert (by_name["amount"].physical_type, by_name["amount"].description) == ("numeric(10,2)", "EUR, with VAT")
    assert {c.columns for c in things.checks if c.type == "not_null"} == {
        ("id",), ("customer",), ("code",), ("amount",), ("status",), ("at",),
    }  # fmt: skip
    assert [c.columns for c in things.checks if c.type == "unique"] == [("code",), ("id",), ("kind", "day")]
    assert (enums(things)["status"], enums(things)["kind"]) == (["new", "paid", "lost"], ["a", "b"])
    options = options_of(things)
    assert (options["quantity"], options["code"]) == (
        {"minimum": 1, "maximum": 100},
        {"pattern": "^[A-Z]{2}-[0-9]+$"},
    )
    assert (options["amount"]["exclusiveMinimum"], str(options["day"]["minimum"])) == (0, "2020-01-01")


def test_the_table_has_the_shape_of_its_draft(orders: Database) -> None:
    report = check_schema(drafted(orders.url("orders")), orders.url("orders"))
    assert (str(report.verdict), report.failed) == ("pass", ())


def test_what_the_rows_show(schema: Database) -> None:
    schema.run(*TABLE, "INSERT INTO customers VALUES (1)", ROWS)
    text = str(draft_contract(schema.url("orders")))
    things = drafted(schema.url("orders"))
    assert options_of(things)["amount"] == {"exclusiveMinimum": 0, "maximum": 400}
    assert "a@b.org" not in text
    assert f'# refers to "{schema.schema}.customers (id)"' in text
    assert '# CHECK "(amount > (quantity)::numeric)": not in the contract; write it as a rule of type sql' in text
    assert "mustBeGreaterOrEqualTo: 100}" in text


def test_arrays_of_rows(schema: Database) -> None:
    schema.run("CREATE TYPE pair AS (x INT, y TEXT)", "CREATE TABLE t (v pair[], w pair)")
    pairs, pair = drafted(schema.url("t")).properties
    assert [p.name for p in pairs.nested[0].nested] == ["v[].x", "v[].y"]
    assert [p.name for p in pair.nested] == ["w.x", "w.y"]


ODD = """CREATE TABLE t (id BIGINT GENERATED ALWAYS AS IDENTITY, day DATE NOT NULL, f DOUBLE PRECISION, n NUMERIC, d DATE,
    ts TIMESTAMP, i INTERVAL, bits BIT(3), x XML, m positive, r INT4RANGE, "Odd: #" TEXT,
    g INT GENERATED ALWAYS AS (1 + 1) STORED, PRIMARY KEY (id, day)) PARTITION BY RANGE (day)"""
VALUES = """INSERT INTO t (day, f, n, d, ts, i, bits, x, m, r, "Odd: #") SELECT '2024-01-01', 'Infinity', 'NaN', 'infinity',
    '0044-03-15 BC', '1 day', B'101', '<a/>', 1.5, '[1,2)', 'q' FROM generate_series(1, 40)"""


@pytest.mark.parametrize("name", ["t", "part", "seen"])
def test_odd_types_and_values(name: str, schema: Database) -> None:
    schema.run(
        "CREATE DOMAIN positive AS NUMERIC(9, 2) CHECK (VALUE > 0)",
        ODD,
        "CREATE TABLE part PARTITION OF t FOR VALUES FROM ('2020-01-01') TO ('2030-01-01')",
        VALUES,
        "CREATE MATERIALIZED VIEW seen AS SELECT * FROM t",
    )
    things = drafted(schema.url(name))
    assert things.primary_key == (("id",) if name == "seen" else ("id", "day"))  # of the view, by its rows
    assert options_of(things)["m"] == {}
    assert not check_schema(things, schema.url(name)).failed


def test_a_table_that_declares_nothing_is_drafted_from_its_rows(schema: Database) -> None:
    schema.run("CREATE TABLE t AS SELECT i AS id, 'x' || i % 3 AS word FROM generate_series(1, 99) AS i")
    things = drafted(schema.url("t"))
    assert (things.primary_key, enums(things)) == (("id",), {"word": ["x0", "x1", "x2"]})
    assert ("word",) in {c.columns for c in things.checks if c.type == "not_null"}


LARGE = "CREATE TABLE t AS SELECT i AS id, i % 7 AS n FROM generate_series(1, 50000) AS i"


@pytest.mark.parametrize("name", ["t", "v"])
def test_of_a_large_table_some_rows_are_read(name: str, schema: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("headgate.draft._MOST_ROWS", 1000)
    schema.run(LARGE, "ANALYZE t", "CREATE VIEW v AS SELECT * FROM t")
    draft = draft_contract(schema.url(name))
    assert draft.rows is not None
    assert 100 < draft.rows <= 1000
    assert "rows, of more, drawn at random" in str(draft)
    assert options_of(_parsed(str(draft)))["n"] == {"minimum": 0, "maximum": 6}


def _parsed(text: str) -> Dataset:
    return parse(text, Path("draft.odcs.yaml")).only()


def test_the_command(schema: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The draft has the server, and neither it nor the output has the password."""
    monkeypatch.setenv("PGUSER", "headgate")
    schema.run("CREATE TABLE t (id INT PRIMARY KEY)", "INSERT INTO t SELECT generate_series(1, 60)")
    url = Database(schema.server, schema.schema, password="s3cret").url("t")
    path = tmp_path / "t.odcs.yaml"
    done = CliRunner().invoke(main, ["init", url, "-o", str(path)])
    assert (done.exit_code, done.output.splitlines()[0]) == (0, f"{path}: drafted from 60 rows, 1 column")
    assert "s3cret" not in done.output + path.read_text()
    assert _parsed(path.read_text()).contract.server().fields == {
        "server": "postgres", "type": "postgres", "host": schema.server, "port": 5432, "database": "postgres", "schema": schema.schema,
    }  # fmt: skip
    checked = CliRunner().invoke(main, ["check", str(path)])
    assert (checked.exit_code, checked.output.splitlines()[0]) == (0, f"PASS  t: 60 rows of {schema.schema}.t")
