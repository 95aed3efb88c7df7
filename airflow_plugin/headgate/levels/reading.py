"""What was measured of one service level, and the words for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from headgate.checks.encoding import decode, encode
from headgate.contract.service_levels import Duration, duration
from headgate.plural import counted

_DAY = 86400
_UNITS = ((_DAY, "d"), (3600, "h"), (60, "min"), (1, "s"))


class ProseError(ValueError):
    """A level is said to people: nothing in it is wrong, and nothing can be measured."""


class Status(StrEnum):
    """The status of a service level."""

    KEPT = "kept"
    BROKEN = "broken"
    UNKNOWN = "unknown"
    NOT_EXECUTABLE = "not_executable"


@dataclass(frozen=True, slots=True)
class Amount:
    """A value that was promised or observed: a length of time, a time, or a number of `unit`. A length without months
    is a timedelta, unless that cannot hold it."""

    value: Duration | timedelta | datetime | Decimal
    unit: str = ""

    def __post_init__(self) -> None:
        if isinstance(self.value, Duration) and not self.value.months:
            object.__setattr__(self, "value", _length(self.value.days * _DAY + self.value.seconds))

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
                return {"value": _number(self.value.seconds), "unit": "s"}
            case timedelta():
                return {"value": _number(_seconds(self.value)), "unit": "s"}
            case datetime():
                return {"value": self.value.isoformat(), "unit": "moment"}
        return {"value": _number(self.value), "unit": self.unit}

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Amount:
        """Return the amount that `to_dict` gave. Raises KeyError, TypeError or ValueError for anything else."""
        match value["unit"]:
            case "duration":
                return cls(duration(value["value"]))
            case "moment":
                return cls(datetime.fromisoformat(value["value"]))
            case "s":
                return cls(_length(_decimal(value["value"])))
        return cls(_decimal(value["value"]), str(value["unit"]))


def _length(seconds: Decimal) -> timedelta | Duration:
    """Return a length of time as a timedelta if that is exact, else as it is."""
    try:
        found = timedelta(microseconds=int(seconds * 1_000_000))
    except OverflowError:
        return Duration(seconds=seconds)
    return found if _seconds(found) == seconds else Duration(seconds=seconds)


def _seconds(length: timedelta) -> Decimal:
    return Decimal(length // timedelta(microseconds=1)).scaleb(-6)


def _decimal(value: Any) -> Decimal:
    number = decode(value)
    if not isinstance(number, int | Decimal):
        raise ValueError(f"{value!r} is not a number")
    return Decimal(number)


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
    young: bool = False
    faulty: bool = False

    def unknown(self, reason: str, *, young: bool = False) -> Reading:
        """Return that it could not be measured, and why; `young` where only because the dataset was not published long
        enough ago, or never."""
        return replace(self, reason=reason, young=young)

    def judged(self, kept: bool, observed: Amount | None = None, reason: str = "") -> Reading:
        """Return whether it is kept; `reason` says why not, or what is to know besides."""
        return replace(self, status=Status.KEPT if kept else Status.BROKEN, observed=observed, reason=reason)


def length_words(length: Duration | timedelta) -> str:
    """Return a length of time as a person says it, in its two largest units: 6 h 20 min."""
    months, seconds = 0, Decimal(0)
    if isinstance(length, Duration):
        months, seconds = length.months, length.days * _DAY + length.seconds
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
