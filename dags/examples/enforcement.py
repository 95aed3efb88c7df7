"""A DAG that knows nothing of headgate, and is held to a contract all the same.

Two lines of configuration do it:

    [headgate]
    enforce_folder = /opt/airflow/dags/examples/contracts

The task's outlet is the table of `contracts/stock.odcs.yaml`; when it has written it, the table is checked. Trigger it
with `bad_day`: the task fails, its asset has no event, and `report` does not run.
"""

from pathlib import Path
from urllib.parse import quote

import duckdb
from airflow.sdk import DAG, Asset, task

WAREHOUSE = Path(__file__).parent / "data" / "stock" / "warehouse.duckdb"
STOCK = Asset(f"x-duckdb://{quote(str(WAREHOUSE))}/shop/stock")

with DAG("enforcement", schedule=None, params={"bad_day": False}):

    @task(outlets=[STOCK])
    def count_stock(params=None):
        """On a bad day there are fewer than no chairs."""
        WAREHOUSE.parent.mkdir(parents=True, exist_ok=True)
        with duckdb.connect(str(WAREHOUSE)) as connection:
            connection.execute("CREATE SCHEMA IF NOT EXISTS shop")
            connection.execute("CREATE OR REPLACE TABLE shop.stock (article VARCHAR, pieces BIGINT)")
            chairs = -4 if params["bad_day"] else 4
            connection.execute("INSERT INTO shop.stock VALUES ('table', 7), ('chair', ?)", [chairs])

    @task
    def report():
        with duckdb.connect(str(WAREHOUSE), read_only=True) as connection:
            return connection.execute("SELECT sum(pieces)::BIGINT FROM shop.stock").fetchone()[0]

    count_stock() >> report()
