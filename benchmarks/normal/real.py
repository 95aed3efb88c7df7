"""A real past: the hours a day in which three airports reported their weather in 2013, and the pressure in it."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from headgate.past.normal.rule import Normal, Past
from headgate.past.normal.scale import COUNT, SHARE

from benchmarks.checks.process import ROOT

FILE = ROOT.parent / "shared" / "data" / "nycflights13_weather.csv"
_HOURS = range(24)


@dataclass(frozen=True)
class Alarm:
    """A day that is not normal, and what its rows show of the reason."""

    series: str
    normal: Normal
    why: str


@dataclass(frozen=True)
class Found:
    """The alarms of a series, and how many of its days were judged."""

    series: str
    days: int
    judged: int
    alarms: tuple[Alarm, ...]


def read(file: Path = FILE) -> Iterator[Found]:
    """Yield what is found in each series. Days are those of UTC. Raises FileNotFoundError."""
    hours: defaultdict[str, defaultdict[date, dict[int, dict[str, str]]]] = defaultdict(lambda: defaultdict(dict))
    with file.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            moment = row["time_hour"]
            hours[row["origin"]][date.fromisoformat(moment[:10])][int(moment[11:13])] = row
    for origin, days in sorted(hours.items()):
        first, last = min(days), max(days)
        rows = {(day := first + timedelta(n)): len(days[day]) for n in range((last - first).days + 1)}
        past = Past(rows, COUNT, never_empty=True)
        found = {day: past.judge(day, count) for day, count in rows.items()}
        yield _found(f"{origin}: rows", found, {day: _missing(days[day]) for day in rows})
        shares = {day: _without_pressure(days[day]) / len(days[day]) for day in rows if days[day]}
        past = Past(shares, SHARE, direction="upper")
        found = {day: past.judge(day, share, len(days[day])) for day, share in shares.items()}
        yield _found(f"{origin}: NULL pressure", found, {day: _weather(days[day]) for day in shares})


def _found(series: str, found: dict[date, Normal], why: dict[date, str]) -> Found:
    alarms = tuple(Alarm(series, normal, why[day]) for day, normal in found.items() if normal.is_alarm)
    return Found(series, len(found), sum(normal.judged for normal in found.values()), alarms)


def _missing(hours: dict[int, dict[str, str]]) -> str:
    return f"no rows of the hours (UTC) {', '.join(str(hour) for hour in _HOURS if hour not in hours)}"


def _without_pressure(hours: dict[int, dict[str, str]]) -> int:
    return sum(row["pressure"] == "NA" for row in hours.values())


def _weather(hours: dict[int, dict[str, str]]) -> str:
    wet = sum(row["precip"] not in ("0", "NA") for row in hours.values())
    sight = min(float(row["visib"]) for row in hours.values())
    return (
        f"no pressure in {_without_pressure(hours)} of {len(hours)} hours; rain in {wet}, sight down to {sight:g} miles"
    )
