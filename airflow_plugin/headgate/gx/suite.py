"""A suite of expectations, as an immutable value."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from headgate.contract.document import read
from headgate.errors import CallError, DataNotFoundError

_SEVERITIES = ("critical", "warning", "info")
# Where a suite stands in what contains it.
_AROUND = ("expectation_suite", "suite", "data", "attributes")


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
    if isinstance(given, str) or not isinstance(given, Mapping | Sequence):
        raise CallError(f"{type(given).__qualname__} is not a suite; expected a dict, a .json file or ExpectationSuite")
    return _parsed(given, "")


def _read(path: Path) -> Suite:
    try:
        text = path.read_text(encoding="utf-8-sig")
        document = read(text, str(path)).value if path.suffix in (".yaml", ".yml") else json.loads(text)
    except OSError as error:
        kind = DataNotFoundError if isinstance(error, FileNotFoundError) else CallError
        raise kind(f"{path}: the suite cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise CallError(f"{path}: the suite is not valid JSON: {error}") from None
    if not isinstance(document, dict | list):
        raise CallError(f"{path}: a suite is an object with `name` and `expectations`")
    return _parsed(document, str(path))


def _parsed(document: Mapping[str, Any] | Sequence[Any], source: str) -> Suite:
    """Return the suite in a document: of GX 0.13 to 1, also inside a validation result or a response of GX Cloud, or as
    the mere list of its expectations."""
    if not isinstance(document, Mapping):
        document = {"name": Path(source).stem if source else "suite", "expectations": list(document)}
    for around in _AROUND:
        inner = document.get(around)
        if "expectations" not in document and isinstance(inner, Mapping):
            return _parsed(inner, source)
    document = _of_results(document)
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
    parameters = dict(document.get("suite_parameters") or document.get("evaluation_parameters") or {})
    expectations = tuple(_expectation(item, f"{where}expectations[{i}]", parameters) for i, item in enumerate(listed))
    return Suite(str(name), expectations, parameters, source)


def _of_results(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the suite that a validation result is of: it has every expectation beside what became of it."""
    results = document.get("results")
    if "expectations" in document or not isinstance(results, list):
        return document
    configs = [item.get("expectation_config") for item in results if isinstance(item, Mapping)]
    meta = document.get("meta") or {}
    name = document.get("suite_name") or (meta.get("expectation_suite_name") if isinstance(meta, Mapping) else None)
    return {"name": name, "expectations": configs} if configs and all(configs) else document


def _with_defaults(value: Any, parameters: Mapping[str, Any]) -> Any:
    """Return an argument with the values of its parameters, where the suite has them: `{"$PARAMETER": "n"}`, with
    `"$PARAMETER.n"` beside it in suites of GX 0."""
    if not isinstance(value, Mapping) or "$PARAMETER" not in value:
        return value
    name = str(value["$PARAMETER"])
    return value.get(f"$PARAMETER.{name}", parameters.get(name, dict(value)))


def _expectation(item: Any, where: str, parameters: Mapping[str, Any]) -> Expectation:
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
    given = {name: _with_defaults(value, parameters) for name, value in kwargs.items()}
    return Expectation(kind, given, dict(item.get("meta") or {}), severity, item.get("id"), extra)
