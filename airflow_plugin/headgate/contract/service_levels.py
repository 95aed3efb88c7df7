"""Service levels: ODCS's slaProperties, parsed and typed. ODCS lists the names and synonyms; case does not matter."""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from headgate.errors import AmbiguousError

LESS, MORE = -1, 1


@dataclass(frozen=True, slots=True)
class Kind:
    """What kind of value a level has (percent, number, moment, duration, period, time), and which direction is the
    better promise."""

    synonym: str
    value: str
    better: int


LEVELS = {
    "availability": Kind("av", "percent", MORE),
    "throughput": Kind("th", "number", MORE),
    "errorRate": Kind("er", "percent", LESS),
    "generalAvailability": Kind("ga", "moment", LESS),
    "endOfSupport": Kind("es", "moment", MORE),
    "endOfLife": Kind("el", "moment", MORE),
    "retention": Kind("re", "duration", MORE),
    "frequency": Kind("fy", "period", LESS),
    "latency": Kind("ly", "duration", LESS),
    "timeToDetect": Kind("td", "duration", LESS),
    "timeToNotify": Kind("tn", "duration", LESS),
    "timeToRepair": Kind("tr", "duration", LESS),
    # Not in ODCS's list, but in its examples or in wide use.
    "freshness": Kind("", "duration", LESS),
    "timeOfAvailability": Kind("", "time", LESS),
}
_BY_NAME = {n.lower(): name for name, kind in LEVELS.items() for n in (name, kind.synonym) if n}

# Units of time, and how many months, days and seconds each is. A month has no fixed length, and "m" is ambiguous.
_UNITS: dict[str, tuple[int, int, Decimal]] = {
    spelling: size
    for spellings, size in (
        ("ms millisecond milliseconds", (0, 0, Decimal("0.001"))),
        ("s sec secs second seconds", (0, 0, Decimal(1))),
        ("min mins minute minutes", (0, 0, Decimal(60))),
        ("h hr hrs hour hours", (0, 0, Decimal(3600))),
        ("d day days", (0, 1, Decimal(0))),
        ("w wk week weeks", (0, 7, Decimal(0))),
        ("mo mon month months", (1, 0, Decimal(0))),
        ("y yr yrs year years", (12, 0, Decimal(0))),
    )
    for spelling in spellings.split()
}
_PERCENT = ("percent", "percentage", "pct", "%")
_QUANTITY = re.compile(r"([-+]?[0-9]{1,30}(?:\.[0-9]{1,30})?)\s*(.*)\Z", re.DOTALL)
_ISO = re.compile(
    r"P(?=\d|T\d)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?"
    r"(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?\Z"
)
# What looks like a value for a machine, though it may be wrong: a number with a unit of one word at most, an ISO 8601
# duration, a time, a date.
_FORMAL = re.compile(
    r"[-+]?[0-9][0-9.,_]*\s*(?:[A-Za-z%][A-Za-z/]*)?\Z|P[0-9T]\S*\Z|[0-9]{1,2}:[0-9]\S*(?:\s+\S+)?\Z"
    r"|[0-9]{4}-[0-9]{2}\S*(?:\s+\S+)?\Z"
)
_DAY = 86400
_LOCAL_TIME = re.compile(r"(\S+)\s+([A-Za-z][A-Za-z0-9_+/-]*)\Z")


