"""Synthetic series of the number of rows a day, with what is hard about real ones, each from its seed.

A series has two years of real calendar dates: the first is the past of the second, which is judged. It has a shape of
the week, days at the end of the month that differ, ten holidays, a trend, noise of 2, 5 or 10 %, and few days on which
the data really was wrong (`outliers`): an alarm of these is not false, and they stand in the past of later days.

A setting may be chosen on the series of `CHOOSING`. Those of `HELD_OUT` are for the figures that are told, and for
nothing else.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from datetime import date, timedelta

CHOOSING = tuple(range(100, 120))
HELD_OUT = tuple(range(5000, 5040))
FIRST, JUDGED, END = date(2023, 1, 1), date(2024, 1, 1), date(2025, 1, 1)
NOISES = (0.02, 0.05, 0.1)
_HOLIDAYS, _OUTLIERS = 10, 0.004


@dataclass(frozen=True)
class Series:
    """The rows of each day, and what is special about which days; `noise` is its standard deviation, as a share."""

    seed: int
    noise: float
    rows: dict[date, int]
    holidays: frozenset[date]
    month_ends: frozenset[date]
    outliers: frozenset[date]

    @property
    def judged(self) -> tuple[date, ...]:
        """The days of the second year on which the data is right."""
        return tuple(day for day in self.rows if day >= JUDGED and day not in self.outliers)


def series(seed: int) -> Series:
    """Return the series of a seed; the same seed gives the same."""
    chance = random.Random(seed)
    noise = NOISES[seed % len(NOISES)]
    base = chance.choice((2e3, 2e4, 2e5, 2e6))
    weekend = chance.uniform(0.3, 1)
    week = [(weekend if weekday >= 5 else 1) * (1 + chance.gauss(0, 0.03)) for weekday in range(7)]
    last, at_month_end = chance.randint(1, 3), 1 + chance.uniform(0, 0.8)
    at_holiday = chance.uniform(0.35, 0.8)
    # Days of the year that both years have: holidays whose date is the same each year.
    yearly = {(FIRST + timedelta(number)).timetuple()[1:3] for number in chance.sample(range(365), _HOLIDAYS)}
    trend = chance.uniform(-0.2, 0.6) / 365
    rows: dict[date, int] = {}
    holidays, month_ends, outliers = set(), set(), set()
    for number in range((END - FIRST).days):
        day = FIRST + timedelta(number)
        expected = base * week[day.weekday()] * math.exp(trend * number)
        if (day + timedelta(last)).month != day.month:
            month_ends.add(day)
            expected *= at_month_end
        if (day.month, day.day) in yearly:
            holidays.add(day)
            expected *= at_holiday
        expected *= math.exp(chance.gauss(0, noise))
        if chance.random() < _OUTLIERS:
            outliers.add(day)
            expected *= chance.choice((0.1, 0.5, 0.8, 1.5, 3))
        rows[day] = max(0, round(chance.gauss(expected, math.sqrt(expected))))
    return Series(seed, noise, rows, frozenset(holidays), frozenset(month_ends), frozenset(outliers))
