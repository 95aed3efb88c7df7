"""Random frames and suites: what users have, and what is hard for them."""

from __future__ import annotations

import datetime
import random
from decimal import Decimal
from typing import Any

TEXTS = ["", " ", "a", "b", "A", "ab", "é", "e\u0301", "日本", "🎯", "1", "12", "1.5", "2024-01-02", "2024-1-1", "null", "NaN", "{}",
         '{"a": 1}', "[1,", "x\ny", "a b", "٣", "None", "true"]  # fmt: skip
INTS = [0, 1, 2, 3, -1, 7, 42, 2**31, 2**53, 2**53 + 1, -(2**53) - 1]
SMALL = [0, 1, 2, 3, 4, 5, -1]
FLOATS = [0.0, -0.0, 1.0, 1.5, 2.0, 0.1, 0.2, 0.3, 1e300, -2.5, 3.0, float("inf")]
DAYS = [datetime.datetime(2024, 1, d, h) for d in (1, 2, 3) for h in (0, 12)]


def column(rng: random.Random, rows: int) -> Any:
    import numpy as np
    import pandas as pd

    nulls = rng.choice([0, 0, 0.2, 0.5, 1])

    def some(values: list[Any], null: Any = None) -> list[Any]:
        return [null if rng.random() < nulls else rng.choice(values) for _ in range(rows)]

    kind = rng.choice(["small", "small", "small", "int", "float", "float", "tiny", "tiny", "bool", "str", "str", "text",
                       "few", "few", "time", "zoned", "second", "object", "decimal", "date", "Int64", "mixed_bool",
                       "boolean"])  # fmt: skip
    match kind:
        case "small":
            return pd.Series([rng.choice(SMALL) for _ in range(rows)], dtype="int64")
        case "int":
            return pd.Series([rng.choice(INTS) for _ in range(rows)], dtype="int64")
        case "float":
            return pd.Series(some(FLOATS, np.nan), dtype="float64")
        case "tiny":
            return pd.Series(some([x / 10 for x in range(30)], np.nan), dtype="float64")
        case "bool":
            return pd.Series([rng.random() < 0.5 for _ in range(rows)], dtype="bool")
        case "str":
            return pd.Series(some(TEXTS), dtype="str")
        case "few":
            return pd.Series(some(["a", "b", "ab"]), dtype="str")
        case "text":
            return pd.Series(some(TEXTS, rng.choice([None, np.nan])), dtype=object)
        case "time":
            return pd.Series(some(DAYS, pd.NaT), dtype="datetime64[ns]")
        case "second":
            return pd.Series(some(DAYS, pd.NaT), dtype="datetime64[us]")
        case "zoned":
            return pd.Series(some(DAYS, pd.NaT), dtype="datetime64[us]").dt.tz_localize(
                rng.choice(["UTC", "Europe/Berlin"])
            )
        case "decimal":
            return pd.Series(some([Decimal("1.10"), Decimal("2.2"), Decimal(0)]), dtype=object)
        case "date":
            return pd.Series(some([d.date() for d in DAYS]), dtype=object)
        case "Int64":
            return pd.Series(some(SMALL, pd.NA), dtype="Int64")
        case "boolean":
            return pd.Series(some([True, False], pd.NA), dtype="boolean")
        case "mixed_bool":
            return pd.Series(some([True, False]), dtype=object)
        case _:
            return pd.Series(some([1, 1.0, True, "1", "a", None, float("nan"), 0, Decimal("1.5")]), dtype=object)


NAMES = ["a", "b", "c", "größe", 'q"x']


def frame(rng: random.Random) -> Any:
    import pandas as pd

    rows = rng.choice([0, 1, 2, 3, 4, 5, 8, 13, 40])
    names = rng.sample(NAMES, rng.randint(2, 5))
    if rng.random() < 0.04:
        names[-1] = names[0].upper()
    made = pd.DataFrame({name: column(rng, rows) for name in names})
    if rows and rng.random() < 0.15:
        made.index = [10 * i + 3 for i in range(rows)]
    return made


def _number(rng: random.Random) -> Any:
    return rng.choice([0, 1, 2, 3, 0.5, 1.0, 2**53, "1", "2.5", -1, 0.3, 1e300])


def _bounds(rng: random.Random, make: Any) -> dict[str, Any]:
    kwargs: dict[str, Any] = {}
    for end in ("min", "max"):
        if rng.random() < 0.7:
            kwargs[f"{end}_value"] = make(rng)
        if rng.random() < 0.25:
            kwargs[f"strict_{end}"] = rng.random() < 0.8
    return kwargs


def _bound(rng: random.Random) -> Any:
    return rng.choice([_number(rng), _number(rng), "2024-01-02T00:00:00", "2024-01-02", "2024-01-02T00:00:00+00:00"])


def _set(rng: random.Random) -> list[Any]:
    pool = rng.choice([TEXTS, SMALL, INTS, [0.0, 0.1, 1.0, 1, 2], [True, False], [1, "1", "a", None, True],
                       ["2024-01-01", "2024-01-02T12:00:00"]])  # fmt: skip
    return [rng.choice(pool) for _ in range(rng.choice([0, 1, 2, 3, 5, 9]))]


