"""Map expectations that Python decides, value by value: each distinct value is looked at once.

The expressions are those of GX's pandas engine, on a Series of the column's own dtype.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlglot import exp

from headgate.errors import UnsupportedError
from headgate.gx import late
from headgate.gx.data import Data
from headgate.gx.map_expectations import Rows
from headgate.gx.query import Kwargs
from headgate.gx.rows import missing
from headgate.places.duckdb import Frame


def _judged(kwargs: Kwargs, data: Data, kinds: tuple[str, ...], expected: Callable[[Any], Any]) -> Rows:
    """`expected` takes the distinct values and gives a boolean for each."""
    name = kwargs["column"]
    data.kind(name, *kinds)
    distinct = data.distinct(name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a pattern with groups
            good = expected(distinct)
    except Exception as error:  # whatever it is, GX tells it its own way
        raise UnsupportedError(f"it raises {type(error).__name__}") from None
    bad = [value for value, fine in zip(distinct, good, strict=True) if not fine]
    condition: exp.Expr = exp.false()
    if bad:
        relation = data.session.read(
            Frame(late.pd.DataFrame({"value": late.pd.Series(bad, dtype=_dtype(data.kinds[name]))}))
        )
        condition = exp.In(this=data.column(name), query=exp.select("value").from_(relation.source).subquery())
    return Rows((name,), exp.func("COALESCE", condition, exp.false()), missing(data, name), path="python")


def _dtype(kind: str) -> str:
    return {"int": "int64", "bool": "bool"}.get(kind, "object")


_TEXTS = ("str", "int", "bool")


def _found(distinct: Any, patterns: list[str]) -> Any:
    found = [distinct.astype(str).str.contains(pattern) for pattern in patterns]
    return late.pd.concat(found, axis=1, ignore_index=True)


def matches(kwargs: Kwargs, data: Data) -> Rows:
    return _judged(kwargs, data, _TEXTS, lambda values: values.astype(str).str.contains(kwargs["regex"]))


def matches_not(kwargs: Kwargs, data: Data) -> Rows:
    return _judged(kwargs, data, _TEXTS, lambda values: ~values.astype(str).str.contains(kwargs["regex"]))


def matches_list(kwargs: Kwargs, data: Data) -> Rows:
    every = kwargs.get("match_on") == "all"

    def judge(values: Any) -> Any:
        found = _found(values, kwargs["regex_list"])
        return found.all(axis="columns") if every else found.any(axis="columns")

    return _judged(kwargs, data, _TEXTS, judge)


def matches_none(kwargs: Kwargs, data: Data) -> Rows:
    return _judged(kwargs, data, _TEXTS, lambda values: ~_found(values, kwargs["regex_list"]).any(axis="columns"))


def _each(test: Callable[[str], bool]) -> Callable[[Any], list[bool]]:
    return lambda values: [test(value) for value in values]


def dateutil_parseable(kwargs: Kwargs, data: Data) -> Rows:
    def parses(value: str) -> bool:
        try:
            late.parse(value)
        except (ValueError, OverflowError):
            return False
        return True

    return _judged(kwargs, data, ("str",), _each(parses))


def strftime(kwargs: Kwargs, data: Data) -> Rows:
    def parses(value: str) -> bool:
        try:
            datetime.strptime(value, kwargs["strftime_format"])
        except ValueError:
            return False
        return True

    return _judged(kwargs, data, ("str",), _each(parses))


def _is_json(value: str) -> bool:
    try:
        json.loads(value)
    except Exception:
        return False
    return True


def json_parseable(kwargs: Kwargs, data: Data) -> Rows:
    return _judged(kwargs, data, ("str",), _each(_is_json))


def json_schema(kwargs: Kwargs, data: Data) -> Rows:
    def valid(value: str) -> bool:
        try:
            late.jsonschema.validate(json.loads(value), kwargs["json_schema"])
        except late.jsonschema.ValidationError:
            return False
        return True

    return _judged(kwargs, data, ("str",), _each(valid))
