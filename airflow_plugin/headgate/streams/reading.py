"""How a value of an event is read: what is of a logical type, in Python's own type, and what is not.

A value is one of JSON (1.0 is an integer; true is none; a date or a time is a text in ISO 8601 form), or one that a
decoder of another format gives: a Decimal, a date, a datetime, a UUID.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from math import nan
from numbers import Integral, Real
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from headgate.checks.grammar import GRAMMAR
from headgate.contract import Property
from headgate.contract.datetime_format import DatetimeFormat, datetime_format
from headgate.streams.patterns import search

# Returns the value in its type; None where it is not of the type. It is not given None.
Reader = Callable[[Any], Any]

# So far a float is written without an exponent, and is an integer if nothing follows its point.
_WRITTEN = 1e21
_DECIMAL = re.compile(r"(?:DECIMAL|NUMERIC)\s*\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)", re.IGNORECASE)
_is_day, _is_clock = search(f"^{GRAMMAR['date']}$"), search(f"^{GRAMMAR['time']}$")
_is_moment = search(f"^{GRAMMAR['timestamp'].replace('[.,]', '[.]')}$")
# What is beyond Python's own moments: the hour 24, which ends a day, year 0, and zones of more than a day.
_PARTS = re.compile(
    r"(?P<year>[0-9]{4})-(?P<month>..)-(?P<day>..)"
    r"(?:[T ](?P<hour>..):(?P<minute>..)(?::(?P<second>[0-9]{2})(?:\.(?P<fraction>[0-9]+))?)?"
    r"(?:(?P<sign>[+-])(?P<hours>..):?(?P<minutes>..)?|[Zz])?)?"
)
_END_OF_DAY = re.compile(r"24:00(:00([.,]0+)?)?")


def text(value: Any) -> str | None:
    """Return a text; None for one with half of a character in it, and for anything else but a UUID."""
    if isinstance(value, UUID):
        return str(value)
    if not isinstance(value, str):
        return None
    try:
        value.encode()
    except UnicodeEncodeError:
        return None
    return value


def integer(value: Any) -> int | None:
    """Return a whole number."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        value = int(value) if value.is_integer() and abs(value) < _WRITTEN else None
    elif isinstance(value, Decimal):
        value = int(value) if value.is_finite() and value == value.to_integral_value() else None
    return int(value) if isinstance(value, Integral) else None


def number(value: Any) -> int | float | Decimal | None:
    """Return a number. NaN is one, as in the columns of databases, and above all others."""
    if isinstance(value, bool) or not isinstance(value, Real | Decimal):
        return None
    if isinstance(value, int | float):
        return value
    if isinstance(value, Decimal):
        return nan if value.is_nan() else value if value.is_finite() else float(value)
    return float(value)


def double(value: Any) -> int | float | None:
    """Return a number of JSON as its readers have it: a fraction is a float."""
    found = number(value)
    return float(found) if isinstance(found, Decimal) else found


def decimal(digits: int, scale: int) -> Reader:
    """Return the reader of numbers that a column of DECIMAL(digits, scale) holds without rounding."""
    limit = 10 ** (digits - scale)

    def read(value: Any) -> int | float | Decimal | None:
        found = number(value)
        if found is None or not abs(found) < limit:
            return None
        if isinstance(found, Decimal):
            return found if found == round(found, scale) else None
        return found if found == round(found, scale) else None

    return read


def boolean(value: Any) -> bool | None:
    """Return true or false."""
    return value if isinstance(value, bool) else None


