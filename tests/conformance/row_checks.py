"""The table of row checks: tiny data, a promise of a contract, and exactly how many rows break it.

Every engine answers this table alike. `gx` names the Great Expectations type and arguments that must give the same
number on the same data; where GX has none, or reads it otherwise, `reading` says what holds here and why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal as D
from typing import Any

HOSTILE = 'we"ird; drop table x --'
QUOTE = "it's"
LAST = "Größe 値 🎯"
NAN = float("nan")

Columns = Mapping[str, tuple[str, Sequence[Any]]]


@dataclass(frozen=True)
class Case:
    """`columns` are {name: (DuckDB type, values)}; the property under test is the first, or the whole object."""

    name: str
    columns: Columns
    promise: Mapping[str, Any]
    key: str
    unexpected: int
    gx: tuple[str, Mapping[str, Any]] | None = None
    reading: str = ""
    objects: Mapping[str, Any] = field(default_factory=dict)
    reference: Sequence[Any] | None = None


def _case(name: str, kind: str, values: Sequence[Any], promise: dict[str, Any], key: str, unexpected: int,
          gx: tuple[str, dict[str, Any]] | None = None, reading: str = "", column: str = "v") -> Case:  # fmt: skip
    gx_spec = (gx[0], {"column": column, **gx[1]}) if gx else None
    return Case(name, {column: (kind, values)}, promise, f"{column}.{key}", unexpected, gx_spec, reading)


def _options(logical: str, **options: Any) -> dict[str, Any]:
    return {"logicalType": logical, "logicalTypeOptions": options}


def _metric(metric: str, logical: str | None = None, **arguments: Any) -> dict[str, Any]:
    rule = {"metric": metric, "mustBe": 0} | ({"arguments": arguments} if arguments else {})
    return {"quality": [rule]} | ({"logicalType": logical} if logical else {})


NOT_NULL, UNIQUE = "expect_column_values_to_not_be_null", "expect_column_values_to_be_unique"
IN_SET, NOT_IN_SET = "expect_column_values_to_be_in_set", "expect_column_values_to_not_be_in_set"
REGEX, BETWEEN = "expect_column_values_to_match_regex", "expect_column_values_to_be_between"
LENGTHS, COMPOUND = "expect_column_value_lengths_to_be_between", "expect_compound_columns_to_be_unique"

REQUIRED, ONCE = {"required": True}, {"unique": True}
GIVEN = "NULL is neither inside nor outside a range; `required` is the promise about NULL"

CASES: tuple[Case, ...] = (
    # required and nullValues
    _case("required: some NULL", "INTEGER", [1, None, 3, None], REQUIRED, "required", 2, (NOT_NULL, {})),
    _case("required: no NULL", "INTEGER", [1, 2], REQUIRED, "required", 0, (NOT_NULL, {})),
    _case("required: all NULL", "INTEGER", [None, None], REQUIRED, "required", 2, (NOT_NULL, {})),
    _case("required: no rows", "INTEGER", [], REQUIRED, "required", 0, (NOT_NULL, {})),
    _case("required: empty and blank are values", "VARCHAR", ["", " ", None], REQUIRED, "required", 1, (NOT_NULL, {})),
    _case("required: the words NULL and NaN are values", "VARCHAR", ["NULL", "NaN", "None"], REQUIRED, "required", 0, (NOT_NULL, {})),
    _case("required: hostile name", "INTEGER", [None, 1], REQUIRED, "required", 1, (NOT_NULL, {}), column=HOSTILE),
    _case("required: name with a quote", "INTEGER", [None, 1], REQUIRED, "required", 1, (NOT_NULL, {}), column=QUOTE),
    _case("required: unicode name", "INTEGER", [None, 1], REQUIRED, "required", 1, (NOT_NULL, {}), column=LAST),
    _case("nullValues", "DATE", [date(2024, 1, 1), None], _metric("nullValues"), "nullValues", 1, (NOT_NULL, {})),
    # unique, duplicateValues
    _case("unique: every row of a group counts", "INTEGER", [1, 1, 1, 2, 2, 3], ONCE, "unique", 5, (UNIQUE, {})),
    _case("unique: NULLs repeat nothing", "INTEGER", [1, None, None], ONCE, "unique", 0, (UNIQUE, {})),
    _case("unique: all NULL", "INTEGER", [None, None], ONCE, "unique", 0, (UNIQUE, {})),
    _case("unique: no rows", "INTEGER", [], ONCE, "unique", 0, (UNIQUE, {})),
    _case("unique: one row", "INTEGER", [7], ONCE, "unique", 0, (UNIQUE, {})),
    _case("unique: case and blanks tell texts apart", "VARCHAR", ["a", "A", "a ", " a"], ONCE, "unique", 0, (UNIQUE, {})),
    _case("unique: composed and decomposed é differ", "VARCHAR", ["é", "e\u0301"], ONCE, "unique", 0, (UNIQUE, {})),
    _case("unique: texts", "VARCHAR", ["日本", "日本", ""], ONCE, "unique", 2, (UNIQUE, {})),
    _case("unique: decimals", "DECIMAL(9,2)", [D("1.10"), D("1.1"), D("1.11")], ONCE, "unique", 2, (UNIQUE, {})),
    _case("unique: booleans", "BOOLEAN", [True, False, True], ONCE, "unique", 2, (UNIQUE, {})),
    _case("unique: big integers", "BIGINT", [2**53, 2**53 + 1], ONCE, "unique", 0, (UNIQUE, {})),
    _case("unique: moments", "TIMESTAMPTZ", [datetime(2024, 1, 1, tzinfo=UTC)] * 2, ONCE, "unique", 2, (UNIQUE, {})),
    _case("unique: hostile name", "INTEGER", [1, 1], ONCE, "unique", 2, (UNIQUE, {}), column=HOSTILE),
    _case("duplicateValues", "INTEGER", [1, 1, 1, 2], _metric("duplicateValues"), "duplicateValues", 3, (UNIQUE, {})),
    Case("duplicateValues of two columns", {"a": ("INTEGER", [1, 1, 1, None, None]), "b": ("VARCHAR", ["x", "x", "y", "z", "z"])},
         {}, "pair", 2, (COMPOUND, {"column_list": ["a", "b"], "ignore_row_if": "any_value_is_missing"}),
         objects={"quality": [{"id": "pair", "metric": "duplicateValues", "mustBe": 0, "arguments": {"properties": ["a", "b"]}}]}),
    Case("primary key of two columns", {"a": ("INTEGER", [1, 1, 2]), "b": ("INTEGER", [1, 1, 1])},
         {"primaryKey": True, "primaryKeyPosition": 1}, "primaryKey", 2,
         (COMPOUND, {"column_list": ["a", "b"], "ignore_row_if": "any_value_is_missing"}),
         objects={"second": {"primaryKey": True, "primaryKeyPosition": 2}}),
    Case("primary key: a NULL in it repeats nothing, and is not null-free",
         {"a": ("INTEGER", [None, None, 2]), "b": ("INTEGER", [1, 1, 1])},
         {"primaryKey": True, "primaryKeyPosition": 1}, "a.primaryKey", 2, (NOT_NULL, {"column": "a"}),
         objects={"second": {"primaryKey": True, "primaryKeyPosition": 2}}),
    _case("maxLength: a UUID is the text that it is written as", "UUID", ["00000000-0000-4000-8000-00000000000a", None], {"logicalType": "string", "logicalTypeOptions": {"maxLength": 35}}, "maxLength", 1, reading="GX cannot tell the length of a UUID"),
    _case("pattern: a UUID is the text that it is written as", "UUID", ["00000000-0000-4000-8000-00000000000a", None], {"logicalType": "string", "logicalTypeOptions": {"pattern": "^0{8}-.*b$"}}, "pattern", 1, reading="GX has no patterns of a UUID"),
    # enum, invalidValues, missingValues
    _case("enum: case counts", "VARCHAR", ["Pro", "pro", "PRO"], {"logicalType": "string", "enum": [{"value": "Pro"}]}, "enum", 2, (IN_SET, {"value_set": ["Pro"]})),
    _case("enum: NULL is no wrong value", "VARCHAR", ["Pro", None], {"logicalType": "string", "enum": [{"value": "Pro"}]}, "enum", 0, (IN_SET, {"value_set": ["Pro"]})),
    _case("enum: empty text is a value", "VARCHAR", ["", "Pro"], {"logicalType": "string", "enum": [{"value": "Pro"}]}, "enum", 1, (IN_SET, {"value_set": ["Pro"]})),
    _case("enum: unicode and quotes", "VARCHAR", ["Größe", "it's", "x"], {"logicalType": "string", "enum": [{"value": "Größe"}, {"value": "it's"}]}, "enum", 1, (IN_SET, {"value_set": ["Größe", "it's"]})),
    _case("enum: SQL in a value is a value", "VARCHAR", ["'); drop table things; --", "a"], {"logicalType": "string", "enum": [{"value": "'); drop table things; --"}]}, "enum", 1, (IN_SET, {"value_set": ["'); drop table things; --"]})),
    _case("enum: integers", "INTEGER", [1, 2, 3, None], {"logicalType": "integer", "enum": [{"value": 1}, {"value": 2}]}, "enum", 1, (IN_SET, {"value_set": [1, 2]})),
    _case("enum: booleans", "BOOLEAN", [True, False], {"logicalType": "boolean", "enum": [{"value": True}]}, "enum", 1, (IN_SET, {"value_set": [True]})),
    _case("enum: dates", "DATE", [date(2024, 1, 1), date(2024, 1, 2)], {"logicalType": "date", "enum": [{"value": "2024-01-01"}]}, "enum", 1, reading="GX compares a date with the text and finds both wrong; a contract's values have the column's type"),
    _case("enum: no rows", "VARCHAR", [], {"logicalType": "string", "enum": [{"value": "Pro"}]}, "enum", 0, (IN_SET, {"value_set": ["Pro"]})),
    _case("enum: all NULL", "VARCHAR", [None, None], {"logicalType": "string", "enum": [{"value": "Pro"}]}, "enum", 0, (IN_SET, {"value_set": ["Pro"]})),
    _case("invalidValues: validValues", "VARCHAR", ["a", "b", None], _metric("invalidValues", "string", validValues=["a"]), "invalidValues", 1, (IN_SET, {"value_set": ["a"]})),
    _case("invalidValues: an empty list allows nothing", "VARCHAR", ["a", None], _metric("invalidValues", "string", validValues=[]), "invalidValues", 1, (IN_SET, {"value_set": []})),
    _case("invalidValues: pattern", "VARCHAR", ["a1", "b", None], _metric("invalidValues", "string", pattern="[0-9]"), "invalidValues", 1, (REGEX, {"regex": "[0-9]"})),
    _case("invalidValues: both must hold", "VARCHAR", ["a1", "a", "b1", None], _metric("invalidValues", "string", validValues=["a1", "a"], pattern="[0-9]"), "invalidValues", 2, reading="ODCS does not say; a value must be listed and match"),
    _case("missingValues: without a list NULL and the empty text", "VARCHAR", ["", None, " ", "n/a"], _metric("missingValues", "string"), "missingValues", 2, reading="notes of ODCS: no arguments mean NULL and ''"),
    _case("missingValues: NULL only if listed", "VARCHAR", ["", None, "n/a"], _metric("missingValues", "string", missingValues=["", "n/a"]), "missingValues", 2, (NOT_IN_SET, {"value_set": ["", "n/a"]})),
    _case("missingValues: NULL listed", "VARCHAR", ["x", None, "n/a"], _metric("missingValues", "string", missingValues=[None, "n/a"]), "missingValues", 2, reading="the list is taken literally"),
    _case("missingValues: a text cannot stand in a number column", "INTEGER", [1, None, -1], _metric("missingValues", "integer", missingValues=["n/a", -1]), "missingValues", 1, (NOT_IN_SET, {"value_set": [-1]})),
    # pattern
    _case("pattern: found anywhere", "VARCHAR", ["xay", "b"], _options("string", pattern="a"), "pattern", 1, (REGEX, {"regex": "a"})),
    _case("pattern: anchored", "VARCHAR", ["a", "xa", "ax"], _options("string", pattern="^a$"), "pattern", 2, (REGEX, {"regex": "^a$"})),
    _case("pattern: the empty text", "VARCHAR", ["", "a"], _options("string", pattern="^a*$"), "pattern", 0, (REGEX, {"regex": "^a*$"})),
    _case("pattern: NULL", "VARCHAR", [None, "b"], _options("string", pattern="a"), "pattern", 1, (REGEX, {"regex": "a"})),
    _case("pattern: backslashes and quotes", "VARCHAR", ["a\\b", "it's", "x"], _options("string", pattern="\\\\|'"), "pattern", 1, (REGEX, {"regex": "\\\\|'"})),
    _case("pattern: code points", "VARCHAR", ["日", "日本"], _options("string", pattern="^.$"), "pattern", 1, (REGEX, {"regex": "^.$"})),
    _case("pattern: digits are ASCII", "VARCHAR", ["٣", "3"], _options("string", pattern="^\\d$"), "pattern", 1, reading="RE2's \\d is [0-9] on every place; Python's, and so GX's, has every Unicode digit"),
    _case("pattern: $ is the very end", "VARCHAR", ["a\n", "a"], _options("string", pattern="^a$"), "pattern", 1, reading="RE2; Python's $ also stands before a last newline"),
    # bounds
    _case("minimum", "INTEGER", [-1, 0, 1, None], _options("integer", minimum=0), "minimum", 1, (BETWEEN, {"min_value": 0}), GIVEN),
    _case("maximum", "INTEGER", [9, 10, 11], _options("integer", maximum=10), "maximum", 1, (BETWEEN, {"max_value": 10})),
    _case("exclusiveMinimum", "INTEGER", [-1, 0, 1], _options("integer", exclusiveMinimum=0), "exclusiveMinimum", 2, (BETWEEN, {"min_value": 0, "strict_min": True})),
    _case("exclusiveMaximum", "INTEGER", [9, 10, 11], _options("integer", exclusiveMaximum=10), "exclusiveMaximum", 2, (BETWEEN, {"max_value": 10, "strict_max": True})),
    _case("minimum: no rows", "INTEGER", [], _options("integer", minimum=0), "minimum", 0, (BETWEEN, {"min_value": 0})),
    _case("minimum: all NULL", "INTEGER", [None, None], _options("integer", minimum=0), "minimum", 0, (BETWEEN, {"min_value": 0})),
    _case("maximum: a fraction on decimals", "DECIMAL(9,2)", [D("19.98"), D("19.99"), D("20.00")], _options("number", maximum=19.99), "maximum", 1, reading="bounds are exact decimals; GX's are floats, and 19.99 is not one"),
    _case("maximum: above 2**53", "BIGINT", [2**53, 2**53 + 1], _options("integer", maximum=2**53), "maximum", 1, reading="exact; GX passes integers through float64 and finds none"),
    _case("minimum: doubles", "DOUBLE", [-0.5, 0.0, 0.5], _options("number", minimum=0), "minimum", 1, (BETWEEN, {"min_value": 0})),
    _case("maximum: NaN is above every number", "DOUBLE", [1.0, NAN], _options("number", maximum=10), "maximum", 1, reading="as DuckDB and PostgreSQL order it; a NaN that pandas means as NULL is NULL"),
    _case("minimum: dates", "DATE", [date(2023, 12, 31), date(2024, 1, 1)], _options("date", minimum="2024-01-01"), "minimum", 1, reading="GX wants a date object here, the contract writes ISO text"),
    _case("maximum: a moment in another zone", "TIMESTAMPTZ", [datetime(2024, 1, 1, 11, tzinfo=UTC), datetime(2024, 1, 1, 13, tzinfo=UTC)], _options("timestamp", maximum="2024-01-01T14:00:00+02:00"), "maximum", 1, reading="moments are compared, not their spelling"),
    _case("maximum: a naive moment takes defaultTimezone", "TIMESTAMPTZ", [datetime(2024, 7, 1, 10, tzinfo=UTC), datetime(2024, 7, 1, 10, 30, tzinfo=UTC)], _options("timestamp", maximum="2024-07-01 12:00:00", defaultTimezone="Europe/Berlin"), "maximum", 1, reading="12:00 in Berlin in July is 10:00 UTC"),
    _case("minimum: times", "TIME", ["07:59:59", "08:00:00"], _options("time", minimum="08:00:00"), "minimum", 1, reading="times of day have no GX type"),
    _case("format: i8", "INTEGER", [-129, -128, 127, 128], _options("integer", format="i8"), "format", 2, (BETWEEN, {"min_value": -128, "max_value": 127})),
    _case("format: u16", "INTEGER", [-1, 0, 65535, 65536], _options("integer", format="u16"), "format", 2, (BETWEEN, {"min_value": 0, "max_value": 65535})),
    # lengths: code points
    _case("minLength", "VARCHAR", ["", "a", "ab", None], _options("string", minLength=1), "minLength", 1, (LENGTHS, {"min_value": 1})),
    _case("maxLength: code points", "VARCHAR", ["日本", "日本語", "🎯🎯"], _options("string", maxLength=2), "maxLength", 1, (LENGTHS, {"max_value": 2})),
    _case("maxLength: no rows", "VARCHAR", [], _options("string", maxLength=2), "maxLength", 0, (LENGTHS, {"max_value": 2})),
    # foreign keys
    Case("foreign key", {"v": ("INTEGER", [1, 2, 9, None])}, {"relationships": [{"to": "other.v"}]}, "v.foreignKey", 1,
         reading="a NULL refers to nothing", reference=[1, 2, 3]),
    Case("foreign key: the other has a NULL", {"v": ("INTEGER", [1, 9])}, {"relationships": [{"to": "other.v"}]}, "v.foreignKey", 1,
         reading="NOT IN would find nothing at all here", reference=[1, None]),
    Case("foreign key: the other is empty", {"v": ("INTEGER", [1, None])}, {"relationships": [{"to": "other.v"}]}, "v.foreignKey", 1,
         reading="nothing can be found in nothing", reference=[]),
    Case("foreign key: texts", {"v": ("VARCHAR", ["a", "A", ""])}, {"relationships": [{"to": "other.v"}]}, "v.foreignKey", 2,
         reading="exact texts", reference=["a"]),
    Case("foreign key: no rows", {"v": ("INTEGER", [])}, {"relationships": [{"to": "other.v"}]}, "v.foreignKey", 0,
         reading="no row breaks it", reference=[1]),
)  # fmt: skip
