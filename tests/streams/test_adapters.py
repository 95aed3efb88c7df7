"""The gate in a service of FastAPI and in front of a subscriber of FastStream."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient
from faststream.kafka import KafkaBroker, KafkaRouter, TestKafkaBroker
from headgate.streams import EventGate
from headgate.streams.fastapi import event_of
from headgate.streams.faststream import gated

from tests.support.contracts import dataset

GATE = EventGate(
    dataset(
        {"name": "id", "logicalType": "string", "required": True},
        {"name": "amount", "logicalType": "number", "logicalTypeOptions": {"minimum": 0}},
    )
)
CASES = [
    (b'{"id": "a", "amount": 1}', ()),
    (b'{"amount": -1}', ("id.required", "amount.minimum")),
    (b"", ("event.empty",)),
    (b"nonsense", ("event.json",)),
]


@pytest.mark.parametrize(("body", "reasons"), CASES)
def test_fastapi(body: bytes, reasons: tuple[str, ...]) -> None:
    app, seen = FastAPI(), []

    @app.post("/usage", status_code=202)
    def usage(event: Annotated[Mapping[str, Any], Depends(event_of(GATE))]) -> None:
        seen.append(event)

    answer = TestClient(app).post("/usage", content=body)
    if not reasons:
        assert (answer.status_code, seen) == (202, [{"id": "a", "amount": 1}])
    else:
        told = {"dataset": "things", "version": "1.0.0", "reasons": list(reasons)}
        assert (answer.status_code, answer.json(), seen) == (422, {"detail": told}, [])


def test_fastapi_does_not_read_on() -> None:
    app, sent = FastAPI(), []

    @app.post("/usage")
    def usage(event: Annotated[Mapping[str, Any], Depends(event_of(GATE))]) -> None: ...

    def body() -> Iterator[bytes]:
        for _ in range(200):
            sent.append(1)
            yield b" " * 100_000

    answer = TestClient(app).post("/usage", content=body())
    assert (answer.status_code, answer.json()["detail"]["reasons"]) == (413, ["event.size"])


def test_faststream() -> None:
    broker, seen, refused = KafkaBroker(), [], []

    async def set_aside(message: Any, reasons: tuple[str, ...]) -> None:
        refused.append(reasons)
        await broker.publish(message.body, "usage.dead", headers={"reasons": ",".join(reasons)})

    router = KafkaRouter(middlewares=[gated(GATE, set_aside)])

    @router.subscriber("usage")
    async def usage(event: Any) -> None:
        seen.append(event)

    @broker.subscriber("usage.dead")
    async def dead(event: Any) -> None:
        seen.append(("dead", event))

    broker.include_router(router)

    async def run() -> None:
        async with TestKafkaBroker(broker):
            for body, _ in CASES:
                await broker.publish(body, "usage")

    asyncio.run(run())
    assert refused == [reasons for _, reasons in CASES if reasons]
    assert len([event for event in seen if isinstance(event, tuple)]) == len(refused)
    assert len(seen) == len(CASES)
