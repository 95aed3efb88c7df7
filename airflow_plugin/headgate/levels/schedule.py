"""When data is due: a time of day, on the days of a schedule, in a zone, without holidays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from headgate.contract.service_levels import ServiceLevel
from headgate.plural import counted

# As Airflow has them.
_PRESETS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@quarterly": "0 0 1 */3 *",
    "@yearly": "0 0 1 1 *",
}
_EVERY_DAY = "* * *"


@dataclass(frozen=True, slots=True)
class Schedule:
    """A time of day in a zone, and the days on which it is due: `days` are the last three fields of cron."""

    at: time
    zone: tzinfo
    days: str = _EVERY_DAY
    holidays: frozenset[date] = frozenset()

    @classmethod
    def of(cls, level: ServiceLevel) -> Schedule:
        """Return what a timeOfAvailability says; the hour and minute of its own schedule are those of its check, and
        not used.

        Raises:
            ValueError: the schedule is not one of cron.
        """
        at: time = level.value
        name = level.settings.get("timezone")
        zone = ZoneInfo(name) if name else at.tzinfo or UTC
        fields = _PRESETS.get(level.schedule.strip(), level.schedule).split()
        if fields and len(fields) != 5:
            raise ValueError(f"schedule '{level.schedule[:80]}': cron has five fields, this has {len(fields)}")
        days = " ".join(fields[2:]) or _EVERY_DAY
        schedule = cls(at.replace(tzinfo=None), zone, days, level.settings.get("holidays", frozenset()))
        try:
            CronSim(schedule._cron, datetime(2000, 1, 1, tzinfo=zone))
        except CronSimError as error:
            raise ValueError(f"schedule '{level.schedule[:80]}': {error}") from None
        return schedule

    @property
    def _cron(self) -> str:
        return f"{self.at.minute} {self.at.hour} {self.days}"

    def until(self, now: datetime) -> Iterator[datetime]:
        """Yield the times in UTC that were due until now, the last first.

        A time that does not exist on the day when clocks go forward is due at the first moment after; one that exists
        twice, where they go back, is due the first time.
        """
        seconds = timedelta(seconds=self.at.second, microseconds=self.at.microsecond)
        for due in CronSim(self._cron, now.astimezone(self.zone) + timedelta(minutes=1), reverse=True):
            moment = due.astimezone(UTC) + seconds
            if moment <= now and due.date() not in self.holidays:
                yield moment

    def __str__(self) -> str:
        days = "" if self.days == _EVERY_DAY else f" on the days {self.days}"
        without = f" without {counted(len(self.holidays), 'holiday')}" if self.holidays else ""
        return f"{self.at.isoformat('auto')[:5]} {self.zone}{days}{without}"
