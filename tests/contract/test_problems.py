"""Problems of contracts: each with file, line and column, everything at once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from headgate.errors import ContractError
from headgate.rules.load import parse

from tests.support.orders import GOOD, problems, warnings

# what is changed in the good contract, and where the problem must be found
BROKEN = [
    ("status: active", "status: [active", "6:5 yaml-syntax"),
    ("version: 1.0.0", "version: 1.0", "4:1 odcs-type"),
    ("kind: DataContract", "kind: DataContrat", "2:1 odcs-value"),
    ("id: orders\nversion", "version", "1:1 odcs-required"),
    ("status: active", "status: active\nstaus: x", "6:1 odcs-unknown-key"),
    ("        primaryKey: true", "        primaryKy: true", "19:9 odcs-unknown-key"),
    ("        primaryKey: true", '        primaryKey: "yes"', "19:9 odcs-type"),
    ("logicalType: integer", "logicalType: int", "18:9 odcs-value"),
    ("maximum: 19.99", "maximum: a lot", "23:11 odcs-type"),
    ("logicalType: integer", "logicalType: integer\n        logicalType: number", "19:9 yaml-duplicate-key"),
    ("  - name: customers", "  - name: orders", "29:5 duplicate-dataset"),
    ("- name: amount", "- name: ID", "20:9 duplicate-property"),
    ("- name: amount", "- name: headgate_reasons", "20:9 reserved-name"),
    ("apiVersion: v3.2.0", "apiVersion: v3.1.0", "26:9 odcs-version"),
    ("apiVersion: v3.2.0", "apiVersion: v2.2.2", "1:1 odcs-version"),
    ("logicalType: number", "logicalType: number\n        id: a\n      - name: z\n        id: a", "24:9 duplicate-id"),
    ("kind: DataContract", "kind: !!python/object:os.system DataContract", "2:7 yaml-tag"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "expected"), BROKEN, ids=[b[2] + " " + b[1][:20] for b in BROKEN])
def test_each_problem_is_found_where_it_is(old: str, new: str, expected: str) -> None:
    assert old in GOOD
    assert expected in problems(GOOD.replace(old, new, 1))


# What is not right, and leaves the rest of the contract as it is.
ODD = [
    ("maximum: 19.99", "maximum: 1\n          minimum: 2", "24:11 bounds-order"),
    ("- value: No", "- value: true", "28:13 value-type"),
    ("database: w.duckdb", "database: ${NOT_SET}", "13:5 variable"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "expected"), ODD, ids=[b[2] for b in ODD])
def test_what_leaves_the_rest_of_the_contract_alone(old: str, new: str, expected: str) -> None:
    assert old in GOOD
    assert expected in warnings(GOOD.replace(old, new, 1))


QUALITY = """\
apiVersion: v3.2.0
kind: DataContract
id: q
version: 1.0.0
status: active
schema:
  - name: t
    properties:
      - name: a
        logicalType: integer
        quality:
          - RULE
