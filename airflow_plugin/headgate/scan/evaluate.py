"""Evaluators: what measures checks that a platform's SQL has no words for.

A check type names its evaluator (`CheckType.evaluator`). That of SQL is the ladder of a plan; the others are functions,
each named by an entry point of the group `headgate.evaluators`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Protocol

from sqlglot import exp

from headgate.checks import Check
from headgate.checks.comparison import Comparison, Value
from headgate.places import Relation, Session

GROUP = "headgate.evaluators"


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured for one check.

    `value` is the exact number of unexpected rows, or a table-level type's aggregate; None where it could not be
    measured (`error`, or `reason` where the plan says why) or where the columns alone decided (`found`).
    `rows` is the number of rows that were looked at, None where these are all of the relation.
    `expect` is what the value is compared with where only the measuring could tell it.
    `evidence` is the step of the plan that decided, or columns. `examples` are rows as {column: value}.
    `unexpected_when` is the condition under which a row is unexpected where only the measuring could tell it; it finds
    some of the unexpected rows alone if it is `partial`. `details` are what an evaluator of its own found besides, as
    JSON-ready values below one of `report.result.DETAILS`; what is below `where` or `values` in them are values of the
    data.
    """

    value: Value | None = None
    evidence: str = "columns"
    rows: int | None = None
    found: str | None = None
    reason: str | None = None
    excused: bool = False
    error: str | None = None
    examples: tuple[Mapping[str, Any], ...] = ()
    unexpected_when: exp.Expr | None = None
    partial: bool = False
    expect: Comparison | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


class Evaluator(Protocol):
    """Measures checks, whose columns are there and serve the types that they want, on an open place."""

    def __call__(self, checks: Sequence[Check], relation: Relation, session: Session) -> Mapping[str, Measured]:
        """Return what was measured for each check, by its key. Raises TransientError where the place was lost."""


@lru_cache(maxsize=1)
def evaluators() -> Mapping[str, Evaluator]:
    """Return the installed evaluators by their names."""
    from importlib.metadata import entry_points

    return {entry.name: entry.load() for entry in entry_points(group=GROUP)}
