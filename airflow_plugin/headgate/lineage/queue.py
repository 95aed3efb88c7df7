"""The queue of the events for one destination."""

from __future__ import annotations

import contextlib
import json
import logging
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from headgate.history import Delivery, Entry, Spool, deliver, files
from headgate.lineage.destination import label_of, queue_of
from headgate.lineage.event import Event, key_of, rank_of, time_of
from headgate.lineage.newest import NewestEvents
from headgate.lineage.receiver import Receiver

ROOM = "lineage"

log = logging.getLogger(__name__)


class Queue:
    """Events that wait for the destination of `transport` (the configuration of an OpenLineage transport), in a folder
    below `spool`; other arguments are the bounds of a Spool."""

    def __init__(self, spool: Path, transport: dict[str, Any], **bounds: int) -> None:
        folder = spool / ROOM / queue_of(transport)
        self.spool = Spool(folder, **bounds)
        self.label = label_of(transport)
        self._receiver = Receiver(transport)
        self._newest = NewestEvents(folder / "newest")

    def put(self, event: Event) -> None:
        """Add an event. Raises OSError where the folder cannot be written."""
        self.spool.put(key_of(event), time_of(event), event, rank_of(event))
        about = self.spool.folder / "destination.json"
        if not about.exists():
            files.write(about, json.dumps({"destination": self.label}))

    def deliver(self, seconds: float, *, now: bool = False) -> Delivery:
        """Deliver what waits, for so long at most. `now`: also while the back-off after a failure holds."""
        return deliver(self.spool, self._send, self._finish, deadline=time.monotonic() + seconds, now=now)

    def send_unspooled(self, event: Event, seconds: float) -> None:
        """Send an event that could not be put into the queue. Raises what the transport raises."""
        self._receiver.send(event, time.monotonic() + seconds)

    def close(self, timeout: float) -> bool:
        return self._receiver.close(timeout)

    def _send(self, entry: Entry, event: Event, deadline: float) -> None:
        # Each step may be the last: what is late is noted before it is sent, and kept before it is removed.
        with self._bookkeeping():
            self._newest.note_late(entry.name, event)
        self._receiver.send(event, deadline)
        with self._bookkeeping():
            self._newest.record(entry.name, event)

    @contextlib.contextmanager
    def _bookkeeping(self) -> Iterator[None]:
        """A full disk does not keep what waits from being delivered: that makes room."""
        try:
            yield
        except OSError as error:
            folder = self.spool.folder
            log.warning("%s cannot be written; a late event may stay the last that the server shows: %s", folder, error)

    def _finish(self, deadline: float) -> bool:
        again = self._newest.to_send_again()
        for _, event in again:
            self._receiver.send(event, deadline)
        self._newest.forget_late()
        return bool(again)
