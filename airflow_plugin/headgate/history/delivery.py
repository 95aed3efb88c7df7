"""The delivery of what waits in a spool: at least once, oldest first, by one process at a time."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from headgate.history.backoff import Backoff
from headgate.history.spool import Entry, Spool

# So many entries in a row at which the server fails, and it is taken to be down.
_FAILURES_IN_A_ROW = 10
# So many deliveries in which the server failed at an entry and then took another, and the entry is refused.
_DOUBTS = 10

Send = Callable[[Entry, dict[str, Any], float], None]
Finish = Callable[[float], bool]


class RefusedError(Exception):
    """The server will never take this body (HTTP 400, 413, 422)."""


class ServerError(Exception):
    """The server failed at this body (HTTP 500); whether it would take another is not known."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a delivery did; `error` is why entries still wait, None where none has to. `held`: nothing was tried, since
    the back-off after a failure holds."""

    delivered: int = 0
    refused: int = 0
    error: str | None = None
    held: bool = False


def backoff_file(spool: Spool) -> Path:
    """Return where the spool's back-off is kept."""
    return spool.folder / "backoff.json"


def deliver(spool: Spool, send: Send, finish: Finish, *, deadline: float, now: bool = False) -> Delivery:
    """Deliver what waits until nothing does, the server fails, or `deadline` (of `time.monotonic`) has come.

    Entries are removed after `send` has returned: one at which the process is killed is sent again. An entry at which
    the server alone fails does not stop the others; it is refused when that has happened ten times.

    Args:
        send: sends a body, and returns when the server has it. Called with the entry, its body and the deadline.
        finish: sends what must follow, when nothing is left to send; returns whether there was some. Called with the
            deadline.
        now: try also while the back-off after a failure holds.
    """
    state = backoff_file(spool)
    while True:
        if not now and (backoff := Backoff.read(state)).holds():
            return Delivery(error=backoff.error, held=True)
        # A short wait at a time: another process may find meanwhile that the server is down.
        with spool.lock(min(deadline, time.monotonic() + 0.05)) as held:
            if held:
                return _Session(spool, send, finish, deadline, now=now).run()
        if time.monotonic() >= deadline:
            return Delivery(error="another process is delivering")


class _Session:
    def __init__(self, spool: Spool, send: Send, finish: Finish, deadline: float, *, now: bool) -> None:
        self.spool, self.send, self.finish, self.deadline, self.now = spool, send, finish, deadline, now
        self.before = Backoff.read(backoff_file(spool))
        self.doubts = dict(self.before.doubts)
        self.failed_at: list[Entry] = []  # since the server last took an entry
        self.passed: set[Entry] = set()
        self.delivered = self.refused = 0
        self.error: str | None = None

    def run(self) -> Delivery:
        self.spool.clean()
        on = True
        while on and (entries := [entry for entry in self.spool.waiting() if entry not in self.passed]):
            for entry in entries:
                if not (on := self._try(entry)):
                    break
        if on:
            try:
                if self.finish(self.deadline):
                    self._taken()
            except Exception as error:  # as for an entry
                self._failed(error)
        # Where nothing was taken after a failure, the server is down.
        self._remember(down=bool(self.failed_at))
        return Delivery(self.delivered, self.refused, self.error)

    def _try(self, entry: Entry) -> bool:
        """Return whether to go on."""
        if time.monotonic() >= self.deadline:
            return self._failed(TimeoutError())
        self.passed.add(entry)
        try:
            body = self.spool.read(entry)
        except FileNotFoundError:
            return True
        except ValueError as error:
            return self._refuse(entry, f"the file is damaged: {error}")
        try:
            self.send(entry, body, self.deadline)
        except RefusedError as error:
            return self._refuse(entry, str(error))
        except ServerError as error:
            self.error = str(error)
            self.failed_at.append(entry)
            return len(self.failed_at) < _FAILURES_IN_A_ROW
        except Exception as error:  # whatever a transport raises: it is not delivered
            if not isinstance(error, TimeoutError) or not self.delivered:
                self.failed_at.append(entry)
            return self._failed(error)
        self.spool.remove(entry)
        self.doubts.pop(entry.name, None)
        self.delivered += 1
        self._taken()
        return True

    def _taken(self) -> None:
        """The server took something: where it failed before, that was the entry's own fault."""
        for doubted in self.failed_at:
            self.doubts[doubted.name] = self.doubts.get(doubted.name, 0) + 1
            if self.doubts[doubted.name] >= _DOUBTS:
                self._refuse(doubted, f"the server failed at it {_DOUBTS} times and took others: {self.error}")
        self.failed_at.clear()

    def _failed(self, error: Exception) -> bool:
        self.error = str(error) or "the time was not enough"
        return False

    def _refuse(self, entry: Entry, reason: str) -> bool:
        self.spool.refuse(entry, reason)
        self.doubts.pop(entry.name, None)
        self.refused += 1
        return True

    def _remember(self, *, down: bool) -> None:
        there = {entry.name for entry in self.passed}
        self.doubts = {name: count for name, count in self.doubts.items() if name in there}
        # Who tries by hand while a pause holds does not make it longer.
        again = replace(self.before, error=self.error or "", doubts=self.doubts)
        failed = again if self.now and again.holds() else self.before.after_failure(self.error or "", self.doubts)
        after = failed if down else Backoff(doubts=self.doubts)
        if after != self.before:
            with contextlib.suppress(OSError):  # a full disk does not keep what waits from being delivered
                after.write(backoff_file(self.spool))
