"""Measuring: a plan's queries run on an open place. Measurements are numbers, not judgements."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from headgate.checks.comparison import Number
from headgate.places import QueryError, Session
from headgate.scan.plan import Plan, Query


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured for one check.

    `value` is the exact number of unexpected rows, or a table-level type's aggregate; None where it could not be
    measured (`error`, or `reason` where the plan says why) or where the columns alone decided (`found`).
    `rows` is the number of rows that were looked at, None where these are all of the relation.
    `evidence` is columns, proof or count. `examples` are rows as {column: value}.
    """

    value: Number | None = None
    rows: int | None = None
    evidence: str = "columns"
    found: str | None = None
    reason: str | None = None
    excused: bool = False
    error: str | None = None
    examples: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Measurements:
    """The number of rows of the relation, and what was measured for each check, by its key."""

    rows: int
    by_key: Mapping[str, Measured] = field(default_factory=dict)


def measure(plan: Plan, session: Session, *, examples: bool = False) -> Measurements:
    """Run the plan: prove, then count what was not proven, then collect examples of what is unexpected.

    A check whose query fails is measured with `error`, alone: the others keep their values.

    Raises:
        TransientError: the place was lost; the same call may succeed later.
        QueryError: the relation itself cannot be read.
    """
    rows = session.rows(plan.rows)[0][0]
    found = {key: Measured(found=s.found, reason=s.reason, excused=s.excused) for key, s in plan.settled.items()}
    proven = _run(plan.prove, session)
    found |= {key: replace(m, evidence="proof") for key, m in proven.items() if m.value is not None or m.error}
    for key in proven.keys() - found.keys() - plan.count.keys():
        found[key] = Measured(error="the query gave NULL; it must give a number or a boolean")
    open_keys = [check.key for check in plan.checks if check.key not in found and check.key not in plan.same]
    counted = _run(plan.counting(open_keys), session)
    found |= {key: replace(m, evidence="count") for key, m in counted.items()}
    found |= {key: found[earlier] for key, earlier in plan.same.items()}
    keys, queries = plan.sizing()
    sizes = _run(queries, session)
    found |= {key: _sized(found[key], sizes[size]) for key, size in keys.items()}
    if examples:
        for check in plan.checks:
            if plan.same.get(check.key, check.key) in plan.count and found[check.key].value:
                names = plan.named(check)
                kept = tuple(dict(zip(names, row, strict=True)) for row in session.rows(plan.collecting(check)))
                found[check.key] = replace(found[check.key], examples=kept)
    return Measurements(rows, found)


def _sized(found: Measured, size: Measured) -> Measured:
    assert isinstance(size.value, int | None)
    return replace(found, rows=size.value, error=found.error or size.error)


def _run(queries: Iterable[Query], session: Session) -> dict[str, Measured]:
    found: dict[str, Measured] = {}
    for query in queries:
        try:
            ask = session.untrusted if query.untrusted else session.rows
            values = _only(ask(query.select), len(query.keys))
            found |= {key: Measured(value=_number(v)) for key, v in zip(query.keys, values, strict=True)}
        except QueryError as error:
            if len(query.keys) == 1:
                found[query.keys[0]] = Measured(error=str(error))
                continue
            for key, column in zip(query.keys, query.select.expressions, strict=True):
                alone = query.select.copy()
                alone.set("expressions", [column.copy()])
                found |= _run([Query((key,), alone)], session)
    return found


def _only(rows: list[tuple[Any, ...]], width: int) -> tuple[Any, ...]:
    if len(rows) != 1 or len(rows[0]) != width:
        shape = f"{len(rows):,} rows of {len(rows[0])} columns" if rows else "no row"
        raise QueryError(f"the query gave {shape}; it must give one single value")
    return rows[0]


def _number(value: Any) -> Number | None:
    """A boolean counts as 0 or 1."""
    if value is None:
        return None
    if isinstance(value, float) and math.isfinite(value):
        return Decimal(repr(value)) if value % 1 else int(value)
    if isinstance(value, Decimal) and value.is_finite():
        return value if value % 1 else int(value)
    if isinstance(value, int):
        return int(value)
    raise QueryError("the query gave neither a number nor a boolean")
