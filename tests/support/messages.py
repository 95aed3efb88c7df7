"""Messages about incidents in a store, and the servers that receive them."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import sqlalchemy as sa
from headgate.contract.consumers import consumers_of
from headgate.history.store import Store
from headgate.history.tables import dataset, message
from headgate.incidents import (
    OWNER,
    Broken,
    Closing,
    Concern,
    Effect,
    Episode,
    Hold,
    Incident,
    Notice,
    Severity,
    Standing,
    Told,
)
from headgate.naming import PlaceName

AT = datetime(2026, 3, 1, 8, tzinfo=UTC)
CONCERN = Concern(
    "shop",
    "orders",
    PlaceName("postgres://db:5432", "shop.public.orders"),
    "1.0.0",
    owner="Shop team",
    support=("#shop https://chat.example.com/shop",),
    consumers=consumers_of([{"name": "risk", "contact": "risk@example.com"}, "marketing"]),
)


def notice(
    number: int = 0, told: Told = Told.OPENED, recipient: str = OWNER, *, rules: tuple[str, ...] = ("id.required",),
    at: datetime | None = None, statement: str = "id is not null", effect: Effect = Effect.HELD_BACK,
    severity: Severity = Severity.ERROR,
) -> Notice:  # fmt: skip
    """A notice about `rules`, told `number` minutes after AT."""
    moment = AT + timedelta(minutes=number) if at is None else at
    over = told in (Told.CLOSED, Told.PAST)
    episode = Episode(AT, "run-1", effect, closed=moment if over else None, how=next(iter(Closing)) if over else None)
    ack = Hold("ann", moment) if told is Told.ACKNOWLEDGED else None
    about = tuple(
        Standing(at, Incident(rule, "1.0.0", False, Broken(f"{statement} ({number})", severity, 2, 10), AT,
                              episodes=(episode,), ack=ack))
        for at, rule in enumerate(rules, 1)
    )  # fmt: skip
    return Notice(told, recipient, moment, CONCERN, about)


def put(store: Store, *notices: Notice) -> list[int]:
    """Write messages as the fold does; return their ids."""
    named = {"contract": "shop", "name": "orders", "namespace": "n", "place": "p"}
    with store.writing() as connection:
        of_dataset = sa.select(dataset.c.id).where(dataset.c.name == "orders", dataset.c.namespace == "n")
        dataset_id = connection.scalar(of_dataset)
        if dataset_id is None:
            dataset_id = connection.execute(dataset.insert().returning(dataset.c.id), named).scalar_one()
        return [
            connection.execute(
                message.insert().returning(message.c.id),
                {
                    "dataset_id": dataset_id,
                    "at": each.at,
                    "told": str(each.told),
                    "recipient": each.recipient,
                    "body": json.dumps(each.to_dict()),
                    "routed": False,
                },
            ).scalar_one()
            for each in notices
        ]


@dataclass
class Receiver:
    """A server of webhooks. `statuses` is how it answers at a path, else `status`; `received` is what it took, in its
    order: path, key and body. It waits `seconds` before it takes a body, and as long before it answers."""

    url: str = ""
    status: int = 202
    statuses: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    received: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    requests: int = 0
    # Called with the step of each request and its key: it came, it is taken, it is answered.
    at: Callable[[str, str], None] = lambda step, key: None

    def subjects(self, path: str = "/") -> list[str]:
        return [body["subject"] for at, _, body in self.received if at == path]

    def keys(self) -> Counter[str]:
        return Counter(key for _, key, _ in self.received)


@contextmanager
def receiving(**answers: Any) -> Iterator[Receiver]:
    """A server that takes messages, each request in a thread of its own."""
    receiver = Receiver(**answers)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"]))
            if not sent:  # the sender was killed
                return
            body = json.loads(sent)
            receiver.requests += 1
            key = self.headers.get("Idempotency-Key", "")
            receiver.at("came", key)
            time.sleep(receiver.seconds)
            status = receiver.statuses.get(self.path, receiver.status)
            if status < 300:
                receiver.received.append((self.path, key, body))
                receiver.headers.append(dict(self.headers))
            receiver.at("taken", key)
            time.sleep(receiver.seconds)
            try:
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("Location", f"{receiver.url}/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()
            except OSError:
                pass
            receiver.at("answered", key)

        def do_GET(self) -> None:  # where a redirect leads
            receiver.received.append((self.path, "", {"subject": "redirected"}))

        def log_message(self, *_: Any) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    receiver.url = f"http://127.0.0.1:{http.server_address[1]}"
    threading.Thread(target=http.serve_forever, daemon=True).start()
    try:
        yield receiver
    finally:
        http.shutdown()
        http.server_close()
