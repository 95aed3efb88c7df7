"""The answers that are saved in `headgate.fitness`, kept up to date by tasks."""

from __future__ import annotations

from headgate.airflow.history import store_for_tasks
from headgate.contract import Dataset
from headgate.errors import HeadgateError
from headgate.fitness.recorded import Recorded
from headgate.fitness.refresh import refresh
from headgate.levels import NOTHING, Clock, Facts
from headgate.places import Place


def known_of(dataset: Dataset, place: Place, clock: Clock) -> Facts:
    """Return what history knows of bad rows and of outages; nothing where there is none, or it cannot be read."""
    store = store_for_tasks()
    try:
        return Recorded(store).known(dataset, place.lineage, clock) if store else NOTHING
    except HeadgateError:
        return NOTHING


def refresh_answers(dataset: Dataset, place: Place) -> int:
    """Make the answers about a dataset that are saved at its place again; return how many."""
    store = store_for_tasks()
    return refresh(dataset, place, recorded=Recorded(store) if store else None)
