"""A signal that ends a process ends its query first."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_ENDING = {signal.SIGINT, signal.SIGTERM}


@contextlib.contextmanager
def interruptible(connection: DuckDBPyConnection) -> Iterator[None]:
    """Interrupt the query that runs when the process is asked to end; Python's handler runs right after it.

    A handler of Python runs only between two steps of the main thread, and DuckDB looks at signals only in some
    queries: others would go on to their end.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    ours, told = socket.socketpair()
    told.setblocking(False)
    before = signal.set_wakeup_fd(told.fileno(), warn_on_full_buffer=False)

    def watch() -> None:
        while numbers := ours.recv(64):
            if _ENDING & set(numbers):
                connection.interrupt()
            if before != -1:
                with contextlib.suppress(OSError):
                    os.write(before, numbers)

    thread = threading.Thread(target=watch, daemon=True, name="headgate-interrupt")
    thread.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(before, warn_on_full_buffer=False)
        told.close()
        thread.join()
        ours.close()
