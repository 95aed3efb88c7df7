"""What of a contract dbt is handed: checks that it has a macro for, as it can judge them; all else by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from headgate.checks import Unchecked
from headgate.dbt.entry import entries
from headgate.dbt.macros import MACROS
from headgate.dbt.project import Node

from tests.conformance.checks.cases import CASES
from tests.conformance.checks.runner import dataset_of
from tests.support.contracts import dataset

THINGS = Node("things")


def handed(things: Any) -> dict[str, Any]:
    (test,) = entries(things, THINGS, {"things": THINGS}, Path())
    return test["arguments"]


def test_the_whole_vocabulary_is_run_or_named() -> None:
    things = dataset_of("mixed", [case for case in CASES if case.table == "mixed"])
    told = handed(things)
    run = {check["key"]: check for check in told["checks"]}
    named = {rule["key"]: rule["reason"] for rule in told["not_executed"]}
    assert {rule.key for rule in things.rules} == run.keys() | named.keys()
    assert not run.keys() & named.keys()
    assert all(check["type"] in MACROS for check in run.values())
    assert {check["expect"]["unit"] for check in run.values() if "expect" in check} <= {"rows", "percent"}
    by_key = {rule.key: rule for rule in things.rules if not isinstance(rule, Unchecked)}
    assert all(by_key[key].where is None for key in run)


PAIR = {"column_list": ["a", "b"]}
NOT_NULL, COMPOUND = "expect_column_values_to_not_be_null", "expect_compound_columns_to_be_unique"
BETWEEN, ROWS = "expect_column_values_to_be_between", "expect_table_row_count_to_be_between"


@pytest.mark.parametrize(
    ("kind", "kwargs", "expect", "reason"),
    [
        (NOT_NULL, {"column": "a", "mostly": 0.9}, {"operator": "<=", "bounds": ["10.0"], "unit": "percent"}, ""),
        (NOT_NULL, {"column": "a"}, None, ""),
        (BETWEEN, {"column": "a", "min_value": 1, "mostly": 0.9}, None, "mostly, a share"),
        (BETWEEN, {"column": "a", "min_value": 1, "row_condition": "b > 1", "condition_parser": "pandas"}, None, "row filter"),
        (COMPOUND, {**PAIR, "ignore_row_if": "any_value_is_missing"}, None, ""),
        (COMPOUND, PAIR, None, ""),
        (ROWS, {"min_value": 1, "max_value": 3}, {"operator": "between", "bounds": [1, 3], "unit": "rows"}, ""),
        (ROWS, {"min_value": 1, "max_value": 3, "strict_min": True}, None, "open end"),
        (ROWS, {"min_value": 1, "max_value": 10**18}, None, "more than the 18 digits"),
        ("expect_column_to_exist", {"column": "a", "column_index": 0}, None, "position"),
        ("expect_column_mean_to_be_between", {"column": "a", "min_value": 1}, None, "no macro"),
    ],
)  # fmt: skip
def test_as_dbt_can_judge_it(kind: str, kwargs: dict[str, Any], expect: Any, reason: str) -> None:
    rule = {
        "id": "rule",
        "type": "custom",
        "engine": "greatExpectations",
        "implementation": {"type": kind, "kwargs": kwargs},
    }
    told = handed(dataset({"name": "a"}, {"name": "b"}, quality=[rule]))
    run = [check for check in told["checks"] if check["key"] == "rule"]
    named = [rule["reason"] for rule in told.get("not_executed", []) if rule["key"] == "rule"]
    assert (len(run), len(named)) == ((0, 1) if reason else (1, 0))
    assert reason in "".join(named)
    assert [check.get("expect") for check in run] == ([] if reason else [expect])


def test_columns_of_a_snapshot_that_are_dbts_own_are_expected() -> None:
    things = dataset({"name": "id", "logicalType": "integer"})
    node = Node("things", kind="snapshot")
    (test,) = entries(things, node, {"things": node}, Path())
    (declared,) = [c["args"]["declared"] for c in test["arguments"]["checks"] if c["type"] == "no_extra_columns"]
    assert declared == ["id", "dbt_scd_id", "dbt_updated_at", "dbt_valid_from", "dbt_valid_to", "dbt_is_deleted"]
