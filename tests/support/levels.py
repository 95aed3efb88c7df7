"""Service levels for tests: a dataset that promises them, times as texts, publications as short tuples."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from headgate.contract import Dataset
from headgate.gate import Status as Outcome
from headgate.levels import Clock, ClockKind, Extremes, Facts, LevelResult, PublicationFact, measured

from tests.support.contracts import load, odcs, setting

PROPERTIES: list[dict[str, Any]] = [
    {"name": "at", "logicalType": "timestamp"},
    {"name": "local", "logicalType": "timestamp", "logicalTypeOptions": {"defaultTimezone": "Europe/Berlin"}},
    {"name": "west", "logicalType": "timestamp", "logicalTypeOptions": {"defaultTimezone": "America/Los_Angeles"}},
    {"name": "day", "logicalType": "date"},
    {"name": "secret", "logicalType": "timestamp", "classification": "restricted"},
]


def t(text: str) -> datetime:
    """A time in UTC: 2026-03-02, or 2026-03-02 09:00."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def things(*levels: dict[str, Any], consumers: Any = None) -> Dataset:
    own = {"customProperties": [setting("consumers", consumers)]} if consumers else {}
    return load(odcs({"name": "things", "properties": PROPERTIES, **own}, slaProperties=list(levels)))["things"]


def level(name: str, value: Any, unit: str = "", element: str = "", **more: Any) -> dict[str, Any]:
    """An entry of slaProperties; `settings` are headgate's own, by name."""
    settings = [setting(key, each) for key, each in more.pop("settings", {}).items()]
    own = {"customProperties": settings} if settings else {}
    said = {"property": name, "value": value, "unit": unit, "element": element and f"things.{element}", **own, **more}
    return {key: item for key, item in said.items() if item not in ("", None)}


def watch(text: str) -> Clock:
    return Clock(t(text))


def gate(text: str) -> Clock:
    return Clock(t(text), ClockKind.INTERVAL_END)


def results(levels: Iterable[dict[str, Any]], facts: Facts, clock: Clock) -> tuple[LevelResult, ...]:
    return measured(things(*levels), facts, clock)


def result(one: dict[str, Any], facts: Facts, clock: Clock) -> LevelResult:
    """The result of the only level."""
    return results([one], facts, clock)[0]


def column(name: str, oldest: str | None, newest: str | None, **more: Any) -> dict[str, Extremes]:
    """Facts of a column with a zone."""
    return {name: Extremes((oldest and t(oldest)) or None, (newest and t(newest)) or None, **more)}


def at(newest: str | None, oldest: str | None = None) -> Facts:
    """Facts of a table of which the extremes of `at` are known."""
    return Facts(columns=column("at", oldest or newest, newest))


def published(text: str, interval: str = "", outcome: Outcome = Outcome.PUBLISHED, **more: Any) -> PublicationFact:
    """A publication; the interval is written as 2026-03-01/2026-03-02."""
    start, _, end = interval.partition("/")
    return PublicationFact(t(text), outcome, (t(start), t(end)) if interval else (None, None), **more)


def daily(
    first: str, days: int, *, hour: int = 1, skip: Iterable[int] = (), late: dict[int, int] | None = None
) -> tuple[PublicationFact, ...]:
    """Publications of the days from `first`, each at `hour` of the next day; `late` are hours by the number of the
    day."""
    begin, found = t(first), []
    for number in range(days):
        if number not in set(skip):
            start, end = begin + timedelta(days=number), begin + timedelta(days=number + 1)
            found.append(
                PublicationFact(
                    end + timedelta(hours=hour + (late or {}).get(number, 0)), interval=(start, end), rows=100
                )
            )
    return tuple(found)
