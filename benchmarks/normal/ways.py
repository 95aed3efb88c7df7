"""The ways to tell whether a day is normal that are compared: the rule of headgate, and those of others."""

from __future__ import annotations

import json
import statistics
import subprocess
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

from headgate.past.normal.calendar import Calendar
from headgate.past.normal.rule import Past
from headgate.past.normal.scale import COUNT

from benchmarks.checks.peers.environment import python_of
from benchmarks.normal.series import Series

# Whether so many rows on a day are an alarm; None where the day is not judged.
Judge = Callable[[date, float], bool | None]
_DAY = timedelta(days=1)


def headgate(series: Series, *, declared: bool = True) -> Judge:
    """The rule as it is. `declared`: whether the contract has the holidays."""
    past = Past(series.rows, COUNT, Calendar(series.holidays if declared else frozenset()), never_empty=True)

    def judge(day: date, rows: float) -> bool | None:
        found = past.judge(day, rows)
        return found.is_alarm if found.judged else None

    return judge


def undeclared(series: Series) -> Judge:
    return headgate(series, declared=False)


def of_days(series: Series) -> Judge:
    """Mean ± 3 standard deviations of the last 14 days: Elementary's anomaly tests without a seasonality."""
    return _scores(series, [_DAY * n for n in range(1, 15)])


def of_weekdays(series: Series) -> Judge:
    """The same of the last 8 same weekdays: Elementary's `seasonality: day_of_week`."""
    return _scores(series, [7 * _DAY * n for n in range(1, 9)])


def _scores(series: Series, before: Sequence[timedelta]) -> Judge:
    def judge(day: date, rows: float) -> bool:
        known = [series.rows[day - each] for each in before]
        return abs(rows - statistics.fmean(known)) > 3 * statistics.stdev(known)

    return judge


WAYS: Mapping[str, Callable[[Series], Judge]] = {
    "headgate": headgate,
    "headgate, holidays not declared": undeclared,
    "mean ± 3 sd of 14 days": of_days,
    "mean ± 3 sd of 8 same weekdays": of_weekdays,
}


def mstl(series: Sequence[Series], judged: Sequence[date], level: float) -> list[Judge]:
    """MSTL with ETS for the trend, of the last 180 days, made anew every 14 days.

    Raises:
        subprocess.CalledProcessError, OSError: its environment cannot be made, or it fails.
    """
    folder = Path(__file__).parent
    asked = {
        "level": level,
        "first": judged[0].isoformat(),
        "series": [{day.isoformat(): rows for day, rows in each.rows.items()} for each in series],
    }
    done = subprocess.run(
        [python_of("mstl", folder), folder / "mstl.py"],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
    )
    return [
        _within({date.fromisoformat(day): limits for day, limits in each.items()}) for each in json.loads(done.stdout)
    ]


def _within(limits: Mapping[date, Sequence[float]]) -> Judge:
    def judge(day: date, rows: float) -> bool:
        low, high = limits[day]
        return not low <= rows <= high

    return judge
