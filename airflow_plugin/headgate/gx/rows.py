"""Map expectations whose condition is SQL, equal to the pandas engine for columns of the kinds that each names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import reduce
from typing import Any

from sqlglot import exp

from headgate.checks import DATA
from headgate.errors import UnsupportedError
from headgate.gx.data import ROW, Data
from headgate.gx.map_expectations import Rows
from headgate.gx.query import Kwargs

# Beyond it a float no longer tells two integers apart.
_EXACT = 2**53
_NUMBERS = ("int", "float")


def missing(data: Data, name: str) -> exp.Expr:
    return data.column(name).is_(exp.null())


def double(value: Any) -> exp.Expr:
    """A number as the very float64 that Python has."""
    operand = value if isinstance(value, exp.Expr) else exp.Literal.string(repr(float(value)))
    return exp.cast(operand, "DOUBLE")


def _holds(condition: exp.Expr) -> exp.Expr:
    """Two-valued: what compares to NULL does not hold, as in pandas."""
    return exp.func("COALESCE", condition, exp.false())


def _not(condition: exp.Expr) -> exp.Expr:
    return exp.paren(_holds(condition)).not_()


# --- one column -----------------------------------------------------------------------------------------------------


def not_null(kwargs: Kwargs, data: Data) -> Rows:
    name = kwargs["column"]
    data.kind(name)
    return Rows((name,), missing(data, name), None)


def null(kwargs: Kwargs, data: Data) -> Rows:
    name = kwargs["column"]
    data.kind(name)
    return Rows((name,), missing(data, name).not_(), None)


def _column(kwargs: Kwargs, data: Data, expected: exp.Expr) -> Rows:
    name = kwargs["column"]
    return Rows((name,), _not(expected), missing(data, name))


def unique(kwargs: Kwargs, data: Data) -> Rows:
    name = kwargs["column"]
    data.kind(name)
    groups = data.select(data.column(name)).where(missing(data, name).not_()).group_by(data.column(name))
    repeated = exp.In(this=data.column(name), query=groups.having("COUNT(*) > 1").subquery())
    return _column(kwargs, data, repeated.not_())


def member(data: Data, name: str, values: Sequence[Any]) -> exp.Expr:
    """Whether a value is among `values`, as pandas' isin holds it."""
    kind = data.kind(name, "int", "float", "str", "bool")
    if kind == "str":
        texts = [value for value in values if isinstance(value, str)]
        return data.column(name).isin(*map(exp.Literal.string, texts)) if texts else exp.false()
    if kind == "bool":
        if not all(isinstance(value, bool) for value in values):
            raise UnsupportedError("a set of other than booleans")
        return data.column(name).isin(*(exp.Boolean(this=value) for value in values)) if values else exp.false()
    numbers = [v for v in values if isinstance(v, int | float) and not isinstance(v, bool) and abs(v) < _EXACT]
    if len(numbers) < len(values):
        raise UnsupportedError("a set of other than numbers")
    if not numbers:
        return exp.false()
    if kind == "int":
        whole = [exp.Literal.number(int(v)) for v in numbers if float(v).is_integer()]
        return data.column(name).isin(*whole) if whole else exp.false()
    return data.column(name).isin(*map(double, numbers))


def in_set(kwargs: Kwargs, data: Data) -> Rows:
    return _column(kwargs, data, member(data, kwargs["column"], kwargs["value_set"]))


def not_in_set(kwargs: Kwargs, data: Data) -> Rows:
    return _column(kwargs, data, _not(member(data, kwargs["column"], kwargs["value_set"])))


def within(kwargs: Kwargs, value: exp.Expr, low: exp.Expr | None, high: exp.Expr | None) -> exp.Expr:
    parts: list[exp.Expr] = []
    if low is not None:
        parts.append((exp.GT if kwargs.get("strict_min") else exp.GTE)(this=value.copy(), expression=low))
    if high is not None:
        parts.append((exp.LT if kwargs.get("strict_max") else exp.LTE)(this=value.copy(), expression=high))
    if not parts:
        raise UnsupportedError("neither bound is given")
    return exp.and_(*parts)


