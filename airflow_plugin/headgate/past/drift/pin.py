"""Pinning a baseline: which bins a column gets, and how many rows are in each."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlglot import exp

from headgate.checks import CATALOGUE, Check, Column
from headgate.checks import conditions as sql
from headgate.checks.baseline import WHOLE, Baseline, Bins, PinnedColumn, added
from headgate.contract import Dataset, Property
from headgate.errors import CallError
from headgate.past.drift.counting import as_number, count, distinct
from headgate.past.drift.evaluator import MOST_DISTINCT
from headgate.places import Relation, Session
from headgate.scan.profile import kind_of
from headgate.suggest import did_you_mean

# A column of numbers with at most so many values has a bin for each; one of texts may have more.
FEW_NUMBERS, FEW_TEXTS = 20, 100
# No value that is listed is longer, in characters.
LONGEST = 200
DECILES = tuple(n / 10 for n in range(1, 10))
# No number of a column of floats is beyond it but infinities.
_LARGEST = "1E308"


@dataclass(frozen=True, slots=True)
class Pinning:
    """What is pinned: `columns` (None: all that can be), the column of the segments, and the columns of which every
    value is counted. With `as_segment` all rows are of that segment, whether or not they say so."""

    columns: Collection[str] | None = None
    segment: str = ""
    distinct: Collection[str] = ()
    as_segment: str = ""


def pin(
    dataset: Dataset, relation: Relation, session: Session, wanted: Pinning, *, at: datetime, data: str, where: str = ""
) -> Baseline:
    """Return a new baseline of a relation, which has the contract's types.

    Raises:
        CallError: a column cannot be pinned, or nothing can.
        QueryError, TransientError: the relation cannot be read.
    """
    by_column = {prop.column: prop for prop in dataset.properties}
    if wanted.segment and wanted.distinct:
        raise CallError("every value is counted of all rows only: --distinct does not go with --segment")
    if wanted.segment in by_column and by_column[wanted.segment].hides:
        raise CallError(f"'{wanted.segment}' is classified: its values cannot be segments of a baseline")
    by = "" if wanted.as_segment else wanted.segment
    if by and by not in relation.by_name:
        raise CallError(f"{relation.name} has no column '{by}'{did_you_mean(by, relation.by_name)}")
    bins: dict[str, Bins] = {}
    left_out: dict[str, str] = {}
    for name, why in _columns(dataset, relation, wanted):
        found = why or bins_of(relation.by_name[name], relation, session)
        if isinstance(found, Bins):
            bins[name] = found
        else:
            left_out[name] = found
    _refuse_unmet(wanted, bins, left_out)
    counted = count(relation, session, bins, by)
    columns = {
        name: PinnedColumn(each, _named(counted.columns[name], wanted.as_segment)) for name, each in bins.items()
    }
    for name in wanted.distinct:
        columns[name] = replace(columns[name], distinct={WHOLE: _every_value(name, relation, session)})
    contract = f"{dataset.contract.id} {dataset.contract.version}"
    return Baseline(
        dataset.name,
        contract,
        1,
        at,
        data,
        _named(counted.rows, wanted.as_segment),
        columns,
        where,
        wanted.segment,
        left_out,
    )


def add(baseline: Baseline, relation: Relation, session: Session, *, at: datetime, as_segment: str = "") -> Baseline:
    """Return a baseline with the rows of one more part of the data, counted in the bins that it has.

    Args:
        as_segment: the segment that all rows belong to, whether or not they say so.

    Raises:
        CallError: the relation lacks a column of the baseline, or the baseline has no segments.
        QueryError, TransientError: the relation cannot be read.
    """
    if as_segment and not baseline.segment:
        raise CallError("the baseline has no segments")
    if any(column.distinct for column in baseline.columns.values()):
        raise CallError("the baseline counts every value of a column, to which nothing can be added; pin it anew")
    by = "" if as_segment else baseline.segment
    lost = [name for name in (*baseline.columns, *([by] if by else [])) if name not in relation.by_name]
    if lost:
        raise CallError(f"{relation.name} has no column '{lost[0]}', which the baseline has")
    counted = count(relation, session, {name: each.bins for name, each in baseline.columns.items()}, by)
    rows = _merged(baseline.rows, _named(counted.rows, as_segment))
    columns = {
        name: replace(each, counts=_merged(each.counts, _named(counted.columns[name], as_segment)))
        for name, each in baseline.columns.items()
    }
    return replace(baseline, rows=rows, columns=columns, at=at, version=baseline.version + 1)


def _named(found: Mapping[str, Any], segment: str) -> Mapping[str, Any]:
    return {segment: found[WHOLE]} if segment else found


def _merged(before: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is known of each segment, with what was found besides."""
    merged = dict(before)
    for segment, found in more.items():
        if segment not in before:
            merged[segment] = found
        elif isinstance(found, int):
            merged[segment] = before[segment] + found
        else:
            merged[segment] = added(before[segment], found)
    return merged


