"""Empty is not pass: a publish that would leave no rows where there are some breaks a promise of its own."""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from headgate.checks import CATALOGUE
from headgate.checks.aggregates import NOT_EMPTY
from headgate.contract import Dataset
from headgate.places import Relation, Session, Staged, Statements, WriteMode
from headgate.publishing import replaces_some


def is_empty(relation: Relation, session: Session) -> bool:
    """Return whether a relation has no row."""
    return not session.rows(exp.select("1").from_(relation.as_data).limit(1))


def not_empty(dataset: Dataset, session: Statements, staged: Staged, mode: WriteMode) -> Dataset:
    """Return the dataset with what it promises where no rows are staged: they replace no rows of the target.

    It stays as it is where nothing is replaced, or where the contract itself says what an empty dataset is: by an
    error-level rule on the number of rows, or by `allowEmpty`.
    """
    if dataset.allow_empty or _decides(dataset) or not replaces_some(session, staged, mode):
        return dataset
    return replace(dataset, rules=(*dataset.rules, replace(NOT_EMPTY, source=dataset.source)))


def _decides(dataset: Dataset) -> bool:
    """Whether an error-level rule says how many rows there must be."""
    counted = (check for check in dataset.checks if CATALOGUE[check.type].of_size and check.where is None)
    return any(check.severity == "error" for check in counted)