PATTERNS = [
    "a",
    "^a",
    "b$",
    r"\d",
    r"\w",
    ".",
    "^.$",
    "",
    r"^\d+$",
    "(a|b)",
    "é",
    r"a.b",
    "[",
    "(?i)A",
    r"\bx",
    "null|None",
]


def expectation(rng: random.Random, frame: Any) -> dict[str, Any]:
    names = list(frame.columns)

    numeric = [n for n in names if frame[n].dtype.kind in "if"]
    texts = [n for n in names if str(frame[n].dtype) == "str"]

    def name(fitting: list[str] = names) -> str:
        """Mostly a column that fits, so that not every other expectation raises."""
        pool = fitting if fitting and rng.random() < 0.75 else names
        return rng.choice(pool) if rng.random() < 0.97 else "nowhere"

    def several() -> list[str]:
        alike = next((kind for kind in (numeric, texts) if len(kind) > 1), names)
        pool = alike if rng.random() < 0.6 else names
        return rng.sample(pool, rng.randint(2, min(3, len(pool))))

    numbers = {"expect_column_max_to_be_between", "expect_column_min_to_be_between", "expect_column_mean_to_be_between",
               "expect_column_median_to_be_between", "expect_column_sum_to_be_between", "expect_column_stdev_to_be_between",
               "expect_column_proportion_of_unique_values_to_be_between",
               "expect_column_proportion_of_non_null_values_to_be_between"}  # fmt: skip
    lists = {"value_set": _set(rng)}
    one: dict[str, Any] = {
        **dict.fromkeys(numbers, _bounds(rng, _number)),
        "expect_column_unique_value_count_to_be_between": _bounds(rng, lambda r: r.choice([0, 1, 2, 5])),
        "expect_column_values_to_be_between": _bounds(rng, _bound),
        "expect_column_value_lengths_to_be_between": _bounds(rng, lambda r: r.choice([0, 1, 2, 5])),
        "expect_column_value_lengths_to_equal": {"value": rng.choice([0, 1, 2, 1.0, 1.5])},
        "expect_column_values_to_be_in_set": lists,
        "expect_column_values_to_not_be_in_set": lists,
        "expect_column_distinct_values_to_be_in_set": lists,
        "expect_column_distinct_values_to_contain_set": lists,
        "expect_column_distinct_values_to_equal_set": lists,
        "expect_column_most_common_value_to_be_in_set": lists | rng.choice([{}, {"ties_okay": True}, {"ties_okay": False}]),
        "expect_column_values_to_be_null": {},
        "expect_column_values_to_not_be_null": {},
        "expect_column_values_to_be_unique": {},
        "expect_column_values_to_be_increasing": rng.choice([{}, {"strictly": True}, {"strictly": False}]),
        "expect_column_values_to_be_decreasing": rng.choice([{}, {"strictly": True}]),
        "expect_column_values_to_match_regex": {"regex": rng.choice(PATTERNS)},
        "expect_column_values_to_not_match_regex": {"regex": rng.choice(PATTERNS)},
        "expect_column_values_to_match_regex_list": {
            "regex_list": rng.sample(PATTERNS, rng.choice([0, 1, 2, 3])),
            **rng.choice([{}, {"match_on": "all"}, {"match_on": "any"}]),
        },
        "expect_column_values_to_not_match_regex_list": {"regex_list": rng.sample(PATTERNS, rng.choice([1, 2]))},
        "expect_column_values_to_be_dateutil_parseable": {},
        "expect_column_values_to_be_json_parseable": {},
        "expect_column_values_to_match_json_schema": {"json_schema": {"type": rng.choice(["object", "string", "number"])}},
        "expect_column_values_to_match_strftime_format": {"strftime_format": rng.choice(["%Y-%m-%d", "%d", "%Y"])},
        "expect_column_values_to_be_of_type": {"type_": rng.choice(["int", "float64", "str", "datetime64", "int64"])},
        "expect_column_values_to_be_in_type_list": {"type_list": ["int64", "str"]},
        "expect_column_value_z_scores_to_be_less_than": {"threshold": rng.choice([0.5, 1, 2]), "double_sided": rng.random() < 0.5},
        "expect_column_values_to_not_be_outliers": rng.choice([{}, {"method": "std"}, {"multiplier": 0.5}]),
        "expect_column_quantile_values_to_be_between": {
            "quantile_ranges": {"quantiles": [0.1, 0.5], "value_ranges": [[0, 2], [None, 3]]},
            **rng.choice([{}, {"allow_relative_error": "linear"}]),
        },
        "expect_column_to_exist": rng.choice([{}, {"column_index": 0}, {"column_index": 1}]),
    }  # fmt: skip
    pairs: dict[str, Any] = {
        "expect_column_pair_values_to_be_equal": {},
        "expect_column_pair_values_a_to_be_greater_than_b": rng.choice([{}, {"or_equal": True}]),
        "expect_column_pair_values_to_be_in_set": {
            "value_pairs_set": [[rng.choice([0, 1, "a", None, 1.5]), rng.choice([0, 1, "b", None])] for _ in range(rng.randint(0, 4))]
        },
    }  # fmt: skip
    records: dict[str, Any] = {
        "expect_compound_columns_to_be_unique": {},
        "expect_multicolumn_sum_to_equal": {"sum_total": rng.choice([1, 2, 3, 0.3, 1.5])},
        "expect_multicolumn_values_to_be_equal": {},
        "expect_select_column_values_to_be_unique_within_record": {},
    }
    table: dict[str, Any] = {
        "expect_table_row_count_to_be_between": _bounds(rng, lambda r: r.choice([0, 1, 3, 5])),
        "expect_table_row_count_to_equal": {"value": rng.choice([0, 3, 5])},
        "expect_table_column_count_to_equal": {"value": rng.choice([2, 3])},
        "expect_table_column_count_to_be_between": _bounds(rng, lambda r: r.choice([1, 2, 3])),
        "expect_table_columns_to_match_set": {
            "column_set": rng.sample(NAMES, rng.randint(1, 4)), **rng.choice([{}, {"exact_match": False}]),
        },
        "expect_table_columns_to_match_ordered_list": {"column_list": rng.choice([names, names[:-1], names[::-1], [*names, "z"]])},
    }  # fmt: skip
    family = rng.choices([one, pairs, records, table], [70, 12, 12, 10])[0]
    kind = rng.choice(list(family))
    kwargs = dict(family[kind])
    if family is one:
        of_numbers = kind in numbers or any(
            word in kind for word in ("between", "z_score", "outlier", "quantile", "creasing")
        )
        of_texts = any(word in kind for word in ("regex", "json", "strftime", "dateutil", "length"))
        kwargs["column"] = name(texts if of_texts else numeric if of_numbers else names)
    elif family is pairs:
        kwargs |= (
            dict(zip(("column_A", "column_B"), several()))
            if rng.random() < 0.9
            else {"column_A": name(), "column_B": name()}
        )
    elif family is records:
        kwargs["column_list"] = several()
    if kind == "expect_table_column_count_to_be_between":
        kwargs = {k: v for k, v in kwargs.items() if not k.startswith("strict")}
    rows_kept = family is not table or "row_count" in kind
    is_map = family in (pairs, records) or (family is one and "values" in kind and "distinct" not in kind and "value_count" not in kind
                                            and "quantile" not in kind and "proportion" not in kind)  # fmt: skip
    if (is_map or "value_lengths" in kind or "z_scores" in kind) and rng.random() < 0.3:
        kwargs["mostly"] = rng.choice([0, 0.5, 2 / 3, 0.6666666666666667, 0.9, 1, 1.0, 0.25])
    if family is pairs and rng.random() < 0.5:
        kwargs["ignore_row_if"] = rng.choice(["both_values_are_missing", "either_value_is_missing", "neither"])
    if family is records and rng.random() < 0.5:
        kwargs["ignore_row_if"] = rng.choice(["all_values_are_missing", "any_value_is_missing", "never"])
    if rows_kept and kind != "expect_column_to_exist" and rng.random() < 0.12:
        kwargs |= _condition(rng, [n for n in names if n.isidentifier()] or ["a"])
    made: dict[str, Any] = {"type": kind, "kwargs": kwargs}
    if rng.random() < 0.15:
        made["severity"] = rng.choice(["critical", "warning", "info"])
    if rng.random() < 0.1:
        made["meta"] = {"note": "x"}
    return made


