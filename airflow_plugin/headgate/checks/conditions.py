"""The SQL conditions under which a row is unexpected, as sqlglot expressions with NULLs explicit.

The relation under check is always called DATA; the relation that a foreign key refers to has a name of ours as well, so
that no column can be taken for either.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlglot import exp

DATA = "__headgate_data"
REFERENCE = "headgate_reference"
# Names that columns of data cannot have.
RESERVED = ("headgate_", "__headgate")
_REF = "__headgate_ref"

_TEMPORAL = {"date": "DATE", "timestamp": "TIMESTAMPTZ", "time": "TIME"}


def column(name: str, table: str = DATA) -> exp.Column:
    """The column `name` of the relation under check."""
    return exp.column(name, table=table, quoted=True)


def literal(value: Any, logical_type: str | None = None) -> exp.Expr:
    """A value of a contract as a SQL literal of the logical type. Never SQL text: everything is quoted here."""
    if value is None:
        return exp.null()
    if isinstance(value, bool):
        return exp.Boolean(this=value)
    if isinstance(value, int | Decimal):
        return exp.Literal.number(format(value, "f") if isinstance(value, Decimal) else str(value))
    text = exp.Literal.string(str(value))
    return exp.cast(text, _TEMPORAL[logical_type]) if logical_type in _TEMPORAL else text


def operand(name: str, logical_type: str | None) -> exp.Expr:
    """The column as it compares with literals of its logical type: engines have several types for a time of day."""
    return exp.cast(column(name), "TIME") if logical_type == "time" else column(name)


def any_of(conditions: Sequence[exp.Expr]) -> exp.Expr:
    return exp.or_(*conditions) if conditions else exp.false()


def is_null(name: str) -> exp.Expr:
    return column(name).is_(exp.null())


def not_null(names: Sequence[str]) -> exp.Expr:
    return exp.and_(*(is_null(name).not_() for name in names))


def not_in_set(name: str, values: Sequence[Any], logical_type: str | None) -> exp.Expr:
    """Present, and none of `values`; a NULL is expected."""
    if not values:
        return not_null([name])
    return exp.and_(
        not_null([name]), operand(name, logical_type).isin(*(literal(v, logical_type) for v in values)).not_()
    )


def in_set(name: str, values: Sequence[Any], logical_type: str | None) -> exp.Expr:
    """One of `values`; NULL only where None is among them."""
    present = [v for v in values if v is not None]
    conditions = []
    if len(present) < len(values):
        conditions.append(is_null(name))
    if present:
        member = operand(name, logical_type).isin(*(literal(v, logical_type) for v in present))
        conditions.append(exp.and_(not_null([name]), member))
    return any_of(conditions)


def not_matching(name: str, pattern: str, logical_type: str | None) -> exp.Expr:
    """Present, and the RE2 pattern is found nowhere in it (unanchored, as JSON schema and ECMA-262 `test` read it)."""
    text = column(name) if logical_type == "string" else exp.cast(column(name), "TEXT")
    return exp.and_(not_null([name]), exp.RegexpLike(this=text, expression=exp.Literal.string(pattern)).not_())


def outside(value: exp.Expr, bounds: Bounds) -> exp.Expr:
    """Below the lowest or above the highest that is allowed; NULL is neither."""
    parts: list[exp.Expr] = []
    if bounds.low is not None:
        parts.append((exp.LTE if bounds.low_open else exp.LT)(this=value.copy(), expression=bounds.low.copy()))
    if bounds.high is not None:
        parts.append((exp.GTE if bounds.high_open else exp.GT)(this=value.copy(), expression=bounds.high.copy()))
    return exp.func("COALESCE", any_of(parts), exp.false())


def repeated(names: Sequence[str]) -> exp.Expr:
    """One of several rows with the same values. As in SQL's UNIQUE, a key with a NULL in it repeats nothing."""
    window = exp.Window(this=exp.Count(this=exp.Star()), partition_by=[column(name) for name in names])
    return exp.and_(not_null(names), exp.GT(this=window, expression=exp.Literal.number(1)))


def orphaned(names: Sequence[str], to: str, to_names: Sequence[str]) -> exp.Expr:
    """A complete key that the referenced dataset does not hold. `to` is resolved by the plan."""
    equal = [
        exp.EQ(this=column(there, _REF), expression=column(here)) for here, there in zip(names, to_names, strict=True)
    ]
    held = exp.select("1").from_(exp.alias_(exp.table_(to, db=REFERENCE, quoted=True), _REF, table=True))
    return exp.and_(not_null(names), exp.Exists(this=held.where(*equal)).not_())


class Bounds:
    """The range that values must lie in, as SQL literals; an open end excludes the bound itself."""

    __slots__ = ("high", "high_open", "low", "low_open")

    def __init__(self, args: Any, logical_type: str | None = None) -> None:
        low, high = args.get("minimum"), args.get("maximum")
        self.low = None if low is None else literal(low, logical_type)
        self.high = None if high is None else literal(high, logical_type)
        self.low_open = bool(args.get("strict_minimum"))
        self.high_open = bool(args.get("strict_maximum"))
