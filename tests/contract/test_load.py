"""Reading contracts: what is wrong in one is said with file, line and column, everything at once."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from headgate import Contract
from headgate.errors import CallError, ContractError
from headgate.rules.load import parse

GOOD = """\
apiVersion: v3.2.0
kind: DataContract
id: orders
version: 1.0.0
status: active
team:
  name: Sales
support:
  - channel: "#sales"
servers:
  - server: warehouse
    type: duckdb
    database: w.duckdb
schema:
  - name: orders
    properties:
      - name: id
        logicalType: integer
        primaryKey: true
      - name: amount
        logicalType: number
        logicalTypeOptions:
          maximum: 19.99
      - name: paid
        logicalType: string
        enum:
          - value: Yes
          - value: No
  - name: customers
    properties:
      - name: id
        logicalType: string
"""


def problems(text: str) -> list[str]:
    with pytest.raises(ContractError) as caught:
        parse(text, Path("c.yaml"))
    return [f"{p.line}:{p.column} {p.rule}" for p in caught.value.problems]


def test_a_good_contract() -> None:
    contract = parse(GOOD, Path("c.yaml"))
    assert (contract.id, contract.owner, contract.support, list(contract.datasets)) == (
        "orders",
        "Sales",
        ("#sales",),
        ["orders", "customers"],
    )
    orders = contract["orders"]
    assert orders.primary_key == ("id",)
    assert orders.on_breach == ("halt",)
    assert [rule.key for rule in orders.rules] == [
        "id.exists",
        "id.logicalType",
        "amount.exists",
        "amount.logicalType",
        "amount.maximum",
        "paid.exists",
        "paid.logicalType",
        "paid.enum",
        "id.primaryKey",
        "primaryKey",
        "extraColumns",
    ]
    by_key = {check.key: check for check in orders.checks}
    assert by_key["amount.maximum"].args["maximum"] == Decimal("19.99")  # exact, no float
    assert by_key["paid.enum"].args["values"] == ("Yes", "No")  # YAML 1.2: no booleans
    assert by_key["amount.maximum"].source.line == 23


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
    ("maximum: 19.99", "maximum: 1\n          minimum: 2", "24:11 bounds-order"),
    ("logicalType: integer", "logicalType: integer\n        logicalType: number", "19:9 yaml-duplicate-key"),
    ("  - name: customers", "  - name: orders", "29:5 duplicate-dataset"),
    ("- name: amount", "- name: ID", "20:9 duplicate-property"),
    ("- name: amount", "- name: headgate_reasons", "20:9 reserved-name"),
    ("apiVersion: v3.2.0", "apiVersion: v3.1.0", "26:9 odcs-version"),
    ("apiVersion: v3.2.0", "apiVersion: v2.2.2", "1:1 odcs-version"),
    ("- value: No", "- value: true", "28:13 value-type"),
    ("logicalType: number", "logicalType: number\n        id: a\n      - name: z\n        id: a", "24:9 duplicate-id"),
    ("database: w.duckdb", "database: ${NOT_SET}", "13:5 variable"),
    ("kind: DataContract", "kind: !!python/object:os.system DataContract", "2:7 yaml-tag"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "expected"), BROKEN, ids=[b[2] + " " + b[1][:20] for b in BROKEN])
def test_each_problem_is_found_where_it_is(old: str, new: str, expected: str) -> None:
    assert old in GOOD
    assert expected in problems(GOOD.replace(old, new, 1))


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
    ("metric: nullValues\n            mustBe: many", "13:13 operator-value"),
    ("metric: nullValues\n            mustBeLessThan: many", "13:13 odcs-type"),
    ("metric: nullValues\n            mustBeBetween: [5, 1]", "13:13 bounds-order"),
    ("metric: nullValues\n            mustBe: 0\n            unit: parsec", "14:13 metric-unit"),
    ("metric: rowCount\n            mustBe: 0", "12:13 metric-level"),
    ("metric: invalidValues\n            mustBe: 0", "12:13 metric-arguments"),
    (
        "metric: missingValues\n            mustBe: 0\n            arguments: {missingValues: x}",
        "14:13 metric-arguments",
    ),
    (
        "metric: invalidValues\n            mustBe: 0\n            arguments: {validValues: [1], patern: x}",
        "14:43 metric-arguments",
    ),
    (
        "metric: missingValues\n            mustBe: 0\n            arguments: {missingValue: [x]}",
        "14:25 metric-arguments",
    ),
    (
        "metric: nullValues\n            mustBe: 0\n            customProperties:\n"
        "              - {property: onBreach, value: halted, vendor: headgate}",
        "15:17 headgate-setting",
    ),
]


@pytest.mark.parametrize(("rule", "expected"), RULES)
def test_each_broken_rule(rule: str, expected: str) -> None:
    assert expected in problems(QUALITY.replace("RULE", rule))


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("{property: onBreech, value: halt, vendor: headgate}", "did you mean 'onBreach'"),
        ("{property: headgate.onBreach, value: quarantin}", "did you mean 'quarantine'"),
        ("{property: onBreach, value: [], vendor: headgate}", "the list is empty"),
        ("{property: maxQuarantinePercent, value: 101, vendor: headgate}", "from 0 to 100"),
        ("{property: extraColumns, value: no, vendor: headgate}", "ignore, warn, fail"),
        ("{property: showExamples, value: 'true', vendor: headgate}", "expected one of true, false"),
        ("{property: missingValues, value: NA, vendor: headgate}", "is not a list of strings"),
    ],
)
def test_settings_say_what_is_allowed(setting: str, said: str) -> None:
    with pytest.raises(ContractError, match=said):
        parse(GOOD + f"customProperties:\n  - {setting}\n", Path("c.yaml"))


def test_settings_of_others_are_left_alone() -> None:
    contract = parse(GOOD + "customProperties:\n  - {property: onBreech, value: 1, vendor: soda}\n", Path("c.yaml"))
    assert contract["orders"].on_breach == ("halt",)


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


def test_nested_items_do_not_take_for_ever() -> None:
    import time

    items = "{logicalType: string}"
    for _ in range(25):
        items = f"{{logicalType: array, items: {items}}}"
    text = GOOD + f"      - {{name: deep, logicalType: array, items: {items}}}\n"
    begun = time.process_time()
    assert parse(text, Path("c.yaml"))["customers"].rules
    assert time.process_time() - begun < 5  # it was a factor of three for each level


def test_long_enums_do_not_take_for_ever() -> None:
    import time

    values = "".join(f"          - value: v{i}\n" for i in range(20_000))
    begun = time.process_time()
    parse(GOOD + "        enum:\n" + values, Path("c.yaml"))
    assert time.process_time() - begun < 20  # it was quadratic: minutes


@pytest.mark.parametrize(
    ("quality", "rule"),
    [
        ("{metric: duplicateValues, arguments: {properties: [[a]]}, mustBe: 0}", "metric-arguments"),
        ("{metric: duplicateValues, arguments: {properties: [nothing]}, mustBe: 0}", "dangling-reference"),
    ],
)
def test_broken_rules_of_an_object(quality: str, rule: str) -> None:
    assert rule in problems(GOOD + f"    quality: [{quality}]\n")[0]


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
    assert "value-type" in problems(GOOD + f"      - {{name: bound, {options}}}\n")[0]


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
    ("a former rule with two operators", "v3.0.2", "quality: [{rule: nullCheck, mustBe: 1, mustNotBe: 2}]", "odcs-operator"),
]  # fmt: skip


@pytest.mark.parametrize(("version", "keys", "rule"), [a[1:] for a in ANYWHERE], ids=[a[0] for a in ANYWHERE])
def test_keys_are_typed_wherever_they_stand(version: str, keys: str, rule: str) -> None:
    found = problems(re.sub("v3[.][0-9.]+", version, GOOD) + f"      - {{name: odd, {keys}}}\n")
    assert any(rule in problem for problem in found), found


def test_a_misspelt_key_of_the_team_is_named() -> None:
    with pytest.raises(ContractError, match="'nme' is not a key of team; did you mean 'name'"):
        parse(GOOD.replace("  name: Sales", "  nme: Sales"), Path("c.yaml"))


def test_keys_of_rules_are_unique_whatever_they_are_called() -> None:
    rules = ", ".join(f"{{name: {name}, metric: nullValues, mustBe: 0}}" for name in ("d", "d#2", "d"))
    contract = parse(GOOD + f"      - {{name: v, quality: [{rules}]}}\n", Path("c.yaml"))
    keys = [rule.key for rule in contract["customers"].rules]
    assert len(set(keys)) == len(keys)
    assert [re.sub("[0-9a-f]{6}", "…", key) for key in keys if key.startswith("v.d")] == ["v.d#…", "v.d#2", "v.d#…-2"]


def keyed(*rules: str) -> dict[str, str]:
    """The keys of rules of a property, by what they are compared with."""
    contract = parse(GOOD + f"      - {{name: v, quality: [{', '.join(rules)}]}}\n", Path("c.yaml"))
    return {str(check.expect): check.key for check in contract["customers"].checks if check.type == "not_null"}


def test_a_rule_that_is_inserted_shifts_no_key() -> None:
    ten, five = ("{metric: nullValues, mustBeLessThan: 10}", "{metric: nullValues, mustBeLessThan: 5}")
    before = keyed(ten, five)
    for rules in (("{metric: nullValues, mustBe: 0}", ten, five), (five, "{metric: nullValues, mustBe: 0}", ten)):
        assert {said: key for said, key in keyed(*rules).items() if said in before} == before


# What rules say is recorded in quarantines and histories: a digest never changes, whatever the code does.
DIGESTS = [
    ("logicalTypeOptions: {minimum: 0}, logicalType: integer", "v.minimum", "v1:71efee9bdd1445d1"),
    ("logicalTypeOptions: {maximum: 1.50}, logicalType: number", "v.maximum", "v1:e0d68eaa8a588638"),
    ("logicalTypeOptions: {pattern: '^[a-z]+$'}, logicalType: string", "v.pattern", "v1:54182350c615fbaa"),
    ("logicalTypeOptions: {minimum: 2026-01-01}, logicalType: date", "v.minimum", "v1:fedf7553bba62ed6"),
    ("logicalType: string, enum: [{value: a}, {value: b}]", "v.enum", "v1:6999fd79b04ad243"),
    ("required: true", "v.required", "v1:be3033c6ea4d17c3"),
    ("unique: true", "v.unique", "v1:aa4a8a69face612e"),
    ("quality: [{metric: nullValues, mustBeLessThan: 5, unit: percent}]", "v.nullValues", "v1:000c6cad267e0aa9"),
    (
        "quality: [{type: sql, query: 'SELECT count(*) FROM ${object} WHERE ${property} > 1', mustBe: 0}]",
        "v.sql",
        "v1:b5d496d3f6272a1a",
    ),
]


@pytest.mark.parametrize("written", ["[a, b]", "[b, a]"])
def test_the_order_of_values_says_nothing(written: str) -> None:
    text = (
        GOOD
        + f"      - {{name: v, quality: [{{metric: invalidValues, mustBe: 0, arguments: {{validValues: {written}}}}}]}}\n"
    )
    rules = parse(text, Path("c.yaml"))["customers"].rules
    assert {rule.key: rule.digest for rule in rules}["v.invalidValues"] == "v1:ed52074b7025317d"


@pytest.mark.parametrize(("said", "key", "digest"), DIGESTS, ids=[f"{d[1]} {i}" for i, d in enumerate(DIGESTS)])
def test_the_digest_of_a_rule(said: str, key: str, digest: str) -> None:
    contract = parse(GOOD + f"      - {{name: v, {said}}}\n", Path("c.yaml"))
    assert {rule.key: rule.digest for rule in contract["customers"].rules}[key] == digest


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("{property: onBreach, value: quarantine}", "is not read without `vendor: headgate`"),
        ("{property: onBreach, value: quarantine, vendor: headgat}", "is not read without `vendor: headgate`"),
    ],
)
def test_a_setting_without_its_vendor_is_not_silently_ignored(entry: str, said: str) -> None:
    with pytest.raises(ContractError, match=said):
        parse(GOOD + f"customProperties:\n  - {entry}\n", Path("c.yaml"))


@pytest.mark.parametrize("server", ["{type: duckbd}", "{type: postgres}", "{type: duckdb, databse: x}", "{}"])
def test_a_broken_server_is_a_problem_and_no_traceback(server: str) -> None:
    fields = f"  - {{server: warehouse, {server[1:-1]}}}\n"
    text = GOOD.replace("  - server: warehouse\n    type: duckdb\n    database: w.duckdb\n", fields)
    assert any(rule.split()[1].startswith("odcs-") for rule in problems(text))


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="there is no such device")
def test_a_file_without_an_end(tmp_path: Path) -> None:
    path = tmp_path / "c.odcs.yaml"
    path.symlink_to("/dev/zero")
    with pytest.raises(ContractError, match="yaml-size"):
        Contract.load(path)


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(CallError, match="contract file not found"):
        Contract.load(tmp_path / "nothing.yaml")
    (tmp_path / "latin1.yaml").write_bytes("name: Größe".encode("latin-1"))
    with pytest.raises(ContractError, match="save the file as UTF-8"):
        Contract.load(tmp_path / "latin1.yaml")


def test_no_such_dataset() -> None:
    contract = parse(GOOD, Path("c.yaml"))
    with pytest.raises(CallError, match=r"no dataset 'order'; the contract has orders, customers"):
        contract["order"]
    with pytest.raises(CallError, match="2 datasets; name one of orders, customers"):
        contract.only()


def test_variables_come_from_our_prefix_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADGATE_VAR_WHERE", "data/w.duckdb")
    monkeypatch.setenv("SECRET", "x")
    text = GOOD.replace("w.duckdb", "${WHERE}")
    assert parse(text, Path("c.yaml")).server("warehouse").fields["database"] == "data/w.duckdb"
    with pytest.raises(ContractError, match="HEADGATE_VAR_SECRET"):
        parse(GOOD.replace("w.duckdb", "${SECRET}"), Path("c.yaml"))


def test_what_is_not_executed_is_listed_with_its_reason() -> None:
    text = GOOD.replace(
        "        logicalTypeOptions:\n          maximum: 19.99\n",
        "        logicalTypeOptions:\n          multipleOf: 5\n"
        "        quality:\n"
        "          - {id: t, type: text, description: amounts are sensible}\n"
        "          - {id: s, type: custom, engine: greatExpectations, implementation: {type: expect x}}\n"
        "          - {id: c, type: custom, engine: soda, implementation: x}\n"
        '          - {id: p, metric: invalidValues, arguments: {pattern: "(?=a)"}, mustBe: 0}\n',
    ) + ("slaProperties:\n  - {property: latency, value: 4, unit: h}\n"
         "  - {property: retention, value: 4, unit: d, element: customers.id}\n")  # fmt: skip
    unchecked = parse(text, Path("c.yaml"))["orders"].unchecked
    assert [(r.key, r.excused) for r in unchecked] == [
        ("amount.t", True),
        ("amount.s", False),
        ("amount.c", False),
        ("amount.p", False),
        ("sla.latency", True),
    ]
    assert "(?=" in unchecked[3].reason


def test_allowed_not_executed() -> None:
    text = GOOD.replace(
        "logicalTypeOptions:\n          maximum: 19.99", "quality: [{type: custom, engine: soda, implementation: x}]"
    ) + ("customProperties:\n  - {property: allowNotExecuted, value: [amount.custom], vendor: headgate}\n")
    assert [r.excused for r in parse(text, Path("c.yaml"))["orders"].unchecked] == [True]
