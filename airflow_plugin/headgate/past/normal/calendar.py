"""Days that are not like others: declared holidays, days that people know of, and the ends of months."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

# The last days of a month, and its first: each is compared with the same one of earlier months.
_LAST, _FIRST = 3, 1
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """What is known of days beforehand: `holidays`, and days of which people say why they differ (`expected`)."""

    holidays: frozenset[date] = frozenset()
    expected: Mapping[date, str] = field(default_factory=dict)

    def excuse(self, day: date) -> str:
        """Return why a day is not judged, and no part of the past of others; empty if it is."""
        if day in self.expected:
            return self.expected[day] or "expected to differ"
        return "a holiday" if day in self.holidays else ""


def month_place(day: date) -> int:
    """Return the place of a day at an end of its month: -1 is its last day, -3 the third from the end, 1 its first; 0
    of all days between."""
    left = ((day.replace(day=28) + 4 * _DAY).replace(day=1) - day).days
    if left <= _LAST:
        return -left
    return day.day if day.day <= _FIRST else 0
