"""ODCS's library metrics with every operator and unit: tiny data, the rule, what becomes of it."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from contracts import dataset
from headgate.gate import check

# Ten rows: three NULLs, two empty texts, four rows in groups of duplicates (a, a, and the two empty texts).
VALUES = [None, None, None, "", "", "a", "a", "b", "c", "d"]

# metric, arguments, the number of rows it counts
METRICS: list[tuple[str, dict[str, Any], int]] = [
    ("nullValues", {}, 3),
    ("missingValues", {}, 5),
    ("missingValues", {"missingValues": ["", "d"]}, 3),
    ("missingValues", {"missingValues": [None, "d"]}, 4),
    ("invalidValues", {"validValues": ["a", "b", ""]}, 2),
    ("invalidValues", {"pattern": "^[a-c]?$"}, 1),
    ("invalidValues", {"validValues": ["a", "b"], "pattern": "^[a-c]?$"}, 4),
    ("duplicateValues", {}, 4),
]


def status(rule: dict[str, Any], values: list[Any] | None = None, level: str = "property") -> str:
    prop = {"name": "v", "logicalType": "string"}
    things = dataset({**prop, "quality": [rule]}) if level == "property" else dataset(prop, quality=[rule])
    frame = pd.DataFrame({"v": pd.Series(VALUES if values is None else values, dtype=str)})
    report = check(things, frame)
    (result,) = [r for r in report.results if r.key.rpartition(".")[2] == rule["metric"]]
    return str(result.status)


@pytest.mark.parametrize(("metric", "arguments", "count"), METRICS)
def test_the_count_of_each_metric(metric: str, arguments: dict[str, Any], count: int) -> None:
    rule = {"metric": metric, **({"arguments": arguments} if arguments else {})}
    assert status({**rule, "mustBe": count}) == "passed"
    assert status({**rule, "mustBe": count + 1}) == "failed"
    assert status({**rule, "mustBe": count * 10, "unit": "percent"}) == "passed"
    assert status({**rule, "mustBe": count * 10 + 1, "unit": "percent"}) == "failed"


# operator, value, whether 3 rows (30 percent) keep it
OPERATORS: list[tuple[str, Any, bool]] = [
    ("mustBe", 3, True),
    ("mustBe", 2, False),
    ("mustNotBe", 2, True),
    ("mustNotBe", 3, False),
    ("mustBeGreaterThan", 2, True),
    ("mustBeGreaterThan", 3, False),
    ("mustBeGreaterOrEqualTo", 3, True),
    ("mustBeGreaterOrEqualTo", 4, False),
    ("mustBeLessThan", 4, True),
    ("mustBeLessThan", 3, False),
    ("mustBeLessOrEqualTo", 3, True),
    ("mustBeLessOrEqualTo", 2, False),
    # inclusive: the standard's symbol is the closed interval
    ("mustBeBetween", [3, 5], True),
    ("mustBeBetween", [1, 3], True),
    ("mustBeBetween", [4, 5], False),
    ("mustBeBetween", [1, 2], False),
    ("mustNotBeBetween", [4, 5], True),
    ("mustNotBeBetween", [1, 2], True),
    ("mustNotBeBetween", [3, 5], False),
    ("mustNotBeBetween", [1, 3], False),
]


@pytest.mark.parametrize(("operator", "value", "kept"), OPERATORS)
class TestEveryOperator:
    def test_rows(self, operator: str, value: Any, kept: bool) -> None:
        assert status({"metric": "nullValues", operator: value}) == ("passed" if kept else "failed")

    def test_percent(self, operator: str, value: Any, kept: bool) -> None:
        tenfold = [v * 10 for v in value] if isinstance(value, list) else value * 10
        rule = {"metric": "nullValues", operator: tenfold, "unit": "percent"}
        assert status(rule) == ("passed" if kept else "failed")

    def test_row_count(self, operator: str, value: Any, kept: bool) -> None:
        rule = {"metric": "rowCount", operator: value}
        assert status(rule, ["x", "y", "z"], level="object") == ("passed" if kept else "failed")


@pytest.mark.parametrize(
    ("nulls", "rows", "percent", "kept"),
    [
        (1, 3, "33.333333333333336", True),  # a float that is more than a third
        (1, 3, "33.33333333333333", False),  # and one that is less
        (0, 3, "0", False),
        (1, 1000, "0.1", False),
        (1, 1001, "0.1", True),
    ],
)
def test_percentages_are_exact(nulls: int, rows: int, percent: str, kept: bool) -> None:
    from decimal import Decimal
    from fractions import Fraction

    from headgate.checks import Comparison

    assert Comparison("<", (Decimal(percent),), "percent").holds(Fraction(100 * nulls, rows)) is kept


def test_empty_data_has_no_percentage() -> None:
    assert status({"metric": "nullValues", "mustBeLessThan": 5, "unit": "percent"}, []) == "not_executed"
    assert status({"metric": "nullValues", "mustBe": 0}, []) == "passed"
    assert status({"metric": "rowCount", "mustBeGreaterThan": 0}, [], level="object") == "failed"


def test_two_rules_of_one_metric_are_two_rules() -> None:
    rules = [{"metric": "nullValues", "mustBe": 3}, {"metric": "nullValues", "mustBe": 0}]
    report = check(dataset({"name": "v", "quality": rules}), pd.DataFrame({"v": VALUES}))
    found = {r.key: str(r.status) for r in report.results if r.type == "not_null"}
    assert found == {"v.nullValues": "passed", "v.nullValues#2": "failed"}


@pytest.mark.parametrize(
    ("severity", "verdict"),
    [
        (None, "breach"),
        ("error", "breach"),
        ("P3", "breach"),
        ("critical", "breach"),
        ("warning", "warn"),
        ("info", "warn"),
        ("Minor", "warn"),
    ],
)
def test_severities(severity: str | None, verdict: str) -> None:
    rule = {"metric": "nullValues", "mustBe": 0} | ({"severity": severity} if severity else {})
    assert check(dataset({"name": "v", "quality": [rule]}), pd.DataFrame({"v": VALUES})).verdict == verdict
