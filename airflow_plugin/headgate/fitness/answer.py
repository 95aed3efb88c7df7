"""The answer to "may I use this data now?", for people, programs and agents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from headgate.fitness.evidence import Trouble
from headgate.levels import Amount, LevelResult
from headgate.places import Publication
from headgate.places.records import Staleness


class Answer(StrEnum):
    """May the data be used? `degraded` is "yes, but": the reasons say what to know."""

    YES = "yes"
    DEGRADED = "degraded"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why the answer is not a plain yes. `calls_for` is the answer that this reason alone would give; `kind` is one of
    the words of `KINDS`, for programs. `detail` is an error in full, which may name paths and servers."""

    kind: str
    text: str
    calls_for: Answer
    since: datetime | None = None
    detail: str = ""

    def to_dict(self) -> dict[str, Any]:
        since = self.since.isoformat() if self.since else None
        told = {"kind": self.kind, "text": self.text, "calls_for": str(self.calls_for), "since": since}
        return told | ({"detail": self.detail} if self.detail else {})


# What a reason can be about.
KINDS = (
    "unreadable",  # something that is needed could not be read
    "never_recorded",  # nothing was published or checked
    "not_measured",  # the last verdict is unknown, or a freshness could not be measured
    "late",  # older than promised, than the consumer needs, or than maxStaleness
    "broken",  # the served rows break an error-level rule
    "level",  # another service level is broken
    "held_back",  # newer data was held back
    "quarantine",  # rows wait in quarantine
    "released",  # rows that break a rule were released by a person
    "warning",  # a rule failed that only warns
    "other_version",  # what is served was checked under another version of the contract
    "upstream",  # a dataset upstream is in trouble, or may be
    "draft",  # the contract is a draft
)


@dataclass(frozen=True, slots=True)
class Fitness:
    """The answer about one dataset at the time `as_of`.

    `valid_until` is when the promised freshness will have passed, and a yes by the clock alone becomes a no; None where
    no freshness is promised, or the answer is neither `yes` nor `degraded`. `age` is that of the newest data, and
    `promised` the freshness that it is held against. `verdict` is the last one about the served data. `publication` is
    the one that serves.
    """

    dataset: str
    contract_id: str
    contract_version: str
    owner: str
    support: tuple[str, ...]
    answer: Answer
    reasons: tuple[Reason, ...]
    as_of: datetime
    valid_until: datetime | None = None
    consumer: str = ""
    verdict: str = ""
    age: timedelta | None = None
    promised: Amount | None = None
    publication: Publication | None = None
    held_back: Staleness | None = None
    rows_in_quarantine: int = 0
    quarantined_since: datetime | None = None
    levels: tuple[LevelResult, ...] = ()
    upstream: tuple[Trouble, ...] = ()

    def __bool__(self) -> bool:
        """Whether the data may be used: `yes` or `degraded`."""
        return self.answer in (Answer.YES, Answer.DEGRADED)

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-ready values, without values of the data. Times are ISO 8601 in UTC, ages in seconds."""
        served, held = self.publication, self.held_back
        return {
            "dataset": self.dataset,
            "contract": {"id": self.contract_id, "version": self.contract_version},
            "fitness": str(self.answer),
            "reasons": [reason.to_dict() for reason in self.reasons],
            "as_of": self.as_of.isoformat(),
            "valid_until": _text(self.valid_until),
            "consumer": self.consumer,
            "verdict": self.verdict,
            "age": self.age.total_seconds() if self.age is not None else None,
            "promised": self.promised.to_dict() if self.promised else None,
            "served": served
            and {
                "run_key": served.run_key,
                "contract_version": served.contract_version,
                "published_at": _text(served.published_at),
                "run_at": _text(served.run_at),
                "interval": [_text(served.interval_start), _text(served.interval_end)],
                "outcome": served.outcome,
                "rows": served.rows_published,
            },
            "held_back": held and {"run_key": held.run_key, "since": _text(held.since), "why": held.why},
            "quarantine": {"rows": self.rows_in_quarantine, "since": _text(self.quarantined_since)},
            "levels": [level.to_dict() for level in self.levels],
            "owner": self.owner,
            "support": list(self.support),
            "upstream": [{"dataset": t.dataset, "what": t.what, "since": _text(t.since)} for t in self.upstream],
        }


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
