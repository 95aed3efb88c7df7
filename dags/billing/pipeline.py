"""Invoices are sent only if customers are billed for what they used."""

from __future__ import annotations

import os
from datetime import datetime

from airflow.sdk import DAG, task
from headgate.airflow import ReconcileOperator

with DAG("billing", schedule="@daily", start_date=datetime(2026, 2, 1), catchup=False, max_active_runs=1) as dag:
    reconcile = ReconcileOperator(
        task_id="reconcile",
        contract="contracts/invoices.odcs.yaml",
        server=os.environ.get("BILLING_SERVER", "billing_duckdb"),
    )

    @task
    def send_invoices():
        """Send the invoices of the month. (Here nothing is sent.)"""

    reconcile >> send_invoices()
