"""Churn scores of a subscription business: contracts stand where data comes in and before the score is computed.

The warehouse is one DuckDB file, which one process at a time may write: its tasks run one after another.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG, task
from headgate.airflow import ContractCheckOperator, ContractPublishOperator
from openlineage.client.event_v2 import Dataset
from openlineage.client.facet_v2 import documentation_dataset, schema_dataset

HERE = Path(__file__).parent
NAMES = ("customers", "usage_events", "invoices")
WAREHOUSE = HERE / "data" / "warehouse.duckdb"
# dbt's own lineage events hang below this run's, where Airflow's OpenLineage provider is switched on.
PARENT_ID = (
    "{{ macros.OpenLineageProviderPlugin.lineage_%sparent_id(ti) if macros.OpenLineageProviderPlugin is defined }}"
)
# What a Python task reads and writes, for lineage, by the names that headgate and dbt have for it: a function says
# nothing of that by itself.
NAMESPACE = f"duckdb://{WAREHOUSE.resolve()}"
LANDING = [Dataset("file", str(HERE / "data" / "landing" / f"{name}.csv")) for name in NAMES]
FEATURES = Dataset(NAMESPACE, "warehouse.analytics.customer_features")
SCORES = Dataset(
    NAMESPACE,
    "warehouse.analytics.churn_scores",
    facets={
        "documentation": documentation_dataset.DocumentationDatasetFacet("How likely each customer is to leave."),
        "schema": schema_dataset.SchemaDatasetFacet(
            [
                schema_dataset.SchemaDatasetFacetFields(name, kind)
                for name, kind in (("customer_id", "VARCHAR"), ("churn_score", "DOUBLE"), ("scored_at", "TIMESTAMP"))
            ]
        ),
    },
)

with DAG("churn", schedule="@daily", start_date=datetime(2026, 3, 1), catchup=False, max_active_runs=1) as dag:

    @task(outlets=LANDING)
    def ingest(dag_run=None):
        """Fetch the day's exports. (Here they are made; `fault` in the run's configuration makes them go wrong.)"""
        from churn.generate import write_day

        write_day(HERE / "data" / "landing", dag_run.logical_date.date(), (dag_run.conf or {}).get("fault"))

    landed = ingest()
    for name in NAMES:
        publish = ContractPublishOperator(
            task_id=f"publish_{name}",
            contract=f"contracts/subscriptions.odcs.yaml#{name}",
            source=f"data/landing/{{{{ ds }}}}/{name}.csv",
        )
        landed >> publish
        landed = publish

    dbt_build = BashOperator(
        task_id="dbt_build",
        # The events of dbt-ol have one assertion for each test; those of headgate dbt results have one for each rule.
        bash_command="dbt deps --quiet && { dbt-ol build; built=$?; headgate dbt results; exit $built; }",
        cwd=str(HERE / "dbt"),
        env={
            "CHURN_WAREHOUSE": str(WAREHOUSE),
            "DBT_PROFILES_DIR": ".",
            "HEADGATE_NOW": "{{ data_interval_end }}",  # how old the data was then
            "OPENLINEAGE_DISABLED": "{{ macros.OpenLineageProviderPlugin is not defined }}",
            "OPENLINEAGE_PARENT_ID": PARENT_ID % "",
            "OPENLINEAGE_ROOT_PARENT_ID": PARENT_ID % "root_",
        },
        append_env=True,
    )

    check_features = ContractCheckOperator(
        task_id="check_features", contract="contracts/features.odcs.yaml#customer_features"
    )

    @task(inlets=[FEATURES], outlets=[SCORES])
    def score():
        """What consumers read."""
        from churn.score import score as write_scores

        return write_scores(str(WAREHOUSE))

    landed >> dbt_build >> check_features >> score()
