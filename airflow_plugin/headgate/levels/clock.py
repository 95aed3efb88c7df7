"""The time that service levels are measured at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from headgate.contract.service_levels import Duration
from headgate.errors import CallError
from headgate.levels.facts import Facts, PublicationFact

# The clocks of two machines differ by less.
SKEW = timedelta(minutes=1)
_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


class ClockKind(StrEnum):
    """Which clock it is: the end of a gate's data interval, the time that a run without one is about, or the wall clock
    of a watch."""

    INTERVAL_END = "interval_end"
    RUN = "run"
    WALL_CLOCK = "wall_clock"


@dataclass(frozen=True, slots=True)
class Clock:
    """A time in UTC and where it comes from.

    A gate's is the end of its data interval: a backfill gets the answer of its day, and sees no publication of a later
    interval.

    Raises:
        CallError: the time has no zone.
    """

    now: datetime
    kind: ClockKind = ClockKind.WALL_CLOCK

    def __post_init__(self) -> None:
        if self.now.tzinfo is None:
            raise CallError(f"the clock {self.now.isoformat()} has no time zone")
        object.__setattr__(self, "now", self.now.astimezone(UTC))

    def time_of(self, publication: PublicationFact) -> datetime:
        """Return when a publication happened: to a gate, when its data interval ended, else the time that its run was
        about."""
        if self.kind is ClockKind.WALL_CLOCK:
            return publication.published_at
        _, end = publication.interval
        return end or publication.run_at or publication.published_at

    def published(self, facts: Facts) -> list[PublicationFact]:
        """Return the publications that readers got until now, in their order."""
        return self._in_order(self._known(facts))

    def served(self, facts: Facts) -> list[PublicationFact]:
        """Return those whose rows readers get, in their order: the last that replaced the whole table, and what came
        after it."""
        return self._in_order(since_replaced(self._known(facts)))

    def _known(self, facts: Facts) -> list[PublicationFact]:
        return [p for p in facts.publications or () if p.visible and self.time_of(p) <= self.now]

    def _in_order(self, publications: Sequence[PublicationFact]) -> list[PublicationFact]:
        return sorted(publications, key=lambda p: (self.time_of(p), p.published_at))

    def is_later(self, moment: datetime) -> bool:
        """Return whether a moment is in the future, by more than clocks differ."""
        return moment - self.now > SKEW

    def age(self, moment: datetime) -> timedelta:
        """Return how long ago a moment is; never negative. Raises ValueError for a moment that `is_later`."""
        if self.is_later(moment):
            raise ValueError(f"{moment.isoformat()} is later than the clock, {self.now.isoformat()}")
        return max(self.now - moment, timedelta())


def since_replaced(publications: Sequence[PublicationFact]) -> Sequence[PublicationFact]:
    """Return, of publications in the order in which they were written, the last that replaced the whole table and those
    after it; all if none did."""
    starts = [number for number, each in enumerate(publications) if each.whole and each.visible]
    return publications[starts[-1] :] if starts else publications


def of_new_intervals(publications: Sequence[PublicationFact]) -> list[PublicationFact]:
    """Return those publications that brought a newer data interval than was there before, or have none. A rerun or a
    backfill of an old interval is not among them; after one that replaced the whole table, what is newer than that is
    new again."""
    found: list[PublicationFact] = []
    newest: datetime | None = None
    for publication in publications:
        _, end = publication.interval
        if end is None or newest is None or end > newest:
            found.append(publication)
            newest = end or newest
        elif publication.whole and publication.visible:
            newest = end
    return found


def aware(value: datetime | date, zone: str) -> datetime:
    """Return a value of the data in UTC. One without a time zone is in `zone`; a date is its first moment there."""
    moment = value if isinstance(value, datetime) else datetime.combine(value, time())
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
    except OverflowError:  # the first or the last day that there is, in another zone
        return _FIRST if moment.year == 1 else _LAST


def before(length: Duration, moment: datetime) -> datetime:
    """Return the time that much earlier, or the first that there is."""
    try:
        return length.before(moment)
    except (ValueError, OverflowError):
        return _FIRST


def after(length: Duration, moment: datetime) -> datetime:
    """Return the time that much later, or the last that there is."""
    try:
        return length.after(moment)
    except (ValueError, OverflowError):
        return _LAST
