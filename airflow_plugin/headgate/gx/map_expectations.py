"""Map expectations: a condition on each row; counts, lists and success come from it as GX's pandas engine has them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from headgate.errors import UnsupportedError
from headgate.gx.data import Data
from headgate.gx.query import Form, Judged, Kwargs, Query

# GX lists so many values at most, the first 20 of them in SUMMARY too.
_LISTED, _PARTIAL = 200, 20


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows that are unexpected. `skipped` is the condition of rows that are not looked at: None where GX counts
    every row and tells no missing ones (the expectations about NULL). `shape` is how GX lists them: value, pair or
    record."""

    names: tuple[str, ...]
    unexpected: exp.Expr
    skipped: exp.Expr | None
    shape: str = "value"
    path: str = "sql"


def counted(condition: exp.Expr) -> exp.Expr:
    case = exp.Case().when(condition.copy(), exp.Literal.number(1)).else_(exp.Literal.number(0))
    return exp.func("COALESCE", exp.Sum(this=case), exp.Literal.number(0))


def map_query(rows: Rows, kwargs: Kwargs, data: Data, form: Form) -> Query:
    """The question to the data behind `rows`, and the answer in the form of GX's _format_map_output."""
    unexpected = rows.unexpected
    if rows.skipped is not None:
        unexpected = exp.and_(exp.func("COALESCE", rows.skipped.copy(), exp.false()).not_(), unexpected)

    def judge(bad: int, skipped: int | None = None) -> Judged:
        found = data.first(unexpected, None if form.complete else _PARTIAL) if bad else []
        return judged_rows(data, rows.names, rows.shape, int(bad), skipped, found, kwargs, form)

    numbers = (counted(unexpected), *(() if rows.skipped is None else (counted(rows.skipped),)))
    return Query(numbers, judge, rows.path)


def judged_rows(data: Data, names: tuple[str, ...], shape: str, bad: int, skipped: int | None, found: Sequence[int],
                kwargs: Kwargs, form: Form) -> Judged:  # fmt: skip
    """The answer of `bad` unexpected rows, of which `found` are the first ones at least."""
    index = data.frame.index.names
    if len(index) > 1 or index[0] is not None:
        raise UnsupportedError("a named index")
    total = data.rows
    present = total - int(skipped or 0)
    success = not present or (float(present) - float(bad)) / float(present) >= kwargs.get("mostly", 1)
    found = found if form.complete else found[:_PARTIAL]
    listed = _values(data, names, shape, found[: _LISTED if form.complete else _PARTIAL])
    labels = data.labels(found)
    result: dict[str, Any] = {
        "element_count": total,
        "unexpected_count": bad,
        "unexpected_percent": bad / present * 100 if present else None,
        "partial_unexpected_list": listed[:_PARTIAL],
    }
    if skipped is not None:
        result |= {
            "missing_count": int(skipped),
            "missing_percent": skipped / total * 100 if total else None,
            "unexpected_percent_total": bad / total * 100 if total else None,
            "unexpected_percent_nonmissing": result["unexpected_percent"],
        }
    result |= _counts(listed)
    result["partial_unexpected_index_list"] = labels[:_PARTIAL]
    if form.complete:
        result["unexpected_list"] = listed
        result["unexpected_index_list"] = labels
        result["unexpected_index_query"] = f"df.filter(items={data.frame.index[list(found)].to_list()}, axis=0)"
    return success, result


def _values(data: Data, names: tuple[str, ...], shape: str, found: Sequence[int]) -> list[Any]:
    """As GX takes them from the frame: values, pairs (without their zones), records."""
    frame = data.values(names, found)
    if shape == "value":
        return list(frame[names[0]])
    if shape == "pair":
        return list(zip(*(frame[name].values for name in names), strict=True))
    value: list[Any] = frame.to_dict("records")
    return value


def _counts(listed: list[Any]) -> dict[str, Any]:
    """How often each value is listed; nothing where the values have no order or no hash, as GX has it."""
    flat = [tuple(item.values()) if isinstance(item, dict) else item for item in listed]
    try:
        common = sorted(Counter(flat).most_common(_PARTIAL), key=lambda item: (-item[1], item[0]))
    except TypeError:
        return {}
    return {"partial_unexpected_counts": [{"value": value, "count": count} for value, count in common]}
