"""What a way is worth: how often it is wrong, and what it sees on the day itself."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from benchmarks.normal.series import NOISES, Series
from benchmarks.normal.ways import Judge

# What happens to the rows of a day.
INCIDENTS: Mapping[str, float] = {"−20 %": 0.8, "× 2": 2, "3 h late": 1 - 3 / 24, "−50 %": 0.5}


@dataclass(frozen=True)
class Score:
    """The figures of one way. False alarms are those of a series in a year; `seen` is the share of ordinary days on
    which an incident is an alarm, `seen_by_noise` the same by how noisy the series is."""

    false_alarms: float
    most: int
    on_holidays: float
    on_month_ends: float
    not_judged: float
    seen: Mapping[str, float]
    seen_by_noise: Mapping[tuple[float, str], float]


def score(judged: Iterable[tuple[Series, Judge]]) -> Score:
    """Return the figures of a way on series, each with the judge that it makes of it."""
    alarms: list[list[date]] = []
    holidays = month_ends = not_judged = 0
    seen: defaultdict[tuple[float, str], list[bool]] = defaultdict(list)
    for series, judge in judged:
        wrong = []
        for day in series.judged:
            found = judge(day, series.rows[day])
            not_judged += found is None
            if found:
                wrong.append(day)
                holidays += day in series.holidays
                month_ends += day in series.month_ends
            if day in series.holidays or day in series.month_ends:
                continue
            for name, factor in INCIDENTS.items():
                seen[series.noise, name].append(bool(judge(day, round(series.rows[day] * factor))))
        alarms.append(wrong)
    count = len(alarms)
    return Score(
        sum(map(len, alarms)) / count,
        max(map(len, alarms)),
        holidays / count,
        month_ends / count,
        not_judged / count,
        {name: statistics.fmean(hit for noise in NOISES for hit in seen[noise, name]) for name in INCIDENTS},
        {key: statistics.fmean(hits) for key, hits in seen.items() if hits},
    )
