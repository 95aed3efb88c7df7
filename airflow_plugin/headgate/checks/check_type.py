"""What a check type declares of itself: see the catalogue."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass

from sqlglot import exp

from headgate.checks import conditions as c
from headgate.checks import shape
from headgate.checks.check import Check
from headgate.checks.shape import Canonical, Columns


def any_null(check: Check) -> exp.Expr:
    """As most types skip rows: where one of the columns is NULL."""
    return c.not_null(check.columns).not_()


def none(check: Check) -> exp.Expr:
    """For types that skip no row."""
    return exp.false()


@dataclass(frozen=True)
class CheckType:
    """One kind of check. `promise` says in plain words what must hold; `keys` is unique, foreign or nothing.

    `in_full` marks a promise that says itself what its number must be.

    `wants` are the logical types of which each column must serve one; empty: any. `ordered` marks what looks at the
    order of the rows, `stored` a promise about a table and not about files, `reveals` a number that is a value of the
    data, `untrusted` a query that a contract wrote. `evaluator` names what measures it (see `scan.evaluate`): sql, or
    texts, for which `predicate` tells the expected ones, or gx. The `module` must be installed for it.
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
    keys: str = ""
    in_full: bool = False
    wants: frozenset[str] = frozenset()
    ordered: bool = False
    stored: bool = False
    reveals: bool = False
    untrusted: bool = False
    evaluator: str = "sql"
    module: str = ""

    @property
    def installed(self) -> bool:
        """Whether the module is there that the type is measured with."""
        return not self.module or importlib.util.find_spec(self.module) is not None

    @property
    def of_rows(self) -> bool:
        """Whether it is known of a row if it is unexpected, so that it can be shown and quarantined."""
        return self.condition is not None or self.predicate is not None

    @property
    def compares(self) -> bool:
        """Whether a number is compared, and no rows are counted."""
        return self.aggregate is not None or self.query is not None

    @property
    def counts(self) -> bool:
        """Whether rows are counted, so that a share of them can be promised."""
        return self.of_rows or self.count is not None

    @property
    def looks_at_rows(self) -> bool:
        """Whether a number of rows, or of a table, is measured, so that it matters how many rows are looked at."""
        return self.counts or self.compares

    def needs(self, check: Check, columns: Columns) -> list[str]:
        """The columns of `check`, or the place inside one, that the relation does not have."""
        if check.within:
            return [] if shape.found(check, columns) else [check.place]
        return [name for name in check.columns if name not in columns]
