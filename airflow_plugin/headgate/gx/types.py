"""Every expectation type of Great Expectations, and how it is answered: the one list of them.

A type with a reading is answered by it wherever the reading is certain to say what GX says (columns of a kind that
DuckDB and pandas see alike, arguments of the plain kinds), and by GX itself elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from headgate.errors import UnsupportedError
from headgate.gx import aggregates as a
from headgate.gx import kwargs as k
from headgate.gx import rows as r
from headgate.gx import values as v
from headgate.gx.data import Data
from headgate.gx.map_expectations import Rows, map_query
from headgate.gx.query import Form, Kwargs, Query
from headgate.gx.series import SERIES

Aggregate = Callable[[Kwargs, Data, Form], Query]


@dataclass(frozen=True)
class Reading:
    """How one type is answered. `how` is sql, python or gx; `kinds` are the arguments that its reading knows;
    `note` says where GX is asked all the same. `on_pandas`: whether GX's pandas engine has the type at all."""

    type: str
    how: str
    kinds: Mapping[str, k.Kind] = field(default_factory=dict)
    ask: Aggregate | None = None
    dimension: str = "conformity"
    note: str = ""
    on_pandas: bool = True


_ONE = {"column": k.COLUMN, "row_condition": k.CONDITION, "condition_parser": k.CONDITION}
_MAP = {**_ONE, "mostly": k.MOSTLY}
_TABLE = {"row_condition": k.CONDITION, "condition_parser": k.CONDITION}
_PAIR = {**_TABLE, "column_A": k.COLUMN, "column_B": k.COLUMN, "mostly": k.MOSTLY, "ignore_row_if": k.PAIR_NULLS}
_RECORD = {**_TABLE, "column_list": k.COLUMNS, "mostly": k.MOSTLY, "ignore_row_if": k.ROW_NULLS}
_STRICT = {"strict_min": k.STRICT, "strict_max": k.STRICT}
_BOUNDS = {"min_value": k.BOUND, "max_value": k.BOUND, **_STRICT}
_FLOATS = {"min_value": k.FLOAT, "max_value": k.FLOAT, **_STRICT}
_WHOLES = {"min_value": k.WHOLE, "max_value": k.WHOLE, **_STRICT}

_TYPED = "columns of objects (mixed types, Decimal, date)"
_NUMERIC = "columns that hold no numbers"
_TEXT = "columns that hold no text"


def _mapped(how: str, name: str, rows: Callable[[Kwargs, Data], Rows], kinds: Mapping[str, k.Kind], note: str,
            dimension: str = "conformity") -> Reading:  # fmt: skip
    def ask(kwargs: Kwargs, data: Data, form: Form) -> Query:
        try:
            return map_query(rows(kwargs, data), kwargs, data, form)
        except UnsupportedError:
            if name not in SERIES:
                raise
            return SERIES[name](kwargs, data, form)

    return Reading(name, how, kinds, ask, dimension, note)


def _number(how: str, name: str, ask: Aggregate, kinds: Mapping[str, k.Kind], note: str = "",
            dimension: str = "conformity") -> Reading:  # fmt: skip
    return Reading(name, how, kinds, ask, dimension, note)


def _native(name: str, note: str, *, on_pandas: bool = True) -> Reading:
    return Reading(name, "gx", note=note, on_pandas=on_pandas)


