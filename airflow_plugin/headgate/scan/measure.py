"""Measuring: a plan's steps run on an open place. Measurements are numbers, not judgements."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlglot import exp

from headgate.checks import Check
from headgate.checks.comparison import Value
from headgate.errors import QueryError
from headgate.places import Session
from headgate.plural import counted
from headgate.scan.evaluate import Measured, evaluators
from headgate.scan.plan import ROWS, Plan
from headgate.scan.step import Query, Step


@dataclass(frozen=True, slots=True)
class Ran:
    """One query that was run: for which checks, which of them it decided, and how many seconds it took.

    Literals in `sql` are masked where a check is of a classified column.
    """

    evidence: str
    keys: tuple[str, ...]
    decided: tuple[str, ...]
    sql: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Measurements:
    """The number of rows of the relation, what was measured for each check by its key, the queries that ran, and when
    it was measured (by the clock, aware)."""

    rows: int
    by_key: Mapping[str, Measured] = field(default_factory=dict)
    ran: tuple[Ran, ...] = ()
    at: datetime | None = None


def measure(plan: Plan, session: Session, *, examples: bool = False) -> Measurements:
    """Run the plan, step by step, each for what is still open; then collect examples of what is unexpected.

    A check whose query fails is measured with `error`, alone: the others keep their values.

    Raises:
        TransientError: the place was lost; the same call may succeed later.
        QueryError: the relation itself cannot be read.
    """
    at = datetime.now(UTC)
    run = _Run(plan, session)
    for name, checks in plan.elsewhere.items():
        told = _elsewhere(name, checks, plan, session)
        run.found |= told if examples else {key: replace(found, examples=()) for key, found in told.items()}
    for step in plan.steps:
        run.step(step)
    found = {check.key: run.measured(check.key) for check in plan.checks}
    if examples:
        for check in plan.checks:
            measured = found[check.key]
            condition = plan.condition(check, measured.unexpected_when) if measured.value else None
            if condition is not None:
                names, rows = plan.named(check), session.rows(plan.collecting(check, condition))
                kept = tuple(dict(zip(names, row, strict=True)) for row in rows)
                found[check.key] = replace(measured, examples=kept)
    return Measurements(run.rows, found, tuple(run.ran), at)


def _elsewhere(name: str, checks: Sequence[Check], plan: Plan, session: Session) -> Mapping[str, Measured]:
    if (evaluate := evaluators().get(name)) is not None:
        return evaluate(checks, plan.relation, session)
    return {check.key: Measured(reason=f"evaluator '{name}' not found") for check in checks}


class _Run:
    """What has been found so far."""

    def __init__(self, plan: Plan, session: Session) -> None:
        self.plan, self.session = plan, session
        self.found = {
            key: Measured(s.value, s.evidence, found=s.found, reason=s.reason, excused=s.excused)
            for key, s in plan.settled.items()
        }
        self.ran: list[Ran] = []
        self.hidden = {check.key for check in plan.checks if check.classified}

    @property
    def rows(self) -> int:
        rows = self.found[ROWS].value
        assert isinstance(rows, int)
        return rows

    def step(self, step: Step) -> None:
        open_keys = []
        for key in step.answers:
            if key in self.found:
                continue
            by = next((k for k in self.plan.implied.get(key, ()) if k in self.found and self.found[k].value == 0), None)
            if by is None:
                open_keys.append(key)
            else:
                self.found[key] = Measured(value=0, evidence=f"implied by {by}")
        for query in step.queries(open_keys):
            self._ask(query, step)

    def measured(self, key: str) -> Measured:
        found = self.found[self.plan.same.get(key, key)]
        if (size_key := self.plan.looked_at.get(key)) is None:
            return found
        size = self.found[size_key]
        assert isinstance(size.value, int | None)
        return replace(found, rows=size.value, error=found.error or size.error)

    def _ask(self, query: Query, step: Step) -> None:
        start, text = time.perf_counter(), ""
        decided: dict[str, Measured] = {}
        try:
            text = self.session.sql(query.select)
            values = _only(
                self.session.untrusted(query.select) if step.untrusted else self.session.rows(text), len(query.keys)
            )
            for key, value in zip(query.keys, (_value(v, moments=not step.untrusted) for v in values), strict=True):
                if value is not None:
                    decided[key] = Measured(value, step.evidence)
                elif step.untrusted:
                    decided[key] = Measured(error="the query gave NULL; it must give a number or a boolean")
                elif step.exact:
                    decided[key] = Measured(found="no value", evidence=step.evidence)
        except QueryError as error:
            if len(query.keys) > 1:
                for one in query.alone():
                    self._ask(one, step)
                return
            if ROWS in query.keys:
                raise
            if step.exact:
                decided[query.keys[0]] = Measured(error=str(error))
        self.found |= decided
        if text and not self.hidden.isdisjoint(query.keys):
            text = self.session.sql(_masked(query.select))
        of_checks = tuple(key for key in query.keys if key != ROWS)
        spent = time.perf_counter() - start
        self.ran.append(Ran(step.evidence, of_checks, tuple(k for k in of_checks if k in decided), text, spent))


def _masked(select: exp.Query) -> exp.Expr:
    def masked(node: exp.Expr) -> exp.Expr:
        if not isinstance(node, exp.Literal):
            return node
        # A pattern stays one, or there would be no SQL of it where patterns are translated.
        return exp.Literal.string(r"\*\*\*" if isinstance(node.parent, exp.RegexpLike) else "***")

    return select.transform(masked)


def _only(rows: list[tuple[Any, ...]], width: int) -> tuple[Any, ...]:
    if len(rows) != 1 or len(rows[0]) != width:
        shape = f"{counted(len(rows), 'row')} of {counted(len(rows[0]), 'column')}" if rows else "no row"
        raise QueryError(f"the query gave {shape}; it must give one single value")
    return rows[0]


def _value(value: Any, *, moments: bool) -> Value | None:
    """A boolean counts as 0 or 1. A moment without a zone is one of UTC."""
    if moments and isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if moments and isinstance(value, date):
        return value
    if value is None:
        return None
    if isinstance(value, float) and math.isfinite(value):
        return Decimal(repr(value)) if value % 1 else int(value)
    if isinstance(value, Decimal) and value.is_finite():
        return int(value) if value == value.to_integral_value() else value  # of any number of digits
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float | Decimal):
        raise QueryError(f"the query gave {value}, which is not a number")
    raise QueryError("the query gave neither a number nor a boolean")
