"""The gate of events in front of a subscriber of FastStream."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from faststream import BaseMiddleware

from headgate.streams.gate import EventGate, Keys

Refused = Callable[[Any, Keys], Awaitable[Any]]


def gated(gate: EventGate, refused: Refused) -> type[BaseMiddleware]:
    """Return a middleware for a router: what breaks the contract does not reach its subscribers.

    Give it to the router of the subscribers that read the topic of the contract, not to the broker: a subscriber of the
    dead letters must read what was refused. FastStream delivers at least once, and so is `refused` awaited.

        router = KafkaRouter(middlewares=[gated(gate, refused)])

        @router.subscriber("usage")
        async def usage(event: dict) -> None: ...

        broker.include_router(router)

    Args:
        refused: is awaited with the message, whose `body` are the bytes, and the reasons, in place of the subscriber.
    """

    class EventGateMiddleware(BaseMiddleware):
        async def consume_scope(self, call_next: Callable[[Any], Awaitable[Any]], msg: Any) -> Any:
            reasons = gate.check(msg.body)
            return await (refused(msg, reasons) if reasons else call_next(msg))

    return EventGateMiddleware
