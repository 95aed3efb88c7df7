"""Service levels: what is named is listed, and a unit is not guessed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..kit import CONTRACT_WRONG, NOT_EXECUTED, PASS, WARN, Case, Columns

SECTION = "service-level-agreement"
V: Columns = {"v": ("TIMESTAMPTZ", ["2024-01-01 00:00:00Z"])}
_LISTED = (
    "listed as not executed, and holding nothing back",
    "a check of data shows neither availability nor latency; in silence it would be taken for kept",
)
_NAMES = ("names in any case, and their two-letter synonyms", "the standard says so")
_OWN = ("any name is allowed", "the standard: no limit on the type of properties")
_UNITS = ("min is minutes, mo is months", "ISO 8601 writes both as M")
_BARE = (
    "m alone is warned of, and not executed",
    "nobody can tell minutes from months: a retention of 6 m is kept or broken by a factor of 43,800",
)


def _case(name: str, level: dict[str, Any], status: str, reading: str, reason: str) -> Case:
    contract = {"properties": [{"name": "v", "logicalType": "timestamp"}], "slaProperties": [level]}
    verdict = PASS if status == NOT_EXECUTED else None
    return Case(name, SECTION, V, contract, f"sla.{level['property']}", status, None, verdict, reading, reason)


CASES = (
    *(
        _case(f"{name} is listed", {"property": name, "value": 4, "unit": "h"}, NOT_EXECUTED, *_LISTED)
        for name in ("latency", "availability", "timeToRepair", "endOfSupport", "errorRate")
    ),
    *(
        _case(f"{name} is listed", {"property": name, "value": 4, "unit": "d"}, NOT_EXECUTED, *_NAMES)
        for name in ("LATENCY", "Retention", "ly", "re", "es")
    ),
    _case("a name of one's own is listed", {"property": "timeOfAvailability", "value": "09:00-08:00"}, NOT_EXECUTED, *_OWN),
    *(
        _case(f"retention of 6 {unit}", {"property": "retention", "value": 6, "unit": unit}, NOT_EXECUTED, *_UNITS)
        for unit in ("min", "mo", "d", "day", "days", "y", "yr", "years", "h")
    ),
    replace(
        _case("freshness is listed", {"property": "freshness", "value": 4, "unit": "h", "element": "things.v"}, NOT_EXECUTED,
              "listed among the rules, and measured beside them: data of 2024 is too old, which warns",
              "late data is still better than older data; a promise that is broken is told"),
        verdict=WARN,
    ),
    _case("retention with a driver is listed", {"property": "retention", "value": 1, "unit": "y", "driver": "regulatory"},
          NOT_EXECUTED, *_LISTED),
    _case("a schedule at hour 30, as the standard prints one", {"property": "latency", "value": 4, "unit": "h", "scheduler": "cron", "schedule": "0 30 * * *"},
          NOT_EXECUTED, "what is not executed has no schedule to be wrong", "the standard's own example has it"),
    _case("retention of 6 m", {"property": "retention", "value": 6, "unit": "m"}, NOT_EXECUTED, *_BARE),
    _case("latency of 6 m", {"property": "latency", "value": 6, "unit": "m"}, NOT_EXECUTED, *_BARE),
    _case("a service level without a value", {"property": "latency"}, CONTRACT_WRONG, "a level has a value",
          "the standard's JSON schema says so"),
)  # fmt: skip
