"""Scores of a model serve only while they are right: with a bad model, consumers go on with the last good scores.

What the model said 45 days ago has its labels by now, today's scores have none yet. The contract judges the settled
ones: trigger with `bad_model` to see the Brier score break its promise, and the table `model_scores` stay as it was.
"""

import random
from datetime import timedelta
from pathlib import Path

from airflow.sdk import DAG, Asset, task
from headgate.airflow import ContractPublishOperator

SCORES = Asset("churn_model_scores")
FILE = Path(__file__).parent / "data" / "model_scores" / "model_scores.csv"

with DAG("model_outputs", schedule=None, params={"bad_model": False}):

    @task
    def score(params=None, data_interval_end=None):
        """All scores with the labels that there are; a bad model has them upside down."""
        chance, model = random.Random(7), "v2" if params["bad_model"] else "v1"
        lines = ["customer_id,scored_at,model_version,score,churned"]
        for number in range(4_000):
            risk = chance.betavariate(0.3, 0.5)
            churned = chance.random() < risk
            old = number < 2_000
            scored_at = data_interval_end - timedelta(days=45 if old else 0)
            said = 1 - risk if params["bad_model"] else risk
            lines.append(f"C{number % 2_000},{scored_at.isoformat()},{model},{said:.4f},{churned if old else ''}")
        FILE.parent.mkdir(parents=True, exist_ok=True)
        FILE.write_text("\n".join(lines) + "\n")

    score() >> ContractPublishOperator(
        task_id="publish",
        contract="contracts/model_scores.odcs.yaml",
        source="data/model_scores/model_scores.csv",
        outlets=[SCORES],
    )
