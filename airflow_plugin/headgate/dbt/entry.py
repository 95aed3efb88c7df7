"""The entry under `data_tests:` that makes dbt test a contract."""

from __future__ import annotations

import os
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from headgate import __version__
from headgate.checks import CATALOGUE, Check, Comparison, Unchecked
from headgate.checks.argument import FLAG
from headgate.checks.catalogue import statement
from headgate.checks.comparison import OPEN_ENDED
from headgate.contract import Contract, Dataset
from headgate.contract.service_levels import Duration
from headgate.contract.settings import SETTINGS
from headgate.dbt.drift import queried
from headgate.dbt.freshness import level_of
from headgate.dbt.jinja import inert
from headgate.dbt.macros import DIGEST, MACROS
from headgate.dbt.project import Node
from headgate.dbt.query import query_args, relation_args
from headgate.errors import UnsupportedError
from headgate.gate.policy import may_quarantine
from headgate.rules.keys import Rule, is_named

# What dbt adds to the table of a snapshot: https://docs.getdbt.com/docs/build/snapshots#snapshot-meta-fields
_OF_SNAPSHOTS = ("dbt_scd_id", "dbt_updated_at", "dbt_valid_from", "dbt_valid_to", "dbt_is_deleted")


def contract_name(dataset: Dataset) -> str:
    """Return the contract's name in results and messages: id@version#dataset."""
    return f"{dataset.contract.id}@{dataset.contract.version}#{dataset.name}"


def entries(dataset: Dataset, node: Node, nodes: Mapping[str, Node], folder: Path) -> list[dict[str, Any]]:
    """Return the tests of `dataset`, which is `node` in the project in `folder`; `nodes` are the datasets of the
    contract that the project has.

    All rules are one test, except foreign keys to other models. Those are a second one: in `dbt build` a test that
    depends on two models holds back only what is downstream of both, and the other rules must hold back more.
    """
    checks: list[dict[str, Any]] = []
    references: list[dict[str, Any]] = []
    levels: list[dict[str, Any]] = []
    not_executed: list[dict[str, Any]] = []
    for rule in dataset.rules:
        try:
            if isinstance(rule, Unchecked):
                if level := level_of(rule, dataset):
                    levels.append(level)
                else:
                    not_executed.append(_unchecked(rule, rule.reason, rule.excused, rule.statement))
                continue
            said = _check(rule, dataset, node, nodes)
            (references if _on_another_model(rule, node, nodes) else checks).append(said)
        except UnsupportedError as why:
            excused = is_named(rule, dataset.settings["allowNotExecuted"])
            promise = statement(rule) if isinstance(rule, Check) else rule.statement
            not_executed.append(_unchecked(rule, str(why), excused or isinstance(rule, Unchecked), promise))
    about = {
        "contract": inert(contract_name(dataset)),
        "catalogue": f"{__version__}+{DIGEST}",
        "about": _about(dataset.contract, folder),
    }
    others = {"levels": levels, "not_executed": not_executed}
    rules = {"checks": checks} | {name: found for name, found in others.items() if found}
    tests = [_test(f"{node.test_name}__contract", dataset, about | rules)]
    if references:
        tests.append(_test(f"{node.test_name}__references", dataset, about | {"checks": references}))
    if node.kind == "model":  # others have no gate
        for test in tests:
            test["arguments"] |= _gate(dataset)
    return tests


def _gate(dataset: Dataset) -> dict[str, Any]:
    """Return the arguments that the gate of a model goes by."""
    said: dict[str, Any] = {}
    if dataset.on_breach[0] not in ("halt", "warn"):
        said["on_breach"] = _policies(dataset.on_breach, dataset)
    if may_quarantine(dataset, None):
        said["max_quarantine_percent"] = _bound(dataset.max_quarantine_percent)
    if dataset.quarantine_retention != SETTINGS["quarantineRetention"].default:
        said["quarantine_retention"] = _interval(dataset.quarantine_retention)
    return said


def _interval(length: Duration) -> str:
    """Return a duration as SQL reads it."""
    parts = {"months": length.months, "days": length.days, "seconds": length.seconds}
    return " ".join(f"{number:f} {unit}" if unit == "seconds" else f"{number} {unit}" for unit, number in parts.items())


def _about(contract: Contract, folder: Path) -> dict[str, Any]:
    """Return what dbt's artifacts say of the contract besides its name; the file as seen from the project."""
    file = Path(os.path.relpath(contract.file, folder)).as_posix()
    said: dict[str, Any] = {"file": inert(file)}
    if contract.owner:
        said["owner"] = inert(contract.owner)
    if contract.support:
        said["support"] = [inert(channel) for channel in contract.support]
    return said | ({"draft": True} if contract.is_draft else {})


def _description(dataset: Dataset) -> str:
    """Return what dbt's documentation says of the test."""
    contract = dataset.contract
    told = f"Data contract {contract.id}, version {contract.version}, dataset {dataset.name}."
    return told + f" Owner: {contract.owner}." * bool(contract.owner)


def _test(name: str, dataset: Dataset, arguments: dict[str, Any]) -> dict[str, Any]:
    test: dict[str, Any] = {"name": name, "description": inert(_description(dataset)), "arguments": arguments}
    if dataset.contract.is_draft:
        # A draft holds nothing back, whatever its rules say.
        test["config"] = {"severity": "warn"}
    return test


