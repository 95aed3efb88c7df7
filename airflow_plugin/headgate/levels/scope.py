"""What a service level is measured on: a dataset, the columns that it names, what is known, and the clock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from headgate.contract import Dataset, Property
from headgate.contract.service_levels import ServiceLevel
from headgate.levels.clock import Clock, aware
from headgate.levels.facts import Extremes, Facts


@dataclass(frozen=True, slots=True)
class Event:
    """What is known of a column of event times: the extremes of its values, in UTC."""

    name: str
    zone: str
    extremes: Extremes | None

    @property
    def newest(self) -> datetime | None:
        return self.utc(self.extremes.newest) if self.extremes else None

    @property
    def oldest(self) -> datetime | None:
        return self.utc(self.extremes.oldest) if self.extremes else None

    def day(self, moment: datetime) -> datetime:
        """Return the beginning of the day of a moment, in the zone of the column."""
        try:
            return moment.astimezone(ZoneInfo(self.zone)).replace(hour=0, minute=0, second=0, microsecond=0)
        except OverflowError:  # the first or the last day that there is
            return moment

    def utc(self, value: object) -> datetime | None:
        """Return a value of the column in UTC."""
        return aware(value, self.zone) if isinstance(value, date) else None


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a service level is measured."""

    dataset: Dataset
    facts: Facts
    clock: Clock

    def events(self, level: ServiceLevel) -> list[Event]:
        """Return the columns of the dataset that a service level names."""
        return [
            Event(prop.name, zone_of(prop), self.facts.columns.get(prop.name))
            for prop in properties_of(self.dataset, level)
        ]

    def not_measured(self, event: Event) -> str:
        """Return why the extremes of a column are not known."""
        return f"{event.name} was not measured{f': {self.facts.failure}' if self.facts.failure else ''}"


def zone_of(prop: Property) -> str:
    """Return the time zone of a column's values that have none of their own."""
    return str(prop.options.get("defaultTimezone") or "UTC")


def names(events: Sequence[Event]) -> str:
    """Return the names of columns, for one line."""
    return ", ".join(event.name for event in events)


def _named(dataset: Dataset, level: ServiceLevel) -> list[str]:
    """Return what a service level names inside a dataset: the names behind the dataset's own, empty for the dataset
    itself. An element of one word that is a dataset of the contract is that dataset, else a property."""
    found = []
    for element in level.elements:
        first, _, rest = element.partition(".")
        if first == dataset.name:
            found.append(rest)
        elif first not in dataset.contract.datasets:
            found.append(element)
    return found


def is_about(dataset: Dataset, level: ServiceLevel) -> bool:
    """Return whether a service level is about a dataset: it names it, or a property of it, or names nothing."""
    return not level.elements or bool(_named(dataset, level))


def properties_of(dataset: Dataset, level: ServiceLevel) -> list[Property]:
    """Return the properties that a service level names. Raises ValueError if the dataset lacks one."""
    known = {prop.name: prop for each in dataset.properties for prop in _all(each)}
    wanted = [name for name in _named(dataset, level) if name]
    if lacking := [name for name in wanted if name not in known]:
        raise ValueError(f"{dataset.name} has no property '{lacking[0]}'")
    return [known[name] for name in wanted]


def _all(prop: Property) -> Iterator[Property]:
    yield prop
    for inner in prop.nested:
        yield from _all(inner)
