"""Conditions about what is inside a value: fields of objects, items of arrays, keys and values of maps.

A value is either typed (a struct, a list, a map), or a JSON document, of which only the text is known.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlglot import exp

from headgate.checks import documents
from headgate.checks.column import EACH, KEYS, VALUES
from headgate.checks.conditions import column

# The column that a condition speaks of before it is led inside.
LEAF = "__headgate_leaf"
_ITEM = "__headgate_item"

Condition = Callable[[exp.Expr], exp.Expr]


def lift(condition: Condition, name: str, steps: Sequence[str], *, document: bool = False) -> exp.Expr:
    """Return `condition`, on the place at `steps` inside the column `name`, as a condition on the row: TRUE if it holds
    anywhere there.

    A field of an object that is NULL does not exist, and breaks nothing.
    """
    return _lift(condition, column(name), tuple(steps), 0, document)


def of_leaf(condition: exp.Expr) -> Condition:
    """Return a condition on the column LEAF as a condition on any expression."""

    def led(value: exp.Expr) -> exp.Expr:
        def replaced(node: exp.Expr) -> exp.Expr:
            return value.copy() if isinstance(node, exp.Column) and node.name == LEAF else node

        return condition.copy().transform(replaced)

    return led


def _lift(condition: Condition, here: exp.Expr, steps: tuple[str, ...], depth: int, document: bool) -> exp.Expr:
    holder: exp.Expr | None = None
    for position, step in enumerate(steps):
        if step in (EACH, KEYS, VALUES):
            item = exp.to_identifier(f"{_ITEM}{depth}", quoted=True)
            inner = _lift(condition, exp.column(item.copy()), steps[position + 1 :], depth + 1, document)
            items = documents.items(here, step) if document else _items(here, step)
            found = exp.ArrayFilter(this=items, expression=exp.Lambda(this=inner, expressions=[item]))
            return exp.func("COALESCE", exp.GT(this=exp.ArraySize(this=found), expression=exp.Literal.number(0)),
                            exp.false())  # fmt: skip
        field = documents.field(here, step) if document else None
        holder, here = here, field or exp.StructExtract(this=here.copy(), expression=exp.Literal.string(step))
    led = condition(here)
    if holder is None:
        return led
    return exp.and_(documents.is_there(holder) if document else holder.copy().is_(exp.null()).not_(), led)


def _items(value: exp.Expr, step: str) -> exp.Expr:
    if step == EACH:
        return value.copy()
    return exp.func("MAP_KEYS" if step == KEYS else "MAP_VALUES", value.copy())
