"""What was measured of one service level, and the words for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from headgate.contract.service_levels import Duration
from headgate.plural import counted
from headgate.report.serial import encode

_UNITS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))


class Status(StrEnum):
    """The status of a service level."""

    KEPT = "kept"
    BROKEN = "broken"
    UNKNOWN = "unknown"
    NOT_EXECUTABLE = "not_executable"


@dataclass(frozen=True, slots=True)
class Amount:
    """A value that was promised or observed: a length of time, a time, or a number of `unit`."""

    value: Duration | timedelta | datetime | Decimal
    unit: str = ""

    def __str__(self) -> str:
        match self.value:
            case Duration() | timedelta():
                return length_words(self.value)
            case datetime():
                return self.value.isoformat(timespec="minutes")
        return f"{self.value.normalize():,f}{'%' if self.unit == 'percent' else f' {self.unit}' if self.unit else ''}"

    def to_dict(self) -> dict[str, Any]:
        """Return {value, unit}. A length of time is a number of seconds, with unit s; one in months, which have no
        fixed length, is ISO 8601 text, with unit duration."""
        match self.value:
            case Duration() if self.value.months:
                return {"value": str(self.value), "unit": "duration"}
            case Duration():
                return {"value": _number(self.value.days * 86400 + self.value.seconds), "unit": "s"}
            case timedelta():
                return {"value": _number(Decimal(str(self.value.total_seconds()))), "unit": "s"}
            case datetime():
                return {"value": self.value.isoformat(), "unit": "moment"}
        return {"value": _number(self.value), "unit": self.unit}


def _number(value: Decimal) -> Any:
    return int(value) if value == value.to_integral_value() else encode(value)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one family of service levels measured; unknown until it is judged. `reason` says why, in words, where the
    status alone does not."""

    statement: str
    promised: Amount | None = None
    status: Status = Status.UNKNOWN
    observed: Amount | None = None
    reason: str = ""

    def unknown(self, reason: str) -> Reading:
        """Return that it could not be measured, and why."""
        return replace(self, reason=reason)

    def judged(self, kept: bool, observed: Amount | None = None, reason: str = "") -> Reading:
        """Return whether it is kept; `reason` says why not, or what is to know besides."""
        return replace(self, status=Status.KEPT if kept else Status.BROKEN, observed=observed, reason=reason)


def length_words(length: Duration | timedelta) -> str:
    """Return a length of time as a person says it, in its two largest units: 6 h 20 min."""
    months, seconds = 0, Decimal(0)
    if isinstance(length, Duration):
        months, seconds = length.months, length.days * 86400 + length.seconds
    else:
        seconds = Decimal(str(length.total_seconds()))
    said = [counted(count, noun) for count, noun in zip(divmod(months, 12), ("year", "month"), strict=True) if count]
    if 0 < seconds < 1:
        return " ".join([*said, f"{int(seconds * 1000)} ms"])
    rest = int(seconds)
    for size, unit in _UNITS:
        count, rest = divmod(rest, size)
        if count:
            said.append(f"{count:,} {unit}")
    return " ".join(said[:2]) or "0 s"
