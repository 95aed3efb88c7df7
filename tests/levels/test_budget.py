"""Error budgets: minutes of 28 rolling days, what spent them, when they are spent; of all and of each consumer."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from typing import Any

import pytest
from headgate.levels import Budget, Facts, Outage, budgets

from tests.support.levels import column, daily, level, published, t, things, watch

CLOCK = watch("2026-03-29")
BI = {"name": "BI", "needs": [{"property": "freshness", "value": 30, "unit": "h"}]}


def out(start: str, end: str | None = None) -> Outage:
    return Outage(t(start), t(end) if end else None)


def found(*levels: dict[str, Any], facts: Facts, consumers: Any = None) -> tuple[Budget, ...]:
    return budgets(things(*levels, consumers=consumers), facts, CLOCK)


HALF = level("availability", "99.5%")
ONE = level("availability", 99)


@pytest.mark.parametrize(
    ("one", "outages", "allowed", "spent", "spent_on"),
    [
        (HALF, [], 201.6, [], None),
        (HALF, [out("2026-03-10", "2026-03-10 01:40")], 201.6, [100], None),
        (HALF, [out("2026-03-10", "2026-03-10 05:00")], 201.6, [300], "2026-03-29"),
        (level("availability", 100), [out("2026-03-10", "2026-03-10 00:01")], 0, [1], "2026-03-29"),
        (level("availability", 100), [], 0, [], None),
        # What is shared is spent by the first; what is older than 28 days is spent no more.
        (ONE, [out("2026-03-10", "2026-03-10 02:00"), out("2026-03-10 01:00", "2026-03-10 03:00"), out("2026-03-10 01:00", "2026-03-10 02:00")], 403.2, [120, 60], None),
        (ONE, [out("2026-02-28", "2026-03-01 01:00"), out("2026-01-01", "2026-01-02")], 403.2, [60], None),
        (ONE, [out("2026-03-28 23:00")], 403.2, [60], None),
        # 140 minutes in 7 days are 20 a day: what is left, 263.2, lasts 14 days.
        (ONE, [out("2026-03-25", "2026-03-25 02:20")], 403.2, [140], "2026-04-12"),
        # The older outage is dropped from the 28 days before the pace has spent the rest.
        (ONE, [out("2026-03-05", "2026-03-05 04:00"), out("2026-03-25", "2026-03-25 00:35")], 403.2, [240, 35], None),
        (ONE, [out("2026-03-20", "2026-03-20 04:00"), out("2026-03-25", "2026-03-25 02:20")], 403.2, [240, 140], "2026-03-31"),
    ],
)  # fmt: skip
def test_what_is_spent(
    one: dict[str, Any], outages: list[Outage], allowed: float, spent: list[int], spent_on: str | None
) -> None:
    (budget,) = found(one, facts=Facts(outages=tuple(outages)))
    assert float(budget.allowed) == allowed
    assert [float(each.minutes) for each in budget.spent] == spent
    assert budget.left == budget.allowed - sum(spent)
    assert (budget.spent_on.isoformat() if budget.spent_on else None) == spent_on


def test_without_recorded_outages_there_is_no_budget() -> None:
    assert found(HALF, facts=Facts()) == ()


def test_stale_data_is_an_outage_to_those_who_need_it_fresh() -> None:
    """A day left out: data of 5 March ends at midnight and is a day old at the 7th, 00:00, until the 8th, 01:00."""
    facts = Facts(publications=daily("2026-02-01", 56, skip=[33]), outages=())
    week = level("freshness", 26, "h")
    all_, bi = found(ONE, week, facts=facts, consumers=[BI, "finance"])
    assert (all_.consumer, bi.consumer) == ("", "BI")
    assert [(each.outage.start, each.outage.end, each.why) for each in all_.spent] == [
        (t("2026-03-07 02:00"), t("2026-03-08 01:00"), "older than 1 d 2 h")
    ]
    assert (float(all_.used), float(bi.used)) == (23 * 60, 19 * 60)


def test_data_that_is_stale_now_spends_on() -> None:
    facts = Facts(publications=daily("2026-02-01", 54), outages=())
    (budget,) = found(ONE, level("freshness", 26, "h"), facts=facts)
    assert [(each.outage.start, each.outage.end) for each in budget.spent] == [(t("2026-03-28 02:00"), None)]
    assert float(budget.used) == 22 * 60


def test_older_data_over_newer_is_stale_from_then_on() -> None:
    older = published("2026-03-27 05:00", "2026-03-01/2026-03-02", whole=True)
    facts = Facts(publications=(*daily("2026-03-20", 8), older), outages=())
    (budget,) = found(ONE, level("freshness", 2, "d"), facts=facts)
    assert [(each.outage.start, each.outage.end) for each in budget.spent] == [
        (t("2026-03-27 05:00"), t("2026-03-28 01:00"))
    ]


def test_the_freshness_of_a_column_is_what_its_publications_brought() -> None:
    brought = [
        published("2026-03-10", columns=column("at", "2026-03-01", "2026-03-09 22:00")),
        published("2026-03-11", columns=column("at", "2026-03-01", "2026-03-10 08:00")),
        published("2026-03-29", columns=column("at", "2026-03-01", "2026-03-28 23:00")),
    ]
    needs = [
        {
            "name": "BI",
            "needs": [
                {"property": "freshness", "value": 1, "unit": "d", "element": "at"},
                {"property": "availability", "value": 90},
            ],
        }
    ]
    (budget,) = found(facts=Facts(publications=tuple(brought), outages=()), consumers=needs)
    assert [(each.outage.start, each.outage.end) for each in budget.spent] == [
        (t("2026-03-10 22:00"), t("2026-03-11")),
        (t("2026-03-11 08:00"), t("2026-03-29")),
    ]


def test_where_publications_do_not_tell_what_they_brought_only_now_is_known() -> None:
    facts = Facts(
        publications=(published("2026-03-01"), published("2026-03-20")),
        columns=column("at", "2026-01-01", "2026-03-19"),
        outages=(),
    )
    (budget,) = found(ONE, level("freshness", 3, "d", "at"), facts=facts)
    assert [(each.outage.start, each.outage.end) for each in budget.spent] == [(t("2026-03-22"), None)]


def test_the_form_of_a_budget() -> None:
    (budget,) = found(HALF, facts=Facts(outages=(out("2026-03-28", "2026-03-28 01:00"),)))
    assert json.loads(json.dumps(budget.to_dict())) == {
        "key": "sla.availability",
        "consumer": "",
        "allowed": 201.6,
        "used": 60.0,
        "left": 141.6,
        "spent_on": "2026-04-15",
        "at": "2026-03-29T00:00:00+00:00",
        "spent": [
            {"start": "2026-03-28T00:00:00+00:00", "end": "2026-03-28T01:00:00+00:00", "minutes": 60.0, "why": "outage"}
        ],
    }


def test_a_year_of_hourly_publications_is_added_up_in_a_second() -> None:
    """Each is stale for half an hour before the next."""
    hours = [published(f"{t('2025-03-29') + timedelta(hours=n):%Y-%m-%d %H:%M}") for n in range(365 * 24)]
    began = time.process_time()
    (budget,) = found(ONE, level("freshness", 30, "min"), facts=Facts(publications=tuple(hours), outages=()))
    assert float(budget.used) == 28 * 24 * 30
    assert time.process_time() - began < 1
