"""Cases of expectations about a number, or the distinct values, of a column."""

from __future__ import annotations

from ..kit import Case, each, errs, fails, passes, skips

_C = "expect_column_"
GONE = fails("no value")
N = {"column": "n"}
_NAN = "differs because pandas means NULL by NaN"
_NEAREST = "differs because pandas takes the nearest value; here it is the least that so great a share does not exceed"
_ONE = "differs because a set without a value that the column can hold is not refused"
_TEXT = {"column": "t"}


def _range(low: object = None, high: object = None, **more: object) -> dict[str, object]:
    return {
        **N,
        **({"min_value": low} if low is not None else {}),
        **({"max_value": high} if high is not None else {}),
        **more,
    }


CASES = [
    *each(_C + "min_to_be_between", _range(-4, 0), passes("-4"), GONE, GONE),
    *each(_C + "min_to_be_between", _range(-4, strict_min=True), fails("-4"), GONE, GONE),
    *each(_C + "max_to_be_between", _range(high=10), passes("10"), GONE, GONE),
    *each(_C + "max_to_be_between", _range(0, 10, strict_max=True), fails("10"), GONE, GONE),
    *each(_C + "max_to_be_between", _range(0, 10, strict_min=True), passes("10"), GONE, GONE),
    *each(_C + "max_to_be_between", {"column": "big", "max_value": 2**53}, fails("9,007,199,254,740,993"), GONE, GONE, mixed="differs because GX's bounds are float64; a contract's are exact"),
    *each(_C + "max_to_be_between", {"column": "day", "max_value": "2030-01-01"}, passes("2030-01-01"), GONE, GONE),
    *each(_C + "max_to_be_between", {"column": "at", "max_value": "2024-12-31T23:59:59.999999+00:00"}, passes("2024-12-31 23:59:59.999999+00:00"), GONE, GONE),
    *each(_C + "min_to_be_between", {"column": "at", "min_value": "2023-01-01T09:00:00+09:00"}, passes("2023-01-01 00:00:00+00:00"), GONE, GONE),
    *each(_C + "min_to_be_between", {"column": "local", "min_value": "2023-01-01T00:00:00"}, passes("2022-12-31 23:00:00+00:00"), GONE, GONE),
    *each(_C + "min_to_be_between", {"column": "local", "min_value": "2023-01-01T00:00:00", "strict_min": True}, fails("2022-12-31 23:00:00+00:00"), GONE, GONE),
    *each(_C + "max_to_be_between", {"column": "t", "max_value": 1}, *[skips("the extremes of a string")] * 3, "cannot be asked: GX raises", empty="differs because GX has no value of a text either", nulls="differs because GX has no value of a text either"),
    *each(_C + "mean_to_be_between", _range(3, 3), passes("3"), GONE, GONE),
    *each(_C + "mean_to_be_between", _range(3, strict_min=True), fails("3"), GONE, GONE),
    *each(_C + "median_to_be_between", _range(2, 2), passes("2"), GONE, GONE),
    *each(_C + "median_to_be_between", {"column": "b", "min_value": 0}, *[skips("b is BOOLEAN")] * 3, "differs because a boolean is no number here", {"postgres": skips("b is boolean")}),
    *each(_C + "stdev_to_be_between", _range(4.472, 4.473), passes(), GONE, GONE),
    *each(_C + "stdev_to_be_between", _range(4.473), fails(), GONE, GONE),
    *each(_C + "sum_to_be_between", _range(21, 21), passes("21"), fails("0"), fails("0")),
    *each(_C + "sum_to_be_between", _range(0), passes("21"), passes("0"), passes("0")),
    *each(_C + "sum_to_be_between", {"column": "big", "max_value": 0}, passes(), passes("0"), passes("0")),
    *each(_C + "unique_value_count_to_be_between", _range(6, 6), passes("6"), fails("0"), fails("0")),
    *each(_C + "unique_value_count_to_be_between", {"column": "f", "max_value": 6}, passes("6"), passes("0"), passes("0")),
    *each(_C + "proportion_of_unique_values_to_be_between", _range(0.857, 0.858), passes(), fails("0"), fails("0")),
    *each(_C + "proportion_of_unique_values_to_be_between", _range(high=0.5), fails(), passes("0"), passes("0")),
    *each(_C + "proportion_of_non_null_values_to_be_between", _range(0.875, 0.875), passes("0.875"), fails("0"), fails("0")),
    *each(_C + "quantile_values_to_be_between", {**N, "quantile_ranges": {"quantiles": [0, 0.5, 1], "value_ranges": [[-4, -4], [2, None], [None, 10]]}}, passes("-4, 2, 10"), GONE, GONE),
    *each(_C + "quantile_values_to_be_between", {"column": "big", "quantile_ranges": {"quantiles": [0.25], "value_ranges": [[0, 0]]}}, passes("0"), GONE, GONE, "differs because GX raises on nullable integers without a value", mixed=_NEAREST),
    *each(_C + "quantile_values_to_be_between", {"column": "f", "quantile_ranges": {"quantiles": [0.5], "value_ranges": [[0, 0.4]]}}, fails("0.5"), GONE, GONE),
    # distinct values
    *each(_C + "distinct_values_to_be_in_set", {"column": "b", "value_set": [True]}, fails("1"), passes("0"), passes("0")),
    *each(_C + "distinct_values_to_be_in_set", {"column": "n", "value_set": [1, 2, 3, 7, 10, -4, 99]}, passes("0"), passes("0"), passes("0")),
    *each(_C + "distinct_values_to_contain_set", {"column": "n", "value_set": [1, 2, 99]}, fails("1"), fails("3"), fails("3")),
    *each(_C + "distinct_values_to_contain_set", {"column": "t", "value_set": ["a", "日本"]}, passes("0"), fails("2"), fails("2")),
    *each(_C + "distinct_values_to_contain_set", {"column": "n", "value_set": [1, "x"]}, fails("1"), fails("2"), fails("2")),
    *each(_C + "distinct_values_to_equal_set", {"column": "b", "value_set": [True, False]}, passes("0"), fails("2"), fails("2")),
    *each(_C + "distinct_values_to_equal_set", {"column": "day", "value_set": ["2024-01-01", "2024-02-29", "2023-12-31", "1999-01-01", "2030-01-01"]}, passes("0"), fails("5"), fails("5")),
    *each(_C + "most_common_value_to_be_in_set", {"column": "n", "value_set": [2]}, passes("1"), fails("0"), fails("0")),
    *each(_C + "most_common_value_to_be_in_set", {"column": "b", "value_set": [False]}, fails("0"), fails("0"), fails("0")),
    Case("thirds", _C + "most_common_value_to_be_in_set", {"column": "w", "value_set": ["a"]}, fails("0")),
    Case("thirds", _C + "most_common_value_to_be_in_set", {"column": "w", "value_set": ["a"], "ties_okay": True}, passes("1")),
    # NaN
    Case("nan", _C + "max_to_be_between", {"column": "f", "max_value": 10}, errs("not a number"), _NAN),
    Case("nan", _C + "max_to_be_between", {"column": "g", "max_value": 10}, errs("not a number"), "differs because infinity is no number here"),
    *each(_C + "max_to_be_between", N, *[skips("neither min_value nor max_value")] * 3, "differs because this promises nothing"),
    # what GX itself is asked
    Case("spread", _C + "kl_divergence_to_be_less_than", {"column": "k", "partition_object": {"values": ["a", "b"], "weights": [0.5, 0.5]}, "threshold": 0.1}, passes()),
    Case("spread", _C + "kl_divergence_to_be_less_than", {"column": "k", "partition_object": {"values": ["a", "b"], "weights": [0.1, 0.9]}, "threshold": 0.1}, fails("it does not hold")),
]  # fmt: skip
