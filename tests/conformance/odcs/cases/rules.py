"""Rules that are no plain metric: text, SQL, other engines, deprecated names; severities, and two of a kind."""

from __future__ import annotations

import json
from typing import Any

from ..kit import (
    BREACH,
    CONTRACT_WRONG,
    ERRORED,
    FAILED,
    NOT_EXECUTED,
    PASS,
    PASSED,
    UNKNOWN,
    WARN,
    Case,
    Columns,
)
from .metrics import at, rule

V: Columns = {"v": ("VARCHAR", [None, "a", "b", "b"])}
N: Columns = {"v": ("INTEGER", [1, 2, 3, 11])}


def _case(
    name: str,
    section: str,
    quality: dict[str, Any],
    status: str | None,
    number: int | None,
    verdict: str | None,
    reading: str,
    reason: str,
    level: str = "property",
    columns: Columns = V,
    **more: Any,
) -> Case:
    contract = at(level, quality, columns, "integer" if columns is N else "string") | more.pop("contract", {})
    key = more.pop("rule", "v.rule" if level == "property" else "rule")
    return Case(name, section, columns, contract, key, status, number, verdict, reading, reason, **more)


TEXT = (
    _case("text", "data-quality, text", {"id": "rule", "type": "text", "description": "v is sensible"}, NOT_EXECUTED, None, PASS,
          "documentation: listed as not executed, and holding nothing back", "it is written for people; in silence it would be taken for checked"),
)  # fmt: skip


def _sql(query: str, **more: Any) -> dict[str, Any]:
    return {"id": "rule", "type": "sql", "query": query, **more}


_SQL = "data-quality, SQL"
_ONE = ("a query gives one row and one column; anything else is an error", "the standard: a single value")
_BOOLEAN = (
    "true is 1 and false is 0, on both sides",
    "the standard allows numeric and boolean results, and operators take numbers",
)
_REPLACED = ("{object} and {property} become the table and the column", "the standard says so")
SQL = (
    _case("{object}", _SQL, _sql("SELECT COUNT(*) FROM {object}", mustBe=4), PASSED, 4, PASS, *_REPLACED, level="object"),
    _case("{object} and {property}", _SQL, _sql("SELECT COUNT(*) FROM {object} WHERE {property} IS NOT NULL", mustBe=3), PASSED, 3, PASS, *_REPLACED),
    _case("a limit that is not kept", _SQL, _sql("SELECT COUNT(*) FROM {object} WHERE {property} = 'b'", mustBeLessThan=2), FAILED, 2, BREACH, *_REPLACED),
    _case("the table by its name", _SQL, _sql("SELECT COUNT(*) FROM things", mustBeBetween=[4, 5]), PASSED, 4, PASS, "the table under its own name is the data under check", "queries are written against the server"),
    _case("a fraction", _SQL, _sql("SELECT COUNT(*) / 8.0 FROM {object}", mustBe=0.5), PASSED, None, PASS, "numbers may have a fraction", "the standard: numeric"),
    _case("boolean: mustBe true", _SQL, _sql("SELECT COUNT(*) = 4 FROM {object}", mustBe=True), PASSED, None, PASS, *_BOOLEAN),
    _case("boolean: mustBe 1", _SQL, _sql("SELECT COUNT(*) = 4 FROM {object}", mustBe=1), PASSED, None, PASS, *_BOOLEAN),
    _case("boolean: mustBe false", _SQL, _sql("SELECT COUNT(*) = 5 FROM {object}", mustBe=False), PASSED, None, PASS, *_BOOLEAN),
    _case("boolean: not kept", _SQL, _sql("SELECT COUNT(*) = 5 FROM {object}", mustBe=True), FAILED, None, BREACH, *_BOOLEAN),
    _case("many rows", _SQL, _sql("SELECT v FROM {object}", mustBe=0), ERRORED, None, UNKNOWN, *_ONE),
    _case("many rows, the first of which would pass", _SQL, _sql("SELECT n FROM (VALUES (0), (1)) t(n)", mustBe=0), ERRORED, None, UNKNOWN, *_ONE),
    _case("no rows", _SQL, _sql("SELECT 0 FROM {object} WHERE false", mustBe=0), ERRORED, None, UNKNOWN, *_ONE),
    _case("two columns", _SQL, _sql("SELECT 0, 1", mustBe=0), ERRORED, None, UNKNOWN, *_ONE),
    _case("NULL", _SQL, _sql("SELECT MAX(NULL::INTEGER) FROM {object}", mustBe=0), ERRORED, None, UNKNOWN, "NULL is no number: an error, neither passed nor failed", "nothing was measured"),
    _case("text", _SQL, _sql("SELECT 'a'", mustBe=0), ERRORED, None, UNKNOWN, "text is no number", "the standard: numeric or boolean"),
    _case("a query about a column that is not there", _SQL, _sql("SELECT COUNT(gone) FROM {object}", mustBe=0), ERRORED, None, UNKNOWN, "an error is no verdict", "nothing was measured"),
    _case("a query about a table that is not the contract's", _SQL, _sql("SELECT COUNT(*) FROM nothing", mustBe=0), NOT_EXECUTED, None, UNKNOWN, "a query reads datasets of the contract, and nothing else", "a contract is untrusted, and what it may reach must be seen in it"),
    _case("a query that changes data", _SQL, _sql("DELETE FROM things", mustBe=0), None, None, UNKNOWN, "refused", "a contract is no place to change data from"),
    _case("no query", _SQL, {"id": "rule", "type": "sql", "mustBe": 0}, CONTRACT_WRONG, None, None, "a SQL rule has a query", "the standard's JSON schema says so"),
)  # fmt: skip


