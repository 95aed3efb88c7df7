"""Differences as rows that people look at."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from headgate.checks.reconciliation import Pair, Reconciliation
from headgate.compare.found import Difference, Reconciled
from headgate.report.words import MASK


def hidden_names(
    rule: Reconciliation, found: Reconciled, own: Collection[str], other: Collection[str]
) -> frozenset[str]:
    """Return what of the comparison is not shown: what is made of a column, in lower case, that is hidden on its
    side."""
    pairs = list(rule.expressions)
    told = {pair.own for pair in pairs}
    pairs += [Pair(name, name) for name in found.families if name not in told]
    return frozenset(str(pair) for pair in pairs if _names(pair.own) & set(own) or _names(pair.other) & set(other))


def example_rows(found: Reconciled, number: int, hidden: Collection[str] = ()) -> tuple[Mapping[str, Any], ...]:
    """Return some differences, of every kind: the key of each, then what differs on either side; what is hidden is
    masked."""
    return tuple(_row(each, found, hidden) for each in found.first(number))


def _names(expression: str) -> set[str]:
    """Return the columns in an expression; the whole of one that cannot be parsed."""
    try:
        tree: Any = sqlglot.parse_one(expression, dialect="duckdb")
    except SqlglotError:
        return {expression.lower()}
    return {expression.lower(), *(column.name.lower() for column in tree.find_all(exp.Column))}


def _row(difference: Difference, found: Reconciled, hidden: Collection[str]) -> Mapping[str, Any]:
    def shown(name: str, value: Any) -> Any:
        return MASK if name in hidden else value

    row = {name: shown(name, value) for name, value in difference.key.items()}
    own, other = difference.own, difference.other
    if own is None or other is None:
        values = own if own is not None else other
        assert values is not None
        row |= {name: shown(name, value) for name, value in values.items()}
        return row | {"only in": found.own if other is None else found.other}
    for name in difference.columns:
        row[name] = shown(name, own[name])
        row[f"{name} in {found.other}"] = shown(name, other[name])
    return row
