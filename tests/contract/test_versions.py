"""Each version of ODCS by its own rules."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from headgate.errors import ContractError
from headgate.lint.lint import lint
from headgate.rules.load import parse

TAGS = ("v3.0.0", "v3.0.1", "v3.0.2", "v3.1.0")
BASE = """\
apiVersion: VERSION
kind: DataContract
id: shop
version: 1.0.0
status: active
ROOT
schema:
  - name: orders
    properties:
      - name: amount
        PROP
"""
# Where it stands, what is written: valid under the schema of 3.0, and not under that of 3.1.
LIBERTIES = [
    ("ROOT", "team: [{username: mira, comment: moved on}]"),
    ("ROOT", "team: [{role: Owner}]"),
    ("ROOT", "team: [{username: mira, id: not an id}]"),
    ("ROOT", "servers: [{server: bus, type: kafka, host: h, topic: orders}]"),
    ("ROOT", "servers: [{server: w, type: duckdb, database: d, schema: 5}]"),
    ("ROOT", "servers: [{server: w, type: duckdb, database: d, roles: [{role: reader, group: all}]}]"),
    ("ROOT", "support: [{channel: c, url: u, hours: office}]"),
    ("ROOT", "price: {priceAmount: 5, discount: none}"),
    ("ROOT", "roles: [{role: reader, system: ldap}]"),
    ("ROOT", "slaProperties: [{property: latency, value: 4, unit: d, column: amount}]"),
    ("ROOT", "slaProperties: [{property: latency, value: 4, unit: d, customProperties: [{property: a, value: b}]}]"),
    ("ROOT", "customProperties: [{property: a}]"),
    ("ROOT", "customProperties: [{value: b, note: c}]"),
    ("ROOT", "customProperties: [{property: a, value: b, vendor: [x]}]"),
    ("ROOT", "description: {purpose: p, authoritativeDefinitions: [{url: u, type: t, lang: en}]}"),
    ("PROP", "authoritativeDefinitions: [{url: u, type: t, title: x}]"),
    ("PROP", "{logicalType: number, logicalTypeOptions: {minimum: 0, exclusiveMinimum: true}}"),
    ("PROP", "{logicalType: integer, logicalTypeOptions: {maximum: 9, exclusiveMaximum: false}}"),
    ("PROP", "{logicalType: date, logicalTypeOptions: {minimum: '2020-01-01', exclusiveMinimum: true}}"),
    ("PROP", "quality: [{type: sql, query: SELECT max(amount) FROM orders, mustBeGreaterThan: 0, mustBeLessThan: 9}]"),
    ("PROP", "quality: [{type: library, rule: freshness, unit: hours, mustBeLessThan: 24}]"),
    ("PROP", "quality: [{rule: nullCheck, mustBe: 0, dashboard: x}]"),
    ("PROP", "quality: [{rule: nullCheck, mustBe: 1, mustNotBe: 2}]"),
    ("PROP", "quality: [{type: custom, engine: soda, implementation: x, threshold: 5}]"),
    ("PROP", "quality: [{type: text, description: d, audience: x}]"),
]  # fmt: skip


def written(where: str, what: str, version: str) -> str:
    other = "PROP" if where == "ROOT" else "ROOT"
    filled = "description: x" if other == "PROP" else "name: shop"
    if what.startswith("{"):
        what = "\n        ".join(yaml.safe_dump(yaml.safe_load(what), default_flow_style=None).splitlines())
    return BASE.replace("VERSION", version).replace(where, what).replace(other, filled)


@pytest.mark.parametrize("version", ["v3.0.0", "v3.0.1", "v3.0.2"])
@pytest.mark.parametrize(("where", "what"), LIBERTIES)
def test_what_3_0_allows(where: str, what: str, version: str) -> None:
    parse(written(where, what, version), Path("c.yaml"))


# These are taken in 3.1 as well.
IN_LATER = ("rule: ", "schema: 5", "vendor: [x]")


@pytest.mark.parametrize(("where", "what"), [case for case in LIBERTIES if not any(s in case[1] for s in IN_LATER)])
def test_what_3_1_does_not(where: str, what: str) -> None:
    with pytest.raises(ContractError):
        parse(written(where, what, "v3.1.0"), Path("c.yaml"))


# What 3.0 closes: the root, schema objects, properties and the options of a type.
CLOSED = [
    ("ROOT", "comment: x"),
    ("ROOT", "context: x"),
    ("PROP", "comment: x"),
    ("PROP", "enum: [{value: 1}]"),
    ("PROP", "{logicalType: integer, logicalTypeOptions: {minLength: 5}}"),
    ("PROP", "quality: [{type: sql, mustBe: 0}]"),
    ("PROP", "quality: [{rule: nullCheck, mustBeBetween: [1]}]"),
    ("PROP", "quality: [{rule: nullCheck, dimension: x}]"),
    ("ROOT", "servers: [{server: bus, type: kafka}]"),
    ("ROOT", "servers: [{server: bus, type: carrier}]"),
]


@pytest.mark.parametrize(("where", "what"), CLOSED)
def test_what_3_0_does_not_allow(where: str, what: str) -> None:
    with pytest.raises(ContractError):
        parse(written(where, what, "v3.0.2"), Path("c.yaml"))


RANGES = [
    ("mustBeGreaterOrEqualTo: 1, mustBeLessOrEqualTo: 90", {("", "between", (1, 90))}),
    ("mustBeLessOrEqualTo: 90, mustBeGreaterOrEqualTo: 1", {("", "between", (1, 90))}),
    (
        "mustBeGreaterThan: 1, mustBeLessThan: 90",
        {("[mustBeGreaterThan]", ">", (1,)), ("[mustBeLessThan]", "<", (90,))},
    ),
    ("mustBeGreaterThan: 1, mustNotBe: 5", {("[mustBeGreaterThan]", ">", (1,)), ("[mustNotBe]", "!=", (5,))}),
]


@pytest.mark.parametrize(("operators", "expected"), RANGES)
@pytest.mark.parametrize("rule", ["type: sql, query: SELECT avg(amount) FROM orders", "rule: nullCount"])
def test_several_operators_are_a_range(
    rule: str, operators: str, expected: set[tuple[str, str, tuple[int, ...]]]
) -> None:
    text = written("PROP", f"quality: [{{id: q, {rule}, {operators}}}]", "v3.0.2")
    checks = [c for c in parse(text, Path("c.yaml"))["orders"].checks if c.key.startswith("amount.q")]
    found = {(c.key.removeprefix("amount.q"), c.expect.operator, c.expect.bounds) for c in checks}
    assert found == expected


EXCLUSIVE = [
    ("{minimum: 0, exclusiveMinimum: true, maximum: 5}", {("minimum", True), ("maximum", False)}),
    ("{minimum: 0, exclusiveMinimum: false, maximum: 5, exclusiveMaximum: true}",
     {("minimum", False), ("maximum", True)}),
    ("{exclusiveMinimum: true}", set()),
]  # fmt: skip


@pytest.mark.parametrize(("options", "expected"), EXCLUSIVE)
def test_an_exclusive_bound_of_3_0(options: str, expected: set[tuple[str, bool]]) -> None:
    text = written("PROP", f"{{logicalType: number, logicalTypeOptions: {options}}}", "v3.0.2")
    dataset = parse(text, Path("c.yaml"))["orders"]
    found = {(c.key.rpartition(".")[2], c.args[f"strict_{c.key.rpartition('.')[2]}"])
             for c in dataset.checks if c.type == "between"}  # fmt: skip
    assert found == expected
    assert dataset.unchecked == ()


@pytest.mark.parametrize("tag", [*TAGS, "today"])
def test_the_official_examples_as_tagged(tag: str, shared: Path) -> None:
    odcs = shared / "spec" / "odcs"
    folder = odcs / "examples" if tag == "today" else odcs / "tagged" / tag
    if not folder.is_dir():
        pytest.skip(f"{folder} is not there")
    files = sorted(folder.glob("*.yaml"))
    assert len(files) == (16 if tag == "v3.0.0" else 18)
    refused = {file.name: problems for file in files if (problems := _errors(file))}
    assert refused == {}


def _errors(file: Path) -> list[str]:
    return [re.sub(".*: error: ", "", str(p)) for p in lint(file).problems if p.level == "error"]
