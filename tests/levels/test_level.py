"""Results of service levels: which there are, their form, needs of consumers, findings of their own."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from headgate.cli import main
from headgate.contract.service_levels import LEVELS, Duration
from headgate.errors import CallError
from headgate.levels import Amount, Clock, Facts, LevelResult, Outage, ReportFact, measured

from tests.support.contracts import load, odcs, write
from tests.support.levels import (
    PROPERTIES,
    at,
    column,
    daily,
    gate,
    level,
    published,
    result,
    results,
    t,
    things,
    watch,
)

NOON = watch("2026-03-05 12:00")
FULL = Facts(
    publications=(
        *daily("2026-02-01", 31),
        published("2026-03-05 01:00", "2026-03-04/2026-03-05", columns=column("at", "2026-03-04", "2026-03-05")),
    ),
    columns=column("at", "2025-01-01", "2026-03-05 09:00"),
    reports=(ReportFact(t("2026-03-04"), 100, 1),),
    outages=(Outage(t("2026-03-01"), t("2026-03-01 01:00"), t("2026-03-01 00:10"), t("2026-03-01 00:11")),),
)
VALUES: dict[str, tuple[Any, str]] = {
    "percent": (99, "%"), "number": (1, "rows/d"), "moment": ("2026-01-01", ""), "duration": (3, "d"),
    "period": (3, "d"), "time": ("09:00", ""),
}  # fmt: skip


@pytest.mark.parametrize(
    "name",
    [
        each
        for name, kind in LEVELS.items()
        for each in (name, name.upper(), name.lower(), kind.synonym, kind.synonym.upper())
        if each
    ],
)
def test_every_name_and_synonym_is_executed(name: str) -> None:
    kind = next(k for n, k in LEVELS.items() if name.lower() in (n.lower(), k.synonym))
    found = result(level(name, *VALUES[kind.value], element="at"), FULL, NOON)
    assert found.status in ("kept", "broken"), found


# Of each spelling of a unit: the longest age that it allows.
UNITS = {
    "ms millisecond milliseconds": timedelta(milliseconds=2),
    "s sec secs second seconds": timedelta(seconds=2),
    "min mins minute minutes": timedelta(minutes=2),
    "h hr hrs hour hours": timedelta(hours=2),
    "d day days": timedelta(days=2),
    "w wk week weeks": timedelta(days=14),
    "mo mon month months": timedelta(days=59),  # January and February 2026
    "y yr yrs year years": timedelta(days=730),  # 2026 and 2027
}


@pytest.mark.parametrize(("unit", "age"), [(unit, age) for units, age in UNITS.items() for unit in units.split()])
@pytest.mark.parametrize(
    "form",
    [
        lambda u: (2, u),
        lambda u: ("2", u.upper()),
        lambda u: (f"2 {u}", ""),
        lambda u: (f"2{u}", ""),
        lambda u: (f" 2 {u.title()} ", u),
    ],
)
def test_every_unit(unit: str, age: timedelta, form: Any) -> None:
    event = datetime(2026, 1, 1, tzinfo=UTC)
    one, facts = level("freshness", *form(unit), element="at"), at("2026-01-01")
    assert result(one, facts, Clock(event + age)).status == "kept"
    assert result(one, facts, Clock(event + age + timedelta(milliseconds=1))).status == "broken"


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("PT2H", timedelta(hours=2)),
        ("P1D", timedelta(days=1)),
        ("P1DT12H", timedelta(hours=36)),
        ("P2W", timedelta(days=14)),
        ("P1M", timedelta(days=31)),
        ("P1Y2M3DT4H5M6S", timedelta(days=365 + 31 + 28 + 3, hours=4, minutes=5, seconds=6)),
        ("PT0.5S", timedelta(milliseconds=500)),
        ("pt90m", timedelta(minutes=90)),
    ],
)
def test_iso_durations(text: str, age: timedelta) -> None:
    event = datetime(2026, 1, 1, tzinfo=UTC)
    one, facts = level("freshness", text, element="at"), at("2026-01-01")
    assert result(one, facts, Clock(event + age)).status == "kept"
    assert result(one, facts, Clock(event + age + timedelta(milliseconds=1))).status == "broken"


def test_the_form_of_a_result() -> None:
    found = result(level("freshness", 2, "h", "at", id="fresh"), FULL, gate("2026-03-05 12:00"))
    assert json.loads(json.dumps(found.to_dict())) == {
        "key": "sla.fresh",
        "name": "freshness",
        "status": "broken",
        "statement": "the newest at is at most 2 h old",
        "promised": {"value": 7200, "unit": "s"},
        "observed": {"value": 10800, "unit": "s"},
        "reason": "the newest at is 3 h old",
        "at": "2026-03-05T12:00:00+00:00",
        "clock": "interval_end",
        "consumer": "",
        "halts": False,
        "young": False,
        "faulty": False,
    }


@pytest.mark.parametrize(
    ("amount", "form", "words"),
    [
        (Amount(Duration(days=1, seconds=Decimal(1800))), {"value": 88200, "unit": "s"}, "1 d 30 min"),
        (Amount(Duration(months=14, days=1)), {"value": "P14M1D", "unit": "duration"}, "1 year 2 months"),
        (Amount(timedelta(milliseconds=1500)), {"value": 1.5, "unit": "s"}, "1 s"),
        (Amount(timedelta(milliseconds=5)), {"value": 0.005, "unit": "s"}, "5 ms"),
        (Amount(timedelta()), {"value": 0, "unit": "s"}, "0 s"),
        (Amount(t("2026-03-02 09:00")), {"value": "2026-03-02T09:00:00+00:00", "unit": "moment"}, "2026-03-02T09:00+00:00"),
        (Amount(Decimal("99.50"), "percent"), {"value": 99.5, "unit": "percent"}, "99.5%"),
        (Amount(Decimal(100), "percent"), {"value": 100, "unit": "percent"}, "100%"),
        (Amount(Decimal(12000), "rows/d"), {"value": 12000, "unit": "rows/d"}, "12,000 rows/d"),
    ],
)  # fmt: skip
def test_numbers_are_numbers(amount: Amount, form: dict[str, Any], words: str) -> None:
    assert (amount.to_dict(), str(amount)) == (form, words)


def test_levels_of_other_datasets_are_left_out() -> None:
    objects = [
        {"name": name, "properties": [{"name": "v", "logicalType": "timestamp"}]} for name in ("things", "other")
    ]
    levels = [
        {"property": "freshness", "value": 1, "unit": "h", "element": "other.v"},
        {"property": "freshness", "value": 2, "unit": "h", "element": "things.v, other.v"},
        {"property": "retention", "value": "for ever", "element": "other"},
        {"property": "frequency", "value": "daily", "element": "things"},
        {"property": "latency", "value": 3, "unit": "h"},
        {"property": "freshness", "value": 4, "unit": "h", "element": "thing.v"},
    ]
    contract = load(odcs(*objects, slaProperties=levels))
    assert [(r.key, r.status, r.reason) for r in measured(contract["things"], Facts(), NOON)] == [
        ("sla.freshness", "unknown", "v was not measured"),
        ("sla.frequency", "unknown", "no publications are known"),
        ("sla.latency", "unknown", "no publications are known"),
        ("sla.freshness#2", "not_executable", "things has no property 'thing.v'"),
    ]


def test_prose_and_unknown_words_are_named_once() -> None:
    levels = [
        level("retention", "as long as the law asks"),
        level("responseTime", "500ms"),
        level("mood", "good"),
        level("latency", 4),
    ]
    assert [(r.name, r.statement, r.status, r.reason) for r in results(levels, FULL, NOON)] == [
        ("responseTime", "responseTime: 500ms", "not_executable", "'responseTime' is not one of ODCS's service levels"),
        ("mood", "mood: good", "not_executable", "'mood' is not one of ODCS's service levels"),
        ("retention", "retention: as long as the law asks", "not_executable", "'as long as the law asks' is not a number"),
        ("latency", "latency: 4", "not_executable", "the unit is missing; expected one of ms, s, min, h, d, w, mo, y, or a value such as PT4H"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("one", "faulty"),
    [
        (level("freshness", 4, "m", "at"), True),
        (level("freshness", "4 m", element="at"), True),
        (level("freshness", 4, "h", "nope"), True),
        (level("freshness", -4, "h", "at"), True),
        (level("freshness", "-4 h", element="at"), True),
        (level("freshness", 4, element="at"), True),
        (level("freshness", "4 parsecs", element="at"), True),
        (level("freshness", "PT4X", element="at"), True),
        (level("freshness", "as soon as possible"), False),
        (level("freshness", "as soon as possible", element="nope"), False),
        (level("retention", "2 years from the end of the contract", element="at"), False),
        (level("retention", 5, "y"), False),
        (level("retention", 6, "m", "at"), True),
        (level("availability", "24/7"), False),
        (level("availability", "101%"), True),
        (level("timeOfAvailability", "25:00"), True),
        (level("timeOfAvailability", "09:00 Europe/Nowhere"), True),
        (level("timeOfAvailability", "every morning before work"), False),
        (level("timeOfAvailability", "09:00", schedule="0 9 32 * *"), True),
        (level("throughput", 100, "rows/fortnight"), True),
        (level("endOfSupport", "2026-02-29"), True),
        (level("endOfSupport", "when v3 is out"), False),
        (level("responseTime", "500ms"), False),
        (level("support", -4), False),
    ],
)
def test_a_mistake_is_no_prose(tmp_path: Path, one: dict[str, Any], faulty: bool) -> None:
    (found,) = results([one], FULL, NOON)
    assert (found.status, found.faulty) == ("not_executable", faulty), found
    assert found.reason
    assert LevelResult.from_dict(found.to_dict()) == found
    contract = write(tmp_path, odcs({"name": "things", "properties": PROPERTIES}, slaProperties=[one]))
    (tmp_path / "things.csv").write_text("at,local,west,day,secret\n")
    done = CliRunner().invoke(main, ["levels", str(contract), str(tmp_path / "things.csv")])
    assert done.exit_code == (3 if faulty else 0), done.output
    assert f"not executable  {found.statement} ({found.reason})" in done.output


def test_needs_of_consumers() -> None:
    consumers = [
        {"name": "BI", "needs": [{"property": "freshness", "value": 1, "unit": "h", "element": "at"}]},
        {
            "name": "ML",
            "needs": [
                {"property": "freshness", "value": 1, "unit": "d", "element": "things.at"},
                {"property": "retention", "value": 1, "unit": "y"},  # of no column
            ],
        },
        "finance",
    ]
    found = measured(things(level("freshness", 4, "h", "at"), consumers=consumers), FULL, NOON)
    assert [(r.consumer, r.key, r.status) for r in found] == [
        ("", "sla.freshness", "kept"),
        ("BI", "consumers.BI.freshness", "broken"),
        ("ML", "consumers.ML.freshness", "kept"),
        ("ML", "consumers.ML.retention", "not_executable"),
    ]


def test_events_later_than_the_clock_are_a_finding_of_their_own() -> None:
    levels = [level("freshness", 4, "h", "at"), level("latency", 4, "h", "at"), level("frequency", "daily")]
    facts = Facts(columns=column("at", "2026-01-01", "2027-01-01") | column("local", "2026-01-01", "2027-01-01"))
    found = results(levels, facts, NOON)
    assert [(r.key, r.status) for r in found] == [
        ("sla.freshness", "unknown"),
        ("sla.latency", "unknown"),
        ("sla.frequency", "unknown"),
        ("futureEvents.at", "broken"),
    ]
    assert str(found[-1].observed) == "2027-01-01T00:00+00:00"
    assert found[-1].reason == "a value of at is later than the clock: 2027-01-01T00:00+00:00"


def test_values_of_a_classified_column_are_not_shown() -> None:
    future = Facts(columns=column("secret", "2026-01-01", "2027-01-01"))
    late = Facts(columns=column("secret", "2026-01-01", "2026-03-01"))
    one = level("freshness", 4, "h", "secret")
    assert [(r.status, r.observed, r.reason) for r in results([one], late, NOON)] == [
        ("broken", None, "what was observed is not shown: secret is classified")
    ]
    assert [(r.status, r.observed) for r in results([one], future, NOON)] == [("unknown", None), ("broken", None)]
    assert results([one], future, NOON)[-1].reason == "a value of secret is later than the clock"


def test_nothing_known_is_nothing_kept() -> None:
    """Whatever a contract promises: without facts only the calendar decides."""
    levels = [level(name, *VALUES[kind.value], element="at") for name, kind in LEVELS.items()]
    kept = {r.name for r in results(levels, Facts(), NOON) if r.status == "kept"}
    assert kept == {"generalAvailability"}


def test_a_clock_has_a_zone() -> None:
    with pytest.raises(CallError, match="no time zone"):
        Clock(datetime(2026, 3, 2))
