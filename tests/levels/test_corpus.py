"""Sixty values in the manner of public contracts: each is executed, or named with the reason why not."""

from __future__ import annotations

from typing import Any

import pytest

from tests.levels.test_level import FULL, NOON
from tests.support.levels import result

AT = "things.at"
EXECUTED: list[tuple[str, Any, str, dict[str, Any]]] = [
    # A number and its unit.
    ("latency", 4, "d", {"element": AT}),
    ("latency", 24, "h", {"element": AT, "driver": "operational"}),
    ("latency", 15, "minutes", {"element": AT}),
    ("latency", "2", "Days", {"element": AT, "valueExt": "p95"}),
    ("freshness", 1, "hour", {"element": AT}),
    ("freshness", 36, "hours", {"element": AT}),
    ("freshness", 1, "day", {}),
    ("retention", 3, "y", {"element": AT}),
    ("retention", 7, "years", {"element": AT, "driver": "regulatory"}),
    ("retention", 13, "months", {"element": AT}),
    ("retention", 90, "d", {"element": AT, "description": "raw events"}),
    ("frequency", 1, "d", {"valueExt": 1}),
    ("frequency", 24, "h", {"description": "each night"}),
    ("frequency", 1, "week", {}),
    ("frequency", 1, "mo", {"driver": "analytics"}),
    ("timeToDetect", 30, "min", {}),
    ("timeToNotify", 1, "h", {}),
    ("timeToRepair", 2, "days", {}),
    ("td", 900, "s", {}),
    ("throughput", 10000, "rows/day", {}),
    # A time.
    ("generalAvailability", "2022-05-12T09:30:10-08:00", "", {"driver": "regulatory"}),
    ("generalAvailability", "2024-01-01", "", {}),
    ("endOfSupport", "2032-05-12T09:30:10-08:00", "", {}),
    ("endOfSupport", "2026-12-31", "", {}),
    ("endOfLife", "2042-05-12T09:30:10-08:00", "", {}),
    ("el", "2030-01-01T00:00:00Z", "", {}),
    ("ga", "2023-06-01 08:00:00", "", {}),
    # A time of day.
    ("timeOfAvailability", "09:00-08:00", "", {"driver": "regulatory"}),
    ("timeOfAvailability", "08:00:00+01:00", "", {}),
    ("timeOfAvailability", "06:00Z", "", {"scheduler": "cron", "schedule": "0 6 * * 1-5"}),
    ("timeOfAvailability", "07:30", "", {}),
    ("timeOfAvailability", "05:00 UTC", "", {}),
    ("timeOfAvailability", "07:00 Europe/Paris", "", {"scheduler": "cron", "schedule": "0 30 * * *"}),
    # A share.
    ("availability", "99.9%", "", {}),
    ("availability", "99.5", "percent", {}),
    ("availability", 95, "%", {}),
    ("errorRate", "0.1", "percent", {}),
    # Text with its unit, ISO 8601, a word.
    ("latency", "6 minutes", "", {"element": AT}),
    ("freshness", "25h", "", {"element": AT}),
    ("freshness", "24 hours", "", {"element": AT}),
    ("timeToRepair", "4 hours", "", {}),
    ("retention", "P1Y", "", {"element": AT}),
    ("latency", "PT30M", "", {"element": AT}),
    ("freshness", "P1DT6H", "", {"element": AT}),
    ("frequency", "daily", "", {}),
    ("frequency", "Monthly", "", {}),
]
NAMED: list[tuple[str, Any, str, dict[str, Any], str]] = [
    ("retention", "unlimited", "", {"element": AT}, "is not a number"),
    ("retention", "2 years from the end of the contract", "", {"element": AT}, "is not a valid unit of time"),
    ("retention", "according to GDPR", "", {}, "is not a number"),
    ("retention", 5, "y", {}, "it names no column"),
    ("retention", 6, "m", {"element": AT}, "minutes or months"),
    ("frequency", "twice a day, at noon and midnight", "", {}, "is not a number"),
    ("frequency", "on demand", "", {}, "is not a number"),
    ("frequency", "near real time", "", {}, "is not a number"),
    ("latency", 4, "", {"element": AT}, "the unit is missing"),
    ("availability", "24/7", "", {}, "is not a valid unit"),
    ("timeOfAvailability", "every morning before work", "", {}, "is not a time of day"),
    ("responseTime", "500ms", "", {}, "not one of ODCS's service levels"),
    ("uptime", "99.9%", "", {}, "not one of ODCS's service levels"),
    ("support", "9am-5pm on working days", "", {}, "not one of ODCS's service levels"),
]


def test_there_are_sixty() -> None:
    assert len({(name, str(value), unit) for name, value, unit, *_ in [*EXECUTED, *NAMED]}) == 60


@pytest.mark.parametrize(("name", "value", "unit", "more"), EXECUTED)
def test_what_a_machine_can_read_is_executed(name: str, value: Any, unit: str, more: dict[str, Any]) -> None:
    raw = {"property": name, "value": value, **({"unit": unit} if unit else {}), **more}
    found = result(raw, FULL, NOON)
    assert found.status in ("kept", "broken"), found
    assert found.statement


@pytest.mark.parametrize(("name", "value", "unit", "more", "reason"), NAMED)
def test_prose_is_named_with_the_reason(name: str, value: Any, unit: str, more: dict[str, Any], reason: str) -> None:
    raw = {"property": name, "value": value, **({"unit": unit} if unit else {}), **more}
    found = result(raw, FULL, NOON)
    assert found.status == "not_executable", found
    assert reason in found.reason
    assert found.statement == f"{name}: {'5 years' if value == 5 else f'{value} {unit}'.strip()}"
