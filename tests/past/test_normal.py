"""What is normal of a day, by the days before it: one table of pasts, and what holds of every past."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from headgate.past.normal.calendar import Calendar, month_place
from headgate.past.normal.rule import Normal, Past
from headgate.past.normal.scale import COUNT, DISTINCT, HOURS, SHARE
from hypothesis import given
from hypothesis import strategies as st

FIRST = date(2026, 1, 1)  # a Thursday
WEEK = (1000, 1010, 990, 1005, 1000, 400, 300)


def past(days: int, *, but: dict[date, float] | None = None, week: tuple[float, ...] = WEEK) -> dict[date, float]:
    """The numbers of so many days from FIRST, by weekday, but for some."""
    each = (FIRST + timedelta(n) for n in range(days))
    return {day: week[day.weekday()] for day in each} | (but or {})


WEDNESDAY, SATURDAY = date(2026, 4, 8), date(2026, 4, 11)
UP_TO = (WEDNESDAY - FIRST).days
# What was measured on which day, of which past, and whether it is an alarm.
CASES: list[tuple[str, Any, date, float, dict[str, Any], bool]] = [
    ("as every Wednesday", past(UP_TO), WEDNESDAY, 990, {}, False),
    ("a tenth less", past(UP_TO), WEDNESDAY, 895, {}, False),
    ("an eighth less", past(UP_TO), WEDNESDAY, 866, {}, True),
    ("half", past(UP_TO), WEDNESDAY, 495, {}, True),
    ("twice", past(UP_TO), WEDNESDAY, 1980, {}, True),
    ("twice, and only less is of interest", past(UP_TO), WEDNESDAY, 1980, {"direction": "lower"}, False),
    ("half, and only more is of interest", past(UP_TO), WEDNESDAY, 495, {"direction": "upper"}, False),
    ("a Saturday like Saturdays", past(UP_TO + 3), SATURDAY, 400, {}, False),
    ("a Saturday like Wednesdays", past(UP_TO + 3), SATURDAY, 990, {}, True),
    ("nothing", past(UP_TO), WEDNESDAY, 0, {"never_empty": True}, True),
    ("nothing, and only more is of interest", past(UP_TO), WEDNESDAY, 0, {"never_empty": True, "direction": "upper"}, True),
    ("nothing on a day that never has rows", past(UP_TO + 3, week=(9, 9, 9, 9, 9, 0, 0)), SATURDAY, 0, {"never_empty": True}, False),
    ("nothing, and no past", {}, WEDNESDAY, 0, {"never_empty": True}, True),
    ("one wrong day in the past", past(UP_TO, but={WEDNESDAY - timedelta(7): 1}), WEDNESDAY, 990, {}, False),
    ("one more of few", past(UP_TO, week=(3,) * 7), WEDNESDAY, 4, {}, False),
    ("five more of few", past(UP_TO, week=(3,) * 7), WEDNESDAY, 30, {}, True),
]  # fmt: skip


@pytest.mark.parametrize(
    ("of", "day", "value", "said", "alarm"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_whether_a_day_is_normal(of: Any, day: date, value: float, said: dict[str, Any], alarm: bool) -> None:
    found = Past(of, COUNT, **said).judge(day, value)
    assert (found.judged, found.is_alarm) == (True, alarm)


def test_what_is_expected() -> None:
    assert Past(past(UP_TO), COUNT).judge(WEDNESDAY, 990) == Normal(
        WEDNESDAY,
        990,
        expected=pytest.approx(990),
        lower=pytest.approx(991 / 1.11071 - 1, rel=1e-4),  # e to the power of 3.5 * 3 %
        upper=pytest.approx(991 * 1.11071 - 1, rel=1e-4),
        spread=0.03,
        days=UP_TO,
    )


HOLIDAYS = Calendar(frozenset({WEDNESDAY}), {SATURDAY: "the move", WEDNESDAY - timedelta(7): "the test of the move"})
# Why a day is not judged, and whether it need not be.
NOT_JUDGED: list[tuple[date, int, Calendar, str, bool]] = [
    (WEDNESDAY, UP_TO, HOLIDAYS, "2026-04-08 is not judged: a holiday", True),
    (SATURDAY, UP_TO + 3, HOLIDAYS, "2026-04-11 is not judged: the move", True),
    (date(2026, 2, 24), 54, Calendar(), "the past is too short: 7 of 8 earlier Tuesdays are known, of 54 days in all", False),
    (date(2026, 4, 30), 119, Calendar(), "the past is too short: the last day of the month is known of 1 of 3 earlier months", False),
]  # fmt: skip


@pytest.mark.parametrize(("day", "days", "calendar", "reason", "excused"), NOT_JUDGED)
def test_why_a_day_is_not_judged(day: date, days: int, calendar: Calendar, reason: str, excused: bool) -> None:
    found = Past(past(days), COUNT, calendar).judge(day, 1)
    assert (found.reason, found.excused, found.is_alarm) == (reason, excused, False)


def test_the_end_of_a_month_is_compared_with_that_of_earlier_months() -> None:
    days = past(360)
    for day in days:
        if month_place(day) == -1:
            days[day] *= 2
    last, before = date(2026, 12, 31), date(2026, 12, 30)
    days |= {last - timedelta(n): WEEK[(last - timedelta(n)).weekday()] for n in range(1, 6)}
    judge = Past(days, COUNT).judge
    assert not judge(last, 2 * WEEK[last.weekday()]).is_alarm
    assert judge(last, WEEK[last.weekday()]).is_alarm  # it is missing
    assert judge(before, 2 * WEEK[before.weekday()]).is_alarm


@pytest.mark.parametrize(
    ("day", "place"),
    [(date(2026, 2, 28), -1), (date(2028, 2, 28), -2), (date(2026, 4, 28), -3), (date(2026, 4, 27), 0),
     (date(2026, 5, 1), 1), (date(2026, 5, 2), 0), (date(2026, 12, 31), -1)],
)  # fmt: skip
def test_the_ends_of_months(day: date, place: int) -> None:
    assert month_place(day) == place


# A share, of so many rows, where 1 % is usual; and hours where two are.
OTHERS: list[tuple[Any, float, float, int, bool]] = [
    (SHARE, 0.01, 0.011, 10_000, False),
    (SHARE, 0.01, 0.05, 10_000, True),
    (SHARE, 0.01, 0.05, 100, False),  # five of 100 rows say nothing yet
    (SHARE, 0.0, 0.0003, 1_000_000, False),
    (SHARE, 0.0, 0.01, 1_000_000, True),
    (DISTINCT, 12, 13, 5000, False),
    (DISTINCT, 12, 15, 5000, True),
    (DISTINCT, 12, 8, 5000, True),
    (HOURS, 2, 2.9, 0, False),
    (HOURS, 2, 5, 0, True),
    (HOURS, 24, 27, 0, True),
]


@pytest.mark.parametrize(("scale", "usual", "value", "rows", "alarm"), OTHERS)
def test_other_scales(scale: Any, usual: float, value: float, rows: int, alarm: bool) -> None:
    assert Past(past(UP_TO, week=(usual,) * 7), scale).judge(WEDNESDAY, value, rows).is_alarm is alarm


numbers = st.lists(st.integers(0, 100_000), min_size=80, max_size=110)


@given(numbers, st.integers(0, 200_000), st.integers(0, 100_000))
def test_later_days_and_days_that_are_left_out_change_nothing(values: list[int], value: int, other: int) -> None:
    days = {FIRST + timedelta(n): float(number) for n, number in enumerate(values)}
    day, left_out = FIRST + timedelta(len(values)), FIRST + timedelta(len(values) - 9)
    calendar = Calendar(expected={left_out: "known"})
    found = Past(days, COUNT, calendar).judge(day, value)
    assert Past({**days, day: other, day + timedelta(1): other}, COUNT, calendar).judge(day, value) == found
    assert Past({**days, left_out: other}, COUNT, calendar).judge(day, value) == found
    if found.expected is not None:
        assert found.lower is not None and found.upper is not None
        assert found.lower <= found.expected <= found.upper
        assert found.is_alarm is not (found.lower <= value <= found.upper)


@given(numbers)
def test_what_is_expected_is_no_alarm(values: list[int]) -> None:
    days = {FIRST + timedelta(n): float(number) for n, number in enumerate(values)}
    judge = Past(days, COUNT).judge
    day = FIRST + timedelta(len(values))
    found = judge(day, 0)
    if found.expected is not None:
        assert not judge(day, found.expected).is_alarm
