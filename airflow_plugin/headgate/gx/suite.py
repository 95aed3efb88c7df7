"""A suite of expectations, as an immutable value."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from headgate.errors import CallError, DataNotFoundError

_SEVERITIES = ("critical", "warning", "info")


@dataclass(frozen=True, slots=True)
class Expectation:
    """One expectation as its suite has it. `extra` is what else stands there (notes, description, …)."""

    type: str
    kwargs: Mapping[str, Any]
    meta: Mapping[str, Any] = field(default_factory=dict)
    severity: str = "critical"
    id: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def column(self) -> str | None:
        """The column that GX groups this expectation by."""
        column = self.kwargs.get("column")
        return column if isinstance(column, str) else None

    def to_dict(self) -> dict[str, Any]:
        """In GX's JSON form."""
        known = {"type": self.type, "kwargs": dict(self.kwargs), "meta": dict(self.meta), "severity": self.severity}
        return known | ({"id": self.id} if self.id else {}) | dict(self.extra)


@dataclass(frozen=True, slots=True)
class Suite:
    """A suite: its expectations in their own order."""

    name: str
    expectations: tuple[Expectation, ...]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    source: str = ""


def suite_of(given: Any) -> Suite:
    """A suite from GX's JSON form (a dict, or the path of a file of it) or from an ExpectationSuite.

    Raises:
        CallError: it is none of these.
    """
    if isinstance(given, Suite):
        return given
    if isinstance(given, str | Path):
        return _read(Path(given))
    if hasattr(given, "to_json_dict"):
        given = given.to_json_dict()
    if not isinstance(given, Mapping):
        raise CallError(f"{type(given).__qualname__} is not a suite; expected a dict, a .json file or ExpectationSuite")
    return _parsed(given, "")


def _read(path: Path) -> Suite:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        kind = DataNotFoundError if isinstance(error, FileNotFoundError) else CallError
        raise kind(f"{path}: the suite cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise CallError(f"{path}: the suite is not valid JSON: {error}") from None
    if not isinstance(document, dict):
        raise CallError(f"{path}: a suite is an object with `name` and `expectations`")
    return _parsed(document, str(path))


def _parsed(document: Mapping[str, Any], source: str) -> Suite:
    listed = document.get("expectations")
    where = f"{source}: " if source else ""
    if not isinstance(listed, list | tuple):
        have = (
            type(listed).__name__
            if "expectations" in document
            else f"only {', '.join(map(str, document)) or 'nothing'}"
        )
        raise CallError(f"{where}a suite has a list `expectations`; this has {have}")
    name = document.get("name") or document.get("expectation_suite_name") or "suite"
    expectations = tuple(_expectation(item, f"{where}expectations[{i}]") for i, item in enumerate(listed))
    return Suite(str(name), expectations, dict(document.get("suite_parameters") or {}), source)


def _expectation(item: Any, where: str) -> Expectation:
    if hasattr(item, "to_json_dict"):
        item = item.to_json_dict()
    if not isinstance(item, Mapping):
        raise CallError(f"{where}: an expectation is an object with `type` and `kwargs`")
    kind = item.get("type") or item.get("expectation_type")
    kwargs = item.get("kwargs") or {}
    if not isinstance(kind, str) or not isinstance(kwargs, Mapping):
        raise CallError(f"{where}: an expectation says `type: expect_…` and `kwargs: {{…}}`")
    severity = item.get("severity") or "critical"
    if severity not in _SEVERITIES:
        raise CallError(f"{where}: severity '{severity}' is none of {', '.join(_SEVERITIES)}")
    known = {"type", "expectation_type", "kwargs", "meta", "severity", "id"}
    extra = {name: value for name, value in item.items() if name not in known and value is not None}
    return Expectation(kind, dict(kwargs), dict(item.get("meta") or {}), severity, item.get("id"), extra)
