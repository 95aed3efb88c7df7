"""Rows that leave PostgreSQL by COPY: every value arrives in DuckDB as it is."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from headgate.errors import CallError, QueryError
from headgate.places.duckdb.session import DuckDB
from headgate.places.postgres.session import Postgres, opened
from sqlglot import exp, parse_one

from tests.support.postgres_tables import Database

# A type, and values as SQL with what Python has of them afterwards.
VALUES: dict[str, list[tuple[str, Any]]] = {
    "smallint": [("-32768", -32768), ("32767", 32767)],
    "integer": [("-2147483648", -2147483648)],
    "bigint": [("-9223372036854775808", -(2**63)), ("9223372036854775807", 2**63 - 1)],
    "numeric(38,10)": [("-9999999999999999999999999999.9999999999",) * 2, ("0.0000000001",) * 2, ("0",) * 2],
    "numeric(2,4)": [("0.0012",) * 2, ("-0.0099",) * 2],
    "numeric(5,0)": [("99999",) * 2, ("-1",) * 2],
    "numeric(3,-2)": [("12300", "12300"), ("-99900", "-99900")],
    "numeric": [("'NaN'", "NaN"), ("1e40", "1" + "0" * 40), ("0.10", "0.10")],
    "numeric(50,2)": [("1", "1.00")],
    "real": [("0.1", 0.10000000149011612), ("1e-45", 1.401298464324817e-45), ("'-Infinity'", -math.inf)],
    "double precision": [("1e-320", 1e-320), ("5e-324", 5e-324), ("1.7976931348623157e308", 1.7976931348623157e308),
                         ("0.1", 0.1), ("1e23", 1e23), ("'NaN'", math.nan), ("'Infinity'", math.inf),
                         ("'-Infinity'", -math.inf), ("'-0'", -0.0)],
    "boolean": [("true", True), ("false", False)],
    "date": [("'0001-01-01'", date(1, 1, 1)), ("'9999-12-31'", date(9999, 12, 31)),
             ("'1500-02-28'", date(1500, 2, 28)), ("'2024-02-29'", date(2024, 2, 29))],
    "timestamp": [("'0001-01-02'", datetime(1, 1, 2)), ("'9999-12-30 23:59:59.999999'",
                   datetime(9999, 12, 30, 23, 59, 59, 999999)), ("'2026-01-01 00:00:00.5'",
                   datetime(2026, 1, 1, 0, 0, 0, 500000)), ("'1969-12-31 23:59:59.000001'",
                   datetime(1969, 12, 31, 23, 59, 59, 1))],
    "timestamptz": [("'2026-03-29 02:30+01'", datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
                    ("'2026-10-25 02:30:00.12+02'", datetime(2026, 10, 25, 0, 30, 0, 120000, tzinfo=UTC))],
    "time": [("'00:00'", time(0)), ("'23:59:59.999999'", time(23, 59, 59, 999999)), ("'12:30:00.1'",
             time(12, 30, 0, 100000))],
    "text": [(f"E'{escaped}'", text) for escaped, text in [
        ("", ""), ("NULL", "NULL"), ("\\\\N", "\\N"), ("\\\\.", "\\."), ("a,b", "a,b"), ('"', '"'), ('""', '""'),
        ("\\n", "\n"), ("a\\r\\nb\\n\\nc", "a\r\nb\n\nc"), (" a ", " a "), ("\\t", "\t"), ('x"\\n",y', 'x"\n",y'),
        ("t", "t"), ("nan", "nan"), ("Größe 値 🎯", "Größe 値 🎯"), ("u\\u0308", "u\u0308"), ("\\uFEFFa", "\ufeffa"),
        ("\\u0001", "\x01"), ("it''s", "it's")]],
    "char(3)": [("'a'", "a")],
    "varchar(9)": [("''", "")],
    "uuid": [("'6e1c0f60-9d3c-4f0e-8a43-0d6d0a4b0a11'", "6e1c0f60-9d3c-4f0e-8a43-0d6d0a4b0a11")],
    "bytea": [("'\\x00ff22'", "\\x00ff22"), ("''", "\\x")],
    "jsonb": [("'{\"a\": [1, null, \"x,y\"]}'", '{"a": [1, null, "x,y"]}')],
    "text[]": [("ARRAY['a,b', NULL, '\"']", '{"a,b",NULL,"\\""}')],
    "interval": [("'1 day 2 hours'", "1 day 02:00:00")],
}  # fmt: skip


@pytest.fixture
def session(schema: Database) -> Iterator[Postgres]:
    url = schema.server_url
    with opened(url, "test") as connection:
        yield Postgres(connection, url, "test")


def select(text: str) -> exp.Select:
    return parse_one(text, dialect="postgres", into=exp.Select)


def received(session: Postgres, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        there = DuckDB(connection, ":memory:")
        relation = there.receive(session.arrow(select(query)), "rows")
        found: list[tuple[Any, ...]] = there.rows(exp.select("*").from_(relation.source))
        return found


@pytest.mark.parametrize("kind", VALUES)
def test_every_value_arrives_as_it_is(kind: str, session: Postgres, schema: Database) -> None:
    values = [("NULL", None), *VALUES[kind], ("NULL", None)]
    schema.run(
        f"CREATE TABLE given (id int, v {kind})",
        *(f"INSERT INTO given VALUES ({i}, {text})" for i, (text, _) in enumerate(values)),
    )
    # Alone, and beside another column.
    for columns in ("v", "v, id"):
        query = f'SELECT {columns} FROM "{schema.schema}".given ORDER BY id'
        found = [row[0] for row in received(session, query)]
        wanted = [v if v is None or not isinstance(f, Decimal) else Decimal(v) for (_, v), f in zip(values, found)]
        assert list(map(repr, map(_in_utc, found))) == list(map(repr, map(_in_utc, _scaled(wanted, found))))


def _in_utc(value: Any) -> Any:
    return value.astimezone(UTC) if isinstance(value, datetime) and value.tzinfo else value


def _scaled(wanted: list[Any], found: list[Any]) -> list[Any]:
    """Return equal decimals as they are written."""
    return [f if isinstance(f, Decimal) and w == f else w for w, f in zip(wanted, found, strict=True)]


def test_no_rows_have_columns(session: Postgres) -> None:
    rows = session.arrow(select("SELECT 1 AS a, 'x'::text AS \"b,\nc\" WHERE false"))
    assert rows.schema.names == ["a", "b,\nc"] and rows.read_all().num_rows == 0


def test_a_row_may_be_of_any_length(session: Postgres) -> None:
    query = "SELECT i, repeat('x,\"', i * 4000000) AS t FROM generate_series(0, 2) AS g(i)"
    assert [len(t) for _, t in received(session, query)] == [0, 12_000_000, 24_000_000]


def test_many_batches_are_one_table(session: Postgres) -> None:
    query = "SELECT i, md5(i::text) AS t FROM generate_series(1, 300000) AS g(i)"
    rows = session.arrow(select(query))
    batches = list(rows)
    assert len(batches) > 1 and sum(b.num_rows for b in batches) == 300_000
    assert batches[-1].column("i")[-1].as_py() == 300_000


UNKNOWN = {
    "date": ("'infinity'", "0044-03-15 BC"),
    "numeric(38,2)": ("'NaN'", "NaN"),
    "timestamp": ("'-infinity'", "infinity"),
    "timestamptz": ("'10000-01-01'", "10000"),
    "time": ("'24:00'", "24:00:00"),
}


@pytest.mark.parametrize("kind", UNKNOWN)
def test_what_only_postgresql_has_is_refused_by_column(kind: str, session: Postgres) -> None:
    value, shown = UNKNOWN[kind]
    with pytest.raises(CallError, match=r"^v: there are values that other platforms do not have") as raised:
        received(session, f"SELECT i, CAST(CASE WHEN i > 250000 THEN {value}::{kind} END AS {kind}) AS v "
                          "FROM generate_series(1, 300000) AS g(i)")  # fmt: skip
    assert shown not in str(raised.value).partition("(")[0]
    assert session.rows("SELECT 1") == [(1,)]


def test_a_consumer_that_stops_half_way_leaves_the_session_usable(session: Postgres) -> None:
    rows = session.arrow(
        select("SELECT i, md5(i::text) AS t FROM generate_series(1, 10000) AS g(i), generate_series(1, 10000)")
    )
    assert rows.read_next_batch().num_rows > 1000
    del rows
    assert session.rows("SELECT 1") == [(1,)]


def test_an_error_in_the_consumer_leaves_the_session_usable(session: Postgres) -> None:
    def consume() -> None:
        for _ in session.arrow(select("SELECT i FROM generate_series(1, 10000) AS g(i), generate_series(1, 10000)")):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        consume()
    assert session.rows("SELECT 1") == [(1,)]


def test_a_query_that_fails_on_the_way_is_undone_alone(session: Postgres) -> None:
    with pytest.raises(QueryError) as raised:
        received(session, "SELECT 1 / (200000 - i) AS v FROM generate_series(1, 300000) AS g(i)")
    assert "200000" not in str(raised.value)
    assert session.rows("SELECT 1") == [(1,)]


def test_types_are_those_of_arrow(session: Postgres) -> None:
    rows = session.arrow(select("SELECT 1::smallint AS a, 1.5::numeric(5,2) AS b, now() AS c, 'x'::bytea AS d"))
    assert rows.schema.types == [pa.int16(), pa.decimal128(5, 2), pa.timestamp("us", "UTC"), pa.string()]
    rows.read_all()
