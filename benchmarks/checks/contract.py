"""headgate's reading of the checks: the contract as a file, and its results under the names of the checks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
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
    results = {result.key: result.status for result in report.results}
    found = set()
    for check in checks:
        ends = _ENDS[check.kind] if len(check.columns) == 1 else ()
        keys = {
            check.name,
            *(f"{check.columns[0]}.{end}" for end in (*ends, check.name) if check.columns),
        } & results.keys()
        said = {results[key] for key in keys}
        if not said or said - {"passed", "failed"}:
            raise ValueError(f"{check.name}: {sorted(said) or 'no result'}")
        if "failed" in said:
            found.add(check.name)
    return frozenset(found)
