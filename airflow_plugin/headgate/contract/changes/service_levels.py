"""Service levels: their names, units, and which value is the better promise (ODCS v3.1, slaProperties)."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

LESS, MORE = -1, 1

# Name: (synonyms, which direction is the better promise, what its value is). `freshness` and `timeOfAvailability` are
# no words of the standard's list, but of its examples.
_LEVELS: dict[str, tuple[tuple[str, ...], int, str]] = {
    "availability": (("av",), MORE, "amount"),
    "throughput": (("th",), MORE, "amount"),
    "errorRate": (("er",), LESS, "amount"),
    "generalAvailability": (("ga",), LESS, "moment"),
    "endOfSupport": (("es",), MORE, "moment"),
    "endOfLife": (("el",), MORE, "moment"),
    "retention": (("re",), MORE, "duration"),
    "frequency": (("fy",), LESS, "duration"),
    "latency": (("ly",), LESS, "duration"),
    "freshness": (("fr",), LESS, "duration"),
    "timeToDetect": (("td",), LESS, "duration"),
    "timeToNotify": (("tn",), LESS, "duration"),
    "timeToRepair": (("tr",), LESS, "duration"),
    "timeOfAvailability": ((), LESS, "time"),
}
_NAMES = {word.lower(): name for name, (synonyms, _, _) in _LEVELS.items() for word in (name, *synonyms)}

# Words of a unit by (months, seconds). `m` alone is a minute to some and a month to others: no unit.
_UNITS: dict[str, tuple[int, Decimal]] = {
    word: (months, Decimal(seconds))
    for words, months, seconds in (
        ("ms millisecond milliseconds", 0, "0.001"),
        ("s sec secs second seconds", 0, "1"),
        ("min mins minute minutes", 0, "60"),
        ("h hr hrs hour hours", 0, "3600"),
        ("d day days", 0, "86400"),
        ("w wk week weeks", 0, "604800"),
        ("mo mon month months", 1, "0"),
        ("y yr yrs year years", 12, "0"),
    )
    for word in words.split()
}
_NUMBER = re.compile(r"\s*([-+]?\d+(?:\.\d+)?)\s*(.*?)\s*\Z")
_ISO = re.compile(
    r"P(?:(\d+(?:\.\d+)?)Y)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?"
    r"(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?\Z"
)
_DAY = Decimal(86400)


@dataclass(frozen=True, slots=True)
class Duration:
    """Months have no fixed length in seconds; both parts are kept."""

    months: Decimal
    seconds: Decimal

    def against(self, other: Duration) -> int | None:
        """-1 shorter, 0 equal, 1 longer; None where it depends on the months (28 to 31 days)."""
        months, seconds = self.months - other.months, self.seconds - other.seconds
        ends = {_sign(months * days * _DAY + seconds) for days in (28, 31)}
        return ends.pop() if len(ends) == 1 else None


def canonical(name: Any) -> str:
    """A service level's name, whatever its case and synonym; unknown names in lower case."""
    word = str(name).strip().lower()
    return _NAMES.get(word, word)


def direction(name: Any, old: tuple[Any, Any], new: tuple[Any, Any], regulatory: bool) -> str:
    """From (value, unit) `old` to `new`: same, tightened, loosened, or changed where that cannot be told.

    A retention for the regulator is the age at which data must be gone as well as how long it is kept: any other
    value loosens one of the two.
    """
    if canonical(name) not in _LEVELS:
        return "changed"
    _, better, kind = _LEVELS[canonical(name)]
    order = _order(kind, old, new)
    if order is None:
        return "changed"
    if order == 0:
        return "same"
    if canonical(name) == "retention" and regulatory:
        return "loosened"
    return "tightened" if order == better else "loosened"


def _order(kind: str, old: tuple[Any, Any], new: tuple[Any, Any]) -> int | None:
    """-1 where the new value is less (earlier, shorter), 0, 1; None if they cannot be compared."""
    if kind == "duration":
        before, after = duration(*old), duration(*new)
        if before is not None and after is not None:
            return after.against(before)
    elif kind == "moment":
        first, second = _moment(old[0]), _moment(new[0])
        if first is not None and second is not None and (first.tzinfo is None) == (second.tzinfo is None):
            return (second > first) - (second < first)
        return None
    elif kind == "time":
        one, two = _time(old[0]), _time(new[0])
        return None if one is None or two is None or one[1] != two[1] else (two[0] > one[0]) - (two[0] < one[0])
    a, b = _amount(*old), _amount(*new)
    return None if a is None or b is None or a[1] != b[1] else (b[0] > a[0]) - (b[0] < a[0])


def duration(value: Any, unit: Any) -> Duration | None:
    """4 and `d`, `4 d`, `PT4H`; None where the value or the unit is not known."""
    if isinstance(value, str) and (match := _ISO.match(value.strip().upper())) and any(match.groups()):
        years, months, weeks, days, hours, minutes, seconds = (Decimal(part or 0) for part in match.groups())
        return Duration(years * 12 + months, (weeks * 7 + days) * _DAY + hours * 3600 + minutes * 60 + seconds)
    amount = _amount(value, unit)
    if amount is None or amount[1] not in _UNITS:
        return None
    each_months, each_seconds = _UNITS[amount[1]]
    return Duration(amount[0] * each_months, amount[0] * each_seconds)


def _amount(value: Any, unit: Any) -> tuple[Decimal, str] | None:
    """A number and its unit, which may stand behind it in a text: 99.9 and `%`, `99.9 %`."""
    text = str(unit).strip().lower() if unit is not None else ""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Decimal(value), _UNIT_WORDS.get(text, text)
    match = _NUMBER.match(value) if isinstance(value, str) else None
    if match is None:
        return None
    inner = match[2].lower()
    if inner and text and inner != text:
        return None
    return Decimal(match[1]), _UNIT_WORDS.get(inner or text, inner or text)


_UNIT_WORDS = {"percent": "%", "pct": "%", "percentage": "%"}


def _moment(value: Any) -> datetime.datetime | None:
    try:
        return datetime.datetime.fromisoformat(str(value))
    except ValueError:
        return None


def _time(value: Any) -> tuple[datetime.timedelta, bool] | None:
    """A time of day as what has passed since midnight in UTC, or in the zone that is not said; and whether it is."""
    try:
        time = datetime.time.fromisoformat(str(value))
    except ValueError:
        return None
    passed = datetime.timedelta(hours=time.hour, minutes=time.minute, seconds=time.second)
    offset = time.utcoffset()
    return passed - (offset or datetime.timedelta()), offset is not None


def _sign(number: Decimal) -> int:
    return (number > 0) - (number < 0)
