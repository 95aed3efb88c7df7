"""Conditions about what a value holds inside: fields of objects, items of arrays, keys and values of maps."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from headgate.checks.column import EACH, KEYS, VALUES
from headgate.checks.conditions import column

# The column that a condition speaks of before it is led inside.
LEAF = "__headgate_leaf"
_ITEM = "__headgate_item"


def lift(condition: exp.Expr, name: str, steps: Sequence[str]) -> exp.Expr:
    """`condition`, which speaks of the column LEAF, at `steps` inside the column `name`: TRUE for a row if it holds
    anywhere there. A field whose object is NULL is not there, and nothing is wrong with it."""
    return _lift(condition, column(name), tuple(steps), 0)


def _lift(condition: exp.Expr, here: exp.Expr, steps: tuple[str, ...], depth: int) -> exp.Expr:
    holder: exp.Expr | None = None
    for position, step in enumerate(steps):
        if step in (EACH, KEYS, VALUES):
            item = exp.to_identifier(f"{_ITEM}{depth}", quoted=True)
            inner = _lift(condition, exp.column(item.copy()), steps[position + 1 :], depth + 1)
            found = exp.ArrayFilter(this=_items(here, step), expression=exp.Lambda(this=inner, expressions=[item]))
            return exp.func("COALESCE", exp.GT(this=exp.ArraySize(this=found), expression=exp.Literal.number(0)),
                            exp.false())  # fmt: skip
        holder, here = here, exp.StructExtract(this=here.copy(), expression=exp.Literal.string(step))

    def replaced(node: exp.Expr) -> exp.Expr:
        return here.copy() if isinstance(node, exp.Column) and node.name == LEAF else node

    led = condition.copy().transform(replaced)
    return exp.and_(holder.copy().is_(exp.null()).not_(), led) if holder is not None else led


def _items(value: exp.Expr, step: str) -> exp.Expr:
    if step == EACH:
        return value.copy()
    return exp.func("MAP_KEYS" if step == KEYS else "MAP_VALUES", value.copy())