def _gx(
    kind: str, level: str = "property", form: Any = None, engine: str = "greatExpectations", **kwargs: Any
) -> dict[str, Any]:
    block = {"type": kind, "kwargs": kwargs}
    return {"id": "rule", "type": "custom", "engine": engine, "implementation": form(block) if form else block}


_CUSTOM = "data-quality, custom"
_GX = ("a type of Great Expectations that has an exact counterpart is executed", "what can be executed exactly is")
_LOUD = (
    "not executed, said so, and no verdict without it",
    "a rule that is dropped in silence looks like one that was kept",
)
SODA = {
    "id": "rule",
    "type": "custom",
    "engine": "soda",
    "implementation": {"type": "duplicate_percent", "must_be_less_than": 1.0},
}
CUSTOM = (
    _case("Great Expectations: not null", _CUSTOM, _gx("expect_column_values_to_not_be_null", column="v"), FAILED, 1, BREACH, *_GX),
    _case("Great Expectations: the column of the property", _CUSTOM, _gx("expect_column_values_to_not_be_null"), FAILED, 1, BREACH, "a rule of a property is about its column", "so are ODCS's own"),
    _case("Great Expectations: mostly", _CUSTOM, _gx("expect_column_values_to_not_be_null", column="v", mostly=0.75), PASSED, None, PASS, "mostly is the least share of rows that keep it", "as Great Expectations has it"),
    _case("Great Expectations: in set", _CUSTOM, _gx("expect_column_values_to_be_in_set", column="v", value_set=["a"]), FAILED, 2, BREACH, *_GX),
    _case("Great Expectations: between", _CUSTOM, _gx("expect_column_values_to_be_between", column="v", min_value=1, max_value=10), FAILED, 1, BREACH, *_GX, columns=N),
    _case("Great Expectations: unique", _CUSTOM, _gx("expect_column_values_to_be_unique", column="v"), FAILED, 2, BREACH, *_GX),
    _case("Great Expectations: row count, as text", _CUSTOM, _gx("expect_table_row_count_to_be_between", form=json.dumps, min_value=1, max_value=9), PASSED, None, PASS, "an implementation is a mapping, or the YAML or JSON text of one", "the standard's examples have both", level="object"),
    _case("Great Expectations: the older name of the type", _CUSTOM, {"id": "rule", "type": "custom", "engine": "great-expectations", "implementation": {"expectation_type": "expect_column_values_to_not_be_null", "kwargs": {"column": "v"}}}, FAILED, 1, BREACH, *_GX),
    _case("Great Expectations: a type that is not known", _CUSTOM, _gx("expect_something_odd", column="v"), NOT_EXECUTED, None, UNKNOWN, *_LOUD),
    _case("another engine", _CUSTOM, SODA, NOT_EXECUTED, None, UNKNOWN, *_LOUD),
    _case("another engine, as a warning", _CUSTOM, {**SODA, "severity": "warning"}, NOT_EXECUTED, None, PASS, "a warning that is not executed holds nothing back", "neither would one that failed"),
    _case("another engine, allowed not to be executed", _CUSTOM, SODA, NOT_EXECUTED, None, PASS, "what the contract names need not be executed", "its owner has decided so", contract={"customProperties": [{"property": "headgate.allowNotExecuted", "value": ["rule"]}]}, settings=True),
    _case("no implementation", _CUSTOM, {"id": "rule", "type": "custom", "engine": "soda"}, CONTRACT_WRONG, None, None, "a custom rule has an engine and an implementation", "the standard's JSON schema says so"),
)  # fmt: skip

_RULE = "data-quality, deprecated rule"
_OLD = ("the rule of v3.0 is the metric of today, with a warning", "the standard: deprecated, use metric instead")


