"""What the Python tasks of the example read and write, for lineage: a function says nothing of that by itself.

Names and types are those that headgate and dbt have for the same tables: one node each in the graph.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from openlineage.client.event_v2 import Dataset
from openlineage.client.facet_v2 import documentation_dataset, schema_dataset

DATA = Path(__file__).parent / "data"
SCORES = {"customer_id": "VARCHAR", "churn_score": "DOUBLE", "scored_at": "TIMESTAMP"}


def landing(name: str) -> Dataset:
    """The files of all days are one dataset."""
    return Dataset("file", str(DATA / "landing" / f"{name}.csv"))


def table(name: str, columns: dict[str, str] | None = None, about: str = "") -> Dataset:
    """A table of the warehouse."""
    warehouse = (DATA / "warehouse.duckdb").resolve()
    facets: dict[str, Any] = {}
    if columns:
        fields = [schema_dataset.SchemaDatasetFacetFields(name=column, type=kind) for column, kind in columns.items()]
        facets["schema"] = schema_dataset.SchemaDatasetFacet(fields=fields)
    if about:
        facets["documentation"] = documentation_dataset.DocumentationDatasetFacet(about)
    return Dataset(f"duckdb://{warehouse}", f"warehouse.{name}", facets=facets)
