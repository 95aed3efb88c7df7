"""What headgate needs of a platform. To support one more, a sibling of `duckdb.py` fulfils these protocols."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias, runtime_checkable

from sqlglot import exp

from headgate.checks import DATA, Column
from headgate.naming import PlaceName

if TYPE_CHECKING:
    from pyarrow import RecordBatchReader

ConstraintKind = Literal["not_null", "unique", "foreign"]

# How long a query that a contract wrote may take.
STATEMENT_TIMEOUT_S = 300.0


@dataclass(frozen=True, slots=True)
class Constraint:
    """What a platform watches over, so that it holds for every row of `columns`.

    A foreign key refers to `held` of the table `to`.
    """

    kind: ConstraintKind
    columns: tuple[str, ...]
    to: exp.Table | None = None
    held: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Relation:
    """Something that can stand in FROM. `texts` are columns of uncast text (of CSV files, all), `ordered` marks one
    whose rows come in an order of their own. `constraints` hold for all of its rows."""

    source: exp.Expr
    columns: tuple[Column, ...]
    name: str
    texts: frozenset[str] = frozenset()
    ordered: bool = False
    constraints: tuple[Constraint, ...] = ()

    @property
    def text(self) -> bool:
        """Whether all columns are uncast text."""
        return bool(self.columns) and len(self.texts) == len(self.columns)

    def as_text(self) -> Relation:
        return replace(self, texts=frozenset(self.by_name))

    @property
    def by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    @property
    def as_data(self) -> exp.Expr:
        """For a FROM clause, under the name that every condition uses."""
        return exp.alias_(self.source.copy(), DATA, table=True, quoted=True)


@dataclass(frozen=True, slots=True)
class Proof:
    """A query of one number: 0 where it is certain that no row is unexpected, NULL where this evidence cannot tell."""

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
    """Where data is. `str(place)` is what a person calls it."""

    @property
    def lineage(self) -> PlaceName | None:
        """What lineage and history call it; None where data has no place that outlives the process."""

    def connect(self, *, write: bool = False, label: str = "") -> AbstractContextManager[Session]:
        """Open the platform; `label` says for whom, where it keeps such records.

        Raises CallError where there is nothing, TransientError where it is locked or away.
        """


@runtime_checkable
class Stored(Place, Protocol):
    """A table that consumers read: its types are promised, and other tables stand beside it."""

    @property
    def name(self) -> str: ...

    @property
    def schema(self) -> str: ...

    def beside(self, name: str) -> Place:
        """The table `name`, or schema.name, in the same database."""


class DataFrame(Protocol):
    """Columns in memory, of pandas (≥ 2.2), polars or Arrow: what gives its rows as an Arrow stream."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object: ...


# What a caller may give as data: a text that a platform reads (`registry.examples`), a path, a place, a DataFrame.
DataLike: TypeAlias = "str | Path | Place | DataFrame"


class Session(Protocol):
    """An open platform: everything the scan needs."""

    dialect: str

    def read(self, place: Any) -> Relation:
        """`place` as a relation of this session. Raises CallError where there is no such data."""

    def sql(self, query: exp.Expr) -> str:
        """The text of a query in the platform's own words. Raises QueryError where it has none."""

    def rows(self, query: exp.Expr | str) -> list[tuple[Any, ...]]:
        """The rows of a query, or of its text. Raises QueryError, or TransientError where trying again may help."""

    def batches(self, query: exp.Expr, size: int) -> Iterator[list[tuple[Any, ...]]]:
        """As `rows`, `size` of them at a time; no other query is run before the last batch was taken."""

    def arrow(self, query: exp.Select) -> RecordBatchReader:
        """The rows of a query as Arrow batches, which is how they reach another platform; no other query is run before
        the last batch was taken."""

    def untrusted(self, query: exp.Expr) -> list[tuple[Any, ...]]:
        """As `rows`, for a query that a contract wrote: it reaches nothing but what this session has read, and ends.

        From then on the session reads no further place. Raises QueryError where it takes too long.
        """

    def refuses(self, condition: Callable[[], exp.Expr]) -> str | None:
        """Why the platform cannot answer a condition of the catalogue as it is meant; None where it can."""

    def values(self, relation: Relation, columns: Sequence[str]) -> Iterable[DistinctValues]:
        """The distinct values of those of `columns` that may have few, where they are cheaper to look at than rows."""

    def unique(self, relation: Relation, columns: Sequence[str]) -> Iterable[Proof]:
        """What proves cheaply that no complete key of `columns` stands in two rows; the cheapest first."""

    def held(self, relation: Relation, columns: Sequence[str], to: str, to_columns: Sequence[str]) -> Iterable[Proof]:
        """What proves cheaply that the dataset `to` holds every complete key of `columns`; the cheapest first."""

    def canonical(self, type_text: str) -> str | None:
        """The platform's own name for a type, None where it knows no such type."""

    def conformed(self, value: exp.Expr, given: str, wanted: str) -> exp.Expr | None:
        """`value`, of the type `given`, in the type `wanted`, NULL where it would be another one; None where this
        cannot be told."""

    def view(self, query: exp.Select, name: str) -> Relation:
        """A query as a relation; it runs whenever the relation is read."""

    def keep(self, query: exp.Select, name: str) -> Relation:
        """The result of a query, kept for the length of this session."""
