"""Checks as generic tests of their own, with the names and arguments of Great Expectations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

ROWS = """
select * from (values
    (1, 'aa', 10.5, cast('2026-01-01' as date), 1, 1, cast(null as integer)),
    (2, 'ab', 20.5, cast('2026-01-02' as date), 2, 1, cast(null as integer)),
    (3, 'ccc', 30.5, cast('2026-01-03' as date), 3, 4, cast(null as integer)),
    (4, null, 40.5, cast('2026-01-04' as date), null, null, cast(null as integer))
) as v(id, code, amount, day, a, b, nothing)
"""
C = "column_name"
# the expectation, its arguments, whether it passes
TESTS: list[tuple[str, dict[str, Any], bool]] = [
    ("column_to_exist", {C: "id"}, True),
    ("column_to_exist", {C: "nay"}, False),
    ("column_values_to_not_be_null", {C: "id"}, True),
    ("column_values_to_not_be_null", {C: "code"}, False),
    ("column_values_to_not_be_null", {C: "nay"}, False),
    ("column_values_to_be_null", {C: "nothing"}, True),
    ("column_values_to_be_null", {C: "code"}, False),
    ("column_values_to_be_unique", {C: "id"}, True),
    ("column_values_to_be_unique", {C: "b"}, False),
    ("column_values_to_be_unique", {C: "b", "mostly": 0.3}, True),
    ("column_values_to_be_in_set", {C: "code", "value_set": ["aa", "ab", "ccc"]}, True),
    ("column_values_to_be_in_set", {C: "code", "value_set": ["aa", "ab"]}, False),
    ("column_values_to_be_in_set", {C: "code", "value_set": ["aa", "ab"], "mostly": 0.66}, True),
    ("column_values_to_be_in_set", {C: "code", "value_set": ["aa", "ab"], "mostly": "0.67"}, False),
    ("column_values_to_be_in_set", {C: "id", "value_set": [1, 2, 3, 4]}, True),
    ("column_values_to_not_be_in_set", {C: "id", "value_set": [7]}, True),
    ("column_values_to_not_be_in_set", {C: "id", "value_set": [1]}, False),
    ("column_values_to_be_between", {C: "amount", "min_value": 10.5, "max_value": 40.5}, True),
    ("column_values_to_be_between", {C: "amount", "min_value": 10.5, "strict_min": True}, False),
    ("column_values_to_be_between", {C: "amount", "max_value": 40.5, "strict_max": True, "mostly": 0.75}, True),
    ("column_values_to_be_between", {C: "day", "min_value": "2026-01-01"}, True),
    ("column_values_to_be_between", {C: "day", "max_value": "2026-01-03"}, False),
    ("column_values_to_be_between", {C: "code", "min_value": "a", "max_value": "b"}, False),
    ("column_value_lengths_to_be_between", {C: "code", "min_value": 2, "max_value": 3}, True),
    ("column_value_lengths_to_be_between", {C: "code", "max_value": 2}, False),
    ("column_value_lengths_to_equal", {C: "code", "value": 2}, False),
    ("column_value_lengths_to_equal", {C: "code", "value": 2, "mostly": 0.5}, True),
    ("column_values_to_match_regex", {C: "code", "regex": "^[a-c]+$"}, True),
    ("column_values_to_match_regex", {C: "code", "regex": "^a"}, False),
    ("column_values_to_not_match_regex", {C: "code", "regex": "z"}, True),
    ("column_values_to_not_match_regex", {C: "code", "regex": "c"}, False),
    ("column_unique_value_count_to_be_between", {C: "b", "min_value": 2, "max_value": 2}, True),
    ("column_unique_value_count_to_be_between", {C: "b", "min_value": 3}, False),
    ("compound_columns_to_be_unique", {"column_list": ["a", "b"]}, True),
    ("compound_columns_to_be_unique", {"column_list": ["b", "nothing"]}, False),
    ("compound_columns_to_be_unique", {"column_list": ["b", "nothing"], "ignore_row_if": "any_value_is_missing"}, True),
    ("column_pair_values_to_be_equal", {"column_A": "a", "column_B": "id"}, False),
    ("column_pair_values_to_be_equal", {"column_A": "a", "column_B": "id", "ignore_row_if": "either_value_is_missing"}, True),
    ("column_pair_values_to_be_equal", {"column_A": "a", "column_B": "nay"}, False),
    ("column_pair_values_a_to_be_greater_than_b", {"column_A": "amount", "column_B": "id"}, True),
    ("column_pair_values_a_to_be_greater_than_b", {"column_A": "b", "column_B": "a", "or_equal": True}, False),
    ("table_row_count_to_be_between", {"min_value": 1}, True),
    ("table_row_count_to_be_between", {"min_value": 5, "max_value": 9}, False),
    ("table_row_count_to_equal", {"value": 4}, True),
    ("table_row_count_to_equal", {"value": 5}, False),
    # what cannot be measured is no pass
    ("column_values_to_be_between", {C: "code", "min_value": 1}, False),
    ("column_pair_values_a_to_be_greater_than_b", {"column_A": "code", "column_B": "code"}, False),
    ("column_values_to_match_regex", {C: "code", "regex": r"(?=a)"}, False),
]  # fmt: skip


def write(project: Path, tests: list[tuple[str, dict[str, Any]]], **config: Any) -> None:
    (project / "models" / "things.sql").write_text(ROWS)
    listed = [
        {f"headgate.expect_{name}": {"name": f"t{number}", "arguments": arguments, "config": config}}
        for number, (name, arguments) in enumerate(tests)
    ]
    (project / "models" / "things.yml").write_text(
        yaml.safe_dump({"models": [{"name": "things", "data_tests": listed}]})
    )


@pytest.mark.slow
def test_every_expectation(project: Path, dbt: Any, warehouse: Any) -> None:
    write(project, [(name, arguments) for name, arguments, _ in TESTS])
    ran = dbt(project, "build", "--target", warehouse.target, **warehouse.environment)
    found = {f"{number} {name} {arguments}": ran.status.get(f"t{number}", ran.output) == "pass"
             for number, (name, arguments, _) in enumerate(TESTS)}  # fmt: skip
    assert found == {f"{number} {name} {arguments}": passes for number, (name, arguments, passes) in enumerate(TESTS)}
    assert "things" in ran.status
    assert "headgate BREACH" in ran.output
    assert "code is not null: 1 of 4 rows" in ran.output
    assert "the column nay exists: the column is missing" in ran.output


@pytest.mark.slow
def test_of_an_expectation_the_project_sets_severity(project: Path, dbt: Any, warehouse: Any) -> None:
    write(project, [("column_values_to_not_be_null", {C: "code"})], severity="warn")
    ran = dbt(project, "build", "--target", warehouse.target, **warehouse.environment)
    assert (ran.code, ran.status["t0"]) == (0, "warn")


# arguments that are wrong, what is said
WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("column_values_to_be_in_set", {C: "id", "value_set": [1], "mostly": 2}, "mostly is 2; expected 0 to 1"),
    ("column_values_to_be_in_set", {C: "id", "value_set": ["x"]}, "'x' is not a valid number"),
    ("column_values_to_be_between", {C: "id"}, "needs args.minimum"),
    ("table_row_count_to_be_between", {}, "needs min_value or max_value"),
    ("compound_columns_to_be_unique", {"column_list": ["a"], "ignore_row_if": "nay"}, "ignore_row_if is 'nay'; expected one of"),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("name", "arguments", "said"), WRONG, ids=[name for name, _, _ in WRONG])
def test_wrong_arguments_are_said(name: str, arguments: dict[str, Any], said: str, project: Path, dbt: Any) -> None:
    write(project, [(name, arguments)])
    ran = dbt(project, "build", "--target", "duckdb")
    assert (ran.code > 0, said in ran.output) == (True, True), ran.output