def _old(name: str, number: int, level: str = "property", columns: Columns = V, **more: Any) -> Case:
    status = more.pop("status", FAILED)
    quality = {"name": "rule", "rule": name, **more}
    verdict = PASS if status == PASSED else BREACH
    said = " without an operator" if len(more) == 0 else ""
    return _case(f"rule: {name}{said}", _RULE, quality, status, number, verdict, *_OLD, level=level, columns=columns,
                 contract={"apiVersion": "v3.0.2"})  # fmt: skip


DEPRECATED = (
    _old("nullCheck", 1, mustBe=0),
    _old("nullCheck", 1),
    _old("duplicateCount", 2, mustBeLessThan=1),
    _old("validValues", 2, mustBe=0, validValues=["a"]),
    _old("rowCount", 4, "object", mustBeGreaterThan=3, status=PASSED),
    _case("rule: a name that no metric has", _RULE, {"name": "rule", "rule": "postalCodeCheck", "mustBe": 0}, NOT_EXECUTED, None, UNKNOWN, *_LOUD, contract={"apiVersion": "v3.0.2"}),
)  # fmt: skip

_SEVERITY = "data-quality, severity"
_WORDS = ("info, warning, warn, low, minor and trivial are warnings; any other word, and none, is an error",
          "the words are free, and an unknown one must not switch a rule off")  # fmt: skip
SEVERITIES = tuple(
    _case(f"severity: {word or 'none'}", _SEVERITY, rule("nullValues", mustBe=0, **({"severity": word} if word else {})), FAILED, 1, verdict, *_WORDS)
    for word, verdict in (
        ("", BREACH), ("error", BREACH), ("critical", BREACH), ("high", BREACH), ("P3", BREACH), ("medium", BREACH),
        ("info", WARN), ("warning", WARN), ("warn", WARN), ("low", WARN), ("minor", WARN), ("Minor", WARN), ("trivial", WARN),
    )
)  # fmt: skip

_TWO = ("two rules of one metric on one column are two rules", "the standard forbids it nowhere")
TWO_RULES = [{"id": "rule", "metric": "nullValues", "mustBe": 1}, {"id": "other", "metric": "nullValues", "mustBe": 0}]
TWO = tuple(
    Case(f"two rules of one metric: the {word}", "data-quality, library", V,
         {"properties": [{"name": "v", "logicalType": "string", "quality": TWO_RULES}]}, f"v.{key}", status, 1, BREACH, *_TWO)
    for word, key, status in (("first", "rule", PASSED), ("second", "other", FAILED))
)  # fmt: skip

_YAML = (
    "YAML 1.2: only true and false are booleans, and a date without quotes stays text",
    "the standard's own examples write dates without quotes",
)
YES: Columns = {"v": ("VARCHAR", ["Yes", "No", "Perhaps"])}
DAYS: Columns = {"v": ("DATE", ["2023-12-31", "2024-01-01"])}
YAML = (
    Case("Yes and No without quotes", "YAML", YES, at("property", rule("invalidValues", {"validValues": ["Yes", "No"]}, mustBe=0), YES),
         "v.rule", FAILED, 1, BREACH, *_YAML, unquoted=("Yes", "No")),
    Case("a bound that is a date without quotes", "YAML", DAYS,
         {"properties": [{"name": "v", "logicalType": "date", "logicalTypeOptions": {"minimum": "2024-01-01"}}]},
         "v.minimum", FAILED, 1, BREACH, *_YAML, unquoted=("2024-01-01",)),
    Case("a service level that is a date without quotes", "YAML", DAYS,
         {"slaProperties": [{"property": "generalAvailability", "value": "2022-05-12"}]},
         "sla.generalAvailability", None, None, PASS, *_YAML, unquoted=("2022-05-12",)),
    Case("a misspelt key", "YAML", DAYS, {"properties": [{"name": "v", "requierd": True}]}, "v.required", CONTRACT_WRONG, None, None, "a key that the standard does not have is an error", "a misspelt promise would not be kept"),
)  # fmt: skip

_SCHEDULE = (
    "a rule is executed whenever the data is checked",
    "its schedule tells a scheduler when to check, and a check is told by being called",
)
SCHEDULED = (
    _case("a rule with a schedule", "data-quality, scheduling", rule("nullValues", mustBe=1, scheduler="cron", schedule="0 20 * * *"), PASSED, 1, PASS, *_SCHEDULE),
)  # fmt: skip

CASES = (*TEXT, *SCHEDULED, *SQL, *CUSTOM, *DEPRECATED, *SEVERITIES, *TWO, *YAML)
