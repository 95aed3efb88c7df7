"""The history of what tasks found, where Airflow's configuration says that it is kept."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from logging import Logger
from typing import TYPE_CHECKING

from headgate import history
from headgate.airflow import late
from headgate.airflow.config import setting
from headgate.airflow.spool import is_on_system_disk, remote_executors
from headgate.airflow.timeout import call_with_timeout
from headgate.errors import ConfigurationError
from headgate.history.address import DAYS, VARIABLE
from headgate.history.budget import history_budget

if TYPE_CHECKING:
    from headgate.contract import Dataset
    from headgate.history.record import RunRecord
    from headgate.places import Target

# With the look-up of a connection, and the messages that the run has caused.
BUDGET_S = 2.0


def record_run(make: Callable[[], RunRecord], log: Logger) -> RunRecord | None:
    """Keep what a task found in the history, and return its record; None where that cannot be made. The history never
    fails a task, and holds it up for two seconds at most."""
    try:
        record = make()
    except Exception as error:  # an observer never breaks the observed
        log.warning("the history lacks a run: %s: %s", type(error).__name__, error)
        return None
    history_budget.begin(record.run_key)
    if fault := call_with_timeout(lambda: _keep(record), bound_s=BUDGET_S):
        log.warning("the history lacks a run: %s", fault)
    return record


def note_release(dataset: Dataset, target: Target, run_key: str, by: str, why: str) -> None:
    """Let the incidents of a run know that a person released its rows. Raises HeadgateError."""
    url = store_for_tasks()
    if url is None or target.lineage is None:
        return
    store = history.open_store(url, seconds=BUDGET_S)
    try:
        about = dataset.contract.id, dataset.name
        history.released(store, about, target.lineage, run_key, by, f"released: {why}", datetime.now(UTC))
    finally:
        store.close()


def store_for_tasks(url_of_connection: Callable[[str], str] | None = None) -> str | None:
    """Return the URL of the store: `[headgate] store`, which is a URL or the id of an Airflow connection, else
    HEADGATE_STORE. Without both it is a file of the user where tasks run beside the scheduler, else None: no history.

    Args:
        url_of_connection: finds a connection; by default as a task does.

    Raises:
        ConfigurationError: the connection does not exist, or is of no database in which a history can be kept.
    """
    given = setting("store") or os.environ.get(VARIABLE, "").strip()
    if not given:
        return None if remote_executors() else history.store_url()
    if given == "none":
        return None
    return history.store_url(given if "://" in given else (url_of_connection or late.url_of_connection)(given))


def history_warning() -> str:
    """Return why no history is kept, or not one of all tasks; empty where all is well, or it is not wanted."""
    remote = ", ".join(remote_executors())
    given = setting("store") or os.environ.get(VARIABLE, "").strip()
    if not remote or given == "none":
        return ""
    if not given:
        return (
            f"no history of checks is kept: the executor is {remote}, so that each worker would have its own. Set "
            "[headgate] store to a database that all workers reach, or to 'none'"
        )
    if given.startswith("sqlite"):
        return (
            f"[headgate] store is a file of SQLite, and the executor is {remote}: each worker has its own, or they "
            "damage a shared one. Use PostgreSQL"
        )
    try:
        folder = history.spool_folder()
    except ConfigurationError as error:
        return f"{error}; the history waits in a folder of each worker instead, and is lost with it"
    if is_on_system_disk(folder):
        return (
            f"the history waits in {folder}, on the disk of this machine, where its store is down, and the executor is "
            f"{remote}: what waits on a worker that is gone is lost. Set [headgate] spool to a folder that all workers "
            "mount"
        )
    return ""


def days_kept() -> float:
    """Return `[headgate] history_days`. Raises ConfigurationError."""
    text = setting("history_days")
    try:
        days = float(text) if text else float(DAYS)
    except ValueError:
        days = 0
    if not days >= 1:
        raise ConfigurationError(f"[headgate] history_days is '{text}'; expected a number of days, 1 or more")
    return days


def _keep(record: RunRecord) -> None:
    url = store_for_tasks()
    if url is not None:
        history.told(record, url)
        late.send_due(url, late.channels_for_tasks)
