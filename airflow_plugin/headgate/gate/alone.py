"""A run of one type of checks alone."""

from __future__ import annotations

from dataclasses import replace

from headgate.checks import Check, Unchecked
from headgate.checks.catalogue import statement
from headgate.checks.check import NOT_ASKED
from headgate.contract import Dataset
from headgate.errors import CallError


def alone(dataset: Dataset, kind: str, what: str) -> Dataset:
    """Return the dataset with its checks of a type; all other rules are listed as not executed.

    Args:
        what: what a dataset without such a rule lacks, in words.

    Raises:
        CallError: it has none.
    """
    if not any(check.type == kind for check in dataset.checks):
        lost = [
            f"; {rule.key} is not executed: {rule.reason}"
            for rule in dataset.rules
            if isinstance(rule, Unchecked) and not rule.excused
        ]
        raise CallError(
            f"{dataset.contract.file}: {dataset.name} has no rule {what} and can be executed{''.join(lost)}"
        )
    rules = tuple(
        Unchecked(
            rule.key, statement(rule), NOT_ASKED, rule.severity, excused=True, source=rule.source, digest=rule.digest
        )
        if isinstance(rule, Check) and rule.type != kind
        else rule
        for rule in dataset.rules
    )
    return replace(dataset, rules=rules)
