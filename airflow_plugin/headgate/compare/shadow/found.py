"""What a shadow run found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from headgate.compare.found import Pattern, Reconciled
from headgate.report import CheckResult, Verdict

Number = int | float | Decimal


@dataclass(frozen=True, slots=True)
class Input:
    """What the candidate read: a table of production, of which the columns `masked` were masked.

    `rows` says which: `all`, `sample`, or `whole` where a sample is taken and the table has no path to its root.
    """

    name: str
    place: str
    rows: str = "all"
    masked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ColumnChange:
    """A column of an output that differs, before (production) and after (the candidate).

    `changed` is in how many rows, or groups; `pattern` what the differences have in common, in words, and `ratio` the
    median of after / before where both are numbers. `sums` are None
    of a column that is no number or is not shown, `nulls` those of either side; `lost` and `new` are how many of its
    few values are on one side alone, `values` these where they may be shown.
    """

    column: str
    changed: int
    pattern: str = ""
    ratio: float | None = None
    sums: tuple[Number | None, Number | None] | None = None
    nulls: tuple[int, int] = (0, 0)
    lost: int = 0
    new: int = 0
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ColumnDrift:
    """The column whose distribution moved most: its PSI between production's and the candidate's rows, and what chance
    gives for so many (see `past.statistics.psi_noise`). `rows` are production's and the candidate's."""

    column: str
    psi: float
    noise: float
    rows: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Output:
    """A table that the candidate made, beside production's.

    Attributes:
        name: the dataset, or the model.
        place: production's table.
        key: by which rows were compared; empty: sums of all rows were.
        reconciled: how the two agree; None if they were not compared.
        why: why they were not compared, or what the candidate failed with.
        is_new: whether production has no such table, so that there is nothing to compare.
        schema: columns that came, went or changed their type, in words; `lost` those that went.
        columns: the columns that differ most.
        drift: the one of them whose distribution moved most; None if none can be told.
        left_out: columns that were not compared, since they are masked or were named.
        broken: the promises of the contract that the candidate's rows break.
        unjudged: promises that could not be judged, with the reason; `is_unknown` says that one of them matters.
        contract: the contract that promises them, id and version; "" if there is none.
        readers: who reads it.
        remarks: what else a reader must know, such as that an incremental model was built whole.
        allowed: how many rows or groups may differ.
    """

    name: str
    place: str
    key: tuple[str, ...] = ()
    reconciled: Reconciled | None = None
    why: str = ""
    is_new: bool = False
    schema: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    columns: tuple[ColumnChange, ...] = ()
    drift: ColumnDrift | None = None
    left_out: tuple[str, ...] = ()
    broken: tuple[CheckResult, ...] = ()
    unjudged: tuple[str, ...] = ()
    is_unknown: bool = False
    contract: str = ""
    contract_file: str = ""
    readers: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    allowed: int = 0

    @property
    def differs(self) -> bool:
        """Whether more rows or groups differ than may, a side is empty, or a column is gone."""
        found = self.reconciled
        return bool(self.lost or (found and (found.differing > self.allowed or found.empty)))

    @property
    def verdict(self) -> Verdict:
        if self.differs or any(result.severity == "error" for result in self.broken):
            return Verdict.BREACH
        compared = self.reconciled is not None and not self.reconciled.lost
        if self.is_unknown or not (compared or self.is_new):
            return Verdict.UNKNOWN
        return Verdict.PASS

    @property
    def patterns(self) -> tuple[Pattern, ...]:
        return self.reconciled.patterns if self.reconciled else ()


@dataclass(frozen=True, slots=True)
class ShadowRun:
    """What a shadow run found.

    Attributes:
        candidate: what was run, in words.
        outputs: what it made.
        at: the time of the run; aware.
        inputs: what it read.
        sample: which part of the inputs, in words; "" of all rows.
        skipped: what of the selection was not run, with the reason.
        failed: what failed besides its outputs, such as a hook, with the reason.
        contract: the contract of the call, id and version; `commit` its last commit, where it is in git.
        command: the command that repeats the run.
    """

    candidate: str
    outputs: tuple[Output, ...]
    at: datetime
    inputs: tuple[Input, ...] = ()
    sample: str = ""
    skipped: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    contract: str = ""
    commit: str = ""
    command: str = ""

    @property
    def verdict(self) -> Verdict:
        """`breach` if an output differs by more than it may, or breaks a promise; `unknown` if one could not be
        compared, or the candidate failed; else `pass`."""
        verdicts = {output.verdict for output in self.outputs}
        if Verdict.BREACH in verdicts:
            return Verdict.BREACH
        if Verdict.UNKNOWN in verdicts or self.failed or not self.outputs:
            return Verdict.UNKNOWN
        return Verdict.PASS
