"""Warehouses that tests publish into."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any
from urllib.parse import quote

import duckdb
import psycopg
from headgate.contract import Dataset
from headgate.gate import Outcome, publish
from headgate.places import Publication
from headgate.places.parquet import Folder
from headgate.places.parquet.store import store_of
from psycopg.adapt import Loader

from tests.support.contracts import dataset

FORGET = """
    ALTER TABLE shop.things__quarantine DROP COLUMN headgate_rules;
    ALTER TABLE headgate.publications DROP COLUMN place_namespace;
    ALTER TABLE headgate.publications DROP COLUMN place_name;
    ALTER TABLE headgate.publications DROP COLUMN published_at;
    ALTER TABLE headgate.publications DROP COLUMN written_at;
    DROP TABLE headgate.added_columns;
"""


class Warehouse:
    """A DuckDB file, and a CSV file that is published into it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "w.duckdb"
        self.csv = folder / "things.csv"

    @property
    def target(self) -> str:
        return f"{self.path}#shop.things"

    @property
    def name(self) -> str:
        """What messages call the target."""
        return "shop.things"

    def source(self, *rows: str, header: str = "id,v") -> Path:
        self.csv.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
        return self.csv

    def publish(self, things: Dataset, *rows: str, key: str = "run-1", **options: Any) -> Outcome:
        return publish(things, self.source(*rows), self.target, run_key=key, **options)

    def query(self, text: str) -> list[tuple[Any, ...]]:
        if not self.path.exists():
            return []
        with duckdb.connect(str(self.path), read_only=True) as connection:
            return connection.execute(text).fetchall()

    def tables(self) -> set[str]:
        return {name for (name,) in self.query("SELECT schema_name || '.' || table_name FROM duckdb_tables()")}

    def rows(self, table: str = "shop.things", columns: str = "id, v") -> list[tuple[Any, ...]]:
        return sorted(self.query(f"SELECT {columns} FROM {table}"), key=repr) if table in self.tables() else []

    def columns(self, table: str) -> list[str]:
        schema, _, name = table.partition(".")
        found = self.query(
            f"SELECT column_name FROM information_schema.columns WHERE table_schema = '{schema}' "
            f"AND table_name = '{name}' ORDER BY ordinal_position"
        )
        return [column for (column,) in found]

    def change(self, statement: str) -> None:
        """What somebody else does to the database."""
        with duckdb.connect(str(self.path)) as connection:
            connection.execute(statement)

    def comment(self) -> str | None:
        ((comment,),) = self.query("SELECT comment FROM duckdb_tables() WHERE table_name = 'things'")
        return comment

    def forget_rules(self) -> None:
        """Bring quarantine and ledger to the form that headgate 0.1 wrote."""
        self.change(FORGET)

    def aside(self, columns: str = "id, headgate_reasons, headgate_run_key") -> list[tuple[Any, ...]]:
        return self.rows("shop.things__quarantine", columns)


class FolderWarehouse(Warehouse):
    """A folder of Parquet files. What the others call tables is asked of what the pointer names."""

    @property
    def target(self) -> str:
        return f"{self.path.with_suffix('')}/"

    @property
    def name(self) -> str:
        return self.target.rstrip("/")

    def rows(self, table: str = "shop.things", columns: str = "id, v") -> list[tuple[Any, ...]]:
        folder = Folder(self.name)
        if not store_of(self.name).latest().files:
            return []
        with folder.connect() as session:
            there = {"shop.things": session.content(folder), "shop.things__quarantine": "main.quarantine"}
            if table == "shop.things__quarantine" and not session.states(folder.quarantine)[0].exists:
                return []
            return sorted(session.rows(f"SELECT {columns} FROM {there.get(table, table)}"), key=repr)

    def columns(self, table: str) -> list[str]:
        with Folder(self.name).connect() as session:
            return [column.name for column in session.read(Folder(self.name)).columns]

    def tables(self) -> set[str]:
        """Files that no pointer names are what would be left lying about."""
        store = store_of(self.name)
        named = {f for version in store.versions() for f in store.pointer(version).all_files}
        there = {str(path.relative_to(self.name)) for path in Path(self.name).glob("v*/*")}
        return {f"__headgate {path}" for path in there - named}

    def forget_rules(self) -> None:
        store = store_of(self.name)
        path = Path(self.name) / str(store.latest().quarantine)
        kept = duckdb.sql(f"SELECT * EXCLUDE (headgate_rules) FROM '{path}'").arrow().read_all()
        duckdb.from_arrow(kept).write_parquet(str(path))
        # The pointer is as it was: an older headgate reads no column of the ledger that it does not know.
        assert all("place_name" not in row for row in store.latest().ledger["publications"])

    def comment(self) -> str | None:
        (stale,) = store_of(self.name).latest().ledger["stale"] or [None]
        return f"[headgate: stale since {stale['since']}]" if stale else None


