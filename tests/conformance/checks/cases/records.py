"""Cases of expectations about several columns of a row."""

from __future__ import annotations

from ..kit import SAME, Case, each, fails, passes, skips

NONE = passes(0)
_A, _B = {"column_A": "n", "column_B": "m"}, {"column_list": ["n", "m"]}
EQUAL, GREATER = "expect_column_pair_values_to_be_equal", "expect_column_pair_values_a_to_be_greater_than_b"
PAIRS, SUM = "expect_column_pair_values_to_be_in_set", "expect_multicolumn_sum_to_equal"
SAME_VALUES, DIFFER = "expect_multicolumn_values_to_be_equal", "expect_select_column_values_to_be_unique_within_record"
COMPOUND = "expect_compound_columns_to_be_unique"
_THREE = [[1, 1], [2, None], [3, 3]]

CASES = [
    *each(EQUAL, _A, fails(4), NONE, NONE),
    *each(EQUAL, {**_A, "ignore_row_if": "either_value_is_missing"}, fails(3), NONE, NONE),
    *each(EQUAL, {**_A, "ignore_row_if": "neither"}, fails(5), NONE, fails(3)),
    *each(EQUAL, {**_A, "mostly": 0.42}, passes(4), NONE, NONE),
    *each(EQUAL, {**_A, "mostly": 0.43}, fails(4), NONE, NONE),
    *each(EQUAL, {"column_A": "t", "column_B": "u"}, fails(4), NONE, NONE),
    *each(EQUAL, {"column_A": "n", "column_B": "n"}, *[skips("a column beside itself")] * 3, "differs because this promises nothing"),
    *each(GREATER, _A, fails(5), NONE, NONE),
    *each(GREATER, {**_A, "or_equal": True}, fails(2), NONE, NONE),
    *each(GREATER, {**_A, "or_equal": True, "ignore_row_if": "either_value_is_missing"}, fails(1), NONE, NONE),
    *each(GREATER, {"column_A": "t", "column_B": "u"}, *[skips("none of boolean, date")] * 3, "differs because texts have another order on each platform"),
    *each(PAIRS, {**_A, "value_pairs_set": _THREE}, fails(4), NONE, NONE),
    *each(PAIRS, {**_A, "value_pairs_set": _THREE, "ignore_row_if": "neither"}, fails(5), NONE, fails(3)),
    *each(PAIRS, {**_A, "value_pairs_set": []}, fails(7), NONE, NONE),
    *each(SUM, {**_B, "sum_total": 2}, fails(6), NONE, NONE),
    *each(SUM, {**_B, "sum_total": 2, "ignore_row_if": "any_value_is_missing"}, fails(5), NONE, NONE),
    *each(SUM, {**_B, "sum_total": 2, "ignore_row_if": "never"}, fails(7), NONE, fails(3)),
    *each(SUM, {"column_list": ["n", "d"], "sum_total": 2.1}, fails(7), NONE, NONE, mixed="differs because GX adds decimals and integers as objects, and 2.1 is no decimal"),
    Case("large", SUM, {"column_list": ["a", "b"], "sum_total": 2**32 - 2}, fails(1)),
    *each(SAME_VALUES, _B, fails(4), NONE, NONE),
    *each(SAME_VALUES, {**_B, "ignore_row_if": "never"}, fails(4), NONE, NONE),
    *each(SAME_VALUES, {**_B, "ignore_row_if": "any_value_is_missing"}, fails(3), NONE, NONE),
    *each(DIFFER, _B, fails(3), NONE, NONE),
    *each(DIFFER, {**_B, "ignore_row_if": "never"}, fails(4), NONE, fails(3)),
    *each(DIFFER, {**_B, "mostly": 0.5}, passes(3), NONE, NONE),
    *each(COMPOUND, {"column_list": ["b", "day"]}, fails(2), NONE, NONE),
    *each(COMPOUND, {"column_list": ["b", "day"], "ignore_row_if": "never"}, fails(4), NONE, fails(3)),
    *each(COMPOUND, {"column_list": ["b", "day"], "ignore_row_if": "any_value_is_missing"}, fails(2), NONE, NONE),
    *each(COMPOUND, {"column_list": ["b", "day"], "mostly": 0.6}, passes(2), NONE, NONE),
    *each(COMPOUND, {"column_list": ["b"]}, *[skips("at least two columns")] * 3, "cannot be asked: GX refuses it"),
    *each(COMPOUND, _B, NONE, NONE, NONE, SAME),
]  # fmt: skip
