"""Turns: what was audited beside rows that others changed meanwhile is audited again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from headgate.errors import ConflictError

T = TypeVar("T")
# How often a publish or a release begins again because another one came between its audit and its switch.
_TURNS = 5


def until_it_stands(attempt: Callable[[], T], progress: Callable[[str], None]) -> T:
    """What `attempt` gives. Raises ConflictError where others were there first every time."""
    for _ in range(_TURNS - 1):
        try:
            return attempt()
        except ConflictError as error:
            progress(f"{error}; again")
    return attempt()
