"""ODCS's operators: what a measured number is compared with."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from headgate.checks import Comparison
from headgate.contract.document import Path
from headgate.rules.builder import RuleBuilder

# mustBeBetween is inclusive: its symbol in the standard is a closed interval.
OPERATORS = {
    "mustBe": "=",
    "mustNotBe": "!=",
    "mustBeGreaterThan": ">",
    "mustBeGreaterOrEqualTo": ">=",
    "mustBeLessThan": "<",
    "mustBeLessOrEqualTo": "<=",
    "mustBeBetween": "between",
    "mustNotBeBetween": "not between",
}
_RANGE = {"mustBeGreaterOrEqualTo", "mustBeLessOrEqualTo"}
UNITS = {"rows": "rows", "row": "rows", "percent": "percent", "%": "percent"}


def comparisons(build: RuleBuilder, rule: Mapping[str, Any], path: Path) -> list[tuple[str, Comparison]]:
    """Return what a rule compares its number with, each with what its key ends in.

    A rule of ODCS 3.0 may have several operators, all of which hold: `>=` and `<=` are a closed range, others are
    checked one by one. Raises NotExecutableError.
    """
    given = [name for name in OPERATORS if name in rule]
    unit = UNITS.get(str(rule.get("unit") or "rows").lower(), "rows" if rule.get("type") == "sql" else "")
    if not given:
        build.refuse(path, "odcs-operator", f"the rule has no operator; it needs one of {', '.join(OPERATORS)}")
    if not unit:
        said = f"unit {rule['unit']!r} is not valid; expected rows or percent"
        build.refuse((*path, "unit"), "metric-unit", said)
    bounds = {name: _bounds(build, name, rule, path) for name in given}
    if set(given) == _RANGE:
        (low,), (high,) = (bounds[name] for name in OPERATORS if name in given)
        _in_order(build, (*path, given[0]), " and ".join(given), (low, high))
        return [("", Comparison("between", (low, high), unit))]
    parts = [f"[{name}]" if len(given) > 1 else "" for name in given]
    return [(part, Comparison(OPERATORS[name], bounds[name], unit)) for part, name in zip(parts, given, strict=True)]


def _bounds(build: RuleBuilder, operator: str, rule: Mapping[str, Any], path: Path) -> tuple[int | Decimal, ...]:
    value, where = rule[operator], (*path, operator)
    bounds = value if isinstance(value, list) else [value]
    wanted = 2 if operator.endswith("Between") else 1
    if len(bounds) != wanted:
        build.refuse(where, "operator-value", f"{operator} takes {'two numbers' if wanted == 2 else 'one number'}")
    if rule.get("type") == "sql":
        bounds = [int(bound) if isinstance(bound, bool) else bound for bound in bounds]
    for bound in bounds:
        if isinstance(bound, bool) or not isinstance(bound, int | Decimal):
            build.refuse(where, "operator-value", f"{operator} is {bound!r:.80}; a metric is a number")
    if wanted == 2:
        _in_order(build, where, operator, (bounds[0], bounds[1]))
    return tuple(bounds)


def _in_order(build: RuleBuilder, where: Path, said: str, bounds: tuple[int | Decimal, int | Decimal]) -> None:
    if bounds[0] > bounds[1]:
        build.refuse(where, "bounds-order", f"{said} {[str(b) for b in bounds]}: the smaller number comes first")
