"""The catalogue: every check type, declared once. Nothing else in the code knows the list.

A type is made of a few parts, all derived from the check's columns and args:

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
    order,
    parsing,
    patterns,
    proofs,
    records,
    row_filter,
    shape,
)
from headgate.checks import conditions as c
from headgate.checks.check import Check
from headgate.checks.check_type import CheckType, none
from headgate.checks.column import KEYS
from headgate.checks.conditions import raw_name
from headgate.checks.inside import LEAF, lift, of_leaf
from headgate.checks.shape import listed

__all__ = [
    "CATALOGUE",
    "aggregate",
    "count_expression",
    "looked_at",
    "own_count",
    "query",
    "statement",
    "unexpected",
]


def _name(check: Check) -> str:
    return check.columns[0]


def _key(check: Check) -> str:
    return check.place if len(check.columns) == 1 else f"({', '.join(check.columns)})"


def _range(check: Check) -> str:
    parts = []
    if check.args.get("minimum") is not None and check.args.get("minimum") == check.args.get("maximum"):
        return f"exactly {check.args['minimum']}"
    if check.args.get("minimum") is not None:
        parts.append(f"{'above' if check.args.get('strict_minimum') else 'at least'} {check.args['minimum']}")
    if check.args.get("maximum") is not None:
        parts.append(f"{'below' if check.args.get('strict_maximum') else 'at most'} {check.args['maximum']}")
    return " and ".join(parts)


def _counted(condition: exp.Expr) -> exp.Expr:
    # SUM(CASE …): COUNT(*) FILTER grows near-quadratically with the number of aggregates on DuckDB.
    if isinstance(condition, exp.Coalesce) and condition.expressions == [exp.false()]:
        condition = condition.this  # what is NULL is not counted anyhow
    one = exp.If(this=condition, true=exp.Literal.number(1))
    case = exp.Case(ifs=[one], default=exp.Literal.number(0))
    return exp.Coalesce(this=exp.Sum(this=case), expressions=[exp.Literal.number(0)])


# --- counts that need a query of their own ------------------------------------------------------------------------


def _count_repeated(check: Check, relation: exp.Expr) -> exp.Select:
    keys = [c.column(name) for name in check.columns]
    groups = (
        exp.select(exp.alias_(exp.Count(this=exp.Star()), "n"))
        .from_(relation)
        .where(exp.paren(records.skipped(check)).not_())
        .group_by(*keys)
        .having("COUNT(*) > 1")
    )
    return exp.select("COALESCE(SUM(n), 0)").from_(groups.subquery("repeated"))


def _rows_beyond(check: Check) -> exp.Select:
    here = c.of_itself(exp.Count(this=exp.Star()), where=check.where)
    there = exp.select(exp.Count(this=exp.Star())).from_(exp.alias_(c.reference(check.args["to"]), "there", table=True))
    return exp.select(exp.Sub(this=here.subquery(), expression=there.subquery()))


def _count_orphaned(check: Check, relation: exp.Expr) -> exp.Select:
    return exp.select(exp.Count(this=exp.Star())).from_(relation).where(_orphaned(check))


def _count_known(check: Check, relation: exp.Expr) -> exp.Select:
    return exp.select(exp.Count(this=exp.Star())).from_(relation).where(_known(check))


# --- conditions of types with several parts ----------------------------------------------------------------------


def _between(check: Check) -> c.Bounds:
    return c.Bounds(check.args, check.args.get("type"))


def _length(check: Check) -> exp.Expr:
    return exp.Length(this=c.column(_name(check)))


def _orphaned(check: Check) -> exp.Expr:
    return c.orphaned(check.columns, check.args["to"], check.args["to_columns"])


def _known(check: Check) -> exp.Expr:
    return c.known(check.columns, check.args["to"], check.args["to_columns"])


def _not_valid(check: Check) -> exp.Expr:
    """ODCS invalidValues: with both validValues and pattern, a value must satisfy both."""
    parts, kind = [], check.args.get("type")
    if check.args.get("values") is not None:
        parts.append(c.not_in_set(_name(check), [v for v in check.args["values"] if v is not None], kind))
    if check.args.get("pattern") is not None:
        parts.append(c.not_matching(_name(check), check.args["pattern"], kind))
    return c.any_of(parts)


def _valid_promise(check: Check) -> str:
    parts = []
    if check.args.get("values") is not None:
        parts.append(f"is one of {listed(check.args['values'])}")
    if check.args.get("pattern") is not None:
        parts.append(f"matches {check.args['pattern']}")
    return f"{check.place} {' and '.join(parts)}"


_TYPES = (
    CheckType(
        "column_exists",
        "conformity",
        lambda k: f"the column {k.place} is there",
        examine=shape.missing,
    ),
    CheckType(
        "no_extra_columns",
        "conformity",
        lambda k: "there are no columns but those of the contract",
        examine=shape.extra_columns,
    ),
    CheckType(
        "type",
        "conformity",
        lambda k: f"{k.place} is of type {k.args['type']}",
        examine=shape.wrong_type,
        condition=lambda k: c.is_null(raw_name(_name(k))).not_(),
        proof=proofs.count_raw,
    ),
    CheckType(
        "physical_type",
        "conformity",
        lambda k: f"{k.place} is stored as {k.args['type']}",
        examine=shape.wrong_physical_type,
        stored=True,
    ),
    CheckType(
        "stored_as",
        "conformity",
        lambda k: f"{k.place} is stored as {listed(k.args['types'])}",
        examine=shape.stored_otherwise,
        stored=True,
    ),
    CheckType(
        "column_count", "conformity", lambda k: f"the number of columns is {k.expect}", examine=shape.wrong_count
    ),
    CheckType(
        "columns_are",
        "conformity",
        lambda k: f"the columns are {listed(k.args['names'])}" + ("" if k.args["exact"] else ", among others"),
        examine=shape.other_columns,
    ),
    CheckType(
        "columns_in_order",
        "conformity",
        lambda k: f"the columns are {listed(k.args['names'])}, in this order",
        examine=shape.other_order,
    ),
    CheckType(
        "timezone",
        "conformity",
        lambda k: f"{k.place} {'has' if k.args['zoned'] else 'has no'} time zone",
        examine=shape.wrong_zone,
    ),
    CheckType(
        "not_null",
        "completeness",
        lambda k: f"{k.place} is not null",
        condition=lambda k: c.is_null(_name(k)),
        skips=none,
        proof=proofs.count_missing,
    ),
    CheckType(
        "null",
        "completeness",
        lambda k: f"{k.place} is null",
        condition=lambda k: c.not_null(k.columns),
        skips=none,
        proof=lambda k: exp.Count(this=c.column(_name(k))),
    ),
    CheckType(
        "not_in_set",
        "completeness",
        lambda k: f"{k.place} is none of {listed(k.args['values'])}",
        condition=lambda k: c.in_set(_name(k), k.args["values"], k.args.get("type")),
    ),
    CheckType(
        "unique",
        "uniqueness",
        lambda k: f"{_key(k)} is unique",
        condition=lambda k: c.repeated(k.columns, records.skipped(k)),
        skips=records.skipped,
        count=_count_repeated,
        keys="unique",
    ),
    CheckType(
        "in_set",
        "conformity",
        lambda k: f"{k.place} is one of {listed(k.args['values'])}",
        condition=lambda k: c.not_in_set(_name(k), k.args["values"], k.args.get("type")),
    ),
    CheckType(
        "matches",
        "conformity",
        lambda k: f"{k.place} is {k.args['name']}" if "name" in k.args else f"{k.place} matches {k.args['pattern']}",
        condition=lambda k: c.not_matching(_name(k), k.args["pattern"], k.args.get("type")),
    ),
    CheckType("valid", "conformity", _valid_promise, condition=_not_valid),
    CheckType(
        "between",
        "conformity",
        lambda k: f"{k.place} is {_range(k)}",
        condition=lambda k: c.outside(c.operand(_name(k), k.args.get("type")), _between(k)),
        proof=lambda k: proofs.extremes_within(c.operand(_name(k), k.args.get("type")), _between(k)),
    ),
    CheckType(
        "length_between",
        "conformity",
        lambda k: f"the length of {k.place} is {_range(k)}",
        condition=lambda k: c.outside(_length(k), c.Bounds(k.args)),
    ),
    CheckType(
        "multiple_of",
        "conformity",
        lambda k: f"{k.place} is a multiple of {k.args['of']}",
        condition=lambda k: c.not_multiple(_name(k), k.args["of"]),
    ),
    CheckType(
        "items_between",
        "conformity",
        lambda k: f"the number of items of {k.place} is {_range(k)}",
        condition=lambda k: c.outside(c.item_count(_name(k)), c.Bounds(k.args)),
    ),
    CheckType(
        "items_unique",
        "uniqueness",
        lambda k: f"no item of {k.place} stands there twice",
        condition=lambda k: c.repeated_items(_name(k)),
    ),
    CheckType(
        "properties_between",
        "conformity",
        lambda k: f"the number of properties of {k.place} is {_range(k)}",
        condition=lambda k: c.outside(c.property_count(_name(k)), c.Bounds(k.args)),
    ),
    CheckType(
        "has_properties",
        "completeness",
        lambda k: f"{k.place} has {listed(k.args['names'])}",
        condition=lambda k: c.without_properties(_name(k), k.args["names"]),
    ),
    CheckType(
        "text_format",
        "conformity",
        lambda k: f"{k.place} is written as {k.args['format']}",
        condition=lambda k: c.is_null(raw_name(_name(k))).not_(),
        proof=proofs.count_raw,
    ),
    CheckType(
        "foreign_key",
        "consistency",
        lambda k: f"{_key(k)} is found in {k.args['to']}.{', '.join(k.args['to_columns'])}",
        condition=_orphaned,
        count=_count_orphaned,
        keys="foreign",
    ),
    CheckType(
        "key_is_new",
        "uniqueness",
        lambda k: f"{_key(k)} is not among {k.args['to']}",
        condition=_known,
        count=_count_known,
    ),
    CheckType(
        "row_count",
        "completeness",
        lambda k: "the number of rows",
        aggregate=lambda k: exp.Count(this=exp.Star()),
        proof=lambda k: exp.Count(this=exp.Star()),
    ),
    CheckType(
        "rows_as_in",
        "consistency",
        lambda k: f"the number of rows more than in {k.args['to']}",
        query=_rows_beyond,
    ),
    CheckType(
        "sql",
        "accuracy",
        lambda k: f"the result of the query {k.key}",
        query=lambda k: k.args["query"].copy(),
        untrusted=True,
    ),
)

_BY_GX = CheckType(
    "expectation", "conformity", lambda k: f"{k.args['expectation']} holds, says Great Expectations", by_gx=True
)
_FAMILIES = (patterns, records, aggregates, deviations, order, parsing)
CATALOGUE: Mapping[str, CheckType] = {
    kind.name: kind for kind in (*_TYPES, _BY_GX, *chain.from_iterable(family.TYPES for family in _FAMILIES))
}


def unexpected(check: Check, *, document: bool = False) -> exp.Expr:
    """The condition under which a row is unexpected; for a check of what is inside a value, led there.

    `document`: the column holds JSON documents, whose types are those of each value.
    """
    return row_filter.of_rows(_unexpected(check, document), check)


def _unexpected(check: Check, document: bool) -> exp.Expr:
    condition = CATALOGUE[check.type].condition
    assert condition is not None, check.type
    if not check.within:
        return condition(check)
    if document and check.type == "type":
        kind = check.args["type"]
        return lift(lambda leaf: documents.wrong_type(leaf, kind), check.columns[0], check.within, document=True)
    inner = of_leaf(condition(replace(check, columns=(LEAF,), within=())))
    if not document:
        return lift(inner, check.columns[0], check.within)
    is_key = check.within[-1] == KEYS  # keys are texts, not documents
    logical = check.args.get("type")

    def of_document(leaf: exp.Expr) -> exp.Expr:
        return inner(leaf if is_key else documents.typed(leaf, logical))

    return lift(of_document, check.columns[0], check.within, document=True)


def count_expression(check: Check, *, document: bool = False) -> exp.Expr:
    """The number of unexpected rows of `check` as an aggregate that can share a query with others."""
    return _counted(unexpected(check, document=document))


def own_count(check: Check, relation: exp.Expr) -> exp.Select:
    """The number of unexpected rows of `check`, whose type counts them by a query of its own."""
    count = CATALOGUE[check.type].count
    assert count is not None, check.type
    return count(check, row_filter.of_relation(relation, check))


def aggregate(check: Check) -> exp.Expr:
    """The number that `check`, of a table-level type, compares."""
    made = CATALOGUE[check.type].aggregate
    assert made is not None, check.type
    return row_filter.of_aggregate(made(check), check)


def query(check: Check) -> exp.Query:
    """The query whose result `check` compares."""
    made = CATALOGUE[check.type].query
    assert made is not None, check.type
    return made(check)


def looked_at(check: Check) -> exp.Expr | None:
    """The number of rows that `check` looks at, as an aggregate; None where these are all rows of the relation.

    Rows that its type skips count where the comparison is one of `mostly`.
    """
    parts = [] if check.where is None else [row_filter.is_true(check.where)]
    if check.expect.unit == "mostly":
        skipped = CATALOGUE[check.type].skips(check)
        parts += [] if skipped == exp.false() else [exp.paren(skipped).not_()]
    return _counted(exp.and_(*parts)) if parts else None


def statement(check: Check) -> str:
    """The promise in plain words, with how many rows may break it. Literals of classified columns are masked."""
    kind = CATALOGUE[check.type]
    promise = kind.promise(_masked(check)) if check.classified else kind.promise(check)
    if check.where is not None:
        promise += f", of rows with {_in_words(check.where, check.classified)}"
    if kind.compares:
        return f"{promise} is {check.expect}"
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


_NAMES_IN_ARGS = {"type", "to", "to_columns", "declared", "name", "names", "format", "query", "reads", "columns"}


def _masked(check: Check) -> Check:
    def mask(name: str, value: object) -> object:
        if name in _NAMES_IN_ARGS or isinstance(value, bool | None):
            return value
        return ["***"] if isinstance(value, tuple | list) else "***"

    return replace(check, args={name: mask(name, value) for name, value in check.args.items()})
