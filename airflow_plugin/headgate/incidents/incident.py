"""An incident: one open breach of one promise, from the first run that found it until the promise holds again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from headgate.incidents.finding import Broken, Effect, Kind, Severity
from headgate.naming import PlaceName


class Closing(StrEnum):
    """Why an incident is closed: the promise holds again; a person accepted it as it is; the contract does not make
    the promise any more; or it was found in an older interval than one that holds (`superseded`)."""

    HELD = "held"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a promise is broken: in a part of the dataset, as a kind of run found it first, `since`, and last, `at`.
    `interval_end` is that of its data interval, of a service level the time of its clock."""

    kind: Kind
    part: str
    effect: Effect
    since: datetime
    at: datetime
    run_key: str
    interval_end: datetime | None = None
    failed: int | None = None
    rows: int | None = None

    @property
    def place(self) -> tuple[Kind, str, Effect]:
        return self.kind, self.part, self.effect


@dataclass(frozen=True, slots=True)
class Episode:
    """A time in which the promise was broken. `effect` is the worst that readers had; `by` is the run, or the person,
    that closed it."""

    opened: datetime
    run_key: str
    effect: Effect
    closed: datetime | None = None
    how: Closing | None = None
    by: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Hold:
    """What a person said: an acknowledgement, or a mute until a time."""

    by: str
    at: datetime
    text: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident of a rule. `broken` is what was found last; `slots` is where it is broken now. `last` is when it was
    last found broken."""

    rule: str
    version: str
    draft: bool
    broken: Broken
    last: datetime
    slots: tuple[Slot, ...] = ()
    episodes: tuple[Episode, ...] = ()
    ack: Hold | None = None
    mute: Hold | None = None

    @property
    def opened(self) -> datetime:
        """When it was first found."""
        return self.episodes[0].opened

    @property
    def effect(self) -> Effect:
        """The worst that readers had in the episode that is open, or was the last."""
        return self.episodes[-1].effect

    @property
    def since(self) -> datetime:
        """When its last episode began."""
        return self.episodes[-1].opened

    @property
    def closed(self) -> datetime | None:
        return self.episodes[-1].closed

    @property
    def open(self) -> bool:
        return self.closed is None

    @property
    def current_effect(self) -> Effect:
        """What readers have of it now: the worst of where it is still broken; of a closed one, of its last episode."""
        return max((slot.effect for slot in self.slots), key=lambda each: each.rank, default=self.effect)

    @property
    def state(self) -> str:
        """`open`, `acknowledged` or `closed`."""
        return "closed" if not self.open else "acknowledged" if self.ack else "open"

    @property
    def pages(self) -> bool:
        """Whether its owner must be told: not of warnings, needs and drafts."""
        return self.broken.severity is Severity.ERROR and not self.draft

    def muted(self, now: datetime) -> bool:
        """Return whether nobody is told of it now."""
        return self.mute is not None and self.mute.until is not None and now < self.mute.until

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-ready values, which `from_dict` reads back."""
        return {
            "rule": self.rule,
            "version": self.version,
            "draft": self.draft,
            "broken": self.broken.to_dict(),
            "last": self.last.isoformat(),
            "slots": [_plain(slot) for slot in self.slots],
            "episodes": [_plain(episode) for episode in self.episodes],
            "ack": _plain(self.ack) if self.ack else None,
            "mute": _plain(self.mute) if self.mute else None,
        }

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Incident:
        return cls(
            rule=value["rule"],
            version=value["version"],
            draft=value["draft"],
            broken=Broken.from_dict(value["broken"]),
            last=datetime.fromisoformat(value["last"]),
            slots=tuple(_slot(each) for each in value["slots"]),
            episodes=tuple(_episode(each) for each in value["episodes"]),
            ack=Hold(**_times(value["ack"])) if value["ack"] else None,
            mute=Hold(**_times(value["mute"])) if value["mute"] else None,
        )


def incident_key(contract: str, dataset: str, place: PlaceName | None, rule: str) -> str:
    """Return the key that all incidents of a promise have, whatever finds them, in whatever order: twelve hexadecimal
    digits. Of one promise no two are open at once, so that it serves as PagerDuty's `dedup_key`."""
    said = [contract, dataset, place.namespace if place else "", place.name if place else "", rule]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:12]


def _plain(value: Slot | Episode | Hold) -> dict[str, Any]:
    said = {name: getattr(value, name) for name in value.__slots__}
    return {name: each.isoformat() if isinstance(each, datetime) else each for name, each in said.items()}


_TIMES = frozenset({"at", "since", "opened", "closed", "until", "interval_end"})


def _times(value: Mapping[str, Any]) -> dict[str, Any]:
    return {n: datetime.fromisoformat(each) if n in _TIMES and each else each for n, each in value.items()}


def _slot(value: Mapping[str, Any]) -> Slot:
    return Slot(**_times(value) | {"kind": Kind(value["kind"]), "effect": Effect(value["effect"])})


def _episode(value: Mapping[str, Any]) -> Episode:
    how = Closing(value["how"]) if value["how"] else None
    return Episode(**_times(value) | {"effect": Effect(value["effect"]), "how": how})
