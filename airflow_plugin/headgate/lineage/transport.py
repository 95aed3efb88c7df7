"""The spool as a transport of OpenLineage: bounded in time, and nothing is lost.

{"type": "headgate.lineage.SpoolTransport", "transport": {"type": "http", "url": "http://marquez:5000"}}
"""

from __future__ import annotations

import json
import logging
import time
from typing import Any

import attr
from openlineage.client.serde import Serde
from openlineage.client.transport.transport import Config, Transport

from headgate.errors import ConfigurationError
from headgate.history import default_folder, spool_folder
from headgate.history.budget import RENEWAL_SECONDS, TASK_SECONDS, history_budget
from headgate.lineage.queue import Queue

NAME = "headgate.lineage.SpoolTransport"
# A task sends its start and its end in processes of their own: together they take two seconds at most.
EVENT_SECONDS, PROCESS_SECONDS = 0.9, 1.8
# With less time left a server that is well would look as if it were down.
_LEAST_SECONDS = 0.3

log = logging.getLogger(__name__)


@attr.define
class SpoolConfig(Config):
    """`transport` is the configuration of the transport that delivers; `spool` a folder in place of HEADGATE_SPOOL."""

    transport: dict[str, Any]
    spool: str | None = None

    @classmethod
    def from_dict(cls, params: dict[str, Any]) -> SpoolConfig:
        """Raises ConfigurationError where it has no transport, or an unknown option."""
        # The client adds the transport of OPENLINEAGE_URL, where that is set, to whatever is configured.
        params = {key: value for key, value in params.items() if key not in ("type", "transports")}
        if unknown := sorted(params.keys() - {"transport", "spool"}):
            raise ConfigurationError(f"{NAME} has no option '{unknown[0]}'; it has transport, spool")
        inner = params.get("transport")
        if not isinstance(inner, dict) or not inner.get("type"):
            raise ConfigurationError(f'{NAME} needs the transport that delivers: "transport": {{"type": "http", …}}')
        if inner["type"] == NAME:
            raise ConfigurationError(f"{NAME} delivers through itself; name the transport that delivers")
        return cls(**params)


class SpoolTransport(Transport):
    """Writes each event to the spool, then delivers what waits there for a short time, oldest first.

    `emit` never raises. It takes at most 0.9 s, and all of a process at most 1.8 s in ten minutes; after a failure
    nobody tries for 30 s, then longer. It takes less where the history has held the process up. What was not delivered
    waits for the next event of any process, or a flush.
    """

    kind = "headgate_spool"
    config_class = SpoolConfig

    def __init__(self, config: SpoolConfig) -> None:
        if config.transport["type"] == "async_http":
            log.warning("async_http loses the events that a process has not sent when it ends; http is used instead")
        try:
            folder = spool_folder(config.spool)
        except ConfigurationError as error:
            folder = default_folder()
            log.warning("%s; lineage events wait in %s instead", error, folder)
        self._queue = Queue(folder, config.transport)
        self._began = self._spent = 0.0

    def emit(self, event: Any) -> None:
        """Take an event, and deliver it if that is possible now."""
        begun = time.monotonic()
        try:
            self._emit(json.loads(Serde.to_json(event)), begun)
        except Exception as error:  # a lineage event never fails what it is about
            log.warning("a lineage event is lost: %s: %s", type(error).__name__, error)
            log.debug("a lineage event is lost", exc_info=True)
        finally:
            self._spent += time.monotonic() - begun

    def close(self, timeout: float = -1) -> bool:
        return self._queue.close(timeout)

    def _emit(self, event: dict[str, Any], begun: float) -> None:
        try:
            self._queue.put(event)
        except OSError as error:
            log.warning(
                "%s cannot be written, so that a lineage event cannot wait: %s", self._queue.spool.folder, error
            )
            self._queue.send_unspooled(event, self._left(begun))
            return
        if (seconds := self._left(begun)) < _LEAST_SECONDS:
            return
        delivery = self._queue.deliver(seconds)
        if delivery.refused:
            log.warning("%d lineage events were refused; `headgate lineage status` tells why", delivery.refused)
        if delivery.error:
            log.log(
                logging.DEBUG if delivery.held else logging.WARNING,
                "lineage events wait in %s, `headgate lineage flush` delivers them: %s",
                self._queue.spool.folder,
                delivery.error,
            )

    def _left(self, begun: float) -> float:
        if begun - self._began > RENEWAL_SECONDS:
            self._began, self._spent = begun, 0.0
        # What the history has taken, and the start in a process of its own may have.
        of_task = TASK_SECONDS - EVENT_SECONDS - history_budget.spent
        return min(EVENT_SECONDS, PROCESS_SECONDS - self._spent, of_task) - (time.monotonic() - begun)
