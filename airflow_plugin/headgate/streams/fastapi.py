"""The gate of events in a FastAPI application."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from fastapi import HTTPException, Request

from headgate.streams.gate import EventGate


def event_of(gate: EventGate) -> Callable[[Request], Awaitable[Mapping[str, Any]]]:
    """Return a dependency: the event in the body of a request.

    A request whose event breaks its contract is answered with 422; `detail` has the `dataset`, the contract's
    `version`, and the `reasons`, without a value.

        @app.post("/usage")
        def usage(event: Annotated[dict, Depends(event_of(gate))]) -> None: ...
    """

    async def read(request: Request) -> Mapping[str, Any]:
        event, reasons = gate.read(await request.body())
        if reasons:
            contract = gate.dataset.contract
            raise HTTPException(
                422, {"dataset": gate.dataset.name, "version": contract.version, "reasons": list(reasons)}
            )
        return event

    return read
