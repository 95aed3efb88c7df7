"""The two tables: `numbers` of PostgreSQL, and `numbers` of a DuckDB file that differs from it in a known way."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import psycopg

TABLE = "numbers"
COLUMNS = ("id", "customer_id", "amount", "quantity", "status", "created_at", "rate", "paid")
# Keys are even, so that a row can be additional anywhere. 5 % of `rate` are NULL.
_ROWS = """
SELECT CAST(i AS bigint) * 2 AS id, CAST(i * 7919 % 400000 AS int) AS customer_id,
  CAST((i * 31 % 50000000) / 100.0 AS {decimal}) AS amount, CAST(i % 50 AS int) AS quantity,
  CASE i % 4 WHEN 0 THEN 'paid' WHEN 1 THEN 'open' WHEN 2 THEN 'void' ELSE 'refunded' END AS status,
  {moment} AS created_at, CASE WHEN i % 20 = 0 THEN NULL ELSE CAST(i % 999983 AS {double}) / 7 END AS rate,
  i * 13 % 29 < 15 AS paid
FROM {numbers}
"""
_POSTGRES = _ROWS.format(
    decimal="numeric(12, 2)", double="float8", numbers="generate_series(CAST(0 AS bigint), {rows} - 1) AS r(i)",
    moment="timestamp '2025-01-01' + (i * 48611 % 31536000) * interval '1 second'",
)  # fmt: skip
_DUCKDB = _ROWS.format(
    decimal="decimal(12, 2)", double="double", numbers="range({rows}) AS r(i)",
    moment="timestamp '2025-01-01' + to_seconds(i * 48611 % 31536000)",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Truth:
    """Which keys differ, by how."""

    changed: frozenset[int]
    only_duckdb: frozenset[int]
    only_postgres: frozenset[int]

    @property
    def keys(self) -> frozenset[int]:
        return self.changed | self.only_duckdb | self.only_postgres


def truth(rows: int, differing: int) -> Truth:
    """Return what differs: 3/5 have another amount, 1/5 are missing in DuckDB, 1/5 additional; spread evenly."""
    kinds: tuple[list[int], ...] = ([], [], [])
    step = rows // differing if differing else 0
    for i in range(differing):
        key = 2 * (i * step + step // 2)
        kind = (0, 0, 0, 1, 2)[i % 5]
        kinds[kind].append(key + 1 if kind == 1 else key)
    return Truth(*map(frozenset, kinds))


def load_postgres(url: str, rows: int) -> None:
    """Make the table, with its primary key."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE TABLE {TABLE} AS {_POSTGRES.format(rows=rows)}")
        connection.execute(f"ALTER TABLE {TABLE} ADD PRIMARY KEY (id)")
        # So that no reader pays for what the load left to do.
        connection.execute(f"VACUUM (FREEZE, ANALYZE) {TABLE}")


def load_duckdb(file: Path, rows: int, differing: int) -> None:
    """Make the file, with so many differing rows."""
    known = truth(rows, differing)
    file.unlink(missing_ok=True)
    with duckdb.connect(str(file)) as connection:
        for name, keys in (("changed", known.changed), ("added", known.only_duckdb), ("gone", known.only_postgres)):
            connection.execute(f"CREATE TEMP TABLE {name} AS SELECT unnest(?::BIGINT[]) AS id", [sorted(keys)])
        # An additional row is a copy of the one before it.
        connection.execute(f"""
            CREATE TABLE {TABLE} AS
            WITH base AS ({_DUCKDB.format(rows=rows)})
            SELECT b.* REPLACE (CASE WHEN c.id IS NULL THEN amount ELSE amount + 1 END AS amount)
            FROM base AS b LEFT JOIN changed AS c USING (id)
            WHERE b.id NOT IN (SELECT id FROM gone)
            UNION ALL
            SELECT b.* REPLACE (b.id + 1 AS id) FROM base AS b WHERE b.id + 1 IN (SELECT id FROM added)
        """)
