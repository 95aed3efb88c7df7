"""The catalogue: the one list of all check types.

Each type is declared once, as a `CheckType`: queries and expectations here, all others in the module of their family
(`values`, `aggregates`, `keys`, …) beside this one. Nothing else knows the list. A type consists of a few parts, all
derived from the check's columns and args:

- `examine` looks at the columns of the relation alone (a missing column, a wrong type);
- `condition` is TRUE for an unexpected row; count, example rows and the quarantine split all come from it;
- `proof` is an aggregate of plain columns that evaluates to the exact number of unexpected rows, or to NULL where it
  cannot tell; `keys` names what a platform has proofs of its own for; `count` is a whole query that counts exactly;
- `aggregate` is the number that a table-level type compares; `query` a whole query of its own that yields one.

`skips` is TRUE for rows that the type does not look at (GX: NULLs); `mostly` is a share of the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import chain

from sqlglot import exp

from headgate.checks import (
    aggregates,
    deviations,
    documents,
    drift,
    keys,
    model_metric,
    normal,
    order,
    parsing,
    patterns,
    reconciliation,
    records,
    row_filter,
    structure,
    values,
)
from headgate.checks.check import Check
from headgate.checks.check_type import CheckType
from headgate.checks.column import KEYS
from headgate.checks.inside import LEAF, lift, of_leaf

__all__ = [
    "CATALOGUE",
    "aggregate",
    "count_expression",
    "looked_at",
    "own_count",
    "proof",
    "query",
    "selecting",
    "statement",
    "unexpected",
]


# What a contract says in the words of another language.
_OTHERS = (
    CheckType(
        "sql",
        "accuracy",
        lambda check: f"the result of the query {check.key}",
        query=lambda check: check.args["query"].copy(),
        untrusted=True,
    ),
    CheckType(
        "expectation",
        "conformity",
        lambda check: f"{check.args['expectation']} holds, says Great Expectations",
        evaluator="gx",
    ),
)
_FAMILIES = (
    structure,
    values,
    keys,
    patterns,
    records,
    aggregates,
    deviations,
    order,
    parsing,
    reconciliation,
    drift,
    model_metric,
    normal,
)
CATALOGUE: Mapping[str, CheckType] = {
    kind.name: kind for kind in (*chain.from_iterable(family.TYPES for family in _FAMILIES), *_OTHERS)
}


def selecting(condition: exp.Expr) -> exp.Expr:
    """Return a condition that selects the same rows: where only TRUE selects a row, NULL need not become FALSE."""
    is_total = isinstance(condition, exp.Coalesce) and condition.expressions == [exp.false()]
    return condition.this if is_total else condition


def _counted(condition: exp.Expr) -> exp.Expr:
    # Not COUNT(*) FILTER, which grows near-quadratically with the number of aggregates on DuckDB; and PostgreSQL counts
    # faster than it adds.
    return exp.Count(this=exp.Case(ifs=[exp.If(this=selecting(condition), true=exp.Literal.number(1))]))


def unexpected(check: Check, *, document: bool = False) -> exp.Expr:
    """Return the condition under which a row is unexpected; for a check of a place inside a value, applied there.

    `document`: the column holds JSON documents, whose types are those of each value.
    """
    return row_filter.of_rows(_unexpected(check, document), check)


def _unexpected(check: Check, document: bool) -> exp.Expr:
    condition = CATALOGUE[check.type].condition
    assert condition is not None, check.type
    if not check.within:
        return condition(check)
    is_key = check.within[-1] == KEYS  # of a document, keys are texts, not documents
    if document and check.type == "type":
        kind = check.args["type"]

        def wrong(leaf: exp.Expr) -> exp.Expr:
            return documents.wrong_type(exp.func("TO_JSON", leaf) if is_key else leaf, kind)

        return lift(wrong, check.columns[0], check.within, document=True)
    inner = of_leaf(condition(replace(check, columns=(LEAF,), within=())))
    if not document:
        return lift(inner, check.columns[0], check.within)
    logical = check.args.get("type")

    def of_document(leaf: exp.Expr) -> exp.Expr:
        return inner(leaf if is_key else documents.typed(leaf, logical))

    return lift(of_document, check.columns[0], check.within, document=True)


def count_expression(check: Check, *, document: bool = False) -> exp.Expr:
    """Return the number of unexpected rows of `check` as an aggregate that can share a query with others."""
    return _counted(unexpected(check, document=document))


def own_count(check: Check, relation: exp.Expr) -> exp.Select:
    """Return the query of the number of unexpected rows of `check`, whose type counts them by a query of its own."""
    count = CATALOGUE[check.type].count
    assert count is not None, check.type
    return count(check, row_filter.of_relation(relation, check))


def aggregate(check: Check) -> exp.Expr:
    """Return the number that `check`, of a table-level type, compares."""
    made = CATALOGUE[check.type].aggregate
    assert made is not None, check.type
    return row_filter.of_aggregate(made(check), check)


def proof(check: Check) -> exp.Expr:
    """Return the aggregate that is the number of unexpected rows of `check`, or NULL where it cannot tell."""
    made = CATALOGUE[check.type].proof
    assert made is not None, check.type
    return made(check)


def query(check: Check) -> exp.Query:
    """Return the query whose result `check` compares."""
    made = CATALOGUE[check.type].query
    assert made is not None, check.type
    return made(check)


def looked_at(check: Check) -> exp.Expr | None:
    """Return the number of rows that `check` covers, as an aggregate; None if these are all rows of the relation.

    Rows that the type skips are included unless the comparison is one of `mostly`.
    """
    parts = [] if check.where is None else [row_filter.is_true(check.where)]
    if check.expect.unit == "mostly":
        skipped = CATALOGUE[check.type].skips(check)
        parts += [] if skipped == exp.false() else [exp.paren(skipped).not_()]
    return _counted(exp.and_(*parts)) if parts else None


def statement(check: Check) -> str:
    """Return the promise in plain words, with how many rows may break it. Literals of classified columns are masked."""
    kind = CATALOGUE[check.type]
    promise = kind.promise(_masked(check)) if check.classified else kind.promise(check)
    if check.where is not None:
        promise += f", of rows with {_in_words(check.where, check.classified)}"
    if kind.compares:
        return promise if kind.in_full else f"{promise} is {check.expect}"
    if not kind.counts:
        return promise
    if check.expect.unit == "mostly":
        return f"{promise} (mostly: {check.expect})"
    return promise if check.expect.is_none else f"{promise} (unexpected rows {check.expect})"


def _in_words(where: exp.Expr, classified: bool) -> str:
    def plain(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Column):
            return exp.column(node.name, quoted=not node.name.isidentifier())
        return exp.Literal.string("***") if classified and isinstance(node, exp.Literal) else node

    return where.transform(plain).sql()


_NAMES_IN_ARGS = {"type", "to", "to_columns", "declared", "name", "names", "format", "query", "reads", "columns",
                  "metric", "prediction", "label", "segment"}  # fmt: skip


def _masked(check: Check) -> Check:
    def mask(name: str, value: object) -> object:
        if name in _NAMES_IN_ARGS or isinstance(value, bool | None):
            return value
        return ["***"] if isinstance(value, tuple | list) else "***"

    return replace(check, args={name: mask(name, value) for name, value in check.args.items()})