def between(kwargs: Kwargs, data: Data) -> Rows:
    name = kwargs["column"]
    ends = (kwargs.get("min_value"), kwargs.get("max_value"))
    given: list[Any] = [end for end in ends if end is not None]
    if any(isinstance(end, datetime) for end in given):
        zoned = data.kind(name, "time", "zoned") == "zoned"
        if any(not isinstance(end, datetime) or (end.tzinfo is not None) != zoned for end in given):
            raise UnsupportedError("a bound with a time zone beside one without")
        value: exp.Expr = data.column(name)
        bound: Callable[[Any], exp.Expr] = _moment
    else:
        kind = data.kind(name, "int", "float", "bool")
        number = exp.cast(data.column(name), "INT") if kind == "bool" else data.column(name)
        value, bound = double(number), double
    if len(given) > 1 and given[0] > given[1]:
        raise UnsupportedError("bounds in disorder")
    low, high = (None if end is None else bound(end) for end in ends)
    return _column(kwargs, data, within(kwargs, value, low, high))


def _moment(value: datetime) -> exp.Expr:
    return exp.cast(exp.Literal.string(value.isoformat(" ")), "TIMESTAMPTZ" if value.tzinfo else "TIMESTAMP")


def _length(kwargs: Kwargs, data: Data) -> exp.Expr:
    kind = data.kind(kwargs["column"], "str", "int")
    value = data.column(kwargs["column"])
    return exp.Length(this=value if kind == "str" else exp.cast(value, "TEXT"))


def lengths_between(kwargs: Kwargs, data: Data) -> Rows:
    ends = [None if kwargs.get(end) is None else exp.Literal.number(kwargs[end]) for end in ("min_value", "max_value")]
    return _column(kwargs, data, within(kwargs, _length(kwargs, data), *ends))


def lengths_equal(kwargs: Kwargs, data: Data) -> Rows:
    return _column(kwargs, data, exp.EQ(this=double(_length(kwargs, data)), expression=double(kwargs["value"])))


def _ordered(kwargs: Kwargs, data: Data, wrong: type[exp.Binary], also_wrong: type[exp.Binary]) -> Rows:
    """Each value that is present beside the one before it."""
    name = kwargs["column"]
    kind = data.kind(name, "int", "float", "time", "zoned")
    row = exp.column(ROW, table=DATA, quoted=True)
    before = exp.Window(this=exp.Lag(this=data.column(name)), order=exp.Order(expressions=[row.copy()]))
    pairs = data.select(row.copy(), exp.alias_(data.column(name), "here"), exp.alias_(before, "before"))
    broken = also_wrong if kwargs.get("strictly") else wrong
    found = exp.select(exp.column(ROW, quoted=True)).from_(pairs.where(missing(data, name).not_()).subquery("pairs"))
    one, last = exp.column("here"), exp.column("before")
    found = found.where(broken(this=one, expression=last))
    if kind == "float":  # GX subtracts, and the difference of two infinities is no number
        both = exp.and_(exp.EQ(this=one.copy(), expression=last.copy()), exp.func("ISINF", one.copy()))
        found = found.where(exp.Not(this=exp.paren(both)))
    return _column(kwargs, data, exp.In(this=row, query=found.subquery()).not_())


def increasing(kwargs: Kwargs, data: Data) -> Rows:
    return _ordered(kwargs, data, exp.LT, exp.LTE)


def decreasing(kwargs: Kwargs, data: Data) -> Rows:
    return _ordered(kwargs, data, exp.GT, exp.GTE)


# --- several columns ------------------------------------------------------------------------------------------------


