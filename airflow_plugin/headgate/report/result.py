"""The result of one rule of the contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from headgate.checks import Comparison, Severity
from headgate.checks.comparison import Value
from headgate.report import serial
from headgate.report.words import MASK, number_words, share_words


class Status(StrEnum):
    """The status of one check."""

    PASSED = "passed"
    FAILED = "failed"
    ERRORED = "errored"
    NOT_EXECUTED = "not_executed"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The result of one rule of the contract.

    `key` and `digest` are the rule's identity (`checks.RuleId`). `value` is the number that was measured and `expect`
    what it is compared with; of a row check it is the exact number of unexpected rows, which is `unexpected` too, of
    `rows` that were checked. It is None if the columns alone decided (`found` says what is wrong), if nothing was
    measured, and if it may not be shown (`masked`). `excused` marks a rule that was not executed and need not be.
    `examples` are rows as {column: value}, empty unless the contract or the caller lets values be shown; values of
    classified columns are masked.
    """

    key: str
    type: str
    statement: str
    status: Status
    severity: Severity
    dimension: str
    columns: tuple[str, ...] = ()
    unexpected: int | None = None
    value: Value | None = None
    rows: int | None = None
    expect: Comparison | None = None
    masked: bool = False
    found: str = ""
    reason: str = ""
    excused: bool = False
    evidence: str = ""
    description: str = ""
    policy: tuple[str, ...] = ()
    set_aside: bool = False
    examples: tuple[Mapping[str, Any], ...] = ()
    path: str = ""
    line: int = 0
    digest: str = ""
    # What an evaluator of its own found besides, as JSON has it, below one of `DETAILS`.
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def reconciled(self) -> Mapping[str, Any]:
        """Of a reconciliation: what was compared and how it differs."""
        found: Mapping[str, Any] = self.details.get("reconciled", {})
        return found

    @property
    def observed(self) -> str:
        """What was found, in words; empty if nothing was measured."""
        if self.masked:
            return MASK
        if self.unexpected is not None and self.rows is not None:
            return share_words(self.unexpected, self.rows, self.reconciled.get("unit", "rows").removesuffix("s"))
        if "model_metric" in self.details and isinstance(self.value, Decimal):
            return number_words(Fraction(self.value))  # a score has as many digits as a sum of floats
        return self.found if self.value is None else number_words(self.value)

    @property
    def expected(self) -> str:
        """What the measured number must be, in words."""
        return "" if self.expect is None else str(self.expect)


# What the types have besides that are measured by an evaluator of their own: two datasets that must agree, a dataset
# beside its baseline and its past, and what a model answered.
DETAILS = ("reconciled", "drift", "normal", "model_metric")
# The fields of a result as they are in JSON; those that are left out where they are empty.
_PLAIN = ("key", "digest", "type", "statement", "severity", "dimension", "unexpected", "rows", "path", "line")
_IF_ANY = ("found", "reason", "evidence", "description", "excused", "masked", "set_aside")


def result_dict(result: CheckResult) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(result, name) for name in _PLAIN}
    values["status"] = str(result.status)
    values["columns"] = list(result.columns)
    values["value"] = serial.encode(result.value)
    values["expect"] = serial.comparison_dict(result.expect) if result.expect is not None else None
    for name in (*_IF_ANY, "observed", "expected"):
        if getattr(result, name):
            values[name] = getattr(result, name)
    values |= {name: dict(told) for name, told in result.details.items()}
    if result.policy:
        values["policy"] = list(result.policy)
    if result.examples:
        values["examples"] = [dict(row) for row in result.examples]
    return values


def result_from(value: Mapping[str, Any]) -> CheckResult:
    return CheckResult(
        **{name: value[name] for name in _PLAIN},
        **{name: value[name] for name in _IF_ANY if name in value},
        status=Status(value["status"]),
        columns=tuple(value["columns"]),
        value=serial.decode(value["value"]),
        expect=serial.comparison_from(value["expect"]) if value["expect"] is not None else None,
        policy=tuple(value.get("policy", ())),
        examples=tuple(value.get("examples", ())),
        details={name: value[name] for name in DETAILS if name in value},
    )