_NO_SQL = "GX has it for SQL only and raises on pandas"
_READINGS = (
    _number("python", "expect_column_distinct_values_to_be_in_set", a.distinct_in_set, {**_ONE, "value_set": k.SOME}, "an empty set; dates and times; " + _TYPED),
    _number("python", "expect_column_distinct_values_to_contain_set", a.distinct_contain, {**_ONE, "value_set": k.SET}, "dates and times; " + _TYPED),
    _number("python", "expect_column_distinct_values_to_equal_set", a.distinct_equal, {**_ONE, "value_set": k.SET}, "dates and times; " + _TYPED),
    _native("expect_column_kl_divergence_to_be_less_than", "a partition of its own"),
    _number("sql", "expect_column_max_to_be_between", a.largest, {**_ONE, **_BOUNDS}, "columns that hold neither numbers nor moments"),
    _number("python", "expect_column_mean_to_be_between", a.mean, {**_ONE, **_BOUNDS}, _NUMERIC),
    _number("python", "expect_column_median_to_be_between", a.median, {**_ONE, **_BOUNDS}, _NUMERIC),
    _number("sql", "expect_column_min_to_be_between", a.smallest, {**_ONE, **_BOUNDS}, "columns that hold neither numbers nor moments"),
    _number("python", "expect_column_most_common_value_to_be_in_set", a.most_common, {**_ONE, "value_set": k.SET, "ties_okay": k.FLAG}, "dates and times; " + _TYPED),
    _mapped("sql", "expect_column_pair_values_a_to_be_greater_than_b", r.pair_greater, {**_PAIR, "or_equal": k.FLAG}, "columns that do not compare", "consistency"),
    _mapped("sql", "expect_column_pair_values_to_be_equal", r.pair_equal, _PAIR, "columns that do not compare", "consistency"),
    _number("python", "expect_column_pair_values_to_be_in_set", SERIES["expect_column_pair_values_to_be_in_set"], {**{n: kind for n, kind in _PAIR.items() if n not in _TABLE}, "value_pairs_set": k.PAIRS}, "any row condition, with which it raises", "consistency"),
    _number("sql", "expect_column_proportion_of_non_null_values_to_be_between", a.present_proportion, {**_ONE, **_FLOATS}, "", "completeness"),
    _number("sql", "expect_column_proportion_of_unique_values_to_be_between", a.unique_proportion, {**_ONE, **_FLOATS}, "", "uniqueness"),
    _native("expect_column_quantile_values_to_be_between", "pandas' interpolations"),
    _number("python", "expect_column_stdev_to_be_between", a.deviation, {**_ONE, **_FLOATS}, _NUMERIC),
    _number("python", "expect_column_sum_to_be_between", a.total, {**_ONE, **_BOUNDS}, _NUMERIC),
    _number("sql", "expect_column_to_exist", a.column_exists, {"column": k.COLUMN, "column_index": k.WHOLE}),
    _native("expect_column_type_to_be", "types of numpy"),
    _number("sql", "expect_column_unique_value_count_to_be_between", a.unique_count, {**_ONE, **_WHOLES}, "", "uniqueness"),
    _mapped("sql", "expect_column_value_lengths_to_be_between", r.lengths_between, {**_MAP, **_WHOLES}, ""),
    _mapped("sql", "expect_column_value_lengths_to_equal", r.lengths_equal, {**_MAP, "value": k.NEEDED_FLOAT}, ""),
    _number("python", "expect_column_value_z_scores_to_be_less_than", SERIES["expect_column_value_z_scores_to_be_less_than"], {**_MAP, "threshold": k.NEEDED_FLOAT, "double_sided": k.NEEDED_FLAG}, _NUMERIC),
    _mapped("sql", "expect_column_values_to_be_between", r.between, {**_MAP, **_BOUNDS}, "bounds that are dates; values that do not compare"),
    _mapped("python", "expect_column_values_to_be_dateutil_parseable", v.dateutil_parseable, _MAP, _TEXT),
    _mapped("sql", "expect_column_values_to_be_decreasing", r.decreasing, {**_MAP, "strictly": k.FLAG}, "columns that cannot be subtracted"),
    _mapped("sql", "expect_column_values_to_be_in_set", r.in_set, {**_MAP, "value_set": k.SET}, "sets of unusual values"),
    _native("expect_column_values_to_be_in_type_list", "types of numpy and Python"),
    _mapped("sql", "expect_column_values_to_be_increasing", r.increasing, {**_MAP, "strictly": k.FLAG}, "columns that cannot be subtracted"),
    _mapped("python", "expect_column_values_to_be_json_parseable", v.json_parseable, _MAP, _TEXT),
    _mapped("sql", "expect_column_values_to_be_null", r.null, _MAP, "", "completeness"),
    _native("expect_column_values_to_be_of_type", "types of numpy and Python"),
    _mapped("sql", "expect_column_values_to_be_unique", r.unique, _MAP, "values without a hash", "uniqueness"),
    _mapped("python", "expect_column_values_to_match_json_schema", v.json_schema, {**_MAP, "json_schema": k.SCHEMA}, "values that are not JSON; " + _TEXT),
    _native("expect_column_values_to_match_like_pattern", _NO_SQL, on_pandas=False),
    _native("expect_column_values_to_match_like_pattern_list", _NO_SQL, on_pandas=False),
    _mapped("python", "expect_column_values_to_match_regex", v.matches, {**_MAP, "regex": k.PATTERN}, ""),
    _mapped("python", "expect_column_values_to_match_regex_list", v.matches_list, {**_MAP, "regex_list": k.PATTERNS, "match_on": k.MATCH_ON}, "floats, times; " + _TYPED),
    _mapped("python", "expect_column_values_to_match_strftime_format", v.strftime, {**_MAP, "strftime_format": k.PATTERN}, _TEXT),
    _mapped("sql", "expect_column_values_to_not_be_in_set", r.not_in_set, {**_MAP, "value_set": k.SET}, "dates and times; sets of unusual values"),
    _mapped("sql", "expect_column_values_to_not_be_null", r.not_null, _MAP, "", "completeness"),
    _native("expect_column_values_to_not_be_outliers", "quartiles and deviations of pandas"),
    _native("expect_column_values_to_not_match_like_pattern", _NO_SQL, on_pandas=False),
    _native("expect_column_values_to_not_match_like_pattern_list", _NO_SQL, on_pandas=False),
    _mapped("python", "expect_column_values_to_not_match_regex", v.matches_not, {**_MAP, "regex": k.PATTERN}, ""),
    _mapped("python", "expect_column_values_to_not_match_regex_list", v.matches_none, {**_MAP, "regex_list": k.PATTERNS}, "floats, times; " + _TYPED),
    _mapped("sql", "expect_compound_columns_to_be_unique", r.compound_unique, _RECORD, "values without a hash", "uniqueness"),
    _mapped("sql", "expect_multicolumn_sum_to_equal", r.multicolumn_sum, {**_RECORD, "sum_total": k.NEEDED_FLOAT}, "columns that cannot be added", "accuracy"),
    _mapped("sql", "expect_multicolumn_values_to_be_equal", r.multicolumn_equal, _RECORD, "", "consistency"),
    _native("expect_multicolumn_values_to_be_unique", "GX has it no more under this name; such a suite is refused", on_pandas=False),
    _native("expect_query_results_to_match_comparison", _NO_SQL, on_pandas=False),
    _mapped("sql", "expect_select_column_values_to_be_unique_within_record", r.unique_within_record, _RECORD, "values without a hash", "uniqueness"),
    _number("sql", "expect_table_column_count_to_be_between", a.column_count_between, {"min_value": k.BOUND, "max_value": k.BOUND}),
    _number("sql", "expect_table_column_count_to_equal", a.column_count_equal, {"value": k.NEEDED_WHOLE}),
    _number("sql", "expect_table_columns_to_match_ordered_list", a.columns_match_list, {"column_list": k.PATTERNS}),
    _number("sql", "expect_table_columns_to_match_set", a.columns_match_set, {"column_set": k.PATTERNS, "exact_match": k.TRUE}),
    _number("sql", "expect_table_row_count_to_be_between", a.row_count_between, {**_TABLE, **_WHOLES}, "", "completeness"),
    _number("sql", "expect_table_row_count_to_equal", a.row_count_equal, {**_TABLE, "value": k.NEEDED_WHOLE}, "", "completeness"),
    _native("expect_table_row_count_to_equal_other_table", _NO_SQL, on_pandas=False),
    _native("unexpected_rows_expectation", _NO_SQL, on_pandas=False),
)  # fmt: skip

TYPES: Mapping[str, Reading] = {reading.type: reading for reading in _READINGS}


def dimension(kind: str) -> str:
    """The quality dimension of a type, conformity for one that is not known."""
    return TYPES[kind].dimension if kind in TYPES else "conformity"
