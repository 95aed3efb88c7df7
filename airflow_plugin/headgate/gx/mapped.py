"""Map expectations: a condition on each row; counts, lists and success come from it as GX's pandas engine has them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from headgate.gx.answer import ElsewhereError
from headgate.gx.asked import Asked, Form, Judged, Kwargs
from headgate.gx.data import Data

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


def asked(rows: Rows, kwargs: Kwargs, data: Data, form: Form) -> Asked:
    """The question to the data behind `rows`, and the answer in the form of GX's _format_map_output."""
    if len(data.frame.index.names) > 1 or data.frame.index.names[0] is not None:
        raise ElsewhereError("a named index")
    unexpected = rows.unexpected
    if rows.skipped is not None:
        unexpected = exp.and_(exp.func("COALESCE", rows.skipped.copy(), exp.false()).not_(), unexpected)
    mostly = kwargs.get("mostly", 1)

    def judge(bad: int, skipped: int | None = None) -> Judged:
        found = data.first(unexpected, None if form.complete else _PARTIAL) if bad else []
        present = data.rows - (skipped or 0)
        success = not present or (float(present) - float(bad)) / float(present) >= mostly
        return success, _result(data, rows, int(bad), skipped, found, form)

    numbers = (counted(unexpected), *(() if rows.skipped is None else (counted(rows.skipped),)))
    return Asked(numbers, judge, rows.path)


def _result(data: Data, rows: Rows, bad: int, skipped: int | None, found: Sequence[int], form: Form) -> dict[str, Any]:
    total, present = data.rows, data.rows - (skipped or 0)
    listed = _values(data, rows, found[: _LISTED if form.complete else _PARTIAL])
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
    result["partial_unexpected_counts"] = _counts(listed)
    result["partial_unexpected_index_list"] = labels[:_PARTIAL]
    if form.complete:
        result["unexpected_list"] = listed
        result["unexpected_index_list"] = labels
        result["unexpected_index_query"] = f"df.filter(items={data.frame.index[list(found)].to_list()}, axis=0)"
    return result


def _values(data: Data, rows: Rows, found: Sequence[int]) -> list[Any]:
    """As GX takes them from the frame: values, pairs (without their zones), records."""
    frame = data.values(dict.fromkeys(rows.names), found)
    if rows.shape == "value":
        return list(frame[rows.names[0]])
    if rows.shape == "pair":
        return list(zip(*(frame[name].values for name in rows.names), strict=True))
    return frame.to_dict("records")


def _counts(listed: list[Any]) -> list[dict[str, Any]]:
    flat = [tuple(item.values()) if isinstance(item, dict) else item for item in listed]
    try:
        common = sorted(Counter(flat).most_common(_PARTIAL), key=lambda item: (-item[1], item[0]))
    except TypeError:
        return [{"error": "partial_exception_counts requires a hashable type"}]
    return [{"value": value, "count": count} for value, count in common]
