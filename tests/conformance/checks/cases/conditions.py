"""Cases of row_condition, in GX's three spellings."""

from __future__ import annotations

from typing import Any

from ..kit import SAME, each, fails, passes, skips

NOT_NULL, UNIQUE = "expect_column_values_to_not_be_null", "expect_column_values_to_be_unique"
NONE = passes(0)
_PANDAS = (
    "differs because pandas keeps a row whose value is NULL under != and not; as GX's SQL engines, a contract does not"
)
_GX = "cannot be asked: GX refuses it"


def _pandas(text: str, **kwargs: Any) -> dict[str, Any]:
    return {"column": "m", "row_condition": text, "condition_parser": "pandas", **kwargs}


def _object(operator: str, parameter: Any, name: str = "n") -> dict[str, Any]:
    return {"type": "comparison", "column": {"name": name}, "operator": operator, "parameter": parameter}


def _own(text: str) -> dict[str, Any]:
    return {"column": "m", "row_condition": text, "condition_parser": "great_expectations"}


IS_NULL = {"type": "nullity", "column": {"name": "n"}, "is_null": True}

CASES = [
    *each(NOT_NULL, _pandas("n > 2"), NONE, NONE, NONE),
    *each(NOT_NULL, _pandas("n == 2"), fails(1), NONE, NONE),
    *each(NOT_NULL, _pandas("n == 2", mostly=0.5), passes(1), NONE, NONE),
    *each(NOT_NULL, _pandas("n == 2", mostly=0.6), fails(1), NONE, NONE),
    *each(NOT_NULL, _pandas("n != 1"), fails(1), NONE, NONE, mixed=_PANDAS, nulls=_PANDAS),
    *each(NOT_NULL, _pandas("not (n == 1)"), fails(1), NONE, NONE, mixed=_PANDAS, nulls=_PANDAS),
    *each(NOT_NULL, _pandas("n > 1 & n < 3 | n == 10"), fails(1), NONE, NONE),
    *each(NOT_NULL, _pandas("n in [1, 2] and n >= -1.5"), fails(1), NONE, NONE),
    *each(NOT_NULL, _pandas("n.isnull()"), fails(1), NONE, fails(3)),
    *each(NOT_NULL, _pandas("t == 'it'"), NONE, NONE, NONE),
    *each(NOT_NULL, _pandas("t == \"日本\""), fails(1), NONE, NONE),
    *each(NOT_NULL, _pandas("@x > 1"), *[skips("neither @ nor backticks")] * 3, "cannot be asked: GX raises"),
    *each(NOT_NULL, _pandas("n.sum() > 1"), *[skips("only comparisons")] * 3, "cannot be asked: what GX runs is Python's"),
    *each(NOT_NULL, _pandas("n > "), *[skips("pandas query is not supported")] * 3, "cannot be asked: GX raises"),
    *each(NOT_NULL, _pandas("~" * 500 + "(n > 1)"), *[skips("nested too deeply")] * 3, "differs because so deep a condition is not read"),
    *each(NOT_NULL, _pandas("not " * 30 + "(n > 1)"), *[skips("nested too deeply")] * 3, "differs because so deep a condition is not read"),
    *each(NOT_NULL, _pandas("t > 'a'"), *[skips("another order on each platform")] * 3, "differs because texts have another order on each platform"),
    *each(NOT_NULL, _own('col("n") == 2'), fails(1), NONE, NONE),
    *each(NOT_NULL, _own('col("n").notNull()'), fails(1), NONE, NONE),
    *each(NOT_NULL, {"column": "m", "row_condition": _object("<=", 2)}, fails(1), NONE, NONE),
    *each(NOT_NULL, {"column": "m", "row_condition": _object("IN", [2, 3])}, fails(1), NONE, NONE),
    *each(NOT_NULL, {"column": "m", "row_condition": IS_NULL}, fails(1), NONE, fails(3)),
    *each(NOT_NULL, {"column": "m", "row_condition": {"type": "or", "conditions": [IS_NULL, _object("==", 2)]}}, fails(2), NONE, fails(3)),
    *each(NOT_NULL, {"column": "m", "row_condition": {"type": "and", "conditions": [_object(">", 1), _object("<", 3)]}}, fails(1), NONE, NONE),
    *each(NOT_NULL, {"column": "m", "row_condition": "n > 2"}, *[skips("a text with its condition_parser")] * 3, _GX),
    # every kind of type under a condition
    *each(UNIQUE, {"column": "n", "row_condition": _object(">", 2)}, NONE, NONE, NONE),
    *each(UNIQUE, {"column": "n", "row_condition": _object("<", 3)}, fails(2), NONE, NONE),
    *each("expect_compound_columns_to_be_unique", {"column_list": ["b", "day"], "row_condition": _object("==", 1)}, NONE, NONE, NONE),
    *each("expect_column_pair_values_to_be_equal", {"column_A": "n", "column_B": "m", "row_condition": _object(">", 2), "mostly": 0.33}, passes(2), NONE, NONE),
    *each("expect_column_values_to_be_json_parseable", {"column": "j", "row_condition": _object("<", 3)}, fails(1), NONE, NONE),
    *each("expect_column_value_z_scores_to_be_less_than", {"column": "n", "threshold": 1, "double_sided": True, "row_condition": _object(">", 0)}, fails(1), NONE, NONE),
    *each("expect_column_max_to_be_between", {"column": "n", "max_value": 3, "row_condition": _object("<", 5)}, passes("3"), *[fails("no value")] * 2),
    *each("expect_column_sum_to_be_between", {"column": "n", "min_value": 9, "max_value": 9, "row_condition": _object("<=", 3, "m")}, passes("9"), fails("0"), fails("0")),
    *each("expect_column_proportion_of_non_null_values_to_be_between", {"column": "m", "min_value": 0.5, "max_value": 0.5, "row_condition": _object("==", 2)}, passes("0.5"), fails("0"), fails("0")),
    *each("expect_column_most_common_value_to_be_in_set", {"column": "n", "value_set": [2], "row_condition": _object("<", 3)}, passes("1"), fails("0"), fails("0")),
    *each("expect_column_distinct_values_to_contain_set", {"column": "n", "value_set": [1, 10], "row_condition": _object("<", 3)}, fails("1"), fails("2"), fails("2")),
    *each("expect_table_row_count_to_equal", {"value": 4, "row_condition": _object("<", 3)}, passes("4"), fails("0"), fails("0"), SAME),
    *each("expect_table_column_count_to_equal", {"value": 12, "row_condition": _object("<", 3)}, *[skips("the argument 'row_condition'")] * 3, _GX),
    *each("expect_column_values_to_be_increasing", {"column": "n", "row_condition": _object(">", 0)}, fails(1), NONE, NONE, SAME, {"postgres": skips("have no order")}),
]  # fmt: skip