@dataclass(frozen=True, slots=True)
class Duration:
    """Calendar time: months and days are counted on the calendar, not as a number of seconds."""

    months: int = 0
    days: int = 0
    seconds: Decimal = Decimal(0)

    def against(self, other: Duration) -> int | None:
        """Return -1 if shorter, 0 if equal, 1 if longer; None if it depends on the months (28 to 31 days)."""
        months = self.months - other.months
        seconds = (self.days - other.days) * _DAY + self.seconds - other.seconds
        signs = {(total > 0) - (total < 0) for total in (months * days * _DAY + seconds for days in (28, 31))}
        return signs.pop() if len(signs) == 1 else None

    def before(self, moment: datetime.datetime) -> datetime.datetime:
        """Return the time that much earlier; a day that its month lacks becomes the last one of the month."""
        return _months_on(moment, -self.months) - self._rest

    def after(self, moment: datetime.datetime) -> datetime.datetime:
        """Return the time that much later; a day that its month lacks becomes the last one of the month."""
        return _months_on(moment, self.months) + self._rest

    @property
    def _rest(self) -> datetime.timedelta:
        """What there is beside the months."""
        return datetime.timedelta(days=self.days, seconds=float(self.seconds))

    def __str__(self) -> str:
        """Return the ISO 8601 form."""
        days = f"{self.months}M" * bool(self.months) + f"{self.days}D" * bool(self.days)
        hours, rest = divmod(self.seconds, 3600)
        minutes, seconds = divmod(rest, 60)
        clock = (
            f"{hours:f}H" * bool(hours) + f"{minutes:f}M" * bool(minutes) + f"{seconds.normalize():f}S" * bool(seconds)
        )
        return f"P{days}T{clock}" if clock else f"P{days}" if days else "PT0S"


_PERIODS = {
    "hourly": Duration(seconds=Decimal(3600)),
    "daily": Duration(days=1),
    "weekly": Duration(days=7),
    "monthly": Duration(months=1),
    "quarterly": Duration(months=3),
    "yearly": Duration(months=12),
    "annually": Duration(months=12),
}


def _months_on(moment: datetime.datetime, months: int) -> datetime.datetime:
    years, month = divmod(moment.month - 1 + months, 12)
    year, month = moment.year + years, month + 1
    day = min(moment.day, calendar.monthrange(year, month)[1])
    return moment.replace(year=year, month=month, day=day)


@dataclass(frozen=True, slots=True)
class ServiceLevel:
    """One promise about the service. `name` is in ODCS's spelling if ODCS lists it, else in the contract's.

    `value` is a Duration, an aware datetime, a time of day, a percentage as Decimal, (number, unit), or, for a name
    that is not listed, the value unchanged. `more` is ODCS's valueExt, unchanged. `elements` are Object.Element
    references. `settings` are headgate's own. `problem` says why it cannot be measured, of one whose value is not
    valid; `value` is then what the contract says, unchanged.
    """

    name: str
    value: Any
    key: str
    elements: tuple[str, ...] = ()
    driver: str = ""
    unit: str = ""
    schedule: str = ""
    more: Any = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    problem: str = ""


def canonical(name: object) -> str:
    """Return a service level's name as ODCS spells it, whatever its case and synonym; any other name unchanged."""
    return _BY_NAME.get(str(name).strip().lower(), str(name))


def is_prose(value: object) -> bool:
    """Return whether a value is words for people, and not a machine's value, right or wrong."""
    return isinstance(value, str) and _FORMAL.match(value.strip()) is None


def unreadable(raw: Mapping[str, Any], key: str, problem: str) -> ServiceLevel:
    """Return one entry of slaProperties whose value is not valid."""
    return _level(raw, key, raw["value"], problem=problem)


def service_level(raw: Mapping[str, Any], key: str, settings: Mapping[str, Any] | None = None) -> ServiceLevel:
    """Return one entry of slaProperties as values.

    Raises:
        AmbiguousError: it can be read in two ways.
        ValueError: it cannot be measured; says why.
    """
    name = canonical(raw["property"])
    read = READERS[LEVELS[name].value] if name in LEVELS else _as_it_is
    return _level(raw, key, read(raw["value"], str(raw.get("unit") or "").strip()), settings=settings or {})


def _level(raw: Mapping[str, Any], key: str, value: Any, **more: Any) -> ServiceLevel:
    return ServiceLevel(
        name=canonical(raw["property"]),
        value=value,
        key=key,
        elements=tuple(e.strip() for e in str(raw.get("element") or "").split(",") if e.strip()),
        driver=str(raw.get("driver") or ""),
        unit=str(raw.get("unit") or "").strip(),
        schedule=str(raw.get("schedule") or ""),
        more=raw.get("valueExt"),
        **more,
    )


