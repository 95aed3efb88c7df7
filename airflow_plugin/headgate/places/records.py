"""What a publish is given and what it leaves behind: the mode, the record of a run, staleness, the quarantined rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Literal, get_args

from sqlglot import exp

Mode = Literal["replace", "append", "upsert", "swap"]
MODES: tuple[Mode, ...] = get_args(Mode)
REPLACE: Final = "replace"
APPEND: Final = "append"
UPSERT: Final = "upsert"
SWAP: Final = "swap"
# The column of an appended table that says which run a row came with.
RUN_KEY = "headgate_run_key"


class Status(StrEnum):
    """The outcome: what happened at the gate."""

    PUBLISHED = "published"
    PUBLISHED_PARTLY = "published_partly"
    KEPT_LAST_GOOD = "kept_last_good"
    HALTED = "halted"


@dataclass(frozen=True, slots=True)
class WriteMode:
    """How staged rows are combined with the rows that the target holds.

    `replace` replaces the whole table, or the part of it for which `where` is TRUE (a condition on columns without a
    table; `part` is its text); `append` adds them once per run key; `upsert` replaces the rows with the same `keys` and
    adds the others; `swap` is `replace` by a new table like the old one, where the platform supports both.
    """

    kind: Mode = REPLACE
    where: exp.Expr | None = None
    part: str | None = None
    keys: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether the whole table is replaced."""
        return self.kind in (REPLACE, SWAP) and self.where is None

    def __str__(self) -> str:
        if self.kind == UPSERT:
            return f"upsert by {', '.join(self.keys)}"
        return f"replace where {self.part}" if self.part else self.kind


@dataclass(frozen=True, slots=True)
class Publication:
    """The record of what a run key published, written in the same transaction as the data.

    `run_at` is the time that the run is about, such as the end of its data interval; `published_at` is when its data
    was first published, by the clock. `place_namespace` and `place_name` are the target's name in lineage
    (`naming.PlaceName`). `written_at` is when the run was last written, which a rerun moves. Versions before 0.2 wrote
    none of these."""

    run_key: str
    target: str
    mode: Mode
    part: str | None
    contract_id: str
    contract_version: str
    contract_commit: str | None
    dataset: str
    verdict: str
    policy: str
    outcome: str
    rows_published: int
    rows_set_aside: int
    run_at: datetime
    interval_start: datetime | None = None
    interval_end: datetime | None = None
    place_namespace: str | None = None
    place_name: str | None = None
    published_at: datetime | None = None
    written_at: datetime | None = None

    @property
    def whole(self) -> bool:
        """Whether the whole table was replaced."""
        return self.mode in (REPLACE, SWAP) and self.part is None


@dataclass(frozen=True, slots=True)
class Staleness:
    """Newer data than the target, or the `part` of it, serves was held back: since when (the time of the first such
    run), and why."""

    since: datetime
    run_key: str
    why: str
    part: str | None = None

    def __str__(self) -> str:
        what = f"stale where {self.part}" if self.part else "stale"
        since = self.since.isoformat(timespec="seconds")
        return f"{what} since {since}: {self.run_key} was held back, it breaks {self.why}"


@dataclass(frozen=True, slots=True)
class ServedVersion:
    """What a target serves: the run that was published last, the time of that run, and whether it is stale; under which
    version of the contract it was published, with which verdict and outcome."""

    run_key: str
    run_at: datetime
    interval_end: datetime | None = None
    stale: Staleness | None = None
    contract_version: str = ""
    verdict: str = ""
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class QuarantinedBatch:
    """What one run quarantined. `fingerprint` identifies exactly these rows; `reasons` are the checks that they broke,
    with the number of rows for each. `run_at` is the time that the run is about; `set_aside_at` is the time by the
    clock. `rules` are the digests of the checks' rules by their keys (`checks.RuleId`); None for rows quarantined by a
    version before 0.2."""

    run_key: str
    rows: int
    reasons: tuple[tuple[str, int], ...]
    run_at: datetime
    set_aside_at: datetime
    contract_version: str
    fingerprint: str
    rules: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class ReleaseRequest:
    """A person's decision to publish what a run quarantined: exactly these rows (`fingerprint`), in spite of
    `reasons`."""

    run_key: str
    fingerprint: str
    reasons: tuple[str, ...]
    by: str
    why: str
    at: datetime
    mode: WriteMode


@dataclass(frozen=True, slots=True)
class Released:
    """The record of a release: how many rows of which run, the rules that they broke (their keys, by commas), and who
    released them when."""

    run_key: str
    rows: int
    reasons: str
    by: str
    at: datetime
