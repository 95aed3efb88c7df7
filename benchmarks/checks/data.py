"""The orders: thirteen columns as a shop has them, made by DuckDB, the same at every run."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from benchmarks.checks.thirty import COUNTRIES, CURRENCIES, STATUSES

CUSTOMERS = 200_000
# Of every 200 rows one is bad (0.5 %), in one of three columns in turn.
EVERY = 200
_BAD = {7: "email", EVERY + 7: "quantity", 2 * EVERY + 7: "status"}


@dataclass(frozen=True)
class Variant:
    """One version of the orders. Shuffled is a permutation of sorted; bad differs from clean in the rows said."""

    rows: int
    bad: bool = False
    shuffled: bool = False

    def __str__(self) -> str:
        return f"{self.rows}_{'shuffled' if self.shuffled else 'sorted'}_{'bad' if self.bad else 'clean'}"


def _listed(values: tuple[str, ...], seed: int) -> str:
    return f"{list(values)}[1 + (hash(i + {seed}) % {len(values)})::INT]"


def _bad(column: str, bad: str, good: str, variant: Variant) -> str:
    (at,) = (row for row, name in _BAD.items() if name == column)
    return f"CASE WHEN i % {len(_BAD) * EVERY} = {at} THEN {bad} ELSE {good} END" if variant.bad else good


def select(variant: Variant) -> str:
    """The query that makes the rows; a bad row fails one check, whatever else it holds."""
    email = "'user' || (hash(i + 1) % 300000) || '@example.com'"
    return f"""
        SELECT i AS order_id,
            (hash(i) % {min(CUSTOMERS, variant.rows)})::BIGINT AS customer_id,
            {_bad("email", f"replace({email}, '@', ' at ')", email, variant)} AS email,
            'SKU-' || lpad((hash(i + 2) % 50000)::VARCHAR, 6, '0') AS sku,
            {_bad("status", "'lost'", _listed(STATUSES, 3), variant)} AS status,
            {_listed(CURRENCIES, 4)} AS currency,
            {_listed(COUNTRIES, 5)} AS country,
            {_bad("quantity", "0", "(1 + hash(i + 6) % 20)::INT", variant)} AS quantity,
            ((hash(i + 7) % 100000) / 100.0)::DOUBLE AS unit_price,
            ((hash(i + 8) % 1000000) / 100)::DECIMAL(12, 2) AS amount,
            TIMESTAMP '2024-01-01' + to_seconds(i) AS ordered_at,
            CASE WHEN {_listed(STATUSES, 3)} IN ('shipped', 'returned')
                THEN TIMESTAMP '2024-01-01' + to_seconds(i + (hash(i + 9) % 864000)::BIGINT) END AS shipped_at,
            CASE WHEN hash(i + 10) % 10 = 0 THEN 'leave it at the door ' || (hash(i + 11) % 1000) END AS note
        FROM range({variant.rows}) AS r(i) ORDER BY {"hash(i)" if variant.shuffled else "i"}
    """


@dataclass(frozen=True)
class Folder:
    """Where the files of the data are kept from run to run."""

    path: Path

    def duckdb(self, variant: Variant) -> Path:
        """A database with the tables `orders` and `customers`."""
        return self.path / f"{variant}.duckdb"

    def parquet(self, variant: Variant) -> Path:
        return self.path / f"{variant}.parquet"

    def customers(self, variant: Variant) -> Path:
        return self.path / f"{variant.rows}_customers.parquet"

    def make(self, variant: Variant) -> None:
        """Write what is not there yet."""
        self.path.mkdir(parents=True, exist_ok=True)
        database = self.duckdb(variant)
        if not database.exists():
            with _written(database) as part, duckdb.connect(part) as connection:
                connection.execute("SET enable_progress_bar = false")
                connection.execute(f"CREATE TABLE orders AS {select(variant)}")
                connection.execute(
                    "CREATE TABLE customers AS SELECT i AS customer_id, 'Customer ' || i AS name "
                    f"FROM range({min(CUSTOMERS, variant.rows)}) AS r(i)"
                )
        for table, file in (("orders", self.parquet(variant)), ("customers", self.customers(variant))):
            if not file.exists():
                with _written(file) as part, duckdb.connect(database, read_only=True) as connection:
                    connection.execute("SET enable_progress_bar = false")
                    connection.execute(f"COPY {table} TO '{part}' (FORMAT parquet)")


@contextlib.contextmanager
def _written(file: Path) -> Iterator[Path]:
    """A path to write to, which becomes `file` when all is written: an interrupted run leaves no half a file."""
    part = file.with_name(f"{file.name}.part")
    part.unlink(missing_ok=True)
    yield part
    part.rename(file)
