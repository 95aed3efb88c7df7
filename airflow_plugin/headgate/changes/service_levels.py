"""Which of two service levels is the better promise (ODCS v3.1, slaProperties)."""

from __future__ import annotations

import datetime
from typing import Any

from headgate.contract.service_levels import LEVELS, READERS, canonical

__all__ = ["canonical", "direction"]
_DURATIONS = ("duration", "period")


def direction(name: Any, old: tuple[Any, Any], new: tuple[Any, Any], regulatory: bool) -> str:
    """From (value, unit) `old` to `new`: same, tightened, loosened, or changed where that cannot be told.

    A retention for the regulator is the age at which data must be gone as well as how long it is kept: any other
    value loosens one of the two.
    """
    level = LEVELS.get(canonical(name))
    order = _order(level.value, old, new) if level else None
    if level is None or order is None:
        return "changed"
    if order == 0:
        return "same"
    if canonical(name) == "retention" and regulatory:
        return "loosened"
    return "tightened" if order == level.better else "loosened"


def _order(kind: str, old: tuple[Any, Any], new: tuple[Any, Any]) -> int | None:
    """-1 where the new value is less (earlier, shorter), 0, 1; None if they cannot be compared."""
    before: Any
    after: Any
    try:
        before, after = (READERS[kind](value, str(unit or "")) for value, unit in (old, new))
    except ValueError:
        # Whatever the unit means: of the same one, more is more.
        return _order("number", old, new) if kind in _DURATIONS else None
    if kind in _DURATIONS:
        value: int | None = after.against(before)
        return value
    if kind == "number" and before[1] != after[1]:
        return None
    if kind == "time":
        before, after = _passed(before), _passed(after)
        if before[1] != after[1]:
            return None
    return int(after > before) - int(after < before)


def _passed(time: datetime.time) -> tuple[datetime.timedelta, str]:
    """What has passed since midnight in UTC, or in the zone that has no fixed offset or is not said; and that zone."""
    passed = datetime.timedelta(hours=time.hour, minutes=time.minute, seconds=time.second)
    offset = time.utcoffset()
    return passed - (offset or datetime.timedelta()), "UTC" if offset is not None else str(time.tzinfo)
