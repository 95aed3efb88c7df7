"""Churn scores of a subscription business: contracts stand where data comes in, before the score is computed, and
before it serves. Where one is broken, the last good scores go on serving.

The warehouse is one DuckDB file, which one process at a time may write: its tasks run one after another.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG, task
from headgate.airflow import ContractCheckOperator, ContractPublishOperator, DriftOperator

from churn.lineage import EXPORTED, EXPORTS, FEATURES, LANDING, NEW_SCORES, WAREHOUSE

HERE = Path(__file__).parent
# dbt's own lineage events hang below this run's, where Airflow's OpenLineage provider is switched on.
PARENT_ID = (
    "{{ macros.OpenLineageProviderPlugin.lineage_%sparent_id(ti) if macros.OpenLineageProviderPlugin is defined }}"
)

with DAG("churn", schedule="@daily", start_date=datetime(2026, 3, 1), catchup=False, max_active_runs=1) as dag:

    @task(outlets=EXPORTED)
    def ingest(dag_run=None):
        """Fetch the day's exports. (Here they are made; `fault` in the run's configuration makes them go wrong.)"""
        from churn.generate import write_day

        write_day(LANDING, dag_run.logical_date.date(), (dag_run.conf or {}).get("fault"))

    landed = ingest()
    for name in EXPORTS:
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
        bash_command=(
            "{ test -d dbt_packages || dbt deps --quiet; } && "
            "{ dbt-ol build; built=$?; headgate dbt results; exit $built; }"
        ),
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

    # Values may be allowed, types right and counts normal, and the model sees another world all the same.
    check_inputs = DriftOperator(task_id="check_inputs", contract="contracts/inputs.odcs.yaml")

    check_features = ContractCheckOperator(
        task_id="check_features", contract="contracts/features.odcs.yaml#customer_features"
    )

    @task(inlets=[FEATURES], outlets=[NEW_SCORES])
    def score():
        """The new scores, which nobody reads yet."""
        from churn.score import score as write_scores

        return write_scores(str(WAREHOUSE))

    publish_scores = ContractPublishOperator(
        task_id="publish_scores",
        contract="contracts/features.odcs.yaml#churn_scores",
        source="analytics.churn_scores_new",
    )

    landed >> dbt_build >> check_inputs >> check_features >> score() >> publish_scores
