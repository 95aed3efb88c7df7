"""Aggregate expectations: a number of a column, and its bounds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import zip_longest
from typing import Any

from sqlglot import exp

from headgate.errors import UnsupportedError
from headgate.gx.data import Data
from headgate.gx.query import Form, Judged, Kwargs, Query

_NUMBERS = ("int", "float")
_DISTINCT_LISTED = 20


def judged(value: Any, kwargs: Kwargs) -> Judged:
    """GX's _validate_metric_value_between, of a number."""
    if value is None or value != value:
        return False, {"observed_value": None}
    if any(isinstance(kwargs.get(end), date) for end in ("min_value", "max_value")):
        raise UnsupportedError("a bound in time")
    low, high = kwargs.get("min_value"), kwargs.get("max_value")
    above = low is None or (value > low if kwargs.get("strict_min") else value >= low)
    below = high is None or (value < high if kwargs.get("strict_max") else value <= high)
    return bool(above and below), {"observed_value": value}


def _moment_judged(value: Any, kwargs: Kwargs) -> Judged:
    """As GX judges a moment: a missing one passes where no bound is given."""
    low, high = kwargs.get("min_value"), kwargs.get("max_value")
    try:
        above = low is None or (value > low if kwargs.get("strict_min") else value >= low)
        below = high is None or (value < high if kwargs.get("strict_max") else value <= high)
    except TypeError:
        raise UnsupportedError("a bound that does not compare") from None
    return bool(above and below), {"observed_value": value}


def _extreme(function: type[exp.AggFunc], name: str) -> Callable[[Kwargs, Data, Form], Query]:
    def query(kwargs: Kwargs, data: Data, form: Form) -> Query:
        if data.kind(kwargs["column"], *_NUMBERS, "time", "zoned") not in _NUMBERS:
            found = getattr(data.frame[kwargs["column"]], name)()
            return Query((), lambda: _moment_judged(found, kwargs), "python")
        return Query((function(this=data.column(kwargs["column"])),), lambda value: judged(value, kwargs))

    return query


smallest, largest = _extreme(exp.Min, "min"), _extreme(exp.Max, "max")


def _of_series(take: Callable[[Any], Any]) -> Callable[[Kwargs, Data, Form], Query]:
    """What depends on the order in which floats are added is computed as pandas does, on the column itself."""

    def query(kwargs: Kwargs, data: Data, form: Form) -> Query:
        data.kind(kwargs["column"], *_NUMBERS)
        return Query((), lambda: judged(take(data.frame[kwargs["column"]]), kwargs), "python")

    return query


mean = _of_series(lambda column: column.mean())
median = _of_series(lambda column: column.dropna().median())
total = _of_series(lambda column: column.sum())
deviation = _of_series(lambda column: column.std())


def _counts(kwargs: Kwargs, data: Data, judge: Callable[[int, int], Judged]) -> Query:
    """The numbers of distinct and of present values: by SQL, on a column of objects by pandas."""
    name = kwargs["column"]
    try:
        data.kind(name)
    except UnsupportedError:
        distinct, present = _counted(data, name)
        return Query((), lambda: judge(distinct, present), "python")
    column = data.column(name)
    return Query((exp.Count(this=exp.Distinct(expressions=[column])), exp.Count(this=column.copy())), judge)


def _counted(data: Data, name: str) -> tuple[int, int]:
    if not data.plain or name not in data.names:
        raise UnsupportedError("a missing column is told by GX")
    try:
        return int(data.frame[name].nunique()), int(data.frame[name].notnull().sum())
    except TypeError:
        raise UnsupportedError("values without a hash") from None


def unique_count(kwargs: Kwargs, data: Data, form: Form) -> Query:
    return _counts(kwargs, data, lambda distinct, present: judged(distinct, kwargs))


def unique_proportion(kwargs: Kwargs, data: Data, form: Form) -> Query:
    return _counts(kwargs, data, lambda distinct, present: judged(distinct / present if present else 0, kwargs))


def present_proportion(kwargs: Kwargs, data: Data, form: Form) -> Query:
    return _counts(kwargs, data, lambda distinct, present: judged(present / data.rows if data.rows else 0, kwargs))


# --- sets of distinct values ----------------------------------------------------------------------------------------


