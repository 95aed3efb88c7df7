"""Lint: every rule with the smallest contract that breaks it, and where it says so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from headgate.lint.lint import contract_files, lint
from headgate.lint.rules import LEVELS, RULES

HEADGATE = Path(__file__).parents[2] / "airflow_plugin" / "headgate"

GOOD = """\
apiVersion: v3.2.0
kind: DataContract
id: shop
version: 1.0.0
status: active
team: {name: Shop}
support: [{channel: shop}]
slaProperties: [{property: latency, value: 4, unit: h}]
schema:
  - name: orders
    properties:
      - name: id
        primaryKey: true
      - name: v
        logicalType: integer
        logicalTypeOptions: {minimum: 0}
    quality: [{id: enough, metric: rowCount, mustBeGreaterThan: 0}]
"""

# rule, level, what of GOOD is replaced, by what, the line that is told
CASES = [
    ("yaml-syntax", "error", "kind:", "\tkind:", 2),
    ("yaml-duplicate-key", "error", "id: shop\n", "id: shop\nid: shop2\n", 4),
    ("yaml-documents", "error", "schema:", "---\nschema:", 9),
    ("yaml-tag", "error", "id: shop\n", "id: !!python/object:os.system shop\n", 3),
    ("yaml-alias", "error", "id: shop\n", "id: *nothing\n", 3),
    ("yaml-depth", "error", "status: active", "tags: " + "[" * 100 + "]" * 100, 5),
    ("yaml-size", "error", "id: shop\n", f"id: shop\nname: {'x' * 5_000_000}\n", 1),
    ("odcs-type", "error", "minimum: 0", "minimum: low", 16),
    ("odcs-required", "error", "id: shop\n", "", 1),
    ("odcs-unknown-key", "error", "primaryKey", "primarKey", 13),
    ("odcs-value", "error", "logicalType: integer", "logicalType: int", 15),
    ("odcs-operator", "error", "        logicalType: integer\n", "        quality: [{metric: nullValues}]\n", 15),
    ("odcs-value", "error", "apiVersion: v3.2.0", "apiVersion: v4.0.0", 1),
    ("odcs-version", "error", "minimum: 0}\n", "minimum: 0}\n        enum: [{value: 1}]\n", 17),
    ("odcs-deprecated", "warning", "minimum: 0}\n", "minimum: 0}\n        quality: [{rule: nullCheck}]\n", 17),
    ("duplicate-id", "error", "      - name: v\n", "      - {name: w, id: a}\n      - name: v\n        id: a\n", 16),
    ("duplicate-dataset", "error", "schema:\n", "schema:\n  - name: orders\n", 11),
    ("duplicate-property", "error", "name: v", "name: ID", 14),
    ("reserved-name", "error", "name: v", "name: headgate_v", 14),
    ("dangling-reference", "warning", "primaryKey: true", "relationships: [{to: orders.w}]", 13),
    ("relationship-length", "warning", "    properties:", "    relationships: [{from: [orders.id], to: [orders.id, orders.v]}]\n    properties:", 11),
    ("relationship-object", "warning", "schema:\n", "schema:\n  - {name: b, properties: [{name: c}]}\n  - name: a\n    relationships: [{from: [orders.id, orders.v], to: [orders.id, b.c]}]\n", 12),
    ("headgate-engine", "warning", "minimum: 0}\n", "minimum: 0}\n        quality: [{type: custom, engine: headgate, implementation: {reconsile: orders}}]\n", 17),
    ("reconciliation", "warning", "minimum: 0}\n", "minimum: 0}\n        quality: [{type: custom, engine: headgate, implementation: {reconcile: orders}}]\n", 17),
    ("drift", "note", "minimum: 0}\n", "minimum: 0}\n        quality: [{type: custom, engine: headgate, implementation: {drift: orders.baseline.json}}]\n", 17),
    ("model-metric", "note", "minimum: 0}\n", "minimum: 0}\n        quality: [{type: custom, engine: headgate, mustBeLessThan: 0.2, implementation: {model_metric: brier_score}}]\n", 17),
    ("normal", "note", "minimum: 0}\n", "minimum: 0}\n        quality: [{type: custom, engine: headgate, implementation: {normal: rowCounts}}]\n", 17),
    ("value-type", "warning", "logicalType: integer\n        logicalTypeOptions: {minimum: 0}", "logicalType: date\n        logicalTypeOptions: {minimum: soon}", 16),
    ("bounds-order", "warning", "minimum: 0", "minimum: 2, maximum: 1", 16),
    ("operator-value", "warning", "minimum: 0}\n", "minimum: 0}\n        quality: [{metric: nullValues, mustBe: many}]\n", 17),
    ("metric-level", "warning", "minimum: 0}\n", "minimum: 0}\n        quality: [{metric: rowCount, mustBe: 1}]\n", 17),
    ("metric-unit", "warning", "minimum: 0}\n", "minimum: 0}\n        quality: [{metric: nullValues, mustBe: 1, unit: miles}]\n", 17),
    ("metric-arguments", "warning", "minimum: 0}\n", "minimum: 0}\n        quality: [{metric: invalidValues, mustBe: 1}]\n", 17),
    ("pattern-re2", "warning", "logicalType: integer\n        logicalTypeOptions: {minimum: 0}", "logicalType: string\n        logicalTypeOptions: {pattern: '(?=a)'}", 16),
    ("not-executed", "warning", "minimum: 0}\n", "minimum: 0}\n        quality: [{type: custom, engine: soda, implementation: x}]\n", 17),
    ("sql-refused", "warning", "minimum: 0}\n", "minimum: 0}\n        quality: [{type: sql, query: drop table x, mustBe: 1}]\n", 17),
    ("severity-unknown", "warning", "minimum: 0}\n", "minimum: 0}\n        quality: [{metric: nullValues, mustBe: 0, severity: P3}]\n", 17),
    ("schedule", "warning", "minimum: 0}\n", "minimum: 0}\n        quality: [{metric: nullValues, mustBe: 0, schedule: 0 30 * * *}]\n", 17),
    ("service-level", "warning", "unit: h", "unit: m", 8),
    ("service-level-unknown", "warning", "unit: h}", "unit: h}, {property: speed, value: 4}", 8),
    ("on-late", "error", "unit: h}", "unit: h}, {property: speed, value: 4, customProperties: [{property: onLate, value: halt, vendor: headgate}]}", 8),
    ("on-late", "error", "unit: h}", "unit: h}, {property: latency, value: fast, customProperties: [{property: onLate, value: halt, vendor: headgate}]}", 8),
    ("variable", "note", "status: active", "servers: [{server: w, type: duckdb, database: '${NOT_SET}'}]", 5),
    ("headgate-setting", "error", "status: active", "customProperties: [{property: onBreach, value: halted, vendor: headgate}]", 5),
    ("headgate-setting", "error", "status: active", "customProperties: [{property: onBreach, value: halt}]", 5),
    ("headgate-setting", "warning", "status: active", "customProperties: [{property: allowNotExecuted, value: [v.minmum], vendor: headgate}]", 5),
    ("headgate-setting", "warning", "status: active", "customProperties: [{property: allowNotExecuted, value: [rowCount], vendor: headgate}]", 5),
    ("headgate-setting", "warning", "  - name: orders\n", "  - name: orders\n    customProperties: [{property: consumers, value: [{name: BI, reads: [w]}], vendor: headgate}]\n", 11),
    ("headgate-setting", "error", "  - name: orders\n", "  - name: orders\n    customProperties: [{property: consumers, value: [{name: BI, read: [v]}], vendor: headgate}]\n", 11),
    ("rule-id", "warning", "minimum: 0}\n", "minimum: 0}\n        quality:\n        - {metric: nullValues, mustBe: 0}\n        - {metric: nullValues, mustBeLessThan: 5}\n", 19),
    ("no-owner", "warning", "team: {name: Shop}\n", "", 1),
    ("no-support", "warning", "support: [{channel: shop}]\n", "", 1),
    ("no-rules", "note", "schema:\n", "schema:\n  - name: empty\n", 10),
    ("no-key", "note", "        primaryKey: true\n", "", 10),
    ("no-row-count", "note", "    quality: [{id: enough, metric: rowCount, mustBeGreaterThan: 0}]\n", "", 10),
    ("no-freshness", "note", "slaProperties: [{property: latency, value: 4, unit: h}]\n", "", 1),
    ("enum-policy", "note", "minimum: 0}\n", "minimum: 0}\n        enum: [{value: 1}]\n", 17),
    ("classified-examples", "warning", "minimum: 0}\n", "minimum: 0}\n        classification: pii\n        examples: [7]\n", 18),
    ("classified-literals", "note", "minimum: 0}\n", "minimum: 0}\n        classification: pii\n        enum: [{value: 1}]\n", 18),
    ("unclassified", "note", "name: v", "name: customerEmail", 14),
    ("type-conflict", "warning", "logicalType: integer", "logicalType: integer\n        physicalType: VARCHAR(10)", 16),
    ("between-inclusive", "note", "minimum: 0}\n", "minimum: 0}\n        quality: [{metric: nullValues, mustBeBetween: [0, 1]}]\n", 17),
    ("status", "warning", "status: active", "status: actve", 5),
    ("dangling-element", "warning", "unit: h}", "unit: h, element: order.v}", 8),
    ("fixed-offset", "note", "unit: h}", "unit: h}, {property: timeOfAvailability, value: '09:00-08:00'}", 8),
    ("verified-statement", "warning", "  - name: orders\n",
     "  - name: orders\n    context: {verifiedStatements: [{question: q, answer: SELECT 1 FROM nowhere}]}\n", 11),
    ("draft", "note", "status: active", "status: draft", 5),
    ("version", "warning", "version: 1.0.0", "version: one", 4),
]  # fmt: skip


def linted(tmp_path: Path, text: str) -> list[tuple[str, str, int]]:
    path = tmp_path / "c.odcs.yaml"
    path.write_text(text, encoding="utf-8")
    return [(p.rule, p.level, p.line) for p in lint(path).problems]


def test_a_good_contract_has_no_problem(tmp_path: Path) -> None:
    assert linted(tmp_path, GOOD) == []


@pytest.mark.parametrize(
    ("rule", "level", "old", "new", "line"), CASES, ids=[f"{c[0]}-{i}" for i, c in enumerate(CASES)]
)
def test_every_rule(rule: str, level: str, old: str, new: str, line: int, tmp_path: Path) -> None:
    assert GOOD.count(old) == 1, old
    text = GOOD.replace(old, new)
    if rule == "odcs-version" and "enum" in new:
        text = text.replace("v3.2.0", "v3.1.0")
    assert (rule, level, line) in linted(tmp_path, text)


def test_a_file_that_is_not_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "c.odcs.yaml"
    path.write_bytes(GOOD.encode() + b"# \xff\n")
    assert [p.rule for p in lint(path).problems] == ["yaml-encoding"]


def test_every_rule_has_a_case() -> None:
    assert {case[0] for case in CASES} | {"yaml-encoding", "odcs-choice"} == set(RULES)
    assert {case[1] for case in CASES} == set(LEVELS)


def test_every_rule_that_the_code_names_is_documented() -> None:
    rooms = (HEADGATE / room for room in ("contract", "rules", "lint", "sql"))
    source = "\n".join(path.read_text(encoding="utf-8") for room in rooms for path in room.glob("*.py"))
    named = set(re.findall(r'"((?:yaml|odcs|duplicate|metric|relationship|headgate|no)-[a-z-]+)"', source))
    assert named <= set(RULES)


# what of GOOD is replaced, by what, what is told
MESSAGES = [
    ("status: active", "\tstatus: active", "not valid YAML: a tab; YAML is indented with spaces"),
    ("version: 1.0.0", "version: 1.0", "version is 1.0; it must be of type string: write it in quotes"),
    ("primaryKey: true", "primaryKey: yes", "primaryKey is 'yes'; it must be of type boolean: write true or false"),
    ("minimum: 0", "minimum: '0'", "minimum is '0'; it must be of type number: write it without quotes"),
    ("logicalTypeOptions: {minimum: 0}", "enum: [a]", "enum[0] is 'a'; it must be of type object: write {value: ...}"),
    (
        "logicalTypeOptions: {minimum: 0}",
        "quality: [{metric: nullValues, mustBeBetween: 1}]",
        "mustBeBetween is 1; it must be of type array: write [lowest, highest]",
    ),
]


@pytest.mark.parametrize(("old", "new", "said"), MESSAGES, ids=[m[1] for m in MESSAGES])
def test_a_message_says_what_to_write(old: str, new: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "c.odcs.yaml"
    path.write_text(GOOD.replace(old, new))
    (problem,) = lint(path).problems
    assert problem.message.endswith(said)


def test_a_version_that_is_a_number_is_told_once(tmp_path: Path) -> None:
    path = tmp_path / "c.odcs.yaml"
    path.write_text(GOOD.replace("v3.2.0", "3.2"))
    (problem,) = lint(path).problems
    assert problem.message.startswith("apiVersion is 3.2; expected one of v3.2.0")


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        ("{name: orders, properties: [{name: id}]}", "; this form uses ids: give the dataset and the property an"),
        ("{name: others, id: orders, properties: [{name: key, id: key}]}", "; this form uses ids"),
    ],
)
def test_a_reference_to_another_contract_goes_by_ids(given: str, hint: str, tmp_path: Path) -> None:
    (tmp_path / "o.yaml").write_text(
        f"apiVersion: v3.2.0\nkind: DataContract\nid: o\nversion: 1.0.0\nschema: [{given}]\n"
    )
    path = tmp_path / "c.odcs.yaml"
    link = "relationships: [{to: o.yaml#schema/orders/properties/id}]"
    path.write_text(GOOD.replace("primaryKey: true", link))
    (problem,) = (p for p in lint(path).problems if p.rule == "dangling-reference")
    assert hint in problem.message


FILES = [
    ("plain.yaml", GOOD, True),
    ("deep/er/plain.yml", GOOD, True),
    ("quoted.yaml", GOOD.replace("kind: DataContract", "'kind': 'DataContract'"), True),
    ("commented.yaml", "# a contract\n" + GOOD, True),
    ("flat.json", '{"apiVersion": "v3.1.0", "kind": "DataContract", "id": "a", "version": "1"}', True),
    ("broken.odcs.yaml", "a: [", True),
    ("values.yaml", "kind: Deployment\n", False),
    ("nested.yaml", "list:\n  kind: DataContract\n", False),
    ("notes.md", GOOD, False),
    (".hidden/plain.yaml", GOOD, False),
]


@pytest.mark.parametrize(("name", "text", "expected"), FILES, ids=[case[0] for case in FILES])
def test_contracts_of_a_folder_are_known_by_what_they_say(name: str, text: str, expected: bool, tmp_path: Path) -> None:
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert list(contract_files((tmp_path,))) == ([tmp_path / name] if expected else [])
