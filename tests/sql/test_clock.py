"""The current time in a rule's query: one meaning in every dialect, the time of the run."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from headgate import Contract, Run, check
from headgate.report import Verdict
from headgate.sql.admit import admit
from headgate.sql.clock import at

from tests.support.contracts import odcs, write

NOW = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
MOMENT, DATE, TIME = "2026-03-01 12:30:00+00:00", "2026-03-01", "12:30:00"

# dialect, how it says the current time, what that is
CLOCKS: list[tuple[str, str, str]] = [
    *(("duckdb", said, MOMENT) for said in ("now()", "current_timestamp", "get_current_timestamp()")),
    *(("duckdb", said, DATE) for said in ("current_date", "today()")),
    ("duckdb", "current_time", TIME),
    ("duckdb", "now()::date", DATE),
    ("duckdb", "current_localtimestamp()", "2026-03-01 12:30:00"),
    *(("postgres", said, MOMENT) for said in ("now()", "current_timestamp(3)", "clock_timestamp()")),
    *(("postgres", said, "2026-03-01 12:30:00") for said in ("localtimestamp", "now() at time zone 'utc'")),
    ("postgres", "current_date", DATE),
    *(("mysql", said, MOMENT) for said in ("now()", "now(6)", "sysdate()", "utc_timestamp()", "current_timestamp()")),
    *(("mysql", said, DATE) for said in ("curdate()", "utc_date()", "current_date")),
    ("mysql", "unix_timestamp()", "1772368200.0"),
    *(("snowflake", said, MOMENT) for said in ("sysdate()", "current_timestamp()", "getdate()", "systimestamp()")),
    ("snowflake", "current_date()", DATE),
    ("bigquery", "current_timestamp()", MOMENT),
    ("bigquery", "current_datetime()", "2026-03-01 12:30:00"),
    ("bigquery", "current_datetime('Asia/Tokyo')", "2026-03-01 21:30:00"),
    ("bigquery", "current_date('Pacific/Kiritimati')", "2026-03-02"),
    *(("tsql", said, MOMENT) for said in ("getdate()", "getutcdate()", "sysdatetime()", "sysdatetimeoffset()")),
    *(("oracle", said, MOMENT) for said in ("sysdate", "systimestamp", "current_timestamp")),
    *(("databricks", said, MOMENT) for said in ("now()", "current_timestamp()", "getdate()")),
    ("databricks", "unix_timestamp()", "1772368200.0"),
    *(("redshift", said, MOMENT) for said in ("getdate()", "sysdate", "now()")),
    *((dialect, "now()", MOMENT) for dialect in ("trino", "presto", "athena", "clickhouse")),
    ("clickhouse", "today()", DATE),
    ("clickhouse", "yesterday()", "2026-02-28"),
    ("hive", "unix_timestamp()", "1772368200.0"),
]  # fmt: skip


@pytest.mark.parametrize(("dialect", "said", "expected"), CLOCKS)
def test_the_current_time_is_the_time_of_the_run(dialect: str, said: str, expected: str) -> None:
    query = admit(f"SELECT {said} FROM t", dialect, {"t": "t"}, "t", None).tree
    text = at(query, NOW).sql("duckdb").replace("headgate_reference", "main")
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'; CREATE TABLE t AS SELECT 1 AS a")
        (found,) = connection.execute(text).fetchall()
    assert str(found[0]) == expected


def test_the_age_of_a_time_is_its_age_today() -> None:
    query = admit("SELECT age(timestamp '2026-02-27') FROM t", "postgres", {"t": "t"}, "t", None).tree
    text = at(query, NOW).sql("duckdb").replace("headgate_reference", "main")
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE t AS SELECT 1 AS a")
        assert str(connection.execute(text).fetchall()[0][0]) == "2 days, 0:00:00"


@pytest.mark.parametrize("word", ["now", "today", "tomorrow", "yesterday", " NOW "])
def test_a_word_that_reads_the_clock_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match="reads the clock"):
        admit(f"SELECT count(*) FROM t WHERE a > '{word}'::timestamp", "postgres", {"t": "t"}, "t", None)


# server, query over `orders`, of which the last was placed at 2026-03-01 10:00, the number that it gives at NOW
QUERIES: list[tuple[dict[str, Any], str, int]] = [
    ({"type": "postgres", "host": "h", "port": 1, "database": "d", "schema": "s"},
     "SELECT count(*) FROM orders WHERE placed_at > now()", 0),
    ({"type": "duckdb", "database": "d.duckdb"}, "SELECT count(*) FROM orders WHERE placed_at > now()", 0),
    ({"type": "mysql", "host": "h", "port": 1, "database": "d"},
     "SELECT count(*) FROM orders WHERE placed_at < now() - interval 2 hour", 1),
    ({"type": "snowflake", "account": "a", "database": "d", "schema": "s"},
     "SELECT datediff(hour, max(placed_at), sysdate()) FROM d.s.orders", 2),
    ({"type": "bigquery", "project": "p", "dataset": "d"},
     "SELECT timestamp_diff(current_timestamp(), max(placed_at), hour) FROM `p.d.orders`", 2),
    ({"type": "sqlserver", "host": "h", "database": "d", "schema": "dbo"},
     "SELECT datediff(hour, max(placed_at), getdate()) FROM [d].[dbo].[orders]", 2),
]  # fmt: skip


@pytest.mark.parametrize(("server", "query", "expected"), QUERIES, ids=[case[0]["type"] for case in QUERIES])
def test_rules_of_every_dialect_on_the_clock_of_the_run(
    server: dict[str, Any], query: str, expected: int, tmp_path: Path
) -> None:
    thing = {
        "name": "orders",
        "properties": [{"name": "placed_at", "logicalType": "timestamp"}],
        "quality": [{"id": "clock", "type": "sql", "query": query, "mustBe": expected}],
    }
    path = write(tmp_path, odcs(thing, servers=[{"server": "w", **server}]), "c.odcs.yaml")
    (tmp_path / "orders.csv").write_text("placed_at\n2026-03-01 10:00:00\n")
    report = check(Contract.load(path)["orders"], tmp_path / "orders.csv", run=Run(now=NOW))
    assert report.verdict == Verdict.PASS, str(report)