def _policies(policies: tuple[str, ...], dataset: Dataset) -> list[str]:
    """Return the policies that a gate in dbt can apply. It keeps no record of when a table was published, so that it
    cannot tell whether the last good version is older than `maxStaleness`."""
    return [p for p in policies if p != "last_known_good" or dataset.max_staleness is None] or ["halt"]


def _on_another_model(check: Check, node: Node, nodes: Mapping[str, Node]) -> bool:
    named = check.args["reads"] if "query" in check.args else [check.args["to"]] if "to" in check.args else []
    return any(not nodes[name].source and nodes[name] != node for name in named)


def _check(check: Check, dataset: Dataset, node: Node, nodes: Mapping[str, Node]) -> dict[str, Any]:
    promise = statement(check)
    if CATALOGUE[check.type].evaluator == "drift":
        check = queried(check, dataset.name)
    if check.type not in MACROS:
        raise UnsupportedError(f"dbt has no macro for checks of type {check.type}")
    if check.within:
        raise UnsupportedError("what is inside a value is not looked at in dbt")
    if check.where is not None:
        raise UnsupportedError("a row filter is not run in dbt")
    if "position" in check.args:
        raise UnsupportedError("the position of a column is not looked at in dbt")
    if "#" in check.args.get("to", ""):
        raise UnsupportedError("a foreign key to another contract is not run in dbt")
    said: dict[str, Any] = {"key": inert(check.key), "type": check.type}
    if check.columns:
        said["columns"] = [inert(name) for name in check.columns]
    args = _args(check, dataset, node, nodes)
    if args:
        said["args"] = args
    expect = _expected(check)
    if not expect.is_none:
        bounds = [_bound(bound) for bound in expect.bounds]
        said["expect"] = {"operator": expect.operator, "bounds": bounds, "unit": expect.unit}
    if check.classified and CATALOGUE[check.type].compares:
        said["classified"] = True  # the number is a value of the data
    said["severity"] = check.severity
    policies = check.policy or dataset.on_breach
    if policies[0] == "warn":
        said["on_breach"] = "warn"
    elif policies != dataset.on_breach and not node.source:
        said["on_breach"] = _policies(policies, dataset)
    return {**said, "promise": inert(promise), "digest": check.digest}


def _expected(check: Check) -> Comparison:
    """Return the comparison in a form that dbt can make: of rows, or of a percentage of all rows."""
    expect = check.expect
    if expect.unit == "mostly" and CATALOGUE[check.type].skips_none:
        return Comparison("<=", tuple(100 * (1 - Decimal(str(bound))) for bound in expect.bounds), "percent")
    if expect.unit == "mostly":
        raise UnsupportedError("mostly, a share of the rows that are looked at, is not run in dbt")
    if expect.operator in OPEN_ENDED:
        raise UnsupportedError("a range with an open end is not run in dbt")
    return expect


def _args(check: Check, dataset: Dataset, node: Node, nodes: Mapping[str, Node]) -> dict[str, Any]:
    flags = {argument.name for argument in CATALOGUE[check.type].arguments or () if argument.form == FLAG}
    args = {
        name: value
        for name, value in check.args.items()
        if value is not None and name not in ("name", "to") and not (name in flags and value is False)
    }
    if "declared" in args:  # a set, in the order of the contract
        args["declared"] = [p.column for p in dataset.properties if p.column in args["declared"]]
        args["declared"] += [n for n in _OF_SNAPSHOTS if node.kind == "snapshot" and n not in args["declared"]]
    exact = args.get("type") in ("integer", "number")
    if "query" in args:
        return query_args(check, dataset, nodes)
    said = relation_args(check.args["to"], nodes) if "to" in check.args else {}
    for name, value in args.items():
        many = isinstance(value, tuple | list)
        said[name] = [_value(v, exact) for v in value] if many else _value(value, exact)
    return said


def _value(value: Any, exact: bool) -> Any:
    """Return a value of the contract as YAML. dbt reads a bare decimal as a float, so it is quoted."""
    if isinstance(value, str):
        return inert(value)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return value
    if exact or _fits(value):
        return _number(value)
    if isinstance(value, int) or Decimal(repr(float(value))) != value:
        raise UnsupportedError(f"{value} has more digits than dbt keeps; give the property the logicalType number")
    return float(value)


def _number(value: Any) -> int | str:
    return value if _fits(value) else format(Decimal(value), "f")


def _fits(value: Any) -> bool:
    """Return whether dbt keeps the number: an integer of 64 bits. A larger one in a YAML file makes dbt crash."""
    return isinstance(value, int) and -(2**63) <= value < 2**63


def _bound(value: Any) -> int | str:
    """Return the number that a count or a percentage is compared with; see macros/scan/fraction.sql."""
    said = _number(value)
    if sum(letter.isdigit() for letter in str(said)) > 18:
        raise UnsupportedError(f"{said} has more than the 18 digits that dbt counts with")
    return said


def _unchecked(rule: Rule, reason: str, excused: bool, promise: str) -> dict[str, Any]:
    said: dict[str, Any] = {"key": inert(rule.key), "reason": inert(reason), "severity": rule.severity}
    if excused:
        said["excused"] = True
    return {**said, "promise": inert(promise), "digest": rule.digest}
