"""The shadow run that a task asks for."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from headgate.airflow import late
from headgate.checks.reconciliation import Tolerance
from headgate.compare.shadow.found import ShadowRun
from headgate.compare.shadow.function import run_function
from headgate.compare.shadow.inputs import Source
from headgate.compare.shadow.masking import Masking
from headgate.compare.shadow.query import Query, run_query
from headgate.compare.shadow.sample import Link, Sample
from headgate.compare.shadow.settings import Settings
from headgate.contract import Dataset
from headgate.errors import DataNotFoundError

if TYPE_CHECKING:
    from headgate.airflow.shadow import ShadowOperator


def run_shadow(task: ShadowOperator, dataset: Dataset, folder: Path) -> ShadowRun:
    """Run the candidate of a task, whose DAG file is in `folder`. Raises as `run_query` and `run_function` do."""
    url = late.connection_url(dataset.contract, task.server, task.conn_id)
    production, near = late.data_of(dataset, task.production, task.server, url, folder)
    sources = {
        name: Source(late.place_of(data, near=near or production, folder=folder), dataset.contract.datasets.get(name))
        for name, data in task.inputs.items()
    }
    links = [Link.of(text) for text in task.links]
    sample = Sample.of(task.sample, str(task.by), task.salt, links) if task.sample else None
    settings = Settings(
        datetime.now(UTC),
        sample=sample,
        masking=Masking.from_environment(task.salt) if sample or task.function else None,
        tolerance=Tolerance(relative=Decimal(str(task.relative))),
        allowed=task.allow,
        leave_out=frozenset(task.leave_out),
        role=task.role,
        show=task.show_examples,
    )
    if task.function:
        return run_function(task.function, sources, production, dataset, settings)
    query = Query(_text(str(task.sql), folder), _text(task.baseline, folder), f"SQL of {task.task_id}")
    return run_query(query, sources, production, dataset, settings)


def _text(sql: str, folder: Path) -> str:
    """Return SQL, or that of the file that is named."""
    if not sql.endswith(".sql"):
        return sql
    file = folder / sql
    if not file.is_file():
        raise DataNotFoundError(f"{file}: file not found")
    return file.read_text(encoding="utf-8").strip().removesuffix(";")
