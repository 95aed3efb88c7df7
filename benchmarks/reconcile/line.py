"""The line between a client and PostgreSQL: how many bytes come over it, and at most how many a second."""

from __future__ import annotations

import contextlib
import multiprocessing
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_BLOCK = 1 << 16


@dataclass(frozen=True)
class Line:
    """A port on 127.0.0.1 behind which the server is."""

    port: int
    counter: Any

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://headgate@127.0.0.1:{self.port}/{database}?sslmode=disable"

    def moved(self) -> int:
        """Return how many bytes there were so far, both ways."""
        return int(self.counter.value)


@contextlib.contextmanager
def line(server: str, bandwidth: float) -> Iterator[Line]:
    """Open a line to the server with this socket; `bandwidth` is in bytes a second from the server, may be infinite.

    It is a process of its own: what it spends is nobody's.
    """
    context = multiprocessing.get_context("spawn")
    counter, port = context.Value("q", 0), context.SimpleQueue()
    process = context.Process(target=_serve, args=(server, bandwidth, counter, port), daemon=True)
    process.start()
    try:
        yield Line(port.get(), counter)
    finally:
        process.terminate()
        process.join()


def _serve(server: str, bandwidth: float, counter: Any, port: Any) -> None:
    pace = _Pace(bandwidth)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port.put(listener.getsockname()[1])
        while True:
            client, _ = listener.accept()
            behind = socket.socket(socket.AF_UNIX)
            behind.connect(server)
            for source, target, slow in ((client, behind, False), (behind, client, True)):
                threading.Thread(
                    target=_pass_on, args=(source, target, counter, pace if slow else None), daemon=True
                ).start()


def _pass_on(source: socket.socket, target: socket.socket, counter: Any, pace: _Pace | None) -> None:
    with contextlib.suppress(OSError):
        while block := source.recv(_BLOCK):
            with counter.get_lock():
                counter.value += len(block)
            if pace:
                pace.wait(len(block))
            target.sendall(block)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


class _Pace:
    """When the next bytes may pass; all connections share one line."""

    def __init__(self, bandwidth: float) -> None:
        self.bandwidth = bandwidth
        self.free = 0.0
        self.lock = threading.Lock()

    def wait(self, size: int) -> None:
        with self.lock:
            self.free = max(self.free, time.monotonic()) + size / self.bandwidth
            until = self.free
        if (seconds := until - time.monotonic()) > 0:
            time.sleep(seconds)
