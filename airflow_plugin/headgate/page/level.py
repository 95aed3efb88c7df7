"""Service levels as the last run measured them, and as they are by now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from headgate.levels import LevelResult
from headgate.page.state import fresh_until
from headgate.render.levels import observed, promise

_ORDER = ("broken", "unknown", "kept", "not_executable")


@dataclass(frozen=True, slots=True)
class Level:
    """A service level in words: its status, what is promised, and what was found."""

    status: str
    promise: str
    found: str
    halts: bool


def levels_of(levels: Iterable[Mapping[str, Any]], now: datetime | None = None, *, values: bool) -> list[Level]:
    """Return service levels, given as `LevelResult.to_dict`, those that need somebody first.

    Args:
        now: a freshness that a run found kept is broken where it has passed since.
        values: whether what was found is shown: ages and times of the data.
    """
    found = (_level(each, now) for each in levels)
    return sorted(
        (each if values else replace(each, found="") for each in found), key=lambda each: _ORDER.index(each.status)
    )


def _level(level: Mapping[str, Any], now: datetime | None) -> Level:
    result = LevelResult.from_dict(level)
    status, found = str(result.status), observed(result)
    end = fresh_until([{**level, "consumer": ""}])
    if now is not None and status == "kept" and end is not None and now > end.until:
        status, found = "broken", f"passed at {end.until:%Y-%m-%d %H:%M} UTC; nothing newer was measured since"
    return Level(status, promise(result), found, result.halts)
