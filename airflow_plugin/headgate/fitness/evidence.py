"""What is known of a dataset when somebody asks whether it may be used. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from headgate.gate import Status
from headgate.levels import LevelResult
from headgate.places import Publication, QuarantinedBatch, Released
from headgate.places.records import Staleness
from headgate.report import Verdict


@dataclass(frozen=True, slots=True)
class Finding:
    """What a report found, in short: of a check of the served data, or of the audit of a publish.

    `at` is when it was measured, `moment` what it is about, such as the end of its data interval. `outcome` is what a
    publish did; None of a check. `broken` are the keys of the error-level rules that failed, `warned` those of the
    other rules that did. `version` is the contract's.
    """

    at: datetime
    verdict: Verdict
    run_key: str = ""
    outcome: Status | None = None
    broken: tuple[str, ...] = ()
    warned: tuple[str, ...] = ()
    moment: datetime | None = None
    version: str = ""

    @property
    def held_back(self) -> bool:
        """Whether it is of a publish that brought nothing new to the readers."""
        return self.outcome in (Status.HALTED, Status.KEPT_LAST_GOOD)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What could not be read. `detail` is the error, which may name paths and servers."""

    what: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Trouble:
    """A dataset upstream that does not keep its contract: what is wrong with it, and since when, if that is known.
    `detail` is an error, as of `Unreadable`."""

    dataset: str
    what: str
    since: datetime | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of one dataset.

    `publications` are those of the ledger, in their order; empty where headgate never published it. `released` are the
    quarantined rows that persons let pass. From history, and None where it has none: `check` is the last check of all
    the served data, `part` the last one of some of its rows, `attempt` the last publish, held back or not. `levels` are
    measured at the time of the answer. `fresh_until` is, for each freshness that is kept, by its key, when it will have
    passed. `unreadable` says what could not be read, and why; `unread_contracts` how many contracts, which may be
    upstream, could not.
    """

    publications: tuple[Publication, ...] = ()
    stale: Staleness | None = None
    quarantine: tuple[QuarantinedBatch, ...] = ()
    released: tuple[Released, ...] = ()
    check: Finding | None = None
    part: Finding | None = None
    attempt: Finding | None = None
    levels: tuple[LevelResult, ...] = ()
    fresh_until: tuple[tuple[str, datetime], ...] = ()
    upstream: tuple[Trouble, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    unread_contracts: int = 0