def _columns(dataset: Dataset, relation: Relation, wanted: Pinning) -> Iterator[tuple[str, str]]:
    """Yield the columns to pin, each with the reason why it is not pinned, empty if it is.

    Unless they are named, keys are left out, of which every row has another, and moments, which move on with time.
    """
    by_column = {prop.column: prop for prop in dataset.properties}
    for name in wanted.columns or ():
        if name not in relation.by_name:
            raise CallError(f"{relation.name} has no column '{name}'{did_you_mean(name, relation.by_name)}")
        if by_column and name not in by_column:
            raise CallError(f"'{name}' is not a property of {dataset.name}, so that no rule could be about it")
    keys = _keys(dataset)
    for name, column in relation.by_name.items():
        named = wanted.columns is not None and name in wanted.columns
        if name == wanted.segment and named:
            raise CallError(f"'{name}' is the column of the segments, which is not pinned itself")
        if name == wanted.segment or (wanted.columns is not None and not named):
            continue
        if wanted.columns is None and name not in by_column:
            continue
        yield name, _why_not(column, by_column.get(name), named or name in wanted.distinct, name in keys)


def _why_not(column: Column, prop: Property | None, named: bool, key: bool) -> str:
    if prop is not None and prop.hides:
        return "it is classified: a baseline holds values"
    if key and not named:
        return "it is a key"
    if kind_of(column) not in ("integer", "number", "boolean", "string"):
        return "it is neither a number, nor a text, nor a boolean"
    return ""


def _keys(dataset: Dataset) -> frozenset[str]:
    """Return the columns that alone name a row, here or in another dataset."""
    checks = [rule for rule in dataset.rules if isinstance(rule, Check) and len(rule.columns) == 1]
    found = [c.columns[0] for c in checks if CATALOGUE[c.type].guaranteed_by in ("unique", "foreign")]
    return frozenset((*found, *dataset.primary_key))


def bins_of(column: Column, relation: Relation, session: Session) -> Bins | str:
    """Return the bins of a column, or why it has none."""
    kind, name = kind_of(column), column.name
    if kind in ("string", "boolean"):
        most = FEW_TEXTS if kind == "string" else 2
        value = sql.text(name) if kind == "string" else sql.column(name)
        query = exp.select(value).distinct().from_(relation.as_data).where(sql.is_null(name).not_()).limit(most + 1)
        values = [found for (found,) in session.rows(query)]
        if len(values) > most:
            return f"it has more than {most} different values"
        if any(len(str(value)) > LONGEST for value in values):
            return f"it has values of more than {LONGEST} characters"
        return Bins(values=tuple(sorted(values))) if values else "it has no value"
    few = distinct(relation, session, name, FEW_NUMBERS)
    if few is not None:
        return Bins(values=tuple(value for value, _ in few)) if few else "it has no number"
    return edges_of(column, relation, session)


def edges_of(column: Column, relation: Relation, session: Session) -> Bins:
    """Return bins between the deciles of a column, which are values of it."""
    value = sql.column(column.name)
    finite: exp.Expr = value.copy()
    if "number" in column.logical and "integer" not in column.logical:
        largest = exp.Literal.number(_LARGEST)
        inside = exp.Between(this=value.copy(), low=exp.Neg(this=largest), high=largest.copy())
        finite = exp.Case(ifs=[exp.If(this=inside, true=value.copy())])
    shares = exp.Array(expressions=[exp.Literal.number(share) for share in DECILES])
    ordered = exp.Order(expressions=[exp.Ordered(this=finite.copy())])
    deciles = exp.WithinGroup(this=exp.PercentileDisc(this=shares), expression=ordered)
    query = exp.select(deciles, exp.Min(this=finite.copy()), exp.Max(this=finite.copy())).from_(relation.as_data)
    ((found, low, high),) = session.rows(query)
    edges = sorted({number for each in found if (number := as_number(each)) is not None})
    return Bins(tuple(edges), as_number(low), as_number(high))


def _every_value(name: str, relation: Relation, session: Session) -> tuple[tuple[Any, int], ...]:
    values = distinct(relation, session, name, MOST_DISTINCT)
    if values is None:
        raise CallError(f"'{name}' has more than {MOST_DISTINCT:,} different values, which are not all counted")
    return values


def _refuse_unmet(wanted: Pinning, bins: Mapping[str, Bins], left_out: Mapping[str, str]) -> None:
    """Raise CallError for a column that was asked for and cannot be pinned."""
    asked: Sequence[str] = (*(wanted.columns or ()), *wanted.distinct)
    for name in asked:
        if name not in bins:
            raise CallError(f"'{name}' cannot be pinned: {left_out.get(name, 'it is not a column of the baseline')}")
    for name in wanted.distinct:
        if not bins[name].ordered and not all(
            isinstance(value, int) or hasattr(value, "is_finite") for value in bins[name].values
        ):
            raise CallError(f"'{name}' is not a column of numbers")
    if not bins:
        raise CallError(f"no column can be pinned: {'; '.join(f'{n}: {why}' for n, why in left_out.items())}")
