"""A check: one checkable statement about one dataset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from headgate.checks.comparison import NONE, Comparison

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule stands in its contract: ODCS path, and the line in the file (from 1)."""

    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Check:
    """One checkable statement. `type` is an entry of the catalogue, which gives `columns` and `args` their meaning.

    `expect` compares the measured number: unexpected rows (or their percentage) for a row type, the aggregate's value
    for the others. `severity` is error or warning. `policy` is the rule's own chain of policies, empty where the
    dataset's holds. `classified` says that a column with a classification is involved: its values are masked.
    """

    key: str
    type: str
    columns: tuple[str, ...] = ()
    args: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    expect: Comparison = NONE
    severity: str = "error"
    dimension: str = ""
    description: str = ""
    policy: tuple[str, ...] = ()
    classified: bool = False
    source: Source = Source("", 0)


@dataclass(frozen=True, slots=True)
class Unchecked:
    """A rule of the contract that is not executed, and why. `excused` rules never make a verdict unknown:
    documentation, service levels, and what the contract names in `allowNotExecuted`."""

    key: str
    statement: str
    reason: str
    severity: str = "error"
    excused: bool = False
    dimension: str = ""
    source: Source = Source("", 0)
