"""One of the two datasets that are compared, open for reading."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from sqlglot import exp

from headgate.contract import Dataset
from headgate.errors import CallError, ConditionError, DataNotFoundError
from headgate.places import Place, Relation, Session, Stored, as_read, written_as
from headgate.places.canonical import Comparing, Form, Kind
from headgate.places.registry import open_workbench
from headgate.scan import filter_rows, parse_expression, typed_view

if TYPE_CHECKING:
    from pyarrow import RecordBatchReader


class Open(Session, Comparing, Protocol):
    """A session of a platform whose rows can be compared."""


class Workbench(Open, Protocol):
    """A session that takes the rows of another platform, and compares them with its own."""

    def receive(self, rows: RecordBatchReader, name: str) -> Relation: ...

    def use_all_memory(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Value:
    """A value of each row of a side: its SQL, the tree of it, and what it holds; None of a type that is not compared.
    `type` is what the platform calls it."""

    tree: exp.Expr
    sql: str
    kind: Kind | None
    type: str


@dataclass(frozen=True)
class Side:
    """One of the two datasets. `name` is what messages call it."""

    session: Any  # an Open
    relation: Relation
    name: str

    @property
    def source(self) -> str:
        """The rows, for a FROM clause."""
        return str(self.session.sql(self.relation.as_data))

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query in the platform's SQL."""
        return list(self.session.rows(query))

    def arrow(self, query: str) -> RecordBatchReader:
        """Return the rows of a query as Arrow batches."""
        tree: Any = exp.maybe_parse(query, dialect=self.session.dialect)
        assert isinstance(tree, exp.Select)
        reader: RecordBatchReader = self.session.arrow(tree)
        return reader

    def values(self, texts: list[str]) -> list[Value]:
        """Return expressions on the columns of the side, as they are written. Raises ConditionError."""
        try:
            trees: list[exp.Expr] = [self._tree(text) for text in texts]
        except ConditionError as error:
            raise ConditionError(f"{self.name}: {error}", unknown=error.unknown) from None
        if not trees:
            return []
        named = [exp.alias_(tree.copy(), f"v{i}", quoted=True) for i, tree in enumerate(trees)]
        columns = self.session.view(exp.select(*named).from_(self.relation.as_data), self.name).columns
        found = []
        for tree, column in zip(trees, columns, strict=True):
            # A column counts as its own type, also where it is read as a text.
            own = self.relation.by_name.get(tree.name) if isinstance(tree, exp.Column) else None
            column = own or column
            kind = self.session.canonical_forms.kind_of(column)
            sql = str(self.session.sql(tree))
            found.append(Value(tree, kind.as_read.format(c=sql) if kind else sql, kind, column.type))
        return found

    def _tree(self, text: str) -> exp.Expr:
        if text in self.relation.by_name:
            return exp.column(text, quoted=True)
        return parse_expression(self.relation.columns, text, self.session)

    def text(self, value: Value, form: Form) -> str:
        """Return the SQL of the canonical text of a value."""
        assert value.kind is not None
        return str(self.session.canonical_forms.text(value.sql, value.kind, form))

    def filtered(self, where: str, now: datetime) -> Side:
        """Return the side with those rows alone for which a condition is TRUE. Raises ConditionError."""
        return replace(self, relation=filter_rows(self.relation, where, self.session, now)) if where else self

    def count(self, late: exp.Expr | None = None) -> tuple[int, int]:
        """Return how many rows there are, without those of a condition that is never NULL, and how many these are."""
        condition = self.session.sql(late) if late is not None else "FALSE"
        ((rows, waiting),) = self.rows(f"SELECT count(*), count(CASE WHEN {condition} THEN 1 END) FROM {self.source}")
        return int(rows) - int(waiting), int(waiting)


def side_of(session: Any, place: Place, dataset: Dataset | None) -> Side:
    """Return the dataset at a place, open in `session`, with its contract's types.

    Raises:
        CallError: the session cannot read the place, or there is no such data.
    """
    return typed_side(session, session.read(place), place, dataset)


def typed_side(session: Any, relation: Relation, place: Place, dataset: Dataset | None) -> Side:
    """Return a side of a relation that was read."""
    if not isinstance(place, Stored):
        whole = exp.select("*").from_(relation.source.copy())
        query = typed_view(dataset, relation, session) if dataset is not None else whole
        # Texts are cast once, everything else whenever it is read.
        relation = session.keep(query, relation.name) if relation.text else session.view(query, relation.name)
    return Side(session, relation, str(place))


@contextmanager
def opened(
    own: Place, other: Place, own_dataset: Dataset | None = None, other_dataset: Dataset | None = None
) -> Iterator[tuple[Side, Side]]:
    """Open both datasets, each in one snapshot; in one session where a platform reads both.

    Raises:
        CallError: there is no such data, or a platform cannot be compared.
        TransientError: a place could not be reached now.
    """
    own = as_read(written_as(own, own_dataset.settings if own_dataset else {}))
    with (
        own.connect() as session,
        beside(side_of(_comparing(session, own), own, own_dataset), other, other_dataset) as pair,
    ):
        yield pair


@contextmanager
def beside(own: Side, other: Place, other_dataset: Dataset | None = None) -> Iterator[tuple[Side, Side]]:
    """Open the other dataset beside one that is open already."""
    other = as_read(written_as(other, other_dataset.settings if other_dataset else {}))
    try:
        found = side_of(own.session, other, other_dataset)
    except DataNotFoundError:
        raise
    except CallError:  # it is on another platform, or in another database
        found = None
    if found is not None:
        yield own, found
        return
    with other.connect() as session:
        yield own, side_of(_comparing(session, other), other, other_dataset)


def _comparing(session: Session, place: Place) -> Session:
    if not isinstance(session, Comparing):
        raise CallError(f"{place}: rows on its platform cannot be compared with others yet")
    return session


@contextmanager
def workbench(*sides: Side) -> Iterator[Any]:
    """Open a session that compares: that of a side where it can, else one in memory."""
    for side in sides:
        if hasattr(side.session, "receive"):
            side.session.use_all_memory()
            yield side.session
            return
    with open_workbench() as session:
        session.use_all_memory()
        yield session
