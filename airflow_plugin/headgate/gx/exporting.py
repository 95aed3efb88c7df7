"""A dataset of a contract as a suite of Great Expectations."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from headgate.checks import Check, Comparison, Unchecked
from headgate.contract.document import read
from headgate.errors import UnsupportedError
from headgate.rules.custom import ENGINES, engine_name, implementation

if TYPE_CHECKING:
    from headgate.contract import Dataset

_Kwargs = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Exported:
    """A suite in GX's JSON form. `lost` names what it does not say, `notes` what GX reads a little otherwise."""

    suite: Mapping[str, Any]
    lost: tuple[str, ...]
    notes: tuple[str, ...]


def export(dataset: Dataset) -> Exported:
    """Every rule of `dataset` that GX can say, as an expectation with the rule's key and source in its `meta`.

    A custom rule of the engine greatExpectations is the expectation that it holds.
    """
    expectations: list[dict[str, Any]] = []
    lost: list[str] = []
    notes: list[str] = []
    own = _own_expectations(dataset)
    told: set[str] = set()
    for rule in dataset.rules:
        if rule.source.path in own and rule.source.path in told:
            continue  # several checks of one expectation
        told.add(rule.source.path)
        try:
            kind, kwargs = own.get(rule.source.path) or _said(rule)
        except UnsupportedError as why:
            lost.append(f"{rule.key}: {why}")
            continue
        if isinstance(rule, Check) and rule.type == "matches" and rule.source.path not in own:
            notes.append(f"{rule.key}: GX matches with Python's re ($ also before a last newline, \\d of every script)")
        severity = "critical" if rule.severity == "error" else "warning"
        meta = {"headgate": {"rule": rule.key, "source": rule.source.path}}
        expectations.append({"type": kind, "kwargs": kwargs, "meta": meta, "severity": severity})
    contract = dataset.contract
    meta = {"headgate": {"contract": contract.id, "version": contract.version, "dataset": dataset.name}}
    suite = {"name": f"{contract.id}.{dataset.name}", "expectations": expectations, "meta": meta}
    return Exported(suite, tuple(lost), tuple(notes))


def _own_expectations(dataset: Dataset) -> dict[str, tuple[str, _Kwargs]]:
    """The expectations that stand in the contract as custom rules, by the path of the rule."""
    file = dataset.contract.file
    if not file.exists():
        return {}
    document = read(file.read_text(encoding="utf-8"), str(file)).value
    found: dict[str, tuple[str, _Kwargs]] = {}
    for path, rule in _rules(document.get("schema") or [], "schema"):
        if rule.get("type") != "custom" or engine_name(rule.get("engine")) not in ENGINES:
            continue
        with contextlib.suppress(UnsupportedError):
            kind, kwargs = implementation(rule.get("implementation"), str(file))
            found[path] = (kind, _json(kwargs))
    return found


