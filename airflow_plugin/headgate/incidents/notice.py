"""Who is told what: the difference between how incidents stand and what was told of them.

It is pure, and goes by what stands: whatever changed an incident, a finding, a person, the end of a mute, or the end of
what caused it, the same function says what is still to be told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from headgate.contract.consumers import Consumer, consumers_of
from headgate.incidents.finding import Effect, Severity
from headgate.incidents.incident import Incident, incident_key
from headgate.naming import PlaceName

# The recipient that is the owner of the data; a consumer is CONSUMER followed by its name.
OWNER = "owner"
CONSUMER = "consumer:"
# Who has not said that they have it is told again after so long.
REMINDS_AFTER = timedelta(hours=24)
# What was over before anybody could be told is told for so long.
TELLS_PAST = timedelta(days=7)


class Told(StrEnum):
    """What a message says of incidents: opened; broke again; worse (readers are affected now); spread (more datasets
    downstream are broken by it); still open; somebody has it; closed; over (it was found and over before it could be
    told)."""

    OPENED = "opened"
    REOPENED = "reopened"
    WORSE = "worse"
    SPREAD = "spread"
    REMINDER = "still_open"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"
    PAST = "over"


@dataclass(frozen=True, slots=True)
class Concern:
    """Whom a dataset concerns, as its newest run says: names, and the support channels of its contract. `link` is where
    that run's log is. `upstream` are the places from which the dataset is made. `served` is the time that the last
    publication that readers got is about."""

    contract: str
    dataset: str
    place: PlaceName | None = None
    version: str = ""
    owner: str = ""
    support: tuple[str, ...] = ()
    consumers: tuple[Consumer, ...] = ()
    link: str = ""
    served: datetime | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-ready values, which `from_dict` reads back."""
        return {
            "contract": self.contract,
            "dataset": self.dataset,
            "place": {"namespace": self.place.namespace, "name": self.place.name} if self.place else None,
            "version": self.version,
            "owner": self.owner,
            "support": list(self.support),
            "consumers": [each.to_dict() for each in self.consumers],
            "link": self.link,
            "served": self.served.isoformat() if self.served else None,
        }

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Concern:
        place = value["place"]
        return cls(
            contract=value["contract"],
            dataset=value["dataset"],
            place=PlaceName(place["namespace"], place["name"]) if place else None,
            version=value["version"],
            owner=value["owner"],
            support=tuple(value["support"]),
            consumers=consumers_of(list(value["consumers"])) if value["consumers"] else (),
            link=value["link"],
            served=datetime.fromisoformat(value["served"]) if value["served"] else None,
        )


@dataclass(frozen=True, slots=True)
class Mark:
    """What a recipient was told of an incident last: in which episode, with which effect, when, whether that it is
    acknowledged, or closed, and to how many datasets downstream it had spread."""

    episode: int
    effect: Effect
    at: datetime
    acked: bool = False
    closed: bool = False
    spread: int = 0

    def to_dict(self) -> dict[str, Any]:
        return {
            "episode": self.episode,
            "effect": str(self.effect),
            "at": self.at.isoformat(),
            "acked": self.acked,
            "closed": self.closed,
            "spread": self.spread,
        }

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Mark:
        effect, at = Effect(value["effect"]), datetime.fromisoformat(value["at"])
        return cls(value["episode"], effect, at, value["acked"], value["closed"], value["spread"])


@dataclass(frozen=True, slots=True)
class Standing:
    """An incident, what its recipients were told of it, and whether it is joined to one upstream: then nobody is told
    of it, but of that one. `number` names it; `episodes_in_28_days` counts how often its promise broke."""

    number: int
    incident: Incident
    marks: Mapping[str, Mark] = field(default_factory=dict)
    joined: bool = False
    episodes_in_28_days: int = 1


