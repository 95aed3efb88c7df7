"""What is told of every run: its record waits in the spool, then what waits goes to the store, within a bound."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from headgate.errors import CallError, ConfigurationError, MissingExtraError
from headgate.history.address import configured, store_url
from headgate.history.bound import call_until
from headgate.history.budget import HISTORY_SECONDS, history_budget
from headgate.history.delivery import Delivery, RefusedError, deliver
from headgate.history.location import default_folder, spool_folder
from headgate.history.opening import demand_libraries, open_store
from headgate.history.record import RunRecord
from headgate.history.spool import Entry, Spool

if TYPE_CHECKING:
    from headgate.history.store import Store

ROOM = "history"
# So many records wait for the user's own store before they are delivered without a question.
_OWN = 100

log = logging.getLogger(__name__)


def told(record: RunRecord, url: str | None = None, spool: str | None = None, *, at_once: bool = False) -> None:
    """Keep the record of a run in the history. Never raises, and takes a second at most: what the store does not take
    by then waits in the spool, for the next run or `headgate history flush`. In the user's own store, where none is
    configured, nobody looks but the user: records wait until there is a question, or a hundred of them, unless
    `at_once`.

    Args:
        url: the store, as of `store_url`; where that is None, no history is kept.
        spool: the folder of the spool, as of `spool_folder`.
    """
    begun = time.monotonic()
    try:
        where = store_url(url)
        if where is not None:
            demand_libraries()
            mine = not configured(url)
            _keep(
                record,
                where,
                waiting_records(spool),
                begun + HISTORY_SECONDS,
                may_wait=_OWN if mine and not at_once else 0,
            )
    except MissingExtraError as error:
        # Who has asked for no history need not hear of it.
        log.log(logging.WARNING if configured(url) else logging.INFO, "no history is kept: %s", error)
    except ConfigurationError as error:
        log.warning("no history is kept: %s", error)
    except Exception as error:  # the history never fails what it is about
        log.warning("the history lacks a run: %s: %s", type(error).__name__, error)
        log.debug("the history lacks a run", exc_info=True)
    finally:
        history_budget.add(time.monotonic() - begun)


def flush(url: str | None = None, spool: str | None = None, *, seconds: float = 60.0) -> Delivery:
    """Deliver what waits, whether or not the store failed a moment ago.

    Raises:
        ConfigurationError, MissingExtraError: there is no store.
    """
    where = store_url(url)
    if where is None:
        raise ConfigurationError("no history is kept: its store is configured as 'none'")
    demand_libraries()
    return deliver_to(where, waiting_records(spool), time.monotonic() + seconds, now=True)


def waiting_records(spool: str | None = None) -> Spool:
    """Return the spool in which records wait: of the folder that is configured, or the default where that is none."""
    try:
        folder = spool_folder(spool)
    except ConfigurationError as error:
        folder = default_folder()
        log.warning("%s; the history waits in %s instead", error, folder)
    return Spool(folder / ROOM)


def deliver_to(url: str, waiting: Spool, deadline: float, *, now: bool = False) -> Delivery:
    """Deliver what waits to the store at `url`, as of `delivery.deliver`."""
    receiver = _Receiver(url)
    try:
        return deliver(waiting, receiver.send, lambda _: False, deadline=deadline, now=now)
    finally:
        receiver.close()


def _keep(record: RunRecord, url: str, waiting: Spool, deadline: float, *, may_wait: int) -> None:
    try:
        waiting.put(f"{record.contract}.{record.dataset}", record.at, record.to_dict())
    except OSError as error:
        _keep_unspooled(record, url, deadline, f"{waiting.folder} cannot be written: {error.strerror}")
        return
    if may_wait and len(waiting.waiting()) < may_wait:
        return
    done = deliver_to(url, waiting, deadline)
    if done.refused:
        log.warning("the history refused %d runs; they are in %s", done.refused, waiting.folder / "refused")
    if done.error:
        log.log(
            logging.DEBUG if done.held else logging.WARNING,
            "the history waits in %s, `headgate history flush` delivers it: %s",
            waiting.folder,
            done.error,
        )


def _keep_unspooled(record: RunRecord, url: str, deadline: float, reason: str) -> None:
    receiver = _Receiver(url)
    try:
        receiver.write(record, deadline)
    except Exception as error:
        log.warning("the history lacks a run: %s; %s", reason, error)
    else:
        log.warning("the history cannot wait where its store is down: %s", reason)
    finally:
        receiver.close()


class _Receiver:
    """The store, opened for the first record. A call that takes too long is left alone in its thread."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._store: Store | None = None

    def send(self, entry: Entry, body: Mapping[str, Any], deadline: float) -> None:
        try:
            record = RunRecord.from_dict(body)
        except CallError as error:
            raise RefusedError(str(error)) from None
        self.write(record, deadline)

    def write(self, record: RunRecord, deadline: float) -> None:
        """Raises ServerError where the database refuses this record alone, TransientError or TimeoutError where it
        takes none."""
        call_until(deadline, lambda: self._write(record, deadline), "headgate history")

    def close(self) -> None:
        if self._store is not None:
            self._store.close()

    def _write(self, record: RunRecord, deadline: float) -> None:
        if self._store is None:
            self._store = open_store(self._url, seconds=max(0.1, deadline - time.monotonic()))
        self._store.record(record)
