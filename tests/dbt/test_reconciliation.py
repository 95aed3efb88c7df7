"""Two models that must agree: `headgate.reconciles_with` and `headgate.equals` answer as `headgate reconcile` does."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from headgate.checks.reconciliation import Pair, Reconciliation, Tolerance
from headgate.compare.reconcile import reconcile
from headgate.places import place_of
from headgate.rules.builder import Decimal

NOW = "2026-06-15T06:00:00+00:00"
_TYPES = {"id": "integer", "customer": "integer", "at": "timestamp", "amount": "decimal(12,2)", "rate": "double precision",
          "label": "varchar"}  # fmt: skip
# (id, customer, day, amount, rate, label)
Row = tuple[Any, ...]
ONE, TWO = (1, 7, "2026-05-02", "10.00", "1.5", "a"), (2, 8, "2026-05-03", "20.00", "2.5", "b")


def changed(row: Row, **values: Any) -> Row:
    return tuple(values.get(name, value) for name, value in zip(_TYPES, row, strict=True))


def moved(row: Row, amount: str) -> Row:
    return changed(row, amount=amount)


@dataclass(frozen=True)
class Case:
    """Rows of both sides, arguments of the test, and of how many groups or rows it says that they differ."""

    name: str
    own: tuple[Row, ...]
    other: tuple[Row, ...]
    differ: int
    arguments: dict[str, Any] = field(default_factory=dict)

    @property
    def test(self) -> str:
        return "reconciles_with" if "sums" in self.arguments else "equals"


BY = {"by": ["customer"], "sums": ["amount"]}
MONTHLY = {"by": ["customer", "date_trunc('month', at)"], "sums": ["amount"], "settled": "P2D"}
DAILY = {"by": [{"date_trunc('day', at)": "date_trunc('day', at)"}], "sums": {"amount": "amount"}, "settled": 1}
BY_ID = {"key": ["id"]}


def within(**tolerance: Any) -> dict[str, Any]:
    return {**BY, "tolerance": tolerance}


CASES = [
    # sums by group
    Case("equal", (ONE, TWO), (TWO, ONE), 0, BY),
    Case("one sum off", (ONE, TWO), (ONE, moved(TWO, "20.01")), 1, BY),
    Case("all rows are one group", (ONE, TWO), (moved(ONE, "11.00"), moved(TWO, "19.00")), 0, {"sums": ["amount"]}),
    Case("within an absolute tolerance", (ONE, TWO), (ONE, moved(TWO, "20.01")), 0, within(absolute=0.02)),
    Case("at the edge of it", (ONE, TWO), (ONE, moved(TWO, "20.01")), 0, within(absolute="0.01")),
    Case("beyond it", (ONE, TWO), (ONE, moved(TWO, "20.02")), 1, within(absolute=0.01)),
    Case("at the edge of a relative tolerance", (ONE, TWO), (ONE, moved(TWO, "25.00")), 0, within(relative=0.2)),
    Case("beyond it too", (ONE, TWO), (ONE, moved(TWO, "25.01")), 1, within(relative=0.2)),
    Case("the wider of both tolerances", (ONE, TWO), (ONE, moved(TWO, "25.01")), 0, within(relative=0.2, absolute=6)),
    Case("a group may differ", (ONE, TWO), (ONE, moved(TWO, "25.01")), 0, within(groups=1)),
    Case("two groups differ where one may", (ONE, TWO), (moved(ONE, "1"), moved(TWO, "1")), 2, within(groups=1)),
    Case("NULL is a group", (ONE, changed(TWO, customer=None)), (ONE, changed(TWO, customer=None)), 0, BY),
    Case("a NULL group off", (changed(ONE, customer=None),), (changed(ONE, customer=None, amount="9"),), 1, BY),
    Case("a group on this side", (ONE, TWO), (ONE,), 1, BY),
    Case("a group on the other side whose sum is 0", (ONE,), (ONE, moved(TWO, "0")), 1, BY),
    Case("the sum of NULLs is 0", (moved(ONE, None),), (moved(ONE, "0"),), 0, BY),
    Case("number of rows", (ONE, ONE), (ONE,), 1, {"by": "customer", "sums": [1]}),
    Case("this side is empty", (), (ONE, TWO), 1, BY),
    Case("the other is empty, and all may differ", (ONE,), (), 1, within(groups=9)),
    Case("both are empty", (), (), 0, BY),
    Case("sums of doubles in another order", (changed(ONE, rate="0.1"), changed(ONE, rate="0.2"), changed(ONE, rate="0.3")),
         (changed(ONE, rate="0.3"), changed(ONE, rate="0.2"), changed(ONE, rate="0.1")), 0, {"by": "customer", "sums": "rate"}),
    Case("a double off", (ONE,), (changed(ONE, rate="1.5001"),), 1, {"by": "customer", "sums": "rate"}),
    Case("NaN", (changed(ONE, rate="'NaN'"),), (ONE,), 1, {"by": "customer", "sums": "rate", "tolerance": {"absolute": 5}}),
    Case("a late month", (ONE, changed(TWO, at="2026-06-01")), (ONE,), 0, MONTHLY),
    Case("a settled month", (ONE, TWO), (ONE,), 1, MONTHLY),
    Case("a late day", (ONE, changed(TWO, at="2026-06-14 00:00:01")), (ONE,), 0, DAILY),
    Case("the last settled day", (ONE, changed(TWO, at="2026-06-13 23:59:59")), (ONE,), 1, DAILY),
    Case("a row without a time is settled", (ONE, changed(TWO, at=None)), (ONE,), 1, MONTHLY),
    Case("only late rows", (changed(ONE, at="2026-06-14"),), (changed(TWO, at="2026-06-14"),), 0, MONTHLY),
    # rows
    Case("equal rows", (ONE, TWO), (TWO, ONE), 0, BY_ID),
    Case("a changed row", (ONE, TWO), (ONE, moved(TWO, "21.00")), 1, BY_ID),
    Case("a column that is not compared", (ONE, TWO), (ONE, moved(TWO, "21.00")), 0, {**BY_ID, "except": ["amount"]}),
    Case("columns that are compared", (ONE, TWO), (ONE, moved(TWO, "21.00")), 0, {**BY_ID, "columns": ["customer", "label"]}),
    Case("a value becomes NULL", (ONE, TWO), (ONE, moved(TWO, None)), 1, BY_ID),
    Case("NULL equals NULL", (moved(ONE, None),), (moved(ONE, None),), 0, BY_ID),
    Case("a row on one side", (ONE, TWO), (ONE,), 1, BY_ID),
    Case("a row on each side", (ONE,), (TWO,), 2, BY_ID),
    Case("a NULL key on both sides", (changed(ONE, id=None),), (changed(ONE, id=None),), 0, BY_ID),
    Case("a NULL key, changed", (changed(ONE, id=None),), (changed(ONE, id=None, label="z"),), 1, BY_ID),
    Case("a NULL key on one side", (changed(ONE, id=None),), (ONE,), 2, BY_ID),
    Case("a duplicate on one side", (ONE, ONE), (ONE,), 1, BY_ID),
    Case("two duplicates, changed", (ONE, ONE), (moved(ONE, "9"), moved(ONE, "9")), 2, BY_ID),
    Case("three of one, two of the other", (ONE, ONE, moved(ONE, "9")), (ONE, moved(ONE, "9"), moved(ONE, "9")), 1, BY_ID),
    Case("a key of two columns, one NULL", (changed(ONE, customer=None), ONE), (changed(ONE, customer=None), moved(ONE, "9")), 1,
         {"key": ["id", "customer"]}),
    Case("rows within a tolerance", (ONE, TWO), (ONE, moved(TWO, "20.50")), 0, {**BY_ID, "tolerance": {"absolute": 0.5}}),
    Case("a tolerance of one column", (ONE, TWO), (moved(ONE, "10.50"), changed(TWO, rate="2.6")), 1,
         {**BY_ID, "tolerance": {"columns": {"amount": {"absolute": 0.5}}}}),
    Case("a row may differ", (ONE, TWO), (ONE, moved(TWO, "21.00")), 0, {**BY_ID, "tolerance": {"rows": 1}}),
    Case("empty rows", (), (ONE,), 2, BY_ID),
    Case("empty rows on both sides", (), (), 0, BY_ID),
    # without a key: each row is on one side or on both
    Case("rows without a key", (ONE, ONE, TWO), (TWO, ONE, ONE), 0, {"except": []}),
    Case("a changed row without a key", (ONE, TWO), (ONE, moved(TWO, "21.00")), 2, {"except": ["rate"]}),
    Case("a duplicate without a key", (ONE, ONE, ONE), (ONE,), 2, {"except": []}),
]  # fmt: skip


def rows_of(side: str) -> str:
    """Return the model with the rows of all cases."""
    listed = [(number, *row) for number, case in enumerate(CASES) for row in getattr(case, side)]
    told = ",\n".join(f"({', '.join(map(_literal, row))})" for row in listed)
    shown = ", ".join(f"cast({name} as {kind}) as {name}" for name, kind in {"number": "integer", **_TYPES}.items())
    return f"select {shown} from (values\n{told}\n) as v(number, {', '.join(_TYPES)})"


def _literal(value: Any) -> str:
    if value is None:
        return "null"
    text = str(value)
    return text if isinstance(value, int) or text.startswith("'") else f"'{text}'"


def of_rule(case: Case, number: int) -> Reconciliation:
    """Return what a contract's rule would say."""

    def pairs(value: Any) -> tuple[Pair, ...]:
        listed = value if isinstance(value, list) else [value]
        said = [(each.items() if isinstance(each, dict) else [(each, each)]) for each in listed]
        return tuple(Pair(str(own), str(other)) for each in said for own, other in each)

    def tolerance(said: dict[str, Any]) -> Tolerance:
        return Tolerance(Decimal(str(said.get("absolute", 0))), Decimal(str(said.get("relative", 0))))

    given, said = case.arguments, case.arguments.get("tolerance", {})
    settled = Reconciliation.of
    return Reconciliation(
        by=pairs(given.get("by", [])), sums=pairs(given.get("sums", [])), key=pairs(given.get("key", [])),
    )  # fmt: skip
