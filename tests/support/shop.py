"""A shop that publishes its things: a contract, a CSV file and a DuckDB warehouse."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from tests.support.contracts import odcs, write

GOOD, BAD = "id,amount\na,1\nb,2\n", "id,amount\na,1\nb,-9876543210\n,3\n"


class Shop:
    """A contract, a CSV file that is published, and the warehouse that it goes to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.csv = folder / "things.csv"
        self.csv.write_text(GOOD)
        self.warehouse = folder / "w.duckdb"

    def contract(self, on_breach: Any = "halt", **root: Any) -> Path:
        things = {
            "name": "things",
            "properties": [
                {"name": "id", "logicalType": "string", "required": True},
                {"name": "amount", "logicalType": "integer", "logicalTypeOptions": {"minimum": 0}},
            ],
        }
        document = odcs(
            things,
            team={"name": "Shop team"},
            support=[{"channel": "#shop", "url": "https://example.com/shop"}],
            servers=[{"server": "local", "type": "duckdb", "database": "w.duckdb", "schema": "shop"}],
            settings={"onBreach": on_breach, "maxQuarantinePercent": 100},
            **root,
        )
        return write(self.folder, document, "things.odcs.yaml")

    def query(self, text: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            return connection.execute(text).fetchall()

    def rows(self) -> list[tuple[Any, ...]]:
        return sorted(self.query("SELECT id, amount FROM shop.things"), key=repr)

    def tables(self) -> list[str]:
        return [name for (name,) in self.query("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'shop'")]

    def publish(self, **options: Any) -> str:
        said = "".join(f", {name}={value!r}" for name, value in options.items())
        return (
            f"publish = ContractPublishOperator(task_id='publish', contract={str(self.folder / 'things.odcs.yaml')!r}, "
            f"source={str(self.csv)!r}, retries=3, retry_delay=timedelta(seconds=1){said})\n"
            "@task\ndef after(): pass\npublish >> after()\n"
        )