def _rules(items: Any, path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every quality rule below a list of objects or properties, with its path."""
    for i, item in enumerate(items):
        yield from ((f"{path}[{i}].quality[{n}]", rule) for n, rule in enumerate(item.get("quality") or []))
        yield from _rules(item.get("properties") or [], f"{path}[{i}].properties")


def _json(value: Any) -> Any:
    """What YAML has read, as JSON's values."""
    if isinstance(value, Mapping):
        return {str(name): _json(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_json(item) for item in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() and value.as_tuple().exponent == 0 else float(value)
    return value if value is None or isinstance(value, str | bool | int) else str(value)


def _said(check: Check | Unchecked) -> tuple[str, _Kwargs]:
    if isinstance(check, Unchecked):
        raise UnsupportedError(check.reason)
    if check.within:
        raise UnsupportedError("GX does not look inside values")
    if check.where is not None:
        raise UnsupportedError("GX knows a row filter as the row_condition of an expectation only")
    if check.type not in _SAID:
        raise UnsupportedError(f"GX has no expectation for a check of type {check.type}")
    kind, kwargs = _SAID[check.type](check)
    if check.type != "row_count" and not check.expect.is_none:
        kwargs |= _mostly(check)
    return kind, kwargs


def _mostly(check: Check) -> _Kwargs:
    """GX's share is one of all rows for not_null alone, and it knows "at most" only."""
    expect = check.expect
    if expect.unit == "mostly":
        return {"mostly": float(Decimal(str(expect.bounds[0])))}
    if check.type != "not_null" or expect.operator != "<=" or expect.unit != "percent":
        raise UnsupportedError(f"GX cannot say that unexpected rows are {expect}")
    return {"mostly": float(1 - Decimal(str(expect.bounds[0])) / 100)}


def _column(
    kind: str, arguments: Callable[[Check], _Kwargs] = lambda check: {}
) -> Callable[[Check], tuple[str, _Kwargs]]:
    return lambda check: (kind, {"column": check.columns[0], **arguments(check)})


def _number(value: Any) -> int | float:
    if isinstance(value, int):
        if abs(value) > 2**53:
            raise UnsupportedError(f"GX rounds {value} to a float")
        return value
    if Decimal(repr(float(value))) != value:
        raise UnsupportedError(f"GX rounds {value} to a float")
    return float(value)


def _plain(value: Any, kind: str | None) -> Any:
    if kind in ("date", "timestamp", "time"):
        raise UnsupportedError("GX does not match dates and times with their texts")
    return _number(value) if isinstance(value, Decimal) else value


def _values(check: Check) -> _Kwargs:
    return {"value_set": [_plain(value, check.args.get("type")) for value in check.args["values"]]}


def _present_values(check: Check) -> _Kwargs:
    if None in check.args["values"]:
        raise UnsupportedError("GX skips NULL, it cannot be among the values")
    return _values(check)


def _bound(value: Any, kind: str | None) -> Any:
    if kind == "timestamp":
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value).replace("Z", "+00:00"))
        return moment.isoformat()
    if kind in ("date", "time") or isinstance(value, str):
        raise UnsupportedError(f"GX does not compare a {kind or 'text'}")
    return _number(value)


def _ends(check: Check, read: Callable[[Any, str | None], Any]) -> _Kwargs:
    kwargs: _Kwargs = {}
    for end in ("min", "max"):
        if check.args.get(f"{end}imum") is not None:
            kwargs[f"{end}_value"] = read(check.args[f"{end}imum"], check.args.get("type"))
        if check.args.get(f"strict_{end}imum"):
            kwargs[f"strict_{end}"] = True
    return kwargs


def _pattern(check: Check) -> _Kwargs:
    if check.args.get("type") not in (None, "string"):
        raise UnsupportedError("GX matches numbers as pandas writes them")
    try:
        re.compile(check.args["pattern"])
    except re.error as error:
        raise UnsupportedError(f"the pattern is none of Python's: {error}") from None
    return {"regex": check.args["pattern"]}


_SKIPPED = {"any": "any_value_is_missing", "all": "all_values_are_missing", "never": "never"}


def _unique(check: Check) -> tuple[str, _Kwargs]:
    if "keep" in check.args:
        raise UnsupportedError("GX knows no row to keep")
    if len(check.columns) == 1:
        return "expect_column_values_to_be_unique", {"column": check.columns[0]}
    skipped = _SKIPPED[check.args.get("ignore_row_if", "any")]
    together = {"column_list": list(check.columns), "ignore_row_if": skipped}
    return "expect_compound_columns_to_be_unique", together


def _row_count(check: Check) -> tuple[str, _Kwargs]:
    expect: Comparison = check.expect
    numbers = [int(bound) for bound in expect.bounds if not isinstance(bound, date) and bound == int(bound)]
    if len(numbers) < len(expect.bounds):
        raise UnsupportedError("a number of rows that is not a whole number")
    between = "expect_table_row_count_to_be_between"
    match expect.operator:
        case "=":
            return "expect_table_row_count_to_equal", {"value": numbers[0]}
        case "between":
            return between, {"min_value": numbers[0], "max_value": numbers[1]}
        case ">=" | ">":
            return between, {"min_value": numbers[0]} | ({"strict_min": True} if expect.operator == ">" else {})
        case "<=" | "<":
            return between, {"max_value": numbers[0]} | ({"strict_max": True} if expect.operator == "<" else {})
    raise UnsupportedError(f"GX cannot say that the number of rows is {expect}")


_SAID: Mapping[str, Callable[[Check], tuple[str, _Kwargs]]] = {
    "column_exists": _column("expect_column_to_exist"),
    "not_null": _column("expect_column_values_to_not_be_null"),
    "unique": _unique,
    "in_set": _column("expect_column_values_to_be_in_set", _values),
    "not_in_set": _column("expect_column_values_to_not_be_in_set", _present_values),
    "between": _column("expect_column_values_to_be_between", lambda check: _ends(check, _bound)),
    "length_between": _column(
        "expect_column_value_lengths_to_be_between", lambda check: _ends(check, lambda value, kind: int(value))
    ),
    "matches": _column("expect_column_values_to_match_regex", _pattern),
    "row_count": _row_count,
}
