"""The SQL conditions under which a row is unexpected, as sqlglot expressions with NULLs explicit.

The relation under check is always called DATA; the relation that a foreign key refers to has a reserved name too, so
that no column can be mistaken for either.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlglot import exp

from headgate.sql import vocabulary
from headgate.sql.names import DATA, REFERENCE, SELF

_REF = "__headgate_ref"

_TEMPORAL = {"date": "DATE", "timestamp": "TIMESTAMPTZ", "time": "TIME"}


def column(name: str, table: str = DATA) -> exp.Column:
    """Return the column `name` of the relation under check."""
    return exp.column(name, table=table, quoted=True)


def literal(value: Any, logical_type: str | None = None) -> exp.Expr:
    """Return a value of a contract as a SQL literal of the logical type. It is never SQL text: everything is quoted
    here.

    An expression, which stands for a value that is not known yet, is returned unchanged.
    """
    if isinstance(value, exp.Expr):
        return value.copy()
    if value is None:
        return exp.null()
    if isinstance(value, bool):
        return exp.Boolean(this=value)
    if isinstance(value, int | Decimal):
        return exp.Literal.number(format(value, "f") if isinstance(value, Decimal) else str(value))
    said = exp.Literal.string(str(value))
    return exp.cast(said, _TEMPORAL[logical_type]) if logical_type in _TEMPORAL else said


def operand(name: str, logical_type: str | None) -> exp.Expr:
    """Return the column in the form that compares with literals of its logical type: engines have several types for a
    time of day, and for what a contract calls a string."""
    if logical_type == "string":
        return text(name)
    return exp.cast(column(name), "TIME") if logical_type == "time" else column(name)


def any_of(conditions: Sequence[exp.Expr]) -> exp.Expr:
    return exp.or_(*conditions, copy=False) if conditions else exp.false()


def is_null(name: str) -> exp.Expr:
    return exp.Is(this=column(name), expression=exp.null())


def not_null(names: Sequence[str]) -> exp.Expr:
    return exp.and_(*(exp.Not(this=is_null(name)) for name in names), copy=False)


def not_in_set(name: str, values: Sequence[Any], logical_type: str | None) -> exp.Expr:
    """Return the condition: not NULL, and none of `values`. A NULL is expected, whether or not None is among them."""
    present = [literal(v, logical_type) for v in values if v is not None]
    if not present:
        return not_null([name])
    member = exp.In(this=operand(name, logical_type), expressions=present)
    return exp.and_(not_null([name]), exp.Not(this=member), copy=False)


def in_set(name: str, values: Sequence[Any], logical_type: str | None) -> exp.Expr:
    """Return the condition: one of `values`. It is NULL only if None is among them."""
    present = [v for v in values if v is not None]
    conditions = []
    if len(present) < len(values):
        conditions.append(is_null(name))
    if present:
        member = operand(name, logical_type).isin(*(literal(v, logical_type) for v in present))
        conditions.append(exp.and_(not_null([name]), member))
    return any_of(conditions)


def text(name: str) -> exp.Expr:
    """Return the column as text: a UUID, for one, is a string in the contract, but engines have no patterns for it."""
    return exp.cast(column(name), "TEXT")


def not_matching(name: str, pattern: str | exp.Expr) -> exp.Expr:
    """Return the condition: not NULL, and the RE2 pattern is not found in it (unanchored, as JSON schema and ECMA-262
    `test` read it)."""
    found = exp.RegexpLike(this=text(name), expression=literal(pattern))
    return exp.and_(not_null([name]), exp.Not(this=found), copy=False)


def outside(value: exp.Expr, bounds: Bounds) -> exp.Expr:
    """Return the condition: below the lowest or above the highest allowed value. NULL is neither."""
    parts: list[exp.Expr] = []
    if bounds.low is not None:
        parts.append((exp.LTE if bounds.low_open else exp.LT)(this=value.copy(), expression=bounds.low.copy()))
    if bounds.high is not None:
        parts.append((exp.GTE if bounds.high_open else exp.GT)(this=value.copy(), expression=bounds.high.copy()))
    return exp.Coalesce(this=any_of(parts), expressions=[exp.false()])


def not_multiple(name: str, of: Decimal | int) -> exp.Expr:
    """Return the condition: not a whole multiple of `of`, in decimal arithmetic, of the number as it is written: the
    float 0.3 is a multiple of 0.1."""
    value, scale = column(name), max(0, -int(Decimal(of).normalize().as_tuple().exponent))
    # Floats below it are exact to the last digit of `of`, and a little further; of others their text tells.
    limit = exp.Literal.number(2**50 // 10**scale)
    near = exp.and_(exp.LT(this=value, expression=limit), exp.GT(this=value.copy(), expression=exp.Neg(this=limit)))
    exact = exp.TryCast(this=value.copy(), to=exp.DataType.build(f"DECIMAL(38, {min(scale, 37)})"))
    divides = exp.and_(exp.EQ(this=exact, expression=value.copy()), _divides(exact, literal(of)))
    said = exp.TryCast(this=text(name), to=exp.DataType.build(f"DECIMAL(38, {min(scale + 3, 37)})"))
    # No float of this size is written with so many digits: it is a decimal, which is exact.
    long = exp.and_(
        exp.GT(this=exp.Length(this=text(name)), expression=literal(20)),
        exp.Not(this=exp.RegexpLike(this=text(name), expression=literal("e|^-?[0-9]+$"))),
    )
    whole = _divides(value, literal(Fraction(of).numerator))
    multiple = exp.Case().when(exp.or_(near, long), divides).when(said.is_(exp.null()), whole)
    return exp.and_(
        not_null([name]), exp.func("COALESCE", multiple.else_(_divides(said, literal(of))), exp.false()).not_()
    )


def _divides(value: exp.Expr, of: exp.Expr) -> exp.Expr:
    return exp.EQ(this=exp.Mod(this=exp.paren(value.copy()), expression=of), expression=literal(0))


def item_count(name: str) -> exp.Expr:
    """Return how many items an array has, also one inside a JSON document."""
    return exp.ArraySize(this=_items(name))


def repeated_items(name: str) -> exp.Expr:
    """Return the condition: an item of the array appears twice. Two NULLs repeat each other, as in JSON schema's
    uniqueItems."""
    item = exp.to_identifier("__headgate_item", quoted=True)
    nulls = exp.ArrayFilter(
        this=_items(name), expression=exp.Lambda(this=exp.column(item.copy()).is_(exp.null()), expressions=[item])
    )
    one = exp.func("LEAST", exp.ArraySize(this=nulls), literal(1))
    distinct = exp.Add(this=exp.func("LIST_UNIQUE", _items(name)), expression=one)
    return exp.func("COALESCE", exp.LT(this=distinct, expression=item_count(name)), exp.false())


def property_count(name: str) -> exp.Expr:
    """Return how many properties an object has: fields that are not NULL, in a struct, a map or a document."""
    item = exp.to_identifier("__headgate_item", quoted=True)
    present = exp.Lambda(this=exp.column(item.copy()).is_(exp.null()).not_(), expressions=[item])
    return exp.ArraySize(this=exp.ArrayFilter(this=exp.func("MAP_VALUES", _as_map(name)), expression=present))


def without_properties(name: str, required: Sequence[str]) -> exp.Expr:
    """Return the condition: one of the `required` properties of an object is missing or NULL."""
    lacking = [
        exp.Bracket(this=_as_map(name), expressions=[exp.Literal.string(key)], offset=0).is_(exp.null())
        for key in required
    ]
    return exp.and_(not_null([name]), any_of(lacking))


def _items(name: str) -> exp.Expr:
    # By way of JSON: a text is then an item as any other, and a document that is an array has items too.
    return exp.TryCast(this=exp.func("TO_JSON", column(name)), to=vocabulary.LIST_OF_DOCUMENTS.copy())


def _as_map(name: str) -> exp.Expr:
    return exp.TryCast(this=exp.func("TO_JSON", column(name)), to=vocabulary.MAP_OF_TEXTS.copy())


def repeated(names: Sequence[str], skipped: exp.Expr) -> exp.Expr:
    """Return the condition: one of several rows with the same values, NULLs included, except those that are skipped."""
    window = exp.Window(this=exp.Count(this=exp.Star()), partition_by=[column(name) for name in names])
    return exp.and_(exp.paren(skipped).not_(), exp.GT(this=window, expression=exp.Literal.number(1)))


def skipped(names: Sequence[str], rule: str = "any") -> exp.Expr:
    """Return GX's ignore_row_if: a row is skipped if any, or all, of the columns are NULL, or never."""
    nulls = [is_null(name) for name in names]
    return {"any": exp.or_, "all": exp.and_}[rule](*nulls) if rule != "never" else exp.false()


