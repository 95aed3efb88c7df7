"""A suite of Great Expectations as a contract: native ODCS where that is read alike, else custom rules of GX."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from headgate.draft.quoting import quoted
from headgate.expectations import RENAMED
from headgate.expectations.row_condition import mentioned
from headgate.gx.suite import Expectation, Suite
from headgate.rules.load import parse

_ENGINE = "greatExpectations"
# Being named is the promise to be there.
_FLAGS = {
    "expect_column_to_exist": "",
    "expect_column_values_to_not_be_null": "required",
    "expect_column_values_to_be_unique": "unique",
}
# ODCS's word for a bound, and for one that is excluded.
_ROWS = {
    "min_value": ("mustBeGreaterOrEqualTo", "mustBeGreaterThan"),
    "max_value": ("mustBeLessOrEqualTo", "mustBeLessThan"),
}


@dataclass(frozen=True, slots=True)
class Imported:
    """The text of a contract. `lost` names what it does not say, `unexecuted` what headgate does not check of it."""

    text: str
    lost: tuple[str, ...]
    unexecuted: tuple[str, ...]


def import_suite(suite: Suite, *, dataset: str | None = None) -> Imported:
    """A draft contract with one dataset that promises what `suite` expects.

    The properties are the columns that the suite names, in the order of first mention.
    """
    name = dataset or suite.name.rpartition(".")[2]
    lost: list[str] = []
    if suite.parameters:
        lost.append(f"suite_parameters: a contract has none ({', '.join(suite.parameters)})")
    columns: dict[str, _Column] = {}
    rules: list[str] = []
    taken: dict[str, int] = {}
    for i, expectation in enumerate(suite.expectations):
        lost += [f"expectations[{i}] ({expectation.type}): {what}" for what in _left_out(expectation)]
        for column in _columns(expectation):
            columns.setdefault(column, _Column())
        flag = _flag(expectation)
        if flag is not None and expectation.column is not None:
            columns[expectation.column].flags |= {flag: True} if flag else {}
            continue
        rule = _flow(_row_count(expectation) or _custom(expectation, taken))
        home = columns[expectation.column].rules if expectation.column is not None else rules
        home.append(rule)
    text = "\n".join(_lines(suite, name, columns, rules)) + "\n"
    return Imported(text, tuple(lost), tuple(_unexecuted(text)))


class _Column:
    def __init__(self) -> None:
        self.flags: dict[str, bool] = {}
        self.rules: list[str] = []


def _lines(suite: Suite, name: str, columns: Mapping[str, _Column], rules: list[str]) -> Iterator[str]:
    ident = re.sub(r"[^a-z0-9]+", "-", suite.name.lower()).strip("-") or "suite"
    yield f"# Imported by `headgate gx import` from the suite {quoted(suite.name)}."
    yield from ("apiVersion: v3.2.0", "kind: DataContract", f"id: {quoted(ident)}", "version: 0.1.0")
    yield "status: draft  # TODO active, from when on a breach shall be acted upon"
    yield from ("schema:", f"  - name: {quoted(name)}")
    if columns:
        yield "    properties:"
    for column, said in columns.items():
        yield f"      - name: {quoted(column)}"
        yield from (f"        {flag}: true" for flag in said.flags)
        if said.rules:
            yield "        quality:"
            yield from (f"          - {rule}" for rule in said.rules)
    if rules:
        yield "    quality:"
        yield from (f"      - {rule}" for rule in rules)


def _left_out(expectation: Expectation) -> Iterator[str]:
    """What of an expectation has no place in a contract."""
    if expectation.meta:
        yield f"meta: {', '.join(map(str, expectation.meta))}"
    for name in expectation.extra:
        yield name
    for name in ("result_format", "catch_exceptions"):
        if name in expectation.kwargs:
            yield name


def _columns(expectation: Expectation) -> list[str]:
    kwargs = expectation.kwargs
    listed = kwargs.get("column_list") if isinstance(kwargs.get("column_list"), list) else []
    named = [kwargs.get("column"), kwargs.get("column_A"), kwargs.get("column_B"), *(listed or [])]
    named += mentioned(kwargs.get("row_condition"), kwargs.get("condition_parser"))
    return [name for name in named if isinstance(name, str)]


def _flag(expectation: Expectation) -> str | None:
    """ODCS's own word for an expectation of the same reading."""
    kwargs = {k: v for k, v in expectation.kwargs.items() if k not in ("column", "mostly", "result_format")}
    plain = not kwargs and expectation.kwargs.get("mostly", 1) == 1 and expectation.severity == "critical"
    return _FLAGS.get(expectation.type) if plain and not expectation.id else None


def _row_count(expectation: Expectation) -> dict[str, Any] | None:
    """Return the rule on the number of rows, if ODCS has one for these bounds."""
    kwargs = {k: value for k, value in expectation.kwargs.items() if value is not None and value is not False}
    strict = {name: kwargs.pop(f"strict_{name[:3]}", False) is True for name in _ROWS}
    if any(
        isinstance(value, bool) or not isinstance(value, int | float) or value != int(value)
        for value in kwargs.values()
    ):
        return None
    numbers = {name: int(value) for name, value in kwargs.items()}
    if expectation.type == "expect_table_row_count_to_equal" and set(numbers) == {"value"}:
        return _named({"metric": "rowCount", "mustBe": numbers["value"]}, expectation)
    if expectation.type != "expect_table_row_count_to_be_between" or not numbers or not set(numbers) <= set(_ROWS):
        return None
    if len(numbers) == 1:
        ((name, value),) = numbers.items()
        return _named({"metric": "rowCount", _ROWS[name][strict[name]]: value}, expectation)
    # Of whole numbers, "above 3" is "at least 4".
    low = numbers["min_value"] + strict["min_value"]
    high = numbers["max_value"] - strict["max_value"]
    if low > high:
        return None
    rule: dict[str, Any] = {"mustBe": low} if low == high else {"mustBeBetween": [low, high]}
    return _named({"metric": "rowCount"} | rule, expectation)


def _custom(expectation: Expectation, taken: dict[str, int]) -> dict[str, Any]:
    kwargs = {k: v for k, v in expectation.kwargs.items() if k not in ("result_format", "catch_exceptions", "batch_id")}
    kind = RENAMED.get(expectation.type, expectation.type)
    words = kind.removeprefix("expect_").removeprefix("column_")
    taken[words] = taken.get(words, 0) + 1
    name = words if taken[words] == 1 else f"{words}_{taken[words]}"
    rule = {"type": "custom", "engine": _ENGINE, "implementation": {"type": kind, "kwargs": kwargs}}
    return _named({"name": name, **rule}, expectation)


def _named(rule: dict[str, Any], expectation: Expectation) -> dict[str, Any]:
    if expectation.id:
        rule["id"] = str(expectation.id)
    if expectation.severity != "critical":
        rule["severity"] = expectation.severity
    return rule


def _flow(value: Any) -> str:
    """JSON's values as YAML on one line; a number is written without exponent."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{quoted(str(name))}: {_flow(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, int | float):
        return format(Decimal(repr(value)), "f")
    return quoted(str(value))


def _unexecuted(text: str) -> Iterator[str]:
    """The rules of a contract that headgate does not execute. Raises ContractError where it does not load."""
    contract = parse(text, Path("imported.odcs.yaml"))
    for dataset in contract:
        yield from (f"{rule.key}: {rule.reason}" for rule in dataset.unchecked)
