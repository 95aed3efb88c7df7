"""What is normal of a day, by the days before it. No I/O, no clock: the same values give the same answer.

A day is expected to be as the median of the last eight same weekdays, moved by as much as the last three weeks were off
theirs (5 % at most); an end of a month also as the same days of earlier months were off. How far it may be off is told
by the last twelve weeks: some spreads of theirs, as the scale has it (numbers of rows: 3.5, of 3 % at least). Declared
holidays, and days that people said something about, are not judged and are no part of the past. `benchmarks/normal` has
what the rule sees, and how often it is wrong.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from headgate.past.normal.calendar import Calendar, month_place
from headgate.past.normal.scale import Scale
from headgate.past.normal.series import MONTHS, WEEKS, Series, spread_of

Direction = Literal["both", "lower", "upper"]
NO_DAYS = Calendar()


@dataclass(frozen=True, slots=True)
class Normal:
    """What is normal of a day: from `lower` to `upper`, None where that side is not limited; `expected` is the middle.

    `spread` is on the scale, `days` is how many days of the past are known. `reason` says why the day is not judged,
    `excused` that it need not be. `empty` marks a day without rows that should have some.
    """

    day: date
    value: float
    expected: float | None = None
    lower: float | None = None
    upper: float | None = None
    spread: float | None = None
    days: int = 0
    reason: str = ""
    excused: bool = False
    empty: bool = False

    @property
    def judged(self) -> bool:
        return not self.reason

    @property
    def is_alarm(self) -> bool:
        """Whether the day was judged and is not normal."""
        return self.judged and (
            self.empty
            or (self.lower is not None and self.value < self.lower)
            or (self.upper is not None and self.value > self.upper)
        )


class Past:
    """The past of one number, from which each day is judged by the days before it alone.

    Args:
        values: the number by day.
        never_empty: whether 0 is never normal, unless it is for the weekday.
        weeks: how many same weekdays must be known, and are looked at.
    """

    def __init__(
        self,
        values: Mapping[date, float],
        scale: Scale,
        calendar: Calendar = NO_DAYS,
        *,
        direction: Direction = "both",
        never_empty: bool = False,
        weeks: int = WEEKS,
    ) -> None:
        self.values, self.scale, self.calendar = values, scale, calendar
        self.direction, self.never_empty = direction, never_empty
        self.series = Series({day: scale.read(v) for day, v in values.items()}, calendar, weeks=weeks, cap=scale.cap)

    def judge(self, day: date, value: float, rows: int = 0) -> Normal:
        """Return what is normal of a day on which `value` was measured, on so many rows."""
        known = sum(each < day for each in self.values)
        if excuse := self.calendar.excuse(day):
            return Normal(day, value, days=known, reason=f"{day} is not judged: {excuse}", excused=True)
        if self.never_empty and not value and self._has_rows(day):
            return Normal(day, value, lower=1, days=known, empty=True)
        if reason := self._too_short(day, known):
            return Normal(day, value, days=known, reason=reason)
        expected, spread = self._expected(day)
        spread = max(spread, self.scale.floor, self.scale.chance(expected, rows))
        back, far = self.scale.back, self.scale.limit * spread
        return Normal(
            day,
            value,
            back(expected),
            back(expected - far) if self.direction != "upper" else None,
            back(expected + far) if self.direction != "lower" else None,
            spread,
            known,
        )

    def _has_rows(self, day: date) -> bool:
        """Return whether most of the last same weekdays had rows; if none is known, they count as having some."""
        same = [self.values[each] for each in self.series.weekdays(day)]
        return not same or statistics.median(same) > 0

    def _too_short(self, day: date, known: int) -> str:
        weeks, same = self.series.weeks, len(self.series.weekdays(day))
        if same < weeks:
            return f"the past is too short: {same} of {weeks} earlier {day:%A}s are known, of {known} days in all"
        if month_place(day) and (months := len(self.series.same_places(day))) < MONTHS:
            return f"the past is too short: {place_words(day)} is known of {months} of {MONTHS} earlier months"
        return ""

    def _expected(self, day: date) -> tuple[float, float]:
        """Return what is expected of a day, and the spread, on the scale."""
        base = self.series.base(day)
        assert base is not None
        expected, spread = base + self.series.level(day), self._spread(self.series.residuals(day))
        if month_place(day):
            same = self.series.same_places(day)
            expected += statistics.median(same)
            # Of few months the middle itself is not sure.
            spread = max(spread, spread_of(same) if len(same) > MONTHS else 0.0) * math.sqrt(1 + 1.57 / len(same))
        return expected, spread

    def _spread(self, residuals: Sequence[float]) -> float:
        if not self.scale.upper_only:
            return spread_of(residuals)
        middle = statistics.median(residuals) if residuals else 0.0
        above = [each - middle for each in residuals if each > middle]
        return max(spread_of(residuals), spread_of([*above, *(-each for each in above)]))


def place_words(day: date) -> str:
    """Return what a day at an end of its month is called."""
    names = {-1: "the last day", -2: "the last day but one", -3: "the last day but two", 1: "the first day"}
    return f"{names[month_place(day)]} of the month"
