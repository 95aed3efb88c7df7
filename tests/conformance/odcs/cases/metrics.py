"""Every library metric with every operator and unit, and what each metric counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

from ..kit import BREACH, CONTRACT_WRONG, FAILED, NOT_EXECUTED, PASS, PASSED, UNKNOWN, Case, Columns

SECTION = "data-quality, library"

# metric, arguments, level, ten rows of which it counts three
METRICS: list[tuple[str, dict[str, Any], str, Columns]] = [
    ("nullValues", {}, "property", {"v": ("VARCHAR", [None, None, None, *"abcdefg"])}),
    ("missingValues", {"missingValues": [None, ""]}, "property", {"v": ("VARCHAR", [None, None, "", *"abcdefg"])}),
    ("invalidValues", {"validValues": [*"abcdefg"]}, "property", {"v": ("VARCHAR", [*"xyz", *"abcdefg"])}),
    ("duplicateValues", {}, "property", {"v": ("VARCHAR", [*"xxx", *"abcdefg"])}),
    (
        "duplicateValues",
        {"properties": ["v", "w"]},
        "object",
        {"v": ("VARCHAR", [*"xxxxxxxxxx"]), "w": ("INTEGER", [1, 1, 1, *range(2, 9)])},
    ),
]
ROWS: Columns = {"v": ("VARCHAR", [*"abc"])}

# operator, value, whether 3 rows keep it
OPERATORS: list[tuple[str, Any, bool]] = [
    ("mustBe", 3, True),
    ("mustBe", 2, False),
    ("mustNotBe", 2, True),
    ("mustNotBe", 3, False),
    ("mustBeGreaterThan", 2, True),
    ("mustBeGreaterThan", 3, False),
    ("mustBeGreaterOrEqualTo", 3, True),
    ("mustBeGreaterOrEqualTo", 4, False),
    ("mustBeLessThan", 4, True),
    ("mustBeLessThan", 3, False),
    ("mustBeLessOrEqualTo", 3, True),
    ("mustBeLessOrEqualTo", 2, False),
    ("mustBeBetween", [3, 5], True),
    ("mustBeBetween", [1, 3], True),
    ("mustBeBetween", [4, 5], False),
    ("mustBeBetween", [1, 2], False),
    ("mustNotBeBetween", [4, 5], True),
    ("mustNotBeBetween", [1, 2], True),
    ("mustNotBeBetween", [3, 5], False),
    ("mustNotBeBetween", [1, 3], False),
]
_BETWEEN = "both ends belong to the range"
_WHY_BETWEEN = "the standard's symbol is the closed interval [a, b], though it calls it equal to two strict comparisons"
_DUPLICATES = "every row of a group with more than one counts: x three times is 3"
_WHY_DUPLICATES = "the unit is rows by default, and a percentage of rows needs rows to count"


def rule(metric: str, arguments: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"id": "rule", "metric": metric, **({"arguments": arguments} if arguments else {}), **more}


def at(level: str, quality: dict[str, Any], columns: Columns, kind: str | None = "string") -> dict[str, Any]:
    """A contract with this rule of the first column, or of the object."""
    properties: list[dict[str, Any]] = [{"name": name} for name in columns]
    if kind:
        properties[0]["logicalType"] = kind
    if level == "property":
        properties[0]["quality"] = [quality]
        return {"properties": properties}
    return {"properties": properties, "object": {"quality": [quality]}}


def _operators() -> Iterator[Case]:
    for metric, arguments, level, columns in METRICS:
        for operator, value, kept in OPERATORS:
            for unit, factor in (("rows", 1), ("percent", 10)):
                scaled = [v * factor for v in value] if isinstance(value, list) else value * factor
                more = {"unit": "percent"} if unit == "percent" else {}
                reading, reason = (_BETWEEN, _WHY_BETWEEN) if "Between" in operator else ("", "")
                if metric == "duplicateValues" and not reading:
                    reading, reason = _DUPLICATES, _WHY_DUPLICATES
                counted = f"{metric} of {'a property' if level == 'property' else 'two'}"
                yield Case(
                    name=f"{counted}, {operator} {scaled} {unit}",
                    group=f"{counted}, {unit}",
                    section=f"{SECTION}, operators",
                    columns=columns,
                    contract=at(level, rule(metric, arguments, **{operator: scaled}, **more), columns),
                    rule="v.rule" if level == "property" else "rule",
                    status=PASSED if kept else FAILED,
                    number=3 * factor,
                    reading=reading,
                    reason=reason,
                )
    for operator, value, kept in OPERATORS:
        yield Case(
            name=f"rowCount, {operator} {value} rows",
            section=f"{SECTION}, operators",
            columns=ROWS,
            contract=at("object", rule("rowCount", **{operator: value}), ROWS),
            rule="rule",
            status=PASSED if kept else FAILED,
            number=3,
            reading=_BETWEEN if "Between" in operator else "",
            reason=_WHY_BETWEEN if "Between" in operator else "",
        )


def _count(
    name: str,
    kind: str,
    values: list[Any],
    metric: str,
    arguments: dict[str, Any],
    number: int,
    reading: str,
    reason: str,
) -> Case:
    columns: Columns = {"v": (kind, values)}
    logical = "integer" if kind == "INTEGER" else "string"
    contract = at("property", rule(metric, arguments, mustBe=number), columns, logical)
    return Case(name, f"{SECTION}, {metric}", columns, contract, "v.rule", PASSED, number, PASS, reading, reason)


_NOT_INVALID = ("NULL is no invalid value", "whether NULL may be is what nullValues and required say")
_LITERAL = ("the list is taken as it stands: NULL counts only if it is listed", "the standard's own example lists null")
_EXCLUDED = ("a NULL repeats nothing", "as in SQL's UNIQUE")
COUNTS = (
    _count("nullValues: an empty text is not NULL", "VARCHAR", [None, "", " ", "NULL"], "nullValues", {}, 1, "only NULL is NULL", "text is text"),
    _count("missingValues without arguments", "VARCHAR", [None, "", " ", "N/A"], "missingValues", {}, 2, "NULL and the empty text", "what every source means by missing; any other word must be listed"),
    _count("missingValues: a list without null", "VARCHAR", [None, "", "N/A", "a"], "missingValues", {"missingValues": ["", "N/A"]}, 2, *_LITERAL),
    _count("missingValues: a list with null", "VARCHAR", [None, "", "N/A", "a"], "missingValues", {"missingValues": [None, "N/A"]}, 2, *_LITERAL),
    _count("missingValues: the standard's list", "VARCHAR", [None, "", "N/A", "n/a", "na"], "missingValues", {"missingValues": [None, "", "N/A", "n/a"]}, 4, *_LITERAL),
    _count("missingValues: numbers", "INTEGER", [None, -1, 0, 1], "missingValues", {"missingValues": [-1]}, 1, *_LITERAL),
    _count("missingValues: a text in a number column", "INTEGER", [None, -1, 1], "missingValues", {"missingValues": ["N/A", -1, None]}, 2, "what the column's type cannot hold is not in it", "the list is often shared between columns of several types"),
    _count("invalidValues: NULL with validValues", "VARCHAR", [None, "a", "b", "c"], "invalidValues", {"validValues": ["a", "b"]}, 1, *_NOT_INVALID),
    _count("invalidValues: NULL with pattern", "VARCHAR", [None, "a1", "b"], "invalidValues", {"pattern": "^[a-z][0-9]$"}, 1, *_NOT_INVALID),
    _count("invalidValues: case counts", "VARCHAR", ["kg", "KG", "pounds"], "invalidValues", {"validValues": ["pounds", "kg"]}, 1, "texts are compared exactly", "no other comparison is named"),
    _count("invalidValues: the empty text", "VARCHAR", ["", "kg"], "invalidValues", {"validValues": ["kg"]}, 1, "the empty text is a value", "text is text"),
    _count("invalidValues: numbers", "INTEGER", [1, 2, 3, None], "invalidValues", {"validValues": [1, 2]}, 1, *_NOT_INVALID),
    _count("invalidValues: validValues and pattern", "VARCHAR", ["a1", "a", "b1", None], "invalidValues", {"validValues": ["a1", "a"], "pattern": "[0-9]"}, 2, "a value must be listed and match", "two criteria of one rule; a valid value keeps all of them"),
    _count("invalidValues: pattern is found anywhere", "VARCHAR", ["xay", "b"], "invalidValues", {"pattern": "a"}, 1, "unanchored", "as ECMA-262 and JSON schema test a pattern"),
    _count("invalidValues: pattern with anchors", "VARCHAR", ["a", "xa", "ax"], "invalidValues", {"pattern": "^a$"}, 2, "anchors anchor", "as ECMA-262 has them"),
    _count("duplicateValues: groups of two and three", "VARCHAR", ["a", "a", "b", "b", "b", "c"], "duplicateValues", {}, 5, _DUPLICATES, _WHY_DUPLICATES),
    _count("duplicateValues: NULLs", "VARCHAR", [None, None, "a", "a"], "duplicateValues", {}, 2, *_EXCLUDED),
    _count("duplicateValues: empty texts", "VARCHAR", ["", "", "a"], "duplicateValues", {}, 2, "the empty text is a value", "text is text"),
    _count("duplicateValues: none", "VARCHAR", ["a", "A", None], "duplicateValues", {}, 0, "texts are compared exactly", "no other comparison is named"),
)  # fmt: skip


def _of_two(name: str, v: list[Any], w: list[Any], number: int, reading: str, reason: str) -> Case:
    columns: Columns = {"v": ("VARCHAR", v), "w": ("INTEGER", w)}
    contract = at("object", rule("duplicateValues", {"properties": ["v", "w"]}, mustBe=number), columns)
    section = f"{SECTION}, duplicateValues"
    return Case(name, section, columns, contract, "rule", PASSED, number, PASS, reading, reason)


OF_TWO = (
    _of_two("duplicateValues of two: as a tuple", ["a", "a", "b"], [1, 2, 1], 0, "rows repeat only where all agree", "it is a compound key"),
    _of_two("duplicateValues of two: three rows", ["a", "a", "a", "b"], [1, 1, 1, 1], 3, _DUPLICATES, _WHY_DUPLICATES),
    _of_two("duplicateValues of two: NULL in a part", ["a", "a", "b", "b"], [None, None, 1, 1], 2, *_EXCLUDED),
)  # fmt: skip

_EXACT = (
    "a percentage is the fraction 100 × rows / rows, never a rounded one",
    "a rounded limit would pass what breaks it",
)


def _percent(nulls: int, rows: int, limit: Any, kept: bool) -> Case:
    columns: Columns = {"v": ("VARCHAR", [None] * nulls + ["a"] * (rows - nulls))}
    contract = at("property", rule("nullValues", mustBeLessThan=limit, unit="percent"), columns)
    name, section = f"{nulls} of {rows} rows, mustBeLessThan {limit} percent", f"{SECTION}, percent"
    status = PASSED if kept else FAILED
    return Case(name, section, columns, contract, "v.rule", status, Fraction(100 * nulls, rows), None, *_EXACT)


PERCENT = (
    _percent(1, 3, 33.333333333333336, True),
    _percent(1, 3, 33.33333333333333, False),
    _percent(0, 3, 0, False),
    _percent(1, 1000, 0.1, False),
    _percent(1, 1001, 0.1, True),
)

_NO_ROWS = ("no rows have no percentage: the rule is not executed, and that holds nothing back",
            "0 % would let an empty delivery pass; a rule on rowCount decides whether empty is right")  # fmt: skip
EMPTY_COLUMN: Columns = {"v": ("VARCHAR", [])}
EMPTY = (
    *(
        Case(f"no rows: {metric} in percent", f"{SECTION}, no rows", EMPTY_COLUMN,
             at("property", rule(metric, arguments, mustBeLessThan=5, unit="percent"), EMPTY_COLUMN),
             "v.rule", NOT_EXECUTED, None, PASS, *_NO_ROWS)
        for metric, arguments, level, _ in METRICS if level == "property"
    ),
    Case("no rows: nullValues in rows", f"{SECTION}, no rows", EMPTY_COLUMN,
         at("property", rule("nullValues", mustBe=0), EMPTY_COLUMN), "v.rule", PASSED, 0, PASS,
         "no rows are 0 rows", "a count needs no rows"),
    Case("no rows: rowCount", f"{SECTION}, no rows", EMPTY_COLUMN,
         at("object", rule("rowCount", mustBeGreaterThan=0), EMPTY_COLUMN), "rule", FAILED, 0, BREACH,
         "no rows are 0 rows", "a count needs no rows"),
)  # fmt: skip

_SCHEMA = "the standard's JSON schema says so"


def _wrong(name: str, quality: dict[str, Any], level: str, reading: str, reason: str) -> Case:
    columns: Columns = {"v": ("VARCHAR", ["a", None])}
    key = "v.rule" if level == "property" else "rule"
    contract = at(level, quality, columns)
    return Case(name, f"{SECTION}, what is wrong", columns, contract, key, CONTRACT_WRONG, None, None, reading, reason)


def _impossible(name: str, quality: dict[str, Any], level: str, reading: str, reason: str) -> Case:
    """A rule that cannot be executed: it is listed with its reason, and the rest of the contract lives."""
    said = _wrong(name, quality, level, reading, reason)
    return replace(said, status=NOT_EXECUTED, verdict=UNKNOWN)


WRONG = (
    _wrong("no operator", rule("nullValues"), "property", "exactly one operator", _SCHEMA),
    _wrong("two operators", rule("nullValues", mustBeGreaterThan=0, mustBeLessThan=5), "property", "exactly one operator", f"{_SCHEMA}; an example of its text uses two, and a tool that reads one of them drops the other in silence"),
    _wrong("an unknown metric", rule("nulValues", mustBe=0), "property", "the metrics are a closed list", _SCHEMA),
    _wrong("an unknown operator", {"id": "rule", "metric": "nullValues", "mustbe": 0}, "property", "operators are spelled as in the standard", _SCHEMA),
    _wrong("mustBeBetween of one number", rule("nullValues", mustBeBetween=[1]), "property", "a range has two ends", _SCHEMA),
    _wrong("mustBeBetween of equal numbers", rule("nullValues", mustBeBetween=[1, 1]), "property", "the ends differ", _SCHEMA),
    _impossible("mustBeBetween from above", rule("nullValues", mustBeBetween=[5, 1]), "property", "the smaller number comes first", "the standard says so; nothing is in such a range"),
    _impossible("mustBe of a text", rule("nullValues", mustBe="many"), "property", "a metric is a number", "no count equals a text"),
    _wrong("mustBeLessThan of a text", rule("nullValues", mustBeLessThan="many"), "property", "a metric is a number", _SCHEMA),
    _impossible("rowCount of a property", rule("rowCount", mustBe=2), "property", "rowCount is a metric of the object", "the standard's table of metrics says so"),
    _impossible("rowCount in percent", rule("rowCount", mustBe=2, unit="percent"), "object", "rowCount has no percentage", "of what would it be?"),
    _impossible("nullValues of an object", rule("nullValues", mustBe=0), "object", "nullValues is a metric of a property", "the standard's table of metrics says so"),
    _impossible("invalidValues without arguments", rule("invalidValues", mustBe=0), "property", "invalidValues needs validValues or a pattern", "nothing would be invalid"),
    _impossible("duplicateValues of an unknown property", rule("duplicateValues", {"properties": ["nothing"]}, mustBe=0), "object", "the properties are the object's own", "the rule could never be executed"),
)  # fmt: skip

CASES = (*_operators(), *COUNTS, *OF_TWO, *PERCENT, *EMPTY, *WRONG)
