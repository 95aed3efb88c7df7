"""What a run says about the promises of a dataset, as far as incidents hang on it, and what people do about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any


class Effect(StrEnum):
    """What readers have while a promise is broken, the mildest first.

    `none`: nothing changed for them, as where a service level is not about age; `held_back`: they keep what they had,
    newer data was held back; `quarantined`: they have the good rows, the others wait in quarantine; `late`: what they
    have is older than promised; `served`: what they read breaks the promise.
    """

    NONE = "none"
    HELD_BACK = "held_back"
    QUARANTINED = "quarantined"
    LATE = "late"
    SERVED = "served"

    @property
    def rank(self) -> int:
        return _RANK[self]

    @property
    def affects_readers(self) -> bool:
        """Whether what readers have is worse than promised."""
        return self in (Effect.LATE, Effect.SERVED)


_RANK = {effect: rank for rank, effect in enumerate(Effect)}


class Kind(StrEnum):
    """What ran: a check of all rows, a check of some of them, a publish, or a watch, which measures service levels by
    the wall clock."""

    CHECK = "check"
    PART = "check_of_part"
    PUBLISH = "publish"
    WATCH = "watch"


class Severity(StrEnum):
    """How much a promise counts: `error` pages its owner; `warning` opens an incident that nobody is told of; `need` is
    what a consumer needs and nobody promised, of which that consumer is told."""

    ERROR = "error"
    WARNING = "warning"
    NEED = "need"


@dataclass(frozen=True, slots=True)
class Broken:
    """A promise that does not hold: `failed` of `rows` rows, None where it is not about rows. `columns` are those that
    it is about. `level` marks a service level, which is `late` where it says that data is older than promised;
    `due` is since when it is late, as far as that is known; `consumer` is whose need it is. `unlisted` marks what a run
    names only where it is broken. `description` is what the contract says of the rule; `unit` is what is counted
    if not rows."""

    statement: str
    severity: Severity = Severity.ERROR
    failed: int | None = None
    rows: int | None = None
    columns: tuple[str, ...] = ()
    reason: str = ""
    level: bool = False
    late: bool = False
    consumer: str = ""
    due: datetime | None = None
    unlisted: bool = False
    description: str = ""
    unit: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-ready values; what is empty is left out."""
        said = {name: getattr(self, name) for name in self.__slots__}
        said |= {"severity": str(self.severity), "columns": list(self.columns)}
        said["due"] = self.due.isoformat() if self.due else None
        return {name: value for name, value in said.items() if value not in (None, "", [], False)}

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Broken:
        known = dict(value)
        due = datetime.fromisoformat(known.pop("due")) if "due" in known else None
        columns = tuple(known.pop("columns", ()))
        return cls(**known | {"severity": Severity(known["severity"])}, columns=columns, due=due)


@dataclass(frozen=True)
class Finding:
    """What a run found of one dataset at one place.

    `at` is when it was measured, by the clock; `interval_end` the end of the data interval that it is about, None where
    it has none; `clock` what its service levels were measured by. `part` is what of the dataset it is about, as a
    partition or the index of a mapped task; empty where it is about all of it. `promises` are the keys of all rules and
    service levels that it knows, of which `broken` do not hold and `unmeasured` are not known; the others hold.

    `visible`: readers got new data from it, `partly` without the rows that broke a promise. `own`: it looked at the
    place where the contract says that readers find the data. `passes`: what broke did not stop what comes after.
    """

    at: datetime
    run_key: str
    kind: Kind
    version: str = ""
    part: str = ""
    interval_end: datetime | None = None
    clock: datetime | None = None
    draft: bool = False
    promises: frozenset[str] = frozenset()
    broken: Mapping[str, Broken] = field(default_factory=dict)
    unmeasured: frozenset[str] = frozenset()
    visible: bool = False
    partly: bool = False
    own: bool = False
    passes: bool = False

    def holds(self, rule: str) -> bool:
        """Return whether a promise is known to hold."""
        return rule in self.promises and rule not in self.broken and rule not in self.unmeasured

    @cached_property
    def order(self) -> tuple[datetime, int, str, str]:
        """By when it was measured: whatever the order of arrival, findings are told in this one."""
        return self.at, 0, str(self.kind), self.run_key


class Deed(StrEnum):
    """What a person does about an incident."""

    ACK = "ack"
    MUTE = "mute"
    NOTE = "note"
    ACCEPT = "accept"
    RELEASE = "release"


@dataclass(frozen=True, slots=True)
class Act:
    """What a person did about the incident of a rule. `until` is the end of a mute; one in the past ends it. `run_key`
    is the run whose quarantined rows were released, or dropped."""

    at: datetime
    rule: str
    deed: Deed
    by: str
    text: str = ""
    until: datetime | None = None
    run_key: str = ""

    @property
    def order(self) -> tuple[datetime, int, str, str]:
        return self.at, 1, str(self.deed), self.rule
