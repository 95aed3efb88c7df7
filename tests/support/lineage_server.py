"""Lineage servers that are not well: real sockets that refuse, hang, fail or take their time."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Server:
    """`status` and `seconds` are how it answers; `poison` are run ids at which it fails, `wrong` those it refuses."""

    url: str = ""
    status: int = 201
    seconds: float = 0.0
    requests: int = 0
    events: list[dict[str, Any]] = field(default_factory=list)
    poison: set[str] = field(default_factory=set)
    wrong: set[str] = field(default_factory=set)

    def answer(self, event: dict[str, Any]) -> int:
        self.requests += 1
        run = event.get("run", {}).get("runId")
        status = 500 if run in self.poison else 422 if run in self.wrong else self.status
        if status == 201:
            self.events.append(event)
        return status


@contextmanager
def serving(**answers: Any) -> Iterator[Server]:
    """A server that answers, each request in a thread of its own."""
    server = Server(**answers)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            time.sleep(server.seconds)
            try:
                self.send_response(server.answer(event))
                self.send_header("Content-Length", "0")
                self.end_headers()
            except BrokenPipeError:
                pass

        def log_message(self, *arguments: Any) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    server.url = f"http://127.0.0.1:{http.server_address[1]}"
    threading.Thread(target=http.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()


@contextmanager
def black_hole() -> Iterator[str]:
    """The URL of a server that accepts and never answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(128)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@contextmanager
def dripping() -> Iterator[str]:
    """The URL of a server that sends a byte of its answer now and then: no read ever times out."""

    def drip(connection: socket.socket) -> None:
        with connection:
            try:
                connection.sendall(b"HTTP/1.1 201 Created\r\nX: ")
                while True:
                    time.sleep(0.1)
                    connection.sendall(b"x")
            except OSError:
                pass

    def accept(listener: socket.socket) -> None:
        try:
            while True:
                threading.Thread(target=drip, args=(listener.accept()[0],), daemon=True).start()
        except OSError:
            pass

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(128)
        threading.Thread(target=accept, args=(listener,), daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def refused() -> str:
    """A URL at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    return f"http://127.0.0.1:{port}"
