"""The answers that are saved in `headgate.fitness`, kept up to date by tasks."""

from __future__ import annotations

from headgate.airflow.history import store_for_tasks
from headgate.contract import Dataset
from headgate.fitness.recorded import Recorded
from headgate.fitness.refresh import refresh
from headgate.places import Place


def refresh_answers(dataset: Dataset, place: Place) -> int:
    """Make the answers about a dataset that are saved at its place again; return how many."""
    store = store_for_tasks()
    return refresh(dataset, place, latest=Recorded(store).latest if store else None)
