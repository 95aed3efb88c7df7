"""Where an answer was once another than Great Expectations', or easily would be. GX itself is the oracle."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

NAN, INF = float("nan"), float("inf")


@dataclass(frozen=True)
class Case:
    """`columns` are {name: (dtype, values)}; `paths` by which each expectation is answered, in GX's order of results."""

    name: str
    columns: Mapping[str, tuple[str, Sequence[Any]]]
    expectations: Sequence[tuple[str, Mapping[str, Any]]]
    paths: Sequence[str]

    @property
    def frame(self) -> Callable[[], Any]:
        import pandas as pd

        return lambda: pd.DataFrame({n: pd.Series(list(v), dtype=kind) for n, (kind, v) in self.columns.items()})  # type: ignore[arg-type]


def _one(name: str, kind: str, values: Sequence[Any], type_: str, path: str, **kwargs: Any) -> Case:
    return Case(name, {"v": (kind, values)}, [(type_, {"column": "v", **kwargs})], [path])


BETWEEN, IN_SET = "expect_column_values_to_be_between", "expect_column_values_to_be_in_set"
REGEX, NOT_NULL, UNIQUE = (
    "expect_column_values_to_match_regex",
    "expect_column_values_to_not_be_null",
    "expect_column_values_to_be_unique",
)

COMPOUND, PAIR_EQUAL = "expect_compound_columns_to_be_unique", "expect_column_pair_values_to_be_equal"
PAIR_SET, JSON = "expect_column_pair_values_to_be_in_set", "expect_column_values_to_be_json_parseable"
INCREASING, DECREASING = "expect_column_values_to_be_increasing", "expect_column_values_to_be_decreasing"
DATEUTIL = "expect_column_values_to_be_dateutil_parseable"

