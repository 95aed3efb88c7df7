"""From a staging table of PostgreSQL to the table that consumers read, through the Airflow connection `warehouse`.

The contract's server is called `warehouse`, and so is the connection; `[headgate] connections` maps other names. What
is staged, audited and published stays inside the database. Trigger it with `bad_rows`.
"""

import psycopg
from airflow.sdk import DAG, BaseHook, Param, task
from headgate.airflow import ContractPublishOperator

with DAG("postgres_warehouse", schedule=None, params={"bad_rows": Param(0, type="integer", minimum=0)}):

    @task
    def load(params=None):
        """Twenty customers; the bad ones have no address."""
        with psycopg.connect(BaseHook.get_connection("warehouse").get_uri()) as connection:
            connection.execute("CREATE SCHEMA IF NOT EXISTS example_staging")
            connection.execute("CREATE SCHEMA IF NOT EXISTS example")
            connection.execute("DROP TABLE IF EXISTS example_staging.customers")
            connection.execute(
                """
                CREATE TABLE example_staging.customers AS
                SELECT number AS id, CASE WHEN number > %s THEN 'c' || number || '@example.com' END AS email
                FROM generate_series(1, 20) AS number
                """,
                [params["bad_rows"]],
            )

    load() >> ContractPublishOperator(
        task_id="publish", contract="contracts/customers.odcs.yaml", source="example_staging.customers"
    )
