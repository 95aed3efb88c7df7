"""What a publish is told and what it leaves behind: the mode, the record of a run, staleness, what was set aside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
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


@dataclass(frozen=True, slots=True)
class WriteMode:
    """How staged rows meet what the target holds.

    `replace` takes the place of the whole table, or of the part of it for which `where` is TRUE (a condition on columns
    without a table; `part` is its text); `append` adds them once per run key; `upsert` replaces the rows with the same
    `keys` and adds the others; `swap` is `replace` by a new table like the old one, where a platform knows both.
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
    """The record of what a run key published: written in the same transaction as the data. `place_namespace` and
    `place_name` are what lineage calls the target (`naming.PlaceName`); a headgate before 0.2 left them out."""

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


@dataclass(frozen=True, slots=True)
class Staleness:
    """Newer data than what the target, or the `part` of it, serves was held back: since when (the time of the first
    such run), and why."""

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
    """What a target serves: the run that was published last, the time of that run, and whether it is stale."""

    run_key: str
    run_at: datetime
    interval_end: datetime | None = None
    stale: Staleness | None = None


@dataclass(frozen=True, slots=True)
class QuarantinedBatch:
    """What one run set aside. `fingerprint` is of these very rows; `reasons` are the checks that they broke, with how
    many rows each. The run is about `run_at`; by the clock it was `set_aside_at`. `rules` are the digests of the
    checks' rules by their keys (`checks.RuleId`); None where a headgate before 0.2 set the rows aside."""

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
    """A person's decision to publish what a run set aside: these very rows (`fingerprint`), although `reasons`."""

    run_key: str
    fingerprint: str
    reasons: tuple[str, ...]
    by: str
    why: str
    at: datetime
    mode: WriteMode
