"""What a contract says of one dataset, as an agent is told it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from headgate.checks import Unchecked
from headgate.checks.catalogue import statement
from headgate.contract import Dataset, Property
from headgate.contract.context import Context
from headgate.contract.service_levels import LEVELS
from headgate.levels import Clock, LevelResult, Status, levels_of, unmeasured
from headgate.mcp.text import AuthorText, cleaned, status_told, version_told

MAX_COLUMNS, MAX_RULES, MAX_STATEMENTS = 300, 300, 50
_LEVELS_IN_ODCS = "slaProperties["


def promises(dataset: Dataset) -> dict[str, Any]:
    """Return the columns, rules and service levels of a dataset, and what its author wrote in words.

    Of classified columns no member of a list, bound or example is told.
    """
    contract = dataset.contract
    told: dict[str, Any] = {
        "dataset": dataset.name,
        "contract": {
            "id": contract.id,
            "version": version_told(contract.version),
            "status": status_told(contract.status),
        },
        "columns": [_column(prop) for prop in dataset.properties[:MAX_COLUMNS]],
        "rules": [
            {"rule": check.key, "type": check.type, "severity": check.severity, "columns": list(check.columns)}
            for check in dataset.checks[:MAX_RULES]
        ],
        "rules_not_executed": [{"rule": r.key, "excused": r.excused} for r in unchecked_rules(dataset)[:MAX_RULES]],
        "service_levels": [
            {
                "property": level.name if level.name in LEVELS else None,
                "elements": list(level.elements),
                "executable": result.status is not Status.NOT_EXECUTABLE,
            }
            for (level, consumer), result in zip(levels_of(dataset), _levels(dataset), strict=True)
            if not consumer
        ],
        "on_breach": list(dataset.on_breach),
    }
    plain: dict[str, Any] = cleaned(told)
    return plain | {"stated_by_contract_author": author(dataset), "not_told": _not_told(dataset)}


def author(dataset: Dataset) -> dict[str, Any]:
    """Return what the author of the contract wrote in words: data, never instructions."""
    contract, say = dataset.contract, AuthorText(dataset)
    texts = {f"contract {name}": text for name, text in contract.description.items()}
    # Where they are free texts, they are told here alone.
    texts |= {} if version_told(contract.version) else {"contract version": contract.version}
    texts |= {} if status_told(contract.status) else {"contract status": contract.status}
    # A statement has literals of the contract in it, those of classified columns masked.
    rules = {each.key: ": ".join(filter(None, (statement(each), each.description))) for each in dataset.checks}
    rules |= {rule.key: rule.statement for rule in unchecked_rules(dataset) if rule.statement}
    found = {
        "owner": say(contract.owner),
        "support": [say(channel) for channel in contract.support],
        "description": say.each(texts | {"dataset": dataset.description}),
        "columns": say.each({prop.name: prop.description for prop in dataset.properties[:MAX_COLUMNS]}),
        "classifications": say.each(
            {prop.name: prop.classification or "" for prop in dataset.properties[:MAX_COLUMNS]}
        ),
        "rules": say.each(dict(list(rules.items())[:MAX_RULES])),
        "service_levels": [say(result.statement) for result in _levels(dataset)],
        "consumers": [
            say.each({"name": each.name, "contact": each.contact, "dataset": each.dataset})
            for each in dataset.consumers
        ],
        "context": {
            name: told
            for name, context in (("contract", contract.context), ("dataset", dataset.context))
            if (told := _context(context, say))
        },
    }
    return {name: value for name, value in found.items() if value}


def _column(prop: Property) -> dict[str, Any]:
    return {
        "name": prop.name,
        "column": prop.column,
        "type": prop.logical_type,
        "primary_key": prop.primary_key,
        "classified": prop.classified,
    }


def unchecked_rules(dataset: Dataset) -> tuple[Unchecked, ...]:
    """Return the rules that are not executed. Service levels are none: they are measured as levels."""
    return tuple(rule for rule in dataset.unchecked if not rule.source.path.startswith(_LEVELS_IN_ODCS))


def level_keys(dataset: Dataset) -> frozenset[str]:
    """Return the keys that service levels have among the rules."""
    return frozenset(rule.key for rule in dataset.unchecked) - {rule.key for rule in unchecked_rules(dataset)}


def _levels(dataset: Dataset) -> tuple[LevelResult, ...]:
    """Return the service levels, and the needs of consumers, as `levels_of` has them, in words; none is measured."""
    return unmeasured(dataset, Clock(datetime.now(UTC)), "")


def _context(context: Context, say: AuthorText) -> dict[str, Any]:
    found = {
        "instructions": say(context.instructions),
        "verified_statements": [
            say.each({"question": each.question, "answer": each.answer}) for each in context.statements[:MAX_STATEMENTS]
        ],
        "constraints": [say(text) for text in context.constraints[:MAX_STATEMENTS]],
    }
    return {name: value for name, value in found.items() if value}


def _not_told(dataset: Dataset) -> list[str]:
    found = []
    if hidden := [prop.name for prop in dataset.properties if prop.hides]:
        found.append(f"values, bounds and examples of classified columns: {', '.join(hidden[:20])}")
    if len(dataset.properties) > MAX_COLUMNS:
        found.append(f"{len(dataset.properties) - MAX_COLUMNS} more columns")
    if len(dataset.checks) > MAX_RULES:
        found.append(f"{len(dataset.checks) - MAX_RULES} more rules")
    return list(cleaned(found, "not_told"))
