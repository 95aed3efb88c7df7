"""A check type that a test declares: one entry of the catalogue, and one line that translates a rule into it.

`even_length`: a text has an even number of characters, or an odd one.
"""

from __future__ import annotations

from typing import Any

import pytest
from headgate.checks import CATALOGUE, Check, CheckType
from headgate.checks import conditions as sql
from headgate.checks.argument import FLAG, Argument
from headgate.expectations import EXPECTATIONS, Expectation, Said
from sqlglot import exp

NAME, EXPECTATION = "even_length", "expect_column_value_lengths_to_be_even"
ROWS = ("ab", "abc", "abcd", None, "")


def _uneven(check: Check) -> exp.Expr:
    rest = exp.Mod(this=exp.Length(this=sql.text(check.columns[0])), expression=sql.literal(2))
    wanted = sql.literal(1 if check.args.get("odd") else 0)
    return sql.unless(exp.EQ(this=rest, expression=wanted), sql.skipped(check.columns[:1]))


TYPE = CheckType(
    NAME,
    "conformity",
    lambda check: f"the length of {check.path} is {'odd' if check.args.get('odd') else 'even'}",
    condition=_uneven,
    wants=frozenset({"string"}),
    arguments=(Argument("odd", FLAG),),
)


def register(monkeypatch: pytest.MonkeyPatch) -> None:
    """Declare the type for one test."""
    monkeypatch.setitem(CATALOGUE, NAME, TYPE)  # type: ignore[arg-type]
    translated = Expectation(lambda e: Said(NAME, (e.column(),), {"odd": e.flag("odd")}))
    monkeypatch.setitem(EXPECTATIONS, EXPECTATION, translated)  # type: ignore[arg-type]


def promise(name: str = "v") -> dict[str, Any]:
    """A property with two rules of the type."""
    return {"name": name, "logicalType": "string", "quality": [_rule("even"), _rule("odd", odd=True)]}


def _rule(key: str, **kwargs: Any) -> dict[str, Any]:
    implementation = {"type": EXPECTATION, "kwargs": kwargs}
    return {"id": key, "type": "custom", "engine": "greatExpectations", "implementation": implementation}


# What each rule finds in ROWS.
UNEXPECTED = {"v.even": 1, "v.odd": 3}
