"""A check: one checkable statement about one dataset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from sqlglot import exp

from headgate.checks.column import format_path
from headgate.checks.comparison import NONE, Comparison
from headgate.checks.identity import RuleId

# What a failed rule does to the verdict: breach, or warn.
Severity = Literal["error", "warning"]

# Why a run of one type of checks alone has not executed the other rules.
NOT_ASKED = "this run executes rules of one type alone"
_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule is in its contract: ODCS path, and the line in the file (from 1)."""

    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Check:
    """One checkable statement. `type` is an entry of the catalogue, which defines what `columns` and `args` mean.

    `within` leads from the one column to a place inside its values: fields of an object, EACH item of an array, KEYS or
    VALUES of a map. A row is unexpected if any value at that place is.

    `where` is a condition on the columns of the relation (called DATA): only rows for which it is TRUE are checked.

    `expect` compares the measured number: unexpected rows (or their percentage) for a row type, the aggregate's value
    for the others. `policy` is the rule's own chain of policies, empty if the dataset's applies. `classified` says that
    a column with a classification is involved: its values are masked. `digest` is computed from what the check says
    (`identity.digest_of`) when the check is made: what a plan or a gate adds to `args` later does not change it.
    """

    key: str
    type: str
    columns: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    args: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    where: exp.Expr | None = None
    expect: Comparison = NONE
    severity: Severity = "error"
    dimension: str = ""
    description: str = ""
    policy: tuple[str, ...] = ()
    classified: bool = False
    source: Source = Source("", 0)
    digest: str = ""

    @property
    def id(self) -> RuleId:
        return RuleId(self.key, self.digest)

    @property
    def reads(self) -> tuple[str, ...]:
        """The datasets that are needed to measure this: those that a foreign key or a query refers to."""
        return (self.args["to"],) if "to" in self.args else self.args.get("reads", ())

    @property
    def names(self) -> tuple[str, ...]:
        """Every column that this reads: its own, and those of the row filter."""
        filtered = self.where.find_all(exp.Column) if self.where is not None else ()
        return tuple(dict.fromkeys((*self.columns, *(column.name for column in filtered))))

    @property
    def path(self) -> str:
        """The column, or the place inside it, as a person writes it: address.zip, tags[]."""
        return format_path(self.columns[0], *self.within)


@dataclass(frozen=True, slots=True)
class Unchecked:
    """A rule of the contract that is not executed, and why. `excused` rules never make a verdict unknown:
    documentation, service levels, and those that the contract names in `allowNotExecuted`."""

    key: str
    statement: str
    reason: str
    severity: Severity = "error"
    excused: bool = False
    policy: tuple[str, ...] = ()
    dimension: str = ""
    source: Source = Source("", 0)
    digest: str = ""
