"""Empty is not pass: a publish that would replace some rows with none breaks a promise of its own."""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from headgate.checks import CATALOGUE
from headgate.checks.aggregates import NOT_EMPTY
from headgate.contract import Dataset
from headgate.places import Relation, Session, Staged, Statements, WriteMode
from headgate.publishing import replaces_some


def is_empty(relation: Relation, session: Session) -> bool:
    """Return whether a relation has no rows."""
    return not session.rows(exp.select("1").from_(relation.as_data).limit(1))


def not_empty(dataset: Dataset, session: Statements, staged: Staged, mode: WriteMode) -> Dataset:
    """Return the dataset with a rule against publishing no rows where the target has some.

    The dataset is unchanged if nothing is replaced, or if the contract itself says what an empty dataset means: by an
    error-level rule on the number of rows, or by `allowEmpty`.
    """
    if dataset.allow_empty or _decides(dataset) or not replaces_some(session, staged, mode):
        return dataset
    return replace(dataset, rules=(*dataset.rules, replace(NOT_EMPTY, source=dataset.source)))


def _decides(dataset: Dataset) -> bool:
    """Return whether an error-level rule says how many rows there must be."""
    counted = (check for check in dataset.checks if CATALOGUE[check.type].of_size and check.where is None)
    return any(check.severity == "error" for check in counted)
