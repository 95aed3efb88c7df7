"""What a dataset promises when other rows stay in the target: after an append, an upsert, or the replacement of a
part."""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from headgate.checks import CATALOGUE, Check
from headgate.checks.keys import key_is_new
from headgate.contract import Dataset
from headgate.places import Relation

# What a rule calls the rows of the target that stay as they are, and these with the staged ones.
TARGET, WHOLE = "the target's other rows", "the target's rows then"


def with_existing_rows(dataset: Dataset, existing: Relation) -> Dataset:
    """Return the dataset with rules that include the rows which stay in the target: their keys may not appear again,
    and a foreign key to the dataset itself may refer to them."""
    held = [check for check in _unique(dataset) if all(column in existing.by_name for column in check.columns)]
    new = [key_is_new(check, TARGET) for check in held]
    own = {
        check.key: replace(check, args={**check.args, "to": WHOLE})
        for check in dataset.checks
        if check.args.get("to") == dataset.name
    }
    return replace(dataset, rules=(*(own.get(rule.key, rule) for rule in dataset.rules), *new))


def union_rows(relation: Relation, existing: Relation) -> exp.Expr:
    """Return the rows of two relations, with the columns that both have."""
    listed = [exp.column(name, quoted=True) for name in relation.by_name if name in existing.by_name]
    parts = [exp.select(*listed).from_(each.as_data) for each in (relation, existing)]
    return exp.union(*parts, distinct=False).subquery()


def _unique(dataset: Dataset) -> list[Check]:
    return [
        check for check in dataset.checks if CATALOGUE[check.type].guaranteed_by == "unique" and check.where is None
    ]


def reads_existing_rows(dataset: Dataset) -> bool:
    """Return whether rules read the target's other rows."""
    return bool(_unique(dataset)) or any(dataset.name in check.reads for check in dataset.checks)
