"""What is read of incidents, as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from headgate.incidents import Act, Concern, Incident, Notice, incident_key


@dataclass(frozen=True, slots=True)
class Reference:
    """An incident of another dataset, by its number. `pages`: its owner is told; `owner` and `support` are whom to ask,
    empty where no contract says so."""

    number: int
    contract: str
    dataset: str
    pages: bool = True
    owner: str = ""
    support: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IncidentLine:
    """An incident and whom it concerns. `cause` is the incident upstream that it came from; `broke` counts how often
    its promise broke in the last 28 days. `dataset` is the store's id of the dataset."""

    number: int
    concern: Concern
    incident: Incident
    broke: int = 1
    cause: Reference | None = None
    dataset: int = 0

    @property
    def key(self) -> str:
        """The key that all incidents of the promise have."""
        about = self.concern
        return incident_key(about.contract, about.dataset, about.place, self.incident.rule)


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """A message on its way to a channel: `error` is why it has not arrived, for good where it is `refused`. `told_with`
    is the message that tells of it there as well; then the rest is about that one."""

    channel: str
    delivered_at: datetime | None = None
    tries: int = 0
    error: str = ""
    refused: bool = False
    told_with: int | None = None


@dataclass(frozen=True, slots=True)
class MessageLine:
    """A message about an incident. `routed` is whether it was decided to which channels it goes: it may be to none.
    `expired`: to none, since it was not sent within 7 days, and over by then."""

    notice: Notice
    routed: bool
    deliveries: tuple[DeliveryLine, ...] = ()
    expired: bool = False
    number: int = 0

    @property
    def arrived(self) -> datetime | None:
        """When it arrived first, on any channel."""
        return min((each.delivered_at for each in self.deliveries if each.delivered_at), default=None)

    @property
    def nobody(self) -> bool:
        """Whether there is no channel for its recipient, so that nobody is told."""
        return self.routed and not self.deliveries and not self.expired


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a timeline: at what time, what kind of thing, in words, and who did it, or which run."""

    at: datetime
    kind: str
    text: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Times:
    """How long it took. `detect`: from the end of the data interval in which the promise broke to the first run that
    found it. From that run: `notify` to the first message that arrived, `repair` to the run in which the promise held
    for good. None where that is not known, or has not happened."""

    detect: timedelta | None = None
    notify: timedelta | None = None
    repair: timedelta | None = None


@dataclass(frozen=True, slots=True)
class IncidentDetail:
    """All that is known of an incident. `joined` are those of other datasets whose cause it is."""

    line: IncidentLine
    acts: tuple[Act, ...]
    messages: tuple[MessageLine, ...]
    joined: tuple[Reference, ...]
    times: Times
    timeline: tuple[Entry, ...]
