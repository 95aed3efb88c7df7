"""A call that is not waited for longer than it may take."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def call_until(deadline: float, call: Callable[[], T], name: str) -> T:
    """Return what `call` returns, or raise what it raises.

    Raises:
        TimeoutError: it did not end until `deadline` (of `time.monotonic`). It goes on in its thread, named `name`, and
            may end later.
    """
    begun = time.monotonic()
    if begun >= deadline:
        raise TimeoutError
    returned: list[T] = []
    raised: list[BaseException] = []

    def run() -> None:
        try:
            returned.append(call())
        except BaseException as error:  # whatever ends the thread, the caller is told
            raised.append(error)

    thread = threading.Thread(target=run, daemon=True, name=name)
    thread.start()
    thread.join(deadline - begun)
    if thread.is_alive():
        raise TimeoutError(f"no answer within {time.monotonic() - begun:.1f} s")
    if raised:
        raise raised[0]
    return returned[0]
