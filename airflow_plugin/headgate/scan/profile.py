"""A profile: what the columns of a relation hold, in one pass over it and a little more for columns of few values."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlglot import exp

from headgate.checks import Column, conditions
from headgate.checks.keys import count_repeated
from headgate.errors import QueryError
from headgate.places import Relation, Session
from headgate.scan.infer import Cells, infer
from headgate.scan.outliers import Ends, Outliers, find_outliers

# A column with more different values than this is not listed.
FEW = 20
_SAMPLE, _LEAST = 1_000, 100
_COLUMNS_A_QUERY = 20
_KINDS = ("integer", "number", "boolean", "date", "timestamp", "time", "map", "object", "array", "string")
_ORDERED = ("integer", "number", "date", "timestamp")


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """What one column holds.

    `kind` is the ODCS logical type that serves it, None where there is none or no value to see. `distinct` is
    approximate (within some 15 %), but exact where `values` lists every value with its count. `lowest` and `highest`
    are numbers, or ISO texts of dates and timestamps; `low` and `high` are outliers there. Lengths are code points.
    `sample` holds some cells of a text
    column, by which its content is recognised; they are never shown.
    """

    column: Column
    kind: str | None
    present: int
    plain_text: bool = False
    distinct: int | None = None
    lowest: Any = None
    highest: Any = None
    low: Outliers | None = None
    high: Outliers | None = None
    shortest: int | None = None
    longest: int | None = None
    values: tuple[tuple[str, int], ...] | None = None
    sample: tuple[str, ...] = field(default=(), repr=False)
    cells: Cells | None = None

    @property
    def name(self) -> str:
        return self.column.name


def kind_of(column: Column) -> str | None:
    """The ODCS logical type that a column is best called; a document is an object, whatever else it may be."""
    able = column.logical - {"map"} if column.document else column.logical
    return next((kind for kind in _KINDS if kind in able and not column.nothing), None)


@dataclass(frozen=True)
class Profile:
    """What a relation holds. `text` marks a source whose types are read off its cells."""

    relation: Relation
    rows: int
    columns: tuple[ColumnProfile, ...]
    text: bool


def profile(relation: Relation, session: Session, *, guarded: Collection[str] = ()) -> Profile:
    """Profile every row of `relation`; text is given types first (see `infer`, also for `guarded`).

    Raises:
        QueryError: the relation cannot be read.
    """
    cells: Mapping[str, Cells] = {}
    text = relation.text
    if text:
        relation, cells = infer(relation, session, guarded=guarded)
    # A function such as read_parquet takes no name of its own, which the catalogue's expressions need.
    # A table has one; a query of all its columns costs as much as they are many.
    if not isinstance(relation.source.this, exp.Identifier):
        relation = replace(relation, source=exp.select("*").from_(relation.as_data).subquery("__headgate_rows"))
    wanted = [_Wanted.of(c, cells.get(c.name), relation, session) for c in relation.columns]
    rows, columns = 0, []
    for start in range(0, len(wanted), _COLUMNS_A_QUERY):
        chunk = wanted[start : start + _COLUMNS_A_QUERY]
        aggregates = [(w, name, part) for w in chunk for name, part in w.aggregates()]
        query = exp.select(exp.Count(this=exp.Star()), *(part for _, _, part in aggregates))
        rows, *numbers = session.rows(query.from_(relation.source.copy()))[0]
        for one in chunk:
            found = {n: v for (w, n, _), v in zip(aggregates, numbers, strict=True) if w is one}
            columns.append(ColumnProfile(one.column, one.kind, plain_text=one.text, cells=one.cells, **found))
    ends = {c.name: Ends(c.lowest, c.highest, c.present) for c in columns if c.kind in ("integer", "number")}
    outliers = find_outliers(ends, relation.source, session)
    columns = [replace(c, low=low, high=high) for c in columns for low, high in [outliers.get(c.name, (None, None))]]
    return Profile(relation, rows, tuple(_with_values(columns, relation, session)), text)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is asked of one column."""

    column: Column
    kind: str | None
    text: bool
    cells: Cells | None

    @classmethod
    def of(cls, column: Column, cells: Cells | None, relation: Relation, session: Session) -> _Wanted:
        kind = kind_of(column)
        text = kind == "string" and (
            _is_text(column.type, session) or session.members(relation, column.name) is not None
        )
        return cls(column, cells.kind if cells else kind, text, cells)

    def aggregates(self) -> Iterator[tuple[str, exp.Expr]]:
        cell = exp.column(self.column.name, quoted=True)
        yield "present", exp.Count(this=cell)
        if self.kind in _ORDERED:
            for name, end in (("lowest", exp.Min(this=cell.copy())), ("highest", exp.Max(this=cell.copy()))):
                yield name, exp.cast(end, "TEXT") if self.kind in ("date", "timestamp") else end
        if self.text:
            length = exp.Length(this=cell.copy())
            yield "shortest", exp.Min(this=length)
            yield "longest", exp.Max(this=length.copy())
        if self.kind in ("string", "integer", "date", "timestamp"):
            yield "distinct", exp.ApproxDistinct(this=cell.copy())