def day(value: Any) -> date | None:
    """Return a date."""
    if isinstance(value, str) and _is_day(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return date.min if value.startswith("0000") and _IN_UTC(f"0004{value[4:]}") else None
    return value if isinstance(value, date) and not isinstance(value, datetime) else None


def clock(value: Any) -> time | None:
    """Return a time of day."""
    if isinstance(value, str) and _is_clock(value):
        try:
            return time.fromisoformat(value)
        except ValueError:
            return time.max if _END_OF_DAY.fullmatch(value) else None
    return value if isinstance(value, time) and value.tzinfo is None else None


def moment(zone: tzinfo | None) -> Reader:
    """Return the reader of moments. One without a zone is in `zone`; without that it is none."""

    def aware(value: datetime) -> datetime | None:
        if value.tzinfo is not None:
            return value
        return None if zone is None else value.replace(tzinfo=zone)

    def read(value: Any) -> datetime | None:
        if isinstance(value, str):
            if not _is_moment(value):
                return None
            try:
                value = datetime.fromisoformat(value)
            except ValueError:
                return _beyond(value, aware)
        elif not isinstance(value, datetime):
            return None
        return value if value.tzinfo is not None else aware(value)

    return read


def _beyond(text: str, aware: Callable[[datetime], datetime | None]) -> datetime | None:
    """Return a moment that Python does not read as the nearest one that it has; None if the text is not a moment."""
    found = _PARTS.fullmatch(text)
    parts = {name: int(part) for name, part in found.groupdict("0").items() if name != "sign"} if found else {}
    if not found or (parts["hour"] == 24 and (parts["minute"], parts["second"], parts["fraction"]) != (0, 0, 0)):
        return None
    try:
        local = datetime(
            parts["year"] or 4, parts["month"], parts["day"], parts["hour"] % 24, parts["minute"], parts["second"]
        )
    except ValueError:
        return None
    shift = timedelta(days=parts["hour"] // 24)
    if (sign := found["sign"]) is not None:
        offset = timedelta(hours=parts["hours"], minutes=parts["minutes"])
        shift += -offset if sign == "+" else offset
    elif aware(local) is None and text[-1] not in "zZ":
        return None
    try:
        moved = local + shift
    except OverflowError:
        moved = datetime.max
    if parts["year"] == 0:
        moved = datetime.min
    return moved.replace(tzinfo=UTC) if sign is not None or text[-1] in "zZ" else aware(moved)


def object_(value: Any) -> Mapping[str, Any] | None:
    """Return an object."""
    return value if isinstance(value, Mapping) else None


def array(value: Any) -> list[Any] | None:
    """Return an array."""
    return list(value) if isinstance(value, list | tuple) else None


def formatted(written: DatetimeFormat, kind: str, zone: tzinfo | None) -> Reader:
    """Return the reader of dates and times that the contract has written in a format of its own."""
    fits = re.compile(written.grammar)
    before_year = None if written.century is None else re.compile(written.century)
    directives = written.directives.replace("%g", "%f")  # milliseconds
    as_object = {"date": day, "time": clock}.get(kind) or moment(zone)

    def read(value: Any) -> Any:
        if not isinstance(value, str):
            return as_object(value)
        if not fits.fullmatch(value):
            return None
        if before_year is not None and (before := before_year.match(value)):
            value = f"{before[0]}20{value[before.end() :]}"
        if written.zoned and re.search("[+-][0-9]{2}$", value):
            value += "00"
        try:
            return as_object(_part(datetime.strptime(value, directives), kind))
        except ValueError:
            return None

    return read


def _part(value: datetime, kind: str) -> date | time:
    return value.date() if kind == "date" else value.time() if kind == "time" else value


def day_or_moment(value: Any) -> datetime | None:
    """Return a date of ODCS 3.0: a moment, which a day begins; one without a zone is in UTC."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, time(), UTC)
    found: datetime | None = _IN_UTC(value)
    return found


_IN_UTC = moment(UTC)
# The types of Python that are of a logical type as they are.
AS_IT_IS: Mapping[str, str] = {"boolean": "bool", "object": "dict", "map": "dict", "array": "list", "vector": "list"}
_READERS: Mapping[str, Reader] = {
    "string": text,
    "integer": integer,
    "number": number,
    "boolean": boolean,
    "date": day,
    "time": clock,
    "object": object_,
    "map": object_,
    "array": array,
    "vector": array,
}
_FORMATTED = ("date", "timestamp", "time")


def reader_of(prop: Property) -> Reader | None:
    """Return the reader of a property's values; None if it has no logical type, and every value is one of it."""
    kind, written = prop.logical_type or "", prop.options.get("format")
    zone = None if prop.needs_zone else ZoneInfo(str(prop.options.get("defaultTimezone") or "UTC"))
    if kind in _FORMATTED and isinstance(written, str):
        try:
            read = datetime_format(written)
        except ValueError:  # it is listed as not executed
            pass
        else:
            return formatted(read, "timestamp" if prop.dated and read.timed else kind, zone)
    if prop.dated:
        return day_or_moment
    if kind == "timestamp":
        return moment(zone)
    if kind == "number" and prop.physical_type and (found := _DECIMAL.fullmatch(prop.physical_type.strip())):
        return decimal(int(found[1]), int(found[2] or 0))
    return _READERS.get(kind)


def is_decimal(prop: Property) -> bool:
    """Return whether a property, or what is inside it, is a number of so many digits."""
    decimals = prop.logical_type == "number" and reader_of(prop) is not number
    return decimals or any(map(is_decimal, prop.nested))
