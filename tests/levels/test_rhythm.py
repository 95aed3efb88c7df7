"""Frequency, and the time of day by which data is there."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from headgate.contract.service_levels import service_level
from headgate.gate import Status as Outcome
from headgate.levels import Clock, Facts
from headgate.levels.schedule import Schedule

from tests.support.levels import daily, gate, level, published, result, results, t, watch

DAY = level("frequency", 1, "d")
NOON = watch("2026-03-05 12:00")
# The days of 1 to 4 March, each published at 01:00 of the next day.
FOUR = daily("2026-03-01", 4)


def ledger(*publications: Any, **more: Any) -> Facts:
    return Facts(publications=publications, **more)


FREQUENCY: list[tuple[dict[str, Any], Facts, Clock, str, str, str]] = [
    (DAY, ledger(*FOUR), NOON, "kept", "1 d", ""),
    (DAY, ledger(*daily("2026-03-01", 4, skip=[2])), NOON, "broken", "2 d", "nothing new came for 2 d from 2026-03-03T01:00"),
    # What has not come yet counts up to the clock.
    (DAY, ledger(*FOUR), watch("2026-03-06 01:00"), "kept", "1 d", ""),
    (DAY, ledger(*FOUR), watch("2026-03-06 01:01"), "broken", "1 d 1 min", "from 2026-03-05T01:00"),
    (DAY, ledger(*FOUR), watch("2026-07-01"), "broken", "117 d 23 h", ""),
    # A gap is 28 days in mind.
    (DAY, ledger(*daily("2026-01-01", 60, skip=[20])), watch("2026-02-20 12:00"), "kept", "1 d", ""),
    (DAY, ledger(*daily("2026-01-01", 60, skip=[25])), watch("2026-02-20 12:00"), "broken", "2 d", ""),
    # A rerun or a backfill of an old interval brings nothing new; nor do a halt and the last good version.
    (DAY, ledger(*daily("2026-03-01", 4, skip=[2]), published("2026-03-04 01:00", "2026-02-01/2026-02-02")), NOON, "broken", "2 d", ""),
    (DAY, ledger(*daily("2026-03-01", 4, skip=[2]), published("2026-03-04 01:00", "2026-03-03/2026-03-04", Outcome.HALTED)), NOON, "broken", "2 d", ""),
    (DAY, ledger(*daily("2026-03-01", 4, skip=[2]), published("2026-03-04 01:00", "2026-03-03/2026-03-04", Outcome.KEPT_LAST_GOOD)), NOON, "broken", "2 d", ""),
    (DAY, ledger(*daily("2026-03-01", 4, skip=[2]), published("2026-03-04 01:00", "2026-03-03/2026-03-04", Outcome.PUBLISHED_PARTLY)), NOON, "kept", "1 d", ""),
    # Two publications of one interval are new once.
    (DAY, ledger(published("2026-03-04 01:00", "2026-03-03/2026-03-04"), published("2026-03-04 21:00", "2026-03-03/2026-03-04")), NOON, "broken", "1 d 11 h", ""),
    # Without intervals each is new.
    (DAY, ledger(published("2026-03-04 12:00"), published("2026-03-05 08:00")), NOON, "kept", "20 h", ""),
    # To a gate, data came when its interval ended: a backfill has the rhythm of its days.
    (DAY, ledger(*(published("2026-03-05 01:00", f"2024-01-0{n}/2024-01-0{n + 1}") for n in (1, 2, 3))), gate("2024-01-04"), "kept", "1 d", ""),
    (DAY, ledger(*(published("2026-03-05 01:00", f"2024-01-0{n}/2024-01-0{n + 1}") for n in (1, 3))), gate("2024-01-04"), "broken", "2 d", ""),
    (DAY, ledger(*(published(f"2026-03-0{5 - n} 01:00", f"2024-01-0{n}/2024-01-0{n + 1}") for n in (1, 2, 3))), gate("2024-01-04"), "kept", "1 d", ""),
    # A young table, an empty ledger, none.
    (DAY, ledger(published("2026-03-05 08:00")), NOON, "kept", "4 h", ""),
    (DAY, ledger(), NOON, "unknown", "", "nothing was published yet"),
    (DAY, Facts(), NOON, "unknown", "", "no publications are known"),
    (level("frequency", 1, "d", settings={"tolerance": 10}), ledger(*FOUR), watch("2026-03-06 03:00"), "kept", "1 d 2 h", ""),
    (level("frequency", 1, "d", settings={"tolerance": 10}), ledger(*FOUR), watch("2026-03-06 04:00"), "broken", "1 d 3 h", ""),
    (level("frequency", "daily"), ledger(*FOUR), NOON, "kept", "1 d", ""),
    (level("fy", "hourly"), ledger(*FOUR), NOON, "broken", "1 d", ""),
    (level("Frequency", "P1D"), ledger(*FOUR), NOON, "kept", "1 d", ""),
    (level("frequency", 1, "d", valueExt=1), ledger(*FOUR), NOON, "kept", "1 d", ""),
    (level("frequency", 4, "d", valueExt=1), ledger(*FOUR), NOON, "not_executable", "", "write the time between two publications"),
    (level("frequency", 1, "d", valueExt=4), ledger(*FOUR), NOON, "not_executable", "", "write the time between two publications"),
    (level("frequency", 1, "mo"), ledger(published("2026-01-31"), published("2026-02-28"), published("2026-03-28")), watch("2026-03-31"), "kept", "28 d", ""),
    (level("frequency", 1, "mo"), ledger(published("2026-01-31"), published("2026-03-01")), watch("2026-03-05"), "broken", "29 d", ""),
    # Twice the promised time, where that is more than 28 days.
    (level("frequency", 1, "y"), ledger(published("2024-01-01"), published("2025-06-01")), watch("2025-08-01"), "broken", "517 d", ""),
    (level("frequency", 1, "y"), ledger(published("2022-01-01"), published("2023-06-01"), published("2024-06-01"), published("2025-06-01")), watch("2025-08-01"), "kept", "366 d", ""),
    (level("frequency", 9999, "y"), ledger(*FOUR), NOON, "kept", "1 d", ""),
    (level("frequency", "every weekday"), ledger(*FOUR), NOON, "not_executable", "", "is not a number"),
]  # fmt: skip

NINE = level("timeOfAvailability", "09:00")
WEEKDAYS = level("timeOfAvailability", "09:00", schedule="0 9 * * 1-5", scheduler="cron")
BERLIN = level("timeOfAvailability", "02:30 Europe/Berlin")
HOLIDAY = level("timeOfAvailability", "09:00", schedule="0 9 * * 1-5", settings={"holidays": ["2026-12-25"]})
LAST = "2026-03-05T09:00"
AVAILABILITY: list[tuple[dict[str, Any], Facts, Clock, str, str]] = [
    (NINE, ledger(*FOUR), NOON, "kept", ""),
    (NINE, ledger(*daily("2026-03-01", 4, hour=9)), NOON, "kept", ""),
    (NINE, ledger(*daily("2026-03-01", 4, hour=10)), NOON, "broken", "due by 2026-03-05T09:00+00:00, it came 1 h later"),
    # A missing run, without any run: the schedule and the clock are enough.
    (NINE, ledger(), NOON, "broken", "nothing was ever published; it was due by 2026-03-05T09:00"),
    (NINE, ledger(*daily("2026-03-01", 3)), NOON, "broken", "nothing new came by 2026-03-05T09:00+00:00; the last publication was at 2026-03-04T01:00"),
    (NINE, ledger(*daily("2026-03-01", 3)), watch("2026-03-05 08:59"), "kept", ""),
    (NINE, ledger(*daily("2026-03-01", 3)), watch("2026-03-05 09:00"), "broken", ""),
    # One that is late every day is late every day.
    (NINE, ledger(*daily("2026-02-01", 32, hour=10)), watch("2026-03-05 09:30"), "broken", "nothing new came by 2026-03-05T09:00"),
    # One that came late is not that of the next day; one that was left out is not owed for ever.
    (NINE, ledger(*daily("2026-03-01", 3, late={2: 12})), NOON, "broken", "nothing new came by"),
    (NINE, ledger(*daily("2026-03-01", 4, late={2: 12})), NOON, "kept", ""),
    (NINE, ledger(*daily("2026-03-01", 4, skip=[2])), NOON, "kept", ""),
    (NINE, ledger(*daily("2026-02-20", 13, skip=[2, 5, 6, 9])), NOON, "kept", ""),
    # An interval that ended just when it was due before is that of before.
    (NINE, ledger(published("2026-03-03 10:00", "2026-03-02/2026-03-03"), published("2026-03-04 10:00", "2026-03-03/2026-03-04 09:00")), NOON, "broken", "nothing new came by"),
    # Reruns, backfills, halts and the last good version are no new data.
    (NINE, ledger(*daily("2026-03-01", 3), published("2026-03-05 01:00", "2026-02-01/2026-02-02")), NOON, "broken", "nothing new came by"),
    (NINE, ledger(*daily("2026-03-01", 3), published("2026-03-05 01:00", "2026-03-04/2026-03-05", Outcome.HALTED)), NOON, "broken", ""),
    (NINE, ledger(*daily("2026-03-01", 3), published("2026-03-05 01:00", "2026-03-04/2026-03-05", Outcome.KEPT_LAST_GOOD)), NOON, "broken", ""),
    # Without intervals whatever came since it was due before counts.
    (NINE, ledger(published("2026-03-03 08:00"), published("2026-03-04 20:00")), NOON, "kept", ""),
    (NINE, ledger(published("2026-03-03 08:00"), published("2026-03-04 08:00")), NOON, "broken", ""),
    # A young table, or one that is not generally available, owes nothing yet; of one without a ledger nothing is known.
    (NINE, ledger(published("2026-03-05 10:00")), NOON, "unknown", "first published after 2026-03-05T09:00"),
    (NINE, ledger(published("2026-03-05 09:00")), NOON, "kept", ""),
    (NINE, ledger(*FOUR, first_publication=t("2026-03-05 10:00")), NOON, "kept", ""),
    (NINE, ledger(published("2026-03-01 01:00"), published("2026-03-05 01:00", "2026-03-04/2026-03-05", exact=False)), NOON, "unknown", "is not recorded"),
    (NINE, Facts(), NOON, "unknown", "no publications are known"),
    # The days of a schedule: on Saturday 7, Sunday 8 and Monday before nine nothing more is due.
    (WEEKDAYS, ledger(*daily("2026-03-01", 5)), watch("2026-03-07 12:00"), "kept", ""),
    (WEEKDAYS, ledger(*daily("2026-03-01", 5)), watch("2026-03-09 08:59"), "kept", ""),
    (WEEKDAYS, ledger(*daily("2026-03-01", 5)), watch("2026-03-09 09:00"), "broken", "2026-03-09T09:00"),
    (WEEKDAYS, ledger(*daily("2026-03-01", 8)), watch("2026-03-09 09:00"), "kept", ""),
    (level("timeOfAvailability", "09:00", schedule="@monthly"), ledger(published("2026-03-01 08:00")), NOON, "kept", ""),
    (level("timeOfAvailability", "09:00", schedule="@monthly"), ledger(published("2026-02-01 08:00"), published("2026-03-01 10:00")), NOON, "broken", "1 h later"),
    (level("timeOfAvailability", "09:00", schedule="0 0 29 2 *"), ledger(published("2024-02-29 08:00")), NOON, "kept", ""),
    # As the standard prints one: the hour of the check is not that of the promise.
    (level("timeOfAvailability", "09:00", schedule="0 30 * * *"), ledger(*FOUR), NOON, "kept", ""),
    (level("timeOfAvailability", "09:00", schedule="after lunch"), ledger(*FOUR), NOON, "not_executable", "cron has five fields"),
    (level("timeOfAvailability", "09:00", schedule="0 9 32 * *"), ledger(*FOUR), NOON, "not_executable", "Bad day-of-month"),
    # Friday 25 December 2026 is a holiday: nothing is due until Monday.
    (WEEKDAYS, ledger(*daily("2026-12-22", 2)), watch("2026-12-25 12:00"), "broken", "2026-12-25T09:00"),
    (HOLIDAY, ledger(*daily("2026-12-22", 2)), watch("2026-12-25 12:00"), "kept", ""),
    (HOLIDAY, ledger(*daily("2026-12-22", 2)), watch("2026-12-28 08:59"), "kept", ""),
    (HOLIDAY, ledger(*daily("2026-12-22", 2)), watch("2026-12-28 09:00"), "broken", "2026-12-28T09:00"),
    # Offsets and zones. 09:00-08:00 is 17:00 UTC all year, 09:00 in Los Angeles in summer 16:00.
    (level("timeOfAvailability", "09:00-08:00"), ledger(*daily("2026-07-01", 4, hour=16)), watch("2026-07-05 18:00"), "kept", ""),
    (level("timeOfAvailability", "09:00-08:00"), ledger(*daily("2026-07-01", 4, hour=17)), watch("2026-07-05 18:00"), "kept", ""),
    (level("timeOfAvailability", "09:00 America/Los_Angeles"), ledger(*daily("2026-07-01", 4, hour=16)), watch("2026-07-05 18:00"), "kept", ""),
    (level("timeOfAvailability", "09:00 America/Los_Angeles"), ledger(*daily("2026-07-01", 4, hour=17)), watch("2026-07-05 18:00"), "broken", ""),
    (level("timeOfAvailability", "09:00-08:00", settings={"timezone": "America/Los_Angeles"}), ledger(*daily("2026-07-01", 4, hour=17)), watch("2026-07-05 18:00"), "broken", ""),
    (level("timeOfAvailability", "09:00Z"), ledger(*FOUR), NOON, "kept", ""),
    # 02:30 does not exist in Berlin on 29 March 2026: it is due at 03:00 of summer, 01:00 UTC. On 25 October it comes
    # twice: it is due the first time, 00:30 UTC.
    (BERLIN, ledger(published("2026-03-28 01:00"), published("2026-03-29 00:59")), watch("2026-03-29 12:00"), "kept", ""),
    (BERLIN, ledger(published("2026-03-28 01:00"), published("2026-03-29 01:01")), watch("2026-03-29 12:00"), "broken", "due by 2026-03-29T01:00+00:00, it came 1 min later"),
    (BERLIN, ledger(published("2026-03-28 01:00")), watch("2026-03-29 00:45"), "kept", ""),
    (BERLIN, ledger(published("2026-10-24 00:10"), published("2026-10-25 00:29")), watch("2026-10-25 12:00"), "kept", ""),
    (BERLIN, ledger(published("2026-10-24 00:10"), published("2026-10-25 01:29")), watch("2026-10-25 12:00"), "broken", "due by 2026-10-25T00:30+00:00, it came 59 min later"),
    # A backfill of what was before the first publication was not due then.
    (NINE, ledger(published("2026-02-01 01:00", "2024-01-01/2024-01-02")), gate("2024-01-02"), "unknown", "first published after"),
    (level("timeOfAvailability", "9 am"), ledger(*FOUR), NOON, "not_executable", "is not a time of day"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "facts", "clock", "status", "gap", "reason"), FREQUENCY)
def test_frequency(one: dict[str, Any], facts: Facts, clock: Clock, status: str, gap: str, reason: str) -> None:
    found = result(one, facts, clock)
    assert (found.status, str(found.observed or "")) == (status, gap), found
    assert reason in found.reason
    assert (found.reason == "") == (status == "kept")


@pytest.mark.parametrize(("one", "facts", "clock", "status", "reason"), AVAILABILITY)
def test_time_of_availability(one: dict[str, Any], facts: Facts, clock: Clock, status: str, reason: str) -> None:
    found = result(one, facts, clock)
    assert found.status == status, found
    assert reason in found.reason
    assert (found.reason == "") == (status == "kept")


def test_a_holiday_is_a_day_of_the_zone() -> None:
    """00:30 of 25 December in Berlin is still the 24th in UTC."""
    settings = {"holidays": frozenset({date(2026, 12, 25)})}
    one = service_level({"property": "timeOfAvailability", "value": "00:30 Europe/Berlin"}, "k", settings)
    dues = Schedule.of(one).until(t("2026-12-26 12:00"))
    assert [next(dues) for _ in range(2)] == [t("2026-12-25 23:30"), t("2026-12-23 23:30")]


def test_nothing_is_due_before_general_availability() -> None:
    levels = [NINE, level("generalAvailability", "2026-03-10")]
    assert [each.status for each in results(levels, ledger(), NOON)] == ["unknown", "broken"]


@pytest.mark.parametrize(
    ("raw", "now", "dues"),
    [
        ({"value": "09:00"}, "2026-03-02 09:00", ["2026-03-02T09:00", "2026-03-01T09:00"]),
        ({"value": "09:00:30"}, "2026-03-02 09:00", ["2026-03-01T09:00", "2026-02-28T09:00"]),
        ({"value": "00:00 Asia/Kolkata"}, "2026-03-02 00:00", ["2026-03-01T18:30", "2026-02-28T18:30"]),
        ({"value": "02:30 Europe/Berlin"}, "2026-03-30 12:00", ["2026-03-30T00:30", "2026-03-29T01:00"]),
        ({"value": "02:30 Europe/Berlin"}, "2026-10-26 12:00", ["2026-10-26T01:30", "2026-10-25T00:30"]),
        ({"value": "09:00", "schedule": "* * 29 2 *"}, "2026-03-02", ["2024-02-29T09:00", "2020-02-29T09:00"]),
        ({"value": "09:00+05:45"}, "2026-03-02 03:15", ["2026-03-02T03:15", "2026-03-01T03:15"]),
    ],
)
def test_when_it_was_due(raw: dict[str, str], now: str, dues: list[str]) -> None:
    found = Schedule.of(service_level({"property": "timeOfAvailability", **raw}, "k")).until(t(now))
    assert [next(found).isoformat(timespec="minutes")[:16] for _ in dues] == dues