class PostgresWarehouse(Warehouse):
    """A PostgreSQL database in the place of the DuckDB file."""

    def __init__(self, folder: Path, server: str) -> None:
        super().__init__(folder)
        self.server = server
        self.url = f"postgresql://headgate@/postgres?host={quote(server, safe='')}"
        self.change("DROP SCHEMA IF EXISTS shop, headgate CASCADE")

    @property
    def target(self) -> str:
        return f"{self.url}#shop.things"

    def connect(self, **how: Any) -> psycopg.Connection[Any]:
        connection = psycopg.connect(self.url, autocommit=True, **how)
        for kind in ("json", "jsonb"):
            connection.adapters.register_loader(kind, _JSON)
        return connection

    def query(self, text: str) -> list[tuple[Any, ...]]:
        with self.connect() as connection:
            return connection.execute(text.encode()).fetchall()

    def change(self, statement: str) -> None:
        with self.connect() as connection:
            connection.execute(statement.encode())

    def tables(self) -> set[str]:
        return {name for (name,) in self.query(
            "SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname IN ('shop', 'headgate')"
        )}  # fmt: skip

    def comment(self) -> str | None:
        ((comment,),) = self.query("SELECT obj_description('shop.things'::regclass)")
        return comment


class _JSON(Loader):
    """JSON as DuckDB writes it."""

    def load(self, data: Any) -> str:
        return json.dumps(json.loads(bytes(data)), separators=(",", ":"), ensure_ascii=False)


WAREHOUSES: dict[str, Any] = {
    "duckdb": Warehouse,
    "postgres": PostgresWarehouse,
    "parquet": FolderWarehouse,
}


def on(*places: str) -> Callable[[Any], Any]:
    """A test on these places, whatever its module's are."""

    def placed(test: Any) -> Any:
        test.places = places
        return test

    return placed


# A test of what only a database does.
on_tables = on(*(name for name in WAREHOUSES if name != "parquet"))


def things(on_breach: Any = "halt", *, status: str = "active", limit: int = 100, **root: Any) -> Dataset:
    return dataset(
        {"name": "id", "logicalType": "string", "required": True},
        {"name": "v", "logicalType": "integer", "logicalTypeOptions": {"minimum": 0}},
        **({"settings": {"onBreach": on_breach, "maxQuarantinePercent": limit}} | root),
        status=status,
    )


GOOD, BAD = ("a,1", "b,2"), ("a,1", "b,-2", ",3", ",-4", "e,x")


# All but when a run was last written, which a rerun moves.
_LASTING = [field.name for field in fields(Publication) if field.name != "written_at"]


def state(warehouse: Warehouse) -> tuple[Any, ...]:
    return (
        warehouse.rows(),
        warehouse.aside("id, v, headgate_run_key, headgate_reasons, headgate_raw, headgate_run_at"),
        warehouse.rows("headgate.publications", ", ".join(("seq", *_LASTING))),
    )


LEDGER = {f"headgate.{table}" for table in ("publications", "stale", "releases", "added_columns")}


HEADER = "id,v,day"


def days(on_breach: Any = "halt", *more: dict[str, Any], key: bool = True, **settings: Any) -> Dataset:
    return dataset(
        {"name": "id", "logicalType": "string", **({"primaryKey": True} if key else {})},
        {"name": "v", "logicalType": "integer", "logicalTypeOptions": {"minimum": 0}},
        {"name": "day", "logicalType": "integer"},
        *more,
        settings={"onBreach": on_breach, "maxQuarantinePercent": 100, **settings},
    )


def put_from(warehouse: Warehouse, contract: Dataset, source: Any, **how: Any) -> Any:
    return publish(contract, source, warehouse.target, **({"run_key": "k"} | how))


def put(warehouse: Warehouse, things: Dataset, *rows: str, key: str, header: str = HEADER, **how: Any) -> Any:
    return publish(things, warehouse.source(*rows, header=header), warehouse.target, run_key=key, **how)


def served(warehouse: Warehouse) -> list[tuple[Any, ...]]:
    return warehouse.rows(columns="id, v, day")
