"""headgate's reading of the checks: the contract as a file, and its results under the names of the checks."""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Sequence
from pathlib import Path

from headgate import Contract, Dataset, Report

from benchmarks.checks.odcs import document
from benchmarks.checks.thirty import THIRTY, Check


def write(path: Path, checks: Sequence[Check] = THIRTY) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document(checks), indent=1))
    return path


def load(path: Path, checks: Sequence[Check] = THIRTY) -> Dataset:
    """The dataset `orders` of the contract, written to `path`."""
    return Contract.load(write(path, checks))["orders"]


# The end of a result's key, by kind, where the check is a field of its property.
_ENDS: dict[str, tuple[str, ...]] = {
    "not_null": ("required",),
    "between": ("minimum", "maximum"),
    "length": ("minLength", "maxLength"),
    "matches": ("pattern",),
    "in_set": ("enum",),
    "type": ("logicalType",),
    "unique": ("unique",),
    "foreign_key": ("foreignKey",),
}


def failed(report: Report, checks: Iterable[Check] = THIRTY) -> frozenset[str]:
    """The names of the checks that failed. Raises ValueError where the report says neither yes nor no of one."""
    results: dict[str, str] = {result.key: result.status for result in report.results}
    found = set()
    for check in checks:
        said = {results.get(key, "no result") for key in _keys(check, results)}
        if said - {"passed", "failed"}:
            raise ValueError(f"{check.name}: {', '.join(sorted(said))}")
        if "failed" in said:
            found.add(check.name)
    return frozenset(found)


def _keys(check: Check, given: Container[str]) -> set[str]:
    """The keys of its results: a rule's is its name, a range as a field of its property has two."""
    if len(check.columns) != 1:
        return {check.name}
    rule = f"{check.column}.{check.name}"
    return {rule} if rule in given else {f"{check.column}.{end}" for end in _ENDS[check.kind]}
