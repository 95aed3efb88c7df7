"""A series of numbers by day: what each of its days was expected to be from the days before it."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from headgate.past.normal.calendar import Calendar, month_place

# How many same weekdays tell what is expected, how many days their scatter, and how many months at least what is
# expected of an end of a month.
WEEKS, RESIDUALS, MONTHS = 8, 84, 3
# How far back the first two are looked for where days are left out, and the same days of earlier months.
REACH, _YEAR = timedelta(weeks=26), 12
# How many days tell the level, and how many of them have to be known.
_LEVEL, _KNOWN = 21, 4
# A day is nearer to the median of days among which it is itself: by so much, of eight.
_SHORT = 1.17
_DAY = timedelta(days=1)
# The standard deviation of a normal distribution is so many times its median absolute deviation.
_NORMAL = 1.4826


class Series:
    """The values of days on a scale on which they scatter alike. Whatever is asked of a day is told from days before it
    alone, so that one series answers for all of its days.

    Args:
        cap: how far the level of the last weeks may move what is expected.
    """

    def __init__(self, values: Mapping[date, float], calendar: Calendar, *, weeks: int = WEEKS, cap: float) -> None:
        self.values, self.calendar, self.weeks, self.cap = values, calendar, weeks, cap
        self.first = min(values, default=date.max)
        self._base: dict[date, float | None] = {}
        self._level: dict[date, float] = {}

    def ordinary(self, day: date) -> bool:
        """Return whether a day is known, and like others of its weekday."""
        return day in self.values and not month_place(day) and not self.calendar.excuse(day)

    def weekdays(self, day: date) -> list[date]:
        """Return the last ordinary days of the same weekday, the newest first."""
        found: list[date] = []
        other = day - 7 * _DAY
        while other >= self.first and other >= day - REACH and len(found) < self.weeks:
            if self.ordinary(other):
                found.append(other)
            other -= 7 * _DAY
        return found

    def base(self, day: date) -> float | None:
        """Return the median of the last same weekdays; None if there are too few."""
        if day not in self._base:
            days = self.weekdays(day)
            enough = len(days) == self.weeks
            self._base[day] = statistics.median(self.values[each] for each in days) if enough else None
        return self._base[day]

    def level(self, day: date) -> float:
        """Return how far the last three weeks were off their medians."""
        if day not in self._level:
            off = [
                self.values[each] - base
                for each in (day - n * _DAY for n in range(1, _LEVEL + 1))
                if self.ordinary(each) and (base := self.base(each)) is not None
            ]
            moved = statistics.median(off) if len(off) >= _KNOWN else 0.0
            self._level[day] = max(-self.cap, min(self.cap, moved))
        return self._level[day]

    def residual(self, day: date) -> float | None:
        base = self.base(day)
        return None if base is None else self.values[day] - base - self.level(day)

    def residuals(self, day: date) -> list[float]:
        """Return how far the last ordinary days were off what was expected of them."""
        found: list[float] = []
        other = day - _DAY
        while other >= self.first and other >= day - REACH and len(found) < RESIDUALS:
            if self.ordinary(other):
                residual = self.residual(other)
                found.append(self._within(other, day) if residual is None else residual)
            other -= _DAY
        return found

    def _within(self, other: date, day: date) -> float:
        """Return how far a day with a short past was off the median of the weekdays that the judged day looks at."""
        same = self.weekdays(other + 7 * _DAY * -((other - day).days // 7))
        return _SHORT * (self.values[other] - statistics.median(self.values[each] for each in same))

    def same_places(self, day: date) -> list[float]:
        """Return how far the same days of earlier months were off what their weekday lets expect."""
        same = (each for each in _same_places(day, month_place(day)) if each in self.values)
        off = (self.residual(each) for each in same if not self.calendar.excuse(each))
        return [each for each in off if each is not None]


def _same_places(day: date, place: int) -> Iterator[date]:
    first = day.replace(day=1)
    for _ in range(_YEAR):
        after, first = first, (first - _DAY).replace(day=1)
        yield after + place * _DAY if place < 0 else first + (place - 1) * _DAY


def spread_of(values: Sequence[float]) -> float:
    """Return the standard deviation of values, told by their median absolute deviation; wider the fewer they are."""
    if not values:
        return 0.0
    middle = statistics.median(values)
    return _NORMAL * (1 + 2 / len(values)) * statistics.median(abs(value - middle) for value in values)
