"""The identity of rules: keys that stay, and digests that never change."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from headgate.rules.load import parse

from tests.support.orders import GOOD


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
    rule = f"{{metric: invalidValues, mustBe: 0, arguments: {{validValues: {written}}}}}"
    rules = parse(GOOD + f"      - {{name: v, quality: [{rule}]}}\n", Path("c.yaml"))["customers"].rules
    assert {rule.key: rule.digest for rule in rules}["v.invalidValues"] == "v1:ed52074b7025317d"


@pytest.mark.parametrize(("said", "key", "digest"), DIGESTS, ids=[f"{d[1]} {i}" for i, d in enumerate(DIGESTS)])
def test_the_digest_of_a_rule(said: str, key: str, digest: str) -> None:
    contract = parse(GOOD + f"      - {{name: v, {said}}}\n", Path("c.yaml"))
    assert {rule.key: rule.digest for rule in contract["customers"].rules}[key] == digest
