"""A dataset of a contract as a suite of Great Expectations."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from headgate.checks import Check, Unchecked
from headgate.contract.document import read
from headgate.errors import UnsupportedError
from headgate.expectations import Kwargs, express
from headgate.rules.custom import ENGINES, engine_name, implementation

if TYPE_CHECKING:
    from headgate.contract import Dataset


@dataclass(frozen=True, slots=True)
class Exported:
    """A suite in GX's JSON form. `lost` names what it does not say, `notes` what GX reads a little otherwise."""

    suite: Mapping[str, Any]
    lost: tuple[str, ...]
    notes: tuple[str, ...]


def export(dataset: Dataset) -> Exported:
    """Every rule of `dataset` that GX can say, as an expectation with the rule's key and source in its `meta`.

    A custom rule of the engine greatExpectations is the expectation that it holds.
    """
    expectations: list[dict[str, Any]] = []
    lost: list[str] = []
    notes: list[str] = []
    own = _own_expectations(dataset)
    told: set[str] = set()
    for rule in dataset.rules:
        if rule.source.path in own and rule.source.path in told:
            continue  # several checks of one expectation
        told.add(rule.source.path)
        try:
            kind, kwargs, note = own.get(rule.source.path) or _expressed(rule)
        except UnsupportedError as why:
            lost.append(f"{rule.key}: {why}")
            continue
        if note:
            notes.append(f"{rule.key}: {note}")
        severity = "critical" if rule.severity == "error" else "warning"
        meta = {"headgate": {"rule": rule.key, "source": rule.source.path}}
        expectations.append({"type": kind, "kwargs": kwargs, "meta": meta, "severity": severity})
    contract = dataset.contract
    meta = {"headgate": {"contract": contract.id, "version": contract.version, "dataset": dataset.name}}
    suite = {"name": f"{contract.id}.{dataset.name}", "expectations": expectations, "meta": meta}
    return Exported(suite, tuple(lost), tuple(notes))


def _expressed(rule: Check | Unchecked) -> tuple[str, Kwargs, str]:
    if isinstance(rule, Unchecked):
        raise UnsupportedError(rule.reason)
    return express(rule)


def _own_expectations(dataset: Dataset) -> dict[str, tuple[str, Kwargs, str]]:
    """The expectations that stand in the contract as custom rules, by the path of the rule."""
    file = dataset.contract.file
    if not file.exists():
        return {}
    document = read(file.read_text(encoding="utf-8"), str(file)).value
    found: dict[str, tuple[str, Kwargs, str]] = {}
    for path, rule in _rules(document.get("schema") or [], "schema"):
        if rule.get("type") != "custom" or engine_name(rule.get("engine")) not in ENGINES:
            continue
        with contextlib.suppress(UnsupportedError):
            kind, kwargs = implementation(rule.get("implementation"), str(file))
            found[path] = (kind, _json(kwargs), "")
    return found


def _rules(items: Any, path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every quality rule below a list of objects or properties, with its path."""
    for i, item in enumerate(items):
        yield from ((f"{path}[{i}].quality[{n}]", rule) for n, rule in enumerate(item.get("quality") or []))
        yield from _rules(item.get("properties") or [], f"{path}[{i}].properties")


def _json(value: Any) -> Any:
    """What YAML has read, as JSON's values."""
    if isinstance(value, Mapping):
        return {str(name): _json(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_json(item) for item in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() and value.as_tuple().exponent == 0 else float(value)
    return value if value is None or isinstance(value, str | bool | int) else str(value)
