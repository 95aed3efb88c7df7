"""The catalogue: every check type, declared once. Nothing else in the code knows the list.

A type is made of up to four parts, all derived from the check's columns and args:

- `examine` looks at the columns of the relation alone (a missing column, a wrong type);
- `condition` is TRUE for an unexpected row; count, example rows and the quarantine split all come from it;
- `proof` is an aggregate that evaluates to the exact number of unexpected rows, or to NULL where it cannot tell;
- `aggregate` is the number that a table-level type compares.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from sqlglot import exp

from headgate.checks import conditions as c
from headgate.checks.check import Check
from headgate.checks.column import Column
from headgate.checks.conditions import DATA, REFERENCE, RESERVED

__all__ = ["CATALOGUE", "DATA", "REFERENCE", "RESERVED", "CheckType", "raw_name"]

Columns = Mapping[str, Column]
Canonical = Callable[[str], "str | None"]


@dataclass(frozen=True)
class CheckType:
    """One kind of check. `promise` says in plain words what must hold; `own_query` marks what is never fused."""

    name: str
    dimension: str
    promise: Callable[[Check], str]
    examine: Callable[[Check, Columns, Canonical], str | None] | None = None
    condition: Callable[[Check], exp.Expr] | None = None
    proof: Callable[[Check], exp.Expr] | None = None
    count: Callable[[Check, exp.Expr], exp.Select] | None = None
    aggregate: Callable[[Check], exp.Expr] | None = None
    own_query: bool = False

    def needs(self, check: Check, columns: Iterable[str]) -> list[str]:
        """The columns of `check` that the relation does not have."""
        have = set(columns)
        return [name for name in check.columns if name not in have]


def raw_name(column: str) -> str:
    """The hidden column of a staged relation that keeps the text of the cells of `column` that did not cast."""
    return f"__headgate_raw_{column}"


def _listed(values: Iterable[object], limit: int = 8) -> str:
    texts = ["NULL" if v is None else repr(v) if isinstance(v, str) else str(v) for v in values]
    return ", ".join(texts[:limit]) + (f", … ({len(texts)} in all)" if len(texts) > limit else "")


def _name(check: Check) -> str:
    return check.columns[0]


def _key(check: Check) -> str:
    return check.columns[0] if len(check.columns) == 1 else f"({', '.join(check.columns)})"


def _range(check: Check) -> str:
    parts = []
    if check.args.get("minimum") is not None:
        parts.append(f"{'above' if check.args.get('strict_minimum') else 'at least'} {check.args['minimum']}")
    if check.args.get("maximum") is not None:
        parts.append(f"{'below' if check.args.get('strict_maximum') else 'at most'} {check.args['maximum']}")
    return " and ".join(parts)


def _counted(condition: exp.Expr) -> exp.Expr:
    # SUM(CASE …): COUNT(*) FILTER grows near-quadratically with the number of aggregates on DuckDB.
    case = exp.Case().when(condition, exp.Literal.number(1)).else_(exp.Literal.number(0))
    return exp.func("COALESCE", exp.Sum(this=case), exp.Literal.number(0))


def _zero_if(condition: exp.Expr) -> exp.Expr:
    return exp.Case().when(condition, exp.Literal.number(0))


# --- what the columns alone show ---------------------------------------------------------------------------------


def _column_missing(check: Check, columns: Columns, canonical: Canonical) -> str | None:
    return None if _name(check) in columns else "the column is missing"


def _wrong_type(check: Check, columns: Columns, canonical: Canonical) -> str | None:
    found = columns[_name(check)]
    return None if check.args["type"] in found.logical else f"the column is {found.type}"


def _wrong_physical_type(check: Check, columns: Columns, canonical: Canonical) -> str | None:
    found = columns[_name(check)]
    return None if canonical(check.args["type"]) == found.type else f"the column is {found.type}"


def _wrong_zone(check: Check, columns: Columns, canonical: Canonical) -> str | None:
    found = columns[_name(check)]
    return None if found.zoned is check.args["zoned"] else f"the column is {found.type}"


def _extra_columns(check: Check, columns: Columns, canonical: Canonical) -> str | None:
    hidden = raw_name("")
    extra = [name for name in columns if name not in check.args["declared"] and not name.startswith(hidden)]
    if extra and not check.args["declared"] & set(columns):
        # Perhaps these are no names at all but the first row of a file without a header.
        return f"{len(extra)} columns, and none of the contract's; has the file a header line?"
    return f"{len(extra)} not in the contract: {_listed(extra)}" if extra else None


# --- proofs: exact, or NULL --------------------------------------------------------------------------------------


def _count_missing(check: Check) -> exp.Expr:
    present = exp.Count(this=c.column(_name(check)))
    return exp.Sub(this=exp.Count(this=exp.Star()), expression=present)


def _count_raw(check: Check) -> exp.Expr:
    return exp.Count(this=c.column(raw_name(_name(check))))


def _extremes_within(value: exp.Expr, bounds: c.Bounds) -> exp.Expr:
    parts: list[exp.Expr] = []
    if bounds.low is not None:
        parts.append((exp.GT if bounds.low_open else exp.GTE)(this=exp.Min(this=value), expression=bounds.low))
    if bounds.high is not None:
        parts.append((exp.LT if bounds.high_open else exp.LTE)(this=exp.Max(this=value), expression=bounds.high))
    return _zero_if(exp.func("COALESCE", exp.and_(*parts), exp.true()))


def _all_distinct(check: Check) -> exp.Expr:
    if len(check.columns) > 1:
        return exp.null()
    key = c.column(_name(check))
    distinct = exp.Count(this=exp.Distinct(expressions=[key]))
    return _zero_if(exp.EQ(this=distinct, expression=exp.Count(this=key.copy())))


def _count_repeated(check: Check, relation: exp.Expr) -> exp.Select:
    keys = [c.column(name) for name in check.columns]
    groups = (
        exp.select(exp.alias_(exp.Count(this=exp.Star()), "n"))
        .from_(relation)
        .where(c.not_null(check.columns))
        .group_by(*keys)
        .having("COUNT(*) > 1")
    )
    return exp.select("COALESCE(SUM(n), 0)").from_(groups.subquery("repeated"))


def _count_orphaned(check: Check, relation: exp.Expr) -> exp.Select:
    return exp.select(exp.Count(this=exp.Star())).from_(relation).where(_orphaned(check))


# --- conditions of types with several parts ----------------------------------------------------------------------


def _between(check: Check) -> c.Bounds:
    return c.Bounds(check.args, check.args.get("type"))


def _length(check: Check) -> exp.Expr:
    return exp.Length(this=c.column(_name(check)))


def _orphaned(check: Check) -> exp.Expr:
    return c.orphaned(check.columns, check.args["to"], check.args["to_columns"])


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
        parts.append(f"is one of {_listed(check.args['values'])}")
    if check.args.get("pattern") is not None:
        parts.append(f"matches {check.args['pattern']}")
    return f"{_name(check)} {' and '.join(parts)}"


_TYPES = (
    CheckType(
        "column_exists",
        "conformity",
        lambda k: f"the column {_name(k)} is there",
        examine=_column_missing,
    ),
    CheckType(
        "no_extra_columns",
        "conformity",
        lambda k: "there are no columns but those of the contract",
        examine=_extra_columns,
    ),
    CheckType(
        "type",
        "conformity",
        lambda k: f"{_name(k)} is of type {k.args['type']}",
        examine=_wrong_type,
        condition=lambda k: c.is_null(raw_name(_name(k))).not_(),
        proof=_count_raw,
    ),
    CheckType(
        "physical_type",
        "conformity",
        lambda k: f"{_name(k)} is stored as {k.args['type']}",
        examine=_wrong_physical_type,
    ),
    CheckType(
        "timezone",
        "conformity",
        lambda k: f"{_name(k)} {'has' if k.args['zoned'] else 'has no'} time zone",
        examine=_wrong_zone,
    ),
    CheckType(
        "not_null",
        "completeness",
        lambda k: f"{_name(k)} is not null",
        condition=lambda k: c.is_null(_name(k)),
        proof=_count_missing,
    ),
    CheckType(
        "not_in_set",
        "completeness",
        lambda k: f"{_name(k)} is none of {_listed(k.args['values'])}",
        condition=lambda k: c.in_set(_name(k), k.args["values"], k.args.get("type")),
    ),
    CheckType(
        "unique",
        "uniqueness",
        lambda k: f"{_key(k)} is unique",
        condition=lambda k: c.repeated(k.columns),
        proof=_all_distinct,
        count=_count_repeated,
        own_query=True,
    ),
    CheckType(
        "in_set",
        "conformity",
        lambda k: f"{_name(k)} is one of {_listed(k.args['values'])}",
        condition=lambda k: c.not_in_set(_name(k), k.args["values"], k.args.get("type")),
    ),
    CheckType(
        "matches",
        "conformity",
        lambda k: f"{_name(k)} matches {k.args['pattern']}",
        condition=lambda k: c.not_matching(_name(k), k.args["pattern"], k.args.get("type")),
    ),
    CheckType("valid", "conformity", _valid_promise, condition=_not_valid),
    CheckType(
        "between",
        "conformity",
        lambda k: f"{_name(k)} is {_range(k)}",
        condition=lambda k: c.outside(c.operand(_name(k), k.args.get("type")), _between(k)),
        proof=lambda k: _extremes_within(c.operand(_name(k), k.args.get("type")), _between(k)),
    ),
    CheckType(
        "length_between",
        "conformity",
        lambda k: f"the length of {_name(k)} is {_range(k)}",
        condition=lambda k: c.outside(_length(k), c.Bounds(k.args)),
        proof=lambda k: _extremes_within(_length(k), c.Bounds(k.args)),
    ),
    CheckType(
        "foreign_key",
        "consistency",
        lambda k: f"{_key(k)} is found in {k.args['to']}.{', '.join(k.args['to_columns'])}",
        condition=_orphaned,
        count=_count_orphaned,
        own_query=True,
    ),
    CheckType(
        "row_count",
        "completeness",
        lambda k: "the number of rows",
        aggregate=lambda k: exp.Count(this=exp.Star()),
    ),
)

CATALOGUE: Mapping[str, CheckType] = {kind.name: kind for kind in _TYPES}


def count_expression(check: Check) -> exp.Expr:
    """The number of unexpected rows of `check` as an aggregate that can share a query with others."""
    condition = CATALOGUE[check.type].condition
    assert condition is not None, check.type
    return _counted(condition(check))


def statement(check: Check) -> str:
    """The promise in plain words, with how many rows may break it. Literals of classified columns are masked."""
    kind = CATALOGUE[check.type]
    promise = kind.promise(_masked(check)) if check.classified else kind.promise(check)
    if kind.aggregate is not None:
        return f"{promise} is {check.expect}"
    return promise if check.expect.is_none else f"{promise} (unexpected rows {check.expect})"


_NAMES_IN_ARGS = {"type", "to", "to_columns", "declared"}


def _masked(check: Check) -> Check:
    def mask(name: str, value: object) -> object:
        if name in _NAMES_IN_ARGS or isinstance(value, bool | None):
            return value
        return ["***"] if isinstance(value, tuple | list) else "***"

    return replace(check, args={name: mask(name, value) for name, value in check.args.items()})
