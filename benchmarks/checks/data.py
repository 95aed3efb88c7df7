"""The orders: thirteen columns as a shop has them, made by DuckDB, the same at every run."""

from __future__ import annotations

import contextlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import duckdb

from benchmarks.checks.thirty import COUNTRIES, CURRENCIES, CUSTOMERS, STATUSES

Keys = Literal["sorted", "shuffled", "sparse"]
KEYS: tuple[Keys, ...] = get_args(Keys)

# Of every 200 rows one is bad (0.5 %), in one of three columns in turn.
EVERY = 200
_BAD = {7: "email", EVERY + 7: "quantity", 2 * EVERY + 7: "status"}


@dataclass(frozen=True)
class Variant:
    """One version of the orders.

    Keys: sorted are 0, 1, 2, …; shuffled is a permutation of the rows; sparse are 63-bit numbers in no order. Bad
    differs from clean in the rows said; ruined is clean but for a few rows, in which all that a row can break is
    broken; its keys are not sparse.
    """

    rows: int
    bad: bool = False
    keys: Keys = "sorted"
    ruined: bool = False

    def __str__(self) -> str:
        state = "ruined" if self.ruined else "bad" if self.bad else "clean"
        return f"{self.rows}_{self.keys}_{state}"

    @property
    def words(self) -> str:
        return f"{self.rows:,} rows, {'0.5 % bad' if self.bad else 'clean'}, keys {self.keys}"


def _listed(values: tuple[str, ...], seed: int) -> str:
    return f"{list(values)}[1 + (hash(i + {seed}) % {len(values)})::INT]"


def _bad(column: str, bad: str, good: str, variant: Variant) -> str:
    (at,) = (row for row, name in _BAD.items() if name == column)
    return f"CASE WHEN i % {len(_BAD) * EVERY} = {at} THEN {bad} ELSE {good} END" if variant.bad else good


# Of each column, what it holds in the row of a number.
_RUINED = {
    "order_id": {1: "NULL", 2: "3"},
    "customer_id": {1: "NULL", 4: "-1"},
    "email": {1: "NULL", 4: "'@'"},
    "sku": {1: "NULL", 2: "'SKU-000001'", 3: "'SKU-000001'", 4: "'SKU'"},
    "status": {1: "NULL", 4: "'lost'", 5: "'shipped'"},
    "currency": {4: "'eur'"},
    "country": {4: "'DEU'"},
    "quantity": {1: "NULL", 4: "0"},
    "unit_price": {4: "-1"},
    "amount": {1: "NULL", 4: "-1"},
    "ordered_at": {1: "NULL"},
    "shipped_at": {5: "NULL", 6: "TIMESTAMP '2020-01-01'"},
}


def select(variant: Variant) -> str:
    """The query that makes the rows."""
    if not variant.ruined:
        return _select(variant)
    cases = (
        f"CASE order_id {' '.join(f'WHEN {row} THEN {value}' for row, value in rows.items())} ELSE {name} END AS {name}"
        for name, rows in _RUINED.items()
    )
    return f"SELECT * REPLACE ({', '.join(cases)}) FROM ({_select(variant)})"


def _select(variant: Variant) -> str:
    """A bad row fails one check, whatever else it holds."""
    email = "'user' || (hash(i + 1) % 300000) || '@example.com'"
    return f"""
        SELECT {"(hash(i) >> 1)::BIGINT" if variant.keys == "sparse" else "i"} AS order_id,
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
        FROM range({variant.rows}) AS r(i) ORDER BY {"hash(i)" if variant.keys == "shuffled" else "i"}
    """


@dataclass(frozen=True)
class Folder:
    """Where the files of the data are kept from run to run."""

    path: Path

    def duckdb(self, variant: Variant) -> Path:
        """A database with the tables `orders` and `customers`."""
        return self._file(variant, "orders.duckdb")

    def parquet(self, variant: Variant) -> Path:
        return self._file(variant, "orders.parquet")

    def customers(self, variant: Variant) -> Path:
        return self._file(variant, "customers.parquet")

    def _file(self, variant: Variant, name: str) -> Path:
        """In a folder that is named by the query too, so that a changed one makes its data anew."""
        return self.path / f"{variant}_{zlib.crc32(select(variant).encode()):08x}" / name

    def make(self, variant: Variant) -> None:
        """Write what is not there yet."""
        database = self.duckdb(variant)
        database.parent.mkdir(parents=True, exist_ok=True)
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
