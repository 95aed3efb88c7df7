"""Two datasets that must agree: what a rule of reconciliation says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from headgate.checks.check import Check
from headgate.checks.check_type import CheckType

# The type of its checks, and what incidents call the part of a dataset that a run of nothing else is about.
RECONCILIATION = "reconciliation"
ZERO = Decimal(0)
MOST_SETTLED = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Pair:
    """The same thing on both sides: two SQL expressions, each on the columns of its side; a column's name is one.

    `str(pair)` is what the report calls it: the own side's.
    """

    own: str
    other: str

    def __str__(self) -> str:
        return self.own


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far two numbers may be apart: |a - b| <= max(absolute, relative * max(|a|, |b|))."""

    absolute: Decimal = ZERO
    relative: Decimal = ZERO

    def __bool__(self) -> bool:
        return bool(self.absolute or self.relative)


EXACT = Tolerance()


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Sums by group (`sums`, `by`), or rows by key (`key`), that must be the same on both sides.

    Attributes:
        by: what makes a group; empty: all rows are one.
        sums: what is summed up in each group. The number of rows is not compared unless `1` is among them.
        key: columns that name a row.
        columns: the columns that are compared; None: all that both sides have, by name.
        leave_out: names of columns that are not compared.
        tolerance: of the sums, and of the columns that are not in `tolerances`, where they are numbers.
        tolerances: of single columns, by the own side's name.
        allowed: how many groups or rows may differ.
        settled: only periods that ended as long ago are compared (rows: changed as long ago); None: all.
        as_of: the time that `settled` is about; by default the first of `by` that is a period, date or timestamp.
        where, other_where: conditions in SQL: only these rows of each side are compared; empty: all.
    """

    by: tuple[Pair, ...] = ()
    sums: tuple[Pair, ...] = ()
    key: tuple[Pair, ...] = ()
    columns: tuple[Pair, ...] | None = None
    leave_out: frozenset[str] = frozenset()
    tolerance: Tolerance = EXACT
    tolerances: Mapping[str, Tolerance] = field(default_factory=dict)
    allowed: int = 0
    settled: timedelta | None = None
    as_of: Pair | None = None
    where: str = ""
    other_where: str = ""

    @classmethod
    def of(cls, check: Check) -> Reconciliation:
        """Return what a check of this type says; its `args` are the fields, as plain values."""
        args = check.args

        def pairs(name: str) -> tuple[Pair, ...]:
            return tuple(Pair(*pair) for pair in args.get(name) or ())

        return cls(
            by=pairs("by"),
            sums=pairs("sums"),
            key=pairs("key"),
            columns=pairs("columns") if args.get("columns") is not None else None,
            leave_out=frozenset(args.get("leave_out", ())),
            tolerance=Tolerance(*args.get("tolerance", ())),
            tolerances={name: Tolerance(*of) for name, of in args.get("tolerances", {}).items()},
            allowed=args.get("allowed", 0),
            settled=timedelta(seconds=float(args["settled"])) if args.get("settled") is not None else None,
            as_of=Pair(*args["as_of"]) if args.get("as_of") else None,
            where=args.get("where", ""),
            other_where=args.get("other_where", ""),
        )

    @property
    def expressions(self) -> tuple[Pair, ...]:
        """Every expression that it has."""
        return (*self.by, *self.sums, *self.key, *(self.columns or ()), *((self.as_of,) if self.as_of else ()))

    @property
    def of_rows(self) -> bool:
        """Whether rows are compared, not sums of groups."""
        return bool(self.key)

    @property
    def unit(self) -> str:
        """What is counted: rows or groups."""
        return "rows" if self.of_rows else "groups"


def _promise(check: Check) -> str:
    rule = Reconciliation.of(check)
    what = "rows" if rule.of_rows else ", ".join(map(str, rule.sums))
    by = ", ".join(map(str, rule.key or rule.by))
    return f"{what}{f' by {by}' if by else ''} agree with {check.args['against']}"


TYPES = (
    CheckType(RECONCILIATION, "consistency", _promise, needs_columns=False, evaluator="reconciliation"),
)  # fmt: skip
