"""Numbers of a contract beside columns that have fewer digits.

An engine brings both sides of a comparison to one type, and fails, or rounds, where that has too few digits. A number
that a column cannot hold is therefore replaced by the one next to it, or the comparison by its answer.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal

from sqlglot import exp

from headgate.checks import DATA, Column

_INTEGER = re.compile(r"U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?", re.IGNORECASE)
_DECIMAL = re.compile(r"(?:DECIMAL|NUMERIC)\((\d+), ?(\d+)\)", re.IGNORECASE)
# Beyond the digits of a contract's numbers.
_EXACT = Context(prec=500)
_MIRRORED: dict[type[exp.Expr], type[exp.Expr]] = {
    exp.LT: exp.GT,
    exp.LTE: exp.GTE,
    exp.GT: exp.LT,
    exp.GTE: exp.LTE,
    exp.EQ: exp.EQ,
    exp.NEQ: exp.NEQ,
}


@dataclass(frozen=True, slots=True)
class _Digits:
    """What a type holds: numbers below `limit` in size, with `scale` digits after the point."""

    limit: int
    scale: int

    def hold(self, number: Decimal) -> bool:
        return abs(number) < self.limit and number == self.near(number, ROUND_FLOOR)

    def near(self, number: Decimal, rounding: str) -> Decimal:
        return number.quantize(Decimal(1).scaleb(-self.scale), rounding, _EXACT)


def with_exact_numbers(expression: exp.Expr, columns: Mapping[str, Column]) -> exp.Expr:
    """Return the expression with every comparison of a column of DATA and a number as its type can answer it."""

    def answer(node: exp.Expr) -> exp.Expr | None:
        if not isinstance(node, (*_MIRRORED, exp.In)):
            return None
        value = _measured(node.this) or _measured(node.expression)
        held = _digits(columns[value.name].type) if value is not None and value.name in columns else None
        return None if held is None else _said(node, held)

    def answered(node: exp.Expr) -> exp.Expr:
        found = answer(node)
        return node if found is None else found

    return expression.transform(answered) if any(answer(node) is not None for node in expression.walk()) else expression


@functools.lru_cache(maxsize=256)
def _digits(type_name: str) -> _Digits | None:
    if match := _DECIMAL.fullmatch(type_name):
        width, scale = int(match[1]), int(match[2])
        return _Digits(10 ** (width - scale), scale)
    return _Digits(2**127, 0) if _INTEGER.fullmatch(type_name) else None


def _measured(node: exp.Expr | None) -> exp.Column | None:
    """Return the column that `node` is, or is an extreme of."""
    inner = node.this if isinstance(node, exp.Min | exp.Max) else node
    return inner if isinstance(inner, exp.Column) and inner.table == DATA else None


def _number(node: exp.Expr | None) -> Decimal | None:
    if isinstance(node, exp.Neg):
        inner = _number(node.this)
        return None if inner is None else -inner
    return Decimal(node.this) if isinstance(node, exp.Literal) and not node.is_string else None


def _said(node: exp.Expr, held: _Digits) -> exp.Expr | None:
    """Return what `node` is replaced by; None if it stays as it is."""
    if isinstance(node, exp.In):
        numbers = [_number(value) for value in node.expressions]
        kept = [v for v, n in zip(node.expressions, numbers, strict=True) if n is None or held.hold(n)]
        if len(kept) == len(numbers):
            return None
        return node.this.isin(*kept) if kept else _never(node.this)
    if isinstance(node.this, exp.TryCast):
        return _same_as_cast(node, held)
    kind, value, number = type(node), node.this, _number(node.expression)
    if number is None:
        kind, value, number = _MIRRORED[kind], node.expression, _number(node.this)
    if number is None or held.hold(number):
        return None
    if kind in (exp.EQ, exp.NEQ):
        return _never(value) if kind is exp.EQ else _always(value)
    below = kind in (exp.LT, exp.LTE)
    near = held.near(number, ROUND_FLOOR if below else ROUND_CEILING)
    if abs(near) >= held.limit:
        return _always(value) if below == (near > 0) else _never(value)
    said = exp.LTE if below else exp.GTE
    return said(this=value.copy(), expression=exp.Literal.number(format(near, "f")))


def _same_as_cast(node: exp.Expr, held: _Digits) -> exp.Expr | None:
    """Return whether a number with more digits is the same as with the digits of a cast: the others are all 0."""
    cast, value = node.this, node.expression
    to = _digits(cast.to.sql("duckdb"))
    if to is None or not isinstance(node, exp.EQ) or cast.this != value or held.scale <= to.scale:
        return None
    digits = rf"^[^.]*([.][0-9]{{0,{to.scale}}}0*)?$"
    return exp.RegexpLike(this=exp.cast(value.copy(), "TEXT"), expression=exp.Literal.string(digits))


def _always(value: exp.Expr) -> exp.Expr:
    """Return TRUE, or NULL for NULL, as a comparison is."""
    return exp.paren(exp.or_(value.is_(exp.null()).not_(), exp.null()))


def _never(value: exp.Expr) -> exp.Expr:
    return exp.paren(exp.and_(value.is_(exp.null()), exp.null()))