def duration(value: Any, unit: str = "") -> Duration:
    """Return the duration of a number with a unit (4 and `d`, or `4 d`), or of an ISO 8601 duration. Raises
    ValueError."""
    if isinstance(value, str) and (match := _ISO.match(value.strip().upper())):
        years, months, weeks, days, hours, minutes = (int(part or 0) for part in match.groups()[:6])
        seconds = 3600 * hours + 60 * minutes + Decimal(match[7] or 0)
        return Duration(12 * years + months, 7 * weeks + days, Decimal(seconds))
    number, unit = quantity(value, unit)
    if number < 0:
        raise ValueError(f"{value} is not a valid duration; it must not be negative")
    if unit == "m":
        raise AmbiguousError("the unit m is minutes or months; write min or mo")
    if unit not in _UNITS:
        said = f"{unit!r} is not a valid unit of time" if unit else "the unit is missing"
        raise ValueError(f"{said}; expected one of ms, s, min, h, d, w, mo, y, or a value such as PT4H")
    months, days, seconds = _UNITS[unit]
    if months and (number * months) % 1:
        raise ValueError(f"{value} {unit} is not a whole number of months; write it in days")
    if days and number % 1:
        return Duration(seconds=number * days * _DAY)
    return Duration(int(number * months), int(number * days), number * seconds)


def period(value: Any, unit: str = "") -> Duration:
    """Return how long after one time the next follows: a duration, or a word such as `daily`. Raises ValueError."""
    word = str(value).strip().lower()
    return _PERIODS[word] if word in _PERIODS and not unit else duration(value, unit)


def quantity(value: Any, unit: str = "") -> tuple[Decimal, str]:
    """Return a number and its unit in lower case; the unit may follow the number in one text. Raises ValueError."""
    match = _QUANTITY.match(value.strip()) if isinstance(value, str) else None
    if match is None and (isinstance(value, bool) or not isinstance(value, int | Decimal)):
        raise ValueError(f"{value!r} is not a number")
    inner, outer = (match[2].strip().lower() if match else ""), unit.strip().lower()
    if inner and outer and inner != outer:
        raise ValueError(f"{value!r} has the unit {inner!r}, but the field unit is {outer!r}")
    said = inner or outer
    return Decimal(match[1] if match else value), "percent" if said in _PERCENT else said


def percent(value: Any, unit: str = "") -> Decimal:
    number, said = quantity(value, unit)
    if said not in ("", "percent"):
        raise ValueError(f"{said!r} is not a valid unit; expected percent or %")
    if not 0 <= number <= 100:
        raise ValueError(f"{value} is not a valid percentage; expected 0 to 100")
    return number


def moment(value: Any, unit: str = "") -> datetime.datetime:
    """Return an aware timestamp; without a zone it is in UTC. Raises ValueError."""
    try:
        found = datetime.datetime.fromisoformat(str(value))
    except ValueError:
        raise ValueError(f"{value!r} is not a date or timestamp in ISO 8601 form") from None
    return found if found.tzinfo else found.replace(tzinfo=datetime.UTC)


def time_of_day(value: Any, unit: str = "") -> datetime.time:
    """Return a time of day, with its zone or offset if it has one: 09:00, 09:00-08:00, 09:00 Europe/Berlin. Raises
    ValueError."""
    text = str(value).strip()
    local = _LOCAL_TIME.match(text)
    try:
        found = datetime.time.fromisoformat(local[1] if local else text)
    except ValueError:
        raise ValueError(f"{value!r} is not a time of day in ISO 8601 form, such as 09:00 or 09:00-08:00") from None
    if local is None:
        return found
    if found.tzinfo or not is_zone(local[2]):
        raise ValueError(f"{value!r} is not a time in a known time zone; write it as 09:00 Europe/Berlin")
    return found.replace(tzinfo=datetime.UTC if local[2] == "UTC" else ZoneInfo(local[2]))


def is_zone(name: str) -> bool:
    """Return whether the IANA database has a time zone of that name."""
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        return False
    return True


def _as_it_is(value: Any, unit: str) -> Any:
    return value


READERS: dict[str, Callable[[Any, str], Any]] = {
    "percent": percent,
    "number": quantity,
    "moment": moment,
    "duration": duration,
    "period": period,
    "time": time_of_day,
}
