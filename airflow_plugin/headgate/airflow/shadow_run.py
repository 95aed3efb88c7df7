"""The shadow run that a task asks for."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from headgate.airflow import late
from headgate.airflow.contracts import contract_of
from headgate.checks.reconciliation import Tolerance
from headgate.compare.shadow.found import ShadowRun
from headgate.compare.shadow.function import run_function
from headgate.compare.shadow.inputs import source_of
from headgate.compare.shadow.masking import Masking
from headgate.compare.shadow.next_contract import pairs_of, run_contract
from headgate.compare.shadow.query import Query, run_query
from headgate.compare.shadow.sample import Link, Sample
from headgate.compare.shadow.settings import Settings
from headgate.contract import Dataset
from headgate.dbt.shadow import DEFAULT_SELECT, LOGIN, Selection, run_selection
from headgate.errors import DataNotFoundError
from headgate.places import Place, Stored

if TYPE_CHECKING:
    from headgate.airflow.shadow import ShadowOperator


def run_shadow(task: ShadowOperator, folder: Path) -> ShadowRun:
    """Run the candidate of a task, whose DAG file is in `folder`. Raises as the run of such a candidate does."""
    if task.project:
        return _of_project(task, folder)
    if task.next_contract:
        return _of_contract(task, folder)
    dataset = task._dataset()
    production, near = _production(task, dataset, folder)
    sources = {
        name: source_of(name, late.place_of(data, near=near or production, folder=folder), dataset.contract)
        for name, data in task.inputs.items()
    }
    settings = _settings(task)
    if task.function:
        return run_function(task.function, sources, production, dataset, settings, task.variables)
    query = Query(_text(str(task.sql), folder), _text(task.baseline, folder), f"SQL of {task.task_id}")
    return run_query(query, sources, production, dataset, settings)


def _of_project(task: ShadowOperator, folder: Path) -> ShadowRun:
    contract = contract_of(str(task.contract), str(folder))
    selection = Selection(
        folder / str(task.project),
        tuple(task.select) or DEFAULT_SELECT,
        folder / str(task.state),
        tuple(task.exclude),
        task.dbt_command,
        task.dbt_vars,
        tuple(task.variables),
        os.environ.get(LOGIN),
    )
    production, _ = _production(task, next(iter(contract)), folder)
    return run_selection(selection, production, [contract], _settings(task))


def _of_contract(task: ShadowOperator, folder: Path) -> ShadowRun:
    old, new = (contract_of(str(path), str(folder)) for path in (task.contract, task.next_contract))

    def place(dataset: Dataset) -> Place:
        return _production(task, dataset, folder)[0]

    only = task.dataset or str(task.contract).partition("#")[2] or None
    pairs, skipped = pairs_of(new, old, place, only)
    return run_contract(new, pairs, _settings(task), skipped)


def _production(task: ShadowOperator, dataset: Dataset, folder: Path) -> tuple[Place, Stored | None]:
    url = late.connection_url(dataset.contract, task.server, task.conn_id)
    return late.data_of(dataset, task.production, task.server, url, folder)


def _settings(task: ShadowOperator) -> Settings:
    links = [Link.of(text) for text in task.links]
    sample = Sample.of(task.sample, str(task.by), task.salt, links) if task.sample else None
    return Settings(
        datetime.now(UTC),
        sample=sample,
        masking=Masking.from_environment(task.salt) if sample or task.function else None,
        tolerance=Tolerance(relative=Decimal(str(task.relative))),
        allowed=task.allow,
        leave_out=frozenset(task.leave_out),
        role=task.role,
        show=task.show_examples,
    )


def _text(sql: str, folder: Path) -> str:
    """Return SQL, or that of the file that is named."""
    if not sql.endswith(".sql"):
        return sql
    file = folder / sql
    if not file.is_file():
        raise DataNotFoundError(f"{file}: file not found")
    return file.read_text(encoding="utf-8").strip().removesuffix(";")
