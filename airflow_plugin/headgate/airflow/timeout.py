"""Calls of other people's code that must neither fail a task nor delay it."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from typing import Any

BOUND_S = 10.0


def call_with_timeout(function: Callable[..., Any], *arguments: Any, bound_s: float = BOUND_S) -> str:
    """Call, wait at most `bound_s` seconds for the end, and return what went wrong, in words; empty if nothing did."""
    faults: list[str] = []

    def run() -> None:
        try:
            function(*arguments)
        except Exception as error:
            faults.append(f"{type(error).__name__}: {error}")

    context = contextvars.copy_context()
    thread = threading.Thread(target=context.run, args=(run,), daemon=True, name="headgate-callback")
    thread.start()
    thread.join(bound_s)
    if thread.is_alive():
        return f"not done after {bound_s:.0f} s, and not waited for any longer"
    return faults[0] if faults else ""