CASES = [
    _one("integers pass through float64", "int64", [2**53, 2**53 + 1, 2**53 + 2], BETWEEN, "sql", max_value=2**53),
    _one("a bound as text", "int64", [1, 2, 3], BETWEEN, "sql", min_value="2", max_value="2.5"),
    _one("0.1 + 0.2", "float64", [0.1 + 0.2, 0.3], BETWEEN, "sql", max_value=0.3),
    _one("booleans between", "bool", [True, False], BETWEEN, "sql", min_value=0.5),
    _one("min above max raises", "int64", [1], BETWEEN, "gx", min_value=3, max_value=2),
    _one("no bound is refused", "int64", [1], BETWEEN, "gx"),
    _one("a moment", "datetime64[ns]", [datetime(2024, 1, 1), datetime(2024, 1, 3), None], BETWEEN, "sql", min_value="2024-01-02T00:00:00"),
    _one("a date on moments raises", "datetime64[ns]", [datetime(2024, 1, 1)], BETWEEN, "gx", min_value="2024-01-02"),
    _one("a naive bound beside a zoned one", "datetime64[ns, UTC]", [datetime(2024, 1, 1)], BETWEEN, "gx",
         min_value="2024-01-02T00:00:00+00:00", max_value="2024-01-03T00:00:00"),
    _one("infinities one after the other decrease", "float64", [INF, INF, 1.0, 1.0, -INF, -INF], DECREASING, "sql", strictly=True),
    _one("infinities one after the other increase", "float64", [-INF, -INF, 1.0, NAN, INF, INF], INCREASING, "sql", strictly=True),
    _one("mostly of two thirds, a little less", "str", ["a", "a", "b"], IN_SET, "sql", value_set=["a"], mostly=2 / 3),
    _one("mostly, a little more", "str", ["a", "a", "b"], IN_SET, "sql", value_set=["a"], mostly=0.66666666666666674),
    _one("mostly 1 is dropped", "str", ["a"], IN_SET, "sql", value_set=["a"], mostly=1.0),
    _one("an empty set", "str", ["a", None], IN_SET, "sql", value_set=[]),
    _one("texts are not numbers", "str", ["1", "2"], IN_SET, "sql", value_set=[1, "2"]),
    _one("no rows", "int64", [], IN_SET, "sql", value_set=[1]),
    _one("all are NULL", "float64", [NAN, NAN], IN_SET, "sql", value_set=[1], mostly=1),
    _one("NaNs are listed one by one", "float64", [NAN, 1.0, NAN], NOT_NULL, "sql"),
    _one("NULL texts are listed as one", "str", [None, "a", None], NOT_NULL, "sql"),
    _one("zero and minus zero repeat", "float64", [0.0, -0.0, 1.0], UNIQUE, "sql"),
    _one("Python's patterns know digits of every script", "str", ["٣", "a\nb", "b\n"], REGEX, "python", regex=r"^\d+$|a.b|b$"),
    _one("a number is matched as its text", "int64", [10, 21], REGEX, "python", regex="^1"),
    _one("a pattern that is none", "str", ["a"], REGEX, "gx", regex="["),
    _one("a row condition", "int64", [1, 0], NOT_NULL, "sql", row_condition="v > 0", condition_parser="pandas"),
    _one("index 0 of a column is none", "int64", [1], "expect_column_to_exist", "sql", column_index=0),
    Case("missing columns come first, then by column", {"a": ("int64", [1]), "b": ("int64", [1])},
         [(NOT_NULL, {"column": "a"}), (NOT_NULL, {"column": "b"}), (UNIQUE, {"column": "a"}), (UNIQUE, {"column": "z"})],
         ["gx", "sql", "sql", "sql"]),
    Case("names that differ in case are one to GX", {"a": ("int64", [1, 2]), "A": ("int64", [1, 1])},
         [(UNIQUE, {"column": "A"})], ["gx"]),
    Case("pairs lose their zones", {"a": ("datetime64[us, Europe/Berlin]", [datetime(2024, 1, 1)]), "b": ("datetime64[us, Europe/Berlin]", [datetime(2024, 1, 2)])},
         [("expect_column_pair_values_to_be_equal", {"column_A": "a", "column_B": "b"})], ["sql"]),
    Case("NULL and NULL under neither", {"a": ("float64", [NAN, 1.0]), "b": ("float64", [NAN, 1.0])},
         [("expect_column_pair_values_to_be_equal", {"column_A": "a", "column_B": "b", "ignore_row_if": "neither"})], ["sql"]),
    Case("an expectation twice", {"a": ("int64", [1])}, [(UNIQUE, {"column": "a"}), (UNIQUE, {"column": "a"})], ["gx", "gx"]),
    Case("NULLs under !=", {"a": ("float64", [NAN, 1.0, 2.0])},
         [(UNIQUE, {"column": "a", "row_condition": "a != 1", "condition_parser": "pandas"})], ["sql"]),
    _one("an empty set of distinct values is refused", "str", ["a"], "expect_column_distinct_values_to_be_in_set", "gx", value_set=[]),
    _one("nullable booleans in order", "boolean", [True, False, None], "expect_column_values_to_be_decreasing", "python"),
    _one("objects of one value", "object", [1, 1.0, True, "1", None], UNIQUE, "python"),
    _one("objects between raise", "object", [1, "a"], BETWEEN, "gx", min_value=0),
    _one("decimals between", "object", [Decimal("1.1"), Decimal("3"), None], BETWEEN, "python", max_value=1.1),
    _one("code points", "str", ["日本", "🎯", "e\u0301"], "expect_column_value_lengths_to_equal", "sql", value=2),
    _one("negative index", "int64", [1], "expect_column_to_exist", "sql", column_index=-1),
    Case("values without an order are not counted", {"a": ("str", ["x", "x", None, None]), "b": ("int64", [1, 1, 1, 1])},
         [(COMPOUND, {"column_list": ["a", "b"]})], ["sql"]),
    Case("a column beside itself", {"a": ("int64", [1, 2])}, [(PAIR_EQUAL, {"column_A": "a", "column_B": "a"})], ["gx"]),
    Case("pairs in a set raise under a row condition", {"a": ("int64", [1, 2]), "b": ("int64", [1, 2])},
         [(PAIR_SET, {"column_A": "a", "column_B": "b", "value_pairs_set": [[1, 1]], "row_condition": "a > 0", "condition_parser": "pandas"})], ["gx"]),
    Case("pairs in a set, with NULL", {"a": ("float64", [1, NAN, 2]), "b": ("int64", [1, 2, 3])},
         [(PAIR_SET, {"column_A": "a", "column_B": "b", "value_pairs_set": [[1, 1], [None, 2]]})], ["python"]),
    Case("row conditions in GX's other spellings", {"a": ("float64", [NAN, 1.0, 2.0, 2.0])},
         [(UNIQUE, {"column": "a", "row_condition": 'col("a") != 1', "condition_parser": "great_expectations"}),
          (UNIQUE, {"column": "a", "row_condition": 'col("a").notNull()', "condition_parser": "great_expectations"}),
          (UNIQUE, {"column": "a", "row_condition": {"type": "comparison", "column": {"name": "a"}, "operator": "NOT_IN", "parameter": [1]}}),
          (UNIQUE, {"column": "a", "row_condition": {"type": "or", "conditions": [
              {"type": "nullity", "column": {"name": "a"}, "is_null": True},
              {"type": "comparison", "column": {"name": "a"}, "operator": "<=", "parameter": 1}]}})],
         ["sql", "sql", "sql", "sql"]),
    Case("a number beside moments in a row condition raises", {"a": ("datetime64[us, UTC]", [datetime(2024, 1, 1)])},
         [(UNIQUE, {"column": "a", "row_condition": {"type": "comparison", "column": {"name": "a"}, "operator": "==", "parameter": 1.5}})], ["gx"]),
    Case("None beside NaN is no repeat", {"a": ("str", [None, "x"]), "b": ("object", [None, "x"])},
         [("expect_select_column_values_to_be_unique_within_record", {"column_list": ["a", "b"], "ignore_row_if": "never"})], ["python"]),
    Case("a standard deviation of moments has no JSON form", {"a": ("datetime64[us]", [datetime(2024, 1, 1), datetime(2024, 1, 3)]), "b": ("int64", [1, 2])},
         [("expect_column_stdev_to_be_between", {"column": "a"}), (UNIQUE, {"column": "b"})], []),
    Case("an expectation twice that fails", {"a": ("object", [1])}, [(JSON, {"column": "a", "mostly": 1}), (UNIQUE, {"column": "a"}), (DATEUTIL, {"column": "a", "mostly": 1}), (DATEUTIL, {"column": "a"})], ["gx"] * 5),
]  # fmt: skip
