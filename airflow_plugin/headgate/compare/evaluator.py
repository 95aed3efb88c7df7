"""Rules of a contract that two datasets agree, measured beside its other checks."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from headgate.checks import Check
from headgate.checks.reconciliation import Pair, Reconciliation
from headgate.compare.found import Difference, Reconciled
from headgate.compare.plan import DEFAULT_BANDWIDTH
from headgate.compare.reconcile import compare
from headgate.compare.side import Side, beside
from headgate.errors import CallError, ConfigurationError, QueryError
from headgate.gate.counterpart import Counterpart, counterpart_of
from headgate.places import Relation, Session
from headgate.report.words import MASK
from headgate.scan import Measured
from headgate.sql.names import RAW

VARIABLE = "HEADGATE_BANDWIDTH"
_SHOWN = 5


def evaluate(checks: Sequence[Check], relation: Relation, session: Session) -> dict[str, Measured]:
    """Return what was measured for each check, by its key; see `headgate.scan.evaluate.Evaluator`."""
    columns = tuple(column for column in relation.columns if not column.name.startswith(RAW))
    own = Side(session, replace(relation, columns=columns), relation.name)
    return {check.key: _measured(check, own) for check in checks}


def _measured(check: Check, own: Side) -> Measured:
    other = counterpart_of(check)
    if other is None:
        return Measured(reason=f"the contract of {check.args['against']} was not found")
    if other.place is None:
        return Measured(reason=other.reason, excused=other.excused)
    assert other.now is not None
    rule = Reconciliation.of(check)
    try:
        with beside(own, other.place, other.dataset) as (a, b):
            found = compare(a, b, rule, now=other.now, promised=other.promised, bandwidth=bandwidth())
    except ConfigurationError:
        raise
    except (CallError, QueryError) as error:
        return Measured(error=f"{check.args['against']}: {error}")
    if found.lost:
        return Measured(reason=found.lost)
    hidden = _hidden(rule, found, other)
    measured = Measured(evidence=found.steps[-1].name, rows=found.compared, details=found.to_dict(hidden))
    if wrong := found.empty or found.alone:
        return replace(measured, found=wrong)
    examples = tuple(_row(each, found, hidden) for each in found.first(_SHOWN))
    return replace(measured, value=found.differing, examples=examples)


def bandwidth() -> float:
    """Return how many bytes a second the line to other platforms carries, by HEADGATE_BANDWIDTH (MB a second).

    Raises:
        ConfigurationError: it is not a positive number.
    """
    text = os.environ.get(VARIABLE)
    try:
        found = float(text) * 1e6 if text else DEFAULT_BANDWIDTH
    except ValueError:
        found = -1
    if found > 0:
        return found
    raise ConfigurationError(f"{VARIABLE}: '{text}' is not a valid bandwidth; expected MB a second, such as 5")


def _hidden(rule: Reconciliation, found: Reconciled, other: Counterpart) -> frozenset[str]:
    """Return what of the comparison is not shown: what is made of a classified column of either side."""
    pairs = [*rule.expressions]
    told = {pair.own for pair in pairs}
    pairs += [Pair(name, name) for name in found.families if name not in told]
    return frozenset(
        str(pair) for pair in pairs if _names(pair.own) & other.hidden or _names(pair.other) & other.other_hidden
    )


def _names(expression: str) -> set[str]:
    """Return the columns in an expression; the whole of one that cannot be parsed."""
    try:
        tree: Any = sqlglot.parse_one(expression, dialect="duckdb")
        return {expression.lower(), *(column.name.lower() for column in tree.find_all(exp.Column))}
    except SqlglotError:
        return {expression.lower()}


def _row(difference: Difference, found: Reconciled, hidden: frozenset[str]) -> Mapping[str, Any]:
    """Return a difference as an example row: its key, then what differs on either side."""

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
