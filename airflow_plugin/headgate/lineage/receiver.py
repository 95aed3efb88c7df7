"""The transport that really sends, held to a deadline."""

from __future__ import annotations

import copy
import threading
import time
from typing import Any

from openlineage.client.transport import get_default_factory

from headgate.history import RefusedError, ServerError
from headgate.lineage.destination import HTTP, label_of
from headgate.lineage.event import Event

# What a server answers to a body that it will never take, and to one that it failed at. All else is not about the body.
_REFUSED, _FAILED = (400, 413, 422), 500


class Receiver:
    """Sends events by a transport of OpenLineage, made from its configuration when it is first used.

    An http transport does not retry: what fails waits. `async_http` is made `http`: it says that an event is sent
    before it is, and what a process has not sent when it ends is lost.
    """

    def __init__(self, config: dict[str, Any]) -> None:
        self._config = copy.deepcopy(config)
        if self._config.get("type") in HTTP:
            self._config |= {"type": "http", "retry": {"total": 0, "status_forcelist": []}}
        self.label = label_of(self._config)
        self._transport: Any = None

    def send(self, event: Event, deadline: float) -> None:
        """Send an event, and return when the transport says that it was taken.

        Raises:
            TimeoutError: it was not by `deadline` (of `time.monotonic`). It may be all the same, later.
            RefusedError, ServerError: as they say.
            Exception: whatever the transport raises.
        """
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        if self._transport is None:
            self._transport = get_default_factory().create(copy.deepcopy(self._config))
        transport, raised = self._transport, list[BaseException]()
        if self._config["type"] == "http":
            transport.timeout = min(float(self._config.get("timeout", 5.0)), left)

        def emit() -> None:
            try:
                transport.emit(event)
            except BaseException as error:  # whatever ends the thread, the event was not taken
                raised.append(error)

        # A timeout of http is one for each read: a server that drips, or a name that does not resolve, takes longer.
        thread = threading.Thread(target=emit, daemon=True, name="headgate lineage")
        begun = time.monotonic()
        thread.start()
        thread.join(left)
        if thread.is_alive():
            self._transport = None  # it belongs to the thread that still waits
            raise TimeoutError(f"{self.label} did not answer within {time.monotonic() - begun:.1f} s")
        if raised:
            raise self._meant(raised[0], time.monotonic() - begun) from raised[0]

    def close(self, timeout: float) -> bool:
        return self._transport is None or bool(self._transport.close(timeout))

    def _meant(self, error: BaseException, seconds: float) -> Exception:
        response = getattr(error, "response", None)
        status = getattr(response, "status_code", None)
        if status is None:
            # requests has its own class for each.
            if "Timeout" in type(error).__name__:
                return TimeoutError(f"{self.label} did not answer within {seconds:.1f} s")
            return ConnectionError(f"{self.label}: {error}")
        said = f"{self.label} answered {status}: {str(getattr(response, 'text', ''))[:300]}".rstrip(": ")
        if status in _REFUSED:
            return RefusedError(said)
        return ServerError(said) if status == _FAILED else ConnectionError(said)
