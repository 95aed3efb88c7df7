"""The data of the billing example: usage in one database, invoices in another."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import duckdb

HERE = Path(__file__).resolve().parent
DATA = HERE / "data"
USAGE, INVOICES = DATA / "usage.duckdb", DATA / "invoices.duckdb"
# With twelve months that are billed, about a million customer-months.
CUSTOMERS = int(os.environ.get("BILLING_CUSTOMERS", "84000"))
# Each customer has three events a month; those of February arrive one by one.
_EVENTS = """
    CREATE TABLE usage_events AS
    SELECT row_number() OVER () AS event_id, customer_id, event_at, units FROM (
        SELECT c AS customer_id,
               month + to_days(CAST(e * 9 + c % 7 AS INTEGER)) + to_minutes(CAST(c * 13 % 1440 AS BIGINT)) AS event_at,
               CAST((c * 7919 + epoch(month)::BIGINT // 86400 * 31 + e * 97) % 100000 / 100 AS DECIMAL(12, 2)) AS units
        FROM range(1, {customers} + 1) AS customers(c), range(3) AS events(e),
             (SELECT CAST(unnest(generate_series(DATE '2025-02-01', DATE '2026-02-01', INTERVAL 1 MONTH)) AS TIMESTAMP)
              AS month)
        WHERE month < TIMESTAMP '2026-02-01' OR c % 4 = 0 AND e = 0
    )
"""
_BILLED = """
    SELECT customer_id, CAST(date_trunc('month', event_at) AS DATE) AS period, sum(units) AS units
    FROM usage_events WHERE event_at < TIMESTAMP '2026-02-01' GROUP BY ALL
"""


@dataclass(frozen=True)
class Billing:
    """Where the invoices are: in a database of PostgreSQL, or a file of DuckDB."""

    postgres: str = ""

    @property
    def server(self) -> str:
        """The server of the contract that this is."""
        return "billing" if self.postgres else "billing_duckdb"

    def run(self, *statements: str) -> None:
        if self.postgres:
            import psycopg

            with psycopg.connect(self.postgres, autocommit=True) as connection:
                for statement in statements:
                    connection.execute(statement)  # type: ignore[call-overload]
        else:
            with duckdb.connect(str(INVOICES)) as connection:
                for statement in statements:
                    connection.execute(statement)


def write_usage() -> None:
    """Make the events of thirteen months, of which the last has only begun."""
    DATA.mkdir(parents=True, exist_ok=True)
    USAGE.unlink(missing_ok=True)
    with duckdb.connect(str(USAGE)) as connection:
        connection.execute(_EVENTS.format(customers=CUSTOMERS))


def bill(billing: Billing) -> int:
    """Write an invoice for every customer and month that has ended, and return how many these are."""
    billing.run(
        "CREATE SCHEMA IF NOT EXISTS billing",
        "DROP TABLE IF EXISTS billing.invoices",
        "CREATE TABLE billing.invoices (customer_id INTEGER, period DATE, units DECIMAL(14, 2))",
    )
    with duckdb.connect(str(USAGE)) as usage:
        if not billing.postgres:
            usage.execute(f"ATTACH '{INVOICES}' AS there")
            usage.execute(f"INSERT INTO there.billing.invoices {_BILLED}")
        else:
            _copy(usage, billing.postgres)
        found = usage.execute(f"SELECT count(*) FROM ({_BILLED})").fetchone()
    return found[0] if found else 0


def _copy(usage: duckdb.DuckDBPyConnection, postgres: str) -> None:
    import psycopg

    rows = usage.execute(_BILLED)
    with (
        psycopg.connect(postgres) as connection,
        connection.cursor() as cursor,
        cursor.copy("COPY billing.invoices FROM STDIN") as copy,
    ):
        while batch := rows.fetchmany(10_000):
            for row in batch:
                copy.write_row(row)


def lose(billing: Billing, customer: int, period: str) -> None:
    """Lose the invoice of one customer and month."""
    billing.run(f"DELETE FROM billing.invoices WHERE customer_id = {int(customer)} AND period = DATE '{period}'")


def arrive_late(customer: int, at: str, units: str) -> None:
    """Let an event arrive when its month has been billed."""
    with duckdb.connect(str(USAGE)) as connection:
        connection.execute(
            "INSERT INTO usage_events SELECT max(event_id) + 1, $1, CAST($2 AS TIMESTAMP), CAST($3 AS DECIMAL(12, 2)) "
            "FROM usage_events",
            [customer, at, units],
        )
