"""Interrupting the running query when the process is asked to end."""

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
    """Interrupt the running query when the process is asked to end; Python's handler runs right afterwards.

    Python runs a signal handler only between two steps of the main thread, and DuckDB checks for signals only in some
    queries: the others would run to their end.
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
