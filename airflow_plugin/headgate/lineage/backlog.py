"""The delivery of all that waits, and what waits."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from headgate.errors import ConfigurationError
from headgate.history import Spool, files, spool_folder
from headgate.history.backoff import Backoff
from headgate.history.delivery import backoff_file
from headgate.lineage.configuration import configured_transport, spooled
from headgate.lineage.queue import ROOM, Queue
from headgate.lineage.transport import NAME, SpoolConfig


@dataclass(frozen=True, slots=True)
class Flushed:
    """What a flush did for one destination; `error` is why `waiting` events still wait."""

    destination: str
    delivered: int
    refused: int
    waiting: int
    error: str | None

    def to_dict(self) -> dict[str, Any]:
        return {
            "destination": self.destination,
            "delivered": self.delivered,
            "refused": self.refused,
            "waiting": self.waiting,
            "error": self.error,
        }


@dataclass(frozen=True, slots=True)
class QueueStatus:
    """What waits for one destination: how many events of each job, and since when.

    `next_try` is None where the next event tries at once. `refused` and `dropped` count what is never delivered.
    """

    destination: str
    folder: Path
    waiting: Counter[str]
    oldest: datetime | None
    next_try: datetime | None
    error: str
    refused: int
    last_refusal: str
    dropped: int

    def to_dict(self) -> dict[str, Any]:
        return {
            "destination": self.destination,
            "folder": str(self.folder),
            "waiting": sum(self.waiting.values()),
            "jobs": dict(self.waiting),
            "oldest": self.oldest.isoformat() if self.oldest else None,
            "next_try": self.next_try.isoformat() if self.next_try else None,
            "error": self.error or None,
            "refused": self.refused,
            "last_refusal": self.last_refusal or None,
            "dropped": self.dropped,
        }


def flush(spool: str | None = None, *, seconds: float = 60.0, transport: dict[str, Any] | None = None) -> list[Flushed]:
    """Deliver what waits for each server of the configured transport, whether or not one failed a moment ago.

    Args:
        spool: a folder in place of the configured one.
        seconds: how long it may take in all.
        transport: the configuration of a transport in place of the environment's.

    Raises:
        ConfigurationError: no transport is configured, or one that has no spool.
    """
    config = spooled(transport) if transport else configured_transport()
    if config is None:
        raise ConfigurationError(
            "no OpenLineage transport is configured; set OPENLINEAGE__TRANSPORT to where the events are to go"
        )
    routes = list(_routes(config))
    if not routes:
        raise ConfigurationError(f"the OpenLineage transport '{config.get('type')}' has no spool; wrap it in {NAME}")
    deadline = time.monotonic() + seconds
    found = []
    for route in routes:
        queue = Queue(spool_folder(spool or route.get("spool")), route["transport"])
        done = queue.deliver(max(0.0, deadline - time.monotonic()), now=True)
        waiting = len(queue.spool.waiting())
        found.append(Flushed(queue.label, done.delivered, done.refused, waiting, done.error))
        queue.close(0)
    known = {each.destination for each in found}
    folders = {spool_folder(spool or route.get("spool")) for route in routes}
    others = (each for folder in sorted(folders) for each in _statuses(folder) if each.destination not in known)
    for each in others:
        if waiting := sum(each.waiting.values()):
            reason = f"it is not the configured address; configure it to deliver them, or delete {each.folder}"
            found.append(Flushed(each.destination, 0, 0, waiting, reason))
    return found


def status(spool: str | None = None) -> list[QueueStatus]:
    """Return what waits in a spool, by default the one that is configured."""
    return [found for folder in spools(spool) for found in _statuses(folder)]


def spools(spool: str | None = None) -> tuple[Path, ...]:
    """Return the folders of the spools: the one given, those of the transport that is configured, or the default."""
    config = configured_transport() if spool is None else None
    found = dict.fromkeys(spool_folder(route.get("spool")) for route in _routes(config)) if config else {}
    return tuple(found) or (spool_folder(spool),)


def _statuses(spool: Path) -> list[QueueStatus]:
    return [_status(folder) for folder in sorted((spool / ROOM).glob("*")) if folder.is_dir()]


def _routes(config: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the configuration of every spool in a transport's."""
    if config.get("type") == NAME:
        SpoolConfig.from_dict(config)
        yield config
    elif config.get("type") == "composite":
        inner = config.get("transports") or []
        for each in inner.values() if isinstance(inner, dict) else inner:
            yield from _routes(each)
    elif isinstance(inner := config.get("transport"), dict):
        yield from _routes(inner)


def _status(folder: Path) -> QueueStatus:
    spool = Spool(folder)
    waiting, refused = spool.waiting(), spool.refused()
    backoff = Backoff.read(backoff_file(spool))
    return QueueStatus(
        str(files.read(folder / "destination.json").get("destination", folder.name)),
        folder,
        spool.keys(),
        waiting[0].time if waiting else None,
        datetime.fromtimestamp(backoff.next_try, UTC) if backoff.holds() else None,
        backoff.error,
        len(refused),
        list(refused.values())[-1] if refused else "",
        spool.dropped,
    )
