"""Counting rows in the bins of a baseline: one pass for all columns of numbers, one for all others."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlglot import exp

from headgate.checks import conditions as sql
from headgate.checks.baseline import NO_VALUE, WHOLE, Bins, Counts, Number
from headgate.errors import QueryError
from headgate.places import Relation, Session

MOST_SEGMENTS = 100
# More would make a query that engines are slow to compile.
_COLUMNS_A_QUERY = 50


@dataclass(frozen=True, slots=True)
class Counted:
    """The number of rows by segment, and of each column how many are in each bin."""

    rows: Mapping[str, int]
    columns: Mapping[str, Mapping[str, Counts]]


def _ensure_few_segments(relation: Relation, session: Session, segment: str) -> None:
    """Raise QueryError if a relation has rows of more than MOST_SEGMENTS segments: each is a row of every answer."""
    query = exp.select(_segment(segment)).distinct().from_(relation.as_data).limit(MOST_SEGMENTS + 1)
    if len(session.rows(query)) > MOST_SEGMENTS:
        raise QueryError(f"'{segment}' has more than {MOST_SEGMENTS} values; drift is measured in so many segments")


def count(relation: Relation, session: Session, columns: Mapping[str, Bins], segment: str = "") -> Counted:
    """Return the counts of columns in their bins, by segment.

    Raises:
        QueryError, TransientError: the relation cannot be read.
    """
    if segment:
        _ensure_few_segments(relation, session, segment)
    found: dict[str, dict[str, Counts]] = {name: {} for name in columns}
    numbers = [name for name, bins in columns.items() if bins.ordered]
    others = [name for name, bins in columns.items() if not bins.ordered]
    asked = _Asked(relation, session, columns, segment)
    for names in _some(numbers):
        asked.edges(names, found)
    for names in _some(others):
        asked.listed(names, found)
    first = next(iter(found.values()), {})
    return Counted({name: sum(counts) for name, counts in first.items()}, found)


def distinct(relation: Relation, session: Session, name: str, most: int) -> tuple[tuple[Number, int], ...] | None:
    """Return every value of a column of numbers and how often it appears, ascending, without NULL and NaN; None if
    there are more than `most`."""
    value = sql.column(name)
    query = exp.select(value, exp.Count(this=exp.Star())).from_(relation.as_data).where(sql.is_null(name).not_())
    found = session.rows(query.group_by(value.copy()).limit(most + 1))
    if len(found) > most:
        return None
    numbers = [(as_number(value), int(rows)) for value, rows in found]
    return tuple(sorted((value, rows) for value, rows in numbers if value is not None))


def as_number(value: Any) -> Number | None:
    """Return a number of the data exactly; None for NULL, NaN and infinities."""
    if value is None:
        return None
    if isinstance(value, int):
        return int(value)
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not number.is_finite():
        return None
    return int(number) if number == number.to_integral_value() else number


def _some(names: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(names), _COLUMNS_A_QUERY):
        yield names[start : start + _COLUMNS_A_QUERY]


def _segment(name: str) -> exp.Expr:
    """Return what the segment of a row is called, as `segment_name` and NO_VALUE say."""
    value = sql.text(name)
    quote = exp.Literal.string("'")
    taken = exp.or_(
        value.copy().isin(exp.Literal.string(WHOLE), exp.Literal.string(NO_VALUE)),
        exp.EQ(this=exp.func("LEFT", value.copy(), exp.Literal.number(1)), expression=quote.copy()),
    )
    quoted = exp.DPipe(this=exp.DPipe(this=quote, expression=value.copy()), expression=quote.copy())
    cases = [exp.If(this=sql.is_null(name), true=exp.Literal.string(NO_VALUE)), exp.If(this=taken, true=quoted)]
    return exp.Case(ifs=cases, default=value)


def _literal(value: Number | None) -> exp.Expr:
    return sql.literal(value)


@dataclass(frozen=True)
class _Asked:
    relation: Relation
    session: Session
    columns: Mapping[str, Bins]
    segment: str

    def _query(self, measured: Sequence[exp.Expr]) -> list[tuple[str, tuple[Any, ...]]]:
        """Return what was measured of each segment."""
        query = exp.select(*measured).from_(self.relation.as_data)
        if not self.segment:
            return [(WHOLE, row) for row in self.session.rows(query)]
        query = query.select(_segment(self.segment)).group_by(exp.Literal.number(len(measured) + 1))
        return [(str(row[-1]), row[:-1]) for row in self.session.rows(query)]

    def edges(self, names: Sequence[str], found: dict[str, dict[str, Counts]]) -> None:
        """Count columns of numbers: how many are not above each edge, and how many are within the extremes."""
        measured: list[exp.Expr] = [exp.Count(this=exp.Star())]
        for name in names:
            bins, value = self.columns[name], sql.column(name)
            measured.append(exp.Count(this=value.copy()))
            measured.append(exp.CountIf(this=exp.Between(this=value, low=_literal(bins.low), high=_literal(bins.high))))
            measured += [exp.CountIf(this=exp.LTE(this=value.copy(), expression=_literal(e))) for e in bins.edges]
        answers = []
        outside: dict[str, None] = {}
        for segment, row in self._query(measured):
            rows, at = int(row[0]), 1
            for name in names:
                edges = len(self.columns[name].edges)
                present, inside, *below = (int(number or 0) for number in row[at : at + 2 + edges])
                at += 2 + edges
                answers.append((segment, name, rows, present, inside, below))
                if inside < present:
                    outside[name] = None
        lower = self._below_lowest(list(outside))
        for segment, name, rows, present, inside, cumulative in answers:
            under = lower.get((segment, name), 0)
            steps = [under, *cumulative, inside + under]
            within = [b - a for a, b in itertools.pairwise(steps)]
            above = present - inside - under
            found[name][segment] = (under, *within, above, rows - present)

    def _below_lowest(self, names: Sequence[str]) -> Mapping[tuple[str, str], int]:
        """Return, by segment and column, how many values are below the lowest of the baseline."""
        if not names:
            return {}
        measured: list[exp.Expr] = [
            exp.CountIf(this=exp.LT(this=sql.column(name), expression=_literal(self.columns[name].low)))
            for name in names
        ]
        return {
            (segment, name): int(below or 0)
            for segment, row in self._query(measured)
            for name, below in zip(names, row, strict=True)
        }

    def listed(self, names: Sequence[str], found: dict[str, dict[str, Counts]]) -> None:
        """Count columns by their values: grouped by each column in one pass, then the groups by their bins."""
        by = [exp.alias_(_listed_value(name, self.columns[name]), f"c{at}") for at, name in enumerate(names)]
        if self.segment:
            by.append(exp.alias_(_segment(self.segment), "segment"))
        values = exp.select(*by).from_(self.relation.as_data).subquery("valued")
        keys: list[exp.Expr] = [exp.column(f"c{at}") for at in range(len(names))]
        if self.segment:
            sets: list[exp.Expr] = [exp.Tuple(expressions=[key.copy(), exp.column("segment")]) for key in keys]
        else:
            sets = [exp.Paren(this=key.copy()) for key in keys]
        which = exp.Case(
            ifs=[
                exp.If(this=exp.EQ(this=exp.Grouping(expressions=[key.copy()]), expression=exp.Literal.number(0)),
                       true=exp.Literal.number(at))
                for at, key in enumerate(keys)
            ]
        )  # fmt: skip
        shown = [exp.alias_(which, "which"), *(key.copy() for key in keys)]
        shown += [exp.column("segment")] if self.segment else []
        shown.append(exp.alias_(exp.Count(this=exp.Star()), "size"))
        groups = exp.select(*shown).from_(values)
        groups.set("group", exp.Group(grouping_sets=[exp.GroupingSets(expressions=sets)]))
        code = exp.Case(
            ifs=[
                exp.If(this=exp.EQ(this=exp.column("which"), expression=exp.Literal.number(at)),
                       true=_code(f"c{at}", self.columns[name]))
                for at, name in enumerate(names)
            ]
        )  # fmt: skip
        segment = exp.column("segment") if self.segment else exp.Literal.string(WHOLE)
        query = exp.select(exp.column("which"), code, segment, exp.Sum(this=exp.column("size")))
        query = query.from_(groups.subquery("grouped")).group_by(*map(exp.Literal.number, (1, 2, 3)))
        counts: dict[tuple[int, str], list[int]] = {}
        for at, bin_, name, size in self.session.rows(query):
            listed = counts.setdefault((int(at), str(name)), [0] * self.columns[names[int(at)]].size)
            listed[int(bin_)] += int(size)
        for (at, segment_name), listed in counts.items():
            found[names[at]][segment_name] = tuple(listed)


def _listed_value(name: str, bins: Bins) -> exp.Expr:
    """Return the column in the form that its listed values are compared in."""
    return sql.text(name) if any(isinstance(value, str) for value in bins.values) else sql.column(name)


def _code(name: str, bins: Bins) -> exp.Expr:
    """Return the bin of a value: its place in the list, else that of new values or of NULL."""
    value = exp.column(name)
    cases = [exp.If(this=value.is_(exp.null()), true=exp.Literal.number(len(bins.values) + 1))]
    cases += [
        exp.If(this=exp.EQ(this=value.copy(), expression=sql.literal(listed)), true=exp.Literal.number(at))
        for at, listed in enumerate(bins.values)
    ]
    return exp.Case(ifs=cases, default=exp.Literal.number(len(bins.values)))
