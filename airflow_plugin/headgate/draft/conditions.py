"""CHECK conditions of a database as words of ODCS, where those say exactly the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

from headgate.checks.re2 import wrong_pattern

Scalar = int | Decimal | str
_BOUNDS: dict[type[exp.Expr], str] = {
    exp.GTE: "minimum",
    exp.GT: "exclusiveMinimum",
    exp.LTE: "maximum",
    exp.LT: "exclusiveMaximum",
}
_MIRRORED: dict[type[exp.Expr], type[exp.Expr]] = {exp.GTE: exp.LTE, exp.GT: exp.LT, exp.LTE: exp.GTE, exp.LT: exp.GT}
# Without a dot or a class such as \d, a pattern means the same to every engine.
_PLAIN_PATTERN = re.compile(r"(\\[.\-/+*?()\[\]{}|^$]|[A-Za-z0-9_^$\[\]{},()+*?| :@/-])*")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class Condition:
    """What a condition says of one column: `enum` with its values, or one of the logicalTypeOptions."""

    column: str
    key: str
    value: Scalar | tuple[Scalar, ...]


def read_condition(text: str, dialect: str, kinds: Mapping[str, str | None]) -> tuple[Condition, ...] | None:
    """Return what the condition `text` says of single columns; None if ODCS has no words for a part of it.

    Args:
        dialect: sqlglot's name of the SQL that it is written in.
        kinds: the logical type of each column.
    """
    try:
        found = [_one(part, kinds) for part in _parts(parse_one(text, dialect=dialect))]
    except (SqlglotError, RecursionError):
        return None
    said = [condition for condition in found if condition is not None]
    return tuple(each for conditions in said for each in conditions) if len(said) == len(found) else None


def _parts(node: exp.Expr) -> Iterator[exp.Expr]:
    node = node.unnest()
    if isinstance(node, exp.And):
        yield from _parts(node.left)
        yield from _parts(node.right)
    else:
        yield node


def _one(node: exp.Expr, kinds: Mapping[str, str | None]) -> tuple[Condition, ...] | None:
    if isinstance(node, exp.Between):
        low, high = (
            exp.GTE(this=node.this, expression=node.args["low"]),
            exp.LTE(this=node.this, expression=node.args["high"]),
        )
        both = [_one(low, kinds), _one(high, kinds)]
        return tuple(each for one in both for each in one or ()) if all(both) else None
    if (listed := _values(node)) is not None:
        column, values = listed
        fits = all(_fits(value, kinds.get(column)) for value in values)
        return (Condition(column, "enum", values),) if fits else None
    if isinstance(node, exp.RegexpLike):
        column_name, pattern = _column(node.this), _literal(node.expression)
        plain = isinstance(pattern, str) and _PLAIN_PATTERN.fullmatch(pattern) and not wrong_pattern(pattern)
        text = column_name is not None and kinds.get(column_name) == "string"
        return (Condition(column_name, "pattern", pattern),) if column_name and text and plain and pattern else None
    return _compared(node, kinds)


def _compared(node: exp.Expr, kinds: Mapping[str, str | None]) -> tuple[Condition, ...] | None:
    """Read the comparison of a column, or of its length, with a literal."""
    if not isinstance(node, exp.Binary):
        return None
    kind: type[exp.Expr] = type(node)
    left, right = node.left, node.right
    value = _literal(right)
    if value is None:
        kind, left, value = _MIRRORED.get(kind, kind), right, _literal(left)
    inner = left.unnest()
    if isinstance(inner, exp.Length):
        return _length(kind, _column(inner.this), value)
    column = _column(left)
    if kind not in _BOUNDS or column is None or value is None:
        return None
    bounded = kinds.get(column) in ("integer", "number", "date") and _fits(value, kinds.get(column))
    return (Condition(column, _BOUNDS[kind], value),) if bounded else None


def _length(kind: type[exp.Expr], column: str | None, value: Scalar | None) -> tuple[Condition, ...] | None:
    if column is None or not isinstance(value, int):
        return None
    match kind:
        case exp.EQ:
            return Condition(column, "minLength", value), Condition(column, "maxLength", value)
        case exp.GTE | exp.GT:
            return (Condition(column, "minLength", value + (kind is exp.GT)),)
        case exp.LTE | exp.LT:
            return (Condition(column, "maxLength", value - (kind is exp.LT)),)
    return None


def _values(node: exp.Expr) -> tuple[str, tuple[Scalar, ...]] | None:
    """Return the column and the values of a list: IN, = ANY (ARRAY[…]), =, or several of them with OR."""
    node = node.unnest()
    if isinstance(node, exp.Or):
        one, other = _values(node.left), _values(node.right)
        return (one[0], (*one[1], *other[1])) if one and other and one[0] == other[0] else None
    if isinstance(node, exp.In):
        column, items = _column(node.this), node.expressions
    elif isinstance(node, exp.EQ) and isinstance(node.right, exp.Any):
        array = _uncast(node.right.this)
        column, items = _column(node.left), array.expressions if isinstance(array, exp.Array) else []
    elif isinstance(node, exp.EQ):
        column, items = _column(node.left), [node.right]
    else:
        return None
    values = [_literal(item) for item in items]
    given = tuple(value for value in values if value is not None)
    return (column, given) if column and values and len(given) == len(values) else None


def _fits(value: Scalar, kind: str | None) -> bool:
    match kind:
        case "integer":
            return isinstance(value, int)
        case "number":
            return isinstance(value, int | Decimal)
        case "date":
            return isinstance(value, str) and bool(_DATE.fullmatch(value))
    return kind == "string" and isinstance(value, str)


def _column(node: exp.Expr) -> str | None:
    """Return the name of a column, which may be cast to a text: that changes no text."""
    node = node.unnest()
    while isinstance(node, exp.Cast) and node.to.this in exp.DataType.TEXT_TYPES:
        node = node.this.unnest()
    return node.name if isinstance(node, exp.Column) else None


def _literal(node: exp.Expr) -> Scalar | None:
    """Return the value of a literal, whatever it is cast to; a text that is cast to a number is that number."""
    node = node.unnest()
    numeric = isinstance(node, exp.Cast) and node.to.this in exp.DataType.NUMERIC_TYPES
    bare = _uncast(node)
    negative = isinstance(bare, exp.Neg)
    bare = _uncast(bare.this) if negative else bare
    if not isinstance(bare, exp.Literal):
        return None
    if bare.is_string and not numeric:
        return bare.name
    number = Decimal(bare.name) * (-1 if negative else 1)
    return int(number) if number == number.to_integral_value() and "." not in bare.name else number


def _uncast(node: exp.Expr) -> exp.Expr:
    node = node.unnest()
    while isinstance(node, exp.Cast):
        node = node.this.unnest()
    return node