"""


RULES = [
    ("metric: nullValues", "12:13 odcs-operator"),
    ("metric: nullValues\n            mustBe: 0\n            mustBeLessThan: 4", "12:13 odcs-operator"),
    ("metric: nulValues\n            mustBe: 0", "12:13 odcs-value"),
    ("metric: nullValues\n            mustbe: 0", "13:13 odcs-unknown-key"),
    ("metric: nullValues\n            mustBeLessThan: many", "13:13 odcs-type"),
    (
        "metric: nullValues\n            mustBe: 0\n            customProperties:\n"
        "              - {property: onBreach, value: halted, vendor: headgate}",
        "15:17 headgate-setting",
    ),
]


@pytest.mark.parametrize(("rule", "expected"), RULES)
def test_each_broken_rule(rule: str, expected: str) -> None:
    assert expected in problems(QUALITY.replace("RULE", rule))


# Rules that mean nothing that can be executed, as JSON; of another version than v3.2.0 where that is said.
MEANINGLESS = [
    ("metric: nullValues, mustBe: many", "operator-value"),
    ("metric: nullValues, mustBe: '0'", "operator-value"),
    ("metric: nullValues, mustBe: [0, 1]", "operator-value"),
    ("metric: nullValues, mustBe: true", "operator-value"),
    ("metric: nullValues, mustBeBetween: [5, 1]", "bounds-order"),
    ("metric: nullValues, mustBe: 0, unit: parsec", "metric-unit"),
    ("metric: nullValues, mustBe: 0, unit: days", "metric-unit"),
    ("metric: rowCount, mustBe: 0", "metric-level"),
    ("metric: invalidValues, mustBe: 0", "metric-arguments"),
    ("metric: invalidValues, mustBe: 0, arguments: {}", "metric-arguments"),
    ("metric: invalidValues, mustBe: 0, arguments: {min: 0, max: 5}", "metric-arguments"),
    ("metric: invalidValues, mustBe: 0, arguments: {validValues: x}", "metric-arguments"),
    ("metric: invalidValues, mustBe: 0, arguments: {pattern: [x]}", "metric-arguments"),
    ("metric: invalidValues, mustBe: 0, arguments: {validValues: [1], patern: x}", "metric-arguments"),
    ("metric: missingValues, mustBe: 0, arguments: {missingValues: x}", "metric-arguments"),
    ("metric: missingValues, mustBe: 0, arguments: {missingValue: [x]}", "metric-arguments"),
    ("type: sql, query: SELECT count(*) FROM another, mustBe: 0", "sql-refused"),
    ("type: sql, query: SELECT count(*) FROM, mustBe: 0", "sql-refused"),
    ("type: sql, query: '', mustBe: 0", "sql-refused"),
    ("type: sql, query: DELETE FROM t, mustBe: 0", "sql-refused"),
    ("type: sql, query: 'SELECT count(*) FROM {nothing}', mustBe: 0", "sql-refused"),
    ("type: sql, query: SELECT count(*) FROM t, mustBe: many", "operator-value"),
    ("type: sql, query: SELECT count(*) FROM t", "odcs-operator", "v3.0.2"),
    ("type: sql, query: SELECT count(*) FROM t, mustBeBetween: 5", "operator-value", "v3.0.2"),
    ("type: sql, query: SELECT count(*) FROM t, mustBeLessThan: [1]", "", "v3.0.2"),
    ("type: library, rule: freshness, mustBeLessThan: 24, unit: hours", "", "v3.0.2"),
    ("rule: rowCountCheck", "odcs-operator", "v3.0.2"),
    ("rule: validValues, mustBeGreaterOrEqualTo: 5, mustBeLessOrEqualTo: 1, validValues: [1]", "bounds-order", "v3.0.2"),
    ("metric: rowCounts, mustBe: 0, rule: x", "", "v3.0.2"),
    ("metric: 5, rule: x", "", "v3.0.2"),
    ("metric: nullValues, rule: x, arguments: [x], mustBe: 0", "", "v3.0.2"),
    ("description: no type", ""),
]  # fmt: skip


@pytest.mark.parametrize("given", MEANINGLESS, ids=[" ".join(case) for case in MEANINGLESS])
def test_a_rule_without_a_meaning_never_takes_the_contract_with_it(given: tuple[str, ...]) -> None:
    rule, lint_rule, *version = given
    text = QUALITY.replace("RULE", f"{{{rule}}}").replace("v3.2.0", version[0] if version else "v3.2.0")
    contract = parse(text, Path("c.yaml"))
    executed = lint_rule == "" and "mustBeLessThan: [1]" in rule
    assert [check.key for check in contract["t"].checks][:2] == ["a.exists", "a.logicalType"]
    if not executed:
        (unchecked,) = contract["t"].unchecked
        assert unchecked.reason
        assert not unchecked.excused
    if lint_rule:
        assert any(lint_rule in warning for warning in warnings(text))


# Each line holds ten times what the one before holds.
BOMB = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 10)}]\n" for i in range(7)
)


def test_all_problems_at_once() -> None:
    text = GOOD.replace("integer", "int").replace("primaryKey: true", "primaryKey: 1").replace("19.99", "x")
    assert len(problems(text)) == 3


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "odcs-type"),
        ("- a", "odcs-type"),
        ("just text", "odcs-type"),
        ("a: b\n---\nc: d", "yaml-documents"),
        ("a: " + "[" * 100 + "]" * 100, "yaml-depth"),
        (BOMB, "yaml-size"),
        ("a: *nothing", "yaml-alias"),
        ("a:\n\t- b", "yaml-syntax"),
        ("a: '", "yaml-syntax"),
    ],
    ids=["empty", "list", "text", "two documents", "deep", "bomb", "alias", "tab", "quote"],
)  # fmt: skip
def test_what_is_no_contract(text: str, rule: str) -> None:
    assert rule in problems(text)[0]


@pytest.mark.parametrize(
    ("quality", "rule"),
    [
        ("{metric: duplicateValues, arguments: {properties: [[a]]}, mustBe: 0}", "metric-arguments"),
        ("{metric: duplicateValues, arguments: {properties: [nothing]}, mustBe: 0}", "dangling-reference"),
    ],
)
def test_broken_rules_of_an_object(quality: str, rule: str) -> None:
    assert rule in warnings(GOOD + f"    quality: [{quality}]\n")[-1]


@pytest.mark.parametrize(
    "options",
    [
        "logicalType: timestamp, logicalTypeOptions: {maximum: '9999-12-31T23:59:59-05:00'}",
        "logicalType: timestamp, logicalTypeOptions: {maximum: '2024-01-01', defaultTimezone: Mars/Olympus}",
        "logicalType: timestamp, logicalTypeOptions: {defaultTimezone: Europe/Berln}",
        "logicalType: timestamp, logicalTypeOptions: {defaultTimezone: America}",
        "logicalType: timestamp, logicalTypeOptions: {maximum: tomorrow}",
        f"logicalType: integer, logicalTypeOptions: {{maximum: {10**39 - 1}}}",
        "logicalType: number, logicalTypeOptions: {maximum: 1e399}",
    ],
)
def test_bounds_that_nothing_can_be_compared_with(options: str) -> None:
    text = GOOD + f"      - {{name: bound, {options}}}\n"
    assert any("value-type" in warning for warning in warnings(text))
    assert {rule.key for rule in parse(text, Path("c.yaml"))["customers"].unchecked} <= {
        "bound.maximum",
        "bound.defaultTimezone",
    }


ANYWHERE = [
    ("items of a property without a type", "v3.2.0", "items: {lgicalType: x}", "odcs-unknown-key"),
    ("properties that are no list", "v3.2.0", "properties: true", "odcs-type"),
    ("a property that is none", "v3.2.0", "logicalType: string, properties: [[]]", "odcs-type"),
    ("a map that is none", "v3.2.0", "logicalType: string, map: [1]", "odcs-type"),
    ("options of no type", "v3.2.0", "physicalType: INTEGER, logicalTypeOptions: {pattern: 5}", "odcs-type"),
    ("options of a type without any", "v3.2.0", "logicalType: boolean, logicalTypeOptions: {minItems: a}", "odcs-type"),
    ("a metric that is no word", "v3.2.0", "quality: [{metric: 5, mustBe: 0}]", "odcs-value"),
    ("an operator of no metric", "v3.2.0", "quality: [{name: x, mustBeBetween: 1}]", "odcs-type"),
    ("a former rule without a query", "v3.0.2", "quality: [{type: sql, rule: x, mustBe: 0}]", "odcs-required"),
    ("a former rule without its engine", "v3.0.2", "quality: [{type: custom, rule: x}]", "odcs-required"),
    ("a former rule that is none", "v3.0.2", "quality: [{rule: [], mustBe: 0}]", "odcs-type"),
    ("a former rule with a wrong operator", "v3.0.2", "quality: [{rule: nullCheck, mustBeBetween: [1]}]", "odcs-"),
]  # fmt: skip


@pytest.mark.parametrize(("version", "keys", "rule"), [a[1:] for a in ANYWHERE], ids=[a[0] for a in ANYWHERE])
def test_keys_are_typed_wherever_they_stand(version: str, keys: str, rule: str) -> None:
    found = problems(re.sub("v3[.][0-9.]+", version, GOOD) + f"      - {{name: odd, {keys}}}\n")
    assert any(rule in problem for problem in found), found


EMPTY = [
    ("status: active", "status: active\ntags:", "6:1 odcs-type"),
    ("status: active", "status: active\ndescription: {purpose: x, limitations: null}", "6:27 odcs-type"),
    ("        primaryKey: true", "        primaryKeyPosition:", "19:9 odcs-type"),
    ("          maximum: 19.99", "          maximum: ~", "23:11 odcs-type"),
    ("        logicalType: integer", "        logicalType:", "18:9 odcs-type"),
]


@pytest.mark.parametrize(("old", "new", "expected"), EMPTY, ids=[case[1][-20:] for case in EMPTY])
def test_a_key_without_a_value_is_not_there(old: str, new: str, expected: str) -> None:
    assert old in GOOD
    assert expected in warnings(GOOD.replace(old, new, 1))


def test_a_key_that_is_required_needs_a_value() -> None:
    assert "1:1 odcs-required" in problems(GOOD.replace("version: 1.0.0", "version:"))


FORMER = [
    ("apiVersion: v2.2.2\nkind: DataContract\ntype: tables\nquantumName: o\ndataset: [{table: o}]", "1:1", "ODCS v2.2.2 is not read"),
    ("apiVersion: v2.2.0\nkind: DataContract\nuuid: u\ndatasetName: o", "1:1", "headgate init"),
    (GOOD.replace("v3.2.0", "v2.2.2"), "1:1", "write `apiVersion: v3.1.0`"),
    ("dataContractSpecification: 1.1.0\nid: o\ninfo: {title: O}\nmodels: {}", "1:1", "datacontract export --format odcs"),
    ("id: o\ndataContractSpecification: 0.9.3\nmodels: {}", "2:1", "datacontract export --format odcs"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "where", "said"), FORMER, ids=[case[2] for case in FORMER])
def test_another_format_is_one_problem_with_the_way_out(text: str, where: str, said: str) -> None:
    with pytest.raises(ContractError) as caught:
        parse(text, Path("c.yaml"))
    (problem,) = caught.value.problems
    assert (f"{problem.line}:{problem.column}", problem.rule) == (where, "odcs-version")
    assert said in problem.message


def test_a_misspelt_key_of_the_team_is_named() -> None:
    with pytest.raises(ContractError, match="'nme' is not a key of team; did you mean 'name'"):
        parse(GOOD.replace("  name: Sales", "  nme: Sales"), Path("c.yaml"))


@pytest.mark.parametrize("server", ["{type: duckbd}", "{type: postgres}", "{type: duckdb, databse: x}", "{}"])
def test_a_broken_server_is_a_problem_and_no_traceback(server: str) -> None:
    fields = f"  - {{server: warehouse, {server[1:-1]}}}\n"
    text = GOOD.replace("  - server: warehouse\n    type: duckdb\n    database: w.duckdb\n", fields)
    assert any(rule.split()[1].startswith("odcs-") for rule in problems(text))
