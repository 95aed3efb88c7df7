"""What a check type declares; see the catalogue."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass

from sqlglot import exp

from headgate.checks import conditions as sql
from headgate.checks import shape
from headgate.checks.argument import Argument
from headgate.checks.check import Check
from headgate.checks.shape import Canonical, Columns


def any_null(check: Check) -> exp.Expr:
    """Return the condition under which most types skip a row: one of the columns is NULL."""
    return sql.not_null(check.columns).not_()


def none(check: Check) -> exp.Expr:
    """Return FALSE: no row is skipped."""
    return exp.false()


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a check cannot be executed. An `excused` one does not make the verdict unknown."""

    reason: str
    excused: bool = False


@dataclass(frozen=True)
class CheckType:
    """One kind of check. `promise` says in plain words what must hold.

    `arguments` are the `args` that it takes; None if their form depends on their values. `in_full` marks a promise that
    itself says what its number must be; `of_publish`, one that only a publish makes; `of_size`, one about the number of
    all rows, which decides what an empty dataset means; `casts`, one whose unexpected rows have a cell that does not
    cast.

    `needs_columns`: whether it can be executed only if its columns exist. `why_not` returns, from the columns, why it
    cannot be executed; `in_document`, why not inside a JSON document. `guaranteed_by` is the kind of constraint
    (not_null, unique or foreign) that makes the check unnecessary.

    `wants` are the logical types of which each column must serve one; empty: any. `ordered` marks a type about the
    order of the rows, `numeric` one of which an evaluator of its own measures a number, `stored` a promise about a
    table and not about files, `reveals` a number that is a value of the data, `untrusted` a query from a contract.
    `evaluator` names what measures it (see `scan.evaluate`): sql, or texts, for which `predicate` returns whether a
    text is expected, or gx. The `module` must be installed for it. `timed` marks a type that is measured as of a
    moment: the audit fills in `args["now"]`, which is not part of the digest.
    """

    name: str
    dimension: str
    promise: Callable[[Check], str]
    examine: Callable[[Check, Columns, Canonical], str | None] | None = None
    condition: Callable[[Check], exp.Expr] | None = None
    skips: Callable[[Check], exp.Expr] = any_null
    proof: Callable[[Check], exp.Expr] | None = None
    count: Callable[[Check, exp.Expr], exp.Select] | None = None
    aggregate: Callable[[Check], exp.Expr] | None = None
    query: Callable[[Check], exp.Query] | None = None
    predicate: Callable[[Check], Callable[[str], bool]] | None = None
    arguments: tuple[Argument, ...] | None = None
    needs_columns: bool = True
    why_not: Callable[[Check, Columns, Canonical], Obstacle | None] | None = None
    in_document: Obstacle | None = None
    guaranteed_by: str = ""
    in_full: bool = False
    of_publish: bool = False
    of_size: bool = False
    casts: bool = False
    wants: frozenset[str] = frozenset()
    ordered: bool = False
    numeric: bool = False
    stored: bool = False
    reveals: bool = False
    untrusted: bool = False
    evaluator: str = "sql"
    timed: bool = False
    module: str = ""

    @property
    def installed(self) -> bool:
        """Whether the module that measures the type is installed."""
        return not self.module or importlib.util.find_spec(self.module) is not None

    @property
    def of_rows(self) -> bool:
        """Whether it decides about single rows, so that they can be shown and quarantined."""
        return self.condition is not None or self.predicate is not None

    @property
    def only_condition(self) -> bool:
        """Whether its condition alone tells unexpected rows: no statistics do, and no query of its own."""
        return self.condition is not None and self.count is None and self.proof is None

    @property
    def compares(self) -> bool:
        """Whether it compares a number instead of counting rows."""
        return self.numeric or self.aggregate is not None or self.query is not None

    @property
    def counts(self) -> bool:
        """Whether it counts rows, so that a share of them can be promised."""
        return self.of_rows or self.count is not None

    @property
    def looks_at_rows(self) -> bool:
        """Whether it measures a number of rows, or of a table, so that the number of rows matters."""
        return self.counts or self.compares

    @property
    def skips_none(self) -> bool:
        """Whether it checks every row, with NULLs or without."""
        return self.skips is none

    def obstacle_in_document(self) -> Obstacle | None:
        """Return why it is not executed inside a JSON document; None if it is."""
        if self.in_document or (self.condition is not None and self.count is None):
            return self.in_document
        return Obstacle(f"checks of type {self.name} are not executed inside a document")

    def missing(self, check: Check, columns: Columns) -> list[str]:
        """Return the columns of `check` and its row filter, or the place inside one, that the relation lacks."""
        if not self.needs_columns:
            return []
        if check.within and not shape.found(check, columns):
            return [check.path]
        return [name for name in check.names if name not in columns]
