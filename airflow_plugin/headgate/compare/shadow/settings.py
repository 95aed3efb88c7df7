"""How a shadow run compares, whatever the candidate is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from headgate.checks.reconciliation import Tolerance
from headgate.compare.shadow.masking import Masking
from headgate.compare.shadow.sample import Sample

EXACT = Tolerance()


@dataclass(frozen=True, slots=True)
class Settings:
    """How a shadow run compares.

    Attributes:
        now: the time of the run; aware.
        sample: which keys of the inputs are taken; None: all rows.
        masking: how classified columns are masked; None: they are not, and the rows stay in production's database.
        hide: further columns that are masked, as `input.column`.
        tolerance: how far numbers may differ.
        allowed: how many rows or groups may differ.
        leave_out: columns that are not compared.
        role: the role of PostgreSQL as which the candidate runs; None: one is made.
        show: whether values of unclassified columns may be shown; None: as the contract says.
        command: the command that repeats the run.
    """

    now: datetime
    sample: Sample | None = None
    masking: Masking | None = None
    hide: frozenset[str] = frozenset()
    tolerance: Tolerance = EXACT
    allowed: int = 0
    leave_out: frozenset[str] = frozenset()
    role: str | None = None
    show: bool | None = None
    command: str = field(default="", compare=False)
