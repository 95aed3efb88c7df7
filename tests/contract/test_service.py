"""Service levels: names, synonyms, values and units."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from headgate.contract.service_levels import LEVELS, Duration, service_level
from headgate.errors import ContractError

from tests.support.contracts import load, odcs, setting

WEST = timezone(timedelta(hours=-8))

GOOD: list[tuple[dict[str, Any], str, Any]] = [
    ({"property": "latency", "value": 4, "unit": "d"}, "latency", Duration(days=4)),
    ({"property": "LY", "value": "4", "unit": "Hours"}, "latency", Duration(seconds=Decimal(14400))),
    ({"property": "ly", "value": Decimal("1.5"), "unit": "h"}, "latency", Duration(seconds=Decimal(5400))),
    ({"property": "latency", "value": Decimal("1.5"), "unit": "d"}, "latency", Duration(seconds=Decimal(129600))),
    ({"property": "latency", "value": "4 d"}, "latency", Duration(days=4)),
    ({"property": "freshness", "value": "PT30M"}, "freshness", Duration(seconds=Decimal(1800))),
    ({"property": "freshness", "value": "P1Y2M3W4DT5H6M7.5S"}, "freshness", Duration(14, 25, Decimal("18367.5"))),
    ({"property": "retention", "value": 3, "unit": "y"}, "retention", Duration(months=36)),
    ({"property": "Retention", "value": 2, "unit": "mo"}, "retention", Duration(months=2)),
    ({"property": "frequency", "value": 1, "unit": "w"}, "frequency", Duration(days=7)),
    ({"property": "td", "value": 5, "unit": "min"}, "timeToDetect", Duration(seconds=Decimal(300))),
    ({"property": "availability", "value": Decimal("99.9"), "unit": "percent"}, "availability", Decimal("99.9")),
    ({"property": "av", "value": "99.9%"}, "availability", Decimal("99.9")),
    ({"property": "errorrate", "value": 1}, "errorRate", Decimal(1)),
    ({"property": "th", "value": 100, "unit": "rows/s"}, "throughput", (Decimal(100), "rows/s")),
    ({"property": "ga", "value": "2022-05-12T09:30:10-08:00"}, "generalAvailability", datetime(2022, 5, 12, 9, 30, 10, tzinfo=WEST)),
    ({"property": "endOfLife", "value": "2042-05-12"}, "endOfLife", datetime(2042, 5, 12, tzinfo=UTC)),
    ({"property": "timeOfAvailability", "value": "09:00-08:00"}, "timeOfAvailability", time(9, tzinfo=WEST)),
    ({"property": "timeOfAvailability", "value": "09:00 UTC"}, "timeOfAvailability", time(9, tzinfo=UTC)),
    ({"property": "timeOfAvailability", "value": "02:30 Europe/Berlin"}, "timeOfAvailability", time(2, 30, tzinfo=ZoneInfo("Europe/Berlin"))),
    ({"property": "frequency", "value": "daily"}, "frequency", Duration(days=1)),
    ({"property": "fy", "value": "Hourly"}, "frequency", Duration(seconds=Decimal(3600))),
    ({"property": "frequency", "value": "quarterly"}, "frequency", Duration(months=3)),
    ({"property": "mood", "value": "good"}, "mood", "good"),
]  # fmt: skip

BAD = [
    ({"property": "latency", "value": 4}, "the unit is missing"),
    ({"property": "latency", "value": 4, "unit": "m"}, "minutes or months; write min or mo"),
    ({"property": "latency", "value": 4, "unit": "parsecs"}, "is not a valid unit of time"),
    ({"property": "latency", "value": "4 d", "unit": "h"}, "the field unit is 'h'"),
    ({"property": "latency", "value": -4, "unit": "h"}, "must not be negative"),
    ({"property": "latency", "value": "soon", "unit": "h"}, "is not a number"),
    ({"property": "latency", "value": True, "unit": "h"}, "is not a number"),
    ({"property": "latency", "value": "P"}, "is not a number"),
    ({"property": "retention", "value": Decimal("1.5"), "unit": "mo"}, "is not a whole number of months"),
    ({"property": "availability", "value": 101}, "0 to 100"),
    ({"property": "availability", "value": 1, "unit": "d"}, "is not a valid unit"),
    ({"property": "endOfLife", "value": "2042-13-01"}, "ISO 8601"),
    ({"property": "timeOfAvailability", "value": "9am"}, "ISO 8601"),
    ({"property": "timeOfAvailability", "value": "09:00 Europe/Berlyn"}, "known time zone"),
    ({"property": "timeOfAvailability", "value": "09:00-08:00 UTC"}, "known time zone"),
    ({"property": "retention", "value": "daily"}, "is not a number"),
    ({"property": "frequency", "value": "every weekday"}, "is not a number"),
]


@pytest.mark.parametrize(("raw", "name", "value"), GOOD)
def test_what_a_level_says(raw: dict[str, Any], name: str, value: Any) -> None:
    level = service_level(raw, "k")
    assert (level.name, level.value) == (name, value)


@pytest.mark.parametrize(("raw", "said"), BAD)
def test_what_cannot_be_measured(raw: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        service_level(raw, "k")


def test_every_name_and_every_synonym() -> None:
    values = {"duration": "PT1H", "period": "PT1H", "percent": 5, "number": 5, "moment": "2024-01-01", "time": "10:00"}
    for name, kind in LEVELS.items():
        for spelling in filter(None, (name, name.upper(), kind.synonym, kind.synonym.upper())):
            assert service_level({"property": spelling, "value": values[kind.value]}, "k").name == name


MARCH = datetime(2026, 3, 31, 12, tzinfo=UTC)
LEAP = datetime(2028, 2, 29, tzinfo=UTC)


@pytest.mark.parametrize(
    ("length", "moment", "before", "after"),
    [
        (Duration(months=1), MARCH, datetime(2026, 2, 28, 12, tzinfo=UTC), datetime(2026, 4, 30, 12, tzinfo=UTC)),
        (Duration(months=36), LEAP, datetime(2025, 2, 28, tzinfo=UTC), datetime(2031, 2, 28, tzinfo=UTC)),
        (
            Duration(days=1, seconds=Decimal(60)),
            LEAP,
            datetime(2028, 2, 27, 23, 59, tzinfo=UTC),
            datetime(2028, 3, 1, 0, 1, tzinfo=UTC),
        ),
    ],
)
def test_a_duration_is_counted_on_the_calendar(
    length: Duration, moment: datetime, before: datetime, after: datetime
) -> None:
    assert (length.before(moment), length.after(moment)) == (before, after)


def test_a_level_that_cannot_be_read_stays_with_its_reason() -> None:
    level = {"property": "retention", "value": "as long as needed", "element": "things.v", "valueExt": 95}
    contract = load(odcs({"name": "things", "properties": [{"name": "v"}]}, slaProperties=[level]))
    ((read,), held) = contract.unreadable_levels, contract.service_levels
    assert (read.name, read.value, read.key, read.elements, read.more, held) == (
        "retention", "as long as needed", "sla.retention", ("things.v",), 95, ())  # fmt: skip
    assert "is not a number" in read.problem


@pytest.mark.parametrize(
    ("setting_", "said"),
    [
        (setting("timezone", "Mars/Olympus"), "not a known time zone"),
        (setting("holidays", ["Christmas"]), "list of dates"),
        (setting("tolerance", -1), "from 0 to 100"),
    ],
)
def test_the_settings_of_a_level_say_what_is_allowed(setting_: dict[str, Any], said: str) -> None:
    level = {"property": "timeOfAvailability", "value": "09:00", "customProperties": [setting_]}
    with pytest.raises(ContractError, match=said):
        load(odcs({"name": "things", "properties": [{"name": "v"}]}, slaProperties=[level]))
