"""What a contract lacks for its promises to be worth something. Nothing of it is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from headgate.checks import CATALOGUE, Unchecked
from headgate.contract.document import Document, Path
from headgate.contract.model import Contract, Dataset, Property
from headgate.contract.properties import nested_of
from headgate.contract.service_levels import canonical, time_of_day
from headgate.contract.settings import find
from headgate.contract.values import implied_logical_type
from headgate.errors import Problem, ProblemLevel
from headgate.lint import personal
from headgate.rules.keys import is_named
from headgate.rules.verified import verified_queries
from headgate.suggest import did_you_mean

_SEMANTIC = re.compile(r"v?\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?\Z")
# ODCS leaves the words open; these are its examples.
_STATUSES = ("proposed", "draft", "active", "deprecated", "retired")
_FRESHNESS = frozenset({"latency", "freshness", "frequency", "timeOfAvailability"})
# Logical types of which a value of the other can be had without loss.
_COMPATIBLE = ({"integer", "number"}, {"object", "map"}, {"array", "vector"}, {"object", "string"}, {"array", "string"})


def advise(contract: Contract, document: Document) -> list[Problem]:
    """Warnings and notes on a contract that loads, from its values and the document they stand in, and what was found
    while it was loaded."""
    # Why a rule is not executed is said once: with what follows from it.
    told = [_remark_of(rule, contract.remarks) for dataset in contract for rule in dataset.unchecked]
    remarks = [remark for remark in contract.remarks if remark not in told]
    return list(dict.fromkeys((*remarks, *_all(contract, document))))


def _remark_of(rule: Unchecked, remarks: Sequence[Problem]) -> Problem | None:
    """Return the problem that is the reason why a rule is not executed: it is at the rule, or inside it."""
    return min((r for r in remarks if r.message == rule.reason and r.line >= rule.source.line), default=None)


def _all(contract: Contract, document: Document) -> Iterator[Problem]:
    root = document.value
    if not contract.owner:
        said = "no owner: give the `team` a name, or a member the role owner"
        yield document.problem(("team",), "no-owner", said, "warning")
    if not contract.support:
        yield document.problem(("support",), "no-support", "no support channel: add one under `support`", "warning")
    if not _SEMANTIC.match(contract.version):
        said = f"version '{contract.version}' is not a semantic version such as 1.2.0"
        yield document.problem(("version",), "version", said, "warning")
    if contract.status.lower() not in _STATUSES:
        hint = did_you_mean(contract.status.lower(), _STATUSES)
        said = (
            f"status '{contract.status}' is none that ODCS names ({', '.join(_STATUSES)}), and counts as active{hint}"
        )
        yield document.problem(("status",), "status", said, "warning")
    if contract.is_draft:
        said = f"status is {contract.status}: a breach only warns, nothing is held back"
        yield document.problem(("status",), "draft", said, "note")
    if contract.datasets and not any(level.name in _FRESHNESS for level in contract.service_levels):
        level = "{property: freshness, value: 24, unit: h, element: TABLE.COLUMN}"
        said = f"no freshness: add a service level such as `{level}`"
        yield document.problem(("slaProperties",), "no-freshness", said, "note")
    for index, level in enumerate(root.get("slaProperties") or []):
        for element in str(level.get("element") or "").split(","):
            named = element.strip().split(".")[0]
            if named and contract.datasets and named not in contract.datasets:
                said = f"the element '{element.strip()}' is in no dataset of this contract"
                yield document.problem(("slaProperties", index, "element"), "dangling-element", said, "warning")
        yield from _fixed_offset(level, ("slaProperties", index), document)
    for query in verified_queries(contract):
        if query.problem:
            said = f"the verified statement is refused: {query.problem}"
            yield document.problem(query.path, "verified-statement", said, "warning")
    rules = [rule for dataset in contract for rule in dataset.rules]
    for name in dict.fromkeys(name for dataset in contract for name in dataset.settings["allowNotExecuted"]):
        if not any(is_named(rule, (name,)) for rule in rules):
            said = f"allowNotExecuted names '{name}', which is the key of no rule"
            if alike := [
                rule.key for rule in rules if is_named(replace(rule, key=rule.key.rpartition("#")[0]), (name,))
            ]:
                said = f"allowNotExecuted names '{name}', which {len(alike)} rules share; name {' or '.join(alike)}"
            yield document.problem(("customProperties",), "headgate-setting", said, "warning")
    for index, dataset in enumerate(contract):
        path: Path = ("schema", index)
        yield from _dataset(dataset, root["schema"][index], path, document)


def _fixed_offset(level: Mapping[str, Any], path: Path, document: Document) -> Iterator[Problem]:
    """A time of availability with an offset from UTC, which daylight saving does not move."""
    own = {name for _, name, _, wrong in find(level.get("customProperties"), "service level") if not wrong}
    if canonical(level["property"]) != "timeOfAvailability" or "timezone" in own:
        return
    with suppress(ValueError):  # what is no time of day is told where it is read
        if time_of_day(level["value"]).utcoffset():
            said = (
                f"{level['value']} is an hour off for a part of the year where clocks change; name the zone: "
                "`value: 09:00 Europe/Berlin`, or the setting `timezone` of the service level"
            )
            yield document.problem((*path, "value"), "fixed-offset", said, "note")


def _dataset(dataset: Dataset, raw: Mapping[str, Any], path: Path, document: Document) -> Iterator[Problem]:
    for rule in dataset.unchecked:
        yield from _unchecked(rule, dataset.contract.remarks, document)
    if not dataset.properties:
        yield document.problem(path, "no-rules", f"{dataset.name} has no properties: nothing is promised", "note")
    elif not dataset.primary_key and not any(
        CATALOGUE[check.type].guaranteed_by == "unique" for check in dataset.checks
    ):
        said = f"{dataset.name} has no key: mark what names a row with `primaryKey: true`"
        yield document.problem(path, "no-key", said, "note")
    if dataset.properties and not any(CATALOGUE[c.type].of_size and c.where is None for c in dataset.checks):
        said = (
            f"{dataset.name} has no rule on the number of rows: `quality: [{{metric: rowCount, mustBeGreaterThan: 0}}]`"
        )
        yield document.problem(path, "no-row-count", said, "note")
    yield from _between(raw.get("quality"), path, document)
    yield from _reads(dataset, raw, path, document)
    policy = _setting(document.value, "contract") or _setting(raw, "dataset")
    for index, prop in enumerate(dataset.properties):
        yield from _property(prop, raw["properties"][index], (*path, "properties", index), document, policy)


def _reads(dataset: Dataset, raw: Mapping[str, Any], path: Path, document: Document) -> Iterator[Problem]:
    """Consumers of the dataset that read what it does not have."""
    known = [name for prop in dataset.properties for name in _names(prop)]
    spelled = {name.lower() for name in known}
    for index, name, consumers, wrong in find(raw.get("customProperties"), "dataset"):
        for consumer in () if wrong or name != "consumers" else consumers:
            for read in consumer.reads:
                if read.lower() not in spelled:
                    hint = did_you_mean(read, known)
                    said = f"consumers: {consumer.name} reads '{read}', which is not a property of {dataset.name}{hint}"
                    place = (*path, "customProperties", index, "value")
                    yield document.problem(place, "headgate-setting", said, "warning")


def _names(prop: Property) -> Iterator[str]:
    yield prop.name
    for inner in prop.nested:
        yield from _names(inner)


def _unchecked(rule: Unchecked, remarks: Sequence[Problem], document: Document) -> Iterator[Problem]:
    if rule.excused:
        return
    said = f"not executed: {rule.key}: {rule.reason}"
    if rule.severity == "error":
        said += "; so no verdict can be reached: make it a warning, or name it in allowNotExecuted"
    level: ProblemLevel = "warning" if rule.severity == "error" else "note"
    found = _remark_of(rule, remarks)
    line, column, name = (found.line, found.column, found.rule) if found else (rule.source.line, 1, "not-executed")
    yield Problem(document.file, line, column, name, said, level)


def _is_answer(raw: Mapping[str, Any]) -> bool:
    """Whether a property holds nothing but the answer to a question."""
    listed = [str(item.get("value")) for item in raw.get("enum") or () if isinstance(item, Mapping)]
    return raw.get("logicalType") == "boolean" or personal.is_answer(listed)


def _property(
    prop: Property, raw: Mapping[str, Any], path: Path, document: Document, policy: bool
) -> Iterator[Problem]:
    policy = policy or _setting(raw, "property")
    if raw.get("enum") and not policy:
        said = f"{prop.name}: the enum has no enumPolicy; say open (new values may come) or closed (they are a break)"
        yield document.problem((*path, "enum"), "enum-policy", said, "note")
    if prop.classified:
        if raw.get("examples"):
            said = f"{prop.name} is classified {prop.classification}, and its examples are shown here; remove them"
            yield document.problem((*path, "examples"), "classified-examples", said, "warning")
        if raw.get("enum"):
            said = f"{prop.name} is classified {prop.classification}, and its values are listed here"
            yield document.problem((*path, "enum"), "classified-literals", said, "note")
    elif prop.classification is None and personal.named(prop.name) and not _is_answer(raw):
        said = f"{prop.name} looks personal and has no classification; without one its values count as showable"
        yield document.problem((*path, "name"), "unclassified", said, "note")
    implied = implied_logical_type(prop.physical_type)
    named = {implied, prop.logical_type} - {None}
    if prop.dated and implied == "date":
        named = {implied}
    if len(named) == 2 and not any(named <= kinds for kinds in _COMPATIBLE):
        said = f"{prop.name}: physicalType {prop.physical_type} holds a {implied}, logicalType is {prop.logical_type}"
        yield document.problem((*path, "physicalType"), "type-conflict", said, "warning")
    yield from _between(raw.get("quality"), path, document)
    for inner, (inner_raw, inner_path) in zip(prop.nested, nested_of(raw, path), strict=True):
        yield from _property(inner, inner_raw, inner_path, document, policy)


def _between(rules: Any, path: Path, document: Document) -> Iterator[Problem]:
    for index, rule in enumerate(rules or []):
        for operator in ("mustBeBetween", "mustNotBeBetween"):
            if isinstance(rule.get(operator), list):
                said = f"{operator} {[str(b) for b in rule[operator]]}: both ends count as within"
                yield document.problem((*path, "quality", index, operator), "between-inclusive", said, "note")


def _setting(raw: Mapping[str, Any], level: str) -> bool:
    return any(name == "enumPolicy" for _, name, _, _ in find(raw.get("customProperties"), level))