def unless(expected: exp.Expr, skipped: exp.Expr) -> exp.Expr:
    """Return the condition: neither skipped nor as expected. A comparison that is NULL is not as expected."""
    return exp.and_(exp.paren(skipped).not_(), exp.func("COALESCE", expected, exp.false()).not_())


def double(value: exp.Expr) -> exp.Expr:
    return exp.cast(value, "DOUBLE")


def of_itself(*values: exp.Expr, where: exp.Expr | None) -> exp.Select:
    """Return a query over the relation under check, which is called DATA inside it too; `where` is the check's row
    filter."""
    table = exp.alias_(reference(SELF), DATA, table=True, quoted=True)
    chosen = exp.select(*values).from_(table)
    return chosen if where is None else chosen.where(where.copy())


def number_of_itself(value: exp.Expr, where: exp.Expr | None) -> exp.Expr:
    """Return an aggregate over the whole relation under check, as a number beside each row."""
    return of_itself(value, where=where).subquery()


def reference(name: str) -> exp.Table:
    """Return the relation of a dataset that a check refers to; the plan resolves it."""
    return exp.table_(name, db=REFERENCE, quoted=True)


def orphaned(names: Sequence[str], to: str, to_names: Sequence[str]) -> exp.Expr:
    """Return the condition: a complete key that the referenced dataset does not hold."""
    return exp.and_(not_null(names), _held(names, to, to_names).not_())


def known(names: Sequence[str], to: str, to_names: Sequence[str]) -> exp.Expr:
    """Return the condition: a complete key that the referenced dataset holds already."""
    return exp.and_(not_null(names), _held(names, to, to_names))


def _held(names: Sequence[str], to: str, to_names: Sequence[str]) -> exp.Exists:
    equal = [
        exp.EQ(this=column(there, _REF), expression=column(here)) for here, there in zip(names, to_names, strict=True)
    ]
    return exp.Exists(this=exp.select("1").from_(exp.alias_(reference(to), _REF, table=True)).where(*equal))


class Bounds:
    """The range that values must be in, as SQL literals; an open end excludes the bound itself."""

    __slots__ = ("high", "high_open", "low", "low_open")

    def __init__(self, args: Any, logical_type: str | None = None) -> None:
        low, high = args.get("minimum"), args.get("maximum")
        self.low = None if low is None else literal(low, logical_type)
        self.high = None if high is None else literal(high, logical_type)
        self.low_open = bool(args.get("strict_minimum"))
        self.high_open = bool(args.get("strict_maximum"))