def _sets(kwargs: Kwargs, data: Data) -> tuple[set[Any], set[Any]]:
    name = kwargs["column"]
    data.kind(name, "int", "float", "str", "bool")
    return set(data.frame[name].dropna().unique()), set(kwargs["value_set"])


def _unexpected(found: set[Any], allowed: set[Any]) -> dict[str, Any]:
    left = list(found - allowed)
    return {"unexpected_count": len(left), "partial_unexpected_list": sorted(left)[:_DISTINCT_LISTED]}


def _absent(found: set[Any], wanted: set[Any]) -> dict[str, Any]:
    left = list(wanted - found)
    return {"missing_count": len(left), "partial_missing_list": left[:_DISTINCT_LISTED]}


def _of_sets(*compare: Callable[[set[Any], set[Any]], dict[str, Any]]) -> Callable[[Kwargs, Data, Form], Query]:
    def query(kwargs: Kwargs, data: Data, form: Form) -> Query:
        found, given = _sets(kwargs, data)

        def judge() -> Judged:
            result: dict[str, Any] = {"observed_value": None}
            for part in compare:
                result |= part(found, given)
            return not any(result.get(name) for name in ("unexpected_count", "missing_count")), result

        return Query((), judge, "python")

    return query


distinct_in_set, distinct_contain = _of_sets(_unexpected), _of_sets(_absent)
distinct_equal = _of_sets(_unexpected, _absent)


def most_common(kwargs: Kwargs, data: Data, form: Form) -> Query:
    name = kwargs["column"]
    data.kind(name, "int", "float", "str", "bool")

    def judge() -> Judged:
        modes = list(data.frame[name].mode().values)
        common = len(set(kwargs["value_set"]).intersection(modes))
        success = common > 0 if kwargs.get("ties_okay") else len(modes) == 1 and common == 1
        return success, {"observed_value": modes}

    return Query((), judge, "python")


# --- the table ------------------------------------------------------------------------------------------------------


def row_count_between(kwargs: Kwargs, data: Data, form: Form) -> Query:
    low, high = kwargs.get("min_value"), kwargs.get("max_value")
    if low is not None and high is not None and low > high:
        raise UnsupportedError("bounds in disorder")
    return Query((), lambda: judged(data.rows, kwargs))


def row_count_equal(kwargs: Kwargs, data: Data, form: Form) -> Query:
    return Query((), lambda: (data.rows == kwargs["value"], {"observed_value": data.rows}))


def column_count_between(kwargs: Kwargs, data: Data, form: Form) -> Query:
    return Query((), lambda: judged(len(data.names), kwargs))


def column_count_equal(kwargs: Kwargs, data: Data, form: Form) -> Query:
    return Query((), lambda: (len(data.names) == kwargs["value"], {"observed_value": len(data.names)}))


def column_exists(kwargs: Kwargs, data: Data, form: Form) -> Query:
    name, index = kwargs["column"], kwargs.get("column_index")
    # GX takes index 0 for none; a negative one counts from the end.
    found = data.names[index : index + 1 or None] == (name,) if index else name in data.names
    return Query((), lambda: (found, {}))


def columns_match_set(kwargs: Kwargs, data: Data, form: Form) -> Query:
    wanted = kwargs.get("column_set")
    if not wanted or not all(isinstance(name, str) for name in data.names):
        raise UnsupportedError("no set of columns")
    found, given = set(data.names), set(wanted)
    extra, absent = sorted(found - given), sorted(given - found)
    mismatched = ({"unexpected": extra} if extra else {}) | ({"missing": absent} if absent else {})

    def judge() -> Judged:
        result: dict[str, Any] = {"observed_value": sorted(found)}
        if mismatched:
            result["details"] = {"mismatched": mismatched}
        return not mismatched or (not absent and kwargs.get("exact_match") is False), result

    return Query((), judge)


def columns_match_list(kwargs: Kwargs, data: Data, form: Form) -> Query:
    wanted, found = kwargs.get("column_list"), list(data.names)
    if wanted is None:
        raise UnsupportedError("no list of columns")

    def judge() -> Judged:
        if found == wanted:
            return True, {"observed_value": found}
        both = list(enumerate(zip_longest(wanted, found)))
        mismatched = [{"Expected Column Position": i, "Expected": k, "Found": v} for i, (k, v) in both if k != v]
        return False, {"observed_value": found, "details": {"mismatched": mismatched}}

    return Query((), judge)
