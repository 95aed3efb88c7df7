"""What headgate needs from a platform.

To support another platform, put a package beside `duckdb/`: its place and session implement these protocols, and its
`PLATFORM` names them (`platform.py`). To publish into it, its session implements `statements.Statements` too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias, get_args, runtime_checkable

from sqlglot import exp

from headgate.checks import DATA, Column
from headgate.naming import PlaceName
from headgate.places.description import Description

if TYPE_CHECKING:
    from pyarrow import RecordBatchReader

ConstraintKind = Literal["not_null", "unique", "foreign"]
WATCHED: frozenset[ConstraintKind] = frozenset(get_args(ConstraintKind))

# How long a query that a contract wrote may take.
STATEMENT_TIMEOUT_S = 300.0


@dataclass(frozen=True, slots=True)
class Constraint:
    """What a platform enforces for every row of `columns`.

    A foreign key refers to the columns `held` of the table `to`.
    """

    kind: ConstraintKind
    columns: tuple[str, ...]
    to: exp.Table | None = None
    held: tuple[str, ...] = ()


@dataclass(frozen=True)
class Relation:
    """Something that can be selected FROM. `texts` are the columns of uncast text (of CSV files, all), `ordered` says
    whether the rows have an order of their own. `constraints` hold for all of its rows; of the kinds `watched` these
    are all that the platform watches over."""

    source: exp.Expr
    columns: tuple[Column, ...]
    name: str
    texts: frozenset[str] = frozenset()
    ordered: bool = False
    constraints: tuple[Constraint, ...] = ()
    watched: frozenset[ConstraintKind] = frozenset()

    @property
    def text(self) -> bool:
        """Whether all columns are uncast text."""
        return bool(self.columns) and len(self.texts) == len(self.columns)

    def as_text(self) -> Relation:
        return replace(self, texts=frozenset(self.by_name))

    @cached_property
    def by_name(self) -> Mapping[str, Column]:
        return {column.name: column for column in self.columns}

    @property
    def as_data(self) -> exp.Expr:
        """The relation for a FROM clause, under the name that every condition uses."""
        return exp.alias_(self.source.copy(), DATA, table=True, quoted=True)


@dataclass(frozen=True, slots=True)
class Proof:
    """A query that returns one number: 0 if it is certain that no row is unexpected, NULL if this evidence cannot
    tell."""

    evidence: str
    select: exp.Select


@dataclass(frozen=True, slots=True)
class DistinctValues:
    """The distinct values of `columns`, NULL among them, for a FROM clause under the name that every condition uses.

    `complete`, an aggregate over them, is TRUE where these are all of them.
    """

    columns: tuple[str, ...]
    source: exp.Expr
    complete: exp.Expr


class Place(Protocol):
    """Where data is. `str(place)` is the name that messages use."""

    @property
    def lineage(self) -> PlaceName | None:
        """The place's name in lineage and history; None for data that does not outlive the process."""

    def connect(self, *, write: bool = False, label: str = "") -> AbstractContextManager[Session]:
        """Open the platform; `label` tells it who asks, if it records that.

        Raises CallError if there is no such data, TransientError if it is locked or unreachable.
        """


@runtime_checkable
class Stored(Place, Protocol):
    """A table that consumers read: its types are promised, and it has other tables beside it."""

    @property
    def name(self) -> str: ...

    @property
    def schema(self) -> str: ...

    def beside(self, name: str) -> Place:
        """Return the table `name`, or schema.name, in the same database."""


class DataFrame(Protocol):
    """Columns in memory, of pandas (≥ 2.2), polars or Arrow: what gives its rows as an Arrow stream."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object: ...


# What a caller may give as data: a text that a platform reads (`registry.examples`), a path, a place, a DataFrame.
DataLike: TypeAlias = "str | Path | Place | DataFrame"


class Session(Protocol):
    """An open platform: everything that the scan needs."""

    dialect: str

    def read(self, place: Any) -> Relation:
        """Return `place` as a relation of this session. Raises CallError if there is no such data."""

    def sql(self, query: exp.Expr) -> str:
        """Return a query as text in the platform's dialect. Raises QueryError if it cannot be expressed there."""

    def rows(self, query: exp.Expr | str) -> list[tuple[Any, ...]]:
        """Return the rows of a query, or of its text. Raises QueryError, or TransientError if a retry may help."""

    def batches(self, query: exp.Expr, size: int) -> Iterator[list[tuple[Any, ...]]]:
        """Yield the rows as `rows` does, `size` at a time; no other query may run before the last batch was taken."""

    def arrow(self, query: exp.Select) -> RecordBatchReader:
        """Return the rows of a query as Arrow batches, the form in which rows reach another platform; no other query
        may run before the last batch was taken."""

    def untrusted(self, query: exp.Expr) -> list[tuple[Any, ...]]:
        """Return the rows of a query that a contract contains. It can read only what this session has read, and has a
        time limit.

        The session reads no further place afterwards. Raises QueryError if the query takes too long.
        """

    def refuses(self, condition: Callable[[], exp.Expr]) -> str | None:
        """Return why the platform cannot evaluate a condition of the catalogue exactly; None if it can."""

    def values(self, relation: Relation, columns: Sequence[str]) -> Iterable[DistinctValues]:
        """Return the distinct values of those `columns` that may have few, where they are cheaper to read than the
        rows."""

    def unique(self, relation: Relation, columns: Sequence[str]) -> Iterable[Proof]:
        """Return cheap proofs that no complete key of `columns` appears in two rows; the cheapest first."""

    def held(self, relation: Relation, columns: Sequence[str], to: str, to_columns: Sequence[str]) -> Iterable[Proof]:
        """Return cheap proofs that the dataset `to` holds every complete key of `columns`; the cheapest first."""

    def canonical(self, type_text: str) -> str | None:
        """Return the platform's own name for a type; None if it has no such type."""

    def conformed(self, value: exp.Expr, given: str, wanted: str) -> exp.Expr | None:
        """Return `value`, of the type `given`, in the type `wanted`, or NULL if it would become another value; None if
        that cannot be decided."""

    def members(self, relation: Relation, column: str) -> Sequence[str] | None:
        """Return the members of an enum, the values that its column may have; None of any other column."""

    def describe(self, relation: Relation) -> Description:
        """Return what the database says about a table that was read; nothing of what is none."""

    def sample(self, relation: Relation, rows: int) -> Relation | None:
        """Return about so many rows of a table, drawn at random where the platform can, if reading all of them takes
        long; None if the table has no more, or is quickly read."""

    def view(self, query: exp.Select, name: str) -> Relation:
        """Return a query as a relation; it runs whenever the relation is read."""

    def keep(self, query: exp.Select, name: str) -> Relation:
        """Return the result of a query, kept for the length of this session."""
