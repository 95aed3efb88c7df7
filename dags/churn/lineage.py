"""What the Python tasks read and write, for lineage: a function says nothing of that by itself.

Names and types are those that headgate and dbt have for the same data.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openlineage.client.event_v2 import Dataset
from openlineage.client.facet_v2 import column_lineage_dataset, documentation_dataset, schema_dataset

LANDING = Path(__file__).parent / "data" / "landing"
WAREHOUSE = Path(__file__).parent / "data" / "warehouse.duckdb"
NAMESPACE = f"duckdb://{WAREHOUSE.resolve()}"

# As the exports have them; in the files all of it is text.
EXPORTS = {
    "customers": {
        "customer_id": "VARCHAR",
        "name": "VARCHAR",
        "email": "VARCHAR",
        "country": "VARCHAR",
        "plan": "VARCHAR",
        "signed_up_on": "DATE",
        "cancelled_on": "DATE",
    },
    "usage_events": {
        "event_id": "VARCHAR",
        "customer_id": "VARCHAR",
        "event_type": "VARCHAR",
        "quantity": "BIGINT",
        "event_time": "TIMESTAMP WITH TIME ZONE",
        "received_at": "TIMESTAMP WITH TIME ZONE",
    },
    "invoices": {
        "invoice_id": "VARCHAR",
        "customer_id": "VARCHAR",
        "period_start": "DATE",
        "amount_eur": "DECIMAL(12,2)",
        "currency": "VARCHAR",
        "status": "VARCHAR",
        "paid_on": "DATE",
    },
}
# What the score is computed from.
LOGIT = (
    "is_active",
    "events_30d",
    "days_since_last_event",
    "support_tickets_30d",
    "overdue_invoices",
    "tenure_days",
    "invoiced_90d_eur",
)


def schema(columns: dict[str, str]) -> Any:
    fields = [schema_dataset.SchemaDatasetFacetFields(name, kind) for name, kind in columns.items()]
    return schema_dataset.SchemaDatasetFacet(fields)


def made_of(columns: Sequence[str]) -> Any:
    read = [column_lineage_dataset.InputField(FEATURES.namespace, FEATURES.name, column) for column in columns]
    return column_lineage_dataset.Fields(read)


EXPORTED = [
    Dataset("file", str(LANDING / f"{name}.csv"), facets={"schema": schema(columns)})
    for name, columns in EXPORTS.items()
]
FEATURES = Dataset(NAMESPACE, "warehouse.analytics.customer_features")
NEW_SCORES = Dataset(
    NAMESPACE,
    "warehouse.analytics.churn_scores_new",
    facets={
        "documentation": documentation_dataset.DocumentationDatasetFacet(
            "How likely each customer is to leave, before it is checked."
        ),
        "schema": schema({"customer_id": "VARCHAR", "churn_score": "DOUBLE", "scored_at": "TIMESTAMP"}),
        "columnLineage": column_lineage_dataset.ColumnLineageDatasetFacet(
            {
                "customer_id": made_of(["customer_id"]),
                "churn_score": made_of(LOGIT),
                "scored_at": made_of(["as_of"]),
            }
        ),
    },
)
