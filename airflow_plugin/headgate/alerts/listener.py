"""What is sent behind every run, within a bound, and what is sent by hand."""

from __future__ import annotations

import contextvars
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime

from headgate.alerts.channels import Channels, channels_of
from headgate.alerts.delivery import LEAST_SECONDS, Delivered, deliver
from headgate.alerts.faults import faults_of
from headgate.errors import HeadgateError
from headgate.history import open_store, store_url, tell_all
from headgate.history.bound import call_until
from headgate.history.budget import LINEAGE_SECONDS, history_budget
from headgate.render.escaping import plain

# What the store may still take when the time for sending is over.
_CLOSING_SECONDS = 0.1

log = logging.getLogger(__name__)


def send_due(
    url: str | None = None, channels: Callable[[], Channels] = channels_of, *, lineage: float = LINEAGE_SECONDS
) -> None:
    """Send the messages that wait, behind a run whose history was told. Never raises, takes a second at most, and less
    where the history has held the process up. What is not sent by then waits for the next run, for the upkeep of a
    watch, or for `headgate history flush`.

    Args:
        url: the store, as of `store_url`.
        channels: gives what is configured.
        lineage: how many seconds are kept for the lineage events of the run; 0 where they were sent before.
    """
    begun = time.monotonic()
    try:
        where, found = store_url(url), channels()
        if where is None or not found:
            return
        deadline = begun + history_budget.for_outbox(lineage)
        until = deadline - _CLOSING_SECONDS
        if until - time.monotonic() < LEAST_SECONDS:
            log.debug("messages wait: the history has used up the time for them")
            return
        context = contextvars.copy_context()
        done = call_until(deadline, lambda: context.run(_send, where, found, until), "headgate alerts")
        if said := "; ".join(faults_of(done, found)):
            log.warning("%s", plain(said))
    except (HeadgateError, TimeoutError) as error:
        log.warning("messages about incidents wait: %s", plain(str(error)))
    except Exception as error:  # an observer never fails what it is about; the text of what is not ours may be secret
        log.warning("messages about incidents wait: %s", type(error).__name__)
    finally:
        history_budget.add(time.monotonic() - begun)


def flush_messages(url: str | None, channels: Channels, *, seconds: float = 60.0) -> Delivered:
    """Send what waits, whether or not a channel failed a moment ago, and what is due by the clock alone: reminders, and
    of what was muted until now. Say what is left.

    Raises:
        ConfigurationError, MissingExtraError: there is no store.
        TransientError: the store cannot be used.
    """
    deadline = time.monotonic() + seconds
    store = open_store(url)
    try:
        tell_all(store, datetime.now(UTC))
        return deliver(store, channels, deadline=deadline, anyway=True)
    finally:
        store.close()


def _send(url: str, channels: Channels, deadline: float) -> Delivered:
    store = open_store(url, seconds=max(0.1, deadline - time.monotonic()))
    try:
        return deliver(store, channels, deadline=deadline, look=False)
    finally:
        store.close()