def _condition(rng: random.Random, names: list[str]) -> dict[str, Any]:
    name, value = rng.choice(names), rng.choice([0, 1, 1.5, "a"])
    match rng.randint(0, 3):
        case 0 | 1:
            text = rng.choice(
                [f"{name} > {value!r}", f"{name} == {value!r}", f"{name} != {value!r}", f"not ({name} <= {value!r})"]
            )
            return {"row_condition": text, "condition_parser": "pandas"}
        case 2:
            literal = f'"{value}"' if isinstance(value, str) else value
            return {
                "row_condition": rng.choice(
                    [f'col("{name}") > {literal}', f'col("{name}") != {literal}', f'col("{name}").notNull()']
                ),
                "condition_parser": "great_expectations",
            }
        case _:
            plain = {
                "type": "comparison",
                "column": {"name": name},
                "operator": rng.choice([">", "!=", "==", "<="]),
                "parameter": value,
            }
            null = {"type": "nullity", "column": {"name": name}, "is_null": rng.random() < 0.5}
            listed = {
                "type": "comparison",
                "column": {"name": name},
                "operator": rng.choice(["IN", "NOT_IN"]),
                "parameter": [value],
            }
            both = {"type": rng.choice(["and", "or"]), "conditions": [plain, null]}
            return {"row_condition": rng.choice([plain, null, listed, both])}


def suite(rng: random.Random, frame: Any) -> dict[str, Any]:
    return {"name": "s", "expectations": [expectation(rng, frame) for _ in range(rng.randint(0, 6))]}
