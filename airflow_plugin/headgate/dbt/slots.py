"""Slots: placeholders in SQL for a column or an argument of a check that is not known yet."""

from __future__ import annotations

import re

from sqlglot import exp

from headgate.checks import DATA

MARK = "\N{SECTION SIGN}"
SLOT = re.compile(f'(?P<own>"{DATA}"[.])?"?{MARK}(?P<name>[a-z_]+)(?::(?P<at>[0-9]+))?{MARK}"?')


def mark(name: str, position: int | None = None) -> str:
    """Return the text of the slot `name`, or of one member of a list."""
    return f"{MARK}{name}{'' if position is None else f':{position}'}{MARK}"


def slot(name: str, position: int | None = None) -> exp.Expr:
    """Return the slot as an expression."""
    return exp.var(mark(name, position))


def slots(name: str, count: int) -> tuple[exp.Expr, ...]:
    """Return the first members of a list."""
    return tuple(slot(name, position) for position in range(count))


def names(name: str, count: int) -> tuple[str, ...]:
    """Return the first names of a list of columns."""
    return tuple(mark(name, position) for position in range(count))
