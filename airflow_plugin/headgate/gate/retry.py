"""Retry a publish or a release: rows that others changed meanwhile are audited again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from headgate.errors import ConflictError

T = TypeVar("T")
# How often a publish or a release begins again because another one came between its audit and its switch.
MAX_ATTEMPTS = 5


def retry_on_conflict(attempt: Callable[[], T], progress: Callable[[str], None]) -> T:
    """Return what `attempt` returns; call it again after each ConflictError. Raises the last one."""
    for _ in range(MAX_ATTEMPTS - 1):
        try:
            return attempt()
        except ConflictError as error:
            progress(f"{error}; again")
    return attempt()
