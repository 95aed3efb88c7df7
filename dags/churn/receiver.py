"""A receiver of messages, in place of Slack: `python receiver.py 8137` prints what is sent to http://localhost:8137/…

The demo, and a guide, use it; it answers this machine alone.
"""

from __future__ import annotations

import contextlib
import json
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

LARGEST = 1_000_000


@dataclass(frozen=True)
class Message:
    """What one POST brought: `to` is the path of the URL, without its slash."""

    to: str
    key: str
    body: dict[str, Any]


@contextlib.contextmanager
def receiving(take: Callable[[Message], None], port: int = 0) -> Iterator[str]:
    """Give each message to `take`; yields the URL, of a free port where none is given."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            try:
                body = json.loads(self.rfile.read(min(int(self.headers["Content-Length"]), LARGEST)))
                take(Message(self.path.strip("/"), self.headers["Idempotency-Key"] or "", body))
            except (TypeError, ValueError):
                self.send_error(400)
            else:
                self.send_response(204)
                self.end_headers()

        def log_message(self, *_: Any) -> None:
            """What is received is said by who takes it."""

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()


def show(message: Message) -> None:
    print(f"to {message.to}:\n{message.body['text']}\n", flush=True)


if __name__ == "__main__":
    with receiving(show, int(sys.argv[1]) if len(sys.argv) > 1 else 8137), contextlib.suppress(KeyboardInterrupt):
        threading.Event().wait()
