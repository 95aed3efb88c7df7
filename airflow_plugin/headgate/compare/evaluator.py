"""Rules of a contract that two datasets agree, measured beside its other checks."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace

from headgate.checks import Check
from headgate.checks.reconciliation import Reconciliation
from headgate.compare.plan import DEFAULT_BANDWIDTH
from headgate.compare.reconcile import compare
from headgate.compare.shown import example_rows, hidden_names
from headgate.compare.side import Side, beside
from headgate.errors import CallError, ConfigurationError, QueryError
from headgate.gate.counterpart import counterpart_of
from headgate.places import Relation, Session
from headgate.report.serial import place_dict
from headgate.scan import Measured
from headgate.sql.names import RAW

VARIABLE = "HEADGATE_BANDWIDTH"
_SHOWN = 5
_GIVEN: ContextVar[float | None] = ContextVar("bandwidth", default=None)


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
        return Measured(error=str(error))
    if found.lost:
        return Measured(reason=found.lost)
    hidden = hidden_names(rule, found, other.hidden, other.other_hidden)
    measured = Measured(
        evidence=found.steps[-1].name,
        rows=found.compared,
        details={"reconciled": found.to_dict(hidden) | {"place": place_dict(other.place.lineage)}},
    )
    if wrong := found.empty or found.alone:
        return replace(measured, found=wrong)
    return replace(measured, value=found.differing, examples=example_rows(found, _SHOWN, hidden))


@contextmanager
def over_a_line(megabytes: float | None) -> Iterator[None]:
    """Let `bandwidth` return this many MB a second meanwhile; None: what it returns otherwise."""
    before = _GIVEN.set(megabytes * 1e6 if megabytes else _GIVEN.get())
    try:
        yield
    finally:
        _GIVEN.reset(before)


def bandwidth() -> float:
    """Return how many bytes a second the line to other platforms carries: as given, or by HEADGATE_BANDWIDTH (MB a
    second).

    Raises:
        ConfigurationError: it is not a positive number.
    """
    if given := _GIVEN.get():
        return given
    text = os.environ.get(VARIABLE)
    try:
        found = float(text) * 1e6 if text else DEFAULT_BANDWIDTH
    except ValueError:
        found = -1
    if found > 0:
        return found
    raise ConfigurationError(f"{VARIABLE}: '{text}' is not a valid bandwidth; expected MB a second, such as 5")
