"""What is done regularly for headgate itself, behind a watch: deliver what waits. It never fails a run."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime

from headgate import history
from headgate.airflow import late
from headgate.airflow.history import days_kept, store_for_tasks
from headgate.airflow.spool import is_used
from headgate.errors import HeadgateError

_LOG = logging.getLogger("airflow.task")
# How long one step may take.
BUDGET_S = 60.0


def upkeep() -> dict[str, str]:
    """Do each step, and return what was done, in words. One that fails is a warning: the next run tries again."""
    done = {}
    for name, step in STEPS.items():
        try:
            said = step()
        except (HeadgateError, OSError) as error:
            _LOG.warning("%s: %s", name, late.plain(str(error)))
            said = f"failed: {error}"
        done[name] = said
        _LOG.info("%s: %s", name, late.plain(said))
    return done


def _deliver_lineage() -> str:
    """Deliver the lineage events that wait, where Airflow's transport has a spool."""
    if not is_used():
        return "nothing to do: the OpenLineage transport has no spool"
    flushed = late.flush(transport=late.transport(), seconds=BUDGET_S)
    for each in flushed:
        if each.waiting:
            _LOG.warning("lineage: %s events wait for %s: %s", each.waiting, each.destination, each.error)
    return f"{sum(each.delivered for each in flushed)} events delivered"


def _deliver_history() -> str:
    """Deliver the runs that wait, and delete those that are older than `[headgate] history_days`."""
    store = store_for_tasks()
    if store is None:
        return "nothing to do: no history is kept"
    done = history.flush(store, seconds=BUDGET_S)
    if done.error:
        _LOG.warning("history: runs wait in the spool: %s", done.error)
    opened = history.open_store(store)
    try:
        deleted = history.prune(opened, days_kept(), datetime.now(UTC))
    finally:
        opened.close()
    return f"{done.delivered} runs delivered, {deleted} old ones deleted"


def _deliver_messages() -> str:
    """Deliver the messages about incidents that wait, and say for whom there is no channel."""
    store = store_for_tasks()
    if store is None:
        return "nothing to do: no history is kept"
    channels = late.channels_for_tasks()
    done = late.flush_messages(store, channels, seconds=BUDGET_S)
    for said in late.faults_of(done, channels):
        _LOG.warning("messages: %s", late.plain(said))
    waiting = f", {done.waiting} wait" if done.waiting else ""
    return f"{done.delivered} messages delivered{waiting}"


# The steps by their names, in their order.
STEPS: dict[str, Callable[[], str]] = {
    "history": _deliver_history,
    "messages": _deliver_messages,
    "lineage": _deliver_lineage,
}