def _skipped(names: Sequence[str], rule: str, data: Data) -> exp.Expr:
    nulls = [missing(data, name) for name in names]
    if rule in ("neither", "never"):
        return exp.false()
    return exp.and_(*nulls) if rule in ("both_values_are_missing", "all_values_are_missing") else exp.or_(*nulls)


def _alike(data: Data, names: Sequence[str]) -> list[exp.Expr]:
    """Columns as they compare with one another: of one kind, or numbers."""
    kinds = {data.kind(name) for name in names}
    if len(kinds) == 1:
        return [data.column(name) for name in names]
    if kinds <= set(_NUMBERS):
        return [double(data.column(name)) for name in names]
    raise UnsupportedError(f"columns of {' and '.join(sorted(kinds))}")


def _pair(kwargs: Kwargs, data: Data, expected: exp.Expr) -> Rows:
    names = (kwargs["column_A"], kwargs["column_B"])
    if names[0] == names[1]:
        raise UnsupportedError("a column beside itself")
    rule = kwargs.get("ignore_row_if", "both_values_are_missing")
    return Rows(names, _not(expected), _skipped(names, rule, data), "pair")


def pair_equal(kwargs: Kwargs, data: Data) -> Rows:
    a, b = _alike(data, (kwargs["column_A"], kwargs["column_B"]))
    return _pair(kwargs, data, exp.EQ(this=a, expression=b))


def pair_greater(kwargs: Kwargs, data: Data) -> Rows:
    a, b = _alike(data, (kwargs["column_A"], kwargs["column_B"]))
    return _pair(kwargs, data, (exp.GTE if kwargs.get("or_equal") else exp.GT)(this=a, expression=b))


def _record(kwargs: Kwargs, data: Data, expected: exp.Expr) -> Rows:
    names = tuple(kwargs["column_list"])
    rule = kwargs.get("ignore_row_if", "all_values_are_missing")
    return Rows(names, _not(expected), _skipped(names, rule, data), "record")


def compound_unique(kwargs: Kwargs, data: Data) -> Rows:
    names = kwargs["column_list"]
    for name in names:
        data.kind(name)
    skipped = _skipped(names, kwargs.get("ignore_row_if", "all_values_are_missing"), data)
    row = exp.column(ROW, table=DATA, quoted=True)
    group = exp.Window(this=exp.Count(this=exp.Star()), partition_by=[data.column(name) for name in names])
    sizes = data.select(row.copy(), exp.alias_(group, "size")).where(_not(skipped))
    repeated = exp.select(exp.column(ROW, quoted=True)).from_(sizes.subquery("sizes")).where("size > 1")
    return _record(kwargs, data, exp.In(this=row, query=repeated.subquery()).not_())


def multicolumn_sum(kwargs: Kwargs, data: Data) -> Rows:
    names = kwargs["column_list"]
    kinds = {data.kind(name, *_NUMBERS) for name in names}
    terms = [data.column(name) if kinds == {"int"} else double(data.column(name)) for name in names]
    total = reduce(lambda left, right: exp.Add(this=left, expression=right), terms)
    return _record(kwargs, data, exp.EQ(this=double(exp.paren(total)), expression=double(kwargs["sum_total"])))


def multicolumn_equal(kwargs: Kwargs, data: Data) -> Rows:
    first, *others = _alike(data, kwargs["column_list"])
    return _record(kwargs, data, exp.and_(*(exp.NullSafeEQ(this=other, expression=first.copy()) for other in others)))


def unique_within_record(kwargs: Kwargs, data: Data) -> Rows:
    columns = _alike(data, kwargs["column_list"])
    if any(str(data.frame[name].dtype) == "object" for name in kwargs["column_list"]):
        raise UnsupportedError("None is another value than NaN here")
    repeats = [
        exp.NullSafeEQ(this=a.copy(), expression=b.copy()) for i, a in enumerate(columns) for b in columns[i + 1 :]
    ]
    return _record(kwargs, data, exp.paren(exp.or_(*repeats)).not_())
