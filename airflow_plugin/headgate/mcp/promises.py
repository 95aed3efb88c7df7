"""What a contract says of one dataset, as an agent is told it."""

from __future__ import annotations

from typing import Any

from headgate.checks.catalogue import statement
from headgate.contract import Dataset, Property
from headgate.contract.context import Context
from headgate.levels.level import levels_of
from headgate.mcp.text import AuthorText, cleaned

MAX_COLUMNS, MAX_RULES, MAX_STATEMENTS = 300, 300, 50


def promises(dataset: Dataset) -> dict[str, Any]:
    """Return the columns, rules and service levels of a dataset, and what its author wrote in words.

    Of classified columns no member of a list, bound or example is told.
    """
    contract = dataset.contract
    told: dict[str, Any] = {
        "dataset": dataset.name,
        "contract": {"id": contract.id, "version": contract.version, "status": contract.status},
        "columns": [_column(prop) for prop in dataset.properties[:MAX_COLUMNS]],
        "rules": [
            {"rule": check.key, "type": check.type, "severity": check.severity, "columns": list(check.columns)}
            for check in dataset.checks[:MAX_RULES]
        ],
        "rules_not_executed": [{"rule": r.key, "excused": r.excused} for r in dataset.unchecked[:MAX_RULES]],
        "service_levels": [
            {"property": level.name, "elements": list(level.elements), "executable": not level.problem}
            for level, consumer in levels_of(dataset)
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
    # A statement has literals of the contract in it, those of classified columns masked.
    rules = {each.key: ": ".join(filter(None, (statement(each), each.description))) for each in dataset.checks}
    rules |= {rule.key: rule.statement for rule in dataset.unchecked if rule.statement}
    found = {
        "owner": say(contract.owner),
        "support": [say(channel) for channel in contract.support],
        "description": say.each(texts | {"dataset": dataset.description}),
        "columns": say.each({prop.name: prop.description for prop in dataset.properties[:MAX_COLUMNS]}),
        "rules": say.each(dict(list(rules.items())[:MAX_RULES])),
        "service_levels": [say(f"{level.name}: {level.value} {level.unit}".strip()) for level, _ in levels_of(dataset)],
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
        "classification": prop.classification,
    }


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
    return list(cleaned(found))
