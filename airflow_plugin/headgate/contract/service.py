"""Service levels: ODCS's slaProperties, parsed and typed. ODCS lists the names and synonyms; case does not matter."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

# name: (synonym, what its value is)
LEVELS = {
    "availability": ("av", "percent"),
    "throughput": ("th", "number"),
    "errorRate": ("er", "percent"),
    "generalAvailability": ("ga", "moment"),
    "endOfSupport": ("es", "moment"),
    "endOfLife": ("el", "moment"),
    "retention": ("re", "duration"),
    "frequency": ("fy", "duration"),
    "latency": ("ly", "duration"),
    "timeToDetect": ("td", "duration"),
    "timeToNotify": ("tn", "duration"),
    "timeToRepair": ("tr", "duration"),
    # Not in ODCS's list, but in its examples or in wide use.
    "freshness": ("", "duration"),
    "timeOfAvailability": ("", "time"),
}
_BY_NAME = {n.lower(): name for name, (synonym, _) in LEVELS.items() for n in (name, synonym) if n}

# Units of time, and how many months, days and seconds each is. A month is no fixed number of days, and "m" is either.
_UNITS: dict[str, tuple[int, int, Decimal]] = {
    spelling: size
    for spellings, size in (
        ("ms millisecond milliseconds", (0, 0, Decimal("0.001"))),
        ("s sec second seconds", (0, 0, Decimal(1))),
        ("min minute minutes", (0, 0, Decimal(60))),
        ("h hr hour hours", (0, 0, Decimal(3600))),
        ("d day days", (0, 1, Decimal(0))),
        ("w wk week weeks", (0, 7, Decimal(0))),
        ("mo month months", (1, 0, Decimal(0))),
        ("y yr year years", (12, 0, Decimal(0))),
    )
    for spelling in spellings.split()
}
_ISO = re.compile(
    r"P(?=\d|T\d)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?\Z"
)


class UnclearError(ValueError):
    """What can be read in two ways; tools will take the one or the other."""


@dataclass(frozen=True, slots=True)
class Duration:
    """Calendar time: months and days are counted on the calendar, not as a number of seconds."""

    months: int = 0
    days: int = 0
    seconds: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class ServiceLevel:
    """One promise about the service. `name` is ODCS's own spelling where it lists the name, else the contract's.

    `value` is a Duration, an aware datetime, a time of day, a Decimal (percent where `unit` says so or the level is
    one), or the value as it stands for a name that is not listed. `elements` are Object.Element references.
    """

    name: str
    value: Any
    key: str
    elements: tuple[str, ...] = ()
    driver: str = ""
    unit: str = ""
    schedule: str = ""


def service_level(raw: Mapping[str, Any], key: str) -> ServiceLevel:
    """One entry of slaProperties.

    Raises:
        UnclearError: it can be read in two ways.
        ValueError: it cannot be measured; says why.
    """
    name = _BY_NAME.get(str(raw["property"]).lower(), str(raw["property"]))
    kind = LEVELS[name][1] if name in LEVELS else "free"
    elements = tuple(e.strip() for e in str(raw.get("element") or "").split(",") if e.strip())
    value = _READERS[kind](raw["value"], str(raw.get("unit") or "").strip())
    return ServiceLevel(name, value, key, elements, str(raw.get("driver") or ""), str(raw.get("unit") or ""),
                        str(raw.get("schedule") or ""))  # fmt: skip


def duration(value: Any, unit: str) -> Duration:
    """A number with a unit, or an ISO 8601 duration. Raises ValueError."""
    if isinstance(value, str) and (match := _ISO.match(value)):
        years, months, weeks, days, hours, minutes = (int(part or 0) for part in match.groups()[:6])
        seconds = 3600 * hours + 60 * minutes + Decimal(match[7] or 0)
        return Duration(12 * years + months, 7 * weeks + days, Decimal(seconds))
    number = _number(value)
    if number < 0:
        raise ValueError(f"{value} is no length of time; it must not be negative")
    if unit.lower() == "m":
        raise UnclearError("the unit m is minutes or months; write min or mo")
    if unit.lower() not in _UNITS:
        said = f"the unit {unit!r} is no unit of time" if unit else "there is no unit"
        raise ValueError(
            f"{said}; allowed: ms, s, min, h, d, w, mo, y, or an ISO 8601 duration such as PT4H as the value"
        )
    months, days, seconds = _UNITS[unit.lower()]
    if (months or days) and number % 1:
        if months:
            raise ValueError(f"{value} {unit} is no whole number of months; write it in days")
        return Duration(seconds=number * days * 86400)
    return Duration(int(number * months), int(number * days), number * seconds)


def _number(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        raise ValueError(f"{value!r} is no number")
    if isinstance(value, str) and not re.fullmatch(r"[-+]?\d{1,30}(\.\d{1,30})?", value.strip()):
        raise ValueError(f"{value!r} is no number")
    return Decimal(value)


def _percent(value: Any, unit: str) -> Decimal:
    text = value.strip().removesuffix("%") if isinstance(value, str) else value
    number = _number(text)
    if unit.lower() not in ("", "percent", "%", "pct"):
        raise ValueError(f"the unit {unit!r} is no percentage; allowed: percent, %")
    if not 0 <= number <= 100:
        raise ValueError(f"{value} is no percentage; allowed: 0 to 100")
    return number


def _moment(value: Any, unit: str) -> datetime.datetime:
    try:
        moment = datetime.datetime.fromisoformat(str(value))
    except ValueError:
        raise ValueError(f"{value!r} is no date or timestamp in ISO 8601 form") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)


def _time(value: Any, unit: str) -> datetime.time:
    try:
        return datetime.time.fromisoformat(str(value))
    except ValueError:
        raise ValueError(f"{value!r} is no time of day in ISO 8601 form, such as 09:00-08:00") from None


_READERS: dict[str, Any] = {
    "percent": _percent,
    "number": lambda value, unit: _number(value),
    "moment": _moment,
    "duration": duration,
    "time": _time,
    "free": lambda value, unit: value,
}