@dataclass(frozen=True, slots=True)
class Notice:
    """One message to one recipient, about one or several incidents of a dataset. `others` are those of the dataset that
    are open besides, and page; `also` are the datasets downstream whose incidents are joined to any of them."""

    told: Told
    recipient: str
    at: datetime
    concern: Concern
    about: tuple[Standing, ...]
    others: tuple[Standing, ...] = ()
    also: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """What the recipient may be called where channels are configured, the most exact name first."""
        if self.recipient == OWNER:
            named = (*self.concern.support, self.concern.owner)
        else:
            name = self.recipient.removeprefix(CONSUMER)
            contacts = [each.contact for each in self.concern.consumers if each.name == name]
            named = (*contacts, name)
        return tuple(dict.fromkeys(each for each in named if each))

    def key_of(self, standing: Standing) -> str:
        """Return the key of one of its incidents, the same while it is open, re-opened and closed."""
        about = self.concern
        return incident_key(about.contract, about.dataset, about.place, standing.incident.rule)

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-ready values, which `from_dict` reads back."""
        return {
            "told": str(self.told),
            "recipient": self.recipient,
            "at": self.at.isoformat(),
            "concern": self.concern.to_dict(),
            "about": [self._plain(each) for each in self.about],
            "others": [self._plain(each) for each in self.others],
            "also": list(self.also),
        }

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Notice:
        return cls(
            told=Told(value["told"]),
            recipient=value["recipient"],
            at=datetime.fromisoformat(value["at"]),
            concern=Concern.from_dict(value["concern"]),
            about=tuple(map(_standing, value["about"])),
            others=tuple(map(_standing, value["others"])),
            also=tuple(value["also"]),
        )

    def _plain(self, each: Standing) -> dict[str, Any]:
        return {
            "number": each.number,
            "key": self.key_of(each),
            "incident": each.incident.to_dict(),
            "episodes_in_28_days": each.episodes_in_28_days,
        }


def _standing(value: Mapping[str, Any]) -> Standing:
    incident = Incident.from_dict(value["incident"])
    return Standing(value["number"], incident, episodes_in_28_days=value["episodes_in_28_days"])


def due(
    standings: Iterable[Standing], concern: Concern, now: datetime, spread: int = 0
) -> tuple[tuple[Notice, ...], dict[int, dict[str, Mark]]]:
    """Return what is to be told of the incidents of a dataset now, and, by their numbers, the marks of those of which
    something is told. `spread` is how many datasets downstream are broken by them."""
    groups: dict[tuple[Told, str], list[Standing]] = {}
    marks: dict[int, dict[str, Mark]] = {}
    for each in standings:
        for told, recipient in _due(each, concern, now, spread):
            groups.setdefault((told, recipient), []).append(each)
            was, new = each.marks.get(recipient), _mark(each.incident, told, now, spread)
            if told in (Told.WORSE, Told.SPREAD) and was is not None:
                new = replace(new, at=was.at, acked=was.acked)
            marks.setdefault(each.number, dict(each.marks))[recipient] = new
    order = list(Told)
    notices = [Notice(told, to, now, concern, tuple(about)) for (told, to), about in groups.items()]
    return tuple(sorted(notices, key=lambda n: (order.index(n.told), n.recipient != OWNER, n.recipient))), marks


def recipients(incident: Incident, concern: Concern) -> tuple[str, ...]:
    """Return whom an incident concerns while it is open: its owner if it pages, and the consumers whose data it
    affects."""
    owner = (OWNER,) if incident.pages else ()
    return (*owner, *(f"{CONSUMER}{each.name}" for each in concern.consumers if _affects(incident, each)))


def _affects(incident: Incident, consumer: Consumer) -> bool:
    broken = incident.broken
    if broken.severity is Severity.NEED:
        return consumer.name == broken.consumer and not incident.draft
    if not incident.pages or not incident.effect.affects_readers:
        return False
    if incident.effect is Effect.LATE:
        # Who says how fresh it must be is told when it is not.
        return not any(need.property == "freshness" for need in consumer.needs)
    return not broken.columns or any(map(consumer.may_read, broken.columns))


def _due(standing: Standing, concern: Concern, now: datetime, spread: int) -> Iterator[tuple[Told, str]]:
    incident, marks = standing.incident, standing.marks
    if not incident.open:
        yield from ((Told.CLOSED, recipient) for recipient, mark in marks.items() if not mark.closed)
        assert incident.closed is not None
        recent = now - incident.closed <= TELLS_PAST
        if not marks and incident.pages and recent and not standing.joined and not incident.muted(now):
            yield Told.PAST, OWNER
        return
    if standing.joined or incident.muted(now):
        return
    for recipient in recipients(incident, concern):
        mark = marks.get(recipient)
        if mark is None:
            yield Told.OPENED, recipient
        elif mark.episode < len(incident.episodes):
            yield Told.REOPENED, recipient
        elif recipient == OWNER and incident.ack and not mark.acked:
            yield Told.ACKNOWLEDGED, recipient
        elif recipient == OWNER and incident.effect.affects_readers and not mark.effect.affects_readers:
            yield Told.WORSE, recipient
        elif recipient == OWNER and not incident.ack and now - mark.at >= REMINDS_AFTER:
            yield Told.REMINDER, recipient
        elif recipient == OWNER and spread > mark.spread:
            yield Told.SPREAD, recipient


def _mark(incident: Incident, told: Told, now: datetime, spread: int) -> Mark:
    over = told in (Told.CLOSED, Told.PAST)
    return Mark(len(incident.episodes), incident.effect, now, incident.ack is not None, over, spread)