def _is_text(type_text: str, session: Session) -> bool:
    """Whether a type is one of any text, whatever its length."""
    plain = re.sub(r"\(\d+\)", "", type_text)
    return plain in (re.sub(r"\(\d+\)", "", session.canonical(name) or "") for name in ("TEXT", "VARCHAR", "CHAR"))


def _with_values(columns: Sequence[ColumnProfile], relation: Relation, session: Session) -> Iterator[ColumnProfile]:
    """The columns with the values of those that have few, and a sample of the other texts."""
    texts = [c for c in columns if c.plain_text and c.present]
    few = {c.name for c in texts if c.distinct is not None and c.distinct <= 2 * FEW}
    many = {name: at for at, name in enumerate(c.name for c in texts if c.name not in few)}
    cells = [exp.cast(exp.column(name, quoted=True), "TEXT") for name in many]
    sample = session.rows(exp.select(*cells).from_(relation.source.copy()).limit(_SAMPLE)) if many else []
    for column in columns:
        if column.name in many:
            at = many[column.name]
            found = tuple(row[at] for row in sample if row[at] is not None)
            if len(found) < min(column.present, _LEAST):
                found = _present(column.name, relation, session)
            yield replace(column, sample=found)
        elif column.name in few:
            values = _values(column.name, relation, session)
            if len(values) > FEW:
                yield replace(column, sample=tuple(value for value, _ in values))
            else:
                yield replace(column, values=values, distinct=len(values))
        else:
            yield column


def _present(name: str, relation: Relation, session: Session) -> tuple[str, ...]:
    """Some cells of a column of which the first rows show too few."""
    cell = exp.column(name, quoted=True)
    query = exp.select(exp.cast(cell, "TEXT")).from_(relation.source.copy())
    return tuple(row[0] for row in session.rows(query.where(cell.copy().is_(exp.null()).not_()).limit(_SAMPLE)))


def _values(name: str, relation: Relation, session: Session) -> tuple[tuple[str, int], ...]:
    """The values of a text column with their counts, sorted; at most one more than FEW of them."""
    cell = exp.column(name, quoted=True)
    query = (
        exp.select(exp.alias_(exp.cast(cell, "TEXT"), "v"), exp.alias_(exp.Count(this=exp.Star()), "n"))
        .from_(relation.source.copy())
        .where(cell.copy().is_(exp.null()).not_())
        .group_by(cell.copy())
        .limit(FEW + 1)
    )
    return tuple(sorted((value, count) for value, count in session.rows(query)))


def may_be_unique(names: Sequence[str], relation: Relation, session: Session) -> bool:
    """Whether no two of the first rows agree in the columns `names`: cheap, and enough to say no."""
    cells = [exp.column(name, quoted=True) for name in names]
    first = session.view(exp.select(*cells).from_(relation.source.copy()).limit(10 * _SAMPLE), "")
    return is_unique(names, first, session)


def is_unique(names: Sequence[str], relation: Relation, session: Session) -> bool:
    """Whether no two rows agree in the columns `names`, which hold no NULL: proven, on all rows."""
    for proof in session.unique(relation, names):
        with contextlib.suppress(QueryError):  # a proof may fail, which says nothing
            if session.rows(proof.select)[0][0] == 0:
                return True
    count = count_repeated(names, relation.as_data, conditions.skipped(names))
    return bool(session.rows(count)[0][0] == 0)
