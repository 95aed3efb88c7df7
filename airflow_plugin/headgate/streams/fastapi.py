"""The gate of events in a FastAPI application."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from fastapi import HTTPException, Request

from headgate.streams.codec import SIZE
from headgate.streams.gate import EventGate


def event_of(gate: EventGate) -> Callable[[Request], Awaitable[Mapping[str, Any]]]:
    """Return a dependency: the event in the body of a request.

    A request whose event breaks its contract is answered with 422, one of more than the gate's `max_bytes` with 413, as
    soon as they have come; `detail` has the `dataset`, the contract's `version`, and the `reasons`, without a value.

        @app.post("/usage")
        def usage(event: Annotated[dict, Depends(event_of(gate))]) -> None: ...
    """

    async def read(request: Request) -> Mapping[str, Any]:
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > gate.max_bytes:
                break
        event, reasons = gate.read(bytes(body))
        if reasons:
            version = gate.dataset.contract.version
            raise HTTPException(
                413 if reasons == (SIZE,) else 422,
                {"dataset": gate.dataset.name, "version": version, "reasons": list(reasons)},
            )
        return event

    return read
