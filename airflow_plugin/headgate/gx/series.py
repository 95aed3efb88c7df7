"""Map expectations on columns that DuckDB does not see as pandas does: the expressions of GX's engine, on the column.

Each test takes the rows that are looked at and gives a boolean for each. What raises, or gives no booleans, is GX's to
tell.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any

from headgate.errors import UnsupportedError
from headgate.gx import late
from headgate.gx.data import Data
from headgate.gx.map_expectations import judged_rows
from headgate.gx.query import Form, Kwargs, Query

Test = Callable[[Any, Kwargs], Any]
Ask = Callable[[Kwargs, Data, Form], Query]
_HOW = {
    "both_values_are_missing": "all", "all_values_are_missing": "all",
    "either_value_is_missing": "any", "any_value_is_missing": "any",
}  # fmt: skip


def _asked(names: Sequence[str], shape: str, looked_at: Any, test: Test, subject: Any, counts_skipped: bool,
           kwargs: Kwargs, data: Data, form: Form) -> Query:  # fmt: skip
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            good = late.np.asarray(test(subject, kwargs))
    except Exception as error:  # whatever it is, GX tells it its own way
        raise UnsupportedError(f"it raises {type(error).__name__}") from None
    if good.dtype != bool and len(good):
        raise UnsupportedError("no booleans")
    rows = late.np.flatnonzero(looked_at)
    found = [int(row) for row in rows[~good.astype(bool)]]
    skipped = data.rows - len(rows) if counts_skipped else None
    return Query((), lambda: judged_rows(data, tuple(names), shape, len(found), skipped, found, kwargs, form), "python")


def _must_have(names: Sequence[str], data: Data) -> None:
    if not data.plain or not set(names) <= set(data.names):
        raise UnsupportedError("a column that is missing")


def of_column(test: Test) -> Ask:
    def ask(kwargs: Kwargs, data: Data, form: Form) -> Query:
        name = kwargs["column"]
        _must_have([name], data)
        present = data.frame[name].notnull().to_numpy(dtype=bool)
        return _asked([name], "value", present, test, data.frame[name][present], True, kwargs, data, form)

    return ask


def of_nulls(test: Test) -> Ask:
    def ask(kwargs: Kwargs, data: Data, form: Form) -> Query:
        name = kwargs["column"]
        _must_have([name], data)
        return _asked([name], "value", [True] * data.rows, test, data.frame[name], False, kwargs, data, form)

    return ask


def of_columns(names_of: Callable[[Kwargs], list[str]], shape: str, default: str, test: Test) -> Ask:
    def ask(kwargs: Kwargs, data: Data, form: Form) -> Query:
        names = names_of(kwargs)
        _must_have(names, data)
        if len(set(names)) < len(names):
            raise UnsupportedError("a column beside itself")
        how = _HOW.get(kwargs.get("ignore_row_if", default))
        nulls = data.frame[names].isna()
        skipped = (nulls.all(axis=1) if how == "all" else nulls.any(axis=1)) if how else nulls.any(axis=1) & False
        kept = ~skipped.to_numpy(dtype=bool)
        return _asked(names, shape, kept, test, data.frame[names][kept], True, kwargs, data, form)

    return ask


def _pair(test: Callable[[Any, Any, Kwargs], Any]) -> Ask:
    def apply(frame: Any, kwargs: Kwargs) -> Any:
        return test(frame[kwargs["column_A"]], frame[kwargs["column_B"]], kwargs)

    return of_columns(lambda k: [k["column_A"], k["column_B"]], "pair", "both_values_are_missing", apply)


def _record(test: Test) -> Ask:
    return of_columns(lambda k: list(k["column_list"]), "record", "all_values_are_missing", test)


# --- the tests ------------------------------------------------------------------------------------------------------


def _between(column: Any, kwargs: Kwargs) -> Any:
    low, high = kwargs.get("min_value"), kwargs.get("max_value")
    if (low is None and high is None) or (low is not None and high is not None and low > high):
        raise UnsupportedError("no bounds, or in disorder")

    def inside(value: Any) -> bool:
        if isinstance(value, str):
            raise TypeError("a text beside a number")
        above = low is None or (value > low if kwargs.get("strict_min") else value >= low)
        return above and (high is None or (value < high if kwargs.get("strict_max") else value <= high))

    return column.map(inside)


def _within(values: Any, kwargs: Kwargs) -> Any:
    low, high = kwargs.get("min_value"), kwargs.get("max_value")
    above = True if low is None else values > low if kwargs.get("strict_min") else values >= low
    below = True if high is None else values < high if kwargs.get("strict_max") else values <= high
    if above is True and below is True:
        raise UnsupportedError("neither bound is given")
    return above & below


def _lengths(column: Any) -> Any:
    return column.astype(str).str.len()


def _in_order(less: bool) -> Test:
    def test(column: Any, kwargs: Kwargs) -> Any:
        steps = column.diff()
        zero = late.pd.Timedelta(0) if late.pd.api.types.is_timedelta64_dtype(steps.dtype) else 0
        if less:
            in_order = steps < zero if kwargs.get("strictly") else steps <= zero
        else:
            in_order = steps > zero if kwargs.get("strictly") else steps >= zero
        return in_order | steps.isnull()

    return test


def _not_in_set(column: Any, kwargs: Kwargs) -> Any:
    if column.dtype.kind == "M":
        raise UnsupportedError("GX parses the set")
    return ~column.isin(kwargs["value_set"])


def _z_scores(column: Any, kwargs: Kwargs) -> Any:
    deviation = column.std()
    scores = late.pd.Series(late.np.nan, index=column.index) if deviation == 0 else (column - column.mean()) / deviation
    limit = kwargs["threshold"]
    return (scores.abs() < abs(limit) if kwargs["double_sided"] else scores < limit) | scores.isna()


def _pairs_in_set(a: Any, b: Any, kwargs: Kwargs) -> Any:
    allowed = {(x, y) for x, y in kwargs["value_pairs_set"]}
    rows = late.pd.DataFrame({"A": a, "B": b}).iterrows()
    return [tuple(None if late.pd.isnull(row[k]) else row[k] for k in "AB") in allowed for _, row in rows]


def _all_equal(frame: Any, kwargs: Kwargs) -> Any:
    first = frame.iloc[:, 0]
    return reduce(
        lambda left, right: left & right, [(c == first) | (c.isna() & first.isna()) for _, c in frame.items()]
    )


SERIES: Mapping[str, Ask] = {
    "expect_column_values_to_be_null": of_nulls(lambda column, kwargs: column.isnull()),
    "expect_column_values_to_not_be_null": of_nulls(lambda column, kwargs: ~column.isnull()),
    "expect_column_values_to_be_unique": of_column(lambda column, kwargs: ~column.duplicated(keep=False)),
    "expect_column_values_to_be_in_set": of_column(lambda column, kwargs: column.isin(kwargs["value_set"])),
    "expect_column_values_to_not_be_in_set": of_column(_not_in_set),
    "expect_column_values_to_be_between": of_column(_between),
    "expect_column_value_lengths_to_equal": of_column(lambda column, kwargs: _lengths(column) == kwargs["value"]),
    "expect_column_value_lengths_to_be_between": of_column(lambda column, kwargs: _within(_lengths(column), kwargs)),
    "expect_column_value_z_scores_to_be_less_than": of_column(_z_scores),
    "expect_column_values_to_be_increasing": of_column(_in_order(less=False)),
    "expect_column_values_to_be_decreasing": of_column(_in_order(less=True)),
    "expect_column_values_to_match_regex": of_column(lambda c, k: c.astype(str).str.contains(k["regex"])),
    "expect_column_values_to_not_match_regex": of_column(lambda c, k: ~c.astype(str).str.contains(k["regex"])),
    "expect_column_pair_values_to_be_equal": _pair(lambda a, b, kwargs: a == b),
    "expect_column_pair_values_a_to_be_greater_than_b": _pair(lambda a, b, k: a >= b if k.get("or_equal") else a > b),
    "expect_column_pair_values_to_be_in_set": _pair(_pairs_in_set),
    "expect_compound_columns_to_be_unique": _record(lambda frame, kwargs: ~frame.duplicated(keep=False)),
    "expect_multicolumn_sum_to_equal": _record(lambda f, k: f.sum(axis=1, skipna=False) == k["sum_total"]),
    "expect_multicolumn_values_to_be_equal": _record(_all_equal),
    "expect_select_column_values_to_be_unique_within_record": _record(
        lambda frame, kwargs: frame.nunique(dropna=False, axis=1) >= len(frame.columns)
    ),
}  # fmt: skip
