"""Rules that Great Expectations itself is asked: expectations of one's own join the same report."""

from __future__ import annotations

import sys
from typing import Any

import pandas as pd
import pytest
from headgate import check

from tests.support.contracts import dataset

KIND = "expect_column_values_to_be_even"
FRAME = pd.DataFrame({"n": [2, 4, 5], "m": [1, 2, 3]})


@pytest.fixture(scope="module")
def own() -> None:
    """An Expectation class of the user's, and its metric."""
    from great_expectations.execution_engine import PandasExecutionEngine
    from great_expectations.expectations.expectation import ColumnMapExpectation
    from great_expectations.expectations.metrics.map_metric_provider import (
        ColumnMapMetricProvider,
        column_condition_partial,
    )

    class ColumnValuesEven(ColumnMapMetricProvider):
        condition_metric_name = "column_values.even"

        @column_condition_partial(engine=PandasExecutionEngine)
        def _pandas(cls, column: Any, **kwargs: Any) -> Any:  # noqa: N805
            return column % 2 == 0

    class ExpectColumnValuesToBeEven(ColumnMapExpectation):
        map_metric = "column_values.even"
        success_keys = ("mostly",)


def asked(kind: str = KIND, **kwargs: Any) -> tuple[str, str, str]:
    rule = {
        "id": "own",
        "type": "custom",
        "engine": "greatExpectations",
        "implementation": {"type": kind, "kwargs": kwargs},
    }
    things = dataset({"name": "n"}, {"name": "m"}, quality=[rule])
    (result,) = (r for r in check(things, FRAME).results if r.key == "own")
    return str(result.status), result.observed or result.reason, result.evidence


CONDITION = {"type": "comparison", "column": {"name": "m"}, "operator": "<", "parameter": 3}


@pytest.mark.usefixtures("own")
@pytest.mark.parametrize(
    ("kwargs", "status", "found"),
    [
        ({"column": "n"}, "failed", "1 of 3 rows"),
        ({"column": "n", "mostly": 0.6}, "passed", ""),
        ({"column": "n", "row_condition": CONDITION}, "passed", ""),
        ({"column": "gone"}, "errored", "Great Expectations could not evaluate it"),
    ],
)
def test_an_expectation_of_ones_own(kwargs: dict[str, Any], status: str, found: str) -> None:
    assert asked(**kwargs)[:2] == (status, found)


def test_a_type_that_nobody_knows_is_not_executed() -> None:
    status, why, _ = asked("expect_something_else", column="n")
    said = "Great Expectations has no expect_something_else; a class of one's own is run where it was imported before"
    assert (status, why) == ("not_executed", said)
    status, why, _ = asked("expect_column_chisquare_test_p_value_to_be_greater_than", column="n")
    assert why == "Great Expectations 1 has expect_column_chisquare_test_p_value_to_be_greater_than no more"


def test_lint_says_what_check_does_not_execute() -> None:
    things = dataset({"name": "n"}, quality=[{"id": "own", "type": "custom", "engine": "greatExpectations",
                                              "implementation": {"type": "expect_odd", "kwargs": {"column": "n"}}}])  # fmt: skip
    assert [rule.key for rule in things.unchecked] == ["own"]


def test_a_name_of_an_older_version_is_that_of_today() -> None:
    old = asked("expect_multicolumn_values_to_be_unique", column_list=["n", "m"])
    assert old == asked("expect_select_column_values_to_be_unique_within_record", column_list=["n", "m"])
    assert old[0] == "passed"


def test_what_runs_in_gx_is_not_run_with_code_of_the_contract() -> None:
    status, why, _ = asked(column="n", row_condition="@x.y", condition_parser="pandas")
    assert (status, why) == ("not_executed", "row_condition: neither @ nor backticks are executed")


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("great_expectations")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "great_expectations", None)
    kl = "expect_column_kl_divergence_to_be_less_than"
    kwargs = {"partition_object": {"values": [2, 4, 5], "weights": [0.4, 0.3, 0.3]}, "threshold": 1}
    assert asked(kl, column="n", **kwargs)[:2] == (
        "not_executed",
        "this is run by Great Expectations: install headgate[gx]",
    )
